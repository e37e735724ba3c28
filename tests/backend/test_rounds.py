"""Work that goes round: what fails in one municipality holds up no other, and is tried again."""

import asyncio
from contextlib import suppress
from functools import partial

import pytest

from backend.rounds import each, go_round


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


async def test_of_several_jobs_each_that_fails_is_told_and_the_others_are_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    done, twice = [0], asyncio.Event()

    async def fails(error: type[Exception]) -> None:
        raise error("19121212 wrote this")

    async def works() -> None:
        done[0] += 1
        if done[0] == 2:
            twice.set()

    work = partial(each, partial(fails, ValueError), works, partial(fails, KeyError))
    going = asyncio.create_task(go_round("applications", 0.01, {"svedala": work}))
    async with asyncio.timeout(20):
        await twice.wait()
    going.cancel()
    with suppress(asyncio.CancelledError):
        await going

    said = capsys.readouterr().out
    assert "ValueError" in said
    assert "KeyError" in said
    assert "wrote this" not in said
