"""What stories about the staff pages are told with: somebody at a desk who reads pages and presses buttons."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

import httpx2
from sqlmodel import col, select

from backend.audit import Access
from backend.bookings import seed as resources
from backend.bookings import service as bookings
from backend.contract import (
    BookMeeting,
    Entry,
    EntryState,
    Feed,
    FreeTimesQuery,
    HandOver,
    Meeting,
    Notice,
    NoticeKind,
    Ownership,
)
from backend.database import Database
from backend.staff.seats.models import StaffMember
from tests.backend.stories import TELEPHONE, Applicant, Backend, Bot

HERE = "https://imorgon.example"
STAFF = {
    "trelleborg": {
        "Johan": "customer-service",
        "Sara": "customer-service",
        "Ann": "caseworker",
        "Erik": "caseworker",
        "Maria": "caseworker",
        "Elin": "interpreter-booking",
        "Karin": "controller",
    },
    "svedala": {"Anders": "customer-service", "Lena": "caseworker"},
}


def member_id(slug: str, name: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"test:{slug}:{name}")


async def hire(database: Database, clock: Any) -> None:
    """Staff of a municipality, with the calendars, rooms and interpreters meetings are booked with."""
    slug = database.municipality.slug
    async with database.transaction() as session:
        await resources.seed(session, clock, database.municipality)
        for name, role in STAFF[slug].items():
            calendar = resources.resource_id(slug, "caseworker", name) if role == "caseworker" else None
            session.add(StaffMember(id=member_id(slug, name), name=name, role=role, resource=calendar))


@dataclass
class Page(HTMLParser):
    """A page as it is read: its words, what it warns of, what stands in its forms."""

    status: int
    source: str
    location: str = ""
    words: list[str] = field(default_factory=list)
    elements: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in ("b", "span", "a"):
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        """Everything that can be read, without line breaks."""
        return re.sub(r"\s+", " ", "".join(self.words)).strip()

    def within(self, attribute: str, closing: str) -> str:
        """The words of the element with an attribute, up to a closing tag."""
        part = self.source.partition(attribute)[2].partition(">")[2].partition(closing)[0]
        return Page(self.status, part).text

    @property
    def alert(self) -> str:
        return self.within('role="alert"', "</p>")

    def inputs(self, name: str) -> list[str]:
        """The values of the inputs of a name."""
        return [
            at.get("value", "") for tag, at in self.elements if tag in ("input", "button") and at.get("name") == name
        ]

    def actions(self, ending: str) -> list[str]:
        """Where the forms lead whose address ends so."""
        return [at["action"] for tag, at in self.elements if tag == "form" and at.get("action", "").endswith(ending)]

    def links(self, beginning: str) -> list[str]:
        return [at["href"] for tag, at in self.elements if tag == "a" and at.get("href", "").startswith(beginning)]


@dataclass
class Desk:
    """A browser of one of the staff."""

    client: httpx2.AsyncClient

    async def opens(self, address: str, **headers: str) -> Page:
        return self._page(await self.client.get(address, headers=headers))

    async def presses(self, address: str, fields: Mapping[str, Any] | None = None, **headers: str) -> Page:
        """Press a button; what it leads on to is opened too, as a browser does."""
        answer = await self.client.post(address, data=dict(fields or {}), headers={"Origin": HERE, **headers})
        if answer.status_code == 303:
            opened = await self.opens(answer.headers["location"])
            opened.location = answer.headers["location"]
            return opened
        return self._page(answer)

    async def signs_in(self, name: str, slug: str = "trelleborg") -> "Desk":
        page = await self.presses("/inbox/sign-in", {"municipality": slug, "member": str(member_id(slug, name))})
        assert page.status == 200, page.text
        return self

    def _page(self, answer: httpx2.Response) -> Page:
        return Page(answer.status_code, answer.text, answer.headers.get("location", ""))


@dataclass
class Office:
    """The staff pages of a running application, and the bot's side of the wire."""

    backend: Backend
    clients: list[httpx2.AsyncClient] = field(default_factory=list)

    @property
    def bot(self) -> Bot:
        return self.backend.trelleborg

    @property
    def database(self) -> Database:
        return self.backend.database("trelleborg")

    def desk(self) -> Desk:
        """An empty desk: nobody has signed in."""
        transport = httpx2.ASGITransport(app=self.backend.app, raise_app_exceptions=False)
        client = httpx2.AsyncClient(transport=transport, base_url=HERE)
        self.clients.append(client)
        return Desk(client)

    async def at_desk(self, name: str, slug: str = "trelleborg") -> Desk:
        return await self.desk().signs_in(name, slug)

    async def close(self) -> None:
        for client in self.clients:
            await client.aclose()

    async def asks_for_a_human(self, *, words: str = "أريد التحدث مع إنسان", language: str = "ar") -> Applicant:
        """Somebody writes, the bot answers, and the thread is put in the inbox."""
        applicant = await self.bot.asks_for_help(self.backend.clock(), words=words, language=language)
        await self.writes(applicant, 1, words)
        await self.writes(applicant, 2, "مرحباً!", who="bot", swedish="Hej! Här svarar automaten.", state="sent")
        await self.hands_over(applicant)
        return applicant

    async def hands_over(self, applicant: Applicant) -> None:
        call = HandOver(
            person=applicant.person,
            thread=applicant.thread,
            channel="sms",
            language=applicant.language,
            at=self.backend.clock(),
            reason="asked",
            telephone=TELEPHONE,
            shared_phone=False,
        )
        assert (await self.bot.put(f"handovers/{uuid4()}", call)).status_code == 204

    async def writes(
        self,
        applicant: Applicant,
        number: int,
        original: str,
        *,
        who: Any = "person",
        swedish: str | None = None,
        state: str = "received",
        staff_message: UUID | None = None,
        language: str = "",
    ) -> None:
        """The bot copies an entry of the thread."""
        entry = Entry(
            person=applicant.person,
            at=self.backend.clock(),
            who=who,
            language=language or applicant.language,
            original=original,
            swedish=swedish,
            state=EntryState(state),
            staff_message=staff_message,
        )
        answer = await self.bot.put(f"threads/{applicant.thread}/entries/{number}", entry)
        assert answer.status_code == 204, answer.text

    async def acknowledges(self, applicant: Applicant, owner: Any, epoch: int) -> None:
        """The bot says who owns the thread."""
        answer = await self.bot.put(
            f"threads/{applicant.thread}/ownership/{epoch}", Ownership(owner=owner, at=self.backend.clock())
        )
        assert answer.status_code == 204, answer.text

    async def books(self, applicant: Applicant, *, interpreter: bool = True, slug: str = "trelleborg") -> Meeting:
        """The first time that is free."""
        language, now = (applicant.language if interpreter else None), self.backend.clock()
        async with self.backend.database(slug).transaction() as session:
            query = FreeTimesQuery(person=applicant.person, at=now, interpreter_language=language)
            times = (await bookings.free_times(session, self.backend.clock, query)).times
            call = BookMeeting(person=applicant.person, slot=times[0].slot, at=now, interpreter_language=language)
            return await bookings.book(session, self.backend.clock, uuid4(), call)

    async def told(self, kind: NoticeKind) -> list[Notice]:
        """The notices of a kind that wait for the bot."""
        feed = Feed.model_validate((await self.bot.get("notices?after=0&limit=100")).json())
        return [notice for notice in feed.notices if notice.kind == kind]

    async def log(self, applicant: Applicant) -> list[tuple[str, str, bool]]:
        """Who opened what of somebody: reader, what, allowed."""
        async with self.database.transaction() as session:
            rows = await session.exec(
                select(Access).where(Access.person == applicant.person).order_by(col(Access.number))
            )
            return [(row.reader_name, row.what, row.allowed) for row in rows.all()]
