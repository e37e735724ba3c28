"""The person wrote: what always works first, then the open question, then what to do when none is open."""

from typing import Any, Literal
from uuid import uuid5

from backend.contract import AcuteNeed, CallForHelp, MeetingStatus, Phone, StatusQuery
from bot.conversation.answering import answer, back, change, later, remove
from bot.conversation.asides import answered_aside
from bot.conversation.doubt import ask_whose, is_doubted, is_hers, trust_again
from bot.conversation.elsewhere import did_not_fit, elsewhere, joined
from bot.conversation.flood import is_flooding
from bot.conversation.meant import meant
from bot.conversation.notices.something_new import read
from bot.conversation.own import answer_own, own_number
from bot.conversation.ownership import away
from bot.conversation.putting import MOVE_OR_CANCEL, own_question, put_own
from bot.conversation.running import A_PERSON_READS, ask_again, close, nothing_open, replay, start
from bot.conversation.speaking import (
    choose,
    chosen_by_number,
    learn,
    offered_interpreter,
    ring_instead,
    sees_only_boxes,
)
from bot.conversation.talk import PERSONAL_CHANNELS, Talk
from bot.flows.work import NO_APPLICATION, helpers
from bot.messages import LEAVE, REMOVE, Said, Thread
from bot.questions import Meaning, Misunderstood, Question, YesNo
from bot.spelling import fold
from bot.text import N_, LanguageName, languages, render, say
from bot.words import Command, command, is_acute, means

A_CODE = N_("A code to go on in another place.")
BEHIND_US = N_("That question is already behind us.")
RANG = N_("A missed call. Please ring back.")
PICTURE_CAME = N_("It arrived. You need not send papers here. Bring them to the meeting if you have them.")
STOPPED = N_("We write no more to this number. Write START if you want us back. Your meeting stands.")
STOPPED_HERE = N_("We write no more to you here. Write START if you want us back. Your meeting stands.")
WRONG = N_("Thank you. We write no more to this number.")
NOT_CONFIRMED = N_("We write to no number before someone has answered JA there.")
WRONG_HERE = N_("Thank you. We write no more to you here.")

_BEFORE_A_MEETING = ("welcome", "work", "apply", "application")
"""Flows that whoever wants a job, not money, leaves."""

LONGEST_KEPT = 2000
"""Characters of a first message that go into the registered call for help; the entry itself is kept whole."""


def said(talk: Talk, event: Said) -> None:
    """Take what the person wrote."""
    if talk.thread.blocked:
        # Who writes to us lets us through again.
        talk.state = talk.state.with_thread(blocked=False)
    asked = _command(talk, event)
    _name_the_word(talk, event, asked)
    if event.keyword and _taken_by_provider(talk, event, asked):
        return
    silent = talk.thread.opted_out and (asked is None or asked.name != "start")
    if talk.thread.frozen or silent:
        _heard_in_silence(talk, event, asked)
        return
    if is_doubted(talk.thread, talk.now):
        _in_doubt(talk, event, asked)
        return
    talk.state = talk.state.with_thread(heard=talk.now)
    if event.joined is not None:
        talk.means(say(A_CODE))
        joined(talk, event.joined)
        return
    learnt = learn(talk, event)
    if asked is not None and asked.name in ("stop", "start", "wrong-number"):
        _always(talk, asked)
        return
    if _calls_for_help(talk, event, asked):
        _register(talk, event, own_words=asked is None and event.question is None)
    _name_what_came(talk, event)
    # What was behind, staff have read, and have answered what was to be answered.
    if not event.behind or is_acute(event.words) or (asked is not None and asked.name == "human"):
        _take(talk, event, asked, learnt=learnt)


def _taken_by_provider(talk: Talk, event: Said, asked: Command | None) -> bool:
    """Follow what the provider did by itself at this word. ``True``: nothing is left to be said.

    What it has answered we do not answer once more; but who is answered by it alone, and has never heard from us, is
    shown to a person.
    """
    word, unknown = asked.name if asked is not None else "", not (talk.thread.greeted or talk.person.helped)
    if event.keyword == "stop":
        _stopped_by_provider(talk, event, word)
        return True
    if talk.thread.frozen:
        return False
    if event.keyword == "start" and talk.thread.opted_out:
        # "Yes" too lets us through again; what it may have been the answer to was asked long ago.
        talk.means(meant(Command("start"), silent=True))
        _back(talk, speaks=not event.answered)
        return True
    # "Yes" and "help" may also be answers of hers, and go on as such.
    if not event.answered or not (word in ("start", "help") or (unknown and event.keyword == "help")):
        return False
    if unknown:
        learn(talk, event)
        _register(talk, event, own_words=True)
        talk.hand_over("asked")
    return True


def _stopped_by_provider(talk: Talk, event: Said, word: str) -> None:
    """It lets nothing of ours through any more. Who meant something else by the word ("cancel") is shown to staff."""
    opened, was_silent = talk.thread.open, talk.thread.opted_out or talk.thread.frozen
    talk.state = talk.state.with_thread(opted_out=True)
    if not was_silent:
        _tell_of_phone(talk, "opted-out")
    if word == "stop":
        if not was_silent and not event.answered:
            talk.say(say(STOPPED))
        return
    if not was_silent and not word and opened is not None and opened.ask == "move-or-cancel":
        # What she answered is done, though it cannot be said here.
        answer_own(talk, event, opened)
        talk.says.clear()
    talk.hand_over("opted-out")


def _name_the_word(talk: Talk, event: Said, asked: Command | None) -> None:
    """For staff: what a word that works anywhere means, or that she rang instead of writing it."""
    if event.rang:
        talk.means(say(RANG))
    elif asked is not None:
        talk.means(meant(asked, silent=talk.thread.opted_out))


def _take(talk: Talk, event: Said, asked: Command | None, *, learnt: bool) -> None:
    acute = is_acute(event.words)
    if event.code and talk.thread.owner == "bot":
        did_not_fit(talk)
    elif event.contact == "own":
        own_number(talk, event.words)
    elif sees_only_boxes(talk, event) and not _asks_for_number(talk):
        talk.means(say(N_("I see only boxes. Ring me.")))
        if talk.thread.owner == "bot":
            ring_instead(talk)
    elif talk.thread.owner == "staff" or is_flooding(talk):
        _under_staff(talk, event, acute=acute)
    elif _arrived_by_mistake(talk, event, acute=acute) and asked is None:
        (_offer_human if event.unread == "voice" else ask_again)(talk)
    elif asked is not None:
        _obey(talk, asked)
        if not talk.says and not talk.thread.awaited:
            # A word with nothing open to belong to is read like any other words: nobody is left without an answer.
            nothing_open(talk, event.words)
    elif learnt and not _is_understood(talk, event):
        _told_the_language(talk, event)
    else:
        _answer(talk, event)


def _told_the_language(talk: Talk, event: Said) -> None:
    """The words that told the language were no answer: the question again, in words she reads, and no reproach."""
    opened = talk.thread.open
    if not offered_interpreter(talk) and (opened is None or not answered_aside(talk, event, opened)):
        ask_again(talk)


def _in_doubt(talk: Talk, event: Said, asked: Command | None) -> None:
    """Nobody knows who writes: what cannot wait, then whose it is; nothing of what was said before."""
    hers = is_hers(talk, event)
    if hers:
        trust_again(talk)
    elif hers is False or (asked is not None and asked.name == "wrong-number"):
        talk.state = talk.state.with_thread(doubted=True)
        _always(talk, Command("wrong-number"))
    elif asked is not None and asked.name == "stop":
        # Not the words that say that a meeting stands.
        talk.say(say(WRONG_HERE if talk.thread.channel == "telegram" else WRONG))
        talk.state = talk.state.with_thread(doubted=True, opted_out=True)
        _tell_of_phone(talk, "opted-out")
    else:
        if is_acute(event.words):
            _acute(talk, event)
        ask_whose(talk)


def _heard_in_silence(talk: Talk, event: Said, asked: Command | None) -> None:
    """Nothing is answered where the person said stop or wrong number, but what she writes still reaches a human.

    Who asks for help has asked for it. Only what cannot wait is answered, with the numbers to ring, and is in the inbox
    at once: she wished for no texts, not to be left alone.
    """
    if event.rang and talk.thread.opted_out:
        talk.hand_over("opted-out")  # she wants no texts, and wants to be rung
    if asked is not None or event.question is not None:
        return
    if not talk.person.helped:
        learn(talk, event)
        _register(talk, event, own_words=True)
    if is_acute(event.words):
        _acute(talk, event)
    elif event.words.strip() and (talk.thread.opted_out or talk.thread.doubted):
        # Who has the number now may need help as much as who had it.
        talk.hand_over("opted-out" if talk.thread.opted_out else "wrong-number")


def _command(talk: Talk, event: Said) -> Command | None:
    """The word that works anywhere, if it was said; what names a choice of the open question is its answer."""
    if event.rang:
        return Command("human")
    if event.question is not None:
        return None
    asked = command(event.words)
    if asked is None or asked.name in ("stop", "start", "wrong-number"):
        return asked
    if asked.name == "read" and talk.person.news is None:
        return None  # where nothing is new it is a word like any other
    # "Hjälp" as the very first word is a call for help, not a wish for instructions.
    first = asked.name == "help" and not talk.thread.greeted
    # Under staff nothing of the form is answered.
    question = _open_question(talk) if talk.thread.owner == "bot" else None
    answers = question is not None and _is_an_answer(talk, question, asked, event.words)
    return None if first or answers else asked


def _is_an_answer(talk: Talk, question: Question[Any], asked: Command, words: str) -> bool:
    """Whether the word names a choice of the open question: then it is its answer."""
    if question.kind.name == "free-time" and means(words, "another-day"):
        return True
    if question.kind.name == "language" and asked.name == "language":
        return asked.argument is not None
    if question.name == MOVE_OR_CANCEL.name and asked.name == "move":
        # "Cancel" says which of the two; only to want another time is asked about.
        return isinstance(question.kind.understand(words, talk.language, today=talk.today), Meaning)
    labels = {fold(render(option.label, known)) for option in question.kind.options() for known in languages()}
    return fold(words) in labels


def _open_question(talk: Talk) -> Question[Any] | None:
    opened, run = talk.thread.open, talk.run
    if opened is None or opened.ask == "reminder":
        return None
    if opened.ask != "form":
        return own_question(talk, opened.ask, opened.question)
    asking = replay(talk, run).asking if run is not None else None
    return asking.question if asking is not None else None


def _asks_for_number(talk: Talk) -> bool:
    question = _open_question(talk)
    return question is not None and question.kind.name in ("number", "kronor")


def _answer(talk: Talk, event: Said) -> None:
    opened, language = talk.thread.open, chosen_by_number(talk, event)
    if language is not None:
        talk.means(say("{language}", language=LanguageName(language)))
        choose(talk, language)
    elif event.question is not None and (opened is None or event.question != opened.token):
        # For staff: a bare "1" here would look like an answer to the question that comes again.
        talk.means(say(N_("A button of an earlier question.")))
        if talk.thread.channel != "telegram":  # there the button itself says so
            talk.say(say(BEHIND_US))
        ask_again(talk)
    elif event.question is not None and event.words == LEAVE:
        later(talk)
    elif event.question is not None and event.words == REMOVE:
        talk.means(say(N_("Take away")))
        remove(talk, None)
    elif opened is None:
        nothing_open(talk, event.words)
    elif opened.ask == "form":
        answer(talk, event, opened)
    else:
        answer_own(talk, event, opened)


def _is_understood(talk: Talk, event: Said) -> bool:
    """Whether the words answer the form's open question."""
    opened, run = talk.thread.open, talk.run
    asking = replay(talk, run).asking if run is not None and opened is not None and opened.ask == "form" else None
    if asking is None:
        return opened is None
    heard = asking.question.kind.understand(event.words, talk.language, today=talk.today, among=asking.among)
    return not isinstance(heard, Misunderstood)


def _calls_for_help(talk: Talk, event: Said, asked: Command | None) -> bool:
    """The first words of somebody unknown. Not the reply that only says whose number this is."""
    if talk.person.helped or event.code or (talk.thread.open is not None and talk.thread.open.ask == "confirm-contact"):
        return False
    # Whoever wants a job and no money, and no meeting either, asks for nothing that a case is opened for.
    wants_nothing = talk.run is not None and talk.run.flow == "work" and _says_no(talk, event)
    return not wants_nothing and (asked is None or asked.name not in ("language", "work", "elsewhere"))


def _says_no(talk: Talk, event: Said) -> bool:
    heard = YesNo().understand(event.words, talk.language, today=talk.today)
    return isinstance(heard, Meaning) and not heard.meaning


def _register(talk: Talk, event: Said, *, own_words: bool) -> None:
    """The first message is a call for help: received at once, whatever comes after."""
    talk.call(
        CallForHelp(
            person=talk.person.id,
            thread=talk.thread.id,
            channel=talk.thread.channel,
            language=talk.thread.speaks or talk.language,
            received_at=talk.now,
            # A button that was pressed, or its word, says nothing that could be read later.
            words=event.words[:LONGEST_KEPT] if own_words else "",
            telephone=talk.state.telephone,
        ),
        key=uuid5(talk.person.id, "call-for-help"),
    )
    talk.state = talk.state.with_person(helped=True)


def _always(talk: Talk, asked: Command) -> None:
    """Stop, start and wrong number: obeyed whoever owns the thread."""
    if asked.name == "stop":
        talk.say(say(STOPPED_HERE if talk.thread.channel == "telegram" else STOPPED))
        talk.state = talk.state.with_thread(opted_out=True)
        _tell_of_phone(talk, "opted-out")
    elif asked.name == "wrong-number" and talk.thread.channel in PERSONAL_CHANNELS:
        _gave_a_wrong_number(talk)
    elif asked.name == "wrong-number":
        talk.say(say(WRONG_HERE if talk.thread.channel == "telegram" else WRONG))
        talk.state = talk.state.with_thread(frozen=True, open=None, interrupted=None)
        _tell_of_phone(talk, "wrong-number")
    elif _begins(talk.thread):
        # "Start" as the very first word, and the button of that name where a talk begins.
        nothing_open(talk)
    else:
        _back(talk, speaks=True)


def _back(talk: Talk, *, speaks: bool) -> None:
    """We may write again; ``speaks``: and say so, with the question that was open."""
    talk.state = talk.state.with_thread(opted_out=False)
    _tell_of_phone(talk, "back")
    if not speaks:
        return
    talk.say(say(N_("Welcome back.")))
    if talk.thread.owner == "bot":
        ask_again(talk)


def _gave_a_wrong_number(talk: Talk) -> None:
    """On her own screen we reach nobody else: a number she gave us is wrong, and we ask for the right one."""
    if talk.thread.owner == "staff":
        return
    run = talk.run
    if not talk.thread.greeted:
        nothing_open(talk)
    elif talk.person.telephone is not None:
        # Confirmed from there once: a person finds out what has changed.
        talk.say(say(A_PERSON_READS))
        talk.hand_over("wrong-number")
        ask_again(talk)
    elif talk.thread.open is None and not talk.thread.awaited and (run is None or run.state != "open"):
        start(talk, "number")
    else:
        talk.say(say(NOT_CONFIRMED))
        ask_again(talk)


def _begins(thread: Thread) -> bool:
    return not (thread.opted_out or thread.greeted or thread.open) and thread.owner == "bot"


def _tell_of_phone(talk: Talk, what: Literal["opted-out", "wrong-number", "back"]) -> None:
    """The backend keeps telephones; of an account elsewhere staff are told, to find another way."""
    if talk.thread.channel == "telegram":
        if what != "back":
            talk.hand_over(what)
        return
    person, telephone = talk.person.id, talk.state.telephone
    if what == "wrong-number":
        talk.call(Phone(person=person, telephone=telephone, at=talk.now, wrong_number=True))
    else:
        talk.call(Phone(person=person, telephone=telephone, at=talk.now, opted_out=what == "opted-out"))


def _under_staff(talk: Talk, event: Said, *, acute: bool) -> None:
    """A human has the thread: the bot is silent, but for acute words, the answer to a reminder it sent, and to say when
    somebody answers where nobody is there."""
    opened = talk.thread.open
    if acute:
        _acute(talk, event)
    elif opened is not None and opened.ask in ("reminder", "move-or-cancel"):
        answer_own(talk, event, opened)
    if not talk.says:
        away(talk)


def _name_what_came(talk: Talk, event: Said) -> None:
    """For staff: what stands there without words, or in the place of other words."""
    if event.code:
        talk.means(say(A_CODE))
    elif event.edited:
        talk.means(say(N_("An earlier message was changed.")))
    elif event.unread == "voice":
        talk.means(say(N_("A voice message.")))
    elif event.unread or event.contact == "other":
        talk.means(say(N_("Something that is not words.")))
    elif event.pictures:
        talk.means(say(N_("A picture or a file.")))


def _arrived_by_mistake(talk: Talk, event: Said, *, acute: bool) -> bool:
    """What came is answered kindly before anything else; whether the open question must be asked again."""
    if event.diverted:
        talk.say(
            say(
                N_("It arrived. Please do not send such numbers here. It is enough that we see your ID at the meeting.")
            )
        )
    if event.pictures:
        talk.say(say(PICTURE_CAME))
    if event.unread == "voice":
        talk.say(say(N_("A voice message came. I cannot listen to it.")))
    elif event.unread:
        talk.say(say(N_("I can only read words here. Please write it.")))
    if event.contact == "other":
        talk.say(say(N_("That is not your own number. Press the button with your number, or write it.")))
    if event.edited:
        talk.say(say(N_("You changed an earlier message. I only read new ones: please write it again.")))
    if acute:
        _acute(talk, event)
    return bool(event.diverted or event.pictures or event.unread or event.contact or event.edited or acute)


def _offer_human(talk: Talk) -> None:
    """Whoever speaks instead of writing may not be able to write."""
    opened = talk.thread.open
    if opened is not None and opened.ask == "form":
        talk.state = talk.state.with_thread(interrupted=opened)
    put_own(talk, "human")


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
    _alarm(talk, event)


def _alarm(talk: Talk, event: Said) -> None:
    """Staff at once."""
    if not talk.person.acute:
        need = AcuteNeed(person=talk.person.id, thread=talk.thread.id, at=talk.now, words=event.words[:LONGEST_KEPT])
        talk.call(need)
        talk.state = talk.state.with_person(acute=True)
    talk.hand_over("acute")


# --- Words that work anywhere -----------------------------------------------------------------------------------------


def _obey(talk: Talk, asked: Command) -> None:  # noqa: C901  # one line for each word
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
            choose(talk, asked.argument)
        case "human":
            talk.say(say(N_("A person will answer you here or ring you. The machine helps you meanwhile.")))
            talk.hand_over("asked")
            ask_again(talk)
        case "status":
            talk.wait_for(talk.call(StatusQuery(person=talk.person.id, at=talk.now), answers=True), "status")
        case "back":
            back(talk)
        case "change" | "remove":
            (change if asked.name == "change" else remove)(talk, asked.argument)
        case "later":
            later(talk)
        case "move" | "elsewhere":
            (_wants_to_move if asked.name == "move" else elsewhere)(talk)
        case "work":
            _wants_work(talk)
        case "read":
            read(talk)
        case _:
            ask_again(talk)


def _wants_work(talk: Talk) -> None:
    """A job, not money: who helps with that, and the offer of a meeting where none is on its way."""
    run, opened = talk.run, talk.thread.open
    instead_of = run.flow if run is not None and run.state == "open" else None
    own = opened is not None and opened.ask != "form"
    under_way = own or talk.thread.awaited or talk.person.applied or talk.stands(talk.person.meeting)
    if under_way or instead_of not in (None, *_BEFORE_A_MEETING):
        talk.say(helpers(talk.policy.work))
        ask_again(talk)
        return
    if run is not None and instead_of is not None:
        close(talk, run)
    if instead_of == "application":
        talk.say(say(NO_APPLICATION))
    talk.state = talk.state.with_person(wants_work=True).with_thread(greeted=True, interrupted=None)
    start(talk, "work")


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
