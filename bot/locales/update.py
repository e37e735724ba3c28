"""Keep the catalogues in step with the code: ``python -m bot.locales.update`` (``--check`` only tells, by exit 1).

Takes every source sentence from the bot and from the pages' templates and every word list, writes ``bot.pot``, and
brings each language's ``bot.po`` up to date. A new sentence comes in untranslated; one that is gone goes. Nothing is
guessed from likeness: a guessed translation of a right is worse than none. ``python -m bot.locales.update de`` begins a
new language.
"""

import ast
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from bot.locales.lists import LISTS, NOTES

ROOT = Path(__file__).parents[2]
LOCALES = Path(__file__).parent
POT = LOCALES / "bot.pot"
STAFF_PHRASES = ROOT / "backend" / "locales"
TEMPLATES = ROOT / "templates"
STAFF_ONLY = ("inbox",)
"""Templates in Swedish only, outside the catalogues."""

CONTEXT = "words"
_MARKS = {"N_": 1, "say": 1, "many": 2}
"""Functions whose first strings are source sentences, and how many."""

Sentence = tuple[str | tuple[str, str], str]
"""A source sentence (with its plural, where it counts) and the file it stands in."""


def sentences() -> Iterator[Sentence]:
    """Every source sentence of the bot and of its templates, in the order they stand."""
    for path in sorted((ROOT / "bot").rglob("*.py")):
        for sentence in in_python(path.read_text("utf-8")):
            yield sentence, path.relative_to(ROOT).as_posix()
    for path in sorted(TEMPLATES.rglob("*")):
        within = path.relative_to(TEMPLATES).parts
        if path.suffix in (".html", ".txt") and within[0] not in STAFF_ONLY:
            for sentence in in_template(path):
                yield sentence, path.relative_to(ROOT).as_posix()


def in_python(source: str) -> list[str | tuple[str, str]]:
    """Source sentences of a module: literal strings given to ``N_``, ``say`` (any object's) and ``many``."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    found: list[tuple[int, int, str | tuple[str, str]]] = []
    for call in calls:
        function = call.func
        name = function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")
        given = [arg.value for arg in call.args[: _MARKS.get(name, 0)] if isinstance(arg, ast.Constant)]
        strings = [value for value in given if isinstance(value, str)]
        if strings and len(strings) == _MARKS[name] and any(map(_has_words, strings)):
            found.append((call.lineno, call.col_offset, strings[0] if len(strings) == 1 else (strings[0], strings[1])))
    return [sentence for _, _, sentence in sorted(found, key=lambda one: one[:2])]


def _has_words(sentence: str) -> bool:
    """Whether anything is left to translate when the values are taken out."""
    depth, letters = 0, False
    for char in sentence:
        depth += (char == "{") - (char == "}")
        letters |= depth == 0 and char.isalpha()
    return letters


def in_template(path: Path) -> list[str | tuple[str, str]]:
    """Source sentences of a Jinja template: ``_("…")`` and ``{% trans %}``."""
    with path.open("rb") as template:
        found = extract("jinja2.ext:babel_extract", template, options={"silent": "false"})
        return [message if isinstance(message, str) else (message[0], message[1]) for _, message, _, _ in found]


def collect() -> Catalog:
    """Sentences and word lists as a template for translators."""
    catalogue = Catalog(project="imorgon", charset="utf-8", fuzzy=False)
    places: dict[str | tuple[str, str], list[str]] = {}
    for sentence, place in sentences():
        standing = places.setdefault(sentence, [])
        if place not in standing:
            standing.append(place)
    for sentence, standing in places.items():
        note = [NOTES[sentence]] if isinstance(sentence, str) and sentence in NOTES else []
        catalogue.add(sentence, locations=[(place, 0) for place in standing], auto_comments=note)
    for key, comment in LISTS.items():
        catalogue.add(key, context=CONTEXT, auto_comments=[comment])
    return catalogue


def updated(path: Path, template: Catalog) -> Catalog:
    """A language's catalogue with exactly the template's messages, and the translations it had."""
    with path.open("rb") as po:
        catalogue = read_po(po)
    header = catalogue.header_comment
    catalogue.update(template, no_fuzzy_matching=True, update_header_comment=False, keep_user_comments=True)
    catalogue.obsolete.clear()
    catalogue.header_comment = header
    return catalogue


def written(catalogue: Catalog) -> bytes:
    """As it stands in its file: files without line numbers, so that moving code changes no catalogue."""
    out = io.BytesIO()
    write_po(out, catalogue, width=100, include_lineno=False, ignore_obsolete=True)
    # Dates of writing would make every update a change.
    lines = out.getvalue().decode().splitlines(keepends=True)
    dated = ('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', '"Last-Translator', '"Report-Msgid-Bugs-To')
    return "".join(line for line in lines if not line.startswith(dated)).encode()


def stale() -> dict[Path, bytes]:
    """Files that are not as they should be, and what they should be."""
    template = collect()
    wanted = {POT: written(template)}
    for path in sorted(LOCALES.glob("*/LC_MESSAGES/bot.po")):
        wanted[path] = written(updated(path, template))
    return {path: content for path, content in wanted.items() if not path.exists() or path.read_bytes() != content}


def begun(language: str) -> dict[Path, bytes]:
    """The two files of a new language, with everything still to translate: what the bot says, and what staff send."""
    name = Locale.parse(language).get_display_name("en")
    files: dict[Path, bytes] = {}
    for room, template in ((LOCALES, collect()), (STAFF_PHRASES, _staff_phrases())):
        catalogue = Catalog(locale=language, project="imorgon", charset="utf-8", fuzzy=False)
        catalogue.update(template)
        catalogue.header_comment = f"# {name} for imorgon, by ...; not yet reviewed by a native speaker."
        files[room / language / "LC_MESSAGES" / f"{room.parent.name}.po"] = written(catalogue)
    return files


def _staff_phrases() -> Catalog:
    """The other half's sentences, as its Swedish file has them."""
    with (STAFF_PHRASES / "sv" / "LC_MESSAGES" / "backend.po").open("rb") as po:
        template = read_po(po)
    for message in template:
        if message.id:
            message.string = ""
    return template


def begin(language: str) -> int:
    """Write the two files of a new language; never over one that is there."""
    for path, content in begun(language).items():
        if path.exists():
            sys.stdout.write(f"{path.relative_to(ROOT)} is there already\n")
            return 1
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        sys.stdout.write(f"{path.relative_to(ROOT)} written\n")
    return 0


def main(*, check: bool) -> int:
    """Write what is stale, or only tell (exit 1)."""
    changed = stale()
    for path, content in changed.items():
        sys.stdout.write(f"{path.relative_to(ROOT)} {'is stale' if check else 'written'}\n")
        if not check:
            path.write_bytes(content)
    return 1 if check and changed else 0


if __name__ == "__main__":
    if sys.argv[1:2] not in ([], ["--check"]):
        sys.exit(begin(sys.argv[1]))
    sys.exit(main(check="--check" in sys.argv[1:]))
