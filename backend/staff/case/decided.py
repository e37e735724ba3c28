"""What stands beside a decision, in words staff use: what she could comment on, payments, who signs, the law."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from backend import locales
from backend.calculation.service import Version
from backend.calendar import day_in_sweden
from backend.contract import Language
from backend.decisions.comments import CommentView
from backend.decisions.models import Answered, Speaks, WhyBack
from backend.decisions.payments import PaymentView, TakenBack
from backend.decisions.proposals import ProposalView
from backend.decisions.service import Draft
from backend.decisions.texts import WITH_SUM
from backend.decisions.written import Written
from backend.errors import CommentDayNeeded, Invalid
from backend.municipalities.delegation import LEVELS_IN_SWEDISH, SigningLevel
from backend.staff import amounts, swedish

HOW: Mapping[Answered, str] = {
    "message": "I ett meddelande",
    "page": "På sidan",
    "telephone": "På telefon",
    "counter": "Vid disken eller på ett möte",
    "letter": "Med brev",
}
SPEAKS: Mapping[Speaks, str] = {
    "no": "Vill inte tala med nämnden",
    "wants": "Vill tala med nämnden: det ska få ske först",
    "has": "Har fått tala med nämnden",
}
WHY_BACK: Mapping[WhyBack, str] = {
    "mistake": "Skrevs in av misstag",
    "stopped": "Betalas inte ut",
    "replaced": "Ändrad till en annan",
}
_MOST_KRONOR = 1_000_000


@dataclass(frozen=True, slots=True)
class CommentOpen:
    """What she may comment on now: the same lines, and what its form begins with."""

    id: UUID
    lines: tuple[str, ...]
    how: str
    speaks: str


@dataclass(frozen=True, slots=True)
class WrittenLine:
    """What she wrote on the page herself: ``label`` in Swedish, beside her own words. ``translates``: a machine may be
    asked, and none has been."""

    id: UUID
    label: str
    words: str
    code: Language
    language: str
    direction: Literal["ltr", "rtl"]
    swedish: str
    service: str
    translates: bool


@dataclass(frozen=True, slots=True)
class PaymentLine:
    """A payment, and the day its form begins with."""

    id: UUID
    words: str
    paid_on: date
    kronor: int


def commented(view: CommentView, now: datetime) -> tuple[str, ...]:
    """What she could comment on, by when, and what she said."""
    lines = [f"Att yttra sig om, till och med {swedish.long_day(view.until)}: {view.words}"]
    if view.answered_at is not None and view.answered_how is not None and (view.answer or not view.written):
        said = view.answer or "Inget att säga."
        lines.append(f"{HOW[view.answered_how]}, {swedish.when(view.answered_at, now)}: {said}")
    elif view.written:
        pass
    elif view.is_open(day_in_sweden(now)):
        lines.append("Inget svar än. Beslutet väntar tills personen har svarat eller dagen har gått.")
    else:
        lines.append("Inget svar, och dagen har gått.")
    lines += [_label(one, now) for one in view.written]
    if view.speaks != "no":
        lines.append(f"{SPEAKS[view.speaks]}.")
    return tuple(lines)


def written(one: Written, now: datetime, *, machine: bool) -> WrittenLine:
    """What she wrote herself. ``machine``: the municipality has one that translates."""
    return WrittenLine(
        id=one.id,
        label=_label(one, now),
        words=one.words,
        code=one.language,
        language=swedish.language_name(one.language),
        direction=swedish.direction(one.language),
        swedish=one.swedish,
        service=one.service,
        translates=machine and bool(one.words) and not one.swedish and one.language != locales.SWEDISH,
    )


def _label(one: Written, now: datetime) -> str:
    said = "har kommenterat" if one.words else "har inget att tillägga"
    if one.wants_to_speak:
        said = "har kommenterat, och vill tala med nämnden" if one.words else "vill tala med nämnden"
    late = " Det kom efter beslutet." if one.after_decision else ""
    return f"På sidan, {swedish.when(one.at, now)}: {said}.{late}"


def comment(view: CommentView, now: datetime) -> CommentOpen:
    """What stands open for her to comment on."""
    return CommentOpen(view.id, commented(view, now), view.answered_how or "", view.speaks)


def payment(view: PaymentView, now: datetime) -> PaymentLine:
    """One payment."""
    words = f"{swedish.kronor(view.kronor)}, {swedish.long_day(view.paid_on)}. {view.by_name} "
    return PaymentLine(view.id, f"{words}{swedish.when(view.recorded_at, now)}.", view.paid_on, view.kronor)


def taken_back(view: TakenBack, now: datetime) -> str:
    """A payment that does not stand any more."""
    said = f"{swedish.kronor(view.kronor)}, {swedish.long_day(view.paid_on)}. {WHY_BACK[view.because]}"
    return f"{said}, {view.by_name} {swedish.when(view.at, now)}."


def because(filled: Mapping[str, str]) -> Literal["mistake", "stopped"]:
    """Why a payment is taken back. Raises Invalid."""
    match filled.get("because"):
        case "mistake":
            return "mistake"
        case "stopped":
            return "stopped"
        case _:
            raise Invalid(because="unknown")


def calculated(versions: Sequence[Version], draft: Draft) -> str:
    """What the last saved calculation of the month comes to, beside what is decided; empty where none is saved, and of
    a single cost."""
    if not versions or draft.single_cost:
        return ""
    last = versions[-1]
    support = last.calculation.support
    found = f"Sparad beräkning för månaden, version {last.number}: {swedish.kronor(support)} saknas upp till normen."
    granted = draft.kronor if draft.kind in WITH_SUM else 0
    unfinished = " Något i den ska bedömas för hand." if last.calculation.by_hand else ""
    other = "" if granted in (None, support) else " Beslutet är på en annan summa."
    return f"{found}{unfinished}{other}"


def who_signs(needed: SigningLevel | None, *, example: bool) -> str:
    """Who signs this, by the delegation list."""
    if needed is None:
        return "Ingen delegationsordning är inlagd här. Kontrollera själv att du får skriva under."
    made_up = " (påhittat exempel)" if example else ""
    return f"Enligt delegationsordningen{made_up} skriver {LEVELS_IN_SWEDISH[needed]} under."


def proposed(view: ProposalView, now: datetime) -> str:
    """That a decision lies there for somebody else to sign."""
    return (
        f"{view.by_name} lade fram det här {swedish.when(view.at, now)}. "
        f"Det kan skrivas under av: {LEVELS_IN_SWEDISH[view.needs]}."
    )


def until(filled: Mapping[str, str]) -> date:
    """The day that was chosen. Raises CommentDayNeeded."""
    try:
        return date.fromisoformat(filled.get("until", ""))
    except ValueError:
        raise CommentDayNeeded from None


def how(filled: Mapping[str, str]) -> Answered:
    """How she said it. Raises Invalid."""
    found = next((one for one in get_args(Answered) if one == filled.get("how")), None)
    if found is None:
        raise Invalid(how="unknown")
    chosen: Answered = found
    return chosen


def speaks(filled: Mapping[str, str]) -> Speaks:
    """Whether she wants to speak before the board, or has; she does not where nothing is chosen."""
    chosen: Speaks = next((one for one in get_args(Speaks) if one == filled.get("speaks")), "no")
    return chosen


def saw(filled: Mapping[str, str]) -> Speaks | None:
    """What of it stood there when the form was opened."""
    return next((one for one in get_args(Speaks) if one == filled.get("spoke")), None)


def paid_on(filled: Mapping[str, str]) -> date:
    """The day of a payment. Raises Invalid."""
    try:
        return date.fromisoformat(filled.get("paid_on", ""))
    except ValueError:
        raise Invalid(paid_on="no day") from None


def kronor(filled: Mapping[str, str]) -> int:
    """The sum of a payment, in whole kronor. Raises Invalid."""
    found = amounts.whole(filled.get("paid", ""))
    if found is None or not 0 < found <= _MOST_KRONOR:
        raise Invalid(paid="not a sum")
    return found
