"""The backend's settings, read from the environment once, when it starts.

A setting that is missing, wrong or half given is one clear line; the command prints it and ends with exit code 2. A
municipality is served when any of its settings is given, and then it needs all of them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from backend import municipalities, standard_webhooks
from backend.codec import envelope_key
from backend.documents.scanning import Clamd
from backend.identity.colleagues import StaffClient
from backend.identity.provider import Eid, is_safe
from backend.interpreters.ordering.e_mail import Security, Smtp
from backend.municipalities import Municipality, neighbours
from backend.municipalities.neighbours import Neighbour
from backend.seal import SealKeys
from backend.translating import Translator, services

SHORTEST_SECRET = 32

_DATABASE = "IMORGON_BACKEND_DATABASE_URL_"
_TOKEN = "IMORGON_BACKEND_TOKEN_"  # noqa: S105  # the name of the setting
_OLD_ENVELOPE = "IMORGON_ENVELOPE_KEY_OLD"
_SEAL = "IMORGON_SEAL_KEY_"
_METRICS = "IMORGON_METRICS_TOKEN"
_STORAGE = "IMORGON_STORAGE_"
_CLAMD = "IMORGON_CLAMD"
_EID = "IMORGON_OIDC_EID_"
_AGENCY = "IMORGON_AGENCY_TOKEN_"  # the name of the setting
_SERVICE = "IMORGON_SERVICE_TOKEN_"  # the name of the setting
_CASES = "IMORGON_CASE_SYSTEM_"
_CASES_PARTS = ("URL", "SECRET", "FOLDER")
_REGISTER = "IMORGON_REGISTER_"
_REGISTER_PARTS = ("URL", "TOKEN")
_REGISTERS = ("kir", "bilreg", "ssbtek", "labour-market")
_SMTP = "IMORGON_SMTP_"
_STAFF = "IMORGON_OIDC_STAFF_"
_STAFF_PARTS = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET", "ROLES", "ACCOUNT_CLAIM", "NAME_CLAIM", "GROUPS_CLAIM")
_STAFF_ROLES = ("customer-service", "caseworker", "interpreter-booking", "controller")
_EID_NEEDED = ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")
_EID_PARTS = (*_EID_NEEDED, "NUMBER_CLAIM", "LEVELS")

_OF_A_TOWN = (
    _DATABASE,
    _TOKEN,
    _SEAL,
    *(f"{_EID}{part}_" for part in _EID_PARTS),
    *(f"{_STAFF}{part}_" for part in _STAFF_PARTS),
)


class SettingsError(Exception):
    """One line saying which setting is missing or wrong, and what it should be. Never the value."""


@dataclass(frozen=True)
class CaseSystem:
    """How what happens leaves for the municipality's case system: to an address, into a folder, both, or not at all.

    ``secrets``: what webhooks are signed with; two while one is changed for another.
    """

    url: str = ""
    secrets: tuple[bytes, ...] = field(default=(), repr=False)
    folder: Path | None = None


@dataclass(frozen=True)
class RegisterService:
    """Where a register's service is asked, and the token that is shown to it."""

    address: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Tenant:
    """A municipality as it is served here: its decisions, and where its things lie."""

    municipality: Municipality
    database_url: str = field(repr=False)
    token: str = field(repr=False)
    seal_keys: SealKeys = field(repr=False)
    e_identification: Eid | None = None
    staff_client: StaffClient | None = None
    agency_tokens: Mapping[str, str] = field(default_factory=dict, repr=False)
    case_system: CaseSystem = field(default_factory=CaseSystem)
    service_tokens: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    registers: Mapping[str, RegisterService] = field(default_factory=dict)
    translator: Translator | None = None
    neighbours: Mapping[str, Neighbour] = field(default_factory=dict)


@dataclass(frozen=True)
class Storage:
    """Where documents are kept: ``file:///folder``, or ``s3://bucket/prefix`` with a key and perhaps an endpoint."""

    url: str
    endpoint: str = ""
    region: str = ""
    key_id: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)


@dataclass(frozen=True)
class Documents:
    """How documents are received. Without a storage they are not; without ``clamd`` nobody looks for viruses."""

    storage: Storage | None = None
    clamd: Clamd | None = None
    megabytes: int = 10
    pages: int = 20


@dataclass(frozen=True)
class Settings:
    """Everything the backend is told from outside. ``demo`` opens what must never be open in production."""

    environment: Literal["production", "demo"]
    tenants: Mapping[str, Tenant]
    envelope_key: bytes = field(repr=False)
    session_secret: str = field(repr=False)
    public_url: str
    metrics_token: str | None = field(default=None, repr=False)
    old_envelope_key: bytes | None = field(default=None, repr=False)
    documents: Documents = field(default_factory=Documents)
    smtp: Smtp | None = None

    @property
    def demo(self) -> bool:
        return self.environment == "demo"


def read(environ: Mapping[str, str]) -> Settings:
    """The settings in an environment. Raises SettingsError."""
    environment = environ.get("IMORGON_ENVIRONMENT", "production")
    if environment not in ("production", "demo"):
        raise SettingsError("IMORGON_ENVIRONMENT must be 'production' or 'demo'.")
    envelope = _envelope(environ, "IMORGON_ENVELOPE_KEY")
    public_url = _needed(environ, "IMORGON_PUBLIC_URL", "the address people reach the service at").rstrip("/")
    if not public_url.startswith(("https://", "http://")):
        raise SettingsError("IMORGON_PUBLIC_URL must begin with https:// (or http:// on one's own machine).")
    return Settings(
        environment="demo" if environment == "demo" else "production",
        tenants=_tenants(environ),
        envelope_key=envelope,
        session_secret=_secret(environ, "IMORGON_SESSION_SECRET", "signs staff sessions"),
        public_url=public_url,
        metrics_token=_metrics_token(environ),
        # While the key is changed both are given, and what the old one wraps is wrapped anew.
        old_envelope_key=_envelope(environ, _OLD_ENVELOPE) if environ.get(_OLD_ENVELOPE, "").strip() else None,
        documents=_documents(environ),
        smtp=_smtp({part: environ.get(_SMTP + part, "").strip() for part in _SMTP_PARTS}),
    )


_SMTP_PARTS = ("HOST", "PORT", "FROM", "USER", "PASSWORD", "SECURITY")
_SECURITY: dict[str, tuple[Security, int]] = {"starttls": ("starttls", 587), "tls": ("tls", 465), "none": ("none", 25)}
_HERE = ("127.0.0.1", "localhost", "::1")


def _smtp(given: Mapping[str, str]) -> Smtp | None:
    """The mail server, or none where nothing is given; half of it is refused, and so is talking openly over the net."""
    if not any(given.values()):
        return None
    if missing := [part for part in ("HOST", "FROM") if not given[part]]:
        raise SettingsError(f"{_SMTP}{missing[0]} is missing: orders by e-mail need it.")
    if given["FROM"].count("@") != 1 or not given["FROM"].isprintable():
        raise SettingsError(f"{_SMTP}FROM must be an e-mail address.")
    if bool(given["USER"]) != bool(given["PASSWORD"]):
        raise SettingsError(f"{_SMTP}USER and {_SMTP}PASSWORD belong together.")
    if (found := _SECURITY.get(given["SECURITY"] or "starttls")) is None:
        raise SettingsError(f"{_SMTP}SECURITY must be starttls, tls or none.")
    security, usual = found
    if security == "none" and given["HOST"] not in _HERE:
        raise SettingsError(f"{_SMTP}SECURITY may be none on one's own machine only.")
    port = _number({f"{_SMTP}PORT": given["PORT"]}, f"{_SMTP}PORT", usual, 65535)
    return Smtp(given["HOST"], port, given["FROM"], given["USER"], given["PASSWORD"], security)


def _documents(environ: Mapping[str, str]) -> Documents:
    clamd = environ.get(_CLAMD, "").strip()
    try:
        scanner = Clamd.at(clamd) if clamd else None
    except ValueError as wrong:
        raise SettingsError(f"{_CLAMD} {wrong}.") from None
    return Documents(
        storage=_storage({name: environ.get(_STORAGE + name, "").strip() for name in _STORAGE_PARTS}),
        clamd=scanner,
        megabytes=_number(environ, "IMORGON_DOCUMENT_MEGABYTES", Documents.megabytes, 50),
        pages=_number(environ, "IMORGON_DOCUMENT_PAGES", Documents.pages, 500),
    )


_STORAGE_PARTS = ("URL", "ENDPOINT", "REGION", "KEY_ID", "SECRET")


def _storage(given: Mapping[str, str]) -> Storage | None:
    """What is half given is refused: a bucket without its key, a key without its bucket."""
    url, remote = urlsplit(given["URL"]), {name for name in _STORAGE_PARTS[1:] if given[name]}
    if not given["URL"] and not remote:
        return None
    if url.scheme == "file" and url.path.startswith("/") and not url.netloc:
        if remote:
            raise SettingsError(f"{_STORAGE}{min(remote)} is for a bucket, and {_STORAGE}URL names a folder.")
    elif url.scheme == "s3" and url.netloc:
        if missing := [name for name in ("REGION", "KEY_ID", "SECRET") if not given[name]]:
            raise SettingsError(f"{_STORAGE}{missing[0]} is missing: the bucket of {_STORAGE}URL needs it.")
    else:
        raise SettingsError(f"{_STORAGE}URL must be file:///folder or s3://bucket/prefix: where documents are kept.")
    if given["ENDPOINT"] and not given["ENDPOINT"].startswith(("https://", "http://")):
        raise SettingsError(f"{_STORAGE}ENDPOINT must begin with https://.")
    return Storage(given["URL"], given["ENDPOINT"], given["REGION"], given["KEY_ID"], given["SECRET"])


def _number(environ: Mapping[str, str], name: str, usual: int, most: int) -> int:
    value = environ.get(name, "").strip() or str(usual)
    if not (value.isascii() and value.isdigit() and 1 <= int(value) <= most):
        raise SettingsError(f"{name} must be a whole number from 1 to {most}.")
    return int(value)


def _metrics_token(environ: Mapping[str, str]) -> str | None:
    if not environ.get(_METRICS, "").strip():
        return None
    return _secret(environ, _METRICS, "shown by whoever reads the figures")


def _envelope(environ: Mapping[str, str], name: str) -> bytes:
    try:
        return envelope_key(_needed(environ, name, "wraps the data keys; 32 bytes in base64"))
    except ValueError as wrong:
        raise SettingsError(f"{name} {wrong}.") from None


def _tenants(environ: Mapping[str, str]) -> dict[str, Tenant]:
    known = {municipality.code: municipality for municipality in municipalities.found().values()}
    given: list[str] = []
    for name, value in environ.items():
        for prefix in (
            *(_DATABASE, _TOKEN, _SEAL),
            *(f"{_EID}{part}_" for part in _EID_PARTS),
            *(f"{_CASES}{part}_" for part in _CASES_PARTS),
            *(f"{_STAFF}{part}_" for part in _STAFF_PARTS),
            *services.settings(),
        ):
            if not name.startswith(prefix) or not value:
                continue
            code = name.removeprefix(prefix)
            if code not in known:
                raise SettingsError(f"{name}: there is no municipality {code}; known are {', '.join(sorted(known))}.")
            if code not in given:
                given.append(code)
        if name.startswith(_AGENCY) and value:
            _is_an_agency(name, known)
        if name.startswith(_SERVICE) and value:
            _is_an_account(name, known)
        if name.startswith(_REGISTER) and value:
            _is_a_register(name, known)
    if not given:
        raise SettingsError(f"{_DATABASE}<CODE> is missing: no municipality has a database.")
    return {known[code].slug: _tenant(environ, known[code]) for code in sorted(given)}


def _is_an_agency(name: str, known: Mapping[str, Municipality]) -> None:
    """Raises SettingsError for the token of an agency nobody named, or that takes no token."""
    code, _, agency = name.removeprefix(_AGENCY).partition("_")
    if code not in known:
        raise SettingsError(f"{name}: there is no municipality {code}; known are {', '.join(sorted(known))}.")
    named = {one.code: one for one in known[code].interpreter_agencies}
    if agency not in named:
        raise SettingsError(f"{name}: {known[code].name} names no agency {agency}.")
    if named[agency].order_by != "http":
        raise SettingsError(f"{name}: {named[agency].name} is ordered from by e-mail, which needs no token.")


def _is_an_account(name: str, known: Mapping[str, Municipality]) -> None:
    """Raises SettingsError for the token of an account nobody named."""
    code, _, account = name.removeprefix(_SERVICE).partition("_")
    if code not in known:
        raise SettingsError(f"{name}: there is no municipality {code}; known are {', '.join(sorted(known))}.")
    if account not in {one.code for one in known[code].service_accounts}:
        raise SettingsError(f"{name}: {known[code].name} names no service account {account}.")


def _is_a_register(name: str, known: Mapping[str, Municipality]) -> None:
    """Raises SettingsError for a part there is not, or the service of a register nobody asks."""
    part, _, of = name.removeprefix(_REGISTER).partition("_")
    code, _, register = of.partition("_")
    if part not in _REGISTER_PARTS:
        raise SettingsError(f"{name}: there are {' and '.join(_REGISTER + one for one in _REGISTER_PARTS)}.")
    if code not in known:
        raise SettingsError(f"{name}: there is no municipality {code}; known are {', '.join(sorted(known))}.")
    if register not in (_in_a_name(one) for one in _REGISTERS):
        raise SettingsError(f"{name}: there is no register {register}; known are {', '.join(_REGISTERS)}.")


def _in_a_name(register: str) -> str:
    return register.upper().replace("-", "_")


def _registers(environ: Mapping[str, str], code: str) -> dict[str, RegisterService]:
    """The services that can be asked; an address without a token, or the other way round, is refused."""
    found: dict[str, RegisterService] = {}
    for register in _REGISTERS:
        names = {part: f"{_REGISTER}{part}_{code}_{_in_a_name(register)}" for part in _REGISTER_PARTS}
        given = {part: environ.get(name, "").strip() for part, name in names.items()}
        if not any(given.values()):
            continue
        if missing := next((names[part] for part, value in given.items() if not value), ""):
            raise SettingsError(f"{missing} is missing: the address and its token belong together.")
        if not is_safe(given["URL"]):
            raise SettingsError(f"{names['URL']} must begin with https:// (or http:// on one's own machine).")
        found[register] = RegisterService(given["URL"], given["TOKEN"])
    return found


def _case_system(given: Mapping[str, str], code: str) -> CaseSystem:
    """How events leave; an address without a secret, or the other way round, is refused."""
    if given["URL"] and not is_safe(given["URL"]):
        raise SettingsError(f"{_CASES}URL_{code} must begin with https:// (or http:// on one's own machine).")
    if bool(given["URL"]) != bool(given["SECRET"]):
        missing = "SECRET" if given["URL"] else "URL"
        raise SettingsError(f"{_CASES}{missing}_{code} is missing: the address and its secret belong together.")
    if given["FOLDER"] and not given["FOLDER"].startswith("/"):
        raise SettingsError(f"{_CASES}FOLDER_{code} must be a whole path, beginning with /.")
    written = given["SECRET"].split()
    if len(written) > 2:
        raise SettingsError(f"{_CASES}SECRET_{code} must be one secret, or two while it is changed.")
    try:
        secrets = tuple(standard_webhooks.secret(one) for one in written)
    except ValueError as wrong:
        raise SettingsError(f"{_CASES}SECRET_{code} {wrong}.") from None
    return CaseSystem(given["URL"], secrets, Path(given["FOLDER"]) if given["FOLDER"] else None)


def _service_tokens(environ: Mapping[str, str], municipality: Municipality) -> dict[str, tuple[str, ...]]:
    """By account, the tokens that let it in: one, or two while it is changed. No two accounts share one."""
    found: dict[str, tuple[str, ...]] = {}
    for account in municipality.service_accounts:
        name = f"{_SERVICE}{municipality.code}_{account.code}"
        tokens = tuple(environ.get(name, "").split())
        if len(tokens) > 2:
            raise SettingsError(f"{name} must be one token, or two while it is changed.")
        if any(len(one) < SHORTEST_SECRET for one in tokens):
            raise SettingsError(f"{name} is too short: a token needs at least {SHORTEST_SECRET} characters.")
        if any(set(tokens) & set(others) for others in found.values()):
            raise SettingsError(f"{name} is another account's token too: each needs its own.")
        if tokens:
            found[account.slug] = tokens
    return found


def _tenant(environ: Mapping[str, str], municipality: Municipality) -> Tenant:
    code = municipality.code
    url = _needed(environ, f"{_DATABASE}{code}", f"the database of {municipality.name}")
    if not url.startswith(("postgresql://", "postgresql+asyncpg://", "postgres://")):
        raise SettingsError(f"{_DATABASE}{code} must begin with postgresql://.")
    try:
        keys = SealKeys(_needed(environ, f"{_SEAL}{code}", f"the private key of {municipality.name}'s seal"))
    except ValueError as wrong:
        raise SettingsError(f"{_SEAL}{code} {wrong}.") from None
    token = _secret(environ, f"{_TOKEN}{code}", f"the bot's token for {municipality.name}")
    eid = _eid({part: environ.get(f"{_EID}{part}_{code}", "").strip() for part in _EID_PARTS}, code)
    named = (f"{_AGENCY}{code}_{agency.code}" for agency in municipality.interpreter_agencies)
    return Tenant(
        municipality=municipality,
        database_url=url,
        token=token,
        seal_keys=keys,
        e_identification=eid,
        staff_client=_staff({part: environ.get(f"{_STAFF}{part}_{code}", "").strip() for part in _STAFF_PARTS}, code),
        agency_tokens={
            name.rpartition("_")[2].lower(): value for name in named if (value := environ.get(name, "").strip())
        },
        case_system=_case_system(
            {part: environ.get(f"{_CASES}{part}_{code}", "").strip() for part in _CASES_PARTS}, code
        ),
        service_tokens=_service_tokens(environ, municipality),
        registers=_registers(environ, code),
        translator=_translator(environ, code),
        neighbours=_neighbours(environ, code),
    )


def _neighbours(environ: Mapping[str, str], code: str) -> dict[str, Neighbour]:
    """The municipalities that people can be handed over to."""
    others = {one.code: (one.name, one.telephone) for one in municipalities.found().values()}
    if wrong := neighbours.misnamed(environ, others):
        raise SettingsError(f"{wrong}: there are no two such municipalities; known are {', '.join(sorted(others))}.")
    try:
        return neighbours.read(environ, code, others)
    except ValueError as wrong:
        raise SettingsError(f"{wrong}.") from None


def _translator(environ: Mapping[str, str], code: str) -> Translator | None:
    """The service that translates for staff, or none."""
    try:
        return services.found(environ, code)
    except ValueError as wrong:
        raise SettingsError(f"{wrong}.") from None


def _eid(given: Mapping[str, str], code: str) -> Eid | None:
    """The provider of e-identification, or none where nothing is given; half of it is refused."""
    if not any(given.values()):
        return None
    if missing := [part for part in _EID_NEEDED if not given[part]]:
        raise SettingsError(f"{_EID}{missing[0]}_{code} is missing: e-identification needs it.")
    if not is_safe(given["ISSUER"]):
        raise SettingsError(f"{_EID}ISSUER_{code} must begin with https:// (or http:// on one's own machine).")
    return Eid(
        # As it was given: an issuer is compared sign by sign, also a slash at its end.
        issuer=given["ISSUER"],
        client_id=given["CLIENT_ID"],
        client_secret=given["CLIENT_SECRET"],
        number_claim=given["NUMBER_CLAIM"] or Eid.number_claim,
        levels=tuple(given["LEVELS"].split()) or Eid.levels,
    )


def _staff(given: Mapping[str, str], code: str) -> StaffClient | None:
    """The municipality's own sign-in for staff, or none; half of it is refused."""
    if not any(given.values()):
        return None
    if missing := [part for part in _STAFF_PARTS[:4] if not given[part]]:
        raise SettingsError(f"{_STAFF}{missing[0]}_{code} is missing: signing in by OIDC needs it.")
    if not is_safe(given["ISSUER"]):
        raise SettingsError(f"{_STAFF}ISSUER_{code} must begin with https:// (or http:// on one's own machine).")
    roles = dict(pair.rpartition("=")[::2] for pair in given["ROLES"].split())
    if not all(group and role in _STAFF_ROLES for group, role in roles.items()):
        raise SettingsError(f"{_STAFF}ROLES_{code} must be group=role with spaces between; {', '.join(_STAFF_ROLES)}.")
    return StaffClient(
        issuer=given["ISSUER"],
        client_id=given["CLIENT_ID"],
        client_secret=given["CLIENT_SECRET"],
        roles=roles,
        account_claim=given["ACCOUNT_CLAIM"] or StaffClient.account_claim,
        name_claim=given["NAME_CLAIM"] or StaffClient.name_claim,
        groups_claim=given["GROUPS_CLAIM"] or StaffClient.groups_claim,
    )


def _needed(environ: Mapping[str, str], name: str, what: str) -> str:
    value = environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is missing: {what}.")
    return value


def _secret(environ: Mapping[str, str], name: str, what: str) -> str:
    value = _needed(environ, name, what)
    if len(value) < SHORTEST_SECRET:
        raise SettingsError(f"{name} is too short: {what}, and needs at least {SHORTEST_SECRET} characters.")
    return value
