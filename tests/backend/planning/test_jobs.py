"""Jobs she has applied for, as she tells of them: kept on her case, replaced by what she tells more, hers alone."""

from datetime import date
from uuid import UUID, uuid4

from backend import persons
from backend.contract import TellOfJob
from backend.planning import jobs
from backend.planning.jobs import Job
from tests.backend.stories import Applicant, Backend, at_once

THURSDAY, FRIDAY = date(2026, 11, 26), date(2026, 11, 27)


async def tells(backend: Backend, kim: Applicant, job: UUID, *, key: UUID | None = None, **words: object) -> int:
    call = TellOfJob.model_validate({"person": kim.person, "at": backend.clock(), "on": FRIDAY, **words})
    return (await backend.trelleborg.put(f"jobs/{job}/{key or uuid4()}", call)).status_code


async def told(backend: Backend, kim: Applicant) -> tuple[Job, ...]:
    async with backend.database().transaction() as session:
        return await jobs.of_person(session, kim.person)


async def test_what_she_tells_more_replaces_what_she_said_of_the_same_job(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    first, second = uuid4(), uuid4()
    assert await tells(backend, kim, first) == 204
    assert await tells(backend, kim, second, employer="ICA", on=THURSDAY) == 204
    backend.clock.advance(minutes=1)
    assert await tells(backend, kim, first, title="Lager, DHL") == 204
    assert await told(backend, kim) == (Job(FRIDAY, "Lager, DHL", ""), Job(THURSDAY, "", "ICA"))


async def test_the_same_twice_is_once_and_another_persons_job_is_not_found(backend: Backend) -> None:
    kim = await backend.trelleborg.asks_for_help(language="sv")
    other = await backend.trelleborg.asks_for_help(language="sv")
    job, key = uuid4(), uuid4()
    assert set(await at_once(*(tells(backend, kim, job, key=key, employer="ICA") for _ in range(3)))) == {204}
    assert await tells(backend, kim, job, key=key, employer="Lidl") == 422
    assert await tells(backend, other, job, employer="Lidl") == 404
    assert await told(backend, kim) == (Job(FRIDAY, "", "ICA"),)
    assert await told(backend, other) == ()
    async with backend.database().transaction() as session:
        await persons.merge(session, kim.person, other.person)
    assert len(await told(backend, other)) == 1
