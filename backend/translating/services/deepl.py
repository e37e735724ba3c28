"""DeepL: a service outside the municipality, used only where an agreement about personal data is signed and named.

``POST /v2/translate`` with ``text`` (a list), ``source_lang`` and ``target_lang`` answers ``translations``; 456 is a
quota that is used up, 429 and 5xx pass (developers.deepl.com). A key that ends in ``:fx`` is of the free service, whose
terms let it keep what it is sent: such a key is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2
from pydantic import BaseModel, Field, ValidationError

from backend.identity.provider import is_safe
from backend.translating import Away, NotTranslated, Translator

TIMEOUT = 8.0
"""Seconds for a translation: somebody waits for the page."""

_KEY, _AGREEMENT, _URL = "IMORGON_DEEPL_KEY_", "IMORGON_DEEPL_AGREEMENT_", "IMORGON_DEEPL_URL_"
SETTINGS = (_KEY, _AGREEMENT, _URL)
_USUAL = "https://api.deepl.com"
_BAD_REQUEST = 400
_FREE = ":fx"
# As a target English is one or the other; as a source it is neither.
_TARGETS = {"en": "EN-GB"}


class _Translated(BaseModel):
    text: str


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
