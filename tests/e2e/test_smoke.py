"""The operator's smoke test, on a system that is there."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.e2e.conftest import ROOT

pytestmark = pytest.mark.e2e


def smoke(web: str, token: str, tmp_path) -> subprocess.CompletedProcess:
    file = tmp_path / "token"
    file.write_text(token + "\n")
    command = [sys.executable, "-m", "ecs", "smoke", web, "--token-file", str(file)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


def test_a_small_file_goes_through_the_whole_system_and_leaves_nothing(system, gregor, tmp_path):
    """Its job is deleted again."""
    token = gregor.script.headers["Authorization"].removeprefix("Bearer ")

    done = smoke(system.web, token, tmp_path)

    assert (done.returncode, done.stderr) == (0, "")
    assert "its result is annotated" in done.stdout
    names = [job["file_name"] for job in gregor.get("/jobs?limit=100")["jobs"]]
    assert "smoke.vcf" not in names


def test_what_does_not_work_is_named(system, tmp_path):
    """The step, and what the system said."""
    done = smoke(system.web, "gas_pat_wrong", tmp_path)

    assert done.returncode == 1
    assert done.stderr.startswith("a new job: 401")
    assert "Traceback" not in done.stderr
