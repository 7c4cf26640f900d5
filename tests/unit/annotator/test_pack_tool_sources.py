"""Known variants become one row for each allele, in normal form, with values fit for INFO."""

import random
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from gas.errors import InvalidInput
from services.annotator.pack.manifest import Kind, Role
from services.annotator.pack.pack import verify_pack
from services.annotator.pack.pack_contents import ROW_GROUP_ROWS, source_schema
from services.annotator.pack_tool.building import build_pack
from services.annotator.pack_tool.known import parquet_files
from services.annotator.pack_tool.known.source_spec import read_spec
from tests.unit.annotator.pack_workshop import (
    EACH,
    GENOME,
    TEXT,
    base,
    build,
    built_with,
    other,
    plan,
    rows,
    snv,
    values,
    write_fasta,
    write_spec,
    write_vcf,
)

NUMBER = {"key": "X_AF", "field": "AF", "type": "Float", "role": "frequency", "scale": "0.01"}


def test_the_manifest_tells_what_a_source_is(tmp_path):
    """Its keys are declared once, in the order of the spec, and its rows are counted."""
    pack = built_with(tmp_path, snv(10, "TEXT=a;AF=5"), snv(11, "TEXT=b"), fields=[TEXT, NUMBER])

    (source,) = pack.sources
    verify_pack(pack)
    assert (source.kind, source.records, source.keys) == (Kind.ALLELES, 2, ("X_TEXT", "X_AF"))
    assert [(key.id, key.type, key.role) for key in pack.keys] == [
        ("X_TEXT", "String", None),
        ("X_AF", "Float", Role.FREQUENCY),
    ]


def test_each_allele_has_a_row_and_its_own_value(tmp_path):
    """A value for each ALT allele is told apart by its place, one for the record is of all of them."""
    alts = f"{other(10, 2)},{other(10)},{other(10, 1)}"
    pack = built_with(tmp_path, f"1 10 . {base(10)} {alts} EACH=c,a;TEXT=t", fields=[EACH, TEXT])

    assert [(row["alt"], row["X_EACH"], row["X_TEXT"]) for row in rows(pack)] == [
        (other(10, 0), "a", "t"),
        (other(10, 1), None, "t"),
        (other(10, 2), "c", "t"),
    ]


@pytest.mark.parametrize(
    ("info", "value"),
    [
        ("TEXT=plain-text_(a)|b/c", "plain-text_(a)|b/c"),
        ("TEXT=a,b", "a%2Cb"),
        ("TEXT=a%2Cb%3Bc_100%25", "a%2Cb%3Bc_100%25"),
        ("TEXT=99%", "99%25"),
        ("TEXT=a=b", "a%3Db"),
        ("TEXT=Sj\N{LATIN SMALL LETTER O WITH DIAERESIS}gren", "Sj%C3%B6gren"),
        ("OTHERTEXT=no;TEXT=yes", "yes"),
        ("TEXT2=no;A=1", None),
        ("TEXT=.", None),
        ("TEXT=", None),
        ("TEXT", None),
        (".", None),
    ],
)
def test_values_are_fit_for_info(tmp_path, info, value):
    """What VCF 4.3 reserves is percent-encoded (section 1.2), once; a point is no value."""
    pack = built_with(tmp_path, snv(10, info), snv(20, "TEXT=x"), fields=[TEXT])

    assert values(pack, "X_TEXT") == [value, "x"]


@pytest.mark.parametrize(
    ("given", "value"),
    [
        ("2.5", "0.025"),
        ("1e-3", "0.00001"),
        ("100", "1"),
        ("0", "0"),
        (".", None),
        ("often", None),
        ("nan", None),
    ],
)
def test_numbers_change_their_unit_exactly(tmp_path, given, value):
    """Decimal, so that no digits are invented; what is no number gives no value."""
    pack = built_with(tmp_path, snv(10, f"AF={given}"), snv(20, "AF=50"), fields=[NUMBER])

    assert values(pack, "X_AF") == [value, "0.5"]


def test_a_pattern_takes_a_part_of_a_value(tmp_path):
    """The first group of the regular expression; without a match there is no value."""
    field = {"key": "X_CLASS", "field": "STATUS", "pattern": r"\[([^]]+)\]"}
    pack = built_with(tmp_path, snv(10, "STATUS=Cfrm_[LP]"), snv(20, "STATUS=Reported"), fields=[field])

    assert values(pack, "X_CLASS") == ["LP", None]


@pytest.mark.parametrize(
    ("type_", "good", "bad"),
    [("Integer", "-12", "1.5"), ("Integer", "7", "1,2"), ("Float", "1.5e-05", "1/2")],
)
def test_what_is_not_of_the_type_of_its_key_is_left_out(tmp_path, type_, good, bad):
    """The header declares the type, and readers fail on a value that is not of it."""
    vcf = write_vcf(tmp_path / "x.vcf", snv(10, f"N={good}"), snv(20, f"N={bad}"))
    field = {"key": "X_N", "field": "N", "type": type_}
    said = []

    spec = read_spec(str(write_spec(tmp_path / "x.json", vcf, field)))
    pack = build_pack(plan(tmp_path, sources=(spec,)), tmp_path / "pack", said.append)

    assert values(pack, "X_N") == [good, None]
    assert any(f"left out: 1 values of X_N that are not of the type {type_}" in line for line in said)


def test_the_id_column_and_constants_are_values_too(tmp_path):
    """The numbers of dbSNP are in ID; a list of alleles may have no field at all."""
    fields = [{"key": "RSID", "field": "ID"}, {"key": "SEEN", "constant": "yes, here"}]
    pack = built_with(tmp_path, snv(10, ".", "rs1"), snv(11, ".", "rs2;rs3"), snv(12, "."), fields=fields)

    assert values(pack, "RSID") == ["rs1", "rs2%3Brs3", None]
    assert values(pack, "SEEN") == ["yes%2C%20here"] * 3


def test_the_first_value_of_an_allele_counts(tmp_path):
    """Records of one allele are one row, however they are written, and what one lacks another gives."""
    start = GENOME.index("GCTGCTGCTGCT") + 1
    before = base(start - 1)
    pack = built_with(
        tmp_path,
        f"1 {start - 1} . {before}GCT {before} EACH=anchored",
        f"1 {start + 2} . TGCT T TEXT=shifted;EACH=later",
        fields=[TEXT, EACH],
    )

    (row,) = rows(pack)
    assert (row["X_TEXT"], row["X_EACH"]) == ("shifted", "anchored")


def test_rows_are_sorted_though_alleles_move(tmp_path):
    """A deletion at the end of a long repeat moves before records that came ahead of it in the file."""
    repeat = GENOME[:100] + "CA" * 400 + GENOME[100:]
    fasta = write_fasta(tmp_path / "other.fa", **{"1": repeat})
    vcf = write_vcf(
        tmp_path / "x.vcf",
        "1 300 . A C TEXT=snv",
        "1 850 . A G TEXT=late",
        "1 898 . ACA A TEXT=deletion",
    )
    spec = read_spec(str(write_spec(tmp_path / "x.json", vcf, TEXT)))
    pack = build(tmp_path, fasta=fasta, sources=(spec,))

    assert values(pack, "X_TEXT") == ["deletion", "snv", "late"]
    assert rows(pack)[0]["position"] == 100


@pytest.mark.parametrize("letters", ["AC", "ACGT"])
def test_the_normal_form_is_that_of_bcftools_norm(tmp_path, letters):
    """On repeats of few letters, where everything moves."""
    chance = random.Random(letters)
    text = "".join(chance.choices(letters, k=3000))
    records, seen = [], 0
    for position in sorted(chance.sample(range(2, 2900), 400)):
        ref = text[position - 1 : position - 1 + chance.randint(1, 6)]
        alts = {"".join(chance.choices(letters, k=chance.randint(1, 6))) for _ in range(2)} - {ref}
        seen += len(alts)
        records.append(f"1 {position} . {ref} {','.join(sorted(alts))} .")
    fasta = write_fasta(tmp_path / "other.fa", **{"1": text})
    vcf = write_vcf(tmp_path / "x.vcf", *records, header="##contig=<ID=1,length=3000>\n")
    spec = read_spec(str(write_spec(tmp_path / "x.json", vcf, {"key": "SEEN", "constant": "1"})))

    pack = build(tmp_path, fasta=fasta, sources=(spec,))

    ours = [(row["position"], row["ref"], row["alt"]) for row in rows(pack)]
    assert ours == sorted(normalised_by_bcftools(pack.path(pack.reference), vcf))
    assert seen >= len(ours) > 300


def normalised_by_bcftools(fasta, vcf):
    program = "import sys, pysam.bcftools as tools; tools.norm(*sys.argv[1:], catch_stdout=False)"
    arguments = ["-m", "-any", "-f", str(fasta), "--no-version", str(vcf)]
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True
    )
    lines = (line.split("\t") for line in done.stdout.splitlines() if not line.startswith("#"))
    return {(int(line[1]), line[3], line[4]) for line in lines}


def test_what_cannot_be_looked_up_is_counted(tmp_path):
    """Symbolic alleles, other contigs and another reference's bases leave the rest as it is."""
    vcf = write_vcf(
        tmp_path / "x.vcf",
        snv(10, "TEXT=kept"),
        f"1 11 . {base(11)} <DEL>,*,. TEXT=symbolic",
        f"1 12 . {other(12)} {base(12)} TEXT=mismatch",
        "1 13 . .<# A TEXT=nonsense",
        "1 3000 . ACGT A TEXT=outside",
        "GL000192.1 1 . A C TEXT=elsewhere",
    )
    said = []
    spec = read_spec(str(write_spec(tmp_path / "x.json", vcf, TEXT)))
    pack = build_pack(plan(tmp_path, sources=(spec,)), tmp_path / "pack", said.append)

    assert values(pack, "X_TEXT") == ["kept"]
    told = "\n".join(said)
    assert "1 row from 6 records" in told
    assert "left out: 3 alleles that are symbolic" in told
    assert (
        f"left out: 3 alleles whose REF is not what the reference has there, for instance 1:12 {other(12)}"
        in told
    )
    assert "left out: 1 records on contigs that the pack does not have, for instance GL000192.1" in told


def test_a_source_of_another_assembly_is_refused(tmp_path):
    """When not one allele fits, something is wrong with the choice of the file."""
    record = f"1 12 . {other(12)} {base(12)} TEXT=a"

    with pytest.raises(
        InvalidInput, match=r"The source x has nothing for this pack: 1 records .*1 alleles whose REF"
    ):
        built_with(tmp_path, record, fields=[TEXT])
    assert not (tmp_path / "pack").exists()


def test_a_field_that_no_record_has_is_told(tmp_path):
    """Providers rename their fields from version to version."""
    vcf = write_vcf(tmp_path / "x.vcf", snv(10, "TEXT=a"))
    said = []
    spec = read_spec(str(write_spec(tmp_path / "x.json", vcf, TEXT, EACH)))
    build_pack(plan(tmp_path, sources=(spec,)), tmp_path / "pack", said.append)

    assert "  X_EACH has no value: no record has the field EACH" in said


def test_iupac_codes_of_the_reference_stay_in_ref(tmp_path):
    """A record of a user at such a place is looked up with the reference's own letters."""
    fasta = write_fasta(tmp_path / "other.fa", **{"1": GENOME[:9] + "R" + GENOME[10:]})
    vcf = write_vcf(tmp_path / "x.vcf", "1 10 . A T TEXT=agrees", "1 10 . C T TEXT=does_not")
    spec = read_spec(str(write_spec(tmp_path / "x.json", vcf, TEXT)))
    pack = build(tmp_path, fasta=fasta, sources=(spec,))

    assert [(row["ref"], row["X_TEXT"]) for row in rows(pack)] == [("R", "agrees")]


def test_names_of_contigs_become_the_pack_s(tmp_path):
    """RefSeq accessions in dbSNP, chr in gnomAD."""
    pack = built_with(tmp_path, snv(10, "TEXT=a", contig="NC_000001.11"), fields=[TEXT])

    assert [row["contig"] for row in rows(pack)] == ["1"]


def test_contigs_are_in_the_order_of_the_pack(tmp_path):
    """Whatever their order in the file; several files may each have some."""
    fasta = write_fasta(tmp_path / "other.fa", **{"1": GENOME, "2": GENOME, "10": GENOME})
    one = write_vcf(tmp_path / "one.vcf", snv(10, "TEXT=ten", contig="10"), snv(9, "TEXT=first", contig="1"))
    two = write_vcf(tmp_path / "two.vcf", snv(8, "TEXT=second", contig="chr2"))
    spec = read_spec(str(write_spec(tmp_path / "x.json", [str(one), str(two)], TEXT)))
    pack = build(tmp_path, fasta=fasta, sources=(spec,))

    assert values(pack, "X_TEXT") == ["first", "second", "ten"]


def test_the_parquet_file_is_as_readers_expect_it(tmp_path, monkeypatch):
    """Small row groups of one contig each, with statistics, compressed, and typed."""
    monkeypatch.setattr(parquet_files, "ROW_GROUP_ROWS", 4)
    fasta = write_fasta(tmp_path / "other.fa", **{"1": GENOME, "2": GENOME})
    records = [snv(position, "TEXT=a", contig=contig) for contig in "12" for position in range(10, 16)]
    vcf = write_vcf(tmp_path / "x.vcf", *records)
    spec = read_spec(str(write_spec(tmp_path / "x.json", vcf, TEXT)))
    pack = build(tmp_path, fasta=fasta, sources=(spec,))

    verify_pack(pack)
    file = pq.ParquetFile(pack.path("known/x.parquet"))
    groups = [file.metadata.row_group(number) for number in range(file.num_row_groups)]
    assert [group.num_rows for group in groups] == [4, 2, 4, 2]
    assert [group.column(1).statistics.min for group in groups] == [10, 14, 10, 14]
    assert {group.column(0).compression for group in groups} == {"ZSTD"}
    assert file.schema_arrow.equals(source_schema(Kind.ALLELES, ("X_TEXT",)))
    assert ROW_GROUP_ROWS == 65_536
