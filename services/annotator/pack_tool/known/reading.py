"""What became of the records of a source, for the operator to read."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

# Reasons for leaving something out, in words that follow a number.
UNKNOWN_CONTIG = "records on contigs that the pack does not have"
OUTSIDE = "intervals that are empty or end outside of their contig"
MISMATCH = "alleles whose REF is not what the reference has there"
NOT_SEQUENCE = "alleles that are symbolic, missing, ambiguous or the same as REF"


@dataclass
class Reading:
    """The count of one source.

    :ivar records: how many its files have.
    :ivar rows: how many there are in the pack: an allele or an interval each.
    :ivar left_out: what is not there, by reason.
    :ivar examples: the first of each reason.
    :ivar given: how many values each key has.
    :ivar notes: sentences on anything else.
    """

    records: int = 0
    rows: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    given: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def leave_out(self, reason: str, example: str, number: int = 1) -> None:
        """Count what is not taken."""
        self.left_out[reason] += number
        self.examples.setdefault(reason, example)

    def count_values(self, rows: Any) -> None:
        """Count the values in the columns of a table."""
        for name in rows.column_names:
            self.given[name] += rows.num_rows - rows[name].null_count

    def remarks(self) -> Iterator[str]:
        """A line for each thing that the operator may want to know."""
        yield from self.notes
        for reason, number in self.left_out.most_common():
            example = f", for instance {self.examples[reason]}" if reason in self.examples else ""
            yield f"left out: {number:,} {reason}{example}"
