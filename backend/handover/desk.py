"""What staff do in the inbox: see the queue, open a thread, take it over, write into it, hand it back.

The queue shows no content and is not logged; opening a thread is. A staff message is a notice: the bot sends it, and
owns the truth about who owns the thread. Here stands who of the staff answers, and what staff asked for.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Literal, get_args
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, locales, persons, promises, tasks
from backend.access import Reader
from backend.calendar import day_in_sweden, moment
from backend.cases import contacts
from backend.clock import Clock
from backend.contract import (
    DeadLetter,
    EntryState,
    HandedBack,
    NotArrived,
    NoticeKind,
    Phrase,
    StaffMessage,
    TakenOver,
)
from backend.errors import NotFound, NothingToSay, NotYourThread, PhraseIncomplete, SettledInTheCase, TaskTaken, TooLong
from backend.handover import ceilings, passing, phrases
from backend.handover.models import StaffMessageRow, Thread, ThreadEntry, ThreadOwnership
from backend.notices import service as notices
from backend.promises import Promise
from backend.safety import by_telephone
from backend.safety import service as safety
from backend.tasks import Task
from backend.translating import service as translating
from backend.translating.marking import marked

LONGEST_MESSAGE = 1000
Because = Literal["answered", "rung", "nothing"]
"""How a message that the bot could not read was seen to by hand."""
_ANSWERED_BY_WRITING: tuple[promises.What, ...] = ("first-answer", "acute-answer", "answer")


@dataclass(frozen=True)
class QueueRow:
    """One line of the queue: enough to choose by, nothing of the case. ``name`` is empty when nobody has asked it."""

    task: UUID
    kind: str
    in_swedish: str
    reason: str
    queue: str
    person: UUID | None
    name: str
    ending: str
    language: str
    thread: UUID | None
    channel: str | None
    made_at: datetime
    due_at: datetime | None
    assigned_to: UUID | None
    assigned_name: str | None
    owner: str
    wanted: str
    opted_out: bool
    silent: bool
    broken: bool
    soon: bool
    half: bool = False
    rests_until: datetime | None = None
    done_at: datetime | None = None
    because: str | None = None

    @property
    def acute(self) -> bool:
        return self.kind == "acute"


@dataclass(frozen=True)
class PromiseRow:
    """One open promise, for the list of promises."""

    person: UUID
    name: str
    ending: str
    language: str
    thread: UUID | None
    in_swedish: str
    due_at: datetime
    broken: bool
    soon: bool


@dataclass(frozen=True)
class ThreadRow:
    """One thread in the list of threads."""

    thread: UUID
    person: UUID
    name: str
    ending: str
    language: str
    channel: str | None
    owner: str
    wanted: str
    assigned_to: UUID | None
    assigned_name: str | None
    last_at: datetime


@dataclass(frozen=True)
class EntryView:
    """One entry as staff read it: in Swedish where no machine is needed, and as it was sent.

    ``automatic``: the bot said it while staff owned the thread (a reminder that was due, the numbers in danger).
    ``why``: it certainly did not arrive. ``in_doubt``: nobody knows who wrote it, or who read it.
    """

    number: int
    at: datetime
    who: str
    language: str
    original: str
    swedish: str | None
    state: EntryState
    staff_message: UUID | None
    automatic: bool = False
    why: NotArrived | None = None
    in_doubt: bool = False


@dataclass(frozen=True)
class Missed:
    """A message of ours that did not come, or of which nobody knows whether it came. ``why``: of what did not."""

    at: datetime
    channel: str | None
    certain: bool
    why: NotArrived | None = None


@dataclass(frozen=True)
class Unsent:
    """A staff message the bot has not copied back as an entry yet."""

    id: UUID
    at: datetime
    by_name: str
    text: str
    swedish: str


@dataclass(frozen=True)
class PromiseView:
    """A promise made to the person of a thread. ``own``: its id, where it is in somebody's own words."""

    in_swedish: str
    due_at: datetime
    kept_at: datetime | None
    broken: bool
    soon: bool
    own: UUID | None = None


@dataclass(frozen=True)
class OpenThread:
    """A thread as it lies open. *taking over…* is ``wanted`` staff while ``owner`` is still the bot."""

    thread: UUID
    person: UUID
    why: str
    name: str
    language: str
    speaks: str
    channel: str | None
    owner: str
    epoch: int
    wanted: str
    assigned_to: UUID | None
    assigned_name: str | None
    assigned_at: datetime | None
    entries: tuple[EntryView, ...]
    unsent: tuple[Unsent, ...]
    contact: contacts.Reached | None
    promises: tuple[PromiseView, ...]
    tasks: tuple[Task, ...]
    safety: safety.Safety


@dataclass(frozen=True)
class Preview:
    """What arrives when a phrase is sent: the text in ``language``, and what it costs as SMS."""

    text: str
    swedish: str
    language: str
    sms: locales.Sms
    promise: str
    promise_due: datetime | None


async def queue(session: AsyncSession, clock: Clock, kind: tasks.Kind | None = None) -> tuple[QueueRow, ...]:
    """Every open task, or those of a kind, as a line: acute first, then by when it is due."""
    return await rows_of(session, clock, await tasks.queue(session, kind))


async def rows_of(session: AsyncSession, clock: Clock, waiting: Sequence[Task]) -> tuple[QueueRow, ...]:
    """These tasks as lines, in their order: what a list may say of each, looked up together."""
    if not waiting:
        return ()
    lists = await _look_up(session, {task.person for task in waiting if task.person})
    named = await _threads_of(session, waiting, lists.groups)
    broken: dict[UUID, bool] = {}
    soon: dict[UUID, bool] = {}
    for promise in await promises.open_of(session, lists.groups):
        root = lists.groups.get(promise.person, promise.person)
        broken[root] = broken.get(root, False) or promise.is_broken(clock())
        soon[root] = soon.get(root, False) or promise.is_soon(clock())
    rows = []
    for task in waiting:
        whom, thread = lists.whom(session, task.person), named.get(task.id)
        rows.append(
            QueueRow(
                task=task.id,
                kind=task.kind,
                in_swedish=next(words for kind, words in tasks.IN_SWEDISH.items() if kind == task.kind),
                reason=task.reason,
                queue=task.queue,
                person=whom.id,
                name=whom.name,
                ending=whom.ending,
                language=_spoken(thread, whom),
                thread=thread.id if thread else None,
                channel=thread.channel if thread else None,
                made_at=task.made_at,
                due_at=task.due_at,
                assigned_to=task.assigned_to,
                assigned_name=task.assigned_name,
                owner=thread.owner if thread else "bot",
                wanted=thread.wanted if thread else "bot",
                opted_out=whom.opted_out,
                silent=whom.silent,
                broken=whom.id is not None and broken.get(whom.id, False),
                soon=whom.id is not None and soon.get(whom.id, False),
                half=_half(task, clock()),
                rests_until=task.snoozed_until if task.snoozed_until and task.snoozed_until > clock() else None,
                done_at=task.done_at,
                because=task.because,
            )
        )
    return tuple(rows)


def _half(task: Task, now: datetime) -> bool:
    """Half of its time is gone, and not all of it."""
    return task.warn_at is not None and task.due_at is not None and task.warn_at <= now < task.due_at


def _spoken(thread: Thread | None, whom: "_Whom") -> str:
    """What she speaks with us: who is written to in Swedish may need an interpreter all the same."""
    written = thread.language if thread else ""
    return whom.language or written if written in ("", locales.SWEDISH) else written


async def promised(session: AsyncSession, clock: Clock) -> tuple[PromiseRow, ...]:
    """Every open promise as a line, by when it is due."""
    return await promise_rows(session, clock, await promises.all_open(session))


async def promise_rows(session: AsyncSession, clock: Clock, open_ones: Sequence[Promise]) -> tuple[PromiseRow, ...]:
    """These promises as lines, in their order."""
    lists = await _look_up(session, {promise.person for promise in open_ones})
    rows = []
    for promise in open_ones:
        whom = lists.whom(session, promise.person)
        rows.append(
            PromiseRow(
                person=whom.id or promise.person,
                name=whom.name,
                ending=whom.ending,
                language=whom.language,
                thread=promise.thread,
                in_swedish=_promise_words(promise),
                due_at=promise.due_at,
                broken=promise.is_broken(clock()),
                soon=promise.is_soon(clock()),
            )
        )
    return tuple(rows)


async def threads(session: AsyncSession, limit: int = 200) -> tuple[ThreadRow, ...]:
    """The threads, the latest first."""
    return await _thread_rows(
        session, (await session.exec(select(Thread).order_by(col(Thread.last_at).desc()).limit(limit))).all()
    )


async def answered_by(session: AsyncSession, member: UUID, limit: int = 200) -> tuple[ThreadRow, ...]:
    """The threads one of the staff answers, or is taking over, the latest first."""
    hers = select(Thread).where(
        Thread.assigned_to == member, (col(Thread.owner) == "staff") | (col(Thread.wanted) == "staff")
    )
    return await _thread_rows(
        session, (await session.exec(hers.order_by(col(Thread.last_at).desc()).limit(limit))).all()
    )


async def found_threads(session: AsyncSession, people: Sequence[UUID]) -> tuple[ThreadRow, ...]:
    """The threads of these people, whatever the id of them, the latest first."""
    groups = await persons.groups(session, people)
    hers = select(Thread).where(col(Thread.person).in_(list(groups))).order_by(col(Thread.last_at).desc())
    return await _thread_rows(session, (await session.exec(hers)).all())


async def _thread_rows(session: AsyncSession, found: Sequence[Thread]) -> tuple[ThreadRow, ...]:
    lists = await _look_up(session, {thread.person for thread in found})
    rows = []
    for thread in found:
        whom = lists.whom(session, thread.person)
        rows.append(
            ThreadRow(
                thread=thread.id,
                person=whom.id or thread.person,
                name=whom.name,
                ending=whom.ending,
                language=_spoken(thread, whom),
                channel=thread.channel,
                owner=thread.owner,
                wanted=thread.wanted,
                assigned_to=thread.assigned_to,
                assigned_name=thread.assigned_name,
                last_at=thread.last_at,
            )
        )
    return tuple(rows)


async def open_thread(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    thread: UUID,
    reason: access.Reason | None = None,
    *,
    done: str = "",
) -> OpenThread:
    """Open a thread (logged; ``done``: for what). Raises NotFound, NotAllowed, ReasonNeeded."""
    found = await _thread(session, thread)
    opened = await access.enter(session, clock, reader, found.person, "thread", reason=reason, done=done)
    return await _open(session, clock, found, opened.person, opened.why)


async def take_over(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    thread: UUID,
    reason: access.Reason | None = None,
    *,
    seen: str | None = None,
) -> None:
    """Answer this thread oneself, from the bot or from a colleague. The bot says when it has fallen silent.

    ``seen``: the id of who answered when the page was read (empty: nobody). Raises NotYourThread when somebody else has
    taken it since; SilentForSafety, since it would be seen there.
    """
    found = await _thread(session, thread)
    await access.enter(session, clock, reader, found.person, "thread", reason=reason, done="Tog över samtalet")
    await safety.may_be_written_to(session, found.person)
    if seen is not None and found.assigned_to not in (None, reader.id) and str(found.assigned_to) != seen:
        raise NotYourThread(who=found.assigned_name)
    await _assign(session, clock, reader, found)
    if found.wanted != "staff":
        found.wanted = "staff"
        session.add(found)
        await notices.tell(session, clock, NoticeKind.TAKEN_OVER, found.person, TakenOver(thread=thread))


async def hand_back(session: AsyncSession, clock: Clock, reader: Reader, thread: UUID) -> None:
    """Let the bot go on. What waited for an answer in this thread has had it. Raises NotYourThread, SilentForSafety."""
    found = await _thread(session, thread)
    done = "Lämnade tillbaka samtalet"
    await access.enter(session, clock, reader, found.person, "thread", reason="answers-now", done=done)
    await safety.may_be_written_to(session, found.person)
    _only_own(found, reader)
    found.wanted, found.assigned_to, found.assigned_name, found.assigned_at = "bot", None, None, None
    session.add(found)
    for task in await _tasks_of(session, thread):
        if task.kind == "answer":
            await tasks.done(session, task.id, clock(), reader.id)
    await notices.tell(session, clock, NoticeKind.HANDED_BACK, found.person, HandedBack(thread=thread))


async def send_phrase(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    thread: UUID,
    phrase: str,
    *,
    fields: Mapping[str, str],
    message: UUID | None = None,
) -> UUID:
    """Send a fixed phrase: it arrives in the person's language, exactly as the preview showed it.

    ``message`` is an id the page chose; the same id again sends nothing more. Raises PhraseIncomplete, NotYourThread,
    NotAllowed, ReasonNeeded, and AboveTheCeiling for what was written where an address belongs.
    """
    found = await _thread(session, thread)
    sent = await session.get(StaffMessageRow, message) if message else None
    done = "" if sent else "Skrev till personen"
    await access.enter(session, clock, reader, found.person, "thread", reason="answers-now", done=done)
    if sent is not None:
        return sent.id
    shown = preview(clock, found.language, phrase, fields)
    for own in phrases.own_words(phrase, fields):
        await ceilings.guard(session, found, own)
    said = _Said(message or database.new_id(), shown.text, shown.swedish, phrase, fields)
    await _send(session, clock, reader, found, said)
    if shown.promise_due is not None and (what := phrases.BY_KEY[phrase].promises) is not None:
        await promises.make(session, what, found.person, at=clock(), due_at=shown.promise_due, thread=thread)
    return said.id


async def send_words(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    thread: UUID,
    text: str,
    *,
    message: UUID | None = None,
    translation: str = "",
) -> UUID:
    """Send own words, as they are; ``message`` as in :func:`send_phrase`. ``translation``: a machine's, which arrives
    marked and with the words themselves below it.

    Raises NothingToSay, TooLong, AboveTheCeiling, NotForAMachine, NotYourThread, NotAllowed, ReasonNeeded.
    """
    text = text.strip()
    if not text:
        raise NothingToSay
    if len(text) > LONGEST_MESSAGE:
        raise TooLong(most=LONGEST_MESSAGE)
    found = await _thread(session, thread)
    sent = await session.get(StaffMessageRow, message) if message else None
    done = "" if sent else "Skrev till personen"
    await access.enter(session, clock, reader, found.person, "thread", reason="answers-now", done=done)
    if sent is not None:
        return sent.id
    await ceilings.guard(session, found, text)
    arrives = text
    if translation := translation.strip():
        for words in (text, translation):
            translating.allow(words, most=LONGEST_MESSAGE)
        await ceilings.guard(session, found, translation)
        arrives = marked(found.language, text, translation)
    said = _Said(message or database.new_id(), arrives, text)
    await _send(session, clock, reader, found, said)
    return said.id


async def may_carry(session: AsyncSession, thread: UUID, text: str) -> None:
    """Whether own words may go where this thread is. Raises AboveTheCeiling, NotFound."""
    await ceilings.guard(session, await _thread(session, thread), text)


async def missed(session: AsyncSession, person: UUID) -> tuple[Missed, ...]:
    """What did not reach a person, on any channel. For who has opened her case."""
    same = await persons.same(session, person)
    found = await session.exec(
        select(ThreadEntry.at, Thread.channel, ThreadEntry.state, ThreadEntry.why)
        .join(Thread, col(Thread.id) == col(ThreadEntry.thread))
        .where(
            col(Thread.person).in_(same),
            col(ThreadEntry.who).in_(("bot", "staff")),
            col(ThreadEntry.state).in_((EntryState.FAILED, EntryState.GIVEN_UP)),
        )
        .order_by(col(ThreadEntry.at))
    )
    return tuple(Missed(at, channel, state == EntryState.FAILED, _why(why)) for at, channel, state, why in found.all())


async def take_task(
    session: AsyncSession, clock: Clock, reader: Reader, task: UUID, *, seen: str | None = None
) -> None:
    """Take a task. Taking one is what makes the case behind it one's own to open.

    ``seen``: the id of who had it when the page was read (empty: nobody). Raises TaskTaken when somebody else has taken
    it since: two would ring.
    """
    found = await tasks.get(session, task, locked=True)
    if found.person is not None:
        done = f"Tog uppgiften: {tasks.in_swedish(found).lower()}"
        await access.enter(session, clock, reader, found.person, "thread", reason="follow-up", done=done)
    if seen is not None and found.assigned_to not in (None, reader.id) and str(found.assigned_to) != seen:
        raise TaskTaken(who=found.assigned_name)
    await _take(session, clock, reader, found)


async def task_done(session: AsyncSession, clock: Clock, reader: Reader, task: UUID) -> None:
    """A task is done. Raises SettledInTheCase for what is settled there."""
    found = await tasks.get(session, task, locked=True)
    if found.person is not None:
        done = f"Uppgiften är gjord: {tasks.in_swedish(found).lower()}"
        await access.enter(session, clock, reader, found.person, "thread", reason="follow-up", done=done)
    if found.done_at is not None:
        return  # pressed on a page from before: what was promised since is not kept by it
    if found.reason in tasks.SETTLED_IN_THE_CASE:
        raise SettledInTheCase
    await tasks.done(session, task, clock(), reader.id)
    kept: dict[str, promises.What] = {"ring": "call", "acute": "acute-answer"}
    if found.person is not None and found.kind in kept:
        await promises.keep(session, found.person, kept[found.kind], at=clock())


async def release(session: AsyncSession, clock: Clock, reader: Reader, task: UUID) -> None:
    """Let the bot try again to read what it could not. Raises NotFound for a task of another kind."""
    await _letter_done(session, clock, reader, task, "released", again=True)


async def close(session: AsyncSession, clock: Clock, reader: Reader, task: UUID, because: Because) -> None:
    """What the bot could not read has been seen to by hand. Raises NotFound for a task of another kind."""
    await _letter_done(session, clock, reader, task, because, again=False)


async def _letter_done(
    session: AsyncSession, clock: Clock, reader: Reader, task: UUID, because: str, *, again: bool
) -> None:
    found = await tasks.get(session, task)
    if found.reason != "dead-letter" or found.person is None or found.thread is None:
        raise NotFound(task=task)
    if again and found.about is None:
        raise NotFound(letter=task)
    done = "Låter automaten försöka igen" if again else "Såg själv till det som inte gick att läsa"
    await access.enter(session, clock, reader, found.person, "thread", reason="follow-up", done=done)
    if found.done_at is not None:
        return
    await tasks.done(session, task, clock(), reader.id, because)
    if found.about is not None:
        letter = DeadLetter(thread=found.thread, letter=found.about, again=again)
        await notices.tell(session, clock, NoticeKind.DEAD_LETTER, found.person, letter)


def offered() -> tuple[Phrase, ...]:
    """The phrases with their texts per language, fields unfilled, for choosing from."""
    known = sorted(locales.languages())
    return tuple(
        Phrase(
            key=fixed.key,
            fields=tuple(known_field.name for known_field in fixed.fields),
            text={language: locales.template(fixed.message, language) for language in known},
        )
        for fixed in phrases.PHRASES
    )


def preview(clock: Clock, language: str, phrase: str, fields: Mapping[str, str]) -> Preview:
    """Exactly what would arrive, in Swedish where the language has no text of it. Raises PhraseIncomplete."""
    fixed = phrases.BY_KEY.get(phrase)
    if fixed is None:
        raise PhraseIncomplete(phrase="unknown")
    try:
        values = {known.name: phrases.read(known, fields[known.name]) for known in fixed.fields}
    except (KeyError, ValueError):
        raise PhraseIncomplete(phrase=phrase) from None
    spoken = language if language in locales.languages() else locales.SWEDISH
    text = locales.say(fixed.message, spoken, values)
    due = None
    if fixed.promises is not None:
        day, hour = values.get("day", day_in_sweden(clock())), values.get("time")
        due = moment(day, hour) if isinstance(day, date) and isinstance(hour, time) else None
    return Preview(
        text=text,
        swedish=locales.say(fixed.message, locales.SWEDISH, values),
        language=spoken,
        sms=locales.as_sms(text),
        promise=promises.DECLARED[fixed.promises].in_swedish if fixed.promises else "",
        promise_due=due,
    )


@dataclass(frozen=True)
class _Said:
    """A staff message: as it arrives, and in Swedish."""

    id: UUID
    text: str
    swedish: str
    phrase: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict)


async def _send(session: AsyncSession, clock: Clock, reader: Reader, thread: Thread, said: _Said) -> None:
    await safety.may_be_written_to(session, thread.person)
    await by_telephone.may_be_sent_to(session, thread.person)
    _only_own(thread, reader)
    await _assign(session, clock, reader, thread)
    # The notice takes the thread over by itself.
    thread.wanted = "staff"
    session.add(thread)
    codec = database.of(session).codec
    session.add(
        StaffMessageRow(
            id=said.id,
            thread=thread.id,
            person=thread.person,
            at=clock(),
            by=reader.id,
            by_name=reader.name,
            phrase=said.phrase,
            fields=codec.encrypt_json(dict(said.fields), table="staff_messages", column="fields", row=said.id),
            text=codec.encrypt(said.text, table="staff_messages", column="text", row=said.id),
            swedish=codec.encrypt(said.swedish, table="staff_messages", column="swedish", row=said.id),
        )
    )
    body = StaffMessage(thread=thread.id, message=said.id, text=said.text, swedish=said.swedish, phrase=said.phrase)
    await notices.tell(session, clock, NoticeKind.STAFF_MESSAGE, thread.person, body)
    await promises.keep(session, thread.person, *_ANSWERED_BY_WRITING, at=clock())


async def _assign(session: AsyncSession, clock: Clock, reader: Reader, thread: Thread) -> None:
    if thread.assigned_to != reader.id:
        thread.assigned_to, thread.assigned_name, thread.assigned_at = reader.id, reader.name, clock()
        session.add(thread)
    for task in await _tasks_of(session, thread.id):
        if task.kind in ("acute", "answer"):
            await _take(session, clock, reader, task)


async def _take(session: AsyncSession, clock: Clock, reader: Reader, task: Task) -> None:
    """It is hers; what a colleague who had it offered to somebody is offered no more."""
    if task.assigned_to != reader.id:
        await passing.lapse(session, task.id, clock(), reader.name)
    await tasks.take(session, task.id, reader.id, reader.name)


def _only_own(thread: Thread, reader: Reader) -> None:
    if thread.assigned_to not in (None, reader.id):
        raise NotYourThread(who=thread.assigned_name)


async def _thread(session: AsyncSession, thread: UUID) -> Thread:
    found = (
        await session.exec(select(Thread).where(Thread.id == thread).with_for_update(key_share=True))
    ).one_or_none()
    if found is None:
        raise NotFound(thread=thread)
    return found


async def _tasks_of(session: AsyncSession, thread: UUID) -> Sequence[Task]:
    found = await session.exec(select(Task).where(Task.thread == thread, col(Task.done_at).is_(None)))
    return found.all()


async def _open(session: AsyncSession, clock: Clock, thread: Thread, person: persons.Person, why: str) -> OpenThread:
    entries = await _entries(session, thread)
    return OpenThread(
        thread=thread.id,
        person=person.id,
        why=why,
        name=persons.first_name(session, person),
        language=thread.language,
        speaks=person.language,
        channel=thread.channel,
        owner=thread.owner,
        epoch=thread.epoch,
        wanted=thread.wanted,
        assigned_to=thread.assigned_to,
        assigned_name=thread.assigned_name,
        assigned_at=thread.assigned_at,
        entries=entries,
        unsent=await _unsent(session, thread, {entry.staff_message for entry in entries if entry.staff_message}),
        contact=await contacts.reached(session, person.id),
        promises=tuple(
            PromiseView(
                promises.own_words(session, p) or _promise_words(p),
                p.due_at,
                p.kept_at,
                p.is_broken(clock()),
                p.is_soon(clock()),
                own=p.id if p.what == "own" else None,
            )
            for p in await promises.of_person(session, person.id)
        ),
        tasks=await tasks.waiting(session, person.id),
        safety=await safety.of_person(session, person.id),
    )


async def _entries(session: AsyncSession, thread: Thread) -> tuple[EntryView, ...]:
    rows = await session.exec(
        select(ThreadEntry).where(ThreadEntry.thread == thread.id).order_by(col(ThreadEntry.number))
    )
    codec = database.of(session).codec
    owned = await _owned_by_staff(session, thread)
    views = []
    for row in rows.all():
        place = f"{row.thread}:{row.number}"
        swedish = row.swedish
        views.append(
            EntryView(
                number=row.number,
                at=row.at,
                who=row.who,
                language=row.language,
                original=codec.decrypt(row.original, table="thread_entries", column="original", row=place),
                swedish=codec.decrypt(swedish, table="thread_entries", column="swedish", row=place)
                if swedish is not None
                else None,
                state=EntryState(row.state),
                staff_message=row.staff_message,
                automatic=row.who == "bot" and any(since <= row.at < until for since, until in owned),
                why=_why(row.why),
                in_doubt=row.in_doubt,
            )
        )
    return tuple(views)


def _why(kept: str | None) -> NotArrived | None:
    return next((why for why in get_args(NotArrived) if why == kept), None)


async def _owned_by_staff(session: AsyncSession, thread: Thread) -> list[tuple[datetime, datetime]]:
    """From when to when staff owned the thread, by the bot's word."""
    found = await session.exec(
        select(ThreadOwnership).where(ThreadOwnership.thread == thread.id).order_by(col(ThreadOwnership.epoch))
    )
    words = found.all()
    ends = [*(word.at for word in words[1:]), datetime.max.replace(tzinfo=UTC)]
    return [(word.at, until) for word, until in zip(words, ends, strict=False) if word.owner == "staff"]


async def _unsent(session: AsyncSession, thread: Thread, copied: set[UUID]) -> tuple[Unsent, ...]:
    rows = await session.exec(
        select(StaffMessageRow)
        .where(StaffMessageRow.thread == thread.id, col(StaffMessageRow.id).not_in(copied))
        .order_by(col(StaffMessageRow.at))
    )
    codec = database.of(session).codec
    return tuple(
        Unsent(
            id=row.id,
            at=row.at,
            by_name=row.by_name,
            text=codec.decrypt(row.text, table="staff_messages", column="text", row=row.id),
            swedish=codec.decrypt(row.swedish, table="staff_messages", column="swedish", row=row.id),
        )
        for row in rows.all()
    )


@dataclass(frozen=True)
class _Whom:
    """Who a line is about, as far as a list may say."""

    id: UUID | None = None
    name: str = ""
    ending: str = ""
    language: str = ""
    opted_out: bool = False
    silent: bool = False


@dataclass(frozen=True)
class _Lists:
    """The people of a list, looked up together."""

    groups: Mapping[UUID, UUID]
    people: Mapping[UUID, persons.Person]
    reached: Mapping[UUID, contacts.Reached]
    silent: frozenset[UUID]

    def whom(self, session: AsyncSession, one: UUID | None) -> _Whom:
        if one is None:
            return _Whom()
        person, reached = self.people[one], self.reached.get(one)
        return _Whom(
            id=person.id,
            name=persons.first_name(session, person),
            ending=reached.ending if reached else "",
            language=person.language,
            opted_out=reached.opted_out if reached else False,
            silent=person.id in self.silent,
        )


async def _look_up(session: AsyncSession, people: set[UUID]) -> _Lists:
    if not people:
        return _Lists({}, {}, {}, frozenset())
    groups = await persons.groups(session, people)
    return _Lists(
        groups,
        await persons.of_groups(session, groups),
        await contacts.reached_all(session, groups),
        await safety.silent_ones(session, groups),
    )


async def _threads_of(
    session: AsyncSession, waiting: Sequence[Task], groups: Mapping[UUID, UUID]
) -> dict[UUID, Thread]:
    """Per task the thread it is about, or the latest one of its person."""
    named = {task.thread for task in waiting if task.thread}
    found = await session.exec(
        select(Thread)
        .where(col(Thread.id).in_(named) | col(Thread.person).in_(list(groups)))
        .order_by(col(Thread.last_at))
    )
    rows = found.all()
    by_id = {row.id: row for row in rows}
    latest = {groups[row.person]: row for row in rows if row.person in groups}
    chosen = {}
    for task in waiting:
        thread = by_id.get(task.thread) if task.thread else latest.get(groups[task.person]) if task.person else None
        if thread is not None:
            chosen[task.id] = thread
    return chosen


def _promise_words(promise: Promise) -> str:
    words = next(declared.in_swedish for what, declared in promises.DECLARED.items() if what == promise.what)
    why = next((because for key, because in promises.WHY_IN_SWEDISH.items() if key == promise.why), "")
    return f"{words}: {why}" if why else words
