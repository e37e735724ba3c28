"""Free times worked out from diaries: who takes a meeting, which starts there are, which of them are offered."""

from datetime import date, datetime, time, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.bookings.times import Diaries, Diary, Wish, find_interpreting, find_party, spread, starts_on
from backend.calendar import WorkingCalendar
from tests.backend.meetings import sweden

CALENDAR = WorkingCalendar(
    opening_hours={weekday: (time(8), time(16, 30)) for weekday in range(5)}, closed_afternoons=frozenset({2})
)
WEEK = {weekday: [(time(8), time(12)), (time(13), time(16, 30))] for weekday in range(5)}
NINE = sweden("2026-12-01 09:00")
HALF_HOUR = timedelta(minutes=30)


def diary(number: int, name: str, *taken: str, modes: str = "") -> Diary:
    """A diary with half hours taken on Tuesday 1 December."""
    periods = [(sweden(f"2026-12-01 {at}"), sweden(f"2026-12-01 {at}") + HALF_HOUR) for at in taken]
    return Diary(UUID(int=number), name, WEEK, periods, frozenset(modes.split()))


def test_a_diary_is_free_within_its_hours_and_beside_what_is_taken() -> None:
    maria = diary(1, "Maria", "09:00")

    def free(begins: str, ends: str) -> bool:
        return maria.is_free(sweden(f"2026-12-01 {begins}"), sweden(f"2026-12-01 {ends}"))

    assert free("08:30", "09:00")
    assert free("09:30", "10:00")
    assert not free("08:45", "09:15")
    assert not free("09:15", "09:20")
    assert not free("08:00", "10:00")
    assert not free("11:45", "12:15")
    assert not free("12:00", "13:00")
    assert not free("16:15", "16:45")
    assert not maria.is_free(sweden("2026-12-05 09:00"), sweden("2026-12-05 09:30"))


def test_the_least_busy_caseworker_takes_it_unless_she_knows_one() -> None:
    ann, maria = diary(1, "Ann", "13:00"), diary(2, "Maria")
    known = Diaries((ann, maria), (diary(3, "Rum 1"),))

    def taker(caseworker: UUID | None = None) -> UUID:
        party = find_party(known, Wish(NINE, HALF_HOUR, caseworker=caseworker), (), NINE)
        assert party is not None
        return party.caseworker

    assert taker() == maria.resource
    assert taker(ann.resource) == ann.resource
    assert taker(UUID(int=9)) == maria.resource


def test_everybody_needed_must_be_free() -> None:
    caseworkers, places = (diary(1, "Ann", "10:00"),), (diary(2, "Rum 1", "11:00"),)
    interpreters, lines = (diary(3, "Samira", "13:00", modes="phone"),), (diary(4, "T", "14:00", modes="phone"),)
    known = Diaries(caseworkers, places, lines, interpreters)
    wish = Wish(NINE, HALF_HOUR, interpreter=True)

    def possible(at: str) -> bool:
        return find_party(known, wish, ("phone",), sweden(f"2026-12-01 {at}")) is not None

    assert [at for at in ("09:00", "10:00", "11:00", "13:00", "14:00", "15:00") if possible(at)] == ["09:00", "15:00"]


def test_the_first_way_that_works_is_taken_with_its_line() -> None:
    phone, video = diary(1, "Telefon", "09:00", modes="phone"), diary(2, "Video", modes="video")
    samira = diary(3, "Samira", modes="phone video on-site")
    known = Diaries(lines=(phone, video), interpreters=(samira,))
    by_video = find_interpreting(known, ("phone", "video"), NINE, NINE + HALF_HOUR, asked_at=NINE)
    assert by_video is not None
    assert (by_video.mode, by_video.line) == ("video", video.resource)
    on_site = find_interpreting(known, ("on-site", "phone"), NINE, NINE + HALF_HOUR, asked_at=NINE)
    assert on_site is not None
    assert (on_site.mode, on_site.resources) == ("on-site", (samira.resource,))
    assert not find_interpreting(known, ("phone",), NINE, NINE + HALF_HOUR, asked_at=NINE)


@pytest.mark.parametrize(
    ("day", "count", "last"),
    [
        pytest.param("2026-12-01", 33, "16:00", id="a whole day"),
        pytest.param("2026-12-02", 15, "11:30", id="a closed afternoon"),
        pytest.param("2026-12-25", 0, None, id="Christmas Day"),
        pytest.param("2026-03-30", 33, "16:00", id="Monday after the clocks went forward"),
        pytest.param("2026-10-26", 33, "16:00", id="Monday after the clocks went back"),
    ],
)
def test_meetings_start_by_the_quarter_and_end_before_closing(day: str, count: int, last: str | None) -> None:
    starts = list(starts_on(CALENDAR, date.fromisoformat(day), HALF_HOUR))
    assert len(starts) == count
    if last:
        assert (starts[0], starts[-1]) == (sweden(f"{day} 08:00"), sweden(f"{day} {last}"))


@given(
    free=st.lists(st.sampled_from(list(starts_on(CALENDAR, date(2026, 12, 1), HALF_HOUR))), unique=True).map(sorted),
    minutes=st.sampled_from([30, 45, 60]),
    count=st.integers(1, 12),
)
def test_offered_times_are_free_apart_and_as_many_as_asked_for_when_there_are(
    free: list[datetime], minutes: int, count: int
) -> None:
    length = timedelta(minutes=minutes)
    offered = spread(free, length, count)
    assert list(offered) == sorted(set(offered))
    assert set(offered) <= set(free)
    assert all(other - one >= length for one, other in pairwise(offered))
    assert len(offered) <= count
    assert bool(offered) == bool(free)
    if len(offered) < count:
        # Then nothing more fits beside them, packed from the first free time on.
        fitting: list[datetime] = []
        for start in free:
            if not fitting or start - fitting[-1] >= length:
                fitting.append(start)
        assert len(offered) == len(fitting)
    if count == 1:
        assert list(offered) == free[:1]


def test_nothing_free_offers_nothing() -> None:
    assert spread([], HALF_HOUR, 3) == ()
