"""Ask the registers that have a service: claimed, asked outside any transaction, and settled; again while it is away.

Who dies between asking and settling leaves a lease that runs out, and the register is asked once more, under the same
id: the control that comes of it has that id too, so two answers are one.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from pydantic import ValidationError
from sqlmodel import and_, col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, tasks
from backend.access import Reader
from backend.applications import unchanged
from backend.cases import desk
from backend.cases import service as cases
from backend.cases.models import Case
from backend.clock import Clock, real_time
from backend.controls.http import Answer, NotNow, NotTaken, Request, Service
from backend.controls.models import Control, Name, RegisterAsk, Result
from backend.controls.registers import Difference, registers
from backend.controls.service import Made, keep, latest_of
from backend.database import Database
from backend.errors import NoNumber
from backend.identity import register as identity

log = structlog.get_logger()

LEASE = timedelta(seconds=60)
"""How long one try may take; the service gives up before."""
BACK_OFF = (timedelta(seconds=20), timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=1))
"""Between tries; after the last somebody makes the control by hand."""
FAILED = "control-failed"
"""The reason of a task: a register's service did not answer."""
_AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class _Taken:
    request: Request
    tries: int
    lease: datetime


async def ask(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, name: Name, *, key: UUID, now: Clock = real_time
) -> None:
    """A caseworker asks a register that has a service (logged); what it says comes a little later. ``key``: an id the
    page chose, and the same again is one.

    Raises NotAllowed, ReasonNeeded, and NoNumber where hers is not known.
    """
    done = f"{registers()[name].swedish}: frågade registret"
    await access.enter(session, clock, reader, person, "control", done=done)
    case = await cases.open_case(session, person, clock())
    if await session.get(RegisterAsk, key) is not None:
        return
    if await identity.to_ask_with(session, person) is None:
        raise NoNumber
    waiting = select(RegisterAsk.id).where(
        RegisterAsk.case == case.id, RegisterAsk.name == name, col(RegisterAsk.state).in_(("pending", "asking"))
    )
    if (await session.exec(waiting)).first() is None:
        session.add(
            RegisterAsk(
                id=key,
                person=case.person,
                case=case.id,
                name=name,
                asked_at=clock(),
                by=reader.id,
                by_name=reader.name,
                due_at=now(),
            )
        )


async def ask_due(town: Database, services: Mapping[Name, Service], clock: Clock, now: Clock = real_time) -> None:
    """Ask what is due; ``now`` is real time. One register that is late keeps no other waiting."""
    await asyncio.gather(*(_ask_all(town, name, service, clock, now) for name, service in services.items()))


async def _ask_all(town: Database, name: Name, service: Service, clock: Clock, now: Clock) -> None:
    for _ in range(_AT_ONCE):
        async with town.transaction() as session:
            taken = await _claim(session, name, now())
        if taken is None:
            return
        await _carry(town, service, clock, now, taken)


async def _claim(session: AsyncSession, name: Name, now: datetime) -> _Taken | None:
    due = or_(
        and_(col(RegisterAsk.state) == "pending", col(RegisterAsk.due_at) <= now),
        and_(col(RegisterAsk.state) == "asking", col(RegisterAsk.lease_until) <= now),
    )
    one = select(RegisterAsk).where(RegisterAsk.name == name, due).order_by(col(RegisterAsk.due_at)).limit(1)
    row = (await session.exec(one.with_for_update(skip_locked=True))).one_or_none()
    if row is None:
        return None
    row.state, row.lease_until, row.tries = "asking", now + LEASE, row.tries + 1
    session.add(row)
    applications = await desk.applications(session, row.person)
    month = latest_of(applications).sent.month if applications else None
    number = await identity.to_ask_with(session, row.person)
    asked = Request(row.id, name, number or "", f"{month:%Y-%m}" if month else "")
    return _Taken(asked, row.tries, now + LEASE)


async def _carry(town: Database, service: Service, clock: Clock, now: Clock, taken: _Taken) -> None:
    answer, told, again = None, "", True
    try:
        answer = await _ask(service, taken.request)
    except NotNow as why:
        told = str(why)
    except NotTaken as why:
        told, again = str(why), False
    except Exception as error:  # noqa: BLE001  # what nobody thought of must not be asked for ever, unheard
        told = type(error).__name__
    if told:
        log.warning("register not answered", register=taken.request.register, tries=taken.tries, why=told)
    async with town.transaction() as session:
        await _settle(session, clock, now(), taken, answer, told=told, again=again)


async def _ask(service: Service, request: Request) -> Answer:
    if not request.number:
        raise NotTaken("no number")  # it was taken away meanwhile
    answer = await service.ask(request)
    _read(request.register, answer)
    return answer


async def _settle(
    session: AsyncSession, clock: Clock, now: datetime, taken: _Taken, answer: Answer | None, *, told: str, again: bool
) -> None:
    row = await session.get(RegisterAsk, taken.request.id, with_for_update=True)
    if row is None or row.state != "asking" or row.lease_until != taken.lease:
        return  # it took too long, and another has it
    row.lease_until, row.told = None, told or None
    session.add(row)
    if answer is not None:
        row.state = "answered"
        await _write_down(session, clock, row, answer)
        await tasks.done_about(session, row.id, clock())
    elif again and taken.tries <= len(BACK_OFF):
        row.state, row.due_at = "pending", now + BACK_OFF[taken.tries - 1]
    else:
        row.state = "failed"
        await tasks.add(session, "check", FAILED, at=clock(), person=row.person, about=row.id, queue="caseworker")


async def _write_down(session: AsyncSession, clock: Clock, row: RegisterAsk, answer: Answer) -> None:
    """The control that the answer makes, held against the application as it is now, with what it calls unchanged."""
    name = next(one for one in registers() if one == row.name)
    register = registers()[name]
    await cases.open_case(session, row.person, clock())
    case = await session.get_one(Case, row.case)
    if await session.get(Control, row.id) is not None:
        return
    applications = await desk.applications(session, row.person)
    facts = _read(name, answer)
    differences: tuple[Difference, ...] = ()
    stands = unchanged.as_it_stands([one.sent for one in applications])
    if facts is not None and stands is not None and register.compare is not None:
        differences = register.compare(stands, facts)
    result: Result = "nothing" if facts is None else "differs" if differences else "same"
    by = Reader(row.by, row.by_name, "caseworker")
    made = Made(row.id, register, result, differences, "service")
    keep(session, case, applications, made, at=clock(), by=by)


def _read(name: Name, answer: Answer) -> object | None:
    """The register's own facts; none where it has nothing of her. Raises NotNow for what is not as agreed."""
    kind = registers()[name].facts
    if not answer.found or kind is None:
        return None
    try:
        return kind.model_validate(answer.facts)
    except ValidationError:
        raise NotNow("unreadable answer") from None
