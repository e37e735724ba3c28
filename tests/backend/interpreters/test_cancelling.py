"""What a cancellation costs at an agency, and what an agency may send an invoice for."""

import csv
import io
from datetime import date
from uuid import UUID

import pytest

from backend.contract import Meeting
from backend.errors import Invalid, NotFound
from backend.interpreters import invoices
from backend.interpreters.invoices import Booking
from backend.interpreters.ordering import Heard
from backend.municipalities.agencies import Mode
from tests.backend.interpreters.agencies import Ordering, Told, a_room, agency
from tests.backend.meetings import Town, slot_at, sweden

HALF_PAST_NINE = slot_at("2026-12-01 09:30", 45)


async def confirmed(town: Town, slot: str = HALF_PAST_NINE) -> tuple[Ordering, Meeting]:
    """A meeting whose agency has said yes."""
    town.database.agencies = (agency(),)
    ordering = Ordering(town, {"orda": Told()})
    await a_room(town)
    meeting = await town.books(slot, "ti")
    await ordering.sends()
    await ordering.hears((await ordering.order(meeting)).id, Heard("confirmed", "A-7"))
    return ordering, meeting


async def listed(town: Town) -> tuple[Booking, ...]:
    async with town.database.transaction() as session:
        return await invoices.of_month(session, date(2026, 12, 1))


async def says(town: Town, order: UUID, minutes: int, mode: Mode = "phone", kronor: int | None = None) -> None:
    async with town.database.transaction() as session:
        await invoices.say_actual(session, town.clock, order, minutes=minutes, mode=mode, by=UUID(int=1), kronor=kronor)


@pytest.mark.parametrize(
    ("slot", "at", "fee_due"),
    [
        pytest.param(HALF_PAST_NINE, "2026-12-01 05:30", False, id="telephone, four hours before"),
        pytest.param(HALF_PAST_NINE, "2026-12-01 05:31", True, id="telephone, later"),
        pytest.param(slot_at("2026-12-03 09:30", 45), "2026-12-02 15:30", False, id="on site, eighteen hours before"),
        pytest.param(slot_at("2026-12-03 09:30", 45), "2026-12-02 15:31", True, id="on site, later"),
    ],
)
async def test_the_meeting_takes_the_interpreter_with_it_and_late_it_costs(
    town: Town, slot: str, at: str, fee_due: bool
) -> None:
    ordering, meeting = await confirmed(town, slot)
    town.clock.now = sweden(at)
    (line,) = await town.orders()
    assert (line.free_until is not None and line.free_until < town.clock()) is fee_due
    await town.cancels(meeting)
    await ordering.sends()
    assert (await ordering.order(meeting)).fee_due is fee_due
    assert (await ordering.rows())[-1] == ("cancel", "sent")
    assert [one.cancelled_late for one in await listed(town)] == ([True] if fee_due else [])


async def test_what_was_not_confirmed_costs_nothing(town: Town) -> None:
    town.database.agencies = (agency(),)
    ordering = Ordering(town, {})
    await a_room(town)
    meeting = await town.books(HALF_PAST_NINE, "ti")
    town.clock.now = sweden("2026-12-01 09:00")
    await town.cancels(meeting)
    assert not (await ordering.order(meeting)).fee_due
    assert await listed(town) == ()


async def test_what_was_ordered_and_what_it_became_stand_side_by_side(town: Town) -> None:
    ordering, meeting = await confirmed(town)
    order = await ordering.order(meeting)
    (before,) = await listed(town)
    assert (before.minutes, before.mode, before.kronor, before.price_verified) == (45, "phone", 400, False)
    assert before.actual_minutes is None
    await says(town, order.id, 75)
    (one,) = await listed(town)
    assert (one.actual_minutes, one.actual_mode, one.actual_kronor) == (75, "phone", 500)
    await says(town, order.id, 60, "on-site", 912)
    (one,) = await listed(town)
    assert (one.actual_minutes, one.actual_mode, one.actual_kronor) == (60, "on-site", 912)
    for minutes, kronor in ((-1, None), (2000, None), (45, -1)):
        with pytest.raises(Invalid):
            await says(town, order.id, minutes, "phone", kronor)


async def test_ours_are_not_invoiced(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Selam", "ti")
    await town.books(HALF_PAST_NINE, "ti")
    order = (await town.orders())[0].id
    await town.confirms(order)
    assert await listed(town) == ()
    with pytest.raises(NotFound):
        await says(town, order, 45)


async def test_the_file_is_read_by_a_spreadsheet_and_has_no_person(town: Town) -> None:
    ordering, meeting = await confirmed(town)
    order = await ordering.order(meeting)
    await ordering.hears(order.id, Heard("confirmed", "=cmd()"))
    await says(town, order.id, 60)
    written = invoices.as_csv(await listed(town))
    assert written.startswith("\N{ZERO WIDTH NO-BREAK SPACE}Förmedling;Ordernummer;")
    assert str(meeting.person) not in written
    head, row = csv.reader(io.StringIO(written), delimiter=";")
    assert dict(zip(head, row, strict=True)) == {
        "\N{ZERO WIDTH NO-BREAK SPACE}Förmedling": "Orda",
        "Ordernummer": f"T1287-{order.number}",
        "Förmedlingens nummer": "'=cmd()",
        "Dag": "2026-12-01",
        "Från": "09:30",
        "Till": "10:15",
        "Språk": "ti",
        "Sätt": "telefon",
        "Beställda minuter": "45",
        "Väntad kostnad": "400",
        "Priset kontrollerat": "nej",
        "Avbokad för sent": "nej",
        "Verkliga minuter": "60",
        "Verkligt sätt": "telefon",
        "Verklig kostnad": "400",
    }


async def test_another_month_is_another_list(town: Town) -> None:
    await confirmed(town, slot_at("2026-12-01 09:30", 45))
    async with town.database.transaction() as session:
        assert await invoices.of_month(session, date(2026, 11, 30)) == ()
        assert len(await invoices.of_month(session, date(2026, 12, 31))) == 1
