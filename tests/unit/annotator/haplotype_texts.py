"""A small genome whose genes share ends, phased VCFs on it, and what the engine alone says of them."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

from services.annotator.annotation.file import Options
from services.annotator.pack.pack import Pack
from tests.unit.annotator.conftest import Result
from tests.unit.annotator.pack_folders import GENES, write_pack

AWARE = Options(haplotypes=True)

SAMPLES = ("S1", "S2", "S3")
HEADER = (
    '##fileformat=VCFv4.2\n##FORMAT=<ID=GT,Number=1,Type=String,Description="G">\n'
    '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="D">\n'
    "##contig=<ID=1,length=3000>\n"
    "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t" + "\t".join(SAMPLES) + "\n"
).encode()

_CODING = "ATG" + "GCT" * 38 + "TAA"
_COMPLEMENT = str.maketrans("ACGT", "TGCA")

# Genes by name: the strand, where the coding sequence starts, and where each of its transcripts ends. B has
# transcripts that end at one place, and one that is still open when these end; between A and B lies no other.
_GENES = {
    "A": ("+", 101, (220,)),
    "B": ("+", 401, (520, 520, 700, 520)),
    "C": ("-", 1001, (1120, 1200)),
    "D": ("+", 2001, (2120, 2120)),
}
_BASES = 120

# Behind each gene.
BEHIND = tuple(max(ends) + 1 for _, _, ends in _GENES.values())


def genome() -> str:
    """3,000 bases, in which each gene codes for an M, 38 times A and a stop."""
    bases = "".join(random.Random(5).choices("ACGT", k=3000))
    for strand, start, _ in _GENES.values():
        coding = _CODING if strand == "+" else _CODING[::-1].translate(_COMPLEMENT)
        bases = bases[: start - 1] + coding + bases[start - 1 + _BASES :]
    return bases


GENOME = genome()

# What the changes at 104 and 105 to A do together on one haplotype.
TOGETHER = "missense|A|A1|protein_coding|+|2A>2N|104G>A+105C>A"


def make_pack(folder: Path) -> Pack:
    """The genome with its genes."""
    return write_pack(folder, f">1\n{GENOME}\n", "".join(_gene_lines()))


def _gene_lines():
    for name, (strand, start, ends) in _GENES.items():
        kind = "biotype=protein_coding"

        def line(what, end, attributes, phase=".", start=start, strand=strand):
            return f"1\ttest\t{what}\t{start}\t{end}\t.\t{strand}\t{phase}\t{attributes}\n"

        yield line("gene", max(ends), f"ID=gene:{name};Name={name};{kind}")
        for number, end in enumerate(ends, 1):
            transcript = f"{name}{number}"
            yield line("mRNA", end, f"ID=transcript:{transcript};Parent=gene:{name};{kind}")
            yield line("exon", end, f"Parent=transcript:{transcript}")
            yield line("CDS", start + _BASES - 1, f"Parent=transcript:{transcript}", "0")
            if end > start + _BASES - 1:
                untranslated = "three_prime_UTR" if strand == "+" else "five_prime_UTR"
                yield line(untranslated, end, f"Parent=transcript:{transcript}", start=start + _BASES)


def record(position: int, alts: str, *cells: str, ref: str = "", keys: str = "GT") -> bytes:
    """A record with the genome's own bases in REF."""
    ref = ref or GENOME[position - 1]
    missing = ["0|0"] * (len(SAMPLES) - len(cells))
    return (
        "\t".join(["1", str(position), ".", ref, alts, ".", ".", ".", keys, *cells, *missing]).encode()
        + b"\n"
    )


def text(seed: int, count: int) -> bytes:
    """A phased VCF of records that are often in one codon or one frame with others."""
    chance = random.Random(seed)
    starts = [start for _, start, _ in _GENES.values()]
    spots = (chance.choice(starts) + chance.randint(-20, 200) for _ in range(count))
    return HEADER + b"".join(_random_record(chance, position) for position in sorted(spots))


def _random_record(chance: random.Random, position: int) -> bytes:
    ref = GENOME[position - 1 : position - 1 + chance.choice([1, 1, 1, 1, 2, 4])]
    alts = dict.fromkeys(_allele(chance, ref) for _ in range(chance.choice([1, 1, 1, 2])))
    alts.pop(ref, None)
    alts = alts or {ref + "A": None}
    keys = chance.choice(["GT", "GT", "GT:DP"])
    cells = [_cell(chance, len(alts), keys) for _ in SAMPLES]
    return record(position, ",".join(alts), *cells, ref=ref, keys=keys)


def _allele(chance: random.Random, ref: str) -> str:
    return chance.choice(
        [
            chance.choice("ACGT") + ref[1:],
            ref[0],
            ref[0] + "".join(chance.choices("ACGT", k=chance.randint(1, 4))),
        ]
    )


def _cell(chance: random.Random, alleles: int, keys: str) -> str:
    """A genotype, from whose sample the last fields may have been left out."""
    one, other = (chance.choice([0, 0, *range(1, alleles + 1)]) for _ in range(2))
    genotype = chance.choice([f"{one}|{other}", f"{one}|{other}", f"{one}", f"{one}/{one}", ".", f".|{one}"])
    return genotype + (":7" if keys != "GT" and chance.random() < 0.5 else "")


def alone(pack: Pack, content: bytes) -> list[tuple[str, list[str]]]:
    """What the engine says of the records of a file by itself: BCSQ in INFO, and in each sample.

    It gets a record without an allele behind each gene too, as there is one in most files.
    """
    lines = content.decode().splitlines(keepends=True)
    header = [line for line in lines if line.startswith("#")]
    behind = [f"1\t{place}\tbehind\tN\t.\t.\t.\t.\tGT" + "\t." * len(SAMPLES) + "\n" for place in BEHIND]
    rows = [line for line in lines if not line.startswith("#")]
    feed = [*header, *sorted([*behind, *rows], key=lambda line: int(line.split("\t")[1]))]
    program = "import sys, pysam.bcftools as engine; engine.csq(*sys.argv[1:], catch_stdout=False)"
    data = ("-f", str(pack.path(pack.reference)), "-g", str(pack.path(GENES)))
    done = subprocess.run(
        [sys.executable, "-c", program, *data, "-p", "r", "-n", "500", "-v", "0", "--force", "-"],
        input="".join(feed).encode(),
        capture_output=True,
        check=True,
    )
    told = (line.split("\t") for line in done.stdout.decode().splitlines() if not line.startswith("#"))
    return [calls_of(line) for line in told if line[2] != "behind"]


def calls(result: Result) -> list[tuple[str, list[str]]]:
    """BCSQ of each record of a result: in INFO, and in each sample."""
    return [calls_of(line.decode().split("\t")) for line in result.records]


def calls_of(line: list[str]) -> tuple[str, list[str]]:
    """BCSQ of a record: in INFO, and in each sample that has it."""
    info = dict(entry.partition("=")[::2] for entry in line[7].split(";"))
    keys = line[8].split(":")
    place = keys.index("BCSQ") if "BCSQ" in keys else None
    return info.get("BCSQ", ""), [] if place is None else [cell.split(":")[place] for cell in line[9:]]


def without_marks(line: bytes) -> bytes:
    """A record without BCSQ in FORMAT and in the samples."""
    fields = line.split(b"\t")
    keys = fields[8].split(b":")
    if b"BCSQ" in keys:
        place = keys.index(b"BCSQ")
        for column in range(8, len(fields)):
            parts = fields[column].split(b":")
            fields[column] = b":".join(parts[:place] + parts[place + 1 :])
    return b"\t".join(fields)
