"""What the state machine is told, and when."""

import pytest

from gas.after_completion import announce, announce_restored
from gas.fakes import FakeExecutions
from gas.jobs import JobStatus
from gas.mails import restored_mail
from tests.unit.gas.test_jobs import make_job

DAY = 86_400
NOW = 20 * DAY


@pytest.fixture
def executions():
    return FakeExecutions()


def finished(**fields):
    done = {"status": JobStatus.COMPLETED, "cycle": 1, "finished_at": NOW, "available_until": NOW + 2 * DAY}
    return make_job(**{**done, **fields})


def told(executions):
    (data,) = executions.started.values()
    return data


def test_the_end_of_a_window_that_is_long_enough_is_told_ahead(executions):
    """Twice as long as the warning, and counted from the end of the annotation, however late this is said."""
    announce(finished(), executions, now=NOW + 60, warning_seconds=DAY)

    assert told(executions)["warn_at"] == "1970-01-22T00:00:00Z"
    assert told(executions)["available_until"] == "1970-01-23T00:00:00Z"


@pytest.mark.parametrize(
    ("fields", "warning_seconds"),
    [
        ({"available_until": NOW + 2 * DAY - 1}, DAY),
        ({}, 0.0),
        ({"status": JobStatus.FAILED, "available_until": None}, DAY),
        ({"cycle": 2, "finished_at": NOW - 9 * DAY, "available_until": NOW + DAY}, DAY),
    ],
    ids=["short", "switched off", "failed", "prolonged at its end"],
)
def test_of_other_windows_nothing_is_told_ahead(executions, fields, warning_seconds):
    """Whoever has such a window has just read of its end."""
    announce(finished(**fields), executions, now=NOW, warning_seconds=warning_seconds)

    assert told(executions)["warn_at"] is None


@pytest.mark.parametrize(("cycle", "kind"), [(0, "finished"), (1, "finished"), (2, "window")])
def test_only_the_first_cycle_tells_of_the_end_of_the_annotation(executions, cycle, kind):
    """A failed job has none."""
    announce(finished(cycle=cycle), executions, now=NOW, warning_seconds=DAY)

    assert told(executions)["kind"] == kind


def test_what_comes_back_within_a_span_is_told_of_once_at_its_end(executions):
    """Under the name of its user and of the span."""
    for second, job_id in ((0, "j1"), (599, "j2"), (600, "j3")):
        job = finished(job_id=job_id, restored_at=NOW + second)
        announce_restored(job, executions, now=NOW + 700, gather_seconds=600)

    first, second = executions.started.items()
    assert first == (
        "restored-u1-2880",
        {
            "kind": "restored",
            "job_id": "j1",
            "user_id": "u1",
            "mail": restored_mail(finished(job_id="j1")),
            "mail_at": "1970-01-21T00:10:00Z",
        },
    )
    assert (second[0], second[1]["job_id"]) == ("restored-u1-2881", "j3")


def test_every_user_is_told_separately(executions):
    """Whatever came back at the same time."""
    for user_id in ("u1", "u2"):
        announce_restored(finished(user_id=user_id, restored_at=NOW), executions, now=NOW, gather_seconds=600)

    assert len(executions.started) == 2


@pytest.mark.parametrize(("restored_at", "count"), [(None, 0), (NOW - DAY - 1, 0), (NOW - DAY, 1)])
def test_what_came_back_long_ago_is_no_news(executions, restored_at, count):
    """A name is free again after a while, and a late message would tell a second time."""
    announce_restored(finished(restored_at=restored_at), executions, now=NOW, gather_seconds=600)

    assert len(executions.started) == count


def test_nothing_need_be_gathered(executions):
    """A span is a second at least."""
    announce_restored(finished(restored_at=NOW + 0.5), executions, now=NOW + 1, gather_seconds=0)

    assert told(executions)["mail_at"] == "1970-01-21T00:00:01Z"
