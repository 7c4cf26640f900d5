"""The ECS agent of the host, as far as a task tells it whether it may be taken away.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
"""

from __future__ import annotations

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

from gas.errors import Misconfigured

STATE_PATH = "/task-protection/v1/state"

#: The agent itself waits for ECS for a few seconds, and then says 504.
TIMEOUT_SECONDS = 8.0

#: More is no answer of the agent's.
_MOST_BYTES = 65_536


class NoAnswer(Exception):
    """The agent does not say whether the task is protected."""


class Denied(NoAnswer):
    """The role of the task may not change its protection."""


class NotWanted(Exception):
    """ECS does not want the task protected: it is to be stopped, or a deployment waits for such tasks."""


class EcsAgent:
    """The agent at ``ECS_AGENT_URI``. Needs ``ecs:UpdateTaskProtection`` in the role of the task.

    :param uri: as ECS puts it into the environment of every container.
    :param timeout: seconds to wait for each part of an answer.
    :raises Misconfigured: this is no address.
    """

    def __init__(self, uri: str, *, timeout: float = TIMEOUT_SECONDS) -> None:
        parts = urlsplit(uri)
        if parts.scheme != "http" or not parts.hostname:
            raise Misconfigured(f"ECS_AGENT_URI: {uri!r} is not an http address")
        self._host, self._path = parts.netloc, parts.path.rstrip("/") + STATE_PATH
        self._timeout = timeout

    def protect(self, minutes: int) -> None:
        """Have the task protected for so long from now on, or `NotWanted`, or `NoAnswer`."""
        self._put(ProtectionEnabled=True, ExpiresInMinutes=minutes)

    def release(self) -> None:
        """End the protection of the task, if it has any, or `NotWanted`, or `NoAnswer`."""
        self._put(ProtectionEnabled=False)

    def _put(self, **wanted: Any) -> None:
        status, answer = self._send(json.dumps(wanted))
        if failure := _part(answer, "failure"):
            # With status 200: the call was good, and its outcome is not.
            raise NotWanted(failure.get("Reason") or failure)
        error = _part(answer, "error")
        if error.get("Code") == "AccessDeniedException":
            raise Denied(error.get("Message") or error)
        if _part(answer, "protection").get("ProtectionEnabled") is not wanted["ProtectionEnabled"]:
            raise NoAnswer(f"the ECS agent answered {status}: {error.get('Message') or 'no protection'}")

    def _send(self, body: str) -> tuple[int, Any]:
        # Neither proxies nor redirects: the agent is on the link of the host.
        connection = http.client.HTTPConnection(self._host, timeout=self._timeout)
        try:
            connection.request("PUT", self._path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, json.loads(response.read(_MOST_BYTES))
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise NoAnswer(f"no answer of the ECS agent: {error or type(error).__name__}") from error
        finally:
            connection.close()


def _part(answer: Any, name: str) -> dict[str, Any]:
    part = answer.get(name) if isinstance(answer, dict) else None
    return part if isinstance(part, dict) else {}
