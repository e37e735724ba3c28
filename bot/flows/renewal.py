"""The recurring application (återansökan): has anything changed, and what comes and goes this month.

What is as it was last time is neither shown nor asked: "unchanged" is what is sent, and staff read it so. What has
changed is asked with the first application's own questions.
"""

from collections.abc import Container, Mapping
from datetime import date

from backend.contract import ApplicationReceipt, Section, SendApplication, Sensitivity
from bot.flows.application import CORRECTED, PAPERS, SECTIONS
from bot.flows.application.belongings import Belongings, belongings
from bot.flows.application.children import Children, children
from bot.flows.application.costs import (
    CARE_KINDS,
    COST_FOR,
    COST_KINDS,
    COST_KRONOR,
    COST_OTHER,
    COST_PERIOD,
    COST_RECEIPT,
    costs,
)
from bot.flows.application.home import Home, home
from bot.flows.application.household import MONTH, STAYS_HERE, Household, who
from bot.flows.application.money import money
from bot.flows.application.planning import JOB_EMPLOYER, JOB_MORE, JOB_TITLE, JOB_WHEN, planning
from bot.flows.application.reaching import Reaching, reaching
from bot.form import Flow, Form, Json
from bot.questions import Question, SeveralOrNone, YesNo, without_none
from bot.text import N_, MonthName, say

MAY_CHANGE: dict[Section, str] = {
    "household": N_("Partner"),
    "children": N_("Children"),
    "housing": N_("Home or rent"),
    "assets": N_("Owns or owes"),
    "reaching": N_("Contact or account"),
}
OF_ITS_MONTH = frozenset({STAYS_HERE.name, MONTH.name, JOB_TITLE.name, JOB_EMPLOYER.name, JOB_WHEN.name, JOB_MORE.name})
OF_A_COST = frozenset({COST_KRONOR.name, COST_PERIOD.name, COST_RECEIPT.name, COST_FOR.name, COST_OTHER.name})
STAYS = Question(
    STAYS_HERE.name,
    N_("{month}: are you here in the municipality all that month?"),
    YesNo(),
    sensitivity=Sensitivity.PERSONAL,
    section="changed",
    short=N_("Here all month, {month}"),
)
CHANGED = Question(
    "changed",
    N_("Has any of this changed since last time?"),
    SeveralOrNone({**MAY_CHANGE, "none": N_("Nothing")}),
    sensitivity=Sensitivity.PERSONAL,
    section="changed",
    short=N_("Changed"),
    usual=("none",),
)


def renewal(form: Form) -> SendApplication:
    month = date.fromisoformat(form.carried("for_month", form.today.replace(day=1).isoformat()))
    stays_here = form.ask_or_leave(STAYS, month=MonthName(month))
    changed = without_none(form.ask_or_leave(CHANGED))
    of = changed or ()
    alone, partner = who(form, by_code=False) if "household" in of else (None, None)
    lives_with = Household(alone, partner, month, stays_here)
    with_children = children(form) if "children" in of else Children(None)
    lives = home(form, lives_with, with_children) if "housing" in of else Home(None, None, None, None, None)
    has_others = (alone is False or bool(with_children.children)) if {"household", "children"} <= set(of) else None
    pays = costs(form, for_others=has_others)
    gets = money(form, lives_with)
    owns = belongings(form) if "assets" in of else Belongings(None, None, None, None, None)
    does = planning(form, gets, first=False)
    reach = reaching(form) if "reaching" in of else Reaching(None, None, None)
    digest = form.confirm()
    return SendApplication(
        person=form.context.person,
        received_at=form.context.now,
        language=form.context.language,
        kind="recurring",
        interpreter_language=None if form.context.speaks == "sv" else form.context.speaks,
        **lives_with._asdict(),
        **with_children._asdict(),
        **lives._asdict(),
        **pays._asdict(),
        **gets._asdict(),
        **owns._asdict(),
        **does._asdict(),
        **reach._asdict(),
        later=form.left(),
        unchanged=() if changed is None else tuple(section for section in MAY_CHANGE if section not in changed),
        attested=True,
        digest=digest,
        record=form.record(),
        sealed=form.sealed_answers(),
        corrects=form.corrects,
    )


def begins_with(known: Mapping[str, Json]) -> dict[str, Json]:
    """What of the answers of a month the next one may begin with, where she reads them through: no job that was applied
    for then, and no cost that came once."""
    once = {
        key.partition("#")[2] for key, one in known.items() if key.startswith(f"{COST_PERIOD.name}#") and one == "once"
    }
    found = {key: one for key, one in known.items() if _stands(key, once)}
    for chosen, kind_of_it in ((CARE_KINDS.name, "care"), (COST_KINDS.name, None)):
        if chosen in found:
            left = [one for one in found[chosen] if one not in once]
            found[chosen] = left
            if not left:
                # That there is nothing else she has not said.
                del found[chosen]
                once = once | ({kind_of_it} if kind_of_it else set())
    return found


def _stands(key: str, once: Container[str]) -> bool:
    name, _, item = key.partition("#")
    return name not in OF_ITS_MONTH and not (name in OF_A_COST and item in once)


def received(form: Form, value: Json) -> None:
    receipt = ApplicationReceipt.model_validate(value)
    came = N_("Your application came in {time}. A caseworker reads it, and we write when something is new.")
    form.say(CORRECTED if form.corrects is not None else came, time=receipt.received_at)
    missing = [say(PAPERS[paper]) for paper in receipt.missing]
    if missing:
        form.say(N_("Still missing: {papers}."), papers=tuple(missing))


FLOW = Flow(
    "renewal",
    renewal,
    accepted=received,
    sections=(("changed", N_("Since last time")), *SECTIONS),
    application=True,
    if_left="asked",
)
