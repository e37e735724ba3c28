"""Two municipalities that hand people over to each other, and a wire between them that can be cut at either end."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import httpx2
import pytest

from backend.moving import neighbour, routine
from tests.backend.stories import SLUGS, Backend, StoryClock, started

TOKENS = {slug: f"account-of-{slug}-at-the-other-" * 2 for slug in SLUGS}


def neighbours() -> dict[str, str]:
    """The settings by which each of the two reaches the other."""
    given = {}
    for one, other in (SLUGS, SLUGS[::-1]):
        code, there = one.upper(), other.upper()
        given[f"IMORGON_NEIGHBOUR_URL_{code}_{there}"] = "http://127.0.0.1"
        given[f"IMORGON_NEIGHBOUR_TOKEN_{code}_{there}"] = TOKENS[one]
        given[f"IMORGON_SERVICE_TOKEN_{there}_{code}"] = TOKENS[one]
    return given


class Cut(httpx2.ConnectError):
    """The wire was cut."""


@dataclass
class Wire(httpx2.AsyncBaseTransport):
    """``cut``: where the next request dies: before it comes there, or on the way back. ``refuses``: with which status
    each is answered instead of being heard. ``heard``: what came there."""

    inner: httpx2.ASGITransport
    cut: str = ""
    refuses: int = 0
    heard: list[tuple[str, str, bytes]] = field(default_factory=list)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        if self.cut == "before":
            raise Cut("before it came there")
        if self.refuses:
            return httpx2.Response(self.refuses)
        self.heard.append((request.method, request.url.path, request.content))
        response = await self.inner.handle_async_request(request)
        if self.cut == "after":
            raise Cut("on the way back")
        return response


@dataclass
class Two:
    """Both municipalities running, and the wire between them."""

    backend: Backend
    wire: Wire

    async def round(self, slug: str) -> bool:
        """One look of a municipality for what the other has not heard; ``False``: something could not be told."""
        tenant, told = self.backend.settings.tenants[slug], True
        try:
            own = self.backend.app.state.papers.get(slug)
            await routine.look_after(self.backend.database(slug), tenant.neighbours, self.backend.clock, own)
        except* neighbour.NotAnswered:
            told = False
        return told


@pytest.fixture
def environ_of_both(environ_of_both: dict[str, str]) -> dict[str, str]:
    return {**environ_of_both, **neighbours()}


@pytest.fixture
async def two(
    environ_of_both: dict[str, str], clock: StoryClock, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Two]:
    async with started(environ_of_both, clock) as running:
        wire = Wire(httpx2.ASGITransport(app=running.app))
        monkeypatch.setattr(neighbour, "client", lambda: httpx2.AsyncClient(transport=wire))
        yield Two(running, wire)
