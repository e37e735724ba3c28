"""What texts may cost, and what strangers may make us send: prefixes, a daily budget, counts of what happened today.

A number that somebody gives is written to before it is known whose it is. Each such text is counted for the number, the
thousand numbers around it, the person who gave it, the address she sits at, and the municipality; nobody can make us
write to anybody more than a few times a day. Counts are hashed and forgotten when the day is over. The day is the
Swedish one, by business time.
"""

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import structlog
from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.codec import Codec
from bot.database import Database
from bot.environment import SettingsError, per_municipality
from bot.tables import counts, spending
from bot.text import local_day

PREFIXES = ("+46",)
"""Where texts go unless the settings say more."""

BUDGET = 5000
"""Segments a municipality sends in a day unless the settings say otherwise."""

WARNED_AT = 0.8

TO_A_NUMBER, BY_A_PERSON, FROM_AN_ADDRESS, TO_A_BLOCK, IN_ALL = 3, 5, 20, 40, 400
"""Texts in a day to numbers that somebody gave, by what each is counted for. A library or a school is one address."""

_BLOCK = 3  # last figures of a number: whoever is paid for texts owns numbers in a row
_PREFIX = re.compile(r"\+[1-9][0-9]{0,5}")
_BUDGET = "IMORGON_SMS_BUDGET_"

log = structlog.get_logger()


@dataclass(frozen=True)
class Limits:
    """Where texts may go, and how many segments each municipality may send in a day before some kinds stay."""

    prefixes: tuple[str, ...]
    budgets: Mapping[str, int]

    def reaches(self, telephone: str) -> bool:
        """Whether texts may go to this number (E.164)."""
        return telephone.startswith(self.prefixes)


def limits(environ: Mapping[str, str], municipalities: Collection[str]) -> Limits:
    """The limits in an environment. Raises SettingsError."""
    prefixes = tuple(environ.get("IMORGON_SMS_PREFIXES", "").replace(",", " ").split()) or PREFIXES
    if not all(map(_PREFIX.fullmatch, prefixes)):
        raise SettingsError("IMORGON_SMS_PREFIXES must be the beginnings of telephone numbers, as in +46,+45.")
    budgets = dict.fromkeys(municipalities, BUDGET)
    for slug, value in per_municipality(environ, _BUDGET, municipalities).items():
        if not (value.isascii() and value.isdecimal() and int(value) > 0):
            raise SettingsError(f"{_BUDGET}{slug.upper()} must be a whole number: segments of texts in a day.")
        budgets[slug] = int(value)
    return Limits(prefixes, budgets)


# --- The day's budget -------------------------------------------------------------------------------------------------


async def spend(connection: AsyncConnection, limit: Limits, municipality: str, now: datetime, segments: int) -> None:
    """Count what a text costs, in the transaction in which it is taken to be sent, as the last thing there."""
    put = upsert(spending).values(municipality=municipality, day=local_day(now), segments=segments)
    total: int = (
        await connection.execute(
            put.on_conflict_do_update(
                index_elements=["municipality", "day"], set_={"segments": spending.c.segments + put.excluded.segments}
            ).returning(spending.c.segments)
        )
    ).scalar_one()
    tell_spent(limit, municipality, total - segments, total)


def tell_spent(limit: Limits, municipality: str, before: int, total: int) -> None:
    """Say so when the texts that took what was sent today from ``before`` to ``total`` came near the budget, or at."""
    budget = limit.budgets[municipality]
    for share in (WARNED_AT, 1.0):
        if before < share * budget <= total:
            log.critical("budget for texts", municipality=municipality, percent=round(100 * share), segments=total)


async def is_spent(connection: AsyncConnection, limit: Limits, municipality: str, now: datetime) -> bool:
    """Whether the day's budget is spent."""
    found = select(spending.c.segments).where(spending.c.municipality == municipality, spending.c.day == local_day(now))
    spent = (await connection.execute(found)).scalar_one_or_none() or 0
    return bool(spent >= limit.budgets[municipality])


async def alarms(database: Database, limit: Limits, now: datetime) -> dict[str, str]:
    """The municipalities that have sent much today, and how much, in words. Raises database errors."""
    async with database.reading() as connection:
        rows = (await connection.execute(select(spending).where(spending.c.day == local_day(now)))).all()
    return {
        row.municipality: _alarm(row.segments, limit.budgets[row.municipality])
        for row in rows
        if row.segments >= WARNED_AT * limit.budgets.get(row.municipality, row.segments + 1)
    }


def _alarm(segments: int, budget: int) -> str:
    told = f"{segments} of today's {budget} segments are sent"
    if segments < budget:
        return f"{told}; look at who gets them before they are spent"
    return f"{told}; nudges and texts to numbers somebody gave stay until tomorrow, everything else goes on"


# --- Texts to numbers that somebody gave ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Given:
    """A telephone number, who gave it, and from which address (hashed for the day; empty where there is none)."""

    telephone: str
    person: str
    source: str = ""


async def may_be_texted(connection: AsyncConnection, codec: Codec, municipality: str, now: datetime, of: Given) -> bool:
    """Count one more text to a number that somebody gave. ``False``: it must not go. What is refused counts too."""
    most = {
        f"number:{of.telephone}": TO_A_NUMBER,
        f"person:{of.person}": BY_A_PERSON,
        f"block:{of.telephone[:-_BLOCK]}": TO_A_BLOCK,
        "all": IN_ALL,
    }
    if of.source:
        most[f"address:{of.source}"] = FROM_AN_ADDRESS
    day = local_day(now)
    allowed = {codec.blind(f"counts:{day}", what): number for what, number in most.items()}
    put = upsert(counts).values(
        # In one order everywhere, so that no two of them wait for each other.
        [{"municipality": municipality, "day": day, "digest": digest, "counted": 1} for digest in sorted(allowed)]
    )
    counted = await connection.execute(
        put.on_conflict_do_update(
            index_elements=["municipality", "day", "digest"], set_={"counted": counts.c.counted + 1}
        ).returning(counts.c.digest, counts.c.counted)
    )
    over = sum(row.counted > allowed[bytes(row.digest)] for row in counted)
    if over:
        log.warning("no text to a number given", municipality=municipality, limits=over)
    return not over


async def forget(database: Database, now: datetime) -> None:
    """Forget what was counted on days that are over."""
    async with database.transaction() as connection:
        await connection.execute(delete(counts).where(counts.c.day < local_day(now)))


def source(secret: str, day: date, address: str) -> str:
    """The address somebody sits at, hashed with the day's salt; empty for one that is not the world's.

    The salt is made of a secret that is in no database, so nothing that is stored leads back to an address. Behind a
    proxy that is not trusted everybody would have the proxy's address: it is a private one, and nobody is counted.
    """
    try:
        host = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if not host.is_global:
        return ""
    if host.version == 6:  # whoever has one of these has the whole of its network
        host = ipaddress.ip_network((host, 64), strict=False).network_address
    salt = hmac.new(secret.encode(), f"addresses of {day}".encode(), hashlib.sha256).digest()
    return hmac.new(salt, host.packed, hashlib.sha256).hexdigest()[:32]
