"""Every catalogue: complete, in step with the code, the right plurals, the same placeholders, safe and short enough."""

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from bot.language import detect
from bot.locales import update
from bot.locales.lists import LISTS
from bot.spelling import fold
from bot.text import LOCALES, direction, is_gsm, known, languages, render, say, translations, understood, words

CATALOGUES = sorted(LOCALES.glob("*/LC_MESSAGES/bot.po"))
PLACEHOLDER = re.compile(r"\{(\w*)\}")


def read(path: Path) -> Catalog:
    with path.open("rb") as po:
        return read_po(po)


def strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string),)


def sentences(path: Path) -> list[Message]:
    return [message for message in read(path) if message.id and message.context is None]


by_language = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])


def test_swedish_arabic_and_somali_are_spoken() -> None:
    assert {"sv", "ar", "so"} <= set(languages())


def test_the_catalogues_are_in_step_with_the_code() -> None:
    # If this fails: python -m bot.locales.update, then translate what is new.
    assert [path.relative_to(update.ROOT).as_posix() for path in update.stale()] == []


@by_language
def test_everything_is_translated_and_nothing_guessed(path: Path) -> None:
    untranslated = [message.id for message in read(path) if message.id and not all(strings(message))]
    assert untranslated == []
    assert [message.id for message in read(path) if message.fuzzy and message.id] == []
    assert not read(path).obsolete


@by_language
def test_placeholders_are_the_same_as_in_the_source(path: Path) -> None:
    for message in sentences(path):
        source = message.id if isinstance(message.id, str) else message.id[1]
        for translated in strings(message):
            assert set(PLACEHOLDER.findall(translated)) <= set(PLACEHOLDER.findall(source)), source
            # A number may be left out only where the word itself says it (one, two).
            missing = set(PLACEHOLDER.findall(source)) - set(PLACEHOLDER.findall(translated))
            assert not missing or (not isinstance(message.id, str) and missing == {"n"}), source
            assert translated.count("{") == translated.count("}") == len(PLACEHOLDER.findall(translated)), source


@by_language
def test_the_plural_header_agrees_with_cldr(path: Path) -> None:
    language = path.parts[-3]
    catalogue = read(path)
    order = ["zero", "one", "two", "few", "many", "other"]
    rule = Locale.parse(language).plural_form
    # Our forms stand in CLDR's order; a language has those of them that its rule can give.
    forms = [form for form in order if form in {rule(n) for n in range(1000)}]
    assert catalogue.num_plurals == len(forms)
    choose = translations(language).plural  # type: ignore[attr-defined]  # how gettext keeps the header's formula
    for n in range(301):
        assert forms[choose(n)] == rule(n), n


@by_language
def test_a_translation_stands_alone(path: Path) -> None:
    for message in sentences(path):
        for translated in strings(message):
            assert translated == translated.strip(), message.id
            assert not set("\u2066\u2067\u2068\u2069\u200e\u200f\u202a\u202b\u202c\u202d\u202e") & set(translated), (
                message.id
            )
            assert "  " not in translated, message.id


@pytest.mark.parametrize("language", ["sv", "so"])
def test_an_sms_in_a_gsm_language_needs_nothing_outside_that_alphabet(language: str) -> None:
    for message in sentences(LOCALES / language / "LC_MESSAGES" / "bot.po"):
        if isinstance(message.id, str):
            assert is_gsm(render(say(message.id), language, plain=True)), message.id


def test_arabic_is_written_in_arabic_letters() -> None:
    for message in sentences(LOCALES / "ar" / "LC_MESSAGES" / "bot.po"):
        for translated in strings(message):
            letters = [char for char in PLACEHOLDER.sub("", translated) if char.isalpha()]
            arabic = [char for char in letters if "\u0600" <= char <= "\u06ff"]
            # Names of authorities stay as they are, and so do the patterns of days.
            as_it_is = translated == message.id
            assert as_it_is or not letters or len(arabic) > len(letters) / 2, message.id
    assert direction("ar") == "rtl"


@by_language
def test_the_file_says_that_no_native_speaker_has_read_it_yet(path: Path) -> None:
    assert "not yet reviewed by a native speaker" in read(path).header_comment


# --- Word lists -------------------------------------------------------------------------------------------------------


@by_language
def test_every_list_is_there_and_said_to_the_translator(path: Path) -> None:
    listed = {message.id: message for message in read(path) if message.context == "words"}
    assert set(listed) == set(LISTS)
    assert all(message.auto_comments for message in listed.values())


def test_every_list_the_code_asks_for_is_declared_and_every_declared_list_is_asked_for() -> None:
    asked: set[str] = set()
    for path in (update.ROOT / "bot").rglob("*.py"):
        source = path.read_text("utf-8")
        literals = {
            node.value
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        if path.name not in ("lists.py", "update.py"):
            asked |= literals & set(LISTS)
        for node in ast.walk(ast.parse(source)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Name)
                and node.func.id in ("known", "worth")
                and path.name != "text.py"
            ):
                for arg in node.args:
                    assert not isinstance(arg, ast.Constant) or arg.value in LISTS, (path, arg.lineno)
    assert asked == set(LISTS)


@by_language
@pytest.mark.parametrize(
    ("key", "worth"),
    [
        ("numbers", r"\d+"),
        ("multiples", r"10+"),
        ("ordinals", r"[1-9]|[12]\d|3[01]"),
        ("hours", r"[1-9]|1[0-2]"),
        ("more-weekdays", r"[0-6]"),
        ("more-months", r"[1-9]|1[0-2]"),
        ("festivals", r"([1-9]|[12]\d|3[01])/([1-9]|1[0-2])"),
        ("language-names", r"[a-z]{2,3}"),
    ],
)
def test_lists_of_words_with_a_worth_are_well_formed(path: Path, key: str, worth: str) -> None:
    for pair in words(path.parts[-3], key):
        word, mark, value = pair.partition("=")
        assert fold(word), pair
        assert mark == "=", pair
        assert re.fullmatch(worth, value.strip()), pair


def test_no_word_says_both_yes_and_no() -> None:
    assert known("yes").keys() & known("no").keys() == set()


def test_no_answer_stops_the_messages() -> None:
    # Who answers yes, no or a number must never be taken to have said one of the words that end it all.
    final = known("stop").keys() | known("wrong-number").keys()
    for key in ("yes", "no", "all", "politeness", "cannot-come", "later", "human", "help"):
        assert known(key).keys() & final == set(), key


@pytest.mark.parametrize("language", understood())
def test_the_commonest_words_of_a_language_tell_it_from_the_others(language: str) -> None:
    common = words(language, "common")
    assert len(common) > 30
    assert detect(" ".join(common[:6])).code == language


# --- Tools ------------------------------------------------------------------------------------------------------------


@by_language
def test_msgfmt_finds_nothing(path: Path) -> None:
    msgfmt = shutil.which("msgfmt")
    if msgfmt is None:
        pytest.skip("gettext is not installed (apt-get install gettext)")
    result = subprocess.run([msgfmt, "-c", "-o", "/dev/null", path], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@by_language
def test_dennis_finds_nothing(path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "dennis.cmdline",
        "lint",
        "--errorsonly",
        "--varformat=python-brace-format",
        str(path),
    ]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr


def test_sentences_are_found_where_they_are_said(tmp_path: Path) -> None:
    source = """
form.say("Your time: {time}.", time=1)
say(N_("Only {n}."), n=1)
Question("name", N_("How many?"), kind)
many("{n} child", "{n} children", 2)
say("{only} {values}")
other("not a sentence")
say(message)
"""
    found = update.in_python(source)
    assert found == ["Your time: {time}.", "Only {n}.", "How many?", ("{n} child", "{n} children")]
    template = tmp_path / "page.html"
    template.write_text('<p>{{ _("Hello {name}", name=name) }}</p>{% trans %}Whole sentence.{% endtrans %}', "utf-8")
    assert update.in_template(template) == ["Hello {name}", "Whole sentence."]


def test_an_update_keeps_what_was_translated_and_guesses_nothing() -> None:
    template = update.collect()
    template.add("Bring ID if you have one. Come even without papers. Really.")
    renewed = update.updated(LOCALES / "ar" / "LC_MESSAGES" / "bot.po", template)
    new = renewed.get("Bring ID if you have one. Come even without papers. Really.")
    assert new is not None
    assert not new.string
    assert not new.fuzzy
    kept = renewed.get("yes", context="words")
    assert kept is not None
    assert kept.string


def test_the_command_tells_by_its_exit_what_is_stale(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(update, "ROOT", tmp_path)
    monkeypatch.setattr(update, "LOCALES", tmp_path)
    monkeypatch.setattr(update, "POT", tmp_path / "bot.pot")
    monkeypatch.setattr(update, "TEMPLATES", tmp_path / "templates")
    (tmp_path / "bot").mkdir()
    (tmp_path / "bot" / "flow.py").write_text('N_("One sentence.")', "utf-8")
    swedish = tmp_path / "sv" / "LC_MESSAGES" / "bot.po"
    swedish.parent.mkdir(parents=True)
    swedish.write_text('msgid ""\nmsgstr "Language: sv\\n"\n\nmsgid "Gone."\nmsgstr "Borta."\n', "utf-8")
    assert update.main(check=True) == 1
    assert not (tmp_path / "bot.pot").exists()
    assert update.main(check=False) == 0
    assert update.main(check=True) == 0
    assert "One sentence." in swedish.read_text("utf-8")
    assert "Gone." not in swedish.read_text("utf-8")
