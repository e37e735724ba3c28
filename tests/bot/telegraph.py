"""Telegram in tests: a made-up bot, its settings, and questions with buttons."""

from collections.abc import Callable
from typing import Any

from bot.messages import Choice, Event, Open, Outgoing, State, Turn
from bot.stories.telegram import Telegram
from bot.text import say
from tests.bot.house import MONDAY

BOT = "7000000001:made-up-made-up-made-up"
SECRET = "w" * 40


def settings_for(telegram: Telegram, **more: str) -> dict[str, str]:
    """The bot's settings, for this Telegram."""
    return {
        "IMORGON_TELEGRAM_TOKEN_TRELLEBORG": BOT,
        "IMORGON_TELEGRAM_WEBHOOK_SECRET": SECRET,
        "IMORGON_TELEGRAM_API_BASE": telegram.base_url,
        **more,
    }


def asks(words: str, *labels: str, token: str = "t1", **values: Any) -> Callable[[State, Event], Turn]:
    """A turn that asks a question with choices and leaves it open."""
    choices = tuple(Choice(n, say("{label}", label=label), str(n)) for n, label in enumerate(labels, 1))
    question = Outgoing("question", say("{words}", words=words), choices=choices, question=token, ask="form", **values)
    return lambda state, _: Turn(state.with_thread(open=Open("form", token, MONDAY)), says=(question,))
