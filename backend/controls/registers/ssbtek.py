"""SSBTEK, the composed service of benefits: what she gets from elsewhere, and what she has applied for there."""

from collections.abc import Iterator, Mapping
from typing import Literal

from pydantic import Field

from backend.contract import SendApplication
from backend.controls.registers import Difference, Facts, Register, parts

PLACE = 3
_KINDS = {
    "social-insurance": "Försäkringskassan",
    "unemployment-fund": "a-kassa",
    "student-aid": "CSN",
    "pension": "Pensionsmyndigheten",
    "child-support": "underhållsstöd",
}


class _Payment(Facts):
    kind: Literal["social-insurance", "unemployment-fund", "student-aid", "pension", "child-support"]
    kronor: int = Field(ge=0, le=1_000_000)


class _Ssbtek(Facts):
    """``payments``: of the month that is asked about. ``pending``: whether anything is applied for and not decided."""

    payments: list[_Payment] = Field(max_length=200)
    pending: bool | None = None


def _compare(sent: SendApplication, facts: _Ssbtek) -> tuple[Difference, ...]:
    return tuple(_differing(sent, facts))


def _differing(sent: SendApplication, facts: _Ssbtek) -> Iterator[Difference]:
    told = [(one.kind, one.kronor) for one in sent.incomes or () if one.kind in _KINDS]
    for kind, name in _KINDS.items():
        said = sum(kronor or 0 for of, kronor in told if of == kind)
        found = sum(one.kronor for one in facts.payments if one.kind == kind)
        is_said = any(of == kind for of, _ in told)
        if found and not is_said:
            yield Difference("not-said", f"{name}: inget", f"{name}: {found} kr")
        elif said and not found:
            yield Difference("not-found", f"{name}: {said} kr", f"{name}: inget")
        elif said != found and is_said:
            yield Difference("amount", f"{name}: {said} kr", f"{name}: {found} kr")
    if facts.pending and not sent.pending_benefits:
        yield Difference("pending", "har inte sökt annat", "har sökt något som inte är beslutat")


def _of(sent: SendApplication) -> Mapping[str, object]:
    benefits = [one.model_dump(mode="json") for one in sent.incomes or () if one.kind in _KINDS]
    return {**parts(sent, "month", "has_income", "pending_benefits"), "benefits": benefits}


REGISTER = Register(
    "ssbtek",
    "SSBTEK",
    "Ersättningar från andra",
    of=_of,
    may_differ={
        "not-said": "Ersättning som inte står i ansökan",
        "not-found": "Ersättning i ansökan som inte finns där",
        "amount": "Annat belopp",
        "pending": "Har sökt något som inte är beslutat",
    },
    facts=_Ssbtek,
    compare=_compare,
)
