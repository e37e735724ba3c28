"""She comments on the page herself: kept in her own words, added to until it is decided, and lost at no hour."""

from uuid import UUID, uuid4

import httpx2
import pytest
from sqlmodel import select

from backend import access, tasks
from backend.contract import Grant, Readable
from backend.decisions import codes, comments, service, written
from backend.decisions.models import CommentSaid
from backend.errors import SpeaksFirst
from tests.backend.decisions.test_comments import asks, decided_words, refuses
from tests.backend.stories import JOHAN, MARIA, Applicant, Backend, meets

WORDS = "كان ذلك لشهر أكتوبر."


async def opens(backend: Backend, applicant: Applicant) -> str:
    """The right to read that a code from the counter became."""
    async with backend.database().transaction() as session:
        code = await codes.issue(session, backend.clock, JOHAN, applicant.person)
    asked = {"code": code, "at": backend.clock().isoformat()}
    return Grant.model_validate((await backend.trelleborg.post("grants", asked)).json()).token


async def writes(
    backend: Backend, token: str, comment: UUID, words: str = WORDS, *, key: UUID | None = None, speak: bool = False
) -> httpx2.Response:
    said = {"comment": str(comment), "language": "ar", "words": words, "wants_to_speak": speak}
    path = f"readable/comments/{key or uuid4()}"
    return await backend.trelleborg.call("PUT", path, said, **{"X-Read-Grant": token})


async def to_do(backend: Backend, applicant: Applicant) -> list[str]:
    async with backend.database().transaction() as session:
        waiting = await tasks.waiting(session, applicant.person)
    return [task.reason for task in waiting if task.queue == "caseworker" and task.reason.startswith("commented")]


async def test_what_she_writes_is_hers_and_adds_to_what_she_has_said(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    comment, key = await asks(backend, amal), uuid4()
    token = await opens(backend, amal)
    for _ in range(2):  # pressed twice it is said once
        assert (await writes(backend, token, comment, key=key)).json() == {"came": "in-time"}
    assert (await writes(backend, token, comment, "Mer.", key=key)).status_code == 422
    backend.clock.advance(minutes=1)
    await writes(backend, token, comment, "Och hyran.", speak=True)
    assert await to_do(backend, amal) == ["commented"]
    shown = Readable.model_validate((await backend.trelleborg.get("readable", **{"X-Read-Grant": token})).json())
    assert shown.comment is not None
    assert ([one.words for one in shown.comment.said], shown.comment.speaks) == ([WORDS, "Och hyran."], "wants")
    async with backend.database().transaction() as session:
        view = await comments.standing(session, amal.person)
        assert view is not None
        assert (view.answered_how, view.answer, view.written[0].language) == ("page", "", "ar")
        for row in (await session.exec(select(CommentSaid))).all():
            assert WORDS.encode() not in (row.words or b"")
        assert "Yttrade sig på sidan" in (await access.log_of(session, amal.person))[1].why
    with pytest.raises(SpeaksFirst):
        await refuses(backend, amal)
    async with backend.database().transaction() as session:
        await comments.answered(session, backend.clock, MARIA, comment, "counter", speaks="has")
    await refuses(backend, amal)
    assert "Du yttrade dig måndag 30 november" in await decided_words(backend, amal)
    assert await to_do(backend, amal) == []


async def test_after_the_day_it_counts_and_after_the_decision_a_human_reads_it(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await meets(backend, amal)
    comment = await asks(backend, amal)
    backend.clock.advance(days=5)
    token = await opens(backend, amal)
    assert (await writes(backend, token, comment)).json() == {"came": "day-passed"}
    await refuses(backend, amal)
    backend.clock.advance(minutes=1)
    assert (await writes(backend, token, comment, "För sent?")).json() == {"came": "decided"}
    assert await to_do(backend, amal) == ["commented-late"]
    async with backend.database().transaction() as session:
        (signed,) = await service.of_person(session, amal.person)
        assert signed.comment is not None
        assert [one.words for one in signed.comment.written] == [WORDS]
        assert [one.words for one in await written.of_person(session, amal.person)] == ["För sent?", WORDS]


async def test_nothing_to_add_is_an_answer_and_nobody_answers_for_another(backend: Backend) -> None:
    amal, kim = [await backend.trelleborg.asks_for_help() for _ in range(2)]
    await meets(backend, amal)
    comment = await asks(backend, amal)
    assert (await writes(backend, await opens(backend, kim), comment)).status_code == 404
    assert (await writes(backend, "no-grant", comment)).json()["code"] == "grant-expired"
    assert (await writes(backend, await opens(backend, amal), comment, "")).json() == {"came": "in-time"}
    backend.clock.advance(minutes=1)
    await refuses(backend, amal)
    assert "kunde yttra dig till och med" in await decided_words(backend, amal)
