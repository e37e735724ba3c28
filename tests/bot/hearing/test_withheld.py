"""What is kept nowhere: the words are heard in every language, and nothing of them is left where they were written."""

import json
from collections.abc import Iterator

import pytest

from backend.contract import HandOver
from bot.arriving.inbox import set_aside
from bot.conversation import turn
from bot.hearing import withheld
from bot.hearing.diverter import MARK
from bot.hearing.words import wants_telephone
from bot.messages import Filled, Said
from bot.stories.twilio import Twilio
from bot.watching import metrics
from tests.bot.house import NUMBER, SARA, TOWN, House, opened_in
from tests.planted import Heard, hearing

SAID = {
    "sv": "Jag har skyddad identitet|hej, jag har SKYDDADE PERSONUPPGIFTER sedan 2019|"
    "kan man söka med skyddad identitet?|vi har sekretessmarkering|min adress är hemlig, jag har skyddad adress|"
    "bara per telefon, tack|"
    "Jag vill bara prata i telefon",
    "en": "I have a protected identity|hello, my children and I have protected personal data|"
    "I only want to talk by phone",
    "ar": "عندي هوية محمية|لدي الهوية المحمية في السويد|أريد التحدث عبر الهاتف فقط",
    "so": "waxaan leeyahay aqoonsi la ilaaliyo|cinwaan qarsoodi ah ayaan leeyahay|telefoonka oo keliya",
    "uk": "у мене захищена особистість|маю захищені персональні дані|тільки телефоном|у меня защищенная личность",
}
NOT_SAID = (
    "jag har inte skyddad identitet",
    "skyddas mina uppgifter här?",
    "are my personal data protected?",
    "is my identity safe with you",
    "vill prata i telefon",
    "ring mig",
    "mitt id är borta",
    "jag bor på en hemlig plats",
    "هل معلوماتي محفوظة عندكم",
    "aqoonsigayga waan lumiyay",
    "я загубила посвідчення особи",
    "адреса: Exempelgatan 4",
)
SECRET = "jag har skyddad identitet, vi flyttade från Ystad"


@pytest.mark.parametrize(
    ("language", "message"), [(language, message) for language, said in SAID.items() for message in said.split("|")]
)
def test_it_is_heard_in_every_language(language: str, message: str) -> None:
    assert wants_telephone(message) == language
    left = withheld.without(Said(message, question="token"))
    assert left == Said(MARK, speaks=language, by_telephone=True)
    # What cannot be read as a message comes with its letters escaped.
    assert withheld.whole(json.dumps({"message": {"text": message, "at": 1}, "more": [None, True]})) == MARK


@pytest.mark.parametrize("message", NOT_SAID)
def test_what_is_something_else_is_not_touched(message: str) -> None:
    assert wants_telephone(message) is None
    assert withheld.without(Said(message)) == Said(message)


def test_what_cannot_wait_is_left_standing_and_of_a_page_nothing() -> None:
    left = withheld.without(Said("jag har skyddad identitet och barnen har ingen mat i kväll"))
    assert isinstance(left, Said)
    assert left.words == f"{MARK} ingen mat"
    page = Filled("t", {"child_name": "Sara", "other": "vi har skyddade personuppgifter"})
    assert withheld.without(page) == Said(MARK, speaks="sv", by_telephone=True)
    assert withheld.whole('{"Body": "jag har skyddad identitet"}') == MARK
    assert withheld.whole('{"Body": "vad kostar glasögon?"}') == '{"Body": "vad kostar glasögon?"}'
    assert withheld.whole("jag har skyddad identitet") == MARK
    assert withheld.without(Filled("t", {"child_name": "Sara"})) == Filled("t", {"child_name": "Sara"})


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    with hearing(monkeypatch) as listening:
        yield listening


async def test_nothing_of_it_is_kept_anywhere_nor_left_at_the_provider(
    house: House, twilio: Twilio, heard: Heard
) -> None:
    house.engine.turn = turn
    house.office.answers["free-times"] = {"times": [], "within_promise": True}
    await twilio.write(SARA, NUMBER, SECRET)
    await house.work()
    await set_aside(house.engine, TOWN, "sms", "SM9", f'{{"Body": "{SECRET}"}}')
    await house.work()

    kept = "\n".join([repr(await house.everything()), *await opened_in(house.engine), repr(house.office.asked)])
    kept += (
        heard.written.getvalue()
        + repr(heard.raw)
        + metrics.exposition([one async for one in metrics.figures(house.engine)]).decode()
    )
    for word in ("skyddad", "identitet", "Ystad"):
        assert word not in kept, word
    # It was there, and when: only what it said is not kept.
    assert [text.body for text in twilio.came] == [""]
    (line,) = [row for row in await house.rows("select who from entries") if row.who == "person"]
    assert line.who == "person"
    assert [HandOver.model_validate(one).reason for one in house.office.told("handovers")] == ["asked"]
    assert [one["words"] for one in house.office.told("calls-for-help")] == [""]
