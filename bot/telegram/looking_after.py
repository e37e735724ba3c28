"""Looks after a municipality's bot: shows its commands, sets its webhook or asks for updates, and stops when it must.

One worker at a time does it, by a lease. Asked for, an update is confirmed by the call after it, once it is committed;
and only by that call: an offset remembered longer could confirm updates nobody has seen, since after a quiet week
Telegram begins anew with any number.
"""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from time import monotonic
from typing import Any, ClassVar, Literal, Protocol
from uuid import UUID, uuid4

import structlog
from aiogram.exceptions import (
    TelegramConflictError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import DeleteWebhook, GetWebhookInfo, SetWebhook, TelegramMethod
from sqlalchemy import func, or_, update
from sqlalchemy.dialects.postgresql import insert as upsert

from bot.arriving import inbox
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.leaving.carriers import told_to_wait
from bot.policies import NoPolicy
from bot.tables import telegram_bots
from bot.telegram.alarm import STOPPED
from bot.telegram.calling import ERRORS, TIMEOUT, Bots
from bot.telegram.presenting import presentation
from bot.watching.logs import where

LEASE = timedelta(seconds=60)
"""Real time. Renewed before every request; longer than the longest."""
LONG_POLL = 25
"""Seconds Telegram keeps a question for updates open."""
AT_ONCE = 100
LOOK = 10.0
"""Seconds (real time) between two looks at what others may have changed: the lease, what the municipality decided."""
LOOK_AT_WEBHOOK = 60.0
LONGEST_PAUSE = 30.0

ALLOWED = ["message", "edited_message", "callback_query", "my_chat_member"]

log = structlog.get_logger()


class GetUpdates(TelegramMethod[list[Any]]):
    """``getUpdates`` whose updates are read one by one: one that cannot be read must not hold back the others."""

    __returning__: ClassVar[Any] = list[Any]
    __api_method__: ClassVar[str] = "getUpdates"

    offset: int | None = None
    limit: int = AT_ONCE
    timeout: int
    allowed_updates: list[str]


class OtherWebhook(Exception):
    """Somebody else has set a webhook for our bot: what people write goes there."""


_MENDED_BY_A_PERSON: dict[tuple[type[Exception], ...], Literal["conflict", "unauthorized"]] = {
    (TelegramConflictError, OtherWebhook): "conflict",
    (TelegramUnauthorizedError, TelegramNotFound): "unauthorized",
}


class Takes(Protocol):
    """The channel, as it is seen from here."""

    async def take_in(self, engine: Engine, municipality: str, update: Any) -> None: ...


@dataclass
class Bot:
    """A municipality's bot, looked after by this worker or waiting to be."""

    engine: Engine
    bots: Bots
    channel: Takes
    municipality: str
    webhook: str | None
    secret: str
    me: UUID = field(default_factory=uuid4)
    presented: bool = False
    next_look: float = 0.0
    confirming: int | None = None

    async def look_after(self, stop: asyncio.Event) -> None:
        """Until stopped: by the worker's end, or for good by what only a person can mend."""
        failures = 0
        await self._begin_anew()
        while not stop.is_set():
            try:
                done = await self._once(stop)
                failures = 0
            except Exception as error:  # noqa: BLE001  # Telegram, the database or we: the bot is looked after again
                if await self._stop_for_good(error):
                    return
                failures += 1
                told = error.retry_after if isinstance(error, TelegramRetryAfter) else 0
                wait = told_to_wait(told).total_seconds()
                log.warning("telegram: trying again", error=type(error).__name__, where=where(error))
                await _pause(stop, max(wait, min(LONGEST_PAUSE, 0.5 * 2.0 ** min(failures, 6))))
            else:
                if not done:
                    await _pause(stop, LOOK)
        await self._give_lease_back()

    async def _once(self, stop: asyncio.Event) -> bool:
        """One round. ``True``: the next one may follow at once."""
        if not await self._is_on() or not await self._lease():
            return False
        if not self.presented:
            await self._present()
            self.presented = True
        elif self.webhook is not None:
            await self._hold_webhook()
        if self.webhook is not None:
            return False
        await self._ask(stop)
        return True

    async def _is_on(self) -> bool:
        try:
            on = (await self.engine.policy(self.municipality)).telegram
        except NoPolicy:
            return False
        if not on and self.presented:
            # Switched off while we were at it: Telegram must not go on bringing what nobody takes.
            await self.bots.call(self.municipality, DeleteWebhook())
            self.presented = False
        return on

    async def _present(self) -> None:
        if self.webhook is None:
            await self.bots.call(self.municipality, DeleteWebhook())
        else:
            await self._set_webhook()
        await self._show()

    async def _set_webhook(self) -> None:
        webhook = SetWebhook(url=self.webhook or "", secret_token=self.secret, allowed_updates=ALLOWED)
        await self.bots.call(self.municipality, webhook)

    async def _hold_webhook(self) -> None:
        """One that is gone is set again. Another's in its place is a conflict: two would take turns for ever."""
        if monotonic() < self.next_look:
            return
        self.next_look = monotonic() + LOOK_AT_WEBHOOK
        info = await self.bots.call(self.municipality, GetWebhookInfo())
        if info.url and info.url != self.webhook:
            raise OtherWebhook
        if not info.url:
            log.warning("telegram: webhook gone, set again", municipality=self.municipality)
            await self._set_webhook()

    async def _show(self) -> None:
        for method in presentation():
            try:
                await self.bots.call(self.municipality, method)
            except (TelegramConflictError, TelegramUnauthorizedError, TelegramNotFound):
                raise
            except ERRORS as error:
                # A menu in yesterday's words keeps nobody from writing.
                log.warning("telegram: not shown", what=type(method).__name__, error=type(error).__name__)

    # --- Asking for updates -------------------------------------------------------------------------------------------

    async def _ask(self, stop: asyncio.Event) -> None:
        """Ask for updates and take each of them in; what is taken in is confirmed by the next question."""
        asking = GetUpdates(
            offset=self.confirming, timeout=0 if self.confirming else LONG_POLL, allowed_updates=ALLOWED
        )
        updates = await _unless(stop, self.bots.call(self.municipality, asking, LONG_POLL + TIMEOUT))
        self.confirming = None
        for one in updates or ():
            if stop.is_set():
                return
            try:
                await self.channel.take_in(self.engine, self.municipality, one)
            except inbox.Unavailable:
                await _pause(stop, 1.0)
                return  # this one and those after it are asked for again; those before it are known
            number = one.get("update_id") if isinstance(one, dict) else None
            self.confirming = number + 1 if isinstance(number, int) else self.confirming
        if updates and self.confirming is None:
            await _pause(stop, 1.0)  # nothing of it can be confirmed: it comes again at once

    # --- Whose it is --------------------------------------------------------------------------------------------------

    async def _begin_anew(self) -> None:
        """Whoever starts a worker has seen why it stopped, and wants it tried again."""
        try:
            async with self.engine.database.transaction() as connection:
                put = upsert(telegram_bots).values(municipality=self.municipality)
                await connection.execute(
                    put.on_conflict_do_update(index_elements=["municipality"], set_={"stopped": None})
                )
        except DATABASE_ERRORS as error:
            log.warning("telegram: not begun anew", error=type(error).__name__)

    async def _lease(self) -> bool:
        async with self.engine.database.transaction() as connection:
            mine = (
                update(telegram_bots)
                .where(
                    telegram_bots.c.municipality == self.municipality,
                    telegram_bots.c.stopped.is_(None),
                    or_(
                        telegram_bots.c.lease.is_(None),
                        telegram_bots.c.lease == self.me,
                        telegram_bots.c.lease_until < func.now(),
                    ),
                )
                .values(lease=self.me, lease_until=func.now() + LEASE)
            )
            taken = (await connection.execute(mine)).rowcount == 1
        if not taken:
            self.presented, self.confirming = False, None
        return taken

    async def _give_lease_back(self) -> None:
        try:
            async with self.engine.database.transaction() as connection:
                await connection.execute(
                    update(telegram_bots).where(telegram_bots.c.lease == self.me).values(lease=None, lease_until=None)
                )
        except DATABASE_ERRORS as error:
            log.warning("telegram: lease not given back", error=type(error).__name__)

    async def _stop_for_good(self, error: Exception) -> bool:
        """Stop and raise the alarm for what only a person can mend, unless a worker of our own took over meanwhile."""
        why = next((why for kinds, why in _MENDED_BY_A_PERSON.items() if isinstance(error, kinds)), None)
        if why is None:
            return False
        stopping = (
            update(telegram_bots)
            .where(telegram_bots.c.municipality == self.municipality, telegram_bots.c.lease == self.me)
            .values(stopped=why, stopped_at=func.now(), lease=None, lease_until=None)
        )
        try:
            async with self.engine.database.transaction() as connection:
                stopped = (await connection.execute(stopping)).rowcount == 1
        except DATABASE_ERRORS:
            return False  # it is tried again, and meets the same
        if stopped:
            log.critical("telegram stopped", municipality=self.municipality, why=STOPPED[why])
        return stopped


async def _unless(stop: asyncio.Event, doing: Any) -> Any:
    """What it gives, or ``None`` when the worker ends first."""
    task, stopping = asyncio.ensure_future(doing), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait((task, stopping), return_when=asyncio.FIRST_COMPLETED)
        return task.result() if task.done() else None
    finally:
        for one in (task, stopping):
            one.cancel()
        await asyncio.gather(task, stopping, return_exceptions=True)


async def _pause(stop: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await stop.wait()
    except TimeoutError:
        pass
