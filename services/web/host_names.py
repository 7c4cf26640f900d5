"""The one name of this site: what is asked for by another one is refused."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.sansio.utils import host_is_trusted

from services.web.refusals import WrongHost


def refuse_other_hosts(app: Flask, web_url: str) -> None:
    """Answer requests for the host of this address only; the port is a matter of what is in front.

    Cookies, CSRF and the way back from the login all count on that name. Flask's own check comes before
    the routing, which would refuse the load balancers as well: they ask for the health by IP address.
    """
    names = [urlsplit(web_url).hostname or ""]

    @app.before_request
    def check_host() -> None:
        if request.blueprint != "health" and not host_is_trusted(request.host.lower(), names):
            raise WrongHost(f"This service answers at {web_url} and under no other name.")
