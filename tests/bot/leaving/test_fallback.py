"""What did not arrive goes by the other channel, once and never by both; what must arrive becomes a letter."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest

from bot.leaving.kinds import KINDS
from bot.messages import Thread, Turn
from bot.stories.telegram import Account, Telegram
from bot.stories.twilio import Twilio
from bot.turning import threads
from tests.bot.house import NUMBER, SARA, TOWN, House, reply, says
from tests.bot.leaving.test_outbox import later

WORDS = "Mötet i dag är kl 9.30."
NOTICE = UUID("00000000-0000-4000-8000-0000000000aa")
OTHER = sorted(name for name, kind in KINDS.items() if kind.fallback == "other")


@dataclass
class Both:
    """Somebody who is reached by SMS and by Telegram, and what happens to her."""

    house: House
    telegram: Telegram
    account: Account

    async def texts(self, words: str) -> None:
        await self.house.twilio.write(SARA, NUMBER, words)
        await self.house.work()

    async def writes(self, words: str) -> None:
        await self.telegram.write(self.account, TOWN, words)
        await self.house.work()

    async def is_one_person(self, *, shared: bool | None = False) -> None:
        """She is known to be the same, and has said by SMS who else reads her texts."""
        self.house.parrot.on["hej"] = lambda state, _: Turn(state.with_thread(shared=shared))
        self.house.parrot.on["jag"] = says()
        await self.texts("hej")
        await self.writes("jag")
        await self.house.change(
            "update threads set person = (select person from threads where channel = 'sms') where channel = 'telegram'"
        )

    def will_be_told(self, kind: str) -> None:
        """At the word "nu" something is due to her, where she writes it."""
        self.house.parrot.on["nu"] = says(reply(WORDS, kind, reference=NOTICE))

    async def is_told_by_sms(self) -> None:
        """Something is due to her there, and she has not written there since anything else."""
        self.house.parrot.on["jag"] = says(reply(WORDS, "meeting-changed", reference=NOTICE, to=(await self.sms).id))
        await self.writes("jag")

    def blocks(self) -> None:
        self.telegram.blocked.add((TOWN, self.account.id))

    @property
    def by_sms(self) -> int:
        return sum(text.body == WORDS for text in self.house.twilio.sent_to(SARA))

    @property
    def by_telegram(self) -> int:
        return sum(WORDS in sent.text for sent in self.telegram.sent_to(self.account, TOWN))

    @property
    def tasks(self) -> list[str]:
        return [one["reason"] for one in self.house.office.told("handovers")]

    @property
    async def sms(self) -> Any:
        (row,) = await self.house.rows("select id from threads where channel = 'sms'")
        return row

    async def thread(self, channel: str) -> Thread:
        (row,) = await self.house.rows("select id from threads where channel = :channel", channel=channel)
        return (await threads.state(self.house.engine, row.id)).thread


@pytest.fixture
def sara(telegram_house: House, telegram: Telegram) -> Both:
    return Both(telegram_house, telegram, telegram.account("Sara", SARA, "sv"))


@pytest.mark.parametrize("kind", OTHER)
async def test_whoever_has_blocked_us_on_telegram_reads_it_by_sms(sara: Both, kind: str) -> None:
    await sara.is_one_person()
    sara.will_be_told(kind)
    sara.blocks()
    await sara.writes("nu")
    assert (sara.by_telegram, sara.by_sms) == (0, 1)
    assert sara.tasks == ["unreachable"]
    (sms,) = await sara.house.rows("select id from threads where channel = 'sms'")
    assert (await threads.state(sara.house.engine, sms.id)).person.reach == sms.id


async def test_also_when_she_blocked_us_before_anything_was_sent(sara: Both) -> None:
    await sara.is_one_person()
    await sara.telegram.block(sara.account, TOWN)
    telegram = (await sara.house.rows("select id from threads where channel = 'telegram'"))[0].id
    sara.house.parrot.on["nu"] = says(reply(WORDS, "reminder", reference=NOTICE, to=telegram))
    await sara.texts("nu")
    assert (sara.by_telegram, sara.by_sms) == (0, 1)
    shown = [line.state.value for line in await threads.lines(sara.house.engine, telegram)]
    assert shown[-1] == "failed", "what did not come is visible where it was to come"


@pytest.mark.parametrize("shared", [True, None])
async def test_a_telephone_that_others_read_or_may_read_gets_nothing_instead(sara: Both, shared: bool | None) -> None:
    await sara.is_one_person(shared=shared)
    sara.will_be_told("meeting-changed")
    sara.blocks()
    await sara.writes("nu")
    assert (sara.by_telegram, sara.by_sms) == (0, 0)
    assert sara.tasks == ["unreachable", "lost"]


async def test_a_number_that_the_provider_blocks_is_left_for_telegram(sara: Both, twilio: Twilio) -> None:
    await sara.is_one_person()
    sara.will_be_told("meeting-changed")
    twilio.faults.append("opted out")
    await sara.texts("nu")
    assert (sara.by_telegram, sara.by_sms) == (1, 0)
    assert sara.tasks == ["opted-out"]
    assert (await sara.thread("sms")).opted_out


async def test_a_text_that_finally_failed_goes_by_telegram_once(sara: Both, twilio: Twilio) -> None:
    await sara.is_one_person()
    sara.will_be_told("meeting-changed")
    twilio.receipts = ()
    await sara.texts("nu")
    for number in (30003, 30003):
        await twilio.report(twilio.texts[-1], "undelivered", number)
        await later(sara.house, 11)
        await sara.house.work()
    assert (sara.by_telegram, sara.by_sms) == (1, 2), "one later try here, then there"
    await twilio.report(twilio.texts[-1], "failed", 30005)
    await sara.house.work()
    assert sara.by_telegram == 1
    assert sara.tasks == []


@pytest.mark.parametrize("code", [30004, 30005, 30006])
async def test_a_number_that_takes_no_texts_is_tried_once_and_staff_are_told(
    sara: Both, twilio: Twilio, code: int
) -> None:
    await sara.is_one_person()
    sara.will_be_told("meeting-changed")
    twilio.receipts = ()
    await sara.texts("nu")
    await twilio.report(twilio.texts[-1], "undelivered", code)
    await sara.house.work()
    assert (await sara.thread("sms")).blocked
    assert (sara.by_telegram, sara.by_sms) == (1, 1)
    assert sara.tasks == ["unreachable"], "staff are told, and she has read it elsewhere"
    await sara.texts("nu")
    assert (sara.by_telegram, sara.by_sms) == (2, 1), "nothing is tried there any more"


async def test_a_text_that_arrives_opens_the_number_again(sara: Both, twilio: Twilio) -> None:
    await sara.is_one_person()
    sara.will_be_told("meeting-changed")
    twilio.receipts = ()
    await sara.texts("nu")
    await sara.is_told_by_sms()
    first, second = twilio.texts[-2:]
    await twilio.report(first, "undelivered", 30005)
    await sara.house.work()
    assert (await sara.thread("sms")).blocked
    await twilio.report(second, "delivered")
    await sara.house.work()
    assert not (await sara.thread("sms")).blocked


async def test_what_is_told_of_an_older_message_opens_nothing(sara: Both, twilio: Twilio) -> None:
    """It arrived before the number was given up, and says so late."""
    await sara.is_one_person()
    sara.will_be_told("meeting-changed")
    twilio.receipts = ()
    await sara.texts("nu")
    await sara.texts("nu")
    first, second = twilio.texts[-2:]
    await twilio.report(second, "undelivered", 30005)
    await twilio.report(first, "delivered")
    await sara.house.work()
    assert (await sara.thread("sms")).blocked


async def test_whoever_has_written_since_is_reached_whatever_is_told_late(sara: Both, twilio: Twilio) -> None:
    await sara.is_one_person()
    sara.will_be_told("meeting-changed")
    twilio.receipts = ()
    await sara.texts("nu")
    told = twilio.texts[-1]
    await sara.texts("jag är här")
    await twilio.report(told, "undelivered", 30005)
    await sara.house.work()
    assert not (await sara.thread("sms")).blocked
    assert "unreachable" not in sara.tasks
    await sara.texts("hör ni mig")
    assert "Du skrev: hör ni mig" in [text.body for text in twilio.sent_to(SARA)]


async def test_who_stopped_at_the_provider_is_not_started_by_writing_something_else(sara: Both, twilio: Twilio) -> None:
    await sara.is_one_person()
    sara.will_be_told("meeting-changed")
    twilio.receipts = ()
    await sara.texts("nu")
    told = twilio.texts[-1]
    await sara.texts("jag är här")
    await twilio.report(told, "failed", 21610)
    await sara.house.work()
    assert (await sara.thread("sms")).opted_out
    assert "opted-out" in sara.tasks


async def test_what_came_later_weighs_more_than_what_is_told_late(sara: Both, twilio: Twilio) -> None:
    await sara.is_one_person()
    sara.will_be_told("meeting-changed")
    twilio.receipts = ()
    await sara.texts("nu")
    told = twilio.texts[-1]
    await sara.is_told_by_sms()
    await twilio.report(twilio.texts[-1], "delivered")
    await twilio.report(told, "undelivered", 30005)
    await sara.house.work()
    assert not (await sara.thread("sms")).blocked


async def test_what_she_wrote_before_the_try_takes_nothing_back_though_its_line_stands_after(
    sara: Both, twilio: Twilio
) -> None:
    """Our message waited when she wrote: what is told of it is the newer fact."""
    await sara.is_one_person()
    twilio.faults.append("429")
    await sara.texts("en fråga")
    await sara.house.change("update outbox set next_try_at = now() + interval '5 minutes' where state = 'pending'")
    await sara.texts("en till")
    sara.house.clock.forward(minutes=5)
    twilio.receipts = ()
    await later(sara.house, 5)
    await sara.house.work()
    (waited,) = [text for text in twilio.texts if text.body.endswith("en fråga")]
    await twilio.report(waited, "undelivered", 30005)
    await sara.house.work()
    assert (await sara.thread("sms")).blocked
    assert "unreachable" in sara.tasks


async def test_a_stop_at_one_provider_is_not_taken_back_by_what_another_brings(sara: Both, twilio: Twilio) -> None:
    await sara.is_one_person()
    sara.will_be_told("meeting-changed")
    twilio.receipts = ()
    await sara.texts("nu")
    told = twilio.texts[-1]
    await sara.is_told_by_sms()
    await twilio.report(twilio.texts[-1], "delivered")
    await sara.house.change("update outbox set provider = '46elks' where state = 'delivered'")
    await twilio.report(told, "failed", 21610)
    await sara.house.work()
    assert (await sara.thread("sms")).opted_out


@pytest.mark.parametrize(
    ("number", "why"),
    [
        (21211, "no-such-number"),
        (21408, "not-sent-there"),
        (21610, "stopped"),
        (21612, "not-sent-there"),
        (21614, "no-texts"),
        (30004, "barred"),
        (30005, "no-such-number"),
        (30006, "no-texts"),
        (30007, "filtered"),
        (30999, "unknown"),
    ],
)
async def test_staff_are_told_on_the_message_why_it_did_not_come(
    sara: Both, twilio: Twilio, number: int, why: str
) -> None:
    await sara.is_one_person()
    twilio.receipts = ()
    await sara.texts("en fråga")
    await twilio.report(twilio.texts[-1], "undelivered", number)
    await sara.house.work()
    told = [one for one in sara.house.office.told(f"threads/{(await sara.sms).id}/entries") if one["who"] == "bot"]
    assert (told[-1]["state"], told[-1]["why"]) == ("failed", why)
    assert all("why" not in one for one in told[:-1])


async def test_words_that_were_filtered_say_nothing_of_the_number(sara: Both, twilio: Twilio) -> None:
    """However often: it is the sender that is filtered then, and not one number after the other that is dead."""
    await sara.is_one_person()
    sara.house.parrot.on["nu"] = says(reply(WORDS, "staff", reference=NOTICE))
    twilio.receipts = ()
    for _ in range(3):
        await sara.texts("nu")
        await twilio.report(twilio.texts[-1], "undelivered", 30007)
    await sara.house.work()
    assert not (await sara.thread("sms")).blocked
    assert set(sara.tasks) == {"lost"}


async def test_what_failed_on_both_does_not_come_back_to_the_first(sara: Both, twilio: Twilio) -> None:
    await sara.is_one_person()
    sara.will_be_told("meeting-changed")
    sara.blocks()
    twilio.receipts = ()
    await sara.texts("nu")
    await twilio.report(twilio.texts[-1], "failed", 30005)
    await sara.house.work()
    assert (sara.by_telegram, sara.by_sms) == (0, 1)
    assert sorted(sara.tasks) == ["lost", "unreachable", "unreachable"], "the number takes none either"


async def test_what_nobody_knows_about_is_not_sent_once_more_by_the_other(sara: Both, telegram: Telegram) -> None:
    await sara.is_one_person()
    sara.will_be_told("meeting-changed")
    telegram.faults.extend(["500", "500", "500"])
    await sara.writes("nu")
    for _ in range(3):
        await later(sara.house, 1)
        await sara.house.work()
    assert sara.by_sms == 0
    assert sara.tasks == ["undelivered"]


@pytest.mark.parametrize(
    ("kind", "task"),
    [
        ("something-new", "letter"),
        ("something-new-refusal", "letter"),
        ("meeting-changed", "lost"),
        ("reminder", "lost"),
        ("nudge", None),
    ],
)
async def test_where_both_are_dead_what_mattered_is_a_task_and_what_must_be_told_a_letter(
    sara: Both, twilio: Twilio, kind: str, task: str | None
) -> None:
    await sara.is_one_person()
    sara.will_be_told(kind)
    sara.blocks()
    twilio.faults.append("opted out")
    await sara.writes("nu")
    assert (sara.by_telegram, sara.by_sms) == (0, 0)
    expected = ["unreachable", *(["opted-out", task] if task else [])]
    assert sorted(sara.tasks) == sorted(expected)
    if task == "letter":
        about = [one["about"] for one in sara.house.office.told("handovers") if one["reason"] == "letter"]
        assert about == [str(NOTICE)]


async def test_whoever_said_stop_still_gets_a_letter_of_what_must_be_told(sara: Both) -> None:
    sara.house.parrot.on["stopp"] = lambda state, _: Turn(state.with_thread(opted_out=True))
    await sara.texts("stopp")
    sara.will_be_told("something-new")
    await sara.texts("nu")
    assert sara.by_sms == 0
    assert sara.tasks == ["letter"]
    sara.will_be_told("reminder")
    await sara.texts("nu")
    assert sara.tasks == ["letter"], "that she wants no reminders she has said herself"


async def test_a_reply_belongs_where_she_wrote_and_staff_see_that_it_did_not_come(sara: Both, twilio: Twilio) -> None:
    await sara.is_one_person()
    twilio.receipts = ()
    await sara.texts("en fråga")
    await twilio.report(twilio.texts[-1], "undelivered", 30005)
    await sara.house.work()
    assert sorted(sara.tasks) == ["lost", "unreachable"]
    (entry,) = [one["entry"] for one in sara.house.office.told("handovers") if one["reason"] == "lost"]
    (sms,) = await sara.house.rows("select id from threads where channel = 'sms'")
    lines = await threads.lines(sara.house.engine, sms.id)
    assert [line.state.value for line in lines if line.number == entry] == ["failed"]
    assert all("Du skrev: en fråga" not in sent.text for sent in sara.telegram.sent_to(sara.account, TOWN))
