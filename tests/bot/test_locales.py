"""Every catalogue: complete, in step with the code, the right plurals, the same placeholders, safe and short enough."""

import ast
import importlib
import pkgutil
import re
import shutil
import subprocess
import sys
from functools import cache
from gettext import c2py
from pathlib import Path
from types import ModuleType

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

import backend.locales
import bot.flows
from backend.municipalities import found
from bot.conversation import putting
from bot.conversation.putting import CONFIRM_CONTACT, STILL_HERS
from bot.hearing.language import detect
from bot.hearing.words import command
from bot.leaving.kinds import KINDS
from bot.leaving.outbox import UNLESS
from bot.leaving.sending import STILL_YOURS
from bot.locales import update
from bot.locales.lists import LISTS, NOTES
from bot.questions import Question
from bot.spelling import fold
from bot.stories.rehearsal import Sent, everything, gives_away
from bot.text import (
    LOCALES,
    direction,
    in_its_letters,
    in_sms_alphabet,
    is_gsm,
    known,
    language_name,
    languages,
    render,
    say,
    understood,
    words,
)
from tests.bot.talker import POLICY

CATALOGUES = sorted(LOCALES.glob("*/LC_MESSAGES/bot.po"))
BOTH_HALVES = [*CATALOGUES, *sorted(backend.locales.FOLDER.glob("*/LC_MESSAGES/backend.po"))]
PLACEHOLDER = re.compile(r"\{(\w*)\}")
PATTERNS = ("day month year", "weekday day month", "hour.minute")
SWEDISH_NAME = re.compile(r" \([^)]+\)")


def read(path: Path) -> Catalog:
    """A catalogue as it stands now: nobody changes what was read, so it is read once."""
    return _read(path, path.stat().st_mtime_ns)


@cache
def _read(path: Path, _written_ns: int) -> Catalog:
    with path.open("rb") as po:
        return read_po(po)


def strings(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (str(message.string),)


def sentences(path: Path) -> list[Message]:
    """What is translated: a language on its way lacks the rest, and is not offered until it has it."""
    return [message for message in read(path) if message.id and message.context is None and all(strings(message))]


by_language = pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
by_file = pytest.mark.parametrize("path", BOTH_HALVES, ids=lambda path: f"{path.stem}-{path.parts[-3]}")


def test_no_language_that_was_spoken_is_lost() -> None:
    assert set(understood()) == {path.parts[-3] for path in CATALOGUES}
    assert {"sv", "en", "ar", "so", "uk"} <= set(languages())


def test_the_catalogues_are_in_step_with_the_code() -> None:
    # If this fails: python -m bot.locales.update, then translate what is new.
    assert [path.relative_to(update.ROOT).as_posix() for path in update.stale()] == []


@pytest.mark.parametrize("language", languages())
def test_everything_is_translated_and_nothing_guessed(language: str) -> None:
    path = LOCALES / language / "LC_MESSAGES" / "bot.po"
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


@by_file
def test_the_plural_header_agrees_with_cldr(path: Path) -> None:
    language = path.parts[-3]
    catalogue = read(path)
    order = ["zero", "one", "two", "few", "many", "other"]
    rule = Locale.parse(language).plural_form
    # Our forms stand in CLDR's order; a language has those of them that its rule can give.
    forms = [form for form in order if form in {rule(n) for n in range(1000)}]
    assert catalogue.num_plurals == len(forms)
    choose = c2py(catalogue.plural_expr)  # as gettext reads the header's formula
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


@by_language
def test_a_sentence_is_whole_in_every_language(path: Path) -> None:
    """It ends as its source ends, and begins as a sentence begins: nothing is glued to it, before or after."""
    ends = {"؟": "?", "።": ".", "۔": "."}
    for message in sentences(path):
        sources = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        for source, said in zip(sources, strings(message), strict=False):
            last, wanted = said.rstrip('")')[-1], source.rstrip('")')[-1]
            if {ends.get(last, last), wanted} & set(".?!:"):
                assert ends.get(last, last) == wanted, source
            if wanted in ".?!" and source[0].isupper():
                assert not said[0].islower(), source


@pytest.mark.parametrize("language", [language for language in languages() if in_sms_alphabet(language)])
def test_an_sms_in_latin_letters_needs_nothing_outside_the_sms_alphabet(language: str) -> None:
    for message in sentences(LOCALES / language / "LC_MESSAGES" / "bot.po"):
        for said in strings(message):
            assert is_gsm(render(say("{words}", words=said), language, plain=True)), message.id


@by_language
def test_what_a_telephone_without_the_letters_must_show_is_in_the_sms_alphabet(path: Path) -> None:
    said = {message.id: str(message.string) for message in sentences(path)}
    assert set(NOTES) <= said.keys() or path.parts[-3] not in languages()
    for message in set(NOTES) & said.keys():
        assert is_gsm(said[message]), message
        assert "Svenska: SV" not in message or said[message].startswith("Svenska: SV"), message


@pytest.mark.parametrize("language", [language for language in languages() if not in_sms_alphabet(language)])
def test_a_language_of_other_letters_is_written_in_them(language: str) -> None:
    for message in sentences(LOCALES / language / "LC_MESSAGES" / "bot.po"):
        if message.id in NOTES:
            continue
        for translated in strings(message):
            # Swedish names stand in brackets behind; the words of the patterns of days and hours stay as they are.
            written = translated.replace("Arbetsförmedlingen", "").replace("Försäkringskassan", "")
            letters = [char for char in SWEDISH_NAME.sub("", PLACEHOLDER.sub("", written)) if char.isalpha()]
            own = [char for char in letters if in_its_letters(char, language)]
            as_it_is = letters == [char for char in str(message.id) if char.isalpha()]
            assert as_it_is or not letters or len(own) > len(letters) / 2, message.id


def test_an_arabic_text_does_not_end_in_a_latin_word() -> None:
    # In "3 Försäkringskassan 4 ..." the 4 is drawn before the name: whoever answers 4 has chosen the wrong thing.
    for message in sentences(LOCALES / "ar" / "LC_MESSAGES" / "bot.po"):
        for translated in strings(message):
            stands_last_or_is_a_pattern = message.id in ("Svenska: SV", *PATTERNS)
            assert stands_last_or_is_a_pattern or not re.search("[A-Za-zÅÄÖåäö]$", translated), message.id


@by_language
def test_the_file_says_whether_a_native_speaker_has_read_it(path: Path) -> None:
    assert "reviewed by a native speaker" in read(path).header_comment


# --- What is really said ----------------------------------------------------------------------------------------------


@pytest.fixture(params=languages())
def said(request: pytest.FixtureRequest) -> tuple[str, list[Sent]]:
    """A language, and as much as one person can come to read by SMS in it."""
    return request.param, _everything(request.param)


@cache
def _everything(language: str) -> list[Sent]:
    return everything(language, POLICY).sent


def test_every_text_keeps_the_budget_of_its_kind(said: tuple[str, list[Sent]]) -> None:
    language, sent = said
    assert len(sent) > 80
    for text in sent:
        assert text.segments <= text.budget, (text.kind, text.words)
        # Only the languages' own names may lead a text in Latin letters out of the SMS alphabet.
        outside = {char for char in text.words if not is_gsm(char)} if in_sms_alphabet(language) else set()
        names = "".join(language_name(code, code) for code in languages()).casefold()
        assert {char.casefold() for char in outside} <= set(names) | {"\u2068", "\u2069"}


def test_values_are_isolated_where_one_writes_from_the_right_and_only_there(said: tuple[str, list[Sent]]) -> None:
    language, sent = said
    for text in sent:
        depth, within = 0, ""
        for char in text.words:
            depth += (char in "\u2066\u2068") - (char == "\u2069")
            assert 0 <= depth <= 1, text.words
            within += char if depth else ""
        assert depth == 0, text.words
        own_names = all(char in "\u2068 " or in_its_letters(char, "ar") for char in within)
        assert direction(language) == "rtl" or own_names, text.words
    if direction(language) == "rtl":
        reminder = next(text.words for text in sent if text.kind == "reminder")
        assert re.search("\u2066\\d{1,2}[.:]\\d\\d\u2069", reminder)


def test_what_comes_unasked_says_nothing_of_what_it_is_about(said: tuple[str, list[Sent]]) -> None:
    language, sent = said
    unasked = [text for text in sent if KINDS[text.kind].proactive]
    assert {text.kind for text in unasked} >= {kind.name for kind in KINDS.values() if kind.proactive} - {
        "confirm-contact",  # goes to a number given on the web
        STILL_YOURS,  # goes to one nobody has written from for a year
    }
    confirm = Sent("confirm-contact", render(say(CONFIRM_CONTACT.text), language, plain=True))
    still = Sent(STILL_YOURS, render(say(STILL_HERS.text), language, plain=True))
    unless = Sent("reminder", render(say(UNLESS), language, plain=True))
    for text in [*unasked, confirm, still, unless]:
        assert gives_away(text.words, language) is None, text.words
        assert not re.search(r"https?:|www|\w\.\w{2,}/|@|\bkr\b|\d{3}", text.words), text.words
        assert not any(town.name.split()[0] in text.words for town in found().values()), text.words


@pytest.mark.parametrize("language", languages())
def test_what_tells_of_money_or_the_unit_would_be_seen(language: str) -> None:
    beginnings = words(language, "gives-away")
    assert len(beginnings) >= 15
    for beginning in beginnings:
        assert gives_away(f"({beginning.upper()}x 9.30)", language) is not None, beginning


@pytest.mark.parametrize("language", languages())
def test_no_choice_is_a_word_that_ends_it_all_or_the_name_of_two(language: str) -> None:
    found_there = [value for module in question_modules() for value in vars(module).values()]
    asked = [value for value in found_there if isinstance(value, Question)]
    assert len(asked) > 20
    for question in asked:
        labels = [fold(render(option.label, language)) for option in question.kind.options()]
        assert len(set(labels)) == len(labels), (question.name, labels)
        for label in labels:
            heard = command(label)
            assert heard is None or heard.name not in ("stop", "wrong-number"), (question.name, label)


def question_modules() -> list[ModuleType]:
    names = [module.name for module in pkgutil.walk_packages(bot.flows.__path__, "bot.flows.")]
    return [putting, *map(importlib.import_module, names)]


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
        ("interpreter-wishes", r"woman|man|northern|benaadiri|hazaragi|other"),
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


@pytest.mark.parametrize("language", languages())
def test_the_commonest_words_of_a_language_tell_it_from_the_others(language: str) -> None:
    common = words(language, "common")
    assert len(common) > 30
    assert detect(" ".join(common[:6])).code == language


# --- Tools ------------------------------------------------------------------------------------------------------------


@by_file
def test_msgfmt_finds_nothing(path: Path) -> None:
    msgfmt = shutil.which("msgfmt")
    if msgfmt is None:
        pytest.skip("gettext is not installed (apt-get install gettext)")
    result = subprocess.run([msgfmt, "-c", "-o", "/dev/null", path], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


@by_file
def test_dennis_finds_nothing(path: Path) -> None:
    assert dennis(path) == 0


def test_dennis_would_find_a_wrong_value(tmp_path: Path) -> None:
    wrong = tmp_path / "bot.po"
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    wrong.write_text(f'{head}#, python-brace-format\nmsgid "Next: {{time}}."\nmsgstr "Next: {{tim}}."\n', "utf-8")
    assert dennis(wrong) == 1


def dennis(path: Path) -> int:
    command = [
        str(Path(sys.executable).with_name("dennis-cmd")),
        "lint",
        "--errorsonly",
        "--varformat=python-brace-format",
    ]
    return subprocess.run([*command, str(path)], capture_output=True, check=False).returncode


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


def test_a_new_language_begins_with_everything_to_translate_and_is_not_offered_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(update, "ROOT", tmp_path)
    monkeypatch.setattr(update, "LOCALES", shutil.copytree(update.LOCALES, tmp_path / "bot" / "locales"))
    monkeypatch.setattr(update, "STAFF_PHRASES", shutil.copytree(update.STAFF_PHRASES, tmp_path / "backend/locales"))
    monkeypatch.setattr(update, "collect", lambda: read(tmp_path / "bot/locales/bot.pot"))
    assert update.begin("lv") == 0
    for room, domain in (("bot", "bot"), ("backend", "backend")):
        folder = tmp_path / room / "locales"
        new = read(folder / "lv" / "LC_MESSAGES" / f"{domain}.po")
        assert new.num_plurals == 3
        assert "not yet reviewed by a native speaker" in new.header_comment
        swedish = read(folder / "sv" / "LC_MESSAGES" / f"{domain}.po")
        assert [one.id for one in new if one.id] == [one.id for one in swedish if one.id]
        assert not any("".join(strings(one)) for one in new if one.id)
    assert update.begin("lv") == 1


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


# --- Words that a provider takes by itself ----------------------------------------------------------------------------

RESERVED = ("yes", "end", "cancel", "info", "help", "quit", "unstop", "revoke", "optout", "stopall", "unsubscribe")
"""Twilio's own words beside STOP and START, which mean with us what they mean there."""
ASKED_FOR = re.compile(rf"\b({'|'.join(word.upper() for word in (*RESERVED, 'stop', 'start'))})\b")
CHOICES = re.compile(r"\b\d+ (\w+)(?= \d|\.?$)")
BACK_AGAIN = "Write START if you want us back."


@pytest.mark.parametrize("path", BOTH_HALVES, ids=lambda path: f"{path.stem}-{path.parts[-3]}")
def test_no_text_asks_for_a_word_that_the_provider_takes_for_itself(path: Path) -> None:
    seen = 0
    for message in read(path):
        if not message.id or message.context == "words":
            continue
        asked = set(ASKED_FOR.findall(str(message.string)))
        seen += bool(asked)
        own_meaning = {"START" if BACK_AGAIN in message.id else "", "STOP" if "STOPP" in message.id else ""}
        assert asked <= own_meaning, message.string
    assert seen or path.stem == "backend" or path.parts[-3] not in ("sv", "en")


@pytest.mark.parametrize("language", languages())
def test_no_choice_is_a_word_that_the_provider_takes_for_itself(language: str) -> None:
    found_there = [value for module in question_modules() for value in vars(module).values()]
    asked = [option for one in found_there if isinstance(one, Question) for option in one.kind.options()]
    offered = [label for text in _everything(language) for label in CHOICES.findall(text.words)]
    for label in {fold(one) for one in (*(render(option.label, language) for option in asked), *offered)}:
        # A choice is answered by its number; "yes", written all the same, is understood and does no harm.
        assert label not in RESERVED or label == "yes", label
        assert label not in ("stop", "start"), label
