"""Real files of real projects: nothing of them is changed, and consequences are those of the tool."""

import gzip
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from services.annotator.annotation.file import Options, annotate_file
from services.annotator.pack.pack import BUILTIN_PACKS, load_pack
from services.annotator.result.result_files import Outputs
from tests.unit.annotator.own_keys import without_own
from tests.unit.annotator.pack_folders import GENES, write_pack

DATA = Path(__file__).parents[3] / "shared" / "data"
MEDIUM = DATA / "medium_grch37"
COHORT = DATA / "builtin_mt" / "haplogrep.example-wgs.50samples.vcf.gz"
SITES = MEDIUM / "1kgp3.chr20_1-2M.sites.vcf.gz"
GENOTYPES = MEDIUM / "1kgp1.chr1.1092samples.vcf.gz"

# So small that most genes are in several blocks.
BLOCK_BYTES = 20_000

pytestmark = pytest.mark.skipif(
    not MEDIUM.exists(), reason="the data of the 1000 Genomes Project are not beside the repository"
)


@pytest.fixture(scope="module")
def grch37(tmp_path_factory):
    """Windows of GRCh37 in true coordinates, with 43 genes."""
    folder = tmp_path_factory.mktemp("pack") / "grch37"
    sequence = gzip.decompress((MEDIUM / "GRCh37.mini.fa.gz").read_bytes()).decode()
    yield write_pack(folder, sequence.upper(), (MEDIUM / "GRCh37.mini.gff3").read_text(), {"MT": 2})
    shutil.rmtree(folder)  # It is larger than what tests may leave behind.


@pytest.fixture(scope="module")
def human_mt():
    return load_pack(BUILTIN_PACKS / "human_mt")


@pytest.fixture
def annotated(tmp_path):
    """Annotate a file of the data; its records as they were, and as they are in the result."""

    def annotate(path, pack, options):
        outputs = Outputs(*(tmp_path / name for name in ("vcf", "index", "log", "summary", "table")))
        annotate_file(path, outputs, pack, file_name=path.name, options=options)
        return records(path), records(outputs.vcf)

    return annotate


def records(path):
    return [line for line in gzip.decompress(path.read_bytes()).split(b"\n") if line and line[:1] != b"#"]


def bcsq(record):
    entries = record.split(b"\t", 8)[7].split(b";")
    return next((entry[5:] for entry in entries if entry.startswith(b"BCSQ=")), b"")


def plain_csq(pack, lines):
    """BCSQ of each record by the tool alone, which gets all gene models and all records at once.

    To symbolic alleles it gives words of its own, such as feature_elongation, which are not asked for.
    """
    feed = b"##fileformat=VCFv4.2\n"
    feed += b"".join(b"##contig=<ID=%s,length=%d>\n" % (c.name.encode(), c.length) for c in pack.contigs)
    feed += b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    for line in lines:
        chrom, pos, _, ref, alt = line.split(b"\t", 5)[:5]
        alt = b"." if alt.startswith(b"<") else alt
        feed += b"\t".join((chrom, pos, b".", ref, alt, b".\t.\t.\n"))
    program = "import sys, pysam.bcftools as b; b.csq(*sys.argv[1:], catch_stdout=False)"
    files = ["-f", str(pack.path(pack.reference)), "-g", str(pack.path(GENES))]
    command = [sys.executable, "-c", program, *files, "-l", "--force", "-Ov", "-"]
    done = subprocess.run(command, input=feed, capture_output=True, check=True)
    return [bcsq(line) for line in done.stdout.splitlines() if not line.startswith(b"#")]


def test_consequences_do_not_depend_on_where_a_gene_is_cut(annotated, grch37):
    """28,998 sites in blocks of a few kilobases, each called with the genes around it alone."""
    given, result = annotated(SITES, grch37, Options(workers=2, block_bytes=BLOCK_BYTES))

    assert len(given) == 28_998
    assert [bcsq(record) for record in result] == plain_csq(grch37, given)


def test_consequences_beside_many_samples_are_the_tool_s(annotated, grch37):
    """970 records of 1,092 samples."""
    given, result = annotated(GENOTYPES, grch37, Options(workers=2))

    assert len(given) == 970
    assert [bcsq(record) for record in result] == plain_csq(grch37, given)


@pytest.mark.parametrize(
    ("path", "pack", "options"),
    [
        (COHORT, "human_mt", Options()),
        (COHORT, "human_mt", Options(workers=2, block_bytes=BLOCK_BYTES)),
        (SITES, "grch37", Options(workers=2)),
        (GENOTYPES, "grch37", Options()),
        (GENOTYPES, "grch37", Options(workers=2, block_bytes=10 * BLOCK_BYTES)),
    ],
    ids=["cohort", "cohort in blocks", "sites", "genotypes", "genotypes in blocks"],
)
def test_without_our_keys_every_record_has_its_own_bytes(annotated, request, path, pack, options):
    """Numbers, blanks and order are those of the file."""
    given, result = annotated(path, request.getfixturevalue(pack), options)

    assert [without_own(record) for record in result] == given
