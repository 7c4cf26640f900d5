"""The simulation keeps the laws of queues, loses nothing in any drill, and knows the templates."""

from __future__ import annotations

import random
from math import factorial
from pathlib import Path

import pytest

from benchmarks.scale_simulation import RECLAIMS, Day, main, play
from benchmarks.scaling.limits import shares
from benchmarks.scaling.load import DAY, JobTime, Load, make_load
from benchmarks.scaling.policy import Hosts, Scaling, TargetTracking, read_hosts, read_scaling
from benchmarks.scaling.simulation import Trouble

FIXED = Scaling(target=1e9, least=4, most=4, out_cooldown=60, in_cooldown=300)
ONE_HOST = Hosts(slots=4, cpus=4, least=1, most=1, on_demand=1)
DRILLS = {
    "quiet": Trouble(),
    "Spot": Trouble(spot_reclaims=6.0),
    "zone": Trouble(zone_lost_at=DAY / 2),
    "both": Trouble(spot_reclaims=6.0, zone_lost_at=DAY / 2, seed=7),
}


def erlang_c_wait(rate: float, mean: float, servers: int) -> float:
    """The mean wait of M/M/c: Gross and Harris, Fundamentals of Queueing Theory, section 2.3."""
    load = rate * mean
    busy = load / servers
    last = load**servers / factorial(servers) / (1 - busy)
    waits = last / (sum(load**n / factorial(n) for n in range(servers)) + last)
    return waits * mean / (servers * (1 - busy))


def poisson(rate: float, mean: float, *, jobs: int) -> Load:
    chance = random.Random(3)
    now, arrivals = 0.0, []
    for _ in range(jobs):
        now += chance.expovariate(rate)
        arrivals.append(now)
    return Load(arrivals, [chance.expovariate(1 / mean) for _ in range(jobs)])


def begun_after(day: Day, jobs: list[int]) -> list[float]:
    """How long each of these jobs waited."""
    return [day.outcome.first_begun[job] - day.load.arrivals[job] for job in jobs]


@pytest.mark.parametrize("busy", [0.5, 0.8, 0.9])
def test_with_fixed_tasks_it_is_the_queue_of_the_textbook(busy):
    """The mean wait is that of Erlang's formula, within 6 %: the error of 200,000 random jobs at 90 %."""
    mean = 10.0
    rate = busy * 4 / mean
    day = play(poisson(rate, mean, jobs=200_000), FIXED, ONE_HOST)
    waits = day.waits()

    assert sum(waits) / len(waits) == pytest.approx(erlang_c_wait(rate, mean, 4), rel=0.06)
    assert day.utilisation() == pytest.approx(busy, rel=0.02)


@pytest.mark.parametrize("name", DRILLS)
def test_every_job_ends_once_and_little_is_right(name):
    """Whatever is reclaimed or lost; jobs in the system, counted at each event, are rate times time in it."""
    load = make_load(3_000, JobTime(), 400, bursts=2, burst_share=0.3, seed=1)
    hosts = Hosts(slots=4, cpus=4, least=2, most=50, on_demand=1)
    out = play(load, Scaling(5, 2, 200, 60, 300), hosts, DRILLS[name]).outcome

    stays = [end - arrived for end, arrived in zip(out.finished, load.arrivals, strict=True)]
    assert out.completions == [1] * 3_000
    assert min(stays) > 0
    assert out.in_system_seconds == pytest.approx(sum(stays))
    assert (out.wasted_seconds > 0) == (name != "quiet")
    assert out.busy_seconds - out.wasted_seconds == pytest.approx(sum(load.seconds))
    assert out.busy_seconds <= out.task_seconds


def test_spot_that_is_taken_often_wastes_work():
    """What was broken off is done again."""
    load = make_load(3_000, JobTime(), 400, bursts=2, burst_share=0.3, seed=1)
    hosts = Hosts(slots=4, cpus=4, least=2, most=50, on_demand=1)
    quiet, spot = (play(load, Scaling(5, 2, 200, 60, 300), hosts, DRILLS[name]) for name in ("quiet", "Spot"))

    assert spot.outcome.busy_seconds > quiet.outcome.busy_seconds * 1.01


def test_a_lost_zone_makes_jobs_wait():
    """Half of the tasks are gone until hosts of the other zone have taken their place."""
    load = poisson(0.3, 20, jobs=20_000)
    scaling, hosts = Scaling(1e9, 8, 8, 60, 300), Hosts(slots=4, cpus=4, least=2, most=2, on_demand=2)
    quiet, zone = (play(load, scaling, hosts, DRILLS[name]) for name in ("quiet", "zone"))

    after = [number for number, at in enumerate(load.arrivals) if 0 < at - DAY / 2 < 300]
    assert sum(begun_after(zone, after)) > sum(begun_after(quiet, after)) + 10 * len(after)


def test_the_policy_waits_for_datapoints_and_for_what_it_asked_for():
    """Three minutes out, fifteen in; nothing more until ECS has done what it was told."""
    policy = TargetTracking(Scaling(target=5, least=1, most=100, out_cooldown=60, in_cooldown=300))
    asked = [policy.decide(60.0 * n, visible=50, running=1, desired=1) for n in range(3)]
    waits = policy.decide(180, visible=500, running=1, desired=10)
    more = policy.decide(240, visible=500, running=10, desired=10)
    fewer = [policy.decide(300 + 60.0 * n, visible=0, running=100, desired=100) for n in range(15)]

    assert asked == [1, 1, 10]
    assert (waits, more) == (10, 100)
    assert fewer == [100] * 14 + [1]


@pytest.mark.parametrize("file", ["small-lab", "production"])
def test_it_plays_the_templates_own_numbers(file):
    """The defaults, and above them the parameters file."""
    scaling, hosts = read_scaling(file), read_hosts(file)

    assert (scaling.target, scaling.out_cooldown, scaling.in_cooldown) == (20, 60, 300)
    assert (scaling.most, hosts.slots, hosts.most) == {
        "small-lab": (4, 1, 4),
        "production": (75, 4, 25),
    }[file]


def test_the_nearest_limit_is_one_that_was_met():
    """Ten thousand jobs at once on the production parameters: all the tasks that there may be."""
    load = Load([0.0] * 10_000, [5.0] * 10_000)
    scaling, hosts = read_scaling("production"), read_hosts("production")
    day = play(load, scaling, hosts, Trouble(RECLAIMS))

    assert day.nearest_limit(180)[0] == "MaxTasks"
    assert shares(load, day.outcome, scaling, hosts, 180)["MaxTasks"] == 1
    assert day.outcome.peak_hosts <= hosts.most


def test_the_document_has_the_numbers(capsys):
    """Of the small days at least, which are quickly played again."""
    main(["--jobs", "10", "100", "1000", "--parameters", "small-lab"])
    text = (Path(__file__).parents[3] / "docs" / "scaling.md").read_text()

    for line in capsys.readouterr().out.splitlines():
        assert line in text
