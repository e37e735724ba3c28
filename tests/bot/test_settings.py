"""Settings: what is missing, wrong or half given is one clear line that never repeats a secret."""

import pytest

from bot.environment import SettingsError
from bot.settings import read
from tests.bot.house import ENVELOPE_KEY

GIVEN = {
    "IMORGON_DATABASE_URL": "postgresql://imorgon@/bot",
    "IMORGON_PUBLIC_URL": "https://imorgon.example/",
    "IMORGON_BACKEND_URL": "http://127.0.0.1:8000",
    "IMORGON_BACKEND_TOKEN_TRELLEBORG": "trelleborg-" * 4,
    "IMORGON_BACKEND_TOKEN_SVEDALA": "svedala-" * 5,
    "IMORGON_ENVELOPE_KEY": ENVELOPE_KEY,
    "IMORGON_SESSION_SECRET": "s" * 40,
}
BOT = "7000000001:made-up-made-up-made-up"
TELEGRAM = {"IMORGON_TELEGRAM_TOKEN_TRELLEBORG": BOT, "IMORGON_TELEGRAM_WEBHOOK_SECRET": "w" * 40}
POLLING = {"IMORGON_TELEGRAM_TOKEN_TRELLEBORG": BOT, "IMORGON_TELEGRAM_MODE": "polling"}


def test_without_any_setting_of_a_channel_it_is_off() -> None:
    settings = read(GIVEN)
    assert settings.telegram is None
    assert settings.municipalities == ("trelleborg", "svedala")
    assert settings.public_url == "https://imorgon.example"
    assert (settings.environment, settings.demo) == ("production", False)


def test_a_bot_for_each_municipality() -> None:
    settings = read({**GIVEN, **TELEGRAM, "IMORGON_TELEGRAM_TOKEN_SVEDALA": BOT.replace("1:", "2:")})
    assert settings.telegram is not None
    assert set(settings.telegram.tokens) == {"trelleborg", "svedala"}
    assert (settings.telegram.mode, settings.telegram.api_base) == ("webhook", None)


def test_who_asks_telegram_needs_no_secret_and_no_address_it_can_call() -> None:
    settings = read({**GIVEN, **POLLING, "IMORGON_PUBLIC_URL": "http://127.0.0.1:8000"})
    assert settings.telegram is not None
    assert settings.telegram.mode == "polling"


@pytest.mark.parametrize(
    "url", ["https://imorgon.example:8443", "https://imorgon.example:88/", "https://imorgon.example"]
)
def test_telegram_calls_these_ports(url: str) -> None:
    assert read({**GIVEN, **TELEGRAM, "IMORGON_PUBLIC_URL": url}).telegram is not None


def test_a_server_of_ones_own_calls_any_address() -> None:
    local = {"IMORGON_TELEGRAM_API_BASE": "http://127.0.0.1:8081/", "IMORGON_PUBLIC_URL": "http://127.0.0.1:8000"}
    settings = read({**GIVEN, **TELEGRAM, **local})
    assert settings.telegram is not None
    assert settings.telegram.api_base == "http://127.0.0.1:8081"


@pytest.mark.parametrize("name", GIVEN)
def test_what_is_missing_is_named(name: str) -> None:
    given = {**GIVEN, name: " "}
    if name == "IMORGON_BACKEND_TOKEN_SVEDALA":
        assert read(given).municipalities == ("trelleborg",)
        return
    if name == "IMORGON_BACKEND_TOKEN_TRELLEBORG":
        assert read(given).municipalities == ("svedala",)
        given["IMORGON_BACKEND_TOKEN_SVEDALA"] = ""
        name = "IMORGON_BACKEND_TOKEN_<CODE>"
    with pytest.raises(SettingsError) as error:
        read(given)
    assert name in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"IMORGON_ENVIRONMENT": "test"}, "IMORGON_ENVIRONMENT"),
        ({"IMORGON_DATABASE_URL": "sqlite:///bot.db"}, "IMORGON_DATABASE_URL"),
        ({"IMORGON_PUBLIC_URL": "imorgon.example"}, "IMORGON_PUBLIC_URL"),
        ({"IMORGON_ENVELOPE_KEY": "not base64!"}, "IMORGON_ENVELOPE_KEY"),
        ({"IMORGON_ENVELOPE_KEY": "c2hvcnQ="}, "32 bytes"),
        ({"IMORGON_ENVELOPE_KEY_OLD": "not base64!"}, "IMORGON_ENVELOPE_KEY_OLD"),
        ({"IMORGON_SESSION_SECRET": "short-secret"}, "IMORGON_SESSION_SECRET"),
        ({"IMORGON_BACKEND_TOKEN_TRELLEBORG": "short-secret"}, "IMORGON_BACKEND_TOKEN_TRELLEBORG"),
        ({"IMORGON_BACKEND_TOKEN_trelleborg": "short-secret" * 4}, "capitals"),
        ({"IMORGON_TELEGRAM_MODE": "polling"}, "IMORGON_TELEGRAM_TOKEN_<CODE>"),
        ({"IMORGON_TELEGRAM_WEBHOOK_SECRET": "w" * 40}, "IMORGON_TELEGRAM_TOKEN_<CODE>"),
        ({"IMORGON_TELEGRAM_TOKEN_TRELLEBORG": BOT}, "IMORGON_TELEGRAM_WEBHOOK_SECRET"),
        ({**TELEGRAM, "IMORGON_TELEGRAM_WEBHOOK_SECRET": "short-secret"}, "IMORGON_TELEGRAM_WEBHOOK_SECRET"),
        ({**TELEGRAM, "IMORGON_TELEGRAM_WEBHOOK_SECRET": "short-secret åäö" * 3}, "IMORGON_TELEGRAM_WEBHOOK_SECRET"),
        ({**TELEGRAM, "IMORGON_TELEGRAM_TOKEN_TRELLEBORG": "short-secret"}, "IMORGON_TELEGRAM_TOKEN_TRELLEBORG"),
        ({**TELEGRAM, "IMORGON_TELEGRAM_TOKEN_SVEDALA": BOT}, "cannot share"),
        ({**TELEGRAM, "IMORGON_TELEGRAM_TOKEN_LUND": BOT}, "IMORGON_BACKEND_TOKEN_LUND"),
        ({**TELEGRAM, "IMORGON_TELEGRAM_MODE": "push"}, "IMORGON_TELEGRAM_MODE"),
        ({**TELEGRAM, "IMORGON_TELEGRAM_API_BASE": "127.0.0.1:9"}, "IMORGON_TELEGRAM_API_BASE"),
        ({**TELEGRAM, "IMORGON_PUBLIC_URL": "http://imorgon.example"}, "IMORGON_PUBLIC_URL"),
        ({**TELEGRAM, "IMORGON_PUBLIC_URL": "https://imorgon.example:8000"}, "IMORGON_PUBLIC_URL"),
        ({**TELEGRAM, "IMORGON_PUBLIC_URL": "https://imorgon.example:port"}, "IMORGON_PUBLIC_URL"),
    ],
)
def test_what_is_wrong_or_half_given_is_one_line_without_the_value(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as error:
        read({**GIVEN, **wrong})
    assert named in str(error.value)
    assert "\n" not in str(error.value)
    secrets = ("short-secret", "not base64!", "secret-secret", "imorgon@", "made-up", "wwww")
    assert not any(secret in str(error.value) for secret in secrets)


def test_secrets_are_in_no_repr() -> None:
    shown = repr(read({**GIVEN, **TELEGRAM}))
    for secret in ("ssss", "trelleborg-trelleborg", "imorgon@", "made-up", "wwww"):
        assert secret not in shown
