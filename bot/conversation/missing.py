"""Papers that staff want by a day, in the talk: which are missing, which one a picture is, what she cannot get.

What is missing is looked up each time it is told, for papers come by other ways than this.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from backend.contract import (
    AboutPaper,
    DocumentReceipt,
    MissingPapers,
    MissingPapersQuery,
    NamePapers,
    Paper,
    SaidOfPaper,
    Sensitivity,
)
from bot.conversation import also_by, understood
from bot.conversation.elsewhere import where_to_send
from bot.conversation.paper_questions import ASKED, About, names
from bot.conversation.putting import put_own, side_by_side
from bot.conversation.running import ask_again, resume
from bot.conversation.talk import PERSONAL_CHANNELS, Talk
from bot.flows.application import PAPERS
from bot.messages import Awaited, Brought, Drawing, Open, Outgoing, Resulted
from bot.text import N_, Text, say

THIS_CAME = N_("Thank you, this has come: {papers}.")
TAKEN_AS = N_("Thank you, it has come. We take it as: {papers}.")
SO_FAR = N_("{came} of {asked}. The rest at the latest {day}.")
SO_FAR_LATE = N_("{came} of {asked}. You can still send the rest.")
ALL_HERE = N_("Now all the papers have come.")
NOTHING_MISSING = N_("No paper is missing. You need not send anything now.")
NOT_HERE = N_("Others may read here. Write RING and we tell you, or come to {address}.")
SEND_EACH = N_("Good. Send a picture of one paper at a time, here.")
BRING = N_("Good. Bring them to {address}.")
NOTED = N_("Your caseworker sees that you cannot get it. We do not ask for it again. Help? Write RING.")
AS_IT_IS = N_("Thank you. We take it as it is.")
A_NEW_PICTURE = N_("Good. Send the new picture in the same way. Nothing is lost meanwhile.")
STAFF_LOOK = N_("Thank you. Our staff look at what it is.")
NOT_SEEN = N_("I cannot see that right now. Write RING and a person tells you.")


def look_up(talk: Talk, *, to_send: bool = False) -> None:
    """She asks which papers are missing; or wants to send some, and is told first which."""
    call = talk.call(MissingPapersQuery(person=talk.person.id), answers=True)
    talk.wait_for(call, "missing-papers", "to-send" if to_send else "")


def resulted(talk: Talk, awaited: Awaited, event: Resulted) -> None:
    """How it stands with what is asked for."""
    if event.problem is not None or event.value is None:
        talk.say(say(NOT_SEEN))
        if awaited.purpose != "missing-papers":
            talk.hand_over("question")
        ask_again(talk)
        return
    stands = MissingPapers.model_validate(event.value)
    if awaited.purpose == "missing-papers":
        _tell(talk, stands, to_send=awaited.question == "to-send")
        return
    told: list[Text] = [_answer(awaited)]
    if stands.by is not None and (stands.papers or awaited.purpose == "paper-named"):
        told.append(count(stands, talk.today))
    _say(talk, told)
    ask_again(talk)


def _answer(awaited: Awaited) -> Text:
    if awaited.purpose == "paper-said":
        return say(NOTED if awaited.question == "cannot-get" else AS_IT_IS)
    papers = About.read(awaited.question).papers
    return say(THIS_CAME, papers=names(papers)) if papers else say(STAFF_LOOK)


def _tell(talk: Talk, stands: MissingPapers, *, to_send: bool) -> None:
    missing = tuple(one.paper for one in stands.papers)
    if to_send and (stands.by is None or not missing):
        where_to_send(talk)
    elif not missing:
        talk.say(say(NOTHING_MISSING))
        ask_again(talk)
    elif not talk.carries(Sensitivity.PERSONAL):
        talk.say(say(NOT_HERE, address=talk.policy.address))
        ask_again(talk)
    elif stands.by is None:
        talk.say(say(N_("Bring to the meeting: {papers}."), papers=names(missing)), "personal-question")
        ask_again(talk)
    else:
        _looks_like(talk, stands)
        ask = "can-get" if stands.by >= talk.today else "can-still-get"
        put(talk, ask, About(missing, stands.by))


def _looks_like(talk: Talk, stands: MissingPapers) -> None:
    """How each is known when one has it in one's hand, where there is room for it."""
    if talk.thread.channel == "sms":
        return
    lines = {}
    for one in stands.papers:
        words = " ".join(filter(None, (one.looks_like.get(talk.language), one.own_words and f"({one.own_words})")))
        if words:
            (name,) = names([one.paper])
            lines[one.paper] = say("{paper}: {words}", paper=name, words=words)
    listed = {f"line{n}": lines[paper] for n, paper in enumerate(PAPERS) if paper in lines}
    if listed:
        told = say("\n".join(f"{{{line}}}" for line in listed), **listed)
        talk.says.append(Outgoing("personal-question", told, drawings=_drawings(talk, stands)))


def _drawings(talk: Talk, stands: MissingPapers) -> tuple[Drawing, ...]:
    """The drawings that go along, each once: the pages show them all the time, a chat cannot."""
    if talk.thread.channel != "telegram":
        return ()
    new = tuple(one.paper for one in stands.papers if one.paper not in talk.thread.drawn)
    talk.state = talk.state.with_thread(drawn=(*talk.thread.drawn, *new))
    return tuple(Drawing(paper, name) for paper, name in zip(new, names(new), strict=True))


def count(stands: MissingPapers | Brought | DocumentReceipt, today: date) -> Text:
    """How many are here of how many, and until when the rest may come."""
    if stands.came >= stands.asked:
        return say(ALL_HERE)
    if stands.by is not None and stands.by >= today:
        return say(SO_FAR, came=stands.came, asked=stands.asked, day=stands.by)
    return say(SO_FAR_LATE, came=stands.came, asked=stands.asked)


# --- A picture came ---------------------------------------------------------------------------------------------------


def told(talk: Talk, event: Brought) -> list[Text]:
    """What she is told of papers that were asked for by a day: which have come, and how many of how many."""
    texts: list[Text] = []
    if names_it(talk, event):
        said = TAKEN_AS if event.taken_as else THIS_CAME
        texts.append(say(said, papers=names([event.taken_as] if event.taken_as else event.named)))
    if event.taken_as or event.named or not event.unnamed:
        texts.append(count(event, talk.today))
    return texts


def names_it(talk: Talk, event: Brought) -> bool:
    """Whether it is said which of them came: where nobody else reads."""
    return talk.carries(Sensitivity.PERSONAL) and bool(event.taken_as or event.named)


def asks(talk: Talk, event: Brought) -> tuple[str, About] | None:
    """What there is to ask about what came: once, and one thing; ``None`` where something else is to be answered
    first."""
    opened = talk.thread.open
    if event.by is None or (opened is not None and opened.ask not in ("form", "which-papers")):
        return None
    if event.unnamed and len(event.missing) > 1 and talk.carries(Sensitivity.PERSONAL):
        return "which-paper", About(event.missing, documents=event.unnamed)
    if event.unclear is not None:
        return "hard-to-read", About((event.unclear,))
    if event.taken_as is not None and event.taken and opened is None and talk.thread.interrupted is None:
        # In the middle of a form it is only said: what was asked there is not set aside for it.
        return "taken-as", About((event.taken_as,), documents=event.taken)
    return None


def set_aside(talk: Talk) -> None:
    """Something came: what was asked of papers before it is as it was no longer, and is not asked again."""
    if talk.thread.open is not None and talk.thread.open.ask in (*ASKED, understood.UNDERSTOOD, also_by.CALENDAR):
        talk.open(None)


def put(talk: Talk, ask: str, about: About, reason: Text | None = None) -> None:
    """Ask it; a form's question comes again after the answer. ``reason``: what is said before it."""
    opened = talk.thread.open
    if opened is not None and opened.ask == "form":
        talk.state = talk.state.with_thread(interrupted=opened)
    put_own(talk, ask, about=str(about), reason=reason)


# --- She answers ------------------------------------------------------------------------------------------------------


def _can_get(talk: Talk, yes: bool, opened: Open) -> None:
    about = About.read(opened.question)
    if not yes and len(about.papers) == 1:
        _cannot_get(talk, about.papers[0], opened)
    elif not yes:
        put_own(talk, "cannot-get", about=opened.question)
    elif talk.policy.documents is None:
        talk.say(say(BRING, address=talk.policy.address))
        resume(talk)
    elif talk.thread.channel not in PERSONAL_CHANNELS:
        # Nobody is asked to send a paper where we say that it is not private: the page is where it is sent.
        where_to_send(talk)
    else:
        talk.say(say(SEND_EACH))
        resume(talk)


def _cannot_get(talk: Talk, paper: Paper, _: Open) -> None:
    _says(talk, paper, "cannot-get")


def _which(talk: Talk, paper: Any, opened: Open) -> None:
    if paper == "other":
        talk.say(say(STAFF_LOOK))
        resume(talk)
    else:
        _name(talk, paper, opened)


def _readable(talk: Talk, answer: str, opened: Open) -> None:
    if answer == "anyway":
        _says(talk, About.read(opened.question).papers[0], "good-enough")
    else:
        talk.say(say(A_NEW_PICTURE))
        resume(talk)


def _taken_as(talk: Talk, other: bool, opened: Open) -> None:
    if other:
        _name(talk, None, opened)
    else:
        resume(talk)


def _says(talk: Talk, paper: Paper, says: SaidOfPaper) -> None:
    call = talk.call(AboutPaper(person=talk.person.id, at=talk.now, says=says), answers=True, paper=paper)
    talk.wait_for(call, "paper-said", says)


def _name(talk: Talk, paper: Paper | None, opened: Open) -> None:
    documents = About.read(opened.question).documents
    named = NamePapers(person=talk.person.id, at=talk.now, documents=documents, paper=paper)
    talk.wait_for(talk.call(named, answers=True), "paper-named", str(About((paper,) if paper else ())))


ANSWERED: Mapping[str, Callable[[Talk, Any, Open], None]] = {
    "can-get": _can_get,
    "can-still-get": _can_get,
    "cannot-get": _cannot_get,
    "which-paper": _which,
    "hard-to-read": _readable,
    "taken-as": _taken_as,
}


def _say(talk: Talk, told: list[Text]) -> None:
    if talk.thread.channel == "sms":
        for text in told:
            talk.say(text)
    else:
        talk.say(side_by_side(told))
