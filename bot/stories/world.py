"""The small language stories are told in: an applicant writes, chooses and reads; staff press; time goes on.

Everything is done over HTTP, as it is done outside: signed webhooks in, the provider's API out, pages and their forms.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from bot.conversation.putting import CONFIRM_CONTACT
from bot.conversation.saying import BEHIND_US
from bot.flows.phone import SHARED_HERE
from bot.hearing.words import Name
from bot.stories import paper
from bot.stories.browser import Browser, Page
from bot.stories.in_step import InStep
from bot.stories.speaking import first_words, spoken, yes
from bot.stories.telegram import Account, Sent, Telegram
from bot.stories.twilio import Twilio
from bot.text import STOCKHOLM, local, render, say, translations, words
from bot.together import StoryClock

NUMBERS = {"trelleborg": "+46701740690", "svedala": "+46701740694"}
"""The municipalities' own numbers (PTS's range for fiction)."""

SENDERS = {f"IMORGON_TWILIO_FROM_{slug.upper()}": number for slug, number in NUMBERS.items()}
"""The same as settings."""

PATIENCE = 120.0
"""Seconds (real time) a story waits for the system to come to rest."""


class StoryError(AssertionError):
    """What the story expects did not happen; says what did."""


@dataclass
class World:
    """One town while a story is told. ``rest`` waits until nothing more happens by itself."""

    clock: StoryClock
    address: str
    twilio: Twilio
    language: str
    channel: str
    rest: Callable[[], Awaitable[None]]
    telegram: Telegram | None = None
    in_step: InStep | None = None
    directions: list[tuple[datetime, str]] = field(default_factory=list)
    people: list["Applicant"] = field(default_factory=list)
    browsers: list[Browser] = field(default_factory=list)

    def stage(self, words: str) -> None:
        """What happens beside the dialogue, for those who read it."""
        self.directions.append((self.clock(), words))

    async def until(self, day: int, month: int, hour: int, minute: int = 0) -> None:
        """Let time go on to the next such moment, on the Swedish clock; at most a year of months."""
        now = local(self.clock())
        to = datetime(now.year + (month < now.month), month, day, hour, minute, tzinfo=STOCKHOLM)
        self.clock.move(to - self.clock())
        await self.settled()

    async def settled(self) -> None:
        """Until nothing more happens by itself at this moment of the story."""
        async with asyncio.timeout(PATIENCE):
            await self.rest()

    async def minute(self) -> None:
        self.clock.move(timedelta(minutes=1))

    def applicant(
        self, name: str, number: str, *, channel: str = "", municipality: str = "trelleborg", speaks: str = ""
    ) -> "Applicant":
        """Somebody who needs help, with a telephone, on the story's channel and in its language where none is named."""
        kind = {"sms": ByText, "web": OnTheWeb, "telegram": ByTelegram}[channel or self.channel]
        person = kind(self, name, number, municipality, speaks=speaks)
        self.people.append(person)
        return person

    async def staff(self, role: str, *, municipality: str = "trelleborg") -> "Staff":
        """One of the staff, signed in."""
        browser = self.browser()
        desk = Staff(self, browser)
        await desk.sign_in(municipality, role)
        return desk

    async def reads_with_code(self, code: str, *, municipality: str = "trelleborg") -> None:
        """Somebody types the code from the counter on the secure page and reads what is there."""
        browser = self.browser()
        page = await browser.get("/s/")
        form = next(form for form in page.forms() if "code" in form.fields)
        page = await browser.submit(form, {"code": code, "municipality": municipality})
        main = page.soup.find("main")
        if page.status != 200 or main is None or main.find("form", action="/s/") is not None:
            raise StoryError(f"the code opened nothing:\n{page.text}")
        for block in main.find_all(["h2", "p"]):
            if block.find_parent("form") is None and not re.search(r"\b\d{1,2}[.:]\d\d\b", block.get_text()):
                self.stage(f"läser på sidan: {_plain(' '.join(block.stripped_strings))}")
        await self.settled()

    def browser(self) -> Browser:
        browser = Browser(self.address, self.language)
        self.browsers.append(browser)
        return browser


# --- Applicants -------------------------------------------------------------------------------------------------------


@dataclass
class Applicant:
    """Somebody who needs help. ``reads`` gives what came since it was last asked."""

    world: World
    name: str
    number: str
    municipality: str
    channel = ""
    hour = ""
    """When the chosen meeting begins, as staff write it (``8.45``)."""
    speaks: str = field(default="", kw_only=True)

    @property
    def language(self) -> str:
        return self.speaks or self.world.language

    async def begins(self, **words: str) -> None:
        """Write for the first time, in the story's language."""
        await self.writes(first_words(words, self.language))

    async def says(self, **words: str) -> None:
        """Write, in the story's language."""
        await self.writes(spoken(words, self.language))

    async def says_yes(self) -> None:
        await self.writes(yes(self.language))

    async def writes(self, words: str) -> None:
        raise NotImplementedError

    async def chooses(self, label: str) -> None:
        """Answer with one of the offered choices, named by its source sentence."""
        raise NotImplementedError

    async def reads(self) -> str:
        raise NotImplementedError

    async def expects(self, *messages: str) -> str:
        """Read, and be sure that this (a source sentence) stands there in the story's language, whatever its values; or
        one of these. Gives what was read."""
        there = _plain(await self.reads())
        sentences = [translations(self.language).gettext(message) for message in messages]
        if not any(re.search(_whatever_its_values(sentence), there, re.DOTALL) for sentence in sentences):
            wanted = "\n  ".join(sentences)
            raise StoryError(f"{self.name} expected to read:\n  {wanted}\nbut read:\n  {there}")
        return there

    async def goes_back(self) -> None:
        """One question back."""
        await self.writes(self._command("back"))

    async def asks_for_another_time(self) -> None:
        await self.writes(self._command("move"))

    async def asks_for_a_human(self) -> None:
        await self.writes(self._command("human"))

    async def asks_to_be_rung_at_an_hour(self) -> None:
        await self.writes(self._command("call-time"))

    async def wants_no_call(self) -> None:
        await self.writes(self._command("no-call"))

    def switches(self) -> str:
        """The word for going on in another place."""
        return self._command("elsewhere")

    async def wants_to_change(self) -> None:
        """Say so, without saying what: after it was sent, that shows what was."""
        await self.writes(self._command("change"))

    async def changes(self, label: str) -> None:
        """Change a line of the summary, named by what it is called there."""
        await self.writes(f"{self._command('change')} {await self._line(label)}")

    async def takes_away(self, label: str, answer: Mapping[str, str]) -> None:
        """Take what a line of the summary is about out of its list."""
        await self.writes(f"{self._command('remove')} {await self._line(label, spoken(answer, self.language))}")

    def _command(self, name: Name) -> str:
        return words(self.language, name)[0].upper()

    async def _line(self, label: str, answer: str = "") -> str:
        """The number of a line of the summary that was read last."""
        raise NotImplementedError

    async def picks_first(self) -> None:
        """Take the first of the offered times."""
        raise NotImplementedError

    async def attests(self) -> None:
        """Confirm the summary, exactly as it stands."""
        raise NotImplementedError

    async def gives_number(self) -> "Applicant":
        """Go on by SMS: give the number, answer the text that comes there; from now on she writes from the phone."""
        raise NotImplementedError

    async def fills_in(self, answers: Mapping[str, str | Mapping[str, str]]) -> None:
        """Answer the form: question -> a label's source sentence or, per language, free words."""
        raise NotImplementedError

    def words(self, answer: str | Mapping[str, str]) -> str:
        return answer if isinstance(answer, str) else spoken(answer, self.language)


SUMMARY = 4
"""In how many of the last texts a line of a summary may stand."""


@dataclass
class ByText(Applicant):
    """Somebody with a telephone."""

    channel = "sms"
    seen: int = 0

    async def writes(self, words: str) -> None:
        await self.world.minute()
        await self.world.twilio.write(self.number, NUMBERS[self.municipality], words)
        await self.world.settled()

    async def chooses(self, label: str) -> None:
        await self.writes(self._number_of(label, await self._last()))

    async def picks_first(self) -> None:
        self.hour = _hour(await self._last())
        await self.writes("1")

    async def attests(self) -> None:
        await self.says_yes()

    async def gives_number(self) -> Applicant:
        return self

    async def reads(self) -> str:
        texts = self.world.twilio.sent_to(self.number)
        fresh, self.seen = texts[self.seen :], len(texts)
        return "\n".join(text.body for text in fresh)

    async def fills_in(self, answers: Mapping[str, str | Mapping[str, str]]) -> None:
        for answer in answers.values():
            last = await self._last()
            label = render(say(answer), self.language, plain=True) if isinstance(answer, str) else None
            if label is not None and re.search(rf"\d+ {re.escape(label)}", last):
                await self.writes(self._number_of(str(answer), last))
            else:
                await self.writes(self.words(answer))

    async def _line(self, label: str, answer: str = "") -> str:
        # A long summary comes in several texts.
        texts = [text.body for text in self.world.twilio.sent_to(self.number)[-SUMMARY:]]
        return _line_in("\n".join(reversed(texts)), render(say(label), self.language), answer)

    async def _last(self) -> str:
        texts = self.world.twilio.sent_to(self.number)
        return texts[-1].body if texts else ""

    def _number_of(self, label: str, text: str) -> str:
        words = render(say(label), self.language, plain=True)
        found = re.search(rf"[\u2066\u2068]?(\d+)[\u2069]? {re.escape(words)}", text)
        if found is None:
            raise StoryError(f"{self.name} was not offered {words!r}, but read:\n  {text}")
        return found[1]


@dataclass
class ByTelegram(Applicant):
    """Somebody with Telegram on her phone: presses what is offered, writes the rest."""

    channel = "telegram"
    account: Account = field(init=False)
    seen: int = 0

    @property
    def telegram(self) -> Telegram:
        if self.world.telegram is None:
            raise StoryError("nobody has Telegram in this town")
        return self.world.telegram

    def __post_init__(self) -> None:
        self.account = self.telegram.account(self.name, self.number, self.language)

    async def writes(self, words: str) -> None:
        await self.world.minute()
        await self.telegram.listened_to(self.municipality)
        await self.telegram.write(self.account, self.municipality, words)
        await self.world.settled()

    async def opens(self) -> None:
        """Press START, where a talk with a bot begins. Her program is set to her language."""
        await self.writes("/start")

    def looks(self) -> Sent:
        """The message last read as it stands now, to be pressed later on a screen that has not changed."""
        return replace(self._last())

    async def presses_old(self, message: Sent, label: str) -> None:
        """Press a button that has been left behind: it answers nothing, and says so itself."""
        data = next(data for shown, data in message.buttons if _plain(shown) == self._labelled(label))
        await self.world.minute()
        await self.telegram.press_remembered(self.account, self.municipality, message, data)
        await self.world.settled()
        said = str(self.telegram.answers[-1].get("text", ""))
        if said != render(say(BEHIND_US), self.language):
            raise StoryError(f"an old button said {said!r}")
        self.world.stage(f"trycker på en gammal knapp, som svarar: {said}")

    async def sends_picture(self, content: bytes, words: str = "") -> None:
        """Send a picture, with words under it."""
        await self._sends(self.telegram.picture(content), words)

    async def sends_file(self, content: bytes, name: str) -> None:
        """Send a file."""
        await self._sends(self.telegram.file(content, name), "")

    async def _sends(self, content: dict[str, Any], words: str) -> None:
        await self.world.minute()
        sent = {**content, "caption": words} if words else content
        await self.telegram.send(self.account, self.municipality, **sent)
        await self.world.settled()

    async def sends_album(self, pictures: int, words: str) -> None:
        """Send several pictures as one, with words under the first."""
        await self.world.minute()
        for n in range(pictures):
            content = {**self.telegram.picture(paper.sharp(n)), "media_group_id": self.name}
            if n == 0:
                content["caption"] = words
            await self.telegram.send(self.account, self.municipality, **content)
        await self.world.settled()

    def _labelled(self, label: str) -> str:
        return _plain(render(say(label), self.language))

    async def chooses(self, label: str) -> None:
        words = self._labelled(label)
        message = self._last()
        data = next((data for shown, data in message.buttons if _plain(shown) == words), None)
        if data is None:
            raise StoryError(f"{self.name} was not offered {words!r} but {message.buttons}")
        await self._presses(message, data)

    async def picks_first(self) -> None:
        message = self._last()
        shown, data = message.buttons[0]
        self.hour = _hour(shown)
        await self._presses(message, data)

    async def attests(self) -> None:
        await self.chooses("Yes, it is right")

    async def gives_number(self) -> Applicant:
        """Her own number, by the button: proved by Telegram, so no text has to be answered. She goes on here."""
        if render(say(SHARED_HERE.text), self.language) in self._last().text:
            await self.chooses("No")
        await self.world.minute()
        await self.telegram.share_number(self.account, self.municipality)
        await self.world.settled()
        return self

    async def reads(self) -> str:
        messages = self._messages()
        fresh, self.seen = messages[self.seen :], len(messages)
        return "\n".join("\n".join([one.text, *(label for label, _ in one.buttons)]) for one in fresh)

    async def fills_in(self, answers: Mapping[str, str | Mapping[str, str]]) -> None:
        for answer in answers.values():
            label = _plain(render(say(answer), self.language)) if isinstance(answer, str) else None
            if label is not None and label in [_plain(shown) for shown, _ in self._last().buttons]:
                await self.chooses(str(answer))
            else:
                # Of several she writes the numbers, as they stand in the message.
                listed = re.search(rf"^(\d+) {re.escape(label or '')}$", _plain(self._last().text), re.MULTILINE)
                await self.writes(listed[1] if label and listed else self.words(answer))

    async def _presses(self, message: Sent, data: str) -> None:
        await self.world.minute()
        await self.telegram.press(self.account, self.municipality, message, data)
        await self.world.settled()

    async def takes_away(self, label: str, answer: Mapping[str, str]) -> None:
        """By the button, under the question that is asked again."""
        await self.writes(f"{self._command('change')} {await self._line(label, spoken(answer, self.language))}")
        await self.chooses("Take away")

    async def _line(self, label: str, answer: str = "") -> str:
        return _line_in(self._last().text, self._labelled(label), answer)

    def _messages(self) -> list[Sent]:
        return self.telegram.sent_to(self.account, self.municipality)

    def _last(self) -> Sent:
        messages = self._messages()
        if not messages:
            raise StoryError(f"{self.name} has read nothing yet")
        return messages[-1]


@dataclass
class OnTheWeb(Applicant):
    """Somebody at the web chat, in a browser without JavaScript."""

    channel = "web"
    browser: Browser = field(init=False)
    seen: int = 0

    def __post_init__(self) -> None:
        self.browser = self.world.browser()

    @property
    def path(self) -> str:
        return f"/chat/{self.municipality}"

    async def writes(self, words: str) -> None:
        await self.world.minute()
        page = await self.browser.get(self.path)
        compose = next(form for form in page.forms() if form.action.endswith("/say") and "words" in form.fields)
        await self.browser.submit(compose, {"words": words})
        await self.world.settled()

    async def chooses(self, label: str) -> None:
        await self.world.minute()
        page = await self.browser.get(self.path)
        words = render(say(label), self.language)
        form, name, value = next(
            (found for form in page.forms() for found in _buttons(form) if _plain(found[3]) == _plain(words)),
            (None, "", "", ""),
        )[:3]
        if form is None:
            offered = [label for form in page.forms() for _, _, _, label in _buttons(form)]
            raise StoryError(f"{self.name} was not offered {words!r} but {offered}")
        await self.browser.submit(form, None, (name, value))
        await self.world.settled()

    async def reads(self) -> str:
        page = await self.browser.get(self.path)
        told = [one for one in page.soup.find_all("article") if "said" in (one.get("class") or [])]
        fresh, self.seen = told[self.seen :], len(told)
        answers = page.soup.find(id="answers")
        offered = " ".join(answers.stripped_strings) if answers is not None else ""
        return "\n".join([*(" ".join(one.stripped_strings) for one in fresh), offered])

    async def fills_in(self, answers: Mapping[str, str | Mapping[str, str]]) -> None:
        """Page by page, until no page of the form is open, or one that asks of something else."""
        for _ in range(20):
            page = await self.browser.get(f"{self.path}/part")
            forms = [form for form in page.forms() if form.action.endswith("/part")]
            given = self._given(page, answers)
            if not forms or not given:
                return
            await self.world.minute()
            await self.browser.submit(forms[0], given, ("save", "1"))
            await self.world.settled()
        raise StoryError(f"the form does not end; it stands at:\n{self.browser.page.text}")

    def _given(self, page: Page, answers: Mapping[str, str | Mapping[str, str]]) -> dict[str, str | list[str]]:
        given: dict[str, str | list[str]] = {}
        fields = page.soup.find_all(["input", "textarea"])
        names = list(dict.fromkeys(str(field["name"]) for field in fields if field.get("name")))
        for name in names:
            key = name.removeprefix("f.")
            if key not in answers:
                continue
            answer = answers[key]
            values = [self._option(page, name, one) for one in answer.split("|")] if isinstance(answer, str) else []
            found = [value for value in values if value is not None]
            given[name] = (found if len(found) > 1 else found[0]) if found else self.words(answer)
        return given

    def _option(self, page: Page, name: str, label: str) -> str | None:
        words = _plain(render(say(label), self.language))
        for option in page.soup.find_all("label"):
            box = option.find("input", attrs={"name": name})
            if box is not None and _plain(" ".join(option.stripped_strings)) == words:
                return str(box["value"])
        return None

    async def goes_back(self) -> None:
        page = await self.browser.get(f"{self.path}/part")
        await self._sends(next(form for form in page.forms() if form.action.endswith("/back")))

    async def changes(self, label: str) -> None:
        await self._presses_at_line("/change", label)

    async def takes_away(self, label: str, answer: Mapping[str, str]) -> None:
        await self._presses_at_line("/remove", label, spoken(answer, self.language))

    async def _presses_at_line(self, action: str, label: str, answer: str = "") -> None:
        """The button of the summary's line that says this."""
        page, words = await self.browser.get(f"{self.path}/part"), _plain(render(say(label), self.language))
        for number, line in enumerate(page.soup.find_all("li", class_="summary__line"), 1):
            question, shown = (_plain(one.get_text()) for one in line.find_all("p"))
            if question == words and answer in shown:
                buttons = [found for form in page.forms() if form.action.endswith(action) for found in _buttons(form)]
                form, name, value, _ = next(found for found in buttons if found[2] == str(number))
                await self._sends(form, (name, value))
                return
        raise StoryError(f"no line says {words!r} {answer!r}:\n{page.text}")

    async def _sends(self, form: Any, button: tuple[str, str] = ("", "")) -> None:
        await self.world.minute()
        await self.browser.submit(form, None, button)
        await self.world.settled()

    async def picks_first(self) -> None:
        await self.world.minute()
        page = await self.browser.get(self.path)
        form = next(form for form in page.forms() if any(name == "choice" for _, name, _ in form.buttons))
        label, name, value = form.buttons[0]
        self.hour = _hour(label)
        await self.browser.submit(form, None, (name, value))
        await self.world.settled()

    async def gives_number(self) -> Applicant:
        await self.writes(f"0{self.number.removeprefix('+46')}")
        phone = self.world.applicant(self.name, self.number, channel="sms", municipality=self.municipality)
        phone.hour = self.hour
        await phone.expects(CONFIRM_CONTACT.text)
        await phone.says_yes()
        await phone.chooses("No")
        await phone.reads()
        return phone

    async def attests(self) -> None:
        await self.world.minute()
        page = await self.browser.get(f"{self.path}/part")
        form = next(form for form in page.forms() if "digest" in form.fields)
        _, name, value = form.buttons[0]
        await self.browser.submit(form, None, (name, value))
        await self.world.settled()


def _buttons(form: Any) -> list[tuple[Any, str, str, str]]:
    return [(form, name, value, label) for label, name, value in form.buttons]


def _hour(words: str) -> str:
    """The first hour in what was offered."""
    found = re.search(r"\d{1,2}[.:]\d\d", words)
    if found is None:
        raise StoryError(f"no time was offered in:\n  {words}")
    return found[0].replace(":", ".")


def _line_in(summary: str, label: str, answer: str) -> str:
    """The number before ``label: answer``."""
    found = re.search(rf"(\d+) {re.escape(_plain(label))}: {re.escape(answer)}", _plain(summary))
    if found is None:
        raise StoryError(f"no line says {label}: {answer} in:\n  {summary}")
    return found[1]


def _whatever_its_values(sentence: str) -> str:
    return ".+?".join(re.escape(_plain(part)) for part in re.split(r"\{\w+\}", sentence))


def _plain(words: str) -> str:
    return re.sub(r"[\u2066-\u2069]", "", words).replace("\u00a0", " ").strip()


# --- Staff ------------------------------------------------------------------------------------------------------------


@dataclass
class Staff:
    """One of the staff at her desk; acts by the forms of the staff pages."""

    world: World
    browser: Browser

    async def sign_in(self, municipality: str, role: str) -> None:
        self.browser.forget()
        page = await self.browser.get("/inbox")
        for form in page.forms():
            if form.fields.get("municipality") != municipality:
                continue
            for label, name, value in form.buttons:
                if role in label:
                    await self.browser.submit(form, None, (name, value))
                    return
        raise StoryError(f"nobody to sign in as {role} in {municipality}:\n{page.text}")

    async def opens(self, path: str) -> Page:
        return await self.browser.get(path)

    async def follows(self, words: str) -> Page:
        """Follow the first link whose words hold these."""
        for label, address in self.browser.page.links().items():
            if words in label:
                return await self.browser.get(address)
        there = "; ".join(self.browser.page.links())
        raise StoryError(f"no link with {words!r} on {self.browser.page.url}; there are: {there}")

    async def presses(self, label: str, **given: str) -> Page:
        """Press a button of the open page, with these fields filled in; then let things happen."""
        await self.world.minute()
        page = await self.browser.press(label, **given)
        if page.status >= 400:
            raise StoryError(f"pressing {label!r} was refused ({page.status}):\n{page.text}")
        await self.world.settled()
        return page

    async def presses_at(self, row: tuple[str, ...], label: str) -> Page:
        """Press the button that stands in the row with all these words."""
        page = self.browser.page
        for item in page.soup.find_all("li"):
            form = next((one for one in item.find_all("form") if label in one.get_text()), None)
            said = item.get_text().casefold()
            if form is not None and all(word.casefold() in said for word in row):
                await self.world.minute()
                action = str(form["action"])
                came = await self.browser.submit(page.form_with(action), None)
                if came.status >= 400:
                    raise StoryError(f"pressing {label!r} was refused ({came.status}):\n{came.text}")
                await self.world.settled()
                return came
        raise StoryError(f"no row with {row!r} and a button {label!r} on {page.url}:\n{page.text}")

    async def sends(self, action: str, **given: str) -> Page:
        """Send the form of the open page that posts to this action."""
        await self.world.minute()
        page = await self.browser.submit(self.browser.page.form_with(action), given)
        if page.status >= 400:
            raise StoryError(f"{action} was refused ({page.status}):\n{page.text}")
        await self.world.settled()
        return page
