"""What a run of the benchmark has found: kept as JSON, asked for medians and ratios."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any, Self

from benchmarks.measuring import Measured

if TYPE_CHECKING:
    from pathlib import Path


# The name of what is left of the time beside the named stages.
REST = "all the rest"

# A stage that takes less of the whole is a part of the rest.
_SMALLEST_PART = 0.005


@dataclass
class InputResults:
    """The runs on one input.

    :ivar bytes: how large the input is, packed.
    :ivar runs: of each contender, the first in the first round and so on; a slow one has fewer.
    :ivar watched: of each contender whose memory was looked at, one run for that alone.
    """

    sites: int
    samples: int
    bytes: int
    runs: dict[str, list[Measured]] = field(default_factory=dict)
    watched: dict[str, Measured] = field(default_factory=dict)

    def median(self, name: str) -> float:
        """Seconds by the clock."""
        return median(run.seconds for run in self.runs[name])

    def best(self, name: str) -> float:
        """Seconds of the fastest run."""
        return min(run.seconds for run in self.runs[name])

    def cpu(self, name: str) -> float:
        """CPU seconds, the median."""
        return median(run.user + run.system for run in self.runs[name])

    def peak_mb(self, name: str) -> float:
        """The largest process of all runs."""
        return max(run.peak_kb for run in self.runs[name]) / 1000

    def ratio(self, name: str, other: str) -> float | None:
        """Time of one for each second of the other, round by round: what a round disturbed counts in both."""
        pairs = zip(self.runs.get(name, ()), self.runs.get(other, ()), strict=False)
        ratios = [one.seconds / two.seconds for one, two in pairs]
        return median(ratios) if ratios else None

    @classmethod
    def of(cls, document: dict[str, Any]) -> Self:
        """Read what `asdict` has written."""
        runs = {name: [Measured(**run) for run in all_runs] for name, all_runs in document["runs"].items()}
        watched = {name: Measured(**run) for name, run in document["watched"].items()}
        return cls(document["sites"], document["samples"], document["bytes"], runs, watched)


@dataclass
class Results:
    """All of a run.

    :ivar machine: what it ran on, and versions, in words.
    :ivar cores: how many could be used.
    :ivar titles: of the contenders by name, in the order in which they stand in tables.
    :ivar stages: seconds by stage of one annotation, if they were asked for.
    :ivar profiled: how many sites of one sample that annotation had.
    """

    machine: list[str]
    cores: int
    titles: dict[str, str]
    inputs: list[InputResults] = field(default_factory=list)
    stages: dict[str, float] = field(default_factory=dict)
    profiled: int = 0

    def write(self, path: Path) -> None:
        """Keep it."""
        path.write_text(json.dumps(asdict(self), indent=1) + "\n", encoding="utf-8")

    @classmethod
    def read(cls, path: Path) -> Self:
        """What was kept."""
        document = json.loads(path.read_text(encoding="utf-8"))
        return cls(**document | {"inputs": [InputResults.of(each) for each in document["inputs"]]})

    def main_stages(self) -> dict[str, float]:
        """The stages that matter, and the others together with what is left."""
        whole = sum(self.stages.values())
        main = {stage: spent for stage, spent in self.stages.items() if spent > _SMALLEST_PART * whole}
        main.pop(REST, None)
        return {**main, REST: whole - sum(main.values())}

    def of_one_sample(self) -> list[InputResults]:
        """The inputs of one sample, the smallest first."""
        return sorted((each for each in self.inputs if each.samples == 1), key=lambda each: each.sites)

    def of_many_samples(self) -> list[InputResults]:
        """The inputs with the number of sites that has most numbers of samples, the smallest first."""
        by_sites: dict[int, list[InputResults]] = {}
        for each in self.inputs:
            by_sites.setdefault(each.sites, []).append(each)
        chosen = max(by_sites.values(), key=lambda inputs: (len(inputs), inputs[0].sites))
        return sorted(chosen, key=lambda each: each.samples)
