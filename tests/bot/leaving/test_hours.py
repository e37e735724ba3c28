"""When what nobody asked for may leave: on the Swedish clock, around red days and both changes of the clocks."""

from datetime import UTC, date, datetime, timedelta
from typing import Literal, TypeAlias
from zoneinfo import ZoneInfo

import pytest

from backend.contract import Hours
from bot.leaving.hours import may_leave_at, opens_at
from tests.bot.house import POLICY

SWEDEN = ZoneInfo("Europe/Stockholm")
Quiet: TypeAlias = Literal["never", "day", "decision", "refusal"]


def at(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=SWEDEN).astimezone(UTC)


@pytest.mark.parametrize(
    ("quiet", "now", "leaves"),
    [
        ("never", "2026-11-30 03:00", "2026-11-30 03:00"),
        ("day", "2026-11-30 09:00", "2026-11-30 09:00"),
        ("day", "2026-11-30 19:59", "2026-11-30 19:59"),
        ("day", "2026-11-30 20:00", "2026-12-01 08:00"),
        ("day", "2026-12-01 07:59", "2026-12-01 08:00"),
        ("day", "2026-12-24 12:00", "2026-12-24 12:00"),  # a reminder for a meeting goes on a red day too
        ("day", "2026-03-28 21:00", "2026-03-29 08:00"),  # the night the clocks go forward
        ("day", "2026-10-24 21:00", "2026-10-25 08:00"),  # and back
        ("decision", "2026-11-30 16:59", "2026-11-30 16:59"),
        ("decision", "2026-11-30 17:00", "2026-12-01 08:00"),
        ("decision", "2026-12-04 18:00", "2026-12-07 08:00"),  # Friday evening
        ("decision", "2026-12-23 18:00", "2026-12-28 08:00"),  # Christmas Eve counts as closed
        ("decision", "2026-06-18 17:00", "2026-06-22 08:00"),  # so does Midsummer Eve
        ("refusal", "2026-12-01 14:59", "2026-12-01 14:59"),
        ("refusal", "2026-12-01 15:00", "2026-12-02 08:00"),
        ("refusal", "2026-12-04 09:00", "2026-12-07 08:00"),  # never on a Friday: nobody to answer tomorrow
        ("refusal", "2026-12-22 15:00", "2026-12-28 08:00"),  # nor the day before Christmas Eve
        ("refusal", "2027-05-05 09:00", "2027-05-10 08:00"),  # nor the day before Ascension Day, nor the Friday after
    ],
)
def test_when_it_may_leave(quiet: Quiet, now: str, leaves: str) -> None:
    assert may_leave_at(quiet, POLICY, at(now)) == at(leaves)


def test_a_day_the_municipality_is_closed_is_no_working_day() -> None:
    monday_to_thursday = tuple(Hours(weekday=day, opens="08:00", closes="16:00") for day in range(4))
    policy = POLICY.model_copy(update={"opening_hours": monday_to_thursday})
    assert may_leave_at("decision", policy, at("2026-12-03 18:00")) == at("2026-12-07 08:00")
    assert may_leave_at("refusal", policy, at("2026-12-03 09:00")) == at("2026-12-07 08:00")


def test_quiet_hours_are_the_municipalitys_own() -> None:
    policy = POLICY.model_copy(update={"quiet_from": "18:00", "quiet_until": "09:30"})
    assert may_leave_at("day", policy, at("2026-11-30 18:30")) == at("2026-12-01 09:30")


@pytest.mark.parametrize(
    ("now", "opens"),
    [
        ("2026-11-30 08:00", None),
        ("2026-11-30 16:29", None),
        ("2026-11-30 16:30", "2026-12-01 08:00"),
        ("2026-11-30 07:59", "2026-11-30 08:00"),
        ("2026-12-04 12:00", "2026-12-07 08:00"),  # Friday afternoon is closed
        ("2026-12-05 10:00", "2026-12-07 08:00"),
        ("2026-12-23 17:00", "2026-12-28 08:00"),  # Christmas
        ("2027-05-06 09:00", "2027-05-10 08:00"),  # Ascension Day, and a bridging day of the municipality's own
        ("2026-03-28 12:00", "2026-03-30 08:00"),  # the night the clocks go forward
        ("2026-10-24 12:00", "2026-10-26 08:00"),  # and back
    ],
)
def test_when_somebody_answers_again(now: str, opens: str | None) -> None:
    policy = POLICY.model_copy(
        update={
            "opening_hours": tuple(Hours(weekday=day, opens="08:00", closes="16:30") for day in range(5)),
            "closed_afternoons": (4,),
            "closed_days": (date(2027, 5, 7),),
        }
    )
    assert opens_at(policy, at(now)) == (at(opens) if opens else None)


def test_where_no_hours_are_told_nobody_is_said_to_be_away() -> None:
    assert opens_at(POLICY, at("2026-12-25 03:00")) is None


# --- The weeks of the clock change ------------------------------------------------------------------------------------

FORWARD, BACK = "2027-03-28", "2026-10-25"
"""Sundays of 23 and of 25 hours: two becomes three, and three becomes two again."""


@pytest.mark.parametrize(
    ("quiet", "now", "leaves"),
    [
        # Eight is eight on the wall, whatever it is in UTC.
        ("day", "2027-03-27 20:00", "2027-03-28 08:00"),
        ("day", "2027-03-28 01:59", "2027-03-28 08:00"),
        ("day", "2027-03-28 03:00", "2027-03-28 08:00"),
        ("day", "2027-03-28 19:59", "2027-03-28 19:59"),
        ("day", "2027-03-28 20:00", "2027-03-29 08:00"),
        ("day", "2026-10-24 20:00", "2026-10-25 08:00"),
        ("day", "2026-10-25 01:59", "2026-10-25 08:00"),
        ("day", "2026-10-25 19:59", "2026-10-25 19:59"),
        ("day", "2026-10-25 20:00", "2026-10-26 08:00"),
        # Friday evening before, Easter Monday after the spring one.
        ("decision", "2027-03-25 17:00", "2027-03-30 08:00"),
        ("decision", "2026-10-23 17:00", "2026-10-26 08:00"),
        ("refusal", "2027-03-28 12:00", "2027-03-30 08:00"),
        ("refusal", "2026-10-23 09:00", "2026-10-26 08:00"),
        ("refusal", "2026-10-26 14:59", "2026-10-26 14:59"),
    ],
)
def test_in_the_weeks_of_the_clock_change(quiet: Quiet, now: str, leaves: str) -> None:
    assert may_leave_at(quiet, POLICY, at(now)) == at(leaves)


@pytest.mark.parametrize(("day", "hours"), [(FORWARD, 11), (BACK, 13)])
def test_the_night_is_an_hour_shorter_or_longer(day: str, hours: int) -> None:
    evening = (datetime.fromisoformat(f"{day} 20:00").replace(tzinfo=SWEDEN) - timedelta(days=1)).astimezone(UTC)
    assert may_leave_at("day", POLICY, evening) - evening == timedelta(hours=hours)


@pytest.mark.parametrize("fold", [0, 1])
def test_the_hour_that_comes_twice_is_night_both_times(fold: int) -> None:
    now = datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=SWEDEN).astimezone(UTC)
    assert may_leave_at("day", POLICY, now) == at("2026-10-25 08:00")


@pytest.mark.parametrize("day", [FORWARD, BACK])
def test_nothing_leaves_in_quiet_hours_in_any_minute_of_those_days(day: str) -> None:
    moment, end = at(f"{day} 00:00") - timedelta(hours=6), at(f"{day} 23:59") + timedelta(hours=6)
    while moment < end:
        leaves = may_leave_at("day", POLICY, moment)
        assert leaves >= moment
        assert 8 <= leaves.astimezone(SWEDEN).hour < 20
        assert leaves - moment <= timedelta(hours=13)
        moment += timedelta(minutes=7)
