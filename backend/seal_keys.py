"""Under which of a municipality's seal keys something lies: papers, secret answers, what came unasked.

Nothing is opened for it: each sealed value names its key. What lies under a key that is not given cannot be read until
the key comes back from where it is kept.
"""

from collections import Counter

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, seal
from backend.applications.models import ApplicationAnswer
from backend.cases.models import SealedItem
from backend.contract import SealedAnswer
from backend.documents.models import Document


async def lying_under(session: AsyncSession) -> Counter[str]:
    """How much lies under each key, by the key's name."""
    papers = select(Document.seal_key, func.count()).where(col(Document.deleted_at).is_(None))
    found = Counter(dict((await session.exec(papers.group_by(Document.seal_key))).all()))
    found.update(seal.named(jwe) for jwe in (await session.exec(select(SealedItem.jwe))).all())
    codec = database.of(session).codec
    answers = await session.exec(
        select(ApplicationAnswer.id, ApplicationAnswer.content).where(ApplicationAnswer.what == "sealed")
    )
    for row, content in answers.all():
        words = codec.decrypt(content, table="application_answers", column="content", row=row)
        found[seal.named(SealedAnswer.model_validate_json(words).jwe)] += 1
    return found
