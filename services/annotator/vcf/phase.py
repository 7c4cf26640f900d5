"""Whether the genotypes of a block tell which alleles are on one haplotype."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from gas.errors import InvalidInput
from services.annotator.printable import printable
from services.annotator.vcf.genotype_counts import have_genotypes
from services.annotator.vcf.genotype_texts import Places, genotype_places
from services.annotator.vcf.records import FORMAT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.annotator.vcf.columns import Columns
    from services.annotator.vcf.header import Header

# Genotypes that are looked at together, so that what is derived from them takes some megabytes.
_AT_A_TIME = 1 << 20

_SLASH, _BAR, _POINT, _ZERO = b"/|.0"
_IS_ALLELE = np.zeros(256, bool)
_IS_ALLELE[np.frombuffer(b"0123456789.", np.uint8)] = True

# "0|1" and "0".
_DIPLOID, _HAPLOID = 3, 1

_GENOTYPE = re.compile(rb"(\d{1,9}|\.)(?:([/|])(\d{1,9}|\.))?")
_ADVICE = "phase the genotypes, or annotate the file without haplotypes"


def check_phase(columns: Columns, header: Header, allele_counts: NDArray[np.int64]) -> None:
    """See that every genotype is phased: of one allele, of one allele twice, or with a bar in it.

    :param allele_counts: how many ALT alleles each record has.
    :raises InvalidInput: at the first that is not, or that is no genotype of one or two alleles.
    """
    records = np.flatnonzero(have_genotypes(columns))
    for some in np.array_split(records, 1 + len(records) * header.samples // _AT_A_TIME):
        places = genotype_places(columns, header.samples, some)
        for row, sample in np.argwhere(~_are_plain(columns, places, allele_counts[some])).tolist():
            text = columns.text[places.starts[row, sample] : places.ends[row, sample]]
            if problem := _problem(text, int(allele_counts[some[row]])):
                name = header.sample_names[sample]
                raise InvalidInput(
                    f"Haplotype-aware annotation needs phased genotypes as 0|1, but sample {name} has "
                    f"{printable(text)!r}, {problem}: {_ADVICE}.",
                    line=columns.line + int(some[row]),
                    column=FORMAT + 2 + sample,
                )


def _are_plain(columns: Columns, places: Places, allele_counts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which genotypes are of alleles up to 9 and phased; the others take a closer look."""
    starts, lengths = places.starts, places.ends - places.starts
    diploid = lengths == _DIPLOID
    last = len(columns.bytes) - 1
    one, between = columns.bytes[starts], columns.bytes[np.minimum(starts + 1, last)]
    other = np.where(diploid, columns.bytes[np.minimum(starts + 2, last)], one)
    phased = (between == _BAR) | (one == other) | (one == _POINT) | (other == _POINT)
    separated = ~diploid | (((between == _BAR) | (between == _SLASH)) & phased)
    # A point is below all digits.
    known = np.maximum(one, other) <= np.minimum(_ZERO + allele_counts, _ZERO + 9)[:, np.newaxis]
    plain: NDArray[np.bool_] = (
        (diploid | (lengths == _HAPLOID)) & _IS_ALLELE[one] & _IS_ALLELE[other] & separated & known
    )
    return plain


def _problem(text: bytes, allele_count: int) -> str:
    """What is wrong with a genotype, or nothing."""
    match = _GENOTYPE.fullmatch(text)
    if not match:
        return "which is not a genotype of one or two alleles"
    one, separator, other = match[1], match[2], match[3] or match[1]
    if any(allele != b"." and int(allele) > allele_count for allele in (one, other)):
        return "an allele that the record does not have"
    if separator == b"/" and b"." not in {one, other} and int(one) != int(other):
        return "which does not tell on which haplotype each allele is"
    return ""
