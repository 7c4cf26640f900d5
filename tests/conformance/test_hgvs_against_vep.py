"""HGVS names of MITOMAP's disease variants, held against those of Ensembl VEP 115.2.

VEP named them by the gene models of the built-in pack, but only on the 13 transcripts that code for
proteins.
"""

import gzip
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest

from services.annotator.hgvs.gene_models import GeneModels
from services.annotator.hgvs.names import Hgvs
from services.annotator.pack.pack import BUILTIN_PACKS, load_pack
from services.annotator.pack.reference import Reference

DATA = Path(__file__).parents[3] / "shared" / "data"
VEP = DATA / "conformance" / "vep115.MT.mitomap_disease.vcf.gz"

pytestmark = pytest.mark.skipif(
    not VEP.exists(), reason=f"VEP's output is test data that is not in the repository: {VEP} is missing"
)

_ALLELE, _FEATURE, _HGVSC, _HGVSP = 0, 6, 10, 11

# Every name on which we differ from VEP, as (ours, VEP's). All are protein names of frame shifts, for
# which VEP 115 translates by the standard code, although it knows that the contig is mitochondrial: its
# own Amino_acids for 4610AA>A are M/X where its name has Ile48. By the standard code ATA is Ile, AGG in
# MT-ND6 is Arg, and TGA, which stands for Trp in front of most of these changes, is a stop, so that VEP
# finds the first stop in front of the change and writes "?". HGVS counts the stop of the reading frame
# that is translated.
DIFFERENT = {
    (3570, "CC", "C"): ("p.Leu89SerfsTer12", "p.Leu89SerfsTer?"),
    (4610, "AA", "A"): ("p.Met48Ter", "p.Ile48Ter"),
    (5001, "A", "AA"): ("p.Ile178AsnfsTer11", "p.Ile178AsnfsTer?"),
    (5132, "AAA", "A"): ("p.Asn222LeufsTer30", "p.Asn222LeufsTer?"),
    (5366, "CACCTCAATCACACTACTCC", "C"): ("p.Thr300ProfsTer6", "p.Thr300ProfsTer?"),
    (6019, "CCGAGC", "C"): ("p.Glu40GlyfsTer4", "p.Glu40GlyfsTer?"),
    (6697, "AA", "A"): ("p.Glu266AsnfsTer6", "p.Glu266AsnfsTer?"),
    (7401, "CC", "C"): ("p.Pro500HisfsTer12", "p.Pro500HisfsTer?"),
    (8041, "AAT", "A"): ("p.Met153AsnfsTer5", "p.Ile153AsnfsTer?"),
    (8155, "GG", "G"): ("p.Val191TyrfsTer21", "p.Val191TyrfsTer?"),
    (9126, "TAT", "T"): ("p.Ile201ProfsTer2", "p.Ile201ProfsTer?"),
    (9537, "C", "CC"): ("p.Gln111ProfsTer3", "p.Gln111ProfsTer?"),
    (9558, "CC", "C"): ("p.Pro118GlnfsTer7", "p.Pro118GlnfsTer?"),
    (11047, "CT", "C"): ("p.Ser97LeufsTer3", "p.Ser97LeufsTer?"),
    (11620, "ATA", "A"): ("p.Tyr288LeufsTer59", "p.Tyr288LeufsTer?"),
    (14511, "CTA", "C"): ("p.Met54SerfsTer7", "p.Ile54SerfsTer22"),
    (14535, "C", "CC"): ("p.Gly49Ter", "p.Gly49ArgfsTer28"),
    (14786, "ATTAA", "A"): ("p.Ile14ThrfsTer37", "p.Ile14ThrfsTer27"),
}


@pytest.fixture(scope="module")
def pack():
    return load_pack(BUILTIN_PACKS / "human_mt")


@pytest.fixture(scope="module")
def hgvs(pack):
    return Hgvs(GeneModels.of_pack(pack), Reference(pack))


@pytest.fixture(scope="module")
def claims():
    """VEP's c. and p. names of each change, by position, REF and ALT."""
    found = defaultdict(lambda: (set(), set()))
    with gzip.open(VEP, "rt", encoding="utf-8") as stream:
        for line in stream:
            if not line.startswith("#") and ";CSQ=" in line:
                read_record(line.rstrip("\n").split("\t"), found)
    return found


def read_record(columns, found):
    position, ref, alts = int(columns[1]), columns[3], columns[4].split(",")
    alleles = {shortened(alt, ref, alts): alt for alt in alts}
    (entries,) = (field[4:] for field in columns[7].split(";") if field.startswith("CSQ="))
    for values in (entry.split("|") for entry in entries.split(",")):
        coding, protein = found[position, ref, alleles[values[_ALLELE]]]
        if values[_HGVSC]:
            coding.add(values[_HGVSC])
        if values[_HGVSP]:
            name = values[_HGVSP].partition(":")[2].replace("%3D", "=")
            protein.add(f"{values[_FEATURE]}:{name}")


def shortened(alt, ref, alts):
    """An allele as VEP writes it: without the base that all alleles begin with if their lengths differ."""
    alleles = {ref, *alts}
    differ = len({len(allele) for allele in alleles}) > 1 and len({allele[0] for allele in alleles}) == 1
    return (alt[1:] or "-") if differ else alt


def test_all_names_on_transcripts_are_those_of_vep(hgvs, pack, claims):
    """Of 975 substitutions VEP names 510 on a transcript, of 63 other changes 30."""
    (contig,) = pack.contigs

    ours = {change: coding_names(hgvs.names(contig, *change)) for change in claims}

    named = [change for change, (coding, _) in claims.items() if coding]
    assert sum(is_substitution(change) for change in named) == 510
    assert sum(not is_substitution(change) for change in named) == 30
    assert ours == {change: coding for change, (coding, _) in claims.items()}


def test_all_protein_names_but_those_that_vep_translates_by_another_code_are_those_of_vep(hgvs, pack, claims):
    """All of the substitutions; of the others all that are no frame shifts, and the frame shifts' start."""
    (contig,) = pack.contigs

    different = {}
    for change, (_, protein) in claims.items():
        ours = set(hgvs.names(contig, *change).protein)
        if ours != protein:
            different[change] = (bare(ours - protein), bare(protein - ours))

    assert different == DIFFERENT


@pytest.mark.parametrize("change", DIFFERENT, ids=lambda change: f"{change[0]}{change[1]}>{change[2]}")
def test_by_the_standard_code_a_frame_shift_has_the_name_that_vep_gives_it(pack, change):
    """That is the reason for the difference; where VEP found an earlier stop, it wrote a question mark."""
    (contig,) = pack.contigs
    standard = Hgvs(GeneModels.of_pack(pack), Reference(pack))

    names = standard.names(replace(contig, genetic_code=1), *change)

    assert bare(names.protein).startswith(DIFFERENT[change][1].removesuffix("?"))
    assert DIFFERENT[change][1].endswith("?") or bare(names.protein) == DIFFERENT[change][1]


def is_substitution(change):
    return len(change[1]) == len(change[2]) == 1


def coding_names(names):
    """Those that VEP could give: it had no transcripts without a coding part."""
    return {name for name in names.coding if ":c." in name}


def bare(names):
    """The one name, without its transcript."""
    (name,) = names
    return name.partition(":")[2]
