"""Staff sign in by their municipality's own provider: oidc-provider, certified by the OpenID Foundation."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2
import pytest
from sqlmodel import select

from backend import settings, tasks
from backend.bookings import seed as resources
from backend.identity.colleagues import callback
from backend.settings import SettingsError
from backend.staff.seats import accounts, sessions
from backend.staff.seats.models import StaffMember, StaffSession, StaffSignIn
from bot.together import free_port
from tests.backend.identity import node
from tests.backend.identity.hostile import SECRET
from tests.backend.staff.desks import HERE, Desk, Office, Page, hire, member_id
from tests.backend.staff.signing_in.test_sign_in import is_left
from tests.backend.stories import StoryClock, started

WAY = "/inbox/sign-in/oidc/trelleborg"
ROLES = "imorgon-handlaggare=caseworker imorgon-kundtjanst=customer-service"


def given(issuer: str) -> dict[str, str]:
    parts = {"ISSUER": issuer, "CLIENT_ID": "imorgon", "CLIENT_SECRET": SECRET, "ROLES": ROLES}
    return {f"IMORGON_OIDC_STAFF_{part}_TRELLEBORG": value for part, value in parts.items()}


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with node.provider(free_port(), callback(HERE, "trelleborg"), SECRET) as found:
        yield found


@pytest.fixture
async def town(environ: dict[str, str], clock: StoryClock, issuer: str) -> AsyncIterator[Office]:
    """Trelleborg in production, whose staff sign in there."""
    async with started({**environ, **given(issuer)}, clock) as here:
        office = Office(here)
        yield office
        await office.close()


async def there(url: str, *, account: str = "a1", name: str = "Nour", groups: str = "imorgon-handlaggare") -> str:
    """She says who she is at the provider; where it sends her back to."""
    async with httpx2.AsyncClient(trust_env=False) as browser:
        answer = await browser.get(url)
        assert answer.status_code == 303, answer.text
        form = urljoin(url, answer.headers["Location"])
        answer = await browser.get(f"{form}/as", params={"number": account, "name": name, "groups": groups})
        while not answer.headers["Location"].startswith(HERE):
            answer = await browser.get(urljoin(form, answer.headers["Location"]))
            assert answer.status_code == 303, answer.text
    back: str = answer.headers["Location"]
    return back.removeprefix(HERE)


async def signs_in(desk: Desk, **who: str) -> Page:
    away = await desk.opens(WAY)
    assert away.status == 303, away.text
    page = await desk.opens(await there(away.location, **who))
    return await desk.opens(page.location) if page.status == 303 else page


async def members(town: Office) -> list[tuple[str, str]]:
    async with town.database.transaction() as session:
        return sorted((one.name, one.role) for one in (await session.exec(select(StaffMember))).all())


async def test_who_is_in_a_group_is_seated_with_its_role_and_known_again(town: Office) -> None:
    desk = town.desk()
    page = await desk.opens("/inbox")
    assert page.links(WAY) == [WAY]
    assert page.inputs("password") == []
    assert "Nour · Handläggare · Trelleborgs kommun" in (await signs_in(desk)).text
    # Another role, and called something else: the same person by her account.
    page = await signs_in(town.desk(), name="Noor", groups="other imorgon-kundtjanst")
    assert "Nour · Kundtjänst" in page.text
    assert await members(town) == [("Nour", "customer-service")]
    both = town.desk()
    await signs_in(both, groups="imorgon-kundtjanst imorgon-handlaggare")
    assert (await both.opens("/inbox/desks")).inputs("role") == ["customer-service"]  # beside the first of the two
    assert "Logga in" in (await desk.presses("/inbox/sign-out")).text


async def test_who_is_in_no_group_reads_why_and_her_open_desks_are_closed(town: Office) -> None:
    page = await signs_in(town.desk(), account="b2", groups="lunch")
    assert (page.status, "ingen behörighet" in page.text) == (403, True)
    assert await members(town) == []
    desk = town.desk()
    await signs_in(desk, account="b2")
    assert (await signs_in(town.desk(), account="b2", groups="")).status == 403
    assert "Handläggare" not in (await desk.opens("/inbox")).text


async def test_who_comes_back_without_a_role_lets_go_of_her_tasks(town: Office) -> None:
    await signs_in(town.desk(), account="d4", name="Dana")
    async with town.database.transaction() as session:
        dana = (await session.exec(select(StaffMember).where(StaffMember.name == "Dana"))).one()
        task = await tasks.add(session, "answer", "asked", at=town.backend.clock())
        await tasks.take(session, task.id, dana.id, dana.name)
    assert (await signs_in(town.desk(), account="d4", name="Dana", groups="lunch")).status == 403
    async with town.database.transaction() as session:
        assert (await tasks.get(session, task.id)).assigned_to is None


async def test_who_has_left_and_a_second_of_the_same_name_are_not_let_in(town: Office) -> None:
    await signs_in(town.desk(), account="c3", name="Maria")
    assert (await signs_in(town.desk(), account="c4", name="Maria")).status == 403
    async with town.database.transaction() as session:
        maria = (await session.exec(select(StaffMember))).one()
        maria.left_at = datetime.now(UTC)
        session.add(maria)
    assert (await signs_in(town.desk(), account="c3", name="Maria")).status == 403
    async with town.database.transaction() as session:
        assert (await session.exec(select(StaffSession))).all() == []


async def test_she_gets_her_calendar_and_is_closed_by_her_name(town: Office, clock: StoryClock) -> None:
    async with town.database.transaction() as session:
        await resources.seed(session, clock, town.database.municipality)
    desk = town.desk()
    await signs_in(desk, account="d5", name="Nour")
    async with town.database.transaction() as session:
        await accounts.give_calendar(session, "Nour", "Maria")
        (nour,) = await accounts.everybody(session)
        assert (nour.state, nour.desks) == ("signs in by OIDC", 1)
        assert await accounts.close_desks(session, "Nour") == 1
    assert "Handläggare" not in (await desk.opens("/inbox")).text
    async with town.database.transaction() as session:
        await accounts.remove(session, "Nour")
    assert (await signs_in(desk, account="d5", name="Nour")).status == 403


async def test_a_way_back_is_good_once_in_the_browser_it_was_begun_in(town: Office) -> None:
    hers, thief = town.desk(), town.desk()
    back = await there((await hers.opens(WAY)).location)
    assert (await thief.opens(back)).status == 403
    assert (await hers.opens(back)).status == 403  # used up by that
    back = await there((await hers.opens(WAY)).location)
    assert (await hers.opens(back.replace("iss=", "iss=https%3A%2F%2Felsewhere.example&was="))).status == 403
    back = await there((await hers.opens(WAY)).location)
    state = parse_qs(urlsplit(back).query)["state"][0]
    assert (await hers.opens(back.replace(state, "another"))).status == 403
    assert (await hers.opens(back)).status == 303
    assert (await hers.opens(back)).status == 403
    async with town.database.transaction() as session:
        assert (await session.exec(select(StaffSignIn))).all() == []


async def test_what_she_had_written_goes_there_and_back(town: Office) -> None:
    desk = town.desk()
    await signs_in(desk)
    amal = await town.asks_for_a_human()
    await is_left(town)
    page = await desk.presses(f"/inbox/cases/{amal.person}/name?reason=follow-up", {"first_name": "Yara"})
    assert (page.status, "Yara" in page.source) == (401, False)
    page = await desk.presses(WAY, {"kept": page.inputs("kept")[0]})
    (away,) = page.links("http://127.0.0.1")
    page = await desk.opens(await there(away))
    (again,) = page.actions("/name?reason=follow-up")
    assert "Yara" in (await desk.presses(again, {"first_name": page.inputs("first_name")[0]})).text


async def test_from_another_desk_a_link_leads_there_since_a_press_may_not_leave_the_site(
    environ_of_both: dict[str, str], clock: StoryClock
) -> None:
    svedala = {name.replace("TRELLEBORG", "SVEDALA"): value for name, value in given("https://login.example").items()}
    async with started({**environ_of_both, **svedala}, clock) as here:
        await hire(here.database("trelleborg"), clock)
        async with here.database("trelleborg").transaction() as session:
            johan = await session.get_one(StaffMember, member_id("trelleborg", "Johan"))
            token = await sessions.begin(session, here.settings.session_secret.encode(), johan)
        office = Office(here)
        desk = office.desk()
        desk.client.cookies.set(sessions.COOKIE, token)
        page = await desk.presses("/inbox/towns/svedala")
        assert (page.status, page.location) == (200, "")
        assert page.links("/inbox/sign-in/oidc/svedala") == ["/inbox/sign-in/oidc/svedala"]
        assert "Svedala kommun" in page.text
        await office.close()


async def test_nobody_fills_the_database_with_what_was_never_written_here(town: Office) -> None:
    assert (await town.desk().presses(WAY, {"kept": "x" * 200_001})).status == 422
    async with town.database.transaction() as session:
        assert (await session.exec(select(StaffSignIn))).all() == []


async def test_local_accounts_are_closed_where_the_municipality_has_its_own(town: Office) -> None:
    fields = {"municipality": "trelleborg", "user_name": "maria", "password": "x", "code": "000000"}
    assert (await town.desk().presses("/inbox/sign-in/account", fields)).status == 404
    assert (await town.desk().opens("/inbox/sign-in/oidc/svedala")).status == 404


async def test_a_provider_that_is_away_is_said(environ: dict[str, str], clock: StoryClock) -> None:
    async with started({**environ, **given(f"http://127.0.0.1:{free_port()}")}, clock) as here:
        office = Office(here)
        page = await office.desk().opens(WAY)
        assert (page.status, "svarar inte" in page.text) == (503, True)
        await office.close()


@pytest.mark.parametrize(
    ("part", "value", "said"),
    [
        ("ROLES", "", "ROLES_TRELLEBORG is missing"),
        ("ROLES", "group=boss", "ROLES_TRELLEBORG must be"),
        ("ROLES", "caseworker", "ROLES_TRELLEBORG must be"),
        ("ISSUER", "http://elsewhere.example", "ISSUER_TRELLEBORG must begin"),
        ("CLIENT_SECRET", "", "CLIENT_SECRET_TRELLEBORG is missing"),
    ],
)
def test_half_of_it_is_refused(environ: dict[str, str], part: str, value: str, said: str) -> None:
    wrong = {**given("https://login.example"), f"IMORGON_OIDC_STAFF_{part}_TRELLEBORG": value}
    with pytest.raises(SettingsError, match=said):
        settings.read({**environ, **wrong})
