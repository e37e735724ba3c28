"""Who may help her, and what a helper sees and does: nearly nothing, as tables, through real engine and database."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import pytest

from backend.contract import (
    CodeWished,
    Meeting,
    MeetingStatus,
    NoticeKind,
)
from bot.arriving import inbox
from bot.arriving.inbox import Inbound, Received
from bot.conversation import turn
from bot.conversation.elsewhere import DID_NOT_FIT, NO_INVITATION
from bot.conversation.helping import HELP_OVER, NO_MEETING, NOBODY, NOBODY_NOW, NOTHING, ONLY_TYPING, PASSED_ON
from bot.flows import first_meeting, seen_by_helpers, written
from bot.messages import Said, State, Turn, load_outgoing
from bot.text import render, say
from bot.turning import calls, threads
from bot.turning.turns import take
from tests.bot.house import MONDAY, OMAR, SARA, TOWN, House, numbers_of
from tests.bot.talker import Talker

HER, HELPER, OTHER = ("sms", SARA), ("sms", OMAR), ("sms", numbers_of(3)[2])
START = MONDAY + timedelta(days=1)
ADDRESS = "Exempelgatan 4"
_ids = iter(range(1, 100_000))

Role = Literal["active", "expired", "removed", "left", "never", "stopped"]


def swedish(sentence: str, **values: Any) -> str:
    return render(say(sentence, **values), "sv")


@pytest.fixture
def house(house: House) -> House:
    """With the real conversation."""
    house.engine.turn = turn
    house.office.answers["free-times"] = {"times": [], "within_promise": True}
    return house


async def writes(house: House, who: tuple[str, str], words: str, **said: Any) -> Received:
    return await inbox.receive(house.engine, Inbound(TOWN, *who, f"{next(_ids)}", Said(words, **said)))  # type: ignore[arg-type]


async def state_of(house: House, who: tuple[str, str]) -> State:
    found = await threads.find(house.engine, TOWN, *who)  # type: ignore[arg-type]
    assert found is not None
    return await threads.state(house.engine, found)


async def lines_of(house: House, who: tuple[str, str], by: str = "bot") -> list[str]:
    found = await threads.find(house.engine, TOWN, *who)  # type: ignore[arg-type]
    lines = await threads.lines(house.engine, found) if found is not None else ()
    return [line.original for line in lines if line.who == by]


async def reads(house: House, who: tuple[str, str], words: str) -> str:
    """What is answered to these words."""
    before = len(await lines_of(house, who))
    await writes(house, who, words)
    return "\n".join((await lines_of(house, who))[before:])


async def changed(house: House, who: tuple[str, str], change: Callable[[State], State]) -> None:
    async def begin(desk: Any) -> None:
        found = await threads.find(house.engine, TOWN, *who)  # type: ignore[arg-type]
        thread = await desk.lock(found)
        person = desk.persons[thread.person]
        state = change(State(thread.state, person.state, person.runs))
        thread.state = state.thread
        await threads.save_person(desk.connection, desk.codec, TOWN, person, state)
        await threads.save_thread(desk.connection, desk.codec, thread)

    await take(house.engine, TOWN, begin)


def with_meeting(state: State, start: datetime = START, status: MeetingStatus = MeetingStatus.BOOKED) -> State:
    """As if she had chosen this time."""
    meeting = Meeting(
        id=UUID(int=7),
        person=state.person.id,
        status=status,
        start=start,
        end=start + timedelta(minutes=45),
        address=ADDRESS,
        interpreter_language=None,
    )
    return state.with_person(meeting=meeting)


async def applies(house: House, who: tuple[str, str] = HER) -> None:
    """Somebody with a meeting to come is in the application, at its first question, where nobody else reads."""
    await writes(house, who, "hej, behöver hjälp")
    await changed(house, who, lambda state: with_meeting(state.with_thread(shared=False)))
    await writes(house, who, "2")
    if "läs" in (await lines_of(house, who))[-1]:
        await writes(house, who, "1")
    while await calls.make_one(house.engine):
        pass  # which application it is for her
    assert "Söker du ensam," in (await lines_of(house, who))[-1]


async def code_for(house: House, who: tuple[str, str] = HER) -> str:
    await writes(house, who, "bjud in hjälpare")
    thread = await threads.find(house.engine, TOWN, *who)  # type: ignore[arg-type]
    codec = await house.engine.codec(TOWN)
    rows = await house.rows(
        "select id, message from outbox where thread = :thread and kind = 'invitation' order by seq", thread=thread
    )
    assert rows
    message = load_outgoing(codec.open(rows[-1].message, "outbox", "message", rows[-1].id))
    return str(message.text.values["code"])


async def helps(house: House, role: Role = "active") -> None:
    """Sara applies, and Omar is her helper, or not any more, or was never."""
    await applies(house)
    if role == "never":
        await writes(house, HELPER, "hej")
        await changed(house, HELPER, lambda state: state.with_thread(shared=False))
        return
    await writes(house, HELPER, await code_for(house))
    await changed(house, HELPER, lambda state: state.with_thread(shared=False))
    await ends(house, role)


async def ends(house: House, role: Role) -> None:
    """How it comes that somebody is no helper any more, or has nothing to see."""
    if role == "expired":
        house.clock.forward(days=30, minutes=1)
        await changed(house, HER, lambda state: with_meeting(state, START + timedelta(days=31)))
    elif role == "removed":
        await writes(house, HER, "ta bort hjälparen")
    elif role == "left":
        await writes(house, HELPER, "ta bort hjälparen")
    elif role == "stopped":
        await writes(house, HER, "stopp")
    await house.work()


# --- The matrix -------------------------------------------------------------------------------------------------------


_ON_THE_WAY = {
    "applies_alone": "nej",
    "partner_name": "Planterad",
    "has_children": "ja",
    "child_name": "Barnet",
    "child_more": "nej",
    "housing": "3",
    "housing_kronor": "4321",
    "has_income": "ja",
    "income_kinds": "1",
    "income_kronor": "9876",
    "planning": "2",
}
SECRETS = ("4321", "9876", "4 321", "9 876", "Planterad", "Barnet")
"""What she answers on the way."""


async def test_a_helper_sees_the_questions_that_are_declared_and_no_other(house: House) -> None:
    """Through the whole application, question by question; nothing of what she has answered stands in any of it."""
    await helps(house)
    met, seen = set(), set()
    for _ in range(60):
        state = await state_of(house, HER)
        opened = state.thread.open
        assert opened is not None
        if opened.question.startswith("confirm:"):
            break
        key = opened.question.partition("#")[0]
        question = next(one for one in written() if one.name == key)
        said = await reads(house, HELPER, "HJÄLPARE")
        assert ADDRESS in said
        assert all(part in said for part in re.split(r"\{\w+\}", swedish(question.text))) == question.helper_sees, said
        assert not [secret for secret in SECRETS if secret in said], said
        met.add(key)
        if question.helper_sees:
            seen.add(key)
        else:
            # Nor is anything an answer of hers that is written now.
            assert "Den svarar bara den du hjälper på." in said
            await writes(house, HELPER, "1")
            assert (await state_of(house, HER)).run == state.run
        await writes(house, HER, _ON_THE_WAY.get(key, "senare"))
    assert seen == {"applies_alone", "month", "stays_here", "housing"}
    assert met >= {*_ON_THE_WAY, "debt_kinds", "cost_kinds", "asset_kinds", "lived_on", "may_ask"}
    # The summary is hers alone.
    said = await reads(house, HELPER, "HJÄLPARE")
    assert not [secret for secret in SECRETS if secret in said], said
    await writes(house, HELPER, "ja")
    await house.work()
    assert not house.office.told("applications")


def test_what_is_declared_tells_nothing_of_her() -> None:
    """No value in its text, no money in its answers, and every applicant is asked it."""
    always = _asked_of_all()
    for name, question in seen_by_helpers().items():
        assert "{" not in question.text, name
        assert question.kind.name not in ("kronor", "words", "free-time"), name
        assert question.section not in ("income", "children"), name
        assert name in always or question in vars(first_meeting).values(), name


def _asked_of_all() -> set[str]:
    """The questions that come when all of them are left to the meeting."""
    person = Talker(channel="web").writes("hej, behöver hjälp").presses("Ansök")
    asked = set()
    for _ in range(40):
        opened = person.state.thread.open
        if opened is None or person.state.run is None or person.state.run.flow != "application":
            break
        asked.add(opened.question)
        person.writes("SENARE")
    assert "housing" in asked
    return asked


Shows = Callable[[str], bool]
MATRIX: Mapping[str, tuple[str, Shows]] = {
    # what the helper writes -> what of hers stands in the answer
    "the time": ("HJÄLPARE", lambda said: "1 december" in said or "1 januari" in said),
    "the place": ("HJÄLPARE", lambda said: ADDRESS in said),
    "the open question": ("HJÄLPARE", lambda said: "Söker du ensam," in said),
}
NEVER: Mapping[str, str] = {
    "status": "STATUS",
    "the decision": "Har jag fått beslut?",
    "what is new": "LÄS",
    "her summary": "ÄNDRA",
    "a change of an answer": "ÄNDRA 1",
    "back": "TILLBAKA",
    "another time": "BYT TID",
    "cancel": "AVBOKA",
    "her list": "MINA HJÄLPARE",
    "later": "SENARE",
    "repeat": "REPETERA",
    "yes": "JA",
    "confirm": "Jag försäkrar",
}
OTHERS: tuple[Role, ...] = ("expired", "removed", "left", "never", "stopped")


@pytest.mark.parametrize("role", ["active", *OTHERS])
async def test_what_is_shown_to_whom(house: House, role: Role) -> None:
    await helps(house, role)
    for what, (words, shown) in MATRIX.items():
        said = await reads(house, HELPER, words)
        assert shown(said) == (role == "active"), f"{what}: {said}"
        # Why there is nothing is not to be told apart.
        assert said.startswith(swedish(NOTHING)) == (role != "active"), said


@pytest.mark.parametrize("role", ["active", *OTHERS])
async def test_nothing_else_is_shown_or_done(house: House, role: Role) -> None:
    """Whatever a helper writes besides is the helper's own, and touches neither her thread nor her run nor her case."""
    await helps(house, role)
    await writes(house, HELPER, "HJÄLPARE")
    await house.work()
    hers = await state_of(house, HER)
    house.office.asked.clear()
    for what, words in NEVER.items():
        said = await reads(house, HELPER, words)
        after = await state_of(house, HER)
        assert (after.run, after.person, after.thread.open) == (hers.run, hers.person, hers.thread.open), what
        assert not re.search(rf"{ADDRESS}|[0-9] (december|januari)", said), f"{what}: {said}"
    await house.work()
    assert not [path for _, path, body in house.office.asked if str(hers.person.id) in f"{path}{body}"]


@pytest.mark.parametrize("role", ["active", *OTHERS])
async def test_whose_answer_counts(house: House, role: Role) -> None:
    await helps(house)
    await writes(house, HELPER, "HJÄLPARE")
    await ends(house, role)
    await writes(house, OTHER if role == "never" else HELPER, "ja")
    await house.work()
    run = (await state_of(house, HER)).run
    assert run is not None
    assert ("applies_alone" in run.answers) == (role == "active")
    acts = [row.act for row in await house.rows("select act from helper_acts")]
    assert ("answered" in acts) == (role == "active")


# --- How it begins ----------------------------------------------------------------------------------------------------


async def test_who_is_let_in_is_told_what_a_helper_may_and_she_is_told_at_once(house: House) -> None:
    await applies(house)
    code = await code_for(house)
    said = await reads(house, HELPER, code)
    assert "till onsdag 30 december" in said
    assert swedish(ONLY_TYPING) in said
    await house.work()
    told = (await lines_of(house, HER))[-1]
    assert told.startswith("Du har en hjälpare till onsdag 30 december")
    assert "TA BORT HJÄLPAREN" in told
    marks = await lines_of(house, HER, by="marker")
    assert marks == ["Någon får hjälpa till, med en kod, till onsdag 30 december."]
    (role,) = await house.rows("select person, since, until, ended from helpers")
    assert role.until - role.since == timedelta(days=30)
    assert role.person == (await state_of(house, HER)).person.id != (await state_of(house, HELPER)).person.id


async def test_a_helper_has_asked_for_no_help_and_may_ask_for_it(house: House) -> None:
    """ "Thank you" opens no case. What is written once more is read as anybody's first words are."""
    await helps(house)
    helper = (await state_of(house, HELPER)).person.id
    await reads(house, HELPER, "tack")
    await house.work()
    assert str(helper) not in str(house.office.told("calls-for-help"))
    said = await reads(house, HELPER, "jag behöver hjälp själv")
    await house.work()
    assert "Boka" in said
    assert str(helper) in str(house.office.told("calls-for-help"))


async def test_where_others_read_or_may_read_there_is_no_code(house: House) -> None:
    await writes(house, HER, "hej, behöver hjälp")
    assert "Läser någon annan dina sms?" in await reads(house, HER, "bjud in hjälpare")
    assert swedish(NO_INVITATION) in await reads(house, HER, "ja")
    assert swedish(NO_INVITATION) in await reads(house, HER, "bjud in hjälpare")
    assert not await house.rows("select id from link_codes")


async def test_a_code_is_good_once_for_ten_minutes_and_for_what_it_was_shown_for(house: House) -> None:
    await applies(house)
    first = await code_for(house)
    code = await code_for(house)
    wrong = swedish(DID_NOT_FIT)
    assert wrong in await reads(house, HELPER, first)  # a newer one was shown
    assert wrong in await reads(house, HER, code)  # nobody helps herself
    assert swedish(ONLY_TYPING) in await reads(house, HELPER, code)
    assert wrong in await reads(house, OTHER, code)
    await house.work()
    old = await code_for(house)
    await house.change("update link_codes set expires_at = now() where ended_at is null")
    assert wrong in await reads(house, OTHER, old)
    assert len(await house.rows("select id from helpers")) == 1
    # Whoever helps is not her: a code to go on elsewhere makes nobody so.
    await house.work()
    await writes(house, HER, "byt telefon")
    codec = await house.engine.codec(TOWN)
    (row,) = await house.rows("select id, message from outbox where kind = 'code'")
    onward = str(load_outgoing(codec.open(row.message, "outbox", "message", row.id)).text.values["code"])
    await writes(house, HELPER, onward)
    assert (await state_of(house, HELPER)).person.id != (await state_of(house, HER)).person.id


async def test_after_three_that_did_not_fit_nobody_becomes_a_helper_for_half_an_hour(house: House) -> None:
    await applies(house)
    code = await code_for(house)
    for guess in ("30000001", "30000002", "30000003", code):
        assert swedish(DID_NOT_FIT) in await reads(house, HELPER, guess)
    assert not await house.rows("select id from helpers")


async def test_the_code_stands_in_no_line_and_no_table(house: House) -> None:
    await applies(house)
    code = await code_for(house)
    await writes(house, HELPER, code)
    lines = [*await lines_of(house, HER), *await lines_of(house, HELPER), *await lines_of(house, HELPER, by="person")]
    assert not [line for line in lines if code in line]
    assert code.encode() not in await house.everything()


# --- Typing -----------------------------------------------------------------------------------------------------------


async def test_what_a_helper_types_is_told_her_marked_and_hers_to_attest(house: House) -> None:
    await helps(house)
    await writes(house, HELPER, "HJÄLPARE")
    assert swedish(PASSED_ON) in await reads(house, HELPER, "ja")
    await house.work()
    *_, told, asked = await lines_of(house, HER)
    assert told == "Din hjälpare har svarat åt dig: Söker ensam: Ja. Du kan ändra det, och du bekräftar det."
    assert asked.startswith("Vilken månad")
    assert "Hjälparen skrev svaret: Söker ensam: Ja." in await lines_of(house, HER, by="marker")
    run = (await state_of(house, HER)).run
    assert run is not None
    assert (run.answers["applies_alone"], run.digest) == (True, None)
    # It is changed like any answer of hers.
    assert "Söker du ensam," in await reads(house, HER, "tillbaka")


async def test_a_question_that_is_behind_her_takes_no_answer(house: House) -> None:
    await helps(house)
    await writes(house, HELPER, "HJÄLPARE")
    await writes(house, HER, "nej")
    await writes(house, HELPER, "ja")
    await house.work()
    run = (await state_of(house, HER)).run
    assert run is not None
    assert run.answers["applies_alone"] is False
    assert not await house.rows("select id from helper_acts where act = 'answered'")


async def test_at_night_a_helper_sees_the_time_and_wakes_nobody(house: House) -> None:
    await helps(house)
    house.clock.forward(hours=13)
    said = await reads(house, HELPER, "HJÄLPARE")
    assert ADDRESS in said
    assert "fråga" not in said


async def test_a_helper_with_a_case_of_her_own_keeps_the_two_apart(house: House) -> None:
    await applies(house)
    await applies(house, HELPER)
    await writes(house, HELPER, await code_for(house))
    await writes(house, HELPER, "Omar")
    own = (await state_of(house, HELPER)).run
    assert own is not None
    said = await reads(house, HELPER, "HJÄLPARE")
    assert "Den du hjälper får frågan: Söker du ensam," in said
    # After the answer for another the own question comes again, in full, before a word counts as its answer.
    said = await reads(house, HELPER, "nej")
    assert "Söker du ensam," in said
    assert "Den du hjälper" not in said.splitlines()[-1]
    assert (await state_of(house, HELPER)).run == own
    await house.work()
    hers = (await state_of(house, HER)).run
    assert hers is not None
    assert hers.answers["applies_alone"] is False
    await writes(house, HELPER, "ja")
    own, hers = (await state_of(house, HELPER)).run, (await state_of(house, HER)).run
    assert own is not None
    assert hers is not None
    assert (own.answers["applies_alone"], hers.answers["applies_alone"]) == (True, False)


# --- How it is seen and ended -----------------------------------------------------------------------------------------


async def test_her_list_has_every_act_with_day_and_time_and_the_name_the_helper_gave(house: House) -> None:
    await applies(house)
    await writes(house, HELPER, await code_for(house))
    await changed(house, HELPER, lambda state: state.with_thread(shared=False))
    await house.work()
    assert swedish(NOBODY) in await reads(house, OTHER, "mina hjälpare")
    house.clock.forward(minutes=17)
    await writes(house, HELPER, "HJÄLPARE")
    house.clock.forward(minutes=5)
    await writes(house, HELPER, "ja")
    await house.work()
    listed = await reads(house, HER, "mina hjälpare")
    assert "Hjälparen: måndag 30 november - onsdag 30 december." in listed
    assert "30 november kl 10.15: en fråga visades (Söker ensam)." in listed
    assert "30 november kl 10.20: en fråga besvarades (Söker ensam)." in listed
    # She alone has it.
    assert "besvarades" not in await reads(house, HELPER, "mina hjälpare")


async def test_the_name_the_helper_gives_stands_with_what_was_done(house: House) -> None:
    page = ("web", "his page")
    await applies(house)
    assert "Vad heter du i förnamn?" in await reads(house, page, await code_for(house))
    await writes(house, page, "Omar")
    await house.work()
    await writes(house, page, "HJÄLPARE")
    assert "Omar: en fråga visades (Söker ensam)." in await lines_of(house, HER, by="marker")
    assert "Omar: måndag 30 november" in await reads(house, HER, "mina hjälpare")
    assert b"Omar" not in await house.everything()


async def test_one_word_ends_it_for_all_and_each_is_told_in_one_neutral_sentence(house: House) -> None:
    await helps(house)
    await writes(house, OTHER, await code_for(house))
    await house.work()
    assert swedish(NOBODY_NOW) in await reads(house, HER, "ta bort hjälparen")
    await house.work()
    for who in (HELPER, OTHER):
        assert (await lines_of(house, who))[-1] == swedish(HELP_OVER)
        assert swedish(NOTHING) in await reads(house, who, "HJÄLPARE")
    assert {row.ended for row in await house.rows("select ended from helpers")} == {house.clock()}


async def test_it_ends_too_where_staff_answer_or_nothing_of_ours_is_wished_for(house: House) -> None:
    await helps(house)
    await changed(house, HER, lambda state: state.with_thread(owner="staff", epoch=1, opted_out=True))
    await writes(house, HER, "ta bort hjälparen")
    (role,) = await house.rows("select ended from helpers")
    assert role.ended == house.clock()


async def test_after_it_ended_another_code_lets_the_same_helper_in_again(house: House) -> None:
    await helps(house, "expired")
    assert swedish(ONLY_TYPING) in await reads(house, HELPER, await code_for(house))
    assert ADDRESS in await reads(house, HELPER, "HJÄLPARE")
    assert len(await house.rows("select id from helpers where ended is null")) == 1


async def test_a_meeting_that_is_over_or_not_booked_is_none(house: House) -> None:
    await helps(house)
    await changed(house, HER, lambda state: with_meeting(state, status=MeetingStatus.CANCELLED))
    assert swedish(NO_MEETING) in await reads(house, HELPER, "HJÄLPARE")
    # Of a new one that comes with a decision she hears first.
    await changed(house, HER, lambda state: with_meeting(state).with_person(unsaid=UUID(int=7)))
    assert swedish(NO_MEETING) in await reads(house, HELPER, "HJÄLPARE")
    await changed(house, HER, lambda state: with_meeting(state, status=MeetingStatus.PRELIMINARY))
    await changed(house, HER, lambda state: state.with_person(unsaid=None))
    assert "Mötet, preliminärt: " in await reads(house, HELPER, "HJÄLPARE")


async def test_a_look_that_had_to_wait_shows_what_may_be_seen_when_its_turn_comes(house: House) -> None:
    await helps(house)
    house.engine.turn = _raises
    assert (await writes(house, HELPER, "HJÄLPARE")).outcome == "waiting"
    house.engine.turn = turn
    await writes(house, HER, "ta bort hjälparen")
    await house.change("update inbox set next_try_at = now()")
    await house.work()
    assert swedish(NOTHING) in await lines_of(house, HELPER)
    assert ADDRESS not in "".join(await lines_of(house, HELPER))


async def test_whoever_helps_and_goes_on_elsewhere_takes_nobodys_question_along(house: House) -> None:
    await helps(house)
    await writes(house, HELPER, "HJÄLPARE")
    await writes(house, HELPER, "jag behöver hjälp")
    await changed(house, HELPER, lambda state: state.with_thread(greeted=True))
    await writes(house, HELPER, "HJÄLPARE")
    await writes(house, HELPER, "byt telefon")
    codec = await house.engine.codec(TOWN)
    (row,) = await house.rows("select id, message from outbox where kind = 'code'")
    code = str(load_outgoing(codec.open(row.message, "outbox", "message", row.id)).text.values["code"])
    await writes(house, OTHER, code)
    await house.work()
    there = await state_of(house, OTHER)
    assert there.person.id == (await state_of(house, HELPER)).person.id
    assert there.thread.open is None
    assert "Söker du ensam," not in "".join(await lines_of(house, OTHER))


async def test_staff_read_in_her_thread_what_a_helper_typed_and_in_whose_name(house: House) -> None:
    page = ("web", "his page")
    await applies(house)
    await writes(house, page, await code_for(house))
    await writes(house, page, "Omar")
    await house.work()
    await writes(house, HER, "RING")
    await writes(house, page, "HJÄLPARE")
    await writes(house, page, "nej")
    await house.work()
    told = [body["swedish"] for body in house.office.told("threads/") if body and body.get("who") == "marker"]
    assert told[-1] == "Omar skrev svaret: Söker ensam: Nej."


def _raises(*_: object) -> Turn:
    raise RuntimeError("our own mistake")


async def test_staff_hear_that_nobody_is_to_help_her_and_that_she_wants_one_let_in(house: House) -> None:
    await helps(house)
    her = (await state_of(house, HER)).person.id
    for _ in range(2):
        house.office.tells(NoticeKind.CODE_WISHED, her, CodeWished(wish="no-helper"))
    await house.work()
    assert swedish(HELP_OVER) in (await lines_of(house, HELPER))[-1]
    assert (await lines_of(house, HER)).count(swedish(NOBODY_NOW)) == 1, "said again it changes nothing"
    assert swedish(NOTHING) in await reads(house, HELPER, "HJÄLPARE")
    house.office.tells(NoticeKind.CODE_WISHED, her, CodeWished(wish="helper"))
    await house.work()
    assert "En hjälpare ser" in (await lines_of(house, HER))[-2] + (await lines_of(house, HER))[-1]
    live = "select person from link_codes where ended_at is null and purpose = 'help'"
    assert [row.person for row in await house.rows(live)] == [her]
    house.office.tells(NoticeKind.CODE_WISHED, her, CodeWished(wish="no-helper"))
    await house.work()
    assert await house.rows(live) == [], "nobody comes in by it after that"
