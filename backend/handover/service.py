"""What the bot brings to the inbox: a thread handed over, its entries in order, and its word on who owns it."""

from datetime import datetime, time, timedelta
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, promises, tasks
from backend.calendar import WorkingCalendar, day_in_sweden, moment
from backend.cases import contacts
from backend.cases.service import alarm
from backend.contract import Entry, EntryState, HandOver, Ownership
from backend.decisions import service as decisions
from backend.errors import KeyReused, NotFound
from backend.handover import threads
from backend.handover.models import HandOverReason, HandOverRow, Thread, ThreadEntry, ThreadOwnership
from backend.idempotency import first_row, request_hash
from backend.safety import service as safety

FIRST_ANSWER = timedelta(hours=4)
NIGHT_BY = time(10, 0)

TASKS: dict[HandOverReason, tasks.Kind] = {
    "asked": "answer",
    "missed-three": "answer",
    "question": "answer",
    "acute": "acute",
    "call-me": "ring",
    "dead-letter": "check",
    "opted-out": "check",
    "wrong-number": "check",
    "unreachable": "check",
    "undelivered": "check",
    "lost": "check",
    "important-day": "ring",
    "silent": "check",
    "letter": "letter",
    "flood": "check",
    "abroad": "check",
    "agreed-phrase": "acute",
    "not-shared": "ring",
}
_ANSWERED: tuple[tasks.Kind, ...] = ("answer", "ring")

FORWARD: dict[EntryState, int] = {
    EntryState.RECEIVED: 0,
    EntryState.PENDING: 1,
    EntryState.SENDING: 2,
    EntryState.UNKNOWN: 3,
    EntryState.SENT: 4,
    EntryState.DROPPED: 5,
    EntryState.GIVEN_UP: 5,
    EntryState.FAILED: 5,
    EntryState.DELIVERED: 6,
}
"""How far each state is. A report that comes late (sent after delivered) changes nothing."""


async def hand_over(session: AsyncSession, key: UUID, call: HandOver) -> None:
    """Put a thread in the inbox: one task, and a promise of a human's answer where somebody waits for one."""
    digest = request_hash(session, call)
    if await first_row(session, HandOverRow, key, digest) is not None:
        return
    await persons.meet(session, call.person, call.at, call.language)
    await threads.meet(session, call.thread, call.person, call.at, language=call.language, channel=call.channel)
    if call.telephone:
        linked = await contacts.link(session, call.person, call.telephone, call.at)
        if call.shared_phone is not None:
            linked.shared = call.shared_phone
            session.add(linked)
    session.add(
        HandOverRow(
            key=key, request_hash=digest, person=call.person, thread=call.thread, at=call.at, reason=call.reason
        )
    )
    if call.reason == "agreed-phrase":
        await safety.written(session, call.person, call.thread, call.at)
        return
    kind = TASKS[call.reason]
    due = None
    if kind == "acute":
        await alarm(session, call.person, call.thread, call.at, call.reason)
        return
    if kind in _ANSWERED:
        due = first_answer_by(database.of(session).municipality.calendar, call.at)
        await promises.make(session, "first-answer", call.person, at=call.at, due_at=due, thread=call.thread)
    if call.reason == "letter":
        due = leaves_by(database.of(session).municipality.calendar, call.at)
        if call.about is not None and await decisions.by_letter(session, call.about, at=call.at, due_at=due):
            return
    await tasks.add(
        session,
        kind,
        call.reason,
        at=call.at,
        person=call.person,
        thread=call.thread,
        about=call.about,
        entry=call.entry,
        due_at=due,
    )


async def write_entry(session: AsyncSession, thread: UUID, number: int, entry: Entry) -> None:
    """Copy one entry of a thread, move its delivery state forward, or tell that nobody knows who was there. Raises
    KeyReused for other content."""
    moves = {"state": EntryState.RECEIVED, "why": None, "in_doubt": False}
    digest = request_hash(session, entry.model_copy(update=moves), thread, number)
    await persons.meet(session, entry.person, entry.at)
    found = await threads.meet(session, thread, entry.person, entry.at)
    codec = database.of(session).codec
    place = f"{thread}:{number}"
    original = codec.encrypt(entry.original, table="thread_entries", column="original", row=place)
    swedish = None
    if entry.swedish is not None:
        swedish = codec.encrypt(entry.swedish, table="thread_entries", column="swedish", row=place)
    new = insert(ThreadEntry).values(
        thread=thread,
        number=number,
        request_hash=digest,
        person=entry.person,
        at=entry.at,
        who=entry.who,
        language=entry.language,
        original=original,
        swedish=swedish,
        state=entry.state,
        why=entry.why,
        staff_message=entry.staff_message,
        in_doubt=entry.in_doubt,
    )
    made = await session.exec(new.on_conflict_do_nothing().returning(col(ThreadEntry.number)))
    if made.one_or_none() is not None:
        if entry.at >= found.last_at:
            found.last_at = entry.at
            # The bot speaks the thread's language; staff may write Swedish into it, and people any.
            found.language = entry.language if entry.who == "bot" else found.language
            session.add(found)
        if entry.who == "person":
            await tasks.wake(session, thread, found.person)
        return
    row = (
        await session.exec(
            select(ThreadEntry)
            .where(ThreadEntry.thread == thread, ThreadEntry.number == number)
            .with_for_update(key_share=True)
        )
    ).one()
    if row.request_hash != digest:
        raise KeyReused
    if FORWARD[entry.state] > FORWARD[EntryState(row.state)]:
        row.state, row.why = entry.state, entry.why
    row.in_doubt = row.in_doubt or entry.in_doubt
    session.add(row)


async def write_ownership(session: AsyncSession, thread: UUID, epoch: int, ownership: Ownership) -> None:
    """The bot's word on who owns a thread; the highest epoch holds. Raises NotFound, KeyReused."""
    found = (
        await session.exec(select(Thread).where(Thread.id == thread).with_for_update(key_share=True))
    ).one_or_none()
    if found is None:
        raise NotFound(thread=thread)
    earlier = await session.get(ThreadOwnership, (thread, epoch))
    if earlier is not None:
        if (earlier.owner, earlier.at) != (ownership.owner, ownership.at):
            raise KeyReused
        return
    session.add(ThreadOwnership(thread=thread, epoch=epoch, owner=ownership.owner, at=ownership.at))
    if epoch > found.epoch:
        found.owner, found.epoch = ownership.owner, epoch
        session.add(found)


def leaves_by(calendar: WorkingCalendar, at: datetime) -> datetime:
    """When a letter must have left: before closing that day, else the next working day."""
    hours = calendar.opening(day_in_sweden(calendar.after_open_time(at, timedelta(0))))
    return hours[1] if hours is not None else at


def first_answer_by(calendar: WorkingCalendar, at: datetime) -> datetime:
    """When a human has answered: within four open hours; what came while it was closed, by ten."""
    due = calendar.after_open_time(at, FIRST_ANSWER)
    hours = calendar.opening(day_in_sweden(at))
    if hours and hours[0] <= at < hours[1]:
        return due
    opens = calendar.after_open_time(at, timedelta(0))
    return min(due, max(opens, moment(day_in_sweden(opens), NIGHT_BY)))
