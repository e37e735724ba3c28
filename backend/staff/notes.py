"""The caseworker's one-screen note as a form: its fields, and what they mean.

``meeting`` (id), ``came`` (yes | no), ``identity_seen`` (yes), ``paper_<paper>`` (missing | came | seen | not-needed |
""), ``was_<paper>`` (what stood there when the form was opened), ``complete`` (yes), ``active`` (active | not-active |
not-judged), ``told_in_room`` (yes), ``waived`` (no-show | illness | other | ""), and three lines: ``line_<n>`` (the key
of a line, ``own`` or ""), ``line_<n>_<field>``, ``line_<n>_words``. What comes after the meeting: ``planning_week``
(yes) and ``not_at_disposal`` (yes).
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from backend import locales
from backend.cases import lines
from backend.cases.desk import ACTIVE, PAPER_STATES, WAIVED, Agreed, Note, NoteView
from backend.cases.models import Paper
from backend.errors import Invalid
from backend.staff import swedish
from backend.staff.views import EarlierNote, LineChoice

Known = TypeVar("Known", bound=str)

PAPER_NAMES: dict[Paper, str] = {
    "identity": "Id-handling",
    "rent-invoice": "Hyresavi",
    "bank-statements": "Kontoutdrag, tre månader",
    "lease": "Hyreskontrakt",
    "payslip": "Lönebesked",
}
_ACTIVE = {"active": "Deltar i det planerade", "not-active": "Deltar inte i det planerade", "not-judged": ""}
_WAIVED = {
    "no-show": "Kom inte, ärendet går vidare",
    "illness": "Sjuk, ärendet går vidare",
    "other": "Ärendet går vidare",
}


def _choices() -> tuple[LineChoice, ...]:
    return tuple(
        LineChoice(
            line.key,
            locales.template(line.message, locales.SWEDISH).format(
                **{known.name: f"[{known.label.lower()}]" for known in line.fields}
            ),
            " ".join(known.name for known in line.fields),
        )
        for line in lines.LINES
    )


LINES = _choices()


def read(filled: Mapping[str, str]) -> Note:
    """The note that was filled in. Raises Invalid for what no form of ours can hold."""
    meeting = filled.get("meeting", "")
    # What was left as it stood says nothing: a paper may have come since the form was opened.
    left = {paper for paper in PAPER_NAMES if filled.get(f"paper_{paper}", "") == filled.get(f"was_{paper}", "")}
    states = {paper: filled.get(f"paper_{paper}", "") for paper in PAPER_NAMES if paper not in left}
    try:
        return Note(
            came=_one_of(("yes", "no"), filled.get("came", "")) == "yes",
            meeting=UUID(meeting) if meeting else None,
            identity_seen=filled.get("identity_seen") == "yes",
            papers={paper: _one_of(PAPER_STATES, state) for paper, state in states.items() if state},
            complete=filled.get("complete") == "yes",
            active=_one_of(ACTIVE, filled.get("active", "not-judged")),
            told_in_room=filled.get("told_in_room") == "yes",
            agreed=tuple(_line(filled, number) for number in _numbers(filled)),
            waived=_one_of(WAIVED, filled["waived"]) if filled.get("waived") else None,
        )
    except (ValueError, StopIteration):
        raise Invalid(note="not filled in as the form has it") from None


def begins_week(filled: Mapping[str, str]) -> bool:
    """Whether the planning week begins. Raises Invalid where nobody came to be told of it."""
    if filled.get("planning_week") == "yes" and filled.get("came") != "yes":
        raise Invalid(planning_week="nobody came")
    return filled.get("planning_week") == "yes"


def papers(given: Iterable[str]) -> tuple[Paper, ...]:
    """The papers named in a form. Raises Invalid."""
    try:
        return tuple(_one_of(tuple(PAPER_NAMES), paper) for paper in given)
    except StopIteration:
        raise Invalid(papers="unknown") from None


def view(note: NoteView, now: datetime) -> EarlierNote:
    """A note that was written, in words."""
    said = note.note
    words = ["Kom" if said.came else "Kom inte"]
    if said.identity_seen:
        words.append("id sett")
    if said.complete:
        words.append("allt är inne")
    if said.active != "not-judged":
        words.append(_ACTIVE[said.active].lower() + (", sagt i rummet" if said.told_in_room else ""))
    if said.waived:
        words.append(_WAIVED[said.waived].lower())
    return EarlierNote(
        swedish.when(note.at, now),
        note.by_name,
        f"{', '.join(words)}.",
        tuple(line.text[locales.SWEDISH] for line in note.agreed),
    )


def _numbers(filled: Mapping[str, str]) -> list[int]:
    return [number for number in range(1, lines.MOST_LINES + 1) if filled.get(f"line_{number}")]


def _line(filled: Mapping[str, str], number: int) -> Agreed:
    key = filled[f"line_{number}"]
    if key == "own":
        return Agreed(own_words=filled.get(f"line_{number}_words", ""))
    known = lines.BY_KEY.get(key)
    names = [one.name for one in known.fields] if known else []
    return Agreed(line=key, fields={name: filled.get(f"line_{number}_{name}", "") for name in names})


def _one_of(values: tuple[Known, ...], given: str) -> Known:
    return next(value for value in values if value == given)
