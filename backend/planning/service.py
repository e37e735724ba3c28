"""The planning week: begin it, give places in its groups, hear what she says of it, note who came.

One enrolment at a time in a municipality: whoever gives places holds a lock until its transaction ends, so that two
never wait for each other's groups. That no group is ever over, the database says itself.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypeVar, get_args
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader
from backend.bookings import elsewhere
from backend.bookings import service as bookings
from backend.bookings.models import LIVE
from backend.calendar import day_in_sweden
from backend.clock import Clock
from backend.contract import (
    Branch,
    ChooseBranch,
    NoticeKind,
    PlannedActivity,
    PlannedKind,
    PlanningWeek,
    SayOfActivity,
)
from backend.errors import Invalid, NoProgramme, NotFound, NotYetBegun
from backend.idempotency import first_row, request_hash
from backend.interpreters import besides
from backend.municipalities.programme import Occasion
from backend.notices import service as notices
from backend.planning import week as weeks
from backend.planning.groups import group_at
from backend.planning.models import AbsentBecause, Attended, Enrolment, Group, Plan, Said, SaidRow, Week
from backend.planning.week import Time

FOLLOWED_UP_AT = time(9, 0)
"""When on its day a plan is due to be looked at again."""
BRANCHES: tuple[Branch, ...] = get_args(Branch)
_KINDS: tuple[PlannedKind, ...] = get_args(PlannedKind)
_SAID: tuple[Said, ...] = get_args(Said)
_ATTENDED: tuple[Attended, ...] = get_args(Attended)
_BECAUSE: tuple[AbsentBecause, ...] = get_args(AbsentBecause)

_SETTLED_BY_ATTENDANCE = ("activity-ill", "could-not")
"""What she said that is done when attendance is noted; help that she asked for is not."""

REMINDERS = ("activity-evening", "activity-morning")
WEEK, CHOOSE = "planning-week", "branch-asked"
ABOUT_PLANNING = (*REMINDERS, WEEK, CHOOSE)
"""Kinds of messages whose truth is known here. A reminder's reference is an enrolment, else it is the notice."""

Known = TypeVar("Known", bound=str)


@dataclass(frozen=True)
class Absence:
    """Why somebody was not there. ``words``: what the reasons do not say. ``doctors_note``: one was seen."""

    because: AbsentBecause = "unknown"
    words: str = ""
    doctors_note: bool = False


@dataclass(frozen=True)
class Place:
    """A place in a group, as staff see it."""

    id: UUID
    activity: PlannedKind
    start: datetime
    end: datetime
    place: str
    language: str
    said: Said | None
    attended: Attended | None
    attended_by: str
    absence: Absence | None


@dataclass(frozen=True)
class Standing:
    """Where somebody's planning stands. ``places``: all she has or had, in order of time."""

    at_disposal: bool = True
    branch: Branch | None = None
    choose_by: date | None = None
    places: tuple[Place, ...] = ()


# --- Staff ------------------------------------------------------------------------------------------------------------


async def begin(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, note: UUID, *, at_disposal: bool = True
) -> UUID:
    """The planning week begins the next working day, as the note says; she is told of it. Gives the week.

    Once for each note, and no second one while one is under way. Where a group is full, she gets the first later one
    that is not; where all are, staff get a task. Raises NoProgramme.
    """
    programme = database.of(session).municipality.planning
    if programme is None:
        raise NoProgramme
    opened = await access.enter(session, clock, reader, person, "note", reason="meeting", done="Planeringsveckan")
    await one_at_a_time(session)
    plan = await plan_of(session, opened.person.id)
    plan.at_disposal = at_disposal
    session.add(plan)
    if (there := await _under_way(session, person, note, clock())) is not None:
        return there.id
    calendar = database.of(session).municipality.calendar
    first = calendar.next_working_day(day_in_sweden(clock()))
    begun = Week(person=opened.person.id, note=note, begun_at=clock(), choose_by=first)
    session.add(begun)
    await session.flush()
    hers = await hers_ahead(session, person, clock())
    given: list[Time] = []
    for occasion in programme.of(await speaks(session, opened.person)):
        earliest = weeks.ends(given, first) if occasion.activity == "plan" else first
        found = await _enrol(session, begun, occasion, weeks.times(calendar, occasion, earliest, hers), clock())
        if found is None:
            await tasks.add(session, "time", "planning-full", at=clock(), person=begun.person, about=begun.id)
            continue
        hers.append(found)
        given.append(found)
        # The plan comes last: what it is about is chosen by then.
        begun.choose_by = day_in_sweden(found.start)
    await tell(session, clock, person, begun)
    return begun.id


async def note_branch(session: AsyncSession, clock: Clock, reader: Reader, person: UUID, branch: Branch) -> None:
    """The branch she chose in the room; whoever chose before may choose again. Raises Invalid for one that the
    municipality has not."""
    programme = database.of(session).municipality.planning
    if programme is None or branch not in programme.branches:
        raise Invalid(branch="not here")
    opened = await access.enter(session, clock, reader, person, "note", reason="meeting", done="Bransch")
    plan = await plan_of(session, opened.person.id)
    if plan.branch == branch:
        return
    plan.branch, plan.branch_at = branch, clock()
    session.add(plan)
    if (week := await _last_week(session, await persons.same(session, person))) is not None:
        await tasks.done_about(session, week.id, clock(), reader.id, "branch-not-chosen")


async def note_attendance(
    session: AsyncSession, clock: Clock, reader: Reader, person: UUID, enrolment: UUID, *, absence: Absence | None
) -> None:
    """She came (``None``), or she did not, and why. Only staff say so. Raises NotFound, also when it is not this
    person's, and NotYetBegun before it has."""
    row = await session.get(Enrolment, enrolment, with_for_update={"key_share": True})
    if row is None or row.cancelled_at is not None or row.person not in await persons.same(session, person):
        raise NotFound(enrolment=enrolment)
    await access.enter(session, clock, reader, row.person, "note", reason="meeting", about=enrolment, done="Närvaro")
    group = await session.get_one(Group, row.group)
    if clock() < group.starts_at:
        raise NotYetBegun
    codec, words = database.of(session).codec, absence.words.strip() if absence else ""
    row.attended = "came" if absence is None else "absent"
    row.attended_at, row.attended_by = clock(), reader.name
    row.absent_because = absence.because if absence else None
    row.absent_words = codec.encrypt(words, table="enrolments", column="absent_words", row=row.id) if words else None
    row.doctors_note = absence is not None and absence.doctors_note
    session.add(row)
    for reason in _SETTLED_BY_ATTENDANCE:
        await tasks.done_about(session, row.id, clock(), reader.id, reason)


async def of_person(session: AsyncSession, person: UUID) -> Standing:
    """Where her planning stands. Raises NotFound for an unknown person."""
    same = await persons.same(session, person)
    plan = await first_plan(session, same)
    found = await session.exec(
        select(Enrolment, Group)
        .join(Group, col(Group.id) == Enrolment.group)
        .where(col(Enrolment.person).in_(same), col(Enrolment.cancelled_at).is_(None))
        .order_by(col(Group.starts_at))
    )
    last = await _last_week(session, same)
    return Standing(
        at_disposal=plan.at_disposal if plan else True,
        branch=_one_of(BRANCHES, plan.branch) if plan and plan.branch else None,
        choose_by=last.choose_by if last else None,
        places=tuple(_place(session, enrolment, group) for enrolment, group in found.all()),
    )


async def none_chosen(session: AsyncSession, clock: Clock) -> None:
    """On the last day of a week, when the municipality has opened, staff see who has chosen no branch."""
    today = day_in_sweden(clock())
    found = await session.exec(
        select(Week)
        .where(col(Week.looked_at).is_(None), Week.choose_by <= today)
        .with_for_update(skip_locked=True, key_share=True)
    )
    calendar = database.of(session).municipality.calendar
    for week in found.all():
        opens = calendar.opening(week.choose_by)
        if opens and clock() < opens[0]:
            continue
        week.looked_at = clock()
        session.add(week)
        plan = await first_plan(session, await persons.same(session, week.person))
        if plan is None or (plan.branch is None and plan.at_disposal):
            due = opens[1] if opens and clock() < opens[1] else None
            await tasks.add(
                session,
                "check",
                "branch-not-chosen",
                at=clock(),
                person=week.person,
                about=week.id,
                due_at=due,
                queue="caseworker",
            )


# --- The bot ----------------------------------------------------------------------------------------------------------


async def say_of(session: AsyncSession, key: UUID, activity: UUID, call: SayOfActivity) -> None:
    """What she says of an activity: kept, and a task for staff unless she did it. Raises NotFound when it is not hers,
    KeyReused."""
    digest = request_hash(session, call, activity)
    if await first_row(session, SaidRow, key, digest) is not None:
        return
    row = await session.get(Enrolment, activity, with_for_update={"key_share": True})
    if row is None or row.person not in await persons.same(session, call.person):
        raise NotFound(activity=activity)
    row.said, row.said_at = call.how, call.at
    session.add(row)
    session.add(SaidRow(key=key, request_hash=digest, person=row.person, at=call.at, enrolment=row.id, how=call.how))
    if call.how != "done":
        reason = "activity-ill" if call.how == "ill" else call.how  # "ill" alone is of a meeting
        await tasks.add(session, "check", reason, at=call.at, person=row.person, about=row.id, queue="caseworker")


async def choose(session: AsyncSession, key: UUID, call: ChooseBranch) -> None:
    """The branch she chose; she may choose again. Raises Invalid for one that the municipality has not, KeyReused."""
    digest = request_hash(session, call)
    if await first_row(session, SaidRow, key, digest) is not None:
        return
    programme = database.of(session).municipality.planning
    if programme is None or call.branch not in programme.branches:
        raise Invalid(branch="not here")
    person = (await persons.find(session, call.person)).id
    plan = await plan_of(session, person)
    plan.branch, plan.branch_at = call.branch, call.at
    session.add(plan)
    session.add(SaidRow(key=key, request_hash=digest, person=person, at=call.at, branch=call.branch))
    if (week := await _last_week(session, await persons.same(session, person))) is not None:
        await tasks.done_about(session, week.id, call.at, reason="branch-not-chosen")


async def stands(session: AsyncSession, kind: str, reference: UUID, same: Sequence[UUID], at: datetime) -> bool:
    """Whether a message of planning is still right (see ``ABOUT_PLANNING``)."""
    plan = await first_plan(session, same)
    if kind in REMINDERS:
        row = await session.get(Enrolment, reference)
        live = row is not None and row.person in same and row.cancelled_at is None
        return live and (plan is None or plan.at_disposal)
    if plan is None:
        return False
    if kind == WEEK:
        return plan.notice == reference
    # She may have been told of other times since: the branch is to be chosen all the same, while the week goes on.
    return plan.branch is None and plan.at_disposal and await _choosing(session, same, at) is not None


# --- Within -----------------------------------------------------------------------------------------------------------


async def speaks(session: AsyncSession, person: persons.Person) -> str:
    """What she speaks: whoever writes Swedish may need an interpreter all the same."""
    interpreted = (meeting.interpreter_language for meeting in await bookings.of_person(session, person.id))
    return next((language for language in interpreted if language is not None), person.language)


async def _enrol(
    session: AsyncSession, begun: Week, occasion: Occasion, times: Iterable[Time], at: datetime
) -> Time | None:
    """A place in the first group that has one; ``None``: none has."""
    for one in times:
        group = await group_at(
            session,
            occasion.activity,
            one,
            occasion.place,
            capacity=occasion.capacity,
            language=occasion.language or "",
        )
        # The count is the database's: whoever comes second to the last place gets no row here.
        taken = (
            update(Group)
            .where(col(Group.id) == group, col(Group.taken) < col(Group.capacity))
            .values(taken=Group.taken + 1)
            .returning(col(Group.id))
        )
        if (await session.exec(taken)).one_or_none() is not None:
            session.add(Enrolment(group=group, person=begun.person, week=begun.id, made_at=at))
            await session.flush()
            if occasion.language:
                await besides.want(
                    session,
                    at,
                    group=group,
                    person=begun.person,
                    about=group,
                    language=occasion.language,
                    starts_at=one.start,
                    ends_at=one.end,
                    place=occasion.place,
                )
            return one
    return None


async def tell(session: AsyncSession, clock: Clock, person: UUID, begun: Week | None = None) -> None:
    """Tell her of all that is ahead of her, also when nothing is any more. ``begun``: a planning week that begins.

    While a planning week is under way, its branches and days are told again with whatever else is told.
    """
    same = await persons.same(session, person)
    found = await session.exec(
        select(Enrolment, Group)
        .join(Group, col(Group.id) == Enrolment.group)
        .where(col(Enrolment.person).in_(same), col(Enrolment.cancelled_at).is_(None), col(Group.starts_at) > clock())
        .order_by(col(Group.starts_at))
    )
    rows = found.all()
    plan, programme = await plan_of(session, person), database.of(session).municipality.planning
    if not rows and (begun is not None or plan.notice is None):
        return  # every group was full: staff have the task, and tell her themselves; or she never heard of any time
    begun = begun or await _choosing(session, same, clock())
    calendar = database.of(session).municipality.calendar
    body = PlanningWeek(
        week=begun.id if begun is not None else plan.id,
        activities=tuple(
            PlannedActivity(
                id=enrolment.id,
                kind=_one_of(_KINDS, group.activity),
                start=group.starts_at,
                end=group.ends_at,
                place=group.place,
                digital=group.digital,
                interpreter=bool(group.language),
            )
            for enrolment, group in rows
        ),
        branches=programme.branches if programme is not None and begun is not None else (),
        choose_by=begun.choose_by if begun is not None else None,
        remind_on=weeks.day_before(calendar, begun.choose_by) if begun is not None else None,
        quiet=not plan.at_disposal,
    )
    plan.notice = await notices.tell(session, clock, NoticeKind.PLANNING_WEEK, plan.person, body)
    session.add(plan)


async def plan_of(session: AsyncSession, person: UUID) -> Plan:
    """Her plan, made when there is none. Raises NotFound."""
    same = await persons.same(session, person)
    if (found := await first_plan(session, same)) is None:
        await session.exec(
            insert(Plan).values(id=database.new_id(), person=same[0], at_disposal=True).on_conflict_do_nothing()
        )
        found = (await session.exec(select(Plan).where(Plan.person == same[0]))).one()
    return found


async def first_plan(session: AsyncSession, same: Sequence[UUID]) -> Plan | None:
    """The plan of who she is today; of who she was, where a merge left only that."""
    found = await session.exec(select(Plan).where(col(Plan.person).in_(same)))
    return min(found.all(), key=lambda plan: same.index(plan.person), default=None)


async def _last_week(session: AsyncSession, same: Sequence[UUID]) -> Week | None:
    found = await session.exec(select(Week).where(col(Week.person).in_(same)).order_by(col(Week.begun_at).desc()))
    return found.first()


async def _choosing(session: AsyncSession, same: Sequence[UUID], at: datetime) -> Week | None:
    """The planning week in which she may still choose a branch."""
    last = await _last_week(session, same)
    return last if last is not None and day_in_sweden(at) <= last.choose_by else None


async def _under_way(session: AsyncSession, person: UUID, note: UUID, at: datetime) -> Week | None:
    same = await persons.same(session, person)
    last = await _last_week(session, same)
    return last if last is not None and last.note == note else await _choosing(session, same, at)


async def one_at_a_time(session: AsyncSession) -> None:
    """Until this transaction ends, nobody else gives or takes places."""
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended("planning", 0))))


async def hers_ahead(
    session: AsyncSession, person: UUID, at: datetime, which: Callable[[], ColumnElement[bool]] = elsewhere.still_hers
) -> list[Time]:
    """Where she is to be from now on: her places (``which`` of them), and her meetings that are to be held."""
    same = await persons.same(session, person)
    found = await session.exec(
        select(Group.starts_at, Group.ends_at)
        .join(Enrolment, col(Enrolment.group) == Group.id)
        .where(col(Enrolment.person).in_(same), col(Enrolment.cancelled_at).is_(None), Group.ends_at > at, which())
    )
    meetings = await bookings.of_person(session, person)
    return [
        *(Time(start, end) for start, end in found.all()),
        *(Time(one.start, one.end) for one in meetings if one.status in LIVE and one.end > at),
    ]


def _place(session: AsyncSession, row: Enrolment, group: Group) -> Place:
    codec = database.of(session).codec
    absence = None
    if row.absent_because is not None:
        words = row.absent_words and codec.decrypt(
            row.absent_words, table="enrolments", column="absent_words", row=row.id
        )
        absence = Absence(_one_of(_BECAUSE, row.absent_because), words or "", row.doctors_note)
    return Place(
        id=row.id,
        activity=_one_of(_KINDS, group.activity),
        start=group.starts_at,
        end=group.ends_at,
        place=group.place,
        language=group.language,
        said=_one_of(_SAID, row.said) if row.said else None,
        attended=_one_of(_ATTENDED, row.attended) if row.attended else None,
        attended_by=row.attended_by or "",
        absence=absence,
    )


def _one_of(values: tuple[Known, ...], stored: str) -> Known:
    # A CHECK holds the column to these values.
    return next(value for value in values if value == stored)
