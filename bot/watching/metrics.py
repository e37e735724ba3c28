"""Figures for whoever looks after us, as Prometheus reads them: by channel, language and kind, never by person.

What happened is counted by each process and added up in the database; how things stand is read there when it is asked
for. So any process of the bot answers for all of them, the workers too, which have no address.
"""

import hmac
import platform
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from ipaddress import ip_address
from typing import Any

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import Select, case, exists, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from backend.contract import VERSION
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.tables import calls, feeds, heartbeats, inbox, outbox, sending, timers
from bot.watching import tally, troubles
from bot.watching.tally import By

COUNTERS: Mapping[str, tuple[str, str, tuple[str, ...]]] = {
    "received": (
        "imorgon_received",
        "What people wrote, by what became of it: done, waiting, repeated, dead.",
        ("municipality", "channel", "provider", "outcome"),
    ),
    "turns": (
        "imorgon_turns",
        "Turns taken, by what happened to the thread.",
        ("municipality", "channel", "provider", "language", "kind"),
    ),
    "messages": (
        "imorgon_messages",
        "Our messages, each time one came to a state: sent, delivered, failed, unknown, dropped, given-up, pending.",
        ("municipality", "channel", "provider", "language", "kind", "state"),
    ),
    "diverted": (
        "imorgon_diverted",
        "Numbers nobody asked for that were sealed and masked before anything was written.",
        ("municipality", "channel", "provider", "kind"),
    ),
    "erased": (
        "imorgon_erased",
        "Messages with such numbers, erased at their provider or given up after two days.",
        ("municipality", "channel", "provider", "outcome"),
    ),
}
_REPLIES = ("municipality", "channel", "language")

Figure = tuple[Sequence[str], float]


def router(engine: Engine) -> APIRouter:
    """``GET /metrics``, for this machine, or for who shows the token."""
    made = APIRouter()

    @made.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        if not may_read(request, engine.settings.metrics_token):
            return Response(status_code=403)
        try:
            return Response(exposition([one async for one in figures(engine)]), media_type=CONTENT_TYPE_LATEST)
        except DATABASE_ERRORS:
            return Response(status_code=503)

    return made


def may_read(request: Request, token: str | None) -> bool:
    """With a token given, who shows it; without, only this machine itself, and nobody through a proxy on it."""
    if token is not None:
        shown = request.headers.get("Authorization", "").encode()
        return hmac.compare_digest(shown, f"Bearer {token}".encode())
    through = any(name in request.headers for name in ("Forwarded", "X-Forwarded-For", "X-Real-IP", "Via"))
    try:
        here = request.client is not None and ip_address(request.client.host).is_loopback
    except ValueError:  # a socket file has no address: whoever serves on one says with a token who may read
        here = False
    return here and not through


class _Read(Collector):
    """Figures that have been read already, as the library wants to collect them."""

    def __init__(self, found: Sequence[Metric]) -> None:
        self._found = found

    def collect(self) -> Iterator[Metric]:
        yield from self._found


def exposition(found: Sequence[Metric]) -> bytes:
    """The figures in Prometheus' text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Read(found))
    return generate_latest(registry)


async def figures(engine: Engine) -> AsyncIterator[Metric]:
    """Everything that is told. Raises database errors."""
    about = {"version": version("imorgon"), "contract": VERSION, "python": platform.python_version()}
    yield _gauge("imorgon_build_info", "What runs here.", tuple(about), [(tuple(about.values()), 1)])
    await engine.tally.write_down(engine.database)
    for metric in _counted(await tally.counted(engine.database)):
        yield metric
    async with engine.database.reading() as connection:
        for look in (_outbox, _inbox, _backend, _loops):
            async for metric in look(engine, connection):
                yield metric
    found = await troubles.find(engine)
    yield _gauge("imorgon_troubles", "What is wrong now; /readyz says it in words.", ("trouble",), _ones(found))


def _ones(names: Iterable[str]) -> list[Figure]:
    return [((name,), 1.0) for name in sorted(names)]


def _gauge(name: str, words: str, labels: Sequence[str], rows: Iterable[Figure]) -> Metric:
    metric = GaugeMetricFamily(name, words, labels=labels)
    for values, figure in rows:
        metric.add_metric(values, figure)
    return metric


def _counted(counts: Mapping[By, float]) -> Iterator[Metric]:
    for name, (shown, words, labels) in COUNTERS.items():
        counter = CounterMetricFamily(shown, words, labels=labels)
        columns = ["word" if label in ("outcome", "state") else label for label in labels]
        for values, count in sorted(tally.summed(counts, name, columns).items()):
            counter.add_metric(values, count)
        yield counter
    waited = HistogramMetricFamily(
        "imorgon_reply_seconds",
        "From what a person wrote until its reply was handed to the provider, or stood on her page.",
        labels=_REPLIES,
    )
    seconds = tally.summed(counts, "reply_seconds_sum", _REPLIES)
    buckets = tally.summed(counts, "reply_seconds", (*_REPLIES, "word"))
    for values in sorted(seconds):
        below, bounds = 0.0, []
        for bound in (*(f"{bound:g}" for bound in tally.BUCKETS), tally.INFINITE):
            below += buckets.get((*values, bound), 0.0)
            bounds.append((bound, below))
        waited.add_metric(values, bounds, seconds[values])
    yield waited


# --- How things stand -------------------------------------------------------------------------------------------------


async def _rows(connection: AsyncConnection, question: Select[*tuple[Any, ...]], labels: int) -> list[list[Figure]]:
    """The answer's figures, one list for each column after the labels; what is nothing counts as zero."""
    rows = (await connection.execute(question)).all()
    width = len(question.selected_columns) - labels
    return [[([str(one) for one in row[:labels]], float(row[labels + n] or 0)) for row in rows] for n in range(width)]


def _age(column: Any) -> Any:
    return func.extract("epoch", func.now() - column)


async def _outbox(engine: Engine, connection: AsyncConnection) -> AsyncIterator[Metric]:
    waits = or_(outbox.c.start > engine.clock(), outbox.c.next_try_at > func.now())
    state = case((outbox.c.state != "pending", outbox.c.state), (waits, "waiting"), else_="pending")
    by = (outbox.c.municipality, outbox.c.channel, outbox.c.kind)
    unsettled = outbox.c.state.in_(["pending", "sending", "unknown"])
    [numbers] = await _rows(
        connection, select(*by, state.label("stands"), func.count()).where(unsettled).group_by(*by, state), 4
    )
    yield _gauge(
        "imorgon_outbox",
        "Messages not settled. Waiting: for its hour or its next try. Pending: may go now.",
        ("municipality", "channel", "kind", "state"),
        numbers,
    )
    due = (outbox.c.state == "pending", or_(outbox.c.start.is_(None), outbox.c.start <= engine.clock()))
    oldest = func.max(_age(func.greatest(outbox.c.created_at, outbox.c.start)))
    answers = case((outbox.c.proactive, "proactive"), else_="reply")
    [oldest_due] = await _rows(connection, select(*by[:2], answers, oldest).where(*due).group_by(*by[:2], answers), 3)
    yield _gauge(
        "imorgon_outbox_oldest_seconds",
        "How long the oldest message that is due has waited, also one that is put off after a try.",
        ("municipality", "channel", "kind"),
        oldest_due,
    )
    unconfirmed = (outbox.c.state == "sent", outbox.c.tried_at < func.now() - troubles.UNCONFIRMED)
    [sent] = await _rows(connection, select(*by[:2], func.count()).where(*unconfirmed).group_by(*by[:2]), 2)
    yield _gauge(
        "imorgon_receipts_missing",
        "Messages sent more than fifteen minutes ago of which no last receipt has come.",
        ("municipality", "channel"),
        sent,
    )
    paused = await connection.scalar(select(exists().where(sending.c.paused)))
    yield _gauge("imorgon_sending_paused", "1 after a restore, until imorgon resume.", (), [((), float(bool(paused)))])


async def _inbox(engine: Engine, connection: AsyncConnection) -> AsyncIterator[Metric]:
    by = (inbox.c.municipality, inbox.c.kind)
    pending = select(*by, func.count(), func.max(_age(inbox.c.created_at))).where(inbox.c.state == "pending")
    numbers, oldest = await _rows(connection, pending.group_by(*by), 2)
    yield _gauge("imorgon_inbox", "Events that wait for their turn.", ("municipality", "kind"), numbers)
    yield _gauge("imorgon_inbox_oldest_seconds", "How long the oldest has waited.", ("municipality", "kind"), oldest)
    [dead] = await _rows(connection, select(*by, func.count()).where(inbox.c.state == "dead").group_by(*by), 2)
    yield _gauge("imorgon_dead_letters", "What could not be dealt with; staff have it.", ("municipality", "kind"), dead)
    lateness = engine.clock() - timers.c.at
    late = select(timers.c.municipality, func.count(), func.max(func.extract("epoch", lateness)))
    numbers, latest = await _rows(
        connection, late.where(timers.c.at < engine.clock()).group_by(timers.c.municipality), 1
    )
    yield _gauge("imorgon_timers_late", "Timers whose time has come and gone.", ("municipality",), numbers)
    yield _gauge("imorgon_timers_late_seconds", "By how much the latest is late.", ("municipality",), latest)


async def _backend(_: Engine, connection: AsyncConnection) -> AsyncIterator[Metric]:
    by = (calls.c.municipality, calls.c.call)
    waiting = select(*by, func.count(), func.max(_age(calls.c.created_at)))
    numbers, oldest = await _rows(connection, waiting.where(calls.c.state.in_(["pending", "calling"])).group_by(*by), 2)
    yield _gauge("imorgon_calls_waiting", "Calls to the backend not answered yet.", ("municipality", "call"), numbers)
    yield _gauge("imorgon_calls_oldest_seconds", "How long the oldest waits.", ("municipality", "call"), oldest)
    [positions] = await _rows(connection, select(feeds.c.municipality, feeds.c.position), 1)
    yield _gauge(
        "imorgon_feed_position",
        "Up to where each feed has been collected; the backend tells where it ends (imorgon_backend_feed_position).",
        ("municipality",),
        positions,
    )


async def _loops(_: Engine, connection: AsyncConnection) -> AsyncIterator[Metric]:
    """The youngest of each loop over all processes; which of them hangs is a trouble, in words."""
    alive = heartbeats.c.beat_at > func.now() - troubles.FORGOTTEN
    silent = func.min(_age(heartbeats.c.worked_at))
    failing = func.max(heartbeats.c.failures)
    processes = func.count().filter(heartbeats.c.beat_at > func.now() - troubles.SILENT)
    ages, failures, running = await _rows(
        connection,
        select(heartbeats.c.loop, silent, failing, processes).where(alive).group_by(heartbeats.c.loop),
        1,
    )
    yield _gauge("imorgon_loop_silent_seconds", "Since a loop last came round anywhere.", ("loop",), ages)
    yield _gauge("imorgon_loop_failures", "How often in a row a loop has failed.", ("loop",), failures)
    yield _gauge("imorgon_loop_processes", "How many processes run a loop.", ("loop",), running)
