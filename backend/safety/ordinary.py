"""Which sentences are too ordinary to be agreed on: whoever writes one of them by chance would alert staff.

``ordinary.toml`` holds, in the languages people write to us in, what the bot listens for anyway, greetings, and words
that say in themselves that somebody is in danger. It is written from the bot's own lists by a command of the tests,
which also sees to it that nothing is missing.
"""

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from backend.contract import FEWEST_WORDS, MOST_WORDS, phrase_words
from backend.errors import PhraseAcute, PhraseOrdinary, PhraseTooLong, PhraseTooShort, PhraseWithNumbers

LISTS = Path(__file__).parent / "ordinary.toml"


def words_of(phrase: str) -> tuple[str, ...]:
    """The words of a phrase that can be agreed on, as they are compared. Raises a refusal that says what is wrong."""
    words = phrase_words(phrase)
    if any(sign.isdigit() for word in words for sign in word):
        raise PhraseWithNumbers
    if _is_acute(words):
        raise PhraseAcute
    if len(words) < FEWEST_WORDS:
        raise PhraseTooShort(fewest=FEWEST_WORDS)
    own = _without_greetings(words)
    if len(own) < FEWEST_WORDS or _list("sentences") & {" ".join(words), " ".join(own)}:
        raise PhraseOrdinary
    if len(words) > MOST_WORDS:
        raise PhraseTooLong(most=MOST_WORDS)
    return words


def _without_greetings(words: Sequence[str]) -> tuple[str, ...]:
    """The sentence without the politeness at its ends, which the bot leaves out too."""
    greetings, start, end = _list("greetings"), 0, len(words)
    while start < end and words[start] in greetings:
        start += 1
    while start < end and words[end - 1] in greetings:
        end -= 1
    return tuple(words[start:end])


def _is_acute(words: Sequence[str]) -> bool:
    """Whether the bot would hear something that cannot wait in it, and answer with the numbers."""
    return _acute().search(" ".join(words)) is not None


@cache
def _acute() -> re.Pattern[str]:
    # A star at the end stands for any ending; Arabic may have "and" or the article in front.
    parts = [re.escape(one.rstrip("*")) + (r"\w*" if one.endswith("*") else "") for one in sorted(_list("acute"))]
    return re.compile(rf"(?<!\w)(?:و|ال|وال|ب)?(?:{'|'.join(parts)})(?!\w)")


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(tomllib.loads(LISTS.read_text("utf-8"))[name])
