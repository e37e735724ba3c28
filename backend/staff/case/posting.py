"""Letters of a case: what can be sent by post, as it will read; printed with an address that is kept nowhere; sent.

``to`` (name and address, a line each, as they show in the window), ``on`` (the day it was put in the post).
"""

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from backend.calendar import day_in_sweden
from backend.errors import AddressMissing, Refusal
from backend.letters import service, words
from backend.letters.models import LetterKind, PostedLetter
from backend.letters.service import Letter, Which
from backend.printing import post
from backend.staff import swedish
from backend.staff.case.opening import Said, case_page, read_case, shut
from backend.staff.case.prints import printed
from backend.staff.desk import Here, Page, Seat, in_words, may_read, to

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])

_SENT = "Antecknat: brevet är skickat. Det räknas inte som att personen har fått veta."


@dataclass(frozen=True, slots=True)
class LetterView:
    """A letter as it will read. ``theirs``: beside the Swedish, in her language, where there is anything."""

    kind: str
    about: UUID
    title: str
    swedish: tuple[str, ...]
    points: tuple[str, ...]
    rows: tuple[tuple[str, str, str], ...]
    after: tuple[str, ...]
    theirs: tuple[str, ...]
    code: str
    language: str
    direction: str


@router.get("/{person}/letters")
async def letters(here: Here, person: UUID, *, done: str = "") -> Response:
    """The letters there are words for now, and those that were sent (logged)."""
    return await _letters(here, person, Said(done=_SENT if done == "sent" else ""))


@router.post("/{person}/letters/{kind}/{about}/print")
async def print_one(
    request: Request,
    here: Here,
    *,
    person: UUID,
    kind: LetterKind,
    about: UUID,
    written: Annotated[str, Form(alias="to")] = "",
) -> Response:
    """The letter as a document, with the address that was written (logged)."""
    lines = post.address_lines(written)
    try:
        if lines is None:
            raise AddressMissing
        async with here.database.transaction() as session:
            letter = await service.take_out(session, here.clock, here.reader, person, Which(kind, about))
        town = here.database.municipality
        made = await printed(request, partial(post.sheet, letter.words, lines, town, case=person, at=here.now))
    except Refusal as refusal:
        shut(refusal)
        said = Said(refused=in_words(refusal), filled={f"to {about}": written}, status=refusal.problem.status)
        return await _letters(here, person, said)
    headers = {
        "Content-Disposition": f'attachment; filename="brev-{str(about)[:8]}.pdf"',
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    return Response(made, media_type="application/pdf", headers=headers)


@router.post("/{person}/letters/{kind}/{about}/sent")
async def sent(here: Here, person: UUID, kind: LetterKind, about: UUID, on: Annotated[date, Form()]) -> Response:
    """It was put in the post on a day."""
    try:
        async with here.database.transaction() as session:
            await service.record_sent(session, here.clock, here.reader, person, Which(kind, about), on=on)
    except Refusal as refusal:
        shut(refusal)
        return await _letters(here, person, Said(refused=in_words(refusal), status=refusal.problem.status))
    return to(f"/inbox/cases/{person}/letters?done=sent")


async def _letters(here: Seat, person: UUID, said: Said) -> Response:
    opened = await read_case(here, person)
    async with here.database.transaction() as session:
        possible = await service.possible(session, here.clock, person)
        posted = await service.sent(session, person)
    return case_page(
        "case_letters",
        here,
        opened,
        said,
        tab="Brev",
        letters=tuple(map(_view, possible)),
        sent=tuple(map(_sent, posted)),
        today=f"{day_in_sweden(here.now)}",
    )


def _view(letter: Letter) -> LetterView:
    of = letter.words
    return LetterView(
        kind=of.kind,
        about=letter.about,
        title=of.title,
        swedish=of.swedish,
        points=of.points,
        rows=of.rows,
        after=of.after,
        theirs=of.theirs,
        code=of.language,
        language=swedish.language_name(of.language),
        direction=swedish.direction(of.language),
    )


def _sent(one: PostedLetter) -> str:
    title = next(title for kind, title in words.TITLES.items() if kind == one.kind)
    return f"{title}: skickat {swedish.long_day(one.sent_on)}, {one.by_name}."
