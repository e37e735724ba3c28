"""The application as a page that staff fill in together with the person: what stands on it, and what was filled in.

The questions are those of the paper form. Answers are kept by the name of their question, and of what is asked several
times by ``name#which``: ``child_age#2``, ``cost_kronor#electricity``.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from backend.applications.by_name import items
from backend.contract import Language
from backend.printing.form import SWEDISH, Asked, Form, Option, without_choice
from backend.staff import amounts, swedish

Given = Mapping[str, Sequence[str]]
"""A form as it was filled in."""

_MOST_ROWS = 12
_CHILDREN, _ROWS = 3, 2
_WORDS = 200
_MAYBE = frozenset({"child_school", "cost_for", "worked_last_year", "home_persons"})
"""Asked of everybody on one page, and of few in a talk: left open, nothing has to be said of them at the meeting."""
_NONE = "none"


@dataclass(frozen=True, slots=True)
class Box:
    """Something to fill in. ``kind``: choice, number, words or line. ``sealed``: a secret answer is there already."""

    key: str
    label: str
    kind: str
    value: str = ""
    options: tuple[tuple[str, str, bool], ...] = ()
    longest: int = _WORDS
    secret: bool = False
    sealed: bool = False
    wrong: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several choices, with what is asked of it, and which of its kind it is."""

    value: str
    label: str
    chosen: bool
    boxes: tuple[Box, ...] = ()
    which: "Item | None" = None


@dataclass(frozen=True, slots=True)
class Item:
    """A question as it stands on the page: a box, rows of boxes (a list), or choices."""

    key: str
    text: str
    theirs: str
    why: str
    hint: str
    only_if: str
    box: Box | None = None
    rows: tuple[tuple[Box, ...], ...] = ()
    choices: tuple[Choice, ...] = ()
    wrong: str = ""


@dataclass
class Filled:
    """What was filled in of a section: answers, secrets still in plain words, and what could not be read, and why."""

    answers: dict[str, Any] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    cleared: set[str] = field(default_factory=set)
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """An answer as it is read back: the sentence and the answer in Swedish, and in her language."""

    key: str
    meaning: Any
    sentence: str
    answer: str
    theirs: str
    their_answer: str


# --- What is asked ----------------------------------------------------------------------------------------------------


def live(form: Form, answers: Mapping[str, Any]) -> Iterator[tuple[str, Asked, Option | None]]:
    """What is asked after these answers, in order; of a choice with that choice."""
    groups: set[str] = set()
    for asked in form.questions:
        # A list is asked or not as its first question is.
        if asked.of or asked.list in groups:
            continue
        if asked.list:
            groups.add(asked.list)
        if not is_asked(form, asked, answers):
            continue
        if asked.list:
            yield from _of_list(form, asked.list, answers)
            continue
        yield asked.name, asked, None
        chosen = answers.get(asked.name)
        picked: Sequence[Any] = chosen if isinstance(chosen, list) else ()
        for option in asked.options:
            if option.value in picked:
                for one in _of_choice(form, asked, option):
                    yield f"{one.name}#{option.value}", one, option


def is_asked(form: Form, asked: Asked, answers: Mapping[str, Any]) -> bool:
    """Whether a question is asked after these answers. One whose condition nobody has answered is not, yet."""
    if asked.only_if is None:
        return True
    before = next(one for one in form.questions if one.name == asked.only_if.question)
    meaning = answers.get(before.name)
    given = meaning if isinstance(meaning, list) else [meaning]
    return is_asked(form, before, answers) and any(one in asked.only_if.answers for one in given)


def on_the_way(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """These answers without those to questions that are not asked."""
    return {key: answers[key] for key, _, _ in live(form, answers) if key in answers}


Sealed = TypeVar("Sealed")


def sealed_on_the_way(form: Form, answers: Mapping[str, Any], sealed: Mapping[str, Sealed]) -> dict[str, Sealed]:
    """These sealed answers without those to questions that are not asked: a partner's, of who is alone after all."""
    # A row of a list may hold nothing but what is sealed.
    asked = {key for key, _, _ in live(form, {**dict.fromkeys(sealed), **answers})}
    return {key: one for key, one in sealed.items() if key in asked}


def later(form: Form, answers: Mapping[str, Any], sealed: Collection[str]) -> tuple[str, ...]:
    """What waits for the meeting."""
    return tuple(
        key
        for key, asked, _ in live(form, answers)
        if key not in answers and key not in sealed and asked.name not in _MAYBE
    )


def _of_list(form: Form, name: str, answers: Mapping[str, Any]) -> Iterator[tuple[str, Asked, None]]:
    columns = [one for one in form.questions if one.list == name]
    for which in items(answers, *(one.name for one in columns)) or ["1"]:
        for one in columns:
            yield f"{one.name}#{which}", one, None


def _of_choice(form: Form, asked: Asked, option: Option) -> list[Asked]:
    return [one for one in form.questions if one.of == asked.name and str(option.value) in one.about]


# --- What was filled in -----------------------------------------------------------------------------------------------


def read(form: Form, section: str, given: Given) -> Filled:
    """What was filled in of a section."""
    filled = Filled()
    for key, asked in _possible(form, section, given):
        words = [one.strip() for one in given.get(key, ()) if one.strip()]
        if asked.secret:
            if words:
                filled.secrets[key] = words[0][: asked.longest or _WORDS]
            elif given.get(f"clear {key}"):
                filled.cleared.add(key)
            continue
        if not words:
            continue
        meaning, why = _meaning(asked, words)
        if why:
            filled.wrong[key] = why
        else:
            filled.answers[key] = meaning
    _choose_what_was_written(form, section, filled)
    return filled


def _possible(form: Form, section: str, given: Given) -> Iterator[tuple[str, Asked]]:
    for asked in form.questions:
        if asked.section != section:
            continue
        if asked.of:
            yield from ((f"{asked.name}#{choice}", asked) for choice in asked.about)
        elif asked.list:
            rows = [key for key in given if re.fullmatch(rf"{asked.name}#[1-9][0-9]?", key)]
            yield from ((key, asked) for key in rows[:_MOST_ROWS])
        else:
            yield asked.name, asked


def _choose_what_was_written(form: Form, section: str, filled: Filled) -> None:
    """A sum beside a choice without a cross says that it is meant, and so does a row of a list (a child, a car); "none
    of these" beside another says nothing."""
    # The kinds of a kind first: its own cross follows from theirs.
    for asked in reversed([one for one in form.questions if one.section == section and one.kind == "several"]):
        chosen = list(filled.answers.get(asked.name, ()))
        for option in asked.options:
            keys = {f"{one.name}#{option.value}" for one in _of_choice(form, asked, option)}
            keys |= {one.name for one in form.questions if one.kind == "several" and _opens(one, asked, option)}
            written = keys & (filled.answers.keys() | filled.wrong.keys()) or _has_rows(form, asked, option, filled)
            if written and option.value not in chosen:
                chosen.append(str(option.value))
        if _NONE in chosen and len(chosen) > 1:
            filled.wrong[asked.name] = "Kryssa antingen för ”Inget av det” eller för det som finns."
        if chosen:
            filled.answers[asked.name] = [one.value for one in asked.options if one.value in chosen]
    for asked in form.questions:
        if asked.section == section and asked.kind == "yes-no" and asked.name not in filled.answers:
            for option in asked.options:
                if _has_rows(form, asked, option, filled):
                    filled.answers[asked.name] = option.value


def _has_rows(form: Form, asked: Asked, option: Option, filled: Filled) -> bool:
    """Whether anything is written in a list that this answer leads to."""
    lists = {one.list for one in form.questions if one.list and _opens(one, asked, option)}
    columns = {one.name for one in form.questions if one.list in lists}
    written = filled.answers.keys() | filled.wrong.keys() | filled.secrets.keys()
    return any(key.partition("#")[0] in columns for key in written)


def _opens(asked: Asked, before: Asked, option: Option) -> bool:
    condition = asked.only_if
    return condition is not None and condition.question == before.name and condition.answers == (option.value,)


def _meaning(asked: Asked, words: Sequence[str]) -> tuple[Any, str]:
    """What was meant, or why nobody can tell."""
    match asked.kind:
        case "several":
            found = [one.value for one in asked.options if str(one.value) in words]
            return found, "" if found else "Välj något av det som står här."
        case "yes-no" | "one-of":
            chosen = [one.value for one in asked.options if str(one.value) == words[0]]
            return (chosen[0], "") if chosen else (None, "Välj något av det som står här.")
        case "kronor" | "number":
            least, most = asked.least or 0, asked.most or 0
            number = amounts.kronor(words[0]) if asked.kind == "kronor" else amounts.whole(words[0])
            if number is not None and least <= number <= most:
                return number, ""
            return None, f"Skriv ett helt tal från {least} till {most}."
        case "email":
            return words[0], "" if re.fullmatch(
                r"[^@\s]+@[^@\s]+\.[^@\s]+", words[0]
            ) else "Skriv hela adressen, med @."
    longest = asked.longest or _WORDS
    return words[0], "" if len(words[0]) <= longest else f"Skriv högst {longest} tecken."


# --- What stands on the page ------------------------------------------------------------------------------------------


class Layout:
    """Lays a section out, with what has been answered, written again or could not be read."""

    def __init__(
        self, form: Form, language: Language | None, answers: Mapping[str, Any], sealed: Collection[str], given: Given
    ) -> None:
        self._form, self._language = form, language
        self._answers, self._sealed, self._given = answers, sealed, given
        self._wrong: Mapping[str, str] = {}

    def section(self, key: str, wrong: Mapping[str, str]) -> tuple[Item, ...]:
        """The questions of a section. What depends on another page is left out when that says that nobody asks it."""
        self._wrong = wrong
        here = {one.name for one in self._form.questions if one.section == key}
        found: list[Item] = []
        lists: set[str] = set()
        for asked in self._form.questions:
            if asked.section != key or asked.of or self._is_of_a_choice(asked):
                continue
            elsewhere = asked.only_if is not None and asked.only_if.question not in here
            if elsewhere and not is_asked(self._form, asked, self._answers):
                continue
            if asked.list in lists and asked.list:
                continue
            lists.add(asked.list)
            found.append(self._list(asked) if asked.list else self._item(asked))
        return tuple(found)

    def _is_of_a_choice(self, asked: Asked) -> bool:
        if asked.kind != "several" or asked.only_if is None or len(asked.only_if.answers) != 1:
            return False
        return any(one.of == asked.only_if.question for one in self._form.questions)

    def _item(self, asked: Asked) -> Item:
        choices = tuple(self._choice(asked, option) for option in asked.options) if asked.kind == "several" else ()
        box = None if choices else self._box(asked.name, asked, asked.text[SWEDISH])
        return Item(
            key=asked.name,
            text=asked.text[SWEDISH],
            theirs=asked.text[self._language] if self._language else "",
            why=asked.why[SWEDISH] if asked.why else "",
            hint=asked.hint[SWEDISH] if asked.hint else "",
            only_if=self._only_if(asked),
            box=box,
            choices=choices,
            wrong=self._wrong.get(asked.name, "") if choices else "",
        )

    def _list(self, first: Asked) -> Item:
        columns = [one for one in self._form.questions if one.list == first.list]
        known = items({**self._answers, **self._given}, *(one.name for one in columns))
        last = max((int(one) for one in known), default=0)
        rows = min(_MOST_ROWS, max(_CHILDREN if first.kind == "person" else _ROWS, last + 1))
        return Item(
            key=first.list,
            text=self._only_if(first) or columns[0].text[SWEDISH],
            theirs="",
            why="",
            hint="",
            only_if="",
            rows=tuple(
                tuple(self._box(f"{one.name}#{number}", one, one.text[SWEDISH]) for one in columns)
                for number in range(1, rows + 1)
            ),
        )

    def _choice(self, asked: Asked, option: Option) -> Choice:
        meaning = self._answers.get(asked.name) or ()
        below = next(
            (one for one in self._form.questions if self._is_of_a_choice(one) and _opens(one, asked, option)), None
        )
        given = self._given.get(asked.name)
        return Choice(
            value=str(option.value),
            label=option.label[SWEDISH],
            chosen=str(option.value) in given if given is not None else option.value in meaning,
            boxes=tuple(
                self._box(f"{one.name}#{option.value}", one, without_choice(one.text[SWEDISH]))
                for one in _of_choice(self._form, asked, option)
            ),
            which=self._item(below) if below else None,
        )

    def _box(self, key: str, asked: Asked, label: str) -> Box:
        meaning, given = self._answers.get(key), self._given.get(key)
        value = given[0] if given else "" if meaning is None or asked.secret else str(meaning)
        kind = {"words": "words" if asked.longest > _WORDS else "line", "kronor": "number", "number": "number"}
        return Box(
            key=key,
            label=label,
            kind="choice" if asked.options else kind.get(asked.kind, "line"),
            value="" if asked.secret else value,
            options=tuple((str(one.value), one.label[SWEDISH], str(one.value) == value) for one in asked.options),
            longest=asked.longest or _WORDS,
            secret=asked.secret,
            sealed=key in self._sealed,
            wrong=self._wrong.get(key, ""),
        )

    def _only_if(self, asked: Asked) -> str:
        if asked.only_if is None:
            return ""
        before = next(one for one in self._form.questions if one.name == asked.only_if.question)
        labels = [one.label[SWEDISH] for one in before.options if one.value in asked.only_if.answers]
        return f"Om svaret är {' / '.join(labels)} på ”{before.text[SWEDISH]}”"


# --- What is read back ------------------------------------------------------------------------------------------------


def read_back(form: Form, section: str, answers: Mapping[str, Any], language: Language | None) -> tuple[Line, ...]:
    """The answers of a section as they are read to her: in Swedish, and in her language where the form is in it."""
    beside = language or SWEDISH
    return tuple(
        Line(
            key,
            answers[key],
            _sentence(asked, option, SWEDISH),
            said(asked, answers[key], SWEDISH),
            _sentence(asked, option, beside),
            said(asked, answers[key], beside),
        )
        for key, asked, option in live(form, answers)
        if key in answers and asked.section == section
    )


def sentence_of(form: Form, key: str) -> str:
    """The Swedish sentence of a question by its key."""
    name, _, which = key.partition("#")
    asked = next(one for one in form.questions if one.name == name and (not one.of or which in one.about))
    of = next((one for one in form.questions if one.name == asked.of), None)
    option = next((one for one in of.options if str(one.value) == which), None) if of else None
    return _sentence(asked, option, SWEDISH)


def _sentence(asked: Asked, option: Option | None, language: Language) -> str:
    return asked.text[language].replace("{kind}", option.label[language] if option else "")


def said(asked: Asked, meaning: Any, language: Language) -> str:
    """An answer in words."""
    if asked.options:
        chosen = meaning if isinstance(meaning, list) else [meaning]
        return ", ".join(one.label[language] for one in asked.options if one.value in chosen)
    return swedish.kronor(meaning) if asked.kind == "kronor" else str(meaning)
