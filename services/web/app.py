"""The web application, put together from its parts."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Flask
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from gas.cold_stores import PRICES_AS_OF
from services.web import (
    account_pages,
    api,
    auth,
    browser_pages,
    formats,
    help_pages,
    home_pages,
    identity,
    job_actions,
    job_pages,
    submit_pages,
    upload_pages,
)
from services.web.context import EXTENSION, Ports, Site
from services.web.error_pages import handle_errors
from services.web.genomes import Genome, find_genomes, title_of
from services.web.globus_login import GlobusLogin
from services.web.headers import add_headers, security_headers
from services.web.health import health_blueprint
from services.web.host_names import refuse_other_hosts
from services.web.once import new_form_id
from services.web.queue_view import QueueWatch
from services.web.request_log import log_requests
from services.web.restore_offers import allowed_tiers
from services.web.settings import WebSettings
from services.web.static_files import serve_static_files
from services.web.viewer import pages as viewer_pages
from services.web.viewer.tables import Tables

__all__ = ["Ports", "create_app"]

#: Room in a form for what is not the pasted text, and for the carriage returns that browsers add to it.
_FORM_OVERHEAD_BYTES = 262_144


def create_app(
    settings: WebSettings, ports: Ports, *, example: bytes, clock: Callable[[], float] = time.time
) -> Flask:
    """The application on these ports.

    :param example: the VCF behind the Example button.
    """
    allowed_tiers(settings)  # Wrong settings are reported at the start, not by some page.
    genomes = find_genomes(settings.genomes)
    app = Flask("services.web", static_folder=None)
    app.config.update(_configuration(settings))
    # An address has one form; a redirect to it would lose the body of a request.
    app.url_map.merge_slashes = False
    app.extensions[EXTENSION] = Site(
        settings=settings,
        ports=ports,
        login=_login(settings),
        tables=Tables(settings, ports.result_stream),
        queue=QueueWatch(ports.queue, clock),
        genomes=genomes,
        clock=clock,
        example=example,
    )
    uploads = ports.input_access.upload_form("-", max_bytes=1, lifetime=1).url
    headers = security_headers(settings, uploads=uploads)
    log_requests(app)
    refuse_other_hosts(app, settings.web_url)
    add_headers(app, headers)
    _prepare_templates(app, genomes)
    handle_errors(app)
    _add_pages(app, ports, clock)
    serve_static_files(app, headers)
    _trust_proxies(app, settings.trusted_proxies)
    return app


def _configuration(settings: WebSettings) -> dict[str, Any]:
    earlier_keys = [key.strip() for key in settings.secret_key_fallbacks.split(",") if key.strip()]
    largest_form = settings.paste_bytes + _FORM_OVERHEAD_BYTES
    return {
        "SECRET_KEY": settings.secret_key,
        "SECRET_KEY_FALLBACKS": earlier_keys,
        # The prefix makes browsers refuse the cookie from any other host or without TLS.
        "SESSION_COOKIE_NAME": "__Host-gas" if settings.https else "gas",
        "SESSION_COOKIE_SECURE": settings.https,
        "SESSION_COOKIE_HTTPONLY": True,
        # Strict would keep the cookie away from the way back from the login.
        "SESSION_COOKIE_SAMESITE": "Lax",
        # A form is good for as long as its session.
        "WTF_CSRF_TIME_LIMIT": None,
        "MAX_CONTENT_LENGTH": largest_form,
        "MAX_FORM_MEMORY_SIZE": largest_form,
    }


def _login(settings: WebSettings) -> GlobusLogin:
    callback = settings.web_url.rstrip("/") + "/auth/callback"
    return GlobusLogin(settings.globus_client_id, settings.globus_client_secret, callback)


def _prepare_templates(app: Flask, genomes: Mapping[str, Genome]) -> None:
    app.jinja_env.filters.update(
        file_size=formats.file_size,
        duration=formats.duration,
        another=formats.another,
        iso_time=formats.iso_time,
        utc_time=formats.utc_time,
        number=formats.number,
        price=formats.price,
    )
    app.jinja_env.globals["prices_as_of"] = PRICES_AS_OF
    app.jinja_env.globals["new_form_id"] = new_form_id
    app.jinja_env.globals["genomes"] = genomes
    app.jinja_env.filters["genome_title"] = partial(title_of, genomes)
    app.add_template_global(identity.session_name, "session_name")


def _add_pages(app: Flask, ports: Ports, clock: Callable[[], float]) -> None:
    for pages in (
        home_pages,
        help_pages,
        auth,
        submit_pages,
        upload_pages,
        job_pages,
        job_actions,
        viewer_pages,
        browser_pages,
        account_pages,
        api,
    ):
        app.register_blueprint(pages.blueprint)
    app.register_blueprint(health_blueprint(ports, clock))
    # Browsers send no bearer token by themselves, so what only a token opens needs no second proof.
    CSRFProtect(app).exempt(api.blueprint)


def _trust_proxies(app: Flask, count: int) -> None:
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count)  # type: ignore[method-assign]
