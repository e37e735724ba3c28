"""A caseworker says that the calculation is ready: she is told that there is something new, and reads it."""

import pytest

from backend.calculation import service
from backend.contract import AskForGrant, Grant, NoticeKind, Readable, SomethingNew
from backend.decisions import codes
from tests.backend.staff.case.test_cases import applies, case
from tests.backend.staff.deciding.test_calculating import ALONE, DECEMBER, applied, form, notices
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import JOHAN, Applicant

FINISHED = {"kronor housing": "6 500", "because housing": "Uppsägning pågår."}


@pytest.fixture
def deciding(office: Office) -> Office:
    """The same office, where our calculation is the one that counts."""
    office.database.municipality = office.database.municipality.model_copy(update={"decides": "imorgon"})
    return office


async def saves(office: Office, maria: Desk, amal: Applicant, **fields: str) -> str:
    """Save a version; gives its id."""
    page = await maria.opens(f"{case(amal)}/calculation")
    opened = {"version": page.inputs("version")[0]}
    page = await maria.presses(f"{case(amal)}/calculation", {**form(page, **fields), **opened})
    assert "Beräkningen är sparad" in page.text
    async with office.database.transaction() as session:
        return str((await service.of_month(session, amal.person, DECEMBER))[-1].id)


async def reads(office: Office, amal: Applicant) -> Readable:
    async with office.database.transaction() as session:
        code = await codes.issue(session, office.backend.clock, JOHAN, amal.person)
    answer = await office.bot.post("grants", AskForGrant(code=code, at=office.backend.clock()))
    token = Grant.model_validate(answer.json()).token
    return Readable.model_validate((await office.bot.get("readable", **{"X-Read-Grant": token})).json())


async def tells(maria: Desk, amal: Applicant, version: str) -> str:
    page = await maria.presses(f"{case(amal)}/calculation/tell", {"version": version, "month": "2026-12"})
    return page.location.rpartition("done=")[2] or page.alert


async def test_she_is_told_once_that_there_is_something_and_reads_each_line_with_why(
    deciding: Office, maria: Desk
) -> None:
    amal = await applied(deciding, maria)
    version = await saves(deciding, maria, amal, **FINISHED)
    assert (await reads(deciding, amal)).calculation is None  # nobody has said that it is ready

    assert [await tells(maria, amal, version) for _ in range(2)] == ["told", "told"]

    (notice,) = [one for one in await notices(deciding) if one.kind is NoticeKind.SOMETHING_NEW]
    assert SomethingNew.model_validate(notice.body) == SomethingNew(what="calculation", with_interpreter=True)
    shown = (await reads(deciding, amal)).calculation
    assert shown is not None
    assert (shown.needs, shown.means, shown.support, shown.surplus) == (12120, 4000, 8120, 0)
    (home,) = [line for line in shown.lines if line.words == "Boende"]
    assert (home.group, home.kronor) == ("cost", 6500)
    assert home.reason.startswith("Uppsägning pågår.")
    page = await maria.opens(f"{case(amal)}/calculation")
    assert "Personen får läsa den sedan" in page.text
    assert page.actions("/calculation/tell") == []
    assert ("Maria", "calculation", True) in await deciding.log(amal)
    # A later version is read by nobody until it is said to be ready.
    later = await saves(deciding, maria, amal, **{**FINISHED, "others": "0"})
    assert later != version
    assert (await reads(deciding, amal)).calculation == shown
    assert await tells(maria, amal, version) == "told"


async def test_what_waits_for_a_human_and_what_has_changed_is_not_told(deciding: Office, maria: Desk) -> None:
    amal = await applied(deciding, maria)
    version = await saves(deciding, maria, amal)
    assert "Något i beräkningen ska bedömas för hand" in await tells(maria, amal, version)
    first = await saves(deciding, maria, amal, **FINISHED)
    await saves(deciding, maria, amal, **{**FINISHED, "others": "0"})
    assert "har ändrats" in await tells(maria, amal, first)
    assert (await reads(deciding, amal)).calculation is None


async def test_what_was_worked_out_from_an_application_she_has_corrected_is_not_told(
    deciding: Office, maria: Desk
) -> None:
    amal = await applied(deciding, maria)
    version = await saves(deciding, maria, amal, **FINISHED)
    deciding.backend.clock.advance(minutes=1)
    await applies(deciding, amal, **{**ALONE, "housing_kronor": 5500})
    page = await maria.opens(f"{case(amal)}/calculation")
    assert "Ansökan har ändrats sedan den senaste versionen." in page.text
    assert page.actions("/calculation/tell") == []
    assert "har ändrats" in await tells(maria, amal, version)
    assert await tells(maria, amal, await saves(deciding, maria, amal, **FINISHED)) == "told"


async def test_where_the_case_system_decides_nobody_is_told_and_nobody_reads(office: Office, maria: Desk) -> None:
    office.database.municipality = office.database.municipality.model_copy(update={"decides": "casesystem"})
    amal = await applied(office, maria, **{**ALONE, "housing_kronor": 6000})
    version = await saves(office, maria, amal)
    page = await maria.opens(f"{case(amal)}/calculation")
    assert page.actions("/calculation/tell") == []
    assert "Verksamhetssystemet beslutar här" in await tells(maria, amal, version)
    assert [one for one in await notices(office) if one.kind is NoticeKind.SOMETHING_NEW] == []
    assert (await reads(office, amal)).calculation is None
