"""What somebody asks of us that is no answer to anything: looked for among the approved answers, and said."""

from dataclasses import replace

from bot.answers import Answer, answers, find, may_be_said
from bot.answers.finding import MOST_GENERAL
from bot.conversation.putting import put_own
from bot.conversation.talk import Talk
from bot.spelling import fold
from bot.text import N_, say

ELSEWHERE = "other-municipality"
THEY_CAN = N_("Do you live in {place}? {municipality} can help you instead. Write RING, and a person arranges it.")
"""Beside the answer about another municipality, where there is one that people can be handed over to."""


def asked(talk: Talk, words: str) -> tuple[Answer, ...]:
    """The approved answer the words ask for, or the two they may ask for; what may not be said yet is left out."""
    names = find(words).names
    if lives_nearby(talk, words) and set(names) <= {MOST_GENERAL}:
        names = (ELSEWHERE,)  # to name the place tells more than what anybody may ask
    found = [answers()[name] for name in names]
    if names == (ELSEWHERE,) and talk.policy.neighbours and not may_be_said(found[0], talk.language, talk.policy):
        # What the law says of it is not approved; that she may apply, and who else can help, is said all the same.
        found = [replace(found[0], text=answers()[MOST_GENERAL].text, law=False)]
    return tuple(answer for answer in found if may_be_said(answer, talk.language, talk.policy))


def lives_nearby(talk: Talk, words: str) -> bool:
    """Whether a place is named that people can be handed over to from here."""
    said = fold(words).split()
    return any(fold(one.called) in said for one in talk.policy.neighbours)


def is_outright(talk: Talk, words: str) -> bool:
    """Whether the message is such a question and nothing else, whatever it could be taken for besides."""
    return words.rstrip(" .!)\"'").endswith(("?", "؟")) and find(words).certain and len(asked(talk, words)) == 1


def give(talk: Talk, *given: Answer) -> None:
    """Say answers, and what they were taken to be asked by, for staff."""
    for answer in given:
        talk.say(answer.said(talk.policy, talk.now))
        talk.means(say(answer.label))
        if answer.name == ELSEWHERE:
            for one in talk.policy.neighbours:
                talk.say(say(THEY_CAN, place=one.called, municipality=one.name))


def give_and_ask(talk: Talk, found: tuple[Answer, ...]) -> None:
    """Say the answer and ask whether it was one; or, of two, ask which."""
    if len(found) == 1:
        give(talk, *found)
        put_own(talk, "answered")
    else:
        put_own(talk, "which", about="|".join(answer.name for answer in found))
