"""What a careful operator expects of the network, the hosts and the way in."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from local.applier.template import read_template

TEMPLATES = Path(__file__).parents[2] / "ecs" / "templates"
NETWORK = read_template(TEMPLATES / "10-network.yaml").resources
CLUSTER = read_template(TEMPLATES / "40-cluster.yaml").resources
WEB = read_template(TEMPLATES / "50-service-web.yaml").resources


def of_type(resources: dict, kind: str) -> dict[str, dict]:
    return {name: each["Properties"] for name, each in resources.items() if each["Type"] == kind}


def test_each_zone_has_a_public_and_a_private_subnet():
    """And nothing in them gets a public address by itself."""
    subnets = of_type(NETWORK, "AWS::EC2::Subnet")
    zones = {name: each["AvailabilityZone"]["Fn::Select"][0] for name, each in subnets.items()}

    assert sorted(zones.values()) == [0, 0, 1, 1]
    assert {name[:-1] for name in zones} == {"PublicSubnet", "PrivateSubnet"}
    assert not any(each["MapPublicIpOnLaunch"] for each in subnets.values())
    ranges = [json.dumps(each["CidrBlock"]) for each in subnets.values()]
    assert len(set(ranges)) == len(ranges)


def test_the_way_to_storage_and_records_costs_nothing():
    """Gateway endpoints, always; the others are charged by the hour, so they are asked for."""
    endpoints = {name: each for name, each in NETWORK.items() if each["Type"] == "AWS::EC2::VPCEndpoint"}
    gateways = {
        name for name, each in endpoints.items() if each["Properties"]["VpcEndpointType"] == "Gateway"
    }
    routes = {"PrivateRoutesA", "PrivateRoutesB"}

    assert gateways == {"S3Endpoint", "DynamoDbEndpoint"}
    for name in gateways:
        assert "Condition" not in endpoints[name]
        assert {each["Ref"] for each in endpoints[name]["Properties"]["RouteTableIds"]} == routes
    others = {name: each for name, each in endpoints.items() if name not in gateways}
    assert len(others) == 12
    assert {each["Condition"] for each in others.values()} == {"HasInterfaceEndpoints"}


def test_each_private_subnet_leaves_by_its_own_zone():
    """With two NAT gateways; with one both go through it."""
    second = NETWORK["PrivateRouteB"]["Properties"]["NatGatewayId"]

    assert NETWORK["PrivateRouteA"]["Properties"]["NatGatewayId"] == {"Ref": "NatA"}
    assert second == {"Fn::If": ["HasTwoNatGateways", {"Ref": "NatB"}, {"Ref": "NatA"}]}


def test_refused_connections_are_kept():
    """For whoever asks later what tried to get out."""
    (log,) = of_type(NETWORK, "AWS::EC2::FlowLog").values()

    assert log["TrafficType"] == "REJECT"
    assert "RetentionInDays" in NETWORK["FlowLogGroup"]["Properties"]


@pytest.fixture(params=["WebLaunchTemplate", "WorkLaunchTemplate"])
def host(request) -> dict:
    return CLUSTER[request.param]["Properties"]["LaunchTemplateData"]


def test_a_host_gives_its_credentials_to_no_container(host):
    """Version 2 of the metadata service, one hop, and blocked for tasks besides."""
    options = host["MetadataOptions"]

    assert (options["HttpTokens"], options["HttpPutResponseHopLimit"]) == ("required", 1)
    assert config(host)["ECS_AWSVPC_BLOCK_IMDS"] == "true"


def config(host: dict) -> dict[str, str]:
    """The settings of the ECS agent."""
    script = host["UserData"]["Fn::Base64"]["Fn::Sub"]
    return dict(re.findall(r"^(ECS_\w+)=(.*)$", script, re.MULTILINE))


def test_the_agent_is_set_up_for_spot_and_long_jobs(host):
    """None of these is the default. The agent waits for longer than any task's own stop timeout."""
    settings = config(host)
    timeouts = [
        container["StopTimeout"]
        for name in ("web", "annotator", "archiver", "restorer")
        for container in read_template(TEMPLATES / f"50-service-{name}.yaml").resources["TaskDefinition"][
            "Properties"
        ]["ContainerDefinitions"]
    ]

    assert settings["ECS_CLUSTER"] == "${Cluster}"
    assert settings["ECS_ENABLE_SPOT_INSTANCE_DRAINING"] == "true"
    assert settings["ECS_DISABLE_PRIVILEGED"] == "true"
    assert settings["ECS_IMAGE_PULL_BEHAVIOR"] == "prefer-cached"
    assert int(settings["ECS_RESERVED_MEMORY"]) > 0
    assert int(settings["ECS_CONTAINER_STOP_TIMEOUT"].removesuffix("m")) * 60 >= max(timeouts)


def test_disks_are_encrypted_and_nobody_logs_in_by_ssh(host):
    """A shell goes through Session Manager."""
    (disk,) = host["BlockDeviceMappings"]
    group = CLUSTER["HostSecurityGroup"]["Properties"]
    policies = [each["Fn::Sub"] for each in CLUSTER["HostRole"]["Properties"]["ManagedPolicyArns"]]

    assert (disk["Ebs"]["Encrypted"], disk["Ebs"]["VolumeType"]) == (True, "gp3")
    assert "KeyName" not in host
    assert "SecurityGroupIngress" not in group
    assert any(policy.endswith("AmazonSSMManagedInstanceCore") for policy in policies)


def test_capacity_follows_the_tasks():
    """Hosts are drained; one with a worker's task is not taken away, which the group has to allow for."""
    groups = of_type(CLUSTER, "AWS::AutoScaling::AutoScalingGroup")
    for name, protected in (("Web", False), ("Work", True)):
        provider = CLUSTER[f"{name}CapacityProvider"]["Properties"]["AutoScalingGroupProvider"]
        group = groups[f"{name}Hosts"]
        assert provider["ManagedScaling"]["Status"] == "ENABLED"
        assert provider["ManagedScaling"]["TargetCapacity"] == 100
        assert provider["ManagedDraining"] == "ENABLED"
        assert provider["ManagedTerminationProtection"] == ("ENABLED" if protected else "DISABLED")
        assert group["NewInstancesProtectedFromScaleIn"] is protected
        assert "DesiredCapacity" not in group
        assert group["MaxInstanceLifetime"] == 14 * 24 * 3600


def test_workers_run_on_spot_of_several_types_of_one_size():
    """So that a type that is gone is no outage, and that a host is worth as many tasks as any other."""
    group = CLUSTER["WorkHosts"]["Properties"]
    policy = group["MixedInstancesPolicy"]
    types = [each["InstanceType"]["Fn::Sub"] for each in policy["LaunchTemplate"]["Overrides"]]

    assert policy["InstancesDistribution"]["SpotAllocationStrategy"] == "price-capacity-optimized"
    assert group["CapacityRebalance"] is True
    assert len(types) >= 4
    assert all(re.fullmatch(r"[cm]\d+g\.\${WorkHostSize}", each) for each in types), "Graviton, of one size"


def test_the_only_way_in_is_encrypted():
    """Port 80 sends on; what no service has asked for is not found."""
    listeners = of_type(CLUSTER, "AWS::ElasticLoadBalancingV2::Listener")
    (redirect,) = listeners["HttpListener"]["DefaultActions"]
    (answer,) = listeners["HttpsListener"]["DefaultActions"]

    assert (redirect["Type"], redirect["RedirectConfig"]["Protocol"]) == ("redirect", "HTTPS")
    assert listeners["HttpsListener"]["SslPolicy"].startswith("ELBSecurityPolicy-TLS13-1-2")
    assert answer["FixedResponseConfig"]["StatusCode"] == "404"
    assert WEB["ListenerRule"]["Properties"]["ListenerArn"] == {"Ref": "HttpsListener"}


def test_the_load_balancer_is_kept_and_its_requests_are_recorded():
    """And a header that is none does not come through."""
    attributes = CLUSTER["LoadBalancer"]["Properties"]["LoadBalancerAttributes"]
    values = {each["Key"]: each["Value"] for each in attributes}

    assert values["deletion_protection.enabled"] == "true"
    assert values["routing.http.drop_invalid_header_fields.enabled"] == "true"
    assert values["access_logs.s3.enabled"] == "true"


def test_the_firewall_has_managed_rules_and_a_limit_by_address():
    """It stands before the load balancer, and a large pasted VCF is no attack."""
    rules = CLUSTER["Firewall"]["Properties"]["Rules"]
    kinds = [next(iter(rule["Statement"])) for rule in rules]
    common = next(rule for rule in rules if rule["Name"] == "common")["Statement"][
        "ManagedRuleGroupStatement"
    ]
    counted = {each["Name"] for each in common["RuleActionOverrides"] if "Count" in each["ActionToUse"]}

    assert kinds.count("RateBasedStatement") == 1
    assert kinds.count("ManagedRuleGroupStatement") == 3
    assert counted == {
        f"{name}_BODY"
        for name in (
            "SizeRestrictions", "CrossSiteScripting", "EC2MetaDataSSRF", "GenericLFI", "GenericRFI",
        )
    }  # fmt: skip
    assert CLUSTER["FirewallAssociation"]["Properties"]["ResourceArn"] == {"Ref": "LoadBalancer"}


def test_each_image_has_a_repository_that_never_changes_a_tag():
    """Scanned when it is pushed; old ones go. The execution role of the service pulls from it alone."""
    repositories = of_type(CLUSTER, "AWS::ECR::Repository")
    names = {each["RepositoryName"]["Fn::Sub"] for each in repositories.values()}

    assert names == {f"${{Name}}/{service}" for service in ("web", "annotator", "archiver", "restorer")}
    for name, each in repositories.items():
        assert each["ImageTagMutability"] == "IMMUTABLE", name
        assert each["EmptyOnDelete"] is True, "a repository that has images cannot be deleted"
        assert each["ImageScanningConfiguration"] == {"ScanOnPush": True}
        assert json.loads(each["LifecyclePolicy"]["LifecyclePolicyText"])["rules"]


def test_each_bucket_is_closed():
    """To the public, and to whoever speaks in the clear."""
    policies = [each["PolicyDocument"] for each in of_type(CLUSTER, "AWS::S3::BucketPolicy").values()]
    buckets = of_type(CLUSTER, "AWS::S3::Bucket")

    assert len(policies) == len(buckets) == 2
    for name, each in buckets.items():
        assert set(each["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert CLUSTER[name]["DeletionPolicy"] == "Retain"
    for policy in policies:
        assert [one["Effect"] for one in policy["Statement"] if one["Sid"] == "NothingInTheClear"] == ["Deny"]


def test_what_a_stack_takes_another_one_gives():
    """By the same name; the rest an operator says, or it has a default."""
    order = ["10-network", "20-data", "40-cluster", "30-messaging"]
    order += [f"50-service-{name}" for name in ("web", "annotator", "archiver", "restorer")]
    given: set[str] = set()
    for name in order:
        template = read_template(TEMPLATES / f"{name}.yaml")
        outputs = {
            parameter
            for parameter, each in template.parameters.items()
            if re.match(r"Output of the \w+ stack", each.get("Description", ""))
        }
        assert outputs <= given, name
        given |= set(template.outputs)


def test_the_cluster_counts_its_running_tasks():
    """Scaling divides by them, and an alarm compares them with what there should be."""
    (settings,) = (each["ClusterSettings"] for each in of_type(CLUSTER, "AWS::ECS::Cluster").values())

    assert settings == [{"Name": "containerInsights", "Value": "enhanced"}]
