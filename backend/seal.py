"""The municipality's seal: a key pair that lets others lock things only this municipality can open.

What people send unasked (a personnummer, a photo) and the secret answers of the page are sealed with the public key by
the half that talks, as compact JWE (RFC 7516) with ``ECDH-ES`` and ``A256GCM``. The protected header names what the
value belongs to, so that a sealed value cannot be filed with another person: the municipality's slug, the person's id
(empty when unknown) and the idempotency key of the call that carries it. Documents are sealed here, for where they are
kept; their header names municipality, document and version.
"""

import base64
import json
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

ALGORITHM = "ECDH-ES"
ENCRYPTION = "A256GCM"


class _Registry(jwe.JWERegistry):
    """The registry that comes with joserfc takes 64 kB at most; a photo is more, and so is a paper of many pages."""

    max_ciphertext_length = 1 << 28


# It refuses header members it does not know, too; those a value is bound by are ours.
_REGISTRY = _Registry(algorithms=[ALGORITHM, ENCRYPTION], strict_check_header=False)


class WrongSeal(Exception):
    """A sealed value that is no JWE, is of an unknown key, or is bound to something else. Never says what was in it."""


class SealKeys:
    """A municipality's private keys, the current one first. All of them open; the first is the one to seal with."""

    def __init__(self, text: str) -> None:
        """From a setting: one private EC JWK, or a JWK set. Raises ValueError without the value."""
        try:
            document = json.loads(text)
            keys = document.get("keys", [document])
            self._keys = [ECKey.import_key(key) for key in keys]
        except (ValueError, AttributeError, TypeError, JoseError):
            raise ValueError("is not a JWK or a JWK set of elliptic-curve keys in JSON") from None
        if not self._keys or not all(key.is_private for key in self._keys):
            raise ValueError("has no private key")
        for key in self._keys:
            key.ensure_kid()

    @property
    def public(self) -> tuple[dict[str, Any], ...]:
        """The public halves, current first, for the policy."""
        return tuple({**key.as_dict(private=False), "use": "enc", "alg": ALGORITHM} for key in self._keys)

    @property
    def current(self) -> str:
        """The name of the key that seals now."""
        return str(self._keys[0].kid)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all of them, current first."""
        return tuple(str(key.kid) for key in self._keys)

    def seal(self, plain: bytes, **bound_to: str) -> str:
        """Seal for this municipality with its current key, bound to what it belongs to."""
        header = {"alg": ALGORITHM, "enc": ENCRYPTION, "kid": self.current, **bound_to}
        return jwe.encrypt_compact(header, plain, self._keys[0], registry=_REGISTRY)

    def open(self, sealed: str, **bound_to: str) -> str:
        """The plain text, when it was sealed for this municipality, person and key. Raises WrongSeal."""
        return self.open_bytes(sealed, **bound_to).decode(errors="replace")

    def open_bytes(self, sealed: str, **bound_to: str) -> bytes:
        """What was sealed, when it is bound to just this. Raises WrongSeal."""
        check(sealed, **bound_to)
        key = named(sealed)
        if key and key not in self.names:
            # Not lost as long as the key is: from escrow it is given after the current one.
            raise WrongSeal(f"the seal does not open: its key {key} is not among this municipality's")
        try:
            opened = jwe.decrypt_compact(sealed, KeySet(list(self._keys)), registry=_REGISTRY)
        except (JoseError, ValueError):
            raise WrongSeal("the seal does not open with this municipality's keys") from None
        return opened.plaintext or b""


def named(sealed: str) -> str:
    """The name of the key a value was sealed with; empty where it names none. Needs no key."""
    head = sealed.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except ValueError:
        return ""
    return str(header.get("kid") or "") if isinstance(header, dict) else ""


def check(sealed: str, **bound_to: str) -> None:
    """Is this a sealed value, and bound to what it says? Needs no key. Raises WrongSeal."""
    head, *rest = sealed.split(".")
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except ValueError:
        raise WrongSeal("not a compact JWE") from None
    if len(rest) != 4 or not isinstance(header, dict):
        raise WrongSeal("not a compact JWE")
    if header.get("alg") != ALGORITHM or header.get("enc") != ENCRYPTION:
        raise WrongSeal("not sealed with ECDH-ES and A256GCM")
    for name, value in bound_to.items():
        if header.get(name, "") != value:
            raise WrongSeal(f"bound to another {name}")
