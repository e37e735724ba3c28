"""A message of ours as Telegram shows it: HTML with every value quoted, buttons to answer and to share one's number."""

import html
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aiogram.enums import ParseMode
from aiogram.methods import SendMessage, SendPhoto
from aiogram.types import (
    BufferedInputFile,
    FSInputFile,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    LinkPreviewOptions,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)
from aiogram.utils.text_decorations import html_decoration

from backend.contract import Sensitivity
from bot.leaving.carriers import Letter
from bot.messages import LEAVE, REMOVE, Choice, Outgoing
from bot.telegram import week_card
from bot.text import N_, render, say, words

DRAWN = Path(__file__).parents[2] / "templates" / "static" / "papers"
"""A PNG of each paper, drawn from papers.svg (``IMORGON_WRITE_PICTURES=1 pytest tests/bot/telegram/test_drawings.py``).
"""
LONGEST = 4096
"""Characters (UTF-16 units, to be safe) of one message, after what marks its layout is taken away."""
LONGEST_DATA = 64
"""Bytes of what a button sends back."""
MANY = 6
"""More choices than this stand two in a row."""

SHARE = N_("Share my number")
CANNOT_COME = N_("I cannot come")
AT_THE_MEETING = N_("At the meeting")
TAKE_AWAY = N_("Take away")


def messages(letter: Letter) -> list[SendMessage]:
    """The messages of a letter: one, or as many as a very long text needs. Buttons stand under the last."""
    message, language = letter.message, letter.language
    if message is None or message.verbatim is not None:
        parts, markup = _pages(letter.text), None
    else:
        why = "" if message.why is None else render(message.why, language)
        parts, markup = _pages(_text(message, language), why), _markup(message, language)
    last = len(parts) - 1
    return [
        SendMessage(
            chat_id=int(letter.address),
            text=part,
            parse_mode=ParseMode.HTML,
            protect_content=_is_personal(message) or None,
            # A page of the municipality is not to be fetched and shown by others.
            link_preview_options=LinkPreviewOptions(is_disabled=True),
            reply_markup=(markup or ReplyKeyboardRemove(remove_keyboard=True)) if place == last else None,
        )
        for place, part in enumerate(parts)
    ]


def drawings(letter: Letter) -> list[SendPhoto]:
    """What the papers it speaks of look like, each with its name; as protected as its words."""
    message = letter.message
    return [
        SendPhoto(
            chat_id=int(letter.address),
            photo=FSInputFile(DRAWN / f"{drawing.paper}.png"),
            caption=render(drawing.name, letter.language),
            parse_mode=None,
            protect_content=_is_personal(message) or None,
            disable_notification=True,
        )
        for drawing in (message.drawings if message is not None else ())
    ]


async def week(letter: Letter) -> SendPhoto:
    """What is planned with her as a picture, in the language of the words above it. Raises NotDrawnError, OSError."""
    activities = letter.message.week if letter.message is not None else ()
    return SendPhoto(
        chat_id=int(letter.address),
        photo=BufferedInputFile(await week_card.png(activities, letter.language), "week.png"),
        caption=render(say(week_card.TITLE), letter.language),
        parse_mode=None,
        protect_content=_is_personal(letter.message) or None,
        disable_notification=True,
    )


def plain(message: SendMessage) -> SendMessage:
    """The same without layout, should Telegram not be able to read it."""
    without = message.text.replace("<blockquote>", "").replace("</blockquote>", "")
    return message.model_copy(update={"text": html.unescape(without), "parse_mode": None})


def data(question: str, value: str) -> str:
    """What a button sends back: the question it belongs to, and the choice. Nothing personal."""
    sent = f"{question}:{value}"
    if len(sent.encode()) > LONGEST_DATA:
        raise ValueError("a button sends back too much")
    return sent


def _is_personal(message: Outgoing | None) -> bool:
    return message is not None and message.sensitivity is not Sensitivity.OPEN


# --- Words ------------------------------------------------------------------------------------------------------------


def _text(message: Outgoing, language: str) -> str:
    lines = [render(message.text, language)]
    if not _by_buttons(message):
        lines += [f"{choice.number} {render(choice.label, language)}" for choice in message.choices]
    if message.tail is not None:
        lines.append(render(message.tail, language))
    return "\n".join(line for line in lines if line)


def _pages(text: str, why: str = "") -> list[str]:
    """The text, quoted, in pages that are short enough; ``why`` in a box above the first."""
    box = f"<blockquote>{html_decoration.quote(why)}</blockquote>\n" if why else ""
    pages, room = [], LONGEST - _length(why) - 1
    while text:
        cut = _cut(text, room)
        pages.append(html_decoration.quote(text[:cut].strip()))
        text, room = text[cut:].strip(), LONGEST
    return [box + page if place == 0 else page for place, page in enumerate(pages)]


def _cut(text: str, room: int) -> int:
    """How much of the text fits: to the end of a line or a word, where there is one."""
    if _length(text) <= room:
        return len(text)
    # Never more than two units a character.
    fits = next(end for end in range(min(len(text), room), 0, -1) if _length(text[:end]) <= room)
    ends = [text.rfind(mark, fits // 2, fits) for mark in ("\n", ". ", " ")]
    return next((end + 1 for end in ends if end > 0), fits)


def _length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


# --- Buttons ----------------------------------------------------------------------------------------------------------


def _by_buttons(message: Outgoing) -> bool:
    """Where several may be chosen they are written by their numbers: one press would be taken for all of the answer."""
    return message.expects != "several"


def _markup(message: Outgoing, language: str) -> InlineKeyboardMarkup | ReplyKeyboardMarkup | None:
    if message.question is None:
        return None
    if message.expects == "telephone":
        # These buttons write their words, as if she had.
        rows = [[KeyboardButton(text=render(say(SHARE), language), request_contact=True)]]
        if message.may_leave and (later := words(language, "later")):
            rows.append([KeyboardButton(text=later[0].capitalize())])
        return ReplyKeyboardMarkup(keyboard=rows, resize_keyboard=True, one_time_keyboard=True)
    choices = message.choices if _by_buttons(message) else ()
    if message.ask == "reminder":
        choices = (Choice(2, say(CANNOT_COME), "2"),)
    if message.may_remove:
        choices = (*choices, Choice(len(choices) + 1, say(TAKE_AWAY), REMOVE))
    if message.may_leave:
        choices = (*choices, Choice(len(choices) + 1, say(AT_THE_MEETING), LEAVE))
    if not choices:
        return None
    buttons = [
        InlineKeyboardButton(text=render(choice.label, language), callback_data=data(message.question, choice.value))
        for choice in choices
    ]
    return InlineKeyboardMarkup(inline_keyboard=_rows(buttons, 2 if len(buttons) > MANY else 1))


def _rows(buttons: Sequence[InlineKeyboardButton], width: int) -> list[list[Any]]:
    return [list(buttons[start : start + width]) for start in range(0, len(buttons), width)]
