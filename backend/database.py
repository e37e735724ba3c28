"""A municipality's database: engine, transactions, and what every table of the backend shares.

The database is the municipality: no table carries a municipality column, and no session reaches two. Statement
parameters and the values a constraint complains about never stand in an error or a log.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import JSON, Column, DateTime, ExceptionContext, LargeBinary, MetaData, SmallInteger, event, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import StatementError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import codec as codecs
from backend.codec import Codec
from backend.municipalities import Municipality
from backend.municipalities.agencies import Agency

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_N_label)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(SQLModel, registry=registry(metadata=metadata)):
    """What every table of the backend derives from."""


def new_id() -> UUID:
    """An id for a row. Made here and not by the server, because sealed columns are bound to it."""
    return uuid4()


def moment(**options: Any) -> Any:
    """A ``timestamptz`` column."""
    return Field(sa_type=DateTime(timezone=True), **options)


def sealed(**options: Any) -> Any:
    """A ``bytea`` column that only :class:`~backend.codec.Codec` reads and writes."""
    return Field(sa_type=LargeBinary, **options)


def values(**options: Any) -> Any:
    """A ``jsonb`` column. Assign a new value to change it: a change in place is not seen."""
    return Field(sa_type=JSON().with_variant(JSONB(), "postgresql"), **options)


class DataKey(Row, table=True):
    """A municipality's data key, wrapped by the envelope key."""

    __tablename__ = "data_keys"

    number: int = Field(sa_column=Column(SmallInteger, primary_key=True, autoincrement=False))
    wrapped: bytes = sealed()
    created_at: datetime = moment(sa_column_kwargs={"server_default": func.now()})


Act = Callable[[AsyncSession], Awaitable[None]]


class Database:
    """One municipality's database. ``transaction()`` gives a session that is committed at the end.

    A session knows whose it is: ``database.of(session)`` gives this object again, with ``municipality`` and ``codec``.
    ``agencies``: those interpreters can be ordered from as things stand, of those the municipality names.
    """

    def __init__(
        self,
        url: str,
        municipality: Municipality,
        envelope: bytes,
        *,
        old_envelope: bytes | None = None,
        demo: bool = False,
        connections: int = 10,
        agencies: Sequence[Agency] = (),
    ) -> None:
        self.municipality = municipality
        self.agencies = tuple(agencies)
        self.demo = demo
        self._envelope, self._old_envelope = envelope, old_envelope
        self._codec: Codec | None = None
        self._opening = asyncio.Lock()
        self._engine: AsyncEngine = create_async_engine(
            driver_url(url), hide_parameters=True, pool_size=connections, max_overflow=0, pool_pre_ping=True
        )
        event.listen(self._engine.sync_engine, "handle_error", _forget_values)

    @property
    def codec(self) -> Codec:
        """The municipality's codec; there is one as soon as a transaction has begun."""
        if self._codec is None:
            raise RuntimeError("no transaction has begun yet")
        return self._codec

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """A session in one transaction: committed when the block ends, undone when it raises."""
        if self._codec is None:
            await self._open_codec()
        last: list[Act] = []
        anyway: list[Act] = []
        info = {"database": self, "before_commit": last, "even_if_undone": anyway}
        try:
            async with self._session(info) as session, session.begin():
                yield session
                for act in (*anyway, *last):
                    await act(session)
        except BaseException:
            if anyway:
                async with self._session({"database": self}) as session, session.begin():
                    for act in anyway:
                        await act(session)
            raise

    def _session(self, info: dict[str, Any]) -> AsyncSession:
        return AsyncSession(self._engine, expire_on_commit=False, info=info)

    async def ready(self) -> bool:
        """Can this database answer now?"""
        try:
            async with self.transaction() as session:
                await session.exec(select(DataKey.number))
        except Exception:  # noqa: BLE001  # whatever is wrong with it, it is not ready
            return False
        return True

    async def close(self) -> None:
        """Give every connection back."""
        await self._engine.dispose()

    async def _open_codec(self) -> None:
        async with self._opening:
            if self._codec is not None:
                return
            async with AsyncSession(self._engine) as session, session.begin():
                # Two processes may start on a new database at once; the second waits here and finds the first's key.
                await session.exec(text("select pg_advisory_xact_lock(7206301)"))  # type: ignore[call-overload]  # exec types know no text()
                keys = (await session.exec(select(DataKey))).all()
                if not keys:
                    made = os.urandom(32)
                    first = DataKey(number=1, wrapped=codecs.wrap(self._envelope, made, self.municipality.slug, 1))
                    session.add(first)
                    keys = [first]
                opened = {key.number: self._unwrapped(key) for key in keys}
            self._codec = Codec(opened)

    def _unwrapped(self, key: DataKey) -> bytes:
        """The data key; wrapped anew if it is still in the envelope of before."""
        slug = self.municipality.slug
        try:
            return codecs.unwrap(self._envelope, key.wrapped, slug, key.number)
        except codecs.CannotOpen:
            if self._old_envelope is None:
                raise
            opened = codecs.unwrap(self._old_envelope, key.wrapped, slug, key.number)
        key.wrapped = codecs.wrap(self._envelope, opened, slug, key.number)
        return opened


def of(session: AsyncSession) -> Database:
    """The database a session belongs to."""
    database: Database = session.info["database"]
    return database


def before_commit(session: AsyncSession, act: Act) -> None:
    """Do something as the last thing of this transaction (what locks a row everybody needs belongs there)."""
    session.info["before_commit"].append(act)


def even_if_undone(session: AsyncSession, act: Act) -> None:
    """Do something at the end of this transaction, or in one of its own when this one is undone (a refusal's log)."""
    session.info["even_if_undone"].append(act)


def driver_url(url: str) -> str:
    """A ``postgresql://`` address as SQLAlchemy wants it for asyncpg."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+asyncpg://{rest}" if separator and scheme in ("postgres", "postgresql") else url


_TELLING = ("message", "detail", "hint", "context", "internal_query")
"""Where the driver's errors keep what the server said."""


def _forget_values(context: ExceptionContext) -> None:
    # PostgreSQL names the offending values in DETAIL ("Key (telephone)=(...) already exists", "Failing row contains").
    # They are taken out of the driver's error, of its translation and of SQLAlchemy's before anybody can log them.
    translated = context.original_exception
    driver = translated.__cause__
    for error in (translated, driver):
        for words in _TELLING:
            if error is not None and hasattr(error, words):
                setattr(error, words, None)
    state = getattr(driver, "sqlstate", None) or getattr(translated, "sqlstate", None)
    constraint = getattr(driver, "constraint_name", None)
    said = f"{type(driver or translated).__name__} sqlstate={state} constraint={constraint}"
    translated.args = (said,)
    if driver is not None:
        driver.args = (said,)
    if context.sqlalchemy_exception is not None:
        context.sqlalchemy_exception.args = (said,)
        if isinstance(context.sqlalchemy_exception, StatementError):
            context.sqlalchemy_exception.params = None
