"""Papers: fetched, sealed, handed in, told once and erased, whatever fails and wherever we die."""

from collections.abc import AsyncIterator, Callable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from joserfc import jwe
from sqlalchemy import event

from backend import postgres
from backend.contract import DocumentLimits, HandOver, ProblemCode
from bot.arriving import papers
from bot.conversation import turn
from bot.messages import Brought
from bot.stories.telegram import Account, Telegram
from bot.stories.twilio import Twilio
from bot.watching import troubles
from tests.bot.arriving.test_inbox import REGISTRY
from tests.bot.conftest import opened
from tests.bot.house import NUMBER, POLICY, SARA, SEAL_KEY, TOWN, House, Office, Parrot
from tests.bot.leaving.test_erasing import figures
from tests.bot.telegraph import SECRET, settings_for

PAPER = b"\x89PNG made-up paper: rent 5850 kr, Exempelgatan 1" * 50
LIMITS = DocumentLimits(megabytes=10, pages=20)


class Died(BaseException):
    """The process is gone: nothing catches it."""


@pytest.fixture
def office(office: Office) -> Office:
    """A backend that takes papers."""
    office.policy = POLICY.model_copy(update={"documents": LIMITS})
    office.answers["documents"] = lambda _: received()
    return office


def received(**more: Any) -> dict[str, Any]:
    return {"document": str(uuid4()), "kind": "jpeg", "pages": 1, "limits": LIMITS.model_dump(), **more}


def refused(why: str) -> dict[str, Any]:
    return {"refused": why, "limits": LIMITS.model_dump()}


@pytest.fixture
def house(telegram_house: House) -> House:
    return telegram_house


@pytest.fixture
def sara(telegram: Telegram) -> Account:
    return telegram.account("Sara", SARA, "sv")


def opened_seal(sealed: str) -> bytes:
    return jwe.decrypt_compact(sealed, SEAL_KEY, registry=REGISTRY).plaintext or b""


async def later(house: House, by: timedelta = timedelta(minutes=1)) -> None:
    """Real time goes on for what waits."""
    await house.change(
        "update papers set created_at = created_at - cast(:by as interval), next_try_at = next_try_at - cast(:by as "
        "interval), lease_until = lease_until - cast(:by as interval), settled_at = settled_at - cast(:by as interval)",
        by=by,
    )
    await house.change(
        "update erasures set created_at = created_at - cast(:by as interval), next_try_at = next_try_at - cast(:by as "
        "interval), lease_until = lease_until - cast(:by as interval)",
        by=by,
    )


def told(house: House) -> list[Brought]:
    return house.parrot.events(Brought)


async def left(house: House) -> list[tuple[str, bool, bool]]:
    """Each paper's state, whether we know where it lies, and whether it lies here."""
    rows = await house.rows("select state, place, jwe from papers order by seq")
    return [(row.state, row.place is not None, row.jwe is not None) for row in rows]


async def test_a_picture_is_fetched_sealed_handed_in_told_once_and_erased(
    house: House, telegram: Telegram, sara: Account
) -> None:
    await telegram.send(sara, TOWN, message_id=42, **telegram.picture(PAPER), caption="Hyresavi")
    await house.work()
    (handed,) = house.office.told("documents")
    assert opened_seal(handed["jwe"]) == PAPER
    assert (handed["channel"], handed["paper"]) == ("telegram", "rent-invoice")
    row = (await house.rows("select id, person from papers"))[0]
    bound = jwe.decrypt_compact(handed["jwe"], SEAL_KEY, registry=REGISTRY).protected
    assert (bound["person"], bound["key"], bound["municipality"]) == (str(row.person), str(row.id), TOWN)
    assert told(house) == [Brought(kept=1)]
    assert telegram.bot(TOWN).erased == [(sara.id, 42)]
    assert await left(house) == [("kept", False, False)]
    assert not house.office.told("sealed")


async def test_no_paper_lies_here_open_at_any_moment(
    house: House, telegram: Telegram, sara: Account, caplog: pytest.LogCaptureFixture
) -> None:
    await telegram.send(sara, TOWN, **telegram.picture(PAPER))
    house.office.stumbles = 1
    await papers.work_on_one(house.engine)
    assert await left(house) == [("here", True, True)]
    everything = await house.everything()
    assert PAPER[:40] not in everything
    assert b"AgAC" not in everything
    assert "5850" not in caplog.text


async def test_an_album_is_told_once_when_all_of_it_is_there(house: House, telegram: Telegram, sara: Account) -> None:
    for n in range(3):
        await telegram.send(sara, TOWN, **telegram.picture(PAPER + bytes([n])), media_group_id="42")
        await house.work()
    assert told(house) == []
    await later(house, timedelta(seconds=5))
    await house.work()
    assert told(house) == [Brought(kept=3)]
    assert len(telegram.bot(TOWN).erased) == 3


async def test_a_late_picture_of_an_album_has_an_answer_of_its_own(
    house: House, telegram: Telegram, sara: Account
) -> None:
    for n in (2, 0):
        await telegram.send(sara, TOWN, message_id=50 + n, **telegram.picture(PAPER), media_group_id="42")
    await house.work()
    await later(house)
    await house.work()
    await telegram.send(sara, TOWN, message_id=51, **telegram.picture(PAPER), media_group_id="42")
    await house.work()
    await later(house)
    await house.work()
    assert told(house) == [Brought(kept=2), Brought(kept=1)]


async def test_the_same_update_twice_and_a_changed_caption_bring_one_paper(
    house: House, telegram: Telegram, sara: Account
) -> None:
    sent = {"message_id": 42, "date": 1, "chat": sara.chat, "from": sara.user, **telegram.picture(PAPER)}
    for _ in range(2):
        await telegram.bring(TOWN, {"update_id": 7, "message": sent})
    await telegram.bring(TOWN, {"update_id": 8, "edited_message": {**sent, "edit_date": 2, "caption": "hyran"}})
    await house.work()
    assert len(house.office.told("documents")) == 1


async def test_a_file_comes_with_its_name(house: House, telegram: Telegram, sara: Account) -> None:
    await telegram.send(sara, TOWN, **telegram.file(PAPER, "hyresavi.pdf"))
    await house.work()
    assert [one["paper"] for one in house.office.told("documents")] == ["rent-invoice"]


@pytest.mark.parametrize("fault", ["unavailable", "502", "cut"])
async def test_what_telegram_does_not_give_is_asked_for_again(
    house: House, telegram: Telegram, sara: Account, fault: Any
) -> None:
    telegram.file_faults.extend([fault, fault])
    await telegram.send(sara, TOWN, **telegram.picture(PAPER))
    for _ in range(3):
        await house.work()
        await later(house)
    assert [opened_seal(one["jwe"]) for one in house.office.told("documents")] == [PAPER]
    await house.work()
    assert [one for one in told(house) if not one.waiting] == [Brought(kept=1)]


async def test_who_waits_long_is_told_so_once(house: House, telegram: Telegram, sara: Account) -> None:
    telegram.file_faults.extend(["502"] * 9)
    await telegram.send(sara, TOWN, **telegram.picture(PAPER))
    for _ in range(4):
        await house.work()
        await later(house, timedelta(seconds=15))
    assert told(house) == [Brought(waiting=True)]


async def test_what_never_comes_is_given_up_after_a_day_and_staff_see_it(
    house: House, telegram: Telegram, sara: Account
) -> None:
    telegram.file_faults.extend(["unavailable"] * 9)
    await telegram.send(sara, TOWN, **telegram.picture(PAPER))
    await house.work()
    await later(house, timedelta(hours=25))
    await house.work()
    assert told(house)[-1] == Brought(lost=1)
    # What can still be asked for by hand is not forgotten.
    assert await left(house) == [("lost", True, False)]
    assert telegram.bot(TOWN).erased == []


async def test_a_file_larger_than_telegram_gives_is_said(house: House, telegram: Telegram, sara: Account) -> None:
    await telegram.send(sara, TOWN, **telegram.file(b"x" * 20_000_001, "hyra.pdf"))
    await house.work()
    assert told(house) == [Brought(refused=("too-large",))]
    assert telegram.calls_of("getFile") == []
    assert telegram.bot(TOWN).erased == []


async def test_what_the_backend_cannot_take_is_told_and_left_in_the_chat(
    house: House, telegram: Telegram, sara: Account
) -> None:
    house.office.answers["documents"] = lambda _: refused("encrypted")
    await telegram.send(sara, TOWN, **telegram.file(PAPER, "hyra.pdf"))
    await house.work()
    assert told(house) == [Brought(refused=("encrypted",))]
    assert telegram.bot(TOWN).erased == []
    assert await left(house) == [("refused", False, False)]


async def test_while_the_backend_is_away_it_is_kept_sealed_and_handed_in_afterwards(
    house: House, telegram: Telegram, sara: Account
) -> None:
    await telegram.send(sara, TOWN, **telegram.picture(PAPER))
    house.office.status = 503
    await house.work()
    assert await left(house) == [("here", True, True)]
    assert telegram.bot(TOWN).erased == []
    house.office.status = None
    await later(house, timedelta(minutes=12))
    assert (await troubles.find(house.engine))["papers wait"].endswith("the oldest for 12 minutes.")
    await house.work()
    assert "papers wait" not in await troubles.find(house.engine)
    assert await left(house) == [("kept", False, False)]


async def test_what_the_contract_refuses_is_kept_and_shown_to_staff(
    house: House, telegram: Telegram, sara: Account
) -> None:
    house.office.refuses["documents"] = (422, ProblemCode.INVALID)
    await telegram.send(sara, TOWN, **telegram.picture(PAPER))
    await house.work()
    assert told(house) == [Brought(lost=1)]
    assert await left(house) == [("stuck", True, True)]
    assert (await troubles.find(house.engine))["papers stuck"].startswith("Papers that lie here sealed")


async def test_an_erasure_that_fails_is_tried_again_and_given_up_in_the_end(
    house: House, telegram: Telegram, sara: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    async def fails(*_: Any) -> bool:
        nonlocal tries
        tries += 1
        return False

    monkeypatch.setattr(house.channels["telegram"], "erase", fails)
    await telegram.send(sara, TOWN, **telegram.picture(PAPER))
    await house.work()
    await later(house)
    await house.work()
    assert tries == 2
    # Whatever is to be taken away lies in one place, whoever sent it and why.
    assert await left(house) == [("kept", False, False)]
    assert len(await house.rows("select 1 from erasures")) == 1
    await later(house, timedelta(hours=2))
    assert "and papers: 1" in (await troubles.find(house.engine))["not erased"]
    await later(house, timedelta(hours=46))
    await house.work()
    assert await house.rows("select 1 from erasures") == []
    assert 'imorgon_erased_total{channel="telegram",municipality="trelleborg",outcome="given up"' in await figures(
        house
    )


async def test_what_she_takes_back_is_taken_away_at_the_provider_too(
    house: House, telegram: Telegram, sara: Account
) -> None:
    await telegram.send(sara, TOWN, message_id=42, **telegram.picture(PAPER))
    for _ in range(2):  # it is fetched, and handed in
        await papers.work_on_one(house.engine)
    [row] = await house.rows("select id, thread, state from papers")
    assert row.state == "kept"
    assert await papers.take_back(house.engine, TOWN, row.thread, row.id)
    await house.work()
    assert telegram.bot(TOWN).erased == [(sara.id, 42)]
    assert await left(house) == [("taken-back", False, False)]


async def test_no_list_reads_the_files(house: House, telegram: Telegram, sara: Account) -> None:
    """A paper that waits here for the backend may be of many megabytes."""
    house.office.status = 503
    await telegram.send(sara, TOWN, **telegram.picture(PAPER))
    await house.work()
    [row] = await house.rows("select id, thread from papers")
    await later(house)
    asked: list[str] = []
    event.listen(
        house.engine.database._engine.sync_engine,
        "before_cursor_execute",
        lambda _connection, _cursor, statement, *_: asked.append(statement),
    )
    assert [one.state for one in await papers.sent_from(house.engine, row.thread)] == ["here"]
    assert not await papers.take_back(house.engine, TOWN, row.thread, row.id)
    assert await papers.tell(house.engine)
    of_papers = [statement for statement in asked if "papers" in statement]
    assert len(of_papers) >= 4
    assert not any("jwe" in statement for statement in of_papers)


async def test_without_a_place_for_papers_a_picture_is_sealed_as_it_was(
    house: House, telegram: Telegram, sara: Account
) -> None:
    house.office.policy = POLICY
    await telegram.send(sara, TOWN, **telegram.picture(PAPER))
    await house.work()
    assert [one["kind"] for one in house.office.told("sealed")] == ["photo"]
    assert await left(house) == []


# --- Asked for by a day -----------------------------------------------------------------------------------------------

THURSDAY = "2026-12-03"


def answers_in_turn(office: Office, *receipts: dict[str, Any]) -> None:
    given = iter(receipts)
    office.answers["documents"] = lambda _: next(given)


async def test_what_is_asked_for_by_a_day_is_told_as_it_stands_after_the_last_of_them(
    house: House, telegram: Telegram, sara: Account
) -> None:
    answers_in_turn(
        house.office,
        received(paper="lease", asked=3, came=1, by=THURSDAY, missing=["payslip", "rent-invoice"]),
        received(paper="payslip", asked=3, came=2, by=THURSDAY, missing=["payslip", "rent-invoice"], warnings=["dark"]),
    )
    for name in ("hyreskontrakt", "lönebesked"):
        await telegram.send(sara, TOWN, **telegram.picture(PAPER), caption=name)
    await house.work()
    (brought,) = told(house)
    assert (brought.came, brought.asked, brought.by) == (2, 3, date(2026, 12, 3))
    assert (brought.named, brought.unclear) == (("lease", "payslip"), "payslip")
    assert (brought.unnamed, brought.taken_as, brought.missing) == ((), None, ("payslip", "rent-invoice"))


async def test_what_the_backend_took_a_picture_for_and_what_it_could_not_tell(
    house: House, telegram: Telegram, sara: Account
) -> None:
    unnamed, taken = received(asked=2, came=1, by=THURSDAY), received(paper="lease", asked=2, came=2, by=THURSDAY)
    answers_in_turn(house.office, unnamed, taken)
    for _ in range(2):
        await telegram.send(sara, TOWN, **telegram.picture(PAPER))
    await house.work()
    (brought,) = told(house)
    assert (brought.taken_as, [str(one) for one in brought.taken]) == ("lease", [taken["document"]])
    assert [str(one) for one in brought.unnamed] == [unnamed["document"]]


async def test_words_under_the_first_picture_of_an_album_are_said_of_all_of_it(
    house: House, telegram: Telegram, sara: Account
) -> None:
    more: Any = {"asked": 3, "came": 1, "by": THURSDAY, "missing": ["payslip", "rent-invoice"]}
    answers_in_turn(house.office, received(paper="lease", **more), received(**more), received(**more))
    for n in range(3):
        words: Any = {"caption": "hyreskontrakt"} if n == 0 else {}
        await telegram.send(sara, TOWN, **telegram.picture(PAPER), media_group_id="42", **words)
    await house.work()
    await later(house)
    await house.work()
    (brought,) = told(house)
    assert (brought.kept, brought.named, brought.unnamed) == (3, ("lease",), ())


# --- What if this dies right here? ------------------------------------------------------------------------------------


def _dies_once(monkeypatch: pytest.MonkeyPatch, of: Any, name: str, *, after: bool) -> None:
    """The next call of it is the last thing this process does: before it has begun, or when it is done."""
    whole: Callable[..., Any] = getattr(of, name)

    async def dies(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(of, name, whole)
        if after:
            await whole(*given, **more)
        raise Died

    monkeypatch.setattr(of, name, dies)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["fetch", "written down", "handed in", "told", "erased"])
async def test_wherever_we_die_she_is_told_once_and_the_paper_comes_once(
    house: House, telegram: Telegram, sara: Account, monkeypatch: pytest.MonkeyPatch, *, step: str, after: bool
) -> None:
    dying: dict[str, tuple[Any, str]] = {
        "fetch": (house.channels["telegram"], "fetch"),
        "written down": (papers, "_change"),
        "handed in": (house.engine.backend, "hand_in"),
        "told": (papers, "take"),
        "erased": (house.channels["telegram"], "erase"),
    }
    await telegram.send(sara, TOWN, **telegram.picture(PAPER))
    _dies_once(monkeypatch, *dying[step], after=after)
    with pytest.raises(Died):
        await house.work()
    await later(house, timedelta(minutes=5))
    await house.work()
    handed = house.office.told("documents")
    assert {opened_seal(one["jwe"]) for one in handed} == {PAPER}
    keys = {path for _, path, _ in house.office.asked if path.startswith("documents/")}
    assert len(keys) == 1
    assert [one for one in told(house) if not one.waiting] == [Brought(kept=1)]
    assert len(telegram.bot(TOWN).erased) == 1
    assert await left(house) == [("kept", False, False)]


# --- By text message --------------------------------------------------------------------------------------------------


async def test_a_picture_by_text_message_is_fetched_when_it_is_there_and_deleted_at_twilio(
    house: House, twilio: Twilio
) -> None:
    twilio.picture, twilio.late = PAPER, 2
    assert await twilio.write(SARA, NUMBER, "hyresavi", pictures=1) == 204
    for _ in range(3):
        await house.work()
        await later(house, timedelta(seconds=5))
    (handed,) = house.office.told("documents")
    assert (opened_seal(handed["jwe"]), handed["channel"], handed["paper"]) == (PAPER, "sms", "rent-invoice")
    await house.work()
    assert (twilio.media, len(twilio.deleted)) == ({}, 1)
    assert await left(house) == [("kept", False, False)]


async def test_pictures_that_were_lost_on_the_way_are_found_in_the_list(house: House, twilio: Twilio) -> None:
    twilio.picture = PAPER
    twilio.lose(SARA, NUMBER, "", pictures=2)
    provider: Any = house.channels["sms"]
    since = house.clock() - timedelta(days=3650)
    await provider.providers[0].catch_up(house.engine, TOWN, since)
    await house.work()
    assert len(house.office.told("documents")) == 2
    assert len(twilio.deleted) == 2


async def test_our_token_goes_to_nobody_elses_address(house: House, twilio: Twilio) -> None:
    provider: Any = house.channels["sms"]
    assert provider.providers[0]._media('{"media": "https://evil.example/x"}') is None
    evil = "https://evil.example/Messages/MM" + "a" * 32 + "/Media/ME" + "b" * 32
    assert provider.providers[0]._media(evil).startswith(twilio.base_url)


# --- With the real conversation ---------------------------------------------------------------------------------------


@pytest.fixture
async def talking(
    bot_database: postgres.Database, office: Office, twilio: Twilio, telegram: Telegram
) -> AsyncIterator[House]:
    async with opened(bot_database, office, Parrot(), twilio, more=settings_for(telegram)) as made:
        made.engine.turn = turn
        bot = telegram.bot(TOWN)
        bot.webhook, bot.secret = f"{made.engine.settings.public_url}/telegram/webhook/{TOWN}", SECRET
        yield made


async def test_she_reads_one_answer_with_the_count_and_what_is_hard_to_read(
    talking: House, telegram: Telegram, sara: Account
) -> None:
    await telegram.write(sara, TOWN, "hej behöver hjälp")
    await talking.work()
    before = len(telegram.sent_to(sara, TOWN))
    talking.office.answers["documents"] = lambda _: received(warnings=["blurred"], asked=3, came=2)
    await telegram.send(sara, TOWN, **telegram.picture(PAPER), caption="hyresavi")
    await talking.work()
    read = [sent.text for sent in telegram.sent_to(sara, TOWN)[before:]]
    assert read[0] == (
        "Det har kommit fram. Tack. Hos oss kan bara personalen läsa det. 2 av 3 papper har kommit. "
        "En del är svårt att läsa. Vi har det ändå. Skicka gärna en ny bild om du kan."
    )
    assert len(read) == 2  # and the question that was open


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["handed in", "written down", "told"])
async def test_wherever_we_die_the_count_is_read_once(
    talking: House, telegram: Telegram, sara: Account, monkeypatch: pytest.MonkeyPatch, *, step: str, after: bool
) -> None:
    await telegram.write(sara, TOWN, "hej behöver hjälp")
    await talking.work()
    before = len(telegram.sent_to(sara, TOWN))
    once = received(paper="payslip", asked=3, came=2, by=THURSDAY, missing=["lease"])
    talking.office.answers["documents"] = lambda _: once
    await telegram.send(sara, TOWN, **telegram.picture(PAPER), caption="lönebesked")
    dying: dict[str, tuple[Any, str]] = {
        "handed in": (talking.engine.backend, "hand_in"),
        "written down": (papers, "_change"),
        "told": (papers, "take"),
    }
    _dies_once(monkeypatch, *dying[step], after=after)
    with pytest.raises(Died):
        await talking.work()
    await later(talking, timedelta(minutes=5))
    await talking.work()
    read = [sent.text for sent in telegram.sent_to(sara, TOWN)[before:]]
    assert sum("2 av 3. Resten senast torsdag 3 december." in text for text in read) == 1


async def test_staff_get_what_could_not_be_had(talking: House, telegram: Telegram, sara: Account) -> None:
    talking.office.refuses["documents"] = (422, ProblemCode.INVALID)
    await telegram.send(sara, TOWN, **telegram.picture(PAPER))
    await talking.work()
    handed = [HandOver.model_validate(one) for one in talking.office.told("handovers")]
    assert [one.reason for one in handed] == ["dead-letter"]


def test_what_she_calls_it_is_understood_in_her_language() -> None:
    assert papers.named("Hyresavi för december") == "rent-invoice"
    assert papers.named("mitt id") == "identity"
    assert papers.named("här är hyran") is None
    assert papers.named("") is None
