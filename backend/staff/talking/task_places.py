"""Where in her case a task to look at something is done, by its reason: which part of it, and what is done there."""

from uuid import UUID

from backend.moving import OF_MOVING
from backend.staff.desk import Role
from backend.tasks import Task

_PAPERS = ("#papers", "Se papperen")
_SEALED = ("#sealed", "Se det i ärendet")
_ALL = {
    "application": ("/application", "Läs ansökan"),
    "partner-silent": ("/application", "Läs ansökan"),
    "joint-left": ("/application", "Läs ansökan"),
    "document": _PAPERS,
    "papers-came": _PAPERS,
    "papers-answered": _PAPERS,
    "papers-overdue": _PAPERS,
    "personal-number": _SEALED,
    "account-number": _SEALED,
    "card-number": _SEALED,
    "photo": _SEALED,
    "late": ("#next-meeting", "Se mötet"),
    "ill": ("#next-meeting", "Se mötet"),
    "branch-not-chosen": ("/for-them#branch", "Välj åt personen"),
    **dict.fromkeys(OF_MOVING, ("/moving", "Se överlämningen")),
}
"""What whoever may open a case may open."""
_PLANNING = ("/planning", "Se planeringen")
_OF_CASEWORKERS = {
    "same-number": ("#same", "Se vems numret är"),
    "control-failed": ("/controls", "Gör kontrollen"),
    "above-norm": ("/calculation", "Bedöm kostnaden"),
    "commented": ("/decision", "Läs det"),
    "commented-late": ("/decision", "Läs det"),
    "next-step": ("/meeting", "Se anteckningen"),
    "not-active": ("/meeting", "Se anteckningen"),
    "activity-ill": _PLANNING,
    "could-not": _PLANNING,
    "help": _PLANNING,
    "settling": _PLANNING,
    "plan-agreed": _PLANNING,
}
_WHOLE_CASE = ("", "Öppna ärendet")


def leads_to(task: Task, person: UUID, role: Role) -> tuple[str, str]:
    """The address and what it is called, for whoever sits there as this role."""
    places = {**_ALL, **_OF_CASEWORKERS} if role is Role.CASEWORKER else _ALL
    part, words = places.get(task.reason, _WHOLE_CASE)
    return f"/inbox/cases/{person}{part}", words
