"""What many who leave together must not do to each other: fail for another's sake, leave twice, take all the places."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.exc import OperationalError

from backend import postgres
from bot.leaving import outbox, quick_claim, quick_settle
from bot.leaving.quick_settle import Left
from bot.leaving.sending import RANKS
from bot.messages import Went
from bot.stories.twilio import Twilio
from bot.worker import FOR_REPLIES, OF_A_CHANNEL, QUICK, WHILE_QUICK, UnderWay
from tests.bot.conftest import opened
from tests.bot.house import House, Office, Parrot, numbers_of
from tests.bot.leaving.test_quick_sending import MANY, SENT, candidates, claimed, they_are_asked, they_write, thread_of

MEETING = uuid4()

# --- One that cannot be read ------------------------------------------------------------------------------------------


async def test_one_whose_thread_cannot_be_opened_is_taken_alone_and_the_others_together(house: House) -> None:
    await they_write(house, MANY[:3])
    found = await candidates(house)
    await house.change("update threads set state = 'x' where id = :id", id=found[1].row.thread)
    took = await quick_claim.claim(house.engine, found)
    assert [one is not None and one.claimed is not None for one in took] == [True, False, True]
    assert took[1] is None
    assert await house.states() == ["sending", "pending", "sending"]


async def test_one_whose_person_cannot_be_opened_is_settled_alone_and_the_others_together(house: House) -> None:
    await they_write(house, MANY[:3])
    await house.work()
    await they_are_asked(house, *MANY[:3])
    ours = await claimed(house)
    person = ours[1].thread.person
    await house.change("update persons set state = 'x' where id = :id", id=person)
    assert await quick_settle.settle(house.engine, [Left(one, SENT) for one in ours]) == [True, None, True]
    assert len(house.parrot.events(Went)) == 2


async def test_where_one_cannot_be_opened_the_others_are_sent_and_it_waits(house: House, twilio: Twilio) -> None:
    await they_write(house)
    broken = await thread_of(house, MANY[4])
    await house.change("update threads set state = 'x' where id = :id", id=broken)
    async with house.working():
        await twilio.wait_for(lambda: len(twilio.texts) == len(MANY) - 1)
    assert {sent.to for sent in twilio.texts} == {*MANY} - {MANY[4]}
    [row] = await house.rows("select state, attempts from outbox where thread = :id", id=broken)
    assert (row.state, row.attempts) == ("pending", 0)


async def test_when_a_write_for_all_fails_each_is_written_alone(
    house: House, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: Any) -> Any:
        raise OperationalError("", {}, Exception())

    monkeypatch.setattr(quick_claim, "_write", fails)
    monkeypatch.setattr(quick_settle, "_write", fails)
    await they_write(house)
    async with house.working():
        await twilio.wait_for(lambda: len(twilio.texts) == len(MANY))
    assert Counter(sent.to for sent in twilio.texts) == Counter(MANY)
    assert set(await house.states()) <= {"sent", "delivered"}


async def test_all_who_leave_together_cost_as_many_round_trips_as_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await they_write(house)
    await house.work()
    asked, at_once = Counter[str](), house.engine.database.at_once

    async def counted(statement: str, *values: Any) -> Any:
        asked[statement] += 1
        return await at_once(statement, *values)

    await they_are_asked(house, *MANY)
    monkeypatch.setattr(house.engine.database, "at_once", counted)
    settled = await quick_settle.settle(house.engine, [Left(one, SENT) for one in await claimed(house)])
    assert settled == [True] * len(MANY)
    assert sorted(asked.values()) == [1] * 5  # read, tokens and write; read and write


# --- Whether they still hold ------------------------------------------------------------------------------------------


async def they_are_reminded(house: House) -> None:
    """Everybody is answered, then reminded; back when nothing waits any more."""
    await they_are_asked(house, *MANY, reference=MEETING)
    async with house.working():
        async with asyncio.timeout(20):
            while {"pending", "sending"} & {*await house.states()}:  # noqa: ASYNC110  # it is in the database
                await asyncio.sleep(0.05)


async def test_the_backend_is_asked_once_of_those_that_leave_together(house: House, twilio: Twilio) -> None:
    truths = iter([True, False] * len(MANY))
    house.office.answers["still-true"] = lambda _: {"true": next(truths)}
    await they_are_reminded(house)
    asked = house.office.told("still-true")
    assert len(asked) < len(MANY) / 2
    assert sum(len(body.get("queries", [body])) for body in asked) == len(MANY)
    assert len(twilio.texts) == len(MANY) / 2
    assert Counter(row.reason for row in await house.rows("select reason from outbox where reason is not null")) == {
        "untrue": len(MANY) / 2
    }


@pytest.mark.parametrize("spoilt", [{"true": [True]}, {"title": "Not Found"}], ids=["too short", "no answer"])
async def test_where_the_backend_cannot_say_of_all_it_is_asked_of_each(
    house: House, twilio: Twilio, spoilt: dict[str, Any]
) -> None:
    house.office.all_at_once = spoilt
    await they_are_reminded(house)
    assert len([body for body in house.office.told("still-true") if "queries" not in body]) == len(MANY)
    assert Counter(sent.to for sent in twilio.texts) == Counter(MANY)


async def test_where_the_backend_is_away_nobody_is_asked_about_twice(house: House) -> None:
    await they_are_asked(house, *MANY[:3], reference=MEETING, deadline=house.clock.now + timedelta(hours=2))
    house.office.status = 503
    rows = [one.row for one in await candidates(house)]
    await asyncio.gather(*(outbox.send(house.engine, row, set()) for row in rows))
    assert [len(body["queries"]) for body in house.office.told("still-true")] == [3]
    assert await house.states() == ["pending"] * 3
    [waits] = await house.rows("select min(next_try_at) > now() as waits from outbox")
    assert waits.waits


# --- A death, and another worker --------------------------------------------------------------------------------------


async def test_dead_in_the_middle_of_many_what_went_is_found_and_what_did_not_goes_once(
    house: House, twilio: Twilio
) -> None:
    """All were taken, half were with the provider, nothing was written down."""
    await they_write(house)
    ours = await claimed(house)
    twilio.receipts = ()
    for one in ours[: len(ours) // 2]:
        await outbox._carry(house.engine.channels["sms"], one.letter)
    await house.change("update outbox set lease_until = now() - interval '1 second'")
    await house.work()
    assert await house.states() == ["unknown"] * len(MANY)
    await house.change("update outbox set next_try_at = now()")
    await house.work()
    assert Counter(await house.states()) == {"sent": len(MANY) // 2, "unknown": len(MANY) // 2}
    for text in twilio.texts:
        text.created -= timedelta(minutes=16)
    await house.change("update outbox set next_try_at = now(), tried_at = tried_at - interval '16 minutes'")
    await house.work()
    assert Counter(sent.to for sent in twilio.texts) == Counter(MANY)


async def test_two_workers_at_the_same_messages_send_each_once_and_in_order(
    house: House, bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio
) -> None:
    await they_write(house, words="ett")
    await they_write(house, words="två")
    async with opened(bot_database, office, parrot, twilio) as other, house.working(), other.working():
        await twilio.wait_for(lambda: len(twilio.texts) == 2 * len(MANY), 20)
    for person in MANY:
        assert [sent.body for sent in twilio.sent_to(person)] == ["Du skrev: ett", "Du skrev: två"]


async def test_two_who_take_the_same_at_the_same_moment_share_them(house: House) -> None:
    await they_write(house)
    mine, theirs = await candidates(house), await candidates(house)
    both = await asyncio.gather(quick_claim.claim(house.engine, mine), quick_claim.claim(house.engine, theirs))
    ours = [one.claimed.letter.id for took in both for one in took if one is not None and one.claimed is not None]
    assert len(ours) == len({*ours})
    rows = await house.rows("select id, attempts from outbox where state = 'sending'")
    assert {row.id for row in rows} == {*ours}
    assert {row.attempts for row in rows} <= {1}


async def test_workers_look_at_a_part_each_and_take_the_rest_where_nothing_of_theirs_waits(house: House) -> None:
    queue, paces = house.engine.queue, house.engine.settings.paces
    await they_write(house, numbers_of(30))
    seen = []
    for part in range(2):
        queue.share = (part, 2)
        seen.append({row.thread for row in (await queue.next(house.engine.database, paces, (), most=30)).rows})
    assert all(seen)
    assert not seen[0] & seen[1]
    assert len(seen[0] | seen[1]) == 30
    assert (await queue.next(house.engine.database, paces, seen[1], most=30)).rows == ()
    # The other one does not come for its own.
    await house.change("update outbox set next_try_at = now() - interval '2 seconds'")
    rest = await queue.next(house.engine.database, paces, seen[1], most=30)
    assert {row.thread for row in rest.rows} == seen[0]


async def test_a_worker_knows_its_part_of_those_that_live(house: House) -> None:
    pulse, database = house.engine.pulse, house.engine.database
    assert await pulse.share(database, "outbox") == (0, 1)
    others = sorted(uuid4() for _ in range(3))
    for other, loop, age in zip(others, ("outbox", "outbox", "pages"), (0, 70, 0), strict=True):
        await house.change(
            "insert into heartbeats (process, loop, beat_at, worked_at, failures)"
            " values (:other, :loop, now() - make_interval(secs => :age), now(), 0)",
            other=other,
            loop=loop,
            age=age,
        )
    assert await pulse.share(database, "outbox") == (int(others[0] < pulse.process), 2)


# --- Places -----------------------------------------------------------------------------------------------------------


def test_many_are_under_way_while_the_provider_answers_and_few_when_it_does_not() -> None:
    now = 0.0
    under_way = UnderWay(lambda: now)
    assert (under_way.places().urgent, under_way.places().others) == (WHILE_QUICK, WHILE_QUICK - FOR_REPLIES)
    first, *rest = (uuid4() for _ in range(OF_A_CHANNEL - FOR_REPLIES))
    for thread in (first, *rest):
        under_way.begins(thread, RANKS["reminder"])
    assert under_way.places().others == WHILE_QUICK - OF_A_CHANNEL
    now += QUICK + 0.1
    assert (under_way.places().urgent, under_way.places().others) == (FOR_REPLIES, 0)
    under_way.ends(first)
    assert under_way.places().others == 1
    for thread in rest:
        under_way.ends(thread)
    assert under_way.places().urgent == WHILE_QUICK


def test_what_was_begun_while_it_was_quick_ends_before_more_begins_but_for_replies() -> None:
    now = 0.0
    under_way = UnderWay(lambda: now)
    threads = [uuid4() for _ in range(WHILE_QUICK - FOR_REPLIES)]
    for thread in threads:
        under_way.begins(thread, RANKS["reminder"])
    now += QUICK + 0.1
    replies = [uuid4() for _ in range(FOR_REPLIES)]
    for place, thread in enumerate(replies):
        assert (under_way.places().urgent, under_way.places().others) == (FOR_REPLIES - place, 0)
        under_way.begins(thread, RANKS["reply"])
    assert under_way.places().urgent == 0
    under_way.ends(replies[0])
    assert under_way.places().urgent == 1
    for thread in threads[: WHILE_QUICK - OF_A_CHANNEL]:
        under_way.ends(thread)
    assert (under_way.places().urgent, under_way.places().others) == (1, 0)
