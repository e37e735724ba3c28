"""What cannot wait: the after-hours number and 112 in the same turn, whatever state the talk is in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from backend.contract import AcuteNeed, HandOver, NoticeKind, TakenOver
from bot.messages import Said
from bot.text import languages, words
from tests.bot.talker import CAREFUL, POLICY, Talker

SAID = {
    "sv": "min man slår mig",
    "en": "my husband hits me",
    "ar": "زوجي يضربني",
    "so": "ninkaygu wuu i garaacayaa",
    "uk": "чоловік мене б'є",
}


def begun() -> Talker:
    return Talker().writes("hej, behöver hjälp")


def staff_owned() -> Talker:
    person = begun()
    return person.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=person.state.thread.id))


def staff_owned_at_night() -> Talker:
    return staff_owned().later(hours=12)


def waiting() -> Talker:
    person = begun()
    person.away = True
    return person.writes("1")


def shared_phone() -> Talker:
    person = begun()
    person.state = person.state.with_thread(shared=True)
    return person


def unknown_language() -> Talker:
    return Talker().writes("ሰላም")


def careful() -> Talker:
    return Talker(policy=CAREFUL).writes("hej, behöver hjälp")


def blocked() -> Talker:
    person = begun()
    person.state = person.state.with_thread(blocked=True)
    return person


def choosing_a_number() -> Talker:
    """Asked something that a number answers."""
    return begun().writes("1")


STATES: dict[str, Callable[[], Talker]] = {
    "nobody we know": Talker,
    "in the talk": begun,
    "asked for a time": choosing_a_number,
    "a booked meeting": lambda: begun().writes("1").writes("1"),
    "staff own the thread": staff_owned,
    "staff own it, and have gone home": staff_owned_at_night,
    "said stop": lambda: begun().writes("STOPP"),
    "stopped at the provider": lambda: begun().happens(Said("STOP", keyword="stop", answered=True)),
    "said wrong number": lambda: begun().writes("fel nummer"),
    "waits for the backend": waiting,
    "shared telephone": shared_phone,
    "careful municipality": careful,
    "a language we do not know": unknown_language,
    "had blocked us": blocked,
    "telegram": lambda: Talker(channel="telegram").writes("/start"),
    "web": lambda: Talker(channel="web").writes("hej"),
}


def made(person: Talker, kind: type) -> list[Any]:
    return [call.value for call in person.calls if isinstance(call.value, kind)]


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("state", STATES)
def test_the_numbers_come_in_the_same_turn_and_staff_at_once(state: str, language: str) -> None:
    person = STATES[state]()
    before = len(person.turns)
    person.writes(SAID[language])
    (told,) = [one for one in person.turns[before].says if one.kind == "acute"]
    text = person.text(replace(told, language=language))
    assert "112" in text
    assert POLICY.after_hours_telephone in text
    assert len(made(person, AcuteNeed)) == 1
    assert made(person, HandOver)[-1].reason == "acute"


@pytest.mark.parametrize("state", ["said stop", "said wrong number"])
def test_nothing_else_is_said_where_she_wished_for_silence(state: str) -> None:
    person = STATES[state]().writes(SAID["sv"])
    assert [one.kind for one in person.turns[-1].says] == ["acute"]
    assert not person.writes("tack").turns[-1].says


def test_every_time_it_is_said_the_numbers_come_and_the_alarm_is_one() -> None:
    person = begun().writes("STOPP").writes("han slår mig").writes("han slår mig igen")
    assert [one.kind for one in person.turns[-1].says] == ["acute"]
    assert len(made(person, AcuteNeed)) == 1


def test_the_words_above_are_of_every_language_we_write() -> None:
    assert set(SAID) == set(languages())
    assert all(words(language, "acute") for language in languages())
