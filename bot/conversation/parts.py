"""Her own part of an application of two goes to the backend, which alone joins it with the other's."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from backend.contract import HandInPart, InvitePart, LeaveJoint, SendApplication
from bot.conversation.talk import Talk
from bot.flows import flows
from bot.form import play
from bot.messages import Awaited, Run, Two
from bot.text import languages

JOINT = "joint"
"""What an answer of the backend about an application of two is waited for as; the question says for what of it."""


def hand_in(talk: Talk, run: Run, part: SendApplication) -> None:
    """She has confirmed her part: it is kept there. The first time, the application of two is begun before."""
    two = talk.person.two
    if two is None or (run.corrects is None and _has_come_in(talk, two)):
        two = Two("inviter")
    talk.state = talk.state.with_run(replace(run, state="sent", sends=run.sends + 1))
    talk.state = talk.state.with_person(two=replace(two, run=run.id))
    if two.joint is None:
        asked = InvitePart(person=talk.person.id, at=talk.now, kind=part.kind, month=part.month)
        call = talk.call(asked, key=uuid5(run.id, "joint"), answers=True)
        wait_for(talk, call, "invite", run)
        return
    unattested = part.model_copy(update={"attested": False, "corrects": None})
    key = uuid5(run.id, str(run.sends))
    call = talk.call(HandInPart(part=unattested), key=key, answers=True, joint=str(two.joint))
    wait_for(talk, call, "part", run)


def is_of_two(talk: Talk, run: Run) -> bool:
    """Whether a part goes to an application of two. Whoever is another's partner, or has agreed on a phrase, begins
    none: the other part is taken at the meeting."""
    two = talk.person.two
    anothers = two is not None and two.side == "partner" and run.flow != "part" and not _has_come_in(talk, two)
    return not anothers and not talk.person.agreed


def _has_come_in(talk: Talk, two: Two) -> bool:
    """Whether it has once, though one of them has changed her part since: whoever applies anew applies for more."""
    run = talk.state.runs.get(two.run) if two.run is not None else None
    return two.complete or (run is not None and run.corrects is not None)


def wait_for(talk: Talk, call: UUID, step: str, run: Run | None = None) -> None:
    """Wait for an answer about it, whatever else is begun meanwhile."""
    awaited = Awaited(call, JOINT, step, run=run.id if run is not None else None)
    talk.state = talk.state.with_thread(awaited=(*talk.thread.awaited, awaited))


def part_of(talk: Talk, run: Run) -> SendApplication | None:
    """Her part as she confirmed it, whatever language she has gone on in and wherever she writes now."""
    for language in dict.fromkeys((talk.language, run.language, *languages())):
        context = talk.context(run)._replace(language=language)
        played = play(
            flows()[run.flow],
            context,
            run.answers,
            run.facts,
            digest=run.digest,
            corrects=run.corrects,
            records=run.records,
            given=run.given,
            sealed=run.sealed,
        )
        if isinstance(played.returned, SendApplication):
            return played.returned
    return None


def apart(talk: Talk) -> None:
    """They do not apply together any more. Who invited applies herself, as she confirmed it; what the other one would
    have answered is asked at the meeting."""
    two = talk.person.two
    if two is None:
        return
    if two.joint is not None and (two.side == "inviter" or two.joined):
        talk.call(LeaveJoint(person=talk.person.id, at=talk.now), joint=str(two.joint))
    talk.state = talk.state.with_person(two=None)
    run = talk.state.runs.get(two.run) if two.run else None
    if two.side == "partner":
        close_part(talk)
    elif run is not None and two.kept is not None:
        send_alone(talk, run, two.kept)


def send_alone(talk: Talk, run: Run, confirmed: datetime) -> None:
    """Her part as an application of her own, from the day she confirmed it."""
    part = part_of(talk, run)
    if part is None:
        talk.hand_over("asked")
        return
    received = part.model_copy(update={"received_at": confirmed})
    call = talk.call(received, key=uuid5(run.id, str(run.sends)), answers=True)
    talk.state = talk.state.with_run(replace(run, state="closed", sends=run.sends + 1))
    wait_for(talk, call, "alone", run)


def close_part(talk: Talk) -> None:
    """What she was about to answer is asked no more."""
    for run in [one for one in talk.state.runs.values() if one.flow == "part" and one.state in ("open", "sent")]:
        talk.state = talk.state.with_run(replace(run, state="closed"))
        if talk.thread.run == run.id:
            talk.state = talk.state.with_thread(run=None, interrupted=None)
            if talk.thread.open is not None and talk.thread.open.ask == "form":
                talk.state = talk.state.with_thread(open=None)
    if talk.thread.open is not None and talk.thread.open.ask in ("join", "attest"):
        talk.state = talk.state.with_thread(open=None)
