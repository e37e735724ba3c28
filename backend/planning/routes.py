"""The calls of the bot that are about what is planned."""

from uuid import UUID

from fastapi import APIRouter

from backend.contract import ChooseBranch, SayOfActivity
from backend.planning import service
from backend.wire import Town

router = APIRouter(tags=["planning"])


@router.put("/activities/{activity}/answers/{key}", status_code=204)
async def say_of_activity(town: Town, activity: UUID, key: UUID, call: SayOfActivity) -> None:
    """What she says of an activity of hers."""
    async with town.transaction() as session:
        await service.say_of(session, key, activity, call)


@router.put("/branches/{key}", status_code=204)
async def choose_branch(town: Town, key: UUID, call: ChooseBranch) -> None:
    """The branch she chose."""
    async with town.transaction() as session:
        await service.choose(session, key, call)
