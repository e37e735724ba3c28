"""She speaks with us by telephone alone, or with another municipality: which number, and nothing is asked any more.

No reason is asked, told or known here. What she had begun waits as it is; what comes unasked of a meeting still comes,
what cannot wait is answered as ever, and a person can be asked for. BACK takes it back.
"""

from backend.contract import CallForHelp
from bot.conversation.calling import answer_acute, register
from bot.conversation.meant import meant
from bot.conversation.running import ask_again, nothing_open
from bot.conversation.talk import Talk
from bot.hearing.words import Command, is_acute
from bot.messages import Said
from bot.openings import open_now
from bot.text import N_, languages, say

THEY_HAVE_IT = N_(
    "{municipality} has taken over. They ring or write to you first. Ring them: {telephone}. To write here again: BACK."
)
"""Of whoever was handed over to another municipality."""
RING_US = N_("Ring us: {telephone}. {now} You need not write more here. To write here again: BACK.")

_ASKED_NO_MORE = ("form", "human", "answered", "which", "nudge", "needs")
"""Questions of the talk itself. What is asked about a meeting or by staff stands in messages that come unasked."""

_STILL_HEARD = (
    "human",
    "what",
    "language",
    "late",
    "ill",
    "read",
    "others-read",
    "not-shared",
)
"""Words that work as ever."""
_OF_WHAT_STANDS = ("status", "my-week", "no-call")
"""These too, while it is we who help her: who is helped elsewhere has no step here, and no call."""


def wants_it(talk: Talk, event: Said, *, calls_for_help: bool, silent: bool) -> None:
    """She said so; under staff too she is told whom to ring. ``silent``: she wants no texts here."""
    thread = talk.thread
    if thread.language is None and event.speaks in languages():
        talk.state = talk.state.with_thread(language=event.speaks, speaks=thread.speaks or event.speaks)
    if calls_for_help:
        register(talk, event, own_words=False)
    talk.state = talk.state.with_person(only_rings=talk.person.only_rings or talk.now).with_thread(greeted=True)
    if is_acute(event.words):
        answer_acute(talk, event.words)
    else:
        talk.hand_over("asked")
    if not silent:
        _tell(talk)
    talk.means(meant(Command("human"), silent=False))


def goes_on(talk: Talk, event: Said, asked: Command | None) -> bool:
    """What she writes afterwards; ``False``: it is heard as ever."""
    opened = talk.thread.open
    if not _is_elsewhere(talk) or talk.thread.owner == "staff" or is_acute(event.words):
        return False
    if asked is not None and asked.name == "back":
        # Also where a question stands that came unasked, as one may for weeks: she was promised that this word works.
        if talk.person.moved is not None:
            _back_with_us(talk)
        talk.state = talk.state.with_person(only_rings=None, moved=None)
        ask_again(talk)
        if not talk.says:
            nothing_open(talk)
        return True
    if (asked is not None and _is_heard(talk, asked)) or (opened is not None and opened.ask not in _ASKED_NO_MORE):
        return False
    _tell(talk)
    return True


def ask_no_more(talk: Talk, *, wrote: bool) -> None:
    """Whatever the turn came to: no question of the talk is put, and none is open; the form's waits in its run.
    ``wrote``: it is hers, and she is not left without an answer."""
    if not _is_elsewhere(talk):
        return
    opened, kept = talk.thread.open, [one for one in talk.says if one.ask not in _ASKED_NO_MORE]
    if len(kept) < len(talk.says):
        talk.says[:] = kept
        if wrote and not kept:
            _tell(talk)
    if opened is not None and opened.ask in _ASKED_NO_MORE:
        forms = opened if opened.ask == "form" else talk.thread.interrupted
        talk.state = talk.state.with_thread(open=None, interrupted=forms)


def _is_heard(talk: Talk, asked: Command) -> bool:
    return asked.name in _STILL_HEARD or (asked.name in _OF_WHAT_STANDS and talk.person.moved is None)


def _is_elsewhere(talk: Talk) -> bool:
    return talk.person.only_rings is not None or talk.person.moved is not None


def _back_with_us(talk: Talk) -> None:
    """She asks for help here once more: a matter of its own, beside what another municipality has taken over."""
    talk.call(
        CallForHelp(
            person=talk.person.id,
            thread=talk.thread.id,
            channel=talk.thread.channel,
            language=talk.thread.speaks or talk.language,
            received_at=talk.now,
            telephone=talk.state.telephone,
        )
    )


def _tell(talk: Talk) -> None:
    if (to := talk.person.moved) is not None:
        talk.say(say(THEY_HAVE_IT, municipality=to.name, telephone=to.telephone))
        return
    talk.say(say(RING_US, telephone=talk.policy.telephone, now=open_now(talk.policy, talk.now)))
