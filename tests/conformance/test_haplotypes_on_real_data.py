"""Haplotype-aware mode on real genotypes and on upstream's cases, held against the tool itself.

The data are 970 records of 1,092 samples of the 1000 Genomes Project, phase 1, with the MANE transcripts of
their region, and the cases by which upstream tests bcftools csq.
"""

import gzip
import re
import subprocess
import sys
import tarfile
from dataclasses import replace

import pytest

from gas.errors import InvalidInput
from services.annotator.annotation.file import Options, annotate_file
from services.annotator.pack_tool.building import Plan, build_pack
from services.annotator.result.result_files import Outputs
from tests.conformance.test_csq_cases import (
    CASES,
    CUT_OFF,
    NEWER_WORDS,
    SYMBOLIC,
    answer,
    entries,
    gene_file,
    gene_line,
    genes,
    records,
    sequence,
)
from tests.unit.annotator.haplotype_texts import calls_of, without_marks
from tests.unit.annotator.own_keys import without_own
from tests.unit.annotator.pack_folders import write_pack

MEDIUM = CASES.parents[1] / "medium_grch37"
GENOTYPES = MEDIUM / "1kgp1.chr1.1092samples.vcf.gz"
FASTA, GENES = MEDIUM / "GRCh37.mini.fa.gz", MEDIUM / "GRCh37.mini.gff3"

AWARE = Options(haplotypes=True, names=False)

pytestmark = pytest.mark.skipif(
    not (CASES.exists() and GENOTYPES.exists()), reason="the data are not beside the repository"
)

# What is refused, and why: a genotype that is not phased, or of three alleles.
REFUSED = {
    "ENST00000000001/test": "'0/1', which does not tell",
    "ENST00000381157/haploid-diploid": "'0|1|1', which is not a genotype",
}


def tool(content, fasta, gff, folder):
    """The records that the tool writes by itself, with room for all consequences."""
    program = "import sys, pysam.bcftools as b; b.csq(*sys.argv[1:], catch_stdout=False)"
    source = folder / "phased.vcf"
    source.write_bytes(content)
    options = ("-p", "r", "-n", "500", "-v", "0", "--force")
    done = subprocess.run(
        [sys.executable, "-c", program, "-f", str(fasta), "-g", str(gff), *options, str(source)],
        capture_output=True,
        check=True,
    )
    return [line.split("\t") for line in done.stdout.decode().splitlines() if not line.startswith("#")]


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    plan = Plan(
        **dict.fromkeys(("name", "title", "assembly", "version", "attribution"), "x"),
        fasta=FASTA,
        genes=GENES,
        gene_model_version="MANE",
        contigs=["1"],
    )
    return build_pack(plan, tmp_path_factory.mktemp("medium") / "pack", lambda _: None)


@pytest.fixture(scope="module")
def given():
    return gzip.decompress(GENOTYPES.read_bytes())


@pytest.fixture(scope="module")
def annotate(tmp_path_factory):
    """Annotate a file; a function that gives its outputs."""

    def annotated(content, pack, options=AWARE):
        folder = tmp_path_factory.mktemp("result")
        source = folder / "input"
        source.write_bytes(content)
        outputs = Outputs(*(folder / kind for kind in ("vcf", "index", "log", "summary", "table")))
        annotate_file(source, outputs, pack, file_name="x.vcf", options=options)
        return outputs

    return annotated


@pytest.fixture(scope="module")
def real(annotate, given, pack):
    return annotate(given, pack)


def test_real_genotypes_are_called_as_by_the_tool(given, real, tmp_path):
    """Every record, in INFO and in each of 1,092 samples."""
    # The tool crashes on a file that declares no contig.
    declared = given.replace(b"#CHROM", b"##contig=<ID=1>\n#CHROM", 1)

    ours = list(map(calls_of, records(real.vcf)))

    assert ours == list(map(calls_of, tool(declared, FASTA, GENES, tmp_path)))
    assert sum(bool(marks) for _, marks in ours) == 11
    assert {len(marks) for _, marks in ours} == {0, 1092}


def test_nothing_else_of_real_records_is_changed(given, real):
    """Without what was added each record has the bytes that it came with."""
    lines = [
        line for line in gzip.decompress(real.vcf.read_bytes()).splitlines() if not line.startswith(b"#")
    ]

    left = [without_own(without_marks(line)) for line in lines]

    assert left == [line for line in given.splitlines() if not line.startswith(b"#")]


def test_real_genotypes_give_the_same_whatever_does_the_work(annotate, given, pack, real):
    """Any number of workers, and blocks of any size."""
    files = {name: path.read_bytes() for name, path in vars(real).items()}

    for workers in (2, 3):
        outputs = annotate(given, pack, replace(AWARE, workers=workers))
        assert {name: path.read_bytes() for name, path in vars(outputs).items()} == files
    small = annotate(given, pack, replace(AWARE, workers=3, block_bytes=100_000))
    assert gzip.decompress(small.vcf.read_bytes()) == gzip.decompress(files["vcf"])
    assert small.summary.read_bytes() == files["summary"]


@pytest.fixture(scope="module")
def cases(tmp_path_factory):
    """The VCF of each case by its name."""
    folder = tmp_path_factory.mktemp("cases")
    with tarfile.open(CASES) as archive:
        archive.extractall(folder, filter="data")
    return {f"{path.parent.name}/{path.stem}": path for path in sorted(folder.glob("*/*/*.vcf"))}


def phased(path):
    """A case; one without samples gets a sample that has all of its first alleles."""
    text = path.read_text()
    if "\tFORMAT\t" in text:
        return text.encode()
    text = re.sub("^(#CHROM.*)$", r"\1\tFORMAT\tS", text, flags=re.MULTILINE)
    return re.sub("^([^#\n].*)$", r"\1\tGT\t1|1", text, flags=re.MULTILINE).encode()


@pytest.fixture(scope="module")
def answers(cases, annotate, tmp_path_factory):
    """The records of each case that is not refused, as lists of columns."""
    found = {}
    for name, path in cases.items():
        folder = tmp_path_factory.mktemp("pack") / "pack"
        pack = write_pack(folder, sequence(path), "".join(map(gene_line, genes(path))))
        if name not in REFUSED:
            found[name] = records(annotate(phased(path), pack).vcf)
    return found


@pytest.mark.parametrize("name", REFUSED)
def test_cases_that_are_not_phased_are_refused(cases, annotate, pack, name):
    """They are about other options of the tool."""
    with pytest.raises(InvalidInput, match=re.escape(REFUSED[name])):
        annotate(phased(cases[name]), pack)


def test_cases_are_called_as_by_the_tool(cases, answers, tmp_path):
    """In INFO and in each sample, but for what the engine is not asked about."""
    left_out = {*SYMBOLIC, *CUT_OFF}
    compared = 0
    for name, ours in answers.items():
        path = cases[name]
        told = tool(phased(path), path.parent / f"{path.parent.name}.fa", gene_file(path), tmp_path)
        for mine, theirs in zip(ours, told, strict=True):
            if (name, int(mine[1])) not in left_out:
                assert calls_of(mine) == calls_of(theirs), (name, mine[:5])
                compared += bool(calls_of(mine)[0])

    assert compared == 182


def test_cases_are_called_as_upstream_expects(cases, answers):
    """All 161 records, but for newer words of the tool and what the engine is not asked about."""
    differing, expected = set(), 0
    for name, ours in answers.items():
        for mine, given in zip(ours, records(cases[name]), strict=True):
            wanted = entries(given).get("EXP")
            expected += wanted is not None
            if wanted is not None and answer(calls_of(mine)[0]) != answer(wanted):
                differing.add((name, int(mine[1])))

    assert expected == 161
    assert differing == {*NEWER_WORDS, *SYMBOLIC, *CUT_OFF}
