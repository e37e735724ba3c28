"""The talk as JSON for a terminal, in the demo only: post words, ask for the lines that have come.

Whoever begins makes up a word and sends it as the bearer token; its keyed hash is the contact point.
"""

import asyncio
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends, Header, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from backend.contract import Channel as ChannelName
from backend.contract import EntryState
from bot.arriving import inbox
from bot.channels import Channel
from bot.channels.web import LONGEST, ReadHere
from bot.database import DATABASE_ERRORS
from bot.engine import Engine
from bot.messages import Outgoing, Said
from bot.settings import Settings
from bot.text import render
from bot.turning import threads

LONGEST_WAIT = 25.0
"""Seconds (real time) a question for lines waits before it is answered with none."""

_VISIBLE = frozenset({EntryState.SENT, EntryState.DELIVERED})


class Written(BaseModel):
    """What somebody wrote. ``id`` is the client's own: the same one again has no effect."""

    model_config = ConfigDict(extra="forbid")

    words: str = Field(max_length=LONGEST)
    id: str = Field(default_factory=lambda: uuid4().hex, max_length=64)


class Heard(BaseModel):
    """One line of ours: its sentences, then the numbered choices, then what stands after them."""

    number: int
    who: str
    language: str
    text: list[str]
    choices: list[str] = []
    tail: str = ""


class Lines(BaseModel):
    """What has come since; ``last`` is asked after next time."""

    lines: list[Heard]
    last: int


def channel(settings: Settings) -> Channel | None:
    """Open in the demo, where nobody is a real person."""
    return Terminal(settings.session_secret) if settings.demo else None


@dataclass(frozen=True)
class Terminal(ReadHere):
    """Channel ``terminal``."""

    secret: str = field(repr=False)
    name: ChannelName = "terminal"

    def router(self, engine: Engine) -> APIRouter:
        """``POST`` and ``GET /terminal/<municipality>``."""
        router = APIRouter(tags=["terminal"])

        def address(municipality: str, authorization: Annotated[str, Header()] = "") -> str:
            scheme, _, word = authorization.partition(" ")
            if scheme.lower() != "bearer" or len(word) < 16:
                raise HTTPException(401, "Send a word of your own, 16 characters or more, as the bearer token.")
            if municipality not in engine.settings.municipalities:
                raise HTTPException(404, "That municipality is not served here.")
            return hmac.new(self.secret.encode(), f"terminal:{word}".encode(), hashlib.sha256).hexdigest()

        @router.post("/terminal/{municipality}", status_code=202)
        async def write(municipality: str, written: Written, where: str = Depends(address)) -> None:
            inbound = inbox.Inbound(municipality, "terminal", where, f"{where}:{written.id}", Said(written.words))
            try:
                await inbox.receive(engine, inbound)
            except inbox.Unavailable:
                raise HTTPException(503, "Nothing can be received right now.") from None

        @router.get("/terminal/{municipality}")
        async def read(municipality: str, after: int = 0, where: str = Depends(address)) -> Lines:
            try:
                return await _lines(engine, municipality, where, after)
            except DATABASE_ERRORS:
                raise HTTPException(503, "Nothing can be read right now.") from None

        return router


async def _lines(engine: Engine, municipality: str, address: str, after: int) -> Lines:
    thread = await threads.find(engine, municipality, "terminal", address)
    if thread is None:
        return Lines(lines=[], last=after)
    try:
        async with asyncio.timeout(LONGEST_WAIT):
            async for lines in threads.watch(engine, thread, after):
                heard = [_heard(line) for line in lines if line.who != "person" and line.state in _VISIBLE]
                if heard:
                    return Lines(lines=heard, last=heard[-1].number)
    except TimeoutError:
        pass
    return Lines(lines=[], last=after)


def _heard(line: threads.Line) -> Heard:
    message, language = line.outgoing, line.language
    if message is None or message.verbatim is not None:
        return Heard(number=line.number, who=line.who, language=language, text=[line.original])
    return Heard(
        number=line.number,
        who=line.who,
        language=language,
        text=_sentences(message, language),
        choices=[f"{choice.number} {render(choice.label, language)}" for choice in message.choices],
        tail=render(message.tail, language) if message.tail else "",
    )


def _sentences(message: Outgoing, language: str) -> list[str]:
    return [render(text, language) for text in (message.why, message.text) if text is not None]
