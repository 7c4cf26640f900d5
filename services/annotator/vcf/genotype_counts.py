"""The genotypes of the samples: counted for each sample, and taken as text from the first ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.vcf.records import FORMAT

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from services.annotator.vcf.columns import Columns

# A summary with more samples than this is no summary: further ones are not counted.
MAX_COUNTED_SAMPLES = 5_000

_ZERO, _POINT, _COLON, _LINE_END = b"0.:\n"
_SEPARATORS = np.zeros(256, bool)
_SEPARATORS[np.frombuffer(b"/|", np.uint8)] = True
_ENDS = np.zeros(256, bool)
_ENDS[np.frombuffer(b":\t\n", np.uint8)] = True

# "0|1" and the separator that follows it.
_SHORTEST = 4

# Genotypes that are looked at together, so that what is derived from them takes some megabytes.
_AT_A_TIME = 1 << 19


@dataclass
class GenotypeCounts:
    """How many records of each sample are heterozygous, homozygous for an ALT allele, or not called.

    A haploid call of an ALT allele counts as homozygous; a call that misses one allele as not called.
    """

    heterozygous: NDArray[np.int64]
    homozygous: NDArray[np.int64]
    missing: NDArray[np.int64]

    @classmethod
    def none(cls, samples: int) -> GenotypeCounts:
        """No record yet."""
        counted = min(samples, MAX_COUNTED_SAMPLES)
        return cls(*(np.zeros(counted, np.int64) for _ in range(3)))

    def add(self, other: GenotypeCounts) -> None:
        """Take in the counts of other records."""
        self.heterozygous += other.heterozygous
        self.homozygous += other.homozygous
        self.missing += other.missing


def count_genotypes(columns: Columns, samples: int) -> GenotypeCounts:
    """The counts of a block; records whose FORMAT does not begin with GT count for nothing."""
    counts = GenotypeCounts.none(samples)
    counted = len(counts.missing)
    if not counted:
        return counts
    records = np.flatnonzero(have_genotypes(columns))
    lengths = columns.line_ends[records] - columns.ends(FORMAT)[records]
    maybe = np.flatnonzero(lengths == samples * _SHORTEST)
    letters, fits = _bare(columns, records[maybe], counted)
    others = np.delete(records, maybe[fits])
    counts.add(_count(letters))
    for some in np.array_split(others, 1 + len(records) * counted // _AT_A_TIME):
        counts.add(_count(_apart(columns, some, counted)))
    return counts


def first_genotypes(columns: Columns, samples: int) -> list[pa.StringArray]:
    """GT of each record, null where there is none, for each of the first samples."""
    absent = pa.array(~have_genotypes(columns))
    found = []
    for sample in range(samples):
        parts = pc.split_pattern(columns.column(FORMAT + 1 + sample), b":", max_splits=1)
        texts = pc.list_element(parts, 0)
        found.append(pc.if_else(absent, pa.scalar(None, pa.binary()), texts))
    return found


def have_genotypes(columns: Columns) -> NDArray[np.bool_]:
    """Whether FORMAT is or begins with GT, where VCF section 1.6.2 wants it."""
    starts, ends = columns.starts(FORMAT), columns.ends(FORMAT)
    text = columns.bytes
    third = np.minimum(starts + 2, ends)
    have: NDArray[np.bool_] = (
        (ends - starts >= 2)  # noqa: PLR2004 (the length of GT)
        & (text[starts] == ord("G"))
        & (text[np.minimum(starts + 1, ends)] == ord("T"))
        & ((third == ends) | (text[third] == _COLON))
    )
    return have


def _bare(
    columns: Columns, records: NDArray[np.int64], samples: int
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """The letters of records in which all samples may have four, as in "0|1" and a tab; and which have."""
    starts = (columns.ends(FORMAT)[records] + 1).tolist()
    size = samples * _SHORTEST
    rows = [columns.bytes[start : start + size] for start in starts]
    letters = np.array(rows, np.uint8).reshape(len(rows), samples, _SHORTEST)
    fits: NDArray[np.bool_] = np.all(letters[:, :, _SHORTEST - 1] <= _LINE_END, axis=1)
    return letters[fits], fits


def _apart(columns: Columns, records: NDArray[np.int64], samples: int) -> NDArray[np.uint8]:
    """The first four letters of each sample, wherever it starts."""
    starts = columns.starts_of(FORMAT + 1, samples, records)
    last = len(columns.bytes) - 1
    return np.stack([columns.bytes[np.minimum(starts + place, last)] for place in range(_SHORTEST)], axis=-1)


def _count(letters: NDArray[np.uint8]) -> GenotypeCounts:
    """Count genotypes by their first letters, of which there are four for each record and sample.

    Calls of alleles beyond 9 or of more than two alleles are counted as heterozygous.
    """
    first, second, third, fourth = (letters[:, :, place] for place in range(_SHORTEST))
    haploid = _ENDS[second]
    diploid = _SEPARATORS[second] & _ENDS[fourth]
    missing = (first == _POINT) | _ENDS[first] | (diploid & (third == _POINT))
    same = haploid | (diploid & (first == third))
    reference = same & (first == _ZERO)
    homozygous = same & ~reference & ~missing
    heterozygous = ~(missing | reference | homozygous)
    return GenotypeCounts(
        *(which.sum(axis=0, dtype=np.int64) for which in (heterozygous, homozygous, missing))
    )
