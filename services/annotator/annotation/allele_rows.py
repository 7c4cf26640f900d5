"""The alleles of a block as rows, in the order of the file: what is known of each, in columns."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from services.annotator.annotation.alleles import Change, Kind, Skip, is_transition, kind
from services.annotator.annotation.queries import Queries

if TYPE_CHECKING:
    from numpy.typing import NDArray

KINDS = tuple(Kind)
SKIPS = tuple(Skip)
NONE = -1

KIND_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}
SKIP_NUMBERS = {skip: number for number, skip in enumerate(SKIPS)}


@dataclass(frozen=True)
class Alleles:
    """The rows, and what is known of the records that they belong to.

    :ivar record: the index of the record in the block.
    :ivar number: which of its ALT alleles, counted from 0.
    :ivar ref: the reference's own bases in the place of REF; as it stands for what is not annotated.
    :ivar alt: the allele, in upper case if it is a sequence.
    :ivar position: POS of the normal form of the change; 0 if the allele is not annotated.
    :ivar change_ref: REF of the normal form; null if the allele is not annotated.
    :ivar change_alt: ALT of the normal form.
    :ivar kind: number in `KINDS` or `NONE`.
    :ivar transition: whether it is an SNV that is a transition.
    :ivar skip: number in `SKIPS`, or `NONE` if the allele is annotated.
    :ivar record_skip: for each record why nothing of it is annotated, likewise.
    :ivar allele_counts: for each record how many alleles ALT has, of which too many have no rows.
    :ivar asked: the records that the engine is asked about.
    :ivar queries: what it is asked, of each of them.
    """

    record: NDArray[np.int32]
    number: NDArray[np.int32]
    ref: pa.BinaryArray
    alt: pa.BinaryArray
    position: NDArray[np.int64]
    change_ref: pa.BinaryArray
    change_alt: pa.BinaryArray
    kind: NDArray[np.int8]
    transition: NDArray[np.bool_]
    skip: NDArray[np.int8]
    record_skip: NDArray[np.int8]
    allele_counts: NDArray[np.int64]
    asked: NDArray[np.int64]
    queries: Queries

    def __len__(self) -> int:
        return len(self.record)

    @cached_property
    def sharing(self) -> NDArray[np.int64]:
        """The rows of alleles that are annotated and share their record with others."""
        return np.flatnonzero((self.allele_counts[self.record] > 1) & (self.skip == NONE))

    @property
    def all_queries(self) -> Queries:
        """What is asked of the records, and then of each allele that shares one, by itself.

        To a record with several alleles the engine says much that is true of one of them only.
        """
        records = np.searchsorted(self.asked, self.record[self.sharing])
        rows = pa.array(self.sharing)
        return Queries(
            np.concatenate([self.queries.contigs, self.queries.contigs[records]]),
            np.concatenate([self.queries.positions, self.queries.positions[records]]),
            pa.concat_arrays([self.queries.refs, self.ref.take(rows)]),
            pa.concat_arrays([self.queries.alts, self.alt.take(rows)]),
        )

    def refused(self, records: NDArray[np.int64]) -> Alleles:
        """The same, but with nothing annotated of some records, on which the engine failed."""
        if not len(records):
            return self
        skip = SKIP_NUMBERS[Skip.ENGINE_REFUSED]
        rows = np.isin(self.record, records) & (self.skip == NONE)
        record_skip = self.record_skip.copy()
        record_skip[records] = skip
        return replace(
            self,
            position=np.where(rows, 0, self.position),
            kind=np.where(rows, NONE, self.kind).astype(np.int8),
            transition=self.transition & ~rows,
            skip=np.where(rows, skip, self.skip).astype(np.int8),
            record_skip=record_skip,
        )


@dataclass
class ExaminedRows:
    """Rows in the making, of records that were examined one by one."""

    record: list[int] = field(default_factory=list)
    number: list[int] = field(default_factory=list)
    ref: list[bytes] = field(default_factory=list)
    alt: list[bytes] = field(default_factory=list)
    position: list[int] = field(default_factory=list)
    change_ref: list[bytes | None] = field(default_factory=list)
    change_alt: list[bytes | None] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    transition: list[bool] = field(default_factory=list)
    skip: list[int] = field(default_factory=list)

    def add(
        self, record: int, number: int, ref: str, alt: str, skip: Skip | None, change: Change | None
    ) -> None:
        """Add the row of one allele."""
        self.record.append(record)
        self.number.append(number)
        self.ref.append(ref.encode("latin-1"))
        self.alt.append(alt.encode("latin-1"))
        self.position.append(change.position if change else 0)
        self.change_ref.append(change.ref.encode() if change else None)
        self.change_alt.append(change.alt.encode() if change else None)
        self.kind.append(KIND_NUMBERS[kind(ref, alt)] if change else NONE)
        self.transition.append(bool(change) and kind(ref, alt) == Kind.SNV and is_transition(ref, alt))
        self.skip.append(NONE if skip is None else SKIP_NUMBERS[skip])
