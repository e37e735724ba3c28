"""Agencies that stories about interpreters order from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from backend.bookings.models import Resource
from backend.contract import Meeting
from backend.interpreters import answers, routine, sending, service
from backend.interpreters.models import InterpreterOrder, Sending
from backend.interpreters.ordering import Asked, Heard, NotNow, NotTaken, Way
from backend.interpreters.sending import Agencies
from backend.municipalities.agencies import Agency, Price
from tests.backend.meetings import Town

PUBLIC_URL = "https://imorgon.example"
SECRET = "s" * 40


def agency(slug: str = "orda", **other: Any) -> Agency:
    """An agency that has Arabic and Tigrinya by telephone and on site, and answers within an hour between 7 and 17."""
    given: dict[str, Any] = {
        "slug": slug,
        "name": slug.capitalize(),
        "telephone": "070-174 06 90",
        "languages": ("ar", "ti"),
        "modes": ("on-site", "phone"),
        "order_by": "e-mail",
        "address": f"order@{slug}.example",
        "answers_from": time(7),
        "answers_until": time(17),
        "answer_minutes": 60,
        "ordered_before": {"on-site": 20, "phone": 2},
        "free_until": {"on-site": 18, "phone": 4},
        "prices": (
            Price(mode="phone", since=date(2026, 1, 1), kronor_per_hour=400, source="example", status="example"),
            Price(mode="on-site", since=date(2026, 1, 1), kronor_per_hour=700, source="example", status="verified"),
        ),
        "source": "example",
        "status": "agreed",
        **other,
    }
    return Agency.model_validate(given)


@dataclass
class Told(Way):
    """A way that only remembers what it was told, and can be made to fail."""

    fails: list[NotNow | NotTaken] = field(default_factory=list)
    said: list[tuple[str, Asked]] = field(default_factory=list)
    answers: Heard | None = None
    looks: Heard | None = None

    async def order(self, asked: Asked) -> Heard | None:
        return self._hears("order", asked)

    async def cancel(self, asked: Asked) -> Heard | None:
        return self._hears("cancel", asked)

    async def look(self, order: UUID) -> Heard | None:  # noqa: ARG002  # it is never asked
        return self.looks

    def _hears(self, kind: str, asked: Asked) -> Heard | None:
        self.said.append((kind, asked))
        if self.fails:
            raise self.fails.pop(0)
        return self.answers

    @property
    def kinds(self) -> list[str]:
        return [kind for kind, _ in self.said]


@dataclass
class Ordering:
    """A town with agencies, and the ways to them. ``now`` is real time, which leases and tries go by."""

    town: Town
    ways: Mapping[str, Way]
    now: datetime = field(default_factory=lambda: datetime.now(UTC) + timedelta(seconds=1))

    @property
    def own(self) -> Agencies:
        return Agencies(self.ways, PUBLIC_URL, SECRET)

    def real(self) -> datetime:
        return self.now

    async def sends(self, **later: float) -> None:
        """A round of sending, so much later."""
        self.now = max(self.now, datetime.now(UTC)) + timedelta(**later)
        await sending.send_due(self.town.database, self.own, self.town.clock, self.real)

    async def looks(self, **later: float) -> None:
        """A round of looking how orders stand."""
        self.now = max(self.now, datetime.now(UTC)) + timedelta(**later)
        await sending.look_due(self.town.database, self.own, self.town.clock, self.real)

    async def goes_on(self) -> None:
        """A round of passing over who is silent."""
        await routine.go_on(self.town.database, self.town.clock)

    async def hears(self, order: UUID, heard: Heard) -> None:
        async with self.town.database.transaction() as session:
            await answers.hear(session, self.town.clock, order, heard)

    async def order(self, meeting: Meeting, step: int = 1) -> InterpreterOrder:
        async with self.town.database.transaction() as session:
            of_it = select(InterpreterOrder).where(
                InterpreterOrder.meeting == meeting.id, InterpreterOrder.step == step
            )
            return (await session.exec(of_it)).one()

    async def rows(self) -> list[tuple[str, str]]:
        """What was to be sent, and what became of it."""
        async with self.town.database.transaction() as session:
            rows = await session.exec(select(Sending).order_by(col(Sending.made_at)))
            return [(row.kind, row.state) for row in rows.all()]

    async def steps(self, meeting: Meeting) -> list[str]:
        """What happened on the way to the interpreter."""
        async with self.town.database.transaction() as session:
            found = await service.steps(session, [meeting.id])
            return [f"{step.interpreter} {step.kind}" for step in found.get(meeting.id, ())]


async def a_room(town: Town, lines: int = 1) -> None:
    """Somebody to meet, with lines to interpreters far away."""
    await town.has_caseworker()
    async with town.database.transaction() as session:
        session.add_all(Resource(kind="line", name=f"Telefon {number}", mode="phone") for number in range(lines))
