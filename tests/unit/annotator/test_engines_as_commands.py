"""An engine is a command: what it says of its progress, its refusals and its failures is understood."""

from __future__ import annotations

import sys
import threading

import pytest

from gas.errors import InvalidInput
from services.annotator.engines import command_engine, process_group
from services.annotator.engines.engine import EngineFailed, Outcome, Reached
from tests.unit.annotator.engine_runs import Run, stand_in


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
