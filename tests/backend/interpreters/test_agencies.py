"""What an agency's rules allow, what it costs, and that its part of the municipality's file holds together."""

from datetime import date, time
from typing import Any

import pytest
from pydantic import ValidationError

from backend import municipalities
from backend.municipalities.agencies import Cost, Mode, Price
from tests.backend.interpreters.agencies import agency
from tests.backend.meetings import sweden


@pytest.mark.parametrize(
    ("mode", "asked", "start", "may"),
    [
        pytest.param("phone", "2026-11-30 14:00", "2026-12-01 09:30", True, id="tomorrow by telephone"),
        pytest.param("phone", "2026-11-30 16:30", "2026-12-01 08:00", False, id="it answers too late in the morning"),
        pytest.param("phone", "2026-11-30 16:30", "2026-12-01 08:30", True, id="it has answered an hour before"),
        pytest.param("phone", "2026-11-28 12:00", "2026-11-30 08:45", False, id="nobody answers on a Saturday"),
        pytest.param("on-site", "2026-11-30 14:00", "2026-12-01 09:30", False, id="on site under twenty hours"),
        pytest.param("on-site", "2026-11-30 09:30", "2026-12-01 09:30", True, id="on site in time"),
        pytest.param("video", "2026-11-30 09:30", "2026-12-03 09:30", False, id="a way it does not have"),
    ],
)
def test_it_may_be_asked_for_what_its_rules_leave_time_for(mode: Mode, asked: str, start: str, may: bool) -> None:
    assert agency().may_be_asked(mode, sweden(asked), sweden(start)) is may


@pytest.mark.parametrize(
    ("asked", "start", "by"),
    [
        ("2026-11-30 10:00", "2026-12-01 09:30", "2026-11-30 11:00"),
        ("2026-11-30 16:30", "2026-12-01 13:00", "2026-12-01 07:30"),
        ("2026-12-01 08:00", "2026-12-01 09:30", "2026-12-01 08:30"),
    ],
)
def test_its_answer_is_due_in_its_own_open_time(asked: str, start: str, by: str) -> None:
    assert agency().answer_by(sweden(asked), sweden(start)) == sweden(by)


def test_a_short_booking_costs_the_least_that_is_charged_and_an_example_is_not_verified() -> None:
    orda = agency()
    assert orda.cost("phone", 45, date(2026, 12, 1)) == Cost(kronor=400, verified=False)
    assert orda.cost("on-site", 75, date(2026, 12, 1)) == Cost(kronor=875, verified=True)
    assert orda.cost("phone", 45, date(2025, 12, 1)) is None
    assert orda.cost("video", 45, date(2026, 12, 1)) is None


def test_a_new_price_holds_from_its_day() -> None:
    more = Price(mode="phone", since=date(2027, 1, 1), kronor_per_hour=430, source="agreement", status="verified")
    orda = agency(prices=(more, *agency().prices))
    assert orda.cost("phone", 45, date(2026, 12, 31)) == Cost(kronor=400, verified=False)
    assert orda.cost("phone", 45, date(2027, 1, 1)) == Cost(kronor=430, verified=True)


def test_until_when_a_cancellation_is_free_is_the_agencys_own() -> None:
    orda, start = agency(free_until={"on-site": 24, "phone": 2}), sweden("2026-12-01 09:30")
    assert orda.is_free_of_charge("on-site", sweden("2026-11-30 09:30"), start)
    assert not orda.is_free_of_charge("on-site", sweden("2026-11-30 09:31"), start)
    assert orda.is_free_of_charge("phone", sweden("2026-12-01 07:30"), start)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"address": "nowhere"}, "must be an e-mail address"),
        ({"address": "a@b.example\nBcc: c@d.example"}, "must be an e-mail address"),
        ({"order_by": "http", "address": "http://orda.example"}, "must begin with https://"),
        ({"ordered_before": {"phone": 2}}, "need on-site"),
        ({"answers_from": time(17), "answers_until": time(7)}, "are wrong"),
        ({"slug": "Orda AB"}, "slug"),
        ({"modes": ("letter",)}, "modes"),
    ],
)
def test_what_is_wrong_in_the_file_is_said(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        agency(**wrong)


def test_the_agencies_of_the_files_are_examples_and_asked_by_nobody_in_production() -> None:
    for town in municipalities.found().values():
        assert town.interpreter_agencies
        for one in town.interpreter_agencies:
            assert one.status == "example"
            assert one.address.partition("@")[2].endswith(".example") or ".example" in one.address
            assert {price.status for price in one.prices} == {"example"}
