"""What is done with documents from time to time: abandoned objects removed, older seals renewed.

Every process of the backend does it; rows are locked one by one, so several do no harm.
"""

from functools import partial

from backend.database import Database
from backend.documents import service
from backend.documents.service import Papers
from backend.rounds import each

EVERY = 600.0


async def look_after(town: Database, own: Papers) -> None:
    """Do what is due in one municipality. Raises what failed, when the rest is done."""
    await each(partial(service.sweep, town, own), partial(service.renew, town, own))
