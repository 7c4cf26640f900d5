"""The result as a table: a row for each ALT allele, with what a viewer shows of it."""

import math

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from services.annotator.annotation.file import Options
from services.annotator.result.variant_table import MAX_TABLE_SAMPLES
from services.annotator.result.variant_table_file import ROW_GROUP_ROWS
from tests.unit.annotator.conftest import HEADER, USUAL

WORDS = pa.dictionary(pa.int32(), pa.string())

TYPES = {
    "line": pa.int64(),
    "contig": WORDS,
    "position": pa.int32(),
    "id": pa.string(),
    "ref": pa.string(),
    "alt": pa.string(),
    "allele": pa.int32(),
    "qual": pa.float32(),
    "filter": WORDS,
    "type": WORDS,
    "consequence": WORDS,
    "severity": pa.int8(),
    "impact": WORDS,
    "gene": WORDS,
    "transcript": WORDS,
    "hgvsc": pa.string(),
    "hgvsp": pa.string(),
    "skip": WORDS,
    "MITOMAP_DISEASE": pa.string(),
    "MITOMAP_STATUS": pa.string(),
    "MITOMAP_CLNSIG": pa.string(),
    "MITOMAP_AC": pa.int64(),
    "MITOMAP_AF": pa.float64(),
    "MITOTIP_SCORE": pa.float64(),
    "MITOTIP_QUARTILE": pa.string(),
}

# A substitution that is known, in a gene.
LEBER = {
    "line": 3,
    "contig": "chrM",
    "position": 11778,
    "id": "rs199476112",
    "ref": "G",
    "alt": "A",
    "allele": 1,
    "qual": 50.5,
    "filter": "PASS",
    "type": "SNV",
    "consequence": "missense_variant",
    "severity": 10,
    "impact": "MODERATE",
    "gene": "MT-ND4",
    "transcript": "ENST00000361381",
    "hgvsc": "ENST00000361381:c.1019G>A",
    "hgvsp": "ENST00000361381:p.Arg340His",
    "MITOMAP_DISEASE": "LHON-/-Progressive-Dystonia",
    "MITOMAP_STATUS": "Cfrm-[P]",
    "MITOMAP_CLNSIG": "P",
    "MITOMAP_AC": 190,
    "MITOMAP_AF": 0.00307,
}


def rows(result):
    """The rows without what is null in them."""
    return [
        {key: value for key, value in row.items() if value is not None} for row in result.table.to_pylist()
    ]


def annotated(bench, *lines, columns="", options=USUAL):
    """Annotate records given with blanks for tabs."""
    head = HEADER.rstrip(b"\n") + columns.replace(" ", "\t").encode() + b"\n"
    body = b"".join(line.encode("latin-1").replace(b" ", b"\t") + b"\n" for line in lines)
    return bench.annotate(head + body, options=options)


def test_the_columns_are_of_these_types(bench):
    """Words that repeat are dictionaries, numbers are numbers."""
    schema = annotated(bench, "chrM 10 . T C . . .").table.schema

    assert dict(zip(schema.names, schema.types, strict=True)) == TYPES


def test_a_known_substitution_has_all_that_is_known(bench):
    """What the record says, what it does, and what sources say, each in its column."""
    result = annotated(bench, "chrM 11778 rs199476112 G A 50.5 PASS DP=1")

    assert rows(result) == [LEBER]


def test_each_allele_has_a_row(bench):
    """With its own number, kind, names and values, and the record's place and quality."""
    result = annotated(bench, "chrM 11778 . G A,GT,<DEL> 7 . .")

    shared = {"line": 3, "contig": "chrM", "position": 11778, "ref": "G", "qual": 7.0}
    same = {key: value for key, value in LEBER.items() if key not in {"id", "filter", "qual"}}
    one, other, last = rows(result)
    assert one == {**same, **shared}
    assert {
        key: other[key] for key in ("alt", "allele", "type", "consequence", "severity", "impact", "gene")
    } == {
        "alt": "GT",
        "allele": 2,
        "type": "insertion",
        "consequence": "stop_gained&frameshift_variant",
        "severity": 2,
        "impact": "HIGH",
        "gene": "MT-ND4",
    }
    assert other["hgvsc"].startswith("ENST00000361381:c.1019")
    assert "MITOMAP_AC" not in other
    assert last == {**shared, "alt": "<DEL>", "allele": 3, "skip": "symbolic_allele"}


def test_names_are_those_on_the_transcript_of_the_worst_consequence(bench):
    """In MT-ATP8 the change is synonymous, for MT-ATP6 it is that of the start codon."""
    (row,) = rows(annotated(bench, "chrM 8527 . A G . . ."))

    assert (row["consequence"], row["severity"], row["impact"]) == ("start_lost", 5, "HIGH")
    assert (row["gene"], row["transcript"]) == ("MT-ATP6", "ENST00000361899")
    assert (row["hgvsc"], row["hgvsp"]) == ("ENST00000361899:c.1A>G", "ENST00000361899:p.Met1?")


def test_a_record_that_is_skipped_has_its_rows_and_the_reason(bench):
    """The place and the alleles stand as they came."""
    result = annotated(
        bench, "1 10 . a c,T . . .", "chrM 0 . N A . . .", "chrM 10 . G C . . .", "chrM 20 . T . . . ."
    )

    assert rows(result) == [
        {
            "line": 3,
            "contig": "1",
            "position": 10,
            "ref": "a",
            "alt": "c",
            "allele": 1,
            "skip": "unknown_contig",
        },
        {
            "line": 3,
            "contig": "1",
            "position": 10,
            "ref": "a",
            "alt": "T",
            "allele": 2,
            "skip": "unknown_contig",
        },
        {
            "line": 4,
            "contig": "chrM",
            "position": 0,
            "ref": "N",
            "alt": "A",
            "allele": 1,
            "skip": "outside_contig",
        },
        {
            "line": 5,
            "contig": "chrM",
            "position": 10,
            "ref": "G",
            "alt": "C",
            "allele": 1,
            "skip": "reference_mismatch",
        },
        {
            "line": 6,
            "contig": "chrM",
            "position": 20,
            "ref": "T",
            "alt": ".",
            "allele": 1,
            "skip": "no_alternate",
        },
    ]


@pytest.mark.parametrize(
    ("text", "number"),
    [
        (".", None),
        ("", None),
        ("0", 0.0),
        ("99", 99.0),
        ("1e3", 1000.0),
        ("-1.5", -1.5),
        ("x", None),
        ("1,5", None),
        ("inf", math.inf),
        ("1e99", math.inf),
    ],
)
def test_quality_is_a_number_or_nothing(bench, text, number):
    """Also beside others that are numbers; what does not fit is too large."""
    result = annotated(bench, "chrM 9 . G A 5 . .", f"chrM 10 . T C {text} . .", "chrM 11 . C T . . .")

    assert result.table["qual"].to_pylist() == [5.0, number, None]


@pytest.mark.parametrize("others", [[], [".", "rs1"]])
def test_text_that_is_not_utf_8_is_replaced(bench, others):
    """A table has text; the VCF keeps the bytes. Its neighbours do not change."""
    lines = [f"chrM 10 {name} T C . . ." for name in ("\xe9", *others)]

    result = annotated(bench, *lines, "chrM 11 \xc3\xa9 C T . q\xe9 .")

    given = [None if name == "." else name for name in others]
    assert result.table["id"].to_pylist() == ["\ufffd", *given, "\xe9"]
    assert result.table["filter"].to_pylist() == [None] * (1 + len(others)) + ["q\ufffd"]


def test_contigs_and_alleles_that_are_not_utf_8_are_replaced_too(bench):
    """Nothing of a user's ends the work."""
    result = annotated(bench, "odd\xe9 10 . A \xff . . .", "chrM 10 . T \xff,C . . .")

    table = result.table
    assert table["contig"].to_pylist() == ["odd\ufffd", "chrM", "chrM"]
    assert table["alt"].to_pylist() == ["\ufffd", "\ufffd", "C"]


def test_the_first_samples_have_their_genotypes_in_the_table(bench):
    """As the record has them; of more samples, the VCF has them."""
    names = "".join(f" S{number}" for number in range(MAX_TABLE_SAMPLES + 2))
    genotypes = [f"{number}|0" for number in range(MAX_TABLE_SAMPLES + 2)]

    result = annotated(
        bench,
        "chrM 10 . T C,A . . . GT:DP " + " ".join(f"{genotype}:5" for genotype in genotypes),
        columns=f" FORMAT{names}",
    )

    columns = [name for name in result.table.column_names if name.startswith("genotype_")]
    assert columns == [f"genotype_{number}" for number in range(1, MAX_TABLE_SAMPLES + 1)]
    assert [result.table[name].to_pylist() for name in columns] == [[gt] * 2 for gt in genotypes[:-2]]


def test_rows_are_in_the_order_of_the_file_in_groups_of_one_size(bench):
    """A page is read without the others; where the blocks of the text end makes no difference."""
    count = ROW_GROUP_ROWS + 1_000
    lines = [f"1 {position} . A C . . ." for position in range(1, count)]

    result = annotated(bench, *lines, "chrM 10 . T C . . .", options=Options(block_bytes=700_000))

    file = pq.ParquetFile(result.outputs.table, pre_buffer=False)
    sizes = [file.metadata.row_group(number).num_rows for number in range(file.num_row_groups)]
    assert sizes == [ROW_GROUP_ROWS, count - ROW_GROUP_ROWS]
    assert result.table["line"].to_pylist() == list(range(3, count + 3))
    assert result.table["contig"].to_pylist() == ["1"] * (count - 1) + ["chrM"]
    assert file.metadata.row_group(0).column(0).statistics.max == ROW_GROUP_ROWS + 2


def test_a_file_without_records_has_a_table_without_rows(bench):
    """With its columns."""
    table = bench.records().table

    assert table.num_rows == 0
    assert table.column_names == list(TYPES)
