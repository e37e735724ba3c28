"""Putting a question: the form's own, a page or summary of it, or one of the conversation's; each with a new token."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.contract import Meeting, Sensitivity
from bot.answers import answers
from bot.conversation import also_by, paper_questions
from bot.conversation.notices import notices_ask
from bot.conversation.section import Placed, placed
from bot.conversation.talk import Talk, with_reason
from bot.conversation.understood import UNDERSTOOD, WHICH_DAY, choices_of, shown_in
from bot.flows import flows, seen_by_helpers
from bot.flows.acute import ACUTE
from bot.flows.phone import SHARED, SHARED_HERE
from bot.form import Asking, Flow, Item, Live, Played, digest_of, item_of, most_sensitive, questions_left
from bot.hearing.job_words import LONGEST_TITLE
from bot.leaving.sending import MANY_CHOICES, STILL_YOURS
from bot.messages import Choice, Field, Open, Outgoing, Run, Section, Summary
from bot.questions import OneOf, Person, Question, Words, YesNo
from bot.rendering import as_text
from bot.text import N_, LanguageName, Text, in_sms_alphabet, is_gsm, local_day, local_time, render, say, segments

WITH_PAGES = ("web",)
"""Channels whose page has the languages in its head."""

ANSWERED = Question("answered", N_("Did that answer your question? If not, a person answers you."), YesNo())
WHICH = N_("What do you want to know?")
A_PERSON = N_("Ask a person")
HUMAN = Question("human", N_("Would you rather have help from a person?"), YesNo())
MOVE_OR_CANCEL = Question(
    "move_or_cancel",
    N_("Move or cancel?"),
    OneOf({"move": N_("Move"), "cancel": N_("Cancel"), "come": N_("I come")}),
)
ABOUT = N_("It is about {time}.")
"""Before a question or an answer, where it might be taken to be about something else."""
ILL = Question(
    "ill",
    N_("I am sorry to hear it. What do you want to do?"),
    OneOf({"new-time": N_("A new time"), "call": N_("You ring me instead"), "come": N_("I come")}),
)
INTERPRETER = Question(
    "interpreter", N_("Do you want an interpreter at the meeting: {language}? Then you choose the time again."), YesNo()
)
CONFIRM_CONTACT = Question(
    "confirm_contact", N_("Hi! Did you give this number to us just now? Answer JA or NEJ."), YesNo()
)
STILL_HERS = Question(
    "still_hers", N_("Hi! It is long since you wrote. Is this still yours? Answer JA or NEJ."), YesNo()
)
HELPERS_NAME = Question(
    "helper_name",
    N_("What is your first name? The person you help sees it."),
    Person(),
    sensitivity=Sensitivity.PERSONAL,
)
OF_HER = N_("The person you help is asked: {question}")
"""Before her question in her helper's thread, so that it is never taken for the helper's own."""
JOIN = Question(
    "join",
    N_("{name} wants to apply together with you. You answer a part of your own here. Only we read it. Do you want to?"),
    YesNo(),
    sensitivity=Sensitivity.PERSONAL,
)
SOMEBODY = N_("Somebody")
ATTEST = Question(
    "attest",
    N_("Do you confirm your part? I have answered as truly as I can. I will say if something changes."),
    YesNo(),
)
WHICH_JOB = Question(
    "which_job",
    N_("Which job was it, and where? You need not answer."),
    Words(LONGEST_TITLE),
    sensitivity=Sensitivity.PERSONAL,
)
ASKED_OF_HELPERS = ("helping", "helper-name")

NUDGE = Question("nudge", N_("What you have written is kept. Do you want to go on?"), YesNo())
REMINDER = N_("The meeting today is at {time}. You need not answer. Can you not come? Answer 2.")
REMINDER_EVENING = N_("The meeting tomorrow is at {time}. You need not answer. Can you not come? Answer 2.")
HOW_MANY = N_("About {n} questions. To leave one to the meeting, write LATER.")
HOW_MANY_ALONE = N_(
    "About {n} questions, more for a family. About 20 minutes. To leave one to the meeting, write LATER."
)
"""The same before anybody knows for how many she applies."""
HOW_MANY_LEFT = N_("About {n} questions left.")
A_FEW_LEFT, MANY_MORE = 5, 5
"""How many questions are left, or are more than they were, for that to be worth a message."""
SHORT_WELCOME = N_("Hi! The municipality's machine. Free meeting, with an interpreter.")
IF_ONLY_BOXES = N_("Svenska: SV. [][]? Send 0")
"""For a telephone that shows boxes for our letters: in the SMS alphabet, with a word that is read in any letters."""
TOLD = N_("You have told us: {lines}")
"""What comes before the rest of a summary that is too long for one message."""
ATTESTED = N_(
    "You have told us: {lines} Is it right? I have answered as truly as I can. "
    "I will say if something changes. Answer JA. To change: CHANGE 2."
)

AT_THE_MEETING = Question("at_the_meeting", N_("At the meeting"), OneOf({"meeting": N_("At the meeting")}))
ELSEWHERE_BY_CODE = N_("Not asked here: {what}. Answer it on {page} with a code from us, or take it:")
ELSEWHERE_BY_E_ID = N_("Not asked here: {what}. Answer it on {page} with e-identification or a code, or take it:")

FEW = 8
"""Choices that one text has room for, with their question."""

WITH_BUTTONS = ("web", "telegram")
"""Where a question's answers can be pressed: there a summary can be confirmed by a button that belongs to it alone."""


def own_question(talk: Talk, ask: str, about: str = "") -> Question[Any]:
    """One of the conversation's own questions, or of a notice, outside any flow. ``about`` names the answers to choose
    between."""
    if ask == "which":
        labels = {name: answers()[name].label for name in about.split("|")}
        return Question("which", WHICH, OneOf({**labels, "person": A_PERSON}))
    if ask in paper_questions.ASKED:
        return paper_questions.question(ask, about)
    if ask in notices_ask():
        return notices_ask()[ask].question(talk)
    if ask == "helping":
        return seen_by_helpers()[about]
    own: dict[str, Question[Any]] = {
        "human": HUMAN,
        "nudge": NUDGE,
        "helper-name": HELPERS_NAME,
        "job": WHICH_JOB,
        "join": JOIN,
        "attest": ATTEST,
        "answered": ANSWERED,
        "move-or-cancel": MOVE_OR_CANCEL,
        "ill": ILL,
        "confirm-contact": CONFIRM_CONTACT,
        "interpreter": INTERPRETER,
        STILL_YOURS: STILL_HERS,
        "needs": ACUTE,
        also_by.CALENDAR: also_by.TOO,
        "who-reads": SHARED if talk.thread.channel == "sms" else SHARED_HERE,
    }
    return own[ask]


def choices(question: Question[Any], among: Sequence[Any] | None = None) -> tuple[Choice, ...]:
    """The answers to choose from, numbered from 1."""
    return tuple(Choice(n, option.label, str(n)) for n, option in enumerate(question.kind.options(among), 1))


def put_own(
    talk: Talk,
    ask: str,
    reference: UUID | None = None,
    until: datetime | None = None,
    *,
    about: str = "",
    reason: Text | None = None,
) -> None:
    """Ask one of the conversation's own questions (again); ``reason`` says why it comes."""
    token, meeting = talk.new_token(), talk.person.meeting
    if ask == "reminder":
        if meeting is None:
            talk.open(None)
            return
        words = REMINDER if local_day(meeting.start) == talk.today else REMINDER_EVENING
        message = Outgoing("question", say(words, time=local_time(meeting.start)))
    elif ask == UNDERSTOOD:
        message = Outgoing("question", say(WHICH_DAY), choices=choices_of(shown_in(about)))
    else:
        question, notice = own_question(talk, ask, about), notices_ask().get(ask)
        options = () if ask in ("confirm-contact", STILL_YOURS) else choices(question)
        values = notice.values(talk) if notice is not None else {}
        if ask == "interpreter":
            values = {"language": LanguageName(about)}
        if ask == also_by.CALENDAR:
            values = also_by.example(talk)
        if ask in paper_questions.ASKED:
            values = paper_questions.values(about)
        elif ask == "join":
            two = talk.person.two
            values = {"name": two.name if two is not None and two.name else say(SOMEBODY)}
        text = say(question.text, **values)
        if meeting is not None and _names_the_time(talk, ask, meeting):
            text = with_reason(say(ABOUT, time=meeting.start), text)
        text = with_reason(reason, text)
        if ask == "helping":
            text = say(OF_HER, question=text)
        is_open = question.sensitivity is Sensitivity.OPEN and ask != "join"
        kind = "helping" if ask in ASKED_OF_HELPERS else "question" if is_open else "personal-question"
        message = Outgoing(kind, text, choices=options, sensitivity=question.sensitivity)
    talk.says.append(replace(message, question=token, ask=ask, reference=reference, until=until))
    # ``tries`` says that it has been asked again: the next answer is taken as meant for it.
    talk.open(Open(ask, token, talk.now, question=about, reference=reference, until=until, tries=1))


def _names_the_time(talk: Talk, ask: str, meeting: Meeting) -> bool:
    """Whether it is said which meeting it is: always where it may be cancelled."""
    return ask == "move-or-cancel" or (ask == "ill" and local_day(meeting.start) != talk.today)


def put(talk: Talk, run: Run, played: Played, asking: Asking, reason: Text | None) -> None:
    """Ask the form's question: as a page of its section on the web, else one at a time; what is secret, on the page."""
    if asking.elsewhere:
        _put_elsewhere(talk, asking, reason)
        return
    question, token = asking.question, talk.new_token()
    first = run.flow == "welcome" and not played.live and talk.thread.channel not in WITH_PAGES
    text, beside, tail = _opening(talk, asking) if first else (asking.text, (), asking.tail)
    if reason is not None and question.again is not None:
        text = say(question.again)
    if reason is None and not _was_open(talk, asking.key):
        text = _with_how_many(talk, run, played, asking, text)
    if may_see_boxes(talk):
        # A language taken up in the middle of the talk; beside the first question it stands in its tail.
        if not first:
            talk.say(say(IF_ONLY_BOXES))
        talk.state = talk.state.with_thread(legible=True)
    options = choices(question, asking.among)
    kind = "question" if question.sensitivity is Sensitivity.OPEN else "personal-question"
    if kind == "personal-question" and len(options) > FEW:
        kind = MANY_CHOICES
    on_page = talk.thread.channel == "web" and question.section is not None
    removable = run.changing is not None and item_of(played, asking.key) is not None
    if removable and talk.thread.channel == "sms":
        tail = say(N_("To take it away: REMOVE."))
    # What was written to a page's question, and not understood, is told there as it is when the page was saved.
    filling = (
        Filling(page(talk, run, played), wrong={asking.key: reason} if reason is not None else {}) if on_page else None
    )
    talk.says.append(
        Outgoing(
            kind if reason is None else "again",
            with_reason(reason, asking.text if on_page else text),
            choices=(*options, *beside),
            tail=tail,
            question=token,
            ask="form",
            sensitivity=question.sensitivity if filling is None else _sensitivity(filling),
            may_leave=asking.may_leave,
            may_remove=removable,
            expects=question.kind.name,
            why=say(question.why) if question.why else None,
            section=_section(talk, run, played, filling) if filling is not None else None,
        )
    )
    talk.open(Open("form", token, talk.now, question=asking.key))


def _put_elsewhere(talk: Talk, asking: Asking, reason: Text | None) -> None:
    """A secret question is named, and answered on the page or at the meeting; never where other things are written."""
    token, words = talk.new_token(), ELSEWHERE_BY_E_ID if talk.policy.e_identification else ELSEWHERE_BY_CODE
    label = say(asking.question.short, **asking.text.values) if asking.question.short else asking.text
    text = say(words, what=label, page=talk.policy.public_page)
    talk.says.append(
        Outgoing(
            "personal-question" if reason is None else "again",
            with_reason(reason, text),
            choices=choices(AT_THE_MEETING),
            question=token,
            ask="form",
            sensitivity=Sensitivity.PERSONAL,
            expects=AT_THE_MEETING.kind.name,
        )
    )
    talk.open(Open("form", token, talk.now, question=asking.key))


def _enters_the_form(talk: Talk, run: Run, played: Played) -> bool:
    """Whether this is the first question of a form where they come one at a time: a page says how many are left."""
    answered = run.changing is not None or any(not one.implied for one in played.live)
    return bool(flows()[run.flow].sections) and talk.thread.channel != "web" and not answered


def _with_how_many(talk: Talk, run: Run, played: Played, asking: Asking, text: Text) -> Text:
    """The question's text, after how many there are where that is told with it; or it is told before."""
    if _enters_the_form(talk, run, played):
        how_many = _how_many(talk, run, played)
        together = side_by_side([how_many, text])
        # With its reason before it, one text has no room for both.
        if not asking.question.why and _fits(talk, together, asking):
            return together
        talk.say(how_many)
    elif left := _tells_again(talk, run, played, asking.question):
        talk.say(say(HOW_MANY_LEFT, n=left))
    return text


def _how_many(talk: Talk, run: Run, played: Played) -> Text:
    """How many questions there are; before the household is known, as for one alone, by fives, and that it is so."""
    flow = flows()[run.flow]
    left = questions_left(flow, talk.context(run), played)
    return say(HOW_MANY_ALONE, n=_by_fives(left)) if flow.depends_on else say(HOW_MANY, n=left)


def _by_fives(left: int) -> int:
    return max(5, left // 5 * 5)


def _fits(talk: Talk, text: Text, asking: Asking) -> bool:
    """Whether a question is one text message with these words."""
    if talk.thread.channel != "sms":
        return True
    words = as_text(
        Outgoing("question", text, choices=choices(asking.question, asking.among)), talk.language, plain=True
    )
    return segments(words) <= (1 if is_gsm(words) else 2)


def _tells_again(talk: Talk, run: Run, played: Played, question: Question[Any]) -> int:
    """How many are left, where that is told: once it is known for how many she applies, and when what she has just
    chosen brings many more. A page says it itself. 0: it is not told."""
    flow, last = flows()[run.flow], played.live[-1] if played.live else None
    if last is None or not flow.depends_on or talk.thread.channel == "web" or run.changing is not None:
        return 0
    if question.section is None or question.section in flow.depends_on:
        return 0
    left = questions_left(flow, talk.context(run), played)
    if last.question.section in flow.depends_on:
        return left if left >= A_FEW_LEFT else 0
    if last.question.kind.input != "several":
        return 0
    before = questions_left(flow, talk.context(run), played, but=last.key)
    return left if left - before >= MANY_MORE else 0


def _was_open(talk: Talk, key: str) -> bool:
    """Whether this very question is only put again: what was said when it first came is not said twice."""
    opened = talk.thread.open
    return opened is not None and opened.ask == "form" and opened.question == key


def _opening(talk: Talk, asking: Asking) -> tuple[Text, tuple[Choice, ...], Text | None]:
    """The first question: its text, the languages beside it, and the way out of the language it is in.

    Shorter where it has to say which languages there are, or what to do when only boxes are seen. A web page has the
    languages in its head.
    """
    offered = beside(asking.question, talk.thread.choosing)
    if may_see_boxes(talk):
        return say(SHORT_WELCOME), offered, say(IF_ONLY_BOXES)
    way_back = say(N_("Svenska: SV")) if talk.language != "sv" else None
    return say(SHORT_WELCOME) if offered else asking.text, offered, way_back


def beside(question: Question[Any], languages: Sequence[str]) -> tuple[Choice, ...]:
    """Languages by their own names, numbered on from a question's answers."""
    after = len(question.kind.options()) + 1
    return tuple(
        Choice(n, say("{language}", language=LanguageName(code, own=True)), str(n))
        for n, code in enumerate(languages, after)
    )


def may_see_boxes(talk: Talk) -> bool:
    """Whether the telephone may lack the letters we write here, and the person does not know yet what to do then.

    Who has written in those letters from here has a telephone that shows them.
    """
    return talk.thread.channel == "sms" and not in_sms_alphabet(talk.language) and not talk.thread.legible


def page(talk: Talk, run: Run, played: Played) -> list[Placed]:
    """The questions that stand on the page now."""
    return placed(flows()[run.flow], talk.context(run), played)


@dataclass(frozen=True)
class Filling:
    """A page as it was filled in: its questions, what was written, and what was not understood."""

    asked: list[Placed]
    given: Mapping[str, str] = field(default_factory=dict)
    wrong: Mapping[str, Text] = field(default_factory=dict)


def put_page_again(talk: Talk, run: Run, played: Played, filling: Filling) -> None:
    """The same page with a reason at each answer that was not understood; what was written stands there still."""
    token = talk.new_token()
    section, asked = _section(talk, run, played, filling), filling.asked
    talk.says.append(
        Outgoing(
            "again",
            asked[0].asking.text,
            question=token,
            ask="form",
            sensitivity=_sensitivity(filling),
            section=section,
        )
    )
    talk.open(Open("form", token, talk.now, question=asked[0].key))


def _sensitivity(filling: Filling) -> Sensitivity:
    return most_sensitive([one.asking for one in filling.asked])


def _section(talk: Talk, run: Run, played: Played, filling: Filling) -> Section:
    flow: Flow = flows()[run.flow]
    keys = [key for key, _ in flow.sections]
    key = filling.asked[0].asking.question.section or keys[0]
    left = questions_left(flow, talk.context(run), played)
    return Section(
        key=key,
        title=say(dict(flow.sections)[key]),
        number=keys.index(key) + 1,
        of=len(keys),
        left=_by_fives(left) if key in flow.depends_on else left,
        depends=key in flow.depends_on,
        fields=tuple(_field(one, filling) for one in filling.asked),
    )


def _field(place: Placed, filling: Filling) -> Field:
    asking = place.asking
    return Field(
        name=asking.key,
        text=asking.text,
        input=asking.question.kind.input,
        choices=choices(asking.question, asking.among),
        value=filling.given.get(asking.key, ""),
        error=filling.wrong.get(asking.key),
        hint=say(asking.question.hint) if asking.question.hint else None,
        why=say(asking.question.why) if asking.question.why else None,
        shown_when=(place.when[0], " ".join(map(str, sorted(place.when[1])))) if place.when else None,
        only_if=_only_if(place, filling.asked),
    )


def _only_if(place: Placed, asked: Sequence[Placed]) -> Text | None:
    """In words, for who fills in the page without a script: where most answers lead here it goes without saying."""
    if place.when is None:
        return None
    key, numbers = place.when
    options = next(choices(one.asking.question) for one in asked if one.key == key)
    named = tuple(choice.label for choice in options if choice.number in numbers)
    return say(N_("Only if you answered: {answers}"), answers=named) if len(named) * 2 <= len(options) else None


def side_by_side(texts: Sequence[Text]) -> Text:
    """Whole sentences after one another."""
    named = {f"sentence{n}": text for n, text in enumerate(texts)}
    return say(" ".join(f"{{{name}}}" for name in named), **named)


def _by_message(talk: Talk, lines: Sequence[Text]) -> list[list[Text]]:
    """The lines of a summary by message: as many in each as it may have, with room for what is asked after them."""
    rendered = [render(line, talk.language, plain=True) for line in lines]
    longest = {"sms": 900 if all(map(is_gsm, rendered)) else 750, "telegram": 3000}.get(talk.thread.channel)
    messages: list[list[Text]] = [[]]
    room = longest
    for line, words in zip(lines, rendered, strict=True):
        if longest is not None and room is not None:
            if len(words) >= room and messages[-1]:
                messages.append([])
                room = longest
            room -= len(words) + 1
        messages[-1].append(line)
    return messages


def _together(talk: Talk, lines: Sequence[Text]) -> Text:
    # Where a message may have many lines, each answer has its own.
    between = "\n" if talk.thread.channel == "telegram" else " "
    named = {f"line{n}": line for n, line in enumerate(lines)}
    return say(between.join(f"{{{name}}}" for name in named), **named)


def _has_a_line(item: Item, live: Sequence[Live]) -> bool:
    return item.first < len(live) and item.has(live[item.first].key)


def put_summary(talk: Talk, played: Played, reason: Text | None) -> None:
    """Numbered live answers and the attestation: what is confirmed is exactly what is shown, by its digest."""
    lines = tuple((n, one.label(), one.shown()) for n, one in enumerate(played.live, 1))
    digest, token = digest_of(played.live, talk.language), talk.new_token()
    listed = [say("{n} {label}: {answer}.", n=n, label=label, answer=shown) for n, label, shown in lines]
    *first, last = _by_message(talk, listed)
    for some in first:
        talk.says.append(Outgoing("summary", say(TOLD, lines=_together(talk, some)), sensitivity=Sensitivity.PERSONAL))
    removable = tuple(item.first + 1 for item in played.form.listed if _has_a_line(item, played.live))
    talk.says.append(
        Outgoing(
            "summary",
            with_reason(
                reason,
                say(ATTESTED, lines=_together(talk, last)),
            ),
            choices=(Choice(1, say(N_("Yes, it is right")), "JA"),) if talk.thread.channel in WITH_BUTTONS else (),
            question=token,
            ask="form",
            sensitivity=Sensitivity.PERSONAL,
            summary=Summary(lines, digest, removable),
        )
    )
    talk.open(Open("form", token, talk.now, question=f"confirm:{digest}"))
