"""The decoder decides what a file is; what is kept of it is the paper and nothing else."""

import asyncio
import json
import os
import time
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import uvloop
from pikepdf import Encryption
from PIL import Image, ImageCms, PngImagePlugin

from backend.documents import decoding, examining
from backend.documents.examining import Examined, Examiner, Refused
from backend.documents.storing import Archive
from backend.seal import SealKeys
from backend.settings import Storage
from tests.backend.documents.made import (
    HEIC,
    armed,
    blurred,
    in_the_dark,
    invoice,
    laid_open,
    on_a_table,
    opened,
    packed,
    pdf,
    saved,
)
from tests.backend.stories import SEAL_KEYS

PLACE = 0x8825
MAKER = 0x010F
ORIENTATION = 0x0112
KEYS = {slug: SealKeys(json.dumps(key.as_dict(private=True))) for slug, key in SEAL_KEYS.items()}


@pytest.fixture
def examiner() -> Examiner:
    return Examiner(10_000_000, 20)


async def why_not(examiner: Examiner, content: bytes) -> str:
    with pytest.raises(Refused) as refused:
        await examiner.examine(content)
    return refused.value.why


def facts(examined: Examined) -> tuple[str, int, tuple[str, ...]]:
    return examined.found.kind, examined.found.pages, examined.found.warnings


@pytest.mark.parametrize(("format_", "kept"), [("JPEG", "jpeg"), ("PNG", "png"), ("WEBP", "webp")])
async def test_a_picture_is_known_by_itself(examiner: Examiner, format_: str, kept: str) -> None:
    examined = await examiner.examine(saved(invoice(), format_))

    assert facts(examined) == (kept, 1, ())
    assert opened(examined.paper).format == format_
    assert opened(examined.paper).size == (1240, 1754)


async def test_the_picture_of_an_iphone_becomes_one_that_every_browser_shows(examiner: Examiner) -> None:
    examined = await examiner.examine(HEIC)

    assert facts(examined) == ("jpeg", 1, ())
    assert opened(examined.paper).size == (900, 1200)
    assert b"Kamera" in HEIC
    assert b"Kamera" not in examined.paper


async def test_nothing_but_the_picture_is_kept(examiner: Examiner) -> None:
    exif = Image.Exif()
    exif[MAKER] = "Maker of telephones"
    exif[ORIENTATION] = 6  # it was held on its side
    exif.get_ifd(PLACE)[1] = "N"
    photo = saved(invoice(), exif=exif.tobytes(), comment=b"my home") + b"<?php evil(); ?>"

    paper = (await examiner.examine(photo)).paper

    assert opened(paper).size == (1754, 1240)  # turned as it was seen
    assert dict(opened(paper).getexif()) == {}
    for word in (b"Maker", b"Exif", b"my home", b"php"):
        assert word in photo
        assert word not in paper


async def test_words_hidden_in_a_png_are_not_kept(examiner: Examiner) -> None:
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", "somebody")
    picture = saved(invoice(), "PNG", pnginfo=words)

    paper = (await examiner.examine(picture)).paper

    assert (b"somebody" in picture, b"somebody" in paper) == (True, False)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "LA", "CMYK", "I;16"])
async def test_every_kind_of_picture_is_kept_as_it_looks(examiner: Examiner, mode: str) -> None:
    page = invoice(lines=30)
    if mode == "I;16":
        picture = saved(page.convert("L").convert("I").point(lambda grey: grey * 256).convert("I;16"), "PNG")
    else:
        picture = saved(page.convert(mode), "JPEG" if mode == "CMYK" else "PNG")

    examined = await examiner.examine(picture)

    seen = opened(examined.paper).convert("L")
    assert examined.found.warnings == ()
    darkest, lightest = seen.getextrema()
    assert isinstance(darkest, int | float)
    assert isinstance(lightest, int | float)
    assert darkest < 60
    assert lightest > 230


async def test_colours_of_a_camera_become_those_of_a_screen(examiner: Examiner) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()

    paper = (await examiner.examine(saved(invoice(), icc_profile=profile))).paper

    assert "icc_profile" not in opened(paper).info
    broken = await examiner.examine(saved(invoice(), icc_profile=b"no profile at all"))
    assert broken.found.warnings == ()


async def test_of_what_moves_the_first_picture_is_kept_and_it_is_said(examiner: Examiner) -> None:
    moving = saved(invoice(), "WEBP", save_all=True, append_images=[invoice(lines=3)])

    assert (await examiner.examine(moving)).found.warnings == ("first-picture-only",)


# --- What is hard to read is said, and taken -------------------------------------------------------------------------


@pytest.mark.parametrize("lines", [4, 40])
@pytest.mark.parametrize("width", [1240, 3000])
async def test_blur_is_told_from_sharpness(examiner: Examiner, width: int, lines: int) -> None:
    page = invoice(width, width * 1754 // 1240, lines)

    assert (await examiner.examine(saved(page))).found.warnings == ()
    assert (await examiner.examine(saved(blurred(page)))).found.warnings == ("blurred",)


async def test_a_page_on_a_table_is_judged_by_the_page(examiner: Examiner) -> None:
    assert (await examiner.examine(saved(on_a_table(invoice())))).found.warnings == ()
    assert (await examiner.examine(saved(on_a_table(blurred(invoice()))))).found.warnings == ("blurred",)


async def test_a_photo_in_the_dark_is_dark_and_not_blurred(examiner: Examiner) -> None:
    assert (await examiner.examine(saved(in_the_dark(invoice())))).found.warnings == ("dark",)


async def test_a_thumbnail_is_too_small(examiner: Examiner) -> None:
    assert "small" in (await examiner.examine(saved(invoice(310, 438)))).found.warnings


# --- What is not taken -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [b"", b"hej", b"%PDF-1.7", b"MZ" + bytes(2000), saved(invoice(), "GIF"), saved(invoice())[:4000], b"\xff\xd8\xff"],
)
async def test_what_is_no_paper_is_unreadable(examiner: Examiner, content: bytes) -> None:
    assert await why_not(examiner, content) == "unreadable"


async def test_the_limits_hold(examiner: Examiner) -> None:
    assert await why_not(Examiner(1000, 20), saved(invoice())) == "too-large"
    assert facts(await examiner.examine(pdf(20))) == ("pdf", 20, ())
    assert await why_not(examiner, pdf(21)) == "too-many-pages"


async def test_a_picture_with_far_too_many_points_is_refused_before_it_is_drawn(examiner: Examiner) -> None:
    bomb = saved(Image.new("1", (30_000, 30_000)), "PNG")
    assert len(bomb) < 200_000

    assert await why_not(examiner, bomb) == "too-heavy"


async def test_a_pdf_that_would_unpack_to_a_gigabyte_is_refused(examiner: Examiner) -> None:
    zeros = zlib.compress(bytes(400_000_000), 9)

    assert await why_not(examiner, packed(zeros, "FlateDecode")) == "too-heavy"
    assert await why_not(examiner, packed(zlib.compress(zeros, 9), "FlateDecode", "FlateDecode")) == "too-heavy"


async def test_a_picture_inside_a_pdf_is_counted_by_what_it_is(examiner: Examiner) -> None:
    bomb = saved(Image.new("L", (12_000, 6_000)), "JPEG")

    assert await why_not(examiner, packed(bomb, "DCTDecode")) == "too-heavy"


async def test_a_locked_pdf_is_said_to_be_locked(examiner: Examiner) -> None:
    locked = pdf(encryption=Encryption(user="1234", owner="5678"))
    only_against_printing = pdf(encryption=Encryption(user="", owner="5678"))

    assert await why_not(examiner, locked) == "encrypted"
    assert b"/Encrypt" in only_against_printing
    assert b"/Encrypt" not in (await examiner.examine(only_against_printing)).paper


async def test_a_pdf_is_disarmed_and_stays_a_paper(examiner: Examiner) -> None:
    hostile = pdf(2, armed)

    examined = await examiner.examine(hostile)

    before, after = laid_open(hostile), laid_open(examined.paper)
    for word in (b"evil", b"/JavaScript", b"/JS", b"/AA", b"/OpenAction", b"/Launch", b"/EmbeddedFile", b"/XFA"):
        assert word in before, word
        assert word not in after, word
    for word in (b"https://landlord.example", b"5850", b"/Widget", b"/GoTo", b"/Dests"):
        assert word in after, word
    assert facts(examined) == ("pdf", 2, ())


async def test_a_pdf_that_was_cut_off_is_taken_with_a_warning_if_its_pages_are_there(examiner: Examiner) -> None:
    whole = pdf(3)

    examined = await examiner.examine(whole[: whole.index(b"startxref")])

    assert facts(examined) == ("pdf", 3, ("damaged",))


# --- The program that reads ------------------------------------------------------------------------------------------


TakeOver = Callable[[str], None]


@pytest.fixture
def take_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TakeOver:
    """The reader has been taken over by what it read, and does this."""
    taken_over = tmp_path / "taken_over.py"

    def does(words: str) -> None:
        taken_over.write_text(words)
        monkeypatch.setattr(examining, "_PROGRAM", taken_over)

    return does


def reading(body: str) -> str:
    """The real program, whose reading does this."""
    source = Path(decoding.__file__).read_text()
    return source.replace("if __name__", f"def read(content, pages):\n    {body}\n\n\nif __name__")


@pytest.mark.parametrize(
    ("does", "why"),
    [
        ("while True: pass", "too-heavy"),
        ("import os; os.kill(os.getpid(), 9)", "too-heavy"),
        ("import sys; sys.stdout.buffer.write(b'x' * 100_000_000)", "too-heavy"),
        ('print(\'{"kind": "exe", "pages": 1, "warnings": []}\')', "unreadable"),
        ('print(\'{"refused": "because of somebody@example.org"}\')', "unreadable"),
        ('print(\'{"kind": "pdf", "pages": 1, "warnings": []}\')', "unreadable"),
        ("pass", "unreadable"),
    ],
)
async def test_a_reader_that_was_taken_over_is_believed_in_nothing(take_over: TakeOver, does: str, why: str) -> None:
    take_over(does)

    assert await why_not(Examiner(1_000_000, 20, seconds=2), b"%PDF-") == why


async def test_the_reader_finds_no_secret_where_it_runs(
    take_over: TakeOver, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("IMORGON_SEAL_KEY_TRELLEBORG", "a private key")
    take_over(f"import os, pathlib; pathlib.Path({str(tmp_path / 'seen')!r}).write_text(repr(dict(os.environ)))")

    await why_not(Examiner(1_000_000, 20), b"%PDF-")

    assert "IMORGON" not in (tmp_path / "seen").read_text()


async def test_the_reader_is_held_to_its_memory(take_over: TakeOver) -> None:
    take_over(reading("return {}, bytes(2 << 30)"))

    assert await why_not(Examiner(1_000_000, 20), b"%PDF-") == "too-heavy"


async def test_the_reader_writes_no_file(take_over: TakeOver, tmp_path: Path) -> None:
    take_over(reading(f"open({str(tmp_path / 'out')!r}, 'w').write('x' * 9)"))

    await why_not(Examiner(1_000_000, 20), b"%PDF-")

    assert (tmp_path / "out").read_text() == ""


async def test_nothing_runs_on_when_whoever_asked_has_gone(take_over: TakeOver) -> None:
    take_over("import time\ntime.sleep(60)")
    before = children()

    began = time.monotonic()
    with pytest.raises(Refused):
        await Examiner(1_000_000, 20, seconds=0.5).examine(b"%PDF-")

    assert time.monotonic() - began < 10
    while children() != before:  # the system takes a moment to bury it
        assert time.monotonic() - began < 10
        await asyncio.sleep(0.05)


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text().split())


def test_a_laplacian_of_nothing_is_nothing() -> None:
    assert decoding.sharpness(Image.new("L", (3, 900))) == 0.0
    assert decoding.light(Image.new("L", (10, 10), 77)) == 77.0


def test_the_loop_that_serves_reads_the_same(tmp_path: Path, take_over: TakeOver) -> None:
    """In production the loop is uvloop's, whose pipes and processes are its own."""

    async def handed_in() -> bytes:
        examiner = Examiner(10_000_000, 20, seconds=20)
        archive = Archive(Storage(tmp_path.as_uri()), "trelleborg", KEYS["trelleborg"])
        paper = (await examiner.examine(saved(invoice(2000, 2800)))).paper
        kept = await archive.keep(paper, document := uuid4(), 1)
        assert await archive.open(document, 1, kept.sha256) == paper
        for does in ("import sys; sys.stdout.buffer.write(b'x' * 100_000_000)", "import os; os.kill(os.getpid(), 9)"):
            take_over(does)
            assert await why_not(Examiner(1_000_000, 20), bytes(900_000)) == "too-heavy"
        take_over("import time; time.sleep(60)")
        assert await why_not(Examiner(1_000_000, 20, seconds=0.5), bytes(900_000)) == "too-heavy"
        return paper

    assert opened(uvloop.run(handed_in())).size == (2000, 2800)


class _Late(uvloop.Loop):
    """It is long before anybody writes to what was started."""

    async def subprocess_exec(self, *args: Any, **options: Any) -> Any:
        started = await super().subprocess_exec(*args, **options)
        await asyncio.sleep(1.0)
        return started


def test_a_reader_that_fell_before_it_was_given_anything_says_that_it_is_too_heavy(take_over: TakeOver) -> None:
    async def handed_in() -> str:
        take_over("import os; os.kill(os.getpid(), 9)")
        return await why_not(Examiner(1_000_000, 20), bytes(900_000))

    with asyncio.Runner(loop_factory=_Late) as runner:
        assert runner.run(handed_in()) == "too-heavy"
