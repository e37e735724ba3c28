"""Twilio: its settings, signatures over real shapes of webhooks, receipts in any order, what each answer means."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode
from uuid import uuid4

import httpx2
import pytest

from backend.contract import Policy
from bot.environment import SettingsError
from bot.leaving.carriers import CannotAsk, Carrier, Letter, Span
from bot.messages import Said
from bot.settings import read
from bot.sms import twilio as at_twilio
from bot.sms.twilio import RETRY_FRAGMENT, Account
from bot.stories.twilio import Fault, Twilio
from tests.bot.arriving.test_inbox import unseal
from tests.bot.house import ACCOUNT, NUMBER, SARA, TOKEN, TOWN, House
from tests.bot.test_settings import GIVEN

# Parameters as Twilio sends them: empty ones, unknown ones, spaces at the ends, plus signs, any script.
PLAIN = {
    "ToCountry": "SE",
    "ToState": "",
    "SmsMessageSid": "SM" + "0" * 32,
    "NumMedia": "0",
    "ToCity": "",
    "FromZip": "",
    "SmsSid": "SM" + "0" * 32,
    "SmsStatus": "received",
    "Body": "Hej",
    "To": NUMBER,
    "NumSegments": "1",
    "MessageSid": "SM" + "0" * 32,
    "AccountSid": ACCOUNT,
    "From": SARA,
    "ApiVersion": "2010-04-01",
}
SHAPES: dict[str, Mapping[str, str]] = {
    "plain": PLAIN,
    "blank body": {**PLAIN, "Body": ""},
    "spaces and newlines at the ends": {**PLAIN, "Body": "  Hej \r\n igen  "},
    "arabic and emoji": {**PLAIN, "Body": "السلام عليكم 🙏"},
    "signs of addresses": {**PLAIN, "Body": "a+b & c=d%20 ?x=1#y"},
    "an unknown parameter": {**PLAIN, "SomethingNew": "1", "Another": ""},
    "a picture": {**PLAIN, "NumMedia": "1", "MediaUrl0": "https://media.example/1", "MediaContentType0": "image/jpeg"},
    "advanced opt-out": {**PLAIN, "Body": "STOP", "OptOutType": "STOP"},
    "long, joined": {**PLAIN, "Body": "å" * 1000, "NumSegments": "7"},
}

ITS_SETTINGS = {
    "IMORGON_TWILIO_ACCOUNT_SID": ACCOUNT,
    "IMORGON_TWILIO_AUTH_TOKEN": "secret-secret-secret",
    "IMORGON_TWILIO_FROM_TRELLEBORG": NUMBER,
}


def test_the_account_and_who_writes_from_where() -> None:
    service = {"IMORGON_TWILIO_MESSAGING_SERVICE_SID_SVEDALA": "MG" + "b" * 32}
    by = at_twilio.provider(read({**GIVEN, **ITS_SETTINGS, **service}))
    assert by is not None
    assert by.account.numbers == {"trelleborg": NUMBER}
    assert by.account.services == {"svedala": "MG" + "b" * 32}
    assert by.municipalities == {"trelleborg", "svedala"}
    assert "secret-secret" not in repr(by)


def test_without_any_of_its_settings_it_is_off() -> None:
    assert at_twilio.provider(read(GIVEN)) is None


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({**ITS_SETTINGS, "IMORGON_TWILIO_AUTH_TOKEN": ""}, "IMORGON_TWILIO_AUTH_TOKEN"),
        ({**ITS_SETTINGS, "IMORGON_TWILIO_ACCOUNT_SID": ""}, "IMORGON_TWILIO_ACCOUNT_SID"),
        ({**ITS_SETTINGS, "IMORGON_TWILIO_FROM_TRELLEBORG": ""}, "IMORGON_TWILIO_FROM_<CODE>"),
        ({**ITS_SETTINGS, "IMORGON_TWILIO_FROM_TRELLEBORG": "070-174 06 90"}, "IMORGON_TWILIO_FROM_TRELLEBORG"),
        ({**ITS_SETTINGS, "IMORGON_TWILIO_FROM_LUND": NUMBER}, "IMORGON_BACKEND_TOKEN_LUND"),
        ({**ITS_SETTINGS, "IMORGON_TWILIO_FROM_SVEDALA": NUMBER}, "cannot share"),
        ({**ITS_SETTINGS, "IMORGON_TWILIO_MESSAGING_SERVICE_SID_TRELLEBORG": "MG1"}, "choose one"),
        ({**ITS_SETTINGS, "IMORGON_TWILIO_API_BASE": "127.0.0.1:9"}, "IMORGON_TWILIO_API_BASE"),
        ({"IMORGON_TWILIO_API_BASE": "http://127.0.0.1:9"}, "IMORGON_TWILIO_FROM_<CODE>"),
    ],
)
def test_what_is_wrong_or_half_given_is_one_line_without_the_value(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as error:
        at_twilio.provider(read({**GIVEN, **wrong}))
    assert named in str(error.value)
    assert "\n" not in str(error.value)
    assert "secret-secret" not in str(error.value)


async def post(url: str, form: Mapping[str, str] | str, signature: str | None, **headers: str) -> int:
    body = form if isinstance(form, str) else urlencode(form)
    sent = {"Content-Type": "application/x-www-form-urlencoded", **headers}
    if signature is not None:
        sent["X-Twilio-Signature"] = signature
    async with httpx2.AsyncClient(trust_env=False) as client:
        return (await client.post(url, content=body, headers=sent)).status_code


def inbound(house: House) -> str:
    return house.engine.settings.public_url + "/sms/inbound"


async def nothing_stored(house: House) -> bool:
    tables = ("inbox", "entries", "outbox", "calls", "provider_ids", "contact_points", "persons", "receipts")
    return not any([await house.rows(f"select 1 from {table}") for table in tables])


@pytest.mark.parametrize("shape", SHAPES)
async def test_what_the_provider_signed_is_taken(house: House, twilio: Twilio, shape: str) -> None:
    form = dict(SHAPES[shape])
    assert await post(inbound(house), form, twilio.sign(inbound(house), form)) == 204
    (event,) = house.parrot.events(Said)
    assert event.words == form["Body"]
    assert event.pictures == int(form["NumMedia"])


@pytest.mark.parametrize("shape", SHAPES)
async def test_what_was_changed_on_the_way_is_refused_and_not_stored(house: House, twilio: Twilio, shape: str) -> None:
    form = dict(SHAPES[shape])
    signature = twilio.sign(inbound(house), form)
    changed = {**form, "Body": form["Body"] + "1"}
    without_blanks = {name: value for name, value in form.items() if value}
    assert await post(inbound(house), changed, signature) == 403
    assert await post(inbound(house), without_blanks, signature) == 403
    assert await post(inbound(house) + "?x=1", form, signature) == 403
    assert await post(inbound(house), form, None) == 403
    assert await post(inbound(house), form, "") == 403
    assert await post(inbound(house), form, Twilio(ACCOUNT, "another token").sign(inbound(house), form)) == 403
    assert house.parrot.heard == []
    assert await nothing_stored(house)


async def test_more_than_the_provider_ever_posts_is_not_read(house: House, twilio: Twilio) -> None:
    form = {**PLAIN, "Body": "a" * (2 << 20)}
    assert await post(inbound(house), form, twilio.sign(inbound(house), form)) == 403
    assert await nothing_stored(house)


async def test_the_sender_does_not_choose_the_algorithm(house: House, twilio: Twilio) -> None:
    """A key of another kind is not the token: what claims to be signed so is refused, however it was signed."""
    url, form = inbound(house), dict(PLAIN)
    for algorithm in ("HMAC_SHA256", "none", "HMAC_MD5"):
        header = {"X-Twilio-Webhooks-Signature-Settings": f"key=k,algorithm={algorithm}"}
        assert await post(url, form, twilio.sign(url, form), **header) == 403
    assert await nothing_stored(house)


async def test_the_address_is_the_one_the_provider_knows(house: House, twilio: Twilio) -> None:
    """Not the one a header claims."""
    url, form = inbound(house), dict(PLAIN)
    elsewhere = twilio.sign("https://other.example/sms/inbound", form)
    headers = {"X-Forwarded-Host": "other.example", "X-Forwarded-Proto": "https"}
    assert await post(url, form, elsewhere, **headers) == 403
    assert await post(url, form, twilio.sign(url, form), **headers) == 204


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"Body": "Hej"},
        {**PLAIN, "From": "not a number"},
        {**PLAIN, "From": ""},
        {**PLAIN, "NumMedia": "many"},
        {**PLAIN, "To": "+46701740699"},
        {name: value for name, value in PLAIN.items() if name != "MessageSid"},
    ],
    ids=["empty", "body only", "strange sender", "no sender", "media", "unknown number", "no id"],
)
async def test_what_is_no_message_is_a_dead_letter_and_the_next_one_works(
    house: House, twilio: Twilio, form: dict[str, str]
) -> None:
    url = inbound(house)
    for _ in range(2):  # and the provider may send it again
        assert await post(url, form, twilio.sign(url, form)) == 204
    assert house.parrot.heard == []
    assert [tuple(row) for row in await house.rows("select state, body from inbox")] == [("dead", None)]
    await house.work()
    (sealed,) = house.office.told("sealed")
    inside = json.loads(unseal(sealed["jwe"]))
    assert (sealed["kind"], inside["provider"], json.loads(inside["came"])) == ("malformed", "Twilio", form)
    assert await twilio.write(SARA, NUMBER, "Hej") == 204
    assert len(house.parrot.heard) == 1


async def test_a_picture_is_counted_and_never_kept(house: House, twilio: Twilio) -> None:
    assert await twilio.write(SARA, NUMBER, "mitt id", pictures=2) == 204
    (event,) = house.parrot.events(Said)
    assert (event.words, event.pictures) == ("mitt id", 2)
    await house.work()
    (sealed,) = house.office.told("sealed")
    assert sealed["kind"] == "photo"
    assert "/media/" not in "".join(await house.opened())


async def test_status_callbacks_are_signed_too(house: House, twilio: Twilio) -> None:
    url = f"{house.engine.settings.public_url}/sms/status?id={uuid4()}"
    form = {"MessageSid": "SM1", "MessageStatus": "sent"}
    assert await post(url, form, "forged") == 403
    assert await post(url, form, twilio.sign(url.partition("?")[0], form)) == 403  # the id is part of what is signed
    assert await post(url, form, twilio.sign(url, form)) == 204  # of no message of ours: acknowledged, nothing done
    assert await nothing_stored(house)


@pytest.mark.parametrize(
    ("statuses", "ends"),
    [
        (("queued", "sent", "delivered"), "delivered"),
        (("delivered", "sent", "queued"), "delivered"),
        (("sent", "sent", "sent"), "sent"),
        (("sent", "undelivered"), "failed"),
        (("delivered", "failed"), "delivered"),
        (("failed", "delivered"), "failed"),
        (("something new", "delivered"), "delivered"),
    ],
)
async def test_receipts_come_in_any_order(house: House, twilio: Twilio, statuses: tuple[str, ...], ends: str) -> None:
    """Forward only, the first final one stands, and every different one is kept."""
    twilio.receipts = ()
    await twilio.write(SARA, NUMBER, "Hej")
    await house.work()
    for status in statuses:
        assert (
            await twilio.report(twilio.texts[0], status, 30005 if status in ("failed", "undelivered") else None) == 204
        )
    assert await house.states() == [ends]
    kept = await house.rows("select status from receipts")
    assert {row.status for row in kept} == set(statuses) - {"something new"}


async def test_a_receipt_may_come_before_the_answer(house: House, twilio: Twilio) -> None:
    """Our own request is still open, and the provider already reports on its message."""
    twilio.faults.append("no answer after accepting")
    await twilio.write(SARA, NUMBER, "Hej")
    sending = asyncio.create_task(house.work())
    try:
        await twilio.wait_for(lambda: bool(twilio.texts))
        await twilio.reported()
        assert await house.states() == ["delivered"]
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


def letter() -> Letter:
    return Letter(uuid4(), TOWN, SARA, "Din tid: tisdag 1 december kl 9.30")


def carrier(house: House) -> Carrier:
    return house.channels["sms"]


@pytest.mark.parametrize(
    ("fault", "state"),
    [("429", "pending"), ("500", "unknown"), ("500 after accepting", "unknown"), ("opted out", "failed")],
)
async def test_what_an_answer_means(house: House, twilio: Twilio, fault: Fault, state: str) -> None:
    twilio.faults.append(fault)
    outcome = await carrier(house).send(letter())
    assert outcome.state == state
    assert outcome.opted_out == (fault == "opted out")


async def test_a_refused_connection_is_certainly_nothing(house: House) -> None:
    sms = at_twilio.Twilio(Account(ACCOUNT, TOKEN, "http://127.0.0.1:9", {TOWN: NUMBER}, {}), "http://127.0.0.1:1")
    assert (await sms.send(letter())).state == "pending"
    with pytest.raises(CannotAsk):
        await sms.look_up(letter(), Span(datetime.now(UTC), datetime.now(UTC)), frozenset())
    await sms.close()


async def test_what_our_account_is_refused_waits_and_what_the_letter_is_refused_is_final(
    house: House, twilio: Twilio
) -> None:
    """A wrong token, a suspended account: nothing is wrong with the letter, and somebody mends the account."""
    account = Account(ACCOUNT, "not the token", twilio.base_url, {TOWN: NUMBER}, {})
    sms = at_twilio.Twilio(account, "http://127.0.0.1:1")
    outcome = await sms.send(letter())
    assert (outcome.state, outcome.code, outcome.fault) == ("pending", "20003", True)
    await sms.close()
    twilio.faults.append("opted out")
    outcome = await carrier(house).send(letter())
    assert (outcome.state, outcome.fault, outcome.once_more) == ("failed", False, False)


async def test_an_answer_that_never_comes_is_unknown(
    house: House, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sms.twilio.TIMEOUT", 0.3)
    twilio.faults.append("no answer")
    assert (await carrier(house).send(letter())).state == "unknown"


async def test_looking_up_finds_ours_and_only_ours(house: House, twilio: Twilio) -> None:
    twilio.receipts = ()
    one = letter()
    sent = await carrier(house).send(one)
    now = datetime.now(UTC)
    span = Span(now - timedelta(minutes=1), now + timedelta(minutes=15))
    found = await carrier(house).look_up(one, span, frozenset())
    assert found is not None
    assert found.reference == sent.reference
    # The same words to the same number may be another letter's; and an older or newer one is not this one.
    assert await carrier(house).look_up(one, span, frozenset({sent.reference or ""})) is None
    earlier = Span(now - timedelta(hours=1), now - timedelta(minutes=30))
    assert await carrier(house).look_up(one, earlier, frozenset()) is None
    assert await carrier(house).look_up(Letter(uuid4(), TOWN, SARA, "Annat"), span, frozenset()) is None


async def test_our_id_travels_in_the_callback(house: House, twilio: Twilio) -> None:
    one = letter()
    await carrier(house).send(one)
    assert twilio.texts[0].callback == f"{house.engine.settings.public_url}/sms/status?id={one.id}{RETRY_FRAGMENT}"
    assert (twilio.texts[0].sender, twilio.texts[0].to) == (NUMBER, SARA)


async def test_the_webhook_is_tried_again_by_the_rules_of_its_fragment(
    house: House, twilio: Twilio, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = at_twilio.provider(house.engine.settings)
    assert by is not None
    assert by.webhook == f"{house.engine.settings.public_url}/sms/inbound{RETRY_FRAGMENT}"
    house.office.away = True  # no policy yet: 503
    tries = 0

    async def third_time(municipality: str) -> Policy:
        nonlocal tries
        tries += 1
        house.office.away = tries < 3
        return await original(municipality)

    original = house.engine.policies.get
    monkeypatch.setattr(house.engine.policies, "get", third_time)
    assert await twilio.write(SARA, NUMBER, "Hej") == 204
    assert tries == 3
    assert len(house.parrot.heard) == 1


async def test_no_number_and_no_words_stand_in_a_log(
    house: House, twilio: Twilio, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    twilio.faults.extend(["429", "500"])
    await twilio.write(SARA, NUMBER, "hemligt ord")
    await house.work()
    await house.change("update outbox set next_try_at = now()")
    await house.work()
    out, err = capfd.readouterr()
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    for place in (out, err, json.dumps(ours)):
        assert SARA not in place
        assert SARA.replace("+", "%2B") not in place
        assert "hemligt" not in place
