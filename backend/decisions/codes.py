"""Codes from the counter and the short rights to read they give.

A code is ten digits in three groups. Its first four find its row; the other six are kept as a keyed digest only. It
dies when it is used, after five wrong tries, or when its days are over. The right to read is for one person, for
fifteen minutes of real time.
"""

import base64
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons
from backend.access import Reader
from backend.clock import Clock
from backend.contract import Grant
from backend.decisions.models import CounterCode, ReadGrant
from backend.errors import GrantExpired
from backend.identity import trust
from backend.ladder import Level
from backend.safety import service as safety

MOST_TRIES = 5
GRANT = timedelta(minutes=15)
PRESSED_TWICE = timedelta(minutes=1)
"""So long the same form with the same code gets the same right again: its first answer may never have been read."""
_SELECTOR = 4
_SECRET = 6


async def issue(session: AsyncSession, clock: Clock, reader: Reader, person: UUID) -> str:
    """Make a code to give the person at the counter or by letter; it is shown this once. Earlier ones die.

    Raises NotAllowed, ReasonNeeded, and SilentForSafety: nobody reads as her now.
    """
    opened = await access.enter(session, clock, reader, person, "code", reason="at-the-counter")
    await safety.may_be_written_to(session, opened.person.id)
    now = clock()
    for earlier in await _live(session, person):
        earlier.ended_at = now
        session.add(earlier)
    await session.flush()
    selector = await _free_selector(session)
    secret = f"{secrets.randbelow(10**_SECRET):0{_SECRET}}"
    row_id = database.new_id()
    session.add(
        CounterCode(
            id=row_id,
            person=opened.person.id,
            selector=selector,
            secret=_digest(session, row_id, secret),
            issued_at=now,
            issued_by=reader.id,
            issued_name=reader.name,
            expires_at=now + timedelta(days=database.of(session).municipality.code_days),
        )
    )
    return f"{selector[:4]} {secret[:3]} {secret[3:]}"


async def has_live(session: AsyncSession, person: UUID, at: datetime) -> bool:
    """Has the person a code that is still good?"""
    return any(code.expires_at > at for code in await _live(session, person))


async def use(session: AsyncSession, code: str, at: datetime, *, press: str = "") -> Grant | None:
    """A code typed on the page becomes a right to read; ``None`` when it is not right, and the try is counted.

    ``press``: of which form; pressed twice, it is answered as the first time, and is one try.

    Let the transaction be committed before refusing, or the try is not counted. ``at`` is business time, the grant
    runs in real time.
    """
    digits = "".join(str(int(sign)) for sign in code if sign.isdecimal())
    if len(digits) != _SELECTOR + _SECRET:
        return None
    selector, secret = digits[:_SELECTOR], digits[_SELECTOR:]
    found = await session.exec(
        select(CounterCode)
        .where(CounterCode.selector == selector, col(CounterCode.ended_at).is_(None))
        .with_for_update(key_share=True)  # tries at the same time are counted one by one
    )
    row = found.one_or_none()
    tried = _tried(session, press, digits) if press else None
    if row is None and tried is not None:
        return await _given(session, _token(tried))
    if row is None or row.expires_at <= at or await safety.silent_since(session, row.person):
        return None  # whoever has her code now reads what anybody does whose code is no longer good
    session.add(row)
    if not hmac.compare_digest(row.secret, _digest(session, row.id, secret)):
        if tried is not None and row.last_wrong == tried:
            return None
        row.last_wrong = tried
        row.tries += 1
        row.ended_at = at if row.tries >= MOST_TRIES else None
        return None
    row.ended_at = at
    await trust.show(session, row.person, Level.CODE, at, by_name=row.issued_name)
    return await give(session, row.person, Level.CODE, code=row.id, token=_token(tried) if tried is not None else None)


async def _given(session: AsyncSession, token: str) -> Grant | None:
    """The right that the same form got by the same code a moment ago."""
    lately = col(ReadGrant.expires_at) > datetime.now(UTC) + GRANT - PRESSED_TWICE
    found = await session.exec(select(ReadGrant).where(ReadGrant.token_digest == _token_digest(token), lately))
    grant = found.one_or_none()
    if grant is None or await safety.silent_since(session, grant.person):
        return None
    hers = await persons.find(session, grant.person)
    return Grant(token=token, person=hers.id, language=hers.language, expires_at=grant.expires_at)


async def give(
    session: AsyncSession,
    person: UUID,
    level: Level,
    *,
    code: UUID | None = None,
    identification: UUID | None = None,
    token: str | None = None,
) -> Grant:
    """A right to read as her for a quarter of an hour, by one of the two that showed who she is. ``token``: where it is
    not to be any."""
    token = token or secrets.token_urlsafe(32)
    hers = await persons.find(session, person)
    expires_at = datetime.now(UTC) + GRANT
    session.add(
        ReadGrant(
            token_digest=_token_digest(token),
            person=hers.id,
            code=code,
            identification=identification,
            level=level,
            expires_at=expires_at,
        )
    )
    return Grant(token=token, person=hers.id, language=hers.language, expires_at=expires_at)


async def reader(session: AsyncSession, token: str) -> tuple[Reader, UUID]:
    """Who reads with a token, and whose page it is. Raises GrantExpired."""
    found = await session.exec(
        select(ReadGrant).where(ReadGrant.token_digest == _token_digest(token), col(ReadGrant.expires_at) > func.now())
    )
    grant = found.one_or_none()
    if grant is None or await safety.silent_since(session, grant.person):
        raise GrantExpired
    return Reader(id=grant.id, name="", role="person", kind="grant", level=Level(grant.level)), grant.person


async def _live(session: AsyncSession, person: UUID) -> list[CounterCode]:
    same = await persons.same(session, person)
    found = await session.exec(
        select(CounterCode).where(col(CounterCode.person).in_(same), col(CounterCode.ended_at).is_(None))
    )
    return list(found.all())


async def _free_selector(session: AsyncSession) -> str:
    taken = set((await session.exec(select(CounterCode.selector).where(col(CounterCode.ended_at).is_(None)))).all())
    return secrets.choice([found for found in map(_selector, range(10**_SELECTOR)) if found not in taken])


def _selector(number: int) -> str:
    return f"{number:0{_SELECTOR}}"


def _digest(session: AsyncSession, code: UUID, secret: str) -> bytes:
    return database.of(session).codec.blind("counter code", f"{code}:{secret}")


def _tried(session: AsyncSession, press: str, digits: str) -> bytes:
    return database.of(session).codec.blind("code pressed", f"{press}:{digits}")


def _token(tried: bytes) -> str:
    """The token of a try, which is the same when it is made twice. Nobody makes it without the form and our key."""
    return base64.urlsafe_b64encode(tried).decode().rstrip("=")


def _token_digest(token: str) -> bytes:
    return sha256(token.encode()).digest()
