"""The caseworker's page of what is planned with a person: her week, what she says of it, and who noted that she came.

``attended`` (came | absent), ``because``, ``words``, ``doctors_note`` (yes): the fields of the form beside an activity.
"""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.contract import Branch, PlannedKind
from backend.errors import Invalid, Refusal
from backend.planning import service
from backend.planning.models import AbsentBecause
from backend.planning.models import Said as OwnWord
from backend.planning.service import Absence, Place
from backend.staff import swedish
from backend.staff.cases import Said, case_page, caseworker, read_case
from backend.staff.desk import Here, Page, Seat, in_words, to
from backend.staff.inbox import may_read
from backend.staff.views import Badge, PlannedView

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
}
BRANCHES: Mapping[Branch, str] = {
    "care": "Vård och omsorg",
    "childcare": "Barn och skola",
    "cleaning": "Städ",
    "construction": "Bygg",
    "industry": "Industri",
    "retail": "Butik",
    "restaurant": "Restaurang",
    "transport": "Transport och lager",
    "green": "Jordbruk och trädgård",
    "office": "Kontor",
}
_SAYS: Mapping[OwnWord, str] = {
    "done": "säger själv: klart",
    "could-not": "säger själv: kunde inte",
    "ill": "säger själv: sjuk",
    "help": "vill ha hjälp",
}
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
    return await _planning(here, person, Said(done="Närvaron är sparad." if done == "attended" else ""))


@router.post("/{person}/planning/{enrolment}/attendance")
async def attendance(request: Request, here: Here, person: UUID, enrolment: UUID) -> Response:
    """She came, or not, and why."""
    form = await request.form()
    filled = {name: str(form[name]) for name in form}
    try:
        absence = None if filled.get("attended") == "came" else _absence(filled)
        async with here.database.transaction() as session:
            await service.note_attendance(session, here.clock, here.reader, enrolment, absence)
    except Refusal as refusal:
        return await _planning(here, person, Said("", in_words(refusal), filled, refusal.problem.status))
    return to(f"/inbox/cases/{person}/planning?done=attended")


def _absence(filled: Mapping[str, str]) -> Absence:
    because = next((one for one in BECAUSE if one == filled.get("because")), None)
    if filled.get("attended") != "absent" or because is None:
        raise Invalid(attended="not filled in as the form has it")
    return Absence(because, filled.get("words", "")[:200], filled.get("doctors_note") == "yes")


async def _planning(here: Seat, person: UUID, said: Said) -> Response:
    opened = await read_case(here, person)
    async with here.database.transaction() as session:
        standing = await service.of_person(session, person)
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
    )
