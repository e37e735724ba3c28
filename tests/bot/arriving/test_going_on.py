"""A code written in another place: what it joins, what it does not, and that guessing finds nothing."""

import asyncio
import re
from uuid import UUID

import pytest

from bot.arriving import going_on, inbox
from bot.arriving.inbox import Inbound, Received
from bot.conversation import turn
from bot.conversation.elsewhere import DID_NOT_FIT
from bot.messages import Said, Turn, load_outgoing
from bot.text import render, say
from bot.turning import threads
from bot.turning.desk import Desk
from bot.turning.turns import take
from tests.bot.house import OMAR, SARA, TOWN, House

WRONG = render(say(DID_NOT_FIT), "sv")
_ids = iter(range(1, 10_000))


@pytest.fixture
def house(house: House) -> House:
    """With the real conversation: what is joined must go on."""
    house.engine.turn = turn
    house.office.answers["free-times"] = {"times": [], "within_promise": True}
    return house


async def writes(house: House, words: str, where: str = "web", who: str = "her page", **said: str) -> Received:
    event = Said(words, **said)  # type: ignore[arg-type]
    return await inbox.receive(house.engine, Inbound(TOWN, where, who, f"{next(_ids)}", event))  # type: ignore[arg-type]


async def thread_of(house: House, where: str = "web", who: str = "her page") -> UUID:
    found = await threads.find(house.engine, TOWN, where, who)  # type: ignore[arg-type]
    assert found is not None
    return found


async def person_of(house: House, where: str = "web", who: str = "her page") -> UUID:
    return (await threads.state(house.engine, await thread_of(house, where, who))).person.id


async def said_in(house: House, where: str = "web", who: str = "her page") -> list[str]:
    return [line.original for line in await threads.lines(house.engine, await thread_of(house, where, who))]


async def code_for(house: House, where: str = "web", who: str = "her page") -> str:
    """Ask for a code and read it, as it left."""
    await writes(house, "byt telefon", where, who)
    thread = await thread_of(house, where, who)
    codec = await house.engine.codec(TOWN)
    rows = await house.rows("select id, message from outbox where thread = :thread and kind = 'code'", thread=thread)
    message = load_outgoing(codec.open(rows[-1].message, "outbox", "message", rows[-1].id))
    code = str(message.text.values["code"])
    assert re.fullmatch(r"[3-9]\d{7}", code)
    return code


async def test_the_talk_goes_on_where_the_code_is_written(house: House) -> None:
    await writes(house, "hej, behöver hjälp")
    await writes(house, "2")
    before = await threads.state(house.engine, await thread_of(house))
    code = await code_for(house)
    await writes(house, f"{code[:4]} {code[4:]}", "sms", OMAR)

    here = await threads.state(house.engine, await thread_of(house, "sms", OMAR))
    assert here.person.id == before.person.id
    assert here.thread.run == before.thread.run
    there = await threads.state(house.engine, await thread_of(house))
    assert (there.thread.run, there.thread.open) == (None, None)
    assert (await said_in(house))[-1].startswith("Nu fortsätter vi på ett annat ställe.")
    links = await house.rows("select person from contact_links where until is null and because = 'confirmed'")
    assert [link.person for link in links] == [before.person.id]


async def test_a_code_is_kept_as_a_digest_and_stands_in_no_line(house: House) -> None:
    await writes(house, "hej, behöver hjälp")
    code = await code_for(house)
    await writes(house, code, "sms", OMAR)
    assert not [line for line in [*await said_in(house), *await said_in(house, "sms", OMAR)] if code in line]
    assert code.encode() not in await house.everything()
    (row,) = await house.rows("select digest from link_codes")
    assert code.encode() not in row.digest


async def test_a_code_in_the_figures_of_any_script_is_one(house: House) -> None:
    await writes(house, "hej, behöver hjälp")
    code = await code_for(house)
    await writes(house, code.translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")), "sms", OMAR)
    assert await person_of(house, "sms", OMAR) == await person_of(house)


async def test_a_used_an_old_an_expired_and_an_invented_code_link_nothing_and_are_answered_alike(house: House) -> None:
    await writes(house, "hej, behöver hjälp")
    first = await code_for(house)
    second = await code_for(house)  # the first one died with it
    await writes(house, second, "sms", OMAR)
    third = await code_for(house)
    newest = "select id from link_codes where ended_at is null order by expires_at desc limit 1"
    await house.change(f"update link_codes set expires_at = now() where id = ({newest})")
    said = []
    for n, code in enumerate((first, second, third, "30000000")):
        await writes(house, code, "web", f"stranger {n}")
        said.append(await said_in(house, "web", f"stranger {n}"))
        assert await person_of(house, "web", f"stranger {n}") != await person_of(house)
    assert all(lines == said[0] for lines in said)
    assert WRONG in said[0]
    assert said[0][0] == "•••"


async def test_two_who_write_the_same_code_at_once_are_not_both_joined(house: House) -> None:
    await writes(house, "hej, behöver hjälp")
    code = await code_for(house)
    await asyncio.gather(*(writes(house, code, "web", f"page {n}") for n in range(4)))
    joined = [n for n in range(4) if await person_of(house, "web", f"page {n}") == await person_of(house)]
    assert len(joined) == 1


async def test_the_same_message_twice_joins_once_and_tells_once(house: House) -> None:
    await writes(house, "hej, behöver hjälp")
    code = await code_for(house)
    once = Inbound(TOWN, "sms", OMAR, "same", Said(code))
    outcomes = [(await inbox.receive(house.engine, once)).outcome for _ in range(2)]
    assert outcomes == ["done", "repeated"]
    assert sum("på ett annat ställe" in line for line in await said_in(house)) == 1


async def test_after_three_that_did_not_fit_the_right_one_does_not_either_for_half_an_hour(house: House) -> None:
    await writes(house, "hej, behöver hjälp")
    for guess in ("30000001", "30000002", "30000003"):
        await writes(house, guess, "sms", OMAR)
    code = await code_for(house)
    await writes(house, code, "sms", OMAR)
    assert (await said_in(house, "sms", OMAR)).count(WRONG) == 4
    assert await person_of(house, "sms", OMAR) != await person_of(house)
    await house.change("update code_tries set tried_at = tried_at - interval '31 minutes'")
    await writes(house, code, "sms", OMAR)
    assert await person_of(house, "sms", OMAR) == await person_of(house)


async def test_who_guesses_from_many_places_is_stopped_too(house: House) -> None:
    await writes(house, "hej, behöver hjälp")
    for n in range(30):
        await writes(house, f"{30000100 + n}", "web", f"program {n}")
    code = await code_for(house)
    await writes(house, code, "sms", OMAR)
    assert await person_of(house, "sms", OMAR) != await person_of(house)
    await house.change("update code_tries set tried_at = tried_at - interval '11 minutes'")
    await writes(house, code, "sms", OMAR)
    assert await person_of(house, "sms", OMAR) == await person_of(house)


async def test_nobody_with_a_case_of_her_own_is_drawn_into_anothers(house: House) -> None:
    """Somebody takes her telephone and writes a code of his there."""
    await writes(house, "hej, behöver hjälp", "sms", SARA)

    async def begin(desk: Desk) -> None:
        thread = await desk.lock(await thread_of(house, "sms", SARA))
        person = desk.persons[thread.person]
        state = (await threads.state(house.engine, thread.id)).with_person(telephone=SARA)
        await threads.save_person(desk.connection, desk.codec, TOWN, person, state)

    await take(house.engine, TOWN, begin)
    hers = await person_of(house, "sms", SARA)
    await writes(house, "hej", "web", "his page")
    code = await code_for(house, "web", "his page")
    await writes(house, code, "sms", SARA)
    assert await person_of(house, "sms", SARA) == hers
    assert WRONG in await said_in(house, "sms", SARA)
    await writes(house, code, "web", "a page of his")  # it is not used up by that
    assert await person_of(house, "web", "a page of his") == await person_of(house, "web", "his page")


async def test_a_code_shown_where_the_number_turned_out_to_be_wrong_is_dead(house: House) -> None:
    await writes(house, "hej, behöver hjälp", "sms", SARA)
    await writes(house, "byt telefon", "sms", SARA)
    await writes(house, "nej", "sms", SARA)
    thread = await thread_of(house, "sms", SARA)
    codec = await house.engine.codec(TOWN)
    (row,) = await house.rows("select id, message from outbox where kind = 'code'")
    code = str(load_outgoing(codec.open(row.message, "outbox", "message", row.id)).text.values["code"])
    await writes(house, "fel nummer", "sms", SARA)
    await writes(house, code, "web", "a page")
    assert (await threads.state(house.engine, thread)).thread.frozen
    assert await person_of(house, "web", "a page") != await person_of(house, "sms", SARA)


async def test_what_was_waited_for_is_answered_where_she_goes_on(house: House) -> None:
    await house.engine.policy(TOWN)
    house.office.away = True
    await writes(house, "hej, behöver hjälp")
    await writes(house, "1")  # the free times are asked for, and nobody answers
    waits = (await threads.state(house.engine, await thread_of(house))).thread.awaited
    assert waits
    code = await code_for(house)
    await writes(house, code, "sms", OMAR)
    here = await threads.state(house.engine, await thread_of(house, "sms", OMAR))
    assert here.thread.awaited == waits
    house.office.away = False
    await house.change("update calls set next_try_at = now()")
    await house.work()
    assert (await threads.state(house.engine, await thread_of(house, "sms", OMAR))).thread.awaited == ()
    assert "Jag hittar ingen ledig tid" in (await said_in(house, "sms", OMAR))[-1]
    assert "Jag hittar ingen ledig tid" not in "".join(await said_in(house))


async def test_who_wrote_before_the_code_is_the_same_person_from_then_on(house: House) -> None:
    await writes(house, "hej, behöver hjälp")
    await writes(house, "hallo", "sms", OMAR)
    was = await person_of(house, "sms", OMAR)
    code = await code_for(house)
    await writes(house, code, "sms", OMAR)
    (redirect,) = await house.rows("select merged_into from persons where id = :was", was=was)
    assert redirect.merged_into == await person_of(house)
    (row,) = await house.rows("select duplicate, because, moved from merges")
    assert (row.duplicate, row.because) == (was, "code")
    assert row.moved["threads"] == [str(await thread_of(house, "sms", OMAR))]


async def test_a_turn_that_raises_loses_neither_the_code_nor_the_question(house: House) -> None:
    """What was joined is committed with her message; what is said about it comes when the turn can be taken."""
    await writes(house, "hej, behöver hjälp")
    run = (await threads.state(house.engine, await thread_of(house))).thread.run
    code = await code_for(house)
    house.engine.turn = _raises
    assert (await writes(house, code, "sms", OMAR)).outcome == "waiting"
    assert await person_of(house, "sms", OMAR) == await person_of(house)
    house.engine.turn = turn
    await house.change("update inbox set next_try_at = now()")
    await house.work()
    here = await threads.state(house.engine, await thread_of(house, "sms", OMAR))
    assert here.thread.run == run
    assert "Nu fortsätter vi här." in await said_in(house, "sms", OMAR)
    assert (await said_in(house))[-1].startswith("Nu fortsätter vi på ett annat ställe.")


async def test_what_is_committed_is_all_or_nothing(house: House) -> None:
    """Killed before the commit, neither the code is used nor anything moved: it works once more."""
    await writes(house, "hej, behöver hjälp")
    code = await code_for(house)

    async def begin(desk: Desk) -> None:
        thread = await desk.lock(await thread_of(house, "sms", OMAR))
        heard = await going_on.heard(desk, thread, Said(code), house.clock())
        assert isinstance(heard, Said)
        assert heard.joined is not None
        raise RuntimeError("killed")

    await writes(house, "hej", "sms", OMAR)
    with pytest.raises(RuntimeError):
        await take(house.engine, TOWN, begin)
    assert await person_of(house, "sms", OMAR) != await person_of(house)
    assert (await threads.state(house.engine, await thread_of(house))).thread.run is not None
    await writes(house, code, "sms", OMAR)
    assert await person_of(house, "sms", OMAR) == await person_of(house)


def _raises(*_: object) -> Turn:
    raise RuntimeError("our own mistake")


async def test_where_links_may_be_sent_the_code_is_one_too_and_stands_in_no_line(house: House) -> None:
    house.office.policy = house.office.policy.model_copy(update={"links": True, "version": "links"})
    await writes(house, "hej, behöver hjälp", "sms", SARA)
    await writes(house, "byt telefon", "sms", SARA)
    await writes(house, "nej", "sms", SARA)
    thread = await thread_of(house, "sms", SARA)
    codec = await house.engine.codec(TOWN)
    (row,) = await house.rows("select id, message from outbox where thread = :thread and kind = 'code'", thread=thread)
    values = load_outgoing(codec.open(row.message, "outbox", "message", row.id)).text.values
    assert values["link"] == f"{house.engine.settings.public_url}/chat/{TOWN}/on/{values['code']}sv"
    assert not [line for line in await said_in(house, "sms", SARA) if str(values["code"]) in line]
    await writes(house, str(values["code"]))
    assert await person_of(house) == await person_of(house, "sms", SARA)
