"""An application as it was shown and answered, for the archive: every question's sentence in Swedish, and as it stood.

Nothing is put into new words here: what the person saw, in her language and in Swedish, came with the application.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any
from uuid import UUID

from babel import Locale
from babel.dates import format_date

from backend.applications.service import KINDS_IN_SWEDISH, SECTIONS_IN_SWEDISH, in_swedish
from backend.applications.snapshot import Snapshot
from backend.calendar import SWEDEN
from backend.contract import AnswerRecord, Language
from backend.printing.letters import hers, ours
from backend.printing.press import Sheet

TITLE = "Ansökan om ekonomiskt bistånd"
_CHANNELS = {"sms": "sms", "telegram": "Telegram", "web": "webben", "terminal": "terminalen", "desk": "vid disken"}
_AT_THE_MEETING = "Tas på mötet"
_SWEDISH = Locale("sv")


def sheet(one: Snapshot, municipality: str) -> Sheet:
    """The application as a document, dated when it was received. ``municipality``: its name."""
    return Sheet(
        "archive",
        {
            "title": TITLE,
            "municipality": municipality,
            "running": f"Ärende {_short(one.case)}",
            "foot": f"{TITLE}, version {one.version}, ansökan {one.application}",
            "facts": [{"name": name, "value": ours(value, "sv").data()} for name, value in _facts(one, municipality)],
            "attestation": [ours(words, "sv").data() for words in _attestation(one)],
            "answers": [_answer(record) for record in (*one.answers, one.told, one.attestation) if record is not None],
        },
        one.received_at,
    )


def _facts(one: Snapshot, municipality: str) -> Iterator[tuple[str, str]]:
    corrected = f", rättar version {one.corrected_version}" if one.corrected_version else ""
    yield "Kommun", municipality
    yield "Ärende", str(one.case)
    yield "Ansökan", str(one.application)
    if one.kind != "new":
        yield "Slag", KINDS_IN_SWEDISH[one.kind] + (f", {_month(one.month)}" if one.month else "")
    if one.together_with is not None:
        yield "Söker tillsammans med", f"ansökan {one.together_with}"
    yield "Version", f"{one.version}{corrected}"
    yield "Kom in", _when(one.received_at)
    for flag in one.flags:
        yield "Att veta", in_swedish(flag, _day(flag.on))
    yield "Språk", _language(one.language)
    yield "Frågor", f"{len(one.answers)}, varav {len(one.later)} tas på mötet"
    if one.unchanged:
        yield "Oförändrat sedan sist", ", ".join(SECTIONS_IN_SWEDISH[section] for section in one.unchanged)
    if one.sealed:
        yield "Förseglade svar", f"{len(one.sealed)}, läses i ärendet av handläggare"
    yield "Format", one.format


def _attestation(one: Snapshot) -> list[str]:
    attested = "Intygad av personen" if one.attested else "Inte intygad av personen"
    # Of two who apply together the first attests before the other, and both applications come in after that.
    at = one.received_at if one.attestation is None else one.attestation.at
    return [
        f"{attested} {_when(at)}.",
        f"Kontrollsumma (SHA-256) av det som visades när personen intygade: {one.digest}",
    ]


def _answer(record: AnswerRecord) -> dict[str, Any]:
    left = record.meaning is None
    meaning = record.answer_in_swedish or (_AT_THE_MEETING if left else _plain(record.meaning))
    answer = record.answer or meaning
    written = record.words.strip()
    return {
        "swedish": ours(record.shown_in_swedish, "sv").data(),
        "meaning": hers(meaning, "sv").data(),
        "how": ours(", ".join(_how(record)), "sv").data(),
        "shown": ours(record.shown, record.language).data(),
        "answer": ours(answer, record.language).data(),
        "words": hers(written, record.language).data() if written and written != answer else None,
    }


def _how(record: AnswerRecord) -> Iterator[str]:
    yield from (_when(record.at), _CHANNELS[record.channel], _language(record.language))
    if record.taken_down:
        yield record.taken_down


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
    return f"{_day(local.date())} kl. {local.hour}.{local.minute:02d}"


def _day(day: date) -> str:
    return format_date(day, "d MMMM y", locale=_SWEDISH)


def _month(day: date) -> str:
    return format_date(day, "LLLL y", locale=_SWEDISH)


def _language(code: Language) -> str:
    return str(_SWEDISH.languages.get(code, code))


def _short(case: UUID) -> str:
    return str(case)[:8]
