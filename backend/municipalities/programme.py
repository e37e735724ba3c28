"""The planning week a municipality gives: which activities on which weekdays, where, and for how many at a time."""

from datetime import date, time
from typing import Literal, get_args

from pydantic import Field, model_validator

from backend.contract import Branch, Language, PlannedKind, Value

Weekly = Literal["caseworker", "job-search", "open-house", "placement"]
"""What comes every week after the planning week: never a part of it."""


OnceKind = Literal["planning-talk", "recruiter-interview", "recruiting"]
"""What a caseworker plans once: a talk about the plan (planeringssamtal), an interview with a recruiter, a meeting of
employers with several (rekryteringsträff)."""
KINDS_ONCE: tuple[OnceKind, ...] = get_args(OnceKind)


class Once(Value):
    """How one of them is held. ``capacity``: places there are at one time in one place."""

    activity: OnceKind
    minutes: int = Field(ge=10, le=480)
    capacity: int = Field(ge=1, le=200)


class Occasion(Value):
    """One activity of the week. ``weekday``: 0 is Monday. ``at``: Swedish clock time. ``capacity``: places there are.

    ``language``: a group that is held with an interpreter into that language, for those who speak it.
    """

    weekday: int = Field(ge=0, le=4)
    at: time
    minutes: int = Field(ge=15, le=480)
    activity: PlannedKind
    place: str = Field(min_length=1, max_length=80)
    capacity: int = Field(ge=1, le=200)
    language: Language | None = None


class Programme(Value):
    """The week, as the municipality decided it, and the branches there are to choose between.

    Whoever speaks the language of a group is in that group; everybody else in the one without a language. The week
    ends with the plan being shown, so that activity is needed.
    """

    occasions: tuple[Occasion, ...]
    branches: tuple[Branch, ...] = Field(min_length=2)
    once: tuple[Once, ...] = ()

    @model_validator(mode="after")
    def _ends_with_the_plan(self) -> "Programme":
        if not any(one.activity == "plan" and one.language is None for one in self.occasions):
            raise ValueError("planning: the week ends with 'plan', in a group for everybody")
        if wrong := {one.activity for one in self.occasions} & {*get_args(Weekly), *KINDS_ONCE}:
            raise ValueError(f"planning: {', '.join(sorted(wrong))} is for the weeks after")
        if len({one.activity for one in self.once}) != len(self.once):
            raise ValueError("planning: what is planned once stands once")
        groups = [(one.activity, one.language) for one in self.occasions]
        if len(groups) != len(set(groups)):
            raise ValueError("planning: an activity has one group for each language")
        return self

    def of(self, language: str) -> tuple[Occasion, ...]:
        """What somebody who speaks this language takes part in, in the order of the weekdays; the plan last."""
        mine: dict[str, Occasion] = {}
        for one in self.occasions:
            if one.language == language or (one.language is None and one.activity not in mine):
                mine[one.activity] = one
        return tuple(sorted(mine.values(), key=lambda one: (one.activity == "plan", one.weekday, one.at)))


class ActivityRequirement(Value):
    """What the law asks of activity of whoever gets support, from a day on. ``applies``: the municipality's own switch.

    ``status``: *secondary* is taken from somebody who tells of the law, and is to be held against the law's own text.
    It is shown to staff beside the plan; it decides nothing, and nobody is told of it by a machine.
    """

    since: date
    hours: int = Field(ge=1, le=40, description="a week, at most")
    after_months: int = Field(ge=0, le=12, description="of support without a break, before it is asked")
    fewer_with_small_child: int = Field(ge=0, le=40, description="hours a week")
    small_child_under: int = Field(ge=1, le=18, description="years")
    law: str
    source: str
    status: Literal["verified", "secondary"]
    applies: bool = False
