"""Machine translation of what people and staff write freely: optional, and off where no service is set.

What it gives is always marked, always beside the original, and never of a decision, of money or of a time to appeal.
Nothing waits for it: a conversation is read and answered without it as well.
"""

from typing import Protocol


class Away(Exception):
    """The service did not answer, or refused us. Says which kind of trouble, and nothing of the words."""


class NotTranslated(Exception):
    """It answered, and gave no translation that can be used: it lacks the language, or lost what was masked."""


class Translator(Protocol):
    """A service of the municipality's."""

    @property
    def name(self) -> str:
        """What staff, and whoever reads who had her words, call it."""
        ...

    async def translate(self, words: str, source: str, target: str) -> str:
        """Words from one language into another, by our codes. Raises Away, NotTranslated."""
        ...
