"""Our messages as Telegram shows them: quoted, within its limits, with the right buttons."""

from typing import Any
from uuid import uuid4

import pytest
from aiogram.methods import SendMessage
from aiogram.types import InlineKeyboardMarkup, LinkPreviewOptions, ReplyKeyboardMarkup, ReplyKeyboardRemove

from backend.contract import Sensitivity
from bot.leaving.carriers import Letter
from bot.messages import Choice, Outgoing
from bot.questions import Several
from bot.rendering import as_text
from bot.stories.telegram_api import read_html as shown
from bot.telegram.writing import LONGEST, data, messages, plain
from bot.text import N_, say
from tests.bot.house import TOWN

CHOICES = (Choice(1, say(N_("Yes")), "1"), Choice(2, say(N_("No")), "2"))
NASTY = '<b>Hej</b> & "adjö" </blockquote> &amp; <script>'


def letter(message: Outgoing, language: str = "sv") -> Letter:
    return Letter(uuid4(), TOWN, "5000000000", as_text(message, language), message, language)


def only(message: Outgoing, language: str = "sv") -> SendMessage:
    (made,) = messages(letter(message, language))
    return made


def question(words: str = "Hur mår du?", **values: Any) -> Outgoing:
    return Outgoing("question", say("{words}", words=words), question="0123456789ab", ask="form", **values)


def buttons(made: SendMessage) -> list[list[tuple[str, str | None]]]:
    assert isinstance(made.reply_markup, InlineKeyboardMarkup)
    return [[(one.text, one.callback_data) for one in row] for row in made.reply_markup.inline_keyboard]


def test_a_question_has_its_answers_as_buttons_and_not_in_its_words() -> None:
    made = only(question(choices=CHOICES))
    assert (made.chat_id, made.text, made.parse_mode) == (5_000_000_000, "Hur mår du?", "HTML")
    assert buttons(made) == [[("Ja", "0123456789ab:1")], [("Nej", "0123456789ab:2")]]


def test_many_answers_stand_two_in_a_row() -> None:
    many = tuple(Choice(n, say("{n}", n=n), str(n)) for n in range(1, 8))
    assert [len(row) for row in buttons(only(question(choices=many)))] == [2, 2, 2, 1]


def test_a_question_that_may_wait_has_a_button_for_it() -> None:
    made = buttons(only(question(choices=CHOICES, may_leave=True)))
    assert made[-1] == [("På mötet", "0123456789ab:later")]
    assert buttons(only(question(may_leave=True))) == [[("På mötet", "0123456789ab:later")]]


def test_where_several_may_be_chosen_they_are_written_by_number() -> None:
    made = only(question(choices=CHOICES, expects=Several.name))
    assert made.text == "Hur mår du?\n1 Ja\n2 Nej"
    assert isinstance(made.reply_markup, ReplyKeyboardRemove)


def test_ones_number_is_shared_by_a_button() -> None:
    made = only(question(expects="telephone", may_leave=True))
    assert isinstance(made.reply_markup, ReplyKeyboardMarkup)
    (share,), (later,) = made.reply_markup.keyboard
    assert (share.text, share.request_contact) == ("Dela mitt nummer", True)
    assert (later.text, later.request_contact) == ("Senare", None)


def test_a_reminder_needs_no_answer_and_has_one_button() -> None:
    made = only(Outgoing("reminder", say("{words}", words="Mötet i dag"), question="t1", ask="reminder"))
    assert buttons(made) == [[("Jag kan inte komma", "t1:2")]]


def test_what_asks_nothing_takes_a_keyboard_away() -> None:
    assert isinstance(only(Outgoing("reply", say("{words}", words="Tack"))).reply_markup, ReplyKeyboardRemove)


def test_every_value_is_quoted() -> None:
    made = only(question(NASTY, choices=(Choice(1, say("{words}", words=NASTY), "1"),), why=say("{w}", w=NASTY)))
    assert made.text.startswith("<blockquote>&lt;b&gt;Hej")
    assert made.text.count("<") == made.text.count(">") == 2
    assert shown(made.text) == f"{NASTY}\n{NASTY}"
    assert buttons(made)[0][0][0] == NASTY  # a label is no HTML
    assert plain(made).text == f"{NASTY}\n{NASTY}"
    assert plain(made).parse_mode is None


def test_staffs_own_words_are_sent_as_they_wrote_them() -> None:
    made = only(Outgoing("staff", say("{words}", words=NASTY), verbatim=NASTY, staff_message=uuid4()))
    assert shown(made.text) == NASTY


def test_what_stands_after_the_answers_stands_on_a_line_of_its_own() -> None:
    assert only(question(tail=say(N_("Svenska: SV")))).text == "Hur mår du?\nSvenska: SV"


@pytest.mark.parametrize("sensitivity", Sensitivity)
def test_what_is_personal_cannot_be_forwarded_or_saved(sensitivity: Sensitivity) -> None:
    made = only(question(choices=CHOICES, sensitivity=sensitivity))
    assert bool(made.protect_content) == (sensitivity is not Sensitivity.OPEN)


def test_nobody_fetches_our_pages_to_show_them() -> None:
    preview = only(question("trelleborg.example/s")).link_preview_options
    assert isinstance(preview, LinkPreviewOptions)
    assert preview.is_disabled


@pytest.mark.parametrize("words", ["ord " * 3000, "x" * 9000, "🙏" * 5000, "<&>" * 2000, "rad\n" * 2500])
def test_a_very_long_text_comes_whole_in_several_with_its_buttons_under_the_last(words: str) -> None:
    made = messages(letter(question(words, choices=CHOICES, why=say("{words}", words="Därför frågar vi."))))
    assert len(made) > 1
    assert all(len(shown(one.text).encode("utf-16-le")) // 2 <= LONGEST for one in made)
    assert [one.reply_markup is not None for one in made] == [False] * (len(made) - 1) + [True]
    whole = "".join(shown(one.text) for one in made)
    assert "".join(whole.split()).endswith("".join(words.split()))


def test_a_button_sends_back_64_bytes_at_most() -> None:
    assert len(data("0123456789ab", "x" * 51).encode()) == 64
    with pytest.raises(ValueError, match="too much"):
        data("0123456789ab", "å" * 26)


def test_in_arabic_numbers_keep_their_places() -> None:
    made = only(question(choices=(Choice(1, say("{n}", n=930), "1"),)), "ar")
    assert buttons(made)[0][0][0] == "\u2066930\u2069"
