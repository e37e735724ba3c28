"""Approved answers to what people ask in between: found by words in each language, said with the municipality's values.

A question that has no answer here is no question for a machine: a human is offered.
"""

from collections.abc import Mapping
from functools import cache

from backend.contract import Policy
from bot.answers import frightened, ordinary
from bot.answers.answer import Answer
from bot.answers.approvals import approval, is_approved, mark, written
from bot.answers.finding import Found, find, is_question

__all__ = [
    "Answer",
    "Found",
    "answers",
    "approval",
    "find",
    "is_approved",
    "is_question",
    "mark",
    "may_be_said",
    "of_law",
    "written",
]


@cache
def answers() -> Mapping[str, Answer]:
    """All answers by name, in the order they stand."""
    return {answer.name: answer for answer in (*frightened.ANSWERS, *ordinary.ANSWERS)}


def of_law() -> tuple[Answer, ...]:
    """The answers that state the law: those that need an approval."""
    return tuple(answer for answer in answers().values() if answer.law)


def may_be_said(answer: Answer, language: str, policy: Policy) -> bool:
    """Whether the answer may be said in a language: what states the law only where somebody has approved it."""
    return not answer.law or policy.unapproved_answers or is_approved(answer, language)
