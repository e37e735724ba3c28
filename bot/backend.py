"""The bot's way to the backend: one method and one route per call of the contract.

An answer is a value of the contract, or a :class:`~backend.contract.ContractError` with the problem's code. No answer
at all is :class:`BackendAway`: the call may be made again with the same key, whatever had come of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar
from uuid import UUID

import httpx2
from pydantic import ValidationError

from backend import contract
from backend.contract import ContractError, Problem, ProblemCode, Value

Answer = TypeVar("Answer", bound=Value)

TIMEOUT = 10.0  # seconds; a lease on a call is longer than this
IDLE = 5.0
"""Seconds a connection is used again after the last answer. The backend must keep it longer (bot.serving.KEPT_OPEN)."""
READING = 90.0
"""Seconds for a document: it is scanned and read before it is answered."""


class BackendAway(Exception):
    """The backend did not answer. Says nothing of what was sent.

    ``stumbled``: it did answer, but failed on this very call (or does not follow the contract), so that waiting for
    it to come back may not help.
    """

    def __init__(self, why: str, *, stumbled: bool = False) -> None:
        super().__init__(why)
        self.stumbled = stumbled


@dataclass(frozen=True)
class Route:
    """Where a call goes, and the class of what comes back."""

    method: Literal["GET", "POST", "PUT"]
    path: str
    answer: type[Value] | None = None


ROUTES: Mapping[type[Value], Route] = {
    contract.CallForHelp: Route("PUT", "calls-for-help/{key}", contract.CallForHelpReceipt),
    contract.FreeTimesQuery: Route("POST", "free-times", contract.FreeTimes),
    contract.BookMeeting: Route("PUT", "meetings/{key}", contract.Meeting),
    contract.WishOfInterpreter: Route("PUT", "interpreter-wishes/{key}"),
    contract.CancelMeeting: Route("PUT", "meetings/{meeting}/cancellation/{key}", contract.Meeting),
    contract.AnswerEarlierTime: Route("PUT", "earlier-times/{offer}/answer/{key}", contract.Meeting),
    contract.SayOfMeeting: Route("PUT", "meetings/{meeting}/said/{key}", contract.Meeting),
    contract.CalendarQuery: Route("POST", "meetings/{meeting}/calendar", contract.CalendarFile),
    contract.WhyMissed: Route("PUT", "meetings/{meeting}/missed-because/{key}"),
    contract.CallTimesQuery: Route("POST", "call-times", contract.FreeTimes),
    contract.BookCall: Route("PUT", "call-times/{key}", contract.CallTime),
    contract.CancelCall: Route("PUT", "call-times/cancellations/{key}", contract.CancelledCall),
    contract.AcuteNeed: Route("PUT", "acute-needs/{key}"),
    contract.SendApplication: Route("PUT", "applications/{key}", contract.ApplicationReceipt),
    contract.ApplicationChoiceQuery: Route("POST", "application-choice", contract.ApplicationChoice),
    contract.InvitePart: Route("PUT", "joint-applications/{key}", contract.JointReceipt),
    contract.JoinPart: Route("PUT", "joint-applications/{joint}/partner/{key}", contract.JointReceipt),
    contract.HandInPart: Route("PUT", "joint-applications/{joint}/parts/{key}", contract.JointStanding),
    contract.AttestPart: Route("PUT", "joint-applications/{joint}/attestations/{key}", contract.JointStanding),
    contract.LeaveJoint: Route("PUT", "joint-applications/{joint}/withdrawals/{key}"),
    contract.JointQuery: Route("POST", "joint-applications/{joint}/standing", contract.JointStanding),
    contract.Sealed: Route("PUT", "sealed/{key}"),
    contract.HandOver: Route("PUT", "handovers/{key}"),
    contract.Entry: Route("PUT", "threads/{thread}/entries/{number}"),
    contract.Ownership: Route("PUT", "threads/{thread}/ownership/{epoch}"),
    contract.Hear: Route("PUT", "hearings/{key}", contract.HearReceipt),
    contract.ContactConfirmed: Route("PUT", "contacts/{key}"),
    contract.Phone: Route("PUT", "phones/{key}"),
    contract.SamePerson: Route("PUT", "same-persons/{key}"),
    contract.AnswerMove: Route("PUT", "moves/{move}/answer/{key}", contract.MoveAnswered),
    contract.Held: Route("PUT", "held/{key}"),
    contract.NamePapers: Route("PUT", "documents/named/{key}", contract.MissingPapers),
    contract.MissingPapersQuery: Route("POST", "missing-papers", contract.MissingPapers),
    contract.AboutPaper: Route("PUT", "missing-papers/{paper}/{key}", contract.MissingPapers),
    contract.TakeBackDocument: Route("PUT", "documents/{document}/taken-back/{key}"),
    contract.SayOfActivity: Route("PUT", "activities/{activity}/answers/{key}"),
    contract.ChooseBranch: Route("PUT", "branches/{key}"),
    contract.TellOfJob: Route("PUT", "jobs/{job}/{key}"),
    contract.StillTrueQuery: Route("POST", "still-true", contract.StillTrue),
    contract.AllStillTrueQuery: Route("POST", "still-true/all", contract.AllStillTrue),
    contract.StatusQuery: Route("POST", "status", contract.Status),
    contract.AskForGrant: Route("POST", "grants", contract.Grant),
}

CALLS: Mapping[str, type[Value]] = {call.__name__: call for call in ROUTES}


class Backend:
    """Talks to the backends of the municipalities served here."""

    def __init__(
        self, url: str, tokens: Mapping[str, str], *, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self._url = f"{url}/api/v1"
        self._tokens = tokens
        # Proxies of the environment are for the world outside; the backend is next door.
        limits = httpx2.Limits(max_connections=100, max_keepalive_connections=20, keepalive_expiry=IDLE)
        self._http = httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False, transport=transport, limits=limits)

    async def call(
        self, municipality: str, call: Value, *, key: UUID | None = None, path: Mapping[str, str] | None = None
    ) -> Value | None:
        """Make one call. Raises ContractError and BackendAway."""
        route = ROUTES[type(call)]
        where = route.path.format(key=key, **(path or {}))
        answer = await self._send(municipality, route.method, where, content=call.model_dump_json())
        return None if route.answer is None else _read(route.answer, answer)

    async def policy(self, municipality: str) -> contract.Policy:
        """What the municipality decided. Raises ContractError and BackendAway."""
        return _read(contract.Policy, await self._send(municipality, "GET", "policy"))

    async def notices(self, municipality: str, epoch: UUID | None, after: int, limit: int) -> dict[str, Any]:
        """The feed after a position, as it came: each notice is read by itself, so that a bad one blocks nobody.

        Raises ContractError (``unknown-epoch``) and BackendAway.
        """
        asked = {"after": after, "limit": limit} | ({"epoch": str(epoch)} if epoch else {})
        feed = (await self._send(municipality, "GET", "notices", params=asked)).json()
        if not isinstance(feed, dict) or not isinstance(feed.get("notices"), list):
            raise BackendAway("the feed does not follow the contract", stumbled=True)
        return feed

    async def ask_for_grant(self, municipality: str, call: contract.AskForGrant) -> contract.Grant:
        """A short right to read for a code. Raises ContractError (``wrong-code``) and BackendAway."""
        return _read(contract.Grant, await self._send(municipality, "POST", "grants", content=call.model_dump_json()))

    async def begin_identification(
        self, municipality: str, call: contract.BeginIdentification
    ) -> contract.Identification:
        """Where a browser goes to show who sits at it. Raises ContractError and BackendAway."""
        answer = await self._send(municipality, "POST", "e-identifications", content=call.model_dump_json())
        return _read(contract.Identification, answer)

    async def end_identification(self, municipality: str, call: contract.EndIdentification) -> contract.Grant:
        """A short right to read for what the browser brought back. Raises ContractError and BackendAway."""
        answer = await self._send(municipality, "POST", "e-identifications/result", content=call.model_dump_json())
        return _read(contract.Grant, answer)

    async def readable(self, municipality: str, grant: str) -> contract.Readable:
        """What there is to read for the person of the grant. Raises ContractError (``grant-expired``), BackendAway."""
        return _read(
            contract.Readable, await self._send(municipality, "GET", "readable", headers={"X-Read-Grant": grant})
        )

    async def has_read(self, municipality: str, grant: str, said: contract.HasRead) -> contract.Readable:
        """The person of a grant has read a decision. Raises ContractError (``grant-expired``, ``not-found``) and
        BackendAway."""
        answer = await self._send(
            municipality,
            "POST",
            "readable/told",
            headers={"X-Read-Grant": grant},
            content=said.model_dump_json(),
        )
        return _read(contract.Readable, answer)

    async def write_comment(
        self, municipality: str, grant: str, key: UUID, said: contract.WriteComment
    ) -> contract.CommentReceipt:
        """The person of a grant comments on what was found out. Raises ContractError (``grant-expired``,
        ``not-found``) and BackendAway."""
        answer = await self._send(
            municipality,
            "PUT",
            f"readable/comments/{key}",
            headers={"X-Read-Grant": grant},
            content=said.model_dump_json(),
        )
        return _read(contract.CommentReceipt, answer)

    async def readable_application(self, municipality: str, grant: str) -> contract.ReadableApplication:
        """What the person of the grant sent last. Raises ContractError (``grant-expired``, ``not-found``) and
        BackendAway."""
        headers = {"X-Read-Grant": grant}
        return _read(
            contract.ReadableApplication,
            await self._send(municipality, "GET", "readable/application", headers=headers),
        )

    async def what_stands(self, municipality: str, grant: str) -> contract.WhatStands:
        """What the person of the grant has said of herself. Raises ContractError (``grant-expired``), BackendAway."""
        answer = await self._send(municipality, "GET", "readable/what-stands", headers={"X-Read-Grant": grant})
        return _read(contract.WhatStands, answer)

    async def own_secrets(self, municipality: str, grant: str) -> contract.OpenedAnswers:
        """What the person of the grant answered under seal, opened. Raises ContractError (``grant-expired``,
        ``not-found``, ``unauthorized``) and BackendAway."""
        answer = await self._send(municipality, "GET", "readable/application/secrets", headers={"X-Read-Grant": grant})
        return _read(contract.OpenedAnswers, answer)

    async def own_case(self, municipality: str, grant: str) -> contract.OwnCase:
        """All that stands of her own case. Raises ContractError (``grant-expired``), BackendAway."""
        answer = await self._send(municipality, "GET", "readable/case", headers={"X-Read-Grant": grant})
        return _read(contract.OwnCase, answer)

    async def own_data(self, municipality: str, grant: str) -> contract.OwnData:
        """Her own data to take home. Raises ContractError (``grant-expired``), BackendAway."""
        answer = await self._send(municipality, "GET", "readable/everything", headers={"X-Read-Grant": grant})
        return _read(contract.OwnData, answer)

    async def hand_in(
        self, municipality: str, key: UUID, call: contract.HandInDocument, sealed: str
    ) -> contract.DocumentReceipt:
        """A paper, sealed. Raises ContractError and BackendAway."""
        asked = call.model_dump(mode="json", exclude_none=True)
        answer = await self._send(
            municipality,
            "PUT",
            f"documents/{key}",
            content=sealed,
            params=asked,
            headers={"Content-Type": "application/jose"},
            seconds=READING,
        )
        return _read(contract.DocumentReceipt, answer)

    async def close(self) -> None:
        await self._http.aclose()

    async def _send(
        self,
        municipality: str,
        method: str,
        path: str,
        *,
        content: str | None = None,
        params: Mapping[str, str | int] | None = None,
        headers: Mapping[str, str] | None = None,
        seconds: float = TIMEOUT,
    ) -> httpx2.Response:
        sent = {"Authorization": f"Bearer {self._tokens[municipality]}", **(headers or {})}
        if content is not None:
            sent.setdefault("Content-Type", "application/json")
        try:
            response = await self._http.request(
                method,
                f"{self._url}/{municipality}/{path}",
                content=content,
                params=params,
                headers=sent,
                timeout=seconds,
            )
        except (httpx2.TransportError, OSError) as error:
            raise BackendAway(type(error).__name__) from None
        if response.is_success:
            return response
        found = _problem(response)
        if response.status_code >= 500:
            # 502-504 come from something in front of it, or from itself when it cannot reach its database.
            raise BackendAway(f"status {response.status_code}", stumbled=response.status_code not in (502, 503, 504))
        if found is None or found.code in (ProblemCode.UNAVAILABLE, ProblemCode.UNAUTHORIZED):
            # A wrong address or a wrong token is our mistake, not an answer to what a person asked for.
            raise BackendAway(f"status {response.status_code}", stumbled=found is None)
        raise ContractError(found)


def _problem(response: httpx2.Response) -> Problem | None:
    try:
        return Problem.model_validate_json(response.content)
    except ValidationError:
        return None


def _read(answer: type[Answer], response: httpx2.Response) -> Answer:
    try:
        return answer.model_validate_json(response.content)
    except ValidationError:
        raise BackendAway(f"the answer is no {answer.__name__}", stumbled=True) from None
