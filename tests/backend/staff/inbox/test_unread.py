"""What came in and is no message: it stands in the caseworkers' list, is opened, read field by field, and seen to."""

import json
from uuid import uuid4

import pytest
from joserfc import jwe
from sqlmodel import select

from backend.audit import Access
from backend.cases.unread import MOST_FIELDS, Opened, read
from backend.contract import Sealed
from backend.tasks import Task
from tests.backend.staff.desks import Desk, Office
from tests.backend.stories import SEAL_KEYS

UNREAD = "Något kom in som inte gick att läsa"
FORM = {"From": "1177", "To": "+46701740690", "Body": "Hej <b>jag</b> behöver hjälp", "MessageSid": ""}


def sealed_by_the_bot(body: str, provider: str = "Twilio") -> str:
    return json.dumps({"channel": "sms", "provider": provider, "came": body})


async def comes(office: Office, words: str) -> None:
    """The bot seals it, with nobody's name on it."""
    key, own = uuid4(), SEAL_KEYS["trelleborg"]
    header = {"alg": "ECDH-ES", "enc": "A256GCM", "kid": str(own.kid)}
    bound = {"municipality": "trelleborg", "person": "", "key": str(key)}
    registry = jwe.JWERegistry(algorithms=["ECDH-ES", "A256GCM"], strict_check_header=False)
    locked = jwe.encrypt_compact({**header, **bound}, words, own, registry=registry)
    item = Sealed(person=None, at=office.backend.clock(), kind="malformed", jwe=locked)
    assert (await office.bot.put(f"sealed/{key}", item)).status_code == 204


async def page_of(maria: Desk) -> str:
    page = await maria.opens("/inbox?queue=waiting")
    assert UNREAD in page.text
    (link,) = page.links("/inbox/unread/")
    return link


async def test_a_caseworker_reads_what_can_be_read_and_who_brought_it(office: Office, maria: Desk) -> None:
    await comes(office, sealed_by_the_bot(json.dumps(FORM)))
    link = await page_of(maria)
    page = await maria.opens(link)
    assert "Det kom måndag 30 november kl 9.58." in page.text
    assert "behöver hjälp" not in page.source, "nothing is opened before somebody says so"
    page = await maria.presses(f"{link}/open")
    assert "med sms, från Twilio" in page.text
    for name, value in FORM.items():
        assert f"{name} {value or '(tomt)'}" in page.text
    assert "&lt;b&gt;jag" in page.source, "and never as a part of the page"
    async with office.database.transaction() as session:
        (log,) = (await session.exec(select(Access).where(Access.what == "sealed"))).all()
        (task,) = (await session.exec(select(Task).where(Task.reason == "malformed"))).all()
    assert (log.reader_name, log.allowed, log.person, log.task) == ("Maria", True, task.about, task.id)


async def test_seen_to_by_hand_it_is_gone_from_the_list_and_opened_no_more(office: Office, maria: Desk) -> None:
    await comes(office, sealed_by_the_bot(json.dumps(FORM)))
    link = await page_of(maria)
    page = await maria.opens(link)
    assert "Automaten har ingen kopia och kan inte pröva det igen." in page.text
    for _ in range(2):
        page = await maria.presses(f"{link}/close", {"because": "rung"})
    assert UNREAD not in page.text
    page = await maria.opens(link)
    assert "redan omhändertaget" in page.text
    assert page.actions("/open") == []
    assert (await maria.presses(f"{link}/open")).status == 403
    async with office.database.transaction() as session:
        (task,) = (await session.exec(select(Task).where(Task.reason == "malformed"))).all()
    assert (task.because, task.done_at is not None) == ("rung", True)


async def test_customer_service_opens_none_of_it_and_no_other_task_is_such_a_thing(
    office: Office, johan: Desk, maria: Desk
) -> None:
    await comes(office, sealed_by_the_bot("hej"))
    link = await page_of(maria)
    for address in (link, f"{link}/open"):
        assert (await (johan.presses(address) if address.endswith("open") else johan.opens(address))).status == 403
    await office.asks_for_a_human()
    async with office.database.transaction() as session:
        other = (await session.exec(select(Task).where(Task.reason != "malformed"))).all()[0]
    assert (await maria.opens(f"/inbox/unread/{other.id}")).status == 404


@pytest.mark.parametrize(
    ("sealed", "fields"),
    [
        (sealed_by_the_bot(""), (("", ""),)),
        (sealed_by_the_bot("<html>502</html>"), (("", "<html>502</html>"),)),
        (sealed_by_the_bot('"only words"'), (("", '"only words"'),)),
        (
            sealed_by_the_bot(
                '{"update_id": 7, "message": {"from": {"id": 5}, "entities": [{"type": "bold"}], "x": null}}'
            ),
            (("update_id", "7"), ("message.from.id", "5"), ("message.entities.1.type", "bold"), ("message.x", "null")),
        ),
        (sealed_by_the_bot("[" * 100_000), (("", "[" * 100_000),)),
    ],
    ids=["empty", "a page", "a word", "an update", "too deep"],
)
def test_whatever_came_can_be_read(sealed: str, fields: tuple[tuple[str, str], ...]) -> None:
    assert read(sealed) == Opened("sms", "Twilio", fields)


@pytest.mark.parametrize("older", ['{"From": "1177"}', "no JSON at all"])
def test_what_was_sealed_before_it_said_by_whom_can_be_read_too(older: str) -> None:
    opened = read(older)
    assert (opened.channel, opened.provider) == ("", "")
    assert opened.fields in ((("From", "1177"),), (("", "no JSON at all"),))


def test_of_too_many_fields_nothing_is_left_out() -> None:
    many = {f"f{n}": n for n in range(MOST_FIELDS + 5)}
    fields = read(sealed_by_the_bot(json.dumps(many))).fields
    assert len(fields) == MOST_FIELDS + 1
    assert json.loads(fields[-1][1]) == many
