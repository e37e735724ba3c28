"""An application is archived as it was shown to her, never changed, and taken out whole by staff."""

import json
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc import jwe
from sqlalchemy.exc import DBAPIError
from sqlmodel import col, select, update

from backend.applications import snapshot
from backend.applications.models import ApplicationAnswer
from backend.applications.snapshot import Snapshot
from backend.audit import Access
from backend.cases import desk
from backend.contract import AnswerRecord, ApplicationReceipt, SealedAnswer, SendApplication
from backend.errors import NotAllowed, NotFound, ReasonNeeded
from backend.seal import ALGORITHM, ENCRYPTION
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import ELIN, JOHAN, MARIA, MONDAY, PERSON_NUMBER, SEAL_KEYS, Applicant, Backend, application

RENT = AnswerRecord(
    question="housing_kronor",
    shown="كم تدفع للسكن في الشهر بالكرون؟",
    shown_in_swedish="Vad betalar du för det i månaden, i kronor?",
    language="ar",
    meaning=5850,
    at=MONDAY,
    channel="web",
    words="٥٨٥٠",
    flow_version="application-12",
)
ATTESTED = AnswerRecord(
    question="attestation",
    shown="أجبت بأقصى ما أستطيع من الصدق. سأخبركم إذا تغير شيء.",
    shown_in_swedish="Jag har svarat så rätt jag kan. Jag säger till om något ändras.",
    language="ar",
    meaning=True,
    at=datetime(2026, 11, 30, 9, 5, tzinfo=UTC),
    channel="web",
    words="نعم",
)
ACCOUNT = "8105-9 123 456 789-0"


def sealed(applicant: Applicant, question: str, words: str, /, **bound_to: str) -> SealedAnswer:
    """A secret answer as the page seals it."""
    run = uuid4()
    header = {
        "alg": ALGORITHM,
        "enc": ENCRYPTION,
        "municipality": "trelleborg",
        "run": str(run),
        "question": question,
        "person": str(applicant.person),
        **bound_to,
    }
    registry = jwe.JWERegistry(algorithms=[ALGORITHM, ENCRYPTION], strict_check_header=False)
    body = jwe.encrypt_compact(header, words.encode(), SEAL_KEYS["trelleborg"], registry=registry)
    return SealedAnswer(run=run, question=question, jwe=body)


async def send(backend: Backend, sent: SendApplication) -> UUID:
    answer = await backend.trelleborg.put(f"applications/{uuid4()}", sent)
    assert answer.status_code == 200, answer.text
    return ApplicationReceipt.model_validate(answer.json()).application


async def applies(backend: Backend, **answers: Any) -> tuple[Applicant, UUID]:
    """Somebody who writes Arabic applies, and gives her account on the page."""
    amina = await backend.trelleborg.asks_for_help()
    secret = sealed(amina, "account", ACCOUNT)
    given = {"record": (RENT,), "attestation": ATTESTED, "sealed": (secret,), "month": date(2026, 12, 1), **answers}
    return amina, await send(backend, application(amina, **given))


async def test_staff_take_it_out_as_it_was_shown(backend: Backend) -> None:
    amina, sent = await applies(backend, later=("children",), children=None)
    async with backend.database().transaction() as session:
        whole = await snapshot.export(session, backend.clock, JOHAN, amina.person, sent)
    assert (whole.municipality, whole.kind, whole.month, whole.version) == ("trelleborg", "new", date(2026, 12, 1), 1)
    assert whole.answers == (RENT,)
    assert whole.attestation == ATTESTED
    assert (whole.sealed, whole.later) == (("account",), ("children",))
    read_again = Snapshot.model_validate_json(whole.model_dump_json())
    assert read_again.answers[0].words == "٥٨٥٠"
    async with backend.database().transaction() as session:
        logged = (await session.exec(select(Access).where(Access.what == "archive"))).all()
    assert [(row.reader_name, row.about, row.allowed) for row in logged] == [("Johan", sent, True)]


async def test_what_was_shown_cannot_be_changed_by_us(backend: Backend) -> None:
    await applies(backend)
    with pytest.raises(DBAPIError) as refused:
        async with backend.database().transaction() as session:
            await session.exec(update(ApplicationAnswer).values(content=b"other"))
    assert "sqlstate=42501" in str(refused.value)


async def test_a_correction_leaves_what_was_attested_before(backend: Backend) -> None:
    amina, first = await applies(backend)
    dearer = RENT.model_copy(update={"meaning": 6200, "words": "6200"})
    second = await send(backend, application(amina, record=(dearer,), attestation=ATTESTED, corrects=first))
    async with backend.database().transaction() as session:
        before = await snapshot.export(session, backend.clock, MARIA, amina.person, first, reason="follow-up")
        now = await snapshot.export(session, backend.clock, MARIA, amina.person, second, reason="follow-up")
    assert [one.answers[0].meaning for one in (before, now)] == [5850, 6200]
    assert (now.version, now.corrects) == (2, first)


async def test_a_secret_answer_lies_unopened_and_a_caseworker_opens_it(backend: Backend) -> None:
    amina, sent = await applies(backend)
    keys = backend.settings.tenants["trelleborg"].seal_keys
    async with backend.database().transaction() as session:
        await desk.open_case(session, backend.clock, MARIA, amina.person, "follow-up")
        whole = await snapshot.export(session, backend.clock, MARIA, amina.person, sent)
        opened = await snapshot.open_answer(
            session, backend.clock, MARIA, amina.person, sent, question="account", keys=keys
        )
    assert ACCOUNT not in whole.model_dump_json()
    assert opened == ACCOUNT
    with pytest.raises(NotFound):
        async with backend.database().transaction() as session:
            await snapshot.open_answer(
                session, backend.clock, MARIA, amina.person, sent, question="diagnosis", keys=keys
            )
    with pytest.raises(NotAllowed):
        async with backend.database().transaction() as session:
            await snapshot.open_answer(session, backend.clock, JOHAN, amina.person, sent, question="account", keys=keys)


@pytest.mark.parametrize(
    "bound_to", [{"question": "diagnosis"}, {"person": str(uuid4())}, {"municipality": "svedala"}, {"run": "other"}]
)
async def test_an_answer_sealed_for_something_else_is_refused(backend: Backend, bound_to: dict[str, str]) -> None:
    amina = await backend.trelleborg.asks_for_help()
    wrong = sealed(amina, "account", PERSON_NUMBER, **bound_to)
    answer = await backend.trelleborg.put(f"applications/{uuid4()}", application(amina, sealed=(wrong,)))
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert PERSON_NUMBER not in answer.text


async def test_what_was_queued_before_the_wire_grew_is_taken_and_exported(backend: Backend) -> None:
    """The bot keeps a call until it is answered: one written by an older version comes after the upgrade."""
    amina = await backend.trelleborg.asks_for_help()
    old = json.loads(application(amina, record=(RENT,)).model_dump_json())
    for name in ("kind", "attestation", "sealed"):
        del old[name]
    for name in ("words", "flow_version"):
        del old["record"][0][name]
    answer = await backend.trelleborg.put(f"applications/{uuid4()}", old)
    assert answer.status_code == 200, answer.text
    sent = ApplicationReceipt.model_validate(answer.json()).application
    async with backend.database().transaction() as session:
        whole = await snapshot.export(session, backend.clock, JOHAN, amina.person, sent)
    assert (whole.kind, whole.attestation, whole.answers[0].words, whole.attested) == ("new", None, "", True)


async def test_what_came_before_answers_were_archived_is_exported_too(backend: Backend) -> None:
    amina, sent = await applies(backend)
    async with backend.database().transaction() as session:  # as it was before
        for row in (await session.exec(select(ApplicationAnswer))).all():
            await session.delete(row)
    async with backend.database().transaction() as session:
        whole = await snapshot.export(session, backend.clock, JOHAN, amina.person, sent)
    assert whole.answers == (RENT,)


async def test_nobody_takes_out_anothers_application_by_way_of_a_person_of_hers(backend: Backend) -> None:
    _, sent = await applies(backend)
    other = await backend.trelleborg.asks_for_help()
    with pytest.raises(NotFound):
        async with backend.database().transaction() as session:
            await snapshot.export(session, backend.clock, JOHAN, other.person, sent, reason="follow-up")


async def test_interpreter_booking_takes_out_nothing_and_nobody_without_a_reason(backend: Backend) -> None:
    amina, sent = await applies(backend)
    with pytest.raises(NotAllowed):
        async with backend.database().transaction() as session:
            await snapshot.export(session, backend.clock, ELIN, amina.person, sent, reason="follow-up")
    with pytest.raises(ReasonNeeded):
        async with backend.database().transaction() as session:
            await snapshot.export(session, backend.clock, MARIA, amina.person, sent)


async def test_nothing_of_it_lies_open_in_the_database(backend: Backend) -> None:
    await applies(backend)
    async with backend.database().transaction() as session:
        rows = (await session.exec(select(ApplicationAnswer).order_by(col(ApplicationAnswer.number)))).all()
    assert [row.what for row in rows] == ["answer", "attestation", "sealed"]
    assert not any("5850" in repr(row) or "٥٨٥٠".encode() in row.content for row in rows)


async def test_on_the_page_it_is_a_file_that_names_nobody(office: Office, johan: Desk) -> None:
    kim = await office.asks_for_a_human(language="sv")
    sent = await send(office.backend, application(kim, record=(RENT,)))
    page = await johan.opens(f"/inbox/cases/{kim.person}/application?reason=follow-up")
    (link,) = [one for one in page.links(f"/inbox/cases/{kim.person}/applications/") if one.endswith(".json")]
    taken = await johan.opens(link)
    assert taken.status == 200
    assert Snapshot.model_validate_json(taken.source).application == sent
    assert ("Johan", "archive", True) in await office.log(kim)
