"""DuckDB in a server process: one instance, bounded in memory, threads and in what it may touch."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from services.web.refusals import Refusal

#: For all queries of a process together; what does not fit goes to disk, or is refused.
MEMORY_MIB = 160
DISK_MIB = 1024

#: A page of a million rows keeps a core busy for some hundredths of a second. More queries at once than there
#: are threads to work on them would only make all of them slow.
THREADS = 2
AT_ONCE = 2

#: How long a query waits for its turn, and how long one whose answer is the next piece of a file under way:
#: it cannot be refused any more.
WAIT_SECONDS = 5.0
LONG_WAIT_SECONDS = 300.0

#: DuckDB is asked through these, and the folder of its files is all that it may read or write.
#: https://duckdb.org/docs/stable/operations_manual/securing_duckdb/overview
_OPTIONS: dict[str, Any] = {
    "threads": THREADS,
    "memory_limit": f"{MEMORY_MIB}MiB",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "allow_community_extensions": "false",
}


#: The table with the number of each row in it; the path is bound to its question mark.
SOURCE = "read_parquet(?, file_row_number = true)"


def quoted(name: str) -> str:
    """The name of a column as SQL has it."""
    return '"' + name.replace('"', '""') + '"'


def select(what: str, *more: str) -> str:
    """A query of the table whose path is bound first.

    All that is put together here is text of this package, and names of columns that are `quoted`; what comes
    from users is bound.
    """
    return f"SELECT {what} FROM {SOURCE} {' '.join(more)}"  # noqa: S608


class Busy(Refusal):
    """Too many ask at once; whoever comes a moment later has a turn."""

    status = 503
    code = "busy"

    def __init__(self, sentence: str = "") -> None:
        super().__init__(
            sentence or "Too many tables are being looked at just now. Please try again in a moment."
        )


class Engine:
    """Answers queries; made before the fork or after it, its instance is of the process that asks.

    :param folder: of the files that are asked about.
    :param wait: how long a query waits for its turn, in seconds.
    """

    def __init__(self, folder: Path, *, wait: float = WAIT_SECONDS) -> None:
        self._folder = folder
        self._wait = wait
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._writing = threading.BoundedSemaphore(1)
        self._making = threading.Lock()
        self._instance: tuple[int, duckdb.DuckDBPyConnection] | None = None

    def rows(
        self, sql: str, parameters: Sequence[object] = (), *, wait: float | None = None
    ) -> list[tuple[Any, ...]]:
        """All rows of an answer; values are bound to the question marks and never part of the text.

        :param wait: how long this query waits for its turn, in seconds.
        :raises Busy: too many others ask, or the answer takes more memory than there is.
        """
        with self._cursor(self._wait if wait is None else wait) as cursor:
            return cursor.execute(sql, list(parameters)).fetchall()

    def write(self, sql: str, parameters: Sequence[object] = ()) -> None:
        """Run a COPY. They go one after the other, so that the other turns are for whoever asks for rows.

        :raises Busy: too many others ask, or it takes more memory than there is.
        """
        if not self._writing.acquire(timeout=self._wait):
            raise Busy("Another file is being made just now. Please try again in a moment.")
        try:
            self.rows(sql, parameters)
        finally:
            self._writing.release()

    @contextmanager
    def _cursor(self, wait: float) -> Iterator[duckdb.DuckDBPyConnection]:
        if not self._turns.acquire(timeout=wait):
            raise Busy
        try:
            # Threads share the instance; each has a connection of its own to it.
            with self._connection().cursor() as cursor:
                yield cursor
        except duckdb.OutOfMemoryException as error:
            raise Busy(
                "This takes more memory than the server has for it. Please narrow the filter."
            ) from error
        finally:
            self._turns.release()

    def _connection(self) -> duckdb.DuckDBPyConnection:
        with self._making:
            if not self._instance or self._instance[0] != os.getpid():
                self._instance = (os.getpid(), self._connect())
            return self._instance[1]

    def _connect(self) -> duckdb.DuckDBPyConnection:
        self._folder.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect(":memory:", config=_OPTIONS)
        for statement in (
            "SET parquet_metadata_cache = true",
            "SET python_enable_replacements = false",
            f"SET max_temp_directory_size = '{DISK_MIB}MiB'",
            f"SET temp_directory = {text_literal(str(self._folder / f'spill-{os.getpid()}'))}",
            f"SET allowed_directories = [{text_literal(str(self._folder))}]",
            "SET enable_external_access = false",
            "SET lock_configuration = true",
        ):
            connection.execute(statement)
        return connection


def text_literal(text: str) -> str:
    """A text of this program's own, where DuckDB takes no bound value."""
    return "'" + text.replace("'", "''") + "'"
