"""The eleven steps of somebody newly arrived: who sees to each, its day, and where she stands ("step 4 of 11")."""

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader
from backend.calendar import day_in_sweden, moment
from backend.clock import Clock
from backend.contract import NoticeKind, SettlingStep, Value
from backend.errors import Invalid, NotFound
from backend.notices import service as notices
from backend.planning.models import SettlingRow
from backend.planning.service import FOLLOWED_UP_AT

Whose = Literal["social-worker", "labour-market", "counsellor", "school", "employment-service"]


class Step(Value):
    """One step, in Swedish: for staff. ``told``: the person is reminded of its day. ``months``: after the arrival."""

    words: str
    whose: Whose
    told: bool
    months: int | None = Field(None, ge=1, le=36)


@dataclass(frozen=True)
class StepView:
    """A step of one person. ``number`` counts from 1."""

    number: int
    step: Step
    due_on: date | None
    done_on: date | None
    by_name: str


@cache
def steps() -> tuple[Step, ...]:
    """The steps, in order."""
    file = Path(__file__).with_name("settling.toml")
    return tuple(Step.model_validate(one) for one in tomllib.loads(file.read_text("utf-8"))["step"])


async def begin(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, arrived_on: date) -> None:
    """She has arrived: all the steps lie before her. Once more changes nothing."""
    opened = await access.enter(session, clock, reader, person, "note", reason="follow-up", done="Etablering")
    for number, step in enumerate(steps(), 1):
        due = _months_after(arrived_on, step.months) if step.months else None
        row = insert(SettlingRow).values(
            id=database.new_id(), person=opened.person.id, number=number, due_on=due, by_name=reader.name
        )
        await session.exec(row.on_conflict_do_nothing())


async def note(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    step: tuple[UUID, int],
    days: tuple[date | None, date | None],
) -> None:
    """Write a step's day, and when it was done. ``step``: whose, and its number; ``days``: due, done. Raises NotFound,
    and Invalid for what is to be done on a day to come."""
    person, number = step
    await access.enter(session, clock, reader, person, "note", reason="follow-up", done=f"Etablering, steg {number}")
    rows = await _rows(session, person)
    row = next((one for one in rows if one.number == number), None)
    if row is None:
        raise NotFound(step=number)
    if days[1] is not None and days[1] > day_in_sweden(clock()):
        raise Invalid(done_on="has not been yet")
    if row.due_on != days[0]:
        row.reminded_at = None
    row.due_on, row.done_on = days
    row.by_name = reader.name
    session.add(row)
    if row.done_on is not None:
        await tasks.done_about(session, row.id, clock(), reader.id)


async def of_person(session: AsyncSession, person: UUID) -> tuple[StepView, ...]:
    """The steps of a person; none where nobody has begun them. Raises NotFound for an unknown person."""
    rows = {row.number: row for row in await _rows(session, person)}
    return tuple(
        StepView(number, step, rows[number].due_on, rows[number].done_on, rows[number].by_name)
        for number, step in enumerate(steps(), 1)
        if number in rows
    )


async def stands(session: AsyncSession, person: UUID) -> tuple[int, int, date | None] | None:
    """Where she is: the first step that is not done, of how many, and its day; ``None`` where there is none."""
    path = await of_person(session, person)
    ahead = next((one for one in path if one.done_on is None), None)
    return (ahead.number, len(path), ahead.due_on) if ahead is not None else None


async def remind(session: AsyncSession, clock: Clock) -> None:
    """Staff get a task of each step whose day is the next working day or past, and she is told of it where it is hers
    too. Once for each day; several processes at once do it once."""
    calendar = database.of(session).municipality.calendar
    until = calendar.next_working_day(day_in_sweden(clock()))
    found = await session.exec(
        select(SettlingRow)
        .where(
            col(SettlingRow.done_on).is_(None), col(SettlingRow.reminded_at).is_(None), col(SettlingRow.due_on) <= until
        )
        .with_for_update(skip_locked=True, key_share=True)
    )
    for row in found.all():
        if row.due_on is None:
            continue
        row.reminded_at = clock()
        session.add(row)
        due = moment(row.due_on, FOLLOWED_UP_AT)
        await tasks.add(
            session, "check", "settling", at=clock(), person=row.person, about=row.id, due_at=due, queue="caseworker"
        )
        if steps()[row.number - 1].told and row.due_on >= day_in_sweden(clock()):
            body = SettlingStep(number=row.number, of=len(steps()), on=row.due_on)
            await notices.tell(session, clock, NoticeKind.SETTLING_STEP, row.person, body)


async def still_ahead(session: AsyncSession, told: SettlingStep, person: UUID) -> bool:
    """Whether what she was told of a step still holds: it is not done, and its day is the same."""
    row = next((one for one in await _rows(session, person) if one.number == told.number), None)
    return row is not None and row.done_on is None and row.due_on == told.on


async def _rows(session: AsyncSession, person: UUID) -> tuple[SettlingRow, ...]:
    same = await persons.same(session, person)
    found = await session.exec(
        select(SettlingRow).where(col(SettlingRow.person).in_(same)).order_by(col(SettlingRow.number))
    )
    return tuple(found.all())


def _months_after(day: date, months: int) -> date:
    year, month = divmod(day.month - 1 + months, 12)
    return date(day.year + year, month + 1, min(day.day, 28))
