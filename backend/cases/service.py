"""What the bot brings to a case: a call for help, an acute need, something sealed; and what it may ask.

The bot writes, and asks two things: is a message still true, and which step is it (STATUS). Nothing else of a case
goes that way.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, promises, seal, tasks
from backend.applications import history
from backend.applications import standing as applications
from backend.applications.models import Application
from backend.bookings import earlier
from backend.bookings import service as bookings
from backend.calendar import WorkingCalendar, day_in_sweden
from backend.callbacks import service as callbacks
from backend.cases import contacts, steps
from backend.cases.models import (
    AcuteNeedRow,
    CallForHelpRow,
    Case,
    MeetingNote,
    SealedItem,
)
from backend.contract import (
    AcuteNeed,
    CallForHelp,
    CallForHelpReceipt,
    MeetingStatus,
    NoticeKind,
    Sealed,
    SettlingStanding,
    SettlingStep,
    Status,
    StatusQuery,
    StillTrue,
    StillTrueQuery,
)
from backend.decisions import standing as decided
from backend.decisions.models import Decision
from backend.errors import Invalid, NotFound
from backend.handover import threads
from backend.handover.models import Thread
from backend.idempotency import first_answer, first_row, request_hash
from backend.notices import service as notices
from backend.planning import service as planning
from backend.planning import settling

ACUTE_ANSWER = timedelta(minutes=15)
_JUST_BEFORE = timedelta(microseconds=1)
_OWED: tuple[tasks.Kind, ...] = ("acute", "answer", "ring")


async def call_for_help(session: AsyncSession, key: UUID, call: CallForHelp) -> CallForHelpReceipt:
    """Receive a call for help: the person, her telephone, and a case "wants to apply" unless one is open."""
    digest = request_hash(session, call)
    if (first := await first_answer(session, CallForHelpRow, key, digest, CallForHelpReceipt)) is not None:
        return first
    await persons.meet(session, call.person, call.received_at, call.language)
    await threads.meet(
        session, call.thread, call.person, call.received_at, language=call.language, channel=call.channel
    )
    if call.telephone:
        await contacts.wrote_from(session, call.person, call.telephone, call.received_at)
    case = await open_case(session, call.person, call.received_at)
    receipt = CallForHelpReceipt(case=case.id, received_at=call.received_at)
    row_id = database.new_id()
    codec = database.of(session).codec
    session.add(
        CallForHelpRow(
            key=key,
            request_hash=digest,
            answer=receipt.model_dump(mode="json"),
            id=row_id,
            person=call.person,
            case=case.id,
            thread=call.thread,
            channel=call.channel,
            language=call.language,
            received_at=call.received_at,
            words=codec.encrypt(call.words, table="calls_for_help", column="words", row=row_id),
        )
    )
    return receipt


async def acute_need(session: AsyncSession, key: UUID, need: AcuteNeed) -> None:
    """Food, medicine or a bed today: a task for staff at once, and a promise of minutes."""
    digest = request_hash(session, need)
    if await first_row(session, AcuteNeedRow, key, digest) is not None:
        return
    await persons.meet(session, need.person, need.at)
    row_id = database.new_id()
    codec = database.of(session).codec
    session.add(
        AcuteNeedRow(
            key=key,
            request_hash=digest,
            id=row_id,
            person=need.person,
            thread=need.thread,
            at=need.at,
            words=codec.encrypt(need.words, table="acute_needs", column="words", row=row_id),
        )
    )
    await threads.meet(session, need.thread, need.person, need.at)
    await alarm(session, need.person, need.thread, need.at, "said-so", words=need.words)


async def alarm(
    session: AsyncSession, person: UUID, thread: UUID, at: datetime, reason: str, *, words: str = ""
) -> None:
    """Staff at once, and a promise of minutes: one task and one promise, whichever way the need is told, however often.

    Whoever calls has locked the thread, so that the second way waits for the first. What was told at the same moment is
    the same need, also when staff have been quicker than the second way; what is told later is promised anew.
    """
    told = await session.exec(
        select(tasks.Task.made_at).where(
            tasks.Task.kind == "acute",
            tasks.Task.thread == thread,
            col(tasks.Task.done_at).is_(None) | (col(tasks.Task.made_at) == at),
        )
    )
    made, due = set(told.all()), acute_by(database.of(session).municipality.calendar, at)
    if not made:
        await tasks.add(session, "acute", reason, at=at, person=person, thread=thread, due_at=due, words=words)
    if at not in made:
        await promises.make(session, "acute-answer", person, at=at, due_at=due, thread=thread)


def acute_by(calendar: WorkingCalendar, at: datetime) -> datetime:
    """When staff have seen to what cannot wait: within minutes while open, also where closing time comes between; what
    came while it was closed, minutes after opening. Until then she has the numbers of those who are up."""
    hours = calendar.opening(day_in_sweden(at))
    if hours and hours[0] <= at < hours[1]:
        return at + ACUTE_ANSWER
    return calendar.after_open_time(at, ACUTE_ANSWER)


async def file_sealed(session: AsyncSession, key: UUID, item: Sealed) -> None:
    """File something sealed, unopened. Raises Invalid when it is not sealed for this municipality, person and key."""
    digest = request_hash(session, item)
    if await first_row(session, SealedItem, key, digest) is not None:
        return
    try:
        seal.check(item.jwe, **sealed_for(session, item.person, key))
    except seal.WrongSeal as wrong:
        raise Invalid(jwe=wrong) from None
    if item.person is not None:
        await persons.meet(session, item.person, item.at)
    row_id = database.new_id()
    session.add(
        SealedItem(
            key=key, request_hash=digest, id=row_id, person=item.person, at=item.at, kind=item.kind, jwe=item.jwe
        )
    )
    queue: tasks.Role = "caseworker"
    await tasks.add(session, "check", item.kind, at=item.at, person=item.person, about=row_id, queue=queue)


def sealed_for(session: AsyncSession, person: UUID | None, key: UUID) -> dict[str, str]:
    """What a sealed value of this municipality is bound to."""
    slug = database.of(session).municipality.slug
    return {"municipality": slug, "person": str(person or ""), "key": str(key)}


async def still_true(session: AsyncSession, query: StillTrueQuery) -> StillTrue:
    """Is what a message says about its reference still right? What nobody knows is not.

    Of a meeting with a start: it is to be held, then. Of one without: it is cancelled. Of one that was missed: it still
    is. Of a notice that there is something new: no human has told it yet, and how she wants to hear it is not said.
    Of one of an important day: what may be appealed until then was not decided anew. Of a step of settling in: it is
    not done, and its day is the same. Of any other notice: it was told about her.
    Of what is planned with her: as planning has it. Of a nudge in a thread: what she began is unfinished there. Of an
    earlier time: it is free, and not answered. Of a call in another hour: it is still to be made in that.
    """
    same = await persons.same(session, query.person)
    if query.kind == "earlier-time":
        return StillTrue(true=await earlier.is_open(session, query.reference, query.person, query.at))
    if query.kind == "call-moved":
        hers = await _stands(session, query.reference, same)
        return StillTrue(true=hers and await callbacks.is_still_told(session, query.reference, query.at))
    if query.kind in planning.ABOUT_PLANNING:
        return StillTrue(true=await planning.stands(session, query.kind, query.reference, same, query.at))
    if query.kind == "nudge":
        return StillTrue(true=await _unfinished(session, query.reference, query.person, same))
    try:
        meeting = await bookings.find(session, query.reference)
    except NotFound:
        return StillTrue(true=await _stands(session, query.reference, same))
    return StillTrue(true=meeting.person in same and bookings.says_right(query.kind, meeting, query.start))


async def all_still_true(session: AsyncSession, queries: Sequence[StillTrueQuery]) -> list[bool]:
    """The same of many messages. What is asked of meetings, nearly all, is two questions to the database in all."""
    groups = await persons.groups(session, {query.person for query in queries})
    meetings = await bookings.find_all(session, {query.reference for query in queries if query.kind != "nudge"})
    answers = []
    for query in queries:
        meeting, root = meetings.get(query.reference), groups.get(query.person)
        if query.kind == "nudge" or meeting is None or root is None:
            answers.append((await still_true(session, query)).true)
        else:
            answers.append(groups.get(meeting.person) == root and bookings.says_right(query.kind, meeting, query.start))
    return answers


async def status(session: AsyncSession, query: StatusQuery) -> Status:
    """The step and what comes next: no unit, no reason, no sum."""
    person = await persons.find(session, query.person)
    groups = await persons.groups(session, [person.id])
    standing = (await steps.of_all(session, groups, query.at))[person.id]
    when = standing.next_meeting or standing.decide_by
    path = await settling.stands(session, person.id)
    return Status(
        step=standing.step,
        next_date=day_in_sweden(when) if when else None,
        next_time=standing.next_meeting,
        settling=SettlingStanding(number=path[0], of=path[1], on=path[2]) if path is not None else None,
        call=await callbacks.next_of(session, person.id, query.at),
    )


async def open_case(session: AsyncSession, person: UUID, at: datetime) -> Case:
    """The person's open case, locked for this transaction; a new one "wants to apply" when she has none."""
    root = (await persons.find(session, person)).id
    # Two calls for help of one person at once make one case: the second waits for the first.
    await session.exec(select(persons.Person.id).where(persons.Person.id == root).with_for_update(key_share=True))
    case = await find_case(session, root)
    if case is None:
        case = Case(person=root, opened_at=at)
        session.add(case)
        await session.flush()
    return case


async def find_case(session: AsyncSession, person: UUID) -> Case | None:
    """The person's open case, the oldest when a merge left two."""
    return next(iter(await open_cases(session, person)), None)


async def open_cases(session: AsyncSession, person: UUID) -> Sequence[Case]:
    """The person's open cases, the oldest first: one, and two where a merge left two."""
    same = await persons.same(session, person)
    found = await session.exec(
        select(Case).where(col(Case.person).in_(same), col(Case.closed_at).is_(None)).order_by(col(Case.opened_at))
    )
    return found.all()


async def running(session: AsyncSession, person: UUID) -> Case | None:
    """The case whose clock runs and is due first; ``None`` where none runs. A merge leaves two, each with its own."""
    decided = await decided_at(session, person)
    due = {
        one.decide_by: one
        for one in await open_cases(session, person)
        if one.complete_at and one.decide_by and (decided is None or decided < one.complete_at)
    }
    return due[min(due)] if due else None


async def of_the_clock(session: AsyncSession, person: UUID) -> Case | None:
    """The case that says how her decision stands: whose clock runs and is due first, else the one that was stopped
    last, else the oldest; ``None`` where none is open."""
    if (runs := await running(session, person)) is not None:
        return runs
    every = await open_cases(session, person)
    stopped = {one.paused_at: one for one in every if one.paused_at is not None}
    return stopped[max(stopped)] if stopped else next(iter(every), None)


async def decided_at(session: AsyncSession, person: UUID) -> datetime | None:
    """When the last decision was signed; one of a single cost leaves what was applied for of the month undecided. One
    that was told late has decided nothing of what it left waiting."""
    same = await persons.same(session, person)
    hers = select(Decision.signed_at).where(col(Decision.person).in_(same), ~col(Decision.single_cost))
    signed = (await session.exec(hers.order_by(col(Decision.signed_at).desc()).limit(1))).first()
    waits_since = None if signed is None else await history.left_waiting(session, person)
    return signed if signed is None or waits_since is None else min(signed, waits_since - _JUST_BEFORE)


async def begin_anew(session: AsyncSession, case: Case, at: datetime) -> None:
    """Something is applied for: the clock of what has been decided is not the clock of this."""
    decided = await decided_at(session, case.person)
    if decided is None or max(filter(None, (case.complete_at, case.paused_at)), default=decided) > decided:
        return  # what runs, or stands still, is not decided yet
    if at > decided:
        case.complete_at, case.decide_by, case.paused_at = None, None, None
        session.add(case)


async def _unfinished(session: AsyncSession, thread: UUID, person: UUID, same: tuple[UUID, ...]) -> bool:
    """Whether the machine may ask in this thread if she wants to go on.

    Not once an application or a meeting has come of it, not in a closed case, and not where a human owes her a word:
    then that comes first.
    """
    found = await session.get(Thread, thread)
    if found is None or found.person not in same or "staff" in (found.owner, found.wanted):
        return False
    behind = (
        select(Application.id).where(col(Application.person).in_(same)),
        select(MeetingNote.id).where(col(MeetingNote.person).in_(same)),
        select(tasks.Task.id).where(
            col(tasks.Task.person).in_(same), col(tasks.Task.done_at).is_(None), col(tasks.Task.kind).in_(_OWED)
        ),
    )
    if any([(await session.exec(one.limit(1))).first() is not None for one in behind]):
        return False
    meetings = await bookings.of_person(session, person)
    if any(meeting.status is not MeetingStatus.CANCELLED for meeting in meetings):
        return False
    return await find_case(session, person) is not None


async def _stands(session: AsyncSession, reference: UUID, same: tuple[UUID, ...]) -> bool:
    """Whether what a notice told still holds."""
    try:
        notice = await notices.find(session, reference)
    except NotFound:
        return False
    if notice.person not in same:
        return False
    if notice.kind in decided.KINDS:
        return await decided.holds(session, notice, same)
    if notice.kind is NoticeKind.SETTLING_STEP:
        return await settling.still_ahead(session, SettlingStep.model_validate(notice.body), same[0])
    return await applications.stands(session, notice, same)
