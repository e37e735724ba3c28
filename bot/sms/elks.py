"""The SMS provider 46elks: forms in both ways, a secret in the addresses it calls, telephone calls to the number.

It signs nothing, so the addresses it calls hold a long secret (``key``); that of a delivery report holds our outbox id
too, so a report finds its row even when the answer to our own request was lost. What is answered outside 200-204 it
brings again for at least six hours, so nothing is answered so before it is committed. Whoever rings the number wishes
to be rung: the call is ended and taken as her word. Facts about 46elks: 46elks.com/docs (send-sms, receive-sms,
sms-delivery-reports, sms-history, receive-call, voice-hangup, get-account, update-account, list-numbers,
show-number-id).
"""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl, quote
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
from fastapi.responses import JSONResponse

from bot.arriving import inbox
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.environment import SettingsError, api_base, given, needed, numbers, secret
from bot.leaving.carriers import IDLE, CannotAsk, Letter, Outcome, Span, is_same
from bot.leaving.settling import receive_receipt
from bot.leaving.traffic import business_time, note_written_to
from bot.messages import Said
from bot.policies import NoPolicy
from bot.settings import Settings
from bot.watching.findings import Finding, clock_of

TIMEOUT = 10.0  # seconds for one request
API = "https://api.46elks.com"
KEEPS = (
    "46elks documents no way to erase what came by it: a number nobody asked for is sealed here, and stays in its "
    "history as it was written. Ask 46elks how long."
)
INBOUND, STATUS, CALL = "/sms/elks/inbound", "/sms/elks/status", "/sms/elks/call"
MOST_FIELDS = 100
ON_A_PAGE = 100
"""The most it lists at once."""

AHEAD = timedelta(minutes=5)
"""How far its clock may be before ours."""

UNIT = 10_000
"""Its sums are in ten thousandths of the account's currency."""

LOW = 100 * UNIT
"""Below this the account is told to be filled, whatever its owner chose to be warned at: some 250 texts are left."""

HANG_UP = {"hangup": "reject"}
"""The action a call is answered with: it ends before it has cost the caller anything."""

_SECRET, _OLD_SECRET = "IMORGON_ELKS_SECRET", "IMORGON_ELKS_SECRET_OLD"
_FROM = "IMORGON_ELKS_FROM_"
_E164 = re.compile(r"\+[1-9][0-9]{6,14}")

# How its words for a message translate to ours. Before "sent" it has the message and answers for it.
_STATES: Mapping[str, Any] = {"created": "sent", "sent": "sent", "delivered": "delivered", "failed": "failed"}

log = structlog.get_logger()


@dataclass(frozen=True)
class Account:
    """The account at 46elks, the number each municipality writes from, and the secrets in the addresses it calls.

    ``secrets``: the one we give out, and the one before it while messages that carry it are still reported on.
    """

    username: str
    password: str = field(repr=False)
    api_base: str
    numbers: Mapping[str, str]
    secrets: tuple[str, ...] = field(repr=False)


def provider(settings: Settings) -> "Elks | None":
    """On when any of its settings is given; then it needs them all. Raises SettingsError."""
    environ = settings.environ
    one = given(environ, "IMORGON_ELKS_")
    if one is None:
        return None
    needed_by = f"needed because {one} is given"
    own = numbers(environ, _FROM, settings.municipalities)
    if not own:
        raise SettingsError(f"{_FROM}<CODE> is missing: {needed_by}.")
    secrets = [secret(environ, _SECRET, "stands in the addresses 46elks calls")]
    if environ.get(_OLD_SECRET, "").strip():
        secrets.append(secret(environ, _OLD_SECRET, "stood in the addresses 46elks calls"))
    account = Account(
        username=needed(environ, "IMORGON_ELKS_USERNAME", needed_by),
        password=needed(environ, "IMORGON_ELKS_PASSWORD", needed_by),
        api_base=api_base(environ, "IMORGON_ELKS_API_BASE") or API,
        numbers=own,
        secrets=tuple(secrets),
    )
    return Elks(account, settings.public_url)


class _Refused(Exception):
    """46elks answered with an error; its words are its own and may hold a number, so they are not kept."""

    def __init__(self, status: int) -> None:
        super().__init__(str(status))
        self.status = status


@dataclass
class Elks:
    """An account at 46elks, and where it reaches us."""

    account: Account
    public_url: str
    _session: ClientSession | None = field(default=None, repr=False)

    name = "46elks"

    @property
    def municipalities(self) -> frozenset[str]:
        """Who has a number there."""
        return frozenset(self.account.numbers)

    @property
    def webhook(self) -> str:
        """What is entered at 46elks for the number, with the secret's name in the place of the secret."""
        texts, calls = (f"{self.public_url}{path}?key=<{_SECRET}>" for path in (INBOUND, CALL))
        return f"sms_url {texts} and voice_start {calls}"

    # --- Who we are there ---------------------------------------------------------------------------------------------

    async def diagnose(self, municipalities: Sequence[str]) -> list[Finding]:
        """Ask 46elks whether it knows the account, what is left on it, and where it brings texts and calls."""
        findings = await clock_of("46elks", self.account.api_base)
        part = "the account"
        try:
            findings += [_of_account(await self._ask("GET", "me")), Finding(KEEPS)]
            part = "the numbers"
            listed = await self._numbers()
            for municipality in municipalities:
                number = self.account.numbers.get(municipality)
                if number is not None:
                    known = listed.get(number)
                    # The list need not say where a number leads: it is asked for alone.
                    found = await self._ask("GET", f"numbers/{quote(known, safe='')}") if known else None
                    findings += self._of_number(municipality, found)
        except _Refused as refused:
            findings.append(Finding(_of_refusal(part, refused.status), wrong=True))
        except (ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError) as error:
            findings.append(Finding(f"46elks does not answer ({type(error).__name__}).", wrong=True))
        return findings

    async def _numbers(self) -> Mapping[str, str]:
        """The numbers of the account that are in use, and 46elks' ids of them."""
        found: dict[str, str] = {}
        before: dict[str, str] = {}
        while True:
            page = await self._ask("GET", "numbers", params={"limit": str(ON_A_PAGE), **before})
            found |= {one["number"]: one["id"] for one in page["data"] if one.get("active") == "yes"}
            following = page.get("next")
            if not page["data"] or not following or before.get("start") == following:
                return found
            before = {"start": following}

    def _of_number(self, municipality: str, number: Mapping[str, Any] | None) -> list[Finding]:
        name = f"46elks' number of {municipality}"
        if number is None:
            words = f"{name} ({_FROM}{municipality.upper()}) is not in this account, or not active."
            return [Finding(words, wrong=True)]
        can = number.get("capabilities") or ()
        return [
            self._leads_here(name, "sms", "sms_url", can, number.get("sms_url"), INBOUND),
            self._leads_here(name, "voice", "voice_start", can, number.get("voice_start"), CALL),
        ]

    def _leads_here(self, name: str, what: str, entry: str, can: Sequence[str], url: Any, path: str) -> Finding:  # noqa: PLR0917  # one line of its form
        brings = "what people write" if what == "sms" else "who rings"
        if what not in can:
            return Finding(f"{name} cannot bring us {brings}: it is without {what}.", wrong=True)
        ours = [f"{self.public_url}{path}?key={key}" for key in self.account.secrets]
        enter = f"Enter as its {entry}: {self.public_url}{path}?key=<{_SECRET}>"
        if url == ours[0]:
            return Finding(f"{name} brings us {brings}.")
        if url in ours:
            return Finding(f"{name} still has {_OLD_SECRET} in its {entry}. {enter}")
        if str(url or "").partition("?")[0] == self.public_url + path:
            return Finding(f"{name} has another secret in its {entry}: what it brings is refused. {enter}", wrong=True)
        return Finding(f"{name} does not bring us {brings}. {enter}", wrong=True)

    # --- Out ----------------------------------------------------------------------------------------------------------

    async def send(self, letter: Letter) -> Outcome:
        """Try once. Whatever is refused is certainly nothing; what is not answered is unknown."""
        key = quote(self.account.secrets[0], safe="")
        form = {
            "from": self.account.numbers[letter.municipality],
            "to": letter.address,
            "message": letter.text,
            "whendelivered": f"{self.public_url}{STATUS}?id={letter.id}&key={key}",
        }
        try:
            told = await self._ask("POST", "sms", data=form)
        except _Refused as refused:
            return _meaning(refused.status)
        except ClientConnectorError as error:
            log.warning("sms not sent", error=type(error).__name__)
            return Outcome("pending", code="refused", fault=True)
        except (ClientError, TimeoutError, OSError, ValueError) as error:
            log.warning("sms unknown", error=type(error).__name__)
            return Outcome("unknown", code=type(error).__name__, fault=True)
        return _outcome(told) if told.get("id") else Outcome("unknown", code="no id", fault=True)

    async def look_up(self, letter: Letter, span: Span, known: frozenset[str]) -> Outcome | None:
        """Look for the letter among what was sent to its address in that time: same text, and no other letter's."""
        async for listed in self._listed(span.since, span.until, to=letter.address):
            ours = listed.get("direction") != "incoming" and is_same(str(listed.get("message", "")), letter.text)
            if ours and listed.get("id") not in known:
                return _outcome(listed)
        return None

    async def _listed(self, since: datetime, until: datetime, **only: str) -> AsyncIterator[Mapping[str, Any]]:
        """Its history between two moments, the newest first. Raises CannotAsk."""
        before: str | None = _stamp(until)
        try:
            while before:
                # Its words: "start" is what all of the page is older than, "end" what all of it is newer than.
                page = await self._ask(
                    "GET", "sms", params={"start": before, "end": _stamp(since), "limit": str(ON_A_PAGE), **only}
                )
                for listed in page["data"]:
                    if since <= _moment(listed["created"]) <= until:
                        yield listed
                following = page.get("next")
                before = following if page["data"] and following and _moment(following) > since else None
        except (_Refused, ClientError, TimeoutError, OSError, ValueError, KeyError, TypeError) as error:
            raise CannotAsk(type(error).__name__) from None

    async def _ask(self, method: str, what: str, **more: Any) -> Mapping[str, Any]:
        """Raises _Refused, ClientError, TimeoutError, OSError, ValueError (an answer that is none)."""
        if self._session is None:  # made when first used: it belongs to the running loop
            login = encode_basic_auth(self.account.username, self.account.password)
            self._session = ClientSession(
                headers={"Authorization": login},
                timeout=ClientTimeout(total=TIMEOUT),
                connector=TCPConnector(keepalive_timeout=IDLE),
            )
        url = f"{self.account.api_base}/a1/{what}"
        async with self._session.request(method, url, allow_redirects=False, **more) as response:
            if not 200 <= response.status < 300:
                raise _Refused(response.status)
            told = json.loads(await response.read())
            if not isinstance(told, dict):
                raise ValueError("an answer that is no object")  # noqa: TRY004  # as one that is no JSON
            return told

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    # --- In -----------------------------------------------------------------------------------------------------------

    def router(self, engine: Engine) -> APIRouter:
        """What it calls: for a text, for a report, and when somebody rings."""
        router = APIRouter(tags=["sms"])

        async def inbound(request: Request) -> Response:
            """A person wrote. Words in the answer would be sent to her."""
            return await self._taken(request, partial(self._receive, engine), Response(status_code=204))

        async def call(request: Request) -> Response:
            """A person rang."""
            return await self._taken(request, partial(self._rung, engine), JSONResponse(HANG_UP))

        async def status(request: Request) -> Response:
            """The provider reports what became of a message of ours."""
            ours = request.query_params.get("id", "")
            return await self._taken(request, partial(_report, engine, ours), Response(status_code=204))

        for path, what in ((INBOUND, inbound), (CALL, call), (STATUS, status)):
            router.add_route(path, what, methods=["POST"], include_in_schema=False)
        return router

    async def _taken(
        self, request: Request, take: Callable[[Mapping[str, str]], Awaitable[None]], done: Response
    ) -> Response:
        """Take in what it brings, if it is 46elks that does; it is brought again when that cannot be done now."""
        if not self._is_theirs(request):
            return Response(status_code=403)
        try:
            await take(await _form(request))
        except (inbox.Unavailable, NoPolicy, *DATABASE_ERRORS):
            return Response(status_code=503)
        return done

    def _is_theirs(self, request: Request) -> bool:
        """Whether the address that was called holds a secret only 46elks knows."""
        shown = request.query_params.get("key", "").encode()
        return any(compare_digest(shown, known.encode()) for known in self.account.secrets)

    async def catch_up(self, engine: Engine, municipality: str, since: datetime) -> None:
        """List what came to the municipality's number and take in all of it. Who rang stands on no list of texts."""
        number = self.account.numbers[municipality]
        listed = [one async for one in self._listed(since, datetime.now(UTC) + AHEAD, to=number)]
        for one in reversed(listed):
            if one.get("direction") == "incoming":
                words = {name: value for name, value in one.items() if isinstance(value, str)}
                await self._receive(engine, words, _moment(one["created"]))

    async def _receive(self, engine: Engine, words: Mapping[str, str], at: datetime | None = None) -> None:
        """Take in what somebody wrote. ``at``: when she did (real time), if that was not just now."""
        sender, theirs = words.get("from", ""), words.get("id", "")
        municipality = self._municipality(words)
        if municipality is None or not _E164.fullmatch(sender) or not theirs or "message" not in words:
            await self._set_aside(engine, municipality, theirs, words)
            return
        await note_written_to(engine, municipality, sender, self.name, at)
        await inbox.receive(
            engine,
            inbox.Inbound(
                municipality=municipality,
                channel="sms",
                address=sender,
                provider_id=theirs,
                event=Said(words["message"]),
                received_at=business_time(engine, at),
            ),
        )

    async def _rung(self, engine: Engine, words: Mapping[str, str]) -> None:
        """A call to the number is a wish to be rung, once for each call."""
        caller, theirs = words.get("from", ""), words.get("callid") or words.get("id", "")
        municipality = self._municipality(words)
        if municipality is not None and not _E164.fullmatch(caller):
            log.warning("a call from a hidden number", municipality=municipality)  # there is nobody to ring
            return
        if municipality is None or not theirs:
            await self._set_aside(engine, municipality, theirs, words)
            return
        await note_written_to(engine, municipality, caller, self.name, None)
        await inbox.receive(
            engine,
            inbox.Inbound(
                municipality=municipality,
                channel="sms",
                address=caller,
                provider_id=theirs,
                event=Said("", rang=True),
            ),
        )

    async def _set_aside(self, engine: Engine, municipality: str | None, theirs: str, words: Mapping[str, str]) -> None:
        log.error("malformed", channel="sms", known=municipality is not None)
        whole = json.dumps(dict(words), sort_keys=True)
        first = municipality or engine.settings.municipalities[0]
        await inbox.set_aside(engine, first, "sms", theirs or whole, whole, provider=self.name)

    def _municipality(self, words: Mapping[str, str]) -> str | None:
        """Whose number was written to, or rung."""
        return next((slug for slug, number in self.account.numbers.items() if words.get("to") == number), None)


async def _form(request: Request) -> Mapping[str, str]:
    """What was posted; empty where it is no form."""
    body = await request.body()
    if not request.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    try:
        return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return {}


async def _report(engine: Engine, ours: str, told: Mapping[str, str]) -> None:
    try:
        message = UUID(ours)
    except ValueError:
        message = None
    status = told.get("status", "")
    if message is None or status not in _STATES:
        log.warning("receipt not understood", channel="sms", status=status[:20])
        return
    if not await receive_receipt(engine, message, _outcome(told), status, provider=Elks.name):
        log.warning("receipt of an unknown message", channel="sms")


def _of_account(account: Mapping[str, Any]) -> Finding:
    """Whether there is money on it. What costs is refused when it is used up."""
    balance = account.get("balance")
    if not isinstance(balance, int):
        return Finding("46elks knows the account and its password.")
    left = f"46elks' account has {balance // UNIT} {account.get('currency', '')} left".rstrip()
    if balance <= 0:
        return Finding(f"{left}: nothing is sent before it is filled.", wrong=True)
    alert = account.get("creditalert")
    if balance < max(LOW, alert if isinstance(alert, int) else 0):
        return Finding(f"{left}: fill it before it is used up.", wrong=True)
    return Finding(f"46elks knows the account and its password; {balance // UNIT} {account.get('currency', '')} left.")


def _of_refusal(part: str, status: int) -> str:
    if status == 401:
        return "46elks does not know the account or its password (IMORGON_ELKS_USERNAME, IMORGON_ELKS_PASSWORD)."
    return f"46elks refuses to tell about {part} (status {status})."


def _outcome(told: Mapping[str, Any]) -> Outcome:
    """What 46elks says of one of its messages. *Failed* says no reason: one later try may mend it, like any."""
    status = str(told.get("status", ""))
    state = _STATES.get(status, "sent")
    reference = told.get("id")
    return Outcome(state, reference=str(reference) if reference else None, once_more=state == "failed")


def _meaning(status: int) -> Outcome:
    """What a refusal means: 5xx may have sent, 400 is about the letter, the rest about us (login, credit, rate)."""
    log.warning("sms refused", status=status)
    if status >= 500:
        return Outcome("unknown", code=str(status), fault=True)
    if status == 400:
        return Outcome("failed", code="400")
    if status != 429:
        log.critical("46elks refuses our account", status=status)
    return Outcome("pending", code=str(status), fault=True)


def _stamp(at: datetime) -> str:
    """A moment as it writes them: UTC, without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def _moment(stamp: str) -> datetime:
    at = datetime.fromisoformat(stamp)
    return at if at.tzinfo else at.replace(tzinfo=UTC)
