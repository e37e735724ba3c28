"""Papers are asked for, come, and do not come: neutral where others may read, named where nobody does."""

from datetime import UTC, date, datetime

import pytest

from backend.contract import AskedPaper, NoticeKind, PapersAsked, PapersCame, PapersOverdue
from bot.messages import Elapsed
from tests.bot.conversation.test_interruptions import booked
from tests.bot.talker import Talker

THURSDAY = date(2026, 12, 3)
TWO = PapersAsked(
    papers=(AskedPaper(paper="rent-invoice"), AskedPaper(paper="bank-statements", own_words="hösten")),
    by=THURSDAY,
    remind_on=date(2026, 12, 2),
)


def asked(**settings: object) -> Talker:
    return booked("2", "1", **settings).tells(NoticeKind.PAPERS_ASKED, TWO)


def test_unasked_no_paper_is_named() -> None:
    person = asked()
    assert person.reads() == "Vi behöver några papper av dig senast torsdag 3 december. Vill du veta vilka? 1 Ja 2 Nej"


def test_where_nobody_else_reads_they_are_named() -> None:
    person = asked().leaves().writes("1")
    assert person.reads() == (
        "Vi behöver: hyresavi och kontoutdrag för 3 månader. Senast torsdag 3 december. Svårt att få tag i? "
        "Skriv RING så hjälper vi dig."
    )


def test_where_others_may_read_they_are_told_by_a_person() -> None:
    person = asked().leaves()
    person.state = person.state.with_thread(shared=True)
    person.writes("1")
    assert person.reads() == "Här kan andra läsa. Skriv RING så berättar vi, eller kom till Exempelgatan 4."


def test_who_does_not_want_to_know_now_is_let_alone() -> None:
    assert asked().leaves().writes("nej").reads() == "Då vet vi. Skriv när du vill ha hjälp."


def test_the_day_before_the_last_one_it_is_said_once_more() -> None:
    person = asked()
    timer = person.turns[-1].timers[0]
    assert timer.at == datetime(2026, 12, 2, 8, tzinfo=UTC)
    person.now = timer.at
    person.happens(Elapsed(timer.timer, timer.reference))
    assert person.reads() == (
        "Alla papper vi bad om har inte kommit. Sista dag: torsdag 3 december. Vill du veta vilka? 1 Ja 2 Nej"
    )


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (
            PapersCame(came=2, asked=3, by=THURSDAY),
            "2 av 3 papper har kommit. Resten senast torsdag 3 december.",
        ),
        (PapersCame(came=3, asked=3, by=THURSDAY), "Alla papper har kommit. Tack."),
        (
            PapersCame(came=1, asked=3, by=THURSDAY, unreadable=True),
            (
                "1 av 3 papper har kommit. Det senaste är svårt att läsa. Skicka igen om du kan, eller visa det när vi "
                "ses."
            ),
        ),
    ],
)
def test_each_paper_that_comes_is_counted(told: PapersCame, words: str) -> None:
    assert asked().tells(NoticeKind.PAPERS_CAME, told, "another").reads() == words


def test_the_day_passes_without_a_threat() -> None:
    person = asked().tells(NoticeKind.PAPERS_OVERDUE, PapersOverdue(came=2, asked=3, by=THURSDAY), "another")
    assert person.reads() == (
        "Sista dagen har gått. 2 av 3 papper har kommit. Vi går vidare med det vi har. Du kan ändå skicka dem. Hjälp? "
        "Skriv RING."
    )
