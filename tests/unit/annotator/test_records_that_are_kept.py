"""Records that cannot be annotated stay in the result, flagged, counted and named in the log."""

import pytest

from services.annotator.annotation.alleles import MAX_ALLELE_BASES, MAX_ALLELES
from services.annotator.result.report import MAX_SKIPPED_NAMED
from services.annotator.vcf.inspection import FIRST_RECORDS, SAMPLED
from services.annotator.vcf.lines import MAX_LINE_BYTES

LONG = "A" * (MAX_ALLELE_BASES + 1)

SAMPLES = b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\tS2\tS3\n"

MISMATCHED = 263  # The reference has an A here.

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
    "many alleles": ("MT 10 T " + ",".join("C" * (MAX_ALLELES + 1)), "too_many_alleles"),
    "letter that is two in upper case": ("MT 10 T \xdf", "malformed_allele"),
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


def test_alleles_beyond_the_limit_are_counted_and_the_most_allowed_are_annotated(bench):
    """Nothing is built for each of millions of alleles, and the totals have them all the same."""
    most, more = ",".join(["C"] * MAX_ALLELES), "," * (MAX_LINE_BYTES - 100)

    report = bench.records(f"MT 10 T {most}", f"MT 11 C {more}").report

    assert report.skip_reasons == {"too_many_alleles": 1}
    assert report.skipped_alleles == {"too_many_alleles": len(more) + 1}
    assert report.annotated_alleles == MAX_ALLELES


@pytest.mark.parametrize(
    ("form", "sample", "problem"),
    [
        ("GT:DP", "x:4", "GT 'x' is not alleles parted by / or |."),
        ("GT", "0/", "GT '0/' is not alleles parted by / or |."),
        ("GT", "", "GT '' is not alleles parted by / or |."),
        ("GT:DP", "0/1:4:5", "The sample has 3 values, but FORMAT has 2 names."),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_sample_that_other_tools_cannot_read_is_named(bench, form, sample, problem, place):
    """The record is kept as it is, and so is every other; the page has one warning, the log each place."""
    samples = ["0/1"] * 3
    samples[place] = sample
    lines = [f"MT\t{position}\t.\tN\tA\t.\t.\t.\t{form}\t" + "\t".join(samples) for position in (10, 11)]

    result = bench.annotate(SAMPLES + "\n".join(lines).encode() + b"\n")

    (warning,) = result.report.warnings
    assert warning.startswith(f"Line 3, column {place + 10}: {problem} ")
    assert f"Line 4, column {place + 10}: {problem}" in result.log
    assert [line.split(b"\t")[9 + place] for line in result.records] == [sample.encode()] * 2


@pytest.mark.parametrize(
    ("form", "sample"),
    [("GT", "."), ("GT", "./."), ("GT", "0|1/1"), ("GT:DP:AD", "1"), (".", "x:1"), ("DP", "7")],
)
def test_samples_that_other_tools_can_read_give_no_warning(bench, form, sample):
    """Missing values, trailing values left out and any ploidy are in order."""
    line = "\t".join(["MT\t10\t.\tN\tA\t.\t.\t.", form, *[sample] * 3]) + "\n"

    assert bench.annotate(SAMPLES + line.encode()).report.warnings == ()


def test_records_are_looked_at_in_samples_after_a_while(bench):
    """To look at every value would take many times as long as all the rest; the log says how many were."""
    lines = [f"MT\t{position}\t.\tN\tA\tgood\t.\t.\n" for position in range(1, FIRST_RECORDS + SAMPLED + 2)]

    result = bench.annotate(SAMPLES.partition(b"\tFORMAT")[0] + b"\n" + "".join(lines).encode())

    assert result.summary["remarks"]["records_inspected"] == FIRST_RECORDS + 2
    assert result.summary["remarks"]["by_rule"] == {"qual": FIRST_RECORDS + 2}
    assert f"looked at {FIRST_RECORDS + 2:,} of {len(lines):,} records" in result.log


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


@pytest.mark.parametrize(("agreeing", "warned"), [(9, True), (10, False)])
def test_only_records_that_were_compared_count_for_the_assembly(bench, agreeing, warned):
    """Records on other contigs, beyond the end or with too many alleles say nothing of the bases."""
    many = ",".join(["C"] * (MAX_ALLELES + 1))
    other = [f"1 {position} A C" for position in range(1, 30)]
    uncompared = [
        *[f"MT 300 A {many}"] * 10,
        f"MT 16570 A {many}",
        *(f"MT {position} A C" for position in range(16571, 16600)),
    ]
    right = [f"MT {position} N <DEL>" for position in range(10, 10 + agreeing)]
    wrong = [f"MT {MISMATCHED} C G"] * 10

    report = bench.records(*other, *right, *wrong, *uncompared).report

    assert report.skip_reasons["reference_mismatch"] == 10
    assert any("looks like another assembly" in warning for warning in report.warnings) is warned


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
