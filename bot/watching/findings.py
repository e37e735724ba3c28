"""What is found when somebody asks how things are, in words; and the questions that are asked of everybody alike."""

import asyncio
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol, runtime_checkable
from urllib.parse import urlsplit

import httpx2

TIMEOUT = 10.0
SKEW = timedelta(seconds=30)
"""How far our clock may be from another: signatures and leases allow for more, people read the minutes."""

EXPIRES_SOON = timedelta(days=14)


@dataclass(frozen=True)
class Finding:
    """One thing that was found. ``wrong``: somebody must mend it. Never with a secret in it."""

    words: str
    wrong: bool = False


@runtime_checkable
class Diagnoses(Protocol):
    """A channel or a provider that can ask its other side who we are, and say what is wrong."""

    async def diagnose(self, municipalities: Sequence[str]) -> list[Finding]:
        """Ask, for those of these municipalities that it serves. Never raises for what the other side may do."""
        ...


def clock(whose: str, theirs: datetime, ours: datetime) -> Finding:
    """Our clock beside another's."""
    apart = (ours - theirs).total_seconds()
    if abs(apart) <= SKEW.total_seconds():
        return Finding(f"Our clock and that of {whose} show the same time.")
    side = "ahead of" if apart > 0 else "behind"
    return Finding(f"Our clock is {abs(apart):.0f} seconds {side} that of {whose}: set it by NTP.", wrong=True)


async def clock_of(whose: str, url: str) -> list[Finding]:
    """Our clock beside that of an HTTP server, by the date it gives with any answer. Nothing where it gives none."""
    try:
        async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
            answer = await http.head(url)
        return [clock(whose, parsedate_to_datetime(answer.headers["Date"]), datetime.now(UTC))]
    except (httpx2.TransportError, OSError, KeyError, ValueError):
        return []


async def certificate(url: str, trusted: ssl.SSLContext | None = None) -> Finding:
    """Whether who calls our address meets a certificate that is trusted and lasts. ``trusted``: else as this system."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https":
        here = host in ("127.0.0.1", "localhost", "::1")
        words = f"{url} is not encrypted: that is for one's own machine only."
        return Finding(words, wrong=not here)
    context = trusted or ssl.create_default_context()
    try:
        async with asyncio.timeout(TIMEOUT):
            _, writer = await asyncio.open_connection(host, parts.port or 443, ssl=context, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        return Finding(f"The certificate of {host} is not trusted: {error.verify_message}.", wrong=True)
    except (OSError, TimeoutError) as error:
        return Finding(f"{host} cannot be reached from here ({type(error).__name__}): its certificate is not seen.")
    shown = writer.get_extra_info("peercert")
    writer.close()
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(shown["notAfter"]), UTC)
    soon = ends - datetime.now(UTC) < EXPIRES_SOON
    words = f"The certificate of {host} is trusted, and ends on {ends:%Y-%m-%d}"
    return Finding(f"{words}: renew it." if soon else f"{words}.", wrong=soon)
