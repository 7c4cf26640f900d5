"""What a job costs, and what a system costs a month: ``python -m benchmarks.cost``.

The prices are those of `benchmarks.prices`; what is always there is read from the templates and
the parameters files. docs/cost.md has the tables that this prints; a test compares them.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from benchmarks import prices as p
from benchmarks.archive_cost import cold_cost
from benchmarks.markdown import table
from benchmarks.scaling.limits import PUTS_OF_A_JOB, WRITES_OF_A_JOB, transitions_of_a_job
from benchmarks.scaling.load import RECORDS_PER_MB, JobTime
from benchmarks.scaling.policy import ECS, read_hosts, read_parameters
from gas.cold_stores import COLD_STORES, GIB, PRICES_AS_OF
from local.applier.template import read_template

MB = 1_000_000
DAYS_A_MONTH = p.HOURS_A_MONTH / 24

#: A result beside its input: the annotated VCF, its index and the table.
RESULT_SHARE = 1.5
#: Lines of a job in all logs, each about 400 bytes, and of its page while it is open.
LOG_BYTES_OF_A_JOB = 100_000
MESSAGES_OF_A_JOB, PUBLISHED_OF_A_JOB, READS_OF_A_JOB, KEY_REQUESTS_OF_A_JOB = 8, 3, 300, 20
#: Indexes that a record of a job is written to with it.
INDEXES = 3


@dataclass(frozen=True)
class Use:
    """Who uses a system, and how.

    :ivar file: the parameters file that is meant for it.
    :ivar megabytes: mean size of an input, packed.
    :ivar utilisation: the share of the time of tasks in which they have a job in hand.
    :ivar months: how long jobs are kept.
    :ivar free: the share of jobs whose results go to cold storage.
    :ivar downloads: of a result, by its owner.
    """

    file: str
    jobs_a_day: float
    megabytes: float = 10.0
    utilisation: float = 0.2
    months: float = 12.0
    free: float = 0.8
    downloads: float = 1.0
    time: JobTime = JobTime()

    @property
    def seconds(self) -> float:
        """What a job of the mean size takes."""
        return self.time.of(self.megabytes * RECORDS_PER_MB)

    @property
    def result_bytes(self) -> float:
        """Of all files of a result."""
        return self.megabytes * MB * RESULT_SHARE


USES = {
    "a lab": Use("small-lab", 20, megabytes=5.0, utilisation=0.05),
    "an institute": Use("production", 1_000),
    "a country": Use("production", 100_000, megabytes=20.0, utilisation=0.3),
}


def cost_of_a_job(use: Use) -> Mapping[str, float]:
    """US dollars for one more job, by part; its storage is that of all months that it is kept."""
    hosts = read_hosts(use.file)
    second = hosts.cpus * p.C7G_CPU / 3600 * p.SPOT_SHARE / hosts.slots
    store = COLD_STORES["GLACIER"]
    size = int(use.result_bytes)
    hot = size / GIB * p.S3_GIB_MONTH * use.months
    cold = cold_cost(store, size, use.months)
    return {
        "annotating": use.seconds * second / use.utilisation,
        "keeping the input": use.megabytes * MB / GIB * p.S3_GIB_MONTH * use.months,
        "keeping the results": use.free * cold + (1 - use.free) * hot,
        "downloading": use.downloads * use.result_bytes / 1e9 * p.EGRESS_GB,
        "S3 requests": PUTS_OF_A_JOB * 2 * p.S3_PUT + 10 * p.S3_GET,
        "Step Functions": transitions_of_a_job() * p.TRANSITION,
        "logs": LOG_BYTES_OF_A_JOB / 1e9 * p.LOG_GB,
        "records": WRITES_OF_A_JOB * (1 + INDEXES) * p.DYNAMODB_WRITE + READS_OF_A_JOB * p.DYNAMODB_READ,
        "messages and mail": MESSAGES_OF_A_JOB * p.SQS_REQUEST
        + PUBLISHED_OF_A_JOB * p.SNS_PUBLISH
        + 2 * p.MAIL,
        "the key": KEY_REQUESTS_OF_A_JOB * p.KEY_REQUEST,
    }


def cost_of_a_month(use: Use) -> Mapping[str, float]:
    """US dollars a month for what is there without any job, by part."""
    cluster, network = read_parameters("40-cluster", use.file), read_parameters("10-network", use.file)
    hosts = read_hosts(use.file)
    web = int(cluster["MinWebHosts"]) * _host(_hourly(str(cluster["WebInstanceType"])), 50)
    spot = max(0, hosts.least - hosts.on_demand)
    hourly = hosts.cpus * p.C7G_CPU
    disk = float(cluster["WorkDiskGiB"])
    metrics, own = _metrics()
    return {
        "web hosts": web,
        "fewest hosts of the workers": (hosts.least - spot) * _host(hourly, disk)
        + spot * _host(hourly * p.SPOT_SHARE, disk),
        "load balancer": p.LOAD_BALANCER_MONTH,
        "NAT gateways": int(network["NatGateways"]) * p.NAT_MONTH,
        "firewall": p.FIREWALL_MONTH + _firewall_rules() * p.FIREWALL_RULE_MONTH,
        "alarms, metrics, dashboard": metrics * p.ALARM_METRIC_MONTH
        + own * p.OWN_METRIC_MONTH
        + p.DASHBOARD_MONTH,
        "key, secret, images": p.KEY_MONTH + p.SECRET_MONTH + 10 * p.IMAGE_GB_MONTH,
    }


def jobs_of_a_month(use: Use) -> float:
    """US dollars a month for jobs, with the storage of all that are kept by then."""
    return sum(cost_of_a_job(use).values()) * use.jobs_a_day * DAYS_A_MONTH


def _host(hourly: float, disk_gb: float) -> float:
    return hourly * p.HOURS_A_MONTH + disk_gb * p.EBS_GB_MONTH


def _hourly(instance_type: str) -> float:
    return {"t4g.small": p.T4G_SMALL, "t4g.medium": p.T4G_MEDIUM}[instance_type]


def _metrics() -> tuple[int, int]:
    """Metrics that alarms look at, each of which is paid for, and metrics made from logs."""
    resources = read_template(ECS / "templates" / "60-observability.yaml").resources.values()
    alarms = [each["Properties"] for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"]
    looked_at = sum(sum("MetricStat" in part for part in alarm.get("Metrics", [])) or 1 for alarm in alarms)
    return looked_at, sum(each["Type"] == "AWS::Logs::MetricFilter" for each in resources)


def _firewall_rules() -> int:
    cluster = read_template(ECS / "templates" / "40-cluster.yaml").resources
    return len(cluster["Firewall"]["Properties"]["Rules"])


def tables(uses: Mapping[str, Use]) -> str:
    """Everything that docs/cost.md says of money."""
    parts = [_use_table(uses), _table_of(uses, cost_of_a_job, "$ a job", 6), _month_table(uses)]
    return "\n\n".join(parts)


def _use_table(uses: Mapping[str, Use]) -> str:
    rows = [["", *uses]]
    rows.append(["parameters", *(f"{use.file}.json" for use in uses.values())])
    rows.append(["jobs a day", *(f"{use.jobs_a_day:,.0f}" for use in uses.values())])
    rows.append(["mean input, packed", *(f"{use.megabytes:g} MB" for use in uses.values())])
    rows.append(["a job takes", *(f"{use.seconds:.1f} s" for use in uses.values())])
    rows.append(["tasks are busy", *(f"{use.utilisation:.0%}" for use in uses.values())])
    return table(rows)


def _table_of(uses: Mapping[str, Use], parts: object, head: str, digits: int) -> str:
    found = {name: parts(use) for name, use in uses.items()}  # type: ignore[operator]
    first = next(iter(found.values()))
    rows = [[head, *found]]
    rows += [[part, *(f"{each[part]:,.{digits}f}" for each in found.values())] for part in first]
    rows.append(["**together**", *(f"**{sum(each.values()):,.{digits}f}**" for each in found.values())])
    return table(rows)


def _month_table(uses: Mapping[str, Use]) -> str:
    def month(use: Use) -> Mapping[str, float]:
        return {**cost_of_a_month(use), "all jobs": jobs_of_a_month(use)}

    return _table_of(uses, month, "$ a month", 2)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the tables, or those of a use of one's own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cost", description=__doc__)
    parser.add_argument("--jobs-a-day", type=float)
    parser.add_argument("--input-mb", type=float, default=10.0)
    parser.add_argument("--parameters", choices=["small-lab", "production"], default="small-lab")
    given = parser.parse_args(arguments)
    uses = USES
    if given.jobs_a_day:
        own = replace(
            USES["a lab"], file=given.parameters, jobs_a_day=given.jobs_a_day, megabytes=given.input_mb
        )
        uses = {"yours": own}
    sys.stdout.write(f"US dollars, us-east-1; storage as of {PRICES_AS_OF}.\n\n{tables(uses)}\n")


if __name__ == "__main__":
    main()
