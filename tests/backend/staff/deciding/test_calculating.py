"""The calculation at the desk: a preview for the caseworker, line by line, saved in versions, and sent to nobody."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import update
from sqlalchemy.exc import ProgrammingError
from sqlmodel import select

from backend import contract
from backend.calculation import service
from backend.calculation.models import CalculationVersion
from backend.cases import desk
from backend.contract import Feed
from tests.backend.staff.case.test_cases import applies, case
from tests.backend.staff.desks import Desk, Office, Page
from tests.backend.stories import Applicant

DECEMBER = date(2026, 12, 1)
ALONE: dict[str, Any] = {
    "month": DECEMBER,
    "applies_alone": True,
    "children": (),
    "housing": "rental",
    "housing_kronor": 6500,
    "home_persons": 1,
    "costs": (contract.Cost(kind="electricity", kronor=400, period="month"),),
    "has_income": True,
    "incomes": (contract.Income(kind="salary", kronor=4000),),
    "pending_benefits": False,
    "asset_kinds": (),
    "assets": (),
}


async def applied(office: Office, maria: Desk, **answers: Any) -> Applicant:
    """Somebody has applied, and Maria has her case open."""
    amal = await office.bot.asks_for_help(office.backend.clock())
    await applies(office, amal, **{**ALONE, **answers})
    await maria.opens(f"{case(amal)}?reason=follow-up")
    return amal


def form(page: Page, **fields: str) -> dict[str, str]:
    """What the page sends when nothing more is filled in."""
    hidden = {name: page.inputs(name)[-1] for name in ("application", "version", "key")}
    return {"month": "2026-12", **hidden, **fields}


async def notices(office: Office) -> list[contract.Notice]:
    return list(Feed.model_validate((await office.bot.get("notices?after=0&limit=100")).json()).notices)


async def test_her_month_is_shown_line_by_line_with_why(office: Office, maria: Desk) -> None:
    amal = await applied(office, maria)
    page = await maria.opens(f"{case(amal)}/calculation")
    assert page.status == 200
    assert (
        "Underlag för beslutet. Personen läser den sparade beräkningen först när du säger att den är klar." in page.text
    )
    assert "Hela riksnormen 2026 för en ensamstående utan barn. Enligt 12 kap. 7 § socialtjänstlagen." in page.text
    assert "Kommunens högsta belopp är 6 200 kr. 300 kr ligger över: bedöms för hand." in page.text
    assert "Jobbstimulans kräver försörjningsstöd 6 månader i följd" in page.text
    assert "Kommunens högsta belopp är påhittade exempel" in page.text
    # 5 220 + 6 200 + 400 - 4 000
    assert "Riksnorm och kostnader 11 820 kr" in page.text
    assert "Inkomster och tillgångar −4 000 kr" in page.text
    assert "Saknas upp till normen 7 820 kr" in page.text
    assert "Summan är inte färdig. För hand: Boende." in page.text


async def test_a_line_is_changed_with_a_reason_and_saved_and_nobody_is_told(office: Office, maria: Desk) -> None:
    amal = await applied(office, maria)
    before = await notices(office)
    page = await maria.opens(f"{case(amal)}/calculation")
    page = await maria.presses(f"{case(amal)}/calculation", form(page, **{"kronor housing": "6500"}))
    assert page.status == 422
    assert page.alert == "Skriv varför, på varje rad som är ändrad eller ny."
    assert page.inputs("kronor housing") == ["6500"]
    filled = form(page, **{"kronor housing": "6 500", "because housing": "Uppsägning pågår."})
    filled |= {
        "own_1_group": "income",
        "own_1_words": "Swish",
        "own_1_kronor": "200",
        "own_1_because": "Kontoutdraget.",
    }
    page = await maria.presses(f"{case(amal)}/calculation/preview", filled)
    assert "Saknas upp till normen 7 920 kr" in page.text
    assert "Inga än." in page.text  # nothing is saved by looking
    page = await maria.presses(f"{case(amal)}/calculation", filled)
    assert "Beräkningen är sparad" in page.text
    assert "Ändrad från 6 200 kr: Uppsägning pågår." in page.text
    assert "Version 1: saknas upp till normen 7 920 kr" in page.text
    assert "Sparad av Maria" in page.text
    assert page.inputs("kronor housing") == ["6500"]  # she goes on from there
    assert page.inputs("own_1_words") == ["Swish"]
    assert await notices(office) == before
    assert ("Maria", "calculation", True) in await office.log(amal)


async def test_a_small_childs_lunch_is_ticked_and_kept(office: Office, maria: Desk) -> None:
    bo = contract.Child(first_name="Bo", age=5, days=30)
    amal = await applied(office, maria, month=date(2021, 5, 1), children=(bo,))
    page = await maria.opens(f"{case(amal)}/calculation")
    assert "Bo äter lunch borta fem dagar i veckan" in page.text
    filled = {**form(page, lunch_1="yes"), "month": "2021-05"}
    page = await maria.presses(f"{case(amal)}/calculation", filled)
    assert "Beräkningen är sparad" in page.text
    # 3 160 + 2 170 + 1 130 + 6 500 + 400 - 4 000; no table of highest costs is of that year.
    assert "Personliga kostnader för barn 4–6 år, utan lunch fem dagar i veckan, 2 170 kr." in page.text
    assert "Saknas upp till normen 9 360 kr" in page.text
    assert 'name="lunch_1" value="yes" checked' in page.source


async def test_job_stimulus_is_by_the_months_of_support(office: Office, maria: Desk) -> None:
    amal = await applied(office, maria)
    page = await maria.opens(f"{case(amal)}/calculation")
    filled = form(page, supported_from="2026-05", supported_to="2026-10")
    page = await maria.presses(f"{case(amal)}/calculation/preview", filled)
    assert "Jobbstimulans: 25 procent av lönen, 1 000 kr, räknas inte." in page.text
    assert "Saknas upp till normen 8 820 kr" in page.text
    page = await maria.presses(f"{case(amal)}/calculation/preview", {**filled, "supported_to": ""})
    assert page.status == 422
    page = await maria.presses(f"{case(amal)}/calculation", filled)
    assert page.inputs("supported_from") == ["2026-05"]


async def test_a_partners_and_a_childs_salary_are_written_in_and_counted_by_the_rules(
    office: Office, maria: Desk
) -> None:
    amal = await applied(office, maria, applies_alone=False, incomes=(), has_income=False)
    page = await maria.opens(f"{case(amal)}/calculation")
    assert "Partnerns pengar står i partnerns egen ansökan" in page.text
    filled = form(page, partner_supported_from="2026-05", partner_supported_to="2026-10")
    filled |= {"pay_1_of": "partner", "pay_1_kronor": "8 000"}
    filled |= {"pay_2_of": "child", "pay_2_name": "Kim", "pay_2_kronor": "3 000", "pay_2_earned": "57 000"}
    page = await maria.presses(f"{case(amal)}/calculation", filled)
    assert "Lön, partnern Uppgett: 8 000 kr. Jobbstimulans: 25 procent av lönen, 2 000 kr, räknas inte." in page.text
    assert "om året, 59 200 kr. 800 kr ligger över. Enligt 12 kap. 9 § socialtjänstlagen." in page.text
    # 8 510 + 6 500 + 400 - 6 000 - 800: a rent for two has room up to 7 000
    assert "Saknas upp till normen 8 610 kr" in page.text
    assert page.inputs("pay_2_earned") == ["57000"]


@pytest.mark.parametrize(
    "answers",
    [
        {"children": (contract.Child(first_name="Adam", age=8, days=30),)},
        {"month": date(2027, 1, 1)},
    ],
    ids=["a household whose part of the norm is not verified", "a year without a riksnorm"],
)
async def test_what_is_not_verified_gives_no_sum_and_saves_nothing(
    office: Office, maria: Desk, answers: dict[str, Any]
) -> None:
    amal = await applied(office, maria, **answers)
    month = f"{answers.get('month', DECEMBER):%Y-%m}"
    page = await maria.opens(f"{case(amal)}/calculation?month={month}")
    assert page.status == 200
    assert "Riksnormens belopp är inte kontrollerade" in page.alert or "ingen riksnorm för det året" in page.alert
    for word in ("Saknas upp till", "5 220", "Spara beräkningen"):
        assert word not in page.text
    async with office.database.transaction() as session:
        (application,) = await desk.applications(session, amal.person)
    filled = {"month": month, "application": str(application.id), "version": "0", "key": str(uuid4())}
    page = await maria.presses(f"{case(amal)}/calculation", filled)
    assert page.status == 409
    async with office.database.transaction() as session:
        assert (await session.exec(select(CalculationVersion))).all() == []


async def test_a_month_nobody_applied_for_has_no_calculation(office: Office, maria: Desk) -> None:
    amal = await applied(office, maria)
    page = await maria.opens(f"{case(amal)}/calculation?month=2026-11")
    assert page.alert == "Det finns ingen ansökan för den månaden."
    assert [link[-7:] for link in page.links(f"{case(amal)}/calculation?month=")] == ["2026-12"]
    assert (await maria.opens(f"{case(amal)}/calculation?month=sen")).status == 422


async def test_pressed_twice_it_is_one_version(office: Office, maria: Desk) -> None:
    amal = await applied(office, maria)
    filled = form(await maria.opens(f"{case(amal)}/calculation"))
    await maria.presses(f"{case(amal)}/calculation", filled)
    page = await maria.presses(f"{case(amal)}/calculation", filled)
    assert "Beräkningen är sparad" in page.text
    assert "Version 2" not in page.text


async def test_what_another_saved_meanwhile_is_not_written_over_unseen(office: Office, maria: Desk) -> None:
    amal = await applied(office, maria)
    mine = form(await maria.opens(f"{case(amal)}/calculation"), others="0")
    ann = await office.at_desk("Ann")
    await ann.opens(f"{case(amal)}?reason=follow-up")
    await ann.presses(f"{case(amal)}/calculation", form(await ann.opens(f"{case(amal)}/calculation")))
    page = await maria.presses(f"{case(amal)}/calculation", mine)
    assert page.status == 409
    assert page.alert.startswith("Beräkningen eller ansökan har ändrats")
    assert page.inputs("others") == ["0"]  # what she wrote is there
    page = await maria.presses(f"{case(amal)}/calculation", form(page, others="0"))
    assert "Version 2" in page.text


async def test_a_new_application_is_seen_before_it_is_saved(office: Office, maria: Desk) -> None:
    amal = await applied(office, maria)
    page = await maria.opens(f"{case(amal)}/calculation")
    filled = form(page, **{"kronor electricity": "350", "because electricity": "Räkningen."})
    await maria.presses(f"{case(amal)}/calculation", filled)
    filled = form(await maria.opens(f"{case(amal)}/calculation"))
    office.backend.clock.advance(minutes=1)
    await applies(office, amal, **{**ALONE, "costs": (), "housing_kronor": 5000})
    page = await maria.presses(f"{case(amal)}/calculation", filled)
    assert page.status == 409
    page = await maria.opens(f"{case(amal)}/calculation")
    assert page.alert.startswith("Beräkningen eller ansökan har ändrats")  # the changed line is gone
    assert "Saknas upp till normen 6 220 kr" in page.text


async def test_what_was_saved_can_be_worked_out_again_to_the_krona(office: Office, maria: Desk) -> None:
    amal = await applied(office, maria)
    page = await maria.opens(f"{case(amal)}/calculation")
    filled = form(page, supported_from="2026-05", supported_to="2026-10")
    filled |= {"kronor housing": "6500", "because housing": "Uppsägning pågår."}
    await maria.presses(f"{case(amal)}/calculation", filled)
    async with office.database.transaction() as session:
        (saved,) = await service.of_month(session, amal.person, DECEMBER)
        applications = await desk.applications(session, amal.person)
        assert saved.application == applications[-1].id
        assert service.work(session, applications, DECEMBER, saved.by_hand) == saved.calculation
        row = (await session.exec(select(CalculationVersion))).one()
        assert b"6500" not in row.content


async def test_a_version_is_never_changed(office: Office, maria: Desk) -> None:
    amal = await applied(office, maria)
    await maria.presses(f"{case(amal)}/calculation", form(await maria.opens(f"{case(amal)}/calculation")))
    with pytest.raises(ProgrammingError):
        async with office.database.transaction() as session:
            await session.exec(update(CalculationVersion).values(version=7))


@pytest.mark.parametrize(
    "fields",
    [
        {"kronor housing": "mycket", "because housing": "Så."},
        {"kronor boat": "1", "because boat": "Så."},
        {"others": "många"},
        {"version": "en"},
        {"version": "9" * 5000},
        {"key": "nej"},
        {"pay_1_of": "nobody", "pay_1_kronor": "1"},
        {"own_1_kronor": "5", "own_1_because": "Så.", "own_1_words": "Båt", "own_1_group": "norm"},
    ],
    ids=lambda fields: next(iter(fields)),
)
async def test_what_no_form_of_ours_holds_is_refused(office: Office, maria: Desk, fields: dict[str, str]) -> None:
    amal = await applied(office, maria)
    page = await maria.opens(f"{case(amal)}/calculation")
    page = await maria.presses(f"{case(amal)}/calculation", {**form(page), **fields})
    assert page.status == 422
    async with office.database.transaction() as session:
        assert (await session.exec(select(CalculationVersion))).all() == []


async def test_only_a_caseworker_calculates(office: Office, maria: Desk, johan: Desk) -> None:
    amal = await applied(office, maria)
    await johan.opens(f"{case(amal)}?reason=at-the-counter")
    assert (await johan.opens(f"{case(amal)}/calculation")).status == 403
    assert (await johan.presses(f"{case(amal)}/calculation", {"month": "2026-12"})).status == 403
    assert "Beräkning" not in (await johan.opens(case(amal))).text
