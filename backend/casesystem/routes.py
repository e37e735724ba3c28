"""The calls of the municipality's own systems: tell us what was decided there, and ask that events are sent again."""

from fastapi import APIRouter

from backend.casesystem import importing, sending
from backend.casesystem.accounts import Known
from backend.casesystem.told import Import, Imported, Replay, Replayed
from backend.clock import real_time
from backend.wire import Now

router = APIRouter(tags=["case system"], prefix="/case-system")


@router.post("/imports")
async def take(caller: Known, clock: Now, told: Import) -> Imported:
    """Statuses, calculations, decisions and payments; each line is taken, known already, or refused with why."""
    lines = await importing.take(caller, clock, told.lines)
    return Imported(lines=lines, refused=sum(line.state == "refused" for line in lines))


@router.post("/replays")
async def replay(caller: Known, wanted: Replay) -> Replayed:
    """Events told since a moment leave again, under the same ids."""
    caller.needs("events")
    async with caller.town.transaction() as session:
        return Replayed(events=await sending.replay(session, wanted.since, real_time(), *wanted.ways))
