"""Others have begun to read her telephone: one word, and nothing but times is said there any more."""

import pytest

from backend.contract import NoticeKind, Phone, TakenOver
from bot.conversation.elsewhere import OTHERS_READ
from bot.flows.apply import AT_THE_MEETING
from bot.flows.phone import ONLY_TIMES
from bot.text import render, say
from tests.bot.conversation.test_application import applying
from tests.bot.talker import Talker

WORDS = "Min man läser mina sms"


def last_said(person: Talker) -> list[str]:
    return [person.text(one) for one in person.turns[-1].says]


def shared(person: Talker) -> bool | None:
    return person.state.thread.shared


def open_question(person: Talker) -> str | None:
    opened = person.state.thread.open
    return opened.question if opened is not None else None


def told(person: Talker) -> list[bool | None]:
    """What the backend has been told of the telephone."""
    return [call.value.shared for call in person.calls if isinstance(call.value, Phone)]


def swedish(text: str) -> str:
    return render(say(text), "sv")


def test_in_the_middle_of_the_form_it_is_left_to_the_meeting() -> None:
    person = applying()
    assert shared(person) is False
    person.writes(WORDS)
    assert shared(person) is True
    assert last_said(person) == [swedish(ONLY_TIMES), swedish(AT_THE_MEETING)]
    assert person.state.thread.open is None
    assert told(person) == [False, True]


def test_no_code_is_shown_there_afterwards() -> None:
    person = applying().writes(WORDS).writes("BYT TELEFON")
    assert last_said(person)[0] == swedish(OTHERS_READ)


def test_written_as_the_answer_it_is_one() -> None:
    person = Talker().writes("hej, behöver hjälp").presses("Ansök")
    assert open_question(person) == "shared"
    person.writes(WORDS)
    assert shared(person) is True
    assert told(person) == [True]
    assert open_question(person) != "shared"


def test_as_the_first_word_it_is_a_call_for_help_all_the_same() -> None:
    person = Talker().writes(WORDS)
    assert shared(person) is True
    assert person.state.thread.greeted
    assert person.turns[-1].says


def test_under_staff_it_holds_too_without_a_word() -> None:
    person = applying()
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id))
    person.writes(WORDS)
    assert shared(person) is True
    assert told(person)[-1] is True
    assert last_said(person) == []


@pytest.mark.parametrize("words", [WORDS, "ingen annan läser"])
def test_nothing_that_is_written_there_takes_it_back(words: str) -> None:
    person = applying().writes(WORDS).writes(words)
    assert shared(person) is True


def test_a_page_of_her_own_is_nobody_elses() -> None:
    person = applying("web").writes(WORDS)
    assert shared(person) is None
    assert told(person) == []
