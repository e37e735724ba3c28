"""What the bot says: late, in an explicit language, safe in an SMS, never scrambled in Arabic."""

import json
import unicodedata
from datetime import UTC, date, datetime, time

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from bot import text
from bot.text import (
    Kronor,
    LanguageName,
    MonthName,
    Telephone,
    Text,
    Value,
    Weekday,
    WithYear,
    direction,
    is_gsm,
    language_name,
    languages,
    many,
    render,
    say,
    segments,
)

MEETING = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)


def shown(value: Value, language: str, *, plain: bool = False) -> str:
    return render(say("{value}", value=value), language, plain=plain)


@pytest.mark.parametrize(
    ("value", "swedish", "arabic"),
    [
        (Kronor(8421), "8\u00a0421\u00a0kr", "\u20668\u00a0421\u00a0kr\u2069"),
        (Kronor(0), "0\u00a0kr", "\u20660\u00a0kr\u2069"),
        (time(9, 30), "9.30", "\u20669:30\u2069"),
        (date(2026, 12, 1), "Tisdag 1 december", "\u2068الثلاثاء 1 كانون الأول\u2069"),
        (MonthName(date(2026, 1, 15)), "Januari", "\u2068كانون الثاني\u2069"),
        (Weekday(date(2026, 12, 1)), "Tisdag", "\u2068الثلاثاء\u2069"),
        (WithYear(date(1990, 3, 15)), "15 mars 1990", "\u206815 آذار 1990\u2069"),
        (MEETING, "Tisdag 1 december kl 9.30", "\u2068الثلاثاء 1 كانون الأول\u2069 الساعة \u20669:30\u2069"),
        (Telephone("+46701740605"), "070-174 06 05", "\u2066070-174 06 05\u2069"),
        (LanguageName("ar"), "arabiska", "\u2068العربية\u2069"),
        (LanguageName("ar", own=True), "\u2068العربية\u2069", "\u2068العربية\u2069"),
        (LanguageName("sv", own=True), "Svenska", "\u2068Svenska\u2069"),
        (12, "12", "\u206612\u2069"),
        ("Exempelgatan 1", "Exempelgatan 1", "\u2068Exempelgatan 1\u2069"),
        ("", "", ""),
        (True, "Ja", "نعم"),
        (("a", "b", "c"), "a, b och c", "\u2068a\u2069 و\u2068b\u2069 و\u2068c\u2069"),
        ((), "", ""),
        (say("Yes"), "Ja", "نعم"),
    ],
)
def test_a_value_is_shown_in_the_readers_language(value: Value, swedish: str, arabic: str) -> None:
    assert shown(value, "sv") == swedish
    assert shown(value, "ar") == arabic


def test_an_arabic_month_is_always_the_levantine_one() -> None:
    levantine = Locale.parse("ar_SY").months["format"]["wide"]
    for month in range(1, 13):
        day = date(2026, month, 3)
        for value in (day, WithYear(day), MonthName(day), datetime(2026, month, 3, 9, tzinfo=UTC)):
            assert levantine[month] in shown(value, "ar")


def test_a_day_is_capital_only_where_the_sentence_begins() -> None:
    day = date(2026, 12, 1)
    assert render(say("{day}:", day=day), "sv") == "Tisdag 1 december:"
    assert render(say("({day})", day=day), "sv") == "(tisdag 1 december)"
    assert render(say("{a} {b}", a=say("Yes"), b=say("{day}:", day=day)), "sv") == "Ja tisdag 1 december:"
    assert render(say("{a}. {b}", a=say("Yes"), b=say("{day}:", day=day)), "sv") == "Ja. Tisdag 1 december:"


def test_a_name_that_begins_a_sentence_stays_as_it_was_written() -> None:
    assert shown("ann-sofie", "sv") == "ann-sofie"


def test_the_summer_clock_of_sweden_is_used() -> None:
    assert shown(datetime(2026, 7, 1, 8, 30, tzinfo=UTC), "sv") == "Onsdag 1 juli kl 10.30"


@pytest.mark.parametrize("language", ["sv", "ar"])
@given(
    values=st.dictionaries(
        st.sampled_from("abc"), st.text() | st.integers() | st.dates() | st.builds(Kronor, st.integers())
    )
)
def test_isolates_are_paired_in_arabic_and_absent_in_swedish(language: str, values: dict[str, Value]) -> None:
    rendered = render(Text("{a} {b} {c}", values), language)
    opened = rendered.count("\u2066") + rendered.count("\u2068")
    assert opened == rendered.count("\u2069")
    if language == "sv":
        assert opened == 0


def test_direction_marks_in_what_a_person_wrote_cannot_turn_the_sentence() -> None:
    assert shown("Ali\u202e\u2066\u2069", "ar") == "\u2068Ali\u2069"


PUNCTUATION = "Tid\u00a0– 8\u202f421\u2009kr… \u201cja\u201d \u2018nej\u2019 • ett\u00adord"


def test_plain_text_has_a_twin_for_what_would_double_the_price() -> None:
    assert render(say("{words}", words=PUNCTUATION), "sv", plain=True) == "Tid - 8 421 kr... \"ja\" 'nej' - ettord"


@given(st.text(st.sampled_from(sorted("abcåäöÅÄÖé01:;!?@€" + PUNCTUATION))), st.integers(0, 10**6), st.dates())
def test_a_swedish_sms_stays_in_the_gsm_alphabet(words: str, kronor: int, day: date) -> None:
    values: dict[str, Value] = {"words": words, "sum": Kronor(kronor), "day": day, "at": MEETING}
    rendered = render(
        Text("{words} {sum} {day} {at} {tel}", {**values, "tel": Telephone("+46701740605")}), "sv", plain=True
    )
    assert is_gsm(rendered)


@pytest.mark.parametrize(
    ("sms", "count"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("å" * 160, 1),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ن" * 70, 1),
        ("ن" * 71, 2),
        ("ن" * 134, 2),
    ],
)
def test_segments_are_counted_as_they_are_charged(sms: str, count: int) -> None:
    assert segments(sms) == count


def test_a_number_of_things_takes_the_form_of_the_language() -> None:
    left = [many("about {n} question left", "about {n} questions left", n) for n in (1, 2)]
    assert [render(one, "sv") for one in left] == ["ungefär 1 fråga kvar", "ungefär 2 frågor kvar"]


VALUES = (
    st.text()
    | st.booleans()
    | st.integers()
    | st.dates()
    | st.times()
    | st.datetimes(timezones=st.just(UTC))
    | st.builds(Kronor, st.integers())
    | st.builds(Telephone, st.text())
    | st.builds(WithYear, st.dates())
    | st.builds(Weekday, st.dates())
    | st.builds(LanguageName, st.text(), st.booleans())
)
PLAIN = st.builds(Text, st.text(), st.dictionaries(st.text(), VALUES, max_size=3))
COUNTING = st.builds(
    Text,
    st.text(),
    st.dictionaries(st.text(), VALUES | PLAIN | st.tuples(PLAIN, VALUES), max_size=3),
    st.text(),
    st.text(),
)


@given(PLAIN | COUNTING)
def test_a_text_survives_being_kept_as_json(original: Text) -> None:
    assert Text.from_json(json.loads(json.dumps(original.to_json()))) == original


@pytest.mark.parametrize(
    "data",
    [
        None,
        1,
        "hej",
        {},
        {"message": 1},
        {"message": "a", "other": 1},
        {"message": "a", "values": {"b": {"day": "2026-13-01"}}},
        {"message": "a", "values": {"b": None}},
        {"message": "a", "values": [1]},
    ],
)
def test_what_is_no_text_is_not_read_as_one(data: object) -> None:
    with pytest.raises(ValueError, match=r"not a|month"):
        Text.from_json(data)


def test_a_value_that_is_missing_shows_its_name_rather_than_stopping_the_turn() -> None:
    assert render(Text("({time})", {}), "sv") == "({time})"


def test_braces_in_what_a_person_wrote_are_no_placeholders() -> None:
    assert render(Text("{a} {b}", {"a": "{b}", "b": "1"}), "sv") == "{b} 1"


def test_a_missing_translation_is_told_and_said_in_swedish(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(text, "missing", lambda language, message: told.append((language, message)))
    assert render(say("No catalogue has this one"), "ar") == "No catalogue has this one"
    assert told == [("ar", "No catalogue has this one"), ("sv", "No catalogue has this one")]


def test_a_language_without_catalogue_is_read_in_swedish() -> None:
    assert render(say("Yes"), "xx") == "Ja"


def test_languages_and_their_direction() -> None:
    assert languages()[:1] == ("sv",)
    assert {"sv", "ar"} <= set(languages())
    assert [direction(code) for code in ("sv", "ar", "fa", "prs", "ckb", "ti", "xx")] == [
        "ltr",
        "rtl",
        "rtl",
        "rtl",
        "rtl",
        "ltr",
        "ltr",
    ]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("ar", "arabiska"),
        ("ps", "pashto"),
        ("ckb", "sorani"),
        ("prs", "dari"),
        ("kmr", "kurmanji"),
        ("ti", "tigrinja"),
        ("xx", "xx"),
    ],
)
def test_a_language_is_called_what_staff_call_it(code: str, name: str) -> None:
    assert language_name(code, "sv") == name


@pytest.mark.parametrize("code", ["ckb", "kmr", "fa", "prs"])
def test_neighbouring_languages_have_names_of_their_own_in_somali(code: str) -> None:
    others = {language_name(other, "so") for other in ("ckb", "kmr", "fa", "prs") if other != code}
    assert language_name(code, "so") not in {code, *others}


def test_figures_in_arabic_are_the_ones_on_swedish_letters() -> None:
    rendered = render(say("{a} {b} {c}", a=MEETING, b=Kronor(1234), c=7), "ar")
    assert not [char for char in rendered if unicodedata.category(char) == "Nd" and char not in "0123456789"]
