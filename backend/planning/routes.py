"""The calls of the bot that are about what is planned."""

from uuid import UUID

from fastapi import APIRouter

from backend.contract import ChooseBranch, SayOfActivity, TellOfJob
from backend.planning import jobs, service
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


@router.put("/jobs/{job}/{key}", status_code=204)
async def tell_of_job(town: Town, job: UUID, key: UUID, call: TellOfJob) -> None:
    """A job she has applied for."""
    async with town.transaction() as session:
        await jobs.told(session, key, job, call)
