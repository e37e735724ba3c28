"""What people write, who they are and what opens our doors comes out nowhere: in no line of a log, ours or a library's,
in no figure, page or answer, in nothing that is kept of an error, in no value as it looks."""

import asyncio
import gc
import json
import logging
import subprocess
import sys
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import httpx2
import pytest
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.exc import DBAPIError

from backend import contract, postgres
from bot import app
from bot.arriving.inbox import Inbound
from bot.channels.sms import Sms
from bot.leaving import ceilings
from bot.leaving.carriers import Letter
from bot.messages import Call, Event, Filled, Linked, Outgoing, Person, Resulted, Run, Said, State, Thread
from bot.messages import Turn as TurnTaken
from bot.settings import read
from bot.sms.twilio import Twilio as TwilioProvider
from bot.stories.serving import serving
from bot.stories.telegram import Telegram
from bot.stories.twilio import Twilio
from bot.telegram.channel import Telegram as Telegrams
from bot.text import say
from bot.watching import metrics, troubles
from tests.bot.house import MONDAY, NUMBER, SARA, TOWN, House, Office, Parrot
from tests.bot.telegraph import BOT, SECRET
from tests.planted import NAME, WORDS, Heard, hearing, nothing_of_it


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    with hearing(monkeypatch) as listening:
        yield listening


@pytest.fixture
async def house(telegram_house: House) -> House:
    """The bot, known to Twilio and to Telegram."""
    return telegram_house


@asynccontextmanager
async def site(house: House, parrot: Parrot) -> AsyncIterator[httpx2.AsyncClient]:
    """The whole application as it is served; its worker is the house's."""
    application = app.create(read(house.environ), house.clock, parrot)
    application.state.engine.policies._backend = house.backend
    async with serving(application) as url, httpx2.AsyncClient(base_url=url, trust_env=False) as client:
        by_sms = application.state.engine.channels["sms"]
        for provider in by_sms.providers:
            provider.public_url = url
        yield client


async def nothing_is_kept_open(house: House) -> None:
    """No table holds any of it unsealed, and no error that is kept says it."""
    nothing_of_it((await house.everything()).decode("utf-8", "replace"))


async def exposed(house: House) -> str:
    found = [one async for one in metrics.figures(house.engine)]
    return metrics.exposition(found).decode()


# --- Talk -------------------------------------------------------------------------------------------------------------


async def test_in_ordinary_talk(house: House, twilio: Twilio, telegram: Telegram, heard: Heard) -> None:
    sara = telegram.account(NAME, SARA)
    async with house.working():
        assert await twilio.write(SARA, NUMBER, WORDS) == 204
        assert await telegram.write(sara, TOWN, WORDS) == 204
        await twilio.wait_for(lambda: len(twilio.sent_to(SARA)) == 1)
        await telegram.wait_for(lambda: len(telegram.messages) == 1)
    await nothing_is_kept_open(house)
    nothing_of_it(await exposed(house), *(await troubles.find(house.engine)).values())


async def test_in_a_turn_that_raises_until_it_is_a_dead_letter(
    house: House,
    parrot: Parrot,
    twilio: Twilio,
    heard: Heard,
) -> None:
    def raises(_: State, event: Event) -> TurnTaken:
        raise ValueError(f"cannot read {WORDS}: {event!r}")

    parrot.on[NAME] = raises
    await twilio.write(SARA, NUMBER, NAME)
    for _ in range(5):
        await house.change("update inbox set next_try_at = now()")
        await house.work()
    assert [row.error for row in await house.rows("select error from inbox where state = 'dead'")] == ["ValueError"]
    assert {"turn raised", "dead letter"} <= heard.events()
    await nothing_is_kept_open(house)


# --- Requests ---------------------------------------------------------------------------------------------------------


async def test_in_requests_that_are_malformed(
    house: House,
    parrot: Parrot,
    twilio: Twilio,
    heard: Heard,
) -> None:
    async with site(house, parrot) as client:
        signed = f"{client.base_url.scheme}://{client.base_url.host}:{client.base_url.port}/sms/inbound"
        form = {"From": SARA, "To": NUMBER, "MessageSid": "SM" + "1" * 32, "AccountSid": WORDS}
        assert await twilio.deliver(signed, form) == 204
        hook, secret = f"/telegram/webhook/{TOWN}", {"X-Telegram-Bot-Api-Secret-Token": SECRET}
        answers = [
            await client.post("/sms/inbound", data={"Body": WORDS, "From": SARA}),
            await client.post("/sms/inbound", content=WORDS.encode("utf-16")),
            await client.post("/sms/status", params={"id": WORDS}, data={"MessageStatus": WORDS}),
            await client.post(hook, content=WORDS, headers=secret),
            await client.post(
                hook, json={"update_id": WORDS, "message": {"text": WORDS, "chat": NAME}}, headers=secret
            ),
            await client.post(hook, json={"message": WORDS}, headers={"X-Telegram-Bot-Api-Secret-Token": BOT}),
            await client.get(f"/chat/{TOWN}/stream", params={"after": WORDS}),
            await client.get(f"/nothing/{NAME}", params={"name": WORDS}),
            await client.get(f"/chat/{NAME}"),
            await client.post(f"/chat/{TOWN}", content=WORDS, headers={"Content-Type": "multipart/form-data"}),
            await client.get("/metrics", headers={"Authorization": f"Bearer {BOT}", "Via": SARA}),
            await client.get("/s/", params={"code": WORDS}),
        ]
        nothing_of_it(*(answer.text for answer in answers), *(dict(answer.headers) for answer in answers))
    assert {"malformed", "dead letter"} <= heard.events()
    await nothing_is_kept_open(house)


async def test_in_a_page_that_raises(
    house: House,
    parrot: Parrot,
    monkeypatch: pytest.MonkeyPatch,
    heard: Heard,
) -> None:
    async def raises(*_: object) -> Response:
        raise ValueError(WORDS)

    monkeypatch.setattr("bot.pages.chat.chat", raises)
    async with site(house, parrot) as client:
        page = await client.get(f"/chat/{TOWN}", headers={"Accept": "text/html", "Accept-Language": "sv"})
        program = await client.get(f"/chat/{TOWN}")
    assert (page.status_code, program.status_code, program.text) == (500, 500, "")
    assert "Det är vårt fel, inte ditt." in page.text
    nothing_of_it(page.text)
    told = [line for line in heard.lines if line["event"] == "unexpected"]
    assert [line["error"] for line in told] == ["ValueError", "ValueError"]
    assert told[0]["where"][-1].endswith(" raises")


# --- Databases --------------------------------------------------------------------------------------------------------


async def test_in_errors_of_the_database(
    house: House,
    bot_database: postgres.Database,
    pg: postgres.Server,
    twilio: Twilio,
    heard: Heard,
) -> None:
    # PostgreSQL says the row it stumbled on, and a trigger whatever it likes.
    pg.run_sql(
        f"""
        create function shouts() returns trigger language plpgsql as
        $$ begin raise exception '{WORDS}' using detail = 'Failing row contains ({WORDS}).', hint = '{WORDS}'; end $$;
        create trigger shouts before insert on entries for each row execute function shouts();
        """,
        bot_database.name,
    )
    assert await twilio.write(SARA, NUMBER, WORDS) == 503
    put = "insert into tallies values (:words, '', '', '', '', '', '', 0)"
    await house.change(put, words=WORDS)
    for statement in (put, "insert into pauses (municipality) values (:words)", "select cast(:words as text)::int"):
        with pytest.raises(DBAPIError) as error:
            await house.change(statement, words=WORDS)
        chain: BaseException | None = error.value
        while chain is not None:
            nothing_of_it(str(chain), repr(chain), vars(chain))
            chain = chain.__cause__
    await house.change("delete from tallies")
    assert "nothing can be received" in heard.events()


async def test_in_connections_that_break(
    house: House,
    bot_database: postgres.Database,
    pg: postgres.Server,
    twilio: Twilio,
    heard: Heard,
) -> None:
    name = bot_database.name
    async with house.working():
        await twilio.write(SARA, NUMBER, WORDS)
        pg.run_sql(f"alter database {name} allow_connections false")
        pg.run_sql(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
        assert await twilio.write(SARA, NUMBER, WORDS, sid="SM" + "2" * 32) == 503
        await asyncio.sleep(1.2)
        pg.run_sql(f"alter database {name} allow_connections true")
        assert await twilio.write(SARA, NUMBER, WORDS, sid="SM" + "2" * 32) == 204
    assert {"work failed", "nothing can be received"} <= heard.events()


# --- The other sides --------------------------------------------------------------------------------------------------


@asynccontextmanager
async def echo(status: int) -> AsyncIterator[str]:
    """A provider that says everything it was told, in every part of its answer."""
    echoing = FastAPI(openapi_url=None)

    @echoing.api_route("/{path:path}", methods=["GET", "POST", "PUT"])
    async def answer(request: Request) -> Response:
        said = f"{request.url} {(await request.body()).decode()} {WORDS}"
        if status == 200:
            return Response(f"{{{said}", media_type="application/json")
        problem = {"code": 21211, "message": said, "more_info": said, "status": status}
        return JSONResponse({**problem, "ok": False, "error_code": status, "description": said}, status)

    async with serving(echoing) as url:
        yield url


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 429, 500])
async def test_in_what_a_provider_echoes(
    house: House, twilio: Twilio, telegram: Telegram, heard: Heard, status: int
) -> None:
    async with echo(status) as url:
        by_sms, by_telegram = house.channels["sms"], house.channels["telegram"]
        assert isinstance(by_sms, Sms)
        assert isinstance(by_telegram, Telegrams)
        for provider in by_sms.providers:
            assert isinstance(provider, TwilioProvider)
            provider.account = replace(provider.account, api_base=url)
        by_telegram.bots.settings = replace(by_telegram.settings, api_base=url)
        await twilio.write(SARA, NUMBER, WORDS)
        await telegram.write(telegram.account(NAME, SARA), TOWN, WORDS)
        await house.work()
        stop = asyncio.Event()
        looking = asyncio.create_task(by_telegram.listen(house.engine, stop))
        await asyncio.sleep(0.2)
        await house.change("update outbox set next_try_at = now(), tried_at = now() - interval '20 minutes'")
        await house.work()
        stop.set()
        await looking
        await nothing_is_kept_open(house)
        nothing_of_it(await exposed(house))
    assert heard.events() & {"sms refused", "sms unknown", "sms not sent"}


async def test_in_what_the_backend_answers(
    house: House,
    office: Office,
    parrot: Parrot,
    twilio: Twilio,
    heard: Heard,
) -> None:
    call = contract.CallForHelp(
        person=uuid4(), thread=uuid4(), channel="sms", language="sv", received_at=MONDAY, words=WORDS
    )
    parrot.on[NAME] = lambda state, _: TurnTaken(state, calls=(Call(uuid4(), call),))
    for answer in (None, {"case": WORDS}, [WORDS], WORDS):
        office.answers["calls-for-help"] = answer
        await twilio.write(SARA, NUMBER, NAME)
        await house.change("update calls set next_try_at = now()")
        await house.work()
    office.refuses["calls-for-help"] = (422, contract.ProblemCode.INVALID)
    await house.change("update calls set next_try_at = now()")
    await house.work()
    # A notice nobody can read: what it says is kept sealed.
    office.feed.append({"id": str(uuid4()), "position": 1, "kind": WORDS, "person": SARA, "body": {"text": WORDS}})
    await house.work()
    assert {"backend away", "dead letter"} <= heard.events()
    await nothing_is_kept_open(house)


# --- What is left: libraries, what nobody catches, how values look ----------------------------------------------------


async def test_in_lines_of_libraries(heard: Heard) -> None:
    library = logging.getLogger("some.library")
    library.error("cannot send %s", WORDS)
    library.warning(WORDS)
    library.error("a template that %d cannot fill", WORDS)
    try:
        int(WORDS)
    except ValueError:
        library.exception(WORDS)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn_explicit(WORDS, RuntimeWarning, __file__, 1, registry={})

    async def falls() -> None:
        raise ValueError(WORDS)

    task = asyncio.create_task(falls(), name=WORDS)
    await asyncio.sleep(0)
    del task
    gc.collect()  # a task whose error nobody took
    structlog.get_logger().error("ours", error="ValueError", words=WORDS, name=NAME, why=SARA, code=BOT)
    assert {line["library"] for line in heard.lines if line["event"] == "library"} >= {"some.library", "asyncio"}
    ours = next(line for line in heard.lines if line["event"] == "ours")
    assert ours.keys() == {"event", "level", "timestamp", "error", "why", "code"}
    assert (ours["why"], ours["code"]) == ("(removed)", "(removed)")
    heard.raw.clear()  # this one line said it on purpose


@pytest.mark.parametrize(
    "falls", ["raise ValueError(words)", "t = threading.Thread(target=int, args=(words,)); t.start(); t.join()"]
)
def test_in_what_nobody_catches(falls: str) -> None:
    code = f"import threading; from bot.watching import logs; logs.configure(); words = {WORDS!r}; {falls}"
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2]
    )
    nothing_of_it(ended.stderr, ended.stdout)
    assert json.loads(ended.stderr)["error"] == "ValueError"


def test_in_how_values_look() -> None:
    person = Person(uuid4(), telephone=SARA)
    run = Run(uuid4(), "application", datetime.now(UTC), "sv", answers={"first_name": NAME}, facts={"a": WORDS})
    thread = Thread(id=uuid4(), municipality=TOWN, channel="sms")
    said = Outgoing("reply", say("{words}", words=WORDS), verbatim=WORDS, swedish=WORDS, telephone=SARA)
    entry = contract.CallForHelp(
        person=uuid4(), thread=uuid4(), channel="sms", language="sv", received_at=MONDAY, words=WORDS, telephone=SARA
    )
    nothing_of_it(
        Said(WORDS),
        Filled("t", {"first_name": NAME}),
        Linked(SARA),
        Resulted(uuid4(), {"words": WORDS}),
        said,
        State(thread, person, {run.id: run}, SARA),
        TurnTaken(State(thread, person), says=(said,), calls=(Call(uuid4(), entry),)),
        Letter(uuid4(), TOWN, SARA, WORDS, said),
        Inbound(TOWN, "sms", SARA, "SM1", Said(WORDS), media=WORDS),
        ceilings.AboveCeiling("reply"),
    )
    with pytest.raises(ValueError, match="CallForHelp") as wrong:
        contract.CallForHelp.model_validate({"words": {"is": WORDS}, "person": SARA})
    nothing_of_it(str(wrong.value))
