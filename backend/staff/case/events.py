"""What has happened in a case, the latest first, in words staff use."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.behalf import record
from backend.behalf.record import Done
from backend.cases.desk import CaseFile
from backend.cases.registering import Registered
from backend.casesystem.importing import Heard
from backend.casesystem.told import Calculation, Payment, StatusTold
from backend.contract import Meeting, MeetingStatus
from backend.controls import service as controls
from backend.controls.service import RESULTS, Line
from backend.decisions import payments
from backend.decisions.payments import DayMoved
from backend.decisions.service import DecisionView
from backend.documents.service import DocumentView
from backend.handover.desk import Missed
from backend.planning import plans
from backend.planning.plans import PlanView
from backend.staff import swedish
from backend.staff.case import on_the_way
from backend.staff.case.notes import PAPER_NAMES
from backend.staff.case.overview import Opened
from backend.staff.case.views import Event
from backend.staff.facts import CHANNELS
from backend.staff.talking.undelivered import WHY

WHAT = {
    "thread": "Samtalet",
    "case": "Ärendet",
    "archive": "Tog ut ansökan",
    "filled": "Fyllde i ansökan",
    "note": "Skrev anteckning",
    "calculation": "Sparade en beräkning",
    "control": "Gjorde en kontroll",
    "decision": "Skrev under beslut",
    "code": "Gav ut en kod",
    "told": "Berättade",
    "sealed": "Öppnade något hemligt",
    "merged": "Samma person, eller inte",
    "safety": "Avtalad mening",
    "document": "Läste ett papper",
    "identity": "Vem personen är",
    "readable": "Läste själv",
    "own-secrets": "Läste själv något hemligt",
    "in-step": "Ärendesystemet berättade",
    "moved": "En annan kommun tog över",
}
_STATUSES = {
    "received": "ärendet är inlagt",
    "investigated": "utredning pågår",
    "waits-for-papers": "väntar på papper",
    "decided": "beslut är fattat",
    "paid": "pengarna är betalda",
    "closed": "ärendet är avslutat",
}
_HOW_TOLD = {
    "call": "på telefon",
    "counter": "vid disken",
    "meeting": "på mötet",
    "letter": "med brev",
    "page": "på sidan",
}


@dataclass(frozen=True, slots=True)
class Beside:
    """What else has happened, as its own rooms tell it: papers handed in, the plan as it stands, controls, what was
    done for her at her word, what happened on the way to a decision and after it, and pay days that were moved."""

    documents: tuple[DocumentView, ...] = ()
    plan: PlanView | None = None
    controls: tuple[Line, ...] = ()
    for_her: tuple[Done, ...] = ()
    way: tuple[on_the_way.Row, ...] = ()
    pay_days: tuple[DayMoved, ...] = ()


async def beside(session: AsyncSession, file: CaseFile, documents: tuple[DocumentView, ...]) -> Beside:
    """The same for a case that is open, with the documents that were read for its page."""
    plan = await plans.of_person(session, file.person)
    held = await controls.of_person(session, file.person, file.applications)
    for_her, way = await record.of_person(session, file.person), await on_the_way.of_person(session, file.person)
    return Beside(documents, plan, held, for_her, way, await payments.days_moved(session, file.person))


def happened(opened: Opened, now: datetime, beside: Beside | None = None) -> tuple[Event, ...]:
    """Everything that has happened, with its time."""
    found = [
        *_from_person(opened.file),
        *_from_meetings(opened.file, opened.meetings, now),
        *_from_decisions(opened.decided),
        *_from_messages(opened.missed),
        *_from_case_system(opened.heard),
        *_from_beside(beside or Beside()),
        *_registered(opened.registered),
    ]
    found.reverse()  # of what happened at the same moment, the later thing stands first
    found.sort(key=lambda one: one[0], reverse=True)
    return tuple(Event(swedish.when(at, now), icon, words, detail) for at, icon, words, detail in found)


_At = tuple[datetime, str, str, str]


def _from_person(file: CaseFile) -> Iterator[_At]:
    for call in file.calls:
        spoken = f"Egna ord på {swedish.language_name(call.language)}" if call.words else ""
        detail = f"”{call.words}”" if call.words and call.language == "sv" else spoken
        yield call.received_at, "talk", f"Bad om hjälp, {CHANNELS[call.channel].lower()}", detail
    for sent in file.applications:
        words = f"Ansökan rättad, version {sent.version}" if sent.sent.corrects else "Ansökan kom in"
        yield sent.received_at, "paper", words, ""
    noted = {note.at for note in file.notes}
    for paper in file.papers:
        if paper.state == "seen" and paper.since not in noted:
            yield paper.since, "paper", f"{PAPER_NAMES[paper.paper]}: sett", ""


def _registered(registered: Registered | None) -> Iterator[_At]:
    if registered is not None:
        yield registered.at, "tick-ring", f"Aktualiserad av {registered.by_name}", ""


def _from_meetings(file: CaseFile, meetings: tuple[Meeting, ...], now: datetime) -> Iterator[_At]:
    for note in file.notes:
        said = note.note
        words = "Möte hölls, id sett" if said.came and said.identity_seen else "Möte hölls" if said.came else "Kom inte"
        agreed = f", {len(note.agreed)} rader överenskomna" if note.agreed else ""
        yield note.at, "person", words, f"{note.by_name}{agreed}"
    for meeting in meetings:
        if meeting.status == MeetingStatus.CANCELLED and meeting.start <= now:
            yield meeting.start, "calendar", "Mötet var avbokat", ""


def _from_decisions(decided: tuple[DecisionView, ...]) -> Iterator[_At]:
    for view in decided:
        yield view.signed_at, "tick-ring", f"Beslut: {view.draft.kind}", view.signed_name
        if view.told_at and view.told_how:
            yield view.told_at, "person", f"Har fått veta, {_HOW_TOLD[view.told_how]}", view.told_by_name or ""


def _from_messages(missed: tuple[Missed, ...]) -> Iterator[_At]:
    for one in missed:
        words = "Ett meddelande kom inte fram" if one.certain else "Oklart om ett meddelande kom fram"
        if one.why is not None:
            words = f"{words}: {WHY[one.why]}"
        yield one.at, "cross", words, CHANNELS.get(one.channel or "", "")


def _from_case_system(heard: tuple[Heard, ...]) -> Iterator[_At]:
    for one in heard:
        match one.told:
            case StatusTold(status=status):
                yield one.at, "tick", f"Ärendesystemet: {_STATUSES[status]}", one.account
            case Calculation(month=month, result=result):
                words = f"Beräkning för {swedish.month(month)}: {swedish.kronor(result)}"
                yield one.at, "tick", words, one.account
            case Payment(kronor=kronor, paid_on=day):
                words = f"Utbetalning {swedish.short_day(day)}: {swedish.kronor(kronor)}"
                yield one.at, "tick-ring", words, one.account


def _from_beside(beside: Beside) -> Iterator[_At]:
    for one in beside.documents:
        name = next((words for paper, words in PAPER_NAMES.items() if paper == one.paper), "papper utan namn")
        if one.home is not None and one.handed_in_on is not None:
            there = f"Inlämnat där {swedish.long_day(one.handed_in_on)}"
            yield one.received_at, "paper", f"Kom från {one.home.capitalize()}: {name}", there
            continue
        yield one.received_at, "paper", f"Lämnade in: {name}", CHANNELS.get(one.channel, "Vid disken")
    yield from beside.way
    for done in beside.for_her:
        words = f"Gjort åt personen: {done.words}"
        yield done.at, "person", words, f"{done.by_name}, sagt {record.HEARD[done.heard]}"
    for moved in beside.pay_days:
        days = f"från {swedish.long_day(moved.before)} till {swedish.long_day(moved.after)}"
        yield moved.at, "calendar", f"Utbetalningen flyttades {days}", moved.by_name
    if (plan := beside.plan) is not None:
        words = "Planen skrevs, överenskommen" if plan.written.agreed else "Planen skrevs"
        yield plan.at, "signpost", words, plan.by_name
    for line in beside.controls:
        for control in (line.latest, *line.earlier):
            if control is None:
                continue
            yield control.at, "search", f"{line.register.swedish}: {RESULTS[control.result].lower()}", control.by_name
            if control.stand is not None:
                words = f"{line.register.swedish}: ställning tagen till skillnaden"
                yield control.stand.at, "tick", words, control.stand.by_name
