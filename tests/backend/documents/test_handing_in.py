"""A paper is received once, kept sealed, and never lost or left behind, whatever dies on the way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest.mock import AsyncMock
from uuid import UUID, uuid4

import pytest
from sqlmodel import col, select, update

from backend import tasks
from backend.contract import DocumentReceipt
from backend.documents import routine, service
from backend.documents.models import Document, LooseObject, RefusedDocument
from backend.documents.storing import Archive, ArchiveAway
from backend.errors import Unavailable
from backend.rounds import go_round
from tests.backend.documents.conftest import hands_in, objects, own, sends
from tests.backend.documents.made import LINE, armed, blurred, in_the_dark, invoice, pdf, saved
from tests.backend.stories import (
    MONDAY,
    SEAL_KEYS,
    Applicant,
    Backend,
    StoryClock,
    application,
    at_once,
    started,
)

PHOTO = saved(invoice())


async def rows(backend: Backend) -> tuple[list[Document], list[RefusedDocument], list[LooseObject]]:
    async with backend.database().transaction() as session:
        taken = (await session.exec(select(Document))).all()
        refused = (await session.exec(select(RefusedDocument))).all()
        loose = (await session.exec(select(LooseObject))).all()
    return list(taken), list(refused), list(loose)


async def age_the_loose(backend: Backend, **age: float) -> None:
    async with backend.database().transaction() as session:
        await session.exec(update(LooseObject).values(since=datetime.now(UTC) - timedelta(**age)))


async def sweep(backend: Backend) -> int:
    return await service.sweep(backend.database(), own(backend))


async def test_a_paper_is_received_and_kept_sealed(backend: Backend, applicant: Applicant, folder: Path) -> None:
    receipt = await hands_in(backend, applicant.person, PHOTO, paper="rent-invoice")

    assert (receipt.kind, receipt.pages, receipt.warnings, receipt.refused) == ("jpeg", 1, (), None)
    (row,), refused, loose = await rows(backend)
    assert (refused, loose) == ([], [])
    assert (row.id, row.person, row.paper, row.channel) == (
        receipt.document,
        applicant.person,
        "rent-invoice",
        "telegram",
    )
    assert (row.received_at, row.scanned, row.deleted_at) == (MONDAY, False, None)
    (object_,) = objects(folder)
    sealed = object_.read_bytes()
    assert sealed.count(b".") == 4
    assert b"JFIF" not in sealed
    paper = await service.paper(own(backend), row)
    assert paper.startswith(b"\xff\xd8")
    assert len(paper) == row.size


async def test_the_person_is_told_why_a_file_was_not_taken(
    backend: Backend, applicant: Applicant, folder: Path
) -> None:
    receipt = await hands_in(backend, applicant.person, b"no paper at all", paper="lease")

    assert (receipt.document, receipt.refused) == (None, "unreadable")
    assert (receipt.limits.megabytes, receipt.limits.pages) == (10, 20)
    taken, (refused,), loose = await rows(backend)
    assert (taken, loose, refused.why, refused.paper) == ([], [], "unreadable", "lease")
    assert objects(folder) == []


@pytest.mark.parametrize(("page", "warning"), [(blurred(invoice()), "blurred"), (in_the_dark(invoice()), "dark")])
async def test_what_is_hard_to_read_is_taken_and_said(
    backend: Backend, applicant: Applicant, page: object, warning: str
) -> None:
    receipt = await hands_in(backend, applicant.person, saved(page))  # type: ignore[arg-type]  # a picture

    assert (receipt.refused, receipt.warnings) == (None, (warning,))


async def test_handed_in_twice_it_is_one_paper(backend: Backend, applicant: Applicant, folder: Path) -> None:
    key = uuid4()

    first = await hands_in(backend, applicant.person, PHOTO, key=key)
    again = await hands_in(backend, applicant.person, PHOTO, key=key)
    other = await sends(backend, applicant.person, pdf(), key=key)

    assert first == again
    assert (other.status_code, other.json()["code"]) == (422, "key-reused")
    assert len(objects(folder)) == 1


async def test_handed_in_twice_at_once_it_is_one_paper(backend: Backend, applicant: Applicant, folder: Path) -> None:
    key = uuid4()

    first, second = await at_once(*(hands_in(backend, applicant.person, PHOTO, key=key) for _ in range(2)))

    assert isinstance(first, DocumentReceipt)
    assert first == second
    assert await sweep(backend) == 1
    assert len(objects(folder)) == 1
    assert len((await rows(backend))[0]) == 1


async def test_a_refusal_is_the_same_refusal_again(backend: Backend, applicant: Applicant) -> None:
    key = uuid4()

    first = await hands_in(backend, applicant.person, b"hej", key=key)

    assert await hands_in(backend, applicant.person, b"hej", key=key) == first
    assert len((await rows(backend))[1]) == 1


async def test_what_is_sent_once_more_later_is_answered_as_it_was_the_first_time(
    backend: Backend, applicant: Applicant
) -> None:
    later = (MONDAY + timedelta(minutes=5)).isoformat()
    for content in (PHOTO, b"hej"):
        key = uuid4()
        first = await hands_in(backend, applicant.person, content, key=key)
        assert await hands_in(backend, applicant.person, content, key=key, received_at=later) == first
    (paper,), (refused,), _ = await rows(backend)
    assert (paper.received_at, refused.received_at) == (MONDAY, MONDAY)


async def test_it_is_one_thing_to_do_for_a_caseworker_however_many_came(backend: Backend, applicant: Applicant) -> None:
    for _ in range(2):
        await hands_in(backend, applicant.person, PHOTO)

    async with backend.database().transaction() as session:
        waiting = await tasks.waiting(session, applicant.person)
    assert [(task.kind, task.queue) for task in waiting if task.reason == "document"] == [("check", "caseworker")]


async def test_somebody_never_met_may_hand_in(backend: Backend) -> None:
    stranger = uuid4()

    assert (await hands_in(backend, stranger, PHOTO)).document is not None
    (row,), _, _ = await rows(backend)
    assert row.person == stranger


async def test_a_paper_may_be_for_an_application_of_hers_and_nobody_elses(
    backend: Backend, applicant: Applicant, folder: Path
) -> None:
    sent = await backend.trelleborg.put(f"applications/{uuid4()}", application(applicant))
    hers = sent.json()["application"]

    assert (await hands_in(backend, applicant.person, PHOTO, application=hers)).document is not None
    for person, content in ((uuid4(), PHOTO), (uuid4(), b"hej")):
        assert (await sends(backend, person, content, application=hers)).status_code == 404
    assert len(objects(folder)) == 1


async def test_nobody_hands_in_without_the_token_or_with_a_word_too_many(
    backend: Backend, applicant: Applicant
) -> None:
    bot = backend.trelleborg
    there = f"/api/v1/trelleborg/documents/{uuid4()}"
    assert (await bot.client.put(there, content=PHOTO)).status_code == 401
    assert (await sends(backend, applicant.person, PHOTO, filename="lease.pdf")).status_code == 422
    assert (await sends(backend, applicant.person, PHOTO, channel="fax")).status_code == 422


# --- Sealed by the half that talks -----------------------------------------------------------------------------------


async def test_a_file_may_come_sealed_to_the_municipality(backend: Backend, applicant: Applicant) -> None:
    key, keys = uuid4(), backend.settings.tenants["trelleborg"].seal_keys
    bound = {"municipality": "trelleborg", "person": str(applicant.person), "key": str(key)}
    sealed = keys.seal(PHOTO, **bound)

    receipt = await hands_in(backend, applicant.person, sealed, key=key, content_type="application/jose")

    assert receipt.kind == "jpeg"
    for other in (uuid4(), applicant.person):
        filed_elsewhere = await sends(backend, other, sealed, key=uuid4(), content_type="application/jose")
        assert filed_elsewhere.status_code == 422
        assert "bound to another" in filed_elsewhere.json()["detail"]


# --- Too large -------------------------------------------------------------------------------------------------------


async def pieces(size: int, most: int) -> AsyncIterator[bytes]:
    for _ in range(most):
        yield bytes(size)


async def test_what_is_too_large_is_said_and_not_kept_while_it_is_read(backend: Backend, applicant: Applicant) -> None:
    receipt = await hands_in(backend, applicant.person, pieces(1_000_000, 11))

    assert receipt.refused == "too-large"
    assert [row.why for row in (await rows(backend))[1]] == ["too-large"]


async def test_what_never_ends_is_not_read_to_its_end(backend: Backend, applicant: Applicant) -> None:
    assert (await hands_in(backend, applicant.person, pieces(1_000_000, 10_000))).refused == "too-large"


async def test_the_limits_are_settings(environ: dict[str, str], clock: StoryClock) -> None:
    narrow = {**environ, "IMORGON_DOCUMENT_MEGABYTES": "1", "IMORGON_DOCUMENT_PAGES": "2"}
    async with started(narrow, clock) as backend:
        assert (await hands_in(backend, uuid4(), bytes(1_000_001))).refused == "too-large"
        receipt = await hands_in(backend, uuid4(), pdf(3))
    assert (receipt.refused, receipt.limits.megabytes, receipt.limits.pages) == ("too-many-pages", 1, 2)


# --- What if it dies right here? -------------------------------------------------------------------------------------


async def test_an_object_whose_writer_died_is_swept_away_and_the_paper_comes_again(
    backend: Backend, applicant: Applicant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = uuid4()
    with monkeypatch.context() as dies:
        dies.setattr(service, "_received", AsyncMock(side_effect=ConnectionResetError))
        assert (await sends(backend, applicant.person, PHOTO, key=key)).status_code == 503
    assert len(objects(folder)) == 1
    assert (await rows(backend))[0] == []

    assert await sweep(backend) == 0  # it may still be on its way
    await age_the_loose(backend, hours=2)
    assert await sweep(backend) == 1

    assert objects(folder) == []
    assert (await hands_in(backend, applicant.person, PHOTO, key=key)).document is not None


async def test_who_was_so_slow_that_it_was_swept_away_has_not_handed_in(
    backend: Backend, applicant: Applicant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, keep = uuid4(), Archive.keep

    async def slowly(archive: Archive, paper: bytes, document: UUID, version: int) -> object:
        kept = await keep(archive, paper, document, version)
        await age_the_loose(backend, hours=2)
        await sweep(backend)
        return kept

    with monkeypatch.context() as slow:
        slow.setattr(Archive, "keep", slowly)
        assert (await sends(backend, applicant.person, PHOTO, key=key)).status_code == 503

    assert (objects(folder), (await rows(backend))[0]) == ([], [])
    assert (await hands_in(backend, applicant.person, PHOTO, key=key)).document is not None


async def test_while_the_archive_is_away_nothing_is_received(
    backend: Backend, applicant: Applicant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = uuid4()
    in_the_way(folder)

    assert (await sends(backend, applicant.person, PHOTO, key=key)).status_code == 503
    assert (await rows(backend))[0] == []

    out_of_the_way(folder)
    assert (await hands_in(backend, applicant.person, PHOTO, key=key)).document is not None


def in_the_way(folder: Path) -> None:
    folder.write_text("a file where the folder should be")


def out_of_the_way(folder: Path) -> None:
    folder.unlink()


async def test_without_a_storage_nothing_is_received(environ: dict[str, str], clock: StoryClock) -> None:
    async with started({**environ, "IMORGON_STORAGE_URL": ""}, clock) as backend:
        answer = await sends(backend, uuid4(), PHOTO)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")


# --- Keeping and removing --------------------------------------------------------------------------------------------


async def test_when_the_time_has_come_a_persons_papers_are_gone(
    backend: Backend, applicant: Applicant, folder: Path
) -> None:
    other = await backend.trelleborg.asks_for_help()
    for person in (applicant.person, applicant.person, other.person):
        await hands_in(backend, person, PHOTO)

    async with backend.database().transaction() as session:
        gone = await service.delete_of_person(session, own(backend), applicant.person, backend.clock())
    assert gone == 2
    assert await sweep(backend) == 2

    assert len(objects(folder)) == 1
    async with backend.database().transaction() as session:
        assert await service.of_person(session, applicant.person) == ()
        assert len(await service.of_person(session, other.person)) == 1
        remains = await session.exec(select(Document.deleted_at).where(col(Document.person) == applicant.person))
        assert remains.all() == [MONDAY, MONDAY]


async def test_a_paper_damaged_in_the_archive_is_not_served(
    backend: Backend, applicant: Applicant, folder: Path
) -> None:
    await hands_in(backend, applicant.person, PHOTO)
    (row,), _, _ = await rows(backend)
    (object_,) = objects(folder)
    whole = object_.read_bytes()

    object_.write_bytes(whole[:-9] + b"AAAAAAAAA")
    with pytest.raises(Unavailable):
        await service.paper(own(backend), row)
    object_.unlink()
    with pytest.raises(Unavailable):
        await service.paper(own(backend), row)


async def test_with_a_new_key_every_paper_is_sealed_anew(
    backend: Backend, renewed: Backend, applicant: Applicant, folder: Path
) -> None:
    await hands_in(backend, applicant.person, PHOTO)
    await hands_in(backend, applicant.person, pdf(2, armed))
    before = {row.id: await service.paper(own(backend), row) for row in (await rows(backend))[0]}

    assert await service.renew(renewed.database(), own(renewed)) == 2
    assert await service.renew(renewed.database(), own(renewed)) == 0
    assert await service.sweep(renewed.database(), own(renewed)) == 2

    taken, _, loose = await rows(renewed)
    assert (loose, len(objects(folder))) == ([], 2)
    assert {row.version for row in taken} == {2}
    assert {row.seal_key for row in taken}.isdisjoint({str(SEAL_KEYS["trelleborg"].kid)})
    assert {row.id: await service.paper(own(renewed), row) for row in taken} == before


async def test_every_paper_is_sealed_anew_also_past_one_that_does_not_open(
    backend: Backend, renewed: Backend, applicant: Applicant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        await hands_in(backend, applicant.person, PHOTO)
    (first, *_), _, _ = await rows(backend)
    next((folder / "trelleborg" / str(first.id)).iterdir()).write_bytes(b"damaged")
    monkeypatch.setattr(service, "_AT_A_TIME", 1)
    assert await service.renew(renewed.database(), own(renewed)) == 3


async def test_the_routine_goes_on_when_the_archive_is_away(
    backend: Backend, applicant: Applicant, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await hands_in(backend, applicant.person, PHOTO)
    async with backend.database().transaction() as session:
        await service.delete_of_person(session, own(backend), applicant.person, backend.clock())
    tried, gone = asyncio.Event(), asyncio.Event()
    remove = Archive.remove

    async def away_once(archive: Archive, path: str) -> None:
        if not tried.is_set():
            tried.set()
            raise ArchiveAway("TimeoutError")
        await remove(archive, path)
        gone.set()

    monkeypatch.setattr(Archive, "remove", away_once)
    due = partial(routine.look_after, backend.database(), own(backend))
    going = asyncio.create_task(go_round("documents", 0.01, {"trelleborg": due}))
    async with asyncio.timeout(20):
        await gone.wait()
    going.cancel()
    assert (tried.is_set(), objects(folder)) == (True, [])


async def test_one_object_that_cannot_be_removed_holds_up_no_other(
    backend: Backend,
    applicant: Applicant,
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for _ in range(3):
        await hands_in(backend, applicant.person, PHOTO)
    async with backend.database().transaction() as session:
        await service.delete_of_person(session, own(backend), applicant.person, backend.clock())
    stuck, remove = (await rows(backend))[2][0].path, Archive.remove

    async def all_but_one(archive: Archive, path: str) -> None:
        if path == stuck:
            raise ArchiveAway("PermissionDeniedError")
        await remove(archive, path)

    monkeypatch.setattr(Archive, "remove", all_but_one)
    with pytest.raises(ArchiveAway):
        await sweep(backend)
    assert [row.path for row in (await rows(backend))[2]] == [stuck]
    assert len(objects(folder)) == 1
    said = capsys.readouterr().out
    assert "archive away" in said
    assert stuck not in said


async def test_nothing_of_a_paper_stands_in_a_log_or_an_error(
    backend: Backend, applicant: Applicant, capsys: pytest.CaptureFixture[str]
) -> None:
    planted = LINE.encode()
    for content in (planted, b"%PDF-1.7\n" + planted, saved(invoice())[:2000] + planted):
        answer = await sends(backend, applicant.person, content)
        assert LINE not in answer.text
    said = capsys.readouterr()
    assert LINE not in said.out + said.err
