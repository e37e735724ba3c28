"""A browser without JavaScript: reads pages, fills in their forms and presses their buttons. For stories and tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urljoin

import httpx2
from bs4 import BeautifulSoup, Tag

from bot.stories.serving import trusted


class NotOnPageError(AssertionError):
    """The story wants to press something that is not there; says what is."""


@dataclass(frozen=True)
class Form:
    """One form of a page: what stands in it, and its buttons by their words."""

    action: str
    method: str
    fields: Mapping[str, str]
    buttons: tuple[tuple[str, str, str], ...]

    @property
    def words(self) -> str:
        return " | ".join(label for label, _, _ in self.buttons)


@dataclass(frozen=True)
class Page:
    """A page as it came."""

    url: str
    status: int
    soup: BeautifulSoup

    @property
    def text(self) -> str:
        """All that can be read, one line for each piece."""
        return "\n".join(self.soup.stripped_strings)

    def forms(self) -> list[Form]:
        return [_form(form, self.url) for form in self.soup.find_all("form")]

    def form_with(self, action: str) -> Form:
        """The form that posts to an address ending so."""
        for form in self.forms():
            if form.action.split("?")[0].endswith(action):
                return form
        actions = ", ".join(form.action for form in self.forms())
        raise NotOnPageError(f"no form that posts to …{action} on {self.url} ({self.status}); there are: {actions}")

    def button(self, label: str) -> tuple[Form, str, str]:
        """The form and name=value of the button with these words."""
        for form in self.forms():
            for words, name, value in form.buttons:
                if words == label:
                    return form, name, value
        there = "; ".join(form.words for form in self.forms())
        raise NotOnPageError(f"no button {label!r} on {self.url} ({self.status}); there are: {there}")

    def links(self) -> dict[str, str]:
        """Addresses by the words of their links."""
        return {
            " ".join(link.stripped_strings): urljoin(self.url, str(link["href"]))
            for link in self.soup.find_all("a", href=True)
        }


def _form(form: Tag, url: str) -> Form:
    fields: dict[str, str] = {}
    for field in form.find_all(["input", "textarea", "select"]):
        name, kind = str(field.get("name") or ""), str(field.get("type") or field.name)
        unticked = kind in ("radio", "checkbox") and not field.has_attr("checked")
        if not name or unticked or kind in ("submit", "button"):
            continue
        fields[name] = field.get_text() if field.name == "textarea" else _chosen(field)
    buttons = tuple(
        (" ".join(button.stripped_strings), str(button.get("name") or ""), str(button.get("value") or ""))
        for button in form.find_all("button")
    )
    action = urljoin(url, str(form.get("action") or url))
    return Form(action, str(form.get("method") or "get").lower(), fields, buttons)


def _chosen(field: Tag) -> str:
    if field.name != "select":
        return str(field.get("value") or ("on" if field.get("type") == "checkbox" else ""))
    options = field.find_all("option")
    chosen = next((one for one in options if one.has_attr("selected")), options[0] if options else None)
    if chosen is None:
        return ""
    return str(chosen["value"]) if chosen.has_attr("value") else chosen.get_text()


class Browser:
    """One person's browser: keeps cookies, follows redirects, says where it comes from."""

    def __init__(self, address: str, language: str = "sv") -> None:
        self.address = address
        self._http = httpx2.AsyncClient(
            base_url=address,
            follow_redirects=True,
            timeout=30,
            trust_env=False,
            verify=trusted(),
            headers={"Accept-Language": language},
        )
        self.page = Page(address, 0, BeautifulSoup("", "html.parser"))

    async def get(self, path: str) -> Page:
        response = await self._http.get(path, headers={"Sec-Fetch-Site": "none"})
        return self._came(response)

    async def submit(
        self, form: Form, given: Mapping[str, str | list[str]] | None = None, button: tuple[str, str] = ("", "")
    ) -> Page:
        """Send a form as it stands, with what is given changed, by pressing a button."""
        data: dict[str, str | list[str]] = {**form.fields, **(given or {})}
        if button[0]:
            data[button[0]] = button[1]
        headers = {"Origin": self.address, "Sec-Fetch-Site": "same-origin", "Referer": self.page.url}
        if form.method == "get":
            return self._came(await self._http.get(form.action, params=data, headers=headers))
        return self._came(await self._http.post(form.action, data=data, headers=headers))

    def forget(self) -> None:
        """Throw away the cookies: nobody is signed in."""
        self._http.cookies.clear()

    async def press(self, label: str, **given: str) -> Page:
        """Press the button with these words on the page that is open."""
        form, name, value = self.page.button(label)
        return await self.submit(form, given, (name, value))

    async def close(self) -> None:
        await self._http.aclose()

    def _came(self, response: httpx2.Response) -> Page:
        self.page = Page(str(response.url), response.status_code, BeautifulSoup(response.text, "html.parser"))
        return self.page
