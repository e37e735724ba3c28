"""Handing somebody over to another municipality: proposed in her case; read, taken or sent back where she arrives."""

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Request
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from backend import access, persons
from backend.calendar import day_in_sweden
from backend.cases import contacts
from backend.contract import Paper
from backend.errors import NotAllowed, NotFound, ReasonNeeded, Refusal
from backend.moving import arriving, giving, receiving, routine
from backend.moving import papers as papers_along
from backend.moving.arriving import Coming
from backend.moving.copies import LONGEST, MOST_PAPERS, Copy
from backend.moving.giving import OPEN, Proposal, Standing
from backend.moving.models import Consent
from backend.moving.papers import Along, Choice
from backend.moving.receiving import Shown
from backend.moving.refusals import NotToThere
from backend.municipalities.neighbours import Neighbour
from backend.staff import swedish
from backend.staff.case.notes import PAPER_NAMES
from backend.staff.desk import Here, Page, Seat, house, in_words, may_read, page, to
from backend.staff.facts import said_name

router = APIRouter(route_class=Page, dependencies=[may_read])

_STANDS = {
    "asking": "Personen är tillfrågad och har inte svarat än. Kvar hos er.",
    "offered": "Erbjuden, inte tagen. Kvar hos er.",
    "taken": "Den andra kommunen har tagit över. Ni skriver inte mer till personen.",
    "returned": "Den andra kommunen gav tillbaka. Kvar hos er.",
    "withdrawn": "Ni behöll personen.",
    "refused": "Personen vill inte. Kvar hos er.",
}
_AGAIN = "Den andra kommunen tog över. Personen har bett om hjälp hos er igen sedan dess: svara, och hör med dem."
_CAME_BACK = "Den andra kommunen tog över, och har sedan lämnat tillbaka personen till er."
_ON_ITS_WAY = {
    None: "Erbjudandet är inte framme än, det skickas igen av sig självt.",
    "older": "Deras system är äldre än ert och kan inte läsa hela erbjudandet än. Det skickas igen av sig självt tills "
    "det går. Ring dit under tiden.",
    "refused": "Deras system släpper inte in erbjudandet. Säg till den som sköter systemet hos er. Det skickas igen av "
    "sig självt.",
}
_ALONG = {
    "goes": "på väg, skickas igen av sig självt tills det är framme",
    "carried": "framme hos dem",
    "refused": "togs inte emot hos dem",
    "gone": "fanns inte kvar här",
}
_COMING = {"comes": "på väg", "here": "här, i ärendet", "refused": "togs inte emot här"}
_NOT_TAKEN: dict[str, str] = {
    "infected": "viruskontrollen stoppade det",
    "too-large": "för stort",
    "too-many-pages": "för många sidor",
}
_OFFERED = {
    "offered": "Kvar hos dem tills ni har tagit över.",
    "taking": "Ni tar över. Den andra kommunen har inte svarat än: skriv inte till personen förrän den har det. "
    "Det frågas igen av sig självt.",
    "taken": "Ni har tagit över.",
    "returning": "Ni ger tillbaka. Den andra kommunen har inte svarat än. Det frågas igen av sig självt.",
    "returned": "Tillbaka hos dem. Kopian är borta här.",
    "withdrawn": "De behöll personen. Kopian är borta här.",
}


@router.get("/cases/{person}/moving")
async def shown(request: Request, here: Here, person: UUID) -> Response:
    """How it goes with a hand-over of her, and the form of a new one; the copy, of who came from elsewhere (logged)."""
    return await _page(request, here, person)


@router.post("/cases/{person}/moving")
async def propose(
    request: Request,
    here: Here,
    person: UUID,
    *,
    consent: Annotated[Consent, Form()],
    neighbour: Annotated[str, Form()] = "",
    papers: Annotated[tuple[UUID, ...], Form()] = (),
) -> Response:
    """Offer her to another municipality: ``asked_for``, ``own_words`` and ``papers`` go with her."""
    filled = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        known = _neighbours(request, here).get(neighbour)
        if known is None:
            raise NotToThere
        wanted = Proposal(known, consent, filled.get("asked_for", ""), filled.get("own_words", ""), papers)
        async with here.database.transaction() as session:
            await giving.propose(session, here.clock, here.reader, person, wanted)
    except Refusal as refusal:
        if isinstance(refusal, ReasonNeeded | NotFound | NotAllowed):
            raise
        return await _page(
            request, here, person, filled, ticked=papers, refused=in_words(refusal), status=refusal.problem.status
        )
    return to(f"/inbox/cases/{person}/moving")


@router.post("/cases/{person}/moving/keep")
async def keep(here: Here, person: UUID, move: Annotated[UUID, Form()]) -> Response:
    """She stays here after all."""
    async with here.database.transaction() as session:
        await giving.keep(session, here.clock, here.reader, move)
    return to(f"/inbox/cases/{person}/moving")


@router.get("/arrivals/{task}")
async def offered(request: Request, here: Here, task: UUID) -> Response:
    """Who is offered by another municipality (logged)."""
    return await _offer_page(request, here, task)


@router.post("/arrivals/{task}/take")
async def take(request: Request, here: Here, task: UUID) -> Response:
    """Take her: she is here as soon as the other municipality has let go."""
    return await _settle(request, here, task, take=True)


@router.post("/arrivals/{task}/send-back")
async def send_back(
    request: Request, here: Here, task: UUID, reason: Annotated[str, Form(max_length=LONGEST)] = ""
) -> Response:
    """Send her back with a reason."""
    return await _settle(request, here, task, take=False, reason=reason)


async def _settle(request: Request, here: Seat, task: UUID, *, take: bool, reason: str = "") -> Response:
    try:
        async with here.database.transaction() as session:
            found = await receiving.opened(session, here.clock, here.reader, task)
            await receiving.want(session, here.reader, found.id, take=take, reason=reason)
    except Refusal as refusal:
        if isinstance(refusal, ReasonNeeded | NotFound | NotAllowed):
            raise
        return await _offer_page(
            request, here, task, reason=reason, refused=in_words(refusal), status=refusal.problem.status
        )
    home = _neighbours(request, here).get(found.home)
    if home is not None:
        await routine.settle_now(here.database, home, here.clock, found.id)
    return to(f"/inbox/arrivals/{task}")


async def _page(
    request: Request,
    here: Seat,
    person: UUID,
    filled: Mapping[str, str] | None = None,
    *,
    ticked: Collection[UUID] | None = None,
    refused: str = "",
    status: int = 200,
) -> Response:
    async with here.database.transaction() as session:
        opened = await access.enter(session, here.clock, here.reader, person, "case")
        whose = opened.person.id
        reached = await contacts.reached(session, whose)
        standing = await giving.of_person(session, whose)
        came = await receiving.of_person(session, whose)
        coming = await _coming(session, came)
        choices = await papers_along.choices(session, whose)
        words = await giving.asked_for(session, whose)
        name = said_name(persons.first_name(session, opened.person), reached.ending if reached else "")
    towns = _neighbours(request, here)
    return page(
        "moving",
        here,
        status=status,
        href=f"/inbox/cases/{person}",
        name=name,
        standing=_standing(here, standing, came, towns),
        came=_copy(here, came, towns, coming),
        papers=[_choice(here, one, ticked) for one in choices if not one.of_two],
        of_two=any(one.of_two for one in choices),
        most=MOST_PAPERS,
        towns=[(town.slug, town.name) for town in towns.values()],
        open=standing is None or standing.state not in OPEN,
        filled={"asked_for": words, "own_words": "", "consent": "", "neighbour": "", **(filled or {})},
        refused=refused,
        longest=LONGEST,
    )


async def _offer_page(
    request: Request, here: Seat, task: UUID, *, reason: str = "", refused: str = "", status: int = 200
) -> Response:
    async with here.database.transaction() as session:
        found = await receiving.opened(session, here.clock, here.reader, task)
        coming = await _coming(session, found)
    towns = _neighbours(request, here)
    return page(
        "arrival",
        here,
        status=status,
        href=f"/inbox/arrivals/{task}",
        home=_named(found.home, towns),
        came=_copy(here, found, towns, coming),
        state=found.state,
        words=_OFFERED[found.state],
        not_yet=found.not_yet,
        person=found.person,
        answer=found.answer,
        reason=reason,
        refused=refused,
        longest=LONGEST,
    )


def _standing(
    here: Seat, standing: Standing | None, came: Shown | None, towns: Mapping[str, Neighbour]
) -> dict[str, object] | None:
    if standing is None:
        return None
    words = _AGAIN if standing.again else _STANDS[standing.state]
    if came is not None and standing.state == "taken" and standing.settled_at is not None:
        words = _CAME_BACK if came.came_at > standing.settled_at else words
    return {
        "id": standing.id,
        "to": _named(standing.to, towns),
        "by": f"{standing.by_name}, {swedish.when(standing.at, here.now)}",
        "words": words,
        "on_its_way": _ON_ITS_WAY[standing.held_up] if standing.state == "offered" and not standing.arrived else "",
        "open": standing.state in OPEN,
        "taken": standing.state == "taken",
        "settled": f"{standing.settled_name} {swedish.when(standing.settled_at, here.now)}".strip()
        if standing.settled_at is not None
        else "",
        "answer": standing.answer,
        "papers": [_along(here, one, standing.state) for one in standing.papers],
    }


async def _coming(session: AsyncSession, shown: Shown | None) -> tuple[Coming, ...]:
    if shown is None or shown.offer is None:
        return ()
    return await arriving.of_copy(session, shown.id, shown.offer.copied)


def _choice(here: Seat, one: Choice, ticked: Collection[UUID] | None) -> dict[str, object]:
    home = f", från {one.home.capitalize()}" if one.home else ""
    return {
        "id": one.id,
        "name": f"{_paper(one.paper)}{_pages(one.pages)}",
        "came": f"{swedish.when(one.received_at, here.now)}{home}",
        "ticked": one.proposed if ticked is None else one.id in ticked,
    }


def _along(here: Seat, one: Along, state: str) -> str:
    """A paper of a hand-over, where it is handed over from."""
    stands = _ALONG[one.state] if state == "taken" else "följer med när de tar över"
    why = f" ({_NOT_TAKEN.get(one.why, one.why)})" if one.why else ""
    return f"{_paper(one.paper)}, inlämnat {swedish.when(one.received_at, here.now)}: {stands}{why}"


def _coming_words(one: Coming, state: str) -> str:
    """The same, where it comes."""
    stands = _COMING[one.state] if state == "taken" else "kommer när ni har tagit över"
    why = f" ({_NOT_TAKEN.get(one.why, one.why)})" if one.why else ""
    return f"{_paper(one.paper)}{_pages(one.pages)}, inlämnat där {swedish.long_day(one.handed_in_on)}: {stands}{why}"


def _paper(paper: Paper | None) -> str:
    return PAPER_NAMES[paper] if paper else "Papper utan namn"


def _pages(pages: int) -> str:
    return f", {pages} sidor" if pages > 1 else ""


def _copy(
    here: Seat, shown: Shown | None, towns: Mapping[str, Neighbour], coming: Sequence[Coming]
) -> dict[str, object] | None:
    """The copy as it is read; nothing where there is none any more."""
    if shown is None or shown.offer is None:
        return None
    offer = shown.offer
    copied = offer.copied
    interpreter = swedish.language_name(copied.interpreter) if copied.interpreter else "Behövs inte, som det är känt"
    return {
        "home": _named(shown.home, towns),
        "by": f"{offer.by_name}, {swedish.when(offer.at, here.now)}",
        "consent": "Svarade ja till automaten" if offer.consent == "asked" else "Sagt till den som lämnar över",
        "name": copied.first_name or "Okänt namn",
        "language": _languages(copied),
        "interpreter": interpreter,
        "telephone": contacts.written(copied.telephone),
        "reads": _reads(shared=copied.shared),
        "verified": _verified(copied),
        "since": swedish.long_day(copied.asked_since) if copied.asked_since else "",
        "asked_for": copied.asked_for,
        "own_words": copied.own_words,
        "papers": [_coming_words(one, shown.state) for one in coming],
        "came_on": swedish.long_day(day_in_sweden(shown.came_at)),
    }


def _languages(copied: Copy) -> str:
    """What she speaks, and what she reads where that is another."""
    speaks = swedish.language_name(copied.language)
    return f"{speaks}, läser {swedish.language_name(copied.reads)}" if copied.reads else speaks


def _reads(*, shared: bool | None) -> str:
    if shared is None:
        return "Okänt vem som läser telefonen: räkna med att andra gör det"
    return "Andra läser telefonen" if shared else "Ingen annan läser telefonen"


def _neighbours(request: Request, here: Seat) -> Mapping[str, Neighbour]:
    return house(request).settings.tenants[here.database.municipality.slug].neighbours


def _named(slug: str, towns: Mapping[str, Neighbour]) -> str:
    return towns[slug].name if slug in towns else slug.capitalize()


def _verified(copied: Copy) -> str:
    """What could be verified of who she is, and what could not."""
    seen = "Id har setts av en handläggare där." if copied.identity_seen else "Vem personen är har inte styrkts."
    reached = "Har svarat från numret." if copied.confirmed else "Numret är inte bekräftat."
    return f"{seen} {reached}"
