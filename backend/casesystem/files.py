"""Events as files for an import: a folder per case, one JSON for each event and its PDF where there is one.

Each file is there whole or not at all. The JSON comes last, so whoever sees it may read what lies beside it. The same
event again is the same names with the same content, and has the webhook's id within.
"""

import asyncio
import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from backend.casesystem.ways import Happened, NotNow

_FOLDER_MODE, _FILE_MODE = 0o750, 0o640
WITHOUT_A_CASE = "utan-arende"


@dataclass(frozen=True)
class Files:
    """The way into a folder, which another program empties."""

    folder: Path

    async def send(self, happened: Happened, now: datetime) -> None:  # noqa: ARG002  # a file has no moment of its own
        """Raises NotNow where the folder cannot be written."""
        try:
            await asyncio.to_thread(self._put, happened)
        except OSError as error:
            raise NotNow(type(error).__name__) from None

    def trouble(self) -> str:
        """Why nothing can be written there, in a word; nothing when it can."""
        if not self.folder.is_dir():
            return "there is no such folder"
        return "" if os.access(self.folder, os.W_OK | os.X_OK) else "we may not write there"

    def _put(self, happened: Happened) -> None:
        if not self.folder.is_dir():
            # Made by whoever runs the import. What is not mounted just now must not be written under its mount point.
            raise NotADirectoryError
        case = self.folder / (str(happened.case) if happened.case else WITHOUT_A_CASE)
        case.mkdir(mode=_FOLDER_MODE, exist_ok=True)
        _sync(self.folder)  # made just now, or by a try that died before this
        name = f"{happened.number:012d}-{happened.kind}"
        told = {"id": str(happened.id), **json.loads(happened.body), **happened.more}
        if happened.paper is not None:
            told["file"] = f"{name}.pdf"
            _write(case / f"{name}.pdf", happened.paper)
        _write(case / f"{name}.json", json.dumps(told, ensure_ascii=False, indent=1).encode())


def _write(file: Path, content: bytes) -> None:
    """The whole file under its name at once: written beside it, on the disk, then renamed. What a try that was killed
    left beside it goes."""
    for left in file.parent.glob(f".{file.name}.*"):
        left.unlink(missing_ok=True)
    beside = file.with_name(f".{file.name}.{uuid4().hex}")
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _FILE_MODE)
        with os.fdopen(handle, "wb") as opened:
            opened.write(content)
            opened.flush()
            os.fsync(opened.fileno())
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    _sync(file.parent)


def _sync(folder: Path) -> None:
    """What lies in a folder is there after a power cut, too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
