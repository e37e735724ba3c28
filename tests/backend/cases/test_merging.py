"""Two persons turn out to be one, and may turn out to be two again: nothing is lost, and who did it is written down."""

from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from backend import persons, tasks
from backend.audit import Access
from backend.cases import desk, merging
from backend.cases.models import Merge
from backend.contract import Merged, SamePerson
from backend.decisions import comments
from backend.decisions import service as decisions
from backend.errors import NotAllowed, TwoMeetings
from backend.notices import service as notices
from tests.backend.stories import JOHAN, MARIA, MONDAY, Applicant, Backend, application, at_once, books_a_meeting, meets


async def somebody(backend: Backend, words: str = "hej") -> Applicant:
    return await backend.trelleborg.asks_for_help(backend.clock(), words=words)


async def listed(backend: Backend) -> list[UUID]:
    async with backend.database().transaction() as session:
        return [row.person for row in (await desk.in_list(session, backend.clock))[0]]


async def same(backend: Backend, person: UUID) -> set[UUID]:
    async with backend.database().transaction() as session:
        return set(await persons.same(session, person))


async def told(backend: Backend) -> list[tuple[str, UUID, UUID]]:
    async with backend.database().transaction() as session:
        feed = await notices.feed(session, None, 0, 100)
    bodies = [(one.kind, Merged.model_validate(one.body)) for one in feed.notices if one.kind.body is Merged]
    return [(str(kind), body.person, body.into) for kind, body in bodies]


async def test_staff_find_that_two_are_one_and_the_list_shows_one(backend: Backend) -> None:
    one, other = await somebody(backend, "från telefonen"), await somebody(backend, "från datorn")
    async with backend.database().transaction() as session:
        await merging.merge(session, backend.clock, MARIA, other.person, one.person)
    assert await listed(backend) == [one.person]
    async with backend.database().transaction() as session:
        file = await desk.open_case(session, backend.clock, MARIA, one.person, "follow-up")
    assert {call.words for call in file.calls} == {"från telefonen", "från datorn"}
    assert await told(backend) == [("persons-merged", other.person, one.person)]


async def test_two_who_are_one_have_one_clock_and_one_decision(backend: Backend) -> None:
    one, other = await somebody(backend, "från telefonen"), await somebody(backend, "från datorn")
    backend.clock.advance(minutes=1)
    await meets(backend, other)
    async with backend.database().transaction() as session:
        due = (await desk.open_case(session, backend.clock, MARIA, other.person, "follow-up")).decide_by
        await merging.merge(session, backend.clock, MARIA, other.person, one.person)
    assert due is not None
    backend.clock.advance(hours=2)
    async with backend.database().transaction() as session:
        file = await desk.open_case(session, backend.clock, MARIA, one.person, "follow-up")
        assert file.decide_by == due
        assert await desk.mark_complete(session, backend.clock, MARIA, one.person) == due  # it is not put off
        draft = decisions.Draft("bifall", date(2026, 12, 1), kronor=7485)
        await decisions.sign(session, backend.clock, MARIA, one.person, draft)
    async with backend.database().transaction() as session:
        assert [task.kind for task in await tasks.waiting(session, one.person) if task.kind == "decide"] == []


async def test_a_clock_that_stood_still_for_one_stands_still_for_both(backend: Backend) -> None:
    one, other = await somebody(backend, "från telefonen"), await somebody(backend, "från datorn")
    async with backend.database().transaction() as session:
        await desk.open_case(session, backend.clock, MARIA, other.person, "follow-up")
        await desk.ask_for_papers(session, backend.clock, MARIA, other.person, ["lease"])
        await merging.merge(session, backend.clock, MARIA, other.person, one.person)
        file = await desk.open_case(session, backend.clock, MARIA, one.person, "follow-up")
    assert file.paused_at == backend.clock()


async def test_what_was_decided_of_one_is_not_read_by_the_other_when_they_are_two_again(backend: Backend) -> None:
    one, other = await somebody(backend, "från telefonen"), await somebody(backend, "från datorn")
    async with backend.database().transaction() as session:
        await merging.merge(session, backend.clock, MARIA, other.person, one.person)
    backend.clock.advance(minutes=1)
    assert (await backend.trelleborg.put(f"applications/{uuid4()}", application(other, backend.clock()))).is_success
    await meets(backend, one)
    backend.clock.advance(minutes=1)
    until = date(2026, 12, 4)
    async with backend.database().transaction() as session:
        asked = await comments.ask(session, backend.clock, MARIA, one.person, "Något.", until=until)
        await comments.answered(session, backend.clock, MARIA, asked, "telephone", words="Nej.")
        draft = decisions.Draft("bifall", date(2026, 12, 1), kronor=7485)
        decision = await decisions.sign(session, backend.clock, MARIA, one.person, draft)
    async with backend.database().transaction() as session:
        assert [text.id for text in await decisions.all_texts(session, one.person)] == [decision]
        (standing,) = await merging.standing(session, one.person)
        await merging.part(session, backend.clock, MARIA, standing.id)
    async with backend.database().transaction() as session:
        for person, read in ((one.person, []), (other.person, [decision])):
            assert [text.id for text in await decisions.all_texts(session, person)] == read
            assert len(await comments.all_own(session, person)) == len(read)


async def test_it_can_be_undone_and_everything_is_back(backend: Backend) -> None:
    one, other = await somebody(backend, "från telefonen"), await somebody(backend, "från datorn")
    async with backend.database().transaction() as session:
        await merging.merge(session, backend.clock, MARIA, other.person, one.person)
    async with backend.database().transaction() as session:
        (standing,) = await merging.standing(session, one.person)
        assert standing.by_name == MARIA.name
        await merging.part(session, backend.clock, MARIA, standing.id)
    assert set(await listed(backend)) == {one.person, other.person}
    assert await same(backend, one.person) == {one.person}
    async with backend.database().transaction() as session:
        assert await merging.standing(session, one.person) == ()
        file = await desk.open_case(session, backend.clock, MARIA, other.person, "follow-up")
        (row,) = (await session.exec(select(Merge))).all()
    assert [call.words for call in file.calls] == ["från datorn"]
    assert (row.by_name, row.undone_by_name) == (MARIA.name, MARIA.name)
    assert [kind for kind, *_ in await told(backend)] == ["persons-merged", "persons-parted"]


async def test_both_openings_stand_in_the_log_of_each(backend: Backend) -> None:
    one, other = await somebody(backend), await somebody(backend)
    async with backend.database().transaction() as session:
        await merging.merge(session, backend.clock, MARIA, other.person, one.person)
        rows = (await session.exec(select(Access).order_by(col(Access.number)))).all()
    assert [(row.person, row.what, row.reader_name) for row in rows] == [
        (one.person, "merged", MARIA.name),
        (other.person, "merged", MARIA.name),
    ]


async def test_two_who_both_have_a_meeting_are_not_made_one(backend: Backend) -> None:
    one, other = await somebody(backend), await somebody(backend)
    for applicant in (one, other):
        await books_a_meeting(backend, applicant)
    with pytest.raises(TwoMeetings):
        async with backend.database().transaction() as session:
            await merging.merge(session, backend.clock, MARIA, other.person, one.person)
    assert await same(backend, one.person) == {one.person}
    assert await told(backend) == []


async def test_customer_service_makes_nobody_one(backend: Backend) -> None:
    one, other = await somebody(backend), await somebody(backend)
    with pytest.raises(NotAllowed):
        async with backend.database().transaction() as session:
            await merging.merge(session, backend.clock, JOHAN, other.person, one.person)
    assert await same(backend, one.person) == {one.person}


async def test_who_shows_it_with_a_code_is_one_from_then_on_however_often_it_is_told(backend: Backend) -> None:
    one, other = await somebody(backend), await somebody(backend)
    key, call = uuid4(), SamePerson(person=other.person, into=one.person, at=MONDAY)
    for _ in range(2):
        assert (await backend.trelleborg.put(f"same-persons/{key}", call)).status_code == 204
    assert await listed(backend) == [one.person]
    async with backend.database().transaction() as session:
        (standing,) = await merging.standing(session, one.person)
    assert standing.by_name == ""
    assert await told(backend) == [], "the bot knows it already"


async def test_it_does_not_matter_whether_her_call_for_help_comes_before_or_after(backend: Backend) -> None:
    one, late = await somebody(backend), uuid4()
    call = SamePerson(person=late, into=one.person, at=MONDAY)
    assert (await backend.trelleborg.put(f"same-persons/{uuid4()}", call)).status_code == 204
    await backend.trelleborg.asks_for_help(person=late)
    assert await listed(backend) == [one.person]


async def test_two_merged_into_each_other_at_once_are_one_and_not_nobody(backend: Backend) -> None:
    one, other = await somebody(backend), await somebody(backend)

    async def merge(duplicate: UUID, into: UUID) -> None:
        async with backend.database().transaction() as session:
            await merging.merge(session, backend.clock, MARIA, duplicate, into)

    await at_once(merge(one.person, other.person), merge(other.person, one.person))
    assert await same(backend, one.person) == {one.person, other.person}
    assert len(await listed(backend)) == 1
