"""The other municipalities that people are handed over to: where each one's backend is, and the token shown there.

``IMORGON_NEIGHBOUR_URL_<CODE>_<OTHER>`` and ``IMORGON_NEIGHBOUR_TOKEN_<CODE>_<OTHER>``, both or neither. The token is
that of our account there (``IMORGON_SERVICE_TOKEN_<OTHER>_<CODE>``): each is good for one direction.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from backend.identity.provider import is_safe

_NAME = "IMORGON_NEIGHBOUR_"
_PARTS = ("URL", "TOKEN")


@dataclass(frozen=True)
class Neighbour:
    """Another municipality as it is reached: ``address`` without a slash at its end; what it says of itself."""

    slug: str
    name: str
    telephone: str
    address: str
    token: str = field(repr=False)


def read(environ: Mapping[str, str], code: str, others: Mapping[str, tuple[str, str]]) -> dict[str, Neighbour]:
    """The neighbours of the municipality of a code, by slug. ``others``: name and telephone of each, by code.

    Raises ValueError with one line that says which setting is wrong, and never its value.
    """
    found = {}
    for other, (name, telephone) in others.items():
        names = {part: f"{_NAME}{part}_{code}_{other}" for part in _PARTS}
        given = {part: environ.get(key, "").strip() for part, key in names.items()}
        if other == code or not any(given.values()):
            continue
        if missing := next((names[part] for part, value in given.items() if not value), ""):
            raise ValueError(f"{missing} is missing: the address and its token belong together")
        if not is_safe(given["URL"]):
            raise ValueError(f"{names['URL']} must begin with https:// (or http:// on one's own machine)")
        slug = other.lower()
        found[slug] = Neighbour(slug, name, telephone, given["URL"].rstrip("/"), given["TOKEN"])
    return found


def misnamed(environ: Mapping[str, str], codes: Collection[str]) -> str:
    """The first setting of a neighbour that names no two municipalities there are; empty where none does."""
    pairs = {f"{code}_{other}" for code in codes for other in codes if code != other}
    known = {f"{_NAME}{part}_{pair}" for part in _PARTS for pair in pairs}
    return next((name for name, value in environ.items() if name.startswith(_NAME) and value and name not in known), "")
