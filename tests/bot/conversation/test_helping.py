"""What a helper and whoever is helped read, in every language: short enough, and never more than may be seen."""

from collections.abc import Iterator
from dataclasses import fields, replace
from datetime import timedelta
from uuid import UUID, uuid5

import pytest

from backend.contract import CallForHelp, Meeting, MeetingStatus
from bot.flows import seen_by_helpers
from bot.leaving.ceilings import AboveCeiling, guard_ceiling
from bot.leaving.kinds import KINDS
from bot.leaving.sending import INVITATION
from bot.messages import Act, Helped, Helper, Helping, Outgoing, Said
from bot.rendering import as_text
from bot.text import is_gsm, languages, segments, words
from tests.bot.talker import CAREFUL, MONDAY, NAMESPACE, POLICY, Talker

HERS = uuid5(NAMESPACE, "her thread")
UNTIL = MONDAY + timedelta(days=30)
MEETING = Meeting(
    id=UUID(int=7),
    person=UUID(int=8),
    status=MeetingStatus.PRELIMINARY,
    start=MONDAY + timedelta(days=2),
    end=MONDAY + timedelta(days=2, hours=1),
    address="Exempelgatan 4, Trelleborg",
    interpreter_language=None,
)


def helper(language: str = "sv", **thread: object) -> Talker:
    """Somebody who helps another, by SMS, where nobody else reads."""
    person = Talker()
    person.state = person.state.with_thread(**{"helps": "", "language": language, "shared": False, **thread})
    return person


def seen(question: str = "", *, hers_alone: bool = False) -> Said:
    helping = Helping(HERS, UNTIL, meeting=MEETING, question=question, hers_alone=hers_alone)
    return Said("HJÄLPARE", helping=helping)


def short_enough(person: Talker, language: str) -> Iterator[str]:
    for message in person.turns[-1].says:
        shown = as_text(message, message.language or language, plain=True)
        assert segments(shown) <= KINDS[message.kind].segments[0 if is_gsm(shown) else 1], shown
        yield shown


def test_a_helper_is_given_nothing_that_could_be_told_by_mistake() -> None:
    """Whatever is added here is shown to helpers: it belongs into the matrix first."""
    known = {"thread", "until", "language", "meeting", "question", "hers_alone"}
    assert {field.name for field in fields(Helping)} == known


@pytest.mark.parametrize("language", languages())
def test_everything_said_about_helping_is_short_enough(language: str) -> None:
    for name in seen_by_helpers():
        assert len(list(short_enough(helper(language).happens(seen(name)), language))) == 2
    assert list(short_enough(helper(language).happens(seen(hers_alone=True)), language))
    assert list(short_enough(helper(language).happens(Said("•••", began=Helping(HERS, UNTIL))), language))
    assert list(short_enough(helper(language).happens(Helped("ended", HERS)), language))
    assert list(short_enough(helper(language).writes("tack"), language))
    for what in ("began", "left"):
        told = Helped(what, HERS, until=UNTIL)
        assert list(short_enough(helper(language, helps=None).happens(told), language))
    acts = tuple(Act(MONDAY, "answered", "stays_here") for _ in range(12))
    listed = Said("MINA HJÄLPARE", helpers=(Helper("Oleksandra", MONDAY, UNTIL, acts=acts),) * 2)
    (words_of_it,) = short_enough(helper(language, helps=None, greeted=True).happens(listed), language)
    assert words_of_it.count("Oleksandra") == 2
    assert "14" in words_of_it


@pytest.mark.parametrize("language", languages())
def test_the_invitation_is_one_text_and_never_where_others_read(language: str) -> None:
    person = Talker().writes("hej, behöver hjälp")
    person.state = person.state.with_thread(shared=False)
    given = [person.writes(word).turns[-1].says for word in words(language, "invite")]
    assert {message.kind for (message,) in given} == {INVITATION}
    ((message,), *_) = given
    shown = as_text(replace(message, text=replace(message.text, values={"code": "87654321"})), language, plain=True)
    assert "87654321" in shown
    assert segments(shown) <= (1 if is_gsm(shown) else 2), shown
    for shared in (True, None):
        with pytest.raises(AboveCeiling):
            guard_ceiling(message, POLICY, replace(person.state.thread, shared=shared))


def test_a_personal_question_waits_where_only_open_ones_may_stand() -> None:
    """A name is asked for only where it may stand, and the list names nobody elsewhere."""
    person = helper(shared=None).happens(Said("•••", began=Helping(HERS, UNTIL)))
    assert person.state.thread.open is None
    careful = Talker(policy=CAREFUL)
    careful.state = careful.state.with_thread(language="sv", greeted=True, shared=False)
    acts = (Act(MONDAY, "answered", "housing"),)
    careful.happens(Said("MINA HJÄLPARE", helpers=(Helper("Omar", MONDAY, UNTIL, acts=acts),)))
    assert "Omar" not in careful.reads()
    assert "Hem" not in careful.reads()


def test_words_of_a_helper_are_an_answer_only_right_after_her_question() -> None:
    person = helper(greeted=True, confirmed=True)
    person.writes("hej")
    own = person.state.thread.open
    person.happens(seen("housing"))
    assert not person.turns[-1].tells
    person.writes("vet inte riktigt vad")  # none of its answers: it comes again, and says whose it is
    assert "Den du hjälper får frågan: Hur bor du?" in person.reads()
    assert not person.turns[-1].tells
    (to, told) = person.writes("1").turns[-1].tells[0]
    assert (to, told.what, told.question, told.answer) == (HERS, "answered", "housing", "rental")
    opened = person.state.thread.open
    assert opened is not None
    assert own is not None
    assert (opened.ask, opened.question) == (own.ask, own.question)
    person.writes("1")
    assert not person.turns[-1].tells


def test_a_helper_who_thanks_has_called_for_no_help() -> None:
    person = helper().writes("tack så mycket")
    assert not [call for call in person.calls if isinstance(call.value, CallForHelp)]
    person.writes("jag behöver också hjälp")
    assert [call for call in person.calls if isinstance(call.value, CallForHelp)]


def test_what_cannot_wait_is_heard_of_a_helper_too() -> None:
    person = helper().writes("hon har ingen mat och ingenstans att sova")
    assert "112" in person.reads()


def test_she_reads_that_it_has_ended_also_under_staff() -> None:
    person = helper(helps=None, owner="staff", greeted=True)
    ended = (Helper("", MONDAY, UNTIL, MONDAY),)
    assert "Nu har du ingen hjälpare längre." in person.happens(Said("ta bort hjälparen", helpers=ended)).reads()


def test_where_nobody_has_written_for_a_year_it_is_not_told_who_helps() -> None:
    person = helper(helps=None, greeted=True, heard=MONDAY - timedelta(days=400))
    for told in (Helped("began", HERS, until=UNTIL), Helped("left", HERS)):
        assert person.happens(told).turns[-1].says == ()


def test_whoever_ends_it_oneself_helps_no_longer() -> None:
    person = helper().happens(seen("housing")).writes("ta bort hjälparen")
    assert (person.state.thread.helps, person.state.thread.open) == (None, None)
    assert isinstance(person.turns[-1].says[0], Outgoing)
    assert "Nu hjälper du inte någon här längre." in person.reads()
