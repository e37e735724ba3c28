"""The Sundays of 23 and of 25 hours: what is said in hours of the day comes at that hour on the wall."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest

from backend.contract import Meeting, MeetingStatus
from bot.conversation.meetings import keep_meeting, remind
from bot.conversation.talk import Talk
from bot.messages import Elapsed, Person, State, Thread
from bot.stories.twilio import Twilio
from bot.turning.desk import Desk
from bot.turning.turns import take
from tests.bot.house import POLICY, SARA, TOWN, House, reply
from tests.bot.leaving.test_nudges import begins, her, nudges

SWEDEN = ZoneInfo("Europe/Stockholm")
SPRING, AUTUMN = "2027-03-28", "2026-10-25"


def at(said: str) -> datetime:
    return datetime.fromisoformat(said).replace(tzinfo=SWEDEN).astimezone(UTC)


def booked(now: str, start: str) -> Talk:
    """Somebody who has just booked."""
    thread = Thread(UUID(int=1), TOWN, "sms", language="sv")
    talk = Talk(State(thread, Person(UUID(int=2))), POLICY, at(now))
    begins_at = at(start)
    meeting = Meeting(
        id=UUID(int=3),
        person=UUID(int=2),
        status=MeetingStatus.BOOKED,
        start=begins_at,
        end=begins_at + timedelta(minutes=45),
        address="Exempelgatan 4",
    )
    keep_meeting(talk, meeting)
    return talk


@pytest.mark.parametrize(
    ("now", "start", "reminders"),
    [
        # Booked before the change, met after it: Sunday at six in the evening, Monday at eight in the morning.
        ("2026-10-23 14:00", "2026-10-26 09:30", {"2026-10-25 18:00", "2026-10-26 08:00"}),
        ("2026-10-23 14:00", "2026-10-26 13:15", {"2026-10-25 18:00", "2026-10-26 09:00"}),
        ("2027-03-26 14:00", "2027-03-29 09:30", {"2027-03-28 18:00", "2027-03-29 08:00"}),
        # The evening before is the day of the change, or the day before it.
        ("2026-10-23 12:00", "2026-10-25 11:00", {"2026-10-24 18:00", "2026-10-25 08:00"}),
        ("2027-03-26 12:00", "2027-03-28 11:00", {"2027-03-27 18:00", "2027-03-28 08:00"}),
    ],
)
def test_reminders_come_at_their_hour_on_the_wall(now: str, start: str, reminders: set[str]) -> None:
    talk = booked(now, start)
    assert {timer.at.astimezone(UTC) for timer in talk.timers} == {at(reminder) for reminder in reminders}


@pytest.mark.parametrize("monday", ["2026-10-26", "2027-03-29"])
def test_a_reminder_ends_ten_minutes_before_the_meeting_and_says_its_hour(monday: str) -> None:
    talk = booked(f"{monday} 06:30", f"{monday} 09:30")
    remind(talk, Elapsed("reminder", UUID(int=3)))
    (said,) = talk.says
    assert said.deadline == at(f"{monday} 09:20")
    assert said.text.values["time"].isoformat() == "09:30:00"  # type: ignore[union-attr]  # a time of day


@pytest.mark.parametrize(
    ("wrote", "nudged"),
    [
        ("2026-10-23 19:30", "2026-10-25 18:30"),  # two days are 48 hours
        ("2026-10-23 08:30", "2026-10-25 08:00"),  # which end at half past seven in the morning
        ("2027-03-26 19:30", "2027-03-29 08:00"),  # or at half past eight in the evening
        ("2027-03-26 09:00", "2027-03-28 10:00"),
    ],
)
async def test_who_falls_silent_over_the_change_is_asked_at_a_decent_hour(
    house: House, twilio: Twilio, wrote: str, nudged: str
) -> None:
    house.clock.now = at(wrote)
    await begins(house, twilio)
    house.clock.now = at(nudged) - timedelta(minutes=1)
    await house.work()
    assert nudges(twilio) == 0
    house.clock.now = at(nudged)
    await house.work()
    assert nudges(twilio) == 1


@pytest.mark.parametrize("sunday", [SPRING, AUTUMN])
async def test_one_of_a_kind_a_day_on_days_of_any_length(house: House, twilio: Twilio, sunday: str) -> None:
    """Late on Saturday, early and late on Sunday, and the rest on Monday."""
    house.clock.now = at(f"{sunday} 12:00") - timedelta(days=2)
    await begins(house, twilio)
    thread, _ = await her(house)
    came = []
    saturday = at(f"{sunday} 12:00").astimezone(SWEDEN) - timedelta(days=1)
    for moment in (f"{saturday:%Y-%m-%d} 19:45", f"{sunday} 08:15", f"{sunday} 19:45"):
        house.clock.now = at(moment)
        await _one_more(house, thread)
        await house.work()
        came.append(len(_unasked(twilio)))
    assert came == [1, 2, 2]
    monday = at(f"{sunday} 12:00").astimezone(SWEDEN) + timedelta(days=1)
    house.clock.now = monday.replace(hour=7, minute=59)
    await house.work()
    assert len(_unasked(twilio)) == 2
    house.clock.now = monday.replace(hour=8)
    await house.work()
    assert len(_unasked(twilio)) == 3


def _unasked(twilio: Twilio) -> list[str]:
    return [text.body for text in twilio.sent_to(SARA) if text.body.startswith("En till")]


async def _one_more(house: House, thread: UUID) -> None:
    async def begin(desk: Desk) -> None:
        locked = await desk.lock(thread)
        again = reply("En till", "nudge", reference=uuid4(), deadline=house.clock() + timedelta(days=3))
        await desk.write_message(locked, uuid4(), again)
        await desk.save(locked)

    await take(house.engine, TOWN, begin)
