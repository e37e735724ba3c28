"""The form that everything here is measured with: 22 questions, 20 on a path; and a person's whole conversation on it.

The flow lives here and is offered to nobody: :func:`offer` puts it in place of the welcome, in a measuring process.
A conversation is 25 turns: the language, 20 answers, 2 answers that are asked again, one BACK with a corrected answer;
one of its messages comes twice. What must be answered is worked out from the form's own texts, not by the engine.
"""

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po, write_po

import bot.flows
from bot import text
from bot.form import Flow, Form, Go
from bot.questions import Day, Kind, Number, OneOf, Question, Words, YesNo
from bot.text import render, say, words

FORM: dict[str, Any] = json.loads((Path(__file__).parent / "form20.json").read_text())
PER_CONVERSATION = 25
TWICE = 7
"""Which message of a conversation comes twice, counted from 0."""

_ISOLATES = str.maketrans("", "", "\u2066\u2068\u2069")


# --- The flow ---------------------------------------------------------------------------------------------------------


def _kind(asked: dict[str, Any]) -> Kind[Any]:
    match asked["type"]:
        case "text":
            return Words()
        case "number":
            return Number(asked["lo"], asked["hi"])
        case "date":
            return Day("birth")
        case "choice":
            return OneOf({choice[0]: choice[2] for choice in asked["choices"]})
    return YesNo()


_QUESTIONS = {asked["key"]: Question(asked["key"], asked["text"]["en"], _kind(asked)) for asked in FORM["questions"]}


def form20(form: Form) -> None:
    """Every question, in order; two of them lead two ways."""
    answers: dict[str, Any] = {}
    for asked in FORM["questions"]:
        when = asked.get("when")
        if when is None or _code(answers[when[0]]) in when[1]:
            answers[asked["key"]] = form.ask(_QUESTIONS[asked["key"]])
    form.say(FORM["done"]["en"], name=answers["name"], n=len(answers))


def _code(meaning: Any) -> str:
    return ("n", "y")[meaning] if isinstance(meaning, bool) else str(meaning)


def _to_the_form(_: Form) -> Go:
    return Go("form20")


def offer() -> None:
    """From now on this process leads everybody who writes into the form, in the languages spoken here."""
    text.LOCALES = _with_the_forms_words(text.LOCALES)
    flows = bot.flows.flows()
    flows["form20"] = Flow("form20", form20, waits=False)
    flows["welcome"] = Flow("welcome", _to_the_form, waits=False)


def spoken() -> tuple[str, ...]:
    """The form's languages that there is a catalogue for."""
    return tuple(language for language in ("sv", "en", "ar") if language in text.languages())


def _with_the_forms_words(locales: Path) -> Path:
    """A copy of the catalogues with the form's own sentences in them, as they would be if it were a flow of ours."""
    copies = Path(tempfile.mkdtemp(prefix="imorgon-locales-"))
    for path in locales.glob("*/LC_MESSAGES/*.po"):
        language = path.parts[-3]
        catalogue = read_po(path.open("rb"), locale=language)
        for said in _sentences():
            catalogue.delete(said["en"])  # a sentence of ours may be one of the form's by chance, and say it otherwise
            catalogue.add(said["en"], said.get(language, said["en"]))
        copy = copies / path.relative_to(locales)
        copy.parent.mkdir(parents=True)
        with copy.open("wb") as written:
            write_po(written, catalogue)
    return copies


def _sentences() -> Iterator[dict[str, str]]:
    yield FORM["done"]
    for asked in FORM["questions"]:
        yield asked["text"]
        for _, sv, en, ar in asked.get("choices", ()):
            yield {"sv": sv, "en": en, "ar": ar}


# --- A conversation ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Exchange:
    """What a person writes and what must be answered. ``refused``: why not comes first, in the engine's own words."""

    writes: str
    reads: str
    refused: bool = False

    def answered_by(self, reply: str) -> bool:
        plain = reply.translate(_ISOLATES)
        if self.refused:
            return plain.endswith(self.reads) and len(plain) > len(self.reads) + 10
        return plain == self.reads


def telephone(person: int) -> str:
    """A number of nobody: +999 is no country's."""
    return f"+999{person:07}"


_ANSWERS = {"text": "Exempel", "date": "1990-05-17", "choice": "1", "yesno": "1"}
_INVALID = {"birth": "xyz", "income": "xyz"}
_CORRECTED = "rooms"


def conversation(number: int, language: str) -> list[Exchange]:
    """The exchanges of one person, who takes the branches that her number says."""
    chosen = {"children": "12"[number % 2], "work": "123"[number % 3]}
    path = list(_path(chosen))
    made = [Exchange(text.language_name(language, language), _asked(path[0], language))]
    for place, asked in enumerate(path):
        after = _asked(path[place + 1], language) if place + 1 < len(path) else _done(language)
        answer = chosen.get(asked["key"]) or str(max(asked.get("lo", 0), 2)) if asked["type"] == "number" else ""
        answer = chosen.get(asked["key"]) or answer or _ANSWERS[asked["type"]]
        if asked["key"] in _INVALID:
            made.append(Exchange(_INVALID[asked["key"]], _asked(asked, language), refused=True))
        made.append(Exchange(answer, after))
        if asked["key"] == _CORRECTED:
            made.append(Exchange(words(language, "back")[0], _asked(asked, language)))
            made.append(Exchange("5", after))
    return made


def _path(chosen: dict[str, str]) -> Iterator[dict[str, Any]]:
    codes = {"children": {"1": "y", "2": "n"}, "work": {"1": "e", "2": "s", "3": "u"}}
    for asked in FORM["questions"]:
        when = asked.get("when")
        if when is None or codes[when[0]][chosen[when[0]]] in when[1]:
            yield asked


def _asked(asked: dict[str, Any], language: str) -> str:
    """A question as it reads in a text: its sentence, then the numbered choices, each with a capital."""
    column = {"sv": 1, "en": 2, "ar": 3}[language]
    labels = [choice[column][:1].upper() + choice[column][1:] for choice in asked.get("choices", ())]
    if asked["type"] == "yesno":
        labels = [render(say(word), language) for word in ("Yes", "No")]
    return " ".join([asked["text"][language], *(f"{n} {label}" for n, label in enumerate(labels, 1))])


def _done(language: str) -> str:
    done: str = FORM["done"][language]
    return done.format(name=_ANSWERS["text"], n=20)
