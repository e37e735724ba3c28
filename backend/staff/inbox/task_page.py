"""One task: take it, put it on a colleague, let it rest, hand it over, close it, open it again. What is typed is kept.

The page says no more than the list does, and opens nothing: why something is handed over stands on a page behind the
door.
"""

from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal, get_args
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import tasks
from backend.calendar import SWEDEN, day_in_sweden, moment
from backend.errors import NobodyChosen, NotFound, ReasonNeeded, Refusal, RestsAhead, TaskTaken
from backend.handover import desk as handover
from backend.handover import passing, work
from backend.handover.desk import QueueRow
from backend.handover.models import Passing, WhyPassed
from backend.handover.passing import Given, Receiver
from backend.handover.work import Colleague
from backend.staff import swedish
from backend.staff.desk import Here, Page, Seat, in_words, may_read, page, to
from backend.staff.facts import said_name
from backend.staff.inbox.queues import row_of, where, why
from backend.staff.inbox.views import TaskPage
from backend.staff.seats import sessions
from backend.staff.seats.models import StaffMember

router = APIRouter(route_class=Page, dependencies=[may_read])

Do = Literal["", "assign", "rest", "give", "close"]
"""What she is about to do: its field has the focus."""
RESTS: dict[str, str] = {
    "hour": "En timme",
    "afternoon": "Till i eftermiddag kl 13.00",
    "opening": "Till vi öppnar nästa arbetsdag",
    "own": "Till en annan tid",
}
_AFTERNOON = time(13, 0)
_WHY: tuple[WhyPassed, ...] = get_args(WhyPassed)


@router.get("/tasks/{task}")
async def shown(here: Here, task: UUID, *, do: Annotated[Do, Query()] = "") -> Response:
    """The task and what may be done with it."""
    return await _page(here, task, do=do)


@router.post("/tasks/{task}/take")
async def take(here: Here, task: UUID, has: Annotated[str, Form()] = "", back: Annotated[str, Form()] = "") -> Response:
    """Take it (logged). Not from a colleague the page did not show. Leads back to the list it was pressed in."""
    try:
        async with here.database.transaction() as session:
            await handover.take_task(session, here.clock, here.reader, task, seen=has)
    except TaskTaken as taken:
        return await _page(here, task, refused=in_words(taken), status=taken.problem.status)
    return to(back if back.startswith("/inbox") and "//" not in back else "/inbox")


@router.post("/tasks/{task}/put-back")
async def put_back(here: Here, task: UUID) -> Response:
    """Put it back in its queue."""
    try:
        async with here.database.transaction() as session:
            await work.put_back(session, here.clock, here.reader, task)
    except Refusal as refusal:
        return await _refused(here, task, refusal, {})
    return to("/inbox")


@router.post("/tasks/{task}/assign")
async def assign(here: Here, task: UUID, colleague: Annotated[str, Form()] = "") -> Response:
    """Put what nobody has on a colleague."""
    try:
        async with here.database.transaction() as session:
            chosen = (await _receivers(session, here)).get(colleague)
            if chosen is None or chosen.member is None:
                raise NobodyChosen
            await work.assign(session, here.clock, here.reader, task, Colleague(chosen.member, chosen.name))
    except Refusal as refusal:
        return await _refused(here, task, refusal, {"colleague": colleague}, "assign")
    return to("/inbox?queue=waiting")


@router.post("/tasks/{task}/rest")
async def rest(request: Request, here: Here, task: UUID) -> Response:
    """Let it rest: ``until`` of :data:`RESTS`; for ``own`` a day (``2026-12-01``) and an hour (``9.30``)."""
    filled = await _filled(request)
    try:
        async with here.database.transaction() as session:
            await work.snooze(session, here.clock, here.reader, task, _until(here, filled))
    except Refusal as refusal:
        return await _refused(here, task, refusal, filled, "rest")
    return to("/inbox")


@router.post("/tasks/{task}/give")
async def give(request: Request, here: Here, task: UUID) -> Response:
    """Hand it over: ``to`` (a role, a route or a colleague), ``why`` and, if wanted, own ``words``."""
    filled = await _filled(request)
    try:
        async with here.database.transaction() as session:
            chosen = (await _receivers(session, here)).get(filled.get("to", ""))
            if chosen is None:
                raise NobodyChosen
            reason: WhyPassed = next((one for one in _WHY if one == filled.get("why")), "other")
            given = Given(chosen, reason, filled.get("words", ""))
            await passing.give(session, here.clock, here.reader, task, given)
    except Refusal as refusal:
        return await _refused(here, task, refusal, filled, "give")
    return to("/inbox?queue=handed")


@router.post("/tasks/{task}/close")
async def close(here: Here, task: UUID, because: Annotated[work.Because, Form()]) -> Response:
    """Nothing more is to be done."""
    try:
        async with here.database.transaction() as session:
            await work.close(session, here.clock, here.reader, task, because)
    except Refusal as refusal:
        return await _refused(here, task, refusal, {"because": because}, "close")
    return to("/inbox")


@router.post("/tasks/{task}/reopen")
async def reopen(here: Here, task: UUID) -> Response:
    """It was not over."""
    try:
        async with here.database.transaction() as session:
            found = await work.reopen(session, here.clock, here.reader, task)
    except Refusal as refusal:
        return await _refused(here, task, refusal, {})
    return to(f"/inbox/tasks/{found}")


@router.get("/given/{given}")
async def read_given(here: Here, given: UUID) -> Response:
    """Who hands it over and why (logged)."""
    return await _given(here, given)


@router.post("/given/{given}/take")
async def take_given(here: Here, given: UUID) -> Response:
    """It is one's own from now on: go on where it is done."""
    try:
        async with here.database.transaction() as session:
            task = await passing.take(session, here.clock, here.reader, given)
            (row,) = await handover.rows_of(session, here.clock, [task])
    except Refusal as refusal:
        return await _not_given(here, given, refusal)
    return to(where(row, here.role) or f"/inbox/tasks/{task.id}")


@router.post("/given/{given}/decline")
async def decline(here: Here, given: UUID, word: Annotated[str, Form(max_length=passing.LONGEST)] = "") -> Response:
    """Give it back with a word."""
    try:
        async with here.database.transaction() as session:
            await passing.decline(session, here.clock, here.reader, given, word)
    except Refusal as refusal:
        return await _not_given(here, given, refusal, word)
    return to("/inbox?queue=given")


@router.post("/given/{given}/take-back")
async def take_back(here: Here, given: UUID) -> Response:
    """Keep it after all."""
    try:
        async with here.database.transaction() as session:
            await passing.take_back(session, here.clock, here.reader, given)
    except Refusal as refusal:
        return await _not_given(here, given, refusal)
    return to("/inbox")


async def _refused(here: Seat, task: UUID, refusal: Refusal, filled: Mapping[str, str], do: Do = "") -> Response:
    if isinstance(refusal, ReasonNeeded | NotFound):
        raise refusal
    return await _page(here, task, filled, refused=in_words(refusal), status=refusal.problem.status, do=do)


async def _page(
    here: Seat,
    task: UUID,
    filled: Mapping[str, str] | None = None,
    *,
    refused: str = "",
    status: int = 200,
    do: Do = "",
) -> Response:
    async with here.database.transaction() as session:
        (row,) = await handover.rows_of(session, here.clock, [await tasks.get(session, task)])
        passed = (await passing.latest(session, [task])).get(task)
        receivers = await _receivers(session, here)
    return page(
        "task",
        here,
        status=status,
        one=_laid_out(here, row, passed),
        filled=defaultdict(str, filled or {}),
        refused=refused,
        do=do,
        rests=RESTS,
        reasons=work.IN_SWEDISH,
        why=passing.WHY,
        roles=[(key, one.name) for key, one in receivers.items() if one.member is None and one.route is None],
        routes=[(key, one.name) for key, one in receivers.items() if one.route is not None],
        colleagues=[
            (key, f"{one.name}, {passing.ROLES[one.role].lower()}")
            for key, one in receivers.items()
            if one.member is not None
        ],
        tomorrow=day_in_sweden(_opening(here)).isoformat(),
    )


def _laid_out(here: Seat, row: QueueRow, passed: Passing | None) -> TaskPage:
    line = row_of(row, here, passed)
    waits = passed is not None and passed.state == "offered" and row.assigned_to == passed.by and row.done_at is None
    told = passed is not None and (waits or (passed.state == "declined" and row.assigned_to == passed.by))
    return TaskPage(
        id=str(row.task),
        href=line.task,
        name=said_name(row.name, row.ending),
        words=why(row),
        due=line.due,
        language=line.language,
        badges=line.badges,
        leads_to=where(row, here.role),
        has=row.assigned_name or "",
        has_id=str(row.assigned_to or ""),
        mine=row.assigned_to == here.member.id,
        free=row.assigned_to is None,
        done=row.done_at is not None,
        acute=row.acute,
        of_a_person=row.person is not None,
        may_be_closed=row.reason not in tasks.SETTLED_IN_THE_CASE
        and (row.person is not None or row.reason in work.OF_THE_HOUSE),
        passing=f"/inbox/given/{passed.id}" if passed is not None and told else "",
        waits=waits,
    )


async def _given(here: Seat, given: UUID, *, word: str = "", refused: str = "", status: int = 200) -> Response:
    async with here.database.transaction() as session:
        found = await passing.opened(session, here.clock, here.reader, given)
        (row,) = await handover.rows_of(session, here.clock, [found.task])
    passed, now = found.passing, here.now
    return page(
        "given",
        here,
        status=status,
        href=f"/inbox/given/{given}",
        task=f"/inbox/tasks/{row.task}",
        name=said_name(row.name, row.ending),
        words=why(row),
        speaks=swedish.language_name(row.language) if row.language else "",
        by=passed.by_name,
        to=passed.to_name,
        why=passing.why(passed),
        since=swedish.when(passed.at, now),
        own_words=found.words,
        answer=found.answer,
        answered_by=passed.settled_name or "",
        state=passed.state,
        giver=passed.by == here.member.id,
        still=row.done_at is None and row.assigned_to == passed.by,
        word=word,
        refused=refused,
    )


async def _not_given(here: Seat, given: UUID, refusal: Refusal, word: str = "") -> Response:
    if isinstance(refusal, ReasonNeeded | NotFound):
        raise refusal
    return await _given(here, given, word=word, refused=in_words(refusal), status=refusal.problem.status)


async def _receivers(session: AsyncSession, here: Seat) -> dict[str, Receiver]:
    staff = await sessions.members(session)
    return passing.receivers(((one.id, one.name, _takes_as(one)) for one in staff), here.member.id)


def _takes_as(one: StaffMember) -> str:
    """The first of her roles in which she may be handed a task; she sits down with the first of all."""
    return next((role for role in (one.role, *one.more_roles) if role in passing.ROLES), one.role)


async def _filled(request: Request) -> dict[str, str]:
    return {name: value for name, value in (await request.form()).items() if isinstance(value, str)}


def _until(here: Seat, filled: Mapping[str, str]) -> datetime:
    """When it comes back. Raises RestsAhead for what is no time."""
    match filled.get("until"):
        case "hour":
            return here.now + timedelta(hours=1)
        case "afternoon":
            return moment(day_in_sweden(here.now), _AFTERNOON)
        case "opening":
            return _opening(here)
        case _:
            return _own_time(filled)


def _own_time(filled: Mapping[str, str]) -> datetime:
    try:
        day = date.fromisoformat(filled.get("day", "").strip())
        hour = time.fromisoformat(filled.get("time", "").strip().replace(".", ":").zfill(5))
    except ValueError:
        raise RestsAhead from None
    return datetime.combine(day, hour.replace(tzinfo=None), SWEDEN).astimezone(UTC)


def _opening(here: Seat) -> datetime:
    """When the municipality opens on its next working day."""
    calendar = here.database.municipality.calendar
    for day in calendar.working_days(day_in_sweden(here.now) + timedelta(days=1)):
        if hours := calendar.opening(day):
            return hours[0]
    raise AssertionError("working days never end")
