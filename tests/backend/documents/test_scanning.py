"""clamd is asked in its own protocol, and what it cannot say is not taken for clean."""

import asyncio
import os
import shutil
import struct
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from backend.documents import scanning
from backend.documents.scanning import Clamd, ScanAway
from backend.settings import SettingsError, read
from tests.backend.documents.conftest import hands_in, sends
from tests.backend.documents.made import invoice, pdf, saved
from tests.backend.stories import StoryClock, started

# The signature every scanner knows, agreed by the European Institute for Computer Antivirus Research for such tests; in
# two halves, so that this file is none.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-" + rb"STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
MOST = 12_000_000


async def speaks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """What clamd does with PING and INSTREAM; it finds EICAR, and nothing longer than its limit."""
    command = await reader.readuntil(b"\0")
    if command == b"zPING\0":
        writer.write(b"PONG\0")
    elif command == b"zINSTREAM\0":
        heard = b""
        while size := struct.unpack("!L", await reader.readexactly(4))[0]:
            if len(heard) + size > MOST:
                writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                break
            heard += await reader.readexactly(size)
        else:
            writer.write(b"stream: Eicar-Test-Signature FOUND\0" if EICAR in heard else b"stream: OK\0")
    await writer.drain()
    writer.close()


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """A local server that speaks as clamd does, at a socket file."""
    path = tmp_path / "clamd.ctl"
    server = await asyncio.start_unix_server(speaks, path)
    async with server:
        yield f"unix:{path}"


@asynccontextmanager
async def answering(words: bytes) -> AsyncIterator[Clamd]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(words)
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        yield Clamd.at(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}")


async def test_a_virus_is_found_and_a_paper_is_clean(address: str) -> None:
    clamd = Clamd.at(address)

    assert await clamd.answers()
    assert await clamd.is_clean(saved(invoice()))
    assert await clamd.is_clean(bytes(5_000_000))
    assert not await clamd.is_clean(bytes(300_000) + EICAR)


async def test_what_is_longer_than_it_takes_is_not_clean(address: str) -> None:
    with pytest.raises(ScanAway):
        await Clamd.at(address).is_clean(bytes(MOST + 1))


@pytest.mark.parametrize("words", [b"", b"stream: Can't allocate memory ERROR\0", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
async def test_an_answer_that_is_none_is_not_clean(words: bytes) -> None:
    async with answering(words) as clamd:
        with pytest.raises(ScanAway):
            await clamd.is_clean(b"a paper")
        assert not await clamd.answers()


async def test_a_scanner_that_hangs_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanning, "SECONDS", 0.2)

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async with await asyncio.start_server(hang, "127.0.0.1", 0) as server:
        with pytest.raises(ScanAway, match="TimeoutError"):
            await Clamd.at(f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}").is_clean(b"a paper")


async def test_an_infected_file_is_refused_also_when_it_would_be_a_paper(
    environ: dict[str, str], clock: StoryClock, address: str
) -> None:
    async with started({**environ, "IMORGON_CLAMD": address}, clock) as backend:
        infected = await hands_in(backend, uuid4(), pdf() + b"\n" + EICAR)
        clean = await hands_in(backend, uuid4(), pdf())

    assert (infected.refused, infected.document) == ("infected", None)
    assert clean.document is not None


async def test_while_the_scanner_is_away_nothing_goes_by_it(environ: dict[str, str], clock: StoryClock) -> None:
    async with started({**environ, "IMORGON_CLAMD": "unix:/nowhere/clamd.ctl"}, clock) as backend:
        assert (await sends(backend, uuid4(), pdf())).status_code == 503


@pytest.mark.parametrize("wrong", ["/run/clamd.ctl", "tcp://host", "unix:clamd.ctl", "http://127.0.0.1:3310"])
def test_where_it_listens_is_said_whole(environ: dict[str, str], wrong: str) -> None:
    with pytest.raises(SettingsError, match="IMORGON_CLAMD must be"):
        read({**environ, "IMORGON_CLAMD": wrong})


@pytest.fixture
def clamd(tmp_path: Path) -> Iterator[Clamd]:
    """Debian's clamd with one signature, that of the test file."""
    program = os.environ.get("CLAMD") or shutil.which("clamd")
    if program is None:
        pytest.skip("clamd is not installed (Debian: clamav-daemon)")
    signatures, address = tmp_path / "signatures", tmp_path / "clamd.ctl"
    signatures.mkdir()
    (signatures / "test.ndb").write_text(f"Eicar-Test-Signature:0:*:{EICAR.hex()}\n")
    settings = tmp_path / "clamd.conf"
    settings.write_text(f"LocalSocket {address}\nDatabaseDirectory {signatures}\nForeground yes\nUser root\n")
    running = subprocess.Popen([program, "-c", settings], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield Clamd.at(f"unix:{address}")
    finally:
        running.terminate()
        running.wait()


async def test_the_real_clamd_understands_us(clamd: Clamd) -> None:
    async with asyncio.timeout(60):
        while not await clamd.answers():  # noqa: ASYNC110  # another program starts, and tells nobody
            await asyncio.sleep(0.2)

    assert await clamd.is_clean(saved(invoice()))
    assert not await clamd.is_clean(bytes(300_000) + EICAR)
    assert not await clamd.is_clean(pdf() + EICAR)
