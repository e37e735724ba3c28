"""What ``imorgon locales`` prints: each language, whether it is whole and approved, and what its conversation costs.

Messages and segments are counted in a conversation that is really played (:mod:`bot.stories.rehearsal`), so a text
that grows shows here.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.pofile import read_po

import backend.locales
from backend.contract import Policy, Sensitivity
from backend.decisions.texts import unread
from backend.municipalities import Municipality, found
from bot.answers import answers, approval, is_approved, mark, of_law, written
from bot.stories.rehearsal import Rehearsal, everything, longest, to_a_time, to_the_morning
from bot.text import LOCALES, language_name, languages, understood

HEAD = (
    "language",
    "complete",
    "decisions approved by",
    "answers approved",
    "longest",
    "to a booked time",
    "to the morning of it",
)


@dataclass(frozen=True)
class Overview:
    """One language. ``missing`` of ``sentences`` have no translation, both halves counted.

    ``answers_approved`` are those that state the law. Of the two rehearsals: the person's own messages, ours, and what
    ours cost. ``longest`` is in segments.
    """

    language: str
    missing: int
    sentences: int
    approved_by: tuple[str, ...]
    answers_approved: int
    longest: int
    own: int
    texts: int
    segments: int
    texts_to_the_morning: int
    segments_to_the_morning: int


def overview(language: str) -> Overview:
    """Read and play one language."""
    translated = _both_halves(language)
    towns = found().values()
    policy = _policy(next(iter(towns)))
    time, morning = to_a_time(language, policy), to_the_morning(language, policy)
    return Overview(
        language=language,
        missing=translated.count(False),
        sentences=len(translated),
        approved_by=tuple(
            town.name
            for town in towns
            for code, given in town.approved_texts.items()
            if code == language and not unread(given)  # what was written since nobody has read
        ),
        answers_approved=sum(is_approved(answer, language) for answer in of_law()),
        longest=longest(everything(language, policy).sent).segments,
        own=time.own,
        texts=len(time.sent),
        segments=_segments(time),
        texts_to_the_morning=len(morning.sent),
        segments_to_the_morning=_segments(morning),
    )


def _both_halves(language: str) -> list[bool]:
    return [*_translated(LOCALES, "bot", language), *_translated(backend.locales.FOLDER, "backend", language)]


def _translated(folder: Path, domain: str, language: str) -> list[bool]:
    """For each sentence and word list of a half whether the language has it; all of Swedish's when it has no file."""

    def read(code: str) -> dict[tuple[object, object], bool]:
        path = folder / code / "LC_MESSAGES" / f"{domain}.po"
        if not path.exists():
            return {}
        with path.open("rb") as po:
            entries = [entry for entry in read_po(po) if entry.id]
        return {
            (entry.context, entry.id): not entry.fuzzy
            and all(entry.string if isinstance(entry.string, tuple | list) else (entry.string,))
            for entry in entries
        }

    there = read(language)
    return [there.get(sentence, False) for sentence in read("sv")]


def _policy(town: Municipality) -> Policy:
    """A municipality whose texts may carry the form: what costs most."""
    return Policy(
        version="1",
        municipality=town.slug,
        name=town.name,
        ceilings={"sms": Sensitivity.PERSONAL},
        ceiling_policy="guided",
        address=town.meetings.address,
        telephone=town.telephone,
        after_hours_telephone=town.after_hours_telephone,
        work=town.work,
        public_page=town.public_page,
        seal_keys=(),
        unapproved_answers=True,
    )


def _segments(rehearsal: Rehearsal) -> int:
    return sum(text.segments for text in rehearsal.sent)


def table() -> Iterator[str]:
    """The overview of every language, as lines of a table."""
    on_their_way = [language for language in understood() if language not in languages()]
    rows = [HEAD, *(_row(overview(language)) for language in languages()), *map(_not_offered, on_their_way)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def to_approve() -> Iterator[str]:
    """Each answer in each language as it is said, with what it rests on and the mark that an approval names."""
    for answer in answers().values():
        yield f"{answer.name}: {answer.rests_on}"
        for language in languages():
            given = approval(answer, language)
            by = f"approved by {given.approved_by} {given.approved_on}" if given else "not yet approved"
            needed = "" if answer.law else "needs none, "
            yield f"  {language} {mark(answer, language)} {needed}{by}: {written(answer, language)}"


def _row(one: Overview) -> tuple[str, ...]:
    return (
        f"{language_name(one.language, 'en')} ({one.language})",
        "yes" if one.missing == 0 else f"no, {one.missing} of {one.sentences} missing",
        ", ".join(one.approved_by) or "nobody",
        f"{one.answers_approved} of {len(of_law())}",
        _counted(one.longest, "segment"),
        f"{one.own} in, {one.texts} out, {_counted(one.segments, 'segment')}",
        f"{one.texts_to_the_morning} out, {_counted(one.segments_to_the_morning, 'segment')}",
    )


def _not_offered(language: str) -> tuple[str, ...]:
    """A language on its way: what is missing, and nothing played."""
    translated = _both_halves(language)
    named, missing = f"{language_name(language, 'en')} ({language})", translated.count(False)
    return (named, f"no, {missing} of {len(translated)} missing", *["-"] * (len(HEAD) - 2))


def _counted(n: int, what: str) -> str:
    return f"{n} {what}" if n == 1 else f"{n} {what}s"
