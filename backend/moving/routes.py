"""The calls about handing over: her own answer, by the bot; and what the other municipality tells, by its account.

Her own case is read here too: that she was handed over belongs to it.
"""

from collections.abc import Mapping
from contextlib import suppress
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Request

from backend.casesystem.accounts import Caller, Known
from backend.contract import AnswerMove, MoveAnswered, OwnCase, OwnData
from backend.database import Database
from backend.decisions import own_case
from backend.documents.examining import Refused as TooLarge
from backend.documents.routes import read_body
from backend.documents.service import Papers
from backend.errors import OutOfScope, Unavailable
from backend.moving import arriving, giving, receiving
from backend.moving.copies import Carried, Offer, Settle, Settled
from backend.moving.own import with_moves
from backend.municipalities.neighbours import Neighbour
from backend.settings import Settings
from backend.wire import SAID_ONCE, Now, Town

router = APIRouter(tags=["moving"])


@router.put("/moves/{move}/answer/{key}", dependencies=[SAID_ONCE])
async def answer(town: Town, move: UUID, call: AnswerMove) -> MoveAnswered:
    """May she be handed over: her own word."""
    async with town.transaction() as session:
        return await giving.answered(session, move, call)


@router.put("/moves/{move}", status_code=204)
async def offer(caller: Known, clock: Now, move: UUID, said: Offer) -> None:
    """Another municipality offers somebody."""
    home = _home(caller)
    async with caller.town.transaction() as session:
        await receiving.receive(session, clock, home, move, said)


@router.put("/moves/{move}/withdrawal", status_code=204)
async def take_back(caller: Known, clock: Now, move: UUID) -> None:
    """Its offer stands no more."""
    home = _home(caller)
    async with caller.town.transaction() as session:
        await receiving.taken_back(session, clock, home, move)


@router.post("/moves/{move}/settlement")
async def settle(request: Request, caller: Known, clock: Now, move: UUID, said: Settle) -> Settled:
    """It takes whom we offered, or sends her back; whose she is, is answered."""
    there = _neighbours(request, caller.town).get(_home(caller))
    if there is None:
        raise OutOfScope(scope="moves")
    async with caller.town.transaction() as session:
        return await giving.settled_there(session, clock, there, move, said)


_FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


@router.put(
    "/moves/{move}/papers/{paper}",
    openapi_extra={"requestBody": {"required": True, "content": {"application/octet-stream": _FILE}}},
)
async def carry(
    request: Request,
    caller: Known,
    clock: Now,
    *,
    move: UUID,
    paper: UUID,
    x_paper_sha256: Annotated[str, Header(pattern="^[0-9a-f]{64}$")],
) -> Carried:
    """A paper of who was taken over: what became of it."""
    home = _home(caller)
    own: Papers | None = request.app.state.papers.get(caller.town.municipality.slug)
    if own is None:
        raise Unavailable(documents="no storage is configured")
    content: bytes | None = None
    with suppress(TooLarge):
        content = await read_body(request, own.most_bytes)
    return await arriving.take_in(
        caller.town, own, clock, home=home, move=move, paper=paper, digest=x_paper_sha256, content=content
    )


@router.get("/readable/case")
async def own(request: Request, town: Town, clock: Now, x_read_grant: Annotated[str, Header()]) -> OwnCase:
    """All that stands of her own case, for the person of the grant."""
    async with town.transaction() as session:
        read = await own_case.read(session, clock, x_read_grant)
        return await with_moves(session, read, _neighbours(request, town))


@router.get("/readable/everything")
async def everything(request: Request, town: Town, clock: Now, x_read_grant: Annotated[str, Header()]) -> OwnData:
    """Her own data, for the person of the grant to take home."""
    async with town.transaction() as session:
        taken = await own_case.take_home(session, clock, x_read_grant)
        case = await with_moves(session, taken.case, _neighbours(request, town))
        return taken.model_copy(update={"case": case})


def _neighbours(request: Request, town: Database) -> Mapping[str, Neighbour]:
    settings: Settings = request.app.state.settings
    return settings.tenants[town.municipality.slug].neighbours


def _home(caller: Caller) -> str:
    """The municipality whose account calls."""
    caller.needs("moves")
    return caller.account.slug
