"""The tables the migrations make are the tables the models describe."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, String
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel.sql.sqltypes import AutoString

from backend import app, postgres
from backend.database import driver_url, metadata


async def test_the_migrations_make_what_the_models_say(backend_database: postgres.Database) -> None:
    assert app.rooms()  # every room's models are known now

    def same_type(*of: object) -> bool | None:
        made, described = of[-2:]
        # Texts are made as text and described as varchar without a length: the same to PostgreSQL and to us.
        return False if isinstance(made, String) and isinstance(described, AutoString) else None

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": same_type})
        return list(compare_metadata(context, metadata))

    engine = create_async_engine(driver_url(backend_database.owner_url))
    async with engine.connect() as connection:
        found = await connection.run_sync(differences)
    await engine.dispose()
    assert found == []
