"""moto lists its own folder for each request, to learn whether a host is one of its modules.

It holds a lock meanwhile: a third of what a small request takes. The answer for a host never changes.
"""

from functools import lru_cache
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication

from local.cloud.patches.replacing import replace

#: Hosts are those of services and regions; one that somebody makes up is forgotten again.
HOSTS = 1024


def install() -> None:
    """Remember the backend of each host."""

    @lru_cache(HOSTS)
    def backend_of(dispatcher: Any, host: str | None) -> Any:
        return original(dispatcher, host)

    original = replace(DomainDispatcherApplication, "get_backend_for_host", backend_of)
