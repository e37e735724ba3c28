"""A page that is left alone, as on a library's computer: locked, and opened by the same code; and all forgotten.

A code is used up when it opens the page. So that a locked page opens again within its quarter of an hour, the browser
keeps the right to read sealed by that code, which only she has; what it holds opens nothing without.
"""

import base64
import hashlib
import hmac
import os
from collections.abc import Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Request, Response

IDLE = 180
"""Seconds without a touch, a key or a scroll after which a page locks."""

IDLE_WITHOUT_SCRIPT = 300
"""Without a script nobody knows whether she still reads, so she gets longer."""

LOCKED = "imorgon_locked"
_NONCE = 12
_LONGEST = 1000


def keep(secret: str, response: Response, right: str, code: str, *, secure: bool) -> None:
    """Let the browser keep this right, sealed by the code."""
    nonce = os.urandom(_NONCE)
    sealed = nonce + AESGCM(_key(secret, code)).encrypt(nonce, right.encode(), None)
    response.set_cookie(
        LOCKED,
        base64.urlsafe_b64encode(sealed).decode(),
        path="/s/",
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def opened(secret: str, request: Request, code: str) -> str | None:
    """The right that this browser kept, when the code is the one it was sealed by."""
    kept = request.cookies.get(LOCKED, "")
    if not kept or len(kept) > _LONGEST:
        return None
    try:
        sealed = base64.urlsafe_b64decode(kept)
        return AESGCM(_key(secret, code)).decrypt(sealed[:_NONCE], sealed[_NONCE:], None).decode()
    except (ValueError, InvalidTag):
        return None


def forget(response: Response, cookies: Mapping[str, str]) -> Response:
    """Nothing of ours is left in the browser: none of these cookies (and where each is), nothing that it stored."""
    for name, path in cookies.items():
        response.delete_cookie(name, path=path)
    # Not "cookies": that would take those of the municipality's other pages, too.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _key(secret: str, code: str) -> bytes:
    return hmac.new(secret.encode(), f"locked page\0{code}".encode(), hashlib.sha256).digest()
