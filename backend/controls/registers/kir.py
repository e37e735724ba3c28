"""KIR, the municipality's extract of the population register: where she is registered, and with whom."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from backend.contract import SendApplication
from backend.controls.registers import Difference, Facts, Register, parts

PLACE = 1


class _Kir(Facts):
    """``household``: how many are registered at her address. ``children``: how many of hers live there."""

    registered_here: bool
    household: int | None = Field(None, ge=1, le=30)
    children: int | None = Field(None, ge=0, le=20)
    civil_status: Literal["single", "married", "widowed", "divorced"] | None = None


def _of(sent: SendApplication) -> Mapping[str, object]:
    return parts(sent, "applies_alone", "partner", "stays_here", "children", "housing", "home_persons")


def _compare(sent: SendApplication, facts: _Kir) -> tuple[Difference, ...]:
    return tuple(_differing(sent, facts))


def _differing(sent: SendApplication, facts: _Kir) -> Iterator[Difference]:
    if not facts.registered_here:
        yield Difference("not-here", found="inte folkbokförd i kommunen")
    if None not in (sent.home_persons, facts.household) and sent.home_persons != facts.household:
        yield Difference("household", f"{sent.home_persons} i bostaden", f"{facts.household} på adressen")
    if sent.children is not None and facts.children is not None and len(sent.children) != facts.children:
        yield Difference("children", f"{len(sent.children)} barn", f"{facts.children} barn på adressen")
    if sent.applies_alone and facts.civil_status == "married":
        yield Difference("civil-status", "söker ensam", "gift")


REGISTER = Register(
    "kir",
    "KIR",
    "Folkbokföring: adress, hushåll och civilstånd",
    of=_of,
    may_differ={
        "not-here": "Inte folkbokförd i kommunen",
        "address": "Annan adress",
        "household": "Andra bor på adressen",
        "children": "Barnen",
        "civil-status": "Civilstånd",
    },
    facts=_Kir,
    compare=_compare,
)
