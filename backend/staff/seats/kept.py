"""What somebody of the staff has written and not sent: sealed, in her browser alone, for her to go on with.

Nothing of it is stored here. Whoever sits down at the browser after her reads nothing: it opens when she has signed in
herself, for as long as a desk may be open.
"""

import base64
import hashlib
import hmac
import json
import os
from datetime import UTC, datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from backend.staff.seats.sessions import LONGEST

Kept = tuple[tuple[str, str], ...]
"""The fields of a form that was pressed, as they were filled in."""

LONGEST_SEALED = 200_000
"""Characters: the longest form there is, in whatever script, has room twice over. Anybody may send one."""

_NONCE = 12


def seal(secret: bytes, member: UUID, address: str, fields: Kept) -> str:
    """A form and where it was sent, for this member. ``secret``: of the sessions; a new one opens nothing older."""
    nonce = os.urandom(_NONCE)
    plain = json.dumps({"at": datetime.now(UTC).timestamp(), "address": address, "fields": fields}).encode()
    return base64.urlsafe_b64encode(nonce + AESGCM(_key(secret)).encrypt(nonce, plain, member.bytes)).decode()


def opened(secret: bytes, member: UUID, sealed: str) -> tuple[str, Kept] | None:
    """Where it was sent, and the form; ``None`` when it is not this member's, is too old, or is nothing of ours."""
    try:
        raw = base64.urlsafe_b64decode(sealed)
        kept = json.loads(AESGCM(_key(secret)).decrypt(raw[:_NONCE], raw[_NONCE:], member.bytes))
    except (ValueError, InvalidTag):
        return None
    if datetime.now(UTC).timestamp() - kept["at"] > LONGEST.total_seconds():
        return None
    return kept["address"], tuple((name, value) for name, value in kept["fields"])


def key_of_typed(secret: bytes, member: UUID) -> str:
    """The key by which her own pages, and nobody else's, seal and open what she types in a tab (base64)."""
    return base64.b64encode(hmac.new(secret, b"typed" + member.bytes, hashlib.sha256).digest()).decode()


def _key(secret: bytes) -> bytes:
    return hmac.new(secret, b"kept form", hashlib.sha256).digest()
