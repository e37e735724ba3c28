"""Where she is handed over to: an offer in the inbox, taken or sent back with a reason.

A press here only says what is wanted. Whose she is, the other municipality's row says: nobody of her is made here, and
nothing is sent to her, before it has answered *taken*. A death between its answer and ours leaves the offer in the
inbox as *being taken*, and it is asked again.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, promises, tasks
from backend.access import Reader
from backend.cases import contacts
from backend.cases.service import open_case
from backend.clock import Clock
from backend.contract import Arrived, BackHere, NoticeKind
from backend.errors import KeyReused, NotAllowed, NotFound
from backend.handover import threads
from backend.handover.service import first_answer_by
from backend.idempotency import request_hash
from backend.moving import MOVED_HERE, OFFERED
from backend.moving.copies import KNOWS, LONGEST, Copy, Offer, Settle, Settled
from backend.moving.models import Arrival, Move
from backend.moving.refusals import MovedAlready, ReasonMissing, TooNew
from backend.notices import service as notices

_MAY: tuple[tasks.Role, ...] = ("customer-service", "caseworker")


@dataclass(frozen=True)
class Shown:
    """An offer as staff read it. ``offer``: nothing where it went back, or was taken back."""

    id: UUID
    home: str
    came_at: datetime
    state: str
    offer: Offer | None
    person: UUID | None
    not_yet: bool
    by_name: str
    answer: str


async def receive(session: AsyncSession, clock: Clock, home: str, move: UUID, said: Offer) -> None:
    """PUT moves/{move}: somebody is offered: an offer and one task. The same again, or after it was taken back, changes
    nothing. Raises KeyReused for another copy, NotFound for another municipality's, TooNew for what is not known yet.
    """
    if said.needs > KNOWS:
        raise TooNew(knows=KNOWS)
    digest = request_hash(session, said, home)
    if (known := await _known(session, home, move)) is not None:
        # Told again after we were upgraded, the same is read with more of its fields.
        if known.offer is not None and known.request_hash != digest and _read(session, known) != said:
            raise KeyReused
        return
    now = clock()
    due = first_answer_by(database.of(session).municipality.calendar, now)
    task = await tasks.add(session, "check", OFFERED, at=now, about=move, due_at=due, queue="customer-service")
    session.add(
        Arrival(
            id=move,
            home=home,
            request_hash=digest,
            came_at=now,
            state="offered",
            offer=_seal(session, said.model_dump_json(), "offer", move),
            task=task.id,
        )
    )
    await session.flush()


async def taken_back(session: AsyncSession, clock: Clock, home: str, move: UUID) -> None:
    """PUT moves/{move}/withdrawal: the offer stands no more. Known before the offer itself, the offer finds it so.

    What is taken stays taken: the other one then says *taken*, and not this. Raises NotFound.
    """
    row = await _known(session, home, move)
    if row is None:
        empty = request_hash(session, Settle(take=False, by_name=home), home)
        session.add(Arrival(id=move, home=home, request_hash=empty, came_at=clock(), state="withdrawn"))
        await session.flush()
        return
    if row.state not in ("taken", "returned"):
        await _gone(session, row, "withdrawn", clock())


async def want(session: AsyncSession, reader: Reader, move: UUID, *, take: bool, reason: str = "") -> None:
    """Staff take her, or send her back with a reason: carried out when the other one has answered.

    The first press holds. Raises NotAllowed, ReasonMissing, MovedAlready, NotFound.
    """
    if reader.role not in _MAY:
        raise NotAllowed
    if not take and not reason.strip():
        raise ReasonMissing
    row = await _locked(session, move)
    wanted = "taking" if take else "returning"
    if row.state == wanted:
        return
    if row.state != "offered":
        raise MovedAlready
    row.state, row.by, row.by_name, row.not_yet = wanted, reader.id, reader.name, False
    if not take:
        row.answer = _seal(session, reason.strip()[:LONGEST], "answer", move)
    session.add(row)
    if row.task is not None:
        await tasks.take(session, row.task, reader.id, reader.name)


async def unsettled(session: AsyncSession) -> list[tuple[Arrival, Settle]]:
    """What was pressed here and the other one has not answered."""
    found = await session.exec(
        select(Arrival).where(col(Arrival.state).in_(("taking", "returning"))).order_by(col(Arrival.came_at))
    )
    return [(row, _said(session, row)) for row in found.all()]


async def carry_out(session: AsyncSession, clock: Clock, move: UUID, answer: Settled) -> None:
    """The other one has answered whose she is: done here, once."""
    row = await _locked(session, move)
    if row.state not in ("taking", "returning"):
        return
    match answer.state:
        case "taken" if row.state == "taking":
            await _begin(session, clock, row, answer)
        case "not-yet":
            row.state, row.not_yet = "offered", True
            session.add(row)
            if row.task is not None:
                task = await tasks.get(session, row.task)
                task.assigned_to = task.assigned_name = None
                session.add(task)
        case "returned":
            await _gone(session, row, "returned", clock())
        case "withdrawn":
            await _gone(session, row, "withdrawn", clock())


async def opened(session: AsyncSession, clock: Clock, reader: Reader, task: UUID) -> Shown:
    """The offer behind a task of the inbox: logged under the offer; of who is taken, as her case is.

    Raises NotFound, NotAllowed, ReasonNeeded.
    """
    found = await session.exec(select(Arrival).where(Arrival.task == task))
    row = found.one_or_none()
    if row is None:
        raise NotFound(task=task)
    if reader.role not in _MAY:
        raise NotAllowed
    if row.person is None:
        await access.open_offer(session, clock, reader, row.id)
    else:
        await access.enter(session, clock, reader, row.person, "case")
    return _shown(session, row)


def offer_of(session: AsyncSession, row: Arrival) -> Offer | None:
    """What was offered; ``None`` where nothing came of it, and it is gone."""
    return _read(session, row) if row.offer is not None else None


async def of_person(session: AsyncSession, person: UUID) -> Shown | None:
    """The copy she came with; ``None`` for who was not handed over here. For who has opened her case."""
    found = await session.exec(
        select(Arrival)
        .where(col(Arrival.person).in_(await persons.same(session, person)))
        .order_by(col(Arrival.came_at).desc())
        .limit(1)
    )
    row = found.first()
    return None if row is None else _shown(session, row)


async def _begin(session: AsyncSession, clock: Clock, row: Arrival, answer: Settled) -> None:
    """She is here: her person, how she is reached, her case, and the first thing to do, by whoever took her."""
    now, offer = clock(), _read(session, row)
    # As it is today, and not as when she was proposed: where she is reached, and which papers come.
    today: dict[str, object] = {"papers": tuple(one for one in offer.copied.papers if one.id in answer.papers)}
    if answer.telephone is not None:
        today |= {"telephone": answer.telephone, "shared": answer.shared}
    copied = offer.copied.model_copy(update=today)
    row.offer = _seal(session, offer.model_copy(update={"copied": copied}).model_dump_json(), "offer", row.id)
    person = await _who_left(session, row, copied) or uuid5(row.id, "person")
    await persons.meet(session, person, now, copied.language)
    if copied.first_name:
        await persons.rename(session, person, copied.first_name)
    known = await contacts.is_anybodys(session, copied.telephone)
    linked = await contacts.link(session, person, copied.telephone, now)
    linked.shared = copied.shared
    session.add(linked)
    await open_case(session, person, now)
    due = first_answer_by(database.of(session).municipality.calendar, now)
    task = await tasks.add(session, "ring", MOVED_HERE, at=now, person=person, about=row.id, due_at=due)
    await promises.make(session, "first-answer", person, at=now, due_at=due)
    if row.task is not None:
        # Whoever took her may have left since: then the offer is nobody's, and this waits in the queue too.
        pressed = await tasks.get(session, row.task)
        if pressed.assigned_to is not None:
            await tasks.take(session, task.id, pressed.assigned_to, pressed.assigned_name or "")
        await tasks.done(session, row.task, now, row.by, "done")
    row.state, row.person, row.settled_at = "taken", person, now
    session.add(row)
    if (last := await threads.last_of(session, person)) is not None:
        # She has written here before: there she is sent nowhere any more, and hears by a call what has come of it.
        await notices.tell(session, clock, NoticeKind.BACK_HERE, person, BackHere(thread=last))
    elif copied.shared is False and not known:
        # Others may read any other telephone, and a number that somebody has here already is a thread of that person's:
        # then she hears it by a call.
        told = Arrived(person=person, telephone=copied.telephone, language=copied.language, reads=copied.reads)
        await notices.tell(session, clock, NoticeKind.ARRIVED, person, told)


async def _who_left(session: AsyncSession, row: Arrival, copied: Copy) -> UUID | None:
    """Who she is here, where this municipality handed her over to the one that now hands her back."""
    if copied.came_by is None:
        return None
    left = await session.get(Move, copied.came_by)
    return left.person if left is not None and (left.to, left.state) == (row.home, "taken") else None


async def _gone(session: AsyncSession, row: Arrival, state: str, at: datetime) -> None:
    """Nothing came of it: the copy is gone too."""
    row.state, row.offer, row.settled_at = state, None, at
    session.add(row)
    if row.task is not None:
        await tasks.done(session, row.task, at, row.by)


def _said(session: AsyncSession, row: Arrival) -> Settle:
    return Settle(take=row.state == "taking", by_name=row.by_name or "?", reason=_answer(session, row))


def _shown(session: AsyncSession, row: Arrival) -> Shown:
    offer = offer_of(session, row)
    by, answer = row.by_name or "", _answer(session, row)
    return Shown(row.id, row.home, row.came_at, row.state, offer, row.person, row.not_yet, by, answer)


def _read(session: AsyncSession, row: Arrival) -> Offer:
    assert row.offer is not None  # noqa: S101  # it is there as long as something may come of it
    kept = database.of(session).codec.decrypt(row.offer, table="arrivals", column="offer", row=row.id)
    return Offer.model_validate_json(kept)


def _answer(session: AsyncSession, row: Arrival) -> str:
    if row.answer is None:
        return ""
    return database.of(session).codec.decrypt(row.answer, table="arrivals", column="answer", row=row.id)


async def _known(session: AsyncSession, home: str, move: UUID) -> Arrival | None:
    """The row of an offer; two who bring the same at once make one."""
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended(str(move), 0))))
    row = await session.get(Arrival, move, with_for_update={"key_share": True})
    if row is not None and row.home != home:
        raise NotFound(move=move)
    return row


async def _locked(session: AsyncSession, move: UUID) -> Arrival:
    row = await session.get(Arrival, move, with_for_update={"key_share": True})
    if row is None:
        raise NotFound(move=move)
    return row


def _seal(session: AsyncSession, words: str, column: str, row: UUID) -> bytes:
    return database.of(session).codec.encrypt(words, table="arrivals", column=column, row=row)
