"""A message as one text in one language: "text 1 First 2 Second tail"."""

from bot.messages import Outgoing
from bot.text import render


def as_text(message: Outgoing, language: str, *, plain: bool = False) -> str:
    """The whole message. ``plain`` is for SMS: nothing that leaves the GSM alphabet without need.

    Words of staff are sent as they wrote them (or as their fixed phrase is translated), in whatever language that is.
    A section of the form reads as its title and its questions, for those who read the thread and not the page; before
    each stands what was wrong with its answer.
    """
    if message.verbatim is not None:
        return message.verbatim
    parts = [message.text] if message.why is None else [message.why, message.text]
    if message.section is not None:
        asked = [part for field in message.section.fields for part in (field.error, field.text) if part is not None]
        parts = [message.section.title, *asked]
    rendered = [render(part, language, plain=plain) for part in parts]
    if message.section is None:
        rendered += [f"{choice.number} {render(choice.label, language, plain=plain)}" for choice in message.choices]
    if message.tail is not None:
        if rendered[-1][-1:].isalnum():
            rendered[-1] += "."
        rendered.append(render(message.tail, language, plain=plain))
    return " ".join(part for part in rendered if part)


def in_swedish(message: Outgoing) -> str:
    """The same for staff, without a machine between: the sentence itself in Swedish."""
    if message.verbatim is not None:
        return message.swedish or message.verbatim
    return as_text(message, "sv")
