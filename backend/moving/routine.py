"""What two municipalities have to hear of each other, told until it is answered: by each process, as long as it lives.

No transaction is open while the other one is spoken to. Each step may be done twice and by several processes at once.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from uuid import UUID

from backend.clock import Clock
from backend.database import Database
from backend.documents import service as documents
from backend.documents.models import Document
from backend.documents.service import Papers
from backend.errors import Unavailable
from backend.moving import giving, neighbour, papers, receiving
from backend.moving.copies import Offer, Settle
from backend.municipalities.neighbours import Neighbour
from backend.rounds import Job, each

EVERY = 10.0
"""Seconds between two looks for what the other one has not heard."""


async def look_after(
    town: Database, neighbours: Mapping[str, Neighbour], clock: Clock, own: Papers | None = None
) -> None:
    """Tell what is untold. ``own``: where papers are kept, if any are.

    Raises what failed, when all the rest is done.
    """
    async with town.transaction() as session:
        offers, taken_back = await giving.untold(session)
        along = await papers.untold(session) if own is not None else []
        wanted = await receiving.unsettled(session)
    work: list[Job] = [
        partial(_offer, town, neighbours[row.to], clock, row.id, said) for row, said in offers if row.to in neighbours
    ]
    work += [partial(_take_back, town, neighbours[row.to], clock, row.id) for row in taken_back if row.to in neighbours]
    work += [
        partial(_settle, town, neighbours[row.home], clock, row.id, said)
        for row, said in wanted
        if row.home in neighbours
    ]
    if own is not None:
        work += [
            partial(_carry, town, to, clock, own, [(move, row) for where, move, row in along if where == slug])
            for slug, to in neighbours.items()
        ]
    await each(*work)


async def settle_now(town: Database, home: Neighbour, clock: Clock, move: UUID) -> bool:
    """What was pressed of one offer, at once; ``False``: the other one does not answer, and is asked again later."""
    async with town.transaction() as session:
        wanted = [said for row, said in await receiving.unsettled(session) if row.id == move]
    try:
        for said in wanted:
            await _settle(town, home, clock, move, said)
    except neighbour.NotAnswered:
        return False
    return True


async def _offer(town: Database, to: Neighbour, clock: Clock, move: UUID, said: Offer) -> None:
    try:
        await neighbour.offer(to, move, said)
    except neighbour.NotAnswered as no:
        async with town.transaction() as session:
            await giving.is_held_up(session, move, no.status)
        raise
    async with town.transaction() as session:
        await giving.has_arrived(session, move, clock())


async def _take_back(town: Database, to: Neighbour, clock: Clock, move: UUID) -> None:
    await neighbour.take_back(to, move)
    async with town.transaction() as session:
        await giving.has_heard(session, move, clock())


async def _settle(town: Database, home: Neighbour, clock: Clock, move: UUID, said: Settle) -> None:
    answer = await neighbour.settle(home, move, said)
    async with town.transaction() as session:
        await receiving.carry_out(session, clock, move, answer)


async def _carry(
    town: Database, to: Neighbour, clock: Clock, own: Papers, along: Sequence[tuple[UUID, Document]]
) -> None:
    """One paper after the other, up to the first that is not answered: the rest is for the next round. One that does
    not open here holds up no other."""
    shut: Unavailable | None = None
    for move, row in along:
        state, why = "gone", ""
        if row.deleted_at is None:
            try:
                content = await documents.paper(own, row)
            except Unavailable as error:
                shut = error
                continue
            said = await neighbour.carry(to, move, row.id, content)
            state, why = ("refused", said.refused) if said.refused else ("carried", "")
        async with town.transaction() as session:
            await papers.settled(session, move, row.id, clock(), state=state, why=why)
    if shut is not None:
        raise shut
