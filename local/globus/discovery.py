"""What a client can learn about the provider before anybody logs in."""

from typing import Any

from flask import Blueprint, jsonify

from local.globus.provider import Provider
from local.globus.scopes import EMAIL, OPENID, PROFILE
from local.globus.signing import ALGORITHM


def _configuration(issuer: str) -> dict[str, Any]:
    oauth = f"{issuer}/v2/oauth2"
    return {
        "issuer": issuer,
        "authorization_endpoint": f"{oauth}/authorize",
        "token_endpoint": f"{oauth}/token",
        "introspection_endpoint": f"{oauth}/token/introspect",
        "revocation_endpoint": f"{oauth}/token/revoke",
        "userinfo_endpoint": f"{oauth}/userinfo",
        "jwks_uri": f"{issuer}/jwk.json",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "scopes_supported": [OPENID, EMAIL, PROFILE],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "token_endpoint_auth_methods_supported": ["client_secret_basic"],
        "code_challenge_methods_supported": ["S256"],
    }


def create_blueprint(provider: Provider) -> Blueprint:
    """The OpenID configuration and the public key."""
    blueprint = Blueprint("discovery", __name__)

    @blueprint.get("/.well-known/openid-configuration")
    def configuration() -> Any:
        return jsonify(_configuration(provider.issuer))

    @blueprint.get("/jwk.json")
    def keys() -> Any:
        return jsonify(provider.key.published())

    return blueprint
