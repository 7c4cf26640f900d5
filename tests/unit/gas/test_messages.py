"""Messages survive the wire, and two versions of them understand each other."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields

import pytest

from gas.envelope import unwrap
from gas.errors import Unreadable
from gas.messages import TOPIC_OF, ArchiveDue, JobSubmitted, RetrievalCompleted, decode, encode

EXAMPLES = [
    cls(**{field.name: 3 if field.type == "int" else f"some-{field.name}" for field in fields(cls)})
    for cls in TOPIC_OF
]


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_every_message_is_the_same_after_the_wire(message):
    """Encoding and decoding is the identity for each type."""
    assert message == decode(json.loads(encode(message)))


@pytest.mark.parametrize("message", EXAMPLES, ids=lambda message: type(message).__name__)
def test_a_field_of_a_later_version_is_ignored(message):
    """A worker of version N reads what a worker of version N+1 wrote."""
    wire = {**json.loads(encode(message)), "version": 2, "invented_later": [1, 2]}

    assert message == decode(wire)


@pytest.mark.parametrize(
    "message",
    [message for message in EXAMPLES if fields(message)],
    ids=lambda message: type(message).__name__,
)
def test_a_missing_field_is_unreadable(message):
    """A message that lacks what it must have reaches no handler."""
    wire = json.loads(encode(message))
    required = next(field.name for field in fields(message) if field.default is MISSING)
    del wire[required]

    with pytest.raises(Unreadable):
        decode(wire)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not json",
        "[]",
        "{}",
        '{"type": "Nonsense"}',
        '{"type": "ArchiveDue", "job_id": "a", "cycle": "1"}',
        '{"type": "ArchiveDue", "job_id": "a", "cycle": true}',
        '{"Records": [{}]}',
        '{"Records": [{"eventName": "ObjectCreated:Put", "s3": {"object": {"key": "elsewhere"}}}]}',
        '{"Records": [{"eventName": "ObjectRemoved:Delete", "s3": {"object": {"key": "inputs/u/j/x"}}}]}',
    ],
)
def test_what_nobody_sends_is_unreadable(body):
    """Garbage in a queue is named as such and never handled."""
    with pytest.raises(Unreadable):
        unwrap(body)


def s3_event(name: str, key: str) -> str:
    return json.dumps({"Records": [{"eventName": name, "s3": {"object": {"key": key}}}]})


def test_an_upload_event_becomes_a_submission_with_the_key_decoded():
    """S3 sends keys as form values: a space is a plus sign, a slash may be %2F."""
    body = s3_event("ObjectCreated:Post", "inputs/u1/j1/my+file%281%29.vcf")

    assert unwrap(body) == [JobSubmitted("j1", "inputs/u1/j1/my file(1).vcf")]
    assert unwrap(s3_event("s3:ObjectCreated:Put", "inputs%2Fu1%2Fj1%2Fx.vcf")) == [
        JobSubmitted("j1", "inputs/u1/j1/x.vcf")
    ]


def test_a_restore_event_becomes_a_completed_retrieval():
    """The archive id of the Glacier storage classes is the key of the cold copy."""
    body = s3_event("ObjectRestore:Completed", "archive/u1/j1/1/x.annot.vcf.gz")

    assert unwrap(body) == [RetrievalCompleted("j1", "archive/u1/j1/1/x.annot.vcf.gz")]


@pytest.mark.parametrize("status", ["Succeeded", "Failed"])
def test_the_end_of_a_retrieval_from_a_vault_becomes_a_completed_retrieval(status):
    """One that failed as well: the restorer looks at it and asks again."""
    body = json.dumps(vault_job("ArchiveRetrieval", StatusCode=status, JobDescription="j1", ArchiveId="a1"))

    assert unwrap(body) == [RetrievalCompleted("j1", "a1")]


def test_an_inventory_of_a_vault_is_nothing_to_do():
    """An operator asked for it; a vault may report all that ends on the same topic."""
    assert unwrap(json.dumps(vault_job("InventoryRetrieval", ArchiveId=None))) == []


def test_a_retrieval_that_is_not_ours_is_unreadable():
    """Ours carry the id of the job as description."""
    with pytest.raises(Unreadable):
        unwrap(json.dumps(vault_job("ArchiveRetrieval", JobDescription=None, ArchiveId="a1")))


def vault_job(action: str, **fields: object) -> dict[str, object]:
    arn = "arn:aws:glacier:us-east-1:123456789012:vaults/gas"
    return {"Action": action, "VaultARN": arn, "JobId": "r1", "Completed": True, **fields}


def test_the_test_event_of_s3_is_nothing_to_do():
    """S3 sends it once when a notification is configured."""
    assert unwrap('{"Service": "Amazon S3", "Event": "s3:TestEvent", "Bucket": "b"}') == []


def test_a_notification_without_raw_delivery_is_unwrapped():
    """A subscription made without raw delivery does not stop the service."""
    wrapped = {
        "Type": "Notification",
        "TopicArn": "arn:aws:sns:us-east-1:123456789012:gas-archive-requests",
        "Message": encode(ArchiveDue("j1", 2)),
    }

    assert unwrap(json.dumps(wrapped)) == [ArchiveDue("j1", 2)]
