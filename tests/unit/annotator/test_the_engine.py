"""The engine runs apart, and neither its failures nor the data that cause them lose a job."""

import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from subprocess import PIPE

import pytest

from gas.errors import Misconfigured
from services.annotator.annotation import csq_process
from services.annotator.annotation.csq import (
    FAILURE_SECONDS,
    MIN_SECONDS,
    Csq,
    EngineKilled,
    Query,
)
from services.annotator.pack.pack import BUILTIN_PACKS

MT = BUILTIN_PACKS / "human_mt"

# Stands in for the engine: it gets the same arguments and input.
PROGRAM = """
import os, signal, sys
records = [line for line in sys.stdin if not line.startswith("#")]
def print_vcf(*answers):
    for answer in answers:
        print("MT", 1, ".", "A", "C", ".", ".", "BCSQ=" + answer, sep="\\t")
"""


@pytest.fixture
def new_engine(pack, tmp_path):
    """An engine that runs a line of Python in the place of bcftools."""

    def new(line):
        program = tmp_path / "program.py"
        program.write_text(PROGRAM + line + "\n")
        return Csq(pack, tmp_path, program)

    return new


@pytest.fixture
def query(pack):
    return lambda position, ref, *alts: Query(pack.contigs[0], position, ref, alts)


def test_answers_are_in_the_order_of_the_queries(pack, tmp_path, query):
    """Two names of one contig may alternate in a file, but the engine wants ascending positions."""
    queries = [query(11778, "G", "A"), query(1, "G", "A"), query(3460, "G", "A")]

    answers = Csq(pack, tmp_path).consequences(queries)

    assert answers[0].startswith(b"missense|MT-ND4|")
    assert answers[1] == b""
    assert answers[2].startswith(b"missense|MT-ND1|")


def test_what_the_engine_refuses_is_found_and_the_rest_is_answered(pack, tmp_path, query):
    """A failing block is split until the culprits are alone."""
    poison = query(20, "A\nbroken", "C")
    csq = Csq(pack, tmp_path)

    answers = csq.consequences([query(10, "T", "C"), poison, *[query(11778, "G", "A")] * 5])

    assert answers[1] is None
    assert answers[0] == b""
    assert all(answer.startswith(b"missense") for answer in answers[2:])
    assert 0 < csq.seconds < FAILURE_SECONDS


def test_failing_blocks_have_a_budget_of_time(pack, tmp_path, query):
    """A file made of what the engine refuses must not keep a worker for hours."""
    csq = Csq(pack, tmp_path)
    csq.seconds = 0.001

    failing = csq.consequences([query(20, "A\nbroken", "C")] * 4 + [query(11778, "G", "A")])
    sound = csq.consequences([query(11778, "G", "A")])

    assert failing == [None] * 5
    assert csq.seconds < 0
    assert sound[0].startswith(b"missense")


def test_blocks_that_go_well_are_not_charged(pack, tmp_path, query):
    """A large file may take its time."""
    csq = Csq(pack, tmp_path)

    csq.consequences([query(11778, "G", "A")])

    assert csq.seconds == FAILURE_SECONDS


def test_a_run_gets_less_time_when_the_budget_is_used_up(pack, new_engine, query):
    """Then no block may take much longer than those that went well."""
    csq = new_engine("print_vcf(sys.argv[1])")

    before = csq.consequences([query(10, "T", "C")])
    csq.seconds = 0
    after = csq.consequences([query(10, "T", "C")])

    assert (before, after) == ([b"%d" % csq_process.CPU_SECONDS], [b"%d" % MIN_SECONDS])


def test_an_engine_that_is_killed_is_no_fault_of_the_data(new_engine, query):
    """Whatever ended it from outside, the job is to be tried again."""
    csq = new_engine("os.kill(os.getpid(), signal.SIGKILL)")

    with pytest.raises(EngineKilled, match="The engine was ended by signal 9"):
        csq.consequences([query(10, "T", "C")])


def test_an_engine_that_leaves_out_an_answer_has_failed(new_engine, query):
    """Answers are told by their place, so that one less would shift all that follow."""
    csq = new_engine("if records: print_vcf(*['X'] * (len(records) - 1 or 1))")

    assert csq.consequences([query(10, "T", "C"), query(11, "C", "T")]) == [b"X", b"X"]
    assert csq.seconds < FAILURE_SECONDS


def test_no_secret_reaches_the_engine(new_engine, query):
    """Credentials are in the environment of the worker, and the engine gets none of it."""
    csq = new_engine("print_vcf(','.join(sorted(os.environ)))")

    assert csq.consequences([query(10, "T", "C")]) == [b"LC_ALL"]


def test_the_engine_is_told_the_genetic_code(pack, new_engine):
    """Each contig's own; the standard table is 0 to the engine, where only ATG is a start codon."""
    csq = new_engine("print_vcf(*[sys.argv[sys.argv.index('--genetic-code') + 1]] * len(records))")
    contigs = [replace(pack.contigs[0], genetic_code=code) for code in (2, 1, 5)]

    assert csq.consequences([Query(contig, 10, "T", ("C",)) for contig in contigs]) == [b"2", b"0", b"5"]


def test_the_engine_s_process_is_bounded():
    """Memory, output and time have an end before the machine has."""
    process = start_engine()
    try:
        limits = limits_of(process)
    finally:
        process.kill()
        process.communicate()

    assert limits["Max address space"] == (str(csq_process.MEMORY_BYTES),) * 2
    assert limits["Max file size"] == (str(csq_process.OUTPUT_BYTES),) * 2
    assert limits["Max cpu time"] == ("120", "125")
    assert limits["Max core file size"] == ("0", "0")


def test_lower_limits_of_the_environment_are_kept():
    """Nobody may raise a hard limit, and trying to would end the engine."""
    process = start_engine("ulimit -v 3000000; ulimit -t 60; ")
    try:
        limits = limits_of(process)
    finally:
        process.kill()
        process.communicate()

    assert limits["Max address space"] == ("3072000000", "3072000000")
    assert limits["Max cpu time"] == ("55", "60")


def start_engine(before=""):
    """The engine's process, which waits for its standard input."""
    files = ["--fasta-ref", str(MT / "rCRS.MT.fa"), "--gff-annot", str(MT / "MT.gff3"), "--local-csq", "-"]
    command = [sys.executable, "-I", csq_process.__file__, "120", *files]
    shell = ["bash", "-c", f'{before}exec "$@"', "bash", *command]
    return subprocess.Popen(shell, stdin=PIPE, stdout=PIPE, stderr=PIPE)


def limits_of(process):
    """The limits of a process as soon as it has set the last of them."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        lines = Path(f"/proc/{process.pid}/limits").read_text().splitlines()[1:]
        limits = {line[:26].strip(): tuple(line[26:].split()[:2]) for line in lines}
        if limits["Max file size"][0] != "unlimited":
            break
    return limits


def test_an_engine_that_cannot_start_is_no_fault_of_the_data(pack, tmp_path, query):
    """Then the pack or the machine is to blame, and the job may be tried again."""
    broken = replace(pack, gene_model="LICENCES.txt")

    with pytest.raises(Misconfigured, match="The engine cannot use the pack human_mt"):
        Csq(broken, tmp_path).consequences([query(10, "T", "C")])


def test_the_genetic_code_is_the_contig_s(pack, tmp_path, query):
    """AGA is arginine in the nucleus and a stop in the mitochondrion."""
    nuclear = replace(pack.contigs[0], genetic_code=1)

    answer, other = Csq(pack, tmp_path).consequences(
        [Query(nuclear, 7444, "G", ("A",)), query(7444, "G", "A")]
    )

    assert b"stop_lost" not in answer
    assert b"stop_lost" in other
