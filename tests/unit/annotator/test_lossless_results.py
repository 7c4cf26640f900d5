"""The result is the input, byte for byte, plus our keys: for any file, every time."""

import gzip
import re
from pathlib import Path

import pysam
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.annotator.annotation.file import Options
from services.annotator.vcf.text import BLOCK_BYTES
from tests.unit.annotator.own_keys import OWN, without_own

EXAMPLE = Path(__file__).parents[3] / "services" / "web" / "example.vcf"

COLUMNS = b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO"

bases = st.text("ACGTacgtN", min_size=1, max_size=4)
alts = st.lists(bases | st.sampled_from(["<DEL>", "*", ".", "]1:5]A", "?"]), min_size=1, max_size=3)
printing = st.binary(min_size=1, max_size=12).map(lambda b: re.sub(rb"[\0\t\r\n;=]", b"_", b))
# An entry of one of our own names would be replaced.
entries = printing.filter(lambda entry: not OWN.fullmatch(entry + b"="))
infos = st.lists(entries, min_size=1, max_size=3).map(b";".join)
rows = st.tuples(st.integers(0, 16600), printing, bases, alts, infos, printing)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(rows, max_size=12), st.booleans())
def test_without_our_keys_every_record_has_its_own_bytes(new_bench, drawn, zipped):
    """Whatever stands in a record, in whatever encoding, it comes out as it went in."""
    drawn.sort(key=lambda row: row[0])
    lines = [record(*row) for row in drawn]
    content = b"\n".join([b"##fileformat=VCFv4.3", COLUMNS + b"\tFORMAT\tS", *lines]) + b"\n"

    result = new_bench().annotate(gzip.compress(content) if zipped else content)

    assert [without_own(line) for line in result.records] == lines
    assert result.report.records == result.report.written == len(lines)


def test_two_runs_give_the_same_bytes(new_bench):
    """A job that is delivered twice gives one result: nothing in it tells when it was made."""
    lines = ("MT 10 T C", "MT 3243 A G,T", "MT 11778 G A", "chrM 5 A G")

    first, second = (new_bench().records(*lines) for _ in range(2))

    assert first.files == second.files


def test_an_annotated_file_is_annotated_anew(new_bench):
    """Our keys are replaced and not doubled, so that a second annotation changes nothing."""
    first = new_bench().records("MT 10 T C DP=5", "MT 11 G A", "MT 11778 G A AC=1;AN=2")

    second = new_bench().annotate(first.text)

    assert second.text == first.text
    assert second.report.notes == (
        "The file was annotated here before; the earlier annotation was replaced.",
        "3 records had INFO keys of the names used here; their values were replaced.",
    )


def test_keys_of_our_names_are_replaced_wherever_they_stand(bench):
    """The user's own BCSQ gives way, its neighbours do not."""
    result = bench.records("MT 10 T C A=1;BCSQ=old|x;MITOMAP_AF=0.5;XBCSQ=2;BCSQ", "MT 11778 G A BCSQ=old")

    assert result.infos[0] == {
        "A": "1",
        "XBCSQ": "2",
        "GAS_HGVSG": "NC_012920.1:m.10T>C",
        "MITOMAP_AC": "37",
        "MITOMAP_AF": "0.000598",
    }
    assert result.infos[1]["BCSQ"].startswith("missense|MT-ND4|")
    assert "2 records had INFO keys of the names used here" in result.log


def test_a_semicolon_at_the_end_of_info_is_not_doubled(bench):
    """An empty entry would make the INFO column one that other tools complain of."""
    result = bench.records("MT 11 G A DP=5;", "MT 12 G A ;")

    assert [record.split(b"\t")[7] for record in result.records] == [
        b"DP=5;GAS_SKIP=reference_mismatch",
        b"GAS_SKIP=reference_mismatch",
    ]


def test_marks_of_an_earlier_engine_in_the_samples_are_mentioned(bench):
    """FORMAT/BCSQ points into an INFO/BCSQ that was replaced."""
    line = b'##FORMAT=<ID=BCSQ,Number=.,Type=Integer,Description="Bitmask">\n'

    result = bench.annotate(b"##fileformat=VCFv4.2\n" + line + COLUMNS + b"\nMT\t10\t.\tT\tC\t.\t.\t.\n")

    assert result.report.notes == (
        (
            "The samples keep the FORMAT field BCSQ of an earlier annotation; "
            "it does not belong to the consequences in INFO."
        ),
    )
    assert "The samples keep the FORMAT field BCSQ" in result.log


def test_the_result_does_not_depend_on_the_size_of_blocks(bench):
    """Records are annotated independently of one another, however many the engine gets at a time."""
    text = EXAMPLE.read_bytes()

    results = []
    for size in (200, BLOCK_BYTES):
        result = bench.annotate(text, options=Options(block_bytes=size))
        results.append([result.text, *(result.files[name] for name in ("log", "summary", "table"))])

    assert results[0] == results[1]


def test_the_header_is_the_user_s_and_then_ours(bench):
    """Not a byte of the user's lines changes; ours come just before the columns."""
    mine = [
        b"##fileformat=VCFv4.2",
        b"##foo=\xe9 \xff",
        b'##INFO=<ID=DP,Number=1,Type=Integer,Description="D">',
    ]

    header = bench.annotate(b"\n".join([*mine, COLUMNS, b"chrM\t10\t.\tT\tC\t.\t.\t."])).header

    assert header[:3] == mine
    assert header[3] == b"##contig=<ID=chrM,length=16569>"
    assert header[4].startswith(b"##INFO=<ID=BCSQ,")
    assert header[-3].startswith(b'##gas_annotator=<ID=gas,Version=2,Engine="bcftools csq ')
    assert header[-2].startswith(b"##gas_pack=<ID=human_mt,")
    assert header[-1] == COLUMNS


def test_declared_contigs_are_not_declared_again(bench):
    """A contig line is added for what occurs and lacks one, with its length where it is known."""
    header = bench.annotate(
        b"##fileformat=VCFv4.2\n##contig=<ID=M>\n" + COLUMNS + b"\n"
        b"M\t10\t.\tT\tC\t.\t.\t.\nodd\t1\t.\tT\tC\t.\t.\t.\n"
    ).header

    assert [line for line in header if b"contig" in line] == [b"##contig=<ID=M>", b"##contig=<ID=odd>"]


def test_carriage_returns_are_the_one_thing_left_out(bench):
    """An index of lines that end in CR LF would not work; the log says that they were changed."""
    result = bench.annotate(b"##fileformat=VCFv4.2\r\n" + COLUMNS + b"\r\nMT\t10\t.\tT\tC\t.\t.\tA\r\r\n\r\n")

    assert b"\r" not in result.text
    assert result.report.notes == (
        (
            "4 lines ended in CR LF; in the result every line ends in LF, "
            "because an index cannot be used otherwise."
        ),
        "Empty lines at the end of the file were left out.",
    )


def test_other_tools_read_the_result_by_its_index(bench):
    """The result is BGZF with a tabix index that finds the record."""
    result = bench.records("MT 10 T C", "MT 11778 G A", "MT 16000 G A")

    with pysam.VariantFile(str(result.outputs.vcf), index_filename=str(result.outputs.index)) as vcf:
        (record,) = vcf.fetch("MT", 11000, 12000)

    assert record.pos == 11778
    assert record.info["MITOMAP_AC"] == (190,)


def test_a_file_without_records_gives_an_empty_result(bench):
    """A header alone is a valid VCF."""
    result = bench.records()

    assert result.records == []
    assert result.report.records == 0
    assert result.outputs.index.exists()


def record(position, identifier, ref, alternates, info, sample):
    alt = ",".join(alternates).encode()
    columns = (
        b"MT",
        b"%d" % position,
        identifier,
        ref.encode(),
        alt,
        b".",
        b"PASS",
        info,
        b"GT:X",
        b"0/1:" + sample,
    )
    return b"\t".join(columns)
