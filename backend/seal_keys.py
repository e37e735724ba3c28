"""Under which of a municipality's seal keys something lies: papers, secret answers, what came unasked.

Nothing is opened for it: each sealed value names its key. What lies under a key that is not given cannot be read until
the key comes back from where it is kept.
"""

from collections import Counter

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, seal
from backend.applications.models import ApplicationAnswer, ApplicationDraft, ApplicationPart
from backend.cases.models import SealedItem
from backend.contract import SealedAnswer, SendApplication
from backend.documents.models import Document


async def lying_under(session: AsyncSession) -> Counter[str]:
    """How much lies under each key, by the key's name."""
    papers = select(Document.seal_key, func.count()).where(col(Document.deleted_at).is_(None))
    found = Counter(dict((await session.exec(papers.group_by(Document.seal_key))).all()))
    found.update(seal.named(jwe) for jwe in (await session.exec(select(SealedItem.jwe))).all())
    found.update(seal.named(jwe) for jwe in await _answers(session))
    return found


async def _answers(session: AsyncSession) -> set[str]:
    """Secret answers, wherever they stand: the same one is in a part, and in the application that it became."""
    codec, answers = database.of(session).codec, set[str]()
    sealed = select(ApplicationAnswer.id, ApplicationAnswer.content).where(ApplicationAnswer.what == "sealed")
    for row, content in (await session.exec(sealed)).all():
        words = codec.decrypt(content, table="application_answers", column="content", row=row)
        answers.add(SealedAnswer.model_validate_json(words).jwe)
    for row, content in (await session.exec(select(ApplicationDraft.id, ApplicationDraft.content))).all():
        draft = codec.decrypt_json(content, table="application_drafts", column="content", row=row)
        answers.update(one["jwe"] for one in draft["sealed"].values())
    for row, content in (await session.exec(select(ApplicationPart.id, ApplicationPart.content))).all():
        words = codec.decrypt(content, table="application_parts", column="content", row=row)
        answers.update(one.jwe for one in SendApplication.model_validate_json(words).sealed)
    return answers
