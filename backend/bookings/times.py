"""Free times, worked out from diaries alone: who is free when, who takes which meeting, which times are offered.

Nothing here reads a clock or a database, so the same questions get the same answers when offering and when booking.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from uuid import UUID

from backend.calendar import NOON, WorkingCalendar, day_in_sweden, moment
from backend.municipalities.agencies import Agency, Mode

GRID = timedelta(minutes=15)
NOTICE = timedelta(hours=1)
"""How long the municipality must have been open between somebody asking and her meeting."""

Period = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class _Day:
    """One day of a diary, worked out once. ``there``: when it can be met at all, ``None`` for always; ``much``: how
    much is taken."""

    there: tuple[Period, ...] | None
    taken: tuple[Period, ...]
    much: timedelta


@dataclass(frozen=True, slots=True)
class Diary:
    """One resource's time. ``hours`` by weekday, ``None`` where it is there whenever the municipality is open.

    ``modes``: how an interpreter takes part, or what a line carries. ``lent``: the only hours it is there for, where
    another municipality lends it.
    """

    resource: UUID
    name: str
    hours: Mapping[int, Sequence[tuple[time, time]]] | None
    taken: Sequence[Period] = ()
    modes: frozenset[str] = frozenset()
    lent: Sequence[Period] | None = None
    _days: dict[date, "_Day"] = field(default_factory=dict, init=False, repr=False, compare=False)

    def is_free(self, start: datetime, end: datetime) -> bool:
        """Whether the resource works from ``start`` to ``end`` and has nothing else then. Both are of one day."""
        return self.is_free_on(day_in_sweden(start), start, end)

    def is_free_on(self, day: date, start: datetime, end: datetime) -> bool:
        """The same, for who knows the day already: a month of everybody asks it a hundred thousand times."""
        on = self._on(day)
        for begins, ends in on.taken:
            if begins < end and start < ends:
                return False
        return on.there is None or any(begins <= start and end <= ends for begins, ends in on.there)

    def taken_on(self, day: date) -> timedelta:
        """How much of a day is taken already."""
        return self._on(day).much

    def _on(self, day: date) -> "_Day":
        found = self._days.get(day)
        if found is None:
            found = self._days[day] = self._read(day)
        return found

    def _read(self, day: date) -> "_Day":
        opens, closes = moment(day, time.min), moment(day + timedelta(days=1), time.min)
        taken = tuple((begins, ends) for begins, ends in self.taken if begins < closes and opens < ends)
        much = sum((min(ends, closes) - max(begins, opens) for begins, ends in taken), timedelta())
        if self.lent is not None:
            return _Day(tuple(self.lent), taken, much)
        if self.hours is None:
            return _Day(None, taken, much)
        shifts = self.hours.get(day.weekday(), ())
        return _Day(tuple((moment(day, starts), moment(day, ends)) for starts, ends in shifts), taken, much)


@dataclass(frozen=True, slots=True)
class AgencyDiary:
    """An agency that has the language, and the times it has said no to, or nothing. ``None``: whatever the way."""

    agency: Agency
    refused: Sequence[tuple[datetime, datetime, str | None]] = ()

    def may_be_asked(self, mode: Mode, asked_at: datetime, start: datetime, end: datetime) -> bool:
        """Whether it may be asked for this time: by its rules, and because it has not said no already."""
        return self.agency.may_be_asked(mode, asked_at, start) and not any(
            begins < end and start < ends and way in (None, mode) for begins, ends, way in self.refused
        )


@dataclass(frozen=True, slots=True)
class Diaries:
    """The diaries of everything a meeting may need."""

    caseworkers: Sequence[Diary] = ()
    places: Sequence[Diary] = ()
    lines: Sequence[Diary] = ()
    interpreters: Sequence[Diary] = ()
    agencies: Sequence[AgencyDiary] = ()


@dataclass(frozen=True, slots=True)
class Interpreting:
    """An interpreter of ours or an agency, how she takes part, and the line she needs for it."""

    interpreter: UUID | None
    mode: Mode
    line: UUID | None
    agency: Agency | None = None

    @property
    def resources(self) -> tuple[UUID, ...]:
        return tuple(resource for resource in (self.interpreter, self.line) if resource is not None)


@dataclass(frozen=True, slots=True)
class Party:
    """Everything one meeting takes."""

    caseworker: UUID
    place: UUID
    interpreting: Interpreting | None = None

    @property
    def resources(self) -> tuple[UUID, ...]:
        return self.caseworker, self.place, *(self.interpreting.resources if self.interpreting else ())


@dataclass(frozen=True, slots=True)
class Held:
    """A time somebody else may choose. ``interpreter``: she needs one of the interpreters in question."""

    start: datetime
    length: timedelta
    interpreter: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody needs. ``caseworker``: whom she has met before, taken if free.

    ``moving``: the meeting to be moved, whose own time counts as free. ``not_interpreter``: who is not wanted again.
    ``elsewhere``: when she is to be somewhere else, by day.
    """

    asked_at: datetime
    length: timedelta
    interpreter: bool = False
    caseworker: UUID | None = None
    moving: UUID | None = None
    not_interpreter: UUID | None = None
    elsewhere: Mapping[date, Sequence[Period]] = field(default_factory=dict)

    def is_elsewhere(self, day: date, start: datetime) -> bool:
        """Whether she has something planned while the meeting would be; ``day`` is the start's."""
        return any(begins < start + self.length and start < ends for begins, ends in self.elsewhere.get(day, ()))


def find_party(diaries: Diaries, wish: Wish, modes: Sequence[Mode], start: datetime) -> Party | None:
    """Who takes a meeting at ``start``, or ``None`` when somebody needed is not free, she herself among them.

    The caseworker she knows goes before one of our own, who goes before one who is lent to us, and then the one with
    most of the day left; then names decide, so that the choice is the same for everybody who looks.
    """
    day, end = day_in_sweden(start), start + wish.length
    if wish.is_elsewhere(day, start):
        return None
    caseworker = _least_taken(
        [diary for diary in diaries.caseworkers if diary.is_free_on(day, start, end)], day, first=wish.caseworker
    )
    place = next((diary for diary in diaries.places if diary.is_free_on(day, start, end)), None)
    if caseworker is None or place is None:
        return None
    if not wish.interpreter:
        return Party(caseworker.resource, place.resource)
    interpreting = find_interpreting(diaries, modes, start, end, asked_at=wish.asked_at, without=wish.not_interpreter)
    return Party(caseworker.resource, place.resource, interpreting) if interpreting else None


def without(
    diaries: Diaries, held: Sequence[Held], modes: Callable[[datetime], Sequence[Mode]], asked_at: datetime
) -> Diaries:
    """The diaries as they would be if every held time were booked; one that cannot be takes nothing."""
    for one in held:
        wish = Wish(asked_at, one.length, one.interpreter)
        if party := find_party(diaries, wish, modes(one.start), one.start):
            booked = partial(_with, party.resources, (one.start, one.start + one.length))
            diaries = replace(
                diaries,
                caseworkers=booked(diaries.caseworkers),
                places=booked(diaries.places),
                lines=booked(diaries.lines),
                interpreters=booked(diaries.interpreters),
            )
    return diaries


def _with(resources: Sequence[UUID], period: Period, kind: Sequence[Diary]) -> tuple[Diary, ...]:
    return tuple(
        replace(diary, taken=(*diary.taken, period)) if diary.resource in resources else diary for diary in kind
    )


def find_interpreting(
    diaries: Diaries,
    modes: Sequence[Mode],
    start: datetime,
    end: datetime,
    *,
    asked_at: datetime,
    without: UUID | None = None,
    by_line: bool = True,
) -> Interpreting | None:
    """A free interpreter for the time, by the best way that works; else an agency that may be asked for one.

    Ours go first, whatever the way: whether an agency has anybody is not known until it has answered. Agencies are
    asked in the order of the municipality's file, each way through all of them before the next way. ``by_line``: who
    is far away needs a line of ours.
    """
    day = day_in_sweden(start)
    free = [one for one in diaries.interpreters if one.resource != without and one.is_free_on(day, start, end)]
    lines = {mode: _line(diaries, mode, day, start, end) if by_line else None for mode in modes}
    possible = [mode for mode in modes if mode == "on-site" or lines[mode] or not by_line]
    for mode in possible:
        if found := _least_taken([diary for diary in free if mode in diary.modes], day):
            return Interpreting(found.resource, mode, lines[mode])
    for mode in possible:
        for diary in diaries.agencies:
            if diary.may_be_asked(mode, asked_at, start, end):
                return Interpreting(None, mode, lines[mode], diary.agency)
    return None


def replacements(diaries: Diaries, seats: Sequence[UUID], start: datetime, end: datetime) -> dict[UUID, UUID] | None:
    """Who takes the part of each caseworker, place and line of a meeting that is not free for it; ``None`` when
    somebody cannot be replaced. The meeting's own time counts as free in these diaries."""
    found: dict[UUID, UUID] = {}
    for kind in (diaries.caseworkers, diaries.places, diaries.lines):
        for away in (diary for diary in kind if diary.resource in seats and not diary.is_free(start, end)):
            others = [
                diary
                for diary in kind
                if diary.resource not in (*seats, *found.values())
                and diary.modes == away.modes
                and diary.is_free(start, end)
            ]
            instead = _least_taken(others, day_in_sweden(start))
            if instead is None:
                return None
            found[away.resource] = instead.resource
    return found


def _line(diaries: Diaries, mode: Mode, day: date, start: datetime, end: datetime) -> UUID | None:
    free = (one.resource for one in diaries.lines if mode in one.modes and one.is_free_on(day, start, end))
    return next(free, None)


def starts_on(calendar: WorkingCalendar, day: date, length: timedelta) -> Iterator[datetime]:
    """Every time of a day a meeting could start at, by the quarter, with room to end before closing."""
    if not (hours := calendar.opening(day)):
        return
    start, closes = hours
    while start + length <= closes:
        yield start
        start += GRID


def spread(starts: Sequence[datetime], length: timedelta, count: int) -> tuple[datetime, ...]:
    """``count`` of a day's free times as different as can be: some of the morning, some of the afternoon.

    One alone is the earliest. They never overlap, and follow each other closely enough that no half-used quarter is
    left between two meetings, so there may be fewer than asked for.
    """
    packed: list[datetime] = []
    for start in starts:
        if not packed or start >= packed[-1] + length:
            packed.append(start)
    if count <= 1 or not packed:
        return tuple(packed[:count])
    noon = moment(day_in_sweden(packed[0]), NOON)
    morning, afternoon = [at for at in packed if at < noon], [at for at in packed if at >= noon]
    late = min(count // 2, len(afternoon))
    early = min(count - late, len(morning))
    return (*_evenly(morning, early), *_evenly(afternoon, min(count - early, len(afternoon))))


def _evenly(starts: Sequence[datetime], count: int) -> tuple[datetime, ...]:
    return tuple(starts[(2 * number + 1) * len(starts) // (2 * count)] for number in range(count))


def _least_taken(diaries: Sequence[Diary], day: date, *, first: UUID | None = None) -> Diary | None:
    return min(
        diaries,
        key=lambda diary: (
            diary.resource != first,
            diary.lent is not None,
            diary.taken_on(day),
            diary.name,
            diary.resource,
        ),
        default=None,
    )
