"""Jobs with a table of variants: a Parquet file with the annotator's own columns, and the VCF beside it."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gas.jobs import Job, ResultFile
from services.annotator.pack.pack import find_pack, load_pack
from services.annotator.result.variant_table import schema
from services.web.viewer.bgzf import pack as bgzf
from tests.unit.web.builders import ADA, JOB, World

PACK = load_pack(find_pack("human_mt"))
FIRST_LINE = 4
SAMPLES = ("child", "mother")

#: What the row of an allele says if nothing else is given.
USUAL = {"contig": "MT", "ref": "A", "alt": "G", "allele": 1, "filter": "PASS", "type": "SNV"}

#: Eight alleles of seven records: the third record has two.
ROWS = (
    {"position": 100, "id": "rs1;other", "qual": 50.5, "genotype_1": "0/1", "genotype_2": "0/0"},
    {
        "position": 3243,
        "impact": "MODIFIER",
        "consequence": "non_coding_transcript_variant",
        "severity": 21,
        "gene": "MT-TL1",
        "MITOMAP_DISEASE": "MELAS",
        "MITOMAP_STATUS": "Cfrm-[P]",
        "MITOMAP_CLNSIG": "P",
        "MITOMAP_AF": 0.0001,
        "qual": 99.0,
        "genotype_1": "1|1",
        "genotype_2": "./.",
    },
    {
        "position": 11778,
        "alt": "T",
        "impact": "MODERATE",
        "consequence": "missense_variant",
        "severity": 10,
        "gene": "MT-ND4",
        "hgvsp": "ENST00000361381:p.Arg340His",
        "MITOMAP_AF": 0.3,
        "MITOMAP_CLNSIG": "B",
        "genotype_1": "1/2",
        "genotype_2": "0/2",
        "line": FIRST_LINE + 2,
    },
    {
        "position": 11778,
        "alt": "TT",
        "allele": 2,
        "type": "insertion",
        "impact": "HIGH",
        "consequence": "stop_gained&frameshift_variant",
        "severity": 2,
        "gene": "MT-ND4",
        "genotype_1": "1/2",
        "genotype_2": "0/2",
        "line": FIRST_LINE + 2,
    },
    {"position": 12000, "ref": "ACGTACGTAC", "alt": "A", "type": "deletion", "line": FIRST_LINE + 3},
    {"position": 13000, "filter": "q10", "qual": 5.0, "line": FIRST_LINE + 4, "genotype_1": "1"},
    {"position": 14000, "filter": None, "alt": "<DEL>", "skip": "symbolic_allele", "line": FIRST_LINE + 5},
    {"position": 15000, "MITOMAP_STATUS": "Reported", "line": FIRST_LINE + 6},
)


def parquet_of(rows: Sequence[dict[str, Any]], samples: int = len(SAMPLES), *, group: int = 3) -> bytes:
    """A table in the annotator's schema; rows without a line have that of their place."""
    columns = schema(PACK, samples)
    full = [{"line": FIRST_LINE + number, **USUAL, **row} for number, row in enumerate(rows)]
    target = io.BytesIO()
    names = [{name: row.get(name) for name in columns.names} for row in full]
    pq.write_table(pa.Table.from_pylist(names, columns), target, row_group_size=group)
    return target.getvalue()


def vcf_of(rows: Sequence[dict[str, Any]]) -> bytes:
    """The result beside it: one record for each line, with all of its alleles."""
    lines: dict[int, dict[str, Any]] = {}
    for number, row in enumerate(rows):
        full = {"line": FIRST_LINE + number, **USUAL, **row}
        record = lines.setdefault(full["line"], {**full, "alts": []})
        record["alts"].append(full["alt"])
    header = "##fileformat=VCFv4.3\n##source=test\n##gas_pack=<ID=human_mt>\n"
    columns = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    records = (
        f"{row['contig']}\t{row['position']}\t{row.get('id') or '.'}\t{row['ref']}\t{','.join(row['alts'])}"
        f"\t.\t{row['filter'] or '.'}\tN={line}\n"
        for line, row in sorted(lines.items())
    )
    return b"".join(bgzf([header.encode(), columns.encode(), *(record.encode() for record in records)]))


def described(samples: Sequence[str] = SAMPLES) -> dict[str, Any]:
    """What the summary says of the columns."""
    keys = [
        {"id": key.id, "type": key.type, "description": key.description, "role": key.role}
        for key in PACK.keys
    ]
    return {"pack": {"keys": keys}, "genotypes": {"samples": list(samples)}}


def add_table(world: World, rows: Sequence[dict[str, Any]] = ROWS, **changes: Any) -> Job:
    """A completed job of Ada's whose results are a VCF and a table."""
    summary, group = changes.pop("summary", described()), changes.pop("group", 3)
    folder = changes.pop("folder", f"results/{ADA}/{JOB}")
    contents = {"sample.annot.vcf.gz": vcf_of(rows), "sample.parquet": parquet_of(rows, group=group)}
    files = tuple(_file(f"{folder}/{name}", name, data) for name, data in contents.items())
    for file in files:
        world.results.objects[file.key] = contents[file.name]
    job = world.add_completed(**{"result_files": files, **changes})
    world.results.objects[job.summary_key] = json.dumps(summary).encode()
    return job


def _file(key: str, name: str, data: bytes) -> ResultFile:
    return ResultFile(name=name, key=key, size=len(data), sha256=hashlib.sha256(data).hexdigest())
