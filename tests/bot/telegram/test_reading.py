"""Updates as Telegram sends them, and what they mean to us."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

from bot.messages import Said
from bot.telegram.looking_after import ALLOWED
from bot.telegram.reading import Nothing, Pressed, Reachable, Written, read

SARA: dict[str, Any] = {"id": 5_000_000_000, "is_bot": False, "first_name": "Sara", "language_code": "ar"}
CHAT = {"id": 5_000_000_000, "type": "private", "first_name": "Sara"}
BOT = {"id": 7_000_000_001, "is_bot": True, "first_name": "Bot"}
FILE = {"file_id": "AgAD1", "file_unique_id": "u1", "file_size": 1000}
PHOTO = [{**FILE, "width": 90, "height": 90}]
DOCUMENT = {**FILE, "file_name": "hyra 20260101.pdf", "mime_type": "application/pdf"}
PLACE = {"latitude": 55.37, "longitude": 13.15}
STICKER = {
    **FILE,
    "type": "regular",
    "width": 512,
    "height": 512,
    "is_animated": False,
    "is_video": False,
    "emoji": "👍",
}


def update(kind: str = "message", /, **content: Any) -> dict[str, Any]:
    message = {"message_id": 7, "date": 1_795_000_000, "chat": CHAT, "from": SARA, **content}
    if kind == "edited_message":
        message["edit_date"] = message["date"]
    return {"update_id": 700_000_001, kind: message}


def written(raw: dict[str, Any]) -> Written:
    meant = read(raw)
    assert isinstance(meant, Written)
    return meant


def test_words_are_words() -> None:
    meant = written(update(text="Hej, jag behöver <hjälp> & 🙏"))
    assert (meant.chat, meant.media, meant.album) == (CHAT["id"], "", "")
    assert meant.event == Said("Hej, jag behöver <hjälp> & 🙏", speaks="ar")


@pytest.mark.parametrize(
    ("words", "event"),
    [
        ("/start 48217730", Said("48217730", speaks="ar")),
        ("/start ti", Said("/start", speaks="ti")),
        ("/start 4821", Said("/start", speaks="ar")),
        ("/start ABC-forged_payload", Said("/start", speaks="ar")),
        ("/start 48217730 48217730", Said("/start", speaks="ar")),
    ],
)
def test_a_link_may_carry_a_code_or_a_language_and_nothing_else(words: str, event: Said) -> None:
    assert written(update(text=words)).event == event


@pytest.mark.parametrize(
    ("content", "event"),
    [
        ({"photo": PHOTO}, Said("", pictures=1)),
        ({"photo": PHOTO, "caption": "hyran"}, Said("hyran", pictures=1)),
        ({"document": DOCUMENT, "caption": "hyran"}, Said("hyran", pictures=1)),
        ({"voice": {**FILE, "duration": 3}}, Said("", unread="voice")),
        ({"video_note": {**FILE, "duration": 3, "length": 240}}, Said("", unread="voice")),
        ({"audio": {**FILE, "duration": 3}}, Said("", unread="voice")),
        ({"video": {**FILE, "duration": 3, "width": 9, "height": 9}, "caption": "se"}, Said("se", unread="other")),
        ({"sticker": STICKER}, Said("", unread="other")),
        ({"location": PLACE}, Said("", unread="other")),
        ({"venue": {"location": PLACE, "title": "Hemma", "address": "Exempelgatan 1"}}, Said("", unread="other")),
        ({"dice": {"emoji": "🎲", "value": 3}}, Said("", unread="other")),
        ({"something_of_next_year": {"id": 1}}, Said("", unread="other")),
    ],
)
def test_what_can_be_sent(content: dict[str, Any], event: Said) -> None:
    meant = written(update(**content))
    assert meant.event == Said(event.words, pictures=event.pictures, unread=event.unread, speaks="ar")


@pytest.mark.parametrize("content", [{"photo": PHOTO}, {"document": DOCUMENT}, {"voice": {**FILE, "duration": 3}}])
def test_what_came_is_kept_whole_to_be_sealed(content: dict[str, Any]) -> None:
    assert json.loads(written(update(**content)).media) == content


def test_what_is_newer_than_we_are_is_kept_whole() -> None:
    assert json.loads(written(update(something_of_next_year={"id": 1})).media)["something_of_next_year"] == {"id": 1}


@pytest.mark.parametrize("content", [{"sticker": STICKER}, {"dice": {"emoji": "🎲", "value": 3}}])
def test_what_is_out_of_a_public_set_is_not_kept(content: dict[str, Any]) -> None:
    assert written(update(**content)).media == ""


def test_the_pictures_of_an_album_know_each_other() -> None:
    assert written(update(photo=PHOTO, media_group_id="42")).album == f"{CHAT['id']}:42"


@pytest.mark.parametrize(
    ("words", "said", "speaks"),
    [
        ("/start", "/start", "ar"),
        ("/start@TrelleborgBot", "/start", "ar"),
        ("/start ti", "/start", "ti"),
        ("/start so me-long-code_42", "/start", "ar"),
        ("/start 19900101-0000", "/start", "ar"),
        ("/hjalp@TrelleborgBot", "/hjalp", "ar"),
        ("/andra@TrelleborgBot 2", "/andra 2", "ar"),
        ("/ 2", "/ 2", "ar"),
    ],
)
def test_a_command_is_its_word_and_a_link_may_name_a_language(words: str, said: str, speaks: str) -> None:
    event = written(update(text=words)).event
    assert (event.words, event.speaks) == (said, speaks)


@pytest.mark.parametrize(("code", "speaks"), [("pt-br", "pt"), ("SV", None), ("", None), ("zh-hans", "zh")])
def test_the_language_of_the_program_is_two_or_three_letters(code: str, speaks: str | None) -> None:
    assert written(update(text="hej", **{"from": {**SARA, "language_code": code}})).event.speaks == speaks


def contact(**values: Any) -> Said:
    return written(update(contact={"phone_number": "46701740605", "first_name": "Sara", **values})).event


def test_only_ones_own_number_is_ones_own() -> None:
    assert contact(user_id=SARA["id"]) == Said("+46701740605", contact="own", speaks=None)
    assert contact(user_id=SARA["id"], phone_number="+46701740605").words == "+46701740605"
    # Anybody's card can be forwarded, with or without an account behind it: nothing of it is taken for hers.
    for forwarded in (contact(user_id=SARA["id"] + 1), contact(), contact(user_id=SARA["id"], phone_number="112")):
        assert (forwarded.contact, forwarded.words) == ("other", "")


def test_a_change_of_an_earlier_message_says_that_it_is_one() -> None:
    assert written(update("edited_message", text="2")).event == Said("2", edited=True, speaks="ar")
    changed = written(update("edited_message", photo=PHOTO, caption="hyran")).event
    assert (changed.words, changed.pictures, changed.edited) == ("hyran", 0, True)


@pytest.mark.parametrize(
    "raw",
    [
        update("edited_message", location={**PLACE, "live_period": 60}),
        update(pinned_message={"message_id": 1, "date": 1_795_000_000, "chat": CHAT, "text": "x"}),
        update(message_auto_delete_timer_changed={"message_auto_delete_time": 86400}),
        update(write_access_allowed={"from_request": True}),
        update(text="hej", **{"from": {**SARA, "is_bot": True}}),
        {"update_id": 1, "something_of_next_year": {"id": 1}},
    ],
    ids=["place that moves", "pinned", "timer", "access", "a bot", "newer"],
)
def test_what_is_not_for_us_is_nothing(raw: dict[str, Any]) -> None:
    assert read(raw) == Nothing()


INLINE = {"id": "1", "from": SARA, "query": "hjälp", "offset": ""}
POST = {
    "message_id": 1,
    "date": 1_795_000_000,
    "chat": {"id": -100_124, "type": "channel", "title": "Nytt"},
    "text": "x",
}


@pytest.mark.parametrize(
    "raw",
    [
        {"update_id": 1, "inline_query": INLINE},
        {"update_id": 1, "chosen_inline_result": {"result_id": "1", "from": SARA, "query": "hjälp"}},
        {"update_id": 1, "callback_query": {"id": "1", "from": SARA, "chat_instance": "1", "inline_message_id": "a"}},
        {"update_id": 1, "channel_post": POST},
        {"update_id": 1, "edited_channel_post": {**POST, "edit_date": 1_795_000_001}},
        {"update_id": 1, "business_message": {**POST, "chat": CHAT, "from": SARA}},
        {
            "update_id": 1,
            "message_reaction": {
                "chat": CHAT,
                "message_id": 1,
                "date": 1,
                "user": SARA,
                "old_reaction": [],
                "new_reaction": [],
            },
        },
    ],
    ids=["inline", "chosen", "inline button", "post", "changed post", "business", "reaction"],
)
def test_outside_a_private_chat_with_us_we_hear_nothing(raw: dict[str, Any]) -> None:
    assert read(raw) == Nothing()


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_a_button_pressed_in_a_group_answers_nothing(kind: str) -> None:
    assert read(press(chat={"id": -100_123, "type": kind, "title": "Grannar"})) == Nothing()


def test_telegram_is_asked_for_nothing_but_talk() -> None:
    assert set(ALLOWED) == {"message", "edited_message", "callback_query", "my_chat_member"}


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel"])
def test_in_groups_we_are_silent_and_leave(kind: str) -> None:
    group = {"id": -100_123, "type": kind, "title": "Grannar"}
    assert read(update(text="hej", chat=group)) == Nothing(leave=-100_123)
    member = {"status": "member", "user": BOT}
    change = {"chat": group, "from": SARA, "date": 1_795_000_000, "old_chat_member": member, "new_chat_member": member}
    assert read({"update_id": 1, "my_chat_member": change}) == Nothing(leave=-100_123)
    left = {**change, "new_chat_member": {"status": "left", "user": BOT}}
    assert read({"update_id": 1, "my_chat_member": left}) == Nothing()


@pytest.mark.parametrize(("status", "yes"), [("kicked", False), ("member", True)])
def test_blocked_and_let_through(status: str, yes: bool) -> None:
    member = {"status": status, "user": BOT, **({"until_date": 0} if status == "kicked" else {})}
    change = {"chat": CHAT, "from": SARA, "date": 1_795_000_000, "old_chat_member": member, "new_chat_member": member}
    assert read({"update_id": 1, "my_chat_member": change}) == Reachable(CHAT["id"], yes=yes)  # type: ignore[arg-type]  # an int


def press(data: str | None = "t1:2", **message: Any) -> dict[str, Any]:
    shown = {"message_id": 9, "date": 1_795_000_000, "chat": CHAT, "from": BOT, "text": "?", **message}
    query = {"id": "q1", "from": SARA, "chat_instance": "1", "message": shown, "data": data}
    return {"update_id": 1, "callback_query": query}


def test_a_button_carries_its_question() -> None:
    assert read(press()) == Pressed(5_000_000_000, Said("2", question="t1"), "q1", 9)


@pytest.mark.parametrize(
    ("data", "event"),
    [
        (None, Said("", question="")),
        ("", Said("", question="")),
        (":", Said("", question="")),
        ("2", Said("", question="2")),
        ("t1:2:3", Said("2:3", question="t1")),
    ],
)
def test_a_button_of_another_make_belongs_to_no_question_of_ours(data: str | None, event: Said) -> None:
    meant = read(press(data))
    assert isinstance(meant, Pressed)
    assert meant.event == event


def test_a_button_under_a_message_too_old_to_be_shown() -> None:
    """Telegram tells of it with no more than where it stood."""
    raw = press()
    raw["callback_query"]["message"] = {"message_id": 9, "date": 0, "chat": CHAT}
    assert read(raw) == Pressed(5_000_000_000, Said("2", question="t1"), "q1", 9)


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"update_id": "many"},
        {"update_id": 1, "message": {}},
        {"update_id": 1, "message": {"message_id": 1, "date": 1, "chat": "here", "text": "hej"}},
        update(text=["hej"]),
        update(text="hej", chat={"id": 1, "type": "private"}, **{"from": {"id": "x"}}),
    ],
)
def test_what_is_no_update_is_refused(raw: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        read(raw)
