"""What was said in a story, written down for a translator: in the language, with the Swedish beneath, and counted."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy import text

from backend.contract import EntryState
from bot import threads
from bot.stories import Story
from bot.stories.world import World
from bot.text import language_name, local, local_day, render, say, segments

_NOT_SAID = frozenset({EntryState.DROPPED, EntryState.GIVEN_UP, EntryState.FAILED})


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
        return segments(self.words) if self.channel == "sms" and self.who != "person" else 0


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
        arrow = "→" if line.who == "person" else "←"
        cost = f"  [{line.segments} sms]" if line.segments else ""
        told = [f"  {hour} {line.channel:4} {arrow} {_one_line(line.words)}{cost}"]
        if self.language != "sv" and line.swedish is not None and line.swedish != line.words:
            told.append(f"                 sv: {_one_line(line.swedish)}")
        return "\n".join(told)

    def _foot(self) -> str:
        texts = self.out()
        counted = [f"sms out {len(texts)}, in {len(self.inn())}, segments out {sum(one.segments for one in texts)}"]
        if self.out("web") or self.inn("web"):
            counted.append(f"web out {len(self.out('web'))}, in {len(self.inn('web'))}")
        return "; ".join(counted)


async def transcript(story: Story, world: World) -> Transcript:
    """Everything said in the world's threads, in the order it was said, with the stage directions."""
    engine = world.running.engine
    async with engine.database.transaction() as session:
        rows = (await session.execute(text("select id, channel from threads order by created_at, id"))).all()
    lines = [Said(at, "", "stage", words, None) for at, words in world.directions]
    for row in rows:
        lines += [
            Said(line.at, row.channel, line.who, line.original, line.swedish)
            for line in await threads.lines(engine, row.id)
            if line.state not in _NOT_SAID
        ]
    names = {person.number: person.name for person in world.people}
    return Transcript(story.name, world.language, world.channel, names, tuple(sorted(lines, key=lambda line: line.at)))


def _one_line(words: str) -> str:
    """Isolates and line ends are not for reading."""
    return " ".join("".join(char for char in words if char not in "\u2066\u2067\u2068\u2069").split())
