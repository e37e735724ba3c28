"""A message that could not be read: staff let it be tried again or see to it by hand, and nobody waits for it."""

from uuid import UUID

import pytest

from backend.contract import DeadLetter, NoticeKind
from bot.arriving import inbox
from bot.conversation import turn
from bot.messages import Open, Said, Turn
from bot.turning import threads
from tests.bot.arriving.test_inbox import _raise, wrote
from tests.bot.house import POLICY, SARA, TOWN, House, reply


async def dies(house: House, words: str, ours: str) -> UUID:
    """A message that raises at every try; gives its dead letter."""
    house.parrot.on[words] = _raise
    await inbox.receive(house.engine, wrote(words, ours))
    await tried(house)
    return UUID(house.office.told("handovers")[-1]["about"])


async def tried(house: House) -> None:
    for _ in range(4):
        await house.change("update inbox set next_try_at = now()")
        await house.work()


async def decides(house: House, letter: UUID, *, again: bool) -> None:
    """Staff press the button."""
    thread = await threads.find(house.engine, TOWN, "sms", SARA)
    assert thread is not None
    person = (await threads.state(house.engine, thread)).person.id
    house.parrot.on["Noticed"] = lambda state, event: turn(state, event, POLICY, house.clock.now)
    house.office.tells(NoticeKind.DEAD_LETTER, person, DeadLetter(thread=thread, letter=letter, again=again))
    await house.work()


async def dead(house: House) -> int:
    (row,) = await house.rows("select count(*) as dead from inbox where state = 'dead'")
    return int(row.dead)


async def test_staff_are_told_which_line_could_not_be_read(house: House) -> None:
    await dies(house, "trasig", "1")
    (handed,) = house.office.told("handovers")
    assert handed["reason"] == "dead-letter"
    (line,) = [body for _, path, body in house.office.asked if path.endswith(f"/entries/{handed['entry']}")]
    assert line["original"] == "trasig"


async def test_after_a_fix_staff_release_it_and_it_is_answered_once(house: House) -> None:
    letter = await dies(house, "trasig", "1")
    house.parrot.on.clear()
    for _ in range(2):
        await decides(house, letter, again=True)
    assert [text.body for text in house.twilio.sent_to(SARA)][1:] == ["Du skrev: trasig"]
    assert await dead(house) == 0
    lines = await threads.lines(house.engine, await thread_of(house))
    assert [line.original for line in lines if line.who == "person"] == ["trasig"], "and stands there once"


async def thread_of(house: House) -> UUID:
    found = await threads.find(house.engine, TOWN, "sms", SARA)
    assert found is not None
    return found


async def test_released_before_it_is_mended_it_is_a_dead_letter_again(house: House) -> None:
    letter = await dies(house, "trasig", "1")
    await decides(house, letter, again=True)
    await tried(house)
    handed = [one["about"] for one in house.office.told("handovers")]
    assert len(set(handed)) == 2
    assert await dead(house) == 1
    house.parrot.on.clear()
    await decides(house, UUID(handed[-1]), again=True)
    assert house.parrot.heard_words()[-1] == "trasig"


async def test_taken_by_hand_it_is_gone_from_here_and_never_tried_again(house: House) -> None:
    letter = await dies(house, "trasig", "1")
    house.parrot.on.clear()
    tries = len(house.parrot.heard)
    await decides(house, letter, again=False)
    await tried(house)
    assert len(house.parrot.heard) == tries + 1, "only the notice itself"
    assert await dead(house) == 0
    (row,) = await house.rows("select body from inbox where id = :letter", letter=letter)
    assert row.body is None


async def test_nobody_elses_letter_is_released(house: House) -> None:
    letter = await dies(house, "trasig", "1")
    await inbox.receive(house.engine, wrote("hej", "2", who="+46701740606"))
    await house.work()
    other = await threads.find(house.engine, TOWN, "sms", "+46701740606")
    assert other is not None
    person = (await threads.state(house.engine, other)).person.id
    house.parrot.on["Noticed"] = lambda state, event: turn(state, event, POLICY, house.clock.now)
    house.office.tells(NoticeKind.DEAD_LETTER, person, DeadLetter(thread=other, letter=letter, again=True))
    await house.work()
    assert await dead(house) == 1


async def test_later_messages_are_answered_while_it_lies_there(house: House) -> None:
    await dies(house, "trasig", "1")
    received = await inbox.receive(house.engine, wrote("efter", "2"))
    assert received.outcome == "done"
    await house.work()
    assert house.twilio.sent_to(SARA)[-1].body == "Du skrev: efter"


@pytest.mark.parametrize("asked_since", [True, False])
async def test_what_was_written_before_the_open_question_is_no_answer_to_it(house: House, asked_since: bool) -> None:
    letter = await dies(house, "1", "1")
    house.parrot.on.clear()
    house.clock.forward(minutes=5 if asked_since else -5)
    house.parrot.on["efter"] = lambda state, _: Turn(
        state.with_thread(open=Open("form", "t1", house.clock.now)), says=(reply("Hur många barn?"),)
    )
    await inbox.receive(house.engine, wrote("efter", "2"))
    await decides(house, letter, again=True)
    released = house.parrot.events(Said)[-1]
    assert (released.words, released.behind) == ("1", asked_since)


async def test_nothing_of_it_stands_in_a_log(house: House, capfd: pytest.CaptureFixture[str]) -> None:
    letter = await dies(house, "hemligheten", "1")
    await decides(house, letter, again=True)
    await tried(house)
    out, err = capfd.readouterr()
    assert "dead letter" in out + err
    assert "hemligheten" not in out + err
    assert SARA not in out + err
