"""A flow as a paper form has it: every question it may ask, in its order, in every language, and when it is asked.

The flow itself is asked: it is played along every way that one other answer opens, and what it stops at is written
down. Nobody keeps a second list of its questions. ``imorgon form`` writes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from backend.contract import Sensitivity
from bot.form import LEFT, Asking, Context, Each, Flow, Json, Played, asks_for_more, item_of, play
from bot.questions import Kronor, Number, OneOf, Question, Several, YesNo
from bot.text import Text, languages, render, say

_NOBODY = UUID(int=0)
_SOME_DAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
_KIND = "{kind}"
"""How a sentence names the choice it is asked of."""
_OWN_WORDS = ("words", "person")
"""Kinds whose answers choose no way. Left to the meeting, they let other sentences say "your partner", "the child"."""


@dataclass
class _Way:
    """One way through the flow: the answers that led along it, and the questions it came past."""

    answers: Mapping[str, Json]
    asked: Mapping[str, Asking]
    listed: Mapping[str, Each | Question[Any]]


@dataclass
class _Ways:
    """The ways found so far, and for each question the way that each of its answers opened."""

    found: list[_Way] = field(default_factory=list)
    by_answer: dict[str, list[tuple[Json, _Way]]] = field(default_factory=dict)


def description(flow: Flow) -> dict[str, Any]:
    """The form as data: its sections, and its questions in order."""
    ways = _ways(flow)
    order = _order(ways.found)
    spoken = languages()
    return {
        "form": flow.name,
        "languages": list(spoken),
        "sections": [{"key": key, "title": _in_all(say(title), spoken)} for key, title in flow.sections],
        "questions": [_question(ways, asking, spoken) for asking in _once(ways, order)],
    }


def _once(ways: _Ways, order: Mapping[str, Asking]) -> Iterator[Asking]:
    """What is asked of each choice of several stands there once, where it was first asked of one of them."""
    seen: set[tuple[str, str]] = set()
    for key, asking in order.items():
        of = _of(ways, key)
        name = asking.question.name
        if of and (name, of.name) in seen:
            continue
        if of:
            seen.add((name, of.name))
        yield asking


def _of(ways: _Ways, key: str) -> Question[Any] | None:
    """The question of several choices that this one is asked of a choice of."""
    items = next((way.listed[key] for way in ways.found if key in way.listed), None)
    return items if isinstance(items, Question) else None


def _in_all(text: Text, spoken: Sequence[str]) -> dict[str, str]:
    return {language: render(text, language) for language in spoken}


def _question(ways: _Ways, asking: Asking, spoken: Sequence[str]) -> dict[str, Any]:
    question, kind = asking.question, asking.question.kind
    found = next(way for way in ways.found if asking.key in way.asked)
    items = found.listed.get(asking.key)
    of = items if isinstance(items, Question) else None
    text = asking.text
    if of is not None and _KIND in question.text:
        # Said once of all its choices: whoever prints it puts the choice in the place of its name.
        text = replace(text, values={**text.values, "kind": _KIND})
    return {
        "name": question.name,
        "section": question.section or "",
        "text": _in_all(text, spoken),
        "short": _in_all(replace(text, message=question.short), spoken) if of is not None and question.short else None,
        "why": _in_all(say(question.why), spoken) if question.why else None,
        "hint": _in_all(say(question.hint), spoken) if question.hint else None,
        "kind": kind.name,
        "longest": kind.longest if kind.name == "words" else 0,
        "least": kind.lo if isinstance(kind, Kronor | Number) else None,
        "most": kind.hi if isinstance(kind, Kronor | Number) else None,
        "secret": question.sensitivity is Sensitivity.SECRET,
        "options": [{"value": option.meaning, "label": _in_all(option.label, spoken)} for option in kind.options()],
        "list": items.name if isinstance(items, Each) else "",
        "of": of.name if of is not None else "",
        "about": _choices(ways, question, of) if of is not None else [],
        "only_if": _only_if(ways, asking.key) if of is None else None,
    }


def _choices(ways: _Ways, question: Question[Any], of: Question[Any]) -> list[Json]:
    """Of which choices it is asked. A question that names its choice is asked of each that any such question is."""
    asked = {key: asking for way in ways.found for key, asking in way.asked.items() if _of(ways, key) is of}
    named = _KIND in question.text
    chosen = {
        key.partition("#")[2]
        for key, asking in asked.items()
        if (_KIND in asking.question.text if named else asking.question is question)
    }
    return [option.meaning for option in of.kind.options() if option.meaning in chosen]


# --- When a question is asked -----------------------------------------------------------------------------------------


def _only_if(ways: _Ways, key: str) -> dict[str, Any] | None:
    """The answer without which the question never comes, the nearest before it; none where everybody is asked."""
    having = [way for way in ways.found if key in way.asked]
    for before in reversed(_before(having[0], key)):
        kind = having[0].asked[before].question.kind
        if not isinstance(kind, YesNo | OneOf | Several):
            continue
        # Of several choices each was tried alone: one that opens the question opens it among others too.
        tried = [(_alone(answer), way) for answer, way in ways.by_answer[before] if _alone(answer) is not None]
        opening = [answer for answer, way in tried if key in way.asked]
        if not 0 < len(opening) < len(tried):
            continue
        if all(before in way.asked and _is_among(way.answers[before], opening) for way in having):
            return {"question": before.partition("#")[0], "answers": opening}
    return None


def _alone(answer: Json) -> Json:
    if not isinstance(answer, list):
        return answer
    return answer[0] if len(answer) == 1 else None


def _is_among(answer: Json, opening: Sequence[Json]) -> bool:
    return any(one in opening for one in (answer if isinstance(answer, list) else [answer]))


def _before(way: _Way, key: str) -> list[str]:
    keys = list(way.asked)
    return keys[: keys.index(key)]


# --- The ways ---------------------------------------------------------------------------------------------------------


def _ways(flow: Flow) -> _Ways:
    ways = _Ways()
    todo: list[tuple[dict[str, Json], str]] = [({}, "")]
    while todo:
        answers, changed = todo.pop(0)
        asked: dict[str, Asking] = {}
        turned: list[tuple[str, Json]] = []
        played = _play(flow, answers)
        asked.update(_passed(played))
        while played.asking is not None:
            asking = played.asking
            asked[asking.key] = asking
            first, *others = _answers(asking)
            if asking.key not in ways.by_answer:
                ways.by_answer[asking.key] = []
                turned.append((asking.key, first))
                todo += [({**answers, asking.key: other}, asking.key) for other in others]
            answers = {**answers, asking.key: first}
            played = _play(flow, answers)
        listed = {live.key: item.items for live in played.live if (item := item_of(played, live.key)) is not None}
        way = _Way(answers, asked, listed)
        ways.found.append(way)
        for key, answer in chain(turned, [(changed, answers.get(changed))] if changed else []):
            ways.by_answer[key].append((answer, way))
    return ways


def _passed(played: Played) -> dict[str, Asking]:
    return {live.key: Asking(live.key, live.question, live.text, may_leave=live.left) for live in played.live}


def _answers(asking: Asking) -> list[Json]:
    """The answers to try, the most usual first. A list needs one item to be seen."""
    question, kind = asking.question, asking.question.kind
    if asks_for_more(asking):
        return [kind.dump(False)]
    if kind.name in _OWN_WORDS and asking.may_leave:
        return [LEFT]
    samples = [kind.dump(sample) for sample in kind.samples()]
    usual = samples[0] if question.usual is None else kind.dump(question.usual)
    return [usual, *(sample for sample in samples if sample != usual)]


def _play(flow: Flow, answers: Mapping[str, Json]) -> Played:
    context = Context(
        person=_NOBODY,
        thread=_NOBODY,
        channel="web",
        private=True,
        language="sv",
        speaks="sv",
        now=_SOME_DAY,
        today=_SOME_DAY.date(),
        invites=False,
    )
    return play(flow, context, answers, {})


def _order(ways: Sequence[_Way]) -> dict[str, Asking]:
    """Every question once, each before the one it led to when it was first met; what only asks for more is none."""
    order: list[str] = []
    known: dict[str, Asking] = {}
    for way in ways:
        place = len(order)
        for key, asking in reversed(list(way.asked.items())):
            if key not in known:
                known[key] = asking
                order.insert(place, key)
            place = order.index(key)
    return {key: known[key] for key in order if not asks_for_more(known[key])}
