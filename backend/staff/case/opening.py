"""Opens a case for a page, and lays the page out: its head, its tabs, and what is said beside it."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from fastapi import Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.access import Reason
from backend.bookings import lists
from backend.bookings import service as bookings
from backend.bookings.models import LIVE
from backend.calendar import day_in_sweden
from backend.cases import desk, registering
from backend.casesystem import importing
from backend.contract import FreeTime, FreeTimesQuery, Language, Meeting
from backend.decisions import service as decisions
from backend.errors import Invalid, NotAllowed, NotFound, ReasonNeeded, Refusal
from backend.handover import desk as handover
from backend.handover.arrived import shut_channel
from backend.safety import service as safety
from backend.staff import swedish
from backend.staff.case import overview as summed
from backend.staff.case.overview import Opened
from backend.staff.case.views import CaseHead, Tab
from backend.staff.desk import Role, Seat, page
from backend.staff.facts import reached_badge, said_name, shut_badge

DONE = {
    "note": "Anteckningen är sparad.",
    "complete": "Allt är inne. Klockan går.",
    "papers": "Klockan står stilla tills papperen kommit. Personen får veta att vi behöver papper, och till när.",
    "handed-in": "Papperet är inlämnat.",
    "hard-to-read": "Inlämnat, men svårt att läsa. Ta gärna en ny bild.",
    "name": "Namnet är sparat.",
    "signed": "Beslutet är underskrivet. Personen får veta att det finns något nytt, inte vad.",
    "told": "Antecknat: personen har fått veta.",
    "told-mended": "Rättat. Är sista dagen för överklagan en annan får personen veta den nya.",
    "merged": "De två är nu samma person. Det går att ångra här.",
    "parted": "De är två personer igen, med var sitt ärende.",
    "agreed": "Meningen är avtalad. Den visas aldrig igen, varken här eller någon annanstans.",
    "forgotten": "Ingen mening är avtalad längre.",
    "seen": "Antecknat: id är sett.",
    "number": "Numret är sparat.",
    "consent": "Samtycket är sparat. Det som personen säger senast gäller.",
    "unseen": "Antecknat: personen visar id på nytt.",
    "moved": "Mötet är flyttat, och personen får veta det.",
    "cancelled": "Mötet är avbokat, och personen får veta det.",
    "forward": "Beslutet är framlagt. Någon som får skriva under ser det i sin inkorg.",
    "not-forward": "Beslutet ligger inte framlagt längre.",
    "commenting": "Personen får veta att det finns något att läsa och till när, inte vad.",
    "commented": "Yttrandet är antecknat och följer med beslutet.",
    "paid": "Utbetalningen är antecknad. Personen får veta dagen, inte summan.",
    "pay-day": "Dagen är ändrad, och personen får veta den nya.",
    "paid-other": "Summan är ändrad. Personen får inget meddelande: dagen är den samma.",
    "paid-back": "Utbetalningen är tillbakatagen. Har personen fått veta dagen skriver vi att den inte gäller.",
    "rung": "Från och med nu skickas inget till personen. Det som skulle ha skickats blir samtal att ringa.",
    "written-to": "Personen får meddelanden igen. Berätta själv det som inte gick ut.",
    "held": "En människa beslutar för den här personen, tills någon tar tillbaka det.",
    "released": "Det som får beslutas automatiskt får det igen för den här personen.",
    "safe": "Det går att skriva till personen igen. Berätta själv det som inte gick ut.",
}
_OF_CASEWORKERS = {
    "Mötet": "meeting",
    "Planering": "planning",
    "Kontroller": "controls",
    "Beräkning": "calculation",
    "Beslut": "decision",
}
_ONE_DAY = timedelta(days=1)
OFFERED = 6


@dataclass(frozen=True, slots=True)
class Said:
    """What a page says beside the case itself."""

    done: str = ""
    refused: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


KEY_AWAY = Said(
    refused="Det går inte att öppna: nyckeln som det låstes med finns inte här. Inget är borta. "
    "Säg till den som sköter driften att den gamla nyckeln behövs.",
    status=409,
)


async def opened_in(session: AsyncSession, here: Seat, person: UUID, reason: Reason | None = None) -> Opened:
    """The case, opened for a page (logged)."""
    meetings = await bookings.of_person(session, person)
    if reason is None and await _meets(session, here, meetings):
        reason = "meeting"
    file = await desk.open_case(session, here.clock, here.reader, person, reason)
    decided = await decisions.of_person(session, person)
    standing = await safety.of_person(session, person)
    heard = await importing.of_person(session, person)
    missed, registered = await handover.missed(session, person), await registering.of_case(session, file.id)
    shut = await shut_channel(session, file.thread)
    return Opened(file, meetings, decided, missed, standing, heard, registered, shut)


async def read_case(here: Seat, person: UUID, reason: Reason | None = None) -> Opened:
    """The case, opened for a page of another room (logged)."""
    async with here.database.transaction() as session:
        return await opened_in(session, here, person, reason)


def case_page(
    template: str, here: Seat, opened: Opened, said: Said, *, tab: str = "Ansökan", **values: object
) -> Response:
    """A page of a case, under its head and tabs: of the application's tab unless it is another's."""
    file, since = opened.file, opened.safety.silent_since
    name = said_name(file.name, file.contact.ending if file.contact else "")
    address = f"/inbox/cases/{file.person}"
    tabs = [
        Tab("Översikt", address),
        Tab("Ansökan", f"{address}/application"),
        Tab("Gör åt personen", f"{address}/for-them"),
    ]
    if here.role is Role.CASEWORKER:
        tabs += [Tab(name, f"{address}/{end}") for name, end in _OF_CASEWORKERS.items()]
    tabs.append(Tab("Brev", f"{address}/letters"))
    tabs.append(Tab("Vem har tittat", f"{address}/looked"))
    # Who never wrote, and gave no number, is reached by nothing.
    channel = "web" if file.contact is None and file.thread else "sms"
    head = CaseHead(
        href=address,
        name=name,
        named=bool(file.name),
        language=swedish.language_name(file.language),
        reached=shut_badge(opened.shut)
        if opened.shut is not None and since is None
        else reached_badge(file.contact, channel, silent=since is not None),
        thread_href=f"/inbox/threads/{file.thread}" if file.thread else "",
        tabs=tuple(tabs),
        why=file.why,
        silent_since=swedish.when(since, here.now) if since else "",
        rung=opened.safety.rung_since is not None and since is None,
    )
    # A field that was not given is empty, whichever way the template asks for it.
    values = {"filled": defaultdict(str, said.filled), "refused": said.refused, "done": said.done, **values}
    values["phrase"] = summed.agreed(opened.safety, here.now)
    values["rung"] = summed.rung(opened.safety, here.now)
    return page(template, here, status=said.status, case=head, tab_name=tab, **values)


def shut(refusal: Refusal) -> None:
    """Raise the refusal again when it is of a door that stays shut: that is another page, and everything else is said
    on the page one was on."""
    if isinstance(refusal, ReasonNeeded | NotAllowed | NotFound):
        raise refusal


async def filled_in(request: Request) -> Mapping[str, str]:
    """A form as it was filled in; a field given several times is joined by commas."""
    form = await request.form()
    given = {name: [value for value in form.getlist(name) if isinstance(value, str)] for name in form}
    return {name: ",".join(values) for name, values in given.items()}


def key_of(filled: Mapping[str, str]) -> UUID | None:
    """The id the page chose, that makes pressing twice do it once. Raises Invalid."""
    try:
        return UUID(filled["key"]) if filled.get("key") else None
    except ValueError:
        raise Invalid(key="no id") from None


async def coming_meeting(session: AsyncSession, here: Seat, person: UUID) -> Meeting | None:
    """The meeting she has ahead: another is not booked beside it."""
    hers = await bookings.of_person(session, person)
    return next((one for one in reversed(hers) if one.status in LIVE and one.start > here.now), None)


async def interpreter_language(session: AsyncSession, person: UUID) -> Language | None:
    """The interpreter language of the person's latest meeting."""
    meetings = await bookings.of_person(session, person)
    return meetings[0].interpreter_language if meetings else None


async def times_ahead(session: AsyncSession, here: Seat, person: UUID) -> tuple[FreeTime, ...]:
    """Times from tomorrow on for a new meeting. A day given: looking for times here is no reason to alert anybody."""
    language = await interpreter_language(session, person)
    ahead = day_in_sweden(here.now) + _ONE_DAY
    query = FreeTimesQuery(person=person, at=here.now, interpreter_language=language, not_before=ahead, limit=OFFERED)
    return (await bookings.free_times(session, here.clock, query)).times


async def _meets(session: AsyncSession, here: Seat, meetings: tuple[Meeting, ...]) -> bool:
    """Has this caseworker a meeting with the person today? Then she need not say why she reads."""
    today = day_in_sweden(here.now)
    if here.member.resource is None or all(day_in_sweden(meeting.start) != today for meeting in meetings):
        return False
    ids = {meeting.id for meeting in meetings}
    planned = await lists.of_day(session, today)
    return any(
        one.meeting.id in ids and one.caseworker is not None and one.caseworker.id == here.member.resource
        for one in planned
    )
