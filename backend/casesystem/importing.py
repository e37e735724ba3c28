"""Take in what the case system tells, line by line: each by itself, checked as a human's own act is, once.

A line that is taken is one transaction, so a lost answer loses nothing: the same lines again are *known*. A line that
is refused leaves nothing of the case behind and says why; it may come again mended, under the same id or another.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from pydantic import ValidationError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from backend import access, database, persons, tasks
from backend.calendar import day_in_sweden
from backend.cases.models import Case
from backend.casesystem import refused as refused_lines
from backend.casesystem.accounts import Caller
from backend.casesystem.models import CaseImport
from backend.casesystem.told import TOLD, Calculation, DecisionTold, Line, Payment, StatusTold
from backend.clock import Clock
from backend.contract import ContractError, Problem, ProblemCode
from backend.decisions import payments
from backend.decisions import service as decisions
from backend.decisions.models import Decision
from backend.decisions.models import Payment as PaymentRow
from backend.errors import AlreadyDecided, Disagrees, DoesNotAddUp, Invalid, NotFound, NotSigned, OutOfScope, problem
from backend.idempotency import first_row, request_hash

TECHNICAL = "technical-error"
"""The reason of a task: something of the case could not be taken in, and is settled by hand."""
_CLOCKS_DIFFER = timedelta(minutes=5)
_MONTHS_APART = 12
"""So far from when it was told or decided the month may be that it is for."""
_Any = StatusTold | Calculation | DecisionTold | Payment


@dataclass(frozen=True)
class Heard:
    """Something the case system told of a person's case, and when that was; ``account``: who told, as staff read it."""

    account: str
    at: datetime
    told: _Any


async def of_person(session: AsyncSession, person: UUID) -> tuple[Heard, ...]:
    """What was told of a person's cases, the earliest first. The caller has opened her case."""
    same = await persons.same(session, person)
    rows = await session.exec(
        select(CaseImport)
        .join(Case, col(Case.id) == CaseImport.case)
        .where(col(Case.person).in_(same))
        .order_by(col(CaseImport.at))
    )
    town = database.of(session)
    names = {account.slug: account.name for account in town.municipality.service_accounts}
    return tuple(
        Heard(
            names.get(row.account, row.account),
            row.at,
            TOLD.validate_python(
                town.codec.decrypt_json(row.content, table="case_imports", column="content", row=row.id)
            ),
        )
        for row in rows.all()
    )


async def take(caller: Caller, clock: Clock, lines: Sequence[object]) -> tuple[Line, ...]:
    """What became of each line, in their order."""
    return tuple([await _line(caller, clock, number, line) for number, line in enumerate(lines, 1)])


async def _line(caller: Caller, clock: Clock, number: int, line: object) -> Line:
    try:
        told: _Any = TOLD.validate_python(line)
    except ValidationError as wrong:
        if not isinstance(line, Mapping):
            return Line(number=number, state="refused", problem=_does_not_follow("not an object"))
        await _by_hand(caller, clock, line)
        return Line(number=number, state="refused", problem=_malformed(wrong))
    try:
        caller.needs(told.kind)
        async with caller.town.transaction() as session:
            known, decision = await _take(session, caller, clock, told)
            for mended in await refused_lines.mended_by(session, told):
                await tasks.done_about(session, mended, clock(), reason=TECHNICAL)
    except ContractError as refused:
        if not isinstance(refused, OutOfScope | Disagrees):
            await _by_hand(caller, clock, told.model_dump(mode="json"))
        return Line(number=number, id=told.id, state="refused", problem=refused.problem)
    return Line(number=number, id=told.id, state="known" if known else "taken", decision=decision)


async def _by_hand(caller: Caller, clock: Clock, line: Mapping[str, Any]) -> None:
    """A line of a case could not be taken in: it is entered by hand, or mended and told again.

    It waits for that line, or the same told anew: another of the same case that is taken settles nothing of it.
    """
    known, about = _id(line.get("case")), _id(line.get("id"))
    if known is None:
        return  # of no case: the sender reads why in the answer
    async with caller.town.transaction() as session:
        found = await session.get(Case, known)
        if found is not None:
            person, of = found.person, about or found.id
            await tasks.add(session, "check", TECHNICAL, at=clock(), person=person, about=of, queue="caseworker")
            await refused_lines.keep(session, found.id, of, line)


def _id(given: object) -> UUID | None:
    try:
        return UUID(str(given))
    except ValueError:
        return None


def _malformed(wrong: ValidationError) -> Problem:
    said = []
    for error in wrong.errors():
        # The place of a field nobody declared is a word the sender made up.
        place = error["loc"][:-1] if error["type"] == "extra_forbidden" else error["loc"]
        said.append(f"{'.'.join(map(str, place))}: {error['type']}")
    return _does_not_follow("; ".join(dict.fromkeys(said)))


def _does_not_follow(detail: str) -> Problem:
    return problem(ProblemCode.INVALID, 422, "The line does not follow the contract.", detail)


async def _take(session: AsyncSession, caller: Caller, clock: Clock, told: _Any) -> tuple[bool, UUID | None]:
    """Whether it was known, and which decision it is about. Raises what refuses it."""
    digest = request_hash(session, told, caller.account.slug)
    first = await first_row(session, CaseImport, told.id, digest)
    if isinstance(first, CaseImport):
        return True, first.decision
    case = await session.get(Case, told.case)
    if case is None:
        raise NotFound(case=told.case)
    if told.at > clock() + _CLOCKS_DIFFER:
        raise Invalid(at="has not been yet")
    known, decision = False, None
    match told:
        case StatusTold():
            await _opened(session, caller, clock, case)
        case Calculation():
            await _opened(session, caller, clock, case)
            await _check_calculation(session, clock, case, told)
        case DecisionTold():
            known, decision = await _decide(session, caller, clock, case, told)
        case Payment():
            decision = await _pay(session, caller, clock, case, told)
    row = database.new_id()
    codec = database.of(session).codec
    session.add(
        CaseImport(
            id=row,
            key=told.id,
            request_hash=digest,
            account=caller.account.slug,
            kind=told.kind,
            case=case.id,
            at=told.at,
            received_at=clock(),
            decision=decision,
            kronor=told.kronor if isinstance(told, Payment) else None,
            content=codec.encrypt(told.model_dump_json(), table="case_imports", column="content", row=row),
        )
    )
    return known, decision


async def _opened(session: AsyncSession, caller: Caller, clock: Clock, case: Case) -> None:
    await access.enter(session, clock, caller.reader(), case.person, "in-step")


async def _check_calculation(session: AsyncSession, clock: Clock, case: Case, told: Calculation) -> None:
    """Its lines are its result, and the decision that stands of that month grants just that."""
    _check_month(told.month, day_in_sweden(told.at))
    lines = sum(line.kronor for line in told.lines)
    if max(lines, 0) != told.result:
        raise DoesNotAddUp(lines=lines, result=told.result)
    stands = [row for row in await _decided(session, case, told.month) if not row.single_cost][-1:]
    for row in stands:
        if (row.kronor or 0) != told.result and (row.kronor or row.kind == "avslag"):
            raise await _disagreed(session, clock, case, decided=row.kronor or 0, calculated=told.result)


async def _decide(
    session: AsyncSession, caller: Caller, clock: Clock, case: Case, told: DecisionTold
) -> tuple[bool, UUID]:
    """Sign it as its human did there, with the checks of one signed here. The same as stands here is known."""
    signer = told.signed_by.strip()
    if not signer:
        raise NotSigned
    if case.closed_at is not None:
        raise Invalid(case="closed")
    if told.decided_on > day_in_sweden(clock()) or told.decided_on < day_in_sweden(case.opened_at):
        raise Invalid(decided_on=told.decided_on.isoformat())
    _check_month(told.month, told.decided_on)
    if (stands := await _same(session, case, told)) is not None:
        await _opened(session, caller, clock, case)
        return True, stands
    draft = decisions.Draft(
        kind=told.outcome,
        month=told.month,
        kronor=told.kronor,
        reasons=told.reasons,
        own_words=told.own_words,
        new_meeting=told.new_meeting,
        single_cost=told.single_cost,
    )
    try:
        made = await decisions.sign(session, clock, caller.reader(signer), case.person, draft, on=told.decided_on)
    except AlreadyDecided:
        rows = [row for row in await _decided(session, case, told.month) if row.single_cost == told.single_cost]
        for row in rows:
            if (row.kind, row.kronor) == (told.outcome, told.kronor):
                return True, row.id
        if rows:
            ours = rows[-1]
            raise await _disagreed(session, clock, case, ours=ours.kind, theirs=told.outcome) from None
        raise
    return False, made


async def _same(session: AsyncSession, case: Case, told: DecisionTold) -> UUID | None:
    """The decision that is this one, told before under another id: nobody decides the same of a month twice in a day,
    whatever she has applied for since."""
    one = (told.outcome, told.kronor, told.single_cost, told.decided_on)
    rows = await _decided(session, case, told.month)
    return next((row.id for row in rows if (row.kind, row.kronor, row.single_cost, row.decided_on) == one), None)


def _check_month(month: date, near: date) -> None:
    """Raises Invalid for a month that cannot be meant."""
    if abs((month.year - near.year) * 12 + month.month - near.month) > _MONTHS_APART:
        raise Invalid(month=month.isoformat())


async def _pay(session: AsyncSession, caller: Caller, clock: Clock, case: Case, told: Payment) -> UUID:
    """It is by a decision of hers that grants it, and no more is paid than was granted. She is told the day."""
    # Two payments of one decision at once: the second waits for the first.
    row = await session.get(Decision, told.decision, with_for_update={"key_share": True})
    if row is None or row.person not in await persons.same(session, case.person):
        raise NotFound(decision=told.decision)
    payments.check_day(row, told.paid_on, clock)
    replaces = told.replaces
    if replaces is not None and await session.get(PaymentRow, replaces) is None:
        # What was refused was never paid: nothing ends with it, and it needs nobody any more.
        replaces = None if await refused_lines.waits(session, case.id, replaces) else replaces
    paid = await payments.more_than_granted(session, row, told.kronor, replaces=replaces)
    if paid is not None:
        raise await _disagreed(session, clock, case, decided=row.kronor or 0, paid=paid)
    await payments.record(
        session,
        clock,
        caller.reader(),
        row.id,
        kronor=told.kronor,
        paid_on=told.paid_on,
        key=told.id,
        replaces=replaces,
    )
    return row.id


async def _decided(session: AsyncSession, case: Case, month: object) -> Sequence[Decision]:
    same = await persons.same(session, case.person)
    rows = select(Decision).where(col(Decision.person).in_(same), Decision.month == month)
    return (await session.exec(rows.order_by(col(Decision.signed_at)))).all()


async def _disagreed(session: AsyncSession, clock: Clock, case: Case, **data: object) -> Disagrees:
    """Somebody looks at it, although nothing of what was told is taken."""
    person, of, at = case.person, case.id, clock()

    async def tell(session: AsyncSession) -> None:
        reason = "case-system-disagrees"
        await tasks.add(session, "check", reason, at=at, person=person, about=of, queue="caseworker")

    database.even_if_undone(session, tell)
    return Disagrees(**data)
