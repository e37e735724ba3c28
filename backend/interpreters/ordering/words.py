"""An order in Swedish words, as an agency reads it. Nothing of the person: no name, no reason, no unit."""

from datetime import timedelta

from babel import Locale
from babel.dates import format_date

from backend.calendar import SWEDEN
from backend.interpreters.ordering import Asked

_SWEDISH = Locale("sv")
_MINUTE = timedelta(minutes=1)
WAYS = {"phone": "telefon", "video": "video", "on-site": "på plats"}
GENDERS = {"woman": "kvinna", "man": "man"}

LANGUAGES = {
    "ckb": "kurdiska, sorani (inte kurmanji)",
    "kmr": "kurdiska, kurmanji (inte sorani)",
    "prs": "dari (inte persiska/farsi)",
    "fa": "persiska/farsi (inte dari)",
    "ti": "tigrinja (inte amhariska)",
    "am": "amhariska (inte tigrinja)",
    "ps": "pashto",
}
"""Languages taken for each other when they are ordered (Avropa on hazaragi and dari; the rest is not verified)."""

DIALECTS = {
    "northern": "nordsomaliska",
    "benaadiri": "benadirisomaliska",
    "hazaragi": "hazaragi",
}
"""What a dialect is called; another one stands as it was said."""


def letter(asked: Asked) -> tuple[str, str]:
    """Subject and text of an order."""
    return f"Tolkbeställning {asked.number}: {language(asked)}, {_when(asked)}", "\n".join(_order(asked))


def cancellation(asked: Asked) -> tuple[str, str]:
    """Subject and text of a cancellation."""
    text = (
        f"{asked.orderer} avbokar tolken nedan. Ni behöver inte svara.",
        "",
        f"Ordernummer: {asked.number}",
        f"Språk: {language(asked)}",
        f"Tid: {_when(asked)}",
        "",
        f"Frågor: {_contact(asked)}",
        "",
    )
    return f"Avbokning {asked.number}: {language(asked)}, {_when(asked)}", "\n".join(text)


def language(asked: Asked) -> str:
    """The language as it is ordered, so that it is not taken for another."""
    return LANGUAGES.get(asked.language) or _SWEDISH.languages.get(asked.language, asked.language)


def _order(asked: Asked) -> list[str]:
    by = asked.answer_by.astimezone(SWEDEN)
    lines = [
        f"{asked.orderer} beställer tolk.",
        "",
        f"Ordernummer: {asked.number} (skriv det på fakturan)",
        f"Språk: {language(asked)}",
    ]
    if asked.dialect:
        lines.append(f"Dialekt: {DIALECTS.get(asked.dialect, asked.dialect)}")
    lines += [f"Tid: {_when(asked)}", f"Sätt: {WAYS[asked.mode]}", _where(asked), f"Antal personer: {asked.persons}"]
    if asked.gender:
        lines.append(f"Önskemål: {GENDERS[asked.gender]} (om det går)")
    if asked.not_as:
        lines.append(f"Önskemål: inte samma tolk som i order {asked.not_as}")
    if asked.cost_centre:
        lines.append(f"Kostnadsställe: {asked.cost_centre}")
    return [
        *lines,
        "",
        f"Svara ja eller nej före {format_date(by, 'EEEE d MMMM', locale=_SWEDISH)} kl {by:%H.%M}:",
        asked.answer_at,
        "Sidan behöver ingen inloggning. Länken gäller bara den här beställningen och kan användas en gång.",
        "",
        f"Beställare: {asked.orderer}. Frågor: {_contact(asked)}",
        "",
    ]


def _where(asked: Asked) -> str:
    match asked.mode:
        case "phone":
            return f"Tolken ringer: {asked.rings}"
        case "video":
            return f"Video: {asked.video or f'ring {asked.telephone}, så säger vi hur'}"
        case "on-site":
            return f"Adress: {asked.address}"


def _when(asked: Asked) -> str:
    start, end = asked.starts_at.astimezone(SWEDEN), asked.ends_at.astimezone(SWEDEN)
    minutes = (asked.ends_at - asked.starts_at) // _MINUTE
    day = format_date(start, "EEEE d MMMM y", locale=_SWEDISH)
    return f"{day} kl {start:%H.%M}–{end:%H.%M} ({minutes} minuter)"


def _contact(asked: Asked) -> str:
    return f"{asked.contact}, {asked.telephone}" if asked.contact else asked.telephone
