"""An application as a file: as it was shown and answered, as data, and as the paper form, filled in or empty."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Annotated
from uuid import UUID

import structlog
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from backend.access import Reason
from backend.applications import snapshot
from backend.applications.snapshot import Snapshot
from backend.cases.desk import CaseFile
from backend.contract import AnswerRecord, Language, ReadableApplication, Value
from backend.errors import Invalid, Unavailable
from backend.printing import archive, form
from backend.printing.press import NotPrintedError, Press, Sheet
from backend.staff import swedish
from backend.staff.case.views import PaperForm
from backend.staff.desk import Here, Page, may_read

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])
log = structlog.get_logger()

_OF_ITS_MONTH = frozenset({"month", "stays_here"})
"""Questions about the month of one application; they say nothing of another."""
_EMPTY = "/inbox/cases/forms/application.pdf"


class Chosen(Value):
    """How a paper form is wanted: which language stands beside Swedish, and whether in large type."""

    language: Language = form.SWEDISH
    large: bool = False
    reason: Reason | None = None


@router.get("/{person}/applications/{application}/archive.pdf")
async def read_pdf(
    request: Request, here: Here, person: UUID, application: UUID, reason: Annotated[Reason | None, Query()] = None
) -> Response:
    """The application as it was shown, as a document (logged, before it is printed)."""
    taken, town = await _take_out(here, person, application, reason), here.database.municipality.name
    made = await printed(request, lambda: archive.sheet(taken, town))
    return _file(made, "application/pdf", f"ansokan-{str(application)[:8]}.pdf")


@router.get("/{person}/applications/{application}/archive.json")
async def read_json(
    here: Here, person: UUID, application: UUID, reason: Annotated[Reason | None, Query()] = None
) -> Response:
    """The application as it was shown and answered, as data (logged)."""
    taken = await _take_out(here, person, application, reason)
    return _file(taken.model_dump_json(indent=1).encode(), "application/json", f"ansokan-{str(application)[:8]}.json")


@router.get("/{person}/applications/{application}/form.pdf")
async def filled_form(
    request: Request, here: Here, person: UUID, application: UUID, chosen: Annotated[Chosen, Query()]
) -> Response:
    """The paper form with what she had said when she sent this, to go on with on paper (logged)."""
    language, town = _known(chosen.language), here.database.municipality.name
    taken = await _take_out(here, person, application, chosen.reason)
    async with here.database.transaction() as session:
        stands = await snapshot.what_stands(session, person, until=taken.received_at)
    made = await printed(
        request,
        lambda: form.sheet(
            form.application(),
            municipality=town,
            at=here.now,
            language=language,
            large=chosen.large,
            filled=_filled(stands),
            case=str(taken.case)[:8],
        ),
    )
    return _file(made, "application/pdf", f"blankett-{str(application)[:8]}.pdf")


@router.get("/forms/application.pdf")
async def empty_form(request: Request, here: Here, chosen: Annotated[Chosen, Query()]) -> Response:
    """The paper form, empty: it says nothing of anybody."""
    town, language = here.database.municipality.name, _known(chosen.language)
    made = await printed(
        request,
        lambda: form.sheet(form.application(), municipality=town, at=here.now, language=language, large=chosen.large),
    )
    return _file(made, "application/pdf", f"blankett-{language}.pdf")


async def _take_out(here: Here, person: UUID, application: UUID, reason: Reason | None) -> Snapshot:
    async with here.database.transaction() as session:
        return await snapshot.export(session, here.clock, here.reader, person, application, reason=reason)


def _filled(stands: Sequence[ReadableApplication]) -> tuple[AnswerRecord, ...]:
    """What stands of each section: as it was last said, also where that was called unchanged since."""
    sections = {one.name: one.section for one in form.application().questions}
    found: list[AnswerRecord] = []
    sought: set[str] | None = None
    for sent in stands:
        for record in sent.answers:
            name = record.question.partition("#")[0]
            section = sections.get(name, "")
            of_another_month = sought is not None and name in _OF_ITS_MONTH
            if section and section not in sent.unchanged and (sought is None or section in sought):
                found += [] if of_another_month else [record]
        sought = {*sent.unchanged} if sought is None else sought & {*sent.unchanged}
    return tuple(found)


def offered(file: CaseFile) -> PaperForm:
    """The paper form of a case, as its page offers it: with what was answered, where there is an application."""
    latest = file.applications[-1].id if file.applications else None
    address = f"/inbox/cases/{file.person}/applications/{latest}/form.pdf" if latest else _EMPTY
    languages = form.languages(form.application())
    return PaperForm(
        address,
        filled=latest is not None,
        languages=tuple((one, _beside(one), one == file.language) for one in languages),
    )


def _beside(language: Language) -> str:
    return "Svenska" if language == form.SWEDISH else f"Svenska och {swedish.language_name(language)}"


def _known(language: Language) -> Language:
    if language not in form.languages(form.application()):
        raise Invalid(language=language)
    return language


async def printed(request: Request, fill: Callable[[], Sheet]) -> bytes:
    """A sheet as PDF. Raises Unavailable where it could not be printed; the log says why."""
    press: Press = request.app.state.press
    # Going through every letter of a long answer takes a while, and the fonts are read at the first.
    sheet = await asyncio.to_thread(fill)
    try:
        return await press.pdf(sheet)
    except NotPrintedError as wrong:
        log.error("a sheet was not printed", template=sheet.template, why=str(wrong))  # noqa: TRY400  # says enough
        raise Unavailable from None


def _file(content: bytes, kind: str, name: str) -> Response:
    # The name tells nothing of the person: it stands in the list of what a browser has saved.
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cross-Origin-Resource-Policy": "same-origin"}
    return Response(content, media_type=kind, headers=headers)
