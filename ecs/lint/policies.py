"""Every IAM policy of the templates, resolved with example values: ``python -m ecs.lint.policies FOLDER``.

parliament reads policies as IAM does, so the functions of CloudFormation have to be gone.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ecs.rendering import ACCOUNT, EXAMPLES, REGION
from ecs.stacks import stacks, template_path
from local.applier.expressions import Resolver
from local.applier.target import Applied
from local.applier.template import Template, read_template

#: The ARN of one resource of each type that a policy names.
ARNS = {
    "AWS::SNS::Topic": f"arn:aws:sns:{REGION}:{ACCOUNT}:gas-example",
    "AWS::SQS::Queue": f"arn:aws:sqs:{REGION}:{ACCOUNT}:gas-example",
    "AWS::S3::Bucket": "arn:aws:s3:::gas-example",
    "AWS::KMS::Key": EXAMPLES["DataKey"],
    "AWS::Logs::LogGroup": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/gas/gas/example:*",
}


def policies(stack: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name and the document of each policy of the roles of one stack."""
    template = read_template(template_path(stack))
    resolver = _resolver(template)
    for name, resource in template.resources.items():
        if resource["Type"] == "AWS::IAM::Role":
            for policy in resolver.resolve(resource["Properties"]).get("Policies", []):
                yield f"{stack}.{name}.{policy['PolicyName']}", policy["PolicyDocument"]


def _resolver(template: Template) -> Resolver:
    values = {
        name: EXAMPLES.get(name, each.get("Default", "example")) for name, each in template.parameters.items()
    }
    pseudo = {
        "AWS::AccountId": ACCOUNT,
        "AWS::Region": REGION,
        "AWS::Partition": "aws",
        "AWS::StackName": "gas",
    }
    made = {name: _example(each["Type"]) for name, each in template.resources.items()}
    return Resolver({**values, **pseudo}, template.conditions, made)


def _example(kind: str) -> Applied:
    arn = ARNS.get(kind, "arn:aws:example")
    return Applied(arn if kind == "AWS::SNS::Topic" else arn.rpartition(":")[2], {"Arn": arn})


def main(folder: Path) -> None:
    """Write them all, a file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for stack in stacks():
        for name, document in policies(stack):
            (folder / f"{name}.json").write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
