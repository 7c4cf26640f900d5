"""Hosts and the tasks on them: placed, drained, taken away."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

from benchmarks.scaling.policy import Hosts

ZONES = (0, 1)


@dataclass(eq=False)
class Task:
    """One annotator; ``job`` is the number of what it has in hand, or -1."""

    host: Host
    ready: bool = False
    gone: bool = False
    job: int = -1
    began: float = 0.0
    #: Counts what was begun, so that the end of something that was broken off is recognised.
    turn: int = 0


@dataclass(eq=False)
class Host:
    """One EC2 instance."""

    zone: int
    spot: bool
    asked_at: float
    ready: bool = False
    draining: bool = False
    gone: bool = False
    tasks: set[Task] = field(default_factory=set)
    idle_since: float = 0.0


class Fleet:
    """Hosts, as the capacity provider and the Auto Scaling group keep them."""

    def __init__(self, plan: Hosts) -> None:
        self.plan = plan
        self.hosts: list[Host] = []
        self.zones = set(ZONES)
        self.peak = 0
        self.host_seconds = {"spot": 0.0, "on demand": 0.0}

    def missing(self, desired: int) -> int:
        """Hosts to be started for so many tasks; those that boot are counted."""
        wanted = min(max(-(-desired // self.plan.slots), self.plan.least), self.plan.most)
        return max(0, wanted - sum(not host.draining for host in self.hosts))

    def start(self, now: float) -> Host:
        """One more host, in the zone that has fewest."""
        on_demand = sum(not host.spot for host in self.hosts)
        zone = min(sorted(self.zones), key=lambda each: sum(host.zone == each for host in self.hosts))
        host = Host(zone, spot=on_demand >= self.plan.on_demand, asked_at=now, idle_since=now)
        self.hosts.append(host)
        self.peak = max(self.peak, len(self.hosts))
        return host

    def end(self, host: Host, now: float) -> None:
        """It is paid for until now."""
        host.gone = True
        self.hosts.remove(host)
        self.host_seconds["spot" if host.spot else "on demand"] += now - host.asked_at

    def place(self, number: int) -> list[Task]:
        """So many new tasks, or as many as there is room for: spread over zones, then on the fullest host."""
        placed: list[Task] = []
        by_zone = {zone: self._room(zone) for zone in ZONES}
        load = {zone: sum(len(host.tasks) for host in self.hosts if host.zone == zone) for zone in ZONES}
        for _ in range(number):
            zones = [zone for zone in ZONES if by_zone[zone]]
            if not zones:
                break
            zone = min(zones, key=load.__getitem__)
            host = by_zone[zone][-1]
            task = Task(host)
            host.tasks.add(task)
            load[zone] += 1
            if len(host.tasks) >= self.plan.slots:
                by_zone[zone].pop()
            placed.append(task)
        return placed

    def _room(self, zone: int) -> list[Host]:
        usable = (host for host in self.hosts if host.zone == zone and host.ready and not host.draining)
        return sorted(
            (host for host in usable if len(host.tasks) < self.plan.slots), key=lambda h: len(h.tasks)
        )

    def surplus(self, now: float, desired: int, patience: float) -> list[Host]:
        """Hosts without a task for so long, as many as are not needed."""
        wanted = max(-(-desired // self.plan.slots), self.plan.least)
        empty = (
            host
            for host in self.hosts
            if host.ready and not host.tasks and not host.draining and now - host.idle_since >= patience
        )
        return list(itertools.islice(empty, max(0, len(self.hosts) - wanted)))
