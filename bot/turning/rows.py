"""Lines, messages, calls and erasures as they lie in their tables, sealed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid4

import structlog

from backend.contract import Value
from bot import messages
from bot.codec import Codec
from bot.conversation.elsewhere import YOUR_CODE
from bot.leaving.kinds import KINDS
from bot.messages import Filled, Outgoing, Said
from bot.rendering import as_text
from bot.text import is_gsm as fits_gsm
from bot.text import say, segments
from bot.turning.threads import LockedThread

LINE: Mapping[str, str] = {
    "thread": "uuid",
    "number": "int",
    "municipality": "text",
    "person": "uuid",
    "at": "timestamptz",
    "who": "text",
    "language": "text",
    "original": "bytea",
    "swedish": "bytea",
    "state": "text",
    "outbox": "uuid",
    "staff_message": "uuid",
    "in_doubt": "bool",
}
"""The columns of a line of a thread, with their types."""

log = structlog.get_logger()


def entry_row(
    codec: Codec,
    thread: LockedThread,
    *,
    at: datetime,
    who: Literal["person", "bot", "staff", "marker"],
    language: str,
    original: str,
    swedish: str | None,
    state: str,
    outbox_id: UUID | None = None,
    staff_message: UUID | None = None,
) -> dict[str, Any]:
    """The thread's next line as it lies in the table. The thread is saved afterwards."""
    number = thread.next_number()
    place = f"{thread.id}/{number}"
    return {
        "thread": thread.id,
        "number": number,
        "municipality": thread.municipality,
        "person": thread.person,
        "at": at,
        "who": who,
        "language": language,
        "original": codec.seal(original, "entries", "original", place),
        "swedish": None if swedish is None else codec.seal(swedish, "entries", "swedish", place),
        "state": state,
        "outbox": outbox_id,
        "staff_message": staff_message,
        # Nobody knows whose words these are, or who read ours.
        "in_doubt": thread.state.frozen or thread.state.to_prove,
    }


def outbox_row(
    codec: Codec,
    thread: LockedThread,
    turn: UUID,
    message: Outgoing,
    *,
    outbox_id: UUID,
    now: datetime,
    state: str,
) -> dict[str, Any]:
    """One of our messages as it lies in the outbox."""
    kind = KINDS[message.kind]
    return {
        "id": outbox_id,
        "municipality": thread.municipality,
        "thread": thread.id,
        "turn": turn,
        "channel": thread.channel,
        "kind": message.kind,
        "rank": kind.rank,
        "message": codec.seal(messages.dump(message), "outbox", "message", outbox_id),
        "proactive": kind.proactive,
        "staff": message.staff_message is not None,
        "epoch": thread.state.epoch,
        "state": state,
        "at": now,
        "start": message.start,
        "deadline": message.deadline or now + kind.life,
    }


def call_row(
    codec: Codec,
    municipality: str,
    key: UUID,
    value: Value,
    *,
    of: LockedThread | None,
    path: Mapping[str, str] | None,
    answers_to_thread: bool,
) -> dict[str, Any]:
    """A call to the backend as it lies in its queue."""
    return {
        "id": key,
        "municipality": municipality,
        "thread": of.id if of else None,
        "person": of.person if of else None,
        "call": type(value).__name__,
        "path": dict(path or {}),
        "body": codec.seal(value.model_dump_json(), "calls", "body", key),
        "answers_to_thread": answers_to_thread,
    }


def erasure_row(codec: Codec, municipality: str, channel: str, place: str) -> dict[str, Any]:
    """What is to be erased at a provider, by where it lies there."""
    row = uuid4()
    return {
        "id": row,
        "municipality": municipality,
        "channel": channel,
        "place": codec.seal(place, "erasures", "place", row),
    }


def their_words(thread: LockedThread, event: Said | Filled) -> dict[str, Any]:
    """What the person's own line says."""
    return {
        "who": "person",
        "language": thread.state.speaks or thread.state.language or "sv",
        "original": event.words if isinstance(event, Said) else _written_on(event),
        "state": "received",
    }


def worded(thread: LockedThread, message: Outgoing) -> tuple[str, str]:
    """The language a message is said in, and its words; a text that costs more than its kind may is told in the log."""
    language = message.language or thread.state.language or "sv"
    plain = thread.channel == "sms"
    words = as_text(message, language, plain=plain)
    budget = KINDS[message.kind].segments[0 if fits_gsm(words) else 1]
    if plain and (cost := segments(words)) > budget:
        log.warning("over budget", kind=message.kind, language=language, segments=cost, budget=budget)
    return language, words


def within_budget(thread: LockedThread, message: Outgoing) -> Outgoing:
    """The message, or its code alone where the link beside it would make one text more than it may be: a long name of
    a site, in a language of long texts."""
    if thread.channel != "sms" or "link" not in message.text.values:
        return message
    words = as_text(message, message.language or thread.state.language or "sv", plain=True)
    if segments(words) <= KINDS[message.kind].segments[0 if fits_gsm(words) else 1]:
        return message
    return replace(message, text=say(YOUR_CODE, code=message.text.values["code"]))


def _written_on(page: Filled) -> str:
    return "; ".join(words for words in page.fields.values() if words.strip())
