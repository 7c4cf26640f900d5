"""What is in the table of one result: columns, which of them have values, and choices for a filter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

#: The columns that every table has (docs of the annotator); all others are known values and genotypes.
OWN_COLUMNS = (
    "line",
    "contig",
    "position",
    "id",
    "ref",
    "alt",
    "allele",
    "qual",
    "filter",
    "type",
    "consequence",
    "severity",
    "impact",
    "gene",
    "transcript",
    "hgvsc",
    "hgvsp",
    "skip",
)
GENOTYPE = "genotype_"

#: The choice that stands for a value that is missing, as in the VCF.
MISSING = "."


@dataclass(frozen=True)
class Key:
    """A column of known values.

    :ivar role: what its values mean to people: significance, disease, frequency, rsid, score, or nothing.
    """

    id: str
    type: str = "String"
    description: str = ""
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class Content:
    """What the pages have to know of a table before they ask for rows.

    :ivar rows: alleles.
    :ivar columns: names, in the order of the file.
    :ivar filled: the columns that have a value in any row.
    :ivar contigs: names, in the order of the file.
    :ivar choices: by column the values with their numbers of rows, the most frequent first; of consequences
        each single term, of FILTER also `MISSING`.
    :ivar combinations: the values of the column of consequences, each one or more terms with & between.
    :ivar longest_ref: bases of the longest REF.
    :ivar first_line: the line of the first record in the input.
    :ivar samples: the names of those that have a column.
    :ivar keys: the columns of known values.
    :ivar groups: rows of each row group of the file.
    """

    rows: int
    columns: tuple[str, ...]
    filled: frozenset[str]
    contigs: tuple[str, ...]
    choices: Mapping[str, Mapping[str, int]]
    combinations: tuple[str, ...] = ()
    longest_ref: int = 1
    first_line: int = 1
    samples: tuple[str, ...] = ()
    keys: tuple[Key, ...] = ()
    groups: tuple[int, ...] = ()

    def of_role(self, role: str) -> tuple[str, ...]:
        """The columns of known values of this role that are not empty."""
        return tuple(key.id for key in self.keys if key.role == role and key.id in self.filled)

    def genotype_column(self, sample: str) -> str:
        """The column with the genotypes of a sample."""
        return f"{GENOTYPE}{self.samples.index(sample) + 1}"
