"""Seals what only the municipality may read, with its public key: compact JWE (RFC 7516), ECDH-ES and A256GCM.

The protected header names municipality, person and key (of the call that carries it), so that a sealed value cannot
be filed with somebody else. What is sealed here cannot be opened here.
"""

from uuid import UUID

from joserfc import jwe
from joserfc.jwk import ECKey

from backend.contract import Policy

ALGORITHM, ENCRYPTION = "ECDH-ES", "A256GCM"

# The registry that comes with joserfc refuses header members it does not know; three of ours are.
_REGISTRY = jwe.JWERegistry(algorithms=[ALGORITHM, ENCRYPTION], strict_check_header=False)


def seal(plain: str, policy: Policy, person: UUID | None, key: UUID) -> str:
    """Seal a text for the policy's municipality with its current key."""
    current = ECKey.import_key(policy.seal_keys[0])
    current.ensure_kid()
    header = {
        "alg": ALGORITHM,
        "enc": ENCRYPTION,
        "kid": current.kid,
        "municipality": policy.municipality,
        "person": str(person) if person else "",
        "key": str(key),
    }
    return jwe.encrypt_compact(header, plain.encode(), current, registry=_REGISTRY)
