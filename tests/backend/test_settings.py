"""Settings: whatever is missing, wrong or half given is one line that names it, and never its value."""

import json

import pytest
from joserfc.jwk import ECKey

from backend import settings
from backend.interpreters import ways
from backend.settings import SettingsError

KEY = json.dumps(ECKey.generate_key("P-256", auto_kid=True).as_dict(private=True))
SOUND = {
    "IMORGON_ENVELOPE_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
    "IMORGON_SESSION_SECRET": "s" * 32,
    "IMORGON_PUBLIC_URL": "https://imorgon.example/",
    "IMORGON_BACKEND_DATABASE_URL_SVEDALA": "postgresql://somewhere/svedala",
    "IMORGON_BACKEND_TOKEN_SVEDALA": "t" * 32,
    "IMORGON_SEAL_KEY_SVEDALA": KEY,
}


def test_one_municipality_can_be_served_alone() -> None:
    read = settings.read(SOUND)
    assert list(read.tenants) == ["svedala"]
    assert not read.demo
    assert read.public_url == "https://imorgon.example"


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("IMORGON_ENVIRONMENT", "staging", "'production' or 'demo'"),
        ("IMORGON_ENVELOPE_KEY", "", "is missing"),
        ("IMORGON_ENVELOPE_KEY", "not base64!", "is not base64"),
        ("IMORGON_ENVELOPE_KEY", "c2hvcnQ=", "is not 32 bytes"),
        ("IMORGON_ENVELOPE_KEY_OLD", "c2hvcnQ=", "is not 32 bytes"),
        ("IMORGON_PUBLIC_URL", "imorgon.example", "https://"),
        ("IMORGON_SESSION_SECRET", "short", "too short"),
        ("IMORGON_BACKEND_TOKEN_SVEDALA", "", "is missing"),
        ("IMORGON_BACKEND_TOKEN_SVEDALA", "short", "too short"),
        ("IMORGON_BACKEND_DATABASE_URL_SVEDALA", "", "is missing"),
        ("IMORGON_BACKEND_DATABASE_URL_SVEDALA", "sqlite:///secret", "postgresql://"),
        ("IMORGON_SEAL_KEY_SVEDALA", "", "is missing"),
        ("IMORGON_SEAL_KEY_SVEDALA", "no json", "is not a JWK"),
        ("IMORGON_SEAL_KEY_SVEDALA", "[1]", "is not a JWK"),
        ("IMORGON_SEAL_KEY_SVEDALA", '{"keys": []}', "has no private key"),
        ("IMORGON_SEAL_KEY_TRELLEBORG", KEY, "IMORGON_BACKEND_DATABASE_URL_TRELLEBORG is missing"),
        (
            "IMORGON_OIDC_EID_ISSUER_SVEDALA",
            "https://provider.example",
            "IMORGON_OIDC_EID_CLIENT_ID_SVEDALA is missing",
        ),
        ("IMORGON_OIDC_EID_NUMBER_CLAIM_SVEDALA", "number", "IMORGON_OIDC_EID_ISSUER_SVEDALA is missing"),
        ("IMORGON_OIDC_EID_CLIENT_SECRET_MALMO", "secret of nobody", "there is no municipality MALMO"),
        ("IMORGON_BACKEND_TOKEN_MALMO", "t" * 32, "there is no municipality MALMO"),
        ("IMORGON_SMTP_HOST", "post.example", "IMORGON_SMTP_FROM is missing"),
        ("IMORGON_SMTP_FROM", "tolk@svedala.example", "IMORGON_SMTP_HOST is missing"),
        ("IMORGON_AGENCY_TOKEN_MALMO_TOLKZONEN", "secret of nobody", "there is no municipality MALMO"),
        ("IMORGON_AGENCY_TOKEN_SVEDALA_NOBODY", "secret of nobody", "names no agency NOBODY"),
        ("IMORGON_AGENCY_TOKEN_SVEDALA_SPRAKBRON", "secret of nobody", "needs no token"),
        ("IMORGON_CASE_SYSTEM_URL_SVEDALA", "http://lifecare.example/in", "must begin with https://"),
        (
            "IMORGON_CASE_SYSTEM_URL_SVEDALA",
            "https://lifecare.example/in",
            "IMORGON_CASE_SYSTEM_SECRET_SVEDALA is missing",
        ),
        ("IMORGON_CASE_SYSTEM_SECRET_SVEDALA", "whsec_" + "QUJD" * 10, "URL_SVEDALA is missing"),
        ("IMORGON_CASE_SYSTEM_FOLDER_SVEDALA", "import/lifecare", "a whole path"),
        ("IMORGON_CASE_SYSTEM_FOLDER_MALMO", "/import/lifecare", "there is no municipality MALMO"),
        ("IMORGON_REGISTER_URL_SVEDALA_KIR", "https://kir.example", "IMORGON_REGISTER_TOKEN_SVEDALA_KIR is missing"),
        ("IMORGON_REGISTER_TOKEN_SVEDALA_NOBODY", "secret of nobody", "there is no register NOBODY"),
        ("IMORGON_REGISTER_TOKEN_MALMO_KIR", "secret of nobody", "there is no municipality MALMO"),
        ("IMORGON_REGISTER_PASSWORD_SVEDALA_KIR", "secret of nobody", "there are IMORGON_REGISTER_URL"),
        (
            "IMORGON_NEIGHBOUR_URL_SVEDALA_TRELLEBORG",
            "https://trelleborg.example",
            "IMORGON_NEIGHBOUR_TOKEN_SVEDALA_TRELLEBORG is missing",
        ),
        ("IMORGON_NEIGHBOUR_URL_SVEDALA_MALMO", "https://malmo.example", "no two such municipalities"),
        ("IMORGON_SERVICE_TOKEN_SVEDALA_NOBODY", "t" * 32, "names no service account NOBODY"),
        ("IMORGON_SERVICE_TOKEN_MALMO_ROBOT", "t" * 32, "there is no municipality MALMO"),
        ("IMORGON_SERVICE_TOKEN_SVEDALA_ROBOT", "a-short-one", "too short"),
    ],
)
def test_a_wrong_setting_is_one_line_that_names_it(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError) as wrong:
        settings.read({**SOUND, name: value})
    line = str(wrong.value)
    assert says in line
    assert "\n" not in line
    assert line.startswith("IMORGON_")
    if value and len(value) > 6 and name != "IMORGON_SEAL_KEY_TRELLEBORG":
        assert value not in line


EID = {
    "IMORGON_OIDC_EID_ISSUER_SVEDALA": "https://provider.example/",
    "IMORGON_OIDC_EID_CLIENT_ID_SVEDALA": "imorgon",
    "IMORGON_OIDC_EID_CLIENT_SECRET_SVEDALA": "known to two",
}


def test_e_identification_is_off_until_it_is_given_and_then_takes_sweden_as_it_is() -> None:
    assert settings.read(SOUND).tenants["svedala"].e_identification is None
    given = settings.read({**SOUND, **EID}).tenants["svedala"].e_identification
    assert given is not None
    assert given.issuer == "https://provider.example/"  # sign by sign
    assert given.number_claim == "https://id.oidc.se/claim/personalIdentityNumber"
    assert [level.rsplit("/", 1)[1] for level in given.levels] == ["loa3", "loa4"]
    assert "known to two" not in repr(given)


def test_e_identification_takes_other_names_where_a_provider_has_them() -> None:
    names = {"IMORGON_OIDC_EID_NUMBER_CLAIM_SVEDALA": "ssn", "IMORGON_OIDC_EID_LEVELS_SVEDALA": "high  higher"}
    given = settings.read({**SOUND, **EID, **names}).tenants["svedala"].e_identification
    assert given is not None
    assert (given.number_claim, given.levels) == ("ssn", ("high", "higher"))


@pytest.mark.parametrize("issuer", ["http://provider.example", "provider.example", "https://", "ftp://127.0.0.1"])
def test_a_provider_that_can_be_overheard_is_refused(issuer: str) -> None:
    with pytest.raises(SettingsError, match=r"^IMORGON_OIDC_EID_ISSUER_SVEDALA must begin with https://"):
        settings.read({**SOUND, **EID, "IMORGON_OIDC_EID_ISSUER_SVEDALA": issuer})


def test_a_public_key_cannot_open_anything() -> None:
    public = json.dumps(ECKey.import_key(json.loads(KEY)).as_dict(private=False))
    with pytest.raises(SettingsError, match="has no private key"):
        settings.read({**SOUND, "IMORGON_SEAL_KEY_SVEDALA": public})


def test_without_any_municipality_there_is_nothing_to_serve() -> None:
    alone = {name: value for name, value in SOUND.items() if "SVEDALA" not in name}
    with pytest.raises(SettingsError, match="no municipality has a database"):
        settings.read(alone)


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    shown = repr(settings.read(SOUND))
    for name in ("IMORGON_ENVELOPE_KEY", "IMORGON_SESSION_SECRET", "IMORGON_BACKEND_TOKEN_SVEDALA"):
        assert SOUND[name] not in shown
    assert "postgresql" not in shown


MAIL = {"IMORGON_SMTP_HOST": "post.example", "IMORGON_SMTP_FROM": "tolk@svedala.example"}


def test_a_mail_server_needs_a_host_and_a_sender_and_talks_encrypted() -> None:
    assert settings.read(SOUND).smtp is None
    smtp = settings.read({**SOUND, **MAIL}).smtp
    assert smtp is not None
    assert (smtp.host, smtp.port, smtp.sender, smtp.security) == (
        "post.example",
        587,
        "tolk@svedala.example",
        "starttls",
    )
    smtp = settings.read({**SOUND, **MAIL, "IMORGON_SMTP_SECURITY": "tls"}).smtp
    assert smtp is not None
    assert smtp.port == 465


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("IMORGON_SMTP_FROM", "nobody", "e-mail address"),
        ("IMORGON_SMTP_FROM", "a@b.example\nBcc: c@d.example", "e-mail address"),
        ("IMORGON_SMTP_PORT", "many", "whole number"),
        ("IMORGON_SMTP_USER", "u", "belong together"),
        ("IMORGON_SMTP_SECURITY", "perhaps", "starttls, tls or none"),
        ("IMORGON_SMTP_SECURITY", "none", "on one's own machine only"),
    ],
)
def test_a_mail_server_that_is_wrong_is_one_line(name: str, value: str, says: str) -> None:
    with pytest.raises(SettingsError, match=says) as wrong:
        settings.read({**SOUND, **MAIL, name: value})
    assert name.rpartition("_")[0] in str(wrong.value)


@pytest.mark.parametrize(
    ("environment", "more", "asked"),
    [
        ("demo", {}, []),
        ("demo", MAIL, ["sprakbron"]),
        ("demo", {**MAIL, "IMORGON_AGENCY_TOKEN_SVEDALA_TOLKZONEN": "t"}, ["sprakbron", "tolkzonen"]),
        ("production", {**MAIL, "IMORGON_AGENCY_TOKEN_SVEDALA_TOLKZONEN": "t"}, []),
    ],
)
def test_an_agency_is_asked_where_an_order_can_reach_it_and_an_example_in_the_demo_only(
    environment: str, more: dict[str, str], asked: list[str]
) -> None:
    read = settings.read({**SOUND, **more, "IMORGON_ENVIRONMENT": environment})
    tenant = read.tenants["svedala"]
    assert [agency.slug for agency in ways.reachable(read, tenant)] == asked
    assert list(ways.agencies(read, tenant).ways) == asked


CASES = {
    "IMORGON_CASE_SYSTEM_URL_SVEDALA": "https://lifecare.example/in",
    "IMORGON_CASE_SYSTEM_SECRET_SVEDALA": "whsec_" + "QUJD" * 10,
}


def test_the_case_system_is_off_until_it_is_given_and_its_secret_may_be_two() -> None:
    off = settings.read(SOUND).tenants["svedala"]
    assert (off.case_system, off.service_tokens) == (settings.CaseSystem(), {})
    two = f"{CASES['IMORGON_CASE_SYSTEM_SECRET_SVEDALA']} whsec_{'REVG' * 10}"
    given = settings.read({**SOUND, **CASES, "IMORGON_CASE_SYSTEM_SECRET_SVEDALA": two}).tenants["svedala"].case_system
    assert (given.url, given.secrets, given.folder) == ("https://lifecare.example/in", (b"ABC" * 10, b"DEF" * 10), None)
    for wrong in (f"{two} whsec_{'REVG' * 10}", "whsec_short", "no prefix"):
        with pytest.raises(SettingsError, match="IMORGON_CASE_SYSTEM_SECRET_SVEDALA") as said:
            settings.read({**SOUND, **CASES, "IMORGON_CASE_SYSTEM_SECRET_SVEDALA": wrong})
        assert wrong not in str(said.value)


def test_no_two_service_accounts_share_a_token_and_an_account_has_two_at_most() -> None:
    robot, system = "IMORGON_SERVICE_TOKEN_SVEDALA_ROBOT", "IMORGON_SERVICE_TOKEN_SVEDALA_SYSTEM"
    one, other = "r" * 32, "s" * 32
    given = settings.read({**SOUND, robot: f"{one} {other}"}).tenants["svedala"]
    assert given.service_tokens == {"robot": (one, other)}
    for environ in ({robot: one, system: one}, {robot: " ".join((one, other, "t" * 32))}):
        with pytest.raises(SettingsError, match=r"^IMORGON_SERVICE_TOKEN_SVEDALA_"):
            settings.read({**SOUND, **environ})
