"""What she reads when she has sent papers: short, counted, and the open question again."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid5

import pytest

from backend.contract import AboutPaper, AskedPaper, DocumentLimits, HandOver, MissingPapers, NamePapers, Paper
from bot.conversation import missing, paper_questions
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
from bot.conversation.paper_questions import About
from bot.messages import Brought, Open, Said
from bot.text import is_gsm, languages, render, say, segments
from tests.bot.talker import NAMESPACE, POLICY, Talker

THURSDAY = date(2026, 12, 3)
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
        (Brought(kept=1, came=2, asked=3), "2 av 3 papper har kommit."),
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


# --- Asked for by a day -----------------------------------------------------------------------------------------------

LEASE, PAYSLIP = uuid5(NAMESPACE, "lease"), uuid5(NAMESPACE, "payslip")


def waiting_for(*missing: Paper, came: int = 0, asked: int = 3, **more: Any) -> Brought:
    return Brought(kept=1, by=THURSDAY, missing=missing, came=came, asked=asked, **more)


def idle(channel: str = "telegram") -> Talker:
    """Nothing is open."""
    person = talker(channel)
    person.state = person.state.with_thread(open=None, run=None, shared=False)
    return person


def test_what_came_is_named_and_counted_in_one_answer() -> None:
    person = idle().happens(waiting_for("lease", came=2, named=("payslip",)))
    assert person.reads() == "Tack, det här har kommit: lönebesked. 2 av 3. Resten senast torsdag 3 december."
    assert len(person.turns[-1].says) == 1


def test_where_others_may_read_it_is_counted_and_not_named() -> None:
    person = idle()
    person.state = person.state.with_thread(shared=True)
    person.happens(waiting_for("lease", came=2, named=("payslip",)))
    assert person.reads() == (
        "Det har kommit fram. Tack. Hos oss kan bara personalen läsa det. 2 av 3. Resten senast torsdag 3 december."
    )


def test_the_last_one_ends_it_and_what_comes_after_the_day_is_no_reproach() -> None:
    assert (
        idle()
        .happens(waiting_for(came=3, named=("lease",)))
        .reads()
        .endswith("hyreskontrakt. Nu har alla papper kommit.")
    )
    late = idle()
    late.now = datetime(2026, 12, 5, 9, tzinfo=UTC)
    late.happens(waiting_for("lease", came=2, named=("payslip",)))
    assert late.reads().endswith("2 av 3. Du kan ändå skicka resten.")


def test_which_of_several_it_is_is_asked_once_and_then_counted() -> None:
    person = idle().happens(waiting_for("lease", "payslip", came=1, unnamed=(LEASE, PAYSLIP)))
    assert person.reads().startswith(
        "Det har kommit fram. Tack. Hos oss kan bara personalen läsa det. Vilket papper är det?"
    )
    assert "3 Något annat" in person.reads()
    person.missing = MissingPapers(papers=(AskedPaper(paper="payslip"),), asked=3, came=2, by=THURSDAY)
    person.presses("Hyreskontrakt")
    (call,) = [one.value for one in person.calls if isinstance(one.value, NamePapers)]
    assert (call.paper, call.documents) == ("lease", (LEASE, PAYSLIP))
    assert person.reads() == "Tack, det här har kommit: hyreskontrakt. 2 av 3. Resten senast torsdag 3 december."
    assert person.state.thread.open is None


def test_something_else_is_for_staff_to_look_at() -> None:
    person = idle().happens(waiting_for("lease", "payslip", unnamed=(LEASE,))).writes("något annat")
    assert person.reads() == "Tack. Vår personal tittar på vad det är."
    assert not [one for one in person.calls if isinstance(one.value, NamePapers)]


def test_in_the_middle_of_a_form_its_question_comes_again_after_the_answer() -> None:
    person = talker("web").writes("1")
    asks = person.state.thread.open
    assert asks is not None
    person.happens(waiting_for("lease", "payslip", unnamed=(LEASE,)))
    assert person.state.thread.interrupted == asks
    person.missing = MissingPapers(papers=(AskedPaper(paper="payslip"),), asked=2, came=1, by=THURSDAY)
    person.writes("1")
    assert person.state.thread.open is not None
    assert person.state.thread.open.question == asks.question


def test_where_others_may_read_it_is_not_asked_which() -> None:
    person = idle()
    person.state = person.state.with_thread(shared=True)
    person.happens(waiting_for("lease", "payslip", unnamed=(LEASE,)))
    assert "Vilket" not in person.reads()


def test_the_only_one_missing_is_taken_as_that_and_said_and_may_be_something_else() -> None:
    person = idle().happens(waiting_for(came=3, taken_as="lease", taken=(LEASE,)))
    assert person.reads() == (
        "Tack, det har kommit. Vi räknar det som: hyreskontrakt. Nu har alla papper kommit. "
        "Är det något annat? 1 Ja 2 Nej"
    )
    person.missing = MissingPapers(papers=(AskedPaper(paper="lease"),), asked=3, came=2, by=THURSDAY)
    person.writes("ja")
    (call,) = [one.value for one in person.calls if isinstance(one.value, NamePapers)]
    assert (call.paper, call.documents) == (None, (LEASE,))
    assert person.reads() == "Tack. Vår personal tittar på vad det är. 2 av 3. Resten senast torsdag 3 december."


def test_what_is_hard_to_read_is_said_at_once_and_may_be_sent_anyway() -> None:
    event = waiting_for("lease", came=3, named=("lease",), hard_to_read=True, unclear="lease")
    person = idle().happens(event)
    assert person.reads() == (
        "Tack, det här har kommit: hyreskontrakt. Nu har alla papper kommit. "
        "Bilden är svår att läsa. Kan du ta en ny? 1 Jag skickar en ny 2 Skicka ändå"
    )
    person.missing = MissingPapers(asked=3, came=3, by=THURSDAY)
    person.writes("SKICKA ÄNDÅ")
    (call,) = [(one.value.says, one.path) for one in person.calls if isinstance(one.value, AboutPaper)]
    assert call == ("good-enough", {"paper": "lease"})
    assert person.reads() == "Tack. Vi tar den som den är."
    another = idle().happens(event).writes("1")
    assert another.reads() == "Bra. Skicka den nya bilden på samma sätt. Den gamla finns kvar så länge."
    # She may also send it without a word: nothing blocks.
    sent = idle().happens(event).happens(Said("", pictures=1)).happens(waiting_for(came=3, named=("lease",)))
    assert sent.reads() == "Tack, det här har kommit: hyreskontrakt. Nu har alla papper kommit."


def test_a_reminder_that_waits_for_its_answer_is_not_pushed_aside() -> None:
    person = idle()
    person.state = person.state.with_thread(open=Open("human", "token", person.now))
    person.happens(waiting_for("lease", "payslip", unnamed=(LEASE,)))
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "human"


@pytest.mark.parametrize("language", languages())
def test_what_is_asked_of_papers_is_one_text_message_each(language: str) -> None:
    two: tuple[Paper, ...] = ("bank-statements", "payslip")
    names = paper_questions.names(two)
    abouts = [str(About(two, THURSDAY)), str(About(two, documents=(LEASE,)))]
    texts = [
        *(
            say(missing.__dict__[name], papers=names, day=THURSDAY, came=10, asked=12, address="Exempelgatan 4")
            for name in dir(missing)
            if name.isupper() and isinstance(missing.__dict__[name], str)
        ),
        *(
            say(paper_questions.question(ask, abouts[0]).text, **paper_questions.values(abouts[0]))
            for ask in paper_questions.ASKED
        ),
    ]
    for text in texts:
        words = render(text, language, plain=True)
        assert segments(words) <= (1 if is_gsm(words) else 2), words


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
    assert "En bild som du skickar här kommer också fram, men Telegram är inte privat." in read
    assert "Tryck på Skicka papper" in talker("web").writes("skicka papper").reads()


def test_where_no_papers_are_taken_the_word_is_like_any_other() -> None:
    person = Talker().writes("hej, behöver hjälp").writes("skicka papper")
    assert "trelleborg.se" not in person.reads()
