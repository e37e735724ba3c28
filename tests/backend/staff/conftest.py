"""An office in the demo: Trelleborg's alone, or both municipalities'."""

from collections.abc import AsyncIterator

import pytest

from tests.backend.staff.desks import Desk, Office, hire
from tests.backend.stories import SLUGS, Backend, StoryClock, started


@pytest.fixture
async def office(demo: Backend) -> AsyncIterator[Office]:
    await hire(demo.database(), demo.clock)
    open_office = Office(demo)
    yield open_office
    await open_office.close()


@pytest.fixture
async def both_offices(environ_of_both: dict[str, str], clock: StoryClock) -> AsyncIterator[Office]:
    async with started({**environ_of_both, "IMORGON_ENVIRONMENT": "demo"}, clock) as running:
        for slug in SLUGS:
            await hire(running.database(slug), clock)
        open_office = Office(running)
        yield open_office
        await open_office.close()


@pytest.fixture
async def johan(office: Office) -> Desk:
    """Customer service."""
    return await office.at_desk("Johan")


@pytest.fixture
async def maria(office: Office) -> Desk:
    """A caseworker."""
    return await office.at_desk("Maria")


@pytest.fixture
async def elin(office: Office) -> Desk:
    """Interpreter booking."""
    return await office.at_desk("Elin")
