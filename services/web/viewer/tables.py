"""The table of one result, asked: what is in it, a page of it, one allele."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from gas.errors import NotFound
from gas.jobs import Job, ResultFile
from gas.storage_ports import ObjectStream
from services.web.refusals import NotAvailable, Refusal
from services.web.settings import WebSettings
from services.web.viewer.columns import shown_columns
from services.web.viewer.conditions import Condition, condition_of
from services.web.viewer.content import Content
from services.web.viewer.described import Described
from services.web.viewer.disk_cache import DiskCache
from services.web.viewer.engine import Engine, quoted, select
from services.web.viewer.examining import examine
from services.web.viewer.filters import Filter, View
from services.web.viewer.genotypes import Call
from services.web.viewer.remembered import Remembered

#: Genotypes of one sample that a filter is made of; callers write some dozens, a crafted file millions.
MOST_GENOTYPES = 10_000

#: Rows on a page.
PAGE = 50

#: Files that a process makes of tables at once: each takes a thread for as long as its reader needs.
EXPORTS_AT_ONCE = 3

#: Tables whose contents are remembered, and the size of answers that are, as `_weight` reckons it: some
#: hundred pages of a usual table. A table may have cells of millions of bases, and then it is few.
_CONTENTS, _ANSWERS = 100, 10_000_000
_ANSWER_WEIGHT, _CELL_WEIGHT = 2_000, 60

#: What identifies a row, shown or not.
_ALWAYS = ("line", "contig", "position", "ref", "alt", "allele")

_MIB = 1 << 20
_GONE = "The results have just been archived. Please go back to the job's page."


@dataclass(frozen=True)
class Page:
    """Rows of a page.

    :ivar total: alleles that pass the filter.
    :ivar number: of this page, which is the last one if a later one was asked for.
    :ivar rows: values by the name of the column.
    """

    total: int
    number: int
    rows: Sequence[dict[str, Any]]

    @property
    def pages(self) -> int:
        """How many there are; of nothing there is one that is empty."""
        return max(1, -(-self.total // PAGE))

    @property
    def first(self) -> int:
        """The number of the first row, counted from 1."""
        return (self.number - 1) * PAGE + 1


class Table:
    """The table of one result, while its file is held in the cache."""

    def __init__(
        self, path: Path, engine: Engine, content: Content, answers: Remembered, of: tuple[str, str]
    ) -> None:
        self.path = path
        self.content = content
        self.engine = engine
        self._answers = answers
        self._of = of
        self._shown = {*_ALWAYS, *(column.name for column in shown_columns(content))}

    def page(self, view: View) -> Page:
        """The rows of a page."""
        found: Page = self._answers.get((self._of, view), partial(self._page, view))
        return found

    def count(self, wanted: Filter) -> int:
        """How many alleles pass a filter."""
        found: int = self._answers.get((self._of, wanted), partial(self._count, wanted))
        return found

    def allele(self, line: int, allele: int) -> dict[str, Any]:
        """The row of one allele of the record on this line of the input; `NotFound` if there is none."""
        sql = select("* EXCLUDE (file_row_number)", "WHERE line = ? AND allele = ?")
        rows = self.engine.rows(sql, [str(self.path), line, allele])
        if not rows:
            raise NotFound(f"no allele {allele} on line {line}")
        return dict(zip(self.content.columns, rows[0], strict=True))

    def condition(self, wanted: Filter) -> Condition:
        """What a row has to be to pass a filter."""
        return condition_of(wanted, self.content, self._genotypes)

    def row_ranges(self, most: int) -> Iterator[tuple[int, int]]:
        """The first and last number of at most so many rows, one after the other.

        Each is within one row group, which the annotator ends early where rows are large.
        """
        start = 0
        for rows in self.content.groups:
            for first in range(start, start + rows, most):
                yield first, min(first + most, start + rows) - 1
            start += rows

    def _genotypes(self, column: str) -> list[Call]:
        """Each genotype that a column has, with the alleles that it stands beside."""

        def ask() -> list[Call]:
            sql = select(f"DISTINCT {quoted(column)}, allele", f"LIMIT {MOST_GENOTYPES + 1}")
            calls = [Call(*row) for row in self.engine.rows(sql, [str(self.path)])]
            if len(calls) > MOST_GENOTYPES:
                raise Refusal("This sample has too many different genotypes to filter by them.")
            return calls

        found: list[Call] = self._answers.get((self._of, column), ask)
        return found

    def _count(self, wanted: Filter) -> int:
        if not wanted:
            return self.content.rows
        condition = self.condition(wanted)
        sql = select("count(*)", "WHERE", condition.sql)
        count: int = self.engine.rows(sql, [str(self.path), *condition.values])[0][0]
        return count

    def _page(self, view: View) -> Page:
        total = self.count(view.filter)
        number = min(view.page, Page(total, 1, ()).pages)
        if not total:
            return Page(0, 1, ())
        numbers = self._row_numbers(view, (number - 1) * PAGE)
        return Page(total, number, self._rows(numbers))

    def _row_numbers(self, view: View, offset: int) -> list[int]:
        """Which rows a page has: found in the few columns that matter, as all rows may have to be sorted."""
        condition = self.condition(view.filter)
        order = f"ORDER BY {_order(view.sort, len(self.content.contigs))}" if view.sort else ""
        # Without an order rows come as they are in the file (preserve_insertion_order, DuckDB's default).
        sql = select("file_row_number", "WHERE", condition.sql, order, "LIMIT ? OFFSET ?")
        rows = self.engine.rows(sql, [str(self.path), *condition.values, PAGE, offset])
        return [row[0] for row in rows]

    def _rows(self, numbers: list[int]) -> list[dict[str, Any]]:
        """The rows of these numbers, in this order, with the columns of the page."""
        names = [name for name in self.content.columns if name in self._shown]
        what = ", ".join(["file_row_number", *map(quoted, names)])
        sql = select(what, "WHERE file_row_number IN (SELECT unnest(?::BIGINT[]))")
        rows = {row[0]: row[1:] for row in self.engine.rows(sql, [str(self.path), numbers])}
        return [dict(zip(names, rows[number], strict=True)) for number in numbers]


def _order(sort: str, contigs: int) -> str:
    """The order; what has no value comes last, and equals come as in the file."""
    name = sort.removeprefix("-")
    direction = "DESC" if sort.startswith("-") else "ASC"
    names = ["contig", "position"] if name == "position" and contigs > 1 else [name]
    ordered = [f"{quoted(each)} {direction} NULLS LAST" for each in names]
    return ", ".join([*ordered, "file_row_number"])


class Tables:
    """The tables of all results, as far as they fit on a local disk.

    :ivar cache: their files.
    :ivar exports: turns of those who take a whole table.
    """

    def __init__(self, settings: WebSettings, objects: ObjectStream) -> None:
        folder = settings.scratch / "tables"
        self.engine = Engine(folder)
        self.cache = DiskCache(folder, settings.viewer_cache_mib * _MIB, objects)
        self.exports = threading.BoundedSemaphore(EXPORTS_AT_ONCE)
        self._contents = Remembered(_CONTENTS)
        self._answers = Remembered(_ANSWERS, _weight)

    @contextmanager
    def open(self, file: ResultFile, describe: Callable[[], Described]) -> Iterator[Table]:
        """The table in a Parquet file of a result.

        :param describe: what the summary says of the columns; it is asked when a table is seen first.
        :raises NotAvailable: the file is not in hot storage any more.
        """
        with ExitStack() as stack:
            try:
                path = stack.enter_context(self.cache.using(file))
            except NotFound as error:
                raise NotAvailable(_GONE) from error
            # Not the digest alone: two jobs may have the same table, and other samples.
            of = (file.key, file.sha256)
            content = self._contents.get(of, lambda: examine(self.engine, path, describe()))
            yield Table(path, self.engine, content, self._answers, of)


def _weight(answer: Page | list[Call] | int) -> int:
    """About how many bytes a page, a list of genotypes, or a number takes, with what was asked."""
    if isinstance(answer, int):
        return _ANSWER_WEIGHT
    rows = (row.values() for row in answer.rows) if isinstance(answer, Page) else answer
    cells = (cell for row in rows for cell in row)
    return _ANSWER_WEIGHT + sum(_CELL_WEIGHT + (len(cell) if isinstance(cell, str) else 0) for cell in cells)


def table_file(job: Job) -> ResultFile | None:
    """The Parquet file of a job; None if its engine made none."""
    return next((file for file in job.result_files if file.name.endswith(".parquet")), None)
