"""Ask a register's service over HTTP: one small form for all of them, which an integration in front of each speaks.

``POST {address}`` with ``{"request", "register", "number", "month"}`` answers ``{"found": true, "facts": {…}}``, or
``{"found": false}`` where the register has nothing of her; ``facts`` are those of the register's own file. The same
request may be asked twice, and changes nothing. The number stands in the body alone: no address and no log has it.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

import httpx2
from pydantic import BaseModel, ConfigDict, ValidationError

from backend.controls.models import Name

TIMEOUT = 10.0
"""Seconds for one try, whole."""
_MOST = 256 * 1024
# Of the request itself. Anything else that is no 2xx is mended by waiting, or by whoever runs the service.
_OF_THE_REQUEST = frozenset({400, 404, 413, 415, 422})


class NotNow(Exception):
    """It could not be asked, or did not answer as agreed, and may be asked again. Says why in a word."""


class NotTaken(Exception):
    """It refused this request, and would again. Says why in a word."""


class Answer(BaseModel):
    """What a service answers; ``facts`` are read by the register's own file."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)

    found: bool
    facts: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Request:
    """Everything a service is told. ``month``: as in 2026-12, or empty."""

    id: UUID
    register: Name
    number: str = field(repr=False)
    month: str = ""


class Service(Protocol):
    """How a register is asked. May be asked the same twice. Raises NotNow and NotTaken."""

    async def ask(self, request: Request) -> Answer: ...


@dataclass(frozen=True, slots=True)
class Http:
    """The way to a service on the net. ``token`` is shown as a bearer's."""

    address: str
    token: str = field(repr=False)
    timeout: float = TIMEOUT

    async def ask(self, request: Request) -> Answer:
        body = {
            "request": str(request.id),
            "register": request.register,
            "number": request.number,
            **({"month": request.month} if request.month else {}),
        }
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(request.id)}
        read = bytearray()
        try:
            async with (
                httpx2.AsyncClient(timeout=self.timeout, trust_env=False) as client,
                client.stream("POST", self.address, json=body, headers=headers) as response,
            ):
                if response.is_success:
                    async for part in response.aiter_bytes():
                        read += part
                        if len(read) > _MOST:
                            raise NotNow("too large an answer")
        except httpx2.HTTPError as error:
            raise NotNow(type(error).__name__) from None
        if response.is_success:
            return _answer(bytes(read))
        if response.status_code in _OF_THE_REQUEST:
            raise NotTaken(str(response.status_code))
        raise NotNow(str(response.status_code))


def _answer(read: bytes) -> Answer:
    try:
        return Answer.model_validate_json(read)
    except ValidationError:
        # Without its own words: they may repeat what it was asked.
        raise NotNow("unreadable answer") from None
