"""AWS::Events::Rule: schedules."""

from typing import Any

from local.applier.shapes import SCALAR
from local.applier.target import Applied, Target

ATTRIBUTES = ("Description", "ScheduleExpression", "State")
TARGET = {"Id": SCALAR, "Arn": SCALAR, "Input": SCALAR, "DeadLetterConfig": {"Arn": SCALAR}}
SHAPE = {"Name": SCALAR, **dict.fromkeys(ATTRIBUTES, SCALAR), "Targets": [TARGET]}


def apply(logical_id: str, properties: dict[str, Any], target: Target) -> Applied:
    """Targets that the template no longer has are taken away."""
    events, name = target.client("events"), properties.get("Name", target.name(logical_id))
    options = {key: properties[key] for key in ATTRIBUTES if key in properties}
    arn = events.put_rule(Name=name, **options)["RuleArn"]
    targets = properties.get("Targets", [])
    if targets:
        events.put_targets(Rule=name, Targets=targets)
    there = {one["Id"] for one in events.list_targets_by_rule(Rule=name)["Targets"]}
    if gone := sorted(there - {one["Id"] for one in targets}):
        events.remove_targets(Rule=name, Ids=gone)
    if any("DeadLetterConfig" in one for one in targets):
        target.note_not_enforced("AWS::Events::Rule.DeadLetterConfig")
    return Applied(name, {"Arn": arn})
