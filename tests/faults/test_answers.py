"""What the providers say: refused for good, refused for now, not any more; and what they report afterwards."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from bot.messages import Turn
from tests.bot.house import NUMBER, OMAR, SARA, TOWN, reply, says
from tests.bot.telegraph import asks
from tests.faults.conftest import Town, refused

# --- Twilio refuses ---------------------------------------------------------------------------------------------------

FOR_GOOD = {
    "to is no number": 21211,
    "country not enabled": 21408,
    "opted out": 21610,
    "no route": 21612,
    "text too long": 21617,
    "landline": 21614,
}


@pytest.mark.parametrize("code", FOR_GOOD.values(), ids=list(FOR_GOOD))
async def test_sms_refused_for_good(town: Town, code: int) -> None:
    """Asked once, never again, whatever time goes by."""
    town.twilio.refusals.append((400, code))
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    for minutes in (1, 20, 24 * 60):
        await town.later(minutes=minutes)
    assert (town.twilio.requests, town.texts()) == (1, [])
    assert await town.rows() == [("failed", str(code))]
    stopped = [one["opted_out"] for one in town.house.office.told("phones")]
    assert stopped == ([True] if code == 21610 else [])
    reasons = {one["reason"] for one in town.house.office.told("handovers")}
    assert ("unreachable" in reasons) is (code not in (21610, 21617)), "staff hear that the number takes no texts"


FOR_NOW = {"too many": (429, 20429), "too many, unsaid": (429, 0), "token not valid": (401, 20003)}


@pytest.mark.parametrize("refusal", FOR_NOW.values(), ids=list(FOR_NOW))
async def test_sms_refused_for_now(town: Town, refusal: tuple[int, int]) -> None:
    """Certainly not done, and not the message's own fault: it waits, less and less often, and leaves once."""
    town.twilio.refusals.extend([refusal] * 3)
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    assert await town.house.states() == ["pending"]
    (pause,) = await town.house.rows("select next_try_at - now() as left from outbox")
    assert pause.left > timedelta(0)
    for _ in range(3):
        await town.later(minutes=2)
    assert (town.texts(), await town.house.states()) == (["Du skrev: Hej"], ["delivered"])


async def test_sms_many_are_refused_for_now(town: Town) -> None:
    """They do not all come back at the same moment."""
    people = [f"+4670174{number:04}" for number in range(605, 610)]
    town.twilio.refusals.extend([(429, 20429)] * len(people))
    for who in people:
        await town.twilio.write(who, NUMBER, "Hej")
    await town.house.work()
    rows = await town.house.rows("select next_try_at - tried_at as pause from outbox")
    assert len({round(row.pause.total_seconds(), 2) for row in rows}) > 1
    await town.later(minutes=2)
    assert all(town.texts(who) == ["Du skrev: Hej"] for who in people)


# --- Twilio reports ---------------------------------------------------------------------------------------------------

REPORTED_FOR_GOOD = {
    "message blocked": 30004,
    "unknown handset": 30005,
    "landline or unreachable carrier": 30006,
    "filtered": 30007,
}


async def answered(town: Town) -> None:
    town.twilio.receipts = ()
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()


@pytest.mark.parametrize("code", REPORTED_FOR_GOOD.values(), ids=list(REPORTED_FOR_GOOD))
async def test_sms_reported_lost_for_good(town: Town, code: int) -> None:
    await answered(town)
    await town.twilio.report(town.twilio.texts[0], "undelivered", code)
    for minutes in (1, 11, 24 * 60):
        await town.later(minutes=minutes)
    assert await town.rows() == [("failed", str(code))]
    assert town.texts() == ["Du skrev: Hej"]


@pytest.mark.parametrize("code", [30001, 30003, 30008], ids=["queue full", "out of reach", "unknown"])
async def test_sms_reported_lost_for_now(town: Town, code: int) -> None:
    """One new message, once, however often and in whatever words it is reported."""
    await answered(town)
    for status in ("undelivered", "undelivered", "failed"):
        await town.twilio.report(town.twilio.texts[0], status, code)
    assert await town.house.states() == ["failed", "pending"]
    await town.later(minutes=11)
    assert town.texts() == ["Du skrev: Hej"] * 2
    await town.twilio.report(town.twilio.texts[1], "undelivered", code)
    await town.later(minutes=24 * 60)
    assert (await town.house.states(), len(town.texts())) == (["failed", "failed"], 2)


async def test_receipt_of_failure_before_the_answer_to_our_own_request(town: Town) -> None:
    """Its failure is known before we know that it was taken: one new message, and the answer changes nothing back."""
    town.twilio.receipts = ()
    town.to_twilio.faults.append("held")
    await town.twilio.write(SARA, NUMBER, "Hej")
    sending = asyncio.create_task(town.house.work())
    await town.twilio.wait_for(lambda: bool(town.twilio.texts))
    await town.twilio.report(town.twilio.texts[0], "undelivered", 30003)
    await sending
    assert await town.house.states() == ["failed", "pending"]


async def test_receipt_that_comes_fifty_times_at_once(town: Town) -> None:
    town.patient()
    await answered(town)
    given = await asyncio.gather(*(town.twilio.report(town.twilio.texts[0], "delivered") for _ in range(50)))
    assert set(given) == {204}
    assert await town.house.states() == ["delivered"]
    assert len(await town.house.rows("select 1 from receipts")) == 1


async def test_receipt_after_its_absence_was_taken_for_proved(town: Town) -> None:
    """The list lagged for a quarter of an hour; before the second try its receipt comes: no second text."""
    town.twilio.receipts = ()
    town.to_twilio.faults.append("cut after")
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    lagging, town.twilio.texts = town.twilio.texts, []
    await town.house.change("update outbox set state = 'pending', next_try_at = now() + interval '1 hour'")
    assert await town.twilio.report(lagging[0], "delivered") == 204
    await town.later(minutes=24 * 60)
    assert (town.texts(), await town.house.states()) == ([], ["delivered"])


async def test_receipt_of_opted_out_while_more_waits(town: Town) -> None:
    """21610 comes as a report: nothing more leaves to her."""
    await answered(town)
    await town.twilio.write(SARA, NUMBER, "Hej igen")
    await town.twilio.report(town.twilio.texts[0], "failed", 21610)
    await town.later(minutes=5)
    assert (await town.house.states(), len(town.texts())) == (["failed", "dropped"], 1)


# --- Telegram refuses -------------------------------------------------------------------------------------------------

GONE = {
    "blocked": (403, "Forbidden: bot was blocked by the user"),
    "deactivated": (403, "Forbidden: user is deactivated"),
    "never began": (403, "Forbidden: bot can't initiate conversation with a user"),
    "chat not found": (400, "Bad Request: chat not found"),
}


@pytest.mark.parametrize("said", GONE.values(), ids=list(GONE))
async def test_telegram_chat_is_gone(town: Town, said: tuple[int, str]) -> None:
    """Not tried again, nothing more is tried there, and staff look for another way."""
    town.telegram.refusals.append(refused(*said))
    await town.telegram.write(town.sara, TOWN, "Hej")
    await town.house.work()
    await town.later(minutes=24 * 60)
    assert (town.chat(), await town.house.states()) == ([], ["failed"])
    assert [one["reason"] for one in town.house.office.told("handovers")] == ["unreachable"]


async def test_telegram_chat_has_moved(town: Town) -> None:
    """Only groups move, and we are in none: refused for good, and staff look."""
    moved = refused(400, "Bad Request: group chat was upgraded to a supergroup chat", migrate_to_chat_id=-100_5)
    town.telegram.refusals.append(moved)
    await town.telegram.write(town.sara, TOWN, "Hej")
    await town.house.work()
    await town.later(minutes=24 * 60)
    assert (town.chat(), await town.rows()) == ([], [("failed", "400")])
    assert [one["reason"] for one in town.house.office.told("handovers")] == ["lost"]


WAITS = {
    "token not valid": (401, "Unauthorized"),
    "no such bot": (404, "Not Found"),
    "another of us": (409, "Conflict: terminated by other getUpdates request"),
    "too many, unsaid": (429, "Too Many Requests"),
}


@pytest.mark.parametrize("said", WAITS.values(), ids=list(WAITS))
async def test_telegram_refused_for_now(town: Town, said: tuple[int, str]) -> None:
    town.telegram.refusals.extend([refused(*said)] * 2)
    await town.telegram.write(town.sara, TOWN, "Hej")
    await town.house.work()
    assert (town.chat(), await town.house.states()) == ([], ["pending"])
    for _ in range(2):
        await town.later(minutes=2)
    assert (town.chat(), await town.house.states()) == (["Du skrev: Hej"], ["delivered"])


async def test_telegram_flood_wait_is_kept_by_a_second_worker(town: Town) -> None:
    """The wait lies in the database: who has not heard it himself keeps it too."""
    town.telegram.retry_after = 60
    town.telegram.faults.append("429")
    await town.telegram.write(town.sara, TOWN, "ett")
    await town.house.work()
    await town.telegram.write(town.sara, TOWN, "två")
    await town.later(seconds=50)
    assert [name for name, _ in town.telegram.calls].count("sendMessage") == 1
    await town.later(seconds=11)
    assert town.chat() == ["Du skrev: ett", "Du skrev: två"]


# --- Buttons and repeated updates -------------------------------------------------------------------------------------


async def test_update_five_times_at_once(town: Town) -> None:
    town.patient()
    message = {"message_id": 1, "date": 1_795_000_000, "chat": town.sara.chat, "from": town.sara.user, "text": "Hej"}
    update = {"update_id": 77, "message": message}
    given = await asyncio.gather(*(town.telegram.bring(TOWN, update, queue) for queue in range(5)))
    assert set(given) == {204}
    await town.house.work()
    assert (await town.heard(), town.chat()) == (["Hej"], ["Du skrev: Hej"])


async def test_sms_five_times_at_once(town: Town) -> None:
    town.patient()
    given = await asyncio.gather(*(town.twilio.write(SARA, NUMBER, "Hej", sid="SM" + "5" * 32) for _ in range(5)))
    assert set(given) == {204}
    await town.house.work()
    assert (await town.heard(), town.texts()) == (["Hej"], ["Du skrev: Hej"])


async def test_sms_again_after_later_ones(town: Town) -> None:
    """Its first answer was lost, and it is brought again when two others have come."""
    first = "SM" + "7" * 32
    await town.twilio.write(SARA, NUMBER, "ett", sid=first)
    await town.twilio.write(SARA, NUMBER, "två")
    await town.twilio.write(SARA, NUMBER, "ett", sid=first)
    await town.house.work()
    assert await town.heard() == ["ett", "två"]
    assert town.texts() == ["Du skrev: ett", "Du skrev: två"]


async def test_button_pressed_twice_at_once(town: Town) -> None:
    """Two queries: the second is of a question that is behind us."""
    town.house.parrot.on["Hej"] = asks("Boka?", "Ja", "Nej")
    town.house.parrot.on["1"] = lambda state, _: Turn(state.with_thread(open=None), says=(reply("Bokat."),))
    await town.telegram.write(town.sara, TOWN, "Hej")
    await town.house.work()
    sent = town.telegram.sent_to(town.sara, TOWN)[-1]
    pressing = (town.telegram.press_remembered(town.sara, TOWN, sent, "t1:1") for _ in range(2))
    assert await asyncio.gather(*pressing) == [204, 204]
    await town.telegram.wait_for(lambda: len(town.telegram.answers) == 2)
    assert sorted("text" in answer for answer in town.telegram.answers) == [False, True]


async def test_button_of_a_question_that_stands_there_twice(town: Town) -> None:
    """The question was asked again while nobody knew whether it had come the first time; then she answers it."""
    town.house.parrot.on["Hej"] = town.house.parrot.on["va?"] = asks("Boka?", "Ja", "Nej")
    town.to_telegram.faults.extend(["cut after", "cut after"])
    await town.telegram.write(town.sara, TOWN, "Hej")
    await town.house.work()
    await town.telegram.write(town.sara, TOWN, "va?")
    for since in ("created_at", "holds_since"):
        await town.house.change(f"update outbox set {since} = {since} - interval '2 minutes'")
    await town.house.work()
    assert await town.house.states() == ["unknown", "unknown"]
    await town.telegram.press(town.sara, TOWN, town.telegram.sent_to(town.sara, TOWN)[-1], "t1:1")
    assert await town.heard() == ["Hej", "va?", "1"]
    assert await town.house.rows("select 1 from inbox where state = 'dead'") == []


async def test_album_whose_pictures_come_twice_and_in_disorder(town: Town) -> None:
    pictures = [{"file_id": f"f{n}", "file_unique_id": f"u{n}", "width": 1, "height": 1} for n in range(3)]
    updates = [
        {
            "update_id": 900 + n,
            "message": {
                "message_id": 50 + n,
                "date": 1_795_000_000,
                "chat": town.sara.chat,
                "from": town.sara.user,
                "photo": [picture],
                "media_group_id": "9",
            },
        }
        for n, picture in enumerate(pictures)
    ]
    for update in (updates[2], updates[0], updates[0], updates[1], updates[2]):
        assert await town.telegram.bring(TOWN, update) == 204
    await town.house.work()
    assert len(town.house.parrot.heard) == 1
    assert len(town.house.office.told("sealed")) == 3
    assert len(town.chat()) == 1


async def test_edited_message_that_comes_twice(town: Town) -> None:
    await town.telegram.send(town.sara, TOWN, message_id=5, text="Hej")
    for _ in range(2):
        update = {
            "update_id": 950,
            "edited_message": {
                "message_id": 5,
                "date": 1_795_000_000,
                "edit_date": 1_795_000_001,
                "chat": town.sara.chat,
                "from": town.sara.user,
                "text": "Hejsan",
            },
        }
        assert await town.telegram.bring(TOWN, update) == 204
    assert [event.edited for _, event in town.house.parrot.heard if hasattr(event, "edited")] == [False, True]


async def test_update_that_cannot_be_read_among_good_ones(town: Town) -> None:
    """The one becomes a dead letter; those before and after it are answered in their order."""
    await town.telegram.write(town.sara, TOWN, "ett")
    assert await town.telegram.bring(TOWN, {"update_id": 990, "message": {"chat": "?"}}) == 204
    await town.telegram.write(town.sara, TOWN, "två")
    await town.house.work()
    assert town.chat() == ["Du skrev: ett", "Du skrev: två"]
    assert [row.state for row in await town.house.rows("select state from inbox")] == ["dead"]


# --- Many at once -----------------------------------------------------------------------------------------------------


async def test_forty_people_write_at_once(town: Town) -> None:
    town.patient()
    people = [f"+4670174{number:04}" for number in range(600, 640)]
    given = await asyncio.gather(*(town.twilio.write(who, NUMBER, f"Hej {who[-2:]}") for who in people))
    assert set(given) == {204}
    await town.house.work()
    assert all(town.texts(who) == [f"Du skrev: Hej {who[-2:]}"] for who in people)


async def test_one_person_sends_sixty_messages_at_once(town: Town) -> None:
    """Each is taken once, one after the other, and answered once."""
    town.patient()
    words = [f"rad {number}" for number in range(60)]
    given = await asyncio.gather(*(town.twilio.write(SARA, NUMBER, one) for one in words))
    assert set(given) == {204}
    await town.house.work()
    heard = await town.heard()
    assert sorted(heard) == sorted(words)
    assert town.texts() == [f"Du skrev: {one}" for one in heard]


# --- What is in a text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    ["👩‍👩‍👧‍👦🙏 tack", "a+b & c=d%20#y", "السلام عليكم", "  blank runt om  ", "rad ett\r\nrad två"],
    ids=["emoji", "signs of addresses", "arabic", "blanks", "lines"],
)
async def test_text_comes_as_it_was_written(town: Town, words: str) -> None:
    await town.twilio.write(SARA, NUMBER, words)
    await town.telegram.write(town.sara, TOWN, words)
    await town.house.work()
    assert await town.heard() == [words, words]
    assert town.texts() == [f"Du skrev: {words}"]
    assert town.chat() == [f"Du skrev: {words}".strip()]


@pytest.mark.parametrize("sign", ["å", "🙏"], ids=["letters", "emoji"])
async def test_text_as_long_as_staff_may_write(town: Town, sign: str) -> None:
    """A thousand signs stay below what Twilio takes, and come in one message."""
    words = sign * 1000
    town.house.parrot.on["Hej"] = says(reply(words, "staff", staff_message=uuid4()))
    await town.twilio.write(SARA, NUMBER, "Hej")
    await town.house.work()
    assert town.texts() == [words]


async def test_text_of_three_thousand_letters_comes_in_whole(town: Town) -> None:
    words = "å" * 3000
    await town.twilio.write(OMAR, NUMBER, words)
    assert await town.heard() == [words]
