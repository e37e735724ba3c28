"""The forms for what she answers to what we asked, in her case: the branch, why she did not come, a paper."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel.ext.asyncio.session import AsyncSession

from backend.applications import completions, parts
from backend.behalf import service as behalf
from backend.behalf.models import Heard
from backend.behalf.service import WhyNot
from backend.contract import Branch, MeetingStatus, SaidOfPaper
from backend.decisions import comments
from backend.decisions.models import Answered
from backend.planning import plans
from backend.planning import service as planning
from backend.staff import swedish
from backend.staff.case.notes import PAPER_NAMES
from backend.staff.case.overview import Opened
from backend.staff.desk import Seat
from backend.staff.meeting.plan_words import BRANCHES

WHY: dict[WhyNot, str] = {
    "ill": "Var sjuk",
    "forgot": "Glömde",
    "interpreter": "Det var något med tolken",
    "other": "Något annat",
}
OF_PAPER: dict[SaidOfPaper, str] = {
    "cannot-get": "Kan inte få tag i",
    "good-enough": "Kan inte ta någon bättre bild av",
}
ANSWERED: dict[Heard, Answered] = {
    "telephone": "telephone",
    "counter": "counter",
    "meeting": "counter",
    "letter": "letter",
}
_LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Answers:
    """What there is to choose. ``missed``: the id of a meeting she did not come to, and when it was; ``papers``: by
    what is sent, in words. ``comments``: she was asked for her comment before a decision. ``together``: she is about to
    apply with another."""

    branches: Mapping[Branch, str]
    branch: Branch | None
    missed: tuple[UUID, str] | None
    why: Mapping[WhyNot, str]
    papers: Mapping[str, str]
    comments: bool
    together: bool


async def answers(session: AsyncSession, here: Seat, opened: Opened) -> Answers:
    """What she could answer in a case that is open."""
    person = opened.file.person
    standing, plan = await planning.of_person(session, person), await plans.of_person(session, person)
    programme = here.database.municipality.planning
    chooses = programme is not None and standing.choose_by is not None and not (plan and plan.written.agreed)
    asked_for = await completions.of_person(session, person)
    return Answers(
        branches={one: BRANCHES[one] for one in programme.branches} if programme and chooses else {},
        branch=standing.branch,
        missed=_missed(here, opened),
        why=WHY,
        papers={
            f"{asked.id}:{one.paper}:{says}": f"{OF_PAPER[says]}: {PAPER_NAMES[one.paper]}"
            for asked in asked_for
            for one in asked.papers
            for says in behalf.sayable(one)
        },
        together=await parts.under_way(session, person),
        comments=await comments.standing(session, person) is not None,
    )


def _missed(here: Seat, opened: Opened) -> tuple[UUID, str] | None:
    lately = (
        one
        for one in opened.meetings
        if one.status is MeetingStatus.NO_SHOW and here.now - _LATELY < one.end <= here.now
    )
    latest = max(lately, key=lambda one: one.start, default=None)
    return (latest.id, swedish.when(latest.start, here.now)) if latest is not None else None
