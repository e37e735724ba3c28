"""She wrote the phrase that was agreed with her, or staff have it that they ring: nothing leaves to her from then on.

An ordinary sentence gets an ordinary answer. Until staff say that she is safe, whoever writes or presses there is
answered like somebody whose words a person reads: no time, no place, nothing asked. Words that cannot wait still get
their numbers, and stop is still obeyed. Of the phrase nothing she reads shows anything.
"""

from bot.conversation.calling import answer_acute
from bot.conversation.flood import is_flooding
from bot.conversation.running import A_PERSON_READS
from bot.conversation.saying import BEHIND_US, RANG
from bot.conversation.stopping import WRONG, WRONG_HERE, tell_of_phone
from bot.conversation.talk import PERSONAL_CHANNELS, Talk, is_doubted
from bot.hearing.words import command, is_acute
from bot.messages import Filled, Said
from bot.text import N_, Text, say

RING_WHEN_OPEN = N_("Ring {telephone} when we are open. Closed, and it cannot wait: {after_hours}.")


def wrote_phrase(talk: Talk, event: Said) -> None:
    """Staff at once; for who looks over her shoulder a message like any other."""
    talk.hand_over("agreed-phrase")
    talk.state = talk.state.with_person(silent_for_safety=talk.person.silent_for_safety or talk.now)
    wrote_in_silence(talk, event)


def wrote_in_silence(talk: Talk, event: Said | Filled) -> None:
    """Whoever it is that writes: all of it is kept and shown to staff, and none of it leads anywhere."""
    opened, is_hers = talk.thread.open, not is_doubted(talk.thread, talk.now)
    heard = talk.now if is_hers else talk.thread.heard
    talk.state = talk.state.with_thread(blocked=False, silence=None, handed_over=True, heard=heard)
    ask_nothing(talk)
    if isinstance(event, Said):
        if event.rang:
            talk.means(say(RANG))
        if _obeyed(talk, event) or event.answered:
            return
        if is_acute(event.words):
            answer_acute(talk, event.words)
            return
    if talk.thread.opted_out or talk.thread.frozen or talk.thread.owner == "staff" or is_flooding(talk):
        return
    if isinstance(event, Said) and event.question is not None and (opened is None or opened.token != event.question):
        talk.means(say(N_("A button of an earlier question.")))
        if talk.thread.channel != "telegram":  # there the button itself says so
            talk.say(say(BEHIND_US))
    else:
        talk.say(_answer(talk))


def _answer(talk: Talk) -> Text:
    """What says nothing of her case. Where staff ring her they are told that she wrote; of the phrase they know."""
    if talk.person.silent_for_safety is not None:
        return say(A_PERSON_READS)
    talk.hand_over("asked")
    return say(RING_WHEN_OPEN, telephone=talk.policy.telephone, after_hours=talk.policy.after_hours_telephone)


def ask_nothing(talk: Talk) -> None:
    """No question is open: the form's waits until she is safe."""
    opened = talk.thread.open
    if opened is not None:
        forms = opened if opened.ask == "form" else talk.thread.interrupted
        talk.state = talk.state.with_thread(open=None, interrupted=forms)


def _obeyed(talk: Talk, event: Said) -> bool:
    """Whether they want texts here no more, or again; where the provider has answered, nothing is said besides."""
    asked = command(event.words) if event.question is None and not event.agreed else None
    word, thread = event.keyword or (asked.name if asked else ""), talk.thread
    if word == "start" and thread.opted_out:
        talk.state = talk.state.with_thread(opted_out=False, provider_stopped=False)
        tell_of_phone(talk, "back")
        return False
    if word not in ("stop", "wrong-number") or (word == "wrong-number" and thread.channel in PERSONAL_CHANNELS):
        return False
    if not (thread.opted_out or thread.frozen):
        if not event.answered:
            # Not the words that say that a meeting stands.
            talk.say(say(WRONG_HERE if thread.channel == "telegram" else WRONG))
        by_provider = event.keyword == "stop"
        tell_of_phone(talk, "opted-out" if word == "stop" else "wrong-number", by_provider=by_provider)
    talk.state = talk.state.with_thread(**{"opted_out" if word == "stop" else "frozen": True})
    if event.keyword == "stop":
        talk.state = talk.state.with_thread(provider_stopped=True)
    return True
