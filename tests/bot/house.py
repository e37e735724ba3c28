"""The bot as tests of its rooms meet it: real database, real HTTP, a conversation and a backend the test decides."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
from fastapi import FastAPI
from joserfc.jwk import ECKey
from sqlalchemy import text

from backend import contract, postgres
from backend.contract import Policy, Sensitivity
from bot import settings, worker
from bot.arriving import inbox, notices, papers
from bot.backend import Backend
from bot.channels import found
from bot.channels.sms import Sms
from bot.engine import Engine
from bot.leaving import erasing, outbox, unknown
from bot.messages import Event, Outgoing, Said, State, Turn
from bot.sms.elks import Elks as ElksProvider
from bot.sms.twilio import Twilio as TwilioProvider
from bot.stories.twilio import Twilio
from bot.text import say
from bot.turning import calls, timers
from tests.bot.talker import NEW

ACCOUNT, TOKEN = "AC" + "a" * 32, "t" * 32
NUMBER = "+46701740690"
SARA, OMAR = "+46701740605", "+46701740606"
TOWN = "trelleborg"
MONDAY = datetime(2026, 11, 30, 8, 58, tzinfo=UTC)
"""Monday 30 November 2026, 9.58 in Sweden."""
ENVELOPE_KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
SEAL_KEY = ECKey.generate_key("P-256", auto_kid=True)
EPOCH = UUID("00000000-0000-4000-8000-0000000000e0")

POLICY = Policy(
    version="1",
    municipality=TOWN,
    name="Trelleborgs kommun",
    ceilings={"sms": Sensitivity.PERSONAL, "telegram": Sensitivity.PERSONAL, "web": Sensitivity.PERSONAL},
    ceiling_policy="guided",
    address="Exempelgatan 4, Trelleborg",
    telephone="070-174 06 90",
    after_hours_telephone="070-174 06 92",
    public_page="trelleborg.example/s",
    seal_keys=(SEAL_KEY.as_dict(private=False),),
    telegram=True,
)


def numbers_of(many: int, after: int = 0) -> list[str]:
    """So many telephones of the row that is set aside for fiction, where Sara's is the first."""
    return [f"+{int(SARA) + n}" for n in range(after, after + many)]


class Clock:
    """Business time, moved by the test."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Parrot:
    """A conversation that repeats what it hears, unless the test has said what to do at a word or an event.

    ``heard``: every event it was given, with the state; a turn taken anew because it could not be written is one, for
    its state has not moved. ``on``: words or event class name -> the turn.
    """

    def __init__(self) -> None:
        self.heard: list[tuple[State, Event]] = []
        self.on: dict[str, Callable[[State, Event], Turn]] = {}
        self.now: datetime | None = None

    def __call__(self, state: State, event: Event, _policy: Policy, now: datetime) -> Turn:
        self.now = now
        state = state.with_thread(turns=state.thread.turns + 1, language=state.thread.language or "sv")
        if (state, event) != (self.heard[-1] if self.heard else None):
            self.heard.append((state, event))
        key = event.words if isinstance(event, Said) else type(event).__name__
        if key in self.on:
            return self.on[key](state, event)
        if isinstance(event, Said):
            return Turn(state, says=(reply(f"Du skrev: {event.words}"),))
        return Turn(state)

    def heard_words(self, *only: str) -> list[str]:
        """What was said, in the order its turns were taken."""
        words = [event.words for event in self.events(Said)]
        return [word for word in words if word in only] if only else words

    def events(self, kind: type) -> list[Any]:
        return [event for _, event in self.heard if isinstance(event, kind)]


def reply(words: str, kind: str = "reply", **values: Any) -> Outgoing:
    return Outgoing(kind, say("{words}", words=words), verbatim=words, **values)


def says(*messages: Outgoing | str, **effects: Any) -> Callable[[State, Event], Turn]:
    """A turn that says these and does that."""
    made = tuple(reply(message) if isinstance(message, str) else message for message in messages)
    return lambda state, _event: Turn(state, says=made, **effects)


class Office:
    """The backend on the wire: what it was asked, and what it answers.

    ``away``: nobody answers. ``status``: something in front of it answers so. ``stumbles``: how many of the next calls
    fail with a 500. ``answers``: path's first part -> the answer, or a function of the request's body. ``refuses``:
    path's first part -> problem. ``all_at_once``: what it says of many messages asked about together, instead of
    what it says of each.
    """

    def __init__(self) -> None:
        self.asked: list[tuple[str, str, Any]] = []
        self.away = False
        self.stumbles = 0
        self.status: int | None = None
        self.policy = POLICY
        self.answers: dict[str, Any] = {
            "still-true": {"true": True},
            "calls-for-help": {"case": str(EPOCH), "received_at": MONDAY.isoformat()},
            "application-choice": NEW.model_dump(mode="json"),
        }
        self.refuses: dict[str, tuple[int, contract.ProblemCode]] = {}
        self.all_at_once: dict[str, Any] | None = None
        self.epoch = EPOCH
        self.feed: list[dict[str, Any]] = []

    def told(self, first: str) -> list[Any]:
        """The bodies of the calls whose path begins so, in order."""
        return [body for _, path, body in self.asked if path.startswith(first)]

    def tells(
        self, kind: contract.NoticeKind, person: UUID, body: contract.Value, spoilt: dict[str, Any] | None = None
    ) -> UUID:
        """Put a notice in the feed; ``spoilt``: with these members instead."""
        notice = contract.Notice(
            id=uuid4(),
            position=len(self.feed) + 1,
            kind=kind,
            person=person,
            at=MONDAY,
            body=body.model_dump(mode="json"),
        )
        self.feed.append({**notice.model_dump(mode="json"), **(spoilt or {})})
        return notice.id

    def transport(self) -> httpx2.MockTransport:
        return httpx2.MockTransport(self._answer)

    def _answer(self, request: httpx2.Request) -> httpx2.Response:
        if self.away:
            raise httpx2.ConnectError("refused", request=request)
        path = request.url.path.removeprefix(f"/api/v1/{TOWN}/")
        if path == "policy":
            return httpx2.Response(200, text=self.policy.model_dump_json())
        if path == "notices":
            return self._feed(request)
        body = _body(request)
        self.asked.append((request.method, path, body))
        if self.stumbles:
            self.stumbles -= 1
            return httpx2.Response(500)
        if self.status:
            return httpx2.Response(self.status, text="<html>not ours</html>")
        first = path.split("/")[0]
        if first in self.refuses:
            status, code = self.refuses[first]
            problem = contract.Problem(
                type=f"https://imorgon.example/problems/{code}", title="No", status=status, code=code
            )
            return httpx2.Response(status, text=problem.model_dump_json())
        answer = self.answers.get(first)
        if path == "still-true/all":
            answer = self._of_all(body["queries"])
        elif callable(answer):
            answer = answer(body)
        return httpx2.Response(200, json=answer) if answer is not None else httpx2.Response(204)

    def _of_all(self, queries: list[Any]) -> Any:
        if self.all_at_once is not None:
            return self.all_at_once
        answer = self.answers["still-true"]
        return {"true": [(answer(query) if callable(answer) else answer)["true"] for query in queries]}

    def _feed(self, request: httpx2.Request) -> httpx2.Response:
        wanted = request.url.params
        if wanted.get("epoch") not in (None, str(self.epoch)):
            problem = contract.Problem(
                type="unknown-epoch", title="Restored", status=409, code=contract.ProblemCode.UNKNOWN_EPOCH
            )
            return httpx2.Response(409, text=problem.model_dump_json())
        after, limit = int(wanted["after"]), int(wanted["limit"])
        found = [notice for notice in self.feed if notice["position"] > after][:limit]
        return httpx2.Response(200, json={"epoch": str(self.epoch), "notices": found})


def _body(request: httpx2.Request) -> Any:
    """What was sent; of a file its query, and the file as it came."""
    if request.headers.get("content-type") == "application/jose":
        return {**request.url.params, "jwe": request.content.decode()}
    return json.loads(request.content) if request.content else None


class House:
    """The bot of one process: its engine, and its work done piece by piece, or going on by itself."""

    def __init__(
        self,
        database: postgres.Database,
        office: Office,
        parrot: Parrot,
        twilio: Twilio,
        clock: Clock,
        *,
        more: Mapping[str, str],
    ) -> None:
        self.office, self.parrot, self.clock, self.twilio = office, parrot, clock, twilio
        self.environ = {
            "IMORGON_DATABASE_URL": database.app_url,
            "IMORGON_PUBLIC_URL": "http://127.0.0.1:1",
            "IMORGON_BACKEND_URL": "http://backend.test",
            "IMORGON_BACKEND_TOKEN_TRELLEBORG": "trelleborg-" * 4,
            "IMORGON_ENVELOPE_KEY": ENVELOPE_KEY,
            "IMORGON_SESSION_SECRET": "s" * 40,
            "IMORGON_TWILIO_ACCOUNT_SID": ACCOUNT,
            "IMORGON_TWILIO_AUTH_TOKEN": TOKEN,
            "IMORGON_TWILIO_API_BASE": twilio.base_url,
            "IMORGON_TWILIO_FROM_TRELLEBORG": NUMBER,
            # Nobody waits for a token but where that is the story.
            **{f"IMORGON_RATE_{of}": "1000" for of in ("SMS", "SMS_CHAT", "TELEGRAM", "TELEGRAM_CHAT")},
            **more,
        }
        read = settings.read(self.environ)
        self.channels = found(read)
        self.backend = Backend(read.backend_url, read.tokens, transport=office.transport())
        self.engine = Engine(read, clock, parrot, self.channels, backend=self.backend)

    def application(self) -> FastAPI:
        app = FastAPI(lifespan=self._lifespan)
        for channel in self.channels.values():
            app.include_router(channel.router(self.engine))
        return app

    @asynccontextmanager
    async def _lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        yield
        await self.engine.close()

    def known_as(self, url: str) -> None:
        """The address people and the provider know us by."""
        self.engine.settings = replace(self.engine.settings, public_url=url)
        if "telegram" in self.channels:
            self.channels["telegram"].public_url = url  # type: ignore[attr-defined]  # the test serves on a port found late
        sms = self.channels.get("sms")
        for provider in sms.providers if isinstance(sms, Sms) else ():
            if isinstance(provider, TwilioProvider | ElksProvider):
                provider.public_url = url

    def known_again(self) -> None:
        """After a restart on another port: what was sent before reports to where we are now."""
        for sent in self.twilio.texts:
            if sent.callback is not None:
                sent.callback = self.engine.settings.public_url + "/sms/" + sent.callback.partition("/sms/")[2]

    # --- Work, piece by piece -----------------------------------------------------------------------------------------

    async def work(self) -> None:
        """Everything that can be done now, until nothing more is."""
        engine, busy = self.engine, set[UUID]()
        for _ in range(50):
            await notices.collect(engine, TOWN, UUID(int=1))
            await notices.route(engine, TOWN)
            for thread, town in await inbox.pending(engine):
                await inbox.drain(engine, thread, town)
            more = [await timers.fire(engine)]
            while await calls.make_one(engine):
                more.append(True)
            while await erasing.work_on_one(engine):
                more.append(True)
            while await papers.work_on_one(engine) or await papers.tell(engine):
                more.append(True)
            await unknown.lost_leases(engine)
            while await unknown.look_up_one(engine):
                more.append(True)
            while await outbox.send_one(engine, busy):
                more.append(True)
            await calls.copy_entries(engine)
            if not any(more):
                return
        raise AssertionError("the work never ends")

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        """A worker beside us."""
        stop = asyncio.Event()
        task = asyncio.create_task(worker.run(self.engine, stop))
        try:
            yield
        finally:
            stop.set()
            await task

    # --- What lies in the database ------------------------------------------------------------------------------------

    async def rows(self, query: str, **values: Any) -> list[Any]:
        async with self.engine.database.transaction() as connection:
            return list((await connection.execute(text(query), values)).all())

    async def change(self, statement: str, **values: Any) -> None:
        async with self.engine.database.transaction() as connection:
            await connection.execute(text(statement), values)

    async def states(self) -> list[str]:
        """The states of the outbox, in order."""
        return [row.state for row in await self.rows("select state from outbox order by seq")]

    async def opened(self) -> list[str]:
        """Every sealed value of the tables people's words lie in, opened."""
        return await opened_in(self.engine)

    async def everything(self) -> bytes:
        """Every byte of every table, as one."""
        tables = await self.rows("select tablename from pg_tables where schemaname = 'public'")
        found = []
        for table in tables:
            found += [repr(tuple(row)).encode() for row in await self.rows(f'select * from "{table.tablename}"')]
            found += [
                value
                for row in await self.rows(f'select * from "{table.tablename}"')
                for value in row
                if isinstance(value, bytes)
            ]
        return b"\n".join(found)


async def opened_in(engine: Engine) -> list[str]:
    """Every sealed value of the tables people's words lie in, opened with the key that is in no database."""
    codec = await engine.codec(TOWN)
    places = {
        "entries": ("original", "swedish"),
        "outbox": ("message", "text"),
        "threads": ("state",),
        "persons": ("state",),
        "runs": ("body",),
        "inbox": ("body",),
        "calls": ("body",),
        "contact_points": ("address",),
        "papers": ("place",),
        "erasures": ("place",),
    }
    found = []
    for table, columns in places.items():
        for row in await _rows(engine, f"select * from {table}"):
            place = f"{row.thread}/{row.number}" if table == "entries" else row.id
            sealed = [(column, getattr(row, column)) for column in columns]
            found += [codec.open(value, table, column, place).decode() for column, value in sealed if value]
    return found


async def _rows(engine: Engine, query: str) -> list[Any]:
    async with engine.database.transaction() as connection:
        return list((await connection.execute(text(query))).all())
