"""The list of cases: today's meetings and the open cases by what comes next, a page at a time. It opens none."""

from datetime import datetime
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query
from starlette.responses import Response

from backend import persons
from backend.bookings import lists
from backend.calendar import day_in_sweden
from backend.cases import desk
from backend.cases.desk import CaseRow
from backend.contract import Step
from backend.staff import swedish
from backend.staff.case.views import Group
from backend.staff.desk import Here, Page, may_read, page
from backend.staff.facts import meeting_badge, said_name
from backend.staff.views import Badge, Row

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])

SPOKEN = (
    "am",
    "ar",
    "bs",
    "ckb",
    "en",
    "es",
    "fa",
    "fr",
    "pl",
    "prs",
    "ps",
    "ru",
    "so",
    "sq",
    "sv",
    "th",
    "ti",
    "tr",
    "uk",
)
"""What somebody who comes without having written may speak: what interpreters are most asked for, and Swedish."""
_STEPS = {
    Step.WANTS_TO_APPLY: "Vill söka",
    Step.MEETING_BOOKED: "Möte bokat",
    Step.APPLICATION_RECEIVED: "Ansökan inne",
    Step.MEETING_HELD: "Mötet hållet",
    Step.DECIDED: "Beslutat",
}


@router.get("")
async def cases(here: Here, start: Annotated[int, Query(ge=0, le=100_000)] = 0) -> Response:
    """Today's meetings and a page of the open cases, by what comes next."""
    now = here.now
    async with here.database.transaction() as session:
        found, more = await desk.in_list(session, here.clock, start=start)
        today = () if start else await lists.of_day(session, day_in_sweden(now))
        known = await persons.groups(session, [planned.meeting.person for planned in today])
        meets = {row.person: row for row in await desk.of_people(session, here.clock, known)}
    whose = [(planned, meets.get(known[planned.meeting.person])) for planned in today]
    meetings = [_today(planned, row) for planned, row in whose if row is not None]
    waiting = [row for row in found if row.decide_by and row.step is not Step.DECIDED]
    rest = [row for row in found if row not in waiting]
    groups = (
        *(() if start else (Group("Möten i dag", tuple(meetings)),)),
        Group("Beslut att fatta", tuple(_row(row, now) for row in waiting)),
        Group("Öppna ärenden", tuple(_row(row, now) for row in rest if row.step is not Step.DECIDED)),
        Group("Beslutade", tuple(_row(row, now) for row in rest if row.step is Step.DECIDED)),
    )
    spoken = sorted(((code, swedish.language_name(code)) for code in SPOKEN), key=lambda one: one[1])
    following = f"/inbox/cases?start={start + desk.PAGE}" if more else ""
    return page("cases", here, groups=groups, start=start, more=following, languages=spoken, key=uuid4())


def _today(planned: lists.Planned, row: CaseRow) -> Row:
    meeting = planned.meeting
    who = planned.caseworker.name if planned.caseworker else "ingen handläggare"
    return Row(
        href=f"/inbox/cases/{row.person}/meeting",
        name=said_name(row.name, row.ending),
        due=f"kl {swedish.hour(meeting.start)}",
        language=swedish.language_name(row.language),
        why=", ".join(part for part in (planned.place, who, *planned.said) if part),
        badges=(meeting_badge(meeting),),
    )


def _row(row: CaseRow, now: datetime) -> Row:
    due = swedish.due(row.decide_by, now) if row.decide_by and row.step is not Step.DECIDED else ""
    ahead = (Badge("plain", f"Möte {swedish.when(row.next_meeting, now)}"),) if row.next_meeting else ()
    late = (Badge("broken", "Löfte brutet"),) if due and row.decide_by and row.decide_by < now else ()
    return Row(
        href=f"/inbox/cases/{row.person}",
        name=said_name(row.name, row.ending),
        due=due or f"sedan {swedish.when(row.opened_at, now)}",
        language=swedish.language_name(row.language),
        why=_STEPS[row.step],
        badges=(*late, *ahead),
    )
