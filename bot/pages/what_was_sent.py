"""The last application she sent, read by herself on the secure page: each question as it was shown, and her answer.

It is fetched when it is read, and kept nowhere. Of what was answered under seal stands that it was; what it was is
opened by the municipality when she asks for that, on a page of its own address.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from fastapi import APIRouter, Request, Response

from backend.contract import AnswerRecord, ApplicationKind, ContractError, Policy, ReadableApplication
from bot.engine import Engine
from bot.flows import flows, written
from bot.pages import page, secure
from bot.text import N_, local_day, render, say

PATH = "/s/application"
OPENED = "/s/application/secrets"
AT_THE_MEETING = N_("At the meeting")


_FLOWS: dict[ApplicationKind, str] = {"new": "application", "recurring": "renewal", "supplementary": "single_cost"}
"""Which flow asked what an application holds."""


@dataclass(frozen=True)
class Line:
    """One question and its answer, in the language they were shown in. ``words``: what she wrote under seal, where it
    has been opened (empty: it cannot be, now)."""

    language: str
    question: str
    answer: str
    words: str | None = None


def router(engine: Engine) -> APIRouter:
    """The page, and the same page with what is secret opened."""
    routes = APIRouter(route_class=secure.kind_of_route(engine), include_in_schema=False)

    @routes.get(PATH)
    async def read(request: Request) -> Response:
        right = secure.right_of(engine, request)
        if right is None:
            return page.go("/s/read")  # it says that the time is over
        try:
            sent = await engine.backend.readable_application(right.municipality, right.token)
        except ContractError:
            return page.go("/s/read")
        return _show(request, await engine.policy(right.municipality), sent)

    @routes.get(OPENED)
    async def opened(request: Request) -> Response:
        right = secure.right_of(engine, request)
        if right is None:
            return page.go("/s/read")
        try:
            sent = await engine.backend.readable_application(right.municipality, right.token)
            secrets = await engine.backend.own_secrets(right.municipality, right.token)
        except ContractError:
            return page.go("/s/read")
        if secrets.application != sent.application:
            return page.go(OPENED)  # another one came in between
        words = {one.question: one.words for one in secrets.answers}
        return _show(request, await engine.policy(right.municipality), sent, words)

    return routes


def _show(
    request: Request, policy: Policy, sent: ReadableApplication, opened: Mapping[str, str] | None = None
) -> Response:
    titles = dict(flows()[_FLOWS[sent.kind]].sections)
    return secure.show(
        request,
        policy,
        "secure/application.html",
        came_on=local_day(sent.received_at),
        sections=list(by_section(sent, page.language_of(request), opened or {})),
        may_open=bool(sent.sealed) and opened is None,
        unchanged=[titles[section] for section in sent.unchanged if section in titles],
    )


def by_section(sent: ReadableApplication, language: str, opened: Mapping[str, str]) -> Iterator[tuple[str, list[Line]]]:
    """The title of each section (a source sentence, empty where there is none), in the order they were asked."""
    flow = _FLOWS[sent.kind]
    titles, sections = dict(flows()[flow].sections), _sections(flow)
    for section, records in groupby(sent.answers, lambda record: sections.get(record.question.partition("#")[0], "")):
        yield (
            titles.get(section, ""),
            [replace(line(record, language), words=opened.get(record.question)) for record in records],
        )


def line(record: AnswerRecord, language: str) -> Line:
    """As it was shown; in Swedish for who reads the page in Swedish."""
    if language == "sv":
        return Line("sv", record.shown_in_swedish, record.answer_in_swedish or render(say(AT_THE_MEETING), "sv"))
    return Line(record.language, record.shown, record.answer or render(say(AT_THE_MEETING), record.language))


@cache
def _sections(flow: str) -> dict[str, str]:
    """The section of every question of a flow, by its name; a flow may put a question of another's elsewhere."""
    asked = (*written("application."), *written(flow))
    return {question.name: question.section for question in asked if question.section is not None}
