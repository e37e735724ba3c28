"""The program that sets a document, in a process of its own: an order in JSON on stdin, the document on stdout.

It stands alone, knows nothing of the backend, and is started without its environment. What people wrote comes to the
templates as data and never as their language; the templates are the project's, and so are all the fonts. It holds
itself to little memory and little time, and can write no file.
"""

import json
import resource
import sys
from pathlib import Path
from typing import NoReturn

import typst

FONTS = Path(__file__).parent / "fonts"
TEMPLATES = Path(__file__).parents[2] / "templates" / "print"

MEMORY = 1 << 30
CPU_SECONDS = 20


def document(order: dict[str, object]) -> bytes:
    """The document that was ordered: ``template``, ``data``, ``at`` (UNIX seconds, written into it), perhaps ``page``
    for a picture of one page instead."""
    at, page = order["at"], order.get("page")
    if not isinstance(at, int):
        raise TypeError("at what time?")
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS])
    compiler = typst.Compiler(
        TEMPLATES / f"{order['template']}.typ",
        root=TEMPLATES,
        font_paths=fonts,
        sys_inputs={"data": json.dumps(order["data"])},
    )
    if page is None:
        # PDF/A-2a: everything needed to read it lies in it. PDF/UA-1: a screen reader finds its way.
        made = compiler.compile(format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=at)
    else:
        made = compiler.compile(format="png", ppi=110.0, timestamp=at)
    pages = [made] if isinstance(made, bytes) else made or []
    return pages[page - 1 if isinstance(page, int) else 0]


def _hold_back() -> None:
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, CPU_SECONDS),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(what, (most, most))


def main() -> NoReturn:
    """Read the order, write the document. What goes wrong says nothing of what stands in the order."""
    _hold_back()
    try:
        made = document(json.loads(sys.stdin.buffer.read()))
    except typst.TypstError as error:
        # The compiler's own words tell of the template; what was put in it stays here.
        sys.stderr.write(type(error).__name__)
        sys.exit(1)
    sys.stdout.buffer.write(made)
    sys.stdout.buffer.flush()
    sys.exit(0)


if __name__ == "__main__":
    main()
