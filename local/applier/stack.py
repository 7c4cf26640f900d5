"""Applying one template: everything is checked first, then applied in the order of dependence."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path
from typing import Any

import boto3

from local.applier.errors import TemplateError
from local.applier.expressions import Resolver, references
from local.applier.parameters import parameter_values
from local.applier.resources import RESOURCES
from local.applier.shapes import check
from local.applier.target import KNOWN_NOT_ENFORCED, Applied, Target
from local.applier.template import Template, read_template

Outputs = dict[str, str]


def apply_template(
    path: Path,
    parameters: Mapping[str, str] | None = None,
    files: Mapping[str, Path] | None = None,
    session: boto3.Session | None = None,
    stack_name: str | None = None,
) -> Outputs:
    """Create or update what the template describes, and return its outputs.

    `files` holds what on AWS lies in the artifacts bucket: a DefinitionS3Location's key and its file.
    Nothing is ever deleted: a second run of the same template changes nothing.
    """
    template = read_template(path)
    values = parameter_values(template.parameters, dict(parameters or {}))
    _check_all(template)
    target = Target(session or boto3.Session(), stack_name or path.stem, files or {})
    resolver = Resolver({**values, **_pseudo_parameters(target)}, template.conditions)
    for name in _in_order(template):
        _apply(name, template.resources[name], resolver, target)
    _say_what_is_not_enforced(target)
    return _outputs(template, resolver)


def apply_resource(path: Path, logical_id: str, parameters: Mapping[str, str], *, stack_name: str) -> Applied:
    """Create or update one resource of a template, which must not need another one of it."""
    template = read_template(path)
    resource = template.resources[logical_id]
    target = Target(boto3.Session(), stack_name, {})
    values = parameter_values(template.parameters, dict(parameters))
    resolver = Resolver({**values, **_pseudo_parameters(target)}, template.conditions)
    _apply(logical_id, resource, resolver, target)
    return resolver.applied[logical_id]


def _check_all(template: Template) -> None:
    for name, resource in template.resources.items():
        if resource["Type"] not in RESOURCES:
            raise TemplateError(f"{name}: {resource['Type']} is not known here")
        check(resource.get("Properties", {}), RESOURCES[resource["Type"]].shape, name)


def _pseudo_parameters(target: Target) -> dict[str, str]:
    return {
        "AWS::AccountId": target.account,
        "AWS::Region": target.region,
        "AWS::Partition": "aws",
        "AWS::StackName": target.stack_name,
        "AWS::URLSuffix": "amazonaws.com",
    }


def _in_order(template: Template) -> list[str]:
    graph = {name: _needed(resource, template) for name, resource in template.resources.items()}
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as e:
        raise TemplateError(f"These resources need each other: {', '.join(e.args[1])}") from e


def _needed(resource: dict[str, Any], template: Template) -> set[str]:
    named = resource.get("DependsOn", [])
    explicit = {named} if isinstance(named, str) else set(named)
    if missing := sorted(explicit - set(template.resources)):
        raise TemplateError(f"DependsOn: there is no resource {', '.join(missing)}")
    return explicit | (set(references(resource.get("Properties", {}))) & set(template.resources))


def _apply(name: str, resource: dict[str, Any], resolver: Resolver, target: Target) -> None:
    if "Condition" in resource and not resolver.holds(resource["Condition"]):
        return
    kind = RESOURCES[resource["Type"]]
    properties = resolver.resolve(resource.get("Properties", {}))
    check(properties, kind.shape, name)
    resolver.applied[name] = kind.apply(name, properties, target)


def _say_what_is_not_enforced(target: Target) -> None:
    for what in sorted(target.not_enforced):
        print(f"{target.stack_name}: {what}: {KNOWN_NOT_ENFORCED[what]}")


def _outputs(template: Template, resolver: Resolver) -> Outputs:
    return {
        name: str(resolver.resolve(output["Value"]))
        for name, output in template.outputs.items()
        if "Condition" not in output or resolver.holds(output["Condition"])
    }
