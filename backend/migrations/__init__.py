"""The backend's migrations, run for each municipality's database by its owner."""

import asyncio
import threading
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

from backend import audit
from backend.database import driver_url
from backend.retention import models as retention

_LOCK = 7206302
APPEND_ONLY = (audit.TABLE, retention.TABLE)
NEVER_CHANGED = (
    "application_answers",
    "application_parts",
    "calculations",
    "controls",
    "control_stands",
    "payment_days",
)
"""What the plain role adds and, when its time has come, removes, and never changes."""


def migrate(owner_url: str, app_role: str) -> None:
    """Bring a municipality's database to the newest schema and let the plain role ``app_role`` work in it.

    Safe to run again and from several processes at once: the second waits and finds nothing to do. The plain role
    reads and writes rows of every table, only adds to the access log and to the count of what was erased, and never
    changes what somebody attested, a version of a calculation, a control, the stand that was taken on one, or that the
    day of a payment was moved.
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


async def _migrate(url: str, app_role: str) -> None:
    engine = create_async_engine(url, hide_parameters=True)
    try:
        async with engine.begin() as connection:
            await connection.run_sync(_upgrade, app_role)
    finally:
        await engine.dispose()


def _upgrade(connection: Connection, app_role: str) -> None:
    connection.execute(text(f"select pg_advisory_xact_lock({_LOCK})"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    role = connection.dialect.identifier_preparer.quote_identifier(app_role)
    connection.execute(text(f"grant usage on schema public to {role}"))
    connection.execute(text(f"grant select, insert, update, delete on all tables in schema public to {role}"))
    connection.execute(text(f"grant usage, select on all sequences in schema public to {role}"))
    for table in APPEND_ONLY:
        connection.execute(text(f"revoke update, delete, truncate on {table} from {role}"))
    for table in NEVER_CHANGED:
        connection.execute(text(f"revoke update, truncate on {table} from {role}"))
    connection.execute(text(f"revoke insert, update, delete, truncate on alembic_version from {role}"))
