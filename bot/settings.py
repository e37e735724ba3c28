"""The bot's settings, read from the environment once, when it starts.

A setting that is missing, wrong or half given is one clear line; the command prints it and ends with exit code 2. A
municipality is served when any of its settings is given, and then it needs all of them. A channel with none of its
settings is off.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

EXIT_CODE = 2
SHORTEST_SECRET = 32

_TOKEN = "IMORGON_BACKEND_TOKEN_"  # noqa: S105  # the name of the setting
_FROM = "IMORGON_TWILIO_FROM_"
_BOT = "IMORGON_TELEGRAM_TOKEN_"
_SERVICE = "IMORGON_TWILIO_MESSAGING_SERVICE_SID_"
_CODE = re.compile(r"[A-Z][A-Z0-9_]*")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_BOT_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")
_WEBHOOK_PORTS = (None, 443, 80, 88, 8443)
"""Telegram calls no other ports."""


class SettingsError(Exception):
    """One line saying which setting is missing or wrong, and what it should be. Never the value."""


@dataclass(frozen=True)
class TwilioSettings:
    """The account at Twilio and, per municipality, the number or the messaging service it writes from."""

    account_sid: str
    auth_token: str = field(repr=False)
    api_base: str | None
    numbers: Mapping[str, str]
    services: Mapping[str, str]


@dataclass(frozen=True)
class TelegramSettings:
    """A bot at Telegram per municipality. ``mode``: Telegram calls our webhook, or we ask Telegram (polling)."""

    tokens: Mapping[str, str] = field(repr=False)
    api_base: str | None
    mode: Literal["webhook", "polling"]
    webhook_secret: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """Everything the bot is told from outside. ``tokens`` has one entry per municipality, in the order given."""

    environment: Literal["production", "demo"]
    database_url: str = field(repr=False)
    public_url: str
    backend_url: str
    tokens: Mapping[str, str] = field(repr=False)
    envelope_key: bytes = field(repr=False)
    session_secret: str = field(repr=False)
    twilio: TwilioSettings | None
    telegram: TelegramSettings | None

    @property
    def municipalities(self) -> tuple[str, ...]:
        """The slugs of those served here; the first is the one that answers where nothing says which."""
        return tuple(self.tokens)

    @property
    def demo(self) -> bool:
        return self.environment == "demo"


def read(environ: Mapping[str, str]) -> Settings:
    """The settings in an environment. Raises SettingsError."""
    environment = environ.get("IMORGON_ENVIRONMENT", "production")
    if environment not in ("production", "demo"):
        raise SettingsError("IMORGON_ENVIRONMENT must be 'production' or 'demo'.")
    database_url = _needed(environ, "IMORGON_DATABASE_URL", "the bot's own database")
    if not database_url.startswith(("postgresql://", "postgresql+asyncpg://", "postgres://")):
        raise SettingsError("IMORGON_DATABASE_URL must begin with postgresql://.")
    tokens = _tokens(environ)
    public_url = _url(environ, "IMORGON_PUBLIC_URL", "the address people reach the service at")
    return Settings(
        environment="demo" if environment == "demo" else "production",
        database_url=database_url,
        public_url=public_url,
        backend_url=_url(environ, "IMORGON_BACKEND_URL", "where the backend answers"),
        tokens=tokens,
        envelope_key=_envelope_key(environ),
        session_secret=_secret(environ, "IMORGON_SESSION_SECRET", "signs the web chat's cookies"),
        twilio=_twilio(environ, tokens),
        telegram=_telegram(environ, tokens, public_url),
    )


def _tokens(environ: Mapping[str, str]) -> dict[str, str]:
    tokens: dict[str, str] = {}
    for name, value in environ.items():
        if not name.startswith(_TOKEN) or not value.strip():
            continue
        code = name.removeprefix(_TOKEN)
        if not _CODE.fullmatch(code):
            raise SettingsError(f"{name}: a municipality's code is its name in capitals, as in {_TOKEN}TRELLEBORG.")
        tokens[code.lower()] = _secret(environ, name, "the bot's token at that municipality's backend")
    if not tokens:
        raise SettingsError(f"{_TOKEN}<CODE> is missing: no municipality is served.")
    return tokens


def _twilio(environ: Mapping[str, str], tokens: Mapping[str, str]) -> TwilioSettings | None:
    given = [name for name, value in environ.items() if name.startswith("IMORGON_TWILIO_") and value.strip()]
    if not given:
        return None
    needed_by = f"needed because {given[0]} is given"
    numbers = _per_municipality(environ, _FROM, tokens)
    services = _per_municipality(environ, _SERVICE, tokens)
    for slug, number in numbers.items():
        if not _E164.fullmatch(number):
            raise SettingsError(f"{_FROM}{slug.upper()} must be a telephone number that begins with + and the country.")
        if slug in services:
            raise SettingsError(f"{_FROM}{slug.upper()} and {_SERVICE}{slug.upper()} are both given: choose one.")
    if len({*numbers.values(), *services.values()}) < len(numbers) + len(services):
        raise SettingsError(f"{_FROM}<CODE>: two municipalities cannot share one sender, a text would belong to both.")
    if not numbers and not services:
        raise SettingsError(f"{_FROM}<CODE> or {_SERVICE}<CODE> is missing: {needed_by}.")
    return TwilioSettings(
        account_sid=_needed(environ, "IMORGON_TWILIO_ACCOUNT_SID", needed_by),
        auth_token=_needed(environ, "IMORGON_TWILIO_AUTH_TOKEN", needed_by),
        api_base=_api_base(environ, "IMORGON_TWILIO_API_BASE"),
        numbers=numbers,
        services=services,
    )


def _telegram(environ: Mapping[str, str], tokens: Mapping[str, str], public_url: str) -> TelegramSettings | None:
    given = [name for name, value in environ.items() if name.startswith("IMORGON_TELEGRAM_") and value.strip()]
    if not given:
        return None
    bots = _per_municipality(environ, _BOT, tokens)
    if not bots:
        raise SettingsError(f"{_BOT}<CODE> is missing: needed because {given[0]} is given.")
    for slug, token in bots.items():
        if not _BOT_TOKEN.fullmatch(token):
            raise SettingsError(f"{_BOT}{slug.upper()} must be a bot's token as BotFather gives it: 123456:letters.")
    if len({token.partition(":")[0] for token in bots.values()}) < len(bots):
        raise SettingsError(f"{_BOT}<CODE>: two municipalities cannot share one bot, a message would belong to both.")
    mode = environ.get("IMORGON_TELEGRAM_MODE", "").strip() or "webhook"
    if mode not in ("webhook", "polling"):
        raise SettingsError("IMORGON_TELEGRAM_MODE must be 'webhook' or 'polling'.")
    api_base, secret = _api_base(environ, "IMORGON_TELEGRAM_API_BASE"), ""
    if mode == "webhook":
        name = "IMORGON_TELEGRAM_WEBHOOK_SECRET"
        secret = _needed(
            environ, name, "Telegram shows it with every message (or choose IMORGON_TELEGRAM_MODE=polling)"
        )
        if not _WEBHOOK_SECRET.fullmatch(secret):
            raise SettingsError(f"{name} must be 32 to 256 letters, figures, _ and - (openssl rand -hex 32).")
        if api_base is None and not _telegram_calls(public_url):
            raise SettingsError(
                "IMORGON_PUBLIC_URL must begin with https:// and have port 443, 80, 88 or 8443 for Telegram to call it "
                "(or choose IMORGON_TELEGRAM_MODE=polling)."
            )
    return TelegramSettings(bots, api_base, "polling" if mode == "polling" else "webhook", secret)


def _telegram_calls(url: str) -> bool:
    """Whether Telegram's own servers would call this address."""
    try:
        port = urlsplit(url).port
    except ValueError:  # no port at all
        return False
    return url.startswith("https://") and port in _WEBHOOK_PORTS


def _api_base(environ: Mapping[str, str], name: str) -> str | None:
    base = environ.get(name, "").strip().rstrip("/") or None
    if base and not base.startswith(("https://", "http://")):
        raise SettingsError(f"{name} must begin with https:// (or http:// on one's own machine).")
    return base


def _per_municipality(environ: Mapping[str, str], prefix: str, tokens: Mapping[str, str]) -> dict[str, str]:
    found = {
        name.removeprefix(prefix): value.strip()
        for name, value in environ.items()
        if name.startswith(prefix) and value.strip()
    }
    for code in found:
        if code.lower() not in tokens:
            raise SettingsError(f"{prefix}{code} is given, but {_TOKEN}{code} is missing.")
    return {code.lower(): value for code, value in found.items()}


def _envelope_key(environ: Mapping[str, str]) -> bytes:
    text = _needed(environ, "IMORGON_ENVELOPE_KEY", "wraps the data keys; 32 bytes in base64")
    try:
        key = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise SettingsError("IMORGON_ENVELOPE_KEY is not base64.") from None
    if len(key) != 32:
        raise SettingsError("IMORGON_ENVELOPE_KEY is not 32 bytes in base64 (openssl rand -base64 32).")
    return key


def _url(environ: Mapping[str, str], name: str, what: str) -> str:
    url = _needed(environ, name, what).rstrip("/")
    if not url.startswith(("https://", "http://")):
        raise SettingsError(f"{name} must begin with https:// (or http:// on one's own machine).")
    return url


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
