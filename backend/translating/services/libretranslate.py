"""LibreTranslate: free software, on a machine of the municipality's own. Its language models need no network.

``POST /translate`` with ``q``, ``source``, ``target``, ``format`` and perhaps ``api_key`` answers ``translatedText``; a
refusal is a status and an ``error``; ``GET /languages`` lists its languages by ``code`` (the public API,
docs.libretranslate.com, and libretranslate/app.py). What it says of an error may hold the words: it is never told on.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx2
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from backend.identity.provider import is_safe
from backend.translating import Away, NotTranslated, Standing, Translator

TIMEOUT = 8.0
"""Seconds for a translation: somebody waits for the page."""

_URL, _KEY = "IMORGON_LIBRETRANSLATE_URL_", "IMORGON_LIBRETRANSLATE_KEY_"
SETTINGS = (_URL, _KEY)
_BAD_REQUEST = 400
_REFUSED, _USED_UP = (401, 403), 429
_OURS = "hej"
"""A word of our own, by which it is seen whether the key is let in: only there is it looked at."""
# Its codes, where they are not ours.
_CODES = {"prs": "fa"}


class _Language(BaseModel):
    code: str


_LANGUAGES = TypeAdapter(list[_Language])


class _Answer(BaseModel):
    words: str = Field(alias="translatedText")


@dataclass(frozen=True)
class LibreTranslate:
    """A server of LibreTranslate's. ``key``: where it asks for one."""

    address: str
    key: str = field(default="", repr=False)
    name: str = "LibreTranslate"

    async def translate(self, words: str, source: str, target: str) -> str:
        asked = {"q": words, "source": _code(source), "target": _code(target), "format": "text"}
        if self.key:
            asked["api_key"] = self.key
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
                response = await client.post(f"{self.address}/translate", json=asked)
        except httpx2.HTTPError as error:
            raise Away(type(error).__name__) from None
        if response.status_code == _BAD_REQUEST:
            raise NotTranslated("400")
        if not response.is_success:
            raise Away(str(response.status_code))
        try:
            return _Answer.model_validate_json(response.content).words
        except ValidationError:
            raise Away("unreadable answer") from None

    async def standing(self, languages: Sequence[str]) -> Standing:
        asked = {"q": _OURS, "source": "sv", "target": "en", "format": "text"}
        asked |= {"api_key": self.key} if self.key else {}
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
                spoken = await client.get(f"{self.address}/languages")
                tried = await client.post(f"{self.address}/translate", json=asked)
        except httpx2.HTTPError as error:
            return Standing("away", type(error).__name__)
        for response in (spoken, tried):
            if response.status_code in _REFUSED:
                return Standing("refused", str(response.status_code))
            # A 400 is an answer: it lacks one of the two languages, which is said below.
            if not response.is_success and response.status_code != _BAD_REQUEST:
                return Standing("used-up" if response.status_code == _USED_UP else "away", str(response.status_code))
        try:
            known = {one.code for one in _LANGUAGES.validate_json(spoken.content)}
        except ValidationError:
            return Standing("away", "unreadable answer")
        return Standing("open", lacks=tuple(one for one in languages if _code(one) not in known))


def translator(environ: Mapping[str, str], code: str) -> Translator | None:
    """The server of a municipality, where its address is given. Raises ValueError."""
    address, key = environ.get(_URL + code, "").strip(), environ.get(_KEY + code, "").strip()
    if not address and not key:
        return None
    if not address:
        raise ValueError(f"{_URL}{code} is missing: the key is of a server there")
    if not is_safe(address):
        raise ValueError(f"{_URL}{code} must begin with https:// (or http:// on one's own machine)")
    return LibreTranslate(address.rstrip("/"), key)


def _code(language: str) -> str:
    return _CODES.get(language, language)
