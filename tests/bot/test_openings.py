"""What is open now or opens next: by the week and on a day, around red days, closed ones and the change of clocks."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from backend.contract import Hours, Opening, Place, ShortDay
from bot.openings import NAMES, open_now, said
from bot.places import map_of, with_stop
from bot.text import Text, languages, render, say
from tests.bot.talker import POLICY as BARE

SWEDEN = ZoneInfo("Europe/Stockholm")
POLICY = BARE.model_copy(
    update={
        "opening_hours": tuple(Hours(weekday=day, opens="08:00", closes="16:30") for day in range(5)),
        "closed_afternoons": (4,),
        "closed_days": (date(2027, 5, 7),),
        "short_days": (ShortDay(day=date(2026, 12, 23), closes="12:00"),),
        "openings": (
            Opening(kind="drop-in", weekday=3, opens="09:00", closes="11:30", place="Exempelgatan 4"),
            Opening(kind="drop-in", weekday=1, opens="13:00", closes="15:00", place="Exempelgatan 9"),
            Opening(kind="evening", weekday=2, opens="16:30", closes="19:00", place="", digital=True),
            Opening(kind="recruiting", day=date(2026, 12, 8), opens="13:00", closes="15:00", place="Exempelgatan 4"),
        ),
    }
)


def at(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=SWEDEN).astimezone(UTC)


def tells(kind: str, now: str) -> str:
    text = said(POLICY, next(known for known in NAMES if known == kind), at(now))
    return render(text, "sv", plain=True) if text is not None else ""


@pytest.mark.parametrize(
    ("kind", "now", "told"),
    [
        ("drop-in", "2026-11-30 09:00", "Drop-in: tisdag 13.00-15.00, Exempelgatan 9."),
        ("drop-in", "2026-12-01 09:00", "Drop-in: i dag 13.00-15.00, Exempelgatan 9."),
        ("drop-in", "2026-12-01 13:00", "Drop-in: öppet nu, till 15.00, Exempelgatan 9."),
        ("drop-in", "2026-12-01 15:00", "Drop-in: torsdag 9.00-11.30, Exempelgatan 4."),
        ("drop-in", "2026-12-23 09:00", "Drop-in: tisdag 13.00-15.00, Exempelgatan 9."),  # Christmas Eve is a Thursday
        ("drop-in", "2027-05-05 09:00", "Drop-in: tisdag 13.00-15.00, Exempelgatan 9."),  # Ascension Day is a Thursday
        ("drop-in", "2026-10-24 09:00", "Drop-in: tisdag 13.00-15.00, Exempelgatan 9."),  # the clocks go back
        ("evening", "2026-12-02 17:00", "Kvällsöppet: öppet nu, till 19.00, på video."),
        ("recruiting", "2026-11-30 09:00", "Träffa arbetsgivare: tisdag 8 december 13.00-15.00, Exempelgatan 4."),
        ("recruiting", "2026-12-08 15:00", ""),
        ("job-search", "2026-11-30 09:00", ""),
    ],
)
def test_what_opens_next(kind: str, now: str, told: str) -> None:
    assert tells(kind, now) == told


@pytest.mark.parametrize(
    ("now", "told"),
    [
        ("2026-11-30 09:00", "Nu är det öppet, till 16.30."),
        ("2026-11-30 07:00", "Nu är det stängt. Vi öppnar i dag kl 8.00."),
        ("2026-11-30 17:00", "Nu är det stängt. Vi öppnar tisdag kl 8.00."),
        ("2026-12-04 11:59", "Nu är det öppet, till 12.00."),  # a closed afternoon
        ("2026-12-04 12:00", "Nu är det stängt. Vi öppnar måndag kl 8.00."),
        ("2026-12-23 11:00", "Nu är det öppet, till 12.00."),  # a short day
        ("2026-12-23 13:00", "Nu är det stängt. Vi öppnar måndag kl 8.00."),
        ("2027-05-05 17:00", "Nu är det stängt. Vi öppnar måndag kl 8.00."),
    ],
)
def test_whether_it_is_open_now(now: str, told: str) -> None:
    assert render(open_now(POLICY, at(now)), "sv", plain=True) == told


def test_where_no_hours_are_told_it_is_closed() -> None:
    never = POLICY.model_copy(update={"opening_hours": ()})
    assert render(open_now(never, at("2026-11-30 09:00")), "sv") == "Nu är det stängt."


@pytest.mark.parametrize("language", languages())
def test_every_kind_has_a_name_in_every_language(language: str) -> None:
    names = [render(say(name), language) for name in NAMES.values()]
    assert len(set(names)) == len(NAMES)
    assert language == "en" or not {*names} & {*NAMES.values()} - {"Drop-in"}


def test_a_place_has_its_stop_and_a_map_where_they_are_known() -> None:
    place = Place(address="Exempelgatan 4", bus_stop="Exempeltorget", latitude=55.3757, longitude=13.1574)
    policy = POLICY.model_copy(update={"places": (place, Place(address="Exempelgatan 9"))})
    stop = with_stop(policy, "Exempelgatan 4")
    assert isinstance(stop, Text)
    assert render(stop, "sv") == "Exempelgatan 4 (hållplats Exempeltorget)"
    assert with_stop(policy, "Exempelgatan 9") == "Exempelgatan 9"
    assert with_stop(policy, "Exempelgatan 5") == "Exempelgatan 5"
    assert map_of(place) == "https://www.openstreetmap.org/?mlat=55.3757&mlon=13.1574#map=17/55.3757/13.1574"
    assert map_of(Place(address="Exempelgatan 9")) == map_of(None) == ""
