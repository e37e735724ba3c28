"""Which approved answer a message asks for: by the words people use in each language, spelled as they spell.

``phrases/<language>.toml`` holds for each answer what it is about (words one of which is said whenever it is asked
for; a star is any ending) and whole phrases. A message is compared with the phrases in every language. With a word of
what it is about a fair likeness is enough; without one, as when that word is misspelt, only a great one is.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.fuzz import partial_ratio, ratio, token_sort_ratio

from bot.spelling import clean, fold
from bot.text import known

PHRASES = Path(__file__).parent / "phrases"

ALIKE = 80
"""Likeness (0-100) from which a phrase with a word of its subject in it counts."""
ALIKE_IN = {"ar": 78, "uk": 80}
"""The same where inflections change more of a word."""
ALIKE_WITHOUT = 90
"""The same where no word of its subject is said."""
CERTAIN = 94
"""From here on the message is the phrase itself."""
APART = 6
"""Two answers that are less apart than this are both offered."""
LONGEST = 20
"""Words; a longer message is read clause by clause."""
_SHORTEST = 3
"""Letters; no question is as short as that."""
_SHORTEST_WITHIN = 12
"""Letters of a phrase that is looked for inside a longer message."""
_WITHIN = 92

_CLAUSES = re.compile(r"[.,;:!?؟،؛\n]+")
_ARTICLES = r"(?:و|ف)?(?:ال|بال|لل|كال|ب|ل|ك|ع)?"


@dataclass(frozen=True)
class Found:
    """What a message asks for: one answer's name, or two between which the person chooses.

    ``certain``: the message as a whole is the question, and nothing else.
    """

    names: tuple[str, ...] = ()
    certain: bool = False

    def __bool__(self) -> bool:
        return bool(self.names)


NOTHING = Found()


def find(message: str) -> Found:
    """The answer or two that a message asks for, in whatever language it is written."""
    whole, *clauses = _parts(message)
    scores = _scores(whole)
    certain = max(scores.values(), default=0) >= CERTAIN
    for clause in clauses:
        for name, score in _scores(clause).items():
            scores[name] = max(score, scores.get(name, 0))
    if not scores:
        return NOTHING
    (first, best), *others = sorted(scores.items(), key=lambda one: -one[1])
    if others and best < 100 and best - others[0][1] < APART:
        return Found((first, others[0][0]))
    return Found((first,), certain)


def is_question(message: str) -> bool:
    """Whether somebody asks: a question mark at the end, or a word that questions begin with."""
    said = fold(message)
    if not said:
        return False
    if clean(message).rstrip(" .!)\"'").endswith(("?", "؟")):
        return any(char.isalpha() for char in said)
    tokens = _bare(said).split()
    openings = _openings()
    return len(tokens) > 1 and (tokens[0] in openings or " ".join(tokens[:2]) in openings)


# --- How a message is read --------------------------------------------------------------------------------------------


def _parts(message: str) -> list[str]:
    """The folded message, and its clauses where it has several; politeness at the ends aside."""
    whole = _bare(fold(message))
    clauses = [_bare(fold(clause)) for clause in _CLAUSES.split(message)]
    parts = [whole if whole.count(" ") < LONGEST else ""]
    return parts + [clause for clause in clauses if clause and clause != whole and clause.count(" ") < LONGEST]


def _bare(said: str) -> str:
    tokens, polite = said.split(), known("politeness")
    while len(tokens) > 1 and tokens[0] in polite:
        tokens = tokens[1:]
    while len(tokens) > 1 and tokens[-1] in polite:
        tokens = tokens[:-1]
    bare = " ".join(tokens)
    # "من أنت" is asked with a word that is also said out of politeness.
    return bare if len(bare) > _SHORTEST else said


def _scores(said: str) -> dict[str, float]:
    """How much the words are like each answer's phrases, for those they are like enough."""
    scores: dict[str, float] = {}
    if len(said) <= _SHORTEST:
        return scores
    for language, listed in _languages().items():
        about = listed.subjects(said)
        enough = ALIKE_IN.get(language, ALIKE)
        for place, score in _alike(said, listed.phrases, min(enough, ALIKE_WITHOUT)):
            name = listed.names[place]
            if score >= (enough if name in about else ALIKE_WITHOUT):
                scores[name] = max(score, scores.get(name, 0))
    return scores


def _alike(said: str, phrases: Sequence[str], least: float) -> Iterator[tuple[int, float]]:
    for scorer in (ratio, token_sort_ratio):
        for _, score, place in process.extract(said, phrases, scorer=scorer, score_cutoff=least, limit=None):
            yield place, score
    # The question inside a longer sentence ("I wonder whether ... because ..."): nearly as sure as by itself.
    for phrase, score, place in process.extract(said, phrases, scorer=partial_ratio, score_cutoff=_WITHIN, limit=None):
        if _SHORTEST_WITHIN <= len(phrase) < len(said):
            yield place, score - 8


# --- The phrases ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Language:
    """One language's phrases, folded; ``names`` says whose each is."""

    phrases: Sequence[str]
    names: Sequence[str]
    about: Mapping[str, re.Pattern[str]]

    def subjects(self, said: str) -> set[str]:
        """The answers of whose subject a word is said."""
        return {name for name, words in self.about.items() if words.search(said)}


def read(language: str) -> Mapping[str, Mapping[str, list[str]]]:
    """A language's phrases as its file gives them: answer -> ``about`` and ``phrases``; and ``openings``."""
    found: Mapping[str, Mapping[str, list[str]]] = tomllib.loads((PHRASES / f"{language}.toml").read_text("utf-8"))
    return found


@cache
def _languages() -> Mapping[str, _Language]:
    return {path.stem: _language(read(path.stem)) for path in sorted(PHRASES.glob("*.toml"))}


def _language(listed: Mapping[str, Mapping[str, list[str]]]) -> _Language:
    pairs = [
        (_bare(fold(phrase)), name)
        for name, entry in listed.items()
        if name != "questions"
        for phrase in entry["phrases"]
    ]
    about = {name: _pattern(entry["about"]) for name, entry in listed.items() if name != "questions"}
    return _Language([phrase for phrase, _ in pairs], [name for _, name in pairs], about)


def _pattern(about: Sequence[str]) -> re.Pattern[str]:
    patterns = {re.escape(fold(word)) + (r"\w*" if word.endswith("*") else "") for word in about}
    return re.compile(rf"(?<!\w){_ARTICLES}(?:{'|'.join(sorted(patterns, key=len, reverse=True))})(?!\w)")


@cache
def _openings() -> frozenset[str]:
    return frozenset(
        fold(word) for path in sorted(PHRASES.glob("*.toml")) for word in read(path.stem)["questions"]["openings"]
    )
