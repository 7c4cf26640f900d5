"""Counts what passes, in memory that does not grow with the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.annotator.annotation import consequences
from services.annotator.annotation.alleles import Skip, is_transition, kind
from services.annotator.printable import printable
from services.annotator.result.report import Counts, SkippedRecord
from services.annotator.result.severe import SevereRecords
from services.annotator.vcf.records import CHROM, INFO

if TYPE_CHECKING:
    from services.annotator.annotation.annotation import Annotation
    from services.annotator.annotation.examination import Examined
    from services.annotator.annotation.info import OwnKeys

# A log that names more records than a person will read only gets in the way.
MAX_SKIPPED_NAMED = 1_000

# What a transcript without a gene name is counted as.
NO_GENE = "(unnamed)"


class Tally:
    """The numbers of the records so far.

    :ivar counts: those that go into the report.
    :ivar contigs: the names in the CHROM column, in their order.
    :ivar on_contigs: records on a contig of the pack.
    :ivar compared: records whose reference bases were compared.
    :ivar replaced: records that came with INFO keys of ours.
    """

    def __init__(self, own: OwnKeys) -> None:
        self._own = own
        self.counts = Counts()
        self.severe = SevereRecords(own)
        self.contigs: dict[bytes, None] = {}
        self.replaced = self.on_contigs = self.compared = 0

    def add(self, annotation: Annotation) -> None:
        """Count one record."""
        fields = annotation.examined.record.fields
        self.counts.records += 1
        self.contigs[fields[CHROM]] = None
        self.replaced += self._own.occur_in(fields[INFO])
        self.on_contigs += annotation.examined.contig is not None
        self.compared += bool(annotation.examined.ref) or annotation.skip == Skip.REFERENCE_MISMATCH
        if annotation.skip:
            self._add_skipped(annotation, annotation.skip)
            return
        self._add_alleles(annotation.examined)
        self._add_known(annotation)
        if annotation.bcsq:
            self._add_consequences(annotation)
        else:
            self.counts.without_consequence += 1

    def _add_alleles(self, examined: Examined) -> None:
        counts = self.counts
        for allele in examined.alleles:
            counts.alleles += 1
            if allele.skip:
                counts.skipped_alleles[allele.skip] += 1
                continue
            name = kind(examined.ref, allele.alt)
            counts.types[name] += 1
            if name == "SNV":
                transition = is_transition(examined.ref, allele.alt)
                counts.transitions += transition
                counts.transversions += not transition

    def _add_skipped(self, annotation: Annotation, skip: Skip) -> None:
        counts, examined = self.counts, annotation.examined
        counts.skip_reasons[skip] += 1
        counts.alleles += examined.allele_count
        counts.skipped_alleles[skip] += examined.allele_count
        if len(counts.skipped_records) < MAX_SKIPPED_NAMED:
            record = examined.record
            counts.skipped_records.append(
                SkippedRecord(record.line, printable(record.fields[CHROM]), record.position, skip)
            )

    def _add_known(self, annotation: Annotation) -> None:
        self.counts.known_records += any(annotation.known)
        for known in annotation.known:
            self.counts.known_sources.update(known.sources if known else ())

    def _add_consequences(self, annotation: Annotation) -> None:
        self.counts.with_consequence += 1
        entries = consequences.parse(annotation.bcsq)
        worst = consequences.worst(entries)
        self.counts.consequences[worst.words[0]] += 1
        self.counts.impacts[consequences.impact(worst.words[0])] += 1
        for gene in {entry.gene for entry in entries}:
            self.counts.genes[gene or NO_GENE] += 1
        self.severe.add(annotation, worst)
