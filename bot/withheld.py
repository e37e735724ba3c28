"""Words that are kept nowhere: that somebody's identity is protected.

They are taken out in the request, before the first write and whatever becomes of the message: not masked and sealed as
a number is, but gone. What is left says that she wants to speak by telephone, which others say in words of their own
and are heard alike; so neither what we keep nor what staff read tells of a reason. What cannot wait is left standing.
"""

from dataclasses import replace

from bot.diverter import MARK
from bot.language import detect
from bot.messages import Filled, Said
from bot.words import acute_words, wants_telephone


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
    """The same for what could not be read as a message."""
    return body if wants_telephone(body) is None else MARK
