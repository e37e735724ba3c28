"""How an interpreter takes part, by when she answers, and until when she costs nothing."""

from datetime import date, time

import pytest

from backend.calendar import WorkingCalendar
from backend.interpreters import rules
from backend.municipalities.agencies import Mode
from tests.backend.meetings import sweden

CALENDAR = WorkingCalendar(opening_hours={weekday: (time(8), time(16, 30)) for weekday in range(5)})
FAR: tuple[Mode, ...] = ("phone", "video")
ANY: tuple[Mode, ...] = ("on-site", *FAR)


@pytest.mark.parametrize(
    ("asked", "start", "modes"),
    [
        pytest.param("2026-11-30 14:20", "2026-12-01 08:00", ("phone", "video"), id="booked the afternoon before"),
        pytest.param("2026-11-30 09:00", "2026-12-01 16:00", ("phone", "video"), id="tomorrow, more than 20 hours off"),
        pytest.param(
            "2026-11-30 09:00", "2026-12-02 09:00", ("on-site", "phone", "video"), id="the day after tomorrow"
        ),
        pytest.param("2026-11-27 14:00", "2026-11-30 14:00", ("phone", "video"), id="Monday, asked on Friday"),
        pytest.param(
            "2026-11-27 14:00", "2026-12-01 14:00", ("on-site", "phone", "video"), id="Tuesday, asked on Friday"
        ),
    ],
)
def test_the_next_days_meetings_are_by_phone_or_video(asked: str, start: str, modes: tuple[Mode, ...]) -> None:
    assert rules.modes_for(CALENDAR, sweden(asked), sweden(start)) == modes


@pytest.mark.parametrize(
    ("asked", "start", "by"),
    [
        pytest.param("2026-11-30 10:02", "2026-12-01 09:30", "2026-11-30 12:02", id="two open hours"),
        pytest.param("2026-11-30 16:00", "2026-12-01 13:15", "2026-12-01 09:30", id="over the night"),
        pytest.param("2026-11-30 23:00", "2026-12-01 09:30", "2026-12-01 08:30", id="an hour before the start"),
        pytest.param("2026-12-01 08:55", "2026-12-01 09:30", "2026-12-01 08:55", id="at once"),
    ],
)
def test_an_answer_is_due_soon_and_before_the_person_sets_out(asked: str, start: str, by: str) -> None:
    assert rules.answer_by(CALENDAR, sweden(asked), sweden(start)) == sweden(by)


@pytest.mark.parametrize(
    ("mode", "at", "free"),
    [
        ("phone", "2026-12-01 05:30", True),
        ("phone", "2026-12-01 05:31", False),
        ("video", "2026-12-01 05:30", True),
        ("on-site", "2026-11-30 15:30", True),
        ("on-site", "2026-11-30 15:31", False),
    ],
)
def test_until_when_a_cancellation_is_free(mode: Mode, at: str, free: bool) -> None:
    assert rules.is_free_of_charge(mode, sweden(at), sweden("2026-12-01 09:30")) is free


def test_hours_are_real_hours_when_the_clocks_change() -> None:
    # Between 20.00 on Saturday and 14.00 on Sunday there are 17 hours in March and 19 in October.
    assert not rules.is_free_of_charge("on-site", sweden("2026-03-28 20:00"), sweden("2026-03-29 14:00"))
    assert rules.is_free_of_charge("on-site", sweden("2026-10-24 20:00"), sweden("2026-10-25 14:00"))


def test_the_first_day_with_an_interpreter_is_the_next_working_day() -> None:
    assert rules.first_day(CALENDAR, sweden("2026-11-30 07:00")) == date(2026, 12, 1)
    assert rules.first_day(CALENDAR, sweden("2026-12-23 07:00")) == date(2026, 12, 28)
