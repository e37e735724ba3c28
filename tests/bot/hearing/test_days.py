"""Days and times of day as people write them, in every language we write: right, or properly refused."""

from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hearing.days import Unclear, read_day, read_moment, read_time

TODAY = date(2026, 11, 25)  # a Wednesday
NOTHING, IMPOSSIBLE, PAST = Unclear.NOTHING, Unclear.IMPOSSIBLE, Unclear.PAST

SWEDISH = [
    # What dateparser reads by itself.
    ("imorgon", date(2026, 11, 26)),
    ("i morgon", date(2026, 11, 26)),
    ("idag", date(2026, 11, 25)),
    ("igår", PAST),
    ("på torsdag", date(2026, 11, 26)),
    ("torsdag", date(2026, 11, 26)),
    ("nästa vecka", date(2026, 11, 30)),
    ("3 december", date(2026, 12, 3)),
    ("den 3 december", date(2026, 12, 3)),
    ("3:e december", date(2026, 12, 3)),
    ("om två dagar", date(2026, 11, 27)),
    ("om en vecka", date(2026, 12, 2)),
    ("10:30", NOTHING),  # a time of day is no day
    # What it reads as nothing.
    ("imorgon kl 10", date(2026, 11, 26)),
    ("i morgon kl 10", date(2026, 11, 26)),
    ("klockan 14.30", NOTHING),
    ("på måndag kl 9", date(2026, 11, 30)),
    ("3 dec kl. 13:15", date(2026, 12, 3)),
    ("i övermorgon", date(2026, 11, 27)),
    ("i förrgår", PAST),
    ("nu på fredag", date(2026, 11, 27)),
    ("nästa måndag", date(2026, 11, 30)),
    ("nästa fredag", date(2026, 12, 4)),
    ("i eftermiddag", date(2026, 11, 25)),
    ("ikväll", date(2026, 11, 25)),
    ("vecka 50", date(2026, 12, 7)),
    ("v50", date(2026, 12, 7)),
    ("torsdag vecka 50", date(2026, 12, 10)),
    ("vecka 2", date(2027, 1, 11)),
    ("vecka 60", NOTHING),
    ("den 32", IMPOSSIBLE),
    ("99-99-99", IMPOSSIBLE),
    ("halv tre", NOTHING),
    ("nyårsafton", date(2026, 12, 31)),
    ("tredje december", date(2026, 12, 3)),
    # What it reads wrongly, without a word.
    ("15/3", date(2027, 3, 15)),  # the year 2115
    ("den 3:e", date(2026, 12, 3)),  # 2027-03-25
    ("26-12-03", date(2026, 12, 3)),  # 2103
    # What it takes for a day and is none.
    *((words, NOTHING) for words in ("1", "5000", "mars", "maj", "Jan", "19", "nu", "12", "a", "may")),
    ("sön", date(2026, 11, 29)),
    # Days that are not, and days that were.
    ("31 februari", IMPOSSIBLE),
    ("31/2", IMPOSSIBLE),
    ("32 december", IMPOSSIBLE),
    ("24 november", PAST),
    ("2026-11-24", PAST),
    ("30 december 2025", PAST),
    ("1 juni 2030", Unclear.TOO_FAR),
    ("29 februari", date(2028, 2, 29)),
    # As people write them.
    ("onsdag", date(2026, 12, 2)),  # today would have been called today
    ("fredagen den 4 december", date(2026, 12, 4)),
    ("torsdag 4 december", Unclear.OTHER_WEEKDAY),
    ("torsdag nästa vecka", date(2026, 12, 3)),
    ("jag kan på torsdag kl 10", date(2026, 11, 26)),
    ("inte på torsdag", NOTHING),
    ("torsdag eller fredag", NOTHING),
    ("efter torsdag", NOTHING),
    ("imorgon 10", date(2026, 11, 26)),
    ("tisdag 9.30", date(2026, 12, 1)),
    ("torsdag 3", date(2026, 12, 3)),
    ("torsdag 9", date(2026, 11, 26)),
    ("2026-12-03", date(2026, 12, 3)),
    ("20261203", date(2026, 12, 3)),
    ("261203", date(2026, 12, 3)),
    ("3/12", date(2026, 12, 3)),
    ("3 / 12", date(2026, 12, 3)),
    ("3.12", date(2026, 12, 3)),
    ("3/12-26", date(2026, 12, 3)),
    ("3/12 2026", date(2026, 12, 3)),
    ("om 3 veckor", date(2026, 12, 16)),
    ("om en månad", date(2026, 12, 25)),
    ("den 31", date(2026, 12, 31)),
    ("Tors.", date(2026, 11, 26)),
    ("TORSDAG!!!", date(2026, 11, 26)),
    ("lordag", date(2026, 11, 28)),  # a keyboard without ö
]

ARABIC = [
    ("غدا", date(2026, 11, 26)),
    ("غداً", date(2026, 11, 26)),
    ("الخميس", date(2026, 11, 26)),
    ("الأسبوع القادم", date(2026, 11, 30)),
    ("3 ديسمبر", date(2026, 12, 3)),
    ("٣ ديسمبر", date(2026, 12, 3)),
    ("١٥/٣/٢٠٢٧", date(2027, 3, 15)),
    ("اليوم", date(2026, 11, 25)),
    ("أمس", PAST),
    ("بعد غد", date(2026, 11, 27)),
    ("يوم الخميس", date(2026, 11, 26)),
    ("بعد يومين", date(2026, 11, 27)),
    ("بعد ثلاثة أيام", date(2026, 11, 28)),
    ("بعد أسبوع", date(2026, 12, 2)),
    ("بعد الخميس", NOTHING),
    ("الخميس القادم", date(2026, 11, 26)),
    ("bukra", date(2026, 11, 26)),
    ("ba3d bukra", date(2026, 11, 27)),  # the figure is a letter
    ("بكرا", date(2026, 11, 26)),
    ("باجر", date(2026, 11, 26)),
    ("عقب باجر", date(2026, 11, 27)),
    ("يوم التنين", date(2026, 11, 30)),
    ("بكرا ولا بعدو", NOTHING),
    ("غدا الساعة 10", date(2026, 11, 26)),
    ("الثالث من كانون الأول", date(2026, 12, 3)),
    ("5 شهر 12", date(2026, 12, 5)),
    ("31 شباط", IMPOSSIBLE),
    ("10:00", NOTHING),
    # Each of the three sets of month names.
    *(
        (f"3 {name}", date(2026 if month == 12 else 2027, month, 3))
        for name, month in {
            "كانون الثاني": 1,
            "شباط": 2,
            "آذار": 3,
            "نيسان": 4,
            "أيار": 5,
            "حزيران": 6,
            "تموز": 7,
            "آب": 8,
            "أيلول": 9,
            "تشرين الأول": 10,
            "كانون الأول": 12,
            "كانون الأوّل": 12,
            "يناير": 1,
            "أغسطس": 8,
            "جانفي": 1,
            "أوت": 8,
        }.items()
    ),
]


SOMALI = [
    ("berri", date(2026, 11, 26)),
    ("barri", date(2026, 11, 26)),
    ("berrito", date(2026, 11, 26)),
    ("maanta", date(2026, 11, 25)),
    ("shalay", PAST),
    ("saa dambe", date(2026, 11, 27)),
    ("Khamiis", date(2026, 11, 26)),
    ("khamiista", date(2026, 11, 26)),
    ("maalinta khamiista", date(2026, 11, 26)),
    ("salaasa", date(2026, 12, 1)),
    ("Talaadada ayaa ii fiican", date(2026, 12, 1)),
    ("jimcaha", date(2026, 11, 27)),
    ("toddobaadka soo socda", date(2026, 11, 30)),
    ("isniinta toddobaadka soo socda", date(2026, 11, 30)),
    ("3 Diseembar", date(2026, 12, 3)),
    ("3da bisha disembar", date(2026, 12, 3)),
    ("3da bisha 12aad", date(2026, 12, 3)),
    ("15 janaayo", date(2027, 1, 15)),
    ("berri saacadda 10", date(2026, 11, 26)),
    ("khamiista ma imaan karo", NOTHING),
    ("khamiista ama jimcaha", NOTHING),
    ("khamiista ka dib", NOTHING),
    ("31 febraayo", IMPOSSIBLE),
    ("saacadda 10", NOTHING),
]


@pytest.mark.parametrize(("words", "day"), SWEDISH)
def test_a_day_in_swedish(words: str, day: date | Unclear) -> None:
    assert read_day(words, "sv", TODAY) == day


@pytest.mark.parametrize(("words", "day"), ARABIC)
def test_a_day_in_arabic(words: str, day: date | Unclear) -> None:
    assert read_day(words, "ar", TODAY) == day


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("tomorrow at half past nine", date(2026, 11, 26)),
        ("day after tomorrow", date(2026, 11, 27)),
        ("in two days", date(2026, 11, 27)),
        ("in a fortnight", date(2026, 12, 9)),
        ("next Tuesday", date(2026, 12, 1)),
        ("on monday", date(2026, 11, 30)),
        ("this Friday", date(2026, 11, 27)),
        ("December 3", date(2026, 12, 3)),
        ("3rd of December", date(2026, 12, 3)),
        ("the twenty first of december", date(2026, 12, 21)),
        ("may 5", date(2027, 5, 5)),
        ("christmas eve", date(2026, 12, 24)),
        ("not Thursday", NOTHING),
        ("before Friday", NOTHING),
    ],
)
def test_a_day_in_english(words: str, day: date | Unclear) -> None:
    assert read_day(words, "en", TODAY) == day


@pytest.mark.parametrize(
    ("words", "times"),
    [
        ("half past two", [(2, 30), (14, 30)]),
        ("quarter to three", [(2, 45), (14, 45)]),
        ("3 o'clock", [(3, 0), (15, 0)]),
        ("10 am", [(10, 0)]),
        ("2:30 pm", [(14, 30)]),
        ("half two", []),  # 1.30 to some, 2.30 to others
    ],
)
def test_a_time_in_english(words: str, times: list[tuple[int, int]]) -> None:
    assert read_time(words, "en") == tuple(time(*one) for one in times)


@pytest.mark.parametrize(("words", "day"), SOMALI)
def test_a_day_in_somali(words: str, day: date | Unclear) -> None:
    assert read_day(words, "so", TODAY) == day


@pytest.mark.parametrize("language", ["sv", "en", "ar", "so"])
def test_a_day_is_understood_whatever_the_current_language(language: str) -> None:
    assert read_day("imorgon", language, TODAY) == read_day("غدا", language, TODAY) == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("words", "day"),
    [
        ("1990-03-15", date(1990, 3, 15)),
        ("15 mars 1990", date(1990, 3, 15)),
        ("15/3 1990", date(1990, 3, 15)),
        ("15/3-90", date(1990, 3, 15)),
        ("15.3.1990", date(1990, 3, 15)),
        ("19900315", date(1990, 3, 15)),
        ("900315", date(1990, 3, 15)),
        ("15 آذار 1990", date(1990, 3, 15)),
        ("١٥/٣/١٩٩٠", date(1990, 3, 15)),
        ("03-12-85", date(1985, 12, 3)),
        ("03-12-05", Unclear.EITHER),
        ("31 februari 1990", IMPOSSIBLE),
        ("03/15/1990", IMPOSSIBLE),
        ("۱۳۶۸/۱۲/۲۴", IMPOSSIBLE),  # another calendar's year is not taken for ours
        ("1410/8/17", IMPOSSIBLE),
        ("15 mars", Unclear.NO_YEAR),
        ("2030-01-01", Unclear.NOT_YET),
        ("imorgon", Unclear.NOT_YET),
        ("mars", NOTHING),
    ],
)
def test_a_birth_date(words: str, day: date | Unclear) -> None:
    assert read_day(words, "sv", TODAY, "birth") == day


@pytest.mark.parametrize(
    ("words", "times"),
    [
        ("2", [(2, 0), (14, 0)]),
        ("två", [(2, 0), (14, 0)]),
        ("kl 14", [(14, 0)]),
        ("kl 09", [(9, 0)]),
        ("14", [(14, 0)]),
        ("14.30", [(14, 30)]),
        ("1430", [(14, 30)]),
        ("14h30", [(14, 30)]),
        ("09.30", [(9, 30)]),
        ("halv tre", [(2, 30), (14, 30)]),
        ("kvart över två", [(2, 15), (14, 15)]),
        ("kvart i tre", [(2, 45), (14, 45)]),
        ("fem i halv tre", [(2, 25), (14, 25)]),
        ("tio över halv tre", [(2, 40), (14, 40)]),
        ("2 på eftermiddagen", [(14, 0)]),
        ("8 på kvällen", [(20, 0)]),
        ("8 på morgonen", [(8, 0)]),
        ("2 pm", [(14, 0)]),
        ("lunch", [(12, 0), (0, 0)]),
        ("12", [(12, 0), (0, 0)]),
        ("halv ett", [(0, 30), (12, 30)]),
        ("الساعة 2", [(2, 0), (14, 0)]),
        ("sa3a 10", [(10, 0), (22, 0)]),
        ("الساعة ٢:٣٠ بعد الظهر", [(14, 30)]),
        ("الثانية والنصف", [(2, 30), (14, 30)]),
        ("الثانية والربع", [(2, 15), (14, 15)]),
        ("الثالثة إلا ربعا", [(2, 45), (14, 45)]),
        ("الساعة التسعة ونص", [(9, 30), (21, 30)]),
        ("9 ص", [(9, 0)]),
        ("5 م", [(17, 0)]),
        ("saacadda labada iyo bar", [(2, 30), (14, 30)]),
        ("saddexda oo rubuc la'", [(2, 45), (14, 45)]),
        ("2da galabnimo", [(14, 0)]),
        ("saacadda 8 subaxnimo", [(8, 0)]),
        ("25", []),
        ("kl 25", []),
        ("14.75", []),
        ("2 eller 3", []),
        ("efter 14", []),
        ("hej", []),
    ],
)
def test_a_time_of_day(words: str, times: list[tuple[int, int]]) -> None:
    assert read_time(words, "sv") == tuple(time(*one) for one in times)


@pytest.mark.parametrize(
    ("words", "day", "hour"),
    [
        ("imorgon kl 10", date(2026, 11, 26), time(10)),
        ("غدا الساعة 10", date(2026, 11, 26), time(10)),
        ("på måndag 9.30", date(2026, 11, 30), time(9, 30)),
        ("halv tre på fredag", date(2026, 11, 27), time(14, 30)),
        ("الاثنين الساعة الثانية والنصف", date(2026, 11, 30), time(14, 30)),
        ("berri subax saacadda 9", date(2026, 11, 26), time(9)),
        ("talaado 2da galabnimo", date(2026, 12, 1), time(14)),
        ("9.30", None, time(9, 30)),
    ],
)
def test_the_hour_is_not_lost_beside_a_day(words: str, day: date | None, hour: time) -> None:
    moment = read_moment(words, "sv", TODAY)
    assert moment.day == day
    assert hour in moment.times


@pytest.mark.parametrize(
    "words", ["3 grudnia", "1 2", "2-3", "9 - 10", "5 000", "070 174", "jag har 2 barn", "2 timmar"]
)
def test_what_only_looks_like_a_day_is_none(words: str) -> None:
    assert read_day(words, "sv", TODAY) is NOTHING


def test_in_a_month_is_the_last_day_where_the_month_is_short() -> None:
    assert read_day("om en månad", "sv", date(2027, 1, 31)) == date(2027, 2, 28)


def test_a_language_without_catalogue_is_no_hindrance() -> None:
    assert read_day("3 december", "xx", TODAY) == date(2026, 12, 3)


def test_what_our_patterns_do_not_know_is_left_to_dateparser() -> None:
    assert read_day("för två dagar sedan", "sv", TODAY) is PAST
    assert read_day("منذ يومين", "ar", TODAY) is PAST


@given(st.text(max_size=60), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_any_text_gives_a_day_to_come_or_a_reason(words: str, today: date) -> None:
    read = read_day(words, "ar", today)
    assert isinstance(read, Unclear) or read >= today
    born = read_day(words, "sv", today, "birth")
    assert isinstance(born, Unclear) or born <= today


DAYS = st.dates(date(2026, 11, 26), date(2028, 10, 1))


@given(DAYS)
def test_every_day_to_come_is_read_as_it_is_shown(day: date) -> None:
    for written in (day.isoformat(), f"{day.day}/{day.month}/{day.year}", f"{day.day}.{day.month}.{day.year}"):
        assert read_day(written, "sv", TODAY) == day
