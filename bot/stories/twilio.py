"""A local server that speaks Twilio's HTTP, for `play`, `demo` and the tests: real requests on a loopback port.

It takes messages by the REST API, lists them, reports on them by signed status callbacks, and delivers what people
write by signed webhooks, tried again by the rules in the URL's fragment (``#rc=3&rp=all``), as Twilio does. Faults can
be asked for: too many requests, errors, answers that never come.

Shapes: Twilio's OpenAPI ``twilio_api_v2010`` (Message resource) and its pages on webhooks, status callbacks and
connection overrides.
"""

import asyncio
import base64
import hmac
from collections import deque
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.utils import format_datetime
from hashlib import sha1, sha256
from typing import Any, Literal
from urllib.parse import parse_qs, urldefrag, urlencode
from uuid import uuid4

import httpx2
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from bot.stories.serving import serving, trusted
from bot.text import segments

Fault = Literal["429", "500", "500 after accepting", "no answer", "no answer after accepting", "opted out"]
"""What the next request to send meets. *No answer* keeps the connection open until the client gives up."""

WEBHOOK_TIMEOUT = 15.0
_LISTS_BY = {"To", "From", "DateSent", "DateSent<", "DateSent>", "PageSize", "Page", "PageToken"}


@dataclass
class Text:
    """One message as Twilio keeps it."""

    sid: str
    sender: str
    to: str
    body: str
    callback: str | None
    status: str = "queued"
    error_code: int | None = None
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    pictures: int = 0
    service: str | None = None

    @property
    def segments(self) -> int:
        return segments(self.body)


class Twilio:
    """The provider: what was sent (``texts``), what goes wrong (``faults``), and how it reports (``receipts``).

    ``picture``: what comes with the next messages that have pictures; ``media``: those that are there, by address, and
    ``deleted`` those that were; ``redacted``: messages whose words were taken away, ``under_way``: how often that is
    refused before it is taken; ``late``: how often one is asked for in vain before it is there. ``came``: what people
    wrote. ``lists``: whether it answers who asks for lists; how often it did, is ``listings``.

    ``receipts``: the statuses reported of every message that is accepted, in this order, duplicates and all.
    ``webhooks``: number or messaging service -> URL with its fragment. ``keywords``: words it has been told to answer
    itself (Advanced Opt-Out) -> what it calls them: STOP, START, HELP. ``status``, ``type``: of the account.
    """

    def __init__(self, account_sid: str, auth_token: str) -> None:
        self.account_sid, self.auth_token = account_sid, auth_token
        self.texts: list[Text] = []
        self.came: list[Text] = []
        self.picture = b"a picture"
        self.media: dict[str, bytes] = {}
        self.deleted: list[str] = []
        self.redacted: list[str] = []
        self.under_way = 0
        self.late = 0
        self.lists = True
        self.listings = 0
        self.faults: deque[Fault] = deque()
        self.receipts: Sequence[str] = ("sent", "delivered")
        self.webhooks: dict[str, str] = {}
        self.keywords: dict[str, str] = {}
        self.requests = 0
        self.status, self.type = "active", "Full"
        self.base_url = ""
        self._changed = asyncio.Condition()
        self._http = httpx2.AsyncClient(timeout=WEBHOOK_TIMEOUT, trust_env=False, verify=trusted())
        self._reporting: set[asyncio.Task[None]] = set()
        self._stopping = asyncio.Event()

    @asynccontextmanager
    async def open(self, port: int = 0) -> AsyncIterator["Twilio"]:
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

    def lose(self, sender: str, to: str, body: str, *, pictures: int = 0, sid: str | None = None) -> Text:
        """A person writes to a number, and nobody is told: the message stands in the list, and nowhere else."""
        sid = sid or ("MM" if pictures else "SM") + uuid4().hex
        known = next((text for text in self.came if text.sid == sid), None)
        if known is None:
            known = Text(sid, sender, to, body, None, "received", pictures=pictures)
            self.came.append(known)
        return known

    async def write(self, sender: str, to: str, body: str, *, pictures: int = 0, sid: str | None = None) -> int:
        """A person writes to a number. Gives the status the webhook was answered with in the end (0: not at all)."""
        sid = self.lose(sender, to, body, pictures=pictures, sid=sid).sid
        media = {f"MediaUrl{n}": self.base_url + self._media_path(sid, n) for n in range(pictures)}
        kinds = {f"MediaContentType{n}": "image/jpeg" for n in range(pictures)}
        return await self.deliver(
            self.webhooks[to],
            {
                "ToCountry": "SE",
                "ToState": "",
                "SmsMessageSid": sid,
                "NumMedia": str(pictures),
                "ToCity": "",
                "FromZip": "",
                "SmsSid": sid,
                "FromState": "",
                "SmsStatus": "received",
                "FromCity": "",
                "Body": body,
                "FromCountry": "SE",
                "To": to,
                "ToZip": "",
                "NumSegments": str(segments(body)),
                "MessageSid": sid,
                "AccountSid": self.account_sid,
                "From": sender,
                "ApiVersion": "2010-04-01",
                **media,
                **kinds,
                **({"OptOutType": self.keywords[body]} if body in self.keywords else {}),
            },
        )

    async def deliver(self, url: str, form: dict[str, str]) -> int:
        """Deliver a signed webhook, again by the rules of the URL's fragment. The same id each time."""
        address, fragment = urldefrag(url)
        rules = parse_qs(fragment)
        tries = 1 + int(rules.get("rc", ["1"])[0])
        policy = rules.get("rp", ["ct"])[0].split(",")
        headers = {
            "X-Twilio-Signature": self.sign(address, form),
            "I-Twilio-Idempotency-Token": str(uuid4()),
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        }
        status = 0
        for _ in range(tries):
            try:
                status = (await self._http.post(address, data=form, headers=headers)).status_code
                failed = {4: "4xx", 5: "5xx"}.get(status // 100)
            except httpx2.ConnectError:
                status, failed = 0, "ct"
            except (httpx2.TransportError, OSError):
                status, failed = 0, "rt"
            if failed is None or (failed not in policy and "all" not in policy):
                break
        return status

    def sign(self, url: str, form: dict[str, str]) -> str:
        """The signature of a webhook: HMAC-SHA1 of the URL and every parameter, sorted by name."""
        said = url + "".join(name + form[name] for name in sorted(form))
        return base64.b64encode(hmac.new(self.auth_token.encode(), said.encode(), sha1).digest()).decode()

    def _media_path(self, sid: str, number: int) -> str:
        """Where a picture of a message lies: it has an id of its own, and is there unless somebody has deleted it."""
        media = f"ME{sha256(f'{sid} {number}'.encode()).hexdigest()[:32]}"
        path = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{sid}/Media/{media}"
        if path not in self.deleted:
            self.media.setdefault(path, self.picture)
        return path

    # --- What can be seen and reported --------------------------------------------------------------------------------

    def sent_to(self, number: str, after: int = 0) -> list[Text]:
        """What was sent to a number, the first ``after`` left out."""
        return [text for text in self.texts if text.to == number][after:]

    async def wait_for(self, seen: Callable[[], bool], seconds: float = 10.0) -> None:
        """Wait until something can be seen. Raises TimeoutError."""
        async with asyncio.timeout(seconds), self._changed:
            await self._changed.wait_for(seen)

    async def report(self, text: Text, status: str, error_code: int | None = None) -> int:
        """Tell the sender what became of a message; gives how the callback was answered."""
        text.status, text.error_code = status, error_code
        await self._tell()
        if text.callback is None:
            return 0
        form = {
            "MessageSid": text.sid,
            "SmsSid": text.sid,
            "MessageStatus": status,
            "SmsStatus": status,
            "To": text.to,
            "From": text.sender,
            "AccountSid": self.account_sid,
            "ApiVersion": "2010-04-01",
        }
        if error_code is not None:
            form["ErrorCode"] = str(error_code)
        return await self.deliver(text.callback, form)

    async def reported(self) -> None:
        """Wait until every receipt asked for has been delivered."""
        while self._reporting:
            await asyncio.gather(*list(self._reporting))

    # --- The REST API -------------------------------------------------------------------------------------------------

    def _app(self) -> FastAPI:
        app = FastAPI(openapi_url=None)
        messages = f"/2010-04-01/Accounts/{self.account_sid}/Messages.json"

        @app.post(messages)
        async def create(request: Request) -> Response:
            return await self._create(request)

        @app.get(messages)
        async def listed(request: Request) -> Response:
            return self._listed(request)

        self._about(app)
        self._pictures(app)

        @app.post(f"/2010-04-01/Accounts/{self.account_sid}/Messages/{{sid}}.json")
        async def redact(sid: str, request: Request) -> Response:
            return await self._redact(sid, request)

        return app

    async def _redact(self, sid: str, request: Request) -> Response:
        """The words of a message are taken away; the message stands there without them."""
        if not self._is_account(request):
            return _error(401, 20003, "Authenticate")
        form = parse_qs((await request.body()).decode(), keep_blank_values=True)
        found = next((text for text in [*self.came, *self.texts] if text.sid == sid), None)
        if found is None:
            return _error(404, 20404, "The requested resource was not found")
        if form != {"Body": [""]}:
            return _error(400, 20001, "Bad Request")
        if self.under_way:
            self.under_way -= 1
            return _error(400, 20009, "Message is still in progress")
        found.body = ""
        self.redacted.append(sid)
        await self._tell()
        return JSONResponse({"sid": sid, "body": "", "status": found.status})

    def _pictures(self, app: FastAPI) -> None:
        """Pictures: listed by message, given at another address that the first leads to, deleted."""
        message = f"/2010-04-01/Accounts/{self.account_sid}/Messages/{{sid}}/Media"

        @app.get(f"{message}.json")
        async def listed(sid: str, request: Request) -> Response:
            if not self._is_account(request):
                return _error(401, 20003, "Authenticate")
            came = next((text for text in self.came if text.sid == sid), None)
            paths = [self._media_path(sid, n) for n in range(came.pictures if came else 0)]
            here = [{"sid": path.rpartition("/")[2], "parent_sid": sid} for path in paths if path in self.media]
            return JSONResponse({"media_list": here, "page": 0, "page_size": 50})

        @app.get(f"{message}/{{media}}")
        async def give(media: str, request: Request) -> Response:
            if not self._is_account(request):
                return _error(401, 20003, "Authenticate")
            self.late -= 1
            if request.url.path not in self.media or self.late >= 0:
                return _error(404, 20404, "The requested resource was not found")
            return RedirectResponse(f"/kept/{media}", 307)

        @app.delete(f"{message}/{{media}}.json")
        async def delete(request: Request) -> Response:
            if not self._is_account(request):
                return _error(401, 20003, "Authenticate")
            path = request.url.path.removesuffix(".json")
            if self.media.pop(path, None) is None:
                return _error(404, 20404, "The requested resource was not found")
            self.deleted.append(path)
            await self._tell()
            return Response(status_code=204)

        @app.get("/kept/{media}")
        async def kept(media: str) -> Response:
            found = next((content for path, content in self.media.items() if path.endswith(media)), None)
            return Response(status_code=404) if found is None else Response(found, media_type="image/jpeg")

    def _listed(self, request: Request) -> Response:
        """What was sent and what came, the newest first, a page at a time.

        Filtered by the day it was sent, as far as is promised, whatever time of the day is asked for.
        """
        self.listings += 1
        if not self._is_account(request):
            return _error(401, 20003, "Authenticate")
        if not self.lists:
            return _error(500, 20500, "Internal Server Error")
        wanted = dict(request.query_params)
        size = int(wanted.get("PageSize", "50"))
        if wanted.keys() - _LISTS_BY or not 1 <= size <= 1000:
            return _error(400, 20001, "Bad Request")
        after, before = _day(wanted.get("DateSent>")), _day(wanted.get("DateSent<"))
        found = [
            text
            for text in sorted([*self.texts, *self.came], key=lambda text: text.created, reverse=True)
            if wanted.get("To") in (None, text.to)
            and wanted.get("From") in (None, text.sender)
            and (after is None or (text.status != "queued" and text.created.date() >= after))
            and (before is None or (text.status != "queued" and text.created.date() <= before))
        ]
        number = int(wanted.get("Page", "0"))
        start = next((n for n, text in enumerate(found) if f"PA{text.sid}" == wanted.get("PageToken")), 0)
        page, rest = found[start : start + size], found[start + size :]
        here = {name: value for name, value in wanted.items() if name not in ("Page", "PageToken")}
        following = {**here, "PageSize": size, "Page": number + 1, "PageToken": f"PA{rest[0].sid}"} if rest else None
        uri, came = request.url.path, {text.sid for text in self.came}
        return JSONResponse(
            {
                "messages": [self._resource(text, inbound=text.sid in came) for text in page],
                "uri": f"{uri}?{urlencode(wanted)}",
                "first_page_uri": f"{uri}?{urlencode({**here, 'PageSize': size, 'Page': 0})}",
                "next_page_uri": f"{uri}?{urlencode(following)}" if following else None,
                "previous_page_uri": None,
                "page": number,
                "page_size": size,
                "start": start,
                "end": max(start, start + len(page) - 1),
            }
        )

    def _about(self, app: FastAPI) -> None:
        """What can be asked about the account itself."""
        account = f"/2010-04-01/Accounts/{self.account_sid}"

        @app.get(f"{account}.json")
        async def about(request: Request) -> Response:
            if not self._is_account(request):
                return _error(401, 20003, "Authenticate")
            return JSONResponse({"sid": self.account_sid, "status": self.status, "type": self.type})

        @app.get(f"{account}/IncomingPhoneNumbers.json")
        async def numbers(request: Request) -> Response:
            if not self._is_account(request):
                return _error(401, 20003, "Authenticate")
            wanted = request.query_params.get("PhoneNumber")
            found = [
                {"phone_number": number, "sms_url": url, "sms_method": "POST"}
                for number, url in self.webhooks.items()
                if wanted in (None, number)
            ]
            return JSONResponse({"incoming_phone_numbers": found})

        @app.get("/v1/Services/{service}")
        async def about_service(service: str, request: Request) -> Response:
            if not self._is_account(request):
                return _error(401, 20003, "Authenticate")
            if service not in self.webhooks:
                return _error(404, 20404, "The requested resource was not found")
            inbound = {"inbound_request_url": self.webhooks[service], "inbound_method": "POST"}
            return JSONResponse({"sid": service, "use_inbound_webhook_on_number": False, **inbound})

    async def _create(self, request: Request) -> Response:
        self.requests += 1
        await self._tell()
        if not self._is_account(request):
            return _error(401, 20003, "Authenticate")
        form = {name: str(value) for name, value in (await request.form()).items()}
        fault = self.faults.popleft() if self.faults else None
        match fault:
            case "429":
                return _error(429, 20429, "Too Many Requests")
            case "500":
                return _error(500, 20500, "Internal Server Error")
            case "opted out":
                return _error(400, 21610, "Attempt to send to unsubscribed recipient")
            case "no answer":
                await self._stopping.wait()
        text = await self._accept(form)
        match fault:
            case "500 after accepting":
                return _error(500, 20500, "Internal Server Error")
            case "no answer after accepting":
                await self._stopping.wait()
        return JSONResponse(self._resource(text, inbound=False), 201)

    def _is_account(self, request: Request) -> bool:
        expected = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        return request.headers.get("Authorization") == f"Basic {expected}"

    async def _accept(self, form: dict[str, str]) -> Text:
        sender = form.get("From") or form.get("MessagingServiceSid", "")
        text = Text(f"SM{uuid4().hex}", sender, form["To"], form["Body"], form.get("StatusCallback"))
        self.texts.append(text)
        await self._tell()
        if self.receipts:
            task = asyncio.create_task(self._report_all(text, list(self.receipts)))
            self._reporting.add(task)
            task.add_done_callback(self._reporting.discard)
        return text

    async def _report_all(self, text: Text, statuses: list[str]) -> None:
        for status in statuses:
            await self.report(text, status)

    async def _tell(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _resource(self, text: Text, *, inbound: bool) -> dict[str, Any]:
        return {
            "account_sid": self.account_sid,
            "api_version": "2010-04-01",
            "body": text.body,
            "date_created": format_datetime(text.created),
            "date_sent": None if text.status == "queued" else format_datetime(text.created),
            "date_updated": format_datetime(text.created),
            "direction": "inbound" if inbound else "outbound-api",
            "error_code": text.error_code,
            "error_message": None,
            "from": text.sender,
            "messaging_service_sid": text.service,
            "num_media": str(text.pictures),
            "num_segments": str(text.segments),
            "price": None,
            "price_unit": "USD",
            "sid": text.sid,
            "status": text.status,
            "subresource_uris": {"media": f"/2010-04-01/Accounts/{self.account_sid}/Messages/{text.sid}/Media.json"},
            "to": text.to,
            "uri": f"/2010-04-01/Accounts/{self.account_sid}/Messages/{text.sid}.json",
        }


def _day(moment: str | None) -> date | None:
    """The day of a filter, which is a day or a moment."""
    return datetime.fromisoformat(moment).date() if moment else None


def _error(status: int, code: int, message: str) -> Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return JSONResponse({"code": code, "message": message, "more_info": more, "status": status}, status)
