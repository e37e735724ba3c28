"""What an agency is told, by a real mail server and a real service, and what never stands in it."""

import asyncio
from typing import Any
from uuid import UUID

import pytest

from backend.interpreters.ordering import Asked, Heard, NotNow, NotTaken, e_mail
from backend.interpreters.ordering.e_mail import EMail, Smtp
from backend.interpreters.ordering.http import Http
from backend.interpreters.ordering.words import letter
from tests.backend.interpreters.servers import HOST, Post, Service, running
from tests.backend.meetings import sweden

ORDER = UUID(int=7)


def asked(**other: Any) -> Asked:
    given: dict[str, Any] = {
        "id": ORDER,
        "number": "T1287-12",
        "language": "so",
        "dialect": "benaadiri",
        "gender": "woman",
        "not_as": "T1287-9",
        "mode": "phone",
        "starts_at": sweden("2026-12-01 09:30"),
        "ends_at": sweden("2026-12-01 10:15"),
        "answer_by": sweden("2026-11-30 11:00"),
        "rings": "070-174 06 90",
        "video": "",
        "address": "Exempelgatan 4, Trelleborgs kommun",
        "orderer": "Trelleborgs kommun",
        "contact": "tolkbokningen",
        "telephone": "070-174 06 91",
        "cost_centre": "4711",
        "answer_at": "https://imorgon.example/tolk/trelleborg/7/k",
        **other,
    }
    return Asked(**given)


def mail(post: Post) -> EMail:
    return EMail(Smtp(HOST, post.port, "tolk@trelleborg.example", security="none"), "order@orda.example")


async def test_a_letter_has_all_an_interpreter_must_know() -> None:
    async with running(Post()) as post:
        await mail(post).order(asked())
    (message,) = post.letters
    assert (
        message["Subject"] == "Tolkbeställning T1287-12: somaliska, tisdag 1 december 2026 kl 09.30–10.15 (45 minuter)"
    )
    assert (message["To"], message["From"]) == ("order@orda.example", "tolk@trelleborg.example")
    assert message["Message-ID"] == f"<{ORDER}.order@trelleborg.example>"
    assert post.from_message().splitlines() == [
        "Trelleborgs kommun beställer tolk.",
        "",
        "Ordernummer: T1287-12 (skriv det på fakturan)",
        "Språk: somaliska",
        "Dialekt: benadirisomaliska",
        "Tid: tisdag 1 december 2026 kl 09.30–10.15 (45 minuter)",
        "Sätt: telefon",
        "Tolken ringer: 070-174 06 90",
        "Antal personer: 2",
        "Önskemål: kvinna (om det går)",
        "Önskemål: inte samma tolk som i order T1287-9",
        "Kostnadsställe: 4711",
        "",
        "Svara ja eller nej före måndag 30 november kl 11.00:",
        "https://imorgon.example/tolk/trelleborg/7/k",
        "Sidan behöver ingen inloggning. Länken gäller bara den här beställningen och kan användas en gång.",
        "",
        "Beställare: Trelleborgs kommun. Frågor: tolkbokningen, 070-174 06 91",
    ]


@pytest.mark.parametrize(
    ("other", "line"),
    [
        ({"mode": "on-site"}, "Adress: Exempelgatan 4, Trelleborgs kommun"),
        ({"mode": "video", "video": "Teams, länk kommer"}, "Video: Teams, länk kommer"),
        ({"mode": "video"}, "Video: ring 070-174 06 91, så säger vi hur"),
        ({"language": "ckb"}, "Språk: kurdiska, sorani (inte kurmanji)"),
        ({"language": "ti"}, "Språk: tigrinja (inte amhariska)"),
        ({"language": "prs", "dialect": "hazaragi"}, "Dialekt: hazaragi"),
        ({"dialect": "some other"}, "Dialekt: some other"),
    ],
)
def test_the_way_and_the_language_cannot_be_taken_for_another(other: dict[str, Any], line: str) -> None:
    assert line in letter(asked(**other))[1].splitlines()


def test_a_letter_says_nothing_of_why() -> None:
    subject, text = letter(asked())
    for word in ("bistånd", "social", "nysamtal", "ekonomi", "ärende", "sökande"):
        assert word not in f"{subject} {text}".lower()


async def test_a_cancellation_is_an_answer_to_the_order() -> None:
    async with running(Post()) as post:
        await mail(post).cancel(asked())
    assert post.letters[0]["In-Reply-To"] == f"<{ORDER}.order@trelleborg.example>"
    assert "avbokar tolken nedan" in post.from_message()


@pytest.mark.parametrize(("says", "then"), [("451 later", NotNow), ("550 nobody here", NotTaken)])
async def test_what_the_mail_server_refuses_for_now_and_for_good(says: str, then: type[Exception]) -> None:
    async with running(Post(refuses=says)) as post:
        with pytest.raises(then) as why:
            await mail(post).order(asked())
    assert "orda" not in str(why.value)


@pytest.mark.parametrize(
    ("says", "at", "then"),
    [
        ("530 5.7.0 Authentication required", "MAIL", NotNow),
        ("550 not your address", "MAIL", NotNow),
        ("530 5.7.0 Authentication required", "RCPT", NotNow),
        ("554 not such a letter", "DATA", NotTaken),
    ],
)
async def test_that_our_own_sender_is_refused_is_no_answer_of_the_agency(
    says: str, at: str, then: type[Exception]
) -> None:
    async with running(Post(refuses=says, at=at)) as post:
        with pytest.raises(then):
            await mail(post).order(asked())
        assert await mail(post).smtp.answers() == ("SMTPSenderRefused" if at == "MAIL" else "")


async def test_a_mail_server_that_is_slow_at_every_step_is_left_before_another_sends_the_letter(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(e_mail, "DEADLINE", 0.3)
    async with running(Post(slow=0.1)) as post:
        with pytest.raises(NotNow):
            await mail(post).order(asked())
        await asyncio.sleep(0.3)
    assert post.letters == []


async def test_what_was_taken_is_sent_whatever_is_said_at_the_end() -> None:
    async with running(Post(last="500 what")) as post:
        await mail(post).order(asked())
    assert len(post.letters) == 1


async def test_a_letter_that_may_have_left_is_known_by_its_id() -> None:
    async with running(Post(falls_over=True)) as post:
        with pytest.raises(NotNow):
            await mail(post).order(asked())
        await mail(post).order(asked())
    assert len({message["Message-ID"] for message in post.letters}) == 1
    assert len(post.letters) == 2


async def test_no_mail_server_is_for_now() -> None:
    async with running(Post()) as post:
        smtp = Smtp(HOST, post.port, "tolk@trelleborg.example", security="none")
        assert await smtp.answers() == ""
    with pytest.raises(NotNow):
        await EMail(smtp, "order@orda.example").order(asked())
    assert await smtp.answers() == "ConnectionRefusedError"


async def test_a_mail_server_without_encryption_gets_nothing_where_encryption_is_set() -> None:
    async with running(Post()) as post:
        with pytest.raises(NotNow):
            await EMail(Smtp(HOST, post.port, "tolk@trelleborg.example"), "order@orda.example").order(asked())
    assert post.letters == []


async def test_an_order_over_http_is_one_under_our_id() -> None:
    async with running(Service()) as agency:
        way = Http(agency.address, "t")
        assert await way.look(ORDER) is None
        assert await way.order(asked()) == Heard("received")
        assert await way.order(asked()) == Heard("received")
        agency.says(ORDER, "confirmed", "tolk 31")
        assert await way.look(ORDER) == Heard("confirmed", "A-7", "tolk 31")
        assert await way.cancel(asked()) == Heard("cancelled", "A-7")
        assert await way.cancel(asked()) == Heard("cancelled", "A-7")
    assert list(agency.orders) == [ORDER]
    assert agency.bodies[0] == {
        "number": "T1287-12",
        "language": "so",
        "dialect": "benaadiri",
        "mode": "phone",
        "starts_at": "2026-12-01T09:30:00+01:00",
        "ends_at": "2026-12-01T10:15:00+01:00",
        "where": "070-174 06 90",
        "persons": 2,
        "wished_gender": "woman",
        "not_same_as": "T1287-9",
        "answer_by": "2026-11-30T11:00:00+01:00",
        "customer": "Trelleborgs kommun",
        "contact": "tolkbokningen",
        "telephone": "070-174 06 91",
        "cost_centre": "4711",
    }


async def test_cancelling_what_never_came_there_is_done() -> None:
    async with running(Service()) as agency:
        assert await Http(agency.address, "t").cancel(asked()) == Heard("cancelled")


@pytest.mark.parametrize(
    ("status", "then"),
    [(400, NotTaken), (422, NotTaken), (401, NotNow), (429, NotNow), (500, NotNow), (302, NotNow)],
)
async def test_what_a_service_refuses_for_now_and_for_good(status: int, then: type[Exception]) -> None:
    async with running(Service(status=status)) as agency:
        with pytest.raises(then):
            await Http(agency.address, "t").order(asked())


async def test_a_service_that_acts_and_does_not_answer_is_asked_again() -> None:
    async with running(Service(acts_and_hangs=True)) as agency:
        way = Http(agency.address, "t")
        with pytest.raises(NotNow):
            await way.order(asked())
        assert await way.order(asked()) == Heard("received")
    assert (agency.asked, len(agency.orders)) == (["PUT", "PUT"], 1)


async def test_an_answer_that_cannot_be_read_is_no_answer() -> None:
    async with running(Service(answers="perhaps")) as agency:
        with pytest.raises(NotNow):
            await Http(agency.address, "t").order(asked())


def test_a_way_shows_no_secret() -> None:
    assert "secret" not in repr(Http("https://orda.example", "secret"))
    assert "secret" not in repr(Smtp("post.example", 587, "a@b.example", "u", "secret"))
