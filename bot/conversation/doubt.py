"""Nobody has written from here for a year: whose is it now? Until somebody says it is still hers, nothing else is said.

A number is given to somebody else after some months. Nothing of the old talk may reach that person, not even that there
was one; so one neutral question is all there is, and what a stranger writes reaches staff.
"""

from backend.contract import ContactConfirmed
from bot.conversation.putting import STILL_HERS, put_own
from bot.conversation.running import ask_again
from bot.conversation.talk import PERSONAL_CHANNELS, Talk
from bot.leaving.sending import STILL_YOURS
from bot.messages import Outgoing, Said
from bot.questions import Misunderstood, YesNo
from bot.text import N_, say

WELCOME_BACK = N_("Thank you. Now we can write to you here.")


def is_hers(talk: Talk, event: Said) -> bool | None:
    """What was answered, if that was asked; ``None``: nothing that tells. A figure or a button is meant for something
    else."""
    opened = talk.thread.open
    if opened is None or opened.ask != STILL_YOURS or event.question is not None:
        return None
    heard = YesNo().understand(event.words, talk.language, today=talk.today)
    if isinstance(heard, Misunderstood) or any(map(str.isdigit, event.words)):
        return None
    talk.means(YesNo().show(heard.meaning))
    return heard.meaning


def ask_whose(talk: Talk) -> None:
    """The one neutral question; the form's is set aside."""
    opened = talk.thread.open
    if opened is not None and opened.ask == "form":
        talk.state = talk.state.with_thread(interrupted=opened)
    talk.state = talk.state.with_thread(doubted=True)
    put_own(talk, STILL_YOURS)


def verify_again(talk: Talk) -> None:
    """Staff know that it is hers whom we look for: the one neutral question leaves, and nothing else before its
    answer. Not where somebody else goes on from there: the answer would be theirs."""
    if not talk.thread.frozen or talk.thread.given_up or talk.thread.channel in PERSONAL_CHANNELS:
        return
    talk.state = talk.state.with_thread(frozen=False, doubted=True, to_prove=True, open=None, turned=None)
    talk.says.append(
        Outgoing(STILL_YOURS, say(STILL_HERS.text), question=talk.new_token(), ask=STILL_YOURS, language=talk.language)
    )


def trust_again(talk: Talk) -> None:
    """It is hers: what waited for that leaves, and the talk goes on."""
    talk.state = talk.state.with_thread(doubted=False, to_prove=False, heard=talk.now, open=None, misses=0)
    if talk.thread.channel == "sms" and talk.state.telephone is not None:
        # She answered our neutral text from there: what silence, or a wrong number, took away she has shown anew.
        talk.call(ContactConfirmed(person=talk.person.id, telephone=talk.state.telephone, at=talk.now))
    talk.say(say(WELCOME_BACK))
    ask_again(talk)
