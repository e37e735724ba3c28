"""What she wishes of her interpreter: told of once, said with a word at any time, and never asked why.

A wish, no promise: the backend takes it along to whoever is asked, or tells those who have asked already.
"""

from datetime import timedelta

from backend.contract import Meeting, MeetingStatus, WishOfInterpreter
from bot.conversation.talk import Talk
from bot.conversation.understood import is_idle
from bot.hearing.words import Command
from bot.text import N_, say

WISHES = N_("The interpreter comes from us: no relative, no child. A wish? Write WOMAN, MAN or OTHER INTERPRETER.")
WISHES_IN_SOMALI = N_(
    "The interpreter comes from us: no relative, no child. "
    "A wish? Write WOMAN, MAN, NORTHERN, BENAADIRI or OTHER INTERPRETER."
)
"""Into Somali, whose dialects are ordered apart; other languages that are taken for each other have their own names."""
HEARD = N_("Thank you. We try to arrange it, but cannot promise it.")

DIALECTS = {"northern": ("so",), "benaadiri": ("so",), "hazaragi": ("prs", "fa")}
"""Each dialect that may be wished, and of which languages."""

HEARD_FOR = timedelta(days=30)
"""So long after a meeting a single word is still about its interpreter."""


def tell_of_wishes(talk: Talk, meeting: Meeting) -> None:
    """What she may wish, once, when all that follows a booking with an interpreter is answered."""
    if meeting.interpreter_language is None or talk.person.wishes_told or not is_idle(talk, meeting):
        return
    talk.state = talk.state.with_person(wishes_told=True)
    talk.say(say(WISHES_IN_SOMALI if meeting.interpreter_language == "so" else WISHES))


def may_wish(talk: Talk, wished: str | None) -> bool:
    """Whether there is an interpreter to wish that of: at a meeting to come, or one that was lately. A dialect is no
    wish but another language where it is not one of hers."""
    meeting = talk.person.meeting
    if meeting is None or meeting.interpreter_language is None or meeting.status is MeetingStatus.CANCELLED:
        return False
    languages = DIALECTS.get(wished or "", (meeting.interpreter_language,))
    return meeting.interpreter_language in languages and meeting.end + HEARD_FOR > talk.now


def wish(talk: Talk, asked: Command) -> None:
    """Her word, told to whoever arranges interpreters; that she is heard is said where no human has the thread."""
    said = {"person": talk.person.id, "at": talk.now, "wish": asked.argument}
    talk.call(WishOfInterpreter.model_validate(said))
    if talk.thread.owner == "bot":
        talk.say(say(HEARD))
