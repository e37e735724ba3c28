"""Questions were answered on the secure page: what is secret is kept sealed, and the talk goes on by itself."""

from backend.contract import Sensitivity
from bot.conversation.answering import correct
from bot.conversation.calling import answer_acute
from bot.conversation.running import go_on, replay
from bot.conversation.sent import was_sent
from bot.conversation.talk import Talk, is_doubted
from bot.flows import flows
from bot.form import LEFT, SEALED, Given, secrets
from bot.hearing.words import is_acute
from bot.messages import OnPage, Outgoing, Renewed, Run, changed
from bot.text import N_, say

THANKS = N_("Thank you. Answered on the page: {what}.")
THANKS_FOR_ALL = N_("Thank you. It is answered on the page.")


def answered_on_page(talk: Talk, event: OnPage) -> None:
    """Keep what came; where the talk waited for it, or shows what has now changed, it goes on.

    Of an application that was sent already it is a correction, which counts when she has said that it is right.
    """
    run = talk.state.runs.get(event.run)
    if run is None:
        return
    says, corrects = len(talk.says), was_sent(talk.state, run)
    if corrects:
        run = correct(talk, run) or run
    talk.state = talk.state.with_run(_with(talk, run, event))
    thread = talk.thread
    quiet = thread.owner == "staff" or thread.opted_out or thread.frozen or is_doubted(thread, talk.now)
    if quiet or (corrects and not talk.carries(Sensitivity.PERSONAL)):
        # Where others read nothing is said of a correction but that it was answered.
        del talk.says[says:]
    if quiet:
        return
    _thank(talk, event, run)
    if thread.run == run.id and talk.carries(Sensitivity.PERSONAL) and (corrects or _waits_for(talk, event)):
        go_on(talk)


def renewed(talk: Talk, event: Renewed) -> None:
    """A section of the next month was saved there. The talk is where she is when all of it is, or where each section is
    a page of the same kind; else its question waits for her, who is answering elsewhere.

    What cannot wait is answered first, whatever becomes of the page.
    """
    alarming = [words for words in event.words.values() if is_acute(words)]
    if alarming:
        answer_acute(talk, "\n".join(alarming))
    run, thread = talk.state.runs.get(event.run), talk.thread
    if run is None or run.state != "open":
        return
    given = {key: Given(event.language, "web", event.words.get(key, "")) for key in event.answers}
    run = changed(
        run,
        answers={**{key: one for key, one in run.answers.items() if key not in event.gone}, **event.answers},
        records={**run.records, **dict.fromkeys(event.answers, talk.now.isoformat())},
        given={**run.given, **given},
        implied=tuple(key for key in run.implied if key not in event.answers),
        digest=None,
        changing=None,
    )
    talk.state = talk.state.with_run(run)
    quiet = thread.owner == "staff" or thread.opted_out or thread.frozen or is_doubted(thread, talk.now)
    asks_other = thread.open is not None and thread.open.ask != "form"
    if quiet or asks_other or thread.run != run.id or thread.awaited or not talk.carries(Sensitivity.PERSONAL):
        return
    asking = replay(talk, run).asking
    if thread.channel == "web" or asking is None or asking.elsewhere:
        go_on(talk)


def _with(talk: Talk, run: Run, event: OnPage) -> Run:
    keys = (*event.sealed, *event.left)
    return changed(
        run,
        answers={**run.answers, **dict.fromkeys(event.sealed, SEALED), **dict.fromkeys(event.left, LEFT)},
        sealed={**{key: one for key, one in run.sealed.items() if key not in event.left}, **event.sealed},
        copies={**{key: one for key, one in run.copies.items() if key not in keys}, **event.copies},
        records={**run.records, **dict.fromkeys(keys, talk.now.isoformat())},
        given={**run.given, **dict.fromkeys(keys, Given(talk.language, "web"))},
        digest=None,
        changing=None if run.changing is not None and run.changing[0] in keys else run.changing,
    )


def _thank(talk: Talk, event: OnPage, run: Run) -> None:
    if not event.sealed:
        return
    if not talk.carries(Sensitivity.PERSONAL):
        talk.say(say(THANKS_FOR_ALL))
        return
    now = talk.state.runs[run.id]
    known = secrets(flows()[now.flow], talk.context(now), replay(talk, now))
    labels = tuple(one.label() for one in known if one.key in event.sealed)
    text = say(THANKS, what=labels) if labels else say(THANKS_FOR_ALL)
    talk.says.append(Outgoing("on-page", text, sensitivity=Sensitivity.PERSONAL))


def _waits_for(talk: Talk, event: OnPage) -> bool:
    """Whether what stands open here is one of these questions, or the summary they stand in."""
    opened, run = talk.thread.open, talk.run
    if run is None or run.state != "open" or talk.thread.awaited:
        return False
    if opened is None:
        return talk.thread.interrupted is None
    asked = opened.question
    return opened.ask == "form" and (asked.startswith("confirm:") or asked in event.sealed or asked in event.left)
