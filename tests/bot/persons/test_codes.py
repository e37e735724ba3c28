"""What is a code and what is not: whole messages of eight figures that are no date, no telephone, no sum."""

import pytest

from bot.hearing.diverter import divert
from bot.leaving.sending import CODE
from bot.messages import Filled, Outgoing, Said
from bot.persons.codes import masked, read
from bot.text import say


@pytest.mark.parametrize("words", ["48217730", " 4821 7730 ", "4821-7730.", "٤٨٢١٧٧٣٠", "4821\u00a07730", "4821–7730"])
def test_a_code_however_it_is_written(words: str) -> None:
    assert read(Said(words)) == "48217730"


NONE = (
    *(
        "20261130",
        "19900101",
        "0701740605",
        "070-174 06 05",
        "+46701740605",
        "701740605",
        "8500",
        "8 500:-",
        "04123456",
    ),
    *("04123456", "min kod är 48217730", "48217730 48217730", "482177301", "4821773", "48 21 77 30", "", "hej"),
)


@pytest.mark.parametrize("words", NONE)
def test_other_figures_are_none(words: str) -> None:
    assert read(Said(words)) is None


def test_a_button_a_page_a_picture_and_a_changed_message_are_none() -> None:
    for event in (
        Said("48217730", question="token"),
        Said("48217730", pictures=1),
        Said("48217730", edited=True),
        Filled("token", {"rent": "48217730"}),
    ):
        assert read(event) is None


def test_the_diverter_does_not_swallow_one() -> None:
    for code in ("30000000", "48217730", "99999999", "8507 0999", "6712-2899"):
        assert divert(code, None).found == ()


def test_the_line_of_a_code_says_it_to_nobody() -> None:
    message = Outgoing(CODE, say("Write {code}.", code="48217730"))
    assert masked(message).text.values == {"code": "•••"}
