"""What each municipality decided, kept so that the talk goes on while the backend is away."""

from datetime import timedelta
from time import monotonic

import structlog
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from backend.contract import Channel, ContractError, Policy
from bot.backend import Backend, BackendAway
from bot.database import Database
from bot.tables import policies

FRESH = timedelta(seconds=30)
"""How long a policy is used before the table is looked at again (real time); the worker fetches it as often."""

log = structlog.get_logger()


def may_use(policy: Policy, channel: Channel) -> bool:
    """Whether the municipality's decisions let a channel be used at all."""
    return policy.telegram or channel != "telegram"


class NoPolicy(Exception):
    """A municipality's policy has never been fetched, and its backend does not answer now."""


class Policies:
    """The policies of the municipalities served: from memory, from the table, from the backend, in that order."""

    def __init__(self, database: Database, backend: Backend) -> None:
        self._database, self._backend = database, backend
        self._known: dict[str, tuple[float, Policy]] = {}

    async def get(self, municipality: str) -> Policy:
        """The policy as last fetched. Asks the backend only when none ever was. Raises NoPolicy, database errors."""
        return await self.kept(municipality) or await self.fetch(municipality)

    async def kept(self, municipality: str) -> Policy | None:
        """The policy as last fetched, if one ever was. Never waits for the backend. Raises database errors."""
        known = self._known.get(municipality)
        if known is not None and monotonic() - known[0] < FRESH.total_seconds():
            return known[1]
        async with self._database.reading() as connection:
            found = select(policies.c.body).where(policies.c.municipality == municipality)
            body = (await connection.execute(found)).scalar_one_or_none()
        if body is None:
            return None
        policy = Policy.model_validate(body)
        self._known[municipality] = (monotonic(), policy)
        return policy

    async def fetch(self, municipality: str) -> Policy:
        """Ask the backend and keep what it says. Raises NoPolicy."""
        try:
            policy = await self._backend.policy(municipality)
        except (BackendAway, ContractError) as error:
            log.warning("policy not fetched", municipality=municipality, error=str(error))
            raise NoPolicy(municipality) from None
        kept = insert(policies).values(municipality=municipality, body=policy.model_dump(mode="json"))
        async with self._database.transaction() as connection:
            await connection.execute(
                kept.on_conflict_do_update(
                    index_elements=["municipality"], set_={"body": kept.excluded.body, "fetched_at": func.now()}
                )
            )
        self._known[municipality] = (monotonic(), policy)
        return policy
