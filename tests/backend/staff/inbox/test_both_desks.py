"""The common list of whoever has desks in two municipalities: what waits in both, and each line says where."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from backend import municipalities, tasks
from backend.audit import Access
from backend.contract import AcuteNeed, NoticeKind
from backend.database import Database
from backend.staff.desk import Held, Seat
from backend.staff.inbox import live
from backend.staff.inbox.both_desks import Others, joined
from backend.staff.inbox.narrowing import Chosen
from backend.staff.inbox.views import ListView, Queue, RailGroup, RailLink
from backend.staff.seats import sessions
from backend.staff.seats.models import StaffMember, StaffSession
from backend.staff.signing_in import towns
from backend.staff.views import ORDINARY, Row, Town
from tests.backend.staff.desks import HERE, Office
from tests.backend.staff.signing_in.test_towns import THERE, signs_in_also
from tests.backend.stories import Applicant

OPENS = "/inbox/towns/svedala?to="
MARK_HERE, MARK_THERE = ('<span class="row__town">Trelleborgs kommun', '<span class="row__town">Svedala kommun')


async def in_svedala(office: Office, language: str = "so") -> Applicant:
    """Somebody in Svedala has no food today."""
    bot, now = office.backend.bots["svedala"], office.backend.clock()
    person = await bot.asks_for_help(now, words="Caawi", language=language)
    need = AcuteNeed(person=person.person, thread=person.thread, at=now)
    assert (await bot.put(f"acute-needs/{uuid4()}", need)).status_code == 204
    return person


async def seen_at(office: Office, slug: str) -> datetime:
    async with office.backend.database(slug).transaction() as session:
        return (await session.exec(select(StaffSession))).one().seen_at


async def test_what_waits_in_both_stands_in_one_list_and_is_opened_where_it_is(both_offices: Office) -> None:
    office = both_offices
    johan = await office.at_desk("Johan")
    await signs_in_also(johan)
    await johan.presses("/inbox/towns/trelleborg")
    amal = await office.asks_for_a_human()
    office.backend.clock.advance(minutes=20)
    hodan = await in_svedala(office)
    page = await johan.opens("/inbox?queue=waiting")
    assert page.source.index(MARK_THERE) < page.source.index(MARK_HERE), "acute first, whoever's it is"
    assert "Väntar 2" in page.text
    assert len(page.links("/inbox?queue=waiting&town=")) == 2
    assert page.links(f"/inbox/threads/{amal.thread}")
    assert not page.links(f"/inbox/threads/{hodan.thread}"), "it is not found from here"
    # Acute ones that nobody has stand in everybody's own list, in both.
    assert "Akut 1" in (await johan.opens("/inbox")).text
    only = await johan.opens("/inbox?queue=waiting&town=trelleborg")
    assert (MARK_THERE in only.source, MARK_HERE in only.source) == (False, True)
    assert "Väntar 2" in only.text, "a filter changes no count"
    promises = await johan.opens("/inbox?queue=promises")
    assert MARK_THERE in promises.source
    (way, *_) = page.actions(f"threads/{hodan.thread}%3Fqueue%3Dwaiting")
    assert way.startswith(OPENS)
    opened = await johan.presses(way)
    assert "Anders" in opened.within('class="who"', "</p>")
    assert f'data-thread="{hodan.thread}"' in opened.source
    assert opened.location == f"/inbox/threads/{hodan.thread}?queue=waiting"
    assert opened.actions(f"threads/{amal.thread}%3Fqueue%3Dwaiting"), "the list beside it is the same"
    # Nothing of it is known in Trelleborg, and of the list nothing is logged in either.
    async with office.database.transaction() as session:
        assert (await session.exec(select(Access))).all() == []
    async with office.backend.database("svedala").transaction() as session:
        assert {row.reader_name for row in (await session.exec(select(Access))).all()} == {"Anders"}


def test_a_press_leads_to_a_page_of_the_inbox_alone() -> None:
    assert towns.is_ours("/inbox/threads/1?queue=waiting&town=svedala")
    for other in ("", "/", "https://other.example", "//other.example", "/inbox//other.example", "/inbox/\\x", "/s/"):
        assert not towns.is_ours(other), other


async def test_what_was_written_at_one_desk_is_not_lost_when_another_window_went_to_the_other(
    both_offices: Office,
) -> None:
    office = both_offices
    johan = await office.at_desk("Johan")
    amal = await office.asks_for_a_human()
    await johan.presses(f"/inbox/threads/{amal.thread}/take-over")
    await signs_in_also(johan)
    written = {"words": "Hej, vi ringer dig i dag.", "message": str(uuid4())}
    page = await johan.presses(f"/inbox/threads/{amal.thread}/messages", written)
    assert (page.status, page.inputs("words")) == (404, [written["words"]])
    (way,) = page.actions("again=true")
    answer = await johan.client.post(way, data=written, headers={"Origin": HERE})
    assert answer.status_code == 307, "the browser presses the same again, there"
    page = await johan.presses(answer.headers["location"], written)
    assert (page.status, written["words"] in page.source) == (200, True)
    assert len(await office.told(NoticeKind.STAFF_MESSAGE)) == 1


async def test_what_was_written_for_a_desk_that_has_closed_is_sent_when_she_has_signed_in_there(
    both_offices: Office,
) -> None:
    office = both_offices
    johan = await office.at_desk("Johan")
    amal = await office.asks_for_a_human()
    await johan.presses(f"/inbox/threads/{amal.thread}/take-over")
    await signs_in_also(johan)
    async with office.database.transaction() as session:
        row = (await session.exec(select(StaffSession))).one()
        row.seen_at = datetime.now(UTC) - sessions.IDLE - timedelta(minutes=1)
        session.add(row)
    written = {"words": "Hej, vi ringer dig i dag.", "message": str(uuid4())}
    page = await johan.presses(f"/inbox/threads/{amal.thread}/messages", written)
    (way,) = page.actions("again=true")
    page = await johan.presses(way, written)
    assert (page.status, "Logga in som Johan" in page.text) == (401, True)
    fields = {name: page.inputs(name)[0] for name in ("municipality", "member", "kept")}
    page = await johan.presses("/inbox/sign-in", fields)
    (sent,) = page.actions(f"/inbox/threads/{amal.thread}/messages")
    assert written["words"] in (await johan.presses(sent, {name: page.inputs(name)[0] for name in written})).source
    assert len(await office.told(NoticeKind.STAFF_MESSAGE)) == 1
    assert "Svedala kommun" in (await johan.opens("/inbox")).text, "and the desk she came from is hers still"


async def test_who_is_away_or_closed_is_said_and_the_other_is_shown(
    both_offices: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = both_offices
    johan = await office.at_desk("Johan")
    await signs_in_also(johan)
    await johan.presses("/inbox/towns/trelleborg")
    await office.asks_for_a_human()

    def away() -> None:
        raise ConnectionRefusedError

    with monkeypatch.context() as down:
        down.setattr(office.backend.database("svedala"), "transaction", away)
        page = await johan.opens("/inbox?queue=waiting&town=svedala")
        assert "Svedala kommun svarar inte just nu." in page.text
        assert "Vill prata med en människa" in page.text
    with monkeypatch.context() as down:  # also where one sits: one goes to the other from there
        down.setattr(office.database, "transaction", away)
        page = await johan.opens("/inbox")
        assert (page.status, page.actions("towns/svedala")) == (503, [THERE])
        page = await johan.presses(THERE)
        assert "Anders" in page.within('class="who"', "</p>")
        assert "Trelleborgs kommun svarar inte just nu." in page.text
    await johan.presses("/inbox/towns/trelleborg")
    async with office.backend.database("svedala").transaction() as session:
        row = (await session.exec(select(StaffSession))).one()
        row.seen_at = datetime.now(UTC) - sessions.IDLE - timedelta(minutes=1)
        session.add(row)
    page = await johan.opens("/inbox?queue=waiting")
    assert "Skrivbordet i Svedala kommun är stängt." in page.text
    assert "Vill prata med en människa" in page.text
    assert "Svedala" not in (await johan.presses(f"{THERE}/leave")).text


async def test_what_the_page_does_by_itself_keeps_neither_desk_open(both_offices: Office) -> None:
    office = both_offices
    johan = await office.at_desk("Johan")
    await signs_in_also(johan)
    long_since = datetime.now(UTC) - timedelta(minutes=30)
    for slug in ("trelleborg", "svedala"):
        async with office.backend.database(slug).transaction() as session:
            row = (await session.exec(select(StaffSession))).one()
            row.seen_at = long_since
            session.add(row)
    await johan.opens("/inbox", **{"X-Live": "1", "X-Told": "svedala:1 trelleborg:1"})
    assert [await seen_at(office, slug) for slug in ("trelleborg", "svedala")] == [long_since] * 2
    await johan.opens("/inbox")
    for slug in ("trelleborg", "svedala"):
        assert await seen_at(office, slug) > long_since


async def test_what_is_acute_in_the_other_is_told_here_at_once_and_its_end_too(
    both_offices: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office = both_offices
    monkeypatch.setattr(live, "_LOOK_EVERY", 0.01)
    monkeypatch.setattr(live, "_FRESH", 0.0)
    johan = await office.at_desk("Johan")
    await signs_in_also(johan)
    secret, there = office.backend.settings.session_secret.encode(), office.backend.database("svedala")
    tokens = {name: johan.client.cookies[name] for name in (sessions.COOKIE, sessions.beside("trelleborg"))}
    async with office.database.transaction() as session:
        member = (await session.exec(select(StaffMember).where(StaffMember.name == "Johan"))).one()
    held = Held("svedala", there, sessions.hashed(secret, tokens[sessions.COOKIE]))
    seat = Seat(member, office.database, office.backend.clock, held=(held,))
    own = live._changes(seat, (sessions.hashed(secret, tokens[sessions.beside("trelleborg")]), None))
    said = live._together(own, [live._at(held, seat.clock)])

    async def hears(words: str) -> str:
        async with asyncio.timeout(10):
            while not (event := await anext(said)).startswith(words):
                pass
        return event

    told = ""
    while not ("trelleborg:" in told and "svedala:" in told):
        told = await hears("event: ")
    async with there.transaction() as session:
        await tasks.add(session, "acute", "said-so", at=office.backend.clock())
    await hears("event: acute")
    assert "svedala:" in await hears("event: elsewhere")
    async with there.transaction() as session:
        for row in (await session.exec(select(StaffSession))).all():
            await session.delete(row)
    assert "svedala" not in await hears("event: elsewhere")
    assert isinstance(said, AsyncGenerator)
    await said.aclose()


def line(name: str, at: float) -> Row:
    return Row(f"/inbox/{name}", name, "", "", "", urgency=(ORDINARY, at, 0))


def listing(*rows: Row, more: str = "", count: int = 0, languages: tuple[tuple[str, int], ...] = ()) -> ListView:
    facets = RailGroup("Språk", tuple(RailLink(name, name, many) for name, many in languages))
    queue = Queue("waiting", "Väntar", count)
    return ListView((queue,), (RailGroup("Köer", ()), facets), queue, rows, more, "/inbox")


def test_where_one_list_goes_on_the_other_waits_for_it() -> None:
    here = Database("postgresql://nowhere", municipalities.found()["trelleborg"], b"0" * 32)
    seat = Seat(StaffMember(name="Johan", role="customer-service", resource=None), here, lambda: datetime.now(UTC))
    own = listing(line("a", 1), line("c", 3), more="/more", count=60, languages=(("so", 2),))
    theirs = listing(line("b", 2), line("d", 4), line("e", 5), count=3, languages=(("ar", 1), ("so", 1)))
    town = Town("svedala", "Svedala kommun")
    shown = joined(seat, own, Others(Chosen("waiting"), (town,), ((town, theirs),)))
    assert [row.name for row in shown.rows] == ["a", "b", "c"], "what comes after c in Trelleborg is not read yet"
    assert [(one.name, one.href) for one in shown.more_in] == [
        ("Trelleborgs kommun", "/inbox?queue=waiting&start=2&town=trelleborg"),
        ("Svedala kommun", "/inbox?queue=waiting&start=1&town=svedala"),
    ]
    assert [(chip.name, chip.count) for chip in shown.chips] == [
        ("Alla", 63),
        ("Svedala kommun", 3),
        ("Trelleborgs kommun", 60),
    ]
    assert {link.name: link.count for link in shown.groups[1].links} == {"so": 3, "ar": 1}
