"""The backend's figures: what was promised and is near, what there is to do, where feeds end."""

from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from backend import promises, tasks
from tests.backend.stories import MONDAY, PERSON_NUMBER, TELEPHONE, Backend, StoryClock, started


async def figures(backend: Backend, **headers: str) -> list[Sample]:
    answer = await backend.trelleborg.client.get("/metrics", headers=headers)
    assert answer.status_code == 200
    return [sample for family in text_string_to_metric_families(answer.text) for sample in family.samples]


def value(found: list[Sample], name: str, **labels: str) -> float:
    return sum(
        one.value for one in found if one.name == f"imorgon_backend_{name}" and labels.items() <= one.labels.items()
    )


async def test_promises_near_breaking_and_broken_are_told(backend: Backend) -> None:
    amal = await backend.trelleborg.asks_for_help()
    due = backend.clock.advance(hours=4)
    async with backend.database().transaction() as session:
        await promises.make(session, "call", amal.person, at=MONDAY, due_at=due)
    backend.clock.now = MONDAY
    assert value(await figures(backend), "promises", municipality="trelleborg", what="call", stands="open") == 1
    backend.clock.advance(hours=3, minutes=46)
    assert value(await figures(backend), "promises", what="call", stands="near") == 1
    backend.clock.advance(minutes=15)
    found = await figures(backend)
    assert value(found, "promises", what="call", stands="broken") == 1
    assert value(found, "promises", what="call", stands="near") == 0
    assert value(found, "promises", what="decision", stands="broken") == 0


async def test_open_tasks_and_the_end_of_the_feed_are_told(backend: Backend) -> None:
    async with backend.database().transaction() as session:
        await tasks.add(
            session, "letter", "unreachable", at=MONDAY, due_at=MONDAY, words=f"{TELEPHONE} {PERSON_NUMBER}"
        )
        await tasks.add(session, "letter", "opted-out", at=MONDAY)
    backend.clock.advance(hours=1)
    found = await figures(backend)
    letters = {"municipality": "trelleborg", "kind": "letter", "queue": "customer-service"}
    assert value(found, "tasks", **letters, stands="late") == 1
    assert value(found, "tasks", **letters, stands="open") == 1
    assert value(found, "tasks_oldest_seconds", municipality="trelleborg", kind="letter") == 3600
    assert value(found, "feed_position", municipality="trelleborg") == 0
    assert value(found, "build_info") == 1


async def test_a_database_that_is_down_keeps_nobody_from_the_others(
    environ_of_both: dict[str, str], clock: StoryClock, tmp_path: Path
) -> None:
    gone = {**environ_of_both, "IMORGON_BACKEND_DATABASE_URL_TRELLEBORG": f"postgresql://x@/x?host={tmp_path}"}
    async with started(gone, clock) as backend:
        found = await figures(backend)
    assert value(found, "database_up", municipality="trelleborg") == 0
    assert value(found, "database_up", municipality="svedala") == 1
    assert value(found, "feed_position", municipality="svedala") == 0
    assert {one.labels["municipality"] for one in found if one.name.endswith("feed_position")} == {"svedala"}


async def test_without_a_token_nobody_reads_through_a_proxy(backend: Backend) -> None:
    answer = await backend.trelleborg.client.get("/metrics", headers={"X-Forwarded-For": "192.0.2.1"})
    assert answer.status_code == 403


async def test_with_a_token_whoever_shows_it(environ: dict[str, str], clock: StoryClock) -> None:
    token = "made-up-token-for-figures-" * 2
    async with started({**environ, "IMORGON_METRICS_TOKEN": token}, clock) as backend:
        assert (await backend.trelleborg.client.get("/metrics")).status_code == 403
        found = await figures(backend, Authorization=f"Bearer {token}", **{"X-Forwarded-For": "192.0.2.1"})
        assert value(found, "build_info") == 1
