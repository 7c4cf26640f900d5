"""The first moments of a process, its log lines, and its health check."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from dataclasses import dataclass

import pytest

from gas.errors import Misconfigured
from gas.health_check import SLACK_SECONDS, HealthSettings, is_healthy
from gas.logs import mask_secrets
from gas.process import EXIT_MISCONFIGURED, announce_start, run_service
from gas.settings import MASK, setting

LOGGING = """
import logging, threading, structlog
from gas.logs import configure_logs
configure_logs("annotator")
log = structlog.get_logger()
with structlog.contextvars.bound_contextvars(job_id="j1"):
    log.info("job.completed", records=3, secret_key="hush", api_token="hush")
    logging.getLogger("some.library").warning("it said %s", "this")
    try:
        raise ValueError("broken")
    except ValueError:
        log.exception("job.broken")
thread = threading.Thread(target=lambda: log.info("thread.said"))
thread.start()
thread.join()
logging.getLogger("botocore").info("chatter")
"""


@pytest.fixture(scope="module")
def lines() -> list[dict]:
    """What a process wrote that is not at a terminal."""
    done = subprocess.run([sys.executable, "-c", LOGGING], capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_every_line_is_one_json_object_with_its_service(lines):
    """Lines of libraries and of other threads as well; the chatter of the SDK is left out."""
    assert [line["event"] for line in lines] == [
        "job.completed",
        "it said this",
        "job.broken",
        "thread.said",
    ]
    assert {line["service"] for line in lines} == {"annotator"}
    assert all(line["timestamp"].endswith("Z") for line in lines)


def test_what_is_bound_is_on_every_line(lines):
    """The job in hand, also on the line of a library; not on that of another thread."""
    assert [line.get("job_id") for line in lines] == ["j1", "j1", "j1", None]


def test_secrets_are_masked_by_their_name(lines):
    """And nothing else is."""
    assert lines[0]["secret_key"] == lines[0]["api_token"] == MASK
    assert lines[0]["records"] == 3
    assert mask_secrets(None, "", {"Authorization": "x", "page": "y"}) == {"Authorization": MASK, "page": "y"}


def test_an_exception_is_logged_with_its_traceback(lines):
    """In one field of one line."""
    assert "ValueError: broken" in lines[2]["exception"]


@dataclass(frozen=True)
class NoSettings:
    name: str = setting("X_NAME", "a name", default="x")


class Away:
    def __init__(self, what: str) -> None:
        self.what = what

    def verify(self) -> None:
        raise Misconfigured(f"{self.what} cannot be reached")


class Present:
    def verify(self) -> None:
        """There it is."""


def test_everything_that_cannot_be_reached_is_said_at_once():
    """An operator mends a deployment in one go."""
    with pytest.raises(Misconfigured, match="the queue cannot be reached; the table cannot be reached"):
        announce_start(NoSettings(), [Away("the queue"), Present(), Away("the table")])

    announce_start(NoSettings(), [Present()])


def test_a_process_that_cannot_work_ends_with_one_sentence(capsys):
    """And with the exit status of a wrong configuration."""

    def main() -> None:
        raise Misconfigured("the queue cannot be reached")

    with pytest.raises(SystemExit) as end:
        run_service(main)

    assert end.value.code == EXIT_MISCONFIGURED
    assert capsys.readouterr().err == "This service cannot start: the queue cannot be reached.\n"


def test_a_worker_is_healthy_while_its_signs_of_life_are_fresh(tmp_path):
    """Not before the first one, and not long after the last one."""
    settings = HealthSettings(visibility_seconds=120.0, health_file=tmp_path / "health")
    assert not is_healthy(settings, time.time())

    settings.health_file.touch()

    touched = settings.health_file.stat().st_mtime
    assert is_healthy(settings, touched + 60 + SLACK_SECONDS - 1)
    assert not is_healthy(settings, touched + 60 + SLACK_SECONDS)
