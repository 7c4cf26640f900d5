"""Applies the templates to the cloud at ``AWS_ENDPOINT_URL``: run as ``python -m local.deployment``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import boto3

from local.applier import apply_template
from local.applier.stack import Outputs
from local.task_roles import apply_task_roles

ECS = Path(__file__).parents[1] / "ecs"
DEFINITION = "after_completion.asl.json"
MAIL_FROM = "gas@localhost.localdomain"


def deploy(web_url: str) -> Outputs:
    """Create all tables, buckets, topics, queues and the state machine; the outputs of both templates."""
    data = apply_template(ECS / "templates" / "20-data.yaml", {"WebOrigin": web_url})
    handed_on = ("DataKey", "JobsTable", "AccountsTable", "JobRequestsTopic", "RestoreCompletedTopic")
    messaging = apply_template(
        ECS / "templates" / "30-messaging.yaml",
        {
            "WebUrl": web_url,
            "MailFrom": MAIL_FROM,
            # Locally the definition is read from its file; on AWS it is uploaded to this bucket first.
            "ArtifactsBucket": "artifacts",
            **{name: data[name] for name in handed_on},
        },
        files={DEFINITION: ECS / "state_machines" / DEFINITION},
    )
    return {**data, **messaging}


def make_vault(name: str) -> Outputs:
    """Make a vault, which no template can: CloudFormation has no such resource."""
    boto3.client("glacier").create_vault(vaultName=name)
    return {"Vault": name}


def main() -> None:
    """Deploy and write the outputs to a file."""
    parser = argparse.ArgumentParser(prog="python -m local.deployment", description=__doc__)
    parser.add_argument("--web-url", required=True, help="address of the web app, as browsers see it")
    parser.add_argument("--outputs", type=Path, required=True, help="file for the outputs, as JSON")
    parser.add_argument("--vault", help="also make an Amazon Glacier vault of this name")
    given = parser.parse_args()
    outputs = deploy(given.web_url)
    if given.vault:
        outputs = {**outputs, **make_vault(given.vault)}
    outputs = {**outputs, **apply_task_roles(outputs)}
    given.outputs.write_text(json.dumps(outputs, indent=2) + "\n")


if __name__ == "__main__":
    main()
