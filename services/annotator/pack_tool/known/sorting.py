"""Rows into order and duplicates into one, while only those near the end of what was read are held."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from services.annotator.annotation.alleles import MAX_SHIFT_BASES

PLACE = ("position", "ref", "alt")


class Window:
    """The rows of one contig that may still be preceded by others.

    An allele moves to the left of its record by no more than `MAX_SHIFT_BASES`, so that with records in
    order everything further back is complete.
    """

    def __init__(self) -> None:
        self._held: pa.Table | None = None

    def add(self, rows: pa.Table, last: int) -> pa.Table:
        """Take rows in the order of the file, and give those that no later one precedes.

        :param last: the position of the last record that was read.
        """
        rows = in_order(rows if self._held is None else pa.concat_tables([self._held, rows]))
        positions = rows["position"].to_numpy()
        ready = int(np.searchsorted(positions, last - MAX_SHIFT_BASES))
        self._held = rows.slice(ready)
        return merged(rows.slice(0, ready))

    def finish(self) -> pa.Table | None:
        """The rows that are left at the end of the contig."""
        held, self._held = self._held, None
        return None if held is None else merged(held)


def in_order(rows: pa.Table) -> pa.Table:
    """Rows by position, ref and alt; those that agree in all three stay in the order of the file."""
    keys = [(name, "ascending") for name in PLACE]
    return rows.take(pc.sort_indices(rows, sort_keys=keys)).combine_chunks()


def merged(rows: pa.Table) -> pa.Table:
    """Sorted rows with those of one allele made one: of each key the first value."""
    if rows.num_rows < 2:  # noqa: PLR2004 (one row has no duplicate)
        return rows
    again = same_as_before(rows)
    if not again.any():
        return rows
    groups = np.cumsum(~again) - 1
    firsts = np.flatnonzero(~again)
    columns = [
        rows[name].take(firsts) if name in PLACE else _first_values(rows[name], groups, firsts)
        for name in rows.column_names
    ]
    return pa.table(columns, schema=rows.schema)


def same_as_before(rows: pa.Table) -> Any:
    """Whether each row is of the same allele as the one before it."""
    same = np.ones(rows.num_rows, bool)
    same[0] = False
    for name in PLACE:
        column = rows[name].combine_chunks()
        same[1:] &= pc.equal(column.slice(1), column.slice(0, len(column) - 1)).to_numpy(zero_copy_only=False)
    return same


def _first_values(column: Any, groups: Any, firsts: Any) -> Any:
    """For each group the first value that is not null; null if none is."""
    given = np.flatnonzero(column.combine_chunks().is_valid().to_numpy(zero_copy_only=False))
    places = np.full(len(firsts), -1, np.int64)
    # Assigned from the end, so that the first one stays.
    places[groups[given][::-1]] = given[::-1]
    return column.take(pa.array(places, mask=places < 0))
