"""The page where a researcher chooses who to be, or denies the request."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Blueprint, abort, redirect, render_template, request
from werkzeug.datastructures import MultiDict

from local.globus.clients import Client
from local.globus.grants import Grant
from local.globus.identities import IDENTITIES
from local.globus.provider import Provider
from local.globus.scopes import MEANINGS, are_known

S256 = "S256"


@dataclass(frozen=True)
class Ask:
    """An authorization request whose client and return address are known to be genuine."""

    client: Client
    parameters: dict[str, str]

    @property
    def scopes(self) -> tuple[str, ...]:
        """In the order they were asked for."""
        return tuple(self.parameters.get("scope", "").split())

    def problem(self) -> tuple[str, str] | None:
        """What the client did wrong, in OAuth's words; None when the researcher may be asked."""
        if self.parameters.get("response_type") != "code":
            return "unsupported_response_type", "Only response_type=code is supported"
        if not are_known(self.scopes):
            return "invalid_scope", "The scope is empty or not known"
        if "code_challenge" in self.parameters and self.parameters.get("code_challenge_method") != S256:
            return "invalid_request", f"code_challenge_method must be {S256}"
        return None

    def back(self, **answer: str) -> Any:
        """Return to the client, with its state."""
        if "state" in self.parameters:
            answer["state"] = self.parameters["state"]
        address = self.parameters["redirect_uri"]
        joint = "&" if urlsplit(address).query else "?"
        return redirect(f"{address}{joint}{urlencode(answer)}")


def _read(provider: Provider, values: MultiDict[str, str]) -> Ask:
    """A client or return address that is not registered gets no redirect: that would serve phishing."""
    client = provider.clients.find(values.get("client_id", ""))
    if client is None:
        abort(400, "This application is not registered with Globus (client_id).")
    if values.get("redirect_uri") not in client.redirect_uris:
        abort(400, "This return address is not registered for the application (redirect_uri).")
    return Ask(client, values.to_dict())


def _grant(ask: Ask, provider: Provider, identity_id: str) -> Any:
    identity = provider.identity(identity_id)
    if identity is None:
        abort(400, "There is no such identity.")
    given = ask.parameters
    code = provider.grants.offer(
        Grant(
            client_id=ask.client.id,
            redirect_uri=given["redirect_uri"],
            identity=identity,
            scopes=ask.scopes,
            nonce=given.get("nonce"),
            challenge=given.get("code_challenge"),
        )
    )
    return ask.back(code=code)


def _answer(ask: Ask, provider: Provider) -> Any:
    if "deny" in request.form:
        return ask.back(error="access_denied", error_description="The resource owner denied the request")
    return _grant(ask, provider, request.form.get("identity", ""))


def create_blueprint(provider: Provider) -> Blueprint:
    """GET shows the page, its form posts back to the same address with the query unchanged."""
    blueprint = Blueprint("authorize", __name__)

    @blueprint.get("/v2/oauth2/authorize")
    def show() -> Any:
        ask = _read(provider, request.args)
        if problem := ask.problem():
            return ask.back(error=problem[0], error_description=problem[1])
        wishes = [MEANINGS[scope] for scope in ask.scopes]
        return render_template("authorize.html", client=ask.client, wishes=wishes, identities=IDENTITIES)

    @blueprint.post("/v2/oauth2/authorize")
    def answer() -> Any:
        ask = _read(provider, request.args)
        if problem := ask.problem():
            return ask.back(error=problem[0], error_description=problem[1])
        return _answer(ask, provider)

    return blueprint
