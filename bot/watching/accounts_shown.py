"""What ``imorgon check`` says of service accounts: when each last called, and of two tokens which are still shown."""

import asyncio
from datetime import UTC

from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import col, select

from backend.casesystem.accounts import mark
from backend.casesystem.models import ServiceCall
from backend.settings import Tenant
from backend.wire import token_digest
from bot.database import DATABASE_ERRORS, driver_url
from bot.watching.findings import TIMEOUT


async def words(tenant: Tenant) -> list[str]:
    """A line for each account that has called, or has two tokens."""
    if not tenant.service_tokens:
        return []
    seen, told = await _seen(tenant), []
    for account in tenant.municipality.service_accounts:
        tokens = tenant.service_tokens.get(account.slug, ())
        shown = [seen.get(mark(token_digest(token)), "never") for token in tokens]
        if len(shown) > 1:
            told.append(f"{account.name} showed its new token {shown[0]}, and the old one {shown[1]}.")
        elif shown and shown[0] != "never":
            told.append(f"{account.name} called {shown[0]}.")
    return told


async def _seen(tenant: Tenant) -> dict[bytes, str]:
    """When each token was last shown, in words."""
    engine = create_async_engine(driver_url(tenant.database_url), hide_parameters=True, poolclass=NullPool)
    try:
        async with asyncio.timeout(TIMEOUT), engine.connect() as connection:
            rows = (await connection.execute(select(col(ServiceCall.token), col(ServiceCall.at)))).all()
    except DATABASE_ERRORS:
        return {}  # that it does not answer is said where it is asked first
    finally:
        await engine.dispose()
    return {token: f"last {at.astimezone(UTC):%Y-%m-%d %H:%M} UTC" for token, at in rows}
