"""Any press on any staff page, well filled in or not: no error of ours, nobody in a refusal, no change by reading.

The addresses are those the application has, the fields those it asks for and those of the forms it shows.
"""

import asyncio
import re
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from bs4 import BeautifulSoup
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from backend.staff.desk import TEMPLATES
from bot.stories.browser import Page
from tests.backend.staff.desks import HERE, Desk, Office
from tests.backend.stories import PERSON_NUMBER, TELEPHONE, Applicant, application, meets

CALLS = 5
"""Calls of each address by each of the staff."""
PRESSES = 200
"""Forms that are sent, filled in almost as they stood."""

WORDS = "أريد التحدث مع إنسان"
HERS = (TELEPHONE, TELEPHONE.removeprefix("+46"), "174 06 12", "06 12", WORDS)
NAMES = ("Maria", "Johan", "Elin", "Karin")
_SKIPPED = ("/inbox/live", "/inbox/sign-out", "/inbox/sign-in", "/inbox/desks/close")
"""A stream without an end, and what takes whoever presses away from her desk."""
_TASK = re.compile(r'action="/inbox/tasks/[0-9a-f-]{36}/')
_KEEPS_BOOKS = ("access_log", "staff_sessions")
"""Reading is logged, and a desk that is used stays open."""

_ODD = (
    *(
        "",
        " ",
        "0",
        "-1",
        "1",
        "3",
        "yes",
        "no",
        "true",
        "å",
        "\0",
        "\r\n",
        "<b>'\"",
        "x" * 5000,
        "٣٤",
        "½",
        "NaN",
        "1e400",
    ),
    *("9" * 30, "2147483648", "7 485", "4,5", "2026-13-45", "2026-02-30", "0001-01-01", "9999-12-31", "2026-12"),
    *("2026-12-01", "2026-12-01T10:00", "9999-12-31T23:59", "0001-01-01T00:00", "2026-12-01T10:00+99:00", "25:61"),
    *("10:00", "2026-03-29T02:30", "9999-12", "0000-01", str(UUID(int=7)), "\U0001f600\u202e", "+46", PERSON_NUMBER),
)
values = st.one_of(st.sampled_from(_ODD), st.text(st.characters(codec="utf-8"), max_size=30))
in_forms = sorted(
    {name for path in (TEMPLATES / "inbox").glob("*.html") for name in re.findall(r'name="([\w-]+)"', path.read_text())}
)


@dataclass(frozen=True)
class Address:
    """One route: its path, and the names it asks for. ``numbered``: the places that take an id."""

    method: str
    path: str
    names: tuple[str, ...] = ()
    numbered: frozenset[str] = frozenset()

    @property
    def places(self) -> list[str]:
        return re.findall(r"\{(\w+)\}", self.path)


def addresses(app: FastAPI) -> list[Address]:
    """Every route of the staff pages that can be called."""
    found = []
    for included in app.router.routes:
        for route in included.effective_candidates() if hasattr(included, "effective_candidates") else ():
            if route.path.startswith("/inbox") and not route.path.startswith(_SKIPPED):
                ids = frozenset(one.name for one in route.dependant.path_params if one.field_info.annotation is UUID)
                found += [Address(method, route.path, _asked(route.dependant), ids) for method in sorted(route.methods)]
    assert len(found) > 100
    return found


def _asked(dependant: Any) -> tuple[str, ...]:
    own = [one.alias for one in (*dependant.body_params, *dependant.query_params)]
    return tuple(dict.fromkeys([*own, *(name for one in dependant.dependencies for name in _asked(one))]))


@dataclass
class House:
    """Staff at their desks, and what there is to open. ``known``: ids of each kind that stand in the database."""

    office: Office
    loop: asyncio.AbstractEventLoop
    desks: dict[str, Desk] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=dict)
    wrong: dict[str, object] = field(default_factory=dict)

    def asks(self, name: str, method: str, address: str, **sent: Any) -> str:
        """Call from outside the loop; gives the page. What is wrong with the answer is noted, by where it is wrong."""
        asking = self.desks[name].client.request(method, address, headers={"Origin": HERE}, **sent)
        try:
            answer = asyncio.run_coroutine_threadsafe(asking, self.loop).result(60)
        except Exception as error:  # noqa: BLE001  # whatever it is, it is an error of ours
            last = traceback.extract_tb(error.__traceback__)[-1]
            self.wrong.setdefault(
                f"{type(error).__name__} at {last.filename}:{last.lineno}", (name, method, address, sent)
            )
            return ""
        if answer.status_code >= 500:
            self.wrong.setdefault(f"{answer.status_code} of {method} {address}", (name, sent))
        # A task's own page, shown again with why not to who may read it, names her as it did.
        narrow = '<div class="narrow">' in answer.text and not _TASK.search(answer.text)
        is_refusal = answer.status_code >= 400 and narrow
        if is_refusal and any(one in answer.text for one in HERS):
            self.wrong.setdefault(f"somebody stands in a refusal of {method} {address}", (name, sent))
        return answer.text

    async def versions(self) -> Mapping[str, str]:
        """Each table as it stands now."""
        async with self.office.database.transaction() as session:
            connection = await session.connection()
            tables = (
                await connection.execute(text("select tablename from pg_tables where schemaname = 'public'"))
            ).all()
            names = sorted(name for (name,) in tables if name not in _KEEPS_BOOKS)
            one = (
                "select '{0}' as name, md5(string_agg(xmin::text || ctid::text, ',' order by ctid)) as version from {0}"
            )
            rows = await connection.execute(text(" union all ".join(one.format(name) for name in names)))
            return {row.name: row.version for row in rows}


@pytest.fixture
def environ(environ: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """With documents: papers can be handed in and opened."""
    return {**environ, "IMORGON_STORAGE_URL": tmp_path.as_uri()}


@pytest.fixture
async def house(office: Office) -> House:
    """Two who need help: one who waits and has applied, one who has met."""
    found = House(office, asyncio.get_running_loop())
    amal, kim = await office.asks_for_a_human(words=WORDS), await office.asks_for_a_human()
    sent = await office.bot.put(f"applications/{uuid4()}", application(amal))
    assert sent.status_code == 200, sent.text
    meetings = [await office.books(amal), await office.books(kim)]
    await meets(office.backend, kim)
    both: Sequence[Applicant] = (amal, kim)
    found.known = {
        "person": [str(one.person) for one in both],
        "thread": [str(one.thread) for one in both],
        "application": [sent.json()["application"]],
        "meeting": [str(one.id) for one in meetings],
    }
    async with office.database.transaction() as session:
        connection = await session.connection()
        for name, table in (("task", "tasks"), ("order", "interpreter_orders"), ("resource", "resources")):
            found.known[name] = [
                str(one) for (one,) in (await connection.execute(text(f"select id from {table}"))).all()
            ]
    for name in NAMES:
        # An error of ours is raised here, with where it came from.
        client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=office.backend.app), base_url=HERE)
        office.clients.append(client)
        found.desks[name] = await Desk(client).signs_in(name)
    return found


def _path(address: str) -> str:
    return address.removeprefix(HERE)


_quietly = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, derandomize=True)


@pytest.mark.long
async def test_no_call_of_any_address_meets_an_error_of_ours(house: House) -> None:
    everywhere = addresses(house.office.backend.app)

    def calls() -> None:
        for one in everywhere:
            for name in NAMES:
                _call(house, one, name)

    await asyncio.to_thread(calls)
    assert house.wrong == {}


def _call(house: House, one: Address, name: str) -> None:
    def place(kind: str) -> st.SearchStrategy[str]:
        made_up = (
            st.sampled_from([str(UUID(int=7))])
            if kind in one.numbered
            else st.sampled_from(("1", "99", "housing", "x" * 300, "%00", "å"))
        )
        known = house.known.get(kind)
        return st.one_of(st.sampled_from(known), made_up) if known else made_up

    names = st.sampled_from([*one.names, *in_forms]) if one.method == "POST" else st.sampled_from([*one.names, "odd"])
    sent = st.dictionaries(names, values, max_size=8)

    @settings(_quietly, max_examples=CALLS)
    @given(places=st.fixed_dictionaries({kind: place(kind) for kind in one.places}), fields=sent, more=sent)
    def calls(places: dict[str, str], fields: dict[str, str], more: dict[str, str]) -> None:
        address = one.path
        for kind, value in places.items():
            address = address.replace(f"{{{kind}}}", value)
        if one.method == "GET":
            house.asks(name, "GET", address, params={**fields, "reason": "follow-up"})
        else:
            house.asks(name, one.method, f"{address}?reason=follow-up", data={**more, **fields})

    calls()


def _pages(house: House, everywhere: Sequence[Address]) -> list[str]:
    """The addresses of pages about the two, and those that are about nobody."""
    found = []
    for one in everywhere:
        if (
            one.method != "GET"
            or not set(one.places) <= {*house.known, "section"}
            or one.path.endswith((".pdf", ".csv"))
        ):
            continue
        for n in range(2 if one.places else 1):
            address = one.path
            for kind in one.places:
                ids = house.known.get(kind, ["housing", "household"])
                address = address.replace(f"{{{kind}}}", ids[min(n, len(ids) - 1)])
            found.append(address)
    return found


@pytest.mark.long
async def test_no_form_filled_in_almost_as_it_stood_meets_an_error_of_ours(house: House) -> None:
    pages = _pages(house, addresses(house.office.backend.app))
    pressed: set[str] = set()

    # What a page shows changes as it is pressed: which form and which field is drawn by number, before it is opened.
    numbers = st.integers(0, 10_000)

    @settings(_quietly, max_examples=PRESSES)
    @given(
        st.sampled_from(NAMES[:3]),
        st.sampled_from(pages),
        numbers,
        numbers,
        st.dictionaries(numbers, values, max_size=3),
    )
    def presses(name: str, address: str, form: int, button: int, wrong: dict[int, str]) -> None:
        came = house.asks(name, "GET", address, params={"reason": "follow-up"})
        shown = Page(f"{HERE}{address}", 200, BeautifulSoup(came, "html.parser"))
        forms = [one for one in shown.forms() if one.method == "post" and not _path(one.action).startswith(_SKIPPED)]
        if not forms:
            return
        chosen = forms[form % len(forms)]
        fields = dict(chosen.fields)
        for number, value in wrong.items():
            names = [*fields, "odd"]
            fields[names[number % len(names)]] = value
        if chosen.buttons:
            _, key, pressed_value = chosen.buttons[button % len(chosen.buttons)]
            fields |= {key: pressed_value} if key else {}
        house.asks(name, "POST", _path(chosen.action), params={"reason": "follow-up"}, data=fields)
        pressed.add(re.sub(r"[0-9a-f-]{36}", "…", _path(chosen.action)))

    await asyncio.to_thread(presses)
    assert house.wrong == {}
    assert len(pressed) > 15, pressed


@pytest.mark.long
async def test_reading_changes_nothing(house: House) -> None:
    pages = _pages(house, addresses(house.office.backend.app))
    opened = []
    for name in NAMES:
        for address in pages:
            before = await house.versions()
            answer = await house.desks[name].client.get(address, params={"reason": "follow-up"})
            opened += [(name, address)] if answer.status_code == 200 else []
            after = await house.versions()
            assert after == before, (name, address, {one for one in after if after[one] != before[one]})
    assert len(opened) > 50
    # Who works with interpreters or with numbers opens nobody's case, nor what was said.
    assert not [one for one in opened if one[0] in NAMES[2:] and re.search("/(cases|threads)/[0-9a-f]", one[1])]
