"""What tests of printed paper are told with: applications as they come, and a PDF as it is read."""

import io
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pikepdf
from pypdf import PdfReader

from backend.applications.snapshot import FORMAT, Snapshot
from backend.contract import AnswerRecord
from tests.backend.stories import MONDAY

CASE, APPLICATION, PERSON = UUID(int=0xCA5E << 96), UUID(int=0xA << 96), UUID(int=7)

TOWN = "Trelleborgs kommun"

ARABIC = "هل تقدم الطلب لوحدك؟"
ARABIC_RENT = "كم تدفع في الشهر مقابل السكن، بالكرونة؟"
TIGRINYA = "ምሳኻ ቆልዑ ይነብሩ ድዮም፧ ኩሉ ግዜ ወይ ሓሓሊፎም።"
UKRAINIAN = "Як ви живете?"


def answered(question: str, swedish: str, shown: str, language: str, meaning: Any, **more: Any) -> AnswerRecord:
    given = {"at": MONDAY, "channel": "sms", **more}
    return AnswerRecord(
        question=question, shown=shown, shown_in_swedish=swedish, language=language, meaning=meaning, **given
    )


THREE_LANGUAGES = (
    answered(
        "applies_alone",
        "Söker du ensam?",
        ARABIC,
        "ar",
        meaning=True,
        answer="نعم",
        answer_in_swedish="Ja",
        words="ايوه",
    ),
    answered(
        "housing_kronor",
        "Vad betalar du för den i månaden, i kronor?",
        ARABIC_RENT,
        "ar",
        5850,
        answer="\u20665\u00a0850 kr\u2069",
        answer_in_swedish="5\u00a0850 kr",
        words="٥٨٥٠ كرونة",
    ),
    answered(
        "has_children",
        "Bor barn hos dig, alltid eller ibland?",
        TIGRINYA,
        "ti",
        meaning=True,
        answer="እወ",
        answer_in_swedish="Ja",
        words="እወ፣ 2 ቆልዑ",
        channel="web",
    ),
    answered("lived_on", "Vad har du levt på hittills?", "Vad har du levt på hittills?", "sv", "Sparpengar"),
    answered("plans", "Vad vill du göra nu?", "Vad vill du göra nu?", "sv", None, answer_in_swedish="På mötet"),
)


def archived(record: tuple[AnswerRecord, ...] = THREE_LANGUAGES, **more: Any) -> Snapshot:
    """An application as it came, taken out."""
    given: dict[str, Any] = {
        "version": 1,
        "corrects": None,
        "corrected_version": None,
        "attestation": None,
        "told": None,
        "joint": None,
        "together_with": None,
        "own_version": None,
        "other_version": None,
        "digest": "ab" * 32,
        "sealed": (),
        "later": ("plans",),
        "flags": (),
        **more,
    }
    return Snapshot(
        format=FORMAT,
        municipality="trelleborg",
        case=CASE,
        application=APPLICATION,
        person=PERSON,
        kind="new",
        month=None,
        received_at=MONDAY + timedelta(minutes=20),
        language="ar",
        attested=True,
        answers=record,
        **given,
    )


def says(words: str, language: str = "sv") -> Snapshot:
    """An application in which somebody wrote these words."""
    return archived((answered("lived_on", "Vad har du levt på?", "Vad har du levt på?", language, words, words=words),))


def many(questions: int) -> Snapshot:
    """An application of so many questions, in Arabic."""
    return archived(
        tuple(
            answered(f"question_{n}", f"Fråga nummer {n}: bor barn hos dig?", ARABIC, "ar", meaning=True, answer="نعم")
            for n in range(questions)
        )
    )


# --- How a PDF is read ------------------------------------------------------------------------------------------------


def pages(pdf: bytes) -> list[str]:
    """The text of each page, as a program that copies text reads it."""
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def text(pdf: bytes) -> str:
    return "\n".join(pages(pdf))


def letters(words: str) -> str:
    """Words without what only arranges them: spaces, line ends, and marks of direction."""
    return re.sub(r"[\s\u200b-\u200f\u061c\u2066-\u2069]", "", words)


def structure(pdf: bytes) -> list[str]:
    """The tags of a PDF in the order they are read aloud."""
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        return list(_tags(opened.Root.StructTreeRoot.K))


def _tags(node: Any) -> Iterator[str]:
    if isinstance(node, pikepdf.Array):
        for one in node:
            yield from _tags(one)
    elif isinstance(node, pikepdf.Dictionary) and "/S" in node:
        yield str(node.S)
        yield from _tags(node.get("/K"))
