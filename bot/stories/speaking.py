"""What people say in the stories, in their language; and what they say where a story has no words of it yet.

A story's words are extra: a language that has none of them is played all the same, and its dialogues can be read.
"""

from collections.abc import Mapping

from bot.text import language_name, words


def spoken(said: Mapping[str, str], language: str) -> str:
    """Free words within a talk: in English, where there are none in the language."""
    return said.get(language) or said["en"]


def first_words(said: Mapping[str, str], language: str) -> str:
    """The words that begin a talk, and tell its language: the language's own name, where there are none in it."""
    return said.get(language) or language_name(language, language)


def yes(language: str) -> str:
    return words(language, "yes")[0]
