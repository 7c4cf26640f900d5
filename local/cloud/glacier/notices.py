"""The messages that say that a job has ended.

https://docs.aws.amazon.com/amazonglacier/latest/dev/configuring-notifications.html
"""

import json
import logging
import re
from typing import Any

from moto.sns.models import SNSBackend, sns_backends

from local.cloud.accounts import ACCOUNT
from local.cloud.glacier.errors import invalid
from local.cloud.glacier.jobs import ARCHIVE_RETRIEVAL, INVENTORY_RETRIEVAL, Job
from local.cloud.glacier.switches import SWITCHES
from local.cloud.glacier.vaults import Vault

log = logging.getLogger(__name__)

EVENTS = tuple(f"{action}Completed" for action in (ARCHIVE_RETRIEVAL, INVENTORY_RETRIEVAL))
TOPIC_ARN = re.compile(rf"arn:aws:sns:[a-z0-9-]+:{ACCOUNT}:[A-Za-z0-9_-]{{1,256}}")


def check_topic(arn: object, region: str) -> str:
    """A topic that exists, in the region of the vault."""
    if not isinstance(arn, str) or not TOPIC_ARN.fullmatch(arn) or arn not in _topics(region).topics:
        raise invalid(f"Invalid SNS topic ARN: {arn}")
    return arn


def check_configuration(given: dict[str, Any], region: str) -> dict[str, Any]:
    """A topic, and at least one of the two events."""
    events = given.get("Events")
    if not isinstance(events, list) or not events or any(event not in EVENTS for event in events):
        raise invalid(f"Invalid notification events: {events}; there are {', '.join(EVENTS)}")
    return {"SNSTopic": check_topic(given.get("SNSTopic"), region), "Events": events}


def announce(vault: Vault, job: Job) -> None:
    """Tell the job's topic, and the vault's if it has one for such jobs: that may be the same topic twice."""
    if SWITCHES.notifications_lost:
        return
    configured = vault.notifications or {"SNSTopic": None, "Events": []}
    of_vault = configured["SNSTopic"] if f"{job.action}Completed" in configured["Events"] else None
    for topic in (job.topic, of_vault):
        if topic:
            _publish(topic, vault.region, json.dumps(job.as_json()))


def _publish(topic: str, region: str, message: str) -> None:
    """A topic that was deleted meanwhile, or cannot deliver, is no concern of the job."""
    try:
        _topics(region).publish(message, arn=topic)
    except Exception:
        log.exception("glacier.notification_failed")


def _topics(region: str) -> SNSBackend:
    return sns_backends[ACCOUNT][region]
