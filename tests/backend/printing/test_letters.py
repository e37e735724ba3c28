"""Letters on paper: what was written is set or written out, nothing is lost, and nothing acts on the page."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.printing.letters import FONTS, hers, ours, read_back
from tests.backend.printing.papers import ARABIC, TIGRINYA, UKRAINIAN


@pytest.mark.parametrize(
    "words", ["Räcker till hyran?", ARABIC, TIGRINYA, UKRAINIAN, "Wax kasta 50 % – «så»", "مُحَمَّد", "آ گ پ چ"]
)
def test_what_the_fonts_have_is_set_as_it_stands(words: str) -> None:
    assert hers(words, "sv").lines == (words,)


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("8000\u202e0005", "8000‹U+202E right-to-left override›0005"),
        ("\U0001f622 hjälp", "‹U+1F622 crying face› hjälp"),
        ("你", "‹U+4F60›"),
        ("a\tb\x00", "a‹U+0009›b‹U+0000›"),
        ("\ue000", "‹U+E000›"),
        ("‹U+0041›", "‹U+2039›U+0041›"),
        ("\u0301", "‹U+0301›"),  # a mark on nothing
        ("ب\u135f", "ب‹U+135F›"),  # and one that no font has with its letter
    ],
)
def test_what_they_have_not_or_would_act_is_written_out(words: str, written: str) -> None:
    (line,) = hers(words, "sv").lines
    assert re.sub("[\u2066\u2069]", "", line) == written


def test_our_sentences_keep_the_direction_of_their_values_and_hers_turns_nothing() -> None:
    assert ours("عندك \u20665 850 kr\u2069", "ar").lines == ("عندك \u20665 850 kr\u2069",)
    (line,) = hers("\u20675 850\u2069", "ar").lines
    # What is written out runs from the left by itself.
    assert line == "\u2066‹U+2067 right-to-left isolate›\u20695 850\u2066‹U+2069 pop directional isolate›\u2069"


@pytest.mark.parametrize(
    ("words", "language", "runs"),
    [
        ("hej", "ar", "ltr"),
        ("سلام", "sv", "rtl"),
        ("5850", "ar", "rtl"),
        ("(سلام) hej", "sv", "rtl"),
        ("", "sv", "ltr"),
    ],
)
def test_what_she_wrote_runs_as_its_first_letter_does(words: str, language: str, runs: str) -> None:
    assert hers(words, language).dir == runs


def test_a_line_of_hers_is_a_line_there() -> None:
    assert hers("hyra\r\nel\nmat\rbuss", "sv").lines == ("hyra", "el", "mat", "buss")


def test_a_word_longer_than_a_line_has_places_to_break() -> None:
    (line,) = hers("a" * 100, "sv").lines
    assert max(map(len, line.split("\u200b"))) < 40
    assert hers("arbetslöshetsersättningen", "sv").lines == ("arbetslöshetsersättningen",)


ANYTHING = st.text(st.characters(codec=None, exclude_characters="\r\n"))


@given(ANYTHING)
def test_whatever_was_written_can_be_read_back(words: str) -> None:
    (line,) = hers(words, "sv").lines
    assert read_back(line) == words
    assert not any(unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in line)
    assert not set(line) & set("\u202a\u202b\u202c\u202d\u202e\u2067\u2068\ufeff")


def test_the_fonts_lie_there_with_their_licence() -> None:
    assert "SIL OPEN FONT LICENSE Version 1.1" in (FONTS / "OFL.txt").read_text("utf-8")
    assert len(list(FONTS.glob("*.ttf"))) == 6
