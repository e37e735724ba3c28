"""Who asks for a chat page: a browser at a municipality, its thread if it has one, and the language to answer in.

Whoever writes first gets a cookie: an opaque word that only the browser has. Its keyed hash is the address of the
contact point, so neither the database nor a log can open anybody's conversation.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from uuid import UUID

from fastapi import Request, Response

from backend.contract import Meeting, MeetingStatus, Policy
from bot import threads
from bot.engine import Engine
from bot.messages import State
from bot.pages import page
from bot.pages.stopped import Stopped
from bot.text import N_

COOKIE = "imorgon_chat"
REMEMBERED = 30 * 24 * 3600
"""Seconds a browser remembers its conversation: long enough to go on with a form another week."""

_STANDS = frozenset({MeetingStatus.PRELIMINARY, MeetingStatus.BOOKED})


@dataclass(frozen=True)
class Visitor:
    """A browser at a municipality's chat. Before its first message it has no cookie, no thread and no state."""

    engine: Engine
    municipality: str
    policy: Policy
    language: str
    cookie: str
    thread: UUID | None
    state: State | None

    @property
    def path(self) -> str:
        return f"/chat/{self.municipality}"

    @property
    def meeting(self) -> Meeting | None:
        """The meeting that is to come."""
        meeting = self.state.person.meeting if self.state else None
        return meeting if meeting and meeting.status in _STANDS and meeting.start > self.engine.clock() else None


def new_cookie() -> str:
    return secrets.token_urlsafe(32)


def address(secret: str, cookie: str) -> str:
    """The contact point of a cookie."""
    return hmac.new(secret.encode(), cookie.encode(), hashlib.sha256).hexdigest()


async def visitor(engine: Engine, request: Request) -> Visitor:
    """Who asks. Reads only; raises Stopped for a municipality that is not served, NoPolicy, database errors."""
    municipality = request.path_params["municipality"]
    if municipality not in engine.settings.municipalities:
        raise Stopped(404, N_("We cannot find that page"), N_("Choose your municipality and begin there."), "/chat")
    policy = await engine.policy(municipality)
    request.state.telephone = policy.telephone
    cookie = request.cookies.get(COOKIE, "")
    thread = state = None
    if cookie:
        thread = await threads.find(engine, municipality, "web", address(engine.settings.session_secret, cookie))
        state = await threads.state(engine, thread) if thread else None
    language = (state.thread.language if state else None) or page.language_of(request)
    return Visitor(engine, municipality, policy, language, cookie, thread, state)


def remember(engine: Engine, response: Response, name: str, value: str) -> Response:
    """The same answer with a cookie: the conversation's, or the language chosen."""
    response.set_cookie(
        name,
        value,
        max_age=REMEMBERED,
        path="/chat" if name == COOKIE else "/",
        secure=engine.settings.public_url.startswith("https:"),
        httponly=True,
        samesite="lax",
    )
    return response
