"""An application is received with a receipt, says what is missing, and keeps its versions."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlmodel import select

from backend import tasks
from backend.applications.completeness import needed
from backend.applications.models import Application
from backend.cases import desk, merging
from backend.contract import AnswerRecord, ApplicationReceipt, Partner, SendApplication
from tests.backend.stories import JOHAN, MARIA, MONDAY, PERSON_NUMBER, Applicant, Backend, application

SOMEBODY = Applicant(uuid4(), uuid4(), "ar")


async def send(backend: Backend, sent: SendApplication) -> ApplicationReceipt:
    answer = await backend.trelleborg.put(f"applications/{uuid4()}", sent)
    assert answer.status_code == 200, answer.text
    return ApplicationReceipt.model_validate(answer.json())


@pytest.mark.parametrize(
    ("answers", "papers"),
    [
        ({}, ("identity", "rent-invoice", "lease", "bank-statements", "payslip")),
        ({"incomes": ()}, ("identity", "rent-invoice", "lease", "bank-statements")),
        ({"housing": "owned", "incomes": None}, ("identity", "rent-invoice", "bank-statements")),
        ({"housing": "with-parents", "incomes": None}, ("identity", "bank-statements")),
        ({"housing": "none", "has_income": False, "incomes": None}, ("identity", "bank-statements")),
        ({"housing": None, "incomes": None, "later": ("housing",)}, ("identity", "bank-statements")),
    ],
)
def test_which_papers_an_application_needs(answers: dict[str, Any], papers: tuple[str, ...]) -> None:
    assert needed(application(SOMEBODY, **answers)) == papers
    assert needed(None) == ("identity",)


async def test_the_receipt_says_what_is_missing_and_staff_see_what_came(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    record = AnswerRecord(
        question="housing_kronor",
        shown="Vad kostar boendet?",
        shown_in_swedish="Vad kostar boendet?",
        language="sv",
        meaning=5850,
        at=MONDAY,
        channel="web",
    )
    receipt = await send(backend, application(kim, record=(record,), later=("children",), children=None))
    assert receipt.missing == ("identity", "rent-invoice", "lease", "bank-statements", "payslip")
    async with backend.database().transaction() as session:
        assert [(task.kind, task.about) for task in await tasks.waiting(session, kim.person)] == [
            ("check", receipt.application)
        ]
        case = await desk.open_case(session, backend.clock, JOHAN, kim.person)
        assert case.why == "Uppgift i din kö: Titta på"
        (only,) = case.applications
        assert (only.version, only.sent.housing_kronor, only.sent.later) == (1, 5850, ("children",))
        assert only.sent.record == (record,)
        assert [paper.in_swedish for paper in case.papers if paper.state == "missing"] == [
            "legitimation",
            "hyresavin",
            "kontoutdrag för tre månader",
            "hyreskontraktet",
            "lönespecifikationen",
        ]


async def test_everything_that_was_answered_is_kept_as_it_was_sent(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    sent = application(
        kim,
        applies_alone=False,
        partner=Partner(first_name="Sam", planning="work"),
        month=date(2026, 12, 1),
        stays_here=True,
        home_persons=3,
        rent_debt=False,
        cost_kinds=("electricity",),
        pending_benefits=False,
        asset_kinds=("savings", "vehicle"),
        registered_jobseeker=True,
        worked_last_year=True,
        plans="jobb",
    )
    await send(backend, sent)
    async with backend.database().transaction() as session:
        case = await desk.open_case(session, backend.clock, JOHAN, kim.person)
    assert [one.sent for one in case.applications] == [sent]


async def test_a_correction_is_a_new_version_and_asks_for_other_papers(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    first = await send(backend, application(kim))
    corrected = application(kim, housing="with-parents", incomes=None, corrects=first.application)
    second = await send(backend, corrected)
    assert second.missing == ("identity", "bank-statements")
    async with backend.database().transaction() as session:
        case = await desk.open_case(session, backend.clock, JOHAN, kim.person)
        assert [(one.version, one.sent.housing) for one in case.applications] == [(1, "rental"), (2, "with-parents")]
        assert {paper.paper: paper.state for paper in case.papers}["lease"] == "not-needed"
        assert [task.about for task in await tasks.waiting(session, kim.person)] == [second.application]


async def test_papers_about_a_home_that_is_unchanged_stand_as_they_stood(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await send(backend, application(kim, month=date(2026, 12, 1)))
    unchanged = ("household", "children", "housing", "assets", "reaching")
    again = application(kim, kind="recurring", month=date(2027, 1, 1), housing=None, incomes=(), unchanged=unchanged)
    assert set((await send(backend, again)).missing) == {"identity", "rent-invoice", "lease", "bank-statements"}
    # Who rents no more says so, and is asked for neither.
    moved = again.model_copy(update={"housing": "with-parents", "unchanged": ("children",), "digest": "2" * 64})
    assert (await send(backend, moved)).missing == ("identity", "bank-statements")


async def test_a_paper_seen_at_the_meeting_is_not_asked_for_again(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    async with backend.database().transaction() as session:
        maria = desk.Note(came=True, identity_seen=True, papers={"lease": "seen"})
        await desk.write_note(session, backend.clock, MARIA, kim.person, maria)
    receipt = await send(backend, application(kim))
    assert receipt.missing == ("rent-invoice", "bank-statements", "payslip")


async def test_the_same_application_twice_is_one_and_another_under_its_key_is_refused(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    key, sent = uuid4(), application(kim)
    once = await backend.trelleborg.put(f"applications/{key}", sent)
    again = await backend.trelleborg.put(f"applications/{key}", sent)
    assert once.json() == again.json()
    other = await backend.trelleborg.put(f"applications/{key}", application(kim, housing="owned"))
    assert other.json()["code"] == "key-reused"


async def test_what_is_not_attested_or_corrects_nothing_is_refused(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    other = await backend.trelleborg.asks_for_help(language="sv")
    hers = await send(backend, application(other))
    unattested = application(kim).model_copy(update={"attested": False})
    assert (await backend.trelleborg.put(f"applications/{uuid4()}", unattested)).json()["code"] == "invalid"
    for corrects in (uuid4(), hers.application):
        wrong = application(kim, corrects=corrects)
        assert (await backend.trelleborg.put(f"applications/{uuid4()}", wrong)).json()["code"] == "not-found"


async def test_her_own_is_corrected_wherever_it_lies_and_somebody_elses_nowhere(backend: Backend) -> None:
    """Made one, she corrects what she sent as either; parted, neither corrects what the other sent."""
    one = await backend.trelleborg.asks_for_help()
    other = await backend.trelleborg.asks_for_help(backend.clock.advance(minutes=1))
    first = await send(backend, application(other))
    async with backend.database().transaction() as session:
        await merging.merge(session, backend.clock, MARIA, other.person, one.person)
    second = await send(backend, application(other, housing="sublet", corrects=first.application))
    async with backend.database().transaction() as session:
        (standing,) = await merging.standing(session, one.person)
        await merging.part(session, backend.clock, MARIA, standing.id)
    # It lies in the case of the one, and is the other's.
    wrong = application(one, corrects=second.application)
    assert (await backend.trelleborg.put(f"applications/{uuid4()}", wrong)).json()["code"] == "not-found"
    await send(backend, application(other, housing="lodger", corrects=second.application))


async def test_what_was_sent_while_two_were_one_is_read_where_it_is_hers(backend: Backend) -> None:
    one = await backend.trelleborg.asks_for_help()
    other = await backend.trelleborg.asks_for_help(backend.clock.advance(minutes=1))
    async with backend.database().transaction() as session:
        await merging.merge(session, backend.clock, MARIA, other.person, one.person)
    backend.clock.advance(minutes=1)
    await backend.trelleborg.asks_for_help(backend.clock(), words="jag behöver mat", person=other.person)
    hers = await send(backend, application(other))
    async with backend.database().transaction() as session:
        (standing,) = await merging.standing(session, one.person)
        await merging.part(session, backend.clock, MARIA, standing.id)
    async with backend.database().transaction() as session:
        files = [await desk.open_case(session, backend.clock, MARIA, who.person, "follow-up") for who in (one, other)]
    assert [[view.id for view in file.applications] for file in files] == [[], [hers.application]]
    assert [[call.words for call in file.calls] for file in files] == [[""], ["", "jag behöver mat"]]


async def test_what_was_applied_for_lies_sealed(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await send(backend, application(kim, lived_on=f"sparat {PERSON_NUMBER}"))
    async with backend.database().transaction() as session:
        row = (await session.exec(select(Application))).one()
        assert PERSON_NUMBER.encode() not in repr(row.model_dump()).encode()
