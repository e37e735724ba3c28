"""DeepL: a service outside the municipality, used only where an agreement about personal data is signed and named.

``POST /v2/translate`` with ``text`` (a list), ``source_lang`` and ``target_lang`` answers ``translations``; 456 is a
quota that is used up, 429 and 5xx pass; ``GET /v2/usage`` answers ``character_count`` and ``character_limit``, and
``GET /v2/languages?type=target`` what it speaks (developers.deepl.com). A key that ends in ``:fx`` is of the free
service, whose terms let it keep what it is sent: such a key is refused.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import httpx2
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from backend.identity.provider import is_safe
from backend.translating import Away, NotTranslated, Standing, Translator

TIMEOUT = 8.0
"""Seconds for a translation: somebody waits for the page."""

_KEY, _AGREEMENT, _URL = "IMORGON_DEEPL_KEY_", "IMORGON_DEEPL_AGREEMENT_", "IMORGON_DEEPL_URL_"
SETTINGS = (_KEY, _AGREEMENT, _URL)
_USUAL = "https://api.deepl.com"
_BAD_REQUEST, _USED_UP = 400, 456
_REFUSED = (401, 403)
_FREE = ":fx"
# As a target English is one or the other; as a source it is neither.
_TARGETS = {"en": "EN-GB"}


class _Translated(BaseModel):
    text: str


class _Usage(BaseModel):
    used: int = Field(alias="character_count")
    limit: int = Field(alias="character_limit")


class _Language(BaseModel):
    language: str


_LANGUAGES = TypeAdapter(list[_Language])


class _Answer(BaseModel):
    translations: list[_Translated] = Field(min_length=1, max_length=1)


@dataclass(frozen=True)
class DeepL:
    """DeepL's service, by an agreement of the municipality's (its diary number)."""

    key: str = field(repr=False)
    agreement: str
    address: str = _USUAL
    name: str = "DeepL"

    async def translate(self, words: str, source: str, target: str) -> str:
        asked = {"text": [words], "source_lang": source.upper(), "target_lang": _TARGETS.get(target, target.upper())}
        headers = {"Authorization": f"DeepL-Auth-Key {self.key}"}
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
                response = await client.post(f"{self.address}/v2/translate", json=asked, headers=headers)
        except httpx2.HTTPError as error:
            raise Away(type(error).__name__) from None
        if response.status_code == _BAD_REQUEST:
            raise NotTranslated("400")
        if not response.is_success:
            raise Away(str(response.status_code))
        try:
            return _Answer.model_validate_json(response.content).translations[0].text
        except ValidationError:
            raise Away("unreadable answer") from None

    async def standing(self, languages: Sequence[str]) -> Standing:
        headers = {"Authorization": f"DeepL-Auth-Key {self.key}"}
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False, headers=headers) as client:
                usage = await client.get(f"{self.address}/v2/usage")
                spoken = await client.get(f"{self.address}/v2/languages", params={"type": "target"})
        except httpx2.HTTPError as error:
            return Standing("away", type(error).__name__)
        for response in (usage, spoken):
            if response.status_code in _REFUSED:
                return Standing("refused", str(response.status_code))
            if not response.is_success:
                return Standing("used-up" if response.status_code == _USED_UP else "away", str(response.status_code))
        try:
            counted, found = _Usage.model_validate_json(usage.content), _LANGUAGES.validate_json(spoken.content)
        except ValidationError:
            return Standing("away", "unreadable answer")
        known = {one.language.partition("-")[0].lower() for one in found}
        left = max(counted.limit - counted.used, 0)
        return Standing("open" if left else "used-up", "", left, tuple(one for one in languages if one not in known))


def translator(environ: Mapping[str, str], code: str) -> Translator | None:
    """The municipality's access to DeepL, where its key is given. Raises ValueError."""
    key, agreement, address = (environ.get(name + code, "").strip() for name in SETTINGS)
    if not (key or agreement or address):
        return None
    if not key:
        raise ValueError(f"{_KEY}{code} is missing: DeepL needs it")
    if key.endswith(_FREE):
        raise ValueError(f"{_KEY}{code} is of DeepL's free service, which may keep what it is sent")
    if not agreement:
        raise ValueError(f"{_AGREEMENT}{code} is missing: the diary number of the agreement about personal data")
    if address and not is_safe(address):
        raise ValueError(f"{_URL}{code} must begin with https:// (or http:// on one's own machine)")
    return DeepL(key, agreement, address.rstrip("/") or _USUAL)
