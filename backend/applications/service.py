"""What the bot brings to an application: that it was sent, with a receipt that says what is missing."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, tasks
from backend.applications.completeness import needed
from backend.applications.models import Application
from backend.cases.models import Case, PaperRow
from backend.cases.service import open_case
from backend.contract import ApplicationReceipt, Paper, SendApplication
from backend.errors import Invalid, NotFound
from backend.idempotency import first_answer, request_hash


async def send_application(session: AsyncSession, key: UUID, sent: SendApplication) -> ApplicationReceipt:
    """Receive an application, or a new version that corrects one. Raises Invalid when it is not attested."""
    digest = request_hash(session, sent)
    if (first := await first_answer(session, Application, key, digest, ApplicationReceipt)) is not None:
        return first
    if not sent.attested:
        raise Invalid(attested=False)
    await persons.meet(session, sent.person, sent.received_at, sent.language)
    case = await open_case(session, sent.person, sent.received_at)
    if sent.corrects is not None:
        corrected = await session.get(Application, sent.corrects)
        if corrected is None or corrected.case != case.id:
            raise NotFound(corrects=sent.corrects)
        await tasks.done_about(session, sent.corrects, sent.received_at)
    versions = await session.exec(select(func.count()).where(Application.case == case.id))
    application = database.new_id()
    missing = await _ask_for(session, case, needed(sent), sent.received_at)
    receipt = ApplicationReceipt(application=application, received_at=sent.received_at, missing=missing)
    codec = database.of(session).codec
    content = sent.model_dump_json()
    session.add(
        Application(
            key=key,
            request_hash=digest,
            answer=receipt.model_dump(mode="json"),
            id=application,
            person=sent.person,
            case=case.id,
            version=versions.one() + 1,
            received_at=sent.received_at,
            language=sent.language,
            digest=sent.digest,
            corrects=sent.corrects,
            content=codec.encrypt(content, table="applications", column="content", row=application),
        )
    )
    await tasks.add(session, "check", "application", at=sent.received_at, person=sent.person, about=application)
    return receipt


async def _ask_for(session: AsyncSession, case: Case, papers: tuple[Paper, ...], at: datetime) -> tuple[Paper, ...]:
    for paper in papers:
        new = insert(PaperRow).values(case=case.id, paper=paper, state="missing", since=at)
        await session.exec(new.on_conflict_do_nothing())
    rows = (await session.exec(select(PaperRow).where(PaperRow.case == case.id))).all()
    state = {row.paper: row.state for row in rows}
    for row in rows:
        if row.state == "missing" and row.paper not in papers:
            row.state, row.since = "not-needed", at
            session.add(row)
    return tuple(paper for paper in papers if state[paper] == "missing")
