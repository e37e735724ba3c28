"""Seals what only the municipality may read, with its public key: compact JWE (RFC 7516), ECDH-ES and A256GCM.

The protected header names municipality, person and key (of the call that carries it), or run and question, so that a
sealed value cannot be filed with somebody else. What is sealed here cannot be opened here.
"""

from uuid import UUID

from joserfc import jwe
from joserfc.jwk import ECKey

from backend.contract import Policy, SealedAnswer

ALGORITHM, ENCRYPTION = "ECDH-ES", "A256GCM"


class _Registry(jwe.JWERegistry):
    """The registry that comes with joserfc is for 64 kB at most; a photo is more."""

    max_ciphertext_length = 1 << 28


# It refuses header members it does not know, too; three of ours are.
_REGISTRY = _Registry(algorithms=[ALGORITHM, ENCRYPTION], strict_check_header=False)


def seal(plain: str | bytes, policy: Policy, person: UUID | None, key: UUID) -> str:
    """Seal a text or a file for the policy's municipality with its current key."""
    return _sealed(plain, policy, person=str(person) if person else "", key=str(key))


def seal_answer(plain: str, policy: Policy, person: UUID, run: UUID, question: str) -> SealedAnswer:
    """Seal the answer to a secret question of a run; bound to both, it is no answer to any other."""
    jwe = _sealed(plain, policy, person=str(person), run=str(run), question=question)
    return SealedAnswer(run=run, question=question, jwe=jwe)


def _sealed(plain: str | bytes, policy: Policy, **bound_to: str) -> str:
    current = ECKey.import_key(policy.seal_keys[0])
    current.ensure_kid()
    header = {
        "alg": ALGORITHM,
        "enc": ENCRYPTION,
        "kid": current.kid,
        "municipality": policy.municipality,
        **bound_to,
    }
    return jwe.encrypt_compact(header, plain.encode() if isinstance(plain, str) else plain, current, registry=_REGISTRY)
