"""Hours to be rung in: which have room, and one taken for somebody, with an interpreter to find where one is needed.

An hour lies whole within the opening hours. The call itself is a task of customer service that is due when the hour
ends, and a promise. Whoever chooses again has the later hour alone.
"""

from collections.abc import Awaitable, Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from itertools import takewhile
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, promises, tasks
from backend.calendar import day_in_sweden
from backend.callbacks.models import CallCancelledRow, CallHour, CallTimeRow
from backend.cases import contacts
from backend.clock import Clock
from backend.contract import (
    BookCall,
    CallNotice,
    CallTime,
    CallTimesQuery,
    CancelCall,
    CancelledCall,
    FreeTime,
    FreeTimes,
    NoticeKind,
)
from backend.errors import Invalid, NobodyRings, SlotTaken, TooLate
from backend.handover import threads
from backend.idempotency import first_answer, request_hash
from backend.interpreters import besides
from backend.municipalities import Municipality
from backend.notices import service as notices
from backend.safety import service as safety

HOUR = timedelta(hours=1)
OFFER_LASTS = timedelta(minutes=60)
"""How long an hour that was offered may be chosen: she answers a text when she can."""
_HEARS = "hearing"
"""The reason of a task: she is to be told of something in a call."""
_WISHED = "call-me"
"""The reason of a task: she wrote that she wants to be rung, and chose no hour."""
_AHEAD = 14
"""Days that are looked at from the first one on."""
_MOVED_WITHIN = 7
"""Days within which another hour is looked for where no interpreter was found."""
_FURTHEST = timedelta(days=365)
"""How far ahead a day may be asked for."""


async def free(session: AsyncSession, clock: Clock, query: CallTimesQuery) -> FreeTimes:
    """The next hours with room; none where the municipality takes no such calls. The one she has is not among them."""
    town = database.of(session).municipality
    earliest = _earliest(town, clock(), query.interpreter_language)
    first = max(day_in_sweden(earliest), min(query.not_before or date.min, day_in_sweden(clock()) + _FURTHEST))
    hours = [start for start in _hours(town, first) if start >= earliest]
    full = select(CallHour.starts_at).where(col(CallHour.starts_at).in_(hours), CallHour.taken >= CallHour.capacity)
    hers = await _ahead(session, query.person, clock())
    closed = {*(await session.exec(full)).all(), *(hour.starts_at for _, hour in hers)}
    times = [
        FreeTime(slot=start.isoformat(), start=start, end=start + HOUR, address="")
        for start in hours
        if start not in closed
    ]
    return FreeTimes(times=tuple(times[: query.limit]), within_promise=True)


async def book(session: AsyncSession, clock: Clock, key: UUID, call: BookCall) -> CallTime:
    """Take the hour, and put the call before customer service. Who is sent nothing may be rung, that is what she has
    instead; but nobody rings who wrote the phrase that was agreed with her: SilentForSafety, whoever asked.

    Raises SlotTaken, TooLate, Invalid, KeyReused too.
    """
    digest = request_hash(session, call)
    if (first := await first_answer(session, CallTimeRow, key, digest, CallTime)) is not None:
        return first
    await one_at_a_time(session)
    start = await _free_hour(session, clock, call)
    person = (await persons.meet(session, call.person, call.at, call.language)).id
    await safety.may_be_written_to(session, person)
    await threads.meet(session, call.thread, person, call.at, language=call.language, channel=call.channel)
    if call.telephone:
        await contacts.link(session, person, call.telephone, call.at)
    for row, hour in await _ahead(session, person, clock()):
        await _take_back(session, row, hour, clock())
    await session.flush()
    hour = (await session.exec(select(CallHour).where(CallHour.starts_at == start).with_for_update())).one()
    hour.taken += 1
    row = CallTimeRow(
        key=key,
        request_hash=digest,
        person=person,
        hour=hour.id,
        interpreter_language=call.interpreter_language,
        made_at=clock(),
    )
    booked = CallTime(id=row.id, start=start, end=start + HOUR, interpreter_language=call.interpreter_language)
    row.answer = booked.model_dump(mode="json")
    session.add_all((hour, row))
    await session.flush()
    await _tell_staff(session, clock, call, row, booked)
    return booked


async def cancel(session: AsyncSession, clock: Clock, key: UUID, call: CancelCall) -> CancelledCall:
    """She wants no call: the hour is free for others, unless it has begun, and nobody rings. What she is to be told in
    a call stands. Raises KeyReused."""
    digest = request_hash(session, call)
    if (first := await first_answer(session, CallCancelledRow, key, digest, CancelledCall)) is not None:
        return first
    await one_at_a_time(session)
    found = await _to_make(session, call.person, clock())
    for row, hour in found:
        await _take_back(session, row, hour, clock())
    cancelled = CancelledCall(call=_as_call(*found[0]) if found else None)
    kept = CallCancelledRow(
        key=key, request_hash=digest, call=cancelled.call.id if cancelled.call is not None else None, at=call.at
    )
    kept.answer = cancelled.model_dump(mode="json")
    session.add(kept)
    await session.flush()
    return cancelled


async def next_of(session: AsyncSession, person: UUID, now: datetime) -> CallTime | None:
    """The call she chose an hour for, while it is still to be made."""
    found = await _to_make(session, person, now)
    return _as_call(*found[0]) if found else None


async def move(
    session: AsyncSession, clock: Clock, call: UUID, works: Callable[[datetime], Awaitable[bool]]
) -> CallTime | None:
    """Another hour, the first with room after the one she has that ``works``, and she is told of it. What is due in a
    call in which she is to be told of something is due then; she has not been told of it by that.

    ``None``, and nothing changed, where there is none within a week. The caller has waited for her turn
    (:func:`one_at_a_time`).
    """
    found = await session.exec(
        select(CallTimeRow, CallHour)
        .join(CallHour, col(CallHour.id) == CallTimeRow.hour)
        .where(CallTimeRow.id == call, col(CallTimeRow.cancelled_at).is_(None))
    )
    row, before = found.one_or_none() or (None, None)
    if row is None or before is None:
        return None
    town = database.of(session).municipality
    earliest = _earliest(town, clock(), row.interpreter_language)
    for start in _hours(town, day_in_sweden(before.starts_at), days=_MOVED_WITHIN):
        if start <= before.starts_at or start < earliest or not await works(start):
            continue
        hour = await _hour(session, town, start)
        if hour.taken >= hour.capacity:
            continue
        before.taken, hour.taken, row.hour = before.taken - 1, hour.taken + 1, hour.id
        moved = _as_call(row, hour)
        body = CallNotice(call=moved, chosen=row.about is None)
        row.notice = await notices.tell(session, clock, NoticeKind.CALL_MOVED, row.person, body)
        session.add_all((before, hour, row))
        if row.about is None:
            await _due(session, row.id, tasks.CALL_TIME, moved.end)
        else:
            await _due(session, row.about, _HEARS, moved.start)
        return moved
    return None


async def is_still_told(session: AsyncSession, notice: UUID, now: datetime) -> bool:
    """Whether she is still to be rung in the hour that a notice told of."""
    found = await session.exec(
        select(CallTimeRow.id)
        .join(CallHour, col(CallHour.id) == CallTimeRow.hour)
        .where(CallTimeRow.notice == notice, col(CallTimeRow.cancelled_at).is_(None), col(CallHour.starts_at) > now)
    )
    return found.first() is not None


async def hour_of(session: AsyncSession, about: UUID) -> datetime | None:
    """When the hour begins in which she is told of something; ``None`` where none was kept for it."""
    found = await session.exec(
        select(CallHour.starts_at)
        .join(CallTimeRow, col(CallTimeRow.hour) == CallHour.id)
        .where(CallTimeRow.about == about, col(CallTimeRow.cancelled_at).is_(None))
        .order_by(col(CallHour.starts_at).desc())
    )
    return found.first()


async def _due(session: AsyncSession, about: UUID, reason: str, due_at: datetime) -> None:
    """What there is to do for a call, and what was promised, is due by its new hour."""
    of_it = select(tasks.Task).where(
        tasks.Task.about == about, tasks.Task.reason == reason, col(tasks.Task.done_at).is_(None)
    )
    for task in (await session.exec(of_it)).all():
        task.due_at = due_at
        session.add(task)
    promised = select(promises.Promise).where(
        promises.Promise.about == about,
        col(promises.Promise.kept_at).is_(None),
        col(promises.Promise.withdrawn_at).is_(None),
    )
    for promise in (await session.exec(promised)).all():
        promise.due_at = due_at
        session.add(promise)
    await session.flush()


async def take_first(
    session: AsyncSession,
    at: datetime,
    *,
    key: UUID,
    digest: bytes,
    person: UUID,
    about: UUID,
    interpreter_language: str | None,
) -> CallTime | None:
    """Take the first hour with room, for a call in which she is told of something; an interpreter takes longer to
    find. ``None`` where the municipality takes no such calls, or has no room in two weeks: then nothing is taken.

    ``key`` and ``digest``: of the request that wants it. Telling staff is the caller's, who knows what it is about; the
    interpreter is looked for.
    """
    town = database.of(session).municipality
    await one_at_a_time(session)
    earliest = _earliest(town, at, interpreter_language)
    for start in _hours(town, day_in_sweden(earliest)):
        if start < earliest:
            continue
        hour = await _hour(session, town, start)
        if hour.taken < hour.capacity:
            break
    else:
        return None
    hour.taken += 1
    row = CallTimeRow(
        key=key,
        request_hash=digest,
        person=person,
        hour=hour.id,
        interpreter_language=interpreter_language,
        made_at=at,
        about=about,
    )
    booked = CallTime(id=row.id, start=start, end=start + HOUR, interpreter_language=interpreter_language)
    row.answer = booked.model_dump(mode="json")
    session.add_all((hour, row))
    await session.flush()
    await _with_interpreter(session, row, booked, at)
    return booked


async def give_back(session: AsyncSession, about: UUID, at: datetime) -> None:
    """The hour in which she was to be told of something is needed no longer: others have it, unless it has begun, and
    the interpreter too."""
    await one_at_a_time(session)
    found = await session.exec(
        select(CallTimeRow, CallHour)
        .join(CallHour, col(CallHour.id) == CallTimeRow.hour)
        .where(CallTimeRow.about == about, col(CallTimeRow.cancelled_at).is_(None), col(CallHour.starts_at) > at)
    )
    for row, hour in found.all():
        row.cancelled_at, hour.taken = at, hour.taken - 1
        session.add_all((row, hour))
        await besides.give_up(session, row.id, at)
    await _cancel_by_hand(session, about, at)


async def _with_interpreter(session: AsyncSession, row: CallTimeRow, booked: CallTime, at: datetime) -> None:
    """One for the whole hour: when in it we ring is not known before."""
    if booked.interpreter_language is None:
        return
    await besides.want(
        session,
        at,
        call=row.id,
        person=row.person,
        about=row.about or row.id,
        language=booked.interpreter_language,
        starts_at=booked.start,
        ends_at=booked.end,
    )


async def _take_back(
    session: AsyncSession, row: CallTimeRow, hour: CallHour, at: datetime, *, by: UUID | None = None
) -> None:
    """Nobody rings her in that hour: others have it, unless it has begun."""
    row.cancelled_at = at
    if hour.starts_at > at:
        hour.taken -= 1
    session.add_all((row, hour))
    await _without_interpreter(session, row, at)  # before the tasks are closed: who arranged one had closed hers
    await tasks.done_about(session, row.id, at, by)
    await promises.withdraw_about(session, row.id, at=at)


async def _without_interpreter(session: AsyncSession, row: CallTimeRow, at: datetime) -> None:
    await besides.give_up(session, row.id, at)
    await _cancel_by_hand(session, row.id, at)


async def _cancel_by_hand(session: AsyncSession, about: UUID, at: datetime) -> None:
    """Whoever arranged an interpreter by hand, for a call that is not made, is told to cancel."""
    arranged = select(tasks.Task).where(
        tasks.Task.about == about,
        tasks.Task.reason == tasks.CALL_INTERPRETER,
        col(tasks.Task.done_by).is_not(None),
        col(tasks.Task.due_at) > at,
    )
    for task in (await session.exec(arranged)).all():
        told = await session.exec(select(tasks.Task.id).where(tasks.Task.about == task.id).limit(1))
        if told.first() is None:
            await tasks.add(
                session, "time", tasks.CALL_WITHOUT, at=at, person=task.person, about=task.id, due_at=task.due_at
            )


async def take_back(session: AsyncSession, clock: Clock, person: UUID, *, by: UUID) -> None:
    """She does not want to be rung after all: the hour she chose is others', what she asked for is done, and what was
    promised of it holds no more. A call in which she is to be told of something stands.

    Raises NobodyRings where there is none of it.
    """
    await one_at_a_time(session)
    now, anything = clock(), False
    for row, hour in await _to_make(session, person, now):
        await _take_back(session, row, hour, now, by=by)
        anything = True
    for task in await tasks.waiting(session, person):
        if task.kind == "ring" and task.reason == _WISHED:
            await tasks.done(session, task.id, now, by, "nothing")
            anything = True
    for promise in await promises.of_person(session, person):
        if promise.what == "call" and promise.about is None and promise.is_open():
            promise.withdrawn_at, anything = now, True
            session.add(promise)
    if not anything:
        raise NobodyRings


async def end_all(session: AsyncSession, person: UUID, at: datetime) -> bool:
    """Nobody here rings her any more, for whatever it was: hours and interpreters are free for others. Whether there
    was any call to come. The caller has waited for her turn (:func:`one_at_a_time`)."""
    found = await session.exec(
        select(CallTimeRow, CallHour)
        .join(CallHour, col(CallHour.id) == CallTimeRow.hour)
        .where(
            col(CallTimeRow.person).in_(await persons.same(session, person)),
            col(CallTimeRow.cancelled_at).is_(None),
            col(CallHour.ends_at) > at,
        )
        .order_by(col(CallHour.starts_at))
    )
    rows = found.all()
    for row, hour in rows:
        await _take_back(session, row, hour, at)
        if row.about is not None:
            await _cancel_by_hand(session, row.about, at)
    return bool(rows)


async def _tell_staff(session: AsyncSession, clock: Clock, call: BookCall, row: CallTimeRow, booked: CallTime) -> None:
    add = partial(tasks.add, session, at=clock(), person=row.person, thread=call.thread, about=row.id)
    await add("ring", tasks.CALL_TIME, due_at=booked.end)
    await promises.make(session, "call", row.person, at=clock(), due_at=booked.end, thread=call.thread, about=row.id)
    await _with_interpreter(session, row, booked, clock())


async def _free_hour(session: AsyncSession, clock: Clock, call: BookCall) -> datetime:
    """The hour that was chosen, which is there as a row and has room."""
    town = database.of(session).municipality
    try:
        start = datetime.fromisoformat(call.slot)
        known = start in set(_hours(town, day_in_sweden(start), days=1))
    except (ValueError, OverflowError):
        raise Invalid(slot=call.slot) from None
    if not known:
        raise SlotTaken
    offered_at = clock() - OFFER_LASTS
    if start <= clock() or start < _earliest(town, offered_at, call.interpreter_language):
        raise TooLate
    hour = await _hour(session, town, start)
    if hour.taken >= hour.capacity:
        raise SlotTaken
    return start


async def _hour(session: AsyncSession, town: Municipality, start: datetime) -> CallHour:
    """The row of an hour, locked; made where nobody has chosen it yet."""
    places = town.calls.places if town.calls is not None else 0
    made = insert(CallHour).values(
        id=database.new_id(), starts_at=start, ends_at=start + HOUR, capacity=places, taken=0
    )
    await session.exec(made.on_conflict_do_nothing())
    return (await session.exec(select(CallHour).where(CallHour.starts_at == start).with_for_update())).one()


def _hours(town: Municipality, first: date, *, days: int = _AHEAD) -> Iterator[datetime]:
    """When an hour to ring in begins, from a day on: as many as lie whole within the opening hours."""
    if town.calls is None:
        return
    last = first + timedelta(days=days)
    for day in takewhile(lambda day: day < last, town.calendar.working_days(first)):
        if (hours := town.calendar.opening(day)) is not None:
            start = hours[0]
            while start + HOUR <= hours[1]:
                yield start
                start += HOUR


def _earliest(town: Municipality, now: datetime, interpreter_language: str | None) -> datetime:
    """From when on she can be rung: an interpreter by telephone takes longer to find."""
    if town.calls is None:
        return now
    ahead = town.calls.ahead_minutes if interpreter_language is None else town.calls.ahead_minutes_with_interpreter
    return town.calendar.after_open_time(now, timedelta(minutes=ahead))


async def _ahead(session: AsyncSession, person: UUID, now: datetime) -> list[tuple[CallTimeRow, CallHour]]:
    """The calls she asked for that are not begun; one in which she is to be told of something stands beside them."""
    return [(row, hour) for row, hour in await _hers(session, person, now) if hour.starts_at > now]


async def _to_make(session: AsyncSession, person: UUID, now: datetime) -> list[tuple[CallTimeRow, CallHour]]:
    """The same, with one whose hour has begun while nobody has rung yet."""
    hers = await _hers(session, person, now)
    open_ones = select(tasks.Task.about).where(
        col(tasks.Task.about).in_([row.id for row, _ in hers]),
        tasks.Task.reason == tasks.CALL_TIME,
        col(tasks.Task.done_at).is_(None),
    )
    waiting = set((await session.exec(open_ones)).all())
    return [(row, hour) for row, hour in hers if row.id in waiting]


async def _hers(session: AsyncSession, person: UUID, now: datetime) -> list[tuple[CallTimeRow, CallHour]]:
    same = (await persons.groups(session, [person])).keys() | {person}
    found = await session.exec(
        select(CallTimeRow, CallHour)
        .join(CallHour, col(CallHour.id) == CallTimeRow.hour)
        .where(
            col(CallTimeRow.person).in_(same),
            col(CallTimeRow.about).is_(None),
            col(CallTimeRow.cancelled_at).is_(None),
            col(CallHour.ends_at) > now,
        )
        .order_by(col(CallHour.starts_at))
    )
    return list(found.all())


def _as_call(row: CallTimeRow, hour: CallHour) -> CallTime:
    return CallTime(id=row.id, start=hour.starts_at, end=hour.ends_at, interpreter_language=row.interpreter_language)


async def one_at_a_time(session: AsyncSession) -> None:
    """A handful of hours are chosen in a day: nobody waits for anybody's hours crosswise."""
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended("call times", 0))))
