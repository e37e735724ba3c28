"""What she answers to what we asked, done at a desk at her word: branch, why she did not come, a paper; her codes too.

A code is written by the bot where she reads alone: no page here shows one, and nobody is to ask her for it.
"""

from typing import Annotated, get_args
from uuid import UUID

from fastapi import APIRouter, Form
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend.behalf import service as behalf
from backend.behalf.record import Doing
from backend.behalf.service import CodeWish, WhyNot
from backend.contract import Branch, Paper, SaidOfPaper
from backend.errors import NotFound
from backend.staff.behalf.for_them import HowHeard, Key, do
from backend.staff.behalf.her_answers import ANSWERED, OF_PAPER, WHY
from backend.staff.case.notes import PAPER_NAMES
from backend.staff.desk import Here, Page, may_read
from backend.staff.meeting.plan_words import BRANCHES

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])

_CODES: dict[CodeWish, str] = {
    "elsewhere": "ville fortsätta på ett annat ställe: koden skrivs till personen själv",
    "helper": "ville släppa in en hjälpare: koden skrivs till personen själv",
}


@router.post("/{person}/for-them/branch")
async def branch(here: Here, person: UUID, branch: Annotated[Branch, Form()], key: Key, *, heard: HowHeard) -> Response:
    """What she wants to work with."""

    async def act(session: AsyncSession) -> None:
        await behalf.choose_branch(session, here.clock, person, branch, key=key)

    words = f"valde bransch: {BRANCHES[branch].lower()}"
    return await do(here, person, Doing(key, "branch", heard, words, (branch,)), "branch", act)


@router.post("/{person}/for-them/missed")
async def missed(
    here: Here,
    person: UUID,
    meeting: Annotated[UUID, Form()],
    why: Annotated[WhyNot, Form()],
    key: Key,
    *,
    heard: HowHeard,
) -> Response:
    """Why she did not come. Counted without a name, and nothing follows from it."""

    async def act(session: AsyncSession) -> None:
        await behalf.say_why_missed(session, here.clock, person, meeting, why)

    words = f"sa varför personen inte kom: {WHY[why].lower()}"
    return await do(here, person, Doing(key, "missed", heard, words, (f"{meeting}", why)), "missed", act)


@router.post("/{person}/for-them/paper")
async def paper(
    here: Here, person: UUID, paper: Annotated[str, Form(max_length=120)], key: Key, *, heard: HowHeard
) -> Response:
    """Of a paper that is asked for: that she cannot get it, or can do no better."""
    completion, wanted, says = _of_paper(paper)

    async def act(session: AsyncSession) -> None:
        await behalf.say_of_paper(session, here.clock, person, wanted, says, completion=completion)

    words = f"sa om ett papper: {OF_PAPER[says].lower()} {PAPER_NAMES[wanted]}"
    return await do(here, person, Doing(key, "paper", heard, words, (paper,)), "paper", act)


@router.post("/{person}/for-them/not-together")
async def not_together(here: Here, person: UUID, key: Key, *, heard: HowHeard) -> Response:
    """She does not apply together with another any more."""

    async def act(session: AsyncSession) -> None:
        await behalf.not_together(session, here.clock, person)

    return await do(here, person, Doing(key, "not-together", heard, "söker inte ihop längre"), "not-together", act)


@router.post("/{person}/for-them/comment")
async def comment(
    here: Here,
    person: UUID,
    key: Key,
    *,
    heard: HowHeard,
    answer: Annotated[str, Form(max_length=4000)] = "",
    speaks: Annotated[bool, Form()] = False,
) -> Response:
    """What she says of what was found out, before it is decided."""

    async def act(session: AsyncSession) -> None:
        how = ANSWERED[heard]
        await behalf.comment(session, here.clock, here.reader, person, answer, how=how, speaks=speaks)

    doing = Doing(key, "comment", heard, "sa något före beslutet", (answer, f"{speaks}"))
    return await do(here, person, doing, "comment", act, filled={"answer": answer})


@router.post("/{person}/for-them/code")
async def code(
    here: Here,
    person: UUID,
    thread: Annotated[UUID, Form()],
    wish: Annotated[CodeWish, Form()],
    key: Key,
    *,
    heard: HowHeard,
) -> Response:
    """She wants to go on elsewhere, or to let a helper in: the bot writes the code to her."""

    async def act(session: AsyncSession) -> None:
        await behalf.wish_of_code(session, here.clock, person, thread, wish)

    return await do(here, person, Doing(key, wish, heard, _CODES[wish], (f"{thread}",)), "code", act)


@router.post("/{person}/for-them/no-helper")
async def no_helper(here: Here, person: UUID, key: Key, *, heard: HowHeard) -> Response:
    """Nobody is to help her any more."""

    async def act(session: AsyncSession) -> None:
        await behalf.let_helpers_go(session, here.clock, person)

    return await do(here, person, Doing(key, "no-helper", heard, "ville inte ha någon hjälpare"), "no-helper", act)


def _of_paper(given: str) -> tuple[UUID, Paper, SaidOfPaper]:
    """Which paper, and what of it. Raises NotFound for what no form sends."""
    try:
        completion, name, word = given.split(":")
        wanted: Paper = next(one for one in get_args(Paper) if one == name)
        says: SaidOfPaper = next(one for one in get_args(SaidOfPaper) if one == word)
        return UUID(completion), wanted, says
    except (ValueError, StopIteration):
        raise NotFound(paper="unknown") from None
