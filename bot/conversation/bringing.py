"""Papers she sent: said in one answer, counted where the backend asks for some, and never what stands on them."""

from backend.contract import DocumentLimits
from bot.conversation import missing
from bot.conversation.putting import side_by_side
from bot.conversation.running import ask_again
from bot.conversation.talk import Talk, is_doubted
from bot.messages import Brought, Said
from bot.text import N_, Text, say

CAME = N_("It has arrived. Thank you. With us, only staff can read it.")
ALL_CAME = N_("{n} have arrived. Thank you. With us, only staff can read them.")
COUNTED = N_("{came} of {asked} papers have come.")
HARD_TO_READ = N_("Some of it is hard to read. We have it all the same. Send a new picture if you can.")
TOO_LARGE = N_("It is too large. We can take {megabytes} MB. Send a picture of each page instead.")
TOO_MANY_PAGES = N_("It has too many pages. We can take {pages} at a time. Send it in parts.")
LOCKED = N_("It has a password, so we cannot open it. Send a picture of the paper instead.")
NOT_OPENED = N_("It arrived, but we cannot open it. Send a picture of the paper, or bring it to the meeting.")
NOT_FETCHED = N_("We could not fetch what you sent. Please send it again, or bring it to the meeting.")
TAKES_LONGER = N_("This takes a little longer than usual. Nothing is lost. I write to you as soon as it is ready.")


def will_be_told(talk: Talk, event: Said) -> bool:
    """Whether what came with it is answered once it is known what became of it."""
    return bool(event.pictures) and talk.policy.documents is not None


def brought(talk: Talk, event: Brought) -> None:
    """What became of them; then the open question in full, for it stands above."""
    if event.lost:
        talk.hand_over("dead-letter")
    thread = talk.thread
    silent = thread.owner == "staff" or thread.opted_out or thread.frozen or is_doubted(thread, talk.now)
    if silent or talk.person.is_silent:
        return
    if event.kept:
        missing.set_aside(talk)
    told = _told(talk, event)
    asks = missing.asks(talk, event) if not event.waiting else None
    if thread.channel == "sms":
        for text in told:
            talk.say(text)
    elif told and asks is None:
        talk.say(side_by_side(told))
    if asks is not None:
        missing.put(talk, *asks, reason=side_by_side(told) if thread.channel != "sms" else None)
    elif not event.waiting:
        ask_again(talk)


def _told(talk: Talk, event: Brought) -> list[Text]:
    asked_for = missing.told(talk, event) if event.by is not None else []
    told: list[Text] = []
    if event.kept and not (asked_for and missing.names_it(talk, event)):
        told.append(say(CAME) if event.kept == 1 else say(ALL_CAME, n=event.kept))
    told += asked_for
    if event.by is None and event.kept and event.came and event.asked:
        told.append(say(COUNTED, came=event.came, asked=event.asked))
    if event.hard_to_read and event.unclear is None:
        told.append(say(HARD_TO_READ))
    for why in event.refused:
        if (text := why_not(why, talk.policy.documents)) not in told:
            told.append(text)
    if event.lost:
        told.append(say(NOT_FETCHED))
    if not told and event.waiting:
        told.append(say(TAKES_LONGER))
    return told


def why_not(why: str, limits: DocumentLimits | None) -> Text:
    """Why a file cannot be taken, and what she can do instead."""
    if limits is not None and why == "too-large":
        return say(TOO_LARGE, megabytes=limits.megabytes)
    if limits is not None and why == "too-many-pages":
        return say(TOO_MANY_PAGES, pages=limits.pages)
    return say(LOCKED if why == "encrypted" else NOT_OPENED)
