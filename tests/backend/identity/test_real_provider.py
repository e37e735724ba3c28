"""E-identification against a provider that we did not write: oidc-provider, certified by the OpenID Foundation."""

from collections.abc import AsyncIterator, Iterator
from urllib.parse import urljoin

import httpx2
import pytest

from backend.contract import Grant
from backend.identity.provider import callback
from backend.ladder import Level
from bot.together import free_port
from tests.backend.identity import node
from tests.backend.identity.hostile import LOA3, SECRET, came_back
from tests.backend.identity.test_signing_in import HERS, Browser, known, refused
from tests.backend.identity.test_trust import stands
from tests.backend.stories import Backend, StoryClock, started

LOA2 = "http://id.elegnamnden.se/loa/1.0/loa2"


@pytest.fixture
def issuer() -> Iterator[str]:
    with node.provider(free_port(), callback("https://imorgon.example", "trelleborg"), SECRET) as found:
        yield found


@pytest.fixture
async def town(environ: dict[str, str], clock: StoryClock, issuer: str) -> AsyncIterator[Backend]:
    """Trelleborg, whose people sign in there."""
    given = {"ISSUER": issuer, "CLIENT_ID": "imorgon", "CLIENT_SECRET": SECRET}
    settings = {f"IMORGON_OIDC_EID_{part}_TRELLEBORG": value for part, value in given.items()}
    async with started({**environ, **settings}, clock) as here:
        yield here


async def signs_in(town: Backend, *, number: str = HERS, acr: str = LOA3) -> Browser:
    """She follows the way to the provider, says who she is, and is sent back."""
    answer = await town.trelleborg.post("e-identifications", {"language": "uk", "grant": ""})
    assert answer.status_code == 200, answer.text
    way = answer.json()
    async with httpx2.AsyncClient(trust_env=False) as browser:
        there = await browser.get(way["url"])
        assert there.status_code == 303, there.text
        form = urljoin(way["url"], there.headers["Location"])
        answer = await browser.get(f"{form}/as", params={"number": number, "acr": acr})
        while not answer.headers["Location"].startswith("https://imorgon.example/"):
            answer = await browser.get(urljoin(form, answer.headers["Location"]))
            assert answer.status_code == 303, answer.text
    return Browser(town, way["browser"], came_back(answer.headers["Location"]))


async def test_who_is_known_signs_in_there_and_reads_here(town: Backend) -> None:
    amal = await known(town)
    grant = Grant.model_validate((await (await signs_in(town)).shows()).json())
    assert grant.person == amal.person
    assert (await town.trelleborg.get("readable", **{"X-Read-Grant": grant.token})).status_code == 200
    assert await stands(town, amal.person) == Level.IDENTIFIED


async def test_who_signs_in_in_a_way_that_is_not_sure_enough_reads_nothing(town: Backend) -> None:
    amal = await known(town)
    assert refused(await (await signs_in(town, acr=LOA2)).shows())
    assert await stands(town, amal.person) == Level.SEEN


async def test_its_code_is_good_once_and_for_this_sign_in_alone(town: Backend) -> None:
    await known(town)
    first, second = await signs_in(town), await signs_in(town)
    assert refused(await second.shows(code=first.brought["code"]))
    assert (await first.shows()).status_code in (200, 403)  # a provider may withdraw a code somebody tried to steal
    third = await signs_in(town)
    assert (await third.shows()).status_code == 200
    assert refused(await third.shows())
