"""The plan and the branches in Swedish, for the pages that show them."""

from collections.abc import Mapping
from datetime import datetime

from backend import locales
from backend.contract import Branch, PlanKind
from backend.planning.plans import PlanView
from backend.staff import swedish
from backend.staff.meeting.views import WrittenPlan

BRANCHES: Mapping[Branch, str] = {
    "care": "Vård och omsorg",
    "childcare": "Barn och skola",
    "cleaning": "Städ",
    "construction": "Bygg",
    "industry": "Industri",
    "retail": "Butik",
    "restaurant": "Restaurang",
    "transport": "Transport och lager",
    "green": "Jordbruk och trädgård",
    "office": "Kontor",
}
PLANS: Mapping[PlanKind, str] = {"work": "Arbetsmarknadsplan", "study": "Studieplan"}


def written_plan(plan: PlanView, now: datetime) -> WrittenPlan:
    """The plan as it stands, in words."""
    read = plan.readable
    return WrittenPlan(
        name=PLANS[plan.written.kind],
        goal=read.goal.text[locales.SWEDISH],
        steps=tuple(step.text[locales.SWEDISH] for step in read.steps),
        review=swedish.long_day(read.review_on),
        agreed=read.agreed,
        by=f"{plan.by_name}, {swedish.when(plan.at, now)}",
    )
