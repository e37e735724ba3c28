"""What every test may use: one real PostgreSQL, a database of one's own, and no network.

**Databases.** The fixture ``pg`` is the embedded server, started once a session by our own launcher in a temporary
folder (as root too). A test never works in a shared database. A room says once how its tables are made, and every
test gets a copy of that, about 30 ms of CPU each, dropped after the test::

    # tests/backend/conftest.py
    @pytest.fixture
    def backend_database(make_database: MakeDatabase) -> Database:
        return make_database("backend", migrate)  # def migrate(database: Database) -> None

``migrate`` runs once a session, on the template, with ``database.owner_url``; it must close its connections. The copy
has ``owner_url`` and ``app_url`` (:class:`backend.postgres.Database`): tests of the application use ``app_url``, so
that a missing grant fails the test. A test that needs two municipalities calls ``make_database`` twice.

**No network.** A connection or a name look-up beyond this machine raises; servers a test starts listen on 127.0.0.1.

**Coverage.** Probes follow what runs in the tests' own process (:mod:`tests.probes`), coverage's tracer the processes
they start. It makes those two or three times as slow, so it does not follow the processes of a test that is marked
``unmeasured``: they go where others go, many times over.

**What is made once.** SQLAlchemy compiles a statement once a process, not once an application; and what was loaded is
left out when the interpreter looks for garbage.

**Browser.** ``chromium`` is the path of a Chromium, or the test is skipped and says so.
"""

import functools
import gc
import itertools
import os
import shutil
import socket
import ssl
import subprocess
import tempfile
from collections.abc import Callable, Generator, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any, Protocol

import certifi
import httpcore2
import hypothesis
import pytest
from sqlalchemy import util
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.engine import Engine

from tests.probes import PROBES  # first: there are probes in what is imported after it

# isort: split
from backend import postgres
from backend.postgres import Database, Server

# How long an example takes tells of the machine, and of what else it does.
hypothesis.settings.register_profile("whatever the machine", deadline=None)
hypothesis.settings.load_profile("whatever the machine")


_MEASURES_PROCESSES = "COVERAGE_PROCESS_CONFIG"
"""Where coverage tells the processes of a test to measure themselves."""


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    processes = os.environ.pop(_MEASURES_PROCESSES, None) if item.get_closest_marker("unmeasured") else None
    try:
        return (yield)
    finally:
        if processes is not None:
            os.environ[_MEASURES_PROCESSES] = processes


def pytest_collection_finish() -> None:
    """What was loaded lives as long as the tests: looking through all of it again and again finds no garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 10, 10)


def pytest_sessionfinish() -> None:
    # A worker that takes more than ten seconds to end is killed, and what was told would be lost with it.
    if PROBES is not None:
        PROBES.write()


class MakeDatabase(Protocol):
    """Give a new database, a copy of the migrated template of that name."""

    def __call__(self, template: str, migrate: Callable[[Database], None]) -> Database: ...


def memory() -> Path | None:
    """A folder in memory, where there is one with room: a test's databases are made and dropped by the thousand."""
    shared = Path("/dev/shm")
    return shared if shared.is_dir() and shutil.disk_usage(shared).free > 2_000_000_000 else None


class _Kept:
    """A psql that stays. To begin a program and a connection twice a test took a third of what it costs to make a
    database and to drop it."""

    def __init__(self, server: Server, said: IO[bytes]) -> None:
        self._server, self._said = server, said
        self._psql: subprocess.Popen[str] | None = None

    def run_sql(self, script: str, database: str = "postgres") -> str:
        """As :meth:`backend.postgres.Server.run_sql`, which does what is for another database."""
        if database != "postgres" or "\\connect" in script:
            return Server.run_sql(self._server, script, database)
        psql = self._psql = self._psql or self._begun()
        assert psql.stdin is not None
        assert psql.stdout is not None
        with suppress(BrokenPipeError):
            psql.stdin.write(f"{script}\n;\nSELECT '{_ALL}';\n")
            psql.stdin.flush()
        rows: list[str] = []
        for row in iter(psql.stdout.readline, ""):
            if row.strip() == _ALL:
                return "".join(rows).strip()
            rows.append(row)
        raise postgres.PostgresError(f"PostgreSQL refused: {self.end().strip()}")  # at an error it ends

    def _begun(self) -> subprocess.Popen[str]:
        where = ("-h", self._server.socket_dir, "-p", "5432", "-U", postgres.SUPERUSER, "-d", "postgres", "-f", "-")
        return subprocess.Popen(
            [self._server.binaries / "psql", *("-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1"), *where],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._said,
            text=True,
            env=postgres.clean_environment(),
        )

    def end(self) -> str:
        """Let it go; gives what it complained of."""
        if self._psql is not None:
            with self._psql, suppress(BrokenPipeError):
                self._psql.communicate()
            self._psql = None
        self._said.seek(0)
        said = self._said.read().decode()
        self._said.seek(0)
        self._said.truncate()
        return said


_ALL = "that was all"


@pytest.fixture(scope="session")
def pg() -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="imorgon-", dir=memory()))
    folder.chmod(0o711)  # as root, the server's own user must pass through
    with postgres.start(folder / "pg") as server:
        # The data outlives no session, so it need not outlive a power cut.
        server.run_sql("ALTER SYSTEM SET fsync = off")
        server.run_sql("ALTER SYSTEM SET full_page_writes = off")
        server.run_sql("SELECT pg_reload_conf()")
        with tempfile.TemporaryFile() as said:
            kept = _Kept(server, said)
            server.run_sql = kept.run_sql  # type: ignore[method-assign]
            yield server
            kept.end()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def _templates() -> set[str]:
    return set()


_numbers = itertools.count(1)


@pytest.fixture
def make_database(pg: Server, _templates: set[str]) -> Iterator[MakeDatabase]:
    made: list[str] = []

    def make(template: str, migrate: Callable[[Database], None]) -> Database:
        if template not in _templates:
            migrate(postgres.create_database(pg, template))
            _templates.add(template)
        name = f"{template}_{next(_numbers)}"
        made.append(name)
        return postgres.create_database(pg, name, roles=template, template=template)

    yield make
    for name in made:
        postgres.drop_database(pg, name)


@pytest.fixture(scope="session")
def chromium() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")
    return found


# Each client of a test reads anew whom it would trust on the net: 50 ms of CPU, a thousand times, to talk without TLS.
httpcore2.default_ssl_context = functools.cache(httpcore2.default_ssl_context)

_read_certificates = ssl.create_default_context
_read_once = functools.cache(_read_certificates)


@functools.wraps(_read_certificates)
def _trusting(*purpose: Any, **given: Any) -> ssl.SSLContext:
    """So does each bot at Telegram, from the file that comes with its library."""
    of_the_library = not purpose and given == {"cafile": certifi.where()}
    return _read_once(**given) if of_the_library else _read_certificates(*purpose, **given)


ssl.create_default_context = _trusting

# Each application of a test has engines of its own, and each engine would compile every statement again. They are all
# of one kind, to one server: a statement is compiled once a process, as it is where we run.
_COMPILED = util.LRUCache[Any, Any](5000)
Engine._compiled_cache = property(lambda _: _COMPILED, lambda _, _own: None)  # type: ignore[assignment]
PGDialect_asyncpg.__eq__ = lambda one, other: type(one) is type(other)  # type: ignore[method-assign]
PGDialect_asyncpg.__hash__ = lambda one: hash(type(one))  # type: ignore[method-assign,assignment]

_LOCAL = ("127.", "::1", "localhost", "0.0.0.0")


def _stay_on_this_machine(host: object) -> None:
    if host and not str(host).startswith(_LOCAL):
        raise PermissionError(f"a test tried to reach {host!r}: tests use no network")


def _asked_first(method: Callable[..., Any]) -> Callable[..., Any]:
    """An audit hook would see this too, and be called at every look into a function's code: one second in thirty."""

    @functools.wraps(method)
    def connect(opened: socket.socket, address: object) -> Any:
        if isinstance(address, tuple):
            _stay_on_this_machine(address[0])
        return method(opened, address)

    return connect


_look_up = socket.getaddrinfo


@functools.wraps(_look_up)
def _looked_up(host: Any, *more: Any, **others: Any) -> Any:
    _stay_on_this_machine(host.decode() if isinstance(host, bytes) else host)
    return _look_up(host, *more, **others)


socket.socket.connect = _asked_first(socket.socket.connect)  # type: ignore[method-assign]
socket.socket.connect_ex = _asked_first(socket.socket.connect_ex)  # type: ignore[method-assign]
socket.getaddrinfo = _looked_up
