"""May she be handed over to another municipality: her own word, in her language, where she writes.

What comes unasked says neither of what nor who: she is asked first whether she wants the question here. Silence is no
yes; whatever she answers she is helped here until somebody there has taken over.
"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid5

from backend.contract import AnswerMove, Meeting, MoveAnswered, MoveAsked, NoticeKind
from bot.conversation.notices import Asked, Telling
from bot.conversation.putting import choices, put_own
from bot.conversation.running import resume
from bot.conversation.talk import Talk
from bot.leaving.sending import Kind
from bot.messages import Open, Outgoing, Resulted
from bot.questions import Question, YesNo
from bot.text import N_, Value, say

MAY_WE_ASK = Question("may_we_ask", N_("We have a question about who helps you. May we ask it here?"), YesNo())
MAY_WE = Question(
    "may_we_move",
    N_("Do you want {municipality} to help you instead of us? They get your name, your number and what you asked for."),
    YesNo(),
)
MAY_WE_WITH_PAPERS = Question(
    "may_we_move_papers",
    N_(
        "Do you want {municipality} to help you instead of us? They get your name, your number, what you asked for "
        "and papers you have given us."
    ),
    YesNo(),
)
THEN_WE_ASK = N_("Thank you. We ask them, and write when they have taken over. Until then we help you here.")
NOT_ASKED = N_("That question stands no more. We help you here.")
STAYS_HERE = N_("All right. Then we help you here.")
PURPOSE = "move"
_STANDS = timedelta(days=14)

ASKS = Kind("move-asked", proactive=True, quiet="day", segments=(1, 2), fallback="other", priority="change")


def comes(talk: Talk, _: UUID, told: MoveAsked) -> None:
    talk.state = talk.state.with_person(move_asked=told)
    talk.says.append(
        Outgoing(
            ASKS.name,
            say(MAY_WE_ASK.text),
            choices=choices(MAY_WE_ASK),
            question=talk.new_token(),
            ask="move-asked",
            reference=told.move,
            until=talk.now + _STANDS,
            language=talk.language,
            to=talk.other_reach(),
        )
    )


def may_ask(talk: Talk, yes: bool, opened: Open) -> None:
    """She wants the question here; or she does not, and then nothing of it is done."""
    asked = talk.person.move_asked
    if yes and asked is not None:
        # Which one it is is read now: another may have been asked about since the question left.
        put_own(talk, "move-to", asked.move, opened.until)
    else:
        answers(talk, yes, opened)


def answers(talk: Talk, yes: bool, opened: Open) -> None:
    """Yes waits for the backend, which knows whether it still stands; no is told at once. A human sees both.

    A yes where she was asked of another one meanwhile, or has answered, is none: the one that stands is asked for
    itself, and her word is never counted as the opposite.
    """
    if opened.reference is None:
        return
    asked = talk.person.move_asked
    this = asked is not None and asked.move == opened.reference
    if yes and not this:
        talk.say(say(NOT_ASKED))
        resume(talk)
        return
    answer = AnswerMove(person=talk.person.id, at=talk.now, yes=yes)
    call = talk.call(answer, answers=yes, move=str(opened.reference))
    if this:
        talk.state = talk.state.with_person(move_asked=None)
    if yes:
        talk.wait_for(call, PURPOSE)
        return
    talk.say(say(STAYS_HERE))
    resume(talk)


def resulted(talk: Talk, event: Resulted) -> None:
    """Her yes was heard, and the others are asked; or staff have kept her meanwhile. Told also under staff."""
    asked = event.problem is None and MoveAnswered.model_validate(event.value).asked
    talk.say(say(THEN_WE_ASK if asked else NOT_ASKED))
    resume(talk)


def _may_we(talk: Talk) -> Question[bool]:
    """Her yes covers what she is told goes along, and nothing else."""
    asked = talk.person.move_asked
    return MAY_WE_WITH_PAPERS if asked is not None and asked.papers else MAY_WE


def _where_to(talk: Talk) -> dict[str, Value]:
    asked = talk.person.move_asked
    return {"municipality": asked.name if asked is not None else ""}


def examples(meeting: Meeting) -> Iterator[MoveAsked]:
    for papers in (False, True):
        yield MoveAsked(move=uuid5(meeting.id, f"move {papers}"), name="Trelleborgs kommun", papers=papers)


TELLING = Telling(
    NoticeKind.MOVE_ASKED,
    comes,
    kinds=(ASKS,),
    asks={
        "move-asked": Asked(lambda _: MAY_WE_ASK, may_ask, lasts=True),
        "move-to": Asked(_may_we, answers, _where_to, lasts=True),
    },
    examples=examples,
)
