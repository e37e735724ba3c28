"""One codec for what lies at rest: AES-GCM with a data key per municipality, wrapped by an envelope key.

The data key lies wrapped in the municipality's own database (table ``data_keys``); the envelope key comes from the
settings (``IMORGON_ENVELOPE_KEY``) and is in no database. Erasing the data key erases what it protects. Every value is
bound to its place (``table:column:id``), so a value moved to another row does not open.
"""

import base64
import binascii
import hmac
import json
import os
from collections.abc import Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_FORMAT = 1
_NONCE = 12
_HEAD = 3


class CannotOpen(Exception):
    """A sealed value did not open: wrong key, wrong place or damaged. Says where, never what."""


def envelope_key(text: str) -> bytes:
    """The envelope key from its setting: 32 bytes in base64 (``openssl rand -base64 32``).

    Raises ValueError, without the value, when it is not that.
    """
    try:
        key = base64.b64decode(text.strip().replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("is not base64") from None
    if len(key) != 32:
        raise ValueError("is not 32 bytes in base64 (openssl rand -base64 32)")
    return key


def wrap(envelope: bytes, data_key: bytes, municipality: str, number: int) -> bytes:
    """A data key sealed by the envelope key, bound to the municipality and the key's number."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(envelope).encrypt(nonce, data_key, f"data_keys:{municipality}:{number}".encode())


def unwrap(envelope: bytes, wrapped: bytes, municipality: str, number: int) -> bytes:
    """The data key again. Raises CannotOpen for another envelope key or another municipality's database."""
    aad = f"data_keys:{municipality}:{number}".encode()
    try:
        return AESGCM(envelope).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], aad)
    except (InvalidTag, ValueError):
        raise CannotOpen(
            f"IMORGON_ENVELOPE_KEY does not open the data key in {municipality}'s database: "
            "another envelope key, or another municipality's database"
        ) from None


class Codec:
    """Seals and opens values of one municipality. The newest data key seals; all of them open."""

    def __init__(self, data_keys: Mapping[int, bytes]) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in data_keys.items()}
        self._current = max(data_keys)
        # The blind index must stay findable when the data key is renewed, so it hangs on the first one.
        self._index_key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"imorgon blind index").derive(
            data_keys[min(data_keys)]
        )

    def encrypt(self, plain: str, *, table: str, column: str, row: UUID | str | int) -> bytes:
        """Seal a text for one place."""
        nonce = os.urandom(_NONCE)
        head = bytes([_FORMAT]) + self._current.to_bytes(2, "big")
        return head + nonce + self._ciphers[self._current].encrypt(nonce, plain.encode(), _place(table, column, row))

    def decrypt(self, sealed: bytes, *, table: str, column: str, row: UUID | str | int) -> str:
        """Open a text of one place. Raises CannotOpen."""
        number = int.from_bytes(sealed[1:_HEAD], "big")
        cipher = self._ciphers.get(number)
        if sealed[:1] != bytes([_FORMAT]) or cipher is None:
            raise CannotOpen(f"{table}.{column}: unknown format or data key")
        nonce, body = sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :]
        try:
            return cipher.decrypt(nonce, body, _place(table, column, row)).decode()
        except (InvalidTag, ValueError):
            raise CannotOpen(f"{table}.{column}: damaged, or moved from another row") from None

    def encrypt_json(self, value: Any, *, table: str, column: str, row: UUID | str | int) -> bytes:
        """Seal a JSON value for one place."""
        return self.encrypt(json.dumps(value, ensure_ascii=False), table=table, column=column, row=row)

    def decrypt_json(self, sealed: bytes, *, table: str, column: str, row: UUID | str | int) -> Any:
        """Open a JSON value of one place."""
        return json.loads(self.decrypt(sealed, table=table, column=column, row=row))

    def blind(self, purpose: str, value: str) -> bytes:
        """A keyed digest to find an encrypted value by (telephone numbers, codes) or to compare requests with."""
        return hmac.new(self._index_key, f"{purpose}\0{value}".encode(), sha256).digest()


def _place(table: str, column: str, row: UUID | str | int) -> bytes:
    return f"{table}:{column}:{row}".encode()
