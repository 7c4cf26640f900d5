"""The stand-in as one Flask application."""

from flask import Flask, Response, render_template
from werkzeug.exceptions import BadRequest

from local.globus import authorize, discovery, endpoints, logout
from local.globus.clients import Client, Clients
from local.globus.provider import Provider

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'"


def _protect(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "no-store"
    return response


def _explain(error: BadRequest) -> tuple[str, int]:
    return render_template("refused.html", reason=error.description), error.code


def create_app(issuer: str, clients: list[Client]) -> Flask:
    """`issuer` is the address that browsers use, without a slash at its end."""
    app = Flask("local.globus")
    provider = Provider(issuer.rstrip("/"), Clients.of(clients))
    for part in (discovery, authorize, endpoints, logout):
        app.register_blueprint(part.create_blueprint(provider))
    app.register_error_handler(BadRequest, _explain)
    app.after_request(_protect)
    return app
