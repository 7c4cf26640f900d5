"""The index of a result finds what reading all records finds, and what the index of other tools finds."""

import gzip
import random
import shutil

import pysam
import pysam.bcftools
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.annotator.annotation.file import Options
from services.annotator.vcf.ends import MAX_POSITION
from tests.unit.annotator import vcf_texts
from tests.unit.annotator.conftest import HEADER

# The last position that a record may end at, and the bounds of the bins between.
EDGES = [0, 1, *(1 << bits for bits in (14, 17, 20, 23, 26, 28)), MAX_POSITION]
CONTIGS = ("chr1", "chrM", "chr2")

near_edges = st.sampled_from(EDGES).flatmap(
    lambda edge: st.integers(max(0, edge - 2), min(edge + 2, MAX_POSITION))
)
positions = st.integers(0, MAX_POSITION) | st.integers(0, 70_000) | near_edges
lengths = st.sampled_from([0, 0, 0, 1, 100, 1 << 14, 1 << 20, MAX_POSITION])
rows = st.tuples(st.sampled_from(CONTIGS), positions, lengths, st.integers(0, 300))
regions = st.tuples(st.sampled_from(CONTIGS), positions, lengths)


def record(contig, position, length, padding):
    """A record that ends so many bases after its first; padding makes the text longer."""
    end = min(max(position, 1) + length, MAX_POSITION)
    info = f"END={end}" if length else "."
    return f"{contig}\t{position}\t{'i' * padding or '.'}\tN\t<DEL>\t.\t.\t{info}\n"


def vcf(drawn):
    """Sorted records on contigs of which at least one is in the pack."""
    ordered = sorted(drawn, key=lambda row: (CONTIGS.index(row[0]), row[1]))
    known = [row for row in ordered if row[0] == "chrM"] or [("chrM", 5, 0, 0)]
    ordered = [*(r for r in ordered if r[0] == "chr1"), *known, *(r for r in ordered if r[0] == "chr2")]
    return HEADER + "".join(record(*row) for row in ordered).encode()


def scanned(result, contig, first, last):
    """The records that touch a region, by looking at each; positions count from 1."""
    return [
        line.decode()
        for line in result.records
        for fields in [line.split(b"\t")]
        if fields[0].decode() == contig and int(fields[1]) <= last and end_of(fields) >= first
    ]


def end_of(fields):
    info = fields[7].split(b";")[0]
    start = max(1, int(fields[1]))
    return int(info[4:]) if info.startswith(b"END=") else start + len(fields[3]) - 1


def fetched(tabix, contig, first, last):
    """The records that touch a region, by the index; none on a contig that the file does not have."""
    if contig not in tabix.contigs:
        return []
    return list(tabix.fetch(contig, first - 1, last))


def opened(result):
    return pysam.TabixFile(str(result.outputs.vcf), index=str(result.outputs.index))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rows, max_size=30), st.lists(regions, max_size=20), st.integers(1, 2_000))
def test_the_index_finds_what_reading_everything_finds(new_bench, drawn, wanted, size):
    """For any records and regions, and wherever blocks end."""
    result = new_bench().annotate(vcf(drawn), options=Options(block_bytes=size))

    with opened(result) as tabix:
        for contig, first, length in [*wanted, *((contig, 1, MAX_POSITION) for contig in CONTIGS)]:
            last = min(max(first, 1) + length, MAX_POSITION)
            found = fetched(tabix, contig, max(first, 1), last)
            assert found == scanned(result, contig, max(first, 1), last)


@pytest.mark.parametrize("seed", range(3))
def test_the_index_answers_as_that_of_other_tools(bench, seed):
    """On records of several compressed blocks and several megabytes of text, and many regions."""
    chance = random.Random(seed)
    drawn = [
        (
            chance.choice(CONTIGS),
            chance.randrange(1 << chance.choice([15, 18, 24, 29])),
            chance.choice([0, 0, 0, 9, 1 << 18]),
            300,
        )
        for _ in range(6_000)
    ]
    result = bench.annotate(vcf(drawn), options=Options(block_bytes=150_000))
    theirs = bench.folder / "theirs.vcf.gz"
    shutil.copy(result.outputs.vcf, theirs)
    pysam.tabix_index(str(theirs), preset="vcf")

    with opened(result) as ours, pysam.TabixFile(str(theirs)) as other:
        assert ours.contigs == other.contigs
        for _ in range(600):
            first = chance.randrange(1, 1 << chance.choice([15, 18, 24, 29]))
            region = chance.choice(CONTIGS), first, min(MAX_POSITION, first + chance.choice([0, 50, 1 << 16]))
            assert fetched(ours, *region) == fetched(other, *region)


def test_a_query_reads_little_of_a_large_file(bench):
    """Each place has its own offset: an index that leads to the start of the file finds all, slowly."""
    last = 399_961
    drawn = [("chrM", position, 0, 300) for position in range(1, last + 1, 40)]
    result = bench.annotate(vcf(drawn), options=Options(block_bytes=200_000))

    with pysam.BGZFile(str(result.outputs.vcf)) as stream:
        stream.seek(linear_offset(result, last >> 14))
        first = int(stream.readline().split(b"\t")[1])

    assert (last >> 14) << 14 < first <= last


def linear_offset(result, window):
    """The offset in the linear index of the only contig (SAM specification, 5.2: The tabix index format)."""
    text = gzip.decompress(result.outputs.index.read_bytes())
    names = int.from_bytes(text[32:36], "little")
    place = 36 + names
    bins = int.from_bytes(text[place : place + 4], "little")
    place += 4
    for _ in range(bins):
        chunks = int.from_bytes(text[place + 4 : place + 8], "little")
        place += 8 + 16 * chunks
    place += 4 + 8 * window
    return int.from_bytes(text[place : place + 8], "little")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(vcf_texts.texts(20), st.integers(20, 500), st.integers(1, 16_600), st.integers(0, 3_000))
def test_the_index_of_many_blocks_answers_as_that_of_one(new_bench, content, size, first, length):
    """The offsets in it are others, and its answers are not."""
    content = content.replace("odd\xe9".encode("latin-1"), b"odd")
    bench = new_bench()
    found = []
    for options in (Options(), Options(block_bytes=size)):
        outputs = bench.annotate(content, options=options).outputs
        with pysam.TabixFile(str(outputs.vcf), index=str(outputs.index), encoding="latin-1") as tabix:
            found.append([fetched(tabix, name, first, first + length) for name in tabix.contigs])

    assert found[0] == found[1]


def test_other_readers_of_vcf_use_the_index(bench):
    """Htslib's own reader, with positions at the start, at the end, and beyond it."""
    result = bench.records("chrM 0 N A", "chrM 1 G A", "chrM 11778 G A", "chrM 16569 G A", "chrM 16570 N A")

    with pysam.VariantFile(str(result.outputs.vcf), index_filename=str(result.outputs.index)) as variants:
        assert [record.pos for record in variants.fetch("chrM", 11_000, 12_000)] == [11_778]
        assert [record.pos for record in variants.fetch("chrM", 16_568, 16_569)] == [16_569]
        assert [record.pos for record in variants.fetch("chrM", 16_569, 16_570)] == [16_570]
        assert 1 in [record.pos for record in variants.fetch("chrM", 0, 1)]
        assert len(list(variants.fetch("chrM"))) == 5


def test_other_tools_count_records_by_the_index(bench):
    """The numbers are in it, as in the indexes that they make (SAM specification, 5.2: a bin of metadata)."""
    vcf_path = bench.records("1 5 A C", "1 6 A C", "chrM 10 T C", "2 5 A C").outputs.vcf
    index = vcf_path.with_name(f"{vcf_path.name}.tbi")

    assert index == bench.outputs.index
    assert pysam.bcftools.index("--stats", str(vcf_path)) == "1\t.\t2\nchrM\t16569\t1\n2\t.\t1\n"
    assert pysam.bcftools.index("--nrecords", str(vcf_path)) == "4\n"


def test_the_index_of_no_records_is_one(bench):
    """Readers open it, and find no contig."""
    result = bench.records()

    with opened(result) as tabix:
        assert tabix.contigs == []
