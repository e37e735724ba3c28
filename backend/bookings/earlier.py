"""A time that became free is offered to those whose meeting could not be in time: the longest waiting first.

At most three offers a person, none in quiet hours, and to a few at a time: whoever answers first gets it, and the
others keep what they have. What is offered takes nobody's time.
"""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons
from backend.bookings import diaries, elsewhere, planning, promised, service, slots, times
from backend.bookings.models import LIVE, EarlierAnswerRow, EarlierOffer, MeetingRow
from backend.bookings.times import Wish
from backend.calendar import SWEDEN, day_in_sweden
from backend.clock import Clock
from backend.contract import AnswerEarlierTime, EarlierTime, FreeTime, Meeting, NoticeKind
from backend.database import Database
from backend.errors import NotFound, SlotTaken
from backend.idempotency import first_answer, request_hash
from backend.notices import service as notices

EVERY = 30.0
"""Seconds between two looks for times that became free."""

MOST = 3
"""How many earlier times one person is offered: the fourth text would be noise."""

AT_A_TIME = 3
"""How many are asked about the same time before anybody has answered: few enough that yes is mostly still a yes."""

_ASKED_FIRST = timedelta(hours=2)
"""How long those who were asked first have it to themselves."""

_ONE_LOOK = 7206334


async def look_after(town: Database, clock: Clock) -> None:
    """Offer what became free. Several processes do no harm: one looks at a time."""
    async with town.transaction() as session:
        await session.exec(select(func.pg_advisory_xact_lock(_ONE_LOOK)))
        await _close(session, clock)
        if not _is_quiet(session, clock()):
            await _offer(session, clock)


async def answer(session: AsyncSession, clock: Clock, key: UUID, offer: UUID, call: AnswerEarlierTime) -> Meeting:
    """She takes the earlier time, or keeps the one she has. Same key and body again: the first answer again.

    Raises SlotTaken when somebody else was first, TooLate when her meeting is not to be held any more, NotFound,
    KeyReused.
    """
    digest = request_hash(session, call, offer)
    if (first := await first_answer(session, EarlierAnswerRow, key, digest, Meeting)) is not None:
        return first
    meeting = await service.find(session, (await _hers(session, offer, call.person)).meeting)
    if call.accept:
        await diaries.lock(session, meeting.interpreter_language)
    row = await _hers(session, offer, call.person, locked=True)
    if call.accept:
        if row.state == "gone":
            raise SlotTaken
        if row.state != "taken":
            meeting = await service.move_in_place(session, clock, row.meeting, row.starts_at)
        row.state = "taken"
    elif row.state == "open":
        row.state = "declined"
    session.add_all(
        (
            row,
            EarlierAnswerRow(
                key=key,
                request_hash=digest,
                answer=meeting.model_dump(mode="json"),
                offer=offer,
                at=call.at,
                accept=call.accept,
            ),
        )
    )
    await session.flush()
    return meeting


async def is_open(session: AsyncSession, offer: UUID, person: UUID, now: datetime) -> bool:
    """Whether a text about an offer is still right: it is not answered, and the time is free."""
    try:
        row = await _hers(session, offer, person)
    except NotFound:
        return False
    return row.state == "open" and await _is_free(session, row, now)


async def _offer(session: AsyncSession, clock: Clock) -> None:
    now = clock()
    asked = await session.exec(
        select(EarlierOffer.starts_at).where(EarlierOffer.state == "open", EarlierOffer.offered_at > now - _ASKED_FIRST)
    )
    about = Counter(asked.all())
    for promise in await promised.late(session):
        meeting = await service.next_meeting(session, promise.person, now)
        if meeting is None or promise.about != meeting.id or meeting.start <= now:
            continue
        hers = await _offers_to(session, promise.person, promise.made_at)
        if len(hers) >= MOST or any(one.state == "open" for one in hers):
            continue
        start = await _earlier(session, meeting, now, {one.starts_at for one in hers}, about)
        if start is not None:
            about[start] += 1
            await _tell(session, clock, promise.person, meeting, start)


async def _earlier(
    session: AsyncSession, meeting: Meeting, now: datetime, refused: set[datetime], about: Counter[datetime]
) -> datetime | None:
    """The first time on an earlier day that she was not offered before and few others are asked about."""
    language = meeting.interpreter_language
    wish = await _wish(session, meeting.person, meeting.id, language, now)
    last = day_in_sweden(meeting.start)
    async for _, starts in planning.free_starts(session, wish, language):
        if day_in_sweden(starts[0]) >= last:
            return None
        for start in starts:
            if start - times.NOTICE > now and start not in refused and about[start] < AT_A_TIME:
                return start
    return None


async def _tell(session: AsyncSession, clock: Clock, person: UUID, meeting: Meeting, start: datetime) -> None:
    row = EarlierOffer(person=person, meeting=meeting.id, starts_at=start, offered_at=clock())
    session.add(row)
    await session.flush()
    length = planning.length(session, meeting.interpreter_language)
    address = database.of(session).municipality.meetings.address
    body = EarlierTime(
        offer=row.id,
        meeting=meeting,
        time=FreeTime(slot=slots.name(start, length), start=start, end=start + length, address=address),
        answer_by=start - times.NOTICE,
    )
    await notices.tell(session, clock, NoticeKind.EARLIER_TIME, person, body)


async def _close(session: AsyncSession, clock: Clock) -> None:
    """What somebody else has, what is too near, and what belongs to a meeting that is no longer hers, is over."""
    rows = await session.exec(select(EarlierOffer).where(EarlierOffer.state == "open").with_for_update())
    for row in rows.all():
        if not await _is_free(session, row, clock()):
            row.state = "gone"
            session.add(row)
    await session.flush()


async def _is_free(session: AsyncSession, row: EarlierOffer, now: datetime) -> bool:
    meeting = await session.get_one(MeetingRow, row.meeting)
    if meeting.status not in LIVE or meeting.starts_at <= row.starts_at or row.starts_at - times.NOTICE <= now:
        return False
    language = meeting.interpreter_language
    wish = await _wish(session, meeting.person, meeting.id, language, now)
    try:
        await planning.party_at(session, wish, language, row.starts_at, now)
    except SlotTaken:
        return False
    return True


async def _wish(session: AsyncSession, person: UUID, meeting: UUID, language: str | None, now: datetime) -> Wish:
    busy = await elsewhere.of_person(session, person, now)
    return Wish(now, planning.length(session, language), language is not None, moving=meeting, elsewhere=busy)


def _is_quiet(session: AsyncSession, now: datetime) -> bool:
    town = database.of(session).municipality
    hour = now.astimezone(SWEDEN).time()
    return not town.quiet_until <= hour < town.quiet_from


async def _offers_to(session: AsyncSession, person: UUID, since: datetime) -> list[EarlierOffer]:
    same = await persons.same(session, person)
    rows = await session.exec(
        select(EarlierOffer).where(col(EarlierOffer.person).in_(same), EarlierOffer.offered_at >= since)
    )
    return list(rows.all())


async def _hers(session: AsyncSession, offer: UUID, person: UUID, *, locked: bool = False) -> EarlierOffer:
    row = await session.get(EarlierOffer, offer, with_for_update=locked, populate_existing=locked)
    if row is None or row.person not in await persons.same(session, person):
        raise NotFound(offer=offer)
    return row
