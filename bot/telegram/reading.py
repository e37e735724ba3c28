"""What an update of Telegram means to us: words, a button, a change of mind about being written to; or nothing.

Only private chats with people are read. In groups and channels we are silent, and leave.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Any, Literal

from aiogram.enums import ChatMemberStatus, ChatType, ContentType
from aiogram.types import CallbackQuery, ChatMemberUpdated, Contact, Document, Message, PhotoSize, Update

from bot.messages import Said
from bot.persons import codes

PICTURES = frozenset({ContentType.PHOTO, ContentType.DOCUMENT, ContentType.LIVE_PHOTO})
"""Pictures and files: papers come as either."""
SPOKEN = frozenset({ContentType.VOICE, ContentType.AUDIO, ContentType.VIDEO_NOTE})
OTHER = frozenset(
    {
        *(ContentType.ANIMATION, ContentType.VIDEO, ContentType.STICKER, ContentType.STORY, ContentType.PAID_MEDIA),
        *(ContentType.CONTACT, ContentType.LOCATION, ContentType.VENUE, ContentType.POLL, ContentType.CHECKLIST),
        *(ContentType.DICE, ContentType.GAME, ContentType.RICH_MESSAGE, ContentType.UNKNOWN),
    }
)
"""What a person can send and nobody here can read. The rest are notices of Telegram itself, about the chat."""

_NOT_KEPT = frozenset({ContentType.STICKER, ContentType.DICE, ContentType.GAME})
"""Pictures out of a public set say nothing that would have to be kept."""

_COMMAND = re.compile(r"/(?P<name>\w+)(?:@\w+)?(?:\s+(?P<rest>.*))?", re.DOTALL)
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_NUMBER = re.compile(r"\+?([1-9][0-9]{6,14})")


@dataclass(frozen=True)
class Written:
    """Somebody wrote, sent or changed something. ``message`` is its number in the chat.

    ``media``: what came that is no words, as JSON, to be sealed. ``file``: where a picture or a file of it lies,
    ``same`` what Telegram knows it by, and ``named`` how she calls it.

    ``album`` names the album a picture belongs to: its pictures come one by one, with no end mark.
    """

    chat: int
    message: int
    event: Said
    media: str = ""
    file: str = ""
    same: str = ""
    named: str = field(default="", repr=False)
    album: str = ""


@dataclass(frozen=True)
class Pressed:
    """Somebody pressed a button under a message of ours; her screen waits until the query is answered."""

    chat: int
    event: Said
    query: str
    message: int


@dataclass(frozen=True)
class Reachable:
    """Somebody blocked us, or let us through again."""

    chat: int
    yes: bool


@dataclass(frozen=True)
class Nothing:
    """Not for us. ``leave``: a group or channel we have no business in."""

    leave: int | None = None


def read(raw: Mapping[str, Any]) -> Written | Pressed | Reachable | Nothing:
    """What an update means. Raises ValueError for one that cannot be understood."""
    update = Update.model_validate(raw)
    if update.callback_query is not None:
        return _pressed(update.callback_query)
    if update.my_chat_member is not None:
        return _reachable(update.my_chat_member)
    edited = update.message is None
    message = update.edited_message if edited else update.message
    if message is None:
        return Nothing()
    if message.chat.type != ChatType.PRIVATE:
        return Nothing(leave=message.chat.id)
    if message.from_user is None or message.from_user.is_bot:
        return Nothing()
    return _written(message, raw["edited_message" if edited else "message"], edited=edited)


# --- Messages ---------------------------------------------------------------------------------------------------------


def _written(message: Message, raw: Mapping[str, Any], *, edited: bool) -> Written | Nothing:
    kind = ContentType(message.content_type)
    words = message.text or message.caption or ""
    event = Said(words, edited=edited, speaks=_language(message))
    if kind == ContentType.TEXT:
        return Written(message.chat.id, message.message_id, _begun(event))
    if kind == ContentType.CONTACT and message.contact is not None:
        event = _contact(message.contact, message) or event
        own = event.contact == "own"
        return Written(message.chat.id, message.message_id, event, media="" if own else _kept(kind, raw))
    if kind not in PICTURES | SPOKEN | OTHER or (edited and message.location is not None):
        # A notice about the chat; or a place that moves, told anew every few seconds.
        return Nothing()
    if kind in PICTURES:
        event = replace(event, pictures=0 if edited else 1)
    else:
        event = replace(event, unread="voice" if kind in SPOKEN else "other")
    album = f"{message.chat.id}:{message.media_group_id}" if message.media_group_id and not edited else ""
    found = _file(message) if kind in PICTURES else None
    name = message.document.file_name or "" if message.document else ""
    return Written(
        message.chat.id,
        message.message_id,
        event,
        media=_kept(kind, raw),
        file=_place(message, found) if found is not None else "",
        same=found.file_unique_id if found is not None else "",
        named=f"{words} {PurePath(name).stem}".strip(),
        album=album,
    )


def _file(message: Message) -> PhotoSize | Document | None:
    """The largest of a picture's sizes, or the file. A picture that moves comes with one that does not."""
    if message.photo:
        return max(message.photo, key=lambda size: size.width * size.height)
    return message.document


def _place(message: Message, file: PhotoSize | Document) -> str:
    """Where it lies, as the channel fetches it and takes it away again."""
    place = {"chat": message.chat.id, "message": message.message_id, "file": file.file_id}
    return json.dumps({**place, "bytes": file.file_size or 0})


def _begun(event: Said) -> Said:
    """``/hjalp@OurBot`` is the word; what follows ``/start`` in a link may name a language or be a code to go on here,
    and nothing else."""
    found = _COMMAND.fullmatch(event.words.strip())
    if found is None:
        return event
    rest = (found["rest"] or "").strip()
    if found["name"].casefold() != "start":
        return replace(event, words=f"/{found['name']} {rest}".strip())
    if codes.read(Said(rest)) is not None:
        return replace(event, words=rest)
    return replace(event, words="/start", speaks=rest if _LANGUAGE.fullmatch(rest) else event.speaks)


def _contact(contact: Contact, message: Message) -> Said | None:
    """Anybody can forward anybody's card: only one's own proves a number."""
    whose: Literal["own", "other"] = "other"
    number = _NUMBER.fullmatch(contact.phone_number.strip())
    if message.from_user is not None and contact.user_id == message.from_user.id and number is not None:
        whose = "own"
    return Said(f"+{number[1]}" if number is not None and whose == "own" else "", contact=whose)


def _kept(kind: ContentType, raw: Mapping[str, Any]) -> str:
    if kind in _NOT_KEPT:
        return ""
    # What is newer than the library is kept whole: nobody can say which part of it is the thing sent.
    kept = raw if kind == ContentType.UNKNOWN else {kind.value: raw.get(kind.value)}
    return json.dumps(kept, sort_keys=True)


def _language(message: Message) -> str | None:
    code = (message.from_user.language_code or "").partition("-")[0] if message.from_user else ""
    return code if _LANGUAGE.fullmatch(code) else None


# --- Buttons and membership -------------------------------------------------------------------------------------------


def _pressed(query: CallbackQuery) -> Pressed | Nothing:
    if query.message is None or query.message.chat.type != ChatType.PRIVATE:
        return Nothing()
    # Whose program is not Telegram's own sends what it likes; our tokens are plain letters and figures.
    token, _, value = (query.data or "").partition(":")
    token = "".join(sign for sign in token if sign.isascii() and sign.isprintable())
    return Pressed(query.message.chat.id, Said(value, question=token), query.id, query.message.message_id)


def _reachable(change: ChatMemberUpdated) -> Reachable | Nothing:
    gone = change.new_chat_member.status in (ChatMemberStatus.KICKED, ChatMemberStatus.LEFT)
    if change.chat.type == ChatType.PRIVATE:
        return Reachable(change.chat.id, yes=not gone)
    return Nothing(leave=None if gone else change.chat.id)
