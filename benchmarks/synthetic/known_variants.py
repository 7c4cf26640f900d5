"""Known variants as a VCF like dbSNP's and ClinVar's, and how a pack takes them from it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.synthetic.shape import CONTIG
from benchmarks.synthetic.vcf_text import lines_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.synthetic.shape import Shape
    from benchmarks.synthetic.sites import Sites

_PURPOSE = 5
_FIRST_NUMBER = 1_000_000

# One in twenty has been looked at in patients.
_CLINICAL = 20
_SIGNIFICANCES = pa.array(
    ["Benign", "Likely_benign", "Uncertain_significance", "Pathogenic", "Likely_pathogenic"]
)
_DISEASES = pa.array([f"Disease_{number}" for number in range(997)])

#: The columns of the file that are joined, in the words of ``bcftools annotate --columns``.
COLUMNS = "ID,INFO/KNOWN_AF,INFO/CLNSIG,INFO/CLNDN"

_FIELDS = [
    {"key": "RSID", "field": "ID", "role": "rsid", "description": "Number of the variant"},
    {
        "key": "KNOWN_AF",
        "field": "KNOWN_AF",
        "type": "Float",
        "per_allele": True,
        "role": "frequency",
        "description": "Frequency of the allele, as a fraction",
    },
    {"key": "CLNSIG", "field": "CLNSIG", "role": "significance", "description": "Significance"},
    {"key": "CLNDN", "field": "CLNDN", "role": "disease", "description": "Disease"},
]


def known_text(shape: Shape, known: Sites) -> Iterator[bytes]:
    """The VCF in two pieces, its header and its records."""
    yield (
        "##fileformat=VCFv4.2\n"
        f"##contig=<ID={CONTIG},length={shape.bases}>\n"
        '##INFO=<ID=KNOWN_AF,Number=A,Type=Float,Description="Frequency">\n'
        '##INFO=<ID=CLNSIG,Number=.,Type=String,Description="Significance">\n'
        '##INFO=<ID=CLNDN,Number=.,Type=String,Description="Disease">\n'
        "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    ).encode()
    numbers = pc.cast(pa.array(np.arange(len(known)) + _FIRST_NUMBER), pa.string())
    names = pc.binary_join_element_wise("rs", numbers, "")
    positions = pc.cast(pa.array(known.positions), pa.string())
    columns = (CONTIG, positions, names, known.refs, known.alts, ".", ".", _info(shape, known))
    yield lines_of(pc.binary_join_element_wise(*columns, "\t"))


def _info(shape: Shape, known: Sites) -> pa.StringArray:
    generator = shape.generator(_PURPOSE)
    frequencies = pc.cast(pa.array(np.round(known.frequencies, 5)), pa.string())
    chosen = (
        names.take(pa.array(generator.integers(0, len(names), len(known))))
        for names in (_SIGNIFICANCES, _DISEASES)
    )
    significances, diseases = chosen
    clinical = pc.binary_join_element_wise(";CLNSIG=", significances, ";CLNDN=", diseases, "")
    looked_at = pa.array(np.arange(len(known)) % _CLINICAL == 0)
    return pc.binary_join_element_wise("KNOWN_AF=", frequencies, pc.if_else(looked_at, clinical, ""), "")


def write_spec(path: Path, vcf: Path) -> None:
    """Tell ``gas-pack`` what to take from the file."""
    spec = {
        "name": "known",
        "title": "Synthetic known variants",
        "file": str(vcf.resolve()),
        "version": "1",
        "licence": "none",
        "attribution": "made for benchmarks",
        "url": "https://example.org",
        "fields": _FIELDS,
    }
    path.write_text(json.dumps(spec))
