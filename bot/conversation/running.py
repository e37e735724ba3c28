"""Running a flow: play it over the answers, say what is new, and do what its stop asks for."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid5

from backend.contract import AcuteNeed, HandOver, Phone, SendApplication, Sensitivity
from bot.answers import is_question
from bot.conversation.asked import asked, give, give_and_ask, lives_nearby
from bot.conversation.meetings import ask_beside
from bot.conversation.parts import hand_in, is_of_two
from bot.conversation.putting import CONFIRM_CONTACT, put, put_own, put_summary
from bot.conversation.talk import Talk
from bot.conversation.understood import UNDERSTOOD, say_time
from bot.flows import flows
from bot.flows.apply import AT_THE_MEETING
from bot.form import Go, Hear, Played, Reach, Shared, new_words, play
from bot.messages import Outgoing, Run, changed
from bot.text import N_, Telephone, Text, say

NOT_SENT = N_("We cannot send a text to {telephone}. Ring us instead: {number}.")
A_PERSON_READS = N_("A person reads what you wrote and answers you.")


def replay(talk: Talk, run: Run, hear: Hear | None = None) -> Played:
    """Where the run stands, with what is heard on the way; nothing is said or done."""
    return play(
        flows()[run.flow],
        talk.context(run),
        run.answers,
        run.facts,
        digest=run.digest,
        corrects=run.corrects,
        records=run.records,
        given=run.given,
        sealed=run.sealed,
        implied=run.implied,
        changing=run.changing[0] if run.changing else None,
        hear=hear,
    )


def start(talk: Talk, flow: str, carries: Mapping[str, Any] | None = None) -> None:
    """Begin a flow; ``carries``: what it is given to begin with."""
    run = Run(talk.new_id(), flow, talk.now, talk.language, answers=carries or {})
    talk.state = talk.state.with_run(run).with_thread(run=run.id)
    go_on(talk)


def go_on(talk: Talk, reason: Text | None = None, played: Played | None = None) -> None:
    """Play the thread's run from the top and stop where it stops; ``reason`` says why a question comes again.

    ``played``: how far it comes, where that is known."""
    run = talk.run
    if run is None:
        return
    played = played or replay(talk, run)
    if _may_not_stand_here(talk, run, played):
        # It stays as far as it has come, and goes on where nobody else reads.
        talk.open(None)
        talk.state = talk.state.with_thread(run=None, interrupted=None)
        talk.say(say(AT_THE_MEETING))
        return
    fresh, said = new_words(played.form.said, run.said)
    run = changed(run, answers=played.form.answers, implied=tuple(played.form.implied), said=said)
    talk.state = talk.state.with_run(run)
    for text in fresh:
        talk.say(text)
    if played.asking is not None:
        put(talk, run, played, played.asking, reason)
    elif (wanted := played.lookup or played.fact) is not None:
        call = talk.call(wanted.query(played.form), answers=True)
        talk.wait_for(call, "look-up", played.lookup_key)
        talk.open(None)
    elif played.confirming:
        put_summary(talk, played, reason)
    else:
        _finish(talk, run, played)


def _may_not_stand_here(talk: Talk, run: Run, played: Played) -> bool:
    """Whether an application has come to something that others would read here: its summary, or a question."""
    asks = played.confirming or (played.asking is not None and played.asking.elsewhere)
    return asks and flows()[run.flow].application and not talk.carries(Sensitivity.PERSONAL)


def close(talk: Talk, run: Run) -> None:
    """The run is done; its answers stay until retention takes them."""
    talk.state = talk.state.with_run(replace(run, state="closed")).with_thread(run=None)


def give_up(talk: Talk, run: Run) -> None:
    """What was begun beside a form comes to nothing: the form goes on where it was."""
    close(talk, run)
    talk.open(None)
    waiting = [other for other in talk.state.runs.values() if other.state == "open"]
    if waiting:
        talk.state = talk.state.with_thread(run=max(waiting, key=lambda other: other.began).id)
        go_on(talk)


def refuse(talk: Talk, run: Run) -> None:
    """What she sent cannot be taken as it is: a human looks."""
    talk.state = talk.state.with_run(replace(run, state="refused"))
    if talk.thread.run == run.id:
        talk.state = talk.state.with_thread(run=None)
    talk.say(say(N_("Something went wrong with us. Nothing you wrote is lost. A person looks at it and answers you.")))
    talk.hand_over("asked")


def _finish(talk: Talk, run: Run, played: Played) -> None:
    """The flow has come to its end: its one effect, and what comes after."""
    returned = played.returned
    talk.open(None)
    if isinstance(returned, Go):
        close(talk, run)
        start(talk, returned.flow, returned.carries)
        return
    if isinstance(returned, Reach):
        _reach(talk, returned.telephone)
    elif isinstance(returned, Shared):
        talk.state = talk.state.with_thread(shared=returned.yes)
    elif played.form.part and isinstance(returned, SendApplication) and is_of_two(talk, run):
        hand_in(talk, run, returned)
        return
    elif returned is not None:
        waits = flows()[run.flow].waits
        call = talk.call(returned, key=uuid5(run.id, str(run.sends)), answers=waits)
        if waits:
            talk.state = talk.state.with_run(replace(run, state="sent", sends=run.sends + 1))
            talk.wait_for(call, "effect")
            return
        _note_effect(talk, returned)
    close(talk, run)
    if played.then is not None:
        start(talk, played.then.flow, played.then.carries)
        return
    if run.flow == "number":
        take_up_application(talk)
    if talk.thread.run is None:
        ask_beside(talk)


def _note_effect(talk: Talk, effect: object) -> None:
    """What the talk itself needs to know of an effect that nobody waits for."""
    if isinstance(effect, AcuteNeed):
        talk.state = talk.state.with_person(acute=True, alarmed=talk.now)
        talk.hand_over("acute")
    elif isinstance(effect, HandOver):
        talk.state = talk.state.with_thread(handed_over=True)
    elif isinstance(effect, Phone) and effect.shared is not None:
        talk.state = talk.state.with_thread(shared=effect.shared)


def _reach(talk: Talk, telephone: str) -> None:
    """A neutral text to the number; only a reply there links it to the person."""
    talk.says.append(
        Outgoing(
            "confirm-contact",
            say(CONFIRM_CONTACT.text),
            question=talk.new_token(),
            ask="confirm-contact",
            reference=talk.person.id,
            telephone=telephone,
            language=talk.language,
            until=talk.now + timedelta(hours=24),
        )
    )
    talk.says.append(
        Outgoing(
            "reply",
            say(
                N_("We have sent a text to {telephone}. Answer JA there, then we can write to you there too."),
                telephone=Telephone(telephone),
            ),
            instead=say(NOT_SENT, telephone=Telephone(telephone), number=talk.policy.telephone),
        )
    )


def ask_again(talk: Talk, reason: Text | None = None) -> None:
    """The open question once more, in full; what was set aside, if nothing is open."""
    opened = talk.thread.open
    if opened is not None and opened.ask == "form":
        go_on(talk, reason)
        return
    if reason is not None:
        talk.say(reason)
    if opened is not None and opened.ask == "nudge":
        take_up(talk)
    elif opened is not None and opened.ask == UNDERSTOOD:
        # Asked once: after that only what it was about is said.
        talk.open(None)
        if talk.person.meeting is not None and talk.stands(talk.person.meeting):
            say_time(talk, talk.person.meeting)
    elif opened is not None:
        put_own(talk, opened.ask, opened.reference, opened.until, about=opened.question)
    elif talk.thread.interrupted is not None:
        resume(talk)
    elif not talk.thread.greeted:
        nothing_open(talk)


def resume(talk: Talk) -> None:
    """Back to the question that was set aside: asked again in full before any word counts as its answer."""
    if talk.thread.interrupted is None or talk.thread.owner == "staff":
        return
    talk.state = talk.state.with_thread(open=talk.thread.interrupted, interrupted=None)
    ask_again(talk)


def take_up_application(talk: Talk) -> None:
    """Where nothing is asked any more: her own application that was left for another's goes on where it was."""
    left = [run for run in talk.state.runs.values() if run.state == "open" and flows()[run.flow].application]
    idle = talk.thread.open is None and talk.thread.interrupted is None and talk.thread.run is None
    if left and idle and talk.thread.owner == "bot" and talk.carries(Sensitivity.PERSONAL):
        talk.state = talk.state.with_thread(run=max(left, key=lambda run: run.began).id)
        go_on(talk)


def take_up(talk: Talk) -> None:
    """Back after a long silence: what was offered then is looked up anew, and the question comes in full."""
    run = talk.run
    if run is not None:
        kept = {key: fact for key, fact in run.facts.items() if key in run.answers}
        talk.state = talk.state.with_run(replace(run, facts=kept))
    resume(talk)


def nothing_open(talk: Talk, words: str = "") -> None:
    """The person wrote and no question is open: greet, go on where we were, or let a human read it."""
    thread, run = talk.thread, talk.run
    if thread.awaited:
        if found := asked(talk, words):
            give(talk, *found)
        elif not any(one.told for one in thread.awaited):
            talk.say(say(N_("One moment.")))
            told_to_wait(talk)
    elif run is not None and run.state == "open":
        give(talk, *asked(talk, words))
        go_on(talk)
    elif not thread.greeted or talk.person.meeting is None:
        if is_question(words) or lives_nearby(talk, words):
            give(talk, *asked(talk, words))
        talk.state = talk.state.with_thread(greeted=True)
        start(talk, "welcome")
    else:
        _after_the_first_talk(talk, words)


def _after_the_first_talk(talk: Talk, words: str) -> None:
    meeting = talk.person.meeting
    if found := asked(talk, words):
        give_and_ask(talk, found)
        return
    if words.strip():
        talk.say(say(A_PERSON_READS))
        talk.hand_over("question")
    if meeting is not None and talk.stands(meeting):
        talk.say(say(N_("Your time: {time}, {address}."), time=meeting.start, address=meeting.address))
    elif not words.strip():
        start(talk, "welcome")


def told_to_wait(talk: Talk) -> None:
    """The person has been told that an answer takes time: once is enough."""
    waiting = tuple(replace(one, told=True) for one in talk.thread.awaited)
    talk.state = talk.state.with_thread(awaited=waiting)
