"""Every failure that somebody has to act on has an alarm, every alarm a page, every page what it needs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from ecs.deploying import MAX_BODY_BYTES
from ecs.stacks import SERVICES, stacks, template_path
from local.applier.template import read_template

ROOT = Path(__file__).parents[2]
PAGES = {path.stem: path for path in (ROOT / "docs/runbook").glob("*.md") if path.stem != "README"}
TEMPLATES = {stack: read_template(template_path(stack)) for stack in stacks()}
RESOURCES = TEMPLATES["60-observability"].resources
PARTS = ["What it means", "How to see it", "What to do", "How to know it is over", "Exercise"]
#: Told by other means than an alarm, to the same people.
OTHERS = {"deployment-failed", "budget"}
WORKERS = SERVICES[1:]


def of_type(kind: str, resources=None) -> dict[str, dict]:
    given = RESOURCES if resources is None else resources
    return {name: each["Properties"] for name, each in given.items() if each["Type"] == kind}


def text(value) -> str:
    """The text of a Fn::Sub, of a Ref its name."""
    return str(value.get("Fn::Sub") or value.get("Ref")) if isinstance(value, dict) else str(value)


ALARMS = of_type("AWS::CloudWatch::Alarm")
FILTERS = of_type("AWS::Logs::MetricFilter")


def metrics_of(alarm: dict) -> list[dict]:
    """Namespace, name and dimensions of each metric that an alarm looks at."""
    if "Metrics" not in alarm:
        return [alarm]
    return [each["MetricStat"]["Metric"] for each in alarm["Metrics"] if "MetricStat" in each]


def watched() -> set[tuple]:
    """Every metric that some alarm looks at."""
    return {identity(metric) for alarm in ALARMS.values() for metric in metrics_of(alarm)}


def identity(metric: dict) -> tuple:
    dimensions = sorted(f"{each['Name']}={text(each['Value'])}" for each in metric.get("Dimensions", []))
    return (text(metric["Namespace"]), metric["MetricName"], *dimensions)


def queues() -> list[str]:
    """Of the messaging stack, without the name of the system."""
    found = of_type("AWS::SQS::Queue", TEMPLATES["30-messaging"].resources).values()
    return [text(each["QueueName"]).removeprefix("${Name}-") for each in found]


def page_of(description: str) -> str:
    return re.search(r"\$\{RunbookUrl\}/([a-z-]+)\.md", description)[1]


@pytest.mark.parametrize("name", ALARMS)
def test_an_alarm_tells_people_and_leads_to_its_page(name):
    """One sentence and an address; it tells when it is over as well, and what no data means is said."""
    alarm = ALARMS[name]

    assert alarm["AlarmActions"] == alarm["OKActions"] == [{"Ref": "AlarmTopic"}]
    assert re.fullmatch(r"[A-Z][^.]+\. \$\{RunbookUrl\}/[a-z-]+\.md", text(alarm["AlarmDescription"]))
    assert page_of(text(alarm["AlarmDescription"])) in PAGES
    assert alarm["TreatMissingData"] == (
        "breaching" if name in {"WebGone", "SweepMissing"} else "notBreaching"
    )
    assert len(metrics_of(alarm)) <= 10
    assert (
        f"`{text(alarm['AlarmName']).removeprefix('${Name}-')}`"
        in PAGES[page_of(text(alarm["AlarmDescription"]))].read_text()
    )


def test_every_page_belongs_to_an_alarm():
    """Or to something else that is mailed to the operators."""
    pages = {page_of(text(each["AlarmDescription"])) for each in ALARMS.values()}

    assert pages | OTHERS == set(PAGES)
    (told,) = of_type("AWS::Events::Rule")["DeploymentFailedRule"]["Targets"]
    assert page_of(text(told["InputTransformer"]["InputTemplate"])) == "deployment-failed"
    assert all(each in (ROOT / "docs/runbook/README.md").read_text() for each in PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_its_parts(page):
    """In this order, and none is empty."""
    headings = re.split(r"^## (.+)\n", PAGES[page].read_text(), flags=re.MULTILINE)

    assert headings[1::2] == PARTS
    assert all(len(part.strip()) > 40 for part in headings[2::2])


@pytest.mark.parametrize("queue", queues())
def test_every_queue_is_watched(queue):
    """A queue of work for its age and what is in flight, every other for a single message."""
    own = {each for each in watched() if f"QueueName=${{Name}}-{queue}" in each}
    names = {each[1] for each in own}

    if queue in WORKERS:
        assert names == {"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesNotVisible"}
    else:
        assert names == {"ApproximateNumberOfMessagesVisible"}
        (alarm,) = (each for each in ALARMS.values() if identity(metrics_of(each)[0]) in own)
        assert (alarm["Threshold"], alarm["EvaluationPeriods"]) == (0, 1)


def test_every_topic_table_and_index_is_watched():
    """The alarms name them all, by the names that the other stacks give them."""
    resources = {**TEMPLATES["20-data"].resources, **TEMPLATES["30-messaging"].resources}
    topics = {text(each["TopicName"]) for each in of_type("AWS::SNS::Topic", resources).values()}
    tables = of_type("AWS::DynamoDB::Table", resources)
    indexes = {
        each["IndexName"] for table in tables.values() for each in table.get("GlobalSecondaryIndexes", [])
    }
    dimensions = {dimension for metric in watched() for dimension in metric[2:]}

    assert {f"TopicName={topic}" for topic in topics} <= dimensions
    assert {f"TableName={table}" for table in tables} <= dimensions
    assert {f"GlobalSecondaryIndexName={index}" for index in indexes} == {
        each for each in dimensions if each.startswith("GlobalSecondaryIndexName")
    }


def test_every_service_and_every_group_of_hosts_is_watched():
    """By the names that the service templates and the cluster template give them."""
    missing = {f"{service.capitalize()}TasksMissing" for service in SERVICES}
    names = {
        text(TEMPLATES[f"50-service-{service}"].resources["Service"]["Properties"]["ServiceName"])
        for service in SERVICES
    }
    watched_services = {
        each.partition("=")[2]
        for metric in watched()
        for each in metric[2:]
        if each.startswith("ServiceName")
    }
    providers = set(of_type("AWS::ECS::CapacityProvider", TEMPLATES["40-cluster"].resources))

    assert missing <= set(ALARMS)
    assert watched_services == names
    assert {f"CapacityProviderName={each}" for each in providers} <= {
        each for metric in watched() for each in metric[2:]
    }


@pytest.mark.parametrize("name", FILTERS)
def test_what_is_counted_is_really_logged(name):
    """By the service whose log is read: an event that was renamed would never count again."""
    pattern, group = FILTERS[name]["FilterPattern"], text(FILTERS[name]["LogGroupName"])
    event = re.search(r'\$\.event = "([a-z._]+)"', pattern)
    if event is None:
        assert name in {"FailedSteps", "EndedTasks", "KilledContainers"}
        return
    service = group.rpartition("/")[2]
    own = TEMPLATES[f"50-service-{service}"].resources["LogGroup"]["Properties"]["LogGroupName"]
    sources = [*(ROOT / "gas").rglob("*.py"), *(ROOT / f"services/{service}").rglob("*.py")]

    assert text(own) == group
    assert any(f'("{event[1]}"' in source.read_text() for source in sources), event[1]


def test_every_count_of_ours_is_made_and_looked_at():
    """A filter that nobody looks at costs money; an alarm on a metric that nobody makes is silent."""
    made = {each["MetricTransformations"][0]["MetricName"] for each in FILTERS.values()}
    looked_at = {metric[1] for metric in watched() if metric[0] == "GAS/${Name}"}

    assert made == looked_at
    for each in FILTERS.values():
        (count,) = each["MetricTransformations"]
        assert (text(count["MetricNamespace"]), count["MetricValue"]) == ("GAS/${Name}", "1")


def test_ends_of_tasks_are_kept():
    """ECS forgets them after an hour; only those are kept that nobody asked for."""
    rule = of_type("AWS::Events::Rule")["TaskEndsRule"]
    (target,) = rule["Targets"]
    policy = json.loads(text(RESOURCES["TaskEndsPolicy"]["Properties"]["PolicyDocument"]))

    assert rule["EventPattern"]["detail"]["stopCode"] == ["EssentialContainerExited", "TaskFailedToStart"]
    assert text(target["Arn"]).endswith(":" + text(RESOURCES["TaskEnds"]["Properties"]["LogGroupName"]))
    assert policy["Statement"][0]["Resource"] == "${TaskEnds.Arn}"


def test_alarms_may_be_told_and_only_safely():
    """An alarm that may not use the key of its topic is silent."""
    key = TEMPLATES["20-data"].resources["DataKey"]["Properties"]["KeyPolicy"]["Statement"]
    alarms_of_key, events_of_key = (each["Principal"]["Service"] for each in key[1:3])
    alarms, events, denied = RESOURCES["AlarmTopicPolicy"]["Properties"]["PolicyDocument"]["Statement"]

    told_by = {each["Principal"]["Service"] for each in (alarms, events)}
    assert told_by == {"cloudwatch.amazonaws.com", "events.amazonaws.com"}
    assert told_by <= {*alarms_of_key, events_of_key}
    assert "Condition" in alarms
    assert "Condition" not in events
    assert (denied["Effect"], denied["Principal"]) == ("Deny", "*")
    assert RESOURCES["AlarmTopic"]["Properties"]["Subscription"][0]["Protocol"] == "email"


def test_a_deployment_is_turned_back_for_failures_not_for_load():
    """The age of a queue grows with load, and then a deployment is no reason."""
    for service in SERVICES:
        output = TEMPLATES["60-observability"].outputs[f"{service.capitalize()}RollbackAlarms"]["Value"]
        names = [each["Ref"] for each in output["Fn::Join"][1]]
        assert names
        assert set(names) <= set(ALARMS)
        assert not any(re.search("Age|InFlight|Full|Missing", name) for name in names)


def test_the_dashboard_shows_what_the_alarms_watch():
    """And is JSON once it is filled in."""
    body = text(RESOURCES["Dashboard"]["Properties"]["DashboardBody"])
    widgets = json.loads(body)["widgets"]
    shown = {(each[0], each[1]) for widget in widgets for each in widget["properties"].get("metrics", [])}
    extra = {
        ("AWS/SQS", "ApproximateNumberOfMessagesVisible"),
        ("AWS/ApplicationELB", "RequestCount"),
    }

    assert shown <= {each[:2] for each in watched()} | extra
    assert len(widgets) == len({(each["x"], each["y"]) for each in widgets})


def test_spending_is_watched():
    """Told before the month's limit is reached, and when it is foreseen."""
    budget = RESOURCES["Budget"]["Properties"]
    kinds = {
        (each["Notification"]["NotificationType"], each["Notification"]["Threshold"])
        for each in budget["NotificationsWithSubscribers"]
    }

    assert kinds == {("ACTUAL", 80), ("FORECASTED", 100)}


@pytest.mark.parametrize("stack", stacks())
def test_a_template_can_be_given_in_the_request(stack):
    """A longer one would have to lie in a bucket first."""
    assert len(template_path(stack).read_bytes()) < MAX_BODY_BYTES


@pytest.mark.parametrize("stack", stacks())
def test_no_log_is_kept_for_ever(stack):
    """Each group says how long."""
    groups = of_type("AWS::Logs::LogGroup", TEMPLATES[stack].resources)

    assert all("RetentionInDays" in each for each in groups.values())
