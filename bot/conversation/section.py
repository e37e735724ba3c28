"""A section of the form as one page: every question that may come in it, and which answers each waits for.

The flow is run with everything left to the meeting, once for each way a question can be answered: what comes on some
ways only stands on the page with its condition. What was not asked on the way that was taken is not read. What follows
from something written, or from a choice of several, comes on a page after this one.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from bot.form import LEFT, Asking, Context, Flow, Form, Json, LookUp, Played, Stop, asks_for_more
from bot.questions import Question
from bot.text import say

T = TypeVar("T")


@dataclass(frozen=True)
class Placed:
    """A question on the page. ``when``: the key of an earlier one, and the numbers of its answers that lead here."""

    asking: Asking
    when: tuple[str, frozenset[int]] | None = None

    @property
    def key(self) -> str:
        return self.asking.key


@dataclass
class _Leafing(Form):
    """A form where whoever fills it in leaves every question of one section to the meeting, and is asked no other."""

    section: str | None = None
    asked: list[Asking] = field(default_factory=list)

    def ask(
        self,
        question: Question[T],
        about: str = "",
        among: LookUp | None = None,
        implied: T | None = None,
        **values: Any,
    ) -> T:
        known = implied is not None and self.changing != question.name
        if not known and self._comes(question, about, values, may_leave=False):
            raise Stop
        return super().ask(question, about, among, implied, **values)

    def ask_or_leave(self, question: Question[T], about: str = "", implied: T | None = None, **values: Any) -> T | None:
        known = implied is not None and self.changing != question.name
        if not self.context.carries(question):
            # It is answered on the secure page, and holds up nothing on this one.
            self.answers.setdefault(f"{question.name}#{about}" if about else question.name, LEFT)
        elif not known and self._comes(question, about, values, may_leave=True):
            self.answers[self.asked[-1].key] = LEFT
        return super().ask_or_leave(question, about, implied, **values)

    def _comes(self, question: Question[Any], about: str, values: dict[str, Any], *, may_leave: bool) -> bool:
        key = f"{question.name}#{about}" if about else question.name
        if key in self.answers:
            return False
        if question.section != self.section:
            raise Stop
        self.asked.append(Asking(key, question, say(question.text, **values), may_leave))
        return True


@dataclass
class _Page:
    """The page as it comes about: its questions so far, and the answers that each of them is reached by."""

    flow: Flow
    context: Context
    played: Played
    section: str
    questions: list[Placed] = field(default_factory=list)
    reached: dict[str, Mapping[str, Json]] = field(default_factory=dict)

    def leaf(self, answers: Mapping[str, Json]) -> list[Asking]:
        """The questions that come when all of them are left to the meeting."""
        known = self.played.form
        form = _Leafing(
            self.context,
            dict(answers),
            known.facts,
            sealed=known.sealed,
            implied=list(known.implied),
            changing=known.changing,
            section=self.section,
        )
        with suppress(Stop):
            self.flow.play(form)
        return form.asked

    def place(self, way: Sequence[Asking], answers: Mapping[str, Json]) -> None:
        """Put what is new on this way before the next question that stands there already."""
        for n, asking in enumerate(way):
            if asking.key not in self.reached:
                on = next((one.key for one in way[n:] if one.key in self.reached), None)
                place = next((n for n, one in enumerate(self.questions) if one.key == on), len(self.questions))
                self.questions.insert(place, Placed(asking))
                self.reached[asking.key] = answers

    def take_every_way(self, here: Asking) -> None:
        """What comes after this question by some of its answers only has them as its condition."""
        ways = _ways(here)
        leads: dict[str, set[int]] = {}
        for number, answer in ways:
            answers = {**self.reached[here.key], here.key: answer}
            way = self.leaf(answers)
            self.place(way, answers)
            for asking in way:
                leads.setdefault(asking.key, set()).add(number)
        place = next(n for n, one in enumerate(self.questions) if one.key == here.key)
        for n, one in enumerate(self.questions):
            numbers = leads.get(one.key, set())
            if n > place and one.when is None and len(numbers) < len(ways):
                self.questions[n] = replace(one, when=(here.key, frozenset(numbers)))


def placed(flow: Flow, context: Context, played: Played) -> list[Placed]:
    """The questions on the page of the section where the run stands, in the order they are asked."""
    if played.asking is None or played.asking.question.section is None:
        return []
    page, start = _Page(flow, context, played, played.asking.question.section), played.form.answers
    page.place(page.leaf(start), start)
    done = 0
    while done < len(page.questions):
        here = page.questions[done].asking
        done += 1
        # One more of a list, and what follows from a choice of several, have a page of their own.
        if not asks_for_more(here) and here.question.kind.input != "several":
            page.take_every_way(here)
    return page.questions


def _ways(asking: Asking) -> Sequence[tuple[int, Json]]:
    """Each choice taken alone, by its number, as it is stored. What is written leads everybody the same way."""
    kind = asking.question.kind
    alone = [(one.meaning,) if kind.input == "several" else one.meaning for one in kind.options(asking.among)]
    return [(number, kind.dump(meaning)) for number, meaning in enumerate(alone, 1)]
