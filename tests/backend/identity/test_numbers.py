"""Numbers of identity: what is one, in whatever figures, and what is none."""

import json
import unicodedata
from dataclasses import fields
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.identity.numbers import NONE, NotANumber, Number, read, written

TODAY = date(2026, 11, 30)
_DATA = json.loads((Path(__file__).parents[2] / "data" / "identity_test_numbers.json").read_text())
PERSONNUMMER: list[str] = _DATA["personnummer"]
SAMORDNINGSNUMMER: list[str] = _DATA["samordningsnummer"]
EASTERN = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
ZEROS = [chr(code) for code in range(0x110000) if unicodedata.decimal(chr(code), None) == 0]


@pytest.mark.parametrize("number", PERSONNUMMER)
def test_every_official_personnummer_is_one(number: str) -> None:
    assert read(number, TODAY) == Number("personnummer", number)
    assert written(read(number, TODAY)) == f"{number[:8]}-{number[8:]}"


@pytest.mark.parametrize("number", SAMORDNINGSNUMMER)
def test_every_official_samordningsnummer_is_one(number: str) -> None:
    assert read(number, TODAY) == Number("samordningsnummer", number)


@pytest.mark.parametrize("number", [*PERSONNUMMER, *SAMORDNINGSNUMMER])
def test_without_its_century_it_is_the_same_with_a_plus_from_a_hundred_years(number: str) -> None:
    is_old = TODAY.year - int(number[:4]) >= 100
    short = f"{number[2:8]}{'+' if is_old else '-'}{number[8:]}"
    assert read(short, TODAY).kept == number
    if not is_old:
        assert read(number[2:], TODAY).kept == number


@pytest.mark.parametrize("zero", ZEROS)
def test_figures_of_any_script_are_figures(zero: str) -> None:
    script = str.maketrans("0123456789", "".join(chr(ord(zero) + digit) for digit in range(10)))
    assert read(PERSONNUMMER[20].translate(script), TODAY).kept == PERSONNUMMER[20]


@pytest.mark.parametrize("dash", ["-", "\u2013", "\u2212", " - ", " ", "\u00a0", "\u200e-\u200f", "\uff0d"])
def test_any_dash_and_space_and_mark_of_direction_will_do(dash: str) -> None:
    number = PERSONNUMMER[25]
    assert read(f"\u2067 {number[:8]}{dash}{number[8:]}\u2069", TODAY).kept == number


@pytest.mark.parametrize(
    "wrong", [*_DATA["invalid_check_digit"]["numbers"], *(one["value"] for one in _DATA["invalid_other"])]
)
def test_a_wrong_check_digit_or_a_day_that_is_none_is_no_number(wrong: str) -> None:
    with pytest.raises(NotANumber):
        read(wrong, TODAY)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("880209-T050", "880209T050"),  # as a case system gives them: no check digit that is right
        ("000101-T220", "000101T220"),
        ("19880209t050", "880209T050"),
        ("880209-T050".translate(EASTERN), "880209T050"),
        ("880209 N050", "880209N050"),
    ],
)
def test_an_interim_number_is_taken_by_its_form_alone(words: str, kept: str) -> None:
    number = read(words, TODAY)
    assert number == Number("interim", kept)
    assert written(number) == f"{kept[:6]}-{kept[6:]}"


@pytest.mark.parametrize("words", ["12-345678", "12345678", "12-345678/1", "١٢-٣٤٥٦٧٨", " 12 \u2013 345678 "])
def test_an_lma_number_is_one(words: str) -> None:
    assert read(words, TODAY) == Number("lma", "12345678")
    assert written(read(words, TODAY)) == "12-345678"


@pytest.mark.parametrize(
    "words",
    ["", "0", "19900315", "Amal", "070", "123456-123", "880209-A050", "880209-T05", "12-34567", "20270101", "²"],
)
def test_what_is_no_number_says_so_and_nothing_of_itself(words: str) -> None:
    with pytest.raises(NotANumber) as refused:
        read(words, TODAY)
    assert not words.strip("²") or words not in str(refused.value)


def test_who_is_not_born_yet_has_none() -> None:
    newest = max(PERSONNUMMER)
    with pytest.raises(NotANumber):
        read(newest, date(int(newest[:4]) - 1, 1, 1))


def test_nothing_at_all_is_as_good_as_a_number() -> None:
    assert (NONE.kind, written(NONE)) == ("none", "")


def test_a_number_tells_its_kind_and_neither_age_nor_gender_and_shows_itself_nowhere() -> None:
    number = read(PERSONNUMMER[20], TODAY)
    assert {one.name for one in fields(number)} == {"kind", "kept"}
    assert PERSONNUMMER[20] not in repr(number)


@given(st.text(max_size=60))
def test_whatever_is_written_is_a_number_or_is_not(words: str) -> None:
    try:
        number = read(words, TODAY)
    except NotANumber:
        return
    assert read(written(number), TODAY) == number
