"""Where she is handed over from: proposed by staff, with her own yes; hers until the other one has taken her.

Every change of the row is one transaction of this municipality's, and what the other one has to hear of it is told
afterwards, until it is answered (see ``routine``). A death between the two leaves her here, with an offer that stands.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID, uuid5

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, promises, tasks
from backend.access import Reader
from backend.applications.models import Application
from backend.bookings import elsewhere
from backend.bookings import service as bookings
from backend.bookings.models import LIVE
from backend.calendar import day_in_sweden
from backend.cases import contacts
from backend.cases.models import CallForHelpRow
from backend.cases.service import decided_at, find_case
from backend.clock import Clock
from backend.contract import AnswerMove, CancelMeeting, HandedBack, MoveAsked, Moved, NoticeKind
from backend.errors import NotFound, Refusal
from backend.handover import threads
from backend.handover.models import Thread
from backend.identity import trust
from backend.ladder import Level
from backend.moving import CAME_BACK, SAID_NO, WAITS
from backend.moving.copies import LONGEST, Copy, Offer, Settle, Settled
from backend.moving.models import Consent, Move
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
_MOVED = "moved"
"""Why a task is closed that is another municipality's now."""


@dataclass(frozen=True)
class Proposal:
    """What staff hand over with: where to, how she said yes or is asked, what she asked for, and what she wants to
    add."""

    to: Neighbour
    consent: Consent
    asked_for: str = ""
    own_words: str = ""


@dataclass(frozen=True)
class Standing:
    """One hand-over as staff read it in her case. ``answer``: why it came back."""

    id: UUID
    to: str
    at: datetime
    by_name: str
    state: str
    arrived: bool
    settled_at: datetime | None
    settled_name: str
    answer: str


async def asked_for(session: AsyncSession, person: UUID) -> str:
    """What she first wrote, to begin with in the form. For who has opened her case."""
    row = await _call_for_help(session, await persons.same(session, person))
    if row is None:
        return ""
    words = database.of(session).codec.decrypt(row.words, table="calls_for_help", column="words", row=row.id)
    return words[:LONGEST]


async def propose(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, wanted: Proposal) -> UUID:
    """Offer her to another municipality, or have her asked first (logged). She stays here until she is taken there.

    Raises AlreadyMoving, AcuteFirst, BelongsHere, NoNumber, AskHerself, SilentForSafety, WeRing, NotAllowed,
    ReasonNeeded.
    """
    to = wanted.to
    done = f"Föreslog att lämna över till {to.name}"
    whose = (await access.enter(session, clock, reader, person, "case", reason="follow-up", done=done)).person.id
    # Two at once make one: the second waits for the first.
    await session.exec(select(persons.Person.id).where(persons.Person.id == whose).with_for_update(key_share=True))
    same = await persons.same(session, whose)
    if await _open_one(session, same) is not None:
        raise AlreadyMoving
    await _may_leave(session, clock, whose, same)
    found = await contacts.number_of(session, whose)
    if found is None:
        raise NoNumber
    telephone, linked = found
    if wanted.consent == "asked":
        await by_telephone.may_be_sent_to(session, whose)
        may_read = linked.shared is not True and linked.opted_out_at is None
        if not (may_read and await threads.has_written(session, whose)):
            raise AskHerself
    now, move = clock(), database.new_id()
    given = wanted.consent == "oral"
    kept = await _copied(session, clock, whose, telephone, wanted)
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
    task = await tasks.add(session, "check", WAITS, at=now, person=whose, about=move, queue=_queue(reader.role))
    await tasks.take(session, task.id, reader.id, reader.name)
    if not given:
        await notices.tell(session, clock, NoticeKind.MOVE_ASKED, whose, MoveAsked(move=move, name=to.name))
    return move


async def answered(session: AsyncSession, move: UUID, call: AnswerMove) -> None:
    """PUT moves/{move}/answer/{key}: she has said yes or no. What is settled, or offered already, stays so; once
    more is harmless. Raises NotFound for somebody else's."""
    row = await _locked(session, move)
    if call.person not in await persons.same(session, row.person):
        raise NotFound(move=move)
    if row.state != "asking":
        return
    if call.yes:
        row.state, row.consented_at = "offered", call.at
        session.add(row)
        return
    await _end(session, row, "refused", call.at, "")
    await _tell_giver(session, row, SAID_NO, call.at)


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
        try:
            await _may_leave(session, clock, row.person, await persons.same(session, row.person))
        except Refusal:
            return Settled(state="not-yet")
        row.settled_name = said.by_name
        await _let_go(session, clock, row, to)
    elif row.state == "offered":
        row.answer = _seal(session, said.reason, "answer", row.id)
        await _end(session, row, "returned", clock(), said.by_name)
        await _tell_giver(session, row, CAME_BACK, clock())
    match row.state:
        case "taken":
            return Settled(state="taken")
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
    row.arrived_at = row.arrived_at or at
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
    )


# --- Letting go -------------------------------------------------------------------------------------------------------


async def _let_go(session: AsyncSession, clock: Clock, row: Move, to: Neighbour) -> None:
    """What is open here is closed, in one transaction with the row that says so, and she is told where she is now."""
    now, same = clock(), await persons.same(session, row.person)
    hers = await session.exec(
        select(Thread).where(col(Thread.person).in_(same)).order_by(col(Thread.id)).with_for_update(key_share=True)
    )
    found = sorted(hers.all(), key=lambda one: one.last_at)
    last = found[-1].id if found else None
    cancelled = False
    for meeting in await bookings.of_person(session, row.person):
        if meeting.status in LIVE and meeting.start > now:
            call = CancelMeeting(person=row.person, at=now, reason="other")
            await bookings.cancel(session, clock, uuid5(row.id, str(meeting.id)), meeting.id, call)
            cancelled = True
    for thread in found:
        if thread.id != last and "staff" in (thread.owner, thread.wanted):
            await notices.tell(session, clock, NoticeKind.HANDED_BACK, row.person, HandedBack(thread=thread.id))
        thread.wanted, thread.assigned_to, thread.assigned_name, thread.assigned_at = "bot", None, None, None
        session.add(thread)
    for task in await tasks.waiting(session, row.person):
        if task.reason != "dead-letter":  # of which the bot waits to hear
            await tasks.done(session, task.id, now, because=_MOVED)
    await promises.withdraw(session, row.person, *get_args(promises.What), at=now)
    if (case := await find_case(session, row.person)) is not None:
        case.closed_at = now
        session.add(case)
    row.state, row.settled_at = "taken", now
    session.add(row)
    if last is not None:
        told = Moved(thread=last, name=to.name, telephone=to.telephone, cancelled=cancelled)
        await notices.tell(session, clock, NoticeKind.MOVED, row.person, told)


async def _end(session: AsyncSession, row: Move, state: str, at: datetime, by: str) -> None:
    """Nothing came of it: she is here, and the copy is gone."""
    row.state, row.settled_at, row.settled_name, row.copied = state, at, by, None
    session.add(row)
    await tasks.done_about(session, row.id, at)


async def _tell_giver(session: AsyncSession, row: Move, reason: str, at: datetime) -> None:
    task = await tasks.add(session, "check", reason, at=at, person=row.person, about=row.id, queue=_queue(row.by_role))
    await tasks.take(session, task.id, row.by, row.by_name)


# --- What is copied ---------------------------------------------------------------------------------------------------


async def _copied(session: AsyncSession, clock: Clock, person: UUID, telephone: str, wanted: Proposal) -> Copy:
    known, same = await persons.find(session, person), await persons.same(session, person)
    found = await contacts.number_of(session, person)
    linked = found[1] if found is not None else None
    met = [one.interpreter_language for one in await bookings.of_person(session, person) if one.interpreter_language]
    level = (await trust.of_person(session, person, clock())).level
    called = await _call_for_help(session, same)
    return Copy(
        first_name=persons.first_name(session, known)[:100],
        language=known.language,
        interpreter=next(iter(met), None) or (known.language if known.language != "sv" else None),
        telephone=telephone,
        shared=linked.shared if linked is not None else None,
        confirmed=linked is not None and linked.confirmed_at is not None,
        identity_seen=level >= Level.SEEN,
        asked_since=day_in_sweden(called.received_at) if called is not None else None,
        asked_for=wanted.asked_for.strip()[:LONGEST],
        own_words=wanted.own_words.strip()[:LONGEST],
    )


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
    applied = await session.exec(
        select(Application.received_at)
        .where(col(Application.person).in_(same))
        .order_by(col(Application.received_at).desc())
        .limit(1)
    )
    latest, decided = applied.first(), await decided_at(session, person)
    if (latest is not None and (decided is None or decided < latest)) or await elsewhere.of_person(
        session, person, clock()
    ):
        raise BelongsHere


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
