"""The SMS provider Twilio: signed webhooks in, the REST API out.

A webhook is answered 204 once it is committed, and every reply goes out by the API: then it has an id, a state and a
row. Our outbox id travels in the status callback's URL, so what the provider reports finds its row even when the
answer to our own request was lost. Facts about Twilio: twilio.com/docs (Messaging, webhook security, error codes).
"""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hmac import compare_digest
from typing import Any, Literal, TypeAlias
from urllib.parse import parse_qsl
from uuid import UUID

import structlog
from aiohttp import (
    ClientConnectorError,
    ClientError,
    ClientSession,
    ClientTimeout,
    TCPConnector,
    encode_basic_auth,
)
from fastapi import APIRouter, Request, Response
from twilio.base.exceptions import TwilioException, TwilioRestException, TwilioServiceException
from twilio.base.values import unset
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.http.response import Response as TwilioResponse
from twilio.request_validator import RequestValidator, get_signature_algorithm
from twilio.rest import Client
from twilio.rest.api.v2010.account.message import MessageInstance

from backend.contract import NotArrived
from bot.arriving import inbox
from bot.arriving.papers import File, named
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.environment import SettingsError, api_base, given, needed, numbers, per_municipality
from bot.leaving.carriers import IDLE, CannotAsk, Gone, Letter, NotNow, Outcome, Span, is_same
from bot.leaving.settling import receive_receipt
from bot.leaving.traffic import business_time, note_written_to
from bot.messages import Said
from bot.policies import NoPolicy
from bot.settings import Settings
from bot.watching.findings import Finding, clock_of

TIMEOUT = 10.0  # seconds for one request
RETRY_FRAGMENT = "#rc=3&rp=all"
"""Belongs on every webhook's URL: without it Twilio tries again only when a connection fails, and only once."""

INBOUND, STATUS = "/sms/inbound", "/sms/status"
MOST_FIELDS = 1000
MOST_POSTED = 1 << 20
"""Bytes of one webhook; the longest message with its pictures' addresses is a few thousand. It is read before anybody
knows who sent it, so no more of it is."""
MOST_PICTURES = 10
"""The most one message carries."""
ON_A_PAGE = 1000
"""The most Twilio lists at once."""

Form: TypeAlias = list[tuple[str, str]]
"""What a webhook posts, in order: a name may stand several times."""

_FROM = "IMORGON_TWILIO_FROM_"
_SERVICE = "IMORGON_TWILIO_MESSAGING_SERVICE_SID_"

# How Twilio's words for a message translate to ours. Before "sent" it has the message and answers for it.
_STATES: Mapping[str, Any] = {
    "accepted": "sent",
    "scheduled": "sent",
    "queued": "sent",
    "sending": "sent",
    "sent": "sent",
    "delivered": "delivered",
    "read": "delivered",
    "undelivered": "failed",
    "failed": "failed",
    "canceled": "failed",
}
_OPTED_OUT = 21610

_Keyword: TypeAlias = Literal["", "stop", "start", "help"]
# What Twilio does by itself at a message that is one of these words and nothing else, unless it is set up otherwise.
_KEYWORDS: Mapping[str, _Keyword] = {
    **dict.fromkeys(("stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"), "stop"),
    **dict.fromkeys(("start", "yes", "unstop"), "start"),
    **dict.fromkeys(("help", "info"), "help"),
}
_OPT_OUT_TYPES: Mapping[str, _Keyword] = {"STOP": "stop", "START": "start", "HELP": "help"}
_TOO_MANY = 20429
_TOO_LATE = 408
_NO_ANSWER = (ValueError, AttributeError, KeyError, TypeError)
"""What the library raises for what is no answer of Twilio's: a page in place of it, JSON that is another thing."""
_TRY_ONCE_MORE = ("30001", "30003", "30008")
"""Failures that one later try may mend: queue full, handset out of reach, unknown."""

_WHY: Mapping[str, NotArrived] = {
    "21211": "no-such-number",
    "21408": "not-sent-there",
    "21610": "stopped",
    "21612": "not-sent-there",
    "21614": "no-texts",
    "30001": "our-side",
    "30003": "out-of-reach",
    "30004": "barred",
    "30005": "no-such-number",
    "30006": "no-texts",
    "30007": "filtered",
}
"""What its codes tell of a message that did not come; 30008 and the others tell nothing."""

_MEDIA = re.compile(r"Messages/[A-Z]{2}[0-9a-f]{32}/Media/ME[0-9a-f]{32}")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}")
MOST_BYTES = 20_000_000
DOWNLOAD = 60.0
"""Bytes and seconds for one picture: Twilio takes a quarter of that."""

log = structlog.get_logger()


class _Refused(Exception):
    """Twilio answered, and does not tell."""

    def __init__(self, words: str) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Account:
    """The account at Twilio and, per municipality, the number or the messaging service it writes from."""

    account_sid: str
    auth_token: str = field(repr=False)
    api_base: str | None
    numbers: Mapping[str, str]
    services: Mapping[str, str]
    old_token: str = field(default="", repr=False)
    """While the token is changed at Twilio: what the one before has signed is taken too."""


def provider(settings: Settings) -> "Twilio | None":
    """On when any of its settings is given; then it needs them all. Raises SettingsError."""
    environ = settings.environ
    one = given(environ, "IMORGON_TWILIO_")
    if one is None:
        return None
    needed_by = f"needed because {one} is given"
    own = numbers(environ, _FROM, settings.municipalities)
    services = per_municipality(environ, _SERVICE, settings.municipalities)
    for slug in own.keys() & services.keys():
        raise SettingsError(f"{_FROM}{slug.upper()} and {_SERVICE}{slug.upper()} are both given: choose one.")
    if len(set(services.values())) < len(services):
        raise SettingsError(
            f"{_SERVICE}<CODE>: two municipalities cannot share one sender, a text would belong to both."
        )
    if not own and not services:
        raise SettingsError(f"{_FROM}<CODE> or {_SERVICE}<CODE> is missing: {needed_by}.")
    account = Account(
        account_sid=needed(environ, "IMORGON_TWILIO_ACCOUNT_SID", needed_by),
        auth_token=needed(environ, "IMORGON_TWILIO_AUTH_TOKEN", needed_by),
        api_base=api_base(environ, "IMORGON_TWILIO_API_BASE"),
        numbers=own,
        services=services,
        old_token=environ.get("IMORGON_TWILIO_AUTH_TOKEN_OLD", "").strip(),
    )
    return Twilio(account, settings.public_url)


class _HttpClient(AsyncTwilioHttpClient):  # type: ignore[misc]  # twilio publishes no types
    """The library's client, with what it promises.

    In 9.13 it takes a timeout and does not use it, writes the addresses it lists by to its log, and signs in in a way
    that aiohttp has deprecated.
    """

    def __init__(self, timeout: float) -> None:
        super().__init__(pool_connections=False, timeout=timeout)
        self.session = ClientSession(connector=TCPConnector(keepalive_timeout=IDLE))

    async def request(  # noqa: PLR0917  # the library's signature
        self,
        method: str,
        url: str,
        params: Mapping[str, Any] | None = None,
        data: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  # the library's signature
        allow_redirects: bool = False,
    ) -> TwilioResponse:
        signed = {**(headers or {}), **({"Authorization": encode_basic_auth(*auth)} if auth else {})}
        async with self.session.request(
            method,
            url,
            params=params,
            data=data,
            headers=signed,
            timeout=ClientTimeout(total=timeout or self.timeout),
            allow_redirects=allow_redirects,
        ) as response:
            return TwilioResponse(response.status, await response.text(), response.headers)


@dataclass
class Twilio:
    """An account at Twilio, and where it reaches us."""

    account: Account
    public_url: str
    _client: Client | None = field(default=None, repr=False)

    name = "Twilio"

    @property
    def municipalities(self) -> frozenset[str]:
        """Who writes from a number or a service there."""
        return frozenset({*self.account.numbers, *self.account.services})

    @property
    def webhook(self) -> str:
        """What is entered at Twilio for inbound messages, with its rules for trying again."""
        return self.public_url + INBOUND + RETRY_FRAGMENT

    # --- Out ----------------------------------------------------------------------------------------------------------

    async def send(self, letter: Letter) -> Outcome:
        """Try once. Only 429 and a connection that was refused are certainly nothing; the rest is unknown."""
        sender = (
            {"messaging_service_sid": self.account.services[letter.municipality]}
            if letter.municipality in self.account.services
            else {"from_": self.account.numbers.get(letter.municipality)}
        )
        try:
            message = await self._twilio().messages.create_async(
                to=letter.address,
                body=letter.text,
                status_callback=f"{self.public_url}{STATUS}?id={letter.id}{RETRY_FRAGMENT}",
                **sender,
            )
        except (TwilioRestException, TwilioServiceException) as error:
            return _refused(error)
        except ClientConnectorError as error:
            log.warning("sms not sent", error=type(error).__name__)
            return Outcome("pending", code="refused", fault=True)
        except (ClientError, TwilioException, TimeoutError, OSError, *_NO_ANSWER) as error:
            log.warning("sms unknown", error=type(error).__name__)
            return Outcome("unknown", code=type(error).__name__, fault=True)
        return _outcome(message) if message.sid else Outcome("unknown", code="no id", fault=True)

    async def look_up(self, letter: Letter, span: Span, known: frozenset[str]) -> Outcome | None:
        """Look for the letter among what was sent to its address in that time: same text, and no other letter's."""
        try:
            async with asyncio.timeout(2 * TIMEOUT):
                # Only by To: a message still queued may have no date of sending to be listed by.
                listed = await self._twilio().messages.list_async(to=letter.address, limit=200)
        except (TwilioException, ClientError, TimeoutError, OSError, *_NO_ANSWER) as error:
            raise CannotAsk(type(error).__name__) from None
        for message in listed:
            created: datetime | None = message.date_created
            within = created is None or span.since <= created <= span.until
            # A trial account puts words of its own before ours.
            if within and message.sid not in known and is_same(str(message.body), letter.text, after_others=True):
                return _outcome(message)
        return None

    # --- Pictures -----------------------------------------------------------------------------------------------------

    async def fetch(self, place: str) -> bytes:
        """A picture that came with a message. What was announced and is not there yet comes later."""
        url = self._media(place)
        if url is None:
            raise Gone("not a picture of ours")
        client = self._twilio()
        signed = {"Authorization": encode_basic_auth(self.account.account_sid, self.account.auth_token)}
        content = bytearray()
        try:
            # It leads on to where pictures are kept; our token is not shown there.
            async with client.http_client.session.get(
                url, headers=signed, timeout=ClientTimeout(total=DOWNLOAD)
            ) as answer:
                if answer.status != 200:
                    raise NotNow(f"status {answer.status}")
                async for piece in answer.content.iter_chunked(1 << 16):
                    content += piece
                    if len(content) > MOST_BYTES:
                        raise Gone("larger than Twilio takes", too_large=True)
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            raise NotNow(type(error).__name__) from None
        return bytes(content)

    async def erase(self, place: str) -> bool:
        """Delete a picture at Twilio, or the words of a message: it stays there without them."""
        picture, message = self._media(place), self._message(place)
        if picture is None and message is None:
            return True
        try:
            answer = await (
                self._twilio().request_async("DELETE", f"{picture}.json")
                if picture is not None
                else self._twilio().request_async("POST", f"{message}.json", data={"Body": ""})
            )
        except (ClientError, TwilioException, TimeoutError, OSError, ValueError) as error:
            log.warning("not erased at Twilio", error=type(error).__name__)
            return False
        gone: bool = answer.status_code in (200, 204, 404)
        if not gone:
            # One that is still under way there is refused, and taken a little later.
            log.warning("not erased at Twilio", status=answer.status_code)
        return gone

    def _media(self, place: str) -> str | None:
        """Its address at our account, whatever host it was told by: our token goes to no other."""
        return self._at_our_account(_MEDIA.search(place))

    def _message(self, place: str) -> str | None:
        found = _SID.fullmatch(str(json.loads(place).get("message", "")))
        return self._at_our_account(found, under="Messages/")

    def _at_our_account(self, found: re.Match[str] | None, under: str = "") -> str | None:
        if found is None:
            return None
        api = self.account.api_base or "https://api.twilio.com"
        return f"{api}/2010-04-01/Accounts/{self.account.account_sid}/{under}{found[0]}"

    async def _listed_media(self, message: MessageInstance) -> dict[str, str]:
        """Where the pictures of a listed message lie, as its webhook would have told. Raises what a request may."""
        api = self.account.api_base or "https://api.twilio.com"
        there = f"{api}/2010-04-01/Accounts/{self.account.account_sid}/Messages/{message.sid}/Media"
        listed = (await self._asked(f"{there}.json")).get("media_list") or []
        return {f"MediaUrl{n}": f"{there}/{one['sid']}" for n, one in enumerate(listed)}

    def _twilio(self) -> Client:
        # Made when first used: its session belongs to the running loop.
        if self._client is None:
            made = Client(
                self.account.account_sid,
                self.account.auth_token,
                http_client=_HttpClient(timeout=TIMEOUT),
            )
            if self.account.api_base:
                made.api.base_url = made.messaging.base_url = self.account.api_base
            self._client = made
        return self._client

    async def close(self) -> None:
        """Give the connections back."""
        if self._client is not None:
            await self._client.http_client.close()
            self._client = None

    # --- Who we are there ---------------------------------------------------------------------------------------------

    async def diagnose(self, municipalities: Sequence[str]) -> list[Finding]:
        """Ask Twilio whether it knows the account and its token, and where it brings what people write."""
        api = self.account.api_base or "https://api.twilio.com"
        findings = await clock_of("Twilio", api)
        account = f"{api}/2010-04-01/Accounts/{self.account.account_sid}"
        try:
            found = await self._asked(f"{account}.json")
            findings.append(_of_account(found))
            for municipality in municipalities:
                if municipality in self.account.numbers:
                    asked: dict[str, object] = {"PhoneNumber": self.account.numbers[municipality]}
                    listed = await self._asked(f"{account}/IncomingPhoneNumbers.json", asked)
                    findings.append(self._of_number(municipality, listed.get("incoming_phone_numbers") or []))
                elif municipality in self.account.services:
                    messaging = self.account.api_base or "https://messaging.twilio.com"
                    service = await self._asked(f"{messaging}/v1/Services/{self.account.services[municipality]}")
                    findings.append(self._of_service(municipality, service))
        except _Refused as refused:
            findings.append(Finding(refused.words, wrong=True))
        except (ClientError, TwilioException, TimeoutError, OSError, ValueError) as error:
            findings.append(Finding(f"Twilio does not answer ({type(error).__name__}).", wrong=True))
        return findings

    async def _asked(self, url: str, params: dict[str, object] | None = None) -> dict[str, Any]:
        answer = await self._twilio().request_async("GET", url, params=params)
        if answer.status_code in (401, 403):
            raise _Refused(
                "Twilio does not know the account or its token (IMORGON_TWILIO_ACCOUNT_SID, IMORGON_TWILIO_AUTH_TOKEN)."
            )
        if answer.status_code >= 400:
            part = url.rpartition("/")[2].partition(".")[0]
            what = "the messaging service" if "/Services/" in url else part if part.isalpha() else "the account"
            raise _Refused(f"Twilio refuses to tell about {what} (status {answer.status_code}).")
        read = json.loads(answer.text)
        return read if isinstance(read, dict) else {}

    def _of_number(self, municipality: str, numbers: Sequence[Mapping[str, Any]]) -> Finding:
        name = f"Twilio's number of {municipality}"
        if not numbers:
            return Finding(f"{name} (IMORGON_TWILIO_FROM_{municipality.upper()}) is not in this account.", wrong=True)
        return self._leads_here(name, numbers[0].get("sms_url"), numbers[0].get("sms_method"))

    def _of_service(self, municipality: str, service: Mapping[str, Any]) -> Finding:
        name = f"Twilio's messaging service of {municipality}"
        if service.get("use_inbound_webhook_on_number"):
            words = f"{name} leaves it to each number where texts are brought: see that each says {self.webhook}"
            return Finding(words)
        return self._leads_here(name, service.get("inbound_request_url"), service.get("inbound_method"))

    def _leads_here(self, name: str, url: Any, method: Any) -> Finding:
        if url == self.webhook and method == "POST":
            return Finding(f"{name} brings us what people write.")
        if url == self.webhook:
            return Finding(f"{name} brings texts by {method}: choose POST.", wrong=True)
        if str(url or "").partition("#")[0] == self.webhook.partition("#")[0]:
            words = f"{name} does not try again when we are away: enter the address with its end, {self.webhook}"
        else:
            words = f"{name} does not bring us what people write. Enter there, as it stands: {self.webhook}"
        return Finding(words, wrong=True)

    # --- In -----------------------------------------------------------------------------------------------------------

    def router(self, engine: Engine) -> APIRouter:
        """The two webhooks."""
        router = APIRouter(tags=["sms"])

        async def inbound(request: Request) -> Response:
            """A person wrote."""
            form = await self._signed(request)
            if form is None:
                return Response(status_code=403)
            try:
                await self._receive(engine, dict(form))
            except inbox.Unavailable:
                return Response(status_code=503)
            return Response(status_code=204)

        async def status(request: Request) -> Response:
            """The provider reports what became of a message of ours."""
            form = await self._signed(request)
            if form is None:
                return Response(status_code=403)
            try:
                await _report(engine, request.query_params.get("id", ""), form)
            except (NoPolicy, *DATABASE_ERRORS):
                return Response(status_code=503)
            return Response(status_code=204)

        # Each takes the request as it is, so it is spared what FastAPI does with arguments.
        router.add_route(INBOUND, inbound, methods=["POST"], include_in_schema=False)
        router.add_route(STATUS, status, methods=["POST"], include_in_schema=False)
        return router

    async def _signed(self, request: Request) -> Form | None:
        """The form, untouched, if Twilio signed it for the URL it knows us by."""
        algorithm = get_signature_algorithm(request.headers.get("X-Twilio-Webhooks-Signature-Settings"))
        # The token signs with HMAC_SHA1 only; another algorithm means another key, and the sender would choose it.
        if algorithm != "HMAC_SHA1":
            return None
        body = await _body(request)
        if body is None:
            return None
        form = _form(request.headers.get("Content-Type", ""), body)
        # Never what the server thinks its address is: behind a proxy, that is another one.
        url = self.public_url + request.url.path + (f"?{request.url.query}" if request.url.query else "")
        values, signature = _Parameters(form), request.headers.get("X-Twilio-Signature", "")
        for token in filter(None, (self.account.auth_token, self.account.old_token)):
            validator = RequestValidator(token)
            # The library signs twice, with the port and without. One of them is the URL as it stands, nearly always.
            ours = compare_digest(validator.compute_signature(url, values).encode(), signature.encode())
            if ours or validator.validate(url, values, signature):
                return form
        return None

    async def _receive(self, engine: Engine, words: Mapping[str, str], at: datetime | None = None) -> None:
        """Take in what somebody wrote. ``at``: when she did (real time), if that was not just now."""
        sender, sid = words.get("From", ""), words.get("MessageSid", "")
        municipality = self._municipality(words)
        pictures = _count(words.get("NumMedia", ""))
        if municipality is None or not _E164.fullmatch(sender) or not sid or pictures is None or "Body" not in words:
            log.error("malformed", channel="sms", known=municipality is not None)
            first = municipality or engine.settings.municipalities[0]
            whole = json.dumps(words, sort_keys=True)
            await inbox.set_aside(engine, first, "sms", sid or _digest_of(words), whole, provider=self.name)
            return
        media = {name: value for name, value in words.items() if name.startswith("Media")} if pictures else {}
        keyword, answered = _taken_by_twilio(words)
        await note_written_to(engine, municipality, sender, self.name, at)
        await inbox.receive(
            engine,
            inbox.Inbound(
                municipality=municipality,
                channel="sms",
                address=sender,
                provider_id=sid,
                event=Said(words["Body"], pictures=pictures, keyword=keyword, answered=answered),
                media=json.dumps(media, sort_keys=True) if media else "",
                files=_files(words, pictures),
                place=json.dumps({"provider": self.name, "message": sid}),
                received_at=business_time(engine, at),
            ),
        )

    async def catch_up(self, engine: Engine, municipality: str, since: datetime) -> None:
        """List what came to the municipality's number, or its messaging service, and take in all of it."""
        number, service = self.account.numbers.get(municipality), self.account.services.get(municipality)
        came: list[tuple[MessageInstance, dict[str, str]]] = []
        try:
            # The list is filtered by the day, if that, so what stands on it is looked at once more here. To which of
            # a service's numbers somebody wrote is not known beforehand.
            listed = await self._twilio().messages.stream_async(
                to=number or unset, date_sent_after=since, page_size=ON_A_PAGE
            )
            async for message in listed:
                theirs = message.direction == "inbound" and (number or message.messaging_service_sid == service)
                if message.status == "receiving":
                    continue  # its parts are not all there: a part taken for the whole would shut the whole out
                if theirs and (message.date_sent or message.date_created or since) >= since:
                    media = await self._listed_media(message) if _count(message.num_media or "") else {}
                    came.append((message, media))
        except (_Refused, TwilioException, ClientError, TimeoutError, OSError, ValueError, AttributeError) as error:
            raise CannotAsk(type(error).__name__) from None
        for message, media in sorted(came, key=lambda one: one[0].date_sent or one[0].date_created or since):
            brought = {**_as_brought(message), **media}
            await self._receive(engine, brought, message.date_sent or message.date_created)

    def _municipality(self, words: Mapping[str, str]) -> str | None:
        """Whose number, or whose messaging service, was written to."""
        for slug, number in self.account.numbers.items():
            if words.get("To") == number:
                return slug
        for slug, service in self.account.services.items():
            if words.get("MessagingServiceSid") == service:
                return slug
        return None


def _files(words: Mapping[str, str], pictures: int) -> tuple[File, ...]:
    """Where each picture lies. One of which nothing is told is kept too: it is told that it could not be had."""
    paper = named(words["Body"]) if pictures == 1 else None
    places = [words.get(f"MediaUrl{n}", "") for n in range(min(pictures, MOST_PICTURES))]
    return tuple(File(json.dumps({"provider": Twilio.name, "media": place}), paper=paper) for place in places)


def _taken_by_twilio(words: Mapping[str, str]) -> tuple[_Keyword, bool]:
    """What Twilio has done at this message already, and whether it says that it has answered it."""
    told = _OPT_OUT_TYPES.get(words.get("OptOutType", ""))
    if told is not None:
        return told, True
    return _KEYWORDS.get(words["Body"].strip().lower(), ""), False


async def _body(request: Request) -> bytes | None:
    """What was posted; ``None`` where it is more than Twilio posts."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > MOST_POSTED:
            return None
    return bytes(body)


def _form(kind: str, body: bytes) -> Form:
    """What was posted; empty where it is no form, and then not signed as one."""
    if not kind.startswith("application/x-www-form-urlencoded"):
        return []
    try:
        return parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return []


def _as_brought(message: MessageInstance) -> dict[str, str]:
    """A message of the list as the webhook would have brought it; of its pictures the list says how many, and where."""
    words = {
        "MessageSid": message.sid,
        "From": message.from_,
        "To": message.to,
        "MessagingServiceSid": message.messaging_service_sid,
        "Body": message.body,
        "NumMedia": message.num_media,
        "MediaList": (message.subresource_uris or {}).get("media"),
    }
    return {name: str(value) for name, value in words.items() if value is not None}


class _Parameters(dict[str, str]):
    """The form as the validator wants it: every value of every name, nothing trimmed."""

    def __init__(self, form: Form) -> None:
        super().__init__(form)
        self._values: dict[str, list[str]] = {}
        for name, value in form:
            self._values.setdefault(name, []).append(value)

    def getall(self, name: str) -> list[str]:
        return self._values.get(name, [])


async def _report(engine: Engine, ours: str, form: Form) -> None:
    told = dict(form)
    status, sid, code = (told.get(name, "") for name in ("MessageStatus", "MessageSid", "ErrorCode"))
    try:
        message = UUID(ours)
    except ValueError:
        message = None
    state = _STATES.get(status)
    if message is None or state is None:
        log.warning("receipt not understood", channel="sms", status=status[:20])
        return
    if not await receive_receipt(engine, message, _told(state, sid, code), status, provider=Twilio.name):
        log.warning("receipt of an unknown message", channel="sms")


def _outcome(message: MessageInstance) -> Outcome:
    """What Twilio says of one of its messages."""
    return _told(_STATES.get(str(message.status), "sent"), message.sid, _code(message.error_code))


def _told(state: Any, sid: str | None, code: str) -> Outcome:
    """What a state of Twilio's, already in our words, and its code tell."""
    return Outcome(
        state,
        reference=sid,
        code=code,
        opted_out=code == str(_OPTED_OUT),
        why=_WHY.get(code),
        once_more=code in _TRY_ONCE_MORE,
    )


def _of_account(account: Mapping[str, Any]) -> Finding:
    if account.get("status") != "active":
        return Finding(f"Twilio's account is {account.get('status')}: nothing is sent.", wrong=True)
    if account.get("type") == "Trial":
        return Finding(
            "Twilio's account is a trial: it writes only to verified numbers, with words of its own.", wrong=True
        )
    return Finding("Twilio knows the account and its token.")


def _refused(error: TwilioRestException | TwilioServiceException) -> Outcome:
    """What a refusal means.

    429 was never processed, 5xx may have been. What our account is refused, and not the letter, waits until somebody
    has mended the account; so does what something in front refused and Twilio never saw. The rest was refused for good.
    """
    code = _code(error.code)
    log.warning("sms refused", status=error.status, code=code)
    if _is_about_us(error):
        log.critical("Twilio refuses our account", status=error.status, code=code)
    if error.status == 429 or error.code == _TOO_MANY or _is_about_us(error) or _is_of_another(error):
        return Outcome("pending", code=code, fault=True)
    if error.status >= 500 or error.status == _TOO_LATE:
        return Outcome("unknown", code=code, fault=True)
    # What it does not take, and says nothing more of, we have written in a way it does not know.
    return Outcome("failed", code=code, opted_out=error.code == _OPTED_OUT, why=_WHY.get(code, "our-side"))


def _is_of_another(error: TwilioRestException | TwilioServiceException) -> bool:
    """Whether something between us and Twilio answered (a firewall's page, a sign-in, a redirect): Twilio says why it
    refuses, by a code of its own. 400 may be about the letter all the same."""
    own = error.code not in (None, error.status)
    return not own and error.status < 500 and error.status not in (400, _TOO_LATE)


def _is_about_us(error: TwilioRestException | TwilioServiceException) -> bool:
    """Whether the account was refused: a token that is not valid any more, a suspended account (codes from 20000)."""
    return error.status == 401 or (error.status == 403 and 20000 <= (error.code or 0) < _TOO_MANY)


def _code(code: Any) -> str:
    return str(code) if code else ""


def _count(words: str) -> int | None:
    if not words:
        return 0
    return int(words) if words.isascii() and words.isdigit() and len(words) < 4 else None


def _digest_of(words: Mapping[str, str]) -> str:
    return json.dumps(words, sort_keys=True)
