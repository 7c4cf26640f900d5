"""The operator's commands: run as ``python -m ecs``, with the credentials of an administrator.

AWS is found as by the AWS command line: profile, region and keys come from its environment or configuration.
"""

from __future__ import annotations

import argparse
import json
import sys
from functools import cache
from pathlib import Path

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from ecs.dead_letters import DeadLetters
from ecs.deploying import Deployment
from ecs.destroying import destroy
from ecs.draining import WORKERS, close_web, drain_host, open_web, resume_workers, suspend_workers
from ecs.images import push_images
from ecs.rendering import write_all
from ecs.smoke import Failed, smoke
from ecs.stacks import ORDER, SERVICES, CannotDeploy, Plan
from gas.aws.accounts import DynamoAccountStore
from gas.aws.jobs import DynamoJobStore

client = cache(boto3.client)


def say(line: str) -> None:
    """A line for the operator."""
    print(line, flush=True)


def ask(name: str, lines: list[str]) -> bool:
    """Show what would change, and ask."""
    say("\n".join([f"{name}:", *(f"  {line}" for line in lines)]))
    return input("Do this? [y/N] ").strip().lower() == "y"


def images_file(plan: Path) -> Path:
    """Beside the parameters: the images that a system runs are worth a commit."""
    return plan.with_suffix(".images.json")


def outputs(plan: Plan, stack: str) -> dict[str, str]:
    """Of one stack that exists."""
    found = client("cloudformation").describe_stacks(StackName=plan.stack_name(stack))["Stacks"][0]
    return {each["OutputKey"]: each["OutputValue"] for each in found.get("Outputs", [])}


def deploy(given: argparse.Namespace, plan: Plan) -> None:
    """Apply the stacks."""
    path = images_file(given.parameters)
    images = json.loads(path.read_text()) if path.exists() else {}
    agree = (lambda _name, _lines: True) if given.yes else ask
    Deployment(plan, client, agree, say, images).run(given.stack)


def build_images(given: argparse.Namespace, plan: Plan) -> None:
    """Build, push, and note the digests."""
    cluster = outputs(plan, "40-cluster")
    repositories = {each: cluster[f"{each.capitalize()}RepositoryUri"] for each in SERVICES}
    images = push_images(client("ecr"), repositories, given.tag)
    images_file(given.parameters).write_text(json.dumps(images, indent=2) + "\n")
    say("\n".join(images.values()))


def dead_letters(given: argparse.Namespace, plan: Plan) -> None:
    """Count them, show them, or settle them."""
    letters = DeadLetters(
        client("sqs"),
        DynamoJobStore(client("dynamodb"), f"{plan.name}-jobs"),
        DynamoAccountStore(client("dynamodb"), f"{plan.name}-accounts"),
        plan.name,
    )
    if given.service is None:
        say("\n".join(f"{service:10} {letters.count(service)}" for service in WORKERS))
        return
    seen = []
    for letter in letters.letters(given.service, limit=given.limit):
        todo = ", ".join(f"tell the {worker}" for worker, _ in letter.answers) or "drop"
        settled = given.redrive and (letter.readable or given.drop_unreadable)
        say(f"{letter.about}: {todo if letter.readable else 'unreadable'}{'' if settled else ' (left)'}")
        if settled:
            letters.settle(given.service, letter)
        else:
            seen.append(letter)
    # Only now: else the next receipt would bring the same letters.
    for letter in seen:
        letters.show_again(given.service, letter)


def drain(given: argparse.Namespace, plan: Plan) -> None:
    """Empty one host."""
    found = drain_host(client("ecs"), plan.name, given.instance)
    say("\n".join(found) or f"{given.instance} is no host of the cluster {plan.name}.")


def maintain(given: argparse.Namespace, plan: Plan) -> None:
    """Begin or end maintenance."""
    listener = outputs(plan, "40-cluster")["HttpsListener"]
    scaling, elb = client("application-autoscaling"), client("elbv2")
    if given.state == "on":
        close_web(elb, listener)
        suspend_workers(scaling, client("ecs"), plan, plan.name, services=WORKERS)
    else:
        resume_workers(scaling, client("ecs"), plan, plan.name, services=WORKERS)
        open_web(elb, listener)
    say(f"Maintenance is {given.state}.")


def take_down(given: argparse.Namespace, plan: Plan) -> None:
    """Delete all but the data, if the operator knows its name."""
    if given.name != plan.name:
        raise CannotDeploy(f"Say --name {plan.name} to delete it; nothing was done.")
    destroy(client("cloudformation"), plan, say)
    images_file(given.parameters).unlink(missing_ok=True)  # They went with their repositories.


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m ecs", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    def add(name: str, what: str, run: object) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=what, description=what)
        command.add_argument("parameters", type=Path, help="such as ecs/parameters/small-lab.json")
        command.set_defaults(run=run)
        return command

    command = add("deploy", "show what would change, stack by stack, and change it", deploy)
    command.add_argument("--stack", choices=ORDER, help="this stack alone")
    command.add_argument("--yes", action="store_true", help="do not ask")
    command = add("images", "build and push the images, and note their digests", build_images)
    command.add_argument("--tag", required=True, help="the commit; a tag is never used twice")
    command = add("dead-letters", "count, show or settle what was received too often", dead_letters)
    command.add_argument("service", nargs="?", choices=WORKERS)
    command.add_argument("--redrive", action="store_true", help="have each done that its job still needs")
    command.add_argument("--drop-unreadable", action="store_true", help="with --redrive")
    command.add_argument("--limit", type=int, default=100)
    command = add("drain", "move the tasks of one host elsewhere", drain)
    command.add_argument("instance", help="id of the EC2 instance")
    command = add("maintenance", "close the web app and let the workers finish; or open again", maintain)
    command.add_argument("state", choices=["on", "off"])
    command = add("destroy", "delete every stack but that of the data", take_down)
    command.add_argument("--name", required=True, help="the name of the system, to be sure")
    commands.add_parser("task-definitions", help="write ecs/task_definitions anew from the templates")
    command = commands.add_parser("smoke", help="take a small VCF through a deployed system")
    command.add_argument("web", help="address of the web app")
    command.add_argument("--token-file", type=Path, required=True, help="holds a personal access token")
    return parser


def main(arguments: list[str] | None = None) -> int:
    """One command; 1 and a sentence if it could not be done."""
    given = _parser().parse_args(arguments)
    try:
        if given.command == "smoke":
            smoke(given.web, given.token_file.read_text().strip(), say)
        elif given.command == "task-definitions":
            write_all()
        else:
            given.run(given, Plan.read(given.parameters))
    except (CannotDeploy, Failed, ClientError, BotoCoreError, OSError, ValueError) as error:
        print(f"{error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
