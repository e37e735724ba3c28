"""``imorgon check``: what the settings mean, in words."""

import asyncio
import json
from datetime import UTC, date, datetime

import pytest
from joserfc.jwk import ECKey
from sqlalchemy import text
from typer.testing import CliRunner

from backend import municipalities, postgres
from backend.municipalities import LegalAnalysis, Municipality
from bot.__main__ import app, main
from bot.database import Database
from bot.migrations import migrate
from bot.text import local_day
from tests.bot.elks_settings import ELKS_SETTINGS
from tests.bot.house import ENVELOPE_KEY
from tests.bot.sms.test_twilio import ITS_SETTINGS
from tests.bot.telegraph import BOT, SECRET
from tests.conftest import MakeDatabase

CODES = ("TRELLEBORG", "SVEDALA")


@pytest.fixture
def bot_database(make_database: MakeDatabase) -> postgres.Database:
    return make_database("bot", lambda made: migrate(made.owner_url, made.app_role))


@pytest.fixture
def environ(bot_database: postgres.Database) -> dict[str, str]:
    given = {
        "IMORGON_ENVIRONMENT": "production",
        "IMORGON_DATABASE_URL": bot_database.app_url,
        "IMORGON_PUBLIC_URL": "https://imorgon.example",
        "IMORGON_BACKEND_URL": "http://127.0.0.1:8000",
        "IMORGON_ENVELOPE_KEY": ENVELOPE_KEY,
        "IMORGON_SESSION_SECRET": "s" * 40,
        "IMORGON_TELEGRAM_TOKEN_TRELLEBORG": BOT,
        "IMORGON_TELEGRAM_WEBHOOK_SECRET": SECRET,
    }
    for code in CODES:
        given |= {
            f"IMORGON_BACKEND_TOKEN_{code}": code * 8,
            f"IMORGON_BACKEND_DATABASE_URL_{code}": f"postgresql://nowhere/{code.lower()}",
            f"IMORGON_SEAL_KEY_{code}": json.dumps(ECKey.generate_key("P-256").as_dict(private=True)),
        }
    return given


def check(environ: dict[str, str], about: str = "Telegram", **more: str | None) -> list[str]:
    result = CliRunner().invoke(app, ["check"], env={**environ, **more})
    # What is asked of the world is not there in these tests: tests/test_diagnosis.py has that.
    assert result.exit_code == 1, result.output
    assert result.output.splitlines()[-1].startswith("To mend: ")
    return [line for line in result.output.splitlines() if line.startswith((f"{about} in", f"{about}:"))]


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trelleborg has recorded its legal analysis."""
    analysis = LegalAnalysis(reference="AMN 2026/1", decided_on=date(2026, 11, 2))
    towns: dict[str, Municipality] = dict(municipalities.found())
    towns["trelleborg"] = towns["trelleborg"].model_copy(update={"legal_analysis": analysis})
    monkeypatch.setattr(municipalities, "found", lambda: towns)


def test_sms_says_by_whom_and_what_to_enter_there(environ: dict[str, str]) -> None:
    webhook = "https://imorgon.example/sms/inbound#rc=3&rp=all"
    assert check(environ, "SMS", **ITS_SETTINGS) == [
        "SMS in Svedala kommun: off, no provider has a number for it.",
        f"SMS in Trelleborgs kommun: on, by Twilio. Enter there, as it stands: {webhook}",
    ]


def test_with_two_providers_it_says_which_is_first_what_to_enter_at_each_and_where_traffic_goes(
    environ: dict[str, str],
) -> None:
    both = {**environ, **ITS_SETTINGS, **ELKS_SETTINGS, "IMORGON_SMS_FIRST_TRELLEBORG": "46elks"}
    result = CliRunner().invoke(app, ["check"], env=both)
    assert ELKS_SETTINGS["IMORGON_ELKS_SECRET"] not in result.output
    lines = result.output.splitlines()
    at = lines.index("SMS in Trelleborgs kommun: on, by 46elks first and Twilio second.")
    secret = "key=<IMORGON_ELKS_SECRET>"
    texts, calls = (f"https://imorgon.example/sms/elks/{what}?{secret}" for what in ("inbound", "call"))
    assert lines[at + 1 : at + 4] == [
        f"  Enter at 46elks, as it stands: sms_url {texts} and voice_start {calls}",
        "  Enter at Twilio, as it stands: https://imorgon.example/sms/inbound#rc=3&rp=all",
        "  What comes unasked goes by 46elks now.",
    ]


def test_sms_says_what_cannot_be_reconciled(environ: dict[str, str], bot_database: postgres.Database) -> None:
    async def fail() -> None:
        database = Database(bot_database.app_url, b"k" * 32)
        async with database.transaction() as connection:
            await connection.execute(
                text(
                    "insert into reconciling (municipality, provider, failed_since_at, error) "
                    "values ('trelleborg', 'Twilio', '2026-11-26 07:00+00', 'CannotAsk')"
                )
            )
        await database.close()

    asyncio.run(fail())
    result = CliRunner().invoke(app, ["check"], env={**environ, **ITS_SETTINGS})
    why = "Twilio does not list what people wrote since 2026-11-26 07:00 UTC (CannotAsk)"
    assert f"  CANNOT BE RECONCILED: {why}." in result.output.splitlines()


def test_texts_say_where_they_go_how_fast_and_what_is_spent_today(
    environ: dict[str, str], bot_database: postgres.Database
) -> None:
    assert check(environ, "Texts", IMORGON_RATE_SMS="8", IMORGON_SMS_BUDGET_SVEDALA="90") == [
        "Texts: to +46 alone, 8 a second from one number."
    ]

    async def spend() -> None:
        database = Database(bot_database.app_url, b"k" * 32)
        async with database.transaction() as connection:
            await connection.execute(
                text("insert into spending values ('trelleborg', :day, 5001)"), {"day": local_day(datetime.now(UTC))}
            )
        await database.close()

    asyncio.run(spend())
    lines = budgets(environ, IMORGON_SMS_BUDGET_SVEDALA="90")
    assert lines[0] == "Texts of Svedala kommun: 90 segments a day."
    assert lines[1].startswith("Texts of Trelleborgs kommun: 5001 of today's 5000 segments are sent; nudges and texts")


def budgets(environ: dict[str, str], **more: str) -> list[str]:
    result = CliRunner().invoke(app, ["check"], env={**environ, **more})
    return [line for line in result.output.splitlines() if line.startswith("Texts of")]


def test_telegram_is_off_until_the_analysis_is_recorded(environ: dict[str, str]) -> None:
    assert check(environ) == [
        "Telegram in Svedala kommun: off, IMORGON_TELEGRAM_TOKEN_SVEDALA is not given.",
        "Telegram in Trelleborgs kommun: off until its legal analysis is recorded; its bot is given, and waits.",
    ]


def test_telegram_is_on_when_it_is(environ: dict[str, str], recorded: None) -> None:
    assert check(environ)[1] == (
        "Telegram in Trelleborgs kommun: on. The worker sets its webhook: "
        "https://imorgon.example/telegram/webhook/trelleborg"
    )
    assert check(environ, IMORGON_TELEGRAM_MODE="polling")[1].endswith("on, the worker asks for messages.")


def test_without_settings_telegram_is_off(environ: dict[str, str]) -> None:
    without: dict[str, str | None] = {name: None for name in environ if name.startswith("IMORGON_TELEGRAM")}
    assert check(environ, "Telegram", **without) == ["Telegram: off, none of IMORGON_TELEGRAM_… is given."]


def test_a_bot_that_stands_still_is_told_with_what_to_do(
    environ: dict[str, str], recorded: None, bot_database: postgres.Database
) -> None:
    async def stop() -> None:
        database = Database(bot_database.app_url, b"k" * 32)
        async with database.transaction() as connection:
            await connection.execute(
                text("insert into telegram_bots (municipality, stopped) values ('trelleborg', 'conflict')")
            )
        await database.close()

    asyncio.run(stop())
    assert "STANDS STILL: somebody else asks for its updates" in check(environ)[1]


def test_a_database_that_does_not_answer_is_told(environ: dict[str, str], recorded: None) -> None:
    lines = check(environ, IMORGON_DATABASE_URL="postgresql://nobody@127.0.0.1:9/bot")
    assert lines[0].startswith("Telegram: whether a bot stands still cannot be seen")
    assert len(lines) == 3


def test_half_given_is_one_line_and_exit_2(environ: dict[str, str]) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("sys.argv", ["imorgon", "check"])
        for name, value in {**environ, "IMORGON_TELEGRAM_WEBHOOK_SECRET": ""}.items():
            patched.setenv(name, value)
        with pytest.raises(SystemExit) as ended:
            main()
    assert ended.value.code == 2
