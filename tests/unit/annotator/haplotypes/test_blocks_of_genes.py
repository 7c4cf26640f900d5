"""Haplotype-aware mode works through a file in blocks that end between genes."""

from dataclasses import replace

import pytest

from gas.errors import InvalidInput
from services.annotator.annotation import gene_blocks
from services.annotator.vcf.text import BLOCK_BYTES
from tests.unit.annotator.haplotype_texts import AWARE, GENOME, HEADER, record, text


@pytest.mark.parametrize("seed", [1, 2])
def test_the_result_depends_neither_on_workers_nor_on_blocks(annotate, bench, seed):
    """Also not where no record lies between two genes, one of which has transcripts with one end."""
    content = text(seed, 150)

    whole = bench.annotate(content, options=AWARE).contents
    parts = [
        bench.annotate(content, options=replace(AWARE, workers=workers, block_bytes=size)).contents
        for workers, size in ((1, 1), (2, 1), (3, 1), (1, 700), (1, BLOCK_BYTES))
    ]

    assert all(part == whole for part in parts)


def test_blocks_end_between_genes(annotate):
    """However small they are meant to be."""
    ends = []
    records = [
        record(place, "C" if GENOME[place - 1] != "C" else "G")
        for place in (50, 104, 105, 150, 410, 690, 800, 1010)
    ]

    annotate(*records, block_bytes=1, on_progress=lambda progress: ends.append(progress.records))

    assert ends == [1, 4, 6, 7, 8]


def test_a_deletion_that_reaches_into_the_next_gene_is_not_cut_off_from_it(annotate):
    """It is on the haplotypes of both."""
    ends = []
    deletion = record(215, "A", "1|0", ref=GENOME[214:410])

    annotate(
        record(104, "A"),
        deletion,
        record(450, "A"),
        block_bytes=1,
        on_progress=lambda told: ends.append(told.records),
    )

    assert ends == [3]


def test_more_text_than_may_be_held_is_refused_with_the_place(bench, monkeypatch):
    """There is no place to cut it."""
    monkeypatch.setattr(gene_blocks, "MAX_STRETCH_BYTES", 1_000_000)
    line = record(104, "A", keys="GT:" + "x" * 40_000)
    records = [record(50, "A", ref=GENOME[49]), *[line] * 40]

    with pytest.raises(InvalidInput) as refused:
        bench.annotate(HEADER + b"".join(records), options=replace(AWARE, block_bytes=1000))

    assert str(refused.value) == (
        "Line 7: The genes from 1:104 to 105 and beyond overlap, and their records have more than 1 MB "
        "of text, which is more than can be annotated haplotype-aware: annotate the file without haplotypes."
    )
    assert bench.left == []


def test_what_is_wrong_before_the_end_of_damaged_data_counts_first(annotate):
    """Also in records that wait for the end of their gene."""
    with pytest.raises(InvalidInput, match=r"^Line 6, column 2: POS"):
        annotate(b"1\tx\t.\tA\tC\t.\t.\t.\tGT\t0\t0\t0\n", record(104, "A"), b"1\t105\t\0\n", block_bytes=1)


def test_two_names_of_a_sequence_are_two_sequences(annotate, bench):
    """Nobody can say which of their records are on one haplotype."""
    pack = replace(bench.pack, contigs=(replace(bench.pack.contigs[0], aliases=("chr1",)),))
    # Behind the last a block ends whatever its size.
    records = [record(104, "A", "1|0"), b"chr" + record(105, "A", "1|0"), b"chr" + record(2900, "A")]

    parts = bench.annotate(
        HEADER + b"".join(records), pack=pack, options=replace(AWARE, block_bytes=1)
    ).contents
    whole = bench.annotate(HEADER + b"".join(records), pack=pack, options=AWARE)

    assert parts == whole.contents
    assert [info["BCSQ"].split("|")[-1] for info in whole.infos[:2]] == ["104G>A", "105C>A"]
