"""Sessions of the staff desk: opaque token in a cookie, its hash in the municipality's database, idle and longest time.

A token begins with its municipality, since that decides which database to look in: one browser sits in one municipality
at a time, and may hold a desk of another beside it (:mod:`backend.staff.signing_in.towns`). The hash is keyed with the
session secret: a new secret closes every desk. Ends use the real clock: nobody's login is part of a story.
"""

import hmac
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.staff.seats.models import StaffMember, StaffSession

COOKIE = "imorgon-staff"
# A meeting with an interpreter is 45 minutes at most, and nobody should be logged out while speaking through one.
IDLE = timedelta(hours=2)
LONGEST = timedelta(hours=12)
_SEEN_EVERY = timedelta(minutes=1)
_REMEMBERED = timedelta(days=7)
"""How long it is known whose desk it was, after it was opened: what she left typed over a weekend is hers to send."""


def beside(municipality: str) -> str:
    """The cookie of a desk in another municipality, which the same person holds open beside the one she sits at."""
    return f"{COOKIE}-{municipality}"


def municipality_of(token: str) -> str:
    """The municipality a token says it belongs to."""
    return token.partition(".")[0]


async def begin(session: AsyncSession, secret: bytes, member: StaffMember) -> str:
    """Open the desk for one of the staff; gives the token for the cookie. Sessions long past are removed."""
    await session.exec(delete(StaffSession).where(col(StaffSession.began_at) < datetime.now(UTC) - _REMEMBERED))
    token = f"{database.of(session).municipality.slug}.{secrets.token_urlsafe(32)}"
    now = datetime.now(UTC)
    session.add(StaffSession(token_hash=_hash(secret, token), member=member.id, began_at=now, seen_at=now))
    return token


async def find(
    session: AsyncSession, secret: bytes, token: str, *, working: bool = True
) -> tuple[StaffMember, str] | None:
    """Whose desk this is, or none if it has ended, and as what she sits here: the role she chose, as long as it is
    hers, else the one she sits down with. ``working``: a press or a page; not what a page does by itself."""
    return await find_known(session, _hash(secret, token), working=working)


async def find_known(session: AsyncSession, desk: bytes, *, working: bool = True) -> tuple[StaffMember, str] | None:
    """The same for a desk whose token is not kept (see :func:`hashed`)."""
    row = await session.get(StaffSession, desk)
    now = datetime.now(UTC)
    if row is None or now - row.seen_at > IDLE or now - row.began_at > LONGEST:
        return None
    if working and now - row.seen_at > _SEEN_EVERY:
        row.seen_at = now
        session.add(row)
    member = await session.get(StaffMember, row.member)
    if member is None or member.left_at is not None:
        return None
    return member, row.role if row.role is not None and row.role in member.more_roles else member.role


async def sit_as(session: AsyncSession, secret: bytes, token: str, role: str) -> None:
    """Sit at this desk as something else, of the roles she has. The caller has seen that it is hers."""
    row = await session.get(StaffSession, _hash(secret, token))
    if row is not None:
        row.role = role
        session.add(row)


def hashed(secret: bytes, token: str) -> bytes:
    """By what a desk is known where its token is not kept."""
    return _hash(secret, token)


async def open_ones(session: AsyncSession, hashes: Iterable[bytes]) -> frozenset[bytes]:
    """Which of these desks are open still, looked at together (see :func:`find`); that keeps none of them open."""
    now = datetime.now(UTC)
    found = await session.exec(
        select(StaffSession.token_hash)
        .join(StaffMember, col(StaffMember.id) == col(StaffSession.member))
        .where(
            col(StaffSession.token_hash).in_(list(hashes)),
            col(StaffSession.seen_at) >= now - IDLE,
            col(StaffSession.began_at) >= now - LONGEST,
            col(StaffMember.left_at).is_(None),
        )
    )
    return frozenset(found.all())


async def sat(session: AsyncSession, secret: bytes, token: str) -> StaffMember | None:
    """Whose desk this was, also when it was left too long; nobody's when she closed it herself, or has left."""
    row = await session.get(StaffSession, _hash(secret, token))
    return await member(session, row.member) if row is not None else None


async def end(session: AsyncSession, secret: bytes, token: str) -> None:
    """Close the desk."""
    await session.exec(delete(StaffSession).where(col(StaffSession.token_hash) == _hash(secret, token)))


async def left(session: AsyncSession, secret: bytes, token: str) -> tuple[timedelta, bool]:
    """How long until this desk closes by itself, and whether a press now would give more time."""
    row = await session.get(StaffSession, _hash(secret, token))
    if row is None:
        return timedelta(0), False
    now = datetime.now(UTC)
    idle, longest = row.seen_at + IDLE - now, row.began_at + LONGEST - now
    return max(min(idle, longest), timedelta(0)), idle < longest


async def others(session: AsyncSession, secret: bytes, token: str, member: UUID) -> list[StaffSession]:
    """The desks somebody has open beside this one."""
    return [row for row in await of_member(session, member) if row.token_hash != _hash(secret, token)]


async def of_member(session: AsyncSession, member: UUID) -> list[StaffSession]:
    """The desks somebody has open, the latest used first."""
    now = datetime.now(UTC)
    is_open = (col(StaffSession.seen_at) >= now - IDLE, col(StaffSession.began_at) >= now - LONGEST)
    hers = select(StaffSession).where(StaffSession.member == member, *is_open)
    return list((await session.exec(hers.order_by(col(StaffSession.seen_at).desc()))).all())


async def members(session: AsyncSession) -> list[StaffMember]:
    """Everybody who works here now."""
    working = col(StaffMember.left_at).is_(None)
    return list(
        (await session.exec(select(StaffMember).where(working).order_by(StaffMember.role, StaffMember.name))).all()
    )


async def member(session: AsyncSession, id_: UUID) -> StaffMember | None:
    """One of the staff, if still working here."""
    found = await session.get(StaffMember, id_)
    return found if found and found.left_at is None else None


def _hash(secret: bytes, token: str) -> bytes:
    return hmac.digest(secret, token.encode(), "sha256")
