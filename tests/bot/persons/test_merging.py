"""Persons merged and parted in the bot: threads, runs and what is on its way follow, and go back."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from backend.contract import Merged, Moved, NoticeKind, PlannedActivity, PlanningWeek
from bot.messages import Person
from bot.persons.merging import taken_by
from bot.persons.said import with_person
from bot.turning import threads
from tests.bot.arriving.test_going_on import code_for, house, person_of, said_in, thread_of, writes  # noqa: F401  # a fixture
from tests.bot.house import OMAR, SARA, TOWN, House

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by


async def both(house: House) -> tuple[UUID, UUID]:
    """Sara by SMS with the form before her, and somebody on a page who has come less far."""
    for words in ("hej, behöver hjälp", "2", "1"):
        await writes(house, words, "sms", SARA)
    await house.work()  # which application it is has been looked up
    await writes(house, "hej, behöver hjälp")
    return await person_of(house, "sms", SARA), await person_of(house)


async def staff_say(house: House, kind: NoticeKind, person: UUID, into: UUID) -> None:
    house.office.tells(kind, into, Merged(person=person, into=into))
    await house.work()


@pytest.mark.parametrize("into_sms", [True, False])
async def test_two_become_one_and_two_again_with_everything_where_it_was(house: House, into_sms: bool) -> None:
    sara, page = await both(house)
    person, into = (page, sara) if into_sms else (sara, page)
    before = [await threads.state(house.engine, await thread_of(house, *at)) for at in (("sms", SARA), ("web",))]

    await staff_say(house, NoticeKind.PERSONS_MERGED, person, into)
    assert {await person_of(house, "sms", SARA), await person_of(house)} == {into}
    merged = await threads.state(house.engine, await thread_of(house, "sms", SARA))
    assert merged.thread.open == before[0].thread.open
    assert merged.run == before[0].run
    lines = len(await said_in(house, "sms", SARA))
    await writes(house, "1", "sms", SARA)  # the form goes on, whoever she is
    assert len(await said_in(house, "sms", SARA)) > lines + 1

    answered = (await threads.state(house.engine, await thread_of(house, "sms", SARA))).run
    await staff_say(house, NoticeKind.PERSONS_PARTED, person, into)
    after = [await threads.state(house.engine, await thread_of(house, *at)) for at in (("sms", SARA), ("web",))]
    assert [one.person for one in after] == [one.person for one in before]
    assert after[0].run == answered
    links = await house.rows(
        "select c.channel, l.person from contact_links l join contact_points c on c.id = l.contact_point"
        " where l.until is null"
    )
    assert {(link.channel, link.person) for link in links} == {("sms", sara), ("web", page)}


async def test_who_was_told_of_as_the_same_reads_all_that_was_said_and_parted_her_own(house: House) -> None:
    sara, page = await both(house)
    apart = [len(await with_person(house.engine, TOWN, one)) for one in (sara, page)]
    await staff_say(house, NoticeKind.PERSONS_MERGED, page, sara)
    assert len(await with_person(house.engine, TOWN, sara)) == sum(apart)
    await staff_say(house, NoticeKind.PERSONS_PARTED, page, sara)
    assert [len(await with_person(house.engine, TOWN, one)) for one in (sara, page)] == apart


async def test_who_rings_only_is_asked_nothing_when_two_are_parted_either(house: House) -> None:
    sara, page = await both(house)
    await staff_say(house, NoticeKind.PERSONS_MERGED, page, sara)
    await writes(house, "jag har skyddad identitet")
    await staff_say(house, NoticeKind.PERSONS_PARTED, page, sara)
    for at in (("sms", SARA), ("web",)):
        state = await threads.state(house.engine, await thread_of(house, *at))
        assert state.person.only_rings is not None


async def test_told_twice_it_is_done_once(house: House) -> None:
    sara, page = await both(house)
    for _ in range(2):
        await staff_say(house, NoticeKind.PERSONS_MERGED, page, sara)
    assert len(await house.rows("select 1 from merges")) == 1
    for _ in range(2):
        await staff_say(house, NoticeKind.PERSONS_PARTED, page, sara)
    assert await person_of(house) == page
    assert [row.state for row in await house.rows("select state from inbox where kind = 'noticed'")] == ["done"] * 4


async def test_nothing_is_written_to_anybody_about_it(house: House) -> None:
    sara, page = await both(house)
    before = await said_in(house, "sms", SARA), await said_in(house)
    await staff_say(house, NoticeKind.PERSONS_MERGED, page, sara)
    await staff_say(house, NoticeKind.PERSONS_PARTED, page, sara)
    assert (await said_in(house, "sms", SARA), await said_in(house)) == before


async def test_what_is_on_its_way_arrives_and_answers_come_back_where_they_are_waited_for(house: House) -> None:
    """A text that has not left, a call that has not been answered, and a message that came in just before."""
    await house.engine.policy(TOWN)
    house.office.away = True
    await writes(house, "hej, behöver hjälp", "sms", SARA)
    await writes(house, "1", "sms", SARA)
    await writes(house, "hej, behöver hjälp", "sms", OMAR)
    sara, omar = await person_of(house, "sms", SARA), await person_of(house, "sms", OMAR)
    assert await house.rows("select 1 from outbox where state = 'pending'")
    waits = await threads.state(house.engine, await thread_of(house, "sms", SARA))
    assert len(waits.thread.awaited) == 1
    house.office.tells(NoticeKind.PERSONS_MERGED, omar, Merged(person=sara, into=omar))
    await house.work()
    house.office.away = False
    await house.change("update calls set next_try_at = now()")
    await house.work()
    assert await person_of(house, "sms", SARA) == omar
    state = await threads.state(house.engine, await thread_of(house, "sms", SARA))
    assert state.thread.awaited == ()
    assert "Jag hittar ingen ledig tid" in (await said_in(house, "sms", SARA))[-1]
    assert not await house.rows("select 1 from outbox where state in ('pending', 'sending', 'unknown')")
    sent = {person: [text.body for text in house.twilio.sent_to(person)] for person in (SARA, OMAR)}
    assert len(sent[SARA]) > len(sent[OMAR]) >= 1
    persons = await house.rows(
        "select distinct person from entries where thread = :t", t=await thread_of(house, "sms", SARA)
    )
    assert {row.person for row in persons} == {sara, omar}, "each line stays whose it was when it was written"


async def test_who_was_helped_before_the_code_is_told_of_as_the_same(house: House) -> None:
    await writes(house, "hej, behöver hjälp")
    await writes(house, "hallo, hjälp mig", "sms", OMAR)
    was, hers = await person_of(house, "sms", OMAR), await person_of(house)
    await writes(house, await code_for(house), "sms", OMAR)
    await house.work()
    (told,) = house.office.told("same-persons/")
    assert (told["person"], told["into"]) == (str(was), str(hers))
    await staff_say(house, NoticeKind.PERSONS_PARTED, was, hers)
    assert (await person_of(house, "sms", OMAR), await person_of(house)) == (was, hers)
    assert (await house.rows("select municipality from merges where undone_at is not null"))[0].municipality == TOWN


def test_who_is_helped_here_is_not_sent_elsewhere_by_turning_out_to_be_who_was() -> None:
    there = Moved(thread=None, name="Svedala kommun", telephone="070-174 06 91")
    assert "moved" not in taken_by(Person(uuid4(), helped=True), Person(uuid4(), helped=True, moved=there))


async def test_who_was_taken_over_and_is_helped_here_as_who_she_also_is_is_sent_nowhere(house: House) -> None:
    sara, page = await both(house)
    there = Moved(thread=None, name="Svedala kommun", telephone="070-174 06 91")
    house.office.tells(NoticeKind.MOVED, page, there)
    await house.work()
    await staff_say(house, NoticeKind.PERSONS_MERGED, sara, page)
    await writes(house, "hej")
    assert "Svedala" not in (await said_in(house))[-1]
    await staff_say(house, NoticeKind.PERSONS_PARTED, sara, page)
    apart = [await threads.state(house.engine, await thread_of(house, *at)) for at in (("sms", SARA), ("web",))]
    assert [one.person.moved for one in apart] == [None, there], "each as she was"


def test_the_week_that_is_kept_is_the_one_to_come() -> None:
    start = datetime(2026, 12, 7, 12, tzinfo=UTC)

    def week(start: datetime) -> PlanningWeek:
        one = PlannedActivity(
            id=uuid4(), kind="cv", start=start, end=start + timedelta(hours=2), place="Exempelgatan 4"
        )
        return PlanningWeek(week=uuid4(), activities=(one,))

    stale, live = Person(uuid4(), week=week(start - timedelta(days=60))), Person(uuid4(), week=week(start))
    assert "week" in taken_by(stale, live)
    assert "week" not in taken_by(live, stale)
