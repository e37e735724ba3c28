"""Somebody falls silent with something unfinished: asked three times at most, then shown to a person; nothing closes.

On the second, fifth and tenth day a neutral text asks whether she wants to go on; on the thirtieth staff decide what to
do. One timer of the thread looks at it: a word of hers moves the day it began, not the timer, so that talking costs
nothing more. Whoever has a meeting is reminded of that, and of nothing else.
"""

from dataclasses import replace
from datetime import timedelta

from backend.contract import MeetingStatus
from bot.conversation.putting import NUDGE, choices
from bot.conversation.talk import PERSONAL_CHANNELS, Talk
from bot.flows import flows
from bot.form import Flow
from bot.messages import Event, Filled, Open, Outgoing, Said, Silence, Thread, Timer
from bot.text import N_, say

SILENCE = "silence"
STEPS = tuple(timedelta(days=days) for days in (2, 5, 10, 30))
"""How long after her last word something is due. The last is for staff, the others ask her."""


def watch(talk: Talk, event: Event, was: Thread) -> None:
    """After every turn: who wrote or was asked is not silent any more; and who has something unfinished is watched."""
    opened, silence = talk.thread.open, talk.thread.silence
    asked = opened is not None and opened.ask == "form" and opened != was.open
    if silence != was.silence or not (asked or isinstance(event, Said | Filled)):
        return
    if silence is None and _unfinished(talk) is None:
        return
    if silence is None or silence.steps or silence.alone:
        # Else it is set, for an earlier day than the first of these, and looks again then.
        talk.timers.append(Timer(SILENCE, talk.now + STEPS[0]))
    talk.state = talk.state.with_thread(silence=Silence(talk.now))


def silent(talk: Talk) -> None:
    """The timer is due: do what the day asks for, once, and look again on the next such day."""
    silence, flow = talk.thread.silence, _unfinished(talk)
    if silence is None or flow is None:
        talk.state = talk.state.with_thread(silence=None)
        return
    # After a long stop of ours, days that have passed are behind: one text, not three.
    behind = sum(silence.since + step <= talk.now for step in STEPS)
    if behind == len(STEPS):
        talk.state = talk.state.with_thread(silence=None)
        talk.hand_over("silent")
        return
    asking = _waiting_question(talk)
    if behind > silence.steps and asking is not None and flow.if_left == "asked" and not silence.alone:
        _nudge(talk, asking)
    talk.state = talk.state.with_thread(silence=replace(silence, steps=behind))
    talk.timers.append(Timer(SILENCE, silence.since + STEPS[behind]))


def still_silent(talk: Talk) -> bool:
    """Whether a nudge that has left asks anything: she may have gone on while it was on its way."""
    silence = talk.thread.silence
    return silence is not None and silence.steps > 0 and _waiting_question(talk) is not None


def leave_alone(talk: Talk) -> None:
    """She does not want to be asked again. Whatever she writes goes on with the question, in full."""
    talk.open(None)
    talk.state = talk.state.with_thread(interrupted=None, misses=0)
    if talk.thread.silence is not None:
        talk.state = talk.state.with_thread(silence=Silence(talk.now, alone=True))
    talk.say(say(N_("We do not ask again. Write when you want to go on, or write RING.")))


def _unfinished(talk: Talk) -> Flow | None:
    """What she stands in, where neither a meeting nor an application has come of it and nobody else looks after it."""
    run, meeting = talk.run, talk.person.meeting
    if run is None or run.state != "open" or talk.person.applied is not None or talk.person.only_rings is not None:
        return None
    if talk.person.moved is not None:
        return None
    if talk.thread.owner == "staff" or talk.thread.frozen:
        return None
    if meeting is not None and meeting.status is not MeetingStatus.CANCELLED:
        # It is to come, and has its reminder; or it is behind, and the caseworker goes on from there.
        return None
    flow = flows()[run.flow]
    return None if flow.if_left == "nothing" else flow


def _waiting_question(talk: Talk) -> Open | None:
    """The form's question she left, where a text reaches her and she has not said that we may not write."""
    thread = talk.thread
    if thread.channel in PERSONAL_CHANNELS or thread.opted_out or thread.blocked:
        return None
    return thread.open if thread.open is not None and thread.open.ask == "form" else thread.interrupted


def _nudge(talk: Talk, asking: Open) -> None:
    talk.says.append(
        Outgoing(
            "nudge",
            say(NUDGE.text),
            choices=choices(NUDGE),
            question=talk.new_token(),
            ask="nudge",
            about=asking.token,
            reference=talk.thread.id,
            language=talk.language,
        )
    )
