"""A case system beside a story: Trelleborg's events go there, and what it has decided comes back, when the story says.

Its rounds are the backend's own, but none goes by itself: a try that fails is made again after minutes and hours, which
in a story pass at once.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx2

from backend import settings, standard_webhooks
from backend.casesystem import routine, sending
from backend.casesystem.events import Printing
from backend.casesystem.sending import Step
from backend.clock import real_time
from backend.database import Database
from backend.printing.press import Press
from bot.stories.case_system import SECRET, Caller, CaseSystem, running
from bot.together import Running, StoryClock

TOKENS = {
    "IMORGON_SERVICE_TOKEN_TRELLEBORG_SYSTEM": "token-of-the-case-system-in-a-story",
    "IMORGON_SERVICE_TOKEN_TRELLEBORG_ROBOT": "token-of-the-robot-in-the-same-story",
}
"""What lets its two accounts in, as settings."""


@dataclass
class InStep:
    """``server``: what is told. ``system`` and ``robot``: its accounts, by which it tells."""

    server: CaseSystem
    system: Caller
    robot: Caller
    database: Database
    clock: StoryClock
    begun: datetime

    def now(self) -> datetime:
        """Real time, and what the story has let go on: signatures and pauses between tries are of real time."""
        return real_time() + (self.clock() - self.begun)

    async def hears(self) -> list[dict[str, Any]]:
        """A round of the backend's; what the case system has taken until now, in the order it did."""
        self.server.ahead = (self.clock() - self.begun).total_seconds()
        secrets = (standard_webhooks.secret(SECRET),)
        ways = routine.open_ways(settings.CaseSystem(self.server.address, secrets))
        await sending.send_due(self.database, Step(ways, Printing(Press(), None)), self.clock, self.now)
        return list(self.server.taken.values())


@asynccontextmanager
async def in_step(here: Running, clock: StoryClock) -> AsyncIterator[InStep]:
    """One that listens on this machine until the context is left."""
    async with (
        running(CaseSystem()) as server,
        httpx2.AsyncClient(base_url=here.address, trust_env=False, timeout=30) as client,
    ):
        system, robot = (Caller(client, token) for token in TOKENS.values())
        yield InStep(server, system, robot, here.backend.state.databases["trelleborg"], clock, clock())
