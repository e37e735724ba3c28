"""Groups of the planning week that are told of with an interpreter, have people in them, and had none ordered: their
people came before orders were made, or the file has got the language since. It is ordered as with the first place.
"""

from sqlalchemy import exists
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend.clock import Clock
from backend.interpreters import besides
from backend.interpreters.models import Interpreted
from backend.municipalities.programme import KINDS_ONCE
from backend.planning.models import Enrolment, Group
from backend.planning.service import one_at_a_time


async def catch_up(session: AsyncSession, clock: Clock) -> None:
    """Want an interpreter for each group that stands without one. Whoever gives or takes a place meanwhile waits."""
    if not await _without(session, clock):
        return
    await one_at_a_time(session)
    for group in await _without(session, clock):
        hers = select(Enrolment.person).where(Enrolment.group == group.id, col(Enrolment.cancelled_at).is_(None))
        person = (await session.exec(hers.order_by(col(Enrolment.made_at), col(Enrolment.id)))).first()
        if person is None:
            continue
        await besides.want(
            session,
            clock(),
            group=group.id,
            person=person,
            about=group.id,
            language=group.language,
            starts_at=group.starts_at,
            ends_at=group.ends_at,
            place=group.place,
            digital=group.digital,
        )


async def _without(session: AsyncSession, clock: Clock) -> list[Group]:
    wanted = exists().where(col(Interpreted.group) == Group.id, col(Interpreted.over_at).is_(None))
    found = await session.exec(
        select(Group)
        .where(
            Group.language != "",
            Group.taken > 0,
            Group.starts_at > clock(),
            col(Group.activity).not_in(KINDS_ONCE),
            ~wanted,
        )
        .order_by(col(Group.starts_at), col(Group.id))
    )
    return list(found.all())
