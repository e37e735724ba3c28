"""What the bot learns on the way: acute needs, telephones, and what nobody asked for, filed unopened."""

import json
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
from joserfc import jwe
from sqlalchemy import event

from backend import promises, tasks
from backend.calendar import WorkingCalendar
from backend.cases import contacts, desk
from backend.cases.service import acute_by
from backend.contract import AcuteNeed, ContactConfirmed, HandOver, Phone, Sealed
from backend.errors import NotAllowed
from backend.handover import desk as inbox
from backend.seal import SealKeys, WrongSeal
from tests.backend.stories import JOHAN, MARIA, MONDAY, PERSON_NUMBER, SEAL_KEYS, TELEPHONE, Applicant, Backend

REGISTRY = jwe.JWERegistry(algorithms=["ECDH-ES", "A256GCM"], strict_check_header=False)


async def put(backend: Backend, path: str, body: object) -> None:
    answer = await backend.trelleborg.put(path, body)
    assert (answer.status_code, answer.content) == (204, b""), answer.text


async def test_an_acute_need_comes_first_in_the_queue_with_minutes_to_answer(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    key = uuid4()
    need = AcuteNeed(person=amal.person, thread=amal.thread, at=MONDAY, words="ingen mat")
    for _ in range(2):
        await put(backend, f"acute-needs/{key}", need)
    async with backend.database().transaction() as session:
        await tasks.add(session, "ring", "call-me", at=MONDAY, person=amal.person, due_at=MONDAY)
        rows = await inbox.queue(session, backend.clock)
        assert [row.kind for row in rows] == ["acute", "ring"]
        acute = rows[0]
        assert (acute.acute, acute.thread, acute.due_at) == (True, amal.thread, MONDAY + timedelta(minutes=15))
        assert not acute.broken
        assert tasks.words(session, await tasks.get(session, acute.task)) == "ingen mat"
    backend.clock.advance(minutes=16)
    async with backend.database().transaction() as session:
        assert (await inbox.queue(session, backend.clock))[0].broken


@pytest.mark.parametrize(
    ("at", "due"),
    [
        (MONDAY - timedelta(hours=12), datetime(2026, 11, 30, 7, 15, tzinfo=UTC)),
        (MONDAY, MONDAY + timedelta(minutes=15)),
        (datetime(2026, 11, 30, 15, 25, tzinfo=UTC), datetime(2026, 11, 30, 15, 40, tzinfo=UTC)),
        (datetime(2026, 11, 30, 15, 30, tzinfo=UTC), datetime(2026, 12, 1, 7, 15, tzinfo=UTC)),
    ],
)
def test_what_comes_at_night_is_promised_within_minutes_of_opening(at: datetime, due: datetime) -> None:
    """Open 8.00 to 16.30 in Sweden; who is there when it closes stays for what cannot wait."""
    calendar = WorkingCalendar({day: (time(8), time(16, 30)) for day in range(5)})
    assert acute_by(calendar, at) == due


async def test_one_acute_message_is_one_task_and_one_promise(backend: Backend) -> None:
    """The bot tells of the need and puts the thread in the inbox: in the same moment, one after the other."""
    amal = await backend.trelleborg.asks_for_help()
    need = AcuteNeed(person=amal.person, thread=amal.thread, at=MONDAY, words="barnet har ingen mat")
    inbox_too = HandOver(
        person=amal.person, thread=amal.thread, channel="sms", language="ar", at=MONDAY, reason="acute"
    )
    await put(backend, f"acute-needs/{uuid4()}", need)
    await put(backend, f"handovers/{uuid4()}", inbox_too)
    async with backend.database().transaction() as session:
        (task,) = await tasks.waiting(session, amal.person)
        assert (task.kind, tasks.words(session, task)) == ("acute", "barnet har ingen mat")
        assert [one.what for one in await promises.of_person(session, amal.person)] == ["acute-answer"]
        await tasks.done(session, task.id, MONDAY)
        await promises.keep(session, amal.person, "acute-answer", at=MONDAY)
    # Staff were quicker than the second tiding: nothing new. But what is said an hour later is.
    await put(backend, f"handovers/{uuid4()}", inbox_too)
    async with backend.database().transaction() as session:
        assert not await tasks.waiting(session, amal.person)
        assert len(await promises.of_person(session, amal.person)) == 1
    again = inbox_too.model_copy(update={"at": MONDAY + timedelta(hours=1)})
    await put(backend, f"handovers/{uuid4()}", again)
    async with backend.database().transaction() as session:
        (task,) = await tasks.waiting(session, amal.person)
        assert task.due_at == MONDAY + timedelta(minutes=75)
        assert len(await promises.of_person(session, amal.person)) == 2


async def reached(backend: Backend, person: UUID) -> contacts.Reached:
    async with backend.database().transaction() as session:
        found = await contacts.reached(session, person)
        assert found is not None
        return found


async def test_a_telephone_counts_as_shared_until_she_says_otherwise(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    assert (await reached(backend, amal.person)).shared
    said = Phone(person=amal.person, telephone=TELEPHONE, at=MONDAY, shared=False)
    await put(backend, f"phones/{uuid4()}", said)
    found = await reached(backend, amal.person)
    assert (found.shared, found.opted_out, found.wrong, found.by_text) == (False, False, False, True)


async def test_stop_and_start_are_kept(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    for opted_out in (True, False):
        said = Phone(person=amal.person, telephone=None, at=MONDAY, opted_out=opted_out)
        await put(backend, f"phones/{uuid4()}", said)
        found = await reached(backend, amal.person)
        assert (found.opted_out, found.by_text) == (opted_out, not opted_out)


async def test_a_wrong_number_is_frozen_and_somebody_looks(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    said = Phone(person=amal.person, telephone=TELEPHONE, at=MONDAY, wrong_number=True)
    await put(backend, f"phones/{uuid4()}", said)
    assert not (await reached(backend, amal.person)).by_text
    async with backend.database().transaction() as session:
        assert [task.reason for task in await tasks.waiting(session, amal.person)] == ["wrong-number"]


async def is_wrong(backend: Backend) -> Applicant:
    amal = await backend.trelleborg.asks_for_help()
    said = Phone(person=amal.person, telephone=TELEPHONE, at=backend.clock.advance(minutes=1), wrong_number=True)
    await put(backend, f"phones/{uuid4()}", said)
    return amal


async def test_a_wrong_number_that_she_answers_from_is_hers_again(backend: Backend) -> None:
    amal = await is_wrong(backend)
    said = ContactConfirmed(person=amal.person, telephone=TELEPHONE, at=backend.clock.advance(minutes=1))
    await put(backend, f"contacts/{uuid4()}", said)
    found = await reached(backend, amal.person)
    assert (found.wrong, found.confirmed, found.by_text) == (False, True, True)


async def test_who_asks_for_help_from_it_is_reached_there_and_she_no_more(backend: Backend) -> None:
    amal = await is_wrong(backend)
    stranger = await backend.trelleborg.asks_for_help(backend.clock.advance(minutes=1))
    found = await reached(backend, stranger.person)
    assert (found.wrong, found.by_text) == (False, True)
    async with backend.database().transaction() as session:
        assert await contacts.reached(session, amal.person) is None


async def test_a_telephone_given_on_the_web_is_confirmed_by_a_reply(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help()
    said = ContactConfirmed(person=kim.person, telephone="+46701740622", at=MONDAY + timedelta(minutes=2), shared=False)
    key = uuid4()
    for _ in range(2):
        await put(backend, f"contacts/{key}", said)
    found = await reached(backend, kim.person)
    assert (found.telephone, found.confirmed, found.shared) == ("070-174 06 22", True, False)
    other = said.model_copy(update={"shared": True})
    assert (await backend.trelleborg.put(f"contacts/{key}", other)).json()["code"] == "key-reused"


def sealed(bound_key: UUID, applicant: Applicant | None, slug: str = "trelleborg", **header: str) -> Sealed:
    bound = {
        "alg": "ECDH-ES",
        "enc": "A256GCM",
        "kid": SEAL_KEYS[slug].kid,
        "municipality": slug,
        "person": str(applicant.person) if applicant else "",
        "key": str(bound_key),
        **header,
    }
    locked = jwe.encrypt_compact(bound, PERSON_NUMBER, SEAL_KEYS[slug], registry=REGISTRY)
    return Sealed(person=applicant.person if applicant else None, at=MONDAY, kind="personal-number", jwe=locked)


async def test_an_unasked_personnummer_is_filed_unopened_and_opened_by_a_caseworker(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    key = uuid4()
    item = sealed(key, amal)
    for _ in range(2):
        await put(backend, f"sealed/{key}", item)
    keys = backend.settings.tenants["trelleborg"].seal_keys
    async with backend.database().transaction() as session:
        (task,) = await tasks.waiting(session, amal.person)
        assert (task.kind, task.reason, task.queue) == ("check", "personal-number", "caseworker")
        case = await desk.open_case(session, backend.clock, MARIA, amal.person)
        (filed,) = case.sealed
        assert await desk.open_sealed(session, backend.clock, MARIA, amal.person, filed.id, keys=keys) == PERSON_NUMBER
    async with backend.database().transaction() as session:
        await desk.open_case(session, backend.clock, JOHAN, amal.person, reason="follow-up")
        with pytest.raises(NotAllowed):
            await desk.open_sealed(session, backend.clock, JOHAN, amal.person, filed.id, keys=keys)


async def test_a_case_lists_what_is_sealed_without_reading_it(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    await put(backend, f"sealed/{(key := uuid4())}", sealed(key, amal))
    asked: list[str] = []

    def notes(*what: object) -> None:
        asked.append(str(what[2]))

    engine = backend.database()._engine.sync_engine
    event.listen(engine, "before_cursor_execute", notes)
    async with backend.database().transaction() as session:
        case = await desk.open_case(session, backend.clock, MARIA, amal.person)
    event.remove(engine, "before_cursor_execute", notes)
    assert [one.kind for one in case.sealed] == ["personal-number"]
    listed = [statement for statement in asked if "sealed_items" in statement]
    assert len(listed) == 1
    assert "jwe" not in listed[0]


async def test_what_came_from_nobody_known_is_filed_too(backend: Backend) -> None:
    key = uuid4()
    await put(backend, f"sealed/{key}", sealed(key, None))
    async with backend.database().transaction() as session:
        assert [row.kind for row in await inbox.queue(session, backend.clock)] == ["check"]


async def test_a_seal_bound_to_something_else_is_refused(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    key = uuid4()
    wrong = [
        sealed(key, amal, slug="svedala"),
        sealed(key, amal, person=str(uuid4())),
        sealed(key, amal, key=str(uuid4())),
        sealed(key, amal).model_copy(update={"jwe": PERSON_NUMBER}),
        sealed(key, amal).model_copy(update={"jwe": "bm8.a.b.c.d"}),
        sealed(key, amal).model_copy(update={"jwe": "e30.a.b.c.d"}),
    ]
    for item in wrong:
        answer = await backend.trelleborg.put(f"sealed/{key}", item)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert PERSON_NUMBER not in answer.text


async def test_a_seal_opens_with_its_own_municipalitys_key_only() -> None:
    key = uuid4()
    item = sealed(key, None)
    bound = {"municipality": "trelleborg", "person": "", "key": str(key)}
    keys = {slug: SealKeys(json.dumps(SEAL_KEYS[slug].as_dict(private=True))) for slug in SEAL_KEYS}
    assert keys["trelleborg"].open(item.jwe, **bound) == PERSON_NUMBER
    with pytest.raises(WrongSeal, match="does not open"):
        keys["svedala"].open(item.jwe, **bound)
    assert all("d" not in public for public in keys["svedala"].public)
