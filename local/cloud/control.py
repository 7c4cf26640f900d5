"""The pages and switches of the local cloud, on a port of their own that AWS does not have."""

import re
from typing import Any

from flask import Flask, abort, jsonify, render_template, request
from markupsafe import Markup, escape

from local.cloud.backlogs import backlogs
from local.cloud.executions import executions
from local.cloud.glacier.switches import SWITCHES
from local.cloud.iam.ledger import Ledger
from local.cloud.outbox import Outbox
from local.cloud.s3.archived import expire_restored
from local.cloud.s3.tiers import Tiers


def _with_links(text: str) -> Markup:
    """Escaped text whose web addresses can be clicked."""
    return Markup().join(_anchor(word) for word in re.split(r"(\s+)", text))


def _anchor(word: str) -> Markup:
    if not word.startswith(("http://", "https://")):
        return escape(word)
    address = word.rstrip(".,;:)>")
    return Markup('<a href="{}">{}</a>{}').format(address, address, word[len(address) :])


def _object() -> dict[str, Any]:
    """Only JSON is taken: a page of another origin cannot send that without asking first."""
    body = request.get_json()
    if not isinstance(body, dict):
        abort(400, "A JSON object is expected.")
    return body


def create_app(outbox: Outbox, tiers: Tiers, ledger: Ledger) -> Flask:
    """The control application over the parts of one running cloud."""
    app = Flask("local.cloud")
    app.jinja_env.filters["with_links"] = _with_links
    _add_pages(app, outbox)
    app.add_url_rule("/rights.json", view_func=lambda: jsonify(ledger.as_json()), endpoint="rights")
    _add_switches(app, tiers)
    return app


def _add_pages(app: Flask, outbox: Outbox) -> None:
    @app.get("/")
    @app.get("/mail")
    def mail() -> str:
        return render_template("mail.html", mails=outbox.mails()[::-1])

    @app.get("/mail.json")
    def mail_json() -> Any:
        return jsonify([mail.as_json() for mail in outbox.mails()])

    @app.get("/executions.json")
    def executions_json() -> Any:
        return jsonify(executions())

    @app.get("/queues.json")
    def queues_json() -> Any:
        return jsonify(backlogs())

    @app.get("/health")
    def health() -> Any:
        return jsonify(status="ok")


def _add_switches(app: Flask, tiers: Tiers) -> None:
    @app.post("/restore-times")
    def restore_times() -> Any:
        try:
            tiers.set_seconds(_object())
        except ValueError as e:
            abort(400, str(e))
        return jsonify(tiers.seconds)

    @app.post("/expedited")
    def expedited() -> Any:
        available = _object().get("available")
        if not isinstance(available, bool):
            abort(400, "Say whether Expedited is available: true or false.")
        tiers.expedited_available = available
        return jsonify(available=available)

    @app.post("/vault-jobs")
    def vault_jobs() -> Any:
        try:
            SWITCHES.change(_object())
        except ValueError as e:
            abort(400, str(e))
        return jsonify(SWITCHES.as_json())

    @app.post("/expire-restored")
    def expire() -> Any:
        _object()
        return jsonify(expired=expire_restored())
