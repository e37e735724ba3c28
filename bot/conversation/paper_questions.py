"""What is asked about papers that staff want by a day: which one it is, whether it can be read, whether it can be got.

What a question is about is kept with it, as words: the papers, and behind the bar the day or the documents.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, get_args
from uuid import UUID

from backend.contract import Paper, Sensitivity
from bot.flows.application import PAPERS
from bot.questions import OneOf, Question, YesNo
from bot.text import N_, Text, Value, say

CAN_GET = N_("We need: {papers}. At the latest {day}. Can you get them?")
CAN_STILL_GET = N_("Still missing: {papers}. The last day has passed, but you can send them. Can you get them?")
CANNOT_GET = N_("Which one can you not get?")
WHICH_PAPER = N_("Which paper is it?")
HARD_TO_READ = N_("It is hard to read. Can you take a new picture?")
TAKEN_AS = N_("Is it something else?")

OTHER = N_("Something else")
A_NEW_ONE = N_("I send a new one")
ANYWAY = N_("Send it anyway")
ASKED = ("can-get", "can-still-get", "cannot-get", "which-paper", "hard-to-read", "taken-as")
"""They need no answer and stand for days: words that are none are read like any others."""


@dataclass(frozen=True)
class About:
    """Which papers a question is about, and by which day they are wanted or in which documents they came."""

    papers: tuple[Paper, ...]
    by: date | None = None
    documents: tuple[UUID, ...] = ()

    def __str__(self) -> str:
        behind = self.by.isoformat() if self.by is not None else " ".join(map(str, self.documents))
        return f"{' '.join(self.papers)}|{behind}"

    @classmethod
    def read(cls, kept: str) -> "About":
        named, _, behind = kept.partition("|")
        listed = tuple(paper for paper in get_args(Paper) if paper in named.split())
        if " " not in behind and len(behind) == len("2026-12-03"):
            return cls(listed, date.fromisoformat(behind))
        return cls(listed, documents=tuple(map(UUID, behind.split())))


def question(ask: str, about: str) -> Question[Any]:
    """One of them, with the answers to choose between."""
    labels: dict[str, str] = {paper: PAPERS[paper] for paper in About.read(about).papers}
    match ask:
        case "can-get" | "can-still-get":
            text = CAN_GET if ask == "can-get" else CAN_STILL_GET
            return Question(ask, text, YesNo(), sensitivity=Sensitivity.PERSONAL)
        case "cannot-get":
            return Question(ask, CANNOT_GET, OneOf(labels), sensitivity=Sensitivity.PERSONAL)
        case "which-paper":
            choices = OneOf({**labels, "other": OTHER})
            return Question(ask, WHICH_PAPER, choices, sensitivity=Sensitivity.PERSONAL)
        case "hard-to-read":
            return Question(ask, HARD_TO_READ, OneOf({"new": A_NEW_ONE, "anyway": ANYWAY}))
        case _:
            return Question(ask, TAKEN_AS, YesNo())


def values(about: str) -> Mapping[str, Value]:
    """What stands in the sentence of a question."""
    read = About.read(about)
    return {"papers": names(read.papers), **({"day": read.by} if read.by is not None else {})}


def names(papers: Iterable[Paper]) -> tuple[Text, ...]:
    """Papers as they are called."""
    return tuple(say(PAPERS[paper]) for paper in papers)
