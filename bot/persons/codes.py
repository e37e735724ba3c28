"""Codes to go on elsewhere, to let a helper in, or to apply together: eight figures, shown once in her thread, to be
written elsewhere, or to be pressed as a link where the municipality lets links be sent.

A code is random, is used once, lasts ten minutes (a day, where somebody who is not beside her is to write it) and is
kept as a keyed digest only. Who writes one that does not fit
is told the same whatever was wrong with it, and may try three times before a pause; everybody together so often that a
program guessing from many places finds nothing. Real time is what counts here.
"""

import re
import secrets
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.codec import Codec
from bot.hearing.diverter import MARK
from bot.leaving.sending import CODE, INVITATION, INVITED_FOR, TOGETHER
from bot.messages import Filled, Outgoing, Said
from bot.spelling import DASHES, INVISIBLE, digits, fold
from bot.tables import code_tries, link_codes
from bot.text import Text, known, languages, understood, words
from bot.turning.threads import LockedThread

FIGURES = 8
LASTS = timedelta(minutes=10)
_PURPOSES: Mapping[str, tuple[str, timedelta]] = {
    CODE: ("go-on", LASTS),
    INVITATION: ("help", LASTS),
    TOGETHER: ("together", INVITED_FOR),
}
"""Kind of message -> what its code is for, and how long it lasts."""
MOST_TRIES = 3
PAUSE = timedelta(minutes=30)
MOST_TRIES_OF_ALL, OF_ALL_IN = 30, timedelta(minutes=10)
"""A guess at one code among 70 million has with these tries a chance of one in twenty thousand in a whole day; the
codes that live for a day are as many times likelier to be hit as there are, and open nothing that was answered."""

# A first figure that begins no date, no year and no telephone number as they are written.
_CODE = re.compile(r"(?:(\D{1,30}?) ?)?([3-9]\d{3})[ \-]?(\d{4})\.?")


def read(event: Said | Filled) -> str | None:
    """The code that a message is, as a whole, in whatever figures, alone or after the word for applying together;
    ``None`` when it is none."""
    found = _found(event)
    return found[2] + found[3] if found else None


def written_in(event: Said) -> str | None:
    """The language of the word before the code, where it is a word of one language alone."""
    found = _found(event)
    word = fold(found[1] or "") if found else ""
    of = [code for code in understood() if word in map(fold, words(code, "together"))] if word else []
    return of[0] if len(of) == 1 else None


def _found(event: Said | Filled) -> re.Match[str] | None:
    if isinstance(event, Filled) or event.question is not None or event.contact or event.edited or event.pictures:
        return None
    plain = "".join("-" if sign in DASHES else sign for sign in event.words if sign not in INVISIBLE)
    found = _CODE.fullmatch(" ".join(digits(plain).split()))
    return found if found and (found[1] is None or fold(found[1]) in known("together")) else None


def masked(message: Outgoing) -> Outgoing:
    """The message as its line in the thread says it: who reads the thread cannot use the code."""
    return _with_code(message, MARK, MARK)


def link(site: str, municipality: str, code: str, language: str) -> str:
    """The address of a page, in her language, whose button writes the code in the chat; to open it does nothing."""
    return f"{site}/chat/{municipality}/on/{code}{language}"


def of_link(there: str) -> tuple[str, str] | None:
    """The code and the language at the end of such an address; ``None`` when it is none of ours."""
    code, language = there[:FIGURES], there[FIGURES:]
    return (code, language) if read(Said(code)) == code and language in ("", *languages()) else None


async def filled(
    connection: AsyncConnection, codec: Codec, thread: LockedThread, message: Outgoing, site: str
) -> Outgoing:
    """The message with a new code in its place, for the thread's person; her earlier ones of that purpose die.
    ``site``: our public address, for a link."""
    now, (purpose, lasts) = func.now(), _PURPOSES[message.kind]
    hers = (
        link_codes.c.person == thread.person,
        link_codes.c.purpose == purpose,
        link_codes.c.ended_at.is_(None),
    )
    await connection.execute(update(link_codes).where(*hers).values(ended_at=now))
    await connection.execute(
        delete(link_codes).where(
            link_codes.c.municipality == thread.municipality, link_codes.c.expires_at < now - timedelta(days=1)
        )
    )
    while True:
        code = f"{secrets.randbelow(70_000_000) + 30_000_000}"
        put = upsert(link_codes).values(
            id=uuid4(),
            municipality=thread.municipality,
            thread=thread.id,
            person=thread.person,
            purpose=purpose,
            digest=_digest(codec, code),
            expires_at=now + lasts,
        )
        if (await connection.execute(put.on_conflict_do_nothing())).rowcount == 1:
            language = message.language or thread.state.language or "sv"
            return _with_code(message, code, link(site, thread.municipality, code, language))


async def find(
    connection: AsyncConnection, codec: Codec, municipality: str, code: str
) -> Row[UUID, UUID, UUID, str] | None:
    """The live code: its row's id, the thread it was shown in, whose it is, and what for."""
    found = await connection.execute(
        select(link_codes.c.id, link_codes.c.thread, link_codes.c.person, link_codes.c.purpose).where(
            link_codes.c.municipality == municipality,
            link_codes.c.digest == _digest(codec, code),
            *_is_live(),
        )
    )
    return found.one_or_none()


async def was_for_two(connection: AsyncConnection, codec: Codec, municipality: str, code: str) -> bool:
    """Whether it is a code to apply together that has been used, or has passed, not more than a day ago."""
    found = select(link_codes.c.id).where(
        link_codes.c.municipality == municipality,
        link_codes.c.digest == _digest(codec, code),
        link_codes.c.purpose == _PURPOSES[TOGETHER][0],
    )
    return (await connection.execute(found.limit(1))).first() is not None


async def use(connection: AsyncConnection, code: UUID) -> bool:
    """Use it up. ``False``: somebody else just did."""
    used = update(link_codes).where(link_codes.c.id == code, *_is_live()).values(ended_at=func.now())
    return (await connection.execute(used)).rowcount == 1


async def withdraw_invitations(connection: AsyncConnection, same: Collection[UUID]) -> None:
    """Nobody is let in any more by a code that stands with one of these ids of hers."""
    hers = (link_codes.c.person.in_(same), link_codes.c.purpose == _PURPOSES[INVITATION][0], *_is_live())
    await connection.execute(update(link_codes).where(*hers).values(ended_at=func.now()))


async def may_try(connection: AsyncConnection, municipality: str, contact_point: UUID) -> bool:
    """Whether a code written here is looked at: not after three that did not fit, nor when too many are guessing."""
    # Tries at the same time are counted one after the other.
    await connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"code tries {municipality}"))))
    now = func.now()
    of_all = select(func.count()).where(
        code_tries.c.municipality == municipality, code_tries.c.tried_at > now - OF_ALL_IN
    )
    if (await connection.execute(of_all)).scalar_one() >= MOST_TRIES_OF_ALL:
        return False
    latest = (
        await connection.execute(
            select(code_tries.c.tried_at, (code_tries.c.tried_at > now - PAUSE).label("lately"))
            .where(code_tries.c.contact_point == contact_point)
            .order_by(code_tries.c.tried_at.desc())
            .limit(MOST_TRIES)
        )
    ).all()
    together = len(latest) == MOST_TRIES and latest[0].tried_at - latest[-1].tried_at <= PAUSE
    return not (together and latest[0].lately)


async def failed(connection: AsyncConnection, municipality: str, contact_point: UUID) -> None:
    """One more that did not fit."""
    old = code_tries.c.tried_at < func.now() - timedelta(days=1)
    await connection.execute(delete(code_tries).where(code_tries.c.municipality == municipality, old))
    await connection.execute(insert(code_tries).values(municipality=municipality, contact_point=contact_point))


def _is_live() -> tuple[ColumnElement[bool], ...]:
    return link_codes.c.ended_at.is_(None), link_codes.c.expires_at > func.now()


def _digest(codec: Codec, code: str) -> bytes:
    return codec.blind("code to go on", code)


def _with_code(message: Outgoing, code: str, address: str) -> Outgoing:
    values = {**message.text.values, "code": code}
    if "link" in values:
        values["link"] = address
    return replace(message, text=Text(message.text.message, values))
