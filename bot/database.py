"""The bot's own database: talk, not cases. Connections, transactions and each municipality's codec.

Statement parameters and the values a constraint complains about never stand in an error or a log.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import asyncpg
from sqlalchemy import ExceptionContext, event, insert, select, text, update
from sqlalchemy.exc import InvalidatePoolError, SQLAlchemyError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from bot import codec as codecs
from bot.codec import Codec, WrongKey
from bot.tables import data_keys

DATABASE_ERRORS = (SQLAlchemyError, OSError, TimeoutError, WrongKey)
"""What a database that is down, full, restarting or closed to us raises. Nothing may be acknowledged then."""


AT_ONCE = 3
"""Connections for statements that are a transaction by themselves."""

LOCKED = timedelta(seconds=2)
"""So long one of those waits for a row that somebody else has in hand: it is for many, who wait with it, and alone each
waits for her own rows only."""

FORSAKEN = timedelta(seconds=60)
"""After so long without a word within a transaction the server undoes it and lets go of its rows: whoever began it has
stopped, or cannot be heard any more, and people would wait behind it for good."""


class Database:
    """The bot's database. ``transaction()`` gives a connection that is committed at the end."""

    def __init__(self, url: str, envelope_key: bytes, *, old_key: bytes | None = None, connections: int = 10) -> None:
        self._envelope_key, self._old_key = envelope_key, old_key
        self._codecs: dict[str, Codec] = {}
        self._opening = asyncio.Lock()
        self._driver: Any = None
        self._driver_opened = False
        self._engine: AsyncEngine = create_async_engine(
            driver_url(url),
            hide_parameters=True,
            pool_size=connections,
            max_overflow=0,
            pool_timeout=10,
            connect_args={
                "timeout": 10,
                "command_timeout": 30,
                "server_settings": {"idle_in_transaction_session_timeout": _milliseconds(FORSAKEN)},
            },
        )
        event.listen(self._engine.sync_engine, "checkout", _must_answer)
        event.listen(self._engine.sync_engine, "handle_error", _forget_values)
        self._reading = self._engine.execution_options(isolation_level="AUTOCOMMIT")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncConnection]:
        """A connection in one transaction: committed when the block ends, undone when it raises."""
        async with self._engine.begin() as connection:
            yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A connection for questions alone, each answered by what is committed when it is asked.

        That is what a transaction of ours sees too; this one is not opened and closed, which were two round trips.
        """
        async with self._reading.connect() as connection:
            yield connection

    async def at_once(self, statement: str, *values: Any) -> list[Any]:
        """One statement that is a transaction by itself: committed when it is answered, in one round trip.

        For the hot turn, and for what is asked by somebody who holds a connection: the driver without SQLAlchemy, on a
        few connections of its own. What it raises is the driver's and holds values: catch it, tell only its class.
        """
        if self._driver is None:
            _, options = self._engine.dialect.create_connect_args(self._engine.url)
            limits = {"timeout": 10, "command_timeout": 30, "server_settings": {"lock_timeout": _milliseconds(LOCKED)}}
            self._driver = asyncpg.create_pool(**{**options, **limits}, min_size=0, max_size=AT_ONCE, reset=_as_it_is)
        if not self._driver_opened:
            async with self._opening:
                await self._driver
            self._driver_opened = True
        return list(await self._driver.fetch(statement, *values))

    def codec_at_hand(self, municipality: str) -> Codec | None:
        """The codec of a municipality, if it has been read before."""
        return self._codecs.get(municipality)

    async def codec(self, municipality: str) -> Codec:
        """The codec of a municipality; its first data key is made when there is none."""
        if municipality not in self._codecs:
            async with self._opening:
                if municipality not in self._codecs:  # many wait here for the first who reads it
                    self._codecs[municipality] = Codec(await self._data_keys(municipality))
        return self._codecs[municipality]

    async def ready(self) -> bool:
        """Can this database answer now, and has it our tables?"""
        try:
            async with self.transaction() as connection:
                await connection.execute(select(data_keys.c.number).limit(1))
        except DATABASE_ERRORS:
            return False
        return True

    async def close(self) -> None:
        """Give every connection back."""
        await self._engine.dispose()
        if self._driver is not None:
            await self._driver.close()

    async def _data_keys(self, municipality: str) -> dict[int, bytes]:
        async with self.transaction() as connection:
            # Two processes may start on a new database at once; the second waits here and finds the first's key.
            await connection.execute(text("select pg_advisory_xact_lock(7206302)"))
            found = select(data_keys.c.number, data_keys.c.wrapped).where(data_keys.c.municipality == municipality)
            keys = {}
            for number, wrapped in (await connection.execute(found)).all():
                try:
                    keys[number] = codecs.unwrap(self._envelope_key, wrapped, municipality, number)
                except WrongKey:
                    if self._old_key is None:
                        raise
                    keys[number] = codecs.unwrap(self._old_key, wrapped, municipality, number)
                    anew = codecs.wrap(self._envelope_key, keys[number], municipality, number)
                    this = (data_keys.c.municipality == municipality) & (data_keys.c.number == number)
                    await connection.execute(update(data_keys).where(this).values(wrapped=anew))
            if not keys:
                keys = {1: os.urandom(32)}
                wrapped = codecs.wrap(self._envelope_key, keys[1], municipality, 1)
                await connection.execute(insert(data_keys).values(municipality=municipality, number=1, wrapped=wrapped))
        return keys


def driver_url(url: str) -> str:
    """A ``postgresql://`` address as SQLAlchemy wants it for asyncpg."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+asyncpg://{rest}" if separator and scheme in ("postgres", "postgresql") else url


def _milliseconds(time: timedelta) -> str:
    return str(round(time.total_seconds() * 1000))


async def _as_it_is(_: object) -> None:
    """Single statements leave nothing behind on a connection: asking the server to reset it would be a round trip."""


def _must_answer(connection: Any, *_: object) -> None:
    """A database that has gone away is noticed here, before the transaction that would be lost with it.

    SQLAlchemy's own ``pool_pre_ping`` asks within a transaction of its own: three round trips instead of one.
    """
    try:
        connection.run_async(_answers)
    except Exception as error:
        # The pool makes new connections then, of this one and of all that are older than it.
        raise InvalidatePoolError from error


async def _answers(driver: asyncpg.Connection) -> None:
    await driver.execute("select 1")


_TELLING = ("message", "detail", "hint", "context", "internal_query")
"""Where the driver's errors keep what the server said."""


def _forget_values(context: ExceptionContext) -> None:
    # PostgreSQL names the offending values in DETAIL ("Key (address_index)=(...) already exists"). They are taken out
    # of the driver's error, of its translation and of SQLAlchemy's before anybody can log them.
    translated = context.original_exception
    driver = translated.__cause__
    state = getattr(driver, "sqlstate", None) or getattr(translated, "sqlstate", None)
    constraint = getattr(driver, "constraint_name", None)
    said = f"{type(driver or translated).__name__} sqlstate={state} constraint={constraint}"
    for error in (translated, driver):
        if error is not None:
            error.args = (said,)
            for words in _TELLING:
                if hasattr(error, words):
                    setattr(error, words, None)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (said,)
        if isinstance(context.sqlalchemy_exception, StatementError):
            context.sqlalchemy_exception.params = None
