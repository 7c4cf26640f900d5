"""Starting on a machine on which something else is running."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from tests.e2e.conftest import ROOT

pytestmark = pytest.mark.e2e


def start(*options: str) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "local", *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


def test_a_taken_port_is_said_in_one_sentence(tmp_path):
    """Nothing is started, and nothing is said of stopping."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        done = start("--port", str(port), "--folder", str(tmp_path))

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith(f"Taken on 127.0.0.1: port {port}")
    assert len(done.stderr.splitlines()) == 1


def test_one_port_for_two_parts_is_refused(tmp_path):
    """It would otherwise look as if the second part never came up."""
    done = start("--port", "18999", "--aws-port", "18999", "--folder", str(tmp_path))

    assert done.returncode == 1
    assert "port of its own" in done.stderr
