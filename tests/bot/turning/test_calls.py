"""Calls to the backend: in order, until they are answered, told once."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

import pytest

from backend.contract import (
    AcuteNeed,
    CallForHelp,
    Entry,
    FreeTimesQuery,
    HandOver,
    Ownership,
    Phone,
    ProblemCode,
    StatusQuery,
    Value,
)
from bot.arriving import inbox
from bot.arriving.inbox import Inbound
from bot.backend import CALLS, ROUTES
from bot.messages import Call, Event, Resulted, Said, State, Turn, Waiting
from bot.stories.twilio import Twilio
from bot.turning import calls
from tests.bot.house import MONDAY, OMAR, SARA, TOWN, House, reply, says

KEY = UUID("00000000-0000-4000-8000-0000000000c1")
LATER = MONDAY + timedelta(days=1)
FREE = {"times": [], "within_promise": True}


def help_for(state: State) -> CallForHelp:
    return CallForHelp(
        person=state.person.id, thread=state.thread.id, channel="sms", language="sv", received_at=LATER, words="Hej"
    )


def asks(*values: Any, answers: bool = True) -> Any:
    """A turn that makes these calls; a value, or a function of the state that gives one."""

    def turn(state: State, _event: Event) -> Turn:
        made = [value(state) if callable(value) else value for value in values]
        return Turn(
            state,
            calls=tuple(
                Call(uuid5(state.thread.id, f"{state.thread.turns}:{n}"), value, answers_to_thread=answers)
                for n, value in enumerate(made)
            ),
        )

    return turn


def free_times(state: State) -> Value:
    return FreeTimesQuery(person=state.person.id, at=MONDAY)


async def writes(house: House, words: str = "Hej", who: str = SARA) -> UUID:
    received = await inbox.receive(house.engine, Inbound(TOWN, "sms", who, uuid4().hex, Said(words)))
    assert received.thread is not None
    return received.thread


async def later(house: House, seconds: float) -> None:
    for column in ("created_at", "next_try_at", "lease_until"):
        await house.change(f"update calls set {column} = {column} - interval '{seconds} seconds'")


def test_every_call_has_a_route() -> None:
    assert set(CALLS) == {call.__name__ for call in ROUTES}
    for call, route in ROUTES.items():
        assert call.__doc__ is not None
        stated = call.__doc__.split(":")[0]
        assert stated in (f"{route.method} {route.path}", f"{route.method} {route.path} (a look-up, no key)") or (
            stated.startswith(f"{route.method} {route.path}")
        )


async def test_the_answer_comes_back_as_an_event(house: House) -> None:
    house.office.answers["free-times"] = FREE
    house.parrot.on["Hej"] = asks(free_times)
    await writes(house)
    await house.work()
    (resulted,) = house.parrot.events(Resulted)
    assert resulted.value == FREE
    assert [(row.state, row.body) for row in await house.rows("select state, body from calls")] == [("done", None)]


async def test_a_problem_comes_back_as_its_code(house: House) -> None:
    house.office.refuses["free-times"] = (409, ProblemCode.NOBODY_FREE)
    house.parrot.on["Hej"] = asks(free_times)
    await writes(house)
    await house.work()
    (resulted,) = house.parrot.events(Resulted)
    assert (resulted.value, resulted.problem) == (None, ProblemCode.NOBODY_FREE)


async def test_the_backend_away_and_back_again(house: House, twilio: Twilio) -> None:
    """Calls wait, in order; the person is told once that it takes longer, and the answer when it is there."""
    house.office.answers["free-times"] = FREE
    house.parrot.on["Hej"] = asks(help_for, free_times)
    house.parrot.on["Waiting"] = says("Det tar lite längre tid.")

    def tells(state: State, event: Event) -> Turn:
        return says(*(["Nu är det klart."] if isinstance(event, Resulted) and event.value == FREE else []))(
            state, event
        )

    house.parrot.on["Resulted"] = tells
    await house.engine.policies.fetch(TOWN)
    house.office.away = True
    await writes(house)
    await house.work()
    await calls.tell_who_waits(house.engine)
    assert house.parrot.events(Waiting) == []

    await later(house, 21)
    for _ in range(3):
        await calls.tell_who_waits(house.engine)
        await house.work()
    assert len(house.parrot.events(Waiting)) == 2  # once for each call that somebody waits for

    house.office.away = False
    await later(house, 60)
    await house.work()
    assert [path.split("/")[0] for _, path, _ in house.office.asked if "still" not in path] == [
        "calls-for-help",
        "free-times",
    ]
    assert [text.body for text in twilio.sent_to(SARA)][-1] == "Nu är det klart."


async def test_whoever_waits_is_told_though_anothers_thread_cannot_be_opened(house: House) -> None:
    house.parrot.on["Hej"] = asks(free_times)
    await house.engine.policies.fetch(TOWN)
    house.office.away = True
    broken = await writes(house)
    await writes(house, who=OMAR)
    await house.change("update threads set state = decode('00', 'hex') where id = :id", id=broken)
    await later(house, 21)
    await calls.tell_who_waits(house.engine)
    assert len(house.parrot.events(Waiting)) == 1


async def test_a_call_for_help_has_the_time_it_came_in_at(house: House) -> None:
    """Also when its turn had to wait for hours; the turn itself knows what time it is now."""
    house.parrot.on["Hej"] = _raise
    await writes(house)
    house.clock.forward(hours=5)
    house.parrot.on["Hej"] = asks(help_for, answers=False)
    house.parrot.now = None
    await house.change("update inbox set next_try_at = now()")
    await house.work()
    assert house.office.told("calls-for-help")[0]["received_at"] == "2026-11-30T08:58:00Z"
    assert house.parrot.now == house.clock.now


async def test_when_one_call_gets_through_the_others_do_not_wait_out_their_pauses(house: House) -> None:
    house.office.answers["free-times"] = FREE
    house.parrot.on["Hej"] = asks(free_times)
    await house.engine.policies.fetch(TOWN)
    house.office.away = True
    await writes(house, who=SARA)
    await writes(house, who=OMAR)
    await house.work()
    house.office.away = False
    await house.change("update calls set next_try_at = now() where seq = (select min(seq) from calls)")
    await house.work()
    assert len(house.parrot.events(Resulted)) == 2


async def test_a_persons_calls_are_made_in_order(house: House) -> None:
    """The backend hears of the person before it hears of her meeting."""
    house.parrot.on["Hej"] = asks(help_for, lambda state: StatusQuery(person=state.person.id, at=MONDAY), answers=False)
    house.office.answers["status"] = {"step": "1"}
    await house.engine.policies.fetch(TOWN)
    house.office.away = True
    await writes(house)
    await house.work()
    house.office.away = False
    # The later one's time has come first.
    await house.change("update calls set next_try_at = now() where call = 'StatusQuery'")
    await house.work()
    assert house.office.asked == []
    await later(house, 60)
    await house.work()
    assert [path.split("/")[0] for _, path, _ in house.office.asked] == ["calls-for-help", "status"]


async def test_one_call_the_backend_stumbles_on_holds_up_the_others_only_for_a_while(house: House) -> None:
    house.parrot.on["Hej"] = asks(help_for, lambda state: StatusQuery(person=state.person.id, at=MONDAY), answers=False)
    house.office.answers["status"] = {"step": "1"}
    house.office.stumbles = 3
    await writes(house)
    for _ in range(4):
        await house.work()
        await later(house, 60)
    paths = [path.split("/")[0] for _, path, _ in house.office.asked]
    assert paths.count("calls-for-help") == 4  # and it is never given up
    assert "status" in paths


@pytest.mark.parametrize("call", [CallForHelp, AcuteNeed, HandOver])
async def test_a_call_for_help_is_never_given_up(house: House, call: type[Value]) -> None:
    """Not even when the backend says no to it."""
    made = {
        CallForHelp: help_for,
        AcuteNeed: lambda state: AcuteNeed(person=state.person.id, thread=state.thread.id, at=MONDAY),
        HandOver: lambda state: HandOver(
            person=state.person.id, thread=state.thread.id, channel="sms", language="sv", at=MONDAY, reason="asked"
        ),
    }[call]
    first = ROUTES[call].path.split("/")[0]
    house.office.refuses[first] = (422, ProblemCode.INVALID)
    house.parrot.on["Hej"] = asks(made, answers=False)
    await writes(house)
    for _ in range(5):
        await house.work()
        await later(house, 700)
    assert len(house.office.told(first)) == 5
    house.office.refuses.clear()
    await house.work()
    assert [row.state for row in await house.rows("select state from calls")] == ["done"]


async def test_anything_else_that_is_refused_is_kept_for_somebody_to_look_at(house: House) -> None:
    house.office.refuses["phones"] = (422, ProblemCode.INVALID)
    house.parrot.on["Hej"] = asks(
        lambda state: Phone(person=state.person.id, telephone=SARA, at=MONDAY, opted_out=True), answers=False
    )
    await writes(house)
    await house.work()
    await later(house, 700)
    await house.work()
    (row,) = await house.rows("select state, problem, body from calls")
    assert (row.state, row.problem) == ("refused", "invalid")
    assert row.body is not None
    assert len(house.office.told("phones")) == 1


@pytest.mark.parametrize("status", [401, 404, 502])
async def test_a_wrong_token_or_address_loses_nothing(house: House, status: int) -> None:
    """It is our mistake, not an answer to what a person asked for."""
    code = {401: ProblemCode.UNAUTHORIZED, 404: None, 502: None}[status]
    house.parrot.on["Hej"] = asks(free_times)
    if code is not None:
        house.office.refuses["free-times"] = (status, code)
    else:
        house.office.status = status
    await writes(house)
    await house.work()
    assert house.parrot.events(Resulted) == []
    house.office.refuses.clear()
    house.office.status = None
    house.office.answers["free-times"] = FREE
    await later(house, 60)
    await house.work()
    assert len(house.parrot.events(Resulted)) == 1


async def test_a_crash_after_the_answer_makes_the_call_again_with_the_same_key(house: House) -> None:
    house.parrot.on["Hej"] = asks(help_for)
    await writes(house)
    claimed = await calls._claim(house.engine)
    assert claimed is not None  # it is made, and the process dies before it has written down the answer
    await house.work()
    assert house.office.asked == []
    await later(house, 31)
    await house.work()
    assert [path for _, path, _ in house.office.asked] == [f"calls-for-help/{claimed.id}"]
    assert len(house.parrot.events(Resulted)) == 1
    # The one who was thought dead comes back: its answer has no second effect.
    await calls._finish(house.engine, claimed, None, None)
    assert len(house.parrot.events(Resulted)) == 1


async def test_a_turn_that_raises_does_not_make_the_call_again(house: House) -> None:
    house.office.answers["free-times"] = FREE
    house.parrot.on["Hej"] = asks(free_times)
    house.parrot.on["Resulted"] = _raise
    await writes(house)
    await house.work()
    assert [row.state for row in await house.rows("select state from calls")] == ["done"]
    del house.parrot.on["Resulted"]
    await house.change("update inbox set next_try_at = now()")
    await house.work()
    assert len(house.office.told("free-times")) == 1
    assert [row.state for row in await house.rows("select state from inbox")] == ["done"]


def _raise(_state: State, _event: Event) -> Turn:
    raise RuntimeError


async def test_the_effect_of_one_turn_is_one_call(house: House) -> None:
    """The same key again changes nothing."""
    house.parrot.on["Hej"] = lambda state, _: Turn(
        state, calls=(Call(KEY, Phone(person=state.person.id, telephone=None, at=MONDAY), answers_to_thread=False),)
    )
    await writes(house)
    await writes(house)
    await house.work()
    assert len(house.office.told("phones")) == 1


# --- Copies -----------------------------------------------------------------------------------------------------------


async def test_a_thread_is_copied_when_it_is_handed_over_and_from_then_on(house: House, twilio: Twilio) -> None:
    twilio.receipts = ()
    thread = await writes(house, "före")
    await house.work()
    assert house.office.told("threads") == []

    house.parrot.on["människa"] = lambda state, _: Turn(
        state.with_thread(handed_over=True), says=(reply("En person svarar."),), understood="Människa"
    )
    await writes(house, "människa")
    await house.work()
    copied = house.office.told(f"threads/{thread}/entries")
    order = [path.rsplit("/", 1)[1] for _, path, _ in house.office.asked if "/entries/" in path]
    assert sorted(order[:4]) == ["1", "2", "3", "4"]
    assert order[:4] == sorted(order[:4])
    assert [Entry.model_validate(body).who for body in copied[:4]] == ["person", "bot", "person", "bot"]
    assert copied[2]["swedish"] == "Människa"

    # What becomes of them follows, and only that.
    for text in twilio.texts:
        await twilio.report(text, "delivered")
    await house.work()
    last = {path: body["state"] for _, path, body in house.office.asked if "/entries/" in path}
    assert list(last.values()) == ["received", "delivered", "received", "delivered"]


async def test_copying_goes_on_where_it_stopped(house: House) -> None:
    house.parrot.on["Hej"] = lambda state, _: Turn(state.with_thread(handed_over=True), says=(reply("ja"),))
    await house.engine.policies.fetch(TOWN)
    house.office.away = True
    await writes(house)
    await house.work()
    house.office.away = False
    await house.change("update threads set copy_again_at = now() - interval '1 minute'")
    await house.work()
    numbers = [path.rsplit("/", 1)[1] for _, path, _ in house.office.asked if "/entries/" in path]
    assert numbers[0] == "1"
    assert set(numbers) == {"1", "2"}


async def test_a_line_the_backend_will_not_take_holds_up_no_other(house: House) -> None:
    house.parrot.on["Hej"] = lambda state, _: Turn(state.with_thread(handed_over=True), says=(reply("ja"),))
    house.office.refuses["threads"] = (422, ProblemCode.KEY_REUSED)
    await writes(house)
    await house.work()
    house.office.refuses.clear()
    await writes(house, "igen")
    await house.work()
    numbers = {path.rsplit("/", 1)[1] for _, path, _ in house.office.asked if "/entries/" in path}
    assert numbers == {"1", "2", "3", "4"}


async def test_who_owns_the_thread_is_told_once_per_epoch(house: House) -> None:
    house.parrot.on["ta"] = lambda state, _: Turn(state.with_thread(owner="staff", epoch=state.thread.epoch + 1))
    house.parrot.on["ge"] = lambda state, _: Turn(
        state.with_thread(owner="bot", epoch=state.thread.epoch + 1),
        calls=(
            Call(
                KEY,
                Ownership(owner="bot", at=MONDAY + timedelta(hours=1)),
                {"thread": str(state.thread.id), "epoch": "2"},
                answers_to_thread=False,
            ),
        ),
    )
    thread = await writes(house, "ta")
    await writes(house, "ge")
    await house.work()
    told = [(path, body["owner"]) for _, path, body in house.office.asked if "/ownership/" in path]
    assert told == [(f"threads/{thread}/ownership/1", "staff"), (f"threads/{thread}/ownership/2", "bot")]
