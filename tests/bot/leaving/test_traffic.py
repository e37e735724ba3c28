"""Two providers: who carries what, when traffic moves, and that nothing is ever sent by both."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from backend import postgres
from bot import messages
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.channels.sms import Sms
from bot.leaving import quick_claim, traffic
from bot.leaving.carriers import CannotAsk, NobodyKnows
from bot.leaving.quick_claim import Candidate
from bot.leaving.traffic import Figures, Moved, carries, to_leave
from bot.messages import Said
from bot.stories.elks import Elks
from bot.stories.twilio import Twilio
from tests.bot.conftest import opened
from tests.bot.elks_settings import ELKS_NUMBER, TWILIO_FIRST, settings_at
from tests.bot.house import NUMBER, OMAR, SARA, TOWN, House, numbers_of, reply, says

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
ORDER = ("Twilio", "46elks")
FINE = Figures(errors=50, messages=100, slow=14)
ERRORS, SLOW = Figures(errors=51), Figures(messages=100, slow=15)


def moved(left: str, minutes: float) -> Moved:
    return Moved(left, NOW - timedelta(minutes=minutes))


# --- The rules --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figures", "last", "leaves"),
    [
        ({}, Moved(), None),
        ({"Twilio": FINE, "46elks": FINE}, Moved(), None),
        ({"Twilio": ERRORS}, Moved(), "Twilio"),
        ({"Twilio": SLOW}, Moved(), "Twilio"),
        ({"46elks": SLOW}, Moved(), "46elks"),
        ({"Twilio": Figures(messages=1, slow=1)}, Moved(), "Twilio"),
        ({"Twilio": SLOW, "46elks": FINE}, Moved(), "Twilio"),
        ({"Twilio": SLOW, "46elks": SLOW}, Moved(), None),
        ({"Twilio": ERRORS, "46elks": SLOW}, Moved(), None),
        ({"46elks": SLOW}, moved("Twilio", 4.9), None),
        ({"46elks": SLOW}, moved("Twilio", 5), "46elks"),
        ({"Twilio": SLOW}, moved("Twilio", 6), None),
        ({"Twilio": SLOW}, moved("Twilio", 15), "Twilio"),
    ],
)
def test_when_traffic_leaves_a_provider(figures: dict[str, Figures], last: Moved, leaves: str | None) -> None:
    assert to_leave(ORDER, figures, last, NOW) == leaves


@pytest.mark.parametrize(
    ("wrote_to", "last", "by"),
    [
        (None, Moved(), "Twilio"),
        (None, moved("Twilio", 1), "46elks"),
        (None, moved("Twilio", 1000), "46elks"),  # it goes back when the rules say so, and not before
        (None, moved("46elks", 1), "Twilio"),
        ("46elks", Moved(), "46elks"),
        ("46elks", moved("Twilio", 1), "46elks"),
        ("46elks", moved("46elks", 14.9), "Twilio"),
        ("46elks", moved("46elks", 15), "46elks"),
        ("Twilio", moved("Twilio", 14.9), "46elks"),
        ("somebody who is not here any more", Moved(), "Twilio"),
    ],
)
def test_who_carries_a_message(wrote_to: str | None, last: Moved, by: str) -> None:
    assert carries(ORDER, wrote_to, last, NOW) == by


# --- With real messages -----------------------------------------------------------------------------------------------


async def someone_writes(house: House, words: str = "Hej", sender: str = SARA) -> None:
    """Long ago, to a number we do not know any more: the answer goes where traffic goes."""
    await inbox.receive(house.engine, Inbound(TOWN, "sms", sender, uuid4().hex, Said(words)))


async def look(house: House) -> str | None:
    return await traffic.look(house.engine, TOWN, ORDER)


async def later(house: House, minutes: float) -> None:
    """Real time goes by, here and at the provider."""
    for sent in house.twilio.texts:
        sent.created -= timedelta(minutes=minutes)
    columns = {
        "outbox": ("tried_at", "holds_since", "lease_until", "next_try_at", "created_at", "handed_at", "delivered_at"),
        "provider_faults": ("happened_at",),
        "traffic": ("moved_at",),
    }
    for table, names in columns.items():
        for name in names:
            await house.change(f"update {table} set {name} = {name} - interval '{minutes} minutes'")


async def providers(house: House) -> list[str]:
    return [row.provider for row in await house.rows("select provider from outbox order by seq")]


async def test_more_than_50_errors_in_a_minute_move_traffic(both: House, twilio: Twilio, elks: Elks) -> None:
    """The message that met them goes by the other, once."""
    await someone_writes(both)
    for errors in range(1, 52):
        assert await look(both) is None
        twilio.faults.append("429")
        await both.change("update outbox set next_try_at = now()")
        await both.work()
        assert twilio.requests == errors
    assert await both.states() == ["pending"]
    assert await look(both) == "Twilio"
    await later(both, 1)
    await both.work()
    await elks.reported()
    assert (twilio.texts, [sent.body for sent in elks.sent_to(SARA)]) == ([], ["Du skrev: Hej"])
    assert (await both.states(), await providers(both)) == (["delivered"], ["46elks"])


async def test_errors_of_an_earlier_minute_do_not_count(both: House, twilio: Twilio) -> None:
    await both.change(
        "insert into provider_faults (municipality, provider, happened_at)"
        " select 'trelleborg', 'Twilio', now() - interval '61 seconds' from generate_series(1, 51)"
    )
    assert await look(both) is None
    await both.change("update provider_faults set happened_at = now() - interval '59 seconds'")
    assert await look(both) == "Twilio"
    assert twilio.requests == 0


async def answered(house: House, number: int) -> None:
    """So many messages of last minute, all delivered at once."""
    for _ in range(number):
        await someone_writes(house)
    await house.work()
    await house.twilio.reported()
    assert await house.states() == ["delivered"] * number


async def take_longer(house: House, number: int, state: str = "delivered") -> None:
    """So many of them take six minutes, or have not come after six."""
    arrives = "now()" if state == "delivered" else "null"
    await house.change(
        f"update outbox set state = '{state}', handed_at = now() - interval '6 minutes', delivered_at = {arrives}"
        f" where id in (select id from outbox order by seq limit {number})"
    )


async def test_slow_delivery_of_15_percent_moves_traffic(both: House) -> None:
    await answered(both, 20)
    await take_longer(both, 2)
    assert await look(both) is None
    await take_longer(both, 3)
    assert await look(both) == "Twilio"


@pytest.mark.parametrize("state", ["sent", "unknown", "pending"])
async def test_what_has_not_come_after_five_minutes_is_slow_too(both: House, state: str) -> None:
    await answered(both, 6)
    await take_longer(both, 1, state)
    assert await look(both) == "Twilio"


async def test_what_failed_is_not_slow_and_what_is_older_is_forgotten(both: House) -> None:
    await answered(both, 6)
    await take_longer(both, 1, "failed")
    assert await look(both) is None
    await take_longer(both, 1, "sent")
    await later(both, 10)
    assert await look(both) is None


async def test_traffic_moves_once_in_five_minutes_and_not_to_who_is_slow_too(both: House, elks: Elks) -> None:
    await answered(both, 2)
    await take_longer(both, 2)
    assert await look(both) == "Twilio"
    await someone_writes(both, sender=OMAR)
    await both.work()
    await elks.reported()
    assert [sent.to for sent in elks.texts] == [OMAR]
    await both.change("update outbox set handed_at = now() - interval '6 minutes' where provider = '46elks'")
    assert await look(both) is None  # a moment ago
    await later(both, 5)
    assert await look(both) is None  # both are slow
    await later(both, 5)
    await both.change("update outbox set handed_at = now(), delivered_at = now() + interval '301 seconds'")
    await both.change("update outbox set handed_at = now() - interval '16 minutes' where provider = 'Twilio'")
    assert await look(both) == "46elks"
    await someone_writes(both, "igen", sender=OMAR)
    await both.work()
    assert (await providers(both))[-1] == "Twilio"


# --- From which number ------------------------------------------------------------------------------------------------


async def test_she_is_answered_from_the_number_she_wrote_to_last(both: House, twilio: Twilio, elks: Elks) -> None:
    await twilio.write(SARA, NUMBER, "ett")
    await both.work()
    await elks.write(SARA, ELKS_NUMBER, "två")
    await elks.write(OMAR, ELKS_NUMBER, "hej")
    await both.work()
    await twilio.write(SARA, NUMBER, "tre")
    await both.work()
    assert [sent.body for sent in twilio.sent_to(SARA)] == ["Du skrev: ett", "Du skrev: tre"]
    assert [sent.body for sent in elks.sent_to(SARA)] == ["Du skrev: två"]
    assert [sent.sender for sent in elks.sent_to(OMAR)] == [ELKS_NUMBER]
    # It is one conversation, whichever number she writes to.
    assert len(await both.rows("select 1 from threads")) == 2


async def test_what_comes_unasked_goes_by_one_provider_whoever_wrote_where(
    both: House, twilio: Twilio, elks: Elks
) -> None:
    reminder = reply("Mötet i dag är kl 9.30.", "reminder", question="t1", ask="reminder", reference=UUID(int=1))
    both.parrot.on["Hej"] = says("Hej!", reminder)
    await elks.write(SARA, ELKS_NUMBER, "Hej")
    await twilio.write(OMAR, NUMBER, "Hej")
    await both.work()
    assert [sent.body for sent in elks.texts] == ["Hej!"]
    assert sorted(sent.body for sent in twilio.texts) == ["Hej!", *["Mötet i dag är kl 9.30."] * 2]


async def test_a_number_that_does_not_work_does_not_answer_until_it_has_rested(
    both: House, twilio: Twilio, elks: Elks
) -> None:
    await twilio.write(SARA, NUMBER, "ett")
    await both.work()
    await both.change("insert into traffic values ('trelleborg', 'Twilio', now())")
    await twilio.write(SARA, NUMBER, "två")
    await both.work()
    await later(both, 16)
    await twilio.write(SARA, NUMBER, "tre")
    await both.work()
    assert await providers(both) == ["Twilio", "46elks", "Twilio"]
    assert [sent.body for sent in elks.texts] == ["Du skrev: två"]


async def test_an_older_message_that_comes_late_does_not_change_the_number(
    both: House, twilio: Twilio, elks: Elks
) -> None:
    await elks.write(SARA, ELKS_NUMBER, "nyss")
    long_ago = datetime.now(UTC) - timedelta(minutes=5)
    await traffic.note_written_to(both.engine, TOWN, SARA, "Twilio", long_ago)
    await both.work()
    assert (twilio.texts, len(elks.texts)) == ([], 1)


@pytest.mark.parametrize(
    ("left", "by"),
    [
        (None, {"ett": "46elks", "två": "Twilio", "tre": "Twilio", "reminder": "Twilio"}),
        (("Twilio", 1), dict.fromkeys(["ett", "två", "tre", "reminder"], "46elks")),
        (("Twilio", 16), {"ett": "46elks", "två": "Twilio", "tre": "46elks", "reminder": "46elks"}),
        (("46elks", 1), dict.fromkeys(["ett", "två", "tre", "reminder"], "Twilio")),
    ],
    ids=str,
)
async def test_taken_together_each_goes_by_whom_it_would_go_by_alone(
    both: House, twilio: Twilio, elks: Elks, left: tuple[str, int] | None, by: dict[str, str]
) -> None:
    both.parrot.on["fyra"] = says(reply("Mötet i dag är kl 9.30.", "reminder"))
    them = dict(zip(("ett", "två", "tre", "fyra"), numbers_of(4), strict=True))
    await elks.write(them["ett"], ELKS_NUMBER, "ett")
    await twilio.write(them["två"], NUMBER, "två")
    await someone_writes(both, "tre", them["tre"])
    await elks.write(them["fyra"], ELKS_NUMBER, "fyra")
    if left is not None:
        await both.change(
            f"insert into traffic values ('trelleborg', :left, now() - interval '{left[1]} minutes')", left=left[0]
        )
    took = await quick_claim.claim(both.engine, await waiting(both))
    letters = [one.claimed.letter for one in took if one is not None and one.claimed is not None]
    assert len(letters) == len(them)
    words = {letter.text.removeprefix("Du skrev: "): letter.provider for letter in letters}
    assert {("reminder" if name.startswith("Mötet") else name): provider for name, provider in words.items()} == by
    assert sorted(await providers(both)) == sorted(by.values())
    assert len(await both.rows("select 1 from outbox where handed_at is not null")) == len(by)


async def test_what_keeps_to_its_provider_is_not_taken_together(both: House) -> None:
    await someone_writes(both)
    await both.change("update outbox set provider = '46elks', reason = 'resent', attempts = 1")
    assert await quick_claim.claim(both.engine, await waiting(both)) == [None]
    await both.work()
    assert await providers(both) == ["46elks"]


async def waiting(house: House) -> list[Candidate]:
    """What may leave, as the sender finds it."""
    codec = await house.engine.codec(TOWN)
    found = await house.engine.queue.next(house.engine.database, house.engine.settings.paces, (), most=10)
    return [
        Candidate(row, messages.load_outgoing(codec.open(row.message, "outbox", "message", row.id)), "yes")
        for row in found.rows
    ]


# --- Never by both ----------------------------------------------------------------------------------------------------


async def test_what_is_in_flight_at_one_is_not_sent_by_the_other_unless_it_is_proven_absent(
    both: House, twilio: Twilio, elks: Elks
) -> None:
    twilio.faults.append("500")
    await someone_writes(both)
    await both.work()
    await both.change("insert into traffic values ('trelleborg', 'Twilio', now())")
    await later(both, 13)
    await both.work()
    assert (await both.states(), elks.requests) == (["unknown"], 0)
    await later(both, 3)
    await both.work()
    await elks.reported()
    assert (await both.states(), await providers(both)) == (["delivered"], ["46elks"])
    assert (len(twilio.texts), len(elks.texts)) == (0, 1)


async def test_what_went_by_one_is_found_there_and_only_there(both: House, twilio: Twilio, elks: Elks) -> None:
    elks.receipts = ()
    elks.faults.append("500 after accepting")
    await elks.write(SARA, ELKS_NUMBER, "Hej")
    await both.work()
    assert await both.states() == ["unknown"]
    await later(both, 1)
    await both.work()
    assert (await both.states(), elks.listings, twilio.listings) == (["sent"], 1, 0)
    assert await elks.report(elks.texts[0], "delivered") == 204
    assert await both.states() == ["delivered"]
    assert twilio.requests == 0


async def test_after_a_restore_it_is_looked_for_at_both(both: House, twilio: Twilio, elks: Elks) -> None:
    """The copy is older than the message: nobody wrote down who carried it."""
    await elks.write(SARA, ELKS_NUMBER, "Hej")
    await both.work()
    await elks.reported()
    await both.change(
        "update outbox set state = 'unknown', provider = null, provider_ref = null, text = null, tried_at = null"
    )
    await both.work()
    assert await both.states() == ["delivered"]
    assert (len(twilio.texts), len(elks.texts)) == (0, 1)


async def test_a_reserve_that_does_not_answer_does_not_keep_a_message_unknown(
    both: House, twilio: Twilio, elks: Elks, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless nobody wrote down who carried it: then it may have been the reserve."""

    async def look_up(*_: object) -> None:
        raise CannotAsk

    carrier = both.channels["sms"]
    assert isinstance(carrier, Sms)
    monkeypatch.setattr(carrier.carried[TOWN][1], "look_up", look_up)
    twilio.faults.append("500")
    await someone_writes(both)
    await both.work()
    await both.change("update outbox set provider = null")
    await later(both, 16)
    await both.work()
    assert await both.states() == ["unknown"]
    await both.change("update outbox set provider = 'Twilio', next_try_at = now()")
    await both.work()
    assert (len(twilio.texts), len(elks.texts)) == (1, 0)


async def test_what_one_reports_too_late_does_not_undo_what_the_other_does(
    both: House, twilio: Twilio, elks: Elks
) -> None:
    twilio.receipts = elks.receipts = ()
    await someone_writes(both)
    await both.work()
    # It stood in no list, and was given to the other.
    await both.change("update outbox set state = 'pending', next_try_at = now()")
    await both.change("insert into traffic values ('trelleborg', 'Twilio', now())")
    await both.work()
    assert (await both.states(), await providers(both)) == (["sent"], ["46elks"])
    assert await twilio.report(twilio.texts[0], "undelivered", 30003) == 204
    assert await both.states() == ["sent"]
    assert await twilio.report(twilio.texts[0], "delivered") == 204
    assert await both.states() == ["delivered"]


async def test_where_nobody_knows_it_is_sent_once_more_by_the_same(
    both: House, twilio: Twilio, elks: Elks, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def look_up(*_: object) -> None:
        raise NobodyKnows

    carrier = both.channels["sms"]
    assert isinstance(carrier, Sms)
    monkeypatch.setattr(carrier.carried[TOWN][0], "look_up", look_up)
    twilio.receipts = ()
    twilio.faults.append("500")
    await someone_writes(both)
    await both.work()
    await both.change("insert into traffic values ('trelleborg', 'Twilio', now())")
    await later(both, 1)
    await both.work()
    assert (await both.states(), len(twilio.texts), elks.requests) == (["sent"], 1, 0)


# --- Several workers, and after a restart -----------------------------------------------------------------------------


@pytest.fixture
async def neighbour(both: House, bot_database: postgres.Database, elks: Elks) -> AsyncIterator[House]:
    """Another process on the same database; or the same one, started again."""
    more = {**TWILIO_FIRST, **settings_at(elks)}
    async with opened(bot_database, both.office, both.parrot, both.twilio, more=more) as made:
        yield made


async def test_all_workers_see_the_same_and_traffic_moves_once(both: House, neighbour: House) -> None:
    await both.change(
        "insert into provider_faults (municipality, provider) select 'trelleborg', 'Twilio' from generate_series(1, 51)"
    )
    looked = await asyncio.gather(*(look(house) for house in (both, neighbour, both, neighbour)))
    assert sorted(looked, key=str) == [None, None, None, "Twilio"]
    for house, sender in ((both, SARA), (neighbour, OMAR)):
        await someone_writes(house, sender=sender)
        await house.work()
    assert await providers(both) == ["46elks", "46elks"]


async def test_who_looks_while_another_moves_it_waits_and_sees_it(both: House, neighbour: House) -> None:
    await both.change("insert into traffic (municipality) values ('trelleborg')")
    await both.change(
        "insert into provider_faults (municipality, provider) select 'trelleborg', 'Twilio' from generate_series(1, 51)"
    )
    moves = text("update traffic set provider_left = 'Twilio', moved_at = now()")
    async with both.engine.database.transaction() as connection:
        await connection.execute(text("select from traffic for update"))
        looking = asyncio.create_task(look(neighbour))
        for _ in range(200):
            if await both.rows("select 1 from pg_stat_activity where wait_event_type = 'Lock'"):
                break
            await asyncio.sleep(0.05)
        await connection.execute(moves)
    assert await looking is None


async def test_a_worker_looks_by_itself(both: House) -> None:
    await both.change(
        "insert into provider_faults (municipality, provider) select 'trelleborg', 'Twilio' from generate_series(1, 51)"
    )
    async with both.working():
        for _ in range(200):
            if await both.rows("select 1 from traffic where provider_left = 'Twilio'"):
                break
            await asyncio.sleep(0.05)
    assert await both.rows("select 1 from traffic where provider_left = 'Twilio'")
