"""How long an annotation takes, as ratios to plain ``bcftools csq`` and to the floor, in one run.

    python benchmarks/annotate.py [RECORDS]

The floor is what cannot be avoided: to unpack the input and to pack it again (BGZF, fastest level). Each
command runs as a process of its own, in turn, three times; medians are compared.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pysam

ROOT = Path(__file__).parents[1]
PACK = ROOT / "services" / "annotator" / "packs" / "human_mt"
RUNS = 3
OTHER = {"A": "G", "C": "T", "G": "A", "T": "C"}

CSQ = """
import sys, pysam.bcftools as bcftools
fasta, genes, source, target = sys.argv[1:]
bcftools.csq("-f", fasta, "-g", genes, "-l", "-C", "2", "-s", "-", "--force", "-Oz", "-o", target, source,
             catch_stdout=False)
"""
FLOOR = """
import sys, pysam
with pysam.BGZFile(sys.argv[1]) as source:
    with pysam.BGZFile(sys.argv[2], "w1") as packed:
        while block := source.read(1 << 20):
            packed.write(block)
"""


def write_input(path: Path, records: int) -> None:
    """SNVs at every position of the mitochondrial genome, again and again; one sample."""
    genome = pysam.FastaFile(str(PACK / "rCRS.MT.fa")).fetch("MT")
    repeats = -(-records // len(genome))
    with pysam.BGZFile(str(path), "w") as target:
        target.write(b"##fileformat=VCFv4.2\n##contig=<ID=MT,length=16569>\n")
        target.write(b'##INFO=<ID=DP,Number=1,Type=Integer,Description="Depth">\n')
        target.write(b'##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n')
        target.write(b"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tS1\n")
        for number in range(records):
            position = number // repeats
            ref = genome[position].upper()
            alt = OTHER.get(ref, "A")
            target.write(f"MT\t{position + 1}\t.\t{ref}\t{alt}\t50\tPASS\tDP=30\tGT\t0/1\n".encode())


def seconds(command: list[str]) -> float:
    """Wall time of one process."""
    began = time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return time.perf_counter() - began


def main() -> None:
    """Measure and print."""
    records = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source = folder / "input.vcf.gz"
        write_input(source, records)
        ours, fasta, genes = str(folder / "out.annot.vcf.gz"), str(PACK / "rCRS.MT.fa"), str(PACK / "MT.gff3")
        commands = {
            "ours": [sys.executable, "-m", "services.annotator.annotate", str(source), ours],
            "bcftools csq -Oz": [
                sys.executable,
                "-c",
                CSQ,
                fasta,
                genes,
                str(source),
                str(folder / "csq.vcf.gz"),
            ],
            "floor": [sys.executable, "-c", FLOOR, str(source), str(folder / "floor.vcf.gz")],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(RUNS):
            for label, command in commands.items():
                times[label].append(seconds(command))
    medians = {label: statistics.median(measured) for label, measured in times.items()}
    print(f"{records:,} records, one sample, median of {RUNS} runs")
    for label, median in medians.items():
        print(f"{label:>18}  {median:7.2f} s   {medians['ours'] / median:6.1f} = ours / {label}")


if __name__ == "__main__":
    main()
