"""Login with Globus Auth: the OpenID Connect code flow with state, nonce and PKCE.

The SDK checks signature, expiry and audience of the id token; issuer, nonce and access token hash are
checked here. A client keeps the state of one flow on itself, so every request makes its own.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import globus_sdk
import jwt
import structlog
from globus_sdk.transport import RequestsTransport, RetryConfig

from gas.accounts import Profile
from services.web.refusals import LoginRefused, ProviderDown

log = structlog.get_logger()

SCOPES = ("openid", "profile", "email")

#: An unreachable provider must not hold a server thread: the SDK by itself waits for minutes.
TIMEOUT_SECONDS = 5.0
#: Clocks of provider and server may differ by this much.
LEEWAY_SECONDS = 60

_REQUIRED_CLAIMS = ["exp", "iat", "iss", "sub", "aud", "nonce"]
_SERVER_ERROR = 500


@dataclass(frozen=True)
class Attempt:
    """One login under way; it lives in the browser's signed session until the provider sends it back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class GlobusLogin:
    """The registration of this site at Globus Auth.

    :ivar redirect_uri: where the provider sends the browser back to.
    """

    client_id: str
    client_secret: str
    redirect_uri: str

    def begin(self) -> tuple[str, Attempt]:
        """Where to send the browser, and what to remember until it comes back."""
        attempt = Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))
        with self._client() as client:
            client.oauth2_start_flow(self.redirect_uri, SCOPES, state=attempt.state)
            challenge = _base64(hashlib.sha256(attempt.verifier.encode()).digest())
            pkce = {"code_challenge": challenge, "code_challenge_method": "S256", "nonce": attempt.nonce}
            return client.oauth2_get_authorize_url(query_params=pkce), attempt

    def finish(self, attempt: Attempt, *, code: str) -> Profile:
        """Exchange the code for the identity of the user; no Globus token is kept.

        :param attempt: the one of the state that came back with the code.

        :raises LoginRefused: something does not fit together.
        :raises ProviderDown: try later.
        """
        with self._client() as client:
            tokens = self._exchange(client, attempt, code)
            claims = _claims(client, tokens, attempt)
            _revoke(client, tokens["access_token"])
        return _profile(claims)

    def logout_url(self, back_to: str) -> str:
        """The page that ends the Globus session as well, and offers the way back."""
        query = {
            "client_id": self.client_id,
            "redirect_uri": back_to,
            "redirect_name": "Genomics Annotation Service",
        }
        return f"{provider_url()}/v2/web/logout?{urlencode(query)}"

    @contextmanager
    def _client(self) -> Iterator[globus_sdk.ConfidentialAppAuthClient]:
        client = globus_sdk.ConfidentialAppAuthClient(
            self.client_id,
            self.client_secret,
            transport=RequestsTransport(http_timeout=TIMEOUT_SECONDS),
            retry_config=RetryConfig(max_retries=1, max_sleep=0.2),
        )
        with closing(client), _provider_errors():
            yield client

    def _exchange(
        self, client: globus_sdk.ConfidentialAppAuthClient, attempt: Attempt, code: str
    ) -> globus_sdk.OAuthTokenResponse:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": attempt.verifier,
        }
        return client.oauth2_token(form, response_class=globus_sdk.OAuthAuthorizationCodeResponse)


def provider_url() -> str:
    """Base address of Globus Auth, which the SDK's own settings can redirect."""
    return globus_sdk.config.get_service_url("auth").rstrip("/")


@contextmanager
def _provider_errors() -> Iterator[None]:
    try:
        yield
    except globus_sdk.GlobusAPIError as error:
        if error.http_status >= _SERVER_ERROR:
            raise ProviderDown("Globus Auth is failing at the moment. Please try again later.") from error
        raise LoginRefused("Globus Auth did not accept this login.") from error
    except globus_sdk.NetworkError as error:
        raise ProviderDown("Globus Auth cannot be reached. Please try again in a few minutes.") from error


def _claims(
    client: globus_sdk.ConfidentialAppAuthClient, tokens: globus_sdk.OAuthTokenResponse, attempt: Attempt
) -> Mapping[str, Any]:
    configuration = client.get_openid_configuration()
    key = client.get_jwk(configuration, as_pem=True)
    options = {"require": _REQUIRED_CLAIMS, "leeway": LEEWAY_SECONDS}
    try:
        claims = tokens.decode_id_token(configuration, key, jwt_params=options)
        algorithm = str(jwt.get_unverified_header(tokens["id_token"])["alg"])
    except (jwt.InvalidTokenError, KeyError) as error:
        raise LoginRefused("Globus Auth sent an identity that cannot be verified.") from error
    check_claims(
        claims,
        issuer=configuration["issuer"],
        nonce=attempt.nonce,
        at_hash=access_token_hash(tokens["access_token"], algorithm),
    )
    return claims


def check_claims(claims: Mapping[str, Any], *, issuer: str, nonce: str, at_hash: str) -> None:
    """What the SDK leaves unchecked; the access token hash is optional in the code flow."""
    fits = (
        claims["iss"] == issuer
        and hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode())
        and claims.get("at_hash", at_hash) == at_hash
    )
    if not fits:
        raise LoginRefused("Globus Auth sent an identity that belongs to another login.")


def access_token_hash(access_token: str, algorithm: str) -> str:
    """The left half of the digest, by the hash of the signature (OpenID Connect Core, 3.1.3.6)."""
    digest = hashlib.new(f"sha{algorithm[-3:]}", access_token.encode()).digest()
    return _base64(digest[: len(digest) // 2])


def _revoke(client: globus_sdk.ConfidentialAppAuthClient, access_token: str) -> None:
    try:
        client.oauth2_revoke_token(access_token)
    except globus_sdk.GlobusError as error:
        # The token is forgotten here in any case and ends by itself.
        log.warning("login.revocation_failed", error=str(error))


def _profile(claims: Mapping[str, Any]) -> Profile:
    username = str(claims.get("preferred_username") or claims["sub"])
    return Profile(
        user_id=str(claims["sub"]),
        name=str(claims.get("name") or username),
        username=username,
        email=str(claims.get("email") or ""),
        organization=str(claims.get("organization") or ""),
    )


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
