"""How a paper is known when one has it in one's hand, in every language we write."""

from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, locales
from backend.contract import AskedPaper, Paper
from backend.locales import N_

LOOKS_LIKE: dict[Paper, str] = {
    "identity": N_("An ID card, a passport or an LMA card. Show both sides."),
    "rent-invoice": N_("The bill for your home. It says how much, for which month and to whom you pay."),
    "bank-statements": N_(
        "A list from your bank of all that came in and went out in the last three months, with your name on it."
    ),
    "lease": N_("The contract for your home, all pages, with the names and the rent."),
    "payslip": N_("The paper from your employer that says what you were paid and for which month."),
}


def asked(session: AsyncSession, paper: Paper, own_words: str = "") -> AskedPaper:
    """A paper that is asked for, with how it looks in each of the municipality's languages."""
    message = LOOKS_LIKE.get(paper)
    written = locales.among(database.of(session).municipality.languages) if message else ()
    return AskedPaper(
        paper=paper,
        looks_like={language: locales.say(message, language) for language in written} if message else {},
        own_words=own_words,
    )
