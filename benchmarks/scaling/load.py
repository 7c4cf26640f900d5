"""When jobs arrive, and how long each takes."""

from __future__ import annotations

import math
import random
from dataclasses import dataclass

DAY = 86_400.0


@dataclass(frozen=True)
class Load:
    """A day of jobs, in the order of their arrival.

    :ivar arrivals: seconds since midnight.
    :ivar seconds: what each takes on one task.
    """

    arrivals: list[float]
    seconds: list[float]


@dataclass(frozen=True)
class JobTime:
    """How long an annotator has a job in hand.

    The built-in engine with everything, one worker, one sample: 1.1 s and 5.8 microseconds a record fit the
    five sizes of docs/performance.md within 15 % (1.04 s for 10,000 records, 6.84 s for a million).

    :ivar around: seconds around the engine: fetching, uploading, a dozen calls. Not measured on AWS.
    """

    start: float = 1.1
    per_record: float = 5.8e-6
    around: float = 2.0

    def of(self, records: float) -> float:
        """Seconds for a job of so many records."""
        return self.start + self.around + self.per_record * records


#: Of an input of 10 MB (packed, one sample): docs/performance.md has 34,000 records to the MB.
RECORDS_PER_MB = 34_000


def make_load(
    jobs: int, time: JobTime, megabytes: float, *, bursts: int, burst_share: float, seed: int
) -> Load:
    """A working day: few jobs at night, most in the afternoon, and some that come in bursts.

    :param megabytes: the mean size; sizes are exponential, so one in twenty is three times as large.
    :param bursts: so many times somebody submits many jobs at once.
    :param burst_share: of all jobs, those that come in bursts.
    """
    chance = random.Random(seed)
    in_bursts = int(jobs * burst_share) if bursts else 0
    arrivals = [_time_of_day(chance) for _ in range(jobs - in_bursts)]
    starts = [_time_of_day(chance) for _ in range(bursts)]
    arrivals += [starts[number % bursts] + 0.01 * (number // bursts) for number in range(in_bursts)]
    sizes = (chance.expovariate(1 / megabytes) for _ in range(jobs))
    return Load(sorted(arrivals), [time.of(size * RECORDS_PER_MB) for size in sizes])


def _time_of_day(chance: random.Random) -> float:
    """The rate goes from a fifth of the mean at three at night to nine fifths at three in the afternoon."""
    while True:
        at = chance.uniform(0, DAY)
        if chance.random() * 1.8 < 1 - 0.8 * math.cos((at / DAY - 0.125) * 2 * math.pi):
            return at
