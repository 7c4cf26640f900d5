"""How Application Auto Scaling tracks a target, with the numbers of the annotator's template."""

from __future__ import annotations

import json
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any

from local.applier.template import read_template

ECS = Path(__file__).parents[2] / "ecs"

#: Datapoints of a minute that have to be above the target, and below nine tenths of it, before anything is
#: done: the alarms that target tracking makes,
#: https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
OUT_DATAPOINTS, IN_DATAPOINTS, IN_SHARE = 3, 15, 0.9


@dataclass(frozen=True)
class Scaling:
    """The parameters of one target tracking policy.

    :ivar target: messages that may wait for each running task.
    """

    target: float
    least: int
    most: int
    out_cooldown: float
    in_cooldown: float


@dataclass(frozen=True)
class Hosts:
    """The hosts of the workers.

    :ivar slots: tasks that one host has room for.
    :ivar cpus: vCPU of one.
    :ivar on_demand: so many of them are never Spot.
    """

    slots: int
    cpus: int
    least: int
    most: int
    on_demand: int


def read_parameters(stack: str, file: str | None = None) -> dict[str, Any]:
    """The defaults of a template's parameters, and above them the values of a parameters file."""
    declared = read_template(ECS / "templates" / f"{stack}.yaml").parameters
    values = {name: each["Default"] for name, each in declared.items() if "Default" in each}
    given = json.loads((ECS / "parameters" / f"{file}.json").read_text()) if file else {}
    return {**values, **given.get(stack, {})}


def read_scaling(file: str | None = None) -> Scaling:
    """The annotator's policy."""
    template = read_template(ECS / "templates" / "50-service-annotator.yaml")
    tracking = template.resources["ScalingPolicy"]["Properties"]["TargetTrackingScalingPolicyConfiguration"]
    values = read_parameters("50-service-annotator", file)
    return Scaling(
        target=float(values[tracking["TargetValue"]["Ref"]]),
        least=int(values["MinTasks"]),
        most=int(values["MaxTasks"]),
        out_cooldown=float(tracking["ScaleOutCooldown"]),
        in_cooldown=float(tracking["ScaleInCooldown"]),
    )


#: vCPU and GiB of c7g, by size, of which the kernel and the agent (ECS_RESERVED_MEMORY) keep about 700 MiB.
SIZES = {"large": (2, 4), "xlarge": (4, 8), "2xlarge": (8, 16)}
KEPT_MIB = 700


def read_hosts(file: str | None = None) -> Hosts:
    """The hosts of the cluster template, and how many annotators one has room for."""
    cluster, task = read_parameters("40-cluster", file), read_parameters("50-service-annotator", file)
    cpus, gib = SIZES[str(cluster["WorkHostSize"])]
    return Hosts(
        slots=min(cpus * 1024 // int(task["Cpu"]), (gib * 1024 - KEPT_MIB) // int(task["Memory"])),
        cpus=cpus,
        least=int(cluster["MinWorkHosts"]),
        most=int(cluster["MaxWorkHosts"]),
        on_demand=int(cluster["OnDemandWorkHosts"]),
    )


class TargetTracking:
    """The policy at work; to be asked once a minute.

    While ECS has not fulfilled an earlier change, there is no further one; the console says so: "Waiting for
    change to be fulfilled by ecs".
    """

    def __init__(self, scaling: Scaling) -> None:
        self._scaling = scaling
        self._above = self._below = 0
        self._changed_at = float("-inf")

    def decide(self, now: float, *, visible: int, running: int, desired: int) -> int:
        """The number of tasks that is wanted from now on.

        :param now: seconds.
        :param visible: messages that nobody has in hand.
        """
        s, backlog = self._scaling, visible / (running or 1)
        self._above = self._above + 1 if backlog > s.target else 0
        self._below = self._below + 1 if backlog < s.target * IN_SHARE else 0
        wanted = min(max(ceil(desired * backlog / s.target), s.least), s.most)
        if self._above >= OUT_DATAPOINTS and wanted > desired:
            ready = running >= desired and now - self._changed_at >= s.out_cooldown
        elif self._below >= IN_DATAPOINTS and wanted < desired:
            ready = now - self._changed_at >= s.in_cooldown
        else:
            ready = False
        if not ready:
            return desired
        self._changed_at = now
        return wanted
