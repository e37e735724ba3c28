"""What stories about the backend are told with: a clock to move, the bot's side of the wire, an application."""

import asyncio
import json
from collections.abc import AsyncIterator, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from joserfc.jwk import ECKey

from backend import app, settings
from backend.access import Reader
from backend.bookings import seed as calendars
from backend.cases import desk
from backend.cases.models import Paper, PaperState
from backend.contract import (
    BookMeeting,
    CallForHelp,
    CallForHelpReceipt,
    Child,
    Feed,
    FreeTimes,
    FreeTimesQuery,
    Income,
    Meeting,
    Notice,
    NoticeKind,
    SendApplication,
    Value,
)
from backend.database import Database
from backend.settings import Settings

ENVELOPE_KEY = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="
MONDAY = datetime(2026, 11, 30, 9, 58, tzinfo=UTC) - timedelta(hours=1)
"""Monday 30 November 2026 at 9.58 in Sweden: an ordinary working day before two more."""

_PERSON_NUMBERS = json.loads((Path(__file__).parents[1] / "data" / "identity_test_numbers.json").read_text())
PERSON_NUMBER: str = _PERSON_NUMBERS["personnummer"][20]
"""An official test personnummer, planted where none may come out again."""

TELEPHONE = "+46701740612"
SLUGS = ("trelleborg", "svedala")
SEAL_KEYS = {slug: ECKey.generate_key("P-256", auto_kid=True) for slug in SLUGS}
JOHAN = Reader(UUID(int=1), "Johan", "customer-service")
MARIA = Reader(UUID(int=2), "Maria", "caseworker")
ELIN = Reader(UUID(int=3), "Elin", "interpreter-booking")


class StoryClock:
    """Business time that a test moves by hand."""

    def __init__(self, now: datetime = MONDAY) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **time: float) -> datetime:
        self.now += timedelta(**time)
        return self.now


@dataclass
class Bot:
    """The other half, as far as the wire goes: one client with one municipality's token."""

    client: httpx2.AsyncClient
    slug: str
    token: str
    headers: dict[str, str] = field(default_factory=dict)

    async def call(self, method: str, path: str, body: Value | object = None, **headers: str) -> httpx2.Response:
        sent = body.model_dump(mode="json") if isinstance(body, Value) else body
        return await self.client.request(
            method,
            f"/api/v1/{self.slug}/{path}",
            json=sent,
            headers={"Authorization": f"Bearer {self.token}", **self.headers, **headers},
        )

    async def get(self, path: str, **headers: str) -> httpx2.Response:
        return await self.call("GET", path, None, **headers)

    async def put(self, path: str, body: Value | object) -> httpx2.Response:
        return await self.call("PUT", path, body)

    async def post(self, path: str, body: Value | object) -> httpx2.Response:
        return await self.call("POST", path, body)

    async def asks_for_help(
        self, at: datetime = MONDAY, *, words: str = "", language: str = "ar", person: UUID | None = None
    ) -> "Applicant":
        """Somebody new writes; the bot registers her call for help."""
        applicant = Applicant(person or uuid4(), uuid4(), language)
        call = CallForHelp(
            person=applicant.person,
            thread=applicant.thread,
            channel="sms",
            language=language,
            received_at=at,
            words=words,
            telephone=TELEPHONE,
        )
        answer = await self.put(f"calls-for-help/{uuid4()}", call)
        assert answer.status_code == 200, answer.text
        applicant.receipt = CallForHelpReceipt.model_validate(answer.json())
        return applicant


@dataclass
class Applicant:
    """Somebody who wrote."""

    person: UUID
    thread: UUID
    language: str
    receipt: CallForHelpReceipt | None = None


@dataclass
class Backend:
    """A running application, and the bot's side of it per municipality."""

    app: FastAPI
    settings: Settings
    clock: StoryClock
    bots: dict[str, Bot]

    @property
    def trelleborg(self) -> Bot:
        return self.bots["trelleborg"]

    @property
    def svedala(self) -> Bot:
        return self.bots["svedala"]

    def database(self, slug: str = "trelleborg") -> Database:
        found: Database = self.app.state.databases[slug]
        return found


@contextmanager
def nothing_by_itself() -> Iterator[None]:
    """A backend that starts in here looks after nothing until a test does. What eleven rounds ask of a new database,
    each on a connection of its own, is a quarter of what a test costs, and comes between its own steps.

    ``tests/backend/test_app.py`` holds that they go, and each room's tests what they do.
    """

    async def never(*_: object) -> None:
        await asyncio.Event().wait()

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("backend.app.go_round", never)
        yield


@asynccontextmanager
async def started(given: dict[str, str], clock: StoryClock, *, goes_round: bool = False) -> AsyncIterator[Backend]:
    """An application as it runs. ``goes_round``: it looks by itself after what is due."""
    read = settings.read(given)
    served = app.create(read, clock)
    transport = httpx2.ASGITransport(app=served)
    with nullcontext() if goes_round else nothing_by_itself():
        async with (
            served.router.lifespan_context(served),
            httpx2.AsyncClient(transport=transport, base_url="http://x") as client,
        ):
            bots = {slug: Bot(client, slug, tenant.token) for slug, tenant in read.tenants.items()}
            yield Backend(served, read, clock, bots)


async def at_once(*work: Coroutine[Any, Any, Any]) -> list[Any]:
    """Run coroutines at the same time and give what each gave or raised."""
    return list(await asyncio.gather(*work, return_exceptions=True))


async def told(bot: Bot, kind: NoticeKind | None = None) -> list[Notice]:
    """What the feed has told so far, of one kind or of all."""
    feed = Feed.model_validate((await bot.get("notices?limit=500")).json())
    return [notice for notice in feed.notices if kind in (None, notice.kind)]


def application(applicant: Applicant, at: datetime = MONDAY, **answers: Any) -> SendApplication:
    """An attested application of somebody who rents and has had a salary, unless told otherwise."""
    given: dict[str, Any] = {
        "applies_alone": True,
        "children": (Child(age=4, days=15), Child(age=9, days=30)),
        "housing": "rental",
        "housing_kronor": 5850,
        "has_income": True,
        "incomes": (Income(kind="salary", kronor=4200),),
        "planning": "job-seeking",
        **answers,
    }
    return SendApplication(
        person=applicant.person,
        received_at=at,
        language=applicant.language,
        attested=True,
        digest="0" * 64,
        **given,
    )


async def books_a_meeting(
    backend: Backend, applicant: Applicant, *, interpreter: str | None = None, slug: str = "trelleborg"
) -> Meeting:
    """The first free time, booked over the wire; calendars and interpreters are the demo's."""
    async with backend.database(slug).transaction() as session:
        await calendars.seed(session, backend.clock, backend.database(slug).municipality)
    bot, at = backend.bots[slug], backend.clock()
    query = FreeTimesQuery(person=applicant.person, at=at, interpreter_language=interpreter)
    offered = FreeTimes.model_validate((await bot.post("free-times", query)).json())
    call = BookMeeting(person=applicant.person, slot=offered.times[0].slot, at=at, interpreter_language=interpreter)
    answer = await bot.put(f"meetings/{uuid4()}", call)
    assert answer.status_code == 200, answer.text
    return Meeting.model_validate(answer.json())


async def meets(
    backend: Backend, applicant: Applicant, *agreed: desk.Agreed, complete: bool = True, meeting: UUID | None = None
) -> None:
    """Maria met her, saw her ID and her papers, and wrote the note."""
    seen: dict[Paper, PaperState] = {
        "bank-statements": "seen",
        "lease": "seen",
        "rent-invoice": "seen",
        "payslip": "seen",
    }
    note = desk.Note(
        came=True,
        meeting=meeting,
        identity_seen=True,
        papers=seen,
        complete=complete,
        active="active",
        told_in_room=True,
        agreed=agreed,
    )
    async with backend.database().transaction() as session:
        await desk.write_note(session, backend.clock, MARIA, applicant.person, note)
