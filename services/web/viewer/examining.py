"""A look at a whole table: what its pages offer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from services.web.viewer.content import MISSING, OWN_COLUMNS, Content, Key
from services.web.viewer.described import Described
from services.web.viewer.engine import Engine, quoted, select

#: More choices than these are not offered; what is not offered can be asked for all the same.
MAX_CHOICES = 100

#: Names of contigs that are kept, and combinations of consequences.
_MAX_CONTIGS = 100_000
_MAX_COMBINATIONS = 2_000

_COUNTED = ("impact", "type", "filter", "skip")


def examine(engine: Engine, path: Path, described: Described) -> Content:
    """What is in a table.

    :raises ValueError: it is not one of the annotator's.
    """
    filled = _filled(engine, path)
    columns = tuple(filled)
    if not set(OWN_COLUMNS) <= set(columns):
        raise ValueError(f"{path.name} has not the columns of a table of variants")
    keys = described.keys_of(columns)
    combinations = _counts(engine, path, "consequence", _MAX_COMBINATIONS)
    combinations.pop(MISSING, None)
    rows, longest, first = engine.rows(select("count(*), max(length(ref)), min(line)"), [str(path)])[0]
    return Content(
        rows=rows,
        columns=columns,
        filled=frozenset(name for name, is_filled in filled.items() if is_filled),
        contigs=_contigs(engine, path),
        choices=_choices(engine, path, keys, combinations),
        combinations=tuple(combinations),
        longest_ref=longest or 1,
        first_line=first or 1,
        samples=described.samples_of(columns),
        keys=keys,
        groups=_groups(engine, path),
    )


def _filled(engine: Engine, path: Path) -> dict[str, bool]:
    """The columns, in the order of the file, and whether each has a value; told by the file's footer."""
    sql = """
        SELECT path_in_schema, bool_or(stats_null_count IS NULL OR stats_null_count < num_values)
        FROM parquet_metadata(?) GROUP BY path_in_schema, column_id ORDER BY column_id
    """
    found = {name: bool(is_filled) for name, is_filled in engine.rows(sql, [str(path)])}
    # A table without rows has no row groups.
    schema = "SELECT name FROM parquet_schema(?) WHERE num_children IS NULL OR num_children = 0"
    names = [name for (name,) in engine.rows(schema, [str(path)])]
    return {name: found.get(name, False) for name in names}


def _groups(engine: Engine, path: Path) -> tuple[int, ...]:
    sql = (
        "SELECT max(row_group_num_rows) FROM parquet_metadata(?) GROUP BY row_group_id ORDER BY row_group_id"
    )
    return tuple(rows for (rows,) in engine.rows(sql, [str(path)]))


def _contigs(engine: Engine, path: Path) -> tuple[str, ...]:
    sql = select("contig", "GROUP BY contig ORDER BY min(line) LIMIT ?")
    return tuple(name for (name,) in engine.rows(sql, [str(path), _MAX_CONTIGS]))


def _choices(
    engine: Engine, path: Path, keys: tuple[Key, ...], combinations: Mapping[str, int]
) -> dict[str, Mapping[str, int]]:
    significance = [key.id for key in keys if key.role == "significance"]
    choices = {name: _counts(engine, path, name, MAX_CHOICES + 1) for name in (*_COUNTED, *significance)}
    for name in choices.keys() - {"filter"}:
        choices[name].pop(MISSING, None)
    return {"consequence": _terms(combinations), **choices}


def _counts(engine: Engine, path: Path, column: str, most: int) -> dict[str, int]:
    """The values of a column, with the most frequent first, and `MISSING` for none."""
    sql = select(
        f"CAST({quoted(column)} AS VARCHAR) AS value, count(*) AS number",
        "GROUP BY 1 ORDER BY number DESC, value LIMIT ?",
    )
    found = engine.rows(sql, [str(path), most])
    return {MISSING if value is None else value: number for value, number in found}


def _terms(combinations: Mapping[str, int]) -> dict[str, int]:
    """How many rows have each single consequence."""
    terms: Counter[str] = Counter()
    for combination, rows in combinations.items():
        terms.update(dict.fromkeys(combination.split("&"), rows))
    return dict(terms.most_common())
