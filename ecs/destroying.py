"""Taking a system down, but for its data."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from ecs.stacks import DATA, ORDER, CannotDeploy, Plan

POLL_SECONDS = 5.0


def destroy(
    cloudformation: Any, plan: Plan, say: Callable[[str], None], pause: Callable[[float], None] = time.sleep
) -> None:
    """Delete every stack but that of the data, the last first.

    The tables, buckets, topics and the key stay: the same file deploys a new system on them. Whoever wants
    them gone does it by hand, one after the other, in the console.

    :raises CannotDeploy: a stack could not be deleted.
    """
    for stack in reversed(ORDER):
        name = plan.stack_name(stack)
        if stack == DATA:
            say(f"{name}: kept, with all data.")
        elif _status(cloudformation, name) is not None:
            cloudformation.delete_stack(StackName=name)
            _wait_until_gone(cloudformation, name, pause)
            say(f"{name}: deleted.")


def _wait_until_gone(cloudformation: Any, name: str, pause: Callable[[float], None]) -> None:
    while (status := _status(cloudformation, name)) is not None:
        if not status.endswith("_IN_PROGRESS"):
            raise CannotDeploy(f"{name} is {status}; its events in the console say what is in the way.")
        pause(POLL_SECONDS)


def _status(cloudformation: Any, name: str) -> str | None:
    try:
        status = str(cloudformation.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"])
    except ClientError as error:
        if "does not exist" in str(error):
            return None
        raise
    return None if status == "DELETE_COMPLETE" else status
