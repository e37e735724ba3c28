"""She is handed over to another municipality: asked first, told last, and told how to reach it whatever she writes."""

from uuid import UUID, uuid5

import pytest

from backend.contract import (
    AcuteNeed,
    AnswerMove,
    Arrived,
    BackHere,
    CallForHelp,
    HandedBack,
    HandOver,
    MessagesWished,
    MoveAsked,
    Moved,
    Nearby,
    NoticeKind,
    TakenOver,
)
from bot.conversation.notices.move_asked import MAY_WE, MAY_WE_WITH_PAPERS, NOT_ASKED
from bot.messages import Said, Went
from bot.text import languages, render, say, segments
from tests.bot.conversation.test_interruptions import booked
from tests.bot.talker import NAMESPACE, POLICY, Talker

MOVE = uuid5(NAMESPACE, "move")
WHO = "Svedala kommun har tagit över. De ringer eller skriver till dig först. Ring dem: 070-174 06 91. "
NEAR = POLICY.model_copy(update={"neighbours": (Nearby(name="Svedala kommun", called="Svedala"),)})


def asked() -> Talker:
    person = booked("2", "1").tells(NoticeKind.MOVE_ASKED, MoveAsked(move=MOVE, name="Svedala kommun"))
    assert "Svedala" not in person.reads(), "what comes unasked names nobody"
    return person.leaves()


def moved(*, cancelled: bool = True) -> Talker:
    told = Moved(thread=None, name="Svedala kommun", telephone="070-174 06 91", cancelled=cancelled)
    return booked("2", "1").tells(NoticeKind.MOVED, told)


def made(person: Talker, kind: type) -> list[object]:
    return [call.value for call in person.turns[-1].calls if isinstance(call.value, kind)]


def words_of(person: Talker) -> list[tuple[str, bool]]:
    """What she has answered, and of which hand-over."""
    return [(call.path["move"], call.value.yes) for call in person.calls if isinstance(call.value, AnswerMove)]


def test_she_is_asked_whether_she_may_be_asked_and_then_by_name() -> None:
    person = asked().writes("ja")
    assert person.reads().startswith("Vill du att Svedala kommun hjälper dig, i stället för att vi gör det?")
    person.writes("1")
    assert words_of(person) == [(str(MOVE), True)]
    assert "Till dess hjälper vi dig här." in person.reads()
    assert person.state.person.meeting is not None, "she is here until they have taken her"


@pytest.mark.parametrize("language", languages())
def test_where_papers_go_along_her_yes_is_asked_for_them_too(language: str) -> None:
    person = booked("2", "1")
    person.tells(NoticeKind.MOVE_ASKED, MoveAsked(move=MOVE, name="Svedala kommun", papers=True)).leaves()
    person.state = person.state.with_thread(language=language)
    person.writes("1")
    (asked,) = person.turns[-1].says
    question = render(say(MAY_WE_WITH_PAPERS.text, municipality="Svedala kommun"), language)
    assert question in person.text(asked)
    assert question != render(say(MAY_WE.text, municipality="Svedala kommun"), language)
    person.writes("1")
    assert words_of(person) == [(str(MOVE), True)]


@pytest.mark.parametrize("language", languages())
def test_a_yes_to_what_staff_have_taken_back_is_told_what_is_true(language: str) -> None:
    person = asked().writes("ja")
    person.state = person.state.with_thread(language=language)
    person.move_stands = False
    person.writes("1")
    (told, *_) = person.turns[-1].says
    assert person.text(told) == render(say(NOT_ASKED), language)
    assert segments(person.text(told)) == 1
    assert person.state.person.meeting is not None


def test_her_word_is_of_the_municipality_that_was_named() -> None:
    other = uuid5(NAMESPACE, "other move")
    person = asked().tells(NoticeKind.MOVE_ASKED, MoveAsked(move=other, name="Vellinge kommun"), "later")
    assert person.writes("ja").reads().startswith("Vill du att Vellinge kommun")
    person.writes("ja")
    assert words_of(person) == [(str(other), True)]


def asked_about(person: Talker, name: str, move: UUID) -> Went:
    """The next one is told of; its question leaves later."""
    (says,) = person.tells(NoticeKind.MOVE_ASKED, MoveAsked(move=move, name=name), "later").turns[-1].says
    return Went(move, says.question or "", says.ask, says.reference, says.until)


def test_a_yes_to_one_that_was_taken_back_is_no_answer_to_the_one_that_stands() -> None:
    other = uuid5(NAMESPACE, "other move")
    person = asked().writes("ja")
    # It waits for the morning; what she reads until then is the first one's question.
    leaves = asked_about(person, "Vellinge kommun", other)
    assert person.writes("ja").reads() == render(say(NOT_ASKED), "sv")
    person.happens(leaves).writes("ja")
    assert person.reads().startswith("Vill du att Vellinge kommun")
    person.writes("ja")
    assert words_of(person) == [(str(other), True)], "her yes is not counted as a no"


def test_asked_once_more_after_her_yes_she_is_not_told_that_she_said_no() -> None:
    other = uuid5(NAMESPACE, "other move")
    person = asked()
    leaves = asked_about(person, "Vellinge kommun", other)
    person.writes("ja").writes("ja")
    assert person.happens(leaves).writes("ja").reads() == render(say(NOT_ASKED), "sv")
    assert words_of(person) == [(str(other), True)]


@pytest.mark.parametrize("words", [("nej",), ("ja", "nej")])
def test_no_is_told_and_nothing_changes(words: tuple[str, ...]) -> None:
    person = asked()
    for word in words:
        person.writes(word)
    assert words_of(person) == [(str(MOVE), False)]
    assert person.reads().startswith("Bra. Då hjälper vi dig här.")


def test_the_last_line_names_nobody_and_what_she_writes_then_is_told_who_has_her() -> None:
    person = moved()
    assert person.reads().startswith("Nu får du hjälp av andra, och din tid hos oss är avbokad.")
    assert "Svedala" not in person.reads()
    assert (person.state.person.meeting, person.state.thread.open) == (None, None)
    for words in ("hej, är ni där?", "1", "ansök"):
        assert person.writes(words).reads().startswith(WHO), words
        assert made(person, HandOver) == []


def test_what_cannot_wait_and_the_wish_for_a_human_are_heard_here_as_ever() -> None:
    person = moved().writes("jag har ingen mat")
    assert "112" in person.reads()
    assert made(person, AcuteNeed)
    person = moved().writes("RING")
    assert made(person, HandOver)


@pytest.mark.parametrize("words", ["STATUS", "min vecka"])
def test_how_it_goes_is_that_others_have_her(words: str) -> None:
    person = moved().writes(words)
    assert person.reads().startswith(WHO), "not the step where she was here"


def test_that_her_time_stands_is_said_no_more() -> None:
    for person in (moved().writes("STOPP"), moved().happens(Said("STOP", keyword="stop"))):
        assert person.reads() == "Tack. Vi skriver inte mer till det här numret."
    person = moved()
    wish = MessagesWished(thread=person.state.thread.id, wish="stop")
    assert person.tells(NoticeKind.MESSAGES_WISHED, wish).reads() == "Tack. Vi skriver inte mer till det här numret."


def test_where_else_a_human_had_her_the_machine_does_not_go_on_either() -> None:
    person = moved().tells(NoticeKind.TAKEN_OVER, TakenOver(thread=MOVE), "taken over")
    person.tells(NoticeKind.HANDED_BACK, HandedBack(thread=person.state.thread.id), "back")
    assert person.turns[-1].says == ()
    assert person.writes("hej").reads().startswith(WHO)


def test_she_may_ask_here_again() -> None:
    person = moved(cancelled=False).writes("TILLBAKA")
    assert person.state.person.moved is None
    assert made(person, CallForHelp), "a matter of its own"
    assert WHO not in person.reads()
    assert person.reads()


def test_who_is_handed_back_is_sent_elsewhere_no_more() -> None:
    person = moved()
    person.tells(NoticeKind.BACK_HERE, BackHere(thread=person.state.thread.id), "back")
    assert person.turns[-1].says == ()
    assert WHO not in person.writes("hej, är ni där?").reads()
    assert person.reads()
    assert made(person, CallForHelp) == [], "her case is open already"


def test_whoever_arrives_is_written_to_first_and_somebody_else_there_is_told_nothing() -> None:
    person = Talker()
    mine = Arrived(person=person.state.person.id, telephone="+46701740605", language="sv")
    person.tells(NoticeKind.ARRIVED, mine)
    assert person.reads().startswith("Det du bad om har kommit till oss.")
    assert made(person, HandOver) == []
    unwritten = Talker()
    unwritten.tells(NoticeKind.ARRIVED, mine.model_copy(update={"person": unwritten.state.person.id, "language": "ti"}))
    assert unwritten.turns[-1].says[0].language == "sv", "not said to be in a language we do not write"
    other = Talker().tells(NoticeKind.ARRIVED, mine.model_copy(update={"person": MOVE}))
    assert other.reads() == ""
    assert made(other, HandOver)


@pytest.mark.parametrize("words", ["Jag är folkbokförd i en annan kommun", "Får jag söka fast jag bor i Svedala?"])
def test_to_live_elsewhere_leads_to_whoever_can_hand_over(words: str) -> None:
    person = booked("2", "1")
    person.policy = NEAR
    person.writes(words)
    assert "Bor du i Svedala? Då kan Svedala kommun hjälpa dig i stället. Skriv RING" in person.reads()
    far = booked("2", "1").writes("Jag är folkbokförd i en annan kommun")
    assert "Svedala" not in far.reads()


def test_where_the_law_may_not_be_said_yet_she_is_led_there_all_the_same() -> None:
    person = booked("2", "1")
    person.policy = NEAR.model_copy(update={"unapproved_answers": False})
    person.writes("Jag är folkbokförd i en annan kommun")
    assert "Du har alltid rätt att ansöka." in person.reads()
    assert "Då kan Svedala kommun hjälpa dig i stället." in person.reads()


def test_also_the_first_words_of_all() -> None:
    person = Talker(policy=NEAR).writes("Hej, jag bor i Svedala")
    assert "Då kan Svedala kommun hjälpa dig i stället." in person.reads()


def test_she_answers_also_while_a_human_has_the_thread() -> None:
    person = booked("2", "1")
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id), "taken over")
    person.tells(NoticeKind.MOVE_ASKED, MoveAsked(move=MOVE, name="Svedala kommun")).leaves()
    person.writes("1")
    assert person.reads().startswith("Vill du att Svedala kommun hjälper dig, i stället för att vi gör det?")
    person.writes("1")
    assert words_of(person) == [(str(MOVE), True)]
    assert "Till dess hjälper vi dig här." in person.reads()
