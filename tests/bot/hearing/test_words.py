"""Words that work anywhere: as the whole message, in every language, and never by accident."""

import re
from typing import get_args

import pytest
from babel.messages.pofile import read_po
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.conversation.obeying import HELP
from bot.hearing.words import (
    Command,
    Name,
    OfInterpreter,
    OfJob,
    OfMeeting,
    Setting,
    command,
    is_acute,
    means,
    of_interpreter,
)
from bot.locales.lists import NOTES
from bot.spelling import fold
from bot.text import LOCALES, in_its_letters, known, languages, render, say, understood, words

HEARD: dict[Name, str] = {
    "help": "HJÄLP|hjälp!|help|meny|مساعدة|القائمة|what can I write?|caawi|Caawimaad fadlan",
    "back": "TILLBAKA|tillbaka tack|Back|ångra|رجوع|السابق|go back|dib|dib u noqo",
    "change": "ÄNDRA|byt|change|تغيير|غيّر|edit|beddel|badal",
    "repeat": "repetera|igen|en gång till|jag förstår inte|أعد|لم أفهم|ماذا؟|شو|I don't understand|"
    "ku celi|ma fahmin|su'aasha ma fahmin",
    "remove": "TA BORT|ta bort barnet, tack|remove|delete it|حذف|KA SAAR|видалити",
    "later": "SENARE|på mötet|vet inte|hoppa över|later|skip|لاحقا|بعدين|ما ادري|يوم الموعد|I don't know|"
    "kadib|ma garanayo|marka aan kulanno",
    "status": "STATUS|hur går det?|vad händer|الحالة|وين صار طلبي|طلبي|موعدي|الموعد|what happens now?|"
    "xaalad|codsigayga|codsigaygii maxaa ku dhacay|ballantaydu waa goorma?",
    "language": "SPRÅK|byt språk|language|لغة|اللغة|change language|luqad|luqadda beddel",
    "human": "RING|ring mig|Ring mig!!|människa|jag vill prata med någon|kan ni ringa mig?|human|اتصل|اتصلوا بي|"
    "بدي احكي مع حدا|please call me|I want to speak to someone|"
    "wac|i soo wac|walaal isoo wac|qof baan rabaa inaan la hadlo|"
    "waxaan rabaa in lay soo waco|ii soo garaac|i soo wac turjumaan la socdo",
    "stop": "STOPP|STOP|STOP!|Stopp tack|stoppp|Sluta|sluta skicka|sluta skicka sms!|Sluta smsa mig tack|hej, stopp|"
    "inga fler sms|avsluta|unsubscribe|END|توقف|أوقفوا|لا ترسلوا رسائل|Stop texting me!|no more messages|"
    "jooji|Jooji fadlan|jooji farriimaha|fariimaha jooji|fariin ha soo dirin",
    "start": "START|starta|börja igen|unstop|بدء|ابدأ من جديد|begin again|bilow",
    "wrong-number": "fel nummer|Fel nummer!|ni har fel nummer|wrong number|رقم غلط|الرقم خطأ|this is not my number|"
    "nambar khaldan|aniga ma ihi|nambarkan ma lihi",
    "what": "VAD|vad sparar ni?|vad vet ni om mig|what|معلوماتي|ماذا تحفظون عني|what do you know about me?|"
    "xog|maxaad iga kaydisaan",
    "move": "TID|byt tid|annan tid|avboka|kan inte komma|boka om|"
    "موعد آخر|تغيير الموعد|لا أستطيع الحضور|I can't come|reschedule|cancel my appointment|"
    "waqti kale|ballanta baaji|ma imaan karo|ballan kale ii qabo",
    "work": "Jag vill ha jobb, inte pengar!|jobb inte bidrag|I want a job, not money|بدي شغل مش مصاري|"
    "shaqo ayaan rabaa, lacag ma rabo",
    "apply": "ANSÖK|jag vill ansöka|Ny ansökan, tack|återansökan|apply again|I want to apply|أريد تقديم طلب|طلب جديد|"
    "waxaan rabaa inaan codsado|codsi cusub|ПОДАТИ ЗАЯВУ|хочу подати заяву",
    "single-cost": "ansöka om glasögon|Jag vill ansöka om tandläkare|ansök om medicin!|apply for glasses|"
    "أريد تقديم طلب نظارة|muraayado codso|подати заяву на окуляри",
    "read": "LÄS|läs tack|hur läser jag det?|READ|how do I read it?|"
    "قراءة|اقرأ|أريد أن أقرأ|AKHRI|akhris|ЧИТАТИ|прочитати",
    "elsewhere": "BYT TELEFON|byt telefon, tack|annan telefon|another phone|switch phones please|هاتف آخر|"
    "taleefan kale|інший телефон",
    "others-read": "DELAD TELEFON|min man läser mina sms|någon annan läser, tack|SHARED PHONE|he reads my texts!|"
    "هاتف مشترك|زوجي يقرأ رسائلي|TALEEFAN LA WADAAGO|qof kale ayaa akhriya|СПІЛЬНИЙ ТЕЛЕФОН|інші читають",
    "not-shared": "EGEN TELEFON|ingen annan läser mina sms längre!|OWN PHONE|nobody else reads my texts|هاتفي وحدي|"
    "TALEEFAN GAAR AH|ОСОБИСТИЙ ТЕЛЕФОН",
    "invite": "BJUD IN HJÄLPARE|bjud in en hjälpare, tack|INVITE HELPER|دعوة مساعد|CASUUN CAAWIYE|ЗАПРОСИТИ ПОМІЧНИКА",
    "helper": "HJÄLPARE|hjälpare tack|HELPER|مساعد|CAAWIYE|ПОМІЧНИК|помічниця",
    "helpers": "MINA HJÄLPARE|vem hjälper mig?|MY HELPERS|who helps me?|من يساعدني؟|CAAWIYEYAASHAYDA|МОЇ ПОМІЧНИКИ",
    "no-helper": "TA BORT HJÄLPAREN|ta bort min hjälpare!|REMOVE HELPER|إزالة المساعد|KA SAAR CAAWIYAHA|"
    "ПРИБРАТИ ПОМІЧНИКА",
    "together": "IHOP|söka ihop, tack|TOGETHER|apply together|معا|WADAJIR|РАЗОМ",
    "my-week": "VECKAN|min vecka, tack|week|my schedule|أسبوعي|JADWAL|ТИЖДЕНЬ",
    "call-time": "RINGTID|boka samtal, tack|CALL TIME|book a call|موعد اتصال|WAQTI WICITAAN|ЧАС ДЗВІНКА",
    "no-call": "INGET SAMTAL|avboka samtalet, tack|NO CALL|cancel my call|إلغاء الاتصال|WICITAAN MAYA|БЕЗ ДЗВІНКА",
    "not-together": "INTE IHOP|jag vill inte söka ihop|NOT TOGETHER|ليس معا|WADAJIR MAYA|НЕ РАЗОМ",
    "papers": "PAPPER|skicka papper|hur skickar jag papper?|send papers|أريد إرسال أوراق|dir waraaqo|надіслати папери",
    "which-papers": "VILKA PAPPER?|vad saknas?|which papers?|what's missing?|ماذا ينقص؟|maxaa maqan|чого бракує?",
}


@pytest.mark.parametrize(
    ("name", "message"), [(name, message) for name, said in HEARD.items() for message in said.split("|")]
)
def test_a_word_is_heard_as_the_whole_message(name: Name, message: str) -> None:
    assert command(message) == Command(name)


def test_every_word_is_tried_above() -> None:
    assert set(HEARD) == set(get_args(Name))


@pytest.mark.parametrize("name", get_args(Name))
def test_every_phrase_of_every_language_is_heard_as_its_own_word(name: Name) -> None:
    for language in understood():
        assert words(language, name) or language not in languages()
        for phrase in words(language, name):
            assert command(phrase) == Command(name), phrase


def test_the_words_our_own_texts_tell_people_to_write_are_heard() -> None:
    message = say(HELP)
    told: list[Name] = ["back", "change", "later", "status", "language", "human", "others-read", "stop"]
    for language in languages():
        after_the_verb = re.split(r"[ :]", render(message, language), maxsplit=1)[1]
        heard = [name for part in re.split(r"[,،.:]", after_the_verb) for name in heard_in(part)]
        assert list(dict.fromkeys(heard)) == told, language


WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?|\S")
NO_WORDS_OF_OURS = {"ID", "CV", "LMA", "MB", "МБ", "SMS", "CSN", "SV"}
ANSWERS = ("yes", "no")
BEFORE_IT_IN_ARABIC = "(?:[:،]|الجواب|جوابك|كلمة|أو|يعني)\\s*"
"""Arabic has no capitals: there a word to write stands after a colon, in a list, or after "the answer", "the word"."""


def named_in(text: str, language: str) -> list[str]:
    """The words a text tells people to write, as the bot hears them, in the order they stand; "?" for one it does not.

    Only the language's own words count: a word of another language is heard too, but nobody should be told to write it.
    """
    runs: list[list[str]] = [[]]
    for word in WORD.findall(text):
        if len(word) > 1 and word.isupper() and word not in NO_WORDS_OF_OURS:
            runs[-1].append(word)
        else:
            runs.append([])
    return [heard_as(" ".join(run), language) for run in runs if run]


def phrases(language: str, key: str) -> list[str]:
    """The words of a list, without what each is worth."""
    return [word.partition("=")[0].strip() for word in words(language, key)]


def heard_as(said: str, language: str) -> str:
    if of_interpreter(said) is not None:
        return "interpreter-wishes" if fold(said) in map(fold, phrases(language, "interpreter-wishes")) else "?"
    own = [key for key in (*get_args(Name), *ANSWERS) if fold(said) in map(fold, words(language, key))]
    heard = command(said)
    # An answer must not be taken for a word that works anywhere: such a word goes first.
    fits = [key for key in own if (key in ANSWERS and heard is None) or heard == Command(key)]
    return fits[0] if fits else "?"


def told() -> list[tuple[str, list[str]]]:
    """Every sentence that names words to write, and which they are."""
    with (LOCALES / "sv" / "LC_MESSAGES" / "bot.po").open("rb") as po:
        sources = [one.id for one in read_po(po) if isinstance(one.id, str) and one.id and one.context is None]
    swedish = {source: named_in(render(say(source), "sv"), "sv") for source in sources if source not in NOTES}
    return [(source, names) for source, names in swedish.items() if names]


@pytest.mark.parametrize("language", languages())
def test_every_word_that_a_text_tells_people_to_write_is_heard_in_their_language(language: str) -> None:
    assert len(told()) > 50
    for source, names in told():
        text = render(say(source), language)
        if in_its_letters("ا", language):
            for name in names:
                own = sorted({*phrases(language, name)}, key=len, reverse=True)
                there = re.search(rf"{BEFORE_IT_IN_ARABIC}({'|'.join(map(re.escape, own))})(?!\w)", text)
                assert there, (name, text)
                assert heard_as(there[1], language) == name, text
        else:
            assert sorted(named_in(text, language)) == sorted(names), text


def heard_in(part: str) -> list[Name | OfMeeting | OfInterpreter | OfJob | Setting]:
    """The words in a piece of a sentence, one after the other, passing over what is none ("or")."""
    tokens: list[str] = part.split()
    heard: list[Name | OfMeeting | OfInterpreter | OfJob | Setting] = []
    while tokens:
        longest = next((n for n in range(len(tokens), 0, -1) if command(" ".join(tokens[:n]))), 0)
        if (asked := command(" ".join(tokens[:longest]))) is not None:
            heard.append(asked.name)
        tokens = tokens[longest or 1 :]
    return heard


@pytest.mark.parametrize(
    "message",
    [
        "STOP this bill",
        "Endast en sak",
        "Endast…",
        "slutade jobba",
        "jag slutade jobba i maj",
        "sluta jobba",
        "stoppa vräkningen",
        "help the children",
        "hjälp barnen",
        "help me please my children",
        "I cannot stop crying",
        "what should I bring",
        "call the police",
        "jag behöver hjälp med hyran",
        "tillbaka till jobbet i maj",
        "andra",  # the second
        "hur går det till att ansöka",
        "vad kostar det",
        "vad ska jag ta med",
        "ring inte",
        "statusen",
        "start av företag",
        "ok",
        "tack",
        "hej",
        "ja",
        "1",
        "",
        "   ",
        "😀",
        "ändra 3 och 4",
        "لا أريد المساعدة",
        "أبداً",  # never; without its marks the same letters as "begin"
        "غير متزوج",
        "caawi carruurta",
        "jooji biilkan",
        "wac walaalkay",
        "codsigayga guriga",
    ],
)
def test_a_word_inside_a_message_is_no_command(message: str) -> None:
    assert command(message) is None


@pytest.mark.parametrize(
    "message",
    [
        "ÄNDRA 3",
        "ändra 3",
        "andra 3",
        "Ändra nr 3!",
        "ändra fråga 3",
        "CHANGE 3",
        "غير 3",
        "تغيير ٣",
        "ändra 03",
        "BEDDEL 3",
        "badal 3",
    ],
)
def test_the_number_to_change_comes_along(message: str) -> None:
    assert command(message) == Command("change", "3")


@pytest.mark.parametrize("message", ["TA BORT 3", "ta bort nr 3", "remove 3", "حذف ٣", "KA SAAR 3", "видалити 3"])
def test_the_number_to_take_away_comes_along(message: str) -> None:
    assert command(message) == Command("remove", "3")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("SV", "sv"),
        ("svenska tack", "sv"),
        ("Byt till svenska", "sv"),
        ("العربية", "ar"),
        ("på arabiska", "ar"),
        ("Somali", "so"),
        ("af Soomaali", "so"),
        ("luqadda u beddel soomaali", "so"),
        ("af Soomaali ku qor", "so"),
        ("iswiidhish", "sv"),
    ],
)
def test_a_languages_name_asks_for_that_language(message: str, code: str) -> None:
    assert command(message) == Command("language", code)


@pytest.mark.parametrize(
    "message",
    [
        "vi har ingen mat hemma",
        "Ingen mat!!",
        "barnen är hungriga",
        "min medicin är slut, har ingen medicin",
        "jag har ingenstans att sova inatt",
        "jag sover ute",
        "vi blir vräkta imorgon, vräkt",
        "det är akut",
        "han slår mig",
        "min man hotar mig",
        "jag vill inte leva",
        "sjalvmord",
        "har inga pengar, ingen mat",
        "vi har inga pengar ingen mat",
        "inga pengar hungrig",
        "har inte jobb. hungrig",
        "ما عندي أكل",
        "لا يوجد طعام في البيت",
        "أنام في الشارع",
        "زوجي يضربني",
        "أريد أن أموت",
        "والأطفال جياع",
        "we have no food at home",
        "my children are hungry",
        "I have nowhere to sleep tonight",
        "my husband hits me",
        "I don't want to live anymore",
        "بدون مال بدون طعام",
        "بدون مال وبدون طعام",
        "ماكو اكل بالبيت",
        "خلص حليب الطفل",
        "نايمين بالسيارة",
        "زوجي عم يضربني",
        "ما بدي عيش",
        "نحن بدون بيت جوعانين",
        "cunto ma hayo",
        "guriga cunto ma taal",
        "lacag ma hayo, gaajo baan qabaa",
        "caruurta way gaajeysan yihiin",
        "guri ma heysto",
        "waxaan u baahanahay meel aan seexdo",
        "banaanka ayaan ku seexdaa",
        "daawadii way iga dhamaatay",
        "ninkaygu wuu i garaacayaa",
        "waa la ii hanjabay",
        "inaan dhinto ayaan rabaa",
        "caano ilmaha ma hayno",
        "carruurtu wax ay cunaan ma haystaan",
        "cunto la'aan",
        "cunto laan",
        "guriga waa nalaga saaray",
        "maanta guriga waa layga saarayaa",
        "meel aan aado ma hayo",
        "insulin ma hayo",
        "wuu i ceejiyay",
        "ninkayga ayaan ka baqayaa",
        "nolosha waan ka daalay",
    ],
)
def test_acute_words_are_heard_inside_a_message(message: str) -> None:
    assert is_acute(message)


@pytest.mark.parametrize(
    "message",
    [
        "",
        "hej",
        "help the children",
        "hjälp barnen",
        "det är inte akut",
        "jag är inte hungrig",
        "inte direkt hungrig",
        "nej, inte akut",
        "jag behöver mat till festen",
        "jag slog i huvudet på jobbet 2019",
        "akuten ringde",
        "ليس طارئا",
        "عندي طعام",
        "it is not urgent",
        "I am not hungry",
        "I have food",
        "مو جوعان",
        "عندي مكان للنوم",
        "أريد أن أعيش هنا",
        "أرجو الرد العاجل",
        "dagaal baan ka soo qaxay",  # a war long ago is no alarm
        "shaqada waa la iga eryay",  # out of work, not out of the house
        "si degdeg ah iigu soo jawaab",
        "waxaan u baahanahay caawimaad",
        "lacag ma hayo",
        "Hoy ma jiro",  # the answer to how one lives
        "shaqada waa layga saaray",
        "telefoonka ii garaac",  # ring me, not: he beats me
        "cunto waan haystaa",
        "köp is, dill och bröd",
        "jag är i ett dilemma",
    ],
)
def test_what_is_not_acute_alarms_nobody(message: str) -> None:
    assert not is_acute(message)


def test_a_message_means_a_list_as_a_whole_only() -> None:
    assert means("Kan inte komma!", "cannot-come")
    assert means("tack, ja", "yes")
    assert means("لا أستطيع الحضور", "cannot-come")
    assert not means("jag kan inte komma på namnet", "cannot-come")


@given(st.text())
def test_any_text_is_a_word_or_none(message: str) -> None:
    asked = command(message)
    assert asked is None or asked.name in get_args(Name)
    is_acute(message)


@given(
    st.sampled_from([message for said in HEARD.values() for message in said.split("|")]),
    st.text(st.characters(categories=["L"]), min_size=3),
)
def test_two_more_words_make_it_no_command(message: str, more: str) -> None:
    assume(fold(more) not in known("politeness"))  # "Hjälp, snälla snälla" is still the word
    asked = command(f"{message} {more} {more}")
    assert asked is None or asked.name == "language"
