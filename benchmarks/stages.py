"""Where the time of an annotation goes, by stage, from one run in a single process under cProfile.

python -m benchmarks.stages IN.vcf.gz PACK

What is called out of the modules that lead the work counts, with all that it calls, as a stage that is
named after the module that it is in. The work is on whole blocks, so that the profiler itself, which looks
at calls, takes little. Prints seconds by stage as JSON.
"""

from __future__ import annotations

import cProfile
import json
import pstats
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from unittest import mock

from benchmarks.results import REST
from services.annotator.annotation import file
from services.annotator.pack.pack import load_pack
from services.annotator.result.result_files import Outputs, result_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from services.annotator.annotation.block import Annotated, BlockAnnotator, Task

_PACKAGE = Path(file.__file__).parents[1]
_LEADING = {"annotation/file.py", "annotation/block.py"}
_STAGES = {
    "vcf/text.py": "decompression, cut into blocks",
    "vcf/soundness.py": "columns and their faults",
    "vcf/ends.py": "columns and their faults",
    "vcf/inspection.py": "rules of the specification",
    "vcf/genotype_counts.py": "counts of genotypes",
    "annotation/screening.py": "screening against the reference",
    "annotation/allele_table.py": "screening against the reference",
    "annotation/csq.py": "consequence engine",
    "annotation/calls.py": "the engine's answers",
    "annotation/known.py": "join with known variants",
    "annotation/intervals.py": "join with known variants",
    "annotation/naming.py": "HGVS names",
    "annotation/entries.py": "merging into the records",
    "annotation/merging.py": "merging into the records",
    "result/bgzf.py": "compression",
    "result/tabix.py": "index",
    "result/tally.py": "counts of the log",
    "result/totals.py": "counts of the log",
    "result/count_log.py": "counts of the log",
    "result/summary.py": "counts of the log",
    "result/severe.py": "counts of the log",
    "result/variant_table.py": "table (Parquet)",
    "result/result_files.py": "files of the result",
}


class _NoWorkers:
    """The place of `Workers`, without any: the blocks are annotated where they are read."""

    def __init__(self, annotator: BlockAnnotator, count: int) -> None:
        del count
        self._annotator = annotator

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def annotate(self, tasks: Iterable[Task]) -> Iterator[Annotated]:
        """The results of the tasks, in their order."""
        for task in tasks:
            yield self._annotator.annotate(task)


def profile_stages(source: Path, pack: Path) -> dict[str, float]:
    """Seconds by stage of the annotation with everything, the largest first and what is left last."""
    profile = cProfile.Profile()
    with tempfile.TemporaryDirectory() as folder, mock.patch.object(file, "Workers", _NoWorkers):
        paths = {name: Path(folder) / path for name, path in vars(result_names(source.name)).items()}
        arguments = (source, Outputs(**paths), load_pack(pack))
        began = time.perf_counter()
        profile.runcall(file.annotate_file, *arguments, file_name=source.name)
        seconds = time.perf_counter() - began
    stages = _by_stage(pstats.Stats(profile))
    return {**dict(stages.most_common()), REST: max(0.0, seconds - stages.total())}


def _by_stage(stats: pstats.Stats) -> Counter[str]:
    entries: dict[tuple[str, int, str], Any] = stats.stats  # type: ignore[attr-defined]
    stages: Counter[str] = Counter()
    for function, entry in entries.items():
        module = _module(function[0])
        if module is None or module in _LEADING:
            continue
        for caller, times in entry[-1].items():
            if _module(caller[0]) in _LEADING:
                stages[_STAGES.get(module, module)] += times[-1]
    return stages


def _module(path: str) -> str | None:
    """A module of the annotator by its place in the package; None for all others."""
    place = Path(path)
    return place.relative_to(_PACKAGE).as_posix() if place.is_relative_to(_PACKAGE) else None


if __name__ == "__main__":
    print(json.dumps(profile_stages(Path(sys.argv[1]), Path(sys.argv[2]))))
