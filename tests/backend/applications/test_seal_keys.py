"""The drill: a seal key is changed, lost, and fetched from where it is kept; what was answered under it opens again."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from joserfc.jwk import ECKey
from sqlmodel import select

from backend import seal_keys
from backend.applications import draft, snapshot
from backend.applications.models import Application
from backend.cases import desk
from backend.contract import HandInPart, InvitePart, Policy, SealedAnswer
from backend.seal import SealKeys, WrongSeal
from bot.seal import seal_answer
from bot.watching import diagnosis
from tests.backend.staff.desks import Desk, Office
from tests.backend.staff.desks import Desk as Caseworker
from tests.backend.stories import MARIA, Applicant, Backend, application

ACCOUNT = "8105-9 123 456 789-0"
FIRST, SECOND, STRANGE = (ECKey.generate_key("P-256", auto_kid=True) for _ in range(3))


def keys(*some: ECKey) -> SealKeys:
    """As IMORGON_SEAL_KEY_<CODE> gives them, the current one first."""
    return SealKeys(json.dumps({"keys": [one.as_dict(private=True) for one in some]}))


def uses(backend: Backend, *some: ECKey) -> None:
    """The backends are restarted with these keys."""
    tenant = backend.settings.tenants["trelleborg"]
    object.__setattr__(tenant, "seal_keys", keys(*some))


@pytest.fixture
async def maria(office: Office) -> Desk:
    return await office.at_desk("Maria")


async def policy(backend: Backend) -> Policy:
    return Policy.model_validate((await backend.trelleborg.get("policy")).json())


async def answers(backend: Backend, applicant: Applicant, known: Policy, words: str = ACCOUNT) -> tuple[UUID, UUID]:
    """She answers on the page, as the bot knows the keys, and applies: the key of the call, and the application."""
    answered = seal_answer(words, known, applicant.person, uuid4(), "account")
    return await sends(backend, applicant, answered)


async def sends(backend: Backend, applicant: Applicant, answered: SealedAnswer, **more: Any) -> tuple[UUID, UUID]:
    key = uuid4()
    sent = application(applicant, sealed=(answered,), month=date(2026, 12, 1), **more)
    answer = await backend.trelleborg.put(f"applications/{key}", sent)
    assert answer.status_code == 200, answer.text
    return key, UUID(answer.json()["application"])


async def opened(backend: Backend, person: UUID, sent: UUID) -> str:
    async with backend.database().transaction() as session:
        await desk.open_case(session, backend.clock, MARIA, person, "follow-up")
        return await snapshot.open_answer(
            session,
            backend.clock,
            MARIA,
            person,
            sent,
            question="account",
            keys=backend.settings.tenants["trelleborg"].seal_keys,
        )


async def checked(backend: Backend) -> list[tuple[bool, str]]:
    """What ``imorgon check`` says of the seals."""
    found = await diagnosis._seals(backend.settings, backend.settings.tenants["trelleborg"])
    return [(one.wrong, one.words) for one in found]


@pytest.fixture
async def rotating(backend: Backend) -> AsyncIterator[Backend]:
    before = backend.settings.tenants["trelleborg"].seal_keys
    yield backend
    object.__setattr__(backend.settings.tenants["trelleborg"], "seal_keys", before)


async def test_the_drill(rotating: Backend) -> None:
    backend = rotating
    uses(backend, FIRST)
    known = await policy(backend)
    kim = await backend.trelleborg.asks_for_help()
    _, sent = await answers(backend, kim, known)
    assert await opened(backend, kim.person, sent) == ACCOUNT

    # A new key, with the old one after it. A bot that has not fetched it yet seals with the old one: it is taken.
    uses(backend, SECOND, FIRST)
    assert (await policy(backend)).seal_keys[0]["kid"] == SECOND.kid
    sam = await backend.trelleborg.asks_for_help()
    _, by_old = await answers(backend, sam, known)
    _, by_new = await answers(backend, sam, await policy(backend), words="NEJ")
    assert [await opened(backend, sam.person, one) for one in (by_old, by_new)] == [ACCOUNT, "NEJ"]
    assert (False, f"Seal of Trelleborgs kommun: the earlier key {FIRST.kid} opens 2.") in await checked(backend)

    # The old one is lost: what lies under it is there and cannot be read, and everybody who needs to is told.
    uses(backend, SECOND)
    with pytest.raises(WrongSeal, match=f"does not open: its key {FIRST.kid}"):
        await opened(backend, kim.person, sent)
    missing = f"Seal of Trelleborgs kommun: 2 lie under the key {FIRST.kid}, which is not given. Nobody reads them."
    assert (True, missing) in await checked(backend)
    # What still comes sealed under it is taken all the same: an application is not refused for our key.
    _, late = await answers(backend, sam, known)

    # A wrong key from the safe is no help, and that is said.
    uses(backend, SECOND, STRANGE)
    with pytest.raises(WrongSeal, match=f"its key {FIRST.kid} is not among"):
        await opened(backend, kim.person, sent)
    strange = f"the earlier key {STRANGE.kid} opens nothing here any more: keep it in escrow"
    assert any(strange in words for _, words in await checked(backend))

    # The right one: all of it opens, the oldest and the latest.
    uses(backend, SECOND, FIRST)
    assert await opened(backend, kim.person, sent) == ACCOUNT
    assert await opened(backend, sam.person, late) == ACCOUNT
    assert not any(wrong for wrong, _ in await checked(backend))


async def test_what_lies_under_a_key_is_counted_without_opening_it(rotating: Backend) -> None:
    uses(rotating, FIRST)
    kim = await rotating.trelleborg.asks_for_help()
    await answers(rotating, kim, await policy(rotating))
    async with rotating.database().transaction() as session:
        assert await seal_keys.lying_under(session) == {FIRST.kid: 1}


async def test_what_is_not_sent_yet_lies_under_a_key_too(rotating: Backend) -> None:
    """A draft at the desk, and a part of two that nobody has attested: the key is not one to put away."""
    uses(rotating, FIRST)
    known = await policy(rotating)
    kim = await rotating.trelleborg.asks_for_help()
    drafted = seal_answer(ACCOUNT, known, kim.person, uuid4(), "account")
    async with rotating.database().transaction() as session:
        await desk.open_case(session, rotating.clock, MARIA, kim.person, "follow-up")
        await draft.save(
            session,
            rotating.clock,
            MARIA,
            kim.person,
            "reaching",
            title="Kontakt",
            answers={},
            sealed={"account": drafted},
        )
    sam = await rotating.trelleborg.asks_for_help()
    begun = InvitePart(person=sam.person, at=rotating.clock(), kind="new", month=date(2026, 12, 1))
    joint = (await rotating.trelleborg.put(f"joint-applications/{uuid4()}", begun)).json()["joint"]
    answered = seal_answer(ACCOUNT, known, sam.person, uuid4(), "account")
    part = application(sam, applies_alone=False, sealed=(answered,), month=date(2026, 12, 1))
    part = part.model_copy(update={"attested": False})
    kept = await rotating.trelleborg.put(f"joint-applications/{joint}/parts/{uuid4()}", HandInPart(part=part))
    assert kept.status_code == 200, kept.text
    async with rotating.database().transaction() as session:
        assert await seal_keys.lying_under(session) == {FIRST.kid: 2}


async def test_she_answered_before_she_was_known_to_be_the_same(backend: Backend) -> None:
    """Sealed for an id of hers that turned out to be another's redirect: it is taken, and opens."""
    known = await policy(backend)
    one, other = await backend.trelleborg.asks_for_help(), await backend.trelleborg.asks_for_help()
    stranger = await backend.trelleborg.asks_for_help()
    same = {"person": str(one.person), "into": str(other.person), "at": backend.clock().isoformat()}
    assert (await backend.trelleborg.put(f"same-persons/{uuid4()}", same)).status_code == 204
    answered = seal_answer(ACCOUNT, known, one.person, uuid4(), "account")
    _, sent = await sends(backend, other, answered)
    assert await opened(backend, other.person, sent) == ACCOUNT
    refused = await backend.trelleborg.put(
        f"applications/{uuid4()}", application(stranger, sealed=(answered,), month=date(2026, 12, 1))
    )
    assert refused.status_code == 422


async def test_at_her_desk_a_caseworker_opens_it_or_reads_what_is_missing(office: Office, maria: Caseworker) -> None:
    backend = office.backend
    kim = await office.asks_for_a_human(language="sv")
    _, sent = await answers(backend, kim, await policy(backend))
    page = await maria.opens(f"/inbox/cases/{kim.person}/application?reason=follow-up")
    page = await maria.opens(f"/inbox/cases/{kim.person}?reason=follow-up")
    page = await maria.opens(f"/inbox/cases/{kim.person}/application")
    assert "Besvarat på den säkra sidan" in page.text
    assert ACCOUNT not in page.source
    page = await maria.presses(f"/inbox/cases/{kim.person}/applications/{sent}/answer", {"question": "account"})
    assert ACCOUNT in page.text
    async with backend.database().transaction() as session:
        assert (await session.exec(select(Application.id))).all() == [sent]
    tenant = backend.settings.tenants["trelleborg"]
    lost = replace(tenant, seal_keys=keys(STRANGE))
    backend.settings.tenants["trelleborg"] = lost  # type: ignore[index]  # the test restarts nothing
    page = await maria.presses(f"/inbox/cases/{kim.person}/applications/{sent}/answer", {"question": "account"})
    backend.settings.tenants["trelleborg"] = tenant  # type: ignore[index]  # as before
    assert page.status == 409
    assert "nyckeln som det låstes med finns inte här. Inget är borta." in page.text
