"""Tell agencies what was committed: claimed, sent outside any transaction, and settled; again until it has arrived.

Who dies between commit and sending leaves a row that is sent by the next; who dies between sending and settling leaves
a lease that runs out, and it is sent once more. Both are harmless: an agency knows an order by its number.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import tasks
from backend.bookings.models import MeetingRow
from backend.clock import Clock, real_time
from backend.database import Database
from backend.interpreters import answers, orders, service
from backend.interpreters.models import Interpreted, InterpreterOrder, Sending
from backend.interpreters.ordering import TWO, Asked, Heard, NotNow, NotTaken, Way
from backend.municipalities.programme import KINDS_ONCE
from backend.planning.models import Group

log = structlog.get_logger()

LEASE = timedelta(seconds=90)
"""How long one try may take. The ways give up before."""

_BACK_OFF = (timedelta(seconds=20), timedelta(minutes=1), timedelta(minutes=3), timedelta(minutes=10))
_TELLS_STAFF = {"order": 4, "cancel": 3}  # tries before somebody of the staff hears of it
_AT_ONCE = 50
_LOOKED_AT_EVERY = timedelta(minutes=2)


@dataclass(frozen=True)
class Agencies:
    """What a municipality's orders leave by: the ways that are open, and what its links are made of."""

    ways: Mapping[str, Way]
    public_url: str
    secret: str


@dataclass(frozen=True, slots=True)
class _Taken:
    sending: UUID
    kind: str
    tries: int
    lease: datetime
    agency: str
    asked: Asked


async def send_due(town: Database, own: Agencies, clock: Clock, now: Clock = real_time) -> None:
    """Send what is due until nothing is, or the agency is away: each by itself, so that none waits for another's.

    ``now`` is real time.
    """
    async with town.transaction() as session:
        waited_for = await session.exec(
            select(InterpreterOrder.agency)
            .join(Sending, col(Sending.order) == InterpreterOrder.id)
            .where(_is_due(now()))
            .distinct()
        )
    await asyncio.gather(*(_send_all(town, own, clock, now, agency) for agency in waited_for.all()))


async def _send_all(town: Database, own: Agencies, clock: Clock, now: Clock, agency: str | None) -> None:
    for _ in range(_AT_ONCE):
        async with town.transaction() as session:
            found, taken = await _claim(session, own, now(), agency)
        if not found or (taken is not None and not await _carry(town, own, clock, now, taken)):
            return


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(col(Sending.state) == "pending", col(Sending.due_at) <= now),
        and_(col(Sending.state) == "sending", col(Sending.lease_until) <= now),
    )


async def look_due(town: Database, own: Agencies, clock: Clock, now: Clock = real_time) -> None:
    """Ask the agencies that can be asked how their orders stand, those of meetings to come."""
    async with town.transaction() as session:
        looked_at = await _to_look_at(session, own, clock(), now())
    of_each: dict[str, list[UUID]] = {}
    for agency, order in looked_at:
        of_each.setdefault(agency, []).append(order)
    await asyncio.gather(*(_look_all(town, own, clock, agency, asked) for agency, asked in of_each.items()))


async def _look_all(town: Database, own: Agencies, clock: Clock, agency: str, asked: list[UUID]) -> None:
    for order in asked:
        try:
            heard = await own.ways[agency].look(order)
        except NotNow as why:
            log.warning("agency does not answer", agency=agency, why=str(why))
            return  # the rest of its orders are looked at the next time
        if heard is not None:
            await _take_in(town, clock, order, heard)


async def _claim(session: AsyncSession, own: Agencies, now: datetime, agency: str | None) -> tuple[bool, _Taken | None]:
    """The next thing to send, leased. A row that is not needed any more is dropped: found, and nothing taken."""
    before = aliased(Sending)
    order_is_on_its_way = exists().where(
        col(before.order) == col(Sending.order),
        col(before.kind) == "order",
        col(before.state) == "sending",
        col(before.lease_until) > now,
    )
    one = (
        select(Sending)
        .join(InterpreterOrder, col(InterpreterOrder.id) == Sending.order)
        .where(
            _is_due(now),
            InterpreterOrder.agency == agency,
            # What is being ordered is cancelled after it: the other way round the order would stand.
            or_(col(Sending.kind) == "order", ~order_is_on_its_way),
        )
        .order_by(col(Sending.due_at), col(Sending.made_at))
        .limit(1)
        .with_for_update(of=Sending, skip_locked=True)
    )
    row = (await session.exec(one)).one_or_none()
    if row is None:
        return False, None
    session.add(row)
    order = await service.get(session, row.order)
    if row.kind == "order" and order.state != "asked":
        row.state, row.settled_at = "dropped", now
        return True, None
    lease = now + LEASE
    row.state, row.lease_until, row.tries = "sending", lease, row.tries + 1
    asked = await _asked(session, own, order)
    return True, _Taken(row.id, row.kind, row.tries, lease, order.agency or "", asked)


async def _carry(town: Database, own: Agencies, clock: Clock, now: Clock, taken: _Taken) -> bool:
    """Send one, and say whether the agency is there."""
    heard: Heard | None = None
    state, again = "sent", now()
    way = own.ways.get(taken.agency)
    try:
        if way is None:
            raise NotNow("no way to it is given any more")  # noqa: TRY301  # as if it did not answer
        heard = await (way.order(taken.asked) if taken.kind == "order" else way.cancel(taken.asked))
    except NotNow as why:
        state, again = "pending", again + _BACK_OFF[min(taken.tries, len(_BACK_OFF)) - 1]
        log.warning("not sent to agency", agency=taken.agency, kind=taken.kind, tries=taken.tries, why=str(why))
    except NotTaken as why:
        state = "failed"
        log.warning("refused by agency", agency=taken.agency, kind=taken.kind, why=str(why))
    async with town.transaction() as session:
        await _settle(session, clock, taken, state, again)
    if heard is not None:
        await _take_in(town, clock, taken.asked.id, heard)
    return state != "pending"


async def _settle(session: AsyncSession, clock: Clock, taken: _Taken, state: str, again: datetime) -> None:
    row = (await session.exec(select(Sending).where(Sending.id == taken.sending).with_for_update())).one()
    if row.lease_until != taken.lease or row.state != "sending":
        return  # it took too long, and another has it
    row.state, row.due_at, row.lease_until = state, again, None
    row.settled_at = None if state == "pending" else again
    session.add(row)
    order = await service.get(session, row.order)
    if state == "sent":
        await orders.note(session, order, "sent" if row.kind == "order" else "cancelled", clock())
        if row.kind == "cancel":
            await tasks.done_about(session, order.id, clock(), reason=service.NOT_CANCELLED)  # nobody need ring
        await tasks.done_about(session, order.of, clock(), reason=service.NOT_SENT)
    elif row.kind == "cancel" and (state == "failed" or row.tries == _TELLS_STAFF["cancel"]):
        await service.not_told(session, clock, order.id)
    elif row.kind == "order" and state == "pending" and order.state != "asked":
        row.state, row.settled_at = "dropped", again  # its cancellation is on its way already
    elif row.kind == "order" and state == "pending" and row.tries == _TELLS_STAFF["order"]:
        await service.not_sent(session, clock, order.id)


async def _take_in(town: Database, clock: Clock, order: UUID, heard: Heard) -> None:
    async with town.transaction() as session:
        await answers.hear(session, clock, order, heard)


async def _to_look_at(session: AsyncSession, own: Agencies, at: datetime, now: datetime) -> list[tuple[str, UUID]]:
    settled = col(InterpreterOrder.agency_said).in_(("declined", "cancelled"))
    has_left = exists().where(
        col(Sending.order) == col(InterpreterOrder.id), col(Sending.kind) == "order", col(Sending.state) == "sent"
    )
    rows = await session.exec(
        select(InterpreterOrder)
        .where(
            col(InterpreterOrder.agency).in_(list(own.ways)),
            InterpreterOrder.ends_at > at,
            or_(col(InterpreterOrder.agency_said).is_(None), ~settled),
            or_(
                col(InterpreterOrder.looked_at).is_(None),
                col(InterpreterOrder.looked_at) <= now - _LOOKED_AT_EVERY,
            ),
            has_left,
        )
        .order_by(col(InterpreterOrder.answer_by))
        .limit(_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    found = rows.all()
    for order in found:
        order.looked_at = now
        session.add(order)
    return [(order.agency or "", order.id) for order in found]


async def _asked(session: AsyncSession, own: Agencies, order: InterpreterOrder) -> Asked:
    town = orders.town(session)
    told = town.interpreting
    place, persons = await _where(session, order)
    link = f"{own.public_url}/tolk/{town.slug}/{order.id}/{answers.key(own.secret, town.slug, order.id)}"
    return Asked(
        id=order.id,
        number=orders.written_number(session, order.number),
        language=order.language,
        dialect=order.dialect,
        gender=order.gender,
        not_as=orders.written_number(session, order.not_as) if order.not_as else None,
        mode=orders.mode(order),
        starts_at=order.starts_at,
        ends_at=order.ends_at,
        answer_by=order.answer_by,
        rings=told.rings or town.telephone,
        video=told.video,
        address=f"{place}, {town.name}",
        orderer=town.name,
        contact=told.contact,
        telephone=town.telephone,
        cost_centre=told.cost_centre,
        answer_at=link,
        persons=persons,
    )


async def _where(session: AsyncSession, order: InterpreterOrder) -> tuple[str, int]:
    """Where it is, for who comes there, and how many take part besides her: in a group of the planning week, which goes
    on filling up, as many as there are places for."""
    if order.meeting is not None:
        return (await session.get_one(MeetingRow, order.meeting)).address, TWO
    wanted = await session.get_one(Interpreted, order.interpreted)
    if wanted.group is None:
        return wanted.place, TWO
    group = await session.get_one(Group, wanted.group)
    return wanted.place, (group.taken if group.activity in KINDS_ONCE else group.capacity) + 1
