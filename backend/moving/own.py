"""What she reads of it herself, on her page and in the file she takes home: the day, and which municipality."""

from collections.abc import Mapping
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.calendar import day_in_sweden
from backend.contract import OwnCase, OwnMove
from backend.moving.models import Arrival, Move
from backend.municipalities.neighbours import Neighbour


async def with_moves(session: AsyncSession, own: OwnCase, towns: Mapping[str, Neighbour]) -> OwnCase:
    """Her case, with when she was handed over and when she came: what was carried out alone, the latest first."""
    return own.model_copy(update={"moves": await _moves(session, own.person, towns)})


async def _moves(session: AsyncSession, person: UUID, towns: Mapping[str, Neighbour]) -> tuple[OwnMove, ...]:
    same = await persons.same(session, person)
    left = select(Move.settled_at, Move.to).where(col(Move.person).in_(same), Move.state == "taken")
    came = select(Arrival.settled_at, Arrival.home).where(col(Arrival.person).in_(same), Arrival.state == "taken")
    found = [(at, slug, False) for at, slug in (await session.exec(left)).all() if at is not None]
    found += [(at, slug, True) for at, slug in (await session.exec(came)).all() if at is not None]
    return tuple(
        OwnMove(on=day_in_sweden(at), municipality=towns[slug].name if slug in towns else slug.capitalize(), came=came)
        for at, slug, came in sorted(found, reverse=True)
    )
