"""An engine runs in a process group of its own: bounded, and ended with the call that runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from services.annotator.engines import command_engine, process_group
from services.annotator.engines.engine import EngineFailed
from tests.process_groups import members, remains
from tests.unit.annotator.engine_runs import MEMORY, Run, stand_in
from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]


def test_an_engine_gets_what_it_needs_and_no_more(tmp_path, monkeypatch):
    """No credentials, no terminal, bounded memory and files, and the first to go when memory runs out."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    run = Run(tmp_path, "tell")

    with pytest.raises(EngineFailed) as error:
        run.annotate(stand_in(environment={"PYTHONPATH": "/x"}, options=("--progress",)))

    told = json.loads(str(error.value).partition("status 1: ")[2])
    folder = str(tmp_path)
    assert told["environment"] == {
        "PATH": os.defpath,
        "LC_ALL": "C",
        "HOME": folder,
        "TMPDIR": folder,
        "PYTHONPATH": "/x",
        **{name: value for name, value in told["environment"].items() if name == "LC_CTYPE"},
    }
    assert (told["folder"], told["input"], told["expendable"]) == (folder, "", "1000")
    assert told["limits"]["RLIMIT_DATA"] == MEMORY
    assert told["limits"]["RLIMIT_FSIZE"] == (1 << 30) + 100 * run.source.stat().st_size
    assert told["arguments"][:2] == [str(run.source), str(run.outputs.vcf)]


def test_memory_beyond_the_limit_is_refused_to_the_engine(tmp_path):
    """It breaks, and nothing beside it does."""
    engine = stand_in(program=(sys.executable, "-c", "bytearray(1 << 30)"), memory_bytes=512 << 20)

    with pytest.raises(EngineFailed, match="MemoryError"):
        Run(tmp_path, "").annotate(engine)


def test_the_time_of_an_engine_grows_with_its_input(tmp_path):
    """Minutes to start with, and so much for each megabyte."""
    run = Run(tmp_path, "")
    engine = stand_in(seconds_per_megabyte=3.0)
    with run.source.open("wb") as sparse:
        sparse.truncate(2_000_000)

    assert engine._command(run.source, run.outputs, "x").seconds == command_engine.START_SECONDS + 6


def test_an_engine_that_takes_too_long_has_failed_and_is_gone(tmp_path, monkeypatch, often):
    """Its group with it, whatever signals it ignores."""
    group = tmp_path / "group"
    clock = [0.0]
    monkeypatch.setattr(process_group.time, "monotonic", lambda: clock[0])

    def beat(_reached):
        clock[0] = 1e6 if group.exists() else 0.0

    with pytest.raises(EngineFailed, match="it had not ended after 600 s"):
        Run(tmp_path, f"stay {group}").annotate(beat=beat)

    assert remains(int(group.read_text())) == []


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, OSError, GeneratorExit])
def test_whatever_ends_the_call_ends_the_group(tmp_path, often, error):
    """Every process of it, of every generation, by the time that the caller hears of it."""
    group = tmp_path / "group"

    def beat(_reached):
        if group.exists():
            assert len(members(int(group.read_text()))) == 4
            raise error

    with pytest.raises(error):
        Run(tmp_path, f"stay {group}").annotate(beat=beat)

    assert remains(int(group.read_text())) == []


def test_what_an_engine_leaves_behind_is_ended(tmp_path, often):
    """Its files are complete once it has ended, and nothing writes into them any more."""
    group = tmp_path / "group"
    script = f"""
import os, signal, sys
if os.fork() == 0:
    signal.pause()
open({str(group)!r}, "w").write(str(os.getpgrp()))
os._exit(3)
"""
    with pytest.raises(EngineFailed, match="ended with status 3"):
        Run(tmp_path, "").annotate(stand_in(program=(sys.executable, "-c", script)))

    assert remains(int(group.read_text())) == []


def test_an_engine_whose_leader_is_killed_has_failed_and_is_gone(tmp_path, often):
    """The group does not outlive its leader, who might be the victim of chance."""
    group = tmp_path / "group"
    killed = []

    def beat(_reached):
        if group.exists() and not killed:
            killed.append(int(group.read_text()))
            os.kill(killed[0], signal.SIGKILL)

    with pytest.raises(EngineFailed, match="was ended by SIGKILL"):
        Run(tmp_path, f"stay {group}").annotate(beat=beat)

    assert remains(killed[0]) == []


def test_a_service_that_is_killed_takes_its_engine_along(tmp_path):
    """SIGKILL leaves it no time to do so itself."""
    group = tmp_path / "group"
    script = """
import sys
from pathlib import Path
from tests.unit.annotator.engine_runs import Run
Run(Path(sys.argv[1]), f"stay {sys.argv[2]}").annotate()
"""
    service = subprocess.Popen([sys.executable, "-c", script, str(tmp_path), str(group)], cwd=ROOT)
    try:
        wait_for(group.exists, "the engine at work")
        pids = members(int(group.read_text()))
        assert len(pids) == 4
        assert service.pid not in pids
    finally:
        service.kill()
        service.wait()

    wait_for(lambda: not members(int(group.read_text())), "the end of the engine")


def test_lower_limits_of_the_environment_are_kept(tmp_path):
    """Nobody may raise a hard limit, and trying to would end the leader."""
    script = """
import resource, sys
from pathlib import Path
from tests.unit.annotator.engine_runs import Run
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
Run(Path(sys.argv[1]), "tell").annotate()
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert f'"RLIMIT_FSIZE": {1 << 20}' in done.stderr
