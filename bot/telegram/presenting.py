"""How a bot shows itself before anything is written: its commands and what it says of itself, in each language.

The commands are the words that work anywhere, as each language's list has them. Telegram takes only a to z, figures
and _ in a command, so it is the first such word of the list, spelled without dots and accents; it is understood like
any other way to write the word.
"""

import re
from collections.abc import Iterator

from aiogram.methods import SetMyCommands, SetMyDescription, SetMyShortDescription, TelegramMethod
from aiogram.types import BotCommand, BotCommandScopeAllPrivateChats

from bot.hearing.words import Name
from bot.spelling import fold
from bot.text import N_, languages, render, say, words

COMMANDS: dict[Name, str] = {
    "help": N_("What you can write"),
    "status": N_("How it is going"),
    "human": N_("A person answers you or rings you"),
    "language": N_("Another language"),
    "move": N_("Another time, or no meeting"),
    "back": N_("One question back"),
    "later": N_("Leave the question to the meeting"),
    "elsewhere": N_("Go on in another place"),
    "what": N_("What we keep about you"),
    "stop": N_("Get no more messages here"),
}
"""In the order of the menu."""

DESCRIPTION = N_(
    "Here you can ask the municipality for help when your money does not last. A machine answers at once and books a "
    "meeting with a person for you, free and with an interpreter. Telegram is not private: send no identity number "
    "and no papers here. In danger to life: ring 112."
)
SHORT_DESCRIPTION = N_("Help when your money does not last. A machine answers, and a person when you want one.")

_PREFERRED: dict[Name, str] = {"human": "ring"}
"""What our texts call it, where the language's list has it."""
_NAME = re.compile(r"[a-z0-9_]{1,32}")


def presentation() -> Iterator[TelegramMethod[bool]]:
    """Everything to be set: Swedish for all, then each language for those whose program is set to it."""
    codes = [None, *(code for code in languages() if len(code) == 2)]  # Telegram knows two letters
    for code in codes:
        language = code or "sv"
        listed = [
            BotCommand(command=command_of(name, language), description=render(say(about), language))
            for name, about in COMMANDS.items()
        ]
        scope = BotCommandScopeAllPrivateChats()
        yield SetMyCommands(commands=listed, scope=scope, language_code=code)
        yield SetMyDescription(description=render(say(DESCRIPTION), language), language_code=code)
        yield SetMyShortDescription(short_description=render(say(SHORT_DESCRIPTION), language), language_code=code)


def command_of(name: Name, language: str) -> str:
    """The word as a command of Telegram's."""
    listed = [fold(word) for word in words(language, name)]
    preferred = _PREFERRED.get(name, "")
    if preferred in listed:
        return preferred
    return next((word for word in listed if _NAME.fullmatch(word)), name)
