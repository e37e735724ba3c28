"""The caseworker's one-screen note as a form: its fields, and what they mean.

``meeting`` (id), ``came`` (yes | no), ``identity_seen`` (yes), ``paper_<paper>`` (missing | came | seen | not-needed |
""), ``was_<paper>`` (what stood there when the form was opened), ``complete`` (yes), ``active`` (active | not-active |
not-judged), ``told_in_room`` (yes), ``waived`` (no-show | illness | other | ""), and three lines: ``line_<n>`` (the key
of a line, ``own`` or ""), ``line_<n>_<field>``, ``line_<n>_words``. What comes after the meeting: ``planning_week``
(yes) and ``not_at_disposal`` (yes); ``slot`` (of a new meeting, or ""); ``next_words``, ``next_by`` (person |
caseworker | customer-service) and ``next_on``; ``branch`` and ``was_branch``; ``plan_agreed`` (yes) of
``plan_version``; ``consent_<contact>`` (yes | no | "") and ``was_consent_<contact>``.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from backend import locales
from backend.cases import lines
from backend.cases.consents import AUTHORITIES, Consent
from backend.cases.desk import ACTIVE, NEXT_BY, PAPER_STATES, WAIVED, Agreed, NextStep, Note, NoteView
from backend.cases.models import NextBy, Paper
from backend.contract import Authority, Branch
from backend.errors import Invalid, NextStepIncomplete
from backend.planning.service import BRANCHES
from backend.staff import swedish
from backend.staff.case.views import ConsentRow, EarlierNote
from backend.staff.views import LineChoice

Known = TypeVar("Known", bound=str)

PAPER_NAMES: dict[Paper, str] = {
    "identity": "Id-handling",
    "rent-invoice": "Hyresavi",
    "bank-statements": "Kontoutdrag, tre månader",
    "lease": "Hyreskontrakt",
    "payslip": "Lönebesked",
}
WITH: Mapping[str, str] = {
    "arbetsformedlingen": "Arbetsförmedlingen",
    "forsakringskassan": "Försäkringskassan",
    "landlord": "Hyresvärden",
    "care": "Vården",
}
"""Whom staff may speak with, if she says so."""
NEXT_BY_NAMES: dict[NextBy, str] = {
    "person": "Personen",
    "caseworker": "Handläggaren",
    "customer-service": "Kundtjänst",
}
_MOST_NEXT = 120
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
            next_step=_next_step(filled),
            new_meeting=filled.get("slot", ""),
        )
    except (ValueError, StopIteration):
        raise Invalid(note="not filled in as the form has it") from None


def begins_week(filled: Mapping[str, str]) -> bool:
    """Whether the planning week begins. Raises Invalid where nobody came to be told of it."""
    if filled.get("planning_week") == "yes" and filled.get("came") != "yes":
        raise Invalid(planning_week="nobody came")
    return filled.get("planning_week") == "yes"


def consents(filled: Mapping[str, str]) -> Mapping[Authority, bool]:
    """What she said of whom staff may speak with. What was left as it stood says nothing: she may have answered since
    the form was opened. Raises Invalid."""
    said: dict[Authority, bool] = {}
    for one in AUTHORITIES:
        given = filled.get(f"consent_{one}", "")
        if given == filled.get(f"was_consent_{one}", ""):
            continue
        if given not in ("yes", "no"):
            raise Invalid(consent="not filled in as the form has it")
        said[one] = given == "yes"
    return said


def branch(filled: Mapping[str, str]) -> Branch | None:
    """The branch chosen in the room; ``None`` where it was left as it stood. Raises Invalid."""
    given = filled.get("branch", "")
    if not given or given == filled.get("was_branch", ""):
        return None
    try:
        return _one_of(BRANCHES, given)
    except StopIteration:
        raise Invalid(branch="unknown") from None


def agreed_plan(filled: Mapping[str, str]) -> UUID | None:
    """The version of the plan she said yes to. Raises Invalid."""
    try:
        return UUID(filled.get("plan_version", "")) if filled.get("plan_agreed") == "yes" else None
    except ValueError:
        raise Invalid(plan="no id") from None


def consent(one: Consent, now: datetime) -> ConsentRow:
    """What holds of one contact, in words."""
    words = "Inte frågat"
    if one.given is not None and one.at is not None:
        how = f"skrivet av {one.by_name}" if one.by_name else "i ansökan"
        words = f"{'Ja' if one.given else 'Nej'}, {how} {swedish.when(one.at, now)}"
    return ConsentRow(one.authority, WITH[one.authority], {True: "yes", False: "no", None: ""}[one.given], words)


def not_active(written: Iterable[NoteView], now: datetime) -> str:
    """That the last note which judged it says she takes no part in what was planned; empty when it does not."""
    judged = [view for view in written if view.note.active != "not-judged"]
    if not judged or judged[-1].note.active != "not-active":
        return ""
    said = judged[-1]
    return f"Deltar inte i det planerade, sagt i rummet ({said.by_name}, {swedish.when(said.at, now)})."


def next_step(step: NextStep | None) -> str:
    """What comes next, in words; empty where nothing was written."""
    return f"{step.words}. {NEXT_BY_NAMES[step.by]}, senast {swedish.long_day(step.on)}." if step else ""


def papers(given: Iterable[str]) -> tuple[Paper, ...]:
    """The papers named in a form. Raises Invalid."""
    try:
        # A list: out of a generator it would come as another error.
        return tuple([_one_of(tuple(PAPER_NAMES), paper) for paper in given])
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
        next_step(said.next_step),
    )


def _next_step(filled: Mapping[str, str]) -> NextStep | None:
    words, on = filled.get("next_words", "").strip().rstrip("."), filled.get("next_on", "")
    if not words and not on:
        return None
    if not words or not on:
        raise NextStepIncomplete
    by = _one_of(NEXT_BY, filled.get("next_by", ""))
    return NextStep(words[:_MOST_NEXT], by, date.fromisoformat(on))


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
