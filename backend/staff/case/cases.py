"""The case desk: one case with its overview, application, decision and log."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import date
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import access
from backend.access import Reason
from backend.applications import completions, snapshot
from backend.bookings import service as bookings
from backend.cases import consents, desk, merging
from backend.cases.merging import MergeView
from backend.contract import Authority
from backend.decisions import codes
from backend.decisions import service as decisions
from backend.decisions.models import ToldBy
from backend.decisions.service import DecisionView
from backend.documents import service as documents
from backend.errors import NotFound, Refusal
from backend.handover import search
from backend.identity import register
from backend.safety import service as safety
from backend.safety.models import Because
from backend.seal import WrongSeal
from backend.staff import swedish
from backend.staff.case import asking, events, identity, notes
from backend.staff.case import overview as summed
from backend.staff.case.answers import application
from backend.staff.case.opening import (
    DONE,
    KEY_AWAY,
    OFFERED,
    Said,
    case_page,
    filled_in,
    key_of,
    opened_in,
    read_case,
    shut,
)
from backend.staff.case.prints import offered
from backend.staff.case.views import Look
from backend.staff.desk import Here, Page, Role, Seat, caseworker, house, in_words, may_read, to
from backend.staff.facts import meeting_facts, said_name

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])

_NOT_TAKEN = {
    "no-file": "Välj eller ta en bild först.",
    "too-large": "Filen är för stor. Ta en bild av varje sida i stället.",
    "too-many-pages": "Filen har för många sidor. Lämna in den i delar.",
    "too-heavy": "Filen är för stor för att öppnas. Ta en ny bild av papperet.",
    "encrypted": "Filen har ett lösenord. Ta en bild av papperet i stället.",
    "unreadable": "Filen går inte att öppna. Ta en bild av papperet i stället.",
    "infected": "Filen har ett virus och är inte sparad. Ta en bild av papperet i stället.",
}
_SEALED = {
    "personal-number": "Personnummer",
    "account-number": "Kontonummer",
    "card-number": "Kortnummer",
    "photo": "Bild",
    "malformed": "Något som inte gick att läsa",
}


@router.get("/{person}")
async def overview(
    here: Here, person: UUID, *, done: str = "", reason: Annotated[Reason | None, Query()] = None
) -> Response:
    """The case at a glance (logged)."""
    said = Said(done=DONE.get(done, ""), refused=_NOT_TAKEN.get(done, ""))
    return await _overview(here, person, said, reason=reason)


@router.get("/{person}/application")
async def read_application(here: Here, person: UUID) -> Response:
    """What was applied for."""
    return await _application(here, person, Said())


@router.post("/{person}/applications/{application}/answer", dependencies=[caseworker])
async def open_answer(
    request: Request, here: Here, person: UUID, application: UUID, question: Annotated[str, Form()]
) -> Response:
    """Read a secret answer (logged)."""
    keys = house(request).settings.tenants[here.database.municipality.slug].seal_keys
    try:
        async with here.database.transaction() as session:
            words = await snapshot.open_answer(
                session, here.clock, here.reader, person, application, question=question, keys=keys
            )
    except Refusal as refusal:
        shut(refusal)
        return await _application(here, person, Said(refused=in_words(refusal), status=refusal.problem.status))
    except WrongSeal:
        return await _application(here, person, KEY_AWAY)
    return await _application(here, person, Said(), unsealed=(question, words))


@router.post("/{person}/consents")
async def consent(
    here: Here, person: UUID, authority: Annotated[Authority, Form()], given: Annotated[bool, Form()]
) -> Response:
    """She gives one consent, or takes it back, at the counter or on the telephone."""
    return await _do(
        here, person, "consent", lambda s: consents.say(s, here.clock, here.reader, person, {authority: given})
    )


@router.post("/{person}/complete", dependencies=[caseworker])
async def complete(here: Here, person: UUID) -> Response:
    """Nothing is missing any more: the clock starts."""

    async def starts(session: AsyncSession) -> None:
        await desk.mark_complete(session, here.clock, here.reader, person)
        await completions.enough(session, here.clock, here.reader, person)

    return await _do(here, person, "complete", starts)


@router.post("/{person}/papers", dependencies=[caseworker])
async def ask_for_papers(request: Request, here: Here, person: UUID) -> Response:
    """Ask for papers by a day: the clock stands still, and the person is told."""
    filled = await filled_in(request)

    async def ask(session: AsyncSession) -> None:
        wanted, by = asking.wanted(filled), asking.by(filled)
        await completions.ask(session, here.clock, here.reader, person, wanted, by=by, key=key_of(filled))

    return await _do(here, person, "papers", ask, filled=filled)


@router.post("/{person}/name")
async def rename(here: Here, person: UUID, first_name: Annotated[str, Form(min_length=1, max_length=60)]) -> Response:
    """Write down what the person is called."""
    return await _do(here, person, "name", lambda s: desk.rename(s, here.clock, here.reader, person, first_name))


@router.post("/{person}/meetings/{meeting}/move")
async def move_meeting(here: Here, person: UUID, meeting: UUID, slot: Annotated[str, Form()]) -> Response:
    """The coming meeting gets another time, and the person is told."""

    async def move(session: AsyncSession) -> None:
        await _has(session, here, person, meeting)
        await bookings.move_by_staff(session, here.clock, meeting, slot)

    return await _do(here, person, "moved", move)


@router.post("/{person}/meetings/{meeting}/cancel")
async def cancel_meeting(here: Here, person: UUID, meeting: UUID) -> Response:
    """The coming meeting is not held, and the person is told."""

    async def cancel(session: AsyncSession) -> None:
        await _has(session, here, person, meeting)
        await bookings.cancel_by_staff(session, here.clock, meeting)

    return await _do(here, person, "cancelled", cancel)


@router.post("/{person}/code")
async def code(here: Here, person: UUID) -> Response:
    """Give out a code for reading; it is shown this once."""
    try:
        async with here.database.transaction() as session:
            issued = await codes.issue(session, here.clock, here.reader, person)
    except Refusal as refusal:
        shut(refusal)
        return await _overview(here, person, Said(refused=in_words(refusal), status=refusal.problem.status))
    return await _overview(here, person, Said(), code=issued)


@router.post("/{person}/seen")
async def seen(here: Here, person: UUID) -> Response:
    """Somebody saw who the person is."""
    return await _do(here, person, "seen", lambda s: register.see(s, here.clock, here.reader, person))


@router.post("/{person}/seen/undo")
async def unseen(here: Here, person: UUID) -> Response:
    """It was a mistake."""
    return await _do(here, person, "unseen", lambda s: register.take_back(s, here.clock, here.reader, person))


@router.post("/{person}/number")
async def write_number(
    here: Here, person: UUID, number: Annotated[str, Form()], seen: Annotated[str, Form()] = ""
) -> Response:
    """Write down the person's number of identity; a wrong one is not shown again."""
    sure = seen == "yes"

    async def write(session: AsyncSession) -> None:
        await register.write_down(session, here.clock, here.reader, person, number, seen=sure)

    return await _do(here, person, "number", write, reason="at-the-counter")


@router.post("/{person}/number/none")
async def no_number(here: Here, person: UUID) -> Response:
    """The person has none."""
    return await _do(here, person, "number", lambda s: register.has_none(s, here.clock, here.reader, person))


@router.post("/{person}/number/open")
async def open_number(here: Here, person: UUID) -> Response:
    """Read the person's number (logged)."""
    try:
        async with here.database.transaction() as session:
            number = await register.open_number(session, here.clock, here.reader, person)
    except Refusal as refusal:
        shut(refusal)
        return await _overview(here, person, Said(refused=in_words(refusal), status=refusal.problem.status))
    return await _overview(here, person, Said(), unveiled=number)


@router.post("/{person}/told")
async def told(
    here: Here,
    person: UUID,
    decision: Annotated[UUID, Form()],
    how: Annotated[ToldBy, Form()],
    on: Annotated[date | None, Form()] = None,
) -> Response:
    """A human told the person of a decision; of a letter the day it reached her."""

    async def tell(session: AsyncSession) -> None:
        _hers(decision, await decisions.of_person(session, person))
        await decisions.record_told(session, here.clock, here.reader, decision, how, on=on)

    return await _do(here, person, "told", tell)


@router.post("/{person}/told/mend")
async def mend_told(
    here: Here,
    person: UUID,
    decision: Annotated[UUID, Form()],
    how: Annotated[ToldBy | Literal["not"], Form()],
    on: Annotated[date | None, Form()] = None,
) -> Response:
    """It was written down wrongly: another way, another day, or that she was told at all."""

    async def mend(session: AsyncSession) -> None:
        _hers(decision, await decisions.of_person(session, person))
        really: ToldBy | None = None if how == "not" else how
        await decisions.mend_told(session, here.clock, here.reader, decision, really, on=on)

    return await _do(here, person, "told-mended", mend)


@router.post("/{person}/merge", dependencies=[caseworker])
async def merge(here: Here, person: UUID, other: Annotated[UUID, Form()]) -> Response:
    """Another of the list is this person too."""
    return await _do(here, person, "merged", lambda s: merging.merge(s, here.clock, here.reader, other, person))


@router.post("/{person}/merge/find", dependencies=[caseworker])
async def find_other(here: Here, person: UUID, sought: Annotated[str, Form(max_length=60)] = "") -> Response:
    """Look for the other by name or number. What is looked for stands in no address: logs keep those."""
    return await _overview(here, person, Said(filled={"sought": sought}))


@router.post("/{person}/part", dependencies=[caseworker])
async def part(here: Here, person: UUID, merged: Annotated[UUID, Form()]) -> Response:
    """They were two after all."""

    async def take_apart(session: AsyncSession) -> None:
        _hers(merged, await merging.standing(session, person))
        await merging.part(session, here.clock, here.reader, merged)

    return await _do(here, person, "parted", take_apart)


@router.post("/{person}/phrase")
async def agree(here: Here, person: UUID, phrase: Annotated[str, Form()] = "") -> Response:
    """A phrase was agreed on with the person; nothing shows it again, also when it will not do."""

    async def agree_on(session: AsyncSession) -> None:
        await safety.agree(session, here.clock, here.reader, person, phrase)

    return await _do(here, person, "agreed", agree_on, reason="meeting")


@router.post("/{person}/phrase/forget")
async def forget(here: Here, person: UUID) -> Response:
    """Nothing is agreed on any more."""
    return await _do(here, person, "forgotten", lambda s: safety.forget(s, here.clock, here.reader, person))


@router.post("/{person}/lift")
async def safe(here: Here, person: UUID, because: Annotated[Because, Form()]) -> Response:
    """The person is safe, and may be written to again."""
    return await _do(here, person, "safe", lambda s: safety.lift(s, here.clock, here.reader, person, because))


@router.post("/{person}/sealed/{item}", dependencies=[caseworker])
async def open_sealed(request: Request, here: Here, person: UUID, item: UUID) -> Response:
    """Read something sealed that nobody asked for (logged)."""
    keys = house(request).settings.tenants[here.database.municipality.slug].seal_keys
    try:
        async with here.database.transaction() as session:
            words = await desk.open_sealed(session, here.clock, here.reader, person, item, keys=keys)
    except Refusal as refusal:
        shut(refusal)
        return await _overview(here, person, Said(refused=in_words(refusal), status=refusal.problem.status))
    except WrongSeal:
        return await _overview(here, person, KEY_AWAY)
    return await _overview(here, person, Said(), unsealed=words)


@router.get("/{person}/looked")
async def looked(here: Here, person: UUID) -> Response:
    """Who has looked, when and why."""
    async with here.database.transaction() as session:
        opened = await opened_in(session, here, person)
        log = await access.log_of(session, person)
    rows = tuple(
        Look(
            swedish.when(row.at, here.now),
            row.reader_name or "Personen själv",
            events.WHAT.get(row.what, row.what),
            row.why if row.allowed else "Nekad",
        )
        for row in log
    )
    return case_page("case_looked", here, opened, Said(), tab="Vem har tittat", looked=rows)


# --- How it is done --------------------------------------------------------------------------------------------------


def _hers(id_: UUID, among: Iterable[DecisionView | MergeView]) -> None:
    """Only what is hers is done under her address: the page that answers, and its log, are of nobody else.

    Raises NotFound.
    """
    if all(one.id != id_ for one in among):
        raise NotFound(id=id_)


async def _do(
    here: Seat,
    person: UUID,
    done: str,
    act: Callable[[AsyncSession], Awaitable[object]],
    *,
    reason: Reason | None = None,
    filled: Mapping[str, str] | None = None,
) -> Response:
    """``reason``: the act's own, where it has one; then nobody is asked for another when it is refused. ``filled``:
    what stands in its form again then."""
    try:
        async with here.database.transaction() as session:
            await act(session)
    except Refusal as refusal:
        shut(refusal)
        said = Said(refused=in_words(refusal), filled=filled or {}, status=refusal.problem.status)
        return await _overview(here, person, said, reason=reason)
    return to(f"/inbox/cases/{person}?done={done}")


async def _has(session: AsyncSession, here: Seat, person: UUID, meeting: UUID) -> None:
    """Is the meeting this person's? Opens her case (logged). Raises NotFound."""
    opened = await opened_in(session, here, person)
    if all(one.id != meeting for one in opened.meetings):
        raise NotFound(meeting=meeting)


async def _application(here: Seat, person: UUID, said: Said, *, unsealed: tuple[str, str] = ("", "")) -> Response:
    opened = await read_case(here, person)
    return case_page(
        "case_application",
        here,
        opened,
        said,
        application=application(opened.file, here.now),
        paper=offered(opened.file),
        unsealed=unsealed,
        caseworker=here.role is Role.CASEWORKER,
    )


async def _overview(
    here: Seat,
    person: UUID,
    said: Said,
    *,
    reason: Reason | None = None,
    code: str = "",
    unsealed: str = "",
    unveiled: str = "",
) -> Response:
    async with here.database.transaction() as session:
        opened = await opened_in(session, here, person, reason)
        listed = await _others(session, here, said.filled.get("sought", "")) if here.role is Role.CASEWORKER else ()
        merges = await merging.standing(session, person)
        asked_for = tuple(asking.view(one) for one in await completions.of_person(session, person))
        handed_in = await documents.of_person(session, person)
        who = await identity.of_person(session, person, here.now)
        may_ask = await consents.standing(session, person, opened.file.applications)
        ahead = await bookings.next_meeting(session, person, here.now)
        movable = ahead if ahead is not None and ahead.start > here.now else None
        times = await bookings.times_to_move(session, here.clock, movable.id, OFFERED) if movable else ()
        beside = await events.beside(session, opened.file, handed_in)
    file, now = opened.file, here.now
    open_decision = next((view for view in reversed(opened.decided) if view.told_at is None), None)
    return case_page(
        "case_overview",
        here,
        opened,
        said,
        tab="Översikt",
        clock=summed.clock(opened, now),
        events=events.happened(opened, now, beside),
        household=summed.household(file),
        papers=tuple(summed.paper(view) for view in file.papers),
        documents=tuple(summed.document(view, now) for view in reversed(handed_in)),
        paper_key=uuid4(),
        asking_key=uuid4(),
        agreed=tuple(line.text["sv"] for line in file.notes[-1].agreed) if file.notes else (),
        next_step=notes.next_step(
            next((one.note.next_step for one in reversed(file.notes) if one.note.next_step), None)
        ),
        consents=tuple(notes.consent(one, now) for one in may_ask),
        code=code,
        public_page=here.database.municipality.public_page,
        told=tuple(summed.told(view, now) for view in opened.decided if view.told_at),
        tell=summed.tell(open_decision, now) if open_decision else None,
        caseworker=here.role is Role.CASEWORKER,
        can_complete=file.meeting_settled and file.complete_at is None,
        can_pause=not summed.is_decided(opened),
        papers_by=asking.usual(here.database.municipality.calendar, now),
        asked_for=asked_for,
        paper_names=notes.PAPER_NAMES,
        sealed=tuple((view.id, _SEALED.get(view.kind, view.kind), swedish.when(view.at, now)) for view in file.sealed),
        unsealed=unsealed,
        identity=who,
        unveiled=unveiled,
        meeting=meeting_facts(movable) if movable else None,
        meeting_id=movable.id if movable else "",
        times=tuple((one.slot, swedish.time_words(one, now)) for one in times),
        sought=said.filled.get("sought", ""),
        others=tuple(
            (one.person, f"{said_name(one.name, one.ending)}, {swedish.language_name(one.language)}")
            for one in listed
            if one.person != file.person
        ),
        merges=tuple(
            (one.id, swedish.when(one.at, now), one.by_name or "Personen själv, med en kod") for one in merges
        ),
    )


async def _others(session: AsyncSession, here: Seat, sought: str) -> tuple[desk.CaseRow, ...]:
    """Who may be the same person: the first of the list, or who was looked for."""
    if not sought.strip():
        return (await desk.in_list(session, here.clock))[0]
    return await desk.of_people(session, here.clock, await search.people(session, sought, here.now))
