"""At the backend, too, nothing of what people write comes out in a log, a figure or an answer."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from backend import contract
from tests.backend.stories import MONDAY, PERSON_NUMBER, Backend
from tests.bot.house import SARA
from tests.bot.telegraph import BOT
from tests.planted import NAME, WORDS, Heard, hearing, nothing_of_it


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    with hearing(monkeypatch) as listening:
        yield listening


async def test_at_the_backend(backend: Backend, heard: Heard, monkeypatch: pytest.MonkeyPatch) -> None:
    async def raises(*_: object) -> None:
        raise ValueError(WORDS)

    bot, path = backend.trelleborg, f"calls-for-help/{uuid4()}"
    body = {"person": SARA, "words": {NAME: PERSON_NUMBER}, "channel": WORDS, NAME: BOT}
    answers = [
        await bot.put(path, body),
        await bot.get(f"{NAME}/{SARA}"),
        await bot.get("notices?after=" + SARA),
        await bot.client.get(f"/api/v1/{NAME}/policy", headers={"Authorization": f"Bearer {BOT}"}),
        await bot.client.get("/metrics", headers={"Authorization": f"Bearer {BOT}", "Via": SARA}),
    ]
    monkeypatch.setattr("backend.cases.service.call_for_help", raises)
    call = contract.CallForHelp(
        person=uuid4(), thread=uuid4(), channel="sms", language="sv", received_at=MONDAY, words=WORDS, telephone=SARA
    )
    answers.append(await bot.put(path, call))
    assert answers[-1].status_code == 500
    nothing_of_it(*(answer.text for answer in answers), (await bot.client.get("/metrics")).text)
    assert "unexpected" in heard.events()
