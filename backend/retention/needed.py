"""Who is still needed whole: nothing of hers is erased by a rule of days while this is so.

Her case is open, or was closed less than so many days ago; she has not been told of a decision, or may still appeal, or
could until less than so many days ago; she applies with somebody, and it waits for one of the two; staff have her
thread, or something is to be done about her.
"""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, union
from sqlalchemy.sql.selectable import CTE, Subquery
from sqlmodel import col, select

from backend import persons
from backend.applications.models import JointApplication
from backend.calendar import day_in_sweden
from backend.cases.models import Case
from backend.decisions.models import Decision
from backend.handover.models import Thread
from backend.tasks import Task


def people(now: datetime, days: int) -> Subquery:
    """Who is (``root``): whoever stands today for a person of whom that is true. ``now`` is business time."""
    before, roots = now - timedelta(days=days), persons.roots()

    def found(person: Any, *when: ColumnElement[bool]) -> Select[Any]:
        whose = func.coalesce(roots.c.root, col(person)).label("root")
        joined = select(whose).select_from(person.class_).outerjoin(roots, roots.c.id == col(person))
        return joined.where(col(person).is_not(None), or_(*when))

    waits = and_(col(JointApplication.complete_at).is_(None), col(JointApplication.ended_at).is_(None))
    return union(
        found(Case.person, col(Case.closed_at).is_(None), col(Case.closed_at) > before),
        found(
            Decision.person,
            col(Decision.told_at).is_(None),
            col(Decision.told_at) > before,
            col(Decision.appeal_by) >= day_in_sweden(before),
        ),
        found(JointApplication.inviter, waits),
        found(JointApplication.partner, waits),
        found(Thread.person, col(Thread.owner) == "staff", col(Thread.wanted) == "staff"),
        found(Task.person, col(Task.done_at).is_(None)),
    ).subquery("needed")


def is_not(person: Any, roots: CTE, needed: Subquery) -> ColumnElement[bool]:
    """That a row's person is none of them; ``roots`` is joined to the row."""
    return func.coalesce(roots.c.root, person).not_in(select(needed.c.root))
