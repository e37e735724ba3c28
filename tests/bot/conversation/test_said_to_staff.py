"""What she said to staff and they did for her: it holds here, she is told once in her language, nothing is doubled."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest

from backend.contract import (
    CalendarSaid,
    CallTime,
    CodeWished,
    HandOver,
    JobSaid,
    LanguageSaid,
    LeaveJoint,
    MessagesWished,
    Moved,
    NoticeKind,
    OnlyByTelephone,
    Phone,
    TakenDown,
    TakenOver,
    TellOfJob,
    Value,
)
from bot.conversation.elsewhere import NO_INVITATION, OTHERS_READ
from bot.conversation.together import AT_THE_MEETING
from bot.flows.phone import ONLY_TIMES
from bot.leaving.sending import CODE, INVITATION
from bot.messages import Said
from tests.bot.conversation.test_interruptions import booked
from tests.bot.conversation.test_together import inviting, news
from tests.bot.talker import Talker, tomorrow

TOLD = "Vi skriver inte mer till det här numret. Skriv START om du vill ha oss tillbaka. Din tid gäller ändå."


def made(person: Talker, kind: type) -> list[Any]:
    return [call.value for call in person.calls if isinstance(call.value, kind)]


def stops(person: Talker) -> list[tuple[bool, bool]]:
    """What the backend is told of her wish for messages, and whether her provider did it."""
    return [(one.opted_out, one.by_provider) for one in made(person, Phone) if one.opted_out is not None]


def wishes(person: Talker, wish: str, *, tell: bool = True) -> Talker:
    said = {"thread": person.state.thread.id, "wish": wish, "tell": tell}
    return person.tells(NoticeKind.MESSAGES_WISHED, MessagesWished.model_validate(said), str(uuid4()))


def tells(person: Talker, kind: NoticeKind, body: Value) -> str:
    return person.tells(kind, body, str(uuid4())).reads()


def test_stop_said_to_staff_is_obeyed_and_confirmed_once() -> None:
    person = wishes(booked("2", "1"), "stop")
    assert person.reads() == TOLD
    assert person.state.thread.opted_out
    assert stops(person) == [(True, False)]
    wishes(person, "stop")
    assert person.turns[-1].says == ()
    assert stops(person) == [(True, False)]
    wishes(person, "start")
    assert person.reads().startswith("Välkommen tillbaka.")
    assert stops(person) == [(True, False), (False, False)]
    wishes(person, "start")
    assert person.turns[-1].says == ()


def test_under_staff_stop_is_confirmed_too() -> None:
    person = booked("2", "1")
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id))
    assert wishes(person, "stop").reads() == TOLD


@pytest.mark.parametrize("wish", ["stop", "wrong-number"])
def test_to_whom_nothing_is_sent_not_even_that_is(wish: str) -> None:
    person = booked("2", "1").tells(NoticeKind.ONLY_BY_TELEPHONE, OnlyByTelephone(on=True))
    assert wishes(person, wish).turns[-1].says == ()
    assert person.state.thread.opted_out or person.state.thread.frozen
    assert wishes(booked("2", "1"), wish, tell=False).turns[-1].says == ()


def is_stopped(person: Talker) -> bool:
    return person.state.thread.opted_out


def test_what_her_provider_stopped_only_she_opens() -> None:
    person = booked("2", "1").happens(Said("STOP", keyword="stop", answered=True))
    assert wishes(person, "start").turns[-1].says == ()
    assert is_stopped(person)
    assert stops(person)[-1] == (True, True), "and the backend knows who stopped it"
    person.happens(Said("START", keyword="start"))
    assert not is_stopped(person)
    wishes(wishes(person, "stop"), "start")
    assert not is_stopped(person), "what she said to staff alone, staff take back at her word"


def test_stopped_here_first_the_provider_may_stop_it_too() -> None:
    person = wishes(booked("2", "1"), "stop").happens(Said("STOP", keyword="stop", answered=True))
    assert stops(person) == [(True, False), (True, True)]
    wishes(person, "start")
    assert person.state.thread.opted_out


def test_a_wrong_number_is_held_for_one() -> None:
    person = wishes(booked("2", "1"), "wrong-number")
    assert person.reads() == "Tack. Vi skriver inte mer till det här numret."
    assert person.state.thread.frozen
    assert made(person, Phone)[-1].wrong_number
    assert wishes(person, "start").turns[-1].says == ()


def test_by_telegram_it_is_her_account_and_staff_need_no_task() -> None:
    person = Talker(channel="telegram").writes("hej").writes("1")
    assert wishes(person, "stop").reads().startswith("Vi skriver inte mer till dig här.")
    assert (made(person, Phone), made(person, HandOver)) == ([], [])
    assert not wishes(person, "start").state.thread.opted_out


def test_her_language_is_the_one_she_reads_from_now_on_and_what_is_open_is_put_again_in_it() -> None:
    person = Talker().writes("hej, behöver hjälp")
    opened = person.asked.question
    body = LanguageSaid(thread=person.state.thread.id, reads="en", speaks="ti")
    assert tells(person, NoticeKind.LANGUAGE_SAID, body) == person.text(person.said[-1])
    assert (person.state.thread.language, person.state.thread.speaks) == ("en", "ti")
    assert person.asked.question != opened
    assert tells(person, NoticeKind.LANGUAGE_SAID, body) == "", "said again it is so already"


def test_who_speaks_something_else_at_a_meeting_without_interpreter_is_asked_as_ever() -> None:
    person = booked("2", "1")
    tells(person, NoticeKind.LANGUAGE_SAID, LanguageSaid(thread=person.state.thread.id, reads="sv", speaks="ti"))
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "interpreter"


def test_under_staff_the_language_is_kept_and_nothing_is_said() -> None:
    person = booked("2", "1")
    person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id))
    body = LanguageSaid(thread=person.state.thread.id, reads="so", speaks="so")
    assert tells(person, NoticeKind.LANGUAGE_SAID, body) == ""
    assert person.state.thread.language == "so"


def test_her_calendar() -> None:
    person = booked("2", "1")
    body = CalendarSaid(calendar="ethiopian")
    assert tells(person, NoticeKind.CALENDAR_SAID, body).startswith("Nu får du dagen")
    assert person.state.person.calendar == "ethiopian"
    assert tells(person, NoticeKind.CALENDAR_SAID, body) == ""
    assert tells(person, NoticeKind.CALENDAR_SAID, CalendarSaid(calendar="off")) != ""


def test_a_job_told_to_staff_stands_in_her_next_application_and_is_told_the_backend_no_more() -> None:
    person, job = booked("2", "1"), JobSaid(job=uuid4(), on=date(2026, 11, 28), employer="Ica")
    said = tells(person, NoticeKind.TAKEN_DOWN, TakenDown(what="job", job=job))
    assert said.startswith("Tack.")
    assert tells(person, NoticeKind.TAKEN_DOWN, TakenDown(what="job", job=job, tell=False)) == ""
    assert [(one.id, one.employer) for one in person.state.person.jobs] == [(job.job, "Ica")]
    assert made(person, TellOfJob) == []


@pytest.mark.parametrize(
    ("body", "begins"),
    [
        (TakenDown(what="interpreter-wish"), "Tack. Vi försöker"),
        (TakenDown(what="activity", activity=uuid4(), how="ill"), "Tack för att du säger till."),
        (
            TakenDown(what="call", call=CallTime(id=uuid4(), start=tomorrow(10).start, end=tomorrow(11).start)),
            "Vi ringer dig tisdag 1 december, mellan 10.00 och 11.00.",
        ),
        (TakenDown(what="no-call"), "Du ville inte bli uppringd"),
        (TakenDown(what="hear", hear="call", call_at=tomorrow(10).start), "Vi ringer dig tisdag 1 december"),
        (TakenDown(what="hear", hear="counter"), "Välkommen till Exempelgatan 4."),
    ],
)
def test_she_is_told_what_she_would_have_been_told_where_the_machine_answers(body: TakenDown, begins: str) -> None:
    assert tells(booked("2", "1"), NoticeKind.TAKEN_DOWN, body).startswith(begins)
    stopped = wishes(booked("2", "1"), "stop")
    assert tells(stopped, NoticeKind.TAKEN_DOWN, body) == ""
    under = booked("2", "1")
    under.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=under.state.thread.id))
    assert tells(under, NoticeKind.TAKEN_DOWN, body) == ""


def test_whoever_may_have_her_number_by_now_reads_nothing_of_what_she_said_to_staff() -> None:
    def silent() -> Talker:
        person = booked("2", "1")
        person.now += timedelta(days=400)
        return person

    for wish in ("stop", "wrong-number"):
        assert wishes(silent(), wish).turns[-1].says == ()
    person = wishes(silent(), "stop")
    assert is_stopped(person)
    assert wishes(person, "start").turns[-1].says == ()
    assert not is_stopped(person)
    assert tells(silent(), NoticeKind.TAKEN_DOWN, TakenDown(what="no-call")) == ""
    assert tells(silent(), NoticeKind.CALENDAR_SAID, CalendarSaid(calendar="ethiopian")) == ""


def codes(person: Talker, wish: str, *, ago: timedelta = timedelta(0)) -> list[str]:
    """What the bot says when staff have heard that she wants a code: the kinds of its messages."""
    said = CodeWished.model_validate({"thread": person.state.thread.id, "wish": wish, "at": person.now - ago})
    person.tells(NoticeKind.CODE_WISHED, said, str(uuid4()))
    return [one.kind for one in person.turns[-1].says]


@pytest.mark.parametrize(("wish", "kind"), [("elsewhere", CODE), ("helper", INVITATION)])
def test_her_code_stands_where_she_alone_reads_and_nowhere_else(wish: str, kind: str) -> None:
    assert codes(with_thread(shared=False), wish) == [kind]
    assert codes(with_thread(shared=True), wish) == [], "nobody there asked for anything"
    for closed in ({"opted_out": True}, {"frozen": True}, {"blocked": True}, {"doubted": True}, {"owner": "staff"}):
        assert codes(with_thread(shared=False, **closed), wish) == []
    person = with_thread(shared=None)
    assert codes(person, wish) == ["question"]
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "who-reads"
    assert codes(person, wish) == [], "it is being asked"
    told = person.writes("ja").turns[-1].says
    assert not {OTHERS_READ, NO_INVITATION} & {one.text.message for one in told}, "whoever else reads did not ask"
    assert told[0].text.message == ONLY_TIMES
    person = with_thread(shared=None)
    codes(person, wish)
    assert [one.kind for one in person.writes("nej").turns[-1].says][:1] == [kind]


def test_no_code_comes_to_whom_her_own_word_would_give_none_nor_long_after_she_asked() -> None:
    person = with_thread(shared=False)
    person.state = person.state.with_person(only_rings=person.now)
    assert codes(person, "elsewhere") == [], "she speaks by telephone alone"
    person = with_thread(shared=False)
    person.state = person.state.with_person(moved=Moved(thread=None, name="Svedala kommun", telephone="070-174 06 91"))
    assert codes(person, "helper") == [], "another municipality helps her"
    person = with_thread(shared=False)
    assert codes(person, "elsewhere", ago=timedelta(minutes=11)) == [], "she may not be alone any more"
    assert codes(person, "elsewhere", ago=timedelta(minutes=9)) == [CODE]


def with_thread(**state: Any) -> Talker:
    person = booked("2", "1")
    person.state = person.state.with_thread(**state)
    return person


def test_the_branch_she_told_staff_is_hers_here_and_its_name_stands_where_nobody_else_reads() -> None:
    body = TakenDown(what="branch", branch="care")
    person = with_thread(shared=None)
    assert tells(person, NoticeKind.TAKEN_DOWN, body) == "Tack. Vi har antecknat det."
    assert person.state.person.branch == "care"
    person = Talker(channel="web").writes("hej behöver hjälp")
    assert "Vård" in tells(person, NoticeKind.TAKEN_DOWN, body)


def test_that_she_applies_with_nobody_any_more_is_her_own_word_here() -> None:
    assert AT_THE_MEETING in alone(shared=False)
    assert AT_THE_MEETING not in alone(shared=None), "whoever she does not apply with any more may read it"
    person = news(inviting(), "joined")
    person.state = person.state.with_thread(shared=False)
    assert tells(person, NoticeKind.TAKEN_DOWN, TakenDown(what="not-together")).startswith(
        "Den andra delen tas på mötet."
    )
    assert person.state.person.two is None
    assert len(made(person, LeaveJoint)) == 1
    person.tells(NoticeKind.TAKEN_DOWN, TakenDown(what="not-together"), str(uuid4()))
    assert person.turns[-1].says == ()
    assert len(made(person, LeaveJoint)) == 1


def alone(shared: bool | None) -> list[str]:
    """What she reads when staff have heard that she applies alone, until her own has come in."""
    person = news(inviting(), "joined")
    person.state, before = person.state.with_thread(channel="sms", shared=shared), len(person.said)
    person.tells(NoticeKind.TAKEN_DOWN, TakenDown(what="not-together"), str(uuid4()))
    assert person.state.person.two is None
    return [one.text.message for one in person.said[before:]]


def test_what_she_said_of_a_paper_is_named_where_nobody_else_reads() -> None:
    body = TakenDown(what="paper", paper="cannot-get")
    assert tells(with_thread(shared=None), NoticeKind.TAKEN_DOWN, body) == "Tack. Vi har antecknat det."
    person = Talker(channel="web").writes("hej behöver hjälp")
    assert tells(person, NoticeKind.TAKEN_DOWN, body).startswith("Din handläggare ser")
