"""A meeting nobody came to: what may be our own doing is seen first, she gets a new time, and is asked once why.

Nothing is held against anybody here. A text of ours that did not arrive, a call nobody made and a message nobody could
read are never counted as an absence of hers.
"""

from collections import Counter
from collections.abc import Mapping
from uuid import UUID, uuid5

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons, tasks
from backend.bookings import diaries, said, service
from backend.bookings.models import MeetingRow, MissedRow
from backend.clock import Clock
from backend.contract import Meeting, MeetingMissed, NoticeKind, WhyMissed
from backend.errors import NotFound
from backend.notices import service as notices

OURS: Mapping[str, str] = {
    "undelivered": "Ett meddelande från oss har kanske inte kommit fram.",
    "lost": "Ett meddelande från oss kom inte fram.",
    "unreachable": "Våra meddelanden når inte fram till personen.",
    "abroad": "Våra sms går inte till personens nummer.",
    "letter": "Ett meddelande kom inte fram och skulle gå som brev.",
    "dead-letter": "Personen har skrivit något som ingen har kunnat läsa.",
}
"""By a task's reason: what failed on our side."""

NOT_RUNG = "Personen har bett oss ringa, och ingen har ringt."
OPTED_OUT = "Personen vill inte ha sms och har inte fått någon påminnelse."


async def known_before(session: AsyncSession, meeting: UUID) -> tuple[str, ...]:
    """What staff should see before they mark that somebody did not come: what failed, and what she has said.

    Raises NotFound.
    """
    row = await _row(session, meeting)
    words = await said.of_meetings(session, [meeting])
    by_her = tuple(f"{said.in_swedish(one)}." for one in words.get(meeting, ()))
    open_ones = await _since_booked(session, row)
    silent = (OPTED_OUT,) if any(task.reason == "opted-out" for task in open_ones) else ()
    return (*_failed(open_ones), *silent, *by_her)


async def mark(session: AsyncSession, clock: Clock, meeting: UUID, *, again: bool) -> Meeting:
    """She did not come. With ``again`` she gets a new time, and is told of it once, however often this is marked; who
    has one already is told of that.

    Raises NotToBeHeld, NotFound.
    """
    language = (await _row(session, meeting)).interpreter_language
    await diaries.lock(session, language)
    row = await service.locked(session, meeting)
    ours = bool(_failed(await _since_booked(session, row)))
    missed = await service.mark_no_show(session, clock, meeting)
    if (await session.exec(select(MissedRow).where(MissedRow.meeting == meeting))).one_or_none() is not None:
        return missed
    noted = MissedRow(meeting=meeting, at=clock(), ours=ours)
    if again:
        has = await service.next_meeting(session, row.person, clock())  # she may have booked one herself
        new = has or await service.book_again(session, clock, row, uuid5(noted.id, "again"))
        noted.again = new.id if new and not has else None
        body = MeetingMissed(meeting=missed, again=new)
        await notices.tell(session, clock, NoticeKind.MEETING_MISSED, row.person, body)
    session.add(noted)
    return missed


async def because(session: AsyncSession, meeting: UUID, call: WhyMissed) -> None:
    """What hindered her. Of a meeting that was held after all it says nothing. Raises NotFound for somebody else's."""
    row = await _row(session, meeting)
    if row.person not in await persons.same(session, call.person):
        raise NotFound(meeting=meeting)
    found = (await session.exec(select(MissedRow).where(MissedRow.meeting == meeting))).one_or_none()
    if found is not None:
        found.why, found.why_at = call.why, call.at
        session.add(found)


async def counted(session: AsyncSession) -> Mapping[str, int]:
    """How many were missed by what hindered; ``ours`` where something failed here, ``not-said`` where nobody answered.

    Of persons and of caseworkers nothing is counted.
    """
    rows = await session.exec(select(MissedRow.ours, MissedRow.why))
    return Counter("ours" if ours else why or "not-said" for ours, why in rows.all())


def _failed(open_ones: tuple[tasks.Task, ...]) -> tuple[str, ...]:
    found = [OURS[task.reason] for task in open_ones if task.reason in OURS]
    found += [NOT_RUNG for task in open_ones if task.kind == "ring" and task.done_at is None]
    return tuple(dict.fromkeys(found))


async def _since_booked(session: AsyncSession, row: MeetingRow) -> tuple[tasks.Task, ...]:
    """The person's tasks made between booking and the meeting's end, done or not; the earliest first."""
    same = await persons.same(session, row.person)
    found = await session.exec(
        select(tasks.Task)
        .where(
            col(tasks.Task.person).in_(same),
            col(tasks.Task.made_at) >= row.booked_at,
            col(tasks.Task.made_at) <= row.ends_at,
        )
        .order_by(col(tasks.Task.made_at))
    )
    return tuple(found.all())


async def _row(session: AsyncSession, meeting: UUID) -> MeetingRow:
    row = await session.get(MeetingRow, meeting)
    if row is None:
        raise NotFound(meeting=meeting)
    return row
