"""What the web application refuses with a sentence for the user."""

from __future__ import annotations

from gas.errors import GasError


class Refusal(GasError):
    """The request cannot be done as things are; the text says why and what to do.

    :cvar status: HTTP status of the answer.
    :cvar code: stable name for programs.
    """

    status = 400
    code = "bad_request"


class TooLarge(Refusal):
    """The input is larger than the plan allows.

    :ivar upgrade_helps: whether the other plan would allow it.
    """

    status = 413
    code = "too_large"

    def __init__(self, sentence: str, *, upgrade_helps: bool = False) -> None:
        self.upgrade_helps = upgrade_helps
        super().__init__(sentence)


class NotStored(Refusal):
    """The file of this job has not arrived."""

    status = 409
    code = "not_uploaded"


class NotAvailable(Refusal):
    """What is asked for exists, but cannot be had now."""

    status = 409
    code = "not_available"


class NotAuthenticated(Refusal):
    """Nobody is logged in, or the bearer token is missing, unknown or expired.

    :ivar challenge: value of WWW-Authenticate; empty where a bearer token would not help.
    """

    status = 401
    code = "unauthorized"

    def __init__(self, sentence: str, *, challenge: str = "Bearer") -> None:
        self.challenge = challenge
        super().__init__(sentence)


class WrongHost(Refusal):
    """The request asks for a site of another name."""

    code = "wrong_host"


class LoginRefused(Refusal):
    """What came back from the login does not prove who the user is."""

    code = "login_refused"


class ProviderDown(Refusal):
    """Globus Auth cannot be reached or is failing."""

    status = 503
    code = "provider_down"
