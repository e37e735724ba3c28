"""Events as signed webhooks (Standard Webhooks 1.0.0): ``POST`` to one address, any 2xx is a receipt.

A retry carries the same id and the same body, and a signature of its own moment. Of an answer its status and its
headers are read, nothing more; and no address that it names is followed.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx2

from backend import standard_webhooks
from backend.casesystem.ways import Happened, NotNow, NotTaken

TIMEOUT = 20.0
"""Seconds for one try in all, however it is spread; the specification has 15 to 30."""

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
        signed = standard_webhooks.headers(self.secrets, str(happened.id), now, happened.body)
        headers = {**signed, "Content-Type": "application/json"}
        try:
            # Streamed, and left after the head: what comes after it may be long, or never end.
            async with (
                asyncio.timeout(TIMEOUT),
                httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as client,
                client.stream("POST", self.address, content=happened.body, headers=headers) as response,
            ):
                status, said = response.status_code, response.headers.get("retry-after", "")
        except (httpx2.HTTPError, TimeoutError) as error:
            raise NotNow(type(error).__name__) from None
        if httpx2.codes.is_success(status):
            return
        if status in _OF_THE_EVENT:
            raise NotTaken(str(status))
        raise NotNow(str(status), wait=_asked_for(said, now), gone=status == _GONE)


def _asked_for(said: str, now: datetime) -> int:
    """The seconds of a ``Retry-After``, which may be written as a moment too; a day at most, and none where it is
    neither."""
    if said.isascii() and said.isdigit() and len(said) < 10:
        return min(int(said), _MOST_ASKED_FOR)
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):
        return 0
    ahead = (until if until.tzinfo else until.replace(tzinfo=UTC)) - now
    return max(0, min(round(ahead.total_seconds()), _MOST_ASKED_FOR))
