"""The next month's application on the secure page: what she sent last stands in it, and she changes what is new.

It is what she has begun where she talks; there it is confirmed, too. What she sent is fetched when the page is shown,
by the right to read that she has shown, and kept nowhere: what is kept is what she saves.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from fastapi import APIRouter, Request, Response

from backend.contract import AnswerRecord, ContractError
from bot.conversation import as_before
from bot.conversation.as_before import Page, Posted, Saved
from bot.conversation.talk import Talk
from bot.engine import Engine
from bot.flows.renewal import CHANGED, FLOW, MAY_CHANGE
from bot.form import Json
from bot.messages import Renewed, Run
from bot.pages import begun, page, secure
from bot.pages.what_was_sent import Line, line
from bot.text import N_
from bot.turning.desk import Desk, Happening
from bot.turning.turns import take

PATH = "/s/renewal"
NOTHING = N_(
    "There is no application for a new month to fill in now. Write that you want to apply, in the conversation."
)
_NO_RIGHT = "/s/read"
"""It says that the time is over, or asks who she is."""

_FIELD, _LEFT, _IDS, _GONE = "f.", "l.", "i.", "x."
"""What the names of a form's fields begin with: an answer, a question left to the meeting, a list's ids, an item that
is taken away."""


@dataclass(frozen=True)
class Begun:
    """The application she has begun, in its thread, and what she sent before: the answers it begins with, and each
    section as it was shown."""

    municipality: str
    thread: UUID
    talk: Talk
    run: Run
    known: Mapping[str, Json] = field(repr=False)
    sent: Mapping[str, AnswerRecord] = field(repr=False)


@dataclass(frozen=True)
class Before:
    """What she sent last of a section that may be unchanged. ``number``: of the choice that says that it is not."""

    number: str
    title: str
    lines: tuple[Line, ...]


def router(engine: Engine) -> APIRouter:
    """The pages and their forms."""
    routes = APIRouter(route_class=secure.kind_of_route(engine), include_in_schema=False)

    @routes.get(PATH)
    async def overview(request: Request) -> Response:
        found = await _begun(engine, request) or page.go(_NO_RIGHT)
        return found if isinstance(found, Response) else _onward(request, found)

    @routes.get(PATH + "/{section}")
    async def ask(request: Request, section: str) -> Response:
        found = await _begun(engine, request, section) or page.go(_NO_RIGHT)
        if isinstance(found, Response):
            return found
        shown = as_before.page(found.talk, found.run, section, found.known)
        return _show(engine, request, found, shown) if shown.groups else page.go(PATH)

    @routes.post(PATH + "/{section}")
    async def save(request: Request, section: str) -> Response:
        # It is kept nowhere before it is saved: when it cannot be received it stands in the answer.
        request.state.kept = fields = await page.fields(request)
        found = await _begun(engine, request, section)
        if found is None:
            return await secure.lay_by(engine, request, fields)
        return found if isinstance(found, Response) else await _save(engine, request, found, section, fields)

    return routes


def _onward(request: Request, found: Begun) -> Response:
    """The first section that has a question without an answer; or that it is filled in."""
    section = as_before.where(found.talk, found.run)
    if section is not None:
        return page.go(f"{PATH}/{section}")
    done = as_before.sections(found.talk, found.run)
    titles = [(key, title) for key, title in FLOW.sections if key in done]
    locked = as_before.is_asked_secrets(found.talk, found.run)
    return secure.show(request, found.talk.policy, "secure/renewed.html", sections=titles, told="", locked=locked)


async def _save(engine: Engine, request: Request, found: Begun, section: str, fields: page.Fields) -> Response:
    language, hers = page.language_of(request), secure.taken_up(engine, fields, found.talk.person.id)
    if hers is None:
        return page.go(PATH)
    read = as_before.read(found.talk, found.run, section, _posted(section, hers), language)
    if isinstance(read, Page):
        return _show(engine, request, found, read, status=422)
    await _keep(engine, found, read, language)
    return page.go(PATH)


async def _begun(engine: Engine, request: Request, section: str = "") -> Begun | Response | None:
    """What the person of the request's right has begun; or where else the browser goes; ``None``: there is no right, or
    it is over. Raises BackendAway."""
    right = secure.right_of(engine, request)
    if section and section not in dict(FLOW.sections):
        return page.go(PATH)
    if right is None:
        return None
    try:
        stands = await engine.backend.what_stands(right.municipality, right.token)
    except ContractError:
        return None
    policy = await engine.policy(right.municipality)
    found = await begun.renewal(engine, policy, stands.person)
    if found is None:
        return secure.show(request, policy, "secure/renewed.html", sections=[], told=NOTHING, locked=False)
    known, sent = as_before.before(stands.applications), as_before.said_before(stands.applications)
    return Begun(right.municipality, *found, known, sent)


def _posted(section: str, fields: page.Fields) -> Posted:
    """A saved page as it is read; where nothing was ticked as changed, nothing is."""
    given: dict[str, str] = {}
    ids: dict[str, tuple[str, ...]] = {}
    gone: set[tuple[str, str]] = set()
    left: set[str] = set()
    for name, value in fields:
        if name.startswith(_FIELD):
            key = name.removeprefix(_FIELD)
            given[key] = f"{given[key]},{value}" if key in given else value
        elif name.startswith(_LEFT):
            left.add(name.removeprefix(_LEFT))
        elif name.startswith(_IDS):
            ids[name.removeprefix(_IDS)] = tuple(one for one in value.split(",") if one.isdecimal() and len(one) < 4)
        elif name.startswith(_GONE):
            listed, _, item = name.removeprefix(_GONE).partition("#")
            gone.add((listed, item))
    if section == CHANGED.section:
        given.setdefault(CHANGED.name, str(len(CHANGED.kind.options())))
    return Posted(given, ids, frozenset(gone), frozenset(left))


async def _keep(engine: Engine, found: Begun, read: Saved, language: str) -> None:
    async def begin(desk: Desk) -> Happening:
        locked = await desk.lock(found.thread)
        event = Renewed(found.run.id, language, read.answers, read.words, read.gone)
        return Happening(locked, event, engine.clock())

    await take(engine, found.municipality, begin)


# --- Showing ----------------------------------------------------------------------------------------------------------


def _show(engine: Engine, request: Request, found: Begun, shown: Page, *, status: int = 200) -> Response:
    first = shown.section == CHANGED.section
    return secure.show(
        request,
        found.talk.policy,
        "secure/renewal.html",
        status,
        key=shown.section,
        whose=secure.whose(engine, found.talk.person.id),
        title=dict(FLOW.sections)[shown.section],
        groups=shown.groups,
        wrong=shown.wrong,
        ids=shown.ids,
        left=shown.left,
        asks_which=CHANGED.name,
        before=_before(found, page.language_of(request)) if first else (),
        begins=any(as_before.section_of(key) == shown.section for key in found.known),
    )


def _before(found: Begun, language: str) -> tuple[Before, ...]:
    """The sections that may be unchanged, each with what she sent last."""
    options = [option.meaning for option in CHANGED.kind.options()]
    titles = dict(FLOW.sections)
    return tuple(
        Before(
            str(options.index(section) + 1),
            titles[section],
            tuple(
                line(record, language)
                for key, record in found.sent.items()
                if as_before.section_of(key) == section and not as_before.asks_for_one_more(key)
            ),
        )
        for section in MAY_CHANGE
    )
