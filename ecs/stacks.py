"""The stacks, their order, and where each parameter comes from.

A parameter is given in the operator's file, or is the output of an earlier stack that has the same name, or
is left to the template's default.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent
TEMPLATES = ROOT / "templates"
DEFINITION = ROOT / "state_machines" / "after_completion.asl.json"

SERVICES = ("web", "annotator", "archiver", "restorer")

#: Each needs only what is before it.
ORDER = (
    "10-network",
    "20-data",
    "40-cluster",
    "30-messaging",
    *(f"50-service-{service}" for service in SERVICES),
    "60-observability",
)

#: Holds what cannot be made again: never replaced and never deleted by these commands.
DATA = "20-data"

#: In a parameters file, what only the operator knows begins so.
UNSAID = "CHANGE-ME"


class CannotDeploy(Exception):
    """Something is missing or would do harm; the sentence says what, and what to do."""


@dataclass(frozen=True)
class Plan:
    """A parameters file: the name of the system, and parameters by stack."""

    name: str
    parameters: Mapping[str, Mapping[str, str]]

    @classmethod
    def read(cls, path: Path) -> Plan:
        """Read a file.

        :raises CannotDeploy: it names a stack that does not exist.
        """
        content = json.loads(path.read_text())
        name = str(content.pop("Name", "gas"))
        if unknown := sorted(set(content) - set(ORDER)):
            raise CannotDeploy(f"{path} names stacks that do not exist: {', '.join(unknown)}.")
        return cls(name, content)

    def refuse_unsaid(self) -> None:
        """Nothing is deployed with a value that only the operator knows and has not said.

        :raises CannotDeploy: naming every parameter that nobody has filled in.
        """
        unsaid = [
            f"{stack}.{parameter}"
            for stack, values in self.parameters.items()
            for parameter, value in values.items()
            if str(value).startswith(UNSAID)
        ]
        if unsaid:
            raise CannotDeploy(f"Fill in these values in the parameters file first: {', '.join(unsaid)}.")

    def stack_name(self, stack: str) -> str:
        """As CloudFormation and the console show it."""
        return f"{self.name}-{stack.split('-', 1)[1]}"


def stacks() -> list[str]:
    """Those that have a template, in order."""
    return [stack for stack in ORDER if template_path(stack).exists()]


def template_path(stack: str) -> Path:
    """The template of a stack."""
    return TEMPLATES / f"{stack}.yaml"


def parameters_of(
    stack: str, plan: Plan, declared: Mapping[str, Any], known: Mapping[str, str]
) -> list[dict[str, str]]:
    """What CloudFormation is given.

    :param declared: the template's parameters.
    :param known: outputs of earlier stacks, and what is known otherwise, such as images.
    :raises CannotDeploy: a parameter has no value, or one is given that the template does not have.
    """
    given = plan.parameters.get(stack, {})
    if unknown := sorted(set(given) - set(declared)):
        raise CannotDeploy(f"{stack} has no parameter {', '.join(unknown)}; correct the parameters file.")
    values = {**{name: known[name] for name in declared if name in known}, **given}
    values["Name"] = plan.name
    missing = [name for name, each in declared.items() if name not in values and "Default" not in each]
    if missing:
        raise CannotDeploy(f"{stack} needs {', '.join(missing)}; say it in the parameters file.")
    return [
        {"ParameterKey": name, "ParameterValue": str(values[name])} for name in declared if name in values
    ]
