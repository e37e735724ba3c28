"""An OpenID provider, above all of e-identification: where a browser is sent, and what is believed of who comes back.

OpenID Connect Core 1.0, the authorization code flow with PKCE (RFC 7636), state, nonce, and the issuer in the answer
(RFC 9207). Nothing is believed that is not signed by the provider's own key, for us, for this one sign-in. What it says
of a person beside her number and how sure it is (``acr``) is neither asked for nor kept.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from json import dumps
from typing import Any, Generic, TypeVar
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import AsyncOAuth2Client
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import BadSignatureError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from joserfc.jws import JWSRegistry

TIMEOUT = 8.0
"""Seconds for all that is asked of the provider at one step. The bot waits ten for us."""

SKEW = timedelta(seconds=60)
"""How far the provider's clock may be from ours."""

_KEPT = 600.0  # seconds that what a provider says of itself is believed; a key it withdraws is gone by then
_ASK_AGAIN = 5.0  # seconds between two looks for a key nobody knows, however many ask for one
# Signed by a key that only the provider has: neither "none" nor what our own secret could sign.
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")
_REGISTRY = JWSRegistry(algorithms=_ALGORITHMS, strict_check_header=False)


@dataclass(frozen=True)
class Client:
    """Who we are to a provider."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Eid(Client):
    """A municipality's agreement with a provider of e-identification. ``levels``: the levels of assurance that will
    do, as ``acr`` has them; ``number_claim``: where the personnummer stands."""

    number_claim: str = "https://id.oidc.se/claim/personalIdentityNumber"
    levels: tuple[str, ...] = (
        "http://id.elegnamnden.se/loa/1.0/loa3",
        "http://id.elegnamnden.se/loa/1.0/loa4",
    )


class ProviderAway(Exception):
    """The provider does not answer, or does not do what it should. Says which, and nothing of anybody."""


class NotBelieved(Exception):
    """What came back does not hold. Says which part, never what it was."""


@dataclass(frozen=True)
class Begun:
    """What only we and the browser's way there and back know of one sign-in."""

    state: str
    nonce: str
    verifier: str
    at: datetime


@dataclass(frozen=True)
class Identified:
    """Who signed in: the number as the provider has it. It shows itself nowhere by accident."""

    number: str = field(repr=False)


def callback(public_url: str, slug: str) -> str:
    """Where the provider sends a browser back to: one address a municipality, so that no answer is taken for
    another's."""
    return f"{public_url}/s/e-id/{slug}/back"


def is_safe(url: str) -> bool:
    """Is this an address that nobody between can read or change?"""
    parts = urlsplit(url)
    host = parts.hostname or ""
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and _is_this_machine(host)))


def _is_this_machine(host: str) -> bool:
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


Given = TypeVar("Given", bound=Client)


class OpenID(Generic[Given]):
    """A provider of one municipality's. What it says of itself is asked once in a while, its keys when one is new."""

    scope = "openid"

    def __init__(self, given: Given, redirect_uri: str) -> None:
        self.given, self.redirect_uri = given, redirect_uri
        self._metadata: Mapping[str, Any] = {}
        self._keys = KeySet([])
        self._asked_at = {"metadata": float("-inf"), "keys": float("-inf")}
        self._asking = asyncio.Lock()

    async def address(self, begun: Begun, language: str) -> str:
        """Where the browser goes. Raises ProviderAway."""
        async with self._client() as client:
            metadata = await self._about(client)
            url, _ = client.create_authorization_url(
                metadata["authorization_endpoint"],
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.verifier,
                ui_locales=language,
                **self._wanted(),
            )
        return str(url)

    def _wanted(self) -> Mapping[str, str]:
        """What is asked for beside a sign-in."""
        return {}

    def _essential(self) -> Mapping[str, Any]:
        """The claims that must be there, beside issuer and audience, as Authlib has them."""
        return {}

    async def believed(self, begun: Begun, code: str, issuer: str) -> CodeIDToken:
        """What is believed of who is back, for the code she brought. Raises NotBelieved and ProviderAway."""
        async with self._client() as client:
            metadata = await self._about(client)
            if issuer != self.given.issuer and (
                issuer or metadata.get("authorization_response_iss_parameter_supported") is True
            ):
                raise NotBelieved("another issuer answers")
            try:
                token = await client.fetch_token(
                    metadata["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=begun.verifier,
                    redirect_uri=self.redirect_uri,
                )
            except OAuthError as error:
                if error.error == "invalid_grant":
                    raise NotBelieved("the code is not good there") from None
                raise ProviderAway("it does not take our client") from None
            except ValueError:
                raise ProviderAway("what it answers cannot be read") from None
            signed = token.get("id_token")
            if not isinstance(signed, str):
                raise NotBelieved("no ID token")
            claims = await self._verified(client, signed)
        self._check(claims, begun, token)
        return claims

    async def standing(self) -> str:
        """How it is, for ``imorgon check``: empty when all is well, else what is wrong."""
        self._asked_at = dict.fromkeys(self._asked_at, float("-inf"))
        try:
            async with self._client() as client:
                metadata = await self._about(client)
                await self._known_keys(client)
        except ProviderAway as away:
            return str(away)
        if "S256" not in metadata.get("code_challenge_methods_supported", ["S256"]):
            return "it does not know PKCE with S256"
        return ""

    # --- What it says of itself ---------------------------------------------------------------------------------------

    async def _about(self, client: AsyncOAuth2Client) -> Mapping[str, Any]:
        async with self._asking:
            if time.monotonic() - self._asked_at["metadata"] > _KEPT:
                found = await _json(client, f"{self.given.issuer.rstrip('/')}/.well-known/openid-configuration")
                if found.get("issuer") != self.given.issuer:
                    raise ProviderAway("it calls itself something else than the issuer in the settings")
                if not all(isinstance(found.get(name), str) and is_safe(found[name]) for name in _ENDPOINTS):
                    raise ProviderAway("it names an address that is missing or not safe")
                self._metadata, self._asked_at["metadata"] = found, time.monotonic()
        return self._metadata

    async def _known_keys(self, client: AsyncOAuth2Client, *, old: float | None = None) -> KeySet:
        """Its keys, asked for again when they are ``old`` (or older than is believed), in seconds."""
        async with self._asking:
            if time.monotonic() - self._asked_at["keys"] > (_KEPT if old is None else old):
                found = await _json(client, self._metadata["jwks_uri"])
                try:
                    self._keys = KeySet.import_key_set(found)  # type: ignore[arg-type]  # checked there
                except (JoseError, ValueError, KeyError, TypeError, AttributeError):
                    raise ProviderAway("its keys cannot be read") from None
                self._asked_at["keys"] = time.monotonic()
        return self._keys

    # --- What is believed ---------------------------------------------------------------------------------------------

    async def _verified(self, client: AsyncOAuth2Client, signed: str) -> CodeIDToken:
        """The claims, when one of the provider's keys signed them. An unknown key may be a new one."""
        decoded = _signed_by(signed, await self._known_keys(client))
        if decoded is None:
            decoded = _signed_by(signed, await self._known_keys(client, old=_ASK_AGAIN))
        if decoded is None:
            raise NotBelieved("not signed by the provider")
        options: dict[str, Any] = {
            "iss": {"essential": True, "value": self.given.issuer},
            "aud": {"essential": True, "value": self.given.client_id},
            **self._essential(),
        }
        return CodeIDToken(decoded.claims, decoded.header, options, {})

    def _check(self, claims: CodeIDToken, begun: Begun, token: Mapping[str, Any]) -> None:
        claims.params = {
            "nonce": begun.nonce,
            "client_id": self.given.client_id,
            "access_token": token.get("access_token"),
        }
        skew = int(SKEW.total_seconds())
        try:
            claims.validate(leeway=skew)
        except (JoseError, ValueError, TypeError) as wrong:
            raise NotBelieved(f"claim {getattr(wrong, 'claim', '')}".strip()) from None
        _one_of(claims, "iss", (self.given.issuer,))
        _is_after(claims, "iat", begun)

    @asynccontextmanager
    async def _client(self) -> AsyncIterator[AsyncOAuth2Client]:
        """A client for one step. Whatever goes wrong with the wire is the provider being away."""
        client = AsyncOAuth2Client(
            client_id=self.given.client_id,
            client_secret=self.given.client_secret,
            scope=self.scope,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            timeout=TIMEOUT,
            follow_redirects=False,
        )
        try:
            async with asyncio.timeout(TIMEOUT), client:
                yield client
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError, TimeoutError) as error:
            raise ProviderAway(f"it does not answer ({type(error).__name__})") from None


class Provider(OpenID[Eid]):
    """A municipality's provider of e-identification."""

    def _wanted(self) -> Mapping[str, str]:
        return {
            "acr_values": " ".join(self.given.levels),
            "claims": dumps({"id_token": {self.given.number_claim: {"essential": True}}}),
            # On a library's computer the one before may still be signed in there.
            "prompt": "login",
            "max_age": "0",
        }

    def _essential(self) -> Mapping[str, Any]:
        return {"acr": {"essential": True, "values": list(self.given.levels)}}

    async def identified(self, begun: Begun, code: str, issuer: str) -> Identified:
        """Who is back, in exchange for the code she brought. Raises NotBelieved and ProviderAway."""
        claims = await self.believed(begun, code, issuer)
        _one_of(claims, "acr", self.given.levels)
        # A sign-in of before may be somebody else's, who sat here.
        _is_after(claims, "auth_time", begun)
        number = claims.get(self.given.number_claim)
        if not isinstance(number, str):
            raise NotBelieved("no number of identity")
        return Identified(number)


def _one_of(claims: CodeIDToken, name: str, good: Sequence[str]) -> None:
    # The library is content with a list in which one is right.
    if claims[name] not in good:
        raise NotBelieved(f"claim {name}")


def _is_after(claims: CodeIDToken, name: str, begun: Begun) -> None:
    moment = claims.get(name)
    earliest = (begun.at - SKEW).timestamp()
    # "True" is an int to Python.
    if isinstance(moment, bool) or not isinstance(moment, int | float) or moment < earliest:
        raise NotBelieved(f"claim {name}")


def _signed_by(signed: str, keys: KeySet) -> jwt.Token | None:
    """The token, or ``None`` when none of these keys signed it. Raises NotBelieved for what is no such token at all."""
    try:
        return jwt.decode(signed, keys, registry=_REGISTRY)
    except (InvalidKeyIdError, BadSignatureError):
        return None
    except (JoseError, ValueError, TypeError):
        raise NotBelieved("no token that we take") from None


async def _json(client: AsyncOAuth2Client, url: str) -> dict[str, Any]:
    answer = await client.request("GET", url, withhold_token=True, headers={"Accept": "application/json"})
    if answer.status_code != 200:
        raise ProviderAway(f"it answers {answer.status_code}")
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise ProviderAway("what it answers cannot be read")
    return found
