"""The municipality's own OpenID provider: what is asked of it about staff, and what is believed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from json import dumps
from typing import Any

from backend.identity.provider import Begun, Client, NotBelieved, OpenID


@dataclass(frozen=True)
class StaffClient(Client):
    """The agreement. ``roles``: a role for each group; who is in several sits down with the first of them, and may sit
    as the others. The claims say where account, first name and groups stand in the ID token."""

    roles: Mapping[str, str] = field(default_factory=dict)
    account_claim: str = "sub"
    name_claim: str = "given_name"
    groups_claim: str = "groups"


@dataclass(frozen=True)
class Colleague:
    """Who signed in. ``roles``: each of her groups', in the order of the agreement; none is nobody here."""

    account: str = field(repr=False)
    name: str
    roles: tuple[str, ...]


def callback(public_url: str, slug: str) -> str:
    """Where the provider sends a browser back to: one address a municipality."""
    return f"{public_url}/inbox/sign-in/oidc/{slug}/back"


class StaffProvider(OpenID[StaffClient]):
    """Who is signed in at work already signs in here without a word: the provider decides how sure that is."""

    scope = "openid profile"

    def _wanted(self) -> Mapping[str, str]:
        given = self.given
        names = (given.account_claim, given.name_claim, given.groups_claim)
        return {"claims": dumps({"id_token": {name: None for name in names if name != "sub"}})}

    async def colleague(self, begun: Begun, code: str, issuer: str) -> Colleague:
        """Who is back, for the code she brought. Raises NotBelieved and ProviderAway."""
        claims: Mapping[str, Any] = await self.believed(begun, code, issuer)
        account, name = claims.get(self.given.account_claim), claims.get(self.given.name_claim)
        if not isinstance(account, str) or not account:
            raise NotBelieved("no account")
        if not isinstance(name, str) or not name.strip() or len(name) > 60 or not name.isprintable():
            raise NotBelieved("no name")
        groups = claims.get(self.given.groups_claim)
        held = {groups} if isinstance(groups, str) else {one for one in groups or () if isinstance(one, str)}
        roles = dict.fromkeys(role for group, role in self.given.roles.items() if group in held)
        return Colleague(account, name.strip(), tuple(roles))
