"""The fixed texts of decisions: whole sentences, approved per language by the municipality, no sum that is not signed.

Three weeks to appeal: 35 kap. 1 § SoL (2025:400) and 43-44 §§ förvaltningslagen. They run from the day a human told
the person, so the last day stands in the text only from then on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Literal

from backend.locales import N_, Kronor, Month, Putting, say
from backend.municipalities import Municipality

ReasonKey = Literal["enough-means", "not-at-disposal", "other-benefit"]

REASONS: dict[ReasonKey, str] = {
    "enough-means": N_("You have, or can get, money of your own that is enough for what you need."),
    "not-at-disposal": N_(
        "You do not look for work or take part in what was planned, and we find that there is no acceptable reason."
    ),
    "other-benefit": N_("You can get another benefit that is enough for what you need."),
}
"""Why an application may be refused (12 kap. 1-3 §§ SoL). Which of them holds is a human's judgement."""

_GRANTED = N_("You are granted financial assistance for {month}.")
_GRANTED_SUM = N_("You are granted {kronor} in financial assistance for {month}.")
_PAYMENT = N_("We tell you which day the money comes when the bank has confirmed it.")
_ASK = N_("Do you think something is wrong? Ring us at {telephone}, and we go through it together.")
_REFUSED = N_("You are not granted financial assistance for {month}. Your application is refused.")
_LAW = N_("The decision is made under chapter 12 of the Social Services Act (2025:400).")
_APPEAL = N_(
    "You can appeal. Write which decision you appeal, why you think it is wrong and what you want to be changed. "
    "Write your name, address and telephone number."
)
_WHERE = N_(
    "Leave or send the letter to {committee}, {address}. If we do not change the decision, we send it on to {court}."
)
_WHEN_UNTOLD = N_("The letter must reach us within three weeks from the day you were told of the decision.")
_WHEN_TOLD = N_("You were told of the decision on {told}. The letter must reach us by {last_day}.")
_FREE = N_("It costs nothing to appeal. We help you to write the letter if you want.")
_NEW_TIME = N_("Your new time: {day} at {time}, {address}.")
_GOES_ON = N_("What you already take part in goes on.")
_IN_SWEDISH = N_("This text is in Swedish. We explain it to you with an interpreter. Ring us at {telephone}.")


@dataclass(frozen=True)
class Facts:
    """What a decision says, whatever the language. ``own_words`` are a caseworker's and stay Swedish."""

    kind: Literal["bifall", "avslag"]
    month: date
    kronor: int | None = None
    reasons: tuple[ReasonKey, ...] = ()
    own_words: str = ""
    told_on: date | None = None
    appeal_by: date | None = None
    new_day: date | None = None
    new_time: time | None = None
    new_address: str = ""


def with_new_time(facts: Facts, day: date, at: time, address: str) -> Facts:
    """The same facts with a new meeting's time, as clocks in Sweden show it."""
    return replace(facts, new_day=day, new_time=at, new_address=address)


def paragraphs(facts: Facts, language: str, municipality: Municipality) -> tuple[str, ...]:
    """The decision in one language, paragraph by paragraph."""
    return tuple(
        message if values is None else say(message, language, values)
        for message, values in _sentences(facts, municipality)
    )


def in_swedish_with_interpreter(facts: Facts, language: str, municipality: Municipality) -> tuple[str, ...]:
    """What is read where the language's text is not approved: why it is Swedish, in that language, and the text."""
    why = say(_IN_SWEDISH, language, {"telephone": municipality.telephone})
    return (why, *paragraphs(facts, "sv", municipality))


def _sentences(facts: Facts, municipality: Municipality) -> Iterator[tuple[str, dict[str, Putting] | None]]:
    month = Month(facts.month)
    if facts.kind == "bifall":
        if facts.kronor is None:
            yield _GRANTED, {"month": month}
        else:
            yield _GRANTED_SUM, {"kronor": Kronor(facts.kronor), "month": month}
    else:
        yield _REFUSED, {"month": month}
        for reason in facts.reasons:
            yield REASONS[reason], {}
    if facts.own_words:
        yield facts.own_words, None
    if facts.kind == "bifall":
        yield _PAYMENT, {}
        yield _ASK, {"telephone": municipality.telephone}
    else:
        yield _LAW, {}
        yield from _next_step(facts)
        yield from _appeal(facts, municipality)


def _next_step(facts: Facts) -> Iterator[tuple[str, dict[str, Putting]]]:
    if facts.new_day and facts.new_time:
        yield _NEW_TIME, {"day": facts.new_day, "time": facts.new_time, "address": facts.new_address}
    yield _GOES_ON, {}


def _appeal(facts: Facts, municipality: Municipality) -> Iterator[tuple[str, dict[str, Putting]]]:
    yield _APPEAL, {}
    yield (
        _WHERE,
        {"committee": municipality.committee, "address": municipality.address, "court": municipality.court},
    )
    if facts.told_on and facts.appeal_by:
        yield _WHEN_TOLD, {"told": facts.told_on, "last_day": facts.appeal_by}
    else:
        yield _WHEN_UNTOLD, {}
    yield _FREE, {}
    yield _ASK, {"telephone": municipality.telephone}
