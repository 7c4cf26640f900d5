"""What the blocks of a file come to together, in memory that does not grow with the file."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from services.annotator.result.report import Counts
from services.annotator.result.severe import worst_first
from services.annotator.vcf.genotype_counts import GenotypeCounts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.annotator.annotation.block import Annotated
    from services.annotator.result.report import SevereRecord
    from services.annotator.vcf.header import Header
    from services.annotator.vcf.rules.remark import Remark

# A fault is often in every record: so many remarks of each rule are kept, and the counts have all.
MAX_REMARKS_OF_RULE = 5


@dataclass
class Findings:
    """What breaks the specification in a file, of which it was annotated all the same.

    :ivar inspected: how many records were looked at.
    :ivar counts: remarks by rule.
    :ivar first: the first remarks of each rule, by line.
    """

    inspected: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    first: list[Remark] = field(default_factory=list)

    def add(self, inspected: int, remarks: Sequence[Remark]) -> None:
        """Take in what was found in more records, or in the header."""
        self.inspected += inspected
        self.counts.update(str(remark.rule) for remark in remarks)
        kept: Counter[str] = Counter()
        first = []
        for remark in sorted([*self.first, *remarks], key=lambda remark: (remark.line, remark.column or 0)):
            kept[remark.rule] += 1
            if kept[remark.rule] <= MAX_REMARKS_OF_RULE:
                first.append(remark)
        self.first = first


class Totals:
    """The numbers of the blocks so far."""

    def __init__(self, header: Header) -> None:
        self.counts = Counts()
        self.genotypes = GenotypeCounts.none(header.samples)
        self.findings = Findings()
        self.severe: list[SevereRecord] = []

    def add(self, block: Annotated) -> None:
        """Take in the next block."""
        self.counts.add(block.counts)
        self.findings.add(block.inspected, block.remarks)
        self.severe = worst_first([*self.severe, *block.severe])
        if block.genotypes:
            self.genotypes.add(block.genotypes)
