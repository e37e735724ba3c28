"""What every route of the API shares: whose token was shown, what time it is, and how a refusal looks.

Every error is RFC 9457 and says nothing of what was sent: no input value, no name a sender made up.
"""

import hmac
from hashlib import sha256
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import Depends, FastAPI, Path, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backend.clock import Clock
from backend.contract import ContractError, Problem, ProblemCode
from backend.database import Database
from backend.errors import Unauthorized, Unavailable, problem

PROBLEM_JSON = "application/problem+json"

_AWAY = ("08", "53", "57P")
"""How the SQLSTATE begins of what passes: no connection, no room, an operator who stops or starts the server."""

log = structlog.get_logger()

_bearer = HTTPBearer(auto_error=False, description="the token of this municipality")


async def _municipality(
    request: Request,
    municipality: Annotated[str, Path(examples=["trelleborg"])],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Database:
    shown = sha256((credentials.credentials if credentials else "").encode()).digest()
    # An unknown municipality costs the same comparison and gives the same answer as a wrong token.
    expected = request.app.state.tokens.get(municipality, b"")
    if not hmac.compare_digest(shown, expected):
        raise Unauthorized
    database: Database = request.app.state.databases[municipality]
    return database


def _clock(request: Request) -> Clock:
    clock: Clock = request.app.state.clock
    return clock


Town = Annotated[Database, Depends(_municipality)]
"""The database of the municipality in the path, whose token was shown."""

Now = Annotated[Clock, Depends(_clock)]
"""Business time."""


def _key(key: UUID) -> UUID:
    return key


SAID_ONCE = Depends(_key)
"""The key of a write that is the same however often it comes: it is read, so that none is malformed, and not kept."""


def token_digest(token: str) -> bytes:
    """What a token is compared by."""
    return sha256(token.encode()).digest()


def answer_with_problems(app: FastAPI) -> None:
    """Every error of this application becomes ``application/problem+json``."""
    app.add_exception_handler(ContractError, _refused)
    app.add_exception_handler(RequestValidationError, _malformed)
    app.add_exception_handler(HTTPException, _http)
    for unreachable in (OperationalError, InterfaceError, PoolTimeout, OSError):
        app.add_exception_handler(unreachable, _database_away)
    app.add_exception_handler(DBAPIError, _database_error)
    app.add_middleware(_NothingEscapes)


def respond(found: Problem) -> Response:
    """A problem as a response."""
    headers = {"WWW-Authenticate": "Bearer"} if found.status == 401 else None
    return JSONResponse(found.model_dump(mode="json"), found.status, headers, PROBLEM_JSON)


async def _refused(_: Request, error: Exception) -> Response:
    if not isinstance(error, ContractError):
        raise error
    return respond(error.problem)


async def _malformed(_: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    wrong = []
    for found in error.errors():
        place, kind = found["loc"], found["type"]
        # The place of a field nobody declared is a word the sender made up.
        known = place[:-1] if kind == "extra_forbidden" else place
        wrong.append(f"{'.'.join(str(part) for part in known)}: {kind}")
    detail = "; ".join(dict.fromkeys(wrong))
    return respond(problem(ProblemCode.INVALID, 422, "The request does not follow the contract.", detail))


async def _http(_: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    code = ProblemCode.NOT_FOUND if error.status_code == 404 else ProblemCode.INVALID
    title = "There is no such address." if error.status_code == 404 else "The request cannot be done this way."
    return respond(problem(code, error.status_code, title))


async def _database_away(_: Request, error: Exception) -> Response:
    log.error("database away", error=type(error).__name__)
    return respond(Unavailable().problem)


def is_away(error: Exception) -> bool:
    """Is it a database that answers again in a moment: out of reach, starting or stopping, or without room?"""
    if isinstance(error, OperationalError | InterfaceError | PoolTimeout | OSError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    # Who connects while it starts anew is told so by an error that has no name of its own, or by the driver's.
    state = getattr(error.orig if isinstance(error, DBAPIError) else error, "sqlstate", None)
    return str(state).startswith(_AWAY)


async def _database_error(request: Request, error: Exception) -> Response:
    if is_away(error):
        return await _database_away(request, error)
    return _unexpected(error)


class _NothingEscapes:
    """The last catch. An error that left the application would be logged by the server with all it says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def note(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, note)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is answered and told without its words
            response = _unexpected(error)
            if not begun:  # else the server sees an answer that never ended, and cuts the connection
                await response(scope, receive, send)


def log_unexpected(error: Exception) -> None:
    """Where and which class, never what it says: the text of an error may hold what a person wrote."""
    log.error("unexpected", error=type(error).__name__, where=where(error))


def _unexpected(error: Exception) -> Response:
    log_unexpected(error)
    return respond(problem(ProblemCode.UNAVAILABLE, 500, "Something went wrong here."))


def where(error: BaseException) -> list[str]:
    """The way through the code to an error, without values: the last frames as ``file:line function``."""
    frames = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        frames.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return frames[-6:]
