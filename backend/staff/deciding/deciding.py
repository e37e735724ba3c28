"""Beside the decision form: let her comment first, put a decision forward, write down a payment and its day."""

from collections.abc import Awaitable, Callable, Mapping
from uuid import UUID

from fastapi import APIRouter, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import access, locales, persons
from backend.calendar import day_in_sweden
from backend.decisions import comments, payments, proposals, written
from backend.decisions import service as decisions
from backend.errors import Invalid, NotFound, Refusal, TranslatorLacks
from backend.staff.case import decided
from backend.staff.case.opening import Said, filled_in, key_of, shut
from backend.staff.deciding import drafts
from backend.staff.deciding.signing import decision_page
from backend.staff.desk import Here, Page, Seat, caseworker, in_words, may_read, to
from backend.translating import service as translating

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read, caseworker])


@router.post("/{person}/decision/put-forward")
async def put_forward(request: Request, here: Here, person: UUID) -> Response:
    """Somebody else signs it: the form as it is filled in."""
    filled = await filled_in(request)

    async def forward(session: AsyncSession) -> None:
        draft = await decisions.as_it_is(session, person, drafts.read(filled, None))
        needs = decisions.needs(session, draft, day_in_sweden(here.now))
        if needs is None:
            raise Invalid(delegation="none")
        kept = {name: filled[name] for name in drafts.FIELDS if name in filled}
        await proposals.put_forward(session, here.clock, here.reader, person, kept, needs=needs)

    return await _do(here, person, "forward", forward, filled)


@router.post("/{person}/decision/take-back")
async def take_back_proposal(request: Request, here: Here, person: UUID) -> Response:
    """Nobody is to sign what was put forward."""
    filled = await filled_in(request)

    async def takes(session: AsyncSession) -> None:
        waits = await proposals.waiting(session, person)
        if waits is None or str(waits.id) != filled.get("proposal"):
            raise NotFound(proposal=filled.get("proposal", ""))
        await proposals.withdraw(session, here.clock, here.reader, person, waits.id)

    return await _do(here, person, "not-forward", takes, filled)


@router.post("/{person}/comments")
async def ask(request: Request, here: Here, person: UUID) -> Response:
    """She may read what was found out, and comment by a day."""
    filled = await filled_in(request)

    async def let_comment(session: AsyncSession) -> None:
        words, until = filled.get("found_out", ""), decided.until(filled)
        await comments.ask(session, here.clock, here.reader, person, words, until=until, key=key_of(filled))

    return await _do(here, person, "commenting", let_comment, filled)


@router.post("/{person}/comments/answer")
async def answered(request: Request, here: Here, person: UUID) -> Response:
    """What she said of it."""
    filled = await filled_in(request)

    async def write_down(session: AsyncSession) -> None:
        standing = await comments.standing(session, person)
        if standing is None or str(standing.id) != filled.get("comment"):
            raise NotFound(comment=filled.get("comment", ""))
        await comments.answered(
            session,
            here.clock,
            here.reader,
            standing.id,
            decided.how(filled),
            words=filled.get("answer", ""),
            speaks=decided.speaks(filled),
            saw=decided.saw(filled),
        )

    return await _do(here, person, "commented", write_down, filled)


@router.post("/{person}/comments/{said}/translation")
async def translate(here: Here, person: UUID, said: UUID) -> Response:
    """Give what she wrote in Swedish, by the municipality's machine. What was given once is kept."""
    try:
        await _translate(here, person, said)
    except Refusal as refusal:
        shut(refusal)
        return await decision_page(here, person, Said("", in_words(refusal), {}, refusal.problem.status))
    return to(f"/inbox/cases/{person}/decision")


@router.post("/{person}/payments")
async def pay(request: Request, here: Here, person: UUID) -> Response:
    """A payment of a decision of hers, and its day."""
    filled = await filled_in(request)

    async def record(session: AsyncSession) -> None:
        hers = {str(view.id): view.id for view in await decisions.of_person(session, person)}
        decision = hers.get(filled.get("decision", ""))
        if decision is None:
            raise NotFound(decision=filled.get("decision", ""))
        kronor, paid_on = decided.kronor(filled), decided.paid_on(filled)
        await payments.record(
            session, here.clock, here.reader, decision, kronor=kronor, paid_on=paid_on, key=key_of(filled)
        )

    return await _do(here, person, "paid", record, filled)


@router.post("/{person}/payments/move")
async def move(request: Request, here: Here, person: UUID) -> Response:
    """A payment comes another day."""
    filled = await filled_in(request)

    async def moves(session: AsyncSession) -> None:
        payment = await _payment(session, person, filled)
        await payments.move(session, here.clock, here.reader, payment, decided.paid_on(filled))

    return await _do(here, person, "pay-day", moves, filled)


@router.post("/{person}/payments/correct")
async def correct(request: Request, here: Here, person: UUID) -> Response:
    """The sum of a payment is another."""
    filled = await filled_in(request)

    async def corrects(session: AsyncSession) -> None:
        payment = await _payment(session, person, filled)
        kronor, key = decided.kronor(filled), key_of(filled)
        await payments.correct(session, here.clock, here.reader, payment, kronor, key=key)

    return await _do(here, person, "paid-other", corrects, filled)


@router.post("/{person}/payments/take-back")
async def take_back(request: Request, here: Here, person: UUID) -> Response:
    """A payment does not stand."""
    filled = await filled_in(request)

    async def takes(session: AsyncSession) -> None:
        payment, because = await _payment(session, person, filled), decided.because(filled)
        await payments.take_back(session, here.clock, here.reader, payment, because)

    return await _do(here, person, "paid-back", takes, filled)


async def _payment(session: AsyncSession, person: UUID, filled: Mapping[str, str]) -> UUID:
    """The payment a form is about, one of hers whether it stands or not. Raises NotFound."""
    hers = {str(one): one for one in await payments.ids_of(session, person)}
    if (payment := hers.get(filled.get("payment", ""))) is None:
        raise NotFound(payment=filled.get("payment", ""))
    return payment


async def _do(
    here: Seat,
    person: UUID,
    done: str,
    act: Callable[[AsyncSession], Awaitable[None]],
    filled: Mapping[str, str],
) -> Response:
    """Do it, and back to the decision, where what was filled in still stands when it is refused."""
    try:
        async with here.database.transaction() as session:
            await act(session)
    except Refusal as refusal:
        shut(refusal)
        return await decision_page(here, person, Said("", in_words(refusal), filled, refusal.problem.status))
    return to(f"/inbox/cases/{person}/decision?done={done}")


async def _translate(here: Seat, person: UUID, said: UUID) -> None:
    """Out and home: the words leave outside any transaction, and after it is logged that they do."""
    if here.translator is None:
        raise TranslatorLacks
    async with here.database.transaction() as session:
        name = here.translator.name
        done = f"Lät {name} översätta personens yttrande"
        opened = await access.enter(session, here.clock, here.reader, person, "decision", about=said, done=done)
        one = next((one for one in await written.of_person(session, person) if one.id == said), None)
        if one is None:
            raise NotFound(said=said)
        if one.swedish:
            return
        translating.allow(one.words)
        first_name = persons.first_name(session, opened.person)
    names = (first_name, here.member.name)
    given = await translating.translate(here.translator, one.words, one.language, locales.SWEDISH, names=names)
    async with here.database.transaction() as session:
        await written.keep_swedish(session, said, given, name)
