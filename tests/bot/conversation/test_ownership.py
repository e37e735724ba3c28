"""Staff have the thread: the machine is silent, but says when somebody answers where nobody is there."""

from datetime import UTC, datetime
from uuid import uuid5

import pytest

from backend.contract import HandedBack, NoticeKind, StaffMessage, TakenOver
from bot.leaving.kinds import KINDS
from bot.rendering import as_text
from bot.text import is_gsm, languages, segments
from tests.bot.talker import NAMESPACE, POLICY, Talker

EVENING = datetime(2026, 11, 30, 17, 30, tzinfo=UTC)


def taken_over() -> Talker:
    person = Talker().writes("hej, behöver hjälp")
    return person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id))


def written_to(person: Talker, name: str = "answer") -> Talker:
    message = StaffMessage(thread=person.state.thread.id, message=uuid5(NAMESPACE, name), text="Hej!", swedish="Hej!")
    return person.tells(NoticeKind.STAFF_MESSAGE, message, name)


def at(person: Talker, when: datetime) -> Talker:
    person.now = when
    return person


def test_who_writes_to_staff_at_night_reads_when_somebody_answers_and_whom_to_ring() -> None:
    person = at(taken_over(), EVENING).writes("är någon där?")
    assert person.reads() == (
        "Vi har stängt nu. En människa svarar dig tisdag 1 december kl 8.00. Vid fara: ring 040-628 04 99 eller 112."
    )


@pytest.mark.parametrize("words", ["1", "jag vill prata med en människa"])
def test_who_cannot_wait_until_we_open_is_told_whom_to_ring_now(words: str) -> None:
    person = at(Talker().writes("hej, behöver hjälp"), EVENING).writes("jag har ingen mat")
    assert person.reads().endswith("1 Ja 2 Nej")
    person.writes(words)
    assert "Vid fara: ring 040-628 04 99 eller 112." in person.reads()
    assert "Automaten" not in person.reads()


def test_who_asks_for_a_human_is_told_when_one_comes_while_nobody_is_there() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("jag vill prata med en människa")
    assert "En människa svarar dig här eller ringer dig." in person.reads()
    person = at(Talker().writes("hej, behöver hjälp"), EVENING).writes("jag vill prata med en människa")
    assert "En människa svarar dig här eller ringer när vi öppnar: tisdag 1 december kl 8.00." in person.reads()


def test_in_office_hours_the_machine_is_silent() -> None:
    assert not taken_over().writes("är någon där?").turns[-1].says


def test_it_is_said_once_a_day() -> None:
    person = at(taken_over(), EVENING).writes("hallå?").writes("hallå??")
    assert not person.turns[-1].says
    person.later(hours=12).writes("god morgon")
    assert "tisdag 1 december" in person.reads(), "a new day, and still closed"


@pytest.mark.parametrize(("minutes", "told"), [(0, False), (4.9, False), (5, True)])
def test_never_within_five_minutes_of_a_humans_own_message(minutes: float, told: bool) -> None:
    person = written_to(at(taken_over(), EVENING)).later(minutes=minutes).writes("tack, en sak till")
    assert bool(person.turns[-1].says) is told


def test_in_danger_the_numbers_come_and_nothing_about_hours() -> None:
    person = at(taken_over(), EVENING).writes("han slår mig")
    assert [one.kind for one in person.turns[-1].says] == ["acute"]


def test_the_machine_answers_by_itself_again_when_it_has_the_thread() -> None:
    person = at(taken_over(), EVENING)
    person.tells(NoticeKind.HANDED_BACK, HandedBack(thread=person.state.thread.id), "back").writes("1")
    assert "Vi har stängt" not in person.reads()


@pytest.mark.parametrize("language", languages())
def test_it_fits_on_every_day_and_hour_in_every_language(language: str) -> None:
    for month in range(1, 13):
        person = at(taken_over(), datetime(2026, month, 21, 20, 30, tzinfo=UTC)).writes("?")
        (message,) = person.turns[-1].says
        text = as_text(message, language, plain=True)
        assert segments(text) <= KINDS[message.kind].segments[0 if is_gsm(text) else 1], text
        assert "112" in text
        assert POLICY.after_hours_telephone in text
