"""Order over HTTP: an order is put under our own id, so that the same one twice is one; it is looked at for answers.

``PUT {address}/orders/{id}`` orders, ``DELETE`` cancels, ``GET`` says how it stands; all answer
``{"state": "received" | "confirmed" | "declined" | "cancelled", "reference": "…", "interpreter": "…"}``, the last two
if there are any. This is the adapter's own small form: an agency with another one gets a file of its own.
"""

from dataclasses import dataclass, field
from uuid import UUID

import httpx2
from pydantic import BaseModel, Field, ValidationError

from backend.interpreters.ordering import Asked, Heard, NotNow, NotTaken, Said

TIMEOUT = 15.0
"""Seconds for one request."""

# Our token is wrong, or it is busy: nothing of the order itself, and mended by waiting or by us.
_AGAIN = frozenset({401, 403, 408, 409, 425, 429})
_GONE = frozenset({404, 410})


class _Answer(BaseModel):
    state: Said
    reference: str = Field("", max_length=60)
    interpreter: str = Field("", max_length=40)


@dataclass(frozen=True)
class Http:
    """The way to an agency with a service on the net. ``token`` is shown as a bearer's."""

    address: str
    token: str = field(repr=False)

    async def order(self, asked: Asked) -> Heard | None:
        return await self._ask("PUT", asked.id, _as_sent(asked))

    async def cancel(self, asked: Asked) -> Heard | None:
        return await self._ask("DELETE", asked.id)

    async def look(self, order: UUID) -> Heard | None:
        try:
            return await self._ask("GET", order)
        except NotTaken:
            return None

    async def answers(self) -> str:
        """Nothing when it lets us in; else why not, in a word. An order nobody made is asked for."""
        try:
            await self.look(UUID(int=0))
        except NotNow as why:
            return {"401": "it refuses our token", "403": "it refuses our token"}.get(str(why), str(why))
        return ""

    async def _ask(self, method: str, order: UUID, body: dict[str, object] | None = None) -> Heard | None:
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(order)}
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
                address = f"{self.address.rstrip('/')}/orders/{order}"
                response = await client.request(method, address, json=body, headers=headers)
        except httpx2.HTTPError as error:
            raise NotNow(type(error).__name__) from None
        if method == "DELETE" and response.status_code in _GONE:
            return Heard("cancelled")  # it never came there, or was cancelled before
        if response.is_success:
            return _heard(response)
        if response.is_client_error and response.status_code not in _AGAIN:
            raise NotTaken(str(response.status_code))
        raise NotNow(str(response.status_code))


def _heard(response: httpx2.Response) -> Heard:
    try:
        answer = _Answer.model_validate_json(response.content)
    except ValidationError:
        raise NotNow("unreadable answer") from None
    return Heard(answer.state, answer.reference, answer.interpreter)


def _as_sent(asked: Asked) -> dict[str, object]:
    where = {"phone": asked.rings, "video": asked.video, "on-site": asked.address}[asked.mode]
    sent = {
        "number": asked.number,
        "language": asked.language,
        "dialect": asked.dialect,
        "mode": asked.mode,
        "starts_at": asked.starts_at.isoformat(),
        "ends_at": asked.ends_at.isoformat(),
        "where": where,
        "persons": asked.persons,
        "wished_gender": asked.gender,
        "not_same_as": asked.not_as,
        "answer_by": asked.answer_by.isoformat(),
        "customer": asked.orderer,
        "contact": asked.contact,
        "telephone": asked.telephone,
        "cost_centre": asked.cost_centre,
    }
    return {name: value for name, value in sent.items() if value not in (None, "")}
