"""Meetings as iCalendar (RFC 5545): for her who was booked, and for the calendars of those who hold them.

Whoever sees somebody's calendar over her shoulder reads "Möte", a time and an address, and nothing else: no name, no
language, no office. The time zone comes along, so that no clock change moves a meeting.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from icalendar import Calendar, Event, Timezone
from icalendar.enums import CLASS, STATUS

from backend.calendar import SWEDEN
from backend.contract import Meeting, MeetingStatus

SUMMARY = "Möte"
MIME = "text/calendar; charset=utf-8"
_PRODUCT = "-//imorgon//SV"
_STATUS = {MeetingStatus.PRELIMINARY: STATUS.TENTATIVE, MeetingStatus.CANCELLED: STATUS.CANCELLED}

_SWEDEN = """\
BEGIN:VTIMEZONE
TZID:Europe/Stockholm
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""
"""As a rule (directive 2000/84/EC), which every reader follows. A list of dates, as a library writes it, was once
read by one of them as winter until the last of October. A test holds it against the time zone data."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One meeting of a calendar. ``root`` is the first meeting of those that replaced one another: who moves her time
    has one entry, that moves. ``sequence`` rises with every change, and ``where`` is what stands as its place."""

    meeting: Meeting
    root: UUID
    sequence: int
    where: str


def written(
    entries: Iterable[Entry], *, slug: str, now: datetime, method: Literal["PUBLISH", "CANCEL"] | None = None
) -> str:
    """A calendar as it is sent. ``method``: what the reader is to do with a single file; a calendar to follow has none.

    ``slug`` is the municipality's; it makes the entries' names one municipality's own.
    """
    calendar = Calendar.new(prodid=_PRODUCT, method=method)
    for entry in entries:
        calendar.add_component(_event(entry, slug, now))
    calendar.add_component(Timezone.from_ical(_SWEDEN))
    text: str = calendar.to_ical().decode()
    return text


def _event(entry: Entry, slug: str, now: datetime) -> Event:
    meeting = entry.meeting
    return Event.new(
        uid=f"{entry.root}@{slug}.imorgon",
        summary=SUMMARY,
        location=entry.where,
        start=meeting.start.astimezone(SWEDEN),
        end=meeting.end.astimezone(SWEDEN),
        stamp=now,
        sequence=entry.sequence,
        status=_STATUS.get(meeting.status, STATUS.CONFIRMED),
        classification=CLASS.PRIVATE,
    )
