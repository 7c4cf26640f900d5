"""The four service templates: one skeleton, and what a careful operator expects of each."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from math import ceil, floor
from pathlib import Path

import pytest

from gas.settings import describe
from local.applier.template import read_template
from services.annotator.settings import AnnotatorSettings
from services.archiver.settings import ArchiverSettings
from services.restorer.settings import RestorerSettings
from services.web.__main__ import GRACEFUL_SECONDS
from services.web.settings import WebSettings

ROOT = Path(__file__).parents[2]
SETTINGS = {
    "web": WebSettings,
    "annotator": AnnotatorSettings,
    "archiver": ArchiverSettings,
    "restorer": RestorerSettings,
}
WORKERS = ("annotator", "archiver", "restorer")
TEMPLATES = {name: read_template(ROOT / f"ecs/templates/50-service-{name}.yaml") for name in SETTINGS}


@pytest.fixture(params=SETTINGS)
def name(request) -> str:
    return request.param


@pytest.fixture
def template(name):
    return TEMPLATES[name]


def properties(template, logical_id: str) -> dict:
    return template.resources[logical_id]["Properties"]


def container(template) -> dict:
    (only,) = properties(template, "TaskDefinition")["ContainerDefinitions"]
    return only


def statements(template, role: str) -> list[dict]:
    """Those that are made under a condition as well."""
    (policy,) = properties(template, role)["Policies"]
    return [each.get("Fn::If", [None, each])[1] for each in policy["PolicyDocument"]["Statement"]]


def listed(value) -> list:
    return value if isinstance(value, list) else [value]


def test_all_have_one_skeleton(name):
    """The same resources in the same order; the web app has a few more."""
    shared = list(TEMPLATES["annotator"].resources)
    own = list(TEMPLATES[name].resources)

    assert [each for each in own if each in shared] == shared
    assert (set(own) - set(shared) == set()) == (name in WORKERS)
    assert list(TEMPLATES[name].parameters)[:3] == ["Name", "Image", "Cluster"]


def test_an_image_is_named_by_its_digest(template):
    """A tag may be moved; then two tasks of one revision would differ."""
    pattern = template.parameters["Image"]["AllowedPattern"]

    assert re.fullmatch(pattern, "1.dkr.ecr.x.amazonaws.com/gas/web@sha256:" + "a" * 64)
    assert not re.fullmatch(pattern, "gas/web:latest")
    assert container(template)["Image"] == {"Ref": "Image"}


def test_a_container_can_do_nothing_but_its_work(template):
    """No root, no capability, nothing to write but its own folders, hard limits."""
    it = container(template)

    assert it["User"] == "10001:10001"
    assert it["ReadonlyRootFilesystem"] is True
    assert it["Privileged"] is False
    assert it["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert it["LinuxParameters"]["InitProcessEnabled"] is True
    assert [each["ContainerPath"] for each in it["LinuxParameters"]["Tmpfs"]] == ["/tmp"]
    assert it["Cpu"] == {"Ref": "Cpu"}
    assert it["Memory"] == {"Ref": "Memory"}
    assert "MemoryReservation" not in it


def test_what_an_image_declares_as_a_volume_is_one(name, template):
    """Only that, and for the life of the task."""
    declared = re.findall(r"^VOLUME (\S+)$", dockerfile(name), re.MULTILINE)
    mounts = container(template).get("MountPoints", [])
    volumes = properties(template, "TaskDefinition").get("Volumes", [])

    assert [mount["ContainerPath"] for mount in mounts] == declared
    assert {each["DockerVolumeConfiguration"]["Scope"] for each in volumes} <= {"task"}
    assert [each["Name"] for each in volumes] == [mount["SourceVolume"] for mount in mounts]


def dockerfile(name: str) -> str:
    return (ROOT / "services" / name / "Dockerfile").read_text()


def test_the_health_check_is_that_of_the_image(name, template):
    """ECS does not read the one in the image."""
    image = re.search(
        r"--interval=(\d+)s --timeout=(\d+)s --start-period=(\d+)s --retries=(\d+).*?CMD (\[.*?\])",
        dockerfile(name),
        re.DOTALL,
    )
    check = container(template)["HealthCheck"]
    times = [check[key] for key in ("Interval", "Timeout", "StartPeriod", "Retries")]

    assert times == [int(number) for number in image.groups()[:4]]
    assert check["Command"] == ["CMD", *re.findall(r'"([^"]+)"', image[5])]


def environment(template) -> dict:
    return {each["Name"]: each["Value"] for each in container(template)["Environment"]}


def test_the_work_in_hand_ends_before_the_container_is_killed(name, template):
    """With some seconds to spare; of the web app the load balancer has let go before."""
    stop = container(template)["StopTimeout"]
    if name in WORKERS:
        assert float(environment(template)["GAS_STOP_GRACE_SECONDS"]) <= stop - 10
        return
    attributes = properties(template, "TargetGroup")["TargetGroupAttributes"]
    delay = {each["Key"]: each["Value"] for each in attributes}
    assert int(delay["deregistration_delay.timeout_seconds"]) < stop


def test_secrets_are_no_environment(name, template):
    """They come from Secrets Manager, and only the execution role reads them."""
    required = {each.metadata["env"] for each in fields(SETTINGS[name]) if each.default is MISSING}
    secret = {each.metadata["env"] for each in fields(SETTINGS[name]) if each.metadata["secret"]} & required
    given = {each["Name"] for each in container(template).get("Secrets", [])}
    readers = [
        each for each in statements(template, "ExecutionRole") if "secretsmanager" in str(each["Action"])
    ]

    assert secret <= given
    assert not given & set(environment(template))
    assert [each["Resource"] for each in readers] == ([{"Ref": "WebSecret"}] if given else [])
    assert "secretsmanager" not in str(statements(template, "TaskRole"))


def test_the_settings_are_those_of_the_service(name, template):
    """Every required one is set, and none that it does not know."""
    rows = describe(SETTINGS[name])
    given = {*environment(template), *(each["Name"] for each in container(template).get("Secrets", []))}

    assert given <= {row.env for row in rows}
    assert {row.env for row in rows if row.default == "required"} <= given


def test_a_log_holds_up_nothing_and_is_kept_for_a_while(template):
    """The mode is said, for its default has changed; the group is the stack's own."""
    options = container(template)["LogConfiguration"]["Options"]

    assert (options["mode"], options["max-buffer-size"]) == ("non-blocking", "25m")
    assert options["awslogs-group"] == {"Ref": "LogGroup"}
    assert properties(template, "LogGroup")["RetentionInDays"] == {"Ref": "LogRetentionDays"}


@pytest.mark.parametrize("role", ["TaskRole", "ExecutionRole"])
def test_only_tasks_of_this_account_take_a_role(template, role):
    """Both roles, and they are two."""
    (statement,) = properties(template, role)["AssumeRolePolicyDocument"]["Statement"]

    assert statement["Principal"] == {"Service": "ecs-tasks.amazonaws.com"}
    assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
    assert "aws:SourceArn" in statement["Condition"]["ArnLike"]
    definition = properties(template, "TaskDefinition")
    assert definition["TaskRoleArn"] != definition["ExecutionRoleArn"]


def test_rights_are_named_one_by_one(template):
    """No star for an action or a resource, but for the one action that has no resource."""
    for role in ("TaskRole", "ExecutionRole"):
        for each in statements(template, role):
            assert not any("*" in action for action in listed(each["Action"])), each["Sid"]
            if each["Action"] != "ecr:GetAuthorizationToken":
                assert "*" not in listed(each["Resource"]), each["Sid"]


def test_a_worker_may_be_called_by_nobody_and_calls_only_by_https(name, template):
    """The web app is called by the load balancer alone."""
    group = properties(template, "SecurityGroup")
    sources = [each.get("SourceSecurityGroupId") for each in group.get("SecurityGroupIngress", [])]

    assert sources == ([] if name in WORKERS else [{"Ref": "LoadBalancerSecurityGroup"}])
    assert {each["ToPort"] for each in group["SecurityGroupEgress"]} == {443, 53}
    network = properties(template, "Service")["NetworkConfiguration"]["AwsvpcConfiguration"]
    assert network["AssignPublicIp"] == "DISABLED"
    assert network["Subnets"] == {"Ref": "PrivateSubnets"}


def test_a_task_asks_for_capacity(name, template):
    """A launch type would not; a number of tasks would undo what the scaling policy did."""
    service = properties(template, "Service")
    provider = "WorkCapacityProvider" if name in WORKERS else "WebCapacityProvider"

    assert service["CapacityProviderStrategy"] == [{"CapacityProvider": {"Ref": provider}, "Weight": 1}]
    assert "LaunchType" not in service
    assert "DesiredCount" not in service


def test_tasks_are_spread_over_zones_and_moved_back(name, template):
    """Rebalancing needs the spread first, and room for one task more."""
    service = properties(template, "Service")
    first, second = service["PlacementStrategies"]

    assert service["AvailabilityZoneRebalancing"] == "ENABLED"
    assert (first["Type"], first["Field"]) == ("spread", "attribute:ecs.availability-zone")
    assert second["Type"] == ("binpack" if name in WORKERS else "spread")
    assert service["DeploymentConfiguration"]["MaximumPercent"] > 100


def test_a_bad_deployment_is_turned_back(name, template):
    """By tasks that do not start, and by alarms; the web app never has fewer tasks than before."""
    deployment = properties(template, "Service")["DeploymentConfiguration"]

    assert deployment["DeploymentCircuitBreaker"] == {"Enable": True, "Rollback": True}
    condition, alarms, _ = deployment["Alarms"]["Fn::If"]
    assert condition == "HasRollbackAlarms"
    assert (alarms["Enable"], alarms["Rollback"]) == (True, True)
    assert deployment["MinimumHealthyPercent"] == (50 if name in WORKERS else 100)
    # ECS rounds the one up and the other down; with one task there has to be room between them.
    assert floor(deployment["MaximumPercent"] / 100) > ceil(deployment["MinimumHealthyPercent"] / 100)


@pytest.mark.parametrize("worker", WORKERS)
def test_a_worker_scales_on_what_waits_for_each_task(worker):
    """Without a task the division is by one; a gap in the numbers is zero."""
    policy = properties(TEMPLATES[worker], "ScalingPolicy")["TargetTrackingScalingPolicyConfiguration"]
    metrics = {each["Id"]: each for each in policy["CustomizedMetricSpecification"]["Metrics"]}
    queue = metrics["visible"]["MetricStat"]["Metric"]["Dimensions"][0]["Value"]["Fn::Sub"]

    assert metrics["backlog"]["Expression"] == "FILL(visible, 0) / IF(FILL(running, 0) > 0, running, 1)"
    assert [each["Id"] for each in metrics.values() if each["ReturnData"]] == ["backlog"]
    assert queue == f"${{Name}}-{worker}"
    assert (policy["ScaleOutCooldown"], policy["ScaleInCooldown"]) == (60, 300)
    assert TEMPLATES[worker].parameters["MinTasks"]["Default"] >= 1


def test_the_web_app_scales_on_requests_and_on_its_processors():
    """And there are two tasks at least, so that one may go."""
    web = TEMPLATES["web"]
    kinds = {
        properties(web, each)["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"][
            "PredefinedMetricType"
        ]
        for each in ("ScalingPolicy", "CpuScalingPolicy")
    }

    assert kinds == {"ALBRequestCountPerTarget", "ECSServiceAverageCPUUtilization"}
    assert web.parameters["MinTasks"]["Default"] >= 2
    assert container(web)["Ulimits"][0]["Name"] == "nofile"
    assert properties(web, "TargetGroup")["HealthCheckPath"] == "/healthz"


def test_a_web_task_ends_its_answers_before_it_is_killed():
    """Longer than gunicorn lets them take, and than the load balancer goes on sending to it."""
    web = TEMPLATES["web"]
    attributes = properties(web, "TargetGroup")["TargetGroupAttributes"]
    delay = {each["Key"]: each["Value"] for each in attributes}["deregistration_delay.timeout_seconds"]

    assert container(web)["StopTimeout"] > GRACEFUL_SECONDS + int(delay)
