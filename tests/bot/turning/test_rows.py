"""A text stays as short as its kind must be, however the municipality's site is called."""

from types import SimpleNamespace
from typing import Any

import pytest

from bot.conversation.elsewhere import YOUR_CODE, YOUR_LINK
from bot.leaving.kinds import KINDS
from bot.leaving.sending import CODE
from bot.messages import Outgoing
from bot.persons.codes import link, of_link
from bot.text import is_gsm, languages, render, say, segments
from bot.turning.rows import within_budget

SHORT, LONG = "https://imorgon.trelleborg.se", "https://ekonomiskt-bistand.trelleborg.example"
CODE_SHOWN = "30001111"


def said(site: str, language: str, channel: str = "sms") -> Outgoing:
    thread: Any = SimpleNamespace(channel=channel, state=SimpleNamespace(language=language))
    there = link(site, "trelleborg", CODE_SHOWN, language)
    return within_budget(thread, Outgoing(CODE, say(YOUR_LINK, link=there, code=CODE_SHOWN)))


@pytest.mark.parametrize("language", sorted(languages()))
def test_a_link_that_makes_a_text_too_long_is_left_out(language: str) -> None:
    for site in (SHORT, LONG):
        words = render(said(site, language).text, language, plain=True)
        assert segments(words) <= KINDS[CODE].segments[0 if is_gsm(words) else 1]
        assert CODE_SHOWN in words
    assert "link" in said(SHORT, language).text.values


def test_in_arabic_a_long_name_leaves_the_code_and_elsewhere_nothing_is_cut() -> None:
    assert said(LONG, "ar").text == say(YOUR_CODE, code=CODE_SHOWN)
    assert "link" in said(LONG, "sv").text.values
    assert "link" in said(LONG, "ar", "telegram").text.values


@pytest.mark.parametrize("there", ["12345678", "3456", "hej", f"{CODE_SHOWN}5", f"{CODE_SHOWN}xx", ""])
def test_what_is_no_link_of_ours_is_none(there: str) -> None:
    assert of_link(there) is None


def test_a_link_says_its_language() -> None:
    assert [of_link(CODE_SHOWN + more) for more in ("", "ar")] == [(CODE_SHOWN, ""), (CODE_SHOWN, "ar")]
