"""Her own copy of what she answered under seal, so that she can read through it and change it before it is sent.

What the municipality gets is for its key alone. The copy is sealed once more, by a key that lies in a cookie of her
browser and nowhere else: for half an hour she reads it there, on a page that only she can open, and afterwards nobody
can. What is kept here of it is noise.
"""

import base64
import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Request, Response

COOKIE = "imorgon_own"
PATH = "/s/answers"
LASTS = timedelta(minutes=30)
"""From when it was answered, in real time."""

_KEY, _NONCE = 32, 12


def key_of(request: Request) -> bytes | None:
    """The key that this browser has, where it has one."""
    try:
        key = base64.urlsafe_b64decode(request.cookies.get(COOKIE, ""))
    except ValueError:
        return None
    return key if len(key) == _KEY else None


def new_key() -> bytes:
    return os.urandom(_KEY)


def give(response: Response, key: bytes, *, secure: bool) -> None:
    """Let the browser have the key, for as long as what is copied now can be read."""
    response.set_cookie(
        COOKIE,
        base64.urlsafe_b64encode(key).decode(),
        max_age=int(LASTS.total_seconds()),
        path=PATH,
        secure=secure,
        httponly=True,
        samesite="strict",
    )


def copied(key: bytes, words: str, person: UUID, question: str) -> str:
    """A copy that opens by this key alone, as her answer to this question, until half an hour from now.

    It is hers and not its run's: an answer that changes what was sent stands in a run of its own, with the others."""
    until = datetime.now(UTC) + LASTS
    nonce = os.urandom(_NONCE)
    plain = json.dumps([int(until.timestamp()), words]).encode()
    return base64.urlsafe_b64encode(nonce + AESGCM(key).encrypt(nonce, plain, _of(person, question))).decode()


def opened(key: bytes | None, copies: Mapping[str, str], person: UUID) -> dict[str, str]:
    """What this key opens of the copies in a run of hers, by question; the others are not there."""
    if key is None:
        return {}
    found: dict[str, str] = {}
    for question, copy in copies.items():
        try:
            sealed = base64.urlsafe_b64decode(copy)
            until, words = json.loads(AESGCM(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], _of(person, question)))
        except (ValueError, InvalidTag):
            continue
        if until > datetime.now(UTC).timestamp():
            found[question] = words
    return found


def _of(person: UUID, question: str) -> bytes:
    return f"own copy\0{person}\0{question}".encode()
