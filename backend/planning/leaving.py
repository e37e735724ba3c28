"""Places given back by a caseworker: of the planning week, and of what is planned once.

Whoever is the last to leave a group that is interpreted needs its interpreter no more. What she does every week ends in
:mod:`backend.planning.weekly`.
"""

from typing import get_args
from uuid import UUID

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, persons
from backend.access import Reader
from backend.clock import Clock
from backend.errors import NotFound
from backend.interpreters import besides
from backend.municipalities.programme import Weekly
from backend.planning import service
from backend.planning.models import Enrolment, Group

_EVERY_WEEK = frozenset(get_args(Weekly))


def can_be_given_back(activity: str) -> bool:
    """Whether places in such an activity are given back one by one."""
    return activity not in _EVERY_WEEK


async def take_back(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, enrolment: UUID) -> None:
    """That time is not hers any more; she is told what is left. Twice does it once.

    Raises NotFound, also when it is not this person's, has begun, or comes every week.
    """
    await service.one_at_a_time(session)
    row = await session.get(Enrolment, enrolment, with_for_update={"key_share": True})
    group = await session.get(Group, row.group) if row is not None else None
    hers = row is not None and row.person in await persons.same(session, person)
    if row is None or group is None or not hers or not can_be_given_back(group.activity):
        raise NotFound(enrolment=enrolment)
    if group.starts_at <= clock():
        raise NotFound(enrolment=enrolment)
    await access.enter(session, clock, reader, row.person, "note", reason="meeting", done="Tog bort en tid")
    if row.cancelled_at is not None:
        return
    row.cancelled_at = clock()
    session.add(row)
    await session.exec(update(Group).where(col(Group.id) == row.group).values(taken=Group.taken - 1))
    await session.flush()
    await session.refresh(group)
    if not group.taken:
        await besides.give_up(session, group.id, clock())
    await service.tell(session, clock, row.person)
