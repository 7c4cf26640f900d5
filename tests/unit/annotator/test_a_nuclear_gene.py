"""Every small change of two nuclear genes: records keep their bytes, and get the tool's consequences."""

import random
import subprocess
import sys
from contextlib import suppress

import pytest

from gas.errors import Misconfigured
from services.annotator.annotation.file import Options
from tests.unit.annotator.conftest import HEADER
from tests.unit.annotator.own_keys import without_own
from tests.unit.annotator.pack_folders import GENES, write_pack

COMPLEMENT = str.maketrans("ACGT", "TGCA")
STOPS = ("TAA", "TAG", "TGA")

# The coding parts of the genes, counted from 1: both have 60 codons in three exons.
FORWARD = ((1301, 1360), (1401, 1460), (1501, 1560))
REVERSE = ((4101, 4160), (4201, 4260), (4301, 4360))
UNTRANSLATED = 20
LENGTH = 6_000


@pytest.fixture(scope="module")
def chromosome():
    """Random bases with two coding sequences, and a repeat beside each of their exons."""
    chance = random.Random(8)
    bases = chance.choices("ACGT", k=LENGTH)
    for exons, reverse in ((FORWARD, False), (REVERSE, True)):
        codons = ["ATG", *(codon(chance) for _ in range(58)), "TAA"]
        coding = "".join(codons).translate(COMPLEMENT)[::-1] if reverse else "".join(codons)
        for number, (first, last) in enumerate(exons):
            bases[first - 1 : last] = coding[60 * number :][:60]
            bases[first - 12 : first - 4] = bases[last + 3 : last + 11] = "ACACACAC"
    return "".join(bases)


def codon(chance):
    while (drawn := "".join(chance.choices("ACGT", k=3))) in STOPS:
        pass
    return drawn


@pytest.fixture(scope="module")
def nuclear(tmp_path_factory, chromosome):
    folder = tmp_path_factory.mktemp("pack") / "nuclear"
    genes = "##gff-version 3\n" + gene("F", FORWARD, "+") + gene("R", REVERSE, "-")
    return write_pack(folder, f">1\n{chromosome}\n>2\n{chromosome}\n", genes)


def gene(name, exons, strand):
    """The lines of a gene of one transcript, whose first and last exon have an untranslated part."""
    first, last = exons[0][0] - UNTRANSLATED, exons[-1][1] + UNTRANSLATED
    transcript = f"ID=transcript:T{name};Parent=gene:G{name};biotype=protein_coding"
    lines = [("gene", first, last, ".", f"ID=gene:G{name};Name={name};biotype=protein_coding")]
    lines.append(("mRNA", first, last, ".", transcript))
    outer = [(first, exons[0][1]), *exons[1:-1], (exons[-1][0], last)]
    lines += [("exon", *exon, ".", f"Parent=transcript:T{name}") for exon in outer]
    lines += [("CDS", *exon, "0", f"Parent=transcript:T{name}") for exon in exons]
    ends = (("five_prime_UTR", "three_prime_UTR"), ("three_prime_UTR", "five_prime_UTR"))[strand == "-"]
    lines.append((ends[0], first, exons[0][0] - 1, ".", f"Parent=transcript:T{name}"))
    lines.append((ends[1], exons[-1][1] + 1, last, ".", f"Parent=transcript:T{name}"))
    return "".join(
        f"1\ttest\t{kind}\t{start}\t{end}\t.\t{strand}\t{phase}\t{attributes}\n"
        for kind, start, end, phase, attributes in lines
    )


def changes(chromosome, first, last):
    """A substitution, an insertion, a deletion and a replacement at each place."""
    for place in range(first, last + 1):
        base, more = chromosome[place - 1], chromosome[place - 1 : place + 2]
        other = "ACGT"["ACGT".index(base) - 1]
        for ref, alt in ((base, other), (base, base + "AC"), (more, base), (more, other)):
            yield b"1\t%d\t.\t%s\t%s\t.\t.\tDP=1\n" % (place, ref.encode(), alt.encode())


def both_genes(chromosome):
    return HEADER + b"".join(changes(chromosome, 1270, 1590)) + b"".join(changes(chromosome, 4070, 4390))


def bcsq(record):
    entries = record.split(b"\t")[7].split(b";")
    return next((entry.removeprefix(b"BCSQ=") for entry in entries if entry.startswith(b"BCSQ=")), b"")


def test_without_our_keys_every_record_has_its_own_bytes(bench, nuclear, chromosome):
    """Also where a name was looked for and there is none: nothing is left of that."""
    content = both_genes(chromosome)

    result = bench.annotate(content, pack=nuclear)

    assert [without_own(record) for record in result.records] == content.splitlines()[2:]
    assert result.report.with_consequence > 2_000


@pytest.mark.parametrize("size", [700, 4 << 20])
def test_consequences_are_those_of_the_tool_with_all_genes(bench, nuclear, chromosome, size):
    """Wherever a gene is cut by the end of a block."""
    content = both_genes(chromosome)

    result = bench.annotate(content, pack=nuclear, options=Options(block_bytes=size))

    feed = content.replace(HEADER, HEADER.replace(b"#CHROM", b"##contig=<ID=1,length=6000>\n#CHROM"))
    program = "import sys, pysam.bcftools as b; b.csq(*sys.argv[1:], catch_stdout=False)"
    files = ["-f", str(nuclear.path("sequence.fa")), "-g", str(nuclear.path(GENES))]
    command = [sys.executable, "-c", program, *files, "-l", "--force", "-Ov", "-"]
    done = subprocess.run(command, input=feed, capture_output=True, check=True)
    expected = [bcsq(line) for line in done.stdout.splitlines() if not line.startswith(b"#")]
    assert [bcsq(record) for record in result.records] == expected


@pytest.mark.parametrize("written", ["separators", "no line end", "empty line"])
def test_gene_models_that_a_pack_may_have_can_be_used(bench, tmp_path, nuclear, chromosome, written):
    """What means nothing to GFF3 does no harm, or the pack is refused at the start and not in every job."""
    genes = nuclear.path(GENES).read_text()
    texts = {
        "separators": genes.replace("\n1\ttest\tgene\t4", "\n###\n1\ttest\tgene\t4"),
        "no line end": genes.rstrip("\n"),
        "empty line": genes + "\n",
    }
    content = HEADER + b"".join(changes(chromosome, 1301, 1310)) + b"".join(changes(chromosome, 4301, 4310))
    expected = [bcsq(record) for record in bench.annotate(content, pack=nuclear).records]

    with suppress(Misconfigured):
        pack = write_pack(tmp_path / "pack", f">1\n{chromosome}\n", texts[written])
        assert [bcsq(record) for record in bench.annotate(content, pack=pack).records] == expected
