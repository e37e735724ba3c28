"""In part, not tried, beyond who signs, elsewhere: what each outcome must carry, and who may not sign it here."""

from dataclasses import replace
from datetime import date
from hashlib import sha256
from uuid import UUID, uuid4

import pytest

from backend.access import Reader
from backend.applications import completions
from backend.applications.completions import Wanted
from backend.contract import DecisionText, NoticeKind
from backend.decisions import service, texts
from backend.decisions.service import Draft
from backend.decisions.texts import SENTENCES, WRITTEN_ON, Outcome
from backend.errors import AskFirst, BeyondDelegation, DecidedElsewhere, Invalid, ReasonMissing
from backend.locales import languages, template
from backend.municipalities import Approval, found
from tests.backend.stories import MARIA, Applicant, Backend, application, meets, told

DECEMBER = date(2026, 12, 1)
LANGUAGES = ("ar", "en", "so", "sv", "uk")
PART = Draft("delavslag", DECEMBER, kronor=7485, reasons=("cost-too-high",))
DISMISSED = Draft("avvisning", DECEMBER, reasons=("incomplete",))


async def signs(backend: Backend, applicant: Applicant, draft: Draft, reader: Reader = MARIA) -> UUID:
    async with backend.database().transaction() as session:
        return await service.sign(session, backend.clock, reader, applicant.person, draft)


async def reads(backend: Backend, applicant: Applicant) -> DecisionText:
    async with backend.database().transaction() as session:
        text = await service.latest_text(session, applicant.person)
    assert text is not None
    return text


async def test_a_grant_in_part_has_its_sum_its_reason_its_law_and_how_to_appeal(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    for broken, refused in (
        (replace(PART, kronor=None), Invalid),
        (replace(PART, reasons=()), ReasonMissing),
        (replace(PART, reasons=("incomplete",)), Invalid),
        (Draft("bifall", DECEMBER, reasons=("cost-too-high",)), Invalid),
    ):
        with pytest.raises(refused):
            await signs(backend, amal, broken)
    decision = await signs(backend, amal, PART)
    (notice,) = await told(backend.trelleborg, NoticeKind.SOMETHING_NEW)
    assert notice.body["refusal"] is True  # it steers the hour, since a part of it is one
    words = "\n".join((await reads(backend, amal)).paragraphs["sv"])
    for expected in (
        "Du får 7\N{NO-BREAK SPACE}485\N{NO-BREAK SPACE}kr i ekonomiskt bistånd för december 2026. Resten av det du",
        "högre än vad som räknas som skäligt",
        "12 kap. 1 § socialtjänstlagen (2025:400), 12 kap. 7 § socialtjänstlagen (2025:400)",
        "Vi måste få brevet inom tre veckor",
    ):
        assert expected in words
    async with backend.database().transaction() as session:
        assert await service.record_told(session, backend.clock, MARIA, decision, "call") == date(2026, 12, 21)


async def test_nothing_is_dismissed_for_what_is_missing_before_its_day_has_passed(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal, complete=False)
    with pytest.raises(AskFirst):
        await signs(backend, amal, DISMISSED)
    async with backend.database().transaction() as session:
        wanted = [Wanted("lease")]
        await completions.ask(session, backend.clock, MARIA, amal.person, wanted, by=date(2026, 12, 4))
    backend.clock.advance(days=4)
    with pytest.raises(AskFirst):
        await signs(backend, amal, DISMISSED)
    backend.clock.advance(days=1)
    await signs(backend, amal, DISMISSED)
    words = "\n".join((await reads(backend, amal)).paragraphs["sv"])
    assert "Vi prövar inte din ansökan för december 2026. Det kallas avvisning." in words
    assert "Du kan söka igen när du vill." in words
    assert "Vi måste få brevet inom tre veckor" in words
    assert "förvaltningslagen" not in words  # the row is not verified


async def test_beyond_the_delegation_list_somebody_else_signs(demo: Backend) -> None:
    amal = await demo.trelleborg.asks_for_help()
    await meets(demo, amal)
    much = Draft("bifall", DECEMBER, kronor=20_001)
    with pytest.raises(BeyondDelegation):
        await signs(demo, amal, much)
    await signs(demo, amal, much, replace(MARIA, signs_as="lead"))


async def test_where_the_case_system_decides_nobody_signs_here(both: Backend) -> None:
    hodan = await both.svedala.asks_for_help()
    lena = Reader(MARIA.id, "Lena", "caseworker", reason="follow-up")
    async with both.database("svedala").transaction() as session:
        with pytest.raises(DecidedElsewhere):
            await service.sign(session, both.clock, lena, hodan.person, Draft("bifall", DECEMBER, kronor=7485))


async def test_what_is_decided_of_a_single_cost_says_nothing_of_the_month(demo: Backend) -> None:
    amal = await demo.trelleborg.asks_for_help()
    await applies(demo, amal, month=DECEMBER)
    await meets(demo, amal)
    demo.clock.advance(minutes=1)
    await signs(demo, amal, Draft("bifall", DECEMBER, kronor=7485))
    demo.clock.advance(minutes=1)
    await applies(demo, amal, kind="supplementary", month=DECEMBER, housing=None, incomes=None)
    demo.clock.advance(minutes=1)

    # Nothing of the month waits, so that nobody says that it is about the cost: it is.
    refused = Draft("delavslag", DECEMBER, kronor=6000, reasons=("cost-too-high",))
    async with demo.database().transaction() as session:
        shown = await service.preview(session, demo.clock, amal.person, refused)
    with pytest.raises(BeyondDelegation):
        await signs(demo, amal, Draft("bifall", DECEMBER, kronor=6000))
    await signs(demo, amal, refused)
    text = await reads(demo, amal)
    assert text.paragraphs == shown.paragraphs
    outcome, alone = text.paragraphs["sv"][:2]
    assert outcome.endswith("för den kostnad som du sökte för särskilt. Resten av den kostnaden avslås.")
    assert alone == "Beslutet gäller bara den kostnaden. Det andra du har sökt eller fått ändras inte."
    assert not any("december" in one for one in text.paragraphs["sv"])
    async with demo.database().transaction() as session:
        of_month = (await service.all_texts(session, amal.person))[1]
    assert "för december 2026" in of_month.paragraphs["sv"][0]


@pytest.mark.parametrize("kind", ["bifall", "delavslag", "avslag", "avvisning"])
def test_each_outcome_of_a_single_cost_is_told_in_every_language_without_the_month(kind: Outcome) -> None:
    facts = texts.Facts(kind, DECEMBER, of_cost=True, kronor=900 if kind == "delavslag" else None)
    for language in languages():
        said = " ".join(texts.paragraphs(facts, language, found()["trelleborg"]))
        assert "2026" not in said
        assert said != " ".join(texts.paragraphs(replace(facts, of_cost=False), language, found()["trelleborg"]))


def test_an_approval_from_before_a_sentence_was_written_does_not_cover_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(WRITTEN_ON, "single-cost", date(2026, 12, 2))
    given = {"ar": Approval(approved_by="Chefen", approved_on=date(2026, 12, 1))}
    town = found()["trelleborg"].model_copy(update={"approved_texts": given})
    facts = texts.Facts("bifall", DECEMBER, kronor=7485)
    assert [texts.is_approved(facts, language, town) for language in ("ar", "so")] == [True, False]
    assert not texts.is_approved(replace(facts, of_cost=True), "ar", town)
    given["ar"] = Approval(approved_by="Chefen", approved_on=date(2026, 12, 2))
    assert texts.is_approved(replace(facts, of_cost=True), "ar", town)


def test_a_sentence_that_is_changed_has_another_day() -> None:
    """Whoever changes one, in any language, writes the day into ``WRITTEN_ON``, and what stands here after it."""
    marks = {
        name: sha256("\n".join(template(one, code) for code in LANGUAGES for one in of).encode()).hexdigest()[:8]
        for name, of in SENTENCES.items()
    }
    assert {name: (f"{WRITTEN_ON[name]}", mark) for name, mark in marks.items()} == {
        "decision": ("2026-11-27", "88baa745"),
        "single-cost": ("2026-11-27", "e2a9c57c"),
        "automatic": ("2026-11-27", "97d9fcbc"),
    }


async def applies(backend: Backend, applicant: Applicant, **answers: object) -> None:
    answer = await backend.trelleborg.put(f"applications/{uuid4()}", application(applicant, backend.clock(), **answers))
    assert answer.status_code == 200, answer.text
