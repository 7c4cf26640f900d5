"""Haplotype-aware mode needs phased genotypes, and refuses a file without them."""

import pytest

from gas.errors import InvalidInput
from tests.unit.annotator.haplotype_texts import AWARE, record

NO_PHASE = "which does not tell on which haplotype each allele is"
NO_GENOTYPE = "which is not a genotype of one or two alleles"
NO_ALLELE = "an allele that the record does not have"
MANY = ",".join("A" * length for length in range(2, 14))

# Each with the column and the sample that is named, its genotype, and what is wrong with it.
REFUSED = {
    "unphased": (record(104, "A", "0|1", "0/1"), 11, "S2", "0/1", NO_PHASE),
    "unphased outside all genes": (record(5, "A", "0|1", "0|1", "1/0"), 12, "S3", "1/0", NO_PHASE),
    "unphased beside other fields": (record(104, "A", "0/1:7", keys="GT:DP"), 10, "S1", "0/1", NO_PHASE),
    "unphased alleles beyond 9": (record(104, MANY, "11/12"), 10, "S1", "11/12", NO_PHASE),
    "three alleles": (record(104, "A", "0|1|1"), 10, "S1", "0|1|1", NO_GENOTYPE),
    "nothing": (record(104, "A", ""), 10, "S1", "", NO_GENOTYPE),
    "no such allele": (record(104, "A", "0|2"), 10, "S1", "0|2", NO_ALLELE),
    "no such allele beyond 9": (record(104, MANY, "13|0"), 10, "S1", "13|0", NO_ALLELE),
}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED)
def test_what_is_not_phased_is_refused_with_its_place(bench, annotate, wrong, workers):
    """Whatever comes behind it."""
    line, column, sample, genotype, problem = wrong

    with pytest.raises(InvalidInput) as refused:
        annotate(line, record(2500, "A", "0/1"), workers=workers, block_bytes=1)

    assert str(refused.value) == (
        f"Line 6, column {column}: Haplotype-aware annotation needs phased genotypes as 0|1, "
        f"but sample {sample} has {genotype!r}, {problem}: "
        "phase the genotypes, or annotate the file without haplotypes."
    )
    assert bench.left == []


def test_a_file_without_samples_is_refused(bench):
    """On no haplotype is anything."""
    with pytest.raises(
        InvalidInput, match=r"^The file has no samples, so .*: annotate it without haplotypes\.$"
    ):
        bench.annotate(
            b"##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n", options=AWARE
        )


@pytest.mark.parametrize(
    "cell", ["1/1", "1", ".", "./.", ".|1", "./1", "1/.", "0/0", "00|01", "10|11", "10/10"]
)
def test_what_needs_no_phase_is_accepted(annotate, cell):
    """Genotypes of one allele, of one allele twice, and with one missing."""
    assert annotate(record(104, MANY, cell)).report.records == 1
