"""The bot asks which application it is; what looks odd is said; when the next month opens is told while it is true."""

from datetime import UTC, date, datetime
from typing import Literal
from uuid import UUID, uuid4

from backend.applications.service import in_swedish
from backend.cases import desk
from backend.cases.models import Case
from backend.contract import (
    ApplicationChoice,
    ApplicationChoiceQuery,
    ApplicationReceipt,
    NextApplication,
    NoticeKind,
    SendApplication,
    StillTrue,
    StillTrueQuery,
)
from backend.decisions import service as decisions
from backend.decisions.texts import ReasonKey
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import JOHAN, MARIA, Applicant, Backend, application, books_a_meeting, told

DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)


async def send(backend: Backend, sent: SendApplication) -> ApplicationReceipt:
    answer = await backend.trelleborg.put(f"applications/{uuid4()}", sent)
    assert answer.status_code == 200, answer.text
    return ApplicationReceipt.model_validate(answer.json())


async def asks(backend: Backend, person: UUID) -> ApplicationChoice:
    query = ApplicationChoiceQuery(person=person, at=backend.clock())
    answer = await backend.trelleborg.post("application-choice", query)
    assert answer.status_code == 200, answer.text
    return ApplicationChoice.model_validate(answer.json())


async def is_still_true(backend: Backend, person: UUID, notice: UUID) -> bool:
    query = StillTrueQuery(kind="new-month", person=person, reference=notice, at=backend.clock())
    return StillTrue.model_validate((await backend.trelleborg.post("still-true", query)).json()).true


async def test_whoever_nobody_knows_applies_anew_and_then_for_each_month_once(backend: Backend) -> None:
    assert (await asks(backend, uuid4())).kind == "new"
    kim = await backend.trelleborg.asks_for_help(language="sv")
    backend.clock.now = datetime(2026, 12, 2, 9, tzinfo=UTC)
    assert (await asks(backend, kim.person)).month == DECEMBER
    await send(backend, application(kim, backend.clock(), month=DECEMBER))

    choice = await asks(backend, kim.person)
    assert (choice.kind, choice.opens_on, choice.supplementary) == ("none-yet", date(2026, 12, 15), True)
    backend.clock.now = datetime(2026, 12, 15, 9, tzinfo=UTC)
    choice = await asks(backend, kim.person)
    assert (choice.kind, choice.month, choice.said) == ("recurring", JANUARY, ())


async def test_the_second_one_for_a_month_is_taken_and_staff_read_why_it_is_flagged(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    first = await send(backend, application(kim, month=DECEMBER))
    assert first.flags == ()
    second = await send(backend, application(kim, month=DECEMBER, plans="jobb"))
    assert [(flag.why, flag.application) for flag in second.flags] == [
        ("same-month", first.application),
        ("other-kind", None),
    ]
    async with backend.database().transaction() as session:
        case = await desk.open_case(session, backend.clock, JOHAN, kim.person)
    assert [view.id for view in case.applications] == [first.application, second.application]
    assert [len(view.flags) for view in case.applications] == [0, 2]
    assert in_swedish(case.applications[1].flags[0], "30 november") == (
        "En ansökan för samma månad kom 30 november. Ingen av dem är borttagen."
    )


async def test_a_correction_is_no_second_one(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    first = await send(backend, application(kim, month=DECEMBER))
    second = await send(backend, application(kim, month=DECEMBER, corrects=first.application))
    third = await send(backend, application(kim, month=DECEMBER, corrects=second.application))
    assert (second.flags, third.flags) == ((), ())
    assert len(await told(backend.trelleborg, NoticeKind.NEXT_APPLICATION)) == 1


async def test_a_single_cost_leaves_the_papers_of_the_month_alone(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await send(backend, application(kim, month=DECEMBER))
    glasses = await send(
        backend, application(kim, kind="supplementary", housing=None, incomes=None, lived_on="glasögon")
    )
    assert glasses.missing == ()
    async with backend.database().transaction() as session:
        case = await desk.open_case(session, backend.clock, JOHAN, kim.person)
    assert {paper.paper for paper in case.papers if paper.state == "missing"} >= {"lease", "payslip"}


async def test_when_the_next_month_opens_is_told_until_she_has_applied_for_it(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    backend.clock.now = datetime(2026, 12, 2, 9, tzinfo=UTC)
    await send(backend, application(kim, backend.clock(), month=DECEMBER))
    (notice,) = await told(backend.trelleborg, NoticeKind.NEXT_APPLICATION)
    body = NextApplication.model_validate(notice.body)
    assert (body.month, body.opens_on, body.remind_on) == (JANUARY, date(2026, 12, 15), date(2026, 12, 17))
    assert await is_still_true(backend, kim.person, notice.id)

    backend.clock.now = datetime(2026, 12, 15, 10, tzinfo=UTC)
    await send(backend, application(kim, backend.clock(), kind="recurring", month=JANUARY))
    assert not await is_still_true(backend, kim.person, notice.id)
    assert [
        NextApplication.model_validate(one.body).month
        for one in await told(backend.trelleborg, NoticeKind.NEXT_APPLICATION)
    ] == [JANUARY, date(2027, 2, 1)]


async def test_a_closed_case_is_reminded_of_nothing_and_said_when_she_comes_back(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await send(backend, application(kim, month=DECEMBER))
    (notice,) = await told(backend.trelleborg, NoticeKind.NEXT_APPLICATION)
    async with backend.database().transaction() as session:
        assert kim.receipt is not None
        case = await session.get_one(Case, kim.receipt.case)
        case.closed_at = backend.clock()
        session.add(case)
    assert not await is_still_true(backend, kim.person, notice.id)

    backend.clock.advance(days=16)
    assert [flag.why for flag in (await asks(backend, kim.person)).said] == ["closed-lately"]


async def test_a_month_that_is_open_already_is_not_opened_again_and_reminded_of_in_time(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    backend.clock.now = datetime(2026, 12, 18, 9, tzinfo=UTC)
    await send(backend, application(kim, backend.clock(), month=DECEMBER))
    (notice,) = await told(backend.trelleborg, NoticeKind.NEXT_APPLICATION)
    body = NextApplication.model_validate(notice.body)
    assert (body.opens_on, body.remind_on) == (None, date(2026, 12, 29))


async def decides(backend: Backend, kim: Applicant, kind: Literal["bifall", "avslag"], month: date) -> None:
    """An hour later, by a caseworker who has met her."""
    meeting = (await books_a_meeting(backend, kim)).id if kind == "avslag" else None
    backend.clock.advance(hours=1)
    async with backend.database().transaction() as session:
        await desk.write_note(session, backend.clock, MARIA, kim.person, desk.Note(came=True))
    backend.clock.advance(minutes=1)
    reasons: tuple[ReasonKey, ...] = ("not-at-disposal",) if meeting else ()
    draft = decisions.Draft(kind, month, reasons=reasons, new_meeting=meeting)
    async with backend.database().transaction() as session:
        await decisions.sign(session, backend.clock, MARIA, kim.person, draft)
    backend.clock.advance(minutes=1)


async def test_a_single_cost_takes_no_month_and_gives_none_back(backend: Backend) -> None:
    backend.clock.now = datetime(2026, 12, 1, 8, tzinfo=UTC)
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await send(backend, application(kim, backend.clock(), month=DECEMBER))
    await decides(backend, kim, "avslag", DECEMBER)
    assert (await asks(backend, kim.person)).month == DECEMBER

    # Glasses are no new application for the refused month, and granting them does not grant it.
    glasses = application(kim, backend.clock(), kind="supplementary", housing=None, incomes=None)
    await send(backend, glasses)
    assert (await asks(backend, kim.person)).month == DECEMBER
    await decides(backend, kim, "bifall", DECEMBER)
    assert (await asks(backend, kim.person)).month == DECEMBER


async def test_a_month_that_was_granted_stays_granted_when_a_single_cost_is_refused(backend: Backend) -> None:
    backend.clock.now = datetime(2026, 12, 1, 8, tzinfo=UTC)
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await send(backend, application(kim, backend.clock(), month=DECEMBER))
    await decides(backend, kim, "bifall", DECEMBER)
    glasses = application(kim, backend.clock(), kind="supplementary", housing=None, incomes=None)
    await send(backend, glasses)
    await decides(backend, kim, "avslag", DECEMBER)
    assert (await asks(backend, kim.person)).kind == "none-yet"


async def test_a_month_that_the_municipality_granted_by_itself_is_not_reminded_of(backend: Backend) -> None:
    backend.clock.now = datetime(2026, 12, 1, 8, tzinfo=UTC)
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await send(backend, application(kim, backend.clock(), month=DECEMBER))
    (notice,) = await told(backend.trelleborg, NoticeKind.NEXT_APPLICATION)
    await decides(backend, kim, "bifall", DECEMBER)
    assert await is_still_true(backend, kim.person, notice.id)
    await decides(backend, kim, "bifall", JANUARY)
    assert not await is_still_true(backend, kim.person, notice.id)


async def test_on_the_page_staff_read_what_looks_odd(office: Office, johan: Desk) -> None:
    kim = await office.asks_for_a_human(language="sv")
    await send(office.backend, application(kim, month=DECEMBER))
    page = await johan.opens(f"/inbox/cases/{kim.person}/application")
    assert "Ingen av dem är borttagen." not in page.text
    await send(office.backend, application(kim, month=DECEMBER, plans="jobb"))
    page = await johan.opens(f"/inbox/cases/{kim.person}/application")
    assert "En ansökan för samma månad kom 30 nov. Ingen av dem är borttagen." in page.text
