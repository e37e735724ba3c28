"""The application at its edge: whose token it is, how errors look, what never comes out."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
from fastapi.responses import Response, StreamingResponse
from starlette.types import Message
from structlog.testing import capture_logs

from backend import wire
from backend.contract import ProblemCode
from backend.rounds import Job
from tests.backend import openapi
from tests.backend.stories import MONDAY, PERSON_NUMBER, SLUGS, Backend, StoryClock, started


def problem(answer: httpx2.Response) -> dict[str, object]:
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert body["status"] == answer.status_code
    assert str(body["type"]).endswith(f"/{body['code']}")
    assert set(body) == {"type", "title", "status", "code", "detail"}
    return body


async def test_a_token_is_good_for_its_own_municipality_only(both: Backend) -> None:
    bot = both.trelleborg
    assert (await bot.get("notices")).status_code == 200
    for token in ("", "wrong", both.svedala.token, bot.token + "x", "å" * 40):
        headers = {b"Authorization": f"Bearer {token}".encode()} if token else {}
        for slug in (*SLUGS[:1], "nowhere"):
            answer = await bot.client.get(f"/api/v1/{slug}/notices", headers=headers)
            assert problem(answer)["code"] == "unauthorized"
            assert answer.status_code == 401
            assert answer.headers["www-authenticate"] == "Bearer"


async def test_every_call_of_the_api_asks_for_the_token(backend: Backend) -> None:
    paths = backend.app.openapi()["paths"]
    assert len(paths) >= 18
    for path, methods in paths.items():
        for method in methods:
            real = re.sub(r"{[^}]+}", str(uuid4()), path.replace("{municipality}", "trelleborg"))
            answer = await backend.trelleborg.client.request(method.upper(), real, json={})
            assert answer.status_code == 401, (method, path)


@pytest.mark.parametrize(
    "body",
    [
        {},
        [PERSON_NUMBER],
        PERSON_NUMBER,
        {"person": PERSON_NUMBER},
        {PERSON_NUMBER: 1},
        {"words": {PERSON_NUMBER: PERSON_NUMBER}, "channel": PERSON_NUMBER, "received_at": PERSON_NUMBER},
    ],
)
async def test_a_malformed_body_is_answered_without_what_it_said(backend: Backend, body: object) -> None:
    with capture_logs() as logs:
        answer = await backend.trelleborg.put(f"calls-for-help/{uuid4()}", body)
    assert answer.status_code == 422
    assert problem(answer)["code"] == "invalid"
    assert PERSON_NUMBER not in answer.text
    assert PERSON_NUMBER not in json.dumps(logs, default=str)


async def test_what_is_no_json_is_answered_the_same_way(backend: Backend) -> None:
    bot = backend.trelleborg
    headers = {"Authorization": f"Bearer {bot.token}", "Content-Type": "application/json"}
    for content in (b"", b"{", b"\xff\xfe", f'{{"{PERSON_NUMBER}": '.encode()):
        answer = await bot.client.put(f"/api/v1/trelleborg/calls-for-help/{uuid4()}", content=content, headers=headers)
        assert problem(answer)["code"] == "invalid"
        assert PERSON_NUMBER not in answer.text


async def test_an_unknown_address_or_method_is_a_problem_too(backend: Backend) -> None:
    assert problem(await backend.trelleborg.get("nothing"))["code"] == "not-found"
    assert problem(await backend.trelleborg.post("policy", {}))["status"] == 405


async def test_a_fault_of_ours_says_nothing_of_the_person(backend: Backend, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(*_: object) -> None:
        raise RuntimeError(PERSON_NUMBER)

    monkeypatch.setattr("backend.cases.service.call_for_help", fail)
    call = {
        "person": str(uuid4()),
        "thread": str(uuid4()),
        "channel": "sms",
        "language": "sv",
        "received_at": MONDAY.isoformat(),
        "words": PERSON_NUMBER,
    }
    with capture_logs() as logs:
        answer = await backend.trelleborg.put(f"calls-for-help/{uuid4()}", call)
    assert problem(answer)["code"] == ProblemCode.UNAVAILABLE
    assert answer.status_code == 500
    assert PERSON_NUMBER not in answer.text + json.dumps(logs, default=str)
    assert [entry["error"] for entry in logs] == ["RuntimeError"]
    assert "fail" in logs[0]["where"][-1]


async def test_a_fault_in_the_middle_of_an_answer_says_nothing_either(backend: Backend) -> None:
    async def half() -> AsyncIterator[bytes]:
        yield b"half"
        raise RuntimeError(PERSON_NUMBER)

    async def begins() -> Response:
        return StreamingResponse(half())

    backend.app.add_api_route("/half", begins)
    sent: list[Message] = []

    async def receive() -> Message:
        await asyncio.Event().wait()  # nobody hangs up
        raise AssertionError

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"spec_version": "2.4"},
        "method": "GET",
        "path": "/half",
        "query_string": b"",
        "headers": [],
    }
    with capture_logs() as logs:
        await backend.app(scope, receive, send)
    assert [message.get("body") for message in sent] == [None, b"half"]  # and no end: the connection is cut
    assert [entry["error"] for entry in logs] == ["RuntimeError"]
    assert PERSON_NUMBER not in json.dumps(logs, default=str)


async def test_whatever_is_due_is_looked_after_as_soon_as_it_runs_and_until_it_stops(
    environ_of_both: dict[str, str], clock: StoryClock, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    going: dict[str, set[str]] = {}
    ended: list[str] = []

    async def go_round(what: str, every: float, work: Mapping[str, Job]) -> None:
        assert 0 < every <= 24 * 3600
        going[what] = set(work)
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(what)

    monkeypatch.setattr("backend.app.go_round", go_round)
    async with started({**environ_of_both, "IMORGON_STORAGE_URL": tmp_path.as_uri()}, clock, goes_round=True):
        await asyncio.sleep(0)
        assert ended == []
    everywhere = set(SLUGS)
    assert going == {
        "documents": everywhere,
        "applications": everywhere,
        "lending": everywhere,
        "earlier times": everywhere,
        "interpreters": everywhere,
        "case system": set(),  # where one is given, and the same for registers
        "planning": everywhere,
        "board": everywhere,
        "moving": everywhere,
        "automatic": everywhere,
        "controls": set(),
        "retention": everywhere,
    }
    assert sorted(ended) == sorted(going)


async def test_without_its_database_it_says_so_and_is_not_ready(
    environ_of_both: dict[str, str], clock: StoryClock, tmp_path: Path
) -> None:
    gone = {**environ_of_both, "IMORGON_BACKEND_DATABASE_URL_TRELLEBORG": f"postgresql://x@/x?host={tmp_path}"}
    async with started(gone, clock) as backend:
        with capture_logs() as logs:
            answer = await backend.trelleborg.get("notices")
        assert (problem(answer)["code"], answer.status_code) == ("unavailable", 503)
        assert [entry["event"] for entry in logs] == ["database away"]
        ready = await backend.trelleborg.client.get("/readyz")
        assert (ready.status_code, ready.json()) == (503, {"trelleborg": False, "svedala": True})
        assert (await backend.trelleborg.client.get("/healthz")).status_code == 200
        assert (await backend.svedala.get("notices")).status_code == 200


async def test_it_is_ready_when_every_database_answers(both: Backend) -> None:
    ready = await both.trelleborg.client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"trelleborg": True, "svedala": True})


def test_where_an_error_was_is_told_without_its_words() -> None:
    with pytest.raises(ValueError, match=PERSON_NUMBER) as wrong:
        int(f"no number: {PERSON_NUMBER}")
    assert wire.where(wrong.value)[0].endswith("test_where_an_error_was_is_told_without_its_words")
    assert PERSON_NUMBER not in "".join(wire.where(wrong.value))


async def test_the_api_is_the_one_agreed(backend: Backend) -> None:
    served = (await backend.trelleborg.client.get("/api/v1/openapi.json")).json()
    assert openapi.written(served) == openapi.GOLDEN.read_text(encoding="utf-8"), openapi.__doc__
