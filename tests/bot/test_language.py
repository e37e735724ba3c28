"""Which language somebody writes: told when it can be told, asked when it cannot, and never another for Arabic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.language import SPOKEN, Guess, detect, named, offered
from bot.text import language_name, understood


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("hej jag behöver hjälp", "sv"),
        ("hej jag behover hjalp", "sv"),
        ("blev av med jobbet, har inga pengar", "sv"),
        ("السلام عليكم, احتاج مساعدة", "ar"),
        ("أنا بحاجة إلى مساعدة", "ar"),
        ("بدي ساعدوني شوي", "ar"),
        ("salam alaykom ana ahtaj mosaada", "ar"),
        ("marhaba bidi musaada", "ar"),
        ("Asc waxaan u baahanahay caawimaad", "so"),
        ("salaan, lacag ma hayo", "so"),
        ("waxan rabaa inaan codsado", "so"),
        ("cunto ma haysto", "so"),
        ("سلام من کمک می خواهم", "fa"),
        ("سلام من كمك مي خواهم", "fa"),  # Persian on an Arabic keyboard
        ("لطفا کمک کنید", "fa"),
        ("زه مرستې ته اړتیا لرم", "ps"),
        ("من یارمەتیم پێویستە", "ckb"),
        ("مجھے مدد چاہیے", "ur"),
        ("ሓገዝ የድልየኒ", "ti"),
        ("мені потрібна допомога", "uk"),
        ("мы хотим поговорить, вы поможете", "ru"),
    ],
)
def test_a_clear_message_tells_its_language(message: str, code: str) -> None:
    assert detect(message) == Guess(code, sure=True)


@pytest.mark.parametrize(
    "message", ["hej", "ok", "", "1", "?", "😀", "I need help with money", "hola necesito ayuda", "salam", "asc", "Ali"]
)
def test_one_word_or_a_language_we_do_not_know_is_not_guessed(message: str) -> None:
    assert detect(message) == Guess(None, sure=False)


@pytest.mark.parametrize("message", ["سلام", "مرحبا", "نعم"])
def test_one_word_in_arabic_letters_is_a_guess_and_says_so(message: str) -> None:
    assert detect(message) == Guess("ar", sure=False)


@pytest.mark.parametrize(
    "message",
    [
        "من گرسنه هستم و بچه دارم",
        "چطور میتونم پول بگیرم",
        "پول ندارم",
        "زه پیسې نه لرم",
        "پارەم نییە",
        "میرے پاس پیسے نہیں ہیں",
    ],
)
def test_other_languages_in_arabic_letters_are_never_taken_for_arabic(message: str) -> None:
    assert detect(message).code not in ("ar", None)


def test_an_arabic_text_with_a_foreign_letter_in_a_name_stays_arabic() -> None:
    assert detect("أنا اسمي گلنار وأحتاج إلى المساعدة") == Guess("ar", sure=True)


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("SV", "sv"),
        ("sv.", "sv"),
        ("Svenska", "sv"),
        ("svenska tack", "sv"),
        ("Swedish", "sv"),
        ("السويدية", "sv"),
        ("العربية", "ar"),
        ("عربي", "ar"),
        ("arabiska!", "ar"),
        ("på arabiska", "ar"),
        ("AR", "ar"),
        ("Somali", "so"),
        ("Soomaaliga", "so"),
        ("waxaan ku hadlaa af Soomaali", "so"),
        ("af Carabi", "ar"),
        ("English", "en"),
        ("engelska", "en"),
        ("hej", None),
        ("är", None),  # folded it would be a code
        ("no", None),  # Norwegian's code is no name
        ("is", None),
        ("svenska pengar", None),
    ],
)
def test_a_message_that_is_a_languages_name(message: str, code: str | None) -> None:
    assert named(message) == code


@pytest.mark.parametrize("code", [*SPOKEN, *understood()])
def test_every_language_is_known_by_its_name_in_swedish_arabic_and_itself(code: str) -> None:
    assert named(language_name(code, "sv")) == code
    assert named(language_name(code, "ar")) == code
    assert named(language_name(code, code)) in (
        code,
        "fa",
        "bs",
    )  # Dari calls itself Persian too, and 1 name has 3 codes


def test_interpreters_are_offered_first_in_the_languages_we_write() -> None:
    assert offered()[0] == "ar"
    assert "sv" not in offered()
    assert len(set(offered())) == len(offered())


@given(st.text())
def test_any_text_gets_a_guess(message: str) -> None:
    guess = detect(message)
    assert not guess.sure or guess.code
