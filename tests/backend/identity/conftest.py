"""What tests of identity share: a backend whose municipality has a provider of e-identification, and people in it."""

from collections.abc import AsyncIterator

import pytest

from tests.backend.identity.hostile import Provider
from tests.backend.stories import Backend, StoryClock, started


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    """A provider that is good until a test says otherwise."""
    made = Provider()
    async with made.serving():
        yield made


@pytest.fixture
async def town(environ: dict[str, str], clock: StoryClock, provider: Provider) -> AsyncIterator[Backend]:
    """Trelleborg, in production, with e-identification by that provider."""
    async with started({**environ, **provider.settings()}, clock) as here:
        yield here
