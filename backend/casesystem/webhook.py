"""Events as signed webhooks (Standard Webhooks 1.0.0): ``POST`` to one address, any 2xx is a receipt.

A retry carries the same id and the same body, and a signature of its own moment.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import httpx2

from backend import standard_webhooks
from backend.casesystem.ways import Happened, NotNow, NotTaken

TIMEOUT = 20.0
"""Seconds for one try; the specification has 15 to 30."""

_MOST_ASKED_FOR = 24 * 3600
_GONE = 410
# Of the event itself. Anything else that is no 2xx is mended by waiting, or by somebody, and then all of it goes.
_OF_THE_EVENT = frozenset({400, 413, 415, 422})


@dataclass(frozen=True)
class Webhook:
    """The way to an address. ``secrets`` sign, each by itself."""

    address: str
    secrets: Sequence[bytes] = field(repr=False)

    async def send(self, happened: Happened, now: datetime) -> None:
        """Raises NotNow and NotTaken."""
        headers = standard_webhooks.headers(self.secrets, str(happened.id), now, happened.body)
        try:
            async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client:
                response = await client.post(
                    self.address, content=happened.body, headers={**headers, "Content-Type": "application/json"}
                )
        except httpx2.HTTPError as error:
            raise NotNow(type(error).__name__) from None
        if response.is_success:
            return
        status = str(response.status_code)
        if response.status_code in _OF_THE_EVENT:
            raise NotTaken(status)
        raise NotNow(status, wait=_asked_for(response), gone=response.status_code == _GONE)


def _asked_for(response: httpx2.Response) -> int:
    """The seconds of ``Retry-After``, a day at most; a date there is read as nothing."""
    said = response.headers.get("retry-after", "")
    return min(int(said), _MOST_ASKED_FOR) if said.isascii() and said.isdigit() and len(said) < 10 else 0
