"""Two apply together: each her own part, joined by the backend alone, attested by both or not come in at all."""

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import select, update

from backend import tasks
from backend.applications import routine, snapshot
from backend.applications.models import Application, ApplicationPart
from backend.audit import Access
from backend.cases import desk, merging
from backend.contract import (
    AnswerRecord,
    AttestPart,
    Grant,
    HandInPart,
    Income,
    InvitePart,
    JoinPart,
    JointNews,
    JointQuery,
    JointReceipt,
    JointStanding,
    LeaveJoint,
    NoticeKind,
    OwnPart,
    SamePerson,
    SendApplication,
    Status,
    StatusQuery,
    Step,
    StillTrue,
    StillTrueQuery,
)
from backend.decisions import codes
from tests.backend.applications.test_snapshot import sealed
from tests.backend.stories import JOHAN, MARIA, Applicant, Backend, application, at_once, told

DECEMBER = date(2026, 12, 1)
ONLY_AMINA, ONLY_OMAR = "säljer bröd hemma", "kör taxi ibland"
"""What only one of them writes."""


def part(somebody: Applicant, backend: Backend, **answers: Any) -> SendApplication:
    """One's own part, in the words of an application nobody has attested."""
    given = {"month": DECEMBER, "applies_alone": None, "record": (), **answers}
    return application(somebody, backend.clock(), **given).model_copy(update={"attested": False})


def shown(question: str, backend: Backend, *, meaning: Any = True) -> AnswerRecord:
    return AnswerRecord(
        question=question,
        shown="…",
        shown_in_swedish="Jag har svarat så rätt jag kan.",
        language="ar",
        meaning=meaning,
        at=backend.clock(),
        channel="web",
        words="ja",
    )


class Couple:
    """Amina writes Arabic and invites Omar, who writes Somali."""

    def __init__(self, backend: Backend, amina: Applicant, omar: Applicant, joint: UUID) -> None:
        self.backend, self.amina, self.omar, self.joint = backend, amina, omar, joint

    async def put(self, what: str, call: Any, *, key: UUID | None = None) -> httpx2.Response:
        return await self.backend.trelleborg.put(f"joint-applications/{self.joint}/{what}/{key or uuid4()}", call)

    async def joins(self, somebody: Applicant) -> httpx2.Response:
        return await self.put("partner", JoinPart(person=somebody.person, at=self.backend.clock()))

    async def hands_in(self, somebody: Applicant, key: UUID | None = None, **answers: Any) -> JointStanding:
        answer = await self.put("parts", HandInPart(part=part(somebody, self.backend, **answers)), key=key)
        assert answer.status_code == 200, answer.text
        return JointStanding.model_validate(answer.json())

    def attestation(self, somebody: Applicant, own: int = 1, other: int = 1) -> AttestPart:
        return AttestPart(
            person=somebody.person,
            at=self.backend.clock(),
            own_version=own,
            other_version=other,
            attestation=shown("attestation", self.backend),
            told=shown("shows-the-other", self.backend),
        )

    async def attests(self, somebody: Applicant, own: int = 1, other: int = 1) -> JointStanding:
        answer = await self.put("attestations", self.attestation(somebody, own, other))
        assert answer.status_code == 200, answer.text
        return JointStanding.model_validate(answer.json())

    async def standing(self, somebody: Applicant) -> JointStanding:
        query = JointQuery(person=somebody.person, at=self.backend.clock())
        answer = await self.backend.trelleborg.post(f"joint-applications/{self.joint}/standing", query)
        return JointStanding.model_validate(answer.json())

    async def applications(self) -> list[Application]:
        async with self.backend.database().transaction() as session:
            return list((await session.exec(select(Application).order_by(Application.version))).all())  # type: ignore[arg-type]  # a column, not an int

    async def reads_own(self, somebody: Applicant) -> httpx2.Response:
        """Staff give her a code, and she reads with it."""
        async with self.backend.database().transaction() as session:
            code = await codes.issue(session, self.backend.clock, MARIA, somebody.person)
        asked = {"code": code, "at": self.backend.clock().isoformat()}
        grant = Grant.model_validate((await self.backend.trelleborg.post("grants", asked)).json())
        return await self.backend.trelleborg.get(
            f"joint-applications/{self.joint}/own-part", **{"X-Read-Grant": grant.token}
        )


async def invited(backend: Backend) -> Couple:
    amina = await backend.trelleborg.asks_for_help(language="ar")
    omar = await backend.trelleborg.asks_for_help(language="so")
    call = InvitePart(person=amina.person, at=backend.clock(), month=DECEMBER)
    answer = await backend.trelleborg.put(f"joint-applications/{uuid4()}", call)
    receipt = JointReceipt.model_validate(answer.json())
    assert receipt.answer_by == date(2026, 12, 7)
    return Couple(backend, amina, omar, receipt.joint)


@pytest.fixture
async def couple(backend: Backend) -> Couple:
    """Both parts are in; nobody has attested."""
    two = await invited(backend)
    assert (await two.joins(two.omar)).status_code == 200
    await two.hands_in(two.amina, lived_on=ONLY_AMINA)
    await two.hands_in(two.omar, lived_on=ONLY_OMAR, incomes=(Income(kind="other", kronor=1900),))
    return two


async def test_when_both_have_attested_each_has_an_application_and_staff_see_both(couple: Couple) -> None:
    first = await couple.attests(couple.amina)
    assert (first.own_attested, first.other_attested, first.receipt) == (True, False, None)
    assert await couple.applications() == []
    second = await couple.attests(couple.omar)
    assert second.receipt is not None
    assert "payslip" not in second.receipt.missing
    applications = await couple.applications()
    assert {row.person for row in applications} == {couple.amina.person, couple.omar.person}
    assert {row.joint for row in applications} == {couple.joint}
    for somebody, words in ((couple.amina, ONLY_AMINA), (couple.omar, ONLY_OMAR)):
        query = StatusQuery(person=somebody.person, at=couple.backend.clock())
        answer = await couple.backend.trelleborg.post("status", query)
        assert Status.model_validate(answer.json()).step is Step.APPLICATION_RECEIVED
        async with couple.backend.database().transaction() as session:
            case = await desk.open_case(session, couple.backend.clock, JOHAN, somebody.person)
            (only,) = case.applications
            whole = await snapshot.export(session, couple.backend.clock, JOHAN, somebody.person, only.id)
        assert (only.sent.lived_on, only.sent.attested, only.sent.applies_alone) == (words, True, False)
        assert (whole.own_version, whole.other_version, whole.joint) == (1, 1, couple.joint)
        assert whole.told is not None
        assert whole.attestation is not None
        (other,) = [row.id for row in applications if row.id != only.id]
        assert whole.together_with == other


async def test_before_anybody_attests_it_is_said_plainly_what_the_other_will_see(couple: Couple) -> None:
    sentence = (await couple.standing(couple.amina)).shows_the_other
    assert sentence["sv"] == (
        "Beräkningen görs för er båda. I den ser den andra dina inkomster och kostnader som summor. Inte dina svar, "
        "dina papper eller det du säger till oss."
    )
    assert {"sv", "en", "ar", "so", "uk"} <= set(sentence)


async def test_a_changed_part_takes_both_attestations_away_and_the_other_is_told(couple: Couple) -> None:
    await couple.attests(couple.amina)
    changed = await couple.hands_in(couple.omar, lived_on="sparade pengar")
    assert (changed.own_version, changed.own_attested, changed.other_attested) == (2, False, False)
    _, theirs, notice = await told(couple.backend.trelleborg, NoticeKind.JOINT_NEWS)
    assert (theirs.person, JointNews.model_validate(theirs.body).what) == (couple.omar.person, "attested")
    assert (notice.person, JointNews.model_validate(notice.body).what) == (couple.amina.person, "attest-again")

    async def is_still_true() -> bool:
        query = StillTrueQuery(
            kind="joint-changed", person=couple.amina.person, reference=notice.id, at=couple.backend.clock()
        )
        return StillTrue.model_validate((await couple.backend.trelleborg.post("still-true", query)).json()).true

    assert await is_still_true()
    refused = await couple.put("attestations", couple.attestation(couple.amina, 1, 1))
    assert (refused.status_code, refused.json()["code"]) == (409, "too-late")
    await couple.attests(couple.amina, 1, 2)
    assert not await is_still_true()
    await couple.attests(couple.omar, 2, 1)
    assert len(await couple.applications()) == 2
    came_in = [
        JointNews.model_validate(one.body).what for one in await told(couple.backend.trelleborg, NoticeKind.JOINT_NEWS)
    ]
    assert came_in == ["joined", "attested", "attest-again", "attested", "came-in"]


async def test_who_invited_is_told_once_that_the_other_has_begun_and_nothing_of_who_it_is(couple: Couple) -> None:
    assert (await couple.joins(couple.omar)).status_code == 200
    (notice,) = await told(couple.backend.trelleborg, NoticeKind.JOINT_NEWS)
    assert notice.person == couple.amina.person
    assert set(notice.body) == {"joint", "what", "at"}
    assert notice.body["what"] == "joined"


async def test_the_same_part_again_is_no_new_version_and_takes_nothing_away(couple: Couple) -> None:
    await couple.attests(couple.amina)
    couple.backend.clock.advance(minutes=3)
    again = await couple.hands_in(couple.amina, lived_on=ONLY_AMINA)
    assert (again.own_version, again.own_attested) == (1, True)


async def test_a_part_changed_after_it_came_in_is_a_correction_once_both_have_attested_it(couple: Couple) -> None:
    await couple.attests(couple.amina)
    await couple.attests(couple.omar)
    before = await couple.applications()
    await couple.hands_in(couple.amina, lived_on="inget")
    assert len(await couple.applications()) == 2
    await couple.attests(couple.omar, 1, 2)
    await couple.attests(couple.amina, 2, 1)
    now = await couple.applications()
    assert {row.corrects for row in now if row.version == 2} == {row.id for row in before}
    assert all(row.flags == [] for row in now)


async def test_each_call_made_twice_is_answered_the_same(couple: Couple) -> None:
    key = uuid4()
    first = await couple.hands_in(couple.amina, key, lived_on="lån")
    couple.backend.clock.advance(seconds=0)
    assert await couple.hands_in(couple.amina, key, lived_on="lån") == first
    call = couple.attestation(couple.amina, 2, 1)
    answers = [(await couple.put("attestations", call, key=key)).json() for _ in range(2)]
    assert answers[0] == answers[1]
    other = await couple.put("attestations", couple.attestation(couple.amina, 2, 2), key=key)
    assert other.json()["code"] == "key-reused"


async def test_both_attest_at_once_and_there_is_one_application_each(couple: Couple) -> None:
    await at_once(couple.attests(couple.amina), couple.attests(couple.omar))
    assert len(await couple.applications()) == 2
    assert (await couple.standing(couple.amina)).receipt is not None


async def test_attesting_while_the_other_changes_never_lets_in_what_one_has_not_seen(couple: Couple) -> None:
    await couple.attests(couple.amina)
    await at_once(
        couple.put("attestations", couple.attestation(couple.omar)), couple.hands_in(couple.amina, lived_on="annat")
    )
    for row in await couple.applications():
        assert (row.own_version, row.other_version) == (1, 1)
    assert not (await couple.standing(couple.amina)).own_attested


async def test_nobody_attests_before_both_parts_are_in(backend: Backend) -> None:
    two = await invited(backend)
    await two.hands_in(two.amina)
    alone = await two.put("attestations", two.attestation(two.amina))
    assert (alone.status_code, alone.json()["code"]) == (409, "too-late")
    assert not (await two.standing(two.amina)).joined


@pytest.mark.parametrize("changes", [{"attested": True}, {"corrects": uuid4()}])
async def test_a_part_is_no_application_yet(couple: Couple, changes: dict[str, Any]) -> None:
    wrong = part(couple.amina, couple.backend).model_copy(update=changes)
    assert (await couple.put("parts", HandInPart(part=wrong))).json()["code"] == "invalid"


async def test_no_is_no_attestation(couple: Couple) -> None:
    no = shown("attestation", couple.backend, meaning=False)
    call = couple.attestation(couple.amina).model_copy(update={"attestation": no})
    assert (await couple.put("attestations", call)).json()["code"] == "invalid"


async def test_one_joins_and_not_who_invited(backend: Backend) -> None:
    two = await invited(backend)
    assert (await two.joins(two.amina)).json()["code"] == "invalid"
    assert (await two.joins(two.omar)).status_code == 200
    assert (await two.joins(two.omar)).status_code == 200
    third = await backend.trelleborg.asks_for_help()
    assert (await two.joins(third)).json()["code"] == "invalid"


async def test_one_who_never_answers_is_a_task_once_and_done_when_it_comes_in(backend: Backend) -> None:
    two = await invited(backend)
    await two.hands_in(two.amina)

    async def waiting() -> list[str]:
        async with backend.database().transaction() as session:
            return [task.reason for task in await tasks.waiting(session, two.amina.person)]

    backend.clock.advance(days=7)  # the last day itself
    await routine.look_after(backend.database(), backend.clock)
    assert "partner-silent" not in await waiting()
    backend.clock.advance(days=1)
    await at_once(*(routine.look_after(backend.database(), backend.clock) for _ in range(3)))
    assert (await waiting()).count("partner-silent") == 1
    await two.joins(two.omar)
    await two.hands_in(two.omar)
    await two.attests(two.omar)
    await two.attests(two.amina)
    assert "partner-silent" not in await waiting()


async def test_who_leaves_ends_it_staff_are_told_and_the_other_reads_nothing_of_why(couple: Couple) -> None:
    await couple.attests(couple.amina)
    call = LeaveJoint(person=couple.omar.person, at=couple.backend.clock())
    key = uuid4()
    for _ in range(2):
        assert (await couple.put("withdrawals", call, key=key)).status_code == 204
    standing = await couple.standing(couple.amina)
    assert (standing.ended, standing.own_attested) == (True, False)
    news = await told(couple.backend.trelleborg, NoticeKind.JOINT_NEWS)
    assert [JointNews.model_validate(one.body).what for one in news] == ["joined", "attested"]
    refused = await couple.put("attestations", couple.attestation(couple.amina))
    assert (refused.status_code, refused.json()["code"]) == (409, "too-late")
    async with couple.backend.database().transaction() as session:
        assert "joint-left" in [task.reason for task in await tasks.waiting(session, couple.omar.person)]


async def test_a_secret_answer_in_a_part_comes_in_sealed(couple: Couple) -> None:
    secret = sealed(couple.omar, "account", "8105-9 123 456 789-0")
    await couple.hands_in(couple.omar, sealed=(secret,))
    wrong = sealed(couple.amina, "account", "8105-9 123 456 789-0")
    refused = await couple.put("parts", HandInPart(part=part(couple.omar, couple.backend, sealed=(wrong,))))
    assert refused.json()["code"] == "invalid"
    own = OwnPart.model_validate((await couple.reads_own(couple.omar)).json())
    assert (own.version, own.sealed, own.part.sealed) == (2, ("account",), ())


async def test_a_part_cannot_be_changed_by_us(couple: Couple) -> None:
    with pytest.raises(DBAPIError) as refused:
        async with couple.backend.database().transaction() as session:
            await session.exec(update(ApplicationPart).values(content=b"other"))
    assert "sqlstate=42501" in str(refused.value)


# --- Who may read what -----------------------------------------------------------------------------------------------


async def test_each_reads_her_own_part_with_a_grant_and_it_is_logged(couple: Couple) -> None:
    for somebody, hers, others in (
        (couple.amina, ONLY_AMINA, ONLY_OMAR),
        (couple.omar, ONLY_OMAR, ONLY_AMINA),
    ):
        answer = await couple.reads_own(somebody)
        assert OwnPart.model_validate(answer.json()).part.lived_on == hers
        assert others not in answer.text
        async with couple.backend.database().transaction() as session:
            logged = await session.exec(
                select(Access.about).where(Access.person == somebody.person, Access.what == "readable")
            )
            assert logged.all() == [couple.joint]


@pytest.mark.parametrize("who", ["amina", "omar", "stranger", "nobody"])
@pytest.mark.parametrize("what", ["standing", "own-part", "parts", "attestations", "withdrawals"])
async def test_who_may_do_what_and_none_of_it_shows_the_others_part(couple: Couple, who: str, what: str) -> None:
    stranger = await couple.backend.trelleborg.asks_for_help(language="uk")
    people = {"amina": couple.amina, "omar": couple.omar, "stranger": stranger}
    somebody = people.get(who, Applicant(uuid4(), uuid4(), "sv"))
    if what == "own-part":
        if who == "nobody":
            answer = await couple.backend.trelleborg.get(
                f"joint-applications/{couple.joint}/own-part", **{"X-Read-Grant": "made up"}
            )
        else:
            answer = await couple.reads_own(somebody)
    elif what == "standing":
        query = JointQuery(person=somebody.person, at=couple.backend.clock())
        answer = await couple.backend.trelleborg.post(f"joint-applications/{couple.joint}/standing", query)
    else:
        calls = {
            "parts": HandInPart(part=part(somebody, couple.backend)),
            "attestations": couple.attestation(somebody),
            "withdrawals": LeaveJoint(person=somebody.person, at=couple.backend.clock()),
        }
        answer = await couple.put(what, calls[what])
    one_of_them = who in ("amina", "omar")
    expected = (200, 204) if one_of_them else (403,) if (who, what) == ("nobody", "own-part") else (404,)
    assert answer.status_code in expected, answer.text
    hers = {"amina": ONLY_AMINA, "omar": ONLY_OMAR}.get(who)
    for words in {ONLY_AMINA, ONLY_OMAR} - {hers}:
        assert words not in answer.text
    if not one_of_them:
        assert (await couple.standing(couple.amina)).own_version == 1


async def test_an_application_of_two_that_there_is_not_looks_like_anothers(couple: Couple) -> None:
    query = JointQuery(person=couple.amina.person, at=couple.backend.clock())
    there_is_none = await couple.backend.trelleborg.post(f"joint-applications/{uuid4()}/standing", query)
    stranger = await couple.backend.trelleborg.asks_for_help()
    anothers = await couple.backend.trelleborg.post(
        f"joint-applications/{couple.joint}/standing", query.model_copy(update={"person": stranger.person})
    )
    assert there_is_none.status_code == anothers.status_code == 404
    assert there_is_none.json()["title"] == anothers.json()["title"]


async def test_whoever_is_made_one_with_the_other_reads_neither_part(couple: Couple) -> None:
    """A code written in the wrong place, or by force, makes two persons one: then nobody is either of the two."""
    call = SamePerson(person=couple.omar.person, into=couple.amina.person, at=couple.backend.clock())
    assert (await couple.backend.trelleborg.put(f"same-persons/{uuid4()}", call)).status_code == 204
    answer = await couple.reads_own(couple.amina)
    assert answer.json()["code"] == "invalid"
    assert ONLY_AMINA not in answer.text
    assert ONLY_OMAR not in answer.text


async def test_whoever_was_taken_for_somebody_else_has_her_own_part_when_they_are_parted(backend: Backend) -> None:
    """Amina and Omar begin while each was taken for another; then staff find that they were not."""
    amina, omar = await backend.trelleborg.asks_for_help(language="ar"), await backend.trelleborg.asks_for_help()
    others = [await backend.trelleborg.asks_for_help() for _ in range(2)]
    async with backend.database().transaction() as session:
        for one, other in zip((amina, omar), others, strict=True):
            await merging.merge(session, backend.clock, MARIA, one.person, other.person)
    call = InvitePart(person=amina.person, at=backend.clock(), month=DECEMBER)
    receipt = JointReceipt.model_validate((await backend.trelleborg.put(f"joint-applications/{uuid4()}", call)).json())
    couple = Couple(backend, amina, omar, receipt.joint)
    assert (await couple.joins(omar)).status_code == 200
    async with backend.database().transaction() as session:
        for other in others:
            (standing,) = await merging.standing(session, other.person)
            await merging.part(session, backend.clock, MARIA, standing.id)
    for one in (amina, omar):
        await couple.hands_in(one)
    for one in (amina, omar):
        await couple.attests(one)
    assert (await couple.standing(amina)).receipt is not None
    query = JointQuery(person=others[0].person, at=backend.clock())
    answer = await backend.trelleborg.post(f"joint-applications/{couple.joint}/standing", query)
    assert answer.json()["code"] == "not-found"
