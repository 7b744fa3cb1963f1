"""A company's own sign-in: an issuer that does as it is told, also what no honest one would do."""

import asyncio
import base64
import hashlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from tests.support.ports import reserved_port
from tests.web.pages.conftest import Browser

from roomstead.application.people.edit_identity_provider import EditIdentityProvider
from roomstead.bootstrap.service import Roomstead
from roomstead.config import Settings, load
from roomstead.domain.people import OPERATOR

CLIENT_ID = "roomstead client"
SECRET = "s3cret/with:signs"
JANE = {
    "sub": "jane-1",
    "email": "Jane.Doe@contoso.example",
    "email_verified": True,
    "name": "Jane Doe",
}


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """Settings under whose public address this Roomstead can really be reached."""
    with reserved_port() as port:
        yield load(data_dir=tmp_path / "data", port=port)


KEY = RSAKey.generate_key(2048, {"kid": "one"})


@dataclass
class Issuer:
    """An OpenID provider; everything that it says can be changed."""

    url: str
    key: RSAKey | ECKey = field(default_factory=lambda: KEY)
    said_about_itself: dict[str, Any] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": "one"})
    signs_with: RSAKey | ECKey | None = None
    id_token_sent: str = ""
    """In place of one that it would make itself."""
    userinfo: dict[str, Any] = field(default_factory=dict)
    refuses_with: str = ""
    challenges: dict[str, str] = field(default_factory=dict)
    traded: list[dict[str, str]] = field(default_factory=list)
    key_reads: int = 0

    def about(self) -> dict[str, Any]:
        """Discovery."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize?tenant=1",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256", "none"],
            **self.said_about_itself,
        }

    def whole_claims(self) -> dict[str, Any]:
        """What it says about whoever signs in."""
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **self.claims}
        return {name: value for name, value in claims.items() if value is not None}

    def id_token(self) -> str:
        """Signed by whatever key is meant to sign."""
        return self.id_token_sent or jwt.encode(
            self.header, self.whole_claims(), self.signs_with or self.key, algorithms=[self.header["alg"]]
        )


def issuer_app(issuer: Issuer) -> FastAPI:
    """Its endpoints."""
    app = FastAPI()

    @app.get("/.well-known/openid-configuration")
    async def about() -> dict[str, Any]:
        return issuer.about()

    @app.get("/keys")
    async def keys() -> dict[str, Any]:
        issuer.key_reads += 1
        return {**KeySet([issuer.key]).as_dict(private=False)}

    @app.post("/token")
    async def token(request: Request) -> JSONResponse:
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        issuer.traded.append({**form, "authorization": request.headers.get("authorization", "")})
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if issuer.refuses_with or issuer.challenges.pop(form["code"], None) != challenge:
            return JSONResponse({"error": issuer.refuses_with or "invalid_grant"}, 400)
        return JSONResponse({"id_token": issuer.id_token(), "access_token": "at", "token_type": "Bearer"})

    @app.get("/userinfo")
    async def userinfo() -> dict[str, Any]:
        return issuer.userinfo

    return app


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """The issuer, running."""
    with reserved_port() as port:
        made = Issuer(f"http://127.0.0.1:{port}")
        server = uvicorn.Server(
            uvicorn.Config(issuer_app(made), host="127.0.0.1", port=port, log_config=None, lifespan="off")
        )
        running = asyncio.create_task(server.serve())
        while not server.started:
            if running.done():
                await running
            await asyncio.sleep(0.001)
        yield made
        server.should_exit = True
        await running


Connect = Callable[..., Awaitable[None]]


@pytest.fixture
def connect(service: Roomstead, base_url: str, issuer: Issuer) -> Connect:
    """Sets the company's sign-in up."""

    async def connect(**changed: object) -> None:
        stored = await service.cases.read_identity_provider(OPERATOR)
        entered: dict[str, Any] = {
            "version": 0 if stored is None else stored.version,
            "issuer": issuer.url,
            "label": "Contoso",
            "client_id": CLIENT_ID,
            "secret": SECRET,
            "role_claim": "",
            "admin_values": [],
            "domains": ["contoso.example"],
            "adds_people": True,
            "is_enabled": True,
            **changed,
        }
        await service.cases.edit_identity_provider(EditIdentityProvider(**entered), OPERATOR)

    return connect


@dataclass
class Journey:
    """A sign-in that reached the issuer's page."""

    browser: Browser
    asked: dict[str, str]

    async def back(self, **changed: str) -> httpx2.Response:
        """Come back, with what an honest issuer sends unless told otherwise."""
        values = {"code": self.asked["code_challenge"][:20], "state": self.asked["state"], **changed}
        return await self.browser.http.get("/sign-in/callback", params=values, headers={"Sec-Fetch-Site": "cross-site"})


Leave = Callable[..., Awaitable[Journey]]


@pytest.fixture
def leave(issuer: Issuer) -> Leave:
    """Sends a browser off to the issuer, where somebody signs in as told."""

    async def leave(browser: Browser, *, wanted: str = "/me", **claims: object) -> Journey:
        answer = await browser.http.get("/sign-in/with-company", params={"next": wanted})
        assert answer.status_code == 303, answer.text
        parts = urlsplit(answer.headers["location"])
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        issuer.challenges[asked["code_challenge"][:20]] = asked["code_challenge"]
        issuer.claims = {**JANE, "nonce": asked["nonce"], **claims}
        return Journey(browser, asked)

    return leave
