"""Every way to fail, as a page or as JSON: one sentence, and what to do."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, current_app, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from gas.errors import NotFound
from services.web.identity import wants_json
from services.web.refusals import NotAuthenticated, Refusal, TooLarge

_SENTENCES = {
    400: "The request could not be understood. Please go back and try again.",
    403: "You may not see this page.",
    404: "There is no such page, or it is not yours. Please check the address.",
    405: "This address does not do that. Please go back and use the buttons of the page.",
    413: "What you sent is too large. Please submit it as a file.",
    429: "Too many requests. Please wait a minute and try again.",
    500: "Something went wrong on our side and was recorded. Please try again in a minute.",
    503: "The service cannot do this at the moment. Please try again in a few minutes.",
}
_FORM_EXPIRED = "This form has expired. Please go back, reload the page and try again."


def handle_errors(app: Flask) -> None:
    """Register an answer for every error that can reach the user."""
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(Exception, _unexpected)


def _form_expired(_error: CSRFError) -> Response:
    return _answer(400, "form_expired", _FORM_EXPIRED)


def _http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    response = _answer(status, _code(status), _SENTENCES.get(status, status.description or status.phrase))
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return response


def _not_found(_error: NotFound) -> Response:
    # The same words for what does not exist and for what belongs to another user.
    response = _answer(404, "not_found", _SENTENCES[404])
    if "HX-Request" in request.headers:
        # A page that polls for a job that is gone would ask for ever; a reload shows that it is gone.
        response.headers["HX-Refresh"] = "true"
    return response


def _refused(error: Refusal) -> Response:
    offer = isinstance(error, TooLarge) and error.upgrade_helps
    response = _answer(error.status, error.code, str(error), offer=offer)
    if isinstance(error, NotAuthenticated):
        response.headers["WWW-Authenticate"] = error.challenge
    return response


def _unexpected(error: Exception) -> Response:
    current_app.logger.error("request failed", exc_info=error)
    return _answer(500, _code(HTTPStatus(500)), _SENTENCES[500])


def _answer(status: int, code: str, sentence: str, *, offer: bool = False) -> Response:
    if wants_json():
        error = {"code": code, "message": sentence}
        return make_response(jsonify(error={**error, "upgrade_helps": True} if offer else error), status)
    title = HTTPStatus(status).phrase
    page = render_template("error.html", status=status, title=title, sentence=sentence, offer=offer)
    return make_response(page, status)


def _code(status: HTTPStatus) -> str:
    return status.phrase.lower().replace(" ", "_")
