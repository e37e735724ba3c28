"""Write ``backend/safety/ordinary.toml`` from what the bot listens for: ``python tests/backend/safety/ordinary.py``."""

import json
import tomllib
from collections.abc import Iterable

from backend.contract import FEWEST_WORDS, phrase_words
from backend.safety.ordinary import LISTS
from bot.answers.finding import PHRASES
from bot.locales.lists import LISTS as WORD_LISTS
from bot.text import understood, words

GREETED = "god gott natt morgon kväll dag och hur mår du ni er how are iyo sidee как справи كيف حالك الخير صباح مساء"
"""Words of greetings that alone are none."""


def greetings() -> set[str]:
    """What the bot leaves out before and after what is said, and more that anybody writes there."""
    return {word for phrase in {GREETED, *_list("politeness")} for word in phrase_words(phrase)}


def acute() -> set[str]:
    """What it answers with the numbers, or keeps nowhere: parts of a message; a star is any ending."""
    parts = _list("acute") | _list("protected")
    return {" ".join(phrase_words(one)) + ("*" if one.endswith("*") else "") for one in parts}


def sentences() -> set[str]:
    """What it understands as a whole message, and what people ask it."""
    listed = {one.partition("=")[0] for key in WORD_LISTS for one in _list(key)}
    asked = {
        phrase
        for file in PHRASES.glob("*.toml")
        for answer in tomllib.loads(file.read_text("utf-8")).values()
        for phrase in answer.get("phrases", ())
    }
    read = {phrase_words(one) for one in listed | asked}
    return {" ".join(one) for one in read if len(one) >= FEWEST_WORDS}


def _list(key: str) -> set[str]:
    return {phrase for language in understood() for phrase in words(language, key)}


def written() -> str:
    """The file."""
    lists = {"greetings": greetings(), "acute": acute(), "sentences": sentences()}
    return "\n".join(_lines(name, found) for name, found in lists.items())


def _lines(name: str, found: Iterable[str]) -> str:
    rows = "".join(f"    {json.dumps(one, ensure_ascii=False)},\n" for one in sorted(found))
    return f"{name} = [\n{rows}]\n"


if __name__ == "__main__":
    LISTS.write_text(written(), "utf-8")
