"""Several sites on one port, told apart by the name that a request asks for.

Containers have one published port for the whole cloud; a browser outside and a container inside then use the
same addresses, which is what signatures and the identity provider's issuer need.
"""

from collections.abc import Mapping
from typing import Any

from local.cloud.s3.requests import Application


def by_name(default: Application, sites: Mapping[str, Application]) -> Application:
    """Hand a request to the site of the name in its Host header, and to the default one otherwise."""

    def application(environ: dict[str, Any], start_response: Any) -> Any:
        name = str(environ.get("HTTP_HOST", "")).split(":", maxsplit=1)[0].lower()
        return sites.get(name, default)(environ, start_response)

    return application
