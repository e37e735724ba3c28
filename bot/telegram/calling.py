"""Calls to the Bot API, one bot for each municipality, and what an answer means for what was sent.

The address that is called holds the bot's token, and an error of the libraries may hold the address: of an error only
its class is ever told.
"""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Any, TypeVar

import structlog
from aiogram import Bot
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import PRODUCTION, TelegramAPIServer
from aiogram.exceptions import (
    AiogramError,
    ClientDecodeError,
    TelegramAPIError,
    TelegramBadRequest,
    TelegramConflictError,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramServerError,
    TelegramUnauthorizedError,
)
from aiogram.methods import TelegramMethod
from aiohttp import ClientConnectorError, ClientError

from bot.leaving.carriers import IDLE, Outcome, told_to_wait
from bot.settings import TelegramSettings

T = TypeVar("T")

TIMEOUT = 10
"""Seconds for one request."""

ERRORS = (AiogramError, ClientError, TimeoutError, OSError, ValueError)
"""What a call may raise for what Telegram, or the way there, may do."""

_GONE = ("chat not found", "user not found", "PEER_ID_INVALID", "user is deactivated")

log = structlog.get_logger()


@dataclass
class Bots:
    """The municipalities' bots. Connections are opened when first needed: they belong to the running loop."""

    settings: TelegramSettings
    _bots: dict[str, Bot] = field(default_factory=dict, repr=False)

    async def call(self, municipality: str, method: TelegramMethod[T], seconds: int = TIMEOUT) -> T:
        """One request. Raises ERRORS."""
        return await self._bot(municipality)(method, request_timeout=seconds)

    async def download(self, municipality: str, path: str, most: int, seconds: int) -> bytes:
        """A file by the path that ``getFile`` told, no more of it than ``most`` bytes and one. Raises ERRORS."""
        bot, content = self._bot(municipality), bytearray()
        # The address holds the token; of what goes wrong there only the class is told.
        url = bot.session.api.file_url(bot.token, path)
        async with asyncio.timeout(seconds), aclosing(bot.session.stream_content(url, timeout=seconds)) as pieces:
            async for piece in pieces:
                content += piece
                if len(content) > most:
                    break
        return bytes(content)

    def number(self, municipality: str) -> str:
        """The bot's own number: the open part of its token."""
        return self.settings.tokens[municipality].partition(":")[0]

    def _bot(self, municipality: str) -> Bot:
        if municipality not in self._bots:
            base = self.settings.api_base
            server = TelegramAPIServer.from_base(base) if base else PRODUCTION
            session = AiohttpSession(api=server, timeout=TIMEOUT)
            session._connector_init["keepalive_timeout"] = IDLE  # noqa: SLF001  # the library has no other way
            self._bots[municipality] = Bot(self.settings.tokens[municipality], session=session)
        return self._bots[municipality]

    async def close(self) -> None:
        """Give the connections back."""
        while self._bots:
            _, bot = self._bots.popitem()
            await bot.session.close()


def outcome_of(error: Exception) -> Outcome:  # noqa: PLR0911  # one line for each kind of answer
    """What became of a message whose sending raised: certainly nothing, refused for good, or nobody knows."""
    name = type(error).__name__
    match error:
        case TelegramRetryAfter():
            return Outcome("pending", code="429", wait=told_to_wait(error.retry_after))
        case TelegramForbiddenError() | TelegramBadRequest() if any(words in error.message for words in _GONE):
            return Outcome("failed", code="gone", opted_out=True, why="gone")
        case TelegramForbiddenError():
            return Outcome("failed", code="403", opted_out=True, why="stopped")
        case TelegramUnauthorizedError() | TelegramNotFound() | TelegramConflictError():
            # The token is not valid any more, or never was: nothing was taken, and nothing will be until it is.
            log.critical("telegram does not know the bot", error=name)
            return Outcome("pending", code="401")
        case TelegramBadRequest() | TelegramMigrateToChat() | TelegramEntityTooLarge():
            return Outcome("failed", code="400", why="our-side")
        case TelegramNetworkError() if isinstance(error.__cause__, ClientConnectorError):
            return Outcome("pending", code="refused")
        case ClientDecodeError() if (sent := _sent(error.data)) is not None:
            return Outcome("delivered", reference=sent)
        case TelegramNetworkError() | TelegramServerError() | ClientDecodeError():
            return Outcome("unknown", code=name)
        case TelegramAPIError():
            # Another answer below 500: it was read and refused.
            too_many = error.message.startswith("Too Many Requests")
            return Outcome("pending" if too_many else "failed", code="429" if too_many else "refused")
    return Outcome("unknown", code=name)


def _sent(answer: Any) -> str | None:
    """The message's id, when Telegram said yes in a way that the library cannot read whole."""
    if not isinstance(answer, Mapping) or answer.get("ok") is not True:
        return None
    result = answer.get("result")
    sent = result.get("message_id") if isinstance(result, Mapping) else None
    return str(sent) if isinstance(sent, int) else None
