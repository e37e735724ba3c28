"""The providers' local servers held to the providers' own descriptions: every request to Twilio and every answer of it.

The description is ``tests/data/twilio_messages.json``. (Telegram's local server refuses by itself what does not fit
``bot/stories/telegram_api.json``.) Both can be told to refuse the next message in the provider's own words.
"""

import json
import re
from collections import deque
from collections.abc import Iterable, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from bot.stories.telegram import Sent, Telegram
from bot.stories.telegram_api import Refused
from bot.stories.twilio import Twilio

DESCRIBED: dict[str, Any] = json.loads((Path(__file__).parents[1] / "data" / "twilio_messages.json").read_text("utf-8"))
MOST_CHARACTERS = 1600
"""Of a Body (error 21617)."""

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_ALPHANUMERIC = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}")


class StrictTwilio(Twilio):
    """The provider, that also writes down what did not fit its description (``misfits``).

    ``refusals``: HTTP status and code that the next messages are refused with.
    """

    def __init__(self, account_sid: str, auth_token: str) -> None:
        super().__init__(account_sid, auth_token)
        self.misfits: list[str] = []
        self.refusals: deque[tuple[int, int]] = deque()

    async def _create(self, request: Request) -> Response:
        if not self.refusals:
            return await super()._create(request)
        self.requests += 1
        status, code = self.refusals.popleft()
        more = f"https://www.twilio.com/docs/errors/{code}"
        return JSONResponse({"code": code, "message": "Refused", "more_info": more, "status": status}, status)

    def _app(self) -> FastAPI:
        app = super()._app()

        @app.middleware("http")
        async def strict(request: Request, call_next: Any) -> Response:
            made = request.method == "POST"
            kind = request.headers.get("Content-Type", "")
            if made and not kind.startswith("application/x-www-form-urlencoded"):
                self.misfits.append(f"create: {kind} is no form")
            given = (await request.body()).decode() if made else request.url.query
            self.misfits += misfits("create" if made else "list", parse_qsl(given, keep_blank_values=True))
            answer: Response = await call_next(request)
            body = b"".join([piece async for piece in answer.body_iterator])  # type: ignore[attr-defined]  # of call_next
            self.misfits += answered(made, answer.status_code, json.loads(body))
            return Response(body, answer.status_code, dict(answer.headers))

        return app


class StrictTelegram(Telegram):
    """Telegram. ``refusals``: what the next messages are refused with."""

    def __init__(self, tokens: Mapping[str, str]) -> None:
        super().__init__(tokens)
        self.refusals: deque[Refused] = deque()

    def _accept(self, bot: Any, values: dict[str, Any]) -> Sent:
        if self.refusals:
            raise self.refusals.popleft()
        return super()._accept(bot, values)


def misfits(what: str, given: Iterable[tuple[str, str]]) -> list[str]:
    """What of a request does not fit the description, in words."""
    described, pairs = DESCRIBED[what], list(given)
    names = [name for name, _ in pairs]
    found = [f"{what}: {name} is missing" for name in described["required"] if name not in names]
    for name, value in pairs:
        schema = described["fields"].get(name)
        if schema is None:
            found.append(f"{what}: there is no {name}")
        elif schema["type"] != "array" and names.count(name) > 1:
            found.append(f"{what}: {name} stands there twice")
        elif not _fits(schema.get("items", schema), value, written=True):
            found.append(f"{what}: {name} does not fit")
    if what == "create":
        words = dict(pairs)
        if bool(words.get("From")) == bool(words.get("MessagingServiceSid")):
            found.append("create: exactly one of From and MessagingServiceSid")
        if not 1 <= len(words.get("Body", "")) <= MOST_CHARACTERS:
            found.append("create: Body is empty or too long")
        if "_" in (urlsplit(words.get("StatusCallback", "")).hostname or ""):
            found.append("create: StatusCallback has an underscore in its host")
    return found


def answered(made: bool, status: int, body: Any) -> list[str]:
    """What of an answer of the local server does not fit."""
    if status >= 400:
        return [] if {"code", "message", "status"} <= body.keys() else ["error: its members are missing"]
    if made:
        return _of_resource(body)
    fields = DESCRIBED["listing"]["fields"]
    found = [f"listing: {name}" for name, value in body.items() if name not in fields or not _fits(fields[name], value)]
    return found + [one for message in body["messages"] for one in _of_resource(message)]


def _of_resource(message: Mapping[str, Any]) -> list[str]:
    fields = DESCRIBED["message"]["fields"]
    wrong = [name for name in fields if name not in message or not _fits(fields[name], message[name])]
    return [f"message: {name}" for name in [*wrong, *(message.keys() - fields.keys())]]


def _fits(schema: Mapping[str, Any], value: Any, *, written: bool = False) -> bool:
    """Whether a value fits; ``written``: as a form has it, words for everything."""
    if value is None:
        return bool(schema.get("nullable"))
    if written and schema["type"] == "integer":
        value = int(value) if value.lstrip("-").isdigit() else value
    if written and schema["type"] == "boolean":
        value = {"true": True, "false": False}.get(value, value)
    kinds: dict[str, Any] = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict}
    if not isinstance(value, kinds[schema["type"]]):
        return False
    if isinstance(value, int):
        return bool(schema.get("minimum", value) <= value <= schema.get("maximum", value))
    if not isinstance(value, str):
        return True
    among = value in schema.get("enum", [value])
    return among and bool(re.fullmatch(schema.get("pattern", ".*"), value, re.DOTALL)) and _formatted(schema, value)


def _formatted(schema: Mapping[str, Any], value: str) -> bool:
    match schema.get("format"):
        case "phone-number":
            return bool(_NUMBER.fullmatch(value) or _ALPHANUMERIC.fullmatch(value))
        case "uri":
            return value.startswith("/") or urlsplit(value).scheme in ("http", "https")
        case "date-time":
            return _is_read_by(datetime.fromisoformat, value)
        case "date-time-rfc-2822":
            return _is_read_by(parsedate_to_datetime, value)
    return True


def _is_read_by(read: Any, value: str) -> bool:
    try:
        read(value)
    except ValueError:
        return False
    return True
