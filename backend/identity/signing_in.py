"""Somebody shows who she is by e-identification: she is sent to the provider, comes back, and may read.

Her number finds her when it is certainly hers here: staff saw it, or she signed in before, and she still stands on a
step that opens it (see ``ladder``). Whoever reads by a code meanwhile needs no such step, and where nobody has her
number she is written down with it. A stranger's number is not kept.
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import structlog
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons
from backend.calendar import day_in_sweden
from backend.contract import BeginIdentification, EndIdentification, Grant
from backend.contract import Identification as Way
from backend.database import Database
from backend.decisions import codes
from backend.decisions.models import ReadGrant
from backend.errors import GrantExpired, IdentificationAway, IdentificationRefused, IdentifiedUnknown
from backend.identity import numbers, register, trust
from backend.identity.models import Identification
from backend.identity.numbers import NotANumber, Number
from backend.identity.provider import Begun, NotBelieved, Provider, ProviderAway
from backend.ladder import Level, opens
from backend.safety import service as safety

LASTS = timedelta(minutes=10)
"""From leaving to coming back, in real time: somebody looks for her telephone meanwhile."""

log = structlog.get_logger()


async def begin(town: Database, provider: Provider, call: BeginIdentification) -> Way:
    """POST e-identifications: where to go. Raises IdentificationAway."""
    now = datetime.now(UTC)
    begun = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), now)
    browser = secrets.token_urlsafe(32)
    try:
        url = await provider.address(begun, call.language)
    except ProviderAway as away:
        raise _away(away) from None
    async with town.transaction() as session:
        await _forget_old(session, now)
        row, codec = database.new_id(), database.of(session).codec
        session.add(
            Identification(
                id=row,
                state_digest=_digest(begun.state),
                browser_digest=_digest(browser),
                secrets=codec.encrypt_json(
                    [begun.nonce, begun.verifier], table="e_identifications", column="secrets", row=row
                ),
                person=await _reading(session, call.grant),
                begun_at=now,
                expires_at=now + LASTS,
            )
        )
    return Way(url=url, browser=browser)


async def end(town: Database, provider: Provider, call: EndIdentification) -> Grant:
    """POST e-identifications/result: she is back.

    Raises IdentificationRefused, IdentificationAway, IdentifiedUnknown.
    """
    async with town.transaction() as session:
        taken = await _taken(session, call)
    # Nothing of the database is held while the provider is asked.
    if taken is None:
        raise IdentificationRefused
    row, begun = taken
    try:
        number = numbers.read((await provider.identified(begun, call.code, call.issuer)).number, day_in_sweden(call.at))
    except ProviderAway as away:
        raise _away(away) from None
    except NotBelieved as wrong:
        # What is refused may be an attack, or a provider that changed something: whoever runs this must see which.
        log.warning("e-identification refused", why=str(wrong))
        raise IdentificationRefused from None
    except NotANumber:
        log.warning("e-identification refused", why="the number is none that we know")
        raise IdentificationRefused from None
    async with town.transaction() as session:
        person = await _hers(session, number, row.person, call.at)
        if person is not None:
            await trust.show(session, person, Level.IDENTIFIED, call.at)
            return await codes.give(session, person, Level.IDENTIFIED, identification=row.id)
    raise IdentifiedUnknown


async def _taken(session: AsyncSession, call: EndIdentification) -> tuple[Identification, Begun] | None:
    """The sign-in this is the result of, used up by this, whatever comes of it; ``None`` where there is none."""
    found = await session.exec(
        select(Identification)
        .where(
            Identification.state_digest == _digest(call.state),
            col(Identification.used_at).is_(None),
            Identification.expires_at > func.now(),
        )
        .with_for_update(key_share=True)  # of two results at once one is the first
    )
    row = found.one_or_none()
    if row is None:
        return None
    row.used_at = datetime.now(UTC)
    session.add(row)
    if not hmac.compare_digest(row.browser_digest, _digest(call.browser)):
        return None  # begun in another browser: somebody was sent a way that leads to another's page
    codec = database.of(session).codec
    nonce, verifier = codec.decrypt_json(row.secrets, table="e_identifications", column="secrets", row=row.id)
    return row, Begun(call.state, nonce, verifier, row.begun_at)


async def _hers(session: AsyncSession, number: Number, reading: UUID | None, at: datetime) -> UUID | None:
    """Whose page it is, by her number; ``None`` where nobody's, or not one person's alone."""
    found = await register.whose(session, number)
    reader = (await persons.find(session, reading)).id if reading else None
    if not found and reader and await register.may_get(session, reader):
        await register.keep(session, reader, number, "e-identification", at=at)
        found = (reader,)
    if len(found) > 1 or (found and reader and reader not in found):
        await register.tell_of_two(session, found[0], at)
    if len(found) != 1 or await safety.silent_since(session, found[0]):
        return None
    # What was taken away from her opens nothing by itself: she shows anew who she is first, at least by a code.
    return found[0] if found[0] == reader or await register.is_opened(session, found[0], at) else None


async def _reading(session: AsyncSession, grant: str) -> UUID | None:
    """Whose page is open in the browser she comes from."""
    if not grant:
        return None
    try:
        reader, person = await codes.reader(session, grant)
    except GrantExpired:
        return None
    return person if opens(reader.level, "readable") else None


async def _forget_old(session: AsyncSession, now: datetime) -> None:
    """Those begun more than a day ago that nobody was let in by."""
    used = select(ReadGrant.identification).where(col(ReadGrant.identification).is_not(None))
    old = (col(Identification.begun_at) < now - timedelta(days=1), col(Identification.id).not_in(used))
    await session.exec(delete(Identification).where(*old))


def _away(away: ProviderAway) -> IdentificationAway:
    log.warning("e-identification away", why=str(away))
    return IdentificationAway()


def _digest(word: str) -> bytes:
    return sha256(word.encode()).digest()
