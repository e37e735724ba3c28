"""How long ``imorgon demo`` takes until it answers: the first time (new database, seeds), after that, after a kill."""

import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

ROUNDS = 3
PATIENCE = 120  # seconds


def main() -> None:
    cold, warm, killed, stopped = [], [], [], []
    for _ in range(ROUNDS):
        folder = Path(tempfile.mkdtemp(prefix="imorgon-"))
        folder.chmod(0o711)  # as root, the database's own user must pass through
        try:
            demo, seconds = start(folder)
            cold.append(seconds)
            stopped.append(stop(demo))
            demo, seconds = start(folder)
            warm.append(seconds)
            demo.kill()
            demo.wait()
            demo, seconds = start(folder)
            killed.append(seconds)
            stopped.append(stop(demo))
        finally:
            shutil.rmtree(folder)
    for what, figures in (
        ("first start", cold),
        ("start again", warm),
        ("start after kill -9", killed),
        ("stop", stopped),
    ):
        told = "  ".join(f"{seconds:.1f}" for seconds in figures)
        print(f"{what:20} median {statistics.median(figures):5.1f} s   of {told}")


def start(folder: Path) -> tuple["subprocess.Popen[bytes]", float]:
    """The demo on ``folder``, and the seconds until ``/readyz`` answered 200."""
    address = f"http://127.0.0.1:{free_port()}"
    log = folder / "demo.log"
    begins = time.perf_counter()
    with log.open("ab") as output:
        demo = subprocess.Popen(
            [Path(sys.executable).parent / "imorgon", "demo"],
            env={**os.environ, "IMORGON_DATA_DIR": str(folder / "data"), "IMORGON_PUBLIC_URL": address},
            stdout=output,
            stderr=output,
        )
    while time.perf_counter() - begins < PATIENCE and demo.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return demo, time.perf_counter() - begins
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.02)
    demo.kill()
    demo.wait()
    raise SystemExit(f"The demo did not answer at {address}/readyz:\n{log.read_text()[-2000:]}")


def stop(demo: "subprocess.Popen[bytes]") -> float:
    """The seconds from Ctrl-C until it has ended."""
    begins = time.perf_counter()
    demo.send_signal(signal.SIGINT)
    demo.wait(PATIENCE)
    return time.perf_counter() - begins


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
