"""Jobs she has applied for, told as it happens: kept on her case, and shown to whoever plans with her.

They are no application and prove nothing: in the next one they stand as she says them there.
"""

import json
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons
from backend.contract import TellOfJob
from backend.errors import NotFound
from backend.idempotency import first_row, request_hash
from backend.planning.models import JobRow


@dataclass(frozen=True)
class Job:
    """A job she applied for, in her own words; either may be empty."""

    on: date
    title: str
    employer: str


async def told(session: AsyncSession, key: UUID, job: UUID, call: TellOfJob) -> None:
    """Keep what she tells of a job. Raises NotFound for an unknown person and for another person's job, KeyReused."""
    digest = request_hash(session, call, job)
    if await first_row(session, JobRow, key, digest) is not None:
        return
    same = await persons.same(session, call.person)
    others = select(JobRow.id).where(JobRow.job == job, col(JobRow.person).not_in(same))
    if (await session.exec(others.limit(1))).first() is not None:
        raise NotFound(job=job)
    row = JobRow(key=key, request_hash=digest, job=job, person=same[0], at=call.at, on=call.on, content=b"")
    words = json.dumps([call.title, call.employer], ensure_ascii=False)
    row.content = database.of(session).codec.encrypt(words, table="told_jobs", column="content", row=row.id)
    session.add(row)


async def of_person(session: AsyncSession, person: UUID) -> tuple[Job, ...]:
    """What she has told of, the latest first. Raises NotFound for an unknown person."""
    same, codec = await persons.same(session, person), database.of(session).codec
    rows = await session.exec(
        select(JobRow).where(col(JobRow.person).in_(same)).order_by(col(JobRow.at), col(JobRow.id))
    )
    last = {row.job: row for row in rows.all()}
    found = []
    for row in sorted(last.values(), key=lambda one: (one.on, one.at), reverse=True):
        title, employer = json.loads(codec.decrypt(row.content, table="told_jobs", column="content", row=row.id))
        found.append(Job(row.on, title, employer))
    return tuple(found)
