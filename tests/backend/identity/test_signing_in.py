"""E-identification against a provider that is good, and then bad in every way there is."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey
from sqlmodel import select, update

from backend import access, tasks
from backend.contract import Grant, HandOver, Readable
from backend.decisions import codes
from backend.identity import provider as providers
from backend.identity import register, trust
from backend.identity.models import Identification, IdentityNumber
from backend.ladder import Level
from tests.backend.identity.hostile import LOA3, NUMBER_CLAIM, SECRET, Claims, Provider, came_back, signed
from tests.backend.identity.test_numbers import PERSONNUMMER
from tests.backend.identity.test_trust import stands
from tests.backend.stories import JOHAN, Applicant, Backend, StoryClock, at_once, started

HERS, ANOTHER = PERSONNUMMER[20], PERSONNUMMER[25]


@dataclass
class Browser:
    """Somebody's browser on its way to the provider and back."""

    town: Backend
    word: str
    brought: dict[str, str]

    async def shows(self, **changed: str) -> httpx2.Response:
        """What it brought back is shown to the backend."""
        result = {
            "state": self.brought["state"],
            "code": self.brought["code"],
            "issuer": self.brought.get("iss", ""),
            "browser": self.word,
            "at": self.town.clock().isoformat(),
        }
        return await self.town.trelleborg.post("e-identifications/result", {**result, **changed})


async def leaves(town: Backend, *, grant: str = "") -> Browser:
    """She leaves for the provider, signs in there, and is sent back."""
    answer = await town.trelleborg.post("e-identifications", {"language": "ar", "grant": grant})
    assert answer.status_code == 200, answer.text
    way = answer.json()
    async with httpx2.AsyncClient(trust_env=False) as browser:
        back = await browser.get(way["url"])
    return Browser(town, way["browser"], came_back(back.headers["Location"]))


async def known(town: Backend, number: str = HERS) -> Applicant:
    """Somebody whose number staff have seen."""
    amal = await town.trelleborg.asks_for_help()
    async with town.database().transaction() as session:
        await register.write_down(session, town.clock, JOHAN, amal.person, number, seen=True)
    return amal


async def with_code(town: Backend, person: UUID) -> str:
    async with town.database().transaction() as session:
        code = await codes.issue(session, town.clock, JOHAN, person)
    token: str = (await town.trelleborg.post("grants", {"code": code, "at": town.clock().isoformat()})).json()["token"]
    return token


def refused(answer: httpx2.Response, code: str = "identification-refused") -> bool:
    return answer.status_code in (403, 424) and answer.json()["code"] == code


# --- What it is for ---------------------------------------------------------------------------------------------------


async def test_who_is_known_by_her_number_reads_for_a_quarter_of_an_hour_and_it_is_logged(
    town: Backend, provider: Provider
) -> None:
    amal = await known(town)
    provider.number = HERS
    grant = Grant.model_validate((await (await leaves(town)).shows()).json())
    assert (grant.person, grant.language) == (amal.person, "ar")
    assert timedelta(minutes=14) < grant.expires_at - datetime.now(UTC) <= timedelta(minutes=15)
    answer = await town.trelleborg.get("readable", **{"X-Read-Grant": grant.token})
    readable = Readable.model_validate(answer.json())
    assert (readable.person, readable.by_code) == (amal.person, False)
    assert await stands(town, amal.person) == Level.IDENTIFIED
    async with town.database().transaction() as session:
        assert (await access.log_of(session, amal.person))[0].why == "läser själv med e-legitimation"


async def test_a_number_nobody_has_opens_nothing_and_is_not_kept(town: Backend, provider: Provider) -> None:
    await known(town)
    provider.number = ANOTHER
    assert refused(await (await leaves(town)).shows(), "identified-unknown")
    async with town.database().transaction() as session:
        assert len((await session.exec(select(IdentityNumber))).all()) == 1


async def test_a_number_that_was_only_said_to_be_hers_opens_nothing(town: Backend, provider: Provider) -> None:
    amal = await town.trelleborg.asks_for_help()
    async with town.database().transaction() as session:
        await register.write_down(session, town.clock, JOHAN, amal.person, HERS, seen=False)
    provider.number = HERS
    assert refused(await (await leaves(town)).shows(), "identified-unknown")


async def test_who_reads_by_a_code_is_known_by_her_number_from_then_on(town: Backend, provider: Provider) -> None:
    amal = await town.trelleborg.asks_for_help()
    provider.number = HERS
    first = await leaves(town, grant=await with_code(town, amal.person))
    assert Grant.model_validate((await first.shows()).json()).person == amal.person
    assert Grant.model_validate((await (await leaves(town)).shows()).json()).person == amal.person


async def test_a_grant_that_is_no_more_is_as_none(town: Backend, provider: Provider) -> None:
    provider.number = HERS
    assert refused(await (await leaves(town, grant="nothing")).shows(), "identified-unknown")


async def test_who_signs_in_on_anothers_page_reads_her_own_and_staff_hear_of_it(
    town: Backend, provider: Provider
) -> None:
    amal, other = await known(town), await town.trelleborg.asks_for_help()
    provider.number = HERS
    browser = await leaves(town, grant=await with_code(town, other.person))
    assert Grant.model_validate((await browser.shows()).json()).person == amal.person
    async with town.database().transaction() as session:
        assert [task.reason for task in await tasks.waiting(session, amal.person)] == [register.SAME_NUMBER]
        assert await register.of_person(session, other.person) is None


async def test_a_stranger_on_her_page_does_not_become_her(town: Backend, provider: Provider) -> None:
    amal = await known(town)
    provider.number = ANOTHER
    browser = await leaves(town, grant=await with_code(town, amal.person))
    assert refused(await browser.shows(), "identified-unknown")
    async with town.database().transaction() as session:
        assert len((await session.exec(select(IdentityNumber))).all()) == 1


async def test_two_who_have_one_number_are_looked_at_before_either_is_read(town: Backend, provider: Provider) -> None:
    await known(town)
    await known(town)
    provider.number = HERS
    assert refused(await (await leaves(town)).shows(), "identified-unknown")
    async with town.database().transaction() as session:
        assert [task.reason for task in await tasks.queue(session)].count(register.SAME_NUMBER) == 1


async def test_nobody_reads_as_who_wrote_the_phrase(town: Backend, provider: Provider) -> None:
    amal = await known(town)
    provider.number = HERS
    call = HandOver(
        person=amal.person, thread=amal.thread, channel="sms", language="ar", reason="agreed-phrase", at=town.clock()
    )
    await town.trelleborg.put(f"handovers/{UUID(int=9)}", call)
    assert refused(await (await leaves(town)).shows(), "identified-unknown")
    assert await stands(town, amal.person) == Level.NOBODY


async def test_a_number_opens_nothing_when_what_she_showed_was_taken_away_and_a_code_lets_her_in_again(
    town: Backend, provider: Provider
) -> None:
    amal = await known(town)
    provider.number = HERS
    async with town.database().transaction() as session:
        await trust.end(session, amal.person, town.clock(), "merged", by_name="Maria")
    assert refused(await (await leaves(town)).shows(), "identified-unknown")
    assert await stands(town, amal.person) == Level.NOBODY
    browser = await leaves(town, grant=await with_code(town, amal.person))
    assert Grant.model_validate((await browser.shows()).json()).person == amal.person
    assert Grant.model_validate((await (await leaves(town)).shows()).json()).person == amal.person


async def test_a_number_that_was_written_down_by_mistake_opens_nothing_of_hers_ever_again(
    town: Backend, provider: Provider
) -> None:
    amal, other = await known(town), await town.trelleborg.asks_for_help()
    async with town.database().transaction() as session:
        await register.take_back(session, town.clock, JOHAN, amal.person)
        now = await register.of_person(session, amal.person)
        assert now is not None
        assert now.source == "said"
        await register.see(session, town.clock, JOHAN, amal.person)
    provider.number = HERS
    assert refused(await (await leaves(town)).shows(), "identified-unknown")
    # Whose it is signs in from her own page, and has it from then on.
    browser = await leaves(town, grant=await with_code(town, other.person))
    assert Grant.model_validate((await browser.shows()).json()).person == other.person


async def test_who_had_left_to_sign_in_when_all_was_taken_away_does_not_come_back_as_her(
    town: Backend, provider: Provider
) -> None:
    amal = await town.trelleborg.asks_for_help()
    provider.number = HERS
    browser = await leaves(town, grant=await with_code(town, amal.person))
    async with town.database().transaction() as session:
        await register.take_back(session, town.clock, JOHAN, amal.person)
    assert refused(await browser.shows(), "identified-unknown")
    assert await stands(town, amal.person) == Level.NOBODY


async def test_a_municipality_without_a_provider_has_no_such_thing(backend: Backend) -> None:
    answer = await backend.trelleborg.post("e-identifications", {"language": "sv", "grant": ""})
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert (await backend.trelleborg.get("policy")).json()["e_identification"] is False


async def test_each_municipality_has_its_own_provider_and_its_own_people(
    environ_of_both: dict[str, str], clock: StoryClock, provider: Provider
) -> None:
    given = {**environ_of_both, **provider.settings("TRELLEBORG"), **provider.settings("SVEDALA")}
    async with started(given, clock) as both:
        await known(both)
        provider.number = HERS
        browser = await leaves(both)
        answer = await both.svedala.post(
            "e-identifications/result",
            {**browser.brought, "issuer": browser.brought["iss"], "browser": browser.word, "at": clock().isoformat()}
            | {"iss": None},
        )
        assert answer.status_code == 422  # what the contract does not know
        assert (await both.trelleborg.get("policy")).json()["e_identification"] is True
        way = (await both.svedala.post("e-identifications", {"language": "sv", "grant": ""})).json()
        assert "%2Fs%2Fe-id%2Fsvedala%2Fback" in way["url"]
        result = {"state": browser.brought["state"], "code": browser.brought["code"], "browser": browser.word}
        elsewhere = await both.svedala.post("e-identifications/result", {**result, "at": clock().isoformat()})
        assert refused(elsewhere)


# --- The way there and back -------------------------------------------------------------------------------------------


async def test_what_is_asked_is_only_who_she_is_newly_and_how_sure(town: Backend, provider: Provider) -> None:
    browser = await leaves(town)
    asked = provider.codes[browser.brought["code"]]
    assert asked["scope"] == "openid"
    assert asked["acr_values"].split()[0] == LOA3
    assert asked["claims"] == '{"id_token": {"' + NUMBER_CLAIM + '": {"essential": true}}}'
    assert asked["redirect_uri"] == "https://imorgon.example/s/e-id/trelleborg/back"
    assert len({asked["state"], asked["nonce"], asked["code_challenge"]}) == 3


async def test_a_result_is_taken_once_also_when_it_comes_twice_at_once(town: Backend, provider: Provider) -> None:
    await known(town)
    provider.number = HERS
    browser = await leaves(town)
    answers = await at_once(*(browser.shows() for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403]
    assert refused(await browser.shows())


async def test_another_browser_brings_nothing_back_and_spoils_it_for_the_first(
    town: Backend, provider: Provider
) -> None:
    await known(town)
    provider.number = HERS
    browser = await leaves(town)
    assert refused(await browser.shows(browser="x" * 43))
    assert refused(await browser.shows())


async def test_an_answer_to_nothing_that_was_asked_is_refused(town: Backend, provider: Provider) -> None:
    await known(town)
    provider.number = HERS
    browser = await leaves(town)
    assert refused(await browser.shows(state="x" * 43))
    assert refused(await browser.shows(state=""))


async def test_who_comes_back_too_late_begins_again(town: Backend, provider: Provider) -> None:
    await known(town)
    provider.number = HERS
    browser = await leaves(town)
    async with town.database().transaction() as session:
        await session.exec(update(Identification).values(expires_at=datetime.now(UTC)))
    assert refused(await browser.shows())


async def test_the_code_of_another_sign_in_is_of_no_use(town: Backend, provider: Provider) -> None:
    await known(town)
    provider.number = HERS
    hers, thiefs = await leaves(town), await leaves(town)
    assert refused(await thiefs.shows(code=hers.brought["code"]))  # PKCE: it was given for another secret


@pytest.mark.parametrize("issuer", ["", "https://another.example"])
async def test_an_answer_from_another_issuer_is_refused(town: Backend, provider: Provider, issuer: str) -> None:
    await known(town)
    provider.number = HERS
    assert refused(await (await leaves(town)).shows(issuer=issuer))


async def test_what_only_the_way_knows_lies_readable_nowhere(town: Backend, provider: Provider) -> None:
    browser = await leaves(town)
    async with town.database().transaction() as session:
        row = repr((await session.exec(select(Identification))).one().model_dump())
    assert browser.brought["state"] not in row
    assert browser.word not in row
    assert provider.codes[browser.brought["code"]]["nonce"] not in row


async def test_what_nobody_came_back_to_is_forgotten(town: Backend) -> None:
    await leaves(town)
    async with town.database().transaction() as session:
        await session.exec(update(Identification).values(begun_at=datetime.now(UTC) - timedelta(days=2)))
    await leaves(town)
    async with town.database().transaction() as session:
        assert len((await session.exec(select(Identification))).all()) == 1


# --- Forged tokens ----------------------------------------------------------------------------------------------------


def claim(name: str, value: object) -> Callable[[Claims], Claims]:
    return lambda claims: {**claims, name: value(claims) if callable(value) else value}


NOW = time.time
FORGED: dict[str, Callable[[Claims], Claims]] = {
    "another issuer": claim("iss", "https://another.example"),
    "no issuer": claim("iss", None),
    "for another": claim("aud", "another"),
    "for nobody": claim("aud", None),
    "for us and another, not said for whom": claim("aud", ["imorgon", "another"]),
    "given to another": claim("azp", "another"),
    "another nonce": claim("nonce", "another"),
    "no nonce": claim("nonce", None),
    "over": claim("exp", lambda _: int(NOW()) - 120),
    "never over": claim("exp", None),
    "of tomorrow": claim("iat", lambda _: int(NOW()) + 3600),
    "of yesterday": claim("iat", lambda _: int(NOW()) - 86400),
    "of no time": claim("iat", None),
    "not valid yet": claim("nbf", lambda _: int(NOW()) + 3600),
    "signed in before she sat here": claim("auth_time", lambda _: int(NOW()) - 600),
    "signed in nobody knows when": claim("auth_time", None),
    "signed in true": claim("auth_time", True),
    "not sure enough": claim("acr", "http://id.elegnamnden.se/loa/1.0/loa2"),
    "nobody knows how sure": claim("acr", None),
    "sure of several things": claim("acr", [LOA3]),
    "without a number": claim(NUMBER_CLAIM, None),
    "with a number that is none": claim(NUMBER_CLAIM, "1"),
    "with several numbers": claim(NUMBER_CLAIM, [HERS]),
    "of nobody": claim("sub", None),
    "of another access token": claim("at_hash", "AAAAAAAAAAAAAAAAAAAAAA"),
}


@pytest.mark.parametrize("forged", FORGED)
async def test_a_token_that_is_not_for_this_is_refused(town: Backend, provider: Provider, forged: str) -> None:
    await known(town)
    provider.number, provider.changes = HERS, FORGED[forged]
    assert refused(await (await leaves(town)).shows())


@pytest.mark.parametrize("seconds", [-45, 45])
async def test_a_clock_that_goes_a_little_wrong_is_borne(town: Backend, provider: Provider, seconds: int) -> None:
    await known(town)
    provider.number = HERS
    # All the provider's times are off by this, and its token lasts a second.
    provider.changes = lambda claims: {
        **claims,
        **{name: claims[name] + seconds for name in ("iat", "auth_time")},
        "exp": claims["iat"] + seconds + 1,
    }
    assert (await (await leaves(town)).shows()).status_code == 200


def _of_another_key(provider: Provider) -> Callable[[Claims], str]:
    other = ECKey.generate_key("P-256")
    return lambda claims: signed(claims, other, kid=provider.key.kid)


def _with_its_own_key_along(_: Provider) -> Callable[[Claims], str]:
    other = ECKey.generate_key("P-256", auto_kid=True)
    return lambda claims: signed(claims, other, jwk=other.as_dict(private=False))


def _with_our_secret(_: Provider) -> Callable[[Claims], str]:
    return lambda claims: jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET * 2), algorithms=["HS256"])


def _with_the_public_key_as_secret(provider: Provider) -> Callable[[Claims], str]:
    secret = OctKey.import_key(provider.key.as_pem(private=False).hex())
    header = {"alg": "HS256", "kid": provider.key.kid}
    return lambda claims: jwt.encode(header, claims, secret, algorithms=["HS256"])


def _not_at_all(provider: Provider) -> Callable[[Claims], str]:
    def sign(claims: Claims) -> str:
        _, body, _ = signed(claims, provider.key).split(".")
        return f"eyJhbGciOiJub25lIn0.{body}."

    return sign


def _with_a_changed_body(provider: Provider) -> Callable[[Claims], str]:
    def sign(claims: Claims) -> str:
        head, _, signature = signed(claims, provider.key).split(".")
        return f"{head}.{signed({**claims, 'nonce': claims['nonce']}, provider.key).split('.')[1]}x.{signature}"

    return sign


def _as_words(_: Provider) -> Callable[[Claims], str]:
    return lambda _: "she is who she says"


@pytest.mark.parametrize(
    "forge",
    [
        _of_another_key,
        _with_its_own_key_along,
        _with_our_secret,
        _with_the_public_key_as_secret,
        _not_at_all,
        _with_a_changed_body,
        _as_words,
    ],
)
async def test_a_token_that_the_provider_did_not_sign_is_refused(
    town: Backend, provider: Provider, forge: Callable[[Provider], Callable[[Claims], str]]
) -> None:
    await known(town)
    provider.number, provider.signs = HERS, forge(provider)
    assert refused(await (await leaves(town)).shows())


async def test_a_refusal_is_logged_by_its_reason_and_says_nobodys_number(
    town: Backend, provider: Provider, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    await known(town)
    provider.number, provider.changes = HERS, FORGED["not sure enough"]
    answer = await (await leaves(town)).shows()
    told = answer.text + caplog.text + "".join(capsys.readouterr())
    assert "claim acr" in told
    assert HERS[2:] not in told


# --- Keys that change, and a provider that is away --------------------------------------------------------------------


async def test_a_new_key_is_believed_as_soon_as_it_is_published(
    town: Backend, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known(town)
    provider.number = HERS
    assert (await (await leaves(town)).shows()).status_code == 200
    monkeypatch.setattr(providers, "_ASK_AGAIN", 0.0)
    provider.key = ECKey.generate_key("P-256", auto_kid=True)
    assert (await (await leaves(town)).shows()).status_code == 200
    assert provider.asked_for_keys == 2


async def test_who_brings_unknown_keys_does_not_make_us_ask_all_day(town: Backend, provider: Provider) -> None:
    await known(town)
    provider.number, provider.signs = HERS, _with_its_own_key_along(provider)
    for _ in range(5):
        assert refused(await (await leaves(town)).shows())
    assert provider.asked_for_keys == 1


async def test_a_key_that_is_withdrawn_is_not_believed_when_its_time_is_over(
    town: Backend, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    await known(town)
    provider.number = HERS
    assert (await (await leaves(town)).shows()).status_code == 200
    monkeypatch.setattr(providers, "_KEPT", 0.0)
    provider.published = [ECKey.generate_key("P-256", auto_kid=True)]
    assert refused(await (await leaves(town)).shows())


async def test_a_provider_that_is_away_is_said_and_all_goes_on_when_it_is_back(
    town: Backend, provider: Provider
) -> None:
    await known(town)
    provider.number, provider.is_broken = HERS, True
    answer = await town.trelleborg.post("e-identifications", {"language": "sv", "grant": ""})
    assert refused(answer, "identification-away")
    provider.is_broken = False
    browser = await leaves(town)
    provider.is_broken = True
    assert refused(await browser.shows(), "identification-away")
    provider.is_broken = False
    assert (await (await leaves(town)).shows()).status_code == 200


ABOUT: dict[str, dict[str, Any]] = {
    "it is somebody else": {"issuer": "https://another.example"},
    "its addresses can be overheard": {"token_endpoint": "http://another.example/token"},
    "it has no address": {"jwks_uri": None},
}


@pytest.mark.parametrize("wrong", ABOUT)
async def test_a_provider_that_says_wrong_things_of_itself_is_as_away(
    town: Backend, provider: Provider, wrong: str
) -> None:
    provider.about = ABOUT[wrong]
    answer = await town.trelleborg.post("e-identifications", {"language": "sv", "grant": ""})
    assert refused(answer, "identification-away")


async def test_it_is_known_whether_a_provider_will_do_before_anybody_is_sent_there(provider: Provider) -> None:
    asking = providers.Provider(providers.Eid(provider.issuer, "imorgon", SECRET), "https://imorgon.example/back")
    assert await asking.standing() == ""
    provider.about = {"code_challenge_methods_supported": ["plain"]}
    assert await asking.standing() == "it does not know PKCE with S256"
    provider.is_broken = True
    assert await asking.standing() == "it answers 502"
    nobody = providers.Eid("http://127.0.0.1:1", "imorgon", SECRET)
    assert await providers.Provider(nobody, "").standing() == "it does not answer (ConnectError)"


async def test_a_provider_that_never_answers_is_not_waited_for(
    town: Backend, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(providers, "TIMEOUT", 0.2)

    async def says_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(says_nothing, "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    town.app.state.providers["trelleborg"] = providers.Provider(
        providers.Eid(f"http://127.0.0.1:{port}", "imorgon", SECRET), "https://imorgon.example/back"
    )
    answer = await town.trelleborg.post("e-identifications", {"language": "sv", "grant": ""})
    assert refused(answer, "identification-away")
    silent.close()
    await asyncio.sleep(0)


async def test_nobody_waits_for_the_provider_with_the_database_in_hand(town: Backend, provider: Provider) -> None:
    # Ten connections, and twenty who come back at once.
    await known(town)
    provider.number = HERS
    browsers = [await leaves(town) for _ in range(20)]
    answers = await at_once(*(browser.shows() for browser in browsers))
    assert {answer.status_code for answer in answers} == {200}
    async with town.database().transaction() as session:
        shown = (await trust.of_person(session, (await known_one(town)), town.clock())).shown
    assert {one.level for one in shown} == {Level.IDENTIFIED, Level.SEEN}


async def known_one(town: Backend) -> UUID:
    async with town.database().transaction() as session:
        return (await session.exec(select(IdentityNumber.person))).one()
