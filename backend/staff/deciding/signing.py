"""The decision of a case: written in a form, seen as it will be read, and signed."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from fastapi import APIRouter, Request
from starlette.responses import Response

from backend.bookings import service as bookings
from backend.calculation import service as calculation
from backend.calendar import day_in_sweden
from backend.cases import desk
from backend.contract import BookMeeting
from backend.decisions import comments, law, payments, proposals, written
from backend.decisions import service as decisions
from backend.decisions.texts import WITH_SUM
from backend.errors import AppliedMeanwhile, CommentedMeanwhile, Refusal
from backend.handover import threads
from backend.municipalities.delegation import reaches
from backend.staff import swedish
from backend.staff.case import asking, decided, notes
from backend.staff.case import overview as summed
from backend.staff.case.opening import (
    DONE,
    Said,
    case_page,
    coming_meeting,
    filled_in,
    interpreter_language,
    opened_in,
    shut,
    times_ahead,
)
from backend.staff.deciding import automatic_words, drafts
from backend.staff.desk import Here, Page, Seat, caseworker, in_words, may_read, to

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])


@router.get("/{person}/decision", dependencies=[caseworker])
async def decision(here: Here, person: UUID, *, done: str = "") -> Response:
    """The decision form, and the decisions there are."""
    return await decision_page(here, person, Said(done=DONE.get(done, "")))


@router.post("/{person}/decision/preview", dependencies=[caseworker])
async def preview_decision(request: Request, here: Here, person: UUID) -> Response:
    """How the decision will be read, before it is signed."""
    return await decision_page(here, person, Said(filled=await filled_in(request)), previewed=True)


@router.post("/{person}/decision", dependencies=[caseworker])
async def sign(request: Request, here: Here, person: UUID) -> Response:
    """Sign: see ``drafts`` for the fields. A refusal's new time is booked in the same transaction; where she has one
    ahead already it is that one."""
    filled = await filled_in(request)
    try:
        async with here.database.transaction() as session:
            coming = await coming_meeting(session, here, person)
            booked = coming.id if coming is not None else None
            if filled.get("kind") == "avslag" and filled.get("slot") and coming is None:
                language = await interpreter_language(session, person)
                call = BookMeeting(person=person, slot=filled["slot"], at=here.now, interpreter_language=language)
                booked = (await bookings.book(session, here.clock, drafts.key(filled), call)).id
            draft = drafts.read(filled, booked)
            await decisions.sign(session, here.clock, here.reader, person, draft)
            if filled.get("written", "0") != str(len(await written.of_person(session, person))):
                raise CommentedMeanwhile
            if filled.get("applied", latest := _latest(await desk.applications(session, person))) != latest:
                raise AppliedMeanwhile
    except Refusal as refusal:
        shut(refusal)
        return await decision_page(here, person, Said("", in_words(refusal), filled, refusal.problem.status))
    return to(f"/inbox/cases/{person}?done=signed")


async def decision_page(here: Seat, person: UUID, said: Said, *, previewed: bool = False) -> Response:
    """The page of the decision: the form, how it reads, what comes before it and after."""
    today = day_in_sweden(here.now)
    async with here.database.transaction() as session:
        opened = await opened_in(session, here, person)
        coming = await coming_meeting(session, here, person)
        ask_time = opened.file.meeting_settled and coming is None
        times = await times_ahead(session, here, person) if ask_time else ()
        proposal = await proposals.waiting(session, person)
        comment = await comments.standing(session, person)
        hers = await written.of_person(session, person)
        wrote_in = await threads.wrote_after(session, person, comment.asked_at) if comment else None
        without_a_human = await automatic_words.line(session, here, person)
        paid, unpaid = await payments.of_person(session, person), await payments.taken_back(session, person)
        if proposal is not None and not said.filled:
            said = replace(said, filled=proposal.filled)
        shown, needed, calculated = None, None, ""
        if previewed:
            try:
                draft = drafts.read(said.filled, None)
                slot = next((one for one in times if one.slot == said.filled.get("slot")), None)
                text = await decisions.preview(session, here.clock, person, draft, at=coming or slot)
            except Refusal as refusal:
                said = Said("", in_words(refusal), said.filled, refusal.problem.status)
            else:
                calculated = decided.calculated(await calculation.of_month(session, person, draft.month), draft)
                shown = drafts.shown(text, opened.file.language, said.filled)
                needed = decisions.needs(session, await decisions.as_it_is(session, person, draft), today)
    town = here.database.municipality
    listed = town.delegation_on(today, examples=here.database.demo)
    return case_page(
        "case_decision",
        here,
        opened,
        said,
        tab="Beslut",
        decided=tuple(drafts.signed(view, here.now) for view in reversed(opened.decided)),
        settled=opened.file.meeting_settled,
        not_active=notes.not_active(opened.file.notes, here.now),
        single_cost=summed.single_cost_waits(opened),
        month=said.filled.get("month") or f"{day_in_sweden(here.now):%Y-%m}",
        refusal_reasons=drafts.of("delavslag"),
        dismissal_reasons=drafts.of("avvisning"),
        fields=drafts.FIELDS,
        elsewhere=town.decides == "casesystem",
        may_sign=needed is None or reaches(here.reader.signs_as, needed),
        who_signs=decided.who_signs(needed, example=listed is not None and listed.status == "example"),
        proposed=decided.proposed(proposal, here.now) if proposal else "",
        proposal=proposal.id if proposal else "",
        comment=decided.comment(comment, here.now) if comment else None,
        written=tuple(decided.written(one, here.now, machine=here.translator is not None) for one in hers),
        wrote_in=f"/inbox/threads/{wrote_in}" if wrote_in else "",
        comment_by=asking.usual(town.calendar, here.now),
        comment_law=", ".join(law.quoted(("comment", "speak"), today)),
        answered_how=decided.HOW,
        speaks=decided.SPEAKS,
        payments=tuple(decided.payment(one, here.now) for one in paid),
        taken_back=tuple(decided.taken_back(one, here.now) for one in unpaid),
        back_because=tuple((why, decided.WHY_BACK[why]) for why in ("mistake", "stopped")),
        payable=tuple(
            (one.id, drafts.signed(one, here.now).head) for one in opened.decided if one.draft.kind in WITH_SUM
        ),
        today=today,
        times=tuple((one.slot, swedish.time_words(one, here.now)) for one in times),
        coming=swedish.time_words(coming, here.now) if coming else "",
        preview=shown,
        calculated=calculated,
        applied=_latest(opened.file.applications),
        key=uuid4(),
        decide_by=swedish.due(opened.file.decide_by, here.now) if opened.file.decide_by else "",
        automatic=without_a_human,
    )


def _latest(applications: Sequence[desk.ApplicationView]) -> str:
    """The id of the last that came, as a form carries it."""
    return str(applications[-1].id) if applications else ""
