"""Kinds of answers: understood generously, refused clearly, kept as meanings and checked again when read."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.contract import FreeTime
from bot.flows.phone import SHARED
from bot.hearing.diverter import divert
from bot.questions import (
    Day,
    FreeTimeKind,
    Kind,
    Kronor,
    Language,
    Meaning,
    Misunderstood,
    Number,
    OneOf,
    Person,
    Several,
    SeveralOrNone,
    TelephoneNumber,
    Time,
    Unloadable,
    Words,
    YesNo,
)
from bot.text import languages, render, segments

TODAY = date(2026, 11, 25)

HOUSING = OneOf(
    {
        "rental": "Rented flat",
        "sublet": "Subletting",
        "lodger": "Lodger",
        "owned": "Own home",
        "with-parents": "With parents",
        "none": "No home",
    }
)
WANT = OneOf({"meeting": "Book", "apply": "Apply", "question": "Ask", "call": "Call me"})
INCOMES = Several(
    {
        "salary": "Pay",
        "unemployment-fund": "Unemployment fund",
        "social-insurance": "Försäkringskassan",
        "student-aid": "Student aid",
        "child-support": "Child support",
        "other": "Other",
    }
)


def free(day: int, hour: int, minute: int) -> FreeTime:
    """A free time in December 2026, on the Swedish clock (UTC + 1)."""
    start = datetime(2026, 12, day, hour - 1, minute, tzinfo=UTC)
    return FreeTime(
        slot=f"{day} {hour}.{minute}", start=start, end=start + timedelta(minutes=45), address="Exempelgatan 1"
    )


ONE_DAY = [free(1, 9, 30), free(1, 13, 15)]
TWO_DAYS = [*ONE_DAY, free(2, 9, 30)]
REPEATED_WEEKDAY = [free(1, 9, 30), free(8, 9, 30)]

KINDS: list[Kind[Any]] = [
    YesNo(),
    HOUSING,
    INCOMES,
    Words(500),
    Kronor(0, 100_000),
    Number(0, 31),
    Day(),
    Day("birth"),
    Time(),
    Person(),
    TelephoneNumber(),
    Language(),
    FreeTimeKind(),
    FreeTimeKind(another_day=True),
]


def understood(kind: Kind[Any], words: str, language: str = "sv", among: Sequence[Any] | None = None) -> Any:
    """The meaning, or the reason in Swedish after a "!"."""
    heard = kind.understand(words, language, today=TODAY, among=among)
    return heard.meaning if isinstance(heard, Meaning) else "! " + render(heard.reason, "sv", plain=True)


@pytest.mark.parametrize(
    "words",
    [
        "ja",
        "JA!",
        "Ja tack",
        "jaa",
        "japp",
        "ok",
        "1",
        "1.",
        "1 ja",
        "nr 1",
        "نعم",
        "أيوة",
        "إي نعم",
        "اكو",
        "عندي ولدين",
        "بالضبط",
        "naam",
        "haa",
        "HAAAA!",
        "haye",
        "haa waan u baahanahay",
        "haa sxb",
        "wan rabaa",
        "waa saxan tahay",
        "haa inshaallah",
        "yes",
        "👍",
        "👍🏽",
        "✅",
        "1️⃣",
        "١",
        "det stämmer",
    ],
)
@pytest.mark.parametrize("language", ["sv", "ar", "so"])
def test_yes_in_every_language_whatever_the_current_one(words: str, language: str) -> None:
    assert understood(YesNo(), words, language) is True


@pytest.mark.parametrize(
    "words",
    [
        "nej",
        "Nej tack",
        "neej",
        "nä",
        "2",
        "2 nej",
        "لا",
        "لأ",
        "أبداً",
        "ماكو",
        "لا، ما عندي أطفال",
        "مو صح",
        "طبعا لا",
        "la",
        "maya",
        "Maya mahadsanid",
        "uma baahni",
        "maye",
        "mahayo",
        "wallahi maya",
        "qofna ma akhriyo",
        "no",
        "👎",
        "٢",
        "det har jag inte",
        "inga",
        "nej, jag är ensam",
        "nej det har jag inte",
        "nej jag bor ensam",
        "inga barn",
        "no kids",
        "No, I live with my wife",
        "ні, у мене немає",
        "لا، أنا وحدي",
        "maya, carruur ma lihi",
    ],
)
@pytest.mark.parametrize("language", ["sv", "ar", "so"])
def test_no_in_every_language_whatever_the_current_one(words: str, language: str) -> None:
    assert understood(YesNo(), words, language) is False


@pytest.mark.parametrize(
    "words",
    [
        *("3", "12", "ja nej", "ja 2 barn", "ja men inte nu", "1 nej", "vet inte", "jag vet inte", "kanske"),
        *("sax ma aha kirada", "haa laakiin kirada waa khalad", "ma turjubaan ayaa jira?"),
        *("Nej men jag vet inte riktigt vad du menar?", "nej men vänta", "nej, inte än", "inte än, kanske i morgon"),
        *("ingen aning", "inga problem", "inte säker", "nej vadå?", "no idea", "not sure", "not yet", "no problem"),
        *("no, but maybe", "لا أعرف", "لا أفهم السؤال", "لا، مو متأكد", "la a3ref", "ما بعرف", "ma garanayo"),
        *("maya laakiin", "maya, ma hubo", "не знаю", "ні, ще не знаю", "не розумію", "не впевнена", "ні, але може"),
    ],
)
def test_what_is_neither_yes_nor_no_is_asked_again(words: str) -> None:
    assert understood(YesNo(), words) == "! Jag förstod inte. Svara ja eller nej, eller 1 eller 2."


@pytest.mark.parametrize("words", ["لا أعرف", "maya ma garanayo", "nej men kanske", "no idea", "ні, не знаю"])
def test_a_choice_called_no_is_chosen_by_a_clear_no_only(words: str) -> None:
    """Whoever does not know whether others read her phone has not said that nobody does."""
    assert str(understood(SHARED.kind, words)).startswith("! Jag förstod inte")
    assert understood(SHARED.kind, "nej, bara jag") == understood(SHARED.kind, "لا") == "no"


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("1", "rental"),
        ("6", "none"),
        ("٣", "lodger"),
        ("3.", "lodger"),
        ("nummer 3", "lodger"),
        ("3 tack", "lodger"),
        ("trean", "lodger"),
        ("den första", "rental"),
        ("hyresrätt", "rental"),
        ("HYRESRÄTT", "rental"),
        ("hyresratt", "rental"),
        ("hyresrätten", "rental"),
        ("hyresret", "rental"),
        ("1. Hyresrätt", "rental"),
        ("jag bor i andra hand", "sublet"),
        ("inebonde", "lodger"),
        ("hos mina föräldrar", "with-parents"),
        ("ingen bostad", "none"),
        ("شقة مستأجرة", "rental"),
        ("شقة مستاجره", "rental"),
    ],
)
def test_a_choice_by_number_by_name_and_misspelt(words: str, meaning: str) -> None:
    assert understood(HOUSING, words) == meaning


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("7", "! Jag förstod inte. Svara med en siffra, 1 till 6."),
        ("0", "! Jag förstod inte. Svara med en siffra, 1 till 6."),
        ("jag har 2 barn", "! Jag förstod inte. Svara med en siffra, 1 till 6."),
        ("2 hyresrätt", "! Jag förstod inte. Svara med en siffra, 1 till 6."),
        ("inte hyresrätt", "! Jag förstod inte. Svara med en siffra, 1 till 6."),
        ("båt", "! Jag förstod inte. Svara med en siffra, 1 till 6."),
        ("1 2", "! Jag läste mer än ett svar. Svara med en siffra, 1 till 6."),
        ("bostad", "! Jag läste mer än ett svar. Svara med en siffra, 1 till 6."),
    ],
)
def test_a_doubtful_choice_is_asked_again(words: str, reason: str) -> None:
    assert understood(HOUSING, words) == reason


def test_a_choice_said_in_a_sentence() -> None:
    assert understood(WANT, "jag vill boka ett möte") == "meeting"
    assert understood(WANT, "ansöka") == "apply"
    assert understood(WANT, "ring mig") == "call"


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("1 3", ("salary", "social-insurance")),
        ("3,1", ("salary", "social-insurance")),
        ("13", ("salary", "social-insurance")),
        ("1 och 3", ("salary", "social-insurance")),
        ("١ و ٣", ("salary", "social-insurance")),
        ("1", ("salary",)),
        ("lön och underhåll", ("salary", "child-support")),
        ("lön, a-kassa", ("salary", "unemployment-fund")),
        ("Lön\nUnderhåll", ("salary", "child-support")),
        ("försäkringskasan", ("social-insurance",)),
        ("راتب ونفقة الأطفال", ("salary", "child-support")),
        ("alla", tuple(INCOMES.choices)),
    ],
)
def test_several_in_any_way(words: str, meaning: tuple[str, ...]) -> None:
    assert understood(INCOMES, words) == meaning


KINDS_OF_COST = SeveralOrNone({"electricity": "Electricity", "care": "Care or medicine", "none": "None of these"})


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        ("3", ("none",)),
        ("nej", ("none",)),
        ("لا", ("none",)),
        ("inget av det", ("none",)),
        ("1 2", ("electricity", "care")),
        ("el och medicin", ("electricity", "care")),
        ("alla", ("electricity", "care")),
    ],
)
def test_some_of_them_or_none(words: str, meaning: tuple[str, ...]) -> None:
    assert KINDS_OF_COST.understand(words, "sv", today=TODAY) == Meaning(meaning)
    assert KINDS_OF_COST.load(KINDS_OF_COST.dump(meaning)) == meaning


def test_none_of_them_and_one_of_them_is_asked_again() -> None:
    heard = KINDS_OF_COST.understand("1 3", "sv", today=TODAY)
    assert isinstance(heard, Misunderstood)
    assert render(heard.reason, "sv", plain=True) == (
        'Jag läste flera svar. Välj "Inget av det" ensamt, eller välj något av de andra.'
    )
    with pytest.raises(Unloadable):
        KINDS_OF_COST.load(["electricity", "none"])


@pytest.mark.parametrize("words", ["8", "17", "1 9", "1 båt", "båt och lön"])
def test_several_is_all_understood_or_not_at_all(words: str) -> None:
    assert understood(INCOMES, words) == "! Jag förstod inte. Svara med siffror, 1 till 6, till exempel 1, 2."


@pytest.mark.parametrize(
    ("kind", "words", "reason"),
    [
        (Kronor(0, 100_000), "250 000", "Summan ska vara från 0 kr till 100 000 kr."),
        (Kronor(0, 100_000), "-5", "Summan ska vara från 0 kr till 100 000 kr."),
        (Kronor(0, 100_000), "2000 och 3000", "Jag läste mer än en summa. Skriv en, till exempel 8500."),
        (Kronor(0, 100_000), "500 euro", "Skriv summan i svenska kronor, till exempel 8500."),
        (Kronor(0, 100_000), "500 i veckan", "Skriv summan för en hel månad, till exempel 8500."),
        (Kronor(0, 100_000), "massor", "Jag förstod inte summan. Skriv bara siffror, till exempel 8500."),
        (Number(0, 31), "40", "Skriv ett helt tal från 0 till 31."),
        (Number(0, 31), "2,5", "Skriv ett helt tal från 0 till 31."),
        (Number(0, 31), "2-3", "Jag läste mer än ett tal. Skriv ett, från 0 till 31."),
        (Day(), "31 februari", "Den dagen finns inte. Skriv till exempel torsdag."),
        (Day(), "igår", "Den dagen har redan varit. Skriv en dag som kommer, till exempel torsdag."),
        (Day(), "1 juni 2030", "Den dagen är för långt bort. Skriv till exempel torsdag."),
        (Day(), "torsdag 4 december", "Den dagen är en annan veckodag. Skriv till exempel torsdag."),
        (Day(), "snart", "Jag förstod inte vilken dag. Skriv till exempel torsdag."),
        (Day("birth"), "15 mars", "Skriv året också, till exempel 15 mars 1990."),
        (Day("birth"), "2030-01-01", "Den dagen har inte varit än. Skriv till exempel 15 mars 1990."),
        (Day("birth"), "03-12-05", "Det kan vara två olika dagar. Skriv till exempel 15 mars 1990."),
        (Time(), "20.00", "Skriv en tid från 8.00 till 17.00."),
        (Time(time(0), time(23, 59)), "2", "Menar du 2.00 eller 14.00?"),
        (Time(), "snart", "Jag förstod inte tiden. Skriv till exempel 14.30."),
        (Person(), "Sara 5", "Skriv bara ett förnamn, till exempel Sara."),
        (Person(), "Anna Maria Larsdotter", "Skriv bara ett förnamn, till exempel Sara."),
        (TelephoneNumber(), "123", "Jag förstod inte numret. Skriv till exempel 070-174 06 05."),
        (TelephoneNumber(), "08-465 004 00", "Det är inte ett mobilnummer. Skriv till exempel 070-174 06 05."),
        (
            TelephoneNumber(),
            "+49" + "151" + "12345678",
            "Vi kan bara skriva till svenska mobilnummer. Skriv till exempel 070-174 06 05.",
        ),
        (Language(), "xyzzy", "Jag känner inte till det språket. Skriv dess namn, till exempel arabiska."),
        (Words(10), "elva tecken", "Det var för långt för mig. Skriv högst 10 tecken."),
    ],
)
def test_a_refusal_says_what_was_wrong_and_gives_an_example(kind: Kind[Any], words: str, reason: str) -> None:
    assert understood(kind, words) == f"! {reason}"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize("words", ["", "   ", "\u200f\u2066", "😀", "...", "🇸🇾🇸🇾", "x" * 10_000], ids=repr)
@pytest.mark.parametrize("language", ["sv", "ar", "so"])
def test_nothing_an_emoji_and_ten_thousand_characters_get_a_clear_answer(
    kind: Kind[Any], words: str, language: str
) -> None:
    heard = kind.understand(words, language, today=TODAY, among=ONE_DAY)
    assert isinstance(heard, Misunderstood)
    reason = render(heard.reason, language, plain=True)
    assert reason.endswith((".", "?", "؟"))
    assert segments(reason) <= (2 if language == "ar" else 1)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("070-174 06 05", "+46701740605"),
        ("0701740605", "+46701740605"),
        ("0046701740605", "+46701740605"),
        ("+46 (0)70 174 06 05", "+46701740605"),
        ("٠٧٠١٧٤٠٦٠٥", "+46701740605"),
        ("mitt nummer är 0701740605, ring gärna", "+46701740605"),
    ],
)
def test_a_mobile_number_is_kept_as_it_is_dialled_from_abroad(words: str, number: str) -> None:
    assert understood(TelephoneNumber(), words) == number
    assert divert(words, TelephoneNumber()).found == ()


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("sara", "Sara"),
        ("SARA", "Sara"),
        ("Jag heter sara.", "Sara"),
        ("اسمي سارة", "سارة"),
        ("Anna-Karin", "Anna-Karin"),
        ("Anna Maria", "Anna Maria"),
        ("O’Brien", "O'Brien"),
        ("McKenna", "McKenna"),
    ],
)
def test_a_first_name(words: str, name: str) -> None:
    assert understood(Person(), words) == name


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ("arabiska", "ar"),
        ("Arabic", "ar"),
        ("العربية", "ar"),
        ("عربي", "ar"),
        ("jag talar arabiska", "ar"),
        ("vi pratar nog mest somaliska hemma", "so"),
        ("somali", "so"),
        ("so", "so"),
        ("dari", "prs"),
        ("farsi", "fa"),
        ("tigrinja", "ti"),
        ("ትግርኛ", "ti"),
        ("українська", "uk"),
        ("1", "ar"),
        ("arabska", "ar"),
    ],
)
def test_a_language_by_its_name_in_any_language(words: str, code: str) -> None:
    assert understood(Language(), words) == code


@pytest.mark.parametrize(
    ("among", "words", "slot"),
    [
        (ONE_DAY, "1", "1 9.30"),
        (ONE_DAY, "2", "1 13.15"),
        (ONE_DAY, "9.30", "1 9.30"),
        (ONE_DAY, "kl 9.30", "1 9.30"),
        (ONE_DAY, "halv tio", "1 9.30"),
        (ONE_DAY, "kvart över ett", "1 13.15"),
        (ONE_DAY, "1.15", "1 13.15"),
        (ONE_DAY, "الساعة 9:30", "1 9.30"),
        (ONE_DAY, "tisdag kl 13.15", "1 13.15"),
        (ONE_DAY, "den andra", "1 13.15"),
        (TWO_DAYS, "onsdag", "2 9.30"),
        (TWO_DAYS, "tisdag 9.30", "1 9.30"),
        (TWO_DAYS, "2 december kl 9.30", "2 9.30"),
        (TWO_DAYS, "الأربعاء", "2 9.30"),
        (REPEATED_WEEKDAY, "8 december", "8 9.30"),
    ],
)
def test_a_free_time_by_number_hour_or_day(among: list[FreeTime], words: str, slot: str) -> None:
    assert understood(FreeTimeKind(another_day=True), words, among=among).slot == slot


@pytest.mark.parametrize("words", ["3", "annan dag", "Annan dag", "يوم آخر", "ingen passar"])
def test_another_day_is_none_of_the_free_times(words: str) -> None:
    assert understood(FreeTimeKind(another_day=True), words, among=ONE_DAY) is None


@pytest.mark.parametrize(
    ("among", "words", "reason"),
    [
        (ONE_DAY, "10.00", "Den tiden är inte ledig. Svara med en siffra, 1 till 3."),
        (ONE_DAY, "onsdag", "Den tiden är inte ledig. Svara med en siffra, 1 till 3."),
        (ONE_DAY, "tisdag", "Jag läste mer än ett svar. Svara med en siffra, 1 till 3."),
        (TWO_DAYS, "9.30", "Jag läste mer än ett svar. Svara med en siffra, 1 till 4."),
        (ONE_DAY, "4", "Den tiden är inte ledig. Svara med en siffra, 1 till 3."),
        (ONE_DAY, "hej", "Jag förstod inte. Svara med en siffra, 1 till 3."),
    ],
)
def test_a_time_that_is_not_free_or_not_one_is_asked_again(among: list[FreeTime], words: str, reason: str) -> None:
    assert understood(FreeTimeKind(another_day=True), words, among=among) == f"! {reason}"


def test_free_times_are_named_as_shortly_as_is_clear() -> None:
    def labels(among: list[FreeTime]) -> list[str]:
        return [render(option.label, "sv") for option in FreeTimeKind().options(among)]

    assert labels(ONE_DAY) == ["kl 9.30", "kl 13.15"]
    assert labels(TWO_DAYS) == ["Tisdag kl 9.30", "Tisdag kl 13.15", "Onsdag kl 9.30"]
    assert labels(REPEATED_WEEKDAY) == ["Tisdag 1 december kl 9.30", "Tisdag 8 december kl 9.30"]


def test_two_o_clock_is_in_the_afternoon_where_two_at_night_is_not_offered() -> None:
    assert understood(Time(), "2") == time(14)
    assert render(Time().show(time(14)), "sv") == "kl 14.00"


def test_answers_are_shown_in_full() -> None:
    shown = [
        (Kronor().show(8421), "8 421 kr"),
        (Day().show(date(2026, 12, 1)), "Tisdag 1 december 2026"),
        (Day("birth").show(date(1990, 3, 15)), "15 mars 1990"),
        (INCOMES.show(("salary", "child-support")), "Lön och Underhåll"),
        (YesNo().show(True), "Ja"),
        (YesNo().show(False), "Nej"),
        (FreeTimeKind(another_day=True).show(ONE_DAY[0]), "Tisdag 1 december kl 9.30"),
        (TelephoneNumber().show("+46701740605"), "070-174 06 05"),
    ]
    assert [render(text, "sv", plain=True) for text, _ in shown] == [expected for _, expected in shown]


# --- Whatever the kind ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_sample_is_kept_as_json_read_back_and_can_be_shown(kind: Kind[Any]) -> None:
    samples = kind.samples()
    assert samples
    for meaning in samples:
        assert kind.load(json.loads(json.dumps(kind.dump(meaning)))) == meaning
        for language in languages():
            assert render(kind.show(meaning), language)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_every_option_is_understood_by_its_number_and_by_its_label(kind: Kind[Any]) -> None:
    among = TWO_DAYS if isinstance(kind, FreeTimeKind) else None
    for number, option in enumerate(kind.options(among), 1):
        wanted = (option.meaning,) if isinstance(kind, Several) else option.meaning
        for words in (str(number), *(render(option.label, language) for language in languages())):
            assert understood(kind, words, among=among) == wanted


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@pytest.mark.parametrize(
    "data",
    [None, [], {}, "", 1.5, -1, 10**9, "2026-02-31", "25:61", "hej 5", "x" * 2000, ["salary", "salary"], {"slot": 1}],
    ids=repr,
)
def test_what_no_answer_gives_is_not_read_as_one(kind: Kind[Any], data: object) -> None:
    try:
        meaning = kind.load(data)
    except Unloadable:
        return
    # Free words may be anything short enough; a kept value that is read is one the kind would keep the same way.
    assert kind.dump(meaning) == data
    assert kind.name == "words"


def test_a_tightened_limit_makes_an_old_answer_unreadable() -> None:
    with pytest.raises(Unloadable):
        Kronor(0, 5000).load(Kronor(0, 10_000).dump(8000))
    with pytest.raises(Unloadable):
        Number(0, 5).load(True)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
@given(
    words=st.text() | st.text(st.sampled_from("0123456789 ,.-/:٠١٢kljanejتنعملا")),
    language=st.sampled_from(["sv", "ar"]),
)
def test_any_text_at_all_is_understood_or_refused_with_a_reason(kind: Kind[Any], words: str, language: str) -> None:
    heard = kind.understand(words, language, today=TODAY, among=TWO_DAYS)
    if isinstance(heard, Misunderstood):
        assert render(heard.reason, language)
    else:
        assert kind.load(json.loads(json.dumps(kind.dump(heard.meaning)))) == heard.meaning


@given(st.dates(TODAY, date(2028, 11, 1)))
def test_a_day_is_understood_as_it_is_shown(day: date) -> None:
    for language in languages():
        assert Day().understand(render(Day().show(day), language), "sv", today=TODAY) == Meaning(day)
