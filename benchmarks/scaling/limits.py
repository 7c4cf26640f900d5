"""How near a day comes to each limit: of the templates, and of AWS.

Quotas are those of us-east-1 as of 2023 to 2026; most can be raised on request, new accounts have less:
https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

from benchmarks.scaling.load import DAY, Load
from benchmarks.scaling.policy import ECS, Hosts, Scaling
from benchmarks.scaling.simulation import LAUNCHES_A_MINUTE, Outcome

TASKS_OF_A_SERVICE = 5_000
HOSTS_OF_A_CLUSTER = 5_000
IN_FLIGHT = 120_000
#: Sustained, after the bucket of 5,000: https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
TRANSITIONS_A_SECOND = 1_500
STARTS_A_SECOND = 300
OPEN_EXECUTIONS = 1_000_000
#: Write units a second of one partition key; an index of users has one key for all jobs of a user.
WRITES_OF_A_KEY = 1_000
PUTS_OF_A_PREFIX = 3_500

#: Writes of a job's record while it is annotated: submitted, uploaded, claimed, progress, completed.
WRITES_OF_A_JOB = 8
#: Objects of a result (services/annotator/README.md).
PUTS_OF_A_JOB = 5


def transitions_of_a_job() -> int:
    """At most each state of the state machine once; it has no loop but those that retry."""
    definition = json.loads((ECS / "state_machines" / "after_completion.asl.json").read_text())
    return len(definition["States"])


def shares(
    load: Load, outcome: Outcome, scaling: Scaling, hosts: Hosts, retention: float
) -> Mapping[str, float]:
    """Of each limit, the share that the busiest minute used; 1 is all of it.

    :param retention: seconds that an execution waits.
    """
    rate = _busiest_minute(outcome.finished) / 60
    per_second = len(load.arrivals) / DAY
    return {
        "MaxTasks": outcome.peak_tasks / scaling.most,
        "MaxWorkHosts": outcome.peak_hosts / hosts.most,
        "ECS: tasks of a service": outcome.peak_tasks / TASKS_OF_A_SERVICE,
        "ECS: hosts of a cluster": outcome.peak_hosts / HOSTS_OF_A_CLUSTER,
        "ECS: launches a minute": min(1.0, outcome.peak_tasks / LAUNCHES_A_MINUTE),
        "SQS: messages in flight": outcome.peak_tasks / IN_FLIGHT,
        "Step Functions: transitions": rate * transitions_of_a_job() / TRANSITIONS_A_SECOND,
        "Step Functions: starts": rate / STARTS_A_SECOND,
        "Step Functions: open executions": per_second * retention / OPEN_EXECUTIONS,
        "DynamoDB: writes of one user": rate * WRITES_OF_A_JOB / WRITES_OF_A_KEY,
        "S3: puts under results/": rate * PUTS_OF_A_JOB / PUTS_OF_A_PREFIX,
    }


def _busiest_minute(times: list[float]) -> int:
    return max(Counter(int(at // 60) for at in times).values())
