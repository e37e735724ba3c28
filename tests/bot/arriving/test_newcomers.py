"""Whoever has a number now that was a wrong one, and asks for help: somebody new, and nothing of hers."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from backend.contract import NoticeKind, NumberRight
from bot.arriving.inbox import Inbound, receive
from bot.arriving.newcomers import NOBODY_KNOWS, OF_THEIR_OWN
from bot.conversation import turn
from bot.conversation.putting import CONFIRM_CONTACT
from bot.conversation.unanswered import WHERE_TO_TURN
from bot.hearing.words import Command, command
from bot.messages import Outgoing, Said
from bot.text import languages, render, say, words
from bot.turning import threads
from bot.turning.desk import Desk
from bot.turning.replies import write_ours
from bot.turning.turns import take
from tests.bot.arriving.test_going_on import person_of, thread_of, writes
from tests.bot.house import SARA, TOWN, House
from tests.bot.talker import POLICY

OF_HERS = "Mötet i dag är kl 9.30."


@pytest.fixture
def house(house: House) -> House:
    house.engine.turn = turn
    house.office.answers["free-times"] = {"times": [], "within_promise": True}
    return house


async def given_up_by(house: House) -> UUID:
    """She applies; later somebody else has the number, and says so. Gives her thread."""
    await writes(house, "hej, behöver hjälp", "sms", SARA)
    await house.work()
    hers = await thread_of(house, "sms", SARA)

    async def begin(desk: Desk) -> None:
        thread = await desk.lock(hers)
        message = Outgoing("reminder", say("{words}", words=OF_HERS), deadline=house.clock() + timedelta(days=2))
        await desk.write_message(thread, thread.id, message)
        await desk.save(thread)

    await writes(house, "fel nummer", "sms", SARA)
    await take(house.engine, TOWN, begin)
    return hers


@pytest.mark.parametrize("language", languages())
def test_the_word_that_is_told_is_the_word_that_is_heard(language: str) -> None:
    there = render(say(WHERE_TO_TURN, telephone=POLICY.telephone), language, plain=True).casefold()
    heard = [word for word in words(language, "apply") if word.casefold() in there]
    assert [command(word) for word in heard] == [Command("apply")]


async def test_who_asks_for_help_is_somebody_new_and_hears_nothing_of_hers(house: House) -> None:
    hers = await given_up_by(house)
    before = await threads.state(house.engine, hers)
    await writes(house, "jag behöver också hjälp", "sms", SARA)
    assert await thread_of(house, "sms", SARA) == hers, "not before it is asked for"
    for _ in range(2):
        await receive(house.engine, Inbound(TOWN, "sms", SARA, "once", Said("ANSÖK")))
    house.clock.forward(days=1)
    await house.work()
    his = await threads.state(house.engine, await thread_of(house, "sms", SARA))
    after = await threads.state(house.engine, hers)
    assert his.thread.id != hers
    assert his.person.id != before.person.id
    assert (his.person.meeting, his.person.telephone, his.thread.frozen) == (None, None, False)
    assert after.thread.frozen
    calls = [call for call in house.office.told("calls-for-help/") if call["thread"] == str(his.thread.id)]
    assert [(call["person"], call["telephone"]) for call in calls] == [(str(his.person.id), SARA)]
    said = [text.body for text in house.twilio.sent_to(SARA)]
    assert OF_HERS not in said
    assert said[-1].startswith("Hej! Kommunens automat."), said


async def test_who_gives_that_number_elsewhere_is_not_left_waiting_for_a_text_that_never_leaves(house: House) -> None:
    """Nor does anybody learn from it that the number is frozen: staff are told, in the talk of who gave it."""
    await given_up_by(house)
    await writes(house, "hej, behöver hjälp")
    await house.work()
    gave, person = await thread_of(house), await person_of(house)
    asks = Outgoing(
        "confirm-contact",
        say(CONFIRM_CONTACT.text),
        question="token",
        ask="confirm-contact",
        reference=person,
        telephone=SARA,
    )

    async def begin(desk: Desk) -> None:
        thread = await desk.lock(gave)
        await write_ours(desk, thread, uuid4(), [asks], thread.state)

    await take(house.engine, TOWN, begin)
    before = len(house.twilio.sent_to(SARA))
    await house.work()
    assert len(house.twilio.sent_to(SARA)) == before
    told = house.office.told("handovers/")[-1]
    assert (told["thread"], told["person"], told["reason"]) == (str(gave), str(person), "unreachable")


async def test_who_agreed_on_a_phrase_may_be_standing_beside_whoever_writes(house: House) -> None:
    hers = await given_up_by(house)

    async def begin(desk: Desk) -> None:
        thread = await desk.lock(hers)
        person = await desk.person(thread.person)
        state = (await threads.state(house.engine, hers)).with_person(silent_for_safety=house.clock())
        await threads.save_person(desk.connection, desk.codec, TOWN, person, state)

    await take(house.engine, TOWN, begin)
    await writes(house, "ANSÖK", "sms", SARA)
    assert await thread_of(house, "sms", SARA) == hers
    await writes(house, "jag har ingen mat hemma", "sms", SARA)
    assert await thread_of(house, "sms", SARA) == hers, "the phrase must be heard there"


async def test_what_cannot_wait_is_answered_and_is_told_of_nobody_we_know(house: House) -> None:
    hers = await given_up_by(house)
    before = await threads.state(house.engine, hers)
    await writes(house, "jag har ingen mat hemma", "sms", SARA)
    await house.work()
    theirs = await threads.state(house.engine, await thread_of(house, "sms", SARA))
    assert theirs.thread.id != hers
    assert any("112" in text.body for text in house.twilio.sent_to(SARA))
    told = [*house.office.told("acute-needs/"), *house.office.told("handovers/")]
    acute = [one for one in told if one.get("reason", "acute") == "acute"]
    assert {(one["person"], one["thread"]) for one in acute} == {(str(theirs.person.id), str(theirs.thread.id))}
    there, here = await threads.lines(house.engine, hers), await threads.lines(house.engine, theirs.thread.id)
    assert render(say(OF_THEIR_OWN), "sv") in [line.original for line in there if line.who == "marker"]
    assert (here[0].who, here[0].original) == ("marker", render(say(NOBODY_KNOWS), "sv"))
    assert "jag har ingen mat hemma" not in [line.original for line in there]
    house.office.tells(NoticeKind.NUMBER_RIGHT, before.person.id, NumberRight(thread=hers))
    await house.work()
    assert (await threads.state(house.engine, hers)).thread.frozen, "the answer would be the stranger's"


async def test_who_wanted_no_texts_there_gets_none_for_being_somebody_else(house: House) -> None:
    for one in ("hej, behöver hjälp", "STOPP", "fel nummer"):
        await writes(house, one, "sms", SARA)
        await house.work()
    hers = await thread_of(house, "sms", SARA)
    before = len(house.twilio.sent_to(SARA))
    await writes(house, "jag har ingen mat hemma", "sms", SARA)
    await house.work()
    assert await thread_of(house, "sms", SARA) != hers
    assert [("112" in text.body) for text in house.twilio.sent_to(SARA)[before:]] == [True]


async def test_what_the_provider_stopped_stays_stopped_for_whoever_has_the_number_now(house: House) -> None:
    hers = await given_up_by(house)
    await receive(house.engine, Inbound(TOWN, "sms", SARA, "stopped", Said("STOP", keyword="stop", answered=True)))
    assert await thread_of(house, "sms", SARA) == hers
    await writes(house, "jag har ingen mat hemma", "sms", SARA)
    theirs = await threads.state(house.engine, await thread_of(house, "sms", SARA))
    assert theirs.thread.id != hers
    assert (theirs.thread.opted_out, theirs.thread.provider_stopped) == (True, True)
