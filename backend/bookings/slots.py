"""The names of offered times, as they travel to the bot and back."""

from datetime import UTC, datetime, timedelta

from backend.errors import Invalid

_MINUTE = timedelta(minutes=1)
_FORMAT = "%Y%m%dT%H%MZ"


def name(start: datetime, length: timedelta) -> str:
    """The name of a time: ``20261201T0830Z-45``. It names no resource: who takes the meeting is decided when booked."""
    return f"{start.astimezone(UTC).strftime(_FORMAT)}-{length // _MINUTE}"


def parse(slot: str) -> tuple[datetime, timedelta]:
    """Start and length of a named time. Raises Invalid for anything that is no such name."""
    at, _, minutes = slot.partition("-")
    try:
        start = datetime.strptime(at, _FORMAT).replace(tzinfo=UTC)
        length = int(minutes) * _MINUTE
    except (ValueError, OverflowError):
        raise Invalid(field="slot") from None
    if not length or name(start, length) != slot:
        raise Invalid(field="slot")
    return start, length
