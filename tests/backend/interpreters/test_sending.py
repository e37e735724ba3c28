"""What must be told an agency is committed first, arrives at last, and is known by its number if it arrives twice."""

import asyncio
from uuid import UUID

import pytest

from backend.contract import Meeting, MeetingStatus
from backend.interpreters import service
from backend.interpreters.ordering import Asked, Heard, NotNow, NotTaken
from backend.interpreters.ordering.e_mail import EMail, Smtp
from backend.interpreters.ordering.http import Http
from tests.backend.interpreters.agencies import Ordering, Told, a_room, agency
from tests.backend.interpreters.servers import HOST, Post, Service, running
from tests.backend.meetings import Town, slot_at

HALF_PAST_NINE = slot_at("2026-12-01 09:30", 45)


class Killed(BaseException):
    """The process ends here."""


class Kills(Told):
    """A way on which the process is killed, before or after the agency has it."""

    after: bool = False

    async def order(self, asked: Asked) -> Heard | None:
        if self.after:
            self.said.append(("order", asked))
        raise Killed


async def booked(town: Town, way: Told | None = None) -> tuple[Ordering, Told, Meeting]:
    """A meeting whose interpreter is ordered from an agency; nothing has left yet."""
    told = way or Told()
    town.database.agencies = (agency(),)
    await a_room(town)
    return Ordering(town, {"orda": told}), told, await town.books(HALF_PAST_NINE, "ti")


async def test_nothing_leaves_before_the_booking_is_committed_and_then_once(town: Town) -> None:
    ordering, told, meeting = await booked(town)
    assert told.said == []
    await ordering.sends()
    await ordering.sends(minutes=30)
    assert (told.kinds, await ordering.rows()) == (["order"], [("order", "sent")])
    assert await ordering.steps(meeting) == ["Orda asked", "Orda sent"]
    asked = told.said[0][1]
    order = await ordering.order(meeting)
    assert (asked.number, asked.rings, asked.orderer) == (
        f"T1287-{order.number}",
        "070-174 06 90",
        "Trelleborgs kommun",
    )
    assert asked.answer_at.startswith(f"https://imorgon.example/tolk/trelleborg/{order.id}/")
    assert str(meeting.person) not in repr(asked)


async def test_what_is_undone_orders_nothing(town: Town) -> None:
    town.database.agencies = (agency(),)
    ordering = Ordering(town, {"orda": (told := Told())})
    await a_room(town)
    await town.has_interpreter("Selam", "ti")
    await town.books(HALF_PAST_NINE, "ti")
    order = (await town.orders())[0].id

    async def declines_and_dies() -> None:
        async with town.database.transaction() as session:
            await service.decline(session, town.clock, order)
            raise Killed

    with pytest.raises(Killed):
        await declines_and_dies()
    await ordering.sends()
    assert (told.said, await ordering.rows()) == ([], [])


async def test_killed_between_commit_and_send_it_is_sent_by_the_next(town: Town) -> None:
    ordering, told, _ = await booked(town)
    ordering.ways = {"orda": Kills()}
    with pytest.raises(Killed):
        await ordering.sends()
    assert await ordering.rows() == [("order", "sending")]
    ordering.ways = {"orda": told}
    await ordering.sends(seconds=30)
    assert told.said == []  # whoever has it may still be at it
    await ordering.sends(seconds=61)
    assert (told.kinds, await ordering.rows()) == (["order"], [("order", "sent")])


async def test_killed_between_send_and_settle_it_arrives_twice_as_one_order(town: Town) -> None:
    killing = Kills()
    killing.after = True
    ordering, _, _ = await booked(town, killing)
    with pytest.raises(Killed):
        await ordering.sends()
    told = Told()
    ordering.ways = {"orda": told}
    await ordering.sends(seconds=91)
    assert killing.said[0] == told.said[0]
    assert await ordering.rows() == [("order", "sent")]


async def test_several_processes_send_it_once(town: Town) -> None:
    ordering, told, _ = await booked(town)
    await asyncio.gather(*(ordering.sends() for _ in range(4)))
    assert told.kinds == ["order"]


async def test_an_agency_that_is_away_is_tried_again_after_a_while(town: Town) -> None:
    ordering, told, _ = await booked(town, Told(fails=[NotNow("away"), NotNow("away")]))
    await ordering.sends()
    await ordering.sends(seconds=5)
    assert (told.kinds, await ordering.rows()) == (["order"], [("order", "pending")])
    await ordering.sends(seconds=20)
    await ordering.sends(seconds=61)
    assert (told.kinds, await ordering.rows()) == (["order"] * 3, [("order", "sent")])


async def test_an_order_that_is_not_needed_before_it_leaves_never_leaves(town: Town) -> None:
    ordering, told, meeting = await booked(town)
    await town.cancels(meeting)
    await ordering.sends()
    assert (told.said, await ordering.rows()) == ([], [("order", "dropped")])


async def test_an_order_that_left_is_cancelled_with_the_meeting(town: Town) -> None:
    ordering, told, meeting = await booked(town)
    await ordering.sends()
    await town.cancels(meeting)
    await ordering.sends()
    assert (told.kinds, await ordering.rows()) == (["order", "cancel"], [("order", "sent"), ("cancel", "sent")])
    assert await ordering.steps(meeting) == ["Orda asked", "Orda sent", "Orda withdrawn", "Orda cancelled"]


async def test_an_order_that_may_have_arrived_is_cancelled_and_not_tried_again(town: Town) -> None:
    ordering, told, meeting = await booked(town, Told(fails=[NotNow("timed out after acting")]))
    await ordering.sends()
    await town.cancels(meeting)
    await ordering.sends(minutes=5)
    assert (told.kinds, await ordering.rows()) == (["order", "cancel"], [("order", "dropped"), ("cancel", "sent")])


async def test_what_is_on_its_way_is_cancelled_after_it(town: Town) -> None:
    ordering, _, meeting = await booked(town)
    ordering.ways = {"orda": Kills()}
    with pytest.raises(Killed):
        await ordering.sends()
    await town.cancels(meeting)
    ordering.ways = {"orda": (told := Told())}
    await ordering.sends(seconds=10)
    assert told.said == []
    await ordering.sends(seconds=91)
    assert (told.kinds, await ordering.rows()) == (["cancel"], [("order", "dropped"), ("cancel", "sent")])


async def test_moving_the_meeting_cancels_the_order_and_makes_another(town: Town) -> None:
    ordering, told, meeting = await booked(town)
    await ordering.sends()
    await town.books(slot_at("2026-12-01 13:00", 45), "ti", person=meeting.person, replaces=meeting.id)
    await ordering.sends()
    assert sorted(told.kinds) == ["cancel", "order", "order"]
    assert len({asked.number for _, asked in told.said}) == 2


async def test_staff_ring_where_a_cancellation_does_not_arrive(town: Town) -> None:
    ordering, told, meeting = await booked(town)
    await ordering.sends()
    order = (await town.orders())[0].id
    await town.confirms(order)
    await town.cancels(meeting)
    told.fails = [NotNow("away")] * 4
    for _ in range(4):
        await ordering.sends(minutes=11)
    assert await town.alerts() == [("interpreter-not-cancelled", order)]
    await ordering.sends(minutes=11)
    assert (await ordering.rows())[-1] == ("cancel", "sent")
    assert await town.alerts() == []  # it has left by itself: nobody need ring any more


async def test_staff_hear_of_an_order_that_does_not_leave_until_it_has(town: Town) -> None:
    ordering, told, meeting = await booked(town)
    told.fails = [NotNow("SMTPSenderRefused 530")] * 4
    for _ in range(4):
        assert await town.alerts() == []
        await ordering.sends(minutes=11)
    assert await town.alerts() == [("interpreter-not-sent", meeting.id)]
    assert await town.history(meeting.id) == [("Orda", "asked")]
    await ordering.sends(minutes=11)
    assert (await town.alerts(), await ordering.rows()) == ([], [("order", "sent")])


async def test_an_order_that_is_refused_goes_to_the_next_agency_at_once(town: Town) -> None:
    ordering, _, meeting = await booked(town, Told(fails=[NotTaken("550")]))
    town.database.agencies = (agency("orda"), agency("tala"))
    await ordering.sends()
    await ordering.goes_on()
    assert await town.history(meeting.id) == [("Orda", "unanswered"), ("Tala", "asked")]
    assert await ordering.steps(meeting) == ["Orda asked", "Orda not-sent", "Tala asked"]
    assert await ordering.rows() == [("order", "failed"), ("order", "pending")]


async def test_an_agency_whose_way_is_not_given_any_more_is_passed_over_in_time(town: Town) -> None:
    ordering, _, meeting = await booked(town)
    ordering.ways = {}
    await ordering.sends()
    town.database.agencies = ()
    town.clock.advance(hours=2)
    await ordering.goes_on()
    assert await town.history(meeting.id) == [("orda", "unanswered")]
    assert await town.alerts() == [("interpreter-missing", meeting.id)]


async def test_by_mail_and_by_net_to_the_end(town: Town) -> None:
    """A letter nobody answers, then a service that acts and hangs, says yes later, swaps, and gives back."""
    town.database.agencies = (agency("orda"), agency("tala", order_by="http", address="https://tala.example"))
    await a_room(town)
    meeting = await town.books(HALF_PAST_NINE, "ti")
    async with running(Post()) as post, running(Service(acts_and_hangs=True)) as net:
        smtp = Smtp(HOST, post.port, "tolk@trelleborg.example", security="none")
        mail, http = EMail(smtp, "order@orda.example"), Http(net.address, "t")
        ordering = Ordering(town, {"orda": mail, "tala": http})
        await ordering.sends()
        town.clock.advance(minutes=61)
        await ordering.goes_on()
        await ordering.sends()
        assert [letter["Subject"].split(" ")[0] for letter in post.letters] == ["Tolkbeställning", "Avbokning"]
        await ordering.sends(seconds=30)
        assert (net.asked, len(net.orders)) == (["PUT", "PUT"], 1)
        order = await ordering.order(meeting, 2)
        await ordering.looks()
        assert (await town.meeting(meeting.id)).status == MeetingStatus.PRELIMINARY
        net.says(order.id, "confirmed", "tolk 31")
        await ordering.looks(minutes=3)
        assert (await town.meeting(meeting.id)).status == MeetingStatus.BOOKED
        net.says(order.id, "confirmed", "tolk 32")
        await ordering.looks(minutes=3)
        assert (await ordering.order(meeting, 2)).comes == "tolk 32"
        net.says(order.id, "declined")
        await ordering.looks(minutes=3)
    # Whoever was silent, or gave back, is not asked for that time again: the meeting is moved.
    assert (await ordering.steps(meeting))[:10] == [
        "Orda asked",
        "Orda sent",
        "Orda unanswered",
        "Tala asked",
        "Orda cancelled",
        "Tala sent",
        "Tala confirmed",
        "Tala swapped",
        "Tala declined",
        "Tala asked",
    ]
    assert (await town.meeting(meeting.id)).start > meeting.start
    assert ("meeting-moved", meeting.id) in await town.alerts()


class Hangs(Told):
    """An agency that takes the line and says nothing, until the other one has been told."""

    def __init__(self, other: Told) -> None:
        super().__init__()
        self.other = other

    async def order(self, asked: Asked) -> Heard | None:
        self.said.append(("order", asked))
        async with asyncio.timeout(20):
            while not self.other.said:  # noqa: ASYNC110  # nobody tells when another was written to
                await asyncio.sleep(0.01)
        raise NotNow("timed out")

    async def look(self, order: UUID) -> Heard | None:  # noqa: ARG002  # whichever it is
        raise NotNow("away")


async def test_an_agency_that_hangs_holds_up_no_other_and_is_asked_once_a_round(town: Town) -> None:
    tala = Told(looks=Heard("confirmed"))
    orda = Hangs(tala)
    ordering = Ordering(town, {"orda": orda, "tala": tala})
    await a_room(town, lines=3)
    await town.has_caseworker("Ann")
    await town.has_caseworker("Erik")
    town.database.agencies = (agency("orda"),)
    for _ in range(2):
        await town.books(HALF_PAST_NINE, "ti")
    town.database.agencies = (agency("tala"),)
    meeting = await town.books(HALF_PAST_NINE, "ti")
    await ordering.sends()
    assert (orda.kinds, tala.kinds) == (["order"], ["order"])
    # Nor when it is looked how orders stand.
    orda.other, orda.order = tala, Told().order  # type: ignore[method-assign]  # it takes orders now
    await ordering.sends(minutes=1)
    await ordering.looks(minutes=3)
    assert (await town.meeting(meeting.id)).status == MeetingStatus.BOOKED
