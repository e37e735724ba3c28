"""The calls of the municipality's own systems: tell us what was decided there, and ask that events are sent again."""

from fastapi import APIRouter, Request

from backend.casesystem import importing, sending
from backend.casesystem.accounts import Caller, Known
from backend.casesystem.models import WayName
from backend.casesystem.routine import open_ways
from backend.casesystem.told import Import, Imported, Replay, Replayed
from backend.clock import real_time
from backend.settings import Settings
from backend.wire import Now

router = APIRouter(tags=["case system"], prefix="/case-system")


@router.post("/imports")
async def take(caller: Known, clock: Now, told: Import) -> Imported:
    """Statuses, calculations, decisions and payments; each line is taken, known already, or refused with why."""
    lines = await importing.take(caller, clock, told.lines)
    return Imported(lines=lines, refused=sum(line.state == "refused" for line in lines))


@router.post("/replays")
async def replay(request: Request, caller: Known, wanted: Replay) -> Replayed:
    """Events told since a moment leave again, under the same ids."""
    caller.needs("events")
    ways = wanted.ways if wanted.ways is not None else _open(request, caller)
    async with caller.town.transaction() as session:
        return Replayed(events=await sending.replay(session, wanted.since, real_time(), *ways))


def _open(request: Request, caller: Caller) -> tuple[WayName, ...]:
    settings: Settings = request.app.state.settings
    return tuple(open_ways(settings.tenants[caller.town.municipality.slug].case_system))
