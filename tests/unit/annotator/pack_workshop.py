"""What tests of packs are made with: a small genome with one gene, files about it, and the engine."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from services.annotator.pack.pack import Pack, load_pack
from services.annotator.pack_tool.building import Plan, build_pack
from services.annotator.pack_tool.known.source_spec import read_spec

# Two exons, 181-260 and 301-400; the coding sequence is 201-260 and 301-360.
_CODING = "ATG" + "GCT" * 38 + "TAA"


def genome() -> str:
    """3,000 bases with a gene."""
    bases = random.Random(11).choices("ACGT", k=3000)
    bases[200:260] = _CODING[:60]
    bases[300:360] = _CODING[60:]
    return "".join(bases)


GENOME = genome()

# The gene in the words of each provider, and with the name that each gives to the contig.
GENE_MODELS = Path(__file__).parent / "gene_models"
ENSEMBL = (GENE_MODELS / "ensembl.gff3").read_text()
GENCODE = (GENE_MODELS / "gencode.gff3").read_text()
REFSEQ = (GENE_MODELS / "refseq.gff3").read_text()

# Fields of a source: one text for the record, and one for each allele.
TEXT = {"key": "X_TEXT", "field": "TEXT"}
EACH = {"key": "X_EACH", "field": "EACH", "per_allele": True}


def base(position: int) -> str:
    """The genome's own base."""
    return GENOME[position - 1]


def other(position: int, number: int = 0) -> str:
    """One of the three bases that the genome does not have there."""
    return [letter for letter in "ACGT" if letter != base(position)][number]


def snv(position: int, info: str, identifier: str = ".", contig: str = "1") -> str:
    """A record of one base for `write_vcf`."""
    return f"{contig} {position} {identifier} {base(position)} {other(position)} {info}"


def write_fasta(path: Path, **contigs: str) -> Path:
    """A FASTA file in lines of 70 bases."""
    lines = []
    for name, bases in contigs.items():
        lines += [f">{name} of a test", *(bases[start : start + 70] for start in range(0, len(bases), 70))]
    path.write_text("\n".join(lines) + "\n")
    return path


def write_vcf(path: Path, *records: str, header: str = "") -> Path:
    """A VCF of records given as ``CHROM POS ID REF ALT INFO``."""
    rows = ("{}\t{}\t{}\t{}\t{}\t.\t.\t{}\n".format(*record.split(" ")) for record in records)
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    path.write_text("##fileformat=VCFv4.2\n" + header + columns + "".join(rows))
    return path


def write_spec(path: Path, file: Path | list[str], *fields: dict[str, Any], **more: Any) -> Path:
    """A spec of a source of alleles called x."""
    spec = {
        "name": "x",
        "title": "X",
        "file": str(file) if isinstance(file, Path) else file,
        "version": "1",
        "licence": "CC0",
        "attribution": "nobody",
        "url": "https://example.org",
        "fields": [{"description": "d"} | field for field in fields],
    }
    path.write_text(json.dumps(spec | more))
    return path


def plan(folder: Path, **changes: Any) -> Plan:
    """A plan for a pack of the genome."""
    genes = folder / "genes.gff3"
    genes.write_text(ENSEMBL)
    return replace(
        Plan(
            name="small",
            title="Small",
            assembly="S1",
            version="1",
            attribution="nobody",
            fasta=write_fasta(folder / "genome.fa", **{"1": GENOME}),
            genes=genes,
            gene_model_version="test",
        ),
        **changes,
    )


def build(folder: Path, **changes: Any) -> Pack:
    """A pack of the genome in a folder of its own within this one."""
    return build_pack(plan(folder, **changes), folder / "pack", lambda _: None)


def built_with(folder: Path, *records: str, fields: list[dict[str, Any]], **changes: Any) -> Pack:
    """A pack with one source of the records."""
    vcf = write_vcf(folder / "x.vcf", *records)
    spec = read_spec(str(write_spec(folder / "x.json", vcf, *fields)))
    return build(folder, sources=(spec,), **changes)


def rows(pack: Pack) -> list[dict[str, Any]]:
    """The rows of the only source of a pack."""
    (source,) = pack.sources
    return pq.ParquetFile(pack.path(source.file), pre_buffer=False).read(use_threads=False).to_pylist()


def values(pack: Pack, key: str) -> list[str | None]:
    """What each row of the only source has for a key."""
    return [row[key] for row in rows(pack)]


def reload(pack: Pack) -> Pack:
    """The pack as its manifest describes it now."""
    return load_pack(pack.folder)


def consequences(pack: Pack, contig: str, *changes: tuple[int, str]) -> list[str]:
    """What the engine calls for changes given by position and new base, in the order of positions."""
    meant = pack.contig_names[contig.encode()]
    rows = "".join(
        f"{meant.name}\t{position}\t.\t{GENOME[position - 1]}\t{alt}\t.\t.\t.\n" for position, alt in changes
    )
    header = f"##fileformat=VCFv4.2\n##contig=<ID={meant.name},length={meant.length}>\n"
    program = "import sys, pysam.bcftools as engine; engine.csq(*sys.argv[1:], catch_stdout=False)"
    code = 0 if meant.genetic_code == 1 else meant.genetic_code
    done = subprocess.run(
        [
            *(sys.executable, "-c", program, "--fasta-ref", str(pack.path(pack.reference))),
            *("--gff-annot", str(pack.path(meant.genes or "")), "--genetic-code", str(code)),
            *("--local-csq", "--force", "--no-version", "--verbosity", "0", "--output-type", "v", "-"),
        ],
        input=f"{header}#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n{rows}",
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in done.stdout.splitlines() if not line.startswith("#")]
    return [line.split("\t")[7].removeprefix("BCSQ=") for line in lines]
