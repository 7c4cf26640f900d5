"""An OpenID provider with faults to order, on a thread: as much of Globus Auth as a login meets."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue
from jwt.algorithms import RSAAlgorithm
from werkzeug.serving import make_server

CLIENT_ID = "client"


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Provider:
    """The provider's state.

    :ivar faults: claims that are to be wrong in the next id token.
    :ivar broken: status that every answer has instead.
    :ivar revocation_status: how a revocation is answered.
    """

    url: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    other_key: rsa.RSAPrivateKey | None = None
    faults: dict[str, Any] = field(default_factory=dict)
    broken: int = 0
    revocation_status: int = 200
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    revoked: list[str] = field(default_factory=list)

    def approve(self, authorize_url: str) -> dict[str, str]:
        """A user says yes: what the browser brings back to the site."""
        query = dict(parse_qsl(urlsplit(authorize_url).query))
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return {"code": code, "state": query["state"]}

    def exchange(self, form: dict[str, str]) -> ResponseReturnValue:
        """The token endpoint; a code is good once, and only with its PKCE verifier."""
        asked = self.codes.pop(form["code"], None)
        challenge = encode(hashlib.sha256(form["code_verifier"].encode()).digest())
        if asked is None or challenge != asked["code_challenge"]:
            return {"error": "invalid_grant"}, 400
        access_token = secrets.token_urlsafe(8)
        return {
            "access_token": access_token,
            "id_token": self._id_token(asked, access_token),
            "scope": asked["scope"],
            "expires_in": 100,
            "token_type": "Bearer",
            "resource_server": "auth.globus.org",
            "other_tokens": [],
        }

    def _id_token(self, asked: dict[str, str], access_token: str) -> str:
        digest = hashlib.sha512(access_token.encode()).digest()
        claims = {
            "iss": self.url,
            "sub": "globus-identity",
            "aud": CLIENT_ID,
            "iat": int(time.time()),
            "exp": int(time.time()) + 100,
            "nonce": asked["nonce"],
            "at_hash": encode(digest[:32]),
            "name": "Grace Hopper",
            "preferred_username": "grace@example.org",
            "email": "grace@example.org",
            "organization": "Navy",
            **self.faults,
        }
        present = {name: value for name, value in claims.items() if value is not None}
        return jwt.encode(present, self.other_key or self.key, algorithm="RS512")


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that answers until the end of the block."""
    provider = Provider()
    server = make_server("127.0.0.1", 0, _app(provider), threaded=True)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _app(provider: Provider) -> Flask:
    app = Flask("provider")

    @app.before_request
    def fail() -> ResponseReturnValue | None:
        return (jsonify(errors=[]), provider.broken) if provider.broken else None

    @app.get("/.well-known/openid-configuration")
    def configuration() -> ResponseReturnValue:
        return {
            "issuer": provider.url,
            "jwks_uri": f"{provider.url}/jwk.json",
            "id_token_signing_alg_values_supported": ["RS512"],
        }

    @app.get("/jwk.json")
    def keys() -> ResponseReturnValue:
        return {"keys": [json.loads(RSAAlgorithm.to_jwk(provider.key.public_key()))]}

    @app.post("/v2/oauth2/token")
    def token() -> ResponseReturnValue:
        return provider.exchange(request.form.to_dict())

    @app.post("/v2/oauth2/token/revoke")
    def revoke() -> ResponseReturnValue:
        provider.revoked.append(request.form["token"])
        return Response("{}", provider.revocation_status, content_type="application/json")

    return app
