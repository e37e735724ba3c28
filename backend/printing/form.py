"""The application as a paper form: in Swedish, and beside it in one more language; empty, or with what is known.

Its questions come as data, written by the half that asks them (``imorgon form``): the paper and the talk ask the same,
in the same words. What only paper needs stands here: who it is, where to put the cross, and the line to sign on.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from backend import locales
from backend.applications.by_name import items
from backend.contract import AnswerRecord, Language, Value
from backend.locales import N_
from backend.printing.letters import Set, hers, ours
from backend.printing.press import Sheet

FORMS = Path(__file__).parent / "forms"
SWEDISH = "sv"

_MARKS = {ord(mark): None for mark in "\u2068\u2069"}
"""What keeps a value from turning the words around it, which alone has nothing to turn."""
_CHILDREN, _ROWS = 4, 2
"""Rows of a list on empty paper: as many children as most families have, and one more; of anything else fewer."""
_FEW_WORDS = 200
"""Letters that one line holds; where more may be written there are more lines."""
_LARGE, _ORDINARY = 16.0, 10.0
"""Points. Large type is what the sight-impaired are recommended."""

TITLE = N_("Application for economic assistance")
HOW = N_("Put a cross in the box that fits. Leave what you do not know: we take it at the meeting.")
COME = N_("Come even without papers.")
WHO = N_("Who you are")
NAME = N_("Name")
NUMBER = N_("Swedish personal number, or LMA number, if you have one")
TELEPHONE = N_("Telephone")
ADDRESS = N_("Address, if you have one")
ONLY_IF = N_("Only if you answered {answer} to question {number}.")
DAY = N_("Year, month, day")
KRONOR = N_("kronor")
SIGNING = N_("Signature")
LEGAL = N_(
    "I declare on my honour and conscience that what I have stated is complete and true. "
    "I will tell the municipality if something changes."
)
WHEN = N_("Day")
SIGNATURE = N_("Your signature")
PARTNERS = N_("Your partner's signature, if you apply together")

Words = Mapping[Language, str]
"""A sentence in every language there is."""


class Option(Value):
    """A box to put a cross in."""

    value: bool | str
    label: Words


class Condition(Value):
    """A question is asked only after one of these answers to another."""

    question: str
    answers: tuple[bool | str, ...]


class Asked(Value):
    """One question. ``list``: it is asked of each item of that list. ``of``: it is asked of each choice in ``about`` of
    that question, whose name stands for ``{kind}`` in the words; ``short`` is the answer's name then.
    """

    name: str
    section: str
    text: Words
    short: Words | None
    why: Words | None
    hint: Words | None
    kind: str
    longest: int
    least: int | None
    most: int | None
    secret: bool
    options: tuple[Option, ...]
    list: str
    of: str
    about: tuple[str, ...]
    only_if: Condition | None


class Section(Value):
    key: str
    title: Words


class Form(Value):
    """The questions of a form, in order."""

    form: str
    languages: tuple[Language, ...]
    sections: tuple[Section, ...]
    questions: tuple[Asked, ...] = Field(min_length=1)


@cache
def application() -> Form:
    """The application's questions."""
    return Form.model_validate_json((FORMS / "application.json").read_bytes())


def languages(form: Form) -> tuple[Language, ...]:
    """The languages the form can be printed in."""
    return tuple(one for one in form.languages if one in locales.languages())


def sheet(
    form: Form,
    *,
    municipality: str,
    at: datetime,
    language: Language = SWEDISH,
    large: bool = False,
    filled: Sequence[AnswerRecord] = (),
    case: str = "",
) -> Sheet:
    """The form on paper. ``filled``: these answers stand there already; ``at``: when it was printed."""
    setter = _Setter(form, language, _known(filled))
    return Sheet(
        "form",
        {
            "title": locales.say(TITLE, SWEDISH),
            "municipality": municipality,
            "running": f"Ärende {case}" if case else "",
            "foot": "",
            "size": _LARGE if large else _ORDINARY,
            # In large type one language stands under the other: beside each other there were two words to a line.
            "beside": language != SWEDISH and not large,
            "large": large,
            "heading": setter.fixed(TITLE),
            "how": [setter.fixed(HOW), setter.fixed(COME)],
            "who": {
                "title": setter.fixed(WHO),
                "fields": [setter.fixed(one) for one in (NAME, NUMBER, TELEPHONE, ADDRESS)],
            },
            "sections": [setter.section(one) for one in form.sections],
            "day": setter.fixed(DAY),
            "kronor": locales.say(KRONOR, SWEDISH),
            "signing": {
                "title": setter.fixed(SIGNING),
                "legal": setter.fixed(LEGAL),
                "lines": [setter.fixed(SIGNATURE), setter.fixed(PARTNERS)],
                "when": setter.fixed(WHEN),
            },
        },
        at,
    )


def _known(filled: Sequence[AnswerRecord]) -> Mapping[str, Any]:
    return {record.question: record.meaning for record in filled if record.meaning is not None}


class _Setter:
    """Puts the questions of a form in two languages, with what is known in their boxes."""

    def __init__(self, form: Form, language: Language, known: Mapping[str, Any]) -> None:
        self._form, self._known = form, known
        self._languages = [SWEDISH] if language == SWEDISH else [SWEDISH, language]
        self._tables = {one.of for one in form.questions if one.of}
        shown = [one for one in form.questions if not one.of and not self._parent(one)]
        firsts = [next(group) for _, group in groupby(shown, key=lambda one: one.list or one.name)]
        self._numbers = {one.name: number for number, one in enumerate(firsts, 1)}

    def fixed(self, message: str, **values: str) -> list[dict[str, Any]]:
        """A sentence that only paper says."""
        return [ours(locales.say(message, language, values), language).data() for language in self._languages]

    def section(self, section: Section) -> dict[str, Any]:
        asked = [one for one in self._form.questions if one.section == section.key]
        return {"title": self._in_both(section.title), "items": list(self._items(asked))}

    def _items(self, asked: Iterable[Asked]) -> Iterator[dict[str, Any]]:
        # What is asked of each choice stands in the table of the choices.
        apart = [one for one in asked if not one.of and not self._parent(one)]
        for key, group in groupby(apart, key=lambda one: one.list or one.name):
            questions = list(group)
            if questions[0].list:
                yield self._list(key, questions)
            elif questions[0].name in self._tables:
                yield self._table(questions[0])
            else:
                yield self._question(questions[0])

    def _parent(self, asked: Asked) -> Asked | None:
        """The question of one of whose choices this one asks which kind: they are rows of the same table."""
        before = asked.only_if and next(one for one in self._form.questions if one.name == asked.only_if.question)
        both = (
            before and {before.name, asked.name} <= self._tables and asked.only_if and len(asked.only_if.answers) == 1
        )
        return before if before and both else None

    def _question(self, asked: Asked) -> dict[str, Any]:
        return {**self._head(asked), **self._field(asked, self._known.get(asked.name))}

    def _head(self, asked: Asked) -> dict[str, Any]:
        return {
            "number": str(self._numbers[asked.name]),
            "text": self._in_both(asked.text),
            "why": self._in_both(asked.why) if asked.why else [],
            "hint": self._in_both(asked.hint) if asked.hint else [],
            "only_if": self._only_if(asked.only_if) if asked.only_if else [],
        }

    def _field(self, asked: Asked, meaning: Any) -> dict[str, Any]:
        if asked.options:
            chosen = meaning if isinstance(meaning, list) else [meaning]
            return {
                "is": "choices",
                "options": [
                    {"label": self._in_both(one.label), "chosen": one.value in chosen} for one in asked.options
                ],
            }
        rows = 3 if asked.longest > _FEW_WORDS else 1
        return {"is": _box(asked), "rows": rows, "filled": self._written(meaning)}

    def _list(self, name: str, columns: list[Asked]) -> dict[str, Any]:
        head = self._head(columns[0])
        # Each stays in the row it was answered in, also below one that is empty.
        answered = items(self._known, *(one.name for one in columns))
        rows = max(_CHILDREN if columns[0].kind == "person" else _ROWS, *map(int, answered), 1)
        return {
            **head,
            "is": "list",
            "text": [],
            "name": name,
            "columns": [self._in_both(one.text) for one in columns],
            "rows": [
                [self._written(self._said(one, self._known.get(f"{one.name}#{row}"))) for one in columns]
                for row in range(1, rows + 1)
            ],
        }

    def _table(self, asked: Asked) -> dict[str, Any]:
        """A row for each choice, and a column for what is asked of each."""
        below = [one for one in self._form.questions if self._parent(one) is asked]
        whole = {one.name for one in (asked, *below)}
        columns: dict[str, Asked] = {}
        for one in self._form.questions:
            if one.of in whole and one.kind != "words":
                columns.setdefault(one.name, one)
        rows: list[dict[str, Any]] = []
        for option in asked.options:
            kinds = next((one for one in below if one.only_if and option.value in one.only_if.answers), None)
            rows.append(self._choice(asked, option, columns, kinds))
            if kinds:
                rows += [self._choice(kinds, one, columns, None, deeper=True) for one in kinds.options]
        return {
            **self._head(asked),
            "is": "table",
            "columns": [
                {"heading": self._heading(one), "options": [self._in_both(option.label) for option in one.options]}
                for one in columns.values()
            ],
            "rows": rows,
        }

    def _choice(
        self, asked: Asked, option: Option, columns: Iterable[str], kinds: Asked | None, *, deeper: bool = False
    ) -> dict[str, Any]:
        chosen = self._known.get(asked.name)
        about = {
            one.name: one for one in self._form.questions if one.of == asked.name and str(option.value) in one.about
        }
        return {
            "name": self._in_both(option.label),
            "chosen": isinstance(chosen, list) and option.value in chosen,
            "deeper": deeper,
            "which": self._in_both(kinds.text) if kinds else [],
            # Where a question is not asked of this choice there is no cell to write in.
            "cells": [self._cell(about[name], option) if name in about else None for name in columns]
            if any(name in about for name in columns)
            else [],
            "below": [
                {
                    "text": self._in_both(one.text),
                    "filled": self._written(self._known.get(f"{one.name}#{option.value}")),
                }
                for name, one in about.items()
                if name not in columns
            ],
        }

    def _cell(self, asked: Asked, option: Option) -> dict[str, Any]:
        meaning = self._known.get(f"{asked.name}#{option.value}")
        crosses = [one.value == meaning for one in asked.options]
        return {"crosses": crosses, "filled": self._written(None if crosses else meaning)}

    def _heading(self, asked: Asked) -> list[dict[str, Any]]:
        """The words of a column: a question without the name of its choice; only its answer's name over crosses."""
        words = asked.short if asked.options and asked.short else asked.text
        return self._in_both({language: without_choice(words[language]) for language in self._languages})

    def _only_if(self, condition: Condition) -> list[dict[str, Any]]:
        before = next(one for one in self._form.questions if one.name == condition.question)
        number = str(self._numbers[before.name])
        labels = [one.label for one in before.options if one.value in condition.answers]
        return [
            ours(
                locales.say(
                    ONLY_IF,
                    language,
                    {"answer": " / ".join(label[language] for label in labels), "number": number},
                ),
                language,
            ).data()
            for language in self._languages
        ]

    def _said(self, asked: Asked, meaning: Any) -> Any:
        """A choice by its name, anything else as it is."""
        return next((one.label[SWEDISH] for one in asked.options if one.value == meaning), meaning)

    def _in_both(self, words: Words) -> list[dict[str, Any]]:
        return [ours(words[language], language).data() for language in self._languages]

    def _written(self, meaning: Any) -> dict[str, Any]:
        written: Set = hers("" if meaning is None else str(meaning), SWEDISH)
        return written.data()


def without_choice(words: str) -> str:
    """``{kind}: how often?`` as ``How often?``."""
    rest = words.translate(_MARKS).replace("{kind}", "").lstrip(":,، ")
    return rest[:1].upper() + rest[1:]


def _box(asked: Asked) -> Literal["words", "sum", "day", "number", "line"]:
    match asked.kind:
        case "words":
            return "words"
        case "kronor":
            return "sum"
        case "day":
            return "day"
        case "number":
            return "number"
    return "line"


def as_json(form: Form) -> str:
    """The form as it is kept."""
    return json.dumps(form.model_dump(mode="json"), ensure_ascii=False, indent=1) + "\n"
