"""The feed: collected once, in order, by one worker; handled afterwards, so that a bad notice blocks nobody."""

import asyncio
from uuid import UUID, uuid4

from sqlalchemy import text

from backend.contract import HandedBack, NoticeKind, SomethingNew, StaffMessage, TakenOver
from bot.arriving import inbox, notices
from bot.arriving.inbox import Inbound
from bot.messages import Noticed, Said, Turn
from bot.turning import threads
from tests.bot.house import OMAR, SARA, TOWN, House, reply, says

ONE, OTHER = UUID(int=1), UUID(int=2)
NEWS = SomethingNew(what="agreed-lines")


async def somebody(house: House, who: str = SARA, channel: str = "sms") -> tuple[UUID, UUID]:
    """Somebody who has written; her thread and her person."""
    received = await inbox.receive(house.engine, Inbound(TOWN, channel, who, uuid4().hex, Said("Hej")))  # type: ignore[arg-type]
    assert received.thread is not None
    return received.thread, (await threads.state(house.engine, received.thread)).person.id


def heard(house: House) -> list[tuple[UUID, NoticeKind]]:
    return [(state.thread.id, event.notice.kind) for state, event in house.parrot.heard if isinstance(event, Noticed)]


async def test_a_notice_reaches_its_person(house: House) -> None:
    thread, person = await somebody(house)
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS)
    await house.work()
    await house.work()
    assert heard(house) == [(thread, NoticeKind.SOMETHING_NEW)]


async def test_a_notice_that_names_a_thread_goes_there(house: House) -> None:
    thread, person = await somebody(house)
    message = StaffMessage(thread=thread, message=uuid4(), text="Hej", swedish="Hej")
    house.office.tells(NoticeKind.TAKEN_OVER, person, TakenOver(thread=thread))
    house.office.tells(NoticeKind.STAFF_MESSAGE, person, message)
    house.office.tells(NoticeKind.HANDED_BACK, person, HandedBack(thread=thread))
    await house.work()
    assert heard(house) == [
        (thread, NoticeKind.TAKEN_OVER),
        (thread, NoticeKind.STAFF_MESSAGE),
        (thread, NoticeKind.HANDED_BACK),
    ]


async def test_a_notice_goes_where_the_person_is_to_be_reached(house: House) -> None:
    """On the telephone she confirmed, not in the chat she wrote in last."""
    sms, person = await somebody(house)
    web, stranger = await somebody(house, "ab" * 16, "web")
    await house.change("update threads set person = :person where id = :web", person=person, web=web)
    await house.change("update threads set changed_at = now() + interval '1 hour' where id = :web", web=web)
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS)
    await house.work()
    assert heard(house)[-1][0] == web  # the latest, as long as nothing says otherwise

    house.parrot.on["Hej"] = lambda state, _: Turn(state.with_person(reach=sms))
    await somebody(house)
    await house.change("update threads set changed_at = now() + interval '2 hours' where id = :web", web=web)
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS)
    await house.work()
    assert heard(house)[-1][0] == sms
    assert stranger != person


async def test_a_merged_person_is_found(house: House) -> None:
    thread, person = await somebody(house)
    _, was = await somebody(house, OMAR)
    await house.change("update persons set merged_into = :person where id = :was", person=person, was=was)
    house.office.tells(NoticeKind.SOMETHING_NEW, was, NEWS)
    await house.work()
    assert heard(house) == [(thread, NoticeKind.SOMETHING_NEW)]


async def test_a_notice_nobody_understands_blocks_nobody(house: House) -> None:
    thread, person = await somebody(house)
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS, {"kind": "of-a-newer-backend"})
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS, {"person": "not an id"})
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS)
    await house.work()
    assert heard(house) == [(thread, NoticeKind.SOMETHING_NEW)]
    assert sorted(row.state for row in await house.rows("select state from inbox")) == ["dead", "dead", "done"]


async def test_a_notice_for_nobody_we_know_is_a_dead_letter_in_the_end(house: House) -> None:
    thread, person = await somebody(house)
    house.office.tells(NoticeKind.SOMETHING_NEW, uuid4(), NEWS)
    house.office.tells(NoticeKind.TAKEN_OVER, person, TakenOver(thread=uuid4()))
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS, {"body": {"thread": "no id"}})
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS)
    for _ in range(5):
        await house.work()
        await house.change("update inbox set next_try_at = now()")
    assert heard(house) == [(thread, NoticeKind.SOMETHING_NEW)]
    assert sorted(row.state for row in await house.rows("select state from inbox")) == ["dead"] * 3 + ["done"]


async def test_a_notice_whose_turn_raises_is_tried_again_and_then_dead(house: House) -> None:
    sara, person = await somebody(house)
    omar, other = await somebody(house, OMAR)

    def fails_for_sara(state: object, event: object) -> Turn:
        if state.thread.id == sara:  # type: ignore[attr-defined]
            raise RuntimeError
        return Turn(state)  # type: ignore[arg-type]

    house.parrot.on["Noticed"] = fails_for_sara
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS)
    house.office.tells(NoticeKind.SOMETHING_NEW, other, NEWS)
    await house.work()
    assert omar in [thread for thread, _ in heard(house)]  # on a slow machine Sara's is tried again before the end
    for _ in range(4):
        await house.change("update inbox set next_try_at = now()")
        await house.work()
    assert [one["thread"] for one in house.office.told("handovers")] == [str(sara)]


async def test_one_worker_holds_the_feed_until_it_dies(house: House) -> None:
    _, person = await somebody(house)
    assert await notices.collect(house.engine, TOWN, ONE) is True  # and now it knows the feed's epoch
    assert await notices.collect(house.engine, TOWN, ONE) is False
    assert await notices.collect(house.engine, TOWN, OTHER) is None
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS)
    await house.change("update feeds set lease_until = now() - interval '1 second'")
    assert await notices.collect(house.engine, TOWN, OTHER) is True
    assert await notices.collect(house.engine, TOWN, ONE) is None


async def test_who_does_not_hold_the_feed_does_not_wait_for_who_does(house: House) -> None:
    await notices.collect(house.engine, TOWN, ONE)
    async with house.engine.database.transaction() as connection:
        await connection.execute(text("update feeds set lease_until = lease_until + interval '1 second'"))
        async with asyncio.timeout(5):
            assert await notices.collect(house.engine, TOWN, OTHER) is None


async def test_a_worker_that_lost_the_feed_while_it_read_writes_nothing(house: House) -> None:
    """It was slow, another has taken over and moved the cursor: what it read is not copied twice."""
    _, person = await somebody(house)
    await notices.collect(house.engine, TOWN, ONE)
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS)
    was = notices._Cursor(house.office.epoch, 0)
    await house.change("update feeds set lease_until = now() - interval '1 second'")
    await notices.collect(house.engine, TOWN, OTHER)
    await notices._move(house.engine, TOWN, ONE, (was, notices._Cursor(house.office.epoch, 1)), house.office.feed)
    assert len(await house.rows("select 1 from inbox")) == 1
    assert [row.position for row in await house.rows("select position from feeds")] == [1]


async def test_after_a_restore_of_the_backend_known_notices_are_skipped(house: House) -> None:
    thread, person = await somebody(house)
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS)
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS)
    await house.work()
    # The second is lost with the restore; its position is given to another.
    house.office.epoch = uuid4()
    house.office.feed.pop()
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS)
    for _ in range(3):
        await house.work()
    assert heard(house) == [(thread, NoticeKind.SOMETHING_NEW)] * 3
    assert [(row.epoch, row.position) for row in await house.rows("select epoch, position from feeds")] == [
        (house.office.epoch, 2)
    ]


async def test_many_notices_come_in_order(house: House) -> None:
    _, person = await somebody(house)
    ids = [house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS) for _ in range(230)]
    for _ in range(3):
        await house.work()
    assert [event.notice.id for event in house.parrot.events(Noticed)] == ids


async def test_a_notice_that_says_something_is_answered_in_the_same_way(house: House) -> None:
    house.parrot.on["Noticed"] = says(reply("Det finns något nytt."))
    _, person = await somebody(house)
    house.office.tells(NoticeKind.SOMETHING_NEW, person, NEWS)
    await house.work()
    assert "Det finns något nytt." in [text.body for text in house.twilio.sent_to(SARA)]
