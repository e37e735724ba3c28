"""Local accounts of staff: made on the command line, enrolled by her, signed in to, guessed at, and ended."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher
from sqlmodel import select

from backend.staff.seats import accounts, attempts, passwords
from backend.staff.seats.accounts import AccountError
from backend.staff.seats.models import StaffAccount, StaffAttempt, StaffMember, StaffSession
from tests.backend.staff.desks import HERE, Desk, Office, Page, hire
from tests.backend.staff.signing_in.test_sign_in import is_left
from tests.backend.stories import Backend

PASSWORD = "fyra blå stolar på taket"
WRONG = "Användarnamn, lösenord eller kod stämmer inte"


@pytest.fixture
async def town(backend: Backend) -> AsyncIterator[Office]:
    """Trelleborg in production, with its staff, none of whom has an account."""
    await hire(backend.database(), backend.clock)
    office = Office(backend)
    yield office
    await office.close()


NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def _the_half_minute_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "real_time", lambda: NOW)


def figures(secret: str, steps: int = 0) -> str:
    """What her telephone shows, some half minutes from now."""
    return pyotp.TOTP(secret).at(NOW + timedelta(seconds=30 * steps))


async def is_made(town: Office, user_name: str = "maria", name: str = "Maria", role: str = "caseworker") -> str:
    async with town.database.transaction() as session:
        return await accounts.add(session, user_name, name, role)


async def enrols(town: Office, code: str) -> str:
    """She opens the page, chooses a password, and her telephone has the secret, which is given."""
    desk = town.desk()
    page = await desk.presses("/inbox/enrol", {"enrolment": code})
    assert page.status == 200, page.text
    secret = page.within('id="key"', "</b>").replace(" ", "")
    fields = {"enrolment": code, "password": PASSWORD, "again": PASSWORD, "code": figures(secret, -1)}
    page = await desk.presses("/inbox/enrol/done", fields)
    assert "Kontot är klart" in page.text
    return secret


async def tries(desk: Desk, code: str, user_name: str = "maria", password: str = PASSWORD, **more: str) -> Page:
    fields = {"municipality": "trelleborg", "user_name": user_name, "password": password, "code": code, **more}
    return await desk.presses("/inbox/sign-in/account", fields)


async def test_a_caseworker_gets_an_account_and_signs_in_in_production(town: Office) -> None:
    desk = town.desk()
    page = await desk.opens("/inbox")
    assert ("Användarnamn" in page.text, "Maria" in page.source) == (True, False)
    code = await is_made(town)
    secret = await enrols(town, code)
    page = await tries(desk, figures(secret), user_name=" Maria ")
    assert (page.status, page.location) == (200, "/inbox")
    assert "Maria · Handläggare · Trelleborgs kommun" in page.text
    # The one-time code was good once.
    assert (await town.desk().presses("/inbox/enrol", {"enrolment": code})).status == 403


async def test_somebody_new_is_written_down_with_the_role_and_the_calendar_she_was_given(town: Office) -> None:
    async with town.database.transaction() as session:
        await accounts.add(session, "nour.k", "Nour", "caseworker")
        for calendar in ("Maria", "Nobody"):
            with pytest.raises(AccountError):
                await accounts.add(session, "olle", f"Olle {calendar}", "caseworker", calendar=calendar)
        with pytest.raises(AccountError):
            await accounts.add(session, "stina", "Stina", "customer-service", calendar="Erik")
    async with town.database.transaction() as session:
        nour = (await session.exec(select(StaffMember).where(StaffMember.name == "Nour"))).one()
        assert (nour.role, nour.resource, nour.left_at) == ("caseworker", None, None)


@pytest.mark.parametrize(
    ("user_name", "name", "role"),
    [
        ("maria", "Maria", "caseworker"),
        ("m", "Mona", "caseworker"),
        ("åsa", "Åsa", "caseworker"),
        ("sara", "Sara", "caseworker"),
        ("mona", " ", "caseworker"),
    ],
)
async def test_what_is_no_account_to_make(town: Office, user_name: str, name: str, role: str) -> None:
    await is_made(town)
    with pytest.raises(AccountError):
        await is_made(town, user_name, name, role)


async def test_a_code_from_the_telephone_is_good_once_and_only_around_its_time(town: Office) -> None:
    secret = await enrols(town, await is_made(town))
    assert WRONG in (await tries(town.desk(), figures(secret, -1))).alert  # used when she enrolled
    assert WRONG in (await tries(town.desk(), figures(secret, 3))).alert
    assert WRONG in (await tries(town.desk(), "")).alert
    now = figures(secret)
    assert (await tries(town.desk(), f"{now[:3]} {now[3:]}")).location == "/inbox"
    assert WRONG in (await tries(town.desk(), now)).alert
    assert (await tries(town.desk(), figures(secret, 1))).location == "/inbox"


async def test_nobody_learns_what_was_wrong_nor_who_has_an_account(
    town: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = await enrols(town, await is_made(town))
    await is_made(town, "sara", "Sara", "customer-service")  # who has not enrolled yet
    worked: list[bool] = []
    fits = passwords.fits

    async def counted(kept: str | None, password: str) -> bool:
        worked.append(kept is not None)
        return await fits(kept, password)

    monkeypatch.setattr(passwords, "fits", counted)
    told = {
        (page.status, page.alert)
        for page in [
            await tries(town.desk(), figures(secret), password="fel"),
            await tries(town.desk(), "000000"),
            await tries(town.desk(), figures(secret), user_name="ingen"),
            await tries(town.desk(), figures(secret), user_name="sara"),
            await tries(town.desk(), figures(secret), password="x" * 5000),
        ]
    }
    assert len(told) == 1
    assert worked == [True, True, False, False, True]


async def test_what_lies_at_rest_says_nothing(town: Office) -> None:
    secret = await enrols(town, await is_made(town))
    async with town.database.transaction() as session:
        account = (await session.exec(select(StaffAccount))).one()
        kept = accounts._opened(session, account, "password", account.password or b"")
    assert kept.startswith("$argon2id$")
    assert (secret.encode() in account.secret, account.enrolment) == (False, None)
    assert PASSWORD not in kept


async def test_a_hash_with_weaker_parameters_is_made_anew_when_she_signs_in(town: Office) -> None:
    secret = await enrols(town, await is_made(town))
    weak = PasswordHasher(time_cost=1, memory_cost=8192).hash(PASSWORD)
    async with town.database.transaction() as session:
        account = (await session.exec(select(StaffAccount))).one()
        account.password = accounts._sealed(session, account, "password", weak)
        session.add(account)
    assert (await tries(town.desk(), figures(secret))).location == "/inbox"
    async with town.database.transaction() as session:
        account = (await session.exec(select(StaffAccount))).one()
        kept = accounts._opened(session, account, "password", account.password or b"")
    assert not passwords.is_old(kept)
    assert await passwords.fits(kept, PASSWORD.replace("å", "a\u030a"))


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"again": "något annat än det"}, "inte lika"),
        ({"password": "kort", "again": "kort"}, "minst 12 tecken"),
        ({"password": "maria-maria-1", "again": "maria-maria-1"}, "för lätt att gissa"),
        ({"password": "1" * 14, "again": "1" * 14}, "för lätt att gissa"),
        ({"code": "000000"}, "Koden från telefonen stämmer inte"),
    ],
)
async def test_what_does_not_make_an_account_ready(town: Office, change: dict[str, str], words: str) -> None:
    code, desk = await is_made(town), town.desk()
    page = await desk.presses("/inbox/enrol", {"enrolment": code.lower()})
    secret = page.within('id="key"', "</b>").replace(" ", "")
    assert page.links("otpauth://totp/")
    fields = {"enrolment": code, "password": PASSWORD, "again": PASSWORD, "code": figures(secret), **change}
    page = await desk.presses("/inbox/enrol/done", fields)
    assert words in page.alert
    assert fields["password"] not in page.source
    assert WRONG in (await tries(town.desk(), figures(secret), password=fields["password"])).alert


async def test_a_one_time_code_ends_and_nonsense_opens_nothing(town: Office) -> None:
    code = await is_made(town)
    async with town.database.transaction() as session:
        account = (await session.exec(select(StaffAccount))).one()
        account.enrolment_ends_at = datetime.now(UTC) - timedelta(seconds=1)
        session.add(account)
    for given in (code, "", "trelleborg-", "nowhere-AAAAA", f"trelleborg-{'A' * 20}"):
        for address in ("/inbox/enrol", "/inbox/enrol/done"):
            page = await town.desk().presses(address, {"enrolment": given})
            assert (page.status, "gäller inte" in page.alert) == (403, True)


async def test_guessing_is_stopped_for_a_quarter_of_an_hour_whoever_is_guessed_at(town: Office) -> None:
    secret = await enrols(town, await is_made(town))
    for user_name in ("maria", "ingen"):
        guesser = town.desk()
        told = [await tries(guesser, "000000", user_name=user_name) for _ in range(attempts.FROM_ONE_PLACE + 1)]
        assert [page.status for page in told] == [403] * attempts.FROM_ONE_PLACE + [429]
        assert "Vänta en kvart" in told[-1].alert
    assert (await tries(town.desk(), figures(secret))).status == 429
    async with town.database.transaction() as session:
        for row in (await session.exec(select(StaffAttempt))).all():
            row.at -= attempts.WINDOW
            session.add(row)
    assert (await tries(town.desk(), figures(secret))).location == "/inbox"


async def test_who_guesses_does_not_lock_her_out_of_a_browser_she_is_known_in(town: Office) -> None:
    secret, hers = await enrols(town, await is_made(town)), town.desk()
    assert (await tries(hers, figures(secret))).location == "/inbox"
    await hers.presses("/inbox/sign-out")
    for _ in range(attempts.FROM_ONE_PLACE):
        await tries(town.desk(), "000000")
    assert (await tries(town.desk(), figures(secret, 1))).status == 429
    assert (await tries(hers, figures(secret, 1))).location == "/inbox"


async def test_a_known_browser_is_known_for_one_account_and_guesses_no_more_than_another(town: Office) -> None:
    secret, hers = await enrols(town, await is_made(town)), town.desk()
    await is_made(town, "sara", "Sara", "customer-service")
    assert (await tries(hers, figures(secret))).location == "/inbox"
    for _ in range(attempts.FROM_ONE_PLACE):
        assert (await tries(hers, "000000")).status == 403
        assert (await tries(hers, "000000", user_name="sara")).status == 403
    assert (await tries(hers, "000000")).status == 429
    assert (await tries(town.desk(), "000000", user_name="sara")).status == 429  # counted by their one address


async def test_all_addresses_together_and_one_address_at_all_accounts(town: Office) -> None:
    async def begins(account: str, address: str) -> bool:
        async with town.database.transaction() as session:
            return await attempts.begin(session, b"s", account, attempts.Source(address)) is not None

    for number in range(attempts.FROM_ANYWHERE):
        assert await begins("maria", f"198.51.100.{number}")
    assert not await begins("maria", "198.51.100.99")
    for number in range(attempts.OF_ONE_ADDRESS):
        assert await begins(f"guessed{number}", "8.8.8.8")
        assert await begins(f"guessed{number}", "10.0.0.1")
    assert not await begins("johan", "8.8.8.8")
    assert await begins("johan", "10.0.0.1")  # everybody's, behind a proxy that is not trusted


async def test_what_she_mistyped_is_forgotten_when_she_is_in(town: Office) -> None:
    secret = await enrols(town, await is_made(town))
    for steps in (0, 1):
        for _ in range(attempts.FROM_ONE_PLACE - 1):
            await tries(town.desk(), "000000")
        assert (await tries(town.desk(), figures(secret, steps))).location == "/inbox"


async def test_a_reset_closes_her_desks_and_makes_the_old_password_worthless(town: Office) -> None:
    secret, hers = await enrols(town, await is_made(town)), town.desk()
    await tries(hers, figures(secret))
    async with town.database.transaction() as session:
        code = await accounts.reset(session, "Maria")
    assert "Logga in" in (await hers.opens("/inbox")).text
    assert WRONG in (await tries(hers, figures(secret, 1))).alert
    new = await enrols(town, code)
    assert new != secret
    assert (await tries(hers, figures(new))).location == "/inbox"


async def test_who_leaves_is_out_at_once_and_her_name_is_nobody_elses(town: Office) -> None:
    secret, hers = await enrols(town, await is_made(town)), town.desk()
    await tries(hers, figures(secret))
    async with town.database.transaction() as session:
        assert await accounts.remove(session, "maria") == 0
    assert "Logga in" in (await hers.opens("/inbox")).text
    assert WRONG in (await tries(hers, figures(secret, 1))).alert
    with pytest.raises(AccountError):
        await is_made(town)
    async with town.database.transaction() as session:
        assert (await session.exec(select(StaffSession))).all() == []
        assert "Maria" not in [one.name for one in await accounts.everybody(session)]


async def test_what_she_had_written_is_kept_through_a_mistyped_password(town: Office) -> None:
    secret, hers = await enrols(town, await is_made(town)), town.desk()
    await tries(hers, figures(secret))
    amal = await town.asks_for_a_human()
    await is_left(town)
    page = await hers.presses(f"/inbox/cases/{amal.person}/name?reason=follow-up", {"first_name": "Yara"})
    assert (page.status, "Logga in" in page.text, "Yara" in page.source) == (401, True, False)
    page = await tries(hers, "000000", kept=page.inputs("kept")[0])
    assert WRONG in page.alert
    page = await tries(hers, figures(secret, 1), kept=page.inputs("kept")[0])
    assert "Du är inloggad" in page.text
    (again,) = page.actions("/name?reason=follow-up")
    page = await hers.presses(again, {"first_name": page.inputs("first_name")[0]})
    assert "Yara" in page.text


async def test_the_list_says_who_can_sign_in(town: Office) -> None:
    secret = await enrols(town, await is_made(town))
    await is_made(town, "sara", "Sara", "customer-service")
    await tries(town.desk(), figures(secret))
    async with town.database.transaction() as session:
        told = {one.name: (one.user_name, one.state, one.desks) for one in await accounts.everybody(session)}
        assert told["Maria"] == ("maria", "ready", 1)
        assert told["Sara"] == ("sara", "waits for enrolment", 0)
        assert told["Johan"] == ("", "no account", 0)
        assert await accounts.close_desks(session, "maria") == 1


async def test_no_other_site_signs_anybody_in_and_the_cookies_stay_here(town: Office) -> None:
    secret = await enrols(town, await is_made(town))
    fields = {"municipality": "trelleborg", "user_name": "maria", "password": PASSWORD, "code": figures(secret)}
    for headers in ({}, {"Origin": "https://elsewhere.example"}, {"Origin": HERE, "Sec-Fetch-Site": "same-site"}):
        answer = await town.desk().client.post("/inbox/sign-in/account", data=fields, headers=headers)
        assert answer.status_code == 403
    answer = await town.desk().client.post("/inbox/sign-in/account", data=fields, headers={"Origin": HERE})
    for cookie in answer.headers.get_list("set-cookie"):
        assert all(part in cookie for part in ("HttpOnly", "SameSite=lax", "Path=/inbox", "Secure"))
        assert "maria" not in cookie.lower()
