"""What a word that works anywhere means, for staff: in Swedish, whatever language it or its button was in."""

from collections.abc import Mapping

from bot.hearing.words import Command, Name, OfInterpreter, OfJob, OfMeeting, Setting
from bot.text import N_, LanguageName, Text, say

_MEANS: Mapping[Name | OfMeeting | OfInterpreter | OfJob | Setting, str] = {
    "help": N_("What you can write"),
    "back": N_("Back one step"),
    "change": N_("Change an answer"),
    "remove": N_("Take away"),
    "repeat": N_("Say it again"),
    "later": N_("Later"),
    "status": N_("How it is going"),
    "language": N_("Another language"),
    "human": N_("I want to be rung, or to talk with a person"),
    "stop": N_("Get no more messages here"),
    "start": N_("Get messages here again"),
    "wrong-number": N_("Wrong number"),
    "what": N_("What we keep about you"),
    "move": N_("Another time, or no meeting"),
    "late": N_("I will be late for the meeting"),
    "ill": N_("I am ill and have a meeting"),
    "work": N_("A job, not money."),
    "apply": N_("I want to apply"),
    "single-cost": N_("I want to apply for a single cost"),
    "read": N_("How I read what is new"),
    "elsewhere": N_("Go on in another place"),
    "others-read": N_("Others read here"),
    "not-shared": N_("Nobody else reads here any more"),
    "invite": N_("Let somebody help me"),
    "helper": N_("I help somebody"),
    "helpers": N_("Who helps me, and what was seen"),
    "no-helper": N_("No helper any more"),
    "papers": N_("How I send papers"),
    "which-papers": N_("Which papers are missing"),
    "together": N_("How it stands with applying together"),
    "not-together": N_("I do not apply together with anybody"),
    "my-week": N_("What is planned with me"),
    "calendar": N_("Days by another calendar too, or not"),
    "call-time": N_("I want to choose when I am rung"),
    "no-call": N_("I do not want the call I chose a time for"),
    "interpreter-wish": N_("A wish of the interpreter"),
    "job": N_("I have applied for a job"),
}
_OF_A_LINE: Mapping[Name | OfMeeting | OfInterpreter | OfJob | Setting, str] = {
    "change": N_("Change answer {n}"),
    "remove": N_("Take away what answer {n} is about"),
    "late": N_("I will be {n} min late for the meeting"),
}


def meant(word: Command, *, silent: bool) -> Text:
    """What was meant by it, as a button of that meaning would say. ``silent``: we write to her no more."""
    if word.name == "start" and not silent:
        return say(N_("Begin"))  # Telegram sends it for everybody who opens the chat
    if word.argument is None or word.name in ("calendar", "interpreter-wish"):
        return say(_MEANS[word.name])
    if word.name == "call-time":
        return say(_MEANS[word.name])
    if word.name == "language":
        return say("{language}", language=LanguageName(word.argument))
    return say(_OF_A_LINE[word.name], n=int(word.argument))
