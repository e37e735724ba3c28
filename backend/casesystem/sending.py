"""Tell the case system what was committed: claimed, sent outside any transaction, and settled; again until it arrived.

In one case one event after the other, by the order of commits, also where two persons turned out to be one; between
cases none waits for another. Who dies between
sending and settling leaves a lease that runs out, and it is sent once more, under the same id.
"""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID, uuid5

import structlog
from sqlalchemy import ColumnElement, and_, exists, or_
from sqlalchemy.orm import aliased
from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons, tasks
from backend.casesystem import events
from backend.casesystem.events import OURS, Printing
from backend.casesystem.files import Files
from backend.casesystem.models import CaseEvent, CaseSending, WayName
from backend.casesystem.ways import Happened, NotNow, NotTaken, Way
from backend.clock import Clock, real_time
from backend.database import Database

log = structlog.get_logger()

EVERY = 5.0
LEASE = timedelta(seconds=120)
"""How long one try may take. The ways, and printing, give up before."""

BACK_OFF = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""Between tries; after the last it has failed (the example of Standard Webhooks: three days)."""
_SHORTER = 0.1
"""By so much of itself, at most, a pause is shorter: whoever got up again does not meet everything in one moment."""

_TELLS_STAFF = 3  # tries of one event, some 35 minutes, before somebody hears that the way is not open
_CLOSED_FOR = timedelta(hours=24)
_GONE = "gone"
_REFUSED = "case-system-refused"
_AT_ONCE = 200


@dataclass(frozen=True)
class Step:
    """How a municipality keeps its case system in step: the ways that are open, and what PDFs are made with.

    ``rests``: until when a way asked to be left alone. This process remembers it; another, or the next, is told anew.
    """

    ways: Mapping[WayName, Way]
    printing: Printing
    rests: dict[WayName, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Taken:
    event: CaseEvent
    way: WayName
    tries: int
    lease: datetime
    happened: Happened


def pause(tries: int) -> timedelta:
    """How long until the next try, after so many."""
    shorter = random.uniform(0, _SHORTER)  # noqa: S311  # nobody is to guess nothing by it
    return BACK_OFF[min(tries, len(BACK_OFF)) - 1] * (1 - shorter)


def about(way: WayName) -> UUID:
    """What the task is about that a way is not open."""
    return uuid5(OURS, way)


async def send_due(town: Database, step: Step, clock: Clock, now: Clock = real_time) -> None:
    """Send what is due until nothing is, each way by itself. ``now`` is real time."""
    await asyncio.gather(*(_send_all(town, step, clock, now, way) for way in step.ways))


async def replay(session: AsyncSession, since: datetime, now: datetime, *ways: WayName) -> int:
    """What was told since a moment (of the database) is told again, under the same ids and in the same order: how many
    events. Of what has not got through yet the next try is at once: whoever asks for everything takes it."""
    of = select(CaseEvent.number).where(col(CaseEvent.recorded_at) >= since)
    since_then = and_(col(CaseSending.event).in_(of), col(CaseSending.way).in_(ways))
    at_once = {"state": "pending", "due_at": now, "tries": 0, "said": None, "settled_at": None}
    tried = and_(col(CaseSending.state) == "pending", col(CaseSending.tries) > 0)
    await session.exec(update(CaseSending).where(since_then, tried).values(at_once))
    told = col(CaseSending.state).in_(("sent", "failed"))
    again = update(CaseSending).where(since_then, told).values(at_once).returning(col(CaseSending.event))
    return len(set((await session.exec(again)).all()))


async def _send_all(town: Database, step: Step, clock: Clock, now: Clock, way: WayName) -> None:
    for _ in range(_AT_ONCE):
        if step.rests.get(way, now()) > now():
            return
        async with town.transaction() as session:
            taken = None if await _is_closed(session, way, now()) else await _claim(session, way, now())
        if taken is None or not await _carry(town, step, clock, now, taken):
            return


async def _is_closed(session: AsyncSession, way: WayName, now: datetime) -> bool:
    """Whether it said within a day that it takes nothing any more."""
    said = select(CaseSending.event).where(
        CaseSending.way == way,
        col(CaseSending.state) == "pending",
        CaseSending.said == _GONE,
        col(CaseSending.due_at) > now,
    )
    return (await session.exec(said.limit(1))).first() is not None


def _is_due(now: datetime) -> ColumnElement[bool]:
    return or_(
        and_(col(CaseSending.state) == "pending", col(CaseSending.due_at) <= now),
        and_(col(CaseSending.state) == "sending", col(CaseSending.lease_until) <= now),
    )


async def _claim(session: AsyncSession, way: WayName, now: datetime) -> _Taken | None:
    """The next event to send, leased: none of the same person waits before it, by whatever id she is known."""
    before, of = aliased(CaseSending), aliased(CaseEvent)
    waits = (
        col(before.event) == of.number,
        col(before.event) < col(CaseSending.event),
        col(before.way) == way,
        col(before.state).in_(("pending", "sending")),
    )
    # Few are merged: who is, is looked up beside, and the rest by the index of the person alone.
    also = persons.known_as().alias("also")
    under_another = exists().where(*waits, also.c.id == col(CaseEvent.person), col(of.person) == also.c.other)
    waits_before = or_(exists().where(*waits, col(of.person) == col(CaseEvent.person)), under_another)
    one = (
        select(CaseSending, CaseEvent)
        .join(CaseEvent, col(CaseEvent.number) == CaseSending.event)
        .where(CaseSending.way == way, _is_due(now), ~waits_before)
        .order_by(col(CaseSending.event))
        .limit(1)
        .with_for_update(of=CaseSending, skip_locked=True)
    )
    found = (await session.exec(one)).one_or_none()
    if found is None:
        return None
    row, event = found
    if event.case is None:
        event.case = await events.case_of(session, event)
        session.add(event)
    lease = now + LEASE
    row.state, row.lease_until, row.tries = "sending", lease, row.tries + 1
    session.add(row)
    return _Taken(event, way, row.tries, lease, events.told(session, event))


async def _carry(town: Database, step: Step, clock: Clock, now: Clock, taken: _Taken) -> bool:
    """Send one, and say whether the way is open."""
    state, said, again = "sent", "", now()
    try:
        happened = taken.happened
        if taken.way == "files":
            # Nothing is taken out, and logged as looked at, for a folder that is not there.
            if isinstance(way := step.ways["files"], Files) and (why_not := await asyncio.to_thread(way.trouble)):
                raise NotNow(why_not)  # noqa: TRY301  # as a way that is away says it
            more, paper = await events.beside(town, clock, taken.event, step.printing)
            happened = replace(happened, more=more, paper=paper)
        await step.ways[taken.way].send(happened, now())
    except NotNow as why:
        if why.wait:
            step.rests[taken.way] = again + timedelta(seconds=why.wait)  # it is said of all that we bring
        again += _CLOSED_FOR if why.gone else max(pause(taken.tries), timedelta(seconds=why.wait))
        said = _GONE if why.gone else str(why)
        state = "failed" if taken.tries > len(BACK_OFF) else "pending"
    except NotTaken as why:
        state, said = "failed", str(why)
    except Exception as error:  # noqa: BLE001  # one event nobody thought of must not hold up its case unheard
        again += pause(taken.tries)
        said = type(error).__name__
        state = "failed" if taken.tries > len(BACK_OFF) else "pending"
    if said:
        log.warning("case system not told", way=taken.way, kind=taken.event.kind, tries=taken.tries, why=said)
    async with town.transaction() as session:
        await _settle(session, clock, taken, state=state, said=said, again=again)
    # What was refused for its own sake says that somebody is there.
    return state == "sent" or (state == "failed" and taken.tries <= len(BACK_OFF))


async def _settle(
    session: AsyncSession, clock: Clock, taken: _Taken, *, state: str, said: str, again: datetime
) -> None:
    number = taken.happened.number
    mine = select(CaseSending).where(CaseSending.event == number, CaseSending.way == taken.way).with_for_update()
    row = (await session.exec(mine)).one()
    if row.lease_until != taken.lease or row.state != "sending":
        return  # it took too long, and another has it
    row.state, row.said, row.due_at, row.lease_until = state, said or None, again, None
    row.settled_at = None if state == "pending" else again
    session.add(row)
    if state == "sent":
        await tasks.done_about(session, about(taken.way), clock())
        if not await _is_refused(session, number):
            await tasks.done_about(session, taken.event.id, clock(), reason=_REFUSED)
    elif state == "failed":
        await tasks.add(session, "check", _REFUSED, at=clock(), person=taken.event.person, about=taken.event.id)
    elif said == _GONE:
        await tasks.add(session, "check", "case-system-gone", at=clock(), about=about(taken.way))
    elif taken.tries >= _TELLS_STAFF:
        await tasks.add(session, "check", "case-system-away", at=clock(), about=about(taken.way))


async def _is_refused(session: AsyncSession, number: int) -> bool:
    """Whether an event has failed by some way."""
    failed = select(CaseSending.event).where(CaseSending.event == number, CaseSending.state == "failed")
    return (await session.exec(failed.limit(1))).first() is not None
