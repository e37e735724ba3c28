"""A reply in flight when staff take over: nobody can take it back, so the thread shows it."""

from uuid import uuid4

from backend.contract import EntryState
from bot.messages import Turn
from bot.stories.twilio import Twilio
from bot.turning import threads
from tests.bot.house import SARA, House, reply
from tests.bot.leaving.test_outbox import later, someone_writes


def takes_over(house: House) -> None:
    staff = reply("Hej, jag heter Johan.", "staff", staff_message=uuid4(), swedish="Hej, jag heter Johan.")
    house.parrot.on["nu"] = lambda state, _: Turn(
        state.with_thread(owner="staff", epoch=1, handed_over=True), says=(staff,), supersede=True
    )


async def test_what_crosses_with_who_takes_over_is_shown_and_the_human_comes_after_it(house: House) -> None:
    takes_over(house)
    thread = await someone_writes(house)
    # A worker has it in hand, and waits for the provider.
    await house.change("update outbox set state = 'sending', attempts = 1, tried_at = now()")
    await someone_writes(house, "nu")
    lines = await threads.lines(house.engine, thread)
    assert [line.swedish for line in lines if line.who == "marker"] == [
        "Personalen har tagit över.",
        "Ett svar från automaten var redan på väg och kan komma fram ändå.",
    ]
    assert [line.who for line in lines][-3:] == ["marker", "marker", "staff"]


async def test_what_had_not_left_does_not_cross(house: House, twilio: Twilio) -> None:
    takes_over(house)
    twilio.faults.append("429")
    thread = await someone_writes(house)
    await house.work()
    await someone_writes(house, "nu")
    await later(house, 2)
    await house.work()
    lines = await threads.lines(house.engine, thread)
    assert [line.swedish for line in lines if line.who == "marker"] == ["Personalen har tagit över."]
    assert [line.state for line in lines if line.who == "bot"] == [EntryState.DROPPED]
    assert [text.body for text in twilio.sent_to(SARA)] == ["Hej, jag heter Johan."]
