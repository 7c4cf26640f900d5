"""What the script asks for that uploads a file in parts."""

from __future__ import annotations

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from services.web.context import site
from services.web.identity import require_login
from services.web.owned_jobs import owned_job
from services.web.part_uploads import sign_parts, stored_parts
from services.web.request_bodies import wanted_parts
from services.web.upload_shapes import PAGES, signed_shape, stored_shape

blueprint = Blueprint("uploads", __name__)
blueprint.before_request(require_login)


@blueprint.route("/jobs/<job_id>/parts", methods=["GET", "POST"])
def parts(job_id: str) -> ResponseReturnValue:
    """GET: which parts are stored. POST: addresses for some others."""
    return answer_about_parts(job_id, PAGES)


def answer_about_parts(job_id: str, endpoint: str) -> ResponseReturnValue:
    """The same for browsers and for programs, but for the addresses."""
    job = owned_job(job_id)
    if request.method == "GET":
        return jsonify(stored_shape(job, stored_parts(site(), job), endpoint))
    wanted = wanted_parts()
    return jsonify(signed_shape(wanted, sign_parts(site(), job, wanted)))
