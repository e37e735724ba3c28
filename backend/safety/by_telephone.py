"""Staff have it that nothing is sent to somebody, since they ring her; and take it back.

It looks the same for whoever only likes the telephone better: no reason is asked, told or kept, and there is no list of
them. What would have been sent is a call to make.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader
from backend.clock import Clock
from backend.contract import NoticeKind, OnlyByTelephone
from backend.errors import NotFound, WeRing
from backend.notices import service as notices
from backend.safety.models import OnlyByTelephoneRow

RUNG_WITHIN = timedelta(hours=1)
"""Open time within which she is rung of what was not sent: it may be about this afternoon."""


async def begin(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> None:
    """From now on nothing is sent to her (logged); once more changes nothing. Raises NotAllowed, ReasonNeeded."""
    done = "Skicka inget till personen, vi ringer"
    whose = (await access.enter(session, clock, reader, person, "case", reason="follow-up", done=done)).person.id
    # Two at once make one: the second waits for the first.
    await session.exec(select(persons.Person.id).where(persons.Person.id == whose).with_for_update(key_share=True))
    if await _live(session, whose):
        return
    # For each id that is known to be hers, so that it holds for both should they turn out to be two.
    for one in await persons.same(session, whose):
        session.add(OnlyByTelephoneRow(person=one, since=clock(), by=reader.id, by_name=reader.name))
    await session.flush()
    await notices.tell(session, clock, NoticeKind.ONLY_BY_TELEPHONE, whose, OnlyByTelephone(on=True))


async def end(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> None:
    """She is written to again (logged). Raises NotFound where she is already, NotAllowed, ReasonNeeded."""
    done = "Det går att skicka till personen igen"
    whose = (await access.enter(session, clock, reader, person, "case", reason="follow-up", done=done)).person.id
    live = await _live(session, whose)
    if not live:
        raise NotFound(person=person)
    for row in live:
        row.ended_at, row.ended_by, row.ended_name = clock(), reader.id, reader.name
        session.add(row)
    await session.flush()
    await notices.tell(session, clock, NoticeKind.ONLY_BY_TELEPHONE, whose, OnlyByTelephone(on=False))


async def since(session: AsyncSession, person: UUID) -> tuple[datetime, str] | None:
    """Since when nothing is sent to her, and who said so; ``None``: she is written to."""
    live = await _live(session, person)
    first = min(live, key=lambda row: row.since, default=None)
    return None if first is None else (first.since, first.by_name)


async def may_be_sent_to(session: AsyncSession, person: UUID) -> None:
    """Raise WeRing for somebody to whom nothing is sent."""
    if await _live(session, person):
        raise WeRing


async def rung(session: AsyncSession, people: Iterable[UUID]) -> frozenset[UUID]:
    """Who of some people is rung and sent nothing."""
    asked = set(people)
    # Few are, and most often nobody: who they stand for is only looked up then.
    live = await session.exec(select(OnlyByTelephoneRow.person).where(col(OnlyByTelephoneRow.ended_at).is_(None)))
    if not (found := live.all()):
        return frozenset()
    groups = await persons.groups(session, asked)
    roots = {groups[one] for one in found if one in groups}
    return frozenset(one for one in asked if groups.get(one) in roots)


async def ring(session: AsyncSession, person: UUID, at: datetime) -> None:
    """Something did not leave to her: a call to make, one for all that waits, where that is what staff chose."""
    if await _live(session, person):
        due = database.of(session).municipality.calendar.after_open_time(at, RUNG_WITHIN)
        await tasks.add(session, "ring", tasks.HELD_BACK, at=at, person=person, due_at=due)


async def _live(session: AsyncSession, person: UUID) -> list[OnlyByTelephoneRow]:
    same = await persons.same(session, person)
    found = await session.exec(
        select(OnlyByTelephoneRow).where(
            col(OnlyByTelephoneRow.person).in_(same), col(OnlyByTelephoneRow.ended_at).is_(None)
        )
    )
    return list(found.all())
