"""May comment before a refusal (kommunicering): what was found out, by when, and what she says of it.

Asked where a refusal would rest on something she does not know. The message says only that there is something to read,
and by when. She writes what she has to say on the page (:mod:`backend.decisions.written`); what comes as a message, on
the telephone, at the counter or by letter staff write down. It stands with the decision. The clock of the decision goes
on: only papers that are asked for stop it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import get_args
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.access import Reader
from backend.applications import history
from backend.calendar import day_in_sweden
from backend.cases import contacts
from backend.cases.service import open_case
from backend.clock import Clock
from backend.contract import CommentAsked as AskedBody
from backend.contract import NoticeKind, OwnAsked, OwnComment, ReadableComment
from backend.decisions import law, written
from backend.decisions.models import Answered, CommentAsked, Decision, Speaks
from backend.decisions.standing import comment_of
from backend.decisions.written import Written
from backend.errors import AlreadyTold, CommentDayNeeded, CommentFirst, Invalid, NotFound, SpeaksFirst, WordsMissing
from backend.handover import threads
from backend.notices import service as notices
from backend.safety import service as safety

MOST_SIGNS = 4000


@dataclass(frozen=True)
class CommentView:
    """What she may comment on (``words``, Swedish), and what she said of it: ``answer``, as staff wrote it down, and
    ``written``, by herself on the page."""

    id: UUID
    asked_at: datetime
    by_name: str
    until: date
    words: str
    answered_at: datetime | None
    answered_how: Answered | None
    answer: str
    speaks: Speaks
    written: tuple[Written, ...] = ()

    @property
    def has_words(self) -> bool:
        """She had something to say of it."""
        return bool(self.answer) or any(one.words for one in self.written)

    def is_open(self, today: date) -> bool:
        """She has not answered, and her time has not passed. She has the whole of the last day."""
        return self.answered_at is None and today <= self.until


async def ask(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    person: UUID,
    words: str,
    *,
    until: date,
    key: UUID | None = None,
) -> UUID:
    """Let her read what was found out, and comment until a day. What was asked before is replaced.

    ``key`` is an id the page chose; the same again asks nothing more. Raises NotAllowed, ReasonNeeded, WordsMissing,
    CommentDayNeeded, and SilentForSafety.
    """
    now = clock()
    await access.enter(session, clock, reader, person, "decision", done="Lät personen yttra sig")
    case = await open_case(session, person, now)  # locks: of two presses at once one is the first
    if key is not None and await session.get(CommentAsked, key) is not None:
        return key
    if not words.strip() or len(words) > MOST_SIGNS:
        raise WordsMissing
    if until <= day_in_sweden(now):
        raise CommentDayNeeded
    await safety.may_be_written_to(session, person)
    await over(session, person, now, reader.id)  # what it replaces is sent to nobody
    row_id = key or database.new_id()
    notice = None
    if await threads.has_written(session, case.person):
        notice = await notices.tell(session, clock, NoticeKind.COMMENT_ASKED, case.person, AskedBody(by=until))
    session.add(
        CommentAsked(
            id=row_id,
            person=await history.whose(session, person),
            case=case.id,
            asked_at=now,
            by=reader.id,
            by_name=reader.name,
            until=until,
            words=_seal(session, "words", row_id, words.strip()),
            notice=notice,
        )
    )
    if await contacts.only_by_letter(session, case.person):
        await tasks.add(session, "letter", "comment", at=now, person=case.person, about=row_id)
    return row_id


async def answered(
    session: AsyncSession,
    clock: Clock,
    reader: Reader,
    comment: UUID,
    how: Answered,
    *,
    words: str = "",
    speaks: Speaks = "no",
    saw: Speaks | None = None,
) -> None:
    """Write down what she said, or that she has nothing to say (no words). Until it is decided more may be added.

    ``speaks``: whether she wants to speak before the board, or has; ``saw``: what stood there of it for whoever says
    so, since a wish she wrote meanwhile is not taken away by somebody who has not read it. Raises NotFound, and
    AlreadyTold where it has been decided since.
    """
    row = await session.get(CommentAsked, comment, with_for_update={"key_share": True})
    if row is None:
        raise NotFound(comment=comment)
    await access.enter(session, clock, reader, row.person, "told", about=comment, done="Skrev in personens yttrande")
    if len(words) > MOST_SIGNS:
        raise Invalid(words="too long")
    if (await session.exec(select(Decision.id).where(Decision.comment == comment).limit(1))).first() is not None:
        raise AlreadyTold
    before = _open_words(session, row, "answer")
    both = "\n\n".join(filter(None, (before, words.strip())))
    row.answered_at, row.answered_how = row.answered_at or clock(), how
    if (row.speaks, speaks, saw) != ("wants", "no", "no"):
        row.speaks = speaks
    row.answer = _seal(session, "answer", row.id, both) if both else None
    row.answer_by_name = reader.name
    session.add(row)
    await tasks.done_about(session, row.id, clock(), reader.id, "comment")  # what she wrote herself is still to be read


async def standing(session: AsyncSession, person: UUID) -> CommentView | None:
    """What she was last asked to comment on, if nothing was decided since. The caller has opened her case."""
    row = await comment_of(session, person)
    return await _view(session, row) if row is not None else None


async def of_decision(session: AsyncSession, decision: Decision) -> CommentView | None:
    """What she could comment on before a decision."""
    row = await session.get(CommentAsked, decision.comment) if decision.comment else None
    return await _view(session, row) if row is not None else None


async def heard_before(
    session: AsyncSession, clock: Clock, person: UUID, *, needed: bool, before: date | None = None
) -> UUID | None:
    """What stands with a decision that is signed now. Raises CommentFirst and SpeaksFirst.

    ``needed``: the refusal rests on what she does not know, so she must have been asked. Where she was asked, whatever
    for, she has answered or the day has passed; ``before``: what was asked after that day is not of this decision.
    """
    row = await comment_of(session, person)
    if row is not None and before is not None and day_in_sweden(row.asked_at) > before:
        row = None
    if row is None:
        if needed:
            raise CommentFirst
        return None
    if (await _view(session, row)).is_open(day_in_sweden(clock())):
        raise CommentFirst
    if row.speaks == "wants":
        raise SpeaksFirst
    return row.id


async def over(session: AsyncSession, person: UUID, at: datetime, by: UUID) -> None:
    """It is decided, or replaced: what she could comment on need no longer be sent by letter."""
    row = await comment_of(session, person)
    if row is not None:
        await tasks.done_about(session, row.id, at, by)


async def readable(session: AsyncSession, person: UUID) -> ReadableComment | None:
    """What she reads of it with her code."""
    row = await comment_of(session, person)
    if row is None:
        return None
    view = await _view(session, row)
    return ReadableComment(
        id=view.id,
        words=view.words,
        by=view.until,
        answered=view.answered_at is not None,
        law=", ".join(law.quoted(("comment", "speak"), day_in_sweden(view.asked_at))),
        speaks=view.speaks,
        said=_own(view.written),
    )


async def all_own(session: AsyncSession, person: UUID) -> tuple[OwnAsked, ...]:
    """All she was ever asked to comment on, the latest first, with all she said of it. The caller has opened her
    case."""
    same = await persons.same(session, person)
    asked = await session.exec(
        select(CommentAsked).where(col(CommentAsked.person).in_(same)).order_by(col(CommentAsked.asked_at).desc())
    )
    wrote = (await written.of_person(session, person))[::-1]
    return tuple(
        OwnAsked(
            asked_on=day_in_sweden(row.asked_at),
            words=_open_words(session, row, "words"),
            by=row.until,
            said=_own(one for one in wrote if one.comment == row.id),
            taken_down=_open_words(session, row, "answer"),
        )
        for row in asked.all()
    )


def _own(wrote: Iterable[Written]) -> tuple[OwnComment, ...]:
    return tuple(
        OwnComment(at=one.at, language=one.language, words=one.words, wants_to_speak=one.wants_to_speak)
        for one in wrote
    )


async def _view(session: AsyncSession, row: CommentAsked) -> CommentView:
    return CommentView(
        id=row.id,
        asked_at=row.asked_at,
        by_name=row.by_name,
        until=row.until,
        words=_open_words(session, row, "words"),
        answered_at=row.answered_at,
        answered_how=next((one for one in get_args(Answered) if one == row.answered_how), None),
        answer=_open_words(session, row, "answer"),
        speaks=next(one for one in get_args(Speaks) if one == row.speaks),
        written=await written.of_comment(session, row.id),
    )


def _seal(session: AsyncSession, column: str, row: UUID, words: str) -> bytes:
    return database.of(session).codec.encrypt(words, table="comments_asked", column=column, row=row)


def _open_words(session: AsyncSession, row: CommentAsked, column: str) -> str:
    sealed = row.words if column == "words" else row.answer
    if sealed is None:
        return ""
    return database.of(session).codec.decrypt(sealed, table="comments_asked", column=column, row=row.id)
