"""She speaks with us by telephone alone: she is told the number, nothing is asked any more, and no reason stands."""

from datetime import date
from uuid import uuid4

import pytest

from backend.contract import AcuteNeed, CallForHelp, HandedBack, HandOver, ImportantDay, NoticeKind
from bot.conversation.by_telephone import RING_US
from bot.hearing import withheld
from bot.leaving.kinds import KINDS
from bot.messages import Said, Went
from bot.text import in_sms_alphabet, languages, segments
from tests.bot.talker import Talker

SAID = {
    "sv": "jag har skyddad identitet",
    "en": "I have a protected identity",
    "ar": "عندي هوية محمية",
    "so": "waxaan leeyahay aqoonsi la ilaaliyo",
    "uk": "у мене захищена особистість",
}
TOLD = (
    "Ring oss: 040-628 04 00. Nu är det öppet, till 16.30. Du behöver inte skriva mer här. "
    "Vill du skriva här igen: TILLBAKA."
)


def says(person: Talker, words: str) -> Talker:
    """As it comes in: without the words."""
    return person.happens(withheld.without(Said(words)))


def applying(channel: str = "sms") -> Talker:
    person = Talker(channel=channel).writes("hej, behöver hjälp")
    return person.writes("2").writes("1").writes("1")


def reasons(person: Talker) -> list[str]:
    return [call.value.reason for call in person.calls if isinstance(call.value, HandOver)]


@pytest.mark.parametrize("language", languages())
def test_as_the_very_first_words_she_is_told_whom_to_ring_in_her_language(language: str) -> None:
    person = says(Talker(), SAID[language])
    (told,) = person.turns[-1].says
    assert told.text.message == RING_US
    assert person.state.thread.language == language
    assert "040-628 04 00" in person.reads()
    assert segments(person.reads()) <= KINDS["reply"].segments[0 if in_sms_alphabet(language) else 1]
    (call,) = [call.value for call in person.calls if isinstance(call.value, CallForHelp)]
    assert call.words == ""
    assert reasons(person) == ["asked"]
    assert person.turns[-1].understood == "Vill bli uppringd eller prata med en människa"


@pytest.mark.parametrize("channel", ["sms", "telegram", "web"])
def test_in_the_middle_of_the_form_nothing_is_asked_any_more(channel: str) -> None:
    person = applying(channel)
    assert person.asked.question
    says(person, SAID["sv"])
    assert person.reads() == TOLD
    assert person.state.thread.open is None
    for words in ("1", "ja", "ÄNDRA 1", "ansök", "hallå?", "SENARE", "HJÄLP"):
        person.writes(words)
        assert person.reads() == TOLD, words
        assert person.state.thread.open is None
    assert not any(turn.timers for turn in person.turns[-7:])


def test_what_cannot_wait_and_a_person_are_heard_as_ever() -> None:
    person = says(applying(), SAID["sv"])
    person.writes("jag har ingen mat")
    assert "040-628 04 99" in person.reads()
    assert [call for call in person.turns[-1].calls if isinstance(call.value, AcuteNeed)]
    person.writes("RING")
    assert person.reads().startswith("En människa svarar dig här eller ringer dig.")
    both = says(Talker(), "jag har skyddad identitet och ingenstans att sova")
    assert "040-628 04 99" in both.reads()
    assert TOLD in both.reads()
    assert "acute" in reasons(both)


def test_under_staff_she_is_told_too_and_handing_back_asks_nothing() -> None:
    person = applying()
    person.state = person.state.with_thread(owner="staff", epoch=1)
    assert says(person, SAID["sv"]).reads() == TOLD
    person.tells(NoticeKind.HANDED_BACK, HandedBack(thread=person.state.thread.id))
    assert person.state.thread.open is None
    assert not [one for one in person.turns[-1].says if one.ask]


def test_who_wants_no_texts_gets_none_and_staff_know() -> None:
    person = says(applying().writes("STOPP"), SAID["sv"])
    assert person.turns[-1].says == ()
    assert reasons(person)[-1] == "asked"


def test_back_takes_it_back_and_the_talk_goes_on_where_it_was() -> None:
    person = applying()
    asked = person.asked.text
    says(person, SAID["sv"]).writes("TILLBAKA")
    assert person.asked.text == asked
    first = says(Talker(), SAID["sv"]).writes("TILLBAKA")
    assert first.asked.question


def test_back_is_heard_also_while_a_question_stands_that_came_unasked() -> None:
    person = applying()
    day = ImportantDay(by_telephone=True, day=date(2026, 12, 21), remind_on=date(2026, 12, 14))
    left = person.tells(NoticeKind.IMPORTANT_DAY, day).turns[-1].says[-1]
    assert left.question is not None
    person.happens(Went(uuid4(), left.question, left.ask, left.reference, left.until))
    says(person, SAID["sv"]).writes("TILLBAKA")
    assert person.state.person.only_rings is None
    person.writes("2").writes("2")
    assert person.asked.question
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "form"


def test_the_word_that_a_shared_telephone_was_told_of_reaches_staff() -> None:
    person = says(applying(), SAID["sv"]).writes("DELAD TELEFON").writes("EGEN TELEFON")
    assert reasons(person) == ["asked", "not-shared"]


def test_staff_see_that_a_picture_came_where_nothing_is_asked_any_more() -> None:
    person = says(applying(), SAID["sv"]).happens(Said("", pictures=1))
    assert person.turns[-1].understood == "En bild eller en fil."


def test_who_only_helps_another_and_says_it_opens_no_case_of_her_own() -> None:
    person = Talker()
    person.state = person.state.with_thread(helps=str(person.state.person.id), language="sv")
    says(person, "min syster har skyddad identitet")
    assert person.reads() == TOLD
    assert not [call for call in person.calls if isinstance(call.value, CallForHelp)]
