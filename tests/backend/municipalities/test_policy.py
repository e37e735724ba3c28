"""What a municipality decided: read from its file, served with a version, careful until its analysis is recorded."""

import tomllib
from datetime import date
from typing import get_args

import pytest
from pydantic import ValidationError

from backend import municipalities
from backend.contract import OpenFor, Policy, Sensitivity
from backend.municipalities import Municipality, found
from tests.backend.stories import SEAL_KEYS, Backend


async def policy(backend: Backend, slug: str = "trelleborg") -> Policy:
    answer = await backend.bots[slug].get("policy")
    assert answer.status_code == 200, answer.text
    return Policy.model_validate(answer.json())


async def test_in_production_sms_and_telegram_carry_open_questions_only(backend: Backend) -> None:
    said = await policy(backend)
    assert said.ceiling_policy == "careful"
    assert said.ceilings == {
        "sms": Sensitivity.OPEN,
        "telegram": Sensitivity.OPEN,
        "web": Sensitivity.PERSONAL,
        "terminal": Sensitivity.PERSONAL,
    }
    assert not said.telegram
    assert (said.quiet_from, said.quiet_until) == ("20:00", "08:00")
    assert said.public_page == "trelleborg.example/s"
    assert (said.opening_hours[0].opens, said.opening_hours[4].closes) == ("08:00", "15:00")


async def test_what_there_is_for_whoever_wants_a_job_is_the_municipalitys_own(both: Backend) -> None:
    one, other = await policy(both), await policy(both, "svedala")
    assert one.work.employment_service == "arbetsformedlingen.se"
    assert one.work.offers == ("job-coach", "work-practice", "training", "cv")
    assert "training" not in other.work.offers


async def test_a_municipality_with_an_e_service_of_its_own_says_where_it_is(both: Backend) -> None:
    one, other = await policy(both), await policy(both, "svedala")
    assert (one.application, one.e_service) == ("own", "")
    assert (other.application, other.e_service) == ("guide", "svedala.example/ansok")


def test_a_guide_without_an_e_service_is_refused() -> None:
    with pytest.raises(ValueError, match="needs the address of the e-service"):
        Municipality.model_validate({**table(), "application": "guide"})


async def test_the_demo_shows_what_a_recorded_analysis_allows(demo: Backend) -> None:
    said = await policy(demo)
    assert said.ceiling_policy == "guided"
    assert said.ceilings["sms"] == Sensitivity.PERSONAL
    assert said.public_page == "https://imorgon.example/s/"
    assert said.telegram


async def test_each_municipality_seals_with_its_own_public_key(both: Backend) -> None:
    one, other = await policy(both), await policy(both, "svedala")
    for said, slug in ((one, "trelleborg"), (other, "svedala")):
        (key,) = said.seal_keys
        assert key["kid"] == SEAL_KEYS[slug].kid
        assert "d" not in key
    assert one.version != other.version
    assert one.version == (await policy(both)).version


def test_both_files_are_read() -> None:
    assert {slug: town.number for slug, town in found().items()} == {"svedala": 1263, "trelleborg": 1287}
    for town in found().values():
        assert town.address.startswith("Exempelgatan ")
        assert town.meetings.minutes_with_interpreter == 45


def table(slug: str = "trelleborg") -> dict[str, object]:
    path = municipalities._FOLDER / f"{slug}.toml"
    return {"slug": slug, **tomllib.loads(path.read_text(encoding="utf-8"))}


def test_guided_needs_the_municipalitys_analysis() -> None:
    with pytest.raises(ValidationError, match="legal_analysis"):
        Municipality.model_validate({**table(), "ceilings": "guided"})
    recorded = {"reference": "AMN 2026/1", "decided_on": "2026-11-02"}
    decided = Municipality.model_validate({**table(), "ceilings": "guided", "legal_analysis": recorded})
    assert decided.ceilings == "guided"


def test_links_are_off_and_need_the_municipalitys_analysis() -> None:
    assert not Municipality.model_validate(table()).links
    with pytest.raises(ValidationError, match="links = true needs a recorded legal_analysis"):
        Municipality.model_validate({**table(), "links": True})
    recorded = {"reference": "AMN 2026/1", "decided_on": "2026-11-02"}
    assert Municipality.model_validate({**table(), "links": True, "legal_analysis": recorded}).links


def test_nothing_is_decided_automatically_and_it_needs_a_list_that_allows_it() -> None:
    for town in found().values():
        assert town.decisions.automatic == "off"
        assert town.automatic_on(date(2026, 12, 1), examples=True) is None
    assert 'automatic = "off"' in (municipalities._FOLDER / "trelleborg.toml").read_text(encoding="utf-8")
    without = {key: value for key, value in table().items() if key != "decisions"}
    assert Municipality.model_validate(without).decisions.automatic == "off"
    on = {**table(), "decisions": {"automatic": "unchanged-renewals"}}
    with pytest.raises(ValidationError, match="needs a delegation list that allows it"):
        Municipality.model_validate(on)
    rows = [{"outcome": "bifall", "level": "caseworker", "most_kronor": 20_000}]
    recorded = {"recorded_by": "Nämndsekreteraren", "reference": "AMN 2026/9", "decided_on": "2026-11-02"}
    row = {"since": "2026-01-01", "rows": rows, "source": "", "status": "example"}
    allowing: dict[str, object] = {**row, "automatic": {**recorded, "most_kronor": 12_000}}
    with pytest.raises(ValidationError, match="needs decides = 'imorgon'"):
        Municipality.model_validate({**on, "delegation": [allowing], "decides": "casesystem"})
    for lacks in recorded:
        less = {key: value for key, value in recorded.items() if key != lacks}
        with pytest.raises(ValidationError, match=f"delegation.0.automatic.{lacks}"):
            Municipality.model_validate({**on, "delegation": [{**allowing, "automatic": {**less, "most_kronor": 1}}]})
    with pytest.raises(ValidationError, match="no more is decided automatically than a caseworker may sign"):
        Municipality.model_validate(
            {**on, "delegation": [{**allowing, "automatic": {**recorded, "most_kronor": 20_001}}]}
        )
    town = Municipality.model_validate({**on, "delegation": [allowing]})
    # A made-up list allows nothing in production, and none before its day.
    assert town.automatic_on(date(2026, 12, 1), examples=False) is None
    assert town.automatic_on(date(2026, 11, 1), examples=True) is None
    assert town.automatic_on(date(2026, 11, 2), examples=True) is not None


@pytest.mark.parametrize("wrong", [{"name": None}, {"unknown": 1}, {"calendar": {}}, {"slug": "Trelleborg"}])
def test_a_wrong_file_is_refused_in_words(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Municipality.model_validate({**table(), **wrong})


def test_when_a_month_can_be_applied_for_is_dated_and_says_where_it_is_from() -> None:
    (row,) = found()["trelleborg"].application_months
    assert (row.opens_on, row.pay_day, row.status) == (15, 27, "example")
    with pytest.raises(ValidationError, match="begins on a later day"):
        Municipality.model_validate({**table(), "application_months": [row, row]})


async def test_the_rule_of_retention_that_holds_today_is_told(backend: Backend, demo: Backend) -> None:
    # An example erases in the demo alone.
    assert [(await policy(one)).answers_days for one in (backend, demo)] == [None, 90]
    rows = [{"since": f"2026-{month:02}-01", "answers_days": days, "source": "", "status": "verified"}
            for month, days in ((3, 365), (9, 30))]  # fmt: skip
    town = Municipality.model_validate({**table(), "retention": rows})
    held = [town.retention_on(date(2026, month, 1), examples=False) for month in (2, 3, 8, 9)]
    assert [rule and rule.answers_days for rule in held] == [None, 365, 365, 30]
    with pytest.raises(ValueError, match="retention: each row begins"):
        Municipality.model_validate({**table(), "retention": rows[::-1]})


async def test_an_example_leads_nobody_anywhere_but_in_the_demo(backend: Backend, demo: Backend) -> None:
    real, shown = await policy(backend), await policy(demo)
    assert (real.openings, real.places) == ((), ())
    assert {one.kind for one in shown.openings} == set(get_args(OpenFor))
    assert shown.places[0].address == shown.address
    assert shown.places[0].bus_stop


@pytest.mark.parametrize("hours", [{}, {"weekday": 1, "day": "2026-12-08"}, {"weekday": 1, "closes": "08:00"}])
def test_hours_are_on_a_weekday_or_a_day_and_end_after_they_begin(hours: dict[str, object]) -> None:
    row = {"kind": "drop-in", "opens": "09:00", "closes": "11:00", "place": "Torget", "source": "", "status": "example"}
    with pytest.raises(ValidationError, match="open_hours"):
        Municipality.model_validate({**table(), "open_hours": [row | hours]})


def test_a_place_is_half_on_no_map_and_stands_once() -> None:
    place = {"address": "Torget", "source": "", "status": "example"}
    with pytest.raises(ValidationError, match="belong together"):
        Municipality.model_validate({**table(), "places": [place | {"latitude": 55.4}]})
    with pytest.raises(ValidationError, match="stands once"):
        Municipality.model_validate({**table(), "places": [place, place]})
