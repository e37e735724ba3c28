"""The person wrote: what always works first, then the open question, then what to do when none is open."""

from typing import Any

from backend.contract import Meeting
from bot.conversation.also_by import CALENDAR
from bot.conversation.answering import answer, later, remove
from bot.conversation.asides import answered_aside
from bot.conversation.beforehand import cannot_come_to, concerned, is_today, of_activity, tell_quietly
from bot.conversation.bringing import will_be_told
from bot.conversation.by_telephone import goes_on, wants_it
from bot.conversation.calling import answer_acute, register
from bot.conversation.elsewhere import did_not_fit, hide, joined
from bot.conversation.flood import is_flooding
from bot.conversation.helping import A_HELPERS_CODE, HELPERS_WORDS, begins, for_oneself, of_helpers, only_helps
from bot.conversation.jobs import ASKS, may_be_told
from bot.conversation.meant import meant
from bot.conversation.obeying import obey
from bot.conversation.own import answer_own, asked_what_is_needed, own_number
from bot.conversation.ownership import away
from bot.conversation.putting import ASKED_OF_HELPERS, MOVE_OR_CANCEL, own_question, put_own
from bot.conversation.running import ask_again, nothing_open, replay
from bot.conversation.speaking import (
    choose,
    chosen_by_number,
    learn,
    offered_interpreter,
    ring_instead,
    sees_only_boxes,
)
from bot.conversation.stopping import always, taken_by_provider
from bot.conversation.talk import Talk, is_doubted
from bot.conversation.together import A_CODE as A_CODE_FOR_TWO
from bot.conversation.together import invited
from bot.conversation.unanswered import heard_in_silence, in_doubt
from bot.conversation.understood import UNDERSTOOD
from bot.conversation.wishing import may_wish, wish
from bot.hearing.call_words import call_at
from bot.hearing.job_words import applied_for
from bot.hearing.meeting_words import of_meeting
from bot.hearing.words import Command, command, is_acute, means, of_interpreter
from bot.messages import LEAVE, REMOVE, Said
from bot.questions import Meaning, Misunderstood, Question, YesNo
from bot.spelling import fold
from bot.text import N_, LanguageName, languages, render, say

A_CODE = N_("A code to go on in another place.")
BEHIND_US = N_("That question is already behind us.")
RANG = N_("A missed call. Please ring back.")
PICTURE_CAME = N_("It arrived. You need not send papers here. Bring them to the meeting if you have them.")

_NO_CALL = ("language", "work", "elsewhere", "invite", "together", "not-together", "calendar", *HELPERS_WORDS)
"""Words that ask for something else than help."""

_ALSO_UNDER_STAFF = ("reminder", "move-or-cancel", "ill", "activity", "move-asked", "move-to")
"""Questions of ours that are answered also while a human has the thread."""


def said(talk: Talk, event: Said) -> None:
    """Take what the person wrote."""
    if talk.thread.blocked:
        # Who writes to us lets us through again.
        talk.state = talk.state.with_thread(blocked=False)
    asked = _command(talk, event)
    _name_the_word(talk, event, asked)
    if event.keyword and taken_by_provider(talk, event, asked):
        return
    silent = talk.thread.opted_out and (asked is None or asked.name != "start")
    doubted = is_doubted(talk.thread, talk.now)
    if talk.thread.frozen or (silent and (doubted or not event.by_telephone)):
        heard_in_silence(talk, event, asked)
    elif doubted:
        in_doubt(talk, event, asked)
    elif event.by_telephone:
        for_herself = not only_helps(talk, asked) and _calls_for_help(talk, event, asked)
        wants_it(talk, event, calls_for_help=for_herself, silent=silent)
    else:
        _hear(talk, event, asked)


def _hear(talk: Talk, event: Said, asked: Command | None) -> None:
    """She wrote, and may be answered."""
    talk.state = talk.state.with_thread(heard=talk.now)
    _put_behind(talk, event, asked)
    if _wrote_code(talk, event) or _is_about_helping(talk, event, asked):
        return
    learnt = learn(talk, event)
    if asked is not None and asked.name in ("stop", "start", "wrong-number"):
        always(talk, asked)
        return
    _name_what_came(talk, event)
    if goes_on(talk, event, asked):
        return
    if _calls_for_help(talk, event, asked):
        register(talk, event, own_words=asked is None and event.question is None)
    # What was behind, staff have read, and have answered what was to be answered.
    if not event.behind or is_acute(event.words) or (asked is not None and asked.name == "human"):
        _take(talk, event, asked, learnt=learnt)


def _put_behind(talk: Talk, event: Said, asked: Command | None) -> None:
    """What is asked of a meeting's day is asked beside everything else: what is no answer is as if it were not open.

    To be told it again, or later, is one: then the time is said. Which job it was need not be answered either.
    """
    opened = talk.thread.open
    if opened is None or opened.ask not in (UNDERSTOOD, CALENDAR, ASKS) or event.question == opened.token:
        return
    answers = asked is None or asked.name in ("repeat", "later", "interpreter-wish")
    other = event.code or event.contact or event.pictures or event.unread or event.diverted or event.edited
    if not answers or other or event.question is not None or is_acute(event.words):
        talk.open(None)


def _wrote_code(talk: Talk, event: Said) -> bool:
    """A code that was right: to go on here, or to apply together with somebody."""
    if event.joined is not None:
        talk.means(say(A_CODE))
        joined(talk, event.joined)
    elif event.invited is not None:
        talk.means(say(A_CODE_FOR_TWO))
        invited(talk, event, event.invited)
    else:
        return False
    return True


def _is_about_helping(talk: Talk, event: Said, asked: Command | None) -> bool:
    """Somebody begins to help, or ends it, which works whoever owns the thread; or writes who only helps another."""
    if event.began is not None:
        talk.means(say(A_HELPERS_CODE))
        begins(talk, event.began)
    elif asked is not None and asked.name == "no-helper":
        of_helpers(talk, event, asked)
    elif only_helps(talk, asked) and not is_acute(event.words):
        if not _arrived_by_mistake(talk, event, acute=False):
            for_oneself(talk, asked)
    else:
        return False
    return True


def _name_the_word(talk: Talk, event: Said, asked: Command | None) -> None:
    """For staff: what a word that works anywhere means, or that she rang instead of writing it."""
    if event.rang:
        talk.means(say(RANG))
    elif asked is not None:
        talk.means(meant(asked, silent=talk.thread.opted_out))


def _take(talk: Talk, event: Said, asked: Command | None, *, learnt: bool) -> None:
    acute = is_acute(event.words)
    first_alarm = acute and not talk.person.acute
    if event.code and talk.thread.owner == "bot":
        did_not_fit(talk)
    elif event.contact == "own":
        own_number(talk, event.words)
    elif sees_only_boxes(talk, event) and not _asks_for_number(talk):
        talk.means(say(N_("I see only boxes. Ring me.")))
        if talk.thread.owner == "bot":
            ring_instead(talk)
    elif talk.thread.owner == "staff" or is_flooding(talk):
        _under_staff(talk, event, asked, acute=acute)
    elif _arrived_by_mistake(talk, event, acute=acute) and asked is None:
        _after_what_came(talk, event, first_alarm=first_alarm)
    elif asked is not None:
        obey(talk, event, asked)
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


def _command(talk: Talk, event: Said) -> Command | None:
    """The word that works anywhere, or what she says of her meeting; what names a choice of what is open answers it."""
    if event.rang:
        return Command("human")
    if event.question is not None:
        return None
    asked = command(event.words)
    if asked is None and not is_acute(event.words):
        # Beside what cannot wait nothing is offered, nor written down as a job.
        asked = call_at(event.words, talk.language, talk.today)
    if asked is None or asked.name == "language":
        # "Benaadiri" is called a language too.
        asked = _of_interpreter(talk, event) or asked
    if asked is None or asked.name == "later":
        asked = _of_meeting(talk, event) or _of_job(talk, event) or asked
    if asked is not None and asked.name == "later" and talk.thread.open is not None and talk.thread.open.ask == ASKS:
        asked = None  # it need not be answered, and is not asked again
    if asked is None or asked.name in ("stop", "start", "wrong-number", "late", "ill", "interpreter-wish", "job"):
        return asked
    if asked.name == "read" and talk.person.news is None:
        return None  # where nothing is new it is a word like any other
    if asked.name == "papers" and talk.policy.documents is None and talk.person.papers is None:
        return None
    # As the very first words, "hjälp" and "ansök" are a call for help: she is greeted, and told what there is.
    first = asked.name in ("help", "apply", "single-cost") and not talk.thread.greeted
    # Under staff nothing of the form is answered.
    question = _open_question(talk) if talk.thread.owner == "bot" else None
    answers = question is not None and _is_an_answer(talk, question, asked, event.words)
    return None if first or answers else asked


def _of_meeting(talk: Talk, event: Said) -> Command | None:
    """That she is late, ill or cannot come, where there is something to come to. To be late is of today, and answers no
    question of ours; the rest is the open question's first, unless that is about what comes after."""
    thing = concerned(talk)
    if thing is None or event.question is not None or is_acute(event.words):
        return None
    found = of_meeting(event.words)
    if found is not None and found.name == "late" and not is_today(talk, thing):
        return None
    if found is None or found.name == "late" or talk.thread.owner != "bot":
        return found
    if talk.thread.open is not None and talk.thread.open.ask == "activity" and isinstance(thing, Meeting):
        return found
    return None if _answers_what_is_open(talk, event) else found


def _of_interpreter(talk: Talk, event: Said) -> Command | None:
    """What she wishes of her interpreter; the open question goes first, where a man may be who she lives with.

    What a human has asked nobody knows here: once one has written, only words that name an interpreter are heard.
    """
    found = of_interpreter(event.words)
    if found is None or event.question is not None or is_acute(event.words) or not may_wish(talk, found.argument):
        return None
    if talk.thread.owner == "staff":
        return found if talk.thread.staff_wrote is None or found.argument == "other" else None
    return None if _answers_what_is_open(talk, event) else found


def _answers_what_is_open(talk: Talk, event: Said) -> bool:
    question = _open_question(talk)
    heard = question.kind.understand(event.words, talk.language, today=talk.today) if question is not None else None
    return isinstance(heard, Meaning)


def _of_job(talk: Talk, event: Said) -> Command | None:
    """That she has applied for a job."""
    if is_acute(event.words) or not may_be_told(talk):
        return None
    return Command("job") if applied_for(event.words, talk.today) is not None else None


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
    if opened is None or opened.ask in ("reminder", UNDERSTOOD, CALENDAR, ASKS):
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
    opened = talk.thread.open
    if talk.person.helped or event.code or (opened and opened.ask in ("confirm-contact", "join", *ASKED_OF_HELPERS)):
        return False
    if opened is not None and opened.ask == "who-reads" and opened.question == "together":
        return False  # whoever was invited has not said yet that she wants to
    # Whoever wants a job and no money, and no meeting either, asks for nothing that a case is opened for.
    wants_nothing = talk.run is not None and talk.run.flow == "work" and _says_no(talk, event)
    return not wants_nothing and (asked is None or asked.name not in _NO_CALL)


def _says_no(talk: Talk, event: Said) -> bool:
    heard = YesNo().understand(event.words, talk.language, today=talk.today)
    return isinstance(heard, Meaning) and not heard.meaning


def _under_staff(talk: Talk, event: Said, asked: Command | None, *, acute: bool) -> None:
    """A human has the thread: the bot is silent, but for acute words, the answer to a reminder it sent, and to say when
    somebody answers where nobody is there."""
    opened = talk.thread.open
    if acute:
        answer_acute(talk, event.words)
    elif asked is not None and asked.name in ("late", "ill"):
        tell_quietly(talk, asked)
    elif asked is not None and asked.name == "interpreter-wish":
        wish(talk, asked)
    elif asked is not None and asked.name == "others-read":
        hide(talk)
    elif asked is not None and asked.name == "not-shared" and talk.thread.shared:
        talk.hand_over("not-shared")
    elif asked is not None and asked.name == "move" and (planned := cannot_come_to(talk, event.words)) is not None:
        of_activity(talk, planned, "could-not")
    elif opened is not None and opened.ask in _ALSO_UNDER_STAFF:
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
    if event.pictures and talk.policy.documents is None:
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
        answer_acute(talk, event.words)
    return bool(event.diverted or event.pictures or event.unread or event.contact or event.edited or acute)


def _after_what_came(talk: Talk, event: Said, *, first_alarm: bool) -> None:
    if event.unread == "voice":
        _offer_human(talk)
    elif first_alarm and asked_what_is_needed(talk):
        return
    elif not (will_be_told(talk, event) and talk.thread.greeted):
        ask_again(talk)


def _offer_human(talk: Talk) -> None:
    """Whoever speaks instead of writing may not be able to write."""
    opened = talk.thread.open
    if opened is not None and opened.ask == "form":
        talk.state = talk.state.with_thread(interrupted=opened)
    put_own(talk, "human")
