"""Signatures of Standard Webhooks 1.0.0: HMAC-SHA256 over id, time and body, one for each secret that is valid.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md, read 2026-11-27.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Sequence
from datetime import datetime

PREFIX = "whsec_"
SHORTEST, LONGEST = 24, 64
"""Bytes of a secret, as the specification has it."""


def secret(text: str) -> bytes:
    """The secret written as ``whsec_`` and base64. Raises ValueError saying what is wrong, never the value."""
    if not text.startswith(PREFIX):
        raise ValueError(f"must begin with {PREFIX}")
    try:
        found = b64decode(text.removeprefix(PREFIX), validate=True)
    except ValueError:
        raise ValueError(f"is not base64 after {PREFIX}") from None
    if not SHORTEST <= len(found) <= LONGEST:
        raise ValueError(f"must hold {SHORTEST} to {LONGEST} bytes")
    return found


def headers(secrets: Sequence[bytes], webhook: str, at: datetime, body: bytes) -> dict[str, str]:
    """What a webhook is sent with. ``at`` is the moment of this try; while secrets are changed both sign."""
    moment = str(int(at.timestamp()))
    signed = f"{webhook}.{moment}.".encode() + body
    signatures = (b64encode(hmac.digest(one, signed, "sha256")).decode() for one in secrets)
    return {
        "webhook-id": webhook,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }
