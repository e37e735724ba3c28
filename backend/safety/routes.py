"""The call of the bot that is about safety."""

from uuid import UUID

from fastapi import APIRouter

from backend.contract import Held
from backend.safety import service
from backend.wire import Town

router = APIRouter(tags=["safety"])


@router.put("/held/{key}", status_code=204)
async def held(town: Town, key: UUID, call: Held) -> None:
    """A message that did not leave."""
    async with town.transaction() as session:
        await service.hold(session, key, call)
