"""Records that cannot be annotated stay in the result, flagged, counted and named in the log."""

import pytest

from services.annotator.alleles import MAX_ALLELE_BASES
from services.annotator.tally import MAX_SKIPPED_NAMED

LONG = "A" * (MAX_ALLELE_BASES + 1)

SKIPPED = {
    "unknown contig": ("1 10 T C", "unknown_contig"),
    "telomere": ("MT 0 N A", "outside_contig"),
    "beyond the end": ("MT 16570 G A", "outside_contig"),
    "over the end": ("MT 16569 GA A", "outside_contig"),
    "other reference base": ("MT 10 G C", "reference_mismatch"),
    "no alternate": ("MT 10 T .", "no_alternate"),
    "deletion by name": ("MT 10 T <DEL>", "symbolic_allele"),
    "any other allele": ("MT 10 T <NON_REF>", "symbolic_allele"),
    "overlapping deletion": ("MT 10 T *", "symbolic_allele"),
    "breakend": ("MT 10 T T[MT:90[", "breakend"),
    "single breakend": ("MT 10 T T.", "breakend"),
    "ambiguous base": ("MT 10 T R", "ambiguous_allele"),
    "no bases": ("MT 10 T C1", "malformed_allele"),
    "empty ALT": ("MT 10 T ", "malformed_allele"),
    "no change": ("MT 10 T t", "same_as_reference"),
    "long insertion": (f"MT 10 T T{LONG}", "allele_too_long"),
    "long deletion": (f"MT 10 T{LONG} T", "allele_too_long"),
}


@pytest.mark.parametrize(("line", "reason"), SKIPPED.values(), ids=SKIPPED)
def test_a_record_that_cannot_be_annotated_is_kept_and_named(bench, line, reason):
    """It gets the reason in INFO and a line in the log, and the totals account for it."""
    result = bench.records("MT 5 A G", line) if line.startswith("MT 1") else bench.records(line, "M 5 A G")

    number = 4 if line.startswith("MT 1") else 3
    info = result.infos[number - 3]
    assert info == {"GAS_SKIP": reason}
    assert result.report.skip_reasons == {reason: 1}
    contig, position, *_ = line.split(" ")
    assert f"line {number}  {contig}:{position}  {reason}" in result.log
    assert (result.report.records, result.report.written, result.report.annotated) == (2, 2, 1)


def test_the_sequence_alleles_of_a_mixed_record_are_annotated(bench):
    """What stands beside a symbolic allele is not lost, and values stay in the order of ALT."""
    result = bench.records("MT 11778 G <DEL>,A,*")

    (info,) = result.infos
    assert "GAS_SKIP" not in info
    assert info["BCSQ"].startswith("missense|MT-ND4|")
    assert info["MITOMAP_CLNSIG"] == ".,P,."
    assert result.report.skipped_alleles == {"symbolic_allele": 2}


def test_case_and_ambiguity_of_reference_bases_do_not_matter(bench):
    """Lower case, and IUPAC codes that can stand for the reference's base, agree with it."""
    result = bench.records("MT 10 t c", "MT 11777 yG CA", "MT 11778 R A")

    assert result.report.skip_reasons == {}
    assert result.infos[1]["MITOMAP_CLNSIG"] == "P"
    assert result.infos[2]["MITOMAP_CLNSIG"] == "P"


def test_a_file_of_another_assembly_is_completed_with_a_warning(bench):
    """When more than half of the records disagree with the reference, the file gets a warning."""
    wrong = [f"MT {position} {'A' if position % 2 else 'C'} G" for position in range(100, 120)]

    result = bench.records(*wrong)

    mismatched = result.report.skip_reasons["reference_mismatch"]
    assert mismatched > 10
    assert result.report.warnings == (
        (
            f"The file looks like another assembly: {mismatched} of 20 records have other reference bases "
            "than NC_012920.1."
        ),
    )
    assert "The file looks like another assembly" in result.log


def test_a_few_mismatches_are_no_warning(bench):
    """Chance disagreement in a small file says nothing about the assembly, unless nothing agrees."""
    some = bench.records("MT 10 T C", "MT 11 G A", "MT 12 A C").report.warnings
    all_of_them = bench.records("MT 11 G A", "MT 12 A C").report.warnings

    assert some == ()
    assert len(all_of_them) == 1


def test_a_declared_length_of_another_sequence_is_a_warning(bench):
    """The chrM of hg19 has 16,571 bases and is not the rCRS."""
    result = bench.annotate(
        b"##fileformat=VCFv4.2\n##contig=<ID=chrM,length=16571>\n"
        b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\nchrM\t10\t.\tT\tC\t.\t.\t.\n"
    )

    assert result.report.warnings == (
        (
            "The header says that chrM has 16,571 bases, but it has 16,569 in NC_012920.1: "
            "the file may be of another assembly."
        ),
    )


def test_the_log_names_a_bounded_number_of_records(bench):
    """The remainder is in the counts."""
    lines = [f"1 {position} A C" for position in range(1, MAX_SKIPPED_NAMED + 6)]

    result = bench.records(*lines, "MT 10 T C")

    assert result.log.count("unknown_contig") == MAX_SKIPPED_NAMED + 2
    assert "... and 5 more, which the counts by reason above include" in result.log
    assert len(result.report.skipped_records) == MAX_SKIPPED_NAMED


def test_hostile_names_do_not_reach_the_log(bench):
    """Names of contigs are the user's; in the log they print, and they are short."""
    result = bench.annotate(
        b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
        b"\x1b[31m" + b"x" * 500 + b"\t1\t.\tA\tC\t.\t.\t.\nMT\t10\t.\tT\tC\t.\t.\t.\n"
    )

    assert "\x1b" not in result.log
    assert "x" * 60 not in result.log
    assert not any(b"##contig=<ID=\x1b" in line for line in result.header)
