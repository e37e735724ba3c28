"""What people say of a meeting beforehand is heard in their own words, and ordinary sentences are not."""

import pytest

from bot.hearing.meeting_words import of_meeting
from bot.hearing.words import Command
from bot.text import languages, words


@pytest.mark.parametrize(
    ("message", "minutes"),
    [
        ("jag blir sen", None),
        ("kommer 10 minuter sent", "10"),
        ("Hej! Jag blir tyvärr ca 15 min sen till mötet i dag", "15"),
        ("10 min sen", "10"),
        ("en kvart sen", "15"),
        ("jag blir en halvtimme sen, förlåt", "30"),
        ("kommer tio minuter sent", "10"),
        ("bussen är sen så jag blir nog lite sen", None),
        ("jag blir sen några minuter", None),
        ("jag blir sen för att bussen inte kom", None),
        ("jag blir 10 minuter sen på grund av tåget", "10"),
        ("I will be late because the bus did not come", None),
        ("سأتأخر لأن الباص لم يأت", None),
        ("я запізнюсь, бо автобус не прийшов", None),
        ("waan soo daahayaa sababtoo ah baska ma imaan", None),
        ("Jag blir sen, är det ok?", None),
        ("I'll be late", None),
        ("I'm running about 20 minutes late, sorry", "20"),
        ("half an hour late", "30"),
        ("late 5 min", "5"),
        ("سأتأخر 10 دقائق", "10"),
        ("رح اتأخر شوي عن الموعد", None),
        ("سأتأخر ١٥ دقيقة", "15"),
        ("رح اتأخر ربع ساعة", "15"),
        ("متأخرة", None),
        ("waan soo daahayaa 10 daqiiqo", "10"),
        ("walaal waan daahay", None),
        ("запізнюсь на 10 хвилин", "10"),
        ("Добрий день, я запізнююся на пів години", "30"),
        ("опаздываю", None),
    ],
)
def test_who_is_late_is_heard_and_by_how_much(message: str, minutes: str | None) -> None:
    assert of_meeting(message) == Command("late", minutes)


@pytest.mark.parametrize(
    "message",
    [
        "jag är sjuk",
        "Hej, jag är tyvärr sjuk och kan inte komma i dag",
        "sjuk",
        "mitt barn är sjukt",
        "VAB",
        "I am sick today",
        "my child is sick, I can't come",
        "أنا مريضة",
        "ابني مريض اليوم",
        "waan xanuunsanahay",
        "я захворіла, не зможу прийти",
        "температура",
    ],
)
def test_who_is_ill_is_heard(message: str) -> None:
    assert of_meeting(message) == Command("ill")


@pytest.mark.parametrize(
    "message",
    [
        "Hej, jag kan tyvärr inte komma på mötet i morgon",
        "kan inte komma i dag",
        "I can't come to the meeting tomorrow, sorry",
        "لا أستطيع الحضور غدا",
        "berri kulanka ma imaan karo",
        "на жаль не зможу прийти завтра",
    ],
)
def test_who_cannot_come_is_heard_with_a_few_words_beside(message: str) -> None:
    assert of_meeting(message) == Command("move")


@pytest.mark.parametrize(
    "message",
    [
        "vad händer om jag blir sen?",
        "what if I am late",
        "ماذا يحدث إذا تأخرت",
        "senare",
        "sen",
        "pengarna kommer inte",
        "jag kommer inte ihåg",
        "jag är sjukskriven",
        "hyran är sen",
        "Jag är sen med hyran",
        "jag blir sen med ansökan i dag",
        "jag vill ha en tid hos tandläkare",
        "mötet är om 10 minuter",
        "10 minuter",
        "вчасно",
        "jag har varit sjuk länge och får sjukpenning sedan mars men den räcker inte till hyran och maten",
        "",
        "?!",
    ],
)
def test_other_sentences_are_left_to_whoever_reads_them(message: str) -> None:
    assert of_meeting(message) is None


@pytest.mark.parametrize("key", ["late", "ill"])
def test_every_phrase_of_every_language_is_heard_as_what_it_is(key: str) -> None:
    for language in languages():
        assert words(language, key)
        for phrase in words(language, key):
            heard = of_meeting(phrase)
            assert heard is not None, phrase
            assert heard.name == key, phrase
