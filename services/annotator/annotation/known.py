"""What the pack's sources say about alleles: an exact join of normal forms, for a block at a time."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from services.annotator.pack.manifest import Kind
from services.annotator.vcf.columns import flat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from services.annotator.annotation.allele_rows import Alleles
    from services.annotator.pack.manifest import Contig, Source
    from services.annotator.pack.pack import Pack

# Row groups of a source that are kept: those of a block and what the next block shares with it.
_KEPT_GROUPS = 4

_MISSING = -1


@dataclass(frozen=True)
class Known:
    """What is known of the alleles of a block.

    :ivar values: for each key of the pack its values, null where there is none, a row for each allele; of
        several sources the first in the manifest counts.
    :ivar sources: for each source of alleles which rows it has.
    """

    values: Mapping[str, pa.StringArray]
    sources: Mapping[str, NDArray[np.bool_]]


class _Rows(NamedTuple):
    """A row group: its values, and where each change is in it."""

    table: pa.Table
    keys: NDArray[np.int64]
    places: NDArray[np.int64]
    longer: Mapping[tuple[int, str, str], int]


class KnownAlleles:
    """The sources of known alleles of a pack, open for the time of one job."""

    def __init__(self, pack: Pack) -> None:
        self._pack = pack
        self._files = [
            _File(source, pq.ParquetFile(pack.path(source.file), pre_buffer=False))
            for source in pack.sources
            if source.kind == Kind.ALLELES
        ]

    def look_up(self, alleles: Alleles, contigs: NDArray[np.int32]) -> Known:
        """What the sources say.

        :param contigs: for each row the number of its contig in the pack.
        """
        if not self._files:
            return Known({}, {})
        wanted = _Wanted.of(alleles, contigs)
        values: dict[str, pa.StringArray] = {}
        sources: dict[str, NDArray[np.bool_]] = {}
        for file in self._files:
            places, tables = self._places(file, wanted)
            sources[file.source.name] = places != _MISSING
            if not tables:
                continue
            chosen = pa.array(places, mask=places == _MISSING)
            rows = pa.concat_tables(tables)
            for key in file.source.keys:
                found = rows[key].take(chosen).combine_chunks()
                values[key] = pc.coalesce(values[key], found) if key in values else found
        return Known(values, sources)

    def _places(self, file: _File, wanted: _Wanted) -> tuple[NDArray[np.int64], list[pa.Table]]:
        """The row of each wanted allele among the rows that were found, and these."""
        places = np.full(wanted.size, _MISSING, np.int64)
        tables: list[pa.Table] = []
        before = 0
        for number in np.flatnonzero(np.bincount(wanted.contigs)).tolist():
            rows = np.flatnonzero(wanted.contigs == number)
            for group in file.groups(self._pack.contigs[number], np.sort(wanted.positions[rows])):
                found = file.rows(group)
                hits, of_group = _matches(found, wanted, rows)
                places[wanted.places[hits]] = np.arange(before, before + len(hits))
                tables.append(found.table.take(pa.array(of_group)))
                before += len(hits)
        return places, tables


class _Wanted(NamedTuple):
    """The changes that are looked for: rows that are annotated, of all rows of the block.

    :ivar size: of all rows.
    :ivar places: which rows these are.
    :ivar keys: a number for a change of one base; `_MISSING` for others.
    :ivar others: what the others are.
    """

    size: int
    places: NDArray[np.int64]
    contigs: NDArray[np.int32]
    positions: NDArray[np.int64]
    keys: NDArray[np.int64]
    others: Mapping[int, tuple[int, str, str]]

    @staticmethod
    def of(alleles: Alleles, contigs: NDArray[np.int32]) -> _Wanted:
        """The changes of all alleles that are annotated."""
        places = np.flatnonzero(alleles.position > 0)
        chosen = pa.array(places)
        positions = alleles.position[places]
        refs, alts = alleles.change_ref.take(chosen), alleles.change_alt.take(chosen)
        keys = _keys(positions, refs, alts)
        longer = np.flatnonzero(keys == _MISSING)
        texts = (texts.take(pa.array(longer)).cast(pa.string()).to_pylist() for texts in (refs, alts))
        changes = zip(positions[longer].tolist(), *texts, strict=True)
        others = dict(zip(longer.tolist(), changes, strict=True))
        return _Wanted(len(alleles), places, contigs[places], positions, keys, others)


def _keys(positions: NDArray[np.int64], refs: pa.Array, alts: pa.Array) -> NDArray[np.int64]:
    """A number that stands for a change of one base, ascending with position, REF and ALT."""
    ref_offsets, ref_letters = flat(refs)
    alt_offsets, alt_letters = flat(alts)
    one_base = (np.diff(ref_offsets) == 1) & (np.diff(alt_offsets) == 1)
    keys = np.full(len(positions), _MISSING, np.int64)
    ref = ref_letters[ref_offsets[:-1][one_base]].astype(np.int64)
    alt = alt_letters[alt_offsets[:-1][one_base]].astype(np.int64)
    keys[one_base] = (positions[one_base] << 16) | (ref << 8) | alt
    return keys


def _matches(
    found: _Rows, wanted: _Wanted, rows: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which of the wanted rows a row group has, and where it has them."""
    keys = wanted.keys[rows]
    at = np.minimum(np.searchsorted(found.keys, keys), max(0, len(found.keys) - 1))
    hits = found.keys[at] == keys if len(found.keys) else np.zeros(len(rows), bool)
    longer = rows[keys == _MISSING].tolist() if found.longer else []
    others = [(row, found.longer[wanted.others[row]]) for row in longer if wanted.others[row] in found.longer]
    other_rows, other_places = (np.array([pair[side] for pair in others], np.int64) for side in (0, 1))
    return (
        np.concatenate([rows[hits], other_rows]),
        np.concatenate([found.places[at[hits]] if len(found.keys) else rows[:0], other_places]),
    )


class _File:
    """A Parquet file of known alleles, of which only the row groups that are needed are read."""

    def __init__(self, source: Source, file: pq.ParquetFile) -> None:
        self.source = source
        self._file = file
        self._groups: dict[str, list[tuple[int, int, int]]] = {}
        self._kept: OrderedDict[int, _Rows] = OrderedDict()
        names = file.schema_arrow.names
        contig, position = names.index("contig"), names.index("position")
        for number in range(file.num_row_groups):
            group = file.metadata.row_group(number)
            name = group.column(contig).statistics.min
            reach = group.column(position).statistics
            self._groups.setdefault(name, []).append((number, reach.min, reach.max))

    def groups(self, contig: Contig, positions: NDArray[np.int64]) -> list[int]:
        """The row groups that may have something at any of some ascending positions of a contig."""
        groups = np.array(self._groups.get(contig.name, ()), np.int64).reshape(-1, 3)
        firsts = np.searchsorted(positions, groups[:, 1])
        lasts = np.searchsorted(positions, groups[:, 2], side="right")
        numbers: list[int] = groups[firsts < lasts, 0].tolist()
        return numbers

    def rows(self, group: int) -> _Rows:
        """The rows of a group."""
        if group not in self._kept:
            self._kept[group] = self._read(group)
            while len(self._kept) > _KEPT_GROUPS:
                self._kept.popitem(last=False)
        self._kept.move_to_end(group)
        return self._kept[group]

    def _read(self, group: int) -> _Rows:
        columns = ["position", "ref", "alt", *self.source.keys]
        table = self._file.read_row_group(group, columns=columns, use_threads=False).combine_chunks()
        positions = table["position"].to_numpy().astype(np.int64)
        refs, alts = (table[name].combine_chunks() for name in ("ref", "alt"))
        keys = _keys(positions, refs, alts)
        single, longer = np.flatnonzero(keys != _MISSING), np.flatnonzero(keys == _MISSING)
        texts = (texts.take(pa.array(longer)).to_pylist() for texts in (refs, alts))
        others = dict(zip(zip(positions[longer].tolist(), *texts, strict=True), longer.tolist(), strict=True))
        return _Rows(table.select(list(self.source.keys)), keys[single], single, others)
