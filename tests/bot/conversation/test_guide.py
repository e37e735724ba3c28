"""The municipality's own e-service is explained part by part; nothing is answered in the chat, and a human helps."""

import pytest

from backend.contract import BookMeeting, HandOver, SendApplication
from bot.flows.application import SECTIONS
from bot.flows.guide import explained
from bot.text import is_gsm, languages, render
from tests.bot.talker import POLICY, Talker

GUIDE = POLICY.model_copy(update={"application": "guide", "e_service": "kommunen.example/ansok"})


def applies(**given: object) -> Talker:
    """Somebody who alone reads her telephone, and chose to apply."""
    person = Talker(policy=GUIDE, **given)  # type: ignore[arg-type]  # as Talker's
    return person.writes("hej, behöver hjälp").writes("2").writes("1")


def effects(person: Talker, *kinds: type) -> list[object]:
    return [call.value for call in person.calls if isinstance(call.value, kinds)]


def test_what_the_e_service_asks_is_explained_part_by_part() -> None:
    person = applies()
    assert person.reads().startswith("Du ansöker här: kommunen.example/ansok.")
    assert "Söker du ensam" in person.reads()
    assert person.reads().endswith(
        "Det var Du och din familj, del 1 av 8. Hur går det? 1 Nästa del 2 Jag har fastnat 3 Sluta här"
    )
    person.writes("1")
    assert "Barn kan ge rätt till mer pengar. Därför frågar vi. Bor barn hos dig" in person.reads()


def test_after_the_last_part_the_papers_are_named_and_a_meeting_is_booked() -> None:
    person = applies()
    for _ in SECTIONS:
        person.writes("1")
    assert "Ha till hands: id" in person.reads()
    person.writes("1")
    assert len(effects(person, BookMeeting)) == 1
    assert not effects(person, SendApplication)


def test_whoever_stops_has_the_papers_and_a_meeting_all_the_same() -> None:
    person = applies().writes("3")
    assert "Ha till hands: id" in person.reads()
    assert "december" in person.reads()


def test_whoever_is_stuck_is_rung() -> None:
    person = applies().writes("2")
    assert "En människa ringer dig" in person.reads()
    (handed,) = effects(person, HandOver)
    assert isinstance(handed, HandOver)
    assert handed.reason == "call-me"


def test_an_answer_to_the_e_service_is_not_taken_here() -> None:
    person = applies().writes("vi bor i hyresrätt i Svedala")
    assert person.reads().startswith("Det skriver du i e-tjänsten, inte här.")


def test_on_a_telephone_that_others_read_nothing_is_explained() -> None:
    person = Talker(policy=GUIDE).writes("hej, behöver hjälp").writes("2").writes("2")
    assert "kommunen.example" not in person.reads()
    assert "på mötet" in person.reads()


def test_what_is_secret_is_named_and_never_put_as_a_question() -> None:
    said = [render(text, "sv") for key, _ in SECTIONS for text in explained(key)]
    assert not any("clearingnummer" in words for words in said)
    assert any(
        words.startswith("I e-tjänsten frågar vi också om: Konto") and words.endswith("aldrig här.") for words in said
    )


@pytest.mark.parametrize("language", languages())
def test_every_part_fits_its_texts(language: str) -> None:
    for key, _ in SECTIONS:
        for text in explained(key):
            words = render(text, language)
            assert len(words) <= (160 if is_gsm(words) else 134), words
