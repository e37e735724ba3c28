"""The case desk: one case with its overview, application, decision and log."""

from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import access
from backend.access import Reason
from backend.applications import completions, snapshot
from backend.bookings import lists
from backend.bookings import service as bookings
from backend.bookings.models import LIVE
from backend.calculation import service as calculation
from backend.calendar import day_in_sweden
from backend.cases import consents, desk, merging, registering
from backend.cases.merging import MergeView
from backend.casesystem import importing
from backend.contract import Authority, BookMeeting, FreeTime, FreeTimesQuery, Language, Meeting
from backend.decisions import codes, comments, law, payments, proposals, written
from backend.decisions import service as decisions
from backend.decisions.models import ToldBy
from backend.decisions.service import DecisionView
from backend.decisions.texts import WITH_SUM
from backend.documents import service as documents
from backend.errors import AppliedMeanwhile, CommentedMeanwhile, Invalid, NotAllowed, NotFound, ReasonNeeded, Refusal
from backend.handover import desk as handover
from backend.handover import search, threads
from backend.handover.arrived import shut_channel
from backend.identity import register
from backend.municipalities.delegation import reaches
from backend.safety import service as safety
from backend.safety.models import Because
from backend.seal import WrongSeal
from backend.staff import asking, automatic_words, decided, drafts, events, identity, notes, swedish
from backend.staff import overview as summed
from backend.staff.answers import application
from backend.staff.desk import Here, Page, Role, Seat, house, in_words, only, page, to
from backend.staff.facts import meeting_facts, reached_badge, said_name, shut_badge
from backend.staff.inbox import may_read
from backend.staff.overview import Opened
from backend.staff.prints import offered
from backend.staff.views import CaseHead, Look, Tab

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])
caseworker = only(Role.CASEWORKER)

_DONE = {
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
_NOT_TAKEN = {
    "no-file": "Välj eller ta en bild först.",
    "too-large": "Filen är för stor. Ta en bild av varje sida i stället.",
    "too-many-pages": "Filen har för många sidor. Lämna in den i delar.",
    "too-heavy": "Filen är för stor för att öppnas. Ta en ny bild av papperet.",
    "encrypted": "Filen har ett lösenord. Ta en bild av papperet i stället.",
    "unreadable": "Filen går inte att öppna. Ta en bild av papperet i stället.",
    "infected": "Filen har ett virus och är inte sparad. Ta en bild av papperet i stället.",
}
_SEALED = {
    "personal-number": "Personnummer",
    "account-number": "Kontonummer",
    "card-number": "Kortnummer",
    "photo": "Bild",
    "malformed": "Något som inte gick att läsa",
}
_OF_CASEWORKERS = {
    "Mötet": "meeting",
    "Planering": "planning",
    "Kontroller": "controls",
    "Beräkning": "calculation",
    "Beslut": "decision",
}
_ONE_DAY = timedelta(days=1)
_OFFERED = 6


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


@router.get("/{person}")
async def overview(
    here: Here, person: UUID, *, done: str = "", reason: Annotated[Reason | None, Query()] = None
) -> Response:
    """The case at a glance (logged)."""
    said = Said(done=_DONE.get(done, ""), refused=_NOT_TAKEN.get(done, ""))
    return await _overview(here, person, said, reason=reason)


@router.get("/{person}/application")
async def read_application(here: Here, person: UUID) -> Response:
    """What was applied for."""
    return await _application(here, person, Said())


@router.post("/{person}/applications/{application}/answer", dependencies=[caseworker])
async def open_answer(
    request: Request, here: Here, person: UUID, application: UUID, question: Annotated[str, Form()]
) -> Response:
    """Read a secret answer (logged)."""
    keys = house(request).settings.tenants[here.database.municipality.slug].seal_keys
    try:
        async with here.database.transaction() as session:
            words = await snapshot.open_answer(
                session, here.clock, here.reader, person, application, question=question, keys=keys
            )
    except Refusal as refusal:
        shut(refusal)
        return await _application(here, person, Said(refused=in_words(refusal), status=refusal.problem.status))
    except WrongSeal:
        return await _application(here, person, KEY_AWAY)
    return await _application(here, person, Said(), unsealed=(question, words))


@router.post("/{person}/consents")
async def consent(
    here: Here, person: UUID, authority: Annotated[Authority, Form()], given: Annotated[bool, Form()]
) -> Response:
    """She gives one consent, or takes it back, at the counter or on the telephone."""
    return await _do(
        here, person, "consent", lambda s: consents.say(s, here.clock, here.reader, person, {authority: given})
    )


@router.post("/{person}/complete", dependencies=[caseworker])
async def complete(here: Here, person: UUID) -> Response:
    """Nothing is missing any more: the clock starts."""

    async def starts(session: AsyncSession) -> None:
        await desk.mark_complete(session, here.clock, here.reader, person)
        await completions.enough(session, here.clock, here.reader, person)

    return await _do(here, person, "complete", starts)


@router.post("/{person}/papers", dependencies=[caseworker])
async def ask_for_papers(request: Request, here: Here, person: UUID) -> Response:
    """Ask for papers by a day: the clock stands still, and the person is told."""
    filled = await filled_in(request)

    async def ask(session: AsyncSession) -> None:
        wanted, by = asking.wanted(filled), asking.by(filled)
        await completions.ask(session, here.clock, here.reader, person, wanted, by=by, key=key_of(filled))

    return await _do(here, person, "papers", ask, filled=filled)


@router.post("/{person}/name")
async def rename(here: Here, person: UUID, first_name: Annotated[str, Form(min_length=1, max_length=60)]) -> Response:
    """Write down what the person is called."""
    return await _do(here, person, "name", lambda s: desk.rename(s, here.clock, here.reader, person, first_name))


@router.post("/{person}/meetings/{meeting}/move")
async def move_meeting(here: Here, person: UUID, meeting: UUID, slot: Annotated[str, Form()]) -> Response:
    """The coming meeting gets another time, and the person is told."""

    async def move(session: AsyncSession) -> None:
        await _has(session, here, person, meeting)
        await bookings.move_by_staff(session, here.clock, meeting, slot)

    return await _do(here, person, "moved", move)


@router.post("/{person}/meetings/{meeting}/cancel")
async def cancel_meeting(here: Here, person: UUID, meeting: UUID) -> Response:
    """The coming meeting is not held, and the person is told."""

    async def cancel(session: AsyncSession) -> None:
        await _has(session, here, person, meeting)
        await bookings.cancel_by_staff(session, here.clock, meeting)

    return await _do(here, person, "cancelled", cancel)


@router.post("/{person}/code")
async def code(here: Here, person: UUID) -> Response:
    """Give out a code for reading; it is shown this once."""
    try:
        async with here.database.transaction() as session:
            issued = await codes.issue(session, here.clock, here.reader, person)
    except Refusal as refusal:
        shut(refusal)
        return await _overview(here, person, Said(refused=in_words(refusal), status=refusal.problem.status))
    return await _overview(here, person, Said(), code=issued)


@router.post("/{person}/seen")
async def seen(here: Here, person: UUID) -> Response:
    """Somebody saw who the person is."""
    return await _do(here, person, "seen", lambda s: register.see(s, here.clock, here.reader, person))


@router.post("/{person}/seen/undo")
async def unseen(here: Here, person: UUID) -> Response:
    """It was a mistake."""
    return await _do(here, person, "unseen", lambda s: register.take_back(s, here.clock, here.reader, person))


@router.post("/{person}/number")
async def write_number(
    here: Here, person: UUID, number: Annotated[str, Form()], seen: Annotated[str, Form()] = ""
) -> Response:
    """Write down the person's number of identity; a wrong one is not shown again."""
    sure = seen == "yes"

    async def write(session: AsyncSession) -> None:
        await register.write_down(session, here.clock, here.reader, person, number, seen=sure)

    return await _do(here, person, "number", write, reason="at-the-counter")


@router.post("/{person}/number/none")
async def no_number(here: Here, person: UUID) -> Response:
    """The person has none."""
    return await _do(here, person, "number", lambda s: register.has_none(s, here.clock, here.reader, person))


@router.post("/{person}/number/open")
async def open_number(here: Here, person: UUID) -> Response:
    """Read the person's number (logged)."""
    try:
        async with here.database.transaction() as session:
            number = await register.open_number(session, here.clock, here.reader, person)
    except Refusal as refusal:
        shut(refusal)
        return await _overview(here, person, Said(refused=in_words(refusal), status=refusal.problem.status))
    return await _overview(here, person, Said(), unveiled=number)


@router.post("/{person}/told")
async def told(
    here: Here,
    person: UUID,
    decision: Annotated[UUID, Form()],
    how: Annotated[ToldBy, Form()],
    on: Annotated[date | None, Form()] = None,
) -> Response:
    """A human told the person of a decision; of a letter the day it reached her."""

    async def tell(session: AsyncSession) -> None:
        _hers(decision, await decisions.of_person(session, person))
        await decisions.record_told(session, here.clock, here.reader, decision, how, on=on)

    return await _do(here, person, "told", tell)


@router.post("/{person}/told/mend")
async def mend_told(
    here: Here,
    person: UUID,
    decision: Annotated[UUID, Form()],
    how: Annotated[ToldBy | Literal["not"], Form()],
    on: Annotated[date | None, Form()] = None,
) -> Response:
    """It was written down wrongly: another way, another day, or that she was told at all."""

    async def mend(session: AsyncSession) -> None:
        _hers(decision, await decisions.of_person(session, person))
        really: ToldBy | None = None if how == "not" else how
        await decisions.mend_told(session, here.clock, here.reader, decision, really, on=on)

    return await _do(here, person, "told-mended", mend)


@router.post("/{person}/merge", dependencies=[caseworker])
async def merge(here: Here, person: UUID, other: Annotated[UUID, Form()]) -> Response:
    """Another of the list is this person too."""
    return await _do(here, person, "merged", lambda s: merging.merge(s, here.clock, here.reader, other, person))


@router.post("/{person}/merge/find", dependencies=[caseworker])
async def find_other(here: Here, person: UUID, sought: Annotated[str, Form(max_length=60)] = "") -> Response:
    """Look for the other by name or number. What is looked for stands in no address: logs keep those."""
    return await _overview(here, person, Said(filled={"sought": sought}))


@router.post("/{person}/part", dependencies=[caseworker])
async def part(here: Here, person: UUID, merged: Annotated[UUID, Form()]) -> Response:
    """They were two after all."""

    async def take_apart(session: AsyncSession) -> None:
        _hers(merged, await merging.standing(session, person))
        await merging.part(session, here.clock, here.reader, merged)

    return await _do(here, person, "parted", take_apart)


@router.post("/{person}/phrase")
async def agree(here: Here, person: UUID, phrase: Annotated[str, Form()] = "") -> Response:
    """A phrase was agreed on with the person; nothing shows it again, also when it will not do."""

    async def agree_on(session: AsyncSession) -> None:
        await safety.agree(session, here.clock, here.reader, person, phrase)

    return await _do(here, person, "agreed", agree_on, reason="meeting")


@router.post("/{person}/phrase/forget")
async def forget(here: Here, person: UUID) -> Response:
    """Nothing is agreed on any more."""
    return await _do(here, person, "forgotten", lambda s: safety.forget(s, here.clock, here.reader, person))


@router.post("/{person}/lift")
async def safe(here: Here, person: UUID, because: Annotated[Because, Form()]) -> Response:
    """The person is safe, and may be written to again."""
    return await _do(here, person, "safe", lambda s: safety.lift(s, here.clock, here.reader, person, because))


@router.post("/{person}/sealed/{item}", dependencies=[caseworker])
async def open_sealed(request: Request, here: Here, person: UUID, item: UUID) -> Response:
    """Read something sealed that nobody asked for (logged)."""
    keys = house(request).settings.tenants[here.database.municipality.slug].seal_keys
    try:
        async with here.database.transaction() as session:
            words = await desk.open_sealed(session, here.clock, here.reader, person, item, keys=keys)
    except Refusal as refusal:
        shut(refusal)
        return await _overview(here, person, Said(refused=in_words(refusal), status=refusal.problem.status))
    except WrongSeal:
        return await _overview(here, person, KEY_AWAY)
    return await _overview(here, person, Said(), unsealed=words)


@router.get("/{person}/decision", dependencies=[caseworker])
async def decision(here: Here, person: UUID, *, done: str = "") -> Response:
    """The decision form, and the decisions there are."""
    return await decision_page(here, person, Said(done=_DONE.get(done, "")))


@router.post("/{person}/decision/preview", dependencies=[caseworker])
async def preview_decision(request: Request, here: Here, person: UUID) -> Response:
    """How the decision will be read, before it is signed."""
    return await decision_page(here, person, Said(filled=await filled_in(request)), previewed=True)


@router.post("/{person}/decision", dependencies=[caseworker])
async def sign(request: Request, here: Here, person: UUID) -> Response:
    """Sign: see ``drafts`` for the fields. A refusal's new time is booked in the same transaction; where she has one
    ahead already it is that one."""
    filled = await filled_in(request)
    try:
        async with here.database.transaction() as session:
            coming = await _coming(session, here, person)
            booked = coming.id if coming is not None else None
            if filled.get("kind") == "avslag" and filled.get("slot") and coming is None:
                language = await _interpreter(session, person)
                call = BookMeeting(person=person, slot=filled["slot"], at=here.now, interpreter_language=language)
                booked = (await bookings.book(session, here.clock, drafts.key(filled), call)).id
            draft = drafts.read(filled, booked)
            await decisions.sign(session, here.clock, here.reader, person, draft)
            if filled.get("written", "0") != str(len(await written.of_person(session, person))):
                raise CommentedMeanwhile
            if filled.get("applied", latest := _latest(await desk.applications(session, person))) != latest:
                raise AppliedMeanwhile
    except Refusal as refusal:
        shut(refusal)
        return await decision_page(here, person, Said("", in_words(refusal), filled, refusal.problem.status))
    return to(f"/inbox/cases/{person}?done=signed")


@router.get("/{person}/looked")
async def looked(here: Here, person: UUID) -> Response:
    """Who has looked, when and why."""
    async with here.database.transaction() as session:
        opened = await opened_in(session, here, person)
        log = await access.log_of(session, person)
    rows = tuple(
        Look(
            swedish.when(row.at, here.now),
            row.reader_name or "Personen själv",
            events.WHAT.get(row.what, row.what),
            row.why if row.allowed else "Nekad",
        )
        for row in log
    )
    return _page("case_looked", here, opened, "Vem har tittat", looked=rows)


# --- How it is done --------------------------------------------------------------------------------------------------


def shut(refusal: Refusal) -> None:
    """Raise the refusal again when it is of a door that stays shut: that is another page, and everything else is said
    on the page one was on."""
    if isinstance(refusal, ReasonNeeded | NotAllowed | NotFound):
        raise refusal


def _hers(id_: UUID, among: Iterable[DecisionView | MergeView]) -> None:
    """Only what is hers is done under her address: the page that answers, and its log, are of nobody else.

    Raises NotFound.
    """
    if all(one.id != id_ for one in among):
        raise NotFound(id=id_)


async def _do(
    here: Seat,
    person: UUID,
    done: str,
    act: Callable[[AsyncSession], Awaitable[object]],
    *,
    reason: Reason | None = None,
    filled: Mapping[str, str] | None = None,
) -> Response:
    """``reason``: the act's own, where it has one; then nobody is asked for another when it is refused. ``filled``:
    what stands in its form again then."""
    try:
        async with here.database.transaction() as session:
            await act(session)
    except Refusal as refusal:
        shut(refusal)
        said = Said(refused=in_words(refusal), filled=filled or {}, status=refusal.problem.status)
        return await _overview(here, person, said, reason=reason)
    return to(f"/inbox/cases/{person}?done={done}")


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


async def _has(session: AsyncSession, here: Seat, person: UUID, meeting: UUID) -> None:
    """Is the meeting this person's? Opens her case (logged). Raises NotFound."""
    opened = await opened_in(session, here, person)
    if all(one.id != meeting for one in opened.meetings):
        raise NotFound(meeting=meeting)


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


async def _interpreter(session: AsyncSession, person: UUID) -> Language | None:
    """The interpreter language of the person's latest meeting."""
    meetings = await bookings.of_person(session, person)
    return meetings[0].interpreter_language if meetings else None


def _page(template: str, here: Seat, opened: Opened, tab: str, said: Said | None = None, **values: object) -> Response:
    file, since = opened.file, opened.safety.silent_since
    said = said or Said()
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


async def read_case(here: Seat, person: UUID, reason: Reason | None = None) -> Opened:
    """The case, opened for a page of another room (logged)."""
    async with here.database.transaction() as session:
        return await opened_in(session, here, person, reason)


def case_page(
    template: str, here: Seat, opened: Opened, said: Said, *, tab: str = "Ansökan", **values: object
) -> Response:
    """A page of another room: one that stands beside the application, unless it is another tab's."""
    return _page(template, here, opened, tab, said, **values)


async def _application(here: Seat, person: UUID, said: Said, *, unsealed: tuple[str, str] = ("", "")) -> Response:
    opened = await read_case(here, person)
    return case_page(
        "case_application",
        here,
        opened,
        said,
        application=application(opened.file, here.now),
        paper=offered(opened.file),
        unsealed=unsealed,
        caseworker=here.role is Role.CASEWORKER,
    )


async def _overview(
    here: Seat,
    person: UUID,
    said: Said,
    *,
    reason: Reason | None = None,
    code: str = "",
    unsealed: str = "",
    unveiled: str = "",
) -> Response:
    async with here.database.transaction() as session:
        opened = await opened_in(session, here, person, reason)
        listed = await _others(session, here, said.filled.get("sought", "")) if here.role is Role.CASEWORKER else ()
        merges = await merging.standing(session, person)
        asked_for = tuple(asking.view(one) for one in await completions.of_person(session, person))
        handed_in = await documents.of_person(session, person)
        who = await identity.of_person(session, person, here.now)
        may_ask = await consents.standing(session, person, opened.file.applications)
        ahead = await bookings.next_meeting(session, person, here.now)
        movable = ahead if ahead is not None and ahead.start > here.now else None
        times = await bookings.times_to_move(session, here.clock, movable.id, _OFFERED) if movable else ()
        beside = await events.beside(session, opened.file, handed_in)
    file, now = opened.file, here.now
    open_decision = next((view for view in reversed(opened.decided) if view.told_at is None), None)
    return _page(
        "case_overview",
        here,
        opened,
        "Översikt",
        said,
        clock=summed.clock(opened, now),
        events=events.happened(opened, now, beside),
        household=summed.household(file),
        papers=tuple(summed.paper(view) for view in file.papers),
        documents=tuple(summed.document(view, now) for view in reversed(handed_in)),
        paper_key=uuid4(),
        asking_key=uuid4(),
        agreed=tuple(line.text["sv"] for line in file.notes[-1].agreed) if file.notes else (),
        next_step=notes.next_step(
            next((one.note.next_step for one in reversed(file.notes) if one.note.next_step), None)
        ),
        consents=tuple(notes.consent(one, now) for one in may_ask),
        code=code,
        public_page=here.database.municipality.public_page,
        told=tuple(summed.told(view, now) for view in opened.decided if view.told_at),
        tell=summed.tell(open_decision, now) if open_decision else None,
        caseworker=here.role is Role.CASEWORKER,
        can_complete=file.meeting_settled and file.complete_at is None,
        can_pause=not summed.is_decided(opened),
        papers_by=asking.usual(here.database.municipality.calendar, now),
        asked_for=asked_for,
        paper_names=notes.PAPER_NAMES,
        sealed=tuple((view.id, _SEALED.get(view.kind, view.kind), swedish.when(view.at, now)) for view in file.sealed),
        unsealed=unsealed,
        identity=who,
        unveiled=unveiled,
        meeting=meeting_facts(movable) if movable else None,
        meeting_id=movable.id if movable else "",
        times=tuple((one.slot, drafts.time_words(one, now)) for one in times),
        sought=said.filled.get("sought", ""),
        others=tuple(
            (one.person, f"{said_name(one.name, one.ending)}, {swedish.language_name(one.language)}")
            for one in listed
            if one.person != file.person
        ),
        merges=tuple(
            (one.id, swedish.when(one.at, now), one.by_name or "Personen själv, med en kod") for one in merges
        ),
    )


async def _others(session: AsyncSession, here: Seat, sought: str) -> tuple[desk.CaseRow, ...]:
    """Who may be the same person: the first of the list, or who was looked for."""
    if not sought.strip():
        return (await desk.in_list(session, here.clock))[0]
    return await desk.of_people(session, here.clock, await search.people(session, sought, here.now))


async def decision_page(here: Seat, person: UUID, said: Said, *, previewed: bool = False) -> Response:
    """The page of the decision: the form, how it reads, what comes before it and after."""
    today = day_in_sweden(here.now)
    async with here.database.transaction() as session:
        opened = await opened_in(session, here, person)
        coming = await _coming(session, here, person)
        ask_time = opened.file.meeting_settled and coming is None
        times = await times_ahead(session, here, person) if ask_time else ()
        proposal = await proposals.waiting(session, person)
        comment = await comments.standing(session, person)
        hers = await written.of_person(session, person)
        wrote_in = await threads.wrote_after(session, person, comment.asked_at) if comment else None
        without_a_human = await automatic_words.line(session, here, person)
        paid, unpaid = await payments.of_person(session, person), await payments.taken_back(session, person)
        if proposal is not None and not said.filled:
            said = replace(said, filled=proposal.filled)
        shown, needed, calculated = None, None, ""
        if previewed:
            try:
                draft = drafts.read(said.filled, None)
                slot = next((one for one in times if one.slot == said.filled.get("slot")), None)
                text = await decisions.preview(session, here.clock, person, draft, at=coming or slot)
            except Refusal as refusal:
                said = Said("", in_words(refusal), said.filled, refusal.problem.status)
            else:
                calculated = decided.calculated(await calculation.of_month(session, person, draft.month), draft)
                shown = drafts.shown(text, opened.file.language, said.filled)
                needed = decisions.needs(session, await decisions.as_it_is(session, person, draft), today)
    town = here.database.municipality
    listed = town.delegation_on(today, examples=here.database.demo)
    return _page(
        "case_decision",
        here,
        opened,
        "Beslut",
        said,
        decided=tuple(drafts.signed(view, here.now) for view in reversed(opened.decided)),
        settled=opened.file.meeting_settled,
        not_active=notes.not_active(opened.file.notes, here.now),
        single_cost=summed.single_cost_waits(opened),
        month=said.filled.get("month") or f"{day_in_sweden(here.now):%Y-%m}",
        refusal_reasons=drafts.of("delavslag"),
        dismissal_reasons=drafts.of("avvisning"),
        fields=drafts.FIELDS,
        elsewhere=town.decides == "casesystem",
        may_sign=needed is None or reaches(here.reader.signs_as, needed),
        who_signs=decided.who_signs(needed, example=listed is not None and listed.status == "example"),
        proposed=decided.proposed(proposal, here.now) if proposal else "",
        proposal=proposal.id if proposal else "",
        comment=decided.comment(comment, here.now) if comment else None,
        written=tuple(decided.written(one, here.now, machine=here.translator is not None) for one in hers),
        wrote_in=f"/inbox/threads/{wrote_in}" if wrote_in else "",
        comment_by=asking.usual(town.calendar, here.now),
        comment_law=", ".join(law.quoted(("comment", "speak"), today)),
        answered_how=decided.HOW,
        speaks=decided.SPEAKS,
        payments=tuple(decided.payment(one, here.now) for one in paid),
        taken_back=tuple(decided.taken_back(one, here.now) for one in unpaid),
        back_because=tuple((why, decided.WHY_BACK[why]) for why in ("mistake", "stopped")),
        payable=tuple(
            (one.id, drafts.signed(one, here.now).head) for one in opened.decided if one.draft.kind in WITH_SUM
        ),
        today=today,
        times=tuple((one.slot, drafts.time_words(one, here.now)) for one in times),
        coming=drafts.time_words(coming, here.now) if coming else "",
        preview=shown,
        calculated=calculated,
        applied=_latest(opened.file.applications),
        key=uuid4(),
        decide_by=swedish.due(opened.file.decide_by, here.now) if opened.file.decide_by else "",
        automatic=without_a_human,
    )


def _latest(applications: Sequence[desk.ApplicationView]) -> str:
    """The id of the last that came, as a form carries it."""
    return str(applications[-1].id) if applications else ""


async def _coming(session: AsyncSession, here: Seat, person: UUID) -> Meeting | None:
    """The meeting she has ahead: another is not booked beside it."""
    hers = await bookings.of_person(session, person)
    return next((one for one in reversed(hers) if one.status in LIVE and one.start > here.now), None)


async def times_ahead(session: AsyncSession, here: Seat, person: UUID) -> tuple[FreeTime, ...]:
    """Times from tomorrow on for a new meeting. A day given: looking for times here is no reason to alert anybody."""
    language = await _interpreter(session, person)
    ahead = day_in_sweden(here.now) + _ONE_DAY
    query = FreeTimesQuery(person=person, at=here.now, interpreter_language=language, not_before=ahead, limit=_OFFERED)
    return (await bookings.free_times(session, here.clock, query)).times
