"""What is installed is what is written down: nobody gets a version that was never tested."""

import re
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
OUTSIDE = {"imorgon", "pip", "setuptools", "wheel"}  # ourselves, and what comes with Python


def plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def written() -> list[str]:
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_every_installed_package_is_held_to_its_version() -> None:
    held = {plain(line.split("==")[0]): line.split("==")[1] for line in written()}
    installed = {plain(package.name): package.version for package in metadata.distributions()}

    other = {name: version for name, version in installed.items() if name not in OUTSIDE and held.get(name) != version}
    assert other == {}


def test_the_versions_tell_of_no_machine_and_no_address() -> None:
    assert [line for line in written() if not re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9a-z.]*", line)] == []
