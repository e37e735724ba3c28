"""Does an application say the same as that of the month before? Each answer that says otherwise has its sort. Pure.

What is not named here counts as an answer like any other, so that a question added later is not passed over.
"""

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias, get_args

from backend.contract import Cost, Section, SendApplication, Value

Otherwise: TypeAlias = Literal["section", "cost", "income", "occupation", "other"]
"""Something of a section that is said to be unchanged; costs; incomes; what she does, and jobs; anything else."""

SECTIONS: frozenset[Section] = frozenset(get_args(Section))
_OF_SECTIONS = frozenset(
    {
        *("applies_alone", "partner", "children"),
        *("housing", "owned_form", "housing_kronor", "rooms", "home_persons"),
        *("asset_kinds", "assets", "vehicles", "debts", "rent_debt"),
        *("contact_by", "email", "may_ask"),
    }
)
"""What is not asked, and not sent, where its section is as it was."""
_SORTS: Mapping[str, Otherwise] = {
    **dict.fromkeys(("cost_kinds", "costs"), "cost"),
    **dict.fromkeys(("has_income", "incomes", "pending_benefits", "pending_from"), "income"),
    **dict.fromkeys(
        (
            *("planning", "registered_jobseeker", "applied_for"),
            *("sick_level", "sick_certificate", "sfi_course", "sfi_path"),
        ),
        "occupation",
    ),
}
_ASKED_ONCE = frozenset({"worked_last_year", "lived_on", "plans"})
"""What only a first application asks: said again, it must be the same."""
OF_THE_SENDING = frozenset(
    {
        *("person", "received_at", "kind", "month", "stays_here", "later", "unchanged"),
        *("attested", "digest", "record", "attestation", "sealed", "corrects"),
    }
)
"""What every application has of its own; what of it matters is looked at by itself (see ``rules``)."""


def otherwise(now: SendApplication, before: SendApplication) -> frozenset[Otherwise]:
    """What ``now`` says otherwise than ``before``, or does not call unchanged."""
    return frozenset(_otherwise(now, before))


def _otherwise(now: SendApplication, before: SendApplication) -> Iterator[Otherwise]:
    if set(now.unchanged) != SECTIONS:
        yield "section"
    for name in SendApplication.model_fields.keys() - OF_THE_SENDING:
        said = getattr(now, name)
        if name in _OF_SECTIONS:
            if said is not None:
                yield "section"
        elif name in _ASKED_ONCE and said is None:
            continue
        elif not _same(said, getattr(before, name)):
            yield _SORTS.get(name, "other")


def _same(now: object, before: object) -> bool:
    """Is it the same answer? In which order things were named does not matter; whose a cost is only where it was asked
    this time too."""
    if not isinstance(now, tuple) or not isinstance(before, tuple):
        return now == before
    of_nobody = all(isinstance(one, Cost) and one.applies_to is None for one in now)
    return sorted(map(_plain, now)) == sorted(_plain(one, of_nobody=of_nobody) for one in before)


def _plain(one: object, *, of_nobody: bool = False) -> str:
    if of_nobody and isinstance(one, Cost):
        one = one.model_copy(update={"applies_to": None})
    return one.model_dump_json() if isinstance(one, Value) else str(one)
