"""Between two exons the engine is asked once: what it says there is what it would say to each."""

import random

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.synthetic.data import SyntheticData
from benchmarks.synthetic.shape import Shape
from services.annotator.annotation.csq import Csq
from services.annotator.annotation.queries import Queries
from services.annotator.annotation.selection import first_alike
from services.annotator.pack.exon_gaps import NO_GAP
from services.annotator.pack.genes import Genes
from services.annotator.pack.pack import load_pack
from services.annotator.pack.reference import Reference
from tests.unit.annotator.engine_calls import asked, queries, tell

SHAPE = Shape(bases=400_000, genes=25, sites=100, known=100)


class EachByItself(Csq):
    """The engine, asked about every query."""

    def _alike(self, queries):
        return np.arange(len(queries))


@pytest.fixture(scope="module")
def many_genes(tmp_path_factory):
    """Genes with several transcripts, of which some overlap, on both strands, coding and not."""
    return load_pack(SyntheticData(tmp_path_factory.mktemp("data"), SHAPE).pack)


@pytest.fixture(scope="module")
def changes(many_genes):
    """Every kind of change that is asked about, all over the sequence and beside each edge of a feature."""
    chance = random.Random(3)
    contig = many_genes.contigs[0]
    lines = many_genes.path(contig.genes).read_text().splitlines()[1:]
    edges = {int(line.split("\t")[column]) for line in lines for column in (3, 4)}
    near = {edge + step for edge in edges for step in range(-30, 31)}
    positions = sorted({*near, *chance.sample(range(SHAPE.first_base + 1, SHAPE.bases - 100), 4_000)})
    reference = Reference(many_genes)
    refs = [reference.bases(contig, at, chance.choice((1, 1, 1, 2, 3, 12))) for at in positions]
    return Queries(
        np.zeros(len(refs), np.int32),
        np.array(positions),
        pa.array([ref.encode() for ref in refs]),
        pa.array([changed(ref, chance).encode() for ref in refs]),
    )


def changed(ref, chance):
    """Another base, several others, an insertion, a deletion, or two alleles of one base."""
    other = "ACGT"["ACGT".index(ref[0]) - 1]
    return chance.choice(
        (
            other,
            other + ref[1:],
            ref + "".join(chance.choices("ACGT", k=chance.choice((1, 2, 15)))),
            ref[0] if len(ref) > 1 else other,
            f"{other},{ref}{other}",
        )
    )


def test_answers_are_those_to_each_query_by_itself(many_genes, changes, tmp_path):
    """However near to an exon or to the end of a transcript, on the engine itself."""
    genes = Genes(many_genes)

    answers = Csq(many_genes, genes, tmp_path).consequences(changes)

    assert answers.equals(EachByItself(many_genes, genes, tmp_path).consequences(changes))
    texts = answers.to_pylist()
    assert {b"", b"intron", b"missense", b"splice_donor"} <= {text.partition(b"|")[0] for text in texts}


def test_most_of_what_lies_in_introns_is_not_asked_again(many_genes):
    """Of the changes of all places, those between exons are one for each gap."""
    contig = many_genes.contigs[0]
    positions = np.arange(SHAPE.first_base + 1, SHAPE.bases, 7)
    positions = positions[Genes(many_genes).gaps_at(contig, positions, positions) != NO_GAP]
    bases = Reference(many_genes).bases_at(contig, positions)
    every = Queries(
        np.zeros(len(positions), np.int32),
        positions,
        pa.array([bytes([base]) for base in bases]),
        pa.array([b"C" if base == ord("A") else b"A" for base in bases]),
    )

    alike = first_alike(every, many_genes, Genes(many_genes))

    assert len(every) > SHAPE.bases / 7 / 2
    assert len(np.unique(alike)) < len(every) / 20
    assert (alike <= np.arange(len(every))).all()


def test_one_that_fails_takes_no_answer_from_those_like_it(many_genes, tmp_path):
    """Where what stands for several is refused, each is asked by itself."""
    positions = np.arange(SHAPE.first_base, SHAPE.bases)
    gaps = Genes(many_genes).gaps_at(many_genes.contigs[0], positions, positions)
    positions = positions[gaps == 1][:2]
    one_gap = queries(*(f"{position} A C" for position in positions))
    first, second = map(str, positions)

    def call(_arguments):
        given = [line.split(b"\t")[1].decode() for line in asked()]
        if first in given:
            raise ValueError("This one is refused.")
        tell(*given)

    class Anywhere(Genes):
        """Genes that are near everything."""

        def are_near(self, contig, starts, ends):
            return np.ones(len(starts), bool)

    assert first_alike(one_gap, many_genes, Genes(many_genes)).tolist() == [0, 0]

    answers = Csq(many_genes, Anywhere(many_genes), tmp_path, call).consequences(one_gap)

    assert answers.to_pylist() == [None, second.encode()]
