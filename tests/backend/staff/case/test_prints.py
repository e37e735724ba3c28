"""An application is taken out as a file by whoever may, each time it stands in the log, and it says what was said."""

import json
from uuid import uuid4

import pytest

from backend.applications.snapshot import Snapshot
from tests.backend.printing.papers import THREE_LANGUAGES, letters, text
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import Applicant, application


async def applied(office: Office) -> tuple[Applicant, str]:
    """Somebody has applied; where her application is had."""
    amal = await office.bot.asks_for_help(language="ar")
    sent = application(amal, record=THREE_LANGUAGES, later=("plans",))
    answer = await office.bot.put(f"applications/{uuid4()}", sent)
    assert answer.status_code == 200, answer.text
    return amal, f"/inbox/cases/{amal.person}/applications/{answer.json()['application']}"


async def opens(desk: Desk, applicant: Applicant) -> None:
    """Somebody of the staff opens the case, and says why."""
    page = await desk.opens(f"/inbox/cases/{applicant.person}?reason=follow-up")
    assert page.status == 200, page.text


async def test_a_caseworker_saves_the_application_as_it_was_shown(office: Office, maria: Desk) -> None:
    amal, address = await applied(office)
    await opens(maria, amal)
    page = await maria.opens(f"/inbox/cases/{amal.person}/application")
    assert f"{address}/archive.pdf" in page.links(address)

    answer = await maria.client.get(f"{address}/archive.pdf")

    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"].startswith('attachment; filename="ansokan-')
    assert answer.headers["cache-control"] == "no-store"
    assert letters("Bor barn hos dig, alltid eller ibland?") in letters(text(answer.content))
    assert (await office.log(amal))[-1] == ("Maria", "archive", True)
    assert "Tog ut ansökan" in (await maria.opens(f"/inbox/cases/{amal.person}/looked")).text


async def test_it_is_had_as_data_too_and_each_time_is_logged(office: Office, maria: Desk) -> None:
    amal, address = await applied(office)
    await opens(maria, amal)

    kept = [json.loads((await maria.client.get(f"{address}/archive.json")).content) for _ in range(2)]

    assert kept[0] == kept[1]
    assert Snapshot.model_validate(kept[0]).answers == THREE_LANGUAGES
    assert (await office.log(amal)).count(("Maria", "archive", True)) == 2


async def test_interpreter_booking_takes_nothing_out(office: Office, elin: Desk) -> None:
    _, address = await applied(office)
    for file in ("archive.pdf", "archive.json", "form.pdf"):
        assert (await elin.client.get(f"{address}/{file}")).status_code == 403


async def test_without_a_task_one_says_why_and_is_not_let_out_before(office: Office, maria: Desk) -> None:
    amal, address = await applied(office)
    assert (await maria.client.get(f"{address}/archive.json")).status_code == 403
    assert (await maria.client.get(f"{address}/archive.json?reason=supervision")).status_code == 200
    assert [row[1:] for row in await office.log(amal)] == [("archive", False), ("archive", True)]


async def test_an_application_is_found_with_its_person_alone(office: Office, maria: Desk) -> None:
    _, address = await applied(office)
    other = await office.bot.asks_for_help()
    await opens(maria, other)
    theirs = address.replace(address.split("/")[3], str(other.person))
    assert (await maria.client.get(f"{theirs}/archive.json")).status_code == 404


@pytest.mark.parametrize(("language", "signature"), [("sv", "Underskrift"), ("so", "Saxiixa")])
async def test_the_form_is_printed_with_what_is_known(
    office: Office, maria: Desk, language: str, signature: str
) -> None:
    amal, address = await applied(office)
    await opens(maria, amal)
    answer = await maria.client.get(f"{address}/form.pdf?language={language}")
    assert answer.status_code == 200
    said = text(answer.content)
    assert "5850" in said
    assert "Sparpengar" in said
    assert signature in said
    assert (await office.log(amal))[-1] == ("Maria", "archive", True)


async def test_an_empty_form_needs_no_person_and_a_language_there_is(office: Office, johan: Desk) -> None:
    empty = "/inbox/cases/forms/application.pdf"
    assert (await johan.client.get(f"{empty}?language=so&large=true")).content.startswith(b"%PDF")
    assert (await johan.client.get(f"{empty}?language=xx")).status_code == 422

    amal = await office.bot.asks_for_help(language="so")
    await opens(johan, amal)
    page = await johan.opens(f"/inbox/cases/{amal.person}/application")
    assert page.actions(empty) == [empty]
