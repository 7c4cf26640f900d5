"""What a pack knows of stretches of the reference is said of every record that touches one."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.annotator.annotation.file import Options
from services.annotator.pack.manifest import InfoKey, Kind
from services.annotator.pack.pack_contents import check_sources, source_schema
from tests.unit.annotator.vcf_texts import MITOCHONDRION


@pytest.fixture
def with_intervals(pack, tmp_path_factory):
    """The pack with one source of intervals, given as start, end and a value or None, both ends included."""

    def new(*intervals, rows_per_group=1 << 16):
        path = tmp_path_factory.mktemp("source") / "intervals.parquet"
        schema = source_schema(Kind.INTERVALS, ("X_REGION",))
        rows = [
            {"contig": "MT", "start": start, "end": end, "X_REGION": value}
            for start, end, value in sorted(intervals, key=lambda interval: interval[:2])
        ]
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            if rows:
                writer.write_table(pa.Table.from_pylist(rows, schema), row_group_size=rows_per_group)
        key = InfoKey("X_REGION", "String", "d", None)
        source = replace(
            pack.sources[0], file=str(path), kind=Kind.INTERVALS, records=len(rows), keys=(key.id,)
        )
        made = replace(pack, sources=(source,), keys=(key,))
        check_sources(made)
        return made

    return new


def regions(result):
    return [info.get("X_REGION") for info in result.infos]


def test_a_record_has_the_values_of_all_intervals_that_it_touches(bench, with_intervals):
    """Each value once, in the order of the intervals; a place between two touches none."""
    pack = with_intervals((10, 20, "a"), (15, 30, "b"), (16, 17, "a"), (40, 40, "c"), (50, 60, None))

    result = bench.records(
        "MT 9 G A", "MT 10 T C", "MT 17 C T", "MT 30 G A", "MT 31 G A", "MT 40 T C", "MT 55 T C", pack=pack
    )

    assert regions(result) == [None, "a", "a,b", "b", None, "c", None]
    assert result.table["X_REGION"].to_pylist() == regions(result)


def test_of_two_sources_with_one_key_the_first_counts(bench, with_intervals):
    """As for alleles; what only the other one knows is told as well."""
    first, second = with_intervals((10, 20, "a")), with_intervals((15, 30, "b"))

    result = bench.records(
        "MT 17 C T", "MT 25 C T", pack=replace(first, sources=first.sources + second.sources)
    )

    assert regions(result) == ["a", "b"]


@pytest.mark.parametrize(
    ("line", "touches"),
    [
        ("MT 98 CGG C", True),
        ("MT 97 CCG C", False),
        ("MT 50 T <DEL> END=100", True),
        ("MT 50 T <DEL> END=99", False),
        ("MT 50 T <DEL> SVLEN=-60", True),
        ("chrM 100 G A", True),
        ("2 100 G A", False),
    ],
)
def test_a_record_reaches_as_far_as_it_says(bench, with_intervals, line, touches):
    """By its REF, or by END and SVLEN; by whatever name its contig is called."""
    pack = with_intervals((100, 100, "here"))
    other = "MT 5 A G" if not line.startswith("MT") else "MT 200 A G"

    result = bench.records(
        *sorted([line, other], key=lambda record: not record.startswith("MT 5")), pack=pack
    )

    assert ("here" in regions(result)) is touches


def test_the_header_says_that_there_may_be_any_number_of_values(bench, with_intervals):
    """They are those of the record, not of its alleles."""
    header = bench.records("MT 10 T C", pack=with_intervals((10, 20, "a"))).header

    assert b'##INFO=<ID=X_REGION,Number=.,Type=String,Description="d">' in header


def test_a_source_without_rows_knows_nothing(bench, with_intervals):
    """A pack may be made from files that have nothing on its contigs."""
    assert regions(bench.records("MT 10 T C", pack=with_intervals())) == [None]


bounds = st.tuples(st.integers(300, 360), st.integers(0, 40))
values = st.sampled_from(["a", "b", "c", None])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(bounds, values), max_size=12),
    st.lists(bounds, min_size=1, max_size=12),
    st.integers(1, 5),
    st.integers(1, 400),
)
def test_the_intervals_are_those_that_overlap(new_bench, with_intervals, known, drawn, group, size):
    """Whatever their number, order, row groups and the blocks of the text."""
    intervals = sorted((start, start + length, value) for (start, length), value in known if value)
    pack = with_intervals(*intervals, rows_per_group=group)
    records = sorted((start, start + length) for start, length in drawn)
    lines = [f"MT {start} {MITOCHONDRION[start - 1 : end]} G" for start, end in records]

    result = new_bench().annotate(
        b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        + b"".join("MT\t{}\t.\t{}\t{}\t.\t.\t.\n".format(*line.split(" ")[1:]).encode() for line in lines),
        pack=pack,
        options=Options(block_bytes=size),
    )

    for found, (first, last) in zip(regions(result), records, strict=True):
        touched = [value for start, end, value in intervals if start <= last and end >= first]
        assert found == (",".join(dict.fromkeys(touched)) or None)
