"""BILREG, the vehicle register: whether she owns what she said, and nothing more."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from backend.contract import SendApplication
from backend.controls.registers import Difference, Facts, Register, parts

PLACE = 2
_KINDS = {
    "car": "bil",
    "motorcycle": "motorcykel",
    "moped": "moped",
    "caravan": "husvagn",
    "snowmobile": "snöskoter",
    "other": "annat fordon",
}
_NOT_REGISTERED = frozenset({"boat"})
"""What is no vehicle of the road is in no such register."""


class _Vehicle(Facts):
    kind: Literal["car", "motorcycle", "moped", "caravan", "snowmobile", "other"]
    year: int | None = Field(None, ge=1900, le=2200)


class _Bilreg(Facts):
    vehicles: list[_Vehicle] = Field(max_length=50)


def _compare(sent: SendApplication, facts: _Bilreg) -> tuple[Difference, ...]:
    return tuple(_differing(sent, facts))


def _differing(sent: SendApplication, facts: _Bilreg) -> Iterator[Difference]:
    told = [one.kind or "other" for one in sent.vehicles or () if one.kind not in _NOT_REGISTERED]
    said, found = Counter[str](told), Counter[str](one.kind for one in facts.vehicles)
    if more := found - said:
        yield Difference("not-said", _listed(said), _listed(more))
    if fewer := said - found:
        yield Difference("not-found", _listed(fewer), _listed(found))


def _listed(kinds: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {_KINDS[kind]}" for kind, count in sorted(kinds.items())) or "inget fordon"


def _of(sent: SendApplication) -> Mapping[str, object]:
    return {
        **parts(sent, "vehicles"),
        "owns": None if sent.asset_kinds is None else "vehicle" in sent.asset_kinds,
    }


REGISTER = Register(
    "bilreg",
    "BILREG",
    "Fordon",
    of=_of,
    may_differ={
        "not-said": "Fordon som inte står i ansökan",
        "not-found": "Fordon i ansökan som inte finns i registret",
        "other-owner": "Någon annan äger fordonet",
    },
    facts=_Bilreg,
    compare=_compare,
)
