"""The task roles of the services, from their templates: the one part of those that a local run applies."""

from __future__ import annotations

from pathlib import Path

from local.applier import apply_resource
from local.applier.stack import Outputs
from local.applier.template import read_template

TEMPLATES = Path(__file__).parents[1] / "ecs" / "templates"
SERVICES = ("web", "annotator", "archiver", "restorer")

#: What the templates ask for and a local run does not have.
STAND_INS = {
    "Image": f"local@sha256:{'0' * 64}",
    "Cluster": "local",
    "WorkCapacityProvider": "local",
    "WebCapacityProvider": "local",
    "Vpc": "vpc-local",
    "PrivateSubnets": "subnet-local",
    "LoadBalancerSecurityGroup": "sg-local",
    "LoadBalancerFullName": "app/local",
    "HttpsListener": "local",
    "WebUrl": "https://localhost",
    "WebHost": "localhost",
    "WebSecret": "arn:aws:secretsmanager:us-east-1:123456789012:secret:local",
}


def apply_task_roles(outputs: Outputs) -> Outputs:
    """Make the role of each service; by ``WebTaskRole`` and so on, their names."""
    known = {**STAND_INS, **outputs}
    made = {}
    for service in SERVICES:
        template = TEMPLATES / f"50-service-{service}.yaml"
        given = {name: known[name] for name in read_template(template).parameters if name in known}
        role = apply_resource(template, "TaskRole", given, stack_name=f"gas-{service}")
        made[f"{service.capitalize()}TaskRole"] = role.ref
    return made
