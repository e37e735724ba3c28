"""A year without a word: whose telephone is it now? Nothing of the old talk reaches whoever has it."""

import re
from uuid import UUID

import pytest

from backend.contract import AcuteNeed, HandOver, Phone
from bot.leaving.sending import STILL_YOURS
from bot.messages import Said, Went
from bot.text import is_gsm, languages, segments
from tests.bot.talker import Talker

ASKED = "Hej! Det var länge sedan du skrev hit. Är det fortfarande du? Svara JA eller NEJ."


def a_year_later(channel: str = "sms") -> Talker:
    """Somebody with a meeting behind her, in the middle of a question, who has not written since."""
    person = Talker(channel=channel).writes("hej, behöver hjälp").writes("1").writes("1")
    assert person.state.thread.open is not None
    assert person.state.person.meeting is not None
    return person.later(days=366)


@pytest.mark.parametrize("channel", ["sms", "telegram"])
def test_whoever_writes_is_asked_first_and_told_nothing(channel: str) -> None:
    for words in ("hej", "STATUS", "1", "2", "vad gällde mötet?", "VAD", "RING", "START", "byt telefon", "TILLBAKA"):
        person = a_year_later(channel).writes(words)
        assert person.reads() == ASKED, words
        assert not [call for call in person.turns[-1].calls if not isinstance(call.value, HandOver)], words


def test_within_the_year_nothing_is_asked() -> None:
    person = Talker().writes("hej, behöver hjälp").later(days=364).writes("1")
    assert ASKED not in person.reads()


def test_a_page_is_her_own_cookie_and_asks_nothing() -> None:
    person = Talker(channel="web").writes("hej, behöver hjälp").later(days=400).writes("1")
    assert ASKED not in person.reads()


def test_it_is_still_hers_and_the_question_comes_again() -> None:
    person = a_year_later()
    before = person.state.thread.open
    person.writes("hej").writes("Ja")
    assert person.reads().startswith("Tack. Nu kan vi skriva till dig här.")
    assert before is not None
    assert person.state.thread.open is not None
    assert person.state.thread.open.question == before.question
    assert not person.state.thread.doubted
    person.writes("2")
    assert ASKED not in person.reads()


@pytest.mark.parametrize("words", ["Nej", "fel nummer"])
def test_it_is_somebody_elses_now(words: str) -> None:
    person = a_year_later().writes("hej").writes(words)
    assert person.reads() == "Tack. Vi skriver inte mer till det här numret."
    assert [call.value.wrong_number for call in person.calls if isinstance(call.value, Phone)] == [True]
    assert person.state.thread.frozen
    person.writes("vem är ni, jag behöver också hjälp")
    assert person.reads().startswith("Tack. En människa läser det här. Behöver du själv hjälp? Skriv ANSÖK")
    assert [call.value.reason for call in person.turns[-1].calls if isinstance(call.value, HandOver)] == [
        "wrong-number"
    ]


def test_who_says_stop_is_not_told_that_somebody_has_a_meeting() -> None:
    person = a_year_later().writes("STOPP")
    assert "möte" not in person.reads()
    assert person.state.thread.opted_out


def test_what_cannot_wait_does_not_wait_for_an_answer() -> None:
    person = a_year_later().writes("jag har ingen mat")
    assert "112" in person.reads()
    assert person.reads().endswith(ASKED)
    assert [call for call in person.calls if isinstance(call.value, AcuteNeed)]


def test_a_figure_or_an_old_button_says_nothing_of_whose_it_is() -> None:
    person = a_year_later().writes("hej")
    for event in (Said("2"), Said("1", question="old"), Said("nej", question="old")):
        person.happens(event)
        assert person.reads() == ASKED
        assert not person.state.thread.frozen


def test_the_question_that_left_after_she_had_written_asks_nothing() -> None:
    person = Talker().writes("hej, behöver hjälp")
    before = person.state.thread.open
    person.happens(Went(UUID(int=1), "token", STILL_YOURS))
    assert person.state.thread.open == before


@pytest.mark.parametrize("language", languages())
def test_it_is_one_neutral_text_in_every_language(language: str) -> None:
    person = a_year_later()
    person.state = person.state.with_thread(language=language)
    (asked,) = person.writes("hej").turns[-1].says
    words = person.text(asked)
    assert segments(words) == 1, words
    assert is_gsm(words) == (language in ("sv", "en", "so"))
    assert not re.search(r"\d", words)
