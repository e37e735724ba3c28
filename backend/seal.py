"""The municipality's seal: a key pair that lets others lock things only this municipality can open.

What people send unasked (a personnummer, a photo) and the secret answers of the page are sealed with the public key by
the half that talks, as compact JWE (RFC 7516) with ``ECDH-ES`` and ``A256GCM``. The protected header names what the
value belongs to, so that a sealed value cannot be filed with another person.
"""

import base64
import json
from typing import Any

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

ALGORITHM = "ECDH-ES"
ENCRYPTION = "A256GCM"
BOUND_TO = ("municipality", "person", "key")
"""Members of the protected header besides ``alg``, ``enc`` and ``kid``: the municipality's slug, the person's id (empty
when unknown) and the idempotency key of the call that carries it."""

# The registry that comes with joserfc refuses header members it does not know; these three are ours.
_REGISTRY = jwe.JWERegistry(algorithms=[ALGORITHM, ENCRYPTION], strict_check_header=False)


class WrongSeal(Exception):  # noqa: N818  # reads as what happened
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

    def open(self, sealed: str, **bound_to: str) -> str:
        """The plain text, when it was sealed for this municipality, person and key. Raises WrongSeal."""
        check(sealed, **bound_to)
        try:
            opened = jwe.decrypt_compact(sealed, KeySet(list(self._keys)), registry=_REGISTRY)
        except (JoseError, ValueError):
            raise WrongSeal("the seal does not open with this municipality's keys") from None
        return (opened.plaintext or b"").decode(errors="replace")


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
    for name in BOUND_TO:
        if header.get(name, "") != bound_to[name]:
            raise WrongSeal(f"bound to another {name}")
