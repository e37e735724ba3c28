"""Nothing that the bot seals leaves for a translation, and what was masked comes back in its place or not at all."""

import json
from pathlib import Path

import pytest

from backend.translating import NotTranslated
from backend.translating.masking import mask, put_back
from bot.hearing.diverter import divert

NUMBERS = json.loads((Path(__file__).parents[2] / "data" / "identity_test_numbers.json").read_text())
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def written(number: str) -> list[str]:
    born, last = number[:8], number[8:]
    return [
        number,
        number[2:],
        f"{born[2:]}-{last}",
        f"{born[2:]}+{last}",
        f"{born[:4]}-{born[4:6]}-{born[6:]} {last}",
        f"{born[2:]}\u2013{last}",
        f"{born[2:]}\u00a0{last}",
        f"{born[2:]}\u200f-\u200e{last}",
        number.translate(ARABIC),
        " ".join(number[2:]),
    ]


@pytest.mark.parametrize("number", NUMBERS["personnummer"][::2000])
def test_what_the_bot_seals_is_masked_however_it_is_written(number: str) -> None:
    for words in (f"hej {one}, tack" for one in written(number)):
        (sealed,) = divert(words, None).found
        masked = mask(words)
        assert masked.words == "hej [1], tack"
        assert words[sealed.start : sealed.end] in masked.taken.values()
        assert put_back(masked.words, masked) == words


@pytest.mark.parametrize(
    "words",
    [
        "SE45 5000 0000 0583 9825 7466",
        "4111 1111 1111 1111",
        "8327-9, 123 456 78",
        "880209-T050",
        "12-345678",
        "+46 70 174 06 05",
        "070-174 06 05",
        "amal@example.org",
        "https://example.org/s/kod",
        "Amal",
        "amal",
    ],
)
def test_numbers_names_and_addresses_are_masked(words: str) -> None:
    masked = mask(f"till {words} nu", ["Amal", ""])
    assert masked.words == "till [1] nu"
    assert words not in repr(masked)


def test_words_hours_and_days_are_not() -> None:
    for words in ("Vi ses kl 9.30 den 1 december", "Amalia kommer", "3 barn, 15 dagar"):
        assert mask(words, ["Amal"]).words == words


def test_what_was_lost_or_doubled_on_the_way_is_no_translation() -> None:
    masked = mask("ring 070-174 06 05 eller 070-174 06 06")
    assert put_back("[ 2 ] eller [1]", masked) == "070-174 06 06 eller 070-174 06 05"
    for wrong in ("ring", "[1] eller [1]", "[1] eller [2] eller [2]"):
        with pytest.raises(NotTranslated):
            put_back(wrong, masked)
    theirs = mask("se [1] och ring 070-174 06 05")
    assert put_back(theirs.words, theirs) == "se [1] och ring 070-174 06 05"
