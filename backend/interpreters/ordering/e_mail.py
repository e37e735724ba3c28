"""Order by e-mail: one plain text with all an interpreter must know, answered on a page of ours that needs no sign-in.

A letter that may have left is sent again with the same Message-ID (RFC 5322, 3.6.4) and the same order number.
"""

import asyncio
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from threading import Timer
from time import monotonic
from typing import Literal
from uuid import UUID

from backend.clock import real_time
from backend.interpreters.ordering import Asked, Heard, NotNow, NotTaken
from backend.interpreters.ordering.words import cancellation, letter

TIMEOUT = 20.0
"""Seconds for one step of a conversation with the mail server."""

DEADLINE = 60.0
"""Seconds for a whole one: then the line is cut, well before somebody else may send the same letter."""

Security = Literal["starttls", "tls", "none"]
_REFUSED = 500  # RFC 5321, 4.2.1: 5yz is a permanent negative answer, 4yz may be tried again
_NOT_OK = 400
_OURS = frozenset({530, 534, 535, 538})  # RFC 4954, 6: it is how we sign in that is wrong, and not the letter


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
        """Nothing when it lets us in and takes our letters; else why not, in a word."""
        try:
            await asyncio.to_thread(self._talk, self._may_send)
        except (OSError, smtplib.SMTPException) as error:
            return type(error).__name__
        return ""

    async def send(self, message: EmailMessage) -> None:
        """Hand one letter over.

        Raises NotTaken when the address or the letter is refused for good; NotNow for all else, also when it is our
        sender or our sign-in that is refused: somebody mends the settings, and it leaves then.
        """
        try:
            await asyncio.to_thread(self._talk, lambda server: server.send_message(message))
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _ in refused.recipients.values()]
            raise _why(min(codes), refused) from None
        except smtplib.SMTPDataError as error:
            raise _why(error.smtp_code, error) from None
        except smtplib.SMTPResponseException as error:
            raise NotNow(f"{type(error).__name__} {error.smtp_code}") from None
        except (OSError, smtplib.SMTPException) as error:
            raise NotNow(type(error).__name__) from None

    def _talk(self, say: Callable[[smtplib.SMTP], object]) -> None:
        trusted, over_at = ssl.create_default_context(), monotonic() + DEADLINE
        if self.security == "tls":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=trusted)
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        cut = Timer(max(0.0, over_at - monotonic()), _cut, [server])
        cut.start()
        try:
            if self.security == "starttls":
                server.starttls(context=trusted)
            if self.user:
                server.login(self.user, self.password)
            say(server)
        finally:
            # What was taken is taken, whatever is said after it.
            with suppress(OSError, smtplib.SMTPException):
                server.quit()
            server.close()
            cut.cancel()

    def _may_send(self, server: smtplib.SMTP) -> None:
        server.ehlo_or_helo_if_needed()
        code, why = server.mail(self.sender)
        if code >= _NOT_OK:
            raise smtplib.SMTPSenderRefused(code, why, self.sender)
        server.rset()


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


def _cut(server: smtplib.SMTP) -> None:
    if server.sock is not None:
        with suppress(OSError):
            # Not the one of an encrypted socket, which is not to be called while another thread reads from it.
            socket.socket.shutdown(server.sock, socket.SHUT_RDWR)


def _why(code: int, error: Exception) -> NotNow | NotTaken:
    kind = NotTaken if code >= _REFUSED and code not in _OURS else NotNow
    return kind(f"{type(error).__name__} {code}")
