"""Numbers nobody asked for are found, masked and told apart from telephones, sums and days."""

import json
import random
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.diverter import measure, missed
from bot.hearing.diverter import MARK, Diverted, divert
from bot.questions import Day, Kind, Kronor, Number, TelephoneNumber, Words

DATA = Path(__file__).parents[2] / "data"
IDENTITIES = json.loads((DATA / "identity_test_numbers.json").read_text("utf-8"))
PERSONNUMMER: list[str] = IDENTITIES["personnummer"]
SAMORDNINGSNUMMER: list[str] = IDENTITIES["samordningsnummer"]
# Telephones for fiction; ten of them pass every check of a samordningsnummer (born on "the 74th" of January 2007).
FICTION = [f"0{number}" for number in range(701740605, 701740700)]


def luhn(figures: str) -> bool:
    """Written anew, so that the test does not lean on what it tests."""
    total = 0
    for place, figure in enumerate(map(int, reversed(figures))):
        doubled = figure * 2 if place % 2 else figure
        total += doubled // 10 + doubled % 10
    return total % 10 == 0


DOUBTFUL = [number for number in FICTION if luhn(number)]
OTHERS = [number for number in FICTION if not luhn(number)]


def kinds(diverted: Diverted) -> list[str]:
    return [one.kind for one in diverted.found]


def written(number: str) -> list[str]:
    """Ways to write a number of twelve figures."""
    born, last = number[:8], number[8:]
    return [
        number,
        number[2:],
        f"{born}-{last}",
        f"{born[2:]}-{last}",
        f"{born[2:]}+{last}",
        f"{born[2:]} {last}",
        f"{born} {last}",
        f"{born[:4]}-{born[4:6]}-{born[6:]}-{last}",
        f"{born[2:4]} {born[4:6]} {born[6:]} {last}",
        f"{born[2:]}\u2013{last}",
        f"{born[2:]}\u00a0{last}",
        f"{born[2:]}\u200f-\u200e{last}",
        number[2:].translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")),
        number.translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")),
        " ".join(number[2:]),
    ]


@pytest.mark.parametrize("number", [*PERSONNUMMER, *SAMORDNINGSNUMMER])
def test_every_test_number_is_found_however_it_is_written(number: str) -> None:
    for words in written(number):
        diverted = divert(f"hej {words}, tack", None)
        assert kinds(diverted) == ["personal-number"], words
        assert diverted.masked == f"hej {MARK}, tack"


@pytest.mark.parametrize(
    "expecting", [Kronor(), Number(0, 31), Day("birth"), TelephoneNumber(), Words()], ids=lambda kind: kind.name
)
@pytest.mark.parametrize("number", PERSONNUMMER[::6])
def test_it_is_found_whatever_was_asked(number: str, expecting: Kind[Any]) -> None:
    assert kinds(divert(number, expecting)) == ["personal-number"]
    assert kinds(divert(f"{number[2:8]}-{number[8:]}", expecting)) == ["personal-number"]


def test_two_people_in_one_message_and_a_sum_beside_them() -> None:
    first, second = PERSONNUMMER[20], PERSONNUMMER[30]
    diverted = divert(f"jag {first} och min man {second[2:]}, hyra 8500 kr", None)
    assert diverted.masked == f"jag {MARK} och min man {MARK}, hyra 8500 kr"
    assert [one.value for one in diverted.found] == [first, second[2:]]


def test_what_is_sealed_is_what_was_written_with_plain_figures() -> None:
    number = PERSONNUMMER[20]
    arabic = number.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    diverted = divert(f"رقمي {arabic} شكرا", None)
    assert diverted.masked == f"رقمي {MARK} شكرا"
    assert diverted.found[0].value == number
    assert f"رقمي {arabic} شكرا"[diverted.found[0].start : diverted.found[0].end] == arabic


@pytest.mark.parametrize("number", IDENTITIES["invalid_check_digit"]["numbers"])
def test_a_wrong_check_figure_hides_nothing_where_form_or_words_tell(number: str) -> None:
    assert kinds(divert(f"{number[:8]}-{number[8:]}", None)) == ["personal-number"]
    assert kinds(divert(f"mitt personnummer är {number}", None)) == ["personal-number"]
    assert kinds(divert(f"رقمي الشخصي {number}", None)) == ["personal-number"]
    assert kinds(divert(f"ärende {number}", None)) == []


@pytest.mark.parametrize("row", IDENTITIES["interim"], ids=lambda row: row["value"])
def test_interim_numbers_are_found_without_a_check_figure(row: dict[str, str]) -> None:
    for words in (row["value"], row["value"].replace("-", ""), row["value"].lower(), f"nr {row['value']}."):
        assert kinds(divert(words, None)) == ["personal-number"]


def test_a_migration_agency_number_only_beside_its_name() -> None:
    for words in ("LMA 50-123456", "mitt lma-kort är 50-123456/1", "dossiernummer 50123456", "بطاقة LMA 50-123456"):
        assert kinds(divert(words, None)) == ["personal-number"]
    assert kinds(divert("50-123456", None)) == []


@pytest.mark.parametrize("number", DOUBTFUL)
def test_a_mobile_number_that_passes_as_a_personal_number_is_told_apart(number: str) -> None:
    assert len(DOUBTFUL) > 5
    grouped = f"{number[:3]}-{number[3:6]} {number[6:8]} {number[8:]}"
    # The open question asks for it, the words name it, or it is grouped as telephones are.
    assert kinds(divert(number, TelephoneNumber())) == []
    assert kinds(divert(f"ring mig på {number}", None)) == []
    assert kinds(divert(f"اتصلوا بي {number}", None)) == []
    assert kinds(divert(grouped, None)) == []
    assert kinds(divert(f"+46{number[1:]}", None)) == []
    assert kinds(divert(f"0046{number[1:]}", None)) == []
    # Nothing says telephone: the safe side.
    assert kinds(divert(number, None)) == ["personal-number"]
    assert kinds(divert(f"{number[:6]}-{number[6:]}", None)) == ["personal-number"]
    assert kinds(divert(f"personnummer {number}", TelephoneNumber())) == ["personal-number"]


def test_other_mobile_numbers_are_never_touched() -> None:
    for number in OTHERS:
        for words in (number, f"{number[:3]}-{number[3:]}", f"ring {number}", f"+46 {number[1:3]} {number[3:]}"):
            assert divert(words, None).found == ()


CARDS = [
    "4111 1111 1111 1111",
    "5555-5555-5555-4444",
    "378282246310005",
    "2223000048400011",
    "6011111111111117",
]  # issuers' test cards


@pytest.mark.parametrize("card", CARDS)
def test_payment_cards(card: str) -> None:
    diverted = divert(f"mitt kort: {card}.", None)
    assert kinds(diverted) == ["card-number"]
    assert diverted.masked == f"mitt kort: {MARK}."
    wrong = card[:-1] + str((int(card[-1]) + 1) % 10)
    assert kinds(divert(wrong, None)) == []


@pytest.mark.parametrize(
    "iban",
    ["SE35 5000 0000 0549 1000 0003", "SE3550000000054910000003", "se3550000000054910000003", "DE89370400440532013000"],
)
def test_iban_needs_no_words_beside_it(iban: str) -> None:
    diverted = divert(f"{iban} tack", None)
    assert kinds(diverted) == ["account-number"]
    assert diverted.masked == f"{MARK} tack"
    assert kinds(divert("SE36 5000 0000 0549 1000 0003", None)) == []


@pytest.mark.parametrize(
    "words",
    [
        "konto 8327-9, 123 456 789-0",
        "clearing 6000 konto 123456789",
        "kontonummer: 6000 123 456 789",
        "swedbank 8327 1234567",
        "حسابي 60001234567",
    ],
)
def test_an_account_is_found_beside_a_word_for_it(words: str) -> None:
    diverted = divert(words, None)
    assert kinds(diverted) == ["account-number"]
    assert not re.search(r"\d{5}", diverted.masked)


@pytest.mark.parametrize(
    ("words", "expecting"),
    [
        ("8500", Kronor()),
        ("8 500:-", Kronor()),
        ("1 000 000 kr", Kronor()),
        ("på kontot har jag 8500 kr", Kronor()),
        ("jag har 15 000 000 kr på kontot", None),
        ("konto öppnat 2026-11-23", None),
        ("1990-07-04", Day("birth")),
        ("19900704", Day("birth")),
        ("900704", Day("birth")),
        ("2026-12-03 kl 13.15", Day()),
        ("15 mars 1990", Day("birth")),
        ("13", Number(0, 31)),
        ("1 2 3", None),
        ("kl 9.30-10.15", None),
        ("Exempelgatan 1, 231 00", None),
        ("ärende 2026-123456", None),
        ("١٣", None),
        ("", None),
    ],
)
def test_what_was_asked_for_and_what_is_no_secret_stays(words: str, expecting: Kind[Any] | None) -> None:
    assert divert(words, expecting) == Diverted(words, ())


def test_telephones_of_other_countries_stay() -> None:
    for country in (20, 49, 90, 963, 964):
        assert divert(f"+{country} 10 12 34 56 78", None).found == ()
        assert divert(f"00{country}1012345678", None).found == ()


def test_about_one_mobile_number_in_130_would_pass_and_none_is_lost_when_asked_for() -> None:
    chance = random.Random(7)
    numbers = [f"07{chance.choice('02369')}{chance.randrange(10**7):07}" for _ in range(4000)]
    passing = [number for number in numbers if divert(number, None).found]
    assert 0.003 < len(passing) / len(numbers) < 0.03
    assert [number for number in numbers if divert(number, TelephoneNumber()).found] == []
    assert [number for number in numbers if divert(f"ring {number}", None).found] == []


@given(st.dates(date(1930, 1, 1), date(2025, 1, 1)), st.integers(0, 999), st.text(max_size=8), st.text(max_size=8))
def test_any_valid_number_is_found_between_any_words(born: date, serial: int, before: str, after: str) -> None:
    ten = f"{born:%y%m%d}{serial:03}"
    check = next(figure for figure in "0123456789" if luhn(ten + figure))
    words = f"{before} {born:%Y%m%d}-{serial:03}{check} {after}"
    # A figure or a sign written straight before or after makes it part of something longer.
    if not re.search(r"[\d+]\s*$", before) and not re.match(r"\s*[\d]", after):
        assert "personal-number" in kinds(divert(words, None))


@given(st.text() | st.text(st.sampled_from("0123456789 -+./٠١٢٣٤٥TSE\u200f"), max_size=60))
def test_nothing_is_left_to_find_once_it_is_masked_and_nothing_else_is_lost(words: str) -> None:
    diverted = divert(words, None)
    place, rebuilt = 0, []
    for one in diverted.found:
        assert place <= one.start < one.end
        rebuilt += [words[place : one.start], MARK]
        place = one.end
    assert diverted.masked == "".join([*rebuilt, words[place:]])
    assert not diverted.found or divert(diverted.masked, None).found == ()


def test_a_long_message_is_read_in_no_time() -> None:
    # Built to make a careless pattern try everything; a fixed bound on work, not a clock.
    for words in ("SE35" * 2500, "1 " * 5000, "90-07-04-" * 1100, "AA11 BB22 " * 1000):
        assert len(divert(words, None).masked) <= len(words) + len(MARK)


@pytest.mark.parametrize(
    "words",
    [
        "jag har 1376851,50 kr på kontot",
        "lönen 12 345,50 kom in på mitt konto",
        "на рахунку 572204,50 крон",
        "рахунок за світло 38234885455",
        "عندي ٩١٤٤٦٧ كرونة في الحساب",
        "elräkningen, fakturanummer 38234885455",
        "akoonkayga waxaa ku jira 1315261 kr",
    ],
)
def test_sums_and_bills_beside_an_account_are_none(words: str) -> None:
    assert divert(words, None).found == ()


@pytest.mark.parametrize(
    "words",
    [
        "konto 123 456 789",
        "mitt konto: 12 345 678",
        "konto 123.456.789",
        "kontonummer 123 456 789,10",
        "konto 8327 9 036 247 111",
        "konto 8327-9 036 247 111 kr",
        "konto 0 362 471",
        "jag fick 500 kr, mitt konto 123 456 789",
        "hyran 500 kr 123 456 789 är kontot",
        "konto 123 456 789, kr 500 kom in",
        "حسابي ١٢٣ ٤٥٦ ٧٨٩",
        "мій рахунок 123 456 789",
        "akoonkayga 123 456 789",
    ],
)
def test_an_account_in_groups_of_three_is_no_sum(words: str) -> None:
    diverted = divert(words, None)
    assert kinds(diverted) == ["account-number"]
    assert "456" not in diverted.masked
    assert "247" not in diverted.masked
    assert "٤٥٦" not in diverted.masked


@pytest.mark.parametrize(
    "words",
    [
        "jag har 1 000 000 på kontot",
        "jag har 1.234.567 på kontot",
        "1 234 567,50 kom in på mitt konto",
        "12 345,50 kom in på mitt konto",
        "123 456 789 kr på kontot",
        "12 345 678,50 kronor på mitt konto",
        "12345678:- på kontot",
        "SEK 12 345 678 in my account",
        "kr: 12 345 678 konto",
        "на рахунку 12 345 678 крон",
        "في حسابي ١٢ ٣٤٥ ٦٧٨ كرونة",
    ],
)
def test_a_sum_in_groups_of_three_is_no_account(words: str) -> None:
    assert divert(words, None).found == ()


@pytest.mark.parametrize(
    "words",
    [
        "рахунок за світло з мого рахунку 8327 1234567",
        "betala räkningen från mitt konto 8327-9 123 456 789",
        "номер рахунку 60001234567",
    ],
)
def test_an_account_after_a_bill_is_one(words: str) -> None:
    assert kinds(divert(words, None)) == ["account-number"]


def test_where_an_account_is_asked_for_elsewhere_none_needs_a_word_beside_it() -> None:
    assert kinds(divert("8327-9, 123 456 789-0", None, account=True)) == ["account-number"]
    assert kinds(divert("123 456 789", None, account=True)) == ["account-number"]
    assert kinds(divert("8327-9, 123 456 789-0", None)) == []
    assert kinds(divert("1 250 kr", None, account=True)) == []


def test_ordinary_messages_are_left_as_they_are() -> None:
    """A small measure, the same each time; the large one stands in the benchmarks."""
    made, false, _ = measure(5000)
    assert sum(made.values()) == 5000
    # A telephone alone, in one row, that passes as a personal number: then the safe side is taken.
    assert {about for about, count in false.items() if count} <= {"telephone, alone", "telephone, named"}
    assert sum(false.values()) <= 10
    assert missed()[0] == 0
