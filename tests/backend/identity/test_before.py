"""What people had shown before there was a ladder counts on it."""

from importlib import import_module
from pkgutil import iter_modules

from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import Connection, delete

from backend.cases import merging
from backend.identity.models import TrustStep
from backend.ladder import Level
from backend.migrations import versions
from tests.backend.identity.test_trust import answers, shows_id, stands, types_a_code
from tests.backend.stories import MARIA, Backend, meets


def as_the_migration_does(connection: Connection) -> None:
    (name,) = (found.name for found in iter_modules(versions.__path__) if found.name.endswith("_identity"))
    migration = import_module(f"{versions.__name__}.{name}")
    with Operations.context(MigrationContext.configure(connection)):
        migration._what_was_shown_before()


async def test_telephones_codes_and_identities_count_and_those_of_two_who_became_one_do_not(backend: Backend) -> None:
    reached, coded, seen, one, other = [await backend.trelleborg.asks_for_help() for _ in range(5)]
    await answers(backend, reached)
    await types_a_code(backend, coded)
    await meets(backend, seen)
    await meets(backend, one)
    await shows_id(backend, other)
    async with backend.database().transaction() as session:
        await merging.merge(session, backend.clock, MARIA, other.person, one.person)
    async with backend.database().transaction() as session:
        await session.exec(delete(TrustStep))
        await (await session.connection()).run_sync(as_the_migration_does)
    standing = [await stands(backend, somebody.person) for somebody in (reached, coded, seen, one, other)]
    assert standing == [Level.REACHED, Level.CODE, Level.SEEN, Level.NOBODY, Level.NOBODY]
