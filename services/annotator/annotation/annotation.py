"""A record with all that was found out about it, and the line of the result that says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.annotator.annotation.info import CONSEQUENCE_KEY, SKIP_KEY, OwnKeys, appended
from services.annotator.vcf.records import INFO

if TYPE_CHECKING:
    from services.annotator.annotation.alleles import Skip
    from services.annotator.annotation.examination import Examined
    from services.annotator.annotation.known import Known


@dataclass(frozen=True, slots=True)
class Annotation:
    """What the reference, the engine and the known variants say about a record.

    :ivar skip: why there is nothing to say, or None.
    :ivar bcsq: the engine's own words; empty outside of genes.
    :ivar known: for each ALT allele what is known of it.
    """

    examined: Examined
    skip: Skip | None
    bcsq: bytes
    known: tuple[Known | None, ...]

    def line(self, own: OwnKeys) -> bytes:
        """The record's own bytes with our keys at the end of its INFO, and nothing else changed."""
        record = self.examined.record
        info = record.fields[INFO]
        annotated = appended(own.without(info), self._entries(own))
        if annotated == info:
            return record.raw + b"\n"
        return b"\t".join((*record.fields[:INFO], annotated, *record.fields[INFO + 1 :])) + b"\n"

    def _entries(self, own: OwnKeys) -> list[bytes]:
        if self.skip:
            return [f"{SKIP_KEY}={self.skip}".encode()]
        calls = [CONSEQUENCE_KEY.encode() + b"=" + self.bcsq] if self.bcsq else []
        return calls + own.entries(self.known)
