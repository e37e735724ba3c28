"""Secret questions on the secure page: one page per section, sealed in the request, before anything is written.

What is kept here is what the municipality alone can open. For half an hour the browser she answered in can show it
again, to be read through and changed (:mod:`bot.pages.own_copy`); then it is shown as *answered*, and can be given
anew. What she wrote when her right to read was over is in her browser, sealed for her alone
(:mod:`bot.pages.laid_by`). The talk she answers in goes on by itself.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from fastapi import APIRouter, Request, Response

from backend.contract import ContractError, Policy, SealedAnswer, Sensitivity
from bot.conversation.running import replay
from bot.conversation.sent import was_sent
from bot.conversation.talk import Talk
from bot.engine import Engine
from bot.flows import flows
from bot.form import Live
from bot.form import secrets as secrets_of
from bot.messages import OnPage, Run
from bot.pages import begun, own_copy, page, secure
from bot.questions import Meaning
from bot.seal import seal_answer
from bot.text import N_, Text, local_day, render
from bot.turning.desk import Desk, Happening
from bot.turning.turns import take

PATH = own_copy.PATH
SAVED = N_("Saved. Only our staff can read it.")
UNCHANGED = N_("Nothing has changed.")
NOTHING = N_("There is nothing to answer here now. You answer it when you apply.")
_TOLD = {"saved": SAVED, "unchanged": UNCHANGED}
_NO_RIGHT = "/s/read"
"""It says that the time is over, or asks who she is."""


@dataclass(frozen=True)
class Hers:
    """A person's application, where it is written, and its secret questions by section. ``own``: those of its answers
    that the browser can show her."""

    municipality: str
    person: UUID
    thread: UUID
    run: Run
    questions: Sequence[Live]
    own: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def sections(self) -> tuple[tuple[str, str], ...]:
        """Those that have a secret question, with their titles, in the order they come."""
        has = {one.question.section for one in self.questions}
        return tuple((key, title) for key, title in flows()[self.run.flow].sections if key in has)

    def of(self, section: str) -> tuple[Live, ...]:
        return tuple(one for one in self.questions if one.question.section == section)


@dataclass(frozen=True)
class Shown:
    """A question as it stands on its page. ``value``: what she wrote, where this browser can show it, or where the page
    was not understood; ``left``, only there: whether she takes it at the meeting. ``own``: it is shown from her own
    copy."""

    name: str
    text: Text
    answered: bool
    value: str = ""
    left: bool = False
    error: Text | None = None
    own: bool = False


def router(engine: Engine) -> APIRouter:
    """The pages and their forms."""
    routes = APIRouter(route_class=secure.kind_of_route(engine), include_in_schema=False)

    @routes.get(PATH)
    async def overview(request: Request, told: str = "") -> Response:
        found = await _hers(engine, request) or page.go(_NO_RIGHT)
        if isinstance(found, Response):
            return found
        return _overview(request, await engine.policy(found.municipality), found, told=_TOLD.get(told, ""))

    @routes.get(PATH + "/{section}")
    async def ask(request: Request, section: str) -> Response:
        found = await _hers(engine, request) or page.go(_NO_RIGHT)
        if isinstance(found, Response):
            return found
        shown = tuple(_shown(one, found.own) for one in found.of(section))
        return await _section(engine, request, found, section, shown)

    @routes.post(PATH + "/{section}")
    async def answer(request: Request, section: str) -> Response:
        # Sealed by nobody yet, it stands nowhere but in the answer when it cannot be received.
        request.state.kept = fields = await page.fields(request)
        found = await _hers(engine, request)
        if found is None:
            return await secure.lay_by(engine, request, fields)
        return found if isinstance(found, Response) else await _save(engine, request, found, section, fields)

    return routes


async def _save(engine: Engine, request: Request, found: Hers, section: str, fields: page.Fields) -> Response:
    hers = secure.taken_up(engine, fields, found.person)
    if hers is None:
        return page.go(PATH)
    read = _read(found, section, dict(hers), page.language_of(request), engine.clock())
    if any(one.error for one in read.shown):
        return await _section(engine, request, found, section, read.shown, status=422)
    if not read.plain and not read.left:
        return page.go(f"{PATH}?told=unchanged")
    key = own_copy.key_of(request) or own_copy.new_key()
    await _keep(engine, await engine.policy(found.municipality), found, read, key)
    onward = page.go(f"{PATH}?told=saved")
    own_copy.give(onward, key, secure=engine.settings.public_url.startswith("https:"))
    return onward


# --- Whose ------------------------------------------------------------------------------------------------------------


async def _hers(engine: Engine, request: Request) -> Hers | Response | None:
    """What the person of the request's right has to answer; or where else the browser goes; ``None``: there is no
    right, or it is over. Raises BackendAway."""
    right = secure.right_of(engine, request)
    if right is None:
        return None
    try:
        person = (await engine.backend.readable(right.municipality, right.token)).person
    except ContractError:
        return None
    policy = await engine.policy(right.municipality)
    found = await find(engine, policy, person)
    if found is None:
        return _nothing(request, policy)
    return replace(found, own=own_copy.opened(own_copy.key_of(request), found.run.copies, person))


async def find(engine: Engine, policy: Policy, person: UUID) -> Hers | None:
    """A person's application that is open, or else the last one she sent; with the thread it is written in."""
    found: list[tuple[tuple[bool, bool, datetime, bool], Hers]] = []
    for thread, state in await begun.states(engine, policy, person):
        for run in state.runs.values():
            if run.state == "open" or was_sent(state, run):
                here = begun.talk(engine, policy, state, run)
                questions = _questions(here, run)
                if questions:
                    # She goes on with it where nobody else reads, if there is such a place.
                    alone = here.carries(Sensitivity.PERSONAL)
                    rank = (run.state == "open", state.thread.run == run.id, run.began, alone)
                    found.append((rank, Hers(policy.municipality, person, thread, run, questions)))
    # Of threads that are as good, the one that was written in last comes first.
    return max(found, key=lambda one: one[0])[1] if found else None


def _questions(talk: Talk, run: Run) -> Sequence[Live]:
    flow = flows()[run.flow]
    return secrets_of(flow, talk.context(run), replay(talk, run)) if flow.sections else ()


# --- Reading and keeping ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Read:
    """A page that was sent: what is to be sealed as staff read it, the same as she wrote it, what is left to the
    meeting, and how the page stands."""

    plain: Mapping[str, str]
    words: Mapping[str, str]
    left: tuple[str, ...]
    shown: tuple[Shown, ...]


def _read(hers: Hers, section: str, fields: Mapping[str, str], language: str, now: datetime) -> _Read:
    """An empty field changes nothing: it may hold an answer that cannot be shown. Nor does one that stands as it was
    shown."""
    plain: dict[str, str] = {}
    written: dict[str, str] = {}
    left: list[str] = []
    shown: list[Shown] = []
    for one in hers.of(section):
        words = fields.get(f"f.{one.key}", "").strip()
        error, is_left = None, bool(fields.get(f"l.{one.key}"))
        if is_left:
            left.append(one.key)
        elif words and not (one.sealed and words == hers.own.get(one.key)):
            heard = one.question.kind.understand(words, language, today=local_day(now))
            if isinstance(heard, Meaning):
                plain[one.key] = _for_staff(one, heard.meaning)
                written[one.key] = words
            else:
                error = heard.reason
        shown.append(replace(_shown(one, hers.own), value=words, left=is_left, error=error))
    return _Read(plain, written, tuple(left), tuple(shown))


def _for_staff(one: Live, meaning: object) -> str:
    """What staff read when they open it: her own words, or what was understood in Swedish."""
    return meaning if isinstance(meaning, str) else render(one.question.kind.show(meaning), "sv", plain=True)


async def _keep(engine: Engine, policy: Policy, hers: Hers, read: _Read, key_of_hers: bytes) -> None:
    sealed: dict[str, SealedAnswer] = {
        key: await asyncio.to_thread(seal_answer, words, policy, hers.person, hers.run.id, key)
        for key, words in read.plain.items()
    }
    copies = {key: own_copy.copied(key_of_hers, words, hers.person, key) for key, words in read.words.items()}

    async def begin(desk: Desk) -> Happening:
        locked = await desk.lock(hers.thread)
        return Happening(locked, OnPage(hers.run.id, sealed, read.left, copies), engine.clock())

    await take(engine, hers.municipality, begin)


# --- Showing ----------------------------------------------------------------------------------------------------------


def _shown(one: Live, own: Mapping[str, str]) -> Shown:
    words = own.get(one.key, "") if one.sealed else ""
    return Shown(one.key, one.text, bool(one.sealed), words, own=bool(words))


def _overview(request: Request, policy: Policy, hers: Hers, *, told: str) -> Response:
    sections = [
        (key, title, [(one.label(), _shown(one, hers.own)) for one in hers.of(key)]) for key, title in hers.sections
    ]
    return secure.show(request, policy, "secure/answers.html", sections=sections, told=told)


def _nothing(request: Request, policy: Policy) -> Response:
    return secure.show(request, policy, "secure/answers.html", sections=[], told=NOTHING)


async def _section(
    engine: Engine, request: Request, hers: Hers, section: str, shown: Sequence[Shown], *, status: int = 200
) -> Response:
    titles = dict(hers.sections)
    if section not in titles:
        return page.go(PATH)
    return secure.show(
        request,
        await engine.policy(hers.municipality),
        "secure/answer.html",
        status,
        key=section,
        whose=secure.whose(engine, hers.person),
        title=titles[section],
        fields=shown,
    )
