"""The local Telegram: its description is the library's, and it refuses what the real one would."""

from typing import Any

import aiogram.methods
import pytest

from bot.stories.telegram_api import Refused, checked, description, read_html

OLD = {
    *("disable_web_page_preview", "reply_to_message_id", "allow_sending_without_reply"),
    *("receiver_user_id", "callback_query_id"),
}
"""Withdrawn from the API; the library still takes them."""


@pytest.mark.parametrize("method", sorted(description()["methods"]))
def test_the_description_is_of_the_api_the_library_speaks(method: str) -> None:
    made: Any = getattr(aiogram.methods, method[0].upper() + method[1:])
    described = description()["methods"][method]
    old = OLD & set(made.model_fields) if method.startswith("send") else set()
    assert set(described) == set(made.model_fields) - old
    required = {name for name, field in described.items() if field.get("required")}
    assert required == {name for name, field in made.model_fields.items() if field.is_required()}


GOOD = {"chat_id": "5", "text": "Hej"}


@pytest.mark.parametrize(
    "given",
    [
        GOOD,
        {**GOOD, "protect_content": "true", "parse_mode": "HTML"},
        {**GOOD, "reply_markup": '{"inline_keyboard": [[{"text": "Ja", "callback_data": "t1:1"}]]}'},
        {**GOOD, "reply_markup": '{"keyboard": [[{"text": "Nummer", "request_contact": true}]]}'},
        {**GOOD, "reply_markup": '{"remove_keyboard": true}'},
    ],
)
def test_what_fits_is_taken(given: dict[str, str]) -> None:
    assert checked("sendMessage", given)["chat_id"] == 5


@pytest.mark.parametrize(
    "given",
    [
        {"text": "Hej"},
        {**GOOD, "made_up": "1"},
        {**GOOD, "protect_content": "yes"},
        {**GOOD, "protect_content": "1"},
        {**GOOD, "parse_mode": "BBCode"},
        {**GOOD, "reply_markup": '{"inline_keyboard": [{"text": "Ja"}]}'},
        {**GOOD, "reply_markup": '{"inline_keyboard": [[{"label": "Ja"}]]}'},
        {**GOOD, "reply_markup": "[]"},
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(Refused):
        checked("sendMessage", given)


def test_a_method_that_is_not_described_is_not_there() -> None:
    with pytest.raises(Refused):
        checked("sendInvoice", {})


def test_html_is_read_as_its_reader_sees_it() -> None:
    assert read_html('<b>Hej</b> &lt;du&gt; &amp; <a href="https://x.example">jag</a>') == "Hej <du> & jag"


@pytest.mark.parametrize("text", ["<script>x</script>", "1 < 2", "<b>Hej", "<b><i>Hej</b></i>", "Hej</b>", "<b on=1>x"])
def test_html_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_html(text)
