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

from bot.environment import SettingsError, api_base, given, needed, per_municipality, secret, secret_if_given, url
from bot.leaving.limits import Limits, limits
from bot.leaving.rates import Pace, paces

_TOKEN = "IMORGON_BACKEND_TOKEN_"  # noqa: S105  # the name of the setting
_BOT = "IMORGON_TELEGRAM_TOKEN_"
METRICS_TOKEN = "IMORGON_METRICS_TOKEN"  # noqa: S105  # the name of the setting
_OLD_ENVELOPE = "IMORGON_ENVELOPE_KEY_OLD"
_CODE = re.compile(r"[A-Z][A-Z0-9_]*")
_BOT_TOKEN = re.compile(r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{32,256}")
_WEBHOOK_PORTS = (None, 443, 80, 88, 8443)
"""Telegram calls no other ports."""


@dataclass(frozen=True)
class TelegramSettings:
    """A bot at Telegram per municipality. ``mode``: Telegram calls our webhook, or we ask Telegram (polling)."""

    tokens: Mapping[str, str] = field(repr=False)
    api_base: str | None
    mode: Literal["webhook", "polling"]
    webhook_secret: str = field(repr=False)


@dataclass(frozen=True)
class Settings:
    """Everything the bot is told from outside. ``tokens`` has one entry per municipality, in the order given.

    ``environ``: all of the environment, where each SMS provider finds its own.
    """

    environment: Literal["production", "demo"]
    database_url: str = field(repr=False)
    public_url: str
    backend_url: str
    tokens: Mapping[str, str] = field(repr=False)
    envelope_key: bytes = field(repr=False)
    session_secret: str = field(repr=False)
    telegram: TelegramSettings | None
    paces: Mapping[str, Pace]
    limits: Limits
    environ: Mapping[str, str] = field(repr=False)
    metrics_token: str | None = field(default=None, repr=False)
    old_envelope_key: bytes | None = field(default=None, repr=False)

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
    database_url = needed(environ, "IMORGON_DATABASE_URL", "the bot's own database")
    if not database_url.startswith(("postgresql://", "postgresql+asyncpg://", "postgres://")):
        raise SettingsError("IMORGON_DATABASE_URL must begin with postgresql://.")
    tokens = _tokens(environ)
    public_url = url(environ, "IMORGON_PUBLIC_URL", "the address people reach the service at")
    return Settings(
        environment="demo" if environment == "demo" else "production",
        database_url=database_url,
        public_url=public_url,
        backend_url=url(environ, "IMORGON_BACKEND_URL", "where the backend answers"),
        tokens=tokens,
        envelope_key=_envelope_key(environ, "IMORGON_ENVELOPE_KEY"),
        session_secret=secret(environ, "IMORGON_SESSION_SECRET", "signs the web chat's cookies"),
        telegram=_telegram(environ, tokens, public_url),
        paces=paces(environ),
        limits=limits(environ, tokens),
        environ=environ,
        metrics_token=secret_if_given(environ, METRICS_TOKEN, "shown by whoever reads the figures"),
        # While the key is changed both are given, and what the old one wraps is wrapped anew.
        old_envelope_key=_envelope_key(environ, _OLD_ENVELOPE) if environ.get(_OLD_ENVELOPE, "").strip() else None,
    )


def _tokens(environ: Mapping[str, str]) -> dict[str, str]:
    tokens: dict[str, str] = {}
    for name, value in environ.items():
        if not name.startswith(_TOKEN) or not value.strip():
            continue
        code = name.removeprefix(_TOKEN)
        if not _CODE.fullmatch(code):
            raise SettingsError(f"{name}: a municipality's code is its name in capitals, as in {_TOKEN}TRELLEBORG.")
        tokens[code.lower()] = secret(environ, name, "the bot's token at that municipality's backend")
    if not tokens:
        raise SettingsError(f"{_TOKEN}<CODE> is missing: no municipality is served.")
    return tokens


def _telegram(environ: Mapping[str, str], tokens: Mapping[str, str], public_url: str) -> TelegramSettings | None:
    one = given(environ, "IMORGON_TELEGRAM_")
    if one is None:
        return None
    bots = per_municipality(environ, _BOT, tokens)
    if not bots:
        raise SettingsError(f"{_BOT}<CODE> is missing: needed because {one} is given.")
    for slug, token in bots.items():
        if not _BOT_TOKEN.fullmatch(token):
            raise SettingsError(f"{_BOT}{slug.upper()} must be a bot's token as BotFather gives it: 123456:letters.")
    if len({token.partition(":")[0] for token in bots.values()}) < len(bots):
        raise SettingsError(f"{_BOT}<CODE>: two municipalities cannot share one bot, a message would belong to both.")
    mode = environ.get("IMORGON_TELEGRAM_MODE", "").strip() or "webhook"
    if mode not in ("webhook", "polling"):
        raise SettingsError("IMORGON_TELEGRAM_MODE must be 'webhook' or 'polling'.")
    base, shown = api_base(environ, "IMORGON_TELEGRAM_API_BASE"), ""
    if mode == "webhook":
        name = "IMORGON_TELEGRAM_WEBHOOK_SECRET"
        shown = needed(environ, name, "Telegram shows it with every message (or choose IMORGON_TELEGRAM_MODE=polling)")
        if not _WEBHOOK_SECRET.fullmatch(shown):
            raise SettingsError(f"{name} must be 32 to 256 letters, figures, _ and - (openssl rand -hex 32).")
        if base is None and not _telegram_calls(public_url):
            raise SettingsError(
                "IMORGON_PUBLIC_URL must begin with https:// and have port 443, 80, 88 or 8443 for Telegram to call it "
                "(or choose IMORGON_TELEGRAM_MODE=polling)."
            )
    return TelegramSettings(bots, base, "polling" if mode == "polling" else "webhook", shown)


def _telegram_calls(address: str) -> bool:
    """Whether Telegram's own servers would call this address."""
    try:
        port = urlsplit(address).port
    except ValueError:  # no port at all
        return False
    return address.startswith("https://") and port in _WEBHOOK_PORTS


def _envelope_key(environ: Mapping[str, str], name: str) -> bytes:
    text = needed(environ, name, "wraps the data keys; 32 bytes in base64")
    try:
        key = base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise SettingsError(f"{name} is not base64.") from None
    if len(key) != 32:
        raise SettingsError(f"{name} is not 32 bytes in base64 (openssl rand -base64 32).")
    return key
