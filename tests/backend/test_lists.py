"""Lists stay quick: as many questions to the database for ten people as for one, and merged people are one line."""

from uuid import uuid4

from sqlalchemy import event

from backend import persons
from backend.cases import desk as cases
from backend.handover import desk as inbox
from tests.backend.handover.test_threads import hand_over
from tests.backend.stories import Applicant, Backend, application, books_a_meeting


async def somebody(backend: Backend) -> Applicant:
    applicant = await backend.trelleborg.asks_for_help()
    await hand_over(backend, applicant, "asked")
    await backend.trelleborg.put(f"applications/{uuid4()}", application(applicant))
    return applicant


async def questions(backend: Backend) -> list[int]:
    """How many statements each list takes."""
    asked: list[str] = []
    engine = backend.database()._engine.sync_engine
    counts = []

    def count(*what: object) -> None:
        asked.append(str(what[2]))

    event.listen(engine, "before_cursor_execute", count)
    for list_of in (
        inbox.queue,
        inbox.promised,
        cases.in_list,
        lambda session, _: inbox.threads(session),
    ):
        asked.clear()
        async with backend.database().transaction() as session:
            assert await list_of(session, backend.clock)
        counts.append(len(asked))
    event.remove(engine, "before_cursor_execute", count)
    return counts


async def test_a_list_of_ten_takes_no_more_questions_than_a_list_of_one(backend: Backend) -> None:
    await somebody(backend)
    of_one = await questions(backend)
    for _ in range(9):
        await somebody(backend)
    assert await questions(backend) == of_one


async def test_merged_people_are_listed_as_one(backend: Backend) -> None:
    one, other = await somebody(backend), await somebody(backend)
    await books_a_meeting(backend, one)
    async with backend.database().transaction() as session:
        await persons.rename(session, other.person, "Amal")
        await persons.merge(session, one.person, other.person)
    async with backend.database().transaction() as session:
        assert {(row.person, row.name) for row in await inbox.queue(session, backend.clock)} == {(other.person, "Amal")}
        assert {row.person for row in await inbox.promised(session, backend.clock)} == {other.person}
        assert {row.person for row in await inbox.threads(session)} == {other.person}
        listed, _ = await cases.in_list(session, backend.clock)
        assert {(row.person, row.step, row.next_meeting is not None) for row in listed} == {(other.person, "3", True)}
        assert await persons.groups(session, [one.person, uuid4()]) == {
            one.person: other.person,
            other.person: other.person,
        }


async def test_the_cases_are_read_a_page_at_a_time(backend: Backend) -> None:
    for _ in range(3):
        await somebody(backend)
    async with backend.database().transaction() as session:
        first, more = await cases.in_list(session, backend.clock, limit=2)
        rest, none = await cases.in_list(session, backend.clock, start=2, limit=2)
        assert (len(first), more, len(rest), none) == (2, True, 1, False)
        assert len({row.person for row in (*first, *rest)}) == 3
        assert await cases.of_people(session, backend.clock, [rest[0].person]) == rest
