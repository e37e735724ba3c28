"""Whom and what the demo can book: caseworkers, rooms, lines and interpreters of both municipalities.

Names are first names only and made up. The languages are the ones most often ordered (Tolkutredningen; SOS Alarm 2017)
and Ukrainian; and whatever else there are texts in, so that a new language can be tried as soon as it is there.
"""

from dataclasses import dataclass
from datetime import time
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import locales
from backend.bookings.models import LineMode, Resource, ResourceKind, WorkingHours
from backend.clock import Clock
from backend.interpreters.models import Interpreter
from backend.municipalities import Municipality
from backend.municipalities.agencies import Mode

_MORNING, _AFTERNOON = (time(8), time(12)), (time(13), time(16, 30))
_WHOLE_DAYS = tuple((weekday, shift) for weekday in range(5) for shift in (_MORNING, _AFTERNOON))
_MORNINGS = tuple((weekday, _MORNING) for weekday in range(5))
_WITHOUT_LUNCH = tuple((weekday, (time(8), time(16, 30))) for weekday in range(5))


@dataclass(frozen=True, slots=True)
class _Interpreter:
    name: str
    languages: tuple[str, ...]
    modes: tuple[Mode, ...] = ("phone", "video")


@dataclass(frozen=True, slots=True)
class _Town:
    caseworkers: dict[str, tuple[tuple[int, tuple[time, time]], ...]]
    places: tuple[str, ...]
    lines: dict[str, LineMode]
    interpreters: tuple[_Interpreter, ...]


_TOWNS = {
    "trelleborg": _Town(
        caseworkers={"Ann": _WHOLE_DAYS, "Erik": _WHOLE_DAYS, "Maria": _WHOLE_DAYS},
        places=("Rum 1", "Rum 2", "Rum 3"),
        lines={"Telefon 1": "phone", "Telefon 2": "phone", "Telefon 3": "phone", "Video 1": "video"},
        interpreters=(
            _Interpreter("Samira", ("ar",)),
            _Interpreter("Yousef", ("ar", "ckb"), ("phone", "video", "on-site")),
            _Interpreter("Hodan", ("so",)),
            _Interpreter("Abdi", ("so",), ("phone", "on-site")),
            _Interpreter("Oksana", ("uk", "ru")),
            _Interpreter("Selam", ("ti",), ("phone",)),
            _Interpreter("Farid", ("prs", "fa", "ps")),
            _Interpreter("Rojin", ("kmr", "tr")),
            _Interpreter("Jasna", ("bs", "hr", "sr", "pl")),
            _Interpreter("Claire", ("fr", "en")),
        ),
    ),
    "svedala": _Town(
        caseworkers={"Lena": _WHOLE_DAYS, "Omar": _MORNINGS},
        places=("Rum A", "Rum B"),
        lines={"Telefon A": "phone", "Telefon B": "phone", "Video A": "video"},
        interpreters=(
            _Interpreter("Nadia", ("ar",)),
            _Interpreter("Karim", ("ar",), ("phone",)),
            _Interpreter("Faduma", ("so",)),
            _Interpreter("Iryna", ("uk", "ru")),
            _Interpreter("Mehret", ("ti",), ("phone",)),
            _Interpreter("Laila", ("prs", "fa")),
            _Interpreter("Grace", ("en", "fr"), ("phone",)),
        ),
    ),
}


def resource_id(municipality: str, kind: ResourceKind, name: str) -> UUID:
    """The id of a seeded resource, the same in every demo, so that staff can be tied to their calendars."""
    return uuid5(NAMESPACE_URL, f"imorgon:{municipality}:{kind}:{name}")


async def seed(session: AsyncSession, clock: Clock, municipality: Municipality) -> None:  # noqa: ARG001  # every room's seed is called alike
    """Lay in what the demo needs, once; nothing where something is already."""
    if (await session.exec(select(Resource.id).limit(1))).first() is not None:
        return
    town = _TOWNS[municipality.slug]

    async def add(kind: ResourceKind, name: str, mode: LineMode | None = None) -> UUID:
        resource = Resource(id=resource_id(municipality.slug, kind, name), kind=kind, name=name, mode=mode)
        session.add(resource)
        await session.flush()
        return resource.id

    for name, week in town.caseworkers.items():
        caseworker = await add("caseworker", name)
        session.add_all(_hours(caseworker, week))
    for name in town.places:
        await add("place", name)
    for name, mode in town.lines.items():
        await add("line", name, mode)
    spoken = {language for one in town.interpreters for language in one.languages}
    more = [_Interpreter(f"Tolk ({code})", (code,)) for code in locales.among(None) if code not in spoken]
    for one in (*town.interpreters, *more[1:]):  # the first is Swedish
        interpreter = await add("interpreter", one.name)
        session.add_all(_hours(interpreter, _WITHOUT_LUNCH))
        session.add(Interpreter(resource=interpreter, languages=list(one.languages), modes=list(one.modes)))
    await session.flush()


def _hours(resource: UUID, week: tuple[tuple[int, tuple[time, time]], ...]) -> list[WorkingHours]:
    return [
        WorkingHours(resource=resource, weekday=weekday, starts=starts, ends=ends) for weekday, (starts, ends) in week
    ]
