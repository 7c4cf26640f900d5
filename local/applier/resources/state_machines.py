"""AWS::StepFunctions::StateMachine."""

import re
from typing import Any

from local.applier.errors import TemplateError
from local.applier.shapes import DOCUMENT, SCALAR
from local.applier.target import Applied, Target

SHAPE = {
    "StateMachineName": SCALAR,
    "StateMachineType": SCALAR,
    "RoleArn": SCALAR,
    "LoggingConfiguration": {
        "Level": SCALAR,
        "IncludeExecutionData": SCALAR,
        "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": SCALAR}}],
    },
    "TracingConfiguration": {"Enabled": SCALAR},
    "DefinitionS3Location": {"Bucket": SCALAR, "Key": SCALAR},
    "DefinitionSubstitutions": DOCUMENT,
}
PLACEHOLDER = re.compile(r"\$\{(\w+)\}")


def apply(logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """Executions that run keep the definition that they were started with."""
    name = properties.get("StateMachineName", target.name(logical_id))
    arn = f"arn:aws:states:{target.region}:{target.account}:stateMachine:{name}"
    definition = _definition(logical_id, properties, target)
    states, role = target.client("stepfunctions"), properties["RoleArn"]
    if "LoggingConfiguration" in properties:
        target.note_not_enforced("AWS::StepFunctions::StateMachine.LoggingConfiguration")
    if not _exists(arn, states):
        kind = properties.get("StateMachineType", "STANDARD")
        states.create_state_machine(name=name, definition=definition, roleArn=role, type=kind)
    elif (definition, role) != _current(arn, states):
        states.update_state_machine(stateMachineArn=arn, definition=definition, roleArn=role)
    return Applied(arn, {"Arn": arn, "Name": name})


def _definition(logical_id: str, properties: dict[str, Any], target: Target) -> str:
    """The file that on AWS lies in the artifacts bucket under the same key."""
    key = properties["DefinitionS3Location"]["Key"]
    if key not in target.files:
        raise TemplateError(f"{logical_id}: no file was given for {key}")
    substitutions = properties.get("DefinitionSubstitutions", {})

    def fill(match: re.Match[str]) -> str:
        if match[1] not in substitutions:
            raise TemplateError(f"{logical_id}: {key} asks for {match[1]}, which is not substituted")
        return str(substitutions[match[1]])

    return PLACEHOLDER.sub(fill, target.files[key].read_text())


def _exists(arn: str, states: Any) -> bool:
    try:
        states.describe_state_machine(stateMachineArn=arn)
    except states.exceptions.StateMachineDoesNotExist:
        return False
    return True


def _current(arn: str, states: Any) -> tuple[str, str]:
    there = states.describe_state_machine(stateMachineArn=arn)
    return there["definition"], there["roleArn"]
