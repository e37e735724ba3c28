"""Where documents are kept: a folder or an S3 bucket, which never sees anything but sealed objects.

An object is sealed before it leaves the process (JWE, bound to municipality, document and version) and opened in the
process, each time somebody who may reads it. A written object is never written again: what changes gets a new version.
"""

import asyncio
import os
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, ObjectStore, S3Store

from backend.seal import SealKeys, WrongSeal
from backend.settings import Storage

_PATIENCE = timedelta(seconds=30)
_ASKED = timedelta(seconds=10)


class ArchiveAway(Exception):
    """The archive did not answer; whoever asked asks again later."""


class Damaged(Exception):
    """An object is missing, is not the one that was written, or does not open. Says which, never what is in it."""


@dataclass(frozen=True)
class Kept:
    """An object as it was written: the name of the key that seals it, and its digest."""

    seal_key: str
    sha256: str


def store(storage: Storage) -> ObjectStore:
    """The folder or the bucket of a setting. A folder is made when it is first written to."""
    parts = urlsplit(storage.url)
    if parts.scheme == "file":
        return LocalStore(Path(unquote(parts.path)))
    return S3Store(
        parts.netloc,
        prefix=parts.path.strip("/") or None,
        endpoint=storage.endpoint or None,
        region=storage.region,
        access_key_id=storage.key_id,
        secret_access_key=storage.secret,
        client_options={"timeout": _PATIENCE, "allow_http": storage.endpoint.startswith("http://")},
        retry_config={"max_retries": 2, "retry_timeout": _PATIENCE},
    )


async def reachable(storage: Storage) -> str:
    """Why the archive cannot be reached; empty when it can. Changes nothing."""
    if (folder := _folder(storage)) is not None:
        while not folder.exists() and folder != folder.parent:
            folder = folder.parent  # it is made when it is first needed
        return "" if os.access(folder, os.W_OK | os.X_OK) else "nothing can be written there"
    try:
        async with asyncio.timeout(_ASKED.total_seconds()):
            await obstore.list(store(storage), chunk_size=1).__anext__()
    except StopAsyncIteration:
        return ""
    except (BaseError, OSError, ValueError) as error:
        return type(error).__name__
    return ""


class Archive:
    """One municipality's part of the store."""

    def __init__(self, storage: Storage, municipality: str, keys: SealKeys) -> None:
        self._municipality, self._keys = municipality, keys
        self._folder = _folder(storage)
        self._storage, self._opened = storage, None if self._folder else store(storage)

    @property
    def seal_key(self) -> str:
        """The name of the key documents are sealed with now."""
        return self._keys.current

    def path(self, document: UUID, version: int) -> str:
        """Where the object of a document lies."""
        return f"{self._municipality}/{document}/{version}"

    async def keep(self, paper: bytes, document: UUID, version: int) -> Kept:
        """Seal a paper and write it. When this returns it outlives a loss of power. Raises ArchiveAway."""
        sealed = await asyncio.to_thread(self._sealed, paper, document, version)
        path = self.path(document, version)
        try:
            await obstore.put_async(self._store(), path, sealed)
            if self._folder is not None:
                await asyncio.to_thread(_settle, self._folder, path)
        except (BaseError, OSError) as error:
            raise ArchiveAway(type(error).__name__) from None
        return Kept(self.seal_key, sha256(sealed).hexdigest())

    async def open(self, document: UUID, version: int, digest: str) -> bytes:
        """A paper again. Raises ArchiveAway and Damaged."""
        try:
            answer = await obstore.get_async(self._store(), self.path(document, version))
            sealed = bytes(await answer.bytes_async())
        except FileNotFoundError:
            raise Damaged(f"object of document {document} is missing") from None
        except (BaseError, OSError) as error:
            raise ArchiveAway(type(error).__name__) from None
        if sha256(sealed).hexdigest() != digest:
            raise Damaged(f"object of document {document} is not the one that was written")
        try:
            return await asyncio.to_thread(
                self._keys.open_bytes, sealed.decode(errors="replace"), **self._bound(document, version)
            )
        except WrongSeal as wrong:
            raise Damaged(f"object of document {document}: {wrong}") from None

    async def remove(self, path: str) -> None:
        """Take an object away; one that is not there is gone already. Raises ArchiveAway."""
        try:
            await obstore.delete_async(self._store(), path)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise ArchiveAway(type(error).__name__) from None

    def _store(self) -> ObjectStore:
        if self._opened is None:
            if self._folder is not None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._opened = store(self._storage)
        return self._opened

    def _sealed(self, paper: bytes, document: UUID, version: int) -> bytes:
        return self._keys.seal(paper, **self._bound(document, version)).encode()

    def _bound(self, document: UUID, version: int) -> dict[str, str]:
        return {"municipality": self._municipality, "document": str(document), "version": str(version)}


def _folder(storage: Storage) -> Path | None:
    parts = urlsplit(storage.url)
    return Path(unquote(parts.path)) if parts.scheme == "file" else None


def _settle(folder: Path, path: str) -> None:
    """Have the file, and the folders that name it, on the disk itself."""
    place = folder / path
    for one in (place, *place.parents):
        handle = os.open(one, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
        if one == folder:
            return
