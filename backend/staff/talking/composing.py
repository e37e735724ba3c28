"""Where staff answer: fixed phrases with exactly what arrives, or own words."""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter
from typing import Literal
from uuid import uuid4

from backend import locales
from backend.calendar import day_in_sweden
from backend.contract import Meeting
from backend.errors import AboveTheCeiling, NotForAMachine, PhraseIncomplete, Refusal
from backend.handover import content, phrases
from backend.handover import desk as handover
from backend.handover.desk import OpenThread
from backend.handover.phrases import Fixed
from backend.interpreters.service import OrderLine
from backend.staff import swedish
from backend.staff.desk import Seat, in_words
from backend.staff.talking.costs import size
from backend.staff.talking.views import Answer, FieldView, Part, PhraseView, Preview
from backend.translating import rules
from backend.translating.marking import marked

How = Literal["phrases", "words"]

# An hour is written as people here write it (9.30): the browser's own field says "AM" in an English browser.
_INPUTS = {"day": "date", "time": "text", "address": "text"}


@dataclass(frozen=True, slots=True)
class Begun:
    """How far an answer has come: the phrase and what is filled in, or the own words."""

    how: How = "phrases"
    phrase: str = ""
    fields: Mapping[str, str] | None = None
    words: str = ""
    translation: str = ""


def answer(
    here: Seat, opened: OpenThread, begun: Begun, meeting: Meeting | None, history: tuple[OrderLine, ...]
) -> Answer:
    """The phrases there are and what the chosen one would say, or room for own words."""
    if begun.how == "words":
        spoken = swedish.language_name(opened.language)
        hint = "Kommer fram som du skriver det."
        if opened.language != locales.SWEDISH:
            hint = f"Kommer fram som du skriver det, utan översättning till {spoken}."
        arrives = marked(opened.language, begun.words, begun.translation) if begun.translation else begun.words
        translates = here.translator is not None and opened.language != locales.SWEDISH
        return Answer(
            "words",
            uuid4(),
            words=begun.words,
            words_hint=hint,
            size=size(here, opened.channel, locales.as_sms(arrives)) if arrives else "",
            machine=here.translator.name if here.translator is not None and translates else "",
            arrives=arrives,
            translation=begun.translation,
        )
    fixed = phrases.BY_KEY.get(begun.phrase)
    fields = dict(begun.fields) if begun.fields else _guess(here, fixed, meeting, history) if fixed else {}
    preview, missing = _preview(here, opened, fixed, fields) if fixed else (None, "")
    return Answer(
        "phrases",
        uuid4(),
        phrases=tuple(_phrase(known, begun.phrase, fields) for known in phrases.PHRASES),
        preview=preview,
        missing=missing,
    )


def why_not(refusal: Refusal) -> str:
    """The refusal as whoever writes to somebody reads it."""
    if isinstance(refusal, AboveTheCeiling):
        what = next(words for key, words in content.IN_SWEDISH.items() if key == refusal.data["what"])
        return f"Inget skickades. Där står {what}, och det får inte gå den här vägen. Andra kan läsa det."
    if isinstance(refusal, NotForAMachine):
        why = next(words for key, words in rules.IN_SWEDISH.items() if key == refusal.data["why"])
        return f"{why} Det översätter ingen maskin. Be en tolk ringa."
    return in_words(refusal)


def _preview(here: Seat, opened: OpenThread, fixed: Fixed, fields: Mapping[str, str]) -> tuple[Preview | None, str]:
    try:
        arrives = handover.preview(here.clock, opened.language, fixed.key, fields)
    except PhraseIncomplete:
        return None, "Fyll i fälten, så ser du exakt vad som kommer fram."
    other = ""
    if arrives.language != opened.language:
        other = f"Frasen finns inte på {swedish.language_name(opened.language)}. Den kommer fram på svenska."
    promise = f"Blir ett löfte: {swedish.due(arrives.promise_due, here.now)}." if arrives.promise_due else ""
    named = tuple((known.name, fields[known.name]) for known in fixed.fields)
    return Preview(
        phrase=fixed.key,
        fields=named,
        text=arrives.text,
        code=arrives.language,
        direction=swedish.direction(arrives.language),
        size=size(here, opened.channel, arrives.sms),
        promise=promise,
        other=other,
    ), ""


def _guess(here: Seat, fixed: Fixed, meeting: Meeting | None, history: tuple[OrderLine, ...]) -> dict[str, str]:
    """What the fields most likely should say: the meeting's own, or when the interpreter is to have answered."""
    guessed = {"address": here.database.municipality.address}
    if fixed.promises:
        guessed["day"] = day_in_sweden(here.now).isoformat()
        asked = [order for order in history if order.state == "asked"]
        if asked and fixed.key == "waiting-for-interpreter":
            guessed["time"] = swedish.hour(asked[-1].answer_by)
    elif meeting:
        day = day_in_sweden(meeting.start).isoformat()
        guessed |= {"day": day, "time": swedish.hour(meeting.start), "address": meeting.address}
    return {known.name: guessed.get(known.name, "") for known in fixed.fields}


def _phrase(fixed: Fixed, key: str, fields: Mapping[str, str]) -> PhraseView:
    sentence = locales.template(fixed.message, locales.SWEDISH)
    labels = {known.name: known for known in fixed.fields}
    parts: list[Part] = []
    for words, name, _, _ in Formatter().parse(sentence):
        parts.append(Part(words=words))
        if name:
            known = labels[name]
            parts.append(
                Part(
                    field=FieldView(name, known.label, _INPUTS[known.kind], fields.get(name, ""), known.kind == "time")
                )
            )
    words = sentence.format(**{name: f"{{{known.label.lower()}}}" for name, known in labels.items()})
    return PhraseView(fixed.key, words, fixed.key == key, tuple(parts))
