"""The caseworker's page of what is planned with a person: her week, what she says of it, and who noted that she came.

The plan is written here too (see ``_plan_of``).

``attended`` (came | absent), ``because``, ``words``, ``doctors_note`` (yes): the fields of the form beside an activity.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import date, time
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import locales
from backend.calendar import day_in_sweden
from backend.cases.desk import Agreed
from backend.cases.lines import Line
from backend.contract import PlannedKind
from backend.errors import Invalid
from backend.municipalities.programme import KINDS_ONCE
from backend.planning import jobs, leaving, once, phrases, plans, service, settling, weekly
from backend.planning.models import AbsentBecause
from backend.planning.models import Said as OwnWord
from backend.planning.service import Absence, Place
from backend.planning.settling import Whose
from backend.planning.weekly import EveryWeek
from backend.staff import swedish
from backend.staff.case.opening import Said, case_page, filled_in, read_case
from backend.staff.desk import Here, Page, Seat, caseworker, may_read, to
from backend.staff.meeting.plan_words import BRANCHES, PLANS, written_plan
from backend.staff.meeting.views import PlannedView
from backend.staff.pressing import press
from backend.staff.views import Badge, LineChoice

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read, caseworker])

KINDS: Mapping[PlannedKind, str] = {
    "branches": "Om olika yrken",
    "workplaces": "Se en arbetsplats",
    "cv": "Vi skriver cv",
    "letter": "Vi skriver personligt brev",
    "recruiters": "Träffa en rekryterare",
    "interview": "Öva på intervju",
    "guidance": "Vägledning i grupp",
    "plan": "Visa din plan",
    "caseworker": "Möte med handläggaren",
    "job-search": "Aktivt jobbsök",
    "open-house": "Öppen mottagning",
    "placement": "Praktik",
    "planning-talk": "Planeringssamtal",
    "recruiter-interview": "Intervju med rekryterare",
    "recruiting": "Rekryteringsträff",
}
_SAYS: Mapping[OwnWord, str] = {
    "done": "säger själv: klart",
    "could-not": "säger själv: kunde inte",
    "ill": "säger själv: sjuk",
    "help": "vill ha hjälp",
}
_WHOSE: Mapping[Whose, str] = {
    "social-worker": "Socialsekreterare",
    "labour-market": "Arbetsmarknad",
    "counsellor": "Studie- och yrkesvägledare",
    "school": "Sfi",
    "employment-service": "Arbetsförmedlingen",
}
_DONE = {
    "attended": "Närvaron är sparad.",
    "settling": "Sparat. Personen ser med STATUS vilket steg det är.",
    "weekly": "Sparat. Personen får tiderna en vecka i taget.",
    "ended": "Avslutat. Kommande tider är borttagna.",
    "once": "Tiden är sparad. Personen får veta den.",
    "taken-back": "Tiden är borttagen. Personen får veta vad som är kvar.",
    "plan": "Planen är sparad. Personen får veta att det finns något nytt att läsa.",
}


def _choices(offered: tuple[Line, ...]) -> tuple[LineChoice, ...]:
    return tuple(
        LineChoice(
            line.key,
            locales.template(line.message, locales.SWEDISH).format(
                **{known.name: f"[{known.label.lower()}]" for known in line.fields}
            ),
            " ".join(known.name for known in line.fields),
        )
        for line in offered
    )


GOALS, STEPS = _choices(phrases.GOALS), _choices(phrases.STEPS)
WEEKDAYS = ("måndag", "tisdag", "onsdag", "torsdag", "fredag")
BECAUSE: Mapping[AbsentBecause, str] = {
    "ill": "Sjuk",
    "child-ill": "Barn sjukt",
    "other-meeting": "Annat möte",
    "work": "Arbete",
    "other": "Annat skäl",
    "unknown": "Har inte sagt varför",
}


@router.get("/{person}/planning")
async def planning(here: Here, person: UUID, *, done: str = "") -> Response:
    """What is planned (logged)."""
    return await _planning(here, person, Said(done=_DONE.get(done, "")))


@router.post("/{person}/planning/plan")
async def write_plan(request: Request, here: Here, person: UUID) -> Response:
    """Write the plan anew."""
    filled = await filled_in(request)
    return await _do(
        here,
        person,
        "plan",
        lambda session: plans.write(session, here.clock, here.reader, person, _plan_of(filled), key=_key(filled)),
        filled,
    )


@router.post("/{person}/planning/settling")
async def newly_arrived(here: Here, person: UUID, arrived_on: Annotated[date, Form()]) -> Response:
    """She is newly arrived: the eleven steps begin."""
    async with here.database.transaction() as session:
        await settling.begin(session, here.clock, here.reader, person, arrived_on)
    return to(f"/inbox/cases/{person}/planning?done=settling")


@router.post("/{person}/planning/settling/{number}")
async def note_step(request: Request, here: Here, person: UUID, number: int) -> Response:
    """A step's day (``due_on``), and when it was done (``done_on``)."""
    form = await request.form()
    try:
        due, done = (date.fromisoformat(str(form[name])) if form.get(name) else None for name in ("due_on", "done_on"))
    except ValueError:
        return await _planning(here, person, Said("", "Skriv dagen som 2026-12-01.", {}, 422))
    return await _do(
        here,
        person,
        "settling",
        lambda session: settling.note(session, here.clock, here.reader, (person, number), (due, done)),
    )


@router.post("/{person}/planning/weekly")
async def every_week(request: Request, here: Here, person: UUID) -> Response:
    """From a day on she does this every week."""
    filled = await filled_in(request)

    async def add(session: AsyncSession) -> UUID:
        planned = _weekly_of(filled)
        if planned.activity == "caseworker":
            planned = replace(planned, caseworker=here.member.resource)
        return await weekly.add(session, here.clock, here.reader, person, planned)

    return await _do(here, person, "weekly", add, filled)


@router.post("/{person}/planning/weekly/{row}/end")
async def no_more(here: Here, person: UUID, row: UUID) -> Response:
    """She does it no more."""
    return await _do(here, person, "ended", lambda session: weekly.end(session, here.clock, here.reader, person, row))


@router.post("/{person}/planning/once")
async def one_time(request: Request, here: Here, person: UUID) -> Response:
    """She has this one time."""
    filled = await filled_in(request)
    return await _do(
        here,
        person,
        "once",
        lambda session: once.give(session, here.clock, here.reader, person, _once_of(filled)),
        filled,
    )


@router.post("/{person}/planning/{enrolment}/take-back")
async def not_that_time(here: Here, person: UUID, enrolment: UUID) -> Response:
    """That time is not hers any more."""
    return await _do(
        here,
        person,
        "taken-back",
        lambda session: leaving.take_back(session, here.clock, here.reader, person, enrolment),
    )


@router.post("/{person}/planning/{enrolment}/attendance")
async def attendance(request: Request, here: Here, person: UUID, enrolment: UUID) -> Response:
    """She came, or not, and why."""
    filled = await filled_in(request)

    async def note(session: AsyncSession) -> None:
        absence = None if filled.get("attended") == "came" else _absence(filled)
        await service.note_attendance(session, here.clock, here.reader, person, enrolment, absence=absence)

    return await _do(here, person, "attended", note, filled)


async def _do(
    here: Seat,
    person: UUID,
    done: str,
    act: Callable[[AsyncSession], Awaitable[object]],
    filled: Mapping[str, str] | None = None,
) -> Response:
    """Do it and say that it is ``done``; refused, the page says why not, with what was ``filled`` in."""

    async def again(*, refused: str, status: int) -> Response:
        return await _planning(here, person, Said("", refused, filled or {}, status))

    return await press(here, act, then=lambda _: f"/inbox/cases/{person}/planning?done={done}", again=again)


def _plan_of(filled: Mapping[str, str]) -> plans.Written:
    """The plan that was filled in: ``kind``, ``goal`` (a key, or ``own`` with ``goal_words``), ``step_<n>`` with its
    fields as the note has them, ``review_on``, ``agreed`` (yes), ``branch``. Raises Invalid."""
    try:
        return plans.Written(
            kind=next(kind for kind in plans.KINDS if kind == filled.get("kind")),
            goal=_chosen(filled, "goal"),
            steps=tuple(
                _chosen(filled, f"step_{n}") for n in range(1, phrases.MOST_STEPS + 1) if filled.get(f"step_{n}")
            ),
            review_on=date.fromisoformat(filled.get("review_on", "")),
            agreed=filled.get("agreed") == "yes",
            branch=next((one for one in service.BRANCHES if one == filled.get("branch")), None),
        )
    except (StopIteration, ValueError):
        raise Invalid(plan="not filled in as the form has it") from None


def _chosen(filled: Mapping[str, str], name: str) -> Agreed:
    key = filled.get(name, "")
    if key == "own":
        return Agreed(own_words=filled.get(f"{name}_words", "")[:200])
    line = phrases.BY_KEY.get(key)
    known = [one.name for one in line.fields] if line else []
    return Agreed(line=key or "none", fields={field: filled.get(f"{name}_{field}", "") for field in known})


def _weekly_of(filled: Mapping[str, str]) -> EveryWeek:
    """``activity``, ``weekday`` (0-4), ``at`` (9.30), ``minutes``, ``place``, ``digital`` (yes), ``begins_on``. Raises
    Invalid."""
    try:
        return EveryWeek(
            activity=next(kind for kind in weekly.KINDS if kind == filled["activity"]),
            weekday=range(5).index(int(filled["weekday"])),
            at=time.fromisoformat(filled["at"].replace(".", ":").zfill(5)),
            minutes=range(601)[max(15, int(filled["minutes"]))],
            place=filled["place"].strip()[:80],
            digital=filled.get("digital") == "yes",
            begins_on=date.fromisoformat(filled["begins_on"]),
        )
    except (LookupError, StopIteration, ValueError):
        raise Invalid(weekly="not filled in as the form has it") from None


def _once_of(filled: Mapping[str, str]) -> once.Planned:
    """``once`` (the activity), ``once_day``, ``once_at`` (9.30), ``once_place``, ``once_digital`` and
    ``interpreted`` (yes). Raises Invalid."""
    try:
        return once.Planned(
            activity=next(kind for kind in KINDS_ONCE if kind == filled["once"]),
            day=date.fromisoformat(filled["once_day"]),
            at=time.fromisoformat(filled["once_at"].replace(".", ":").zfill(5)),
            place=filled["once_place"].strip()[:80],
            digital=filled.get("once_digital") == "yes",
            interpreted=filled.get("interpreted") == "yes",
        )
    except (LookupError, StopIteration, ValueError):
        raise Invalid(once="not filled in as the form has it") from None


def _key(filled: Mapping[str, str]) -> UUID | None:
    try:
        return UUID(filled["key"]) if filled.get("key") else None
    except ValueError:
        raise Invalid(key="no id") from None


def _absence(filled: Mapping[str, str]) -> Absence:
    because = next((one for one in BECAUSE if one == filled.get("because")), None)
    if filled.get("attended") != "absent" or because is None:
        raise Invalid(attended="not filled in as the form has it")
    return Absence(because, filled.get("words", "")[:200], filled.get("doctors_note") == "yes")


async def _planning(here: Seat, person: UUID, said: Said) -> Response:
    opened = await read_case(here, person)
    async with here.database.transaction() as session:
        standing = await service.of_person(session, person)
        plan = await plans.of_person(session, person)
        path = await settling.of_person(session, person)
        every = await weekly.of_person(session, person)
        applied_for = await jobs.of_person(session, person)
    programme = here.database.municipality.planning
    return case_page(
        "case_planning",
        here,
        opened,
        said,
        tab="Planering",
        places=tuple(_view(one, here) for one in standing.places),
        branch=BRANCHES[standing.branch] if standing.branch else "",
        choose_by=swedish.long_day(standing.choose_by) if standing.choose_by else "",
        at_disposal=standing.at_disposal,
        because=BECAUSE,
        plan=written_plan(plan, here.now) if plan else None,
        weekly=tuple(
            (row.id, f"{KINDS[kind]}, {WEEKDAYS[row.weekday]} {row.at.hour}.{row.at.minute:02d}")
            for row in every
            for kind in weekly.KINDS
            if kind == row.activity
        ),
        weekly_kinds={kind: KINDS[kind] for kind in weekly.KINDS},
        once_kinds={one.activity: KINDS[one.activity] for one in programme.once} if programme else {},
        weekdays=WEEKDAYS,
        place=here.database.municipality.meetings.address,
        path=path,
        whose=_WHOSE,
        requirement=_requirement(here),
        jobs=tuple(
            (swedish.long_day(job.on), ", ".join(filter(None, (job.title, job.employer)))) for job in applied_for
        ),
        goals=GOALS,
        steps=STEPS,
        step_numbers=range(1, phrases.MOST_STEPS + 1),
        plan_kinds=PLANS,
        branches={one: BRANCHES[one] for one in programme.branches} if programme else {},
        chosen_branch=standing.branch or "",
        key=uuid4(),
    )


def _requirement(here: Seat) -> str:
    """What the law asks of activity today, where the municipality has switched it on."""
    today = day_in_sweden(here.now)
    ahead = [one for one in here.database.municipality.activity_requirement if one.since <= today and one.applies]
    if not ahead:
        return ""
    asked = ahead[-1]
    return (
        f"Aktivitetskrav enligt {asked.law}: upp till {asked.hours} timmar i veckan efter {asked.after_months} "
        f"månader, {asked.fewer_with_small_child} timmar mindre med barn under {asked.small_child_under} år. "
        "Uppgiften är från en andrahandskälla: kontrollera lagtexten."
    )


def _view(place: Place, here: Seat) -> PlannedView:
    mark, words = Badge("waiting", "Inte noterat"), ""
    if place.attended == "came":
        mark = Badge("confirmed", "Kom")
    elif place.absence is not None:
        mark = Badge("preliminary", "Kom inte")
        words = BECAUSE[place.absence.because]
        words += f": {place.absence.words}" if place.absence.words else ""
        words += ", läkarintyg sett" if place.absence.doctors_note else ""
    return PlannedView(
        id=place.id,
        when=swedish.when(place.start, here.now),
        name=KINDS[place.activity],
        where=f"{place.place}, tolk på {swedish.language_name(place.language)}" if place.language else place.place,
        says=_SAYS[place.said] if place.said else "",
        mark=mark,
        words=words,
        by=place.attended_by,
        begun=place.start <= here.now,
        can_take_back=leaving.can_be_given_back(place.activity),
    )
