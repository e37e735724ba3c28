"""What ``imorgon check`` says of retention: by which rule what goes, what went lately, and what waits for somebody."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import func
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import col, select

from backend.calendar import day_in_sweden
from backend.cases.models import Case
from backend.municipalities import Municipality
from backend.retention import rules
from backend.retention.models import ErasedRows
from backend.settings import Tenant
from bot import keeping
from bot.database import DATABASE_ERRORS, driver_url
from bot.watching.findings import TIMEOUT, Finding

LATELY = timedelta(days=30)
_YEAR = timedelta(days=365.25)


def undecided() -> Finding:
    """How many tables nobody has decided about yet."""
    bot = sum(len(rule.tables) for rule in keeping.rules() if rule.erases == "none")
    cases = sum(len(rule.tables) for rule in rules.rules() if rule.erases == "none")
    where = "bot/kept.toml and backend/retention/kept.toml"
    return Finding(f"Retention: {bot} tables of the bot and {cases} of each backend have no rule yet ({where}).")


async def found(tenant: Tenant, *, demo: bool) -> list[Finding]:
    """How it is with one municipality."""
    where, now = f"Retention in {tenant.municipality.name}:", datetime.now(UTC)
    findings = [Finding(f"{where} {_rule(tenant.municipality, now, demo=demo)}.")]
    engine = create_async_engine(
        driver_url(tenant.database_url), hide_parameters=True, poolclass=NullPool, connect_args={"timeout": TIMEOUT}
    )
    act = rules.of("act")
    went = select(ErasedRows.of, func.sum(ErasedRows.rows)).where(col(ErasedRows.at) > now - LATELY)
    old = select(func.count()).select_from(Case).where(col(Case.closed_at) < now - (act.years or 0) * _YEAR)
    try:
        async with asyncio.timeout(TIMEOUT), engine.connect() as connection:
            gone = (await connection.execute(went.group_by(ErasedRows.of).order_by(ErasedRows.of))).all()
            waits = (await connection.execute(old)).scalar_one()
    except DATABASE_ERRORS:
        return findings  # that it does not answer, or has no tables, is told of itself
    finally:
        await engine.dispose()
    if gone:
        findings.append(Finding(f"{where} in 30 days {', '.join(f'{rows} of {of}' for of, rows in gone)} went."))
    if waits:
        words = f"cases closed more than {act.years} years ago: {waits}. Somebody looks at each ({act.law})"
        findings.append(Finding(f"{where} {words}; nothing here erases them."))
    return findings


def _rule(town: Municipality, now: datetime, *, demo: bool) -> str:
    """The municipality's rule as it stands today, in words."""
    today = day_in_sweden(now)
    decided = next((row for row in reversed(town.retention) if row.since <= today), None)
    if decided is None:
        return "no rule is decided, so nothing is erased"
    if town.retention_on(today, examples=demo) is None:
        return f"the rule of {decided.since} is {_STATUS[decided.status]}, so nothing is erased"
    days = {"answers": decided.answers_days, **{name: getattr(decided, setting) for name, setting in _by_rule()}}
    told = [f"{name} after {count} days" for name, count in days.items() if count is not None]
    alone = ", in the demo alone" if decided.status == "example" else ""
    return f"{', '.join(told) or 'nothing is erased'} ({decided.source}, from {decided.since}{alone})"


_STATUS: dict[str, str] = {"example": "an example", "not-verified": "not verified"}


def _by_rule() -> list[tuple[str, str]]:
    return [(rule.name, rule.setting) for rule in rules.rules() if rule.setting is not None]
