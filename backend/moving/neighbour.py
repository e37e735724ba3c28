"""The wire to another municipality's backend: an offer, its taking back, how an offer was settled, and papers.

Each may be told twice. What is not answered, or not as agreed, is told again; the other side then answers as it stands.
"""

import asyncio
from hashlib import sha256
from uuid import UUID

import httpx2
from pydantic import ValidationError

from backend.contract import Value
from backend.moving.copies import Carried, Offer, Settle, Settled
from backend.municipalities.neighbours import Neighbour

TIMEOUT = 10.0
"""Seconds for one try."""
OF_A_PAPER = 60.0
"""The same for a paper, which is scanned and written there before it is answered."""


class NotAnswered(Exception):
    """It could not be told, or was not answered as agreed: nobody knows whether it was heard. Says why in a word.
    ``status``: where it was refused, how."""

    def __init__(self, why: str, status: int | None = None) -> None:
        super().__init__(why)
        self.status = status


def client() -> httpx2.AsyncClient:
    """What is told over; a test puts its own in the place of it."""
    return httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False)


async def offer(to: Neighbour, move: UUID, said: Offer) -> None:
    """Somebody is offered. Raises NotAnswered."""
    await _tell(to, "PUT", f"moves/{move}", said)


async def take_back(to: Neighbour, move: UUID) -> None:
    """The offer stands no more. Raises NotAnswered."""
    await _tell(to, "PUT", f"moves/{move}/withdrawal")


async def settle(at: Neighbour, move: UUID, said: Settle) -> Settled:
    """An offer is taken, or goes back; whose she is by the word of the other one. Raises NotAnswered."""
    response = await _tell(at, "POST", f"moves/{move}/settlement", said)
    try:
        return Settled.model_validate_json(response.content)
    except ValidationError:
        # Without its own words: they may repeat what it was told.
        raise NotAnswered("unreadable answer") from None


async def carry(to: Neighbour, move: UUID, paper: UUID, content: bytes) -> Carried:
    """A paper of who was taken there; what became of it. Raises NotAnswered."""
    digest = await asyncio.to_thread(lambda: sha256(content).hexdigest())
    response = await _tell(to, "PUT", f"moves/{move}/papers/{paper}", content, **{"X-Paper-SHA256": digest})
    try:
        return Carried.model_validate_json(response.content)
    except ValidationError:
        raise NotAnswered("unreadable answer") from None


async def _tell(
    to: Neighbour, method: str, path: str, said: Value | bytes | None = None, **more: str
) -> httpx2.Response:
    is_paper = isinstance(said, bytes)
    kind = "application/octet-stream" if is_paper else "application/json"
    headers = {"Authorization": f"Bearer {to.token}", "Content-Type": kind, **more}
    content = said.model_dump_json() if isinstance(said, Value) else said
    seconds = OF_A_PAPER if is_paper else TIMEOUT
    try:
        async with client() as asking:
            response = await asking.request(
                method, f"{to.address}/api/v1/{to.slug}/{path}", content=content, headers=headers, timeout=seconds
            )
    except httpx2.HTTPError as error:
        raise NotAnswered(type(error).__name__) from None
    if not response.is_success:
        raise NotAnswered(str(response.status_code), response.status_code)
    return response
