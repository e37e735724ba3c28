"""What the bot brings to an application and asks of it: that it was sent, and which one it is on a day."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, tasks
from backend.applications import choosing, history, snapshot
from backend.applications.choosing import Sent
from backend.applications.completeness import needed, unsaid
from backend.applications.models import Application
from backend.calendar import day_in_sweden
from backend.cases.models import Case, PaperRow
from backend.cases.service import begin_anew, open_case
from backend.contract import (
    AnswerRecord,
    ApplicationChoice,
    ApplicationChoiceQuery,
    ApplicationFlag,
    ApplicationReceipt,
    NextApplication,
    NoticeKind,
    Paper,
    SendApplication,
)
from backend.errors import Invalid, NotFound
from backend.handover import threads
from backend.idempotency import Keyed, first_answer, request_hash
from backend.notices import service as notices

FLAGS_IN_SWEDISH: dict[str, str] = {
    "same-month": "En ansökan för samma månad kom {day}. Ingen av dem är borttagen.",
    "same-answers": "En ansökan med samma svar kom {day}. Ingen av dem är borttagen.",
    "closed-lately": "Ärendet avslutades {day}.",
    "not-open": "Månaden går att söka från {day}. Ansökan kom före det.",
    "other-kind": "Ansökan kom som en annan sort än den som gäller {day}. Se vilka månader som finns.",
}
"""What staff read of a flag."""

KINDS_IN_SWEDISH: dict[str, str] = {
    "new": "Nyansökan",
    "recurring": "Återansökan",
    "supplementary": "Tilläggsansökan",
}
SECTIONS_IN_SWEDISH: dict[str, str] = {
    "household": "Söker ensam eller med partner",
    "children": "Barn",
    "housing": "Boende",
    "assets": "Tillgångar och skulder",
    "reaching": "Kontakt och konto",
}
"""What may be unchanged, as staff read it."""


@dataclass(frozen=True)
class Together:
    """What makes an application one of two: the versions she attested, and what she was told the other will see."""

    joint: UUID
    own_version: int
    other_version: int
    told: AnswerRecord


async def send_application(session: AsyncSession, key: UUID, sent: SendApplication) -> ApplicationReceipt:
    """Receive an application, or a new version that corrects one. Raises Invalid when it is not attested, or when
    a secret answer in it is not sealed for this municipality, person and question."""
    digest = request_hash(session, sent)
    if (first := await first_answer(session, Application, key, digest, ApplicationReceipt)) is not None:
        return first
    if not sent.attested:
        raise Invalid(attested=False)
    await snapshot.check_seals(session, sent)
    return await receive(session, Keyed(key=key, request_hash=digest), sent)


async def receive(
    session: AsyncSession, keyed: Keyed, sent: SendApplication, together: Together | None = None
) -> ApplicationReceipt:
    """Take an attested application into her case. Raises NotFound when it corrects somebody else's."""
    await persons.meet(session, sent.person, sent.received_at, sent.language)
    case = await open_case(session, sent.person, sent.received_at)
    await begin_anew(session, case, sent.received_at)
    if sent.corrects is not None:
        corrected = await session.get(Application, sent.corrects)
        if corrected is None or corrected.person not in await persons.same(session, sent.person):
            raise NotFound(corrects=sent.corrects)
        await tasks.done_about(session, sent.corrects, sent.received_at)
    versions = await session.exec(select(func.count()).where(Application.case == case.id))
    application = database.new_id()
    found = await _flags(session, application, sent)
    # A single cost leaves alone what was asked for the month.
    of_the_month = sent.kind != "supplementary"
    papers = await _with_what_stands(session, case, sent)
    missing = await _ask_for(session, case, papers, sent.received_at) if of_the_month else ()
    receipt = ApplicationReceipt(application=application, received_at=sent.received_at, missing=missing, flags=found)
    codec = database.of(session).codec
    content = sent.model_dump_json()
    session.add(
        Application(
            key=keyed.key,
            request_hash=keyed.request_hash,
            answer=receipt.model_dump(mode="json"),
            id=application,
            person=sent.person,
            case=case.id,
            version=versions.one() + 1,
            kind=sent.kind,
            month=sent.month,
            flags=[flag.model_dump(mode="json") for flag in found],
            received_at=sent.received_at,
            language=sent.language,
            digest=sent.digest,
            corrects=sent.corrects,
            joint=together.joint if together else None,
            own_version=together.own_version if together else None,
            other_version=together.other_version if together else None,
            content=codec.encrypt(content, table="applications", column="content", row=application),
        )
    )
    await session.flush()
    snapshot.archive(session, application, sent, together.told if together else None)
    await tasks.add(session, "check", "application", at=sent.received_at, person=sent.person, about=application)
    if sent.corrects is None and of_the_month and await threads.has_written(session, sent.person):
        await _tell_of_the_next(session, sent)
    return receipt


async def choice(session: AsyncSession, query: ApplicationChoiceQuery) -> ApplicationChoice:
    """POST application-choice: which one it is for her, and what would be said of it were it sent now."""
    day = day_in_sweden(query.at)
    rows = database.of(session).municipality.application_months
    known = await history.of_person(session, query.person)
    found = choosing.choose(known, day, rows)
    if found.kind == "none-yet" or found.month is None:
        return found
    coming = Sent(query.person, found.kind, found.month, day)
    return found.model_copy(update={"said": choosing.flags(known, coming, rows)})


def in_swedish(flag: ApplicationFlag, day: str) -> str:
    """A flag as staff read it; ``day`` is its day in words."""
    return FLAGS_IN_SWEDISH[flag.why].format(day=day)


async def _flags(session: AsyncSession, application: UUID, sent: SendApplication) -> tuple[ApplicationFlag, ...]:
    day = day_in_sweden(sent.received_at)
    known = await history.of_person(session, sent.person, without=sent.corrects)
    coming = Sent(application, sent.kind, choosing.first_of(sent.month or day), day, sent.digest)
    return choosing.flags(known, coming, database.of(session).municipality.application_months)


async def _tell_of_the_next(session: AsyncSession, sent: SendApplication) -> None:
    """When the month after this one can be applied for: the bot keeps the days, and asks before it says anything."""
    town, today = database.of(session).municipality, day_in_sweden(sent.received_at)
    month = choosing.after(choosing.first_of(sent.month or today))
    opens_on = choosing.opens(month, town.application_months)
    soonest = town.calendar.add_working_days(today, town.application_months[-1].remind_before)
    body = NextApplication(
        month=month,
        opens_on=opens_on if opens_on > today else None,
        remind_on=max(choosing.remind_on(month, town.application_months, town.calendar), soonest),
    )
    await notices.tell(session, lambda: sent.received_at, NoticeKind.NEXT_APPLICATION, sent.person, body)


async def _with_what_stands(session: AsyncSession, case: Case, sent: SendApplication) -> tuple[Paper, ...]:
    """The papers it needs, and those it leaves as they are where they were asked for before."""
    papers = needed(sent)
    stand = await session.exec(
        select(PaperRow.paper).where(
            PaperRow.case == case.id, col(PaperRow.paper).in_(unsaid(sent)), PaperRow.state != "not-needed"
        )
    )
    kept = set(stand.all())
    return papers + tuple(paper for paper in unsaid(sent) if paper in kept)


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
