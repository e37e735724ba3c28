"""How often somebody may try to sign in, so that guessing is hopeless and no colleague can be kept out for long.

Tries are counted by account, also for accounts that do not exist, and by where they come from. Who has signed in in a
browser before is counted by that browser: whoever guesses elsewhere does not stand in her way. A try that is turned
away is not counted, so that nothing lasts longer than a quarter of an hour after the last one that was.
"""

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from uuid import UUID

from sqlalchemy import ColumnElement
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.staff.seats.models import StaffAttempt

WINDOW = timedelta(minutes=15)
FROM_ONE_PLACE = 5
"""Tries at one account from one address, or from one browser it is known in."""
FROM_ANYWHERE = 20
"""Tries at one account from all addresses together."""
OF_ONE_ADDRESS = 50
"""Tries at all accounts from one address; an office has one for everybody."""

COOKIE = "imorgon-staff-known"
KNOWN_FOR = timedelta(days=180)


@dataclass(frozen=True)
class Source:
    """Where a try comes from. ``browser``: what stands in the cookie of a browser that claims to be known."""

    address: str
    browser: str = ""

    def known(self, secret: bytes, account: str) -> bool:
        """Has this account been signed in to in that browser?"""
        nonce, _, proof = self.browser.partition(".")
        return hmac.compare_digest(proof.encode(), _proof(secret, account, nonce).encode())


def cookie(secret: bytes, account: str) -> str:
    """What makes a browser a known one for an account. It opens nothing."""
    nonce = secrets.token_urlsafe(16)
    return f"{nonce}.{_proof(secret, account, nonce)}"


async def begin(session: AsyncSession, secret: bytes, account: str, source: Source) -> UUID | None:
    """Count a try before it is looked at, so that many at once are counted too; ``None`` where there were too many."""
    # One after another: else a hundred at once would all be the first.
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended("staff attempts", 0))))
    now, codec = datetime.now(UTC), database.of(session).codec
    await session.exec(delete(StaffAttempt).where(col(StaffAttempt.at) < now - WINDOW))
    known = source.known(secret, account)
    whose = codec.blind("staff account", account)
    where = codec.blind("staff source", source.browser if known else source.address)
    at_account, from_there, unknown = (
        col(StaffAttempt.account) == whose,
        col(StaffAttempt.source) == where,
        ~col(StaffAttempt.known),
    )
    if await _count(session, at_account, from_there) >= FROM_ONE_PLACE:
        return None
    if not known:
        if await _count(session, at_account, unknown) >= FROM_ANYWHERE:
            return None
        # Behind a proxy that is not trusted everybody has its private address.
        if _is_of_one(source.address) and await _count(session, from_there) >= OF_ONE_ADDRESS:
            return None
    row = StaffAttempt(account=whose, source=where, known=known, at=now)
    session.add(row)
    return row.id


async def succeeded(session: AsyncSession, attempt: UUID) -> None:
    """She is in: what she mistyped from there before is forgotten with it."""
    row = await session.get(StaffAttempt, attempt)
    if row is not None:
        same = (col(StaffAttempt.account) == row.account, col(StaffAttempt.source) == row.source)
        await session.exec(delete(StaffAttempt).where(*same))


async def _count(session: AsyncSession, *which: ColumnElement[bool]) -> int:
    return (await session.exec(select(func.count()).select_from(StaffAttempt).where(*which))).one()


def _is_of_one(address: str) -> bool:
    try:
        return ip_address(address).is_global
    except ValueError:
        return False


def _proof(secret: bytes, account: str, nonce: str) -> str:
    return hmac.new(secret, f"known browser\0{account}\0{nonce}".encode(), "sha256").hexdigest()
