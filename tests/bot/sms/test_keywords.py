"""The provider's own words, over the wire: what it has done is followed, and nothing is said where it has answered."""

import re
from pathlib import Path
from uuid import UUID

import pytest

from bot.conversation import turn
from bot.messages import Thread
from bot.sms.twilio import _KEYWORDS, _OPT_OUT_TYPES
from bot.stories.twilio import Twilio
from bot.text import segments
from bot.turning import threads
from tests.bot.house import NUMBER, SARA, TOWN, House


@pytest.fixture
def house(house: House) -> House:
    house.engine.turn = turn
    house.office.answers["free-times"] = {"times": [], "within_promise": True}
    return house


async def thread_of(house: House) -> tuple[UUID, Thread]:
    found = await threads.find(house.engine, TOWN, "sms", SARA)
    assert found is not None
    return found, (await threads.state(house.engine, found)).thread


async def writes(house: House, words: str, opt_out: str = "") -> list[str]:
    """What she is sent back. ``opt_out``: the provider has answered it itself, and says what it calls it."""
    before = len(house.twilio.sent_to(SARA))
    house.twilio.keywords = {words: opt_out} if opt_out else {}
    assert await house.twilio.write(SARA, NUMBER, words) == 204
    await house.work()
    return [text.body for text in house.twilio.sent_to(SARA, before)]


async def test_stop_start_and_help_that_the_provider_answered_are_followed_in_silence(house: House) -> None:
    assert await writes(house, "Hej, jag behöver hjälp")
    assert await writes(house, "Stopp", "STOP") == []
    assert (await thread_of(house))[1].opted_out
    assert await writes(house, "HELP", "HELP") == []
    assert await writes(house, "START", "START") == []
    assert not (await thread_of(house))[1].opted_out
    assert await writes(house, "HELP", "HELP") == []
    assert [one["opted_out"] for one in house.office.told("phones")] == [True, False]
    assert await writes(house, "2"), "the talk goes on"


@pytest.mark.parametrize(
    "word", ["STOP", "stop", " StopAll ", "UNSUBSCRIBE", "End", "QUIT", "CANCEL", "revoke", "OPTOUT"]
)
async def test_at_these_words_the_provider_lets_nothing_through_any_more(house: House, word: str) -> None:
    await writes(house, "Hej, jag behöver hjälp")
    await writes(house, word)
    assert (await thread_of(house))[1].opted_out
    assert house.office.told("phones")[0]["opted_out"] is True


@pytest.mark.parametrize("word", ["START", "Yes", "unstop"])
async def test_at_these_it_lets_us_through_again(house: House, word: str) -> None:
    await writes(house, "Hej, jag behöver hjälp")
    await writes(house, "STOP")
    assert await writes(house, word)
    assert not (await thread_of(house))[1].opted_out


async def test_the_last_word_that_the_provider_refuses_makes_no_second_task(house: House, twilio: Twilio) -> None:
    await writes(house, "Hej, jag behöver hjälp")
    twilio.faults.append("opted out")
    await writes(house, "STOP")
    assert (await thread_of(house))[1].opted_out
    assert [one["opted_out"] for one in house.office.told("phones")] == [True]
    assert house.office.told("handovers") == []


async def test_what_is_written_after_stop_is_kept_and_shown_and_not_answered(house: House) -> None:
    await writes(house, "Hej, jag behöver hjälp")
    assert len(await writes(house, "Stopp tack")) == 1
    assert await writes(house, "Stopp!") == [], "confirmed once"
    assert await writes(house, "jag flyttar på fredag") == []
    thread, state = await thread_of(house)
    assert state.handed_over
    assert [one["reason"] for one in house.office.told("handovers")] == ["opted-out"]
    shown = [one["original"] for one in house.office.told(f"threads/{thread}/entries")]
    assert "jag flyttar på fredag" in shown


async def test_what_cannot_wait_is_answered_also_after_stop(house: House) -> None:
    await writes(house, "Hej, jag behöver hjälp")
    await writes(house, "STOPP")
    (told,) = await writes(house, "min man slår mig")
    assert "112" in told
    assert house.office.policy.after_hours_telephone in told
    assert len(house.office.told("acute-needs")) == 1


def test_whoever_sets_it_up_reads_which_words_are_taken_and_what_to_say_at_them() -> None:
    written = (Path(__file__).parents[3] / "docs" / "operations.md").read_text("utf-8")
    listed = written.partition("**Words that Twilio takes.**")[2].partition("\n")[0]
    assert set(re.findall(r"\b[A-Z]{3,}\b", listed)) == {word.upper() for word in _KEYWORDS}
    texts = dict(re.findall(r"^ {8}(STOP|START|HELP) +(.+)$", written, re.MULTILINE))
    assert set(texts) == set(_OPT_OUT_TYPES)
    for text in texts.values():
        assert segments(text) == 1, text
