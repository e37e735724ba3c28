"""One codec for what lies at rest: AES-GCM with a data key per municipality, wrapped by an envelope key.

The data keys lie wrapped in the table ``data_keys``; the envelope key comes from the settings and is in no database.
Erasing a municipality's data keys erases all that people said to it. Every value is bound to its place
(``table:column:id``), so a value moved to another row does not open.
"""

import hmac
import os
from collections.abc import Mapping
from hashlib import sha256
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


class WrongKey(Exception):
    """The envelope key does not open a municipality's data key: nothing can be read, and nothing may be taken in."""


def wrap(envelope: bytes, data_key: bytes, municipality: str, number: int) -> bytes:
    """A data key sealed by the envelope key, bound to the municipality and the key's number."""
    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(envelope).encrypt(nonce, data_key, _key_place(municipality, number))


def unwrap(envelope: bytes, wrapped: bytes, municipality: str, number: int) -> bytes:
    """The data key again. Raises WrongKey for another envelope key."""
    try:
        return AESGCM(envelope).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], _key_place(municipality, number))
    except InvalidTag:
        raise WrongKey(f"IMORGON_ENVELOPE_KEY does not open the bot's data key {number} of {municipality}") from None


class Codec:
    """Seals and opens values of one municipality. The newest data key seals; all of them open."""

    def __init__(self, data_keys: Mapping[int, bytes]) -> None:
        self._ciphers = {number: AESGCM(key) for number, key in data_keys.items()}
        self._current = max(data_keys)
        # What was found by its blind index must stay findable when the data key is renewed, so it hangs on the first.
        self._index_key = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"imorgon blind index").derive(
            data_keys[min(data_keys)]
        )

    def seal(self, plain: str | bytes, table: str, column: str, row: UUID | str) -> bytes:
        """Seal a text for one place."""
        data = plain.encode() if isinstance(plain, str) else plain
        nonce = os.urandom(_NONCE)
        head = bytes([_FORMAT]) + self._current.to_bytes(2, "big")
        return head + nonce + self._ciphers[self._current].encrypt(nonce, data, _place(table, column, row))

    def open(self, sealed: bytes, table: str, column: str, row: UUID | str) -> bytes:
        """Open a value of one place. Raises CannotOpen."""
        number = int.from_bytes(sealed[1:_HEAD], "big")
        cipher = self._ciphers.get(number)
        if sealed[:1] != bytes([_FORMAT]) or cipher is None:
            raise CannotOpen(f"{table}.{column}: unknown format or data key")
        nonce, body = sealed[_HEAD : _HEAD + _NONCE], sealed[_HEAD + _NONCE :]
        try:
            return cipher.decrypt(nonce, body, _place(table, column, row))
        except InvalidTag:
            raise CannotOpen(f"{table}.{column}: damaged, or moved from another row") from None

    def blind(self, purpose: str, value: str) -> bytes:
        """A keyed digest, to find an encrypted value by or to recognise one seen before."""
        return hmac.new(self._index_key, f"{purpose}\0{value}".encode(), sha256).digest()


def _place(table: str, column: str, row: UUID | str) -> bytes:
    return f"{table}:{column}:{row}".encode()


def _key_place(municipality: str, number: int) -> bytes:
    return f"data_keys:{municipality}:{number}".encode()
