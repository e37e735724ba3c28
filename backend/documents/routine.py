"""What is done with documents from time to time: abandoned objects removed, older seals renewed.

Every process of the backend does it; rows are locked one by one, so several do no harm.
"""

from backend.database import Database
from backend.documents import service
from backend.documents.service import Papers

EVERY = 600.0


async def look_after(town: Database, own: Papers) -> None:
    """Do what is due in one municipality."""
    await service.sweep(town, own)
    await service.renew(town, own)
