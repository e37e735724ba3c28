"""What can be done with meetings: offer times, book, move, cancel, and mark what became of them.

Every verb works inside the caller's transaction. Whoever takes time locks the resources first, always in the same
order (:func:`backend.bookings.diaries.lock`), then the meeting; the database's constraints are the guarantee.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, tasks
from backend.bookings import diaries, elsewhere, holds, planning, promised, slots, times
from backend.bookings.models import LIVE, CancellationRow, MeetingRow, MissedRow, Participant
from backend.bookings.times import Held, Party, Wish
from backend.calendar import day_in_sweden
from backend.clock import Clock
from backend.contract import (
    BookMeeting,
    CancelMeeting,
    FreeTime,
    FreeTimes,
    FreeTimesQuery,
    Meeting,
    MeetingNotice,
    MeetingStatus,
    NoticeKind,
)
from backend.errors import Invalid, NotFound, Refusal, SlotTaken, TooLate, Unavailable
from backend.idempotency import first_answer, request_hash
from backend.interpreters import orders, wishes
from backend.notices import service as notices
from backend.promises import Why

_ALERTED_WITHIN = timedelta(hours=4)
_TRIES = 5
_OVERLAPS = "23P01"
_OF_MISSED = frozenset({"missed", "missed-why"})
_OF_INTERPRETER = "interpreter-ready"
_DEADLOCK = "40P01"


class NotToBeHeld(Refusal):
    """Only a meeting that has come and was not cancelled can be marked as held or missed."""

    status = 409
    wording = "Mötet är avbokat eller har inte börjat."


async def free_times(session: AsyncSession, clock: Clock, query: FreeTimesQuery) -> FreeTimes:
    """Times when a caseworker, a place and, if asked for, an interpreter are all free, the earliest day first.

    Where she reads them on a channel they are held for her, and what others hold is offered to her only when nothing
    else keeps the promise. Nobody free today or tomorrow: the earliest that works, said so (``within_promise``), a
    promise that cannot be kept, and staff get a task. Nobody free for three weeks, or nobody who speaks the language:
    no times, and the task.
    """
    language = query.interpreter_language
    wish = Wish(
        max(query.at, clock()),
        planning.length(session, language),
        interpreter=language is not None,
        elsewhere=await elsewhere.of_person(session, query.person, clock()),
    )
    held: tuple[Held, ...] = ()
    if query.channel is not None:
        await holds.wait_for_turn(session)
        if (again := await _held_before(session, clock, query, wish)) is not None:
            return again
        held = await holds.of_others(session, query.person, clock(), language)
    offered = await _look(session, query, wish, held)
    if held and not (offered and (query.not_before or _keeps_promise(session, query, offered))):
        offered = await _look(session, query, wish, ()) or offered
    within_promise = bool(offered) and _keeps_promise(session, query, offered)
    if not within_promise and query.not_before is None:
        await _alert_nobody_free(session, clock, query)
        if query.channel is not None and not await _has_meeting(session, query):
            await promised.cannot(session, query.person, query.at, await _why(session, query, wish))
    await holds.keep(session, query, offered, wish.length, clock())
    return FreeTimes(times=_offered(session, offered, wish.length), within_promise=within_promise)


async def _look(session: AsyncSession, query: FreeTimesQuery, wish: Wish, held: Sequence[Held]) -> list[datetime]:
    offered: list[datetime] = []
    async for _, starts in planning.free_starts(session, wish, query.interpreter_language, query.not_before, held):
        offered += times.spread(starts, wish.length, query.limit - len(offered))
        if len(offered) == query.limit:
            break
    return offered


async def _held_before(session: AsyncSession, clock: Clock, query: FreeTimesQuery, wish: Wish) -> FreeTimes | None:
    """What she holds, when she asks the same again and every time of it is still free."""
    hold = await holds.of_person(session, query.person, clock())
    if hold is None or not hold.starts or not hold.answers(query, wish.length):
        return None
    for start in hold.starts:
        try:
            await planning.party_at(session, wish, query.interpreter_language, start, clock())
        except SlotTaken:
            return None
    return FreeTimes(
        times=_offered(session, hold.starts, hold.length),
        within_promise=_keeps_promise(session, query, hold.starts),
    )


def _keeps_promise(session: AsyncSession, query: FreeTimesQuery, starts: Sequence[datetime]) -> bool:
    return planning.calendar(session).within_promise(query.at, starts[0])


async def _has_meeting(session: AsyncSession, query: FreeTimesQuery) -> bool:
    """She has a time already, and wants another."""
    try:
        return await next_meeting(session, query.person, query.at) is not None
    except NotFound:
        return False  # her call for help is still on its way


async def _why(session: AsyncSession, query: FreeTimesQuery, wish: Wish) -> Why:
    """Is it the interpreter who is missing?"""
    if query.interpreter_language is None:
        return "nobody-free"
    async for _, starts in planning.free_starts(session, replace(wish, interpreter=False), None):
        return "no-interpreter" if _keeps_promise(session, query, starts) else "nobody-free"
    return "nobody-free"


async def book(session: AsyncSession, clock: Clock, key: UUID, call: BookMeeting) -> Meeting:
    """Book caseworker, place and interpreter together. Same key and body again: the first answer again.

    With an interpreter the meeting is *preliminary* until she confirms. ``replaces`` is given up in the same
    transaction, unless it has begun. Raises SlotTaken, Invalid, NotFound (of ``replaces``, of the meeting a wish
    names), KeyReused.
    """
    digest = request_hash(session, call)
    if (first := await first_answer(session, MeetingRow, key, digest, Meeting)) is not None:
        return first
    await persons.meet(session, call.person, call.at)  # her call for help may still be on its way
    for _ in range(_TRIES):
        try:
            # A savepoint, so that every lock is let go before trying again.
            async with session.begin_nested():
                return await _book(session, clock, key, digest, call)
        except DBAPIError as error:
            state = getattr(error.orig, "sqlstate", None)
            if state == _OVERLAPS:
                raise SlotTaken from None
            if state != _DEADLOCK:
                raise
    raise Unavailable


async def book_by_staff(session: AsyncSession, clock: Clock, key: UUID, call: BookMeeting) -> Meeting:
    """Staff book a time for her, and she is told. Once for each key. Raises what :func:`book` does."""
    digest = request_hash(session, call)
    if (first := await first_answer(session, MeetingRow, key, digest, Meeting)) is not None:
        return first
    meeting = await book(session, clock, key, call)
    await notices.tell(session, clock, NoticeKind.MEETING_BOOKED, meeting.person, MeetingNotice(meeting=meeting))
    return meeting


async def cancel(session: AsyncSession, clock: Clock, key: UUID, meeting: UUID, call: CancelMeeting) -> Meeting:
    """The person cannot come: everything the meeting took is free again, the interpreter too.

    Cancelling what is cancelled is harmless. Raises TooLate once the meeting has begun, NotFound for somebody else's
    meeting, KeyReused.
    """
    digest = request_hash(session, call, meeting)
    if (first := await first_answer(session, CancellationRow, key, digest, Meeting)) is not None:
        return first
    row = await _hers(session, meeting, call.person)
    if row.status != MeetingStatus.CANCELLED:
        if row.status not in LIVE or call.at >= row.starts_at:
            raise TooLate(meeting=meeting)
        await _give_up(session, clock, row)
        await promised.settled(session, row, call.at)
    answer = as_meeting(row)
    session.add(
        CancellationRow(
            key=key,
            request_hash=digest,
            answer=answer.model_dump(mode="json"),
            meeting=row.id,
            at=call.at,
            reason=call.reason,
        )
    )
    await session.flush()
    return answer


async def cancel_by_staff(session: AsyncSession, clock: Clock, meeting: UUID) -> Meeting:
    """Staff cancel, and the person is told. Raises TooLate when it is held, missed or cancelled already, NotFound."""
    row = await locked(session, meeting)
    if row.status not in LIVE:
        raise TooLate(meeting=meeting)
    await _give_up(session, clock, row)
    await promised.moved(session, row, clock())
    return await _tell(session, clock, NoticeKind.MEETING_CANCELLED, row)


async def times_to_move(session: AsyncSession, clock: Clock, meeting: UUID, limit: int) -> tuple[FreeTime, ...]:
    """The first times a meeting could move to, its own time aside. Raises NotFound."""
    row = await _row(session, meeting)
    language = row.interpreter_language
    wish = await _wish(session, row.person, clock(), language, moving=row.id)
    found: list[datetime] = []
    async for _, starts in planning.free_starts(session, wish, language):
        others = [start for start in starts if start != row.starts_at]
        found += times.spread(others, wish.length, limit - len(found))
        if len(found) == limit:
            break
    return _offered(session, found, wish.length)


async def move_by_staff(session: AsyncSession, clock: Clock, meeting: UUID, slot: str) -> Meeting:
    """Staff move a meeting; it keeps its id, and the person is told.

    At the time it has already it stays as it is, and nobody is told: a button may be pressed twice. Raises SlotTaken,
    Invalid (no slot, or one of another length), TooLate when it is held, missed or cancelled already, NotFound.
    """
    start, length = slots.parse(slot)
    language = (await _row(session, meeting)).interpreter_language
    await diaries.lock(session, language)
    row = await locked(session, meeting)
    if row.status not in LIVE:
        raise TooLate(meeting=meeting)
    if length != planning.length(session, language):
        raise Invalid(field="slot")
    if start == row.starts_at:
        return as_meeting(row)
    wish = await _wish(session, row.person, clock(), language, moving=row.id)
    await _move(session, clock, row, start, await planning.party_at(session, wish, language, start, clock()))
    return await _tell(session, clock, NoticeKind.MEETING_MOVED, row)


async def move_in_place(session: AsyncSession, clock: Clock, meeting: UUID, start: datetime) -> Meeting:
    """Her meeting is at another time from now on, as she said; it keeps its id. The caller has locked the resources.

    Raises SlotTaken, TooLate when the one she has is not to be held any more, NotFound.
    """
    row = await locked(session, meeting)
    if row.status not in LIVE or row.starts_at <= clock():
        raise TooLate(meeting=meeting)
    language = row.interpreter_language
    wish = await _wish(session, row.person, clock(), language, moving=row.id)
    await _move(session, clock, row, start, await planning.party_at(session, wish, language, start, clock()))
    return as_meeting(row)


async def move_to_first_free(session: AsyncSession, clock: Clock, row: MeetingRow) -> Meeting | None:
    """Move a meeting that lost its interpreter to the first time after it that works, and tell the person.

    ``None``, and nothing changed, when no time works. The caller has locked the resources and the meeting.
    """
    language = row.interpreter_language
    wish = await _wish(session, row.person, clock(), language, moving=row.id)
    async for known, starts in planning.free_starts(session, wish, language, day_in_sweden(row.starts_at)):
        for start in starts:
            if start > row.starts_at and (party := planning.find_party(session, known, wish, start)):
                await _move(session, clock, row, start, party)
                return await _tell(session, clock, NoticeKind.MEETING_MOVED, row)
    return None


async def book_again(session: AsyncSession, clock: Clock, missed: MeetingRow, key: UUID) -> Meeting | None:
    """Book the first time from tomorrow on for somebody who missed her meeting, with the same interpreter language and
    the same wishes of the interpreter.

    ``None`` when no time works. The caller has locked the resources and the meeting.
    """
    language, people = missed.interpreter_language, await persons.same(session, missed.person)
    wished = await wishes.last_of(session, people)
    wish = await _wish(session, missed.person, clock(), language, not_from=wished.not_from if wished else None)
    tomorrow = day_in_sweden(clock()) + timedelta(days=1)
    async for known, starts in planning.free_starts(session, wish, language, tomorrow):
        for start in starts:
            if party := planning.find_party(session, known, wish, start):
                row = MeetingRow(
                    key=key,
                    request_hash=database.of(session).codec.blind("request", str(key)),
                    person=missed.person,
                    starts_at=start,
                    ends_at=start + wish.length,
                    address=database.of(session).municipality.meetings.address,
                    status=_unconfirmed(language),
                    interpreter_language=language,
                    mode=_mode(party),
                    booked_at=clock(),
                    replaces=missed.id,
                )
                session.add(row)
                await session.flush()
                await wishes.keep(session, row.id, None, people)
                await _seat(session, clock, row, party)
                return as_meeting(row)
    return None


async def mark_held(session: AsyncSession, clock: Clock, meeting: UUID) -> Meeting:
    """She came (the caseworker's note). Raises NotToBeHeld, NotFound.

    Also corrects one marked as missed: the time she got instead is given up, and she is told.
    """
    row = await locked(session, meeting)
    if row.status == MeetingStatus.CANCELLED or day_in_sweden(clock()) < day_in_sweden(row.starts_at):
        raise NotToBeHeld(meeting=meeting)
    instead = None
    if (noted := (await session.exec(select(MissedRow).where(MissedRow.meeting == row.id))).one_or_none()) is not None:
        instead = noted.again
        await session.delete(noted)
    held = await _settle(session, clock, row, MeetingStatus.HELD)
    if instead is not None:
        booked = await locked(session, instead)
        if booked.status in LIVE and booked.starts_at > clock():
            await _give_up(session, clock, booked)
            await _tell(session, clock, NoticeKind.MEETING_CANCELLED, booked)
    return held


async def mark_no_show(session: AsyncSession, clock: Clock, meeting: UUID) -> Meeting:
    """She did not come. Also corrects one marked as held. Raises NotToBeHeld, NotFound."""
    row = await locked(session, meeting)
    if row.status == MeetingStatus.CANCELLED or clock() < row.starts_at:
        raise NotToBeHeld(meeting=meeting)
    return await _settle(session, clock, row, MeetingStatus.NO_SHOW)


async def find(session: AsyncSession, meeting: UUID) -> Meeting:
    """One meeting as it stands. Raises NotFound."""
    return as_meeting(await _row(session, meeting))


async def find_all(session: AsyncSession, meetings: Iterable[UUID]) -> dict[UUID, Meeting]:
    """Those of these that are meetings, as they stand."""
    rows = await session.exec(select(MeetingRow).where(col(MeetingRow.id).in_(list(meetings))))
    return {row.id: as_meeting(row) for row in rows}


async def of_person(session: AsyncSession, person: UUID) -> tuple[Meeting, ...]:
    """Every meeting of a person, merges followed, the latest first. Raises NotFound for an unknown person."""
    same = await persons.same(session, person)
    rows = await session.exec(
        select(MeetingRow).where(col(MeetingRow.person).in_(same)).order_by(col(MeetingRow.starts_at).desc())
    )
    return tuple(as_meeting(row) for row in rows.all())


async def next_meeting(session: AsyncSession, person: UUID, at: datetime) -> Meeting | None:
    """The meeting that is coming, or going on, at ``at``."""
    ahead = [m for m in await of_person(session, person) if m.status in LIVE and m.end > at]
    return ahead[-1] if ahead else None


def says_right(kind: str, meeting: Meeting, start: datetime | None) -> bool:
    """Whether a text about a meeting is right: one with a start, that it is to be held then; one without, that it is
    cancelled; one of the kinds about a missed one, that it was missed; that of the interpreter, that she still comes:
    she may take her word back after it was told."""
    if kind in _OF_MISSED:
        return meeting.status is MeetingStatus.NO_SHOW
    if start is None:
        return meeting.status is MeetingStatus.CANCELLED
    if kind == _OF_INTERPRETER:
        return meeting.status is MeetingStatus.BOOKED and meeting.start == start
    return meeting.status in LIVE and meeting.start == start


async def locked(session: AsyncSession, meeting: UUID) -> MeetingRow:
    """One meeting, locked until the transaction ends and read afresh. Raises NotFound."""
    one = select(MeetingRow).where(MeetingRow.id == meeting).with_for_update(key_share=True)
    row = (await session.exec(one.execution_options(populate_existing=True))).one_or_none()
    if row is None:
        raise NotFound(meeting=meeting)
    return row


def as_meeting(row: MeetingRow) -> Meeting:
    """A meeting as it stands on the wire."""
    fields = row.model_dump(include={"id", "person", "address", "status", "interpreter_language", "mode"})
    return Meeting.model_validate({**fields, "start": row.starts_at, "end": row.ends_at})


def _offered(session: AsyncSession, starts: Sequence[datetime], length: timedelta) -> tuple[FreeTime, ...]:
    address = database.of(session).municipality.meetings.address
    return tuple(
        FreeTime(slot=slots.name(start, length), start=start, end=start + length, address=address) for start in starts
    )


async def _book(session: AsyncSession, clock: Clock, key: UUID, digest: bytes, call: BookMeeting) -> Meeting:
    start, length = slots.parse(call.slot)
    language = call.interpreter_language
    await diaries.lock(session, language)
    if call.replaces is not None:
        replaced = await _hers(session, call.replaces, call.person)
        if replaced.status in LIVE and call.at < replaced.starts_at:
            await _give_up(session, clock, replaced)
    if length != planning.length(session, language):
        raise SlotTaken  # the time was offered before she said whether she needs an interpreter: it is asked again
    earlier = await _unwanted(session, call)
    wish = await _wish(session, call.person, call.at, language, not_from=earlier)
    party = await planning.party_at(session, wish, language, start, clock())
    row = MeetingRow(
        key=key,
        request_hash=digest,
        person=call.person,
        starts_at=start,
        ends_at=start + length,
        address=database.of(session).municipality.meetings.address,
        status=_unconfirmed(language),
        interpreter_language=language,
        mode=_mode(party),
        booked_at=call.at,
        replaces=call.replaces,
    )
    answer = as_meeting(row)
    row.answer = answer.model_dump(mode="json")
    session.add(row)
    await session.flush()
    await wishes.keep(session, row.id, call.interpreter_wishes, await persons.same(session, call.person))
    await _seat(session, clock, row, party)
    hold = await holds.of_person(session, call.person, call.at)
    await promised.booked(session, row, hold.asked_at if hold else call.at, call.replaces)
    await holds.give_back(session, await persons.same(session, call.person))
    return answer


async def _move(session: AsyncSession, clock: Clock, row: MeetingRow, start: datetime, party: Party) -> None:
    await _give_back(session, clock, row)
    row.starts_at, row.ends_at = start, start + planning.length(session, row.interpreter_language)
    row.status, row.mode = _unconfirmed(row.interpreter_language), _mode(party)
    await _moves_tasks(session, clock, row)
    await _seat(session, clock, row, party)
    await promised.moved(session, row, clock())


async def _moves_tasks(session: AsyncSession, clock: Clock, row: MeetingRow) -> None:
    """What the old time left to do is done; to ring her instead is to be done at the new one."""
    found = await session.exec(select(tasks.Task).where(tasks.Task.about == row.id, col(tasks.Task.done_at).is_(None)))
    for task in found.all():
        if task.reason == "by-phone":
            task.due_at = row.starts_at
            session.add(task)
        else:
            await tasks.done(session, task.id, clock())


async def _seat(session: AsyncSession, clock: Clock, row: MeetingRow, party: Party) -> None:
    session.add(row)
    await session.flush()
    for resource in party.resources:
        session.add(Participant(meeting=row.id, resource=resource, starts_at=row.starts_at, ends_at=row.ends_at))
    await session.flush()
    if party.interpreting and row.interpreter_language:
        await orders.ask(
            session,
            row.id,
            party.interpreting,
            language=row.interpreter_language,
            starts_at=row.starts_at,
            ends_at=row.ends_at,
            at=clock(),
        )


async def _give_up(session: AsyncSession, clock: Clock, row: MeetingRow) -> None:
    await _give_back(session, clock, row)
    await tasks.done_about(session, row.id, clock())
    await _mark(session, row, MeetingStatus.CANCELLED)


async def _give_back(session: AsyncSession, clock: Clock, row: MeetingRow) -> None:
    await orders.withdraw(session, row.id, clock())
    await session.exec(update(Participant).where(col(Participant.meeting) == row.id).values(cancelled=True))


async def _settle(session: AsyncSession, clock: Clock, row: MeetingRow, status: MeetingStatus) -> Meeting:
    await tasks.done_about(session, row.id, clock())  # what she said of it beforehand is over too
    meeting = await _mark(session, row, status)
    await promised.settled(session, row, clock())
    return meeting


async def _mark(session: AsyncSession, row: MeetingRow, status: MeetingStatus) -> Meeting:
    row.status = status
    session.add(row)
    await session.flush()
    return as_meeting(row)


async def _tell(session: AsyncSession, clock: Clock, kind: NoticeKind, row: MeetingRow) -> Meeting:
    meeting = as_meeting(row)
    await notices.tell(session, clock, kind, row.person, MeetingNotice(meeting=meeting))
    return meeting


async def _alert_nobody_free(session: AsyncSession, clock: Clock, query: FreeTimesQuery) -> None:
    try:
        person = (await persons.find(session, query.person)).id
    except NotFound:
        person = None  # her call for help is still on its way
    due_at = planning.calendar(session).after_open_time(query.at, _ALERTED_WITHIN)
    await tasks.add(session, "time", "nobody-free", at=clock(), person=person, due_at=due_at)


async def _wish(
    session: AsyncSession,
    person: UUID,
    asked_at: datetime,
    language: str | None,
    *,
    moving: UUID | None = None,
    not_from: UUID | None = None,
) -> Wish:
    caseworker = await planning.known_caseworker(session, person)
    if moving is not None and (wished := await wishes.of_meeting(session, moving)):
        not_from = wished.not_from
    unwanted = await wishes.not_wanted(session, not_from)
    busy = await elsewhere.of_person(session, person, asked_at)
    return Wish(asked_at, planning.length(session, language), language is not None, caseworker, moving, unwanted, busy)


async def _unwanted(session: AsyncSession, call: BookMeeting) -> UUID | None:
    """The earlier meeting whose interpreter she does not want again. It must be one of hers."""
    if call.interpreter_wishes is None:
        before = await wishes.last_of(session, await persons.same(session, call.person))
        return before.not_from if before else None
    if (earlier := call.interpreter_wishes.not_from) is not None:
        await _hers(session, earlier, call.person)
    return earlier


async def _row(session: AsyncSession, meeting: UUID) -> MeetingRow:
    row = await session.get(MeetingRow, meeting)
    if row is None:
        raise NotFound(meeting=meeting)
    return row


async def _hers(session: AsyncSession, meeting: UUID, person: UUID) -> MeetingRow:
    row = await locked(session, meeting)
    if row.person not in await persons.same(session, person):
        raise NotFound(meeting=meeting)
    return row


def _unconfirmed(language: str | None) -> MeetingStatus:
    return MeetingStatus.PRELIMINARY if language else MeetingStatus.BOOKED


def _mode(party: Party) -> str:
    return party.interpreting.mode if party.interpreting else "none"
