"""``imorgon check``: asks everything we need how it is, all at the same time, and says what is wrong in plain words.

It changes nothing. Whoever does not answer within ten seconds is told as not answering. Nothing that is secret is ever
said: a line that would hold one holds three dots instead.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import httpx2
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel import col

import backend.migrations
import bot.migrations
from backend import seal_keys
from backend.casesystem.files import Files
from backend.casesystem.models import CaseEvent, CaseSending
from backend.casesystem.routine import open_ways
from backend.codec import CannotOpen as CannotOpenCase
from backend.contract import ContractError, Policy
from backend.database import Database as CaseDatabase
from backend.documents import storing
from backend.identity.colleagues import StaffProvider
from backend.identity.colleagues import callback as staff_callback
from backend.identity.provider import Provider, callback
from backend.interpreters import ways
from backend.interpreters.ordering.e_mail import Smtp
from backend.interpreters.ordering.http import Http
from backend.settings import Documents, Tenant
from backend.settings import Settings as BackendSettings
from bot import channels
from bot.backend import Backend, BackendAway
from bot.channels.sms import Sms
from bot.codec import CannotOpen, WrongKey
from bot.conversation import turn
from bot.database import DATABASE_ERRORS, Database, driver_url
from bot.engine import Engine
from bot.settings import Settings
from bot.tables import data_keys, policies
from bot.watching import accounts_shown, deciding, retention, translators, troubles
from bot.watching.findings import TIMEOUT, Diagnoses, Finding, certificate, clock

_SECRET_NAMES = ("TOKEN", "SECRET", "KEY", "PASSWORD", "DATABASE_URL")
_OLDEST_SERVER = 170000


async def diagnose(talk: Settings, cases: BackendSettings) -> list[Finding]:
    """Everything that was found, in the order it is best read."""
    # What is slow to load is loaded before anybody is asked: the time it takes is not theirs.
    engine = Engine(talk, lambda: datetime.now(UTC), turn, channels.found(talk))
    try:
        asked = await _all(engine, talk, cases)
    finally:
        await engine.close()
    return [hidden(finding, talk.environ) for findings in (*asked, [retention.undecided()]) for finding in findings]


async def _all(engine: Engine, talk: Settings, cases: BackendSettings) -> list[list[Finding]]:
    return await asyncio.gather(
        _database("the bot's database", talk.database_url, _folder(bot.migrations)),
        *(
            _database(f"the database of {slug}", tenant.database_url, _folder(backend.migrations))
            for slug, tenant in cases.tenants.items()
        ),
        *(_policy(talk, slug, tenant) for slug, tenant in cases.tenants.items()),
        _documents(cases.documents),
        *(_seals(cases, tenant) for tenant in cases.tenants.values()),
        *(_e_identification(tenant, cases.public_url) for tenant in cases.tenants.values()),
        *(_staff(cases, tenant) for tenant in cases.tenants.values()),
        _mail(cases.smtp),
        *(_interpreters(cases, tenant) for tenant in cases.tenants.values()),
        *(_case_system(tenant) for tenant in cases.tenants.values()),
        *(_registers(tenant) for tenant in cases.tenants.values()),
        *(translators.found(tenant) for tenant in cases.tenants.values()),
        *(retention.found(tenant, demo=cases.demo) for tenant in cases.tenants.values()),
        *(_neighbours(tenant) for tenant in cases.tenants.values()),
        _address(talk),
        _other_sides(engine, cases),
        _troubles(engine),
    )


def hidden(finding: Finding, environ: Mapping[str, str]) -> Finding:
    """The finding without any secret of the environment, whoever put one into his answer."""
    words = finding.words
    for secret in _secrets(environ):
        words = words.replace(secret, "…")
    return Finding(words, finding.wrong)


def _secrets(environ: Mapping[str, str]) -> Iterator[str]:
    for name, value in environ.items():
        if name.startswith("IMORGON_") and any(part in name for part in _SECRET_NAMES) and value.strip():
            yield value.strip()
            if "DATABASE_URL" in name and (password := urlsplit(value).password):
                yield from (password, unquote(password))


# --- Databases --------------------------------------------------------------------------------------------------------


def _folder(migrations: object) -> Path:
    return Path(str(getattr(migrations, "__file__", ""))).parent


async def _database(name: str, url: str, folder: Path) -> list[Finding]:
    """Whether a database answers the plain role, its tables are the newest, and its clock is ours."""
    engine = create_async_engine(
        driver_url(url), hide_parameters=True, poolclass=NullPool, connect_args={"timeout": TIMEOUT}
    )
    try:
        async with asyncio.timeout(TIMEOUT):
            return await _asked(name, engine, folder)
    except DATABASE_ERRORS as error:
        return [Finding(_no_answer(name, error), wrong=True)]
    finally:
        await engine.dispose()


async def _asked(name: str, engine: AsyncEngine, folder: Path) -> list[Finding]:
    async with engine.connect() as connection:
        row = (
            await connection.execute(
                text(
                    "select clock_timestamp() as now, current_setting('server_version_num')::int as version,"
                    " to_regclass('alembic_version') is not null as made"
                )
            )
        ).one()
        findings = [clock(name, row.now, datetime.now(UTC))]
        if row.version < _OLDEST_SERVER:
            findings.append(Finding(f"{_begun(name)} is PostgreSQL {row.version // 10000}; 17 is needed.", wrong=True))
        stands = None
        if row.made:
            stands = await connection.scalar(text("select version_num from alembic_version"))
    return [_migrated(name, stands, folder), *findings]


def _migrated(name: str, stands: str | None, folder: Path) -> Finding:
    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    script = ScriptDirectory.from_config(config)
    newest = script.get_current_head()
    if stands == newest:
        return Finding(f"{_begun(name)} answers, and its tables are the newest ({newest}).")
    if stands is None:
        return Finding(f"{_begun(name)} answers, and has no tables: run imorgon migrate.", wrong=True)
    known = {revision.revision for revision in script.walk_revisions()}
    if stands in known:
        return Finding(f"{_begun(name)} stands at {stands}, and {newest} is needed: run imorgon migrate.", wrong=True)
    return Finding(f"{_begun(name)} stands at {stands}, which this imorgon does not know: is it older?", wrong=True)


def _no_answer(name: str, error: BaseException) -> str:
    cause = error
    while cause.__cause__ is not None and not isinstance(cause, TimeoutError):
        cause = cause.__cause__
    why = {
        "InvalidPasswordError": "it refuses the password",
        "InvalidAuthorizationSpecificationError": "it does not let this role in",
        "InvalidCatalogNameError": "there is no database of that name",
        "ConnectionRefusedError": "nobody listens at its address",
        "TimeoutError": "no answer came within ten seconds",
        "gaierror": "its host is not known",
        "InsufficientPrivilegeError": "this role may not read there: run imorgon migrate",
    }.get(type(cause).__name__, type(cause).__name__)
    return f"{_begun(name)} does not answer: {why}."


def _begun(name: str) -> str:
    return name[:1].upper() + name[1:]


# --- Policies ---------------------------------------------------------------------------------------------------------


async def _policy(talk: Settings, slug: str, tenant: Tenant) -> list[Finding]:
    """What a municipality decided: whether the backend tells it, whether the bot has it, and what it allows."""
    name = tenant.municipality.name
    if slug not in talk.tokens:
        return [Finding(f"{name}: the bot has no token for it, nobody can write to it.", wrong=True)]
    asking = Backend(talk.backend_url, {slug: talk.tokens[slug]})
    try:
        policy: Policy | None = await asking.policy(slug)
        told = Finding(f"{name}: the backend tells what it decided (version {policy.version if policy else ''}).")
    except (BackendAway, ContractError) as error:
        policy, why = None, str(error)
        refused = " Is the token the same on both sides?" if "401" in why else ""
        told = Finding(f"{name}: the backend does not tell what it decided ({why}).{refused}", wrong=True)
    finally:
        await asking.close()
    made = [*deciding.found(tenant.municipality, demo=talk.demo), deciding.approved(tenant.municipality)]
    return [told, *await _kept(talk, slug, name, policy), _analysis(talk, tenant), *made]


async def _kept(talk: Settings, slug: str, name: str, policy: Policy | None) -> list[Finding]:
    """What the bot keeps of it, and whether our envelope key opens what the bot keeps of its people."""
    database = Database(talk.database_url, talk.envelope_key, old_key=talk.old_envelope_key, connections=1)
    try:
        async with asyncio.timeout(TIMEOUT), database.transaction() as connection:
            age = func.now() - policies.c.fetched_at
            asked = select(policies.c.body, age.label("age")).where(policies.c.municipality == slug)
            row = (await connection.execute(asked)).one_or_none()
            keys = await connection.scalar(
                select(func.count()).select_from(data_keys).where(data_keys.c.municipality == slug)
            )
        findings = [] if not keys else await _opened(database, slug, name)
    except DATABASE_ERRORS:
        return []  # that it does not answer is told of the database itself
    finally:
        await database.close()
    if row is None:
        findings.append(Finding(f"{name}: the bot has not fetched it yet; a worker does, when one runs."))
    elif policy is not None and row.body.get("version") != policy.version:
        words = f"{name}: the bot goes by version {row.body.get('version')}, fetched {row.age} ago: does a worker run?"
        findings.append(Finding(words, wrong=True))
    return findings


async def _opened(database: Database, slug: str, name: str) -> list[Finding]:
    try:
        await database.codec(slug)
    except (CannotOpen, WrongKey, ValueError):
        words = f"{name}: IMORGON_ENVELOPE_KEY does not open what people wrote. It is not the key this was sealed with."
        return [Finding(words, wrong=True)]
    return []


def _analysis(talk: Settings, tenant: Tenant) -> Finding:
    name, analysis = tenant.municipality.name, tenant.municipality.legal_analysis
    if analysis is not None:
        return Finding(f"{name}: its legal analysis is recorded ({analysis.reference}, {analysis.decided_on}).")
    waits = "in the demo all is open" if talk.demo else "SMS carries open questions only, and Telegram is off"
    return Finding(f"{name}: no legal analysis is recorded; {waits}.")


# --- Papers -----------------------------------------------------------------------------------------------------------


async def _documents(given: Documents) -> list[Finding]:
    """Whether papers can be received and kept, and whether anybody looks for viruses in them."""
    if given.storage is None:
        return [Finding("Papers: none are received, IMORGON_STORAGE_URL is not given.")]
    why, url = await storing.reachable(given.storage), given.storage.url
    limits = f"up to {given.megabytes} MB and {given.pages} pages"
    kept = Finding(f"Papers: they are kept, sealed, in {url}, {limits}.")
    if why:
        kept = Finding(f"Papers: {url} cannot be reached ({why}): none are received meanwhile.", wrong=True)
    return [kept, await _scanner(given)]


async def _scanner(given: Documents) -> Finding:
    if given.clamd is None:
        return Finding("Papers: nobody looks for viruses in them, IMORGON_CLAMD is not given.")
    if await given.clamd.answers():
        return Finding("Papers: ClamAV looks for viruses in them.")
    return Finding("Papers: ClamAV does not answer at IMORGON_CLAMD: none are received meanwhile.", wrong=True)


# --- Seals ------------------------------------------------------------------------------------------------------------


async def _seals(cases: BackendSettings, tenant: Tenant) -> list[Finding]:
    """Which keys seal and open, and whether anything lies under one that is not given."""
    name, keys = tenant.municipality.name, tenant.seal_keys
    database = CaseDatabase(
        tenant.database_url,
        tenant.municipality,
        cases.envelope_key,
        old_envelope=cases.old_envelope_key,
        connections=1,
    )
    try:
        if not await _has_been_used(tenant.database_url):
            return [Finding(f"Seal of {name}: {keys.current} seals; nothing lies under it yet.")]
        async with asyncio.timeout(TIMEOUT), database.transaction() as session:
            lies = await seal_keys.lying_under(session)
    except (*DATABASE_ERRORS, CannotOpenCase, ValueError):
        return []  # that it does not answer, has no tables or another key is told of itself
    finally:
        await database.close()
    findings = [Finding(f"Seal of {name}: {keys.current} seals, and opens {lies[keys.current]}.")]
    for old in keys.names[1:]:
        nothing = "opens nothing here any more: keep it in escrow, for applications not sent yet may lie under it"
        more = f"opens {lies[old]}" if lies[old] else nothing
        findings.append(Finding(f"Seal of {name}: the earlier key {old} {more}."))
    for missing in sorted(lies.keys() - set(keys.names)):
        words = f"Seal of {name}: {lies[missing]} lie under the key {missing}, which is not given. Nobody reads them."
        findings.append(Finding(words, wrong=True))
    return findings


async def _has_been_used(url: str) -> bool:
    """Whether it has a data key: otherwise whoever opened it would make one, and nothing is changed here."""
    engine = create_async_engine(
        driver_url(url), hide_parameters=True, poolclass=NullPool, connect_args={"timeout": TIMEOUT}
    )
    try:
        async with asyncio.timeout(TIMEOUT), engine.connect() as connection:
            return bool(await connection.scalar(text("select count(*) from data_keys")))
    finally:
        await engine.dispose()


# --- E-identification -------------------------------------------------------------------------------------------------


async def _e_identification(tenant: Tenant, public_url: str) -> list[Finding]:
    """Whether people can show who they are, by whom, and how that provider is."""
    name, given = tenant.municipality.name, tenant.e_identification
    if given is None:
        return [
            Finding(
                f"E-identification in {name}: off, IMORGON_OIDC_EID_ISSUER_{tenant.municipality.code} is not given."
            )
        ]
    provider = Provider(given, callback(public_url, tenant.municipality.slug))
    if why := await provider.standing():
        return [Finding(f"E-identification in {name}: {given.issuer} cannot be used: {why}.", wrong=True)]
    sure = ", ".join(level.rsplit("/", 1)[-1] for level in given.levels)
    return [
        Finding(f"E-identification in {name}: on, by {given.issuer}, sure enough at {sure}."),
        Finding(f"  Enter there, as it stands: {provider.redirect_uri}"),
    ]


# --- Staff ------------------------------------------------------------------------------------------------------------


async def _staff(cases: BackendSettings, tenant: Tenant) -> list[Finding]:
    """How staff sign in, and whether anybody can."""
    where = f"Staff sign-in in {tenant.municipality.name}:"
    if cases.demo:
        return [Finding(f"{where} one click, for the demo only.")]
    if (given := tenant.staff_client) is not None:
        provider = StaffProvider(given, staff_callback(cases.public_url, tenant.municipality.slug))
        if why := await provider.standing():
            return [Finding(f"{where} {given.issuer} cannot be used: {why}.", wrong=True)]
        roles = ", ".join(f"{group} is {role}" for group, role in given.roles.items())
        return [
            Finding(f"{where} OIDC, by {given.issuer}; {roles}."),
            Finding(f"  Enter there, as it stands: {provider.redirect_uri}"),
        ]
    engine = create_async_engine(
        driver_url(tenant.database_url), hide_parameters=True, poolclass=NullPool, connect_args={"timeout": TIMEOUT}
    )
    try:
        async with asyncio.timeout(TIMEOUT), engine.connect() as connection:
            rows = await connection.execute(
                text("select count(enrolled_at) as ready, count(*) - count(enrolled_at) as waiting from staff_accounts")
            )
            ready, waiting = rows.one()
    except DATABASE_ERRORS:
        return []  # that it does not answer, or has no tables, is told of itself
    finally:
        await engine.dispose()
    if not ready + waiting:
        return [Finding(f"{where} local accounts, and nobody has one: imorgon staff add {tenant.municipality.slug} …")]
    words = f"{where} local accounts; {ready} can sign in"
    return [Finding(f"{words}, {waiting} have not used their one-time code yet." if waiting else f"{words}.")]


# --- Interpreters -----------------------------------------------------------------------------------------------------


async def _mail(smtp: Smtp | None) -> list[Finding]:
    """Whether orders by e-mail can leave."""
    if smtp is None:
        return [Finding("Mail: off, IMORGON_SMTP_HOST is not given; no interpreter is ordered by e-mail.")]
    where = f"{smtp.host}:{smtp.port}"
    if why := await smtp.answers():
        words = f"Mail: {where} does not let us in ({why}): orders by e-mail wait, and then go to the next agency."
        return [Finding(words, wrong=True)]
    return [Finding(f"Mail: orders leave by {where}, from {smtp.sender}.")]


async def _interpreters(cases: BackendSettings, tenant: Tenant) -> list[Finding]:
    """Which agencies are asked for interpreters, in their order, and why the others are not."""
    name, open_ones = tenant.municipality.name, ways.agencies(cases, tenant).ways
    findings = []
    for agency in tenant.municipality.interpreter_agencies:
        whose = f"Interpreters in {name}: {agency.name}"
        way = open_ones.get(agency.slug)
        if why := ways.why_not(cases, tenant, agency):
            findings.append(Finding(f"{whose} is not asked, {why}."))
        elif isinstance(way, Http) and (trouble := await way.answers()):
            findings.append(Finding(f"{whose} cannot be ordered from at {agency.address}: {trouble}.", wrong=True))
        else:
            findings.append(Finding(f"{whose} is asked by {agency.order_by}, at {agency.address}."))
    if not open_ones:
        findings.append(Finding(f"Interpreters in {name}: no order can leave; only the municipality's own are asked."))
    return findings


# --- The world outside ------------------------------------------------------------------------------------------------


async def _address(talk: Settings) -> list[Finding]:
    """Whether our public address leads to us, with a certificate people's programs trust."""
    return [await certificate(talk.public_url), await _leads_here(talk.public_url)]


async def _leads_here(url: str) -> Finding:
    try:
        async with httpx2.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
            answer = await http.get(f"{url}/healthz")
    except (httpx2.TransportError, OSError) as error:
        return Finding(f"{url} cannot be reached from here ({type(error).__name__}); it may be from outside.")
    if answer.status_code == 200 and b"alive" in answer.content:
        return Finding(f"{url} leads to us.")
    return Finding(f"{url} answers, but it is not us (status {answer.status_code}).", wrong=True)


async def _other_sides(engine: Engine, cases: BackendSettings) -> list[Finding]:
    """The providers and Telegram, who are asked who we are."""
    served, demo = cases.tenants, engine.settings.demo
    analysed = [slug for slug, tenant in served.items() if demo or tenant.municipality.legal_analysis]
    found: list[Finding] = []
    for channel in engine.channels.values():
        sides: Sequence[object] = channel.providers if isinstance(channel, Sms) else (channel,)
        for side in sides:
            if isinstance(side, Diagnoses):
                found += await side.diagnose(analysed if channel.name == "telegram" else list(served))
    return found


async def _troubles(engine: Engine) -> list[Finding]:
    """What those who run have found themselves."""
    try:
        found = await troubles.find(engine)
    except DATABASE_ERRORS:
        return []  # a database that does not answer, or has no tables, has been told
    return [Finding(words, wrong=True) for words in found.values()] or [Finding("Whoever runs has found no trouble.")]


# --- The case system --------------------------------------------------------------------------------------------------

_LATE = timedelta(hours=1)


async def _case_system(tenant: Tenant) -> list[Finding]:
    """By which ways what happens leaves for the case system, what waits for long, and who may call."""
    name, ways_open = f"Case system of {tenant.municipality.name}", open_ways(tenant.case_system)
    # The rest of an address may be what lets us in there.
    where = {"webhook": urlsplit(tenant.case_system.url).hostname, "files": tenant.case_system.folder}
    findings = []
    for way, one in ways_open.items():
        findings.append(Finding(f"{name}: what happens leaves as {way}, to {where[way]}."))
        if isinstance(one, Files) and (trouble := one.trouble()):
            findings.append(Finding(f"{name}: nothing can be put into {where[way]}: {trouble}.", wrong=True))
    if not ways_open:
        code = tenant.municipality.code
        findings.append(Finding(f"{name}: off, neither IMORGON_CASE_SYSTEM_URL_{code} nor a folder is given."))
    elif late := await _wait_for_long(tenant, tuple(ways_open)):
        findings.append(Finding(f"{name}: {late} events have waited for more than an hour.", wrong=True))
    let_in = [one.name for one in tenant.municipality.service_accounts if one.slug in tenant.service_tokens]
    whose = f"Service accounts of {tenant.municipality.name}"
    findings.append(Finding(f"{whose}: {', '.join(let_in) or 'none is given a token'}."))
    return [*findings, *[Finding(f"{whose}: {words}") for words in await accounts_shown.words(tenant)]]


async def _registers(tenant: Tenant) -> list[Finding]:
    """Which registers can be asked by a service; nobody is asked about to see whether it answers."""
    name = f"Registers of {tenant.municipality.name}"
    # The rest of an address may be what lets us in there.
    given = [f"{register} at {urlsplit(one.address).hostname}" for register, one in tenant.registers.items()]
    return [Finding(f"{name}: {', '.join(given)}; the others by hand." if given else f"{name}: all by hand.")]


async def _neighbours(tenant: Tenant) -> list[Finding]:
    """To which municipalities people can be handed over, and whether those can take them."""
    own, findings = tenant.municipality, []
    for one in tenant.neighbours.values():
        words = f"People are handed over from {own.name} to {one.name}, at {urlsplit(one.address).hostname}"
        findings.append(Finding(f"{words}."))
        if one.slug not in tenant.service_tokens:
            missing = f"IMORGON_SERVICE_TOKEN_{own.code}_{one.slug.upper()}"
            findings.append(Finding(f"{words}: it cannot take them, {missing} is not given.", wrong=True))
    return findings


async def _wait_for_long(tenant: Tenant, open_ones: tuple[str, ...]) -> int:
    """How many events have waited for more than an hour for a way that is open."""
    engine = create_async_engine(driver_url(tenant.database_url), hide_parameters=True, poolclass=NullPool)
    late = (
        select(func.count())
        .select_from(CaseSending)
        .join(CaseEvent, col(CaseEvent.number) == col(CaseSending.event))
        .where(
            col(CaseSending.way).in_(open_ones),
            col(CaseSending.state).in_(("pending", "sending")),
            col(CaseEvent.recorded_at) < datetime.now(UTC) - _LATE,
        )
    )
    try:
        async with asyncio.timeout(TIMEOUT), engine.connect() as connection:
            return int((await connection.execute(late)).scalar_one())
    except DATABASE_ERRORS:
        return 0  # that it does not answer is said where it is asked first
    finally:
        await engine.dispose()
