"""Telegram: updates in once and in order, messages out with buttons, and what each answer of the Bot API means."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from backend.contract import EntryState, Policy, Sensitivity
from bot.arriving import inbox
from bot.leaving import outbox, settling
from bot.leaving.carriers import CannotAsk, Carrier, Letter, Span
from bot.messages import Outgoing, Said, Turn, Went
from bot.settings import TelegramSettings
from bot.stories.telegram import Account, Fault, Sent, Telegram
from bot.stories.twilio import Twilio
from bot.telegram.channel import Telegram as Channel
from bot.text import say
from bot.turning import threads
from tests.bot.arriving.test_inbox import IDENTITIES, unseal
from tests.bot.house import NUMBER, OMAR, SARA, TOWN, House, reply, says
from tests.bot.telegraph import BOT, SECRET, asks

PERSONNUMMER = IDENTITIES["personnummer"][0]
FILE = {"file_id": "AgADsecret", "file_unique_id": "u1", "file_size": 1000}
PHOTO = [{**FILE, "width": 90, "height": 90}]


@pytest.fixture
def house(telegram_house: House) -> House:
    return telegram_house


@pytest.fixture
def sara(telegram: Telegram) -> Account:
    return telegram.account("Sara", SARA, "sv")


def texts(telegram: Telegram, who: Account) -> list[str]:
    return [sent.text for sent in telegram.sent_to(who, TOWN)]


def last(telegram: Telegram, who: Account) -> Sent:
    return telegram.sent_to(who, TOWN)[-1]


async def thread_of(house: House, who: Account) -> UUID:
    found = await threads.find(house.engine, TOWN, "telegram", str(who.id))
    assert found is not None
    return found


async def later(house: House, **by: float) -> None:
    """Real time goes by: leases, pauses and waits look at it."""
    for table, columns in {
        "outbox": ("tried_at", "holds_since", "lease_until", "next_try_at", "created_at"),
        "threads": ("held_until_at",),
        "pauses": ("until_at",),
    }.items():
        for column in columns:
            seconds = timedelta(**by).total_seconds()
            await house.change(f"update {table} set {column} = {column} - interval '{seconds} seconds'")


async def post(url: str, body: bytes, secret: str | None = SECRET) -> int:
    headers = {} if secret is None else {"X-Telegram-Bot-Api-Secret-Token": secret}
    async with httpx2.AsyncClient(trust_env=False) as client:
        return (await client.post(url, content=body, headers=headers)).status_code


def webhook(house: House) -> str:
    return f"{house.engine.settings.public_url}/telegram/webhook/{TOWN}"


def from_sara(sara: Account, number: int = 1, **content: Any) -> bytes:
    message = {"message_id": 1, "date": 1_795_000_000, "chat": sara.chat, "from": sara.user, **content}
    return json.dumps({"update_id": number, "message": message}).encode()


async def nothing_stored(house: House) -> bool:
    tables = ("inbox", "entries", "outbox", "calls", "provider_ids", "contact_points", "persons")
    return not any([await house.rows(f"select 1 from {table}") for table in tables])


# --- In ---------------------------------------------------------------------------------------------------------------


async def test_a_message_is_answered(house: House, telegram: Telegram, sara: Account) -> None:
    assert await telegram.write(sara, TOWN, "Hej, jag behöver hjälp") == 204
    await house.work()
    assert texts(telegram, sara) == ["Du skrev: Hej, jag behöver hjälp"]
    # There is no receipt later: Telegram's answer is the word that it stands in the chat.
    assert await house.states() == ["delivered"]
    assert [row.provider_ref for row in await house.rows("select provider_ref from outbox")] == [
        str(last(telegram, sara).id)
    ]


@pytest.mark.parametrize("secret", [None, "", "x" * 40, SECRET + "x", SECRET[:-1], "hemligheten-är-å"])
async def test_without_the_secret_nothing_is_taken(house: House, sara: Account, secret: str | None) -> None:
    # A header's bytes are whatever the sender wants.
    headers = {} if secret is None else {b"X-Telegram-Bot-Api-Secret-Token": secret.encode()}
    async with httpx2.AsyncClient(trust_env=False) as client:
        answer = await client.post(webhook(house), content=from_sara(sara, text="Hej"), headers=headers)
    assert answer.status_code == 403
    assert await nothing_stored(house)


async def test_a_municipality_without_a_bot_has_no_webhook(house: House, sara: Account) -> None:
    for code in ("svedala", "lund", "trelleborg/x"):
        url = f"{house.engine.settings.public_url}/telegram/webhook/{code}"
        assert await post(url, from_sara(sara, text="Hej")) == 404
    assert await nothing_stored(house)


async def test_the_same_update_three_times_has_one_effect(house: House, telegram: Telegram, sara: Account) -> None:
    for _ in range(3):
        assert await post(webhook(house), from_sara(sara, text="Hej")) == 204
    await house.work()
    assert len(house.parrot.heard) == 1
    assert texts(telegram, sara) == ["Du skrev: Hej"]


async def test_an_update_is_known_for_30_days_whatever_comes_after_it(house: House, sara: Account) -> None:
    """A set, and no high-water mark: ids begin anew anywhere after a quiet week."""
    for number in (700, 5, 699, 5, 700):
        await post(webhook(house), from_sara(sara, number, text=f"{number}"))
    assert house.parrot.heard_words() == ["700", "5", "699"]
    (known,) = await house.rows(
        "select min(forget_at) - now() as least, max(forget_at) - now() as most from provider_ids"
    )
    assert timedelta(days=29, hours=23) < known.least <= known.most <= timedelta(days=30)


async def test_what_is_remembered_for_a_while_is_forgotten_then(house: House, twilio: Twilio) -> None:
    """What came by SMS is known for good."""
    await twilio.write(SARA, NUMBER, "Hej")
    for n, days in enumerate((-1, 1)):
        event = inbox.Inbound(TOWN, "telegram", "1", f"{n}", Said("Hej"), remembered=timedelta(days=days))
        await inbox.receive(house.engine, event)
    await inbox.forget_ids(house.engine)
    assert len(await house.rows("select 1 from provider_ids")) == 2


MALFORMED: dict[str, bytes] = {
    "no JSON": b"\xff\xfe not json 19900101",
    "a list": b"[1, 2]",
    "nothing": b"",
    "null": b"null",
    "no id": b'{"message": {"text": "Hej"}}',
    "no chat": b'{"update_id": 9, "message": {"message_id": 1, "date": 1, "text": "Hej"}}',
    "words that are none": b'{"update_id": 9, "message": {"message_id": 1, "date": 1, "chat": {"id": 1, "type": '
    b'"private"}, "from": {"id": 1, "is_bot": false, "first_name": "S"}, "text": {"a": 1}}}',
    "half a character": b'{"update_id": 9, "message": {"text": "\\ud83d"}}',
    "deep": b'{"update_id": 9, "message": ' + b'{"reply_to_message": ' * 300 + b"{}" + b"}" * 301,
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=list(MALFORMED))
async def test_what_is_no_update_is_a_dead_letter_and_the_next_one_works(
    house: House, telegram: Telegram, sara: Account, body: bytes
) -> None:
    for _ in range(2):  # and Telegram may send it again
        assert await post(webhook(house), body) == 204
    assert house.parrot.heard == []
    assert [tuple(row) for row in await house.rows("select state, body from inbox")] == [("dead", None)]
    await house.work()
    (sealed,) = house.office.told("sealed")
    assert (sealed["kind"], json.loads(unseal(sealed["jwe"]))["provider"]) == ("malformed", "Telegram")
    assert await telegram.write(sara, TOWN, "Hej") == 204
    assert len(house.parrot.heard) == 1


async def test_a_number_nobody_asked_for_is_in_no_table_however_it_came(
    house: House, telegram: Telegram, sara: Account, capfd: pytest.CaptureFixture[str]
) -> None:
    number = PERSONNUMMER
    await telegram.write(sara, TOWN, f"mitt personnummer är {number}")
    await telegram.send(sara, TOWN, photo=PHOTO, caption=f"mitt id {number}")
    await telegram.send(sara, TOWN, edited=1, text=f"jag menade {number}")
    await telegram.send(sara, TOWN, document={**FILE, "file_name": f"{number}.pdf"})
    await telegram.send(sara, TOWN, text=[number])  # malformed
    await post(webhook(house), f"not json {number}".encode())
    await telegram.write(sara, TOWN, f"/start {number}")
    await house.work()
    assert number.encode() not in await house.everything()
    assert not any(number in opened for opened in await house.opened())
    sealed = {one["kind"]: unseal(one["jwe"]) for one in house.office.told("sealed")}
    assert set(sealed) == {"personal-number", "photo", "malformed"}
    assert number in sealed["malformed"]
    out, err = capfd.readouterr()
    assert number not in out + err


async def test_a_number_that_is_sealed_is_erased_at_telegram(house: House, telegram: Telegram, sara: Account) -> None:
    await telegram.write(sara, TOWN, "hej")
    await telegram.send(sara, TOWN, message_id=41, text=f"mitt personnummer är {PERSONNUMMER}")
    await telegram.send(sara, TOWN, edited=42, text=f"jag menar {PERSONNUMMER}")
    # A picture's own place is all we have of it.
    await telegram.send(sara, TOWN, message_id=43, photo=PHOTO, caption=PERSONNUMMER)
    await house.work()
    assert set(telegram.bot(TOWN).erased) == {(sara.id, 41), (sara.id, 42)}


async def test_our_own_mistake_with_one_update_stops_no_other(
    house: House, telegram: Telegram, sara: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.parrot.on["Hej"] = asks("Boka?", "Ja", "Nej")
    await telegram.write(sara, TOWN, "Hej")
    await house.work()

    async def broken(*_: object) -> None:
        raise RuntimeError(f"hemligt {PERSONNUMMER}")

    monkeypatch.setattr(settling, "pressed", broken)
    assert await telegram.press(sara, TOWN, last(telegram, sara), "t1:1") == 204
    assert [row.state for row in await house.rows("select state from inbox")] == ["dead"]
    assert await telegram.write(sara, TOWN, "nej") == 204
    assert house.parrot.heard_words() == ["Hej", "nej"]


async def test_a_picture_is_sealed_and_never_kept(house: House, telegram: Telegram, sara: Account) -> None:
    await telegram.send(sara, TOWN, photo=PHOTO, caption="mitt id")
    (event,) = house.parrot.events(Said)
    assert (event.words, event.pictures) == ("mitt id", 1)
    await house.work()
    (sealed,) = house.office.told("sealed")
    assert json.loads(unseal(sealed["jwe"])) == {"photo": PHOTO}
    assert "AgADsecret" not in "".join(await house.opened())


async def test_an_album_is_answered_as_one_and_every_picture_of_it_is_kept(
    house: House, telegram: Telegram, sara: Account
) -> None:
    for n in range(4):
        caption: dict[str, Any] = {"caption": "sista sidan"} if n == 3 else {}
        photo = [{**PHOTO[0], "file_id": f"page {n}"}]
        await telegram.send(sara, TOWN, photo=photo, media_group_id="42", **caption)
    assert [(event.words, event.pictures) for event in house.parrot.events(Said)] == [("", 1), ("sista sidan", 0)]
    await house.work()
    pages = [json.loads(unseal(one["jwe"]))["photo"][0]["file_id"] for one in house.office.told("sealed")]
    assert pages == ["page 0", "page 1", "page 2", "page 3"]
    await telegram.send(sara, TOWN, photo=PHOTO, media_group_id="43")
    assert len(house.parrot.heard) == 3


async def test_a_group_hears_nothing_and_is_left(house: House, telegram: Telegram, sara: Account) -> None:
    group = {"id": -100_123, "type": "supergroup", "title": "Grannar"}
    assert await telegram.send(sara, TOWN, chat=group, text=f"Hej, jag heter {PERSONNUMMER}") == 204
    await telegram.wait_for(lambda: telegram.bot(TOWN).left == [-100_123])
    assert await nothing_stored(house)
    assert telegram.messages == []


@pytest.mark.parametrize("what", ["channel_post", "inline_query", "chosen_inline_result"])
async def test_channels_and_inline_mode_hear_nothing(
    house: House, telegram: Telegram, sara: Account, what: str
) -> None:
    words = f"Hej, jag heter {PERSONNUMMER}"
    channel = {"id": -100_124, "type": "channel", "title": "Grannar"}
    contents: dict[str, dict[str, Any]] = {
        "channel_post": {"message_id": 1, "date": 1_795_000_000, "chat": channel, "text": words},
        "inline_query": {"id": "1", "from": sara.user, "query": words, "offset": ""},
        "chosen_inline_result": {"result_id": "1", "from": sara.user, "query": words},
    }
    assert await post(webhook(house), json.dumps({"update_id": 1, what: contents[what]}).encode()) == 204
    await house.work()
    assert await nothing_stored(house)
    assert telegram.messages == []


async def test_nothing_is_confirmed_that_is_not_committed(
    house: House, telegram: Telegram, sara: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No policy yet, so nothing could be sealed: 503, and Telegram brings it again."""
    tries = 0

    async def third_time(municipality: str) -> Policy:
        nonlocal tries
        tries += 1
        house.office.away = tries < 3
        return await original(municipality)

    original = house.engine.policies.get
    monkeypatch.setattr(house.engine.policies, "get", third_time)
    assert await telegram.write(sara, TOWN, "Hej") == 204
    assert len(house.parrot.heard) == 1


async def test_where_the_analysis_is_not_recorded_telegram_is_off(
    house: House, telegram: Telegram, sara: Account
) -> None:
    await telegram.write(sara, TOWN, "Hej")
    house.office.policy = house.office.policy.model_copy(update={"telegram": False})
    await house.engine.policies.fetch(TOWN)
    assert await post(webhook(house), from_sara(sara, 2, text="Hej igen")) == 503
    await house.work()
    assert (texts(telegram, sara), await house.states()) == ([], ["pending"])
    assert house.parrot.heard_words() == ["Hej"]


# --- Buttons ----------------------------------------------------------------------------------------------------------


async def test_a_button_answers_its_question(house: House, telegram: Telegram, sara: Account) -> None:
    house.parrot.on["Hej"] = asks("Boka?", "Ja", "Nej")
    await telegram.write(sara, TOWN, "Hej")
    await house.work()
    sent = last(telegram, sara)
    assert (sent.text, sent.buttons) == ("Boka?", [("Ja", "t1:1"), ("Nej", "t1:2")])
    assert await telegram.press(sara, TOWN, sent, "t1:2") == 204
    assert house.parrot.events(Said)[-1] == Said("2", question="t1")
    await telegram.wait_for(lambda: len(telegram.answers) == 1)
    assert "text" not in telegram.answers[0]


async def test_an_old_button_never_answers_and_is_told_kindly(house: House, telegram: Telegram, sara: Account) -> None:
    house.parrot.on["Hej"] = asks("Boka?", "Ja", "Nej", token="t1")
    house.parrot.on["ja"] = asks("Vilken dag?", "I dag", "I morgon", token="t2")
    await telegram.write(sara, TOWN, "Hej")
    await house.work()
    await telegram.write(sara, TOWN, "ja")  # typed, so the buttons still stand
    old = telegram.sent_to(sara, TOWN)[0]
    await telegram.press(sara, TOWN, old, "t1:1")
    await telegram.wait_for(lambda: len(telegram.answers) == 1)
    assert telegram.answers[0]["text"] == "Den frågan är redan klar."
    # The turn sees that it is another question's.
    state, event = house.parrot.heard[-1]
    assert event == Said("1", question="t1")
    assert state.thread.open is not None
    assert state.thread.open.token == "t2"


async def test_the_buttons_of_an_answered_question_go_when_something_newer_stands_below(
    house: House, telegram: Telegram, sara: Account
) -> None:
    house.parrot.on["Hej"] = asks("Boka?", "Ja", "Nej", token="t1")
    house.parrot.on["1"] = asks("Vilken dag?", "I dag", "I morgon", token="t2")
    await telegram.write(sara, TOWN, "Hej")
    await house.work()
    await telegram.press(sara, TOWN, last(telegram, sara), "t1:1")
    await house.work()
    first, second = telegram.sent_to(sara, TOWN)
    assert (first.text, first.buttons) == ("Boka?", [])
    assert [label for label, _ in second.buttons] == ["I dag", "I morgon"]
    # On a screen that has not heard of it yet, the button is old and says so.
    await telegram.press_remembered(sara, TOWN, first, "t1:2")
    await telegram.wait_for(lambda: any("text" in one for one in telegram.answers))


async def test_what_cannot_be_taken_away_now_is_taken_away_next_time(
    house: House, telegram: Telegram, sara: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.parrot.on["Hej"] = asks("Boka?", "Ja", "Nej")
    house.parrot.on["1"] = lambda state, _: Turn(state.with_thread(open=None), says=(reply("Tack"),))
    await telegram.write(sara, TOWN, "Hej")
    await house.work()
    await telegram.press(sara, TOWN, last(telegram, sara), "t1:1")
    with monkeypatch.context() as away:
        away.setattr(Channel, "take_buttons_away", _not_now)
        await house.work()
    assert telegram.sent_to(sara, TOWN)[0].buttons
    await telegram.write(sara, TOWN, "En sak till")
    await house.work()
    assert not telegram.sent_to(sara, TOWN)[0].buttons


async def _not_now(self: Channel, municipality: str, address: str, reference: str) -> bool:
    return False


async def test_a_message_that_was_deleted_has_no_buttons_to_take(house: House, sara: Account) -> None:
    channel = house.channels["telegram"]
    assert isinstance(channel, Channel)
    assert await channel.take_buttons_away(TOWN, str(sara.id), "4711")


async def test_a_press_proves_that_its_message_came(house: House, telegram: Telegram, sara: Account) -> None:
    """The answer to our request was lost; a proactive question becomes the open one by the press on it."""
    asking = Outgoing("reminder", say("{words}", words="Mötet i dag."), question="t9", ask="reminder")
    house.parrot.on["Hej"] = says(asking)
    telegram.faults.append("500 after accepting")
    await telegram.write(sara, TOWN, "Hej")
    await house.work()
    assert await house.states() == ["unknown"]
    sent = last(telegram, sara)
    assert sent.buttons == [("Jag kan inte komma", "t9:2")]
    await telegram.press(sara, TOWN, sent, "t9:2")
    assert (await house.states())[0] == "delivered"
    kinds = [type(event) for _, event in house.parrot.heard]
    assert kinds == [Said, Went, Said]
    await later(house, minutes=1)
    await house.work()
    assert texts(telegram, sara).count("Mötet i dag.") == 1


# --- Out --------------------------------------------------------------------------------------------------------------


def letter(who: Account, **values: Any) -> Letter:
    return Letter(uuid4(), TOWN, str(who.id), "Din tid: tisdag 1 december kl 9.30", **values)


def carrier(house: House) -> Carrier:
    return house.channels["telegram"]


@pytest.mark.parametrize(
    ("fault", "state", "code"),
    [
        ("429", "pending", "429"),
        ("400", "failed", "400"),
        ("500", "unknown", "TelegramServerError"),
        ("500 after accepting", "unknown", "TelegramServerError"),
        ("502", "unknown", "ClientDecodeError"),
        ("strange", "delivered", ""),
    ],
)
async def test_what_an_answer_means(house: House, telegram: Telegram, fault: Fault, state: str, code: str) -> None:
    telegram.faults.append(fault)
    outcome = await carrier(house).send(letter(telegram.account("Sara", SARA)))
    assert (outcome.state, outcome.code, outcome.opted_out) == (state, code, False)
    assert outcome.wait == (timedelta(seconds=telegram.retry_after) if fault == "429" else None)


async def test_layout_that_cannot_be_read_is_left_out(house: House, telegram: Telegram, sara: Account) -> None:
    telegram.faults.append("cannot read")
    assert (await carrier(house).send(letter(sara))).state == "delivered"
    assert texts(telegram, sara) == ["Din tid: tisdag 1 december kl 9.30"]


async def test_a_refused_connection_is_certainly_nothing(house: House, sara: Account) -> None:
    channel = Channel(TelegramSettings({TOWN: BOT}, "http://127.0.0.1:9", "polling", ""), "http://127.0.0.1:1")
    assert (await channel.send(letter(sara))).state == "pending"
    await channel.close()


async def test_a_token_that_is_not_valid_any_more_loses_nothing(
    house: House, telegram: Telegram, sara: Account
) -> None:
    other = BOT.replace("made-up", "revoked")
    channel = Channel(TelegramSettings({TOWN: other}, telegram.base_url, "polling", ""), "http://127.0.0.1:1")
    outcome = await channel.send(letter(sara))
    assert (outcome.state, outcome.code) == ("pending", "401")
    await channel.close()


async def test_an_answer_that_never_comes_is_unknown(
    house: House, telegram: Telegram, sara: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = house.channels["telegram"].bots.call  # type: ignore[attr-defined]  # the channel's own

    async def impatient(municipality: str, method: Any, seconds: float = 0.3) -> Any:
        return await call(municipality, method, seconds)

    monkeypatch.setattr(house.channels["telegram"].bots, "call", impatient)  # type: ignore[attr-defined]  # as above
    telegram.faults.append("no answer")
    assert (await carrier(house).send(letter(sara))).state == "unknown"


async def test_nobody_can_be_asked_whether_a_message_went(house: House, sara: Account) -> None:
    assert not carrier(house).can_be_asked
    now = house.clock()
    with pytest.raises(CannotAsk):
        await carrier(house).look_up(letter(sara), Span(now, now), frozenset())


async def test_a_lost_answer_is_sent_once_more_and_then_staff_look(
    house: House, telegram: Telegram, sara: Account
) -> None:
    telegram.faults.extend(["500 after accepting", "500"])
    await telegram.write(sara, TOWN, "Hej")
    await house.work()
    assert await house.states() == ["unknown"]
    await house.work()
    assert await house.states() == ["unknown"]  # a button may still say that it came
    await later(house, seconds=21)
    await house.work()
    assert await house.states() == ["unknown"]
    assert house.office.told("handovers") == []
    await later(house, seconds=21)
    await house.work()
    assert await house.states() == ["given-up"]
    assert [one["reason"] for one in house.office.told("handovers")] == ["undelivered"]
    assert texts(telegram, sara) == ["Du skrev: Hej"]
    lines = await threads.lines(house.engine, await thread_of(house, sara))
    assert lines[-1].state is EntryState.GIVEN_UP
    await later(house, hours=1)
    await house.work()
    assert len(telegram.messages) == 1


FAULTS: list[Fault] = ["429", "500", "500 after accepting", "502", "strange"]


@hypothesis(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    faults=st.lists(st.sampled_from(FAULTS), max_size=5),
    pauses=st.lists(st.sampled_from([1.0, 21.0, 70.0]), max_size=5),
)
async def test_whatever_happens_a_message_comes_or_staff_look(
    house: House, telegram: Telegram, faults: list[Fault], pauses: list[float]
) -> None:
    """Any faults, any waiting: never more than twice, and it never just disappears."""
    who = telegram.account("Sara", SARA)
    before = len(house.office.told("handovers"))
    telegram.faults.clear()
    telegram.faults.extend(faults)
    await telegram.write(who, TOWN, "Hej")
    for pause in [*pauses, *([70.0] * 8)]:
        await house.work()
        await later(house, seconds=pause)
    await house.work()
    came = texts(telegram, who).count("Du skrev: Hej")
    state = (await house.states())[-1]
    assert came <= 2
    assert state in ("delivered", "given-up")
    assert (state == "given-up") == (len(house.office.told("handovers")) == before + 1)
    assert came or state == "given-up"


async def test_once_more_is_enough_when_it_comes(house: House, telegram: Telegram, sara: Account) -> None:
    telegram.faults.append("500")
    await telegram.write(sara, TOWN, "Hej")
    await house.work()
    await later(house, seconds=21)
    await house.work()
    assert (texts(telegram, sara), await house.states()) == (["Du skrev: Hej"], ["delivered"])


async def test_what_staff_wrote_is_never_sent_twice(house: House, telegram: Telegram, sara: Account) -> None:
    house.parrot.on["Hej"] = says(reply("Hej, jag heter Johan.", "staff", staff_message=uuid4(), swedish="Hej."))
    telegram.faults.append("500 after accepting")
    await telegram.write(sara, TOWN, "Hej")
    await house.work()
    await later(house, seconds=21)
    await house.work()
    assert (texts(telegram, sara), await house.states()) == (["Hej, jag heter Johan."], ["given-up"])
    assert [one["reason"] for one in house.office.told("handovers")] == ["undelivered"]


async def test_after_a_restore_nothing_old_is_sent_again(house: House, telegram: Telegram, sara: Account) -> None:
    await telegram.write(sara, TOWN, "gick ut före")
    await house.work()
    await telegram.write(sara, TOWN, "hann inte")
    await house.change("update outbox set state = 'unknown', provider_ref = null, text = null, tried_at = null")
    await outbox.resume(house.engine)
    await later(house, seconds=21)
    await house.work()
    assert texts(telegram, sara) == ["Du skrev: gick ut före"]
    assert await house.states() == ["given-up", "given-up"]
    assert {one["reason"] for one in house.office.told("handovers")} == {"undelivered"}


async def test_a_chat_that_must_wait_is_left_alone_and_others_are_not(
    house: House, telegram: Telegram, sara: Account
) -> None:
    omar = telegram.account("Omar", OMAR)
    telegram.retry_after = 120
    telegram.faults.append("429")
    await telegram.write(sara, TOWN, "ett")
    await house.work()
    assert await house.states() == ["pending"]
    await telegram.write(sara, TOWN, "två")  # a minute later it would go past the first
    await telegram.write(omar, TOWN, "hej")
    await later(house, seconds=100)
    await house.work()
    assert texts(telegram, sara) == []
    assert texts(telegram, omar) == ["Du skrev: hej"]
    await later(house, seconds=21)
    await house.work()
    assert texts(telegram, sara) == ["Du skrev: ett", "Du skrev: två"]


async def test_when_several_must_wait_all_do(house: House, telegram: Telegram, sara: Account) -> None:
    omar, leila = telegram.account("Omar", OMAR), telegram.account("Leila", OMAR)
    telegram.retry_after = 30
    telegram.faults.extend(["429", "429"])
    await telegram.write(sara, TOWN, "ett")
    await telegram.write(omar, TOWN, "två")
    await house.work()
    await telegram.write(leila, TOWN, "tre")
    await house.work()
    assert telegram.messages == []
    await later(house, seconds=31)
    await house.work()
    assert [texts(telegram, one) for one in (sara, omar, leila)] == [
        ["Du skrev: ett"],
        ["Du skrev: två"],
        ["Du skrev: tre"],
    ]


async def test_sms_goes_on_while_telegram_must_wait(
    house: House, telegram: Telegram, sara: Account, twilio: Twilio
) -> None:
    await house.change(
        "insert into pauses (municipality, channel, until_at) values (:town, 'telegram', now() + interval '1 hour')",
        town=TOWN,
    )
    await twilio.write(SARA, NUMBER, "Hej")
    await telegram.write(sara, TOWN, "Hej")
    await house.work()
    assert len(twilio.sent_to(SARA)) == 1
    assert telegram.messages == []


@pytest.mark.parametrize("how", ["blocked", "gone"])
async def test_who_has_shut_us_out_is_reached_another_way(
    house: House, telegram: Telegram, sara: Account, how: str
) -> None:
    await telegram.write(sara, TOWN, "Hej")
    if how == "blocked":
        telegram.blocked.add((TOWN, sara.id))
    else:
        del telegram.accounts[sara.id]
    await house.work()
    assert await house.states() == ["failed"]
    state = (await threads.state(house.engine, await thread_of(house, sara))).thread
    assert (state.blocked, state.opted_out, state.handed_over) == (True, False, True)
    (handed,) = house.office.told("handovers")
    assert (handed["reason"], handed["telephone"]) == ("unreachable", None)
    assert house.office.told("phones") == []  # her telephone is another matter


async def test_blocked_and_back(house: House, telegram: Telegram, sara: Account) -> None:
    await telegram.write(sara, TOWN, "Hej")
    await house.work()
    thread = await thread_of(house, sara)
    for _ in range(2):
        await telegram.block(sara, TOWN)
    await house.work()
    assert (await threads.state(house.engine, thread)).thread.blocked
    assert [one["reason"] for one in house.office.told("handovers")] == ["unreachable"]
    await telegram.block(sara, TOWN, yes=False)
    assert not (await threads.state(house.engine, thread)).thread.blocked
    await telegram.write(sara, TOWN, "Hej igen")
    await house.work()
    assert texts(telegram, sara)[-1] == "Du skrev: Hej igen"


async def test_who_blocks_us_before_a_word_makes_no_thread(house: House, telegram: Telegram, sara: Account) -> None:
    assert await telegram.block(sara, TOWN) == 204
    assert await nothing_stored(house)


async def test_to_who_has_blocked_us_nothing_is_tried_any_more(house: House, telegram: Telegram, sara: Account) -> None:
    house.parrot.on["Hej"] = says("svar", reply("Mötet i dag.", "reminder", start=house.clock.now + timedelta(hours=1)))
    await telegram.write(sara, TOWN, "Hej")
    await house.work()
    await telegram.block(sara, TOWN)
    house.clock.forward(hours=1)
    calls = len(telegram.calls)
    await house.work()
    assert await house.states() == ["delivered", "dropped"]
    assert len(telegram.calls) == calls


@pytest.mark.parametrize("shared", [False, None])
async def test_what_is_new_goes_to_her_telephone_when_she_has_blocked_us_and_nobody_else_reads_it(
    house: House, telegram: Telegram, sara: Account, twilio: Twilio, shared: bool | None
) -> None:
    """A number she gave us for ringing is no place for texts until she has answered from it who else reads them."""
    house.parrot.on["mitt nummer"] = lambda state, _: Turn(state.with_person(telephone=SARA), owns=SARA)
    house.parrot.on["bara jag"] = lambda state, _: Turn(state.with_thread(shared=shared))
    await telegram.write(sara, TOWN, "mitt nummer")
    await twilio.write(SARA, NUMBER, "bara jag")
    await telegram.block(sara, TOWN)
    state = await threads.state(house.engine, await thread_of(house, sara))
    texts_thread = await threads.find(house.engine, TOWN, "sms", SARA)
    assert texts_thread is not None
    assert state.person.reach == (texts_thread if shared is False else None)
    assert (await threads.state(house.engine, texts_thread)).person.id == state.person.id


async def test_a_number_that_somebody_writes_from_is_not_taken_from_her(
    house: House, telegram: Telegram, sara: Account, twilio: Twilio
) -> None:
    await twilio.write(SARA, NUMBER, "Hej")
    was = await threads.find(house.engine, TOWN, "sms", SARA)
    assert was is not None
    person = (await threads.state(house.engine, was)).person.id
    house.parrot.on["mitt nummer"] = lambda state, _: Turn(state.with_person(telephone=SARA), owns=SARA)
    await telegram.write(sara, TOWN, "mitt nummer")
    await telegram.block(sara, TOWN)
    assert (await threads.state(house.engine, was)).person.id == person
    assert (await threads.state(house.engine, await thread_of(house, sara))).person.reach is None


async def test_what_is_personal_is_protected_and_keeps_to_the_ceiling(
    house: House, telegram: Telegram, sara: Account
) -> None:
    asking = reply("Har du barn?", "personal-question", sensitivity=Sensitivity.PERSONAL)
    house.parrot.on["Hej"] = lambda state, _: Turn(state.with_thread(shared=False), says=(reply("Hej"), asking))
    await telegram.write(sara, TOWN, "Hej")
    await house.work()
    assert [(sent.text, sent.protected) for sent in telegram.messages] == [("Hej", False), ("Har du barn?", True)]
    house.office.policy = house.office.policy.model_copy(
        update={"ceilings": {**house.office.policy.ceilings, "telegram": Sensitivity.OPEN}}
    )
    await telegram.write(sara, TOWN, "Hej")
    await house.engine.policies.fetch(TOWN)
    await house.work()
    assert [sent.text for sent in telegram.messages].count("Har du barn?") == 1
    assert (await house.rows("select reason from outbox order by seq desc limit 1"))[0].reason == "ceiling"


# --- Nothing leaks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", ["429", "400", "500", "502", "strange", "cannot read", None])
async def test_no_token_no_name_and_no_words_stand_in_a_log(
    house: House,
    telegram: Telegram,
    fault: Fault | None,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    sara = telegram.account("Sara", SARA)
    if fault is None:
        telegram.blocked.add((TOWN, sara.id))
    else:
        telegram.faults.append(fault)
    await telegram.write(sara, TOWN, "hemligt ord")
    await telegram.send(sara, TOWN, text=["hemligt ord"])
    await house.work()
    broken = Channel(TelegramSettings({TOWN: BOT}, "http://127.0.0.1:9", "polling", ""), "http://127.0.0.1:1")
    await broken.send(letter(sara))
    await broken.close()
    out, err = capfd.readouterr()
    # The test's own client and server may say what they like; what runs in production may not.
    theirs = ("httpx", "httpcore", "python_multipart", "uvicorn")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(theirs)]
    for place in (out, err, json.dumps(ours)):
        for secret in (BOT, BOT.partition(":")[2], SECRET, "hemligt", "Sara", str(sara.id), "kl 9.30"):
            assert secret not in place
