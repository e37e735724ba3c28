"""What is done with documents from time to time: abandoned objects removed, older seals renewed.

Every process of the backend does it; rows are locked one by one, so several do no harm.
"""

import asyncio
from collections.abc import Mapping

import structlog

from backend.database import Database
from backend.documents import service
from backend.documents.service import Papers

EVERY = 600.0

log = structlog.get_logger()


async def run(databases: Mapping[str, Database], papers: Mapping[str, Papers]) -> None:
    """Go round until cancelled. What fails is told by its class and tried again the next time."""
    while True:
        for slug, own in papers.items():
            try:
                await service.sweep(databases[slug], own)
                await service.renew(databases[slug], own)
            except Exception as error:  # noqa: BLE001  # a database or an archive away: there is a next time
                log.error("documents not looked after", municipality=slug, error=type(error).__name__)  # noqa: TRY400  # its class says enough
        await asyncio.sleep(EVERY)
