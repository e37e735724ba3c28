"""Somebody who applies, as tests of whole installations need her."""

from uuid import UUID

from backend.decisions import codes
from bot.arriving import inbox
from bot.messages import Said
from bot.together import Running
from bot.turning import threads
from tests.backend.stories import JOHAN
from tests.bot.conversation.test_application import ALONE


class Applicant:
    """Somebody who writes in the terminal, which is her own screen, one question at a time. ``name``: of the screen."""

    def __init__(self, site: Running, name: str = "a screen of her own") -> None:
        self.site, self.name, self.writes_so_far = site, name, 0

    async def writes(self, words: str) -> None:
        self.writes_so_far += 1
        number = f"{self.name} {self.writes_so_far}"
        message = inbox.Inbound("trelleborg", "terminal", self.name, number, Said(words))
        await inbox.receive(self.site.engine, message)

    async def thread(self) -> UUID:
        found = await threads.find(self.site.engine, "trelleborg", "terminal", self.name)
        assert found is not None, "she has not written yet"
        return found

    async def open_question(self) -> str:
        state = await threads.state(self.site.engine, await self.thread())
        return state.thread.open.question if state.thread.open else ""

    async def person(self) -> UUID:
        return (await threads.state(self.site.engine, await self.thread())).person.id

    async def read(self) -> list[str]:
        return [line.original for line in await threads.lines(self.site.engine, await self.thread())]

    async def applies(self, hello: str = "hej, behöver hjälp") -> None:
        """Up to the summary: what is secret is left to the meeting by itself. No ``hello``: it is said already."""
        if hello:
            await self.writes(hello)
        await self.writes("2")
        for _ in range(60):
            asked = await self.open_question()
            if asked.startswith("confirm:"):
                return
            await self.writes(ALONE.get(asked, "1"))
        raise AssertionError(await self.read())

    async def code(self) -> str:
        database = self.site.backend.state.databases["trelleborg"]
        async with database.transaction() as session:
            found: str = await codes.issue(session, self.site.clock, JOHAN, await self.person())
        return found
