"""The words for every state that a job can be in."""

import itertools

import pytest

from gas.accounts import Plan
from gas.jobs import Job, JobStatus, ResultLocation
from services.web.status_text import COMPLETED, UNFINISHED, WINDOW_OVER, describe, poll_seconds

NOW = 1000.0
#: Nobody is shown a job that was deleted.
ALL = list(itertools.product([*JobStatus][:-1], ResultLocation, Plan))
#: Nothing changes by itself any more.
AT_REST = {("HOT", "premium"), ("ARCHIVED", "free")}


def job(status: JobStatus, location: ResultLocation, **more) -> Job:
    return Job(
        **{
            "job_id": "j",
            "user_id": "u",
            "file_name": "f",
            "input_key": "k",
            "submit_time": 0.0,
            "max_input_bytes": 1,
            "status": status,
            "location": location,
            **more,
        }
    )


@pytest.mark.parametrize(("status", "location", "plan"), ALL)
def test_every_state_has_a_word_and_a_sentence(
    status: JobStatus, location: ResultLocation, plan: Plan
) -> None:
    text = describe(job(status, location), plan, NOW)

    assert text.word
    assert text.word[0].isupper()
    assert text.sentence.endswith(".")
    assert len(text.sentence) > 60


@pytest.mark.parametrize(("status", "location", "plan"), ALL)
def test_polling_stops_where_nothing_changes_by_itself(
    status: JobStatus, location: ResultLocation, plan: Plan
) -> None:
    state = job(status, location)
    poll = poll_seconds(state, describe(state, plan, NOW), NOW)

    over = {JobStatus.FAILED, JobStatus.CANCELLED}
    at_rest = status in over or (status is JobStatus.COMPLETED and (location.value, plan.value) in AT_REST)
    assert (poll is None) == at_rest
    if not at_rest:
        assert poll == (3 if status is JobStatus.RUNNING else 15)


def test_an_interrupted_upload_in_parts_can_go_on() -> None:
    """Nobody is told to submit the file again."""
    waiting = job(JobStatus.AWAITING_UPLOAD, ResultLocation.NONE, upload_bytes=5)

    assert "go on with it below" in describe(waiting, Plan.PREMIUM, NOW).sentence


def test_a_new_job_in_the_queue_is_watched_closely() -> None:
    new = job(JobStatus.PENDING, ResultLocation.NONE, submit_time=NOW - 1)

    assert poll_seconds(new, describe(new, Plan.FREE, NOW), NOW) == 3


def test_the_end_of_the_window_counts_on_the_free_plan_only() -> None:
    """Even before the archiver has taken notice."""
    over = job(JobStatus.COMPLETED, ResultLocation.HOT, available_until=int(NOW))

    assert describe(over, Plan.FREE, NOW) is WINDOW_OVER
    assert describe(over, Plan.PREMIUM, NOW).word == "Completed"
    assert describe(over, Plan.FREE, NOW - 1).word == "Completed"


def test_no_word_sounds_like_a_loss() -> None:
    """Researchers read these words as: my data are gone."""
    texts = [*UNFINISHED.values(), *COMPLETED.values(), WINDOW_OVER]
    written = " ".join(f"{text.word} {text.sentence}" for text in texts).lower()

    for word in ("retired", "purged", "dead", "pending", "deleted", "expired"):
        assert word not in written
