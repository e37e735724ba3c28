"""The page tells too: shown after e-identification it has, opened by a code it has when she says so herself."""

from datetime import date
from uuid import uuid4

import httpx2
import pytest
from sqlmodel import select

from backend.contract import Grant, ImportantDay, NoticeKind, Readable
from backend.decisions import codes, service
from backend.decisions.models import ReadGrant
from backend.decisions.service import DecisionView
from backend.errors import Invalid
from backend.ladder import Level
from tests.backend.decisions.test_decision import refusal, sign
from tests.backend.stories import JOHAN, MARIA, Applicant, Backend, meets, told


@pytest.fixture
async def amal(backend: Backend) -> Applicant:
    """Amal has a refusal that nobody has told her of."""
    applicant = await backend.trelleborg.asks_for_help()
    await meets(backend, applicant)
    await sign(backend, applicant, await refusal(backend, applicant))
    return applicant


async def opens(backend: Backend, applicant: Applicant) -> str:
    """She types a code from the counter; gives the right it became."""
    async with backend.database().transaction() as session:
        code = await codes.issue(session, backend.clock, JOHAN, applicant.person)
    asked = {"code": code, "at": backend.clock().isoformat()}
    return Grant.model_validate((await backend.trelleborg.post("grants", asked)).json()).token


async def reads(backend: Backend, token: str) -> Readable:
    answer = await backend.trelleborg.get("readable", **{"X-Read-Grant": token})
    return Readable.model_validate(answer.json())


async def says_read(backend: Backend, token: str, decision: object) -> httpx2.Response:
    said = {"decision": str(decision)}
    return await backend.trelleborg.call("POST", "readable/told", said, **{"X-Read-Grant": token})


async def decided(backend: Backend, applicant: Applicant) -> DecisionView:
    async with backend.database().transaction() as session:
        (view,) = await service.of_person(session, applicant.person)
    return view


async def test_a_page_opened_with_a_code_is_no_telling_until_she_says_that_she_has_read(
    backend: Backend, amal: Applicant
) -> None:
    token = await opens(backend, amal)
    shown = (await reads(backend, token)).decision
    assert shown is not None
    assert (shown.told_on, (await decided(backend, amal)).told_at) == (None, None)
    kim = await backend.trelleborg.asks_for_help()
    assert (await says_read(backend, await opens(backend, kim), shown.id)).status_code == 404
    assert (await says_read(backend, token, uuid4())).status_code == 404

    first, again = [await says_read(backend, token, shown.id) for _ in range(2)]

    known = Readable.model_validate(first.json()).decision
    assert known is not None
    assert (known.told_on, known.appeal_by) == (date(2026, 11, 30), date(2026, 12, 21))
    assert again.json() == first.json()
    view = await decided(backend, amal)
    assert (view.told_how, view.told_by_name) == ("page", None)
    (notice,) = await told(backend.trelleborg, NoticeKind.IMPORTANT_DAY)
    day = ImportantDay.model_validate(notice.body)
    assert (day.by_telephone, day.day) == (False, date(2026, 12, 21))


async def test_who_opens_it_by_e_identification_has_had_it_that_day(backend: Backend, amal: Applicant) -> None:
    token = await opens(backend, amal)
    async with backend.database().transaction() as session:
        grant = (await session.exec(select(ReadGrant))).one()
        grant.level = int(Level.IDENTIFIED)
        session.add(grant)
    asked = (await reads(backend, token)).decision
    assert asked is not None
    assert asked.told_on is None  # pages that show no decision ask too: of her papers, of her meeting
    assert (await decided(backend, amal)).told_how is None
    shown = Readable.model_validate((await says_read(backend, token, asked.id)).json()).decision
    assert shown is not None
    assert shown.appeal_by == date(2026, 12, 21)
    assert (await decided(backend, amal)).told_how == "page"
    backend.clock.advance(days=2)
    assert (await reads(backend, token)).decision == shown  # another day changes nothing


async def test_a_letter_counts_from_the_day_it_reached_her(backend: Backend, amal: Applicant) -> None:
    view = await decided(backend, amal)
    backend.clock.advance(days=4)
    for wrong in (date(2026, 11, 29), date(2026, 12, 5)):
        async with backend.database().transaction() as session:
            with pytest.raises(Invalid):
                await service.record_told(session, backend.clock, MARIA, view.id, "letter", on=wrong)
    async with backend.database().transaction() as session:
        last = await service.record_told(session, backend.clock, MARIA, view.id, "letter", on=date(2026, 12, 2))
        text = await service.latest_text(session, amal.person)
    assert last == date(2026, 12, 23)
    assert text is not None
    assert text.told_on == date(2026, 12, 2)
