"""Words that are kept nowhere: that somebody's identity is protected.

They are taken out in the request, before the first write and whatever becomes of the message: not masked and sealed as
a number is, but gone. What is left says that she wants to speak by telephone, which others say in words of their own
and are heard alike; so neither what we keep nor what staff read tells of a reason. What cannot wait is left standing.
"""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bot.hearing.diverter import MARK
from bot.hearing.language import detect
from bot.hearing.words import acute_words, wants_telephone
from bot.messages import Filled, Said


def without(event: Said | Filled) -> Said | Filled:
    """The event without such words; what has none is untouched.

    Of a page nothing is taken in: it stops being asked anyway, and what else stood there may tell the same.
    """
    if isinstance(event, Said):
        said, left = event.words, event
    else:
        said, left = "\n".join(event.fields.values()), Said("")
    language = wants_telephone(said)
    if language is None:
        return event
    written_in = detect(said)
    return replace(
        left,
        words=" ".join([MARK, *acute_words(said)]),
        question=None,
        edited=False,
        # What she writes cannot be told from what is left of it.
        speaks=written_in.code if written_in.sure else language,
        by_telephone=True,
    )


def whole(body: str) -> str:
    """The same for what could not be read as a message. In JSON letters may be escaped, so each text in it is read."""
    try:
        texts = list(_texts(json.loads(body)))
    except (ValueError, RecursionError):
        texts = [body]
    return body if all(wants_telephone(text) is None for text in texts) else MARK


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for one in value.items() for part in one for text in _texts(part))
    elif isinstance(value, list):
        yield from (text for one in value for text in _texts(one))
