"""Local accounts: made on the command line, enrolled by whoever they are for, and signed in to with three things.

User name, password, and a code of six figures from a telephone (TOTP, RFC 6238), each good once. Real time: nobody's
sign-in is part of a story. Whoever makes the account learns neither password nor secret.
"""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hmac import compare_digest
from uuid import UUID

import pyotp
import structlog
from sqlmodel import col, delete, func, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.bookings.models import Resource
from backend.clock import real_time
from backend.database import Database
from backend.handover import leaving
from backend.municipalities.delegation import SigningLevel
from backend.staff.seats import attempts, passwords, sessions
from backend.staff.seats.attempts import Source
from backend.staff.seats.models import StaffAccount, StaffMember, StaffSession

ENROLMENT_LASTS = timedelta(days=3)
SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 200

_SKEW = 1  # steps of half a minute that a telephone's clock may be wrong
_USER_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is taken for another

log = structlog.get_logger()


class AccountError(Exception):
    """What the command asked for cannot be done. One line that says why."""


class NotLetIn(Exception):
    """User name, password or code is wrong, and nothing says which. ``wait``: there were too many tries."""

    def __init__(self, *, wait: bool = False) -> None:
        super().__init__()
        self.wait = wait


class NotEnrolled(Exception):
    """Why the account is not ready yet, in Swedish."""


@dataclass(frozen=True)
class Standing:
    """One of the staff as ``imorgon staff list`` tells. ``state``: how, and whether, she can sign in."""

    name: str
    role: str
    user_name: str
    state: str
    desks: int


@dataclass(frozen=True)
class Invitation:
    """What she needs to enrol: the secret for her telephone shows itself nowhere else."""

    user_name: str
    secret: str = field(repr=False)
    address: str = field(repr=False)


# --- Made and ended on the command line -------------------------------------------------------------------------------


async def add(session: AsyncSession, user_name: str, name: str, role: str, calendar: str = "") -> str:
    """An account, for somebody new or for one of the staff without one; gives the one-time code. Raises AccountError.

    ``calendar``: a caseworker's, by its name among the bookings.
    """
    user_name, name = user_name.strip().lower(), name.strip()
    if not _USER_NAME.fullmatch(user_name):
        raise AccountError("A user name has 2 to 40 letters a-z, figures, dots, dashes.")
    if not name or len(name) > 60 or not name.isprintable():
        raise AccountError("A name is needed, as colleagues say it.")
    if (await session.exec(select(StaffAccount).where(StaffAccount.user_name == user_name))).first():
        raise AccountError(f"{user_name} has an account already.")
    member = (await session.exec(select(StaffMember).where(StaffMember.name == name))).one_or_none()
    if member is None:
        member = StaffMember(name=name, role=role, resource=None)
        session.add(member)
    elif member.left_at is not None:
        # The log of who looked names people by what they were called.
        raise AccountError(f"{name} stands in the log as somebody who has left: call the new one something else.")
    elif member.role != role:
        raise AccountError(f"{name} works here already, as {member.role}.")
    elif await session.get(StaffAccount, member.id):
        raise AccountError(f"{name} has an account already.")
    if calendar:
        member.resource = await _calendar(session, calendar, member)
        session.add(member)
    await session.flush()
    account = StaffAccount(member=member.id, user_name=user_name, secret=b"")
    return await _invite(session, account)


async def reset(session: AsyncSession, user_name: str) -> str:
    """A new one-time code; password, telephone and open desks are over. Raises AccountError."""
    account = await _account(session, user_name)
    await close_desks(session, user_name)
    account.password, account.enrolled_at, account.last_step = None, None, 0
    return await _invite(session, account)


async def remove(session: AsyncSession, who: str) -> int:
    """She works here no more: account and desks are over, and what was hers is nobody's. Gives how many tasks wait in
    their queues by that. Raises AccountError."""
    member = await _member(session, who)
    await close_desks(session, who)
    member.left_at = datetime.now(UTC)
    session.add(member)
    await session.exec(delete(StaffAccount).where(col(StaffAccount.member) == member.id))
    return await leaving.leave(session, member.id, real_time())


async def give_calendar(session: AsyncSession, who: str, calendar: str) -> None:
    """A caseworker's calendar, by its name among the bookings. Raises AccountError."""
    member = await _member(session, who)
    member.resource = await _calendar(session, calendar, member)
    session.add(member)


async def give_roles(session: AsyncSession, who: str, roles: Sequence[str]) -> None:
    """The roles of somebody; she sits down with the first, and may sit as the others. Who reads no inbox by any of them
    has nothing there any more. Raises AccountError."""
    member = await _member(session, who)
    role, *more = dict.fromkeys(roles)
    if member.resource is not None and "caseworker" not in (role, *more):
        raise AccountError(f"{member.name} has a caseworker's calendar: she stays a caseworker.")
    member.role, member.more_roles = role, more
    session.add(member)
    if not leaving.READ_THE_INBOX.intersection((role, *more)):
        await leaving.leave(session, member.id, real_time())


async def give_level(session: AsyncSession, who: str, level: SigningLevel) -> None:
    """Up to which level of the delegation list a caseworker signs. Raises AccountError."""
    member = await _member(session, who)
    if "caseworker" not in (member.role, *member.more_roles):
        raise AccountError("Only a caseworker signs decisions.")
    member.signs_as = level
    session.add(member)


async def close_desks(session: AsyncSession, who: str) -> int:
    """Close every desk she has open; gives how many. Raises AccountError."""
    member = (await _member(session, who)).id
    open_ones = len(await sessions.of_member(session, member))
    await session.exec(delete(StaffSession).where(col(StaffSession.member) == member))
    return open_ones


async def everybody(session: AsyncSession) -> Sequence[Standing]:
    """Who works here, how she signs in, and how many desks she has open."""
    found = []
    for member in await sessions.members(session):
        account = await session.get(StaffAccount, member.id)
        if account is None:
            state = "signs in by OIDC" if member.subject else "no account"
        else:
            state = "ready" if account.enrolled_at else "waits for enrolment"
        desks = len(await sessions.of_member(session, member.id))
        roles = ", ".join((member.role, *member.more_roles))
        found.append(Standing(member.name, roles, account.user_name if account else "", state, desks))
    return found


async def _member(session: AsyncSession, who: str) -> StaffMember:
    """Somebody who works here, by her user name, or by her name where she has no account."""
    named = (
        select(StaffMember)
        .outerjoin(StaffAccount, col(StaffAccount.member) == StaffMember.id)
        .where(
            or_(col(StaffAccount.user_name) == who.strip().lower(), col(StaffMember.name) == who.strip()),
            col(StaffMember.left_at).is_(None),
        )
    )
    found = (await session.exec(named)).all()
    if len(found) != 1:
        raise AccountError(f"There is no one {who} who works there.")
    return found[0]


async def _account(session: AsyncSession, user_name: str) -> StaffAccount:
    wanted = StaffAccount.user_name == user_name.strip().lower()
    account = (await session.exec(select(StaffAccount).where(wanted).with_for_update())).one_or_none()
    if account is None:
        raise AccountError(f"There is no account {user_name}.")
    return account


async def _calendar(session: AsyncSession, name: str, member: StaffMember) -> UUID:
    if "caseworker" not in (member.role, *member.more_roles):
        raise AccountError("Only a caseworker has a calendar.")
    wanted = (Resource.name == name, Resource.kind == "caseworker")
    found = (await session.exec(select(Resource.id).where(*wanted))).all()
    if len(found) != 1:
        raise AccountError(f"There is no one calendar called {name} among the caseworkers'.")
    taken = (StaffMember.resource == found[0], StaffMember.id != member.id)
    if (await session.exec(select(StaffMember.id).where(*taken))).first():
        raise AccountError(f"The calendar {name} is somebody else's.")
    return found[0]


async def _invite(session: AsyncSession, account: StaffAccount) -> str:
    town = database.of(session)
    letters = "".join(secrets.choice(_LETTERS) for _ in range(20))
    code = "-".join((town.municipality.slug, *(letters[at : at + 5] for at in range(0, 20, 5))))
    account.secret = _sealed(session, account, "secret", pyotp.random_base32())
    account.enrolment = town.codec.blind("staff enrolment", _plain(code))
    account.enrolment_ends_at = datetime.now(UTC) + ENROLMENT_LASTS
    session.add(account)
    return code


# --- Enrolled by whoever it is for ------------------------------------------------------------------------------------


def municipality_of(code: str) -> str:
    """The municipality a one-time code says it belongs to."""
    return code.strip().partition("-")[0].lower()


async def invited(session: AsyncSession, code: str) -> Invitation | None:
    """Whose code this is, if it is still good."""
    account = await _invited(session, code)
    if account is None:
        return None
    secret = _opened(session, account, "secret", account.secret)
    issuer = f"imorgon {database.of(session).municipality.name}"
    address = pyotp.TOTP(secret).provisioning_uri(name=account.user_name, issuer_name=issuer)
    return Invitation(account.user_name, secret, address)


async def enrol(town: Database, code: str, password: str, again: str, figures: str) -> None:
    """She has chosen a password, and her telephone makes the codes. Raises NotEnrolled."""
    async with town.transaction() as session:
        account = await _invited(session, code)
    if account is None:
        raise NotEnrolled("Engångskoden gäller inte längre. Be om en ny.")
    if why := _too_weak(password, again, account.user_name):
        raise NotEnrolled(why)
    kept = await passwords.hashed(password)
    async with town.transaction() as session:
        account = await _invited(session, code, lock=True)
        if account is None:
            raise NotEnrolled("Engångskoden gäller inte längre. Be om en ny.")
        step = _step(_opened(session, account, "secret", account.secret), figures, account.last_step)
        if step is None:
            raise NotEnrolled("Koden från telefonen stämmer inte. Vänta på nästa och försök igen.")
        account.password = _sealed(session, account, "password", kept)
        account.last_step, account.enrolled_at = step, datetime.now(UTC)
        account.enrolment, account.enrolment_ends_at = None, None
        session.add(account)


async def _invited(session: AsyncSession, code: str, *, lock: bool = False) -> StaffAccount | None:
    digest = database.of(session).codec.blind("staff enrolment", _plain(code))
    wanted = select(StaffAccount).where(
        StaffAccount.enrolment == digest, col(StaffAccount.enrolment_ends_at) > func.now()
    )
    return (await session.exec(wanted.with_for_update() if lock else wanted)).one_or_none()


def _too_weak(password: str, again: str, user_name: str) -> str:
    if password != again:
        return "De två lösenorden är inte lika."
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return f"Lösenordet ska ha minst {SHORTEST_PASSWORD} tecken. Några vanliga ord efter varandra går bra."
    if user_name in password.lower() or len(set(password)) < 5:
        return "Lösenordet är för lätt att gissa. Välj ett annat."
    return ""


def _plain(code: str) -> str:
    return re.sub(r"\s", "", code).upper()


# --- Signed in to -----------------------------------------------------------------------------------------------------


async def sign_in(
    town: Database, secret: bytes, source: Source, *, user_name: str, password: str, figures: str
) -> tuple[StaffMember, str, str]:
    """Who she is, the token of her desk, and what makes this browser a known one. Raises NotLetIn.

    An account that does not exist costs the same time and gets the same answer.
    """
    user_name = user_name.strip().lower()
    whose = f"{town.municipality.slug}:{user_name}"
    async with town.transaction() as session:
        attempt = await attempts.begin(session, secret, whose, source)
        kept = await _kept(session, user_name) if attempt else None
    if attempt is None:
        log.warning("staff sign-in refused", municipality=town.municipality.slug, why="too many tries")
        raise NotLetIn(wait=True)
    # Nothing of the database is held meanwhile.
    good = await passwords.fits(kept, password if len(password) <= LONGEST_PASSWORD else "")
    renewed = await passwords.hashed(password) if kept and good and passwords.is_old(kept) else None
    async with town.transaction() as session:
        member = await _with_code(session, user_name, kept, figures, renewed) if kept and good else None
        if member is not None:
            await attempts.succeeded(session, attempt)
            token = await sessions.begin(session, secret, member)
            return member, token, attempts.cookie(secret, whose)
    log.warning("staff sign-in refused", municipality=town.municipality.slug, why="user name, password or code")
    raise NotLetIn


async def _kept(session: AsyncSession, user_name: str) -> str | None:
    account = (await session.exec(select(StaffAccount).where(StaffAccount.user_name == user_name))).one_or_none()
    if account is None or account.password is None or account.enrolled_at is None:
        return None
    return _opened(session, account, "password", account.password)


async def _with_code(
    session: AsyncSession, user_name: str, kept: str, figures: str, renewed: str | None
) -> StaffMember | None:
    """Whose account it is, when the code is right and nothing changed meanwhile; the code is used up by this."""
    wanted = select(StaffAccount).where(StaffAccount.user_name == user_name).with_for_update()
    account = (await session.exec(wanted)).one_or_none()
    if account is None or account.password is None or _opened(session, account, "password", account.password) != kept:
        return None
    step = _step(_opened(session, account, "secret", account.secret), figures, account.last_step)
    if step is None:
        return None
    account.last_step = step
    if renewed is not None:
        account.password = _sealed(session, account, "password", renewed)
    session.add(account)
    return await sessions.member(session, account.member)


def _step(secret: str, figures: str, after: int) -> int | None:
    """The half minute a code is of, when it is one of now that comes after the last one used."""
    totp, given = pyotp.TOTP(secret), re.sub(r"\s", "", figures)
    now = int(real_time().timestamp()) // totp.interval
    near = range(max(now - _SKEW, after + 1), now + _SKEW + 1)
    return next((step for step in near if compare_digest(totp.generate_otp(step).encode(), given.encode())), None)


def _sealed(session: AsyncSession, account: StaffAccount, column: str, plain: str) -> bytes:
    codec = database.of(session).codec
    return codec.encrypt(plain, table="staff_accounts", column=column, row=account.member)


def _opened(session: AsyncSession, account: StaffAccount, column: str, sealed: bytes) -> str:
    codec = database.of(session).codec
    return codec.decrypt(sealed, table="staff_accounts", column=column, row=account.member)
