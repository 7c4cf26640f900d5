"""The numbers of one annotation, as they go into the log, the summary and the job record."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.annotator.pack.pack import Pack


@dataclass(frozen=True)
class SkippedRecord:
    """A record that was kept as it was, and why."""

    line: int
    contig: str
    position: int
    reason: str


@dataclass(frozen=True)
class SevereRecord:
    """A record with its most severe consequence.

    :ivar amino_acids: as ``340R>340H``, or empty.
    :ivar significance: what known variants say about its effect, by INFO key.
    """

    line: int
    contig: str
    position: int
    ref: str
    alt: str
    gene: str
    consequence: str
    impact: str
    amino_acids: str
    significance: Mapping[str, str]


@dataclass(kw_only=True)
class Counts:
    """What was counted in the records.

    :ivar records: read from the file.
    :ivar with_consequence: records that an allele of which touches a gene.
    :ivar without_consequence: records that were looked at and lie outside all genes.
    :ivar skip_reasons: records kept as they came, but for GAS_SKIP, by reason.
    :ivar alleles: ALT alleles in the file.
    :ivar skipped_alleles: those of them that were not looked at, by reason.
    :ivar consequences: records by their worst consequence word.
    :ivar impacts: the same by impact.
    :ivar genes: records by gene; a record may be in several.
    :ivar types: annotated alleles by type of change.
    :ivar known_sources: annotated alleles that a source knows, by source.
    :ivar known_records: records with an allele that any source knows.
    :ivar skipped_records: the first of them by line; ``skip_reasons`` counts them all.
    """

    records: int = 0
    with_consequence: int = 0
    without_consequence: int = 0
    skip_reasons: Counter[str] = field(default_factory=Counter)
    alleles: int = 0
    skipped_alleles: Counter[str] = field(default_factory=Counter)
    consequences: Counter[str] = field(default_factory=Counter)
    impacts: Counter[str] = field(default_factory=Counter)
    genes: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    transitions: int = 0
    transversions: int = 0
    known_sources: Counter[str] = field(default_factory=Counter)
    known_records: int = 0
    skipped_records: list[SkippedRecord] = field(default_factory=list)


@dataclass(kw_only=True)
class Report(Counts):
    """What went in, what came out, and what was found.

    :ivar written: records in the result; equal to ``records`` or the annotation is broken.
    :ivar severe: the most severe records, the worst first.
    :ivar warnings: what the user should look into, as sentences.
    :ivar notes: what was changed besides the annotation, as sentences.
    """

    file_name: str
    pack: Pack
    samples: int
    written: int
    severe: tuple[SevereRecord, ...]
    warnings: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def annotated(self) -> int:
        """Records that were looked at, whether they touch a gene or not."""
        return self.with_consequence + self.without_consequence

    @property
    def kept_unannotated(self) -> int:
        """Records that were kept without annotation."""
        return sum(self.skip_reasons.values())

    @property
    def annotated_alleles(self) -> int:
        """Alleles that were looked at."""
        return sum(self.types.values())

    @property
    def transition_ratio(self) -> float | None:
        """Ts/Tv, or None without transversions."""
        return self.transitions / self.transversions if self.transversions else None

    def reconcile(self) -> None:
        """Every record that went in came out, in exactly one class; anything else is a bug."""
        assert self.records == self.written, f"{self.records} records in, {self.written} out"
        assert self.records == self.annotated + self.kept_unannotated, "a record is in no class or in two"
        assert sum(self.consequences.values()) == self.with_consequence, "consequences do not add up"
        skipped = sum(self.skipped_alleles.values())
        assert self.alleles == self.annotated_alleles + skipped, "alleles do not add up"
