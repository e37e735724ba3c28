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
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.channels.sms import Sms, channel
from bot.environment import SettingsError
from bot.leaving.carriers import CannotAsk, Letter, NobodyKnows, Span
from bot.messages import Said
from bot.settings import read
from bot.stories.twilio import Twilio
from tests.bot.elks_settings import ELKS_SETTINGS
from tests.bot.house import SARA, TOWN, House, reply, says
from tests.bot.sms.test_twilio import ITS_SETTINGS
from tests.bot.test_settings import GIVEN

# A whole provider as small as it gets: the file somebody adds.
PIGEON = """
from dataclasses import dataclass
from fastapi import APIRouter
from bot.leaving.carriers import NobodyKnows, Outcome
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

    async def catch_up(self, engine, municipality, since):
        raise NobodyKnows

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
    assert {by.name for by in sms.found(read({**GIVEN, **ITS_SETTINGS}))["trelleborg"]} == {"Twilio"}


@pytest.mark.usefixtures("pigeons")
def test_of_two_providers_of_one_municipality_one_is_the_first() -> None:
    both = {**GIVEN, **ITS_SETTINGS, "PIGEON_LOFT_TRELLEBORG": "the church"}
    first = "IMORGON_SMS_FIRST_TRELLEBORG"
    for named, order in (("pigeon post", ["Pigeon Post", "Twilio"]), ("Twilio", ["Twilio", "Pigeon Post"])):
        assert [by.name for by in sms.found(read({**both, first: named}))["trelleborg"]] == order
    with pytest.raises(SettingsError, match=r"^IMORGON_SMS_FIRST_TRELLEBORG is missing: (\w|\s)+ both carry texts"):
        channel(read(both))
    with pytest.raises(SettingsError, match=r"^IMORGON_SMS_FIRST_TRELLEBORG must be (\w|\s)+: who carries texts"):
        channel(read({**both, first: "Owl"}))


@pytest.mark.usefixtures("pigeons")
def test_three_providers_of_one_municipality_are_one_too_many() -> None:
    third = {**ELKS_SETTINGS, "PIGEON_LOFT_TRELLEBORG": "the church"}
    with pytest.raises(SettingsError, match="all carry texts for trelleborg: choose two"):
        channel(read({**GIVEN, **ITS_SETTINGS, **third}))


async def test_what_is_written_while_nobody_carries_waits_and_leaves_when_somebody_does(
    house: House, twilio: Twilio
) -> None:
    house.parrot.on["Hej"] = says(reply("Hej! Vi ses i morgon."))
    await inbox.receive(house.engine, Inbound(TOWN, "sms", SARA, uuid4().hex, Said("Hej")))
    carrier = house.channels["sms"]
    assert isinstance(carrier, Sms)
    carried, carrier.carried = carrier.carried, {}
    await house.work()
    assert [row.state for row in await house.rows("select state from outbox")] == ["pending"]
    carrier.carried = carried
    await house.change("update outbox set next_try_at = now()")
    await house.work()
    assert [text.body for text in twilio.sent_to(SARA)] == ["Hej! Vi ses i morgon."]


async def test_of_a_provider_that_never_tells_a_lost_text_is_sent_once_more_and_then_staff_look(
    house: House, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look_up(*_: object) -> None:
        raise NobodyKnows

    carrier = house.channels["sms"]
    assert isinstance(carrier, Sms)
    monkeypatch.setattr(carrier.carried[TOWN][0], "look_up", look_up)
    twilio.receipts = ()
    twilio.faults.extend(["500", "500"])
    house.parrot.on["Hej"] = says(reply("Hej! Vi ses i morgon."))
    await inbox.receive(house.engine, Inbound(TOWN, "sms", SARA, uuid4().hex, Said("Hej")))
    states = []
    for _ in range(4):
        await house.work()
        states += await house.states()
        await house.change("update outbox set next_try_at = now()")
    assert states == ["unknown", "unknown", "given-up", "given-up"]
    assert [one["reason"] for one in house.office.told("handovers")] == ["undelivered"]


async def test_where_nobody_carries_nobody_can_be_asked() -> None:
    now = datetime.now(UTC)
    with pytest.raises(CannotAsk):
        await Sms({}).look_up(letter("trelleborg"), Span(now, now), frozenset())
