"""Who of the municipality's own systems calls: a service account, its token, and what it may tell.

An account is named in the municipality's file with its scopes, and let in where the environment gives it a token; two
are valid while one is changed. It is good for its own municipality alone, and opens none of the bot's calls.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import uuid5

from fastapi import Depends, Path, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col

from backend.access import Reader
from backend.casesystem.events import OURS
from backend.casesystem.models import ServiceCall
from backend.clock import real_time
from backend.database import Database
from backend.errors import OutOfScope, Unauthorized
from backend.municipalities.accounts import Scope, ServiceAccount
from backend.settings import Tenant
from backend.wire import token_digest

NOTED_EVERY = timedelta(minutes=10)
_MARK = 8

_bearer = HTTPBearer(auto_error=False, scheme_name="ServiceAccount", description="a token of a service account")


@dataclass(frozen=True)
class Caller:
    """A service account that is let in, at its own municipality."""

    account: ServiceAccount
    town: Database

    def needs(self, scope: Scope) -> None:
        """Raises OutOfScope unless this is for it."""
        if scope not in self.account.scopes:
            raise OutOfScope(scope=scope)

    def reader(self, human: str = "") -> Reader:
        """Who this is at the door. ``human``: whoever signed it there."""
        name = f"{human} i {self.account.name}" if human else self.account.name
        own = uuid5(OURS, f"{self.town.municipality.slug}/{self.account.slug}")
        return Reader(own, name, "case-system", kind="robot")


def accounts(tenant: Tenant) -> Mapping[bytes, ServiceAccount]:
    """A municipality's accounts, by what their tokens are compared by."""
    named = {account.slug: account for account in tenant.municipality.service_accounts}
    return {token_digest(token): named[slug] for slug, tokens in tenant.service_tokens.items() for token in tokens}


async def _caller(
    request: Request,
    municipality: Annotated[str, Path(examples=["trelleborg"])],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> Caller:
    shown = token_digest(credentials.credentials if credentials else "")
    found: ServiceAccount | None = None
    for digest, account in request.app.state.accounts.get(municipality, {}).items():
        if hmac.compare_digest(shown, digest):
            found = account
    if found is None:
        raise Unauthorized
    town: Database = request.app.state.databases[municipality]
    await _note(request.app.state.shown, town, found, mark(shown))
    return Caller(found, town)


def mark(digest: bytes) -> bytes:
    """By what a token is known again where it is told when it was shown."""
    return digest[:_MARK]


async def _note(
    noted: dict[tuple[str, bytes], datetime], town: Database, account: ServiceAccount, token: bytes
) -> None:
    """Keep that a token was shown, once in a while. ``noted``: when this process last did."""
    key, now = (town.municipality.slug, token), real_time()
    if key in noted and now - noted[key] < NOTED_EVERY:
        return
    row = insert(ServiceCall).values(account=account.slug, token=token, at=now)
    keys = [col(ServiceCall.account), col(ServiceCall.token)]
    async with town.transaction() as session:
        await session.exec(row.on_conflict_do_update(index_elements=keys, set_={"at": row.excluded.at}))
    noted[key] = now


Known = Annotated[Caller, Depends(_caller)]
"""The account of the municipality in the path, whose token was shown."""
