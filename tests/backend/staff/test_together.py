"""What many pages ask for after the same change is read once; whoever comes by herself reads anew."""

import asyncio

from backend.staff import live, together
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
