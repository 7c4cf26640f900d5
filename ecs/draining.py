"""Taking hosts and services out of use, gently."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ecs.stacks import SERVICES, Plan

WORKERS = SERVICES[1:]

#: Hosts in one call: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_UpdateContainerInstancesState.html
MOST_HOSTS = 10

MAINTENANCE = "<h1>Maintenance</h1><p>Nothing is lost: jobs that were submitted go on afterwards.</p>"


def drain_host(ecs: Any, cluster: str, instance_id: str) -> list[str]:
    """Have no new task placed on an EC2 instance, and those that are there replaced elsewhere.

    :returns: the ARNs that were set to DRAINING; none if the instance is not in the cluster.
    """
    arns = ecs.list_container_instances(cluster=cluster, filter=f"ec2InstanceId == {instance_id}")[
        "containerInstanceArns"
    ]
    for start in range(0, len(arns), MOST_HOSTS):
        some = arns[start : start + MOST_HOSTS]
        ecs.update_container_instances_state(cluster=cluster, containerInstances=some, status="DRAINING")
    return list(arns)


def suspend_workers(scaling: Any, ecs: Any, plan: Plan, cluster: str, *, services: Sequence[str]) -> None:
    """No scaling, and no task: messages wait in their queues; what is in hand is finished or given back."""
    for service in services:
        _set_suspended(scaling, plan, cluster, service, suspended=True)
        ecs.update_service(cluster=cluster, service=f"{plan.name}-{service}", desiredCount=0)


def resume_workers(scaling: Any, ecs: Any, plan: Plan, cluster: str, *, services: Sequence[str]) -> None:
    """The fewest tasks of each, and scaling, which adds what the backlog asks for."""
    for service in services:
        name = f"{plan.name}-{service}"
        ecs.update_service(
            cluster=cluster, service=name, desiredCount=_fewest(scaling, f"service/{cluster}/{name}")
        )
        _set_suspended(scaling, plan, cluster, service, suspended=False)


def _fewest(scaling: Any, target: str) -> int:
    found = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[target])
    return max(1, *(int(each["MinCapacity"]) for each in found["ScalableTargets"]))


def _set_suspended(scaling: Any, plan: Plan, cluster: str, service: str, *, suspended: bool) -> None:
    states = ("DynamicScalingInSuspended", "DynamicScalingOutSuspended", "ScheduledScalingSuspended")
    scaling.register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{cluster}/{plan.name}-{service}",
        ScalableDimension="ecs:service:DesiredCount",
        SuspendedState=dict.fromkeys(states, suspended),
    )


def close_web(elb: Any, listener: str) -> None:
    """Answer everything with a page that says so, unless it does already; the web app's tasks go on."""
    if _maintenance_rule(elb, listener):
        return
    elb.create_rule(
        ListenerArn=listener,
        Priority=1,
        Conditions=[{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/*"]}}],
        Actions=[
            {
                "Type": "fixed-response",
                "FixedResponseConfig": {
                    "StatusCode": "503",
                    "ContentType": "text/html",
                    "MessageBody": MAINTENANCE,
                },
            }
        ],
    )


def open_web(elb: Any, listener: str) -> bool:
    """Take that page away; whether there was one."""
    rule = _maintenance_rule(elb, listener)
    if rule:
        elb.delete_rule(RuleArn=rule)
    return rule is not None


def _maintenance_rule(elb: Any, listener: str) -> str | None:
    rules = elb.describe_rules(ListenerArn=listener)["Rules"]
    return next((str(each["RuleArn"]) for each in rules if each["Priority"] == "1"), None)
