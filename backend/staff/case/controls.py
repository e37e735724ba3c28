"""The checklist of a case: each control with its source, its result, what differs, who made it and when.

The fields of the page. To tick: ``name``, ``result``, ``differs`` (any number) and ``key``. To ask a service: ``name``
and ``key``. To take a stand: ``control`` and ``because``.
"""

from datetime import datetime
from typing import Annotated, get_args
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from backend.controls import asking, routine, service
from backend.controls.models import Name, Result
from backend.controls.service import LONGEST_REASON, RESULTS, AskView, ControlView, Line, Ticked
from backend.errors import NotFound, Refusal
from backend.staff import swedish
from backend.staff.case.control_words import AskedLine, CheckLine, DifferenceLine, MadeLine
from backend.staff.case.opening import Said, case_page, opened_in, shut
from backend.staff.desk import Here, Page, Seat, caseworker, house, in_words, may_read, to
from backend.staff.views import Badge

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read, caseworker])

_DONE = {
    "ticked": "Kontrollen är sparad.",
    "asked": "Registret är frågat. Svaret kommer hit om en stund.",
    "stand": "Ditt ställningstagande är sparat. Skillnaden står kvar.",
}
_MARKS: dict[Result, Badge] = {
    "same": Badge("confirmed", RESULTS["same"]),
    "differs": Badge("preliminary", RESULTS["differs"]),
    "nothing": Badge("plain", RESULTS["nothing"]),
    "not-possible": Badge("waiting", RESULTS["not-possible"]),
}


@router.get("/{person}/controls")
async def controls(request: Request, here: Here, person: UUID, done: Annotated[str, Query()] = "") -> Response:
    """The checklist (logged)."""
    return await _controls(request, here, person, Said(done=_DONE.get(done, "")))


@router.post("/{person}/controls")
async def tick(
    request: Request,
    here: Here,
    person: UUID,
    *,
    name: Annotated[Name, Form()],
    result: Annotated[Result, Form()],
    key: Annotated[UUID, Form()],
    differs: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """A control was made by hand."""
    try:
        async with here.database.transaction() as session:
            ticked = Ticked(name, result, differs or ())
            await service.tick(session, here.clock, here.reader, person, ticked, key=key)
    except Refusal as refusal:
        shut(refusal)
        filled = {f"result_{name}": result, **{f"differs_{name}_{one}": "yes" for one in differs or ()}}
        return await _controls(request, here, person, Said("", in_words(refusal), filled, refusal.problem.status))
    return to(f"/inbox/cases/{person}/controls?done=ticked")


@router.post("/{person}/controls/ask")
async def ask(
    request: Request, here: Here, person: UUID, name: Annotated[Name, Form()], key: Annotated[UUID, Form()]
) -> Response:
    """A register is asked by its service. Where there is none it is ticked by hand."""
    if name not in _services(request, here):
        raise NotFound(register=name)
    try:
        async with here.database.transaction() as session:
            await asking.ask(session, here.clock, here.reader, person, name, key=key)
    except Refusal as refusal:
        shut(refusal)
        said = Said(refused=in_words(refusal), status=refusal.problem.status)
        return await _controls(request, here, person, said)
    return to(f"/inbox/cases/{person}/controls?done=asked")


@router.post("/{person}/controls/stand")
async def take_stand(
    request: Request, here: Here, person: UUID, control: Annotated[UUID, Form()], because: Annotated[str, Form()] = ""
) -> Response:
    """What differs was seen, and why it goes on."""
    try:
        async with here.database.transaction() as session:
            await service.take_stand(session, here.clock, here.reader, person, control=control, because=because)
    except Refusal as refusal:
        shut(refusal)
        said = Said("", in_words(refusal), {f"because_{control}": because}, refusal.problem.status)
        return await _controls(request, here, person, said)
    return to(f"/inbox/cases/{person}/controls?done=stand")


async def _controls(request: Request, here: Seat, person: UUID, said: Said) -> Response:
    async with here.database.transaction() as session:
        opened = await opened_in(session, here, person)
        lines = await service.of_person(session, person, opened.file.applications)
    own = _services(request, here)
    waiting = [view for line in lines for view in _all(line) if view.waits]
    return case_page(
        "case_controls",
        here,
        opened,
        said,
        tab="Kontroller",
        lines=tuple(_line(line, here.now, service_here=line.register.name in own) for line in lines if _shown(line)),
        waiting=tuple((view.register.swedish, _made(view, here.now)) for view in waiting),
        results=tuple((one, RESULTS[one]) for one in get_args(Result)),
        longest=LONGEST_REASON,
    )


def _services(request: Request, here: Seat) -> frozenset[Name]:
    return frozenset(routine.services(house(request).settings.tenants[here.database.municipality.slug]))


def _shown(line: Line) -> bool:
    return line.needed or line.latest is not None


def _all(line: Line) -> tuple[ControlView, ...]:
    return (line.latest, *line.earlier) if line.latest else line.earlier


def _line(line: Line, now: datetime, *, service_here: bool) -> CheckLine:
    return CheckLine(
        name=line.register.name,
        swedish=line.register.swedish,
        about=line.register.about,
        mark=_mark(line),
        latest=_made(line.latest, now) if line.latest else None,
        earlier=tuple(_made(view, now) for view in line.earlier),
        asked=_asked(line.asked, now) if line.asked else None,
        may_differ=tuple(line.register.may_differ.items()),
        service=service_here,
        key=uuid4(),
        ask_key=uuid4(),
    )


def _mark(line: Line) -> Badge:
    if line.latest is None:
        return Badge("waiting", "Inte gjord")
    if line.latest.stale:
        return Badge("waiting", "Gör om: ansökan är ändrad")
    return _MARKS[line.latest.result]


def _made(view: ControlView, now: datetime) -> MadeLine:
    source = "av registrets tjänst, frågad av" if view.source == "service" else "för hand, av"
    stand = view.stand
    return MadeLine(
        id=view.id,
        mark=_MARKS[view.result],
        words=f"Gjord {source} {view.by_name} {swedish.when(view.at, now)}.",
        differences=tuple(
            DifferenceLine(view.register.may_differ.get(one.key, one.key), one.said, one.found)
            for one in view.differences
        ),
        stand=f"{stand.by_name} {swedish.when(stand.at, now)}: {stand.because}" if stand else "",
        waits=view.waits,
    )


def _asked(asked: AskView, now: datetime) -> AskedLine:
    when = swedish.when(asked.asked_at, now)
    if asked.failed:
        return AskedLine("broken", f"Registrets tjänst svarade inte på frågan {when}. Gör kontrollen för hand.")
    words = f"{asked.by_name} frågade registret {when}. "
    return AskedLine("waiting", words + ("Det svarar inte än, vi frågar igen." if asked.told else "Svaret väntas."))
