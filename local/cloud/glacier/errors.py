"""Glacier's errors: a status, a code and one sentence.

https://docs.aws.amazon.com/amazonglacier/latest/dev/api-error-responses.html
"""

import json

SERVER_ERRORS_FROM = 500


class GlacierError(Exception):
    """A request that Glacier refuses."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code, self.message = status, code, message

    def document(self) -> bytes:
        """The body of the answer."""
        fault = "Server" if self.status >= SERVER_ERRORS_FROM else "Client"
        return json.dumps({"code": self.code, "message": self.message, "type": fault}).encode()


def not_found(message: str) -> GlacierError:
    """404: no such vault, archive, upload or job."""
    return GlacierError(404, "ResourceNotFoundException", message)


def invalid(message: str) -> GlacierError:
    """400: a value that Glacier does not take."""
    return GlacierError(400, "InvalidParameterValueException", message)


def missing(name: str) -> GlacierError:
    """400: a header or a parameter that has to be there."""
    return GlacierError(400, "MissingParameterValueException", f"Required parameter missing: {name}")


def malformed() -> GlacierError:
    """400: the body is not the JSON object that it should be."""
    return GlacierError(400, "SerializationException", "The request body is not a well-formed JSON object")


def cut_off() -> GlacierError:
    """408: the body ended before its declared length."""
    return GlacierError(408, "RequestTimeoutException", "Request timed out.")


def wrong_account() -> GlacierError:
    """403: the account in the address is not the one that signed."""
    return GlacierError(403, "AccessDeniedException", "The account ID in the address is not the signer's")


def too_many(what: str) -> GlacierError:
    """400: a limit of the account."""
    return GlacierError(400, "LimitExceededException", f"Too many {what}")


def no_capacity() -> GlacierError:
    """503: no Expedited retrieval can be had now."""
    return GlacierError(
        503,
        "InsufficientCapacityException",
        "Glacier expedited retrievals are currently not available, please try again later",
    )


def unsupported(what: str) -> GlacierError:
    """400: Glacier could, but the local cloud does not."""
    return GlacierError(400, "UnsupportedByLocalCloud", f"{what} is not supported by the local cloud")
