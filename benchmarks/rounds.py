"""The contenders take turns on an input, round by round: what disturbs the machine disturbs all of them."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

from benchmarks.machine import describe_machine
from benchmarks.measuring import measure
from benchmarks.results import InputResults, Results
from services.annotator.workers import cores

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from benchmarks.contenders import Contender
    from benchmarks.synthetic.data import SyntheticData

# What takes longer than this, in seconds, is measured once for each input.
_LONG = 20.0


def benchmark(
    data: SyntheticData,
    chosen: Sequence[Contender],
    inputs: Sequence[tuple[int, int]],
    repeat: int,
    keep: Callable[[Results], None] = lambda _: None,
) -> Results:
    """Measure contenders on inputs, given by their sites and samples.

    :param repeat: how many rounds.
    :param keep: is called after each input with what is known so far; a run takes long, and may be ended.
    """
    results = Results(describe_machine(), cores(), {each.name: each.title for each in chosen})
    for sites, samples in inputs:
        source = data.vcf(sites, samples)
        measured = InputResults(sites, samples, source.stat().st_size)
        _watch(data, source, chosen, measured)
        for _ in range(repeat):
            _take_turns(data, source, chosen, measured)
        results.inputs.append(measured)
        keep(results)
    return results


def _watch(data: SyntheticData, source: Path, chosen: Sequence[Contender], measured: InputResults) -> None:
    """Look at our memory in a run of its own, which also warms up what can be warm."""
    for each in chosen:
        if each.is_ours:
            measured.watched[each.name] = measure(*_pipeline(data, each, source), watched=True)


def _take_turns(
    data: SyntheticData, source: Path, chosen: Sequence[Contender], measured: InputResults
) -> None:
    """One round, in which all run that can take the input and have not been slow at it."""
    for each in chosen:
        runs = measured.runs.get(each.name, [])
        if not each.can_take(measured.sites, measured.samples) or any(run.seconds > _LONG for run in runs):
            continue
        try:
            runs.append(measure(*_pipeline(data, each, source)))
        except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
            if not each.may_fail:
                raise
            print(f"{each.title} is left out: {error}", file=sys.stderr)
        else:
            measured.runs[each.name] = runs


def _pipeline(data: SyntheticData, each: Contender, source: Path) -> tuple[list[list[str]], Path]:
    """The commands, and where their standard output goes."""
    result = data.result(each.name)
    return each.commands(source, result), result if each.prints else data.result("printed")
