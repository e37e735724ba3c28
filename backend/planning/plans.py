"""The plan, for work or for studies: a goal, some steps with their days, and when it is looked at again.

Written by a caseworker with phrases that exist in every language; told in the room, read by the person on her page.
"""

from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import get_args
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, locales, persons, tasks
from backend.access import Reader
from backend.calendar import day_in_sweden, moment
from backend.cases.desk import Agreed, in_words
from backend.clock import Clock
from backend.contract import AgreedLine, Branch, NoticeKind, PlanKind, ReadablePlan, SomethingNew
from backend.errors import DayNotAhead, Invalid, NotFound, PlanIncomplete, PlanRewritten
from backend.notices import service as notices
from backend.planning import phrases, service
from backend.planning.models import Plan, PlanVersion

KINDS: tuple[PlanKind, ...] = get_args(PlanKind)


@dataclass(frozen=True)
class Written:
    """A plan as a caseworker fills it in. ``agreed``: the person has said yes to it. ``branch``: whose team stays with
    her; ``None`` leaves the one she chose."""

    kind: PlanKind
    goal: Agreed
    steps: tuple[Agreed, ...]
    review_on: date
    agreed: bool = False
    branch: Branch | None = None


@dataclass(frozen=True)
class PlanView:
    """A plan as it stands, and who wrote it. ``id``: of this version."""

    id: UUID
    written: Written
    at: datetime
    by_name: str
    readable: ReadablePlan


async def write(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, written: Written, *, key: UUID | None = None
) -> UUID:
    """Write the plan anew. She is told that there is something to read; agreed, it is the branch team's to follow up.

    ``key`` is an id the page chose; the same again writes nothing more. Raises PlanIncomplete, PhraseIncomplete,
    DayNotAhead, and Invalid for a branch the municipality has not.
    """
    opened = await access.enter(session, clock, reader, person, "note", reason="meeting", done="Skrev planen")
    _check(session, written, clock())
    plan = await service.plan_of(session, opened.person.id)
    if key is not None and await session.get(PlanVersion, key) is not None:
        return key
    if written.branch is not None and written.branch != plan.branch:
        plan.branch, plan.branch_at = written.branch, clock()
        session.add(plan)
    body = SomethingNew(what="plan", with_interpreter=opened.person.language != locales.SWEDISH)
    notice = await notices.tell(session, clock, NoticeKind.SOMETHING_NEW, opened.person.id, body)
    row_id = key or database.new_id()
    await _keep(session, clock, reader, plan, written, row_id=row_id, notice=notice)
    return row_id


async def agree(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, version: UUID, *, key: UUID) -> None:
    """She says yes to the plan as it stands: it is the branch team's to follow up. Nothing is new for her to read.

    ``version`` is the one that was read to her, ``key`` an id that makes pressing twice do it once. Raises NotFound
    where she has no plan, PlanRewritten where a colleague wrote it anew meanwhile, DayNotAhead.
    """
    opened = await access.enter(session, clock, reader, person, "note", reason="meeting", done="Ja till planen")
    plan = await service.plan_of(session, opened.person.id)
    if await session.get(PlanVersion, key) is not None:
        return
    view = await of_person(session, person)
    if view is None:
        raise NotFound(plan=version)
    if view.id != version:
        raise PlanRewritten
    if view.written.agreed:
        return
    _check(session, view.written, clock())
    told = (await session.get_one(PlanVersion, view.id)).notice
    await _keep(session, clock, reader, plan, replace(view.written, agreed=True), row_id=key, notice=told)


async def _keep(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    plan: Plan,
    written: Written,
    *,
    row_id: UUID,
    notice: UUID | None,
) -> None:
    codec = database.of(session).codec
    content = {"goal": asdict(written.goal), "steps": [asdict(step) for step in written.steps]}
    session.add(
        PlanVersion(
            id=row_id,
            plan=plan.id,
            kind=written.kind,
            content=codec.encrypt_json(content, table="plan_versions", column="content", row=row_id),
            review_on=written.review_on,
            agreed=written.agreed,
            written_at=clock(),
            by=reader.id,
            by_name=reader.name,
            notice=notice,
        )
    )
    if written.agreed:
        # The team's task stays open, and moves on with the plan, for as long as there is one.
        at = moment(written.review_on, service.FOLLOWED_UP_AT)
        task = await tasks.add(
            session, "check", "plan-agreed", at=clock(), person=plan.person, about=plan.id, queue="caseworker"
        )
        task.due_at = at
        session.add(task)


async def of_person(session: AsyncSession, person: UUID) -> PlanView | None:
    """The plan as it was last written. Raises NotFound for an unknown person."""
    same = await persons.same(session, person)
    plan = await service.first_plan(session, same)
    if plan is None:
        return None
    found = await session.exec(
        select(PlanVersion).where(PlanVersion.plan == plan.id).order_by(col(PlanVersion.written_at).desc()).limit(1)
    )
    row = found.first()
    if row is None:
        return None
    content = database.of(session).codec.decrypt_json(row.content, table="plan_versions", column="content", row=row.id)
    branch = next((one for one in service.BRANCHES if one == plan.branch), None)
    written = Written(
        kind=next(kind for kind in KINDS if kind == row.kind),  # a CHECK holds it to these
        goal=Agreed(**content["goal"]),
        steps=tuple(Agreed(**step) for step in content["steps"]),
        review_on=row.review_on,
        agreed=row.agreed,
        branch=branch,
    )
    known = locales.among(database.of(session).municipality.languages)
    readable = ReadablePlan(
        kind=written.kind,
        goal=_line(written.goal, known),
        steps=tuple(_line(step, known) for step in written.steps),
        branch=AgreedLine(text={one: locales.say(phrases.BRANCHES[branch], one) for one in known}) if branch else None,
        review_on=row.review_on,
        written_on=day_in_sweden(row.written_at),
        agreed=row.agreed,
    )
    return PlanView(row.id, written, row.written_at, row.by_name, readable)


async def readable(session: AsyncSession, person: UUID) -> ReadablePlan | None:
    """The plan as she reads it."""
    view = await of_person(session, person)
    return view.readable if view else None


def _check(session: AsyncSession, written: Written, now: datetime) -> None:
    for line in (written.goal, *written.steps):
        in_words(line, locales.SWEDISH, phrases.BY_KEY)
    if not 0 < len(written.steps) <= phrases.MOST_STEPS:
        raise PlanIncomplete
    if written.review_on <= day_in_sweden(now):
        raise DayNotAhead
    programme = database.of(session).municipality.planning
    if written.branch is not None and (programme is None or written.branch not in programme.branches):
        raise Invalid(branch="not here")


def _line(line: Agreed, known: tuple[str, ...]) -> AgreedLine:
    return AgreedLine(text={language: in_words(line, language, phrases.BY_KEY) for language in known})
