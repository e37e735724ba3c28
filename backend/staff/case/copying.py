"""The copy-out view: an application in the order of a case system's fields, a key each, and what has been copied.

A secret answer stands there by its name alone until it is opened, which is logged each time. What is copied is marked
for whoever copied it, and stays marked.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase, digits
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Form, Query, Request
from starlette.responses import Response

from backend.applications import snapshot
from backend.cases.desk import ApplicationView
from backend.copyout import order as ordering
from backend.copyout import service
from backend.copyout.order import Copy, Order, Section
from backend.errors import NotFound, Refusal
from backend.seal import WrongSeal
from backend.staff import swedish
from backend.staff.case.answers import left_question, received
from backend.staff.case.fields import fields
from backend.staff.case.opening import KEY_AWAY, Said, case_page, opened_in, shut
from backend.staff.case.overview import Opened
from backend.staff.desk import Here, Page, Role, Seat, caseworker, house, in_words, may_read, to

router = APIRouter(prefix="/cases", route_class=Page, dependencies=[may_read])

_KEYS = digits[1:] + ascii_lowercase + ascii_uppercase
"""One each as far as they go; 0 copies the next that is not done, which reaches all of them."""
_INTERPRETER = "persons.interpreterLanguage"
_SECRET = "secret:"  # noqa: S105  # how a secret answer is called among the fields


@dataclass(frozen=True, slots=True)
class CopyLine:
    """A field as it stands on the page. ``key``: what copies it, if there is one; ``secret``: the question to open it
    by, while it is shut."""

    field: str
    name: str
    value: str
    key: str
    done: bool
    secret: str = ""


@dataclass(frozen=True, slots=True)
class CopyPart:
    """A part of the form."""

    title: str
    lines: tuple[CopyLine, ...]


@router.get("/{person}/copy-out")
async def copy_out(
    here: Here,
    person: UUID,
    application: Annotated[UUID | None, Query()] = None,
    system: Annotated[str, Query(max_length=40)] = "",
) -> Response:
    """The application to copy (logged)."""
    return await _copy_out(here, person, application, system, Said())


@router.post("/{person}/applications/{application}/copied")
async def mark(
    request: Request,
    here: Here,
    person: UUID,
    application: UUID,
    *,
    field: Annotated[str, Form(max_length=200)],
    done: Annotated[bool, Form()],
    system: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """A field is copied, or is not after all. The page itself asks for no page back."""
    async with here.database.transaction() as session:
        opened = await opened_in(session, here, person)
        if field not in _names(_chosen(opened, application)):
            raise NotFound(field="unknown")
        await service.mark(session, here.clock, here.reader, application, field=field, done=done)
    if request.headers.get("x-quiet") == "1":
        return Response(status_code=204)
    return to(f"/inbox/cases/{person}/copy-out?application={application}&system={_system(here, system)}")


@router.post("/{person}/applications/{application}/copy-secret", dependencies=[caseworker])
async def open_secret(
    request: Request,
    here: Here,
    person: UUID,
    application: UUID,
    *,
    question: Annotated[str, Form()],
    system: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Open a secret answer to copy it (logged)."""
    keys = house(request).settings.tenants[here.database.municipality.slug].seal_keys
    try:
        async with here.database.transaction() as session:
            words = await snapshot.open_answer(
                session, here.clock, here.reader, person, application, question=question, keys=keys
            )
    except Refusal as refusal:
        shut(refusal)
        said = Said(refused=in_words(refusal), status=refusal.problem.status)
        return await _copy_out(here, person, application, system, said)
    except WrongSeal:
        return await _copy_out(here, person, application, system, KEY_AWAY)
    return await _copy_out(here, person, application, system, Said(), unsealed=(question, words))


async def _copy_out(
    here: Seat,
    person: UUID,
    application: UUID | None,
    system: str,
    said: Said,
    *,
    unsealed: tuple[str, str] = ("", ""),
) -> Response:
    async with here.database.transaction() as session:
        opened = await opened_in(session, here, person)
        view = _chosen(opened, application) if opened.file.applications or application else None
        done = await service.copied(session, here.reader, view.id) if view else frozenset()
    chosen = _system(here, system)
    order = ordering.orders()[chosen]
    parts = _parts(view, order, done, unsealed) if view else ()
    lines = [line for part in parts for line in part.lines]
    return case_page(
        "case_copy_out",
        here,
        opened,
        said,
        parts=parts,
        application=view.id if view else "",
        received=received(view, here.now) if view else "",
        others=tuple((one.id, received(one, here.now)) for one in reversed(opened.file.applications) if one != view),
        system=chosen,
        order=order,
        systems=tuple((key, one.name) for key, one in ordering.orders().items() if key != chosen),
        done_count=sum(line.done for line in lines),
        count=len(lines),
        caseworker=here.role is Role.CASEWORKER,
    )


def _chosen(opened: Opened, application: UUID | None) -> ApplicationView:
    """The application that was asked for, of this case, or the latest. Raises NotFound."""
    for view in reversed(opened.file.applications):
        if application in (None, view.id):
            return view
    raise NotFound(application=application)


def _system(here: Seat, asked_for: str) -> str:
    """Whose order: what was asked for, else the municipality's own, else the first there is."""
    known = ordering.orders()
    wanted = (asked_for, here.database.municipality.copy_order)
    return next((one for one in wanted if one in known), next(iter(known)))


def _sections(view: ApplicationView, order: Order) -> tuple[Section, ...]:
    """The fields in order; the language of an interpreter by its Swedish name, which no list of values has."""
    found = fields(view.sent)
    said = ((name, swedish.language_name(value) if _is_language(name) else value) for name, value in found)
    secret = tuple(Copy(f"{_SECRET}{one.question}", left_question(one.question), "") for one in view.sent.sealed)
    sections = ordering.arranged(order, said)
    return (*sections, Section("Hemligt", secret)) if secret else sections


def _is_language(field: str) -> bool:
    return ordering.plain(field) == _INTERPRETER


def _names(view: ApplicationView) -> frozenset[str]:
    """The names of everything there is to copy; no order leaves any out."""
    order = next(iter(ordering.orders().values()))
    return frozenset(copy.field for section in _sections(view, order) for copy in section.copies)


def _parts(
    view: ApplicationView, order: Order, done: frozenset[str], unsealed: tuple[str, str]
) -> tuple[CopyPart, ...]:
    keys = iter(_KEYS)
    return tuple(
        CopyPart(section.title, tuple(_lines(section, keys, done, unsealed))) for section in _sections(view, order)
    )


def _lines(
    section: Section, keys: Iterator[str], done: frozenset[str], unsealed: tuple[str, str]
) -> Iterator[CopyLine]:
    for copy in section.copies:
        question = copy.field.removeprefix(_SECRET) if copy.field.startswith(_SECRET) else ""
        is_open = bool(question) and question == unsealed[0]
        yield CopyLine(
            field=copy.field,
            name=copy.name,
            value=unsealed[1] if is_open else copy.value,
            key=next(keys, "") if is_open or not question else "",
            done=copy.field in done,
            secret="" if is_open else question,
        )
