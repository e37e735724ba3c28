"""The web chat: words and buttons posted by plain forms, pages in return, new entries by server-sent events.

Everything works without script and by keyboard alone; ``templates/static/chat.js`` only spares the reload. How the
pages look stands in :mod:`bot.pages`.
"""

import asyncio
import hashlib
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from dataclasses import dataclass, replace
from typing import get_args
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Header, Request, Response
from fastapi.responses import JSONResponse
from fastapi.sse import ServerSentEvent

from backend.contract import Channel as ChannelName
from backend.contract import ContractError, Paper
from bot import messages, text
from bot.arriving import inbox, papers
from bot.arriving.papers import File
from bot.backend import BackendAway
from bot.channels import Channel
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.leaving.carriers import Letter, Outcome, Span
from bot.messages import Filled, Said
from bot.pages import bringing, chat, meeting, page, upload
from bot.pages.crowd import Crowd
from bot.pages.stopped import Kind, Posted, Stopped, wants_json
from bot.pages.stream import Stream
from bot.pages.thread import BACK, CALL_ME, CHANGE, ELSEWHERE, LATER, MOVE, REMOVE
from bot.pages.visitor import (
    COOKIE,
    Visitor,
    address,
    caller,
    new_cookie,
    reading,
    recognised,
    remember,
    visitor,
)
from bot.policies import NoPolicy
from bot.settings import Settings
from bot.text import N_
from bot.turning import threads

SETTLED = 2.0
"""Seconds (real time) a posted form waits for what was asked of the backend, so that a page without script is whole."""

LOOKED_AT = 6.0
"""The same where papers were sent: each is read by a program of its own before it is known what it is."""

LONGEST = 20_000
"""Characters of one message. Whoever writes more is asked to write it in several."""

_FIELD = "f."
"""Before the name of each answer on a page of the form; other fields are the page's own."""


def channel(settings: Settings) -> Channel:  # noqa: ARG001  # every channel is made alike; this one has no provider
    """Always on."""
    return Web()


class ReadHere:
    """A channel where people read our own entries: nothing is ever transmitted, so nobody can be asked about it."""

    read_here = True
    can_be_asked = False

    async def send(self, letter: Letter) -> Outcome:
        raise NotImplementedError("entries are read here, not sent")

    async def look_up(self, letter: Letter, span: Span, known: frozenset[str]) -> Outcome | None:
        raise NotImplementedError("entries are read here, not sent")


@dataclass(frozen=True)
class Web(ReadHere):
    """Channel ``web``."""

    name: ChannelName = "web"

    def router(self, engine: Engine) -> APIRouter:
        """Every page and form under ``/chat``."""
        router = APIRouter(route_class=Kind, include_in_schema=False)
        _choosing(router, engine)
        _reading(router, engine)
        _bringing(router, engine)
        _writing(router, engine)
        return router


# --- The routes -------------------------------------------------------------------------------------------------------


def _choosing(router: APIRouter, engine: Engine) -> None:
    @router.get("/chat")
    async def choose(request: Request) -> Response:
        return page.show(
            "choose.html",
            page.language_of(request),
            home="/chat",
            place="",
            language_path="/chat/language",
            municipalities=[(slug, await _name(engine, slug)) for slug in engine.settings.municipalities],
        )

    @router.post("/chat/language")
    async def choose_language(fields: Posted) -> Response:
        return remember(engine, page.go("/chat"), page.LANGUAGE_COOKIE, dict(fields).get("language", ""))


async def _name(engine: Engine, municipality: str) -> str:
    try:
        return (await engine.policy(municipality)).name
    except NoPolicy:
        return municipality.capitalize()


def _reading(router: APIRouter, engine: Engine) -> None:
    async def guest_of(request: Request) -> Visitor:
        return await visitor(engine, request)

    @router.get("/chat/{municipality}")
    async def conversation(guest: Visitor = Depends(guest_of)) -> Response:
        return await chat.chat(guest)

    @router.get("/chat/{municipality}/on/{code}")
    async def on(code: str, guest: Visitor = Depends(guest_of)) -> Response:
        return chat.on(guest, code)

    @router.get("/chat/{municipality}/saved")
    async def saved(guest: Visitor = Depends(guest_of)) -> Response:
        return chat.saved(guest)

    @router.get("/chat/{municipality}/meeting.ics")
    async def calendar(guest: Visitor = Depends(guest_of)) -> Response:
        return await meeting.of_guest(guest)

    @router.get("/chat/{municipality}/part")
    async def part(guest: Visitor = Depends(guest_of)) -> Response:
        return await chat.part(guest)

    @router.get("/chat/{municipality}/stream")
    async def stream(
        after: int = 0,
        language: str = "",
        last_event_id: int | None = Header(None),
        guest: Visitor = Depends(guest_of),
    ) -> Response:
        if guest.thread is None:
            return Response(status_code=204)  # tells the browser not to try again
        return Stream(_news(guest, guest.thread, last_event_id or after, language or guest.language))


def _bringing(router: APIRouter, engine: Engine) -> None:
    """Papers: the page, what is sent by it, and what is taken away again."""
    crowd = Crowd()

    async def guest_of(request: Request) -> Visitor:
        return await visitor(engine, request)

    async def sender_of(request: Request) -> Visitor:
        guest = await visitor(engine, request)
        if not crowd.lets_in(guest.source):
            raise page.Refused(429)
        return guest

    @router.get("/chat/{municipality}/papers")
    async def papers_page(told: str = "", guest: Visitor = Depends(guest_of)) -> Response:
        return await bringing.show(guest, told)

    @router.post("/chat/{municipality}/papers")
    async def send(request: Request, guest: Visitor = Depends(sender_of)) -> Response:
        return await _bring(guest, request)

    @router.post("/chat/{municipality}/papers/taken-back")
    async def take_back(fields: Posted, guest: Visitor = Depends(sender_of)) -> Response:
        return page.go(f"{guest.path}/papers?told={await _taken_back(guest, dict(fields).get('paper', ''))}")


async def _bring(guest: Visitor, request: Request) -> Response:
    """Take papers in; what has been answered stands here, sealed, whatever happens next."""
    limits, here = guest.policy.documents, f"{guest.path}/papers"
    if limits is None:
        raise page.Refused(415)
    try:
        fields, files = await upload.files(request, limits.megabytes)
    except upload.TooLarge:
        return page.go(f"{here}?told=large")
    if not files:
        return page.go(f"{here}?told=none")
    given = dict(fields)
    paper = next((one for one in get_args(Paper) if one == given.get("paper")), None)
    event = Said("", pictures=len(files), page=guest.language)
    brought = tuple(File(content=content, paper=paper) for content in files)
    return await _receive(guest, event, given.get("post", ""), "papers", json=False, files=brought)


async def _taken_back(guest: Visitor, paper: str) -> str:
    """What the page says of it."""
    try:
        gone = guest.thread is not None and await papers.take_back(
            guest.engine, guest.municipality, guest.thread, UUID(paper)
        )
    except (ValueError, BackendAway, ContractError):
        return "wait"
    return "away" if gone else "read"


async def _news(guest: Visitor, thread: UUID, after: int, drawn_in: str) -> AsyncGenerator[ServerSentEvent, None]:
    # A database that goes away ends the stream; the browser takes it up again by itself.
    with suppress(*DATABASE_ERRORS):
        async with aclosing(chat.news(guest, thread, after, drawn_in)) as events:
            async for event in events:
                yield event


def _writing(router: APIRouter, engine: Engine) -> None:
    crowd = Crowd()

    async def caller_of(request: Request) -> Visitor:
        guest = await caller(engine, request)
        if not crowd.lets_in(guest.source):
            raise page.Refused(429)
        return guest

    @router.post("/chat/{municipality}/forget")
    async def forget(fields: Posted) -> Response:  # noqa: ARG001  # read, so that only our own page can do it
        response = page.go("/chat")
        response.delete_cookie(COOKIE, path="/chat")
        return response

    @router.post("/chat/{municipality}/language")
    async def in_language(fields: Posted, guest: Visitor = Depends(caller_of)) -> Response:
        return await _in_language(await recognised(guest), dict(fields))

    @router.post("/chat/{municipality}/{act}")
    async def act(act: str, request: Request, fields: Posted, guest: Visitor = Depends(caller_of)) -> Response:
        return await _act(guest, act, fields, json=wants_json(request))


# --- What is posted ---------------------------------------------------------------------------------------------------


async def _act(guest: Visitor, act: str, fields: page.Fields, *, json: bool) -> Response:
    # Whoever only writes is not looked up: her turn reads her thread itself, and asks for our language when it is new.
    given = dict(fields)
    if any(len(value) > LONGEST for value in given.values()):
        raise page.Refused(413)
    event = _event(act, fields)
    if isinstance(event, Said):
        event = replace(event, page=guest.language)
    if event is None:
        raise Stopped(404, N_("We cannot find that page"), N_("Go back to the conversation and write there."))
    if "digest" in given and not await chat.still_shown(await recognised(guest), given["digest"]):
        # What stood on the page is no longer what would be confirmed: shown anew before anything is.
        return page.go(f"{guest.path}/part")
    if act == "later" and not await chat.still_open(await recognised(guest), given.get("question", "")):
        # It was another question that was to be left.
        return JSONResponse({"state": "received"}, headers=dict(page.HEADERS)) if json else page.go(guest.path)
    then = "part" if act in ("part", "back", "change", "remove") else given.get("from", "")
    return await _receive(guest, event, given.get("post", ""), then, json=json)


_NUMBERED = {"change": CHANGE, "remove": REMOVE}


def _event(act: str, fields: page.Fields) -> Said | Filled | None:
    """What a form means: typed words, a button with its token, a page of the form, a word that works anywhere."""
    given = dict(fields)
    if act == "say" and "choice" in given:
        return Said(given["choice"], given.get("question"))
    if act == "say":
        return Said(given.get("words", ""))
    if act == "part":
        return Filled(given.get("question", ""), _answers(fields), leave="leave" in given)
    if act in _NUMBERED and given.get("number", "").isdecimal():
        return Said(f"{_NUMBERED[act]} {given['number']}")
    word = {"call-me": CALL_ME, "move": MOVE, "back": BACK, "later": LATER, "elsewhere": ELSEWHERE}.get(act)
    return Said(word) if word else None


def _answers(fields: page.Fields) -> dict[str, str]:
    """The answers of a page by question; where several were ticked, joined by commas."""
    answers: dict[str, str] = {}
    for name, value in fields:
        if name.startswith(_FIELD):
            question = name.removeprefix(_FIELD)
            answers[question] = f"{answers[question]},{value}" if question in answers else value
    return answers


async def _in_language(guest: Visitor, given: dict[str, str]) -> Response:
    language, then = given.get("language", ""), given.get("from", "")
    if language not in text.languages():
        return page.go(guest.path)
    if guest.thread is None or language == guest.language:
        response: Response = page.go(_onward(guest, then))
    else:
        response = await _receive(guest, Said(page.own_name(language)), uuid4().hex, then, json=False)
    return remember(guest.engine, response, page.LANGUAGE_COOKIE, language)


def _onward(guest: Visitor, then: str) -> str:
    return f"{guest.path}/{then}" if then in ("part", "saved", "papers") else guest.path


async def _receive(
    guest: Visitor, event: Said | Filled, post: str, then: str, *, json: bool, files: tuple[File, ...] = ()
) -> Response:
    """Take one event into the thread, wait a moment for what it asked of the backend, and go on."""
    engine, cookie = guest.engine, guest.cookie or new_cookie()
    where = address(engine.settings.session_secret, cookie)
    # One press has one effect, however often the browser repeats it; other words by the same form are another press.
    kind, body = messages.dump_event(event)
    said = hashlib.sha256(b"".join([kind.encode(), body, *(file.content for file in files)])).hexdigest()[:16]
    post = f"{where}:{post or uuid4().hex}:{said}"
    inbound = inbox.Inbound(guest.municipality, "web", where, post, event, files=files, source=guest.source)
    received = await inbox.receive(engine, inbound)
    if json:
        return remember(engine, JSONResponse({"state": "received"}, headers=dict(page.HEADERS)), COOKIE, cookie)
    if received.thread is not None:
        await (_looked_at if files else _settle)(engine, received.thread)
        guest = await reading(guest, received.thread)
    if then == "part":
        question = await chat.open_now(guest)
        then = "part" if question and question.page else ""
    return remember(engine, page.go(_onward(guest, then)), COOKIE, cookie)


async def _settle(engine: Engine, thread: UUID) -> None:
    """Until nothing is awaited of the backend, but only so long: the page says what is going on after that."""
    try:
        async with asyncio.timeout(SETTLED):
            async for _ in threads.watch(engine, thread):
                if not (await threads.state(engine, thread)).thread.awaited:
                    return
    except TimeoutError:
        return


async def _looked_at(engine: Engine, thread: UUID) -> None:
    """Until it is known what became of what was sent, but only so long."""
    try:
        async with asyncio.timeout(LOOKED_AT):
            async for _ in threads.watch(engine, thread):
                if all(one.state not in papers.OPEN for one in await papers.sent_from(engine, thread)):
                    return
    except TimeoutError:
        return
