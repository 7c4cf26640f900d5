"""The engine runs apart, and neither its failures nor the data that cause them lose a job."""

from dataclasses import replace

import pytest

from gas.errors import Misconfigured
from services.annotator.csq import MAX_SPLITS, Csq, Query


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
    assert csq.splits < MAX_SPLITS


def test_splitting_has_an_end(pack, tmp_path, query):
    """A file made of what the engine refuses must not keep a worker for hours."""
    csq = Csq(pack, tmp_path)
    csq.splits = 1

    answers = csq.consequences([query(20, "A\nbroken", "C")] * 4 + [query(11778, "G", "A")])

    assert answers == [None] * 5
    assert csq.splits == 0


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
