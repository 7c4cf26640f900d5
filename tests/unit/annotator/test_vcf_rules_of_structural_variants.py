"""Structural variants of VCF 4.4 and 4.5, which need more in INFO than those of earlier versions."""

import pytest

from services.annotator.vcf.header import VERSIONS
from services.annotator.vcf.rules.remark import Rule
from tests.unit.annotator import vcf_rule_checks

# ALT, INFO and the sentence.
FAULTS = {
    "no length": ("<INS>", "X", "INFO has no SVLEN, which INS needs."),
    "no claim": ("<DEL>", "SVLEN=5", "SVCLAIM of DEL has to be one of D DJ J, not '.'."),
    "claim missing": (
        "<DEL>,<DUP>",
        "SVLEN=5,5;SVCLAIM=D,.",
        "SVCLAIM of DUP has to be one of D DJ J, not '.'.",
    ),
    "claim of adjacency": (
        "<CNV>",
        "SVLEN=5;SVCLAIM=J",
        "SVCLAIM of CNV has to be one of . D, not 'J'.",
    ),
    "claim of abundance": (
        "T[1:90[",
        "SVCLAIM=D",
        "SVCLAIM of breakend has to be one of . J, not 'D'.",
    ),
    "interval": ("<INV>", "SVLEN=5;CIPOS=1,5", "An interval of CIPOS does not have 0 in it."),
    "no repeat unit": ("<CNV:TR>", "SVLEN=5", "INFO has neither RUS nor RUL, of which a CNV:TR needs one."),
    "repeats by RN": ("<CNV:TR>", "SVLEN=5;RN=2;RUL=3", "RUL has 1 value for 2 repeat sequences (RN)."),
    "repeats by allele": ("<CNV:TR>", "SVLEN=5;RUS=CA,CAG", "RUS has 2 values for 1 repeat sequence (RN)."),
    "unit length": (
        "<CNV:TR>",
        "SVLEN=5;RUS=CAG;RUL=2",
        "RUL differs from the lengths of the sequences in RUS.",
    ),
    "interval alone": (
        "<CNV:TR>",
        "SVLEN=5;RUS=CAG;CIRB=-1,1",
        "CIRB has 2 values, but needs two for each of 0 values of RB.",
    ),
    "interval of nothing": (
        "<CNV:TR>",
        "SVLEN=5;RUS=CAG;RB=.;CIRB=-1,1",
        "CIRB has an interval where RB is missing.",
    ),
    "interval above": (
        "<CNV:TR>",
        "SVLEN=5;RUS=CAG;RUC=3;CIRUC=.5,1",
        "An interval of CIRUC does not have 0 in it.",
    ),
    "units uncounted": (
        "<CNV:TR>",
        "SVLEN=5;RUS=CAG;RUC=2.5;RUB=3,3",
        "RUB needs RUC, and in it whole numbers alone.",
    ),
    "units": ("<CNV:TR>", "SVLEN=5;RUS=CAG;RUC=3;RUB=3", "RUB has 1 value for 3 repeat units (RUC)."),
}


@pytest.mark.parametrize("version", ["4.4", "4.5"])
@pytest.mark.parametrize(("alt", "info", "sentence"), FAULTS.values(), ids=FAULTS)
def test_what_a_structural_variant_lacks_is_named(version, alt, info, sentence):
    """From 4.4 on; in earlier versions the same record is sound."""
    (remark,) = check(alt, info, version=version)

    assert (remark.line, remark.column, remark.rule) == (7, 8, Rule.STRUCTURAL)
    assert remark.sentence == sentence
    assert check(alt, info, version="4.3") == []


SOUND = {
    "deletion": ("<DEL:ME>", "SVLEN=5;SVCLAIM=DJ;CIPOS=-5,0;CIEND=.,."),
    "deletion and base": ("<DEL>,T", "SVLEN=5,.;SVCLAIM=D,."),
    "insertion": ("<INS>", "SVLEN=5"),
    "breakend": ("T[1:90[", "SVLEN=.;SVCLAIM=J"),
    "reference block": ("<*>", "END=20"),
    "allele of one's own": ("<X>", "."),
    "tandem repeats": ("<CNV:TR>,<CNV:TR>", "SVLEN=30,30;CN=3,0.9;RUS=CAG,CAG,CA,CAG;RN=1,3;RB=90,15,2,12"),
    "repeat of unknown length": ("<CNV:TR>", "SVLEN=30;CN=6.5;RUS=CAG;RUC=65;CIRUC=-15,."),
    "units of their own lengths": ("<CNV:TR>", "SVLEN=20;RUL=10;RUC=3;RUB=10,10,15"),
}


@pytest.mark.parametrize(("alt", "info"), SOUND.values(), ids=SOUND)
def test_nothing_is_said_about_a_complete_one(alt, info):
    """In any version."""
    for version in VERSIONS:
        assert check(alt, info, version=version) == []


def test_copy_numbers_of_samples_are_those_of_one_length():
    """FORMAT CN counts copies of a region, so all alleles have to be of the same one."""
    (remark,) = check("<DEL>,<DUP>", "SVLEN=5,6;SVCLAIM=D,D", "GT:CN", "0/1:3")

    assert remark.sentence == "FORMAT has CN, so all DEL, DUP and CNV alleles need the same SVLEN."
    assert check("<DEL>,<DUP>", "SVLEN=5,5;SVCLAIM=D,D", "GT:CN", "0/1:3") == []


@pytest.mark.parametrize(
    ("form", "sample", "sentence"),
    [
        ("GT:PSL", "0/1:a,.", "PSL names a phase set for an allele that is not phased."),
        ("GT:PSL", "/0|1:a,b", "PSL names a phase set for an allele that is not phased."),
        ("GT:PSL:PSO", "0|1:a,.:1,2", "PSO has a value for an allele that is in no phase set."),
        ("GT:PSL:PSQ", "0|1:.,a:1,2", "PSQ has a value for an allele that is in no phase set."),
        ("GT:PSL", "0|1:a,b,c", "PSL has 3 values where Number=P asks for 2."),
    ],
)
def test_phase_sets_belong_to_phased_alleles(form, sample, sentence):
    """From 4.4 on, a phase set can be named for each allele."""
    (remark,) = check("T", ".", form, sample)

    assert (remark.column, remark.sentence) == (10, sentence)


@pytest.mark.parametrize(
    "sample", ["0|1:a,b:1,.", "0/1:.,.:.,.", "/0|1:.,a:.,3", "0:a:1", "/0:.:.", "0|1:.", "."]
)
def test_nothing_is_said_about_sound_phase_sets(sample):
    """A first allele without a sign is phased unless another one is not."""
    assert check("T", ".", "GT:PSL:PSO", sample) == []


def check(alt, info, form="GT", sample="0/0", version="4.4"):
    columns = {"version": version, "ALT": alt, "INFO": info, "FORMAT": form, "S": sample}
    return vcf_rule_checks.check(columns, meta=())
