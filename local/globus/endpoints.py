"""The endpoints that the client application calls, without a browser."""

from typing import Any

from flask import Blueprint, jsonify, request

from local.globus.claims import id_token_claims, introspection, token_document, user_info
from local.globus.clients import Client
from local.globus.provider import Provider
from local.globus.scopes import OPENID

UNAUTHORIZED = 401
BAD_REQUEST = 400


def _oauth_error(status: int, error: str, description: str) -> Any:
    return jsonify(error=error, error_description=description), status


def _api_error(status: int, code: str, detail: str) -> Any:
    """Outside of OAuth, errors have the shape of https://docs.globus.org/api/auth/reference/ instead."""
    error = {"status": str(status), "code": code, "title": code.title(), "detail": detail}
    return jsonify(errors=[error], error=code.lower(), error_description=detail), status


def _unauthenticated() -> Any:
    return _api_error(UNAUTHORIZED, "UNAUTHORIZED", "Call must be authenticated")


def _exchange(provider: Provider, client: Client) -> Any:
    form = request.form
    if form.get("grant_type") != "authorization_code":
        return _oauth_error(BAD_REQUEST, "unsupported_grant_type", "Only authorization_code is supported")
    token = provider.grants.redeem(
        form.get("code", ""), client.id, form.get("redirect_uri", ""), form.get("code_verifier")
    )
    if token is None:
        return _oauth_error(BAD_REQUEST, "invalid_grant", "The code is not valid for this request")
    document = token_document(token)
    if OPENID in token.grant.scopes:
        document["id_token"] = provider.key.sign(id_token_claims(token, provider.issuer))
    return jsonify(document)


def create_blueprint(provider: Provider) -> Blueprint:
    """Token, introspection, revocation and user info."""
    blueprint = Blueprint("endpoints", __name__)

    @blueprint.post("/v2/oauth2/token")
    def token() -> Any:
        client = provider.clients.authenticate(request.authorization)
        if client is None:
            return _oauth_error(UNAUTHORIZED, "invalid_client", "Client authentication failed")
        return _exchange(provider, client)

    @blueprint.post("/v2/oauth2/token/introspect")
    def introspect() -> Any:
        client = provider.clients.authenticate(request.authorization)
        if client is None:
            return _unauthenticated()
        found = provider.grants.find(request.form.get("token", ""))
        if found is None or found.grant.client_id != client.id:
            return jsonify(active=False)
        include = request.form.get("include", "").split(",")
        return jsonify(introspection(found, provider.issuer, include))

    @blueprint.post("/v2/oauth2/token/revoke")
    def revoke() -> Any:
        client = provider.clients.authenticate(request.authorization)
        if client is None:
            return _unauthenticated()
        provider.grants.revoke(request.form.get("token", ""), client.id)
        return jsonify(active=False)

    @blueprint.get("/v2/oauth2/userinfo")
    def userinfo() -> Any:
        given = request.authorization
        found = provider.grants.find(given.token or "") if given and given.type == "bearer" else None
        return jsonify(user_info(found)) if found else _unauthenticated()

    return blueprint
