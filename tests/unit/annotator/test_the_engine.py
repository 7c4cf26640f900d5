"""The engine runs apart, and neither its failures nor the data that cause them lose a job."""

import faulthandler
import json
import os
import resource
import signal
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from gas.errors import Misconfigured
from services.annotator.annotation import csq, csq_process, csq_server
from services.annotator.annotation.csq import Csq, EngineKilled
from services.annotator.annotation.csq_server import MIN_SECONDS
from services.annotator.annotation.queries import Queries
from services.annotator.pack.genes import Genes
from tests.waiting import wait_for

HEADER = "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"

LIMITS = ("RLIMIT_DATA", "RLIMIT_FSIZE", "RLIMIT_CPU", "RLIMIT_CORE")


@pytest.fixture
def new_engine(pack, tmp_path):
    """The engine, or what stands in for it: a function that gets the same arguments and input."""

    def new(call=csq_server.call, of=pack):
        return Csq(of, Genes(of), tmp_path, call)

    return new


def queries(*rows, contigs=None):
    """Queries given as ``POS REF ALT``, on the first contig if nothing else is said."""
    positions, refs, alts = zip(*(row.split(" ") for row in rows), strict=True)
    return Queries(
        np.array(contigs or [0] * len(rows), np.int32),
        np.array(positions, np.int64),
        pa.array([ref.encode() for ref in refs]),
        pa.array([alt.encode() for alt in alts]),
    )


# Nothing that the engine may read stands behind this line end, which the feed does not expect either.
POISON = "600 A\nbroken C"


def asked():
    """The records on standard input."""
    feed = b"".join(iter(lambda: os.read(0, 1 << 16), b""))
    return [line for line in feed.splitlines() if not line.startswith(b"#")]


def tell(*answers):
    """Write a VCF with these answers to standard output."""
    rows = (f"MT\t1\t.\tA\tC\t.\t.\tBCSQ={answer}\n" for answer in answers)
    os.write(1, (HEADER + "".join(rows)).encode())


def work(seconds):
    """Use the CPU."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass


def test_answers_are_in_the_order_of_the_queries(new_engine):
    """Two names of one contig may alternate in a file, but the engine wants ascending positions."""
    answers = new_engine().consequences(queries("11778 G A", "1 G A", "3460 G A")).to_pylist()

    assert answers[0].startswith(b"missense|MT-ND4|")
    assert answers[1] == b""
    assert answers[2].startswith(b"missense|MT-ND1|")


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


def tell_limits(_arguments):
    limits = {name: resource.getrlimit(getattr(resource, name)) for name in LIMITS}
    os.write(1, json.dumps({**limits, "alarm": signal.alarm(0)}).encode())


def limits_of(call, tmp_path):
    """What a function says of the limits of its process."""
    ran = csq_process.Engine(call).run([], b"", csq_server.CPU_SECONDS, tmp_path)
    assert ran.status == 0, ran.errors
    return json.loads(ran.output)


def test_the_engine_s_process_is_bounded(tmp_path):
    """Memory, output and time have an end before the machine has."""
    limits = limits_of(tell_limits, tmp_path)

    assert limits["RLIMIT_DATA"] == [csq_server.MEMORY_BYTES] * 2
    assert limits["RLIMIT_FSIZE"] == [csq_server.OUTPUT_BYTES] * 2
    assert limits["RLIMIT_CPU"] == [csq_server.CPU_SECONDS, resource.RLIM_INFINITY]
    assert limits["RLIMIT_CORE"] == [0, 0]
    assert 0 < limits["alarm"] <= csq_server.WALL_SECONDS


def test_lower_limits_of_the_environment_are_kept(tmp_path):
    """Nobody may raise a hard limit, and trying to would end the engine."""

    def call_within_limits(_arguments):
        resource.setrlimit(resource.RLIMIT_DATA, (3_072_000_000, 3_072_000_000))
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        os.write(1, json.dumps(limits_of(tell_limits, tmp_path)).encode())

    limits = limits_of(call_within_limits, tmp_path)

    assert limits["RLIMIT_DATA"] == [3_072_000_000] * 2
    assert limits["RLIMIT_CPU"] == [55, 60]


def test_what_is_killed_between_two_blocks_is_no_fault_of_the_data(new_engine):
    """Whatever of the engine stays for the next block: that is answered, or the job is to be tried again."""
    engine = new_engine()
    others = children()
    before = engine.consequences(queries("11778 G A")).to_pylist()
    for process in children() - others:
        os.kill(process, signal.SIGKILL)
        wait_for(lambda process=process: state(process) == "Z", "the end of the process")

    with suppress(EngineKilled):
        assert engine.consequences(queries("11778 G A")).to_pylist() == before


def children():
    """The processes that this one has started."""
    return set(map(int, Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split()))


def state(process):
    return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]


def test_engines_go_in_any_order(new_engine):
    """Two packs may be in use at once, and each may go before the other."""
    process = os.fork()
    if not process:
        use_two(new_engine)

    _, status = os.waitpid(process, 0)

    assert status == 0


def use_two(new_engine):
    """In a process that ends in any case: what waits for ever would do so in the test."""
    status = 1
    try:
        signal.alarm(20)
        engines = [new_engine(lambda _, name=name: tell(*[name] * len(asked()))) for name in "ab"]
        for engine in engines:
            engine.consequences(queries("577 G C"))
        del engine
        engines.pop(0)
        status = engines[0].consequences(queries("577 G C")).to_pylist() != [b"b"]
    finally:
        os._exit(status)


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
