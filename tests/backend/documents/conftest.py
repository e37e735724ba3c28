"""A backend that receives documents into a folder, without a scanner; and the bot's way of handing one in."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc.jwk import ECKey

from backend.contract import DocumentReceipt
from backend.documents.service import Papers
from tests.backend.stories import MONDAY, SEAL_KEYS, Applicant, Backend, StoryClock, started


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "documents"


@pytest.fixture
def environ(environ: dict[str, str], folder: Path) -> dict[str, str]:
    """Trelleborg's, with a folder for documents."""
    return {**environ, "IMORGON_STORAGE_URL": folder.as_uri()}


@pytest.fixture
async def applicant(backend: Backend) -> Applicant:
    return await backend.trelleborg.asks_for_help()


def own(backend: Backend) -> Papers:
    papers: Papers = backend.app.state.papers["trelleborg"]
    return papers


async def sends(
    backend: Backend, person: UUID, content: Any, *, key: UUID | None = None, content_type: str = "", **more: str
) -> Any:
    """The bot hands in a file; the answer as it came."""
    bot = backend.trelleborg
    asked = {"person": str(person), "received_at": MONDAY.isoformat(), "channel": "telegram", **more}
    return await bot.client.put(
        f"/api/v1/{bot.slug}/documents/{key or uuid4()}",
        params=asked,
        content=content,
        headers={"Authorization": f"Bearer {bot.token}", "Content-Type": content_type or "image/gif"},
    )


async def hands_in(backend: Backend, person: UUID, content: Any, **more: Any) -> DocumentReceipt:
    answer = await sends(backend, person, content, **more)
    assert answer.status_code == 200, answer.text
    return DocumentReceipt.model_validate(answer.json())


@pytest.fixture
async def renewed(environ: dict[str, str], clock: StoryClock) -> AsyncIterator[Backend]:
    """The same backend after the municipality got a new key, with the old one still there."""
    keys = [ECKey.generate_key("P-256", auto_kid=True), SEAL_KEYS["trelleborg"]]
    both = json.dumps({"keys": [key.as_dict(private=True) for key in keys]})
    async with started({**environ, "IMORGON_SEAL_KEY_TRELLEBORG": both}, clock) as running:
        yield running


def objects(folder: Path) -> list[Path]:
    return sorted(found for found in folder.rglob("*") if found.is_file())
