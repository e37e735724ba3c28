"""The ``imorgon`` command. With :mod:`bot.together` and the stories, the only place that knows both halves."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Coroutine, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar
from urllib.parse import urlsplit

import typer
import uvloop

if TYPE_CHECKING:
    from sqlmodel.ext.asyncio.session import AsyncSession

    from backend.settings import Settings as BackendSettings
    from bot.settings import Settings as BotSettings
    from bot.sms import Provider

T = TypeVar("T")

EXIT_WRONG, EXIT_SETTINGS = 1, 2
DEFAULT_PORT = 8000

app = typer.Typer(
    name="imorgon",
    help="The conversational front door to economic assistance.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # a traceback with local variables would show what people wrote
)

staff = typer.Typer(help="Local accounts of staff: who may sit down at a desk.", no_args_is_help=True)
app.add_typer(staff, name="staff")


def main() -> None:
    """Run the command; a wrong setting or an occupied folder is one line and exit code 2."""
    from backend.postgres import PostgresError
    from backend.settings import SettingsError as BackendSettingsError
    from bot.environment import SettingsError

    try:
        app()
    except (SettingsError, BackendSettingsError, PostgresError) as wrong:
        _stop(str(wrong))


def _stop(line: str, code: int = EXIT_SETTINGS) -> NoReturn:
    print(line, file=sys.stderr)
    raise SystemExit(code)


def _run(work: Coroutine[Any, Any, Any]) -> Any:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(work)


def _data_dir() -> Path:
    return Path(os.environ.get("IMORGON_DATA_DIR") or "data").absolute()


def _demo_port() -> int:
    return urlsplit(os.environ.get("IMORGON_PUBLIC_URL", "")).port or DEFAULT_PORT


@app.command()
def demo() -> None:
    """Start everything on this machine, with examples, and say where to go. Ctrl-C stops it."""
    from bot.stories.demo import run

    _only_errors()
    folder = _data_dir()
    folder.mkdir(parents=True, exist_ok=True)
    _run_until_signal(run(folder, _demo_port()))


def _only_errors() -> None:
    """At a keyboard the log is for what goes wrong; what is said there is for people."""
    from bot.watching import logs

    logs.configure(keyboard=True)


def _run_until_signal(work: Coroutine[Any, Any, None]) -> None:
    """Ctrl-C and SIGTERM cancel the work, which then closes what it opened."""

    async def until() -> None:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()
        for name in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(name, task.cancel)
        try:
            await task
        except asyncio.CancelledError:
            print("Stopped.")

    _run(until())


@app.command()
def serve(
    half: Annotated[str, typer.Argument(help="bot, backend or all")] = "all",
    host: str = "127.0.0.1",
    port: int = DEFAULT_PORT,
) -> None:
    """Serve one half, or both in one process, with the settings of the environment."""
    from bot.serving import Server, leave_what_is_here
    from bot.watching import logs

    logs.configure()
    if half == "bot":
        import bot.app
        import bot.settings
        from bot.conversation import turn

        Server(bot.app.create(bot.settings.read(os.environ), _now, turn), host=host, port=port).run()
    elif half == "backend":
        import backend.app
        import backend.settings

        Server(backend.app.create(backend.settings.read(os.environ), _now), host=host, port=port).run()
    elif half == "all":
        from bot import together

        async def both() -> None:
            async with together.running(os.environ, _now, port, host=host):
                leave_what_is_here()
                await asyncio.Event().wait()

        _run_until_signal(both())
    else:
        _stop("imorgon serve takes bot, backend or all.")


@app.command()
def worker() -> None:
    """Send, collect, remind and retry, until stopped. Any number of workers may run."""
    import bot.settings
    import bot.worker
    from bot import channels
    from bot.conversation import turn
    from bot.engine import Engine
    from bot.watching import logs

    logs.configure()

    async def work() -> None:
        settings = bot.settings.read(os.environ)
        engine = Engine(settings, _now, turn, channels.found(settings))
        try:
            await bot.worker.run(engine, asyncio.Event())
        finally:
            await engine.close()

    _run_until_signal(work())


@app.command()
def play(
    story: Annotated[str, typer.Argument(help="a story's name; without one they are listed")] = "",
    language: str = "sv",
    channel: str = "sms",
) -> None:
    """Play a story through the whole system on a throwaway database and print the dialogue."""
    from bot.stories import stories
    from bot.stories.player import play as play_story

    _only_errors()
    if story not in stories():
        _stop("There are these stories: " + ", ".join(sorted(stories())) + ".")
    print(_run(play_story(stories()[story], language, channel)))


@app.command()
def chat(language: str = "", municipality: str = "trelleborg", url: str = "") -> None:
    """Talk with the running demo from this terminal."""
    from bot.stories.chat import run

    raise SystemExit(run(url or f"http://127.0.0.1:{_demo_port()}", municipality, language or None))


@app.command()
def form(
    flow: Annotated[str, typer.Argument(help="the flow whose questions the form asks")] = "application",
    to: Annotated[Path | None, typer.Option("--print", help="print it to this PDF")] = None,
    language: Annotated[str, typer.Option(help="beside Swedish")] = "sv",
    municipality: str = "trelleborg",
    large: Annotated[bool, typer.Option(help="large type")] = False,
) -> None:
    """Write a flow's questions as data, or print them as an empty paper form."""
    from backend import municipalities
    from backend.printing.form import Form, as_json, languages, sheet
    from backend.printing.press import Press
    from bot.flows import flows
    from bot.paper import description

    forms = sorted(name for name, one in flows().items() if one.sections)
    if flow not in forms:
        _stop("There are these forms: " + ", ".join(forms) + ".")
    written = Form.model_validate(description(flows()[flow]))
    if to is None:
        print(as_json(written), end="")
        return
    if language not in languages(written):
        _stop("There are these languages: " + ", ".join(languages(written)) + ".")
    town = municipalities.found().get(municipality)
    if town is None:
        _stop("There are these municipalities: " + ", ".join(municipalities.found()) + ".")
    paper = sheet(written, municipality=town.name, at=_now(), language=language, large=large)
    to.write_bytes(_run(Press().pdf(paper)))


@app.command()
def check() -> None:
    """Say in words what the settings mean, ask everything we need how it is, and say what is wrong.

    Ends with 0 when all is well, 1 when somebody must mend something, 2 when a setting is missing or wrong.
    """
    import backend.settings
    import bot.settings
    from bot.watching.diagnosis import diagnose

    _only_errors()
    talk, cases = bot.settings.read(os.environ), backend.settings.read(os.environ)
    print(f"Environment: {talk.environment}.")
    for slug, tenant in cases.tenants.items():
        policy = tenant.municipality
        print(f"{policy.name} ({slug}): served.")
        analysed = policy.ceilings == "guided"
        print(
            "  SMS and Telegram may carry personal questions: the legal analysis is recorded."
            if analysed
            else "  SMS and Telegram carry open questions only: no legal analysis is recorded (careful)."
        )
    print("Web chat: on.")
    for line in _sms(talk, cases):
        print(line)
    print(_answers(demo=talk.demo))
    for line in _budgets(talk, cases):
        print(line)
    for line in _telegram(talk, cases):
        print(line)
    print()
    findings = _run(diagnose(talk, cases))
    for finding in findings:
        print(f"WRONG: {finding.words}" if finding.wrong else finding.words)
    wrong = sum(finding.wrong for finding in findings)
    print("All is well." if not wrong else f"To mend: {wrong}.")
    if wrong:
        raise SystemExit(EXIT_WRONG)


def _sms(talk: "BotSettings", cases: "BackendSettings") -> list[str]:
    """Text messages in words, for each municipality: by whom, what to enter there, and what is in the way."""
    from bot import sms

    carried, lines = sms.found(talk), []
    state: dict[str, list[str]] = _run(_sms_state(talk, carried)) if carried else {}
    for slug, tenant in cases.tenants.items():
        where, several = f"SMS in {tenant.municipality.name}:", carried.get(slug, ())
        if not several:
            lines.append(f"{where} off, no provider has a number for it.")
        elif len(several) == 1:
            lines.append(f"{where} on, by {several[0].name}. Enter there, as it stands: {several[0].webhook}")
        else:
            lines.append(f"{where} on, by {several[0].name} first and {several[1].name} second.")
            lines += [f"  Enter at {by.name}, as it stands: {by.webhook}" for by in several]
        lines += [f"  {line}" for line in state.get(slug, ())]
    return lines


async def _sms_state(talk: "BotSettings", carried: "Mapping[str, tuple[Provider, ...]]") -> dict[str, list[str]]:
    from bot.arriving import reconciling
    from bot.database import DATABASE_ERRORS, Database
    from bot.leaving import traffic

    database, told = Database(talk.database_url, talk.envelope_key, old_key=talk.old_envelope_key), {}
    try:
        troubles = await reconciling.troubles(database)
        for slug, several in carried.items():
            lines = [f"CANNOT BE RECONCILED: {troubles[slug]}."] if slug in troubles else []
            if len(several) > 1:
                by = await traffic.goes_by(database, slug, [one.name for one in several])
                lines.append(f"What comes unasked goes by {by} now.")
            told[slug] = lines
    except DATABASE_ERRORS:
        print("SMS: what stands in the way cannot be seen, the bot's database does not answer.")
        return {}
    else:
        return told
    finally:
        await database.close()


def _answers(*, demo: bool) -> str:
    """In which languages the answers that state the law may be said."""
    from bot.answers import is_approved, of_law
    from bot.text import languages

    if demo:
        return "Answers that state the law: all are said, approved or not, for the demo only."
    counted = [f"{code} {sum(is_approved(one, code) for one in of_law())} of {len(of_law())}" for code in languages()]
    return f"Answers that state the law, approved: {', '.join(counted)}. For the others a human is offered."


def _budgets(talk: "BotSettings", cases: "BackendSettings") -> list[str]:
    """Where texts go, how fast, and what is left of the day's budget, in words."""
    spent, limit = _run(_spent(talk)), talk.limits
    pace = talk.paces["sms"].sender
    lines = [f"Texts: to {', '.join(limit.prefixes)} alone, {pace.a_second:g} a second from one number."]
    for slug, tenant in cases.tenants.items():
        state = spent.get(slug, f"{limit.budgets[slug]} segments a day")
        lines.append(f"Texts of {tenant.municipality.name}: {state}.")
    return lines


async def _spent(talk: "BotSettings") -> dict[str, str]:
    from bot.database import DATABASE_ERRORS, Database
    from bot.leaving.limits import alarms

    database = Database(talk.database_url, talk.envelope_key, old_key=talk.old_envelope_key)
    try:
        return await alarms(database, talk.limits, _now())
    except DATABASE_ERRORS:
        print("Texts: what is spent today cannot be seen, the bot's database does not answer.")
        return {}
    finally:
        await database.close()


def _telegram(talk: "BotSettings", cases: "BackendSettings") -> list[str]:
    """Telegram in words, for each municipality: on, off and why, or standing still."""
    if talk.telegram is None:
        return ["Telegram: off, none of IMORGON_TELEGRAM_… is given."]
    still, lines = _run(_stopped(talk)), []
    for slug, tenant in cases.tenants.items():
        where = f"Telegram in {tenant.municipality.name}:"
        if slug not in talk.telegram.tokens:
            lines.append(f"{where} off, IMORGON_TELEGRAM_TOKEN_{slug.upper()} is not given.")
        elif not (talk.demo or tenant.municipality.legal_analysis):
            lines.append(f"{where} off until its legal analysis is recorded; its bot is given, and waits.")
        elif slug in still:
            lines.append(f"{where} STANDS STILL: {still[slug]}.")
        elif talk.telegram.mode == "polling":
            lines.append(f"{where} on, the worker asks for messages.")
        else:
            lines.append(f"{where} on. The worker sets its webhook: {talk.public_url}/telegram/webhook/{slug}")
    return lines


async def _stopped(talk: "BotSettings") -> dict[str, str]:
    from bot.database import DATABASE_ERRORS, Database
    from bot.telegram.alarm import stopped

    database = Database(talk.database_url, talk.envelope_key, old_key=talk.old_envelope_key)
    try:
        return await stopped(database)
    except DATABASE_ERRORS:
        print("Telegram: whether a bot stands still cannot be seen, the bot's database does not answer.")
        return {}
    finally:
        await database.close()


Town = Annotated[str, typer.Argument(help="the municipality, as in trelleborg")]
UserName = Annotated[str, typer.Argument(help="what she signs in as")]
Who = Annotated[str, typer.Argument(help="her user name, or her name where she signs in by OIDC")]


@staff.command("add")
def staff_add(
    municipality: Town,
    user_name: UserName,
    name: Annotated[str, typer.Option(help="first name, as colleagues and people say it")],
    role: Annotated[str, typer.Option(help="customer-service, caseworker, interpreter-booking or controller")],
    calendar: Annotated[str, typer.Option(help="a caseworker's own, by its name among the bookings")] = "",
) -> None:
    """Make an account, and print the one-time code she makes it ready with. It is printed once."""
    from backend.staff.desk import Role
    from backend.staff.seats import accounts

    if role not in list(Role):
        _stop("There are these roles: " + ", ".join(Role) + ".")
    _hand_out(_of_town(municipality, lambda session: accounts.add(session, user_name, name, role, calendar)))


@staff.command("reset")
def staff_reset(municipality: Town, user_name: UserName) -> None:
    """Forgotten password or another telephone: a new one-time code. The old password and open desks are over."""
    from backend.staff.seats import accounts

    _hand_out(_of_town(municipality, lambda session: accounts.reset(session, user_name)))


@staff.command("remove")
def staff_remove(municipality: Town, who: Who) -> None:
    """She works here no more: her account and her open desks are over, at once."""
    from backend.staff.seats import accounts

    tasks = _of_town(municipality, lambda session: accounts.remove(session, who))
    print(f"{who} gets in no more. Tasks of hers that wait in their queues now: {tasks}.")


@staff.command("close")
def staff_close(municipality: Town, who: Who) -> None:
    """Close every desk she has open (a stolen computer). She may sign in again."""
    from backend.staff.seats import accounts

    print(f"Desks closed: {_of_town(municipality, lambda session: accounts.close_desks(session, who))}.")


@staff.command("roles")
def staff_roles(
    municipality: Town, who: Who, roles: Annotated[list[str], typer.Argument(help="the one she sits down with first")]
) -> None:
    """Give somebody her roles, one or several. By OIDC they are those of her groups, each time she signs in."""
    from backend.staff.desk import Role
    from backend.staff.seats import accounts

    if not set(roles) <= set(Role):
        _stop("There are these roles: " + ", ".join(Role) + ".")
    _of_town(municipality, lambda session: accounts.give_roles(session, who, roles))
    print(f"{who} is {', '.join(roles)}.")


@staff.command("calendar")
def staff_calendar(
    municipality: Town, who: Who, calendar: Annotated[str, typer.Argument(help="its name among the bookings")]
) -> None:
    """Give a caseworker her calendar."""
    from backend.staff.seats import accounts

    _of_town(municipality, lambda session: accounts.give_calendar(session, who, calendar))
    print(f"{who} has the calendar {calendar}.")


@staff.command("level")
def staff_level(
    municipality: Town, who: Who, level: Annotated[str, typer.Argument(help="caseworker, lead, head or board")]
) -> None:
    """Up to which level of the municipality's delegation list a caseworker signs decisions."""
    from backend.municipalities.delegation import LEVELS
    from backend.staff.seats import accounts

    found = next((one for one in LEVELS if one == level), None)
    if found is None:
        _stop("There are these levels: " + ", ".join(LEVELS) + ".")
    _of_town(municipality, lambda session: accounts.give_level(session, who, found))
    print(f"{who} signs as {level}.")


@staff.command("list")
def staff_list(municipality: Town) -> None:
    """Everybody who works there, and who can sign in."""
    from backend.staff.seats import accounts

    for one in _of_town(municipality, accounts.everybody):
        print(f"{one.name}, {one.role}: {one.user_name or '-'}, {one.state}, desks open: {one.desks}.")


def _hand_out(code: str) -> None:
    import backend.settings

    print(f"One-time code, shown this once and good for three days: {code}")
    print(f"She writes it at {backend.settings.read(os.environ).public_url}/inbox/enrol")


def _of_town(slug: str, work: "Callable[[AsyncSession], Coroutine[Any, Any, T]]") -> "T":
    """What is done in one municipality's database, by the settings of the environment."""
    import backend.settings
    from backend.database import Database
    from backend.staff.seats.accounts import AccountError

    _only_errors()
    settings = backend.settings.read(os.environ)
    if slug not in settings.tenants:
        _stop("These municipalities are served: " + ", ".join(settings.tenants) + ".")

    async def done() -> "T":
        tenant = settings.tenants[slug]
        database = Database(
            tenant.database_url,
            tenant.municipality,
            settings.envelope_key,
            old_envelope=settings.old_envelope_key,
            connections=1,
        )
        try:
            async with database.transaction() as session:
                return await work(session)
        finally:
            await database.close()

    try:
        answer: T = _run(done())
    except AccountError as wrong:
        _stop(str(wrong), EXIT_WRONG)
    return answer


@app.command()
def locales(
    answers: Annotated[
        bool, typer.Option(help="Each approved answer instead, as whoever approves it reads it.")
    ] = False,
) -> None:
    """Print each language: complete, approved, its longest text, and what a conversation in it costs by SMS."""
    from bot.stories.overview import table, to_approve

    _only_errors()
    for line in to_approve() if answers else table():
        print(line)


@app.command()
def migrate() -> None:
    """Bring every database to the newest schema, as its owner.

    IMORGON_OWNER_DATABASE_URL (bot) and IMORGON_OWNER_BACKEND_DATABASE_URL_<CODE> log in as the owners; the plain
    roles are those of IMORGON_DATABASE_URL and IMORGON_BACKEND_DATABASE_URL_<CODE>.
    """
    import backend.migrations
    import bot.migrations

    for name, owner_url in _owners(os.environ).items():
        role = urlsplit(os.environ.get(name.replace("IMORGON_OWNER_", "IMORGON_"), "")).username
        if not role:
            _stop(f"{name.replace('IMORGON_OWNER_', 'IMORGON_')} is missing: it names the plain role.")
        migrations = bot.migrations if name == "IMORGON_OWNER_DATABASE_URL" else backend.migrations
        migrations.migrate(owner_url, role)
        print(f"{name.removeprefix('IMORGON_OWNER_')}: newest schema.")


def _owners(environ: Mapping[str, str]) -> dict[str, str]:
    """Owner URLs by setting, the bot's first: a dump must not know more of the bot than of the backends."""
    names = sorted(name for name in environ if name.startswith("IMORGON_OWNER_") and "DATABASE_URL" in name)
    if not names:
        _stop("IMORGON_OWNER_DATABASE_URL is missing: the owner's way into the bot's database.")
    names.sort(key=lambda name: name != "IMORGON_OWNER_DATABASE_URL")
    return {name: environ[name] for name in names}


@app.command()
def dump(file: Path) -> None:
    """Write all databases of an installation into one archive. In the demo's folder when no owner URL is given."""
    import backend.dump

    with _all_databases() as databases:
        try:
            backend.dump.dump(databases, file)
        except backend.dump.DumpError as wrong:
            _stop(str(wrong), 1)
    print(f"Written: {file}")


@app.command()
def restore(file: Path) -> None:
    """Put an archive back into empty databases. Senders start paused; the feed gets a new epoch."""
    import backend.dump

    with _all_databases() as databases:
        try:
            backend.dump.restore(file, databases)
        except backend.dump.DumpError as wrong:
            _stop(str(wrong), 1)
    print("Restored. Senders are paused: look at what was waiting, then let them go on with: imorgon resume")


@app.command()
def resume() -> None:
    """Let messages leave again after a restore."""
    import bot.leaving.outbox
    import bot.settings
    from bot import channels
    from bot.conversation import turn
    from bot.engine import Engine

    async def go_on() -> None:
        settings = bot.settings.read(os.environ)
        engine = Engine(settings, _now, turn, channels.found(settings))
        await bot.leaving.outbox.resume(engine)
        await engine.close()

    _run(go_on())
    print("Messages leave again.")


def _all_databases() -> Any:
    """The owners' URLs by name: of the environment, or of the demo's own server, started for as long as it takes."""
    from contextlib import contextmanager

    from backend import postgres
    from bot.together import MUNICIPALITIES

    @contextmanager
    def found() -> Any:
        if any(name.startswith("IMORGON_OWNER_") for name in os.environ):
            yield {_name(setting): url for setting, url in _owners(os.environ).items()}
            return
        with postgres.start(_data_dir() / "pg") as server:
            names = ["bot", *MUNICIPALITIES]
            yield {name: postgres.create_database(server, f"imorgon_{name}").owner_url for name in names}

    return found()


def _name(setting: str) -> str:
    """A database's name in an archive: ``bot``, or the municipality's."""
    code = setting.removeprefix("IMORGON_OWNER_").removeprefix("BACKEND_").removeprefix("DATABASE_URL").strip("_")
    return code.lower() or "bot"


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
