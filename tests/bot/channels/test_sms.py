"""Text messages: who carries whose, and what happens when nobody does."""

import importlib
import pkgutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from bot import sms
from bot.carriers import CannotAsk, Letter, Span
from bot.channels.sms import channel
from bot.environment import SettingsError
from bot.settings import read
from tests.bot.house import SARA
from tests.bot.sms.test_twilio import ITS_SETTINGS
from tests.bot.test_settings import GIVEN

# A whole provider as small as it gets: the file somebody adds.
PIGEON = """
from dataclasses import dataclass
from fastapi import APIRouter
from bot.carriers import Outcome
from bot.environment import per_municipality

def provider(settings):
    lofts = per_municipality(settings.environ, "PIGEON_LOFT_", settings.municipalities)
    return Pigeons(lofts) if lofts else None

@dataclass
class Pigeons:
    lofts: dict
    name = "Pigeon Post"
    webhook = "https://imorgon.example/sms/pigeon/inbound"

    @property
    def municipalities(self):
        return frozenset(self.lofts)

    async def send(self, letter):
        return Outcome("sent", reference=f"pigeon from {self.lofts[letter.municipality]}")

    async def look_up(self, letter, span, known):
        return None

    def router(self, engine):
        router = APIRouter()
        router.post("/sms/pigeon/inbound")(lambda: None)
        return router

    async def close(self):
        self.lofts.clear()
"""


@pytest.fixture
def pigeons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A second provider: one more file in the folder, and nothing else."""
    (tmp_path / "pigeon.py").write_text(PIGEON)
    monkeypatch.setattr(sms, "__path__", [*sms.__path__, str(tmp_path)])
    importlib.invalidate_caches()
    assert "pigeon" in {module.name for module in pkgutil.iter_modules(sms.__path__)}
    yield
    sys.modules.pop("bot.sms.pigeon", None)


def letter(municipality: str) -> Letter:
    return Letter(uuid4(), municipality, SARA, "Hej")


def test_without_a_provider_there_are_no_text_messages() -> None:
    assert channel(read(GIVEN)) is None


@pytest.mark.usefixtures("pigeons")
async def test_each_municipality_writes_by_its_own_provider() -> None:
    carrier = channel(read({**GIVEN, **ITS_SETTINGS, "PIGEON_LOFT_SVEDALA": "the tower"}))
    assert carrier is not None
    assert (await carrier.send(letter("svedala"))).reference == "pigeon from the tower"
    assert {by.name for by in sms.found(read({**GIVEN, **ITS_SETTINGS})).values()} == {"Twilio"}


@pytest.mark.usefixtures("pigeons")
def test_two_providers_for_one_municipality_are_one_too_many() -> None:
    with pytest.raises(SettingsError, match=r"Twilio and Pigeon Post both carry texts for trelleborg"):
        channel(read({**GIVEN, **ITS_SETTINGS, "PIGEON_LOFT_TRELLEBORG": "the church"}))


@pytest.mark.usefixtures("pigeons")
async def test_what_waits_where_nobody_carries_any_more_is_seen_and_not_lost() -> None:
    carrier = channel(read({**GIVEN, "PIGEON_LOFT_SVEDALA": "the tower"}))
    assert carrier is not None
    assert (await carrier.send(letter("trelleborg"))).state == "failed"
    now = datetime.now(UTC)
    with pytest.raises(CannotAsk):
        await carrier.look_up(letter("trelleborg"), Span(now, now), frozenset())
