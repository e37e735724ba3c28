"""Which approved answer a message asks for: by the words people use in each language, spelled as they spell.

``phrases/<language>.toml`` holds for each answer what it is about (words one of which is said whenever it is asked
for; a star is any ending) and whole phrases. A message is compared with every phrase word by word: words that tell one
answer from the others weigh most, and a misspelt or otherwise inflected word counts as the word it is like (rapidfuzz).
A question needs less likeness than a statement; the more a word of the subject tells, the less is needed beside it
("polisen" says more than "pengar"); and without one nothing is found but what is nearly the phrase itself.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from math import log
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from bot.spelling import clean, fold
from bot.text import known

PHRASES = Path(__file__).parent / "phrases"

QUESTION = 0.62
"""Likeness (0-1) from which a question is taken to be a phrase's."""
STATEMENT = 0.76
"""The same for words that ask nothing by their form: "jag har skulder"."""
TELLING = 0.2
"""How much less is needed beside a word that is said of this subject and of no other."""
MISSPELT = 86
"""Likeness (0-100) letter by letter from which a phrase is meant though no word of its subject is said."""
CERTAIN = 0.92
"""From here on the message is the phrase itself."""
APART = 0.06
"""Two answers that are less apart than this are both offered."""
MOST_GENERAL = "can-i-get"
"""Yields to whatever is asked in particular."""
LONGEST = 24
"""Words; a longer message is read clause by clause."""

_WORD_ALIKE = 80
_SHORTEST_MISSPELT = 4
_UNKNOWN = 1.0
"""What a word that no phrase has weighs, as a part of what a telling word weighs."""
_WITHIN = 0.88
"""What a phrase that stands whole inside a longer sentence is worth."""
_SHORTEST_WITHIN = 3
_SHORTEST = 3
"""Letters; no question is as short as that."""

_CLAUSES = re.compile(r"[.,;:!?؟،؛\n]+")
_ARTICLES = r"(?:و|ف)?(?:ال|بال|لل|كال|ب|ل|ك|ع)?"
_ARABIC_ARTICLE = re.compile(r"^(?:[وف]?(?:ال|بال|لل|كال|عال))(?=\w{3})")


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


@lru_cache(maxsize=256)
def find(message: str) -> Found:
    """The answer or two that a message asks for, in whatever language it is written."""
    if fold(message) in known("another-day"):
        return NOTHING  # what is answered where a time is offered
    whole, *clauses = _parts(message)
    asks = is_question(message)
    scores = _scores(whole, asks=asks)
    asked: list[str] = []
    for clause in clauses:
        heard = _scores(clause, asks=asks)
        for name, score in heard.items():
            scores[name] = max(score, scores.get(name, 0))
        asked += [name for name, score in heard.items() if score >= CERTAIN and score == max(heard.values())]
    if not scores:
        return NOTHING
    if len(set(asked)) > 1:
        return Found(tuple(dict.fromkeys(asked))[:2])
    (first, best), *others = sorted(scores.items(), key=lambda one: -one[1])
    if first == MOST_GENERAL and others and best - others[0][1] < APART:
        first, others = others[0][0], others[1:]
    others = [other for other in others if other[0] != MOST_GENERAL]
    if others and best - others[0][1] < APART:
        return Found((first, others[0][0]))
    return Found((first,), first in _spelled(whole))


def _spelled(said: str) -> set[str]:
    """The answers of which a phrase is meant letter by letter."""
    return {
        name
        for language in _languages().values()
        for name, score in language.misspelt(said).items()
        if score >= CERTAIN
    }


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


def _scores(said: str, *, asks: bool) -> dict[str, float]:
    """How much the words are like each answer's phrases, for those they are like enough."""
    scores: dict[str, float] = {}
    if len(said) <= _SHORTEST:
        return scores
    for language in _languages().values():
        found = language.misspelt(said)
        subjects = language.subjects(said)
        if subjects and " " in said:  # a word alone is a question only where it is a phrase
            likenesses = language.likenesses(_words(said))
            for name, telling in subjects.items():
                less = (TELLING if asks else TELLING / 3) * max(0.0, 2 * telling - 1)
                score = likenesses.get(name, 0)
                if score >= (QUESTION if asks else STATEMENT) - less:
                    found[name] = max(score + less / 2, found.get(name, 0))
        for name, score in found.items():
            scores[name] = max(score, scores.get(name, 0))
    return scores


def _words(said: str) -> tuple[str, ...]:
    """The words, those in Arabic without their article."""
    return tuple(_ARABIC_ARTICLE.sub("", word) for word in said.split())


# --- The phrases ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class _Phrase:
    name: str
    words: frozenset[str]
    weight: float


@dataclass(frozen=True, eq=False)
class _Language:
    """One language's phrases. ``weights``: what each word tells; ``holding``: the phrases a word stands in."""

    phrases: Sequence[_Phrase]
    written: Sequence[str]
    weights: Mapping[str, float]
    holding: Mapping[str, Sequence[int]]
    about: Mapping[str, re.Pattern[str]]
    most: float

    def subjects(self, said: str) -> dict[str, float]:
        """The answers of whose subject a word is said, and how telling that word is, from 0 to 1."""
        found: dict[str, float] = {}
        for name, pattern in self.about.items():
            hits = pattern.findall(said)
            if hits:
                found[name] = max(self._telling(hit) for hit in hits)
        return found

    def _telling(self, hit: str) -> float:
        """Several words tell as much as the most telling of them; what no phrase has is about this and nothing else."""
        return max(min(1.0, self.weights.get(word, self.most) / self.most) for word in _words(hit))

    def misspelt(self, said: str) -> dict[str, float]:
        """The answers of which a phrase is meant, letter by letter."""
        alike = process.extract(said, self.written, scorer=ratio, score_cutoff=MISSPELT, limit=4)
        return {self.phrases[place].name: score / 100 for _, score, place in reversed(alike)}

    def likenesses(self, said: Sequence[str]) -> dict[str, float]:
        """How like the best of each answer's phrases the words are, from 0 to 1."""
        meant = [_like(word, self) for word in said]
        if not any(meant):
            return {}
        # A word that is only like one counts as a part of it.
        worth: dict[str, float] = {}
        places: dict[str, int] = {}
        for place, found in enumerate(meant):
            if found is not None:
                worth[found[0]] = max(found[1], worth.get(found[0], 0))
                places.setdefault(found[0], place)
        total = sum(self.weights[word] for word in worth) + _UNKNOWN * self.most * meant.count(None)
        likest: dict[str, float] = {}
        for number in {number for word in worth for number in self.holding[word]}:
            phrase = self.phrases[number]
            common = phrase.words & worth.keys()
            shared = sum(self.weights[word] * worth[word] for word in common)
            score = 2 * shared / (total + phrase.weight)
            span = max(places[word] for word in common) - min(places[word] for word in common) + 1
            if len(phrase.words) >= _SHORTEST_WITHIN and span <= len(phrase.words) + 2:
                score = max(score, _WITHIN * shared / phrase.weight)
            likest[phrase.name] = max(score, likest.get(phrase.name, 0))
        return likest


@lru_cache(maxsize=4096)
def _like(word: str, language: _Language) -> tuple[str, float] | None:
    """The word of the phrases that a word is or is like, and how much."""
    if word in language.weights:
        return word, 1.0
    if len(word) < _SHORTEST_MISSPELT:
        return None
    found = process.extractOne(word, language.weights.keys(), scorer=ratio, score_cutoff=_WORD_ALIKE)
    if found is not None and len(found[0]) >= _SHORTEST_MISSPELT:
        return found[0], found[1] / 100
    return None


def read(language: str) -> Mapping[str, Mapping[str, list[str]]]:
    """A language's phrases as its file gives them: answer -> ``about`` and ``phrases``; ``questions`` -> openings."""
    found: Mapping[str, Mapping[str, list[str]]] = tomllib.loads((PHRASES / f"{language}.toml").read_text("utf-8"))
    return found


@cache
def _languages() -> Mapping[str, _Language]:
    return {path.stem: _language(read(path.stem)) for path in sorted(PHRASES.glob("*.toml"))}


def _language(listed: Mapping[str, Mapping[str, list[str]]]) -> _Language:
    answers = {name: entry for name, entry in listed.items() if name != "questions"}
    written = [(name, _bare(fold(phrase))) for name, entry in answers.items() for phrase in entry["phrases"]]
    pairs = [(name, frozenset(_words(phrase))) for name, phrase in written]
    having = Counter(word for name in answers for word in frozenset().union(*(w for n, w in pairs if n == name)))
    weights = {word: log(1 + len(answers) / count) for word, count in having.items()}
    phrases = [_Phrase(name, words, sum(weights[word] for word in words)) for name, words in pairs]
    holding: dict[str, list[int]] = {word: [] for word in weights}
    for number, phrase in enumerate(phrases):
        for word in phrase.words:
            holding[word].append(number)
    about = {name: _pattern(entry["about"]) for name, entry in answers.items()}
    return _Language(phrases, [phrase for _, phrase in written], weights, holding, about, log(1 + len(answers)))


def _pattern(about: Sequence[str]) -> re.Pattern[str]:
    patterns = {re.escape(fold(word)) + (r"\w*" if word.endswith("*") else "") for word in about}
    return re.compile(rf"(?<!\w){_ARTICLES}(?:{'|'.join(sorted(patterns, key=len, reverse=True))})(?!\w)")


@cache
def _openings() -> frozenset[str]:
    return frozenset(
        fold(word) for path in sorted(PHRASES.glob("*.toml")) for word in read(path.stem)["questions"]["openings"]
    )
