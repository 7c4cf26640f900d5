"""The numbers of one annotation, as they go into the log, the summary and the job record."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.annotator.annotation.mode import Mode
    from services.annotator.pack.pack import Pack
    from services.annotator.result.totals import Findings
    from services.annotator.vcf.genotype_counts import GenotypeCounts

# A log that names more records than a person will read only gets in the way.
MAX_SKIPPED_NAMED = 1_000

# By so many records it is judged whether a file is of the pack's assembly at all.
FIRST_RECORDS = 2_000

# Insertions and deletions of more bases than this are counted with those of this many.
MAX_INDEL = 50


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
    :ivar name: the HGVS name on the protein, or else on the transcript, of the worst consequence.
    :ivar significance: what known variants say about its effect, by INFO key.
    :ivar rank: of its consequence; 0 is the most severe.
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
    name: str
    significance: Mapping[str, str]
    rank: int

    @property
    def order(self) -> tuple[int, bool, int]:
        """The place among severe records: the worst first, known effects first, then as in the file."""
        return self.rank, not self.significance, self.line


@dataclass(kw_only=True)
class Counts:
    """What was counted in the records.

    :ivar records: read from the file.
    :ivar with_consequence: records that an allele of which touches a gene.
    :ivar without_consequence: records that were looked at and lie outside all genes.
    :ivar written: lines in the result; equal to ``records`` or the annotation is broken.
    :ivar skip_reasons: records kept as they came, but for GAS_SKIP, by reason.
    :ivar alleles: ALT alleles in the file.
    :ivar skipped_alleles: those of them that were not looked at, by reason.
    :ivar contigs: records by contig.
    :ivar consequences: records by their worst consequence.
    :ivar impacts: the same by impact.
    :ivar genes: records by gene; a record may be in several.
    :ivar types: annotated alleles by type of change.
    :ivar indel_lengths: insertions and deletions by the bases that they add; beyond `MAX_INDEL` together.
    :ivar known_sources: annotated alleles that a source knows, by source.
    :ivar known_records: records with an allele that any source knows.
    :ivar significances: annotated alleles by what sources say of their effect, by key and value.
    :ivar skipped_records: the first of them by line; ``skip_reasons`` counts them all.
    :ivar on_contigs: records on a contig of the pack.
    :ivar compared: records whose reference bases were compared.
    :ivar first_compared: the same of the first `FIRST_RECORDS` of the file.
    :ivar first_mismatched: those of them that have other bases.
    :ivar replaced: records that came with INFO keys of ours.
    """

    records: int = 0
    written: int = 0
    with_consequence: int = 0
    without_consequence: int = 0
    skip_reasons: Counter[str] = field(default_factory=Counter)
    alleles: int = 0
    skipped_alleles: Counter[str] = field(default_factory=Counter)
    contigs: Counter[bytes] = field(default_factory=Counter)
    consequences: Counter[str] = field(default_factory=Counter)
    impacts: Counter[str] = field(default_factory=Counter)
    genes: Counter[str] = field(default_factory=Counter)
    types: Counter[str] = field(default_factory=Counter)
    indel_lengths: Counter[int] = field(default_factory=Counter)
    transitions: int = 0
    transversions: int = 0
    known_sources: Counter[str] = field(default_factory=Counter)
    known_records: int = 0
    significances: dict[str, Counter[str]] = field(default_factory=dict)
    skipped_records: list[SkippedRecord] = field(default_factory=list)
    on_contigs: int = 0
    compared: int = 0
    first_compared: int = 0
    first_mismatched: int = 0
    replaced: int = 0

    def add(self, other: Counts) -> None:
        """Take in what was counted in the records that follow."""
        for name, value in vars(other).items():
            mine = getattr(self, name)
            if isinstance(mine, Counter):
                mine.update(value)
            elif isinstance(mine, dict):
                for key, counts in value.items():
                    mine.setdefault(key, Counter()).update(counts)
            elif isinstance(mine, list):
                mine.extend(value[: MAX_SKIPPED_NAMED - len(mine)])
            else:
                setattr(self, name, mine + value)


@dataclass(kw_only=True)
class Report(Counts):
    """What went in, what came out, and what was found.

    :ivar mode: how records were looked at.
    :ivar genotypes: of each sample, in the order of their names.
    :ivar severe: the most severe records, the worst first.
    :ivar findings: what breaks the specification.
    :ivar warnings: what the user should look into, as sentences.
    :ivar notes: what was changed besides the annotation, as sentences.
    """

    mode: Mode
    file_name: str
    pack: Pack
    samples: int
    sample_names: tuple[str, ...]
    genotypes: GenotypeCounts
    severe: tuple[SevereRecord, ...]
    findings: Findings
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
