"""GET notices: the bot collects what it was told."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from backend.contract import Feed
from backend.notices import service
from backend.wire import Town

router = APIRouter(tags=["notices"])


@router.get("/notices")
async def notices(
    town: Town,
    epoch: UUID | None = None,
    after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Feed:
    """The notices after a position, gap-free and in commit order."""
    async with town.transaction() as session:
        return await service.feed(session, epoch, after, limit)
