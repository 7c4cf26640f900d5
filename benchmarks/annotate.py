"""How long annotation takes, and how much memory, beside its peers and the floor, in one run.

    python -m benchmarks.annotate [--quick] [--json FILE]

The floor is what nothing can avoid: the input is unpacked and packed again (BGZF, the fastest level).
Every contender is a pipeline of processes of its own; they take turns, round by round, so that what
disturbs the machine disturbs all of them. docs/performance.md has the results.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.contenders import contenders
from benchmarks.measuring import ROOT
from benchmarks.results import Results
from benchmarks.rounds import benchmark
from benchmarks.synthetic.data import SyntheticData
from benchmarks.synthetic.shape import Shape
from benchmarks.tables import all_tables, input_table, title

if TYPE_CHECKING:
    from collections.abc import Sequence

# Sites and samples: five numbers of the ones and four of the others show whether lines are straight.
_INPUTS = [
    *((sites, 1) for sites in (10_000, 100_000, 250_000, 500_000, 1_000_000)),
    *((sites, 100) for sites in (10_000, 100_000, 1_000_000)),
    (100_000, 1_000),
    *((sites, 2_504) for sites in (10_000, 100_000)),
]
_QUICK_INPUTS = [(10_000, 1), (100_000, 1)]

_ROUNDS, _QUICK_ROUNDS = 5, 2


def main(arguments: Sequence[str] | None = None) -> None:
    """The command."""
    parser = _parser()
    options = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = options.folder or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        data = SyntheticData(folder, Shape())
        inputs = options.inputs or (_QUICK_INPUTS if options.quick else _INPUTS)
        repeat = options.repeat or (_QUICK_ROUNDS if options.quick else _ROUNDS)
        try:
            chosen = contenders(data, options.only)
        except ValueError as error:
            parser.error(str(error))
        results = benchmark(data, chosen, inputs, repeat, partial(_keep, options.json))
        if options.profile:
            results.profiled = max(sites for sites, _ in inputs)
            results.stages = _profile(data, results.profiled)
    if options.json:
        results.write(options.json)
    print(all_tables(results))


def _keep(path: Path | None, results: Results) -> None:
    """Write the file, and tell of the last input."""
    if path:
        results.write(path)
    print(f"{title(results.inputs[-1])}\n\n{input_table(results, results.inputs[-1])}\n", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.annotate", description=__doc__)
    parser.add_argument("--folder", type=Path, help="where inputs are made, and found the next time")
    parser.add_argument("--quick", action="store_true", help="small inputs of one sample, in two minutes")
    parser.add_argument(
        "--inputs", type=_read_inputs, metavar="SITESxSAMPLES,...", help="these instead of the usual ones"
    )
    parser.add_argument(
        "--repeat", type=int, help=f"rounds ({_ROUNDS}, or {_QUICK_ROUNDS} of the quick ones)"
    )
    parser.add_argument(
        "--only", type=_read_names, default=[], metavar="NAME,...", help="some of the contenders"
    )
    parser.add_argument("--profile", action="store_true", help="also where the time goes, by stage")
    parser.add_argument("--json", type=Path, metavar="FILE", help="keep the results, for benchmarks.plots")
    return parser


def _read_inputs(text: str) -> list[tuple[int, int]]:
    pairs = (each.split("x") for each in text.split(","))
    return [(int(sites), int(samples)) for sites, samples in pairs]


def _read_names(text: str) -> list[str]:
    return text.split(",")


def _profile(data: SyntheticData, sites: int) -> dict[str, float]:
    """In a process of its own, whose forks are as small as those of the command."""
    command = ["-m", "benchmarks.stages", str(data.vcf(sites, 1)), str(data.pack_with_known)]
    done = subprocess.run([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE, check=True)
    stages: dict[str, float] = json.loads(done.stdout)
    return stages


if __name__ == "__main__":
    main()
