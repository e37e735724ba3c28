"""What she reads when she has sent papers: short, counted, and the open question again."""

import pytest

from backend.contract import DocumentLimits, HandOver
from bot.conversation.bringing import (
    ALL_CAME,
    CAME,
    COUNTED,
    HARD_TO_READ,
    LOCKED,
    NOT_FETCHED,
    NOT_OPENED,
    TOO_LARGE,
    TOO_MANY_PAGES,
)
from bot.messages import Brought, Said
from bot.text import is_gsm, languages, render, say, segments
from tests.bot.talker import POLICY, Talker

TAKES = POLICY.model_copy(update={"documents": DocumentLimits(megabytes=10, pages=20)})
QUESTION = "1 Boka möte"


def talker(channel: str = "telegram") -> Talker:
    return Talker(channel=channel, policy=TAKES).writes("hej, behöver hjälp")


def test_a_picture_is_not_answered_before_it_is_known_what_became_of_it() -> None:
    person = talker().happens(Said("", pictures=1))
    assert person.reads() == ""
    assert person.turns[-1].understood == "En bild eller en fil."
    person.happens(Brought(kept=1))
    assert person.reads().startswith("Det har kommit fram. Tack.")
    assert QUESTION in person.reads()


def test_whoever_begins_with_a_picture_is_greeted_at_once() -> None:
    person = Talker(channel="telegram", policy=TAKES).happens(Said("", pictures=1))
    assert QUESTION in person.reads()
    assert "kommit fram" not in person.reads()


def test_words_under_a_picture_that_cannot_wait_are_answered_at_once() -> None:
    assert "112" in talker().happens(Said("jag har ingen mat", pictures=1)).reads()


@pytest.mark.parametrize(
    ("event", "read"),
    [
        (Brought(kept=3), "3 stycken har kommit fram."),
        (Brought(kept=1, came=2, asked=3), "2 av 3 papper är här."),
        (Brought(kept=1, hard_to_read=True), "En del är svårt att läsa. Vi har det ändå."),
        (Brought(refused=("too-large",)), "Vi kan ta emot 10 MB."),
        (Brought(refused=("too-many-pages",)), "Vi kan ta emot 20 åt gången."),
        (Brought(refused=("encrypted",)), "Filen har ett lösenord"),
        (Brought(refused=("unreadable", "infected")), "vi kan inte öppna det"),
        (Brought(waiting=True), "lite längre tid än vanligt"),
        (Brought(lost=1), "Vi kunde inte hämta det du skickade."),
    ],
)
def test_each_end_has_its_words(event: Brought, read: str) -> None:
    person = talker().happens(event)
    assert person.reads().count(read) == 1
    assert len(person.turns[-1].says) <= 2
    assert (QUESTION in person.reads()) is not event.waiting


def test_what_was_lost_is_seen_by_staff_also_where_she_reads_nothing() -> None:
    person = talker().writes("STOPP").happens(Brought(lost=1))
    reasons = [call.value.reason for call in person.calls if isinstance(call.value, HandOver)]
    assert reasons == ["opted-out", "dead-letter"]
    assert person.reads() == ""


def test_papers_disturb_nothing_when_nothing_is_open() -> None:
    person = talker("web").writes("1").writes("1")
    person.happens(Brought(kept=1))
    assert person.reads().startswith("Det har kommit fram.")


@pytest.mark.parametrize("language", languages())
def test_every_text_is_one_text_message(language: str) -> None:
    texts = [
        say(CAME),
        say(ALL_CAME, n=10),
        say(COUNTED, came=10, asked=12),
        say(HARD_TO_READ),
        say(TOO_LARGE, megabytes=10),
        say(TOO_MANY_PAGES, pages=20),
        say(LOCKED),
        say(NOT_OPENED),
        say(NOT_FETCHED),
    ]
    for text in texts:
        words = render(text, language, plain=True)
        assert segments(words) <= (1 if is_gsm(words) else 2), words


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", "skicka papper"),
        ("en", "send papers"),
        ("ar", "أريد إرسال أوراق"),
        ("so", "dir waraaqo"),
        ("uk", "надіслати папери"),
    ],
)
def test_who_wants_to_send_papers_by_text_message_gets_the_code_of_the_page(language: str, words: str) -> None:
    person = Talker(policy=TAKES).writes("hej, behöver hjälp").happens(Said(words))
    assert "trelleborg.se/imorgon" in person.reads()
    # Nobody has said yet who reads here.
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "who-reads"
    person.writes("1")
    assert person.turns[-1].says[0].kind == "code"
    assert language in languages()


def test_on_telegram_the_page_is_safest_and_on_the_page_papers_are_sent_right_there() -> None:
    read = talker().writes("skicka papper").reads()
    assert "trelleborg.se/imorgon" in read
    assert "En bild som du skickar här kommer också fram." in read
    assert "Tryck på Skicka papper" in talker("web").writes("skicka papper").reads()


def test_where_no_papers_are_taken_the_word_is_like_any_other() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("skicka papper")
    assert "trelleborg.se" not in person.reads()
