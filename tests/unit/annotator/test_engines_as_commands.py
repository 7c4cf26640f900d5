"""An engine is a command in a process group of its own, which ends with the call that runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gas.errors import InvalidInput
from services.annotator.engines import command_engine, process_group
from services.annotator.engines.command_engine import CommandEngine
from services.annotator.engines.engine import Capabilities, EngineFailed, Outcome, Reached
from services.annotator.result.result_files import Outputs, result_names
from tests import engine_stand_in
from tests.process_groups import members, remains
from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]
MEMORY = 3 << 30


def stand_in(**changes) -> CommandEngine:
    """An engine that does what its input says."""
    settings = {
        "name": "stand_in",
        "capabilities": Capabilities(("X",), frozenset({"vcf", "index", "log", "summary"}), "GRCh38"),
        "program": (sys.executable, engine_stand_in.__file__),
        "seconds_per_megabyte": 1.0,
        "memory_bytes": MEMORY,
    }
    return CommandEngine(**{**settings, **changes})


class Run:
    """One file, annotated by a stand-in, and what was heard of it."""

    def __init__(self, folder: Path, told: str) -> None:
        self.source = folder / "input"
        self.source.write_text(told + "\n")
        self.outputs = Outputs(**{key: folder / name for key, name in vars(result_names("-x.vcf")).items()})
        self.heard: list[Reached] = []

    def annotate(self, engine: CommandEngine | None = None, beat=None) -> Outcome:
        engine = engine or stand_in()
        beat = beat or self.heard.append
        return engine.annotate(self.source, self.outputs, file_name="-x.vcf", beat=beat)


@pytest.fixture
def often(monkeypatch):
    """Beats come without a pause."""
    monkeypatch.setattr(process_group, "BEAT_SECONDS", 0.0)


def test_an_engine_that_succeeds_leaves_its_files_and_its_counts(tmp_path):
    """A name that looks like an option is still the name of a file."""
    run = Run(tmp_path, "annotate 7")

    assert run.annotate() == Outcome(records=7, kept_unannotated=1)
    assert all(getattr(run.outputs, name).is_file() for name in stand_in().capabilities.files)


def test_the_caller_hears_how_far_the_engine_is(tmp_path, often):
    """The last that it said, in the caller's thread, until it is enough."""
    run = Run(tmp_path, f"stay {tmp_path / 'group'}")
    threads = []

    def beat(reached):
        threads.append(threading.current_thread())
        if reached.records:
            raise StopIteration(reached)

    with pytest.raises(StopIteration) as end:
        run.annotate(beat=beat)

    assert end.value.value == Reached(records=1200, contig="20", read=5)
    assert set(threads) == {threading.main_thread()}


def test_a_beat_comes_even_if_the_engine_says_nothing(tmp_path, often):
    """A job whose engine is silent can be cancelled as well."""
    engine = stand_in(program=(sys.executable, "-c", "import signal; signal.pause()"))

    def beat(reached):
        raise StopIteration(reached)

    with pytest.raises(StopIteration) as end:
        Run(tmp_path, "").annotate(engine, beat)

    assert end.value.value == Reached()


def test_an_engine_that_is_quick_is_not_reported_on(tmp_path):
    """There is no use in the progress of what has ended; the first beat is due later than that."""
    run = Run(tmp_path, "annotate 7")

    run.annotate()

    assert run.heard == []


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"no json",
        b"[1]",
        b"{}",
        b'{"records": -1}',
        b'{"records": true}',
        b'{"records": 1e3}',
        b'{"records": "5"}',
        b"[" * 50_000,
        b'{"records": 99999999999999999999}',
        b"\xff",
    ],
)
def test_what_says_nothing_of_progress_is_passed_over(line):
    """Libraries write to standard output as they like."""
    latest = command_engine._Latest()
    latest.read(b'{"records": 3, "contig": "MT"}')

    latest.read(line)

    assert latest.reached == Reached(records=3, contig="MT", read=None)


def test_lines_are_put_together_and_those_without_end_dropped(tmp_path):
    """A pipe cuts where it likes, and memory is bounded."""
    seen = []
    lines = process_group._Lines(seen.append)

    for piece in (b"on", b"e\ntwo\nth", b"ree\n", b"x" * process_group.MAX_LINE_BYTES, b"x", b"\nfour\n"):
        lines.add(piece)

    assert seen == [b"one", b"two", b"three", b"", b"four"]


def test_a_refusal_is_the_last_line_of_its_errors(tmp_path):
    """It is for the user, word for word."""
    run = Run(tmp_path, "refuse Line 7, column 2: POS is not a number.")

    with pytest.raises(InvalidInput) as error:
        run.annotate()

    assert str(error.value) == "Line 7, column 2: POS is not a number."


def test_a_refusal_without_a_reason_is_still_a_sentence(tmp_path):
    """The job's page has something to show."""
    engine = stand_in(program=(sys.executable, "-c", "raise SystemExit(2)"))

    with pytest.raises(InvalidInput, match="refused the file without giving a reason"):
        Run(tmp_path, "").annotate(engine)


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ("fail the cache is broken", "stand_in ended with status 1: the cache is broken"),
        ("die 9", "stand_in was ended by SIGKILL"),
        ("die 11", "stand_in was ended by SIGSEGV"),
        ("forget index", "stand_in did not write index"),
        ("annotate 7.5", "ended with status 1"),
    ],
)
def test_an_engine_that_breaks_has_failed(tmp_path, told, reason):
    """Which counts as an attempt of the job, and the log says why."""
    with pytest.raises(EngineFailed, match=reason):
        Run(tmp_path, told).annotate()


@pytest.mark.parametrize("text", ["", "{}", '{"records": {"read": "many"}}', "[]"])
def test_an_engine_that_does_not_count_has_failed(tmp_path, text):
    """The job's record needs the numbers."""
    run = Run(tmp_path, "annotate 1")
    run.annotate()
    run.outputs.summary.write_text(text)

    with pytest.raises(EngineFailed, match="summary without the counts"):
        stand_in()._outcome(run.outputs)


def test_an_engine_that_is_not_there_has_failed(tmp_path):
    """It may be there at the next attempt, and an operator sees the reason."""
    with pytest.raises(EngineFailed, match="No such file"):
        Run(tmp_path, "").annotate(stand_in(program=("/nowhere/engine",)))


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
from tests.unit.annotator.test_engines_as_commands import Run
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
from tests.unit.annotator.test_engines_as_commands import Run
resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))
Run(Path(sys.argv[1]), "tell").annotate()
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert f'"RLIMIT_FSIZE": {1 << 20}' in done.stderr
