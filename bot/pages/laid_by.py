"""A form that she pressed when her right to read was over: sealed, in her browser alone, to be saved once she has shown
who she is.

Nothing of it is kept here. Whoever sits down at the browser after her reads nothing of it and sends nothing of it: it
opens in the request of the person whose page it was filled in on, and for an hour. Only a code leads back to it: on the
way to e-identification and back the browser carries no form.
"""

import base64
import hashlib
import hmac
import json
import os
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.pages.page import Fields

NAME = "laid_by"
"""The field that a form that was laid by stands in."""

WHOSE = "whose"
"""The field that says whose page a form was filled in on: a digest that says so to us alone."""

LASTS = timedelta(hours=1)
"""In real time."""

_NONCE = 12


def whose(secret: str, person: UUID) -> str:
    """The mark of a person's page. ``secret``: of the sessions."""
    return hmac.new(_key(secret, "whose page"), person.bytes, hashlib.sha256).hexdigest()


def seal(secret: str, address: str, fields: Fields) -> str:
    """A form as it was filled in, and where it was sent; one that was laid by before stays as it is.

    Empty where it does not say whose it is: it could be given back to nobody."""
    given = dict(fields)
    if NAME in given:
        return given[NAME]
    if WHOSE not in given:
        return ""
    nonce = os.urandom(_NONCE)
    plain = json.dumps([datetime.now(UTC).timestamp(), address, fields], ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(nonce + AESGCM(_key(secret, "laid by")).encrypt(nonce, plain, None)).decode()


def address(secret: str, sealed: str) -> str | None:
    """Where it was sent; ``None`` when it is too old or nothing of ours."""
    found = _opened(secret, sealed)
    return found[0] if found else None


def opened(secret: str, sealed: str, person: UUID) -> Fields | None:
    """The form, when it was filled in on this person's page."""
    found = _opened(secret, sealed)
    if found is None or not hmac.compare_digest(dict(found[1]).get(WHOSE, "").encode(), whose(secret, person).encode()):
        return None
    return found[1]


def _opened(secret: str, sealed: str) -> tuple[str, Fields] | None:
    try:
        raw = base64.urlsafe_b64decode(sealed)
        at, where, fields = json.loads(AESGCM(_key(secret, "laid by")).decrypt(raw[:_NONCE], raw[_NONCE:], None))
    except (ValueError, InvalidTag):
        return None
    if datetime.now(UTC).timestamp() - at > LASTS.total_seconds():
        return None
    return where, [(name, value) for name, value in fields]


def _key(secret: str, what_for: str) -> bytes:
    return hmac.new(secret.encode(), f"form {what_for}".encode(), hashlib.sha256).digest()
