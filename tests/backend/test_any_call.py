"""Any call that fits the description of the API, and many that do not: no error of ours, and an answer as described."""

import asyncio
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
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


SERVICES = {name: f"a-token-of-{name}-that-is-long-enough".lower() for name in ("SYSTEM", "SVEDALA")}
"""The tokens of Trelleborg's accounts: its case system's, and the other municipality's."""


@dataclass(frozen=True)
class Served:
    """Where the backend is, and the token of Trelleborg's bot."""

    address: str
    bot: str

    def token(self, operation: Operation) -> str:
        """Whose call it is: the bot's, the case system's or the other municipality's. By another's token all that is
        ever seen of it is that it is refused."""
        if not any("ServiceAccount" in one for one in operation.definition.raw.get("security", [])):
            return self.bot
        return SERVICES["SVEDALA" if "/moves/" in operation.path else "SYSTEM"]


@pytest.fixture
def served(environ: dict[str, str], tmp_path: Path) -> Iterator[Served]:
    """Trelleborg's backend, over HTTP."""
    given = {"IMORGON_PUBLIC_URL": "http://127.0.0.1", "IMORGON_STORAGE_URL": tmp_path.as_uri()}
    given |= {f"IMORGON_SERVICE_TOKEN_TRELLEBORG_{name}": token for name, token in SERVICES.items()}
    read = own.read({**environ, **given})
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
    yield Served(f"http://127.0.0.1:{port}", read.tenants["trelleborg"].token)
    server.should_exit = True
    running.join()


@pytest.mark.long
def test_no_call_meets_an_error_of_ours_or_an_answer_that_is_not_described(served: Served) -> None:
    described = schemathesis.openapi.from_path(GOLDEN)
    operations = [found.ok() for found in described.get_all_operations() if isinstance(found, Ok)]
    accepted = [one.label for one in operations if _is_called(one, served)]
    # What nobody is known for is refused, and most is about somebody: still not everything may be.
    assert len(operations) >= 36
    assert len(accepted) >= 8, accepted
    assert {f"POST /api/v1/{{municipality}}/case-system/{what}" for what in ("imports", "replays")} <= set(accepted)


def _is_called(operation: Operation, served: Served) -> bool:
    """Call it in many ways, each answered as described; whether any of them was taken."""
    taken = False

    @settings(max_examples=CALLS, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy())
    def calls(case: schemathesis.Case[Any]) -> None:
        nonlocal taken
        case.path_parameters["municipality"] = "trelleborg"
        answer = case.call(base_url=served.address, headers={"Authorization": f"Bearer {served.token(operation)}"})
        case.validate_response(answer, checks=CHECKS)
        taken = taken or answer.status_code < 300

    calls()
    return taken
