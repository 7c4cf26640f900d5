"""The results as Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.contenders import FLOOR, PEER
from benchmarks.targets import TARGET_CORES, check_targets

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.results import InputResults, Results

_HEAD = (
    "",
    "seconds",
    "best",
    "times the floor",
    "times as fast as csq -Oz",
    "records/s",
    "CPU s",
    "peak RSS MB",
    "peak PSS MB",
)


def all_tables(results: Results) -> str:
    """Machine, targets, a table for each input, and the stages."""
    parts = ["\n".join(f"- {line}" for line in results.machine)]
    if targets := _targets(results):
        parts += [f"### Targets, which are for {TARGET_CORES} cores ({results.cores} here)", targets]
    parts += [part for each in results.inputs for part in (f"### {title(each)}", input_table(results, each))]
    if results.stages:
        parts += [f"### Where the time goes: {results.profiled:,} records of one sample", _stages(results)]
    return "\n\n".join(parts) + "\n"


def title(each: InputResults) -> str:
    """An input in words."""
    samples = "one sample" if each.samples == 1 else f"{each.samples:,} samples"
    return f"{each.sites:,} records, {samples} ({each.bytes / 1e6:,.1f} MB packed)"


def input_table(results: Results, each: InputResults) -> str:
    """What each contender took for an input."""
    rows = [_row(each, name, label) for name, label in results.titles.items() if name in each.runs]
    return _table(_HEAD, rows)


def _row(each: InputResults, name: str, label: str) -> tuple[str, ...]:
    floor, peer = each.ratio(name, FLOOR), each.ratio(PEER, name)
    watched = each.watched.get(name)
    return (
        label,
        _seconds(each.median(name)),
        _seconds(each.best(name)),
        f"{floor:.2f}" if floor else "",
        f"{peer:.2f}" if peer else "",
        f"{each.sites / each.median(name):,.0f}",
        _seconds(each.cpu(name)),
        f"{each.peak_mb(name):.0f}",
        f"{watched.pss_kb / 1000:.0f}" if watched else "",
    )


def _seconds(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def _targets(results: Results) -> str:
    rows = [(sentence, found, "yes" if met else "no") for sentence, found, met in check_targets(results)]
    return _table(("target", "measured", "met"), rows) if rows else ""


def _stages(results: Results) -> str:
    stages, whole = results.main_stages(), sum(results.stages.values())
    rows = [(stage, _seconds(spent), f"{spent / whole:.0%}") for stage, spent in stages.items()]
    return _table(("stage", "seconds", "of all"), [*rows, ("together", _seconds(whole), "")])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """The first column is text, the others are numbers."""
    rule = ("---", *["---:"] * (len(head) - 1))
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, rule, *rows))
