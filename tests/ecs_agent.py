"""An ECS agent for tests: the task scale-in protection endpoint over real HTTP, as the real agent answers.

Its answers have the shapes of amazon-ecs-agent (``ecs-agent/tmds/handlers/taskprotection/v1``): 200 with
``protection``, 200 with ``failure`` when ECS will not, an ``error`` with the status of the ECS API or of the
agent, and 504 when ECS keeps the agent waiting.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-scale-in-protection-endpoint.html
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TASK = "arn:aws:ecs:us-east-1:123456789012:task/gas/0123456789abcdef0123456789abcdef"
PREFIX = "/api/endpoint-id"
FIELDS = {"ProtectionEnabled", "ExpiresInMinutes"}
MAX_MINUTES = 2_880

#: Status and error of each way in which the agent can fail.
ERRORS = {
    "denied": (400, "AccessDeniedException", "not authorized to perform: ecs:UpdateTaskProtection"),
    "no credentials": (403, "AccessDeniedException", "no task IAM role credentials available for task"),
    "unknown task": (404, "ResourceNotFoundException", "Failed to find a task for the request"),
    "throttled": (400, "ThrottlingException", "Rate exceeded"),
    "broken": (500, "ServerException", "Unexpected error occurred"),
    "late": (504, "RequestCanceled", "Timed out calling ECS Task Protection API"),
}

#: What is no answer of an agent at all.
ODDITIES = ("hangs", "hangs up", "speaks no JSON", "answers a list", "does not do it")

#: What ECS says of a task that it is about to stop, and when more tasks would be protected than it wants.
REFUSALS = ("TASK_NOT_VALID", "DEPLOYMENT_BLOCKED")


@dataclass(frozen=True)
class Call:
    """A request that the agent has read, and when on the monotonic clock."""

    enabled: bool
    minutes: int | None
    at: float


class EcsAgentFake:
    """The agent of one host with one task; `mood` is how it answers from now on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.mood = "grants"
        self.calls: list[Call] = []
        self._clock = clock
        self._protected_until = 0.0
        self._closed = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def uri(self) -> str:
        """What ECS would put into ``ECS_AGENT_URI``."""
        return f"http://127.0.0.1:{self._server.server_port}{PREFIX}"

    @property
    def protected(self) -> bool:
        """Whether ECS would leave the task alone now."""
        return self._clock() < self._protected_until

    @property
    def asked(self) -> list[bool]:
        """What was asked for, in order: protection, or its end."""
        return [call.enabled for call in self.calls]

    def close(self) -> None:
        """Nothing listens any more."""
        self._closed.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, body: bytes) -> tuple[int, Any]:
        """Status and body for one PUT."""
        if path != f"{PREFIX}/task-protection/v1/state":
            return 404, "404 page not found"
        request = json.loads(body)
        if not isinstance(request, dict) or set(request) - FIELDS:
            return _error(400, "InvalidParameterException", "failed to decode request")
        if not isinstance(request.get("ProtectionEnabled"), bool):
            return _error(400, "InvalidParameterException", "does not contain 'ProtectionEnabled' field")
        call = Call(request["ProtectionEnabled"], request.get("ExpiresInMinutes"), self._clock())
        self.calls.append(call)
        return self._outcome(call)

    def _outcome(self, call: Call) -> tuple[int, Any]:
        if self.mood in ERRORS:
            return _error(*ERRORS[self.mood])
        if self.mood in REFUSALS:
            return 200, {"failure": {"Arn": TASK, "Detail": None, "Reason": self.mood}}
        if call.minutes is not None and not 1 <= call.minutes <= MAX_MINUTES:
            return _error(400, "InvalidParameterException", "expiresInMinutes is out of range")
        return 200, self._grant(call.enabled, call.minutes)

    def _grant(self, enabled: bool, minutes: int | None) -> Any:
        if self.mood == "answers a list":
            return ["protection"]
        if self.mood == "does not do it":
            return {"protection": {"ExpirationDate": None, "ProtectionEnabled": not enabled, "TaskArn": TASK}}
        self._protected_until = self._clock() + (minutes or 120) * 60 if enabled else 0.0
        ends = "2026-11-23T12:00:00Z" if enabled else None
        return {"protection": {"ExpirationDate": ends, "ProtectionEnabled": enabled, "TaskArn": TASK}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        agent = self

        class Handler(BaseHTTPRequestHandler):
            def do_PUT(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status, answer = agent.answer(self.path, body)
                if agent.mood in {"hangs", "hangs up"}:
                    if agent.mood == "hangs":
                        agent._closed.wait(60)
                    self.close_connection = True
                    return
                said = b"<html>" if agent.mood == "speaks no JSON" else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)

            def log_message(self, *_: object) -> None:
                """Calls are recorded instead."""

        return Handler


def _error(status: int, code: str, message: str) -> tuple[int, Any]:
    return status, {"requestID": "r1", "error": {"Arn": TASK, "Code": code, "Message": message}}


@contextmanager
def running_agent(clock: Callable[[], float] = time.monotonic) -> Iterator[EcsAgentFake]:
    """An agent on a free port."""
    agent = EcsAgentFake(clock)
    try:
        yield agent
    finally:
        agent.close()
