"""A provider that signs whatever it is told to: a good one until a test says otherwise, and then every bad one."""

import asyncio
import base64
import hashlib
import secrets
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.serving import Server
from bot.together import free_port

NUMBER_CLAIM = "https://id.oidc.se/claim/personalIdentityNumber"
LOA3 = "http://id.elegnamnden.se/loa/1.0/loa3"
SECRET = "what only the provider and we know"

Claims = dict[str, Any]

_HOST = "127.0.0.2"
"""Of this machine, and to a browser another site than those at 127.0.0.1."""


def _as_it_is(claims: Claims) -> Claims:
    return claims


class _Listening(Server):
    """A server among others in one process: it leaves the signals alone, and says when it listens."""

    def __init__(self, app: Starlette, **more: Any) -> None:
        super().__init__(app, **more)
        self.listens = asyncio.Event()

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass
class Provider:
    """What it will say. ``changes`` makes other claims of the right ones; ``signs`` makes the whole token."""

    port: int = field(default_factory=free_port)
    number: str = ""
    key: ECKey = field(default_factory=lambda: ECKey.generate_key("P-256", auto_kid=True))
    published: list[ECKey] | None = None
    changes: Callable[[Claims], Claims] = _as_it_is
    signs: Callable[[Claims], str] | None = None
    about: dict[str, Any] = field(default_factory=dict)
    is_broken: bool = False
    asked_for_keys: int = 0
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://{_HOST}:{self.port}"

    def settings(self, code: str = "TRELLEBORG") -> dict[str, str]:
        return {
            f"IMORGON_OIDC_EID_ISSUER_{code}": self.issuer,
            f"IMORGON_OIDC_EID_CLIENT_ID_{code}": "imorgon",
            f"IMORGON_OIDC_EID_CLIENT_SECRET_{code}": SECRET,
        }

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """It answers at its address meanwhile."""
        routes = [
            Route("/.well-known/openid-configuration", self._metadata),
            Route("/keys", self._keys),
            Route("/authorize", self._authorize),
            Route("/token", self._token, methods=["POST"]),
        ]
        server = _Listening(Starlette(routes=routes), host=_HOST, port=self.port)
        serving = asyncio.create_task(server.serve())
        await server.listens.wait()
        try:
            yield
        finally:
            server.should_exit = True
            await serving

    async def _metadata(self, _: Request) -> Response:
        if self.is_broken:
            return Response("<h1>Bad gateway</h1>", 502)
        return JSONResponse(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
                "authorization_response_iss_parameter_supported": True,
                **self.about,
            }
        )

    async def _keys(self, _: Request) -> Response:
        self.asked_for_keys += 1
        published = [self.key] if self.published is None else self.published
        return JSONResponse({"keys": [key.as_dict(private=False) for key in published]})

    async def _authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        assert (asked["response_type"], asked["code_challenge_method"]) == ("code", "S256")
        assert (asked["prompt"], asked["max_age"]) == ("login", "0")
        code = secrets.token_urlsafe()
        self.codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"], "iss": self.issuer})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", 302)

    async def _token(self, request: Request) -> Response:
        if self.is_broken:
            return Response("<h1>Bad gateway</h1>", 502)
        given = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(given["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest()).rstrip(b"=")
        if asked is None or asked["code_challenge"] != challenge.decode():
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        right = {
            "iss": self.issuer,
            "sub": "somebody",
            "aud": "imorgon",
            "exp": now + 300,
            "iat": now,
            "auth_time": now,
            "nonce": asked["nonce"],
            "acr": LOA3,
            NUMBER_CLAIM: self.number,
        }
        claims = {name: value for name, value in self.changes(right).items() if value is not None}
        token = self.signs(claims) if self.signs else signed(claims, self.key)
        return JSONResponse({"access_token": "opaque", "token_type": "Bearer", "id_token": token})


def signed(claims: Claims, key: ECKey, **header: Any) -> str:
    return jwt.encode({"alg": "ES256", "kid": key.kid, **header}, claims, key)


def came_back(location: str) -> dict[str, str]:
    """What a browser brings back in the address it was sent to."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
