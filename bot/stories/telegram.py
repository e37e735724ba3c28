"""A local server that speaks Telegram's HTTP, for `play` and the tests: real requests on a loopback port.

It takes what bots ask by the Bot API and refuses what does not fit (:mod:`bot.stories.telegram_api`). What people write
it brings by webhook, again until it is confirmed, or keeps until it is asked for. Faults can be asked for: too many
requests, errors, answers that never come.

Shapes: Telegram's Bot API 10.3. How updates are tried again and kept in order: its server's source,
github.com/tdlib/telegram-bot-api.
"""

import asyncio
import json
import re
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, Literal
from uuid import uuid4

import httpx2
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from bot.stories.serving import serving, trusted
from bot.stories.telegram_api import Refused, check_buttons, checked, read_html

Fault = Literal[
    "429",
    "400",
    "cannot read",
    "500",
    "500 after accepting",
    "502",
    "no answer",
    "no answer after accepting",
    "strange",
]
"""What the next message a bot sends meets. *502* comes from something in front, as a page. *Strange*: it is sent, and
answered in a way no description has. *No answer* keeps the connection open until the client gives up."""

FileFault = Literal["unavailable", "502", "cut"]
"""What the next file a bot asks for meets: it is not there yet, something in front fails, or it ends in the middle."""

MOST_BYTES = 20_000_000
"""Of a file, for a bot to be given it."""
ERASABLE = timedelta(hours=48)

WEBHOOK_TIMEOUT = 60.0
FIRST_RETRY = 0.05
"""Seconds before an update is brought again; then twice as long each time. (Telegram's own begin at 2 seconds.)"""
TRIES = 6

_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")
_COMMAND = re.compile(r"[a-z0-9_]{1,32}")


@dataclass
class Account:
    """Somebody who has Telegram."""

    id: int
    name: str
    number: str
    language: str | None = None

    @property
    def user(self) -> dict[str, Any]:
        user: dict[str, Any] = {"id": self.id, "is_bot": False, "first_name": self.name}
        return user if self.language is None else {**user, "language_code": self.language}

    @property
    def chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": self.name}


@dataclass
class Sent:
    """One message of a bot, as it stands in the chat. ``buttons``: (label, data) under it, in reading order."""

    id: int
    bot: str
    chat: int
    text: str
    html: str
    protected: bool
    markup: Mapping[str, Any] = field(default_factory=dict)

    @property
    def buttons(self) -> list[tuple[str, str]]:
        return [(one["text"], one["callback_data"]) for row in self.markup.get("inline_keyboard", ()) for one in row]

    @property
    def keyboard(self) -> list[dict[str, Any]]:
        return [one for row in self.markup.get("keyboard", ()) for one in row]

    @property
    def resource(self) -> dict[str, Any]:
        return {
            "message_id": self.id,
            "date": int(datetime.now(UTC).timestamp()),
            "chat": {"id": self.chat, "type": "private", "first_name": "Anyone"},
            "from": {"id": int(self.bot), "is_bot": True, "first_name": "Bot"},
            "text": self.text,
        }


@dataclass(frozen=True)
class Drawn:
    """A picture a bot sent."""

    id: int
    chat: int
    content: bytes
    caption: str


@dataclass
class _Bot:
    """What Telegram keeps of a bot."""

    number: str
    municipality: str
    webhook: str | None = None
    secret: str = ""
    allowed: Sequence[str] = ()
    pending: list[Any] = field(default_factory=list)
    asking: asyncio.Future[None] | None = None
    shown: dict[str, Any] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)
    erased: list[tuple[int, int]] = field(default_factory=list)
    groups: bool = False
    last_error: tuple[datetime, str] | None = None


class Telegram:
    """Telegram: what bots sent (``messages``), what people can do, what goes wrong (``faults``).

    ``tokens``: municipality -> its bot's token. ``blocked``: (municipality, account) that lets nothing through.
    ``answers``: what buttons were answered with. ``retry_after``: seconds said with 429. ``files``: what people sent,
    by its id; ``file_faults``: what the next ones meet that bots ask for. ``drawn``: the pictures bots sent;
    ``photo_faults``: how many of the next are refused.
    """

    def __init__(self, tokens: Mapping[str, str]) -> None:
        self._bots = {token: _Bot(token.partition(":")[0], town) for town, token in tokens.items()}
        self.tokens = dict(tokens)
        self.accounts: dict[int, Account] = {}
        self.messages: list[Sent] = []
        self.answers: list[dict[str, Any]] = []
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.faults: deque[Fault] = deque()
        self.retry_after = 3
        self.files: dict[str, bytes] = {}
        self.file_faults: deque[FileFault] = deque()
        self.drawn: list[Drawn] = []
        self.photo_faults = 0
        self._paths: dict[str, str] = {}
        self._said: dict[tuple[int, int], datetime] = {}
        self.blocked: set[tuple[str, int]] = set()
        self.base_url = ""
        self._ids, self._updates = count(1), count(700_000_001)
        self._queries: dict[str, str] = {}
        self._in_order: dict[tuple[str, int], asyncio.Lock] = {}
        self._changed = asyncio.Condition()
        self._http = httpx2.AsyncClient(timeout=WEBHOOK_TIMEOUT, trust_env=False, verify=trusted())
        self._stopping = asyncio.Event()

    @asynccontextmanager
    async def open(self, port: int = 0) -> AsyncIterator["Telegram"]:
        """Serve until the block ends."""
        async with serving(self._app(), port) as self.base_url:
            try:
                yield self
            finally:
                self._stopping.set()
                await self._tell()
                await self._http.aclose()

    def bot(self, municipality: str) -> _Bot:
        return self._bots[self.tokens[municipality]]

    # --- What people do -----------------------------------------------------------------------------------------------

    def account(self, name: str, number: str, language: str | None = None) -> Account:
        """Somebody gets Telegram."""
        made = Account(5_000_000_000 + len(self.accounts), name, number, language)
        self.accounts[made.id] = made
        return made

    async def write(self, who: Account, municipality: str, words: str) -> int:
        """She writes to a bot. Gives how it was answered in the end (0: not at all; 202: waits to be asked for)."""
        return await self.send(who, municipality, text=words)

    async def send(self, who: Account, municipality: str, *, edited: int | None = None, **content: Any) -> int:
        """She sends something, or changes what she sent (``edited``: the message's id)."""
        message = {
            "message_id": edited or next(self._ids),
            "date": int(datetime.now(UTC).timestamp()),
            "chat": who.chat,
            "from": who.user,
            **content,
        }
        self._said.setdefault((who.id, message["message_id"]), datetime.now(UTC))
        if edited is not None:
            message["edit_date"] = message["date"]
        kind = "message" if edited is None else "edited_message"
        return await self.bring(municipality, {"update_id": next(self._updates), kind: message}, who.id)

    def picture(self, content: bytes) -> dict[str, Any]:
        """A picture as Telegram tells of it, to be sent: in two sizes, the small one no use to anybody."""
        return {"photo": [self._kept(b"small", width=90, height=67), self._kept(content, width=1280, height=960)]}

    def file(self, content: bytes, name: str) -> dict[str, Any]:
        """The same of a file."""
        return {"document": self._kept(content, file_name=name)}

    def _kept(self, content: bytes, **more: Any) -> dict[str, Any]:
        file_id = f"AgAC{uuid4().hex}"
        self.files[file_id] = content
        return {"file_id": file_id, "file_unique_id": uuid4().hex[:16], "file_size": len(content), **more}

    async def share_number(self, who: Account, municipality: str) -> int:
        """She presses the button that shares her own number; it must be offered."""
        offered = [one for sent in self.sent_to(who, municipality) for one in sent.keyboard]
        if not any(one.get("request_contact") for one in offered):
            raise LookupError("nobody asked for her number")
        contact = {"phone_number": who.number.removeprefix("+"), "first_name": who.name, "user_id": who.id}
        return await self.send(who, municipality, contact=contact)

    async def press(self, who: Account, municipality: str, message: Sent, data: str) -> int:
        """She presses a button that stands under a message."""
        if data not in [sent for _, sent in message.buttons]:
            raise LookupError(f"there is no such button; there are {message.buttons}")
        return await self.press_remembered(who, municipality, message, data)

    async def press_remembered(self, who: Account, municipality: str, message: Sent, data: str) -> int:
        """The same on a screen that has not heard yet that the button is gone."""
        query: dict[str, Any] = {
            "id": uuid4().hex,
            "from": who.user,
            "chat_instance": "1",
            "message": {**message.resource, "chat": who.chat},
            "data": data,
        }
        self._queries[query["id"]] = municipality
        return await self.bring(municipality, {"update_id": next(self._updates), "callback_query": query}, -who.id)

    async def block(self, who: Account, municipality: str, *, yes: bool = True) -> int:
        """She blocks the bot, or lets it through again."""
        (self.blocked.add if yes else self.blocked.discard)((municipality, who.id))
        bot = {"id": int(self.bot(municipality).number), "is_bot": True, "first_name": "Bot"}
        member, kicked = {"status": "member", "user": bot}, {"status": "kicked", "user": bot, "until_date": 0}
        change = {
            "chat": who.chat,
            "from": who.user,
            "date": int(datetime.now(UTC).timestamp()),
            "old_chat_member": member if yes else kicked,
            "new_chat_member": kicked if yes else member,
        }
        return await self.bring(municipality, {"update_id": next(self._updates), "my_chat_member": change}, who.id)

    async def bring(self, municipality: str, update: Any, queue: int = 0) -> int:
        """Bring an update by webhook, again until it is confirmed; or keep it until it is asked for.

        Updates of one queue (a chat; the buttons of a person) come one after another.
        """
        bot = self.bot(municipality)
        if bot.webhook is None:
            bot.pending.append(update)
            await self._tell()
            return 202
        body = update if isinstance(update, bytes) else json.dumps(update).encode()
        headers = {"Content-Type": "application/json", "X-Telegram-Bot-Api-Secret-Token": bot.secret}
        status = 0
        async with self._in_order.setdefault((municipality, queue), asyncio.Lock()):
            for attempt in range(TRIES):
                try:
                    status = (await self._http.post(bot.webhook, content=body, headers=headers)).status_code
                except (httpx2.TransportError, OSError):
                    status = 0
                if 200 <= status < 300:
                    break
                await asyncio.sleep(FIRST_RETRY * 2**attempt)
        return status

    # --- What can be seen ---------------------------------------------------------------------------------------------

    def sent_to(self, who: Account, municipality: str) -> list[Sent]:
        """What a bot sent to somebody."""
        number = self.bot(municipality).number
        return [sent for sent in self.messages if sent.chat == who.id and sent.bot == number]

    async def wait_for(self, seen: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until something can be seen. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(seen)

    def calls_of(self, method: str) -> list[dict[str, Any]]:
        """What bots asked for by a method."""
        return [values for called, values in self.calls if called == method]

    async def listened_to(self, municipality: str) -> None:
        """Wait until somebody takes what people write: a webhook is set, or somebody asks."""
        bot = self.bot(municipality)
        await self.wait_for(lambda: bot.webhook is not None or bot.asking is not None, 30.0)

    # --- The Bot API --------------------------------------------------------------------------------------------------

    def _app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)

        @app.get("/file/bot{token}/{path:path}")
        async def download(token: str, path: str) -> Response:
            fault = self.file_faults.popleft() if self.file_faults else None
            content = self.files.get(self._paths.get(path, ""))
            if fault == "502":
                return HTMLResponse("<html>bad gateway</html>", 502)
            if token not in self._bots or content is None:
                return _error(Refused(404, "Not Found"))
            if fault == "cut":
                return Response(content[: len(content) // 2], headers={"Content-Length": str(len(content))})
            return Response(content, media_type="application/octet-stream")

        @app.api_route("/bot{token}/{method}", methods=["GET", "POST"])
        async def call(token: str, method: str, request: Request) -> Response:
            async with request.form() as form:
                given = {name: value for name, value in form.items() if isinstance(value, str)}
                files = {name: await value.read() for name, value in form.items() if not isinstance(value, str)}
            try:
                bot = self._known(token)
                values = checked(method, given)
                self.calls.append((method, values))
                await self._tell()
                if method == "sendMessage":
                    return await self._send(bot, values)
                if method == "sendPhoto":
                    return self._draw(bot, values, files)
                return _ok(await self._answers[method](self, bot, values))
            except Refused as refused:
                return _error(refused)

        return app

    def _known(self, token: str) -> _Bot:
        if token not in self._bots:
            raise Refused(401, "Unauthorized")
        return self._bots[token]

    async def _send(self, bot: _Bot, values: dict[str, Any]) -> Response:
        fault = self.faults.popleft() if self.faults else None
        match fault:
            case "429":
                raise Refused(429, f"Too Many Requests: retry after {self.retry_after}", retry_after=self.retry_after)
            case "400":
                raise Refused(400, "Bad Request: something is wrong with it")
            case "cannot read" if values.get("parse_mode"):
                raise Refused(400, "Bad Request: can't parse entities: unsupported start tag at byte offset 0")
            case "500":
                raise Refused(500, "Internal Server Error")
            case "502":
                return HTMLResponse("<html>bad gateway</html>", 502)
            case "no answer":
                await self._stopping.wait()
        sent = self._accept(bot, values)
        await self._tell()
        match fault:
            case "500 after accepting":
                raise Refused(500, "Internal Server Error")
            case "no answer after accepting":
                await self._stopping.wait()
            case "strange":
                return _ok({"message_id": sent.id, "chat": "of a kind nobody knows"})
        return _ok(sent.resource)

    def _draw(self, bot: _Bot, values: dict[str, Any], files: Mapping[str, bytes]) -> Response:
        if self.photo_faults:
            self.photo_faults -= 1
            raise Refused(429, "Too Many Requests: retry after 1", retry_after=1)
        content = files.get(values["photo"].removeprefix("attach://"))
        if values["chat_id"] not in self.accounts or not content:
            raise Refused(400, "Bad Request: there is no photo in the request")
        drawn = Drawn(next(self._ids), values["chat_id"], content, values.get("caption", ""))
        self.drawn.append(drawn)
        whose = {"id": int(bot.number), "is_bot": True, "first_name": "Bot"}
        chat = {"id": drawn.chat, "type": "private", "first_name": "Anyone"}
        return _ok({"message_id": drawn.id, "date": int(datetime.now(UTC).timestamp()), "chat": chat, "from": whose})

    def _accept(self, bot: _Bot, values: dict[str, Any]) -> Sent:
        chat = values["chat_id"]
        if chat not in self.accounts:
            raise Refused(400, "Bad Request: chat not found")
        if (bot.municipality, chat) in self.blocked:
            raise Refused(403, "Forbidden: bot was blocked by the user")
        shown = values["text"]
        if values.get("parse_mode") == "HTML":
            shown = read_html(values["text"])
        elif values.get("parse_mode"):
            raise Refused(400, "Bad Request: unsupported parse_mode")
        if not shown.strip():
            raise Refused(400, "Bad Request: message text is empty")
        if len(shown) > 4096:
            raise Refused(400, "Bad Request: message is too long")
        markup = values.get("reply_markup", {})
        check_buttons(markup)
        protected = bool(values.get("protect_content"))
        sent = Sent(next(self._ids), bot.number, chat, shown, values["text"], protected, markup)
        self.messages.append(sent)
        return sent

    async def _edit(self, bot: _Bot, values: dict[str, Any]) -> Any:
        found = [one for one in self.messages if (one.bot, one.id) == (bot.number, values.get("message_id"))]
        if not found or found[0].chat != values.get("chat_id"):
            raise Refused(400, "Bad Request: message to edit not found")
        markup = values.get("reply_markup", {})
        if found[0].markup == markup:
            raise Refused(400, "Bad Request: message is not modified")
        found[0].markup = markup
        return found[0].resource

    async def _answer(self, bot: _Bot, values: dict[str, Any]) -> bool:
        if self._queries.pop(values["callback_query_id"], None) != bot.municipality:
            raise Refused(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        if len(values.get("text", "")) > 200:
            raise Refused(400, "Bad Request: MESSAGE_TOO_LONG")
        self.answers.append(values)
        return True

    async def _set_webhook(self, bot: _Bot, values: dict[str, Any]) -> bool:
        if not values["url"].startswith(("https://", "http://127.0.0.1")):
            raise Refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        if "secret_token" in values and not _SECRET.fullmatch(values["secret_token"]):
            raise Refused(400, "Bad Request: secret token contains unallowed characters")
        bot.webhook, bot.secret = values["url"], values.get("secret_token", "")
        bot.allowed = values.get("allowed_updates", bot.allowed)
        if bot.asking is not None and not bot.asking.done():
            bot.asking.set_result(None)
        return True

    async def _delete_webhook(self, bot: _Bot, _: dict[str, Any]) -> bool:
        bot.webhook = None
        return True

    async def _webhook_info(self, bot: _Bot, _: dict[str, Any]) -> dict[str, Any]:
        waiting: dict[str, Any] = {"has_custom_certificate": False, "pending_update_count": len(bot.pending)}
        if bot.last_error is not None:
            at, said = bot.last_error
            waiting |= {"last_error_date": int(at.timestamp()), "last_error_message": said}
        return {"url": bot.webhook or "", **waiting}

    async def _me(self, bot: _Bot, _: dict[str, Any]) -> dict[str, Any]:
        name = f"{bot.municipality}_test_bot"
        me = {"id": int(bot.number), "is_bot": True, "first_name": "Bot", "username": name}
        return {**me, "can_join_groups": bot.groups}

    async def _get_updates(self, bot: _Bot, values: dict[str, Any]) -> list[Any]:
        if bot.webhook is not None:
            raise Refused(409, "Conflict: can't use getUpdates method while webhook is active; delete it first")
        if bot.asking is not None and not bot.asking.done():
            bot.asking.set_result(None)  # the older of two gives way
        bot.asking = mine = asyncio.get_running_loop().create_future()
        bot.allowed = values.get("allowed_updates", bot.allowed)
        offset = values.get("offset", 0)
        bot.pending = [one for one in bot.pending if not isinstance(one, dict) or one.get("update_id", 0) >= offset]
        await self._tell()
        try:
            async with asyncio.timeout(values.get("timeout", 0)), self._changed:
                await self._changed.wait_for(lambda: bool(bot.pending) or mine.done() or self._stopping.is_set())
        except TimeoutError:
            pass
        if mine.done():
            raise Refused(409, "Conflict: terminated by other getUpdates request; make sure that only one is running")
        return bot.pending[: values.get("limit", 100)]

    async def _set_commands(self, bot: _Bot, values: dict[str, Any]) -> bool:
        for command in values["commands"]:
            if not _COMMAND.fullmatch(command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise Refused(400, "Bad Request: BOT_COMMAND_INVALID")
        bot.shown[f"commands {values.get('language_code', '')}".strip()] = values["commands"]
        return True

    async def _set_description(self, bot: _Bot, values: dict[str, Any]) -> bool:
        if len(values.get("description", "")) > 512 or len(values.get("short_description", "")) > 120:
            raise Refused(400, "Bad Request: description is too long")
        kind = "description" if "description" in values else "short_description"
        bot.shown[f"{kind} {values.get('language_code', '')}".strip()] = values[kind]
        return True

    async def _erase(self, bot: _Bot, values: dict[str, Any]) -> bool:
        message = values["chat_id"], values["message_id"]
        said = self._said.get(message)
        if said is None or message in bot.erased:
            raise Refused(400, "Bad Request: message to delete not found")
        if datetime.now(UTC) - said > ERASABLE:
            raise Refused(400, "Bad Request: message can't be deleted")
        bot.erased.append(message)
        return True

    async def _file(self, _: _Bot, values: dict[str, Any]) -> dict[str, Any]:
        content = self.files.get(values["file_id"])
        if content is None or (self.file_faults and self.file_faults[0] == "unavailable"):
            if self.file_faults:
                self.file_faults.popleft()
            raise Refused(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(content) > MOST_BYTES:
            raise Refused(400, "Bad Request: file is too big")
        # A path of its own each time, which is forgotten within the hour.
        path = f"photos/file_{next(self._ids)}"
        self._paths[path] = values["file_id"]
        same = {"file_id": values["file_id"], "file_unique_id": values["file_id"][-16:]}
        return {**same, "file_size": len(content), "file_path": path}

    async def _leave(self, bot: _Bot, values: dict[str, Any]) -> bool:
        bot.left.append(values["chat_id"])
        return True

    _answers: Mapping[str, Callable[["Telegram", _Bot, dict[str, Any]], Any]] = {
        "editMessageReplyMarkup": _edit,
        "answerCallbackQuery": _answer,
        "setWebhook": _set_webhook,
        "deleteWebhook": _delete_webhook,
        "getMe": _me,
        "getWebhookInfo": _webhook_info,
        "getUpdates": _get_updates,
        "setMyCommands": _set_commands,
        "setMyDescription": _set_description,
        "setMyShortDescription": _set_description,
        "deleteMessage": _erase,
        "getFile": _file,
        "leaveChat": _leave,
    }

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()


def _ok(result: Any) -> Response:
    return JSONResponse({"ok": True, "result": result})


def _error(refused: Refused) -> Response:
    body = {"ok": False, "error_code": refused.status, "description": refused.description}
    if refused.parameters:
        body["parameters"] = refused.parameters
    return JSONResponse(body, refused.status)
