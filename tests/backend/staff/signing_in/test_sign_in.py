"""Who gets to a desk, for how long, and that no other site presses its buttons."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select
from starlette.requests import Request

from backend.staff.desk import seat
from backend.staff.seats import sessions
from backend.staff.seats.models import StaffMember, StaffSession
from tests.backend.staff.desks import HERE, Desk, Office, hire, member_id
from tests.backend.stories import Backend


async def test_in_the_demo_one_press_signs_in(both_offices: Office) -> None:
    desk = both_offices.desk()
    page = await desk.opens("/inbox")
    assert page.status == 200
    for word in ("Trelleborgs kommun", "Johan", "Kundtjänst", "Svedala kommun", "Lena", "Handläggare"):
        assert word in page.text
    await desk.signs_in("Johan")
    page = await desk.opens("/inbox")
    assert "Johan · Kundtjänst · Trelleborgs kommun" in page.text


async def test_in_production_nobody_signs_in_with_one_press(backend: Backend) -> None:
    await hire(backend.database(), backend.clock)
    office = Office(backend)
    desk = office.desk()
    page = await desk.opens("/inbox")
    assert "Lösenord" in page.text
    assert "Johan" not in page.source
    fields = {"municipality": "trelleborg", "member": str(member_id("trelleborg", "Johan"))}
    assert (await desk.presses("/inbox/sign-in", fields)).status == 403
    assert not desk.client.cookies
    async with backend.database().transaction() as session:
        assert (await session.exec(select(StaffSession))).all() == []
    await office.close()


async def test_without_signing_in_every_page_leads_to_the_way_in(office: Office) -> None:
    desk = office.desk()
    for address in ("/inbox/cases", "/inbox/interpreters", "/inbox/tomorrow", f"/inbox/threads/{member_id('a', 'b')}"):
        page = await desk.opens(address)
        assert (page.status, page.location) == (303, "/inbox")


async def test_the_cookie_is_opaque_and_stays_on_our_pages(office: Office) -> None:
    fields = {"municipality": "trelleborg", "member": str(member_id("trelleborg", "Johan"))}
    answer = await office.desk().client.post("/inbox/sign-in", data=fields, headers={"Origin": HERE})
    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=lax", "Path=/inbox", "Secure"):
        assert part in cookie
    assert "Johan" not in cookie
    token = cookie.partition("=")[2].partition(";")[0]
    async with office.database.transaction() as session:
        (row,) = (await session.exec(select(StaffSession))).all()
        assert token.encode() not in row.token_hash


@pytest.mark.parametrize(("idle", "since"), [(sessions.IDLE, timedelta(0)), (timedelta(0), sessions.LONGEST)])
async def test_a_desk_left_alone_or_open_too_long_is_closed(
    office: Office, johan: Desk, idle: timedelta, since: timedelta
) -> None:
    async with office.database.transaction() as session:
        (row,) = (await session.exec(select(StaffSession))).all()
        row.seen_at = datetime.now(UTC) - idle - timedelta(seconds=1)
        row.began_at = datetime.now(UTC) - max(idle, since) - timedelta(seconds=1)
        session.add(row)
    assert "Logga in" in (await johan.opens("/inbox")).text


async def is_left(office: Office) -> None:
    async with office.database.transaction() as session:
        for row in (await session.exec(select(StaffSession))).all():
            row.seen_at = datetime.now(UTC) - sessions.IDLE - timedelta(seconds=1)
            session.add(row)


NOTE = {"first_name": "Amal & <Yara>"}


async def test_what_was_written_when_the_desk_was_closed_is_sent_after_signing_in(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await johan.opens(f"/inbox/cases/{amal.person}")
    await is_left(office)
    page = await johan.presses(f"/inbox/cases/{amal.person}/name?reason=follow-up", NOTE)
    assert (page.status, "Logga in som Johan" in page.text) == (401, True)
    assert "Yara" not in page.source
    fields = {name: page.inputs(name)[0] for name in ("municipality", "member", "kept")}
    page = await johan.presses("/inbox/sign-in", fields)
    assert "Du är inloggad" in page.text
    (again,) = page.actions("/name?reason=follow-up")
    page = await johan.presses(again, {"first_name": page.inputs("first_name")[0]})
    assert "Amal & <Yara>" in page.text


async def test_what_was_written_before_the_weekend_is_kept_although_others_have_signed_in(
    office: Office, johan: Desk
) -> None:
    amal = await office.asks_for_a_human()
    async with office.database.transaction() as session:
        (row,) = (await session.exec(select(StaffSession))).all()
        row.seen_at = row.began_at = datetime.now(UTC) - timedelta(days=3)
        session.add(row)
    await office.at_desk("Sara")
    page = await johan.presses(f"/inbox/cases/{amal.person}/name?reason=follow-up", NOTE)
    assert (page.status, len(page.inputs("kept"))) == (401, 1)


async def test_what_was_written_opens_for_nobody_else(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    await is_left(office)
    page = await johan.presses(f"/inbox/cases/{amal.person}/name", NOTE)
    (kept,) = page.inputs("kept")
    for sealed in (kept, "nonsense", "å"):
        fields = {"municipality": "trelleborg", "member": str(member_id("trelleborg", "Sara")), "kept": sealed}
        page = await johan.presses("/inbox/sign-in", fields)
        assert (page.location, "Yara" in page.source) == ("/inbox", False)


async def test_what_may_be_secret_is_not_kept_and_a_desk_she_closed_keeps_nothing(office: Office, johan: Desk) -> None:
    amal = await office.asks_for_a_human()
    cookies = dict(johan.client.cookies)
    await is_left(office)
    page = await johan.presses(f"/inbox/cases/{amal.person}/phrase", {"phrase": "röd cykel"})
    assert (page.location, page.inputs("kept")) == ("/inbox", [])
    await johan.presses("/inbox/sign-out")
    johan.client.cookies.update(cookies)
    page = await johan.presses(f"/inbox/cases/{amal.person}/name", NOTE)
    assert (page.location, page.inputs("kept")) == ("/inbox", [])


async def test_work_keeps_the_desk_open_but_a_page_left_open_does_not(office: Office, johan: Desk) -> None:
    async def left_for(time: timedelta) -> datetime:
        async with office.database.transaction() as session:
            (row,) = (await session.exec(select(StaffSession))).all()
            row.seen_at = datetime.now(UTC) - time
            session.add(row)
            return row.seen_at

    async def seen_at() -> datetime:
        async with office.database.transaction() as session:
            return (await session.exec(select(StaffSession))).one().seen_at

    left = await left_for(timedelta(hours=1))
    await johan.opens("/inbox/cases", **{"X-Live": "1"})
    # A stream lets no header through, and begins anew by itself whenever the line breaks.
    cookie = f"{sessions.COOKIE}={johan.client.cookies[sessions.COOKIE]}".encode()
    about = {"type": "http", "method": "GET", "path": "/inbox/live", "query_string": b"", "app": office.backend.app}
    await seat(Request({**about, "headers": [(b"cookie", cookie)]}))
    assert await seen_at() == left
    await johan.opens("/inbox/cases")
    assert await seen_at() > left


async def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(office: Office, johan: Desk) -> None:
    kept = dict(johan.client.cookies)
    page = await johan.presses("/inbox/sign-out")
    assert "Logga in" in page.text
    other = office.desk()
    other.client.cookies.update(kept)
    assert "Logga in" in (await other.opens("/inbox")).text


async def test_who_has_left_no_longer_gets_in(office: Office, johan: Desk) -> None:
    async with office.database.transaction() as session:
        johan_himself = await session.get_one(StaffMember, member_id("trelleborg", "Johan"))
        johan_himself.left_at = datetime.now(UTC)
        session.add(johan_himself)
    page = await johan.opens("/inbox")
    assert "Logga in" in page.text
    assert "Johan" not in page.text


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Origin": HERE, "Sec-Fetch-Site": "cross-site"}],
)
async def test_another_site_presses_no_button(office: Office, johan: Desk, headers: dict[str, str]) -> None:
    applicant = await office.asks_for_a_human()
    page = await johan.presses(f"/inbox/threads/{applicant.thread}/take-over", None, **headers)
    assert page.status == 403
    assert "kom inte från den här sidan" in page.text
    assert await office.log(applicant) == []


async def test_a_press_that_says_nothing_of_its_origin_is_refused(office: Office, johan: Desk) -> None:
    applicant = await office.asks_for_a_human()
    answer = await johan.client.post(f"/inbox/threads/{applicant.thread}/take-over")
    assert answer.status_code == 403


async def test_two_municipalities_are_two_houses(both_offices: Office) -> None:
    office, johan = both_offices, await both_offices.at_desk("Johan")
    applicant = await office.asks_for_a_human()
    anders = await office.at_desk("Anders", "svedala")
    page = await anders.opens(f"/inbox/threads/{applicant.thread}")
    assert page.status == 404
    assert "Nummer" not in (await anders.opens("/inbox?queue=waiting")).text
    assert "Nummer …06 12" in (await johan.opens("/inbox?queue=waiting")).text
    # A token is good where it was made, whatever municipality it claims.
    token = anders.client.cookies[sessions.COOKIE]
    anders.client.cookies.clear()
    anders.client.cookies.set(sessions.COOKIE, token.replace("svedala.", "trelleborg."))
    assert "Logga in" in (await anders.opens("/inbox")).text


async def test_nobody_signs_in_as_staff_of_another_municipality(both_offices: Office) -> None:
    office = both_offices
    fields = {"municipality": "svedala", "member": str(member_id("trelleborg", "Johan"))}
    assert (await office.desk().presses("/inbox/sign-in", fields)).status == 404
    fields["municipality"] = "nowhere"
    assert (await office.desk().presses("/inbox/sign-in", fields)).status == 404


async def test_pages_let_nothing_foreign_in(office: Office, johan: Desk) -> None:
    answer = await johan.client.get("/inbox")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["cache-control"] == "no-store"
    assert "style=" not in answer.text
    assert "onclick" not in answer.text
