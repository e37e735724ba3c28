"""Whether what she wrote is the phrase that was agreed with her: the one thing that is found out before its turn.

The phrase itself is kept nowhere; what is kept is a slow digest of it, so only messages of hers with as many letters
are tried, politeness at their ends aside, and not on the thread that serves everybody. Who has agreed on nothing pays
nothing.
"""

import asyncio
import hmac
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, takewhile

from backend.contract import PhraseDigest, phrase_digest, phrase_words
from bot.messages import Event, Person, Said
from bot.spelling import fold
from bot.text import known

MOST_LEFT_OUT = 6
"""How many words of politeness are left out before and after: "Hej hej! … Tack så mycket, snälla."."""

MOST_TRIES = 4
"""How many parts of one message are hashed, however polite it is."""


async def heard(person: Person, event: Event) -> Event:
    """The event, marked if it is a phrase of hers as the whole message."""
    if not person.agreed or not isinstance(event, Said) or event.question is not None:
        return event
    words = phrase_words(event.words)
    tries = [(phrase, said) for phrase in person.agreed for said in said_politely(words, phrase.letters)]
    if not tries or not await asyncio.to_thread(_any_fits, tries):
        return event
    return replace(event, agreed=True)


def said_politely(words: Sequence[str], letters: int) -> Iterator[Sequence[str]]:
    """The parts with so many letters that are the whole message but for politeness before and after it."""
    before = _politeness(words)
    after = _politeness(words[::-1])
    parts = (words[start : len(words) - end] for start in range(before + 1) for end in range(after + 1))
    return islice((part for part in parts if sum(map(len, part)) == letters), MOST_TRIES)


def _politeness(words: Sequence[str]) -> int:
    """How many words of politeness it begins with; no more are left out than a message may mean by it."""
    return len(list(takewhile(lambda word: fold(word) in known("politeness"), words[:MOST_LEFT_OUT])))


def _any_fits(tries: Sequence[tuple[PhraseDigest, Sequence[str]]]) -> bool:
    return any(
        hmac.compare_digest(phrase_digest(said, bytes.fromhex(phrase.salt)), bytes.fromhex(phrase.digest))
        for phrase, said in tries
    )
