"""Somebody, or a machine, writes hundreds of messages in an hour: all of it is kept and shown, few of it answered.

Each answer on a telephone costs money, and takes the place of somebody else's. Beyond what a person can mean to say in
an hour the machine is as silent as where staff have the thread: words that cannot wait are still heard and passed on,
and a person reads the rest. Where people read our own pages nothing is sent, and nothing is limited.
"""

from datetime import timedelta

from bot.conversation.talk import PERSONAL_CHANNELS, Talk
from bot.messages import Heard
from bot.text import N_, say

AN_HOUR = timedelta(hours=1)
ANSWERED = 200
"""Messages in an hour that are answered: the whole application, in a hurry and with every answer changed once."""

HEEDED = 20
"""Messages beyond those to which words that cannot wait still get their answer."""

TOO_MANY = N_("You write faster than we can answer. A person reads all of it. Wait an hour, or ring {number}.")


def hear(talk: Talk) -> None:
    """One more message: counted, and once it is too many she and staff are told."""
    if talk.thread.channel in PERSONAL_CHANNELS:
        return
    heard = talk.thread.lately
    since = heard.since if heard is not None and talk.now - heard.since < AN_HOUR else talk.now
    times = heard.times + 1 if heard is not None and since == heard.since else 1
    talk.state = talk.state.with_thread(lately=Heard(since, times))
    if times == ANSWERED + 1 and not (talk.thread.opted_out or talk.thread.frozen):
        talk.hand_over("flood")
        if talk.thread.owner == "bot":
            talk.say(say(TOO_MANY, number=talk.policy.telephone))


def is_flooding(talk: Talk) -> bool:
    """Whether more has come in this hour than is answered."""
    return talk.thread.lately is not None and talk.thread.lately.times > ANSWERED


def hush(talk: Talk) -> None:
    """Nothing at all is said any more, whatever comes: what goes on so long is no person's distress."""
    if talk.thread.lately is not None and talk.thread.lately.times > ANSWERED + HEEDED:
        talk.says.clear()
