"""Papers are asked for by a day: told, counted as they come, said when the day has passed; a letter where nothing
reaches."""

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from backend import persons, tasks
from backend.applications import completions, routine
from backend.applications.completions import CompletionView, Wanted
from backend.cases import desk
from backend.contract import (
    Notice,
    NoticeKind,
    PapersAsked,
    PapersCame,
    PapersOverdue,
    Phone,
    StillTrue,
    StillTrueQuery,
)
from backend.errors import DayAheadNeeded, NotAllowed, ReasonNeeded, SilentForSafety
from backend.safety import service as safety
from tests.backend.documents.conftest import hands_in
from tests.backend.documents.made import blurred, invoice, saved
from tests.backend.stories import ELIN, MARIA, TELEPHONE, Applicant, Backend, application, at_once, told

THURSDAY = date(2026, 12, 3)
PHOTO = saved(invoice())


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
    await hands_in(backend, kim.person, PHOTO, paper="lease")
    await hands_in(backend, kim.person, PHOTO, paper="lease")  # its second page
    await hands_in(backend, kim.person, PHOTO)  # nobody knows what it is: a caseworker looks
    await hands_in(backend, kim.person, PHOTO, paper="payslip")
    assert await is_still_true(backend, kim, asked)
    await hands_in(backend, kim.person, PHOTO, paper="rent-invoice")
    came = [PapersCame.model_validate(one.body) for one in await told(backend.trelleborg, NoticeKind.PAPERS_CAME)]
    assert [(one.came, one.asked, one.unreadable) for one in came] == [(1, 3, False), (2, 3, False), (3, 3, False)]
    assert not await is_still_true(backend, kim, asked)
    assert await standing(backend, kim) == ()
    assert ("check", "papers-came") in await waiting(backend, kim)


async def test_what_is_hard_to_read_is_said_kept_and_may_be_sent_again(backend: Backend) -> None:
    kim = await applied(backend)
    await asks(backend, kim, "rent-invoice")
    await hands_in(backend, kim.person, saved(blurred(invoice())), paper="rent-invoice")
    (view,) = await standing(backend, kim)
    assert (view.came, view.papers[0].unreadable) == (1, True)
    await hands_in(backend, kim.person, PHOTO, paper="rent-invoice")
    came = [PapersCame.model_validate(one.body) for one in await told(backend.trelleborg, NoticeKind.PAPERS_CAME)]
    assert [(one.came, one.unreadable) for one in came] == [(1, True), (1, False)]
    assert await standing(backend, kim) == ()


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
    await at_once(*(hands_in(backend, kim.person, PHOTO, paper=paper) for paper in ("lease", "payslip")))
    came = [PapersCame.model_validate(one.body).came for one in await told(backend.trelleborg, NoticeKind.PAPERS_CAME)]
    assert came == [1, 2]
    assert await standing(backend, kim) == ()
