"""Who has approved an answer in a language, and when: ``approved.toml``.

An approval is of the sentence as it was read. A sentence that is changed afterwards is not approved any more.
"""

import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from bot.answers.answer import Answer
from bot.text import translations

FILE = Path(__file__).parent / "approved.toml"


class Approval(BaseModel):
    """One approval. ``read`` is the mark of the sentence that was read (:func:`mark`)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    approved_by: str
    approved_on: date
    read: str


def mark(answer: Answer, language: str) -> str:
    """Twelve hexadecimal digits that change with the sentence."""
    return sha256(written(answer, language).encode()).hexdigest()[:12]


def written(answer: Answer, language: str) -> str:
    """The sentence as it stands in a language's catalogue."""
    return translations(language).gettext(answer.text)


def approval(answer: Answer, language: str) -> Approval | None:
    """The approval of the sentence as it is now; ``None``: nobody has approved it."""
    given = _approvals().get(answer.name, {}).get(language)
    return given if given is not None and given.read == mark(answer, language) else None


def is_approved(answer: Answer, language: str) -> bool:
    return approval(answer, language) is not None


@cache
def _approvals() -> Mapping[str, Mapping[str, Approval]]:
    read = tomllib.loads(FILE.read_text("utf-8"))
    return {
        name: {language: Approval.model_validate(given) for language, given in languages.items()}
        for name, languages in read.items()
    }
