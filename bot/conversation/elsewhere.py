"""Going on elsewhere: the code is given here, or was written here and joins this thread to the person it was given to.

No code stands where others may read; who has not said who reads here is asked first.
"""

from typing import Literal

from backend.contract import ContactConfirmed, Phone
from bot.conversation.putting import own_question, put_own
from bot.conversation.running import ask_again, go_on, nothing_open, resume
from bot.conversation.talk import PERSONAL_CHANNELS, Talk
from bot.conversation.together import next_step
from bot.conversation.understood import UNDERSTOOD
from bot.flows import flows
from bot.flows.apply import AT_THE_MEETING
from bot.flows.phone import ONLY_TIMES, SHARED
from bot.leaving.sending import CODE, INVITATION
from bot.messages import Joined, Open, Outgoing
from bot.text import N_, say

YOUR_CODE = N_("Write this code where you want to go on, within 10 minutes: {code}. Give it to nobody, not even to us.")
YOUR_LINK = N_("Go on within 10 minutes: {link} Or write the code there: {code}. Give it to nobody, not even to us.")
"""Where the municipality lets links be sent: to press, or to write."""
INVITE = N_(
    "Give this code to whoever helps you, to be written to us within 10 minutes: {code}. "
    "A helper sees times and questions, no money."
)
OTHERS_READ = N_("Others may read here, so I write no code. Write RING and a person helps you to go on elsewhere.")
NO_INVITATION = N_("Others may read here, so I write no code. Write RING and a person helps you.")
BY_PAGE = N_("You send papers on our page: {page}. Open the chat there and write the code you get now.")
HERE_TOO = N_(
    "Our page is safest. A picture sent here arrives too, but Telegram is not private. "
    "We try to take it out of the chat."
)
PRESS_HERE = N_("Press Send papers on this page, and take a picture of each.")
DID_NOT_FIT = N_(
    "That code does not work. Only the latest works, once and for a limited time. After three tries, wait half an hour."
)
ASKED_FIRST = N_("Thank you. A person rings you and asks. Until then we write only about your times here.")
HERE_NOW = N_("Now we go on here.")
_TO_STAFF = "staff-"
"""Before what is asked for, where she has asked staff and not here."""
GONE_ON = N_("We now go on in another place. Was it not you? Write RING.")


def elsewhere(talk: Talk) -> None:
    """She wants to go on in another place; who has begun nothing is greeted."""
    _wants_code(talk, "code")


def invite(talk: Talk) -> None:
    """She wants to let somebody help her."""
    _wants_code(talk, "invitation")


def wished_by_staff(talk: Talk, wish: Literal["elsewhere", "helper"]) -> None:
    """Staff have heard it: her code stands here, if she wrote here before and her own word would give one. Where others
    read not even a refusal stands, for she did not ask here; where she has not said whether they do, that is asked
    first, unless it is being asked."""
    opened, elsewhere_now = talk.thread.open, talk.person.only_rings is not None or talk.person.moved is not None
    if not talk.is_told_of_this or elsewhere_now or not talk.thread.greeted or talk.thread.shared:
        return
    asked_for = "code" if wish == "elsewhere" else "invitation"
    if talk.thread.channel in PERSONAL_CHANNELS or talk.thread.shared is False:
        _give(talk, asked_for)
    elif opened is None or opened.ask != "who-reads":
        _ask_who_reads(talk, _TO_STAFF + asked_for)


def where_to_send(talk: Talk) -> None:
    """She wants to send papers: safest on the page, where a code takes her. By text message nobody in Sweden can."""
    if talk.thread.channel in PERSONAL_CHANNELS:
        talk.say(say(PRESS_HERE))
        ask_again(talk)
        return
    talk.say(say(BY_PAGE, page=talk.policy.public_page))
    if talk.thread.channel == "telegram":
        talk.say(say(HERE_TOO))
    _wants_code(talk, "code")


def _wants_code(talk: Talk, asked_for: str) -> None:
    if not talk.thread.greeted:
        nothing_open(talk)
    elif talk.thread.channel in PERSONAL_CHANNELS or talk.thread.shared is False:
        _give(talk, asked_for)
    elif talk.thread.shared:
        _refuse(talk, asked_for)
        ask_again(talk)
    else:
        _ask_who_reads(talk, asked_for)


def who_reads(talk: Talk, shared: bool, opened: Open) -> None:
    """Whether others read here has been said; ``opened.question`` is what it was asked for."""
    talk.state = talk.state.with_thread(shared=shared)
    # Of whoever was invited, and is nobody's yet, nobody is told anything before she has said yes.
    if talk.thread.channel == "sms" and (talk.person.helped or opened.question != "together"):
        talk.call(Phone(person=talk.person.id, telephone=talk.state.telephone, at=talk.now, shared=shared))
    if opened.question == "joined":
        _take_up(talk)
    elif opened.question == "together":
        next_step(talk)
    elif shared:
        if opened.question.startswith(_TO_STAFF):
            talk.say(say(ONLY_TIMES))  # whoever reads here learns of no code
        else:
            _refuse(talk, opened.question)
        resume(talk)
    else:
        _give(talk, opened.question.removeprefix(_TO_STAFF))
        # What was set aside is asked again: it goes along, and until then may be answered here.
        if talk.thread.interrupted is None:
            talk.open(None)
        resume(talk)


def others_read(talk: Talk) -> None:
    """Others read here, from now on: nothing but times. That nobody does any more is for staff to hear: whoever holds
    her telephone could write it."""
    opened = talk.thread.open
    if opened is not None and opened.ask == "who-reads":
        who_reads(talk, True, opened)
        return
    hide(talk)
    _leave_what_is_hers(talk)
    if not talk.thread.greeted:
        nothing_open(talk)
    elif talk.thread.channel in PERSONAL_CHANNELS:
        ask_again(talk)
    else:
        talk.say(say(ONLY_TIMES))
        if opened is not None and opened.question == SHARED.name:
            talk.open(None)  # it is answered
        _take_up(talk)


def not_shared(talk: Talk) -> None:
    """She writes that nobody else reads here any more. So could whoever holds her telephone: a human asks her first."""
    opened = talk.thread.open
    if opened is not None and opened.ask == "who-reads":
        who_reads(talk, False, opened)
        return
    if talk.thread.shared and talk.thread.channel not in PERSONAL_CHANNELS:
        talk.say(say(ASKED_FIRST))
        talk.hand_over("not-shared")
    ask_again(talk)


def set_by_staff(talk: Talk, *, shared: bool) -> None:
    """A human has asked her. What others may not read is asked here no more; it waits for the meeting."""
    if talk.thread.channel in PERSONAL_CHANNELS:
        return
    talk.state = talk.state.with_thread(shared=shared)
    if talk.thread.channel == "sms":
        talk.call(Phone(person=talk.person.id, telephone=talk.state.telephone, at=talk.now, shared=shared))
    if shared:
        _leave_what_is_hers(talk)
        if _is_personal(talk):
            _leave_the_form(talk)


def _leave_what_is_hers(talk: Talk) -> None:
    """A question of ours that others may not read here is not asked again."""
    opened = talk.thread.open
    if opened is None or opened.ask in ("form", "reminder", UNDERSTOOD):
        return
    if not talk.carries(own_question(talk, opened.ask, opened.question).sensitivity):
        talk.open(None)


def hide(talk: Talk) -> None:
    """The same without a word. A page of her own is nobody else's."""
    if talk.thread.channel in PERSONAL_CHANNELS:
        return
    talk.state = talk.state.with_thread(shared=True)
    if talk.thread.channel == "sms":
        talk.call(Phone(person=talk.person.id, telephone=talk.state.telephone, at=talk.now, shared=True))


def did_not_fit(talk: Talk) -> None:
    """The same, whatever was wrong with it."""
    talk.say(say(DID_NOT_FIT))
    ask_again(talk)


def joined(talk: Talk, other: Joined) -> None:
    """This thread is hers too: what is new goes on reaching her, and her open question comes here."""
    here = talk.thread
    if other.tells and other.thread != here.id:
        talk.says.append(Outgoing("reply", say(GONE_ON), to=other.thread, language=other.language or "sv"))
    talk.say(say(HERE_NOW))
    if here.channel not in PERSONAL_CHANNELS:
        talk.state = talk.state.with_person(reach=here.id)
    elif talk.person.reach is None:
        # A page tells nobody that something is new: the other place goes on doing so.
        talk.state = talk.state.with_person(reach=other.thread)
    # A code that was read there, or written here, is the answer to ours that proves whose telephone it is.
    for telephone in filter(None, (other.telephone, talk.state.telephone)):
        talk.state = talk.state.with_person(telephone=talk.person.telephone or telephone)
        talk.call(ContactConfirmed(person=talk.person.id, telephone=telephone, at=talk.now))
    if other.with_staff:
        talk.hand_over("asked")
    if here.channel not in PERSONAL_CHANNELS and here.shared is None and _is_personal(talk):
        _ask_who_reads(talk, "joined")
    else:
        _take_up(talk)


def _give(talk: Talk, asked_for: str) -> None:
    if asked_for == "invitation":
        talk.says.append(Outgoing(INVITATION, say(INVITE, code="")))
    elif talk.policy.links and talk.thread.channel not in PERSONAL_CHANNELS:
        talk.says.append(Outgoing(CODE, say(YOUR_LINK, link="", code="")))
    else:
        talk.says.append(Outgoing(CODE, say(YOUR_CODE, code="")))


def _refuse(talk: Talk, asked_for: str) -> None:
    talk.say(say(NO_INVITATION if asked_for == "invitation" else OTHERS_READ))


def _ask_who_reads(talk: Talk, asked_for: str) -> None:
    opened = talk.thread.open
    if opened is not None and opened.ask == "form":
        talk.state = talk.state.with_thread(interrupted=opened)
    put_own(talk, "who-reads", about=asked_for)


def _is_personal(talk: Talk) -> bool:
    return talk.run is not None and flows()[talk.run.flow].application


def _take_up(talk: Talk) -> None:
    """Her open question, or what she waits for; but no form where it may not be asked."""
    guided = talk.thread.channel in PERSONAL_CHANNELS or (
        talk.policy.ceiling_policy == "guided" and talk.thread.shared is False
    )
    if _is_personal(talk) and not guided:
        talk.say(say(AT_THE_MEETING))
        _leave_the_form(talk)
        return
    waits = talk.run is not None and talk.run.state == "open" and not talk.thread.awaited
    if talk.thread.open is not None or talk.thread.interrupted is not None:
        ask_again(talk)
    elif waits:
        go_on(talk)


def _leave_the_form(talk: Talk) -> None:
    opened = talk.thread.open
    kept = None if opened is not None and opened.ask == "form" else opened
    talk.state = talk.state.with_thread(open=kept, interrupted=None, run=None)
