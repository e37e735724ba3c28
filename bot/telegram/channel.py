"""The Telegram channel: updates in by webhook or by asking, messages out by the Bot API.

An update is confirmed once it is committed, whichever way it came; what cannot be read is sealed, set aside and
confirmed, so that it stops nothing after it. Facts about Telegram: core.telegram.org/bots/api.
"""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from aiogram.client.telegram import PRODUCTION
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError, TelegramRetryAfter
from aiogram.methods import (
    AnswerCallbackQuery,
    DeleteMessage,
    EditMessageReplyMarkup,
    GetFile,
    LeaveChat,
    SendMessage,
)
from fastapi import APIRouter, Request, Response

from backend.contract import Channel as ChannelName
from bot.arriving import inbox
from bot.arriving.papers import File, named
from bot.conversation.saying import BEHIND_US
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.leaving import settling
from bot.leaving.carriers import CannotAsk, Gone, Letter, NotNow, Outcome, Span, told_to_wait
from bot.leaving.fallback import reachable
from bot.policies import NoPolicy
from bot.settings import TelegramSettings
from bot.telegram import writing
from bot.telegram.alarm import stopped
from bot.telegram.calling import ERRORS, Bots, outcome_of
from bot.telegram.diagnosis import diagnose
from bot.telegram.looking_after import Bot
from bot.telegram.reading import Nothing, Pressed, Reachable, Written, read
from bot.telegram.week_card import NotDrawnError
from bot.text import render, say
from bot.turning import threads
from bot.watching.findings import Finding, clock_of
from bot.watching.logs import where

WEBHOOK = "/telegram/webhook/{code}"
SECRET = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  # the name of the header

REMEMBERED = timedelta(days=30)
"""How long an update's id is known: Telegram gives up after a day."""

AT_ONCE = 5
"""Seconds for what is only a courtesy (a button that stops turning): nobody waits longer for it."""

MOST_BYTES = 20_000_000
"""Of one file, as far as Telegram gives it to bots."""
TOO_BIG = "file is too big"
DOWNLOAD = 60
"""Seconds for one file."""

log = structlog.get_logger()


@dataclass
class Telegram:
    """Channel ``telegram``."""

    settings: TelegramSettings
    public_url: str
    name: ChannelName = "telegram"
    read_here: bool = False
    can_be_asked: bool = False
    bots: Bots = field(init=False, repr=False)
    _courtesies: set[asyncio.Task[None]] = field(default_factory=set, repr=False)

    def __post_init__(self) -> None:
        self.bots = Bots(self.settings)

    # --- Out ----------------------------------------------------------------------------------------------------------

    async def send(self, letter: Letter) -> Outcome:
        """Try once. Telegram says in its answer that the message stands in the chat: there are no receipts later."""
        outcome = Outcome("unknown")
        for place, message in enumerate(writing.messages(letter)):
            outcome = await self._send(letter.municipality, message)
            if outcome.state != "delivered":
                # Half of a long text stands there: whether to send it again is for who sees it.
                return outcome if place == 0 else Outcome("unknown", code="part")
        await self._draw(letter)
        if letter.message is not None and letter.message.week:
            # Nobody waits for it: what was said is settled before it is drawn.
            self._courtesy(self._draw_week(letter))
        return outcome

    async def _draw_week(self, letter: Letter) -> None:
        """The week as a picture below its words, tried once."""
        try:
            drawn = await writing.week(letter)
            await self.bots.call(letter.municipality, drawn, AT_ONCE)
        except (NotDrawnError, OSError, *ERRORS) as error:
            log.info("week not drawn", error=type(error).__name__)

    async def _draw(self, letter: Letter) -> None:
        """Beside the words, which say it too: one that does not go is not sent again, and holds up nothing."""
        try:
            async with asyncio.timeout(AT_ONCE):
                for drawing in writing.drawings(letter):
                    await self.bots.call(letter.municipality, drawing, AT_ONCE)
        except ERRORS as error:
            log.info("not drawn", error=type(error).__name__)

    async def _send(self, municipality: str, message: SendMessage) -> Outcome:
        try:
            try:
                sent = await self.bots.call(municipality, message)
            except TelegramBadRequest as error:
                if "can't parse entities" not in error.message:
                    raise
                log.error("telegram cannot read our layout")  # noqa: TRY400  # an error's words may be a person's
                sent = await self.bots.call(municipality, writing.plain(message))
        except ERRORS as error:
            outcome = outcome_of(error)
            log.warning("telegram not sent", error=type(error).__name__, state=outcome.state, code=outcome.code)
            return outcome
        return Outcome("delivered", reference=str(sent.message_id))

    async def look_up(self, letter: Letter, span: Span, known: frozenset[str]) -> Outcome | None:  # noqa: ARG002
        """Nobody can be asked: Telegram lists no messages to bots."""
        raise CannotAsk

    async def take_buttons_away(self, municipality: str, address: str, reference: str) -> bool:
        """The answered question keeps its words and loses its buttons."""
        edit = EditMessageReplyMarkup(chat_id=int(address), message_id=int(reference), reply_markup=None)
        try:
            await self.bots.call(municipality, edit, AT_ONCE)
        except (TelegramBadRequest, TelegramForbiddenError):
            return True  # they are gone already, or the message is, or she has blocked us
        except ERRORS as error:
            log.info("buttons not taken away", error=type(error).__name__)
            return False
        return True

    # --- Files --------------------------------------------------------------------------------------------------------

    async def fetch(self, municipality: str, place: str) -> bytes:
        """A file somebody sent; its path is asked for anew each time, for one lasts an hour."""
        where = json.loads(place)
        if where["bytes"] > MOST_BYTES:
            raise Gone("telegram gives bots no file of that size", too_large=True)
        try:
            found = await self.bots.call(municipality, GetFile(file_id=where["file"]))
            content = await self.bots.download(municipality, found.file_path or "", MOST_BYTES, DOWNLOAD)
        except TelegramRetryAfter as error:
            raise NotNow("429", wait=told_to_wait(error.retry_after)) from None
        except TelegramBadRequest as error:
            if TOO_BIG in error.message:
                raise Gone("telegram gives bots no file of that size", too_large=True) from None
            raise NotNow(type(error).__name__) from None
        except ERRORS as error:
            raise NotNow(type(error).__name__) from None
        if len(content) > MOST_BYTES:
            raise Gone("telegram gives bots no file of that size", too_large=True)
        return content

    async def erase(self, municipality: str, place: str) -> bool:
        """A message leaves the chat, with the file it brought."""
        where = json.loads(place)
        message = DeleteMessage(chat_id=where["chat"], message_id=where["message"])
        try:
            await self.bots.call(municipality, message)
        except (TelegramBadRequest, TelegramForbiddenError) as error:
            log.info("not erased at telegram", error=type(error).__name__)
            return True  # it is gone already, or too old
        except ERRORS as error:
            log.warning("not erased at telegram", error=type(error).__name__)
            return False
        return True

    async def diagnose(self, municipalities: Sequence[str]) -> list[Finding]:
        """Ask Telegram who the bots of these municipalities are."""
        findings = await clock_of("Telegram", self.settings.api_base or PRODUCTION.base.partition("/bot")[0])
        for municipality in self.settings.tokens:
            if municipality in municipalities:
                address = self.public_url + WEBHOOK.format(code=municipality)
                webhook = address if self.settings.mode == "webhook" else None
                findings += await diagnose(self.bots, municipality, webhook)
        return findings

    # --- The bots themselves ------------------------------------------------------------------------------------------

    async def listen(self, engine: Engine, stop: asyncio.Event) -> None:
        """Look after each municipality's bot until the worker ends."""
        webhooks = self.settings.mode == "webhook"
        async with asyncio.TaskGroup() as group:
            for municipality in self.settings.tokens:
                address = self.public_url + WEBHOOK.format(code=municipality) if webhooks else None
                bot = Bot(engine, self.bots, self, municipality, address, self.settings.webhook_secret)
                group.create_task(bot.look_after(stop), name=f"telegram {municipality}")

    async def trouble(self, engine: Engine) -> dict[str, str]:
        """What stands still until a person has mended it, by municipality."""
        return await stopped(engine.database)

    async def close(self) -> None:
        """Give the connections back."""
        for task in list(self._courtesies):
            task.cancel()
        await asyncio.gather(*self._courtesies, return_exceptions=True)
        await self.bots.close()

    # --- In -----------------------------------------------------------------------------------------------------------

    def router(self, engine: Engine) -> APIRouter:
        """The webhook."""
        router = APIRouter(tags=["telegram"])

        @router.post(WEBHOOK, include_in_schema=False)
        async def webhook(code: str, request: Request) -> Response:
            """Telegram brings an update."""
            shown = request.headers.get(SECRET, "").encode()
            secret = self.settings.webhook_secret.encode()
            if self.settings.mode != "webhook" or not hmac.compare_digest(shown, secret):
                return Response(status_code=403)
            if code not in self.settings.tokens:
                return Response(status_code=404)
            try:
                await self.take_in(engine, code, _parsed(await request.body()))
            except inbox.Unavailable:
                return Response(status_code=503)
            return Response(status_code=204)

        return router

    async def take_in(self, engine: Engine, municipality: str, update: Any) -> None:
        """Take one update in. When this returns it is committed. Raises Unavailable."""
        await self._must_be_on(engine, municipality)
        try:
            meant = read(update)
        except Exception as error:  # noqa: BLE001  # whatever is wrong with it, it must not stop the next one
            # The class and the place, never the words: they may be what a person wrote.
            log.error("malformed", channel="telegram", error=type(error).__name__, where=where(error))  # noqa: TRY400
            await self._set_aside(engine, municipality, update)
            return
        number = f"{self.bots.number(municipality)}:{update['update_id']}"
        try:
            await self._take(engine, municipality, number, meant)
        except inbox.Unavailable:
            raise
        except Exception as error:  # noqa: BLE001  # our own mistake with it must not stop the next one either
            log.critical("not taken in", channel="telegram", error=type(error).__name__, where=where(error))
            await self._set_aside(engine, municipality, update)

    async def _take(
        self, engine: Engine, municipality: str, number: str, meant: Written | Pressed | Reachable | Nothing
    ) -> None:
        match meant:
            case Written():
                await self._receive(engine, municipality, number, meant)
            case Pressed():
                await self._receive_press(engine, municipality, number, meant)
            case Reachable():
                await self._reachable(engine, municipality, meant)
            case Nothing(leave=int(group)):
                self._courtesy(self._leave(municipality, group))

    async def _must_be_on(self, engine: Engine, municipality: str) -> None:
        try:
            policy = await engine.policy(municipality)
        except (NoPolicy, *DATABASE_ERRORS):
            raise inbox.Unavailable from None
        if not policy.telegram:
            log.warning("telegram is off here", municipality=municipality)
            raise inbox.Unavailable

    async def _set_aside(self, engine: Engine, municipality: str, update: Any) -> None:
        body = json.dumps(update, sort_keys=True)
        known = update.get("update_id") if isinstance(update, Mapping) else None
        number = f"{self.bots.number(municipality)}:{known if isinstance(known, int) else body}"
        await inbox.set_aside(
            engine, municipality, "telegram", number, body, provider="Telegram", remembered=REMEMBERED
        )

    async def _receive(self, engine: Engine, municipality: str, number: str, written: Written) -> None:
        await inbox.receive(
            engine,
            inbox.Inbound(
                municipality=municipality,
                channel="telegram",
                address=str(written.chat),
                # A number that Telegram gives again, as it may after a quiet week, is not this message.
                provider_id=f"{number}:{written.chat}:{written.message}",
                event=written.event,
                media=written.media,
                files=_files(written),
                album=written.album,
                remembered=REMEMBERED,
                # A picture must stand there until it has been fetched; with it go the words under it.
                place="" if written.media else json.dumps({"chat": written.chat, "message": written.message}),
            ),
        )

    async def _receive_press(self, engine: Engine, municipality: str, number: str, pressed: Pressed) -> None:
        address, token = str(pressed.chat), pressed.event.question or ""
        try:
            # What is pressed has arrived, whatever we knew of it.
            await settling.pressed(engine, (municipality, "telegram", address), token, str(pressed.message))
        except (NoPolicy, *DATABASE_ERRORS):
            raise inbox.Unavailable from None
        received = await inbox.receive(
            engine,
            inbox.Inbound(
                municipality,
                "telegram",
                address,
                f"{number}:{pressed.query}",
                pressed.event,
                remembered=REMEMBERED,
            ),
        )
        self._courtesy(self._answer(engine, municipality, pressed.query, received))

    async def _reachable(self, engine: Engine, municipality: str, told: Reachable) -> None:
        try:
            await reachable(engine, (municipality, "telegram", str(told.chat)), yes=told.yes)
        except (NoPolicy, *DATABASE_ERRORS):
            raise inbox.Unavailable from None

    # --- Courtesies: nothing depends on them --------------------------------------------------------------------------

    def _courtesy(self, doing: Awaitable[None]) -> None:
        task = asyncio.ensure_future(doing)
        self._courtesies.add(task)
        task.add_done_callback(self._courtesies.discard)

    async def _answer(self, engine: Engine, municipality: str, query: str, received: inbox.Received) -> None:
        """Let the button stop turning; of an old one say that it is old (the open question comes in the chat)."""
        try:
            words = None
            if received.behind and received.thread is not None:
                language = (await threads.state(engine, received.thread)).thread.language or "sv"
                words = render(say(BEHIND_US), language)
            await self.bots.call(municipality, AnswerCallbackQuery(callback_query_id=query, text=words), AT_ONCE)
        except (*ERRORS, *DATABASE_ERRORS) as error:
            log.info("button not answered", error=type(error).__name__)

    async def _leave(self, municipality: str, group: int) -> None:
        try:
            await self.bots.call(municipality, LeaveChat(chat_id=group), AT_ONCE)
        except ERRORS as error:
            log.info("group not left", error=type(error).__name__)


def _files(written: Written) -> tuple[File, ...]:
    """What of it is a paper. A message that is changed afterwards tells of its picture once more."""
    if not written.file:
        return ()
    same = f"{written.chat}:{written.message}:{written.same}"
    return (File(written.file, same=same, paper=named(written.named), together=bool(written.album)),)


def _parsed(body: bytes) -> Any:
    """The update as JSON; what is no JSON as the words it is, to be set aside."""
    try:
        return json.loads(body)
    except ValueError:
        return body.decode("utf-8", "replace")
