"""What somebody wrote, as it is set on paper: nothing of it is lost, and nothing of it acts on the page.

What the project's fonts have is set as it stands. What they have not, and what would turn the order of other letters,
is written out in its place: ``‹U+202E right-to-left override›``. So the paper says what was written, whatever it was,
and :func:`read_back` gives it again.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from fontTools.ttLib import TTFont

from backend.contract import Language

FONTS = Path(__file__).parent / "fonts"
FAMILIES = ("NotoSans", "NotoSansArabic", "NotoSansEthiopic")

# They join letters, keep them apart or give a mark its side; our own sentences also isolate their values.
_HELPING = frozenset("\u200c\u200d\u200e\u200f\u061c")
_ISOLATING = frozenset("\u2066\u2067\u2068\u2069")
_ISOLATE, _END_OF_ISOLATE = "\u2066", "\u2069"
_BREAK_HERE = "\u200b"
_LONGEST_RUN = 18.0
"""How wide (in em) letters may stand without a place to break: no column is narrower."""
_NAMED = ("So", "Sk", "Cc", "Cf", "Zl", "Zp")
_OPENS = "‹"
_WRITTEN_OUT = re.compile(rf"{_ISOLATE}?‹U\+([0-9A-F]{{4,6}})[^›]*›{_END_OF_ISOLATE}?")
_LINE_ENDS = re.compile(r"\r\n|\r|\n")
_RIGHT_TO_LEFT = frozenset({"ar", "ckb", "fa", "prs", "ps", "ur"})

Direction = Literal["ltr", "rtl"]


@dataclass(frozen=True)
class Set:
    """A text ready to be set: its lines, its language for whoever has it read aloud, and which way it runs."""

    lines: tuple[str, ...]
    lang: Language
    dir: Direction

    def data(self) -> dict[str, Any]:
        return {"lines": list(self.lines), "lang": self.lang, "dir": self.dir}


def ours(text: str, language: Language) -> Set:
    """A sentence of ours: it runs as its language does, and may keep the direction of the values in it."""
    return Set(_lines(text, _HELPING | _ISOLATING), language, _direction(language))


def hers(text: str, language: Language) -> Set:
    """What a person wrote: it runs as its first letter does, and nothing in it turns anything else."""
    return Set(_lines(text, _HELPING), language, _first_direction(text) or _direction(language))


def read_back(line: str) -> str:
    """A line as it was before it was set."""
    return _WRITTEN_OUT.sub(lambda found: chr(int(found[1], 16)), line.replace(_BREAK_HERE, ""))


def _direction(language: Language) -> Direction:
    return "rtl" if language in _RIGHT_TO_LEFT else "ltr"


def _first_direction(text: str) -> Direction | None:
    for char in text:
        turned = unicodedata.bidirectional(char)
        if turned in ("L", "R", "AL"):
            return "ltr" if turned == "L" else "rtl"
    return None


def _lines(text: str, acting: frozenset[str]) -> tuple[str, ...]:
    return tuple("".join(_breakable(_clusters(line, acting))) for line in _LINE_ENDS.split(text))


def _clusters(line: str, acting: frozenset[str]) -> Iterator[tuple[str, float]]:
    """A letter with its marks, and how wide it is: one font must have them all, or a mark is written out."""
    base: Sequence[Mapping[int, float]] = ()
    for char in line:
        if char in acting:
            base = ()
            yield char, 0.0
        elif unicodedata.category(char).startswith("M"):
            base = [font for font in base if ord(char) in font]
            if base:
                yield char, 0.0
            else:
                yield from _written_out(char)
        elif (base := _having(char)) and char != _OPENS:
            yield char, max(font[ord(char)] for font in base)
        else:
            base = ()
            yield from _written_out(char)


def _having(char: str) -> Sequence[Mapping[int, float]]:
    # A private letter means nothing to a reader, whatever a font draws for it.
    if unicodedata.category(char) in ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"):
        return ()
    return [font for font in _fonts() if ord(char) in font]


def _written_out(char: str) -> Iterator[tuple[str, float]]:
    named = unicodedata.name(char, "").lower() if unicodedata.category(char) in _NAMED else ""
    # By itself it runs from the left, also in Arabic.
    yield _ISOLATE, 0.0
    for letter in f"{_OPENS}U+{ord(char):04X}{' ' if named else ''}{named}›":
        yield letter, max(font[ord(letter)] for font in _fonts() if ord(letter) in font)
    yield _END_OF_ISOLATE, 0.0


def _breakable(clusters: Iterator[tuple[str, float]]) -> Iterator[str]:
    run = 0.0
    for letters, width in clusters:
        run += width
        if run > _LONGEST_RUN and width:
            yield _BREAK_HERE
            run = width
        yield letters
        if letters == " ":
            run = 0.0


@cache
def _fonts() -> Sequence[Mapping[int, float]]:
    """For each family the letters that both its weights have, and how wide they are in em."""
    return [_letters(family) for family in FAMILIES]


def _letters(family: str) -> Mapping[int, float]:
    widths: list[Mapping[int, float]] = []
    for weight in ("Regular", "Bold"):
        with TTFont(FONTS / f"{family}-{weight}.ttf") as font:
            advances, em = font["hmtx"].metrics, font["head"].unitsPerEm
            widths.append({letter: advances[glyph][0] / em for letter, glyph in font.getBestCmap().items()})
    regular, bold = widths
    return {letter: max(regular[letter], bold[letter]) for letter in regular.keys() & bold.keys()}
