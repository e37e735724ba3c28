"""The calls about handing over: her own answer, by the bot; and what the other municipality tells, by its account."""

from uuid import UUID

from fastapi import APIRouter, Request

from backend.casesystem.accounts import Caller, Known
from backend.contract import AnswerMove
from backend.errors import OutOfScope
from backend.moving import giving, receiving
from backend.moving.copies import Offer, Settle, Settled
from backend.municipalities.neighbours import Neighbour
from backend.settings import Settings
from backend.wire import SAID_ONCE, Now, Town

router = APIRouter(tags=["moving"], prefix="/moves")


@router.put("/{move}/answer/{key}", status_code=204, dependencies=[SAID_ONCE])
async def answer(town: Town, move: UUID, call: AnswerMove) -> None:
    """May she be handed over: her own word."""
    async with town.transaction() as session:
        await giving.answered(session, move, call)


@router.put("/{move}", status_code=204)
async def offer(caller: Known, clock: Now, move: UUID, said: Offer) -> None:
    """Another municipality offers somebody."""
    home = _home(caller)
    async with caller.town.transaction() as session:
        await receiving.receive(session, clock, home, move, said)


@router.put("/{move}/withdrawal", status_code=204)
async def take_back(caller: Known, clock: Now, move: UUID) -> None:
    """Its offer stands no more."""
    home = _home(caller)
    async with caller.town.transaction() as session:
        await receiving.taken_back(session, clock, home, move)


@router.post("/{move}/settlement")
async def settle(request: Request, caller: Known, clock: Now, move: UUID, said: Settle) -> Settled:
    """It takes whom we offered, or sends her back; whose she is, is answered."""
    settings: Settings = request.app.state.settings
    there: Neighbour | None = settings.tenants[caller.town.municipality.slug].neighbours.get(_home(caller))
    if there is None:
        raise OutOfScope(scope="moves")
    async with caller.town.transaction() as session:
        return await giving.settled_there(session, clock, there, move, said)


def _home(caller: Caller) -> str:
    """The municipality whose account calls."""
    caller.needs("moves")
    return caller.account.slug
