"""Papers are asked for, come, and do not come: neutral where others may read, named where nobody does."""

from datetime import UTC, date, datetime

import pytest

from backend.contract import (
    AboutPaper,
    AskedPaper,
    HandOver,
    MissingPapers,
    NoticeKind,
    Paper,
    PapersAsked,
    PapersCame,
    PapersOverdue,
    ProblemCode,
)
from bot.leaving.ceilings import AboveCeiling, guard_ceiling
from bot.leaving.kinds import KINDS
from bot.messages import Elapsed
from tests.bot.conversation.test_bringing import TAKES
from tests.bot.conversation.test_interruptions import booked
from tests.bot.talker import Talker

THURSDAY = date(2026, 12, 3)
TWO = PapersAsked(
    papers=(AskedPaper(paper="rent-invoice"), AskedPaper(paper="bank-statements", own_words="hösten")),
    by=THURSDAY,
    remind_on=date(2026, 12, 2),
)

LOOKS = {"sv": "Räkningen för bostaden."}
STANDS = MissingPapers(
    papers=(AskedPaper(paper="rent-invoice", looks_like=LOOKS), AskedPaper(paper="payslip", own_words="hösten")),
    asked=3,
    came=1,
    by=THURSDAY,
)


def asked(**settings: object) -> Talker:
    return booked("2", "1", **settings).tells(NoticeKind.PAPERS_ASKED, TWO)


def missing(person: Talker, *papers: Paper) -> Talker:
    """What the backend says is missing from now on."""
    listed = tuple(AskedPaper(paper=paper) for paper in papers) or TWO.papers
    person.missing = MissingPapers(papers=listed, asked=len(listed), came=0, by=THURSDAY)
    return person


def test_unasked_no_paper_is_named() -> None:
    person = asked()
    assert person.reads() == "Vi behöver några papper av dig senast torsdag 3 december. Vill du veta vilka? 1 Ja 2 Nej"


def test_where_nobody_else_reads_they_are_named_as_they_stand_now() -> None:
    person = missing(asked()).leaves().writes("1")
    assert person.reads() == (
        "Vi behöver: hyresavi och kontoutdrag för 3 månader. Senast torsdag 3 december. Kan du få tag i dem? 1 Ja 2 Nej"
    )
    person = missing(asked(), "lease").leaves().writes("1")
    assert person.reads().startswith("Vi behöver: hyreskontrakt. Senast torsdag 3 december.")


def test_where_others_may_read_they_are_told_by_a_person() -> None:
    person = missing(asked()).leaves()
    person.state = person.state.with_thread(shared=True)
    person.writes("1")
    assert person.reads() == "Här kan andra läsa. Skriv RING så berättar vi, eller kom till Exempelgatan 4."


def drawn(person: Talker) -> list[str]:
    """Of which papers a drawing went along, in the last answer."""
    return [drawing.paper for message in person.turns[-1].says for drawing in message.drawings]


def test_on_telegram_the_drawing_of_a_paper_goes_along_once() -> None:
    person = asked(channel="telegram")
    person.missing = STANDS
    person.writes("vilka papper?")
    assert drawn(person) == ["rent-invoice", "payslip"]
    person.missing = STANDS.model_copy(update={"papers": (*STANDS.papers, AskedPaper(paper="lease", own_words="ditt"))})
    person.writes("vilka papper?")
    assert drawn(person) == ["lease"]
    person.writes("vilka papper?")
    assert drawn(person) == []


@pytest.mark.parametrize("channel", ["sms", "web"])
def test_nowhere_else_does_anything_go_along(channel: str) -> None:
    person = asked(channel=channel)
    person.missing = STANDS
    person.writes("vilka papper?")
    assert [drawing for message in person.said for drawing in message.drawings] == []


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("sv", "Vilka papper?"),
        ("en", "what is missing"),
        ("ar", "ماذا ينقص؟"),
        ("so", "maxaa maqan"),
        ("uk", "чого бракує?"),
    ],
)
def test_she_asks_at_any_time_which_are_missing_and_by_when(language: str, words: str) -> None:
    person = missing(asked())
    person.state = person.state.with_thread(language=language)
    person.writes(words)
    assert person.state.thread.open is not None
    assert person.state.thread.open.ask == "can-get"
    assert "3" in person.reads()


def test_the_word_for_papers_tells_first_which_where_some_are_asked_for() -> None:
    assert missing(asked()).writes("PAPPER").reads().startswith("Vi behöver: hyresavi och")
    assert booked("2", "1").writes("vilka papper saknas").reads() == (
        "Inget papper saknas. Du behöver inte skicka något nu."
    )


def test_where_none_are_asked_for_by_a_day_she_brings_what_her_case_needs() -> None:
    person = booked("2", "1")
    person.missing = MissingPapers(papers=(AskedPaper(paper="lease"),), asked=1)
    assert person.writes("vad saknas?").reads() == "Ta med till mötet: hyreskontrakt."


def test_how_each_looks_is_told_where_there_is_room() -> None:
    person = Talker(channel="web", missing=STANDS).writes("hej").writes("vilka papper")
    assert "hyresavi: Räkningen för bostaden.".casefold() in person.reads().casefold()
    assert "(hösten)" in person.reads()


@pytest.mark.parametrize("words", ["vilka papper", "nej"])
def test_what_names_papers_leaves_where_nobody_else_reads_and_nowhere_else(words: str) -> None:
    person = missing(asked()).writes("vilka papper").writes(words)
    shared = person.state.with_thread(shared=True).thread
    for message in person.turns[-1].says:
        guard_ceiling(message, person.policy, person.state.thread)
        with pytest.raises(AboveCeiling):
            guard_ceiling(message, person.policy, shared)


def test_who_can_get_them_is_told_how_to_send_them() -> None:
    person = missing(asked(policy=TAKES)).writes("vilka papper").writes("ja")
    assert "trelleborg.se/imorgon" in person.reads()
    assert person.turns[-1].says[-1].kind == "code"
    by_telegram = Talker(channel="telegram", policy=TAKES, missing=STANDS).writes("/start")
    by_telegram.state = by_telegram.state.with_thread(shared=False)
    by_telegram.writes("vilka papper").writes("ja")
    assert by_telegram.turns[-1].says[-1].kind == "code"
    assert "Säkrast är vår sida." in by_telegram.reads()
    assert "Skicka en bild här" not in by_telegram.reads()
    by_chat = Talker(channel="web", policy=TAKES, missing=STANDS).writes("hej").writes("vilka papper").writes("1")
    assert by_chat.reads().startswith("Bra. Skicka en bild här, ett papper i taget.")
    assert "Exempelgatan 4" in missing(asked()).writes("vilka papper").writes("ja").reads()


def test_what_she_cannot_get_is_told_staff_and_not_asked_for_again() -> None:
    person = missing(asked()).writes("vilka papper").writes("nej, jag har inte det")
    assert person.reads() == "Vilket kan du inte få tag i? 1 Hyresavi 2 Kontoutdrag för 3 månader"
    person = missing(person, "rent-invoice").writes("2")
    (call,) = [(one.value.says, one.path) for one in person.calls if isinstance(one.value, AboutPaper)]
    assert call == ("cannot-get", {"paper": "bank-statements"})
    assert person.reads() == (
        "Din handläggare ser att du inte kan få tag i det. Vi frågar inte efter det igen. Hjälp? Skriv RING.\n"
        "0 av 1. Resten senast torsdag 3 december."
    )


def test_of_one_paper_it_is_not_asked_which() -> None:
    person = missing(asked(), "lease").writes("vilka papper")
    person.missing = MissingPapers(by=THURSDAY)
    person.writes("nej")
    assert person.reads().startswith("Din handläggare ser att du inte kan få tag i det.")
    assert "av" not in person.reads().splitlines()[-1].split(".")[0].split()


def test_after_the_day_she_may_still_send_them() -> None:
    person = missing(asked())
    person.now = datetime(2026, 12, 4, 9, tzinfo=UTC)
    assert person.writes("vilka papper").reads() == (
        "Det här saknas: hyresavi och kontoutdrag för 3 månader. Sista dagen har gått, men du kan skicka ändå. "
        "Kan du få tag i dem? 1 Ja 2 Nej"
    )


def test_words_that_are_no_answer_are_read_like_any_others() -> None:
    person = missing(asked()).writes("vilka papper").writes("min chef har den")
    assert any(isinstance(call.value, HandOver) for call in person.calls)
    assert person.state.thread.open is None


def test_where_it_cannot_be_seen_a_person_tells_her() -> None:
    person = asked()
    person.missing = ProblemCode.UNAVAILABLE
    assert person.writes("vilka papper").reads() == "Jag kan inte se det just nu. Skriv RING så berättar en människa."


def test_who_does_not_want_to_know_now_is_let_alone() -> None:
    assert asked().leaves().writes("nej").reads() == "Då vet vi. Skriv när du vill ha hjälp."


def test_the_day_before_the_last_one_it_is_said_once_more() -> None:
    person = asked()
    timer = person.turns[-1].timers[0]
    assert timer.at == datetime(2026, 12, 2, 8, tzinfo=UTC)
    person.now = timer.at
    person.happens(Elapsed(timer.timer, timer.reference))
    # When all have come meanwhile it does not leave: the backend is asked by what it told.
    reminder = person.turns[-1].says[-1]
    assert (reminder.reference, KINDS[reminder.kind].still_true) == (timer.reference, True)
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
