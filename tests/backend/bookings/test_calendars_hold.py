"""Whatever the calendars: nobody is in two meetings at once, none lies outside the hours, a late one is said to be.

Both weeks of changing clocks are among the days.
"""

import itertools
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.bookings import times
from backend.bookings.times import Diaries, Diary, Held, Wish
from backend.calendar import SWEDEN, WorkingCalendar, day_in_sweden, is_red_day, moment

CALENDAR = WorkingCalendar(
    {**{day: (time(8), time(16, 30)) for day in range(4)}, 4: (time(8), time(15))},
    closed_afternoons=frozenset({4}),
    same_day_until=time(14),
)
DAYS = [
    *(date(2026, 10, 22) + timedelta(days=n) for n in range(8)),  # the clocks go back on the 25th
    *(date(2027, 3, 24) + timedelta(days=n) for n in range(8)),  # and forward on the 28th, at Easter
    *(date(2026, 12, 21) + timedelta(days=n) for n in range(14)),
]
some = settings(max_examples=120, derandomize=True, database=None, deadline=None)

shifts = st.sampled_from(
    [((time(8), time(12)),), ((time(8), time(12)), (time(13), time(16, 30))), ((time(12), time(15)),)]
)
wishes = st.builds(
    lambda minutes, interpreter: (timedelta(minutes=minutes), interpreter),
    st.sampled_from([20, 30, 45, 60]),
    st.booleans(),
)


def diary(number: int, hours: tuple[tuple[time, time], ...] | None, *modes: str) -> Diary:
    weekly = None if hours is None else dict.fromkeys(range(5), hours)
    return Diary(UUID(int=number), f"{number:03}", weekly, (), frozenset(modes))


towns = st.builds(
    lambda caseworkers, interpreters, places, lent: Diaries(
        (
            *(diary(n, hours) for n, hours in enumerate(caseworkers)),
            *(replace(diary(90 + n, None), lent=periods) for n, periods in enumerate(lent)),
        ),
        tuple(diary(100 + n, None) for n in range(places)),
        (diary(200, None, "phone"), diary(201, None, "video")),
        tuple(diary(300 + n, hours, "phone", "video") for n, hours in enumerate(interpreters)),
    ),
    st.lists(shifts, min_size=1, max_size=3),
    st.lists(shifts, max_size=3),
    st.integers(1, 3),
    st.lists(st.sampled_from(DAYS).map(lambda day: ((moment(day, time(13)), moment(day, time(16))),)), max_size=1),
)


def everybody(diaries: Diaries) -> list[Diary]:
    return [*diaries.caseworkers, *diaries.places, *diaries.lines, *diaries.interpreters]


def booked(diaries: Diaries, wish: Wish, start: datetime) -> Diaries | None:
    """The diaries with a meeting in them, if there can be one."""
    if times.find_party(diaries, wish, ("phone", "video"), start) is None:
        return None
    held = [Held(start, wish.length, wish.interpreter)]
    return times.without(diaries, held, lambda _: ("phone", "video"), wish.asked_at)


@some
@given(towns, st.lists(st.tuples(st.sampled_from(DAYS), st.integers(0, 40), wishes), max_size=40))
def test_nobody_is_in_two_meetings_and_none_is_outside_the_hours(
    diaries: Diaries, asked: list[tuple[date, int, tuple[timedelta, bool]]]
) -> None:
    for day, number, (length, interpreter) in asked:
        starts = list(times.starts_on(CALENDAR, day, length))
        assert bool(starts) == CALENDAR.is_working_day(day)
        if not starts:
            continue
        start = starts[number % len(starts)]
        wish = Wish(start - timedelta(days=2), length, interpreter)
        diaries = booked(diaries, wish, start) or diaries
    for one in everybody(diaries):
        taken = sorted(one.taken)
        assert all(before[1] <= after[0] for before, after in itertools.pairwise(taken))
        for begins, ends in taken:
            day, clock = day_in_sweden(begins), begins.astimezone(SWEDEN)
            assert day.weekday() < 5
            assert not is_red_day(day)
            closes = time(12) if day.weekday() == 4 else time(16, 30)
            assert time(8) <= clock.time()
            assert ends.astimezone(SWEDEN).time() <= closes
            if one.hours is not None:
                on = one.hours[day.weekday()]
                assert any(a <= clock.time() and ends.astimezone(SWEDEN).time() <= b for a, b in on)
            if one.lent is not None:
                assert any(a <= begins and ends <= b for a, b in one.lent)


@some
@given(st.sampled_from(DAYS), st.integers(0, 24 * 60 - 1), st.sampled_from(DAYS), st.integers(0, 33))
def test_the_promise_is_the_same_or_the_next_working_day_and_nothing_else(
    asked_on: date, minute: int, day: date, quarter: int
) -> None:
    asked_at = moment(asked_on, time(minute // 60, minute % 60))
    starts = list(times.starts_on(CALENDAR, day, timedelta(minutes=30)))
    if not starts:
        return
    start = starts[quarter % len(starts)]
    between = [asked_on + timedelta(days=n) for n in range((day - asked_on).days + 1)]
    working = [one for one in between if one.weekday() < 5 and not is_red_day(one)]
    in_time = start > asked_at and len([one for one in working if one > asked_on]) <= 1
    assert CALENDAR.within_promise(asked_at, start) == in_time
    # Kept, or flagged: what is in time is never due before it, and what is late is always past the promise.
    assert (start <= CALENDAR.one_working_day_after(asked_at)) == (in_time or start <= asked_at)


@some
@given(st.sampled_from(DAYS), st.sampled_from([20, 30, 45, 60]))
def test_the_quarters_of_a_day_are_quarters_on_the_wall_whatever_the_clocks_do(day: date, minutes: int) -> None:
    starts = list(times.starts_on(CALENDAR, day, timedelta(minutes=minutes)))
    clocks = [start.astimezone(SWEDEN) for start in starts]
    assert all(clock.minute % 15 == 0 and clock.date() == day for clock in clocks)
    assert not clocks or clocks[0].time() == time(8)
    assert all(after - before == times.GRID for before, after in itertools.pairwise(starts))
