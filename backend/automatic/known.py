"""What is known of somebody whose decision is due, read for ``rules``: rows alone, and nothing is changed.

Whoever decides reads it in the transaction it decides in, with her case locked. What did not come in under that lock (a
message, a paper) may come while it is decided, as it may while a human signs.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import database, persons, tasks
from backend.applications.models import Application, Completion
from backend.automatic.models import HumanDecides
from backend.automatic.rules import Applied, Checked, Counted, Decided, Fact, Known
from backend.behalf.models import DoneForHer
from backend.bookings.models import MeetingRow
from backend.calculation import service as calculation
from backend.calculation.lines import Calculation
from backend.calculation.service import ByHand, Version
from backend.calendar import day_in_sweden
from backend.cases import contacts, desk
from backend.cases import service as cases
from backend.cases.desk import ApplicationView
from backend.cases.models import AcuteNeedRow, CallForHelpRow, Case, MeetingNote, Merge, PaperRow, SealedItem
from backend.clock import Clock
from backend.contract import MeetingStatus
from backend.controls import service as controls
from backend.controls.service import Line
from backend.decisions import proposals
from backend.decisions.models import Decision, Payment
from backend.decisions.standing import comment_of
from backend.documents.models import Document
from backend.errors import NormMissing, NormUnverified, NothingToCalculate
from backend.handover import threads
from backend.handover.models import Thread, ThreadEntry
from backend.planning.models import Enrolment, JobRow
from backend.safety import service as safety
from backend.safety.models import SafetySilence

OWN_TASK = ("decide", "complete")
"""Kind and reason of the task that is itself to decide: no reason to leave it to a human, unless somebody has it."""


async def of_person(session: AsyncSession, clock: Clock, person: UUID) -> Known:
    """All of it. Raises NotFound for an unknown person."""
    same, today = await persons.same(session, person), day_in_sweden(clock())
    town, case = database.of(session), await cases.find_case(session, person)
    views = await desk.applications(session, person)
    latest = views[-1] if views else None
    before = await _before(session, person, same)
    month = latest.sent.month if latest is not None else None
    checked = await controls.of_person(session, person, views)
    facts: dict[Fact, bool] = {}
    if case is not None and latest is not None:
        since = before.signed_at if before is not None else case.opened_at
        facts |= await _about_her(session, person, same)
        facts |= await _open(session, person, same, case, latest)
        facts |= await _since(session, same, since, latest.received_at)
        facts |= {"activity": any(one.applies and one.since <= today for one in town.municipality.activity_requirement)}
    return Known(
        allowed=town.municipality.automatic_on(today, examples=town.demo),
        applications=await _applied(session, views),
        before=before,
        complete_at=case.complete_at if case is not None and case.paused_at is None else None,
        controls=tuple(_checked(line) for line in checked if line.needed),
        calculation=None if month is None else _calculated(session, views, month),
        facts=facts,
    )


async def _applied(session: AsyncSession, views: Sequence[ApplicationView]) -> tuple[Applied, ...]:
    rows = await session.exec(
        select(Application.id, Application.joint).where(col(Application.id).in_([one.id for one in views]))
    )
    joint = dict(rows.all())
    return tuple(Applied(one.id, one.sent, bool(one.flags), joint[one.id] is not None) for one in views)


async def _before(session: AsyncSession, person: UUID, same: Sequence[UUID]) -> Decided | None:
    """The last decision of hers, whatever it was about, with what its month was worked out to."""
    found = select(Decision).where(col(Decision.person).in_(same)).order_by(col(Decision.signed_at).desc()).limit(1)
    row = (await session.exec(found)).first()
    if row is None:
        return None
    versions = await calculation.of_month(session, person, row.month)
    # One that was saved after it was signed says that somebody has doubts.
    counted = _counted(versions[-1]) if versions and versions[-1].at <= row.signed_at else None
    return Decided(row.kind, row.month, row.kronor, row.single_cost, row.automatic, row.signed_at, counted)


def _counted(version: Version) -> Counted:
    return Counted(version.calculation, version.application, plain=version.by_hand == ByHand())


def _calculated(session: AsyncSession, views: Sequence[ApplicationView], month: date) -> Calculation | None:
    try:
        return calculation.work(session, views, month, ByHand())
    except (NormMissing, NormUnverified, NothingToCalculate):
        return None


def _checked(line: Line) -> Checked:
    made = line.latest is not None and line.is_made and line.asked is None
    same = line.latest is not None and line.latest.result == "same" and not any(one.waits for one in line.earlier)
    return Checked(made, same)


async def _about_her(session: AsyncSession, person: UUID, same: Sequence[UUID]) -> Mapping[Fact, bool]:
    """Who she is, and whether it is safe."""
    standing, reached = await safety.of_person(session, person), await contacts.reached(session, person)
    silences = select(SafetySilence.id).where(col(SafetySilence.person).in_(same))
    merges = select(Merge.id).where(col(Merge.duplicate).in_(same) | col(Merge.into).in_(same))
    in_doubt = select(ThreadEntry.thread).where(col(ThreadEntry.person).in_(same), col(ThreadEntry.in_doubt))
    known = standing.agreed_at, standing.silent_since, standing.rung_since
    return {
        "held": await stands(session, same) is not None,
        "merged": len(same) > 1 or await _any(session, merges),
        "danger": any(one is not None for one in known) or await _any(session, silences),
        "line": (reached is not None and reached.wrong) or await _any(session, in_doubt),
    }


async def _open(
    session: AsyncSession, person: UUID, same: Sequence[UUID], case: Case, latest: ApplicationView
) -> Mapping[Fact, bool]:
    """What lies open: tasks of hers and of her threads, papers, what somebody has begun."""
    hers = select(Thread.id).where(col(Thread.person).in_(same))
    waiting = select(tasks.Task).where(
        col(tasks.Task.done_at).is_(None), col(tasks.Task.person).in_(same) | col(tasks.Task.thread).in_(hers)
    )
    found = (await session.exec(waiting)).all()
    own = [one for one in found if (one.kind, one.reason, one.about) == (*OWN_TASK, case.id)]
    free = len(own) == 1 and own[0].assigned_to is None and own[0].snoozed_until is None
    begun = latest.sent.month is not None and bool(await calculation.of_month(session, person, latest.sent.month))
    papers = select(PaperRow.paper).where(PaperRow.case == case.id, col(PaperRow.state).in_(("missing", "came")))
    asked = select(Completion.id).where(col(Completion.person).in_(same), col(Completion.closed_at).is_(None))
    decided = select(Decision.id).where(
        col(Decision.person).in_(same), Decision.month == latest.sent.month, ~col(Decision.single_cost)
    )
    with_staff = (col(Thread.owner) != "bot") | (col(Thread.wanted) != "bot") | col(Thread.assigned_to).is_not(None)
    return {
        "task": len(found) > len(own) or await _any(session, hers.where(with_staff)),
        "begun": not free or begun or await proposals.waiting(session, person) is not None,
        "decided": await _any(session, decided),
        "commenting": await comment_of(session, person) is not None,
        "papers": await _any(session, papers) or await _any(session, asked),
    }


async def _since(
    session: AsyncSession, same: Sequence[UUID], decided: datetime, applied: datetime
) -> Mapping[Fact, bool]:
    """What has come since the decision before, and since the application."""
    notes = select(MeetingNote.id).where(col(MeetingNote.person).in_(same), MeetingNote.at > decided)
    jobs = select(JobRow.id).where(col(JobRow.person).in_(same), JobRow.at > decided)
    needs = select(AcuteNeedRow.id).where(col(AcuteNeedRow.person).in_(same), AcuteNeedRow.at > decided)
    handed_in = select(Document.id).where(col(Document.person).in_(same), Document.received_at > decided)
    met = select(MeetingRow.id).where(
        col(MeetingRow.person).in_(same), MeetingRow.ends_at > decided, MeetingRow.status != MeetingStatus.CANCELLED
    )
    absent = select(Enrolment.id).where(
        col(Enrolment.person).in_(same), Enrolment.attended == "absent", col(Enrolment.attended_at) > decided
    )
    sealed = select(SealedItem.id).where(col(SealedItem.person).in_(same), SealedItem.at > decided)
    calls = select(CallForHelpRow.id).where(col(CallForHelpRow.person).in_(same), CallForHelpRow.received_at > applied)
    taken_back = (
        select(Payment.id)
        .join(Decision, col(Decision.id) == Payment.decision)
        .where(
            col(Payment.person).in_(same),
            Decision.signed_at == decided,
            col(Payment.ended_because).in_(("mistake", "stopped")),
        )
    )
    for_her = select(DoneForHer.id).where(col(DoneForHer.person).in_(same), DoneForHer.at > applied)
    wrote = await threads.wrote_after(session, same[0], applied) is not None
    return {
        "note": await _any(session, notes) or await _any(session, jobs),
        "meeting": await _any(session, met),
        "absent": await _any(session, absent),
        "acute": await _any(session, needs),
        "new-papers": await _any(session, handed_in) or await _any(session, sealed),
        "wrote": wrote or await _any(session, calls),
        "said": await _any(session, for_her),
        "payment": await _any(session, taken_back),
    }


async def stands(session: AsyncSession, same: Sequence[UUID]) -> HumanDecides | None:
    """That a human decides for her, as a caseworker said."""
    found = select(HumanDecides).where(col(HumanDecides.person).in_(same), col(HumanDecides.ended_at).is_(None))
    return (await session.exec(found.limit(1))).first()


async def _any(session: AsyncSession, found: Any) -> bool:
    return (await session.exec(found.limit(1))).first() is not None
