"""The next month opens: kept without a word, said in the morning of its day, and once more in time for the money."""

from datetime import UTC, date, datetime

from backend.contract import NextApplication, NoticeKind
from bot.messages import Elapsed, Timer
from tests.bot.conversation.test_interruptions import booked
from tests.bot.talker import Talker

JANUARY = NextApplication(month=date(2027, 1, 1), opens_on=date(2026, 12, 15), remind_on=date(2026, 12, 17))


def timers(person: Talker) -> list[Timer]:
    return list(person.turns[-1].timers)


def due(person: Talker, timer: Timer) -> Talker:
    person.now = timer.at
    return person.happens(Elapsed(timer.timer, timer.reference))


def told(body: NextApplication = JANUARY) -> Talker:
    return booked("2", "1").tells(NoticeKind.NEXT_APPLICATION, body)


def test_nothing_is_said_when_it_is_told_and_both_days_are_kept() -> None:
    person = told()
    assert person.turns[-1].says == ()
    assert [(timer.timer, timer.at) for timer in timers(person)] == [
        ("new-month", datetime(2026, 12, 15, 8, 30, tzinfo=UTC)),
        ("new-month-again", datetime(2026, 12, 17, 8, 30, tzinfo=UTC)),
    ]


def test_on_its_day_she_is_asked_whether_she_wants_to_begin_and_does() -> None:
    person = told()
    due(person, timers(person)[0])
    assert person.reads() == "Nu går det att börja med en ny månad. Vill du det? 1 Ja 2 Nej"
    person.leaves().writes("1")
    assert person.state.run is not None
    assert person.state.run.flow in ("apply", "application")


def test_who_does_not_want_to_is_let_alone() -> None:
    person = told()
    again = timers(person)[1]
    due(person, again)
    assert person.reads() == "Den nya månaden är inte påbörjad. Vill du börja nu? 1 Ja 2 Nej"
    assert person.leaves().writes("nej").reads() == "Då vet vi. Skriv när du vill ha hjälp."


def test_a_month_that_is_open_already_is_only_reminded_of() -> None:
    person = told(JANUARY.model_copy(update={"opens_on": None}))
    assert [timer.timer for timer in timers(person)] == ["new-month-again"]
