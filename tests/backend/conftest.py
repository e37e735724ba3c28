"""What tests of the backend share: databases of two municipalities, an application over them, a clock."""

import json
from collections.abc import AsyncIterator

import pytest
from joserfc.jwk import ECKey

from backend import postgres
from backend.migrations import migrate
from tests.backend.stories import ENVELOPE_KEY, SLUGS, Backend, StoryClock, started
from tests.conftest import MakeDatabase


def _migrate(database: postgres.Database) -> None:
    migrate(database.owner_url, f"{database.name}_app")


@pytest.fixture
def backend_database(make_database: MakeDatabase) -> postgres.Database:
    return make_database("backend", _migrate)


@pytest.fixture
def environ(make_database: MakeDatabase) -> dict[str, str]:
    """A complete environment for two municipalities, in production."""
    given = {
        "IMORGON_ENVELOPE_KEY": ENVELOPE_KEY,
        "IMORGON_SESSION_SECRET": "s" * 40,
        "IMORGON_PUBLIC_URL": "https://imorgon.example",
    }
    for slug in SLUGS:
        key = ECKey.generate_key("P-256", auto_kid=True)
        given[f"IMORGON_BACKEND_DATABASE_URL_{slug.upper()}"] = make_database("backend", _migrate).app_url
        given[f"IMORGON_BACKEND_TOKEN_{slug.upper()}"] = f"{slug}-" * 8
        given[f"IMORGON_SEAL_KEY_{slug.upper()}"] = json.dumps(key.as_dict(private=True))
    return given


@pytest.fixture
def clock() -> StoryClock:
    return StoryClock()


@pytest.fixture
async def backend(environ: dict[str, str], clock: StoryClock) -> AsyncIterator[Backend]:
    async with started(environ, clock) as running:
        yield running


@pytest.fixture
async def demo(environ: dict[str, str], clock: StoryClock) -> AsyncIterator[Backend]:
    async with started({**environ, "IMORGON_ENVIRONMENT": "demo"}, clock) as running:
        yield running
