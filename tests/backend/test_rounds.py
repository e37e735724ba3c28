"""Work that goes round: what fails in one municipality holds up no other, and is tried again."""

import asyncio
from contextlib import suppress

import pytest

from backend.rounds import go_round


async def test_what_fails_in_one_municipality_is_told_and_tried_again(capsys: pytest.CaptureFixture[str]) -> None:
    done: list[str] = []
    twice = asyncio.Event()

    async def fails() -> None:
        done.append("svedala")
        raise ValueError("19121212 wrote this")

    async def works() -> None:
        done.append("trelleborg")
        if done.count("trelleborg") == 2:
            twice.set()

    going = asyncio.create_task(go_round("applications", 0.01, {"svedala": fails, "trelleborg": works}))
    async with asyncio.timeout(20):
        await twice.wait()
    going.cancel()
    with suppress(asyncio.CancelledError):
        await going

    assert done.count("svedala") >= 2
    said = capsys.readouterr().out
    assert "svedala" in said
    assert "ValueError" in said
    assert "wrote this" not in said
