"""How a machine's translation is sent: it says what it is, and the words as they were written stand below it."""

from backend import locales
from backend.locales import N_

_BY_A_MACHINE = N_("Translated by a machine, it may be wrong:")
_AS_WRITTEN = N_("As it was written, in Swedish:")


def marked(language: str, words: str, translation: str) -> str:
    """What arrives. Where we write no text in a language, the marks are in Swedish."""
    spoken = language if language in locales.languages() else locales.SWEDISH
    above, between = locales.say(_BY_A_MACHINE, spoken), locales.say(_AS_WRITTEN, spoken)
    # Where the language runs the other way the Swedish keeps its own, to its last full stop.
    return f"{above}\n{translation}\n\n{between}\n{locales.write(words, spoken)}"
