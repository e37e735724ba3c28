"""The fixed texts of decisions: whole sentences, approved per language by the municipality, no sum that is not signed.

Three weeks to appeal: 35 kap. 1 § SoL (2025:400) and 43-44 §§ förvaltningslagen. They run from the day a human told
the person, so the last day stands in the text only from then on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Literal

from backend.decisions.law import About
from backend.locales import N_, Kronor, Month, Putting, say
from backend.municipalities import Approval, Municipality

Outcome = Literal["bifall", "delavslag", "avslag", "avvisning"]
"""Granted; granted in part, with a sum, and the rest refused; refused; not tried (avvisning), since it cannot be: what
is needed for that was asked for and did not come, or nobody may apply for her who did."""
TO_APPEAL: frozenset[Outcome] = frozenset({"delavslag", "avslag", "avvisning"})
"""What goes against her, in whole or in part: it carries how to appeal and by when."""
WITH_SUM: frozenset[Outcome] = frozenset({"bifall", "delavslag"})

ReasonKey = Literal[
    "enough-means",
    "not-at-disposal",
    "other-benefit",
    "cost-too-high",
    "cost-not-needed",
    "incomplete",
    "no-authority",
]

REASONS: dict[ReasonKey, str] = {
    "enough-means": N_("You have, or can get, money of your own that is enough for what you need."),
    "not-at-disposal": N_(
        "You do not look for work or take part in what was planned, and we find that there is no acceptable reason."
    ),
    "other-benefit": N_("You can get another benefit that is enough for what you need."),
    "cost-too-high": N_("A cost you applied for is higher than what is counted as reasonable."),
    "cost-not-needed": N_("A cost you applied for is not needed for a reasonable standard of living, as we find."),
    "incomplete": N_("Something that is needed to examine your application is missing, although we asked for it."),
    "no-authority": N_("Whoever applied for you has not shown that you want it."),
}
"""Why an application is refused, in whole or in part, or not tried. Which of them holds is a human's judgement."""

_REFUSALS: tuple[ReasonKey, ...] = ("enough-means", "not-at-disposal", "other-benefit")
REASONS_OF: dict[Outcome, tuple[ReasonKey, ...]] = {
    "bifall": (),
    "delavslag": ("cost-too-high", "cost-not-needed", *_REFUSALS),
    "avslag": (*_REFUSALS, "cost-too-high", "cost-not-needed"),
    "avvisning": ("incomplete", "no-authority"),
}
"""Which reasons an outcome may have: one at least, where there are any."""
RESTS_ON: dict[ReasonKey, About] = {
    "enough-means": "support",
    "not-at-disposal": "labour-market",
    "other-benefit": "support",
    "cost-too-high": "reasonable-cost",
    "cost-not-needed": "support",
    "incomplete": "not-tried",
    "no-authority": "not-tried",
}

_AUTOMATIC = N_(
    "No human made this decision. It was made automatically, since nothing is different from the month before. "
    "You can ask a human to look at it whenever you want. Ring us at {telephone}."
)
_GRANTED = N_("You are granted financial assistance for {month}.")
_GRANTED_SUM = N_("You are granted {kronor} in financial assistance for {month}.")
_PAYMENT = N_("We tell you which day the money comes when the bank has confirmed it.")
_ASK = N_("Do you think something is wrong? Ring us at {telephone}, and we go through it together.")
_MONEY_COMES = N_("The money comes on {day}.")
_PARTLY = N_("You are granted {kronor} in financial assistance for {month}. The rest you applied for is refused.")
_REFUSED = N_("You are not granted financial assistance for {month}. Your application is refused.")
_NOT_TRIED = N_("We do not examine your application for {month}. That is called avvisning.")
_COST_GRANTED = N_("You are granted financial assistance for the cost you applied for by itself.")
_COST_GRANTED_SUM = N_("You are granted {kronor} in financial assistance for the cost you applied for by itself.")
_COST_PARTLY = N_(
    "You are granted {kronor} in financial assistance for the cost you applied for by itself. "
    "The rest of that cost is refused."
)
_COST_REFUSED = N_(
    "You are not granted financial assistance for the cost you applied for by itself. That application is refused."
)
_COST_NOT_TRIED = N_(
    "We do not examine your application for the cost you applied for by itself. That is called avvisning."
)
_COST_ALONE = N_(
    "The decision is about that cost alone. Whatever else you have applied for or been granted does not change."
)
_LAW = N_("The decision is made under the law: {law}.")
_COMMENTED = N_(
    "Before the decision you could read what we had found out. You commented on {day}, and we have weighed it."
)
_COULD_COMMENT = N_("Before the decision you could read what we had found out, and comment until {day}.")
_AGAIN = N_("You can apply again whenever you want. We help you with what is missing.")
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

TextSet = Literal["decision", "single-cost", "automatic"]
"""Sentences that came together: of any decision, of one of a single cost alone, of one no human made."""
SENTENCES: Mapping[TextSet, tuple[str, ...]] = {
    "decision": (
        *REASONS.values(),
        *(_GRANTED, _GRANTED_SUM, _PARTLY, _REFUSED, _NOT_TRIED),
        *(_PAYMENT, _MONEY_COMES, _LAW, _ASK, _COMMENTED, _COULD_COMMENT, _NEW_TIME, _AGAIN, _GOES_ON),
        *(_APPEAL, _WHERE, _WHEN_UNTOLD, _WHEN_TOLD, _FREE),
    ),
    "single-cost": (*(_COST_GRANTED, _COST_GRANTED_SUM, _COST_PARTLY, _COST_REFUSED, _COST_NOT_TRIED, _COST_ALONE),),
    "automatic": (_AUTOMATIC,),
}
WRITTEN_ON: dict[TextSet, date] = {
    "decision": date(2026, 11, 27),
    "single-cost": date(2026, 11, 27),
    "automatic": date(2026, 11, 27),
}
"""The day a sentence of a set last changed, in any language. An approval from before it has not read that sentence."""


@dataclass(frozen=True)
class Facts:
    """What a decision says, whatever the language. ``own_words`` are a caseworker's and stay Swedish. ``of_cost``: it
    is about a single cost and says nothing of the month."""

    kind: Outcome
    month: date
    of_cost: bool = False
    kronor: int | None = None
    reasons: tuple[ReasonKey, ...] = ()
    own_words: str = ""
    told_on: date | None = None
    appeal_by: date | None = None
    new_day: date | None = None
    new_time: time | None = None
    new_address: str = ""
    law: tuple[str, ...] = ()
    commented_on: date | None = None
    could_comment_until: date | None = None
    pay_day: date | None = None
    automatic: bool = False


def about(kind: Outcome, reasons: tuple[ReasonKey, ...]) -> tuple[About, ...]:
    """What of the law a decision rests on."""
    right: tuple[About, ...] = ("support",) if kind in WITH_SUM else ()
    return tuple(dict.fromkeys((*right, *(RESTS_ON[reason] for reason in reasons))))


def unread(approval: Approval) -> tuple[TextSet, ...]:
    """The sets that have changed since somebody approved a language's texts: what was approved was not they."""
    return tuple(one for one in SENTENCES if WRITTEN_ON[one] > approval.approved_on)


def is_approved(facts: Facts, language: str, municipality: Municipality) -> bool:
    """Whether every sentence a decision may have in a language stood as it stands when it was approved there."""
    given = {str(code): approval for code, approval in municipality.approved_texts.items()}.get(language)
    used: dict[TextSet, bool] = {"decision": True, "single-cost": facts.of_cost, "automatic": facts.automatic}
    return given is not None and not any(used[one] for one in unread(given))


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
    yield from _outcome_of_cost(facts) if facts.of_cost else _outcome(facts)
    if facts.automatic:
        yield _AUTOMATIC, {"telephone": municipality.telephone}
    for reason in facts.reasons:
        yield REASONS[reason], {}
    if facts.own_words:
        yield facts.own_words, None
    if facts.kind in WITH_SUM:
        yield (_MONEY_COMES, {"day": facts.pay_day}) if facts.pay_day else (_PAYMENT, {})
    if facts.law:
        yield _LAW, {"law": ", ".join(facts.law)}
    if facts.kind not in TO_APPEAL:
        yield _ASK, {"telephone": municipality.telephone}
        return
    if facts.commented_on:
        yield _COMMENTED, {"day": facts.commented_on}
    elif facts.could_comment_until:
        yield _COULD_COMMENT, {"day": facts.could_comment_until}
    yield from _next_step(facts)
    yield from _appeal(facts, municipality)


def _outcome(facts: Facts) -> Iterator[tuple[str, dict[str, Putting]]]:
    month = Month(facts.month)
    match facts.kind:
        case "bifall" if facts.kronor is None:
            yield _GRANTED, {"month": month}
        case "bifall":
            yield _GRANTED_SUM, {"kronor": Kronor(facts.kronor or 0), "month": month}
        case "delavslag":
            yield _PARTLY, {"kronor": Kronor(facts.kronor or 0), "month": month}
        case "avslag":
            yield _REFUSED, {"month": month}
        case "avvisning":
            yield _NOT_TRIED, {"month": month}


def _outcome_of_cost(facts: Facts) -> Iterator[tuple[str, dict[str, Putting]]]:
    kronor = Kronor(facts.kronor or 0)
    match facts.kind:
        case "bifall" if facts.kronor is None:
            yield _COST_GRANTED, {}
        case "bifall":
            yield _COST_GRANTED_SUM, {"kronor": kronor}
        case "delavslag":
            yield _COST_PARTLY, {"kronor": kronor}
        case "avslag":
            yield _COST_REFUSED, {}
        case "avvisning":
            yield _COST_NOT_TRIED, {}
    yield _COST_ALONE, {}


def _next_step(facts: Facts) -> Iterator[tuple[str, dict[str, Putting]]]:
    if facts.new_day and facts.new_time:
        yield _NEW_TIME, {"day": facts.new_day, "time": facts.new_time, "address": facts.new_address}
    if facts.kind == "avvisning":
        yield _AGAIN, {}
    if facts.kind == "avslag":
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
