"""The secure page ``/s/``: what a caseworker has decided and agreed, read with a short code from the counter.

Secret questions are answered there too (:mod:`bot.pages.secrets`).

The code is checked by the backend, which gives a right to read for 15 minutes; it lies in a cookie of this browser
only, is never in an address, and nothing of what is shown is kept anywhere on the way.
"""

import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute

from backend.contract import (
    AgreedLine,
    AskForGrant,
    CalculationLine,
    ContractError,
    DecisionText,
    Grant,
    HasRead,
    Policy,
    ProblemCode,
    Readable,
    ReadableCalculation,
    ReadablePlan,
)
from bot import text
from bot.backend import BackendAway
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.pages import begun, identifying, laid_by, locking, meeting, own_copy, page, visitor
from bot.pages.visitor import remember
from bot.policies import NoPolicy
from bot.spelling import digits
from bot.text import N_, Kronor, MonthName, Text, render, say

COOKIE = "imorgon_read"
COMMENT = "/s/read/comment"
"""Where she comments before a decision (:mod:`bot.pages.commenting`)."""
LONGEST_CODE = 40
LONGEST_PRESS = 40
_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,200}")

_WRONG = N_("The code is not right")
_NO_MUNICIPALITY = N_("Choose your municipality")
_NO_CODE = N_("Write the code first")
_EXPIRED = N_("The page is closed after 15 minutes. To read again you need a new code: ask at the counter, or ring us.")
_CLOSED = N_("The page is closed.")
_LOCKED = N_("The page is locked, because nobody touched it for a while. Write the same code again, and it opens.")
_LOCKED_BY_NO_CODE = N_(
    "The page is locked, because nobody touched it for a while. Open it again in the same way as before."
)
_CLEARED = N_("The device is cleared.")
_OURS = {
    COOKIE: "/s/",
    locking.LOCKED: "/s/",
    own_copy.COOKIE: own_copy.PATH,
    visitor.COOKIE: "/chat",
    page.LANGUAGE_COOKIE: "/",
}
"""Every cookie of ours that a browser may hold for long, and where."""


@dataclass(frozen=True)
class Paragraph:
    """One paragraph and the language it is in."""

    language: str
    words: str


@dataclass(frozen=True)
class Reading:
    """A decision as it is laid out: the text to read, and the Swedish beside it where that is the one that counts."""

    text: tuple[Paragraph, ...]
    beside: tuple[Paragraph, ...] = ()


def reading(decision: DecisionText, language: str) -> Reading:
    """How a decision is laid out for a reader. Until a language is approved the Swedish text stands there too."""
    swedish = tuple(Paragraph("sv", words) for words in decision.paragraphs.get("sv", ()))
    in_swedish = {paragraph.words for paragraph in swedish}
    own = tuple(
        # An unapproved language may hold Swedish paragraphs after a word of why: each is marked as what it is.
        Paragraph("sv" if words in in_swedish else language, words)
        for words in decision.paragraphs.get(language, ())
    )
    if not own or language == "sv":
        return Reading(swedish)
    if decision.approved.get(language, False) or in_swedish <= {paragraph.words for paragraph in own}:
        return Reading(own)
    return Reading(own, beside=swedish)


@dataclass(frozen=True)
class Right:
    """The right to read that this browser holds, until a moment of real time."""

    municipality: str
    token: str
    until: datetime


def right_of(engine: Engine, request: Request) -> Right | None:
    """The right that the request shows, while it lasts."""
    municipality, _, rest = request.cookies.get(COOKIE, "").partition(":")
    until, _, token = rest.partition(":")
    if municipality not in engine.settings.municipalities or not until.isdecimal() or not _TOKEN.fullmatch(token):
        return None
    right = Right(municipality, token, datetime.fromtimestamp(min(int(until), 2**32), UTC))
    return right if right.until > datetime.now(UTC) else None


def show(request: Request, policy: Policy | None, template: str, status: int = 200, **values: Any) -> Response:
    """A page for whoever has opened it. However it is filled, it locks when it is left alone (``secure/open.html``).

    ``policy``: none where it cannot be had now."""
    return page.show(
        template,
        page.language_of(request),
        status,
        **_frame([policy] if policy else []),
        policy=policy,
        idle=locking.IDLE,
        idle_without_script=locking.IDLE_WITHOUT_SCRIPT,
        **values,
    )


# --- The routes -------------------------------------------------------------------------------------------------------


def router(engine: Engine) -> APIRouter:
    """Every page and form under ``/s/``."""
    routes = APIRouter(route_class=kind_of_route(engine), include_in_schema=False)

    @routes.get("/s/")
    async def code(request: Request) -> Response:
        # Whoever closed the window by mistake need not ask for a new code: the right to read lasts its 15 minutes.
        return page.go("/s/read") if right_of(engine, request) else await _ask(engine, request)

    @routes.post("/s/")
    async def given(request: Request) -> Response:
        return await _open(engine, request, dict(await page.fields(request)))

    @routes.get("/s/read")
    async def read(request: Request) -> Response:
        return await read_page(engine, request)

    @routes.post("/s/close")
    async def close(request: Request) -> Response:
        await page.fields(request)
        response = _forget(await _ask(engine, request, notice=_CLOSED))
        response.delete_cookie(own_copy.COOKIE, path=own_copy.PATH)
        return response

    @routes.get("/s/lock")
    async def lock(request: Request) -> Response:
        """The page was left alone. What is kept of it opens by its code alone."""
        by_code = locking.LOCKED in request.cookies
        response = await _ask(engine, request, notice=_LOCKED if by_code else _LOCKED_BY_NO_CODE)
        response.delete_cookie(COOKIE, path="/s/")
        return response

    @routes.post("/s/clear")
    async def clear(request: Request) -> Response:
        """Somebody else will sit here."""
        await page.fields(request)
        return locking.forget(await _ask(engine, request, notice=_CLEARED), _OURS)

    def held(request: Request, municipality: str) -> str:
        right = right_of(engine, request)
        return right.token if right and right.municipality == municipality else ""

    def let_in(request: Request, response: Response, municipality: str, given: Grant) -> Response:
        return _let_in(engine, request, response, municipality, given)

    identifying.add(routes, identifying.Entrance(engine, _ask, held, let_in))

    meeting.add(routes, lambda request: _calendar(engine, request))
    _add_told(routes, engine)

    @routes.post("/s/language")
    async def language(request: Request) -> Response:
        wanted = dict(await page.fields(request)).get("language", "")
        onward = page.go("/s/")
        return remember(engine, onward, page.LANGUAGE_COOKIE, wanted) if wanted in text.languages() else onward

    return routes


def kind_of_route(engine: Engine) -> type[APIRoute]:
    """How every route here answers when something is away."""

    class Secure(APIRoute):
        """A route that answers in words when the backend or the database is away."""

        def get_route_handler(self) -> Callable[[Request], Any]:
            handle: Callable[[Request], Awaitable[Response]] = super().get_route_handler()

            async def handled(request: Request) -> Response:
                try:
                    return await handle(request)
                except page.Refused as refused:
                    return await _away(engine, request, refused.status)
                except (BackendAway, NoPolicy, *DATABASE_ERRORS):
                    kept = await _kept(engine, request)
                    return kept or await _away(engine, request, 503)

            return handled

    return Secure


async def _ask(engine: Engine, request: Request, status: int = 200, **told: str) -> Response:
    """The page where the code is written; ``wrong`` and ``notice`` are source sentences, ``municipality`` a choice,
    ``sealed`` a form that was laid by."""
    language, policies = page.language_of(request), await _policies(engine)
    slugs = engine.settings.municipalities
    return page.show(
        "secure/code.html",
        language,
        status,
        **_frame(list(policies.values())),
        municipalities=[(slug, policies[slug].name if slug in policies else slug.capitalize()) for slug in slugs],
        municipality=told.get("municipality") or (slugs[0] if len(slugs) == 1 else ""),
        # Without a script a form may be sent twice: by this it is known to be the same.
        press=secrets.token_urlsafe(16),
        laid_by=told.get("sealed", ""),
        identifying=[(slug, policy.name) for slug, policy in policies.items() if policy.e_identification],
        wrong=render(say(told["wrong"]), language) if "wrong" in told else "",
        notice=render(say(told["notice"]), language) if "notice" in told else "",
    )


async def lay_by(engine: Engine, request: Request, fields: page.Fields) -> Response:
    """Her right was over when she pressed: a new code, and what she had filled in can be saved, by her alone."""
    sealed = laid_by.seal(engine.settings.session_secret, request.url.path, fields)
    if not sealed:
        return page.go("/s/read")  # it says that the time is over
    if COOKIE not in request.cookies and locking.LOCKED in request.cookies:
        # She went back from a page that was locked: it opens by the code it had.
        return await _ask(engine, request, 403, notice=_LOCKED, sealed=sealed)
    return _forget(await _ask(engine, request, 403, notice=_EXPIRED, sealed=sealed))


def taken_up(engine: Engine, fields: page.Fields, person: UUID) -> page.Fields | None:
    """A form as it was sent, or as it was laid by; ``None`` when that is not this person's, or too old."""
    sealed = dict(fields).get(laid_by.NAME)
    return fields if sealed is None else laid_by.opened(engine.settings.session_secret, sealed, person)


def whose(engine: Engine, person: UUID) -> str:
    """What stands in a form of hers, so that it can be laid by."""
    return laid_by.whose(engine.settings.session_secret, person)


async def _open(engine: Engine, request: Request, fields: dict[str, str]) -> Response:
    municipality, sealed = fields.get("municipality", ""), fields.get(laid_by.NAME, "")
    code = "".join(digits(fields.get("code", ""))[:LONGEST_CODE].split()).replace("-", "").upper()
    if municipality not in engine.settings.municipalities:
        return await _ask(engine, request, 422, wrong=_NO_MUNICIPALITY, sealed=sealed)
    if not code:
        return await _ask(engine, request, 422, wrong=_NO_CODE, municipality=municipality, sealed=sealed)
    if right := locking.opened(engine.settings.session_secret, request, code):
        return _give(engine, await _opens_to(engine, request, municipality, sealed), right)
    press = fields.get("press", "")[:LONGEST_PRESS]
    try:
        grant = await engine.backend.ask_for_grant(municipality, AskForGrant(code=code, at=engine.clock(), press=press))
    except ContractError as problem:
        # A wrong code and one that has died look alike: whoever guesses learns nothing.
        if problem.code in (ProblemCode.WRONG_CODE, ProblemCode.INVALID, ProblemCode.NOT_FOUND):
            return await _ask(engine, request, 403, wrong=_WRONG, municipality=municipality, sealed=sealed)
        raise BackendAway(problem.code) from None
    onward = await _opens_to(engine, request, municipality, sealed)
    return _let_in(engine, request, onward, municipality, grant, code=code)


async def _opens_to(engine: Engine, request: Request, municipality: str, sealed: str) -> Response:
    """What there is to read; or first what she had filled in, to be saved."""
    again = laid_by.address(engine.settings.session_secret, sealed) if sealed else None
    if again is None:
        return page.go("/s/read")
    policy = await _known_policy(engine, municipality)
    title = N_("The new month")
    if again.startswith(own_copy.PATH):
        title = N_("What only we may read")
    elif again == COMMENT:
        title = N_("Before we decide, you may comment")
    return show(request, policy, "secure/laid_by.html", title=title, again=again, name=laid_by.NAME, sealed=sealed)


def _let_in(
    engine: Engine, request: Request, response: Response, municipality: str, grant: Grant, *, code: str = ""
) -> Response:
    """Give this browser the right to read; one that came by a code is kept for a page that was locked, too."""
    right = f"{municipality}:{int(grant.expires_at.timestamp())}:{grant.token}"
    _give(engine, response, right)
    if code:
        locking.keep(engine.settings.session_secret, response, right, code, secure=_secure(engine))
    else:
        response.delete_cookie(locking.LOCKED, path="/s/")
    if page.LANGUAGE_COOKIE not in request.cookies and grant.language in text.languages():
        return remember(engine, response, page.LANGUAGE_COOKIE, grant.language)
    return response


def _give(engine: Engine, response: Response, right: str) -> Response:
    response.set_cookie(COOKIE, right, path="/s/", secure=_secure(engine), httponly=True, samesite="strict")
    return response


def _secure(engine: Engine) -> bool:
    return engine.settings.public_url.startswith("https:")


async def read_page(
    engine: Engine, request: Request, *, told: str = "", wrong: str = "", written: str = "", speak: bool = False
) -> Response:
    """What there is to read. ``told`` and ``wrong``: source sentences of a comment she sent, and the form as it stood,
    ``written`` and ``speak``, where it was not understood."""
    right = right_of(engine, request)
    if right is None:
        if COOKIE in request.cookies:
            return _forget(await _ask(engine, request, 403, notice=_EXPIRED))
        return page.go("/s/")
    try:
        readable = await engine.backend.readable(right.municipality, right.token)
        decision = readable.decision
        if decision is not None and decision.told_on is None and not readable.by_code:
            # Who she is was shown by herself just now: what this page shows has reached her (44 § förvaltningslagen).
            # No other page does: who hands in papers, or fetches her meeting, has seen no decision.
            said = HasRead(decision=decision.id)
            readable = await engine.backend.has_read(right.municipality, right.token, said)
    except ContractError:
        return _forget(await _ask(engine, request, 403, notice=_EXPIRED, municipality=right.municipality))
    policy = await engine.policy(right.municipality)
    renews = await begun.renewal(engine, policy, readable.person) is not None
    form = {"told": told, "wrong": wrong, "written": written, "speak": speak}
    whose_page = whose(engine, readable.person)
    return _shown(request, policy, readable, right.until, renews=renews, whose=whose_page, press=uuid4(), **form)


def _add_told(routes: APIRouter, engine: Engine) -> None:
    @routes.post("/s/told")
    async def told(request: Request) -> Response:
        return await _told(engine, request, dict(await page.fields(request)))


async def _told(engine: Engine, request: Request, fields: dict[str, str]) -> Response:
    """She says that she has read the decision; the page is shown again, with the day that counts."""
    right = right_of(engine, request)
    try:
        said = HasRead(decision=UUID(fields.get("decision", "")))
    except ValueError:
        raise page.Refused(422) from None
    if right is not None:
        try:
            await engine.backend.has_read(right.municipality, right.token, said)
        except ContractError as problem:
            if problem.code is not ProblemCode.GRANT_EXPIRED:
                raise page.Refused(422) from None
    return page.go("/s/read")  # it says that the time is over, if it is


async def _calendar(engine: Engine, request: Request) -> Response:
    """Her meeting for her own calendar; where it cannot be had, the page that says why."""
    right = right_of(engine, request)
    try:
        readable = await engine.backend.readable(right.municipality, right.token) if right is not None else None
    except ContractError:
        readable = None
    if right is None or readable is None or readable.meeting is None:
        return page.go("/s/read")
    found = await meeting.download(engine, right.municipality, readable.person, readable.meeting.id)
    return found or page.go("/s/read")


def _shown(request: Request, policy: Policy, readable: Readable, until: datetime, **more: Any) -> Response:
    language, decision = page.language_of(request), readable.decision
    return show(
        request,
        policy,
        "secure/read.html",
        422 if more["wrong"] else 200,
        until=until,
        by_code=readable.by_code,
        decision=decision,
        comment=readable.comment,
        reading=reading(decision, language) if decision else None,
        agreed=[agreed_in(line, language) for line in readable.agreed],
        plan=readable_plan(readable.plan, language) if readable.plan else None,
        calculation=calculated(readable.calculation) if readable.calculation else None,
        meeting=readable.meeting,
        has_applied=readable.has_applied,
        **more,
    )


@dataclass(frozen=True)
class PlanIn:
    """Her plan in one language."""

    language: str
    goal: str
    branch: str
    steps: tuple[Paragraph, ...]


@dataclass(frozen=True)
class ShownPlan:
    """Her plan in her language, and in Swedish as it stands with staff."""

    said: tuple[PlanIn, ...]
    review_on: date
    agreed: bool


def readable_plan(plan: ReadablePlan, language: str) -> ShownPlan:
    """Her plan as the page shows it."""
    said = tuple(
        PlanIn(
            one,
            agreed_in(plan.goal, one).words,
            agreed_in(plan.branch, one).words if plan.branch else "",
            tuple(agreed_in(step, one) for step in plan.steps),
        )
        for one in dict.fromkeys((language, "sv"))
    )
    return ShownPlan(said, plan.review_on, plan.agreed)


@dataclass(frozen=True)
class Calculated:
    """A month's calculation as the page shows it: each line in Swedish with why and its sum, and what they come to."""

    month: Text
    lines: tuple[tuple[str, str, str], ...]
    result: Text


def calculated(one: ReadableCalculation) -> Calculated:
    """A calculation as the page shows it."""
    if one.surplus:
        result = say(N_("You have {kronor} more than we count that you need."), kronor=Kronor(one.surplus))
    else:
        result = say(N_("What is missing, as we have calculated: {kronor}."), kronor=Kronor(one.support))
    return Calculated(
        month=say(N_("This is for {month}. It is a calculation, not a decision."), month=MonthName(one.month)),
        lines=tuple((line.words, line.reason, _sum(line)) for line in one.lines),
        result=result,
    )


def _sum(line: CalculationLine) -> str:
    """A line's sum as it counts, written as in Swedish: what lessens has its minus."""
    lessens = line.kronor and line.group in ("income", "asset")
    return f"{'−' if lessens else ''}{render(say('{kronor}', kronor=Kronor(line.kronor)), 'sv')}"


def agreed_in(line: AgreedLine, language: str) -> Paragraph:
    """An agreed line; a caseworker's own words are Swedish in every language, and are marked so."""
    swedish = line.text.get("sv", "")
    words = line.text.get(language, swedish)
    return Paragraph("sv" if words == swedish else language, words)


async def _kept(engine: Engine, request: Request) -> Response | None:
    """What she wrote, given back in a page that locks like any other; ``None`` where nothing was to be kept."""
    right, fields = right_of(engine, request), getattr(request.state, "kept", None)
    if right is None or not fields:
        return None
    policy = await _known_policy(engine, right.municipality)
    again, back = request.url.path, request.url.path.rpartition("/")[0]
    return show(request, policy, "secure/kept.html", 503, fields=fields, again=again, back=back)


async def _known_policy(engine: Engine, municipality: str) -> Policy | None:
    try:
        return await engine.policies.kept(municipality)
    except DATABASE_ERRORS:
        return None


async def _away(engine: Engine, request: Request, status: int) -> Response:
    """Nothing can be read now; what there is to read is still there, and can be heard instead."""
    language = page.language_of(request)
    try:
        telephones = [policy.telephone for policy in (await _policies(engine)).values()]
    except DATABASE_ERRORS:
        telephones = []
    return page.show(
        "stopped.html",
        language,
        status,
        **_frame([]),
        head=render(say(N_("We cannot show the page right now")), language),
        words=render(say(N_("Nothing is lost. Try again in a moment, or ring us and hear it instead.")), language),
        unsent="",
        again="",
        fields=[],
        telephone=telephones[0] if len(telephones) == 1 else "",
        back="/s/read" if right_of(engine, request) else "/s/",
    )


def _forget(response: Response) -> Response:
    for name in (COOKIE, locking.LOCKED):
        response.delete_cookie(name, path="/s/")
    return response


def _frame(policies: list[Policy]) -> dict[str, Any]:
    return {"home": "/s/", "place": "", "language_path": "/s/language", "policies": policies}


async def _policies(engine: Engine) -> dict[str, Policy]:
    found: dict[str, Policy] = {}
    for slug in engine.settings.municipalities:
        try:
            found[slug] = await engine.policy(slug)
        except NoPolicy:
            continue
    return found
