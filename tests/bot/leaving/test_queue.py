"""Whose turn it is to leave: by priority, fair between senders, whatever else waits and however much of it."""

import random
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.leaving import outbox, queue
from bot.leaving.kinds import KINDS
from bot.leaving.queue import DEEPER, HEAD, IN_A_ROW, Found, Places, Queue, wake
from bot.leaving.sending import RANKS
from bot.messages import Outgoing, Said
from bot.stories.twilio import Twilio
from bot.turning.desk import Desk
from bot.turning.turns import take
from tests.bot.house import MONDAY, OMAR, SARA, TOWN, House, reply, says

# Rows as the sender sees them before it opens any: what is sealed in them is not looked at here.
_MANY = """
with numbered as (select n, gen_random_uuid() as point, gen_random_uuid() as person, gen_random_uuid() as thread
                    from generate_series(1, :many) n),
     p as (insert into persons (id, municipality, state) select person, :town, '' from numbered),
     c as (insert into contact_points (id, municipality, channel, address, address_index)
           select point, :town, :channel, '', uuid_send(point) from numbered),
     t as (insert into threads (id, municipality, channel, contact_point, person, state, held_until_at)
           select thread, :town, :channel, point, person, '', now() + cast(:held as interval) from numbered)
insert into outbox (id, municipality, thread, turn, channel, kind, rank, message, proactive, epoch, at, start, deadline)
select gen_random_uuid(), :town, thread, gen_random_uuid(), :channel, :kind, :rank, '', :proactive, 0, :at, :start,
       cast(:at as timestamptz) + interval '2 days'
  from numbered
"""


async def wait_in_line(house: House, many: int, kind: str, **given: Any) -> None:
    """So many messages of a kind, each to somebody else."""
    values = {"town": TOWN, "channel": "sms", "held": timedelta(days=-1), "at": MONDAY, "start": None, **given}
    proactive = KINDS[kind].proactive
    await house.change(_MANY, many=many, kind=kind, rank=KINDS[kind].rank, proactive=proactive, **values)


async def turns_of(house: House, many: int, remembers: Queue | None = None) -> list[Any]:
    """The next so many whose turn it is, as several loops would have them in hand at once."""
    remembers, busy, found = remembers or Queue(), set[UUID](), list[Any]()
    for _ in range(many):
        rows = (await remembers.next(house.engine.database, house.engine.settings.paces, busy)).rows
        if not rows:
            break
        busy.add(rows[0].thread)
        found += rows
    return found


def kinds(rows: Sequence[Any]) -> list[str]:
    return [row.kind for row in rows]


# --- Priorities -------------------------------------------------------------------------------------------------------


async def test_replies_go_before_changes_before_reminders_before_the_rest(house: House) -> None:
    for kind in ("nudge", "reminder", "meeting-changed", "reply"):
        await wait_in_line(house, 2, kind)
    assert kinds(await turns_of(house, 9)) == [
        *("reply", "reply", "meeting-changed", "meeting-changed", "reminder", "reminder", "nudge", "nudge")
    ]


def test_every_kind_says_who_goes_first() -> None:
    ranks = {name: kind.priority for name, kind in KINDS.items()}
    assert {name for name, priority in ranks.items() if priority == "reply"} == {
        name for name, kind in KINDS.items() if not kind.proactive
    }
    assert {name for name, priority in ranks.items() if priority == "bulk"} == {"nudge", "missed-why"}
    times = {"confirm-contact", "still-yours", "meeting-changed", "interpreter-ready", "new-time", "missed"}
    times |= {"earlier-time", "planning-week", "call-moved"}
    papers = {"papers-asked", "papers-overdue"}
    decided = {"comment-asked", "pay-day"}
    of_two = {"joint-begun", "joint-came-in", "joint-changed", "joint-there", "joint-told"}
    of_a_move = {"move-asked", "moved", "arrived"}
    changes = {name for name, priority in ranks.items() if priority == "change"}
    assert changes == times | papers | decided | of_two | of_a_move
    assert RANKS["reply"] < RANKS["change"] < RANKS["reminder"] < RANKS["bulk"]


async def test_a_reply_overtakes_thousands_of_reminders(house: House, twilio: Twilio) -> None:
    await wait_in_line(house, 3000, "reminder")
    received = await inbox.receive(house.engine, Inbound(TOWN, "sms", SARA, "SM1", Said("Hej")))
    assert received.outcome == "done"
    assert await outbox.send_one(house.engine, set())
    assert [text.body for text in twilio.sent_to(SARA)] == ["Du skrev: Hej"]


async def test_one_who_sends_replies_alone_leaves_the_rest(house: House) -> None:
    await wait_in_line(house, 1, "reminder")
    queue, paces = Queue(), house.engine.settings.paces
    assert (await queue.next(house.engine.database, paces, (), RANKS["reply"])).rows == ()
    assert (await queue.next(house.engine.database, paces, ())).rows


async def test_a_flood_of_replies_does_not_hold_a_reminder_back_until_the_meeting_is_over(house: House) -> None:
    await wait_in_line(house, 1, "reminder")
    await wait_in_line(house, IN_A_ROW + 5, "reply")
    went = kinds(await turns_of(house, IN_A_ROW + 2))
    assert went[:IN_A_ROW] == ["reply"] * IN_A_ROW
    assert went.count("reminder") == 1


async def test_looked_at_together_one_of_the_rest_goes_after_so_many_replies(house: House) -> None:
    await wait_in_line(house, 3, "reminder")
    await wait_in_line(house, IN_A_ROW * 2, "reply")
    remembers, paces = Queue(), house.engine.settings.paces
    went = kinds((await remembers.next(house.engine.database, paces, (), most=IN_A_ROW + 5)).rows)
    assert went == ["reply"] * IN_A_ROW + ["reminder"] + ["reply"] * 4


async def test_replies_that_go_with_the_rest_hold_nothing_back(house: House) -> None:
    """What goes beside them counts: else each look would give one alone, as if they had held it back."""
    await wait_in_line(house, 60, "reminder")
    await wait_in_line(house, 2, "reply")
    remembers, paces = Queue(), house.engine.settings.paces
    for _ in range(2):
        found = await remembers.next(house.engine.database, paces, (), most=40)
        assert kinds(found.rows) == ["reply"] * 2 + ["reminder"] * 38


async def test_no_more_are_found_of_a_channel_than_there_is_place_for(house: House) -> None:
    for channel in ("sms", "telegram"):
        await wait_in_line(house, 9, "reminder", channel=channel)
        await wait_in_line(house, 2, "reply", channel=channel)
    places = {"sms": Places(urgent=5, others=4)}
    found = await Queue().next(house.engine.database, house.engine.settings.paces, (), most=30, places=places)
    went = Counter((row.channel, row.kind) for row in found.rows)
    assert went == {("sms", "reply"): 2, ("sms", "reminder"): 2, ("telegram", "reply"): 2, ("telegram", "reminder"): 9}


# --- Fair, and never stuck --------------------------------------------------------------------------------------------


async def test_many_waiting_for_one_sender_do_not_delay_another(house: House) -> None:
    await wait_in_line(house, 500, "reminder")
    await wait_in_line(house, 1, "reminder", town="svedala")
    await wait_in_line(house, 1, "reminder", channel="telegram")
    went = {(row.municipality, row.channel) for row in await turns_of(house, 20)}
    assert went == {(TOWN, "sms"), ("svedala", "sms"), (TOWN, "telegram")}


@pytest.mark.parametrize("many", [2 * HEAD + 7, 2 * DEEPER + 7])
async def test_those_who_must_wait_hold_up_nobody_behind_them(house: House, many: int) -> None:
    await wait_in_line(house, many, "reminder", held=timedelta(minutes=5))
    await wait_in_line(house, 1, "reminder")
    queue, looks = Queue(), 0
    found = await queue.next(house.engine.database, house.engine.settings.paces, ())
    while not found.rows:
        looks += 1
        assert (looks, found.again_in) <= (3, 0.0)
        found = await queue.next(house.engine.database, house.engine.settings.paces, ())
    held = await house.rows("select held_until_at > now() as held from threads where id = :id", id=found.rows[0].thread)
    assert not held[0].held


async def test_one_for_whom_much_waits_is_looked_past_and_it_stays_in_its_order(house: House) -> None:
    """Her first is being sent; nothing of hers steps aside, and who stands behind goes before what is less urgent."""
    hers, his = [await writes(house, who) for who in (SARA, OMAR)]
    await house.change(
        "insert into outbox (id, municipality, thread, turn, channel, kind, rank, message, proactive, epoch, at,"
        " deadline, next_try_at) select gen_random_uuid(), municipality, thread, gen_random_uuid(), channel, kind,"
        " rank, message, proactive, epoch, at, deadline, next_try_at - interval '1 second'"
        " from outbox, generate_series(1, :many) where thread = :thread",
        many=HEAD + 20,
        thread=hers,
    )
    await wait_in_line(house, 1, "reminder")
    found = await Queue().next(house.engine.database, house.engine.settings.paces, [hers])
    assert [row.thread for row in found.rows] == [his]
    found = await Queue().next(house.engine.database, house.engine.settings.paces, [hers, his])
    assert kinds(found.rows) == ["reminder"]
    assert (await house.rows("select count(*) from outbox where next_try_at > now()"))[0].count == 0


async def writes(house: House, who: str) -> UUID:
    received = await inbox.receive(house.engine, Inbound(TOWN, "sms", who, uuid4().hex, Said("Hej")))
    assert received.thread is not None
    return received.thread


async def test_a_handful_that_must_wait_stay_where_they_are(house: House) -> None:
    """The second message of a turn leaves the moment the first has."""
    await wait_in_line(house, 3, "reply", held=timedelta(minutes=5))
    assert await turns_of(house, 1) == []
    assert (await house.rows("select count(*) from outbox where next_try_at > now()"))[0].count == 0


async def test_what_was_put_off_still_goes_before_what_was_said_after_it(house: House, twilio: Twilio) -> None:
    """Also when it was put off so long that it holds nothing any more."""
    for words in ("ett", "två", "tre"):
        await inbox.receive(house.engine, Inbound(TOWN, "sms", SARA, words, Said(words)))
    await house.change("update outbox set created_at = now() - interval '5 minutes'")
    await house.change("update outbox set next_try_at = now() - make_interval(secs => seq)")
    await house.work()
    assert [text.body for text in twilio.sent_to(SARA)] == ["Du skrev: ett", "Du skrev: två", "Du skrev: tre"]


async def test_workers_that_want_the_same_message_learn_to_want_different_ones(house: House) -> None:
    await wait_in_line(house, 40, "reminder")
    queue = Queue()
    firsts = {(await turns_of(house, 1, queue))[0].id for _ in range(5)}
    assert len(firsts) == 1  # nobody else is there: what came first goes first
    for _ in range(4):
        queue.taken_by_another()
    random.seed(1)
    assert len({(await turns_of(house, 1, queue))[0].id for _ in range(20)}) > 5
    for _ in range(40):
        queue.was_ours()
    assert {(await turns_of(house, 1, queue))[0].id for _ in range(5)} == firsts


async def test_what_other_workers_have_in_hand_does_not_hide_what_falls_to_this_one(house: House) -> None:
    """They have taken the head of the queue and not yet written that down: nothing of it is wanted twice."""
    await wait_in_line(house, 4 * HEAD, "reminder")
    await wait_long(house)
    seen = []
    for part in range(4):
        worker = Queue(share=(part, 4))
        seen.append({row.thread for row in (await looked(house, worker)).rows})
    assert [len(threads) for threads in seen] == [50] * 4
    assert len(set[UUID]().union(*seen)) == 200


async def test_a_dead_workers_part_is_taken_by_the_others(house: House) -> None:
    """Replies beside what is their own; the rest once nothing of their own may leave, or the dead one's fill the
    head."""
    await wait_in_line(house, 40, "reply")
    await wait_in_line(house, 40, "reminder")
    worker, found = Queue(share=(0, 2)), Counter[str]()
    for kind in kinds((await looked(house, worker)).rows):
        found[kind] += 1
    assert 0 < found["reply"] < 40
    assert 0 < found["reminder"] < 40
    await wait_long(house)
    rows = (await looked(house, worker, most=2 * HEAD)).rows
    assert Counter(kinds(rows)) == {"reply": 40, "reminder": found["reminder"]}
    rest = await looked(house, worker, [row.thread for row in rows], most=2 * HEAD)
    assert Counter(kinds(rest.rows)) == {"reminder": 40 - found["reminder"]}


async def wait_long(house: House) -> None:
    await house.change("update outbox set next_try_at = next_try_at - interval '1 minute'")


async def looked(house: House, worker: Queue, busy: Sequence[UUID] = (), most: int = 50) -> Found:
    return await worker.next(house.engine.database, house.engine.settings.paces, busy, most=most)


# --- Hours ------------------------------------------------------------------------------------------------------------


async def test_what_waits_for_its_hour_stands_in_no_queue_until_it_is_woken(house: House) -> None:
    await wait_in_line(house, 3, "reminder", start=MONDAY + timedelta(hours=1))
    assert await turns_of(house, 1) == []
    assert not await wake(house.engine.database, house.clock())
    house.clock.forward(hours=1)
    assert await wake(house.engine.database, house.clock())
    assert len(await turns_of(house, 9)) == 3


async def test_a_message_with_an_hour_leaves_by_itself_when_it_comes(house: House, twilio: Twilio) -> None:
    await someone_is_to_be_told(house, reply("Vi ses snart.", "meeting-changed", start=MONDAY + timedelta(hours=1)))
    await house.work()
    assert twilio.sent_to(OMAR) == []
    house.clock.forward(hours=1)
    await house.work()
    assert [text.body for text in twilio.sent_to(OMAR)] == ["Vi ses snart."]


async def someone_is_to_be_told(house: House, message: Outgoing) -> None:
    house.parrot.on["Hej"] = says()
    received = await inbox.receive(house.engine, Inbound(TOWN, "sms", OMAR, uuid4().hex, Said("Hej")))

    async def begin(desk: Desk) -> None:
        assert received.thread is not None
        thread = await desk.lock(received.thread)
        await desk.write_message(thread, uuid4(), message)
        await desk.save(thread)

    await take(house.engine, TOWN, begin)


# --- What it costs ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("asleep", [False, True])
async def test_a_look_costs_the_same_however_many_wait(house: House, asleep: bool) -> None:
    """Pages of the database looked at, among hundreds and among tens of thousands."""
    start = MONDAY + timedelta(days=1) if asleep else None
    costs = []
    for many in (300, 20_000):
        await wait_in_line(house, many, "reminder", start=start)
        await house.change("analyze outbox")
        costs.append(await _pages_of_a_look(house))
    assert costs[1] < 3 * costs[0] + 50, costs


async def _pages_of_a_look(house: House) -> int:
    """Taken from the driver: the statement as it is sent, explained."""
    asked = queue.asked(house.engine.settings.paces, (), queue.LAST)
    explain = text(f"explain (analyze, buffers, format json) {queue.LOOK.text}")
    async with house.engine.database.reading() as connection:
        (plan,) = (await connection.execute(explain, asked)).scalar_one()
    read: int = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    return read
