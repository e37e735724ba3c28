"""The wire to another municipality's backend: an offer, its taking back, and how an offer was settled.

Each may be told twice. What is not answered, or not as agreed, is told again; the other side then answers as it stands.
"""

from uuid import UUID

import httpx2
from pydantic import ValidationError

from backend.contract import Value
from backend.moving.copies import Offer, Settle, Settled
from backend.municipalities.neighbours import Neighbour

TIMEOUT = 10.0
"""Seconds for one try."""


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


async def _tell(to: Neighbour, method: str, path: str, said: Value | None = None) -> httpx2.Response:
    headers = {"Authorization": f"Bearer {to.token}", "Content-Type": "application/json"}
    content = said.model_dump_json() if said is not None else None
    try:
        async with client() as asking:
            response = await asking.request(
                method, f"{to.address}/api/v1/{to.slug}/{path}", content=content, headers=headers
            )
    except httpx2.HTTPError as error:
        raise NotAnswered(type(error).__name__) from None
    if not response.is_success:
        raise NotAnswered(str(response.status_code), response.status_code)
    return response
