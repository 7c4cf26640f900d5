"""Reading a CloudFormation template, its short forms (!Ref, !Sub) included."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from local.applier.errors import TemplateError

SECTIONS = frozenset(
    {
        "AWSTemplateFormatVersion",
        "Description",
        "Metadata",
        "Parameters",
        "Conditions",
        "Resources",
        "Outputs",
    }
)
#: What a resource may have; the two policies matter only when something is deleted.
RESOURCE_ATTRIBUTES = frozenset(
    {"Type", "Properties", "DependsOn", "Condition", "DeletionPolicy", "UpdateReplacePolicy", "Metadata"}
)
OUTPUT_ATTRIBUTES = frozenset({"Value", "Description", "Condition", "Export"})


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """SafeLoader that also knows CloudFormation's tags."""


def _long_form(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    if isinstance(node, yaml.ScalarNode):
        value: Any = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _long_form)


@dataclass(frozen=True)
class Template:
    """The sections that are applied."""

    parameters: dict[str, dict[str, Any]]
    conditions: dict[str, Any]
    resources: dict[str, dict[str, Any]]
    outputs: dict[str, dict[str, Any]]


def _refuse_unknown(what: str, given: dict[str, Any], known: frozenset[str]) -> None:
    if unknown := sorted(set(given) - known):
        raise TemplateError(f"{what}: {', '.join(unknown)} cannot be applied")


def read_template(path: Path) -> Template:
    """Refuses sections and attributes that nothing here would look at."""
    # The loader is a SafeLoader: its tags make plain dictionaries.
    document = yaml.load(path.read_text(), Loader=_Loader)  # noqa: S506
    _refuse_unknown(path.name, document, SECTIONS)
    for name, resource in document["Resources"].items():
        _refuse_unknown(name, resource, RESOURCE_ATTRIBUTES)
    for name, output in document.get("Outputs", {}).items():
        _refuse_unknown(name, output, OUTPUT_ATTRIBUTES)
    return Template(
        parameters=document.get("Parameters", {}),
        conditions=document.get("Conditions", {}),
        resources=document["Resources"],
        outputs=document.get("Outputs", {}),
    )
