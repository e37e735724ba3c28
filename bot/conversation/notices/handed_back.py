"""The machine has the thread again: a marker, and on with the form where it was."""

from dataclasses import replace
from uuid import UUID

from backend.contract import HandedBack, JointQuery, NoticeKind
from bot.conversation.notices import Telling
from bot.conversation.ownership import owned_by
from bot.conversation.parts import wait_for
from bot.conversation.running import ask_again, replay
from bot.conversation.talk import Talk
from bot.flows import flows
from bot.form import questions_left
from bot.text import N_, say


def comes(talk: Talk, _: UUID, __: HandedBack) -> None:
    owned_by(talk, "bot")
    if talk.person.moved is not None:
        return  # nothing goes on here: she is told elsewhere who has her, and here when she writes
    _tell_of_two(talk)
    run, opened = talk.run, talk.thread.open
    if opened is None or opened.ask == "nudge":
        opened = talk.thread.interrupted
    if run is None or run.state != "open" or opened is None or opened.ask != "form":
        talk.say(say(N_("The machine is back. Write if you need anything.")))
        return
    played = replay(talk, run)
    answered = len([one for one in played.live if not one.implied])
    left = questions_left(flows()[run.flow], talk.context(run), played)
    if left > 1:
        place, total = answered + 1, answered + left
        talk.say(say(N_("The machine is back. We go on with question {n} of about {all}."), n=place, all=total))
    talk.state = talk.state.with_thread(open=opened, interrupted=None)
    ask_again(talk)


def _tell_of_two(talk: Talk) -> None:
    """The code that lets her partner in was not shown under staff: how it stands is looked up, and told."""
    two = talk.person.two
    if two is not None and two.untold:
        talk.state = talk.state.with_person(two=replace(two, untold=False))
        asked = JointQuery(person=talk.person.id, at=talk.now)
        wait_for(talk, talk.call(asked, answers=True, joint=str(two.joint)), "standing")


TELLING = Telling(NoticeKind.HANDED_BACK, comes)
