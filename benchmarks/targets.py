"""What the annotator is to reach, against what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.contenders import FLOOR, OURS, PEER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from benchmarks.results import InputResults, Results

#: The targets for speed are about a machine of this kind, so many sites and as many known variants.
TARGET_CORES = 2
_TARGET_SITES = 1_000_000

# Of the time of consequences alone, and with the join and the table, to the floor.
_MOST_FLOORS, _MOST_FLOORS_WITH_KNOWN = 2.0, 3.0
_LEAST_TIMES_FASTER = 2.5
_MOST_MEGABYTES = 200

# From a straight line, as a part of the longest time: what noise does to a run.
_MOST_BEND = 0.05


class Target(NamedTuple):
    """A target and how near it is.

    :ivar found: what was measured, in words.
    """

    sentence: str
    found: str
    is_met: bool


def check_targets(results: Results) -> list[Target]:
    """The targets that the measured inputs tell about."""
    one_sample = results.of_one_sample()
    targets = [
        target for each in one_sample for target in _speed(results, each) if each.sites == _TARGET_SITES
    ]
    targets += _memory(results)
    for inputs, axis in ((one_sample, "sites"), (results.of_many_samples(), "samples")):
        targets += _straightness(results, inputs, axis)
    return targets


def _speed(results: Results, measured: InputResults) -> Iterator[Target]:
    alone, known = best_name(results, "consequences"), best_name(results, "known")
    for name, most, words in (
        (alone, _MOST_FLOORS, "consequences alone"),
        (known, _MOST_FLOORS_WITH_KNOWN, "known variants and Parquet"),
    ):
        if ratio := measured.ratio(name, FLOOR):
            sentence = f"{words}: at most {most:g} times the floor"
            yield Target(sentence, f"{ratio:.2f} times", ratio <= most)
    if ratio := measured.ratio(PEER, alone):
        sentence = f"consequences alone: at least {_LEAST_TIMES_FASTER} times as fast as bcftools csq -Oz"
        yield Target(sentence, f"{ratio:.2f} times", ratio >= _LEAST_TIMES_FASTER)


def _memory(results: Results) -> Iterator[Target]:
    peaks = [run.pss_kb / 1000 for each in results.inputs for run in each.watched.values()]
    if peaks:
        sentence = f"memory of the largest process (PSS), over all inputs: under {_MOST_MEGABYTES} MB"
        yield Target(sentence, f"{min(peaks):.0f} to {max(peaks):.0f} MB", max(peaks) < _MOST_MEGABYTES)


def _straightness(results: Results, inputs: Sequence[InputResults], axis: str) -> Iterator[Target]:
    """Time by the clock, and CPU time, which what else the machine does disturbs less."""
    name = best_name(results, "full")
    measured = [each for each in inputs if name in each.runs]
    # Two points are always on a line.
    if len(measured) > 2:
        places = [getattr(each, axis) for each in measured]
        fixed = "one sample" if axis == "sites" else f"{measured[0].sites:,} sites"
        for time, seconds in (
            ("time", [each.best(name) for each in measured]),
            ("CPU time", [each.cpu(name) for each in measured]),
        ):
            bend = _bend(places, seconds)
            sentence = f"{time} against {axis} ({fixed}): straight within {_MOST_BEND:.0%} of the longest"
            yield Target(sentence, f"within {bend:.1%}", bend <= _MOST_BEND)


def _bend(places: Sequence[float], seconds: Sequence[float]) -> float:
    """How far the farthest point is from the line of least squares, as a part of the longest time."""
    slope, start = np.polyfit(places, seconds, 1)
    away = np.abs(np.array(seconds) - (slope * np.array(places) + start))
    return float(away.max() / max(seconds))


def best_name(results: Results, kind: str) -> str:
    """The contender of a kind that uses all cores."""
    name = f"{OURS}_{kind}"
    return name if name in results.titles else f"{name}_1"
