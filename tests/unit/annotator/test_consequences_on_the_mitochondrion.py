"""What the engine says about real mitochondrial variants, held against MITOMAP and the tool itself."""

import gzip
import re
import subprocess
import sys
from pathlib import Path

import pytest

from services.annotator.annotation import consequences
from services.annotator.annotation.consequences import TERMS, Impact
from tests.unit.annotator.own_keys import without_own

SHARED = Path(__file__).resolve().parents[3].parent / "shared"
EXAMPLE = Path(__file__).parents[3] / "services" / "web" / "example.vcf"
DISEASE = SHARED / "data" / "builtin_mt" / "mitomap_disease.vcf.gz"
COHORT = SHARED / "data" / "builtin_mt" / "haplogrep.example-wgs.50samples.vcf.gz"
# What bcftools csq says of an allele (its manual, and csq_strings in its source).
WORDS = (
    "synonymous",
    "missense",
    "stop_lost",
    "stop_gained",
    "inframe_deletion",
    "inframe_insertion",
    "frameshift",
    "splice_acceptor",
    "splice_donor",
    "start_lost",
    "splice_region",
    "stop_retained",
    "5_prime_utr",
    "3_prime_utr",
    "non_coding",
    "intron",
    "inframe_altering",
    "NMD_transcript",
    "feature_elongation",
    "feature_truncation",
    "start_retained",
    "coding_sequence",
)
# One residue in one gene, or as in "ATP8:Q18* ATP6:M1T" one in each of two.
RESIDUES = re.compile(r"(?:[A-Z0-9]+:)?([A-Z])(\d+)([A-Z])")
CALLED = re.compile(r"(\d+)([A-Z])(?:>\d+([A-Z]))?")


def test_the_common_cause_of_leber_disease_is_called_and_known(bench):
    """m.11778G>A changes residue 340 of MT-ND4 from arginine to histidine and is confirmed pathogenic."""
    result = bench.records("MT 11778 G A")

    (info,) = result.infos
    assert info["BCSQ"] == "missense|MT-ND4|ENST00000361381|protein_coding|+|340R>340H|11778G>A"
    assert info["MITOMAP_STATUS"] == "Cfrm-[P]"
    assert info["MITOMAP_CLNSIG"] == "P"
    assert info["MITOMAP_DISEASE"] == "LHON-/-Progressive-Dystonia"
    assert info["MITOMAP_AF"] == "0.00307", "0.307 percent"
    (severe,) = result.summary["severe"]
    assert (severe["gene"], severe["consequence"], severe["amino_acids"]) == (
        "MT-ND4",
        "missense_variant",
        "340R>340H",
    )
    assert severe["significance"] == {"MITOMAP_STATUS": "Cfrm-[P]", "MITOMAP_CLNSIG": "P"}


@pytest.mark.skipif(not DISEASE.exists(), reason="MITOMAP's list is test data that is not in the repository")
def test_residue_changes_agree_with_mitomap(bench):
    """Every change of one residue in MITOMAP's disease list comes out as MITOMAP has it, but for one.

    As a start codon GTG still gives methionine, which MITOMAP says and the engine does not.
    """
    claims = list(residue_claims())

    result = bench.records(*(f"MT {position} {ref} {alt}" for position, ref, alt, _ in claims))

    called = [called_residues(info.get("BCSQ", "")) for info in result.infos]
    differing = [claim for claim, residues in zip(claims, called, strict=True) if claim[3] not in residues]
    assert len(claims) == 477
    assert differing == [("8527", "A", "G", ("1", "M", "M"))]


def test_the_mitochondrial_code_is_used(bench):
    """AGA ends MT-CO1 in the mitochondrion; by the standard code it would be an arginine."""
    (info,) = bench.records("MT 7444 G A").infos

    assert info["BCSQ"].startswith("stop_lost|MT-CO1|")


def test_consequences_equal_those_of_the_tool_alone(bench, pack):
    """BCSQ is what ``bcftools csq -l -C 2`` itself says about the same alleles."""
    text = EXAMPLE.read_bytes()

    ours = [info.get("BCSQ", "") for info in bench.annotate(text).infos]

    assert ours == plain_csq(pack, text)


@pytest.mark.skipif(not COHORT.exists(), reason="the cohort is test data that is not in the repository")
def test_a_real_cohort_keeps_its_bytes_and_gets_the_tool_s_consequences(bench, pack):
    """3,892 records of 50 samples: nothing of the user's is changed, and nothing of csq's is lost."""
    text = gzip.decompress(COHORT.read_bytes())

    result = bench.annotate(COHORT.read_bytes())

    assert [without_own(record) for record in result.records] == [
        line for line in text.splitlines() if not line.startswith(b"#")
    ]
    assert [info.get("BCSQ", "") for info in result.infos] == plain_csq(pack, text)
    assert result.report.records == 3892


@pytest.mark.parametrize("word", WORDS)
def test_every_word_of_the_engine_has_its_term_in_the_ontology(word):
    """With its place in the order of severity; another word would be passed on as it is."""
    assert word in TERMS


def test_every_word_has_its_place_by_severity():
    """High impact comes before moderate before low before modifier, as in Ensembl's table."""
    order = [Impact.HIGH, Impact.MODERATE, Impact.LOW, Impact.MODIFIER]

    ranks = [order.index(term.impact) for term in TERMS.values()]

    assert ranks == sorted(ranks)


def test_the_worst_of_several_consequences_is_counted():
    """A record in two genes counts once, for what is worst."""
    entries = consequences.parse(
        b"synonymous|A|T1|protein_coding|+|1A|1A>C,*stop_gained&inframe_insertion|B|T2|p|+"
    )

    worst = consequences.worst(entries)

    assert (worst.gene, worst.words) == ("B", ("stop_gained", "inframe_insertion"))


def residue_claims():
    """Position, REF, ALT and ``(residue, from, to)`` of the disease list, one for each allele."""
    for line in gzip.decompress(DISEASE.read_bytes()).decode().splitlines():
        if line.startswith("#"):
            continue
        _, position, _, ref, alts, _, _, info = line.split("\t")
        changes = dict(entry.partition("=")[::2] for entry in info.split(";")).get("aachange", "")
        for alt, change in zip(alts.split(","), changes.split(","), strict=False):
            for match in filter(None, map(RESIDUES.fullmatch, change.split(" "))):
                if alt != ref:
                    yield position, ref, alt, (match[2], match[1], match[3])


def called_residues(bcsq):
    """Residue number, before and after; a synonymous change is written once."""
    columns = (entry.split("|") for entry in bcsq.split(",") if entry.count("|") > 4)
    matches = filter(None, (CALLED.fullmatch(column[5]) for column in columns))
    return {(match[1], match[2], match[3] or match[2]) for match in matches}


def plain_csq(pack, text):
    """BCSQ of each record by the tool alone, on a file of five columns in the pack's names."""
    lines = [line.split(b"\t") for line in text.splitlines() if not line.startswith(b"#")]
    feed = b"##fileformat=VCFv4.2\n##contig=<ID=MT,length=16569>\n"
    feed += b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    feed += b"".join(b"MT\t%s\t.\t%s\t%s\t.\t.\t.\n" % (line[1], line[3], line[4]) for line in lines)
    program = "import sys, pysam.bcftools as b; b.csq(*sys.argv[1:], catch_stdout=False)"
    files = ["-f", str(pack.path(pack.reference)), "-g", str(pack.path("genes/MT.gff3"))]
    command = [sys.executable, "-c", program, *files, "-l", "-C", "2", "--force", "-Ov", "-"]
    done = subprocess.run(command, input=feed, capture_output=True, check=True)
    infos = [line.split(b"\t")[7] for line in done.stdout.splitlines() if not line.startswith(b"#")]
    return ["" if info == b"." else info.decode().removeprefix("BCSQ=") for info in infos]
