"""Golden dialogues: each story in each language on each channel it can begin on, as a translator would read it.

A changed dialogue is read in review like any other text. ``IMORGON_WRITE_GOLDEN=1 pytest tests/test_stories.py -m ""``
writes them anew. Every day the first contact is played in Swedish everywhere, and by SMS and on the web in Arabic; the
other stories in Swedish, where they begin first, and the whole form in Arabic too. What the first contact costs in the
other languages ``tests/bot/stories/test_overview.py`` holds against their dialogues. ``make test-long`` plays the rest.
"""

import os
from pathlib import Path
from typing import Any

import pytest

import backend.migrations
import bot.migrations
from backend.postgres import Database
from bot.stories import stories
from bot.stories.player import play_at
from bot.stories.transcript import Transcript
from bot.text import is_gsm, language_name, languages
from bot.together import MUNICIPALITIES, Home, make_secrets
from tests.conftest import MakeDatabase

TRANSCRIPTS = Path(__file__).parent / "transcripts"
WRITES = bool(os.environ.get("IMORGON_WRITE_GOLDEN"))
KEPT = {path.name.split(".")[1] for path in TRANSCRIPTS.glob("*.txt")}
"""The languages whose dialogues are kept: a new one can be spoken before they have been written."""

PLAYED = [
    (name, language, channel)
    for name, story in sorted(stories().items())
    for language in languages()
    if WRITES or language in KEPT
    for channel in story.channels
]

FIRST_CONTACT = ("meeting-first",)
IN_ARABIC = {("meeting-first", "sms"), ("meeting-first", "web"), ("application-first", "sms")}
"""What else a story does in Arabic, it does as these."""


def _when(story: str, language: str, channel: str) -> Any:
    if language == "sv":
        often = story in FIRST_CONTACT or channel == stories()[story].channels[0]
    else:
        often = language == "ar" and (story, channel) in IN_ARABIC
    marks = [] if often else [pytest.mark.long]
    # What a story does, it does in each language.
    return pytest.param(story, language, channel, marks=marks if language == "sv" else [*marks, pytest.mark.unmeasured])


@pytest.fixture
def home(make_database: MakeDatabase, tmp_path: Path) -> Home:
    """Databases of the test's own, migrated once a session."""
    own = make_database("story_bot", lambda made: bot.migrations.migrate(made.owner_url, made.app_role))
    backends = {slug: make_database("story_backend", _migrate_backend) for slug in MUNICIPALITIES}
    return Home(own, backends, make_secrets(tmp_path / "secrets.json"), tmp_path / "documents")


def _migrate_backend(made: Database) -> None:
    backend.migrations.migrate(made.owner_url, made.app_role)


@pytest.mark.parametrize(("story", "language", "channel"), [_when(*one) for one in PLAYED])
async def test_a_story_reads_as_it_did(story: str, language: str, channel: str, home: Home) -> None:
    told = await play_at(home, stories()[story], language, channel)
    golden = TRANSCRIPTS / f"{story}.{language}.{channel}.txt"
    if WRITES:
        golden.write_text(told.told(), "utf-8")
    assert told.told() == golden.read_text("utf-8")
    if (story, channel) == ("meeting-first", "sms"):
        three_own_messages_give_a_time_and_few_texts_reach_the_morning(told)


def three_own_messages_give_a_time_and_few_texts_reach_the_morning(told: Transcript) -> None:
    """The promise of the first contact, counted in what was really sent."""
    before_the_time = [line.who for line in told.lines if line.channel == "sms"][:6]
    assert before_the_time == ["person", "bot", "person", "bot", "person", "bot"]
    # The first text of the next day is the reminder: the story expects it there.
    morning = next(place for place, line in enumerate(told.out()) if line.at.day == 1)
    # Nine, and one of the interpreter; outside Swedish she is asked whether the day came across, and hears it again.
    assert morning + 1 <= (10 if told.language == "sv" else 12)
    for line in told.out():
        assert line.who != "bot" or line.segments <= (1 if is_gsm(line.words) else 2), line.words
    # A language written in the SMS alphabet stays in it: one letter outside would halve what a text holds.
    own = {is_gsm(line.words) for line in told.out() if line.who == "bot"}
    assert own == {is_gsm(language_name(told.language, told.language))}


def test_no_transcript_is_left_over() -> None:
    """A story that is gone takes its dialogues with it."""
    wanted = {f"{story}.{language}.{channel}.txt" for story, language, channel in PLAYED}
    assert {path.name for path in TRANSCRIPTS.glob("*.txt")} == wanted
