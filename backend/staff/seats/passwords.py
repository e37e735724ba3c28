"""Passwords at rest: argon2id with the parameters of RFC 9106, worked out beside the event loop."""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")

_HASHER = PasswordHasher()
# Each takes 64 MiB and a tenth of a second of a whole core: more at once would only be slower, for everybody.
_AT_ONCE = ThreadPoolExecutor(2, thread_name_prefix="password")


async def hashed(password: str) -> str:
    """The hash to keep, with its salt and parameters."""
    return await _beside(_hashed, password)


async def fits(kept: str | None, password: str) -> bool:
    """Is this the password? Without a hash the same work is done, and it is not: nobody learns who has an account."""
    return await _beside(_fits, kept, password)


def is_old(kept: str) -> bool:
    """Was it made with weaker parameters than are asked for today?"""
    return _HASHER.check_needs_rehash(kept)


async def _beside(work: Callable[..., T], *given: object) -> T:
    return await asyncio.get_running_loop().run_in_executor(_AT_ONCE, work, *given)


def _hashed(password: str) -> str:
    return _HASHER.hash(_same_letters(password))


def _fits(kept: str | None, password: str) -> bool:
    try:
        _HASHER.verify(kept or _nobodys(), _same_letters(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def _same_letters(password: str) -> str:
    # One keyboard sends å as one sign, another as two.
    return unicodedata.normalize("NFC", password)


@cache
def _nobodys() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
