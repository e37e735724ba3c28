"""The pages of handing somebody over: proposed in Trelleborg, found, read and taken in Svedala's inbox."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from sqlmodel import col, select

from backend.cases.service import open_case
from backend.contract import AnswerMove
from backend.moving import neighbour
from backend.moving.models import Move
from tests.backend.documents.conftest import hands_in
from tests.backend.documents.made import invoice, saved
from tests.backend.moving.conftest import Two, Wire, neighbours
from tests.backend.staff.case.test_cases import case
from tests.backend.staff.desks import Office, Page, hire
from tests.backend.stories import SLUGS, Applicant, StoryClock, application, started

WORDS = "Jag bor i Svedala"
COMES = "Hyresavi, inlämnat där måndag 30 november: kommer när ni har tagit över"


@pytest.fixture
async def offices(
    environ_of_both: dict[str, str], clock: StoryClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[tuple[Office, Two]]:
    more = {"IMORGON_ENVIRONMENT": "demo", "IMORGON_STORAGE_URL": (tmp_path / "documents").as_uri()}
    async with started({**environ_of_both, **neighbours(), **more}, clock) as running:
        for slug in SLUGS:
            await hire(running.database(slug), clock)
        wire = Wire(httpx2.ASGITransport(app=running.app))
        monkeypatch.setattr(neighbour, "client", lambda: httpx2.AsyncClient(transport=wire))
        office = Office(running)
        yield office, Two(running, wire)
        await office.close()


def moving(amal: Applicant) -> str:
    return f"{case(amal)}/moving"


async def test_proposed_here_found_read_and_taken_there(offices: tuple[Office, Two]) -> None:
    office, two = offices
    amal = await office.asks_for_a_human(words=WORDS)
    await hands_in(office.backend, amal.person, saved(invoice()), paper="rent-invoice")
    johan = await office.at_desk("Johan")
    assert moving(amal) in (await johan.opens(case(amal))).source
    form = await johan.opens(moving(amal))
    assert WORDS in form.source
    assert form.within('id="neighbour"', "</select>") == "Svedala kommun"
    fields = {"neighbour": "svedala", "consent": "oral", "asked_for": WORDS, "own_words": "Jag har en lapp"}
    (paper,) = form.inputs("papers")
    assert f'value="{paper}" checked' in form.source
    refused = await johan.presses(moving(amal), {**fields, "neighbour": "malmo"})
    assert f'value="{paper}" checked' not in refused.source, "it was taken away"
    fields["papers"] = paper
    assert (refused.status, refused.alert) == (409, "Det går inte att lämna över dit härifrån.")
    assert "Jag har en lapp" in refused.source
    page = await johan.presses(moving(amal), fields)
    assert "Erbjuden, inte tagen. Kvar hos er." in page.text
    assert "följer med när de tar över" in page.text
    assert "Lämnas till en annan kommun, inte tagen" in (await johan.opens("/inbox")).text
    await two.round("trelleborg")

    anders = await office.at_desk("Anders", "svedala")
    inbox = await anders.opens("/inbox?queue=waiting")
    assert "En annan kommun vill lämna över någon" in inbox.text
    assert "Amal" not in inbox.text
    (offer,) = set(inbox.links("/inbox/arrivals/"))
    page = await anders.opens(offer)
    for words in ("Trelleborgs kommun", "arabiska", "070-174 06 12", WORDS, "Jag har en lapp", "inte styrkts", COMES):
        assert words in page.text, words
    empty = await anders.presses(f"{offer}/send-back", {"reason": " "})
    assert (empty.status, empty.alert) == (422, "Skriv några ord om varför ni inte tar över.")
    two.wire.cut = "before"
    page = await anders.presses(f"{offer}/take")
    assert "skriv inte till personen förrän den har det" in page.text
    two.wire.cut = ""
    await two.round("svedala")
    page = await anders.opens(offer)
    assert "Ni har tagit över." in page.text
    (theirs,) = set(page.links("/inbox/cases/"))
    assert WORDS in (await anders.opens(f"{theirs}/moving")).text
    assert "Kom från en annan kommun: hör av er först" in (await anders.opens("/inbox")).text
    await two.round("trelleborg")
    assert "Hyresavi, inlämnat där måndag 30 november: här, i ärendet" in (await anders.opens(offer)).text
    overview = (await anders.opens(theirs)).text
    assert "från Trelleborg, inlämnat där måndag 30 november" in overview
    assert "Kom från Trelleborg: Hyresavi" in overview
    page = await johan.opens(f"{moving(amal)}?reason=follow-up")
    assert "framme hos dem" in page.text
    assert "Den andra kommunen har tagit över. Ni skriver inte mer till personen." in page.text
    assert "Anders" in page.text
    # The other desk is of no use there: what is theirs is opened in their municipality alone.
    assert (await johan.opens(offer)).status == 404


async def test_what_was_sent_back_is_read_with_its_reason_and_what_belongs_here_says_so(
    offices: tuple[Office, Two],
) -> None:
    office, two = offices
    amal = await office.asks_for_a_human(words=WORDS)
    johan, anders = await office.at_desk("Johan"), await office.at_desk("Anders", "svedala")
    fields = {"neighbour": "svedala", "consent": "oral", "asked_for": WORDS}
    await johan.presses(moving(amal), fields)
    await two.round("trelleborg")
    (offer,) = set((await anders.opens("/inbox?queue=waiting")).links("/inbox/arrivals/"))
    page = await anders.presses(f"{offer}/send-back", {"reason": "Skriven hos er sedan i våras"})
    assert "Tillbaka hos dem" in page.text
    assert WORDS not in page.text
    assert "En annan kommun gav tillbaka: läs varför" in (await johan.opens("/inbox")).text
    assert "Skriven hos er sedan i våras" in (await johan.opens(moving(amal))).text
    assert (await office.bot.put("applications/00000000-0000-4000-8000-000000000001", application(amal))).is_success
    refused = await johan.presses(moving(amal), fields)
    assert refused.status == 409
    assert "en ansökan flyttas med ett eget beslut" in refused.alert


async def test_each_state_is_said_as_it_is_where_they_are_handed_over_from(offices: tuple[Office, Two]) -> None:
    office, two = offices
    amal, clock = await office.asks_for_a_human(words=WORDS), office.backend.clock
    johan, anders = await office.at_desk("Johan"), await office.at_desk("Anders", "svedala")
    fields = {"neighbour": "svedala", "consent": "oral", "asked_for": WORDS}

    async def said() -> str:
        clock.advance(seconds=10)
        return (await johan.opens(f"{moving(amal)}?reason=follow-up")).within('role="status"', "</p>")

    async def row() -> Move:
        async with office.database.transaction() as session:
            return (await session.exec(select(Move).order_by(col(Move.at).desc()))).all()[0]

    await johan.presses(moving(amal), {**fields, "consent": "asked"})
    assert await said() == "Personen är tillfrågad och har inte svarat än. Kvar hos er."
    move = (await row()).id
    no = AnswerMove(person=amal.person, at=clock(), yes=False)
    assert (await office.bot.put(f"moves/{move}/answer/{uuid4()}", no)).is_success
    assert await said() == "Personen vill inte. Kvar hos er."

    two.wire.refuses = 503
    await johan.presses(moving(amal), fields)
    on_its_way = "Erbjuden, inte tagen. Kvar hos er. Erbjudandet är inte framme än, det skickas igen av sig självt."
    assert await said() == on_its_way
    for status, why in ((422, "Deras system är äldre än ert"), (403, "Deras system släpper inte in erbjudandet.")):
        two.wire.refuses = status
        await two.round("trelleborg")
        assert f"Erbjuden, inte tagen. Kvar hos er. {why}" in await said()
    two.wire.refuses = 0
    await two.round("trelleborg")
    assert await said() == "Erbjuden, inte tagen. Kvar hos er."
    await johan.presses(f"{moving(amal)}/keep", {"move": str((await row()).id)})
    assert await said() == "Ni behöll personen."
    await two.round("trelleborg")

    async def settles(press: str) -> Page:
        await johan.presses(moving(amal), fields)
        await two.round("trelleborg")
        (offer,) = set((await anders.opens("/inbox?queue=waiting")).links("/inbox/arrivals/"))
        return await anders.presses(f"{offer}/{press}", {"reason": "Skriven hos er"})

    await settles("send-back")
    assert await said() == "Den andra kommunen gav tillbaka. Kvar hos er."
    taken = await settles("take")
    assert await said() == "Den andra kommunen har tagit över. Ni skriver inte mer till personen."
    async with office.database.transaction() as session:
        await open_case(session, amal.person, clock())
    assert (await said()).startswith("Den andra kommunen tog över. Personen har bett om hjälp hos er igen sedan dess")
    (theirs,) = set(taken.links("/inbox/cases/"))
    back = {"neighbour": "trelleborg", "consent": "oral"}
    assert (await anders.presses(f"{theirs}/moving", back)).status == 200
    await two.round("svedala")
    (offer,) = set((await johan.opens("/inbox?queue=waiting")).links("/inbox/arrivals/"))
    await johan.presses(f"{offer}/take")
    assert await said() == "Den andra kommunen tog över, och har sedan lämnat tillbaka personen till er."
