"""When one may come without a time of one's own, and the places one comes to: the municipality's own data."""

from datetime import date, time
from typing import Literal

from pydantic import Field, model_validator

from backend.contract import OpenFor, Opening, Place, Value

Status = Literal["verified", "example"]
"""*Example* is told in the demo only: nobody is to go where nobody is."""


class OpenHours(Value):
    """When the municipality is open for something: every week on a ``weekday`` (0 is Monday), or on one ``day``.

    ``opens`` and ``closes``: Swedish clock time. ``digital``: by video, and nobody goes to ``place``.
    """

    kind: OpenFor
    weekday: int | None = Field(None, ge=0, le=6)
    day: date | None = None
    opens: time
    closes: time
    place: str = Field(min_length=1, max_length=80)
    digital: bool = False
    source: str
    status: Status

    @model_validator(mode="after")
    def _on_a_weekday_or_a_day(self) -> "OpenHours":
        if (self.weekday is None) == (self.day is None):
            raise ValueError("open_hours: either a weekday or a day")
        if self.opens >= self.closes:
            raise ValueError("open_hours: it closes after it has opened")
        return self

    def told(self) -> Opening:
        """As the bot is told of it."""
        return Opening(
            kind=self.kind,
            weekday=self.weekday,
            day=self.day,
            opens=f"{self.opens:%H:%M}",
            closes=f"{self.closes:%H:%M}",
            place=self.place,
            digital=self.digital,
        )


class Calls(Value):
    """Calls from us in an hour that somebody chose. ``places``: how many can be made in one hour.

    ``ahead_minutes``: how long the municipality is open before the first hour that is offered.
    """

    places: int = Field(ge=1, le=50)
    ahead_minutes: int = Field(ge=0, le=2880)
    ahead_minutes_with_interpreter: int = Field(ge=0, le=2880)


class KnownPlace(Value):
    """A place one comes to: its address as meetings and hours name it, the stop, and where it is on a map.

    ``latitude`` and ``longitude``: degrees, WGS 84. A map in the wrong town does harm, so an example is shown to
    nobody in production.
    """

    address: str = Field(min_length=1, max_length=80)
    bus_stop: str = Field("", max_length=40)
    latitude: float | None = Field(None, ge=-90, le=90)
    longitude: float | None = Field(None, ge=-180, le=180)
    source: str
    status: Status

    @model_validator(mode="after")
    def _both_or_neither(self) -> "KnownPlace":
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("places: latitude and longitude belong together")
        return self

    def told(self) -> Place:
        """As the bot is told of it."""
        return Place(address=self.address, bus_stop=self.bus_stop, latitude=self.latitude, longitude=self.longitude)
