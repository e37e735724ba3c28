"""Who asks for a chat page: a browser at a municipality, its thread if it has one, and the language to answer in.

Whoever writes first gets a cookie: an opaque word that only the browser has. Its keyed hash is the address of the
contact point, so neither the database nor a log can open anybody's conversation.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, replace
from uuid import UUID

from fastapi import Request, Response

from backend.contract import Meeting, MeetingStatus, Policy
from bot.engine import Engine
from bot.leaving import limits
from bot.messages import State
from bot.pages import page
from bot.pages.stopped import Stopped
from bot.text import N_, local_day
from bot.turning import threads

COOKIE = "imorgon_chat"
REMEMBERED = 30 * 24 * 3600
"""Seconds a browser remembers its conversation: long enough to go on with a form another week."""

_STANDS = frozenset({MeetingStatus.PRELIMINARY, MeetingStatus.BOOKED})


@dataclass(frozen=True)
class Visitor:
    """A browser at a municipality's chat. Before its first message it has no cookie, no thread and no state.

    ``source``: the address it sits at, hashed for the day.
    """

    engine: Engine
    municipality: str
    policy: Policy
    language: str
    cookie: str
    thread: UUID | None
    state: State | None
    source: str = ""

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
    return await recognised(await caller(engine, request))


async def caller(engine: Engine, request: Request) -> Visitor:
    """Who asks, by the request alone: whether her browser has a conversation is not looked up. Raises as above."""
    municipality = request.path_params["municipality"]
    if municipality not in engine.settings.municipalities:
        raise Stopped(404, N_("We cannot find that page"), N_("Choose your municipality and begin there."), "/chat")
    policy = await engine.policy(municipality)
    request.state.telephone = policy.telephone
    cookie = request.cookies.get(COOKIE, "")
    return Visitor(
        engine, municipality, policy, page.language_of(request), cookie, None, None, source_of(engine, request)
    )


def source_of(engine: Engine, request: Request) -> str:
    """The address a request comes from, hashed for the day."""
    address = request.client.host if request.client else ""
    return limits.source(engine.settings.session_secret, local_day(engine.clock()), address)


async def recognised(caller: Visitor) -> Visitor:
    """The same browser, with its conversation if it has one, in the language of that."""
    if not caller.cookie:
        return caller
    where = address(caller.engine.settings.session_secret, caller.cookie)
    thread = await threads.find(caller.engine, caller.municipality, "web", where)
    return await reading(caller, thread) if thread else caller


async def reading(guest: Visitor, thread: UUID) -> Visitor:
    """The same browser with this thread as it stands now."""
    state = await threads.state(guest.engine, thread)
    return replace(guest, language=state.thread.language or guest.language, thread=thread, state=state)


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
