"""A municipality's database: errors without values, a plain role, an access log that is only added to."""

import traceback
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlmodel import select

from backend import access, postgres
from backend.codec import CannotOpen, envelope_key
from backend.database import Database
from backend.errors import ReasonNeeded
from backend.migrations import migrate
from backend.municipalities import found
from backend.persons import Person, meet
from tests.backend.stories import ENVELOPE_KEY, MARIA, MONDAY, PERSON_NUMBER, Backend


async def test_an_error_of_the_database_names_no_value(backend: Backend) -> None:
    database = backend.database()
    person = uuid4()

    async def meet_twice() -> None:
        async with database.transaction() as session:
            session.add(Person(id=person, language=PERSON_NUMBER, met_at=MONDAY))
            await session.flush()
            session.expunge_all()
            session.add(Person(id=person, language=PERSON_NUMBER, met_at=MONDAY))

    with pytest.raises(IntegrityError) as duplicate:
        await meet_twice()
    with pytest.raises(DBAPIError) as wrong:
        async with database.transaction() as session:
            session.add(Person(id=person, language=PERSON_NUMBER, met_at=MONDAY, merged_into=person))
    for raised in (duplicate, wrong):
        told = "".join(traceback.format_exception(raised.value))
        assert PERSON_NUMBER not in told
        assert str(person) not in told
        assert "sqlstate=23" in str(raised.value)


async def test_the_plain_role_only_adds_to_the_access_log(backend: Backend) -> None:
    async with backend.database().transaction() as session:
        person = (await meet(session, uuid4(), MONDAY)).id
        await access.enter(session, backend.clock, MARIA, person, "case", reason="supervision")
    for statement in (
        "update access_log set why = ''",
        "delete from access_log",
        "truncate access_log",
        "drop table access_log",
        "insert into alembic_version values ('9999')",
    ):
        with pytest.raises(ProgrammingError, match="42501"):
            async with backend.database().transaction() as session:
                await (await session.connection()).execute(text(statement))


async def test_another_municipalitys_database_does_not_open(backend_database: postgres.Database) -> None:
    envelope = envelope_key(ENVELOPE_KEY)
    trelleborg = Database(backend_database.app_url, found()["trelleborg"], envelope)
    async with trelleborg.transaction():
        pass
    mixed_up = Database(backend_database.app_url, found()["svedala"], envelope)
    with pytest.raises(CannotOpen, match="another municipality's database"):
        async with mixed_up.transaction():
            pass
    assert not await mixed_up.ready()
    await trelleborg.close()
    await mixed_up.close()


async def test_the_envelope_key_may_be_changed(backend_database: postgres.Database) -> None:
    """With both keys given once, what was written before is read, and from then on with the new one alone."""
    old, new, town = envelope_key(ENVELOPE_KEY), b"n" * 32, found()["trelleborg"]
    person, sealed = uuid4(), b""
    for given, before in ((old, None), (new, old), (new, None)):
        database = Database(backend_database.app_url, town, given, old_envelope=before)
        async with database.transaction():
            sealed = sealed or database.codec.encrypt("Sara", table="persons", column="first_name", row=person)
            assert database.codec.decrypt(sealed, table="persons", column="first_name", row=person) == "Sara"
        await database.close()
    too_late = Database(backend_database.app_url, town, old)
    assert not await too_late.ready()
    await too_late.close()


async def test_migrating_again_changes_nothing_and_keeps_the_rows(backend_database: postgres.Database) -> None:
    database = Database(backend_database.app_url, found()["svedala"], envelope_key(ENVELOPE_KEY))
    person = uuid4()
    async with database.transaction() as session:
        await meet(session, person, MONDAY)
    migrate(backend_database.owner_url, backend_database.app_url.split("//")[1].split("@")[0])
    async with database.transaction() as session:
        assert (await session.exec(select(Person.id))).one() == person
    await database.close()


async def test_what_is_done_even_if_undone_is_done_once(backend: Backend) -> None:
    async with backend.database().transaction() as session:
        person = (await meet(session, uuid4(), MONDAY)).id
    with pytest.raises(ReasonNeeded):
        async with backend.database().transaction() as session:
            await access.enter(session, backend.clock, MARIA, person, "case")
    async with backend.database().transaction() as session:
        with pytest.raises(ReasonNeeded):
            await access.enter(session, backend.clock, MARIA, person, "case")
    async with backend.database().transaction() as session:
        assert [(row.allowed, row.what) for row in await access.log_of(session, person)] == [(False, "case")] * 2
