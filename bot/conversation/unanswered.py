"""She wrote where we are silent, or nobody knows who writes: what cannot wait is answered, and staff are told."""

from bot.conversation.beforehand import tell_quietly
from bot.conversation.calling import answer_acute, register
from bot.conversation.doubt import ask_whose, is_hers, trust_again
from bot.conversation.elsewhere import hide
from bot.conversation.flood import is_flooding
from bot.conversation.speaking import learn
from bot.conversation.stopping import WRONG, WRONG_HERE, always, tell_of_phone
from bot.conversation.talk import PERSONAL_CHANNELS, Talk
from bot.hearing.words import Command, is_acute
from bot.leaving.sending import NOT_HERS
from bot.messages import Said
from bot.text import N_, say

WHERE_TO_TURN = N_("Thank you. A person reads this. Do you need help yourself? Write APPLY, or ring {telephone}.")

_TO_THE_MACHINE = (
    "back",
    "calendar",
    "change",
    "language",
    "later",
    "others-read",
    "remove",
    "repeat",
    "start",
    "stop",
    "wrong-number",
)
"""Words that want nothing of a human; whoever writes another while we are silent waits for somebody."""


def in_doubt(talk: Talk, event: Said, asked: Command | None) -> None:
    """Nobody knows who writes: what cannot wait, then whose it is; nothing of what was said before."""
    hers = is_hers(talk, event)
    if hers:
        trust_again(talk)
    elif hers is False or (asked is not None and asked.name == "wrong-number"):
        talk.state = talk.state.with_thread(doubted=True)
        always(talk, Command("wrong-number"))
    elif asked is not None and asked.name == "stop":
        # Not the words that say that a meeting stands.
        talk.say(say(WRONG_HERE if talk.thread.channel == "telegram" else WRONG))
        talk.state = talk.state.with_thread(doubted=True, opted_out=True)
        tell_of_phone(talk, "opted-out")
    else:
        if is_acute(event.words):
            answer_acute(talk, event.words)
        ask_whose(talk)


def heard_in_silence(talk: Talk, event: Said, asked: Command | None) -> None:
    """Nothing is answered where the person said stop, but what she writes still reaches a human. Whoever has a wrong
    number is told once a day where to turn, and what to write to be somebody of their own
    (:mod:`bot.arriving.newcomers`).

    Who asks for help has asked for it. Only what cannot wait is answered, with the numbers to ring, and is in the inbox
    at once: she wished for no texts, not to be left alone.
    """
    if event.rang and talk.thread.opted_out:
        talk.hand_over("opted-out")  # she wants no texts, and wants to be rung
    if asked is not None and asked.name == "others-read" and talk.person.helped:
        hide(talk)  # true also when texts come again
    here = talk.thread
    if asked is not None and asked.name == "wrong-number" and not here.frozen and here.channel not in PERSONAL_CHANNELS:
        # Whose number it is not, is told of nothing later either, though texts were stopped before that was said.
        talk.state = talk.state.with_thread(frozen=True, open=None, interrupted=None)
        tell_of_phone(talk, "wrong-number")
    # Where nothing undoes a wrong number, to be let back is for a human.
    undoes = asked is not None and asked.name == "start" and here.frozen
    if event.question is not None or (asked is not None and asked.name in _TO_THE_MACHINE and not undoes):
        return
    if asked is not None and asked.name in ("late", "ill") and not talk.thread.frozen:
        _tell_in_silence(talk, asked)
    if not talk.person.helped:
        learn(talk, event)
        register(talk, event, own_words=True)
    if is_acute(event.words):
        answer_acute(talk, event.words)
    elif event.words.strip():
        # Who has the number now may need help as much as who had it; or it was hers all the time, said by mistake.
        talk.hand_over("opted-out" if talk.thread.opted_out else "wrong-number")
        _tell_where_to_turn(talk)


def _tell_where_to_turn(talk: Talk) -> None:
    """Who has a number that is not hers whom we looked for is no less in need: nothing of her, and how to be somebody
    of their own here; once a day, for a machine may write back."""
    thread = talk.thread
    if thread.opted_out or thread.owner == "staff" or thread.turned == talk.today or is_flooding(talk):
        return
    talk.state = talk.state.with_thread(turned=talk.today)
    talk.say(say(WHERE_TO_TURN, telephone=talk.policy.telephone), kind=NOT_HERS)


def _tell_in_silence(talk: Talk, asked: Command) -> None:
    """It stands on the meeting for whoever holds it; what would be asked of her then, staff ask who read this too."""
    was = talk.thread
    tell_quietly(talk, asked)
    talk.says.clear()
    talk.state = talk.state.with_thread(open=was.open, interrupted=was.interrupted)
