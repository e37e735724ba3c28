"""The order of a case system's fields, one file each in ``orders``, found by being there; and the words of the fields.

Pure. Neither form is public: the orders are examples until somebody who has the form before her has put them right, and
the page says so. A field no file names is not lost: it stands last.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from backend.contract import Value

_FOLDER = Path(__file__).parent
_INDEX = re.compile(r"\[(\d+)\]")


class Part(Value):
    """A part of the form: its title and its fields in order. Of what there is several of, each is told whole."""

    title: str
    fields: tuple[str, ...]


class Order(Value):
    """A case system's form. ``status`` says who has looked at the order."""

    name: str
    status: Literal["example", "verified"]
    source: str
    parts: tuple[Part, ...]


class Words(Value):
    """What fields and values are called; a value without words is copied as it is."""

    names: Mapping[str, str]
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Copy:
    """One field to copy: its own name, what it is called, and what is copied."""

    field: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the form with what there is for it."""

    title: str
    copies: tuple[Copy, ...]


@cache
def orders() -> Mapping[str, Order]:
    """Every case system there is an order for, by the name of its file."""
    return {file.stem: Order.model_validate(_read(file)) for file in sorted((_FOLDER / "orders").glob("*.toml"))}


@cache
def words() -> Words:
    """What the fields are called in Swedish."""
    return Words.model_validate(_read(_FOLDER / "words.toml"))


def arranged(order: Order, fields: Iterable[tuple[str, str]]) -> tuple[Section, ...]:
    """The fields of an application, with their values, in the order of a form. Nothing falls away."""
    known = words()
    copies = [_copy(field, value, known) for field, value in _apart(fields)]
    sections = [Section(part.title, _of(part, copies)) for part in order.parts]
    placed = {copy.field for section in sections for copy in section.copies}
    rest = tuple(copy for copy in copies if copy.field not in placed)
    return tuple(section for section in (*sections, Section("Övrigt", rest)) if section.copies)


def plain(field: str) -> str:
    """A field's name as the orders write it: without which of several it is."""
    return _INDEX.sub("", field).partition("#")[0]


def _of(part: Part, copies: Sequence[Copy]) -> tuple[Copy, ...]:
    place = {field: number for number, field in enumerate(part.fields)}
    hers = [copy for copy in copies if plain(copy.field) in place]
    return tuple(sorted(hers, key=lambda copy: (_number(copy.field), place[plain(copy.field)])))


def _copy(field: str, value: str, known: Words) -> Copy:
    name = known.names.get(plain(field), plain(field))
    found = _INDEX.search(field)
    return Copy(field, f"{name} {int(found.group(1)) + 1}" if found else name, known.values.get(value, value))


def _number(field: str) -> int:
    found = _INDEX.search(field)
    return int(found.group(1)) if found else 0


def _apart(fields: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Fields of the same name told apart; those without a value have nothing to copy."""
    seen: dict[str, int] = {}
    for field, value in fields:
        seen[field] = seen.get(field, 0) + 1
        if value:
            yield (field if seen[field] == 1 else f"{field}#{seen[field]}"), value


def _read(file: Path) -> dict[str, object]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
