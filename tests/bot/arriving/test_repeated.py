"""Lists in a form: what is added, changed or taken away is that one and nothing else, whatever the others are.

Two lists whose items have the same ids, and what is chosen of several, are filled in, and then changed at random; what
the flow gives is compared with plain lists.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.contract import Sensitivity, Value
from bot.form import LEFT, Context, Each, Flow, Form, Item, Played, item_of, play, questions_left, taken_away
from bot.questions import Kronor, Person, Question, Several, SeveralOrNone, YesNo, without_none

pytestmark = pytest.mark.unmeasured

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
CONTEXT = Context(UUID(int=1), UUID(int=2), "web", True, "sv", "sv", NOW, NOW.date())

HAS_PETS = Question("has_pets", "Do you have pets?", YesNo())
PET = Question("pet", "What is it called?", Person())
PET_MORE = Question("pet_more", "One more?", YesNo())
PETS = Each("pets", PET_MORE)
PAYS = Question("pays", "What do you pay?", SeveralOrNone({"food": "Food", "vet": "Vet", "none": "None"}))
GETS = Question("gets", "What do you get?", Several({"pay": "Pay", "gifts": "Gifts"}))
SUM = Question("sum", "{kind}: how much?", Kronor())
FRIEND = Question("friend", "Who is your friend?", Person())
FRIEND_MORE = Question("friend_more", "One more?", YesNo())
FRIENDS = Each("friends", FRIEND_MORE)
HAS_MONEY = Question("has_money", "Do you get money?", YesNo())
NUMBER = Question("number", "Which number?", Kronor(), sensitivity=Sensitivity.SECRET)


class Told(Value):
    pets: tuple[str, ...]
    pays: tuple[tuple[str, int], ...]
    gets: tuple[tuple[str, int], ...]
    friends: tuple[str, ...]


def told(form: Form) -> Told:
    pets = tuple(form.ask(PET, about=pet) for pet in form.each(PETS)) if form.ask(HAS_PETS) else ()
    pays = tuple((kind, form.ask(SUM, about=kind, kind=kind)) for kind in _chosen(form, PAYS))
    gets: tuple[tuple[str, int], ...] = ()
    if form.ask(HAS_MONEY):
        gets = tuple((kind, form.ask(SUM, about=kind, kind=kind)) for kind in _chosen(form, GETS))
    friends = tuple(form.ask(FRIEND, about=friend) for friend in form.each(FRIENDS))
    return Told(pets=pets, pays=pays, gets=gets, friends=friends)


def _chosen(form: Form, question: Question[tuple[str, ...]]) -> Any:
    return form.each_of(question, without_none(form.ask(question)))


FLOW = Flow("told", told)
NAMES = ("Sara", "Ali", "Maja", "Omar", "Lea", "Kim")


@dataclass
class Filling:
    """Somebody who fills the form in, and the plain lists that she has in mind."""

    pets: list[str]
    pays: list[str]
    gets: list[str]
    friends: list[str]
    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    def fill(self) -> Told:
        self.asked = []
        while (asking := self.played.asking) is not None:
            name, _, about = asking.key.partition("#")
            self.asked.append(asking.key)
            self.answers = {**self.played.form.answers, asking.key: self._answer(name, about)}
            assert len(self.asked) < 60, self.asked
        self.answers = dict(self.played.form.answers)
        returned = self.played.returned
        assert isinstance(returned, Told)
        return returned

    @property
    def played(self) -> Played:
        return play(FLOW, CONTEXT, self.answers, {})

    def _answer(self, name: str, about: str) -> Any:
        lists = {"pet": self.pets, "friend": self.friends}
        if name in lists:
            return lists[name][self._place(f"{name}s", about)]
        if name.endswith("_more"):
            kind = name.removesuffix("_more")
            return self._place(f"{kind}s", about) < len(lists[kind]) - 1
        if name in ("has_pets", "has_money"):
            return bool(self.pets if name == "has_pets" else self.gets)
        if name in ("pays", "gets"):
            return list(self.pays or ["none"]) if name == "pays" else list(self.gets)
        return sum_of(about)

    def _place(self, items: str, about: str) -> int:
        ids = self.played.form.answers.get(items) or ["1"]
        return ids.index(about) if about in ids else len(ids)

    def items(self) -> list[Item]:
        return self.played.form.listed

    def takes_away(self, item: Item) -> None:
        name = item.items.name
        mine: list[str] = getattr(self, name)
        if isinstance(item.items, Each):
            del mine[[one.id for one in self.items() if one.items is item.items].index(item.id)]
        else:
            mine.remove(item.id)
        answers, gate = taken_away(self.played, item)
        if gate is not None:
            del answers[gate]
        self.answers = answers

    def has_in_mind(self) -> Told:
        return Told(
            pets=tuple(self.pets),
            pays=tuple((kind, sum_of(kind)) for kind in self.pays),
            gets=tuple((kind, sum_of(kind)) for kind in self.gets),
            friends=tuple(self.friends),
        )


def sum_of(kind: str) -> int:
    return 100 * len(kind)


def _some(names: tuple[str, ...], least: int = 0) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True, min_size=least, max_size=5).map(
        lambda chosen: [one for one in names if one in chosen]
    )


fillings = st.builds(
    Filling, pets=_some(NAMES), pays=_some(("food", "vet")), gets=_some(("pay", "gifts")), friends=_some(NAMES, 1)
)
ever = settings(max_examples=150, derandomize=True, database=None)


@ever
@given(fillings, st.lists(st.integers(0, 30), max_size=6))
def test_what_is_taken_away_is_gone_and_nothing_else(filling: Filling, picks: list[int]) -> None:
    assert filling.fill() == filling.has_in_mind()
    for pick in picks:
        # Who has only one friend keeps that one: her list has no question before it that says there are any.
        items = [one for one in filling.items() if one.items is not FRIENDS or len(filling.friends) > 1]
        if not items:
            return
        filling.takes_away(items[pick % len(items)])
        assert filling.fill() == filling.has_in_mind()
        assert set(filling.asked) <= {"has_pets", "has_money"}, "only whether there are any, where none is left"


@ever
@given(fillings, st.sampled_from(NAMES))
def test_one_more_at_the_end_asks_for_that_one_alone(filling: Filling, name: str) -> None:
    filling.fill()
    last = filling.answers["friends"][-1]
    filling.friends.append(name)
    filling.answers[f"friend_more#{last}"] = True
    assert filling.fill() == filling.has_in_mind()
    added = filling.answers["friends"][-1]
    assert filling.asked == [f"friend#{added}", f"friend_more#{added}"]


@ever
@given(fillings, st.data())
def test_one_changed_is_asked_about_alone(filling: Filling, data: st.DataObject) -> None:
    filling.fill()
    place = data.draw(st.integers(0, len(filling.friends) - 1))
    key = f"friend#{filling.answers['friends'][place]}"
    del filling.answers[key]
    filling.friends[place] = "Nour"
    assert filling.fill() == filling.has_in_mind()
    assert filling.asked == [key]


@ever
@given(fillings)
def test_every_answer_about_an_item_belongs_to_that_item(filling: Filling) -> None:
    filling.fill()
    played = filling.played
    lists = {"pet": PETS, "pet_more": PETS, "friend": FRIENDS, "friend_more": FRIENDS}
    for live in played.live:
        name, _, about = live.key.partition("#")
        item = item_of(played, live.key)
        if not about:
            assert item is None
        elif name in lists:
            assert item is not None
            assert (item.items, item.id) == (lists[name], about)
        else:
            assert item is not None
            assert item.id == about
            assert item.items in (PAYS, GETS)


@ever
@given(fillings, st.integers(0, 20))
def test_how_many_are_left_is_what_comes_when_it_is_answered_as_most_do(filling: Filling, answered: int) -> None:
    """One run of the flow tells it; it is as many as are asked one by one."""
    filling.fill()
    known = dict(list(filling.answers.items())[:answered])
    played = play(FLOW, CONTEXT, known, {})
    told_at_once, asked = questions_left(FLOW, CONTEXT, played), 0
    while played.asking is not None:
        kind = played.asking.question.kind
        answer = False if played.asking.question.name.endswith("_more") else kind.samples()[0]
        asked += 1
        played = play(FLOW, CONTEXT, {**played.form.answers, played.asking.key: kind.dump(answer)}, {})
    assert told_at_once == asked


# --- What may not be asked, and what follows from other answers -------------------------------------------------------


def secretive(form: Form) -> Told:
    form.ask_or_leave(NUMBER)
    children = form.ask(HAS_PETS)
    form.ask_or_leave(SUM, implied=2 if children else 1)
    form.confirm()
    return Told(pets=(), pays=(), gets=(), friends=())


SECRETIVE = Flow("secretive", secretive)


@pytest.mark.parametrize("ceiling", list(Sensitivity))
def test_a_question_above_the_ceiling_is_left_to_the_meeting_unasked(ceiling: Sensitivity) -> None:
    played = play(SECRETIVE, CONTEXT._replace(ceiling=ceiling), {}, {})
    assert played.asking is not None
    if ceiling is Sensitivity.SECRET:
        assert played.asking.key == "number"
    else:
        assert (played.asking.key, played.form.answers["number"]) == ("has_pets", LEFT)
        assert played.form.left() == ("number",)


def test_what_other_answers_say_follows_them_until_the_person_says_otherwise() -> None:
    context = CONTEXT._replace(ceiling=Sensitivity.PERSONAL)

    def shown(answers: dict[str, Any], implied: list[str]) -> tuple[int, list[str], dict[str, Any]]:
        played = play(SECRETIVE, context, answers, {}, implied=implied)
        assert played.confirming
        return played.live[-1].meaning, played.form.implied, played.form.answers

    number, implied, answers = shown({"has_pets": False}, [])
    assert (number, implied) == (1, ["sum"])
    number, implied, answers = shown({**answers, "has_pets": True}, implied)
    assert (number, implied) == (2, ["sum"])
    number, implied, answers = shown({**answers, "sum": 7}, [])
    assert (number, implied) == (7, [])
    assert shown({**answers, "has_pets": False}, implied)[0] == 7
