"""Which language is spoken here: learnt from what is written, chosen by name or number, changed anywhere.

And what somebody can do whose telephone shows only boxes for the letters of her language.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot.conversation.putting import SHORT_WELCOME, WITH_PAGES, beside, choices, put_own
from bot.conversation.running import ask_again, go_on, nothing_open
from bot.conversation.talk import Talk
from bot.flows.welcome import WANT
from bot.hearing.language import SPOKEN, VARIETIES, detect, named
from bot.messages import Outgoing, Said
from bot.rendering import as_text
from bot.spelling import digits, fold, has_words
from bot.text import N_, LanguageName, in_its_letters, in_sms_alphabet, languages, say, segments

_ROOM = 2
"""Segments for the first question, with the languages beside it in letters of their own."""


def learn(talk: Talk, event: Said) -> bool:
    """From script and words, until it is known for sure: then it is never changed silently.

    Nobody's language is guessed: where it cannot be told we write Swedish, or the language of the page that was
    written on, and offer the others. Gives whether a later message than the first told it.
    """
    thread, later = talk.thread, talk.thread.language is not None
    if event.question is not None or (later and not thread.choosing):
        _learn_letters(talk, event)
        return False
    guess = detect(event.words)
    told = guess.code if guess.sure else None
    if told is None and not later and (event.words.startswith("/") or not has_words(event.words)):
        # No words of her own: then the language of her program is the best guess.
        told = event.speaks
    named_here = _spoken(event.words)
    if told in languages():
        talk.state = talk.state.with_thread(language=told, choosing=())
    elif not later:
        reads = event.page if event.page in languages() else "sv"
        others = _beside_the_question(talk, reads)
        talk.state = talk.state.with_thread(language=reads, choosing=others)
    # What was named stands before what was written in, and neither is taken back by what is written later.
    speaks = named_here or thread.speaks or told
    if speaks is not None and speaks != thread.speaks:
        _speak(talk, speaks)
    _learn_letters(talk, event)
    return later and told in languages()


def _beside_the_question(talk: Talk, reads: str) -> tuple[str, ...]:
    """The other languages we write: by SMS those most often spoken, as many as the first question has room for.

    Whoever reads one of the rest is heard as soon as she writes in it, or its name.
    """
    others = [code for code in languages() if code != reads]
    often = sorted(others, key=lambda code: SPOKEN.index(code) if code in SPOKEN else len(SPOKEN))
    if talk.thread.channel == "sms":
        while segments(as_text(_first_question(often), reads, plain=True)) > _ROOM:
            often.pop()
    return tuple(code for code in others if code in often)


def _first_question(others: Sequence[str]) -> Outgoing:
    return Outgoing("question", say(SHORT_WELCOME), choices=(*choices(WANT), *beside(WANT, others)))


def _learn_letters(talk: Talk, event: Said) -> None:
    """Who writes in the letters of the language, or names it in them, has a telephone that shows them."""
    if talk.thread.legible:
        return
    for code in (talk.language, named(event.words)):
        if code in languages() and not in_sms_alphabet(code) and in_its_letters(event.words, code):
            talk.state = talk.state.with_thread(legible=True)


def _spoken(words: str) -> str | None:
    """A language named in the first message ("pratar arabiska"): the interpreter's, whatever it was written in."""
    named_ones = [named(word) for word in fold(words).split() if len(word) > 3]
    return next((code for code in named_ones if code not in (None, "sv")), None)


def chosen_by_number(talk: Talk, event: Said) -> str | None:
    """The language chosen by its number beside the first question."""
    opened, figure = talk.thread.open, digits(event.words).strip()
    if opened is None or opened.question != WANT.name or talk.thread.channel in WITH_PAGES:
        return None
    if (event.question is not None and event.question != opened.token) or not figure.isdecimal():
        return None
    place = int(figure) - len(WANT.kind.options()) - 1
    return talk.thread.choosing[place] if 0 <= place < len(talk.thread.choosing) else None


def choose(talk: Talk, code: str | None) -> None:
    if code is None:
        names = tuple(say("{language}", language=LanguageName(known, own=True)) for known in languages())
        talk.say(say(N_("Write the name of your language, for example: {names}."), names=names))
        return
    opened = talk.thread.open
    if opened is not None and opened.ask == "interpreter":
        # Into another language than this: what was set aside comes back, or this one is asked about.
        talk.state = talk.state.with_thread(open=talk.thread.interrupted, interrupted=None)
    if code not in languages():
        _speak(talk, code)
        unwritten = N_("I do not write {language} yet, but you get an interpreter at the meeting.")
        if _lacks_interpreter(talk):
            unwritten = N_("I do not write {language} yet.")
        talk.say(say(unwritten, language=LanguageName(code)))
        if not offered_interpreter(talk):
            ask_again(talk)
        return
    talk.state = talk.state.with_thread(language=code, choosing=())
    _speak(talk, code)
    if offered_interpreter(talk):
        return
    if talk.thread.awaited:
        talk.say(say(N_("We go on in this language.")))
    elif talk.thread.open is not None and talk.thread.open.ask == "form":
        go_on(talk)
    elif talk.thread.open is not None:
        ask_again(talk)
    else:
        nothing_open(talk)


def set_by_staff(talk: Talk, reads: str, speaks: str, *, tell: bool) -> None:
    """A human has asked her. What is open is put again in the language she reads; where she lacks an interpreter into
    what she speaks, she is asked, as when she says it here. What is so already is not said again."""
    before = talk.thread.language
    if reads in languages():
        talk.state = talk.state.with_thread(language=reads, choosing=())
    if speaks != talk.thread.speaks:
        _speak(talk, speaks)
    if not tell or not talk.is_told_of_this or talk.thread.language is None or offered_interpreter(talk):
        return
    if talk.thread.language == before:
        return
    if talk.thread.awaited or talk.thread.open is None:
        talk.say(say(N_("We go on in this language.")))
    elif talk.thread.open.ask == "form":
        go_on(talk)
    else:
        ask_again(talk)


def offered_interpreter(talk: Talk) -> bool:
    """Whether she was asked if she wants an interpreter into what she speaks. The form waits meanwhile."""
    if not _lacks_interpreter(talk):
        return False
    meeting, opened = talk.person.meeting, talk.thread.open
    if meeting is not None:
        if opened is not None and opened.ask == "form":
            talk.state = talk.state.with_thread(interrupted=opened)
        put_own(talk, "interpreter", meeting.id, meeting.start, about=talk.thread.speaks or talk.language)
    return True


def _lacks_interpreter(talk: Talk) -> bool:
    """Whether her meeting is booked without an interpreter into what she speaks, and she can be asked about it now.

    Another question of ours does not wait, and choosing a time asks for the interpreter itself.
    """
    meeting, thread, run = talk.person.meeting, talk.thread, talk.run
    if meeting is None or not talk.stands(meeting) or thread.speaks in (None, "sv", meeting.interpreter_language):
        return False
    if meeting.interpreter_language in VARIETIES.get(thread.speaks, ()):
        return False
    books = run is not None and run.state == "open" and run.flow == "first_meeting"
    return not (thread.awaited or books or (thread.open is not None and thread.open.ask != "form"))


def _speak(talk: Talk, code: str) -> None:
    """The person speaks this. What we took for granted before (no interpreter, or one into another language) goes.

    Who chooses Swedish to read keeps her interpreter: going without one is something to be said, not taken for granted.
    """
    talk.state = talk.state.with_thread(speaks=code)
    run = talk.run
    if code != "sv" and run is not None and run.state == "open":
        given = {key: value for key, value in run.answers.items() if key not in run.implied}
        talk.state = talk.state.with_run(replace(run, answers=given, implied=()))


def sees_only_boxes(talk: Talk, event: Said) -> bool:
    """0, where we write in letters that a telephone may lack. It means so unless a number was asked for."""
    in_our_letters = talk.thread.channel == "sms" and not in_sms_alphabet(talk.language)
    return in_our_letters and digits(event.words).strip(" .!") == "0"


def ring_instead(talk: Talk) -> None:
    """Said in her language, in letters every telephone shows; a person rings. From now on we write Swedish here: boxes
    nobody can read, Swedish somebody may read to her."""
    talk.says.append(
        Outgoing(
            "reply", say(N_("OK. We ring you, with an interpreter. (Vi ringer dig, med tolk.)")), language=talk.language
        )
    )
    _speak(talk, talk.thread.speaks or talk.language)
    talk.hand_over("call-me")
    # What she could not read was not asked: it comes again when she writes.
    talk.open(None)
    talk.state = talk.state.with_thread(language="sv", interrupted=None, choosing=())
