"""A question in between: its approved answer, a choice of two, or a human at once; and the open question again in full.

Nothing that was open is lost by it, and it counts as no misunderstanding.
"""

from bot.answers import Answer, answers, is_question
from bot.conversation.asked import asked, give, give_and_ask
from bot.conversation.putting import put_own
from bot.conversation.running import A_PERSON_READS, ask_again, go_on, resume
from bot.conversation.talk import Talk
from bot.flows.welcome import QUESTION
from bot.messages import Open, Run, Said
from bot.text import N_, say

NO_ANSWER = N_("I have no answer to that, but a person has.")
GOOD = N_("Good. Write whenever you want.")


def answered_aside(talk: Talk, event: Said, opened: Open) -> bool:
    """Answer a question that came instead of an answer; ``False`` where the words are neither."""
    if event.question is not None or talk.thread.owner == "staff" or opened.ask == "confirm-contact":
        # To a number nobody has confirmed nothing is told, not even what anybody may know.
        return False
    found = asked(talk, event.words)
    if opened.ask == "form":
        return _instead_of_the_form(talk, event, opened, found)
    if found:
        give(talk, *found)
    elif opened.ask in ("human", "answered", "which") or not is_question(event.words):
        return False
    else:
        talk.say(say(A_PERSON_READS))
        talk.hand_over("question")
    ask_again(talk)
    return True


def _instead_of_the_form(talk: Talk, event: Said, opened: Open, found: tuple[Answer, ...]) -> bool:
    if len(found) == 1:
        give(talk, *found)
        ask_again(talk)
    elif found:
        talk.state = talk.state.with_thread(interrupted=opened)
        give_and_ask(talk, found)
    elif is_question(event.words):
        talk.state = talk.state.with_thread(interrupted=opened)
        put_own(talk, "human", reason=say(NO_ANSWER), about="question")
    else:
        return False
    return True


def was_answered(talk: Talk, yes: bool, _: Open) -> None:
    """Whether the answer was one: if not, a person answers what was asked."""
    run = talk.run
    if run is not None and _holds_a_question(run):
        if yes:
            # Back to what was offered before it was asked.
            talk.forget("want", QUESTION.name)
        go_on(talk)
    elif yes:
        talk.say(say(GOOD))
        resume(talk)
    else:
        to_a_person(talk)


def which_was_meant(talk: Talk, name: str, _: Open) -> None:
    """Of two answers the one that was meant; or a person."""
    run = talk.run
    if name == "person" and run is not None and _holds_a_question(run):
        go_on(talk)
    elif name == "person":
        to_a_person(talk)
    elif talk.thread.interrupted is not None:
        give(talk, answers()[name])
        resume(talk)
    else:
        give_and_ask(talk, (answers()[name],))


def to_a_person(talk: Talk) -> None:
    """What was asked goes to a person, and the talk goes on where it was."""
    talk.say(say(A_PERSON_READS))
    talk.hand_over("question")
    resume(talk)


def _holds_a_question(run: Run) -> bool:
    return run.flow == "welcome" and run.state == "open" and QUESTION.name in run.answers
