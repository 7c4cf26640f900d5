"""Applying the stacks in their order, each by a change set that is shown first."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from ecs.stacks import (
    DATA,
    DEFINITION,
    ORDER,
    SERVICES,
    CannotDeploy,
    Plan,
    parameters_of,
    stacks,
    template_path,
)
from local.applier.template import read_template

POLL_SECONDS = 5.0

#: A template in the request may be so long; a longer one has to lie in a bucket.
#: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
MAX_BODY_BYTES = 51_200

#: A stack that was never made, and cannot be any more.
_DEAD = {"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "DELETE_FAILED"}

#: What CloudFormation says of a change set that would change nothing.
_NOTHING = ("didn't contain changes", "No updates are to be performed")


@dataclass
class Deployment:
    """One walk through the stacks.

    :ivar client: makes the AWS client of a service.
    :ivar agree: asked with the lines of a change set; false leaves the stack as it is and ends the walk.
    :ivar images: by service, the image with its digest.
    """

    plan: Plan
    client: Callable[[str], Any]
    agree: Callable[[str, list[str]], bool]
    say: Callable[[str], None]
    images: Mapping[str, str]
    known: dict[str, str] = field(default_factory=dict)
    pause: Callable[[float], None] = time.sleep

    def run(self, only: str | None = None) -> None:
        """Apply all stacks, or one of them with the outputs of those before it.

        :raises CannotDeploy: a parameter is missing, data would be replaced, or CloudFormation failed.
        """
        self.plan.refuse_unsaid()
        for stack in stacks():
            if only in (None, stack) and not self._apply(stack):
                return
            if only == stack:
                return
            self.known.update(self._outputs(stack))

    def _apply(self, stack: str) -> bool:
        if stack == "30-messaging":
            self.known["DefinitionKey"] = self._upload_definition()
        name = self.plan.stack_name(stack)
        self._wait_for_earlier(name)
        change_set = self._make_change_set(stack, name)
        if change_set is None:
            self._refuse_unfinished(name)
            self.say(f"{name}: nothing to change.")
        elif not self._execute(stack, name, change_set):
            return False
        if stack == DATA:  # Also when the deployment that made it was interrupted before this.
            self.client("cloudformation").update_termination_protection(
                StackName=name, EnableTerminationProtection=True
            )
        return True

    def _execute(self, stack: str, name: str, change_set: dict[str, Any]) -> bool:
        lines = [line_of(each["ResourceChange"]) for each in change_set["Changes"]]
        refuse_harm(stack, change_set["Changes"])
        if not self.agree(name, lines):
            self.client("cloudformation").delete_change_set(ChangeSetName=change_set["ChangeSetId"])
            return False
        # A creation that fails stays as far as it came, logs included, and the next deployment goes on from
        # there; were it rolled back, tables and buckets would be left whose names are then taken.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stack-failure-options.html
        self.client("cloudformation").execute_change_set(
            ChangeSetName=change_set["ChangeSetId"], DisableRollback=not self._exists(name)
        )
        self._wait_for_stack(name)
        return True

    def _make_change_set(self, stack: str, name: str) -> dict[str, Any] | None:
        body = template_path(stack).read_text()
        declared = read_template(template_path(stack)).parameters
        known = {**self.known, **self._image(stack), **self._rollback_alarms(stack)}
        is_new = not self._exists(name)
        made = self.client("cloudformation").create_change_set(
            StackName=name,
            ChangeSetName=f"gas-{int(time.time())}",
            ChangeSetType="CREATE" if is_new else "UPDATE",
            # What an earlier stack of this name has left: buckets and tables outlive theirs.
            ImportExistingResources=is_new,
            TemplateBody=body,
            Parameters=parameters_of(stack, self.plan, declared, known),
            Capabilities=["CAPABILITY_IAM"],
            Tags=[{"Key": "gas", "Value": self.plan.name}],
        )
        return self._wait_for_change_set(made["Id"])

    def _image(self, stack: str) -> dict[str, str]:
        service = stack.rpartition("-")[2]
        if service not in SERVICES:
            return {}
        if service not in self.images:
            raise CannotDeploy(f"There is no image of {service} yet; run `python -m ecs images` first.")
        return {"Image": self.images[service]}

    def _rollback_alarms(self, stack: str) -> dict[str, str]:
        """Of a service, from the second deployment on: alarms are made after the services that they watch."""
        service = stack.rpartition("-")[2]
        if service not in SERVICES or not self._exists(self.plan.stack_name(ORDER[-1])):
            return {}
        alarms = self._outputs(ORDER[-1]).get(f"{service.capitalize()}RollbackAlarms")
        return {"RollbackAlarms": alarms} if alarms else {}  # A stack that was never finished has no outputs.

    def _wait_for_change_set(self, change_set: str) -> dict[str, Any] | None:
        while True:
            found = self.client("cloudformation").describe_change_set(ChangeSetName=change_set)
            status, reason = found["Status"], found.get("StatusReason", "")
            if status == "CREATE_COMPLETE":
                return dict(found)
            if status == "FAILED":
                self.client("cloudformation").delete_change_set(ChangeSetName=change_set)
                if any(words in reason for words in _NOTHING):
                    return None
                raise CannotDeploy(f"CloudFormation made no change set of {found['StackName']}: {reason}")
            self.pause(POLL_SECONDS)

    def _wait_for_earlier(self, name: str) -> None:
        """Until what an interrupted deployment has begun is over, however it ends.

        :raises CannotDeploy: the stack can be neither changed nor made.
        """
        while self._exists(name) and (status := self._status(name)).endswith("_IN_PROGRESS"):
            self.say(f"{name} is {status}; waiting for its end.")
            self.pause(POLL_SECONDS)
        if self._exists(name) and self._status(name) in _DEAD:
            raise CannotDeploy(
                f"{name} is {self._status(name)}: it was never made, or is half deleted. Its events in the "
                "console say why; delete the stack there and deploy again."
            )

    def _refuse_unfinished(self, name: str) -> None:
        if self._status(name).endswith("_FAILED"):
            raise CannotDeploy(
                f"{name} is {self._status(name)}; its events in the console say why. Mend that, choose Retry "
                "there, and deploy again."
            )

    def _wait_for_stack(self, name: str) -> None:
        while True:
            status = self._status(name)
            if status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
                self.say(f"{name}: {status}.")
                return
            if not status.endswith("_IN_PROGRESS"):
                raise CannotDeploy(f"{name} is {status}; its events in the console say why.")
            self.pause(POLL_SECONDS)

    def _exists(self, name: str) -> bool:
        """A stack whose first change set was not executed is in review, and is made by another."""
        try:
            return self._status(name) != "REVIEW_IN_PROGRESS"
        except ClientError as error:
            if "does not exist" in str(error):
                return False
            raise

    def _status(self, name: str) -> str:
        return str(self._describe(name)["StackStatus"])

    def _describe(self, name: str) -> dict[str, Any]:
        return dict(self.client("cloudformation").describe_stacks(StackName=name)["Stacks"][0])

    def _outputs(self, stack: str) -> dict[str, str]:
        name = self.plan.stack_name(stack)
        if not self._exists(name):
            raise CannotDeploy(f"{name} does not exist yet; deploy the stacks in their order.")
        found = self._describe(name).get("Outputs", [])
        return {each["OutputKey"]: each["OutputValue"] for each in found}

    def _upload_definition(self) -> str:
        """A new definition has a new key, so that the stack sees that it changed."""
        content = DEFINITION.read_bytes()
        key = f"after_completion-{hashlib.sha256(content).hexdigest()[:16]}.asl.json"
        self.client("s3").put_object(Bucket=self.known["ArtifactsBucket"], Key=key, Body=content)
        return key


def line_of(change: Mapping[str, Any]) -> str:
    """One change, as it is shown."""
    replaced = change.get("Replacement", "False")
    warning = {"True": "  REPLACED", "Conditional": "  perhaps replaced"}.get(replaced, "")
    return f"{change['Action']:8} {change['ResourceType']} {change['LogicalResourceId']}{warning}"


def refuse_harm(stack: str, changes: list[dict[str, Any]]) -> None:
    """Data is never replaced nor taken out of its stack by a deployment.

    :raises CannotDeploy: it would be.
    """
    if stack != DATA:
        return
    for each in (change["ResourceChange"] for change in changes):
        if each["Action"] == "Remove" or each.get("Replacement") in {"True", "Conditional"}:
            raise CannotDeploy(
                f"This would replace or drop {each['LogicalResourceId']}, which holds data; nothing was "
                "changed. Migrate the data by hand, or undo the change of the template."
            )
