"""``imorgon check`` asks databases, the backend, the providers and our own address, and says what is wrong."""

import asyncio
import datetime as dt
import json
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fastapi import FastAPI
from joserfc.jwk import ECKey

import backend.app
import backend.migrations
import backend.settings
import bot.migrations
import bot.settings
from backend import municipalities, postgres
from backend.casesystem.accounts import mark
from backend.interpreters.ordering.http import Http
from backend.municipalities import LegalAnalysis, Municipality, Retention
from backend.staff.seats import accounts
from backend.translating.services.deepl import DeepL
from backend.wire import token_digest
from bot.database import Database
from bot.stories.serving import serving
from bot.stories.telegram import Telegram
from bot.stories.twilio import Twilio
from bot.watching import findings, retention, translators
from bot.watching.diagnosis import diagnose, hidden
from bot.watching.findings import Finding, certificate, clock
from tests.backend.identity.hostile import Provider
from tests.backend.interpreters.servers import Post, Service, running
from tests.backend.translating.servers import Service as Libre
from tests.backend.translating.servers import running as translating
from tests.bot.house import ACCOUNT, ENVELOPE_KEY, NUMBER, TOKEN, TOWN
from tests.bot.telegraph import BOT, SECRET
from tests.conftest import MakeDatabase

BACKEND_TOKEN = "trelleborg-" * 4


class Installation:
    """Everything an installation in production asks, on this machine: ``environ`` is how it is set up."""

    def __init__(self, environ: dict[str, str], twilio: Twilio, telegram: Telegram) -> None:
        self.environ, self.twilio, self.telegram = environ, twilio, telegram

    async def found(self, **other: str) -> list[Finding]:
        environ = {**self.environ, **other}
        found = await diagnose(bot.settings.read(environ), backend.settings.read(environ))
        said = "\n".join(finding.words for finding in found)
        for name in ("TOKEN", "SECRET", "ENVELOPE_KEY", "SEAL_KEY"):
            for setting, value in environ.items():
                assert name not in setting or value not in said, setting
        return found

    async def wrong(self, **other: str) -> list[str]:
        return [finding.words for finding in await self.found(**other) if finding.wrong]


@pytest.fixture
async def installation(make_database: MakeDatabase, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Installation]:
    """All is well, but that no worker runs yet."""
    analysis = LegalAnalysis(reference="AMN 2026/1", decided_on=date(2026, 11, 2))
    towns: dict[str, Municipality] = dict(municipalities.found())
    towns[TOWN] = towns[TOWN].model_copy(update={"legal_analysis": analysis})
    monkeypatch.setattr(municipalities, "found", lambda: towns)
    talk = make_database("bot", lambda made: bot.migrations.migrate(made.owner_url, made.app_role))
    cases = make_database("backend", lambda made: backend.migrations.migrate(made.owner_url, made.app_role))
    environ = {
        "IMORGON_DATABASE_URL": talk.app_url,
        "IMORGON_BACKEND_DATABASE_URL_TRELLEBORG": cases.app_url,
        "IMORGON_BACKEND_TOKEN_TRELLEBORG": BACKEND_TOKEN,
        "IMORGON_SEAL_KEY_TRELLEBORG": json.dumps(ECKey.generate_key("P-256").as_dict(private=True)),
        "IMORGON_ENVELOPE_KEY": ENVELOPE_KEY,
        "IMORGON_SESSION_SECRET": "s" * 40,
        "IMORGON_PUBLIC_URL": "http://127.0.0.1:1",
        "IMORGON_TWILIO_ACCOUNT_SID": ACCOUNT,
        "IMORGON_TWILIO_AUTH_TOKEN": TOKEN,
        "IMORGON_TWILIO_FROM_TRELLEBORG": NUMBER,
        "IMORGON_TELEGRAM_TOKEN_TRELLEBORG": BOT,
        "IMORGON_TELEGRAM_WEBHOOK_SECRET": SECRET,
    }
    inner = backend.app.create(backend.settings.read(environ), lambda: datetime.now(UTC))
    async with (
        Twilio(ACCOUNT, TOKEN).open() as twilio,
        Telegram({TOWN: BOT}).open() as telegram,
        serving(inner) as url,
    ):
        environ |= {
            "IMORGON_PUBLIC_URL": url,
            "IMORGON_BACKEND_URL": url,
            "IMORGON_TWILIO_API_BASE": twilio.base_url,
            "IMORGON_TELEGRAM_API_BASE": telegram.base_url,
        }
        twilio.webhooks[NUMBER] = f"{url}/sms/inbound#rc=3&rp=all"
        telegram.bot(TOWN).webhook = f"{url}/telegram/webhook/{TOWN}"
        yield Installation(environ, twilio, telegram)
        for database in inner.state.databases.values():
            await database.close()


NO_WORKER = "No worker runs: nothing is sent, collected, reminded or tried again."


async def test_all_is_well(installation: Installation) -> None:
    found = [re.sub(r"version \w+", "version …", finding.words) for finding in await installation.found()]
    # The backend makes its first round as soon as it runs: it may have used its database by now, or not yet.
    found = [re.sub(r": \S+ seals(;|, and opens 0\.).*", ": … seals.", words) for words in found]
    url = installation.environ["IMORGON_PUBLIC_URL"]
    bots, cases = (newest(name) for name in ("bot", "backend"))
    assert found == [
        f"The bot's database answers, and its tables are the newest ({bots}).",
        "Our clock and that of the bot's database show the same time.",
        f"The database of trelleborg answers, and its tables are the newest ({cases}).",
        "Our clock and that of the database of trelleborg show the same time.",
        "Trelleborgs kommun: the backend tells what it decided (version …).",
        "Trelleborgs kommun: the bot has not fetched it yet; a worker does, when one runs.",
        "Trelleborgs kommun: its legal analysis is recorded (AMN 2026/1, 2026-11-02).",
        "Decisions in Trelleborgs kommun: a human signs each.",
        "Decision texts in Trelleborgs kommun, approved: sv 2026-11-27. Others read Swedish, explained.",
        "Papers: none are received, IMORGON_STORAGE_URL is not given.",
        "Seal of Trelleborgs kommun: … seals.",
        "E-identification in Trelleborgs kommun: off, IMORGON_OIDC_EID_ISSUER_TRELLEBORG is not given.",
        "Staff sign-in in Trelleborgs kommun: local accounts, and nobody has one: imorgon staff add trelleborg …",
        "Mail: off, IMORGON_SMTP_HOST is not given; no interpreter is ordered by e-mail.",
        "Interpreters in Trelleborgs kommun: Språkbron (exempel) is not asked, it is an example.",
        "Interpreters in Trelleborgs kommun: Tolkzonen (exempel) is not asked, it is an example.",
        "Interpreters in Trelleborgs kommun: no order can leave; only the municipality's own are asked.",
        "Case system of Trelleborgs kommun: off, neither IMORGON_CASE_SYSTEM_URL_TRELLEBORG nor a folder is given.",
        "Service accounts of Trelleborgs kommun: none is given a token.",
        "Registers of Trelleborgs kommun: all by hand.",
        "Machine translation in Trelleborgs kommun: off, no service is given.",
        "Retention in Trelleborgs kommun: the rule of 2026-01-01 is an example, so nothing is erased.",
        f"{url} is not encrypted: that is for one's own machine only.",
        f"{url} leads to us.",
        "Our clock and that of Twilio show the same time.",
        "Twilio knows the account and its token.",
        "Twilio's number of trelleborg brings us what people write.",
        "Our clock and that of Telegram show the same time.",
        "Telegram's bot of trelleborg is @trelleborg_test_bot; its token is good.",
        "Telegram's bot of trelleborg: its webhook leads to us.",
        NO_WORKER,
        found[-1],
    ]
    assert re.fullmatch(
        r"Retention: \d+ tables of the bot and \d+ of each backend have no rule yet \(.*\)\.", found[-1]
    )
    assert await installation.wrong() == [NO_WORKER]


def newest(half: str) -> str:
    versions = Path(__file__).parents[1] / half / "migrations" / "versions"
    return max(path.name for path in versions.glob("[0-9]*.py")).partition("_")[0]


# --- Databases --------------------------------------------------------------------------------------------------------


async def test_a_database_that_does_not_answer(installation: Installation, pg: postgres.Server) -> None:
    nobody = await installation.wrong(IMORGON_DATABASE_URL="postgresql://x:hemligt@127.0.0.1:9/bot")
    assert "The bot's database does not answer: nobody listens at its address." in nobody
    url = installation.environ["IMORGON_BACKEND_DATABASE_URL_TRELLEBORG"]
    path, _, query = url.partition("?")
    missing = await installation.wrong(IMORGON_BACKEND_DATABASE_URL_TRELLEBORG=f"{path}x?{query}")
    assert "The database of trelleborg does not answer: there is no database of that name." in missing


async def test_a_database_whose_tables_are_not_the_newest(installation: Installation, pg: postgres.Server) -> None:
    name = installation.environ["IMORGON_DATABASE_URL"].partition("?")[0].rpartition("/")[2]
    pg.run_sql("update alembic_version set version_num = '0001'", name)
    [behind] = [words for words in await installation.wrong() if words.startswith("The bot's database")]
    assert behind == f"The bot's database stands at 0001, and {newest('bot')} is needed: run imorgon migrate."
    pg.run_sql("update alembic_version set version_num = '9999'", name)
    assert any("which this imorgon does not know" in words for words in await installation.wrong())
    pg.run_sql("drop table alembic_version", name)
    assert any("has no tables: run imorgon migrate" in words for words in await installation.wrong())


async def test_a_clock_that_is_wrong(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    class Late(datetime):
        @classmethod
        def now(cls, zone: dt.tzinfo | None = None) -> "Late":
            return cls.fromtimestamp(datetime.now(UTC).timestamp() - 90, zone)

    monkeypatch.setattr("bot.watching.diagnosis.datetime", Late)
    monkeypatch.setattr(findings, "datetime", Late)
    wrong = await installation.wrong()
    for whose in ("the bot's database", "the database of trelleborg", "Telegram", "Twilio"):
        assert any(f"seconds behind that of {whose}: set it by NTP." in words for words in wrong)


def test_half_a_minute_is_near_enough() -> None:
    now = datetime(2026, 11, 30, 9, tzinfo=UTC)
    assert not clock("Twilio", now, now + timedelta(seconds=30)).wrong
    ahead = clock("Twilio", now, now + timedelta(seconds=31))
    assert (ahead.wrong, ahead.words) == (True, "Our clock is 31 seconds ahead of that of Twilio: set it by NTP.")


async def test_another_envelope_key_than_it_was_sealed_with(installation: Installation) -> None:
    database = Database(
        installation.environ["IMORGON_DATABASE_URL"], bot.settings.read(installation.environ).envelope_key
    )
    await database.codec(TOWN)
    await database.close()
    assert await installation.wrong() == [NO_WORKER]
    other = ENVELOPE_KEY.replace("MDEy", "MDEx")
    assert any(
        "does not open what people wrote" in words for words in await installation.wrong(IMORGON_ENVELOPE_KEY=other)
    )


# --- The backend ------------------------------------------------------------------------------------------------------


async def test_a_backend_that_is_away_or_has_another_token(installation: Installation) -> None:
    away = await installation.wrong(IMORGON_BACKEND_URL="http://127.0.0.1:9")
    assert "Trelleborgs kommun: the backend does not tell what it decided (ConnectError)." in away
    other = await installation.wrong(IMORGON_BACKEND_TOKEN_TRELLEBORG="another-" * 5)
    told = "Trelleborgs kommun: the backend does not tell what it decided (status 401)."
    assert f"{told} Is the token the same on both sides?" in other


# --- Telegram ---------------------------------------------------------------------------------------------------------


async def test_what_is_wrong_at_telegram(installation: Installation) -> None:
    at_telegram = installation.telegram.bot(TOWN)
    at_telegram.webhook = "https://elsewhere.example/hook"
    assert any("has another's webhook" in words for words in await installation.wrong())
    assert any("we ask for updates" in words for words in await installation.wrong(IMORGON_TELEGRAM_MODE="polling"))
    at_telegram.webhook = None
    assert any("has no webhook" in words for words in await installation.wrong())
    assert await installation.wrong(IMORGON_TELEGRAM_MODE="polling") == [NO_WORKER]
    at_telegram.groups = True
    assert any("may be put into groups" in words for words in await installation.wrong())
    at_telegram.pending = [{"update_id": n} for n in range(100)]
    assert "Telegram's bot of trelleborg: 100 updates wait at Telegram." in await installation.wrong()
    at_telegram.last_error = datetime(2026, 1, 1, tzinfo=UTC), "Connection timed out"
    assert not any("could not reach us" in words for words in await installation.wrong())
    at_telegram.last_error = datetime.now(UTC), f"Wrong response from the webhook with {SECRET}: 401 Unauthorized"
    [told] = [words for words in await installation.wrong() if "could not reach us" in words]
    assert told.endswith("UTC Telegram could not reach us: Wrong response from the webhook with …: 401 Unauthorized.")


async def test_a_token_telegram_does_not_know_and_a_telegram_that_is_away(installation: Installation) -> None:
    wrong = await installation.wrong(IMORGON_TELEGRAM_TOKEN_TRELLEBORG=BOT.replace("made-up", "revoked"))
    assert any("Telegram does not know its token" in words for words in wrong)
    wrong = await installation.wrong(IMORGON_TELEGRAM_API_BASE="http://127.0.0.1:9")
    assert "Telegram's bot of trelleborg: Telegram does not answer (TelegramNetworkError)." in wrong


# --- Twilio -----------------------------------------------------------------------------------------------------------


async def test_what_is_wrong_at_twilio(installation: Installation) -> None:
    ours = installation.twilio.webhooks[NUMBER]
    installation.twilio.webhooks[NUMBER] = ours.partition("#")[0]
    assert any("does not try again when we are away" in words for words in await installation.wrong())
    installation.twilio.webhooks[NUMBER] = "https://elsewhere.example/hook"
    enter = f"Twilio's number of trelleborg does not bring us what people write. Enter there, as it stands: {ours}"
    assert enter in await installation.wrong()
    installation.twilio.webhooks.clear()
    assert any("(IMORGON_TWILIO_FROM_TRELLEBORG) is not in this account" in one for one in await installation.wrong())
    installation.twilio.status = "suspended"
    assert "Twilio's account is suspended: nothing is sent." in await installation.wrong()
    installation.twilio.status, installation.twilio.type = "active", "Trial"
    assert any("is a trial" in words for words in await installation.wrong())


async def test_a_token_twilio_does_not_know_and_a_twilio_that_is_away(installation: Installation) -> None:
    assert any(
        "Twilio does not know the account or its token" in words
        for words in await installation.wrong(IMORGON_TWILIO_AUTH_TOKEN="another-token")
    )
    wrong = await installation.wrong(IMORGON_TWILIO_API_BASE="http://127.0.0.1:9")
    assert "Twilio does not answer (ClientConnectorError)." in wrong


async def test_a_messaging_service(installation: Installation) -> None:
    service = "MG" + "0" * 32
    other = {"IMORGON_TWILIO_FROM_TRELLEBORG": "", "IMORGON_TWILIO_MESSAGING_SERVICE_SID_TRELLEBORG": service}
    assert "Twilio refuses to tell about the messaging service (status 404)." in await installation.wrong(**other)
    installation.twilio.webhooks[service] = installation.twilio.webhooks[NUMBER]
    assert await installation.wrong(**other) == [NO_WORKER]


# --- Our own address --------------------------------------------------------------------------------------------------


async def test_where_papers_are_kept_and_who_looks_for_viruses(installation: Installation, tmp_path: Path) -> None:
    async def said(**given: str) -> list[str]:
        return [finding.words for finding in await installation.found(**given) if finding.words.startswith("Papers")]

    folder, nobody = (tmp_path / "documents").as_uri(), f"unix:{tmp_path}/clamd.ctl"
    assert await said() == ["Papers: none are received, IMORGON_STORAGE_URL is not given."]
    assert await said(IMORGON_STORAGE_URL=folder) == [
        f"Papers: they are kept, sealed, in {folder}, up to 10 MB and 20 pages.",
        "Papers: nobody looks for viruses in them, IMORGON_CLAMD is not given.",
    ]
    bucket = {
        "IMORGON_STORAGE_URL": "s3://papers",
        "IMORGON_STORAGE_ENDPOINT": "http://127.0.0.1:1",
        "IMORGON_STORAGE_REGION": "eu-north-1",
        "IMORGON_STORAGE_KEY_ID": "a-key",
        "IMORGON_STORAGE_SECRET": "a-secret-of-the-bucket",
    }
    wrong = [words for words in await installation.wrong(**bucket, IMORGON_CLAMD=nobody) if words.startswith("Papers")]
    assert wrong == [
        "Papers: s3://papers cannot be reached (GenericError): none are received meanwhile.",
        "Papers: ClamAV does not answer at IMORGON_CLAMD: none are received meanwhile.",
    ]


async def test_an_address_that_leads_to_somebody_else(installation: Installation) -> None:
    async with serving(FastAPI()) as elsewhere:
        wrong = await installation.wrong(IMORGON_PUBLIC_URL=elsewhere)
    assert f"{elsewhere} answers, but it is not us (status 404)." in wrong


async def test_an_address_without_encryption_is_for_ones_own_machine() -> None:
    assert not (await certificate("http://127.0.0.1:8000")).wrong
    assert (await certificate("http://imorgon.example")).wrong


@asynccontextmanager
async def encrypted(folder: Path, days: int) -> AsyncIterator[tuple[str, ssl.SSLContext]]:
    """A server whose certificate ends in so many days, and a context that trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=100))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem, secret = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, secret)

    async def answer(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        yield f"https://127.0.0.1:{port}", ssl.create_default_context(cafile=str(pem))


@pytest.mark.parametrize(
    ("days", "wrong", "words"),
    [(90, False, "is trusted, and ends on {ends}."), (13, True, "is trusted, and ends on {ends}: renew it.")],
)
async def test_a_certificate_that_is_trusted(tmp_path: Path, days: int, wrong: bool, words: str) -> None:
    async with encrypted(tmp_path, days) as (url, trusting):
        found = await certificate(url, trusting)
    ends = datetime.now(UTC) + timedelta(days=days, hours=1)
    assert found == Finding(f"The certificate of 127.0.0.1 {words.format(ends=f'{ends:%Y-%m-%d}')}", wrong)


async def test_a_certificate_that_is_not_trusted_or_has_ended(tmp_path: Path) -> None:
    async with encrypted(tmp_path, 90) as (url, _):
        stranger = await certificate(url)
    assert stranger.wrong
    assert stranger.words.startswith("The certificate of 127.0.0.1 is not trusted: self")
    async with encrypted(tmp_path, -1) as (url, trusting):
        ended = await certificate(url, trusting)
    assert ended == Finding("The certificate of 127.0.0.1 is not trusted: certificate has expired.", wrong=True)


async def test_an_address_that_cannot_be_reached_from_here_is_not_called_wrong() -> None:
    found = await certificate("https://127.0.0.1:9")
    assert found == Finding(
        "127.0.0.1 cannot be reached from here (ConnectionRefusedError): its certificate is not seen."
    )


# --- Secrets ----------------------------------------------------------------------------------------------------------


def test_no_secret_is_said_whoever_put_it_there() -> None:
    environ = {
        "IMORGON_TWILIO_AUTH_TOKEN": TOKEN,
        "IMORGON_DATABASE_URL": "postgresql://bot:s%40lt@db.example/bot",
        "IMORGON_PUBLIC_URL": "https://imorgon.example",
        "PATH": "/usr/bin",
    }
    said = Finding(f"It said {TOKEN}, s@lt, s%40lt and https://imorgon.example in /usr/bin.", wrong=True)
    assert hidden(said, environ) == Finding("It said …, …, … and https://imorgon.example in /usr/bin.", wrong=True)


# --- E-identification -------------------------------------------------------------------------------------------------


async def test_it_says_how_e_identification_stands(installation: Installation) -> None:
    def said(found: list[Finding]) -> list[Finding]:
        lines = [one for one in found if one.words.startswith(("E-identification", "  Enter there"))]
        return [one for one in lines if "Trelleborg" in one.words or "/s/e-id/" in one.words]

    off = "E-identification in Trelleborgs kommun: off, IMORGON_OIDC_EID_ISSUER_TRELLEBORG is not given."
    assert said(await installation.found()) == [Finding(off)]
    provider = Provider()
    async with provider.serving():
        assert said(await installation.found(**provider.settings())) == [
            Finding(f"E-identification in Trelleborgs kommun: on, by {provider.issuer}, sure enough at loa3, loa4."),
            Finding(
                f"  Enter there, as it stands: {installation.environ['IMORGON_PUBLIC_URL']}/s/e-id/trelleborg/back"
            ),
        ]
        provider.published = []
        wrong = await installation.wrong(**provider.settings())
    unread = f"{provider.issuer} cannot be used: its keys cannot be read."
    assert f"E-identification in Trelleborgs kommun: {unread}" in wrong


# --- Staff ------------------------------------------------------------------------------------------------------------


async def test_it_says_how_staff_sign_in_and_what_is_missing(installation: Installation) -> None:
    async def said(**more: str) -> list[str]:
        found = [one.words for one in await installation.found(**more)]
        return [words for words in found if words.startswith("Staff sign-in") or "/inbox/sign-in/" in words]

    own = backend.app.create(backend.settings.read(installation.environ), lambda: datetime.now(UTC))
    town = own.state.databases[TOWN]
    async with town.transaction() as session:
        await accounts.add(session, "maria", "Maria", "caseworker")
    await town.close()
    ways = "Staff sign-in in Trelleborgs kommun:"
    assert await said() == [
        f"{ways} local accounts; 0 can sign in, 1 have not used their one-time code yet.",
    ]
    provider = Provider()
    given = {name.replace("_EID_", "_STAFF_"): value for name, value in provider.settings().items()}
    given["IMORGON_OIDC_STAFF_ROLES_TRELLEBORG"] = "g1=caseworker g2=customer-service"
    back = f"{installation.environ['IMORGON_PUBLIC_URL']}/inbox/sign-in/oidc/trelleborg/back"
    async with provider.serving():
        assert await said(**given) == [
            f"{ways} OIDC, by {provider.issuer}; g1 is caseworker, g2 is customer-service.",
            f"  Enter there, as it stands: {back}",
        ]
    away = f"{ways} {provider.issuer} cannot be used: it does not answer (ConnectError)."
    assert away in await installation.wrong(**given)


# --- Interpreters -----------------------------------------------------------------------------------------------------


async def test_it_says_whether_orders_of_interpreters_can_leave(installation: Installation) -> None:
    def said(found: list[Finding]) -> list[Finding]:
        return [one for one in found if one.words.startswith(("Mail", "Interpreters in Trelleborg"))]

    example = "Interpreters in Trelleborgs kommun: Språkbron (exempel) is not asked, it is an example."
    lines = said(await installation.found(IMORGON_ENVIRONMENT="production"))
    assert lines[0] == Finding("Mail: off, IMORGON_SMTP_HOST is not given; no interpreter is ordered by e-mail.")
    assert Finding(example) in lines
    nothing = "Interpreters in Trelleborgs kommun: no order can leave; only the municipality's own are asked."
    assert lines[-1] == Finding(nothing)
    token = {"IMORGON_AGENCY_TOKEN_TRELLEBORG_TOLKZONEN": "secret"}
    async with running(Post()) as post:
        mail = {
            "IMORGON_ENVIRONMENT": "demo",
            "IMORGON_SMTP_HOST": "127.0.0.1",
            "IMORGON_SMTP_PORT": str(post.port),
            "IMORGON_SMTP_FROM": "tolk@trelleborg.example",
            "IMORGON_SMTP_SECURITY": "none",
        }
        lines = said(await installation.found(**mail))
        assert lines[:2] == [
            Finding(f"Mail: orders leave by 127.0.0.1:{post.port}, from tolk@trelleborg.example."),
            Finding(
                "Interpreters in Trelleborgs kommun: Språkbron (exempel) is asked by e-mail, "
                "at bestallning@sprakbron.example."
            ),
        ]
        why = "IMORGON_AGENCY_TOKEN_TRELLEBORG_TOLKZONEN is not given"
        assert lines[2] == Finding(f"Interpreters in Trelleborgs kommun: Tolkzonen (exempel) is not asked, {why}.")
    wrong = await installation.wrong(**mail, **token)
    refused = f"127.0.0.1:{post.port} does not let us in (ConnectionRefusedError)"
    assert f"Mail: {refused}: orders by e-mail wait, and then go to the next agency." in wrong
    assert any("Tolkzonen (exempel) cannot be ordered from at https://api.tolkzonen.example/v1" in one for one in wrong)


async def test_an_agencys_service_is_asked_whether_it_knows_our_token() -> None:
    async with running(Service(token="right")) as service:
        assert await Http(service.address, "right").answers() == ""
        assert await Http(service.address, "wrong").answers() == "it refuses our token"
    assert await Http(service.address, "right").answers() == "ConnectError"


# --- Machine translation ----------------------------------------------------------------------------------------------


async def test_a_service_that_translates_is_told_as_it_is(installation: Installation) -> None:
    key = "a-key-of-the-service"
    async with translating(Libre(key=key)) as service:
        given = {"IMORGON_LIBRETRANSLATE_URL_TRELLEBORG": service.address}
        where = "Machine translation in Trelleborgs kommun:"

        async def told(**more: str) -> list[Finding]:
            return [one for one in await installation.found(**given, **more) if one.words.startswith(where)]

        assert await told(IMORGON_LIBRETRANSLATE_KEY_TRELLEBORG=key) == [
            Finding(f"{where} on, by LibreTranslate."),
            Finding(f"{where} LibreTranslate lacks so; those go by an interpreter."),
        ]
        without = "Staff read and write without it meanwhile."
        no = f"{where} LibreTranslate does not let us in (403): see its key. {without}"
        assert await told(IMORGON_LIBRETRANSLATE_KEY_TRELLEBORG="another") == [Finding(no, wrong=True)]
        service.port = 9
        given["IMORGON_LIBRETRANSLATE_URL_TRELLEBORG"] = service.address
        away = f"{where} LibreTranslate does not answer (ConnectError). {without}"
        assert await told() == [Finding(away, wrong=True)]


async def test_a_quota_that_is_soon_used_up_is_told(installation: Installation) -> None:
    tenant = backend.settings.read(installation.environ).tenants[TOWN]
    async with translating(Libre(key="k", used=490_000)) as service:
        tenant = replace(tenant, translator=DeepL("k", "dnr", service.address))
        [said, _] = await translators.found(tenant)
        assert (said.wrong, said.words.endswith("on, by DeepL; 10000 signs of its quota are left.")) == (True, True)
        service.used = 500_000
        [said] = await translators.found(tenant)
        assert "takes nothing more: its quota is used up, or we ask too often." in said.words


# --- Retention --------------------------------------------------------------------------------------------------------


async def test_retention_is_told_by_its_rule_what_went_and_what_waits_for_somebody(
    installation: Installation, pg: postgres.Server
) -> None:
    settings = backend.settings.read(installation.environ)
    tenant, where = settings.tenants[TOWN], "Retention in Trelleborgs kommun:"
    name = tenant.database_url.partition("?")[0].rpartition("/")[2]
    pg.run_sql(
        """
        insert into erased_rows (at, "of", rows, days, since, source) values
          (now(), 'case_events', 7, 90, '2026-01-01', 'x'), (now(), 'case_events', 2, 90, '2026-01-01', 'x'),
          (now() - interval '40 days', 'machine_translations', 5, 90, '2026-01-01', 'x');
        insert into persons (id, language, met_at) values (gen_random_uuid(), 'sv', now());
        insert into cases (id, person, opened_at, closed_at)
          select gen_random_uuid(), id, now() - interval '6 years', now() - interval '61 months' from persons
        """,
        name,
    )
    told = [one.words.removeprefix(f"{where} ") for one in await retention.found(tenant, demo=False)]
    assert told[1] == "in 30 days 9 of case_events went."
    assert told[2].startswith("cases closed more than 5 years ago: 1. Somebody looks at each (16 kap. 1 §")
    row = {"since": "2026-01-01", "answers_days": 90, "events_days": 730, "source": "AMN 2026/3", "status": "verified"}
    rules: dict[str, list[dict[str, object]]] = {
        "answers after 90 days, events after 730 days (AMN 2026/3, from 2026-01-01).": [row],
        "the rule of 2026-01-01 is not verified, so nothing is erased.": [{**row, "status": "not-verified"}],
        "no rule is decided, so nothing is erased.": [],
    }
    for words, given in rules.items():
        decided = tuple(Retention.model_validate(one) for one in given)
        town = replace(tenant, municipality=tenant.municipality.model_copy(update={"retention": decided}))
        assert (await retention.found(town, demo=False))[0].words == f"{where} {words}"


# --- The case system --------------------------------------------------------------------------------------------------


async def test_it_says_by_which_ways_what_happens_leaves_for_the_case_system(
    installation: Installation, tmp_path: Path
) -> None:
    def said(found: list[Finding]) -> list[Finding]:
        return [one for one in found if one.words.startswith(("Case system", "Service accounts"))]

    name = "Case system of Trelleborgs kommun"
    off = "off, neither IMORGON_CASE_SYSTEM_URL_TRELLEBORG nor a folder is given."
    nobody = Finding("Service accounts of Trelleborgs kommun: none is given a token.")
    assert said(await installation.found()) == [Finding(f"{name}: {off}"), nobody]
    given = {
        "IMORGON_CASE_SYSTEM_URL_TRELLEBORG": "https://procapita.example/in/let-me-in",
        "IMORGON_CASE_SYSTEM_SECRET_TRELLEBORG": "whsec_" + "QUJD" * 10,
        "IMORGON_CASE_SYSTEM_FOLDER_TRELLEBORG": str(tmp_path),
        "IMORGON_SERVICE_TOKEN_TRELLEBORG_ROBOT": "t" * 32,
    }
    assert said(await installation.found(**given)) == [
        Finding(f"{name}: what happens leaves as webhook, to procapita.example."),
        Finding(f"{name}: what happens leaves as files, to {tmp_path}."),
        Finding("Service accounts of Trelleborgs kommun: Roboten (exempel)."),
    ]
    away = str(tmp_path / "away")
    wrong = await installation.wrong(IMORGON_CASE_SYSTEM_FOLDER_TRELLEBORG=away)
    assert f"{name}: nothing can be put into {away}: there is no such folder." in wrong


async def test_it_says_which_of_two_tokens_of_an_account_is_still_shown(
    installation: Installation, pg: postgres.Server
) -> None:
    old, new = "o" * 32, "n" * 32
    settings = backend.settings.read(installation.environ)
    name = settings.tenants[TOWN].database_url.partition("?")[0].rpartition("/")[2]
    shown = mark(token_digest(old)).hex()
    pg.run_sql(f"insert into service_calls values ('robot', '\\x{shown}', '2026-11-27 09:30+00')", name)
    for tokens, said in (
        (f"{new} {old}", "showed its new token never, and the old one last 2026-11-27 09:30 UTC."),
        (old, "called last 2026-11-27 09:30 UTC."),
    ):
        found = await installation.found(IMORGON_SERVICE_TOKEN_TRELLEBORG_ROBOT=tokens)
        assert Finding(f"Service accounts of Trelleborgs kommun: Roboten (exempel) {said}") in found


async def test_it_says_where_people_are_handed_over_and_who_could_not_take_them(installation: Installation) -> None:
    told = "People are handed over from Trelleborgs kommun to Svedala kommun, at svedala.example"
    one_way = {
        "IMORGON_NEIGHBOUR_URL_TRELLEBORG_SVEDALA": "https://svedala.example",
        "IMORGON_NEIGHBOUR_TOKEN_TRELLEBORG_SVEDALA": "t" * 32,
    }
    missing = "IMORGON_SERVICE_TOKEN_TRELLEBORG_SVEDALA"
    assert f"{told}: it cannot take them, {missing} is not given." in await installation.wrong(**one_way)
    both_ways = {**one_way, missing: "u" * 32}
    said = [one for one in await installation.found(**both_ways) if one.words.startswith("People are handed")]
    assert said == [Finding(f"{told}.")]
