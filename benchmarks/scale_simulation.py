"""How the annotators keep up, from 10 to 1,000,000 jobs a day: ``python -m benchmarks.scale_simulation``.

Plays a day of jobs against the autoscaling policy, the capacity provider and the parameters of the templates.
docs/scaling.md has the tables that this prints.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import quantiles

from benchmarks.markdown import table
from benchmarks.prices import C7G_CPU, EBS_GB_MONTH, HOURS_A_MONTH, SPOT_SHARE
from benchmarks.scaling.limits import TASKS_OF_A_SERVICE, shares
from benchmarks.scaling.load import DAY, JobTime, Load, make_load
from benchmarks.scaling.policy import Hosts, Scaling, read_hosts, read_parameters, read_scaling
from benchmarks.scaling.simulation import Outcome, Simulation, Trouble

RATES = (10, 100, 1_000, 10_000, 100_000, 1_000_000)
#: One Spot host in twenty is taken each hour: several times what AWS tells of most types.
RECLAIMS = 0.05
NOON = DAY / 2

ENGINES = {
    "built-in": JobTime(),
    #: 18 s for each MB: the 180 s for 10 MB that operators of VEP on one vCPU reckon with.
    "VEP": JobTime(start=20.0, per_record=18 / 34_000),
}


@dataclass(frozen=True)
class Day:
    """One row of a table."""

    load: Load
    scaling: Scaling
    hosts: Hosts
    outcome: Outcome

    def waits(self) -> list[float]:
        """Seconds that each job waited before it was begun for the first time."""
        pairs = zip(self.outcome.first_begun, self.load.arrivals, strict=True)
        return sorted(begun - arrived for begun, arrived in pairs)

    def utilisation(self) -> float:
        """The share of the time of running tasks in which they had a job in hand."""
        return self.outcome.busy_seconds / self.outcome.task_seconds

    def cost_of_a_job(self, disk_gb: float) -> float:
        """US dollars for hosts and their disks."""
        hours = {kind: seconds / 3600 for kind, seconds in self.outcome.host_seconds.items()}
        disks = sum(hours.values()) * disk_gb * EBS_GB_MONTH / HOURS_A_MONTH
        hosts = (hours["on demand"] + hours["spot"] * SPOT_SHARE) * self.hosts.cpus * C7G_CPU
        return (hosts + disks) / len(self.load.arrivals)

    def nearest_limit(self, retention: float) -> tuple[str, float]:
        """The limit of which the largest share was used, and the share."""
        found = shares(self.load, self.outcome, self.scaling, self.hosts, retention)
        return max(found.items(), key=lambda each: each[1])


def play(load: Load, scaling: Scaling, hosts: Hosts, trouble: Trouble | None = None) -> Day:
    """One day."""
    return Day(load, scaling, hosts, Simulation(load, scaling, hosts, trouble).run())


def unbounded(scaling: Scaling, hosts: Hosts) -> tuple[Scaling, Hosts]:
    """As far as AWS goes: what MaxTasks and MaxWorkHosts would have to be."""
    return replace(scaling, most=TASKS_OF_A_SERVICE), replace(hosts, most=TASKS_OF_A_SERVICE)


HEAD = [
    "jobs a day",
    "wait, median",
    "wait, 95 %",
    "wait, longest",
    "tasks",
    "hosts",
    "busy",
    "hosts, $ a job",
    "nearest limit",
]


def row(day: Day, file: str | None) -> list[str]:
    """A day in words."""
    waits = day.waits()
    cuts = quantiles(waits, n=20, method="inclusive")
    name, share = day.nearest_limit(float(read_parameters("50-service-annotator", file)["RetentionSeconds"]))
    return [
        f"{len(waits):,}",
        _time(cuts[9]),
        _time(cuts[18]),
        _time(waits[-1]),
        f"{day.outcome.peak_tasks:,}",
        f"{day.outcome.peak_hosts:,}",
        f"{day.utilisation():.0%}",
        f"{day.cost_of_a_job(float(read_parameters('40-cluster', file)['WorkDiskGiB'])):.5f}",
        f"{name} ({share:.0%})",
    ]


def _time(seconds: float) -> str:
    if seconds >= 7200:
        return f"{seconds / 3600:.1f} h"
    return f"{seconds / 60:.0f} min" if seconds >= 120 else f"{seconds:.0f} s"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale_simulation", description=__doc__)
    parser.add_argument("--jobs", type=int, nargs="+", default=RATES, help="jobs a day")
    parser.add_argument("--engine", choices=ENGINES, default="built-in")
    parser.add_argument("--megabytes", type=float, default=10.0, help="mean size of an input")
    parser.add_argument(
        "--parameters", choices=["small-lab", "production"], help="without: no limit but those of AWS"
    )
    parser.add_argument("--backlog", type=float, help="BacklogPerTask, instead of that of the template")
    parser.add_argument("--bursts", type=int, default=3, help="times that somebody submits many jobs at once")
    parser.add_argument("--burst-share", type=float, default=0.2, help="of all jobs, those in bursts")
    parser.add_argument("--reclaims", type=float, default=RECLAIMS, help="of one Spot host an hour")
    parser.add_argument("--lose-zone", action="store_true", help="at noon, for the rest of the day")
    parser.add_argument("--seed", type=int, default=1)
    return parser


def main(arguments: Sequence[str] | None = None) -> None:
    """Print one table."""
    given = _parser().parse_args(arguments)
    scaling, hosts = read_scaling(given.parameters), read_hosts(given.parameters)
    if given.parameters is None:
        scaling, hosts = unbounded(scaling, hosts)
    scaling = replace(scaling, target=given.backlog or scaling.target)
    trouble = Trouble(given.reclaims, NOON if given.lose_zone else None, given.seed)
    rows = [HEAD]
    for jobs in given.jobs:
        load = make_load(
            jobs,
            ENGINES[given.engine],
            given.megabytes,
            bursts=given.bursts,
            burst_share=given.burst_share,
            seed=given.seed,
        )
        rows.append(row(play(load, scaling, hosts, trouble), given.parameters))
    sys.stdout.write(table(rows) + "\n")


if __name__ == "__main__":
    main()
