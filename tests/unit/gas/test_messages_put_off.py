"""A handler puts its message off for another one, which is handled at once."""

from __future__ import annotations

import json
import threading

import pytest

from gas.envelope import unwrap
from gas.errors import NotYet, PutOff
from gas.messages import ArchiveDue, JobSubmitted, encode
from gas.stopping import GivenBack
from gas.worker import Timing
from tests.unit.gas.test_worker import Setup, run_until_signalled

LATER, OTHER = ArchiveDue("j1", 2), ArchiveDue("other", 1)


def giving_way(handled, *, instead=None):
    """A handler that lets the other job go first."""

    def handle(message):
        if message == ArchiveDue("j1", 1):
            raise PutOff("after you", later=encode(LATER), seconds=30.0, instead=encode(OTHER))
        handled.append(message)
        if instead is not None:
            raise instead

    return handle


def test_the_message_is_sent_again_and_the_other_handled(tmp_path):
    """With its receipts counted anew."""
    handled = []
    setup = Setup(tmp_path, giving_way(handled))
    setup.inbox.send(ArchiveDue("j1", 1))

    setup.worker.turn()

    assert handled == [OTHER]
    (item,) = setup.inbox.queued
    assert (unwrap(item.body), item.attempt, setup.visible_in()) == ([LATER], 0, 30.0)


@pytest.mark.parametrize("outcome", [NotYet("another worker was faster"), RuntimeError("an outage")])
def test_whatever_becomes_of_the_other_the_message_is_put_off_once(tmp_path, outcome):
    """The other has a message of its own, which brings it back."""
    setup = Setup(tmp_path, giving_way([], instead=outcome))
    setup.inbox.send(ArchiveDue("j1", 1))

    setup.worker.turn()

    assert [unwrap(item.body) for item in setup.inbox.queued] == [[LATER]]


def test_a_queue_that_takes_no_copy_brings_the_message_back(tmp_path):
    """It stays as it was, and the other is handled all the same."""
    handled = []
    setup = Setup(tmp_path, giving_way(handled))
    setup.inbox.send(ArchiveDue("j1", 1))
    setup.inbox.defer = lambda *_: (_ for _ in ()).throw(ConnectionError("no answer"))

    setup.worker.turn()

    assert handled == [OTHER]
    (item,) = setup.inbox.queued
    assert (unwrap(item.body), item.attempt) == ([ArchiveDue("j1", 1)], 1)


def test_of_several_files_in_one_message_none_is_lost(tmp_path):
    """S3 may tell of several at once; a copy would tell of one."""
    body = json.dumps({"Records": [s3_record("j1"), s3_record("j2")]})

    def handle(_message):
        raise PutOff("after you", later=encode(LATER), seconds=30.0, instead=encode(OTHER))

    setup = Setup(tmp_path, lambda _message: None)
    setup.worker._handlers = {JobSubmitted: handle, ArchiveDue: lambda _message: None}
    setup.inbox.send(body)

    setup.worker.turn()

    (item,) = setup.inbox.queued
    assert (item.body, setup.visible_in()) == (body, 30.0)


def s3_record(job_id):
    return {"eventName": "ObjectCreated:Post", "s3": {"object": {"key": f"inputs/u1/{job_id}/x.vcf"}}}


def test_a_worker_that_is_told_to_stop_leaves_the_other_as_it_is(tmp_path):
    """Nothing is in its hands but the other job, which is given back by its handler."""
    started, given_back = threading.Event(), []

    def handle(message):
        if message == ArchiveDue("j1", 1):
            raise PutOff("after you", later=encode(LATER), seconds=30.0, instead=encode(OTHER))
        started.set()
        try:
            threading.Event().wait(30)
        except GivenBack:
            given_back.append(message)
            raise

    setup = Setup(tmp_path, handle, Timing(60.0, 0.2, 5.0))
    setup.inbox.send(ArchiveDue("j1", 1))

    run_until_signalled(setup, started)

    assert given_back == [OTHER]
    assert [unwrap(item.body) for item in setup.inbox.queued] == [[LATER]]
