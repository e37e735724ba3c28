"""What cannot wait: the after-hours number and 112 in the same turn, whatever state the talk is in."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from backend.contract import AcuteNeed, HandOver, NoticeKind, TakenOver
from bot.messages import Filled, Said
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


NOW = "Vi säger till en människa nu."
IN_THE_MORNING = "En människa läser det här när vi öppnar."


@pytest.mark.parametrize(("hours", "told"), [(0, NOW), (12, IN_THE_MORNING)])
def test_nobody_is_promised_a_human_at_once_when_nobody_is_there(hours: int, told: str) -> None:
    at_once = begun().later(hours=hours).writes(SAID["sv"])
    (said,) = [at_once.text(one) for one in at_once.turns[-1].says if one.kind == "acute"]
    asked = Talker().writes(SAID["sv"]).later(hours=hours).writes("nej").writes(SAID["sv"])
    assert POLICY.after_hours_telephone in said
    for one in (said, asked.reads()):
        assert told in one
        assert ({NOW, IN_THE_MORNING} - {told}).pop() not in one


@pytest.mark.parametrize("state", ["said stop", "said wrong number"])
def test_nothing_else_is_said_where_she_wished_for_silence(state: str) -> None:
    person = STATES[state]().writes(SAID["sv"])
    assert [one.kind for one in person.turns[-1].says] == ["acute"]
    # Whose number it is not is told where to turn, once; that is all.
    told = [] if state == "said stop" else ["not-hers"]
    assert [one.kind for one in person.writes("tack").turns[-1].says] == told
    assert not person.writes("tack").turns[-1].says


def test_every_time_it_is_said_the_numbers_come_and_the_alarm_is_one() -> None:
    person = begun().writes("STOPP").writes("han slår mig").writes("han slår mig igen")
    assert [one.kind for one in person.turns[-1].says] == ["acute"]
    assert len(made(person, AcuteNeed)) == 1


def test_the_words_above_are_of_every_language_we_write() -> None:
    assert set(SAID) == set(languages())
    assert all(words(language, "acute") for language in languages())


# --- Then one question ------------------------------------------------------------------------------------------------

NEEDS = "Behöver du mat, medicin eller sovplats redan i dag? 1 Ja 2 Nej"


@pytest.mark.parametrize("state", ["in the talk", "asked for a time", "web"])
def test_after_the_numbers_one_question_is_asked_once(state: str) -> None:
    person = STATES[state]().writes(SAID["sv"])
    assert [one.kind for one in person.turns[-1].says] == ["acute", "question"]
    assert person.reads().endswith(NEEDS)
    person.writes("nej").writes(SAID["sv"])
    assert NEEDS not in person.reads()


def test_yes_is_told_to_a_person_and_the_talk_goes_on_where_it_was() -> None:
    person = choosing_a_number()
    was = person.reads()
    person.writes(SAID["sv"]).writes("ja")
    first, again = person.reads().split("\n")
    assert first == "En människa svarar dig här eller ringer dig. Automaten hjälper dig så länge."
    assert again == was.split("\n")[-1]
    assert made(person, HandOver)[-1].reason == "acute"


def test_who_begins_with_it_is_greeted_after_the_answer() -> None:
    person = Talker().writes("Hej, jag är så rädd, min man slår mig och barnen")
    assert person.reads().endswith(NEEDS)
    assert person.writes("2").reads().startswith("Hej! Här svarar kommunens automat.")


def test_other_words_are_no_fault_and_are_read_as_ever() -> None:
    person = choosing_a_number()
    was = person.reads()
    person.writes(SAID["sv"]).writes("jag vet inte vad jag ska göra nu")
    assert person.reads().split("\n")[-1] == was.split("\n")[-1]
    assert not person.state.thread.misses


@pytest.mark.parametrize(
    "state",
    ["staff own the thread", "said stop", "said wrong number", "waits for the backend", "a language we do not know"],
)
def test_it_is_not_asked_where_the_bot_asks_nothing(state: str) -> None:
    assert NEEDS not in STATES[state]().writes(SAID["sv"]).reads()


# --- On a page of the form --------------------------------------------------------------------------------------------


def on_a_page() -> Talker:
    return Talker(channel="web").writes("hej, behöver hjälp").presses("Ansök")


HOUSEHOLD = {"applies_alone": "1", "month": "1", "stays_here": "1"}


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("understood", [True, False])
def test_what_cannot_wait_is_heard_on_a_page_too_and_the_page_is_read_all_the_same(
    language: str, understood: bool
) -> None:
    person = on_a_page()
    fields = {**HOUSEHOLD, "month": HOUSEHOLD["month"] if understood else SAID[language]}
    person.fills(**fields, **({"partner_name": SAID[language]} if understood else {}))
    first, after = person.turns[-1].says[0], person.turns[-1].says[-1]
    assert (first.kind, after.ask) == ("acute", "form")
    assert "112" in person.text(first)
    (need,) = made(person, AcuteNeed)
    assert need.words == SAID[language]
    assert made(person, HandOver)[-1].reason == "acute"
    assert after.section is not None
    assert after.section.key == ("children" if understood else "household")


def test_a_page_without_such_words_tells_nobody() -> None:
    person = on_a_page().fills(**HOUSEHOLD)
    assert [one.kind for one in person.turns[-1].says if one.kind == "acute"] == []
    assert made(person, AcuteNeed) == []


def test_a_page_is_heard_also_where_staff_have_the_thread_or_it_is_behind() -> None:
    staff = on_a_page()
    staff.tells(NoticeKind.TAKEN_OVER, TakenOver(thread=staff.state.thread.id))
    behind = on_a_page()
    for person in (staff, behind):
        person.happens(Filled("another page", {"lived_on": SAID["sv"]}))
        assert person.turns[-1].says[0].kind == "acute"
        assert len(made(person, AcuteNeed)) == 1
    assert [one.kind for one in staff.turns[-1].says] == ["acute"]


def booked_after(person: Talker) -> list[str]:
    """What is said when she has chosen a time, to whoever may have been alarmed before."""
    before = len(person.said)
    person.writes("1").writes("1")
    return [person.text(one) for one in person.said[before:]]


def alarmed() -> Talker:
    return begun().writes("min man slår mig").writes("nej")


def test_who_has_just_alarmed_is_not_asked_again_after_booking() -> None:
    said = booked_after(alarmed())
    assert any("Din tid" in text for text in said)
    assert not any("redan i dag" in text for text in said)


def test_a_day_later_she_is_asked_as_anybody() -> None:
    assert any("redan i dag" in text for text in booked_after(alarmed().later(hours=25)))


def test_when_a_human_has_written_since_she_is_asked_as_anybody() -> None:
    person = alarmed()
    person.state = person.state.with_thread(staff_wrote=person.now)
    assert any("redan i dag" in text for text in booked_after(person))


def test_who_never_alarmed_is_asked() -> None:
    assert any("redan i dag" in text for text in booked_after(begun()))
