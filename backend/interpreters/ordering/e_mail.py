"""Order by e-mail: one plain text with all an interpreter must know, answered on a page of ours that needs no sign-in.

A letter that may have left is sent again with the same Message-ID (RFC 5322, 3.6.4) and the same order number.
"""

import asyncio
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Literal
from uuid import UUID

from backend.clock import real_time
from backend.interpreters.ordering import Asked, Heard, NotNow, NotTaken
from backend.interpreters.ordering.words import cancellation, letter

TIMEOUT = 20.0
"""Seconds for one step of a conversation with the mail server."""

Security = Literal["starttls", "tls", "none"]
_REFUSED = 500  # RFC 5321, 4.2.1: 5yz is a permanent negative answer, 4yz may be tried again


@dataclass(frozen=True)
class Smtp:
    """The mail server orders leave by. ``none``: without encryption, to one's own machine only."""

    host: str
    port: int
    sender: str
    user: str = ""
    password: str = field(default="", repr=False)
    security: Security = "starttls"

    async def answers(self) -> str:
        """Nothing when it lets us in; else why not, in a word."""
        try:
            await asyncio.to_thread(self._talk, lambda server: server.noop())
        except (OSError, smtplib.SMTPException) as error:
            return type(error).__name__
        return ""

    async def send(self, message: EmailMessage) -> None:
        """Hand one letter over. Raises NotNow, NotTaken."""
        try:
            await asyncio.to_thread(self._talk, lambda server: server.send_message(message))
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise _why(min(codes), refused) from None
        except smtplib.SMTPAuthenticationError as error:
            raise NotNow(type(error).__name__) from None  # somebody mends the settings, and it leaves then
        except smtplib.SMTPResponseException as error:
            raise _why(error.smtp_code, error) from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(type(error).__name__) from None

    def _talk(self, say: Callable[[smtplib.SMTP], object]) -> None:
        trusted = ssl.create_default_context()
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=trusted)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        with server:
            if self.security == "starttls":
                server.starttls(context=trusted)
            if self.user:
                server.login(self.user, self.password)
            say(server)


@dataclass(frozen=True)
class EMail:
    """The way to an agency that is written to."""

    smtp: Smtp
    to: str

    async def order(self, asked: Asked) -> Heard | None:
        subject, text = letter(asked)
        await self.smtp.send(self._message(asked, "order", subject, text))
        return None

    async def cancel(self, asked: Asked) -> Heard | None:
        subject, text = cancellation(asked)
        await self.smtp.send(self._message(asked, "cancel", subject, text))
        return None

    async def look(self, order: UUID) -> Heard | None:  # noqa: ARG002  # a mailbox is not asked
        return None

    def _message(
        self, asked: Asked, kind: str, subject: str, text: str, now: Callable[[], datetime] = real_time
    ) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.smtp.sender, self.to, subject
        domain = self.smtp.sender.rpartition("@")[2].rstrip(">")
        message["Message-ID"] = f"<{asked.id}.{kind}@{domain}>"
        if kind == "cancel":
            message["In-Reply-To"] = f"<{asked.id}.order@{domain}>"
        message["Date"] = format_datetime(now())
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: nobody's "I am on leave" comes back
        message.set_content(text)
        return message


def _why(code: int, error: Exception) -> NotNow | NotTaken:
    kind = NotTaken if code >= _REFUSED else NotNow
    return kind(f"{type(error).__name__} {code}")
