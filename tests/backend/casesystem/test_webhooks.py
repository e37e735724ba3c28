"""What happens in a case reaches the case system: after the commit, signed, in order and once, whatever happens."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from uuid import UUID, uuid4

import pytest

from backend.cases import merging
from backend.casesystem import routine, sending, webhook
from backend.casesystem.models import WayName
from backend.casesystem.sending import BACK_OFF
from backend.casesystem.ways import Happened
from backend.contract import CancelMeeting
from backend.decisions import comments, payments
from backend.decisions import service as decisions
from backend.decisions.service import Draft
from backend.moving.models import Move
from bot.stories.case_system import NEW_SECRET, SECRET, CaseSystem
from tests.backend.casesystem.conftest import Wire
from tests.backend.decisions.test_comments import FOUND, asks
from tests.backend.stories import (
    MARIA,
    Applicant,
    Backend,
    StoryClock,
    application,
    at_once,
    books_a_meeting,
    meets,
    started,
)

HELP, BOOKED = "call_for_help.received", "meeting.booked"


class Killed(BaseException):
    """The process ends here."""


async def test_a_call_for_help_is_told_once_it_is_committed_signed_and_once(wire: Wire) -> None:
    assert await wire.rows() == []
    amal = await wire.backend.trelleborg.asks_for_help()
    assert wire.system.asked == []
    await wire.sends()
    await wire.sends(minutes=30)
    assert await wire.rows() == [(HELP, "sent")]
    (told,) = wire.system.taken.values()
    assert amal.receipt is not None
    assert (told["type"], told["timestamp"]) == (HELP, "2026-11-30T08:58:00+00:00")
    assert told["data"] == {
        "number": told["data"]["number"],
        "municipality": "trelleborg",
        "case": str(amal.receipt.case),
        "person": str(amal.person),
        "about": told["data"]["about"],
        "channel": "sms",
        "language": "ar",
    }
    assert len(wire.system.asked) == 1


async def test_what_she_wrote_is_not_told(wire: Wire) -> None:
    await wire.backend.trelleborg.asks_for_help(words="jag har inga pengar kvar")
    await wire.sends()
    assert b"pengar" not in b"".join(body for bodies in wire.system.bodies.values() for body in bodies)


async def test_what_is_undone_is_not_told(wire: Wire) -> None:
    amal = await wire.backend.trelleborg.asks_for_help()
    await meets(wire.backend, amal)

    async def signs_and_dies() -> None:
        async with wire.backend.database().transaction() as session:
            draft = Draft("bifall", date(2026, 12, 1), kronor=7485)
            await decisions.sign(session, wire.backend.clock, MARIA, amal.person, draft)
            await session.flush()
            raise Killed

    with pytest.raises(Killed):
        await signs_and_dies()
    await wire.sends()
    assert "decision.signed" not in wire.system.kinds


async def test_everything_that_happens_in_a_case_is_told_in_the_order_it_happened(wire: Wire) -> None:
    backend = wire.backend
    amal = await backend.trelleborg.asks_for_help()
    meeting = await books_a_meeting(backend, amal)
    assert (await backend.trelleborg.put(f"applications/{uuid4()}", application(amal))).status_code == 200
    backend.clock.advance(days=1, hours=3)
    await meets(backend, amal, meeting=meeting.id)
    backend.clock.advance(hours=1)
    async with backend.database().transaction() as session:
        draft = Draft("bifall", date(2026, 12, 1), kronor=7485)
        signed = await decisions.sign(session, backend.clock, MARIA, amal.person, draft)
    backend.clock.advance(hours=1)
    async with backend.database().transaction() as session:
        await decisions.record_told(session, backend.clock, MARIA, signed, "call")
    await wire.sends()
    kinds = wire.system.kinds
    assert kinds[:3] == [HELP, BOOKED, "application.received"]
    assert {"meeting.noted", "meeting.changed", "case.changed"} <= set(kinds[3:-2])
    assert kinds[-2:] == ["decision.signed", "decision.told"]
    told = next(one for one in wire.system.taken.values() if one["type"] == "decision.signed")["data"]
    assert (told["kind"], told["kronor"], told["month"], told["signed_name"], told["about"]) == (
        "bifall",
        7485,
        "2026-12-01",
        "Maria",
        str(signed),
    )
    numbers = [one["data"]["number"] for one in wire.system.taken.values()]
    assert numbers == sorted(numbers)
    assert {one["data"]["case"] for one in wire.system.taken.values()} == {told["case"]}
    # How she was told is mended, also where the day is the same.
    signed_on = backend.clock().date()
    backend.clock.advance(days=2)
    for how in ("letter", "counter"):
        async with backend.database().transaction() as session:
            await decisions.mend_told(session, backend.clock, MARIA, signed, how, on=signed_on)
    await wire.sends()
    ways = [one["data"]["told_how"] for one in wire.system.taken.values() if one["type"] == "decision.told"]
    assert ways == ["call", "letter", "counter"]


async def test_money_and_what_she_may_comment_on_are_told_and_not_in_which_words(wire: Wire) -> None:
    backend = wire.backend
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    asked = await asks(backend, amal)
    draft, day = Draft("bifall", date(2026, 12, 1), kronor=7485), date(2026, 12, 2)
    async with backend.database().transaction() as session:
        await comments.answered(session, backend.clock, MARIA, asked, "counter", words="Det var oktober.")
    async with backend.database().transaction() as session:
        signed = await decisions.sign(session, backend.clock, MARIA, amal.person, draft)
        paid = await payments.record(session, backend.clock, MARIA, signed, kronor=7485, paid_on=day)
    async with backend.database().transaction() as session:
        await payments.take_back(session, backend.clock, MARIA, paid, "mistake")
    await wire.sends()
    told = {one["type"]: one["data"] for one in wire.system.taken.values()}
    assert (told["comment.asked"]["about"], told["comment.asked"]["until"]) == (str(asked), "2026-12-04")
    assert (told["comment.answered"]["answered_how"], told["comment.answered"]["speaks"]) == ("counter", "no")
    recorded, changed = told["payment.recorded"], told["payment.changed"]
    assert (recorded["about"], recorded["decision"], recorded["kronor"], recorded["paid_on"], recorded["by_name"]) == (
        str(paid),
        str(signed),
        7485,
        "2026-12-02",
        "Maria",
    )
    assert (changed["about"], changed["ended_because"], recorded["case"]) == (str(paid), "mistake", changed["case"])
    sent = b"".join(body for bodies in wire.system.bodies.values() for body in bodies)
    assert not any(words.encode() in sent for words in (FOUND, "oktober"))


async def test_who_was_handed_over_is_told_of(wire: Wire) -> None:
    amal = await wire.backend.trelleborg.asks_for_help()
    at = wire.backend.clock()
    async with wire.backend.database().transaction() as session:
        move = Move(
            person=amal.person,
            to="svedala",
            at=at,
            by=uuid4(),
            by_name="Johan",
            by_role="customer-service",
            consent="oral",
            state="offered",
        )
        session.add(move)
    async with wire.backend.database().transaction() as session:
        row = await session.get_one(Move, move.id)
        row.state, row.settled_at = "taken", at
        session.add(row)
    await wire.sends()
    assert wire.system.kinds == [HELP, "person.moved"]
    told = list(wire.system.taken.values())[-1]["data"]
    assert (told["to"], told["person"], told["about"]) == ("svedala", str(amal.person), str(move.id))


async def test_a_meeting_is_told_as_it_was_at_each_change(wire: Wire) -> None:
    amal = await wire.backend.trelleborg.asks_for_help()
    meeting = await books_a_meeting(wire.backend, amal)
    call = CancelMeeting(person=amal.person, at=wire.backend.clock())
    answer = await wire.backend.trelleborg.put(f"meetings/{meeting.id}/cancellation/{uuid4()}", call)
    assert answer.status_code == 200, answer.text
    await wire.sends()
    stands = [one["data"]["status"] for one in wire.system.taken.values() if one["type"].startswith("meeting.")]
    assert stands == ["booked", "cancelled"]


async def test_while_it_is_down_a_case_waits_in_order_and_then_all_of_it_goes(wire: Wire) -> None:
    amal = await wire.backend.trelleborg.asks_for_help()
    wire.system.status = 503
    await wire.sends()
    await books_a_meeting(wire.backend, amal)
    wire.system.status = 0
    await wire.sends(seconds=1)
    assert wire.system.kinds == []  # the meeting is not told before the call for help
    await wire.sends(seconds=6)
    assert wire.system.kinds == [HELP, BOOKED]
    assert len(set(wire.system.asked)) == 2


async def test_one_case_that_waits_holds_up_no_other(wire: Wire) -> None:
    await wire.backend.trelleborg.asks_for_help()
    wire.system.status = 500
    await wire.sends()
    wire.system.status = 0
    kim = await wire.backend.trelleborg.asks_for_help()
    await wire.sends(seconds=1)
    assert [one["data"]["person"] for one in wire.system.taken.values()] == [str(kim.person)]


async def test_two_who_turned_out_to_be_one_are_told_of_in_the_order_it_happened(wire: Wire) -> None:
    amal = await wire.backend.trelleborg.asks_for_help()
    other = await wire.backend.trelleborg.asks_for_help()
    async with wire.backend.database().transaction() as session:
        await merging.merge(session, wire.backend.clock, MARIA, other.person, amal.person)
    wire.system.status = 503
    await wire.sends()
    wire.system.status = 0
    await wire.sends(seconds=1)
    assert wire.system.kinds == []  # hers under the other id wait as well
    await wire.sends(seconds=6)
    assert [one["data"]["number"] for one in wire.system.taken.values()] == [1, 2, 3]


@pytest.mark.parametrize("as_a_date", [False, True])
async def test_it_may_ask_us_to_wait_and_then_nobody_knocks(wire: Wire, *, as_a_date: bool) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=600), usegmt=True)
    wire.system.status, wire.system.wait = 429, until if as_a_date else 600
    for _ in range(2):
        await wire.backend.trelleborg.asks_for_help()
    await wire.sends()
    wire.system.status = 0
    await wire.sends(seconds=500)
    assert (len(wire.system.asked), wire.system.kinds) == (1, [])  # it was for all that we bring, not for one event
    await wire.sends(seconds=601)
    assert wire.system.kinds == [HELP, HELP]


async def test_an_answer_that_never_ends_holds_nobody(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.3)
    await wire.backend.trelleborg.asks_for_help()
    wire.system.endless = "head"
    async with asyncio.timeout(10):
        await wire.sends()
    assert await wire.rows() == [(HELP, "pending")]
    wire.system.endless = "body"  # what it says after the status is not read
    async with asyncio.timeout(10):
        await wire.sends(seconds=6)
    assert await wire.rows() == [(HELP, "sent")]


async def test_nothing_is_brought_to_where_an_answer_points(wire: Wire) -> None:
    await wire.backend.trelleborg.asks_for_help()
    wire.system.status, wire.system.elsewhere = 307, wire.system.address
    await wire.sends()
    assert (len(wire.system.asked), await wire.rows()) == (1, [(HELP, "pending")])


async def test_a_lost_answer_makes_a_second_delivery_of_the_same_thing(wire: Wire) -> None:
    await wire.backend.trelleborg.asks_for_help()
    wire.system.loses = 1
    await wire.sends()
    assert await wire.rows() == [(HELP, "pending")]
    await wire.sends(seconds=6)
    assert await wire.rows() == [(HELP, "sent")]
    first, second = wire.system.asked
    assert first == second
    assert [len(bodies) for bodies in wire.system.bodies.values()] == [1]  # word for word the same
    assert wire.system.kinds == [HELP]


async def test_an_answer_that_comes_too_late_is_none(wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", 0.2)
    await wire.backend.trelleborg.asks_for_help()
    wire.system.late = 0.5
    await wire.sends()
    assert await wire.rows() == [(HELP, "pending")]
    wire.system.late = 0
    await wire.sends(seconds=6)
    assert (await wire.rows(), wire.system.kinds) == ([(HELP, "sent")], [HELP])


class Kills:
    """A way on which the process is killed."""

    async def send(self, happened: Happened, now: datetime) -> None:
        raise Killed(happened.kind, now)


class Swallows:
    """A way that takes everything."""

    async def send(self, happened: Happened, now: datetime) -> None:
        pass


class Stumbles:
    """A way that falls over one event, in a way nobody thought of."""

    async def send(self, happened: Happened, now: datetime) -> None:  # noqa: ARG002
        if happened.kind == HELP:
            raise ValueError(happened.kind)


async def test_an_event_nobody_can_read_is_told_to_staff_and_does_not_hold_up_its_case_for_ever(wire: Wire) -> None:
    amal = await wire.backend.trelleborg.asks_for_help()
    await books_a_meeting(wire.backend, amal)
    wire.ways = {"webhook": Stumbles()}
    passed = timedelta()
    for wait in (*BACK_OFF, timedelta(minutes=1)):
        await wire.sends(seconds=passed.total_seconds())
        passed += wait + timedelta(seconds=1)
    await wire.sends(seconds=passed.total_seconds())
    assert await wire.rows() == [(HELP, "failed"), (BOOKED, "sent")]
    assert "case-system-refused" in await wire.tasks()


async def test_killed_in_the_middle_it_is_sent_by_the_next_when_the_lease_is_over(wire: Wire) -> None:
    await wire.backend.trelleborg.asks_for_help()
    ways, wire.ways = dict(wire.ways), {"webhook": Kills()}
    with pytest.raises(Killed):
        await wire.sends()
    wire.ways = ways
    await wire.sends(seconds=60)
    assert wire.system.kinds == []  # whoever has it may still be at it
    await wire.sends(seconds=121)
    assert wire.system.kinds == [HELP]


async def test_several_processes_send_it_once_and_in_order(wire: Wire) -> None:
    amal = await wire.backend.trelleborg.asks_for_help()
    await books_a_meeting(wire.backend, amal)
    await asyncio.gather(*(wire.sends() for _ in range(4)))
    await wire.sends()
    assert (wire.system.kinds, len(wire.system.asked)) == ([HELP, BOOKED], 2)


async def test_what_it_refuses_for_good_is_a_task_and_the_rest_goes_on(wire: Wire) -> None:
    amal = await wire.backend.trelleborg.asks_for_help()
    wire.system.refuses = HELP
    await books_a_meeting(wire.backend, amal)
    await wire.sends()
    assert await wire.rows() == [(HELP, "failed"), (BOOKED, "sent")]
    assert await wire.tasks() == ["case-system-refused"]


async def test_an_address_that_is_closed_is_left_alone_for_a_day_and_staff_are_told_once(wire: Wire) -> None:
    await wire.backend.trelleborg.asks_for_help()
    await wire.backend.trelleborg.asks_for_help()
    wire.system.status = 410
    await wire.sends()
    await wire.sends(hours=20)
    assert len(wire.system.asked) == 1
    assert await wire.tasks() == ["case-system-gone"]
    wire.system.status = 0
    await wire.sends(hours=25)
    assert (wire.system.kinds, await wire.tasks()) == ([HELP, HELP], [])


async def test_who_is_away_for_long_is_told_of_and_what_never_arrives_is_a_task(wire: Wire) -> None:
    await wire.backend.trelleborg.asks_for_help()
    wire.system.status = 500
    passed = timedelta()
    heard = []
    for wait in (*BACK_OFF, timedelta()):
        await wire.sends(seconds=passed.total_seconds())
        heard.append(await wire.tasks())
        passed += wait + timedelta(seconds=1)
    assert heard[:3] == [[], [], ["case-system-away"]]
    assert await wire.rows() == [(HELP, "failed")]
    assert sorted(await wire.tasks()) == ["case-system-away", "case-system-refused"]
    assert passed > timedelta(days=3)


def test_what_waits_does_not_come_back_in_one_moment() -> None:
    pauses = {sending.pause(3) for _ in range(50)}
    assert len(pauses) > 40
    assert timedelta(minutes=27) <= min(pauses) <= max(pauses) <= timedelta(minutes=30)


async def test_a_secret_is_changed_without_losing_anything(wire: Wire) -> None:
    bot = wire.backend.trelleborg
    await bot.asks_for_help()
    wire.signs_with(NEW_SECRET, SECRET)
    await wire.sends()  # it still knows the old one alone
    wire.system.secrets = (NEW_SECRET,)
    await bot.asks_for_help()
    await wire.sends()
    wire.signs_with(NEW_SECRET)
    await bot.asks_for_help()
    await wire.sends()
    assert wire.system.kinds == [HELP] * 3
    wire.signs_with(SECRET)
    await bot.asks_for_help()
    await wire.sends()
    assert len(wire.system.kinds) == 3
    assert (await wire.rows())[-1] == (HELP, "pending")  # a wrong secret is mended, and then it goes


async def test_from_any_date_it_is_told_again_under_the_same_ids(wire: Wire) -> None:
    amal = await wire.backend.trelleborg.asks_for_help()
    await wire.sends()
    between = datetime.now(UTC)
    await books_a_meeting(wire.backend, amal)
    await wire.sends()
    ids = list(wire.system.taken)

    wire.system.taken.clear()  # it was restored from a copy of before
    assert await _again(wire, between) == 1
    await wire.sends()
    assert list(wire.system.taken) == ids[1:]
    wire.system.taken.clear()
    assert await _again(wire, between - timedelta(days=1)) == 2
    await wire.sends()
    assert list(wire.system.taken) == ids


async def test_what_arrives_in_the_end_is_not_entered_by_hand(wire: Wire) -> None:
    await wire.backend.trelleborg.asks_for_help()
    wire.system.refuses = HELP
    await wire.sends()
    assert await wire.tasks() == ["case-system-refused"]
    wire.system.refuses = ""  # it was mended there, and asks anew
    assert await _again(wire, datetime.now(UTC) - timedelta(days=1)) == 1
    await wire.sends()
    assert (wire.system.kinds, await wire.tasks()) == ([HELP], [])


async def test_who_asks_for_it_again_does_not_wait_for_the_next_try(wire: Wire) -> None:
    await wire.backend.trelleborg.asks_for_help()
    wire.system.status = 410
    await wire.sends()
    wire.system.status = 0
    await wire.sends(hours=1)
    assert wire.system.kinds == []
    assert await _again(wire, datetime.now(UTC) - timedelta(days=1)) == 0  # it has not left a first time
    await wire.sends(hours=1)
    assert (wire.system.kinds, await wire.tasks()) == ([HELP], [])


async def test_an_event_that_goes_two_ways_again_is_one_event(wire: Wire) -> None:
    await wire.backend.trelleborg.asks_for_help()
    wire.ways["files"] = Swallows()
    await wire.sends()
    assert await _again(wire, datetime.now(UTC) - timedelta(days=1), "webhook", "files") == 1


async def test_two_who_commit_at_once_are_numbered_as_they_commit(wire: Wire) -> None:
    people: list[Applicant] = await at_once(*(wire.backend.trelleborg.asks_for_help() for _ in range(8)))
    await wire.sends()
    assert len(wire.system.kinds) == len({one.person for one in people}) == 8
    numbers = [one["data"]["number"] for one in wire.system.taken.values()]
    assert numbers == sorted(numbers)


async def test_each_municipality_tells_its_own_system_by_itself(
    environ_of_both: dict[str, str], clock: StoryClock, system: CaseSystem, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routine, "EVERY", 0.05)
    given = {
        **environ_of_both,
        "IMORGON_CASE_SYSTEM_URL_SVEDALA": system.address,
        "IMORGON_CASE_SYSTEM_SECRET_SVEDALA": SECRET,
    }
    async with started(given, clock, goes_round=True) as both:
        await both.trelleborg.asks_for_help()
        sara = await both.svedala.asks_for_help()
        async with asyncio.timeout(20):
            await system.came.wait()
        assert [UUID(one["data"]["person"]) for one in system.taken.values()] == [sara.person]
        await _nothing_more(both, system)


async def _again(wire: Wire, since: datetime, *ways: WayName) -> int:
    async with wire.backend.database().transaction() as session:
        return await sending.replay(session, since, datetime.now(UTC), *(ways or ("webhook",)))


async def _nothing_more(both: Backend, system: CaseSystem) -> None:
    await asyncio.sleep(0.2)
    assert [one["data"]["municipality"] for one in system.taken.values()] == ["svedala"]
    async with both.database("trelleborg").transaction() as session:
        waiting = await sending.replay(session, datetime.now(UTC) - timedelta(days=1), datetime.now(UTC), "webhook")
    assert waiting == 0  # Trelleborg's waits, unsent, for the day it has a system
