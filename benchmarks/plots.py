"""The plots of the performance page, and the tables in it, from the results of a run.

    python -m benchmarks.plots RESULTS.json docs

Writes performance-*.svg into the folder, and the tables into its performance.md between two marks.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.contenders import FLOOR, OURS, PEER
from benchmarks.results import Results
from benchmarks.svg import Bar, Line, bar_chart, line_plot
from benchmarks.tables import all_tables
from benchmarks.targets import best_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.results import InputResults

_DOCUMENT = "performance.md"
_BEGIN, _END = "<!-- results: begin -->", "<!-- results: end -->"

_KINDS = ("full", "known", "consequences")
_COLOUR_OF_OURS, _COLOUR_OF_OTHERS = 0, 5


def main() -> None:
    """The command."""
    results, folder = Results.read(Path(sys.argv[1])), Path(sys.argv[2])
    for name, plot in draw_plots(results).items():
        (folder / name).write_text(plot, encoding="utf-8")
    document = folder / _DOCUMENT
    document.write_text(fill(document.read_text(encoding="utf-8"), all_tables(results)), encoding="utf-8")


def draw_plots(results: Results) -> dict[str, str]:
    """The plots by the names of their files; what was not measured has none."""
    plots = {}
    variants, samples = results.of_one_sample(), results.of_many_samples()
    if len(variants) > 1:
        lines = list(_lines(results, variants, "sites"))
        title = "Time against variants, one sample"
        plots["performance-variants.svg"] = line_plot(title, "variants", "seconds", lines)
    if len(samples) > 1:
        lines = list(_lines(results, samples, "samples"))
        title = f"Time against samples, {samples[0].sites:,} variants"
        plots["performance-samples.svg"] = line_plot(title, "samples", "seconds", lines)
    if variants:
        title = f"{variants[-1].sites:,} variants, one sample"
        plots["performance-contenders.svg"] = bar_chart(title, list(_bars(results, variants[-1])), "s")
    if results.stages:
        bars = [Bar(stage, spent, _COLOUR_OF_OURS) for stage, spent in results.main_stages().items()]
        title = f"Where the time goes: {results.profiled:,} variants in one process"
        plots["performance-stages.svg"] = bar_chart(title, bars, "s")
    return plots


def fill(document: str, tables: str) -> str:
    """A document with other tables between its marks.

    :raises ValueError: if it has no marks.
    """
    before, begin, rest = document.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    if not begin or not end:
        raise ValueError(f"The document has no {_BEGIN} followed by {_END}: add them where the tables go.")
    return f"{before}{begin}\n\n{tables}\n{end}{after}"


def _lines(results: Results, inputs: Sequence[InputResults], axis: str) -> Iterator[Line]:
    """Ours on all cores, the engine alone and the floor."""
    for name in (*(best_name(results, kind) for kind in _KINDS), PEER, FLOOR):
        points = [(float(getattr(each, axis)), each.median(name)) for each in inputs if name in each.runs]
        if len(points) > 1:
            yield Line(_plain(results.titles[name]), points)


def _bars(results: Results, measured: InputResults) -> Iterator[Bar]:
    for name, label in results.titles.items():
        if name in measured.runs:
            colour = _COLOUR_OF_OURS if name.startswith(OURS) else _COLOUR_OF_OTHERS
            yield Bar(_plain(label), measured.median(name), colour)


def _plain(markdown: str) -> str:
    return markdown.replace("*", "").replace("\\", "")


if __name__ == "__main__":
    main()
