"""What agencies answer: in time, late, twice, after a yes, when we had gone on; and who is silent is passed over."""

import re
from contextlib import suppress
from datetime import time
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.bookings import service as bookings
from backend.bookings.models import LIVE
from backend.contract import Meeting, MeetingStatus, NoticeKind
from backend.interpreters import answers
from backend.interpreters.ordering import Asked, Heard
from tests.backend.interpreters.agencies import SECRET, Ordering, Told, a_room, agency
from tests.backend.meetings import Town, slot_at, sweden
from tests.backend.stories import at_once

HALF_PAST_NINE = slot_at("2026-12-01 09:30", 45)
YES, NO = Heard("confirmed"), Heard("declined")


async def ordered(town: Town) -> tuple[Ordering, Told, Told, Meeting]:
    """A meeting whose interpreter was ordered from Orda; Tala would be the next."""
    town.database.agencies = (agency("orda"), agency("tala"))
    orda, tala = Told(), Told()
    ordering = Ordering(town, {"orda": orda, "tala": tala})
    await a_room(town)
    meeting = await town.books(HALF_PAST_NINE, "ti")
    await ordering.sends()
    return ordering, orda, tala, meeting


async def test_yes_in_time_books_the_meeting_and_tells_the_person_once(town: Town) -> None:
    ordering, orda, _, meeting = await ordered(town)
    order = await ordering.order(meeting)
    for _ in range(2):
        await ordering.hears(order.id, YES)
    assert [kind for kind, _ in await town.told()] == [NoticeKind.INTERPRETER_CONFIRMED]
    assert (await town.meeting(meeting.id)).status == MeetingStatus.BOOKED
    assert (orda.kinds, await town.alerts()) == (["order"], [])


async def test_nobody_is_passed_over_before_the_time_is_out(town: Town) -> None:
    ordering, _, _, meeting = await ordered(town)
    town.clock.advance(minutes=59)
    await ordering.goes_on()
    assert await town.history(meeting.id) == [("Orda", "asked")]


async def test_who_is_silent_is_cancelled_and_the_next_is_asked(town: Town) -> None:
    ordering, orda, tala, meeting = await ordered(town)
    town.clock.advance(minutes=60)
    await at_once(*(ordering.goes_on() for _ in range(3)))
    await ordering.sends()
    assert await town.history(meeting.id) == [("Orda", "unanswered"), ("Tala", "asked")]
    assert (orda.kinds, tala.kinds) == (["order", "cancel"], ["order"])
    assert await town.told() == []


async def test_nobody_answers_on_site_then_by_telephone_then_it_moves_then_staff_must_act(town: Town) -> None:
    town.database.agencies = (agency("orda", modes=("on-site",)), agency("tala", modes=("phone",)))
    ordering = Ordering(town, {"orda": Told(), "tala": Told()})
    await a_room(town)
    meeting = await town.books(slot_at("2026-12-03 09:30", 45), "ti")
    assert meeting.mode == "on-site"
    town.clock.advance(hours=2)
    await ordering.goes_on()
    assert ((await town.meeting(meeting.id)).mode, await town.told()) == ("phone", [])
    town.clock.advance(hours=2)
    # Whoever was silent is not asked for this meeting again, at no other time either.
    await ordering.goes_on()
    assert await town.history(meeting.id) == [("Orda", "unanswered"), ("Tala", "unanswered")]
    assert await town.alerts() == [("interpreter-missing", meeting.id)]
    assert (await ordering.steps(meeting))[-1] == "Tala nobody"
    await ordering.goes_on()
    assert len(await town.alerts()) == 1


async def test_it_moves_to_when_one_of_ours_can(town: Town) -> None:
    ordering, _, _, meeting = await ordered(town)
    town.database.agencies = ()
    await town.has_interpreter("Selam", "ti", hours=((time(13), time(16)),))
    town.clock.advance(hours=2)
    await ordering.goes_on()
    moved = await town.meeting(meeting.id)
    assert (moved.start, moved.status) == (sweden("2026-12-01 13:00"), MeetingStatus.PRELIMINARY)
    assert await town.history(meeting.id) == [("orda", "unanswered"), ("Selam", "asked")]
    assert [kind for kind, _ in await town.told()] == [NoticeKind.MEETING_MOVED]


async def test_one_of_ours_who_is_silent_gives_way_to_an_agency(town: Town) -> None:
    await a_room(town)
    await town.has_interpreter("Selam", "ti")
    meeting = await town.books(HALF_PAST_NINE, "ti")
    town.database.agencies = (agency(),)
    town.clock.advance(hours=2)
    await Ordering(town, {}).goes_on()
    assert await town.history(meeting.id) == [("Selam", "unanswered"), ("Orda", "asked")]


async def test_one_of_ours_whom_nobody_can_replace_is_waited_for_and_staff_are_told_once(town: Town) -> None:
    await a_room(town)
    await town.has_interpreter("Selam", "ti")
    meeting = await town.books(HALF_PAST_NINE, "ti")
    ordering = Ordering(town, {})
    town.clock.advance(hours=3)
    for _ in range(2):
        await ordering.goes_on()
    assert await town.history(meeting.id) == [("Selam", "asked")]
    assert await town.alerts() == [("interpreter-silent", meeting.id)]
    assert (await town.meeting(meeting.id)).start == meeting.start
    await town.confirms((await ordering.order(meeting)).id)
    assert (await town.meeting(meeting.id)).status == MeetingStatus.BOOKED


async def test_yes_when_we_had_gone_on_is_cancelled_at_once_and_staff_are_told(town: Town) -> None:
    ordering, orda, tala, meeting = await ordered(town)
    town.clock.advance(minutes=61)
    await ordering.goes_on()
    await ordering.sends()
    order = await ordering.order(meeting)
    for _ in range(2):
        await ordering.hears(order.id, YES)
    await ordering.sends()
    assert (orda.kinds, tala.kinds) == (["order", "cancel", "cancel"], ["order"])
    assert await town.alerts() == [("interpreter-too-late", order.id)]
    assert await town.history(meeting.id) == [("Orda", "unanswered"), ("Tala", "asked")]
    assert ((await town.meeting(meeting.id)).status, await town.told()) == (MeetingStatus.PRELIMINARY, [])
    # The next says yes too: that one comes.
    await ordering.hears((await ordering.order(meeting, 2)).id, YES)
    assert (await town.meeting(meeting.id)).status == MeetingStatus.BOOKED


async def test_yes_to_a_meeting_that_was_cancelled_is_cancelled(town: Town) -> None:
    ordering, orda, _, meeting = await ordered(town)
    order = await ordering.order(meeting)
    await town.cancels(meeting)
    await ordering.hears(order.id, YES)
    await ordering.sends()
    assert set(orda.kinds[1:]) == {"cancel"}
    assert await town.alerts() == [("interpreter-too-late", order.id)]
    assert await town.told() == []


async def test_that_an_agency_said_yes_too_late_is_to_be_seen_to_also_when_the_meeting_is_moved(town: Town) -> None:
    ordering, _, _, meeting = await ordered(town)
    town.clock.advance(minutes=61)
    await ordering.goes_on()
    order = await ordering.order(meeting)
    await ordering.hears(order.id, YES)
    async with town.database.transaction() as session:
        await bookings.move_by_staff(session, town.clock, meeting.id, slot_at("2026-12-01 13:00", 45))
    assert await town.alerts() == [("interpreter-too-late", order.id)]


async def test_no_then_yes_does_not_take_the_order_from_the_next(town: Town) -> None:
    ordering, _, _, meeting = await ordered(town)
    order = await ordering.order(meeting)
    await ordering.hears(order.id, NO)
    await ordering.hears(order.id, NO)
    await ordering.hears(order.id, YES)
    assert await town.history(meeting.id) == [("Orda", "declined"), ("Tala", "asked")]
    assert await town.alerts() == [("interpreter-too-late", order.id)]


async def test_yes_then_no_begins_again_and_staff_are_told(town: Town) -> None:
    ordering, _, tala, meeting = await ordered(town)
    order = await ordering.order(meeting)
    for heard in (YES, NO, NO):
        await ordering.hears(order.id, heard)
    await ordering.sends()
    assert tala.kinds == ["order"]
    assert await town.history(meeting.id) == [("Orda", "declined"), ("Tala", "asked")]
    assert await town.alerts() == [("interpreter-gave-back", meeting.id)]
    assert (await town.meeting(meeting.id)).status == MeetingStatus.PRELIMINARY


async def test_no_when_the_meeting_has_begun_is_told_staff(town: Town) -> None:
    ordering, _, _, meeting = await ordered(town)
    order = await ordering.order(meeting)
    await ordering.hears(order.id, YES)
    town.clock.now = sweden("2026-12-01 09:31")
    await ordering.hears(order.id, NO)
    assert await town.alerts() == [("interpreter-missing", meeting.id)]


async def test_yes_and_silence_at_once_is_one_or_the_other_in_order(town: Town) -> None:
    ordering, _, _, meeting = await ordered(town)
    order = await ordering.order(meeting)
    town.clock.advance(minutes=61)
    went = await at_once(ordering.hears(order.id, YES), ordering.goes_on(), ordering.hears(order.id, YES))
    assert went == [None, None, None]
    if (await town.meeting(meeting.id)).status == MeetingStatus.BOOKED:
        assert await town.history(meeting.id) == [("Orda", "confirmed")]
    else:
        assert await town.history(meeting.id) == [("Orda", "unanswered"), ("Tala", "asked")]
        assert ("interpreter-too-late", order.id) in await town.alerts()


ACTS = st.lists(
    st.sampled_from(["yes 1", "no 1", "yes 2", "no 2", "time", "send", "die before", "die after", "cancel"]),
    max_size=12,
)


class Killed(BaseException):
    """The process ends here."""


class Mortal(Told):
    """A way on which the process may be killed, before or after the agency has heard."""

    dies = ""

    def _hears(self, kind: str, asked: Asked) -> Heard | None:
        if self.dies != "before":
            super()._hears(kind, asked)
        if self.dies:
            raise Killed
        return None


async def act(ordering: Ordering, way: Mortal, meeting: Meeting, what: str) -> None:
    town, steps = ordering.town, await ordering.town.steps(meeting.id)
    match what.split(" "):
        case ["yes" | "no" as said, number]:
            if len(steps) >= int(number):
                await ordering.hears(steps[int(number) - 1].id, YES if said == "yes" else NO)
        case ["time"]:
            town.clock.advance(minutes=70)
            await ordering.goes_on()
        case ["send"]:
            await ordering.sends(minutes=11)
        case ["die", when]:
            way.dies = when
            with suppress(Killed):
                await ordering.sends(minutes=11)
            way.dies = ""
        case _:
            if (await town.meeting(meeting.id)).status in LIVE:
                await town.cancels(meeting)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=ACTS)
async def test_whatever_happens_nobody_is_sent_whom_we_do_not_expect(town: Town, acts: list[str]) -> None:
    """Every agency that has an order which does not stand any more was told so, and no other was."""
    town.database.agencies = (agency("orda"), agency("tala"))
    town.clock.now = sweden("2026-11-30 09:58")
    way = Mortal()
    ordering = Ordering(town, {"orda": way, "tala": way})
    await a_room(town)
    meeting = await town.books_first("ti")
    for what in acts:
        await act(ordering, way, meeting, what)
    for _ in range(2):
        await ordering.sends(minutes=11)
    has_it = {asked.id for kind, asked in way.said if kind == "order"}
    off = {asked.id for kind, asked in way.said if kind == "cancel"}
    steps = await town.steps(meeting.id)
    expected = [step for step in steps if step.state in ("asked", "confirmed")]
    assert len(expected) <= 1
    assert not off & {step.id for step in expected}
    assert has_it & {step.id for step in steps if step.state in ("unanswered", "withdrawn")} <= off
    booked = (await town.meeting(meeting.id)).status == MeetingStatus.BOOKED
    assert booked == any(step.state == "confirmed" for step in expected)


def test_a_key_opens_one_order_of_one_municipality() -> None:
    one, other = UUID(int=1), UUID(int=2)
    key = answers.key(SECRET, "trelleborg", one)
    assert re.fullmatch(r"[\w-]{24}", key)
    assert len({key, answers.key(SECRET, "trelleborg", other), answers.key(SECRET, "svedala", one)}) == 3
    assert key != answers.key("t" * 40, "trelleborg", one)
