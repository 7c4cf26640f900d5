"""Files of known variants are read whatever their form, or refused with the reason."""

import json
import random

import pysam
import pytest

from gas.errors import InvalidInput, Misconfigured
from services.annotator.pack.pack import verify_pack
from services.annotator.pack_tool import input_files
from services.annotator.pack_tool.known.source_spec import read_spec
from tests.unit.annotator.pack_workshop import (
    EACH,
    GENOME,
    TEXT,
    base,
    build,
    built_with,
    other,
    rows,
    snv,
    values,
    write_spec,
    write_vcf,
)


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_the_bytes_do_not_depend_on_how_the_file_is_read(tmp_path, monkeypatch, size):
    """Pieces of any size give the same file."""
    chance = random.Random(5)
    records = [
        f"1 {position} rs{position} {GENOME[position - 1 : position + chance.randint(0, 3)]} "
        f"{other(position)},{base(position)}{chance.choice('ACGT')} EACH=a{position % 7},b;TEXT=t"
        for position in range(2, 2900)
    ]
    usual = built_with(tmp_path, *records, fields=[TEXT, EACH])
    monkeypatch.setattr(input_files, "PIECE_BYTES", size)
    (tmp_path / "again").mkdir()

    again = built_with(tmp_path / "again", *records, fields=[TEXT, EACH])

    assert again.digest == usual.digest


@pytest.mark.parametrize("compress", [lambda path: pysam.tabix_compress(path, f"{path}.gz"), None])
def test_samples_and_other_columns_are_passed_over(tmp_path, compress):
    """Compressed or not; text in quotes is no more than text."""
    path = tmp_path / "x.vcf"
    path.write_text(
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tINFO\n"
        f'1\t10\t.\t{base(10)}\t{other(10)}\t.\t.\tTEXT="a\tGT\t0/1\n'
    )
    if compress:
        compress(str(path))
        path = tmp_path / "x.vcf.gz"
    spec = read_spec(str(write_spec(tmp_path / "x.json", path, TEXT)))

    assert values(build(tmp_path, sources=(spec,)), "X_TEXT") == ['"a']


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([snv(20, "TEXT=a"), snv(10, "TEXT=a")], "is not sorted at 1:10; sort it with `bcftools sort`"),
        ([snv(20, "."), snv(10, ".", contig="2"), snv(30, ".")], "is not sorted at 1:30"),
        ([snv(20, "TEXT=a"), snv(30, "TEXT=a", contig="chr1")], "has the contig 1 twice; merge its parts"),
        (["1 x . A C ."], "has a POS that is not a number: .*'x'"),
        (["1 5 . A C .\tGT\t0/1"], r"not as many columns as #CHROM: '1\\t5"),
    ],
)
def test_files_that_cannot_be_read_in_order_are_refused(tmp_path, records, reason):
    """The sentence says where, and what to do."""
    with pytest.raises(InvalidInput, match=reason):
        built_with(tmp_path, *records, fields=[TEXT])


def test_what_is_no_vcf_is_refused(tmp_path):
    """A BCF, or a table of something else."""
    (tmp_path / "x.vcf").write_text("chrom\tpos\n1\t2\n")
    spec = read_spec(str(write_spec(tmp_path / "x.json", tmp_path / "x.vcf", TEXT)))

    with pytest.raises(InvalidInput, match=r"x\.vcf is not a VCF: it has no #CHROM line"):
        build(tmp_path, sources=(spec,))


def test_what_is_not_utf_8_is_refused(tmp_path):
    """Its values could not be encoded for INFO."""
    vcf = write_vcf(tmp_path / "x.vcf", snv(10, "TEXT=Sj\N{LATIN SMALL LETTER O WITH DIAERESIS}gren"))
    vcf.write_bytes(vcf.read_text(encoding="utf-8").encode("latin-1"))
    spec = read_spec(str(write_spec(tmp_path / "x.json", vcf, TEXT)))

    with pytest.raises(InvalidInput, match="its text is not UTF-8"):
        build(tmp_path, sources=(spec,))


def test_lines_may_end_as_on_windows(tmp_path):
    """And the last one not at all."""
    vcf = write_vcf(tmp_path / "x.vcf", snv(10, "TEXT=a"), snv(20, "TEXT=b"))
    vcf.write_bytes(vcf.read_bytes().replace(b"\n", b"\r\n").rstrip())
    spec = read_spec(str(write_spec(tmp_path / "x.json", vcf, TEXT)))

    assert values(build(tmp_path, sources=(spec,)), "X_TEXT") == ["a", "b"]


def bed_pack(tmp_path, text, *fields):
    (tmp_path / "x.bed").write_text(text)
    spec = read_spec(str(write_spec(tmp_path / "x.json", tmp_path / "x.bed", *fields, kind="intervals")))
    return build(tmp_path, sources=(spec,))


def test_intervals_count_from_one_with_both_ends(tmp_path):
    """BED counts from 0 and leaves the last base out."""
    text = "track name=x\n# comment\nchr1\t99\t200\tAlu Y\t0\t+\n1\t9\t20\t.\n1 9 15 b\n"
    pack = bed_pack(tmp_path, text, {"key": "REPEAT", "field": "name"}, {"key": "MASKED", "constant": "1"})

    verify_pack(pack)
    assert [tuple(row.values()) for row in rows(pack)] == [
        ("1", 10, 15, "b", "1"),
        ("1", 10, 20, None, "1"),
        ("1", 100, 200, "Alu%20Y", "1"),
    ]


@pytest.mark.parametrize(
    ("text", "reason"),
    [("1\t5\n", "Line 1: .* is not BED"), ("1\ta\tb\n", "Line 1"), ("9\t5\t6\tx\n", "nothing for this pack")],
)
def test_what_is_no_bed_is_refused(tmp_path, text, reason):
    """The line is named."""
    with pytest.raises(InvalidInput, match=reason):
        bed_pack(tmp_path, text, {"key": "REPEAT", "field": "name"})


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"name": "X Y"}, "not made of small letters"),
        ({"version": None}, "version has to be a text"),
        ({"fields": []}, "needs fields"),
        ({"fields": [{"key": "A"}]}, "needs either a field or a constant"),
        ({"fields": [{"key": "A B", "field": "A", "description": "d"}]}, "is not an INFO key"),
        ({"fields": [{"key": "A", "field": "A", "description": "d", "pattern": "x"}]}, "has no group"),
        ({"fields": [{"key": "A", "field": "A", "description": "d", "pattern": "("}]}, "cannot be used"),
        (
            {"fields": [{"key": "A", "field": "A", "description": "d", "role": "x"}]},
            "'x' is not a valid Role",
        ),
        ({"kind": "bam"}, "'bam' is not a valid Kind"),
        ({"file": "nowhere.vcf"}, r"nowhere\.vcf, which is not there"),
        ({"file": []}, "names no file"),
    ],
)
def test_a_spec_that_is_wrong_says_why(tmp_path, change, reason):
    """Before anything is read or written."""
    path = write_spec(tmp_path / "x.json", write_vcf(tmp_path / "x.vcf"), TEXT)
    path.write_text(json.dumps(json.loads(path.read_text()) | change))

    with pytest.raises(Misconfigured, match=reason):
        read_spec(str(path))


def test_the_ready_made_specs_are_named_when_another_is_asked_for():
    """The list is the help that one needs."""
    with pytest.raises(Misconfigured, match="one of clinvar, dbsnp, gnomad"):
        read_spec("omim")
