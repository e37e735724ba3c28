"""How entries are drawn: whose voice, which day, what a pressed button said, what a saved page answered."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from backend.contract import Meeting, MeetingStatus, PlannedActivity
from bot.conversation.notices.planning_week import ACTIVITIES
from bot.messages import Choice, Field, Outgoing, Section, Summary
from bot.pages.page import TEMPLATES
from bot.pages.thread import PICTURES, Shown, ShownActivity, Spoken, open_question, shown
from bot.text import N_, render, say

MORNING = datetime(2026, 11, 30, 8, 58, tzinfo=UTC)
YES_NO = (Choice(1, say("Yes"), "1"), Choice(2, say("No"), "2"))


def asks(message: str, *choices: Choice, token: str = "t", **more: object) -> Outgoing:
    return Outgoing("question", say(message), choices=choices, question=token, **more)  # type: ignore[arg-type]


def talk(*entries: tuple[str, str | Outgoing], apart: timedelta = timedelta(minutes=1)) -> list[Shown]:
    spoken = [
        Spoken(
            number,
            who,  # type: ignore[arg-type]
            MORNING + apart * number,
            words=said if isinstance(said, str) else "",
            message=said if isinstance(said, Outgoing) else None,
        )
        for number, (who, said) in enumerate(entries, 1)
    ]
    return shown(spoken, "sv")


def test_the_first_of_a_row_says_whose_voice_it_is() -> None:
    drawn = talk(
        ("person", "hej"),
        ("bot", asks("{words}")),
        ("bot", asks("{words}")),
        ("staff", Outgoing("staff", say("{words}"), verbatim="Ja, ta gärna med barnen.")),
        ("bot", asks("{words}")),
    )
    assert [one.named for one in drawn] == [False, True, False, True, True]
    assert drawn[3].words == "Ja, ta gärna med barnen."


def test_a_new_day_is_said_once_by_the_swedish_clock() -> None:
    drawn = talk(*[("person", "hej")] * 3, apart=timedelta(hours=7))
    assert [one.new_day for one in drawn] == [date(2026, 11, 30), None, date(2026, 12, 1)]


def test_a_pressed_button_stands_as_what_it_said() -> None:
    drawn = talk(("bot", asks("{question}", *YES_NO)), ("person", "2"), ("bot", asks("{more}")), ("person", "2"))
    assert drawn[1].words == "Nej"
    assert drawn[3].words == "2"  # a number written where no choice had that value is the person's own word


@pytest.mark.parametrize(
    ("sent", "stands"), [("RING", "Ring mig"), ("BYT TID", "Byt tid"), ("ÄNDRA 2", "Ändra svar 2")]
)
def test_the_buttons_of_every_page_stand_as_their_words(sent: str, stands: str) -> None:
    assert talk(("person", sent))[0].words == stands


def part(*fields: Field) -> Outgoing:
    return asks("{question}", section=Section("household", say("{title}", title="Hushåll"), 1, 4, 9, fields))


def test_a_saved_page_stands_as_its_questions_and_answers() -> None:
    page = part(
        Field("alone", say("{q}", q="Ensam?"), "choice", YES_NO),
        Field("name", say("{q}", q="Namn?"), "words"),
        Field("kinds", say("{q}", q="Vad?"), "several", YES_NO),
    )
    drawn = talk(("bot", page), ("person", "2; Yara; 1,2"))
    assert [one.words for one in drawn] == ["Ensam? Nej\nNamn? Yara\nVad? Ja, Nej"]  # the question stands there once
    assert drawn[0].new_day == date(2026, 11, 30)
    assert talk(("bot", page), ("person", "Yara; 1"))[0].words == "Namn? Yara\nVad? Ja"  # the first was left out
    assert talk(("bot", page), ("person", ""))[0].words == "På mötet"


def test_a_question_that_the_answers_do_not_lead_to_takes_no_answer_of_another() -> None:
    page = part(
        Field("alone", say("{q}", q="Ensam?"), "choice", YES_NO),
        Field("partner", say("{q}", q="Vem?"), "words", shown_when=("alone", "2")),
        Field("kinds", say("{q}", q="Vad?"), "several", YES_NO),
        Field("more", say("{q}", q="Mer?"), "words", shown_when=("kinds", "2")),
        Field("here", say("{q}", q="Här?"), "choice", YES_NO),
    )
    assert talk(("bot", page), ("person", "1; 1; 2"))[0].words == "Ensam? Ja\nVad? Ja\nHär? Nej"
    assert talk(("bot", page), ("person", "2; Sam; 1,2; x; 1"))[0].words == (
        "Ensam? Nej\nVem? Sam\nVad? Ja, Nej\nMer? x\nHär? Ja"
    )


def test_the_way_back_to_swedish_stands_in_the_header_here() -> None:
    tails = [asks("{hej}", tail=say("Svenska: SV")), asks("{dag}", tail=say("{slut}", slut="20-30 minuter."))]
    assert [one.words for one in talk(*[("bot", message) for message in tails])] == ["{hej}", "{dag} 20-30 minuter."]


def test_words_typed_while_a_page_is_open_stay_as_they_are() -> None:
    page = part(Field("alone", say("{q}", q="Ensam?"), "choice", YES_NO))
    assert talk(("bot", page), ("person", "nej; varför undrar ni?"))[1].words == "nej; varför undrar ni?"


def test_a_booked_time_is_the_card_and_is_not_said_twice() -> None:
    meeting = Meeting(
        id=UUID(int=1),
        person=UUID(int=2),
        start=MORNING,
        end=MORNING,
        address="Exempelgatan 4",
        status=MeetingStatus.BOOKED,
    )
    booked, moved = talk(
        ("bot", Outgoing("reply", say("{words}", words="Din tid"), card=meeting)),
        ("bot", Outgoing("meeting-changed", say("{words}", words="Mötet har en ny tid"), card=meeting)),
    )
    assert (booked.words, booked.card) == ("", meeting)
    assert (moved.words, moved.card) == ("Mötet har en ny tid", meeting)


def test_the_card_says_its_day_by_her_calendar_too() -> None:
    start = datetime(2026, 12, 1, 8, 30, tzinfo=UTC)
    person = UUID(int=0)
    meeting = Meeting(id=person, person=person, start=start, end=start, address="", status=MeetingStatus.BOOKED)
    told = Outgoing("reply", say("{words}", words="Din tid"), card=meeting)
    ours, hers = talk(("bot", told), ("bot", replace(told, calendar="afghan")))
    assert ours.also_by is None
    assert hers.also_by is not None
    assert render(hers.also_by, "sv") == "(10 Qaws)"


def test_a_week_is_the_card_with_a_picture_for_each_activity() -> None:
    cv = PlannedActivity(id=UUID(int=1), kind="cv", start=MORNING, end=MORNING, place="Exempelgatan 4")
    (week,) = talk(("bot", Outgoing("week-list", say("{words}", words="Din vecka"), week=(cv,))))
    assert week.words == ""
    assert week.week == (ShownActivity(MORNING, "cv", "Vi skriver cv", "Exempelgatan 4", interpreter=False),)
    by_video = cv.model_copy(update={"digital": True})
    (week,) = talk(("bot", Outgoing("week-list", say("{words}", words="Din vecka"), week=(by_video,))))
    assert week.week[0].place == "På video"  # its address is no place for her to travel to
    icons = (TEMPLATES / "static" / "icons.svg").read_text("utf-8")
    assert all(f'id="{icon}"' in icons for icon in PICTURES.values())
    assert set(PICTURES) == set(ACTIVITIES)


def test_a_section_and_a_summary_have_a_page_instead_of_buttons() -> None:
    section = open_question(part(Field("alone", say("{q}", q="Ensam?"), "choice", YES_NO)), "sv", address="")
    assert (section.page, section.choices) == ("Svara på del 1 av 4: Hushåll", ())
    summary = open_question(asks("{lines}", Choice(1, say("{ja}"), "JA"), summary=Summary((), "d")), "sv", address="")
    assert summary.page is not None
    assert summary.choices == ()


def test_another_day_is_the_quiet_choice() -> None:
    asked = asks("{day}", Choice(1, say("{hour}", hour="kl 9.30"), "1"), Choice(2, say(N_("Another day")), "2"))
    choices = open_question(asked, "sv", address="").choices
    assert [choice.postpones for choice in choices] == [False, True]


def test_ways_to_hear_say_what_they_mean_in_practice() -> None:
    asked = asks("{hear}", Choice(1, say("Ring me"), "1"), Choice(2, say("I come to you"), "2"), ask="hear")
    hear = open_question(asked, "sv", address="Exempelgatan 4")
    assert hear.hear
    assert [choice.more for choice in hear.choices] == ["Personalen ringer dig", "I receptionen: Exempelgatan 4"]


def test_a_reminder_is_answered_by_a_button_here() -> None:
    reminder = asks("{time}", token="r", ask="reminder")
    assert [choice.value for choice in open_question(reminder, "sv", address="").choices] == ["2"]
    assert talk(("bot", reminder), ("person", "2"))[1].words == "Jag kan inte komma"
