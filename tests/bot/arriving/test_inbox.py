"""What people write: in once, in order, acknowledged only when it is committed."""

import asyncio
import json
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from joserfc import jwe

from backend import postgres
from backend.contract import Channel
from backend.postgres import Server
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.messages import Filled, Outgoing, Said, State, Turn
from bot.stories.twilio import Twilio
from bot.text import say
from bot.turning import threads
from tests.bot.house import NUMBER, OMAR, SARA, SEAL_KEY, TOWN, House, says
from tests.conftest import MakeDatabase

REGISTRY = jwe.JWERegistry(algorithms=["ECDH-ES", "A256GCM"], strict_check_header=False)
IDENTITIES = json.loads((Path(__file__).parents[2] / "data" / "identity_test_numbers.json").read_text())


def wrote(words: str, ours: str, who: str = SARA) -> Inbound:
    return Inbound(TOWN, "sms", who, ours, Said(words))


def unseal(sealed: str) -> str:
    """What only the municipality can do."""
    return (jwe.decrypt_compact(sealed, SEAL_KEY, registry=REGISTRY).plaintext or b"").decode()


async def test_a_text_is_answered(house: House, twilio: Twilio) -> None:
    assert await twilio.write(SARA, NUMBER, "Hej, jag behöver hjälp") == 204
    await house.work()
    await twilio.reported()
    assert [text.body for text in twilio.sent_to(SARA)] == ["Du skrev: Hej, jag behöver hjälp"]
    assert await house.states() == ["delivered"]


async def test_the_same_message_three_times_has_one_effect(house: House, twilio: Twilio) -> None:
    for _ in range(3):
        assert await twilio.write(SARA, NUMBER, "Hej", sid="SM" + "1" * 32) == 204
    await house.work()
    assert len(house.parrot.heard) == 1
    assert len(twilio.sent_to(SARA)) == 1


async def test_the_same_message_three_times_at_once_has_one_effect(house: House) -> None:
    """Also the very first message of somebody nobody knows: one contact point, one person."""
    outcomes = await asyncio.gather(*(inbox.receive(house.engine, wrote("Hej", "same")) for _ in range(3)))
    assert sorted(one.outcome for one in outcomes) == ["done", "repeated", "repeated"]
    assert len(house.parrot.heard) == 1
    assert [row.count for row in await house.rows("select count(*) from persons")] == [1]


@pytest.mark.parametrize("channel", ["sms", "web"])
@pytest.mark.parametrize("times", [1, 2])
async def test_a_very_first_message_may_give_a_number_that_has_written_here(
    house: House, twilio: Twilio, channel: Channel, times: int
) -> None:
    """The thread of that number is locked before her own is made: what is not committed yet cannot be locked again."""
    await inbox.receive(house.engine, wrote("Hej", "1", OMAR))
    asks = Outgoing("confirm-contact", say("{it}", it="Gav du det här numret?"), verbatim="Gav du det här numret?")
    house.parrot.on["mitt nummer"] = lambda state, _: Turn(
        state, says=(replace(asks, telephone=OMAR, reference=state.person.id),) * times
    )
    came = Inbound(TOWN, channel, SARA, "2", Said("mitt nummer"))
    assert (await inbox.receive(house.engine, came)).outcome == "done"
    assert (await inbox.receive(house.engine, came)).outcome == "repeated"
    await house.work()
    assert [text.body for text in twilio.sent_to(OMAR, 1)] == ["Gav du det här numret?"] * times
    theirs = await threads.find(house.engine, TOWN, "sms", OMAR)
    mine = await threads.find(house.engine, TOWN, channel, SARA)
    assert theirs is not None
    assert mine is not None
    asked_for = (await threads.state(house.engine, theirs)).thread.link
    assert asked_for == (await threads.state(house.engine, mine)).person.id, "and she is there, under one id"


async def test_a_very_first_message_that_cannot_be_taken_is_kept_for_staff(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread that was made for it is gone with its transaction: nothing may lead there."""
    house.parrot.on["trasig"] = _raise

    async def fails(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr("bot.arriving.going_on.heard", fails)
    received = await inbox.receive(house.engine, wrote("trasig", "1"))
    assert (received.thread, received.outcome) == (None, "dead")
    await house.work()
    (sealed,) = house.office.told("sealed")
    assert "trasig" in unseal(sealed["jwe"])


async def test_many_at_once_are_taken_one_by_one(house: House) -> None:
    messages = [wrote(f"{n}", f"{who} {n}", who) for n in range(8) for who in (SARA, OMAR)]
    await asyncio.gather(*(inbox.receive(house.engine, one) for one in messages))
    thread = await threads.find(house.engine, TOWN, "sms", SARA)
    assert thread is not None
    lines = await threads.lines(house.engine, thread)
    assert [line.number for line in lines] == list(range(1, 17))
    # Every message is followed by its own answer: no turn ran inside another.
    assert [line.original for line in lines[1::2]] == [f"Du skrev: {line.original}" for line in lines[0::2]]
    assert (await threads.state(house.engine, thread)).thread.turns == 8


async def test_a_turn_that_raises_is_tried_again_and_later_messages_wait(house: House) -> None:
    house.parrot.on["trasig"] = _raise
    first = await inbox.receive(house.engine, wrote("trasig", "1"))
    second = await inbox.receive(house.engine, wrote("efter", "2"))
    assert (first.outcome, second.outcome) == ("waiting", "waiting")
    await house.work()
    assert not house.parrot.heard_words("efter")

    house.parrot.on.clear()  # whatever was wrong has been put right
    await house.change("update inbox set next_try_at = now()")
    await house.work()
    assert house.parrot.heard_words()[1:] == ["trasig", "efter"]
    assert first.thread is not None
    lines = await threads.lines(house.engine, first.thread)
    assert [line.original for line in lines if line.who == "person"] == ["trasig", "efter"]


async def test_what_never_works_becomes_a_dead_letter_that_staff_get(house: House, twilio: Twilio) -> None:
    house.parrot.on["trasig"] = _raise
    received = await inbox.receive(house.engine, wrote("trasig", "1"))
    await inbox.receive(house.engine, wrote("efter", "2"))
    for _ in range(4):
        await house.change("update inbox set next_try_at = now()")
        await house.work()
    assert [row.state for row in await house.rows("select state from inbox order by seq")] == ["dead", "done"]
    handed = house.office.told("handovers")
    assert [(one["reason"], one["thread"]) for one in handed] == [("dead-letter", str(received.thread))]
    # Staff read what could not be dealt with, the person is told, and the thread goes on.
    copied = [body["original"] for body in house.office.told("threads") if body["who"] == "person"]
    assert copied[0] == "trasig"
    assert twilio.sent_to(SARA)[0].body.startswith("Något gick fel")
    assert twilio.sent_to(SARA)[1].body == "Du skrev: efter"


async def test_a_thread_that_cannot_be_opened_is_handed_to_staff(house: House) -> None:
    received = await inbox.receive(house.engine, wrote("Hej", "1"))
    await house.work()
    await house.change("update threads set state = decode('00', 'hex')")
    broken = await inbox.receive(house.engine, wrote("Hej igen", "2"))
    assert (broken.thread, broken.outcome) == (received.thread, "dead")
    # Others are not held up by it.
    assert (await inbox.receive(house.engine, wrote("Hej", "3", OMAR))).outcome == "done"
    await house.work()
    assert [(one["reason"], one["thread"]) for one in house.office.told("handovers")] == [
        ("dead-letter", str(received.thread))
    ]
    (sealed,) = house.office.told("sealed")
    assert sealed["kind"] == "malformed"
    assert "Hej igen" in unseal(sealed["jwe"])


async def test_an_event_that_cannot_be_read_is_handed_to_staff(house: House) -> None:
    house.parrot.on["trasig"] = _raise
    await inbox.receive(house.engine, wrote("trasig", "1"))
    await inbox.receive(house.engine, wrote("efter", "2"))
    await house.change("update inbox set body = decode('00', 'hex') where seq = (select min(seq) from inbox)")
    for _ in range(5):
        await house.change("update inbox set next_try_at = now()")
        await house.work()
    assert [row.state for row in await house.rows("select state from inbox order by seq")] == ["dead", "done"]
    assert [one["reason"] for one in house.office.told("handovers")] == ["dead-letter"]


async def test_the_database_away_acknowledges_nothing(
    house: House, twilio: Twilio, pg: Server, bot_database: postgres.Database
) -> None:
    await twilio.write(SARA, NUMBER, "Hej")
    name = bot_database.name
    pg.run_sql(f"alter database {name} allow_connections false")
    pg.run_sql(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
    assert await twilio.write(SARA, NUMBER, "Är ni där?", sid="SM" + "2" * 32) == 503
    pg.run_sql(f"alter database {name} allow_connections true")
    # The provider tries the same message again, and now it is taken.
    assert await twilio.write(SARA, NUMBER, "Är ni där?", sid="SM" + "2" * 32) == 204
    assert house.parrot.heard_words() == ["Hej", "Är ni där?"]


async def test_a_database_that_has_restarted_is_met_anew_by_whoever_asks_first(
    house: House, pg: Server, bot_database: postgres.Database
) -> None:
    for _ in range(2):
        assert await house.engine.database.ready()
        pg.run_sql(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{bot_database.name}'")


async def test_before_any_policy_is_known_nothing_is_acknowledged(house: House, twilio: Twilio) -> None:
    """Without the municipality's key nothing could be sealed before the first write."""
    house.office.away = True
    assert await twilio.write(SARA, NUMBER, "Hej", sid="SM" + "3" * 32) == 503
    assert await house.rows("select * from inbox") == []
    house.office.away = False
    assert await twilio.write(SARA, NUMBER, "Hej", sid="SM" + "3" * 32) == 204


async def test_the_talk_goes_on_while_the_backend_is_away(house: House, twilio: Twilio) -> None:
    await twilio.write(SARA, NUMBER, "Hej")
    house.office.away = True
    assert await twilio.write(SARA, NUMBER, "Är ni där?") == 204
    await house.work()
    assert len(twilio.sent_to(SARA)) == 2


@pytest.mark.parametrize("number", IDENTITIES["personnummer"][:3])
async def test_a_personnummer_nobody_asked_for_is_in_no_table_and_no_log(
    house: House, twilio: Twilio, number: str, capfd: pytest.CaptureFixture[str]
) -> None:
    figures = number.replace("-", "")
    written = f"{figures[-10:-4]}-{figures[-4:]}"
    assert await twilio.write(SARA, NUMBER, f"Jag heter Sara, {written}, behöver hjälp") == 204
    (event,) = house.parrot.events(Said)
    assert event.diverted == ("personal-number",)
    assert written not in event.words
    await house.work()

    everything = (await house.everything()).decode(errors="replace")
    opened = "".join(await house.opened())
    out, err = capfd.readouterr()
    for place in (everything, opened, out, err, *(text.body for text in twilio.texts)):
        for shape in (written, figures, figures[-10:]):
            assert shape not in place
    # Four figures alone may stand in any moment's microseconds: looked for where no moment is written.
    assert not [text.body for text in twilio.texts if figures[-4:] in text.body]

    # The municipality alone can open what was sealed, and it is bound to the person and the call.
    (sealed,) = house.office.told("sealed")
    opened_there = jwe.decrypt_compact(sealed["jwe"], SEAL_KEY, registry=REGISTRY)
    assert unseal(sealed["jwe"]) == written
    assert opened_there.headers()["person"] == sealed["person"]
    assert opened_there.headers()["municipality"] == TOWN
    assert sealed["kind"] == "personal-number"


async def test_a_page_that_was_filled_in_is_looked_through_too(house: House) -> None:
    number = IDENTITIES["personnummer"][0]
    page = Filled("token", {"lived_on": f"Mitt nummer är {number}", "housing_kronor": "8 500"})
    await inbox.receive(house.engine, Inbound(TOWN, "web", "ab" * 16, "1", page))
    (event,) = house.parrot.events(Filled)
    assert number not in event.fields["lived_on"]
    assert event.fields["housing_kronor"] == "8 500"


async def test_a_telephone_that_was_asked_for_stays(house: House) -> None:
    def ask_for_number(state: State, _: object) -> Turn:
        from bot.messages import Open

        asked = Open("form", "t", house.clock.now, question="telephone")
        return Turn(state.with_thread(open=asked), says=())

    house.parrot.on["Hej"] = ask_for_number
    await inbox.receive(house.engine, wrote("Hej", "1"))
    await inbox.receive(house.engine, wrote("0701740606", "2"))
    assert house.parrot.events(Said)[-1].words == "0701740606"


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        "a" * 10_000,
        "😀" * 500,
        "مرحبا hello \u202e123\u202c",
        "\0 noll",
        "half a pair: \ud83d",
        "'; drop table threads;--",
    ],
    ids=["empty", "spaces", "ten thousand", "emoji", "mixed directions", "zero", "half a pair", "sql"],
)
async def test_any_words_come_in_and_stay_readable(house: House, words: str) -> None:
    received = await inbox.receive(house.engine, wrote(words, "1"))
    assert received.outcome == "done"
    assert received.thread is not None
    (theirs, ours) = await threads.lines(house.engine, received.thread)
    assert theirs.who == "person"
    assert ours.original == f"Du skrev: {theirs.original}"


async def test_what_stands_in_the_database_is_sealed(house: House) -> None:
    await inbox.receive(house.engine, wrote("Vi har två barn", "1"))
    everything = (await house.everything()).decode(errors="replace")
    for secret in ("Vi har", "barn", SARA, SARA[-8:], "Du skrev"):
        assert secret not in everything
    assert SARA in "".join(await house.opened())


async def test_ten_thousand_characters_are_looked_through_in_time(house: House) -> None:
    long = "19 " * 3_300
    async with asyncio.timeout(5):
        await inbox.receive(house.engine, wrote(long, "1"))


async def test_two_processes_on_a_new_database_share_one_data_key(house: House, make_database: MakeDatabase) -> None:
    """And a value of one thread does not open in another's place."""
    codec = await house.engine.codec(TOWN)
    sealed = codec.seal("hemligt", "threads", "state", UUID(int=1))
    assert codec.open(sealed, "threads", "state", UUID(int=1)) == b"hemligt"
    with pytest.raises(Exception, match=r"threads\.state"):
        codec.open(sealed, "threads", "state", UUID(int=2))
    await asyncio.gather(*(house.engine.database.codec("svedala") for _ in range(5)))
    assert [row.count for row in await house.rows("select count(*) from data_keys")] == [2]


async def test_the_data_key_is_read_once_however_many_ask_for_it_at_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, reads = house.engine.database, list[str]()
    read = database._data_keys

    async def counted(municipality: str) -> dict[int, bytes]:
        reads.append(municipality)
        return await read(municipality)

    monkeypatch.setattr(database, "_data_keys", counted)
    await asyncio.gather(*(database.codec("svedala") for _ in range(5)))
    assert reads == ["svedala"]


def _raise(_state: State, _event: object) -> Turn:
    raise RuntimeError("a mistake of ours, with somebody's words in it")


async def test_what_raised_is_logged_without_its_words(house: House, capfd: pytest.CaptureFixture[str]) -> None:
    house.parrot.on["trasig"] = _raise
    await inbox.receive(house.engine, wrote("trasig", "1"))
    out, err = capfd.readouterr()
    assert "RuntimeError" in out + err
    assert "somebody's words" not in out + err


async def test_a_question_may_not_be_asked_above_the_ceiling(house: House) -> None:
    """On a telephone others may read, only what is open; unanswered counts as yes."""
    from backend.contract import Sensitivity
    from tests.bot.house import reply

    asking = reply("Har du barn?", "personal-question", sensitivity=Sensitivity.PERSONAL)
    house.parrot.on["Hej"] = says(asking)
    received = await inbox.receive(house.engine, wrote("Hej", "1"))
    assert received.outcome == "waiting"
    assert await house.states() == []
