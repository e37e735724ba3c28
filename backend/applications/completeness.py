"""Which papers an application needs: a rule without conversation, and without judging anybody.

Papers named by U (utredning Trelleborg-Svedala 2020) and the municipalities' own lists: identity, bank statements of
three months, the lease and the rent invoice, the payslip. Nobody is turned away for lacking one.
"""

from backend.contract import Paper, SendApplication

_RENTED = ("rental", "rented-house", "sublet", "lodger")


def unsaid(application: SendApplication) -> tuple[Paper, ...]:
    """Papers of which a recurring application says nothing, since the home is as it was: they stand as they stood."""
    return ("rent-invoice", "lease") if "housing" in application.unchanged else ()


def needed(application: SendApplication | None) -> tuple[Paper, ...]:
    """The papers to ask for. What was left to the meeting asks for nothing yet."""
    papers: list[Paper] = ["identity"]
    if application is None:
        return tuple(papers)
    if application.housing in _RENTED or application.housing == "owned":
        papers.append("rent-invoice")
    if application.housing in _RENTED:
        papers.append("lease")
    papers.append("bank-statements")
    if any(income.kind == "salary" for income in application.incomes or ()):
        papers.append("payslip")
    return tuple(papers)
