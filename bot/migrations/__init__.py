"""The bot's tables, made and changed step by step by the owner, who is not the role the bot works as."""

import asyncio
import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from bot.database import driver_url

_LOCK = 7206303


def migrate(owner_url: str, app_role: str) -> None:
    """Bring the bot's database to the newest schema and let the plain role ``app_role`` work in it.

    Safe to run again and from several processes at once: the second waits and finds nothing to do.
    """
    # A thread of its own, so that it may be called where an event loop already runs.
    failed: list[BaseException] = []

    def run() -> None:
        try:
            asyncio.run(_migrate(driver_url(owner_url), app_role))
        except BaseException as error:  # noqa: BLE001  # raised again in the caller's thread
            failed.append(error)

    thread = threading.Thread(target=run, name="migrate")
    thread.start()
    thread.join()
    if failed:
        raise failed[0]


def config(connection: Connection) -> Config:
    """Alembic's configuration, on a connection of ours instead of an ini file."""
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    made.attributes["connection"] = connection
    return made


async def _migrate(url: str, app_role: str) -> None:
    engine = create_async_engine(url, hide_parameters=True, poolclass=NullPool)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, app_role)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, app_role: str) -> None:
    connection.execute(text(f"select pg_advisory_xact_lock({_LOCK})"))
    command.upgrade(config(connection), "head")
    role = connection.dialect.identifier_preparer.quote_identifier(app_role)
    connection.execute(text(f"grant usage on schema public to {role}"))
    connection.execute(text(f"grant select, insert, update, delete on all tables in schema public to {role}"))
    connection.execute(text(f"grant usage, select on all sequences in schema public to {role}"))
    # The hashes of what came in are kept for good: a recorded request may be sent again in ten years.
    connection.execute(text(f"revoke update, truncate on provider_ids from {role}"))
    connection.execute(text(f"revoke insert, update, delete, truncate on alembic_version from {role}"))
