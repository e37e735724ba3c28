"""Names and numbers are opened once and remembered; what changed is opened anew, and who is gone is not found."""

import pytest

from backend import persons
from backend.codec import Codec
from backend.database import Database
from backend.handover import search
from tests.backend.stories import Backend


async def test_what_was_opened_once_is_not_opened_again_and_what_changed_is(
    backend: Backend, monkeypatch: pytest.MonkeyPatch
) -> None:
    town, opened = backend.database(), []
    amal, hodan = await backend.trelleborg.asks_for_help(), await backend.trelleborg.asks_for_help(language="so")
    decrypt = Codec.decrypt

    def counts(self: Codec, sealed: bytes, *, table: str, column: str, row: object) -> str:
        opened.append(column)
        return decrypt(self, sealed, table=table, column=column, row=row)  # type: ignore[arg-type]  # handed on

    monkeypatch.setattr(Codec, "decrypt", counts)
    await _calls(town, amal.person, "Amal Noor")
    assert await _found(backend, "no am") == (amal.person,)
    assert opened.count("first_name") == 1
    assert await _found(backend, "noor") == (amal.person,)
    assert opened.count("first_name") == 1
    await _calls(town, hodan.person, "Åsa-Noor Åberg")
    await _calls(town, amal.person, "Amal Ali")
    assert await _found(backend, "noor") == ()
    assert await _found(backend, "ÅB") == (hodan.person,)
    assert await _found(backend, "am") == (amal.person,)
    assert opened.count("first_name") <= 4
    async with town.transaction() as session:
        (await persons.find(session, hodan.person)).first_name = None
    assert await _found(backend, "åsa") == ()
    both = {amal.person, hodan.person}
    assert set(await _found(backend, "0612")) == both
    numbers = opened.count("telephone")
    assert set(await _found(backend, "0612")) == both
    assert opened.count("telephone") == numbers


async def _calls(town: Database, person: object, name: str) -> None:
    async with town.transaction() as session:
        await persons.rename(session, person, name)  # type: ignore[arg-type]  # an id


async def _found(backend: Backend, words: str) -> tuple[object, ...]:
    async with backend.database().transaction() as session:
        return await search.people(session, words, backend.clock())
