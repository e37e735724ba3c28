"""The papers that go along with whom is handed over: when, which, once, and what the two municipalities know of it."""

from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlmodel import select

from backend import access
from backend.contract import DocumentLimits, InvitePart, MoveAsked, NoticeKind, TakeBackDocument
from backend.decisions import service as decisions
from backend.decisions.service import Draft
from backend.documents import service as documents
from backend.documents.models import Document, RefusedDocument
from backend.errors import NotFound, TooLate, Unavailable
from backend.moving import arriving, giving, papers, receiving
from backend.moving.copies import MOST_PAPERS
from backend.moving.giving import Proposal
from backend.moving.models import Arrival, MovedPaper
from backend.moving.refusals import PapersOfTwo, TooManyPapers
from tests.backend.documents.conftest import hands_in
from tests.backend.documents.made import invoice, pdf, saved
from tests.backend.moving.conftest import TOKENS, Two
from tests.backend.moving.test_moving import amal_of, open_tasks, stands, takes
from tests.backend.stories import JOHAN, MARIA, MONDAY, Applicant, application, meets, told

PHOTO, TWO_PAGES = saved(invoice()), pdf(2)


@pytest.fixture
def environ_of_both(environ_of_both: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {**environ_of_both, "IMORGON_STORAGE_URL": (tmp_path / "documents").as_uri()}


async def handed_in(two: Two, amal: Applicant, content: bytes = PHOTO, **more: Any) -> UUID:
    document = (await hands_in(two.backend, amal.person, content, **more)).document
    assert document is not None
    return document


async def proposes_with(two: Two, amal: Applicant, *along: UUID, consent: Any = "oral") -> UUID:
    to = two.backend.settings.tenants["trelleborg"].neighbours["svedala"]
    async with two.backend.database().transaction() as session:
        wanted = Proposal(to, consent, papers=along)
        return await giving.propose(session, two.backend.clock, JOHAN, amal.person, wanted)


async def there(two: Two, move: UUID) -> tuple[list[Document], list[str]]:
    """The papers in the other municipality, and how those of the copy are said to stand there."""
    async with two.backend.database("svedala").transaction() as session:
        rows = (await session.exec(select(Document).order_by(Document.kind))).all()
        row = await session.get(Arrival, move)
        offer = receiving.offer_of(session, row) if row is not None else None
        coming = await arriving.of_copy(session, move, offer.copied) if offer is not None else ()
    return list(rows), [one.state for one in coming]


async def here(two: Two, move: UUID) -> list[str]:
    async with two.backend.database().transaction() as session:
        return sorted(one.state for one in await papers.of_move(session, move))


async def test_they_come_when_she_is_theirs_and_are_read_there_alone(two: Two) -> None:
    amal, clock = await amal_of(two), two.backend.clock
    photo, pages = await handed_in(two, amal, paper="rent-invoice"), await handed_in(two, amal, TWO_PAGES)
    async with two.backend.database().transaction() as session:
        proposed = {one.id: one.proposed for one in await papers.choices(session, amal.person)}
    assert proposed == {photo: True, pages: False}, "nobody has said what the other one is"
    move = await proposes_with(two, amal, photo, pages)
    await two.round("trelleborg")
    assert await stands(two, move) == ("offered", "offered")
    assert await there(two, move) == ([], ["comes", "comes"])
    clock.advance(days=3)
    await takes(two, move)
    assert await two.round("trelleborg"), "nothing of a paper before she is theirs"
    await two.round("svedala")
    for _ in range(2):
        assert await two.round("trelleborg")
    (one, other), states = await there(two, move)
    assert states == ["here", "here"]
    assert await here(two, move) == ["carried", "carried"]
    for row, paper, kind in ((one, "rent-invoice", "jpeg"), (other, None, "pdf")):
        assert (row.paper, row.kind, row.channel) == (paper, kind, "neighbour")
        assert (row.home, row.handed_in_on, row.received_at) == ("trelleborg", MONDAY.date(), clock())
    own = two.backend.app.state.papers["svedala"]
    assert one.seal_key == own.archive.seal_key
    assert (await documents.paper(own, one))[:3] == b"\xff\xd8\xff"
    assert "document" in await open_tasks(two, "svedala"), "a caseworker there reads them"
    async with two.backend.database().transaction() as session:
        lines = [one for one in await access.log_of(session, amal.person) if one.reader_role == "municipality"]
        assert {line.about for line in lines} == {move, photo, pages}
        call, own = TakeBackDocument(person=amal.person, at=clock()), two.backend.app.state.papers["trelleborg"]
        with pytest.raises(TooLate):
            await documents.take_back(session, own, photo, call)


@pytest.mark.parametrize("cut", ["before", "after"])
async def test_a_death_on_the_way_leaves_each_paper_once(two: Two, cut: str) -> None:
    amal = await amal_of(two)
    move = await proposes_with(two, amal, await handed_in(two, amal))
    await two.round("trelleborg")
    await takes(two, move)
    await two.round("svedala")
    two.wire.cut = cut
    assert not await two.round("trelleborg")
    assert await here(two, move) == ["goes"]
    two.wire.cut = ""
    assert await two.round("trelleborg")
    rows, states = await there(two, move)
    assert (len(rows), states, await here(two, move)) == (1, ["here"], ["carried"])


async def test_where_nothing_comes_of_it_no_paper_was_there_and_none_is_named(two: Two) -> None:
    amal = await amal_of(two)
    move = await proposes_with(two, amal, await handed_in(two, amal))
    await two.round("trelleborg")
    await takes(two, move, take=False, reason="Hon är skriven hos er")
    await two.round("svedala")
    await two.round("trelleborg")
    assert await stands(two, move) == ("returned", "returned")
    assert await there(two, move) == ([], [])
    async with two.backend.database().transaction() as session:
        assert (await session.exec(select(MovedPaper))).all() == []


async def test_what_was_not_told_of_or_comes_otherwise_is_not_taken(two: Two) -> None:
    amal = await amal_of(two)
    photo = await handed_in(two, amal)
    move = await proposes_with(two, amal, photo)
    await two.round("trelleborg")
    async with two.backend.database().transaction() as session:
        kept = await documents.paper(two.backend.app.state.papers["trelleborg"], await session.get_one(Document, photo))

    async def puts(paper: UUID, content: bytes, digest: str = "", token: str = TOKENS["trelleborg"]) -> int:
        digest = digest or sha256(content).hexdigest()
        address = f"/api/v1/svedala/moves/{move}/papers/{paper}"
        headers = {"Authorization": f"Bearer {token}", "X-Paper-SHA256": digest}
        answer = await two.backend.svedala.client.put(address, content=content, headers=headers)
        return int(answer.status_code)

    assert await puts(photo, kept) == 404, "she is not theirs"
    await takes(two, move)
    assert await puts(photo, kept) == 503, "they do not know yet whether she is"
    await two.round("svedala")
    assert await puts(uuid4(), kept) == 404
    assert await puts(photo, kept + b"x") == 422
    assert await puts(photo, kept, "0" * 64) == 422
    assert await puts(photo, kept, token=two.backend.svedala.token) == 401
    assert (await there(two, move))[0] == []


async def test_what_they_do_not_take_in_is_said_on_both_sides(two: Two) -> None:
    amal = await amal_of(two)
    move = await proposes_with(two, amal, await handed_in(two, amal))
    await two.round("trelleborg")
    await takes(two, move)
    await two.round("svedala")
    all_of = two.backend.app.state.papers
    two.backend.app.state.papers = {
        **all_of,
        "svedala": replace(all_of["svedala"], limits=DocumentLimits(megabytes=0, pages=1)),
    }
    assert await two.round("trelleborg")
    assert await here(two, move) == ["refused"]
    assert (await there(two, move))[1] == ["refused"]
    async with two.backend.database("svedala").transaction() as session:
        assert (await session.exec(select(RefusedDocument.why))).one() == "too-large"


async def test_a_paper_that_does_not_open_holds_up_no_other(two: Two, tmp_path: Path) -> None:
    amal = await amal_of(two)
    shut, other = await handed_in(two, amal), await handed_in(two, amal, TWO_PAGES)
    move = await proposes_with(two, amal, shut, other)
    await two.round("trelleborg")
    await takes(two, move)
    await two.round("svedala")
    (tmp_path / "documents" / "trelleborg" / str(shut) / "1").unlink()
    with pytest.RaisesGroup(Unavailable):
        await two.round("trelleborg")
    assert await here(two, move) == ["carried", "goes"]


async def test_what_she_has_taken_back_does_not_go_and_is_not_said_to_come(two: Two) -> None:
    amal = await amal_of(two)
    photo = await handed_in(two, amal)
    move = await proposes_with(two, amal, photo)
    await two.round("trelleborg")
    async with two.backend.database().transaction() as session:
        call = TakeBackDocument(person=amal.person, at=two.backend.clock())
        await documents.take_back(session, two.backend.app.state.papers["trelleborg"], photo, call)
    await takes(two, move)
    await two.round("svedala")
    assert await two.round("trelleborg")
    assert await here(two, move) == ["gone"]
    assert await there(two, move) == ([], [])


async def test_papers_of_two_stay_and_there_is_a_most_and_nobody_elses_goes(two: Two) -> None:
    amal, other = await amal_of(two), await two.backend.trelleborg.asks_for_help()
    before, theirs = await handed_in(two, amal), await handed_in(two, other)
    with pytest.raises(NotFound):
        await proposes_with(two, amal, theirs)
    with pytest.raises(TooManyPapers):
        await proposes_with(two, amal, *(uuid4() for _ in range(MOST_PAPERS + 1)))
    call = InvitePart(person=amal.person, at=MONDAY + timedelta(minutes=1))
    assert (await two.backend.trelleborg.put(f"joint-applications/{uuid4()}", call)).is_success
    after = await handed_in(
        two, amal, TWO_PAGES, paper="lease", received_at=(MONDAY + timedelta(minutes=2)).isoformat()
    )
    async with two.backend.database().transaction() as session:
        found = {one.id: (one.of_two, one.proposed) for one in await papers.choices(session, amal.person)}
    assert found == {before: (False, False), after: (True, False)}
    two.backend.clock.advance(days=40)  # one of which nobody hears keeps her no longer
    with pytest.raises(PapersOfTwo):
        await proposes_with(two, amal, after)


async def test_she_is_asked_about_them_too(two: Two) -> None:
    amal = await amal_of(two)
    move = await proposes_with(two, amal, await handed_in(two, amal), consent="asked")
    (asked,) = await told(two.backend.trelleborg, NoticeKind.MOVE_ASKED)
    assert MoveAsked.model_validate(asked.body) == MoveAsked(move=move, name="Svedala kommun", papers=True)


async def test_those_of_the_latest_application_are_proposed_and_where_two_apply_in_one_form_none(two: Two) -> None:
    amal, clock = await amal_of(two), two.backend.clock

    async def applies(**answers: Any) -> None:
        sent = application(amal, clock(), **answers)
        assert (await two.backend.trelleborg.put(f"applications/{uuid4()}", sent)).is_success

    async def choices() -> dict[UUID, tuple[bool, bool]]:
        async with two.backend.database().transaction() as session:
            return {one.id: (one.proposed, one.of_two) for one in await papers.choices(session, amal.person)}

    lease = await handed_in(two, amal, paper="lease")
    await applies()
    await meets(two.backend, amal)
    assert await choices() == {lease: (True, False)}
    async with two.backend.database().transaction() as session:
        await decisions.sign(session, clock, MARIA, amal.person, Draft("bifall", date(2026, 12, 1), kronor=7485))
    clock.advance(days=25)
    await applies()
    later = clock().isoformat()
    identity = await handed_in(two, amal, paper="identity", received_at=later)
    payslip = await handed_in(two, amal, TWO_PAGES, paper="payslip", received_at=later)
    assert await choices() == {lease: (False, False), identity: (False, False), payslip: (True, False)}
    await applies(applies_alone=False)
    assert await choices() == dict.fromkeys((lease, identity, payslip), (False, True))
