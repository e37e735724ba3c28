"""A flow as a paper form has it: every question it may ask, in its order, in every language, and when it is asked.

The flow itself is asked: it is played along every way that one other answer opens, and what it stops at is written
down. Nobody keeps a second list of its questions. ``imorgon form`` writes it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import chain
from typing import Any
from uuid import UUID

from bot.form import LEFT, Asking, Context, Flow, Json, Played, asks_for_more, play
from bot.questions import OneOf, YesNo
from bot.text import Text, languages, render, say

_NOBODY = UUID(int=0)
_SOME_DAY = datetime(2026, 11, 30, 8, tzinfo=UTC)
_OWN_WORDS = ("words", "person")
"""Kinds whose answers choose no way. Left to the meeting, they let other sentences say "your partner", "the child"."""


@dataclass
class _Way:
    """One way through the flow: the answers that led along it, and the questions it came past."""

    answers: Mapping[str, Json]
    asked: Mapping[str, Asking]
    listed: Mapping[str, str]


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
        "questions": [_question(ways, asking, spoken) for asking in order.values()],
    }


def _in_all(text: Text, spoken: Sequence[str]) -> dict[str, str]:
    return {language: render(text, language) for language in spoken}


def _question(ways: _Ways, asking: Asking, spoken: Sequence[str]) -> dict[str, Any]:
    question, kind = asking.question, asking.question.kind
    found = next(way for way in ways.found if asking.key in way.asked)
    name, _, about = asking.key.partition("#")
    of_list = found.listed.get(asking.key, "")
    return {
        "name": name,
        "section": question.section or "",
        "text": _in_all(asking.text, spoken),
        "why": _in_all(say(question.why), spoken) if question.why else None,
        "hint": _in_all(say(question.hint), spoken) if question.hint else None,
        "kind": kind.name,
        "longest": kind.longest if kind.name == "words" else 0,
        "options": [{"value": option.meaning, "label": _in_all(option.label, spoken)} for option in kind.options()],
        "list": of_list,
        "about": "" if of_list else about,
        "only_if": None if about and not of_list else _only_if(ways, asking.key),
    }


# --- When a question is asked -----------------------------------------------------------------------------------------


def _only_if(ways: _Ways, key: str) -> dict[str, Any] | None:
    """The answer without which the question never comes, the nearest before it; none where everybody is asked."""
    having = [way for way in ways.found if key in way.asked]
    for before in reversed(_before(having[0], key)):
        if not isinstance(having[0].asked[before].question.kind, YesNo | OneOf):
            continue
        tried = ways.by_answer[before]
        opening = [answer for answer, way in tried if key in way.asked]
        if not 0 < len(opening) < len(tried):
            continue
        if all(before in way.asked and way.answers[before] in opening for way in having):
            return {"question": before.partition("#")[0], "answers": opening}
    return None


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
        way = _Way(answers, asked, {key: name for name, key in _in_lists(played, asked)})
        ways.found.append(way)
        for key, answer in chain(turned, [(changed, answers.get(changed))] if changed else []):
            ways.by_answer[key].append((answer, way))
    return ways


def _passed(played: Played) -> dict[str, Asking]:
    return {live.key: Asking(live.key, live.question, live.text, may_leave=live.left) for live in played.live}


def _in_lists(played: Played, asked: Mapping[str, Asking]) -> Iterator[tuple[str, str]]:
    for item in played.form.listed:
        for key in asked:
            if item.has(key):
                yield item.items.name, key


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
