"""Where she is handed over from: proposed by staff, with her own yes; hers until the other one has taken her.

Every change of the row is one transaction of this municipality's, and what the other one has to hear of it is told
afterwards, until it is answered (see ``routine``). A death between the two leaves her here, with an offer that stands.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID, uuid5

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from backend import access, database, persons, promises, tasks
from backend.access import Reader
from backend.applications.models import Application, JointApplication
from backend.bookings import elsewhere
from backend.bookings import service as bookings
from backend.bookings.models import LIVE
from backend.calendar import day_in_sweden
from backend.callbacks import service as callbacks
from backend.cases import contacts
from backend.cases.models import CallForHelpRow, PersonContact
from backend.cases.service import decided_at, find_case
from backend.casesystem.importing import TECHNICAL
from backend.clock import Clock
from backend.contract import AnswerMove, CancelMeeting, HandedBack, MoveAnswered, MoveAsked, Moved, NoticeKind
from backend.decisions.models import CommentAsked, Decision
from backend.decisions.models import Proposal as PutForward
from backend.decisions.texts import TO_APPEAL
from backend.errors import NotFound, Refusal
from backend.handover import passing, threads
from backend.handover.models import Thread
from backend.identity import trust
from backend.interpreters.service import NOT_CANCELLED
from backend.ladder import Level
from backend.moving import CAME_BACK, NOT_HER_WORD, SAID_NO, WAITS, papers
from backend.moving.copies import LONGEST, Copy, Offer, Settle, Settled
from backend.moving.models import Arrival, Consent, HeldUp, Move
from backend.moving.papers import Along
from backend.moving.refusals import (
    AcuteFirst,
    AlreadyMoving,
    AskHerself,
    BelongsHere,
    MovedAlready,
    NoNumber,
)
from backend.municipalities.neighbours import Neighbour
from backend.notices import service as notices
from backend.safety import by_telephone
from backend.safety import service as safety

OPEN = ("asking", "offered")
_NOT_UNDERSTOOD = 422
_THEIR_FAULT = 500
_NEIGHBOURS = UUID("3c1d1d0e-51a7-4e0c-9a4e-0b6f6b7b6a52")
"""What the id of another municipality in the access log is derived from."""
_MOVED = "moved"
"""Why a task is closed that is another municipality's now."""
_STAYS = frozenset(
    {
        "dead-letter",  # of which the bot waits to hear
        tasks.CALL_WITHOUT,
        tasks.LOOK_AFTER,
        NOT_CANCELLED,  # an interpreter would come to nobody
        TECHNICAL,
        "case-system-refused",
        "case-system-disagrees",
    }
)
"""The reasons of tasks that are this municipality's own, wherever she is: the other one cannot do them."""


@dataclass(frozen=True)
class Proposal:
    """What staff hand over with: where to, how she said yes or is asked, what she asked for, and what she wants to
    add. ``papers``: which of those she has handed in go along."""

    to: Neighbour
    consent: Consent
    asked_for: str = ""
    own_words: str = ""
    papers: Collection[UUID] = ()


@dataclass(frozen=True)
class Standing:
    """One hand-over as staff read it in her case. ``answer``: why it came back. ``again``: she has asked for help here
    since she was taken. ``held_up``: why the offer does not get there, where that is more than that nobody answers."""

    id: UUID
    to: str
    at: datetime
    by_name: str
    state: str
    arrived: bool
    settled_at: datetime | None
    settled_name: str
    answer: str
    again: bool = False
    held_up: str | None = None
    papers: tuple[Along, ...] = ()


async def asked_for(session: AsyncSession, person: UUID) -> str:
    """What she first wrote, to begin with in the form. For who has opened her case."""
    row = await _call_for_help(session, await persons.same(session, person))
    if row is None:
        return ""
    words = database.of(session).codec.decrypt(row.words, table="calls_for_help", column="words", row=row.id)
    return words[:LONGEST]


async def propose(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, wanted: Proposal) -> UUID:
    """Offer her to another municipality, or have her asked first (logged). She stays here until she is taken there.

    Raises AlreadyMoving, AcuteFirst, BelongsHere, NoNumber, AskHerself, PapersOfTwo, TooManyPapers, SilentForSafety,
    WeRing, NotAllowed, NotFound, ReasonNeeded.
    """
    to = wanted.to
    done = f"Föreslog att lämna över till {to.name}" + (f", {len(wanted.papers)} papper" if wanted.papers else "")
    whose = (await access.enter(session, clock, reader, person, "case", reason="follow-up", done=done)).person.id
    # Two at once make one: the second waits for the first.
    await session.exec(select(persons.Person.id).where(persons.Person.id == whose).with_for_update(key_share=True))
    same = await persons.same(session, whose)
    if await _open_one(session, same) is not None:
        raise AlreadyMoving
    await _may_leave(session, clock, whose, same)
    await _number(session, whose)
    if wanted.consent == "asked":
        await by_telephone.may_be_sent_to(session, whose)
        if not await _may_be_asked(session, whose):
            raise AskHerself
    now, move = clock(), database.new_id()
    given = wanted.consent == "oral"
    kept = await _copied(session, clock, whose, wanted)
    session.add(
        Move(
            id=move,
            person=whose,
            to=to.slug,
            at=now,
            by=reader.id,
            by_name=reader.name,
            by_role=reader.role,
            consent=wanted.consent,
            consented_at=now if given else None,
            state="offered" if given else "asking",
            copied=_seal(session, kept.model_dump_json(), "copied", move),
        )
    )
    await session.flush()
    papers.keep(session, move, kept.papers)
    task = await tasks.add(session, "check", WAITS, at=now, person=whose, about=move, queue=_queue(reader.role))
    await tasks.take(session, task.id, reader.id, reader.name)
    if not given:
        await notices.tell(
            session, clock, NoticeKind.MOVE_ASKED, whose, MoveAsked(move=move, name=to.name, papers=bool(kept.papers))
        )
    return move


async def answered(session: AsyncSession, move: UUID, call: AnswerMove) -> MoveAnswered:
    """PUT moves/{move}/answer/{key}: she has said yes or no. What is settled, or offered already, stays so; once
    more is harmless. A yes from where she may not be asked any more is no yes: a human asks. Gives what came of it.
    Raises NotFound for somebody else's."""
    row = await _locked(session, move)
    if call.person not in await persons.same(session, row.person):
        raise NotFound(move=move)
    if row.state == "asking":
        if not call.yes:
            await _end(session, row, "refused", call.at, "", tells=SAID_NO)
        elif await _may_be_asked(session, row.person):
            row.state, row.consented_at = "offered", call.at
            session.add(row)
        else:
            await _end(session, row, "withdrawn", call.at, "", tells=NOT_HER_WORD)
    return MoveAnswered(asked=row.state in ("offered", "taken"))


async def keep(session: AsyncSession, clock: Clock, reader: Reader, move: UUID) -> None:
    """She stays here after all (logged). Raises MovedAlready once it is settled, NotFound, NotAllowed, ReasonNeeded."""
    row = await _locked(session, move)
    await access.enter(
        session, clock, reader, row.person, "case", reason="follow-up", done="Behöll personen: lämnar inte över"
    )
    if row.state not in OPEN:
        raise MovedAlready
    await _end(session, row, "withdrawn", clock(), reader.name)


async def settled_there(session: AsyncSession, clock: Clock, to: Neighbour, move: UUID, said: Settle) -> Settled:
    """What the other municipality says of an offer; answers whose she is. Once more answers as it stands.

    This transaction is the moment she changes hands. Raises NotFound for what was never offered to it.
    """
    row = await _locked(session, move)
    if row.to != to.slug or row.state in ("asking", "refused"):
        raise NotFound(move=move)
    if row.state == "offered" and said.take:
        await callbacks.one_at_a_time(session)  # her calls end with it: whoever chooses an hour waits for this first
        same = await persons.same(session, row.person)
        await _threads(session, same)  # before her row, as where she asks for help
        whose = select(persons.Person.id).where(persons.Person.id == same[0])
        await session.exec(whose.with_for_update(key_share=True))
        try:
            await _may_leave(session, clock, row.person, same)
            await _number(session, row.person)
        except Refusal:
            return Settled(state="not-yet")
        if await _taken_since(session, row, same):  # two turned out to be one, and one of them is gone already
            await _end(session, row, "withdrawn", clock(), "")
        else:
            await _log(session, clock, row, to, said.by_name)
            row.settled_name = said.by_name
            await _let_go(session, clock, row, to)
    elif row.state == "offered":
        row.answer = _seal(session, said.reason, "answer", row.id)
        await _end(session, row, "returned", clock(), said.by_name, tells=CAME_BACK)
    match row.state:
        case "taken":
            return await _as_she_is_reached(session, row)
        case "returned":
            return Settled(state="returned")
    return Settled(state="withdrawn")


async def untold(session: AsyncSession) -> tuple[list[tuple[Move, Offer]], list[Move]]:
    """The offers the others have not got, and what was taken back and they have not heard of."""
    found = await session.exec(
        select(Move).where(
            col(Move.consented_at).is_not(None),
            (col(Move.state) == "offered") & col(Move.arrived_at).is_(None)
            | (col(Move.state) == "withdrawn") & col(Move.told_at).is_(None),
        )
    )
    rows = list(found.all())
    offers = [(row, _offer(session, row)) for row in rows if row.state == "offered"]
    return offers, [row for row in rows if row.state == "withdrawn"]


async def has_arrived(session: AsyncSession, move: UUID, at: datetime) -> None:
    """The other one has the offer."""
    row = await _locked(session, move)
    row.arrived_at, row.held_up = row.arrived_at or at, None
    session.add(row)


async def is_held_up(session: AsyncSession, move: UUID, status: int | None) -> None:
    """The offer did not get there. ``status``: how it was refused; ``None``: nobody answered. It is told again."""
    row = await _locked(session, move)
    why: HeldUp | None = None
    if status == _NOT_UNDERSTOOD:
        why = "older"
    elif status is not None and status < _THEIR_FAULT:
        why = "refused"
    row.held_up = why
    session.add(row)


async def has_heard(session: AsyncSession, move: UUID, at: datetime) -> None:
    """The other one knows that the offer was taken back."""
    row = await _locked(session, move)
    row.told_at = row.told_at or at
    session.add(row)


async def of_person(session: AsyncSession, person: UUID) -> Standing | None:
    """The latest hand-over of her; ``None`` where there was none. For who has opened her case."""
    found = await session.exec(
        select(Move)
        .where(col(Move.person).in_(await persons.same(session, person)))
        .order_by(col(Move.at).desc())
        .limit(1)
    )
    row = found.first()
    if row is None:
        return None
    codec = database.of(session).codec
    answer = codec.decrypt(row.answer, table="moves", column="answer", row=row.id) if row.answer is not None else ""
    return Standing(
        row.id,
        row.to,
        row.at,
        row.by_name,
        row.state,
        row.arrived_at is not None,
        row.settled_at,
        row.settled_name or "",
        answer,
        again=row.state == "taken" and await find_case(session, person) is not None,
        held_up=row.held_up,
        papers=await papers.of_move(session, row.id),
    )


# --- Letting go -------------------------------------------------------------------------------------------------------


async def _log(session: AsyncSession, clock: Clock, row: Move, to: Neighbour, by_name: str) -> None:
    """The access log says who has read what was handed over and gets her papers, and when she became theirs."""
    there = Reader(uuid5(_NEIGHBOURS, to.slug), f"{by_name} i {to.name}", "municipality", kind="robot")
    await access.enter(session, clock, there, row.person, "moved", about=row.id, done="Tog över personen")
    await papers.go(session, clock, there, row)


async def _let_go(session: AsyncSession, clock: Clock, row: Move, to: Neighbour) -> None:
    """What is open here is closed, in one transaction with the row that says so, and she is told where she is now."""
    now, same = clock(), await persons.same(session, row.person)
    found = sorted(await _threads(session, same), key=lambda one: one.last_at)
    last = found[-1].id if found else None
    cancelled = False
    for meeting in await bookings.of_person(session, row.person):
        if meeting.status in LIVE and meeting.start > now:
            call = CancelMeeting(person=row.person, at=now, reason="other")
            await bookings.cancel(session, clock, uuid5(row.id, str(meeting.id)), meeting.id, call)
            cancelled = True
    backs = []
    for thread in found:
        if thread.id != last and "staff" in (thread.owner, thread.wanted):
            backs.append(thread.id)
        thread.wanted, thread.assigned_to, thread.assigned_name, thread.assigned_at = "bot", None, None, None
        session.add(thread)
    cancelled = await callbacks.end_all(session, row.person, now) or cancelled
    for task in await tasks.waiting(session, row.person):
        if task.reason not in _STAYS:
            await passing.lapse(session, task.id, now, row.by_name)
            await tasks.done(session, task.id, now, because=_MOVED)
    await promises.withdraw(session, row.person, *get_args(promises.What), at=now)
    while (case := await find_case(session, row.person)) is not None:  # two, where two turned out to be one
        case.closed_at = now
        session.add(case)
        await session.flush()
    row.state, row.settled_at = "taken", now
    session.add(row)
    if last is not None:
        told = Moved(thread=last, name=to.name, telephone=to.telephone, cancelled=cancelled)
        await notices.tell(session, clock, NoticeKind.MOVED, row.person, told)
    for back in backs:  # after it: there the machine would go on with its questions
        await notices.tell(session, clock, NoticeKind.HANDED_BACK, row.person, HandedBack(thread=back))


async def _threads(session: AsyncSession, same: Collection[UUID]) -> Sequence[Thread]:
    """Her threads, locked."""
    hers = select(Thread).where(col(Thread.person).in_(same)).order_by(col(Thread.id))
    return (await session.exec(hers.with_for_update(key_share=True))).all()


async def _end(session: AsyncSession, row: Move, state: str, at: datetime, by: str, *, tells: str = "") -> None:
    """Nothing came of it: she is here, the copy is gone, and no paper goes. ``tells``: the reason of a task that says
    so, for whoever waited for it; where she has left since, it waits in the queue."""
    row.state, row.settled_at, row.settled_name, row.copied = state, at, by, None
    session.add(row)
    await papers.stay(session, row.id)
    waited = [one for one in await tasks.waiting(session, row.person) if one.about == row.id and one.reason == WAITS]
    await tasks.done_about(session, row.id, at)
    if not tells:
        return
    task = await tasks.add(session, "check", tells, at=at, person=row.person, about=row.id, queue=_queue(row.by_role))
    for one in waited:
        if one.assigned_to is not None:
            await tasks.take(session, task.id, one.assigned_to, one.assigned_name or "")


async def _may_be_asked(session: AsyncSession, person: UUID) -> bool:
    """Whether what is asked and answered where she writes is between her and us, as far as is known."""
    found = await contacts.number_of(session, person)
    if found is None or found[1].shared is True or found[1].opted_out_at is not None:
        return False
    return not await safety.sends_nothing(session, person) and await threads.has_written(session, person)


# --- What is copied ---------------------------------------------------------------------------------------------------


async def _number(session: AsyncSession, person: UUID) -> tuple[str, PersonContact]:
    """How she is reached. Raises NoNumber."""
    found = await contacts.number_of(session, person)
    if found is None:
        raise NoNumber
    return found


async def _others_read(session: AsyncSession, person: UUID, linked: PersonContact) -> bool | None:
    """Whether others read her telephone, as the other municipality is to count with it.

    Unknown where she is sent nothing, or wants no texts: then a human rings, there too, and why is not told.
    """
    sent_nothing = linked.opted_out_at is not None or await by_telephone.since(session, person) is not None
    return None if sent_nothing and not linked.shared else linked.shared


async def _as_she_is_reached(session: AsyncSession, row: Move) -> Settled:
    """She is theirs, and how she is reached today: what the copy says of it may have changed since it was made."""
    along = await papers.going(session, row.id)
    try:
        telephone, linked = await _number(session, row.person)
    except NoNumber:
        return Settled(state="taken", papers=along)
    shared = await _others_read(session, row.person, linked)
    return Settled(state="taken", telephone=telephone, shared=shared, papers=along)


async def _copied(session: AsyncSession, clock: Clock, person: UUID, wanted: Proposal) -> Copy:
    known, same = await persons.find(session, person), await persons.same(session, person)
    telephone, linked = await _number(session, person)
    met = [one.interpreter_language for one in await bookings.of_person(session, person) if one.interpreter_language]
    level = (await trust.of_person(session, person, clock())).level
    called = await _call_for_help(session, same)
    written = (await session.exec(_written_in(same))).first()
    return Copy(
        first_name=persons.first_name(session, known)[:100],
        language=known.language,
        interpreter=next(iter(met), None) or (known.language if known.language != "sv" else None),
        telephone=telephone,
        shared=await _others_read(session, person, linked),
        confirmed=linked.confirmed_at is not None,
        identity_seen=level >= Level.SEEN,
        asked_since=day_in_sweden(called.received_at) if called is not None else None,
        asked_for=wanted.asked_for.strip()[:LONGEST],
        own_words=wanted.own_words.strip()[:LONGEST],
        reads=written if written != known.language else None,
        came_by=(await session.exec(_came_by(same, wanted.to))).first(),
        papers=await papers.chosen(session, person, wanted.to.slug, set(wanted.papers)),
    )


def _came_by(same: Collection[UUID], home: Neighbour) -> SelectOfScalar[UUID]:
    """The hand-over by which she came from there last."""
    hers = (col(Arrival.person).in_(same), Arrival.home == home.slug, Arrival.state == "taken")
    return select(Arrival.id).where(*hers).order_by(col(Arrival.settled_at).desc()).limit(1)


def _written_in(same: Collection[UUID]) -> SelectOfScalar[str]:
    """The language she is written to in where she wrote last."""
    return select(Thread.language).where(col(Thread.person).in_(same)).order_by(col(Thread.last_at).desc()).limit(1)


async def _call_for_help(session: AsyncSession, same: Collection[UUID]) -> CallForHelpRow | None:
    found = await session.exec(
        select(CallForHelpRow)
        .where(col(CallForHelpRow.person).in_(same))
        .order_by(col(CallForHelpRow.received_at))
        .limit(1)
    )
    return found.first()


def _offer(session: AsyncSession, row: Move) -> Offer:
    assert row.copied is not None  # noqa: S101  # it is there as long as the offer is
    kept = database.of(session).codec.decrypt(row.copied, table="moves", column="copied", row=row.id)
    consent: Consent = "asked" if row.consent == "asked" else "oral"
    return Offer(at=row.at, by_name=row.by_name, consent=consent, copied=Copy.model_validate_json(kept))


# --- May she leave ----------------------------------------------------------------------------------------------------


async def _may_leave(session: AsyncSession, clock: Clock, person: UUID, same: Collection[UUID]) -> None:
    await safety.may_be_written_to(session, person)
    if await _acute(session, same):
        raise AcuteFirst
    if await _waits(session, clock, person, same) or await elsewhere.of_person(session, person, clock()):
        raise BelongsHere


async def _waits(session: AsyncSession, clock: Clock, person: UUID, same: Collection[UUID]) -> bool:
    """Whether something is not decided, or decided and not told her, that only this municipality can end."""
    decided = await decided_at(session, person)
    hers = col(Decision.person).in_(same)
    told = select(Decision.told_at).where(hers).order_by(col(Decision.signed_at).desc()).limit(1)
    if (latest := (await session.exec(told)).all()) and latest[0] is None:
        return True
    # Told of a later one she may still not know of what she can appeal, and nobody there can tell her.
    to_appeal = select(Decision.id).where(
        hers, col(Decision.told_at).is_(None), col(Decision.kind).in_(sorted(TO_APPEAL))
    )
    since = [] if decided is None else [col(Application.received_at) > decided]
    asked_since = [] if decided is None else [col(CommentAsked.asked_at) > decided]
    for waits in (
        to_appeal,
        select(Application.id).where(col(Application.person).in_(same), *since),
        select(PutForward.id).where(col(PutForward.person).in_(same), col(PutForward.settled_at).is_(None)),
        select(CommentAsked.id).where(
            col(CommentAsked.person).in_(same),
            col(CommentAsked.answered_at).is_(None),
            CommentAsked.until >= day_in_sweden(clock()),
            *asked_since,
        ),
        select(JointApplication.id).where(
            or_(col(JointApplication.inviter).in_(same), col(JointApplication.partner).in_(same)),
            col(JointApplication.complete_at).is_(None),
            col(JointApplication.ended_at).is_(None),
            JointApplication.answer_by >= day_in_sweden(clock()),  # one of which nobody hears keeps her for no longer
        ),
    ):
        if (await session.exec(waits.limit(1))).first() is not None:
            return True
    return False


async def _taken_since(session: AsyncSession, row: Move, same: Collection[UUID]) -> bool:
    found = await session.exec(
        select(Move.id).where(
            col(Move.person).in_(same), Move.id != row.id, Move.state == "taken", col(Move.settled_at) >= row.at
        )
    )
    return found.first() is not None


async def _acute(session: AsyncSession, same: Collection[UUID]) -> bool:
    found = await session.exec(
        select(tasks.Task.id)
        .where(col(tasks.Task.person).in_(same), tasks.Task.kind == "acute", col(tasks.Task.done_at).is_(None))
        .limit(1)
    )
    return found.first() is not None


async def _open_one(session: AsyncSession, same: Collection[UUID]) -> Move | None:
    found = await session.exec(select(Move).where(col(Move.person).in_(same), col(Move.state).in_(OPEN)).limit(1))
    return found.first()


async def _locked(session: AsyncSession, move: UUID) -> Move:
    row = await session.get(Move, move, with_for_update={"key_share": True})
    if row is None:
        raise NotFound(move=move)
    return row


def _queue(role: str) -> tasks.Role:
    return "caseworker" if role == "caseworker" else "customer-service"


def _seal(session: AsyncSession, words: str, column: str, row: UUID) -> bytes:
    return database.of(session).codec.encrypt(words, table="moves", column=column, row=row)
