"""Which times somebody is offered: today or tomorrow, when everybody needed is free, morning and afternoon."""

from datetime import date, time
from itertools import pairwise

import pytest

from tests.backend.meetings import Town, clocks, slot_at, sweden

WITH_LUNCH = ((time(8), time(12)), (time(13), time(16, 30)))


async def test_an_arabic_speaker_is_offered_tomorrow_morning_and_afternoon(town: Town) -> None:
    await town.has_caseworker(hours=WITH_LUNCH)
    await town.has_interpreter("Samira", "ar")
    offered = await town.offers("ar", limit=2)
    assert clocks(offered) == ["2026-12-01 09:30", "2026-12-01 14:30"]
    assert offered.within_promise
    assert [(time.end - time.start).total_seconds() / 60 for time in offered.times] == [45, 45]
    assert {time.address for time in offered.times} == {town.database.municipality.meetings.address}


async def test_a_swedish_speaker_is_offered_three_times_that_differ(town: Town) -> None:
    await town.has_caseworker(hours=WITH_LUNCH)
    town.clock.now = sweden("2026-11-30 14:20")
    offered = await town.offers()
    assert clocks(offered) == ["2026-12-01 09:00", "2026-12-01 11:00", "2026-12-01 14:30"]
    assert [(time.end - time.start).total_seconds() / 60 for time in offered.times] == [30, 30, 30]


async def test_before_the_cut_off_hour_the_same_day_is_offered_with_an_hour_to_come(town: Town) -> None:
    await town.has_caseworker()
    town.clock.now = sweden("2026-11-30 13:50")
    assert clocks(await town.offers(limit=1)) == ["2026-11-30 15:00"]
    town.clock.now = sweden("2026-11-30 14:00")
    assert clocks(await town.offers(limit=1)) == ["2026-12-01 08:00"]


async def test_an_interpreter_is_never_offered_the_same_day(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    town.clock.now = sweden("2026-11-30 07:00")
    assert clocks(await town.offers("ar", limit=1)) == ["2026-12-01 08:00"]
    assert clocks(await town.offers(limit=1)) == ["2026-11-30 09:00"]


async def test_who_writes_at_night_is_not_expected_when_the_doors_open(town: Town) -> None:
    await town.has_caseworker()
    town.clock.now = sweden("2026-11-30 23:30")
    offered = await town.offers(limit=1)
    assert clocks(offered) == ["2026-12-01 09:00"]
    assert offered.within_promise


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        pytest.param("2026-11-27 15:30", "2026-11-30 09:00", id="Friday afternoon, closed since noon"),
        pytest.param("2026-12-23 14:30", "2026-12-28 08:00", id="before Christmas Eve"),
        pytest.param("2026-12-30 14:30", "2027-01-04 08:00", id="before New Year's Eve"),
        pytest.param("2026-06-18 14:30", "2026-06-22 08:00", id="before Midsummer Eve"),
        pytest.param("2026-04-02 14:30", "2026-04-07 08:00", id="before Good Friday, past Easter Monday"),
        pytest.param("2026-03-27 11:30", "2026-03-30 08:30", id="clocks go forward in the night between"),
        pytest.param("2026-10-23 11:30", "2026-10-26 08:30", id="clocks go back in the night between"),
    ],
)
async def test_closed_days_are_never_offered_and_break_no_promise(town: Town, asked: str, first: str) -> None:
    await town.has_caseworker()
    town.clock.now = sweden(asked)
    offered = await town.offers(limit=1)
    assert clocks(offered) == [first]
    assert offered.within_promise


@pytest.mark.parametrize(
    ("monday", "utc"),
    [
        pytest.param("2026-03-30", "2026-03-30 07:00:00+00:00", id="summer time has begun"),
        pytest.param("2026-10-26", "2026-10-26 08:00:00+00:00", id="summer time has ended"),
    ],
)
async def test_nine_o_clock_is_nine_o_clock_after_the_clocks_change(town: Town, monday: str, utc: str) -> None:
    await town.has_caseworker(hours=((time(9), time(9, 30)),))
    town.clock.now = sweden(f"{date.fromisoformat(monday).replace(day=20)} 12:00")
    (offered,) = (await town.offers(not_before=date.fromisoformat(monday), limit=1)).times
    assert str(offered.start) == utc
    meeting = await town.books(offered.slot)
    assert str(meeting.start) == utc


async def test_a_closed_afternoon_is_not_offered(town: Town) -> None:
    await town.has_caseworker()
    town.clock.now = sweden("2026-12-03 16:00")
    offered = await town.offers(limit=12)
    friday = [at for at in clocks(offered) if at.startswith("2026-12-04")]
    assert friday
    assert max(friday) <= "2026-12-04 11:30"


async def test_another_day_means_later_days_only(town: Town) -> None:
    await town.has_caseworker()
    offered = await town.offers(not_before=date(2026, 12, 2))
    assert {at[:10] for at in clocks(offered)} == {"2026-12-02"}
    assert not offered.within_promise
    assert await town.alerts() == []


async def test_another_day_in_the_past_is_no_earlier_than_today(town: Town) -> None:
    await town.has_caseworker()
    assert clocks(await town.offers(not_before=date(2026, 11, 1), limit=1)) == ["2026-11-30 11:00"]


async def test_nobody_free_gives_the_earliest_that_works_and_alerts_staff_once(town: Town) -> None:
    await town.has_caseworker(hours=((time(8), time(8, 30)),))
    await town.books(slot_at("2026-12-01 08:00"))
    town.clock.now = sweden("2026-11-30 15:00")
    offered = await town.offers()
    assert not offered.within_promise
    assert clocks(offered) == ["2026-12-02 08:00", "2026-12-03 08:00", "2026-12-04 08:00"]
    await town.offers()
    assert await town.alerts() == [("nobody-free", None)]


async def test_a_language_nobody_speaks_gives_no_time_and_alerts_staff(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Samira", "ar")
    offered = await town.offers("ti")
    assert (offered.times, offered.within_promise) == ((), False)
    assert await town.alerts() == [("nobody-free", None)]


async def test_nobody_free_is_a_task_about_the_person(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books_first()
    await town.offers("ti", person=meeting.person)
    await town.offers("ti", person=meeting.person)
    assert await town.alerts() == [("nobody-free", None)]


async def test_a_day_nearly_full_is_filled_up_from_the_next(town: Town) -> None:
    await town.has_caseworker(hours=((time(15), time(15, 30)), (time(8), time(9))))
    town.clock.now = sweden("2026-11-30 13:30")
    assert clocks(await town.offers()) == ["2026-11-30 15:00", "2026-12-01 08:30", "2026-12-01 15:00"]


async def test_one_without_a_room_or_a_line_is_not_offered(town: Town) -> None:
    await town.has("caseworker", "Maria", hours=((time(8), time(9)),))
    assert (await town.offers()).times == ()
    await town.has("place", "Rum 1")
    assert (await town.offers()).times
    await town.has("interpreter", "Samira", hours=((time(8), time(9)),), speaks=["ar"])
    assert (await town.offers("ar")).times == ()
    await town.has("line", "Telefon 1", mode="phone")
    assert (await town.offers("ar")).times


async def test_offered_times_do_not_overlap_each_other(town: Town) -> None:
    await town.has_caseworker()
    offered = (await town.offers(limit=12, not_before=date(2026, 12, 1))).times
    assert len(offered) == 12
    assert all(one.end <= other.start for one, other in pairwise(offered))
