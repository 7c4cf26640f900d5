"""How quickly a table of a million variants answers, beside the plain query on the same file in the same run.

    python -m benchmarks.viewer [--folder DIR] [--variants 1000000] [--repeat 40]

The result is made by the annotator from a synthetic input (benchmarks/synthetic). The web app is the process
that is shipped, with its two server processes, on a local cloud. No page is asked for twice, so none of its
answers is one that was remembered. docs/performance.md has the results.
"""

from __future__ import annotations

import argparse
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import requests

from benchmarks.machine import describe_machine
from benchmarks.measuring import ROOT
from benchmarks.synthetic.data import SyntheticData
from benchmarks.synthetic.shape import Shape
from benchmarks.viewer_site import RunningSite, running_site
from services.web.viewer.engine import MEMORY_MIB, THREADS
from services.web.viewer.tables import PAGE

USERS = 8
_TIMEOUT = 120
_PIECE = 1 << 20
_MS, _MB = 1000, 1e6


@dataclass(frozen=True)
class Look:
    """A kind of page: each call gives another query string, and the same in SQL."""

    title: str
    make: Callable[[], tuple[str, str, str]]


def looks(variants: int, longest: int) -> list[Look]:
    """The kinds of pages that are measured: query string, condition, and order with limit."""
    pages = variants // PAGE

    def any_page() -> tuple[str, str, str]:
        page = random.randint(2, pages)
        return f"page={page}", "true", f"LIMIT {PAGE} OFFSET {(page - 1) * PAGE}"

    def sorted_page() -> tuple[str, str, str]:
        frequency = random.uniform(0.2, 0.9)
        condition = f"impact IN ('HIGH', 'MODERATE') AND (KNOWN_AF IS NULL OR KNOWN_AF <= {frequency})"
        query = f"impact=HIGH&impact=MODERATE&max_frequency={frequency}&sort=-KNOWN_AF"
        return query, condition, f"ORDER BY KNOWN_AF DESC NULLS LAST LIMIT {PAGE}"

    def region_page() -> tuple[str, str, str]:
        start = random.randint(6_000_000, longest - 100_000)
        condition = f"contig = '21' AND position BETWEEN {start} AND {start + 100_000}"
        return f"region=21:{start}-{start + 100_000}", condition, f"LIMIT {PAGE}"

    return [
        Look("any page of all", any_page),
        Look("filtered and sorted", sorted_page),
        Look("region of 100 kb", region_page),
    ]


class Plain:
    """The same count and rows by DuckDB alone, with the threads and the memory of a server process."""

    def __init__(self, path: Path) -> None:
        self._source = f"read_parquet('{path}')"
        options: dict[str, Any] = {"threads": THREADS, "memory_limit": f"{MEMORY_MIB}MiB"}
        self._connection = duckdb.connect(":memory:", config=options)

    def ask(self, condition: str, rest: str) -> None:
        """Both queries of a page."""
        for what, end in (("count(*)", ""), ("*", rest)):
            self._connection.execute(f"SELECT {what} FROM {self._source} WHERE {condition} {end}").fetchall()


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    options = _parser().parse_args(arguments)
    random.seed(1)
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        result = _annotated(folder, options.variants)
        files = [result, result.with_name("big.parquet")]
        site = stack.enter_context(running_site(folder, files, result.with_name("summary.json")))
        print("\n".join(f"- {line}" for line in describe_machine()))
        print(f"- DuckDB {duckdb.__version__}, {files[1].stat().st_size / _MB:.1f} MB of Parquet\n")
        kinds = looks(options.variants, Shape().bases)
        _first_look(site)
        print(_alone(site, kinds, Plain(files[1]), options.repeat))
        print(_together(site, kinds, options.repeat))
        print(_exports(site))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.viewer", description=__doc__)
    parser.add_argument("--folder", type=Path, help="where the input is made, and found the next time")
    parser.add_argument("--variants", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=40, help="pages of each kind")
    return parser


def _annotated(folder: Path, variants: int) -> Path:
    """The result of the annotator, made once."""
    data = SyntheticData(folder, Shape())
    result = folder / f"viewer-{variants}" / "big.annot.vcf.gz"
    if not result.exists():
        result.parent.mkdir(exist_ok=True)
        command = [
            sys.executable,
            "-m",
            "services.annotator.annotate",
            str(data.vcf(variants, 1)),
            str(result),
        ]
        command += [f"--pack={data.pack_with_known}", "--file-name=big.vcf.gz", "--verified"]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    return result


def _first_look(site: RunningSite) -> None:
    """Fetch the file from storage, and let both server processes see it."""
    started = time.perf_counter()
    site.browser().get(site.address("table"), timeout=_TIMEOUT).raise_for_status()
    print(f"First look, with the file fetched from storage: {(time.perf_counter() - started) * _MS:.0f} ms\n")
    for _ in range(10):
        site.browser().get(site.address("table"), timeout=_TIMEOUT).raise_for_status()


def _alone(site: RunningSite, kinds: list[Look], plain: Plain, repeat: int) -> str:
    """One user: page and plain query take turns."""
    lines = ["| page | median ms | p95 ms | plain query ms | ratio |", "| --- | ---: | ---: | ---: | ---: |"]
    browser = site.browser()
    for kind in kinds:
        pages, queries = [], []
        for _ in range(repeat):
            query, condition, rest = kind.make()
            pages.append(_timed(partial(_get, browser, site.address(f"table?{query}"))))
            queries.append(_timed(partial(plain.ask, condition, rest)))
        page, query_ms = statistics.median(pages), statistics.median(queries)
        lines.append(
            f"| {kind.title} | {page:.0f} | {_p95(pages):.0f} | {query_ms:.0f} | {page / query_ms:.1f} |"
        )
    return "\n".join(lines) + "\n"


def _together(site: RunningSite, kinds: list[Look], repeat: int) -> str:
    """Eight users at once, each with pages of all kinds."""

    def look(user: int) -> list[float]:
        browser, chosen = site.browser(), random.Random(user)
        addresses = [site.address(f"table?{chosen.choice(kinds).make()[0]}") for _ in range(repeat)]
        return [_timed(partial(_get, browser, address)) for address in addresses]

    started = time.perf_counter()
    with ThreadPoolExecutor(USERS) as pool:
        times = [each for user in pool.map(look, range(USERS)) for each in user]
    rate = len(times) / (time.perf_counter() - started)
    peaks = ", ".join(f"{peak} MB" for peak in site.peak_megabytes())
    return (
        f"{USERS} users at once: median {statistics.median(times):.0f} ms, p95 {_p95(times):.0f} ms, "
        f"{rate:.0f} pages/s; peak RSS of the server processes: {peaks}\n"
    )


def _exports(site: RunningSite) -> str:
    """Every row as a file; FILTER is PASS in all of them, so that the filter has to look at each."""
    lines = [
        "| export of all | MB | seconds | MB/s | peak RSS since the start, MB |",
        "| --- | ---: | ---: | ---: | ---: |",
    ]
    for kind, query in (("tsv", ""), ("vcf", "&filter=PASS"), ("parquet", "&filter=PASS")):
        started, size = time.perf_counter(), 0
        address = site.address(f"export?format={kind}{query}")
        with site.browser().get(address, timeout=_TIMEOUT, stream=True) as answer:
            answer.raise_for_status()
            for piece in answer.iter_content(_PIECE):
                size += len(piece)
        seconds = time.perf_counter() - started
        peak = max(site.peak_megabytes())
        lines.append(f"| {kind} | {size / _MB:.1f} | {seconds:.1f} | {size / _MB / seconds:.1f} | {peak} |")
    return "\n".join(lines) + "\n"


def _get(browser: requests.Session, address: str) -> None:
    answer = browser.get(address, timeout=_TIMEOUT, allow_redirects=True)
    answer.raise_for_status()
    assert "table-responsive" in answer.text, address


def _timed(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * _MS


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


if __name__ == "__main__":
    main()
