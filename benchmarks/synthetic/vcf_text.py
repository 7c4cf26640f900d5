"""The text of a synthetic VCF in the shape of the 1000 Genomes Project, many records at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from benchmarks.synthetic.genotypes import draw_genotypes
from benchmarks.synthetic.shape import CONTIG

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from benchmarks.synthetic.shape import Shape
    from benchmarks.synthetic.sites import Sites

_PURPOSE = 4

# Records that are made at a time, so that their text is about 30 MB.
_TEXT_BYTES = 30_000_000
_SITE_BYTES, _GENOTYPE_BYTES = 150, 4

_FIELDS = (
    ("AC", "A", "Integer", "Alleles of the samples that are ALT"),
    ("AF", "A", "Float", "The same as a fraction"),
    ("AN", "1", "Integer", "Alleles of the samples"),
    ("NS", "1", "Integer", "Samples with data"),
    ("DP", "1", "Integer", "Depth of all samples"),
    *((f"{name}_AF", "A", "Float", f"Frequency in {name}") for name in ("EAS", "AMR", "AFR", "EUR", "SAS")),
)
_FORMATS = (
    ("GT", "1", "String", "Genotype"),
    ("AD", "R", "Integer", "Depth of each allele"),
    ("DP", "1", "Integer", "Depth"),
    ("GQ", "1", "Integer", "Quality of the genotype"),
    ("PL", "G", "Integer", "Phred-scaled likelihoods"),
)
_POPULATIONS = 5
_POPULATION_SPREAD = 0.03
_DECIMALS = 10_000
_FRACTIONS = pa.array([f"{number / _DECIMALS:.4f}" for number in range(_DECIMALS + 1)])


def vcf_text(shape: Shape, sites: Sites, samples: int) -> Iterator[bytes]:
    """The header and the records in pieces of whole lines.

    :param samples: one has depths and likelihoods beside its genotype, more have phased genotypes alone.
    """
    yield _header(shape, samples)
    size = max(1, _TEXT_BYTES // (_SITE_BYTES + _GENOTYPE_BYTES * samples))
    for first in range(0, len(sites), size):
        places = np.arange(first, min(first + size, len(sites)))
        yield _records(shape.generator(_PURPOSE, samples, first), sites.take(places), samples)


def _header(shape: Shape, samples: int) -> bytes:
    columns = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
    columns += ["FORMAT", *(f"S{number:04}" for number in range(samples))]
    formats = _FORMATS if samples == 1 else _FORMATS[:1]
    lines = [
        "##fileformat=VCFv4.2",
        '##FILTER=<ID=PASS,Description="All filters passed">',
        f"##contig=<ID={CONTIG},length={shape.bases}>",
        *(_declaration("INFO", *field) for field in _FIELDS),
        *(_declaration("FORMAT", *field) for field in formats),
        "\t".join(columns),
    ]
    return "".join(f"{line}\n" for line in lines).encode()


def _declaration(kind: str, key: str, number: str, of_type: str, meaning: str) -> str:
    return f'##{kind}=<ID={key},Number={number},Type={of_type},Description="{meaning}">'


def _records(generator: np.random.Generator, sites: Sites, samples: int) -> bytes:
    genotypes = draw_genotypes(generator, sites.frequencies, samples)
    sites_and_info = _joined(
        CONTIG, _text(sites.positions), ".", sites.refs, sites.alts, "100", "PASS", between="\t"
    )
    info = _info(generator, sites, genotypes.counts, samples)
    return lines_of(_joined(sites_and_info, info, genotypes.columns, between="\t"))


def _info(
    generator: np.random.Generator, sites: Sites, counts: NDArray[np.int64], samples: int
) -> pa.StringArray:
    depths = generator.integers(8_000, 24_000, len(sites))
    spread = generator.normal(0, _POPULATION_SPREAD, (len(sites), _POPULATIONS))
    populations = np.clip(sites.frequencies[:, None] + spread, 0, 1)
    fractions = pa.array([f"{count / (2 * samples):.6g}" for count in range(2 * samples + 1)])
    values = {
        "AC": _text(counts),
        "AF": fractions.take(pa.array(counts)),
        "AN": str(2 * samples),
        "NS": str(samples),
        "DP": _text(depths),
    }
    for (key, *_), column in zip(_FIELDS[len(values) :], populations.T, strict=True):
        values[key] = _FRACTIONS.take(pa.array(np.rint(column * _DECIMALS).astype(np.int64)))
    parts = [part for key, value in values.items() for part in (f";{key}=", value)]
    parts[0] = "AC="
    return _joined(*parts, between="")


def _text(numbers: NDArray[np.int64]) -> pa.StringArray:
    return pc.cast(pa.array(numbers), pa.string())


def _joined(*parts: Any, between: str) -> pa.StringArray:
    return pc.binary_join_element_wise(*parts, between)


def lines_of(texts: pa.StringArray) -> bytes:
    """Texts as lines, one after the other."""
    ended = _joined(texts, "", between="\n")
    ends = np.frombuffer(ended.buffers()[1], np.int32)[ended.offset : ended.offset + len(ended) + 1]
    whole: bytes = ended.buffers()[2].slice(int(ends[0]), int(ends[-1] - ends[0])).to_pybytes()
    return whole
