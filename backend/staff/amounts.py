"""A number as somebody at a desk writes it: ``1 615``, ``1.615 kr``, ``12,50``, ``200:-``."""

import re
from decimal import ROUND_HALF_UP, Decimal

_WRITTEN = re.compile(
    # Marks of thousands stand before three figures each; what else follows a mark is a part.
    r"(?P<whole>\d{1,3}(?:(?P<mark>[ .,'])\d{3})(?:(?P=mark)\d{3})*|\d+)(?:[.,:](?P<part>\d{1,2}))?"
    r"(?: ?(?:kr(?:onor)?\.?|[:,]-))?",
    re.IGNORECASE,
)
_LONGEST = 12


def kronor(words: str) -> int | None:
    """A sum in whole kronor, öre rounded to the nearest as in the talk; ``None`` when it is none."""
    read = _read(words)
    return None if read is None else int(read.quantize(Decimal(1), ROUND_HALF_UP))


def whole(words: str) -> int | None:
    """A number without a part; ``None`` when it is none. ``12,00`` is 12."""
    read = _read(words)
    return None if read is None or read != int(read) else int(read)


def _read(words: str) -> Decimal | None:
    found = _WRITTEN.fullmatch(" ".join(words.split()))
    if found is None:
        return None
    figures = re.sub(r"\D", "", found["whole"])
    return Decimal(f"{figures}.{found['part'] or 0}") if len(figures) <= _LONGEST else None
