"""The menu and what the bot says of itself: in every language, within Telegram's limits, and understood again."""

from aiogram.methods import SetMyCommands, SetMyDescription, SetMyShortDescription

from bot.hearing.words import command
from bot.telegram.presenting import COMMANDS, command_of, presentation
from bot.text import languages

SHOWN = list(presentation())


def test_a_command_is_understood_as_the_word_it_is() -> None:
    for language in languages():
        for name in COMMANDS:
            understood = command(f"/{command_of(name, language)}")
            assert understood is not None, (language, name)
            assert understood.name == name, (language, name)


def test_every_language_has_its_menu_and_swedish_is_for_the_rest() -> None:
    menus = {one.language_code: one for one in SHOWN if isinstance(one, SetMyCommands)}
    assert set(menus) == {None, *(code for code in languages() if len(code) == 2)}
    swedish = {one.command: one.description for one in menus["sv"].commands}
    assert swedish["hjalp"] == "Vad du kan skriva"
    assert {"status", "ring", "sprak", "tillbaka", "senare", "stopp"} <= set(swedish)
    assert menus[None].commands == menus["sv"].commands
    for menu in menus.values():
        named = [one.command for one in menu.commands]
        assert len(set(named)) == len(named) == len(COMMANDS)
        assert menu.scope is not None
        assert menu.scope.type == "all_private_chats"


def test_what_it_says_of_itself_fits() -> None:
    described = [one for one in SHOWN if isinstance(one, SetMyDescription)]
    short = [one for one in SHOWN if isinstance(one, SetMyShortDescription)]
    assert len(described) == len(short) == len([code for code in languages() if len(code) == 2]) + 1
    assert all(one.description and len(one.description) <= 512 for one in described)
    assert all(one.short_description and len(one.short_description) <= 120 for one in short)
    assert all("112" in (one.description or "") for one in described)
