"""What ``imorgon check`` says of machine translation for staff: off, there, away, refused, or used up."""

from backend.settings import Tenant
from backend.translating import Standing
from bot.text import languages
from bot.watching.findings import Finding

FEW = 20_000
"""Signs left of a quota that are soon gone: some two hundred messages."""

_WITHOUT = "Staff read and write without it meanwhile"


async def found(tenant: Tenant) -> list[Finding]:
    """How the service of one municipality is, by what it says itself. None of anybody's words is sent there."""
    where, given = f"Machine translation in {tenant.municipality.name}:", tenant.translator
    if given is None:
        return [Finding(f"{where} off, no service is given.")]
    spoken = tenant.municipality.languages or languages()
    standing = await given.standing(spoken)
    if (trouble := _trouble(standing)) is not None:
        return [Finding(f"{where} {given.name} {trouble}. {_WITHOUT}.", wrong=True)]
    left = "" if standing.left is None else f"; {standing.left} signs of its quota are left"
    findings = [Finding(f"{where} on, by {given.name}{left}.", wrong=standing.left is not None and standing.left < FEW)]
    if standing.lacks:
        findings.append(Finding(f"{where} {given.name} lacks {', '.join(standing.lacks)}; those go by an interpreter."))
    return findings


def _trouble(standing: Standing) -> str | None:
    why = f" ({standing.why})" if standing.why else ""
    match standing.state:
        case "away":
            return f"does not answer{why}"
        case "refused":
            return f"does not let us in{why}: see its key"
        case "used-up":
            return f"takes nothing more{why}: its quota is used up, or we ask too often"
        case "open":
            return None
