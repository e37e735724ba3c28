"""A job she has applied for, told as it happens: kept on her case, and standing in the next application."""

from copy import deepcopy as copy

from backend.contract import AppliedFor, HandOver, SendApplication, TellOfJob
from bot.flows.application.planning import JOB_TITLE
from tests.bot.conversation.test_application import answers, sent
from tests.bot.conversation.test_interruptions import booked, calls
from tests.bot.conversation.test_planning_week import morning_of, planned
from tests.bot.conversation.test_renewal import AS_IT_WAS, applied
from tests.bot.talker import CAREFUL, Talker

THANKS = "Tack. Det är antecknat till din nästa ansökan."
HAS_APPLIED = {**AS_IT_WAS, "work_steps": "1 och 2"}


def told(person: Talker) -> list[tuple[str, str]]:
    return [(call.title, call.employer) for call in calls(person, TellOfJob)]


def test_what_she_says_in_one_message_is_kept_and_not_repeated() -> None:
    person = booked("2", "1").writes("Sökte jobb på ICA idag")
    assert person.reads() == THANKS
    assert told(person) == [("", "ICA")]
    assert person.state.thread.open is None
    assert person.turns[-1].understood == "Jag har sökt ett jobb"


def test_where_she_does_not_say_which_she_is_asked_once_and_need_not_answer() -> None:
    person = booked("2", "1").writes("jag har sökt jobb")
    assert person.reads() == f"{THANKS}\nVilket jobb var det, och var? Du behöver inte svara."
    person.writes("Lagret hos Postnord")
    assert person.reads() == THANKS
    first, more = person.calls[-2:]
    assert first.path == more.path
    assert told(person) == [("", ""), ("Lagret hos Postnord", "")]
    silent = booked("2", "1").writes("jag har sökt jobb").later(hours=2).writes("när är mötet?")
    assert told(silent) == [("", "")]


def test_where_others_may_read_nothing_is_asked() -> None:
    person = booked("2", "1", policy=CAREFUL).writes("jag har sökt jobb")
    assert person.reads() == "Tack. Vi har antecknat det."


def test_the_question_of_a_reminder_waits_as_it_stood() -> None:
    person, week = planned()
    first = morning_of(person, week, 0)
    person.writes("sökte jobb på ICA")
    assert person.reads() == THANKS
    opened = person.state.thread.open
    assert opened is not None
    assert (opened.ask, opened.reference) == ("activity", first)


def test_who_is_not_known_here_asks_for_help_by_it() -> None:
    person = Talker().writes("jag har sökt jobb")
    assert told(person) == []
    assert person.reads() != THANKS


def test_words_that_answer_a_forms_question_are_its_answer() -> None:
    person = applied().writes("ansök").writes("1").writes("sökte jobb på ICA")
    assert told(person) == []


def test_what_she_told_stands_in_the_next_application_and_can_be_changed() -> None:
    person = applied().writes("Sökte jobb på ICA").writes("sökte jobb som städare")
    person.writes("ansök").writes("1")
    asked = answers(person, {**HAS_APPLIED, "job_title#1": "Kassan", "job_employer#2": "Sodexo", "job_more#2": "nej"})
    assert [key for key in asked if key.startswith("job_")] == ["job_title#1", "job_employer#2", "job_more#2"]
    assert JOB_TITLE.name not in asked
    assert "ICA" in person.reads()
    person.writes("ja")
    assert sent(person).applied_for == (
        AppliedFor(title="Kassan", employer="ICA", when="15/12"),
        AppliedFor(title="städare", employer="Sodexo", when="15/12"),
    )


def test_the_question_says_that_she_has_told_us() -> None:
    person = applied().writes("Sökte jobb på ICA").writes("ansök").writes("1")
    asked: list[str] = []
    while person.state.thread.open is not None and (key := person.state.thread.open.question) != "work_steps":
        asked.append(key)
        person.writes(AS_IT_WAS[key])
    assert "Jobb du har berättat att du sökt: 1. Har du gjort något av det här?" in person.reads()


def test_what_stood_in_one_application_stands_in_no_other() -> None:
    person = applied().writes("Sökte jobb på ICA").writes("ansök").writes("1")
    answers(person, {**HAS_APPLIED, "job_title#1": "Kassan", "job_more#1": "nej"})
    person.writes("ja")
    assert person.state.person.jobs == ()
    if person.state.thread.open is not None:
        person.writes("senare")
    before = len(calls(person, SendApplication))
    person.writes("ansök").writes("1")
    answers(
        person,
        {**HAS_APPLIED, "job_title#1": "Lager", "job_employer#1": "DHL", "job_when#1": "maj", "job_more#1": "nej"},
    )
    person.writes("ja")
    assert len(calls(person, SendApplication)) == before + 1
    assert sent(person).applied_for == (AppliedFor(title="Lager", employer="DHL", when="maj"),)


def test_what_she_tells_in_the_middle_of_one_stands_in_the_one_after() -> None:
    person = applied().writes("ansök").writes("1")
    answers(person, AS_IT_WAS)
    person.writes("ja").writes("Sökte jobb på ICA")
    assert [job.employer for job in person.state.person.jobs] == ["ICA"]


def test_what_is_no_job_is_not_written_down_as_one() -> None:
    asked = booked("2", "1").writes("jag har sökt jobb")
    tells_more = copy(asked).writes("min dotter ligger på sjukhuset och någon måste ringa mig nu")
    for person in (copy(asked).writes("nej tack"), copy(asked).writes("vet inte"), tells_more):
        assert told(person) == [("", "")]
        assert THANKS not in person.reads()
        assert person.state.thread.open is None
    (read,) = calls(tells_more, HandOver)
    assert read.reason == "question"


def test_what_cannot_wait_is_answered_and_no_job_is_written_down() -> None:
    person = booked("2", "1").writes("Sökte jobb på ICA, jag vill dö")
    assert told(person) == []
    assert "112" in person.reads()
    person = booked("2", "1").writes("jag har sökt jobb").writes("jag har ingen mat")
    assert told(person) == [("", "")]
    opened = person.state.thread.open
    assert opened is not None
    assert opened.ask == "needs"


def test_the_whole_sentence_as_the_answer_says_where() -> None:
    person = booked("2", "1").writes("jag har sökt jobb").writes("Sökte jobb på ICA idag")
    assert told(person) == [("", ""), ("", "ICA")]
    assert len(person.state.person.jobs) == 1


def test_where_others_begin_to_read_it_is_not_asked_again() -> None:
    person = booked("2", "1").writes("jag har sökt jobb").writes("andra läser här")
    assert "jobb" not in person.reads()
    assert person.state.thread.open is None


def test_where_others_read_it_is_not_said_what_for() -> None:
    person = booked("2", "1").writes("andra läser här").writes("Sökte jobb på ICA")
    assert told(person) == [("", "ICA")]
    assert person.reads() == "Tack. Vi har antecknat det."
