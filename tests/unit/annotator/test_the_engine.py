"""The engine runs apart, and neither its failures nor the data that cause them lose a job."""

import faulthandler
import os
import resource
import signal
from dataclasses import replace

import pytest

from gas.errors import Misconfigured
from services.annotator.annotation import csq, csq_server
from services.annotator.annotation.csq import EngineKilled
from services.annotator.annotation.csq_server import MIN_SECONDS
from tests.unit.annotator.engine_calls import HEADER, asked, queries, tell, work

# Nothing that the engine may read stands behind this line end, which the feed does not expect either.
POISON = "600 A\nbroken C"


def test_answers_are_in_the_order_of_the_queries(new_engine):
    """Two names of one contig may alternate in a file, but the engine wants ascending positions."""
    answers = new_engine().consequences(queries("11778 G A", "1 G A", "3460 G A")).to_pylist()

    assert answers[0].startswith(b"missense|MT-ND4|")
    assert answers[1] == b""
    assert answers[2].startswith(b"missense|MT-ND1|")


def test_a_block_may_lie_before_the_last_one(new_engine):
    """A contig may come again under another of its names."""
    engine = new_engine()

    answers = [
        engine.consequences(queries(row)).to_pylist()[0] for row in ("11778 G A", "3460 G A", "14484 T C")
    ]

    assert [answer.split(b"|")[1] for answer in answers] == [b"MT-ND4", b"MT-ND1", b"MT-ND6"]


def test_nothing_is_answered_to_nothing(new_engine):
    """A block may have no record that can be annotated."""
    nothing = queries("10 T C").part(0, 0)

    assert new_engine().consequences(nothing).to_pylist() == []


def test_what_the_engine_refuses_is_found_and_the_rest_is_answered(new_engine):
    """A failing block is split until the culprits are alone."""
    engine = new_engine()

    answers = engine.consequences(queries("10 T C", POISON, *["11778 G A"] * 5)).to_pylist()

    assert answers[1] is None
    assert answers[0] == b""
    assert all(answer.startswith(b"missense") for answer in answers[2:])
    assert 0 < engine._seconds < csq.FAILURE_SECONDS


def test_failing_blocks_have_a_budget_of_time(new_engine, monkeypatch):
    """A file made of what the engine refuses must not keep a worker for hours."""
    engine = new_engine()
    monkeypatch.setattr(csq, "FAILURE_SECONDS", 0.001)

    failing = engine.consequences(queries(*[POISON] * 4, "11778 G A")).to_pylist()
    spent = engine._seconds
    sound = engine.consequences(queries("11778 G A")).to_pylist()

    assert failing == [None] * 5
    assert spent < 0
    assert sound[0].startswith(b"missense")


def test_blocks_that_go_well_are_not_charged(new_engine):
    """A large file may take its time."""
    engine = new_engine()

    engine.consequences(queries("11778 G A"))

    assert engine._seconds == csq.FAILURE_SECONDS


def test_a_run_gets_less_time_when_the_budget_is_used_up(new_engine, monkeypatch):
    """Then no block may take much longer than those that went well."""

    def call(_arguments):
        records = asked()
        if len(records) > 1:
            work(0.5)
            raise ValueError("More than one.")
        tell(*[resource.getrlimit(resource.RLIMIT_CPU)[0]] * len(records))

    def limits(seconds, *rows):
        monkeypatch.setattr(csq, "FAILURE_SECONDS", seconds)
        return list(map(int, new_engine(call).consequences(queries(*rows)).to_pylist()))

    full = limits(3, "577 G C")
    after_a_failure = limits(3, "577 G C", "578 T C")

    assert limits(csq.FAILURE_SECONDS * 100, "577 G C") == [csq_server.CPU_SECONDS]
    assert MIN_SECONDS < after_a_failure[0] == after_a_failure[1] < full[0] < csq_server.CPU_SECONDS
    assert limits(0, "577 G C") == [MIN_SECONDS]


def test_an_engine_that_is_killed_is_no_fault_of_the_data(new_engine):
    """Whatever ended it from outside, the job is to be tried again."""
    engine = new_engine(lambda _: os.kill(os.getpid(), signal.SIGKILL))

    with pytest.raises(EngineKilled, match="The engine was ended by signal 9"):
        engine.consequences(queries("577 G C"))


@pytest.mark.parametrize("name", ["SIGSEGV", "SIGABRT", "SIGXCPU"])
def test_an_engine_that_crashes_has_failed(new_engine, name):
    """A crash is the data's, if the engine works without them."""

    def call(_arguments):
        if any(b"\t578\t" in record for record in asked()):
            faulthandler.disable()
            os.kill(os.getpid(), getattr(signal, name))
        tell()

    assert new_engine(call).consequences(queries("578 T C")).to_pylist() == [None]


def test_an_engine_that_leaves_out_an_answer_has_failed(new_engine):
    """Answers are told by their place, so that one less would shift all that follow."""

    def call(_arguments):
        records = asked()
        if records:
            tell(*["X"] * (len(records) - 1 or 1))

    engine = new_engine(call)

    assert engine.consequences(queries("577 G C", "578 T C")).to_pylist() == [b"X", b"X"]
    assert engine._seconds < csq.FAILURE_SECONDS


@pytest.mark.parametrize("answers", [b"", b"MT\t1\t.\tA\tC\t.\t.\tBCSQ=X", b"MT\t1\tBCSQ=X\n", b"\n"])
def test_an_engine_that_breaks_off_in_an_answer_has_failed(new_engine, answers):
    """Also when it says that all went well."""

    def call(_arguments):
        os.write(1, HEADER.encode() + (answers if asked() else b""))

    assert new_engine(call).consequences(queries("577 G C", "578 T C")).to_pylist() == [None] * 2


def test_the_engine_is_told_the_genetic_code(pack, new_engine):
    """Each contig's own; the standard table is 0 to the engine, where only ATG is a start codon."""
    contigs = tuple(replace(pack.contigs[0], genetic_code=code) for code in (2, 1, 5))
    engine = new_engine(
        lambda arguments: tell(*[arguments[arguments.index("--genetic-code") + 1]] * len(asked())),
        replace(pack, contigs=contigs),
    )

    answers = engine.consequences(queries(*["577 G C"] * 3, contigs=[0, 1, 2])).to_pylist()

    assert answers == [b"2", b"0", b"5"]


def test_the_engine_leaves_nothing_in_the_folder(new_engine, tmp_path):
    """Its files have no names, or go with it."""
    new_engine().consequences(queries("10 T C", POISON, "11778 G A"))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("missing", ["reference", "genes"])
def test_an_engine_that_cannot_start_is_no_fault_of_the_data(pack, new_engine, missing):
    """Then the pack or the machine is to blame, and the job may be tried again."""
    nonsense = "LICENCES.txt"
    broken = {
        "reference": replace(pack, reference=nonsense),
        "genes": replace(pack, contigs=(replace(pack.contigs[0], genes=nonsense),)),
    }[missing]

    with pytest.raises(Misconfigured, match=r"human_mt|gene models"):
        new_engine(of=broken).consequences(queries("577 G C"))


def test_the_genetic_code_is_the_contig_s(pack, new_engine):
    """AGA is arginine in the nucleus and a stop in the mitochondrion."""
    nuclear = replace(pack.contigs[0], genetic_code=1)
    engine = new_engine(of=replace(pack, contigs=(nuclear, pack.contigs[0])))

    answer, other = engine.consequences(queries("7444 G A", "7444 G A", contigs=[0, 1])).to_pylist()

    assert b"stop_lost" not in answer
    assert b"stop_lost" in other
