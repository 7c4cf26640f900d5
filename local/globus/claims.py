"""What Globus Auth says about a researcher, by the scopes that were granted."""

from typing import Any

from local.globus.grants import TOKEN_LIFETIME_S, Token
from local.globus.scopes import EMAIL, IDENTITY_SET, PROFILE
from local.globus.signing import access_token_hash

RESOURCE_SERVER = "auth.globus.org"


def user_info(token: Token) -> dict[str, Any]:
    """The claims that the granted scopes open."""
    identity, scopes = token.grant.identity, token.grant.scopes
    info: dict[str, Any] = {
        "sub": identity.id,
        "last_authentication": int(token.grant.granted_at),
        "identity_provider": identity.provider_id,
        "identity_provider_display_name": identity.organization,
        "organization": identity.organization,
    }
    if PROFILE in scopes:
        info |= {"name": identity.name, "preferred_username": identity.username}
    if EMAIL in scopes:
        info["email"] = identity.email
    if IDENTITY_SET in scopes:
        info["identity_set"] = [identity.summary()]
    return info


def id_token_claims(token: Token, issuer: str) -> dict[str, Any]:
    """The identity token of a login."""
    claims = {
        **user_info(token),
        "iss": issuer,
        "aud": token.grant.client_id,
        "iat": token.issued_at,
        "exp": token.expires_at,
        "at_hash": access_token_hash(token.value),
    }
    if token.grant.nonce is not None:
        claims["nonce"] = token.grant.nonce
    return claims


def token_document(token: Token) -> dict[str, Any]:
    """The answer of the token endpoint; the SDK needs `other_tokens` even when there are none."""
    return {
        "access_token": token.value,
        "scope": " ".join(token.grant.scopes),
        "expires_in": TOKEN_LIFETIME_S,
        "token_type": "Bearer",
        "resource_server": RESOURCE_SERVER,
        "other_tokens": [],
    }


def introspection(token: Token, issuer: str, include: list[str]) -> dict[str, Any]:
    """The answer of the introspection endpoint about a token in force."""
    identity = token.grant.identity
    document = {
        "active": True,
        "token_type": "Bearer",
        "scope": " ".join(token.grant.scopes),
        "client_id": token.grant.client_id,
        "sub": identity.id,
        "username": identity.username,
        "name": identity.name,
        "email": identity.email,
        "iss": issuer,
        "aud": [RESOURCE_SERVER, token.grant.client_id],
        "iat": token.issued_at,
        "nbf": token.issued_at,
        "exp": token.expires_at,
    }
    if "identity_set" in include:
        document["identity_set"] = [identity.id]
    return document
