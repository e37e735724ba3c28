"""An application as it was shown and answered, for the archive: every question's sentence in Swedish, and as it stood.

Nothing is put into new words here: what the person saw, in her language and in Swedish, came with the application.
"""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from babel import Locale
from babel.dates import format_date

from backend.calendar import SWEDEN
from backend.contract import VERSION, AnswerRecord, Language, SendApplication
from backend.printing.letters import hers, ours
from backend.printing.press import Sheet

TITLE = "Ansökan om ekonomiskt bistånd"
_CHANNELS = {"sms": "sms", "telegram": "Telegram", "web": "webben", "terminal": "terminalen"}
_AT_THE_MEETING = "Tas på mötet"
_SWEDISH = Locale("sv")


@dataclass(frozen=True)
class Archived:
    """One version of an application, and where it lies. ``corrects``: the version that this one corrects."""

    municipality: str
    case: UUID
    application: UUID
    version: int
    sent: SendApplication
    corrects: int | None = None


def sheet(one: Archived) -> Sheet:
    """The application as a document, dated when it was received."""
    sent = one.sent
    return Sheet(
        "archive",
        {
            "title": TITLE,
            "municipality": one.municipality,
            "running": f"Ärende {_short(one.case)}",
            "foot": f"{TITLE}, version {one.version}, ansökan {one.application}",
            "facts": [{"name": name, "value": ours(value, "sv").data()} for name, value in _facts(one)],
            "attestation": [ours(words, "sv").data() for words in _attestation(sent)],
            "answers": [_answer(record) for record in sent.record],
        },
        sent.received_at,
    )


def as_json(one: Archived) -> bytes:
    """The application as data: all that the document says, and all that was sent."""
    kept = {
        "municipality": one.municipality,
        "case": str(one.case),
        "application": str(one.application),
        "version": one.version,
        "corrects": one.corrects,
        "contract": VERSION,
        "sent": one.sent.model_dump(mode="json"),
    }
    return (json.dumps(kept, ensure_ascii=False, indent=2) + "\n").encode()


def _facts(one: Archived) -> list[tuple[str, str]]:
    sent = one.sent
    corrected = f", rättar version {one.corrects}" if one.corrects else ""
    return [
        ("Kommun", one.municipality),
        ("Ärende", str(one.case)),
        ("Ansökan", str(one.application)),
        ("Version", f"{one.version}{corrected}"),
        ("Kom in", _when(sent.received_at)),
        ("Språk", _language(sent.language)),
        ("Frågor", f"{len(sent.record)}, varav {len(sent.later)} tas på mötet"),
        ("Format", f"imorgon {VERSION}"),
    ]


def _attestation(sent: SendApplication) -> list[str]:
    attested = "Intygad av personen" if sent.attested else "Inte intygad av personen"
    return [
        f"{attested} {_when(sent.received_at)}.",
        f"Kontrollsumma (SHA-256) av det som visades när personen intygade: {sent.digest}",
    ]


def _answer(record: AnswerRecord) -> dict[str, Any]:
    left = record.meaning is None
    meaning = record.answer_in_swedish or (_AT_THE_MEETING if left else _plain(record.meaning))
    answer = record.answer or meaning
    written = record.words.strip()
    return {
        "swedish": ours(record.shown_in_swedish, "sv").data(),
        "meaning": hers(meaning, "sv").data(),
        "how": ours(f"{_when(record.at)}, {_CHANNELS[record.channel]}, {_language(record.language)}", "sv").data(),
        "shown": ours(record.shown, record.language).data(),
        "answer": ours(answer, record.language).data(),
        "words": hers(written, record.language).data() if written and written != answer else None,
    }


def _plain(meaning: object) -> str:
    """A meaning whose words did not come with it, as it is kept."""
    match meaning:
        case bool():
            return "Ja" if meaning else "Nej"
        case int() | str():
            return str(meaning)
        case list():
            return ", ".join(map(_plain, meaning))
    return json.dumps(meaning, ensure_ascii=False, sort_keys=True)


def _when(at: datetime) -> str:
    """``30 november 2026 kl. 9.58``, on the Swedish clock."""
    local = at.astimezone(SWEDEN)
    return f"{format_date(local.date(), 'd MMMM y', locale='sv')} kl. {local.hour}.{local.minute:02d}"


def _language(code: Language) -> str:
    return str(_SWEDISH.languages.get(code, code))


def _short(case: UUID) -> str:
    return str(case)[:8]
