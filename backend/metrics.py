"""Figures of the cases as Prometheus reads them: what was promised and is near, what there is to do, where feeds end.

By municipality and kind, never by person. Read from each database when they are asked for; one that does not answer
is told as down, and keeps nobody from the others.
"""

import hmac
import platform
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from ipaddress import ip_address

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import promises, tasks
from backend.bookings import missed
from backend.contract import VERSION
from backend.database import Database
from backend.notices.models import FeedCounter
from backend.tasks import Task


def router(databases: Mapping[str, Database], token: str | None) -> APIRouter:
    """``GET /metrics``, for this machine, or for who shows the token."""
    made = APIRouter()

    @made.get("/metrics", include_in_schema=False)
    async def metrics(request: Request) -> Response:
        if not may_read(request, token):
            return Response(status_code=403)
        found = [one async for one in figures(databases, request.app.state.clock())]
        return Response(exposition(found), media_type=CONTENT_TYPE_LATEST)

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


async def figures(databases: Mapping[str, Database], now: datetime) -> AsyncIterator[Metric]:
    """Everything that is told of all municipalities. ``now`` is business time."""
    about = {"version": version("imorgon"), "contract": VERSION, "python": platform.python_version()}
    built = GaugeMetricFamily("imorgon_backend_build_info", "What runs here.", labels=tuple(about))
    built.add_metric(tuple(about.values()), 1)
    yield built
    up = GaugeMetricFamily("imorgon_backend_database_up", "1 when it answers.", labels=("municipality",))
    due = GaugeMetricFamily(
        "imorgon_backend_promises",
        "Open promises. Near: staff are reminded. Broken: open past their time.",
        labels=("municipality", "what", "stands"),
    )
    todo = GaugeMetricFamily(
        "imorgon_backend_tasks",
        "Open tasks. Late: open past their time.",
        labels=("municipality", "kind", "queue", "stands"),
    )
    oldest = GaugeMetricFamily(
        "imorgon_backend_tasks_oldest_seconds", "How long the oldest task is open.", labels=("municipality", "kind")
    )
    absent = GaugeMetricFamily(
        "imorgon_backend_meetings_missed",
        "Meetings that were missed, by what hindered; ours where something failed here.",
        labels=("municipality", "why"),
    )
    ends = GaugeMetricFamily("imorgon_backend_feed_position", "Where each feed ends.", labels=("municipality",))
    for slug, database in databases.items():
        ready = await database.ready()
        up.add_metric((slug,), float(ready))
        if not ready:
            continue
        async with database.transaction() as session:
            await _promises(session, due, slug, now)
            await _tasks(session, todo, oldest, slug, now)
            ends.add_metric((slug,), (await session.exec(select(FeedCounter.position))).one())
            for why, times in (await missed.counted(session)).items():
                absent.add_metric((slug, why), times)
    for metric in (up, due, todo, oldest, ends, absent):
        yield metric


async def _promises(session: AsyncSession, due: GaugeMetricFamily, slug: str, now: datetime) -> None:
    counted = Counter[tuple[str, str]]()
    for promise in await promises.all_open(session):
        stands = "broken" if promise.is_broken(now) else "near" if promise.is_soon(now) else "open"
        counted[promise.what, stands] += 1
    for what in promises.DECLARED:
        for stands in ("open", "near", "broken"):
            due.add_metric((slug, what, stands), counted[what, stands])


async def _tasks(
    session: AsyncSession, todo: GaugeMetricFamily, oldest: GaugeMetricFamily, slug: str, now: datetime
) -> None:
    found = await session.exec(
        select(Task.kind, Task.queue, Task.made_at, Task.due_at).where(col(Task.done_at).is_(None))
    )
    counted, first = Counter[tuple[str, str, str]](), dict[str, datetime]()
    for kind, queue, made_at, due_at in found.all():
        counted[kind, queue, "late" if due_at is not None and due_at < now else "open"] += 1
        first[kind] = min(made_at, first.get(kind, made_at))
    for labels, number in sorted(counted.items()):
        todo.add_metric((slug, *labels), number)
    for known in tasks.QUEUES:
        waited = (now - first[known]).total_seconds() if known in first else 0
        oldest.add_metric((slug, known), max(waited, 0))
