"""Working days as a Swedish municipality keeps them: red days, eves, bridging days, afternoons, changing clocks."""

import tomllib
from datetime import UTC, date, datetime, time, timedelta

import pytest

from backend.calendar import SWEDEN, WorkingCalendar, day_in_sweden, is_red_day, last_day_by_law, moment

EIGHT_TO_HALF_PAST_FOUR = {weekday: (time(8), time(16, 30)) for weekday in range(5)}


def sweden(day: str, hour: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=SWEDEN)


@pytest.fixture
def calendar() -> WorkingCalendar:
    return WorkingCalendar(
        opening_hours=EIGHT_TO_HALF_PAST_FOUR,
        closed_afternoons=frozenset({2}),
        short_days={date(2026, 4, 30): time(14)},
        closed_days=frozenset({date(2026, 5, 15)}),
        same_day_until=time(12),
    )


@pytest.mark.parametrize(
    "day",
    [
        pytest.param("2026-01-01", id="New Year's Day"),
        pytest.param("2026-01-06", id="Epiphany"),
        pytest.param("2026-04-03", id="Good Friday"),
        pytest.param("2026-04-06", id="Easter Monday, offered as a working day by others"),
        pytest.param("2026-05-01", id="May Day"),
        pytest.param("2026-05-14", id="Ascension Day"),
        pytest.param("2026-06-19", id="Midsummer Eve"),
        pytest.param("2026-12-24", id="Christmas Eve"),
        pytest.param("2026-12-25", id="Christmas Day"),
        pytest.param("2026-12-31", id="New Year's Eve"),
        pytest.param("2028-06-06", id="National Day on a Tuesday"),
        pytest.param("2026-05-15", id="bridging day the municipality keeps closed"),
        pytest.param("2026-11-28", id="Saturday"),
        pytest.param("2026-11-29", id="Sunday"),
    ],
)
def test_a_closed_day_is_no_working_day(calendar: WorkingCalendar, day: str) -> None:
    assert not calendar.is_working_day(date.fromisoformat(day))
    assert calendar.opening(date.fromisoformat(day)) is None


@pytest.mark.parametrize("day", ["2026-01-05", "2026-04-02", "2026-04-30", "2026-12-23", "2026-11-30", "2026-06-05"])
def test_an_ordinary_weekday_and_the_lesser_eves_are_working_days(calendar: WorkingCalendar, day: str) -> None:
    assert calendar.is_working_day(date.fromisoformat(day))


def test_bridging_days_differ_between_municipalities(calendar: WorkingCalendar) -> None:
    open_all_days = WorkingCalendar(opening_hours=EIGHT_TO_HALF_PAST_FOUR)
    assert open_all_days.is_working_day(date(2026, 5, 15))
    assert not calendar.is_working_day(date(2026, 5, 15))


@pytest.mark.parametrize(
    ("day", "following"),
    [
        ("2026-11-27", "2026-11-30"),
        ("2026-12-23", "2026-12-28"),
        ("2026-12-30", "2027-01-04"),
        ("2026-04-02", "2026-04-07"),
        ("2026-05-13", "2026-05-18"),
        ("2026-06-18", "2026-06-22"),
    ],
)
def test_the_next_working_day_skips_all_that_is_closed(calendar: WorkingCalendar, day: str, following: str) -> None:
    assert calendar.next_working_day(date.fromisoformat(day)) == date.fromisoformat(following)


def test_working_days_are_counted_over_christmas(calendar: WorkingCalendar) -> None:
    assert calendar.add_working_days(date(2026, 12, 22), 3) == date(2026, 12, 29)
    assert calendar.add_working_days(date(2026, 12, 24), 0) == date(2026, 12, 28)
    assert calendar.add_working_days(date(2026, 12, 22), 0) == date(2026, 12, 22)
    with pytest.raises(ValueError, match="forwards"):
        calendar.add_working_days(date(2026, 12, 22), -1)


def test_a_closed_afternoon_and_a_short_day_end_early(calendar: WorkingCalendar) -> None:
    assert calendar.opening(date(2026, 12, 2)) == (sweden("2026-12-02", "08:00"), sweden("2026-12-02", "12:00"))
    assert calendar.opening(date(2026, 4, 30)) == (sweden("2026-04-30", "08:00"), sweden("2026-04-30", "14:00"))
    assert calendar.opening(date(2026, 12, 3)) == (sweden("2026-12-03", "08:00"), sweden("2026-12-03", "16:30"))


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        pytest.param("2026-11-30T09:58", "2026-11-30", "2026-12-01", id="Monday morning"),
        pytest.param("2026-11-30T12:00", "2026-12-01", "2026-12-01", id="Monday, on the cut-off hour"),
        pytest.param("2026-11-30T23:59", "2026-12-01", "2026-12-01", id="Monday night"),
        pytest.param("2026-12-01T00:01", "2026-12-01", "2026-12-02", id="just after midnight is Tuesday"),
        pytest.param("2026-11-27T14:20", "2026-11-30", "2026-11-30", id="Friday afternoon"),
        pytest.param("2026-11-28T09:00", "2026-11-30", "2026-11-30", id="Saturday"),
        pytest.param("2026-12-23T13:00", "2026-12-28", "2026-12-28", id="day before Christmas Eve"),
        pytest.param("2026-06-18T16:00", "2026-06-22", "2026-06-22", id="day before Midsummer Eve"),
    ],
)
def test_today_or_tomorrow(calendar: WorkingCalendar, asked: str, first: str, last: str) -> None:
    asked_at = datetime.fromisoformat(asked).replace(tzinfo=SWEDEN).astimezone(UTC)
    assert calendar.first_offered_day(asked_at) == date.fromisoformat(first)
    assert calendar.last_promised_day(asked_at) == date.fromisoformat(last)
    assert calendar.within_promise(asked_at, moment(date.fromisoformat(last), time(15)))
    too_late = calendar.next_working_day(date.fromisoformat(last))
    assert not calendar.within_promise(asked_at, moment(too_late, time(8)))


def test_a_time_that_has_passed_keeps_no_promise(calendar: WorkingCalendar) -> None:
    assert not calendar.within_promise(sweden("2026-11-30", "10:00"), sweden("2026-11-30", "09:00"))


@pytest.mark.parametrize(
    ("complete", "due"),
    [
        pytest.param("2026-12-01T10:55", "2026-12-02T12:00", id="the next day closes at noon"),
        pytest.param("2026-12-02T11:00", "2026-12-03T16:30", id="an ordinary day"),
        pytest.param("2026-12-04T15:00", "2026-12-07T16:30", id="over a weekend"),
        pytest.param("2026-12-05T15:00", "2026-12-07T16:30", id="complete on a Saturday"),
        pytest.param("2026-12-23T09:00", "2026-12-28T16:30", id="over Christmas"),
        pytest.param("2026-12-30T09:00", "2027-01-04T16:30", id="over New Year"),
        pytest.param("2026-03-27T15:00", "2026-03-30T16:30", id="clocks go forward in between"),
        pytest.param("2026-10-23T15:00", "2026-10-26T16:30", id="clocks go back in between"),
    ],
)
def test_a_decision_is_due_when_the_next_working_day_closes(calendar: WorkingCalendar, complete: str, due: str) -> None:
    completed_at = datetime.fromisoformat(complete).replace(tzinfo=SWEDEN)
    assert calendar.one_working_day_after(completed_at) == datetime.fromisoformat(due).replace(tzinfo=SWEDEN)


@pytest.mark.parametrize(
    ("friday", "opens_friday", "opens_monday"),
    [
        pytest.param("2026-03-27", "2026-03-27T07:00", "2026-03-30T06:00", id="summer time begins"),
        pytest.param("2026-10-23", "2026-10-23T06:00", "2026-10-26T07:00", id="summer time ends"),
    ],
)
def test_eight_o_clock_stays_eight_o_clock_when_clocks_change(
    calendar: WorkingCalendar, friday: str, opens_friday: str, opens_monday: str
) -> None:
    before, after = (
        calendar.opening(date.fromisoformat(friday)),
        calendar.opening(calendar.next_working_day(date.fromisoformat(friday))),
    )
    assert before is not None
    assert after is not None
    assert before[0] == datetime.fromisoformat(opens_friday).replace(tzinfo=UTC)
    assert after[0] == datetime.fromisoformat(opens_monday).replace(tzinfo=UTC)
    assert before[1] - before[0] == after[1] - after[0] == timedelta(hours=8, minutes=30)


def test_the_swedish_day_begins_in_the_evening_of_utc() -> None:
    assert day_in_sweden(datetime(2026, 11, 30, 23, 30, tzinfo=UTC)) == date(2026, 12, 1)
    assert day_in_sweden(datetime(2026, 7, 1, 22, 30, tzinfo=UTC)) == date(2026, 7, 2)


@pytest.mark.parametrize(
    ("at", "hours", "reached"),
    [
        pytest.param("2026-11-30T09:00", 4, "2026-11-30T13:00", id="within one day"),
        pytest.param("2026-11-30T14:30", 4, "2026-12-01T10:00", id="over a night"),
        pytest.param("2026-11-30T22:00", 2, "2026-12-01T10:00", id="written in the night"),
        pytest.param("2026-12-02T11:00", 2, "2026-12-03T09:00", id="over a closed afternoon"),
        pytest.param("2026-12-23T11:30", 2, "2026-12-28T09:30", id="over Christmas"),
        pytest.param("2026-11-30T06:00", 0, "2026-11-30T08:00", id="when it opens"),
    ],
)
def test_open_hours_are_the_only_ones_that_count(calendar: WorkingCalendar, at: str, hours: int, reached: str) -> None:
    asked = datetime.fromisoformat(at).replace(tzinfo=SWEDEN)
    assert calendar.after_open_time(asked, timedelta(hours=hours)) == datetime.fromisoformat(reached).replace(
        tzinfo=SWEDEN
    )


@pytest.mark.parametrize(
    ("ends", "moved_to"),
    [
        ("2026-12-22", "2026-12-22"),
        ("2026-12-24", "2026-12-28"),
        ("2026-12-26", "2026-12-28"),
        ("2026-06-19", "2026-06-22"),
        pytest.param("2026-05-15", "2026-05-15", id="a municipality's bridging day moves no time limit of the law"),
    ],
)
def test_a_time_limit_of_the_law_ends_on_a_weekday(ends: str, moved_to: str) -> None:
    assert last_day_by_law(date.fromisoformat(ends)) == date.fromisoformat(moved_to)


def test_plain_sundays_are_left_to_the_weekday() -> None:
    assert not is_red_day(date(2026, 11, 29))
    assert is_red_day(date(2026, 4, 5))


SETTINGS = """
same_day_until = 12:00:00
closed_days = [2026-05-15]
closed_afternoons = [2]
opening_hours = [
  { weekday = 0, opens = 08:00:00, closes = 16:30:00 },
  { weekday = 2, opens = 08:00:00, closes = 16:30:00 },
]
short_days = [ { day = 2026-04-30, closes = 14:00:00 } ]
"""


def test_settings_are_read_from_toml() -> None:
    calendar = WorkingCalendar.from_table(tomllib.loads(SETTINGS))
    assert calendar.next_working_day(date(2026, 11, 30)) == date(2026, 12, 2)
    assert calendar.opening(date(2026, 12, 2)) == (sweden("2026-12-02", "08:00"), sweden("2026-12-02", "12:00"))


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("same_day_until = 12:00:00", "opening_hours"),
        (SETTINGS + "lunch = 12:00:00", "unknown lunch"),
        (SETTINGS.replace("closes = 16:30:00", "closes = 07:00:00"), "weekday 0 are wrong: 08:00 to 07:00"),
        (SETTINGS.replace("weekday = 2", "weekday = 7"), "weekday 7"),
        (SETTINGS.replace("opens = 08:00:00", "opens = 13:00:00"), "closed in the afternoon"),
        ("same_day_until = 12:00:00\nopening_hours = []", "at least one weekday"),
    ],
)
def test_wrong_settings_are_refused_in_words(settings: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        WorkingCalendar.from_table(tomllib.loads(settings))


def test_a_calendar_that_never_opens_is_found_out() -> None:
    always_closed = WorkingCalendar(
        opening_hours=EIGHT_TO_HALF_PAST_FOUR,
        closed_days=frozenset(date(2026, 7, 1) + timedelta(days=n) for n in range(100)),
    )
    with pytest.raises(ValueError, match="no working day"):
        always_closed.next_working_day(date(2026, 7, 1))


def test_open_hours_of_many_days_and_of_a_day_that_never_opens_are_counted(calendar: WorkingCalendar) -> None:
    closed_at_once = WorkingCalendar(
        opening_hours=EIGHT_TO_HALF_PAST_FOUR, short_days={date(2026, 12, 1): time(8), date(2026, 12, 2): time(7)}
    )
    assert closed_at_once.opening(date(2026, 12, 1)) is None
    assert closed_at_once.after_open_time(sweden("2026-11-30", "16:00"), timedelta(hours=1)) == sweden(
        "2026-12-03", "08:30"
    )
    assert closed_at_once.one_working_day_after(sweden("2026-11-30", "16:00")) == sweden("2026-12-03", "16:30")
    assert calendar.after_open_time(sweden("2026-11-30", "08:00"), timedelta(hours=20)) == sweden("2026-12-02", "11:00")


def test_open_time_between_two_moments_counts_no_closed_hours(calendar: WorkingCalendar) -> None:
    for wait in (0.5, 4, 9, 30):
        asked = sweden("2026-11-30", "09:58")
        reached = calendar.after_open_time(asked, timedelta(hours=wait))
        assert calendar.open_time(asked, reached) == timedelta(hours=wait)
    assert calendar.open_time(sweden("2026-12-05", "10:00"), sweden("2026-12-06", "10:00")) == timedelta(0)
