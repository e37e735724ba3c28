"""What many pages ask for after the same change is read once; whoever comes by herself reads anew."""

import asyncio
import time

from backend.staff.inbox import live, together
from tests.backend.staff.desks import Office


async def test_pages_that_were_told_of_the_same_share_what_one_of_them_read(office: Office) -> None:
    reads: list[int] = []

    async def reads_it() -> int:
        reads.append(1)
        await asyncio.sleep(0)
        return len(reads)

    async def page(told: float | None) -> int:
        async with office.database.transaction() as session:
            return await together.read(session, told, "a list", reads_it)

    told = float((await live.Watch(office.database).look((b"0" * 32, None))).by)
    assert await asyncio.gather(*(page(told) for _ in range(5))) == [1] * 5
    assert await page(None) == 2  # a press, or a page opened
    assert await page(told) == 1
    later = float((await live.Watch(office.database).look((b"0" * 32, None))).by)
    assert await page(later) == 3


async def test_nobody_reads_without_a_connection_while_the_others_hold_them_all_and_wait(office: Office) -> None:
    told, ready, go = time.time() - 60, asyncio.Semaphore(0), asyncio.Event()

    async def reads_it() -> int:
        return 1

    async def holds_one() -> int:
        async with office.database.transaction() as session:
            await session.connection()
            ready.release()
            await go.wait()
            return await together.read(session, told, "a list", reads_it)

    async def has_none() -> int:
        async with office.database.transaction() as session:
            return await together.read(session, told, "a list", reads_it)

    all_there_are = [asyncio.create_task(holds_one()) for _ in range(10)]
    for _ in all_there_are:
        await ready.acquire()
    last = asyncio.create_task(has_none())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    go.set()
    async with asyncio.timeout(10):
        assert await asyncio.gather(*all_there_are, last) == [1] * 11
