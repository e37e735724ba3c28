"""A decision before it is signed, as a form: its fields, what they mean, and how it will be read.

``kind`` (an outcome), ``month`` (``2026-12``), ``kronor`` (whole, or ""), ``reasons`` (keys), ``own_words``, ``slot``
(a refusal's new time), ``facts`` (known | unknown: whether a refusal rests on what she does not know), ``single_cost``
(yes: about that alone), ``key`` (an id that makes pressing twice book once).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import get_args
from uuid import UUID

from backend import locales
from backend.contract import DecisionText, Language
from backend.decisions import texts
from backend.decisions.service import DecisionView, Draft
from backend.decisions.texts import REASONS_OF, WITH_SUM, Outcome, ReasonKey
from backend.errors import FactsNotSaid, Invalid, ReasonMissing
from backend.staff import amounts, swedish
from backend.staff.case import decided
from backend.staff.deciding.views import DecisionPreview, SignedView

REASONS: dict[ReasonKey, str] = {key: locales.say(message, locales.SWEDISH) for key, message in texts.REASONS.items()}
_MOST_KRONOR = 1_000_000
_OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
_IN_PART_OR_WHOLE = ("delavslag", "avslag")
FIELDS = ("kind", "month", "kronor", "reasons", "own_words", "slot", "facts", "single_cost")
"""What is filled in, and carried on to what is signed."""


def of(kind: Outcome) -> Mapping[ReasonKey, str]:
    """The reasons an outcome may have, in words."""
    return {key: REASONS[key] for key in REASONS_OF[kind]}


def read(filled: Mapping[str, str], new_meeting: UUID | None) -> Draft:
    """The draft that was filled in. Raises Invalid for what no form of ours can hold, ReasonMissing, FactsNotSaid."""
    kind = next((one for one in _OUTCOMES if one == filled.get("kind")), None)
    if kind is None:
        raise Invalid(kind="unknown")
    # What was ticked for another outcome stays in the form, and is none of this one's.
    reasons = tuple(reason for reason in REASONS_OF[kind] if reason in filled.get("reasons", "").split(","))
    if REASONS_OF[kind] and not reasons:
        raise ReasonMissing
    if kind in _IN_PART_OR_WHOLE and filled.get("facts") not in ("known", "unknown"):
        raise FactsNotSaid
    try:
        month = date.fromisoformat(f"{filled.get('month', '')}-01")
    except ValueError:
        raise Invalid(month="not a month") from None
    return Draft(
        kind=kind,
        month=month,
        kronor=_kronor(filled) if kind in WITH_SUM else None,
        reasons=reasons,
        own_words=filled.get("own_words", "").strip(),
        new_meeting=new_meeting if kind == "avslag" else None,
        single_cost=filled.get("single_cost") == "yes",
        unknown_facts=kind in _IN_PART_OR_WHOLE and filled.get("facts") == "unknown",
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


def shown(text: DecisionText, language: Language, filled: Mapping[str, str]) -> DecisionPreview:
    """How it will be read, and the words of the button that signs exactly this."""
    kronor = _kronor(filled) if text.kind in WITH_SUM else None
    sum_ = f", {swedish.kronor(kronor)}" if kronor else ""
    theirs = text.paragraphs.get(language, ()) if language != locales.SWEDISH else ()
    return DecisionPreview(
        swedish=text.paragraphs[locales.SWEDISH],
        theirs=theirs,
        code=language,
        language=swedish.language_name(language),
        direction=swedish.direction(language),
        approved=text.approved.get(language, False),
        button=f"Skriv under {text.kind}{sum_}",
    )


def signed(view: DecisionView, now: datetime) -> SignedView:
    """A signed decision, in words."""
    sum_ = f", {swedish.kronor(view.draft.kronor)}" if view.draft.kronor else ""
    about = ", en enda kostnad" if view.draft.single_cost else ""
    told = "Personen har fått veta." if view.told_at else "Personen har inte fått veta än."
    signed_by = f"Underskrivet av {view.signed_name}"
    if view.automatic:
        signed_by = "Automatiskt beslut, ingen människa har skrivit under,"
    return SignedView(
        f"{view.draft.kind.capitalize()}{sum_}{about}, {swedish.short_day(view.decided_on)}",
        f"{signed_by} {swedish.when(view.signed_at, now)}. {told}",
        tuple(REASONS[reason] for reason in view.draft.reasons),
        view.draft.own_words,
        ", ".join(view.law),
        decided.commented(view.comment, now) if view.comment else (),
    )
