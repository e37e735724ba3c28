"""Stop, start and wrong number: obeyed whoever owns the thread, and also where the provider heard them first."""

from typing import Literal

from backend.contract import Phone
from bot.conversation.calling import register
from bot.conversation.meant import meant
from bot.conversation.own import answer_own
from bot.conversation.running import A_PERSON_READS, ask_again, nothing_open, start
from bot.conversation.speaking import learn
from bot.conversation.talk import PERSONAL_CHANNELS, Talk, is_doubted
from bot.hearing.words import Command
from bot.messages import Said, Thread
from bot.text import N_, Text, say

STOPPED = N_("We write no more to this number. Write START if you want us back. Your meeting stands.")
STOPPED_HERE = N_("We write no more to you here. Write START if you want us back. Your meeting stands.")
WRONG = N_("Thank you. We write no more to this number.")
NOT_CONFIRMED = N_("We write to no number before someone has answered JA there.")
WRONG_HERE = N_("Thank you. We write no more to you here.")


def always(talk: Talk, asked: Command) -> None:
    """Stop, start and wrong number: obeyed whoever owns the thread."""
    if asked.name == "stop":
        talk.say(_stopped(talk))
        talk.state = talk.state.with_thread(opted_out=True)
        tell_of_phone(talk, "opted-out")
    elif asked.name == "wrong-number" and talk.thread.channel in PERSONAL_CHANNELS:
        _gave_a_wrong_number(talk)
    elif asked.name == "wrong-number":
        talk.say(say(WRONG_HERE if talk.thread.channel == "telegram" else WRONG))
        talk.state = talk.state.with_thread(frozen=True, open=None, interrupted=None)
        tell_of_phone(talk, "wrong-number")
    elif _begins(talk.thread):
        # "Start" as the very first word, and the button of that name where a talk begins.
        nothing_open(talk)
    else:
        _let_back(talk, speaks=True)


def _stopped(talk: Talk) -> Text:
    """What confirms it. Whom another municipality has taken over has no time with us that stands."""
    here = talk.thread.channel == "telegram"
    if talk.person.moved is not None:
        return say(WRONG_HERE if here else WRONG)
    return say(STOPPED_HERE if here else STOPPED)


def _let_back(talk: Talk, *, speaks: bool) -> None:
    """We may write again; ``speaks``: and say so, with the question that was open."""
    talk.state = talk.state.with_thread(opted_out=False, provider_stopped=False)
    tell_of_phone(talk, "back")
    if not speaks:
        return
    talk.say(say(N_("Welcome back.")))
    if talk.thread.owner == "bot":
        ask_again(talk)


def _gave_a_wrong_number(talk: Talk) -> None:
    """On her own screen we reach nobody else: a number she gave us is wrong, and we ask for the right one."""
    if talk.thread.owner == "staff":
        return
    run = talk.run
    if not talk.thread.greeted:
        nothing_open(talk)
    elif talk.person.telephone is not None:
        # Confirmed from there once: a person finds out what has changed.
        talk.say(say(A_PERSON_READS))
        talk.hand_over("wrong-number")
        ask_again(talk)
    elif talk.thread.open is None and not talk.thread.awaited and (run is None or run.state != "open"):
        start(talk, "number")
    else:
        talk.say(say(NOT_CONFIRMED))
        ask_again(talk)


def _begins(thread: Thread) -> bool:
    return not (thread.opted_out or thread.greeted or thread.open) and thread.owner == "bot"


def said_to_staff(talk: Talk, wish: Literal["stop", "start", "wrong-number"], *, tell: bool) -> None:
    """Staff have heard it: obeyed as if it had been written here, and confirmed once. Said again it changes nothing.
    Where nobody has written for a year nothing is confirmed: the number may be another's by now.

    What her provider has stopped stays stopped: only what she writes to it herself opens there.
    """
    thread, here = talk.thread, talk.thread.channel == "telegram"
    tell = tell and not talk.person.is_silent and not is_doubted(thread, talk.now)
    if thread.channel in PERSONAL_CHANNELS or thread.frozen or (here and wish == "wrong-number"):
        return
    if wish == "start":
        if thread.opted_out and thread.provider_stopped:
            tell_of_phone(talk, "opted-out", by_provider=True)
        elif thread.opted_out:
            _let_back(talk, speaks=tell)
        return
    if thread.opted_out and wish == "stop":
        return
    if tell and not thread.opted_out:
        talk.say(say(WRONG) if wish == "wrong-number" else _stopped(talk))
    if wish == "stop":
        talk.state = talk.state.with_thread(opted_out=True)
    else:
        talk.state = talk.state.with_thread(frozen=True, open=None, interrupted=None)
    if not here:  # of an account staff know already: they said it
        tell_of_phone(talk, "opted-out" if wish == "stop" else "wrong-number")


def tell_of_phone(talk: Talk, what: Literal["opted-out", "wrong-number", "back"], *, by_provider: bool = False) -> None:
    """The backend keeps telephones; of an account elsewhere staff are told, to find another way. ``by_provider``: it
    lets nothing through."""
    if talk.thread.channel == "telegram":
        if what != "back":
            talk.hand_over(what)
        return
    person, telephone = talk.person.id, talk.state.telephone
    if what == "wrong-number":
        talk.call(Phone(person=person, telephone=telephone, at=talk.now, wrong_number=True))
    else:
        talk.call(
            Phone(
                person=person,
                telephone=telephone,
                at=talk.now,
                opted_out=what == "opted-out",
                by_provider=by_provider,
            )
        )


def taken_by_provider(talk: Talk, event: Said, asked: Command | None) -> bool:
    """Follow what the provider did by itself at this word. ``True``: nothing is left to be said.

    What it has answered we do not answer once more; but who is answered by it alone, and has never heard from us, is
    shown to a person.
    """
    word, unknown = asked.name if asked is not None else "", not (talk.thread.greeted or talk.person.helped)
    if event.keyword == "stop":
        _stopped_by_provider(talk, event, word)
        return True
    if talk.thread.frozen:
        return False
    if event.keyword == "start" and talk.thread.opted_out:
        # "Yes" too lets us through again; what it may have been the answer to was asked long ago.
        talk.means(meant(Command("start"), silent=True))
        _let_back(talk, speaks=not event.answered)
        return True
    # "Yes" and "help" may also be answers of hers, and go on as such.
    if not event.answered or not (word in ("start", "help") or (unknown and event.keyword == "help")):
        return False
    if unknown:
        learn(talk, event)
        register(talk, event, own_words=True)
        talk.hand_over("asked")
    return True


def _stopped_by_provider(talk: Talk, event: Said, word: str) -> None:
    """It lets nothing of ours through any more. Who meant something else by the word ("cancel") is shown to staff."""
    opened, was_silent = talk.thread.open, talk.thread.opted_out or talk.thread.frozen
    known = was_silent and (talk.thread.provider_stopped or talk.thread.frozen)
    talk.state = talk.state.with_thread(opted_out=True, provider_stopped=True)
    if not known:
        tell_of_phone(talk, "opted-out", by_provider=True)
    if word == "stop":
        if not was_silent and not event.answered:
            talk.say(_stopped(talk))
        return
    if not was_silent and not word and opened is not None and opened.ask == "move-or-cancel":
        # What she answered is done, though it cannot be said here.
        answer_own(talk, event, opened)
        talk.says.clear()
    talk.hand_over("opted-out")
