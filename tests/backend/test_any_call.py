"""Any call that fits the description of the API, and many that do not: no error of ours, and an answer as described."""

import asyncio
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from backend import app as application
from backend import settings as own
from tests.backend.openapi import GOLDEN
from tests.backend.stories import StoryClock

CALLS = 25
"""Calls of each kind."""

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
Operation: TypeAlias = schemathesis.APIOperation[Any, Any, Any, Any]


@pytest.fixture
def served(environ: dict[str, str], tmp_path: Path) -> Iterator[tuple[str, str]]:
    """The address of the backend, and the token of Trelleborg's bot."""
    read = own.read({**environ, "IMORGON_PUBLIC_URL": "http://127.0.0.1", "IMORGON_STORAGE_URL": tmp_path.as_uri()})
    config = uvicorn.Config(
        application.create(read, StoryClock()), port=0, log_level="error", ws="none", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    running = threading.Thread(target=asyncio.run, args=(server.serve(),))
    running.start()
    while not server.started:
        assert running.is_alive()
        time.sleep(0.01)  # asking without a pause would take the interpreter from who starts
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", read.tenants["trelleborg"].token
    server.should_exit = True
    running.join()


@pytest.mark.long
def test_no_call_meets_an_error_of_ours_or_an_answer_that_is_not_described(served: tuple[str, str]) -> None:
    address, token = served
    described = schemathesis.openapi.from_path(GOLDEN)
    operations = [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]
    accepted = [one.label for one in operations if _is_called(one, address, token)]
    # What nobody is known for is refused, and most is about somebody: still not everything may be.
    assert len(operations) >= 36
    assert len(accepted) >= 8, accepted


def _is_called(operation: Operation, address: str, token: str) -> bool:
    """Call it in many ways, each answered as described; whether any of them was taken."""
    taken = False

    @settings(max_examples=CALLS, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def calls(case: schemathesis.Case[Any]) -> None:
        nonlocal taken
        case.path_parameters["municipality"] = "trelleborg"
        answer = case.call(base_url=address, headers={"Authorization": f"Bearer {token}"})
        case.validate_response(answer, checks=CHECKS)
        taken = taken or answer.status_code < 300

    calls()
    return taken
