"""A whole installation to measure: PostgreSQL, the backend, and as many processes of the bot as are wanted.

Each is a process of its own, started as an operator starts it; what each has cost is read from ``/proc``.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend import postgres
from bot.together import Home, free_port, make_home

TOWN = "trelleborg"
PATIENCE = 60  # seconds until a process answers
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Process:
    """One process of ours; ``seconds``: from its start until it answered."""

    popen: "subprocess.Popen[bytes]"
    port: int
    seconds: float

    @property
    def pid(self) -> int:
        return self.popen.pid


@dataclass
class Site:
    """The server, the databases and the settings; processes are started as they are needed."""

    server: postgres.Server
    home: Home
    folder: Path
    public_url: str = "http://bench.test"
    number: str = "+46701740690"
    provider_url: str = "http://127.0.0.1:9"
    backend_port: int = 0
    backend_pid: int = 0

    def environ(self) -> dict[str, str]:
        return self.home.environ(
            self.backend_port,
            IMORGON_PUBLIC_URL=self.public_url,
            IMORGON_TWILIO_API_BASE=self.provider_url,
            IMORGON_TWILIO_FROM_TRELLEBORG=self.number,
            IMORGON_SMS_PREFIXES="+999",  # where the numbers of nobody begin
        )

    @contextmanager
    def process(self, what: str, port: int = 0) -> Iterator[Process]:
        """Start ``bot``, ``backend`` or ``worker`` and wait until it answers; stopped when the block ends."""
        port = port or free_port()
        begins = time.perf_counter()
        with (self.folder / f"{what}-{port}.log").open("wb") as log:
            popen = subprocess.Popen(
                [sys.executable, "-m", "benchmarks.served", what, str(port)],
                env={**os.environ, **self.environ()},
                cwd=Path(__file__).parents[1],
                stdout=log,
                stderr=log,
            )
        try:
            if what != "worker":
                _until_it_answers(port, popen)
            yield Process(popen, port, time.perf_counter() - begins)
        finally:
            popen.terminate()
            popen.wait()

    def database_pid(self) -> int:
        return self.server.process.pid


@contextmanager
def installed() -> Iterator[Site]:
    """An installation with fsync on and PostgreSQL's own defaults, with its backend running; nothing of it stays."""
    folder = Path(tempfile.mkdtemp(prefix="imorgon-"))
    folder.chmod(0o711)  # as root, the database's own user must pass through
    try:
        with postgres.start(folder / "pg") as server:
            site = Site(server, make_home(server, folder), folder)
            with site.process("backend") as backend:
                site.backend_port, site.backend_pid = backend.port, backend.pid
                yield site
    finally:
        shutil.rmtree(folder)


def _until_it_answers(port: int, popen: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and popen.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    raise SystemExit(f"a process did not answer on port {port}")


# --- What it has cost -------------------------------------------------------------------------------------------------


def cpu(*pids: int) -> float:
    """Seconds of CPU of these processes, their children that live and their children that have ended."""
    stats = _stats()
    ours = set(pids) | {pid for pid, (parent, _) in stats.items() if parent in pids}
    return sum(stats[pid][1] for pid in ours if pid in stats)


def memory(pid: int) -> int:
    """Bytes of memory that are a process' own (anonymous and resident)."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise OSError(f"/proc/{pid}/status tells no RssAnon")


def _stats() -> Mapping[int, tuple[int, float]]:
    """Parent and seconds of CPU (with those of ended children) of every process."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        # proc(5): the fields after the name begin with the third, state.
        found[int(stat.parent.name)] = (int(fields[1]), sum(map(int, fields[11:15])) / _TICK)
    return found
