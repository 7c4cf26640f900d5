"""The task definitions as JSON for the ECS console, made from the service templates.

Run as ``python -m ecs task-definitions``. The files in ``ecs/task_definitions`` hold example values. What is
registered in the console by hand is overwritten by the next deployment of the stack.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ecs.stacks import ROOT, SERVICES, template_path
from local.applier.expressions import Resolver
from local.applier.parameters import parameter_values
from local.applier.target import Applied
from local.applier.template import read_template

FOLDER = ROOT / "task_definitions"
ACCOUNT, REGION = "123456789012", "us-east-1"

#: Values of an example system called gas; the outputs of its stacks, and what its operator said.
EXAMPLES = {
    "Cluster": "gas",
    "WorkCapacityProvider": "gas-work",
    "WebCapacityProvider": "gas-web",
    "Vpc": "vpc-0123456789abcdef0",
    "PrivateSubnets": "subnet-0123456789abcdef0,subnet-0123456789abcdef1",
    "LoadBalancerSecurityGroup": "sg-0123456789abcdef0",
    "LoadBalancerFullName": "app/gas/0123456789abcdef",
    "HttpsListener": f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:listener/app/gas/0123/4567",
    "WebUrl": "https://gas.example.org",
    "WebHost": "gas.example.org",
    "WebSecret": f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:gas-web-AbCdEf",
    "DataKey": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555",
    "JobsTable": "gas-jobs",
    "AccountsTable": "gas-accounts",
    "TokensTable": "gas-tokens",
    "InputsBucket": f"gas-inputs-{ACCOUNT}-{REGION}",
    "ResultsBucket": f"gas-results-{ACCOUNT}-{REGION}",
    "StateMachineArn": f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:gas-after-completion",
    **{
        f"{name}Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:gas-{topic}"
        for name, topic in (
            ("JobRequests", "job-requests"),
            ("ArchiveRequests", "archive-requests"),
            ("RestoreRequests", "restore-requests"),
            ("RestoreCompleted", "restore-completed"),
        )
    },
    **{
        f"{service.capitalize()}QueueUrl": f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/gas-{service}"
        for service in SERVICES[1:]
    },
}


def render(service: str, values: Mapping[str, str] = EXAMPLES) -> dict[str, Any]:
    """What register-task-definition takes.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
    """
    template = read_template(template_path(f"50-service-{service}"))
    image = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/gas/{service}@sha256:{'0' * 64}"
    given = {"Image": image, **values}
    parameters = parameter_values(
        template.parameters, {name: given[name] for name in template.parameters if name in given}
    )
    pseudo = {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws"}
    resolver = Resolver({**parameters, **pseudo}, template.conditions, _made(service))
    properties = resolver.resolve(template.resources["TaskDefinition"]["Properties"])
    call: dict[str, Any] = _as_call(properties)
    # Those of the task are text, those of a container numbers.
    for container in call["containerDefinitions"]:
        container.update(cpu=int(container["cpu"]), memory=int(container["memory"]))
    return call


def write_all(folder: Path = FOLDER, values: Mapping[str, str] = EXAMPLES) -> None:
    """One file for each service."""
    for service in SERVICES:
        text = json.dumps(render(service, values), indent=2) + "\n"
        (folder / f"{service}.json").write_text(text)


def _made(service: str) -> dict[str, Applied]:
    """What the stack itself makes, under the names that it would have."""
    roles = {
        role: Applied(name, {"Arn": f"arn:aws:iam::{ACCOUNT}:role/{name}"})
        for role, name in ((role, f"gas-{service}-{role}") for role in ("TaskRole", "ExecutionRole"))
    }
    return {**roles, "LogGroup": Applied(f"/gas/gas/{service}")}


def _as_call(properties: Any, name: str = "") -> Any:
    """CloudFormation's names begin with a capital, those of the call do not."""
    if isinstance(properties, dict):
        # The keys of log options are the user's own.
        keep = name == "Options"
        return {
            key if keep else key[0].lower() + key[1:]: _as_call(value, key)
            for key, value in properties.items()
        }
    if isinstance(properties, list):
        return [_as_call(each, name) for each in properties]
    return properties
