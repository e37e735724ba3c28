"""Papers are asked for by a day: told, counted as they come, said when the day has passed; a letter where nothing
reaches."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select

from backend import persons, tasks
from backend.applications import completions, routine
from backend.applications.completions import CompletionView, Wanted
from backend.applications.models import Completion, CompletionPaper
from backend.cases import desk
from backend.cases.models import PaperState
from backend.contract import (
    AboutPaper,
    DocumentReceipt,
    HandOver,
    MissingPapers,
    NamePapers,
    Notice,
    NoticeKind,
    Paper,
    PapersAsked,
    PapersCame,
    PapersOverdue,
    Phone,
    SaidOfPaper,
    StillTrue,
    StillTrueQuery,
    TakeBackDocument,
)
from backend.decisions import service as decisions
from backend.errors import DayAheadNeeded, NotAllowed, ReasonNeeded, SilentForSafety
from backend.safety import service as safety
from tests.backend.documents.conftest import hands_in
from tests.backend.documents.made import blurred, invoice, saved
from tests.backend.stories import ELIN, MARIA, TELEPHONE, Applicant, Backend, application, at_once, told

THURSDAY = date(2026, 12, 3)
PHOTO = saved(invoice())
UNSHARP = saved(blurred(invoice()))


@pytest.fixture
def environ(environ: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """Trelleborg's, with a folder for documents."""
    return {**environ, "IMORGON_STORAGE_URL": (tmp_path / "documents").as_uri()}


async def applied(backend: Backend) -> Applicant:
    kim = await backend.trelleborg.asks_for_help()
    answer = await backend.trelleborg.put(f"applications/{uuid4()}", application(kim))
    assert answer.status_code == 200, answer.text
    async with backend.database().transaction() as session:
        await desk.open_case(session, backend.clock, MARIA, kim.person, "follow-up")
    return kim


async def asks(backend: Backend, kim: Applicant, *wanted: Any, by: date = THURSDAY) -> UUID:
    listed = [one if isinstance(one, Wanted) else Wanted(one) for one in wanted]
    async with backend.database().transaction() as session:
        return await completions.ask(session, backend.clock, MARIA, kim.person, listed, by=by)


async def brings(backend: Backend, kim: Applicant, paper: Paper | None) -> DocumentReceipt:
    """By the bot."""
    return await hands_in(backend, kim.person, PHOTO, **({"paper": paper} if paper else {}))


async def named(backend: Backend, kim: Applicant, paper: Paper | None, *receipts: DocumentReceipt) -> MissingPapers:
    documents = tuple(one.document for one in receipts if one.document is not None)
    call = NamePapers(person=kim.person, at=backend.clock(), documents=documents, paper=paper)
    answer = await backend.trelleborg.put(f"documents/named/{uuid4()}", call)
    assert answer.status_code == 200, answer.text
    return MissingPapers.model_validate(answer.json())


async def says(backend: Backend, kim: Applicant, paper: Paper, what: SaidOfPaper) -> MissingPapers:
    call = AboutPaper(person=kim.person, at=backend.clock(), says=what)
    answer = await backend.trelleborg.put(f"missing-papers/{paper}/{uuid4()}", call)
    assert answer.status_code == 200, answer.text
    return MissingPapers.model_validate(answer.json())


async def standing(backend: Backend, kim: Applicant) -> tuple[CompletionView, ...]:
    async with backend.database().transaction() as session:
        return await completions.of_person(session, kim.person)


async def waiting(backend: Backend, kim: Applicant) -> list[tuple[str, str]]:
    async with backend.database().transaction() as session:
        return [(task.kind, task.reason) for task in await tasks.waiting(session, kim.person)]


async def is_still_true(backend: Backend, kim: Applicant, notice: Notice) -> bool:
    query = StillTrueQuery(kind=notice.kind, person=kim.person, reference=notice.id, at=backend.clock())
    return StillTrue.model_validate((await backend.trelleborg.post("still-true", query)).json()).true


async def test_she_is_told_which_papers_how_they_look_and_by_when(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "rent-invoice", Wanted("bank-statements", "september till november"))
    (notice,) = await told(backend.trelleborg, NoticeKind.PAPERS_ASKED)
    body = PapersAsked.model_validate(notice.body)
    assert [(one.paper, one.own_words) for one in body.papers] == [
        ("rent-invoice", ""),
        ("bank-statements", "september till november"),
    ]
    assert (body.by, body.remind_on) == (THURSDAY, date(2026, 12, 2))
    assert body.papers[0].looks_like["sv"].startswith("Räkningen för bostaden.")
    assert {"sv", "en", "ar", "so", "uk"} <= set(body.papers[0].looks_like)
    assert [(one.due_on, one.came, len(one.papers)) for one in await standing(backend, kim)] == [(THURSDAY, 0, 2)]
    assert ("letter", "papers") not in await waiting(backend, kim)


async def test_papers_are_counted_as_they_come_and_the_last_one_ends_it(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "rent-invoice", "lease", "payslip")
    (asked,) = await told(backend.trelleborg, NoticeKind.PAPERS_ASKED)
    given: tuple[Paper | None, ...] = ("lease", "lease", None, "payslip")
    receipts = [await brings(backend, kim, paper) for paper in given]
    assert [(one.came, one.asked) for one in receipts] == [(1, 3), (1, 3), (1, 3), (2, 3)]
    assert (receipts[-1].by, receipts[-1].missing) == (THURSDAY, ("rent-invoice",))
    assert await is_still_true(backend, kim, asked)
    last = await brings(backend, kim, "rent-invoice")
    assert (last.came, last.asked, last.by, last.missing) == (3, 3, THURSDAY, ())
    assert not await is_still_true(backend, kim, asked)
    assert await standing(backend, kim) == ()
    assert ("check", "papers-came") in await waiting(backend, kim)
    # Its second page is no new paper, and the count stands as she was told it.
    again = await brings(backend, kim, "rent-invoice")
    assert (again.came, again.asked, again.by) == (3, 3, THURSDAY)


async def test_what_comes_by_the_bot_is_told_by_its_answer_and_what_comes_over_the_desk_by_a_notice(
    backend: Backend,
) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "rent-invoice", "lease", "payslip")
    for channel in ("telegram", "web"):
        await hands_in(backend, kim.person, PHOTO, paper="lease", channel=channel)
    assert await told(backend.trelleborg, NoticeKind.PAPERS_CAME) == []
    await hands_in(backend, kim.person, PHOTO, paper="payslip", channel="desk")
    (notice,) = await told(backend.trelleborg, NoticeKind.PAPERS_CAME)
    body = PapersCame.model_validate(notice.body)
    assert (body.came, body.asked, body.by) == (2, 3, THURSDAY)
    assert await is_still_true(backend, kim, notice)
    # What she sends before it has left is answered with the later count: the notice would say an old one.
    await brings(backend, kim, "rent-invoice")
    assert not await is_still_true(backend, kim, notice)


async def test_the_same_paper_handed_in_again_has_the_same_answer_and_is_told_by_nobody_else(backend: Backend) -> None:
    """The bot died between handing in and writing down what was answered."""
    kim, key = await applied(backend), uuid4()
    await asks(backend, kim, "lease", "payslip")
    first, second = [await hands_in(backend, kim.person, PHOTO, paper="lease", key=key) for _ in range(2)]
    assert first == second
    assert (first.came, first.asked) == (1, 2)
    assert await told(backend.trelleborg, NoticeKind.PAPERS_CAME) == []


async def test_where_one_is_missing_what_is_not_named_is_that_one(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease", "payslip")
    assert (await brings(backend, kim, None)).paper is None
    await brings(backend, kim, "lease")
    at_the_desk = await hands_in(backend, kim.person, PHOTO, channel="desk")
    assert at_the_desk.paper is None
    taken = await brings(backend, kim, None)
    assert (taken.paper, taken.came, taken.missing) == ("payslip", 2, ())
    # She says that it is something else: then it is missing again, also when it seemed to be the last.
    stands = await named(backend, kim, None, taken)
    assert (stands.came, [one.paper for one in stands.papers]) == (1, ["payslip"])
    assert ("check", "papers-came") in await waiting(backend, kim)  # somebody looks all the same


async def test_what_she_names_afterwards_is_counted_once(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease", "payslip", "rent-invoice")
    pages = [await brings(backend, kim, None) for _ in range(2)]
    for _ in range(2):
        stands = await named(backend, kim, "lease", *pages)
        assert (stands.came, stands.asked, stands.by) == (1, 3, THURSDAY)
    stands = await named(backend, kim, "payslip", *pages)
    assert [one.paper for one in stands.papers] == ["lease", "rent-invoice"]
    call = NamePapers(person=uuid4(), at=backend.clock(), documents=(pages[0].document or uuid4(),), paper="lease")
    assert (await backend.trelleborg.put(f"documents/named/{uuid4()}", call)).status_code == 404
    assert await told(backend.trelleborg, NoticeKind.PAPERS_CAME) == []


async def test_what_was_taken_back_is_missing_again(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease")
    receipt = await brings(backend, kim, "lease")
    assert await standing(backend, kim) == ()
    call = TakeBackDocument(person=kim.person, at=backend.clock())
    answer = await backend.trelleborg.put(f"documents/{receipt.document}/taken-back/{uuid4()}", call)
    assert answer.status_code == 204
    assert [(one.came, len(one.papers)) for one in await standing(backend, kim)] == [(0, 1)]


async def test_what_she_cannot_get_is_not_asked_for_again_and_a_caseworker_reads_it(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease", "payslip")
    (asked,) = await told(backend.trelleborg, NoticeKind.PAPERS_ASKED)
    for _ in range(2):
        stands = await says(backend, kim, "payslip", "cannot-get")
        assert ([one.paper for one in stands.papers], stands.asked, stands.came) == (["lease"], 1, 0)
    assert ("check", "papers-answered") in await waiting(backend, kim)
    assert await is_still_true(backend, kim, asked)
    await brings(backend, kim, "lease")
    assert not await is_still_true(backend, kim, asked)
    backend.clock.advance(days=4)
    await routine.look_after(backend.database(), backend.clock)
    assert await told(backend.trelleborg, NoticeKind.PAPERS_OVERDUE) == []
    # It is over, but what she said stands there until it is asked for anew.
    (view,) = await standing(backend, kim)
    assert [(one.paper, one.said) for one in view.papers] == [("lease", None), ("payslip", "cannot-get")]
    assert ("check", "papers-answered") in await waiting(backend, kim)


async def test_what_she_said_she_could_not_get_counts_when_it_comes_after_all(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease", "payslip")
    await says(backend, kim, "payslip", "cannot-get")
    receipt = await brings(backend, kim, "payslip")
    assert (receipt.came, receipt.asked, receipt.missing) == (1, 2, ("lease",))


async def test_what_is_asked_for_nowhere_has_nothing_to_be_said_of(backend: Backend) -> None:
    kim = await applied(backend)
    assert await says(backend, kim, "lease", "cannot-get") == MissingPapers()
    assert ("check", "papers-answered") not in await waiting(backend, kim)


async def test_what_the_caseworker_saw_at_the_meeting_has_come(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease", "payslip", "rent-invoice")
    async with backend.database().transaction() as session:
        states: dict[Paper, PaperState] = {"lease": "seen", "payslip": "not-needed", "rent-invoice": "missing"}
        await completions.seen(session, backend.clock, kim.person, states)
    async with backend.database().transaction() as session:
        stands = await completions.missing(session, kim.person)
    assert ([one.paper for one in stands.papers], stands.asked, stands.came) == (["rent-invoice"], 2, 1)
    (notice,) = await told(backend.trelleborg, NoticeKind.PAPERS_CAME)
    assert PapersCame.model_validate(notice.body).came == 1


async def test_what_the_caseworker_saw_stays_seen_whatever_comes_or_is_taken_away(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "rent-invoice", "payslip")
    async with backend.database().transaction() as session:
        await completions.seen(session, backend.clock, kim.person, {"rent-invoice": "seen"})
    unsharp = await hands_in(backend, kim.person, UNSHARP, paper="rent-invoice")
    assert (unsharp.came, unsharp.missing) == (1, ("payslip",))
    call = TakeBackDocument(person=kim.person, at=backend.clock())
    answer = await backend.trelleborg.put(f"documents/{unsharp.document}/taken-back/{uuid4()}", call)
    assert answer.status_code == 204
    async with backend.database().transaction() as session:
        stands = await completions.missing(session, kim.person)
    assert ([one.paper for one in stands.papers], stands.came) == (["payslip"], 1)
    assert (await brings(backend, kim, "payslip")).missing == ()
    assert await standing(backend, kim) == ()


async def test_what_is_hard_to_read_is_said_kept_and_may_be_sent_again(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "rent-invoice")
    await hands_in(backend, kim.person, UNSHARP, paper="rent-invoice", channel="desk")
    (view,) = await standing(backend, kim)
    assert (view.came, view.papers[0].unreadable) == (1, True)
    # Sent anew without a word it can only be that one.
    assert (await brings(backend, kim, None)).paper == "rent-invoice"
    (notice,) = await told(backend.trelleborg, NoticeKind.PAPERS_CAME)
    assert PapersCame.model_validate(notice.body).unreadable
    assert await standing(backend, kim) == ()


async def test_what_is_hard_to_read_and_all_she_has_ends_it_too(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "rent-invoice")
    receipt = await hands_in(backend, kim.person, UNSHARP, paper="rent-invoice")
    assert (receipt.came, receipt.missing) == (1, ("rent-invoice",))
    stands = await says(backend, kim, "rent-invoice", "good-enough")
    assert (stands.came, stands.asked, stands.papers) == (1, 1, ())
    (view,) = await standing(backend, kim)
    assert view.papers[0].said == "good-enough"
    assert ("check", "papers-answered") in await waiting(backend, kim)


async def test_when_the_day_has_passed_it_is_said_once_and_a_caseworker_goes_on(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "rent-invoice", "lease")
    await hands_in(backend, kim.person, PHOTO, paper="lease")
    backend.clock.advance(days=3)  # Thursday itself is not past
    await routine.look_after(backend.database(), backend.clock)
    assert await told(backend.trelleborg, NoticeKind.PAPERS_OVERDUE) == []
    backend.clock.advance(days=1)
    await at_once(*(routine.look_after(backend.database(), backend.clock) for _ in range(3)))
    (notice,) = await told(backend.trelleborg, NoticeKind.PAPERS_OVERDUE)
    body = PapersOverdue.model_validate(notice.body)
    assert (body.came, body.asked, body.by) == (1, 2, THURSDAY)
    assert ("check", "papers-overdue") in await waiting(backend, kim)

    # What comes late still counts, and the message that it has not come is not sent any more.
    assert await is_still_true(backend, kim, notice)
    await hands_in(backend, kim.person, PHOTO, paper="rent-invoice")
    assert not await is_still_true(backend, kim, notice)
    assert ("check", "papers-overdue") not in await waiting(backend, kim)


async def test_one_that_cannot_be_told_of_holds_up_none_of_the_others(backend: Backend) -> None:
    """What was written beside a paper does not open: somebody put another row's there."""
    kim, others = await applied(backend), [await applied(backend) for _ in range(2)]
    for one in (others[0], kim, others[1]):
        await asks(backend, one, Wanted("lease", "alla sidor"))
    async with backend.database().transaction() as session:
        hers = select(CompletionPaper).join(Completion, col(Completion.id) == col(CompletionPaper.completion))
        row = (await session.exec(hers.where(Completion.person == kim.person))).one()
        row.own_words = b"sealed otherwise"
        session.add(row)
    backend.clock.advance(days=4)
    with pytest.raises(ExceptionGroup) as failed:
        await routine.look_after(backend.database(), backend.clock)
    assert len(failed.value.exceptions) == 1
    late = {notice.person for notice in await told(backend.trelleborg, NoticeKind.PAPERS_OVERDUE)}
    assert late == {one.person for one in others}


async def test_whom_no_text_reaches_gets_a_letter_and_another_when_the_day_has_passed(backend: Backend) -> None:
    kim = await applied(backend)
    stopped = Phone(person=kim.person, telephone=TELEPHONE, at=backend.clock(), opted_out=True)
    assert (await backend.trelleborg.put(f"phones/{uuid4()}", stopped)).status_code == 204
    await asks(backend, kim, "lease")
    async with backend.database().transaction() as session:
        (letter,) = [task for task in await tasks.waiting(session, kim.person) if task.kind == "letter"]
        await tasks.done(session, letter.id, backend.clock(), MARIA.id)
    backend.clock.advance(days=4)
    await routine.look_after(backend.database(), backend.clock)
    assert ("letter", "papers") in await waiting(backend, kim)


async def test_once_all_has_come_no_letter_is_sent_for_what_no_text_reached(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease")
    (notice,) = await told(backend.trelleborg, NoticeKind.PAPERS_ASKED)
    over = HandOver(
        person=kim.person, thread=kim.thread, channel="sms", language="sv", at=backend.clock(), reason="letter",
        about=notice.id,
    )  # fmt: skip
    assert (await backend.trelleborg.put(f"handovers/{uuid4()}", over)).status_code == 204
    assert ("letter", "letter") in await waiting(backend, kim)
    await hands_in(backend, kim.person, PHOTO, paper="lease", channel="desk")
    assert ("letter", "letter") not in await waiting(backend, kim)


async def test_who_never_wrote_gets_a_letter(backend: Backend) -> None:
    async with backend.database().transaction() as session:
        somebody = await persons.meet(session, uuid4(), backend.clock(), "sv")
        await tasks.add(session, "check", "desk", at=backend.clock(), person=somebody.id, queue="caseworker")
    kim = Applicant(somebody.id, uuid4(), "sv")
    await asks(backend, kim, "lease")
    assert ("letter", "papers") in await waiting(backend, kim)
    backend.clock.advance(days=4)
    await routine.look_after(backend.database(), backend.clock)
    assert await told(backend.trelleborg) == []


async def test_nothing_is_asked_and_no_letter_sent_where_she_must_not_be_written_to(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease")
    async with backend.database().transaction() as session:
        await safety.written(session, kim.person, kim.thread, backend.clock())
    with pytest.raises(SilentForSafety):
        await asks(backend, kim, "payslip")
    backend.clock.advance(days=4)
    await routine.look_after(backend.database(), backend.clock)
    assert ("letter", "papers") not in await waiting(backend, kim)
    assert ("check", "papers-overdue") in await waiting(backend, kim)


async def test_what_is_asked_for_anew_takes_the_place_of_what_was(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease", "payslip")
    (first,) = await told(backend.trelleborg, NoticeKind.PAPERS_ASKED)
    await asks(backend, kim, "lease", by=date(2026, 12, 10))
    assert not await is_still_true(backend, kim, first)
    assert [(one.due_on, len(one.papers)) for one in await standing(backend, kim)] == [(date(2026, 12, 10), 1)]


async def test_what_was_to_be_done_about_what_was_asked_for_before_is_done(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease", "payslip")
    await says(backend, kim, "payslip", "cannot-get")
    backend.clock.advance(days=4)
    await routine.look_after(backend.database(), backend.clock)
    assert {("check", "papers-overdue"), ("check", "papers-answered")} <= set(await waiting(backend, kim))
    await asks(backend, kim, "lease", by=date(2026, 12, 10))
    assert not {("check", "papers-overdue"), ("check", "papers-answered")} & set(await waiting(backend, kim))


async def test_when_a_caseworker_goes_on_with_what_there_is_nothing_is_asked_for_any_more(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease", "payslip", "rent-invoice")
    (asked,) = await told(backend.trelleborg, NoticeKind.PAPERS_ASKED)
    receipt = await hands_in(backend, kim.person, PHOTO, paper="payslip", channel="desk")
    (came,) = await told(backend.trelleborg, NoticeKind.PAPERS_CAME)
    await says(backend, kim, "lease", "cannot-get")
    async with backend.database().transaction() as session:
        await desk.write_note(session, backend.clock, MARIA, kim.person, desk.Note(came=True))
    assert [await is_still_true(backend, kim, notice) for notice in (asked, came)] == [True, True]
    backend.clock.advance(minutes=1)
    async with backend.database().transaction() as session:
        await decisions.sign(session, backend.clock, MARIA, kim.person, decisions.Draft("bifall", date(2026, 12, 1)))
    assert [await is_still_true(backend, kim, notice) for notice in (asked, came)] == [False, False]
    assert (await says(backend, kim, "rent-invoice", "cannot-get")).papers == ()
    # Also when she takes back what had come, and the day has passed.
    call = TakeBackDocument(person=kim.person, at=backend.clock())
    answer = await backend.trelleborg.put(f"documents/{receipt.document}/taken-back/{uuid4()}", call)
    assert answer.status_code == 204
    backend.clock.advance(days=4)
    await routine.look_after(backend.database(), backend.clock)
    assert await told(backend.trelleborg, NoticeKind.PAPERS_OVERDUE) == []
    assert not {reason for _, reason in await waiting(backend, kim) if reason.startswith("papers-")}
    # What she sends all the same is kept, and is nothing that is asked for by a day.
    assert (await brings(backend, kim, "lease")).by is None


async def test_a_last_day_without_a_working_day_before_it_is_not_reminded_of(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease", by=date(2026, 12, 1))
    (notice,) = await told(backend.trelleborg, NoticeKind.PAPERS_ASKED)
    assert PapersAsked.model_validate(notice.body).remind_on is None


@pytest.mark.parametrize(("papers", "by"), [((), THURSDAY), (("lease",), date(2026, 11, 30))])
async def test_something_is_asked_for_and_by_a_day_that_lies_ahead(
    backend: Backend, papers: tuple[str, ...], by: date
) -> None:
    kim = await applied(backend)
    with pytest.raises(DayAheadNeeded):
        await asks(backend, kim, *papers, by=by)


async def test_interpreter_booking_asks_for_nothing(backend: Backend) -> None:
    kim = await applied(backend)
    with pytest.raises((NotAllowed, ReasonNeeded)):
        async with backend.database().transaction() as session:
            await completions.ask(session, backend.clock, ELIN, kim.person, [Wanted("lease")], by=THURSDAY)


async def test_two_papers_at_once_are_counted_one_after_the_other(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "lease", "payslip")
    both = [hands_in(backend, kim.person, PHOTO, paper=paper) for paper in ("lease", "payslip")]
    assert sorted(receipt.came for receipt in await at_once(*both)) == [1, 2]
    assert await standing(backend, kim) == ()
