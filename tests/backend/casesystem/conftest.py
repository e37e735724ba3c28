"""Trelleborg's backend, a case system on this machine, and the way between them, moved by hand."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from backend import standard_webhooks, tasks
from backend.casesystem import sending
from backend.casesystem.events import Printing
from backend.casesystem.models import CaseEvent, CaseSending, WayName
from backend.casesystem.sending import Step
from backend.casesystem.ways import Way
from backend.casesystem.webhook import Webhook
from backend.printing.press import Press
from bot.stories.case_system import SECRET, CaseSystem, running
from tests.backend.stories import Backend

TOKEN = "token-of-the-case-system-long-enough"
ROBOT = "token-of-the-robot-which-is-long-enough"


@dataclass
class Wire:
    """What leaves Trelleborg for ``system``. ``sends`` is one round of the backend's, some time from now."""

    backend: Backend
    system: CaseSystem
    ways: dict[WayName, Way] = field(default_factory=dict)
    rests: dict[WayName, datetime] = field(default_factory=dict)

    def signs_with(self, *secrets: str) -> None:
        self.ways["webhook"] = Webhook(self.system.address, [standard_webhooks.secret(one) for one in secrets])

    def puts_into(self, way: Way) -> None:
        self.ways = {"files": way}

    async def sends(self, slug: str = "trelleborg", **later: float) -> None:
        ahead = timedelta(**later)
        self.system.ahead = ahead.total_seconds()
        papers = self.backend.app.state.papers.get(slug)
        step = Step(self.ways, Printing(Press(), papers), self.rests)
        await sending.send_due(self.backend.database(slug), step, self.backend.clock, lambda: datetime.now(UTC) + ahead)

    async def rows(self, way: WayName = "webhook") -> list[tuple[str, str]]:
        """Each event and how it stands, in the order they happened."""
        async with self.backend.database().transaction() as session:
            found = await session.exec(
                select(CaseEvent.kind, CaseSending.state)
                .join(CaseSending, col(CaseSending.event) == CaseEvent.number)
                .where(CaseSending.way == way)
                .order_by(col(CaseEvent.number))
            )
            return [(kind, state) for kind, state in found.all()]

    async def tasks(self) -> list[str]:
        """What of the case system somebody has to look at."""
        async with self.backend.database().transaction() as session:
            return [one.reason for one in await tasks.queue(session) if one.reason.startswith("case-system")]


@pytest.fixture
async def system() -> AsyncIterator[CaseSystem]:
    async with running(CaseSystem()) as found:
        yield found


@pytest.fixture
async def wire(backend: Backend, system: CaseSystem) -> Wire:
    found = Wire(backend, system)
    found.signs_with(SECRET)
    return found


@pytest.fixture
def environ(environ: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Trelleborg's, with documents and two accounts."""
    return {
        **environ,
        "IMORGON_STORAGE_URL": (tmp_path / "documents").as_uri(),
        "IMORGON_SERVICE_TOKEN_TRELLEBORG_SYSTEM": TOKEN,
        "IMORGON_SERVICE_TOKEN_TRELLEBORG_ROBOT": ROBOT,
    }
