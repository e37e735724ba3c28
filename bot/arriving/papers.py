"""Papers people send: fetched where they lie, sealed in memory, handed in, and answered once.

What if this dies? Where a file lies is committed with the message it came by. The file itself is written only as it was
sealed with the municipality's public key, by the row's own id, which is also the key it is handed in with; so whatever
was done and not written down is done once more, to the same end. She is told in the transaction that marks it as told.
At the provider it is erased only once the backend has it (:mod:`bot.leaving.erasing`).
"""

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, get_args
from uuid import UUID, uuid4

import structlog
from sqlalchemy import ColumnElement, Row, and_, case, func, insert, or_, select, update

from backend.contract import (
    ContractError,
    DocumentReceipt,
    HandInDocument,
    Paper,
    ProblemCode,
    TakeBackDocument,
)
from bot.backend import BackendAway
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.flows.application import PAPERS
from bot.leaving.carriers import BringsFiles, Gone, NotNow
from bot.messages import Brought
from bot.seal import seal
from bot.spelling import fold
from bot.tables import erasures, papers
from bot.text import languages, render, say
from bot.turning.desk import Desk, Happening
from bot.turning.rows import erasure_row
from bot.turning.threads import LockedThread
from bot.turning.turns import take
from bot.watching.logs import where

LEASE = timedelta(minutes=3)
"""Real time. Longer than fetching or handing in takes."""

FETCHED_FOR = timedelta(hours=24)
"""How long a file is asked for that its provider does not give: what is late is there within minutes."""

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 600.0
"""Seconds between two tries."""

MORE_MAY_COME = timedelta(seconds=3)
"""Pictures of one album come one by one, with no end mark: so long after the last one nothing more is expected."""

SLOWEST = timedelta(seconds=60)
"""How long what has come waits for the rest of it before she is told."""

LONG_WAIT = timedelta(seconds=20)
"""How long she waits without a word."""

AT_A_TIME = 20

_OF_IT = tuple(column for column in papers.c if column.name not in ("jwe", "place"))
"""What is read of papers where nobody needs the file itself: it may be of many megabytes."""

OPEN, SETTLED = ("there", "here"), ("kept", "refused", "lost", "stuck")

log = structlog.get_logger()


@dataclass(frozen=True)
class File:
    """A file that came: where it lies at the provider, or the file itself, which is sealed before it is written.

    ``same``: by what the provider knows it, however often it tells of it. ``paper``: which one she said it is.
    ``together``: others may follow that belong to it.
    """

    place: str = field(default="", repr=False)
    content: bytes = field(default=b"", repr=False)
    same: str = ""
    paper: Paper | None = None
    together: bool = False


@dataclass(frozen=True)
class Listed:
    """A paper as she sees it in the list of what she has sent."""

    id: UUID
    paper: Paper | None
    received_at: datetime
    state: str
    receipt: DocumentReceipt | None
    refused: str | None

    @property
    def is_hard_to_read(self) -> bool:
        return self.receipt is not None and bool(self.receipt.warnings)


def named(words: str) -> Paper | None:
    """Which paper she calls it, in any language; ``None`` where the words name none, or several."""
    said = f" {fold(words)} "
    found = {paper for paper, names in _names().items() if any(f" {name} " in said for name in names)}
    return found.pop() if len(found) == 1 else None


@cache
def _names() -> Mapping[Paper, frozenset[str]]:
    spoken = languages()
    return {
        paper: frozenset(fold(render(say(PAPERS[paper]), one)) for one in spoken)
        for paper in get_args(Paper)
        if paper in PAPERS
    }


# --- Coming in --------------------------------------------------------------------------------------------------------


async def write(desk: Desk, thread: LockedThread, file: File, at: datetime) -> None:
    """Keep a file that came, or where it lies, in the transaction of the message it came by."""
    paper = uuid4()
    jwe = None
    if not file.place:
        jwe = await asyncio.to_thread(seal, file.content, desk.policy, thread.person, paper)
    await desk.connection.execute(
        insert(papers).values(
            id=paper,
            municipality=desk.municipality,
            thread=thread.id,
            person=thread.person,
            channel=thread.channel,
            paper=file.paper,
            received_at=at,
            place=desk.codec.seal(file.place, "papers", "place", paper) if file.place else None,
            jwe=jwe,
            state="there" if file.place else "here",
            together=file.together,
        )
    )
    desk.rings.add("papers")


# --- The work ---------------------------------------------------------------------------------------------------------


async def work_on_one(engine: Engine) -> bool:
    """Do what comes next for the next paper whose time has come. ``False``: there is none."""
    row = await _claim(engine)
    if row is None:
        return False
    steps = {"there": _fetch, "here": _hand_in, "kept": _to_erase, "taken-back": _to_erase}
    try:
        await steps[row.state](engine, row)
    except DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001  # our own mistake with this one holds up no other
        log.critical("paper not worked on", step=row.state, error=type(error).__name__, where=where(error))
        await _put_back(engine, row, wait=timedelta(seconds=30))
    return True


async def _claim(engine: Engine) -> Row[Any] | None:
    due = (
        select(papers.c.id)
        .where(
            papers.c.next_try_at <= func.now(),
            or_(papers.c.lease.is_(None), papers.c.lease_until < func.now()),
        )
        .order_by(papers.c.next_try_at, papers.c.seq)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    claim = (
        update(papers)
        .where(papers.c.id == due)
        .values(lease=uuid4(), lease_until=func.now() + LEASE, attempts=papers.c.attempts + 1)
        .returning(papers, (func.now() - papers.c.created_at).label("age"))
    )
    async with engine.database.transaction() as connection:
        row: Row[Any] | None = (await connection.execute(claim)).one_or_none()
    return row


async def _fetch(engine: Engine, row: Row[Any]) -> None:
    policy = await engine.policy(row.municipality)
    try:
        content = await _content(engine, row)
    except NotNow as later:
        log.warning("file not fetched", channel=row.channel, attempts=row.attempts, why=str(later))
        if row.age > FETCHED_FOR:
            await _change(engine, row, state="lost", next_try_at=None, settled_at=func.now())
        else:
            await _put_back(engine, row, wait=later.wait)
        return
    except Gone as gone:
        log.warning("file cannot be had", channel=row.channel, why=str(gone))
        if gone.too_large:
            await _settle(engine, row, None, refused="too-large")
        else:
            await _change(engine, row, state="lost", next_try_at=None, settled_at=func.now())
        return
    jwe = await asyncio.to_thread(seal, content, policy, row.person, row.id)
    del content
    await _change(engine, row, state="here", jwe=jwe, attempts=0, next_try_at=func.now())


async def _content(engine: Engine, row: Row[Any]) -> bytes:
    carrier: object = engine.channels.get(row.channel)
    if not isinstance(carrier, BringsFiles):
        raise NotNow("the channel is off")
    codec = await engine.codec(row.municipality)
    return await carrier.fetch(row.municipality, codec.open(row.place, "papers", "place", row.id).decode())


async def _hand_in(engine: Engine, row: Row[Any]) -> None:
    call = HandInDocument(person=row.person, received_at=row.received_at, channel=row.channel, paper=row.paper)
    try:
        receipt = await engine.backend.hand_in(row.municipality, row.id, call, row.jwe)
    except BackendAway as away:
        log.warning("paper not handed in", attempts=row.attempts, why=str(away))
        await _put_back(engine, row, longest=60.0)
    except ContractError as error:
        # It stays here, sealed, for somebody to look at: staff are told by the turn that tells her.
        log.critical("paper refused by the contract", problem=error.code)
        await _change(engine, row, state="stuck", next_try_at=None, settled_at=func.now())
    else:
        await _settle(engine, row, receipt)


async def _settle(
    engine: Engine, row: Row[Any], receipt: DocumentReceipt | None, *, refused: str | None = None
) -> None:
    """The backend has it, or it cannot be taken: the file does not lie here any more."""
    kept = receipt is not None and receipt.document is not None
    to_erase = kept and row.place is not None
    await _change(
        engine,
        row,
        state="kept" if kept else "refused",
        receipt=receipt.model_dump(mode="json") if receipt is not None else {"refused": refused},
        jwe=None,
        # What was refused is left where it lies: nobody else has it.
        place=row.place if to_erase else None,
        attempts=0,
        next_try_at=func.now() if to_erase else None,
        settled_at=func.now(),
    )


async def _to_erase(engine: Engine, row: Row[Any]) -> None:
    """The backend has it: where it lies it is erased, as everything is that is to be taken away there."""
    codec = await engine.codec(row.municipality)
    place = codec.open(row.place, "papers", "place", row.id).decode()
    async with engine.database.transaction() as connection:
        left = update(papers).where(_mine(row)).values(lease=None, lease_until=None, place=None, next_try_at=None)
        if (await connection.execute(left)).rowcount:
            await connection.execute(insert(erasures).values(erasure_row(codec, row.municipality, row.channel, place)))
    engine.wake("erasures")


def _mine(row: Row[Any]) -> ColumnElement[bool]:
    """The row, while it is ours: nobody else has taken it meanwhile."""
    return and_(papers.c.id == row.id, papers.c.lease == row.lease)


async def _change(engine: Engine, row: Row[Any], **values: Any) -> None:
    """Write down what came of it, if the row is still ours."""
    async with engine.database.transaction() as connection:
        await connection.execute(update(papers).where(_mine(row)).values(lease=None, lease_until=None, **values))
    engine.wake("papers")


async def _put_back(
    engine: Engine, row: Row[Any], *, wait: timedelta = timedelta(), longest: float = LONGEST_PAUSE
) -> None:
    pause = min(longest, FIRST_PAUSE * 2.0 ** min(row.attempts, 12)) * random.uniform(0.5, 1.0)  # noqa: S311  # spread
    later = max(wait, timedelta(seconds=pause))
    async with engine.database.transaction() as connection:
        await connection.execute(
            update(papers).where(_mine(row)).values(lease=None, lease_until=None, next_try_at=func.now() + later)
        )


# --- What she is told -------------------------------------------------------------------------------------------------


async def tell(engine: Engine) -> bool:
    """Tell whoever waits what became of what she sent, all of it in one answer. ``False``: there was nobody."""
    settled = papers.c.state.in_(SETTLED)
    last_of_album = func.max(case((papers.c.together, papers.c.created_at)))
    found_something = and_(
        func.bool_or(settled),
        or_(
            and_(func.bool_and(settled), or_(last_of_album.is_(None), last_of_album < func.now() - MORE_MAY_COME)),
            func.min(case((settled, papers.c.settled_at))) < func.now() - SLOWEST,
        ),
    )
    waits_long = and_(
        func.bool_or(and_(~settled, ~papers.c.waiting_told)),
        func.min(case((~settled, papers.c.created_at))) < func.now() - LONG_WAIT,
    )
    async with engine.database.transaction() as connection:
        found = await connection.execute(
            select(papers.c.thread, papers.c.municipality, found_something.label("settled"))
            .where(~papers.c.told)
            .group_by(papers.c.thread, papers.c.municipality)
            .having(or_(found_something, waits_long))
            .limit(AT_A_TIME)
        )
        rows = found.all()
    told = [await _tell(engine, row.municipality, row.thread, settled=row.settled) for row in rows]
    return any(told)


async def _tell(engine: Engine, municipality: str, thread: UUID, *, settled: bool) -> bool:
    async def begin(desk: Desk) -> Happening | None:
        locked = await desk.lock(thread)
        theirs = papers.c.thread == thread, ~papers.c.told
        if settled:
            marked = update(papers).where(*theirs, papers.c.state.in_(SETTLED)).values(told=True)
        else:
            waits = papers.c.state.in_(OPEN), ~papers.c.waiting_told
            marked = update(papers).where(*theirs, *waits).values(waiting_told=True)
        rows = (await desk.connection.execute(marked.returning(*_OF_IT))).all()
        if not rows:
            return None
        return Happening(locked, brought(sorted(rows, key=lambda row: row.seq)), engine.clock())

    try:
        return await take(engine, municipality, begin) != "nothing"
    except DATABASE_ERRORS:
        raise
    except Exception as error:  # noqa: BLE001  # a thread that cannot be opened holds up no other
        log.critical("papers not told", error=type(error).__name__, where=where(error))
        return False


def brought(rows: Sequence[Row[Any]]) -> Brought:
    """What became of these papers, as it is told."""
    kept = [Kept(row, receipt) for row in rows if (receipt := _receipt(row)) is not None and receipt.document]
    told = Brought(
        kept=len(kept),
        hard_to_read=any(one.receipt.warnings for one in kept),
        refused=tuple(row.receipt["refused"] for row in rows if row.state == "refused"),
        lost=sum(row.state in ("lost", "stuck") for row in rows),
        waiting=any(row.state in OPEN for row in rows),
    )
    if any(one.receipt.by is not None for one in kept):
        return _by_a_day(told, kept)
    # What she calls no paper by its name is counted as none, and then nothing is said of a count.
    counted = max((one.receipt for one in kept if one.row.paper), key=lambda receipt: receipt.came, default=None)
    return told if counted is None else replace(told, came=counted.came, asked=counted.asked)


@dataclass(frozen=True)
class Kept:
    """A paper that the backend has, and what it answered."""

    row: Row[Any]
    receipt: DocumentReceipt

    @property
    def document(self) -> UUID:
        if self.receipt.document is None:
            raise ValueError("not kept")
        return self.receipt.document


def _by_a_day(told: Brought, kept: Sequence[Kept]) -> Brought:
    """How it stands with what is asked for by a day, after the last of these; and what is not known of them."""
    asked_for = [one for one in kept if one.receipt.by is not None]
    last = max(reversed(asked_for), key=lambda one: one.receipt.came).receipt
    named = {one.row.paper for one in asked_for if one.row.paper}
    taken = [one for one in asked_for if one.receipt.paper and not one.row.paper]
    # The words stand under the first picture of an album, and are said of all of it.
    of_album = any(one.row.together and one.row.paper for one in asked_for)
    unnamed = [one for one in asked_for if not one.receipt.paper and not (of_album and one.row.together)]
    unclear = [one.receipt.paper for one in asked_for if one.receipt.paper in last.missing]
    return replace(
        told,
        came=last.came,
        asked=last.asked,
        by=last.by,
        named=tuple(paper for paper in get_args(Paper) if paper in named),
        taken_as=taken[0].receipt.paper if taken else None,
        taken=tuple(one.document for one in taken),
        unnamed=tuple(one.document for one in unnamed),
        unclear=unclear[0] if unclear else None,
        missing=last.missing,
    )


def _receipt(row: Row[Any]) -> DocumentReceipt | None:
    return DocumentReceipt.model_validate(row.receipt) if row.receipt and "limits" in row.receipt else None


# --- What she has sent ------------------------------------------------------------------------------------------------


async def sent_from(engine: Engine, thread: UUID) -> list[Listed]:
    """The papers sent from a thread, the earliest first."""
    async with engine.database.reading() as connection:
        rows = await connection.execute(
            select(*_OF_IT).where(papers.c.thread == thread, papers.c.state != "taken-back").order_by(papers.c.seq)
        )
        return [_listed(row) for row in rows]


def _listed(row: Row[Any]) -> Listed:
    refused = row.receipt.get("refused") if row.receipt else None
    return Listed(row.id, row.paper, row.received_at, row.state, _receipt(row), refused)


async def take_back(engine: Engine, municipality: str, thread: UUID, paper: UUID) -> bool:
    """She takes a paper away. ``False``: somebody has read it. Raises BackendAway and ContractError."""
    async with engine.database.transaction() as connection:
        found = await connection.execute(
            select(*_OF_IT).where(
                papers.c.id == paper, papers.c.thread == thread, papers.c.municipality == municipality
            )
        )
        row = found.one_or_none()
    receipt = _receipt(row) if row is not None else None
    if row is None or row.state != "kept" or receipt is None or receipt.document is None:
        return row is not None and row.state == "taken-back"
    call = TakeBackDocument(person=row.person, at=engine.clock())
    try:
        await engine.backend.call(municipality, call, key=row.id, path={"document": str(receipt.document)})
    except ContractError as error:
        if error.code is ProblemCode.TOO_LATE:
            return False
        raise
    async with engine.database.transaction() as connection:
        await connection.execute(update(papers).where(papers.c.id == paper).values(state="taken-back", told=True))
    return True
