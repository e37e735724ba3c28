"""Settings: what is missing, wrong or half given is one clear line that never repeats a secret."""

import pytest

from bot.settings import SettingsError, read
from tests.bot.house import ENVELOPE_KEY, NUMBER

GIVEN = {
    "IMORGON_DATABASE_URL": "postgresql://imorgon@/bot",
    "IMORGON_PUBLIC_URL": "https://imorgon.example/",
    "IMORGON_BACKEND_URL": "http://127.0.0.1:8000",
    "IMORGON_BACKEND_TOKEN_TRELLEBORG": "trelleborg-" * 4,
    "IMORGON_BACKEND_TOKEN_SVEDALA": "svedala-" * 5,
    "IMORGON_ENVELOPE_KEY": ENVELOPE_KEY,
    "IMORGON_SESSION_SECRET": "s" * 40,
}
TWILIO = {
    "IMORGON_TWILIO_ACCOUNT_SID": "AC" + "a" * 32,
    "IMORGON_TWILIO_AUTH_TOKEN": "secret-secret-secret",
    "IMORGON_TWILIO_FROM_TRELLEBORG": NUMBER,
}


def test_without_any_setting_of_a_channel_it_is_off() -> None:
    settings = read(GIVEN)
    assert settings.twilio is None
    assert settings.municipalities == ("trelleborg", "svedala")
    assert settings.public_url == "https://imorgon.example"
    assert (settings.environment, settings.demo) == ("production", False)


def test_the_account_and_its_numbers() -> None:
    settings = read(
        {
            **GIVEN,
            **TWILIO,
            "IMORGON_TWILIO_MESSAGING_SERVICE_SID_SVEDALA": "MG" + "b" * 32,
            "IMORGON_ENVIRONMENT": "demo",
        }
    )
    assert settings.twilio is not None
    assert settings.twilio.numbers == {"trelleborg": NUMBER}
    assert settings.twilio.services == {"svedala": "MG" + "b" * 32}
    assert settings.demo


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
        ({"IMORGON_SESSION_SECRET": "short-secret"}, "IMORGON_SESSION_SECRET"),
        ({"IMORGON_BACKEND_TOKEN_TRELLEBORG": "short-secret"}, "IMORGON_BACKEND_TOKEN_TRELLEBORG"),
        ({"IMORGON_BACKEND_TOKEN_trelleborg": "short-secret" * 4}, "capitals"),
        ({**TWILIO, "IMORGON_TWILIO_AUTH_TOKEN": ""}, "IMORGON_TWILIO_AUTH_TOKEN"),
        ({**TWILIO, "IMORGON_TWILIO_ACCOUNT_SID": ""}, "IMORGON_TWILIO_ACCOUNT_SID"),
        ({**TWILIO, "IMORGON_TWILIO_FROM_TRELLEBORG": ""}, "IMORGON_TWILIO_FROM_<CODE>"),
        ({**TWILIO, "IMORGON_TWILIO_FROM_TRELLEBORG": "070-174 06 90"}, "IMORGON_TWILIO_FROM_TRELLEBORG"),
        ({**TWILIO, "IMORGON_TWILIO_FROM_LUND": NUMBER}, "IMORGON_BACKEND_TOKEN_LUND"),
        ({**TWILIO, "IMORGON_TWILIO_FROM_SVEDALA": NUMBER}, "cannot share"),
        ({**TWILIO, "IMORGON_TWILIO_MESSAGING_SERVICE_SID_TRELLEBORG": "MG1"}, "choose one"),
        ({**TWILIO, "IMORGON_TWILIO_API_BASE": "127.0.0.1:9"}, "IMORGON_TWILIO_API_BASE"),
        ({"IMORGON_TWILIO_API_BASE": "http://127.0.0.1:9"}, "IMORGON_TWILIO_FROM_<CODE>"),
    ],
)
def test_what_is_wrong_or_half_given_is_one_line_without_the_value(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as error:
        read({**GIVEN, **wrong})
    assert named in str(error.value)
    assert "\n" not in str(error.value)
    secrets = ("short-secret", "not base64!", "secret-secret", "imorgon@")
    assert not any(secret in str(error.value) for secret in secrets)


def test_secrets_are_in_no_repr() -> None:
    shown = repr(read({**GIVEN, **TWILIO}))
    for secret in ("secret-secret", "ssss", "trelleborg-trelleborg", "imorgon@"):
        assert secret not in shown
