"""Going on elsewhere: who gets a code where, what is said to one that does not fit, and where the talk goes on."""

from dataclasses import replace
from uuid import UUID, uuid5

import pytest

from backend.contract import CallForHelp, ContactConfirmed, HandOver, Phone
from bot.leaving.ceilings import AboveCeiling, guard_ceiling
from bot.leaving.kinds import KINDS
from bot.leaving.sending import CODE
from bot.messages import Joined, Outgoing, Said
from bot.text import is_gsm, languages, segments, words
from tests.bot.talker import CAREFUL, NAMESPACE, POLICY, Talker

OTHER = uuid5(NAMESPACE, "other thread")


def kinds(person: Talker) -> list[str]:
    return [message.kind for message in person.turns[-1].says]


def in_the_form(channel: str) -> Talker:
    """Somebody in the middle of the application, on her own page or where nobody else reads."""
    person = Talker(channel=channel).writes("hej, behöver hjälp")
    if channel == "web":
        return person.presses("Ansök")
    return person.writes("2").writes("1").writes("1")


def goes_on(person: Talker, channel: str, *, shared: bool | None = None, **told: object) -> Talker:
    """The same person where she wrote the code: as the thread is when that has been found right."""
    was = person.state.thread
    there = Talker(channel=channel, policy=person.policy)
    here = replace(
        there.state.thread,
        id=uuid5(NAMESPACE, "new thread"),
        language=was.language,
        open=was.open,
        interrupted=was.interrupted,
        run=was.run,
        greeted=True,
        confirmed=True,
        shared=shared,
    )
    there.state = replace(person.state, thread=here, telephone=there.state.telephone)
    there.calls = [*person.calls]
    return there.happens(Said("•••", joined=Joined(OTHER, language="sv", **told)))  # type: ignore[arg-type]


@pytest.mark.parametrize("language", languages())
def test_the_word_works_in_every_language_and_the_code_is_one_text(language: str) -> None:
    person = Talker(channel="web").writes("hej, behöver hjälp")
    for word in words(language, "elsewhere"):
        assert kinds(person.writes(word)) == [CODE], word
    (message,) = person.turns[-1].says
    shown = person.text(replace(message, language=language, text=replace(message.text, values={"code": "87654321"})))
    assert "87654321" in shown
    assert segments(shown) <= (1 if is_gsm(shown) else 2), shown


def test_the_word_alone_is_one_and_in_a_sentence_it_is_none() -> None:
    person = Talker(channel="web").writes("hej, behöver hjälp")
    assert kinds(person.writes("Byt telefon, tack!")) == [CODE]
    assert CODE not in kinds(person.writes("jag ska byta telefon i morgon"))


def test_who_has_begun_nothing_is_greeted_and_asks_for_no_help_by_it() -> None:
    person = Talker().writes("BYT TELEFON")
    assert "Boka möte" in person.reads()
    assert not [call for call in person.calls if isinstance(call.value, CallForHelp)]
    person.writes("1")
    assert [call for call in person.calls if isinstance(call.value, CallForHelp)]


def test_who_reads_is_asked_before_a_code_stands_in_a_phone() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("BYT TELEFON")
    assert "Läser någon annan dina sms?" in person.reads()
    assert CODE not in kinds(person)
    person.writes("Nej")
    assert kinds(person) == [CODE, "question"]  # what was open stands last, in full
    assert [call.value.shared for call in person.calls if isinstance(call.value, Phone)] == [False]
    assert person.state.thread.open is not None, "the question she goes on with is still open"
    assert person.state.thread.open.ask == "form"


def test_no_code_stands_where_others_read() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("BYT TELEFON").writes("Ja")
    assert "Andra kan läsa här" in person.reads()
    assert CODE not in {message.kind for message in person.said}
    person.writes("BYT TELEFON")
    assert "Andra kan läsa här" in person.reads()
    assert CODE not in {message.kind for message in person.said}


@pytest.mark.parametrize("shared", [None, True])
def test_a_code_never_leaves_where_others_may_read_whatever_a_turn_says(shared: bool | None) -> None:
    person = Talker().writes("hej")
    thread, code = replace(person.state.thread, shared=shared), Outgoing(CODE, person.turns[-1].says[0].text)
    with pytest.raises(AboveCeiling):
        guard_ceiling(code, POLICY, thread)
    guard_ceiling(code, POLICY, replace(thread, shared=False))


def test_a_code_is_worth_nothing_later_than_it_lasts() -> None:
    assert KINDS[CODE].life.total_seconds() == 600


def test_a_code_that_does_not_fit_asks_for_no_help_and_says_always_the_same() -> None:
    person = Talker(channel="web").happens(Said("•••", code="wrong"))
    assert "Koden fungerar inte" in person.reads()
    assert "Boka möte" in person.reads(), "who writes is greeted as ever"
    assert not [call for call in person.calls if isinstance(call.value, CallForHelp)]
    assert person.turns[-1].understood == "En kod för att fortsätta på ett annat ställe."


def test_a_wrong_code_in_the_middle_of_the_form_answers_nothing() -> None:
    person = in_the_form("web")
    asked, answers = person.state.thread.open, person.state.run and person.state.run.answers
    person.happens(Said("•••", code="wrong"))
    assert asked is not None
    assert person.state.thread.open is not None
    assert person.state.thread.open.question == asked.question
    assert person.state.run is not None
    assert person.state.run.answers == answers


def test_the_form_goes_on_where_it_was_and_the_other_place_is_told() -> None:
    person = in_the_form("sms")
    asked = person.state.thread.open
    there = goes_on(person, "web")
    told, here, *rest = there.turns[-1].says
    assert (told.to, there.text(told)) == (OTHER, "Nu fortsätter vi på ett annat ställe. Var det inte du? Skriv RING.")
    assert there.text(here) == "Nu fortsätter vi här."
    assert rest
    assert asked is not None
    assert there.state.thread.open is not None
    assert there.state.thread.open.question == asked.question
    assert there.state.person.reach == OTHER, "a page tells nobody that something is new"


def test_no_personal_question_comes_before_she_has_said_who_reads() -> None:
    there = goes_on(in_the_form("web"), "telegram")
    assert "Läser någon annan" in there.reads()
    assert not [message for message in there.turns[-1].says if message.sensitivity != "open"]
    there.writes("Nej")
    assert there.state.thread.open is not None
    assert there.state.thread.open.ask == "form"
    assert there.state.thread.shared is False
    assert there.state.person.reach == there.state.thread.id


@pytest.mark.parametrize("policy", [POLICY, CAREFUL])
def test_where_others_read_or_nothing_personal_may_be_said_the_form_waits_for_the_meeting(policy: object) -> None:
    person = in_the_form("web")
    person.policy = policy  # type: ignore[assignment]
    there = goes_on(person, "sms", shared=policy is POLICY)
    assert "på mötet" in there.reads()
    assert there.state.thread.open is None
    assert there.state.thread.run is None
    there.writes("hej")  # and nothing is lost by writing on
    assert all(message.sensitivity == "open" for message in there.said)


def test_a_telephone_where_the_code_was_written_is_hers() -> None:
    there = goes_on(Talker(channel="web").writes("hej, behöver hjälp"), "sms")
    confirmed = [call.value for call in there.calls if isinstance(call.value, ContactConfirmed)]
    assert [(one.person, one.telephone) for one in confirmed] == [(there.state.person.id, "+46701740605")]
    assert there.state.person.telephone == "+46701740605"


def test_who_is_with_staff_is_so_here_too() -> None:
    there = goes_on(Talker(channel="web").writes("hej, behöver hjälp"), "sms", with_staff=True, tells=False)
    assert [call.value.thread for call in there.calls if isinstance(call.value, HandOver)] == [there.state.thread.id]
    assert not [message for message in there.turns[-1].says if message.to == OTHER]


def test_her_answers_are_hers_alone() -> None:
    """Nothing of them stands in what the other place is told."""
    person = in_the_form("sms")
    there = goes_on(person, "web")
    (told,) = (message for message in there.turns[-1].says if message.to is not None)
    assert isinstance(told.to, UUID)
    assert told.text.values == {}
    assert told.choices == ()
