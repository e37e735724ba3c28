"""Codes from the counter: shown once, dead at use, after five tries, after their days; a grant reads for a while."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import httpx2
import pytest
from sqlmodel import select, update

from backend import access
from backend.cases import desk
from backend.contract import Grant, Readable
from backend.decisions import codes, service
from backend.decisions.models import CounterCode, ReadGrant
from backend.errors import NotAllowed
from tests.backend.stories import ELIN, JOHAN, MARIA, Applicant, Backend, at_once, books_a_meeting, meets

ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


async def issue(backend: Backend, applicant: Applicant) -> str:
    async with backend.database().transaction() as session:
        return await codes.issue(session, backend.clock, JOHAN, applicant.person)


async def ask(backend: Backend, code: str, press: str = "") -> httpx2.Response:
    asked = {"code": code, "at": backend.clock().isoformat(), "press": press}
    return await backend.trelleborg.post("grants", asked)


async def read(backend: Backend, token: str) -> httpx2.Response:
    return await backend.trelleborg.get("readable", **{"X-Read-Grant": token})


def wrong(code: str) -> str:
    """The same code with its last digit changed."""
    return code[:-1] + str((int(code[-1]) + 1) % 10)


async def test_a_code_reads_the_meeting_the_lines_and_the_decision_and_is_logged(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    async with backend.database().transaction() as session:
        await desk.open_case(session, backend.clock, JOHAN, amal.person, reason="at-the-counter")
        await desk.rename(session, backend.clock, JOHAN, amal.person, "Amal")
    await meets(backend, amal, desk.Agreed("sfi"))
    meeting = await books_a_meeting(backend, amal, interpreter="ar")
    async with backend.database().transaction() as session:
        draft = service.Draft("bifall", date(2026, 12, 1))
        await service.sign(session, backend.clock, MARIA, amal.person, draft)
    code = await issue(backend, amal)
    assert [len(group) for group in code.split()] == [4, 3, 3]

    answer = await ask(backend, code.replace(" ", "").translate(ARABIC_DIGITS))
    grant = Grant.model_validate(answer.json())
    assert (grant.person, grant.language) == (amal.person, "ar")
    assert timedelta(minutes=14) < grant.expires_at - datetime.now(UTC) <= timedelta(minutes=15)
    readable = Readable.model_validate((await read(backend, grant.token)).json())
    assert (readable.person, readable.first_name, readable.meeting) == (amal.person, "Amal", meeting)
    assert readable.agreed[0].text["sv"] == "Du fortsätter på sfi."
    assert readable.decision is not None
    assert readable.decision.kind == "bifall"
    async with backend.database().transaction() as session:
        latest = (await access.log_of(session, amal.person))[0]
        assert (latest.reader_kind, latest.what, latest.why) == ("grant", "readable", "läser själv med kod")


async def test_a_code_is_used_once(backend: Backend) -> None:
    code = await issue(backend, await backend.trelleborg.asks_for_help())
    answers = await at_once(*(ask(backend, code) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 403, 403, 403]


async def test_the_same_form_sent_twice_is_let_in_once_and_told_so_twice(backend: Backend) -> None:
    code = await issue(backend, await backend.trelleborg.asks_for_help())
    answers = await at_once(*(ask(backend, code, "one form") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    async with backend.database().transaction() as session:
        assert len((await session.exec(select(ReadGrant))).all()) == 1
    assert (await ask(backend, code, "another form")).status_code == 403
    async with backend.database().transaction() as session:
        later = datetime.now(UTC) + codes.GRANT - codes.PRESSED_TWICE
        await session.exec(update(ReadGrant).values(expires_at=later))
    assert (await ask(backend, code, "one form")).status_code == 403


async def test_a_wrong_code_sent_twice_by_one_form_is_one_try(backend: Backend) -> None:
    code = await issue(backend, await backend.trelleborg.asks_for_help())
    answers = await at_once(*(ask(backend, wrong(code), "one form") for _ in range(6)))
    assert {answer.status_code for answer in answers} == {403}
    async with backend.database().transaction() as session:
        assert (await session.exec(select(CounterCode.tries))).one() == 1
    assert (await ask(backend, code, "one form")).status_code == 200


async def test_five_wrong_tries_kill_a_code_even_at_once(backend: Backend) -> None:
    code = await issue(backend, await backend.trelleborg.asks_for_help())
    answers = await at_once(*(ask(backend, wrong(code)) for _ in range(4)))
    assert {(answer.status_code, answer.json()["code"]) for answer in answers} == {(403, "wrong-code")}
    assert code not in answers[0].text
    await ask(backend, wrong(code))
    assert (await ask(backend, code)).status_code == 403
    async with backend.database().transaction() as session:
        assert (await session.exec(select(CounterCode.tries))).one() == 5


async def test_four_wrong_tries_do_not(backend: Backend) -> None:
    code = await issue(backend, await backend.trelleborg.asks_for_help())
    for _ in range(4):
        await ask(backend, wrong(code))
    assert (await ask(backend, code)).status_code == 200


@pytest.mark.parametrize("typed", ["", "1", "no code", "12345678901234", "²²²²²²²²²²"])
async def test_what_is_no_code_is_simply_wrong(backend: Backend, typed: str) -> None:
    assert (await ask(backend, typed)).json()["code"] == "wrong-code"


async def test_a_code_waits_its_days_and_no_longer(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    code = await issue(backend, amal)
    backend.clock.advance(days=13)
    async with backend.database().transaction() as session:
        assert await codes.has_live(session, amal.person, backend.clock())
    backend.clock.advance(days=1)
    assert (await ask(backend, code)).status_code == 403
    async with backend.database().transaction() as session:
        assert not await codes.has_live(session, amal.person, backend.clock())


async def test_a_new_code_ends_the_one_before(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    first, second = await issue(backend, amal), await issue(backend, amal)
    assert (await ask(backend, first)).status_code == 403
    assert (await ask(backend, second)).status_code == 200


async def test_neither_code_nor_token_lies_readable_anywhere(backend: Backend) -> None:
    code = await issue(backend, await backend.trelleborg.asks_for_help())
    secret = code[5:].replace(" ", "")
    async with backend.database().transaction() as session:
        row = (await session.exec(select(CounterCode))).one()
        assert secret not in repr(row.model_dump())
    token = (await ask(backend, code)).json()["token"]
    async with backend.database().transaction() as session:
        assert token not in repr((await session.exec(select(ReadGrant))).one().model_dump())


async def test_interpreter_booking_gives_no_codes(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    async with backend.database().transaction() as session:
        with pytest.raises(NotAllowed):
            await codes.issue(session, backend.clock, ELIN, amal.person)


async def test_a_grant_ends_and_is_good_in_its_own_municipality_only(both: Backend) -> None:
    token = (await ask(both, await issue(both, await both.trelleborg.asks_for_help()))).json()["token"]
    elsewhere = await both.svedala.get("readable", **{"X-Read-Grant": token})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (403, "grant-expired")
    assert (await read(both, token)).status_code == 200
    async with both.database().transaction() as session:
        await session.exec(update(ReadGrant).values(expires_at=datetime.now(UTC)))
    assert (await read(both, token)).json()["code"] == "grant-expired"
    assert (await read(both, str(UUID(int=1)))).json()["code"] == "grant-expired"


async def test_without_anything_to_read_there_is_nothing(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    token = (await ask(backend, await issue(backend, amal))).json()["token"]
    assert Readable.model_validate((await read(backend, token)).json()) == Readable(person=amal.person)
