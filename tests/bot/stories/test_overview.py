"""What ``imorgon locales`` prints, counted in what is really said."""

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from bot.locales import update
from bot.stories import overview as module
from bot.stories.overview import HEAD, overview, table
from bot.text import in_sms_alphabet, languages, understood

TRANSCRIPTS = Path(__file__).parents[2] / "transcripts"
TOLD = {path.name.split(".")[1] for path in TRANSCRIPTS.glob("*.txt")}
"""The languages whose dialogues are kept."""

counted = cache(overview)
"""Of a language as it is: played once."""


@pytest.mark.parametrize("language", languages())
def test_the_promise_of_the_first_contact_is_kept_in_every_language(language: str) -> None:
    one, each = counted(language), 1 if in_sms_alphabet(language) else 2
    assert one.missing == 0
    assert (one.own, one.texts) == (3, 3)
    assert one.segments <= 3 * each
    # Nine, and one of the interpreter; outside Swedish she is asked whether the day came across, and says it.
    most = 10 if language == "sv" else 12
    assert one.texts_to_the_morning <= most
    assert one.segments_to_the_morning <= most * each
    assert one.longest <= 2 * each


@pytest.mark.parametrize("language", [language for language in languages() if language in TOLD])
def test_the_figures_are_those_of_the_story_told_through_the_whole_system(language: str) -> None:
    story = (TRANSCRIPTS / f"meeting-first.{language}.sms.txt").read_text("utf-8")
    costs = [int(found) for found in re.findall(r"\[(\d) sms\]", story)]
    one = counted(language)
    assert one.segments == sum(costs[:3])
    assert one.segments_to_the_morning == sum(costs[: one.texts_to_the_morning])


def test_a_sentence_without_translation_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    locales = tmp_path / "locales"
    shutil.copytree(update.LOCALES, locales)
    path = locales / "ar" / "LC_MESSAGES" / "bot.po"
    catalogue = path.read_text("utf-8")
    path.write_text(re.sub(r'(msgid "Welcome back\."\nmsgstr ")[^"]+', r"\1", catalogue), "utf-8")
    monkeypatch.setattr(module, "LOCALES", locales)
    assert overview("ar").missing == 1
    monkeypatch.setattr(module, "overview", lambda language: (overview if language == "ar" else counted)(language))
    (row,) = [line for line in table() if line.startswith("Arabic")]
    assert re.search(r"no, 1 of \d+ missing", row)


def test_a_language_on_its_way_shows_what_is_missing_and_is_not_played(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "understood", lambda: (*languages(), "pl"))
    monkeypatch.setattr(module, "overview", counted)
    (row,) = [line for line in table() if line.startswith("Polish")]
    assert re.fullmatch(r"Polish \(pl\) +no, (\d+) of \1 missing( +-){5}", row)


@pytest.mark.unmeasured
def test_the_command_prints_a_line_for_each_language() -> None:
    command = [sys.executable, "-m", "bot", "locales"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=update.ROOT)
    spoken_first = [*languages(), *(language for language in understood() if language not in languages())]
    head, *lines = done.stdout.splitlines()
    assert re.split(r"  +", head) == list(HEAD)
    assert [code for line in lines for code in re.findall(r"\((\w+)\)", line)[:1]] == spoken_first
    assert "Svedala kommun, Trelleborgs kommun" in lines[0]
    assert all("nobody" in line for line in lines[1 : len(languages())])


def test_whoever_approves_an_answer_reads_it_with_its_law_and_its_mark() -> None:
    lines = list(module.to_approve())
    start = next(place for place, line in enumerate(lines) if line.startswith("take-children: LVU"))
    shown = lines[start + 1 : start + 1 + len(languages())]
    assert [line.split()[0] for line in shown] == list(languages())
    assert re.fullmatch(r"  sv [0-9a-f]{12} not yet approved: Att söka pengar .*", shown[0])
