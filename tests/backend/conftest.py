"""What tests of the backend share: databases of two municipalities, an application over them, a clock."""

import json
from collections.abc import AsyncIterator

import pytest

from backend import postgres
from backend.migrations import migrate
from tests.backend.stories import ENVELOPE_KEY, SEAL_KEYS, SLUGS, Backend, StoryClock, started
from tests.conftest import MakeDatabase


def _migrate(database: postgres.Database) -> None:
    migrate(database.owner_url, f"{database.name}_app")


@pytest.fixture
def backend_database(make_database: MakeDatabase) -> postgres.Database:
    return make_database("backend", _migrate)


def _environ(make_database: MakeDatabase, *slugs: str) -> dict[str, str]:
    given = {
        "IMORGON_ENVELOPE_KEY": ENVELOPE_KEY,
        "IMORGON_SESSION_SECRET": "s" * 40,
        "IMORGON_PUBLIC_URL": "https://imorgon.example",
    }
    for slug in slugs:
        given[f"IMORGON_BACKEND_DATABASE_URL_{slug.upper()}"] = make_database("backend", _migrate).app_url
        given[f"IMORGON_BACKEND_TOKEN_{slug.upper()}"] = f"{slug}-" * 8
        given[f"IMORGON_SEAL_KEY_{slug.upper()}"] = json.dumps(SEAL_KEYS[slug].as_dict(private=True))
    return given


@pytest.fixture
def environ(make_database: MakeDatabase) -> dict[str, str]:
    """A complete environment for Trelleborg alone, in production."""
    return _environ(make_database, "trelleborg")


@pytest.fixture
def environ_of_both(make_database: MakeDatabase) -> dict[str, str]:
    """A complete environment for two municipalities, in production."""
    return _environ(make_database, *SLUGS)


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock()


@pytest.fixture
async def backend(environ: dict[str, str], clock: StoryClock) -> AsyncIterator[Backend]:
    """Trelleborg's backend, in production."""
    async with started(environ, clock) as running:
        yield running


@pytest.fixture
async def both(environ_of_both: dict[str, str], clock: StoryClock) -> AsyncIterator[Backend]:
    """A backend that serves Trelleborg and Svedala."""
    async with started(environ_of_both, clock) as running:
        yield running


@pytest.fixture
async def demo(environ: dict[str, str], clock: StoryClock) -> AsyncIterator[Backend]:
    """Trelleborg's backend as the demo runs it."""
    async with started({**environ, "IMORGON_ENVIRONMENT": "demo"}, clock) as running:
        yield running
