"""The person wrote: what always works first, then the open question, then what to do when none is open."""

from dataclasses import replace
from typing import Any
from uuid import uuid5

from backend.contract import AcuteNeed, CallForHelp, MeetingStatus, Phone, StatusQuery
from bot.conversation.answering import answer, back, change, later
from bot.conversation.own import answer_own
from bot.conversation.putting import own_question, put_own
from bot.conversation.running import ask_again, go_on, nothing_open, replay, start
from bot.conversation.talk import Talk
from bot.language import detect, named
from bot.messages import Said
from bot.questions import Question
from bot.spelling import fold
from bot.text import N_, LanguageName, languages, render, say
from bot.words import Command, command, is_acute, means

LONGEST_KEPT = 2000
"""Characters of a first message that go into the registered call for help; the entry itself is kept whole."""


def said(talk: Talk, event: Said) -> None:
    """Take what the person wrote."""
    asked = _command(talk, event)
    silent = talk.thread.opted_out and (asked is None or asked.name != "start")
    if talk.thread.frozen or silent:
        # Kept and shown to staff; nothing is answered where the person said stop or wrong number.
        return
    _learn_language(talk, event)
    if asked is not None and asked.name in ("stop", "start", "wrong-number"):
        _always(talk, asked)
        return
    acute = is_acute(event.words)
    if _calls_for_help(talk, asked):
        _register(talk, event)
    if talk.thread.owner == "staff":
        _under_staff(talk, event, acute=acute)
        return
    if _arrived_by_mistake(talk, event, acute=acute) and asked is None:
        ask_again(talk)
    elif asked is not None:
        _obey(talk, asked)
        if not talk.says and not talk.thread.awaited:
            # A word with nothing open to belong to is read like any other words: nobody is left without an answer.
            nothing_open(talk, event.words)
    else:
        _answer(talk, event)


def _command(talk: Talk, event: Said) -> Command | None:
    """The word that works anywhere, if it was said; what names a choice of the open question is its answer."""
    if event.question is not None:
        return None
    asked = command(event.words)
    if asked is None or asked.name in ("stop", "start", "wrong-number"):
        return asked
    # "Hjälp" as the very first word is a call for help, not a wish for instructions.
    first = asked.name == "help" and not talk.thread.greeted
    question = _open_question(talk)
    answers = question is not None and _is_an_answer(question, asked, event.words)
    return None if first or answers else asked


def _is_an_answer(question: Question[Any], asked: Command, words: str) -> bool:
    """Whether the word names a choice of the open question: then it is its answer."""
    if question.kind.name == "free-time" and means(words, "another-day"):
        return True
    if question.kind.name == "language" and asked.name == "language":
        return asked.argument is not None
    labels = {fold(render(option.label, known)) for option in question.kind.options() for known in languages()}
    return fold(words) in labels


def _open_question(talk: Talk) -> Question[Any] | None:
    opened, run = talk.thread.open, talk.run
    if opened is None or opened.ask == "reminder":
        return None
    if opened.ask != "form":
        return own_question(talk, opened.ask)
    asking = replay(talk, run).asking if run is not None else None
    return asking.question if asking is not None else None


def _answer(talk: Talk, event: Said) -> None:
    opened = talk.thread.open
    if event.question is not None and (opened is None or event.question != opened.token):
        talk.say(say(N_("That question is already behind us.")))
        ask_again(talk)
    elif opened is None:
        nothing_open(talk, event.words)
    elif opened.ask == "form":
        answer(talk, event, opened)
    else:
        answer_own(talk, event, opened)


def _learn_language(talk: Talk, event: Said) -> None:
    """From script and words, at the first message only: a language once chosen is never changed silently."""
    if talk.thread.language is None and event.question is None:
        guess = detect(event.words)
        code = guess.code if guess.code in languages() else "sv"
        talk.state = talk.state.with_thread(language=code, speaks=_spoken(event.words) or guess.code)


def _spoken(words: str) -> str | None:
    """A language named in the first message ("pratar arabiska"): the interpreter's, whatever it was written in."""
    named_ones = [named(word) for word in fold(words).split() if len(word) > 3]
    return next((code for code in named_ones if code not in (None, "sv")), None)


def _calls_for_help(talk: Talk, asked: Command | None) -> bool:
    """The first words of somebody unknown. Not the reply that only says whose number this is."""
    if talk.person.helped or (talk.thread.open is not None and talk.thread.open.ask == "confirm-contact"):
        return False
    return asked is None or asked.name != "language"


def _register(talk: Talk, event: Said) -> None:
    """The first message is a call for help: received at once, whatever comes after."""
    talk.call(
        CallForHelp(
            person=talk.person.id,
            thread=talk.thread.id,
            channel=talk.thread.channel,
            language=talk.thread.speaks or talk.language,
            received_at=talk.now,
            words=event.words[:LONGEST_KEPT],
            telephone=talk.state.telephone,
        ),
        key=uuid5(talk.person.id, "call-for-help"),
    )
    talk.state = talk.state.with_person(helped=True)


def _always(talk: Talk, asked: Command) -> None:
    """Stop, start and wrong number: obeyed whoever owns the thread."""
    person, telephone = talk.person.id, talk.state.telephone
    if asked.name == "stop":
        talk.say(
            say(N_("We write no more to this number. Write START if you want us back. Your meeting stands.")),
        )
        talk.state = talk.state.with_thread(opted_out=True)
        talk.call(Phone(person=person, telephone=telephone, at=talk.now, opted_out=True))
    elif asked.name == "start":
        talk.state = talk.state.with_thread(opted_out=False)
        talk.call(Phone(person=person, telephone=telephone, at=talk.now, opted_out=False))
        talk.say(say(N_("Welcome back.")))
        if talk.thread.owner == "bot":
            ask_again(talk)
    else:
        talk.say(say(N_("Thank you. We write no more to this number.")))
        talk.state = talk.state.with_thread(frozen=True, open=None, interrupted=None)
        talk.call(Phone(person=person, telephone=telephone, at=talk.now, wrong_number=True))


def _under_staff(talk: Talk, event: Said, *, acute: bool) -> None:
    """A human has the thread: the bot is silent, but for acute words and the answer to a reminder it sent."""
    opened = talk.thread.open
    if acute:
        _acute(talk, event)
    elif opened is not None and opened.ask in ("reminder", "move-or-cancel"):
        answer_own(talk, event, opened)


def _arrived_by_mistake(talk: Talk, event: Said, *, acute: bool) -> bool:
    """What came is answered kindly before anything else; whether the open question must be asked again."""
    if event.diverted:
        talk.say(
            say(
                N_("It arrived. Please do not send such numbers here. It is enough that we see your ID at the meeting.")
            )
        )
    if event.pictures:
        talk.say(say(N_("A picture came. We cannot read pictures here. Bring the paper to the meeting.")))
    if acute:
        _acute(talk, event)
    return bool(event.diverted or event.pictures or acute)


def _acute(talk: Talk, event: Said) -> None:
    """The numbers in the same turn, then staff at once."""
    after_hours = talk.policy.after_hours_telephone
    talk.say(
        say(
            N_("In danger to life: ring 112. When we are closed: ring {after_hours}. Now a person is told at once."),
            after_hours=after_hours,
        ),
        kind="acute",
    )
    if not talk.person.acute:
        need = AcuteNeed(person=talk.person.id, thread=talk.thread.id, at=talk.now, words=event.words[:LONGEST_KEPT])
        talk.call(need)
        talk.state = talk.state.with_person(acute=True)
    talk.hand_over("acute")


# --- Words that work anywhere -----------------------------------------------------------------------------------------


def _obey(talk: Talk, asked: Command) -> None:  # one line for each word
    match asked.name:
        case "help":
            talk.say(say(N_("Write BACK, CHANGE 2, LATER, STATUS, LANGUAGE or RING. Stop: STOPP.")))
            ask_again(talk)
        case "what":
            talk.say(
                say(
                    N_(
                        "The municipality keeps what you write, to help you and because the law says so. "
                        "Only staff who work with your case read it. You may ask to see it."
                    )
                )
            )
            ask_again(talk)
        case "language":
            _choose_language(talk, asked.argument)
        case "human":
            talk.say(say(N_("A person will answer you here or ring you. The machine helps you meanwhile.")))
            talk.hand_over("asked")
            ask_again(talk)
        case "status":
            talk.wait_for(talk.call(StatusQuery(person=talk.person.id, at=talk.now), answers=True), "status")
        case "back":
            back(talk)
        case "change":
            change(talk, asked.argument)
        case "later":
            later(talk)
        case "move":
            _wants_to_move(talk)
        case _:
            ask_again(talk)


def _choose_language(talk: Talk, code: str | None) -> None:
    if code is None:
        names = tuple(say("{language}", language=LanguageName(known, own=True)) for known in languages())
        talk.say(say(N_("Write the name of your language, for example: {names}."), names=names))
        return
    if code not in languages():
        _speak(talk, code)
        talk.say(
            say(
                N_("I do not write {language} yet, but you get an interpreter at the meeting."),
                language=LanguageName(code),
            )
        )
        ask_again(talk)
        return
    talk.state = talk.state.with_thread(language=code)
    _speak(talk, code)
    if talk.thread.awaited:
        talk.say(say(N_("We go on in this language.")))
    elif talk.thread.open is not None and talk.thread.open.ask == "form":
        go_on(talk)
    elif talk.thread.open is not None:
        ask_again(talk)
    else:
        nothing_open(talk)


def _speak(talk: Talk, code: str) -> None:
    """The person speaks this. What we took for granted before (no interpreter, or one into another language) goes.

    Who chooses Swedish to read keeps her interpreter: going without one is something to be said, not taken for granted.
    """
    talk.state = talk.state.with_thread(speaks=code)
    run = talk.run
    if code != "sv" and run is not None and run.state == "open":
        given = {key: value for key, value in run.answers.items() if key not in run.implied}
        talk.state = talk.state.with_run(replace(run, answers=given, implied=()))


def _wants_to_move(talk: Talk) -> None:
    """The person cannot come, said at any time: which of the two is asked before anything changes."""
    meeting, opened = talk.person.meeting, talk.thread.open
    if meeting is not None and meeting.status is MeetingStatus.CANCELLED and opened is None and not talk.thread.awaited:
        # "Write when you want a new one": she does.
        start(talk, "first_meeting")
        return
    if meeting is None or not talk.stands(meeting):
        ask_again(talk)
        return
    if opened is not None and opened.ask == "form":
        talk.state = talk.state.with_thread(interrupted=opened)
    put_own(talk, "move-or-cancel", meeting.id, meeting.start)
