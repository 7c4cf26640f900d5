"""The house rules in the language of CloudFormation Guard: each holds everywhere, and can be broken."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from cfn_guard_rs.api import run_checks_rs

from ecs.stacks import ROOT, stacks, template_path
from local.applier.template import read_template

RULES = (ROOT / "lint" / "rules.guard").read_text()

GONE = object()

#: By rule: a template, the way to something in its resources, and what would break the rule there.
BROKEN: list[tuple[str, str, str, Any]] = [
    (
        "a_queue_is_encrypted_and_keeps_its_messages",
        "30-messaging",
        "ArchiverQueue.Properties.KmsMasterKeyId",
        GONE,
    ),
    (
        "a_queue_is_encrypted_and_keeps_its_messages",
        "30-messaging",
        "Undelivered.Properties.MessageRetentionPeriod",
        60,
    ),
    ("a_topic_is_encrypted", "20-data", "JobRequestsTopic.Properties.KmsMasterKeyId", GONE),
    ("a_topic_is_encrypted", "60-observability", "AlarmTopic.Properties.KmsMasterKeyId", GONE),
    ("a_table_can_be_brought_back", "20-data", "JobsTable.DeletionPolicy", "Delete"),
    ("a_table_can_be_brought_back", "20-data", "TokensTable.Properties.DeletionProtectionEnabled", False),
    ("a_bucket_is_nobody_elses", "20-data", "ResultsBucket.DeletionPolicy", "Delete"),
    ("a_bucket_is_nobody_elses", "40-cluster", "ArtifactsBucket.Properties.BucketEncryption", GONE),
    (
        "a_role_is_taken_for_this_account_alone",
        "50-service-web",
        "TaskRole.Properties.AssumeRolePolicyDocument.Statement.0.Condition",
        GONE,
    ),
    (
        "a_role_of_a_service_has_no_star",
        "50-service-web",
        "TaskRole.Properties.Policies.0.PolicyDocument.Statement.0.Action",
        ["*"],
    ),
    ("a_log_ends", "10-network", "FlowLogGroup.Properties.RetentionInDays", GONE),
    (
        "a_state_machine_is_logged",
        "30-messaging",
        "AfterCompletion.Properties.TracingConfiguration.Enabled",
        False,
    ),
    (
        "a_container_can_write_only_where_it_should",
        "50-service-annotator",
        "TaskDefinition.Properties.ContainerDefinitions.0.ReadonlyRootFilesystem",
        False,
    ),
    (
        "a_container_can_write_only_where_it_should",
        "50-service-restorer",
        "TaskDefinition.Properties.ContainerDefinitions.0.LogConfiguration.Options.mode",
        "blocking",
    ),
    (
        "a_service_scales_its_hosts_and_turns_back",
        "50-service-archiver",
        "Service.Properties.DesiredCount",
        1,
    ),
    (
        "a_service_scales_its_hosts_and_turns_back",
        "50-service-web",
        "Service.Properties.AvailabilityZoneRebalancing",
        GONE,
    ),
    (
        "a_host_keeps_its_credentials",
        "40-cluster",
        "WorkLaunchTemplate.Properties.LaunchTemplateData.MetadataOptions.HttpTokens",
        "optional",
    ),
    (
        "a_listener_serves_https_or_sends_there",
        "40-cluster",
        "HttpListener.Properties.DefaultActions",
        [{"Type": "forward"}],
    ),
    ("an_image_never_changes", "40-cluster", "WebRepository.Properties.ImageTagMutability", "MUTABLE"),
    (
        "an_alarm_tells_and_says_what_silence_means",
        "60-observability",
        "WebGone.Properties.TreatMissingData",
        GONE,
    ),
]


def document(stack: str) -> dict[str, Any]:
    return {"Resources": copy.deepcopy(read_template(template_path(stack)).resources)}


def broken_rules(given: dict[str, Any]) -> set[str]:
    """By the native call: the classes around it cannot read the report of a block."""
    report = json.loads(run_checks_rs(json.dumps(given), RULES, False))
    return {clause["Rule"]["name"] for clause in report["not_compliant"]}


def put(given: dict[str, Any], way: str, value: object) -> None:
    *path, last = way.split(".")
    here: Any = given["Resources"]
    for step in path:
        here = here[int(step)] if isinstance(here, list) else here[step]
    if value is GONE:
        del here[last]
    else:
        here[last] = value


@pytest.mark.parametrize("stack", stacks())
def test_a_template_keeps_the_rules(stack):
    """All of them."""
    assert broken_rules(document(stack)) == set()


@pytest.mark.parametrize(("rule", "stack", "way", "value"), BROKEN)
def test_a_rule_that_is_broken_is_named(rule, stack, way, value):
    """And no other one with it."""
    given = document(stack)
    put(given, way, value)

    assert broken_rules(given) == {rule}


def test_every_rule_is_broken_once():
    """A rule that cannot fail is none."""
    assert set(re.findall(r"^rule (\w+)", RULES, re.MULTILINE)) == {each[0] for each in BROKEN}
