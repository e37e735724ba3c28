"""Whatever is handed in is answered: truncated, turned inside out, two things at once, under any name. None raises,
hangs, takes the process with it or comes back in an answer."""

import time
import zlib
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from pikepdf import Encryption

from backend.contract import DocumentReceipt, DocumentRefused
from backend.documents import decoding
from backend.documents.examining import Examiner, Refused
from tests.backend.documents.conftest import objects, sends
from tests.backend.documents.made import HEIC, armed, invoice, laid_open, opened, packed, pdf, saved
from tests.backend.stories import Applicant, Backend

SMALL = invoice(248, 350, 8)
WHOLE = {
    "jpeg": saved(SMALL),
    "png": saved(SMALL, "PNG"),
    "webp": saved(SMALL, "WEBP"),
    "moving": saved(SMALL, "WEBP", save_all=True, append_images=[SMALL]),
    "heic": HEIC,
    "pdf": pdf(2, armed),
    "locked": pdf(encryption=Encryption(user="1234", owner="5678")),
    "packed": packed(zlib.compress(bytes(100_000)), "FlateDecode"),
}
PLANTED = b"PLANTED-WORDS"

files = st.sampled_from(sorted(WHOLE)).map(WHOLE.__getitem__)
ANYTHING = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=(Phase.explicit, Phase.generate),
)


@st.composite
def cut(draw: st.DrawFn) -> bytes:
    whole = draw(files)
    return whole[: draw(st.integers(0, len(whole)))]


@st.composite
def bits_turned(draw: st.DrawFn) -> bytes:
    whole = bytearray(draw(files))
    for _ in range(draw(st.integers(1, 30))):
        whole[draw(st.integers(0, len(whole) - 1))] ^= 1 << draw(st.integers(0, 7))
    return bytes(whole)


@st.composite
def pieces_moved(draw: st.DrawFn) -> bytes:
    whole = draw(files)
    start, end = sorted(draw(st.tuples(*[st.integers(0, len(whole))] * 2)))
    middle = draw(st.sampled_from([b"", whole[start:end] * 2, bytes(end - start), draw(st.binary(max_size=200))]))
    return whole[:start] + middle + whole[end:]


polyglots = st.lists(st.one_of(files, st.binary(max_size=64)), min_size=2, max_size=3).map(b"".join)
strange = st.one_of(cut(), bits_turned(), pieces_moved(), polyglots, st.binary(max_size=2000))


def read_here(content: bytes) -> tuple[dict[str, object], bytes]:
    """As the program reads, without starting it: much faster, and what it stumbles over is seen."""
    try:
        return decoding.read(content, 20)
    except decoding.Refused as refused:
        return {"refused": str(refused)}, b""
    except Exception:  # noqa: BLE001  # the program says "unreadable" of these
        return {"refused": "unreadable"}, b""


@ANYTHING
@given(strange)
def test_what_is_taken_is_a_paper_and_nothing_else(content: bytes) -> None:
    began = time.monotonic()
    said, paper = read_here(content)

    assert time.monotonic() - began < 30
    if "refused" in said:
        assert paper == b""
    elif said["kind"] == "pdf":
        assert paper.startswith(b"%PDF-")
        text = laid_open(paper)
        for word in (b"/JavaScript", b"/Launch", b"/EmbeddedFile", b"/OpenAction"):
            assert word not in text
    else:
        again = opened(paper)
        again.load()
        assert (again.format or "").lower() == said["kind"]
        assert {"exif", "icc_profile", "comment", "xmp"}.isdisjoint(again.info)


@settings(ANYTHING, max_examples=12)
@given(strange)
async def test_the_program_answers_whatever_it_is_given(content: bytes) -> None:
    why = ""
    try:
        paper = (await Examiner(10_000_000, 20).examine(content)).paper
    except Refused as refused:
        paper, why = b"", refused.why

    assert bool(paper) != (why in get_args(DocumentRefused))


@pytest.mark.parametrize("order", [("jpeg", "pdf"), ("pdf", "jpeg"), ("png", "pdf"), ("heic", "pdf")])
async def test_two_things_at_once_become_one(order: tuple[str, str]) -> None:
    paper = (await Examiner(10_000_000, 20).examine(b"".join(WHOLE[name] for name in order))).paper

    if paper.startswith(b"%PDF-"):
        assert b"evil" not in laid_open(paper)
    else:
        assert b"%PDF-" not in paper


@pytest.mark.parametrize(
    ("name", "kind"), [("jpeg", "jpeg"), ("png", "png"), ("webp", "webp"), ("heic", "jpeg"), ("pdf", "pdf")]
)
@pytest.mark.parametrize("called", ["application/pdf", "text/html", "image/svg+xml; charset=utf-7", "x", "a/b" * 200])
async def test_what_the_sender_calls_it_says_nothing(
    backend: Backend, applicant: Applicant, name: str, kind: str, called: str
) -> None:
    answer = await sends(backend, applicant.person, WHOLE[name], content_type=called)

    assert DocumentReceipt.model_validate(answer.json()).kind == kind


async def test_whatever_is_handed_in_is_answered_and_nothing_of_it_said(
    backend: Backend, applicant: Applicant, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = [
        PLANTED,
        WHOLE["pdf"][:300] + PLANTED,
        b"%PDF-1.7\n1 0 obj <</" + PLANTED + b" 2 0 R>> endobj trailer <</Root 1 0 R>>",
        WHOLE["jpeg"][:400] + PLANTED,
        b"\x89PNG\r\n\x1a\n" + PLANTED * 50,
        b"RIFF" + PLANTED + b"WEBP",
        b"\0\0\0\x18ftypheic" + PLANTED,
        b"GIF89a" + PLANTED,
        b"<svg onload=alert(1)>" + PLANTED,
        b"PK\x03\x04" + PLANTED,
    ]
    for content in kinds:
        answer = await sends(backend, applicant.person, content, content_type=PLANTED.decode())
        assert answer.status_code == 200
        assert answer.json()["refused"] == "unreadable", content[:20]
        assert PLANTED not in answer.content
    for content in kinds[:3]:  # sealed for nobody
        answer = await sends(backend, applicant.person, content, content_type="application/jose")
        assert answer.status_code == 422
        assert PLANTED not in answer.content

    said = capsys.readouterr()
    assert PLANTED.decode() not in said.out + said.err
    assert objects(folder) == []
