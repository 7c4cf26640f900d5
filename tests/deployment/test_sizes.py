"""Whether what the parameters files allow fits together."""

from __future__ import annotations

import json

import pytest

from ecs.stacks import template_path
from local.applier.template import read_template
from tests.deployment.test_deploying import FILES

#: Tasks of 1 GiB on a host: by its memory, less what ECS keeps, and by its network interfaces, less its own.
#: https://docs.aws.amazon.com/ec2/latest/instancetypes/gp.html
WEB_TASKS = {"t4g.small": 1, "t4g.medium": 2}


@pytest.mark.parametrize("path", [None, *FILES], ids=lambda path: path.stem if path else "defaults")
def test_a_deployment_of_the_web_app_has_room_for_one_task_more(path):
    """A new task starts before an old one ends, also when all tasks are there."""
    given = json.loads(path.read_text()) if path else {}
    cluster, web = (values(stack, given) for stack in ("40-cluster", "50-service-web"))

    room = int(cluster["MaxWebHosts"]) * WEB_TASKS[cluster["WebInstanceType"]]
    assert int(web["Memory"]) == 1024
    assert room > int(web["MaxTasks"])


def values(stack: str, given: dict) -> dict:
    """What a stack is deployed with."""
    declared = read_template(template_path(stack)).parameters
    return {**{name: each.get("Default") for name, each in declared.items()}, **given.get(stack, {})}
