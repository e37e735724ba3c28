"""Stop and start, as people write them: the whole message, politeness and marks aside, and never by accident."""

import pytest

from bot.hearing.words import Command, command

STOPS: dict[str, str] = {
    "sv": "STOPP|Stopp tack|sluta skicka|Sluta!!|sluta skicka sms tack|hej, sluta skriva till mig|inga fler sms|"
    "STOPPA|avsluta|Avregistrera mig|ta bort mitt nummer|lämna mig ifred|Stoop|snälla sluta|skicka inga fler sms|"
    "avanmäl|stopp stopp|STOPP! STOPP! STOPP! STOPP! STOPP! STOPP! STOPP! STOPP! STOPP!|"
    "jag vill inte ha fler sms|Sluta smsa mig, tack.|stopp nu",
    "en": "STOP|stop!|Stop please|please stop|STOP, thank you|Stop. Thanks|stop texting me|no more texts|unsubscribe|"
    "stop sending me messages|leave me alone|Quit|END|opt out|don't text me|remove my number|Stop it now please|"
    "stopall|Revoke",
    "ar": "توقف|توقفوا|أوقفوا الرسائل|وقفوا|لا ترسلوا|لا ترسلوا رسائل من فضلكم|توقف، شكرا|إيقاف|قف!|كفى|"
    "لا أريد رسائل|ما بدي رسائل|لا تراسلوني|إلغاء الاشتراك|اتركوني وشأني|بدون رسائل|لا تكتبوا لي|ستوب",
    "ar-Latn": "wa2ef|waqef|Wa2fo|waqfo|wa2fo el rasayel|waqfu alrasael|la tersel|la tersilo|la trasluni|"
    "ma baddi rasayel|ma bidi rasael|bala rasayel|battlo teb3ato|la teb3ato|la tb3atoli|shukran wa2fo|khalas wa2fo|"
    "la tektbuli|tawaqaf|tawa22af",
    "so": "jooji|Jooji fadlan|JOOJI!|jooji farriimaha|farriimaha jooji|iga jooji|ha ii soo dirin|joogso|joojiya|"
    "sms ha ii soo dirin|farriimo ma rabo|iga daa|walaal jooji|jooji, mahadsanid|fariin ha soo dirin|"
    "lambarkayga tirtir|jooji sms|waxba ha ii soo qorin",
    "uk": "СТОП|стоп!|Стоп, дякую|досить|не пишіть мені|більше не пишіть|не надсилайте|відписатися|відпишіть мене|"
    "припиніть|перестаньте писати|видаліть мій номер|будь ласка, не пишіть|годі|не турбуйте мене|не присилайте смс|"
    "хватит|не пишите мне|стоп будь ласка",
}
STOPS_NOTHING: dict[str, str] = {
    "sv": "Endast tisdagar går bra|Endast…|slutade jobba|jag slutade jobba i maj|stoppa inte|sluta inte|"
    "stoppa vräkningen|min hyra slutar gälla|jag kan inte sluta gråta|stoppade in den i kuvertet|stopp i avloppet|"
    "sluta jobba|när slutar mötet|avslutad anställning|ska jag avsluta mitt abonnemang|busstoppet vid torget|"
    "mitt kontrakt är avslutat|jag vill inte sluta",
    "en": "STOP this bill|stop the eviction|I cannot stop crying|don't stop|do not stop|the end of the month|"
    "I quit my job|I had to quit|my contract ended|at the bus stop|please stop the eviction|when does it end|"
    "end of May|they stopped my money|can you stop the bill|I never stop working|stopped|bus stop",
    "ar": "أوقفوا الإخلاء|لا تتوقفوا|توقف راتبي|توقفت عن العمل|أوقفوا راتبي|لا توقفوا المساعدة|قف عند المحطة|"
    "انتهى عقدي|متى يتوقف|موقف الباص|لا أستطيع التوقف عن البكاء|وقفوا الكهرباء عني|أوقف صاحب البيت الماء|"
    "كفى الله المؤمنين|لا ترسلوا المال بعد|إيقاف الكهرباء|وقف عملي",
    "ar-Latn": "wa2afo shughli|waqafo rateb|tawaqaf rateb|ma twa2fo|la twa2fo|wa2ef 3la elbab|mawqef elbas|"
    "wa2afo el kahraba|khalas 3a2di|bas ma fi shughl|la tersel el masari|waqef fi al mahatta|shukran|marhaba|"
    "battalt shughl|wa2fo elikhla|shughli wa2ef",
    "so": "jooji biilkan|ha joojin|shaqada waan joojiyay|mushaarka waa la joojiyay|baska joogsiga|"
    "ma joojin karo oohinta|qandaraaska wuu dhammaaday|goorma ayay joogsanaysaa|jooji guriga ka saarista|"
    "korontada waa la jooji|shaqada jooji maayo|bisha dhamaadkeeda|jooji ballanta|ha iga joojin lacagta|"
    "waxaan joojiyay dugsiga|lacagtii waa la iga joojiyay",
    "uk": "не зупиняйтесь|зупиніть виселення|я не можу перестати плакати|кінець місяця|закінчилась робота|"
    "зупинка автобуса|я закінчила працювати|мій договір закінчився|припинили виплату|мені припинили допомогу|"
    "досить грошей немає|коли закінчиться зустріч|стоп-кран у поїзді|не припиняйте допомогу|годі й шукати роботу|"
    "перестали платити|перестаньте брати штраф|відписалась від квартири",
}
STARTS: dict[str, str] = {
    "sv": "START|start tack|starta igen|börja igen|skicka igen",
    "en": "START|start please|begin again|unstop|resume",
    "ar": "بدء|ابدأ من جديد|راسلوني من جديد|ستارت|استئناف",
    "ar-Latn": "ibda|start|ibda2|ibda2 min jdid|ib3ato min jdid",
    "so": "bilow|bilow fadlan|dib u bilow|mar kale soo dir|bilaw",
    "uk": "старт|почати знову|пишіть знову|поновити|можна писати",
}


def said(table: dict[str, str]) -> list[tuple[str, str]]:
    return [(language, message) for language, messages in table.items() for message in messages.split("|")]


@pytest.mark.parametrize(("language", "message"), said(STOPS))
def test_stop_is_heard_as_people_write_it(language: str, message: str) -> None:
    assert command(message) == Command("stop"), language


@pytest.mark.parametrize(("language", "message"), said(STOPS_NOTHING))
def test_what_only_looks_like_stop_stops_nothing(language: str, message: str) -> None:
    heard = command(message)
    assert heard is None or heard.name != "stop", language


@pytest.mark.parametrize(("language", "message"), said(STARTS))
def test_start_is_heard_as_people_write_it(language: str, message: str) -> None:
    assert command(message) == Command("start"), language


def test_every_language_has_enough_of_both() -> None:
    for table in (STOPS, STOPS_NOTHING):
        assert set(table) == {"sv", "en", "ar", "ar-Latn", "so", "uk"}
        assert all(len(set(messages.split("|"))) >= 15 for messages in table.values())
