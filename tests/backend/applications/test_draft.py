"""What staff filled in with her is sent once, and as what it is: her first application, or the next month's."""

from datetime import UTC, date, datetime

from sqlmodel import col, select

from backend.applications import draft
from backend.applications.draft import ReadBack
from backend.applications.models import Application
from backend.cases import desk
from backend.contract import AnswerRecord, ApplicationReceipt
from tests.backend.stories import JOHAN, Applicant, Backend, at_once


async def fills_in(backend: Backend, kim: Applicant) -> None:
    async with backend.database().transaction() as session:
        await desk.open_case(session, backend.clock, JOHAN, kim.person, "at-the-counter")
        answers = {"applies_alone": True, "month": "this"}
        await draft.save(
            session, backend.clock, JOHAN, kim.person, "household", title="Hushåll", answers=answers, sealed={}
        )


async def sends(backend: Backend, kim: Applicant) -> ApplicationReceipt:
    attestation = AnswerRecord(
        question="attested",
        shown="Jag försäkrar",
        shown_in_swedish="Jag försäkrar",
        language="sv",
        meaning=True,
        at=backend.clock(),
        channel="desk",
        taken_down="sagt av personen i rummet",
    )
    said = ReadBack(
        digest=f"{backend.clock():%Y%m%d}" * 8,
        language="sv",
        record=(),
        sealed=(),
        attestation=attestation,
        later=(),
        by_interpreter=False,
    )
    async with backend.database().transaction() as session:
        return await draft.send(session, backend.clock, JOHAN, kim.person, said)


async def sent(backend: Backend) -> list[tuple[str, date | None, list[str]]]:
    async with backend.database().transaction() as session:
        rows = await session.exec(select(Application).order_by(col(Application.received_at)))
        return [(row.kind, row.month, [flag["why"] for flag in row.flags]) for row in rows.all()]


async def test_the_first_is_new_and_the_next_months_is_recurring(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await fills_in(backend, kim)
    await sends(backend, kim)
    backend.clock.now = datetime(2026, 12, 2, 9, tzinfo=UTC)
    await fills_in(backend, kim)
    await sends(backend, kim)
    # After more than two months without, it is a new one again.
    backend.clock.now = datetime(2027, 3, 1, 9, tzinfo=UTC)
    await fills_in(backend, kim)
    await sends(backend, kim)
    assert await sent(backend) == [
        ("new", date(2026, 11, 1), []),
        ("recurring", date(2026, 12, 1), []),
        ("new", date(2027, 3, 1), []),
    ]


async def test_sent_twice_at_once_it_is_sent_once(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    await fills_in(backend, kim)
    given = await at_once(*(sends(backend, kim) for _ in range(3)))
    assert sum(isinstance(one, ApplicationReceipt) for one in given) == 1
    assert len(await sent(backend)) == 1
