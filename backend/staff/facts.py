"""Facts that several pages show alike: what to call somebody, how she is reached, her meeting, the interpreter."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend import persons
from backend.calendar import day_in_sweden
from backend.cases import contacts
from backend.cases.contacts import Reached
from backend.contract import Meeting, MeetingStatus
from backend.interpreters.models import StepKind
from backend.interpreters.service import OrderLine, StepLine
from backend.staff import swedish
from backend.staff.views import Badge, MeetingFacts, Step

CHANNELS: dict[str, str] = {"sms": "Sms", "telegram": "Telegram", "web": "Webben", "terminal": "Terminal"}
MODES = {"phone": "telefon", "video": "video", "on-site": "på plats"}
_MINUTE = timedelta(minutes=1)


GROUP = "Grupp i planeringsveckan"
"""What a list calls what is to be arranged for a whole group: it is nobody's."""


def said_name(name: str, ending: str) -> str:
    """What to call somebody in a list: her first name, else the end of her number."""
    return name or (f"Nummer {ending}" if ending else "Okänd person")


async def names(session: AsyncSession, some: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """What to call persons, and their language, by the id asked for."""
    groups = await persons.groups(session, set(some))
    people, reached = await persons.all_of(session, groups), await contacts.reached_all(session, groups)
    return {
        one: (
            said_name(persons.first_name(session, person), reached[one].ending if one in reached else ""),
            swedish.language_name(person.language),
        )
        for one, person in people.items()
    }


UNREAD = "Ett meddelande kunde inte läsas av automaten"
DO_NOT_REACH = Badge("acute", "Ring inte, skriv inte")
"""Of somebody who wrote the phrase that was agreed with her."""


def reached_badge(reached: Reached | None, channel: str, *, silent: bool = False) -> Badge:
    """Whether and how she can be reached, in one badge."""
    if silent:
        return DO_NOT_REACH
    if reached is None:
        here = {"web": "webben", "telegram": "Telegram"}.get(channel)
        return Badge("confirmed", f"Nås: {here}") if here else Badge("opted-out", "Inget nummer")
    if reached.wrong:
        return Badge("opted-out", "Fel nummer")
    if channel == "telegram":
        return Badge("confirmed", "Nås: Telegram, samtal")
    if reached.opted_out:
        return Badge("opted-out", "Vill inte ha sms")
    return Badge("confirmed", "Nås: sms, delad telefon" if reached.shared else "Nås: sms, samtal")


def shut_badge(channel: str) -> Badge:
    """Of somebody to whom nothing of ours gets where we write."""
    return Badge("opted-out", f"{CHANNELS.get(channel, 'Det vi skriver')} når inte fram")


def meeting_facts(meeting: Meeting) -> MeetingFacts:
    """A meeting as the facts show it."""
    return MeetingFacts(
        day=swedish.long_day(day_in_sweden(meeting.start)).capitalize(),
        hour=swedish.hour(meeting.start),
        minutes=(meeting.end - meeting.start) // _MINUTE,
        mark=meeting_badge(meeting),
        address=meeting.address,
    )


def meeting_badge(meeting: Meeting) -> Badge:
    """Where a meeting stands."""
    marks: dict[MeetingStatus, tuple[Literal["preliminary", "confirmed", "opted-out"], str]] = {
        MeetingStatus.PRELIMINARY: ("preliminary", "Preliminär"),
        MeetingStatus.BOOKED: ("confirmed", "Bokad"),
        MeetingStatus.HELD: ("confirmed", "Mötet hölls"),
        MeetingStatus.NO_SHOW: ("opted-out", "Kom inte"),
        MeetingStatus.CANCELLED: ("opted-out", "Avbokad"),
    }
    return Badge(*marks[meeting.status])


def cancelling(line: OrderLine, now: datetime) -> str:
    """What it costs to cancel an interpreter of an agency, as it is said before anybody presses. Nothing for ours."""
    if line.agency is None:
        return ""
    if line.state == "asked":
        return "Avbokas utan kostnad: inte bekräftad än"
    if line.free_until is not None and now <= line.free_until:
        return f"Avbokas utan kostnad till {swedish.when(line.free_until, now)}"
    if line.kronor is None:
        return "Avbokning nu kostar full avgift, priset är inte känt"
    verified = "" if line.price_verified else " (exempel, inte kontrollerat)"
    return f"Avbokning nu kostar {swedish.kronor(line.kronor)}{verified}"


def way_to_interpreter(steps: tuple[StepLine, ...], now: datetime) -> tuple[str, ...]:
    """Everything that happened on the way to an interpreter, in words, one after the other."""
    return tuple(_step(step, now) for step in steps)


def _step(step: StepLine, now: datetime) -> str:
    who = step.interpreter
    said: dict[StepKind, str] = {
        "asked": f"{who} tillfrågad {swedish.when(step.at, now)}, {MODES[step.mode]}",
        "sent": "skickat",
        "not-sent": f"{who}: gick inte att skicka",
        "confirmed": f"{who}: ja {swedish.when(step.at, now)}",
        "declined": f"{who}: nej {swedish.when(step.at, now)}",
        "unanswered": f"{who}: inget svar",
        "silent": f"{who}: inget svar, ingen annan finns",
        "swapped": f"{who} har bytt tolk",
        "withdrawn": f"{who}: avbeställd",
        "cancelled": f"{who} vet att den är avbokad",
        "too-late": f"{who}: ja för sent",
        "moved": "mötet flyttat",
        "nobody": "ingen tolk",
    }
    return said[step.kind]


def steps(history: tuple[OrderLine, ...], now: datetime) -> tuple[Step, ...]:
    """The way to an interpreter on one line: done, refused, now with its deadline, and what follows otherwise."""
    if not history:
        return ()
    line = [Step("done", f"Beställd {swedish.when(history[0].asked_at, now)}", "tick-ring")]
    for order in history:
        match order.state:
            case "confirmed":
                line.append(Step("done", f"{order.interpreter}: kommer", "tick-ring"))
            case "declined":
                line.append(Step("refused", f"{order.interpreter}: nej", "cross"))
            case "unanswered":
                line.append(Step("refused", f"{order.interpreter}: svarade inte", "cross"))
            case "withdrawn":
                line.append(Step("refused", f"{order.interpreter}: avbeställd", "cross"))
            case _:
                by = swedish.when(order.answer_by, now)
                line.append(Step("now", f"{order.interpreter}: svar före {by}", "clock-dashed"))
    if history[-1].state == "asked":
        line += [Step("later", "Annars en annan tolk"), Step("later", "Annars ny tid")]
    if history[-1].state in ("declined", "unanswered"):
        line.append(Step("now", "Ingen tolk: ny tid behövs", "warning"))
    return tuple(line)
