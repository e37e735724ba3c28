"""What own words may say where: a sum, a diagnosis, a number and a decision are found, and ordinary words are not."""

import pytest

from backend.contract import NoticeKind
from backend.errors import AboveTheCeiling
from backend.handover import desk
from backend.handover.content import found
from tests.backend.handover.test_threads import hand_over
from tests.backend.stories import JOHAN, Backend, told

JOHAN_SAYS = (
    "Kom kl 9.30 till rum 214, Exempelgatan 4, 231 83 Trelleborg.",
    "Ring 040-628 04 00 eller 070-174 06 05.",
    "Hyresavin för januari 2026 räcker, och de 3 senaste lönebeskeden.",
    "Du får beslut senast tisdag 1 december.",
    "Ta med barnen. Det finns leksaker.",
    "Vi ses 2026-12-01 kl 13.15, ta buss 145.",
)


@pytest.mark.parametrize("words", JOHAN_SAYS)
def test_ordinary_words_are_let_through(words: str) -> None:
    assert found(words) == ()


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ("Du får 7 485 kr på fredag", "sum"),
        ("Hyran är 5850 i månaden", "sum"),
        ("Det kostar 120:- i kassan", "sum"),
        ("١٢٠٠ كرون", "sum"),
        ("1200 крон", "sum"),
        ("Läkarintyget säger depression", "health"),
        ("Skicka din diagnos", "health"),
        ("Du har fått avslag", "decision"),
        ("Din ansökan är beviljad", "decision"),
        ("Ditt nummer 19330228-8414", "number"),
        ("Numret 330228-8414", "number"),
        ("Vi betalar till konto 8327-9, 123 456 78", "number"),
        ("SE45 5000 0000 0583 9825 7466", "number"),
    ],
)
def test_what_may_not_stand_everywhere_is_found(words: str, what: str) -> None:
    assert what in found(words)


async def test_own_words_above_the_ceiling_are_refused_and_the_refusal_does_not_repeat_them(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await hand_over(backend, amal, "asked")
    for words, what in (("Du får 7485 kr", "sum"), ("Hur går det med din depression?", "health")):
        with pytest.raises(AboveTheCeiling) as refused:
            async with backend.database().transaction() as session:
                await desk.send_words(session, backend.clock, JOHAN, amal.thread, words)
        assert (refused.value.data["what"], words in str(refused.value)) == (what, False)
    assert await told(backend.trelleborg, NoticeKind.STAFF_MESSAGE) == []


async def test_what_is_written_where_an_address_belongs_is_own_words_too(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await hand_over(backend, amal, "asked")
    async with backend.database().transaction() as session:
        says, thread = {"address": "Algatan 13. Du har fått avslag"}, amal.thread
        with pytest.raises(AboveTheCeiling):
            await desk.send_phrase(session, backend.clock, JOHAN, thread, "come-here", fields=says)
        await desk.send_phrase(session, backend.clock, JOHAN, thread, "come-here", fields={"address": "Algatan 13"})
    assert len(await told(backend.trelleborg, NoticeKind.STAFF_MESSAGE)) == 1
