"""Scheduled rules of EventBridge: moto keeps them, and here they are played.

Only what the templates use: rates (not cron), with a queue as target and its input as the message.
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-scheduled-rule-pattern.html
"""

import functools
import logging
import re
from typing import Any

from moto.events.models import EventsBackend, Rule
from moto.sqs.models import sqs_backends

from local.cloud.patches.replacing import replace
from local.cloud.timetable import Timetable

log = logging.getLogger(__name__)

RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
MINUTES = {"minute": 1, "hour": 60, "day": 24 * 60}
DEFAULT_BUS = "default"


class Schedules:
    """Each rule that has a rate, played from its making on; ``minute_seconds`` is how long a minute lasts."""

    def __init__(self, minute_seconds: float) -> None:
        self._minute_seconds = minute_seconds
        self._timetable = Timetable()
        self._played: set[tuple[str, str, str]] = set()

    def listen(self) -> None:
        """Hear of every rule that is made or changed."""
        self._timetable.start()
        put_rule = EventsBackend.put_rule

        @functools.wraps(put_rule)
        def put_and_play(backend: EventsBackend, name: str, *args: Any, **options: Any) -> Rule:
            rule = put_rule(backend, name, *args, **options)
            self._timetable.after(0, lambda: self._begin(backend, name))
            return rule

        replace(EventsBackend, "put_rule", put_and_play)

    def _begin(self, backend: EventsBackend, name: str) -> None:
        """A rule that was only changed has its next time already. Runs in the thread of the timetable."""
        key = (backend.account_id, backend.region_name, name)
        if key not in self._played:
            self._played.add(key)
            self._plan(backend, name)

    def _plan(self, backend: EventsBackend, name: str) -> None:
        rule = _find(backend, name)
        rate = RATE.fullmatch(rule.scheduled_expression or "") if rule else None
        if rate is None:
            self._played.discard((backend.account_id, backend.region_name, name))
            return
        seconds = int(rate[1]) * MINUTES[rate[2]] * self._minute_seconds
        self._timetable.after(seconds, lambda: self._play(backend, name))

    def _play(self, backend: EventsBackend, name: str) -> None:
        self._plan(backend, name)
        rule = _find(backend, name)
        if rule is not None and rule.state == "ENABLED":
            for target in list(rule.targets):
                _deliver(target)


def _find(backend: EventsBackend, name: str) -> Rule | None:
    rule: Rule | None = backend.event_buses[DEFAULT_BUS].rules.get(name)
    return rule


def _deliver(target: dict[str, Any]) -> None:
    service, region, account, queue = target["Arn"].split(":")[2:6]
    if service != "sqs" or "Input" not in target:
        log.error("schedule.cannot_deliver", extra={"target": target})
        return
    sqs_backends[account][region].send_message(queue, target["Input"])
