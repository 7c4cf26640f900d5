"""Which operation a request asks for: its method, and the shape of its address."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import unquote

from local.cloud.glacier.answers import Answer
from local.cloud.glacier.calls import Call
from local.cloud.glacier.errors import unsupported

#: Takes the call, and what stands in the address between /ACCOUNT/vaults/ and the end.
Operation = Callable[..., Answer]


@dataclass(frozen=True)
class Route:
    """An operation, and its address after the account: a star stands for a name."""

    method: str
    address: str
    operation: Operation

    def match(self, method: str, address: str) -> list[str] | None:
        """The names in the address; None if this is not the operation."""
        if method != self.method:
            return None
        pattern = re.escape(self.address).replace(r"\*", "([^/]+)")
        match = re.fullmatch(pattern, address)
        return [unquote(name) for name in match.groups()] if match else None


def answer(routes: list[Route], call: Call) -> Answer:
    """Have the operation done that the call asks for."""
    account, _, address = call.path.lstrip("/").partition("/")
    call.check_account(unquote(account))
    for route in routes:
        names = route.match(call.method, address)
        if names is not None:
            return route.operation(call, *names)
    raise unsupported(f"{call.method} {call.path}")
