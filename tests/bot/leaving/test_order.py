"""What is said to one person arrives in its order, however many workers send, and whichever of them dies.

The messages are reminders, written a day before they leave: what holds the later ones must not count from then.
"""

import asyncio
from collections import defaultdict
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from uuid import UUID, uuid4

import pytest

from backend import postgres
from backend.contract import Channel
from bot import worker
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.leaving import outbox, settling, states, unknown
from bot.leaving.carriers import Letter, Outcome, Span
from bot.messages import Outgoing, Said
from bot.stories.twilio import Twilio
from tests.bot.conftest import opened
from tests.bot.house import SARA, TOWN, House, Office, Parrot, numbers_of, reply, says
from tests.bot.leaving.test_outbox import MEETING, bodies, later

PEOPLE = numbers_of(12)
BOTH = ("ett", "två")
LEASE, ASKED_AFTER, LISTED = timedelta(seconds=1), timedelta(seconds=0.2), timedelta(seconds=3)
"""Shorter than ours, in the same order, and all of it well within a minute."""


def reminder(words: str) -> Outgoing:
    return reply(words, "reminder", question=words, ask="reminder", reference=MEETING)


async def are_to_be_reminded(house: House, *people: str) -> None:
    """Two reminders for each, of two turns, written yesterday."""
    for words in BOTH:
        house.parrot.on[words] = says(reminder(words))
        for person in people:
            received = await inbox.receive(house.engine, Inbound(TOWN, "sms", person, uuid4().hex, Said(words)))
            assert received.outcome == "done"
    await house.change("update outbox set created_at = created_at - interval '1 day'")


@dataclass
class Provider:
    """One for all workers, who knows afterwards what it took. ``told``: whom it told what, in order."""

    told: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    took: set[UUID] = field(default_factory=set)


@dataclass
class Sender:
    """A worker's way to the provider. ``dies``: for every other person before anything was sent, or right after."""

    provider: Provider
    dies: bool = False
    in_hand: set[str] = field(default_factory=set)
    name: Channel = "sms"
    read_here: bool = False
    can_be_asked: bool = True

    async def send(self, letter: Letter) -> Outcome:
        if self.dies:
            await self._dies(letter, "before")
        self.provider.told[letter.address].append(letter.text)
        self.provider.took.add(letter.id)
        if self.dies:
            await self._dies(letter, "after")
        return Outcome("sent", reference=letter.id.hex)

    async def _dies(self, letter: Letter, moment: Literal["before", "after"]) -> None:
        if PEOPLE.index(letter.address) % 2 == ("before", "after").index(moment):
            self.in_hand.add(letter.address)
            await asyncio.Event().wait()

    async def look_up(self, letter: Letter, span: Span, known: frozenset[str]) -> Outcome | None:  # noqa: ARG002
        return Outcome("sent", reference=letter.id.hex) if letter.id in self.provider.took else None


async def test_a_worker_dies_with_the_first_message_in_its_hand_and_no_other_sends_the_second_before(
    bot_database: postgres.Database,
    office: Office,
    parrot: Parrot,
    twilio: Twilio,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(states, "LEASE", LEASE)
    monkeypatch.setattr(settling, "ASK_AGAIN", ASKED_AFTER)
    monkeypatch.setattr(unknown, "LISTED_UNTIL", LISTED)
    provider = Provider()
    async with AsyncExitStack() as stack:
        houses = [await stack.enter_async_context(opened(bot_database, office, parrot, twilio)) for _ in range(3)]
        await are_to_be_reminded(houses[0], *PEOPLE)
        senders = [Sender(provider, dies=number == 0) for number in range(3)]
        for house, sender in zip(houses, senders, strict=True):
            house.engine.channels = {"sms": sender}
        async with asyncio.timeout(60):
            dying = asyncio.create_task(worker.run(houses[0].engine, asyncio.Event()))
            while len(senders[0].in_hand) < len(PEOPLE):  # noqa: ASYNC110  # what it has in hand rings no bell
                await asyncio.sleep(0.01)
            for house in houses[1:]:
                await stack.enter_async_context(house.working())
            await asyncio.sleep(LEASE.total_seconds() / 2)
            dying.cancel()
            await asyncio.gather(dying, return_exceptions=True)
            while {*await houses[1].states()} != {"sent"}:  # noqa: ASYNC110  # nor has what others write
                await asyncio.sleep(0.1)
    assert provider.told == {person: [*BOTH] for person in PEOPLE}


async def test_after_a_minute_the_second_goes_though_nobody_knows_of_the_first(house: House, twilio: Twilio) -> None:
    twilio.faults.append("500")
    await are_to_be_reminded(house, SARA)
    await house.work()
    await later(house, 0.9)
    await house.work()
    assert bodies(twilio) == []
    await later(house, 0.2)
    await house.work()
    assert bodies(twilio) == ["två"]


async def test_what_could_not_be_asked_about_still_goes_before_what_was_written_after_it(
    house: House, twilio: Twilio
) -> None:
    await are_to_be_reminded(house, SARA)
    house.office.away = True
    assert await outbox.send_one(house.engine, set())
    house.office.away = False
    await house.work()
    assert bodies(twilio) == []
    await later(house, 0.3)
    await house.work()
    assert bodies(twilio) == [*BOTH]
