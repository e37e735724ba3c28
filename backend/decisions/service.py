"""Decisions: sign one, word it, say how the person wants to hear it, record that she was told.

A human signs, and not before the meeting; which one, the municipality's delegation list says. (What no human need sign,
see ``backend/automatic``.) What goes against her carries how to appeal and by when, a refusal also a new time, and may
rest on nothing she could not comment on. Messages say only that there is something new; what it is stands on the page
behind a code, or is told by a human.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, TypeVar, get_args
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, promises, tasks
from backend.access import Reader
from backend.applications import completions, history
from backend.applications.models import Application
from backend.bookings import promised
from backend.bookings import service as bookings
from backend.calendar import NOON, SWEDEN, day_in_sweden, moment
from backend.callbacks import service as callbacks
from backend.cases import contacts, desk
from backend.cases import service as cases
from backend.clock import Clock
from backend.contract import (
    DecisionText,
    FreeTime,
    Hear,
    HearReceipt,
    ImportantDay,
    Meeting,
    MeetingStatus,
    NoticeKind,
    SomethingNew,
)
from backend.controls import standing
from backend.decisions import appeal, codes, comments, law, payments, proposals, texts
from backend.decisions.models import TOLD, Decision, Hearing, Told, ToldBy
from backend.decisions.texts import REASONS_OF, TO_APPEAL, WITH_SUM, Outcome, ReasonKey
from backend.errors import (
    AlreadyDecided,
    AlreadyTold,
    AskFirst,
    BeyondDelegation,
    DecidedElsewhere,
    Invalid,
    MeetingNotHeld,
    NewTimeMissing,
    NotFound,
    ReasonMissing,
)
from backend.idempotency import first_answer, request_hash
from backend.interpreters import besides
from backend.locales import SWEDISH, among
from backend.municipalities.delegation import SigningLevel, reaches
from backend.notices import service as notices

TIME_TO_RING = timedelta(hours=2)
_QUARTER = timedelta(minutes=15)

HEARD_BEFORE: frozenset[Outcome] = frozenset({"delavslag", "avslag"})
"""What she may have a right to comment on first."""
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_REASONS: tuple[ReasonKey, ...] = get_args(ReasonKey)
Known = TypeVar("Known", bound=str)


@dataclass(frozen=True)
class Draft:
    """A decision before it is signed. ``kronor`` is what the signer grants; ``new_meeting`` is a booked meeting's id.

    ``month`` is any day of the month it is for. ``own_words`` are Swedish and stay so. ``single_cost``: it is about
    that alone, and what is applied for of a month goes on waiting: its clock, and the papers that are asked for.
    ``unknown_facts``: a refusal, in whole or in part, rests on what she does not know.
    """

    kind: Outcome
    month: date
    kronor: int | None = None
    reasons: tuple[ReasonKey, ...] = ()
    own_words: str = ""
    new_meeting: UUID | None = None
    single_cost: bool = False
    unknown_facts: bool = False


@dataclass(frozen=True)
class DecisionView:
    """A signed decision as staff see it. ``how`` is how the person wants to hear it, when she has said.

    ``call_at`` is when she is rung, where she wants that; ``lacks_interpreter``: nobody has arranged one for it yet.
    """

    id: UUID
    draft: Draft
    decided_on: date
    signed_at: datetime
    signed_name: str
    told_at: datetime | None
    told_how: Told | None
    told_by_name: str | None
    appeal_by: date | None
    how: str | None
    call_at: datetime | None
    lacks_interpreter: bool = False
    law: tuple[str, ...] = ()
    comment: comments.CommentView | None = None
    automatic: bool = False


async def sign(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    person: UUID,
    draft: Draft,
    *,
    on: date | None = None,
    automatic: bool = False,
) -> UUID:
    """Sign a decision, keep the promise of one working day, and tell the bot that there is something new. Papers that
    have not come are asked for no longer; of a single cost all that stands as it did. ``on``: the day it was decided,
    where that was elsewhere; today otherwise. Told from elsewhere after she applied for a later month, it leaves that
    waiting. What she could comment on before a refusal, and said, stands with it. ``automatic``: no human signs it;
    then it is a full grant with its sum, and the municipality allows that today.

    Raises NotAllowed (only a caseworker signs), DecidedElsewhere and BeyondDelegation (for one of ours),
    MeetingNotHeld, ReasonMissing and NewTimeMissing for a refusal without, CommentFirst and SpeaksFirst while she may
    have her say, AskFirst where what is missing was not asked for, AlreadyDecided when nothing new was applied for
    since the last decision, Invalid for a sum in a refusal and for what may not be automatic, ControlsDiffer while a
    control differs that nobody has taken a stand on.
    """
    await access.enter(session, clock, reader, person, "decision", done="Automatiskt beslut" if automatic else "")
    if automatic:
        _may_be_automatic(session, draft, day_in_sweden(clock()))
    elif reader.kind == "staff":
        _may_sign(session, reader, await as_it_is(session, person, draft), day_in_sweden(clock()))
    case = await cases.open_case(session, person, clock())
    notes = await desk.notes(session, person)
    settled = [view.at for view in notes if view.note.came or view.note.waived]
    if not settled:
        raise MeetingNotHeld
    if draft.single_cost:
        await _costs_wait(session, person)
    else:
        await _not_twice(session, person, draft.month.replace(day=1), max(settled), case.complete_at)
    await standing.check(session, person)  # last: what stands already is known, whatever has been found since
    _check(draft)
    # One that is told late leaves waiting what she has applied for since, and what she may say of that.
    goes_on = on is not None and await _later_month_waits(session, person, draft.month.replace(day=1))
    comment = await _has_had_her_say(session, clock, person, draft, before=on if goes_on else None)
    meeting = None
    if draft.new_meeting is not None:
        meeting = await bookings.find(session, draft.new_meeting)
        if meeting.person not in await persons.same(session, person):
            raise NotFound(meeting=draft.new_meeting)
    found = await persons.find(session, person)
    body = SomethingNew(
        what="decision",
        refusal=draft.kind in TO_APPEAL,
        with_interpreter=found.language != SWEDISH,
        meeting=meeting,
    )
    if comment is not None or not (draft.single_cost or goes_on):
        await comments.over(session, person, clock(), reader.id)
    notice = await notices.tell(session, clock, NoticeKind.SOMETHING_NEW, found.id, body)
    row_id = database.new_id()
    codec = database.of(session).codec
    words = draft.own_words.strip()
    session.add(
        Decision(
            id=row_id,
            person=await history.whose(session, person, single_cost=draft.single_cost),
            case=case.id,
            kind=draft.kind,
            month=draft.month.replace(day=1),
            kronor=draft.kronor,
            reasons=list(draft.reasons),
            own_words=codec.encrypt(words, table="decisions", column="own_words", row=row_id) if words else None,
            decided_on=on or day_in_sweden(clock()),
            signed_at=clock(),
            signed_by=reader.id,
            signed_name=reader.name,
            new_meeting=draft.new_meeting,
            single_cost=draft.single_cost,
            automatic=automatic,
            law=list(law.quoted(texts.about(draft.kind, draft.reasons), on or day_in_sweden(clock()))),
            comment=comment,
            notice=notice,
        )
    )
    # Of a single cost, what is put forward of the month goes on waiting too; a decision of the month is of all.
    await proposals.settle(session, person, clock(), reader.id, single_cost=draft.single_cost or None)
    if not draft.single_cost and not goes_on:
        await _nothing_waits(session, clock, reader, person, notes)
    if await contacts.only_by_letter(session, found.id):
        # Who wants no texts, or never wrote to us, still has a right to know: then it goes by letter.
        await tasks.add(session, "letter", "decision", at=clock(), person=found.id, about=row_id)
    return row_id


async def _nothing_waits(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, notes: Iterable[desk.NoteView]
) -> None:
    """All that waited is decided: what was promised is kept, and what was to be done is done. After a merge there are
    two cases, and it is decided in both."""
    await promises.keep(session, person, "decision", at=clock())
    await promised.decided(session, person, clock())
    for one in await cases.open_cases(session, person):
        await tasks.done_about(session, one.id, clock(), reader.id)
    for view in notes:
        await tasks.done_about(session, view.id, clock(), reader.id, "not-active")  # it has been weighed
    await completions.enough(session, clock, reader, person)


def needs(session: AsyncSession, draft: Draft, on: date) -> SigningLevel | None:
    """Which level signs it, by the municipality's delegation list; ``None`` where no list was laid in."""
    town = database.of(session)
    listed = town.municipality.delegation_on(on, examples=town.demo)
    return None if listed is None else listed.needs(draft.kind, draft.kronor, single_cost=draft.single_cost)


async def as_it_is(session: AsyncSession, person: UUID, draft: Draft) -> Draft:
    """A draft, said to be of a single cost also where nothing else waits to be decided: for who signs it, and how it
    reads. The caller has opened her case."""
    if draft.single_cost:
        return draft
    _, only_costs = await history.of_costs(session, person)
    return replace(draft, single_cost=only_costs)


async def preview(
    session: AsyncSession, clock: Clock, person: UUID, draft: Draft, *, at: FreeTime | Meeting | None = None
) -> DecisionText:
    """How a draft will be read, in every language, before it is signed: with what she could comment on, and ``at``, the
    new time of a refusal; that may still be missing."""
    today, known = day_in_sweden(clock()), await as_it_is(session, person, draft)
    facts = replace(await _facts(session, known), law=law.quoted(texts.about(draft.kind, draft.reasons), today))
    if draft.kind in HEARD_BEFORE:
        facts = replace(facts, **_commented(await comments.standing(session, person)))
    if at is not None and draft.kind == "avslag":
        facts = _at(facts, at)
    return _text(session, database.new_id(), facts, today)


async def record_told(
    session: AsyncSession, clock: Clock, reader: Reader, decision: UUID, how: ToldBy, *, on: date | None = None
) -> date | None:
    """A human told the person of the decision: from that day a refusal's three weeks run. Gives the last day.

    ``on``: the day she was told, where that was before today: of a letter the day it reached her. The bot is told of
    the last day and of the new time, so that they stand in a text too. Raises NotFound, AlreadyTold, and Invalid for a
    day to come or before the decision.
    """
    row = await session.get(Decision, decision, with_for_update=True)
    if row is None:
        raise NotFound(decision=decision)
    await access.enter(session, clock, reader, row.person, "told", about=decision)
    if row.told_at is not None:
        raise AlreadyTold
    at = _told_at(row, clock, on)
    row.told_by, row.told_by_name = reader.id, reader.name
    return await _is_told(session, clock, row, how, at)


async def mend_told(
    session: AsyncSession, clock: Clock, reader: Reader, decision: UUID, how: ToldBy | None, *, on: date | None = None
) -> date | None:
    """How or when she was told was written down wrongly by a human (logged). Gives the last day there is now.

    ``how``: ``None`` where she has not been told at all; then nothing runs, and she is to be rung. Where her last day
    is another than she was told, she is told the new one. What she read on the page herself nobody mends. Raises
    NotFound and Invalid as :func:`record_told` does.
    """
    row = await session.get(Decision, decision, with_for_update=True)
    if row is None or row.told_at is None or row.told_how == "page":
        raise NotFound(decision=decision)
    done = "Rättade hur eller när personen fick veta" if how else "Rättade: personen har inte fått veta"
    await access.enter(session, clock, reader, row.person, "told", about=decision, done=done)
    before = row.appeal_by
    if how is None:
        row.told_at, row.told_how, row.told_by, row.told_by_name, row.appeal_by = None, None, None, None, None
        session.add(row)
        await tasks.add(session, "ring", "hearing", at=clock(), person=row.person, about=row.id)
        return None
    at = _told_at(row, clock, on)
    row.told_by, row.told_by_name = reader.id, reader.name
    return await _is_told(session, clock, row, how, at, before=before)


def _told_at(row: Decision, clock: Clock, on: date | None) -> datetime:
    """The moment she was told, of a day that staff say. Raises Invalid for a day to come or before the decision."""
    at, today = clock(), day_in_sweden(clock())
    if on is None or on == today:
        return at
    if not day_in_sweden(row.signed_at) <= on < today:
        raise Invalid(told_on="not from the day it was signed until today")
    return max(row.signed_at, moment(on, NOON))


async def is_told(session: AsyncSession, decision: UUID) -> bool:
    """Whether the person has been told of a decision."""
    row = await session.get(Decision, decision)
    return row is not None and row.told_at is not None


async def has_read(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, decision: UUID) -> bool:
    """The person of a grant has read the decision on the page: she is told by that. ``False``: she was told before.

    For whoever showed who she is by e-identification the page says so when it shows it; with a code she says so
    herself. Raises NotFound for another's.
    """
    row = await session.get(Decision, decision, with_for_update=True)
    if row is None or row.person not in await persons.same(session, person):
        raise NotFound(decision=decision)
    if row.told_at is not None:
        return False
    await access.enter(session, clock, reader, person, "readable", about=decision, done="Har tagit del av beslutet")
    await _is_told(session, clock, row, "page", clock())
    return True


async def _is_told(
    session: AsyncSession, clock: Clock, row: Decision, how: Told, at: datetime, *, before: date | None = None
) -> date | None:
    """What follows from that she was told. Gives a refusal's last day to appeal; ``before``: the one she knows of."""
    now = clock()
    row.told_at, row.told_how = at, how
    if row.kind in TO_APPEAL:
        row.appeal_by = appeal.last_day(day_in_sweden(at))
    if row.appeal_by is not None and row.appeal_by != before:
        body = ImportantDay(
            by_telephone=how == "call" and before is None,
            day=row.appeal_by,
            remind_on=appeal.remind_on(row.appeal_by, database.of(session).municipality.calendar),
            meeting=await bookings.find(session, row.new_meeting) if row.new_meeting else None,
        )
        await notices.tell(session, clock, NoticeKind.IMPORTANT_DAY, row.person, body)
    session.add(row)
    await promises.keep(session, row.person, "call", at=now)
    await callbacks.give_back(session, row.id, now)
    await tasks.done_about(session, row.id, now, row.told_by)
    return row.appeal_by


async def by_letter(session: AsyncSession, notice: UUID, *, at: datetime, due_at: datetime) -> bool:
    """The text about a decision came nowhere: it goes by letter. ``False``: the notice told of no decision."""
    row = (await session.exec(select(Decision).where(Decision.notice == notice))).one_or_none()
    if row is None:
        return False
    if row.told_at is None:
        await tasks.add(session, "letter", "decision", at=at, person=row.person, about=row.id, due_at=due_at)
    return True


async def hear(session: AsyncSession, key: UUID, call: Hear) -> HearReceipt:
    """How the person wants to hear it: the task it needs. A later choice replaces an earlier one, until she is told.

    Raises NotFound, AlreadyTold (``too-late``).
    """
    digest = request_hash(session, call)
    if (first := await first_answer(session, Hearing, key, digest, HearReceipt)) is not None:
        return first
    about = await _told_about(session, call)
    await callbacks.give_back(session, about, call.at)
    await tasks.done_about(session, about, call.at)
    await promises.withdraw(session, call.person, "call", at=call.at)
    call_at = None
    match call.how:
        case "call":
            call_at = await _book_call(session, key, digest, call, about)
        case "counter":
            await tasks.add(session, "visit", "hearing", at=call.at, person=call.person, about=about)
        case "letter":
            await tasks.add(session, "letter", "hearing", at=call.at, person=call.person, about=about)
        case _:  # she reads it herself, with a code
            if not await codes.has_live(session, call.person, call.at):
                await tasks.add(session, "letter", "code", at=call.at, person=call.person, about=about)
    receipt = HearReceipt(call_at=call_at)
    session.add(
        Hearing(
            key=key,
            request_hash=digest,
            answer=receipt.model_dump(mode="json"),
            person=call.person,
            something_new=call.something_new,
            at=call.at,
            how=call.how,
        )
    )
    return receipt


async def to_be_heard(session: AsyncSession, person: UUID) -> UUID | None:
    """The notice of her latest decision, where she has not been told of it; ``None``: there is nothing to hear."""
    rows = await _rows(session, person)
    return rows[-1].notice if rows and rows[-1].told_at is None else None


async def of_person(session: AsyncSession, person: UUID) -> tuple[DecisionView, ...]:
    """A person's signed decisions, the earliest first. The caller has opened her case."""
    rows = await _rows(session, person)
    return tuple([await _view(session, row) for row in rows])


async def latest_text(session: AsyncSession, person: UUID) -> DecisionText | None:
    """The latest decision as it is read, in every language."""
    rows = await _rows(session, person)
    return await _as_read(session, rows[-1], await _of_costs(session, person)) if rows else None


async def as_signed(session: AsyncSession, decision: UUID) -> DecisionText:
    """A decision as it stood when it was signed: that she was told, or paid, came after. Raises NotFound. The caller
    has opened her case."""
    row = await session.get(Decision, decision)
    if row is None:
        raise NotFound(decision=decision)
    draft = replace(_draft(session, row), single_cost=row.id in await _of_costs(session, row.person))
    said = _commented(await comments.of_decision(session, row))
    facts = replace(await _facts(session, draft), law=tuple(row.law), automatic=row.automatic, **said)
    return _text(session, row.id, facts, row.decided_on)


async def all_texts(session: AsyncSession, person: UUID) -> tuple[DecisionText, ...]:
    """Every decision as it is read, the latest first."""
    of_costs = await _of_costs(session, person)
    return tuple([await _as_read(session, row, of_costs) for row in reversed(await _rows(session, person))])


async def _of_costs(session: AsyncSession, person: UUID) -> frozenset[UUID]:
    found, _ = await history.of_costs(session, person)
    return found


async def _as_read(session: AsyncSession, row: Decision, of_costs: frozenset[UUID]) -> DecisionText:
    draft = replace(_draft(session, row), single_cost=row.id in of_costs)
    told_on = day_in_sweden(row.told_at) if row.told_at else None
    facts = replace(
        await _facts(session, draft, told_on, row.appeal_by),
        law=tuple(row.law),
        automatic=row.automatic,
        pay_day=await payments.next_day(session, row.id),
        **_commented(await comments.of_decision(session, row)),
    )
    text = _text(session, row.id, facts, row.decided_on)
    return text.model_copy(update={"new_meeting": await _new_meeting(session, draft), "told_on": told_on})


async def _rows(session: AsyncSession, person: UUID) -> list[Decision]:
    same = await persons.same(session, person)
    rows = await session.exec(select(Decision).where(col(Decision.person).in_(same)).order_by(col(Decision.signed_at)))
    return list(rows.all())


async def _costs_wait(session: AsyncSession, person: UUID) -> None:
    """Raises AlreadyDecided when no single cost was applied for since the last decision."""
    same = await persons.same(session, person)
    costs = select(Application.received_at).where(
        col(Application.person).in_(same), Application.kind == "supplementary"
    )
    latest = (await session.exec(costs.order_by(col(Application.received_at).desc()).limit(1))).first()
    rows = await _rows(session, person)
    if latest is None or (rows and rows[-1].signed_at >= latest):
        raise AlreadyDecided


async def _not_twice(
    session: AsyncSession, person: UUID, month: date, settled: datetime, complete_at: datetime | None
) -> None:
    """Raises AlreadyDecided when nothing new was applied for since the last decision."""
    rows = [row for row in await _rows(session, person) if not row.single_cost]
    if not rows:
        return
    same = await persons.same(session, person)
    if all(row.month != month for row in rows):
        # A month that was applied for by itself has not been decided by the decision of another, told late.
        for_it = select(Application.id).where(
            col(Application.person).in_(same), Application.month == month, Application.kind != "supplementary"
        )
        if (await session.exec(for_it.limit(1))).first() is not None:
            return
    applied = select(Application.received_at).where(col(Application.person).in_(same))
    latest = (await session.exec(applied.order_by(col(Application.received_at).desc()).limit(1))).first()
    if rows[-1].signed_at >= max(filter(None, (settled, complete_at, latest))):
        raise AlreadyDecided


async def _later_month_waits(session: AsyncSession, person: UUID, month: date) -> bool:
    """Whether a month after this one was applied for and is not decided."""
    decided = {row.month for row in await _rows(session, person) if not row.single_cost}
    later = select(Application).where(
        col(Application.person).in_(await persons.same(session, person)),
        col(Application.month) > month,
        Application.kind != "supplementary",
    )
    return any(row.month not in decided for row in (await session.exec(later)).all())


def _check(draft: Draft) -> None:
    may_be = REASONS_OF[draft.kind]
    if draft.kind == "bifall" and (draft.reasons or draft.new_meeting):
        raise Invalid(bifall="has neither reasons nor a new time")
    if may_be and not draft.reasons:
        raise ReasonMissing
    if not set(draft.reasons) <= set(may_be):
        raise Invalid(reasons="not of this outcome")
    if draft.kronor is not None and (draft.kind not in WITH_SUM or draft.kronor <= 0):
        raise Invalid(kronor="not of this outcome" if draft.kind not in WITH_SUM else "not positive")
    if draft.kind == "delavslag" and draft.kronor is None:
        raise Invalid(kronor="missing")
    if draft.kind == "avslag" and draft.new_meeting is None:
        raise NewTimeMissing


async def _book_call(session: AsyncSession, key: UUID, digest: bytes, call: Hear, about: UUID) -> datetime:
    """An hour to ring her in, with an interpreter to arrange where she needs one: a promise, and tasks due by then."""
    meetings = await bookings.of_person(session, call.person)
    spoken = (await persons.find(session, call.person)).language
    language = next((one.interpreter_language for one in meetings), None) or (spoken if spoken != SWEDISH else None)
    taken = await callbacks.take_first(
        session, call.at, key=key, digest=digest, person=call.person, about=about, interpreter_language=language
    )
    call_at = taken.start if taken is not None else _ring_at(session, call.at)
    add = partial(tasks.add, session, at=call.at, person=call.person, about=about, due_at=call_at)
    await add("ring", "hearing")
    if language is not None and taken is None:
        await add("time", tasks.CALL_INTERPRETER)
    await promises.make(session, "call", call.person, at=call.at, due_at=call_at, about=about)
    return call_at


def _may_sign(session: AsyncSession, reader: Reader, draft: Draft, today: date) -> None:
    """Raises DecidedElsewhere and BeyondDelegation, for one of ours."""
    if reader.kind != "staff":
        return
    if database.of(session).municipality.decides == "casesystem":
        raise DecidedElsewhere
    needed = needs(session, draft, today)
    if needed is not None and not reaches(reader.signs_as, needed):
        raise BeyondDelegation(needs=needed)


def _may_be_automatic(session: AsyncSession, draft: Draft, today: date) -> None:
    """Raises Invalid: whoever asks for it has looked before, so that it never comes to this."""
    town = database.of(session)
    allowed = town.municipality.automatic_on(today, examples=town.demo)
    if allowed is None or draft.kind != "bifall" or draft.single_cost:
        raise Invalid(automatic="not allowed")
    if draft.kronor is None or draft.kronor > allowed.most_kronor:
        raise Invalid(automatic="no such sum")


async def _has_had_her_say(
    session: AsyncSession, clock: Clock, person: UUID, draft: Draft, *, before: date | None
) -> UUID | None:
    """What she could comment on; and nothing is dismissed for what is missing before its day has passed. ``before``:
    what she was asked after that day is about something else. Raises AskFirst, CommentFirst, SpeaksFirst."""
    if "incomplete" in draft.reasons:
        asked, today = await completions.of_person(session, person), day_in_sweden(clock())
        if not any(one.due_on < today and one.came < len(one.papers) for one in asked):
            raise AskFirst
    if draft.kind not in HEARD_BEFORE:
        return None
    return await comments.heard_before(session, clock, person, needed=draft.unknown_facts, before=before)


def _commented(comment: comments.CommentView | None) -> dict[str, Any]:
    """When she commented before it, or until when she could."""
    if comment is None:
        return {}
    if comment.answered_at is not None and comment.has_words:
        return {"commented_on": day_in_sweden(comment.answered_at)}
    return {"could_comment_until": comment.until}


def _ring_at(session: AsyncSession, at: datetime) -> datetime:
    """Two open hours from now, at the next full quarter: where no hours to be rung in are kept."""
    due = database.of(session).municipality.calendar.after_open_time(at, TIME_TO_RING)
    over = timedelta(minutes=due.minute % 15, seconds=due.second, microseconds=due.microsecond)
    return due if not over else due - over + _QUARTER


async def _told_about(session: AsyncSession, call: Hear) -> UUID:
    """The decision a notice told of, or the notice itself when it was agreed lines. Raises NotFound, AlreadyTold."""
    notice = await notices.find(session, call.something_new)
    if notice.kind != NoticeKind.SOMETHING_NEW or notice.person not in await persons.same(session, call.person):
        raise NotFound(something_new=call.something_new)
    decided = await session.exec(select(Decision).where(Decision.notice == notice.id))
    if (row := decided.one_or_none()) is None:
        return notice.id
    if row.told_at is not None:
        raise AlreadyTold
    return row.id


async def _facts(
    session: AsyncSession, draft: Draft, told_on: date | None = None, appeal_by: date | None = None
) -> texts.Facts:
    facts = texts.Facts(
        kind=draft.kind,
        month=draft.month,
        of_cost=draft.single_cost,
        kronor=draft.kronor,
        reasons=draft.reasons,
        own_words=draft.own_words,
        told_on=told_on,
        appeal_by=appeal_by,
    )
    meeting = await _new_meeting(session, draft)
    if meeting is None:
        return facts
    return _at(facts, meeting)


def _at(facts: texts.Facts, time: FreeTime | Meeting) -> texts.Facts:
    start = time.start.astimezone(SWEDEN)
    return texts.with_new_time(facts, start.date(), start.time(), time.address)


async def _new_meeting(session: AsyncSession, draft: Draft) -> Meeting | None:
    """The new time of a refusal, as it stands: nobody reads of one that was cancelled afterwards."""
    meeting = await bookings.find(session, draft.new_meeting) if draft.new_meeting else None
    return None if meeting is None or meeting.status is MeetingStatus.CANCELLED else meeting


def _text(session: AsyncSession, decision: UUID, facts: texts.Facts, decided_on: date) -> DecisionText:
    town = database.of(session)
    known = among(town.municipality.languages)
    approved = {language: texts.is_approved(facts, language, town.municipality) for language in known}
    paragraphs = {
        language: texts.paragraphs(facts, language, town.municipality)
        # What nobody approved is shown in the demo only.
        if approved[language] or language == SWEDISH or town.demo
        else texts.in_swedish_with_interpreter(facts, language, town.municipality)
        for language in known
    }
    return DecisionText(
        id=decision,
        kind=facts.kind,
        decided_on=decided_on,
        paragraphs=paragraphs,
        approved=approved,
        appeal_by=facts.appeal_by,
        automatic=facts.automatic,
    )


def _draft(session: AsyncSession, row: Decision) -> Draft:
    codec = database.of(session).codec
    words = row.own_words
    return Draft(
        kind=_known(row.kind, _OUTCOMES),
        month=row.month,
        kronor=row.kronor,
        reasons=tuple(_known(reason, _REASONS) for reason in row.reasons),
        own_words=codec.decrypt(words, table="decisions", column="own_words", row=row.id) if words else "",
        new_meeting=row.new_meeting,
        single_cost=row.single_cost,
    )


async def _view(session: AsyncSession, row: Decision) -> DecisionView:
    heard = await session.exec(
        select(Hearing).where(Hearing.something_new == row.notice).order_by(col(Hearing.at).desc()).limit(1)
    )
    hearing = heard.first()
    waiting = select(tasks.Task.id).where(
        tasks.Task.about == row.id, tasks.Task.reason == tasks.CALL_INTERPRETER, col(tasks.Task.done_at).is_(None)
    )
    return DecisionView(
        id=row.id,
        draft=_draft(session, row),
        decided_on=row.decided_on,
        signed_at=row.signed_at,
        signed_name=row.signed_name,
        told_at=row.told_at,
        told_how=_known(row.told_how, TOLD) if row.told_how else None,
        told_by_name=row.told_by_name,
        appeal_by=row.appeal_by,
        how=hearing.how if hearing else None,
        call_at=await _rung_at(session, row, hearing) if hearing else None,
        lacks_interpreter=(await session.exec(waiting.limit(1))).first() is not None
        or await besides.is_lacking(session, row.id),
        law=tuple(row.law),
        comment=await comments.of_decision(session, row),
        automatic=row.automatic,
    )


async def _rung_at(session: AsyncSession, row: Decision, hearing: Hearing) -> datetime | None:
    """When she is rung as she last wished: in the hour that is kept for it, which may have moved since."""
    answered = HearReceipt.model_validate(hearing.answer).call_at
    return (await callbacks.hour_of(session, row.id) or answered) if answered is not None else None


def _known(stored: str, values: tuple[Known, ...]) -> Known:
    # A CHECK, or the check before signing, holds what is stored to these values.
    return next(value for value in values if value == stored)
