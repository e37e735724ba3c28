"""How papers asked for by a day stand on the page of a case, in words."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from backend.applications.completions import CompletionView, PaperAsked
from backend.errors import Invalid
from backend.staff.case import asking

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)


def test_the_caseworker_reads_what_came_and_what_she_said_of_the_rest() -> None:
    papers = (
        PaperAsked("lease", "alla sidor", NOW, unreadable=False, said=None),
        PaperAsked("payslip", "", NOW, unreadable=True, said=None),
        PaperAsked("bank-statements", "", NOW, unreadable=True, said="good-enough"),
        PaperAsked("rent-invoice", "", None, unreadable=False, said="cannot-get"),
        PaperAsked("identity", "", None, unreadable=False, said=None),
    )
    view = asking.view(CompletionView(UUID(int=1), NOW, "Maria", date(2026, 12, 3), None, papers))
    assert view.head == "Begärda till 3 dec: 3 av 5 har kommit"
    assert [line.partition(": ")[2] for line in view.papers] == [
        "har kommit",
        "svårt att läsa",
        "svårt att läsa, personen har inget bättre",
        "personen säger att det inte går att få tag i",
        "inte kommit",
    ]


def test_a_paper_there_is_not_is_refused_and_no_error_of_ours() -> None:
    with pytest.raises(Invalid):
        asking.wanted({"papers": "lease,horse"})
