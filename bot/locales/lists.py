"""The word lists a language's catalogue holds (context ``words``), and what a translator should know of some sentences.

A list is not translated word for word: it is how speakers of the language write, with their spellings, short forms and
Latin letters where they use them. Words are separated by commas; capitals, marks and vowel signs make no difference. A
hyphen alone says that the language has no such word.
"""

_LATIN = (
    "In Latin letters, whatever the language's own: for a telephone that shows boxes for those. [][] are the boxes."
)

NOTES: dict[str, str] = {
    "Svenska: SV": _LATIN,
    "Svenska: SV. [][]? Send 0": _LATIN,
    "OK. We ring you, with an interpreter. (Vi ringer dig, med tolk.)": _LATIN,
}
"""Sentences with something a translator should know; all of them are written in Latin letters in every language."""

LISTS: dict[str, str] = {
    # --- answers
    "yes": "Whole answers that mean yes.",
    "no": "Whole answers that mean no.",
    "unsure": "Words after a no that make it none: but, not yet, perhaps, I do not know, I do not understand.",
    "negations": "Words that turn a sentence round: not, none, never.",
    "all": "All of the choices.",
    "and": "And, between the things of a list.",
    "choosing": "Words around a choice that say nothing: I, take, number, want.",
    "politeness": "Words before and after what is said: hello, thanks, please.",
    "my-name-is": "Openings before one's own name.",
    "numbers": "Number words: word=number. All that people write in words, with their forms.",
    "multiples": "Thousand, hundred: word=number.",
    "ordinals": "First to thirty-first: word=number.",
    "about": "Words before a sum that leave it as it is: about, it is, only, the rent. Never: some, many.",
    "other-money": "Money that is not Swedish kronor.",
    "other-periods": "A week, a day, an hour, a year: a sum for such a period is asked about again.",
    "another-day": "Another day or time than those offered.",
    "cannot-come": "I cannot come.",
    # --- said of a meeting that is coming
    "late": "I will be late, the bus is late. Always who or what is late: never later, which leaves it to the meeting.",
    "late-by": "Words that say late only beside a length of time: ten minutes late.",
    "ill": "I am ill, my child is ill, I have a fever, I am in hospital. Never on sick leave.",
    "beside-meeting": "Small words that may stand beside those and say nothing: today, to the meeting, a little.",
    "minutes": "Lengths of time: word=minutes. Minute, quarter of an hour, half an hour, hour.",
    "because": "What begins the reason for something: because, since, due to.",
    "in-case": "What makes it a question of what would be: if I, what if.",
    # --- said of the interpreter of a meeting
    "interpreter-wishes": "What is wished of the interpreter: word=woman, man, northern or benaadiri (dialects of "
    "Somali), hazaragi (of Dari) or other (another interpreter, not the same again).",
    # --- said of a job that was applied for
    "applied": "I have applied for a job: as a whole message, or with the day. Never: I want to, I look for one.",
    "applied-at": "The same, when the employer's name comes right after: I applied for a job at.",
    "applied-as": "The same, when the name of the job comes right after: I applied for a job as.",
    # --- words that work anywhere
    "help": "The command HELP, as a whole message: help, menu. Never a cry for help in a sentence.",
    "back": "The command BACK: one question back.",
    "change": "The command CHANGE, alone or with a number after it.",
    "remove": "The command REMOVE, alone or with a number after it: take this child out again. Never: forget me.",
    "repeat": "The command REPEAT: say it again, I do not understand.",
    "later": "The command LATER: leave this to the meeting.",
    "status": "The command STATUS: how is it going.",
    "language": "The command LANGUAGE: change language.",
    "human": "The command HUMAN: speak with a person, ring me.",
    "stop": "The command STOP: send no more. The providers' English words belong to Swedish.",
    "start": "The command START: send again.",
    "wrong-number": "The command WRONG NUMBER: I am not the one you look for.",
    "what": "The command WHAT: what do you store about me.",
    "move": "The command TIME: another time, cancel my time.",
    "work": "I want a job, not money: as a whole message that says both. Only to want a job is an answer elsewhere.",
    "apply": "The command APPLY: I want to apply, a new application, for next month. Never a question how one does it.",
    "single-cost": "The command for a single cost: apply for glasses, for the dentist, for medicine. Always with a "
    "word for applying or for one cost: never glasses, dentist or medicine alone.",
    "read": "The command READ: how do I read what is new.",
    "elsewhere": "The command ELSEWHERE: I want to go on on another telephone or computer. Never: I have a new number.",
    "others-read": "The command SHARED PHONE: somebody else reads my texts, we share this telephone. Never: who reads.",
    "not-shared": "The command OWN PHONE: nobody else reads my texts any more. Never: nobody reads them.",
    "invite": "The command INVITE: I want to let somebody help me. Never: help me.",
    "helper": "The command HELPER, written by whoever helps somebody: show me what I may see. Never: I need a helper.",
    "helpers": "The command MY HELPERS: who helps me, and what have they seen.",
    "no-helper": "The command REMOVE HELPER: nobody helps me any more; and, of a helper, I help no longer.",
    "papers": "The command PAPERS: I want to send papers, how do I send a picture. Never: I have no papers.",
    "which-papers": "The command WHICH PAPERS: which papers are missing, what do you need from me. Never: I have none.",
    "together": "The command TOGETHER: the application of two, alone or before the code of an invitation. Never: we.",
    "not-together": "The command NOT TOGETHER: I do not want to apply together with that person.",
    "my-week": "The command WEEK: what is planned for me this week, when am I to be where. Never: how is it going.",
    "calendars": "The command CALENDAR: word=persian, afghan (solar, its Dari months), ethiopian, off (the ordinary "
    "one alone) or own (a calendar that is not named).",
    "call-time": "The command CALL TIME: choose when to be rung, book a call. Never: ring me.",
    "no-call": "The command NO CALL: take back the call of a chosen hour. Never: do not ring me at this number.",
    "ring-me": "Openings before a time to be rung at: ring me, can you ring me. A day or an hour follows.",
    "in-language": "What is written before a language's name to ask for it: in, change to.",
    "language-names": "More names of languages, as written in this language: name=code.",
    "speaking": "Words around a language's name: I speak, the language.",
    "acute": "Parts of a message: food, medicine, shelter or safety is needed now. A star at the end is any ending.",
    # --- said once, and kept nowhere
    "protected": "Parts of a message: I have a protected identity, protected personal data, a protected address; in "
    "all names of it. A star at the end is any ending. Never: is what I write protected.",
    "only-telephone": "I only want to speak by telephone, I ring you instead: as a whole message. Never: ring me.",
    # --- what must not show
    "gives-away": "Beginnings of words that tell that a text is from social services or about money: the municipality, "
    "social, apply, decision, refusal, benefit, child, rent, debt. None may stand in a text that comes unasked, since "
    "anybody may see it on the screen of a telephone.",
    # --- which language is it
    "common": "The commonest words of the language, in all scripts it is written in. Two of them tell it.",
    # --- numbers nobody asked for
    "personal-number": "Names of the personal identity number and the coordination number.",
    "telephone": "Words beside a telephone number: ring, mobile.",
    "account": "Words beside a bank account number.",
    "bill": "Words right before the number of a bill, which is no account: invoice, bill for.",
    "kronor": "Swedish kronor, right after a sum.",
    "lma": "Words beside an LMA card number.",
    # --- days and times
    "today": "Today.",
    "tomorrow": "Tomorrow.",
    "day-after-tomorrow": "The day after tomorrow.",
    "yesterday": "Yesterday.",
    "day-before-yesterday": "The day before yesterday.",
    "this-afternoon": "This afternoon, this evening.",
    "next": "Next, before a weekday of the following week.",
    "coming": "Coming, beside the nearest weekday to come.",
    "in": "In, before a number of days.",
    "the": "The article before a day of the month.",
    "day": "Day, days.",
    "two-days": "Two days, where that is one word.",
    "week": "Week, weeks.",
    "two-weeks": "Two weeks, where that is one word.",
    "month": "Month, months.",
    "more-weekdays": "Weekdays as people write them: word=0 (Monday) to 6.",
    "more-months": "Months as people write them: word=1 to 12.",
    "festivals": "Days that have a name and a date of their own: name=day/month.",
    "hours": "Hours where they have words of their own: word=number.",
    "clock": "O'clock, before the hour.",
    "half-before": "Half, where half three is 2.30.",
    "quarter": "A quarter of an hour.",
    "minutes-to": "To, between minutes and the hour.",
    "minutes-past": "Past, between minutes and the hour.",
    "half-after": "And a half, after the hour.",
    "quarter-after": "And a quarter, after the hour.",
    "third-after": "And a third, after the hour.",
    "quarter-less": "Less a quarter, after the hour.",
    "third-less": "Less a third, after the hour.",
    "morning": "In the morning, before noon.",
    "afternoon": "In the afternoon, in the evening.",
    "noon": "Noon.",
    "midnight": "Midnight.",
    "not-or-before-after": "Words that make a day mean another: not, or, before, after, except.",
}
