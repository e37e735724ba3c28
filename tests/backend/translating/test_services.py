"""The services: what they are sent, what of theirs is taken, and which settings they have."""

from collections.abc import AsyncIterator

import pytest

from backend.translating import Away, NotTranslated, Standing, services
from backend.translating.services.deepl import DeepL
from backend.translating.services.libretranslate import LibreTranslate
from tests.backend.translating.servers import Service, running

KEY = "a-key-of-the-service"


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    async with running(Service(key=KEY)) as found:
        yield found


async def test_libretranslate_is_asked_as_its_api_says(service: Service) -> None:
    assert await LibreTranslate(service.address, KEY).translate("hej", "sv", "ar") == "HEJ"
    assert service.sent == [{"q": "hej", "source": "sv", "target": "ar", "format": "text", "api_key": KEY}]
    assert KEY not in repr(LibreTranslate(service.address, KEY))


async def test_deepl_is_asked_as_its_api_says(service: Service) -> None:
    assert await DeepL(KEY, "dnr", service.address).translate("hej", "sv", "en") == "HEJ"
    assert service.sent == [{"text": ["hej"], "source_lang": "SV", "target_lang": "EN-GB"}]


@pytest.mark.parametrize("name", ["libretranslate", "deepl"])
async def test_what_goes_wrong_is_away_or_a_language_that_is_lacking(service: Service, name: str) -> None:
    one = LibreTranslate(service.address, KEY) if name == "libretranslate" else DeepL(KEY, "dnr", service.address)
    with pytest.raises(NotTranslated):
        await one.translate("haa", "so", "sv")
    for status in (403, 429, 456, 500, 302):
        service.status = status
        with pytest.raises(Away) as away:
            await one.translate("hemligt", "ar", "sv")
        assert "hemligt" not in str(away.value).lower()
    service.status, service.answers = 0, b'{"translatedText": ["a", "b"], "translations": []}'
    with pytest.raises(Away):
        await one.translate("hej", "ar", "sv")
    service.answers, service.hangs = b"", True
    with pytest.raises(Away):
        await one.translate("hej", "ar", "sv")


@pytest.mark.parametrize("name", ["libretranslate", "deepl"])
async def test_it_says_how_it_is_and_nobodys_words_are_sent(service: Service, name: str) -> None:
    def one(key: str = KEY) -> LibreTranslate | DeepL:
        is_libre = name == "libretranslate"
        return LibreTranslate(service.address, key) if is_libre else DeepL(key, "dnr", service.address)

    asked = ("sv", "so", "uk")
    open_now = await one().standing(asked)
    assert (open_now.state, open_now.lacks) == ("open", ("so",))
    assert open_now.left == (None if name == "libretranslate" else 500_000)
    assert (await one("another").standing(asked)) == Standing("refused", "403")
    used_up = 429 if name == "libretranslate" else 456
    for status, state in ((500, "away"), (used_up, "used-up")):
        service.status = status
        assert (await one().standing(asked)) == Standing(state, str(status))  # type: ignore[arg-type]
    service.status, service.used = 0, 500_000
    if name == "deepl":
        assert (await one().standing(asked)).state == "used-up"
    service.answers = b"{}"
    assert (await one().standing(asked)) == Standing("away", "unreadable answer")
    service.port = 9
    assert (await one().standing(asked)) == Standing("away", "ConnectError")
    assert {body["q"] for body in service.sent} <= {"hej"}


def test_without_settings_nothing_is_translated() -> None:
    assert services.found({}, "TRELLEBORG") is None
    assert services.found({"IMORGON_LIBRETRANSLATE_URL_SVEDALA": "https://t.example"}, "TRELLEBORG") is None


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"LIBRETRANSLATE_KEY": "k"}, "LIBRETRANSLATE_URL_X is missing"),
        ({"LIBRETRANSLATE_URL": "http://translate.example"}, "must begin with https"),
        ({"DEEPL_AGREEMENT": "dnr 7"}, "DEEPL_KEY_X is missing"),
        ({"DEEPL_KEY": "k"}, "DEEPL_AGREEMENT_X is missing"),
        ({"DEEPL_KEY": "k:fx", "DEEPL_AGREEMENT": "dnr 7"}, "free service"),
        ({"DEEPL_KEY": "k", "DEEPL_AGREEMENT": "dnr 7", "LIBRETRANSLATE_URL": "https://t.example"}, "one service"),
    ],
)
def test_what_is_half_given_or_too_much_is_said(given: dict[str, str], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        services.found({f"IMORGON_{name}_X": value for name, value in given.items()}, "X")


def test_what_is_whole_is_taken() -> None:
    own = services.found({"IMORGON_LIBRETRANSLATE_URL_X": "http://127.0.0.1:5000/"}, "X")
    assert own == LibreTranslate("http://127.0.0.1:5000")
    signed = services.found({"IMORGON_DEEPL_KEY_X": "k", "IMORGON_DEEPL_AGREEMENT_X": "dnr 7"}, "X")
    assert signed == DeepL("k", "dnr 7")
