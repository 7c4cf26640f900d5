"""The page where a log-out ends, with the way back to the application."""

from flask import Blueprint, render_template, request

from local.globus.provider import Provider


def _way_back(address: str) -> str:
    """Only web addresses become links."""
    return address if address.startswith(("http://", "https://")) else ""


def create_blueprint(provider: Provider) -> Blueprint:
    """The parameters are those of https://docs.globus.org/api/auth/developer-guide/#logging-out here too."""
    blueprint = Blueprint("logout", __name__)

    @blueprint.get("/v2/web/logout")
    def logout() -> str:
        client = provider.clients.find(request.args.get("client_id", ""))
        name = client.name if client else "Globus"
        return render_template(
            "logout.html",
            name=name,
            address=_way_back(request.args.get("redirect_uri", "")) if client else "",
            label=request.args.get("redirect_name", name),
        )

    return blueprint
