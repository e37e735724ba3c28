"""Sums and numbers as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hearing.numbers import Unread, read_kronor, read_number

NOTHING, SEVERAL = Unread.NOTHING, Unread.SEVERAL


@pytest.mark.parametrize(
    ("words", "kronor"),
    [
        ("8500", 8500),
        ("8 500:-", 8500),
        ("8.500 kr", 8500),
        ("8,500", 8500),
        ("8'500", 8500),
        ("8\u00a0500", 8500),
        ("ca 8500", 8500),
        ("8500kr", 8500),
        ("kr 8500", 8500),
        ("8500 kr i månaden", 8500),
        ("1500kr/mån", 1500),
        ("8 421,50 kr", 8422),
        ("8 421,49 kr", 8421),
        ("8500.00", 8500),
        ("1 234 567", 1234567),
        ("٨٥٠٠", 8500),
        ("٨٬٥٠٠", 8500),
        ("٨٥٠٠٫٥٠", 8501),
        ("۸۵۰۰", 8500),
        ("8 tusen", 8000),
        ("8,5 tusen", 8500),
        ("8k", 8000),
        ("åtta tusen", 8000),
        ("åtta tusen fem hundra", 8500),
        ("femhundra", 500),
        ("tjugo två", 22),
        ("två tre", SEVERAL),
        ("9" * 40, 10**12),
        ("100 000 per år", Unread.OTHER_PERIOD),
        ("tusen kronor", 1000),
        ("٨ آلاف", 8000),
        ("ألفين", 2000),
        # Arabic joins "and" to the next word, and says the ones before the tens.
        ("خمسة آلاف وخمسمئة", 5500),
        ("ألف ومئة كرون", 1100),
        ("مئة وخمسة وعشرون", 125),
        ("خمسة وعشرين", 25),
        ("خمس تالاف وتلتمية", 5300),
        ("ألف ونص", NOTHING),
        ("5 آلاف وخمسمئة", SEVERAL),
        ("laba kun", 2000),
        # A word nobody has told us before "thousand" may be a number: no sum is guessed.
        *((words, NOTHING) for words in ("sideedi kun", "dhowr kun", "några tusen", "halva tusen", "a few thousand")),
        *((words, NOTHING) for words in ("кілька тисяч", "بضعة آلاف", "a couple hundred")),
        ("8 och ett halvt tusen", SEVERAL),
        ("qiyaastii kun", 1000),
        ("waa kun karoon", 1000),
        ("ungefär tusen", 1000),
        ("a thousand", 1000),
        ("приблизно тисяча", 1000),
        ("حوالي ألف", 1000),
        ("kontan kun", 50_000),
        ("boqol iyo konton", SEVERAL),  # asked again rather than taken for a hundred
        ("saddex boqol", 300),
        ("8 kun", 8000),
        ("kow iyo toban", SEVERAL),  # written in three words: asked for in figures
        ("500 toddobaadkii", Unread.OTHER_PERIOD),
        ("100 doolar", Unread.OTHER_MONEY),
        ("min hyra är 8500", 8500),
        ("0", 0),
        ("inget", 0),
        ("لا شيء", NOTHING),  # "no thing": two words, neither of them a number
        ("2 500 och 3 000", SEVERAL),
        ("8500-9000", SEVERAL),
        ("8000 + 500", SEVERAL),
        ("-500", Unread.NEGATIVE),
        ("100 euro", Unread.OTHER_MONEY),
        ("$100", Unread.OTHER_MONEY),
        ("100 دولار", Unread.OTHER_MONEY),
        ("500 i veckan", Unread.OTHER_PERIOD),
        ("vet inte", NOTHING),
        ("", NOTHING),
        ("en bekant till mig betalar för det", NOTHING),  # "en" is an article here
    ],
)
def test_a_sum(words: str, kronor: int | Unread) -> None:
    assert read_kronor(words) == kronor


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("2", 2),
        ("två", 2),
        ("2 barn", 2),
        ("tjugoett", 21),
        ("٣", 3),
        ("ثلاثة", 3),
        ("arba3a", 4),  # the figure is a letter
        ("inga", 0),
        ("2,5", Unread.FRACTION),
        ("2,0", 2),
        ("2-3", SEVERAL),
        ("2 eller 3", SEVERAL),
        ("hej", NOTHING),
    ],
)
def test_a_number(words: str, number: int | Unread) -> None:
    assert read_number(words) == number


@given(st.integers(0, 10**7))
def test_every_way_of_grouping_gives_the_same_sum(kronor: int) -> None:
    for mark in ("", " ", ".", ",", "'", "\u202f"):
        assert read_kronor(f"{kronor:,}".replace(",", mark) + " kr") == kronor


@given(st.text())
def test_any_text_gives_a_number_or_a_reason(words: str) -> None:
    for read in (read_kronor(words), read_number(words)):
        assert isinstance(read, Unread) or read >= 0
