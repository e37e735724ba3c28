"""The module of the labour market (arbetsmarknadsmodulen): whether she is enrolled, and follows what is planned."""

from collections.abc import Iterator, Mapping

from pydantic import Field

from backend.contract import SendApplication
from backend.controls.registers import Difference, Facts, Register, parts

PLACE = 4


class _LabourMarket(Facts):
    """``follows_plan``: as whoever plans with her has written; not written is not known."""

    enrolled: bool
    follows_plan: bool | None = None
    absences: int = Field(0, ge=0, le=1000)


def _compare(sent: SendApplication, facts: _LabourMarket) -> tuple[Difference, ...]:
    return tuple(_differing(sent, facts))


def _differing(sent: SendApplication, facts: _LabourMarket) -> Iterator[Difference]:
    if sent.planning == "job-seeking" and not facts.enrolled:
        yield Difference("not-enrolled", "söker arbete", "inte inskriven")
    if facts.follows_plan is False:
        yield Difference("plan", found="följer inte planeringen")
    if facts.absences:
        yield Difference("absence", found=f"{facts.absences} gånger borta utan anmäld orsak")


def _of(sent: SendApplication) -> Mapping[str, object]:
    return parts(sent, "planning", "registered_jobseeker", "sick_level", "sfi_course", "sfi_path")


REGISTER = Register(
    "labour-market",
    "Arbetsmarknadsmodulen",
    "Inskrivning, planering och närvaro",
    of=_of,
    may_differ={
        "not-enrolled": "Inte inskriven",
        "plan": "Följer inte planeringen",
        "absence": "Borta utan anmäld orsak",
        "occupation": "Annan sysselsättning än i ansökan",
    },
    facts=_LabourMarket,
    compare=_compare,
)
