"""Counts what passes, in memory that does not grow with the file."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from services.annotator import consequences
from services.annotator.alleles import Skip, is_transition, kind
from services.annotator.printable import printable
from services.annotator.records import CHROM, INFO
from services.annotator.report import SkippedRecord
from services.annotator.severe import SevereRecords

if TYPE_CHECKING:
    from services.annotator.annotation import Annotation
    from services.annotator.info import OwnKeys

# A log that names more records than a person will read only gets in the way.
MAX_SKIPPED_NAMED = 1_000

# What a transcript without a gene name is counted as.
NO_GENE = "(unnamed)"


class Tally:
    """The numbers of the records so far, under the names that they have in the report.

    :ivar contigs: the names in the CHROM column, in their order.
    :ivar on_contigs: records on a contig of the pack.
    :ivar compared: records whose reference bases were compared.
    :ivar replaced: records that came with INFO keys of ours.
    """

    def __init__(self, own: OwnKeys) -> None:
        self._own = own
        self.severe = SevereRecords(own)
        self.records = self.with_consequence = self.without_consequence = 0
        self.alleles = self.transitions = self.transversions = 0
        self.known_records = self.replaced = self.on_contigs = self.compared = 0
        self.contigs: dict[bytes, None] = {}
        self.skipped: Counter[str] = Counter()
        self.skipped_alleles: Counter[str] = Counter()
        self.consequences: Counter[str] = Counter()
        self.impacts: Counter[str] = Counter()
        self.genes: Counter[str] = Counter()
        self.types: Counter[str] = Counter()
        self.known_sources: Counter[str] = Counter()
        self.skipped_records: list[SkippedRecord] = []

    def add(self, annotation: Annotation) -> None:
        """Count one record."""
        fields = annotation.examined.record.fields
        self.records += 1
        self.contigs[fields[CHROM]] = None
        self.replaced += self._own.occur_in(fields[INFO])
        self.on_contigs += annotation.examined.contig is not None
        self.compared += bool(annotation.examined.ref) or annotation.skip == Skip.REFERENCE_MISMATCH
        self._add_alleles(annotation)
        if annotation.skip:
            self._add_skipped(annotation, annotation.skip)
            return
        self._add_known(annotation)
        if annotation.bcsq:
            self._add_consequences(annotation)
        else:
            self.without_consequence += 1

    def _add_alleles(self, annotation: Annotation) -> None:
        ref = annotation.examined.ref
        for allele in annotation.examined.alleles:
            self.alleles += 1
            if skip := annotation.skip or allele.skip:
                self.skipped_alleles[skip] += 1
                continue
            name = kind(ref, allele.alt)
            self.types[name] += 1
            if name == "SNV":
                transition = is_transition(ref, allele.alt)
                self.transitions += transition
                self.transversions += not transition

    def _add_skipped(self, annotation: Annotation, skip: Skip) -> None:
        self.skipped[skip] += 1
        if len(self.skipped_records) < MAX_SKIPPED_NAMED:
            record = annotation.examined.record
            self.skipped_records.append(
                SkippedRecord(record.line, printable(record.fields[CHROM]), record.position, skip)
            )

    def _add_known(self, annotation: Annotation) -> None:
        self.known_records += any(annotation.known)
        for known in annotation.known:
            self.known_sources.update(known.sources if known else ())

    def _add_consequences(self, annotation: Annotation) -> None:
        self.with_consequence += 1
        entries = consequences.parse(annotation.bcsq)
        worst = consequences.worst(entries)
        self.consequences[worst.words[0]] += 1
        self.impacts[consequences.impact(worst.words[0])] += 1
        for gene in {entry.gene for entry in entries}:
            self.genes[gene or NO_GENE] += 1
        self.severe.add(annotation, worst)
