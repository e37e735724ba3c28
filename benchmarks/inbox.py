"""The inbox with 10 000 threads and 200 pages open: how long a page takes, and until a change is told to who sees it.

The backend is served as it is in production, in a process of its own. Each open page listens, and reads itself again
when it is told, as the browser does. The floor of a page is the smallest signed-in page there is, in the same run.
"""

import argparse
import asyncio
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

import uvloop
from sqlmodel import insert

from backend import municipalities
from backend.cases.models import Case, Contact, PersonContact
from backend.codec import Codec, envelope_key
from backend.database import Database
from backend.handover.models import Thread, ThreadEntry
from backend.persons import Person
from backend.promises import Promise
from backend.staff.seats import sessions
from backend.staff.seats.models import StaffMember
from backend.tasks import Task
from benchmarks.client import ask
from benchmarks.site import TOWN, Site, cpu, installed

LANGUAGES = ("ar", "so", "sv", "uk", "en", "ti")
KINDS = (("answer", "asked"), ("answer", "question"), ("ring", "call-me"), ("check", "document"))
AT_ONCE = 4
BATCH = 1000
PAGES = {
    "the smallest page": "/inbox/keys",
    "mine": "/inbox",
    "waiting": "/inbox?queue=waiting",
    "waiting, in Arabic": "/inbox?queue=waiting&language=ar",
    "promises": "/inbox?queue=promises",
    "new": "/inbox?queue=new",
}


@dataclass
class Page:
    """An open page: what it shows, and when it was told that something changed."""

    cookie: str
    thread: UUID | None
    told: list[float] = field(default_factory=list)
    read: list[float] = field(default_factory=list)
    was_told: asyncio.Event = field(default_factory=asyncio.Event)
    has_read: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def address(self) -> str:
        return f"/inbox/threads/{self.thread}" if self.thread else "/inbox?queue=waiting"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=10_000)
    parser.add_argument("--viewers", type=int, default=200)
    parser.add_argument("--pages", type=int, default=100, help="of each kind")
    parser.add_argument("--changes", type=int, default=20, help="of each kind, while all pages are open")
    given = parser.parse_args()
    with installed() as site:
        uvloop.run(measure(site, given))


async def measure(site: Site, given: argparse.Namespace) -> None:
    """Fill the database, then look at pages alone, then with everybody looking."""
    made = site.home.made
    town = municipalities.found()[TOWN]
    key = envelope_key(made["IMORGON_ENVELOPE_KEY"])
    database = Database(site.home.backends[TOWN].app_url, town, key, demo=True)
    try:
        threads = await fill(database, given.threads)
        site.server.run_sql("analyze", site.home.backends[TOWN].name)  # as it would have been long since
        secret = made["IMORGON_SESSION_SECRET"].encode()
        cookies = [await _desk(database, secret, number) for number in range(max(1, given.viewers))]
        await _pages(site, cookies[0], given.pages, threads[0])
        await _live(site, database, cookies[: given.viewers], threads, given.changes)
    finally:
        await database.close()


async def fill(database: Database, many: int) -> list[UUID]:
    """So many persons with a thread, a case and, half of them, an open task; gives the threads with words."""
    now = datetime.now(UTC)
    async with database.transaction():
        pass  # the codec is there as soon as a transaction has begun
    codec = database.codec
    spoken: list[UUID] = []
    for first in range(0, many, BATCH):
        some = range(first, min(first + BATCH, many))
        rows: dict[Any, list[dict[str, Any]]] = {
            table: [] for table in (Person, Contact, PersonContact, Thread, Case, Task, Promise, ThreadEntry)
        }
        for number in some:
            _one(rows, codec, number, now)
            if len(spoken) < BATCH:
                spoken.append(rows[Thread][-1]["id"])
        async with database.transaction() as session:
            for table, values in rows.items():
                if values:
                    await (await session.connection()).execute(insert(table), values)
    return spoken


def _one(rows: dict[Any, list[dict[str, Any]]], codec: Codec, number: int, now: datetime) -> None:
    person, thread, contact = uuid4(), uuid4(), uuid4()
    language, at = LANGUAGES[number % len(LANGUAGES)], now - timedelta(minutes=number % 600)
    telephone = f"+999{number:08}"  # where the numbers of nobody begin
    name = codec.encrypt(f"Namn{number}", table="persons", column="first_name", row=person)
    rows[Person].append({"id": person, "first_name": name, "language": language, "met_at": at})
    sealed = codec.encrypt(telephone, table="contacts", column="telephone", row=contact)
    rows[Contact].append({"id": contact, "telephone": sealed, "telephone_index": codec.blind("telephone", telephone)})
    rows[PersonContact].append({"id": uuid4(), "person": person, "contact": contact, "since": at})
    of_bot = {"owner": "bot", "epoch": -1, "wanted": "bot"}
    rows[Thread].append(
        {"id": thread, "person": person, "channel": "sms", "language": language, "last_at": at, **of_bot}
    )
    rows[Case].append({"id": uuid4(), "person": person, "opened_at": at})
    if number % 2 == 0:
        kind, reason = KINDS[number // 2 % len(KINDS)]
        due = at + timedelta(hours=4)
        task = {"id": uuid4(), "kind": kind, "reason": reason, "person": person, "thread": thread, "made_at": at}
        rows[Task].append({**task, "queue": "customer-service", "due_at": due, "warn_at": at + timedelta(hours=2)})
        promise = {"id": uuid4(), "what": "first-answer", "person": person, "thread": thread, "by": "open-hours"}
        rows[Promise].append({**promise, "made_at": at, "due_at": due})
    if number < BATCH:
        for place in range(10):
            where = f"{thread}:{place}"
            words = codec.encrypt("Hej, jag behöver hjälp", table="thread_entries", column="original", row=where)
            entry = {"thread": thread, "number": place, "request_hash": b"", "person": person, "at": at}
            said = {"who": "person", "language": language, "original": words, "state": "received"}
            rows[ThreadEntry].append({**entry, **said})


async def _desk(database: Database, secret: bytes, number: int) -> str:
    async with database.transaction() as session:
        member = StaffMember(name=f"Kollega {number}", role="customer-service", resource=None)
        session.add(member)
        await session.flush()
        return await sessions.begin(session, secret, member)


async def _pages(site: Site, cookie: str, many: int, thread: UUID) -> None:
    floor = 0.0
    bodies: dict[str, bytes] = {what: _get(address, cookie) for what, address in PAGES.items()}
    bodies["a conversation"] = _get(f"/inbox/threads/{thread}?reason=answers-now", cookie)
    bodies["a search by name"] = _post("/inbox/search", cookie, {"sought": "Namn777"})
    bodies["a search by number"] = _post("/inbox/search", cookie, {"sought": "0777"})
    for what, request in bodies.items():
        await _many(site, request, AT_ONCE * 2)  # warm
        before = _cost(site)
        seconds = await _many(site, request, many)
        spent = (_cost(site) - before) / len(seconds) * 1000
        middle = statistics.median(seconds)
        floor = floor or middle
        print(
            f"inbox: {what}, {AT_ONCE} at once: p50 {middle * 1000:.0f} ms = {middle / floor:.1f} times the floor; "
            f"p99 {_p99(seconds) * 1000:.0f} ms; {spent:.0f} ms of CPU, of it {len(seconds)} pages",
            flush=True,
        )


def _cost(site: Site) -> float:
    """Seconds of CPU of the database and of the backend, so far."""
    return cpu(site.database_pid(), site.backend_pid)


async def _many(site: Site, request: bytes, many: int) -> list[float]:
    seconds: list[float] = []
    left: Iterator[int] = iter(range(many))

    async def user() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.backend_port)
        for _ in left:
            begins = perf_counter()
            await ask(reader, writer, request)
            seconds.append(perf_counter() - begins)
        writer.close()

    await asyncio.gather(*(user() for _ in range(AT_ONCE)))
    return seconds


async def _live(site: Site, database: Database, cookies: Sequence[str], threads: Sequence[UUID], changes: int) -> None:
    """Half of the pages show the list, half a conversation of their own; then things change."""
    pages = [Page(cookie, threads[number] if number % 2 else None) for number, cookie in enumerate(cookies)]
    gate = asyncio.Semaphore(AT_ONCE)
    listening = [asyncio.create_task(_listens(site, page, gate)) for page in pages]
    while not all(page.told and page.read for page in pages):
        await asyncio.sleep(0.2)
        for task in listening:
            if task.done():
                task.result()
    await asyncio.sleep(3)
    _forget(pages)
    before, began = _cost(site), perf_counter()
    await asyncio.sleep(10)
    idle = (_cost(site) - before) / (perf_counter() - began)
    before = _cost(site)
    acute = [await _until_read(pages, _acute(database)) for _ in range(changes)]
    spent = (_cost(site) - before) / (len(pages) * changes) * 1000
    open_ones = [page for page in pages if page.thread]
    written = [
        await _until_read([page], _written(database, page.thread)) for page in open_ones[:changes] if page.thread
    ]
    reads = [second for page in pages for second in page.read]
    for what, some in (("something acute, to all", acute), ("a message, to its reader", written)):
        told, read = [second for one, _ in some for second in one], [last for _, last in some]
        print(
            f"inbox: {len(pages)} pages open: {what}: told after p50 {statistics.median(told) * 1000:.0f} ms, "
            f"p99 {_p99(told) * 1000:.0f} ms (it is looked for once a second); the last has read itself again after "
            f"p50 {statistics.median(read) * 1000:.0f} ms",
            flush=True,
        )
    print(f"inbox: {len(pages)} pages open: {spent:.0f} ms of CPU for each that reads itself again", flush=True)
    print(
        f"inbox: {len(pages)} pages open: read again p50 {statistics.median(reads) * 1000:.0f} ms, "
        f"p99 {_p99(reads) * 1000:.0f} ms; {idle * 100:.0f} % of a core while nothing happens",
        flush=True,
    )
    for task in listening:
        task.cancel()
    await asyncio.gather(*listening, return_exceptions=True)


async def _listens(site: Site, page: Page, gate: asyncio.Semaphore) -> None:
    """What the script of a page does: listen, and read the page again each time it is told."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.backend_port)
    address = f"/inbox/live?thread={page.thread}" if page.thread else "/inbox/live"
    async with gate:  # nobody comes to work in the same second as everybody else
        opened = f"{page.address}?reason=answers-now" if page.thread else page.address
        await _read(site, _get(opened, page.cookie))
    writer.write(_get(address, page.cookie))
    while line := await reader.readline():
        if line.startswith(b"event:"):
            page.told.append(perf_counter())
            page.was_told.set()
        if not line.startswith(b"event: changed"):
            continue
        told = (await reader.readline()).decode().removeprefix("data:").strip()
        begins = perf_counter()
        await _read(site, _get(page.address, page.cookie, told=told))
        page.read.append(perf_counter() - begins)
        page.has_read.set()
    raise SystemExit("a page was told nothing more")


async def _read(site: Site, request: bytes) -> None:
    """By a connection of its own: one that has been quiet for some seconds is closed by the server."""
    reader, writer = await asyncio.open_connection("127.0.0.1", site.backend_port)
    await ask(reader, writer, request)
    writer.close()


async def _until_read(pages: Sequence[Page], change: Any) -> tuple[list[float], float]:
    """Seconds from a change being stored until each page was told, and until the last of them had read itself again."""
    for page in pages:
        page.told.clear()
        page.was_told.clear()
        page.has_read.clear()
    await change
    at = perf_counter()
    await asyncio.gather(*(page.was_told.wait() for page in pages))
    await asyncio.gather(*(page.has_read.wait() for page in pages))
    last = perf_counter() - at
    await asyncio.sleep(0.5)
    return [max(0.0, page.told[0] - at) for page in pages], last


async def _acute(database: Database) -> None:
    async with database.transaction() as session:
        now = datetime.now(UTC)
        due = now + timedelta(minutes=15)
        session.add(Task(kind="acute", reason="said-so", queue="customer-service", made_at=now, due_at=due))


async def _written(database: Database, thread: UUID) -> None:
    async with database.transaction() as session:
        found = await session.get_one(Thread, thread)
        found.last_at = datetime.now(UTC)
        session.add(found)


def _forget(pages: Sequence[Page]) -> None:
    for page in pages:
        page.told.clear()
        page.read.clear()


def _get(address: str, cookie: str, *, told: str = "") -> bytes:
    more = f"X-Live: 1\r\nX-Told: {told}\r\n" if told else ""
    return f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {sessions.COOKIE}={cookie}\r\n{more}\r\n".encode()


def _post(address: str, cookie: str, form: dict[str, str]) -> bytes:
    body = urlencode(form)
    return (
        f"POST {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {sessions.COOKIE}={cookie}\r\n"
        f"Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()


def _p99(seconds: Sequence[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98] if len(seconds) > 1 else seconds[0]


if __name__ == "__main__":
    main()
