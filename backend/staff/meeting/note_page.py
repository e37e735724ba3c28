"""The page of the note after the meeting, and what is done when it is written."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.applications import completions
from backend.bookings import missed
from backend.bookings.models import LIVE
from backend.calendar import day_in_sweden
from backend.cases import consents, desk
from backend.contract import Meeting, MeetingStatus
from backend.errors import Refusal
from backend.planning import plans
from backend.planning import service as planning
from backend.staff import swedish
from backend.staff.case import notes
from backend.staff.case.opening import Said, case_page, filled_in, key_of, opened_in, shut, times_ahead
from backend.staff.desk import Here, Page, Seat, caseworker, in_words, may_read, to
from backend.staff.meeting.plan_words import BRANCHES, written_plan

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read, caseworker])


@router.get("/{person}/meeting")
async def meeting(here: Here, person: UUID) -> Response:
    """The one-screen note after the meeting."""
    return await _meeting(here, person, Said())


@router.post("/{person}/note")
async def write_note(request: Request, here: Here, person: UUID) -> Response:
    """Write the note: see ``notes`` for its fields."""
    filled = await filled_in(request)
    try:
        async with here.database.transaction() as session:
            note = notes.read(filled)
            written = await desk.write_note(session, here.clock, here.reader, person, note, key=key_of(filled))
            await completions.seen(session, here.clock, person, note.states)
            if note.complete:
                await completions.enough(session, here.clock, here.reader, person)
            await _write_planned(session, here, person, written, filled)
    except Refusal as refusal:
        shut(refusal)
        return await _meeting(here, person, Said("", in_words(refusal), filled, refusal.problem.status))
    return to(f"/inbox/cases/{person}?done=note")


async def _write_planned(
    session: AsyncSession, here: Seat, person: UUID, note: UUID, filled: Mapping[str, str]
) -> None:
    """What the note says of the time after the meeting: branch, plan, planning week, consents."""
    if (branch := notes.branch(filled)) is not None:
        await planning.note_branch(session, here.clock, here.reader, person, branch)
    if (version := notes.agreed_plan(filled)) is not None:
        key = uuid5(note, "plan-agreed")
        await plans.agree(session, here.clock, here.reader, person, version, key=key)
    if notes.begins_week(filled):
        may_work = filled.get("not_at_disposal") != "yes"
        await planning.begin(session, here.clock, here.reader, person, note, at_disposal=may_work)
    await consents.say(session, here.clock, here.reader, person, notes.consents(filled), note=note)


async def _meeting(here: Seat, person: UUID, said: Said) -> Response:
    async with here.database.transaction() as session:
        opened = await opened_in(session, here, person)
        met = _to_settle(opened.meetings, here.now)
        known = await missed.known_before(session, met.id) if met else ()
        ahead = [one for one in opened.meetings if one.status in LIVE and one.end > here.now and one != met]
        times = () if ahead else await times_ahead(session, here, person)
        planned = await planning.of_person(session, person)
        plan = await plans.of_person(session, person)
        may_ask = await consents.standing(session, person, opened.file.applications)
    programme = here.database.municipality.planning
    return case_page(
        "case_meeting",
        here,
        opened,
        said,
        tab="Mötet",
        meeting=f"{swedish.when(met.start, here.now)}" if met else "",
        meeting_id=met.id if met else "",
        known=known,
        key=uuid4(),
        papers=notes.PAPER_NAMES,
        states={view.paper: view.state for view in opened.file.papers},
        lines=notes.LINES,
        has_week=programme is not None,
        branches={one: BRANCHES[one] for one in programme.branches} if programme else {},
        branch=planned.branch or "",
        plan=written_plan(plan, here.now) if plan else None,
        plan_version=plan.id if plan else "",
        next_meeting=swedish.when(ahead[-1].start, here.now) if ahead else "",
        times=tuple((one.slot, swedish.time_words(one, here.now)) for one in times),
        next_by=notes.NEXT_BY_NAMES,
        consents=tuple(notes.consent(one, here.now) for one in may_ask),
        earlier=tuple(notes.view(one, here.now) for one in reversed(opened.file.notes)),
    )


def _to_settle(meetings: tuple[Meeting, ...], now: datetime) -> Meeting | None:
    """The meeting a note written now is about: the latest that is today or past, and not cancelled."""
    today = day_in_sweden(now)
    return next(
        (one for one in meetings if one.status != MeetingStatus.CANCELLED and day_in_sweden(one.start) <= today), None
    )
