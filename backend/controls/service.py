"""Controls of a case: tick one by hand, take a stand on what differs, and how all of them stand.

Every verb goes through the door of ``access``. A control is of what the application said when it was made, with what it
calls unchanged: a new application of a month, or a corrected part of it, makes it old, and it is made again.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import get_args
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader
from backend.applications import unchanged
from backend.cases import desk
from backend.cases import service as cases
from backend.cases.desk import ApplicationView
from backend.cases.models import Case
from backend.clock import Clock
from backend.controls.models import By, Control, Name, RegisterAsk, Result, Stand
from backend.controls.registers import Difference, Register, registers
from backend.errors import ControlIncomplete, NotFound

RESULTS: Mapping[Result, str] = {
    "same": "Stämmer",
    "differs": "Skiljer sig",
    "nothing": "Finns inte i registret",
    "not-possible": "Gick inte att kontrollera",
}
LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Ticked:
    """A control as somebody ticked it; ``differs``: what, of the register's words."""

    name: Name
    result: Result
    differs: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Made:
    """A control that has been made, to be written down. ``id``: of who made it, so that the same again is one."""

    id: UUID
    register: Register
    result: Result
    differences: Sequence[Difference]
    source: By


@dataclass(frozen=True, slots=True)
class StandView:
    """Why what differed may stand, and who said so."""

    because: str
    at: datetime
    by_name: str


@dataclass(frozen=True, slots=True)
class ControlView:
    """One control as it was made. ``stale``: the application has come to say something else of this since."""

    id: UUID
    register: Register
    source: By
    result: Result
    at: datetime
    by_name: str
    differences: tuple[Difference, ...]
    stand: StandView | None
    stale: bool

    @property
    def waits(self) -> bool:
        return self.result == "differs" and self.stand is None


@dataclass(frozen=True, slots=True)
class AskView:
    """How the last asking of a service goes, while it has not been answered. ``failed``: it is made by hand."""

    asked_at: datetime
    by_name: str
    failed: bool
    told: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the checklist: the control, how it was made last, what of it waits, and what its service was asked."""

    register: Register
    latest: ControlView | None
    earlier: tuple[ControlView, ...]
    asked: AskView | None
    needed: bool

    @property
    def is_made(self) -> bool:
        return self.latest is not None and not self.latest.stale


async def of_person(session: AsyncSession, person: UUID, applications: Sequence[ApplicationView]) -> tuple[Line, ...]:
    """The checklist of a case. The caller has opened it."""
    same = await persons.same(session, person)
    rows = await session.exec(
        select(Control, Stand)
        .outerjoin(Stand, col(Stand.control) == Control.id)
        .join(Case, col(Case.id) == Control.case)
        .where(col(Control.person).in_(same), col(Case.closed_at).is_(None))
        .order_by(col(Control.at), col(Control.id))
    )
    views = [_view(session, control, stand, applications) for control, stand in rows.all()]
    asked = await _asked(session, same)
    is_new = not applications or latest_of(applications).sent.kind == "new"
    return tuple(_line(register, views, asked.get(name), is_new=is_new) for name, register in registers().items())


def latest_of(applications: Sequence[ApplicationView]) -> ApplicationView:
    """The latest application of a month, or of a cost where there is none; of some."""
    return next((one for one in reversed(applications) if one.sent.kind != "supplementary"), applications[-1])


def _line(register: Register, views: Sequence[ControlView], asked: AskView | None, *, is_new: bool) -> Line:
    hers = [view for view in views if view.register.name == register.name]
    latest = hers[-1] if hers else None
    if asked is not None and latest is not None and latest.at >= asked.asked_at:
        asked = None  # it was made by hand meanwhile
    return Line(register, latest, tuple(reversed(hers[:-1])), asked, needed=is_new or not register.new_only)


async def tick(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, ticked: Ticked, *, key: UUID) -> None:
    """A caseworker has made a control by hand (logged). ``key``: an id the page chose, and the same again is one.

    Raises NotAllowed, ReasonNeeded, and ControlIncomplete where something differs and nothing says what.
    """
    register, result = registers()[ticked.name], ticked.result
    known = [one for one in register.may_differ if one in ticked.differs]
    if (result == "differs") is not bool(known) or len(known) != len(set(ticked.differs)):
        raise ControlIncomplete
    await access.enter(session, clock, reader, person, "control", done=f"{register.swedish}: {RESULTS[result].lower()}")
    case = await cases.open_case(session, person, clock())
    if await session.get(Control, key) is None:
        found = tuple(Difference(one) for one in known)
        made = Made(key, register, result, found, "hand")
        keep(session, case, await desk.applications(session, person), made, at=clock(), by=reader)
        failed = (RegisterAsk.case == case.id, RegisterAsk.name == ticked.name, RegisterAsk.state == "failed")
        for asked in (await session.exec(select(RegisterAsk.id).where(*failed))).all():
            await tasks.done_about(session, asked, clock(), reader.id)  # what the register did not answer is made


async def take_stand(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, *, control: UUID, because: str
) -> None:
    """A caseworker has seen what differs, and says why it goes on (logged); the first who does is the one.

    Raises NotAllowed, ReasonNeeded, NotFound for another's, and ControlIncomplete without a reason.
    """
    because = because.strip()
    row = await session.get(Control, control)
    if row is None or row.result != "differs" or row.person not in await persons.same(session, person):
        raise NotFound(control=control)
    if not because or len(because) > LONGEST_REASON:
        raise ControlIncomplete
    register = _register(row)
    done = f"{register.swedish}: tog ställning till en skillnad"
    await access.enter(session, clock, reader, person, "control", about=control, done=done)
    await cases.open_case(session, person, clock())
    if await session.get(Stand, control) is not None:
        return
    words = database.of(session).codec.encrypt(because, table="control_stands", column="because", row=control)
    session.add(Stand(control=control, because=words, at=clock(), by=reader.id, by_name=reader.name))


def keep(
    session: AsyncSession,
    case: Case,
    applications: Sequence[ApplicationView],
    made: Made,
    *,
    at: datetime,
    by: Reader,
) -> None:
    """Write a control down, held against what the latest application says."""
    latest = latest_of(applications) if applications else None
    codec, listed = database.of(session).codec, [asdict(one) for one in made.differences]
    sealed = codec.encrypt_json(listed, table="controls", column="differences", row=made.id) if listed else None
    session.add(
        Control(
            id=made.id,
            person=case.person,
            case=case.id,
            application=latest.id if latest else None,
            name=made.register.name,
            source=made.source,
            result=made.result,
            said=_digest(session, made.register, applications),
            differences=sealed,
            at=at,
            by=by.id,
            by_name=by.name,
        )
    )


def _view(
    session: AsyncSession, row: Control, stand: Stand | None, applications: Sequence[ApplicationView]
) -> ControlView:
    codec, register = database.of(session).codec, _register(row)
    listed = row.differences and codec.decrypt_json(row.differences, table="controls", column="differences", row=row.id)
    taken = None
    if stand is not None:
        because = codec.decrypt(stand.because, table="control_stands", column="because", row=stand.control)
        taken = StandView(because, stand.at, stand.by_name)
    return ControlView(
        id=row.id,
        register=register,
        source=next(one for one in get_args(By) if one == row.source),
        result=next(one for one in RESULTS if one == row.result),
        at=row.at,
        by_name=row.by_name,
        differences=tuple(Difference(**one) for one in listed or ()),
        stand=taken,
        stale=_is_stale(session, row, register, applications),
    )


def _is_stale(session: AsyncSession, row: Control, register: Register, applications: Sequence[ApplicationView]) -> bool:
    if not applications:
        return False
    if row.application not in _corrected(applications):
        return True  # made before this application came
    return row.said != _digest(session, register, applications)


def _corrected(applications: Sequence[ApplicationView]) -> set[UUID]:
    """The latest application, and what it corrects."""
    by_id = {one.id: one for one in applications}
    chain: set[UUID] = set()
    one: UUID | None = latest_of(applications).id
    while one is not None and one not in chain:
        chain.add(one)
        one = by_id[one].sent.corrects if one in by_id else None
    return chain


def _digest(session: AsyncSession, register: Register, applications: Sequence[ApplicationView]) -> bytes:
    stands = unchanged.as_it_stands([one.sent for one in applications])
    said = None if stands is None else register.of(stands)
    return database.of(session).codec.blind(f"control {register.name}", json.dumps(said, sort_keys=True))


def _register(row: Control) -> Register:
    # A CHECK holds the column to these names.
    return next(register for name, register in registers().items() if name == row.name)


async def _asked(session: AsyncSession, same: Sequence[UUID]) -> dict[str, AskView]:
    """Of each register the last time it was asked, where that has not been answered."""
    rows = await session.exec(
        select(RegisterAsk).where(col(RegisterAsk.person).in_(same)).order_by(col(RegisterAsk.asked_at))
    )
    latest = {row.name: row for row in rows.all()}
    return {
        name: AskView(row.asked_at, row.by_name, row.state == "failed", row.told or "")
        for name, row in latest.items()
        if row.state != "answered"
    }
