"""Translating: look whether a machine may, mask, ask, put back, look again; and keep what staff read of a message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database
from backend.access import Reader
from backend.clock import Clock
from backend.errors import NotForAMachine, TooLong, TranslatorAway, TranslatorLacks
from backend.translating import Away, NotTranslated, Translator, rules
from backend.translating.masking import mask, put_back
from backend.translating.models import MachineTranslation

LONGEST = 500
"""Characters that are translated at once: with the original beside it, it still has to fit a message."""


@dataclass(frozen=True)
class Kept:
    """A message as a machine gave it in Swedish: by which service, and when."""

    words: str
    service: str
    at: datetime


def allow(words: str, *, most: int = LONGEST) -> None:
    """Raise NotForAMachine for what no machine translates, TooLong for what is too much at once."""
    if (why := rules.why_not(words)) is not None:
        raise NotForAMachine(why=why)
    if len(words) > most:
        raise TooLong(most=most)


async def translate(translator: Translator, words: str, source: str, target: str, *, names: Sequence[str] = ()) -> str:
    """Words in another language, with what was masked back in its place. Never inside a transaction: it waits.

    Raises NotForAMachine (of the words, or of what came back), TooLong, TranslatorAway, TranslatorLacks.
    """
    allow(words)
    masked = mask(words, names)
    try:
        given = put_back(await translator.translate(masked.words, source, target), masked).strip()
    except Away:
        raise TranslatorAway from None
    except NotTranslated:
        raise TranslatorLacks from None
    if not given:
        raise TranslatorLacks
    if (why := rules.why_not(given)) is not None:
        raise NotForAMachine(why=why)
    return given


async def keep(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    thread: UUID,
    number: int,
    *,
    person: UUID,
    kept: Kept,
    source: str,
) -> None:
    """Keep what a message was given as: whoever reads it later reads the same, and it does not leave again."""
    place = f"{thread}:{number}"
    sealed = database.of(session).codec.encrypt(kept.words, table="machine_translations", column="words", row=place)
    made = insert(MachineTranslation).values(
        thread=thread,
        number=number,
        person=person,
        at=clock(),
        by=reader.id,
        by_name=reader.name,
        service=kept.service,
        source=source,
        words=sealed,
    )
    index = [col(MachineTranslation.thread), col(MachineTranslation.number)]
    await session.exec(made.on_conflict_do_nothing(index_elements=index))


async def of_thread(session: AsyncSession, thread: UUID) -> dict[int, Kept]:
    """What messages of a thread were given as, by their number. For who has opened it."""
    found = await session.exec(select(MachineTranslation).where(MachineTranslation.thread == thread))
    codec = database.of(session).codec
    return {
        row.number: Kept(
            codec.decrypt(row.words, table="machine_translations", column="words", row=f"{row.thread}:{row.number}"),
            row.service,
            row.at,
        )
        for row in found.all()
    }
