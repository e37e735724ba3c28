"""What somebody has said of herself, for applying again: as she said it last, and what she gave under seal is hers."""

from datetime import UTC, date, datetime, timedelta

import httpx2
import pytest
from sqlmodel import select, update

from backend import access
from backend.applications import snapshot
from backend.audit import Access
from backend.contract import AnswerRecord, Grant, OpenedAnswers, SendApplication, WhatStands
from backend.decisions import codes
from backend.decisions.models import ReadGrant
from backend.errors import NotFound
from backend.ladder import Level
from backend.seal import SealKeys
from backend.staff.case.prints import _filled
from tests.backend.applications.test_snapshot import ACCOUNT, RENT, applies, sealed, send
from tests.backend.stories import JOHAN, MONDAY, Applicant, Backend, application


def said(question: str, meaning: object, words: str = "") -> AnswerRecord:
    return RENT.model_copy(update={"question": question, "meaning": meaning, "words": words})


async def grant(backend: Backend, applicant: Applicant) -> str:
    async with backend.database().transaction() as session:
        code = await codes.issue(session, backend.clock, JOHAN, applicant.person)
    answer = await backend.trelleborg.post("grants", {"code": code, "at": backend.clock().isoformat()})
    return Grant.model_validate(answer.json()).token


async def read(backend: Backend, token: str, what: str) -> httpx2.Response:
    return await backend.trelleborg.get(what, **{"X-Read-Grant": token})


async def stands(backend: Backend, applicant: Applicant) -> WhatStands:
    answer = await read(backend, await grant(backend, applicant), "readable/what-stands")
    assert answer.status_code == 200, answer.text
    return WhatStands.model_validate(answer.json())


def again(applicant: Applicant, month: int, **answers: object) -> SendApplication:
    """The month after, with the same home."""
    given = {"kind": "recurring", "unchanged": ("housing",), "month": date(2027, month, 1), **answers}
    return application(applicant, MONDAY + timedelta(days=30 * month), **given)


async def test_what_is_called_unchanged_is_read_where_it_was_said(backend: Backend) -> None:
    amina, first = await applies(backend, record=(RENT, said("has_income", meaning=False)))
    second = await send(backend, again(amina, 1, record=(said("has_income", meaning=True),)))
    third = await send(backend, again(amina, 2, record=(said("has_income", meaning=False),)))
    found = await stands(backend, amina)
    assert found.person == amina.person
    assert [one.application for one in found.applications] == [third, second, first]
    async with backend.database().transaction() as session:
        (logged, *_) = await access.log_of(session, amina.person)
    assert (logged.what, logged.about, logged.reader_kind) == ("readable", third, "grant")
    assert logged.why.endswith("Läste vad som står, för att söka igen")


async def test_it_goes_no_further_back_than_it_must(backend: Backend) -> None:
    amina, _ = await applies(backend)
    moved = await send(backend, again(amina, 1, unchanged=(), record=(RENT,)))
    latest = await send(backend, again(amina, 2))
    assert [one.application for one in (await stands(backend, amina)).applications] == [latest, moved]


async def test_a_correction_takes_the_place_of_what_it_corrects_and_a_single_cost_of_nothing(backend: Backend) -> None:
    amina, first = await applies(backend)
    corrected = await send(
        backend, application(amina, MONDAY + timedelta(hours=1), record=(said("housing_kronor", 6200),), corrects=first)
    )
    await send(backend, application(amina, MONDAY + timedelta(days=2), kind="supplementary"))
    assert [one.application for one in (await stands(backend, amina)).applications] == [corrected]


async def test_nobody_has_said_anything_yet(backend: Backend) -> None:
    amina = await backend.trelleborg.asks_for_help()
    assert (await stands(backend, amina)).applications == ()
    refused = await read(backend, await grant(backend, amina), "readable/application/secrets")
    assert refused.status_code == 404


async def test_the_paper_form_has_what_is_unchanged_too_but_no_month_of_before(backend: Backend) -> None:
    amina, _ = await applies(
        backend,
        record=(RENT, said("month", "this"), said("applies_alone", meaning=True), said("has_income", meaning=True)),
    )
    sent = again(amina, 1, unchanged=("housing", "household"), record=(said("has_income", meaning=False),))
    await send(backend, sent)
    async with backend.database().transaction() as session:
        found = _filled(await snapshot.what_stands(session, amina.person))
        then = _filled(await snapshot.what_stands(session, amina.person, until=MONDAY))
    assert {one.question: one.meaning for one in found} == {
        "has_income": False,
        "housing_kronor": 5850,
        "applies_alone": True,
    }
    assert [one.meaning for one in then if one.question in ("month", "has_income")] == ["this", True]


# --- What was given under seal ----------------------------------------------------------------------------------------


async def test_she_reads_what_she_gave_under_seal_and_it_is_logged_as_hers(backend: Backend) -> None:
    amina, sent = await applies(backend)
    answer = await read(backend, await grant(backend, amina), "readable/application/secrets")
    opened = OpenedAnswers.model_validate(answer.json())
    assert opened.application == sent
    assert [(one.question, one.words) for one in opened.answers] == [("account", ACCOUNT)]
    async with backend.database().transaction() as session:
        logged = (await session.exec(select(Access).where(Access.what == "own-secrets"))).all()
    assert [(one.person, one.about, one.reader_kind, one.allowed) for one in logged] == [
        (amina.person, sent, "grant", True)
    ]
    assert logged[0].why == "läser själv med kod. Läste sina hemliga svar"


async def test_below_the_step_that_opens_it_nothing_is_opened_and_the_try_is_logged(backend: Backend) -> None:
    amina, _ = await applies(backend)
    token = await grant(backend, amina)
    async with backend.database().transaction() as session:
        await session.exec(update(ReadGrant).values(level=Level.REACHED))
    refused = await read(backend, token, "readable/application/secrets")
    assert (refused.status_code, refused.json()["code"]) == (403, "unauthorized")
    assert ACCOUNT not in refused.text
    async with backend.database().transaction() as session:
        (logged, *_) = await access.log_of(session, amina.person)
    assert (logged.what, logged.allowed) == ("own-secrets", False)


async def test_nobody_elses_grant_opens_it_and_none_that_is_over(backend: Backend) -> None:
    amina, _ = await applies(backend)
    other = await backend.trelleborg.asks_for_help()
    assert (await read(backend, await grant(backend, other), "readable/application/secrets")).status_code == 404
    token = await grant(backend, amina)
    async with backend.database().transaction() as session:
        await session.exec(update(ReadGrant).values(expires_at=datetime(2026, 1, 1, tzinfo=UTC)))
    for what in ("readable/application/secrets", "readable/what-stands"):
        assert (await read(backend, token, what)).json()["code"] == "grant-expired"


async def test_what_lies_under_a_key_that_is_not_here_is_named_and_the_rest_is_read(backend: Backend) -> None:
    amina = await backend.trelleborg.asks_for_help()
    account, permit = sealed(amina, "account", ACCOUNT), sealed(amina, "permit", "Syrien")
    head, *rest = permit.jwe.split(".")
    broken = permit.model_copy(update={"jwe": ".".join([head, *rest[:2], "AAAA", rest[3]])})
    sent = await send(backend, application(amina, sealed=(account, broken)))
    keys: SealKeys = backend.settings.tenants["trelleborg"].seal_keys
    async with backend.database().transaction() as session:
        opened = await snapshot.open_own(session, amina.person, sent, keys)
    assert [(one.question, bool(one.words)) for one in opened] == [("account", True), ("permit", False)]


async def test_an_application_of_somebody_else_is_none_of_hers(backend: Backend) -> None:
    _, sent = await applies(backend)
    other = await backend.trelleborg.asks_for_help()
    keys = backend.settings.tenants["trelleborg"].seal_keys
    async with backend.database().transaction() as session:
        assert await snapshot.what_stands(session, other.person) == ()
    with pytest.raises(NotFound):
        async with backend.database().transaction() as session:
            await snapshot.open_own(session, other.person, sent, keys)
