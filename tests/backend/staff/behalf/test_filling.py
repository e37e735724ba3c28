"""Somebody without a telephone applies at the desk: staff write in Swedish, she confirms in her language."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from backend import access
from backend.applications import snapshot
from backend.applications.models import Application
from backend.contract import SendApplication
from tests.backend.staff.desks import HERE, Desk, Office, Page
from tests.backend.staff.signing_in.test_sign_in import is_left

HOUSEHOLD = {"applies_alone": "True", "month": "next", "stays_here": "True"}
COSTS = {
    "cost_kinds": ["electricity", "care"],
    "cost_kronor#electricity": "1 615 kr",
    "cost_period#electricity": "quarter",
    "cost_receipt#electricity": "True",
    # No cross before medicine: the sum says that it is meant.
    "cost_kronor#medicine": "130",
}
ACCOUNT = "8327-9, 000 000 001-2"


async def comes_to_the_desk(desk: Desk) -> str:
    """Amal comes without having written; gives the address of her case."""
    page = await desk.presses("/inbox/cases/start", {"first_name": "Amal", "language": "ar", "where": "room"})
    assert page.status == 200, page.text
    assert "Amal" in page.text
    assert "Inget nummer" in page.text
    return page.location.partition("?")[0]


async def filled_in(desk: Desk) -> str:
    case = await comes_to_the_desk(desk)
    assert (await desk.presses(f"{case}/fill/household", HOUSEHOLD)).location.endswith("/fill/children")
    await desk.presses(f"{case}/fill/children", {"has_children": "True", "child_name#1": "Yara", "child_age#1": "7"})
    await desk.presses(f"{case}/fill/housing", {"housing": "rental", "housing_kronor": "6200"})
    await desk.presses(f"{case}/fill/costs", COSTS)
    last = await desk.presses(f"{case}/fill/reaching", {"contact_by": ["letter"], "account": ACCOUNT})
    assert last.location.endswith("/fill/read-back")
    return case


async def confirms(desk: Desk, case: str, page: Page, **more: str) -> Page:
    said = {"digest": page.inputs("digest")[0], "where": "room", "through": "interpreter", "she_said_so": "yes", **more}
    return await desk.presses(f"{case}/fill/confirm", said)


async def sent(office: Office, case: str) -> list[SendApplication]:
    async with office.database.transaction() as session:
        rows = (await session.exec(select(Application))).all()
        return [snapshot.read(session, row) for row in rows if str(row.person) in case]


async def test_it_is_read_back_in_both_languages_and_sent_as_hers(office: Office, johan: Desk) -> None:
    case = await filled_in(johan)
    page = await johan.opens(f"{case}/fill/read-back")

    assert "El: hur mycket, i kronor? 1 615 kr" in page.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Medicin: hur mycket" in page.text
    assert "كهرباء: كم بالكرون؟" in page.text.translate({0x2068: None, 0x2069: None})
    assert "Jag försäkrar på heder och samvete" in page.text
    # What nobody answered waits for the meeting, and is said now.
    assert "Vad har du levt på hittills?" in page.text

    done = await confirms(johan, case, page)

    assert done.status == 200, done.text
    (one,) = await sent(office, case)
    assert (one.applies_alone, one.housing_kronor, one.language) == (True, 6200, "ar")
    assert [(child.first_name, child.age) for child in one.children or ()] == [("Yara", 7)]
    assert [(cost.kind, cost.kronor) for cost in one.costs or ()] == [("electricity", 1615), ("medicine", 130)]
    assert {record.channel for record in one.record} == {"desk"}
    assert one.record[0].shown != one.record[0].shown_in_swedish
    assert one.attestation is not None
    assert one.attestation.language == "ar"
    words = "sagt av personen i rummet, läst upp av tolk på arabiska, nedskrivet av Johan"
    assert one.attestation.taken_down == words
    assert one.interpreter_language == "ar"
    # Nobody is asked for the name of a second child.
    assert not any(key.startswith("child_name") for key in one.later)
    # It is gone from the desk; a second press sends nothing.
    again = await confirms(johan, case, page)
    assert again.location.endswith("/application")
    assert len(await sent(office, case)) == 1


async def test_who_talks_for_long_saves_and_sends_without_saying_why_again(
    office: Office, johan: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = await comes_to_the_desk(johan)
    monkeypatch.setattr(access, "_SAME_OPENING", timedelta())
    for wrong, status in (("lite", 422), ("90", 303)):
        fields = {"cost_kinds": "union", "cost_kronor#union": wrong}
        answer = await johan.client.post(f"{case}/fill/costs", data=fields, headers={"Origin": HERE})
        assert answer.status_code == status
    monkeypatch.undo()
    page = await johan.opens(f"{case}/fill/read-back")
    monkeypatch.setattr(access, "_SAME_OPENING", timedelta())
    await confirms(johan, case, page)
    assert len(await sent(office, case)) == 1


async def test_what_is_secret_is_sealed_at_once_and_never_shown_again(office: Office, johan: Desk) -> None:
    case = await filled_in(johan)
    for page in (await johan.opens(f"{case}/fill/reaching"), await johan.opens(f"{case}/fill/read-back")):
        assert ACCOUNT not in page.source
    assert "Förseglat, läst upp när det skrevs" in page.text
    await confirms(johan, case, page)
    (one,) = await sent(office, case)
    assert [answer.question for answer in one.sealed] == ["account"]
    assert ACCOUNT not in one.model_dump_json()
    assert "account" not in one.later


async def test_what_is_sealed_of_a_partner_is_not_sent_when_there_is_none(office: Office, johan: Desk) -> None:
    case = await comes_to_the_desk(johan)
    await johan.presses(f"{case}/fill/household", {**HOUSEHOLD, "applies_alone": "False", "partner_name": "Sam"})
    await johan.presses(f"{case}/fill/income", {"has_income": "False", "partners_money": "4 000 i lön"})
    await johan.presses(f"{case}/fill/assets", {"vehicle_number#2": "ABC123"})
    page = await johan.opens(f"{case}/fill/read-back")
    assert "Vilka pengar får din partner" in page.text
    await johan.presses(f"{case}/fill/household", HOUSEHOLD)
    page = await johan.opens(f"{case}/fill/read-back")
    assert "Vilka pengar får din partner" not in page.text
    await confirms(johan, case, page)
    (one,) = await sent(office, case)
    assert [answer.question for answer in one.sealed] == ["vehicle_number#2"]


async def test_what_stands_beside_a_field_is_read_with_it(johan: Desk) -> None:
    case = await comes_to_the_desk(johan)
    for section in ("household", "children", "income", "planning", "reaching"):
        page = await johan.opens(f"{case}/fill/{section}")
        named = {at["id"] for _, at in page.elements if "id" in at}
        read = [name for _, at in page.elements for name in at.get("aria-describedby", "").split()]
        assert set(read) <= named
        assert read or section == "children"
    page = await johan.opens(f"{case}/fill/household")
    (alone,) = [at for _, at in page.elements if at.get("id") == "applies_alone"]
    assert alone["aria-describedby"] == "applies_alone-hint"


async def test_what_she_said_of_her_work_is_sent_as_it_was_read_to_her(office: Office, johan: Desk) -> None:
    case = await comes_to_the_desk(johan)
    # Money from an unemployment fund comes long after the last day of work.
    money = {"has_income": "True", "income_kinds": "unemployment-fund", "income_kronor#unemployment-fund": "9000"}
    await johan.presses(f"{case}/fill/income", money)
    await johan.presses(f"{case}/fill/planning", {"planning": "job-seeking", "worked_last_year": "False"})
    await confirms(johan, case, await johan.opens(f"{case}/fill/read-back"))
    (one,) = await sent(office, case)
    assert [record.meaning for record in one.record if record.question == "worked_last_year"] == [False]
    assert one.worked_last_year is False


async def test_a_row_that_is_written_says_that_there_is_one(office: Office, johan: Desk) -> None:
    case = await comes_to_the_desk(johan)
    await johan.presses(f"{case}/fill/children", {"child_name#1": "Yara", "child_age#1": "7"})
    await johan.presses(f"{case}/fill/assets", {"vehicle_kind#1": "car"})
    await confirms(johan, case, await johan.opens(f"{case}/fill/read-back"))
    (one,) = await sent(office, case)
    assert [child.first_name for child in one.children or ()] == ["Yara"]
    assert (one.asset_kinds, [vehicle.kind for vehicle in one.vehicles or ()]) == (("vehicle",), ["car"])


async def test_a_case_that_is_opened_twice_is_one(office: Office, johan: Desk) -> None:
    (key,) = (await johan.opens("/inbox/cases")).inputs("key")
    fields = {"first_name": "Amal", "language": "ar", "where": "room", "key": key}
    pages = [await johan.presses("/inbox/cases/start", fields) for _ in range(2)]
    assert {page.location for page in pages} == {f"/inbox/cases/{key}?reason=at-the-counter"}


async def test_nobody_is_given_the_first_language_of_the_list(office: Office, johan: Desk) -> None:
    page = await johan.opens("/inbox/cases")
    assert 'required><option value="">Välj språk</option>' in page.source
    refused = await johan.presses("/inbox/cases/start", {"first_name": "Amal", "language": "", "where": "room"})
    assert refused.status == 422


async def test_ore_are_ore_and_a_number_that_is_not_whole_is_asked_again(office: Office, johan: Desk) -> None:
    case = await comes_to_the_desk(johan)
    for written, read in (("12.50", "13 kr"), ("12,50", "13 kr"), ("1.615", "1 615 kr")):
        fields = {"cost_kinds": "union", "cost_kronor#union": written}
        await johan.presses(f"{case}/fill/costs", fields)
        page = await johan.opens(f"{case}/fill/read-back")
        assert read in page.text.replace("\N{NO-BREAK SPACE}", " ")
    children = {"has_children": "True", "child_name#1": "Yara", "child_age#1": "1.5"}
    page = await johan.presses(f"{case}/fill/children", children)
    assert (page.status, "Skriv ett helt tal" in page.text) == (422, True)


async def test_what_was_changed_after_it_was_read_is_read_again(office: Office, johan: Desk, maria: Desk) -> None:
    case = await filled_in(johan)
    page = await johan.opens(f"{case}/fill/read-back")
    await maria.opens(f"{case}?reason=follow-up")
    await maria.presses(f"{case}/fill/housing", {"housing": "lodger", "housing_kronor": "3000"})

    refused = await confirms(johan, case, page)

    assert (refused.status, "Läs upp dem igen" in refused.alert) == (422, True)
    assert await sent(office, case) == []


async def test_read_back_in_another_month_it_says_which_month_was_meant(office: Office, johan: Desk) -> None:
    office.backend.clock.now = datetime(2026, 11, 30, 15, tzinfo=UTC)
    case = await comes_to_the_desk(johan)
    await johan.presses(f"{case}/fill/household", {**HOUSEHOLD, "month": "this"})
    office.backend.clock.now = datetime(2026, 12, 1, 9, tzinfo=UTC)
    page = await johan.opens(f"{case}/fill/read-back")
    assert "Den här månaden (november 2026)" in page.text
    await confirms(johan, case, page)
    (one,) = await sent(office, case)
    assert one.month == date(2026, 11, 1)
    (said,) = [record for record in one.record if record.question == "month"]
    assert said.answer_in_swedish == "Den här månaden (november 2026)"
    assert "2026" in (said.answer or "").translate(str.maketrans("٠١٢٣٤٥٦٧٨٩", "0123456789"))


async def test_nothing_is_sent_that_she_did_not_say_yes_to(office: Office, johan: Desk) -> None:
    case = await filled_in(johan)
    page = await johan.opens(f"{case}/fill/read-back")
    assert (await confirms(johan, case, page, she_said_so="")).status == 422
    assert await sent(office, case) == []


async def test_what_cannot_be_read_is_said_where_it_stands_and_nothing_is_lost(office: Office, johan: Desk) -> None:
    case = await comes_to_the_desk(johan)
    page = await johan.presses(
        f"{case}/fill/costs", {"cost_kinds": ["none", "union"], "cost_kronor#union": "lite", "cost_kronor#travel": "90"}
    )
    assert page.status == 422
    assert "Skriv ett helt tal från 0 till 100000." in page.text
    assert "Kryssa antingen för ”Inget av det”" in page.text
    assert page.inputs("cost_kronor#union") == ["lite"]
    assert page.inputs("cost_kronor#travel") == ["90"]
    page = await johan.presses(f"{case}/fill/children", {"has_children": "True", "child_age#1": "400"})
    assert "Skriv ett helt tal från 0 till 20." in page.text


async def test_what_was_filled_in_when_the_desk_was_closed_is_kept_but_for_what_is_secret(
    office: Office, johan: Desk
) -> None:
    case = await comes_to_the_desk(johan)
    await is_left(office)
    page = await johan.presses(f"{case}/fill/reaching", {"contact_by": ["letter"], "account": ACCOUNT})
    assert page.status == 401
    page = await johan.presses(
        "/inbox/sign-in", {name: page.inputs(name)[0] for name in ("municipality", "member", "kept")}
    )
    (again,) = page.actions("/fill/reaching")
    assert (page.inputs("contact_by"), page.inputs("account"), ACCOUNT in page.source) == (["letter"], [], False)
    page = await johan.presses(again, {"contact_by": page.inputs("contact_by")})
    assert page.location.endswith("/fill/read-back")


async def test_answers_off_the_way_are_not_kept(office: Office, johan: Desk) -> None:
    case = await comes_to_the_desk(johan)
    await johan.presses(f"{case}/fill/household", {**HOUSEHOLD, "partner_name": "Yusuf"})
    assert "Yusuf" not in (await johan.opens(f"{case}/fill/household")).source
    assert "Vad heter barnet" not in (await johan.opens(f"{case}/fill/read-back")).text
    # Nobody is asked about the money of a partner she has not.
    assert "Vilka pengar får din partner" not in (await johan.opens(f"{case}/fill/income")).text


async def test_every_act_stands_in_the_log(office: Office, johan: Desk) -> None:
    case = await filled_in(johan)
    page = await johan.opens(f"{case}/fill/read-back")
    await confirms(johan, case, page)
    looked = (await johan.opens(f"{case}/looked")).text
    assert looked.count("Fyllde i ansökan") == 6
    assert "Sparade Boende" in looked
    assert "Skickade. sagt av personen i rummet" in looked
    await johan.presses(f"{case}/fill/housing", {"housing": "rental"})
    assert (await johan.presses(f"{case}/fill/discard")).status == 200
    assert "Tog bort utkastet" in (await johan.opens(f"{case}/looked")).text


async def test_interpreter_booking_fills_nothing_in(office: Office, johan: Desk, elin: Desk) -> None:
    case = await filled_in(johan)
    assert (await elin.opens(f"{case}/fill")).status == 403
    assert (await elin.presses(f"{case}/fill/household", HOUSEHOLD)).status == 403
    assert (await elin.presses("/inbox/cases/start", {"language": "ar", "where": "room"})).status == 403
