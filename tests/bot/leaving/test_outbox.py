"""What we say: once, in order, not too late, not untrue, and never above what its thread may carry."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text as sql

from backend import postgres
from backend.contract import Channel, EntryState, Meeting, MeetingStatus, ProblemCode, Sensitivity
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.leaving import outbox, settling
from bot.leaving.carriers import Outcome
from bot.leaving.ceilings import AboveCeiling, guard_ceiling
from bot.leaving.states import ALLOWED, may_move
from bot.messages import Event, Outgoing, Said, State, Thread, Turn, Went
from bot.stories.twilio import Fault, Twilio
from bot.turning import threads
from bot.watching import metrics
from tests.bot.conftest import opened
from tests.bot.house import OMAR, POLICY, SARA, TOWN, Clock, House, Office, Parrot, reply, says

MEETING = UUID("00000000-0000-4000-8000-00000000000a")
WEB = "ab" * 16


def reminder(**values: object) -> Outgoing:
    """A proactive message that asks."""
    return reply("Mötet i dag är kl 9.30.", "reminder", question="t1", ask="reminder", reference=MEETING, **values)


async def someone_writes(house: House, words: str = "Hej", channel: Channel = "sms") -> UUID:
    address = SARA if channel == "sms" else WEB
    received = await inbox.receive(house.engine, Inbound(TOWN, channel, address, uuid4().hex, Said(words)))
    assert received.outcome == "done"
    assert received.thread is not None
    return received.thread


def bodies(twilio: Twilio) -> list[str]:
    return [text.body for text in twilio.sent_to(SARA)]


async def later(house: House, minutes: float) -> None:
    """Real time goes by, here and at the provider: leases, pauses and listings look at it."""
    for text in house.twilio.texts:
        text.created -= timedelta(minutes=minutes)
    for column in ("tried_at", "holds_since", "lease_until", "next_try_at", "created_at"):
        await house.change(f"update outbox set {column} = {column} - interval '{minutes} minutes'")


# --- Once -------------------------------------------------------------------------------------------------------------


async def test_too_many_requests_are_tried_again(house: House, twilio: Twilio) -> None:
    twilio.faults.extend(["429", "429"])
    await someone_writes(house)
    await house.work()
    assert (bodies(twilio), await house.states()) == ([], ["pending"])
    for _ in range(2):
        await later(house, 2)
        await house.work()
    assert bodies(twilio) == ["Du skrev: Hej"]


async def test_what_waits_when_enough_came_today_is_not_one_of_those_itself(house: House, twilio: Twilio) -> None:
    """It has had its line since the first try."""
    nudge = reply("Du kan fortsätta.", "nudge", reference=MEETING)
    house.parrot.on["Hej"] = says(nudge)
    twilio.faults.append("429")
    await someone_writes(house)
    await house.work()
    assert (bodies(twilio), await house.states()) == ([], ["pending"])
    await later(house, 2)
    await house.work()
    assert bodies(twilio) == ["Du kan fortsätta."]
    await someone_writes(house)
    await house.work()
    assert len(bodies(twilio)) == 1


class Goes(Clock):
    """A clock that goes, as real ones do: never twice the same."""

    def __call__(self) -> datetime:
        self.forward(microseconds=1)
        return self.now


async def test_a_reply_leaves_at_once_by_a_clock_that_goes(
    bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio
) -> None:
    async with asyncio.timeout(60), opened(bot_database, office, parrot, twilio, Goes()) as house:
        await someone_writes(house)
        await house.work()
        assert bodies(twilio) == ["Du skrev: Hej"]


async def test_a_lost_answer_is_settled_by_the_receipt(house: House, twilio: Twilio) -> None:
    twilio.faults.append("500 after accepting")
    await someone_writes(house)
    await house.work()
    await twilio.reported()
    assert await house.states() == ["delivered"]
    await later(house, 20)
    await house.work()
    assert bodies(twilio) == ["Du skrev: Hej"]


async def test_a_receipt_that_moves_nothing_is_kept_and_waits_for_nobody(house: House, twilio: Twilio) -> None:
    """There are two for every text: the second of three that say the same must not lock what a turn has in hand."""
    thread = await someone_writes(house)
    await house.work()
    await twilio.reported()
    [row] = await house.rows("select id from outbox")
    async with house.engine.database.transaction() as elsewhere, asyncio.timeout(5):
        await elsewhere.execute(sql("select from threads where id = :id for update"), {"id": thread})
        known = await settling.receive_receipt(house.engine, row.id, Outcome("sent", reference="SM-late"), "sending")
    assert known
    assert await house.states() == ["delivered"]
    assert (await house.rows("select count(*) from receipts where provider_ref = 'SM-late'"))[0].count == 1


async def test_a_lost_answer_is_settled_by_asking(house: House, twilio: Twilio) -> None:
    twilio.receipts = ()
    twilio.faults.append("500 after accepting")
    thread = await someone_writes(house)
    await house.work()
    assert await house.states() == ["unknown"]
    assert (await threads.lines(house.engine, thread))[1].state is EntryState.UNKNOWN
    await later(house, 1)
    await house.work()
    assert await house.states() == ["sent"]
    assert (await threads.lines(house.engine, thread))[1].state is EntryState.SENT
    assert bodies(twilio) == ["Du skrev: Hej"]
    assert [row.provider_ref for row in await house.rows("select provider_ref from outbox")] == [twilio.texts[0].sid]


async def test_what_stands_in_no_listing_for_15_minutes_did_not_go(house: House, twilio: Twilio) -> None:
    twilio.faults.append("500")
    await someone_writes(house)
    await house.work()
    await later(house, 13)
    await house.work()
    assert (bodies(twilio), await house.states()) == ([], ["unknown"])
    await later(house, 3)
    await house.work()
    await twilio.reported()
    assert (bodies(twilio), await house.states()) == (["Du skrev: Hej"], ["delivered"])


@pytest.mark.parametrize("went", ["went, and is reported", "went, and is listed", "did not go"])
async def test_after_a_restart_what_was_being_sent_is_unknown(
    bot_database: postgres.Database, office: Office, parrot: Parrot, twilio: Twilio, went: str
) -> None:
    """A process dies between taking a row and hearing what came of it; another one finds it."""
    twilio.receipts = ()
    async with opened(bot_database, office, parrot, twilio) as dying:
        await someone_writes(dying)
        twilio.faults.append("no answer" if went == "did not go" else "no answer after accepting")
        sending = asyncio.create_task(dying.work())
        await twilio.wait_for(lambda: twilio.requests == 1)
        await asyncio.sleep(0)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        assert await dying.states() == ["sending"]

    async with opened(bot_database, office, parrot, twilio) as house:
        await house.work()
        assert await house.states() == ["sending"]  # somebody may still be at it
        await later(house, 0.6)
        await house.work()
        assert await house.states() == ["unknown"]
        if went == "went, and is reported":
            house.known_again()
            await twilio.report(twilio.texts[0], "delivered")
            assert await house.states() == ["delivered"]
        await later(house, 16)
        await house.work()
    assert bodies(twilio) == ["Du skrev: Hej"]  # once, whichever way it was


@pytest.mark.parametrize("state", ALLOWED)
def test_states_move_forward_only(state: str) -> None:
    final = {"delivered", "failed", "dropped"}
    for to in ALLOWED:
        if state in final:
            assert not may_move(state, to)
        if to == "sending":
            assert may_move(state, to) == (state == "pending")
        if to == "dropped":
            assert may_move(state, to) == (state == "pending")
    assert not may_move(state, state)
    assert not may_move("pending", "sent", tried=False)


FAULTS: list[Fault] = ["429", "500", "500 after accepting"]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    faults=st.lists(st.sampled_from(FAULTS), max_size=4),
    receipts=st.lists(st.sampled_from(["queued", "sent", "delivered", "failed"]), max_size=4),
    pauses=st.lists(st.sampled_from([0.1, 1.0, 14.0, 16.0]), max_size=5),
)
async def test_whatever_happens_a_message_leaves_once(
    house: House, twilio: Twilio, faults: list[Fault], receipts: list[str], pauses: list[float]
) -> None:
    """Any faults, any receipts, any waiting: at most once, and in the end exactly once."""
    words = uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))  # figures might look like a personnummer
    seen: list[str] = ["pending"]

    async def look() -> None:
        state = (await house.states())[-1]
        if state != seen[-1]:
            seen.append(state)

    twilio.receipts = receipts
    twilio.faults.extend(faults)
    await someone_writes(house, words)
    for pause in [*pauses, *([16.0] * 5)]:
        await house.work()
        await twilio.reported()
        await look()
        await later(house, pause)
    await house.work()
    await twilio.reported()
    await look()
    assert bodies(twilio).count(f"Du skrev: {words}") == 1
    # Looked at only now and then, some steps are not seen; none goes back from where there is no way back.
    final = {"delivered", "failed"}
    assert not any(state in final for state in seen[:-1])
    assert seen[-1] in {"sent", *final}
    twilio.faults.clear()


# --- In order ---------------------------------------------------------------------------------------------------------


async def test_within_a_turn_the_order_is_kept_always(house: House, twilio: Twilio) -> None:
    house.parrot.on["Hej"] = says("ett", "två", "tre")
    twilio.faults.extend(["429"])
    await someone_writes(house)
    await house.work()
    assert bodies(twilio) == []
    await later(house, 30)
    await house.work()
    assert bodies(twilio) == ["ett", "två", "tre"]


async def test_within_a_turn_a_message_waits_for_one_nobody_knows_about(house: House, twilio: Twilio) -> None:
    house.parrot.on["Hej"] = says("ett", "två")
    twilio.faults.append("500")
    await someone_writes(house)
    await house.work()
    await later(house, 10)
    await house.work()
    assert (bodies(twilio), await house.states()) == ([], ["unknown", "pending"])
    await later(house, 6)
    await house.work()
    assert bodies(twilio) == ["ett", "två"]


async def test_another_turn_waits_a_minute_at_most(house: House, twilio: Twilio) -> None:
    twilio.faults.append("500")
    await someone_writes(house, "ett")
    await house.work()
    await someone_writes(house, "två")
    await house.work()
    assert bodies(twilio) == []
    await later(house, 1.1)
    await house.work()
    assert bodies(twilio) == ["Du skrev: två"]


async def test_a_reminder_for_tomorrow_holds_up_nothing(house: House, twilio: Twilio) -> None:
    house.parrot.on["Hej"] = says(reminder(start=house.clock.now + timedelta(days=1)))
    thread = await someone_writes(house)
    await someone_writes(house, "nu")
    await house.work()
    assert bodies(twilio) == ["Du skrev: nu"]
    # What has not left stands in no thread.
    assert [line.original for line in await threads.lines(house.engine, thread)] == ["Hej", "nu", "Du skrev: nu"]
    house.clock.forward(days=1, minutes=1)
    await house.work()
    assert bodies(twilio)[1:] == ["Mötet i dag är kl 9.30."]
    assert (await threads.lines(house.engine, thread))[-1].original == "Mötet i dag är kl 9.30."


# --- Looked at once more when it leaves -------------------------------------------------------------------------------


def then(*messages: Outgoing | str, **thread: object) -> Callable[[State, Event], Turn]:
    """A turn that says these and changes the thread."""
    return lambda state, event: says(*messages)(state.with_thread(**thread), event)


async def test_staff_take_over_and_the_machine_falls_silent(house: House, twilio: Twilio) -> None:
    """What was not sent is dropped in the same transaction; the staff's own message goes."""
    twilio.faults.append("429")
    thread = await someone_writes(house)
    await house.work()

    staff = reply("Hej, jag heter Johan.", "staff", staff_message=uuid4(), swedish="Hej, jag heter Johan.")
    house.parrot.on["nu"] = lambda state, _: Turn(
        state.with_thread(owner="staff", epoch=1, handed_over=True), says=(staff,), supersede=True
    )
    await someone_writes(house, "nu")
    assert await house.states() == ["dropped", "pending"]
    assert await dropped(house, "reply") == 1
    await later(house, 2)
    await house.work()
    assert bodies(twilio) == ["Hej, jag heter Johan."]
    lines = await threads.lines(house.engine, thread)
    assert [(line.who, line.state.value) for line in lines] == [
        ("person", "received"),
        ("bot", "dropped"),
        ("person", "received"),
        ("marker", "delivered"),
        ("staff", "sent"),
    ] or lines[-1].state is EntryState.DELIVERED
    assert house.office.told(f"threads/{thread}/ownership/1")[0]["owner"] == "staff"


async def test_a_reply_of_an_older_epoch_is_superseded_at_send_time(house: House, twilio: Twilio) -> None:
    """Also when the turn that took over did not drop it."""
    twilio.faults.append("429")
    await someone_writes(house)
    await house.work()
    house.parrot.on["nu"] = then(owner="staff", epoch=1)
    await someone_writes(house, "nu")
    await later(house, 2)
    await house.work()
    assert bodies(twilio) == []
    assert [(row.state, row.reason) for row in await house.rows("select state, reason from outbox")] == [
        ("dropped", "superseded")
    ]


async def test_a_reminder_goes_also_while_staff_own_the_thread(house: House, twilio: Twilio) -> None:
    house.parrot.on["Hej"] = says(reminder(start=house.clock.now + timedelta(hours=1)))
    house.parrot.on["nu"] = then(owner="staff", epoch=1)
    await someone_writes(house)
    await someone_writes(house, "nu")
    house.clock.forward(hours=2)
    await house.work()
    assert bodies(twilio) == ["Mötet i dag är kl 9.30."]


async def test_after_stop_nothing_leaves_but_the_last_word(house: House, twilio: Twilio) -> None:
    twilio.faults.append("429")
    await someone_writes(house, "ett")
    await house.work()
    house.parrot.on["STOPP"] = then("Vi skriver inte mer.", opted_out=True)
    await someone_writes(house, "STOPP")
    await later(house, 2)
    await house.work()
    assert bodies(twilio) == ["Vi skriver inte mer."]
    first, _ = await house.rows("select state, reason from outbox order by seq")
    assert tuple(first) == ("dropped", "opted-out")


async def test_what_the_provider_calls_stopped_is_remembered(house: House, twilio: Twilio) -> None:
    """She has told the provider, not us: no more texts, and staff find another way."""
    twilio.faults.append("opted out")
    thread = await someone_writes(house)
    await house.work()
    assert (await threads.state(house.engine, thread)).thread.opted_out
    assert [one["reason"] for one in house.office.told("handovers")] == ["opted-out"]
    assert [one["opted_out"] for one in house.office.told("phones")] == [True]
    await someone_writes(house, "Hej igen")
    await house.work()
    assert await house.states() == ["failed", "dropped"]


async def test_a_personal_question_never_leaves_to_a_shared_telephone(house: House, twilio: Twilio) -> None:
    """It was allowed when it was written; before it left she said that others read her texts."""
    twilio.faults.append("429")
    asking = reply("Har du barn?", "personal-question", sensitivity=Sensitivity.PERSONAL)
    house.parrot.on["Hej"] = lambda state, _: Turn(state.with_thread(shared=False), says=(asking,))
    await someone_writes(house)
    await house.work()
    house.parrot.on["nu"] = then(shared=True)
    await someone_writes(house, "nu")
    await later(house, 2)
    await house.work()
    assert bodies(twilio) == []
    assert [row.reason for row in await house.rows("select reason from outbox")] == ["ceiling"]


@pytest.mark.parametrize("sensitivity", Sensitivity)
@pytest.mark.parametrize("shared", [True, False, None])
@pytest.mark.parametrize("ceiling", Sensitivity)
@pytest.mark.parametrize("channel", ["sms", "telegram", "web"])
def test_no_question_above_the_ceiling_may_be_written(
    sensitivity: Sensitivity, shared: bool | None, ceiling: Sensitivity, channel: Channel
) -> None:
    policy = POLICY.model_copy(update={"ceilings": {"sms": ceiling, "telegram": ceiling, "web": ceiling}})
    thread = Thread(uuid4(), TOWN, channel, shared=shared)
    order = list(Sensitivity)
    most = Sensitivity.PERSONAL if channel == "web" else ceiling if shared is False else Sensitivity.OPEN
    asking = reply("?", "personal-question", sensitivity=sensitivity)
    if order.index(sensitivity) <= min(order.index(most), order.index(Sensitivity.PERSONAL)):
        guard_ceiling(asking, policy, thread)
    else:
        with pytest.raises(AboveCeiling):
            guard_ceiling(asking, policy, thread)


def test_a_kind_carries_no_more_than_it_declares() -> None:
    thread = Thread(uuid4(), TOWN, "web", shared=False)
    with pytest.raises(AboveCeiling):
        guard_ceiling(reply("?", "reminder", sensitivity=Sensitivity.PERSONAL), POLICY, thread)


async def test_a_message_that_is_late_is_dropped(house: House, twilio: Twilio) -> None:
    house.parrot.on["Hej"] = says(reminder(deadline=house.clock.now + timedelta(minutes=30)))
    await someone_writes(house)
    house.clock.forward(minutes=31)
    await house.work()
    assert bodies(twilio) == []
    assert [row.reason for row in await house.rows("select reason from outbox")] == ["late"]


async def _stumbles(*_: object) -> None:
    raise RuntimeError("a mistake of ours")


@pytest.mark.parametrize(("kind", "task"), [("meeting-changed", "lost"), ("something-new", "letter")])
async def test_what_is_late_because_something_stood_in_its_way_is_late_like_any(
    house: House, twilio: Twilio, monkeypatch: pytest.MonkeyPatch, kind: str, task: str
) -> None:
    """Staff see on its line that it did not come, and that somebody must tell her; and it is counted."""
    deadline = house.clock.now + timedelta(minutes=30)
    house.parrot.on["Hej"] = says(reply("Det finns något nytt.", kind, reference=MEETING, deadline=deadline))
    thread = await someone_writes(house)
    monkeypatch.setattr("bot.leaving.outbox._claim", _stumbles)
    await house.work()
    assert (await house.states(), await dropped(house, kind)) == (["pending"], 0)
    house.clock.forward(minutes=31)
    await later(house, 2)
    await house.work()
    assert [tuple(row) for row in await house.rows("select state, reason from outbox")] == [("dropped", "late")]
    assert [one["reason"] for one in house.office.told("handovers")] == [task]
    line = (await threads.lines(house.engine, thread))[-1]
    assert (line.original, line.state) == ("Det finns något nytt.", EntryState.FAILED)
    assert (bodies(twilio), await dropped(house, kind)) == ([], 1)


async def test_what_cannot_be_opened_and_is_late_holds_up_nothing_and_staff_look(house: House, twilio: Twilio) -> None:
    await someone_writes(house)
    await house.change("update outbox set message = decode('00', 'hex')")
    await house.work()
    house.clock.forward(days=8)
    await later(house, 2)
    await house.work()
    assert (await house.states(), await dropped(house, "reply")) == (["dropped"], 1)
    assert [row.state for row in await house.rows("select state from entries order by number")] == [
        "received",
        "dropped",
    ]
    assert [one["reason"] for one in house.office.told("handovers")] == ["dead-letter"]
    assert bodies(twilio) == []


async def dropped(house: House, kind: str) -> int:
    """How many messages of a kind were counted as dropped."""
    labels = {"kind": kind, "state": "dropped", "municipality": TOWN, "channel": "sms"}
    found = [sample async for metric in metrics.figures(house.engine) for sample in metric.samples]
    return int(
        sum(one.value for one in found if one.name == "imorgon_messages_total" and labels.items() <= one.labels.items())
    )


async def test_nobody_is_reminded_at_night(house: House, twilio: Twilio) -> None:
    house.clock.now = datetime(2026, 11, 30, 21, 30, tzinfo=UTC)  # 22.30 in Sweden
    house.parrot.on["Hej"] = says("svar", reminder())
    await someone_writes(house)
    await house.work()
    assert bodies(twilio) == ["svar"]  # somebody who writes at night is answered
    house.clock.now = datetime(2026, 12, 1, 6, 59, tzinfo=UTC)
    await house.work()
    assert bodies(twilio) == ["svar"]
    house.clock.now = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
    await house.work()
    assert bodies(twilio) == ["svar", "Mötet i dag är kl 9.30."]


async def _answered_hours_later(house: House, twilio: Twilio, *answer: Outgoing) -> None:
    """She writes in the evening; what answers her can leave at three o'clock in the night."""
    house.clock.now = datetime(2026, 11, 30, 20, 30, tzinfo=UTC)
    house.parrot.on["Hej"] = says(*answer)
    twilio.faults.append("429")
    await someone_writes(house)
    await house.work()
    assert bodies(twilio) == []
    house.clock.now = datetime(2026, 12, 1, 2, 0, tzinfo=UTC)
    await later(house, 2)
    await house.work()


async def test_an_answer_that_comes_hours_late_wakes_nobody(house: House, twilio: Twilio) -> None:
    await _answered_hours_later(house, twilio, reply("Vi hjälper dig."), reply("Vill du boka?", "question"))
    assert bodies(twilio) == []
    house.clock.now = datetime(2026, 12, 1, 7, 0, tzinfo=UTC)
    for _ in range(2):
        await later(house, 2)
        await house.work()
    assert bodies(twilio) == ["Vi hjälper dig.", "Vill du boka?"]


async def test_what_says_that_help_is_there_comes_however_late(house: House, twilio: Twilio) -> None:
    await _answered_hours_later(house, twilio, reply("Ring 112.", "acute"))
    assert bodies(twilio) == ["Ring 112."]


async def test_who_writes_again_by_night_is_answered_in_order(house: House, twilio: Twilio) -> None:
    await _answered_hours_later(house, twilio, reply("Vi hjälper dig."))
    assert bodies(twilio) == []
    await someone_writes(house, "Hallå?")
    for _ in range(2):
        await house.work()
        await later(house, 2)
    assert bodies(twilio) == ["Vi hjälper dig.", "Du skrev: Hallå?"]


async def test_what_staff_write_by_night_leaves_by_night(house: House, twilio: Twilio) -> None:
    house.clock.now = datetime(2026, 11, 30, 21, 0, tzinfo=UTC)
    house.parrot.on["Hej"] = says(reply("Vi är kvar.", "staff", staff_message=uuid4()))
    await someone_writes(house)
    await house.change("update entries set at = at - interval '5 hours' where who = 'person'")
    await house.work()
    assert bodies(twilio) == ["Vi är kvar."]


async def test_what_is_true_no_longer_is_not_sent(house: House, twilio: Twilio) -> None:
    house.office.answers["still-true"] = {"true": False}
    house.parrot.on["Hej"] = says(reminder())
    await someone_writes(house)
    await house.work()
    assert bodies(twilio) == []
    assert [row.reason for row in await house.rows("select reason from outbox")] == ["untrue"]
    (asked,) = house.office.told("still-true")
    assert (asked["kind"], asked["reference"]) == ("reminder", str(MEETING))


@pytest.mark.parametrize("changed", ["rung instead", "cancelled", "moved", "as it was"])
async def test_a_reminder_of_what_she_has_changed_is_dropped_whatever_the_backend_has_heard(
    house: House, twilio: Twilio, changed: str
) -> None:
    start = house.clock.now + timedelta(hours=2)
    meeting = Meeting(
        id=MEETING,
        person=UUID(int=1),
        start=start,
        end=start + timedelta(minutes=30),
        address="Exempelgatan 1",
        status=MeetingStatus.BOOKED,
    )
    known: dict[str, dict[str, Any]] = {
        "rung instead": {"meeting": meeting, "by_phone": MEETING},
        "cancelled": {"meeting": meeting.model_copy(update={"status": MeetingStatus.CANCELLED})},
        "moved": {"meeting": meeting.model_copy(update={"start": start + timedelta(days=1)})},
        "as it was": {"meeting": meeting},
    }
    house.parrot.on["Hej"] = says(reminder(until=start))
    house.parrot.on["Ändra"] = lambda state, _: Turn(state.with_person(**known[changed]))
    await someone_writes(house)
    await someone_writes(house, "Ändra")
    await house.work()
    assert len(bodies(twilio)) == (1 if changed == "as it was" else 0)
    left = [row.reason for row in await house.rows("select reason from outbox")]
    assert left == [None if changed == "as it was" else "untrue"]


async def test_what_the_backend_no_longer_knows_is_not_sent(house: House, twilio: Twilio) -> None:
    house.office.refuses["still-true"] = (404, ProblemCode.NOT_FOUND)
    house.parrot.on["Hej"] = says(reminder())
    await someone_writes(house)
    await house.work()
    assert (bodies(twilio), await house.states()) == ([], ["dropped"])


async def test_while_the_backend_is_away_a_reminder_waits_until_half_an_hour_before(
    house: House, twilio: Twilio
) -> None:
    house.parrot.on["Hej"] = says(reminder(deadline=house.clock.now + timedelta(hours=2)))
    await someone_writes(house)
    house.office.away = True
    await house.work()
    assert (bodies(twilio), await house.states()) == ([], ["pending"])
    house.clock.forward(minutes=91)
    await later(house, 1)
    await house.work()
    assert len(bodies(twilio)) == 1
    assert bodies(twilio)[0].startswith("Mötet i dag är kl 9.30.")


# --- A question becomes open when it has left -------------------------------------------------------------------------


async def test_a_proactive_question_is_open_when_it_has_left(house: House, twilio: Twilio) -> None:
    until = house.clock.now + timedelta(hours=3)
    house.parrot.on["Hej"] = says(reminder(start=house.clock.now + timedelta(hours=1), until=until))
    await someone_writes(house)
    await house.work()
    assert house.parrot.events(Went) == []
    house.clock.forward(hours=1)
    await house.work()
    await twilio.reported()
    await later(house, 20)
    await house.work()
    (went,) = house.parrot.events(Went)
    assert (went.question, went.ask, went.reference, went.until) == ("t1", "reminder", MEETING, until)


async def test_also_when_only_the_receipt_says_that_it_left(house: House, twilio: Twilio) -> None:
    house.parrot.on["Hej"] = says(reminder())
    twilio.faults.append("500 after accepting")
    await someone_writes(house)
    await house.work()
    await twilio.reported()
    assert len(house.parrot.events(Went)) == 1


async def test_a_handset_out_of_reach_is_tried_once_more(house: House, twilio: Twilio) -> None:
    twilio.receipts = ()
    thread = await someone_writes(house)
    await house.work()
    await twilio.report(twilio.texts[0], "undelivered", 30003)
    await house.work()
    assert await house.states() == ["failed", "pending"]
    await later(house, 11)
    await house.work()
    assert bodies(twilio) == ["Du skrev: Hej"] * 2
    await twilio.report(twilio.texts[1], "undelivered", 30003)
    await later(house, 11)
    await house.work()
    assert len(bodies(twilio)) == 2
    assert [line.state.value for line in await threads.lines(house.engine, thread)] == ["received", "failed", "failed"]


async def test_what_is_tried_once_more_is_superseded_as_the_first_would_be(house: House, twilio: Twilio) -> None:
    """Staff have taken over meanwhile: the machine's answer does not come between, ten minutes later."""
    twilio.receipts = ()
    await someone_writes(house)
    await house.work()
    house.parrot.on["nu"] = then(owner="staff", epoch=1)
    await someone_writes(house, "nu")
    await twilio.report(twilio.texts[0], "undelivered", 30003)
    await later(house, 11)
    await house.work()
    assert bodies(twilio) == ["Du skrev: Hej"]
    assert [(row.state, row.reason) for row in await house.rows("select state, reason from outbox order by seq")] == [
        ("failed", None),
        ("dropped", "superseded"),
    ]


@pytest.mark.parametrize("state", ["sending", "unknown"])
async def test_a_thread_that_cannot_be_opened_holds_up_no_other(house: House, twilio: Twilio, state: str) -> None:
    """Whoever was sending to both is dead. One cannot be opened: staff get it; the other is asked about and sent."""
    twilio.receipts = ()
    for person in (SARA, OMAR):
        await inbox.receive(house.engine, Inbound(TOWN, "sms", person, uuid4().hex, Said("Hej")))
    await house.change(
        "update outbox set state = :state, attempts = 1, tried_at = now() - interval '20 minutes',"
        " next_try_at = now() - interval '1 minute', lease = gen_random_uuid(),"
        " lease_until = now() - interval '1 minute'",
        state=state,
    )
    broken = await threads.find(house.engine, TOWN, "sms", SARA)
    await house.change("update threads set state = decode('00', 'hex') where id = :id", id=broken)
    for _ in range(3):
        await later(house, 1)
        await house.work()
    assert [text.to for text in twilio.texts] == [OMAR]
    assert await house.states() == ["given-up", "sent"]
    assert [(one["reason"], one["thread"]) for one in house.office.told("handovers")] == [("dead-letter", str(broken))]


# --- After a restore, and where people read here ----------------------------------------------------------------------


async def test_after_a_restore_nothing_leaves_before_somebody_says_so(house: House, twilio: Twilio) -> None:
    await someone_writes(house, "gick ut före")
    await house.work()
    await someone_writes(house, "hann inte")
    await house.change("update outbox set state = 'unknown', provider_ref = null, text = null, tried_at = null")
    await house.change("insert into sending (paused) values (true) on conflict (one) do update set paused = true")
    await someone_writes(house, "efter")
    await later(house, 5)
    await house.work()
    assert len(bodies(twilio)) == 1
    await outbox.resume(house.engine)
    await house.work()
    assert sorted(bodies(twilio)) == ["Du skrev: efter", "Du skrev: gick ut före", "Du skrev: hann inte"]


async def test_where_people_read_our_entries_a_reply_has_arrived_at_once(house: House) -> None:
    house.parrot.on["Hej"] = says("svar", reminder(start=house.clock.now + timedelta(hours=1)))
    thread = await someone_writes(house, "Hej", "web")
    assert [line.state.value for line in await threads.lines(house.engine, thread)] == ["received", "delivered"]
    assert (await threads.lines(house.engine, thread))[1].outgoing is not None
    house.clock.forward(hours=1)
    await house.work()
    last = (await threads.lines(house.engine, thread))[-1]
    assert (last.original, last.state) == ("Mötet i dag är kl 9.30.", EntryState.DELIVERED)
    assert len(house.parrot.events(Went)) == 1
