"""Meetings in other people's calendar programs: three readers of iCalendar and a CalDAV server read what we write."""

import asyncio
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import httpx2
import icalendar
import ics  # type: ignore[import-untyped]  # it has no types
import pytest
import vobject  # type: ignore[import-untyped]  # it has no types

from backend.bookings import feeds, ical, missed, service
from backend.calendar import SWEDEN
from backend.contract import CalendarQuery, Meeting, MeetingStatus
from backend.errors import NotFound
from tests.backend.meetings import Town, slot_at, sweden
from tests.backend.stories import Backend


async def _file(town: Town, meeting: Meeting, person: UUID | None = None) -> str:
    async with town.database.transaction() as session:
        call = CalendarQuery(person=person or meeting.person)
        return (await feeds.of_meeting(session, town.clock, meeting.id, call)).text


async def _opens(town: Town, resource: UUID) -> str:
    async with town.database.transaction() as session:
        return await feeds.open_feed(session, town.clock, resource, "Maria")


async def _reads(town: Town, token: str) -> str:
    async with town.database.transaction() as session:
        return await feeds.read(session, town.clock, token)


def _event(text: str) -> icalendar.Event:
    (event,) = icalendar.Calendar.from_ical(text).events
    return event


@pytest.mark.parametrize("day", ["2026-10-23", "2026-10-26", "2027-03-25", "2027-03-30", "2026-12-01"])
async def test_every_reader_gets_the_swedish_hour_also_around_a_change_of_clocks(town: Town, day: str) -> None:
    await town.has_caseworker()
    town.clock.now = sweden(f"{day} 07:00") - timedelta(days=6)
    meeting = await town.books(slot_at(f"{day} 09:30"))
    text = await _file(town, meeting)
    assert "BEGIN:VTIMEZONE" in text
    assert "DTSTART;TZID=Europe/Stockholm:" in text
    assert _event(text).start == meeting.start
    (by_ics,) = ics.Calendar(text).events
    assert by_ics.begin.datetime == meeting.start
    by_vobject = vobject.readOne(text).vevent
    assert by_vobject.dtstart.value == meeting.start
    assert by_vobject.dtend.value == meeting.end


def test_our_rule_of_the_swedish_clock_is_that_of_the_time_zone_data() -> None:
    noons = [
        datetime(year, month, day, 12, tzinfo=SWEDEN)
        for year in range(2026, 2032)
        for month in (3, 10)
        for day in range(20, 32)
    ]
    meeting = Meeting(id=uuid4(), person=uuid4(), start=noons[0], end=noons[0], address="", status=MeetingStatus.BOOKED)
    for noon in noons:
        entry = ical.Entry(meeting.model_copy(update={"start": noon, "end": noon}), meeting.id, 0, "")
        read = vobject.readOne(ical.written([entry], slug="trelleborg", now=noon)).vevent.dtstart.value
        assert read.utcoffset() == noon.utcoffset(), noon


async def test_it_says_when_and_where_and_nothing_of_what(town: Town) -> None:
    await town.has_caseworker()
    await town.has_interpreter("Layla", "ar")
    meeting = await town.books(slot_at("2026-12-01 09:30", 45), "ar")
    event = _event(await _file(town, meeting))
    assert set(event) == {
        *("UID", "SUMMARY", "LOCATION", "DTSTART", "DTEND", "DTSTAMP", "SEQUENCE", "STATUS", "CLASS"),
    }
    assert (str(event["SUMMARY"]), str(event["LOCATION"]), str(event["CLASS"])) == ("Möte", meeting.address, "PRIVATE")
    assert event["STATUS"] == "TENTATIVE"
    assert str(meeting.person) not in str(event["UID"])


async def test_a_change_is_the_same_entry_with_a_higher_sequence_however_it_was_made(town: Town) -> None:
    await town.has_caseworker()
    person = uuid4()
    first = await town.books(slot_at("2026-12-01 09:30"), person=person)
    seen = [_event(await _file(town, first))]
    async with town.database.transaction() as session:
        await service.move_by_staff(session, town.clock, first.id, slot_at("2026-12-01 13:30"))
    seen.append(_event(await _file(town, first)))
    second = await town.books(slot_at("2026-12-02 09:30"), person=person, replaces=first.id)
    seen.append(_event(await _file(town, second)))
    town.clock.now = sweden("2026-12-02 10:00")
    async with town.database.transaction() as session:
        await missed.mark(session, town.clock, second.id, again=True)
        third = await service.next_meeting(session, person, town.clock())
    assert third is not None
    seen.append(_event(await _file(town, third)))
    await town.cancels(third)
    text = await _file(town, third)
    seen.append(_event(text))
    assert "METHOD:CANCEL" in text
    assert seen[-1]["STATUS"] == "CANCELLED"
    assert len({str(event["UID"]) for event in seen}) == 1
    sequences = [event.sequence for event in seen]
    assert sequences == sorted(set(sequences))


async def test_only_her_own(town: Town) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    with pytest.raises(NotFound):
        await _file(town, meeting, uuid4())


async def test_a_caseworker_an_interpreter_and_a_room_follow_their_own_meetings(town: Town) -> None:
    maria = await town.has(
        "caseworker", "Maria", hours=[(sweden("2026-12-01 08:00").time(), sweden("2026-12-01 16:00").time())]
    )
    room = await town.has("place", "Rum 1")
    layla = await town.has_interpreter("Layla", "ar")
    meeting = await town.books(slot_at("2026-12-01 09:30", 45), "ar")
    await town.cancels(await town.books(slot_at("2026-12-01 13:30")))
    for resource, where in ((maria, "Exempelgatan 4, Rum 1"), (room, "Exempelgatan 4, Rum 1"), (layla, "Telefon")):
        text = await _reads(town, await _opens(town, resource))
        event = _event(text)
        assert (event.start, str(event["SUMMARY"]), str(event["LOCATION"])) == (meeting.start, "Möte", where)
        assert "METHOD" not in text
        assert not any(word in text for word in ("Layla", "Maria", "ar-", "tolk", "bistånd", str(meeting.person)))


async def test_a_meeting_that_was_missed_and_booked_again_is_one_entry(town: Town) -> None:
    maria = await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    token = await _opens(town, maria)
    town.clock.now = sweden("2026-12-01 10:00")
    async with town.database.transaction() as session:
        await missed.mark(session, town.clock, meeting.id, again=True)
        again = await service.next_meeting(session, meeting.person, town.clock())
    assert again is not None
    assert _event(await _reads(town, token)).start == again.start


async def test_an_address_is_not_guessed_and_can_be_taken_back(town: Town) -> None:
    await town.has_caseworker()
    maria = await town.has("caseworker", "Ann")
    first = await _opens(town, maria)
    assert len(first) >= 43
    assert "BEGIN:VCALENDAR" in await _reads(town, first)
    second = await _opens(town, maria)
    for wrong in (first, second[:-1], "", "x" * 43):
        with pytest.raises(NotFound):
            await _reads(town, wrong)
    async with town.database.transaction() as session:
        assert await feeds.is_open(session, maria) is not None
        await feeds.revoke(session, town.clock, maria, "Maria")
        assert await feeds.is_open(session, maria) is None
    with pytest.raises(NotFound):
        await _reads(town, second)
    with pytest.raises(NotFound):
        await _opens(town, await town.has("line", "Telefon 9", mode="phone"))


async def test_over_http_it_is_a_calendar_that_nobody_keeps(both: Backend) -> None:
    town = Town(both.database(), both.clock)
    token = await _opens(town, await town.has("caseworker", "Ann"))
    client = both.trelleborg.client
    answer = await client.get(f"/inbox/calendars/trelleborg/{token}.ics")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.headers["cache-control"] == "private, no-store"
    assert icalendar.Calendar.from_ical(answer.text).events == []
    others = (f"svedala/{token}", f"nowhere/{token}", f"trelleborg/{token[:-1]}")
    assert {(await client.get(f"/inbox/calendars/{one}.ics")).status_code for one in others} == {404}


# --- A real CalDAV server ---------------------------------------------------------------------------------------------


@pytest.fixture
async def caldav(tmp_path: Path) -> AsyncIterator[str]:
    """Radicale, empty, on this machine."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "radicale", "--config", "", "--server-hosts", f"127.0.0.1:{port}"),
        *("--storage-filesystem-folder", str(tmp_path), "--auth-type", "none", "--rights-type", "authenticated"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        async with httpx2.AsyncClient(trust_env=False) as client:
            for _ in range(300):
                with suppress(httpx2.TransportError):
                    await client.get(address)
                    break
                await asyncio.sleep(0.1)
        yield address
    finally:
        server.terminate()
        await server.wait()


async def test_a_caldav_server_takes_it_and_its_changes_and_gives_them_back(town: Town, caldav: str) -> None:
    await town.has_caseworker()
    meeting = await town.books(slot_at("2026-12-01 09:30"))
    auth = httpx2.BasicAuth("amal", "x")
    async with httpx2.AsyncClient(base_url=caldav, auth=auth, trust_env=False) as client:
        assert (await client.request("MKCALENDAR", "/amal/own/")).status_code == 201
        where = "/amal/own/meeting.ics"
        put = await client.put(where, content=await _file(town, meeting), headers={"Content-Type": "text/calendar"})
        assert put.status_code == 201, put.text
        first = _event((await client.get(where)).text)
        assert first.start == meeting.start
        async with town.database.transaction() as session:
            moved = await service.move_by_staff(session, town.clock, meeting.id, slot_at("2026-12-02 10:30"))
        put = await client.put(where, content=await _file(town, meeting), headers={"Content-Type": "text/calendar"})
        assert put.status_code in (201, 204), put.text
        second = _event((await client.get(where)).text)
        assert (second.start, second["UID"]) == (moved.start, first["UID"])
        assert second.sequence > first.sequence
        # The server itself understands the hour: it finds the meeting in its own span, and in no other.
        assert await _found(client, "20261202T080000Z", "20261202T110000Z") == 1
        assert await _found(client, "20261202T110000Z", "20261202T130000Z") == 0


async def _found(client: httpx2.AsyncClient, start: str, end: str) -> int:
    query = (
        '<c:calendar-query xmlns:c="urn:ietf:params:xml:ns:caldav" xmlns:d="DAV:"><d:prop><d:getetag/></d:prop>'
        '<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">'
        f'<c:time-range start="{start}" end="{end}"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>'
    )
    answer = await client.request("REPORT", "/amal/own/", content=query, headers={"Depth": "1"})
    assert answer.status_code == 207, answer.text
    return answer.text.count("meeting.ics")
