"""Answering the form: its open question in whatever words, its summary, a page of it; and going back or changing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeGuard

from backend.contract import Sensitivity
from bot.answers import is_question
from bot.conversation.asides import answered_aside
from bot.conversation.asked import asked, give, give_and_ask, is_outright
from bot.conversation.calling import answer_acute
from bot.conversation.putting import AT_THE_MEETING, Filling, page, put_own, put_page_again, side_by_side
from bot.conversation.running import ask_again, give_up, go_on, nothing_open, replay
from bot.conversation.section import Placed
from bot.conversation.sent import as_it_stands, has_sent, sent_last
from bot.conversation.silence import leave_alone
from bot.conversation.talk import Talk
from bot.flows import flows
from bot.flows.application.household import PARTNER_PART
from bot.flows.welcome import QUESTION
from bot.form import LEFT, SEALED, Asking, Given, Json, Live, Played, asks_for_more, digest_of, item_of, taken_away
from bot.hearing.words import is_acute
from bot.messages import Filled, Open, Run, Said, changed
from bot.questions import Meaning, Misunderstood, Question, YesNo
from bot.text import N_, Text, say

AWAY = timedelta(hours=12)
"""Whoever writes after as long as this has been away, and may not have the question before her."""
CAN_WAIT = N_("It can wait. Write when you want to go on, or write RING.")
CORRECTING = N_("You are correcting what you sent. Nothing changes until you answer JA again.")
MISSING = N_("An answer is missing here. Answer, or take it at the meeting.")
NOT_HERE = N_("We take that at the meeting, not here.")
NOT_WRITTEN = N_("Please do not write it here.")
ON_PAGE_ONLY = N_("You change that on {page}, or at the meeting.")
ONE_OF_SEVERAL = N_("You can take away one of several: a child, a cost. Write REMOVE and its line.")
TAKEN_AWAY = N_("Taken away: {what}.")


def answer(talk: Talk, event: Said, opened: Open) -> None:
    """The form's open question is answered."""
    run = talk.run
    if run is None or run.state != "open":
        talk.open(None)
        nothing_open(talk, event.words)
        return
    if opened.question.startswith("confirm:"):
        _answer_summary(talk, event, run, replay(talk, run), opened)
        return
    hearing = _Hearing(talk, event.words, opened.question)
    played = replay(talk, run, hearing)
    if hearing.asking is None:
        go_on(talk)
    elif not (hearing.asks_instead and answered_aside(talk, event, opened)):
        _take(talk, run, hearing, played)


@dataclass
class _Hearing:
    """What was written is the answer to the open question, if that is where the flow stops; or something is asked
    instead, which is answered before it is asked again."""

    talk: Talk
    words: str
    key: str
    asking: Asking | None = None
    heard: Meaning[Any] | Misunderstood | None = None
    asks_instead: bool = False

    def __call__(self, asking: Asking) -> Json:
        if asking.key != self.key:
            return None
        talk = self.talk
        kind = AT_THE_MEETING.kind if asking.elsewhere else asking.question.kind
        self.asking = asking
        self.heard = kind.understand(self.words, talk.language, today=talk.today, among=asking.among)
        # Where a question is wanted, a question is the answer.
        outright = asking.key != QUESTION.name and is_outright(talk, self.words)
        self.asks_instead = outright or isinstance(self.heard, Misunderstood)
        if asking.elsewhere and isinstance(self.heard, Misunderstood):
            self.heard = Misunderstood(say(NOT_WRITTEN))
        if isinstance(self.heard, Misunderstood) or outright:
            return None
        return LEFT if asking.elsewhere else kind.dump(self.heard.meaning)


def _take(talk: Talk, run: Run, hearing: _Hearing, played: Played) -> None:
    """Keep the answer, or say why it was not understood; a question within it is answered too."""
    asking, heard, words = hearing.asking, hearing.heard, hearing.words
    if isinstance(heard, Misunderstood):
        told = asking.question.unread if asking is not None and not any(map(str.isdigit, words)) else None
        missed(talk, say(told) if told is not None else heard.reason)
        return
    if asking is None or heard is None:
        return
    if asking.elsewhere:
        talk.means(say(N_("At the meeting")))
        store(talk, run, {asking.key: LEFT})
        go_on(talk, played=None if hearing.asks_instead else played)
        return
    talk.means(Live(asking.key, asking.question, asking.text, heard.meaning).shown())
    # What is secret is kept nowhere as it was written.
    kept = {} if asking.question.sensitivity is Sensitivity.SECRET else {asking.key: words.strip()}
    store(talk, run, {asking.key: asking.question.kind.dump(heard.meaning)}, kept)
    if asking.key == QUESTION.name and (found := asked(talk, words)):
        # Kept as it was asked, until she says whether it is answered.
        give_and_ask(talk, found)
        return
    if asking.question.kind.name != "words" and is_question(words) and len(found := asked(talk, words)) == 1:
        # "Ja, kostar det något?": both are heard.
        give(talk, *found)
    go_on(talk, played=None if hearing.asks_instead else played)


def store(talk: Talk, run: Run, answers: Mapping[str, Any], words: Mapping[str, str] | None = None) -> None:
    """Keep answers as meanings, and the ``words`` they were written in; any change takes the confirmation away."""
    how = Given(talk.language, talk.thread.channel)
    given = {key: replace(how, words=(words or {}).get(key, "")) for key in answers}
    talk.state = talk.state.with_run(
        changed(
            run,
            answers={**run.answers, **answers},
            records={**run.records, **dict.fromkeys(answers, talk.now.isoformat())},
            given={**run.given, **given},
            implied=tuple(key for key in run.implied if key not in answers),
            digest=None,
            changing=None,
        )
    ).with_thread(misses=0)


def _answer_summary(talk: Talk, event: Said, run: Run, played: Played, opened: Open) -> None:
    digest = opened.question.removeprefix("confirm:")
    if not played.confirming or digest_of(played.live, talk.language) != digest:
        go_on(talk)
        return
    heard = YesNo().understand(event.words, talk.language, today=talk.today)
    if isinstance(heard, Misunderstood) and answered_aside(talk, event, opened):
        return
    if isinstance(heard, Misunderstood) or any(char.isdigit() for char in event.words):
        # A bare number could mean "line 1" as well as "yes": an attestation is never given by a digit.
        missed(talk, say(N_("Answer JA if everything is right. To change line 2, write CHANGE 2.")), again=False)
    elif not heard.meaning:
        talk.say(say(N_("Nothing has been sent. To change line 2, write CHANGE 2. To wait, write LATER.")))
    else:
        talk.means(say(N_("Confirmed")))
        talk.state = talk.state.with_run(replace(run, digest=digest)).with_thread(misses=0)
        go_on(talk)


def missed(talk: Talk, reason: Text, *, again: bool = True) -> None:
    """Not understood: why, and the question again; after three in a row, a person is offered."""
    misses, opened = talk.thread.misses + 1, talk.thread.open
    if opened is not None and opened.ask == "form" and talk.now - opened.at > AWAY:
        # "Hi, here I am", days later, misunderstands nothing: the question again, and no reproach.
        ask_again(talk)
        return
    talk.state = talk.state.with_thread(misses=misses)
    if misses % 3 == 0 and not (opened is not None and opened.ask == "human"):
        talk.say(reason)
        if opened is not None and opened.ask == "form":
            talk.state = talk.state.with_thread(interrupted=opened)
        put_own(talk, "human")
    elif again:
        ask_again(talk, reason)
    else:
        talk.say(reason)


CAN_BE_PASSED_OVER = ("reminder", "nudge", "human", "answered", "which", "interpreter", "needs")
"""What may stand between a page and its being saved without the page being lost."""


def filled(talk: Talk, event: Filled) -> None:
    """A page was saved: every field is read; what was not understood stands there again with its reason.

    What cannot wait is answered first, whatever becomes of the page, also where staff have the thread.
    """
    alarming = [words for words in event.fields.values() if is_acute(words)]
    if alarming:
        answer_acute(talk, "\n".join(alarming))
    run, opened = talk.run, talk.thread.open
    if talk.thread.frozen or talk.thread.opted_out or talk.thread.owner == "staff":
        return
    aside = talk.thread.interrupted
    if opened is not None and opened.ask in CAN_BE_PASSED_OVER and aside is not None and aside.token == event.token:
        # A page says itself what it answers; what came between needs none.
        talk.open(aside)
        opened = aside
    if run is None or opened is None or opened.ask != "form" or opened.token != event.token:
        talk.say(say(N_("That page is already behind us.")))
        ask_again(talk)
        return
    played = replay(talk, run)
    if played.asking is None:
        go_on(talk)
        return
    asked = page(talk, run, played)
    answers, wrong = _read(talk, run, asked, event)
    if wrong:
        put_page_again(talk, run, played, Filling(asked, event.fields, wrong))
    else:
        given = [one for one in replay(talk, _with(run, answers)).live if one.key in answers]
        store(talk, run, answers, {one.key: event.fields.get(one.key, "").strip() for one in given if _is_typed(one)})
        talk.means(side_by_side([say("{label}: {answer}.", label=one.label(), answer=one.shown()) for one in given]))
        go_on(talk)


def _read(talk: Talk, run: Run, asked: list[Placed], event: Filled) -> tuple[dict[str, Any], dict[str, Text]]:
    """Read the page along the way that its answers take: what stands there for another way is not read.

    What a written answer leads to stands on no page yet: it comes after this one, and the rest of this one is read.
    """
    keys, sections = {one.key for one in asked}, {one.asking.question.section for one in asked}
    answers: dict[str, Any] = {}
    wrong: dict[str, Text] = {}
    after: dict[str, Any] = {}
    while (asking := _next(talk, run, {**answers, **dict.fromkeys(wrong, LEFT), **after})) is not None:
        if asking.key not in keys:
            if asking.question.section not in sections or not (asking.may_leave or asks_for_more(asking)):
                break
            after[asking.key] = LEFT if asking.may_leave else asking.question.kind.dump(False)
            continue
        kind, words = asking.question.kind, event.fields.get(asking.key, "")
        if asking.may_leave and (event.leave or event.fields.get(f"{asking.key}.left")):
            answers[asking.key] = LEFT
            continue
        if event.leave and not words and asks_for_more(asking):
            answers[asking.key] = kind.dump(False)
            continue
        heard = kind.understand(words, talk.language, today=talk.today, among=asking.among)
        if isinstance(heard, Misunderstood):
            wrong[asking.key] = heard.reason if words.strip() else say(MISSING)
            if not asking.may_leave:
                break
        else:
            answers[asking.key] = kind.dump(heard.meaning)
    return answers, wrong


def _is_typed(one: Live) -> bool:
    """Whether what stands in the field are the person's own letters, and may be kept."""
    question = one.question
    chosen = one.left or question.kind.input in ("choice", "several")
    return not chosen and question.sensitivity is not Sensitivity.SECRET


def _next(talk: Talk, run: Run, answers: Mapping[str, Any]) -> Asking | None:
    return replay(talk, _with(run, answers)).asking


def _with(run: Run, answers: Mapping[str, Any]) -> Run:
    """The run as it will be: what she answers is implied no longer."""
    implied = tuple(key for key in run.implied if key not in answers)
    return replace(run, answers={**run.answers, **answers}, implied=implied, changing=None)


# --- Back, change, later ----------------------------------------------------------------------------------------------


def back(talk: Talk) -> None:
    """Undo the last answer that the person gave, or the change just begun."""
    run = talk.run
    if run is None or run.state != "open":
        sent = run is not None and run.state == "sent"
        talk.say(
            say(N_("It has already been sent. You can change it when we have answered."))
            if sent
            else say(N_("There is nothing to go back to."))
        )
        if not sent:
            ask_again(talk)
        return
    if run.changing is not None:
        talk.state = talk.state.with_run(_unchanged(run))
        go_on(talk)
        return
    given = [one for one in replay(talk, run).live if not one.implied and talk.carries(one.question.sensitivity)]
    if not given:
        talk.say(say(N_("This is the first question.")))
        if run.flow == "call_time":
            give_up(talk, run)
        else:
            ask_again(talk)
        return
    answers = {key: value for key, value in run.answers.items() if key != given[-1].key}
    talk.state = talk.state.with_run(replace(run, answers=answers, digest=None))
    go_on(talk)


def _unchanged(run: Run) -> Run:
    """The run as it was before a change was begun."""
    return replace(run, answers={**run.answers, **dict([run.changing])}, changing=None) if run.changing else run


def change(talk: Talk, line: str | None) -> None:
    """Ask a numbered answer again; the others stand."""
    corrects = not _is_changed_here(talk)
    run = correct(talk) if corrects else talk.run
    if run is None:
        return
    if corrects and line is None:
        go_on(talk)
        return
    live = replay(talk, run).live
    if not _is_line(line, live):
        talk.say(say(N_("Write CHANGE and the number of the line, from 1 to {last}."), last=max(1, len(live))))
        ask_again(talk)
        return
    key, question = live[int(line) - 1].key, live[int(line) - 1].question
    if not talk.carries(question.sensitivity):
        on_page = run.answers.get(key) == SEALED
        talk.say(say(ON_PAGE_ONLY, page=talk.policy.public_page) if on_page else say(NOT_HERE))
        ask_again(talk)
        return
    answers = {known: value for known, value in run.answers.items() if known != key}
    implied = tuple(known for known in run.implied if known != key)
    talk.state = talk.state.with_run(
        replace(run, answers=answers, implied=implied, digest=None, changing=(key, run.answers[key]))
    )
    go_on(talk)


def remove(talk: Talk, line: str | None) -> None:
    """Take an item out of its list: the one the open question is about, or the one of a numbered line."""
    run = talk.run if _is_changed_here(talk) else correct(talk)
    if run is None:
        return
    played = replay(talk, run)
    item = None
    if line is None and played.asking is not None:
        item = item_of(played, played.asking.key)
    elif _is_line(line, played.live):
        item = item_of(played, played.live[int(line) - 1].key)
    if item is None:
        talk.say(say(ONE_OF_SEVERAL))
        ask_again(talk)
        return
    # The answer that is just being changed tells best what it was.
    before = replay(talk, _unchanged(run)) if run.changing is not None else played
    gone = next((one for one in before.live[item.first :] if item.has(one.key)), None)
    if gone is not None:
        # What was chosen has its own name before the answer to it; a list's first answer is a name.
        named = isinstance(item.items, Question) or gone.left
        talk.say(say(TAKEN_AWAY, what=gone.label() if named else gone.shown()))
    answers, gate = taken_away(played, item)
    was = (gate, answers.pop(gate)) if gate is not None else None
    talk.state = talk.state.with_run(replace(run, answers=answers, digest=None, changing=was)).with_thread(misses=0)
    go_on(talk)


def _is_changed_here(talk: Talk) -> bool:
    """Whether a change is of what is being answered now. The numbers she has seen are those of a summary: whatever
    small thing has been asked since she sent one, they are of that."""
    run = talk.run
    here = run is not None and run.state == "open"
    return here and run is not None and (flows()[run.flow].application or not has_sent(talk.state))


def _is_line(line: str | None, live: Sequence[Live]) -> TypeGuard[str]:
    return line is not None and line.isdecimal() and 1 <= int(line) <= len(live)


def correct(talk: Talk, of: Run | None = None) -> Run | None:
    """After it was sent: the same answers in a new run, which says that it is a correction. ``of``: the run that is
    corrected; without it what came last is."""
    two = talk.person.two
    if not has_sent(talk.state):
        talk.say(say(N_("There is nothing to change yet.")))
        ask_again(talk)
        return None
    latest = sent_last(talk.state) if of is None else as_it_stands(talk.state, of)
    if latest is None:
        talk.say(say(N_("Tell us the change at the meeting, or write RING.")))
        return None
    as_two = two is not None and two.run == latest.id
    alone = {PARTNER_PART.name: "meeting"} if not as_two and PARTNER_PART.name in latest.answers else {}
    run = replace(
        latest,
        answers={**latest.answers, **alone},
        id=talk.new_id(),
        state="open",
        began=talk.now,
        said=(),
        sends=0,
        digest=None,
        # A part that has not come in takes the place of itself alone.
        corrects=latest.received or latest.corrects,
        received=None,
    )
    talk.state = talk.state.with_run(run).with_thread(run=run.id)
    talk.say(say(CORRECTING))
    return run


def later(talk: Talk) -> None:
    """Leave the open question to the meeting; what cannot be left waits where it is."""
    run, opened = talk.run, talk.thread.open
    if opened is not None and opened.ask == "nudge":
        leave_alone(talk)
        return
    if run is None or opened is None or opened.ask != "form":
        ask_again(talk)
        return
    played = replay(talk, run)
    if played.confirming or played.asking is None or not played.asking.may_leave:
        talk.open(None)
        talk.say(say(CAN_WAIT))
        if run.flow == "call_time":
            give_up(talk, run)
        return
    talk.means(say(N_("At the meeting")))
    store(talk, run, {played.asking.key: LEFT})
    go_on(talk)
    if not talk.says and not talk.thread.awaited:
        talk.say(say(CAN_WAIT))  # it was the last question
