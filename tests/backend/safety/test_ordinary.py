"""Which sentences can be agreed on: ordinary ones, but none that is written by chance or that the bot listens for."""

import pytest

from backend.contract import phrase_digest, phrase_words
from backend.errors import PhraseAcute, PhraseOrdinary, PhraseTooLong, PhraseTooShort, PhraseWithNumbers, Refusal
from backend.safety.ordinary import LISTS, words_of
from bot.hearing.words import command, is_acute
from bot.text import understood, words
from tests.backend.safety.ordinary import written

FITTING = (
    "Kan du hälsa moster Karin från mig",
    "kaffet är slut hemma",
    "سلّمي على خالتي من فضلك",
    "دایی من از تبریز می‌آید",
    "Eeddaday waxay dooneysaa shaah macaan",
    "Тітка спекла пиріг із вишнями",
)


@pytest.mark.parametrize("phrase", FITTING)
def test_an_everyday_sentence_will_do_in_any_language(phrase: str) -> None:
    assert words_of(phrase) == phrase_words(phrase)
    assert command(phrase) is None
    assert not is_acute(phrase)


@pytest.mark.parametrize(
    ("phrase", "refusal"),
    [
        ("", PhraseTooShort),
        ("hjälp", PhraseTooShort),
        ("STOPP tack", PhraseTooShort),
        ("hej hej hej", PhraseOrdinary),
        ("God morgon och tack så mycket", PhraseOrdinary),
        ("Hej! Sluta skicka sms, tack.", PhraseOrdinary),
        ("jag vill prata med en människa", PhraseOrdinary),
        ("När har ni öppet?", PhraseOrdinary),
        ("jag har ingen mat hemma", PhraseAcute),
        ("han slår mig igen", PhraseAcute),
        ("vi ses klockan 9 hos moster", PhraseWithNumbers),
        ("خالتي تأتي الساعة ٩ غدا", PhraseWithNumbers),
        ("en två tre fyra fem sex sju åtta nio tio elva tolv tretton", PhraseTooLong),
    ],
)
def test_what_will_not_do_is_refused_in_words(phrase: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal) as refused:
        words_of(phrase)
    assert not phrase or phrase not in str(refused.value)


def test_nothing_the_bot_listens_for_can_be_agreed_on() -> None:
    """The list is written from the bot's: ``PYTHONPATH=. python tests/backend/safety/ordinary.py`` writes it anew."""
    assert LISTS.read_text("utf-8") == written()
    for name in ("stop", "human", "status", "wrong-number", "acute"):
        for phrase in {one for language in understood() for one in words(language, name)}:
            with pytest.raises(Refusal):
                words_of(phrase.rstrip("*"))


def test_two_who_mean_the_same_write_the_same() -> None:
    said = phrase_words("Hälsa moster Karin!")
    for same in (
        "hälsa  MOSTER karin",
        "Halsa, moster-Karin...",
        "ha\u0308lsa moster ＫＡＲＩＮ",
        "hälsa\u200b moster\nKarin",
    ):
        assert phrase_words(same) == said
    assert phrase_words("سَلِّمي على خالتـي") == phrase_words("سلمي علی خالتی")
    assert phrase_words("it’s my aunt") == phrase_words("its my aunt")
    assert phrase_words("hälsa moster Katrin") != said


def test_a_digest_says_nothing_without_trying() -> None:
    said = phrase_words(FITTING[0])
    one, other = phrase_digest(said, b"s" * 16), phrase_digest(said, b"t" * 16)
    assert one != other
    assert phrase_digest(said, b"s" * 16) == one
