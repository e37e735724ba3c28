"""Reading settings from an environment: what is missing, wrong or half given is one clear line that names it."""

import re
from collections.abc import Collection, Mapping

SHORTEST_SECRET = 32
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,6})?")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


class SettingsError(Exception):
    """One line saying which setting is missing or wrong, and what it should be. Never the value."""


def needed(environ: Mapping[str, str], name: str, what: str) -> str:
    """A setting that must be there. ``what`` says what it is for. Raises SettingsError."""
    value = environ.get(name, "").strip()
    if not value:
        raise SettingsError(f"{name} is missing: {what}.")
    return value


def secret(environ: Mapping[str, str], name: str, what: str) -> str:
    """A setting nobody may guess. Raises SettingsError."""
    value = needed(environ, name, what)
    if len(value) < SHORTEST_SECRET:
        raise SettingsError(f"{name} is too short: {what}, and needs at least {SHORTEST_SECRET} characters.")
    return value


def secret_if_given(environ: Mapping[str, str], name: str, what: str) -> str | None:
    """A setting that may be left out; one that is given nobody may guess. Raises SettingsError."""
    return secret(environ, name, what) if environ.get(name, "").strip() else None


def url(environ: Mapping[str, str], name: str, what: str) -> str:
    """An address that must be there, without a slash at its end. Raises SettingsError."""
    return _address(needed(environ, name, what), name)


def api_base(environ: Mapping[str, str], name: str) -> str | None:
    """Another address than the provider's own, if one is given. Raises SettingsError."""
    value = environ.get(name, "").strip()
    return _address(value, name) if value else None


def _address(value: str, name: str) -> str:
    if not value.startswith(("https://", "http://")):
        raise SettingsError(f"{name} must begin with https:// (or http:// on one's own machine).")
    return value.rstrip("/")


def number(environ: Mapping[str, str], name: str, what: str) -> float | None:
    """A number greater than nothing, if one is given. Raises SettingsError."""
    value = environ.get(name, "").strip()
    if not value:
        return None
    if not _NUMBER.fullmatch(value) or float(value) <= 0:
        raise SettingsError(f"{name} must be a number greater than 0: {what}.")
    return float(value)


def given(environ: Mapping[str, str], prefix: str) -> str | None:
    """The first setting given whose name begins so: a room with none of its settings is off."""
    return next((name for name, value in environ.items() if name.startswith(prefix) and value.strip()), None)


def per_municipality(environ: Mapping[str, str], prefix: str, municipalities: Collection[str]) -> dict[str, str]:
    """What is given for each municipality: ``prefix`` and its code in capitals. Raises SettingsError."""
    found = {
        name.removeprefix(prefix): value.strip()
        for name, value in environ.items()
        if name.startswith(prefix) and value.strip()
    }
    for code in found:
        if code.lower() not in municipalities:
            raise SettingsError(f"{prefix}{code} is given, but IMORGON_BACKEND_TOKEN_{code} is missing.")
    return {code.lower(): value for code, value in found.items()}


def numbers(environ: Mapping[str, str], prefix: str, municipalities: Collection[str]) -> dict[str, str]:
    """The telephone number each municipality writes from: its own, and no other's. Raises SettingsError."""
    found = per_municipality(environ, prefix, municipalities)
    for slug, number in found.items():
        if not _E164.fullmatch(number):
            raise SettingsError(
                f"{prefix}{slug.upper()} must be a telephone number that begins with + and the country."
            )
    if len(set(found.values())) < len(found):
        raise SettingsError(f"{prefix}<CODE>: two municipalities cannot share one sender, a text would belong to both.")
    return found
