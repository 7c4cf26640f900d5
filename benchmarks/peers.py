"""SnpEff and VEP on the synthetic gene models; what they need besides is made once, and not measured."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pysam

from services.annotator.workers import cores

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.synthetic.data import SyntheticData

_GENOME = "synthetic"

# SnpEff takes Ensembl's prefixes for parts of names and then finds no parents, and it knows fewer types.
_PREFIX = re.compile(r"=(?:gene|transcript|CDS):")

_START = 3


def snpeff(data: SyntheticData, source: Path, result: Path) -> list[list[str]]:
    """SnpEff, which prints; see https://pcingola.github.io/SnpEff/snpeff/build_db/."""
    del result
    config = ["-c", str(_snpeff_config(data))]
    return [["snpEff", "ann", "-noStats", *config, _GENOME, str(source)]]


def _snpeff_config(data: SyntheticData) -> Path:
    """Its configuration, beside a database that it has built."""
    folder = data.folder / "snpeff"
    config = folder / "snpEff.config"
    if not config.exists():
        genome = folder / "data" / _GENOME
        genome.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(data.reference, genome / "sequences.fa")
        (genome / "genes.gff").write_text(_plain_gene_file(data.genes.read_text()))
        draft = folder / "draft.config"
        draft.write_text(f"data.dir = {folder / 'data'}\n{_GENOME}.genome : Synthetic\n")
        build = ["snpEff", "build", "-gff3", "-noCheckCds", "-noCheckProtein", "-c", str(draft), _GENOME]
        subprocess.run(build, check=True, capture_output=True)
        draft.rename(config)
    return config


def _plain_gene_file(text: str) -> str:
    """Gene models in the words that SnpEff understands."""
    known = text.replace("\tncRNA_gene\t", "\tgene\t").replace("\tlnc_RNA\t", "\ttranscript\t")
    return _PREFIX.sub("=", known)


def vep(data: SyntheticData, source: Path, result: Path) -> list[list[str]]:
    """VEP, https://www.ensembl.org/info/docs/tools/vep/script/vep_options.html."""
    program = ["vep", "--input_file", str(source), "--format", "vcf", "--output_file", str(result), "--vcf"]
    program += ["--force_overwrite", "--no_stats", "--no_progress", "--symbol", "--fork", str(cores())]
    return [[*program, "--gff", str(_sorted_genes(data)), "--fasta", str(data.reference)]]


def _sorted_genes(data: SyntheticData) -> Path:
    """The gene models as VEP wants them: in the order of positions, bgzip and indexed."""
    packed = data.folder / "genes.sorted.gff3.gz"
    if not packed.exists():
        lines = [
            line for line in data.genes.read_text().splitlines(keepends=True) if not line.startswith("#")
        ]
        lines.sort(key=lambda line: int(line.split("\t")[_START]))
        plain = data.folder / "genes.sorted.gff3"
        plain.write_text("".join(lines))
        pysam.tabix_compress(str(plain), str(packed), force=True)
        pysam.tabix_index(str(packed), preset="gff", force=True)
    return packed
