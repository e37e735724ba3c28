"""The bot's tables: as the migrations make them, owned by another role, every row with its municipality."""

import pytest
from alembic import command
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from backend import postgres
from bot.database import Database
from bot.migrations import config, migrate
from bot.tables import metadata
from tests.bot.house import ENVELOPE_KEY, House


async def test_the_migrations_make_exactly_the_tables(bot_database: postgres.Database) -> None:
    engine = create_async_engine(bot_database.owner_url, poolclass=NullPool)

    def check(connection: Connection) -> None:
        command.check(config(connection))

    async with engine.begin() as connection:
        await connection.run_sync(check)
    await engine.dispose()


async def test_migrating_again_changes_nothing(bot_database: postgres.Database) -> None:
    migrate(bot_database.owner_url, bot_database.app_role)


def test_every_row_carries_its_municipality() -> None:
    without = {name for name, table in metadata.tables.items() if "municipality" not in table.c}
    # One row, or one for each loop, for the whole installation: they are about us, not about anybody.
    assert without == {"sending", "heartbeats", "troubles"}


async def test_the_bot_works_as_a_role_that_owns_nothing(house: House) -> None:
    owned = await house.rows(
        "select tablename from pg_tables where schemaname = 'public' and tableowner = current_user"
    )
    assert owned == []
    for forbidden in ("drop table entries", "truncate provider_ids", "update provider_ids set municipality = ''"):
        with pytest.raises(DBAPIError):
            await house.change(forbidden)


async def test_an_error_of_the_database_carries_no_values(house: House) -> None:
    insert = "insert into data_keys (municipality, number, wrapped) values (:town, 1, :key)"
    values = {"town": "exempelstad", "key": b"hemligt"}
    await house.change(insert, **values)
    with pytest.raises(DBAPIError) as error:
        await house.change(insert, **values)
    shown = f"{error.value!r} {error.value} {error.value.__cause__!r} {error.value.orig!r}"
    assert "exempelstad" not in shown
    assert "hemligt" not in shown
    assert "23505" in shown


async def test_another_envelope_key_opens_nothing(bot_database: postgres.Database, house: House) -> None:
    await house.engine.codec("trelleborg")
    other = Database(bot_database.app_url, ENVELOPE_KEY.encode()[:32])
    with pytest.raises(Exception, match="IMORGON_ENVELOPE_KEY"):
        await other.codec("trelleborg")
    await other.close()
