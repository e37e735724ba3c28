"""What everybody asks: when, where, what to bring, how long; with the municipality's own hours and numbers."""

from backend.contract import OpenFor
from bot.answers.answer import Answer
from bot.openings import NAMES
from bot.text import N_

NOT_BOOKED = N_("{next} You need not book.")
_WITHOUT_A_TIME: tuple[tuple[str, str, OpenFor], ...] = (
    ("drop-in", NOT_BOOKED, "drop-in"),
    ("open-reception", NOT_BOOKED, "open-reception"),
    ("evening-hours", NOT_BOOKED, "evening"),
    ("job-search", NOT_BOOKED, "job-search"),
    ("recruiting", N_("{next} Do you want to come? Write RING."), "recruiting"),
)
"""What one may come to without a time of one's own: answer, its sentence, and what is open."""

ANSWERS = (
    Answer(
        "opening-hours",
        N_("{now} We are open {hours}."),
        label=N_("Opening hours"),
        rests_on="The municipality's settings.",
    ),
    *(
        Answer(name, text, label=NAMES[to], rests_on="The municipality's settings (open_hours).", to=to)
        for name, text, to in _WITHOUT_A_TIME
    ),
    Answer(
        "address",
        N_("You find us at {address}."),
        label=N_("The address"),
        rests_on="The municipality's settings.",
    ),
    Answer(
        "telephone",
        N_("Ring {telephone} when we are open. Closed, and it cannot wait: {after_hours}."),
        label=N_("Telephone number"),
        rests_on="The municipality's settings.",
    ),
    Answer(
        "what-to-bring",
        N_("ID, rent invoice and bank statements, if you have them. Come even without papers."),
        label=N_("What to bring"),
        rests_on="What the application asks to see (bot/flows/application.py).",
    ),
    Answer(
        "no-papers",
        N_("Come anyway. We talk first, and see together which papers are needed."),
        label=N_("Without papers"),
        rests_on="Nobody is turned away for want of papers.",
    ),
    Answer(
        "lma-card",
        N_(
            "With an LMA card the Migration Agency answers for money and housing. "
            "Come to us all the same: we look at what cannot wait."
        ),
        label=N_("LMA card"),
        rests_on="SoL (2025:400) 10 kap. 2 §; what is acute is tried here (29 kap. 1 §). Nobody is refused to apply.",
        law=True,
    ),
    Answer(
        "other-municipality",
        N_(
            "You may apply here too. Should another municipality help you, we tell you so. "
            "What cannot wait we look at here."
        ),
        label=N_("Another municipality"),
        rests_on="SoL (2025:400) 29 kap. 1 and 4 §§: the municipality where somebody is helps in what is acute, and "
        "otherwise unless it is clear that another one shall.",
        law=True,
    ),
    Answer(
        "how-long",
        N_("The meeting takes 20-30 minutes, a little longer with an interpreter."),
        label=N_("How long it takes"),
        rests_on="The municipality's settings: 30 minutes, 45 with an interpreter.",
    ),
    Answer(
        "bring-children",
        N_("Yes, bring your children. They need not interpret: you get an interpreter."),
        label=N_("To bring children"),
        rests_on="Children never interpret.",
    ),
    Answer(
        "bring-somebody",
        N_("Yes, bring somebody you trust. The interpreter comes all the same if you need one."),
        label=N_("To bring somebody"),
        rests_on="A helper is welcome; relatives do not interpret.",
    ),
    Answer(
        "somebody-helps",
        N_("Yes. Write INVITE HELPER and you get a code to give them. A helper sees times and questions, no money."),
        label=N_("Somebody who helps me"),
        rests_on="A helper is let in by a code of hers, for thirty days (docs/decisions/0017-a-helper.md).",
    ),
    Answer(
        "bankid",
        N_("No, you need no BankID, neither here nor at the meeting."),
        label=N_("BankID"),
        rests_on="No step here needs it.",
    ),
    Answer(
        "personal-number",
        N_("No, you can come and apply without a personal number. Do not send any here."),
        label=N_("Personal number"),
        rests_on="Identity is optional, and never asked for here.",
    ),
    Answer(
        "interpreter",
        N_("Yes, you get an interpreter, free. Write which language you speak."),
        label=N_("An interpreter"),
        rests_on="FL (2017:900) 13 §.",
    ),
    Answer(
        "choose-interpreter",
        N_(
            "With a time booked: write WOMAN, MAN or OTHER INTERPRETER. We try, but cannot promise. "
            "Another caseworker: write RING."
        ),
        label=N_("Which interpreter"),
        rests_on="Gender and dialect are wishes, said by a word (docs/decisions/0047-a-wish-is-a-word-after-the-"
        "booking.md).",
    ),
    Answer(
        "when-decision",
        N_("At the latest one working day after the meeting, when everything is in. We write when something is new."),
        label=N_("When I get an answer"),
        rests_on="The promise: one working day from complete, after the meeting.",
    ),
    Answer(
        "when-money",
        N_("I cannot say which day. First we meet and a person decides: one working day after, when everything is in."),
        label=N_("When money comes"),
        rests_on="No day of payment is promised.",
    ),
    Answer(
        "how-much",
        N_("I cannot say. It depends on your family, your costs and your money. A person works it out."),
        label=N_("How much it is"),
        rests_on="No sum is quoted.",
    ),
    Answer(
        "how-to-apply",
        N_("Here, by answering some questions, or at the meeting, where we help you."),
        label=N_("How to apply"),
        rests_on="Meeting first or application first.",
    ),
    Answer(
        "late",
        N_("Ring {telephone} so that we know. Can you not come at all? Write TIME."),
        label=N_("If I am late"),
        rests_on="The municipality's settings.",
    ),
    Answer(
        "change-time",
        N_("Yes. Write TIME, then you choose another."),
        label=N_("Another time"),
        rests_on="The word TIME.",
    ),
    Answer(
        "is-it-a-machine",
        N_("I am the municipality's machine. Do you want a person, write RING."),
        label=N_("Who answers here"),
        rests_on="The first reply says it too.",
    ),
    Answer(
        "who-reads",
        N_("Only staff who work with your case, and the law binds them to silence. More: write WHAT."),
        label=N_("Who reads this"),
        rests_on="OSL (2009:400) 26 kap. 1 §.",
    ),
    Answer(
        "what-if-no",
        N_(
            "Then you are told why, and how to appeal within three weeks. We help you to write, and you get a new time."
        ),
        label=N_("If the answer is no"),
        rests_on="SoL (2025:400) 35 kap. 1 §, FL (2017:900) 43-44 §§.",
        law=True,
    ),
)
