"""Messages that leave at the same moment are taken and settled together, each as if it had been alone."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from bot import messages
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.leaving import claiming, outbox, quick_claim, quick_settle, settling
from bot.leaving.carriers import Outcome
from bot.leaving.claiming import Claimed
from bot.leaving.quick_claim import Candidate, Took
from bot.leaving.quick_settle import Left
from bot.leaving.rates import Pace, Rate
from bot.messages import Said, Turn, Went
from bot.stories.twilio import Twilio
from bot.turning import threads
from tests.bot.house import OMAR, SARA, TOWN, House, numbers_of, reply, says

MANY = numbers_of(12)
SENT = Outcome("sent", reference="SM-1")


async def they_write(house: House, people: Sequence[str] = MANY, words: str = "Hej") -> None:
    for person in people:
        message = Inbound(TOWN, "sms", person, uuid4().hex, Said(words))
        assert (await inbox.receive(house.engine, message)).outcome == "done"


async def they_are_asked(house: House, *people: str, **values: Any) -> None:
    """A question that comes unasked, for each of them."""
    question: dict[str, Any] = {"kind": "reminder", "question": "q1", "ask": "reminder", **values}
    house.parrot.on["Snart"] = says(reply("Kommer du?", **question))
    await they_write(house, people, "Snart")


async def candidates(house: House, most: int = len(MANY)) -> list[Candidate]:
    """Those whose turn it is, as the sender finds them."""
    codec = await house.engine.codec(TOWN)
    found = await house.engine.queue.next(house.engine.database, house.engine.settings.paces, (), most=most)
    return [
        Candidate(row, messages.load_outgoing(codec.open(row.message, "outbox", "message", row.id)), "yes")
        for row in found.rows
    ]


async def claimed(house: House) -> list[Claimed]:
    took = await quick_claim.claim(house.engine, await candidates(house))
    assert all(one is not None for one in took)
    return [one.claimed for one in took if one is not None and one.claimed is not None]


async def thread_of(house: House, person: str) -> UUID:
    found = await threads.find(house.engine, TOWN, "sms", person)
    assert found is not None
    return found


async def everything_of(house: House, person: str) -> dict[str, list[dict[str, Any]]]:
    """What stands of a person's thread, without what is hers alone: ids, moments, what is sealed."""
    thread = await thread_of(house, person)
    found = {}
    for table, of in {"outbox": "thread", "entries": "thread", "threads": "id", "spending": ""}.items():
        where = f"where {of} = :thread" if of else ""
        rows = await house.rows(f"select * from {table} {where} order by 1", **({"thread": thread} if of else {}))
        found[table] = sorted(
            (
                {
                    name: type(value).__name__ if isinstance(value, UUID | bytes | datetime) else value
                    for name, value in row._mapping.items()
                    if name != "seq"
                }
                for row in rows
            ),
            key=str,
        )
    return found


# --- Together ---------------------------------------------------------------------------------------------------------


async def test_all_who_were_answered_at_once_are_taken_and_settled_together(house: House) -> None:
    await they_write(house)
    ours = await claimed(house)
    assert sorted(one.letter.address for one in ours) == sorted(MANY)
    assert await house.states() == ["sending"] * len(MANY)
    settled = await quick_settle.settle(house.engine, [Left(one, SENT) for one in ours])
    assert settled == [True] * len(MANY)
    assert await house.states() == ["sent"] * len(MANY)


async def test_what_is_written_is_what_the_long_way_writes(house: House) -> None:
    """A reply and a question to each of two, one by the quick and one by the long way: nothing tells them apart."""
    await they_write(house, MANY[-1:])  # from now on what the municipality decided is at hand
    await house.work()
    await they_write(house, [SARA, OMAR])
    await they_are_asked(house, SARA, OMAR)
    quickly = await thread_of(house, SARA)
    for _ in range(2):
        both = await candidates(house)
        assert len(both) == 2
        for one in both:
            took: Claimed | None
            if one.row.thread == quickly:
                [quick] = await quick_claim.claim(house.engine, [one])
                assert quick is not None
                assert quick.claimed is not None
                assert await quick_settle.settle(house.engine, [Left(quick.claimed, SENT)]) == [True]
            else:
                took = await claiming.claim(house.engine, one.row, one.message, one.holds, one.lease)
                assert took is not None
                await settling.settle(house.engine, TOWN, one.row.id, SENT, lease=took.lease)
    sara, omar = await everything_of(house, SARA), await everything_of(house, OMAR)
    assert [row["state"] for row in sara["outbox"]] == ["sent", "sent"]
    for table, rows in sara.items():
        assert rows == omar[table]
    assert len(house.parrot.events(Went)) == 2
    assert (await house.rows("select sum(segments) as all from spending"))[0].all == 5


async def test_a_worker_answers_many_at_once_and_each_once(house: House, twilio: Twilio) -> None:
    await they_write(house)
    async with house.working():
        async with asyncio.timeout(60):
            while len(twilio.texts) < len(MANY):  # noqa: ASYNC110  # the provider is another process
                await asyncio.sleep(0.1)
    assert sorted(sent.to for sent in twilio.texts) == sorted(MANY)


# --- What does not stand ----------------------------------------------------------------------------------------------


async def test_one_that_another_worker_took_is_left_and_the_others_go(house: House) -> None:
    await they_write(house, MANY[:3])
    found = await candidates(house)
    [theirs] = [took.claimed for took in await quick_claim.claim(house.engine, found[1:2]) if took is not None]
    assert theirs is not None
    took = await quick_claim.claim(house.engine, found)
    assert [one is not None and one.claimed is not None for one in took] == [True, False, True]
    lease = (await house.rows("select lease from outbox where id = :id", id=found[1].row.id))[0].lease
    assert lease == theirs.lease


async def test_nobody_waits_for_a_thread_that_somebody_has_in_hand(house: House) -> None:
    await they_write(house, MANY[:3])
    found = await candidates(house)
    async with house.engine.database.transaction() as elsewhere:
        await elsewhere.execute(text("select from threads where id = :id for update"), {"id": found[0].row.thread})
        took = await quick_claim.claim(house.engine, found)
        assert [one is not None and one.claimed is not None for one in took] == [False, True, True]
        ours = [one.claimed for one in took if one is not None and one.claimed is not None]
        held = ours[0].letter
        await elsewhere.execute(text("select from threads where id = :id for update"), {"id": found[1].row.thread})
        settled = await quick_settle.settle(house.engine, [Left(one, SENT) for one in ours])
    assert settled == [None, True]
    [still] = await house.rows("select state from outbox where id = :id", id=held.id)
    assert still.state == "sending"


async def test_what_moved_between_the_look_and_the_write_goes_the_long_way_and_the_others_go(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await they_write(house, MANY[:3])
    found = await candidates(house)
    await quick_claim.claim(house.engine, found[2:])  # somebody else takes the third
    someone_moves_between(monkeypatch, house, MANY[1:2])
    took = await quick_claim.claim(house.engine, found)
    assert [one and one.claimed is not None for one in took] == [True, None, False]
    assert await house.states() == ["sending", "pending", "sending", "pending"]


async def test_who_writes_faster_than_we_look_is_answered(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look is behind what she has written since; under the thread's lock none is."""
    await they_write(house, [SARA])
    someone_moves_between(monkeypatch, house, [SARA])
    await outbox.send_one(house.engine, set())
    assert [sent.to for sent in house.twilio.texts] == [SARA]


def someone_moves_between(monkeypatch: pytest.MonkeyPatch, house: House, people: Sequence[str]) -> None:
    """These write between the read and the write of every claim."""
    write = quick_claim._write

    async def meanwhile(*given: Any) -> Any:
        await they_write(house, people)
        return await write(*given)

    monkeypatch.setattr(quick_claim, "_write", meanwhile)


async def test_a_try_that_is_not_ours_any_more_settles_nothing(house: House) -> None:
    await they_write(house, [SARA])
    [ours] = await claimed(house)
    await house.change("update outbox set lease = :other", other=uuid4())
    assert await quick_settle.settle(house.engine, [Left(ours, SENT)]) == [None]
    assert await house.states() == ["sending"]


async def test_what_she_wrote_meanwhile_has_its_turn_before_the_question_stands(house: House) -> None:
    await they_write(house, [SARA])
    await house.work()
    await they_are_asked(house, SARA)
    [ours] = await claimed(house)
    house.parrot.on["Ja"] = says()
    await house.change(
        "insert into inbox (id, municipality, thread, kind, body, received_at)"
        " select gen_random_uuid(), municipality, id, 'said', '', now() from threads"
    )
    assert await quick_settle.settle(house.engine, [Left(ours, SENT)]) == [None]
    assert house.parrot.events(Went) == []


# --- What is more than quick ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"clock": timedelta(hours=13)}, id="quiet hours"),
        pytest.param({"clock": timedelta(days=9)}, id="late"),
        pytest.param({"kind": "nudge"}, id="counted by the day"),
        pytest.param({"holds": "no"}, id="untrue"),
        pytest.param({"words": "Stopp"}, id="opted out"),
        pytest.param({"silent": True}, id="silent for her safety"),
    ],
)
async def test_what_is_not_simply_sent_goes_the_long_way(house: House, change: dict[str, Any]) -> None:
    await they_write(house, [SARA])
    await house.work()
    await they_are_asked(house, SARA, kind=change.get("kind", "reminder"))
    if "words" in change:
        house.parrot.on["Stopp"] = lambda state, _event: Turn(state.with_thread(opted_out=True))
        await they_write(house, [SARA], "Stopp")
    if "silent" in change:
        house.parrot.on["Vi ses"] = lambda state, _event: Turn(state.with_person(silent_for_safety=house.clock.now))
        await they_write(house, [SARA], "Vi ses")
    house.clock.now += change.get("clock", timedelta())
    [found] = await candidates(house)
    asked = Candidate(found.row, found.message, change.get("holds", "yes"))
    assert await quick_claim.claim(house.engine, [asked]) == [None]
    assert (await house.states())[-1] == "pending"


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome("unknown"),
        Outcome("failed", code="30003", once_more=True),
        Outcome("failed", code="21610", opted_out=True),
        Outcome("pending", wait=timedelta(seconds=5)),
        Outcome("sent", fault=True),
    ],
    ids=lambda outcome: f"{outcome.state} {outcome.code}",
)
async def test_what_did_not_go_well_is_settled_the_long_way(house: House, outcome: Outcome) -> None:
    await they_write(house, [SARA])
    [ours] = await claimed(house)
    assert await quick_settle.settle(house.engine, [Left(ours, outcome)]) == [None]
    assert await house.states() == ["sending"]


# --- What was taken, and nobody told us ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "state", "reason"),
    [
        pytest.param({"clock": timedelta(hours=13)}, "pending", None, id="quiet hours"),
        pytest.param({"clock": timedelta(days=9)}, "dropped", "late", id="late"),
        pytest.param({"holds": "no"}, "dropped", "untrue", id="untrue"),
        pytest.param({"words": "Stopp"}, "dropped", "opted-out", id="opted out"),
        pytest.param({"words": "Vi ses"}, "dropped", "held", id="silent for her safety"),
        pytest.param({"words": "Fel"}, "pending", None, id="perhaps another's number by now"),
        pytest.param({"off": True}, "pending", None, id="channel is off"),
    ],
)
async def test_what_was_taken_and_not_told_is_looked_at_again_before_it_leaves(
    house: House, monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], state: str, reason: str | None
) -> None:
    """The answer to the write was lost, and by the time we come back she may be asleep, silent, or somebody else."""
    await they_write(house, [SARA])
    await house.work()
    await they_are_asked(house, SARA, deadline=house.clock.now + timedelta(days=8))
    [found] = await candidates(house)
    assert [took and took.claimed is not None for took in await quick_claim.claim(house.engine, [found])] == [True]
    house.parrot.on["Stopp"] = lambda state, _event: Turn(state.with_thread(opted_out=True))
    house.parrot.on["Vi ses"] = lambda state, _event: Turn(state.with_person(silent_for_safety=house.clock.now))
    house.parrot.on["Fel"] = lambda state, _event: Turn(state.with_thread(doubted=True))
    if "words" in change:
        await they_write(house, [SARA], change["words"])
    house.clock.now += change.get("clock", timedelta())
    if "off" in change:
        monkeypatch.delitem(house.engine.channels, "sms")
    holds = change.get("holds", "yes")
    assert await claiming.claim(house.engine, found.row, found.message, holds, found.lease) is None
    [row] = await house.rows("select state, reason, lease, attempts from outbox where id = :id", id=found.row.id)
    assert (row.state, row.reason, row.lease, row.attempts) == (state, reason, None, 0)
    [line] = await house.rows("select state from entries where outbox = :id", id=found.row.id)
    assert line.state == state


async def test_what_was_taken_and_not_told_leaves_as_it_was_taken(house: House) -> None:
    await they_write(house, [SARA])
    [found] = await candidates(house)
    [took] = await quick_claim.claim(house.engine, [found])
    assert took is not None
    assert took.claimed is not None
    before = await everything_of(house, SARA)
    again = await claiming.claim(house.engine, found.row, found.message, "yes", found.lease)
    assert again is not None
    assert again.letter == took.claimed.letter
    assert await everything_of(house, SARA) == before


# --- As many as may leave ---------------------------------------------------------------------------------------------


async def test_no_more_are_found_than_there_are_tokens_for(house: House) -> None:
    await they_write(house)
    paces = {"sms": Pace(sender=Rate(1, 4), chat=Rate(1, 5))}
    found = await house.engine.queue.next(house.engine.database, paces, (), most=len(MANY))
    assert len(found.rows) == 4


async def test_one_of_each_thread_at_a_time(house: House) -> None:
    await they_write(house, [SARA, SARA, OMAR])
    assert len(await candidates(house)) == 2


async def test_without_a_token_it_waits_and_nothing_is_written(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    await they_write(house, [SARA])
    found = await candidates(house)
    none_left = {"sms": Pace(sender=Rate(0.001, 1), chat=Rate(1, 5))}
    monkeypatch.setattr(house.engine, "settings", replace(house.engine.settings, paces=none_left))
    await house.change(
        "insert into buckets values (:town, 'sms', now() + interval '1 hour')"
        " on conflict (municipality, channel) do update set free_at = excluded.free_at",
        town=TOWN,
    )
    assert await quick_claim.claim(house.engine, found) == [Took(None)]
    assert await house.states() == ["pending"]
