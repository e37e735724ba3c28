"""What staff do with a case: open it, write the note after the meeting, say what is complete or still missing.

Every verb goes through the door of ``access`` first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TypeVar, get_args
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from backend import access, database, locales, persons, promises, tasks
from backend.access import Reader
from backend.applications.models import Application
from backend.bookings import missed
from backend.bookings import service as bookings
from backend.bookings.models import LIVE
from backend.calendar import day_in_sweden, moment
from backend.cases import contacts, lines, service, steps
from backend.cases.models import (
    Active,
    CallForHelpRow,
    Case,
    MeetingNote,
    NextBy,
    Paper,
    PaperRow,
    PaperState,
    SealedItem,
    Waived,
)
from backend.clock import Clock
from backend.contract import AgreedLine, ApplicationFlag, BookMeeting, NoticeKind, SendApplication, SomethingNew, Step
from backend.controls import standing
from backend.errors import (
    Invalid,
    NextStepIncomplete,
    NotFound,
    NotToldInTheRoom,
    PhraseIncomplete,
    TooManyLines,
)
from backend.handover import threads
from backend.identity import trust
from backend.ladder import Level
from backend.notices import service as notices
from backend.seal import SealKeys

PAGE = 50
"""Lines of the list of cases at a time."""
PAPER_STATES: tuple[PaperState, ...] = get_args(PaperState)
ACTIVE: tuple[Active, ...] = get_args(Active)
WAIVED: tuple[Waived, ...] = get_args(Waived)
NEXT_BY: tuple[NextBy, ...] = get_args(NextBy)
_WHOSE_QUEUE: Mapping[NextBy, tasks.Role] = {
    "person": "caseworker",  # who sees whether it was done
    "caseworker": "caseworker",
    "customer-service": "customer-service",
}
_CLOSED_DAY_ENDS = time(16, 0)
"""By when on its day a next step is due where the municipality is closed then."""

Known = TypeVar("Known", bound=str)


@dataclass(frozen=True)
class Agreed:
    """One agreed line as it was chosen: a phrase with its fields, or own words in Swedish (``line`` is empty then)."""

    line: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)
    own_words: str = ""


@dataclass(frozen=True)
class NextStep:
    """What comes next: in words for staff, who does it, and by which day."""

    words: str
    by: NextBy
    on: date


@dataclass(frozen=True)
class Note:
    """The caseworker's one-screen note. ``waived``: why the case goes on though nobody came. ``new_meeting``: the slot
    of a meeting to book with it."""

    came: bool
    meeting: UUID | None = None
    identity_seen: bool = False
    papers: Mapping[Paper, PaperState] = field(default_factory=dict)
    complete: bool = False
    active: Active = "not-judged"
    told_in_room: bool = False
    agreed: tuple[Agreed, ...] = ()
    waived: Waived | None = None
    next_step: NextStep | None = None
    new_meeting: str = ""

    @property
    def states(self) -> Mapping[Paper, PaperState]:
        """Where the papers stand by it; whose identity was seen has shown that paper too."""
        return {**self.papers, "identity": "seen"} if self.identity_seen else self.papers


@dataclass(frozen=True)
class NoteView:
    """A note as it is read."""

    id: UUID
    at: datetime
    by_name: str
    note: Note
    agreed: tuple[AgreedLine, ...]


@dataclass(frozen=True)
class ApplicationView:
    """One version of an application, as it was sent."""

    id: UUID
    version: int
    received_at: datetime
    sent: SendApplication
    flags: tuple[ApplicationFlag, ...] = ()


@dataclass(frozen=True)
class PaperView:
    """A paper and where it stands."""

    paper: Paper
    in_swedish: str
    state: PaperState
    since: datetime


@dataclass(frozen=True)
class CallView:
    """One call for help, in the words it came in."""

    received_at: datetime
    channel: str
    language: str
    words: str


@dataclass(frozen=True)
class SealedView:
    """Something sealed that lies in the case, unopened."""

    id: UUID
    at: datetime
    kind: str


@dataclass(frozen=True)
class CaseRow:
    """One open case in the list: enough to choose by, nothing of what is in it."""

    person: UUID
    name: str
    ending: str
    language: str
    opened_at: datetime
    step: Step
    decide_by: datetime | None
    next_meeting: datetime | None
    thread: UUID | None


@dataclass(frozen=True)
class CaseFile:
    """A case as it lies open on the desk. Lists run from the earliest to the latest."""

    why: str
    person: UUID
    name: str
    language: str
    id: UUID
    opened_at: datetime
    complete_at: datetime | None
    paused_at: datetime | None
    decide_by: datetime | None
    calls: tuple[CallView, ...]
    applications: tuple[ApplicationView, ...]
    papers: tuple[PaperView, ...]
    notes: tuple[NoteView, ...]
    sealed: tuple[SealedView, ...]
    contact: contacts.Reached | None
    thread: UUID | None

    @property
    def meeting_settled(self) -> bool:
        """A meeting was held, or a caseworker went on without one: then a decision may be taken."""
        return any(view.note.came or view.note.waived for view in self.notes)


async def open_case(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, reason: access.Reason | None = None
) -> CaseFile:
    """Open a person's case on the desk (logged). Raises NotAllowed, ReasonNeeded, NotFound when she has none."""
    opened = await access.enter(session, clock, reader, person, "case", reason=reason)
    case = await service.find_case(session, person)
    if case is None:
        raise NotFound(person=person)
    clock_of = await service.of_the_clock(session, person) or case
    return CaseFile(
        why=opened.why,
        person=opened.person.id,
        name=persons.first_name(session, opened.person),
        language=opened.person.language,
        id=case.id,
        opened_at=case.opened_at,
        complete_at=clock_of.complete_at,
        paused_at=clock_of.paused_at,
        decide_by=clock_of.decide_by,
        calls=await _calls(session, person),
        applications=await applications(session, person),
        papers=await papers(session, case.id),
        notes=await notes(session, person),
        sealed=await _sealed(session, person),
        contact=await contacts.reached(session, person),
        thread=(await threads.latest(session, await persons.groups(session, [person]))).get(opened.person.id),
    )


async def in_list(
    session: AsyncSession, clock: Clock, *, start: int = 0, limit: int = PAGE
) -> tuple[tuple[CaseRow, ...], bool]:
    """A page of the open cases as lines, the one due first; those without a due time after, the oldest first; and
    whether more follow (not logged). Of a page somebody with two cases is one line."""
    found = await session.exec(
        select(Case)
        .where(col(Case.closed_at).is_(None))
        .order_by(col(Case.decide_by).asc().nulls_last(), col(Case.opened_at), col(Case.id))
        .offset(start)
        .limit(limit + 1)
    )
    rows = found.all()
    return await rows_of(session, clock, rows[:limit]), len(rows) > limit


async def of_people(session: AsyncSession, clock: Clock, people: Iterable[UUID]) -> tuple[CaseRow, ...]:
    """The open cases of these people as lines, the oldest first (not logged)."""
    groups = await persons.groups(session, people)
    found = select(Case).where(col(Case.person).in_(list(groups)), col(Case.closed_at).is_(None))
    return await rows_of(session, clock, (await session.exec(found.order_by(col(Case.opened_at)))).all())


async def rows_of(session: AsyncSession, clock: Clock, open_ones: Sequence[Case]) -> tuple[CaseRow, ...]:
    """These open cases as lines, in their order (not logged)."""
    groups = await persons.groups(session, [case.person for case in open_ones])
    people = await persons.of_groups(session, groups)
    reached = await contacts.reached_all(session, groups)
    standings = await steps.of_all(session, groups, clock())
    latest = await threads.latest(session, groups)
    rows: dict[UUID, CaseRow] = {}
    for case in open_ones:
        person = people[case.person]
        if person.id in rows:
            continue  # a merge left two cases: she stands here once, by the one that is due first
        contact, standing = reached.get(person.id), standings[person.id]
        rows[person.id] = CaseRow(
            person=person.id,
            name=persons.first_name(session, person),
            ending=contact.ending if contact else "",
            language=person.language,
            opened_at=case.opened_at,
            step=standing.step,
            decide_by=standing.decide_by,
            next_meeting=standing.next_meeting,
            thread=latest.get(person.id),
        )
    return tuple(rows.values())


async def write_note(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, note: Note, *, key: UUID | None = None
) -> UUID:
    """Write the note after a meeting: it settles the meeting, and *complete* starts the clock of one working day.

    Agreed lines are told in the room; a notice says only that there is something new to read. A later note replaces
    what an earlier one said, and both stay. ``key`` is an id the page chose; the same again writes nothing more. That
    she is not active is a signal to whoever decides, and a new meeting, and is told her first. A next step is a task
    of whoever does it; it takes the place of the one before. A meeting chosen here is booked with the note, and told.

    Raises NotToldInTheRoom, TooManyLines, PhraseIncomplete, NextStepIncomplete, NotFound for somebody else's meeting,
    SlotTaken, and Invalid for *complete* without a meeting held or waived, and for a new meeting of somebody who has
    one ahead or gets one because she did not come; ControlsDiffer for *complete* while something differs that nobody
    has taken a stand on.
    """
    await access.enter(session, clock, reader, person, "note", reason="meeting")
    _check(note, day_in_sweden(clock()))
    case = await service.open_case(session, person, clock())  # locks: of two presses at once one is the first
    if key is not None and await session.get(MeetingNote, key) is not None:
        return key
    earlier = await notes(session, person)
    if note.complete and not any(one.came or one.waived for one in (note, *(view.note for view in earlier))):
        raise Invalid(complete="no meeting held or waived")
    row_id, codec = key or database.new_id(), database.of(session).codec
    if note.new_meeting:
        await _meet_again(session, clock, case, note, row_id)  # the resources are locked before her meeting
    if note.meeting is not None:
        await _settle_meeting(session, clock, note, note.meeting, person)
    await _set_papers(session, case, note.states, clock())
    notice = await _tell_of_lines(session, clock, case) if note.agreed and note.came else None
    chosen = [{"line": a.line, "fields": dict(a.fields), "own_words": a.own_words} for a in note.agreed]
    step = note.next_step
    session.add(
        MeetingNote(
            id=row_id,
            person=case.person,
            case=case.id,
            meeting=note.meeting,
            at=clock(),
            by=reader.id,
            by_name=reader.name,
            came=note.came,
            identity_seen=note.identity_seen,
            complete=note.complete,
            active=note.active,
            told_in_room=note.told_in_room,
            waived=note.waived,
            papers={str(paper): str(state) for paper, state in note.papers.items()},
            lines=codec.encrypt_json(chosen, table="meeting_notes", column="lines", row=row_id),
            notice=notice,
            next_step=codec.encrypt(step.words, table="meeting_notes", column="next_step", row=row_id)
            if step
            else None,
            next_by=step.by if step else None,
            next_on=step.on if step else None,
        )
    )
    if step is not None:
        for before in earlier:
            await tasks.done_about(session, before.id, clock(), reader.id, "next-step")
        await _comes_next(session, case, step, row_id, clock())
    if note.identity_seen:
        await trust.show(session, person, Level.SEEN, clock(), by_name=reader.name)
    if note.complete:
        await _start_clock(session, case, clock())
    if note.active == "not-active":
        await _signal(session, case, row_id, clock())
    return row_id


async def _settle_meeting(session: AsyncSession, clock: Clock, note: Note, meeting: UUID, person: UUID) -> None:
    if (await bookings.find(session, meeting)).person not in await persons.same(session, person):
        raise NotFound(meeting=meeting)
    if note.came:
        await bookings.mark_held(session, clock, meeting)
    else:
        # Where the case goes on all the same nobody has to meet.
        await missed.mark(session, clock, meeting, again=note.waived is None)


async def _tell_of_lines(session: AsyncSession, clock: Clock, case: Case) -> UUID:
    language = (await persons.find(session, case.person)).language
    body = SomethingNew(what="agreed-lines", with_interpreter=language != locales.SWEDISH)
    return await notices.tell(session, clock, NoticeKind.SOMETHING_NEW, case.person, body)


async def _meet_again(session: AsyncSession, clock: Clock, case: Case, note: Note, key: UUID) -> None:
    hers = await bookings.of_person(session, case.person)
    ahead = any(one.status in LIVE and one.end > clock() and one.id != note.meeting for one in hers)
    if ahead or not (note.came or note.waived):
        raise Invalid(new_meeting="has one, or gets one")
    language = next((one.interpreter_language for one in hers), None)
    call = BookMeeting(person=case.person, slot=note.new_meeting, at=clock(), interpreter_language=language)
    await bookings.book_by_staff(session, clock, key, call)


async def _comes_next(session: AsyncSession, case: Case, step: NextStep, note: UUID, at: datetime) -> None:
    hours = database.of(session).municipality.calendar.opening(step.on)
    due = hours[1] if hours else moment(step.on, _CLOSED_DAY_ENDS)
    queue = _WHOSE_QUEUE[step.by]
    await tasks.add(
        session, "check", "next-step", at=at, person=case.person, about=note, due_at=max(due, at), queue=queue
    )


def _check(note: Note, today: date) -> None:
    """Raises for what may not be written so."""
    step = note.next_step
    if step is not None and (not step.words.strip() or step.on < today):
        raise NextStepIncomplete
    if len(note.agreed) > lines.MOST_LINES:
        raise TooManyLines
    if note.active == "not-active" and not note.told_in_room:
        raise NotToldInTheRoom
    for agreed in note.agreed:
        in_words(agreed, locales.SWEDISH)


async def _signal(session: AsyncSession, case: Case, note: UUID, at: datetime) -> None:
    """She does not take part in what was planned: whoever decides weighs it, and she is met again. Nothing of what
    helps her ends by it."""
    await tasks.add(session, "check", "not-active", at=at, person=case.person, about=note, queue="caseworker")
    if await bookings.next_meeting(session, case.person, at) is None:
        due = database.of(session).municipality.calendar.one_working_day_after(at)
        await tasks.add(session, "time", "meet-again", at=at, person=case.person, about=note, due_at=due)


async def mark_complete(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> datetime:
    """Nothing is missing any more: the clock of one working day starts. Gives when the decision is due.

    Raises Invalid before a meeting was held or waived, ControlsDiffer while something differs that nobody has seen.
    """
    await access.enter(session, clock, reader, person, "case", done="Allt är inne")
    case = await service.open_case(session, person, clock())
    if not any(view.note.came or view.note.waived for view in await notes(session, person)):
        raise Invalid(complete="no meeting held or waived")
    return await _start_clock(session, case, clock())


async def ask_for_papers(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, asked_for: Iterable[Paper]
) -> None:
    """Papers are asked for: the clock is paused until the case is complete again. Telling her is another message."""
    await access.enter(session, clock, reader, person, "case", done="Begärde papper")
    case = await service.open_case(session, person, clock())
    await _set_papers(session, case, dict.fromkeys(asked_for, "missing"), clock())
    await promises.withdraw(session, person, "decision", at=clock())
    for one in await service.open_cases(session, person):
        one.complete_at, one.decide_by, one.paused_at = None, None, clock()
        session.add(one)
        await tasks.done_about(session, one.id, clock(), reader.id)


async def rename(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, first_name: str) -> None:
    """Write down what she is called."""
    await access.enter(session, clock, reader, person, "case", done="Skrev namnet")
    await persons.rename(session, person, first_name)


async def open_sealed(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, item: UUID, *, keys: SealKeys
) -> str:
    """Read something sealed of a person, with the municipality's private key (logged).

    Raises NotFound, also for what is another's, and WrongSeal.
    """
    row = await session.get(SealedItem, item)
    if row is None or row.person not in await persons.same(session, person):
        raise NotFound(sealed=item)
    await access.enter(session, clock, reader, row.person, "sealed", about=item)
    return keys.open(row.jwe, **service.sealed_for(session, row.person, row.key))


async def papers(session: AsyncSession, case: UUID) -> tuple[PaperView, ...]:
    """The papers of a case and where they stand."""
    rows = {row.paper: row for row in (await session.exec(select(PaperRow).where(PaperRow.case == case))).all()}
    return tuple(
        PaperView(
            paper, locales.say(message, locales.SWEDISH), _known(rows[paper].state, PAPER_STATES), rows[paper].since
        )
        for paper, message in lines.PAPERS.items()
        if paper in rows
    )


async def applications(session: AsyncSession, person: UUID) -> tuple[ApplicationView, ...]:
    """Every application of a person in her open cases, as it was sent, the earliest first."""
    same = await persons.same(session, person)
    rows = await session.exec(
        select(Application)
        .where(col(Application.person).in_(same), col(Application.case).in_(_open_cases()))
        .order_by(col(Application.received_at), col(Application.version))
    )
    codec = database.of(session).codec
    return tuple(
        ApplicationView(
            row.id,
            row.version,
            row.received_at,
            SendApplication.model_validate_json(
                codec.decrypt(row.content, table="applications", column="content", row=row.id)
            ),
            tuple(ApplicationFlag.model_validate(flag) for flag in row.flags),
        )
        for row in rows.all()
    )


async def notes(session: AsyncSession, person: UUID) -> tuple[NoteView, ...]:
    """Every note of a person, the earliest first."""
    same = await persons.same(session, person)
    rows = await session.exec(
        select(MeetingNote).where(col(MeetingNote.person).in_(same)).order_by(col(MeetingNote.at))
    )
    return tuple(_note(session, row) for row in rows.all())


def in_words(agreed: Agreed, language: str, among: Mapping[str, lines.Line] = lines.BY_KEY) -> str:
    """An agreed line in a language. Raises PhraseIncomplete for an unknown line or a field that is not filled in."""
    if not agreed.line:
        if not agreed.own_words.strip():
            raise PhraseIncomplete(line="")
        return agreed.own_words.strip()
    line = among.get(agreed.line)
    if line is None:
        raise PhraseIncomplete(line="unknown")
    try:
        values = {known.name: lines.read(known, agreed.fields[known.name]) for known in line.fields}
    except (KeyError, ValueError):
        raise PhraseIncomplete(line=line.key) from None
    return locales.say(line.message, language, values)


def _known(stored: str, values: tuple[Known, ...]) -> Known:
    # A CHECK holds the column to these values.
    return next(value for value in values if value == stored)


def _note(session: AsyncSession, row: MeetingNote) -> NoteView:
    codec = database.of(session).codec
    chosen = codec.decrypt_json(row.lines, table="meeting_notes", column="lines", row=row.id)
    agreed = tuple(Agreed(**line) for line in chosen)
    note = Note(
        came=row.came,
        meeting=row.meeting,
        identity_seen=row.identity_seen,
        papers={paper: _known(row.papers[paper], PAPER_STATES) for paper in lines.PAPERS if paper in row.papers},
        complete=row.complete,
        active=_known(row.active, ACTIVE),
        told_in_room=row.told_in_room,
        agreed=agreed,
        waived=_known(row.waived, WAIVED) if row.waived else None,
        next_step=_next_step(session, row),
    )
    known = locales.among(database.of(session).municipality.languages)
    worded = tuple(AgreedLine(text={language: in_words(line, language) for language in known}) for line in agreed)
    return NoteView(row.id, row.at, row.by_name, note, worded)


def _next_step(session: AsyncSession, row: MeetingNote) -> NextStep | None:
    if row.next_step is None or row.next_by is None or row.next_on is None:
        return None
    words = database.of(session).codec.decrypt(row.next_step, table="meeting_notes", column="next_step", row=row.id)
    return NextStep(words, _known(row.next_by, NEXT_BY), row.next_on)


async def _start_clock(session: AsyncSession, case: Case, at: datetime) -> datetime:
    runs = await service.running(session, case.person)
    if runs is not None and runs.decide_by is not None:
        return runs.decide_by  # it runs already: what was promised is not put off
    await standing.check(session, case.person)
    calendar = database.of(session).municipality.calendar
    case.complete_at, case.paused_at = at, None
    case.decide_by = calendar.one_working_day_after(at)
    session.add(case)
    await promises.make(session, "decision", case.person, at=at, due_at=case.decide_by, about=case.id)
    await tasks.add(session, "decide", "complete", at=at, person=case.person, about=case.id, due_at=case.decide_by)
    return case.decide_by


async def _set_papers(session: AsyncSession, case: Case, states: Mapping[Paper, PaperState], at: datetime) -> None:
    for paper, state in states.items():
        row = insert(PaperRow).values(case=case.id, paper=paper, state=state, since=at)
        await session.exec(
            row.on_conflict_do_update(
                index_elements=[col(PaperRow.case), col(PaperRow.paper)], set_={"state": state, "since": at}
            )
        )


def _open_cases() -> SelectOfScalar[UUID]:
    """Every open case. What somebody sent while she was one with another lies in whichever was open then."""
    return select(Case.id).where(col(Case.closed_at).is_(None))


async def _calls(session: AsyncSession, person: UUID) -> tuple[CallView, ...]:
    same = await persons.same(session, person)
    rows = await session.exec(
        select(CallForHelpRow)
        .where(col(CallForHelpRow.person).in_(same), col(CallForHelpRow.case).in_(_open_cases()))
        .order_by(col(CallForHelpRow.received_at))
    )
    codec = database.of(session).codec
    return tuple(
        CallView(
            row.received_at,
            row.channel,
            row.language,
            codec.decrypt(row.words, table="calls_for_help", column="words", row=row.id),
        )
        for row in rows.all()
    )


async def _sealed(session: AsyncSession, person: UUID) -> tuple[SealedView, ...]:
    same = await persons.same(session, person)
    # What each of them holds is read when it is opened.
    listed = select(SealedItem.id, SealedItem.at, SealedItem.kind).where(col(SealedItem.person).in_(same))
    rows = await session.exec(listed.order_by(col(SealedItem.at)))
    return tuple(SealedView(*row) for row in rows.all())
