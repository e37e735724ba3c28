"""What was said in a story, written down for a translator: in the language, with the Swedish beneath, and counted."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import text

from backend.contract import EntryState
from bot.engine import Engine
from bot.stories import Story
from bot.stories.world import World
from bot.text import language_name, local, local_day, render, say, segments
from bot.turning import threads

_SHORT = {"sms": "sms", "web": "web", "telegram": "tg"}
"""The channel as it stands before a line."""

_NOT_SAID = frozenset({EntryState.DROPPED, EntryState.GIVEN_UP, EntryState.FAILED})


_THREADS = """
    select threads.id, threads.channel from threads join entries on entries.thread = threads.id
     where entries.number = 1 order by entries.at, threads.channel desc
"""


@dataclass(frozen=True)
class Said:
    """One line of the dialogue."""

    at: datetime
    channel: str
    who: str
    words: str
    swedish: str | None
    proactive: bool = False

    @property
    def segments(self) -> int:
        return segments(self.words) if self.channel == "sms" and self.who in ("bot", "staff") else 0


@dataclass(frozen=True)
class Transcript:
    """A story as it was told. ``lines`` holds what was said and, as ``stage``, what happened beside it."""

    story: str
    language: str
    channel: str
    names: dict[str, str]
    lines: tuple[Said, ...]

    def out(self, channel: str = "sms") -> list[Said]:
        return [line for line in self.lines if line.channel == channel and line.who in ("bot", "staff")]

    def inn(self, channel: str = "sms") -> list[Said]:
        return [line for line in self.lines if line.channel == channel and line.who == "person"]

    def told(self) -> str:
        """The dialogue as text."""
        head = f"{self.story} · {language_name(self.language, 'sv')} ({self.language}) · {self.channel}"
        parts = [head, "=" * len(head)]
        for day, lines in groupby(self.lines, key=lambda line: local_day(line.at)):
            parts += ["", render(say("{day}", day=day), "sv")]
            parts += [self._line(line) for line in lines]
        return "\n".join([*parts, "", self._foot(), ""])

    def _line(self, line: Said) -> str:
        hour = f"{local(line.at):%H.%M}"
        if line.who == "stage":
            return f"  {hour}        ({line.words})"
        if line.who == "marker":
            return f"  {hour} {_SHORT[line.channel]:4}   — {_one_line(line.words)} —"
        arrow = "→" if line.who == "person" else "←"
        cost = f"  [{line.segments} sms]" if line.segments else ""
        meant = f"  ({_one_line(line.swedish or '')})" if line.who == "person" and self._chose(line) else ""
        told = [f"  {hour} {_SHORT[line.channel]:4} {arrow} {_one_line(line.words)}{meant}{cost}"]
        if line.who != "person" and self.language != "sv" and line.swedish is not None and line.swedish != line.words:
            told.append(f"                 sv: {_one_line(line.swedish)}")
        return "\n".join(told)

    def _chose(self, line: Said) -> bool:
        """Whether what was written means something else than it says ("1")."""
        return line.swedish is not None and line.swedish.casefold() != line.words.casefold()

    def _foot(self) -> str:
        texts = self.out()
        counted = [f"sms out {len(texts)}, in {len(self.inn())}, segments out {sum(one.segments for one in texts)}"]
        others = [name for name in ("web", "telegram") if self.out(name) or self.inn(name)]
        counted += [f"{name} out {len(self.out(name))}, in {len(self.inn(name))}" for name in others]
        return "; ".join(counted[0 if texts or not others else 1 :])


async def transcript(story: Story, world: World, engine: Engine) -> Transcript:
    """Everything said in the world's threads, in the order it was said, with the stage directions."""
    async with engine.database.transaction() as session:
        rows = (await session.execute(text(_THREADS))).all()
    lines: list[Said] = []
    for row in rows:
        lines += [
            Said(line.at, row.channel, line.who, _placeless(world, line.original), _placeless(world, line.swedish))
            for line in await threads.lines(engine, row.id)
            if line.state not in _NOT_SAID
        ]
    # What happened beside the dialogue stands after what was said at the same moment.
    lines += [Said(at, "", "stage", words, None) for at, words in world.directions]
    names = {person.number: person.name for person in world.people}
    return Transcript(story.name, world.language, world.channel, names, tuple(sorted(lines, key=lambda line: line.at)))


def _placeless(world: World, words: str | None) -> Any:
    """The story's own port is not part of the story."""
    return words if words is None else words.replace(world.address, "https://trelleborg.example")


def _one_line(words: str) -> str:
    """Isolates and line ends are not for reading."""
    return " ".join("".join(char for char in words if char not in "\u2066\u2067\u2068\u2069").split())
