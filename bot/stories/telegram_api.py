"""What Telegram's Bot API takes: its description, how buttons may be made, and its HTML.

The description is ``telegram_api.json``; what does not fit it is refused as Telegram would.
"""

import html
import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_TAG = re.compile(r"<(/?)([a-z-]+)((?:\s+[a-z]+(?:=\"[^\"<>]*\")?)*)\s*>")
_TAGS = frozenset(
    {
        *("b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "span", "tg-spoiler"),
        *("a", "tg-emoji", "code", "pre", "blockquote"),
    }
)


class Refused(Exception):
    """Telegram says no."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status, self.description, self.parameters = status, description, parameters


@cache
def description() -> dict[str, Any]:
    read: dict[str, Any] = json.loads(Path(__file__).with_name("telegram_api.json").read_text("utf-8"))
    return read


def checked(method: str, given: Mapping[str, str]) -> dict[str, Any]:
    """A call's parameters as values; refused when they do not fit the description."""
    fields = description()["methods"].get(method)
    if fields is None:
        raise Refused(404, "Not Found: method not found")
    return _checked_fields(fields, {name: _plain(fields, name, value) for name, value in given.items()}, method)


def _plain(fields: Mapping[str, Any], name: str, value: str) -> Any:
    """A form's value as JSON would have it, where its type is not words."""
    types = fields.get(name, {}).get("types", ["String"])
    if types == ["String"]:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def _checked_fields(fields: Mapping[str, Any], values: Mapping[str, Any], where: str) -> dict[str, Any]:
    for name, value in values.items():
        if name not in fields:
            raise Refused(400, f"Bad Request: {where} has no field {name}")
        if not any(_fits(value, kind, f"{where}.{name}") for kind in fields[name]["types"]):
            raise Refused(400, f"Bad Request: {where}.{name} is not {' or '.join(fields[name]['types'])}")
        if "enum" in fields[name] and value not in fields[name]["enum"]:
            raise Refused(400, f"Bad Request: {where}.{name} is none of its words")
    for name, described in fields.items():
        if described.get("required") and name not in values:
            raise Refused(400, f"Bad Request: {where}.{name} is missing")
    return dict(values)


def _fits(value: Any, kind: str, where: str) -> bool:
    simple: dict[str, Any] = {"String": str, "Boolean": bool, "Integer": int, "Float": (int, float), "InputFile": str}
    if kind.startswith("Array of "):
        return isinstance(value, list) and all(_fits(one, kind.removeprefix("Array of "), where) for one in value)
    if kind in simple:
        return isinstance(value, simple[kind]) and (kind == "Boolean") == isinstance(value, bool)
    described = description()["types"][kind]
    if not isinstance(value, dict):
        return False
    if "subtypes" in described:
        return any(_fits(value, one, where) for one in described["subtypes"])
    try:
        _checked_fields(described["fields"], value, where)
    except Refused:
        return False
    return True


def check_buttons(markup: Mapping[str, Any]) -> None:
    for row in markup.get("inline_keyboard", ()):
        for button in row:
            data = button.get("callback_data", "")
            if not button["text"].strip() or not 1 <= len(data.encode()) <= 64:
                raise Refused(400, "Bad Request: BUTTON_DATA_INVALID")


def read_html(text: str) -> str:
    """The words without their layout, as the reader sees them."""
    shown, place, open_tags = "", 0, list[str]()
    for tag in re.finditer(r"<[^>]*>?", text):
        shown += text[place : tag.start()]
        place = tag.end()
        found = _TAG.fullmatch(tag[0])
        if found is None or found[2] not in _TAGS:
            raise Refused(400, f"Bad Request: can't parse entities: unsupported start tag at byte offset {tag.start()}")
        if not found[1]:
            open_tags.append(found[2])
        elif not open_tags or open_tags.pop() != found[2]:
            raise Refused(400, f"Bad Request: can't parse entities: unexpected end tag at byte offset {tag.start()}")
    if open_tags:
        raise Refused(400, f"Bad Request: can't parse entities: can't find end tag of {open_tags[-1]}")
    return html.unescape(shown + text[place:])
