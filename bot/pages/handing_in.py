"""Papers handed in on the secure page by whoever opened it with a code: sealed here and handed on in the same request.

Nothing is kept on the way: what she reads afterwards is what the backend answered, and where it did not, she sends the
same form again and it is the same paper.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import get_args
from uuid import UUID, uuid4, uuid5

from fastapi import APIRouter, Request, Response

from backend.contract import (
    ContractError,
    DocumentLimits,
    HandInDocument,
    Paper,
    Policy,
)
from bot.backend import BackendAway
from bot.conversation.bringing import HARD_TO_READ, why_not
from bot.conversation.missing import count
from bot.conversation.putting import side_by_side
from bot.engine import Engine
from bot.flows.application import PAPERS
from bot.pages import page, secure, upload
from bot.pages.bringing import IS_HERE, TOLD
from bot.pages.crowd import Crowd
from bot.pages.visitor import source_of
from bot.seal import seal
from bot.text import Text, local_day, render, say

PATH = "/s/papers"


@dataclass(frozen=True)
class Done:
    """What became of one file, in words; ``warns``: she may want to do something about it."""

    words: Text
    warns: bool


def router(engine: Engine) -> APIRouter:
    """The page and its form."""
    routes = APIRouter(route_class=secure.kind_of_route(engine), include_in_schema=False)
    crowd = Crowd()

    @routes.get(PATH)
    async def shown(request: Request) -> Response:
        right = secure.right_of(engine, request)
        policy = await engine.policy(right.municipality) if right is not None else None
        if policy is None or policy.documents is None:
            return page.go("/s/read")  # it says that the time is over, if it is
        return _show(request, policy, ())

    @routes.post(PATH)
    async def hand_in(request: Request) -> Response:
        # Who it is comes first: nothing that a stranger sends is held here.
        try:
            sender = await _sender(engine, crowd, request)
        except (page.Refused, BackendAway):
            await upload.read_out(request)
            raise
        if sender is None:
            await upload.read_out(request)
            return page.go("/s/read")  # it says that the time is over, if it is
        person, policy, limits = sender
        try:
            fields, files = await upload.files(request, limits.megabytes)
        except upload.TooLarge:
            return _show(request, policy, (), told="large")
        if not files:
            return _show(request, policy, (), told="none")
        given = dict(fields)
        paper = next((one for one in get_args(Paper) if one == given.get("paper")), None)
        call = HandInDocument(person=person, received_at=engine.clock(), channel="web", paper=paper)
        form = _form(given.get("post", ""))
        done = [await _handed_in(engine, policy, call, form, one) for one in files]
        return _show(request, policy, done)

    return routes


async def _sender(engine: Engine, crowd: Crowd, request: Request) -> tuple[UUID, Policy, DocumentLimits] | None:
    """The person whose right the request shows, where the backend knows it and papers are taken; and what is taken.

    Raises page.Refused and BackendAway. Nothing of the form is read for it.
    """
    if not page.ours(request):
        raise page.Refused(403)
    if not crowd.lets_in(source_of(engine, request)):
        raise page.Refused(429)
    right = secure.right_of(engine, request)
    if right is None:
        return None
    try:
        readable = await engine.backend.readable(right.municipality, right.token)
    except ContractError:
        return None
    policy = await engine.policy(right.municipality)
    return (readable.person, policy, policy.documents) if policy.documents is not None else None


async def _handed_in(engine: Engine, policy: Policy, call: HandInDocument, form: UUID, content: bytes) -> Done:
    """One file. Raises BackendAway: then she is told to try again, and the same form is the same paper."""
    key = await asyncio.to_thread(_key, form, call, content)
    sealed = await asyncio.to_thread(seal, content, policy, call.person, key)
    try:
        receipt = await engine.backend.hand_in(policy.municipality, key, call, sealed)
    except ContractError as problem:
        raise BackendAway(problem.code) from None
    if receipt.refused is not None:
        return Done(why_not(receipt.refused, policy.documents), warns=True)
    hard = bool(receipt.warnings)
    words = say(HARD_TO_READ if hard else IS_HERE)
    if receipt.by is not None and receipt.paper is not None:
        # No notice tells her: what stands here is the answer.
        words = side_by_side([words, count(receipt, local_day(call.received_at))])
    return Done(words, warns=hard)


def _key(form: UUID, call: HandInDocument, content: bytes) -> UUID:
    """What makes this paper the same when its form is sent twice. Another file by the same form (she went back, and
    chose again) is another paper."""
    return uuid5(form, f"{call.person} {call.paper} {sha256(content).hexdigest()}")


def _form(given: str) -> UUID:
    try:
        return UUID(given)
    except ValueError:
        return uuid4()


def _show(request: Request, policy: Policy, done: Sequence[Done], told: str = "") -> Response:
    language = page.language_of(request)
    return secure.show(
        request,
        policy,
        "secure/papers.html",
        limits=policy.documents,
        kinds=[(paper, render(say(name), language)) for paper, name in PAPERS.items()],
        done=done,
        told=render(say(TOLD[told]), language) if told else "",
        post=str(uuid4()),
    )
