"""Whether anything is decided without a human, for ``imorgon check``: off, or who allowed it, and which law is read;
and which texts of decisions are approved."""

from collections.abc import Sequence
from datetime import UTC, datetime

from backend.calendar import day_in_sweden
from backend.decisions import law, texts
from backend.municipalities import Municipality
from bot.watching.findings import Finding


def found(municipality: Municipality, *, demo: bool) -> list[Finding]:
    """How it is in one municipality today."""
    where, today = f"Decisions in {municipality.name}:", day_in_sweden(datetime.now(UTC))
    if municipality.decisions.automatic == "off":
        return [Finding(f"{where} a human signs each.")]
    allowed = municipality.automatic_on(today, examples=demo)
    if allowed is None:
        words = f"{where} unchanged renewals are to be automatic, and the delegation list of today does not allow it."
        return [Finding(words, wrong=True)]
    by = f"{allowed.reference}, {allowed.decided_on}, recorded by {allowed.recorded_by}"
    findings = [Finding(f"{where} unchanged renewals up to {allowed.most_kronor} kr are automatic ({by}).")]
    if unread := law.unverified(("automatic", "automatic-here"), today):
        findings.append(Finding(f"{where} not verified here, and quoted to nobody: {', '.join(unread)}."))
    return findings


def approved(municipality: Municipality) -> Finding:
    """In which languages somebody there approved the texts of decisions, and which of them have changed since."""
    given = municipality.approved_texts.items()
    said = [f"{code} {one.approved_on}{_but(texts.unread(one))}" for code, one in given]
    return Finding(
        f"Decision texts in {municipality.name}, approved: {', '.join(said) or 'none'}. Others read Swedish, explained."
    )


def _but(unread: Sequence[str]) -> str:
    return f" (not what was written since: {', '.join(unread)})" if unread else ""
