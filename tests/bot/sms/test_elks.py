"""46elks: its settings, the secret in the addresses it calls, texts, calls and reports, what each answer means."""

import asyncio
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx2
import pytest

from bot.environment import SettingsError
from bot.leaving.carriers import CannotAsk, Letter, Span
from bot.messages import Said
from bot.settings import read
from bot.sms import elks as at_elks
from bot.sms.elks import HANG_UP, KEEPS, Account
from bot.stories.elks import Elks, Fault
from bot.watching.findings import Diagnoses
from tests.bot.arriving.test_inbox import unseal
from tests.bot.elks_settings import ELKS_NUMBER, ELKS_SETTINGS, OLD_SECRET, SECRET
from tests.bot.house import SARA, TOWN, House, says
from tests.bot.test_settings import GIVEN
from tests.faults.wire import Wire

TEXT = {
    "direction": "incoming",
    "id": "sf8425555e5d8db61dda7a7b3f1b91bdb",
    "from": SARA,
    "to": ELKS_NUMBER,
    "created": "2026-11-26T13:57:23.741000",
    "message": "Hej",
}


def test_the_account_and_who_writes_from_where() -> None:
    by = at_elks.provider(read({**GIVEN, **ELKS_SETTINGS}))
    assert by is not None
    assert by.municipalities == {TOWN}
    assert by.account.api_base == "https://api.46elks.com"
    for hidden in ("secret-secret", SECRET):
        assert hidden not in repr(by)
        assert hidden not in by.webhook


def test_without_any_of_its_settings_it_is_off() -> None:
    assert at_elks.provider(read(GIVEN)) is None


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"IMORGON_ELKS_USERNAME": ""}, "IMORGON_ELKS_USERNAME"),
        ({"IMORGON_ELKS_PASSWORD": ""}, "IMORGON_ELKS_PASSWORD"),
        ({"IMORGON_ELKS_SECRET": ""}, "IMORGON_ELKS_SECRET"),
        ({"IMORGON_ELKS_SECRET": "short"}, "IMORGON_ELKS_SECRET is too short"),
        ({"IMORGON_ELKS_SECRET_OLD": "short"}, "IMORGON_ELKS_SECRET_OLD is too short"),
        ({"IMORGON_ELKS_FROM_TRELLEBORG": ""}, "IMORGON_ELKS_FROM_<CODE>"),
        ({"IMORGON_ELKS_FROM_TRELLEBORG": "Trelleborg"}, "IMORGON_ELKS_FROM_TRELLEBORG"),
        ({"IMORGON_ELKS_FROM_SVEDALA": ELKS_NUMBER}, "cannot share"),
        ({"IMORGON_ELKS_API_BASE": "127.0.0.1:9"}, "IMORGON_ELKS_API_BASE"),
    ],
)
def test_what_is_wrong_or_half_given_is_one_line_without_the_value(wrong: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError) as error:
        at_elks.provider(read({**GIVEN, **ELKS_SETTINGS, **wrong}))
    assert named in str(error.value)
    assert "\n" not in str(error.value)
    assert "secret-secret" not in str(error.value)


# --- In ---------------------------------------------------------------------------------------------------------------


async def post(house: House, path: str, form: Mapping[str, str], key: str | None) -> int:
    url = house.engine.settings.public_url + path
    async with httpx2.AsyncClient(trust_env=False) as client:
        params = {} if key is None else {"key": key}
        return (await client.post(url, data=dict(form), params=params)).status_code


async def nothing_stored(house: House) -> bool:
    tables = ("inbox", "entries", "outbox", "calls", "provider_ids", "contact_points", "persons", "receipts")
    return not any([await house.rows(f"select 1 from {table}") for table in tables])


@pytest.mark.parametrize("words", ["Hej", "", "  två\nrader ", "السلام عليكم 🙏", "a+b & c=d%20 ?x=1#y"])
async def test_what_a_person_writes_is_taken_once_and_answered_from_the_number(
    elks_house: House, elks: Elks, words: str
) -> None:
    for _ in range(2):  # it may bring it again
        assert await elks.write(SARA, ELKS_NUMBER, words, text_id="s1") == 204
    (event,) = elks_house.parrot.events(Said)
    assert event == Said(words)
    await elks_house.work()
    await elks.reported()
    (text,) = elks.sent_to(SARA)
    assert (text.sender, text.message.strip()) == (ELKS_NUMBER, f"Du skrev: {words}".strip())
    assert await elks_house.states() == ["delivered"]


@pytest.mark.parametrize("path", ["/sms/elks/inbound", "/sms/elks/call", "/sms/elks/status"])
async def test_without_the_secret_nobody_is_let_in(elks_house: House, path: str) -> None:
    for key in (None, "", SECRET[:-1], SECRET + "e", "x" * 40, "é" * 20):
        assert await post(elks_house, path, TEXT, key) == 403
    assert await nothing_stored(elks_house)


async def test_the_old_secret_is_good_while_it_is_given(elks_house: House) -> None:
    assert await post(elks_house, "/sms/elks/inbound", TEXT, OLD_SECRET) == 204
    assert len(elks_house.parrot.heard) == 1


@pytest.mark.parametrize(
    "form",
    [
        {},
        {**TEXT, "from": "not a number"},
        {**TEXT, "from": "1177"},
        {**TEXT, "to": "+46701740699"},
        {name: value for name, value in TEXT.items() if name != "id"},
        {name: value for name, value in TEXT.items() if name != "message"},
    ],
    ids=["empty", "strange sender", "short code", "unknown number", "no id", "no message"],
)
async def test_what_is_no_message_is_a_dead_letter_and_the_next_one_works(
    elks_house: House, elks: Elks, form: dict[str, str]
) -> None:
    for _ in range(2):
        assert await post(elks_house, "/sms/elks/inbound", form, SECRET) == 204
    assert elks_house.parrot.heard == []
    assert [tuple(row) for row in await elks_house.rows("select state, body from inbox")] == [("dead", None)]
    await elks_house.work()
    (sealed,) = elks_house.office.told("sealed")
    inside = json.loads(unseal(sealed["jwe"]))
    assert (inside["channel"], inside["provider"], json.loads(inside["came"])) == ("sms", "46elks", form)
    assert await elks.write(SARA, ELKS_NUMBER, "Hej") == 204
    assert len(elks_house.parrot.heard) == 1


async def test_nothing_is_acknowledged_that_is_not_committed(elks_house: House, elks: Elks) -> None:
    """Not even a call: it is brought again, for hours, until we can keep it."""
    elks_house.office.away = True  # no policy yet
    assert await elks.write(SARA, ELKS_NUMBER, "Hej", text_id="s1") == 503
    assert await elks.ring(SARA, ELKS_NUMBER, call_id="c1") is None
    assert await nothing_stored(elks_house)
    elks_house.office.away = False
    assert await elks.write(SARA, ELKS_NUMBER, "Hej", text_id="s1") == 204
    assert await elks.ring(SARA, ELKS_NUMBER, call_id="c1") == HANG_UP
    assert len(elks_house.parrot.heard) == 2


# --- Who rings wishes to be rung --------------------------------------------------------------------------------------


async def test_a_call_ends_kindly_and_is_her_word_once_for_each_call(elks_house: House, elks: Elks) -> None:
    elks_house.parrot.on[""] = says("Vi ringer dig.")
    for _ in range(2):
        assert await elks.ring(SARA, ELKS_NUMBER, call_id="c1") == HANG_UP
    assert elks_house.parrot.events(Said) == [Said("", rang=True)]
    await elks_house.work()
    assert [text.message for text in elks.sent_to(SARA)] == ["Vi ringer dig."]
    await elks.ring(SARA, ELKS_NUMBER, call_id="c2")
    assert len(elks_house.parrot.events(Said)) == 2


async def test_from_a_hidden_number_there_is_nobody_to_ring(elks_house: House, elks: Elks) -> None:
    for hidden in ("", "anonymous", "unknown"):
        assert await elks.ring(hidden, ELKS_NUMBER) == HANG_UP
    assert await nothing_stored(elks_house)


# --- Reports ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statuses", "ends"),
    [
        (("sent", "delivered"), "delivered"),
        (("delivered", "sent"), "delivered"),
        (("sent", "sent"), "sent"),
        (("sent", "failed"), "failed"),
        (("delivered", "failed"), "delivered"),
        (("failed", "delivered"), "failed"),
        (("something new", "delivered"), "delivered"),
    ],
)
async def test_reports_come_in_any_order(elks_house: House, elks: Elks, statuses: tuple[str, ...], ends: str) -> None:
    elks.receipts = ()
    await elks.write(SARA, ELKS_NUMBER, "Hej")
    await elks_house.work()
    for status in statuses:
        assert await elks.report(elks.texts[0], status) == 204
    assert (await elks_house.states())[0] == ends
    kept = await elks_house.rows("select status from receipts")
    assert {row.status for row in kept} == set(statuses) - {"something new"}


async def test_what_could_not_be_delivered_is_tried_once_more(elks_house: House, elks: Elks) -> None:
    """It says no reason, so it may be one that passes: a telephone that is off."""
    elks.receipts = ()
    await elks.write(SARA, ELKS_NUMBER, "Hej")
    await elks_house.work()
    await elks.report(elks.texts[0], "failed")
    assert await elks_house.states() == ["failed", "pending"]
    await elks_house.change("update outbox set next_try_at = now()")
    await elks_house.work()
    await elks.report(elks.texts[1], "failed")
    assert await elks_house.states() == ["failed", "failed"]


async def test_a_report_of_a_message_we_do_not_have_is_acknowledged(elks_house: House) -> None:
    form = {"id": "s1", "status": "delivered", "delivered": "2026-11-26T13:57:23.741000"}
    assert await post(elks_house, f"/sms/elks/status?id={uuid4()}", form, SECRET) == 204
    assert await post(elks_house, "/sms/elks/status?id=1", form, SECRET) == 204
    assert await nothing_stored(elks_house)


async def test_a_report_may_come_before_the_answer(elks_house: House, elks: Elks) -> None:
    elks.faults.append("no answer after accepting")
    await elks.write(SARA, ELKS_NUMBER, "Hej")
    sending = asyncio.create_task(elks_house.work())
    try:
        await elks.wait_for(lambda: bool(elks.texts))
        await elks.reported()
        assert await elks_house.states() == ["delivered"]
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


# --- Out --------------------------------------------------------------------------------------------------------------


def letter(address: str = SARA, text: str = "Din tid: tisdag 1 december kl 9.30") -> Letter:
    return Letter(uuid4(), TOWN, address, text)


@pytest.mark.parametrize(
    ("fault", "state", "its_own"),
    [
        ("429", "pending", True),
        ("no credit", "pending", True),
        ("500", "unknown", True),
        ("500 after accepting", "unknown", True),
        ("html", "unknown", True),
        ("cut short", "unknown", True),
    ],
)
async def test_what_an_answer_means(elks_house: House, elks: Elks, fault: Fault, state: str, *, its_own: bool) -> None:
    elks.faults.append(fault)
    outcome = await elks_house.channels["sms"].send(letter())
    assert (outcome.state, outcome.fault) == (state, its_own)


async def test_a_number_that_is_none_is_refused_for_good_and_is_not_its_fault(elks_house: House) -> None:
    outcome = await elks_house.channels["sms"].send(letter("+0"))
    assert (outcome.state, outcome.fault, outcome.once_more) == ("failed", False, False)


async def test_a_wrong_password_waits_for_who_mends_it(elks: Elks) -> None:
    account = Account("u1234", "wrong", elks.base_url, {TOWN: ELKS_NUMBER}, (SECRET,))
    by = at_elks.Elks(account, "http://127.0.0.1:1")
    outcome = await by.send(letter())
    assert (outcome.state, outcome.code, outcome.fault) == ("pending", "401", True)
    await by.close()


async def test_a_refused_connection_is_certainly_nothing_and_nobody_can_be_asked() -> None:
    account = Account("u1234", "p", "http://127.0.0.1:9", {TOWN: ELKS_NUMBER}, (SECRET,))
    by = at_elks.Elks(account, "http://127.0.0.1:1")
    assert (await by.send(letter())).state == "pending"
    with pytest.raises(CannotAsk):
        await by.look_up(letter(), Span(datetime.now(UTC), datetime.now(UTC)), frozenset())
    await by.close()


async def test_a_line_that_was_idle_is_not_used_again(elks: Elks) -> None:
    """The other side may be closing it at that moment, and then nobody would know whether the text was taken."""
    async with Wire(elks.base_url).open() as wire:
        wire.once = True
        account = Account("u1234", "secret-secret-secret", wire.url, {TOWN: ELKS_NUMBER}, (SECRET,))
        by = at_elks.Elks(account, "http://127.0.0.1:1")
        assert (await by.send(letter())).state == "sent"
        await asyncio.sleep(2.5)
        assert (await by.send(letter())).state == "sent"
        assert (await by.send(letter())).state == "unknown", "used again at once, it is cut"
        await by.close()


async def test_an_answer_that_never_comes_is_unknown(
    elks_house: House, elks: Elks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sms.elks.TIMEOUT", 0.3)
    elks.faults.append("no answer")
    assert (await elks_house.channels["sms"].send(letter())).state == "unknown"


async def test_our_id_and_the_secret_travel_in_the_address_it_reports_to(elks_house: House, elks: Elks) -> None:
    one = letter()
    await elks_house.channels["sms"].send(one)
    assert elks.texts[0].callback == (
        f"{elks_house.engine.settings.public_url}/sms/elks/status?id={one.id}&key={SECRET}"
    )


async def test_looking_up_finds_ours_and_only_ours(
    elks_house: House, elks: Elks, monkeypatch: pytest.MonkeyPatch
) -> None:
    elks.receipts = ()
    carrier, one = elks_house.channels["sms"], letter()
    sent = await carrier.send(one)
    now = datetime.now(UTC)
    span = Span(now - timedelta(minutes=1), now + timedelta(minutes=15))
    for _ in range(5):  # it stands on the last page
        await carrier.send(letter(text="Annat"))
    monkeypatch.setattr("bot.sms.elks.ON_A_PAGE", 2)
    found = await carrier.look_up(one, span, frozenset())
    assert found is not None
    assert found.reference == sent.reference
    assert elks.listings == 3
    assert await carrier.look_up(one, span, frozenset({sent.reference or ""})) is None
    earlier = Span(now - timedelta(hours=1), now - timedelta(minutes=30))
    assert await carrier.look_up(one, earlier, frozenset()) is None
    assert await carrier.look_up(letter(text="Något annat"), span, frozenset()) is None


async def test_a_lost_answer_is_settled_by_asking(elks_house: House, elks: Elks) -> None:
    elks.receipts = ()
    elks.faults.append("500 after accepting")
    await elks.write(SARA, ELKS_NUMBER, "Hej")
    await elks_house.work()
    assert await elks_house.states() == ["unknown"]
    await elks_house.change("update outbox set next_try_at = now()")
    await elks_house.work()
    assert await elks_house.states() == ["sent"]
    assert len(elks.texts) == 1


async def test_no_number_no_words_and_no_secret_stand_in_a_log(
    elks_house: House, elks: Elks, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    elks.faults.extend(["429", "500", "no credit"])
    await elks.write(SARA, ELKS_NUMBER, "hemligt ord")
    await elks.ring(SARA, ELKS_NUMBER)
    await post(elks_house, "/sms/elks/inbound", {**TEXT, "from": "hemligt"}, SECRET)
    for _ in range(3):
        await elks_house.work()
        await elks_house.change("update outbox set next_try_at = now()")
    out, err = capfd.readouterr()
    # The addresses stand in what the test's own client logs, and in an access log that only pytest listens to.
    theirs = ("httpx", "httpcore", "uvicorn.access")
    ours = [record.getMessage() for record in caplog.records if not record.name.startswith(theirs)]
    for place in (out, err, json.dumps(ours)):
        for hidden in (SARA, SARA.replace("+", "%2B"), "hemligt", SECRET, "secret-secret"):
            assert hidden not in place


# --- Who we are there -------------------------------------------------------------------------------------------------


async def asked(house: House, *, wrong: bool) -> list[str]:
    """What ``imorgon check`` finds there, of what is well or of what is wrong."""
    (by,) = house.channels["sms"].providers  # type: ignore[attr-defined]  # it is the one that is used
    assert isinstance(by, Diagnoses)
    found = await by.diagnose([TOWN, "svedala"])
    for finding in found:
        for hidden in (SECRET, OLD_SECRET, "secret-secret", ELKS_NUMBER):
            assert hidden not in finding.words
    return [finding.words for finding in found if finding.wrong == wrong]


async def test_it_knows_the_account_and_brings_texts_and_calls(elks_house: House) -> None:
    assert await asked(elks_house, wrong=True) == []
    assert await asked(elks_house, wrong=False) == [
        "Our clock and that of 46elks show the same time.",
        "46elks knows the account and its password; 967 SEK left.",
        # Nobody reads that something is erased which is not.
        KEEPS,
        "46elks' number of trelleborg brings us what people write.",
        "46elks' number of trelleborg brings us who rings.",
    ]


@pytest.mark.parametrize(
    ("balance", "alert", "said"),
    [
        (0, 0, "46elks' account has 0 SEK left: nothing is sent before it is filled."),
        (999_999, 0, "46elks' account has 99 SEK left: fill it before it is used up."),
        (3_000_000, 5_000_000, "46elks' account has 300 SEK left: fill it before it is used up."),
        (3_000_000, 2_000_000, None),
    ],
)
async def test_what_is_left_on_the_account(
    elks_house: House, elks: Elks, balance: int, alert: int, said: str | None
) -> None:
    elks.balance, elks.credit_alert = balance, alert
    assert await asked(elks_house, wrong=True) == ([said] if said else [])


async def test_a_number_that_is_not_ours_any_more(elks_house: House, elks: Elks) -> None:
    elks.returned.add(ELKS_NUMBER)
    gone = "46elks' number of trelleborg (IMORGON_ELKS_FROM_TRELLEBORG) is not in this account, or not active."
    assert await asked(elks_house, wrong=True) == [gone]
    elks.sms_url.clear()
    elks.voice_start.clear()
    assert await asked(elks_house, wrong=True) == [gone]


async def test_a_number_far_down_in_a_long_list_is_found(
    elks_house: House, elks: Elks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.sms.elks.ON_A_PAGE", 2)
    for n in range(1, 6):
        elks.sms_url[f"+{int(ELKS_NUMBER) + n}"] = "https://elsewhere.example/"
    assert await asked(elks_house, wrong=True) == []


async def test_a_number_that_leads_elsewhere_or_with_another_secret(elks_house: House, elks: Elks) -> None:
    url = elks_house.engine.settings.public_url
    enter = f"Enter as its sms_url: {url}/sms/elks/inbound?key=<IMORGON_ELKS_SECRET>"
    elks.sms_url[ELKS_NUMBER] = "https://elsewhere.example/sms"
    (said,) = await asked(elks_house, wrong=True)
    assert said == f"46elks' number of trelleborg does not bring us what people write. {enter}"
    elks.sms_url[ELKS_NUMBER] = f"{url}/sms/elks/inbound?key=wrong"
    (said,) = await asked(elks_house, wrong=True)
    assert said == f"46elks' number of trelleborg has another secret in its sms_url: what it brings is refused. {enter}"
    elks.sms_url[ELKS_NUMBER] = f"{url}/sms/elks/inbound?key={OLD_SECRET}"
    assert await asked(elks_house, wrong=True) == []
    well = await asked(elks_house, wrong=False)
    assert f"46elks' number of trelleborg still has IMORGON_ELKS_SECRET_OLD in its sms_url. {enter}" in well


async def test_a_number_without_voice_brings_nobody_who_rings(elks_house: House, elks: Elks) -> None:
    elks.capabilities = ["sms"]
    (said,) = await asked(elks_house, wrong=True)
    assert said == "46elks' number of trelleborg cannot bring us who rings: it is without voice."
    elks.capabilities = ["sms", "voice"]
    elks.voice_start.clear()
    (said,) = await asked(elks_house, wrong=True)
    assert said.startswith("46elks' number of trelleborg does not bring us who rings. Enter as its voice_start:")


async def test_a_password_it_does_not_know_and_a_46elks_that_is_away(elks: Elks) -> None:
    for base, said in [
        (elks.base_url, "does not know the account or its password (IMORGON_ELKS_USERNAME, IMORGON_ELKS_PASSWORD)."),
        ("http://127.0.0.1:9", "does not answer (ClientConnectorError)."),
    ]:
        by = at_elks.Elks(Account("u1234", "wrong", base, {TOWN: ELKS_NUMBER}, (SECRET,)), "http://127.0.0.1:1")
        assert [one.words for one in await by.diagnose([TOWN]) if one.wrong] == [f"46elks {said}"]
        await by.close()
