"""Signing in by the municipality's own OpenID provider: sent there, back again, and seated by the groups she is in.

Somebody is known by her account there, never by her name. Real time.
"""

import hmac
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Annotated

import structlog
from fastapi import APIRouter, Form, Query, Request
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import database
from backend.database import Database
from backend.errors import NotFound
from backend.handover import leaving
from backend.identity.colleagues import Colleague, StaffProvider
from backend.identity.provider import Begun, NotBelieved, ProviderAway
from backend.staff.desk import Page, house, page, refused, to
from backend.staff.seats import sessions
from backend.staff.seats.kept import LONGEST_SEALED
from backend.staff.seats.models import StaffMember, StaffSession, StaffSignIn
from backend.staff.signing_in.sign_in import beside, leave, seated

router = APIRouter(prefix="/sign-in/oidc", route_class=Page)

COOKIE = "imorgon-staff-oidc"
LASTS = timedelta(minutes=10)
_PATH = "/inbox/sign-in/oidc"

log = structlog.get_logger()


@router.get("/{slug}")
async def away(request: Request, slug: str) -> Response:
    """To the provider."""
    return await _begun(request, slug, "")


@router.post("/{slug}")
async def away_with_kept(
    request: Request, slug: str, kept: Annotated[str, Form(max_length=LONGEST_SEALED)] = ""
) -> Response:
    """The same with what she had written, which comes back with her. By a link: a press may not lead off the site."""
    return await _begun(request, slug, kept)


@router.get("/{slug}/back")
async def back(
    request: Request,
    slug: str,
    state: Annotated[str, Query()] = "",
    code: Annotated[str, Query()] = "",
    iss: Annotated[str, Query()] = "",
) -> Response:
    """She is back: seated, or why not."""
    own, (town, provider) = house(request), _of(request, slug)
    async with town.transaction() as session:
        taken = await _taken(session, state, request.cookies.get(COOKIE, ""))
    if taken is None or not code:
        return _not_in(request, "Inloggningen tog för lång tid eller avbröts. Försök igen.")
    begun, kept = taken
    # Nothing of the database is held while the provider is asked.
    try:
        colleague = await provider.colleague(begun, code, iss)
    except ProviderAway as why:
        return _is_away(request, slug, why)
    except NotBelieved as why:
        log.warning("staff sign-in refused", municipality=slug, why=str(why))
        return _not_in(request, "Kommunens inloggning svarade fel. Säg till den som sköter systemet.")
    async with town.transaction() as session:
        member = await _member(session, provider, colleague, own.clock())
        token = await sessions.begin(session, own.session_secret, member) if member else ""
    if member is None:
        log.warning("staff sign-in refused", municipality=slug, why="no role, has left, or the name is taken")
        words = "Ditt konto har ingen behörighet här. Be den som sköter behörigheter i din kommun att lägga till den."
        return _not_in(request, words)
    await leave(request, own, slug)
    return beside(request, own, slug, seated(own, member, token, kept))


def _of(request: Request, slug: str) -> tuple[Database, StaffProvider]:
    own = house(request)
    if slug not in own.providers:
        raise NotFound
    return own.databases[slug], own.providers[slug]


async def _begun(request: Request, slug: str, kept: str) -> Response:
    own, (town, provider) = house(request), _of(request, slug)
    begun = Begun(secrets.token_urlsafe(32), secrets.token_urlsafe(32), secrets.token_urlsafe(48), datetime.now(UTC))
    browser = secrets.token_urlsafe(32)
    try:
        address = await provider.address(begun, "sv")
    except ProviderAway as why:
        return _is_away(request, slug, why)
    async with town.transaction() as session:
        await session.exec(delete(StaffSignIn).where(col(StaffSignIn.begun_at) < begun.at - LASTS))
        row = database.new_id()
        held = [begun.nonce, begun.verifier, kept]
        codec = database.of(session).codec
        session.add(
            StaffSignIn(
                id=row,
                state_digest=_digest(begun.state),
                browser_digest=_digest(browser),
                secrets=codec.encrypt_json(held, table="staff_sign_ins", column="secrets", row=row),
                begun_at=begun.at,
            )
        )
    response: Response = page("sign_in_away", None, address=address, also="") if kept else to(address)
    secure, lasts = own.settings.public_url.startswith("https://"), int(LASTS.total_seconds())
    response.set_cookie(COOKIE, browser, httponly=True, samesite="lax", secure=secure, path=_PATH, max_age=lasts)
    return response


async def _taken(session: AsyncSession, state: str, browser: str) -> tuple[Begun, str] | None:
    """What was begun, used up by this whatever comes of it; ``None`` where nothing was, or in another browser."""
    wanted = select(StaffSignIn).where(
        StaffSignIn.state_digest == _digest(state), col(StaffSignIn.begun_at) > datetime.now(UTC) - LASTS
    )
    row = (await session.exec(wanted.with_for_update())).one_or_none()
    if row is None:
        return None
    await session.delete(row)
    if not hmac.compare_digest(row.browser_digest, _digest(browser)):
        return None
    codec = database.of(session).codec
    nonce, verifier, kept = codec.decrypt_json(row.secrets, table="staff_sign_ins", column="secrets", row=row.id)
    return Begun(state, nonce, verifier, row.begun_at), kept


async def _member(
    session: AsyncSession, provider: StaffProvider, colleague: Colleague, at: datetime
) -> StaffMember | None:
    """Her row, made or brought up to date; ``None``, with her desks closed, for who has no role here any more.

    Who reads no inbox by the roles she comes with lets go of what was hers there (see :mod:`backend.handover.leaving`).
    """
    subject = database.of(session).codec.blind("staff subject", f"{provider.given.issuer}\0{colleague.account}")
    await session.exec(select(func.pg_advisory_xact_lock(func.hashtextextended("staff subjects", 0))))
    member = (await session.exec(select(StaffMember).where(StaffMember.subject == subject))).one_or_none()
    if member is not None and (not colleague.roles or member.left_at is not None):
        await session.exec(delete(StaffSession).where(col(StaffSession.member) == member.id))
        await leaving.leave(session, member.id, at)
        return None
    if not colleague.roles:
        return None
    role, *more = colleague.roles
    if member is None:
        # The log names people by what they are called: a second Maria is told apart first.
        if (await session.exec(select(StaffMember.id).where(StaffMember.name == colleague.name))).first():
            return None
        member = StaffMember(name=colleague.name, role=role, resource=None, subject=subject)
    member.role, member.more_roles = role, more
    session.add(member)
    await session.flush()
    if not leaving.READ_THE_INBOX.intersection(colleague.roles):
        await leaving.leave(session, member.id, at)
    return member


def _not_in(request: Request, words: str) -> Response:
    return refused(request, "Du är inte inloggad", words, 403)


def _is_away(request: Request, slug: str, why: ProviderAway) -> Response:
    log.warning("staff sign-in away", municipality=slug, why=str(why))
    return refused(request, "Det går inte just nu", "Kommunens inloggning svarar inte. Försök igen om en stund.", 503)


def _digest(word: str) -> bytes:
    return sha256(word.encode()).digest()
