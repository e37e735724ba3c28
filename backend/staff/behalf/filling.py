"""Customer service fills in an application together with the person, at the desk or on the telephone, in Swedish.

A page for each section, saved as it is gone through. Then all of it is read back, in Swedish and beside it in her
language, and sent when she has said that it is right: what is attested is said by her, and taken down by staff.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal
from uuid import UUID, uuid4

from fastapi import APIRouter, Form, Request
from starlette.responses import Response

from backend import locales, persons
from backend.access import Reason
from backend.applications import draft, snapshot
from backend.applications.by_name import month_of
from backend.applications.draft import Draft, ReadBack
from backend.cases.service import open_case
from backend.contract import AnswerRecord, Language, SealedAnswer
from backend.errors import Invalid, KeyReused, NotFound, Refusal
from backend.persons import Person
from backend.printing import form as paper
from backend.printing.form import LEGAL, SWEDISH
from backend.staff import swedish
from backend.staff.behalf import form_page
from backend.staff.behalf.form_page import Given, Layout, Line
from backend.staff.case.opening import Said, case_page, read_case, shut
from backend.staff.case.overview import Opened
from backend.staff.desk import Here, Page, Role, Seat, house, in_words, may_read, only, to

router = APIRouter(
    prefix="/cases", route_class=Page, dependencies=[may_read, only(Role.CUSTOMER_SERVICE, Role.CASEWORKER)]
)

Where = Literal["room", "telephone"]
Through = Literal["herself", "interpreter", "staff"]
_WHERE: Mapping[Where, str] = {"room": "i rummet", "telephone": "på telefon"}
_THROUGH: Mapping[Through, str] = {
    "herself": "läst upp på svenska",
    "interpreter": "läst upp av tolk på {language}",
    "staff": "läst upp på {language} av den som skrev",
}
_CHANGED = "Svaren har ändrats sedan de lästes upp. Läs upp dem igen, som de står nu."
_WHY: Mapping[Where, Reason] = {"room": "at-the-counter", "telephone": "on-the-telephone"}
_ATTESTED = "attested"


@router.post("/start")
async def start(
    here: Here,
    where: Annotated[Where, Form()],
    language: Annotated[Language, Form()],
    first_name: Annotated[str, Form(max_length=60)] = "",
    key: Annotated[UUID | None, Form()] = None,
) -> Response:
    """Somebody who never wrote to the machine wants to apply: a case of her own. ``key``: an id the page chose, hers
    from now on; pressed twice it is one case."""
    person = key or uuid4()
    async with here.database.transaction() as session:
        if await session.get(Person, person) is None:
            await persons.meet(session, person, here.now, language)
            await open_case(session, person, here.now)
            if first_name.strip():
                await persons.rename(session, person, first_name.strip())
    return to(f"/inbox/cases/{person}?reason={_WHY[where]}")


@router.get("/{person}/fill")
async def begin(here: Here, person: UUID) -> Response:
    """The sections, and how far they have come."""
    return await _sections(here, person, Said())


@router.post("/{person}/fill/discard")
async def discard(here: Here, person: UUID) -> Response:
    """She does not want it sent after all."""
    async with here.database.transaction() as session:
        await draft.discard(session, here.clock, here.reader, person)
    return to(f"/inbox/cases/{person}/application")


@router.get("/{person}/fill/read-back")
async def read_back(here: Here, person: UUID) -> Response:
    """All of it, to be read to her."""
    return await _read_back(here, person, Said())


@router.post("/{person}/fill/confirm")
async def confirm(
    here: Here,
    person: UUID,
    digest: Annotated[str, Form()],
    where: Annotated[Where, Form()],
    through: Annotated[Through, Form()],
    *,
    she_said_so: Annotated[str, Form()] = "",
) -> Response:
    """She has said that it is right."""
    opened = await read_case(here, person, "fills-in")
    language = opened.file.language
    try:
        if she_said_so != "yes":
            raise Invalid(she_said_so=False)
        async with here.database.transaction() as session:
            await open_case(session, person, here.now)  # locks her case: nobody changes a section meanwhile
            saved = await draft.of_person(session, person)
            lines = _lines(language, saved)
            if saved and _digest(language, lines, saved) != digest:
                raise KeyReused(digest="other answers")
            if saved:  # else pressed twice, and sent already
                said = _said(here, language, lines, saved, digest=digest, where=where, through=through)
                await draft.send(session, here.clock, here.reader, person, said)
    except Refusal as refusal:
        shut(refusal)
        words = _CHANGED if isinstance(refusal, KeyReused) else in_words(refusal)
        return await _read_back(here, person, Said(refused=words, status=refusal.problem.status))
    return to(f"/inbox/cases/{person}/application")


@router.get("/{person}/fill/{section}")
async def section_page(here: Here, person: UUID, section: str) -> Response:
    """A section, to be filled in."""
    return await _section(here, person, section, {}, {})


@router.post("/{person}/fill/{section}")
async def save(request: Request, here: Here, person: UUID, section: str) -> Response:
    """Save a section, and go on to the next."""
    form = paper.application()
    title = _title(section)
    given = await _given(request)
    filled = form_page.read(form, section, given)
    if filled.wrong:
        return await _section(here, person, section, given, filled.wrong)
    keys = house(request).settings.tenants[here.database.municipality.slug].seal_keys
    async with here.database.transaction() as session:
        before = await draft.of_person(session, person)
        root = (await persons.find(session, person)).id
        known = {
            key: meaning for name, one in before.items() if name != section for key, meaning in one.answers.items()
        }
        kept = form_page.on_the_way(form, {**known, **filled.answers})
        sealed = dict(before[section].sealed) if section in before else {}
        for key, words in filled.secrets.items():
            answer = SealedAnswer(run=uuid4(), question=key, jwe="")
            jwe = keys.seal(words.encode(), **snapshot.bound_to(session, root, answer))
            sealed[key] = answer.model_copy(update={"jwe": jwe})
        await draft.save(
            session,
            here.clock,
            here.reader,
            person,
            section,
            title=title,
            answers={key: meaning for key, meaning in kept.items() if key in filled.answers},
            sealed={key: one for key, one in sealed.items() if key not in filled.cleared},
        )
    keys_of = [one.key for one in form.sections]
    following = keys_of[keys_of.index(section) + 1 :]
    return to(f"/inbox/cases/{person}/fill/{following[0] if following else 'read-back'}")


# --- How it is done ---------------------------------------------------------------------------------------------------


async def _opened(here: Seat, person: UUID, reason: Reason | None = None) -> tuple[Opened, Draft]:
    opened = await read_case(here, person, reason)
    async with here.database.transaction() as session:
        return opened, await draft.of_person(session, person)


async def _given(request: Request) -> Given:
    posted = await request.form()
    return {name: [one for one in posted.getlist(name) if isinstance(one, str)] for name in posted}


def _title(section: str) -> str:
    found = next((one for one in paper.application().sections if one.key == section), None)
    if found is None:
        raise NotFound(section=section)
    return found.title[SWEDISH]


def _beside(language: Language) -> Language | None:
    """The language that stands beside Swedish, where the form is in it."""
    return language if language != SWEDISH and language in paper.languages(paper.application()) else None


async def _sections(here: Seat, person: UUID, said: Said) -> Response:
    opened, saved = await _opened(here, person)
    rows = [
        (one.key, one.title[SWEDISH], f"{saved[one.key].by_name}, {swedish.when(saved[one.key].at, here.now)}")
        if one.key in saved
        else (one.key, one.title[SWEDISH], "")
        for one in paper.application().sections
    ]
    first = next((key for key, _, done in rows if not done), "read-back")
    return case_page("case_fill", here, opened, said, rows=rows, first=first, begun=bool(saved))


async def _section(here: Seat, person: UUID, section: str, given: Given, wrong: Mapping[str, str]) -> Response:
    form, title = paper.application(), _title(section)
    # What was written is shown again without a question in between: a secret may stand in it.
    opened, saved = await _opened(here, person, "fills-in" if given else None)
    layout = Layout(form, _beside(opened.file.language), draft.answers_of(saved), draft.sealed_of(saved), given)
    place = [one.key for one in form.sections].index(section) + 1
    return case_page(
        "case_fill_section",
        here,
        opened,
        Said(
            refused="Något gick inte att läsa. Se vad som står vid fälten." if wrong else "",
            status=422 if wrong else 200,
        ),
        section=section,
        title=title,
        place=f"Del {place} av {len(form.sections)}",
        items=layout.section(section, wrong),
        code=opened.file.language,
        direction=swedish.direction(opened.file.language),
    )


def _lines(language: Language, saved: Draft) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    form, answers, beside = paper.application(), draft.answers_of(saved), _beside(language)
    on_the_way = form_page.on_the_way(form, answers)
    return tuple(
        (
            one.key,
            tuple(
                _with_its_month(line, saved, beside or SWEDISH) if line.key == "month" else line
                for line in form_page.read_back(form, one.key, on_the_way, beside)
            ),
        )
        for one in form.sections
    )


def _with_its_month(line: Line, saved: Draft, beside: Language) -> Line:
    """Which month it is: what was "this month" when it was written down may be the last one when it is read."""
    month = locales.Month(month_of(line.meaning, draft.said_on(saved)))
    return replace(
        line,
        answer=f"{line.answer} ({locales.write(month, SWEDISH)})",
        their_answer=f"{line.their_answer} ({locales.write(month, beside)})",
    )


def _sealed(saved: Draft) -> dict[str, SealedAnswer]:
    """The sealed answers that are sent."""
    return form_page.sealed_on_the_way(paper.application(), draft.answers_of(saved), draft.sealed_of(saved))


def _digest(language: Language, lines: tuple[tuple[str, tuple[Line, ...]], ...], saved: Draft) -> str:
    """SHA-256 of exactly what is read to her, and of the sealed answers as they are sealed."""
    shown = [
        [line.key, line.sentence, line.answer, line.theirs, line.their_answer] for _, some in lines for line in some
    ]
    sealed = sorted((key, answer.jwe) for key, answer in _sealed(saved).items())
    return hashlib.sha256(json.dumps([language, shown, sealed], ensure_ascii=False).encode()).hexdigest()


async def _read_back(here: Seat, person: UUID, said: Said) -> Response:
    form = paper.application()
    opened, saved = await _opened(here, person)
    if not saved:
        return to(f"/inbox/cases/{person}/fill")
    language, beside = opened.file.language, _beside(opened.file.language)
    lines, sealed = _lines(language, saved), _sealed(saved)
    answers = {line.key: line.meaning for _, some in lines for line in some}
    titles = {one.key: one.title[SWEDISH] for one in form.sections}
    return case_page(
        "case_read_back",
        here,
        opened,
        said,
        sections=[(key, titles[key], some) for key, some in lines if some],
        sealed=[form_page.sentence_of(form, key) for key in sealed],
        later=[form_page.sentence_of(form, key) for key in form_page.later(form, answers, sealed)],
        digest=_digest(language, lines, saved),
        legal=locales.say(LEGAL, SWEDISH),
        legal_beside=locales.say(LEGAL, beside) if beside else "",
        beside=swedish.language_name(beside) if beside else "",
        spoken=swedish.language_name(language),
        code=language,
        direction=swedish.direction(language),
    )


def _said(
    here: Seat,
    language: Language,
    lines: tuple[tuple[str, tuple[Line, ...]], ...],
    saved: Draft,
    *,
    digest: str,
    where: Where,
    through: Through,
) -> ReadBack:
    """What was read to her and what she said, as it is kept: hers, and who took it down."""
    beside = _beside(language) or SWEDISH
    record = tuple(
        AnswerRecord(
            question=line.key,
            shown=line.theirs,
            shown_in_swedish=line.sentence,
            language=beside,
            meaning=line.meaning,
            answer=line.their_answer,
            answer_in_swedish=line.answer,
            at=saved[section].at,
            channel="desk",
            taken_down=f"nedskrivet av {saved[section].by_name}",
        )
        for section, some in lines
        for line in some
    )
    how = _THROUGH[through].format(language=swedish.language_name(language))
    attestation = AnswerRecord(
        question=_ATTESTED,
        shown=locales.say(LEGAL, beside),
        shown_in_swedish=locales.say(LEGAL, SWEDISH),
        language=beside,
        meaning=True,
        answer_in_swedish="Ja",
        at=here.now,
        channel="desk",
        taken_down=f"sagt av personen {_WHERE[where]}, {how}, nedskrivet av {here.member.name}",
    )
    answers = {line.key: line.meaning for _, some in lines for line in some}
    sealed = _sealed(saved)
    waits = form_page.later(paper.application(), answers, sealed)
    return ReadBack(digest, language, record, tuple(sealed.values()), attestation, waits, through == "interpreter")
