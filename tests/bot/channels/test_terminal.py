"""The terminal: words posted, lines read, and the command that talks with the demo."""

# ruff: noqa: F811  # fixtures are asked for by the names they are imported by

import asyncio
from collections.abc import AsyncIterator

import pytest
from httpx2 import AsyncClient

from bot.channels import terminal
from bot.settings import read
from bot.stories.chat import Conversation, paragraphs, talk
from bot.together import Running, free_port
from tests.bot.site import site  # noqa: F401  # fixture

WORD = {"Authorization": "Bearer a-word-of-my-own-making"}


@pytest.fixture
async def client(site: Running) -> AsyncIterator[AsyncClient]:
    async with AsyncClient(base_url=site.address, headers=WORD, trust_env=False, timeout=30) as client:
        yield client


async def test_words_are_posted_and_lines_come_back_in_order(client: AsyncClient) -> None:
    path = "/terminal/trelleborg"
    assert (await client.get(path)).json() == {"lines": [], "last": 0}  # nobody has written yet
    assert (await client.post(path, json={"words": "السلام عليكم، أحتاج مساعدة"})).status_code == 202
    heard = (await client.get(path)).json()
    greeting = heard["lines"][0]
    assert (greeting["who"], greeting["language"]) == ("bot", "ar")
    assert greeting["choices"][0].startswith("1 ")
    assert greeting["tail"]  # the way back to Swedish

    await client.post(path, json={"words": "1"})
    later = (await client.get(path, params={"after": heard["last"]})).json()
    assert later["lines"]
    assert all(line["number"] > heard["last"] for line in later["lines"])


async def test_the_same_id_is_the_same_message(client: AsyncClient) -> None:
    for _ in range(3):
        assert (await client.post("/terminal/trelleborg", json={"words": "hej", "id": "1"})).status_code == 202
    assert len((await client.get("/terminal/trelleborg")).json()["lines"]) == 1


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/terminal/trelleborg", {"Authorization": ""}, 401),
        ("/terminal/trelleborg", {"Authorization": "Bearer short"}, 401),
        ("/terminal/nowhere", WORD, 404),
    ],
)
async def test_nobody_talks_without_a_word_or_where_nobody_listens(
    client: AsyncClient, path: str, headers: dict[str, str], status: int
) -> None:
    assert (await client.post(path, json={"words": "hej"}, headers=headers)).status_code == status


def test_the_terminal_is_open_in_the_demo_only(environment: dict[str, str]) -> None:
    assert terminal.channel(read({**environment, "IMORGON_ENVIRONMENT": "demo"})) is not None
    assert terminal.channel(read(environment)) is None


@pytest.fixture
def environment() -> dict[str, str]:
    return {
        "IMORGON_DATABASE_URL": "postgresql://bot@/bot",
        "IMORGON_PUBLIC_URL": "https://imorgon.example",
        "IMORGON_BACKEND_URL": "http://127.0.0.1:1",
        "IMORGON_BACKEND_TOKEN_TRELLEBORG": "t" * 40,
        "IMORGON_ENVELOPE_KEY": "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        "IMORGON_SESSION_SECRET": "s" * 40,
    }


# --- The command ------------------------------------------------------------------------------------------------------


async def test_a_conversation_in_arabic_from_the_keyboard(site: Running) -> None:
    written: asyncio.Queue[str] = asyncio.Queue()
    lines: asyncio.Queue[str] = asyncio.Queue()
    talking = asyncio.create_task(talk(Conversation(site.address, "trelleborg"), "ar", lines, written.put_nowait))
    await comes(written, "أهلاً")
    await comes(written, "1 ")
    lines.put_nowait("1\n")
    await comes(written, ".")
    lines.put_nowait("")  # Ctrl-D
    assert await talking == 0


async def comes(written: asyncio.Queue[str], part: str) -> str:
    """The next paragraph with this in it."""
    async with asyncio.timeout(20):
        while part not in (line := await written.get()):
            pass
    return line


@pytest.mark.parametrize("language", [None, "ar"])
async def test_it_says_clearly_when_nothing_runs(language: str | None) -> None:
    written: list[str] = []
    address = f"http://127.0.0.1:{free_port()}"
    assert await talk(Conversation(address, "trelleborg"), language, asyncio.Queue(), written.append) == 1
    assert written == [f"Nothing answers at {address}. Start the demo with: make demo"]


async def test_it_says_clearly_when_there_is_no_such_municipality(site: Running) -> None:
    written: list[str] = []
    assert await talk(Conversation(site.address, "lund"), None, asyncio.Queue(), written.append) == 1
    assert "the terminal is open in the demo" in written[0]


def test_lines_stand_as_paragraphs_each_with_its_own_direction() -> None:
    swedish = {"language": "sv", "text": ["Hej!"], "choices": ["1 Boka", "2 Fråga"], "tail": "Svenska: SV"}
    assert paragraphs(swedish) == ["Hej!", "  1 Boka", "  2 Fråga", "Svenska: SV", ""]
    arabic = {"language": "ar", "text": ["مرحباً"], "choices": ["1 حجز"], "tail": ""}
    assert paragraphs(arabic) == ["مرحباً", "1 حجز", ""]  # no blanks first: they would stand at the wrong side
