"""What a caseworker changes in a calculation: a line's sum with a reason, or a line of her own. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from backend.calculation.lines import Calculation, Group, Line
from backend.errors import CalculationReasonMissing, Invalid

MOST_KRONOR = 1_000_000
MOST_OWN = 5
_OWN_WORDS = 200


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What is counted instead, in whole kronor, and why (Swedish)."""

    kronor: int
    because: str


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line that nothing she sent says: what it is, what is counted, and why."""

    group: Group
    words: str
    kronor: int
    because: str


def adjusted(calculation: Calculation, changes: Mapping[str, Adjustment], own: tuple[OwnLine, ...] = ()) -> Calculation:
    """The calculation with a caseworker's changes; what each line was stays beside it.

    Raises CalculationReasonMissing, and Invalid for a line there is none of, or a sum that is none.
    """
    if unknown := set(changes) - {line.key for line in calculation.lines}:
        raise Invalid(lines=sorted(unknown))
    if len(own) > MOST_OWN:
        raise Invalid(own_lines="too many")
    lines = [_changed(line, changes[line.key]) if line.key in changes else line for line in calculation.lines]
    lines += [_own(number, one) for number, one in enumerate(own, 1)]
    return replace(calculation, lines=tuple(lines))


def _changed(line: Line, change: Adjustment) -> Line:
    _check(change.kronor, change.because)
    return replace(
        line, kronor=change.kronor, calculated=line.kronor, because=change.because.strip()[:_OWN_WORDS], by_hand=False
    )


def _own(number: int, one: OwnLine) -> Line:
    _check(one.kronor, one.because)
    if not one.words.strip():
        raise Invalid(own_lines="without a name")
    because = one.because.strip()[:_OWN_WORDS]
    return Line(
        f"own-{number}", one.group, one.words.strip()[:80], one.kronor, "Handläggarens rad.", "", because=because
    )


def _check(kronor: int, because: str) -> None:
    if not 0 <= kronor <= MOST_KRONOR:
        raise Invalid(kronor="not a sum that is counted")
    if not because.strip():
        raise CalculationReasonMissing
