"""Machine translation of what people and staff write freely: optional, and off where no service is set.

What it gives is always marked, always beside the original, and never of a decision, of money or of a time to appeal.
Nothing waits for it: a conversation is read and answered without it as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol


class Away(Exception):
    """The service did not answer, or refused us. Says which kind of trouble, and nothing of the words."""


class NotTranslated(Exception):
    """It answered, and gave no translation that can be used: it lacks the language, or lost what was masked."""


@dataclass(frozen=True)
class Standing:
    """How a service is when nobody's words are sent to it: ``open``, it does not answer (``away``), it does not let us
    in (``refused``), or the quota is used up (``used-up``).

    ``why``: a status or a class of error. ``left``: signs left of the quota, where it has one. ``lacks``: of the
    languages asked about, those it has not.
    """

    state: Literal["open", "away", "refused", "used-up"]
    why: str = ""
    left: int | None = None
    lacks: tuple[str, ...] = ()


class Translator(Protocol):
    """A service of the municipality's."""

    @property
    def name(self) -> str:
        """What staff, and whoever reads who had her words, call it."""
        ...

    async def translate(self, words: str, source: str, target: str) -> str:
        """Words from one language into another, by our codes. Raises Away, NotTranslated."""
        ...

    async def standing(self, languages: Sequence[str]) -> Standing:
        """How it is, for whoever looks after us. Sends nobody's words: none, or one of our own. Never raises."""
        ...
