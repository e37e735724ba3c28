"""A local server that speaks 46elks' HTTP, for the tests: real requests on a loopback port.

It takes texts, lists them, reports on them to the address each came with, brings what people write and that they rang,
and brings again what is not answered 200 to 204. It takes nothing its documentation does not describe. Faults can be
asked for: refusals in plain text, errors, answers that never come. It tells of its account, and of its numbers.

Shapes: 46elks.com/docs (send-sms, sms-history, sms-delivery-reports, receive-sms, receive-call, voice-hangup,
get-account, update-account, list-numbers, show-number-id), read in November 2026.
"""

import asyncio
import base64
import re
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import uuid4

import httpx2
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from bot.stories.serving import serving, trusted
from bot.text import segments

Fault = Literal[
    "no credit", "429", "500", "500 after accepting", "no answer", "no answer after accepting", "html", "cut short"
]
"""What the next text meets. *No answer* keeps the connection open until the client gives up; *html* and *cut short* are
answers nobody can read, after it was accepted."""

_REFUSES: dict[str | None, tuple[str, int]] = {
    "no credit": ("Not enough credits", 403),
    "429": ("Too many requests", 429),
    "500": ("Internal server error", 500),
}
_UNREADABLE: dict[str | None, Response] = {
    "500 after accepting": PlainTextResponse("Internal server error", 500),
    "html": Response("<html><h1>Bad gateway</h1></html>", 200, media_type="text/html"),
    "cut short": Response('{"id": "s1', 200, media_type="application/json"),
}

WEBHOOK_TIMEOUT = 15.0
TRIES = 5
"""It tries at least five times, for at least six hours; here without waiting in between."""

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SENDER = re.compile(r"\+[1-9][0-9]{6,14}|[A-Za-z][A-Za-z0-9]{0,10}")
_TAKEN = {"from", "to", "message", "whendelivered", "dryrun", "flashsms", "dontlog"}
_LISTS_BY = {"start", "end", "limit", "to"}
_STATUSES = ("created", "sent", "delivered", "failed")


@dataclass
class Text:
    """One text as 46elks keeps it, theirs or ours."""

    id: str
    direction: Literal["incoming", "outgoing"]
    sender: str
    to: str
    message: str
    callback: str | None = None
    status: str = "created"
    created: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def body(self) -> str:
        return self.message


class Elks:
    """The provider: what was sent (``texts``), what goes wrong (``faults``), and how it reports (``receipts``).

    ``sms_url`` and ``voice_start``: number -> address, as they are entered for a number. The numbers of the account
    are those that have one; ``returned`` were given back, and can do what stands in ``capabilities`` no more.
    """

    def __init__(self, username: str, password: str) -> None:
        self._login = "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()
        self.history: list[Text] = []
        self.faults: deque[Fault] = deque()
        self.receipts: tuple[str, ...] = ("sent", "delivered")
        self.sms_url: dict[str, str] = {}
        self.voice_start: dict[str, str] = {}
        self.returned: set[str] = set()
        self.capabilities: list[str] = ["sms", "mms", "voice"]
        self.balance, self.credit_alert = 9_670_500, 2_000_000
        self.requests = 0
        self.listings = 0
        self.base_url = ""
        self._changed = asyncio.Condition()
        self._http = httpx2.AsyncClient(timeout=WEBHOOK_TIMEOUT, trust_env=False, verify=trusted())
        self._reporting: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    @asynccontextmanager
    async def open(self, port: int = 0) -> AsyncIterator["Elks"]:
        """Serve until the block ends."""
        async with serving(self._app(), port) as self.base_url:
            try:
                yield self
            finally:
                self._stopping.set()
                for task in list(self._reporting):
                    task.cancel()
                await asyncio.gather(*self._reporting, return_exceptions=True)
                await self._http.aclose()

    # --- What people do -----------------------------------------------------------------------------------------------

    def lose(self, sender: str, to: str, message: str, *, text_id: str | None = None) -> Text:
        """A person writes to a number, and nobody is told: the text stands in the history, and nowhere else."""
        text_id = text_id or f"s{uuid4().hex}"
        known = next((text for text in self.history if text.id == text_id), None)
        if known is None:
            known = Text(text_id, "incoming", sender, to, message)
            self.history.append(known)
        return known

    async def write(self, sender: str, to: str, message: str, *, text_id: str | None = None) -> int:
        """A person writes to a number. Gives the status it was answered with in the end (0: not at all)."""
        text = self.lose(sender, to, message, text_id=text_id)
        form = {
            "direction": "incoming",
            "id": text.id,
            "from": sender,
            "to": to,
            "created": _stamp(text.created),
            "message": message,
        }
        answer = await self._bring(self.sms_url[to], form)
        if answer is not None and answer.content:
            raise AssertionError("words in the answer to a text are sent to the person")
        return answer.status_code if answer is not None else 0

    async def ring(self, caller: str, to: str, *, call_id: str | None = None) -> dict[str, Any] | None:
        """A person rings a number. Gives the action the call was answered with; ``None``: it was never answered."""
        form = {
            "direction": "incoming",
            "callid": call_id or f"c{uuid4().hex}",
            "from": caller,
            "to": to,
            "created": _stamp(datetime.now(UTC)),
        }
        answer = await self._bring(self.voice_start[to], form)
        if answer is None or not 200 <= answer.status_code <= 204:
            return None
        action: dict[str, Any] = answer.json()
        if set(action) != {"hangup"} or action["hangup"] not in ("busy", "reject", "404"):
            raise AssertionError("no action its documentation describes for the end of a call")
        return action

    async def _bring(self, address: str, form: dict[str, str]) -> httpx2.Response | None:
        """Bring a form, again when it is not answered 200 to 204. The same id each time."""
        answer = None
        for _ in range(TRIES):
            try:
                answer = await self._http.post(address, data=form)
            except (httpx2.TransportError, OSError):
                answer = None
                continue
            if 200 <= answer.status_code <= 204:
                break
        return answer

    # --- What can be seen and reported --------------------------------------------------------------------------------

    @property
    def texts(self) -> list[Text]:
        """What was sent by it, in order."""
        return [text for text in self.history if text.direction == "outgoing"]

    def sent_to(self, number: str, after: int = 0) -> list[Text]:
        """What was sent to a number, the first ``after`` left out."""
        return [text for text in self.texts if text.to == number][after:]

    async def wait_for(self, seen: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until something can be seen. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(seen)

    async def report(self, text: Text, status: str) -> int:
        """Tell the sender what became of a text; gives how that was answered in the end."""
        if status in _STATUSES:
            text.status = status
        if text.callback is None:
            return 0
        form = {"id": text.id, "status": status}
        if status == "delivered":
            form["delivered"] = _stamp(datetime.now(UTC))
        answer = await self._bring(text.callback, form)
        return answer.status_code if answer is not None else 0

    async def reported(self) -> None:
        """Wait until every receipt asked for has been delivered."""
        while self._reporting:
            await asyncio.gather(*list(self._reporting))

    # --- The API ------------------------------------------------------------------------------------------------------

    def _app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.post("/a1/sms")
        async def send(request: Request) -> Response:
            return await self._send(request)

        @app.get("/a1/sms")
        async def listed(request: Request) -> Response:
            return self._listed(request)

        @app.get("/a1/me")
        async def me(request: Request) -> Response:
            return self._stranger(request) or JSONResponse(self._account())

        @app.get("/a1/numbers")
        async def numbers(request: Request) -> Response:
            return self._stranger(request) or self._numbers(dict(request.query_params))

        @app.get("/a1/numbers/{number_id}")
        async def number(request: Request, number_id: str) -> Response:
            return self._stranger(request) or self._number(number_id)

        return app

    def _stranger(self, request: Request) -> Response | None:
        if request.headers.get("Authorization") != self._login:
            return PlainTextResponse("API access requires Basic HTTP authentication", 401)
        return None

    def _account(self) -> dict[str, Any]:
        return {
            "mobilenumber": "+46701740605",
            "displayname": "Exempelkommun",
            "id": "u5a9566c072160b318445d163949bf505",
            "currency": "SEK",
            "balance": self.balance,
            "email": "help@46elks.example",
            "creditalert": self.credit_alert,
        }

    def _own(self) -> list[str]:
        """The newest first."""
        return sorted({*self.sms_url, *self.voice_start}, reverse=True)

    def _numbers(self, wanted: dict[str, str]) -> Response:
        limit = int(wanted.get("limit", "100"))
        if set(wanted) - {"start", "end", "limit"} or not 1 <= limit <= 100:
            return PlainTextResponse("Unknown parameter", 400)
        found = [one for one in self._own() if _created(one) < wanted.get("start", "9")]
        # As its documentation shows a number of the list: without where it leads.
        shown = [
            {
                "id": _id_of(one),
                "active": "no" if one in self.returned else "yes",
                "category": "mobile",
                "capabilities": self.capabilities,
                "country": "se",
                "number": one,
                "created": _created(one),
                "allocated": _created(one),
            }
            for one in found[:limit]
        ]
        page: dict[str, Any] = {"data": shown}
        if len(found) > limit:
            page["next"] = _created(found[limit - 1])
        return JSONResponse(page)

    def _number(self, number_id: str) -> Response:
        number = next((one for one in self._own() if _id_of(one) == number_id), None)
        if number is None:
            return PlainTextResponse("Not found", 404)
        shown: dict[str, Any] = {
            "id": number_id,
            "active": "no" if number in self.returned else "yes",
            "country": "se",
            "number": number,
            "capabilities": self.capabilities,
        }
        leads = {"sms_url": self.sms_url.get(number), "voice_start": self.voice_start.get(number)}
        return JSONResponse(shown | {name: url for name, url in leads.items() if url})

    async def _send(self, request: Request) -> Response:
        self.requests += 1
        await self._tell()
        form = {name: str(value) for name, value in (await request.form()).items()}
        if request.headers.get("Authorization") != self._login:
            return PlainTextResponse("API access requires Basic HTTP authentication", 401)
        if wrong := _wrong(form):
            return PlainTextResponse(wrong, 400)
        fault = self.faults.popleft() if self.faults else None
        if fault == "no answer":
            await self._stopping.wait()
        if fault in _REFUSES:
            return PlainTextResponse(*_REFUSES[fault])
        text = self._accepted(form)
        await self._tell()
        if fault == "no answer after accepting":
            await self._stopping.wait()
        return _UNREADABLE[fault] if fault in _UNREADABLE else JSONResponse(_shown(text))

    def _accepted(self, form: dict[str, str]) -> Text:
        callback = form.get("whendelivered")
        text = Text(f"s{uuid4().hex}", "outgoing", form["from"], form["to"], form["message"], callback)
        self.history.append(text)
        if self.receipts:
            task = asyncio.create_task(self._report_all(text))
            self._reporting.add(task)
            task.add_done_callback(self._reporting.discard)
        return text

    def _listed(self, request: Request) -> Response:
        self.listings += 1
        if request.headers.get("Authorization") != self._login:
            return PlainTextResponse("API access requires Basic HTTP authentication", 401)
        wanted = dict(request.query_params)
        limit = int(wanted.get("limit", "100"))
        if set(wanted) - _LISTS_BY or not 1 <= limit <= 100:
            return PlainTextResponse("Unknown parameter", 400)
        before = _moment(wanted["start"]) if "start" in wanted else datetime.max.replace(tzinfo=UTC)
        after = _moment(wanted["end"]) if "end" in wanted else datetime.min.replace(tzinfo=UTC)
        found = sorted(
            (text for text in self.history if after < text.created < before and wanted.get("to") in (None, text.to)),
            key=lambda text: text.created,
            reverse=True,
        )
        page: dict[str, Any] = {"data": [_shown(text) for text in found[:limit]]}
        if len(found) > limit:
            page["next"] = _stamp(found[limit - 1].created)
        return JSONResponse(page)

    async def _report_all(self, text: Text) -> None:
        for status in self.receipts:
            await self.report(text, status)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _wrong(form: dict[str, str]) -> str | None:
    """What is wrong with a text, in its own plain words."""
    if unknown := form.keys() - _TAKEN:
        return f"Unknown parameter {min(unknown)}"
    if not _SENDER.fullmatch(form.get("from", "")):
        return 'Invalid "from" parameter'
    if not _E164.fullmatch(form.get("to", "")):
        return 'Invalid "to" parameter'
    if not form.get("message"):
        return 'Missing key "message"'
    callback = form.get("whendelivered")
    if callback is not None and not callback.startswith(("https://", "http://")):
        return 'Invalid "whendelivered" parameter'
    return None


def _shown(text: Text) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "id": text.id,
        "direction": text.direction,
        "from": text.sender,
        "to": text.to,
        "created": _stamp(text.created),
        "message": text.message,
    }
    if text.direction == "outgoing":
        shown |= {"status": text.status, "parts": segments(text.message), "cost": 3500 * segments(text.message)}
    if text.status == "delivered":
        shown["delivered"] = _stamp(text.created)
    return shown


def _id_of(number: str) -> str:
    return f"n{int(number):032x}"


def _created(number: str) -> str:
    """Numbers that come later were created later."""
    return _stamp(datetime(2018, 2, 7, tzinfo=UTC) + timedelta(seconds=int(number) % 10_000))


def _stamp(at: datetime) -> str:
    """UTC, without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _moment(stamp: str) -> datetime:
    return datetime.fromisoformat(stamp).replace(tzinfo=UTC)
