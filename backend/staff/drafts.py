"""A decision before it is signed, as a form: its fields, what they mean, and how it will be read.

``kind`` (bifall | avslag), ``month`` (``2026-12``), ``kronor`` (whole, or ""), ``reasons`` (keys), ``own_words``,
``slot`` (a refusal's new time), ``single_cost`` (yes: about that alone), ``key`` (an id that makes pressing twice book
once).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import get_args
from uuid import UUID

from backend import locales
from backend.calendar import day_in_sweden
from backend.contract import DecisionText, FreeTime, Language, Meeting
from backend.decisions import texts
from backend.decisions.service import DecisionView, Draft
from backend.decisions.texts import ReasonKey
from backend.errors import Invalid, ReasonMissing
from backend.staff import amounts, swedish
from backend.staff.views import DecisionPreview, SignedView

REASONS: dict[ReasonKey, str] = {key: locales.say(message, locales.SWEDISH) for key, message in texts.REASONS.items()}
_MOST_KRONOR = 1_000_000
_KNOWN: tuple[ReasonKey, ...] = get_args(ReasonKey)


def read(filled: Mapping[str, str], new_meeting: UUID | None) -> Draft:
    """The draft that was filled in. Raises Invalid for what no form of ours can hold, ReasonMissing."""
    kind = filled.get("kind")
    if kind not in ("bifall", "avslag"):
        raise Invalid(kind="unknown")
    reasons = tuple(reason for reason in _KNOWN if reason in filled.get("reasons", "").split(","))
    if kind == "avslag" and not reasons:
        raise ReasonMissing
    try:
        month = date.fromisoformat(f"{filled.get('month', '')}-01")
    except ValueError:
        raise Invalid(month="not a month") from None
    granted = kind == "bifall"
    kronor = _kronor(filled) if granted else None
    return Draft(
        kind="bifall" if granted else "avslag",
        month=month,
        kronor=kronor,
        reasons=() if granted else reasons,
        own_words=filled.get("own_words", "").strip(),
        new_meeting=None if granted else new_meeting,
        single_cost=filled.get("single_cost") == "yes",
    )


def _kronor(filled: Mapping[str, str]) -> int | None:
    given = filled.get("kronor", "").strip()
    kronor = amounts.whole(given)
    # What is granted is never rounded: whoever signs says how.
    if given and (kronor is None or not 0 < kronor <= _MOST_KRONOR):
        raise Invalid(kronor="not a whole number that is granted")
    return kronor


def key(filled: Mapping[str, str]) -> UUID:
    """The id the booking of the new time is made with. Raises Invalid."""
    try:
        return UUID(filled.get("key", ""))
    except ValueError:
        raise Invalid(key="no id") from None


def shown(
    text: DecisionText,
    language: Language,
    filled: Mapping[str, str],
    times: tuple[FreeTime, ...],
    coming: Meeting | None,
) -> DecisionPreview:
    """How it will be read, and the words of the button that signs exactly this. ``coming``: the meeting she has."""
    kronor = _kronor(filled) if text.kind == "bifall" else None
    sum_ = f", {swedish.kronor(kronor)}" if kronor else ""
    theirs = text.paragraphs.get(language, ()) if language != locales.SWEDISH else ()
    chosen = coming or next((one for one in times if one.slot == filled.get("slot")), None)
    new_time = ""
    if chosen and text.kind == "avslag":
        new_time = f"Ny tid: {swedish.long_day(day_in_sweden(chosen.start))} kl {swedish.hour(chosen.start)}."
    return DecisionPreview(
        swedish=text.paragraphs[locales.SWEDISH],
        theirs=theirs,
        code=language,
        language=swedish.language_name(language),
        direction=swedish.direction(language),
        approved=text.approved.get(language, False),
        button=f"Skriv under {text.kind}{sum_}",
        new_time=new_time,
    )


def signed(view: DecisionView, now: datetime) -> SignedView:
    """A signed decision, in words."""
    sum_ = f", {swedish.kronor(view.draft.kronor)}" if view.draft.kronor else ""
    about = ", en enda kostnad" if view.draft.single_cost else ""
    told = "Personen har fått veta." if view.told_at else "Personen har inte fått veta än."
    return SignedView(
        f"{view.draft.kind.capitalize()}{sum_}{about}, {swedish.short_day(view.decided_on)}",
        f"Underskrivet av {view.signed_name} {swedish.when(view.signed_at, now)}. {told}",
        tuple(REASONS[reason] for reason in view.draft.reasons),
        view.draft.own_words,
    )


def time_words(time: FreeTime | Meeting, now: datetime) -> str:
    """An offered time: ``i morgon 9.30``, ``torsdag 3 december kl 9.30``."""
    day = day_in_sweden(time.start)
    near = (day - day_in_sweden(now)).days <= 1
    return swedish.when(time.start, now) if near else f"{swedish.long_day(day)} kl {swedish.hour(time.start)}"
