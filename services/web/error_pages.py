"""Every way to fail, as a page or as JSON: one sentence, and what to do."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, current_app, g, jsonify, make_response, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.http import HTTP_STATUS_CODES

from gas.errors import NotFound
from services.web.identity import LOGGED_OUT, find_account, session_user_id, wants_json
from services.web.refusals import NotAuthenticated, Refusal, TooLarge
from services.web.submit_view import PASTE_ENDPOINT, Problem, page_again, pasted_in_vain

_SENTENCES = {
    400: "The request could not be understood. Please go back and try again.",
    403: "You may not see this page.",
    404: "There is no such page, or it is not yours. Please check the address.",
    405: "This address does not take requests of this method. Please check the address and the method.",
    413: "The request is larger than this address takes. Please send a smaller one.",
    429: "Too many requests. Please wait a minute and try again.",
    500: "Something went wrong on our side and was recorded. Please try again in a minute.",
    503: "The service cannot do this at the moment. Please try again in a few minutes.",
}
_TEXT_TOO_LARGE = "The text is too large to be pasted. Please submit it as a file."
_SEND_AGAIN = "This form had expired and is renewed. Please send it again."
_FORM_EXPIRED = "This form has expired. Please go back, reload the page and try again."


def handle_errors(app: Flask) -> None:
    """Register an answer for every error that can reach the user."""
    app.register_error_handler(CSRFError, _form_expired)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(NotFound, _not_found)
    app.register_error_handler(Refusal, _refused)
    app.register_error_handler(Exception, _unexpected)


def _form_expired(_error: CSRFError) -> Response:
    # The check of forms comes before the pages that look for the account.
    account = find_account() if request.endpoint == PASTE_ENDPOINT else None
    if not session_user_id():
        return _answer(400, "form_expired", LOGGED_OUT)
    return _answer(400, "form_expired", _SEND_AGAIN if account else _FORM_EXPIRED)


def _http_error(error: HTTPException) -> Response:
    status = HTTPStatus(error.code or 500)
    sentence = _SENTENCES.get(status, status.description or _phrase(status))
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and request.endpoint == PASTE_ENDPOINT:
        sentence = _TEXT_TOO_LARGE
    response = _answer(status, _code(status), sentence)
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
    if isinstance(error, NotAuthenticated) and error.challenge:
        response.headers["WWW-Authenticate"] = error.challenge
    return response


def _unexpected(error: Exception) -> Response:
    current_app.logger.error("request failed", exc_info=error)
    return _answer(500, _code(500), _SENTENCES[500])


def _answer(status: int, code: str, sentence: str, *, offer: bool = False) -> Response:
    if wants_json():
        error = {"code": code, "message": sentence}
        return make_response(jsonify(error={**error, "upgrade_helps": True} if offer else error), status)
    return make_response(_page(status, sentence, offer=offer), status)


def _page(status: int, sentence: str, *, offer: bool) -> str:
    sent = pasted_in_vain()
    request_id = g.request_id if status >= HTTPStatus.INTERNAL_SERVER_ERROR else ""
    again = page_again(sent, Problem(sentence=sentence, offer=offer, request_id=request_id)) if sent else None
    return again or render_template(
        "error.html",
        title=_phrase(status),
        sentence=sentence,
        offer=offer,
        request_id=request_id,
        kept=sent.text if sent else "",
    )


def _phrase(status: int) -> str:
    # Not http.HTTPStatus: its phrases, and so the codes of the API, changed from one Python to the next.
    return HTTP_STATUS_CODES[status]


def _code(status: int) -> str:
    return _phrase(status).lower().replace(" ", "_")
