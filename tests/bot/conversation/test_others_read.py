"""Others have begun to read her telephone: one word, and nothing but times is said there any more."""

import pytest

from backend.contract import HandOver, NoticeKind, Phone, TakenOver, WhoReads
from bot.conversation.elsewhere import ASKED_FIRST, OTHERS_READ
from bot.flows.apply import AT_THE_MEETING
from bot.flows.phone import ONLY_TIMES
from bot.hearing.words import Command, command
from bot.text import languages, render, say, words
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


def by_staff(person: Talker, *, others: bool) -> Talker:
    return person.tells(NoticeKind.WHO_READS, WhoReads(thread=person.state.thread.id, shared=others))


def reasons(person: Talker) -> list[str]:
    return [call.value.reason for call in person.calls if isinstance(call.value, HandOver)]


@pytest.mark.parametrize("language", languages())
def test_the_way_back_is_told_and_what_is_told_is_heard(language: str) -> None:
    word = words(language, "not-shared")[0]
    assert word.casefold() in render(say(ONLY_TIMES), language, plain=True).casefold()
    assert command(word) == Command("not-shared")


def test_that_nobody_else_reads_any_more_is_asked_about_by_a_human() -> None:
    person = applying().writes(WORDS).writes("EGEN TELEFON")
    assert last_said(person)[0] == swedish(ASKED_FIRST)
    assert shared(person) is True, "whoever holds the telephone could write it"
    assert reasons(person) == ["not-shared"]


def test_where_nobody_else_reads_the_word_changes_nothing_and_troubles_nobody() -> None:
    person = applying()
    asked = open_question(person)
    person.writes("EGEN TELEFON")
    assert shared(person) is False
    assert reasons(person) == []
    assert open_question(person) == asked


def test_as_the_answer_to_who_reads_it_is_no() -> None:
    person = Talker().writes("hej, behöver hjälp").presses("Ansök").writes("ingen annan läser mina sms")
    assert shared(person) is False
    assert told(person) == [False]
    assert reasons(person) == []


def test_under_staff_whoever_answers_her_sees_that_she_wrote_it() -> None:
    person = applying().writes(WORDS)
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id))
    person.writes("EGEN TELEFON")
    assert last_said(person) == []
    assert reasons(person) == ["not-shared"]


def test_staff_who_have_asked_her_set_it_and_nothing_is_written_to_her() -> None:
    person = by_staff(applying().writes(WORDS), others=False)
    assert shared(person) is False
    assert told(person) == [False, True, False]
    assert last_said(person) == []


def test_staff_who_hear_that_others_read_leave_no_form_open_there() -> None:
    person = by_staff(applying(), others=True)
    assert shared(person) is True
    assert told(person) == [False, True]
    assert last_said(person) == []
    assert person.state.thread.open is None
    assert person.state.thread.run is None


def test_who_reads_her_account_says_nothing_of_who_reads_her_telephone() -> None:
    person = Talker(channel="telegram").writes("hej, behöver hjälp")
    person.state = person.state.with_thread(shared=False).with_person(telephone="+46701740605")
    person.writes("RING")
    (told,) = [call.value for call in person.calls if isinstance(call.value, HandOver)]
    assert (told.telephone, told.shared_phone) == ("+46701740605", None)


def test_a_page_of_her_own_is_nobody_elses() -> None:
    person = applying("web").writes(WORDS)
    assert shared(person) is None
    assert told(person) == []
