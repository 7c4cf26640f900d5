"""Recorded messages of AWS, and of every version of ours, are read as what they mean."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gas.envelope import unwrap
from gas.messages import (
    TOPIC_OF,
    AccountDowngraded,
    ArchiveDue,
    DeletionRequested,
    JobFinished,
    JobRestoreRequested,
    JobSubmitted,
    RestoreRequested,
    RetrievalCompleted,
    SweepDue,
    WindowRequested,
)

SAMPLES = Path(__file__).parent / "samples"
JOB = "0b6a7c1e-5f3d-4e55-9a54-3d3a0a6f7b11"
USER = "a6ef09e9-b2ee-5cc1-9109-e1d6ce69de9b"
COLD = f"archive/{USER}/{JOB}/1/my sample.annot.vcf.gz"

MEANING = {
    "s3-object-created.json": [JobSubmitted(JOB, f"inputs/{USER}/{JOB}/my sample.vcf")],
    "s3-object-restore-completed.json": [RetrievalCompleted(JOB, COLD)],
    "s3-test-event.json": [],
    "sns-notification-of-s3.json": [JobSubmitted(JOB, f"inputs/{USER}/{JOB}/my sample.vcf")],
    "v1-account-downgraded.json": [AccountDowngraded(USER)],
    "v1-archive-due.json": [ArchiveDue(JOB, 1)],
    "v1-deletion-requested.json": [DeletionRequested(JOB)],
    "v1-job-finished.json": [JobFinished(JOB, USER, "COMPLETED")],
    "v1-job-restore-requested.json": [JobRestoreRequested(JOB)],
    "v1-job-restore-requested-by-tier.json": [JobRestoreRequested(JOB, "Bulk")],
    "v1-job-submitted.json": [JobSubmitted(JOB, f"inputs/{USER}/{JOB}/x.vcf")],
    "v1-job-submitted-put-off.json": [JobSubmitted(JOB, f"inputs/{USER}/{JOB}/x.vcf", 3)],
    "v1-restore-requested.json": [RestoreRequested(USER)],
    "v1-restore-requested-by-tier.json": [RestoreRequested(USER, "Standard")],
    "v1-retrieval-completed.json": [RetrievalCompleted(JOB, COLD)],
    "v1-sweep-due.json": [SweepDue()],
    "v1-window-requested.json": [WindowRequested(JOB)],
}


def test_every_sample_has_a_meaning():
    """A sample that nobody checks is no promise."""
    assert {path.name for path in SAMPLES.glob("*.json")} == set(MEANING)


@pytest.mark.parametrize("name", MEANING, ids=MEANING.keys())
def test_a_sample_is_read_as_what_it_means(name):
    """What was once sent must be understood for as long as it may lie in a queue."""
    assert unwrap((SAMPLES / name).read_text()) == MEANING[name]


def test_every_message_has_a_sample_of_its_first_version():
    """A new message type comes with one."""
    sampled = {json.loads(path.read_text())["type"] for path in SAMPLES.glob("v1-*.json")}

    assert sampled == {cls.__name__ for cls in TOPIC_OF}
