"""The operator's commands that make and unmake stacks, on a CloudFormation that keeps what it is told."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from ecs.__main__ import main
from ecs.deploying import MAX_BODY_BYTES, Deployment
from ecs.destroying import destroy
from ecs.stacks import ORDER, SERVICES, CannotDeploy, Plan, stacks, template_path
from local.applier.template import read_template

PARAMETERS = Path(__file__).parents[2] / "ecs" / "parameters"
FILES = sorted(path for path in PARAMETERS.glob("*.json") if not path.name.endswith(".images.json"))
IMAGES = {service: f"r/gas/{service}@sha256:{'a' * 64}" for service in SERVICES}


class CloudFormation:
    """Makes what a change set says, and has an output for each that the template names."""

    def __init__(self) -> None:
        self.stacks: dict[str, dict] = {}
        self.protected: set[str] = set()
        self.ends = "COMPLETE"
        self.replaced: list[str] = []
        self._made: dict[str, dict] = {}

    def create_change_set(self, **asked):
        exists = asked["StackName"] in self.stacks
        assert asked["ChangeSetType"] == ("UPDATE" if exists else "CREATE")
        assert asked["ImportExistingResources"] == (not exists)
        asked["Outputs"] = re.findall(
            r"^  (\w+): \{Value", asked["TemplateBody"].partition("\nOutputs:")[2], re.MULTILINE
        )
        self._made[asked["StackName"]] = asked
        return {"Id": asked["StackName"]}

    def describe_change_set(self, ChangeSetName):  # noqa: N803 - as boto3 has it.
        asked, now = self._made[ChangeSetName], self.stacks.get(ChangeSetName)
        found = {"ChangeSetId": ChangeSetName, "StackName": ChangeSetName, "Status": "CREATE_COMPLETE"}
        if now and (now["TemplateBody"], now["Parameters"]) == (asked["TemplateBody"], asked["Parameters"]):
            reason = "The submitted information didn't contain changes."
            return {**found, "Status": "FAILED", "StatusReason": reason}
        change = {"Action": "Modify" if now else "Add", "ResourceType": "A::B::C", "LogicalResourceId": "X"}
        changes = [{**change, "Replacement": "True", "LogicalResourceId": name} for name in self.replaced]
        return {**found, "Changes": [{"ResourceChange": each} for each in changes or [change]]}

    def execute_change_set(self, ChangeSetName, DisableRollback):  # noqa: N803 - as boto3 has it.
        asked = self._made.pop(ChangeSetName)
        kind = "UPDATE" if ChangeSetName in self.stacks else "CREATE"
        assert DisableRollback == (kind == "CREATE")
        self.stacks[ChangeSetName] = {**asked, "StackStatus": f"{kind}_{self.ends}"}

    def delete_change_set(self, ChangeSetName):  # noqa: N803 - as boto3 has it.
        self._made.pop(ChangeSetName)

    def describe_stacks(self, StackName):  # noqa: N803 - as boto3 has it.
        if StackName not in self.stacks:
            raise ClientError({"Error": {"Message": f"Stack {StackName} does not exist"}}, "DescribeStacks")
        stack = self.stacks[StackName]
        outputs = [{"OutputKey": name, "OutputValue": f"{StackName}/{name}"} for name in stack["Outputs"]]
        return {"Stacks": [{"StackStatus": stack["StackStatus"], "Outputs": outputs}]}

    def update_termination_protection(self, StackName, EnableTerminationProtection):  # noqa: N803
        assert EnableTerminationProtection
        self.protected.add(StackName)

    def delete_stack(self, StackName):  # noqa: N803 - as boto3 has it.
        assert StackName not in self.protected
        del self.stacks[StackName]

    def parameters(self, stack: str) -> dict[str, str]:
        found = self.stacks[stack]["Parameters"]
        return {each["ParameterKey"]: each["ParameterValue"] for each in found}


class Storage:
    """Keeps what is put."""

    def __init__(self) -> None:
        self.objects: dict[tuple[str, str], bytes] = {}

    def put_object(self, Bucket, Key, Body):  # noqa: N803 - as boto3 has it.
        self.objects[Bucket, Key] = Body


@pytest.fixture
def clients():
    return {"cloudformation": CloudFormation(), "s3": Storage()}


@pytest.fixture
def plan() -> Plan:
    return filled(FILES[0])


def filled(path: Path) -> Plan:
    """A parameters file with everything said."""
    content = json.loads(path.read_text().replace("CHANGE-ME ", ""))
    return Plan(content.pop("Name"), content)


def deployment(plan: Plan, clients, *, agree=True, images=IMAGES) -> tuple[Deployment, list[str]]:
    said: list[str] = []
    return Deployment(plan, clients.__getitem__, lambda *_: agree, said.append, images), said


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_says_what_is_still_to_be_said(path, clients):
    """All of it at once, before anything is done."""
    with pytest.raises(CannotDeploy, match=r"40-cluster\.Certificate.*50-service-web\.WebSecret"):
        deployment(Plan.read(path), clients)[0].run()
    assert clients["cloudformation"].stacks == {}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_values_of_a_file_are_allowed(path):
    """Only parameters that the template has, with values that it takes."""
    for stack, values in filled(path).parameters.items():
        declared = read_template(template_path(stack)).parameters
        for name, value in values.items():
            each = declared[name]
            assert value in [str(allowed) for allowed in each.get("AllowedValues", [value])], (stack, name)
            assert re.fullmatch(each.get("AllowedPattern", ".*"), value), (stack, name)
            assert each["Type"] != "Number" or value.isdecimal()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_whole_system_is_deployed_in_order(path, clients):
    """Each stack with the outputs of those before it; the data is protected, the definition uploaded."""
    plan = filled(path)
    deployment(plan, clients)[0].run()

    cloud, name = clients["cloudformation"], plan.stack_name
    assert list(cloud.stacks) == [name(stack) for stack in stacks()]
    assert cloud.parameters(name("30-messaging"))["JobsTable"] == f"{name('20-data')}/JobsTable"
    assert cloud.parameters(name("50-service-web"))["Image"] == IMAGES["web"]
    assert cloud.parameters(name("50-service-web"))["Vpc"] == f"{name('10-network')}/Vpc"
    assert cloud.protected == {name("20-data")}
    (key,) = [key for _, key in clients["s3"].objects]
    assert cloud.parameters(name("30-messaging"))["DefinitionKey"] == key


def test_a_second_deployment_gives_the_services_their_alarms(plan, clients):
    """The alarms come after the services that they watch; a third deployment changes nothing."""
    deployment(plan, clients)[0].run()
    cloud, name = clients["cloudformation"], plan.stack_name
    assert "RollbackAlarms" not in cloud.parameters(name("50-service-web"))

    second, said = deployment(plan, clients)
    second.run()
    third, repeated = deployment(plan, clients)
    third.run()

    assert sum(line.endswith("nothing to change.") for line in said) == len(stacks()) - len(SERVICES)
    for service in SERVICES:
        given = cloud.parameters(name(f"50-service-{service}"))["RollbackAlarms"]
        assert given == f"{name('60-observability')}/{service.capitalize()}RollbackAlarms"
    assert [line.endswith("nothing to change.") for line in repeated] == [True] * len(stacks())


def test_a_no_leaves_the_stack_and_all_after_it(plan, clients):
    """And no change set lies about."""
    deployment(plan, clients, agree=False)[0].run()

    assert clients["cloudformation"].stacks == {}
    assert clients["cloudformation"]._made == {}


def test_data_is_never_replaced(plan, clients):
    """Whatever the operator would answer."""
    deployment(plan, clients)[0].run()
    cloud, data = clients["cloudformation"], plan.stack_name("20-data")
    cloud.stacks[data]["TemplateBody"] = "an older one"
    cloud.replaced = ["JobsTable"]

    with pytest.raises(CannotDeploy, match="JobsTable, which holds data; nothing was changed"):
        deployment(plan, clients)[0].run("20-data")
    assert cloud.stacks[data]["TemplateBody"] == "an older one"


def test_a_stack_that_fails_ends_the_deployment(plan, clients):
    """With its name, and where to look."""
    cloud = clients["cloudformation"]
    cloud.ends = "FAILED"
    with pytest.raises(CannotDeploy, match=r"gas-network is CREATE_FAILED; its events"):
        deployment(plan, clients)[0].run()
    assert len(cloud.stacks) == 1
    with pytest.raises(CannotDeploy, match=r"gas-network is CREATE_FAILED; .* choose Retry"):
        deployment(plan, clients)[0].run()

    cloud.ends = "COMPLETE"
    cloud.stacks["gas-network"]["TemplateBody"] = "the one with the fault"
    deployment(plan, clients)[0].run()

    assert list(cloud.stacks) == [plan.stack_name(stack) for stack in stacks()]


def test_a_stack_that_was_never_made_has_to_be_deleted(plan, clients):
    """CloudFormation would refuse to change it, in its own words."""
    deployment(plan, clients)[0].run("10-network")
    clients["cloudformation"].stacks["gas-network"]["StackStatus"] = "ROLLBACK_COMPLETE"

    with pytest.raises(CannotDeploy, match=r"gas-network is ROLLBACK_COMPLETE: .* delete the stack there"):
        deployment(plan, clients)[0].run()


def test_what_an_interrupted_deployment_has_begun_is_waited_for(plan, clients):
    """Its stack is in hand still; the data is protected although the first run never came to it."""
    deployment(plan, clients)[0].run()
    cloud = clients["cloudformation"]
    cloud.protected.clear()
    cloud.stacks["gas-data"]["StackStatus"] = "CREATE_IN_PROGRESS"

    again, said = deployment(plan, clients)
    again.pause = lambda _: cloud.stacks["gas-data"].update(StackStatus="CREATE_COMPLETE")
    again.run("20-data")

    assert said == ["gas-data is CREATE_IN_PROGRESS; waiting for its end.", "gas-data: nothing to change."]
    assert cloud.protected == {"gas-data"}


def test_services_are_deployed_while_the_stack_of_the_alarms_is_unfinished(plan, clients):
    """It has no outputs then, and is made last."""
    deployment(plan, clients)[0].run()
    cloud = clients["cloudformation"]
    cloud.stacks["gas-observability"]["Outputs"] = []

    deployment(plan, clients)[0].run("50-service-web")

    assert "RollbackAlarms" not in cloud.parameters("gas-service-web")


def test_one_stack_alone_needs_none_of_those_after_it(plan, clients):
    """Only the outputs of those before it."""
    for stack in ("10-network", "20-data", "40-cluster"):
        deployment(plan, clients)[0].run(stack)

    assert list(clients["cloudformation"].stacks) == ["gas-network", "gas-data", "gas-cluster"]
    with pytest.raises(CannotDeploy, match="gas-messaging does not exist yet"):
        deployment(plan, clients)[0].run("50-service-web")


@pytest.mark.parametrize(
    ("change", "images", "says"),
    [
        ({"10-network": {"Colour": "red"}}, IMAGES, "10-network has no parameter Colour"),
        ({"20-data": {}}, IMAGES, "20-data needs WebOrigin"),
        ({}, {}, "no image of web yet"),
    ],
    ids=["unknown", "missing", "image"],
)
def test_what_is_missing_or_unknown_is_said(plan, clients, change, images, says):
    """In one sentence, with the stack."""
    wrong = Plan(plan.name, {**plan.parameters, **change})

    with pytest.raises(CannotDeploy, match=says):
        deployment(wrong, clients, images=images)[0].run()


def test_destroying_spares_the_data(plan, clients):
    """Last made, first gone; a second time there is nothing to do."""
    deployment(plan, clients)[0].run()
    cloud, said = clients["cloudformation"], []
    destroy(cloud, plan, said.append)
    destroy(cloud, plan, lambda _: None)

    assert list(cloud.stacks) == [plan.stack_name("20-data")]
    gone = [line.partition(":")[0] for line in said if line.endswith("deleted.")]
    assert gone == [plan.stack_name(stack) for stack in reversed(stacks()) if stack != "20-data"]


def test_every_template_is_a_stack_and_fits_into_a_request():
    """A longer one would have to be uploaded first."""
    assert {path.stem for path in template_path("x").parent.glob("*.yaml")} == set(stacks())
    assert set(stacks()) <= set(ORDER)
    for stack in stacks():
        assert len(template_path(stack).read_bytes()) < MAX_BODY_BYTES, stack


def test_a_system_that_was_destroyed_has_no_images(plan, clients, tmp_path, monkeypatch):
    """They went with their repositories: the next deployment asks for them."""
    monkeypatch.setattr("ecs.__main__.client", clients.__getitem__)
    file = tmp_path / "lab.json"
    file.write_text(json.dumps({"Name": plan.name, **plan.parameters}))
    images = tmp_path / "lab.images.json"
    images.write_text(json.dumps(IMAGES))

    assert main(["deploy", str(file), "--yes"]) == 0
    assert main(["destroy", str(file), "--name", "another"]) == 1
    assert images.exists()
    assert main(["destroy", str(file), "--name", plan.name]) == 0
    assert not images.exists()
    assert list(clients["cloudformation"].stacks) == ["gas-data"]
