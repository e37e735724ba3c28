"""The benchmarks still measure, and meet no wrong reply. How fast is nothing a test says."""

import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.unmeasured

ROOT = Path(__file__).parents[1]


def _printed(benchmark: str, *options: str) -> list[str]:
    command = [sys.executable, "-m", f"benchmarks.{benchmark}", *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_the_engine_is_measured() -> None:
    [line] = _printed("engine")
    assert line.startswith("engine: ")


def test_the_longest_application_is_measured_to_its_summary() -> None:
    [line] = _printed("longest")
    assert line.startswith("longest: 1")


@pytest.mark.long
def test_free_times_are_measured_beside_their_floors() -> None:
    lines = _printed("free_times", "--looks", "1", "--people", "20", "--seconds", "1")
    assert [line.split(":")[0] for line in lines] == ["free times"] * 3 + ["bookings"]


@pytest.mark.long
def test_turns_are_measured_through_both_webhooks_and_until_the_replies_have_left() -> None:
    lines = _printed("turns", "--few", "--conversations", "3", "--seconds", "1")
    assert len([line for line in lines if line.endswith("no wrong reply")]) == 3
    assert all("75 turns" in line for line in lines[-3:-1])


@pytest.mark.long
def test_reminders_are_sent_once_and_in_order_by_one_worker_and_by_two() -> None:
    lines = _printed("reminders", "--reminders", "200", "--workers", "1", "2", "--writers", "3")
    assert [line.endswith("each sent once, in order") for line in lines[-2:]] == [True, True]


@pytest.mark.long
def test_the_inbox_is_measured_alone_and_with_pages_open() -> None:
    lines = _printed("inbox", "--threads", "100", "--viewers", "4", "--pages", "4", "--changes", "2")
    assert len(lines) == 12
    assert all(line.startswith("inbox: ") for line in lines)


@pytest.mark.long
def test_memory_is_measured() -> None:
    assert "after 8 conversations" in _printed("memory", "--conversations", "8")[-2]
